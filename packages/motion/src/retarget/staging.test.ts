import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Joint } from '../model/character.ts';
import { jointAt, jointDistance } from '../model/joints.ts';
import type { Performance } from '../model/performance.ts';
import { smoothstep } from '../model/scalar.ts';
import {
  FIGURE_WIDTH,
  motionOf,
  moved,
  type Places,
  STANDING,
  shifted,
  stickFigure,
} from '../testing/stick-figure.ts';
import { retarget } from './retarget.ts';

type Orientation = 'image' | 'video';

function perform(frames: readonly Places[], orientation: Orientation): Performance {
  return retarget(stickFigure(), motionOf(frames), { orientation });
}

function rangeOf(values: readonly number[]): number {
  return Math.max(...values) - Math.min(...values);
}

/** Everything beside the spine comes nearer to it, as when a body turns by this angle. */
function turned(places: Places, angle: number): Places {
  const middle = places.pelvis[0];
  const entries = Object.entries(places).map(([joint, [x, y]]) => [
    joint,
    [middle + (x - middle) * Math.cos(angle), y],
  ]);
  return Object.fromEntries(entries) as Places;
}

/** Seen by a camera at chest height, `nearness` times as large. */
function nearer(places: Places, nearness: number): Places {
  const entries = Object.entries(places).map(([joint, [x, y]]) => [
    joint,
    [120 + (x - 120) * nearness, 150 + (y - 150) * nearness],
  ]);
  return Object.fromEntries(entries) as Places;
}

const SECONDS = 4;
const COUNT = 25 * SECONDS;
const along = (from: number, to: number): number[] =>
  Array.from({ length: COUNT }, (_, i) => smoothstep(from * 25, to * 25, i));

test('a walk aside is walked with "video", and leaves the place with "image"', () => {
  const walk = along(0.5, 2.5).map((share) => shifted(STANDING, 110 * share - 55, 0));
  const path = (orientation: Orientation): number =>
    rangeOf(perform(walk, orientation).frames.map(({ joints }) => jointAt(joints, 'pelvis').x));
  assert.ok(path('video') > 95, `${path('video')} px with video`);
  assert.ok(path('image') < 0.2 * FIGURE_WIDTH, `${path('image')} px with image`);
});

test('a turn narrows the trunk with "video"; with "image" it goes on facing the camera', () => {
  const turn = along(0.5, 1.5).map((share) => turned(STANDING, 1.05 * share));
  const width = (orientation: Orientation): number => {
    const { joints } = perform(turn, orientation).frames[COUNT - 10]!;
    return jointDistance(joints, 'leftShoulder', 'rightShoulder') / 52;
  };
  assert.ok(width('video') < 0.6, `${width('video')} with video`);
  assert.ok(width('image') > 0.8, `${width('image')} with image`);
});

test('a quick twist narrows the trunk with "image" too: it is dance', () => {
  const twist = Array.from({ length: COUNT }, (_, i) =>
    turned(STANDING, 0.9 * Math.sin((2 * Math.PI * 1.5 * i) / 25) ** 2),
  );
  const widths = perform(twist, 'image').frames.map(({ joints }) =>
    jointDistance(joints, 'leftShoulder', 'rightShoulder'),
  );
  assert.ok(rangeOf(widths) > 10, `${rangeOf(widths)} px`);
});

test('who comes closer grows with "video", and hardly with "image"', () => {
  const walk = along(0.8, 3.2).map((share) => nearer(STANDING, 0.8 + 0.4 * share));
  const growth = (orientation: Orientation): number => {
    const { frames } = perform(walk, orientation);
    const spine = (i: number): number => jointDistance(frames[i]!.joints, 'pelvis', 'neck');
    return spine(COUNT - 5) / spine(4);
  };
  assert.ok(growth('video') > 1.25, `${growth('video')} with video`);
  assert.ok(growth('image') < 1.18, `${growth('image')} with image`);
});

const FEET: readonly Joint[] = ['leftAnkle', 'leftFoot', 'rightAnkle', 'rightFoot'];

/** Largest step of a joint from frame to frame. */
function largestStep({ frames }: Performance, joint: Joint, from: number, to: number): number {
  const steps = frames.slice(from, to - 1).map(({ joints }, i) => {
    const [a, b] = [jointAt(joints, joint), jointAt(frames[from + i + 1]!.joints, joint)];
    return Math.hypot(b.x - a.x, b.y - a.y);
  });
  return Math.max(...steps);
}

test('heel and toe of a planted foot stay while the body above it sways', () => {
  let seed = 5;
  const noise = (): number => {
    seed = (seed * 16807) % 2147483647;
    return (seed / 2147483647 - 0.5) * 3;
  };
  const frames = Array.from({ length: COUNT }, (_, i) => {
    const swayed = shifted(STANDING, 8 * Math.sin(i / 6), 3 * Math.sin(i / 4));
    const feet = FEET.map((joint) => [
      joint,
      [STANDING[joint][0] + noise(), STANDING[joint][1] + noise()],
    ]);
    return moved(swayed, Object.fromEntries(feet) as Partial<Places>);
  });
  const performance = perform(frames, 'image');
  for (const joint of FEET) {
    const step = largestStep(performance, joint, 0, COUNT);
    assert.ok(step < 0.25, `${joint} moved ${step} px in one frame`);
  }
});

test('from one stay to the next a foot shifts over several frames', () => {
  const left: readonly Joint[] = ['leftAnkle', 'leftFoot', 'leftKnee'];
  const frames = along(2, 2.2).map((share) => {
    const shift = left.map((joint) => [
      joint,
      [STANDING[joint][0] + 9 * share, STANDING[joint][1]],
    ]);
    return moved(STANDING, Object.fromEntries(shift) as Partial<Places>);
  });
  const performance = perform(frames, 'image');
  const step = largestStep(performance, 'leftAnkle', 0, COUNT);
  assert.ok(step > 0.5 && step < 5, `${step} px in one frame`);
  assert.ok(largestStep(performance, 'leftKnee', 0, COUNT) < 5);
});
