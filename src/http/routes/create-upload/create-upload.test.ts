import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { after, afterEach, before, test } from 'node:test';
import { waitUntil } from '../../../../test/fixtures/wait-until.ts';
import {
  createUploadRig,
  makeMp4,
  makePng,
  NOTHING,
  type UploadRig,
} from '../../testing/upload-rig.ts';

let rig: UploadRig;
before(async () => {
  rig = await createUploadRig();
});
after(() => rig.close());

afterEach(async () => {
  const rows = await rig.db.kysely.selectFrom('upload').select('id').execute();
  for (const { id } of rows) await rig.uploads.remove(rig.accountId, id);
  assert.deepEqual(await rig.listRemains(), NOTHING);
});

test('a body is stored as what its bytes are, whatever it is called', async () => {
  const bytes = makePng(20_000);
  const { status, json } = await rig.send(bytes, { 'content-type': 'video/mp4' });
  assert.equal(status, 201);
  assert.match(json.id, /^upload_[0-9A-Za-z]{22}$/);
  assert.deepEqual(json, {
    id: json.id,
    object: 'upload',
    kind: 'image',
    content_type: 'image/png',
    bytes: 20_000,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    created_at: Math.floor(rig.clock.now() / 1000),
    expires_at: Math.floor(rig.clock.now() / 1000) + 24 * 3600,
  });
  const stored = await rig.storage.open(`uploads/${json.id}/image.png`);
  assert.ok((await buffer(stored)).equals(bytes));
});

test('the file of a form is the same as the body itself', async () => {
  const bytes = makeMp4(150_000);
  const form = new FormData();
  form.set('file', new Blob([bytes]), 'my clip.mp4');
  const { status, json } = await rig.send(form);
  assert.equal(status, 201);
  assert.equal(json.kind, 'video');
  assert.equal(json.sha256, createHash('sha256').update(bytes).digest('hex'));
});

test('the same bytes again are the same upload, kept anew', async () => {
  const bytes = makePng(1000);
  const first = await rig.send(bytes, { 'content-type': 'image/png' });
  rig.clock.advance(3_600_000);
  const second = await rig.send(bytes, { 'content-type': 'application/octet-stream' });
  assert.equal(second.status, 200);
  assert.equal(second.json.id, first.json.id);
  assert.equal(second.json.expires_at, first.json.expires_at + 3600);
  assert.equal((await rig.listRemains()).stored.length, 1);
});

test('the same bytes sent at the same time are one upload', async () => {
  const bytes = makePng(2000);
  const send = () => rig.send(bytes, { 'content-type': 'image/png' });
  const answers = await Promise.all([send(), send(), send()]);
  assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 200, 201]);
  assert.equal(new Set(answers.map(({ json }) => json.id)).size, 1);
  assert.equal((await rig.listRemains()).rows.length, 1);
});

const form = (fill: (form: FormData) => void) => {
  const made = new FormData();
  fill(made);
  return made;
};

const refusals = [
  {
    name: 'a picture over its limit',
    body: () => makePng(30_001),
    status: 413,
    says: 'The upload is an image and has more than 29.3 kB; at most 29.3 kB are allowed.',
  },
  {
    name: 'a clip over its limit, of unknown length',
    body: () => new Blob([makeMp4(200_001)]).stream(),
    status: 413,
    says: 'The upload is a video and has more than 195.3 kB; at most 195.3 kB are allowed.',
  },
  {
    name: 'a text',
    body: () => Buffer.from('hello'),
    status: 415,
    says: 'The upload is a text file; it must be a JPEG or PNG image, or an MP4 or MOV video.',
  },
  { name: 'nothing', body: () => Buffer.alloc(0), status: 400, code: 'body_incomplete' },
  {
    name: 'a form without a file',
    body: () => form(() => {}),
    status: 400,
    code: 'body_incomplete',
  },
  {
    name: 'a form with a field beside the file',
    body: () =>
      form((made) => {
        made.set('file', new Blob([makePng(500)]), 'a.png');
        made.set('purpose', 'video');
      }),
    status: 400,
    code: 'invalid_request',
  },
  {
    name: 'a form with two files',
    body: () =>
      form((made) => {
        made.append('file', new Blob([makePng(500)]), 'a.png');
        made.append('file', new Blob([makePng(500)]), 'b.png');
      }),
    status: 400,
    code: 'invalid_request',
  },
  {
    name: 'a form that breaks off',
    body: () =>
      Buffer.from('--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nab'),
    type: 'multipart/form-data; boundary=x',
    status: 400,
    code: 'body_incomplete',
  },
  {
    name: 'a form without a boundary',
    body: () => makePng(500),
    type: 'multipart/form-data',
    status: 400,
    code: 'body_incomplete',
  },
  {
    name: 'JSON',
    body: () => Buffer.from('{}'),
    type: 'application/json',
    status: 415,
    code: 'unsupported_content_type',
  },
] as const;

for (const refusal of refusals) {
  test(`${refusal.name} is refused with ${refusal.status} and leaves nothing`, async () => {
    const body = refusal.body();
    const type = 'type' in refusal ? refusal.type : 'application/octet-stream';
    const headers: Record<string, string> =
      body instanceof FormData ? {} : { 'content-type': type };
    const { status, json } = await rig.send(body, headers);
    assert.equal(status, refusal.status);
    if ('says' in refusal) assert.equal(json.message, refusal.says);
    if ('code' in refusal) assert.equal(json.code, refusal.code);
    assert.deepEqual(await rig.listRemains(), NOTHING);
  });
}

test('a client that sends far too much still reads why it is refused', async () => {
  const { status, json } = await rig.send(makePng(8_000_000), { 'content-type': 'image/png' });
  assert.equal(status, 413);
  assert.equal(json.code, 'upload_too_large');
});

test('a client that goes away in the middle leaves nothing', async () => {
  const socket = connect(rig.port, '127.0.0.1');
  const head = [
    'POST /v1/uploads HTTP/1.1',
    'Host: test',
    `Authorization: Bearer ${rig.key}`,
    'Content-Type: video/mp4',
    'Content-Length: 150000',
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  socket.write(makeMp4(70_000));
  await waitUntil('bytes are there', async () => (await rig.listRemains()).files.length > 0);
  assert.match(String((await rig.listRemains()).rows), /^upload_\w+ arriving$/);
  socket.destroy();
  await once(socket, 'close');
  await waitUntil('its row is gone', async () => (await rig.listRemains()).rows.length === 0);
  assert.deepEqual(await rig.listRemains(), NOTHING);
});

test('an account has only so many uploads under way, and the others are told when to come', async () => {
  const bytes = makePng(1000);
  const gates = Array.from({ length: 3 }, () => Promise.withResolvers<void>());
  const held = gates.map((gate, index) => {
    const own = Buffer.concat([bytes, Buffer.from([index])]);
    const stream = new ReadableStream({
      async start(controller) {
        controller.enqueue(own.subarray(0, 600));
        await gate.promise;
        controller.enqueue(own.subarray(600));
        controller.close();
      },
    });
    return rig.send(stream, { 'content-type': 'image/png' });
  });
  await waitUntil('three arrive', async () => (await rig.listRemains()).rows.length >= 3);
  const refused = await rig.send(bytes, { 'content-type': 'image/png' });
  assert.equal(refused.status, 429);
  assert.equal(refused.json.code, 'too_many_uploads');
  assert.equal(refused.headers.get('retry-after'), '5');
  for (const gate of gates) gate.resolve();
  assert.deepEqual(
    (await Promise.all(held)).map(({ status }) => status),
    [201, 201, 201],
  );
});

test('the uploads of an account take only so much space', async () => {
  for (let part = 0; part < 2; part++) {
    const { status } = await rig.send(makeMp4(190_000), { 'content-type': 'video/mp4' });
    assert.equal(status, 201);
  }
  const refused = await rig.send(makeMp4(190_000), { 'content-type': 'video/mp4' });
  assert.equal(refused.status, 409);
  assert.equal(
    refused.json.message,
    'The uploads of this account take 371.1 kB and this one 185.5 kB more; at most 488.3 kB are allowed.',
  );
  assert.equal((await rig.listRemains()).rows.length, 2);
});
