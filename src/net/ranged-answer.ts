/** Reads one part of a file from an answer that has to prove it is the part that was asked for. */

import type { Dispatcher } from 'undici';
import { fetchFailed, fileTooLarge, quote } from './fetch-errors.ts';
import type { Pace } from './pace.ts';
import { checkHead, discardBody, readHeader } from './response-head.ts';

/** What must stay the same from part to part. */
export type Validators = {
  sizeBytes: number;
  etag: string | null;
  lastModified: string | null;
};

export type Part = { bytes: Uint8Array; validators: Validators };

export type PartWanted = {
  what: string;
  maxBytes: number;
  start: number;
  /** The first byte that is not wanted; past the end of the file for its head only. */
  end: number;
  pace: Pace;
  onBytes: (count: number) => void;
};

const OK = 200;
const PARTIAL = 206;
const RANGE_NOT_SATISFIABLE = 416;

/** The first part; null when the server does not serve parts, or does not tell the whole size. */
export async function readFirstPart(
  response: Dispatcher.ResponseData,
  wanted: PartWanted,
): Promise<Part | null> {
  const { what } = wanted;
  if (response.statusCode === RANGE_NOT_SATISFIABLE) {
    discardBody(response);
    if (readHeader(response, 'content-range') === 'bytes */0')
      throw fetchFailed(what, 'it is empty');
    return null;
  }
  checkHead(response, { ...wanted, statuses: [OK, PARTIAL] });
  const isWhole = response.statusCode === OK;
  if (isWhole || /^bytes \d+-\d+\/\*$/i.test(readHeader(response, 'content-range') ?? '')) {
    discardBody(response);
    return null;
  }
  return await readPart(response, wanted);
}

/** A later part, which must be of the same file. */
export async function readNextPart(
  response: Dispatcher.ResponseData,
  wanted: PartWanted,
  known: Validators,
): Promise<Uint8Array> {
  const { what } = wanted;
  checkHead(response, { ...wanted, statuses: [OK, PARTIAL] });
  if (response.statusCode === OK) {
    discardBody(response);
    throw fetchFailed(what, 'its host stopped serving parts of it');
  }
  const change = findChange(known, readValidators(response));
  if (change !== null) {
    discardBody(response);
    throw fetchFailed(what, `it changed while it was read (${change})`);
  }
  return (await readPart(response, wanted)).bytes;
}

async function readPart(response: Dispatcher.ResponseData, wanted: PartWanted): Promise<Part> {
  const { what, maxBytes, start } = wanted;
  const validators = readValidators(response);
  const { sizeBytes } = validators;
  const end = Math.min(wanted.end, sizeBytes);
  const seen = readHeader(response, 'content-range') || 'none';
  const length = readHeader(response, 'content-length');
  const problem = findRangeProblem();
  if (problem !== null) {
    discardBody(response);
    throw problem;
  }
  return { validators, bytes: await readExactly(response, end - start, wanted) };

  function findRangeProblem() {
    const range = parseContentRange(seen);
    if (range === null || range.start !== start || range.end !== end) {
      const asked = `bytes ${start}-${wanted.end - 1}`;
      return fetchFailed(what, `${asked} were asked for and its content-range is ${quote(seen)}`);
    }
    if (sizeBytes > maxBytes) return fileTooLarge(what, sizeBytes, maxBytes);
    if (length !== null && Number(length) !== end - start) {
      return fetchFailed(
        what,
        `${end - start} bytes were asked for and ${quote(length)} are announced`,
      );
    }
    return null;
  }
}

/** Never keeps more than was asked for, whatever comes. */
async function readExactly(
  response: Dispatcher.ResponseData,
  lengthBytes: number,
  { what, pace, onBytes }: PartWanted,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(lengthBytes);
  let filledBytes = 0;
  pace.beginBody();
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    onBytes(chunk.length);
    pace.count(chunk.length);
    if (filledBytes + chunk.length > lengthBytes) {
      throw fetchFailed(what, `${lengthBytes} bytes were asked for and more came`);
    }
    bytes.set(chunk, filledBytes);
    filledBytes += chunk.length;
  }
  if (filledBytes < lengthBytes) {
    throw fetchFailed(what, `${lengthBytes} bytes were asked for and ${filledBytes} came`);
  }
  return bytes;
}

function readValidators(response: Dispatcher.ResponseData): Validators {
  const range = parseContentRange(readHeader(response, 'content-range') ?? '');
  return {
    sizeBytes: range?.sizeBytes ?? 0,
    etag: readHeader(response, 'etag'),
    lastModified: readHeader(response, 'last-modified'),
  };
}

/** A file with an ETag is known by it; hosts of one name may differ in the time they tell. */
function findChange(before: Validators, now: Validators): string | null {
  if (now.sizeBytes !== before.sizeBytes) {
    return `${before.sizeBytes} bytes before, ${now.sizeBytes} now`;
  }
  if (now.etag !== before.etag) return 'another ETag';
  if (before.etag === null && now.lastModified !== before.lastModified) {
    return 'another Last-Modified';
  }
  return null;
}

/** `bytes 0-99/1000` (RFC 9110, 14.4) as a half-open range; null for anything else. */
function parseContentRange(text: string): { start: number; end: number; sizeBytes: number } | null {
  const match = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/i.exec(text.trim());
  if (match === null) return null;
  const [start = 0, last = 0, sizeBytes = 0] = match.slice(1).map(Number);
  return last < start || last >= sizeBytes ? null : { start, end: last + 1, sizeBytes };
}
