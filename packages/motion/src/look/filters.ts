/** Puts the looks of a prompt into the order in which they make sense, ready for one size. */

import type { RgbaImage } from '../model/image.ts';
import { createComic } from './comic.ts';
import { createGrade } from './grade.ts';
import { GRADES, type GradeWord } from './grades.ts';
import { createGrain } from './grain.ts';
import { createNeon } from './neon.ts';
import { createPencil } from './pencil.ts';
import { createPixelate } from './pixelate.ts';
import type { Look } from './read-prompt.ts';
import { createVignette } from './vignette.ts';
import type { LookWord } from './vocabulary.ts';

/** Changes a frame in place; `index` is its number in the video. */
export type Filter = (frame: RgbaImage, index: number) => void;

/** Draw, then light, then colour, lens and film; squares last, since nothing may blur them. */
const ORDER: readonly LookWord[] = [
  'comic',
  'pencil',
  'neon',
  'noir',
  'black and white',
  'cinematic',
  'film',
  'vintage',
  'warm',
  'cold',
  'sepia',
  'vignette',
  'grain',
  'pixel',
];

/**
 * Filters for frames of one size, in order. `motion blur` is none: it is made while drawing, see
 * `openShutter`.
 */
export function createFilters(looks: readonly Look[], width: number, height: number): Filter[] {
  return looks
    .filter(({ name }) => ORDER.includes(name))
    .sort((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name))
    .map((look) => createFilter(look, width, height));
}

function createFilter({ name, strength }: Look, width: number, height: number): Filter {
  const shorter = Math.min(width, height);
  if (isGrade(name)) return createGrade(GRADES[name](strength));
  if (name === 'comic') return createComic(width, height, strength);
  if (name === 'pencil') return createPencil(width, height, strength);
  if (name === 'neon') return createNeon(width, height, strength);
  if (name === 'vignette') return createVignette(width, height, strength);
  if (name === 'grain') return createGrain(shorter, strength);
  return createPixelate(shorter, strength);
}

function isGrade(name: LookWord): name is GradeWord {
  return name in GRADES;
}
