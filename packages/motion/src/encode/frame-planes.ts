/**
 * Hands the planes of frames to the encoder in memory that is used again, so that a video leaves no
 * garbage of a megabyte a frame.
 */

import { VideoSampleColorSpace, VideoSampleResource } from 'mediabunny';
import { BT709 } from './yuv.ts';

type Size = { width: number; height: number };

/** Copies of I420 planes, each good until the encoder is done with it. */
export type PlanePool = {
  /** What a `VideoSample` can be made of; closing the sample gives the memory back. */
  take(planes: Uint8Array): VideoSampleResource;
};

/** As many copies are made as the encoder holds frames at a time. */
export function createPlanePool(size: Size): PlanePool {
  const free: Uint8Array[] = [];
  return {
    take(planes) {
      const copy = free.pop() ?? new Uint8Array(planes.length);
      copy.set(planes);
      return new PlaneResource(copy, size, () => free.push(copy));
    },
  };
}

/** The codec library takes pictures of our own only as a class. */
class PlaneResource extends VideoSampleResource {
  readonly #planes: Uint8Array;
  readonly #size: Size;
  readonly #giveBack: () => void;

  constructor(planes: Uint8Array, size: Size, giveBack: () => void) {
    super();
    this.#planes = planes;
    this.#size = size;
    this.#giveBack = giveBack;
  }

  getFormat() {
    return 'I420' as const;
  }

  getCodedWidth(): number {
    return this.#size.width;
  }

  getCodedHeight(): number {
    return this.#size.height;
  }

  getSquarePixelWidth(): number {
    return this.#size.width;
  }

  getSquarePixelHeight(): number {
    return this.#size.height;
  }

  getColorSpace(): VideoSampleColorSpace {
    return new VideoSampleColorSpace(BT709);
  }

  getDataPlanes() {
    const { width, height } = this.#size;
    const luma = width * height;
    return [
      { data: this.#planes.subarray(0, luma), stride: width },
      { data: this.#planes.subarray(luma, (luma * 5) / 4), stride: width / 2 },
      { data: this.#planes.subarray((luma * 5) / 4), stride: width / 2 },
    ];
  }

  toRgbSample(): never {
    throw new Error('Planes on their way to the encoder are not shown.');
  }

  close(): void {
    this.#giveBack();
  }
}
