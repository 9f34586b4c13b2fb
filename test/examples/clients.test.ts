import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { readConfig } from '../../src/config.ts';
import { createLog } from '../../src/kernel/log.ts';
import { createService, type Service } from '../../src/main.ts';
import { makeClip, makePicture } from '../fixtures/clips.ts';
import { type FileServer, serveFolders } from '../fixtures/file-server.ts';
import { createStandInEngine } from '../fixtures/stand-in-engine.ts';

const examples = join(import.meta.dirname, '../../examples');
const METRICS_KEY = 'the-key-of-the-scraper';
const SIGNATURE = 'signature-of-a-customer';
const folder = await mkdtemp(join(tmpdir(), 'understudy-examples-'));
const lines: string[] = [];

let files: FileServer;
let service: Service;

before(async () => {
  await makePicture(join(folder, 'picture.png'), 360, 400);
  await makeClip(join(folder, 'clip.mp4'), { seconds: 3 });
  files = await serveFolders(folder);
  const config = readConfig({
    PORT: '0',
    DATA_DIR: join(folder, 'data'),
    ALLOW_CIDRS: '127.0.0.0/8',
    PREFLIGHT: 'no',
    METRICS_KEY,
  });
  const log = createLog('trace', { write: (line) => void lines.push(line) });
  service = await createService(config, { log, engines: [createStandInEngine()] });
  await service.start();
});

after(async () => {
  await service.stop();
  files.close();
  await rm(folder, { recursive: true });
});

async function run(program: string, file: string, output: string): Promise<string> {
  const media = ['picture.png', 'clip.mp4'].map((name) => `${files.url}/${name}`);
  const inputs = media.map((url) => `${url}?sig=${SIGNATURE}`);
  const { stdout } = await promisify(execFile)(program, [join(examples, file), ...inputs, output], {
    env: {
      PATH: process.env['PATH'] ?? '',
      UNDERSTUDY_URL: service.url,
      UNDERSTUDY_KEY: service.firstKey ?? '',
    },
  });
  return stdout;
}

const clip = () => readFile(join(folder, 'clip.mp4'));

test('the example for Node brings the video of a submitted task', async () => {
  const output = join(folder, 'node.mp4');
  const said = await run(process.execPath, 'node.mjs', output);
  assert.match(said, /^task task_/m);
  assert.match(said, /for \$0\.30864/);
  assert.ok((await readFile(output)).equals(await clip()));
});

test('the example for the shell brings the video of a submitted task', async (t) => {
  const isThere = await promisify(execFile)('curl', ['--version']).catch(() => null);
  if (isThere === null) return t.skip('curl is not installed');
  const output = join(folder, 'curl.mp4');
  const said = await run('sh', 'curl.sh', output);
  assert.match(said, /^completed$/m);
  assert.ok((await readFile(output)).equals(await clip()));
});

test('the figures of a service tell of its tasks, and only to who holds the key', async () => {
  const read = (key: string) =>
    fetch(`${service.url}/metrics`, { headers: { authorization: `Bearer ${key}` } });
  assert.equal((await read(service.firstKey ?? '')).status, 401);
  const page = await (await read(METRICS_KEY)).text();
  const figureOf = (name: string) =>
    Number(
      page
        .split('\n')
        .find((line) => line.startsWith(`${name} `))
        ?.slice(name.length + 1),
    );
  const count = figureOf('understudy_tasks_submitted_total');
  assert.ok(count >= 1, 'the tests above submit');
  assert.equal(figureOf('understudy_tasks_ended_total{state="completed",code=""}'), count);
  assert.equal(figureOf('understudy_step_seconds_count{step="finish",outcome="done"}'), count);
  assert.equal(
    figureOf('understudy_engine_attempts_total{engine="stand-in",outcome="completed"}'),
    count,
  );
  assert.equal(figureOf('understudy_probe_readings_total{outcome="done"}'), 2 * count);
  const { length } = await clip();
  assert.ok(figureOf('understudy_fetched_bytes_total') >= count * length);
  assert.ok(figureOf('understudy_stored_bytes_total') >= 2 * count * length, 'clip and result');
  const sent = 'understudy_http_sent_bytes_total{route="/v1/videos/:task_id/content"}';
  assert.ok(figureOf(sent) >= count * length);
  assert.equal(figureOf('understudy_ledger_dollars{book="held"}'), 0);
  const left = figureOf('understudy_ledger_dollars{book="available"}');
  assert.equal(left.toFixed(5), (10 - 0.30864 * count).toFixed(5));
});

test('every step is in the log with its task and its node, and no secret is', () => {
  const steps = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'step');
  const [first] = steps;
  const own = steps.filter((line) => line.taskId === first.taskId);
  assert.deepEqual(
    own.map(({ step, outcome }) => `${step} ${outcome}`),
    ['inspect done', 'start done', 'poll done', 'store done', 'finish done'],
  );
  assert.ok(own.every((line) => /^node_/.test(line.nodeId) && line.elapsedMs >= 0));
  const text = lines.join('');
  for (const secret of [SIGNATURE, METRICS_KEY, service.firstKey ?? 'none']) {
    assert.ok(!text.includes(secret), secret);
  }
});
