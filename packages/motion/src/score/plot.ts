/** Draws a score: a bar for each part, and how limbs, mouth and lids went over time. */

import { writeFile } from 'node:fs/promises';
import sharp from 'sharp';
import { type CurvePair, type MotionScore, SCORE_PARTS, SCORE_WEIGHTS } from './motion-score.ts';
import { writeLetters } from './strokes.ts';

const WIDTH = 960;
const MARGIN = 32;
const INNER = WIDTH - 2 * MARGIN;
const BAR_TOP = 84;
const BAR_STEP = 26;
const BAR_LEFT = 224;
const BAR_WIDTH = 560;
const CHART_HEIGHT = 130;
const CHART_STEP = 186;

const PAPER = '#ffffff';
const INK = '#23262b';
const GREY = '#8a9099';
const RULE = '#e3e6ea';
const REFERENCE = '#3b6fd4';
const RESULT = '#e0662e';
const GOOD = '#2f9e63';

type Line = { colour: string; values: readonly (number | null)[] };

/**
 * Writes the plot of a score to a file: PNG when its name ends with `.png`, else SVG. Letters are
 * drawn as lines, so no font has to be installed.
 */
export async function writeScorePlot(score: MotionScore, file: string): Promise<void> {
  const svg = drawScorePlot(score);
  if (file.toLowerCase().endsWith('.png')) await sharp(Buffer.from(svg)).png().toFile(file);
  else await writeFile(file, svg);
}

/** The plot as SVG text. */
export function drawScorePlot(score: MotionScore): string {
  const { curves, measures } = score;
  const bars = SCORE_PARTS.map((part, i) =>
    drawBar(
      `${part} (${SCORE_WEIGHTS[part].toFixed(2)})`,
      score.parts[part],
      BAR_TOP + i * BAR_STEP,
    ),
  );
  const chartTop = BAR_TOP + SCORE_PARTS.length * BAR_STEP + 50;
  const pair = ({ reference, result }: CurvePair): Line[] => [
    { colour: REFERENCE, values: reference },
    { colour: RESULT, values: result },
  ];
  const charts: [string, Line[]][] = [
    ['limb error in degrees', [{ colour: RESULT, values: curves.limbErrorDegrees }]],
    ['mouth opening', pair(curves.mouthOpening)],
    ['lid opening', pair(curves.lids)],
  ];
  const endMs = (curves.timesMs.at(-1) ?? 0) + 1000 / score.fps;
  const height = chartTop + charts.length * CHART_STEP;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}">`,
    `<rect width="${WIDTH}" height="${height}" fill="${PAPER}"/>`,
    writeLetters(`score ${score.score.toFixed(3)}`, MARGIN, 28, { height: 26, colour: INK }),
    writeLetters(
      `coverage ${measures.coverage.toFixed(2)}   ${score.frameCount} moments`,
      WIDTH - MARGIN,
      36,
      { height: 12, colour: GREY, anchor: 'end' },
    ),
    ...bars,
    drawLegend(chartTop - 30),
    ...charts.map(([title, lines], i) => drawChart(title, lines, endMs, chartTop + i * CHART_STEP)),
    '</svg>',
  ].join('\n');
}

function drawBar(name: string, value: number | null, top: number): string {
  const text = value === null ? 'not measured' : value.toFixed(3);
  const colour = value === null ? GREY : INK;
  const filled = BAR_WIDTH * (value ?? 0);
  return [
    writeLetters(name, MARGIN, top + 3, { height: 11, colour }),
    drawBox(BAR_LEFT, top, BAR_WIDTH, 17, RULE),
    drawBox(BAR_LEFT, top, filled, 17, GOOD),
    writeLetters(text, BAR_LEFT + BAR_WIDTH + 14, top + 3, { height: 11, colour }),
  ].join('');
}

function drawLegend(top: number): string {
  const entry = (name: string, colour: string, left: number): string =>
    drawBox(left, top + 3, 18, 4, colour) +
    writeLetters(name, left + 26, top, { height: 10, colour: INK });
  return entry('reference', REFERENCE, MARGIN) + entry('result', RESULT, MARGIN + 150);
}

function drawChart(title: string, lines: readonly Line[], endMs: number, top: number): string {
  const values = lines.flatMap((line) => line.values.filter((value) => value !== null));
  const high = Math.max(...values, 0.01) * 1.05;
  const place = (value: number): number => top + 22 + CHART_HEIGHT * (1 - value / high);
  const paths = lines.map(({ colour, values: heights }) => {
    const d = tracePath(heights, place);
    return `<path d="${d}" fill="none" stroke="${colour}" stroke-width="1.6"/>`;
  });
  const nothing = writeLetters('not measured', MARGIN + 12, top + 40, { height: 11, colour: GREY });
  const digits = high < 10 ? 2 : 0;
  return [
    writeLetters(title, MARGIN, top + 4, { height: 11, colour: INK }),
    writeLetters(`max ${high.toFixed(digits)}`, WIDTH - MARGIN, top + 6, {
      height: 9,
      colour: GREY,
      anchor: 'end',
    }),
    drawBox(MARGIN, top + 22, INNER, 1, RULE),
    drawBox(MARGIN, top + 22 + CHART_HEIGHT, INNER, 1, GREY),
    ...(values.length > 0 ? paths : [nothing]),
    writeLetters('0 s', MARGIN, top + 28 + CHART_HEIGHT, { height: 8, colour: GREY }),
    writeLetters(`${(endMs / 1000).toFixed(2)} s`, WIDTH - MARGIN, top + 28 + CHART_HEIGHT, {
      height: 8,
      colour: GREY,
      anchor: 'end',
    }),
  ].join('\n');
}

/** A line that breaks where nothing was seen. */
function tracePath(values: readonly (number | null)[], place: (value: number) => number): string {
  let isDown = false;
  const steps = values.map((value, i) => {
    if (value === null) {
      isDown = false;
      return '';
    }
    const x = MARGIN + (INNER * (i + 0.5)) / values.length;
    const step = `${isDown ? 'L' : 'M'}${x.toFixed(1)} ${place(value).toFixed(1)}`;
    isDown = true;
    return step;
  });
  return steps.join('');
}

function drawBox(x: number, y: number, width: number, height: number, colour: string): string {
  return `<rect x="${x}" y="${y}" width="${width.toFixed(1)}" height="${height}" fill="${colour}"/>`;
}
