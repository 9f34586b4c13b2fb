/**
 * The door of detection: finds the body and the face of one picture, following them from frame to
 * frame when told where they were.
 */

import { flattenAlpha } from '../model/flatten.ts';
import type { Hand, Side } from '../model/hand.ts';
import type { Plane, RgbaImage } from '../model/image.ts';
import { landmarkAt } from '../model/landmarks.ts';
import { type Face, POSE, type Pose } from '../model/pose.ts';
import { openFaceDetector } from './face-detector.ts';
import { openFaceLandmarker } from './face-landmarks.ts';
import {
  measureMismatch,
  regionFollowing,
  regionFromFace,
  regionFromPose,
} from './face-regions.ts';
import { findHand } from './find-hand.ts';
import { type HandLandmarker, openHandLandmarker } from './hand-landmarks.ts';
import type { PoseModel } from './model-files.ts';
import { type FoundBody, openPoseDetector } from './pose-detector.ts';
import { openPoseLandmarker, type PoseReading } from './pose-landmarks.ts';
import { type Region, wholePicture } from './region.ts';

/** What to load. */
export type DetectorOptions = {
  /** Network for the body: `full` for clips, `heavy` once for a still picture, `lite` for speed. */
  poseModel: PoseModel;
  /** False never gives a mask of the person, and reads bodies a quarter faster. @default true */
  masks?: boolean;
  /** The pictures are known to be opaque, as frames of clips are. @default false */
  isOpaque?: boolean;
};

/** A body in pixels of the picture it was found in. */
export type DetectedPose = {
  pose: Pose;
  /** Probability, 0..1, that this is a person. */
  score: number;
  /** Person probability of every pixel, when asked for. */
  mask: Plane | null;
  /** How many people the detector saw; null when it did not have to run. */
  personCount: number | null;
  /** Pass it as `near` for the next frame of a clip. */
  region: Region;
};

/** A face in pixels of the picture it was found in. */
export type DetectedFace = {
  face: Face;
  /** Probability, 0..1, that this is a face. */
  score: number;
};

/** The networks of one thread; not to be shared between threads. */
export type Detectors = {
  /**
   * Reads the body in the picture's own pixels, or null when there is none. Without `near`, or when
   * nobody is there any more, the whole picture is searched and the region refined once.
   */
  detectPose(
    image: RgbaImage,
    options?: { near?: Region | null; mask?: boolean },
  ): Promise<DetectedPose | null>;
  /** How many people the detector sees in the whole picture. */
  countPeople(image: RgbaImage): Promise<number>;
  /**
   * Reads the face: near the one of the frame before, else on the head of `pose`, else anywhere.
   */
  detectFace(
    image: RgbaImage,
    options?: { near?: Face | null; pose?: Pose | null },
  ): Promise<DetectedFace | null>;
  /** Reads the hands of a body that can be seen; their network is loaded by the first call. */
  detectHands(image: RgbaImage, pose: Pose): Promise<Record<Side, Hand | null>>;
  /** Frees the networks. */
  close(): void;
};

const SCORE_MIN = 0.5;

/**
 * Of a figure with a large or unusual head the region comes out too small, and the legs are read
 * too short: feet that are seen worse than the first are looked for in a region this much larger,
 * and believed from the second on.
 */
const FEET_SEEN = { hardly: 0.5, well: 0.8 } as const;
const WIDER = 1.3;

/** The face detector searches this many head sizes around the head of a known body. */
const HEAD_SEARCH = 2.2;

/**
 * A face whose features lie farther than this part of its size from those of the body's head has
 * slipped to something else.
 */
const MISMATCH_MAX = 0.16;

const OPAQUE = 255;
const GREY = 128;

/** Loads the networks into this thread (about 0.3 s); use one of these per worker. */
export async function openDetectors(options: DetectorOptions): Promise<Detectors> {
  const bodies = await openPoseDetector();
  const landmarks = await openPoseLandmarker(options.poseModel, { masks: options.masks ?? true });
  const faces = await openFaceDetector();
  const mesh = await openFaceLandmarker();
  const show = options.isOpaque ? (image: RgbaImage) => image : hideClearParts;
  let hands: HandLandmarker | null = null;

  async function findPose(
    image: RgbaImage,
    near: Region | null,
    mask: boolean,
  ): Promise<DetectedPose | null> {
    const found = await bodies.find(image);
    const body = chooseBody(found, near);
    if (body === null) return null;
    const rough = await landmarks.read(image, body.region, { mask: false });
    if (rough === null || rough.score < SCORE_MIN) return null;
    const fine = await landmarks.read(image, rough.region, { mask });
    if (fine === null || fine.score < SCORE_MIN) return null;
    const best = (await findFeet(image, fine, enlarge(rough.region, WIDER), mask)) ?? fine;
    return { ...best, personCount: found.length };
  }

  /** The body with its feet, when `seen` lacks them and the wider region shows them. */
  async function findFeet(
    image: RgbaImage,
    seen: PoseReading,
    wider: Region,
    mask: boolean,
  ): Promise<PoseReading | null> {
    if (feetSeen(seen.pose, image) >= FEET_SEEN.hardly) return null;
    const reading = await landmarks.read(image, wider, { mask });
    if (reading === null || reading.score < SCORE_MIN) return null;
    return feetSeen(reading.pose, image) >= FEET_SEEN.well ? reading : null;
  }

  async function readFace(image: RgbaImage, region: Region): Promise<DetectedFace | null> {
    const reading = await mesh.read(image, region);
    return reading !== null && reading.score >= SCORE_MIN ? reading : null;
  }

  async function refineFace(image: RgbaImage, region: Region | null): Promise<DetectedFace | null> {
    const rough = region && (await readFace(image, region));
    return rough && (await readFace(image, regionFromFace(rough.face)));
  }

  return {
    async detectPose(source, { near = null, mask = false } = {}) {
      const image = show(source);
      if (near !== null) {
        const reading = await landmarks.read(image, near, { mask });
        if (reading !== null && reading.score >= SCORE_MIN) {
          return { ...reading, personCount: null };
        }
      }
      return await findPose(image, near, mask);
    },
    async countPeople(image) {
      return (await bodies.find(show(image))).length;
    },
    async detectFace(source, { near = null, pose = null } = {}) {
      const image = show(source);
      const fits = (found: DetectedFace | null): found is DetectedFace =>
        found !== null && (pose === null || measureMismatch(found.face, pose) <= MISMATCH_MAX);
      if (near !== null) {
        const region = pose === null ? regionFromFace(near) : regionFollowing(near, pose);
        const followed = await readFace(image, region);
        if (fits(followed)) return followed;
      }
      const head = pose && regionFromPose(pose);
      const onHead = await refineFace(image, head);
      if (fits(onHead)) return onHead;
      const view = head === null ? wholePicture(image) : enlarge(head, HEAD_SEARCH);
      return await refineFace(image, await faces.find(image, view));
    },
    async detectHands(source, pose) {
      const image = show(source);
      hands ??= await openHandLandmarker();
      const left = await findHand(hands, image, { pose, side: 'left', near: null });
      const right = await findHand(hands, image, { pose, side: 'right', near: null });
      return { left: left?.hand ?? null, right: right?.hand ?? null };
    },
    close() {
      hands?.close();
      for (const network of [bodies, landmarks, faces, mesh]) network.close();
    },
  };
}

/** The body nearest to where it was last seen, else the most prominent one. */
function chooseBody(found: FoundBody[], near: Region | null): FoundBody | null {
  if (near === null) return found[0] ?? null;
  const away = (body: FoundBody) => Math.hypot(body.region.x - near.x, body.region.y - near.y);
  return found.toSorted((a, b) => away(a) - away(b))[0] ?? null;
}

function enlarge(region: Region, factor: number): Region {
  return { ...region, size: region.size * factor };
}

/**
 * A cut-out picture is judged on grey, since the hidden colours of its clear pixels mean nothing.
 * Opaque pictures are not copied.
 */
function hideClearParts(image: RgbaImage): RgbaImage {
  return isCutOut(image) ? flattenAlpha(image, GREY) : image;
}

/** Looks at every 16th pixel only: what matters here is whether whole areas are clear. */
function isCutOut({ data }: RgbaImage): boolean {
  for (let i = 3; i < data.length; i += 64) {
    if (data[i] !== OPAQUE) return true;
  }
  return false;
}

/** How well the worse of both ankles is seen; 0 when it lies outside of the picture. */
function feetSeen(pose: Pose, { width, height }: RgbaImage): number {
  const seen = [POSE.leftAnkle, POSE.rightAnkle].map((index) => {
    const { x, y, visibility } = landmarkAt(pose, index);
    return x >= 0 && y >= 0 && x < width && y < height ? visibility : 0;
  });
  return Math.min(...seen);
}
