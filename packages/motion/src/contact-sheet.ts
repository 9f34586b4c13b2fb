/**
 * Puts reference, picture and result side by side at many moments, so that one look tells whether
 * the motion came across.
 */

import sharp from 'sharp';
import { type Clip, countFrames, openClip } from './media/clip.ts';
import { readPicture } from './media/picture.ts';
import type { RgbaImage } from './model/image.ts';

/** The three things to compare, and how many moments of them. */
export type ContactSheetOptions = {
  pictureFile: string;
  referenceFile: string;
  resultFile: string;
  /** Where the PNG goes. */
  outputFile: string;
  /** Moments beside each other. @default 2 */
  columns?: number;
  /** Moments below each other. @default 4 */
  rows?: number;
  /** Height of each picture in pixels. @default 320 */
  cellHeight?: number;
};

/** A sheet shows at most this many moments. */
export const MOMENTS_MAX = 400;
const GAP = 6;
const LABEL_HEIGHT = 22;
const BACKGROUND = '#17181b';

type Tile = { image: RgbaImage; left: number; top: number };

/**
 * Writes a PNG with `columns * rows` moments, evenly spread over the result; each shows the
 * reference, the picture and the result, below a label with the time in seconds. Throws a
 * RangeError for less than one or more than {@link MOMENTS_MAX} moments, and what `openClip` and
 * `readPicture` throw.
 */
export async function contactSheet(options: ContactSheetOptions): Promise<void> {
  const { columns = 2, rows = 4 } = options;
  const count = columns * rows;
  if (!(count >= 1 && count <= MOMENTS_MAX)) {
    throw new RangeError(`A contact sheet shows 1 to ${MOMENTS_MAX} moments, not ${count}.`);
  }
  const result = await openClip(options.resultFile);
  try {
    const reference = await openClip(options.referenceFile);
    try {
      await drawSheet(result, reference, options);
    } finally {
      reference.close();
    }
  } finally {
    result.close();
  }
}

async function drawSheet(
  result: Clip,
  reference: Clip,
  { columns = 2, rows = 4, cellHeight = 320, ...options }: ContactSheetOptions,
): Promise<void> {
  const count = columns * rows;
  const picture = await readPicture(options.pictureFile, {
    fit: { width: cellHeight * 4, height: cellHeight },
  });
  const endMs = Math.min(result.durationMs, reference.durationMs);
  const times = Array.from({ length: count }, (_, i) =>
    count === 1 ? endMs / 2 : (i * endMs) / (count - 1),
  );
  const left = await readMoments(reference, times, cellHeight);
  const right = await readMoments(result, times, cellHeight);
  const widths = [left.width, picture.width, right.width];
  const cellWidth = widths.reduce((sum, width) => sum + width + GAP, GAP);
  const tiles = times.flatMap((timeMs, i): Tile[] => {
    const x = (i % columns) * cellWidth + GAP;
    const top = Math.floor(i / columns) * (cellHeight + LABEL_HEIGHT);
    const y = top + LABEL_HEIGHT;
    return [
      { image: drawLabel(timeMs), left: x, top: top + 4 },
      { image: left.images[i]!, left: x, top: y },
      { image: picture, left: x + left.width + GAP, top: y },
      { image: right.images[i]!, left: x + left.width + picture.width + 2 * GAP, top: y },
    ];
  });
  const size = { width: columns * cellWidth, height: rows * (cellHeight + LABEL_HEIGHT) + GAP };
  await writeSheet(options.outputFile, size, tiles);
}

/**
 * Reads the frames on screen at the given times, scaled to `height`; ends as soon as it has the
 * last one.
 */
async function readMoments(
  clip: Clip,
  timesMs: readonly number[],
  height: number,
): Promise<{ width: number; images: RgbaImage[] }> {
  const width = Math.max(2, Math.round((clip.width / clip.height) * height));
  const frames = countFrames(clip.durationMs, clip.fps);
  const images: RgbaImage[] = [];
  for (const timeMs of timesMs) {
    const fromIndex = Math.min(Math.round((timeMs / 1000) * clip.fps), frames - 1);
    const range = { fps: clip.fps, fromIndex, toIndex: fromIndex + 1, size: { width, height } };
    for await (const { image } of clip.frames(range)) images.push(image);
  }
  return { width, images };
}

async function writeSheet(
  file: string,
  size: { width: number; height: number },
  tiles: readonly Tile[],
): Promise<void> {
  await sharp({ create: { ...size, channels: 3, background: BACKGROUND } })
    .composite(
      tiles.map(({ image, left, top }) => ({
        input: Buffer.from(image.data.buffer, image.data.byteOffset, image.data.byteLength),
        raw: { width: image.width, height: image.height, channels: 4 as const },
        left,
        top,
      })),
    )
    .png()
    .toFile(file);
}

/** Rows of three bits, from the top; so that no font has to be installed. */
const GLYPHS: Readonly<Record<string, readonly number[]>> = {
  '0': [7, 5, 5, 5, 7],
  '1': [2, 6, 2, 2, 7],
  '2': [7, 1, 7, 4, 7],
  '3': [7, 1, 7, 1, 7],
  '4': [5, 5, 7, 1, 1],
  '5': [7, 4, 7, 1, 7],
  '6': [7, 4, 7, 5, 7],
  '7': [7, 1, 1, 2, 2],
  '8': [7, 5, 7, 5, 7],
  '9': [7, 5, 7, 1, 7],
  '.': [0, 0, 0, 0, 2],
  s: [3, 4, 2, 1, 6],
  ' ': [0, 0, 0, 0, 0],
};
const DOT = 3;
const GLYPH_COLUMNS = 4;
const GLYPH_ROWS = 5;

/** The time as light letters on nothing. */
function drawLabel(timeMs: number): RgbaImage {
  const text = `${(timeMs / 1000).toFixed(2)} s`;
  const width = text.length * GLYPH_COLUMNS * DOT;
  const height = GLYPH_ROWS * DOT;
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const column = Math.floor(x / DOT) % GLYPH_COLUMNS;
      const letter = text[Math.floor(x / (DOT * GLYPH_COLUMNS))]!;
      const bits = GLYPHS[letter]![Math.floor(y / DOT)]!;
      const isLit = column < 3 && ((bits >> (2 - column)) & 1) === 1;
      if (isLit) data.fill(235, (y * width + x) * 4, (y * width + x) * 4 + 4);
    }
  }
  return { width, height, data };
}
