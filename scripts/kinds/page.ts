/**
 * Writes what became of every kind as one page with a strip of pictures each, and as the table of
 * the documentation.
 */

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Verdict } from './judge.ts';
import type { Kind } from './list.ts';
import { OUT, TABLE } from './places.ts';

export type Row = { kind: Kind; verdict: Verdict; seconds: number; strip: string | null };

const COLOURS = { good: '#2e7d4f', acceptable: '#8a6d1d', refused: '#555c66', failed: '#b3261e' };

const ROWS = join(OUT, 'rows.json');

async function readRows(): Promise<Row[]> {
  const text = await readFile(ROWS, 'utf8').catch(() => '[]');
  return JSON.parse(text) as Row[];
}

/** Columns for a terminal: name, outcome, share seen, degrees, seconds, findings, reason. */
export function printRow({ kind, verdict, seconds }: Row): string {
  const { outcome, seen, armDegrees, findings, reason } = verdict;
  return [
    kind.name.padEnd(38),
    outcome.padEnd(10),
    (seen === null ? '-' : `${Math.round(seen * 100)} %`).padStart(6),
    (armDegrees === null ? '-' : `${armDegrees.toFixed(0)} deg`).padStart(8),
    `${seconds.toFixed(1)} s`.padStart(8),
    ` ${[...new Set(findings)].join(', ')}`,
    reason === '' ? '' : ` | ${reason.split('\n')[0]}`,
  ].join(' ');
}

/** Rows of earlier runs stay on the page until their kind is tried again. */
export async function writePage(
  tried: readonly Row[],
  names: readonly string[],
  skipped: readonly string[],
): Promise<void> {
  const known = new Map((await readRows()).map((row) => [row.kind.name, row]));
  for (const row of tried) known.set(row.kind.name, row);
  const rows = names.flatMap((name) => known.get(name) ?? []);
  await writeFile(ROWS, JSON.stringify(rows, null, 1));
  const body = rows.map(drawRow).join('\n');
  const left = skipped.map((name) => `<p>Skipped: ${escapeText(name)}</p>`).join('\n');
  const page = `<!doctype html><meta charset="utf-8"><title>Kinds of pictures and clips</title>
<style>body{font:15px/1.5 system-ui;margin:2rem;background:#f6f6f4;color:#222}img{max-width:100%}
section{margin:0 0 2rem}b{color:#fff;border-radius:4px;padding:.1em .5em}</style>
<h1>Kinds of pictures and clips</h1>
${body}
${left}
`;
  await writeFile(join(OUT, 'index.html'), page);
  await writeFile(TABLE, drawTable(rows));
}

/** One line a kind, without what differs from machine to machine. */
function drawTable(rows: readonly Row[]): string {
  const lines = rows.map(({ kind, verdict }) => {
    const { outcome, seen, armDegrees, findings, reason } = verdict;
    const codes = [...new Set(findings)].map((code) => `\`${code}\``).join(', ');
    return [
      kind.name,
      reason === '' ? outcome : `${outcome}: ${reason.split('\n')[0]}`,
      codes,
      seen === null ? '' : `${Math.round(seen * 100)} %`,
      armDegrees === null ? '' : `${armDegrees.toFixed(0)}`,
      kind.advice,
    ].join(' | ');
  });
  return `# Kinds of pictures and clips that were tried

Every kind of picture with the usual clip, every kind of clip with the usual picture, and some pairs of both, as \`node --conditions=development scripts/kinds.ts\` found them; it writes this page.
*Seen* is the share of eight moments in which a body or face is found in the result, *arms* by how
many degrees the directions of its arms differ from those of the clip in the median. The rules for
good, acceptable and refused stand in \`scripts/kinds/judge.ts\`; what they mean for who sends
pictures is in [pictures and clips](../reference/inputs.md).

| kind | outcome | finding | seen | arms | advice |
| --- | --- | --- | --- | --- | --- |
${lines.map((line) => `| ${line} |`).join('\n')}
`;
}

function drawRow({ kind, verdict, seconds, strip }: Row): string {
  const { outcome, seen, armDegrees, findings, reason } = verdict;
  const facts = [
    ...(seen === null ? [] : [`seen ${Math.round(seen * 100)} %`]),
    ...(armDegrees === null ? [] : [`arms ${armDegrees.toFixed(0)} degrees`]),
    `${seconds.toFixed(1)} s`,
    ...findings,
    ...(reason === '' ? [] : [reason]),
  ];
  return `<section><h2>${escapeText(kind.name)} <b style="background:${COLOURS[outcome]}">${outcome}</b></h2>
<p>${escapeText(facts.join(' · '))}</p>${strip === null ? '' : `<img src="${strip}" alt="">`}</section>`;
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
