import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTurns } from './turns.ts';

const forever = new AbortController().signal;
const limits = { runningMax: 2, waitingMax: 1, perAccountMax: 2 };

test('who finds all turns taken waits for the first that ends', async () => {
  const turns = createTurns(limits);
  const endA = await turns.take('a', forever);
  await turns.take('b', forever);
  const order: string[] = [];
  const third = turns.take('c', forever).then(() => order.push('third'));
  await new Promise(setImmediate);
  order.push('a ends');
  endA();
  await third;
  assert.deepEqual(order, ['a ends', 'third']);
});

test('an account cannot take every turn, and nobody waits behind too many', async () => {
  const turns = createTurns(limits);
  await turns.take('a', forever);
  await turns.take('a', forever);
  await assert.rejects(turns.take('a', forever), {
    code: 'too_many_quotes',
    message: 'Too many quotes are being made for this account: at most 2 at a time.',
  });
  turns.take('b', forever);
  await assert.rejects(turns.take('c', forever), { code: 'too_many_quotes' });
});

test('who gives up waiting makes room for another', async () => {
  const turns = createTurns(limits);
  const end = await turns.take('a', forever);
  await turns.take('b', forever);
  const patience = new AbortController();
  const given = turns.take('c', patience.signal);
  patience.abort(new Error('gone'));
  await assert.rejects(given, /gone/);
  const next = turns.take('c', forever);
  end();
  (await next)();
});

test('a turn that ended is free for everybody again', async () => {
  const turns = createTurns({ ...limits, runningMax: 1 });
  for (let round = 0; round < 5; round++) (await turns.take('a', forever))();
  const end = await turns.take('b', forever);
  const waiting = turns.take('a', forever);
  end();
  (await waiting)();
});
