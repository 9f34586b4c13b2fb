/**
 * Reads where the edit list of an MP4 or MOV file begins and ends a track (ISO/IEC 14496-12,
 * section 8.6.6): a trimmed recording keeps in the file what nobody is meant to see.
 */

import { type FileHandle, open } from 'node:fs/promises';

type Box = { type: string; content: Buffer };

const HEADER_BYTES = 8;
const LONG_HEADER_BYTES = 16;
/** Boxes beside the index that are skipped before the search is given up. */
const BOXES_MAX = 10_000;
/** A larger index belongs to no clip that is read here. */
const INDEX_BYTES_MAX = 64 * 1024 * 1024;
/** What an edit list of more entries says beyond them is not read. */
const EDITS_MAX = 1_000;

/** Seconds on the clock of the file; one that goes on to the last packet ends at infinity. */
export type Shown = { start: number; end: number };

/** Null when the track has no edit list, or one that shows more than one piece. */
export async function readShown(file: string, trackId: number): Promise<Shown | null> {
  await using handle = await open(file);
  const index = await readIndex(handle);
  return index === null ? null : findShown(index, trackId);
}

/** The content of the first `moov` box. */
async function readIndex(handle: FileHandle): Promise<Buffer | null> {
  const { size: fileBytes } = await handle.stat();
  const head = Buffer.alloc(LONG_HEADER_BYTES);
  let at = 0;
  for (let count = 0; count < BOXES_MAX && at + HEADER_BYTES <= fileBytes; count += 1) {
    await handle.read(head, 0, LONG_HEADER_BYTES, at);
    const { headerBytes, boxBytes } = readHeader(head, 0, fileBytes - at);
    if (boxBytes < headerBytes) return null;
    if (head.toString('latin1', 4, 8) === 'moov') {
      const contentBytes = Math.min(boxBytes, fileBytes - at) - headerBytes;
      if (contentBytes > INDEX_BYTES_MAX) return null;
      const content = Buffer.alloc(contentBytes);
      await handle.read(content, 0, contentBytes, at + headerBytes);
      return content;
    }
    at += boxBytes;
  }
  return null;
}

function readHeader(bytes: Buffer, at: number, restBytes: number) {
  const short = bytes.readUInt32BE(at);
  const isLong = short === 1 && at + LONG_HEADER_BYTES <= bytes.length;
  const long = isLong ? Number(bytes.readBigUInt64BE(at + 8)) : short;
  return {
    headerBytes: isLong ? LONG_HEADER_BYTES : HEADER_BYTES,
    boxBytes: short === 0 ? restBytes : long,
  };
}

function listBoxes(bytes: Buffer): Box[] {
  const boxes: Box[] = [];
  for (let at = 0; at + HEADER_BYTES <= bytes.length; ) {
    const { headerBytes, boxBytes } = readHeader(bytes, at, bytes.length - at);
    if (boxBytes < headerBytes) break;
    const type = bytes.toString('latin1', at + 4, at + 8);
    boxes.push({ type, content: bytes.subarray(at + headerBytes, at + boxBytes) });
    at += boxBytes;
  }
  return boxes;
}

function findShown(index: Buffer, trackId: number): Shown | null {
  const movie = findBox(index, 'mvhd');
  const timescale = movie && readAfterTimes(movie);
  if (!timescale) return null;
  for (const { type, content } of listBoxes(index)) {
    const header = type === 'trak' ? findBox(content, 'tkhd') : null;
    if (header === null || readAfterTimes(header) !== trackId) continue;
    const edits = findBox(content, 'edts');
    const list = edits && findBox(edits, 'elst');
    return list && readPiece(list, timescale);
  }
  return null;
}

function findBox(bytes: Buffer, type: string): Buffer | null {
  return listBoxes(bytes).find((box) => box.type === type)?.content ?? null;
}

/** Time scale of a movie, or number of a track: both stand behind two times. */
function readAfterTimes(content: Buffer): number | null {
  const at = content[0] === 1 ? 20 : 12;
  return content.length >= at + 4 ? content.readUInt32BE(at) : null;
}

function readPiece(list: Buffer, timescale: number): Shown | null {
  if (list.length < HEADER_BYTES) return null;
  const isLong = list[0] === 1;
  const entryBytes = isLong ? 20 : 12;
  const room = Math.floor((list.length - HEADER_BYTES) / entryBytes);
  const count = Math.min(list.readUInt32BE(4), room, EDITS_MAX);
  let delay = 0;
  let piece: Shown | null = null;
  for (let entry = 0; entry < count; entry += 1) {
    const at = HEADER_BYTES + entry * entryBytes;
    const units = isLong ? Number(list.readBigUInt64BE(at)) : list.readUInt32BE(at);
    const mediaTime = isLong ? Number(list.readBigInt64BE(at + 8)) : list.readInt32BE(at + 4);
    const seconds = units / timescale;
    const isEmpty = mediaTime === -1;
    if (!isEmpty && piece !== null) return null;
    if (isEmpty && piece === null) delay += seconds;
    // No length means that the track is shown to its end.
    if (!isEmpty) piece = { start: delay, end: seconds === 0 ? Infinity : delay + seconds };
  }
  return piece;
}
