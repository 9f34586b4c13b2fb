/** The fixed list of pairs that the gallery shows, and what is there of it on this machine. */

import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { openClip, writePng } from '@understudy/motion';
import { provideWalk } from '../../samples/walk.ts';

export const root = join(import.meta.dirname, '../..');
const SAMPLES = join(root, 'samples');
/** Real people, on the machines that have them; no media of others is in the repository. */
const MEDIA = join(root, '../shared/media');

export type Pair = {
  /** Also names the files of the pair. */
  name: string;
  /** A picture, or the first frame of the clip. */
  picture: { file: string } | 'first frame';
  clipFile: string;
  orientation: 'image' | 'video';
};

const pair = (
  name: string,
  picture: string | null,
  clipFile: string,
  orientation: Pair['orientation'] = 'image',
): Pair => ({
  name,
  picture: picture === null ? 'first frame' : { file: picture },
  clipFile,
  orientation,
});

const sample = (name: string) => join(SAMPLES, name);
const media = (name: string) => join(MEDIA, name);
/** Drawn when it is needed; someone walks aside, turns and comes closer. */
const WALK_FILE = join(root, 'out/fixtures/walk.mp4');

export const PAIRS: readonly Pair[] = [
  pair('sample', sample('character.jpg'), sample('reference.mp4')),
  pair('sample-follows-clip', sample('character.jpg'), sample('reference.mp4'), 'video'),
  pair('sample-walk', sample('character.jpg'), WALK_FILE),
  pair('sample-walk-follows-clip', sample('character.jpg'), WALK_FILE, 'video'),
  pair('sample-itself', null, sample('reference.mp4')),
  pair('studio-itself', null, media('dance-studio.mp4')),
  pair('plaid-bedroom', media('person-plaid.jpg'), media('dance-bedroom.mp4')),
  pair('plaid-studio', media('person-plaid.jpg'), media('dance-studio.mp4')),
  pair('plaid-squats', media('person-plaid.jpg'), media('squats-5fps.mp4')),
  pair('robe-bedroom', media('figure-robe.jpeg'), media('dance-bedroom.mp4')),
  pair('painting-talk', media('painting-a.jpg'), media('face-talk.mp4')),
  pair('painting-grin', media('painting-a.jpg'), media('face-grin.mp4')),
];

/** Inputs that are not on this machine, as paths from the repository. */
export function findMissing({ picture, clipFile }: Pair): string[] {
  const files = picture === 'first frame' ? [clipFile] : [picture.file, clipFile];
  return files
    .filter((file) => file !== WALK_FILE && !existsSync(file))
    .map((file) => relative(root, file));
}

/** The file of the picture; a first frame is written to `file`, a clip of our own is drawn. */
export async function providePicture({ picture, clipFile }: Pair, file: string): Promise<string> {
  if (clipFile === WALK_FILE) await provideWalk(clipFile);
  if (picture !== 'first frame') return picture.file;
  const clip = await openClip(clipFile);
  try {
    await mkdir(dirname(file), { recursive: true });
    for await (const { image } of clip.frames({ toIndex: 1 })) await writePng(file, image);
  } finally {
    clip.close();
  }
  return file;
}
