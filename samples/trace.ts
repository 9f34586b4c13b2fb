/**
 * One ray at a time: where it meets a figure, how the point is turned, how much light reaches it.
 * Sphere tracing after J. C. Hart (1996); parts far from a ray are known by their balls alone.
 */
import type { Camera } from './camera.ts';
import { type Hit, type Lighting, shade } from './light.ts';
import { makeSurface, type Part } from './surface.ts';

export const STEPS_MAX = 96;
const SHADOW_STEPS_MAX = 48;
const SHADOW_REACH = 1.7;
const NEAR = 0.0006;

/** How the room answers to the figure. */
export type Ground = {
  /** Colour by which the room is multiplied where no key light falls. */
  shadowTint: readonly [number, number, number];
  /** 0..1: how much the floor mirrors. */
  mirror: number;
  /** Where the back wall stands. */
  wallZ: number;
};

export type Scene = {
  parts: readonly Part[];
  camera: Camera;
  light: Lighting;
  ground: Ground;
  /** Linear light of the empty room, three numbers a pixel. */
  backdrop: Float32Array;
  /** Edge pixels are drawn with this many samples in each direction. */
  samples: number;
};

/**
 * Distance to the nearest part. A part whose ball is farther away than `trust` answers with its
 * ball, which is never too far: enough to step by, but soft shadows need the truth from nearby.
 */
export function nearestDistance(
  parts: readonly Part[],
  x: number,
  y: number,
  z: number,
  trust = 0.06,
): number {
  let best = 10;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]!;
    const dx = x - part.centre[0];
    const dy = y - part.centre[1];
    const dz = z - part.centre[2];
    const ball = Math.sqrt(dx * dx + dy * dy + dz * dz) - part.radius;
    if (ball >= best) continue;
    const d = ball > trust ? ball : part.distance(x, y, z);
    if (d < best) best = d;
  }
  return best;
}

function nearestPart(parts: readonly Part[], x: number, y: number, z: number): number {
  let best = 10;
  let index = -1;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]!;
    const dx = x - part.centre[0];
    const dy = y - part.centre[1];
    const dz = z - part.centre[2];
    const reach = part.radius + 0.01;
    if (dx * dx + dy * dy + dz * dz > reach * reach) continue;
    const d = part.distance(x, y, z);
    if (d < best) {
      best = d;
      index = i;
    }
  }
  return index;
}

const blockers: Part[] = [];

/** Only parts whose balls come near the way to the lamp can darken a point. */
function gatherBlockers(
  parts: readonly Part[],
  light: Lighting,
  x: number,
  y: number,
  z: number,
): void {
  const [kx, ky, kz] = light.key;
  blockers.length = 0;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]!;
    const dx = part.centre[0] - x;
    const dy = part.centre[1] - y;
    const dz = part.centre[2] - z;
    const along = dx * kx + dy * ky + dz * kz;
    if (along < -part.radius) continue;
    const soft = part.radius + 0.04 + (along + part.radius) / light.sharpness;
    if (dx * dx + dy * dy + dz * dz - along * along < soft * soft) blockers.push(part);
  }
}

/** How much of the key light reaches a point, from 0 to 1, with a soft edge. */
export function castShadow(
  parts: readonly Part[],
  light: Lighting,
  x: number,
  y: number,
  z: number,
): number {
  const [kx, ky, kz] = light.key;
  gatherBlockers(parts, light, x, y, z);
  if (blockers.length === 0) return 1;
  let free = 1;
  let t = 0.012;
  for (let step = 0; step < SHADOW_STEPS_MAX && t < SHADOW_REACH; step++) {
    const d = nearestDistance(
      blockers,
      x + kx * t,
      y + ky * t,
      z + kz * t,
      0.03 + t / light.sharpness,
    );
    free = Math.min(free, 0.5 + (0.5 * d * light.sharpness) / t);
    if (free <= 0) return 0;
    t += Math.min(Math.max(0.8 * Math.abs(d), 0.007), 0.14);
  }
  return free * free * (3 - 2 * free);
}

/** How open a point is to the sky: 1 in the free, less in corners. */
function measureOpenness(
  parts: readonly Part[],
  x: number,
  y: number,
  z: number,
  hit: Hit,
): number {
  let blocked = 0;
  let weight = 1;
  for (let i = 1; i <= 4; i++) {
    const h = 0.006 + 0.021 * i * i * 0.5;
    const d = nearestDistance(parts, x + hit.nx * h, y + hit.ny * h, z + hit.nz * h, h);
    blocked += (weight * Math.max(0, h - d)) / h;
    weight *= 0.8;
  }
  const floor = Math.max(0, 1 - Math.max(0, y) / 0.16) * (0.5 - 0.5 * hit.ny);
  return Math.max(0.06, 1 - 0.34 * blocked) * (1 - 0.6 * floor);
}

const surface = makeSurface();
const hit: Hit = { nx: 0, ny: 0, nz: 0, vx: 0, vy: 0, vz: 0, shadow: 1, open: 1 };

/** Bends the normal by the part's distance and its relief, by four taps of a tetrahedron. */
function measureNormal(part: Part, x: number, y: number, z: number, e: number): void {
  const relief = part.relief;
  const f = (dx: number, dy: number, dz: number): number => {
    const d = part.distance(x + dx, y + dy, z + dz);
    return relief ? d - relief(x + dx, y + dy, z + dz) : d;
  };
  const a = f(e, -e, -e);
  const b = f(-e, -e, e);
  const c = f(-e, e, -e);
  const d = f(e, e, e);
  const nx = a - b - c + d;
  const ny = -a - b + c + d;
  const nz = -a + b - c + d;
  const inverse = 1 / (Math.sqrt(nx * nx + ny * ny + nz * nz) || 1);
  hit.nx = nx * inverse;
  hit.ny = ny * inverse;
  hit.nz = nz * inverse;
}

/** The distance along the ray at which it meets a part, or -1. */
export function march(
  parts: readonly Part[],
  origin: readonly [number, number, number],
  direction: readonly [number, number, number],
  from: number,
  to: number,
): number {
  let t = from;
  for (let step = 0; step < STEPS_MAX && t < to; step++) {
    const d = nearestDistance(
      parts,
      origin[0] + direction[0] * t,
      origin[1] + direction[1] * t,
      origin[2] + direction[2] * t,
    );
    if (d < NEAR) return t;
    t += d;
  }
  return -1;
}

/** Lights the point at `t` of the ray; returns the index of the part. */
export function lightPoint(
  scene: Pick<Scene, 'parts' | 'light'>,
  origin: readonly [number, number, number],
  direction: readonly [number, number, number],
  t: number,
  out: Float32Array,
  at: number,
): number {
  const x = origin[0] + direction[0] * t;
  const y = origin[1] + direction[1] * t;
  const z = origin[2] + direction[2] * t;
  const index = nearestPart(scene.parts, x, y, z);
  const part = scene.parts[index]!;
  measureNormal(part, x, y, z, 0.0007);
  hit.vx = -direction[0];
  hit.vy = -direction[1];
  hit.vz = -direction[2];
  const lift = 0.006;
  const [lx, ly, lz] = [x + hit.nx * lift, y + hit.ny * lift, z + hit.nz * lift];
  hit.shadow = castShadow(scene.parts, scene.light, lx, ly, lz);
  hit.open = measureOpenness(scene.parts, x, y, z, hit);
  part.paint(x, y, z, surface);
  shade(scene.light, surface, hit, out, at);
  return index;
}
