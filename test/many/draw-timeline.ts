/** A timeline in text: how many steps each process took in each span, and which steps they were. */

import type { StepLine } from './cluster.ts';

const COLUMNS = 60;
const SHADES = ' .:-=+*#%@';

export function drawTimeline(steps: readonly StepLine[]): string {
  const names = [...new Set(steps.map(({ node }) => node))].toSorted();
  const endMs = Math.max(1, ...steps.map(({ atMs }) => atMs));
  const spanMs = endMs / COLUMNS;
  const counts = names.map((name) => {
    const columns = Array.from({ length: COLUMNS }, () => 0);
    for (const { node, atMs } of steps) {
      const column = Math.min(COLUMNS - 1, Math.floor(atMs / spanMs));
      if (node === name) columns[column] = (columns[column] ?? 0) + 1;
    }
    return columns;
  });
  const most = Math.max(1, ...counts.flat());
  const shade = (count: number) => SHADES[Math.ceil((count / most) * (SHADES.length - 1))];
  const lines = names.map((name, index) => {
    const kinds = Object.entries(
      Object.groupBy(
        steps.filter(({ node, outcome }) => node === name && outcome !== 'again'),
        ({ step }) => step,
      ),
    ).map(([step, group]) => `${step} ${group?.length ?? 0}`);
    return `${name.padEnd(10)}|${(counts[index] ?? []).map(shade).join('')}| ${kinds.join(', ')}`;
  });
  return [
    ...lines,
    `${' '.repeat(10)}0 s${' '.repeat(COLUMNS - 6)}${(endMs / 1_000).toFixed(0)} s; a column is ` +
      `${(spanMs / 1_000).toFixed(1)} s, the darkest holds ${most} steps`,
  ].join('\n');
}
