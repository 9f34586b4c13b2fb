/**
 * Reads parts of a file and remembers their sums. Facts follow from the bytes that were read and
 * from the size alone, so a file that has both the same has the same facts and need not be probed
 * again; what its server says of itself plays no part in that.
 */

import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { isAppError } from '../kernel/errors.ts';
import { RangeBudgetError, type RangedFile } from '../net/ranged-file.ts';
import type { QuotedInput, ReadPart } from './inputs.ts';

/** Beyond this the whole file is cheaper: an index of a clip is small, and near one of its ends. */
const BUDGET = { budgetBytes: 4 * 1024 * 1024, requestsMax: 32 };

const PIECE_BYTES = 1024 * 1024;

export type FileReader = Pick<RangedFile, 'sizeBytes' | 'read'>;

export type PartlyRead<T> = { result: T; sizeBytes: number; parts: ReadPart[] };

/** Null when the file cannot be read by parts, or not by few enough. */
export async function readByParts<T>(
  openFile: (budget: typeof BUDGET) => Promise<RangedFile | null>,
  work: (file: FileReader) => Promise<T>,
): Promise<PartlyRead<T> | null> {
  const file = await openFile(BUDGET).catch(nullWhenUnfit);
  if (file === null) return null;
  const { sizeBytes } = file;
  const parts: ReadPart[] = [];

  const read = async (start: number, end: number) => {
    const bytes = await file.read(start, end);
    parts.push({ start, end, sha256: createHash('sha256').update(bytes).digest('hex') });
    return bytes;
  };

  try {
    return { result: await work({ sizeBytes, read }), sizeBytes, parts };
  } catch (error) {
    return nullWhenUnfit(error);
  } finally {
    await file.close();
  }
}

/** Not the file is to blame but the reading by parts; a download may still succeed. */
function nullWhenUnfit(error: unknown): null {
  if (error instanceof RangeBudgetError || isAppError(error, 'fetch_failed')) return null;
  throw error;
}

/** Whether what was quoted of a file is also what this one is. */
export async function hasSameBytes(
  path: string,
  quoted: Pick<QuotedInput<unknown>, 'sizeBytes' | 'parts'>,
): Promise<boolean> {
  const file = await open(path);
  try {
    if ((await file.stat()).size !== quoted.sizeBytes) return false;
    for (const part of quoted.parts) {
      if ((await sumPart(file, part)) !== part.sha256) return false;
    }
    return true;
  } finally {
    await file.close();
  }
}

async function sumPart(
  file: Awaited<ReturnType<typeof open>>,
  { start, end }: ReadPart,
): Promise<string> {
  const hash = createHash('sha256');
  for (let at = start; at < end; ) {
    const piece = Buffer.alloc(Math.min(PIECE_BYTES, end - at));
    const { bytesRead } = await file.read(piece, 0, piece.length, at);
    if (bytesRead === 0) break;
    hash.update(piece.subarray(0, bytesRead));
    at += bytesRead;
  }
  return hash.digest('hex');
}
