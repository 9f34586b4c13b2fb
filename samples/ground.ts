/**
 * What the figure does to the room it stands in: the shadow it casts on floor and wall, the dark
 * where shoes touch the floor, and its faint picture in the polished boards.
 */
import { aimRay } from './camera.ts';
import { clamp, smoothstep } from './space.ts';
import { castShadow, lightPoint, march, nearestDistance, type Scene } from './trace.ts';

/** Shadows are soft, so one value for every third pixel in each direction is enough. */
const CELL = 3;

/** The room's light with the figure's shadow and reflection in it. */
export function castGround(scene: Scene): Float32Array {
  const { camera, backdrop, ground } = scene;
  const { width, height } = camera;
  const across = Math.ceil(width / CELL) + 1;
  const down = Math.ceil(height / CELL) + 1;
  // Per cell: share of light kept, then the mirrored light (three numbers) and its strength.
  const cells = new Float32Array(across * down * 5);
  const floorTop = Math.floor(camera.height * 0.5);
  for (let cy = 0; cy < down; cy++) {
    for (let cx = 0; cx < across; cx++) {
      const at = (cy * across + cx) * 5;
      cells[at] = 1;
      if (cy * CELL < floorTop) continue;
      measureCell(scene, cx * CELL, cy * CELL, cells, at);
    }
  }
  soften(cells, across, down);
  const out = Float32Array.from(backdrop);
  for (let y = floorTop; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = (y * width + x) * 3;
      const keep = blend(cells, across, x, y, 0);
      const mirrored = blend(cells, across, x, y, 4);
      for (let c = 0; c < 3; c++) {
        const tint = ground.shadowTint[c]!;
        out[i + c]! *= tint + (1 - tint) * keep;
        if (mirrored > 0) out[i + c]! += blend(cells, across, x, y, c + 1) - out[i + c]! * mirrored;
      }
    }
  }
  return out;
}

/** The mean of each cell and its neighbours: boards are not as clear as glass. */
function soften(cells: Float32Array, across: number, down: number): void {
  for (const stride of [5, across * 5]) {
    const from = Float32Array.from(cells);
    const last = across * down * 5;
    for (let i = stride; i < last - stride; i++) {
      cells[i] = (from[i - stride]! + 2 * from[i]! + from[i + stride]!) / 4;
    }
  }
}

function blend(cells: Float32Array, across: number, x: number, y: number, field: number): number {
  const cx = Math.floor(x / CELL);
  const cy = Math.floor(y / CELL);
  const u = x / CELL - cx;
  const v = y / CELL - cy;
  const at = (cy * across + cx) * 5 + field;
  const top = cells[at]! * (1 - u) + cells[at + 5]! * u;
  const low = cells[at + across * 5]! * (1 - u) + cells[at + across * 5 + 5]! * u;
  return top * (1 - v) + low * v;
}

const mirrored = new Float32Array(3);

function measureCell(scene: Scene, px: number, py: number, cells: Float32Array, at: number): void {
  const { camera, parts, ground } = scene;
  const ray = aimRay(camera, px, py);
  if (ray[1] >= -1e-4) return;
  const t = -camera.eye[1] / ray[1];
  const x = camera.eye[0] + ray[0] * t;
  const z = camera.eye[2] + ray[2] * t;
  if (Math.abs(x) > 1.6 || z < ground.wallZ || z > 1.2) return;
  const near = nearestDistance(parts, x, 0.01, z, 0.15);
  const contact = smoothstep(-0.02, 0.11, near);
  cells[at] = castShadow(parts, scene.light, x, 0.004, z) * (0.35 + 0.65 * contact);
  if (ground.mirror <= 0) return;
  const up = [ray[0], -ray[1], ray[2]] as const;
  const origin = [x, 0.001, z] as const;
  const reach = march(parts, origin, up, 0.004, 3);
  if (reach < 0) return;
  lightPoint(scene, origin, up, reach, mirrored, 0);
  const strength = ground.mirror * clamp(1 - (reach * up[1]) / 0.55, 0, 1);
  for (let c = 0; c < 3; c++) cells[at + 1 + c] = mirrored[c]! * strength;
  cells[at + 4] = strength;
}
