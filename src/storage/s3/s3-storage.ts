/**
 * Blobs as objects of one bucket. An object appears when its upload is complete, which S3 itself
 * promises; an upload of many parts that fails is given up, so its parts are not paid for.
 */

import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { blobNotFound, checkKey } from '../keys.ts';
import type { ByteRange, ListedBlob, SignedBlob, Storage } from '../storage.ts';
import { putFile, type Target } from './put-file.ts';
import { explainS3Error, isMissing } from './s3-errors.ts';

export type S3StorageOptions = {
  /** Null means the one of AWS for the region. */
  endpoint: string | null;
  bucket: string;
  region: string;
  /** Put before every key, such as `understudy/`, so that a bucket can be shared. @default none */
  prefix?: string;
  /** Null lets the AWS library look where it usually does. */
  credentials: { accessKeyId: string; secretAccessKey: string } | null;
  /** Tries of one request, the first included; the pauses between them grow. @default 4 */
  attemptsMax?: number;
  /** Longest silence within one request, in milliseconds. @default 30_000 */
  idleMsMax?: number;
  /** Larger files go up in parts of this size; S3 allows 5 MB or more. @default 16 MB */
  partBytes?: number;
};

const ATTEMPTS_MAX = 4;
const IDLE_MS_MAX = 30_000;
const CONNECT_MS_MAX = 5_000;
const PART_BYTES = 16 * 1024 * 1024;
const MILLISECONDS_PER_SECOND = 1000;

/** Rejections name the request, the status and the code of S3, and never a credential. */
export function createS3Storage(options: S3StorageOptions): Storage & SignedBlob {
  const { bucket: Bucket, prefix = '' } = options;
  const client = createClient(options);
  const nameOf = (key: string): string => {
    checkKey(key);
    return `${prefix}${key}`;
  };
  const target: Target = { client, bucket: Bucket, partBytes: options.partBytes ?? PART_BYTES };

  async function openObject(key: string, range?: ByteRange): Promise<Readable> {
    const Range = range ? `bytes=${range.start}-${range.end}` : undefined;
    const input = { Bucket, Key: nameOf(key), ...(Range ? { Range } : {}) };
    const answer = await client.send(new GetObjectCommand(input)).catch((error: unknown) => {
      throw isMissing(error) ? blobNotFound(key, error) : explainS3Error('read', key, error);
    });
    if (!(answer.Body instanceof Readable)) throw new Error(`S3 gave no body for ${key}`);
    return answer.Body;
  }

  return {
    async putFile(key, path, contentType) {
      return {
        key,
        ...(await putFile(target, { key: nameOf(key), path, contentType })),
        contentType,
      };
    },

    async stat(key) {
      const command = new HeadObjectCommand({ Bucket, Key: nameOf(key) });
      try {
        const head = await client.send(command);
        return {
          sizeBytes: head.ContentLength ?? 0,
          contentType: head.ContentType ?? 'application/octet-stream',
        };
      } catch (error) {
        if (isMissing(error)) return null;
        throw explainS3Error('look up', key, error);
      }
    },

    open: openObject,

    async getFile(key, path) {
      const body = await openObject(key);
      try {
        await pipeline(body, createWriteStream(path));
      } catch (error) {
        await rm(path, { force: true });
        throw explainS3Error('read', key, error);
      }
    },

    async delete(key) {
      const command = new DeleteObjectCommand({ Bucket, Key: nameOf(key) });
      await client.send(command).catch((error: unknown) => {
        if (!isMissing(error)) throw explainS3Error('remove', key, error);
      });
    },

    list: () => listObjects(client, Bucket, prefix),

    async signAddress(key, { lifetimeMs, contentType, fileName }) {
      const command = new GetObjectCommand({
        Bucket,
        Key: nameOf(key),
        ResponseContentType: contentType,
        ResponseContentDisposition: `inline; filename="${fileName}"`,
      });
      const expiresIn = Math.ceil(lifetimeMs / MILLISECONDS_PER_SECOND);
      return await getSignedUrl(client, command, { expiresIn });
    },
  };
}

function createClient(options: S3StorageOptions): S3Client {
  const idleMsMax = options.idleMsMax ?? IDLE_MS_MAX;
  return new S3Client({
    region: options.region,
    maxAttempts: options.attemptsMax ?? ATTEMPTS_MAX,
    requestHandler: {
      connectionTimeout: CONNECT_MS_MAX,
      socketTimeout: idleMsMax,
      requestTimeout: idleMsMax,
      throwOnRequestTimeout: true,
    },
    // Checksums in trailers are not understood by every server that speaks S3; the sum is kept as
    // metadata instead.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(options.endpoint ? { endpoint: options.endpoint, forcePathStyle: true } : {}),
    // The library writes into what it is given, and the configuration is frozen.
    ...(options.credentials ? { credentials: { ...options.credentials } } : {}),
  });
}

async function* listObjects(
  client: S3Client,
  bucket: string,
  prefix: string,
): AsyncGenerator<ListedBlob> {
  let from: string | undefined;
  do {
    const page = await client
      .send(
        new ListObjectsV2Command({
          Bucket: bucket,
          Prefix: prefix,
          ...(from ? { ContinuationToken: from } : {}),
        }),
      )
      .catch((error: unknown) => {
        throw explainS3Error('list', prefix, error);
      });
    for (const { Key, Size, LastModified } of page.Contents ?? []) {
      if (Key === undefined) continue;
      // A server that does not say when leaves a blob young for ever, which removes nothing.
      const storedAtMs = LastModified?.getTime() ?? Number.POSITIVE_INFINITY;
      yield { key: Key.slice(prefix.length), sizeBytes: Size ?? 0, storedAtMs };
    }
    from = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (from !== undefined);
}
