import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createTestClock } from '../../test/fixtures/clock.ts';
import { silentLog, TEST_DATABASES } from '../../test/fixtures/database.ts';
import { createAccounts } from '../accounts/accounts.ts';
import { createLedger } from '../billing/ledger.ts';
import type { Database } from '../db/database.ts';
import { newId } from '../kernel/ids.ts';
import { nameFileKind } from '../probe/sniff.ts';
import { createDiskStorage } from '../storage/disk/disk-storage.ts';
import { createUploads } from './uploads.ts';

const folder = await mkdtemp(join(tmpdir(), 'understudy-uploads-'));
after(() => rm(folder, { recursive: true }));

const png = (text: string) =>
  Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.from(text)]);

for (const { name, skip, open } of TEST_DATABASES) {
  let db: Database;
  before(async () => {
    if (!skip) db = await open();
  });
  after(() => db?.close());

  /** An account, a folder and a clock of its own. */
  async function createRig() {
    const clock = createTestClock();
    const ledger = createLedger({ clock, newId });
    const { id: accountId } = await createAccounts({ db, ledger, clock, newId }).createAccount('a');
    const home = join(folder, newId('blob'));
    const workDir = join(home, 'inputs', 'own');
    await mkdir(workDir, { recursive: true });
    const storage = await createDiskStorage(join(home, 'storage'), clock);
    const options = {
      db,
      storage,
      clock,
      newId,
      log: silentLog,
      workDir,
      limits: {
        imageBytesMax: 1000,
        videoBytesMax: 1000,
        spaceBytesMax: 100,
        keptMs: 60_000,
        perAccountMax: 5,
        uploadMsMax: 10_000,
        bytesPerSecondMin: 0,
      },
      nameKind: nameFileKind,
      isInUse: async () => false,
    };
    const listBlobs = async () =>
      (await readdir(join(home, 'storage', 'blobs'), { recursive: true })).filter((path) =>
        path.endsWith('.png'),
      );
    const listRows = () =>
      db.kysely.selectFrom('upload').select('id').where('account_id', '=', accountId).execute();
    return { ...options, accountId, home, uploads: createUploads(options), listBlobs, listRows };
  }

  test(`${name}: the same bytes at the same time are one row and one blob`, { skip }, async () => {
    const rig = await createRig();
    const send = () => rig.uploads.receiveBytes(rig.accountId, png('same'));
    const all = await Promise.all([send(), send(), send(), send()]);
    assert.equal(new Set(all.map(({ upload }) => upload.id)).size, 1);
    assert.equal(all.filter(({ isNew }) => isNew).length, 1);
    assert.equal((await rig.listRows()).length, 1);
    assert.equal((await rig.listBlobs()).length, 1);
  });

  test(`${name}: of two that arrive together only one gets the last space`, { skip }, async () => {
    const rig = await createRig();
    const send = (text: string) => rig.uploads.receiveBytes(rig.accountId, png(text.repeat(52)));
    const both = await Promise.allSettled([send('a'), send('b')]);
    assert.deepEqual(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
    assert.equal((await rig.listBlobs()).length, 1);
  });

  test(`${name}: what a process left that was killed is swept`, { skip }, async () => {
    const rig = await createRig();
    const { storage, clock, uploads } = rig;
    // Killed after the blob was stored and before the row said so.
    const file = join(rig.workDir, 'left');
    await writeFile(file, png('left'));
    const key = 'uploads/upload_left/image.png';
    await storage.putFile(key, file, 'image/png');
    await db.kysely
      .insertInto('upload')
      .values({
        id: 'upload_left',
        account_id: rig.accountId,
        state: 'arriving',
        storage_key: key,
        created_at: new Date(clock.now()),
        expires_at: new Date(clock.now() + 10_000),
      })
      .execute();
    const others = join(rig.home, 'inputs', 'others');
    await mkdir(join(others, 'probe'), { recursive: true });
    for (const [path, ageMs] of [
      ['old', 4_000_000],
      ['young', 1_000],
    ] as const) {
      await writeFile(join(others, path), 'x');
      const when = new Date(clock.now() - ageMs);
      await utimes(join(others, path), when, when);
    }
    await uploads.sweep();
    assert.equal((await rig.listBlobs()).length, 1, 'it could still be under way');
    assert.deepEqual((await readdir(others)).toSorted(), ['probe', 'young']);
    clock.advance(10_000);
    await uploads.sweep();
    assert.deepEqual(await rig.listBlobs(), []);
    assert.deepEqual(await rig.listRows(), []);
  });

  test(`${name}: a claimed upload cannot be removed before its claim commits`, {
    skip,
  }, async (t) => {
    const rig = await createRig();
    t.after(() => rig.db.close());
    const { upload } = await rig.uploads.receiveBytes(rig.accountId, png('wanted'));
    const order: string[] = [];
    const wanted = { id: upload.id, kind: 'image', field: 'image_url' } as const;
    const claimed = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const submit = db.transaction(async (tx) => {
      await rig.uploads.claim(tx, rig.accountId, wanted);
      claimed.resolve();
      await go.promise;
      order.push('claim ends');
    });
    await claimed.promise;
    const removal = rig.uploads.remove(rig.accountId, upload.id).then(() => order.push('removed'));
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    go.resolve();
    await Promise.all([submit, removal]);
    assert.deepEqual(order, ['claim ends', 'removed']);
  });
}
