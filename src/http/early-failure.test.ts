import assert from 'node:assert/strict';
import { PassThrough, Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { detachBody } from './detached-body.ts';
import { openFormFile } from './form-file.ts';

const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() });

/** As long as it takes to ask the database something first. */
async function wait(): Promise<void> {
  for (let i = 0; i < 20; i += 1) await turn();
}

test('a form that is broken before anybody reads it harms nothing, and its reader is told', async () => {
  const file = openFormFile(Readable.from(['--x\r\nbroken']), 'multipart/form-data; boundary=x');
  await wait();
  await assert.rejects(pipeline(file, nowhere()), { code: 'body_incomplete' });
});

test('a body that breaks off before anybody reads it harms nothing, and its reader is told', async () => {
  const body = new PassThrough();
  const detached = detachBody(body);
  body.write('half');
  body.destroy();
  await wait();
  await assert.rejects(pipeline(detached, nowhere()), { code: 'body_incomplete' });
});
