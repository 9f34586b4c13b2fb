import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { FORBIDDEN_HOST, type Row, say, toOpen } from './row.ts';
import { ROWS } from './rows.ts';
import { runRow } from './run-row.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;

before(async () => {
  stage = await openStage();
});

after(async () => {
  await stage.close();
});

test('the table is large, and no two rows of it are the same', () => {
  assert.ok(ROWS.length >= 60);
  const names = ROWS.map(({ group, name }) => `${group}: ${name}`);
  assert.equal(new Set(names).size, names.length);
});

for (const group of new Set(ROWS.map((row) => row.group))) {
  test(`${group}: each ends with its error, reaches nothing and leaves nothing`, async () => {
    for (const row of ROWS.filter((each) => each.group === group)) {
      const outcome = await runRow(row, stage);
      const [code, sentence] = row.ends;
      assert.equal(outcome.code, code, `${row.name}: ${outcome.sentence}`);
      assert.match(outcome.sentence, sentence, row.name);
      assert.equal(outcome.hits, 0, `${row.name}: connections to the forbidden listener`);
      assert.equal(outcome.left, 0, `${row.name}: handles that are left`);
    }
  });
}

test('an address that is refused as it is written costs not even a socket', async () => {
  const literal = ROWS.filter(
    (row) => row.group === 'address' && !/localhost/i.test(row.url(stage.ports)),
  );
  assert.ok(literal.length > 60);
  for (const row of literal) assert.equal((await runRow(row, stage)).sockets, 0, row.name);
});

test('the forbidden listener would have counted a connection', async () => {
  const row: Row = {
    group: 'check',
    name: 'a host that reaches it in our stead',
    url: toOpen,
    host: ({ forbidden }) => ({
      answer: (socket, nth, request) => {
        const visitor = connect(forbidden, FORBIDDEN_HOST, () => {
          visitor.destroy();
          say('HTTP/1.1 404 No\r\n\r\n')(socket, nth, request);
        });
      },
    }),
    ends: ['fetch_refused', /404/],
  };
  assert.equal((await runRow(row, stage)).hits, 1);
});
