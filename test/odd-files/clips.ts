/** Clips that are valid and seldom, and a few that are not, made without any tool. */

import { readFile, writeFile } from 'node:fs/promises';
import {
  type BoxNode,
  findBoxes,
  findOne,
  makeEditList,
  makeNode,
  parseBoxes,
  readTimescales,
  writeBoxes,
} from './boxes.ts';
import { encodeOddClip, type OddClip } from './encode.ts';
import { type ClipTruth, clipTruth, type OddFile } from './odd-file.ts';

const FPS = 10;
const evenly = (count: number, fps: number) => Array.from({ length: count }, () => 1 / fps);
/** Three seconds, the base of all that is changed by hand. */
const PLAIN = evenly(30, FPS);

function encoded(name: string, clip: OddClip, truth: Partial<ClipTruth>): OddFile<ClipTruth> {
  const whole = clipTruth({ hasSound: clip.soundSeconds !== undefined, ...truth });
  return { name, make: (file) => encodeOddClip(file, clip), truth: whole };
}

/** The plain clip with its boxes changed; the index stands last, so that it may grow. */
function changed(
  name: string,
  change: (nodes: BoxNode[]) => void,
  truth: Partial<ClipTruth> | RegExp,
): OddFile<ClipTruth> {
  const write = (nodes: BoxNode[]) => {
    change(nodes);
    return writeBoxes(nodes);
  };
  return rewritten(name, write, truth);
}

/** The plain clip, put together anew. */
function rewritten(
  name: string,
  write: (nodes: BoxNode[]) => Buffer,
  truth: Partial<ClipTruth> | RegExp,
  clip: Partial<OddClip> = {},
): OddFile<ClipTruth> {
  return {
    name,
    async make(file) {
      await encodeOddClip(file, { frameSeconds: PLAIN, ...clip });
      await writeFile(file, write(parseBoxes(await readFile(file))));
    },
    truth: truth instanceof RegExp ? truth : clipTruth(truth),
  };
}

/** Replaces the edit list of the first track; times in seconds. */
function setEdits(
  nodes: BoxNode[],
  edits: readonly { seconds: number; from: number | null; rate?: number }[],
): void {
  const scales = readTimescales(nodes);
  const track = findOne(nodes, 'moov/trak');
  const list = makeEditList(
    edits.map(({ seconds, from, rate = 1 }) => ({
      duration: Math.round(seconds * scales.movie),
      mediaTime: from === null ? -1 : Math.round(from * scales.track),
      rate,
    })),
  );
  track.children = [...(track.children ?? []).filter(({ type }) => type !== 'edts'), list];
}

/** Writes one length into all three headers that hold one. */
function claimLength(nodes: BoxNode[], units: number): void {
  const places: [string, number, number][] = [
    ['moov/mvhd', 16, 24],
    ['moov/trak/tkhd', 20, 28],
    ['moov/trak/mdia/mdhd', 16, 24],
  ];
  for (const [path, short, long] of places) {
    for (const { payload } of findBoxes(nodes, path)) {
      if (payload[0] === 1) payload.writeBigUInt64BE(BigInt(units), long);
      else payload.writeUInt32BE(units, short);
    }
  }
}

/** The run lengths of frames, written anew (ISO/IEC 14496-12, section 8.6.1.2). */
function setFrameLengths(nodes: BoxNode[], runs: readonly [count: number, units: number][]): void {
  const payload = Buffer.alloc(8 + runs.length * 8);
  payload.writeUInt32BE(runs.length, 4);
  runs.forEach(([count, units], index) => {
    payload.writeUInt32BE(count, 8 + index * 8);
    payload.writeUInt32BE(units, 12 + index * 8);
  });
  findOne(nodes, 'moov/trak/mdia/minf/stbl/stts').payload = payload;
}

function frameUnits(nodes: BoxNode[]): number {
  return Math.round(readTimescales(nodes).track / FPS);
}

/** The same content with its size in 64 bits. */
function makeLongBox(type: string, payload: Buffer): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt32BE(1, 0);
  header.write(type, 4, 'latin1');
  header.writeBigUInt64BE(BigInt(16 + payload.length), 8);
  return Buffer.concat([header, payload]);
}

const RATES: OddFile<ClipTruth>[] = [
  encoded('plain', { frameSeconds: PLAIN }, {}),
  encoded(
    '29.97 fps',
    { frameSeconds: evenly(90, 30_000 / 1_001) },
    { durationMs: 3_003, fps: 29.97 },
  ),
  encoded(
    '23.976 fps',
    { frameSeconds: evenly(72, 24_000 / 1_001) },
    { durationMs: 3_003, fps: 23.976 },
  ),
  encoded(
    '59.94 fps',
    { frameSeconds: evenly(180, 60_000 / 1_001) },
    { durationMs: 3_003, fps: 59.94 },
  ),
  encoded(
    'variable rate',
    { frameSeconds: Array.from({ length: 30 }, (_, index) => (index % 3 === 0 ? 0.2 : 0.05)) },
    { durationMs: 3_000 },
  ),
  encoded('a single frame for 4 s', { frameSeconds: [4] }, { durationMs: 4_000, fps: 0.25 }),
  encoded(
    'the last frame for 2 s',
    { frameSeconds: [...evenly(20, FPS), 2] },
    { durationMs: 4_000, fps: 5.25 },
  ),
];

const SHAPES: OddFile<ClipTruth>[] = [
  encoded('index first', { frameSeconds: PLAIN, index: 'first' }, {}),
  encoded('fragmented', { frameSeconds: PLAIN, index: 'fragmented' }, {}),
  encoded('fragmented mov', { frameSeconds: PLAIN, index: 'fragmented', format: 'mov' }, {}),
  encoded('sound longer than the picture', { frameSeconds: PLAIN, soundSeconds: 5 }, {}),
  encoded('sound shorter than the picture', { frameSeconds: PLAIN, soundSeconds: 1 }, {}),
  encoded('two video tracks', { frameSeconds: PLAIN, videoTracks: 2 }, {}),
  encoded('begins 2 s late', { frameSeconds: PLAIN, startsAt: 2 }, {}),
  encoded('HEVC', { frameSeconds: PLAIN, codec: 'hevc' }, { videoCodec: 'hevc' }),
  encoded(
    'HEVC in mov',
    { frameSeconds: PLAIN, codec: 'hevc', format: 'mov' },
    { videoCodec: 'hevc' },
  ),
  encoded('AV1', { frameSeconds: PLAIN, codec: 'av1' }, { videoCodec: 'av1' }),
  encoded(
    'AV1 in mov',
    { frameSeconds: PLAIN, codec: 'av1', format: 'mov' },
    { videoCodec: 'av1' },
  ),
  encoded('VP9 in mp4', { frameSeconds: PLAIN, codec: 'vp9' }, { videoCodec: 'vp9' }),
  ...([90, 180, 270] as const).map((rotation) =>
    encoded(
      `rotated by ${rotation}`,
      { frameSeconds: PLAIN, rotation },
      { rotation, ...(rotation === 180 ? {} : { width: 160, height: 144 }) },
    ),
  ),
  encoded('wide pixels', { frameSeconds: PLAIN, displayWidth: 288 }, { width: 288 }),
  encoded(
    'wide pixels, rotated by 90',
    { frameSeconds: PLAIN, displayWidth: 288, rotation: 90 },
    { width: 160, height: 288, rotation: 90 },
  ),
];

const EDITS: OddFile<ClipTruth>[] = [
  changed(
    'an edit list cuts the first second off',
    (nodes) => setEdits(nodes, [{ seconds: 2, from: 1 }]),
    { durationMs: 2_000 },
  ),
  changed(
    'an edit list cuts the last second off',
    (nodes) => setEdits(nodes, [{ seconds: 2, from: 0 }]),
    {
      durationMs: 2_000,
    },
  ),
  changed(
    'an edit list delays and cuts',
    (nodes) =>
      setEdits(nodes, [
        { seconds: 1, from: null },
        { seconds: 1.5, from: 0.5 },
      ]),
    { durationMs: 1_500 },
  ),
  changed(
    'an edit list that claims 60 s',
    (nodes) => setEdits(nodes, [{ seconds: 60, from: 0 }]),
    {},
  ),
  changed(
    'an edit list without a length',
    (nodes) => setEdits(nodes, [{ seconds: 0, from: 0 }]),
    {},
  ),
  changed(
    'an edit list of two pieces',
    (nodes) =>
      setEdits(nodes, [
        { seconds: 1, from: 0 },
        { seconds: 1, from: 2 },
      ]),
    /edit list puts it together from pieces/,
  ),
  changed(
    'an edit list at half speed',
    (nodes) => setEdits(nodes, [{ seconds: 6, from: 0, rate: 0.5 }]),
    /edit list puts it together from pieces or changes its speed/,
  ),
];

const LIES: OddFile<ClipTruth>[] = [
  changed('headers that claim an hour', (nodes) => claimLength(nodes, 3_600 * 1_000), {}),
  changed('headers that claim nothing', (nodes) => claimLength(nodes, 0), {}),
  changed('headers of the largest length', (nodes) => claimLength(nodes, 0xffffffff), {}),
  changed(
    'a last frame of no length',
    (nodes) =>
      setFrameLengths(nodes, [
        [29, frameUnits(nodes)],
        [1, 0],
      ]),
    {},
  ),
  changed(
    'a track without any unit of time',
    (nodes) => void findOne(nodes, 'moov/trak/mdia/mdhd').payload.fill(0, 12, 24),
    /could not be read/,
  ),
  changed(
    'a codec that nobody knows',
    renameCodec,
    /coded as "zzzz", which cannot be decoded here/,
  ),
];

const LAYOUTS: OddFile<ClipTruth>[] = [
  changed('unknown boxes everywhere', addUnknownBoxes, {}),
  rewritten('bytes behind the last box', appendGarbage, {}),
  rewritten('the data in a box of 64 bits', writeLongData, {}),
  rewritten(
    'no mark of the format',
    (nodes) => writeBoxes(nodes.filter(({ type }) => type !== 'ftyp')),
    /is a QuickTime file of an old kind; it must be/,
    { format: 'mov', index: 'first' },
  ),
];

function renameCodec(nodes: BoxNode[]): void {
  findOne(nodes, 'moov/trak/mdia/minf/stbl/stsd').payload.write('zzzz', 12, 'latin1');
}

function addUnknownBoxes(nodes: BoxNode[]): void {
  const unknown = makeNode('zzzz', Buffer.alloc(1_000, 7));
  for (const path of ['moov', 'moov/trak', 'moov/trak/mdia/minf/stbl']) {
    findOne(nodes, path).children?.push(unknown);
  }
  nodes.push(unknown);
}

function appendGarbage(nodes: BoxNode[]): Buffer {
  return Buffer.concat([writeBoxes(nodes), Buffer.alloc(777, 0xff)]);
}

/** The places of frames count from the beginning of the file, so the box begins 8 bytes earlier. */
function writeLongData(nodes: BoxNode[]): Buffer {
  // The data begins so much later.
  for (const { payload } of findBoxes(nodes, 'moov/trak/mdia/minf/stbl/stco')) {
    for (let at = 8; at < payload.length; at += 4) {
      payload.writeUInt32BE(payload.readUInt32BE(at) + 8, at);
    }
  }
  return Buffer.concat(
    nodes.map((node) =>
      node.type === 'mdat' ? makeLongBox('mdat', node.payload) : writeBoxes([node]),
    ),
  );
}

export const ODD_CLIPS: readonly OddFile<ClipTruth>[] = [
  ...RATES,
  ...SHAPES,
  ...EDITS,
  ...LIES,
  ...LAYOUTS,
];
