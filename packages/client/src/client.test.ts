import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createClient, UnderstudyError, type Video } from './index.ts';

async function serve(listener: RequestListener): Promise<{ baseUrl: string; close(): void }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { baseUrl: `http://127.0.0.1:${port}/v1/`, close: () => server.close() };
}

test('create sends the contract with the bearer key and returns the task id', async () => {
  let seen: unknown;
  const { baseUrl, close } = await serve(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    seen = [
      request.method,
      request.url,
      request.headers.authorization,
      JSON.parse(Buffer.concat(chunks).toString()),
    ];
    response.end('{"code":200,"data":[{"status":"submitted","task_id":"task_1"}]}');
  });
  const client = createClient({ baseUrl, apiKey: 'us_secret' });
  const body = {
    image_url: 'http://a/i.png',
    video_url: 'http://a/v.mp4',
    character_orientation: 'image',
    mode: 'std',
  } as const;
  assert.equal(await client.create(body), 'task_1');
  close();
  assert.deepEqual(seen, [
    'POST',
    '/v1/videos/generations',
    'Bearer us_secret',
    { model: 'kling-v3-motion-control', ...body },
  ]);
});

test('wait reports each change once and ends with the terminal answer', async () => {
  const progress = [0, 40, 40, 100];
  let polls = 0;
  const { baseUrl, close } = await serve((_request, response) => {
    const percent = progress[polls++] ?? 100;
    const status = percent === 100 ? 'completed' : 'in_progress';
    response.setHeader('retry-after', '0');
    response.end(JSON.stringify({ id: 'task_1', status, progress: percent, stage: status }));
  });
  const changes: number[] = [];
  const client = createClient({ baseUrl, apiKey: 'k' });
  const video: Video = await client.wait('task_1', {
    onChange: (now) => changes.push(now.progress),
  });
  close();
  assert.equal(video.status, 'completed');
  assert.deepEqual(changes, [0, 40, 100]);
});

test('a refusal carries the code, the sentence and the request id of the service', async () => {
  const { baseUrl, close } = await serve((_request, response) => {
    response.writeHead(402, { 'x-request-id': 'req_9' });
    response.end('{"error":{"code":"insufficient_balance","message":"Too low."}}');
  });
  const refusal = await createClient({ baseUrl, apiKey: 'k' })
    .get('task_1')
    .catch((error: unknown) => error);
  close();
  assert.ok(refusal instanceof UnderstudyError);
  assert.deepEqual(
    [refusal.code, refusal.message, refusal.status, refusal.requestId, refusal.isRetryable],
    ['insufficient_balance', 'Too low.', 402, 'req_9', false],
  );
});

test('an answer that is not JSON is still a readable error', async () => {
  const { baseUrl, close } = await serve((_request, response) => {
    response.writeHead(502).end('<html>bad gateway</html>');
  });
  const refusal = await createClient({ baseUrl, apiKey: 'k' })
    .get('task_1')
    .catch((error: unknown) => error);
  close();
  assert.ok(refusal instanceof UnderstudyError);
  assert.equal(refusal.code, 'unreadable_answer');
  assert.equal(refusal.isRetryable, true);
});

test('a file is sent as a stream of its bytes, whatever it is given as', async () => {
  const seen: [string | undefined, string | undefined, string][] = [];
  const { baseUrl, close } = await serve(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    seen.push([request.method, request.headers['content-type'], Buffer.concat(chunks).toString()]);
    response.end('{"id":"upload_1","kind":"image"}');
  });
  const client = createClient({ baseUrl, apiKey: 'k' });
  const folder = await mkdtemp(join(tmpdir(), 'understudy-client-'));
  const path = join(folder, 'a.png');
  await writeFile(path, 'from disk');
  const sources = [
    new Blob(['a blob']),
    new TextEncoder().encode('bytes'),
    new Blob(['a stream']).stream(),
    path,
  ];
  for (const source of sources) assert.equal((await client.upload(source)).id, 'upload_1');
  close();
  await rm(folder, { recursive: true });
  assert.deepEqual(
    seen,
    ['a blob', 'bytes', 'a stream', 'from disk'].map((text) => [
      'POST',
      'application/octet-stream',
      text,
    ]),
  );
});

test('a quote is asked for with the body of a submit', async () => {
  let seen: unknown;
  const { baseUrl, close } = await serve(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    seen = [request.url, JSON.parse(Buffer.concat(chunks).toString())];
    response.end('{"id":"quote_1","price_usd":"0.82304","findings":[]}');
  });
  const body = {
    image_url: 'upload_1',
    video_url: 'upload_2',
    character_orientation: 'image',
    mode: 'std',
  } as const;
  const quote = await createClient({ baseUrl, apiKey: 'k' }).quote(body);
  close();
  assert.equal(quote.price_usd, '0.82304');
  assert.deepEqual(seen, ['/v1/videos/quotes', { model: 'kling-v3-motion-control', ...body }]);
});

const REQUEST = {
  image_url: 'http://a/i.png',
  video_url: 'http://a/v.mp4',
  character_orientation: 'image',
  mode: 'std',
} as const;

test('a submit whose answer is lost or late is sent again under the same key', async () => {
  const keys: (string | string[] | undefined)[] = [];
  const { baseUrl, close } = await serve((request, response) => {
    keys.push(request.headers['idempotency-key']);
    request.resume();
    if (keys.length === 1) return void request.socket.destroy();
    if (keys.length === 2) {
      response.writeHead(503, { 'retry-after': '0' });
      return void response.end('{"error":{"code":"overloaded","message":"Come again."}}');
    }
    response.end('{"code":200,"data":[{"status":"submitted","task_id":"task_1"}]}');
  });
  const client = createClient({ baseUrl, apiKey: 'k', retryDelayMs: 0 });
  assert.equal(await client.create(REQUEST), 'task_1');
  await client.create(REQUEST);
  await client.create(REQUEST, { idempotencyKey: 'order 7' });
  close();
  assert.equal(keys.length, 5);
  assert.match(String(keys[0]), /^[0-9a-f-]{36}$/);
  assert.equal(new Set(keys.slice(0, 3)).size, 1, 'one call has one key');
  assert.equal(new Set(keys).size, 3, 'another call has another');
  assert.equal(keys.at(-1), 'order 7');
});

test('a refusal is not sent again, and a submit is not sent more often than it may be', async () => {
  let calls = 0;
  let status = 402;
  const { baseUrl, close } = await serve((request, response) => {
    calls++;
    request.resume();
    response.writeHead(status, { 'retry-after': '0' });
    response.end('{"error":{"code":"no","message":"No."}}');
  });
  const client = createClient({ baseUrl, apiKey: 'k' });
  await assert.rejects(client.create(REQUEST), { status: 402 });
  assert.equal(calls, 1);
  status = 503;
  await assert.rejects(client.create(REQUEST), { status: 503 });
  assert.equal(calls, 4);
  await assert.rejects(client.create(REQUEST, { attemptsMax: 1 }), { status: 503 });
  assert.equal(calls, 5);
  close();
});

test('tasks are listed, read together, cancelled and deleted by their routes', async () => {
  const seen: string[] = [];
  const { baseUrl, close } = await serve((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    const video = { id: 'task_1', status: 'cancelled' };
    const isList = request.url?.startsWith('/v1/videos?');
    const list = { object: 'list', data: [video], has_more: true, last_id: 'task_1' };
    response.end(JSON.stringify(isList ? list : video));
  });
  const client = createClient({ baseUrl, apiKey: 'k' });
  const page = await client.list({ status: 'completed', limit: 5, after: 'task_9' });
  assert.deepEqual([page.videos.length, page.hasMore, page.lastId], [1, true, 'task_1']);
  assert.equal((await client.getMany(['task_1', 'task_2'])).length, 1);
  assert.deepEqual(await client.getMany([]), []);
  assert.equal((await client.cancel('task_1')).status, 'cancelled');
  await client.delete('task_1');
  close();
  assert.deepEqual(seen, [
    'GET /v1/videos?status=completed&limit=5&after=task_9',
    'GET /v1/videos?ids=task_1%2Ctask_2',
    'POST /v1/videos/task_1/cancel',
    'DELETE /v1/videos/task_1',
  ]);
});
