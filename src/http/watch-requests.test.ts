import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../kernel/errors.ts';
import { createLog } from '../kernel/log.ts';
import { createDoorRig } from './testing/door-rig.ts';
import { BODY } from './testing/http-rig.ts';

const SECRETS = {
  signature: 'hidden-signature',
  query: 'hidden-query',
  password: 'hidden-password',
  picture: 'aGlkZGVuLXBpY3R1cmU',
  wrongKey: 'us_5HiddenKeyThatIsNotGoodAtAll12',
  admin: 'hidden-admin-key-1234',
  prompt: 'hidden-prompt',
};

async function openRig(t: { after(work: () => Promise<void>): void }) {
  const lines: string[] = [];
  const log = createLog('trace', { write: (line) => void lines.push(line) }, [SECRETS.admin]);
  const rig = await createDoorRig(
    {
      tasks: {
        submit: async (_caller, { videoUrl }) => {
          // As a driver tells what it failed with: the whole statement and what it was to write.
          if (videoUrl.includes('busy')) throw new AppError('not_ready', { reason: 'it is full' });
          if (videoUrl.includes('fails')) throw new Error(`could not write ${videoUrl} at all`);
          return { taskId: 'task_1', isReplay: false };
        },
      },
      uploads: {
        receiveBytes: async () => {
          throw new Error(`not stored: data:image/png;base64,${SECRETS.picture}`);
        },
      },
    },
    { log },
  );
  t.after(() => rig.close());
  const records = () => lines.map((line) => JSON.parse(line));
  return {
    ...rig,
    lines,
    records,
    answered: () => records().filter(({ msg }) => msg === 'answered'),
  };
}

test('a request leaves one line with its route, status, caller and task', async (t) => {
  const { call, answered } = await openRig(t);
  const { headers } = await call('POST', '/v1/videos/generations', { body: BODY });
  const [line] = answered();
  assert.equal(answered().length, 1);
  assert.equal(line.requestId, headers['x-request-id']);
  assert.deepEqual(
    [line.method, line.route, line.status, line.accountId, line.taskId],
    ['POST', '/v1/videos/generations', 200, 'acct_1', 'task_1'],
  );
  assert.equal(typeof line.elapsedMs, 'number');
});

test('a request keeps the id that its client gave it, when that is a plain word', async (t) => {
  const { call, answered } = await openRig(t);
  const given = await call('GET', '/v1/models', { headers: { 'x-request-id': 'trace-42.a' } });
  assert.equal(given.headers['x-request-id'], 'trace-42.a');
  assert.equal(answered()[0].requestId, 'trace-42.a');
  for (const odd of ['', 'two words', '<script>', 'x'.repeat(200), '../../etc']) {
    const answer = await call('GET', '/v1/models', { headers: { 'x-request-id': odd } });
    assert.match(String(answer.headers['x-request-id']), /^req_/, odd);
  }
});

test('a failure is logged with its trace, a refusal for too much work in one short line', async (t) => {
  const { call, records } = await openRig(t);
  const submit = (name: string) =>
    call('POST', '/v1/videos/generations', {
      body: { ...BODY, video_url: `https://host/${name}.mp4` },
    });
  await submit('busy');
  await submit('fails');
  const told = records().filter(({ level }) => level > 30);
  assert.deepEqual(
    told.map(({ msg, err, reason }) => [msg, typeof err?.stack, reason]),
    [
      ['refused', 'undefined', 'The service is not ready: it is full.'],
      ['failed', 'string', undefined],
    ],
  );
});

test('the whole log of submits with secrets everywhere holds none of them', async (t) => {
  const { call, lines } = await openRig(t);
  const submit = (changes: object, key: string | null | undefined = undefined) =>
    call('POST', '/v1/videos/generations', {
      body: { ...BODY, ...changes },
      ...(key === undefined ? {} : { key }),
    });
  const query = `token=${SECRETS.query}&sig=${SECRETS.signature}`;
  await submit({ video_url: `https://a:${SECRETS.password}@host/fails.mp4?${query}` });
  await submit({ video_url: `https://host/fails "quoted.mp4?${query}` });
  await submit({ image_url: `data:image/png;base64,${SECRETS.picture}` });
  await submit({ prompt: SECRETS.prompt, unknown_field: SECRETS.query }, SECRETS.wrongKey);
  await submit({ prompt: 3, [SECRETS.query]: 1 });
  await call('GET', `/v1/videos/task_1/content?exp=1&sig=${SECRETS.signature}`, { key: null });
  await call('GET', `/v1/nothing?key=${SECRETS.admin}`, { key: SECRETS.admin });
  await call('POST', '/admin/credits', { key: SECRETS.admin, body: `{"broken${SECRETS.query}` });
  const text = lines.join('');
  assert.match(text, /could not write https:\/\/\[hidden\]@host\/fails\.mp4\?\[hidden\] at all/);
  for (const [name, secret] of Object.entries(SECRETS)) {
    assert.ok(!text.includes(secret), `${name} is in the log`);
  }
});
