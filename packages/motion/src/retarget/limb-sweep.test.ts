import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JOINT_INDEX, jointDistance } from '../model/joints.ts';
import { jointsOf, STANDING, shifted, stickFigure } from '../testing/stick-figure.ts';
import { sweepLimbs } from './limb-sweep.ts';

const drawn = stickFigure();
/** The figure with the grain of a photograph: neighbours are nowhere alike. */
const character = {
  ...drawn,
  layers: drawn.layers.map((layer) => ({
    ...layer,
    texture: {
      ...layer.texture,
      data: layer.texture.data.map((value, i) =>
        i % 4 === 1 ? value + ((i >> 2) % 2) * 4 : value,
      ),
    },
  })),
};
const [x, y] = STANDING.leftWrist;

/** The left wrist goes right by `step` pixels from frame to frame, the trunk by `trunk`. */
function swing(step: number, trunk = 0): Float32Array[] {
  return [0, 1, 2].map((frame) =>
    jointsOf({
      ...shifted(STANDING, frame * trunk, 0),
      leftWrist: [x + frame * (trunk + step), y],
    }),
  );
}

const wristOf = (sweep: Float32Array | null | undefined): number | undefined =>
  sweep?.[JOINT_INDEX.leftWrist * 2];

test('a fast wrist sweeps the way it goes in 1/100 s, whatever the rate of the clip', () => {
  const step = 0.05 * character.width;
  const at24 = sweepLimbs(character, swing(step), { fps: 24, cuts: [] });
  const at12 = sweepLimbs(character, swing(2 * step), { fps: 12, cuts: [] });
  assert.ok(Math.abs(wristOf(at24[1])! - 0.24 * step) < 1e-3, `${wristOf(at24[1])}`);
  assert.ok(Math.abs(wristOf(at12[1])! - 0.24 * step) < 1e-3, `${wristOf(at12[1])}`);
  const still = JOINT_INDEX.rightWrist * 2;
  assert.equal(at24[1]![still], 0);
});

test('a hand sweeps no further than half of itself, so that it is never only a veil', () => {
  const { joints, width } = character;
  const sweeps = sweepLimbs(character, swing(0.3 * width), { fps: 24, cuts: [] });
  const hand = jointDistance(joints, 'leftWrist', 'leftHand');
  assert.ok(hand / 2 < 0.24 * 0.3 * width, `the way is limited by the hand, ${hand} pixels`);
  assert.ok(Math.abs(wristOf(sweeps[1])! - hand / 2) < 1e-3, `${wristOf(sweeps[1])}`);
});

test('nothing sweeps that is slow, moves with the whole body or jumps at a cut', () => {
  const { width } = character;
  const timing = { fps: 24, cuts: [] };
  assert.deepEqual(sweepLimbs(character, swing(0.005 * width), timing), [null, null, null]);
  assert.deepEqual(sweepLimbs(character, swing(0, 0.05 * width), timing), [null, null, null]);
  const cut = sweepLimbs(character, swing(0.1 * width), { fps: 24, cuts: [1, 2] });
  assert.deepEqual(cut, [null, null, null]);
});

test('a drawing in flat colours is never smeared', () => {
  const timing = { fps: 24, cuts: [] };
  assert.deepEqual(sweepLimbs(drawn, swing(0.05 * drawn.width), timing), [null, null, null]);
});
