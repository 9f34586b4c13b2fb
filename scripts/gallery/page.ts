/** Writes the gallery as one page: each pair now beside how it was last accepted. */

/** What is known of one pair after a run. */
export type Shown = {
  /** Seconds of the whole and of each stage. */
  seconds: Record<string, number>;
  /** The numbers of the score; null where nothing was measured. */
  score: Record<string, number | null>;
  /** Codes of what was said about the pair, or nothing. */
  findings: string;
};

export type Row = {
  name: string;
  now: Shown;
  accepted: Shown | null;
  /** Addresses of the sheets, relative to the page. */
  sheet: string;
  acceptedSheet: string | null;
};

/** A score that moved by less than this is the same. */
const SCORE_STEP = 0.005;

/** Scores are parts of one: more is better. Raw measures stand below them, without a judgement. */
const isJudged = (name: string): boolean => name === 'score' || name.startsWith('part_');

export function writeGalleryPage(rows: readonly Row[], skipped: readonly string[]): string {
  const names = skipped.map((text) => `<li>${escapeHtml(text)}</li>`).join('');
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Understudy gallery</title>
<style>
  body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem; background: #17181b; color: #e8e8ea; }
  section { margin: 2rem 0 3rem; }
  .sheets { display: flex; gap: 1rem; align-items: flex-start; }
  figure { margin: 0; flex: 1; }
  img { max-width: 100%; }
  td, th { padding: 0 1rem 0 0; text-align: right; font-variant-numeric: tabular-nums; }
  td:first-child, th:first-child { text-align: left; }
  .better { color: #6fcf97; } .worse { color: #ff7a70; }
</style>
<h1>Gallery</h1>
${rows.map(printPair).join('\n')}
${names === '' ? '' : `<h2>Skipped</h2><ul>${names}</ul>`}
</html>
`;
}

/** What got better and what got worse, in words for the terminal; empty when nothing moved. */
export function describeChange({ now, accepted }: Row): string {
  if (accepted === null) return 'new';
  const moved = Object.keys(now.score).filter(
    (name) => isJudged(name) && judge(now, accepted, name),
  );
  return moved
    .map((name) => `${name} ${print(accepted.score[name])} -> ${print(now.score[name])}`)
    .join(', ');
}

function judge(now: Shown, accepted: Shown, name: string): '' | 'better' | 'worse' {
  const [a, b] = [accepted.score[name], now.score[name]];
  if (typeof a !== 'number' || typeof b !== 'number' || Math.abs(b - a) < SCORE_STEP) return '';
  return b > a ? 'better' : 'worse';
}

function printPair(row: Row): string {
  const { name, now, accepted, sheet, acceptedSheet } = row;
  const scores = Object.keys(now.score).map((key) => {
    const mark = accepted && isJudged(key) ? judge(now, accepted, key) : '';
    return printLine(key, now.score[key], accepted?.score[key], mark);
  });
  const times = Object.keys(now.seconds).map((key) =>
    printLine(`${key}, s`, now.seconds[key], accepted?.seconds[key], ''),
  );
  return `<section>
<h2>${escapeHtml(name)}</h2>
<p>${escapeHtml(now.findings || 'no warnings')}</p>
<div class="sheets">
${printSheet(sheet, 'now')}
${acceptedSheet === null ? '' : printSheet(acceptedSheet, 'accepted')}
</div>
<details${accepted === null ? '' : ' open'}><summary>numbers</summary>
<table><tr><th></th><th>now</th><th>accepted</th></tr>
${[...scores, ...times].join('\n')}
</table></details>
</section>`;
}

function printSheet(address: string, caption: string): string {
  return `<figure><a href="${address}"><img src="${address}" alt="${caption}"></a><figcaption>${caption}</figcaption></figure>`;
}

type Value = number | null | undefined;

function printLine(name: string, now: Value, accepted: Value, mark: string): string {
  return `<tr><td>${escapeHtml(name)}</td><td class="${mark}">${print(now)}</td><td>${print(accepted)}</td></tr>`;
}

function print(value: Value): string {
  return typeof value === 'number' ? value.toFixed(3).replace(/\.?0+$/, '') : '–';
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
