/**
 * Breaks files and shows them to the probe, and what the probe takes to a decoder. Each case
 * follows from the seed and its number alone, so that it can be repeated.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createJail, type Reader } from '../../src/jail/jail.ts';
import type { Outcome } from '../../src/jail/prisoner.ts';
import { isAppError } from '../../src/kernel/errors.ts';
import { createProbe } from '../../src/probe/probe.ts';
import { mutate, type Seed } from './mutate.ts';
import { createRandom } from './random.ts';
import { makeSeeds } from './seeds.ts';

export type Case = {
  number: number;
  seedName: string;
  /** What it came to, in a few words: facts, or the error's code and reason. */
  ending: string;
  /** Not an answer at all: an error that has no name. */
  isFault: boolean;
  wallMs: number;
  /** Children that were ended or died over it, attempts that were repeated included. */
  childFaults: string[];
};

export type Fuzzer = {
  run(number: number): Promise<Case>;
  /** The broken file itself. */
  make(number: number): { seed: Seed; bytes: Buffer };
  /** The most memory that any child had, in MiB; null where the system does not tell. */
  memoryMbMax(): number | null;
  close(): Promise<void>;
};

export const FUZZ_LIMITS = { memoryMb: 1_024, wallMs: 10_000, cpuMs: 10_000, childrenMax: 1 };
const PIXELS_MAX = 64_000_000;
/** Far apart, so that neighbouring cases have nothing in common. */
const STEP = 0x9e3779b1;

export async function createFuzzer(fuzzSeed: number): Promise<Fuzzer> {
  const seeds = await makeSeeds();
  const folder = await mkdtemp(join(tmpdir(), 'understudy-fuzz-'));
  let memoryMbMax: number | null = null;
  let outcomes: Outcome[] = [];
  const onOutcome = (outcome: Outcome) => {
    outcomes.push(outcome);
    const { memoryMbMax: memoryMb } = outcome.usage;
    if (memoryMb !== null) memoryMbMax = Math.max(memoryMbMax ?? 0, memoryMb);
  };
  const probe = createProbe({
    workDir: folder,
    limits: { imagePixelsMax: PIXELS_MAX, probeMsMax: FUZZ_LIMITS.wallMs },
    jail: FUZZ_LIMITS,
    onOutcome,
  });
  const decoder = createJail({
    file: join(import.meta.dirname, 'decode-inmate.ts'),
    workDir: folder,
    limits: FUZZ_LIMITS,
    mayStartThreads: true,
    onOutcome,
  });

  function make(number: number) {
    const random = createRandom(Math.imul(number + 1, STEP) ^ fuzzSeed);
    const seed = random.pick(seeds);
    return { seed, bytes: mutate(seed, random, seeds) };
  }

  async function decode(kind: Seed['kind'], reader: Reader): Promise<string> {
    const outcome = await decoder.run({ kind, sizeBytes: reader.sizeBytes }, reader);
    if (outcome.status === 'done') return Number(outcome.answer) > 0 ? 'decoded' : 'no frames';
    return outcome.status === 'threw' ? 'decoder refuses' : `decoder ${outcome.status}`;
  }

  async function look({ kind }: Seed, reader: Reader): Promise<Pick<Case, 'ending' | 'isFault'>> {
    try {
      if (kind === 'image') await probe.probeImageFrom(reader);
      else await probe.probeVideoRanged(reader);
      return { ending: `facts, ${await decode(kind, reader)}`, isFault: false };
    } catch (error) {
      const isNamed = isAppError(error) && error.entry.type === 'media_error';
      return isNamed
        ? { ending: `${error.code}: ${String(error.values['reason'] ?? '')}`, isFault: false }
        : { ending: String(error), isFault: true };
    }
  }

  return {
    make,
    memoryMbMax: () => memoryMbMax,
    async run(number) {
      const { seed, bytes } = make(number);
      const reader: Reader = {
        sizeBytes: bytes.length,
        read: async (start, end) => bytes.subarray(start, end),
      };
      outcomes = [];
      const startedMs = performance.now();
      const { ending, isFault } = await look(seed, reader);
      const wallMs = performance.now() - startedMs;
      const childFaults = outcomes.flatMap((outcome) =>
        'detail' in outcome
          ? [`${outcome.status}: ${outcome.detail} ${outcome.errorOutput.slice(0, 300)}`]
          : [],
      );
      return { number, seedName: seed.name, ending, isFault, wallMs, childFaults };
    },
    async close() {
      await Promise.all([probe.close(), decoder.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
