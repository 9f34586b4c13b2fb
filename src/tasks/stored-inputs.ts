/**
 * The inputs of tasks: downloaded or taken from uploads, measured, compared with the limits, kept.
 * What is probed is the copy that is kept, billed and rendered.
 */

import { rm } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Orientation } from '../engines/engine.ts';
import type { NewId } from '../kernel/ids.ts';
import type { GuardedFetch } from '../net/guarded-fetch.ts';
import { checkImage } from '../probe/image.ts';
import type { MediaLimits } from '../probe/limits.ts';
import type { Preflight } from '../probe/preflight.ts';
import type { Probe } from '../probe/probe.ts';
import { checkVideo } from '../probe/video.ts';
import type { Storage } from '../storage/storage.ts';
import { isUploadId, type Uploads } from '../uploads/uploads.ts';
import type {
  ImageFacts,
  InputPair,
  Inputs,
  QuotedInput,
  QuoteInput,
  TaskInput,
  VideoFacts,
} from './inputs.ts';
import { type LocalCopies, withLocalCopies } from './local-copies.ts';
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
  preflight?: Pick<Preflight, 'look' | 'prepare'> | null;
};

/** What pictures and clips differ in. */
type Kind<Facts> = {
  /** As the customer calls it. */
  what: string;
  maxBytes: number;
  probe(file: string): Promise<Facts>;
  check(facts: Facts): void;
  keyOf(ownerId: string, facts: Facts, attempt?: number): string;
  contentTypeOf(facts: Facts): string;
};

type Bringer = { accountId: string; signal?: AbortSignal };

/** For whom a clip is read by parts. */
type Reading = { address: string; signal?: AbortSignal };

export function createStoredInputs(options: StoredInputsOptions): Inputs {
  const { preflight } = options;
  const image = describeImages(options);

  return {
    fetchImage: (address, context, quoted = null) =>
      fetchInput(options, image, { address, ...context, quoted }),
    async fetchVideo(address, { orientation, ...context }, quoted = null) {
      if (quoted === null) preflight?.prepare();
      const kind = describeClips(options, orientation);
      const known = quoted ?? (await readParts(options, kind, { address, ...context }));
      const fetched = await fetchInput(options, kind, { address, ...context, quoted: known });
      return { ...fetched, isProbeReused: quoted !== null && fetched.isProbeReused };
    },
    quoteImage: (address, context) => quoteWhole(options, image, { address, ...context }),
    async quoteVideo(address, { orientation, ...context }) {
      const kind = describeClips(options, orientation);
      // A clip that breaks a limit is refused by its index, before all of it is fetched.
      const known = await readParts(options, kind, { address, ...context });
      if (known && !preflight) return known;
      preflight?.prepare();
      return await quoteWhole(options, kind, { address, ...context, known });
    },
    ...(preflight
      ? { preflight: (pair, context) => lookAt(options, preflight, pair, context) }
      : {}),
  };
}

type LookContext = Parameters<NonNullable<Inputs['preflight']>>[1];

async function lookAt(
  options: StoredInputsOptions,
  preflight: Pick<Preflight, 'look'>,
  { image, video }: InputPair,
  { copies: given, signal }: LookContext,
) {
  return await withLocalCopies(async (own) => {
    const findCopy = async (key: string) => {
      const copy =
        given?.get(key) ?? join(options.workDir, `${options.newId('blob')}${extname(key)}`);
      if (given?.has(key)) return copy;
      own.set(key, copy);
      await options.storage.getFile(key, copy);
      return copy;
    };
    const imageFile = await findCopy(image.storageKey);
    const videoFile = await findCopy(video.storageKey);
    return await preflight.look({ imageFile, videoFile }, signal);
  });
}

function describeImages({ limits, probe }: StoredInputsOptions): Kind<ImageFacts> {
  return {
    what: 'reference image',
    maxBytes: limits.imageBytesMax,
    probe: (file) => probe.probeImage(file),
    check: (facts) => checkImage(facts, limits),
    keyOf: (ownerId, { format }, attempt) => pictureKey(ownerId, format, attempt),
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
    keyOf: (ownerId, { container }, attempt) => clipKey(ownerId, container, attempt),
    contentTypeOf: (facts) => (facts.container === 'mov' ? 'video/quicktime' : 'video/mp4'),
  };
}

type Wanted<Facts> = TaskInput & { address: string; quoted: QuotedInput<Facts> | null };

async function fetchInput<Facts>(
  options: StoredInputsOptions,
  kind: Kind<Facts>,
  { address, taskId, attempt, quoted, copies, ...bringer }: Wanted<Facts>,
) {
  return await withTempFile(options, copies, async (file, keep) => {
    if (quoted?.storageKey) await options.storage.getFile(quoted.storageKey, file);
    else await bring(options, kind, address, file, bringer);
    const { facts, isKnown } = await findFacts(kind, file, quoted);
    const key = kind.keyOf(taskId, facts, attempt);
    const blob = await options.storage.putFile(key, file, kind.contentTypeOf(facts));
    keep(key);
    return { storageKey: key, ...blob, facts, isProbeReused: isKnown };
  });
}

type Quoting<Facts> = QuoteInput & { address: string; known?: QuotedInput<Facts> | null };

async function quoteWhole<Facts>(
  options: StoredInputsOptions,
  kind: Kind<Facts>,
  { address, quoteId, known = null, copies, ...bringer }: Quoting<Facts>,
): Promise<QuotedInput<Facts>> {
  return await withTempFile(options, copies, async (file, keep) => {
    const upload = await bring(options, kind, address, file, bringer);
    const { facts } = await findFacts(kind, file, known);
    if (upload) {
      const { storageKey, sha256, sizeBytes } = upload;
      keep(storageKey);
      return { facts, storageKey, sha256, sizeBytes, parts: [] };
    }
    bringer.signal.throwIfAborted();
    const key = kind.keyOf(quoteId, facts);
    const contentType = kind.contentTypeOf(facts);
    const { sizeBytes, sha256 } = await options.storage.putFile(key, file, contentType);
    keep(key);
    return { facts, storageKey: key, sizeBytes, sha256, parts: [] };
  });
}

/** Facts that are known of the same bytes are not looked for again. */
async function findFacts<Facts>(
  kind: Kind<Facts>,
  file: string,
  known: QuotedInput<Facts> | null,
): Promise<{ facts: Facts; isKnown: boolean }> {
  const isKnown = known !== null && (await hasSameBytes(file, known));
  const facts = isKnown ? known.facts : await kind.probe(file);
  kind.check(facts);
  return { facts, isKnown };
}

/**
 * The facts of a clip by a few small reads, or null when its server does not hand out parts well; a
 * download may still succeed.
 */
async function readParts(
  { guarded, probe }: StoredInputsOptions,
  { what, maxBytes, check }: Kind<VideoFacts>,
  { address, signal }: Reading,
): Promise<QuotedInput<VideoFacts> | null> {
  if (isUploadId(address)) return null;
  const read = await readByParts(
    (budget) =>
      guarded.openRanged(address, { what, maxBytes, ...(signal ? { signal } : {}), ...budget }),
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

/** The file is removed unless it is kept among `copies`. */
async function withTempFile<T>(
  { workDir, newId }: StoredInputsOptions,
  copies: LocalCopies | undefined,
  work: (file: string, keep: (key: string) => void) => Promise<T>,
): Promise<T> {
  const file = join(workDir, newId('blob'));
  let isKept = false;
  const keep = (key: string) => {
    if (copies === undefined) return;
    copies.set(key, file);
    isKept = true;
  };
  try {
    return await work(file, keep);
  } finally {
    if (!isKept) await rm(file, { force: true });
  }
}
