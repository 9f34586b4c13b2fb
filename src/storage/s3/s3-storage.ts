/**
 * Blobs as objects of one bucket. An object appears when its upload is complete, which S3 itself
 * promises.
 */

import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { sumFile } from '../file-sum.ts';
import { blobNotFound, checkKey } from '../keys.ts';
import type { ByteRange, Storage } from '../storage.ts';

export type S3StorageOptions = {
  /** Null means the one of AWS for the region. */
  endpoint: string | null;
  bucket: string;
  region: string;
  /** Null lets the AWS library look where it usually does. */
  credentials: { accessKeyId: string; secretAccessKey: string } | null;
};

export function createS3Storage(options: S3StorageOptions): Storage {
  const { bucket: Bucket } = options;
  const client = new S3Client({
    region: options.region,
    // Checksums in trailers are not understood by every server that speaks S3; the sum is kept as
    // metadata instead.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(options.endpoint ? { endpoint: options.endpoint, forcePathStyle: true } : {}),
    ...(options.credentials ? { credentials: options.credentials } : {}),
  });

  async function openObject(key: string, range?: ByteRange): Promise<Readable> {
    checkKey(key);
    const Range = range ? `bytes=${range.start}-${range.end}` : undefined;
    const input = { Bucket, Key: key, ...(Range ? { Range } : {}) };
    const answer = await client.send(new GetObjectCommand(input)).catch((error: unknown) => {
      throw isMissing(error) ? blobNotFound(key, error) : error;
    });
    if (!(answer.Body instanceof Readable)) throw new Error(`S3 gave no body for ${key}`);
    return answer.Body;
  }

  return {
    async putFile(key, path, contentType) {
      checkKey(key);
      const sum = await sumFile(path);
      await client.send(
        new PutObjectCommand({
          Bucket,
          Key: key,
          Body: createReadStream(path),
          ContentLength: sum.sizeBytes,
          ContentType: contentType,
          Metadata: { sha256: sum.sha256 },
        }),
      );
      return { key, ...sum, contentType };
    },

    async stat(key) {
      checkKey(key);
      try {
        const head = await client.send(new HeadObjectCommand({ Bucket, Key: key }));
        return {
          sizeBytes: head.ContentLength ?? 0,
          contentType: head.ContentType ?? 'application/octet-stream',
        };
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    },

    open: openObject,

    async getFile(key, path) {
      const body = await openObject(key);
      try {
        await pipeline(body, createWriteStream(path));
      } catch (error) {
        await rm(path, { force: true });
        throw error;
      }
    },

    async delete(key) {
      checkKey(key);
      await client.send(new DeleteObjectCommand({ Bucket, Key: key })).catch((error: unknown) => {
        if (!isMissing(error)) throw error;
      });
    },
  };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && ['NoSuchKey', 'NotFound'].includes(error.name);
}
