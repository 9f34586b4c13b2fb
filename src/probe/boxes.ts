/**
 * Walks the boxes of an MP4 or MOV file (ISO/IEC 14496-12, section 4.2), for what the library that
 * reads them does not tell: whether the index is whole, and which part of a track is shown.
 */

import type { Pages } from './pages.ts';

export type Box = {
  type: string;
  /** Where its content begins, and where it claims to end, which may be behind the file. */
  contentStart: number;
  end: number;
};

const SHORT_HEADER_BYTES = 8;
const LONG_HEADER_BYTES = 16;
/** A size of 1 says that the real one follows in 64 bits, 0 that the box goes on to the end. */
const SIZE_IS_LONG = 1;
const SIZE_IS_REST = 0;
/** A fragmented clip has a few boxes a second; a file of more boxes is no clip. */
const BOXES_MAX = 10_000;
/** One edit cuts a track at both ends, a few more delay it; a list of more is not read. */
const EDITS_MAX = 1_000;

/** From a track to the descriptions of its samples, and where the first of them has its type. */
const ENTRIES_PATH = ['mdia', 'minf', 'stbl', 'stsd'];
const ENTRY_TYPE_END = 16;
const PROTECTED = new Set(['encv', 'enca', 'drmi', 'drms']);

/** One piece of a track, as the edit list shows it (ISO/IEC 14496-12, section 8.6.6). */
export type Edit = {
  /** Seconds that it is shown; 0 means to the end of the track. */
  durationSeconds: number;
  /** Nothing is shown meanwhile. */
  isEmpty: boolean;
  /** 1 is the speed of the recording. */
  rate: number;
};

/** The boxes between two places, in order; ends at the first that makes no sense. */
async function* walkBoxes(pages: Pages, start: number, end: number): AsyncGenerator<Box> {
  let at = start;
  for (let count = 0; count < BOXES_MAX && at + SHORT_HEADER_BYTES <= end; count += 1) {
    const header = viewOf(await pages.read(at, Math.min(at + LONG_HEADER_BYTES, pages.sizeBytes)));
    if (header.byteLength < SHORT_HEADER_BYTES) return;
    const short = header.getUint32(0);
    const isLong = short === SIZE_IS_LONG && header.byteLength >= LONG_HEADER_BYTES;
    const size = isLong ? Number(header.getBigUint64(8)) : short;
    const headerBytes = isLong ? LONG_HEADER_BYTES : SHORT_HEADER_BYTES;
    const boxEnd = short === SIZE_IS_REST ? end : at + size;
    if (boxEnd < at + headerBytes) return;
    yield { type: readType(header, 4), contentStart: at + headerBytes, end: boxEnd };
    at = boxEnd;
  }
}

/** What is wrong with the file's index, as the end of a sentence; null when it is all there. */
export async function findIndexProblem(pages: Pages): Promise<string | null> {
  const index = await findBox(pages, 'moov', 0, pages.sizeBytes);
  if (index === null) {
    return 'it has no index (the "moov" box), as when an upload or a recording was cut off';
  }
  if (index.end <= pages.sizeBytes) return null;
  return 'it ends within its index (the "moov" box): the upload or the recording was cut off';
}

/** The indexes and the fragments of a file, whose tables say where its samples are. */
export async function listTableBoxes(pages: Pages): Promise<{ start: number; end: number }[]> {
  const found: { start: number; end: number }[] = [];
  for await (const { type, contentStart, end } of walkBoxes(pages, 0, pages.sizeBytes)) {
    if (type === 'moov' || type === 'moof') found.push({ start: contentStart, end });
  }
  return found;
}

/** Whether the samples of any track are protected (ISO/IEC 14496-12, section 8.12). */
export async function isEncrypted(pages: Pages): Promise<boolean> {
  const index = await findBox(pages, 'moov', 0, pages.sizeBytes);
  if (index === null) return false;
  for await (const track of walkBoxes(pages, index.contentStart, index.end)) {
    const entries = track.type === 'trak' ? await findDeep(pages, ENTRIES_PATH, track) : null;
    if (entries === null) continue;
    const { contentStart } = entries;
    const first = viewOf(await pages.read(contentStart, contentStart + ENTRY_TYPE_END));
    if (PROTECTED.has(readType(first, ENTRY_TYPE_END - 4))) return true;
  }
  return false;
}

/** The edit list of the track with this number; empty when it has none. */
export async function readEdits(pages: Pages, trackId: number): Promise<Edit[]> {
  const index = await findBox(pages, 'moov', 0, pages.sizeBytes);
  if (index === null || index.end > pages.sizeBytes) return [];
  const movie = await findBox(pages, 'mvhd', index.contentStart, index.end);
  if (movie === null) return [];
  const timescale = await readAfterTimes(pages, movie);
  for await (const track of walkBoxes(pages, index.contentStart, index.end)) {
    if (track.type !== 'trak') continue;
    const header = await findBox(pages, 'tkhd', track.contentStart, track.end);
    if (header === null || (await readAfterTimes(pages, header)) !== trackId) continue;
    const list = await findDeep(pages, ['edts', 'elst'], track);
    return list ? await readEditList(pages, list, timescale) : [];
  }
  return [];
}

async function findDeep(pages: Pages, path: readonly string[], from: Box): Promise<Box | null> {
  let box: Box | null = from;
  for (const type of path) box &&= await findBox(pages, type, box.contentStart, box.end);
  return box;
}

async function findBox(
  pages: Pages,
  type: string,
  start: number,
  end: number,
): Promise<Box | null> {
  for await (const box of walkBoxes(pages, start, end)) if (box.type === type) return box;
  return null;
}

/**
 * The time scale of a movie's header and the number of a track's stand at the same place, behind
 * two times that take twice the room in version 1 (sections 8.2.2 and 8.3.2).
 */
async function readAfterTimes(pages: Pages, { contentStart }: Box): Promise<number> {
  const content = viewOf(await pages.read(contentStart, contentStart + 24));
  return content.getUint32(content.getUint8(0) === 1 ? 20 : 12);
}

async function readEditList(pages: Pages, box: Box, timescale: number): Promise<Edit[]> {
  const head = viewOf(await pages.read(box.contentStart, box.contentStart + 8));
  const isLong = head.getUint8(0) === 1;
  const entryBytes = isLong ? 20 : 12;
  const start = box.contentStart + 8;
  const room = Math.floor((Math.min(box.end, pages.sizeBytes) - start) / entryBytes);
  const count = Math.min(head.getUint32(4), room, EDITS_MAX);
  if (count <= 0) return [];
  const list = viewOf(await pages.read(start, start + count * entryBytes));
  return Array.from({ length: count }, (_, index) => {
    const at = index * entryBytes;
    const duration = isLong ? Number(list.getBigUint64(at)) : list.getUint32(at);
    const mediaTime = isLong ? Number(list.getBigInt64(at + 8)) : list.getInt32(at + 4);
    return {
      durationSeconds: duration / timescale,
      isEmpty: mediaTime === -1,
      rate: list.getInt32(at + entryBytes - 4) / 65_536,
    };
  });
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function readType(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((offset) => view.getUint8(at + offset)));
}
