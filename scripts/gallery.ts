/**
 * Renders a fixed list of pairs to `out/gallery/index.html`, with contact sheets, scores and times
 * beside the last accepted ones, so that a change that makes one pair better and another worse is
 * seen. Usage: `npm run gallery -- [--accept] [part of a name]...`; `--accept` writes what this run
 * gave to `scripts/gallery-accepted.json`.
 */

import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { animate, contactSheet, flattenScore, type Motion, scoreResult } from '@understudy/motion';
import { describeChange, type Row, type Shown, writeGalleryPage } from './gallery/page.ts';
import { findMissing, PAIRS, type Pair, providePicture, root } from './gallery/pairs.ts';

const OUT = join(root, 'out/gallery');
const ACCEPTED = join(import.meta.dirname, 'gallery-accepted.json');
const SHEET = { columns: 2, rows: 4, cellHeight: 400 };

type Accepted = Record<string, Shown>;

async function render(pair: Pair): Promise<Shown> {
  const pictureFile = await providePicture(pair, join(OUT, 'inputs', `${pair.name}.png`));
  const resultFile = join(OUT, `${pair.name}.mp4`);
  let motion: Motion | null = null;
  const startedAt = performance.now();
  const { stageMs, findings } = await animate({
    imageFile: pictureFile,
    videoFile: pair.clipFile,
    outputFile: resultFile,
    mode: 'std',
    orientation: pair.orientation,
    keepOriginalSound: true,
    watermark: false,
    createdAt: new Date(),
    onMotion: (tracked) => {
      motion = tracked;
    },
  });
  const wholeMs = performance.now() - startedAt;
  const files = { pictureFile, referenceFile: pair.clipFile, resultFile };
  await contactSheet({ ...files, ...SHEET, outputFile: join(OUT, `${pair.name}.png`) });
  const score = await scoreResult({ ...files, ...(motion ? { motion } : {}) });
  const seconds = Object.entries({ whole: wholeMs, ...stageMs }).map(
    ([stage, ms]) => [stage, Math.round(ms / 10) / 100] as const,
  );
  const { version: _, weakest: __, ...numbers } = flattenScore(score);
  return {
    seconds: Object.fromEntries(seconds),
    score: Object.fromEntries(
      Object.entries(numbers).filter(
        (entry): entry is [string, number | null] =>
          entry[1] === null || typeof entry[1] === 'number',
      ),
    ),
    findings: findings.map(({ code }) => code).join(', '),
  };
}

function showRow(name: string, now: Shown, accepted: Accepted): Row {
  const acceptedSheet = `accepted/${name}.png`;
  return {
    name,
    now,
    accepted: accepted[name] ?? null,
    sheet: `${name}.png`,
    acceptedSheet: existsSync(join(OUT, acceptedSheet)) ? acceptedSheet : null,
  };
}

/** Pairs that were not rendered this time stay as they were accepted. */
async function accept(rows: readonly Row[], before: Accepted): Promise<void> {
  const after = { ...before };
  await mkdir(join(OUT, 'accepted'), { recursive: true });
  for (const { name, now, sheet } of rows) {
    after[name] = now;
    await copyFile(join(OUT, sheet), join(OUT, 'accepted', sheet));
  }
  const sorted = Object.fromEntries(Object.entries(after).sort(([a], [b]) => (a < b ? -1 : 1)));
  await writeFile(ACCEPTED, `${JSON.stringify(sorted, null, 2)}\n`);
}

const { values, positionals } = parseArgs({
  options: { accept: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const accepted: Accepted = existsSync(ACCEPTED) ? JSON.parse(await readFile(ACCEPTED, 'utf8')) : {};
const chosen = PAIRS.filter(
  ({ name }) => positionals.length === 0 || positionals.some((part) => name.includes(part)),
);
await mkdir(OUT, { recursive: true });
const rows: Row[] = [];
const skipped: string[] = [];
for (const pair of chosen) {
  const missing = findMissing(pair);
  if (missing.length > 0) {
    skipped.push(`${pair.name}: ${missing.join(' and ')} not here`);
    console.log(`skipped ${skipped.at(-1)}`);
    continue;
  }
  const row = showRow(pair.name, await render(pair), accepted);
  rows.push(row);
  const { seconds, score } = row.now;
  console.log(
    `${pair.name}: score ${score['score']}, ${seconds['whole']} s ${describeChange(row)}`,
  );
}
await writeFile(join(OUT, 'index.html'), writeGalleryPage(rows, skipped));
if (values.accept) await accept(rows, accepted);
console.log(join(OUT, 'index.html'));
