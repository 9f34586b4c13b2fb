/** Small real files of every kind that is taken, made anew each time. */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { findBoxes, parseBoxes, writeBoxes } from '../odd-files/boxes.ts';
import { encodeOddClip, type OddClip } from '../odd-files/encode.ts';
import type { Seed } from './mutate.ts';

const FRAMES = Array.from({ length: 12 }, () => 1 / 10);
const SIDE = 96;

const CLIPS: Readonly<Record<string, Partial<OddClip>>> = {
  'index last': { soundSeconds: 1 },
  'index first': { index: 'first', soundSeconds: 1 },
  fragmented: { index: 'fragmented' },
  mov: { format: 'mov', rotation: 90 },
  'mov in fragments': { format: 'mov', index: 'fragmented', soundSeconds: 1 },
  hevc: { codec: 'hevc' },
  av1: { codec: 'av1' },
  vp9: { codec: 'vp9', startsAt: 0.5 },
};

const PICTURES: Readonly<Record<string, () => Promise<Buffer>>> = {
  jpeg: () => draw(3).jpeg().toBuffer(),
  'jpeg, progressive': () => draw(3).jpeg({ progressive: true }).toBuffer(),
  'jpeg, CMYK': () => draw(3).toColourspace('cmyk').jpeg().toBuffer(),
  'jpeg with metadata': () =>
    draw(3).withMetadata({ orientation: 6 }).withIccProfile('p3').jpeg().toBuffer(),
  png: () => draw(3).png().toBuffer(),
  'png, interlaced': () => draw(4).png({ progressive: true }).toBuffer(),
  'png, 16 bits': () => draw(3).toColourspace('rgb16').png().toBuffer(),
  'png, palette': () => draw(4).png({ palette: true, colours: 16 }).toBuffer(),
};

function draw(channels: 3 | 4) {
  const data = Buffer.alloc(SIDE * SIDE * channels);
  for (let at = 0; at < data.length; at += 1) data[at] = (at * 7 + (at >> 7)) % 251;
  return sharp(data, { raw: { width: SIDE, height: SIDE, channels } });
}

/** The same bytes whenever they are made: without when that was. */
function forgetTimes(clip: Buffer): Buffer {
  const nodes = parseBoxes(clip);
  for (const path of ['moov/mvhd', 'moov/trak/tkhd', 'moov/trak/mdia/mdhd']) {
    for (const { payload } of findBoxes(nodes, path))
      payload.fill(0, 4, payload[0] === 1 ? 20 : 12);
  }
  return writeBoxes(nodes);
}

export async function makeSeeds(): Promise<Seed[]> {
  const folder = await mkdtemp(join(tmpdir(), 'understudy-seeds-'));
  const file = join(folder, 'clip');
  const seeds: Seed[] = [];
  try {
    for (const [name, clip] of Object.entries(CLIPS)) {
      await encodeOddClip(file, { frameSeconds: FRAMES, width: SIDE, height: SIDE, ...clip });
      seeds.push({ name, kind: 'video', bytes: forgetTimes(await readFile(file)) });
    }
    for (const [name, make] of Object.entries(PICTURES)) {
      seeds.push({ name, kind: 'image', bytes: await make() });
    }
    return seeds;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
