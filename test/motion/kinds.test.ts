/**
 * A quick part of `scripts/kinds.ts`: pictures and clips of kinds that once went wrong, through the
 * stages that must notice, without drawing a video.
 */

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  type Character,
  type Detectors,
  type Motion,
  MotionError,
  openDetectors,
  readResultPicture,
  retarget,
  rigPicture,
  trackClip,
} from '@understudy/motion';
import { clips, danceFrame } from '../../scripts/kinds/clips.ts';
import { besidePerformer, type MakePicture, pictures } from '../../scripts/kinds/pictures.ts';

const NECK = 1;
const LEFT_WRIST = 5;
const NOSE = 0;
const MS_A_FRAME = 125;

const folder = await mkdtemp(join(tmpdir(), 'understudy-kinds-'));
let detectors: Detectors;
let character: Character;

before(async () => {
  detectors = await openDetectors({ poseModel: 'full' });
  character = await rig(
    'two.jpg',
    besidePerformer(() => danceFrame(0)),
  );
});
after(async () => {
  detectors.close();
  await rm(folder, { recursive: true });
});

async function rig(name: string, make: MakePicture): Promise<Character> {
  const file = join(folder, name);
  await make(file);
  return await rigPicture(await readResultPicture(file, 'std'), detectors);
}

async function track(name: keyof typeof clips): Promise<Motion> {
  const file = join(folder, name);
  await clips[name](file);
  return await trackClip(file, { poseModel: 'lite' });
}

const refusesWith = (code: string) => (error: unknown) =>
  error instanceof MotionError && error.finding.code === code;

test('a picture and a clip of nobody are refused with no_person', async () => {
  await assert.rejects(rig('curtain.jpg', pictures['curtain.jpg']), refusesWith('no_person'));
  await assert.rejects(track('nobody.mp4'), refusesWith('no_person'));
});

test('of two people in a picture the larger one is taken, and it is said', () => {
  const { findings, joints, width } = character;
  assert.ok(findings.some(({ code }) => code === 'several_people'));
  assert.ok(joints[2 * NECK]! < width / 2, 'the larger one stands at the left');
});

test('a body with the head of an animal keeps its legs', async () => {
  const name = 'body-with-the-head-of-a-fox.png';
  const { framing, joints, height } = await rig(name, pictures[name]);
  assert.equal(framing, 'full-body');
  const lowest = Math.max(...joints.filter((_, i) => i % 2 === 1));
  assert.ok(lowest > 0.86 * height, `the lowest joint lies at ${lowest} of ${height}`);
});

test('a cut in a clip is told with its time, and the character does not travel over it', async () => {
  const motion = await track('cut.mp4');
  const finding = motion.findings.find(({ code }) => code === 'cut');
  assert.equal(finding?.value, 1.5);
  assert.deepEqual(motion.cuts, [12]);
  const { frames } = retarget(character, motion, { orientation: 'video' });
  const neckX = (frame: number) => frames[frame]!.joints[2 * NECK]!;
  assert.ok(Math.abs(neckX(12) - neckX(11)) < 0.06 * character.width);
});

test('while the person of a clip is away the character holds its pose', async () => {
  const motion = await track('leaves-and-returns.mp4');
  const lost = motion.findings.find(({ code }) => code === 'person_lost');
  assert.ok(lost?.value && lost.value > 1 && lost.value < 3, `lost for ${lost?.value} s`);
  assert.ok(!motion.findings.some(({ code }) => code === 'cut'));
  const { frames } = retarget(character, motion, { orientation: 'image' });
  const away = motion.frames.flatMap(({ pose, timeMs }) => (pose ? [] : [timeMs / MS_A_FRAME]));
  const wrist = (frame: number) => frames[Math.round(frame)]!.joints[2 * LEFT_WRIST]!;
  const middle = away.slice(0, away.length - 4).map(wrist);
  assert.ok(Math.max(...middle) - Math.min(...middle) < 0.03 * character.width);
});

test('somebody who is found beside the person later on is told too', async () => {
  const { findings, frames } = await track('second-person-behind.mp4');
  assert.deepEqual(
    findings.map(({ code }) => code),
    ['several_people'],
  );
  assert.ok(
    frames.every(({ pose }) => pose && pose[4 * NOSE]! < 360),
    'the larger one is followed',
  );
});
