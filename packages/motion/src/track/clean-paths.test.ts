import assert from 'node:assert/strict';
import { test } from 'node:test';
import { POSE, POSE_STRIDE, type Pose } from '../model/pose.ts';
import { isSamePerson } from '../model/same-person.ts';
import { cleanFaces, cleanPoses, rejectGlitches } from './clean-paths.ts';
import type { Series } from './series.ts';

/** A standing body; all that matters here are its eyes, shoulders and hips. */
function makePose(x: number, shoulderWidth = 100): Pose {
  const pose = new Float32Array(33 * POSE_STRIDE);
  const put = (point: number, px: number, py: number) =>
    pose.set([x + px, py, 0, 1], point * POSE_STRIDE);
  for (let point = 0; point < 33; point += 1) put(point, 0, 200);
  put(POSE.leftEye, 15, 50);
  put(POSE.rightEye, -15, 50);
  put(POSE.leftShoulder, shoulderWidth / 2, 100);
  put(POSE.rightShoulder, -shoulderWidth / 2, 100);
  put(POSE.leftHip, 30, 250);
  put(POSE.rightHip, -30, 250);
  return pose;
}

const still = (count: number): Series => Array.from({ length: count }, () => makePose(300));

test('a frame with impossible shoulders is dropped and bridged', () => {
  const series = still(20);
  series[7] = makePose(300, 30);
  series[12] = makePose(300, 400);
  const kept = rejectGlitches(series, 12);
  assert.deepEqual([kept[7], kept[12]], [null, null]);
  assert.equal(kept.filter((pose) => pose === null).length, 2);
  const clean = cleanPoses(series, 25);
  const left = POSE.leftShoulder * POSE_STRIDE;
  assert.ok(clean.every((pose) => Math.abs(pose![left]! - 350) < 0.01));
});

test('a person who turns sideways for a while is believed', () => {
  const series = still(60);
  for (let i = 20; i < 40; i += 1) series[i] = makePose(300, 30);
  assert.ok(rejectGlitches(series, 12).every((pose) => pose !== null));
});

test('a loss of under half a second is bridged, a longer one is kept', () => {
  const series = still(60);
  series.fill(null, 5, 15);
  series.fill(null, 30, 45);
  const clean = cleanPoses(series, 25);
  assert.ok(clean.slice(5, 15).every((pose) => pose !== null));
  assert.ok(clean.slice(30, 45).every((pose) => pose === null));
});

test('a blink of two frames survives the smoothing of the face', () => {
  const open = Array.from({ length: 20 }, () => new Float32Array(468 * 3).fill(10));
  for (const i of [9, 10]) open[i]!.fill(0);
  const clean = cleanFaces(open, 25);
  assert.ok(Math.min(...clean.map((face) => face![0]!)) < 2);
});

test('neighbouring frames of one person match, those of two people do not', () => {
  assert.ok(isSamePerson(makePose(300), makePose(330)));
  assert.ok(!isSamePerson(makePose(300), makePose(520)));
});
