/**
 * What the story needs to know of an input: it is fetched once, kept as our own copy, and that copy
 * is probed.
 */

import type { Orientation } from '../engines/engine.ts';

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

export type FetchedImage = StoredInput & { facts: ImageFacts };
export type FetchedVideo = StoredInput & { facts: VideoFacts };

/**
 * Both may be repeated for one task and then overwrite their own copy. A refusal is an AppError of
 * the catalogue.
 */
export type Inputs = {
  fetchImage(url: string, context: { taskId: string }): Promise<FetchedImage>;
  fetchVideo(
    url: string,
    context: { taskId: string; orientation: Orientation },
  ): Promise<FetchedVideo>;
};
