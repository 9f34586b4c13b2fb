import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { reserveDatabase, silentLog } from '../../test/fixtures/database.ts';
import { readConfig } from '../config.ts';
import { createService } from '../main.ts';
import { writeServiceNote } from '../net/service-file.ts';
import { runWith } from './testing/test-io.ts';

const dataDir = await mkdtemp(join(tmpdir(), 'understudy-admin-'));
const database = await reserveDatabase();
after(async () => {
  await database.drop();
  await rm(dataDir, { recursive: true });
});

const environment = { DATA_DIR: dataDir, PORT: '0', ...database.environment };
const run = (...args: string[]) => runWith(environment, ...args);

async function createKey(): Promise<string> {
  const { code, out, err } = await run('key', 'create', '--json');
  assert.equal(code, 0, err.join('\n'));
  assert.match(out.join('\n'), /^\{"key":"us_\w+"\}$/);
  return JSON.parse(out.join('\n')).key;
}

test('keys and credit work before, while and after the service runs', async () => {
  const early = await createKey();
  const service = await createService(readConfig(environment), { log: silentLog });
  assert.equal(service.firstKey, null, 'the first key was already given out');
  await service.start();
  const ask = async (key: string) => {
    const headers = { authorization: `Bearer ${key}` };
    return await service.app.inject({ url: '/v1/balance', headers });
  };

  const during = await createKey();
  assert.equal((await ask(early)).statusCode, 200);
  assert.equal((await ask(during)).json().available_usd, '10.00000');

  const credit = await run('credit', 'default', '2.50', '--reference', 'invoice 1', '--json');
  assert.equal(JSON.parse(credit.out.join('\n')).available_usd, '12.50000');

  const keys = JSON.parse((await run('key', 'list', '--json')).out.join('\n'));
  assert.equal(keys.length, 2);
  const { id } = keys.find((one: { prefix: string }) => during.startsWith(one.prefix));
  assert.equal((await run('key', 'revoke', id)).code, 0);
  assert.equal((await ask(during)).statusCode, 401);
  assert.equal((await run('key', 'revoke', 'key_none')).code, 1);
  await service.stop();
  const again = await run('credit', 'default', '2.50', '--reference', 'invoice 1', '--json');
  assert.deepEqual(
    [JSON.parse(again.out.join('\n')).available_usd, JSON.parse(again.out.join('\n')).is_repeat],
    ['12.50000', true],
    'the reference counts however it is sent',
  );
  assert.match((await run('key', 'list')).out.join('\n'), /revoked/);
});

test('a note that a killed service left behind does not stop the work', async () => {
  const adminToken = 'of a process that is gone';
  await writeServiceNote(dataDir, { url: 'http://127.0.0.1:1', pid: 1, adminToken });
  assert.match(await createKey(), /^us_/);
});

test('accounts are made and listed while the service runs and while it does not', async () => {
  const makeAccount = async (name: string) => (await run('account', 'create', name)).out.join('\n');
  const service = await createService(readConfig(environment), { log: silentLog });
  await service.start();
  const shop = await makeAccount('shop');
  assert.match(shop, /^acct_/);
  await service.stop();
  const stall = await makeAccount('stall');
  const listed = JSON.parse((await run('account', 'list', '--json')).out.join('\n'));
  assert.deepEqual(
    listed.slice(1).map(({ id }: { id: string }) => id),
    [shop, stall],
  );
  const vague = await run('credit', 'default', '1');
  assert.match(vague.err.join('\n'), /there are several accounts/);
});

test('doctor finds a place where everything holds', async () => {
  const { code, out } = await run('doctor');
  assert.equal(code, 0, out.join('\n'));
  assert.match(
    out.join('\n'),
    /database: .* opens \(PostgreSQL \d+\.\d+\); its \d+ migrations are/,
  );
  assert.match(out.at(-1) ?? '', /^\d+ ok, \d+ warn, 0 fail$/);
  for (const name of ['clock', 'storage', 'port', 'native modules', 'engine']) {
    assert.match(out.join('\n'), new RegExp(`^(ok|warn) +${name}: `, 'm'));
  }
});

test('doctor says what does not hold and what to do', async () => {
  const elsewhere = { DATA_DIR: '/dev/null/data', PORT: '0' };
  const { code, out } = await runWith(elsewhere, 'doctor');
  assert.equal(code, 1);
  assert.match(out.join('\n'), /FAIL {2}data folder/);
  assert.match(out.join('\n'), /set DATA_DIR to another folder/);
});
