import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBackdrop } from './backdrop.ts';
import { affineOf, type Shot, type View, viewAt } from './camera.ts';
import { readPrompt } from './read-prompt.ts';
import { drawPicture } from './testing/drawn-picture.ts';
import { warpPicture } from './warp.ts';

const shot: Shot = { width: 180, height: 320, fps: 30, frameCount: 90, focus: { x: 100, y: 90 } };

const viewsOf = (prompt: string): View[] =>
  Array.from({ length: shot.frameCount }, (_, index) =>
    viewAt(readPrompt(prompt).camera, shot, index),
  );

const isRising = (values: number[]): boolean =>
  values.every((value, at) => at === 0 || value >= values[at - 1]! - 1e-9);

/** Where the point of the picture at (x, y) is seen in the frame. */
function seenAt(view: View, x: number, y: number): [number, number] {
  return [(x - view.x) * view.zoom + shot.width / 2, (y - view.y) * view.zoom + shot.height / 2];
}

test('push in begins with the whole picture and comes closer in every frame', () => {
  const zooms = viewsOf('push in').map(({ zoom }) => zoom);
  assert.equal(zooms[0], 1);
  assert.ok(isRising(zooms) && zooms.at(-1)! > 1.25);
  assert.ok(viewsOf('slightly push in').at(-1)!.zoom < zooms.at(-1)!);
  assert.ok(viewsOf('strong push in').at(-1)!.zoom > zooms.at(-1)!);
});

test('what a push in comes closer to stays where it is', () => {
  for (const view of viewsOf('push in')) {
    const [x, y] = seenAt(view, shot.focus.x, shot.focus.y);
    assert.ok(Math.abs(x - shot.focus.x) < 1e-6 && Math.abs(y - shot.focus.y) < 1e-6);
  }
});

test('pull out ends with the whole picture', () => {
  const zooms = viewsOf('pull out').map(({ zoom }) => zoom);
  assert.equal(zooms.at(-1), 1);
  assert.ok(isRising(zooms.toReversed()) && zooms[0]! > 1.25);
});

test('pan and tilt look where they say', () => {
  const across = (prompt: string) => viewsOf(prompt).map(({ x }) => x);
  const along = (prompt: string) => viewsOf(prompt).map(({ y }) => y);
  assert.ok(isRising(across('pan right')) && isRising(across('pan left').toReversed()));
  assert.ok(isRising(along('tilt down')) && isRising(along('tilt up').toReversed()));
  assert.ok(across('pan right').at(-1)! - across('pan right')[0]! > 20);
});

test('handheld sways on and on without ever jumping', () => {
  const views = viewsOf('handheld');
  const steps = views
    .slice(1)
    .map(({ x, y }, at) => Math.hypot(x - views[at]!.x, y - views[at]!.y));
  assert.ok(Math.max(...steps) < 1.5, `${Math.max(...steps)} px`);
  assert.ok(steps.filter((step) => step > 0).length > 80);
  assert.ok(new Set(views.map(({ roll }) => roll)).size > 80);
});

test('no move ever sees past the border of the picture', () => {
  const prompts = [
    'strong push in, strong pan left, strong tilt up, strong handheld',
    'strong pull out, strong pan right, strong tilt down, strong handheld',
    'strong handheld',
    'slight pan left',
  ];
  for (const view of prompts.flatMap(viewsOf)) {
    const map = affineOf(view, shot);
    for (const [x, y] of [
      [0, 0],
      [shot.width, 0],
      [0, shot.height],
      [shot.width, shot.height],
    ] as const) {
      const [u, v] = [map.xx * x + map.xy * y + map.x0, map.yx * x + map.yy * y + map.y0];
      assert.ok(u >= -1e-6 && u <= shot.width + 1e-6, `${u}`);
      assert.ok(v >= -1e-6 && v <= shot.height + 1e-6, `${v}`);
    }
  }
});

test('a video of one frame is seen whole', () => {
  assert.equal(viewAt(readPrompt('push in').camera, { ...shot, frameCount: 1 }, 0).zoom, 1);
});

test('a warp that changes nothing returns every pixel as it is', () => {
  const picture = drawPicture();
  const target = { ...picture, data: new Uint8Array(picture.data.length) };
  warpPicture(picture, target, { xx: 1, xy: 0, x0: 0, yx: 0, yy: 1, y0: 0 });
  assert.deepEqual(target.data, picture.data);
});

test('half a pixel is half of both neighbours', () => {
  const picture = { width: 2, height: 1, data: Uint8Array.of(0, 100, 200, 255, 100, 200, 0, 255) };
  const target = { ...picture, data: new Uint8Array(8) };
  warpPicture(picture, target, { xx: 1, xy: 0, x0: 0.5, yx: 0, yy: 1, y0: 0 });
  assert.deepEqual([...target.data.slice(0, 4)], [50, 150, 100, 255]);
});

test('the ground under the feet stays while the background moves behind them', () => {
  const plate = drawPicture();
  const feet = { x: 90, y: 300 };
  const row = (data: Uint8Array, y: number) => data.slice(4 * y * 180, 4 * (y + 1) * 180);
  for (const prompt of ['orbit left', 'orbit right', 'dolly zoom']) {
    const backdrop = createBackdrop(plate, readPrompt(prompt).camera, shot, feet)!;
    const first = backdrop(0).data.slice();
    const last = backdrop(shot.frameCount - 1).data.slice();
    assert.notDeepEqual(row(first, 100), row(last, 100), prompt);
    if (prompt !== 'dolly zoom') {
      const change = row(first, 300).map((value, at) => Math.abs(value - row(last, 300)[at]!));
      assert.ok(Math.max(...change) < 40, `${prompt}: ${Math.max(...change)}`);
    }
  }
  assert.equal(createBackdrop(plate, readPrompt('push in').camera, shot, feet), null);
});
