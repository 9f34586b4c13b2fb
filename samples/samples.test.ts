import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ALL_FORMATS, FilePathSource, Input, VideoSampleSink } from 'mediabunny';
import sharp from 'sharp';
import { openDetectors } from '../packages/motion/src/detect/detectors.ts';
import { registerCodecs } from '../packages/motion/src/media/codecs.ts';
import type { RgbaImage } from '../packages/motion/src/model/image.ts';
import { POSE, POSE_STRIDE, type Pose } from '../packages/motion/src/model/pose.ts';
import { BEATS, poseDance } from './dance.ts';
import { beatOf, CLIP, FRAME_COUNT, type JointsFile, listAllJoints, PICTURE } from './joints.ts';
import { PERFORMER } from './looks.ts';
import { poseSkeleton } from './skeleton.ts';
import { measure, subtract } from './space.ts';
import { CHANNELS, playTune } from './tune.ts';

const SIZE_BYTES_MAX = 2_000_000;
const VISIBILITY_MIN = 0.9;

/** Parts of the torso's length by which the tracker may be off the true joint. */
const JOINT_ERROR_MAX = { Shoulder: 0.15, Hip: 0.15, Wrist: 0.15 } as const;

const TEST_FRAMES = [0, 52, 67, 104, 150] as const;

const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

let joints: JointsFile;

before(async () => {
  registerCodecs();
  joints = JSON.parse(await readFile(pathOf('reference-joints.json'), 'utf8')) as JointsFile;
});

const openClip = (): Input =>
  new Input({ source: new FilePathSource(pathOf('reference.mp4')), formats: ALL_FORMATS });

async function readFrame(index: number): Promise<RgbaImage> {
  using input = openClip();
  const track = await input.getPrimaryVideoTrack();
  assert.ok(track);
  using sample = await new VideoSampleSink(track).getSample((index + 0.5) / CLIP.fps);
  assert.ok(sample);
  const data = new Uint8Array(sample.allocationSize({ format: 'RGBA' }));
  await sample.copyTo(data, { format: 'RGBA' });
  return { width: sample.codedWidth, height: sample.codedHeight, data };
}

async function readPicture(): Promise<RgbaImage> {
  const { data, info } = await sharp(pathOf('character.jpg'))
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
}

/** The true place of a joint, in pixels, out of one row of the file. */
function truthOf(row: readonly number[], name: string): readonly [number, number] {
  const at = joints.names.indexOf(name) * 2;
  assert.ok(at >= 0, `no joint named ${name}`);
  return [row[at]!, row[at + 1]!];
}

function assertNear(pose: Pose, row: readonly number[], where: string): void {
  const middle = (part: string): readonly [number, number] => {
    const [a, b] = [truthOf(row, `left${part}`), truthOf(row, `right${part}`)];
    return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  };
  const [shoulders, hips] = [middle('Shoulder'), middle('Hip')];
  const torso = Math.hypot(shoulders[0] - hips[0], shoulders[1] - hips[1]);
  for (const [part, limit] of Object.entries(JOINT_ERROR_MAX)) {
    for (const side of ['left', 'right'] as const) {
      const name = `${side}${part as keyof typeof JOINT_ERROR_MAX}` as const;
      const [x, y] = truthOf(row, name);
      const at = POSE[name] * POSE_STRIDE;
      const error = Math.hypot(pose[at]! - x, pose[at + 1]! - y) / torso;
      assert.ok(error < limit, `${where}: ${name} is off by ${error.toFixed(3)} of the torso`);
    }
  }
}

function meanVisibility(pose: Pose): number {
  const seen = pose.filter((_, i) => i % POSE_STRIDE === 3);
  return seen.reduce((sum, value) => sum + value, 0) / seen.length;
}

test('the sample files together stay below two megabytes', async () => {
  const names = ['character.jpg', 'reference.mp4', 'reference-joints.json'];
  const sizes = await Promise.all(names.map(async (name) => (await stat(pathOf(name))).size));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  assert.ok(total < SIZE_BYTES_MAX, `${total} bytes`);
});

test('the clip has the promised length, size, frame rate and sound', async () => {
  using input = openClip();
  const [video, audio] = [await input.getPrimaryVideoTrack(), await input.getPrimaryAudioTrack()];
  assert.ok(video && audio);
  const duration = await video.computeDuration();
  assert.ok(duration >= 6 && duration <= 8, `${duration} s`);
  const stats = await video.computePacketStats();
  assert.equal(stats.packetCount, FRAME_COUNT);
  assert.ok(Math.abs(stats.averagePacketRate - CLIP.fps) < 0.01, `${stats.averagePacketRate} fps`);
  assert.equal(await video.getCodec(), 'avc');
  assert.equal(await video.getDisplayWidth(), CLIP.width);
  assert.equal(await video.getDisplayHeight(), CLIP.height);
  assert.equal(await audio.getCodec(), 'aac');
  assert.ok(Math.abs((await audio.computeDuration()) - duration) < 0.1);
});

test('the committed joints are those of the choreography', () => {
  assert.deepEqual(joints, listAllJoints());
});

test('every leg reaches its foot, and the dance ends where it began', () => {
  for (let frame = 0; frame < FRAME_COUNT; frame++) {
    const pose = poseDance(beatOf(frame));
    const { legs, build } = poseSkeleton(PERFORMER.build, pose);
    legs.forEach((leg, side) => {
      const foot = pose.feet[side]!;
      const miss = measure(subtract(leg.end, [foot.x, build.ankle + foot.lift, foot.z]));
      assert.ok(miss < 0.001, `frame ${frame}: leg ${side} misses its foot by ${miss} m`);
    });
  }
  const [first, last] = [poseDance(0), poseDance(BEATS - 1e-9)];
  assert.ok(measure(subtract(first.hips, last.hips)) < 1e-3);
  assert.ok(measure(subtract(first.arms[0].lower, last.arms[0].lower)) < 1e-3);
});

test('the tune is never silent for long, never clipped, and the same every time', () => {
  const tune = playTune();
  assert.deepEqual(tune, playTune());
  assert.ok(tune.every((value) => Math.abs(value) < 1));
  const quarter = 22_050 * CHANNELS;
  for (let at = 0; at + quarter <= tune.length; at += quarter) {
    const loudest = tune.subarray(at, at + quarter).reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    assert.ok(loudest > 0.1, `half a second from sample ${at} reaches only ${loudest}`);
  }
});

test('the person detector sees both figures whole, and near their true joints', async () => {
  const detectors = await openDetectors({ poseModel: 'full' });
  const check = async (image: RgbaImage, row: readonly number[], where: string) => {
    const found = await detectors.detectPose(image);
    assert.ok(found, `${where}: nobody found`);
    const visibility = meanVisibility(found.pose);
    assert.ok(visibility > VISIBILITY_MIN, `${where}: visibility ${visibility.toFixed(3)}`);
    assertNear(found.pose, row, where);
    assert.ok(await detectors.detectFace(image, { pose: found.pose }), `${where}: no face`);
  };
  try {
    const picture = await readPicture();
    assert.deepEqual([picture.width, picture.height], [PICTURE.width, PICTURE.height]);
    await check(picture, joints.character.joints, 'character');
    for (const index of TEST_FRAMES) {
      await check(await readFrame(index), joints.clip.frames[index]!, `frame ${index}`);
    }
  } finally {
    detectors.close();
  }
});
