import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Character, Joint } from '../model/character.ts';
import { MotionError } from '../model/finding.ts';
import { jointAt } from '../model/joints.ts';
import {
  ARM_RAISED,
  FIGURE_HEIGHT,
  FIGURE_WIDTH,
  motionOf,
  moved,
  type Places,
  STANDING,
  shifted,
  stickFigure,
} from '../testing/stick-figure.ts';
import { retarget } from './retarget.ts';

const IMAGE = { orientation: 'image' } as const;
const VIDEO = { orientation: 'video' } as const;

function distance(joints: Float32Array, joint: Joint, place: readonly [number, number]): number {
  const { x, y } = jointAt(joints, joint);
  return Math.hypot(x - place[0], y - place[1]);
}

/** Frames in which the left arm goes up and comes down again. */
function waving(count = 40): Places[] {
  return Array.from({ length: count }, (_, i) => {
    const angle = Math.PI / 2 - Math.PI * Math.sin((Math.PI * i) / (count - 1));
    const at = (from: readonly [number, number], length: number): [number, number] => [
      from[0] + length * Math.cos(angle),
      from[1] + length * Math.sin(angle),
    ];
    const leftElbow = at(STANDING.leftShoulder, 40);
    const leftWrist = at(leftElbow, 38);
    return moved(STANDING, { leftElbow, leftWrist, leftHand: at(leftWrist, 14) });
  });
}

test('a character that performs its own pose stays in its picture', () => {
  const motion = motionOf(Array.from({ length: 12 }, () => STANDING));
  for (const options of [IMAGE, VIDEO]) {
    const { joints } = retarget(stickFigure(), motion, options).frames[6]!;
    for (const [joint, place] of Object.entries(STANDING)) {
      assert.ok(distance(joints, joint as Joint, place) < 1, joint);
    }
  }
});

test('a raised arm of the driver raises the arm of the character', () => {
  const motion = motionOf([...Array(15).fill(STANDING), ...Array(15).fill(ARM_RAISED)] as Places[]);
  const { joints } = retarget(stickFigure(), motion, IMAGE).frames[25]!;
  assert.ok(distance(joints, 'leftWrist', ARM_RAISED.leftWrist) < 10);
  assert.ok(distance(joints, 'rightWrist', STANDING.rightWrist) < 3);
});

test('a driver of another size and place gives the same performance', () => {
  const scaled = waving().map((places) => {
    const entries = Object.entries(places).map(([joint, [x, y]]) => [
      joint,
      [x * 2 + 70, y * 2 - 90],
    ]);
    return Object.fromEntries(entries) as Places;
  });
  const near = retarget(stickFigure(), motionOf(waving()), IMAGE);
  const far = retarget(stickFigure(), motionOf(scaled), IMAGE);
  for (const [i, { joints }] of near.frames.entries()) {
    for (const [k, value] of joints.entries()) {
      assert.ok(Math.abs(value - far.frames[i]!.joints[k]!) < 0.6);
    }
  }
});

test('feet that stand do not slide although the tracker trembles', () => {
  let seed = 3;
  const noise = (): number => {
    seed = (seed * 16807) % 2147483647;
    return (seed / 2147483647 - 0.5) * 2;
  };
  const frames = waving(50).map((places) => {
    const entries = Object.entries(places).map(([joint, [x, y]]) => [
      joint,
      [x + noise(), y + noise()],
    ]);
    return Object.fromEntries(entries) as Places;
  });
  const { frames: result } = retarget(stickFigure(), motionOf(frames), IMAGE);
  let most = 0;
  for (let i = 1; i < result.length; i += 1) {
    for (const joint of ['leftAnkle', 'rightAnkle'] as const) {
      const { x, y } = jointAt(result[i - 1]!.joints, joint);
      most = Math.max(most, distance(result[i]!.joints, joint, [x, y]));
    }
  }
  assert.ok(most < 0.2, `a planted foot moved ${most} px in one frame`);
});

test('a crouch is not taken for a walk away from the camera: the feet stay', () => {
  const frames = Array.from({ length: 60 }, (_, i) => {
    const size = i < 20 ? 1 : 0.75;
    const upper = Object.entries(STANDING)
      .filter(([joint]) => !/Ankle|Foot/.test(joint))
      .map(([joint, [x, y]]) => [joint, [120 + size * (x - 120), 310 + size * (y - 310)]]);
    return { ...STANDING, ...(Object.fromEntries(upper) as Partial<Places>) };
  });
  const { frames: result } = retarget(stickFigure(), motionOf(frames), IMAGE);
  for (const { joints } of result) {
    const { x, y } = jointAt(result[0]!.joints, 'leftAnkle');
    assert.ok(distance(joints, 'leftAnkle', [x, y]) < 2);
  }
});

test('the character walks across the frame with "video" and stays with "image"', () => {
  const walk = Array.from({ length: 60 }, (_, i) => shifted(STANDING, i * 2.2 - 60, 0));
  const travel = (orientation: 'image' | 'video'): number => {
    const { frames } = retarget(stickFigure(), motionOf(walk), { orientation });
    const ends = [frames[2]!, frames[57]!].map(({ joints }) => jointAt(joints, 'pelvis').x);
    return ends[1]! - ends[0]!;
  };
  assert.ok(travel('video') > 90, `${travel('video')} px with video`);
  assert.ok(travel('image') < 95, `${travel('image')} px with image`);
  assert.ok(travel('image') < travel('video') - 15);
});

test('a jump and a walk out of the picture keep the body in the frame', () => {
  const frames = Array.from({ length: 50 }, (_, i) =>
    shifted(STANDING, i * 4, -70 * Math.max(0, Math.sin(i / 4))),
  );
  for (const options of [IMAGE, VIDEO]) {
    const result = retarget(stickFigure(), motionOf(frames), options).frames;
    const inside = result.filter(({ joints }) =>
      (['head', 'leftHip', 'rightHip', 'leftFoot', 'rightFoot'] as const).every((joint) => {
        const { x, y } = jointAt(joints, joint);
        return x > 0 && x < FIGURE_WIDTH && y > 0 && y < FIGURE_HEIGHT;
      }),
    );
    assert.ok(inside.length >= result.length * 0.96, `${inside.length} of ${result.length}`);
  }
});

test('frames without a body hold the nearest pose', () => {
  const frames = [...Array(10).fill(ARM_RAISED), ...Array(6).fill(null)] as (Places | null)[];
  const result = retarget(stickFigure(), motionOf(frames), IMAGE).frames;
  assert.equal(result.length, 16);
  const { x, y } = jointAt(result[9]!.joints, 'leftWrist');
  assert.ok(distance(result[15]!.joints, 'leftWrist', [x, y]) < 1);
});

test('a picture cut at the hips keeps its cut edge at the border', () => {
  const half: Character = {
    ...stickFigure(),
    framing: 'half-body',
    movingLimbs: ['leftArm', 'rightArm'],
  };
  const frames = waving().map((places, i) => shifted(places, i * 3, i));
  for (const { joints } of retarget(half, motionOf(frames), VIDEO).frames) {
    const pelvis = jointAt(joints, 'pelvis');
    assert.equal(pelvis.y, STANDING.pelvis[1]);
    assert.ok(Math.abs(pelvis.x - STANDING.pelvis[0]) < 12);
  }
});

test('a limb that is not riggable keeps its shape on the torso', () => {
  const character: Character = {
    ...stickFigure(),
    movingLimbs: ['rightArm', 'leftLeg', 'rightLeg'],
  };
  for (const { joints } of retarget(character, motionOf(waving()), IMAGE).frames) {
    assert.ok(distance(joints, 'leftWrist', STANDING.leftWrist) < 2);
  }
});

test('the same input gives the same performance', () => {
  const make = () => retarget(stickFigure(), motionOf(waving()), VIDEO);
  assert.deepEqual(make(), make());
});

test('a clip without a body and without a face is refused by name', () => {
  assert.throws(
    () => retarget(stickFigure(), motionOf([null, null, null]), IMAGE),
    (error) => error instanceof MotionError && error.finding.code === 'no_motion',
  );
});

test('a head that is cut below the chin stays near its place while the driver leans over', () => {
  const character = stickFigure();
  const cut: Character = { ...character, framing: 'head-and-shoulders', movingLimbs: [] };
  const near = { ...cut, height: STANDING.neck[1] + 4 };
  const far = { ...cut, height: STANDING.neck[1] + 120 };
  const leans = motionOf(
    Array.from({ length: 30 }, (_, i) => shifted(STANDING, 40 * Math.sin(i / 5), 0)),
  );
  const travel = (it: Character): number => {
    const frames = retarget(it, leans, IMAGE).frames;
    const xs = frames.map(({ joints }) => jointAt(joints, 'neck').x);
    return Math.max(...xs) - Math.min(...xs);
  };
  assert.ok(travel(far) > 20, `${travel(far)} with room below`);
  assert.ok(travel(near) < 0.3 * travel(far), `${travel(near)} of ${travel(far)}`);
});
