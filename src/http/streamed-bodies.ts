/**
 * The routes whose bodies are read as streams, and what each may be sent. Such a body passes no
 * schema, so this is what the document says of it.
 */

const BINARY = { type: 'string', format: 'binary' };

export const FORM = 'multipart/form-data';

/** The bytes decide what an upload is, so these names are no more than a courtesy. */
export const UPLOAD_BODY = {
  [FORM]: {
    schema: { type: 'object', properties: { file: BINARY }, required: ['file'] },
  },
  'image/jpeg': { schema: BINARY },
  'image/png': { schema: BINARY },
  'video/mp4': { schema: BINARY },
  'video/quicktime': { schema: BINARY },
  'application/octet-stream': { schema: BINARY },
};

const STREAMED: Readonly<Record<string, object>> = { 'POST /v1/uploads': UPLOAD_BODY };

/** The media types by their names, or null for a route whose body is read whole. */
export function findStreamedBody(method: string, url: string | undefined): object | null {
  return STREAMED[`${method} ${url}`] ?? null;
}
