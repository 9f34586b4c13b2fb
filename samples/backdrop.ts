/**
 * The two rooms, drawn once and reused by every frame: a theatre stage for the picture, a plain
 * studio for the clip. Both are seen through a lens that is sharp where the figure stands.
 */
import { aimRay, type Camera } from './camera.ts';
import { valueNoise } from './distance.ts';
import { add, normalize, scale, subtract, type Vec } from './space.ts';
import { addLamps, stageColour } from './stage.ts';
import { studioColour } from './studio.ts';

export type Room = 'stage' | 'studio';

/** Light coming along a ray from the empty room, written into `out`. */
type RoomColour = (origin: Vec, direction: Vec, out: Float64Array) => void;

/** Radius of the lens in metres: larger blurs the wall more. */
const LENS_RADIUS = { stage: 0.055, studio: 0.05 } as const;
const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));

/** Linear light of the empty room, three numbers a pixel, from `rays` lens points each. */
export function drawBackdrop(room: Room, camera: Camera, rays: number): Float32Array {
  const { width, height, eye } = camera;
  const out = new Float32Array(width * height * 3);
  const colour = new Float64Array(3);
  const roomColour: RoomColour = room === 'stage' ? stageColour : studioColour;
  const focus = Math.hypot(...eye) - 0.05;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const twist = 6.283 * valueNoise(x * 1.37, y * 1.37, 0.5);
      const at = (y * width + x) * 3;
      for (let k = 0; k < rays; k++) {
        const jx = (k * 0.7549 + 0.5) % 1;
        const jy = (k * 0.5698 + 0.5) % 1;
        const straight = aimRay(camera, x + jx, y + jy);
        const r = LENS_RADIUS[room] * Math.sqrt((k + 0.5) / rays);
        const angle = k * GOLDEN_ANGLE + twist;
        const lens = add(
          scale(camera.right, r * Math.cos(angle)),
          scale(camera.up, r * Math.sin(angle)),
        );
        const direction = normalize(subtract(scale(straight, focus), lens));
        colour.fill(0);
        roomColour(add(eye, lens), direction, colour);
        for (let c = 0; c < 3; c++) out[at + c]! += colour[c]! / rays;
      }
    }
  }
  if (room === 'stage') addLamps(camera, out);
  return out;
}
