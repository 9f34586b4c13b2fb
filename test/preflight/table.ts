/** Prints what the pre-flight says of some thirty inputs, beside what it should say. */

import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Case, listSharedCases, OWN_CASES } from './cases.ts';
import { runCase } from './run.ts';

const { values } = parseArgs({
  options: {
    /** Part of the names of the cases to run. */
    only: { type: 'string', default: '' },
    /** Folder in which the media that were made are kept. */
    keep: { type: 'string' },
  },
});
const shared = join(import.meta.dirname, '../../../shared/media');
const all = [...OWN_CASES, ...(existsSync(shared) ? listSharedCases(shared) : [])];
const cases = all.filter(({ name }) => name.includes(values.only));
const counts = { right: 0, explained: 0, wrong: 0 };
const cpuSeconds: number[] = [];
const COPY = { recursive: true };

console.log('| input | findings | verdict | CPU |\n| --- | --- | --- | ---: |');
for (const input of cases) await print(input);
const mean = cpuSeconds.reduce((sum, seconds) => sum + seconds, 0) / cpuSeconds.length;
const most = Math.max(...cpuSeconds);
console.log(
  `\n${JSON.stringify(counts)}, ${mean.toFixed(1)} s of CPU a pair, at most ${most.toFixed(1)} s`,
);
if (counts.wrong > 0) process.exitCode = 1;

async function print(input: Case): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'understudy-preflight-'));
  try {
    const seen = await runCase(input, folder);
    const verdict = seen.isRight ? 'right' : input.explanation ? 'explained' : 'wrong';
    counts[verdict] += 1;
    cpuSeconds.push(seen.cpuSeconds);
    const found = seen.findings.map(
      ({ severity, subject, code, value }) => `${severity} ${subject} ${code} (${value})`,
    );
    const why = { right: 'right', explained: `explained: ${input.explanation}` };
    const should = `wrong: should be ${input.expected.join(', ') || 'nothing'}`;
    const said = verdict === 'wrong' ? should : why[verdict];
    const cells = [input.name, found.join(', ') || 'nothing', said, seen.cpuSeconds.toFixed(1)];
    console.log(`| ${cells.join(' | ')} |`);
    if (values.keep) await cp(folder, join(values.keep, input.name.replaceAll(' ', '-')), COPY);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
