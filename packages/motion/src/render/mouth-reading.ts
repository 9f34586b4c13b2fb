/**
 * Reads what is known of the driver's open mouths before any is drawn: where each opening lies, and
 * the colours of the whole clip, so that neither teeth nor lips flicker from frame to frame.
 */

import { BLACK, type Colour, luminanceOf, meanColour } from '../model/colour.ts';
import type { RgbaImage } from '../model/image.ts';
import type { MouthPatch } from '../model/motion.ts';
import { median, percentile } from '../model/percentile.ts';
import { type FacePerformance, INNER_LIPS, type Performance } from '../model/performance.ts';
import { FACE_LANDMARK_COUNT } from '../model/pose.ts';
import { smoothstep } from '../model/scalar.ts';
import { smoothValues } from '../model/smooth-values.ts';
import { colourAt } from './colour.ts';
import { type Opening, readOpening, tightenRim } from './mouth-rim.ts';
import { type Surface, surfaceOf } from './raster.ts';

type Mouth = NonNullable<FacePerformance['mouth']>;

/** One mouth of a clip. */
export type MouthReading = {
  opening: Opening;
  /** The driver's lips beside the opening, of the whole clip. */
  lip: Colour;
  /** The luminance of the brightest teeth, and of usual ones, of the whole clip. */
  teeth: number;
  usualTeeth: number;
  /** How wide the rim is in the picture, in pixels; while the mouth stays open, the usual one. */
  width: number;
  /** How bright the opening is beside the lip, where it is bright and where it is dark. */
  bright: number;
  dark: number;
};

/** How far teeth show, and how far both rows of them fill the opening, 0..1. */
export type TeethSeen = { shown: number; filled: number };

/** Those of a performance. */
export type MouthReadings = ReadonlyMap<MouthPatch, MouthReading>;

/** Readings of one opening tremble; this Gaussian, in frames, leaves words as they are. */
const CALM_SIGMA = 1;
/** Red of the lips is looked for so far outside of the rim, across and down. */
const LIP_WAYS = [1.12, 1.2] as const;
/** The opening is looked at in so many steps from its middle to its rim. */
const STEPS = 12;
/** Teeth are this part of what is brightest in an opening, and in the clip's openings. */
const TEETH_SHARE = 0.95;
const TEETH_FRAMES = 0.9;
/** Usual teeth are the middle of all that is at least this part as bright as the brightest. */
const TEETH_PART = 0.65;

/** Mouths are read from this width on, in pixels, the wider the more. */
const WIDTH_TRUSTED = [40, 70] as const;
/** The usual width of a mouth while it stays open is this part of all. */
const WIDTH_SHARE = 0.9;
/**
 * An opening is bright in this part of it at most, and dark in that. Beside the lip its bright part
 * is so bright when teeth begin to show, and do; its dark part when they begin to fill it, and do.
 */
const BRIGHT_SHARE = 0.75;
const DARK_SHARE = 0.3;
const TEETH_PER_LIP = [0.85, 1.15] as const;
const FILLED_PER_LIP = [0.75, 1] as const;
/** Readings of so few pixels tremble; this Gaussian, in frames, leaves words as they are. */
const LIGHT_SIGMA = 2;

/** So many pictures are opened ahead of the one that is read. */
const OPENED_AHEAD = 4;

/** Opens a patch; the renderer's. */
export type OpenPatch = (patch: MouthPatch) => Promise<RgbaImage>;

/**
 * Reads all mouths of a performance.
 *
 * @throws the signal's reason when aborted
 */
export async function readMouths(
  { frames }: Performance,
  open: OpenPatch,
  signal?: AbortSignal,
): Promise<MouthReadings> {
  const readings = new Map<MouthPatch, MouthReading>();
  let run: MouthReading[] = [];
  // Some are opened ahead in other threads while one is read.
  const opening: Promise<RgbaImage | null>[] = [];
  let next = 0;
  const openNext = (): void => {
    const mouth = frames[next]?.face?.mouth;
    const opened = mouth ? open(mouth.patch) : Promise.resolve(null);
    // Those that are not waited for any more may fail unheard.
    opened.catch(() => {});
    opening.push(opened);
    next += 1;
  };
  while (next < OPENED_AHEAD) openNext();
  for (const { face } of frames) {
    signal?.throwIfAborted();
    openNext();
    const picture = await opening.shift()!;
    if (!face?.mouth || !picture) {
      calmRun(run);
      run = [];
      continue;
    }
    const reading = readMouth(face.mouth, picture);
    readings.set(face.mouth.patch, reading);
    run.push(reading);
  }
  calmRun(run);
  const all = [...readings.values()];
  if (all.length === 0) return readings;
  const usual = (i: 0 | 1 | 2): number => median(all.map(({ lip }) => lip[i]));
  const lip: Colour = [usual(0), usual(1), usual(2)];
  const teeth = percentile(
    all.map((it) => it.teeth),
    TEETH_FRAMES,
  );
  // Mouths that hide their teeth do not tell what teeth are like.
  const shown = all.filter((it) => it.teeth >= TEETH_PART * teeth);
  const usualTeeth = median(shown.map((it) => it.usualTeeth));
  for (const reading of all) Object.assign(reading, { lip, teeth, usualTeeth });
  return readings;
}

/** Reads one mouth by itself. */
export function readMouth(mouth: Mouth, picture: RgbaImage): MouthReading {
  const surface = surfaceOf(picture);
  const places = placesOfRim(mouth, picture);
  const lip = lipColour(surface, places);
  const opening = readOpening(surface, places);
  const width = widthOfRim(places);
  tightenRim(places, opening);
  const lights = lightsWithin(surface, places);
  const teeth = percentile(lights, TEETH_SHARE);
  const usualTeeth = median(lights.filter((light) => light >= TEETH_PART * teeth));
  const lipLight = Math.max(luminanceOf(lip), 1);
  const bright = percentile(lights, BRIGHT_SHARE) / lipLight;
  const dark = percentile(lights, DARK_SHARE) / lipLight;
  return { opening, lip, teeth, usualTeeth, width, bright, dark };
}

/**
 * How far a reading is good enough to be shown, 0..1: a mouth of a few pixels that is enlarged has
 * gaps and blocks for teeth.
 */
export function trustOf({ width }: MouthReading): number {
  return smoothstep(...WIDTH_TRUSTED, width);
}

/**
 * How far the driver's teeth show, and how far both rows fill the opening, 0..1; so much even a few
 * pixels tell.
 */
export function teethSeenIn({ bright, dark }: MouthReading): TeethSeen {
  return {
    shown: smoothstep(...TEETH_PER_LIP, bright),
    filled: smoothstep(...FILLED_PER_LIP, dark),
  };
}

/** Where the inner rim lies in the picture of a mouth; x and y of all face points. */
export function placesOfRim({ patch, lips }: Mouth, picture: RgbaImage): Float32Array {
  const places = new Float32Array(FACE_LANDMARK_COUNT * 2);
  for (const [i, point] of INNER_LIPS.entries()) {
    places[point * 2] = ((lips[i * 2]! - patch.x) * picture.width) / patch.width;
    places[point * 2 + 1] = ((lips[i * 2 + 1]! - patch.y) * picture.height) / patch.height;
  }
  return places;
}

/** One mouth while it stays open: what is known of it does not tremble from frame to frame. */
function calmRun(run: readonly MouthReading[]): void {
  if (run.length < 2) return;
  const width = percentile(
    run.map((it) => it.width),
    WIDTH_SHARE,
  );
  const [bright, dark] = (['bright', 'dark'] as const).map((light) =>
    smoothValues(
      Float64Array.from(run, (it) => it[light]),
      LIGHT_SIGMA,
    ),
  );
  const rows = run.map(({ opening }) => [...opening.shares, ...opening.centre]);
  const calm = rows[0]!.map((_, i) =>
    smoothValues(
      Float64Array.from(rows, (row) => row[i]!),
      CALM_SIGMA,
    ),
  );
  for (const [frame, reading] of run.entries()) {
    const values = calm.map((series) => series[frame]!);
    const [x, y] = values.slice(INNER_LIPS.length);
    Object.assign(reading, { width, bright: bright![frame]!, dark: dark![frame]! });
    reading.opening = { centre: [x!, y!], shares: values.slice(0, INNER_LIPS.length) };
  }
}

function lipColour(surface: Surface, places: Float32Array): Colour {
  const [x, y] = middleOfRim(places);
  const colours = INNER_LIPS.map((point) =>
    colourAt(
      surface,
      x + LIP_WAYS[0] * (places[point * 2]! - x),
      y + LIP_WAYS[1] * (places[point * 2 + 1]! - y),
    ),
  );
  return meanColour(colours) ?? BLACK;
}

/** Luminances all over the opening. */
function lightsWithin(surface: Surface, places: Float32Array): number[] {
  const [x, y] = middleOfRim(places);
  return INNER_LIPS.flatMap((point) =>
    Array.from({ length: STEPS }, (_, step) => {
      const way = Math.sqrt((step + 0.5) / STEPS);
      const [dx, dy] = [places[point * 2]! - x, places[point * 2 + 1]! - y];
      return luminanceOf(colourAt(surface, x + way * dx, y + way * dy));
    }),
  );
}

function widthOfRim(places: Float32Array): number {
  const [right, left] = [INNER_LIPS[0]! * 2, INNER_LIPS[INNER_LIPS.length / 2]! * 2];
  return Math.hypot(places[left]! - places[right]!, places[left + 1]! - places[right + 1]!);
}

function middleOfRim(places: Float32Array): readonly [x: number, y: number] {
  const sum = (axis: 0 | 1): number =>
    INNER_LIPS.reduce((total, point) => total + places[point * 2 + axis]!, 0);
  return [sum(0) / INNER_LIPS.length, sum(1) / INNER_LIPS.length];
}
