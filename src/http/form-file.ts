/** The one file of a multipart form (RFC 7578) as a stream; a form with more is refused. */

import { PassThrough, type Readable } from 'node:stream';
import { Busboy } from '@fastify/busboy';
import { AppError, isAppError } from '../kernel/errors.ts';

const LIMITS = { files: 1, fields: 0, parts: 2, headerPairs: 20, headerSize: 8 * 1024 };

/**
 * The stream fails with `body_incomplete` when the form is broken or holds no file, and with
 * `invalid_request` when it holds anything else. Giving the stream up gives the body up.
 */
export function openFormFile(body: Readable, contentType: string): Readable {
  const out = new PassThrough();
  const form = createParser(contentType);
  let hasFile = false;

  function fail(error: unknown): void {
    out.destroy(isAppError(error) ? error : incomplete('the form is broken', error));
  }
  const refuseMore = () => fail(notOneFile());

  form.on('file', (_field, file) => {
    hasFile = true;
    file.on('error', fail);
    file.pipe(out, { end: false });
  });
  form.on('filesLimit', refuseMore);
  form.on('fieldsLimit', refuseMore);
  form.on('partsLimit', refuseMore);
  form.on('error', fail);
  form.on('finish', () => {
    if (hasFile) out.end();
    else fail(incomplete('there is no file in the form'));
  });
  body.on('error', fail);
  // It may fail before anybody reads it, and then tells whoever does; nobody need listen yet.
  out.on('error', () => {});
  out.once('close', () => {
    body.unpipe(form);
    body.destroy();
  });
  body.pipe(form);
  return out;
}

function createParser(contentType: string) {
  try {
    return new Busboy({ headers: { 'content-type': contentType }, limits: LIMITS });
  } catch (error) {
    throw incomplete('the Content-Type of the form names no boundary', error);
  }
}

function notOneFile(): AppError {
  const reason = 'A form must have one file, in a part named "file", and nothing else.';
  return new AppError('invalid_request', { reason }, { param: 'file' });
}

function incomplete(reason: string, cause?: unknown): AppError {
  return new AppError('body_incomplete', { reason }, { cause });
}
