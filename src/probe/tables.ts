/**
 * Checks what the tables of an MP4 or MOV file claim to hold against the room they take and against
 * what a clip can have, before a library believes them: a few bytes can promise billions of frames.
 */

import type { Pages } from './pages.ts';

/** Bytes before the number of entries, before the first entry, and of each entry. */
type Layout = { countAt: number; entriesAt: number; entryBytes: number };

/** Of the runs of chunks that are alike. */
const CHUNKS_BYTES = 12;
const SAMPLES_PER_CHUNK_AT = 12;

/** ISO/IEC 14496-12, section 8.6 to 8.7. */
const TABLES: Readonly<Record<string, Layout>> = {
  stts: { countAt: 4, entriesAt: 8, entryBytes: 8 },
  ctts: { countAt: 4, entriesAt: 8, entryBytes: 8 },
  stsz: { countAt: 8, entriesAt: 12, entryBytes: 4 },
  stss: { countAt: 4, entriesAt: 8, entryBytes: 4 },
  stsc: { countAt: 4, entriesAt: 8, entryBytes: CHUNKS_BYTES },
  stco: { countAt: 4, entriesAt: 8, entryBytes: 4 },
  co64: { countAt: 4, entriesAt: 8, entryBytes: 8 },
};
/** Tables whose entries say first how many samples they stand for. */
const RUNS = new Set(['stts', 'ctts']);
/** Boxes that hold nothing but boxes. */
const CONTAINERS = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl', 'edts', 'moof', 'traf']);

/** Hours of frames, or of compressed sound. */
const SAMPLES_MAX = 1_000_000;
/** Hours of sound that is not compressed: each of its values is a sample. */
const SOUND_SAMPLES_MAX = 1_000_000_000;
/** Deeper than any table lies. */
const DEPTH_MAX = 8;
const HEADER_BYTES = 8;
const LONG_HEADER_BYTES = 16;
const INDEX_BYTES_MAX = 64 * 1024 * 1024;

/** Where the optional fields of a run of samples are named, and how many bytes each takes. */
const RUN_FIELDS = [0x100, 0x200, 0x400, 0x800];
const RUN_OPTIONS = [0x1, 0x4];
const FIELD_BYTES = 4;

type Range = { start: number; end: number };

/**
 * What is wrong with the tables of these boxes, as the end of a sentence; null when nothing is.
 *
 * @param boxes Where indexes (`moov`) and fragments (`moof`) begin and end in the file.
 */
export async function findTableProblem(
  pages: Pages,
  boxes: readonly Range[],
): Promise<string | null> {
  for (const { start, end } of boxes) {
    const lastByte = Math.min(end, pages.sizeBytes);
    if (lastByte - start > INDEX_BYTES_MAX) return 'its index is too large';
    const problem = checkBoxes(await pages.read(start, lastByte));
    if (problem !== null) return problem;
  }
  return null;
}

/** The same of bytes that hold boxes, one after the other. */
export function checkBoxes(bytes: Uint8Array, depth = 0): string | null {
  const boxes = listBoxes(bytes);
  // Only with offsets is each sample of a run written out; sound without them has millions.
  const isWrittenOut = boxes.some(({ type }) => type === 'ctts');
  const samplesMax = isWrittenOut ? SAMPLES_MAX : SOUND_SAMPLES_MAX;
  for (const { type, content } of boxes) {
    const isContainer = CONTAINERS.has(type);
    if (isContainer && depth >= DEPTH_MAX) continue;
    const problem = isContainer
      ? checkBoxes(content, depth + 1)
      : checkTable(type, content, samplesMax);
    if (problem !== null) return problem;
  }
  return checkChunks(boxes);
}

/** A chunk of more samples than the track has would be counted through to its end. */
function checkChunks(boxes: readonly Box[]): string | null {
  const sizes = boxes.find(({ type }) => type === 'stsz' || type === 'stz2');
  const isWhole = sizes !== undefined && sizes.content.length >= 12;
  const count = isWhole ? viewOf(sizes.content).getUint32(8) : 0;
  for (const { type, content } of boxes) {
    if (type !== 'stsc') continue;
    const view = viewOf(content);
    const entryCount = view.byteLength < 8 ? 0 : view.getUint32(4);
    for (let entry = 0; entry < entryCount; entry += 1) {
      const seen = view.getUint32(SAMPLES_PER_CHUNK_AT + entry * CHUNKS_BYTES);
      if (seen > count) {
        return `its table "stsc" puts ${seen} samples into a chunk; the track has ${count}`;
      }
    }
  }
  return null;
}

type Box = { type: string; content: Uint8Array };

/** Ends at the first box that makes no sense, as every reader does. */
function listBoxes(bytes: Uint8Array): Box[] {
  const boxes: Box[] = [];
  const view = viewOf(bytes);
  for (let at = 0; at + HEADER_BYTES <= bytes.length; ) {
    const short = view.getUint32(at);
    const isLong = short === 1 && at + LONG_HEADER_BYTES <= bytes.length;
    const size = isLong ? Number(view.getBigUint64(at + 8)) : short;
    const contentStart = at + (isLong ? LONG_HEADER_BYTES : HEADER_BYTES);
    const end = short === 0 ? bytes.length : at + size;
    if (end < contentStart) break;
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    boxes.push({ type, content: bytes.subarray(contentStart, end) });
    at = end;
  }
  return boxes;
}

function checkTable(type: string, content: Uint8Array, samplesMax: number): string | null {
  const view = viewOf(content);
  if (type === 'trun') return checkRun(view);
  const layout = TABLES[type];
  if (layout === undefined || view.byteLength < layout.entriesAt) return null;
  const { countAt, entriesAt, entryBytes } = layout;
  const count = view.getUint32(countAt);
  // One size for all samples takes no entries.
  if (type === 'stsz' && view.getUint32(countAt - 4) !== 0) return null;
  const room = Math.floor((view.byteLength - entriesAt) / entryBytes);
  if (count > room) return claimsTooMuch(type, count, room);
  if (!RUNS.has(type)) return null;
  let samples = 0;
  for (let entry = 0; entry < count; entry += 1) {
    samples += view.getUint32(entriesAt + entry * entryBytes);
  }
  return samples > samplesMax ? countsTooFar(type, samples, samplesMax) : null;
}

/** A run of samples in a fragment (section 8.8.8): each of its fields may be left to a default. */
function checkRun(view: DataView): string | null {
  if (view.byteLength < 8) return null;
  const flags = view.getUint32(0) & 0xffffff;
  const count = view.getUint32(4);
  const countSet = (bits: readonly number[]) => bits.filter((bit) => (flags & bit) !== 0).length;
  const entryBytes = FIELD_BYTES * countSet(RUN_FIELDS);
  if (entryBytes === 0)
    return count > SAMPLES_MAX ? countsTooFar('trun', count, SAMPLES_MAX) : null;
  const entriesAt = 8 + FIELD_BYTES * countSet(RUN_OPTIONS);
  const room = Math.max(0, Math.floor((view.byteLength - entriesAt) / entryBytes));
  return count > room ? claimsTooMuch('trun', count, room) : null;
}

function claimsTooMuch(type: string, count: number, room: number): string {
  return `its table "${type}" claims ${count} entries and has room for ${room}`;
}

function countsTooFar(type: string, samples: number, samplesMax: number): string {
  return `its table "${type}" counts ${samples} samples; at most ${samplesMax} are read`;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
