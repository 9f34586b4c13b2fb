import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { callOwnService, isServiceRunning, OwnServiceError } from './own-service.ts';
import {
  readServiceNote,
  removeServiceNote,
  type ServiceNote,
  writeServiceNote,
} from './service-file.ts';

let folder: string;
let server: Server;
let note: ServiceNote;
const seen: { method: string; headers: IncomingHttpHeaders; body: string }[] = [];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-note-'));
  server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      seen.push({ method: request.method ?? '', headers: request.headers, body });
      const isKnown = request.url !== '/refused';
      response
        .writeHead(isKnown ? 200 : 403)
        .end(isKnown ? '{"a":1}' : '{"message":"No, thanks."}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  note = { url: `http://127.0.0.1:${port}`, pid: 4711, adminToken: 'a-token' };
});

after(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

test('a note comes back as it was written, for its owner alone', async () => {
  await writeServiceNote(folder, note);
  assert.deepEqual(await readServiceNote(folder), note);
  assert.equal((await stat(join(folder, 'service.json'))).mode & 0o077, 0);
});

test('only the process that wrote the note removes it', async () => {
  await writeServiceNote(folder, note);
  await removeServiceNote(folder, note.pid + 1);
  assert.deepEqual(await readServiceNote(folder), note);
  await removeServiceNote(folder, note.pid);
  assert.equal(await readServiceNote(folder), null);
});

test('a file that is no note counts as none', async () => {
  for (const text of ['', '{', 'null', '{"url":5}', '[]']) {
    await writeFile(join(folder, 'service.json'), text);
    assert.equal(await readServiceNote(folder), null, text);
  }
});

test('a call carries the token and the body', async () => {
  const answer = await callOwnService(note, { method: 'POST', path: '/x', body: { b: 2 } });
  assert.deepEqual(answer, { a: 1 });
  const request = seen.at(-1);
  assert.equal(request?.method, 'POST');
  assert.equal(request?.headers.authorization, 'Bearer a-token');
  assert.equal(request?.body, '{"b":2}');
});

test("a refusal is told in the service's own words", async () => {
  await assert.rejects(
    callOwnService(note, { method: 'GET', path: '/refused' }),
    (error) => error instanceof OwnServiceError && error.message === 'No, thanks.',
  );
});

test('a service that is gone is not running', async () => {
  assert.equal(await isServiceRunning(note), true);
  assert.equal(await isServiceRunning({ ...note, url: 'http://127.0.0.1:1' }), false);
});
