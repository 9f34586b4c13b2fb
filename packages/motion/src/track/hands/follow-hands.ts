/** Follows both hands of a body from frame to frame and cuts them out. */

import { ARM_POINTS, directionOf, findHand, forearmOf } from '../../detect/find-hand.ts';
import { type HandLandmarker, openHandLandmarker } from '../../detect/hand-landmarks.ts';
import { type Hand, palmLength, SIDES, type Side } from '../../model/hand.ts';
import type { RgbaImage } from '../../model/image.ts';
import { distanceBetween, landmarkAt } from '../../model/landmarks.ts';
import type { HandSighting, HandSightings } from '../../model/motion.ts';
import { median, percentile } from '../../model/percentile.ts';
import { POSE, type Pose } from '../../model/pose.ts';
import { smoothstep } from '../../model/scalar.ts';
import { cutHand, type HandPlace } from './cut-hand.ts';
import type { Skin } from './matte-hand.ts';

/** A palm shorter than this many pixels of the clip has nothing to lend. */
const PALM_MIN = 16;
/** The palm of a person is at least this part of the shoulders or of the trunk. */
const PALM_PER_SHOULDERS = 0.3;
const PALM_PER_TRUNK = 0.2;
/** Wrists that are seen worse than this are not looked at. */
const VISIBILITY_MIN = 0.4;
/**
 * A hand changes its shape less fast than its place: above this rate it is cut out of every second
 * frame only, and the frame between shows the same picture of it where the wrist is then.
 */
const EVERY_FRAME_FPS_MAX = 20;
/** Frames left out after each one with a cut-out, above that rate. */
const RESTED_FRAMES = 1;
/** A hand that was not found is not looked for again in so many frames. */
const LOST_REST_FRAMES = 1;
/** The usual palm and skin are told by this many sightings. */
const MEMORY = 48;
/** A palm that points at the camera looks short: the usual one is longer than most sightings. */
const PALM_PERCENTILE = 0.6;

export type HandFollower = {
  /**
   * Looks for the hands of a body in a frame.
   *
   * @param pose in pixels of `image`
   * @param scale clip pixels per pixel of `image`; what is returned is in clip pixels
   * @param index of the frame; a hand rests for a frame after it was looked for (see
   * {@link EVERY_FRAME_FPS_MAX}) and is null meanwhile, which those who borrow it bridge
   */
  follow(image: RgbaImage, pose: Pose, scale: number, index: number): Promise<HandSightings>;
  close(): void;
};

/** What is remembered of one hand. */
type Memory = { hand: Hand | null; palms: number[]; skins: Skin[]; restUntil: number };

/** Loads the network when the first hand is looked for. */
export function createHandFollower(fps: number): HandFollower {
  let opening: Promise<HandLandmarker> | null = null;
  let opened: HandLandmarker | null = null;
  const restedFrames = fps > EVERY_FRAME_FPS_MAX ? RESTED_FRAMES : 0;
  const memories: Record<Side, Memory> = { left: forget(), right: forget() };
  return {
    async follow(image, pose, scale, index) {
      const result: HandSightings = { left: null, right: null };
      for (const side of SIDES) {
        if (index < memories[side].restUntil) continue;
        if (!isWorthLooking(pose, side, scale, image)) {
          memories[side].hand = null;
          continue;
        }
        opening ??= openHandLandmarker();
        opened = await opening;
        result[side] = await look(opened, image, pose, side, memories[side], scale);
        // A search that finds nothing costs three times as much as following.
        memories[side].restUntil =
          index + 1 + (result[side] === null ? LOST_REST_FRAMES : restedFrames);
      }
      return result;
    },
    close() {
      opened?.close();
    },
  };
}

function forget(): Memory {
  return { hand: null, palms: [], skins: [], restUntil: 0 };
}

function isWorthLooking(
  pose: Pose,
  side: Side,
  scale: number,
  size: { width: number; height: number },
): boolean {
  const wrist = landmarkAt(pose, ARM_POINTS[side][1]);
  if (wrist.visibility < VISIBILITY_MIN) return false;
  if (wrist.x < 0 || wrist.y < 0 || wrist.x > size.width || wrist.y > size.height) return false;
  const [left, right] = [landmarkAt(pose, POSE.leftShoulder), landmarkAt(pose, POSE.rightShoulder)];
  const trunk = Math.max(
    distanceBetween(left, landmarkAt(pose, POSE.leftHip)),
    distanceBetween(right, landmarkAt(pose, POSE.rightHip)),
  );
  const palm = Math.max(PALM_PER_SHOULDERS * distanceBetween(left, right), PALM_PER_TRUNK * trunk);
  return palm * scale >= PALM_MIN;
}

async function look(
  landmarker: HandLandmarker,
  image: RgbaImage,
  pose: Pose,
  side: Side,
  memory: Memory,
  scale: number,
): Promise<HandSighting | null> {
  const reading = await findHand(landmarker, image, { pose, side, near: memory.hand });
  memory.hand = reading?.hand ?? null;
  if (reading === null) return null;
  const palmNow = palmLength(reading.hand);
  memory.palms = [...memory.palms, palmNow].slice(-MEMORY);
  const palm = percentile(memory.palms, PALM_PERCENTILE);
  if (palm * scale < PALM_MIN) return null;
  const place: HandPlace = {
    hand: reading.hand,
    palm,
    forearm: armAxis(reading.hand, pose, side, palm),
  };
  const cut = await cutHand(image, place, usualSkin(memory.skins), scale);
  if (cut !== null) memory.skins = [...memory.skins, cut.skin].slice(-MEMORY);
  return {
    hand: reading.hand.map((value) => value * scale),
    presence: reading.presence,
    patch: cut?.patch ?? null,
  };
}

/** Mostly the forearm; of one that points at the camera the direction means nothing. */
function armAxis(hand: Hand, pose: Pose, side: Side, palm: number): number {
  const forearm = forearmOf(pose, side);
  const share = smoothstep(0.4, 1.2, forearm.length / palm);
  const own = directionOf(hand);
  const x = share * Math.cos(forearm.angle) + 0.4 * Math.cos(own);
  const y = share * Math.sin(forearm.angle) + 0.4 * Math.sin(own);
  return Math.atan2(y, x);
}

function usualSkin(skins: readonly Skin[]): Skin | null {
  if (skins.length === 0) return null;
  const middle = (channel: 0 | 1 | 2): number => median(skins.map((skin) => skin[channel]));
  return [middle(0), middle(1), middle(2)];
}
