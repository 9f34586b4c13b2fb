/**
 * The inputs of tasks: downloaded or taken from uploads, measured, compared with the limits, kept.
 * What is probed is the copy that is kept, billed and rendered.
 */

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Orientation } from '../engines/engine.ts';
import type { NewId } from '../kernel/ids.ts';
import type { GuardedFetch } from '../net/guarded-fetch.ts';
import { checkImage } from '../probe/image.ts';
import type { MediaLimits } from '../probe/limits.ts';
import type { Probe } from '../probe/probe.ts';
import { checkVideo } from '../probe/video.ts';
import type { Storage } from '../storage/storage.ts';
import { isUploadId, type Uploads } from '../uploads/uploads.ts';
import type {
  ImageFacts,
  Inputs,
  QuotedInput,
  QuoteInput,
  TaskInput,
  VideoFacts,
} from './inputs.ts';
import { clipKey, pictureKey } from './media-keys.ts';
import { hasSameBytes, readByParts } from './read-parts.ts';

export type StoredInputsOptions = {
  guarded: Pick<GuardedFetch, 'download' | 'openRanged'>;
  uploads: Pick<Uploads, 'copyTo'>;
  storage: Pick<Storage, 'putFile' | 'getFile'>;
  probe: Pick<Probe, 'probeImage' | 'probeVideo' | 'probeVideoRanged'>;
  /** Local directory for downloads under way, of this process alone. */
  workDir: string;
  limits: MediaLimits;
  newId: NewId;
  /** With it a quote fetches the whole clip, since parts of it cannot be looked at. */
  preflight?: NonNullable<Inputs['preflight']>;
};

/** What pictures and clips differ in. */
type Kind<Facts> = {
  /** As the customer calls it. */
  what: string;
  maxBytes: number;
  probe(file: string): Promise<Facts>;
  check(facts: Facts): void;
  keyOf(ownerId: string, facts: Facts): string;
  contentTypeOf(facts: Facts): string;
};

type Bringer = { accountId: string; signal?: AbortSignal };

export function createStoredInputs(options: StoredInputsOptions): Inputs {
  const { preflight } = options;
  const image = describeImages(options);

  return {
    fetchImage: (address, context, quoted = null) =>
      fetchInput(options, image, { address, ...context, quoted }),
    fetchVideo: (address, { orientation, ...context }, quoted = null) =>
      fetchInput(options, describeClips(options, orientation), { address, ...context, quoted }),
    quoteImage: (address, context) => quoteWhole(options, image, address, context),
    async quoteVideo(address, { orientation, ...context }) {
      const kind = describeClips(options, orientation);
      const mayBeParts = preflight === undefined && !isUploadId(address);
      const quoted = mayBeParts ? await quoteByParts(options, kind, address, context) : null;
      return quoted ?? (await quoteWhole(options, kind, address, context));
    },
    ...(preflight ? { preflight } : {}),
  };
}

function describeImages({ limits, probe }: StoredInputsOptions): Kind<ImageFacts> {
  return {
    what: 'reference image',
    maxBytes: limits.imageBytesMax,
    probe: (file) => probe.probeImage(file),
    check: (facts) => checkImage(facts, limits),
    keyOf: (ownerId, facts) => pictureKey(ownerId, facts.format),
    contentTypeOf: (facts) => `image/${facts.format}`,
  };
}

function describeClips(
  { limits, probe }: StoredInputsOptions,
  orientation: Orientation,
): Kind<VideoFacts> {
  return {
    what: 'reference video',
    maxBytes: limits.videoBytesMax,
    probe: (file) => probe.probeVideo(file),
    check: (facts) => checkVideo(facts, orientation, limits),
    keyOf: (ownerId, facts) => clipKey(ownerId, facts.container),
    contentTypeOf: (facts) => (facts.container === 'mov' ? 'video/quicktime' : 'video/mp4'),
  };
}

type Wanted<Facts> = TaskInput & { address: string; quoted: QuotedInput<Facts> | null };

async function fetchInput<Facts>(
  options: StoredInputsOptions,
  kind: Kind<Facts>,
  { address, taskId, accountId, quoted }: Wanted<Facts>,
) {
  return await withTempFile(options, async (file) => {
    if (quoted?.storageKey) await options.storage.getFile(quoted.storageKey, file);
    else await bring(options, kind, address, file, { accountId });
    const isSame = quoted !== null && (await hasSameBytes(file, quoted));
    const facts = isSame ? quoted.facts : await kind.probe(file);
    kind.check(facts);
    const key = kind.keyOf(taskId, facts);
    const blob = await options.storage.putFile(key, file, kind.contentTypeOf(facts));
    return { storageKey: key, ...blob, facts, ...(isSame ? { isProbeReused: true } : {}) };
  });
}

async function quoteWhole<Facts>(
  options: StoredInputsOptions,
  kind: Kind<Facts>,
  address: string,
  { quoteId, accountId, signal }: QuoteInput,
): Promise<QuotedInput<Facts>> {
  return await withTempFile(options, async (file) => {
    const upload = await bring(options, kind, address, file, { accountId, signal });
    const facts = await kind.probe(file);
    kind.check(facts);
    if (upload) {
      const { storageKey, sha256, sizeBytes } = upload;
      return { facts, storageKey, sha256, sizeBytes, parts: [] };
    }
    signal.throwIfAborted();
    const key = kind.keyOf(quoteId, facts);
    const { sizeBytes, sha256 } = await options.storage.putFile(
      key,
      file,
      kind.contentTypeOf(facts),
    );
    return { facts, storageKey: key, sizeBytes, sha256, parts: [] };
  });
}

/** Null when the server does not hand out parts well; a download may still succeed. */
async function quoteByParts(
  { guarded, probe }: StoredInputsOptions,
  { what, maxBytes, check }: Kind<VideoFacts>,
  address: string,
  { signal }: QuoteInput,
): Promise<QuotedInput<VideoFacts> | null> {
  const read = await readByParts(
    (budget) => guarded.openRanged(address, { what, maxBytes, signal, ...budget }),
    (file) => probe.probeVideoRanged(file),
  );
  if (read === null) return null;
  const { result: facts, sizeBytes, parts } = read;
  check(facts);
  return { facts, sizeBytes, sha256: null, storageKey: null, parts };
}

/** Answers the upload when the address names one. */
async function bring<Facts>(
  { uploads, guarded }: StoredInputsOptions,
  { what, maxBytes }: Kind<Facts>,
  address: string,
  toFile: string,
  { accountId, signal }: Bringer,
) {
  if (isUploadId(address)) return await uploads.copyTo(accountId, address, toFile);
  await guarded.download(address, { what, toFile, maxBytes, ...(signal ? { signal } : {}) });
  return null;
}

async function withTempFile<T>(
  { workDir, newId }: StoredInputsOptions,
  work: (file: string) => Promise<T>,
): Promise<T> {
  const file = join(workDir, newId('blob'));
  try {
    return await work(file);
  } finally {
    await rm(file, { force: true });
  }
}
