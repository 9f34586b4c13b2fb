/**
 * Draws a figure over a backdrop. Work is saved in two ways: tiles of 8 x 8 pixels are tried
 * first with one wide ray, and only pixels on edges are drawn finer.
 */
import { aimRay } from './camera.ts';
import { castGround } from './ground.ts';
import { makeFilm } from './light.ts';
import type { Part } from './surface.ts';
import { lightPoint, march, nearestDistance, type Scene, STEPS_MAX } from './trace.ts';

const TILE = 8;

/** The parts whose balls a tile's bundle of rays touches, and where the bundle may begin. */
function openTile(scene: Scene, px: number, py: number): { parts: Part[]; from: number } | null {
  const { camera } = scene;
  const d = aimRay(camera, px + TILE / 2, py + TILE / 2);
  const spread = (TILE * 0.75) / camera.focalPx;
  const parts = scene.parts.filter((part) => {
    const [x, y, z] = [
      part.centre[0] - camera.eye[0],
      part.centre[1] - camera.eye[1],
      part.centre[2] - camera.eye[2],
    ];
    const along = x * d[0] + y * d[1] + z * d[2];
    const off = Math.sqrt(Math.max(0, x * x + y * y + z * z - along * along));
    return off < part.radius + spread * along;
  });
  if (parts.length === 0) return null;
  const far = Math.hypot(...camera.eye) + 3;
  let t = 1;
  for (let step = 0; step < STEPS_MAX && t < far; step++) {
    const [x, y, z] = [0, 1, 2].map((i) => camera.eye[i]! + d[i]! * t) as [number, number, number];
    const near = nearestDistance(parts, x, y, z);
    if (near < spread * t + 0.001) return { parts, from: Math.max(1, t - spread * t) };
    t += near - spread * t * 0.5;
  }
  return null;
}

/** Draws one picture; `pixels` gets RGBA. */
export function renderScene(scene: Scene, pixels: Uint8ClampedArray): void {
  const { camera } = scene;
  const { width, height } = camera;
  const room = castGround(scene);
  const light = Float32Array.from(room);
  const owner = new Int8Array(width * height).fill(-1);
  const starts = new Float32Array(width * height);
  const tiles = new Map<number, Part[]>();
  const across = Math.ceil(width / TILE);
  for (let ty = 0; ty < height; ty += TILE) {
    for (let tx = 0; tx < width; tx += TILE) {
      const tile = openTile(scene, tx, ty);
      if (!tile) continue;
      tiles.set((ty / TILE) * across + tx / TILE, tile.parts);
      renderTile(scene, tile, tx, ty, light, owner, starts);
    }
  }
  smoothEdges(scene, tiles, room, light, owner, starts);
  const film = makeFilm(scene.light.exposure);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) pixels[i * 4 + c] = film(light[i * 3 + c]!);
    pixels[i * 4 + 3] = 255;
  }
}

function renderTile(
  scene: Scene,
  tile: { parts: Part[]; from: number },
  tx: number,
  ty: number,
  light: Float32Array,
  owner: Int8Array,
  starts: Float32Array,
): void {
  const { camera } = scene;
  const far = Math.hypot(...camera.eye) + 3;
  const right = Math.min(tx + TILE, camera.width);
  const low = Math.min(ty + TILE, camera.height);
  for (let y = ty; y < low; y++) {
    for (let x = tx; x < right; x++) {
      const i = y * camera.width + x;
      starts[i] = tile.from;
      const ray = aimRay(camera, x + 0.5, y + 0.5);
      const t = march(tile.parts, camera.eye, ray, tile.from, far);
      if (t > 0) owner[i] = lightPoint(scene, camera.eye, ray, t, light, i * 3);
    }
  }
}

/** Pixels that differ much from a neighbour are drawn again with many samples. */
function smoothEdges(
  scene: Scene,
  tiles: Map<number, Part[]>,
  room: Float32Array,
  light: Float32Array,
  owner: Int8Array,
  starts: Float32Array,
): void {
  const { camera, samples } = scene;
  const { width, height } = camera;
  if (samples < 2) return;
  const bright = new Float32Array(width * height);
  for (let i = 0; i < width * height; i++) {
    if (owner[i]! < 0) continue;
    for (let c = 0; c < 3; c++) bright[i]! += light[i * 3 + c]! / (0.5 + light[i * 3 + c]!);
  }
  const across = Math.ceil(width / TILE);
  const differs = (a: number, b: number): boolean =>
    owner[a] !== owner[b] || (owner[a]! >= 0 && Math.abs(bright[a]! - bright[b]!) > 0.16);
  const fresh = new Float32Array(3);
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const i = y * width + x;
      const parts = tiles.get(Math.floor(y / TILE) * across + Math.floor(x / TILE));
      if (!parts) continue;
      const edge =
        differs(i, i - 1) || differs(i, i + 1) || differs(i, i - width) || differs(i, i + width);
      if (!edge) continue;
      sampleAgain(scene, parts, x, y, starts[i]!, room, fresh);
      light.set(fresh, i * 3);
    }
  }
}

/** Averages developed colours, so that a bright edge does not swallow its dark neighbour. */
function sampleAgain(
  scene: Scene,
  parts: Part[],
  x: number,
  y: number,
  from: number,
  room: Float32Array,
  fresh: Float32Array,
): void {
  const { camera, samples } = scene;
  const far = Math.hypot(...camera.eye) + 3;
  const one = new Float32Array(3);
  const at = (y * camera.width + x) * 3;
  fresh.fill(0);
  for (let k = 0; k < samples * samples; k++) {
    const dx = ((k % samples) + 0.5) / samples;
    const dy = (Math.floor(k / samples) + 0.5) / samples;
    const ray = aimRay(camera, x + dx, y + dy);
    const t = march(parts, camera.eye, ray, from, far);
    if (t > 0) lightPoint(scene, camera.eye, ray, t, one, 0);
    else one.set(room.subarray(at, at + 3));
    for (let c = 0; c < 3; c++) fresh[c]! += one[c]! / (1 + one[c]!);
  }
  for (let c = 0; c < 3; c++) {
    const mean = fresh[c]! / (samples * samples);
    fresh[c] = mean / (1 - mean);
  }
}
