/** What a quick look at a picture and a clip saw. */

import type { PersonFacts } from './measure-person.ts';

export type PictureSight = {
  /** Null when no body was found. */
  person: PersonFacts | null;
  hasFace: boolean;
  /** Whether the face is clear enough to carry an expression. */
  isFaceClear: boolean;
  /** How many people the detector saw. */
  personCount: number;
  /**
   * Part of the picture that somebody takes who was found only by searching its parts; else null.
   */
  smallShare: number | null;
};

/** One moment of the clip. */
export type ClipMoment = {
  timeMs: number;
  person: PersonFacts | null;
  hasFace: boolean;
  personCount: number;
  /** The fastest hand or foot, in lengths of the trunk a second; null when it was not measured. */
  speed: number | null;
};

export type ClipSight = {
  /** Spread evenly over the clip. */
  moments: ClipMoment[];
  /** Beginnings of further shots. */
  cutsMs: number[];
  /** Like that of {@link PictureSight}, when no moment shows anybody otherwise. */
  smallShare: number | null;
};
