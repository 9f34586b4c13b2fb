import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Colour, luminanceOf } from '../model/colour.ts';
import { EYE_RIMS, EYE_SIDES } from '../model/eyes.ts';
import type { RgbaImage } from '../model/image.ts';
import type { MouthPatch } from '../model/motion.ts';
import { INNER_LIPS, type Performance } from '../model/performance.ts';
import { colourAt } from './colour.ts';
import { recolourMouth } from './mouth.ts';
import { readMouth, readMouths } from './mouth-reading.ts';
import { readOwnMouth } from './own-mouth.ts';
import type { Surface } from './raster.ts';

const SIDE = 100;
const LIP: Colour = [210, 110, 110];
const TEETH: Colour = [225, 225, 225];
const DARK: Colour = [40, 15, 15];
/** An opening that fills its whole rim. */
const FULL = { centre: [0, 0] as const, shares: INNER_LIPS.map(() => 1) };

/** Lips with a round opening: the upper half of it is teeth, the lower one as given. */
function drawMouth(teeth = TEETH, below = DARK): RgbaImage {
  const data = new Uint8Array(SIDE * SIDE * 4);
  for (let i = 0; i < SIDE * SIDE; i += 1) {
    const [x, y] = [(i % SIDE) - 49.5, Math.floor(i / SIDE) - 49.5];
    data.set([...(Math.hypot(x, y) > 30 ? LIP : y < 0 ? teeth : below), 255], i * 4);
  }
  return { width: SIDE, height: SIDE, data };
}

/** The inner rim around the opening, as places and as a mouth over them. */
function placeMouth(jpeg = new Uint8Array()) {
  const lips = INNER_LIPS.flatMap((_, i) => {
    const angle = Math.PI + (2 * Math.PI * i) / INNER_LIPS.length;
    return [50 + 30 * Math.cos(angle), 50 + 30 * Math.sin(angle)];
  });
  const patch: MouthPatch = { x: 0, y: 0, width: SIDE, height: SIDE, jpeg };
  return { patch, lips: Float32Array.from(lips) };
}

/** One flat colour of skin, and nowhere any lips. */
function paintSkin(colour: Colour): Surface {
  const pixel = colour[0] | (colour[1] << 8) | (colour[2] << 16) | 0xff000000 | 0;
  return { width: 4, height: 4, pixels: new Int32Array(16).fill(pixel) };
}

function recolour(picture: RgbaImage, skin: Colour): Surface {
  const mouth = placeMouth();
  const own = readOwnMouth(paintSkin(skin), new Float32Array(468 * 2));
  const reading = readMouth(mouth, picture);
  return recolourMouth(mouth, picture, reading, own).surface;
}

test('teeth take on the colour of old varnish, but stay paler than the skin', () => {
  const skin: Colour = [207, 163, 84];
  const [red, , blue] = colourAt(recolour(drawMouth(), skin), 50, 38);
  assert.ok(blue / red < 0.85 && blue / red > skin[2] / skin[0] + 0.1, `${red} ${blue}`);
});

test('teeth are never brighter than the skin around them', () => {
  for (const skin of [
    [90, 60, 45],
    [230, 190, 160],
  ] as const) {
    const teeth = colourAt(recolour(drawMouth(), skin), 50, 40);
    assert.ok(luminanceOf(teeth) <= luminanceOf(skin) + 2, String(teeth));
  }
});

/** Teeth of which every fourth column is bright, and the others blurred with what is dark. */
function drawBlurred(): RgbaImage {
  const picture = drawMouth([165, 165, 165]);
  for (let i = 0; i < SIDE * SIDE; i += 4) {
    if (picture.data[i * 4] === 165) picture.data.set(TEETH, i * 4);
  }
  return picture;
}

test('teeth that are blurred with the dark beside them are not grey beside a pale skin', () => {
  const skin: Colour = [225, 190, 160];
  const teeth = colourAt(recolour(drawBlurred(), skin), 50, 45);
  assert.ok(luminanceOf(teeth) > 0.85 * luminanceOf(skin), String(teeth));
});

test('teeth of a picture with white eyes are whiter than those of one without', () => {
  const face = new Float32Array(468 * 2);
  for (const side of EYE_SIDES) {
    for (const point of EYE_RIMS[side].upper) face.set([3, 2], point * 2);
    for (const point of EYE_RIMS[side].lower) face.set([3, 3], point * 2);
  }
  const [dim, lit] = [paintSkin([190, 160, 140]), paintSkin([190, 160, 140])];
  lit.pixels[11] = 0xfff0f0f0 | 0;
  const lights = [dim, lit].map((own) => {
    const [mouth, picture] = [placeMouth(), drawMouth()];
    const { surface } = recolourMouth(
      mouth,
      picture,
      readMouth(mouth, picture),
      readOwnMouth(own, face),
    );
    return luminanceOf(colourAt(surface, 50, 45));
  });
  assert.ok(lights[1]! > 1.2 * lights[0]!, String(lights));
});

test('the middle of a flat opening is in full light', () => {
  const mouth = placeMouth();
  const round = mouth.lips.slice();
  for (let i = 1; i < round.length; i += 2) mouth.lips[i] = 40 + (round[i]! - 50) / 8;
  const picture = drawMouth();
  const own = readOwnMouth(paintSkin([200, 150, 125]), new Float32Array(468 * 2));
  const reading = { ...readMouth(mouth, picture), opening: FULL };
  const { surface } = recolourMouth(mouth, picture, reading, own);
  const whole = recolourMouth({ ...mouth, lips: round }, picture, reading, own);
  const [flat, middle] = [surface, whole.surface].map((it) => luminanceOf(colourAt(it, 50, 40)));
  assert.ok(flat! > 0.97 * middle!, `${flat} ${middle}`);
});

test('an opening is darker beside its rim than in its middle', () => {
  const surface = recolour(drawMouth(TEETH, TEETH), [200, 150, 125]);
  const light = (x: number, y: number): number => luminanceOf(colourAt(surface, x, y));
  assert.ok(light(50, 22) < 0.85 * light(50, 50), 'below the upper lip');
  assert.ok(light(50, 77) < 0.85 * light(50, 50), 'above the lower lip');
  assert.ok(light(23, 50) < 0.7 * light(50, 50), 'in a corner');
});

test('all mouths of a clip are seen in one light, so that teeth do not flicker', async () => {
  const pictures = [drawMouth(), drawMouth([200, 190, 190]), drawMouth(DARK)];
  const mouths = pictures.map((_, i) => placeMouth(Uint8Array.of(i)));
  const frames = mouths.map((mouth) => ({ face: { points: new Float32Array(0), mouth } }));
  const readings = await readMouths({ frames } as unknown as Performance, async (patch) => {
    return pictures[patch.jpeg[0]!]!;
  });
  const [first, ...others] = mouths.map((mouth) => readings.get(mouth.patch)!);
  assert.ok(Math.abs(first!.lip[0] - LIP[0]) < 20);
  for (const { lip, teeth } of others) {
    assert.deepEqual(lip, first!.lip);
    assert.equal(teeth, first!.teeth);
  }
});
