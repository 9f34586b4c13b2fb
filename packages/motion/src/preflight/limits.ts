/** Where a quick look begins to warn; each was set by what clips and pictures of its kind gave. */

export const LIMITS = {
  /** A person who takes less of the picture than this is too small. */
  areaShareMin: 0.05,
  /** With somebody in fewer of the moments there is no movement to take. */
  foundShareMin: 0.2,
  /** With somebody in fewer of the moments the person is away for a while. */
  foundShareWhole: 0.9,
  /** Others who are seen for less of the clip are passers-by, or ghosts of the detector. */
  crowdedShareMin: 0.2,
  /** Head or limbs may be outside for this part of the clip. */
  outsideShareMax: 0.15,
  /** Part of the limbs that may be hidden. */
  hiddenShareMax: 0.3,
  /** Lengths of the trunk a second that the fastest hand or foot may move. */
  speedMax: 8,
  speedPercentile: 0.8,
  /** The spine may lean this far from upright. */
  tiltDegreesMax: 60,
  /** How much of the clip may be lying, head down or seen from behind. */
  bearingShareMax: 0.2,
  /** Arms, legs or head may be this many times longer or shorter for the trunk. */
  proportionFactorMax: 1.6,
} as const;
