/** Turns what a caller has of a file into the body of a request, without reading it into memory. */

/**
 * A file to send: a `Blob` or `File`, bytes, a stream of bytes, or, on Node, the path of a file on
 * disk.
 */
export type UploadSource = Blob | ArrayBuffer | Uint8Array<ArrayBuffer> | ReadableStream | string;

/** The part of a request that carries the file; a stream must say that it only goes one way. */
export async function toUploadBody(source: UploadSource): Promise<RequestInit> {
  const body = typeof source === 'string' ? await openPath(source) : source;
  const init: RequestInit & { duplex?: 'half' } = { body };
  if (body instanceof ReadableStream) init.duplex = 'half';
  return init;
}

/** Only asked for on Node; a browser hands out files as `File`, never as paths. */
async function openPath(path: string): Promise<Blob> {
  const { openAsBlob } = await import('node:fs');
  return await openAsBlob(path);
}
