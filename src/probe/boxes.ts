/**
 * Looks at the outermost boxes of an MP4 or MOV file (ISO/IEC 14496-12, section 4.2), to tell a
 * file that was cut off from one that lacks a picture.
 */

import { type FileHandle, open } from 'node:fs/promises';

const HEADER_BYTES = 16;
const SHORT_HEADER_BYTES = 8;
/** A size of 1 says that the real one follows in 64 bits, 0 that the box goes on to the end. */
const SIZE_IS_LONG = 1;
const SIZE_IS_REST = 0;
/** A fragmented clip has a few boxes a second; a file of more boxes is no clip. */
const BOXES_MAX = 10_000;

/** What is wrong with the file's index, as the end of a sentence; null when it is all there. */
export async function findIndexProblem(path: string): Promise<string | null> {
  const file = await open(path);
  try {
    const { size: sizeBytes } = await file.stat();
    const indexEnd = await findIndexEnd(file, sizeBytes);
    if (indexEnd === null) {
      return 'it has no index (the "moov" box), as when an upload or a recording was cut off';
    }
    if (indexEnd <= sizeBytes) return null;
    return 'it ends within its index (the "moov" box): the upload or the recording was cut off';
  } finally {
    await file.close();
  }
}

/** Where the index would end, which may be after the end of the file; null when there is none. */
async function findIndexEnd(file: FileHandle, sizeBytes: number): Promise<number | null> {
  const header = Buffer.alloc(HEADER_BYTES);
  let start = 0;
  for (let count = 0; count < BOXES_MAX && start + SHORT_HEADER_BYTES <= sizeBytes; count++) {
    header.fill(0);
    await file.read(header, 0, HEADER_BYTES, start);
    const end = start + readBoxSize(header, sizeBytes - start);
    if (header.toString('latin1', 4, 8) === 'moov') return end;
    if (end < start + SHORT_HEADER_BYTES) return null;
    start = end;
  }
  return null;
}

function readBoxSize(header: Buffer, restBytes: number): number {
  const size = header.readUInt32BE(0);
  if (size === SIZE_IS_LONG) return Number(header.readBigUInt64BE(8));
  return size === SIZE_IS_REST ? restBytes : size;
}
