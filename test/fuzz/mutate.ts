/** Breaks a file in one to four ways, as chance wants it; which ways depends on what it is. */

import { crc32 } from 'node:zlib';
import type { Random } from './random.ts';

export type Seed = { name: string; kind: 'image' | 'video'; bytes: Buffer };

type Mutation = (bytes: Buffer, random: Random, others: readonly Seed[]) => Buffer;

/** Numbers at which readers have their edges. */
const EDGES = [
  0, 1, 2, 7, 8, 0x7f, 0xff, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff,
];
const MUTATIONS_MAX = 4;
const PNG_MARK = 0x89504e47;
const PNG_HEAD_BYTES = 8;

/** Boxes that hold boxes, and how many bytes stand before those. */
const CONTAINERS: Readonly<Record<string, number>> = {
  ...{ moov: 0, trak: 0, edts: 0, mdia: 0, minf: 0, dinf: 0, stbl: 0, mvex: 0, moof: 0, traf: 0 },
  ...{ udta: 0, mfra: 0, stsd: 8, avc1: 78, hvc1: 78, av01: 78, vp09: 78, mp4a: 28 },
};
/** Tables that begin with how many entries they have. */
const TABLES = [
  'stts',
  'ctts',
  'stsz',
  'stsc',
  'stco',
  'co64',
  'stss',
  'elst',
  'trun',
  'stsd',
  'tfra',
];

export function mutate(seed: Seed, random: Random, others: readonly Seed[]): Buffer {
  const special = seed.kind === 'video' ? BOX_MUTATIONS : pictureMutations(seed.bytes);
  let bytes: Buffer = Buffer.from(seed.bytes);
  for (let count = 1 + random.below(MUTATIONS_MAX); count > 0; count -= 1) {
    const mutation = random.pick(random.below(3) === 0 ? BYTE_MUTATIONS : special);
    bytes = mutation(bytes, random, others);
  }
  return bytes;
}

const BYTE_MUTATIONS: readonly Mutation[] = [
  function flipBits(bytes, random) {
    for (let count = 1 + random.below(16); count > 0 && bytes.length > 0; count -= 1) {
      const at = random.below(bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    }
    return bytes;
  },
  function truncate(bytes, random) {
    return bytes.subarray(0, random.below(bytes.length + 1));
  },
  function fillRange(bytes, random) {
    const start = random.below(bytes.length + 1);
    const value = random.pick([0, 0xff, random.below(256)]);
    return bytes.fill(value, start, Math.min(bytes.length, start + random.below(200)));
  },
  function scramble(bytes, random) {
    const start = random.below(bytes.length + 1);
    const end = Math.min(bytes.length, start + random.below(64));
    for (let at = start; at < end; at += 1) bytes[at] = random.below(256);
    return bytes;
  },
  function removeRange(bytes, random) {
    const start = random.below(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + random.below(500))]);
  },
  function repeatRange(bytes, random) {
    const start = random.below(bytes.length + 1);
    const end = start + random.below(500);
    return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]);
  },
  function splice(bytes, random, others) {
    const other = random.pick(others).bytes;
    const [start, end] = [random.below(bytes.length + 1), random.below(other.length + 1)];
    return Buffer.concat([bytes.subarray(0, start), other.subarray(end)]);
  },
  function writeEdge(bytes, random) {
    if (bytes.length < 4) return bytes;
    bytes.writeUInt32BE(random.pick(EDGES), random.below(bytes.length - 3));
    return bytes;
  },
];

type Box = { type: string; start: number; contentStart: number; end: number };

/** All boxes at every depth, as far as their sizes make sense. */
function listBoxes(bytes: Buffer, start = 0, end = bytes.length): Box[] {
  const boxes: Box[] = [];
  for (let at = start; at + 8 <= end; ) {
    const boxEnd = at + bytes.readUInt32BE(at);
    if (boxEnd < at + 8 || boxEnd > end) break;
    const type = bytes.toString('latin1', at + 4, at + 8);
    boxes.push({ type, start: at, contentStart: at + 8, end: boxEnd });
    const skipped = CONTAINERS[type];
    if (skipped !== undefined) boxes.push(...listBoxes(bytes, at + 8 + skipped, boxEnd));
    at = boxEnd;
  }
  return boxes;
}

function onBox(
  work: (bytes: Buffer, box: Box, random: Random, all: readonly Box[]) => Buffer,
): Mutation {
  return (bytes, random) => {
    const boxes = listBoxes(bytes);
    return boxes.length === 0 ? bytes : work(bytes, random.pick(boxes), random, boxes);
  };
}

function onTable(work: (bytes: Buffer, box: Box, random: Random) => void): Mutation {
  return (bytes, random) => {
    const tables = listBoxes(bytes).filter(
      ({ type, start, end }) => TABLES.includes(type) && end - start >= 20,
    );
    if (tables.length > 0) work(bytes, random.pick(tables), random);
    return bytes;
  };
}

const BOX_MUTATIONS: readonly Mutation[] = [
  onBox(function resize(bytes, { start, end }, random) {
    const near = end - start + random.below(65) - 32;
    bytes.writeUInt32BE(random.pick([...EDGES, Math.max(0, near)]), start);
    return bytes;
  }),
  onBox(function rename(bytes, { start }, random, all) {
    bytes.write(random.pick([...all.map(({ type }) => type), 'free', 'zzzz']), start + 4, 'latin1');
    return bytes;
  }),
  onBox(function remove(bytes, { start, end }) {
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
  }),
  onBox(function double(bytes, { start, end }) {
    return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]);
  }),
  onBox(function swap(bytes, box, random, all) {
    const other = random.pick(all);
    const [first, second] = box.start < other.start ? [box, other] : [other, box];
    if (first.end > second.start) return bytes;
    const [a, b] = [
      bytes.subarray(first.start, first.end),
      bytes.subarray(second.start, second.end),
    ];
    const between = bytes.subarray(first.end, second.start);
    return Buffer.concat([
      bytes.subarray(0, first.start),
      b,
      between,
      a,
      bytes.subarray(second.end),
    ]);
  }),
  onBox(function scrambleContent(bytes, { contentStart, end }, random) {
    for (let count = 1 + random.below(6); count > 0 && end > contentStart; count -= 1) {
      bytes[contentStart + random.below(end - contentStart)] = random.below(256);
    }
    return bytes;
  }),
  onBox(function writeEdgeInside(bytes, { contentStart, end }, random) {
    if (end - contentStart < 4) return bytes;
    const words = Math.floor((end - contentStart) / 4);
    bytes.writeUInt32BE(random.pick(EDGES), contentStart + 4 * random.below(words));
    return bytes;
  }),
  onTable(function writeCount(bytes, { type, contentStart }, random) {
    // Before the count of sizes stands the size that all samples share.
    const at = contentStart + (type === 'stsz' && random.below(2) === 0 ? 8 : 4);
    bytes.writeUInt32BE(random.pick([...EDGES, 1_000_000, random.below(2 ** 32)]), at);
  }),
  onTable(function writeEntry(bytes, { contentStart, end }, random) {
    const words = Math.floor((end - contentStart - 8) / 4);
    if (words <= 0) return;
    const value = random.pick([...EDGES, random.below(2 ** 32)]);
    bytes.writeUInt32BE(value, contentStart + 8 + 4 * random.below(words));
  }),
];

function pictureMutations(bytes: Buffer): readonly Mutation[] {
  const isPng = bytes.length >= PNG_HEAD_BYTES && bytes.readUInt32BE(0) === PNG_MARK;
  return isPng ? CHUNK_MUTATIONS : SEGMENT_MUTATIONS;
}

/** Chunks of a PNG: length, type, content, check. */
function listChunks(bytes: Buffer): Box[] {
  const chunks: Box[] = [];
  for (let at = PNG_HEAD_BYTES; at + 12 <= bytes.length; ) {
    const end = at + 12 + bytes.readUInt32BE(at);
    if (end > bytes.length) break;
    const type = bytes.toString('latin1', at + 4, at + 8);
    chunks.push({ type, start: at, contentStart: at + 8, end });
    at = end;
  }
  return chunks;
}

/** Changes a chunk and mends its check most of the time, so that decoders look further. */
function onChunk(
  work: (bytes: Buffer, chunk: Box, random: Random, all: readonly Box[]) => Buffer | undefined,
): Mutation {
  return (bytes, random) => {
    const chunks = listChunks(bytes);
    if (chunks.length === 0) return bytes;
    const chunk = random.pick(chunks);
    const changed = work(bytes, chunk, random, chunks);
    if (changed) return changed;
    const body = bytes.subarray(chunk.start + 4, chunk.end - 4);
    if (random.below(5) > 0) bytes.writeUInt32BE(crc32(body), chunk.end - 4);
    return bytes;
  };
}

const CHUNK_MUTATIONS: readonly Mutation[] = [
  onChunk(function resize(bytes, { start }, random) {
    bytes.writeUInt32BE(random.pick([...EDGES, random.below(5_000)]), start);
    return bytes;
  }),
  onChunk(function writeContent(bytes, { contentStart, end }, random) {
    for (let count = 1 + random.below(4); count > 0 && end - 4 > contentStart; count -= 1) {
      bytes[contentStart + random.below(end - 4 - contentStart)] = random.below(256);
    }
    return undefined;
  }),
  onChunk(function rename(bytes, { start }, random, all) {
    const types = [...all.map(({ type }) => type), 'tRNS', 'PLTE', 'iCCP', 'eXIf', 'acTL'];
    bytes.write(random.pick(types), start + 4, 'latin1');
    return undefined;
  }),
  onChunk(function double(bytes, { start, end }) {
    return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]);
  }),
  onChunk(function remove(bytes, { start, end }) {
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
  }),
  function writeHead(bytes, random) {
    if (bytes.length < 33) return bytes;
    bytes.writeUInt32BE(random.pick([...EDGES, random.below(20_000)]), random.pick([16, 20]));
    if (random.below(2) === 0) bytes[24 + random.below(5)] = random.pick([0, 1, 2, 3, 4, 6, 8, 16]);
    bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29);
    return bytes;
  },
];

/** Segments of a JPEG up to its pixels: a marker and a length. */
function listSegments(bytes: Buffer): Box[] {
  const segments: Box[] = [];
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff; ) {
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    const marker = bytes[at + 1] ?? 0;
    segments.push({ type: marker.toString(16), start: at, contentStart: at + 4, end });
    if (marker === 0xda) break;
    at = end;
  }
  return segments.filter(({ end, contentStart }) => end <= bytes.length && end > contentStart);
}

function onSegment(work: (bytes: Buffer, segment: Box, random: Random) => Buffer): Mutation {
  return (bytes, random) => {
    const segments = listSegments(bytes);
    return segments.length === 0 ? bytes : work(bytes, random.pick(segments), random);
  };
}

const SEGMENT_MUTATIONS: readonly Mutation[] = [
  onSegment(function resize(bytes, { start }, random) {
    bytes.writeUInt16BE(random.pick([0, 1, 2, 3, 0xff, 0xffff, random.below(3_000)]), start + 2);
    return bytes;
  }),
  onSegment(function writeContent(bytes, { contentStart, end }, random) {
    for (let count = 1 + random.below(4); count > 0; count -= 1) {
      bytes[contentStart + random.below(end - contentStart)] = random.below(256);
    }
    return bytes;
  }),
  onSegment(function changeMarker(bytes, { start }, random) {
    bytes[start + 1] = random.pick([
      0xc0, 0xc1, 0xc2, 0xc4, 0xc9, 0xda, 0xdb, 0xdd, 0xe1, 0xe2, 0xee,
    ]);
    return bytes;
  }),
  onSegment(function double(bytes, { start, end }) {
    return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]);
  }),
  onSegment(function remove(bytes, { start, end }) {
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
  }),
  function writeSize(bytes, random) {
    const frame = listSegments(bytes).find(({ type }) => /^c[0-3]$/.test(type));
    if (!frame || frame.end - frame.contentStart < 6) return bytes;
    const side = random.pick([0, 1, 0xffff, 30_000, random.below(2_000)]);
    bytes.writeUInt16BE(side, frame.contentStart + random.pick([1, 3]));
    return bytes;
  },
];
