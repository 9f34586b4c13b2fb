/**
 * The words of a prompt that change the video, and how each may be said; `docs/reference/prompt.md`
 * shows them all.
 */

/** Names of the moves of the camera. */
export const CAMERA_WORDS = [
  'push in',
  'pull out',
  'pan left',
  'pan right',
  'tilt up',
  'tilt down',
  'handheld',
  'orbit left',
  'orbit right',
  'dolly zoom',
] as const;
/** A move of the camera. */
export type CameraWord = (typeof CAMERA_WORDS)[number];

/** Names of the looks. */
export const LOOK_WORDS = [
  'cinematic',
  'film',
  'grain',
  'noir',
  'black and white',
  'sepia',
  'warm',
  'cold',
  'vintage',
  'neon',
  'vignette',
  'comic',
  'pencil',
  'pixel',
  'motion blur',
] as const;
/** A look. */
export type LookWord = (typeof LOOK_WORDS)[number];

/** How a word is said, and what else it means. */
export type Term = {
  /**
   * Ways to say it. A word that ends in `~` may be bent: pan, pans, panned, panning. Between two
   * words, words of manner and direction may stand: "zoom slowly in".
   */
  says: readonly string[];
  /** Words of one group exclude each other; the last one said counts. */
  group?: string;
  /** What comes along unless it is said not to, with its strength over that of the word. */
  brings?: readonly (readonly [LookWord, number])[];
};

/** How each move of the camera is said. */
export const CAMERA_TERMS: Record<CameraWord, Term> = {
  'push in': {
    says: ['push~ in', 'zoom~ in', 'dolly~ in', 'camera move~ in', 'camera move~ closer', 'zoom~'],
    group: 'distance',
  },
  'pull out': {
    says: [
      'pull~ out',
      'pull~ back',
      'zoom~ out',
      'dolly~ out',
      'dolly~ back',
      'camera move~ away',
    ],
    group: 'distance',
  },
  'pan left': { says: ['pan~ left', 'truck~ left'], group: 'pan' },
  'pan right': { says: ['pan~ right', 'truck~ right', 'pan~'], group: 'pan' },
  'tilt up': { says: ['tilt~ up', 'tilt~ upwards', 'tilt~'], group: 'tilt' },
  'tilt down': { says: ['tilt~ down', 'tilt~ downwards'], group: 'tilt' },
  handheld: { says: ['handheld', 'hand held', 'shaky cam', 'shaky camera', 'camera shake'] },
  'orbit left': { says: ['orbit~ left', 'arc left', 'camera circle~ left'], group: 'turn' },
  'orbit right': {
    says: [
      'orbit~ right',
      'arc right',
      'camera circle~ right',
      'orbit~',
      'arc shot',
      'camera circle~',
    ],
    group: 'turn',
  },
  'dolly zoom': { says: ['dolly zoom', 'vertigo effect', 'vertigo'], group: 'distance' },
};

/** How each look is said. */
export const LOOK_TERMS: Record<LookWord, Term> = {
  cinematic: {
    says: ['cinematic', 'cinema', 'movie look', 'teal and orange'],
    brings: [['vignette', 0.6]],
  },
  film: {
    says: ['film', 'filmic', 'film look', 'analog', 'analogue', '35mm'],
    brings: [['grain', 1]],
  },
  grain: { says: ['grain', 'grainy', 'film grain'] },
  noir: {
    says: ['noir', 'film noir'],
    group: 'colour',
    brings: [
      ['grain', 0.6],
      ['vignette', 1.2],
    ],
  },
  'black and white': {
    says: ['black and white', 'monochrome', 'greyscale', 'grayscale'],
    group: 'colour',
  },
  sepia: { says: ['sepia'], group: 'colour' },
  warm: {
    says: ['warm', 'warmer', 'warmth', 'golden hour'],
    group: 'temperature',
  },
  cold: {
    says: ['cold', 'colder', 'icy', 'cool tone~', 'cool colour~', 'cool color~', 'cooler'],
    group: 'temperature',
  },
  vintage: {
    says: ['vintage', 'retro', 'old photograph', 'super 8'],
    brings: [
      ['grain', 0.6],
      ['vignette', 0.5],
    ],
  },
  neon: { says: ['neon', 'cyberpunk', 'synthwave'] },
  vignette: { says: ['vignette', 'vignetting'] },
  comic: { says: ['comic', 'comics', 'comic book', 'cartoon'], group: 'drawing' },
  pencil: {
    says: ['pencil', 'pencil drawing', 'pencil sketch', 'sketch', 'sketched'],
    group: 'drawing',
  },
  pixel: { says: ['pixel', 'pixels', 'pixel art', 'pixelated', '8 bit'], group: 'drawing' },
  'motion blur': { says: ['motion blur', 'motion blurred'] },
};

export const SLIGHT = 0.5;
export const STRONG = 1.6;

/** Words before or after a word of the vocabulary that make it weaker or stronger. */
export const STRENGTH_WORDS: ReadonlyMap<string, number> = new Map([
  ...words(
    'slight slightly subtle subtly gentle gently slow slowly soft softly lightly mild mildly',
  ).map((word) => [word, SLIGHT] as const),
  ...words(
    'strong strongly very heavy heavily dramatic dramatically extreme extremely fast intense',
  ).map((word) => [word, STRONG] as const),
]);

/** They take back what follows in the same part of the sentence. */
export const NEGATIONS: ReadonlySet<string> = new Set(
  words("no not without never don't dont doesn't isn't avoid non"),
);

/** Where a part of a sentence, and with it a negation, ends; besides punctuation. */
export const JOINING_WORDS: ReadonlySet<string> = new Set(words('and but with then while plus'));

/** They mean nothing of their own beside a word that was understood. */
export const FILLER_WORDS: ReadonlySet<string> = new Set(
  words(`i we you my our want would can could should must do does any also only just all a an the of to in on at for as is it its be this that some add use make give apply please
    or too more bit little into towards toward around very camera shot shots lens lighting light lights
    style styled styles look looks looking like feel feeling mood tone tones toned grade grading graded
    colour colours color colors coloured colored effect effects filter aesthetic aesthetics vibe
    vibes atmosphere video footage clip picture image scene movie photography photo photograph
    drawing art book movement move motion left right up down out smooth smoothly steady steadily`),
);

/**
 * What the engine does for every pair. A part of the prompt that speaks of nothing else asks for
 * nothing new, so it needs no warning.
 */
export const PROMISED_WORDS: ReadonlySet<string> = new Set(
  words(`match matches matching keep keeps keeping preserve preserves preserving maintain maintains
    retain follow follows following copy copies mimic mirror reproduce imitate perform performs
    performing transfer same exact exactly accurate accurately precise precisely faithful faithfully
    consistent consistently consistency face faces facial identity likeness features feature
    expression expressions character characters character's person person's subject subject's
    reference references dance dances dancing dancer dancer's choreography motion motions movement
    movements move moves moving pose poses gesture gestures body action actions performance timing
    rhythm beat tempo music original sound driving source his her their from by lip sync lips
    hands arms legs head static fixed locked still background unchanged outfit clothes clothing`),
);

/** Parts of a prompt that deny what the engine would not do anyway. */
export const PROMISED_PARTS: ReadonlySet<string> = new Set([
  'no camera movement',
  'no camera motion',
  'no camera moves',
]);

function words(text: string): string[] {
  return text.split(/\s+/);
}
