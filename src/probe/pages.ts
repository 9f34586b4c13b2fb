/**
 * Reads a file in whole pages and remembers them, so that looking at one part twice, or at small
 * parts side by side, costs one request.
 */

import type { ReadRange } from '../jail/inmate.ts';

const PAGE_BYTES = 4_096;
/** What a file begins with is nearly always wanted, and often all that is. */
const HEAD_BYTES = 65_536;
/** One message of the jail takes no more. */
const REQUEST_BYTES_MAX = 8 * 1024 * 1024;
/** An index larger than this is no index of a clip that we take. */
const HELD_BYTES_MAX = 64 * 1024 * 1024;

export type Pages = {
  sizeBytes: number;
  /** Bytes from `start` up to `end`, shortened to the end of the file. */
  read(start: number, end: number): Promise<Uint8Array>;
  /** As `read`, when all of it was read before; null otherwise. */
  recall(start: number, end: number): Uint8Array | null;
};

export function openPages(sizeBytes: number, readRange: ReadRange): Pages {
  const pages = new Map<number, Uint8Array>();

  async function load(firstPage: number, endPage: number): Promise<void> {
    if ((pages.size + endPage - firstPage) * PAGE_BYTES > HELD_BYTES_MAX) {
      throw new Error('its index is too large');
    }
    const step = REQUEST_BYTES_MAX / PAGE_BYTES;
    for (let page = firstPage; page < endPage; page += step) {
      const start = page * PAGE_BYTES;
      const end = Math.min(sizeBytes, endPage * PAGE_BYTES, start + REQUEST_BYTES_MAX);
      const bytes = await readRange(start, end);
      for (let offset = 0; offset < bytes.length; offset += PAGE_BYTES) {
        pages.set(page + offset / PAGE_BYTES, bytes.subarray(offset, offset + PAGE_BYTES));
      }
    }
  }

  /** Runs of pages that are not there yet, each read at once. */
  async function loadMissing(firstPage: number, endPage: number): Promise<void> {
    let page = firstPage;
    while (page < endPage) {
      const runStart = page;
      while (page < endPage && !pages.has(page)) page += 1;
      if (page > runStart) await load(runStart, page);
      else page += 1;
    }
  }

  function recall(start: number, end: number): Uint8Array | null {
    const found = new Uint8Array(Math.max(0, Math.min(end, sizeBytes) - start));
    for (let at = 0; at < found.length; ) {
      const index = Math.floor((start + at) / PAGE_BYTES);
      const page = pages.get(index);
      if (page === undefined) return null;
      const part = page.subarray(start + at - index * PAGE_BYTES);
      if (part.length === 0) return null;
      found.set(part.subarray(0, found.length - at), at);
      at += part.length;
    }
    return found;
  }

  return {
    sizeBytes,
    recall,
    async read(start, end) {
      const lastByte = Math.min(end, sizeBytes);
      if (lastByte - start > HELD_BYTES_MAX) throw new Error('its index is too large');
      const wanted = pages.size === 0 ? Math.max(lastByte, HEAD_BYTES) : lastByte;
      await loadMissing(
        pages.size === 0 ? 0 : Math.floor(start / PAGE_BYTES),
        Math.ceil(Math.min(wanted, sizeBytes) / PAGE_BYTES),
      );
      const bytes = recall(start, end);
      if (bytes === null) throw new Error('a part of it is missing');
      return bytes;
    },
  };
}
