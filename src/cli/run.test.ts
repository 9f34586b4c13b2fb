import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { makeClip, makePicture } from '../../test/fixtures/clips.ts';
import { runWith } from './testing/test-io.ts';

const folder = await mkdtemp(join(tmpdir(), 'understudy-cli-'));
after(() => rm(folder, { recursive: true }));

const run = (...args: string[]) => runWith({}, ...args);
const COMMANDS = 'serve animate track rig render probe key credit doctor'.split(' ');

test('--help lists every command, and every command explains itself', async () => {
  const all = await run('--help');
  assert.equal(all.code, 0);
  for (const name of COMMANDS) {
    assert.match(all.out.join('\n'), new RegExp(`^  ${name} `, 'm'));
    const one = await run(name, '--help');
    assert.equal(one.code, 0);
    assert.match(one.out.join('\n'), new RegExp(`^Usage: understudy ${name}`));
  }
});

test('a command that does not exist is a usage error', async () => {
  const { code, err } = await run('dance');
  assert.equal(code, 2);
  assert.match(err.join('\n'), /There is no command "dance"/);
});

const misuses: { args: string[]; says: RegExp }[] = [
  { args: ['serve', '--port', '80'], says: /--port/ },
  { args: ['animate', '--video', 'a.mp4', '-o', 'b.mp4'], says: /--image is missing/ },
  { args: ['animate', '--image', 'a.png', '-o', 'b.mp4'], says: /--video is missing/ },
  {
    args: ['animate', '--image', 'a', '--video', 'b', '-o', 'c', '--mode', 'ultra'],
    says: /--mode must be std or pro, not "ultra"/,
  },
  { args: ['track', '-o', 'motion.json'], says: /<clip> is missing/ },
  { args: ['track', 'a.mp4'], says: /--output is missing/ },
  { args: ['rig', 'a.png', 'b.png', '-o', 'c'], says: /"b\.png" is one argument too many/ },
  { args: ['render', 'character', '-o', 'c.mp4'], says: /<motion\.json> is missing/ },
  { args: ['score', '--reference', 'a.mp4'], says: /--result is missing/ },
  {
    args: ['score', '--reference', 'a', '--result', 'b', '--sheet', 'c'],
    says: /--sheet needs --image/,
  },
  {
    args: ['score', '--reference', 'a', '--result', 'b', '--frames', '3'],
    says: /--frames must be a whole number from 12 to 18000, not "3"/,
  },
  { args: ['probe'], says: /<file> is missing/ },
  { args: ['key', 'make'], says: /must be create, list or revoke, not "make"/ },
  { args: ['key', 'revoke'], says: /<key id> is missing/ },
  { args: ['credit', 'default'], says: /<amount> is missing/ },
  { args: ['credit', 'default', '0'], says: /more than zero/ },
  { args: ['doctor', 'now'], says: /"now" is one argument too many/ },
];

for (const { args, says } of misuses) {
  test(`"${args.join(' ')}" is a usage error that says why`, async () => {
    const { code, err } = await run(...args);
    assert.equal(code, 2, err.join('\n'));
    assert.match(err.join('\n'), says);
    assert.match(err.join('\n'), /--help/);
  });
}

test('every problem of the configuration is told at once', async () => {
  const { code, err } = await runWith({ PORT: 'x', LOG_LEVEL: 'loud' }, 'serve');
  assert.equal(code, 1);
  assert.match(err.join('\n'), /PORT must be/);
  assert.match(err.join('\n'), /LOG_LEVEL/);
});

test('probe prints the facts of a clip and of a picture', async () => {
  await makeClip(join(folder, 'clip.mp4'), { seconds: 1 });
  await makePicture(join(folder, 'picture.png'), 30, 40);
  const clip = await run('probe', join(folder, 'clip.mp4'));
  assert.equal(clip.code, 0);
  const facts = JSON.parse(clip.out.join('\n'));
  assert.deepEqual([facts.kind, facts.durationMs, facts.width], ['video', 1000, 360]);
  const picture = await run('probe', join(folder, 'picture.png'));
  assert.equal(JSON.parse(picture.out.join('\n')).kind, 'image');
});

test('a file that is not there is told by its name', async () => {
  const { code, err } = await run('probe', join(folder, 'nothing.mp4'));
  assert.equal(code, 1);
  assert.deepEqual(err, [`There is no file "${join(folder, 'nothing.mp4')}".`]);
});
