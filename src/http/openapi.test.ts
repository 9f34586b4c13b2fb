import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createGenerationBody } from './routes/create-generation/schema.ts';
import { createDoorRig, type DoorRig } from './testing/door-rig.ts';

type Operation = { operationId?: string; security?: object[]; responses: object };
type Document = {
  openapi: string;
  servers: { url: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown> };
};

let rig: DoorRig;
let document: Document;
before(async () => {
  rig = await createDoorRig();
  document = (await rig.call('GET', '/openapi.json', { key: null })).json();
});
after(() => rig.close());

test('the document is OpenAPI 3.1 and names every route', () => {
  assert.match(document.openapi, /^3\.1\./);
  assert.deepEqual(Object.keys(document.paths).toSorted(), [
    '/admin/accounts',
    '/admin/audit',
    '/admin/backup',
    '/admin/credits',
    '/admin/keys',
    '/admin/keys/{key_id}',
    '/admin/storage',
    '/healthz',
    '/readyz',
    '/v1/balance',
    '/v1/models',
    '/v1/uploads',
    '/v1/uploads/{upload_id}',
    '/v1/usage',
    '/v1/videos',
    '/v1/videos/generations',
    '/v1/videos/quotes',
    '/v1/videos/{task_id}',
    '/v1/videos/{task_id}/cancel',
    '/v1/videos/{task_id}/content',
    '/v1/videos/{task_id}/receipt',
  ]);
});

test('the example of a submit is one that passes, and the document names its server', async () => {
  assert.deepEqual(document.servers, [{ url: '/' }]);
  const { examples } = createGenerationBody.meta() ?? {};
  assert.ok(Array.isArray(examples) && examples.length > 0);
  for (const example of examples) assert.ok(createGenerationBody.safeParse(example).success);
  assert.match(JSON.stringify(document), /"https:\/\/example\.com\/ref-video-8s\.mp4"/);
});

test('the main schemas are components with names', () => {
  const names = Object.keys(document.components.schemas);
  const wanted = ['Balance', 'Error', 'GenerationSubmitted', 'ModelList', 'Receipt', 'Video'];
  for (const name of wanted) assert.ok(names.includes(name), `${name} in ${names.join(', ')}`);
  assert.ok(names.some((name) => name.startsWith('CreateGeneration')));
});

test('every reference inside the document leads somewhere', () => {
  const references = JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g);
  const broken = [...references].filter(([, name = '']) => !(name in document.components.schemas));
  assert.deepEqual(broken, []);
});

test('every operation has its own name and says whether it needs a key', () => {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.values(methods).map((operation) => ({ path, ...operation })),
  );
  const names = operations.map(({ operationId }) => operationId);
  assert.equal(new Set(names).size, names.length);
  for (const { path, security } of operations) {
    assert.equal(
      Array.isArray(security),
      path.startsWith('/v1/') || path.startsWith('/admin/'),
      path,
    );
  }
});

test('the reference page and its script come from this server', async () => {
  const page = await rig.call('GET', '/docs/', { key: null });
  assert.equal(page.statusCode, 200);
  const sources = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url = '']) => url);
  assert.deepEqual(
    sources.filter((url) => /^(https?:)?\/\//.test(url)),
    [],
  );
  const script = sources.find((url) => url.endsWith('.js')) ?? '';
  const answer = await rig.call('GET', new URL(script, 'http://host/docs/').pathname, {
    key: null,
  });
  assert.equal(answer.statusCode, 200);
  assert.match(String(answer.headers['content-type']), /javascript/);
});

test('an answer tells a browser to do nothing with it but read it', async () => {
  const { headers } = await rig.call('GET', '/v1/models');
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.equal(headers['content-security-policy'], "default-src 'none'; frame-ancestors 'none'");
  assert.equal(headers['x-frame-options'], 'DENY');
  assert.match(String(headers['strict-transport-security']), /max-age=/);
  assert.match(String(headers['x-request-id']), /^req_/);
});

test('what goes wrong inside says nothing but its request id', async () => {
  const answer = await rig.call('GET', '/v1/balance');
  assert.equal(answer.statusCode, 500);
  assert.equal(answer.json().code, 'internal');
  assert.doesNotMatch(answer.body, /balanceOf|reached/);
});
