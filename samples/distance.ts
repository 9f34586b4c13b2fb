/**
 * Signed distances to simple solids, negative inside, in metres; and how two of them melt into
 * one. All take plain numbers and make no garbage, because they run some billion times per clip.
 * The formulas are the usual ones of sphere tracing (J. C. Hart, "Sphere tracing", 1996).
 */
import type { Frame, Vec } from './space.ts';

/** The nearer of two solids, melted together within `k` metres. */
export function meld(a: number, b: number, k: number): number {
  const h = k - Math.abs(a - b);
  const low = Math.min(a, b);
  return h > 0 ? low - (h * h) / (4 * k) : low;
}

/** What `a` is outside of `b`, with the edge rounded within `k` metres. */
export function carve(a: number, b: number, k: number): number {
  return -meld(-a, b, k);
}

/** A rod from a to b whose radius goes from one value to another, packed for `rodDistance`. */
export type Rod = Float64Array;

export function makeRod(a: Vec, b: Vec, radiusA: number, radiusB: number): Rod {
  const [x, y, z] = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
  const inverse = 1 / Math.max(x * x + y * y + z * z, 1e-12);
  return Float64Array.of(a[0], a[1], a[2], x, y, z, inverse, radiusA, radiusB - radiusA);
}

/** How far along the rod the point is, from 0 to 1. */
export function rodPlace(r: Rod, x: number, y: number, z: number): number {
  const h = ((x - r[0]!) * r[3]! + (y - r[1]!) * r[4]! + (z - r[2]!) * r[5]!) * r[6]!;
  return h < 0 ? 0 : Math.min(h, 1);
}

export function rodDistance(r: Rod, x: number, y: number, z: number): number {
  const px = x - r[0]!;
  const py = y - r[1]!;
  const pz = z - r[2]!;
  let h = (px * r[3]! + py * r[4]! + pz * r[5]!) * r[6]!;
  h = h < 0 ? 0 : Math.min(h, 1);
  const dx = px - h * r[3]!;
  const dy = py - h * r[4]!;
  const dz = pz - h * r[5]!;
  return Math.sqrt(dx * dx + dy * dy + dz * dz) - r[7]! - h * r[8]!;
}

/** An ellipsoid about (cx, cy, cz): exact on the surface, a fair estimate near it. */
export function ellipsoid(
  x: number,
  y: number,
  z: number,
  rx: number,
  ry: number,
  rz: number,
): number {
  const ax = x / rx;
  const ay = y / ry;
  const az = z / rz;
  const k0 = Math.sqrt(ax * ax + ay * ay + az * az);
  const bx = ax / rx;
  const by = ay / ry;
  const bz = az / rz;
  const k1 = Math.sqrt(bx * bx + by * by + bz * bz);
  return k1 < 1e-9 ? -Math.min(rx, ry, rz) : (k0 * (k0 - 1)) / k1;
}

export function sphere(x: number, y: number, z: number, r: number): number {
  return Math.sqrt(x * x + y * y + z * z) - r;
}

/** A box with half sizes (hx, hy, hz) and edges rounded by `r`. */
export function roundBox(
  x: number,
  y: number,
  z: number,
  hx: number,
  hy: number,
  hz: number,
  r: number,
): number {
  const qx = Math.abs(x) - hx + r;
  const qy = Math.abs(y) - hy + r;
  const qz = Math.abs(z) - hz + r;
  const ox = Math.max(qx, 0);
  const oy = Math.max(qy, 0);
  const oz = Math.max(qz, 0);
  const inside = Math.max(qx, qy, qz);
  return Math.sqrt(ox * ox + oy * oy + oz * oz) + Math.min(inside, 0) - r;
}

/** A frame packed for `localX`, `localY` and `localZ`, with lengths divided by `size`. */
export function packFrame(frame: Frame): Float64Array {
  return Float64Array.of(...frame.x, ...frame.y, ...frame.z, ...frame.origin);
}

export function localX(f: Float64Array, x: number, y: number, z: number): number {
  return (x - f[9]!) * f[0]! + (y - f[10]!) * f[1]! + (z - f[11]!) * f[2]!;
}

export function localY(f: Float64Array, x: number, y: number, z: number): number {
  return (x - f[9]!) * f[3]! + (y - f[10]!) * f[4]! + (z - f[11]!) * f[5]!;
}

export function localZ(f: Float64Array, x: number, y: number, z: number): number {
  return (x - f[9]!) * f[6]! + (y - f[10]!) * f[7]! + (z - f[11]!) * f[8]!;
}

function hashLattice(x: number, y: number, z: number): number {
  let h = Math.imul(x, 374761393) ^ Math.imul(y, 668265263) ^ Math.imul(z, 1274126177);
  h = Math.imul(h ^ (h >>> 13), 1274126177);
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
}

/** Smooth random hills from 0 to 1 with one hill per unit of length; always the same ones. */
export function valueNoise(x: number, y: number, z: number): number {
  const ix = Math.floor(x);
  const iy = Math.floor(y);
  const iz = Math.floor(z);
  const fx = x - ix;
  const fy = y - iy;
  const fz = z - iz;
  const ux = fx * fx * (3 - 2 * fx);
  const uy = fy * fy * (3 - 2 * fy);
  const uz = fz * fz * (3 - 2 * fz);
  let sum = 0;
  for (let corner = 0; corner < 8; corner++) {
    const [dx, dy, dz] = [corner & 1, (corner >> 1) & 1, corner >> 2];
    const weight = (dx ? ux : 1 - ux) * (dy ? uy : 1 - uy) * (dz ? uz : 1 - uz);
    sum += weight * hashLattice(ix + dx, iy + dy, iz + dz);
  }
  return sum;
}
