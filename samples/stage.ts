/** A theatre stage: red velvet with a golden hem, warm boards under a spotlight, small lamps. */
import { type Camera, project } from './camera.ts';
import { valueNoise } from './distance.ts';
import { clamp, mix, smoothstep, type Vec } from './space.ts';
import { linearColour } from './surface.ts';

const CURTAIN_Z = -1.5;
const VALANCE_Z = -1.25;
const VELVET = linearColour(0xa3182a);
const GOLD = linearColour(0xe0a63c);
const BOARD = linearColour(0xb5743f);
const BOARD_DARK = linearColour(0x7e4724);

/** Where the light of the spot falls, 0..1 and a little over. */
function spotlight(x: number, z: number): number {
  return 0.2 + 0.95 * smoothstep(1.45, 0.15, Math.hypot(x, (z + 0.05) * 0.8));
}

function floorColour(x: number, z: number, out: Float64Array): void {
  const width = 0.15;
  const lane = Math.floor(x / width + 0.5);
  const across = Math.abs(x / width + 0.5 - lane - 0.5) * width;
  const seam = smoothstep(0.0005, 0.004, width / 2 - across);
  const butt = Math.abs((((z + lane * 0.73) / 1.7) % 1) * 1.7);
  const end = smoothstep(0.001, 0.004, Math.min(butt, 1.7 - butt));
  const tint = valueNoise(lane * 7.3, Math.floor((z + lane * 0.73) / 1.7) * 3.1, 1);
  const grain =
    valueNoise(x * 90, z * 5 + lane * 17, 2) * 0.6 + valueNoise(x * 260, z * 9, 7) * 0.4;
  const dark = clamp(0.45 * tint + 0.55 * grain, 0, 1);
  const light = spotlight(x, z) * 1.55 * (0.35 + 0.65 * seam * end);
  for (let c = 0; c < 3; c++) out[c] = mix(BOARD[c]!, BOARD_DARK[c]!, dark) * light;
}

/** Velvet hangs in folds; the hem carries gold. */
function velvetColour(x: number, y: number, pitch: number, light: number, out: Float64Array): void {
  const sag = 0.5 * Math.sin(y * 1.1 + x * 2) + 1.2 * valueNoise(x * 1.3, y * 0.35, 5);
  const phase = x * pitch + sag;
  const slope = Math.cos(phase) + 0.35 * Math.cos(phase * 2.3 + 1);
  const depth = 0.5 + 0.5 * Math.sin(phase + 0.6);
  const lit = clamp(0.42 + 0.34 * slope, 0.08, 1) * (0.45 + 0.55 * depth);
  const sheen = 0.22 * Math.max(0, slope) ** 3;
  for (let c = 0; c < 3; c++)
    out[c] = (VELVET[c]! * lit * 2.1 + (VELVET[c]! + 0.05) * sheen) * light;
}

export function stageColour(origin: Vec, direction: Vec, out: Float64Array): void {
  const toValance = (VALANCE_Z - origin[2]) / direction[2];
  const vx = origin[0] + direction[0] * toValance;
  const vy = origin[1] + direction[1] * toValance;
  const scallop = 2.02 - 0.1 * Math.sqrt(Math.abs(Math.sin(vx * 2.6 + 0.0)));
  if (vy > scallop) {
    velvetColour(vx, vy, 26, 0.5, out);
    if (vy < scallop + 0.045) {
      const fringe = 0.65 + 0.35 * Math.sin(vx * 240);
      for (let c = 0; c < 3; c++) out[c] = GOLD[c]! * fringe * 0.85;
    }
    return;
  }
  const toWall = (CURTAIN_Z - origin[2]) / direction[2];
  const y = origin[1] + direction[1] * toWall;
  const x = origin[0] + direction[0] * toWall;
  if (y > 0) {
    const pool = Math.exp(-(((x / 0.75) ** 2 + ((y - 1.05) / 1.05) ** 2) ** 1.1));
    velvetColour(x, y, 23, 0.16 + 0.8 * pool, out);
    const band = smoothstep(0.012, 0, Math.abs(y - 0.1) - 0.03);
    const thin = smoothstep(0.006, 0, Math.abs(y - 0.17) - 0.006);
    const shine = 0.2 + 1.5 * (out[0]! / 0.6);
    for (let c = 0; c < 3; c++)
      out[c] = mix(out[c]!, GOLD[c]! * shine, 0.85 * Math.max(band, thin));
    return;
  }
  const toFloor = -origin[1] / direction[1];
  const fx = origin[0] + direction[0] * toFloor;
  const fz = origin[2] + direction[2] * toFloor;
  floorColour(fx, fz, out);
  const near = smoothstep(0, 0.5, fz - CURTAIN_Z);
  for (let c = 0; c < 3; c++) out[c]! *= 0.35 + 0.65 * near;
}

/**
 * A string of small lamps before the curtain, out of focus: each is a soft disc of light. It hangs
 * clear of the hair, so that cutting the figure out is fair.
 */
export function addLamps(camera: Camera, light: Float32Array): void {
  const { width, height } = camera;
  for (let k = -7; k < 7; k++) {
    const swing = Math.abs(((k + 70.5) % 7) - 3.5) / 3.5;
    const lamp: Vec = [(k + 0.5) * 0.112, 1.87 + 0.09 * swing ** 2, -1.15];
    const [px, py] = project(camera, lamp);
    const radius = height * 0.0105;
    const warm = 0.8 + 0.3 * valueNoise(k * 3.7, 1, 1);
    for (let y = Math.floor(py - radius * 6); y < py + radius * 6; y++) {
      for (let x = Math.floor(px - radius * 6); x < px + radius * 6; x++) {
        if (x < 0 || y < 0 || x >= width || y >= height) continue;
        const d = Math.hypot(x + 0.5 - px, y + 0.5 - py) / radius;
        const disc = 0.85 * smoothstep(1.08, 0.92, d) * (0.75 + 0.25 * d);
        const haze = 0.1 * Math.exp(-((d / 2.6) ** 2));
        const at = (y * width + x) * 3;
        light[at]! += warm * (disc + haze) * 1.5;
        light[at + 1]! += warm * (disc + haze) * 0.95;
        light[at + 2]! += warm * (disc + haze) * 0.42;
      }
    }
  }
}
