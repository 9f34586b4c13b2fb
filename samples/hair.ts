/**
 * Hair: a cap that leaves the face free, with either locks and a bun or tight curls on it. The
 * single strands exist only as relief and colour.
 */
import {
  carve,
  ellipsoid,
  localX,
  localY,
  localZ,
  makeRod,
  meld,
  packFrame,
  type Rod,
  rodDistance,
  sphere,
  valueNoise,
} from './distance.ts';
import type { Look } from './looks.ts';
import type { Skeleton } from './skeleton.ts';
import { smoothstep } from './space.ts';
import type { Part, Surface } from './surface.ts';
import { coat, setPolished, tone } from './surface.ts';

type Shape = (x: number, y: number, z: number) => number;

/** Locks from the parting over the forehead, and two long ones beside the cheeks. */
const LOCKS: readonly Rod[] = [
  makeRod([0.028, 0.122, 0.052], [-0.03, 0.082, 0.088], 0.018, 0.015),
  makeRod([-0.022, 0.09, 0.084], [-0.074, 0.036, 0.058], 0.0165, 0.0105),
  makeRod([0.02, 0.126, 0.03], [-0.068, 0.085, 0.045], 0.022, 0.018),
  makeRod([-0.064, 0.088, 0.04], [-0.092, 0.01, 0.03], 0.019, 0.012),
  makeRod([0.034, 0.116, 0.056], [0.072, 0.07, 0.062], 0.017, 0.015),
  makeRod([0.07, 0.078, 0.06], [0.09, 0.014, 0.034], 0.0155, 0.011),
  makeRod([0.09, 0.016, 0.033], [0.0905, -0.042, 0.036], 0.0115, 0.0088),
  makeRod([0.0905, -0.042, 0.036], [0.08, -0.096, 0.05], 0.0088, 0.0022),
  makeRod([-0.091, 0.012, 0.031], [-0.0915, -0.042, 0.036], 0.012, 0.0088),
  makeRod([-0.0915, -0.042, 0.036], [-0.081, -0.096, 0.05], 0.0088, 0.0022),
];

function bunDistance(x: number, y: number, z: number): number {
  let d = ellipsoid(x, y - 0.036, z + 0.016, 0.092, 0.11, 0.106);
  d = carve(d, ellipsoid(x, y + 0.055, z - 0.1, 0.081, 0.125, 0.088), 0.02);
  d = meld(d, ellipsoid(x, y + 0.005, z + 0.05, 0.074, 0.075, 0.052), 0.03);
  for (const lock of LOCKS) d = meld(d, rodDistance(lock, x, y, z), 0.014);
  const bun = ellipsoid(x, y - 0.178, z + 0.03, 0.052, 0.043, 0.05);
  return meld(d, bun, 0.012);
}

/** Heights of the curls, about -1 to 1. */
function curlWave(x: number, y: number, z: number): number {
  const u = x * 165 + 2.2 * Math.sin(z * 61) + 1.2 * Math.sin(y * 77);
  const v = y * 165 + 2 * Math.sin(x * 67 + 1);
  const w = z * 165 + 2.2 * Math.sin(x * 59) + 1.4 * Math.sin(y * 71);
  return Math.sin(u) * Math.sin(v + 1.7) + Math.sin(v) * Math.sin(w) * 0.8;
}

/** Curls are bumps along three crossing waves, kept shallow so that rays cannot step over them. */
function curlDistance(x: number, y: number, z: number): number {
  let d = ellipsoid(x, y - 0.036, z + 0.014, 0.0885, 0.104, 0.101);
  const crown = ellipsoid(x, y - 0.098, z - 0.002, 0.09, 0.062, 0.099);
  d = meld(d, crown, 0.03);
  d = carve(d, ellipsoid(x, y + 0.054, z - 0.088, 0.088, 0.126, 0.096), 0.014);
  if (d > 0.03) return d - 0.012;
  return d - (0.005 + 0.0056 * curlWave(x, y, z)) * smoothstep(0.01, 0.075, y);
}

export function makeHair(skeleton: Skeleton, look: Look): Part[] {
  const size = skeleton.build.head;
  const frame = packFrame(skeleton.head);
  const curly = look.hair === 'curls';
  const shape: Shape = curly ? curlDistance : bunDistance;
  const place = (run: Shape): Shape => {
    return (x, y, z) =>
      run(
        localX(frame, x, y, z) / size,
        localY(frame, x, y, z) / size,
        localZ(frame, x, y, z) / size,
      ) * size;
  };
  const head = skeleton.head;
  const middle = curly ? 0.04 : 0.06;
  const part: Part = {
    name: 'hair',
    centre: [
      head.origin[0] + head.y[0] * middle,
      head.origin[1] + head.y[1] * middle,
      head.origin[2] + head.y[2] * middle,
    ],
    radius: (curly ? 0.17 : 0.2) * size,
    distance: curly ? place((x, y, z) => shape(x, y, z) * 0.7) : place(shape),
    relief: place(curly ? curlRelief : strandRelief),
    paint: (x, y, z, s) =>
      paintHair(
        look,
        localX(frame, x, y, z) / size,
        localY(frame, x, y, z) / size,
        localZ(frame, x, y, z) / size,
        s,
      ),
  };
  return curly ? [part] : [part, makeBand(frame, size, head.origin, look)];
}

/** Along which strand of the combed hair a point lies; strands run down from the crown. */
function strandAt(x: number, y: number, z: number): number {
  if (y > 0.138) {
    const angle = Math.atan2(z + 0.03, x);
    return angle * 5 + (y - 0.17) * 70 + 1.5 * Math.sin(angle * 2);
  }
  const angle = Math.atan2(x - 0.02, z + 0.03 + Math.max(0, y) * 0.2);
  return angle * 17 + 2.2 * valueNoise(x * 26, y * 12, z * 26) + y * 14;
}

function strandRelief(x: number, y: number, z: number): number {
  const strand = strandAt(x, y, z);
  return 0.0011 * Math.sin(strand * 2.1) + 0.0007 * Math.sin(strand * 5.3 + 1);
}

function curlRelief(x: number, y: number, z: number): number {
  return 0.0008 * Math.sin(420 * x + 300 * y + 9 * valueNoise(x * 60, y * 60, z * 60));
}

function paintHair(look: Look, x: number, y: number, z: number, s: Surface): void {
  const curly = look.hair === 'curls';
  setPolished(s, look.hairColour, curly ? 0.09 : 0.3, 16);
  s.sheen = 0.35;
  if (curly) {
    coat(s, look.hairLight, 0.75 * smoothstep(-0.2, 1.3, curlWave(x, y, z)));
    tone(s, 0.75 + 0.4 * smoothstep(0, 0.13, y));
    return;
  }
  const strand = strandAt(x, y, z);
  const thread = 0.5 + 0.5 * Math.sin(strand * 2.1);
  coat(s, look.hairLight, 0.5 * thread * thread + 0.22 * Math.sin(strand * 5.3 + 1) ** 2);
  tone(s, 0.72 + 0.5 * smoothstep(-0.1, 0.15, y));
}

/** The ribbon under the bun. */
function makeBand(
  frame: Float64Array,
  size: number,
  centre: readonly [number, number, number],
  look: Look,
): Part {
  return {
    name: 'band',
    centre,
    radius: 0.2 * size,
    distance: (x, y, z) => {
      const lx = localX(frame, x, y, z) / size;
      const ly = localY(frame, x, y, z) / size;
      const lz = localZ(frame, x, y, z) / size;
      const ring = Math.sqrt(lx * lx + (lz + 0.028) ** 2) - 0.037;
      return sphere(ring, (ly - 0.1425) * 0.8, 0, 0.0095) * size;
    },
    paint: (_x, _y, _z, s) => {
      setPolished(s, look.hairBand, 0.2, 20);
      s.sheen = 0.4;
    },
  };
}
