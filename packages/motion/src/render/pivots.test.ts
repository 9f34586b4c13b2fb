import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BONES, JOINTS } from '../model/character.ts';
import { JOINT_INDEX } from '../model/joints.ts';
import { smoothstep } from '../model/scalar.ts';
import { createPivotBlend, readBends, sideOfPivot } from './pivots.ts';
import { drawTriangles, surfaceOf } from './raster.ts';

const SIZE = 240;
const RADIUS = 16;
const LENGTH = 90;
const ELBOW = { x: 120, y: 120 };
const COLUMNS = 9;
const ROWS = 37;

/** An arm that hangs straight down; `bend` radians turn its forearm clockwise. */
function armJoints(bend: number): Float32Array {
  const joints = new Float32Array(JOINTS.length * 2);
  const put = (index: number, x: number, y: number): void => joints.set([x, y], index * 2);
  put(JOINT_INDEX.leftShoulder, ELBOW.x, ELBOW.y - LENGTH);
  put(JOINT_INDEX.leftElbow, ELBOW.x, ELBOW.y);
  const wrist = turn(ELBOW.x, ELBOW.y + LENGTH, bend);
  put(JOINT_INDEX.leftWrist, ...wrist);
  return joints;
}

function turn(x: number, y: number, angle: number): [number, number] {
  const [dx, dy] = [x - ELBOW.x, y - ELBOW.y];
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return [ELBOW.x + c * dx - s * dy, ELBOW.y + s * dx + c * dy];
}

/** Where the vertices of a strip around the arm come to lie, and where they were. */
function bendStrip(bend: number): { source: Float32Array; target: Float32Array } {
  const bind = armJoints(0);
  const joints = armJoints(bend);
  const pivot = JOINT_INDEX.leftElbow;
  const turned = readBends(bind, joints)[pivot]!;
  const blend = createPivotBlend();
  const [upper, lower] = [BONES.indexOf('leftUpperArm'), BONES.indexOf('leftForearm')];
  const source = new Float32Array(COLUMNS * ROWS * 2);
  const target = new Float32Array(COLUMNS * ROWS * 2);
  for (let n = 0; n < COLUMNS * ROWS; n += 1) {
    const x = ELBOW.x + RADIUS * ((2 * (n % COLUMNS)) / (COLUMNS - 1) - 1);
    const y = ELBOW.y + LENGTH * ((2 * Math.floor(n / COLUMNS)) / (ROWS - 1) - 1);
    const [side, along] = [Math.abs(x - ELBOW.x), y - ELBOW.y];
    const farther = Math.sign(along) * (Math.hypot(side, along) - side);
    const share = smoothstep(-1.1 * RADIUS, 1.1 * RADIUS, farther);
    const [movedX, movedY] = turn(x, y, bend);
    const point = Float64Array.of(x + share * (movedX - x), y + share * (movedY - y));
    if (share > 0.01 && share < 0.99) {
      blend.begin(pivot, joints, turned);
      blend.add(upper, 1 - share, x, y);
      blend.add(lower, share, movedX, movedY);
      blend.round(sideOfPivot(bind, pivot, x, y), point);
    }
    source.set([x, y], n * 2);
    target.set(point, n * 2);
  }
  return { source, target };
}

function stripTriangles(): Uint32Array {
  const triangles: number[] = [];
  for (let row = 0; row < ROWS - 1; row += 1) {
    for (let column = 0; column < COLUMNS - 1; column += 1) {
      const a = row * COLUMNS + column;
      const c = a + COLUMNS;
      triangles.push(a, a + 1, c, a + 1, c + 1, c);
    }
  }
  return Uint32Array.from(triangles);
}

/** Pixels that the bent arm leaves open although no way leads to them from the border. */
function countHoles(bend: number): { painted: number; holes: number } {
  const image = { width: SIZE, height: SIZE, data: new Uint8Array(SIZE * SIZE * 4) };
  const texture = { ...image, data: new Uint8Array(SIZE * SIZE * 4).fill(255) };
  const triangles = stripTriangles();
  const run = {
    texture: surfaceOf(texture),
    textureX: 0,
    textureY: 0,
    ...bendStrip(bend),
    triangles,
    firstTriangle: 0,
    triangleCount: triangles.length / 3,
  };
  drawTriangles(surfaceOf(image), run, 'over');
  const isOpen = (i: number): boolean => image.data[i * 4 + 3] === 0;
  const reached = new Uint8Array(SIZE * SIZE);
  const front = [0];
  for (let i = front.pop(); i !== undefined; i = front.pop()) {
    if (i < 0 || i >= reached.length || reached[i] === 1 || !isOpen(i)) continue;
    reached[i] = 1;
    front.push(i - 1, i + 1, i - SIZE, i + SIZE);
  }
  const open = reached.filter((_, i) => isOpen(i));
  return { painted: reached.length - open.length, holes: open.filter((it) => it === 0).length };
}

for (const degrees of [30, 60, 90, 120, 140, -120, -140]) {
  test(`an arm bent by ${degrees} degrees has no hole in its crease`, () => {
    const { painted, holes } = countHoles((degrees * Math.PI) / 180);
    assert.ok(painted > 3 * LENGTH * RADIUS, `${painted} pixels are painted`);
    assert.equal(holes, 0);
  });
}
