import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProgressBar } from './progress-bar.ts';

function createTarget(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, written, write: (text: string) => written.push(text) };
}

test('a terminal gets one line that is written over', () => {
  const target = createTarget(true);
  const bar = createProgressBar(target);
  bar.show(0, 'tracking');
  bar.show(0.5, 'rendering');
  bar.end();
  assert.equal(target.written.length, 3);
  assert.match(target.written[1] ?? '', /█{14}░{14} {2}50 % {2}rendering$/);
  assert.equal(target.written[2], '\n');
});

test('a file gets a line for each stage and each quarter', () => {
  const target = createTarget(false);
  const bar = createProgressBar(target);
  for (let percent = 0; percent <= 100; percent++) bar.show(percent / 100, 'rendering');
  bar.show(1, 'storing');
  bar.end();
  const lines = ['0', '25', '50', '75', '100'].map((n) => `${n.padStart(3)} %  rendering\n`);
  assert.deepEqual(target.written, [...lines, '100 %  storing\n']);
});

test('what is shown never goes back', () => {
  const target = createTarget(false);
  const bar = createProgressBar(target);
  bar.show(0.6, 'rendering');
  bar.show(0.2, 'rendering again');
  assert.deepEqual(target.written, [' 60 %  rendering\n', ' 60 %  rendering again\n']);
});

test('the end is always told, however small the last step was', () => {
  const target = createTarget(false);
  const bar = createProgressBar(target);
  bar.show(0.9, 'rendering');
  bar.show(1, 'rendering');
  bar.show(1, 'rendering');
  assert.deepEqual(target.written, [' 90 %  rendering\n', '100 %  rendering\n']);
});
