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

/** Whether what the probe said is the truth; a refusal is told as its sentence. */
export function isClipRight(truth: ClipTruth | RegExp, seen: ClipTruth | string): boolean {
  if (truth instanceof RegExp) return typeof seen === 'string' && truth.test(seen);
  if (typeof seen === 'string') return false;
  return (
    // Within a frame.
    Math.abs(truth.durationMs - seen.durationMs) <= 1_000 / truth.fps &&
    Math.abs(truth.fps - seen.fps) < truth.fps / 100 &&
    truth.width === seen.width &&
    truth.height === seen.height &&
    truth.videoCodec === seen.videoCodec &&
    (truth.rotation ?? 0) === seen.rotation &&
    (truth.hasSound ?? seen.hasSound) === seen.hasSound
  );
}

export function isPictureRight(truth: PictureTruth | RegExp, seen: PictureTruth | string): boolean {
  if (truth instanceof RegExp) return typeof seen === 'string' && truth.test(seen);
  if (typeof seen === 'string') return false;
  const isSizeRight = truth.width === seen.width && truth.height === seen.height;
  return isSizeRight && truth.hasAlpha === seen.hasAlpha;
}

/** Facts that are the same for most clips of the list. */
export function clipTruth(truth: Partial<ClipTruth>): ClipTruth {
  return { durationMs: 3_000, width: 144, height: 160, fps: 10, videoCodec: 'avc', ...truth };
}
