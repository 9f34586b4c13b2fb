/**
 * The body of a request as a stream that may be given up: what still comes is then read and thrown
 * away, so that the connection lives long enough to carry the refusal.
 */

import { PassThrough, type Readable } from 'node:stream';
import { AppError } from '../kernel/errors.ts';

/** Fails with `body_incomplete` when the body ends before it should. */
export function detachBody(body: Readable): Readable {
  const out = new PassThrough();
  body.once('close', () => {
    if (body.readableEnded) return;
    out.destroy(
      new AppError('body_incomplete', { reason: 'the connection was closed before its end' }),
    );
  });
  // What the error was is of no use to anybody: the sender is gone.
  body.on('error', () => {});
  // It may fail before anybody reads it, and then tells whoever does; nobody need listen yet.
  out.on('error', () => {});
  out.once('close', () => {
    body.unpipe(out);
    body.resume();
  });
  return body.pipe(out);
}
