import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createFuzzer, type Fuzzer } from './fuzz.ts';

const FILES = 250;
const SEED = 20_260_101;

let fuzzer: Fuzzer;
before(async () => {
  fuzzer = await createFuzzer(SEED);
});
after(() => fuzzer.close());

test('every broken file ends in facts or in an error that has a name', async () => {
  const endings = new Set<string>();
  for (let number = 0; number < FILES; number += 1) {
    const { ending, isFault } = await fuzzer.run(number);
    endings.add(ending);
    const how = `node --conditions=development test/fuzz/run.ts --seed ${SEED} --only ${number}`;
    assert.ok(!isFault, `${ending}; repeat with ${how}`);
  }
  // Chance that breaks nothing, or everything, would prove nothing.
  assert.ok(endings.has('facts, decoded') && endings.size > 5, [...endings].join('; '));
});

test('a case follows from its number alone', async () => {
  assert.deepEqual(fuzzer.make(7).bytes, fuzzer.make(7).bytes);
  assert.notDeepEqual(fuzzer.make(7).bytes, fuzzer.make(8).bytes);
});
