import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Client, type CreateRequest, createClient, UnderstudyError } from '@understudy/client';
import { damageClip } from '../fixtures/clips.ts';
import { type FileServer, serveFolders } from '../fixtures/file-server.ts';
import { makePlainClip, makeWebm, SAMPLES } from './media.ts';
import {
  createKey,
  makeFolder,
  type RunningService,
  removeFolder,
  startService,
} from './service.ts';

let folder: string;
let service: RunningService;
let files: FileServer;
let key: string;
let client: Client;

before(async () => {
  folder = await makeFolder();
  const path = (name: string): string => join(folder, name);
  await makePlainClip(path('12s.mp4'), 12);
  await makePlainClip(path('2s.mp4'), 2);
  await makePlainClip(path('31s.mp4'), 31);
  await makePlainClip(path('5s.mp4'), 5);
  await makeWebm(path('clip.webm'), path('5s.mp4'));
  await damageClip(path('5s.mp4'), path('damaged.mp4'));
  await writeFile(path('text.mp4'), 'This is not a video.\n'.repeat(100));
  files = await serveFolders(SAMPLES, folder);
  service = await startService(join(folder, 'data'), { FIRST_CREDIT: '4.00' });
  key = await createKey(join(folder, 'data'));
  client = createClient({ baseUrl: `${service.url}/v1`, apiKey: key });
});

after(async () => {
  await service?.stop();
  files?.close();
  await removeFolder(folder);
});

function makeRequest(changes: Partial<CreateRequest> = {}): CreateRequest {
  return {
    image_url: `${files.url}/character.jpg`,
    video_url: `${files.url}/5s.mp4`,
    character_orientation: 'image',
    mode: 'std',
    ...changes,
  };
}

async function assertNothingHeld(): Promise<void> {
  const response = await fetch(`${service.url}/v1/balance`, {
    headers: { authorization: `Bearer ${key}` },
  });
  const balance = JSON.stringify(await response.json());
  assert.match(balance, /"available[a-z_]*":"4\.0+"/, balance);
  assert.match(balance, /"held[a-z_]*":"0\.0+"/, balance);
}

const refusedMedia: {
  name: string;
  change: () => Partial<CreateRequest>;
  code: string;
  says: RegExp;
}[] = [
  {
    name: 'a 12 s clip with orientation image',
    change: () => ({ video_url: `${files.url}/12s.mp4` }),
    code: 'reference_too_long',
    says: /is 12(\.0)? s long; .*"image".* 3 to 10 s/,
  },
  {
    name: 'a 2 s clip',
    change: () => ({ video_url: `${files.url}/2s.mp4` }),
    code: 'reference_too_short',
    says: /is 2(\.0)? s long; .* 3 to 10 s/,
  },
  {
    name: 'a 31 s clip with orientation video',
    change: () => ({ video_url: `${files.url}/31s.mp4`, character_orientation: 'video' }),
    code: 'reference_too_long',
    says: /is 31(\.0)? s long; .*"video".* 3 to 30 s/,
  },
  {
    name: 'a WebM file',
    change: () => ({ video_url: `${files.url}/clip.webm` }),
    code: 'video_format_unsupported',
    says: /WebM/i,
  },
  {
    name: 'a text file named .mp4',
    change: () => ({ video_url: `${files.url}/text.mp4` }),
    code: 'video_format_unsupported',
    says: /must be an MP4 or MOV/,
  },
  {
    name: 'a clip whose second half is damaged',
    change: () => ({ video_url: `${files.url}/damaged.mp4` }),
    code: 'video_unreadable',
    says: /its pictures cannot be decoded from second [0-4](\.\d)? on; export it again/,
  },
  {
    name: 'an address that answers 404',
    change: () => ({ video_url: `${files.url}/missing.mp4` }),
    code: 'fetch_refused',
    says: /answered 404/,
  },
  {
    name: 'a private address',
    change: () => ({ video_url: 'http://10.0.0.1/clip.mp4' }),
    code: 'address_refused',
    says: /10\.0\.0\.1/,
  },
  {
    name: 'a clip without a person',
    change: () => ({}),
    code: 'no_person',
    says: /./,
  },
];

for (const { name, change, code, says } of refusedMedia) {
  test(`${name} fails with ${code} and leaves nothing held`, async () => {
    const video = await client.wait(await client.create(makeRequest(change())));
    assert.equal(video.status, 'failed');
    assert.equal(video.error?.code, code, video.error?.message);
    assert.match(video.error?.message ?? '', says);
    assert.equal(video.usage?.['charged_usd'], '0.00000');
    await assertNothingHeld();
  });
}

const refusedRequests: {
  name: string;
  change: Record<string, unknown>;
  status: number;
  code: string;
  says: RegExp;
}[] = [
  {
    name: 'a prompt of 9000 characters',
    change: { prompt: 'x'.repeat(9000) },
    status: 400,
    code: 'prompt_too_long',
    says: /9000 .*2500/,
  },
  {
    name: 'a missing field',
    change: { video_url: undefined },
    status: 400,
    code: 'invalid_request',
    says: /video_url/,
  },
  {
    name: 'an unknown field',
    change: { style: 'anime' },
    status: 400,
    code: 'unknown_field',
    says: /style/,
  },
  {
    name: 'a hold above the balance',
    change: { character_orientation: 'video', mode: 'pro' },
    status: 402,
    code: 'insufficient_balance',
    says: /4\.11360.*4\.0/,
  },
];

for (const { name, change, status, code, says } of refusedRequests) {
  test(`${name} is refused with ${status} ${code} and holds nothing`, async () => {
    const refusal = await client
      .create({ ...makeRequest(), ...change })
      .catch((error: unknown) => error);
    assert.ok(refusal instanceof UnderstudyError, String(refusal));
    assert.equal(refusal.status, status);
    assert.equal(refusal.code, code);
    assert.match(refusal.message, says);
    await assertNothingHeld();
  });
}

test('a wrong key is refused with 401', async () => {
  const stranger = createClient({ baseUrl: `${service.url}/v1`, apiKey: 'us_wrong_key' });
  const refusal = await stranger.create(makeRequest()).catch((error: unknown) => error);
  assert.ok(refusal instanceof UnderstudyError);
  assert.equal(refusal.status, 401);
  assert.equal(refusal.code, 'invalid_api_key');
});

test('a doubled /v1 explains itself', async () => {
  const response = await fetch(`${service.url}/v1/v1/videos/generations`, { method: 'POST' });
  assert.equal(response.status, 404);
  const body = (await response.json()) as { message: string };
  assert.match(body.message, /already ends in \/v1/);
});
