import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestClock } from '../../test/fixtures/clock.ts';
import { createUrlSigner } from './signed-url.ts';

const clock = createTestClock();
const signer = createUrlSigner({ secret: 'one', getBaseUrl: () => 'https://host.test', clock });

function signParts(taskId: string, lifetimeMs: number): { exp: string; sig: string } {
  const { searchParams } = new URL(signer.sign(taskId, clock.now() + lifetimeMs));
  return { exp: searchParams.get('exp') ?? '', sig: searchParams.get('sig') ?? '' };
}

test('an address is good until its second and not in it', () => {
  const { exp, sig } = signParts('task_1', 10_000);
  clock.advance(9_999);
  assert.equal(signer.check('task_1', exp, sig), 'valid');
  clock.advance(1);
  assert.equal(signer.check('task_1', exp, sig), 'expired');
});

test('a signature is good for one task, one time and one secret', () => {
  const { exp, sig } = signParts('task_1', 10_000);
  const other = createUrlSigner({ secret: 'two', getBaseUrl: () => '', clock });
  assert.equal(signer.check('task_2', exp, sig), 'invalid');
  assert.equal(signer.check('task_1', `${exp}0`, sig), 'invalid');
  assert.equal(signer.check('task_1', exp, `${sig}A`), 'invalid');
  assert.equal(signer.check('task_1', exp, ''), 'invalid');
  assert.equal(other.check('task_1', exp, sig), 'invalid');
});

test('a forged address that looks expired is invalid, not expired', () => {
  assert.equal(signer.check('task_1', '1', 'AAAA'), 'invalid');
});
