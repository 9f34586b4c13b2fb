/**
 * Shows how far a long work is: one moving line for a person, a few plain lines for a file or a
 * pipe.
 */

export type ProgressBar = {
  /** @param fraction 0 to 1; a smaller one than before is not shown. */
  show(fraction: number, stage: string): void;
  /** Leaves the line; call it before anything else is printed. */
  end(): void;
};

/** The part of a stream that is needed. */
export type ProgressTarget = { isTTY?: boolean; write(text: string): unknown };

const BAR_CHARS = 28;
const CLEAR_LINE = '\r\u001b[K';
/** Without a terminal a line is printed for each stage and for each part of this size. */
const LINE_STEP = 0.25;

export function createProgressBar(target: ProgressTarget): ProgressBar {
  return target.isTTY ? createMovingLine(target) : createPlainLines(target);
}

function createMovingLine(target: ProgressTarget): ProgressBar {
  let furthest = 0;
  let shown = '';
  return {
    show(fraction, stage) {
      furthest = Math.max(furthest, Math.min(fraction, 1));
      const filled = Math.round(furthest * BAR_CHARS);
      const bar = '█'.repeat(filled) + '░'.repeat(BAR_CHARS - filled);
      const line = `${bar} ${formatPercent(furthest)}  ${stage}`;
      if (line !== shown) target.write(`${CLEAR_LINE}${line}`);
      shown = line;
    },
    end() {
      if (shown !== '') target.write('\n');
      shown = '';
    },
  };
}

function createPlainLines(target: ProgressTarget): ProgressBar {
  let furthest = 0;
  let printed = { stage: '', fraction: 0 };
  return {
    show(fraction, stage) {
      furthest = Math.max(furthest, Math.min(fraction, 1));
      const isDone = furthest === 1 && printed.fraction < 1;
      const isSmall = stage === printed.stage && furthest - printed.fraction < LINE_STEP;
      if (isSmall && !isDone) return;
      printed = { stage, fraction: furthest };
      target.write(`${formatPercent(furthest)}  ${stage}\n`);
    },
    end() {},
  };
}

function formatPercent(fraction: number): string {
  return `${String(Math.floor(fraction * 100)).padStart(3)} %`;
}
