/** A picture of a run: what each process started and completed when, and who was killed. */

import type { Kill, Moment } from './run-many.ts';

export type Lane = {
  name: string;
  /** Drawn behind and in front, on one scale. */
  behind: { label: string; moments: readonly Moment[] };
  front: { label: string; moments: readonly Moment[] } | null;
};

const WIDTH = 1_120;
const LEFT = 110;
const RIGHT = 30;
const TOP = 62;
const LANE = { height: 84, gap: 18 };
const FOOT = 44;
const COLOURS = {
  behind: '#9ecae1',
  front: '#08519c',
  kill: '#c0392b',
  gone: '#f6e3e0',
  ink: '#222222',
  faint: '#8a8a8a',
};

/** More bars than this cannot be told apart. */
const BARS_MAX = 80;

/** The span that is drawn, and how it is cut into bars. */
type Scale = { fromMs: number; barSeconds: number; bars: number; most: number };

/** SVG that needs nothing else. Time begins with the first thing that happens. */
export function plotTimeline(title: string, lanes: readonly Lane[], kills: readonly Kill[]) {
  const rows = lanes.flatMap(({ behind, front }) => [behind.moments, front?.moments ?? []]);
  const scale = chooseScale(rows);
  const height = TOP + lanes.length * (LANE.height + LANE.gap) + FOOT;
  const parts = lanes.map((lane, index) => {
    const top = TOP + index * (LANE.height + LANE.gap);
    const kill = kills.find(({ name }) => name === lane.name);
    const killMs = kill ? kill.atMs - scale.fromMs : null;
    return drawLane(lane, { top, scale, killMs });
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}"`,
    ` viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="13"`,
    ` fill="${COLOURS.ink}">`,
    `<rect width="${WIDTH}" height="${height}" fill="white"/>`,
    `<text x="${LEFT}" y="24" font-size="17">${title}</text>`,
    drawLegend(lanes, scale),
    ...parts,
    drawSeconds(scale, height - FOOT + 16),
    '</svg>\n',
  ].join('\n');
}

function chooseScale(rows: readonly (readonly Moment[])[]): Scale {
  const times = rows.flat().map(({ atMs }) => atMs);
  const fromMs = Math.min(...times);
  const seconds = Math.max(1, Math.ceil((Math.max(...times) - fromMs) / 1_000));
  const barSeconds = Math.ceil(seconds / BARS_MAX);
  const cut = { fromMs, barSeconds, bars: Math.ceil((seconds + 1) / barSeconds) };
  return { ...cut, most: Math.max(1, ...rows.flatMap((row) => countByBar(row, cut))) };
}

function xOf(bar: number, { bars }: Pick<Scale, 'bars'>): number {
  return LEFT + (bar / bars) * (WIDTH - LEFT - RIGHT);
}

type Place = { top: number; scale: Scale; killMs: number | null };

function drawLane({ name, behind, front }: Lane, { top, scale, killMs }: Place): string {
  const rows = [
    { colour: COLOURS.behind, inset: 0, counts: countByBar(behind.moments, scale) },
    { colour: COLOURS.front, inset: 0.28, counts: countByBar(front?.moments ?? [], scale) },
  ];
  const bottom = top + LANE.height;
  const bars = rows.flatMap(({ colour, inset, counts }) =>
    counts.map((count, bar) => {
      if (count === 0) return '';
      const width = (xOf(1, scale) - xOf(0, scale)) * (1 - 2 * inset) * 0.92;
      const barHeight = (count / scale.most) * LANE.height;
      const x = xOf(bar + inset, scale);
      return drawBox({ x, y: bottom - barHeight, width, height: barHeight }, colour);
    }),
  );
  const sums = [`${behind.moments.length} ${behind.label}`];
  if (front) sums.push(`${front.moments.length} ${front.label}`);
  return [
    killMs === null ? '' : drawGone(killMs, { top, scale }),
    ...bars,
    drawLine([LEFT, bottom, WIDTH - RIGHT, bottom], COLOURS.ink),
    `<text x="8" y="${top + 16}" font-weight="bold">${name}</text>`,
    ...sums.map((sum, row) => drawNote({ x: 8, y: top + 36 + row * 17 }, sum, 'start')),
    drawNote({ x: LEFT - 6, y: top + 10 }, String(scale.most), 'end'),
    killMs === null ? '' : drawKill(killMs, { top, scale }),
  ].join('\n');
}

type Ends = readonly [x1: number, y1: number, x2: number, y2: number];

function drawLine([x1, y1, x2, y2]: Ends, colour: string): string {
  return `<path d="M${x1} ${y1}L${x2} ${y2}" stroke="${colour}" stroke-width="1.5"/>`;
}

function drawNote({ x, y }: { x: number; y: number }, text: string, anchor: string): string {
  const place = `x="${x}" y="${y}" text-anchor="${anchor}"`;
  return `<text ${place} font-size="11" fill="${COLOURS.faint}">${text}</text>`;
}

type Box = { x: number; y: number; width: number; height: number };

function drawBox({ x, y, width, height }: Box, colour: string): string {
  const [left, upper, wide, high] = [x, y, width, height].map((value) => value.toFixed(1));
  return `<rect x="${left}" y="${upper}" width="${wide}" height="${high}" fill="${colour}"/>`;
}

/** From then on the process is no more. */
function drawGone(killMs: number, { top, scale }: Omit<Place, 'killMs'>): string {
  const x = xOf(barOf(killMs, scale), scale);
  return drawBox({ x, y: top, width: WIDTH - RIGHT - x, height: LANE.height }, COLOURS.gone);
}

function drawKill(killMs: number, { top, scale }: Omit<Place, 'killMs'>): string {
  const x = Math.round(xOf(barOf(killMs, scale), scale));
  const text = `SIGKILL at ${(killMs / 1_000).toFixed(1)} s`;
  return [
    drawLine([x, top - 6, x, top + LANE.height], COLOURS.kill),
    `<text x="${x + 6}" y="${top + 10}" fill="${COLOURS.kill}">${text}</text>`,
  ].join('\n');
}

function drawLegend(lanes: readonly Lane[], { barSeconds }: Scale): string {
  const labels = [...new Set(lanes.map(({ behind }) => behind.label))];
  const fronts = [...new Set(lanes.flatMap(({ front }) => (front ? [front.label] : [])))];
  const items = [
    { label: labels.join(' or '), colour: COLOURS.behind },
    ...fronts.map((label) => ({ label, colour: COLOURS.front })),
  ];
  return items
    .map(({ label, colour }, index) => {
      const x = LEFT + index * 330;
      const unit = index === 0 ? ` (a bar is ${barSeconds} s)` : '';
      const text = `<text x="${x + 18}" y="45">tasks ${label}${unit}</text>`;
      return drawBox({ x, y: 34, width: 12, height: 12 }, colour) + text;
    })
    .join('\n');
}

const LABELS_MAX = 12;

function drawSeconds(scale: Scale, y: number): string {
  const seconds = scale.bars * scale.barSeconds;
  const step = [1, 2, 5, 10, 20, 30, 60, 120].find((one) => seconds / one <= LABELS_MAX) ?? 300;
  const labels: string[] = [];
  for (let second = 0; second <= seconds; second += step) {
    const x = xOf(second / scale.barSeconds, scale).toFixed(1);
    labels.push(`<text x="${x}" y="${y}" text-anchor="middle">${second} s</text>`);
  }
  return labels.join('\n');
}

function barOf(ms: number, { barSeconds }: Pick<Scale, 'barSeconds'>): number {
  return ms / 1_000 / barSeconds;
}

function countByBar(moments: readonly Moment[], scale: Omit<Scale, 'most'>): number[] {
  const counts = Array.from({ length: scale.bars }, () => 0);
  for (const { atMs } of moments) {
    const bar = Math.min(scale.bars - 1, Math.floor(barOf(atMs - scale.fromMs, scale)));
    counts[bar] = (counts[bar] ?? 0) + 1;
  }
  return counts;
}
