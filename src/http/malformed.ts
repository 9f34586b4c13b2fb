/** What is no HTTP, or comes too slowly, is answered in the form of every other refusal. */

import type { Socket } from 'node:net';
import { AppError } from '../kernel/errors.ts';
import type { NewId } from '../kernel/ids.ts';
import { toErrorAnswer } from './error-answer.ts';

type Line = { status: string; reason: string };

const LINES: Readonly<Record<string, Line>> = {
  HPE_HEADER_OVERFLOW: {
    status: '431 Request Header Fields Too Large',
    reason: 'The head of the request is too long.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: '408 Request Timeout',
    reason: 'The request did not arrive in time.',
  },
};
const OTHER: Line = { status: '400 Bad Request', reason: 'The request is not valid HTTP.' };

export function createMalformedAnswer(newId: NewId) {
  return (error: NodeJS.ErrnoException, socket: Socket): void => {
    if (socket.destroyed || !socket.writable || error.code === 'ECONNRESET') return;
    const { status, reason } = LINES[error.code ?? ''] ?? OTHER;
    const refusal = new AppError('invalid_request', { reason });
    const body = JSON.stringify(toErrorAnswer(refusal, newId('request')));
    const head = [
      `HTTP/1.1 ${status}`,
      'content-type: application/json; charset=utf-8',
      `content-length: ${Buffer.byteLength(body)}`,
      'cache-control: no-store',
      'connection: close',
    ];
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  };
}
