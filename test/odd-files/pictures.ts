/** Pictures that are valid and seldom, and a few that are not, made without any tool. */

import { writeFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import type { OddFile, PictureTruth } from './odd-file.ts';

const WIDTH = 320;
const HEIGHT = 440;
const UPRIGHT: PictureTruth = { width: WIDTH, height: HEIGHT, hasAlpha: false };
const SIDEWAYS: PictureTruth = { width: HEIGHT, height: WIDTH, hasAlpha: false };
const SIGNATURE_BYTES = 8;
/** Length, type and check of a chunk around its content. */
const CHUNK_FRAME_BYTES = 12;
const IHDR_BYTES = 13;

/** Something to compress in every row. */
function draw(channels: 1 | 2 | 3 | 4 = 3): Sharp {
  const data = Buffer.alloc(WIDTH * HEIGHT * channels);
  for (let index = 0; index < data.length; index += 1)
    data[index] = (index * 7 + (index >> 9)) % 251;
  return sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels } });
}

function drawn(
  name: string,
  encode: () => Promise<Buffer>,
  truth: PictureTruth | RegExp,
): OddFile<PictureTruth> {
  return { name, make: async (file) => await writeFile(file, await encode()), truth };
}

const jpeg = (picture: Sharp = draw()) => picture.jpeg({ quality: 80 }).toBuffer();
const png = (picture: Sharp = draw()) => picture.png().toBuffer();

/** A chunk of PNG (ISO/IEC 15948, section 5.3). */
function makeChunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(content.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** Puts chunks behind the head of a picture. */
function addChunks(picture: Buffer, chunks: readonly Buffer[]): Buffer {
  const headEnd = SIGNATURE_BYTES + CHUNK_FRAME_BYTES + IHDR_BYTES;
  return Buffer.concat([picture.subarray(0, headEnd), ...chunks, picture.subarray(headEnd)]);
}

/** One frame that is shown for a second, as APNG adds it to a picture. */
async function makeAnimation(): Promise<Buffer> {
  const control = Buffer.alloc(8);
  control.writeUInt32BE(1, 0);
  const frame = Buffer.alloc(26);
  frame.writeUInt32BE(WIDTH, 4);
  frame.writeUInt32BE(HEIGHT, 8);
  frame.writeUInt16BE(1, 20);
  frame.writeUInt16BE(1, 22);
  return addChunks(await png(), [makeChunk('acTL', control), makeChunk('fcTL', frame)]);
}

/** A head that promises more pixels than there are people, and nothing else of substance. */
function makeHugeHead(side: number): Buffer {
  const head = Buffer.alloc(IHDR_BYTES);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  head.set([1, 0, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    makeChunk('IHDR', head),
    makeChunk('IDAT', Buffer.from('789c63000100000500010d0a2db4', 'hex')),
    makeChunk('IEND', Buffer.alloc(0)),
  ]);
}

const TURNED: OddFile<PictureTruth>[] = [1, 2, 3, 4, 5, 6, 7, 8].map((orientation) =>
  drawn(
    `jpeg, orientation ${orientation}`,
    () => jpeg(draw().withMetadata({ orientation })),
    orientation < 5 ? UPRIGHT : SIDEWAYS,
  ),
);

const COLOURS: OddFile<PictureTruth>[] = [
  drawn(
    'png, turned by its metadata',
    () => png(draw().withMetadata({ orientation: 6 })),
    SIDEWAYS,
  ),
  drawn('jpeg in CMYK', () => jpeg(draw().toColourspace('cmyk')), UPRIGHT),
  drawn('jpeg in grey', () => jpeg(draw().toColourspace('b-w')), UPRIGHT),
  drawn('png of 16 bits', () => png(draw().toColourspace('rgb16')), UPRIGHT),
  drawn('png in grey of 16 bits', () => png(draw().toColourspace('grey16')), UPRIGHT),
  drawn('png with alpha', () => png(draw(4)), { ...UPRIGHT, hasAlpha: true }),
  drawn('png in grey with alpha', () => png(draw(2)), { ...UPRIGHT, hasAlpha: true }),
  drawn('png with a palette', () => draw().png({ palette: true, colours: 16 }).toBuffer(), UPRIGHT),
  drawn('png with a clear palette', () => draw(4).png({ palette: true, colours: 16 }).toBuffer(), {
    ...UPRIGHT,
    hasAlpha: true,
  }),
  drawn('jpeg with a wide gamut', () => jpeg(draw().withIccProfile('p3')), UPRIGHT),
];

const SHAPES: OddFile<PictureTruth>[] = [
  drawn('jpeg, progressive', () => draw().jpeg({ progressive: true }).toBuffer(), UPRIGHT),
  drawn('png, interlaced', () => draw().png({ progressive: true }).toBuffer(), UPRIGHT),
  drawn('png, animated', makeAnimation, UPRIGHT),
  drawn(
    'jpeg with a second one behind it',
    async () => Buffer.concat([await jpeg(), await jpeg(draw(1))]),
    UPRIGHT,
  ),
  drawn('jpeg with bytes behind it', async () => withTail(await jpeg()), UPRIGHT),
  drawn('png with bytes behind it', async () => withTail(await png()), UPRIGHT),
  drawn(
    'png with an unknown chunk',
    async () => addChunks(await png(), [makeChunk('zzZz', Buffer.alloc(5_000, 7))]),
    UPRIGHT,
  ),
  drawn('jpeg with a long comment', async () => addComment(await jpeg()), UPRIGHT),
];

const TRAPS: OddFile<PictureTruth>[] = [
  drawn('png of 4 gigapixels in 100 bytes', async () => makeHugeHead(65_535), /4294.9 megapixels/),
  drawn('jpeg without its end', async () => halve(await jpeg()), /JPEG image that is damaged/),
  drawn('png without its end', async () => halve(await png()), /PNG image that is damaged/),
  drawn('an empty file', async () => Buffer.alloc(0), /is a file of an unknown kind; it must be/),
];

function withTail(picture: Buffer): Buffer {
  return Buffer.concat([picture, Buffer.from('left over '.repeat(500))]);
}

function addComment(picture: Buffer): Buffer {
  const comment = Buffer.alloc(60_000, 0x20);
  const marker = Buffer.from([0xff, 0xfe, 0, 0]);
  marker.writeUInt16BE(comment.length + 2, 2);
  return Buffer.concat([picture.subarray(0, 2), marker, comment, picture.subarray(2)]);
}

function halve(picture: Buffer): Buffer {
  return picture.subarray(0, picture.length / 2);
}

export const ODD_PICTURES: readonly OddFile<PictureTruth>[] = [
  ...TURNED,
  ...COLOURS,
  ...SHAPES,
  ...TRAPS,
];
