/**
 * Speaks to the admin endpoints of our own running service; it never leaves the address that the
 * service noted down.
 */

import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { request } from 'undici';
import type { ServiceNote } from './service-file.ts';

const ANSWER_MS_MAX = 15_000;
/** Longest wait for what the service has to make first, such as a dump. */
const DOWNLOAD_MS_MAX = 3_600_000;
/** What is downloaded is the operator's alone. */
const OWNER_ONLY = 0o600;

/** The service answered with a refusal; the message is the service's own sentence. */
export class OwnServiceError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'OwnServiceError';
    this.status = status;
  }
}

export type OwnRequest = {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  body?: object;
  /** Longest time until the answer, in milliseconds. @default 15000 */
  answerMsMax?: number;
};

/**
 * @returns the answer's JSON.
 * @throws {OwnServiceError} for a refusal; an error of the network when nobody answers.
 */
export async function callOwnService(note: ServiceNote, call: OwnRequest): Promise<unknown> {
  const answer = await request(new URL(call.path, note.url), {
    method: call.method,
    headers: {
      authorization: `Bearer ${note.adminToken}`,
      ...(call.body ? { 'content-type': 'application/json' } : {}),
    },
    body: call.body ? JSON.stringify(call.body) : null,
    signal: AbortSignal.timeout(call.answerMsMax ?? ANSWER_MS_MAX),
  });
  const json: unknown = await answer.body.json();
  if (answer.statusCode === 200) return json;
  throw new OwnServiceError(answer.statusCode, readMessage(json, answer.statusCode));
}

/**
 * Writes the answer into a file; half of one is removed.
 *
 * @throws {OwnServiceError} for a refusal; an error of the network when the answer breaks off.
 */
export async function downloadFromOwnService(
  note: ServiceNote,
  { call, file }: { call: OwnRequest; file: string },
): Promise<void> {
  const answer = await request(new URL(call.path, note.url), {
    method: call.method,
    headers: { authorization: `Bearer ${note.adminToken}` },
    headersTimeout: DOWNLOAD_MS_MAX,
    bodyTimeout: ANSWER_MS_MAX,
  });
  if (answer.statusCode !== 200) {
    const json: unknown = await answer.body.json();
    throw new OwnServiceError(answer.statusCode, readMessage(json, answer.statusCode));
  }
  try {
    await pipeline(answer.body, createWriteStream(file, { mode: OWNER_ONLY, flags: 'wx' }));
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
}

/** Whether the service that left the note still runs; a note outlives a service that was killed. */
export async function isServiceRunning(note: ServiceNote): Promise<boolean> {
  try {
    await callOwnService(note, { method: 'GET', path: '/healthz' });
    return true;
  } catch {
    return false;
  }
}

function readMessage(json: unknown, status: number): string {
  const message = typeof json === 'object' && json !== null ? Reflect.get(json, 'message') : null;
  return typeof message === 'string' ? message : `The service answered ${status}.`;
}
