import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { openMemoryDatabase } from '../../../test/fixtures/database.ts';
import { createTaskRig, type TaskRig } from '../../../test/fixtures/task-rig.ts';
import { waitUntil } from '../../../test/fixtures/wait-until.ts';
import type { Caller } from '../../accounts/accounts.ts';
import type { Database } from '../../db/database.ts';
import { AppError, isAppError } from '../../kernel/errors.ts';
import type { InputFinding } from '../inputs.ts';
import type { QuoteView } from './quote-view.ts';

const forever = new AbortController().signal;
const FUNDS = 2_000_000_000n;

let db: Database;
let rig: TaskRig;
let caller: Caller;
before(async () => {
  db = await openMemoryDatabase();
});
after(() => db.close());
beforeEach(async (t) => {
  rig = await createTaskRig(db, { quoteMsMax: 5_000 });
  caller = await rig.openAccount(FUNDS);
  if ('after' in t) {
    t.after(async () => {
      await rig.tasks.stop();
      await rig.queue.stop();
    });
  }
});

const quote = async (changes = {}): Promise<QuoteView> =>
  (await rig.tasks.quote(caller, rig.request(changes), forever)).quote;

const submit = (quoteId: string, changes = {}) =>
  rig.tasks.submit(caller, rig.request({ quoteId, ...changes }));

const balance = () => rig.billing.balanceOf(caller.accountId);

test('a quote charges nothing, and the submit holds and pays exactly its price', async () => {
  const { id, price_usd, hold_usd } = await quote();
  assert.deepEqual([price_usd, hold_usd], ['0.82304', '0.82304']);
  assert.deepEqual(await balance(), { availableNanos: FUNDS, heldNanos: 0n });
  // The estimate decides nothing beside a quote.
  const { taskId } = await submit(id, { durationSeconds: 3 });
  assert.equal((await balance()).heldNanos, 823_040_000n);
  const view = (await rig.runToEnd(caller, taskId)).at(-1);
  assert.equal(view?.usage.charged_usd, price_usd);
  assert.equal(view?.usage.held_usd, hold_usd);
  assert.deepEqual(await rig.tasks.audit(), []);
});

test('the price of a quote is honoured after prices have changed', async () => {
  const before = rig.billing.prices;
  const { id } = await quote();
  rig.billing.prices = {
    ...before,
    rateNanosPerMs: { std: 999_999n, pro: 999_999n },
    rule: 'ceil',
  };
  const { taskId } = await submit(id);
  const view = (await rig.runToEnd(caller, taskId)).at(-1);
  assert.equal(view?.usage.charged_usd, '0.82304');
  rig.billing.prices = before;
});

const mismatches = [
  { field: 'image_url', changes: { imageUrl: 'https://example.com/other.png' } },
  { field: 'video_url', changes: { videoUrl: 'https://example.com/other.mp4' } },
  { field: 'character_orientation', changes: { characterOrientation: 'video' } },
  { field: 'mode', changes: { mode: 'pro' } },
  { field: 'model', changes: { model: 'another' } },
] as const;

for (const { field, changes } of mismatches) {
  test(`a submit of another ${field} than was quoted is refused and holds nothing`, async () => {
    const { id } = await quote();
    const refusal = { code: 'quote_mismatch', param: field };
    await assert.rejects(submit(id, changes), refusal);
    assert.equal((await balance()).heldNanos, 0n);
  });
}

test('a quote is good for its time, remembered for a day, and unknown to others', async () => {
  const { id } = await quote();
  const other = await rig.openAccount(FUNDS);
  const stolen = rig.tasks.submit(other, rig.request({ quoteId: id }));
  await assert.rejects(stolen, { code: 'quote_not_found', param: 'quote_id' });
  rig.clock.advance(15 * 60_000);
  await assert.rejects(submit(id), { code: 'quote_expired' });
  await rig.tasks.sweep();
  await assert.rejects(submit(id), { code: 'quote_expired' });
  rig.clock.advance(24 * 3_600_000);
  await rig.tasks.sweep();
  await assert.rejects(submit(id), { code: 'quote_not_found' });
});

test('what a quote stored goes when it expires, but not before its task has a copy', async () => {
  const { quoteImage } = rig.inputs;
  rig.inputs.quoteImage = async (address, context) => {
    const storageKey = `quotes/${context.quoteId}/picture.png`;
    await rig.storage.putFile(storageKey, '/picture', 'image/png');
    return { ...(await quoteImage(address, context)), storageKey };
  };
  const [used, idle] = [await quote(), await quote()];
  const { taskId } = await submit(used.id);
  rig.clock.advance(16 * 60_000);
  await rig.tasks.sweep();
  const keyOf = ({ id }: QuoteView) => `quotes/${id}/picture.png`;
  assert.deepEqual([...rig.storage.blobs.keys()], [keyOf(used)]);
  assert.equal(idle.object, 'quote');
  await rig.tasks.advance(taskId);
  await rig.tasks.sweep();
  assert.deepEqual([...rig.storage.blobs.keys()], []);
});

test('a clip that is longer than quoted is paid for as it is, and the task says so', async () => {
  const { id } = await quote();
  rig.inputs.durationMs = 9_500;
  const { taskId } = await submit(id);
  const view = (await rig.runToEnd(caller, taskId)).at(-1);
  assert.equal(view?.usage.charged_usd, '1.02880');
  assert.equal(view?.warnings[0]?.code, 'quote_outdated');
});

test('a refused input leaves no quote, and the account may ask again at once', async () => {
  rig.inputs.quoteVideo = async () => {
    throw new AppError('video_unreadable', { reason: 'it is broken' });
  };
  for (let round = 0; round < 5; round++) {
    await assert.rejects(quote(), { code: 'video_unreadable' });
  }
  const rows = await db.kysely
    .selectFrom('quote')
    .select('id')
    .where('account_id', '=', caller.accountId)
    .execute();
  assert.deepEqual(rows, []);
});

test('who has gone is not quoted, and what was begun for them is cleaned up', async () => {
  const gone = new AbortController();
  const reached = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const { quoteVideo } = rig.inputs;
  rig.inputs.quoteVideo = async (address, context) => {
    reached.resolve();
    await go.promise;
    return await quoteVideo.call(rig.inputs, address, context);
  };
  const asked = rig.tasks.quote(caller, rig.request(), gone.signal);
  await reached.promise;
  gone.abort(new Error('gone'));
  await assert.rejects(asked, /gone/);
  go.resolve();
  const count = async () =>
    (
      await db.kysely
        .selectFrom('quote')
        .select('id')
        .where('account_id', '=', caller.accountId)
        .execute()
    ).length;
  await waitUntil('the quote is gone', async () => (await count()) === 0);
});

test('an account makes no more quotes at a time than it may, whatever processes it asks', async () => {
  const processes = Array.from({ length: 4 }, () => rig.createOther());
  const go = Promise.withResolvers<void>();
  const { quoteVideo } = rig.inputs;
  let underWay = 0;
  rig.inputs.quoteVideo = async (address, context) => {
    underWay += 1;
    await go.promise;
    return await quoteVideo.call(rig.inputs, address, context);
  };
  const codes: string[] = [];
  const asked = processes.map((tasks) =>
    tasks.quote(caller, rig.request(), forever).then(
      () => codes.push('made'),
      (error: unknown) => codes.push(isAppError(error) ? error.code : String(error)),
    ),
  );
  await waitUntil('two are refused', () => codes.length === 2);
  await waitUntil('two are under way', () => underWay === 2);
  const other = await rig.openAccount(FUNDS);
  rig.inputs.quoteVideo = quoteVideo;
  await rig.tasks.quote(other, rig.request(), forever);
  go.resolve();
  await Promise.all(asked);
  assert.deepEqual(codes, ['too_many_quotes', 'too_many_quotes', 'made', 'made']);
  await quote();
});

test('the quotes of a process that died are not in the way for longer than one may take', async () => {
  const { quoteVideo } = rig.inputs;
  const go = Promise.withResolvers<void>();
  let underWay = 0;
  rig.inputs.quoteVideo = async () => {
    underWay += 1;
    await go.promise;
    throw new Error('on purpose');
  };
  const dying = [rig.createOther(), rig.createOther()].map((tasks) =>
    tasks.quote(caller, rig.request(), forever).catch(() => undefined),
  );
  await waitUntil('both are under way', () => underWay === 2);
  await assert.rejects(quote(), { code: 'too_many_quotes' });
  rig.clock.advance(5_000);
  rig.inputs.quoteVideo = quoteVideo;
  await quote();
  go.resolve();
  await Promise.all(dying);
});

const FINDING: InputFinding = {
  code: 'several_people',
  severity: 'warning',
  subject: 'video',
  value: 3,
  limit: 1,
  message: 'The clip shows 3 people.',
  advice: 'The largest is followed.',
};

test('what is seen before the quote is told in it, looked for once, and rides on the task', async () => {
  let looks = 0;
  rig.inputs.preflight = async () => {
    looks += 1;
    return [FINDING];
  };
  const stored = { storageKey: 'tasks/x/picture.png' };
  const { quoteImage, quoteVideo } = rig.inputs;
  rig.inputs.quoteImage = async (...given) => ({ ...(await quoteImage(...given)), ...stored });
  rig.inputs.quoteVideo = async (...given) => ({
    ...(await quoteVideo.apply(rig.inputs, given)),
    ...stored,
  });
  const { id, findings, is_acceptable } = await quote();
  assert.deepEqual(findings, [FINDING]);
  assert.equal(is_acceptable, true);
  const { taskId } = await submit(id);
  const view = (await rig.runToEnd(caller, taskId)).at(-1);
  assert.equal(looks, 1);
  assert.deepEqual(
    view?.warnings.map(({ code }) => code),
    ['several_people', 'limb_frozen'],
  );
});

test('an error that is seen before makes the quote say so and the task give its hold back', async () => {
  rig.inputs.preflight = async () => [{ ...FINDING, code: 'no_person', severity: 'error' }];
  const { taskId } = await rig.tasks.submit(caller, rig.request());
  const view = (await rig.runToEnd(caller, taskId)).at(-1);
  assert.equal(view?.error?.code, 'no_person');
  assert.equal((await balance()).heldNanos, 0n);
});

test('facts that cost quality are found without looking at a picture', async () => {
  const { findings } = await quote({ mode: 'pro' });
  assert.deepEqual(findings, [
    {
      code: 'picture_enlarged',
      severity: 'warning',
      subject: 'image',
      value: 720,
      limit: 1080,
      message: 'The short side of the picture is 720 px; the video has 1080 px.',
      advice: 'Send a picture of at least 1080 px, or it stays as soft as it is.',
    },
  ]);
});
