/** A bright room to dance in: a painted wall with a patch of sun, oak boards, a plant, a radio. */
import { valueNoise } from './distance.ts';
import { clamp, mix, smoothstep, type Vec } from './space.ts';
import { type Colour, linearColour } from './surface.ts';

const WALL_Z = -1.5;
const THINGS_Z = -1.2;
const WALL = linearColour(0xf6d2ae);
const WALL_LOW = linearColour(0xe9b48c);
const SUN = linearColour(0xffe9c4);
const BOARD = linearColour(0xd8b184);
const BOARD_DARK = linearColour(0xb78a5c);
const SKIRTING = linearColour(0xf8f2e8);
const POT = linearColour(0xd8734a);
const LEAF = linearColour(0x3f8a56);
const LEAF_DARK = linearColour(0x1f5a3a);
const RADIO = linearColour(0xef6f55);
const RADIO_DARK = linearColour(0x3a3340);
const RADIO_LIGHT = linearColour(0xf6e8cf);

function put(out: Float64Array, colour: Colour, amount: number, light: number): void {
  for (let c = 0; c < 3; c++) out[c] = mix(out[c]!, colour[c]! * light, amount);
}

function wallColour(x: number, y: number, out: Float64Array): void {
  const grain = 0.99 + 0.02 * valueNoise(x * 3, y * 3, 3);
  const corner = 1 - 0.16 * smoothstep(0.5, 1.2, Math.abs(x));
  const light = 1.12 * grain * corner * (0.86 + 0.14 * smoothstep(0, 1.4, y));
  out.fill(0);
  put(out, WALL, 1, light);
  put(out, WALL_LOW, smoothstep(0.806, 0.796, y), light);
  put(out, SKIRTING, smoothstep(0.82, 0.815, Math.abs(y - 0.8) + 0.805), light);
  // The sun comes through a window with one cross of bars and falls aslant.
  const [u, v] = [x + 0.62 + (y - 1.5) * 0.35, y - 1.62 - x * 0.12];
  const pane = smoothstep(0.37, 0.34, Math.abs(u)) * smoothstep(0.5, 0.47, Math.abs(v));
  const bars = smoothstep(0.016, 0.03, Math.abs(u)) * smoothstep(0.016, 0.03, Math.abs(v + 0.05));
  const sun = 0.42 * pane * bars;
  for (let c = 0; c < 3; c++) out[c]! += sun * SUN[c]! * (out[c]! + 0.1);
  put(out, SKIRTING, smoothstep(0.112, 0.108, y), light * (y > 0.1 ? 0.8 : 0.98));
}

function floorColour(x: number, z: number, out: Float64Array): void {
  const width = 0.13;
  const lane = Math.floor(z / width);
  const across = Math.abs(z / width - lane - 0.5) * width;
  const seam = smoothstep(0.0005, 0.004, width / 2 - across);
  const shift = lane * 0.61;
  const butt = (((x + shift + 40) / 1.3) % 1) * 1.3;
  const end = smoothstep(0.001, 0.004, Math.min(butt, 1.3 - butt));
  const tint = valueNoise(lane * 5.1, Math.floor((x + shift + 40) / 1.3) * 2.7, 4);
  const grain = valueNoise(x * 5 + lane * 9, z * 110, 2);
  out.fill(0);
  const light = (0.94 - 0.12 * smoothstep(0.4, -1.4, z)) * (0.6 + 0.4 * seam * end);
  put(out, BOARD, 1, light);
  put(out, BOARD_DARK, clamp(0.5 * tint + 0.35 * grain, 0, 1), light);
}

/** Leaves as long drops around the pot's mouth: angle, length, width. */
const LEAVES = [
  [-1.05, 0.36, 0.062],
  [1.1, 0.34, 0.06],
  [-0.62, 0.5, 0.07],
  [0.66, 0.48, 0.068],
  [-0.26, 0.58, 0.07],
  [0.3, 0.6, 0.07],
  [0.02, 0.68, 0.072],
] as const;

/** Pot and plant; returns whether they cover the place. */
function plantColour(x: number, y: number, out: Float64Array): boolean {
  const px = x - 0.68;
  for (const [angle, length, width] of LEAVES) {
    const [s, c] = [Math.sin(angle), Math.cos(angle)];
    const along = px * s + (y - 0.28) * c;
    const aside = px * c - (y - 0.28) * s - 0.12 * angle * (along / length) ** 2 * length;
    const t = along / length;
    if (t < 0 || t > 1) continue;
    const half = width * Math.sin(Math.PI * t ** 0.8) ** 0.9;
    if (Math.abs(aside) > half) continue;
    const vein = smoothstep(0.002, 0.006, Math.abs(aside));
    put(out, LEAF, 1, 0.65 + 0.5 * t);
    put(out, LEAF_DARK, aside > 0 ? 0.55 : 0.15 * vein, 1);
    return true;
  }
  const half = 0.095 + 0.16 * y + (y > 0.25 ? 0.012 : 0);
  if (y > 0.3 || y < 0 || Math.abs(px) > half) return false;
  const round = Math.sqrt(1 - (px / half) ** 2);
  put(out, POT, 1, (0.4 + 0.6 * round) * (y > 0.25 ? 1.05 : 0.95));
  return true;
}

/** A radio with two speakers and a handle, on a low stool. */
function radioColour(x: number, y: number, out: Float64Array): boolean {
  const px = x + 0.6;
  const py = y - 0.56;
  if (Math.abs(px) < 0.2 && y < 0.45 && y > 0) {
    const leg = Math.abs(Math.abs(px) - 0.15 - 0.03 * (0.45 - y)) < 0.014;
    const seat = y > 0.415;
    if (!leg && !seat) return false;
    put(out, BOARD_DARK, 1, seat ? 0.85 : 0.6);
    return true;
  }
  const box = Math.max(Math.abs(px) - 0.2, Math.abs(py) - 0.11);
  const bar = Math.max(Math.abs(px) - 0.13, Math.abs(py - 0.15) - 0.012);
  const posts = Math.max(Math.abs(Math.abs(px) - 0.118) - 0.012, Math.abs(py - 0.13) - 0.032);
  const handle = Math.min(bar, posts);
  if (box > 0 && handle > 0) return false;
  put(out, RADIO, 1, 0.9 + 0.7 * py);
  if (handle <= 0 && box > 0) put(out, RADIO_DARK, 1, 1);
  const ring = Math.hypot(Math.abs(px) - 0.115, py + 0.02);
  put(out, RADIO_LIGHT, smoothstep(0.074, 0.07, ring), 0.9);
  put(out, RADIO_DARK, smoothstep(0.064, 0.06, ring), 1);
  put(out, RADIO_LIGHT, smoothstep(0.02, 0.017, ring), 0.7);
  const dial = Math.max(Math.abs(px) - 0.17, Math.abs(py - 0.082) - 0.013);
  put(out, RADIO_LIGHT, smoothstep(0.002, 0, dial), 0.95);
  return true;
}

export function studioColour(origin: Vec, direction: Vec, out: Float64Array): void {
  const toThings = (THINGS_Z - origin[2]) / direction[2];
  const tx = origin[0] + direction[0] * toThings;
  const ty = origin[1] + direction[1] * toThings;
  if (ty > 0 && (plantColour(tx, ty, out) || radioColour(tx, ty, out))) return;
  const toWall = (WALL_Z - origin[2]) / direction[2];
  const y = origin[1] + direction[1] * toWall;
  if (y > 0) {
    wallColour(origin[0] + direction[0] * toWall, y, out);
    return;
  }
  const toFloor = -origin[1] / direction[1];
  const x = origin[0] + direction[0] * toFloor;
  const z = origin[2] + direction[2] * toFloor;
  floorColour(x, z, out);
  // Pot and stool darken the floor around their feet.
  const pot = Math.hypot(x - 0.68, (z - THINGS_Z) * 1.6);
  const stool = Math.hypot((x + 0.6) * 0.8, (z - THINGS_Z) * 1.6);
  const dark = 1 - 0.45 * smoothstep(0.26, 0.08, pot) - 0.35 * smoothstep(0.26, 0.08, stool);
  const near = 0.72 + 0.28 * smoothstep(0, 0.35, z - WALL_Z);
  for (let c = 0; c < 3; c++) out[c]! *= dark * near;
}
