/** Shows thousands of broken files to probe and decoder, and prints what became of them. */

import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type Case, createFuzzer, FUZZ_LIMITS } from './fuzz.ts';

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    /** One case alone, by its number. */
    only: { type: 'string' },
    /** Where to write the file of that case. */
    keep: { type: 'string' },
  },
});
const seed = Number(values.seed);
/** One attempt in a warm child, one in a fresh one, for the probe and again for the decoder. */
const HANG_MS = 4 * FUZZ_LIMITS.wallMs + 20_000;

const endings = new Map<string, number>();
const faults: Case[] = [];
const childFaults: Case[] = [];
let slowest: Case | null = null;
let hangs = 0;
let serverCrashes = 0;
let current = 0;
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error) => {
    serverCrashes += 1;
    console.log(`the server would have crashed: ${error}; ${repeat(current)}`);
  });
}

const fuzzer = await createFuzzer(seed);
if (values.keep !== undefined) {
  await writeFile(values.keep, fuzzer.make(Number(values.only ?? 0)).bytes);
}
const startedMs = performance.now();
const [first, end] = values.only
  ? [Number(values.only), Number(values.only) + 1]
  : [0, Number(values.files)];
for (current = first; current < end; current += 1) note(await fuzzer.run(current));
await fuzzer.close();
report(end - first);
if (faults.length + hangs + serverCrashes > 0) process.exitCode = 1;

function note(seen: Case): void {
  const ending = seen.ending.replace(/\d{2,}|\b\d\b(?! s$)|(?<=coded as )".*?"/g, '#');
  endings.set(ending, (endings.get(ending) ?? 0) + 1);
  if (slowest === null || seen.wallMs > slowest.wallMs) slowest = seen;
  if (seen.wallMs > HANG_MS) {
    hangs += 1;
    console.log(`a hang of ${Math.round(seen.wallMs)} ms; ${repeat(seen.number)}`);
  }
  if (seen.isFault) {
    faults.push(seen);
    console.log(`an error without a name: ${seen.ending}; ${repeat(seen.number)}`);
  }
  if (seen.childFaults.length > 0) {
    childFaults.push(seen);
    console.log(`${seen.seedName}: ${seen.childFaults.join(', ')}; ${repeat(seen.number)}`);
  }
}

function repeat(number: number): string {
  return `repeat with --seed ${seed} --only ${number}`;
}

function report(fileCount: number): void {
  const rows = [...endings].sort(([, first], [, second]) => second - first);
  console.log('\n| what it came to | files |\n| --- | ---: |');
  for (const [ending, count] of rows) console.log(`| ${ending} | ${count} |`);
  const seconds = (performance.now() - startedMs) / 1_000;
  console.log(`
files: ${fileCount} in ${seconds.toFixed(0)} s, ${((seconds * 1_000) / fileCount).toFixed(0)} ms each
errors without a name: ${faults.length}
crashes of the server: ${serverCrashes}
hangs past the limit: ${hangs}
files over which a child was ended or died: ${childFaults.length}
slowest: ${slowest ? `${Math.round(slowest.wallMs)} ms, number ${slowest.number}` : 'none'}
largest memory of a child: ${Math.round(fuzzer.memoryMbMax() ?? 0)} MiB`);
}
