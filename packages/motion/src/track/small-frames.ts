/** Opens a stretch of a clip at the size at which it is looked at. */

import { type ClipFrame, openClip } from '../media/clip.ts';

/** Frames with a longer side than this many pixels are shrunk to it before they are looked at. */
const SIDE_MAX = 1280;

/** Which frames of the grid of `fps` frames a second. */
export type FrameStretch = {
  file: string;
  fps: number;
  fromIndex: number;
  toIndex: number;
  /** As in `ReadFramesOptions`. @default true */
  hasRoughColours?: boolean;
};

/** An opened stretch; close it when done. */
export type SmallFrames = {
  /** Clip pixels per pixel of the frames. */
  scale: number;
  /** All frames share one picture's memory: each is good only until the next one is asked for. */
  frames: AsyncGenerator<ClipFrame, void, undefined>;
  close(): void;
};

/** @throws MotionError those of `openClip` */
export async function openSmallFrames({
  file,
  fps,
  fromIndex,
  toIndex,
  hasRoughColours = true,
}: FrameStretch): Promise<SmallFrames> {
  const clip = await openClip(file);
  const shrink = Math.min(1, SIDE_MAX / Math.max(clip.width, clip.height));
  const size = {
    width: Math.round(clip.width * shrink),
    height: Math.round(clip.height * shrink),
  };
  return {
    scale: clip.width / size.width,
    frames: clip.frames({ fps, fromIndex, toIndex, size, sharesMemory: true, hasRoughColours }),
    close: () => clip.close(),
  };
}

/** Scales x, y and z of each point; what follows them in a row of `stride` numbers stays. */
export function scalePoints(points: Float32Array, stride: number, scale: number): Float32Array {
  return points.map((value, i) => (i % stride < 3 ? value * scale : value));
}
