/**
 * How light falls on a surface: a key light with a soft shadow, a sky and a floor that fill, two
 * rims from behind; and the film curve that turns light into a picture.
 */
import type { Vec } from './space.ts';
import { normalize, smoothstep } from './space.ts';
import type { Colour, Surface } from './surface.ts';

export type Lighting = {
  key: Vec;
  keyColour: Colour;
  sky: Colour;
  floor: Colour;
  rims: readonly { from: Vec; colour: Colour }[];
  /** How sharp the shadow of the key light is: the inverse of the lamp's apparent size. */
  sharpness: number;
  exposure: number;
};

export const STAGE_LIGHT: Lighting = {
  key: normalize([-0.5, 0.82, 0.85]),
  keyColour: [1.75, 1.58, 1.36],
  sky: [0.4, 0.36, 0.4],
  floor: [0.3, 0.18, 0.13],
  rims: [
    { from: normalize([0.85, 0.45, -0.6]), colour: [2.2, 1.5, 0.95] },
    { from: normalize([-0.9, 0.35, -0.55]), colour: [1.1, 0.95, 1.5] },
  ],
  sharpness: 7,
  exposure: 0.78,
};

export const STUDIO_LIGHT: Lighting = {
  key: normalize([0.62, 0.8, 0.8]),
  keyColour: [1.75, 1.66, 1.52],
  sky: [0.5, 0.53, 0.58],
  floor: [0.4, 0.33, 0.26],
  rims: [
    { from: normalize([-0.9, 0.4, -0.5]), colour: [1.3, 1.25, 1.2] },
    { from: normalize([0.9, 0.4, -0.6]), colour: [0.9, 1.0, 1.15] },
  ],
  sharpness: 6,
  exposure: 0.78,
};

/** What the renderer found out about one point. */
export type Hit = {
  nx: number;
  ny: number;
  nz: number;
  /** Direction from the point to the eye. */
  vx: number;
  vy: number;
  vz: number;
  shadow: number;
  open: number;
};

/** Light leaving the point towards the eye; the answer is written into `out` at `at`. */
export function shade(light: Lighting, s: Surface, h: Hit, out: Float32Array, at: number): void {
  const [kx, ky, kz] = light.key;
  const facing = h.nx * kx + h.ny * ky + h.nz * kz;
  const seen = Math.max(0, h.nx * h.vx + h.ny * h.vy + h.nz * h.vz);
  const edge = (1 - seen) ** 3;
  const up = 0.5 + 0.5 * h.ny;
  // Skin lets light through: the red part of it reaches around the terminator.
  const wrap = (by: number): number => Math.max(0, (facing + by) / (1 + by));
  const red = wrap(0.42 * s.skin + 0.06) * h.shadow ** (1 - 0.4 * s.skin);
  const green = wrap(0.16 * s.skin + 0.06) * h.shadow;
  const blue = wrap(0.1 * s.skin + 0.06) * h.shadow;
  const opening = (albedo: number): number => h.open ** (1 - 0.45 * albedo);
  const fill = (sky: number, floor: number): number => floor + (sky - floor) * up;
  let r = s.red * (light.keyColour[0] * red + fill(light.sky[0], light.floor[0]) * opening(s.red));
  let g =
    s.green * (light.keyColour[1] * green + fill(light.sky[1], light.floor[1]) * opening(s.green));
  let b =
    s.blue * (light.keyColour[2] * blue + fill(light.sky[2], light.floor[2]) * opening(s.blue));
  const hx = kx + h.vx;
  const hy = ky + h.vy;
  const hz = kz + h.vz;
  const half = Math.max(0, (h.nx * hx + h.ny * hy + h.nz * hz) / Math.hypot(hx, hy, hz));
  const shine =
    s.gloss * (s.shine + 8) * 0.045 * half ** s.shine * Math.max(0, facing) * h.shadow +
    s.gloss * edge * 0.5 * h.open;
  const fuzz = s.sheen * edge * (0.35 + 0.65 * h.open);
  r += shine * light.keyColour[0] + fuzz * (0.25 + s.red) * 0.9;
  g += shine * light.keyColour[1] + fuzz * (0.25 + s.green) * 0.9;
  b += shine * light.keyColour[2] + fuzz * (0.25 + s.blue) * 0.9;
  for (const rim of light.rims) {
    const toward = h.nx * rim.from[0] + h.ny * rim.from[1] + h.nz * rim.from[2];
    const amount = smoothstep(0.05, 0.9, toward) * (1 - seen) ** 1.5 * h.open;
    r += amount * rim.colour[0] * (0.12 + s.red);
    g += amount * rim.colour[1] * (0.12 + s.green);
    b += amount * rim.colour[2] * (0.12 + s.blue);
  }
  out[at] = r + s.glow * 2.5;
  out[at + 1] = g + s.glow * 2.5;
  out[at + 2] = b + s.glow * 2.4;
}

const FILM_STEPS = 16384;

/** The developed byte of every light, over light / (1 + light), for one exposure. */
export function makeFilm(exposure: number): (light: number) => number {
  const bytes = Uint8Array.from({ length: FILM_STEPS + 1 }, (_, i) => {
    const share = Math.min(i / FILM_STEPS, 0.9999);
    return Math.round(255 * develop(share / (1 - share), exposure));
  });
  return (light) => bytes[Math.round((light / (1 + light)) * FILM_STEPS)]!;
}

/**
 * The film curve (K. Narkowicz's fit of ACES) and sRGB encoding: linear light to 0..1.
 */
function develop(light: number, exposure: number): number {
  const x = light * exposure;
  const film = (x * (2.51 * x + 0.03)) / (x * (2.43 * x + 0.59) + 0.14);
  const c = film < 0 ? 0 : Math.min(film, 1);
  return c <= 0.0031308 ? c * 12.92 : 1.055 * c ** (1 / 2.4) - 0.055;
}
