/** Size and SHA-256 of a file on disk, read as a stream. */

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

export async function sumFile(path: string): Promise<{ sizeBytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const chunk of createReadStream(path)) {
    const bytes: Buffer = chunk;
    sizeBytes += bytes.length;
    hash.update(bytes);
  }
  return { sizeBytes, sha256: hash.digest('hex') };
}
