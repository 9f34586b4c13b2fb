/**
 * Tries every kind of picture and clip and shows what becomes of it: `node --conditions=development
 * scripts/kinds.ts [part of a name]...`. The rules are in kinds/judge.ts, the kinds in
 * kinds/list.ts; strips and a page go to out/kinds. Ends with 1 when any kind failed.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { text } from 'node:stream/consumers';
import { contactSheet, type Detectors, openDetectors } from '@understudy/motion';
import { type Job, judge, type Outcome } from './kinds/judge.ts';
import { findMissing, type Kind, kinds, type Source } from './kinds/list.ts';
import { printRow, type Row, writePage } from './kinds/page.ts';
import { MEDIA, OUT, root } from './kinds/places.ts';

/** A pair that takes longer than this hangs. */
const PAIR_SECONDS_MAX = 240;
const STRIP_MOMENTS = 5;
const STRIP_HEIGHT = 240;

const FOLDERS = { inputs: join(OUT, 'inputs'), results: join(OUT, 'results') };
const CHILD = join(import.meta.dirname, 'kinds/animate-one.ts');

/** The file of a source; what we make ourselves is made once and kept. */
async function provide(source: Source<(file: string) => Promise<void>>): Promise<string> {
  if ('file' in source) return source.file;
  const file = join(FOLDERS.inputs, source.name);
  const isThere = await stat(file).then(
    () => true,
    () => false,
  );
  if (!isThere) await source.make(file);
  return file;
}

/** Ends by itself, by a crash, or by the limit of time; each is an outcome. */
async function animateApart(job: Job): Promise<Outcome> {
  const child = spawn(
    process.execPath,
    [
      '--conditions=development',
      '--disable-warning=ExperimentalWarning',
      CHILD,
      JSON.stringify(job),
    ],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: PAIR_SECONDS_MAX * 1000,
      killSignal: 'SIGKILL',
    },
  );
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
  const output = await text(child.stdout);
  const [code, signal] = await ended;
  const line = output.trim().split('\n').at(-1) ?? '';
  if (code === 0 && line.startsWith('{')) return JSON.parse(line) as Outcome;
  const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
  return { kind: 'crashed', message: `crashed or hung: ${how}` };
}

async function tryKind(kind: Kind, detectors: Detectors): Promise<Row> {
  const slug = kind.name.replace(/[^a-z0-9]+/gi, '-').toLowerCase();
  const job: Job = {
    imageFile: await provide(kind.picture),
    videoFile: await provide(kind.clip),
    outputFile: join(FOLDERS.results, `${slug}.mp4`),
    cacheFolder: join(OUT, 'cache'),
  };
  const startedAt = performance.now();
  const outcome = await animateApart(job);
  const seconds = (performance.now() - startedAt) / 1000;
  const verdict = await judge(kind, job, outcome, detectors);
  const strip = outcome.kind === 'made' ? `${slug}.png` : null;
  if (strip !== null) {
    await contactSheet({
      pictureFile: job.imageFile,
      referenceFile: job.videoFile,
      resultFile: job.outputFile,
      outputFile: join(OUT, strip),
      columns: STRIP_MOMENTS,
      rows: 1,
      cellHeight: STRIP_HEIGHT,
    });
  }
  return { kind, verdict, seconds, strip };
}

const wanted = process.argv.slice(2);
const chosen = kinds.filter(
  ({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)),
);
if (chosen.length === 0) {
  console.error(`No kind's name contains ${wanted.join(' or ')}.`);
  process.exit(1);
}
for (const folder of Object.values(FOLDERS)) await mkdir(folder, { recursive: true });

const rows: Row[] = [];
const skipped: string[] = [];
const names = kinds.map(({ name }) => name);
const detectors = await openDetectors({ poseModel: 'full' });
for (const kind of chosen) {
  const missing = findMissing(kind);
  if (missing !== null) {
    skipped.push(`${kind.name}: ${relative(MEDIA, missing)} is not in ../shared/media`);
    continue;
  }
  const row = await tryKind(kind, detectors);
  rows.push(row);
  console.log(printRow(row));
  // After every one, so that a run that is broken off has not been for nothing.
  await writePage(rows, names, skipped);
}
detectors.close();
await writePage(rows, names, skipped);

for (const line of skipped) console.log(`Skipped ${line}`);
const count = (outcome: string): number =>
  rows.filter(({ verdict }) => verdict.outcome === outcome).length;
const counts = ['good', 'acceptable', 'refused', 'failed'].map((it) => `${count(it)} ${it}`);
console.log(`${rows.length} kinds: ${counts.join(', ')}; ${relative(root, OUT)}/index.html`);
process.exit(count('failed') > 0 ? 1 : 0);
