/** Reads a prompt: what of it the engine can do, and which of its words mean nothing to it. */

import {
  CAMERA_TERMS,
  CAMERA_WORDS,
  type CameraWord,
  FILLER_WORDS,
  JOINING_WORDS,
  LOOK_TERMS,
  LOOK_WORDS,
  type LookWord,
  NEGATIONS,
  PROMISED_PARTS,
  PROMISED_WORDS,
  SLIGHT,
  STRENGTH_WORDS,
  STRONG,
  type Term,
} from './vocabulary.ts';

/** A movement of the camera over the whole clip. */
export type CameraMove = { name: CameraWord; strength: number };
/** A way the pictures look. */
export type Look = { name: LookWord; strength: number };

/** What a prompt asks for. Strengths are 0.5 (slight), 1, or 1.6 (strong). */
export type Prompt = {
  camera: CameraMove[];
  looks: Look[];
  /** What was understood, as the vocabulary calls it: `push in`, `warm (strong)`. */
  applied: string[];
  /** Runs of words that changed nothing, as they were written but in small letters. */
  ignored: string[];
};

type Mention = {
  name: CameraWord | LookWord;
  strength: number;
  isNegated: boolean;
  /** Words of the part that it is made of. */
  used: number[];
};

type Pattern = { name: CameraWord | LookWord; parts: readonly string[] };

/** "zoom slowly to the left": so many words may stand between two words of the vocabulary. */
const WORDS_BETWEEN_MAX = 3;
/** So many words before or after a mention may say how strong it is. */
const STRENGTH_REACH = 2;
/** Words of manner and place that may stand between: they never begin something else. */
const BETWEEN_WORDS: ReadonlySet<string> = new Set(['to', 'the', 'a', 'bit', 'little', 'camera']);

/** The longest first, so that "film noir" is not a film and a noir. */
const PATTERNS: readonly Pattern[] = [
  ...CAMERA_WORDS.map((name) => [name, CAMERA_TERMS[name]] as const),
  ...LOOK_WORDS.map((name) => [name, LOOK_TERMS[name]] as const),
]
  .flatMap(([name, { says }]) => says.map((text) => ({ name, parts: text.split(' ') })))
  .sort((a, b) => b.parts.length - a.parts.length);

const NOTHING: Prompt = { camera: [], looks: [], applied: [], ignored: [] };

/**
 * Reads a prompt by its words: no case, no order, no grammar beyond "no", "not" and "without",
 * which hold to the end of their part of the sentence. Of words that exclude each other (warm and
 * cold) the last one counts. Never throws; the empty prompt asks for nothing.
 */
export function readPrompt(text: string): Prompt {
  const parts = splitParts(text);
  if (parts.length === 0 && text.trim() !== '') return { ...NOTHING, ignored: [text.trim()] };
  const readings = parts.map(readPart);
  const mentions = readings.flatMap((reading) => reading.mentions);
  const wanted = keepLast(mentions.filter(({ isNegated }) => !isNegated));
  const denied = new Set(mentions.filter(({ isNegated }) => isNegated).map(({ name }) => name));
  const asked = wanted.filter(({ name }) => !denied.has(name));
  const names = new Set(asked.map(({ name }) => name));
  const contradicted = mentions.filter(({ name, isNegated }) => !isNegated && !names.has(name));
  return {
    camera: asked.filter(isCamera).map(({ name, strength }) => ({ name, strength })),
    looks: bringAlong(asked.filter(isLook), denied),
    applied: asked.map(describe),
    ignored: [
      ...readings.flatMap(({ leftOver }) => leftOver),
      ...new Set(contradicted.map(({ name }) => name)),
    ],
  };
}

/** Parts of the sentence, each a list of words in small letters. */
function splitParts(text: string): string[][] {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll('’', "'")
    .replace(/\bb\s*[&/]\s*w\b/g, 'monochrome')
    .split(/[^\p{L}\p{M}\p{N}'\s\-–—_+&]+|\s[-–—]+\s/u)
    .map((part) => part.match(/[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N}']*/gu) ?? [])
    .filter((part) => part.length > 0);
}

function readPart(part: readonly string[]): { mentions: Mention[]; leftOver: string[] } {
  const mentions: Mention[] = [];
  const used = new Set<number>();
  let isNegated = false;
  let negation = -1;
  for (let at = 0; at < part.length; at++) {
    if (used.has(at)) continue;
    const found = findMention(part, at, used);
    if (found) {
      for (const index of found.used) used.add(index);
      if (isNegated) used.add(negation);
      mentions.push({ ...found, isNegated });
    } else if (NEGATIONS.has(part[at]!)) {
      isNegated = true;
      negation = at;
    } else if (JOINING_WORDS.has(part[at]!)) {
      isNegated = false;
    }
  }
  return { mentions, leftOver: findLeftOver(part, used) };
}

function findMention(
  part: readonly string[],
  at: number,
  taken: ReadonlySet<number>,
): Omit<Mention, 'isNegated'> | null {
  for (const { name, parts } of PATTERNS) {
    const matched = matchPattern(part, at, parts);
    if (!matched || matched.some((index) => taken.has(index))) continue;
    const strengthAt = findStrength(part, matched, taken);
    if (strengthAt < 0) return { name, strength: 1, used: matched };
    const strength = STRENGTH_WORDS.get(part[strengthAt]!)!;
    return { name, strength, used: [...matched, strengthAt] };
  }
  return null;
}

/** Indices of the words that are the pattern, or null. */
function matchPattern(
  part: readonly string[],
  at: number,
  pattern: readonly string[],
): number[] | null {
  if (!isForm(part[at]!, pattern[0]!)) return null;
  const matched = [at];
  for (const wanted of pattern.slice(1)) {
    const next = findNext(part, matched.at(-1)! + 1, wanted);
    if (next < 0) return null;
    matched.push(next);
  }
  return matched;
}

function findNext(part: readonly string[], from: number, wanted: string): number {
  for (let at = from; at < part.length && at <= from + WORDS_BETWEEN_MAX; at++) {
    const word = part[at]!;
    if (isForm(word, wanted)) return at;
    if (!BETWEEN_WORDS.has(word) && !STRENGTH_WORDS.has(word)) return -1;
  }
  return -1;
}

/** Whether the word is the wanted one, or bent if that ends in `~`: pan, pans, panned, panning. */
function isForm(word: string, wanted: string): boolean {
  if (!wanted.endsWith('~')) return word === wanted;
  const stem = wanted.slice(0, -1);
  if (word === stem) return true;
  const base = stem.endsWith('e') ? stem.slice(0, -1) : stem;
  const doubled = `${stem}${stem.at(-1)}`;
  return [`${stem}s`, `${stem}es`, `${stem.slice(0, -1)}ies`]
    .concat(...[base, doubled].map((form) => [`${form}ing`, `${form}ed`]))
    .includes(word);
}

/** Index of the word that says how strong the matched words are meant, or -1. */
function findStrength(
  part: readonly string[],
  matched: readonly number[],
  taken: ReadonlySet<number>,
): number {
  const [first, last] = [matched[0]!, matched.at(-1)!];
  const inside = range(first + 1, last).filter((at) => !matched.includes(at));
  const before = range(first - STRENGTH_REACH, first).reverse();
  const after = range(last + 1, last + 1 + STRENGTH_REACH);
  const isStrength = (at: number): boolean => STRENGTH_WORDS.has(part[at] ?? '') && !taken.has(at);
  // What is said before a word belongs to it; what comes after may belong to the next one, so only
  // adverbs and what ends the part are taken from there.
  const candidates = [
    ...inside.filter(isStrength),
    ...before.filter(isStrength),
    ...after.filter((at) => isStrength(at) && (part[at]!.endsWith('ly') || at === part.length - 1)),
  ];
  return candidates.find((at) => isNear(part, at, first, last)) ?? -1;
}

/** No joining word stands between a strength and what it strengthens. */
function isNear(part: readonly string[], at: number, first: number, last: number): boolean {
  const between = at < first ? part.slice(at + 1, first) : part.slice(last + 1, at);
  return between.every((word) => BETWEEN_WORDS.has(word) || STRENGTH_WORDS.has(word));
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
}

/**
 * Words that neither were used nor ask for what is done anyway, in runs as they stand: "wears a red
 * hat" is one run, its small words included.
 */
function findLeftOver(part: readonly string[], used: ReadonlySet<number>): string[] {
  if (PROMISED_PARTS.has(part.join(' '))) return [];
  const isUnderstood = used.size > 0;
  const isNegated = part.some((word, at) => NEGATIONS.has(word) && !used.has(at));
  // A "not" turns the whole part around, so all of it is quoted.
  if (isNegated && !isUnderstood) return [part.join(' ')];
  const promises = !isNegated && part.some((word) => PROMISED_WORDS.has(word));
  const isMinor = (word: string): boolean =>
    FILLER_WORDS.has(word) ||
    JOINING_WORDS.has(word) ||
    (promises && PROMISED_WORDS.has(word)) ||
    (isUnderstood && STRENGTH_WORDS.has(word));
  const isStrange = part.map((word, at) => !used.has(at) && !isMinor(word));
  if (!isStrange.includes(true)) return isUnderstood || promises ? [] : [part.join(' ')];
  const runs: string[] = [];
  for (let at = 0; at < part.length; at++) {
    if (!isStrange[at]) continue;
    const begin = at;
    let end = at;
    for (; at < part.length && !used.has(at); at++) if (isStrange[at]) end = at;
    runs.push(part.slice(begin, end + 1).join(' '));
  }
  return runs;
}

/** Of those that exclude each other, and of the same said twice, the last one. */
function keepLast(mentions: readonly Mention[]): Mention[] {
  const keyOf = ({ name }: Mention): string => termOf(name).group ?? name;
  return mentions.filter(
    (mention, index) => !mentions.slice(index + 1).some((later) => keyOf(later) === keyOf(mention)),
  );
}

function termOf(name: CameraWord | LookWord): Term {
  return { ...CAMERA_TERMS, ...LOOK_TERMS }[name];
}

function isCamera(mention: Mention): mention is Mention & { name: CameraWord } {
  return mention.name in CAMERA_TERMS;
}

function isLook(mention: Mention): mention is Mention & { name: LookWord } {
  return mention.name in LOOK_TERMS;
}

/** Film brings grain, unless grain was asked for by itself or refused. */
function bringAlong(
  asked: readonly (Mention & { name: LookWord })[],
  denied: ReadonlySet<string>,
): Look[] {
  const looks: Look[] = asked.map(({ name, strength }) => ({ name, strength }));
  for (const { name, strength } of asked) {
    for (const [brought, share] of LOOK_TERMS[name].brings ?? []) {
      if (denied.has(brought) || looks.some((look) => look.name === brought)) continue;
      looks.push({ name: brought, strength: strength * share });
    }
  }
  return looks;
}

function describe({ name, strength }: Mention): string {
  if (strength === SLIGHT) return `${name} (slight)`;
  return strength === STRONG ? `${name} (strong)` : name;
}
