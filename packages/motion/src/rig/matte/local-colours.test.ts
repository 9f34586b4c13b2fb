import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRgb, type Rgb } from '../../model/rgb.ts';
import { findIntruders } from './local-colours.ts';

const WIDTH = 120;
const HEIGHT = 160;
const CURTAIN = [150, 20, 30] as const;
const JEANS = [70, 100, 160] as const;

const isLeg = (x: number): boolean => (x >= 30 && x < 52) || (x >= 68 && x < 90);
const isPocket = (x: number, y: number): boolean => x >= 52 && x < 68 && y >= 40 && y < 70;

/** Two legs before a curtain with folds; the cloth between them above row 40 is jeans. */
function drawLegs(): Rgb {
  const rgb = createRgb(WIDTH, HEIGHT);
  for (let i = 0; i < WIDTH * HEIGHT; i++) {
    const x = i % WIDTH;
    const y = (i - x) / WIDTH;
    const isBody = y >= 20 && (isLeg(x) || (y < 40 && x >= 30 && x < 90));
    const fold = isBody ? 0 : 20 * Math.sin(x / 5);
    for (let c = 0; c < 3; c++) rgb.channels[c]![i] = (isBody ? JEANS : CURTAIN)[c]! + fold;
  }
  return rgb;
}

function maskOf(isSet: (x: number, y: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) =>
    isSet(i % WIDTH, Math.floor(i / WIDTH)) ? 1 : 0,
  );
}

const inputs = {
  rgb: drawLegs(),
  doubtful: maskOf((x, y) => x >= 28 && x < 92 && y >= 24 && y < 70),
  outside: maskOf((x, y) => x < 26 || x >= 94 || y < 16),
  core: maskOf((x, y) => y > 30 && (Math.abs(x - 41) < 5 || Math.abs(x - 79) < 5)),
};

test('a curtain between the legs is found although its folds differ from any estimate', () => {
  const found = findIntruders(inputs);
  const pocket = maskOf(isPocket);
  const hit = found.filter((value, i) => value === 1 && pocket[i] === 1).length;
  const wrong = found.filter((value, i) => value === 1 && isLeg(i % WIDTH)).length;
  assert.ok(hit > 0.95 * pocket.filter((value) => value === 1).length, `${hit} pixels`);
  assert.equal(wrong, 0);
});

test('what has the colour of the figure stays with it', () => {
  const rgb = drawLegs();
  for (const channel of rgb.channels) {
    const cloth = channel[60 * WIDTH + 41]!;
    for (let i = 0; i < channel.length; i++) {
      if (isPocket(i % WIDTH, Math.floor(i / WIDTH))) channel[i] = cloth;
    }
  }
  const found = findIntruders({ ...inputs, rgb });
  const pocket = maskOf(isPocket);
  assert.equal(found.filter((value, i) => value === 1 && pocket[i] === 1).length, 0);
});

test('nothing is taken where no background is known', () => {
  const found = findIntruders({ ...inputs, outside: new Uint8Array(WIDTH * HEIGHT) });
  assert.equal(found.includes(1), false);
});
