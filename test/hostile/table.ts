/**
 * Prints every hostile address and server, how each ended, and what it left behind. Arguments
 * narrow it to rows whose group or name contains one of them. Ends with 1 when a row fails.
 */

import { ROWS } from './rows.ts';
import { type Outcome, runRow } from './run-row.ts';
import { openStage } from './stage.ts';

const NAME_COLUMNS = 46;
const GROUP_COLUMNS = 11;
const CODE_COLUMNS = 25;

const words = process.argv.slice(2);
const rows = ROWS.filter(
  ({ group, name }) =>
    words.length === 0 || words.some((word) => `${group}: ${name}`.includes(word)),
);
const stage = await openStage();
const columns = ['group', 'what is tried', 'ends as', 'hits', 'left', '   ms', 'sentence'];
console.log(lay(columns));
let failed = 0;
for (const row of rows) {
  const outcome = await runRow(row, stage);
  const [code, sentence] = row.ends;
  const isRight = outcome.code === code && sentence.test(outcome.sentence);
  const isClean = outcome.hits === 0 && outcome.left === 0;
  if (!isRight || !isClean) failed += 1;
  const said = isRight ? outcome.sentence : `${outcome.sentence} (${code} ${sentence} expected)`;
  console.log(lay([row.group, row.name, ...show(outcome), said]));
}
await stage.close();
console.log(`\n${rows.length} rows, ${failed} not as they should be.`);
process.exitCode = failed === 0 ? 0 : 1;

function show({ code, hits, left, ms }: Outcome): [string, string, string, string] {
  return [code, String(hits), String(left), ms.toFixed(0).padStart(5)];
}

function lay([group = '', name = '', code = '', ...rest]: string[]): string {
  const start = [group.padEnd(GROUP_COLUMNS), name.padEnd(NAME_COLUMNS), code.padEnd(CODE_COLUMNS)];
  const [hits = '', left = '', ms = '', sentence = ''] = rest;
  return [...start, hits.padStart(4), left.padStart(4), ms, ` ${sentence}`].join(' ');
}
