/** What the list of odd files says of each: how it is made, and what is true of it. */

export type ClipTruth = {
  durationMs: number;
  width: number;
  height: number;
  fps: number;
  videoCodec: string;
  rotation?: number;
  hasSound?: boolean;
};

export type PictureTruth = { width: number; height: number; hasAlpha: boolean };

export type OddFile<Truth> = {
  name: string;
  make(file: string): Promise<void>;
  /** The facts, or the sentence of its refusal. */
  truth: Truth | RegExp;
};

/** Facts that are the same for most clips of the list. */
export function clipTruth(truth: Partial<ClipTruth>): ClipTruth {
  return { durationMs: 3_000, width: 360, height: 400, fps: 10, videoCodec: 'avc', ...truth };
}
