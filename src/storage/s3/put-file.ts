/**
 * Sends a file to a bucket in pieces that are each held in memory, so that a request that failed
 * can be sent again; a stream that was half read could not.
 */

import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { sumFile } from '../file-sum.ts';
import { explainS3Error } from './s3-errors.ts';

export type Target = { client: S3Client; bucket: string; partBytes: number };

export type Put = {
  /** Whole name of the object. */
  key: string;
  path: string;
  contentType: string;
};

/** S3 takes no more parts of one object. */
const PARTS_MAX = 10_000;

export async function putFile(
  target: Target,
  put: Put,
): Promise<{ sizeBytes: number; sha256: string }> {
  // Read twice: the sum stands in the metadata, which goes before the bytes.
  const sum = await sumFile(put.path);
  const file = await open(put.path);
  try {
    if (sum.sizeBytes <= target.partBytes) await putWhole(target, put, { file, ...sum });
    else await putParts(target, put, { file, ...sum });
    return sum;
  } catch (error) {
    throw explainS3Error('store', put.key, error);
  } finally {
    await file.close();
  }
}

type Source = { file: FileHandle; sizeBytes: number; sha256: string };

const describe = ({ bucket }: Target, { key, contentType }: Put, { sha256 }: Source) => ({
  Bucket: bucket,
  Key: key,
  ContentType: contentType,
  Metadata: { sha256 },
});

async function putWhole(target: Target, put: Put, source: Source): Promise<void> {
  const body = await readPart(source, 0, source.sizeBytes);
  const command = new PutObjectCommand({
    ...describe(target, put, source),
    Body: body,
    ContentLength: body.length,
  });
  await target.client.send(command);
}

async function putParts(target: Target, put: Put, source: Source): Promise<void> {
  const { client, bucket: Bucket } = target;
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand(describe(target, put, source)),
  );
  const upload = { Bucket, Key: put.key, UploadId };
  try {
    const Parts = await sendParts(target, upload, source);
    await client.send(
      new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }),
    );
  } catch (error) {
    // The first error is the one worth telling; parts left over are for the bucket's own rules.
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
    throw error;
  }
}

type Upload = { Bucket: string; Key: string; UploadId: string | undefined };

async function sendParts({ client, partBytes }: Target, upload: Upload, source: Source) {
  const size = Math.max(partBytes, Math.ceil(source.sizeBytes / PARTS_MAX));
  const parts: { PartNumber: number; ETag: string | undefined }[] = [];
  const hash = createHash('sha256');
  for (let start = 0; start < source.sizeBytes; start += size) {
    const body = await readPart(source, start, Math.min(size, source.sizeBytes - start));
    hash.update(body);
    const PartNumber = parts.length + 1;
    const { ETag } = await client.send(
      new UploadPartCommand({ ...upload, PartNumber, Body: body, ContentLength: body.length }),
    );
    parts.push({ PartNumber, ETag });
  }
  if (hash.digest('hex') !== source.sha256) throw new Error('the file changed while it was sent');
  return parts;
}

async function readPart({ file }: Source, start: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, start);
  if (bytesRead === length) return bytes;
  throw new Error('the file became shorter while it was sent');
}
