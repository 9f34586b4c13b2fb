/**
 * What the story needs to know of an input: it is fetched once, kept as our own copy, and that copy
 * is what was probed.
 */

import type { Mode, Orientation, Warning } from '../engines/engine.ts';
import type { LocalCopies } from './local-copies.ts';

export type StoredInput = {
  storageKey: string;
  sizeBytes: number;
  sha256: string;
  contentType: string;
};

export type ImageFacts = { width: number; height: number; format: string };

export type VideoFacts = {
  durationMs: number;
  width: number;
  height: number;
  fps: number | null;
  videoCodec: string | null;
  audioCodec: string | null;
  /** Clockwise, in degrees. */
  rotation: number;
  sizeBytes: number;
  container: string;
};

/** Whether the facts are those of a quote. */
type Fetched = StoredInput & { isProbeReused?: boolean };

export type FetchedImage = Fetched & { facts: ImageFacts };
export type FetchedVideo = Fetched & { facts: VideoFacts };

/** Bytes from `start` up to `end`, which is not part of it. */
export type ReadPart = { start: number; end: number; sha256: string };

/** What a quote knows of an input, and where its bytes are if it has them all. */
export type QuotedInput<Facts> = {
  facts: Facts;
  sizeBytes: number;
  /** Null when only parts of it were read. */
  sha256: string | null;
  /** The quote's own copy, or the upload that it named; null when only parts of it were read. */
  storageKey: string | null;
  /** Everything that was read, when only parts were: a file with the same parts has these facts. */
  parts: readonly ReadPart[];
};

export type QuotedImage = QuotedInput<ImageFacts>;
export type QuotedVideo = QuotedInput<VideoFacts>;

/** Something about the inputs that their owner should read before paying. */
export type InputFinding = {
  /** Stable machine name such as `no_person`. */
  code: string;
  /** `error` means that no result can be made of these inputs. */
  severity: 'error' | 'warning';
  /** What it speaks of: the picture, the clip, or that the two do not fit each other. */
  subject: 'image' | 'video' | 'pair';
  /** The measured value the message speaks of, if it is a number. */
  value: number | null;
  /** The value from which on it is told, if there is a single one. */
  limit: number | null;
  message: string;
  /** What to do. */
  advice: string;
};

/**
 * What rides on a task: what its engine noticed, and what was seen of its inputs before, which has
 * a subject.
 */
export type TaskWarning = Warning & Partial<Pick<InputFinding, 'subject' | 'limit' | 'advice'>>;

/** `copies` gets a copy of what is stored; whoever gives it removes them. */
type Kept = { copies?: LocalCopies };

export type TaskInput = Kept & {
  taskId: string;
  /** Of the inspection, from 1: each has keys of its own. */
  attempt: number;
  accountId: string;
  signal?: AbortSignal;
};
export type QuoteInput = Kept & { quoteId: string; accountId: string; signal: AbortSignal };
type Turned = { orientation: Orientation };

/** The two together, both stored, whoever they belong to. */
export type InputPair = {
  image: Pick<FetchedImage, 'storageKey' | 'facts'>;
  video: Pick<FetchedVideo, 'storageKey' | 'facts'>;
};

/**
 * An address here is a URL or the id of an upload of the account. All but `preflight` may be
 * repeated and then overwrite their own copies. A refusal is an AppError of the catalogue.
 */
export type Inputs = {
  /** @param quoted Its facts are taken over when the bytes are those that were quoted. */
  fetchImage(
    address: string,
    context: TaskInput,
    quoted?: QuotedImage | null,
  ): Promise<FetchedImage>;
  fetchVideo(
    address: string,
    context: TaskInput & Turned,
    quoted?: QuotedVideo | null,
  ): Promise<FetchedVideo>;
  quoteImage(address: string, context: QuoteInput): Promise<QuotedImage>;
  /** May read no more of a clip than its facts need, if nobody looks at it. */
  quoteVideo(address: string, context: QuoteInput & Turned): Promise<QuotedVideo>;
  /** Looks at both together for what would make a bad result; left out where nobody does. */
  preflight?(
    pair: InputPair,
    context: Kept & Turned & { mode: Mode; signal?: AbortSignal },
  ): Promise<InputFinding[]>;
};
