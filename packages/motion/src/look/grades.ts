/** The colours of each look, as curves whose size follows the strength. */

import { bend, chain, contrast, type Grade, REC_709, range } from './grade.ts';
import type { LookWord } from './vocabulary.ts';

/** Looks that only change colours. */
export type GradeWord = Extract<
  LookWord,
  'cinematic' | 'film' | 'noir' | 'black and white' | 'sepia' | 'warm' | 'cold' | 'vintage'
>;

/** A red filter before black and white film: skin and lips turn light, blue cloth nearly black. */
const NOIR_LUMA = [0.5, 0.4, 0.1] as const;

/** What each look does to the colours at a strength of 1 being the plain word. */
export const GRADES: Record<GradeWord, (strength: number) => Grade> = {
  // Skin lies in the brighter reds, most rooms in the darker blues: teal and orange part them.
  cinematic: (s) => ({
    saturation: 1 - 0.05 * s,
    luma: REC_709,
    curves: [
      chain(contrast(0.42 * s, 0.44), range(0, 1), bend(0.012 * s)),
      chain(contrast(0.34 * s, 0.46), bend(-0.006 * s)),
      chain(contrast(0.16 * s), range(0.06 * s, 1 - 0.06 * s), bend(-0.016 * s)),
    ],
  }),
  film: (s) => ({
    saturation: 1 - 0.14 * s,
    luma: REC_709,
    curves: [
      chain(contrast(0.24 * s), range(0.035 * s, 1 - 0.02 * s), bend(0.012 * s)),
      chain(contrast(0.24 * s), range(0.04 * s, 1 - 0.03 * s)),
      chain(contrast(0.2 * s), range(0.05 * s, 1 - 0.09 * s)),
    ],
  }),
  noir: (s) => {
    const curve = chain(bend(-0.09 * s), contrast(0.62 * s, 0.42));
    return { saturation: 0, luma: NOIR_LUMA, curves: [curve, curve, curve] };
  },
  'black and white': (s) => {
    const curve = contrast(0.16 * s);
    return { saturation: Math.max(0, 1 - s), luma: REC_709, curves: [curve, curve, curve] };
  },
  sepia: (s) => ({
    saturation: Math.max(0, 1 - 1.2 * s),
    luma: REC_709,
    curves: [
      chain(contrast(0.22 * s), range(0.05 * s, 1), bend(0.07 * s)),
      chain(contrast(0.22 * s), range(0.025 * s, 1 - 0.06 * s), bend(0.012 * s)),
      chain(contrast(0.22 * s), range(0.01 * s, 1 - 0.24 * s), bend(-0.05 * s)),
    ],
  }),
  warm: (s) => ({
    saturation: 1 + 0.06 * s,
    luma: REC_709,
    curves: [
      chain(bend(0.05 * s)),
      chain(bend(0.008 * s), range(0, 1 - 0.02 * s)),
      chain(bend(-0.055 * s), range(0, 1 - 0.1 * s)),
    ],
  }),
  cold: (s) => ({
    saturation: 1 - 0.12 * s,
    luma: REC_709,
    curves: [
      chain(bend(-0.055 * s), range(0, 1 - 0.08 * s)),
      chain(bend(-0.004 * s), range(0, 1 - 0.01 * s)),
      chain(bend(0.04 * s), range(0.02 * s, 1)),
    ],
  }),
  // Old prints: black has faded to brown, white to cream, and blue went first.
  vintage: (s) => ({
    saturation: 1 - 0.32 * s,
    luma: REC_709,
    curves: [
      chain(contrast(0.2 * s), range(0.13 * s, 1), bend(0.05 * s)),
      chain(contrast(0.2 * s), range(0.1 * s, 1 - 0.03 * s), bend(0.035 * s)),
      chain(contrast(0.1 * s), range(0.13 * s, 1 - 0.15 * s), bend(0.015 * s)),
    ],
  }),
};
