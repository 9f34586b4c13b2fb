/** A cheerful tune of four bars, played by small sums of sines; it keeps the beat of the dance. */
import { BEATS, BEATS_PER_MINUTE, DURATION_S } from './dance.ts';

export const SAMPLE_RATE = 44_100;
export const CHANNELS = 2;

const SECONDS_PER_BEAT = 60 / BEATS_PER_MINUTE;
const TAU = 2 * Math.PI;

type Note = readonly [beat: number, midi: number, beats: number];

/** Roots and chords of the four bars: C, A minor, F, G. */
const BASS_ROOTS = [36, 33, 29, 31] as const;
const CHORDS = [
  [60, 64, 67],
  [60, 64, 69],
  [60, 65, 69],
  [59, 62, 67],
] as const;

const MELODY: readonly Note[] = [
  [0, 67, 0.5],
  [0.5, 72, 0.5],
  [1, 76, 0.9],
  [2, 74, 0.5],
  [2.5, 72, 0.5],
  [3, 76, 0.5],
  [3.5, 79, 0.5],
  [4, 81, 0.9],
  [5, 79, 0.5],
  [5.5, 76, 0.5],
  [6, 81, 0.9],
  [7, 79, 0.5],
  [7.5, 76, 0.5],
  [8, 77, 0.5],
  [8.5, 81, 0.5],
  [9, 84, 0.5],
  [9.5, 81, 0.5],
  [10, 77, 0.5],
  [10.5, 81, 0.5],
  [11, 79, 0.5],
  [11.5, 77, 0.5],
  [12, 74, 0.5],
  [12.5, 79, 0.5],
  [13, 83, 0.9],
  [14, 81, 0.5],
  [14.5, 79, 0.5],
  [15, 74, 0.5],
  [15.5, 71, 0.5],
];

const frequencyOf = (midi: number): number => 440 * 2 ** ((midi - 69) / 12);

/** Noise that is the same every time (Marsaglia's xorshift). */
function makeNoise(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state / 2147483648;
  };
}

/** A sound as amplitude over the seconds since it began. */
type Voice = (seconds: number) => number;

type Mixer = (beat: number, lengthS: number, gain: number, pan: number, voice: Voice) => void;

function makeMixer(out: Float32Array): Mixer {
  return (beat, lengthS, gain, pan, voice) => {
    const start = Math.round(beat * SECONDS_PER_BEAT * SAMPLE_RATE);
    const frames = Math.round(lengthS * SAMPLE_RATE);
    const [left, right] = [Math.cos(pan), Math.sin(pan)];
    for (let i = 0; i < frames && (start + i) * CHANNELS < out.length; i++) {
      const value = gain * voice(i / SAMPLE_RATE);
      out[(start + i) * CHANNELS]! += value * left;
      out[(start + i) * CHANNELS + 1]! += value * right;
    }
  };
}

const CENTRE = Math.PI / 4;

/** A wooden bar struck with a soft mallet. */
function strike(midi: number): Voice {
  const f = frequencyOf(midi) * TAU;
  return (t) =>
    (Math.sin(f * t) * Math.exp(-5 * t) +
      0.35 * Math.sin(2 * f * t) * Math.exp(-8 * t) +
      0.22 * Math.sin(3.93 * f * t) * Math.exp(-22 * t)) *
    Math.min(1, t * 400);
}

function pluckBass(midi: number): Voice {
  const f = frequencyOf(midi) * TAU;
  return (t) =>
    (Math.sin(f * t + 0.5 * Math.sin(f * t)) + 0.3 * Math.sin(2 * f * t)) *
    Math.exp(-4.5 * t) *
    Math.min(1, t * 250);
}

/** A soft organ that swells after each beat, so that the beat can breathe. */
function holdChord(chord: readonly number[]): Voice {
  return (t) => {
    const beat = (t / SECONDS_PER_BEAT) % 1;
    const swell = 0.25 + 0.75 * Math.min(1, beat * 2.2);
    const tone = chord.reduce(
      (sum, midi) => sum + Math.sin(TAU * frequencyOf(midi) * t) * (1 + 0.1 * Math.sin(33 * t)),
      0,
    );
    const end = 4 * SECONDS_PER_BEAT - t;
    return tone * swell * Math.min(1, t * 30, Math.max(0, end * 30));
  };
}

const kick: Voice = (t) =>
  Math.sin(TAU * (48 * t + 7 * (1 - Math.exp(-28 * t)))) * Math.exp(-9 * t);

function playDrums(mix: Mixer): void {
  const noise = makeNoise(20_260_101);
  for (let beat = 0; beat < BEATS; beat++) {
    mix(beat, 0.35, 0.5, CENTRE, kick);
    let before = 0;
    mix(beat + 0.5, 0.09, 0.1, CENTRE + 0.25, (t) => {
      const now = noise();
      const high = now - before;
      before = now;
      return high * Math.exp(-55 * t);
    });
    if (beat % 2 === 0) continue;
    let low = 0;
    mix(beat, 0.2, 0.34, CENTRE - 0.1, (t) => {
      low += 0.35 * (noise() - low);
      const clap = t < 0.024 ? Math.exp(-120 * (t % 0.012)) : Math.exp(-22 * (t - 0.024));
      return (noise() * 0.55 - low * 0.4) * clap;
    });
  }
}

/** The whole tune: interleaved stereo, -1..1, exactly as long as the dance. */
export function playTune(): Float32Array {
  const frames = Math.round(DURATION_S * SAMPLE_RATE);
  const out = new Float32Array(frames * CHANNELS);
  const mix = makeMixer(out);
  playDrums(mix);
  BASS_ROOTS.forEach((root, bar) => {
    for (const [beat, step] of [
      [0, 0],
      [1.5, 0],
      [2, 12],
      [3, 7],
      [3.5, 12],
    ] as const) {
      mix(bar * 4 + beat, 0.6, 0.3, CENTRE, pluckBass(root + step));
    }
    mix(bar * 4, 4 * SECONDS_PER_BEAT, 0.035, CENTRE, holdChord(CHORDS[bar]!));
  });
  for (const [beat, midi, beats] of MELODY) {
    const pan = CENTRE + 0.2 * Math.sin(beat * 1.9);
    mix(beat, 0.9, 0.2 * (0.8 + 0.2 * beats), pan, strike(midi));
    // A quiet echo on the other side, three quarters of a beat later.
    mix(beat + 0.75, 0.6, 0.055, 2 * CENTRE - pan, strike(midi));
  }
  const fadeFrames = Math.round(0.06 * SAMPLE_RATE);
  for (let i = 0; i < out.length; i++) {
    const left = frames - Math.floor(i / CHANNELS);
    out[i] = Math.tanh(1.25 * out[i]!) * Math.min(1, left / fadeFrames) * 0.85;
  }
  return out;
}
