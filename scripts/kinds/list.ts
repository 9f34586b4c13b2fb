/** The kinds of pictures and clips, and what is promised for each. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { clips, danceFrame, type MakeClip } from './clips.ts';
import { besidePerformer, type MakePicture, pictures } from './pictures.ts';
import { MEDIA } from './places.ts';

export type Source<Make> = { name: string; make: Make } | { name: string; file: string };

export type Kind = {
  name: string;
  picture: Source<MakePicture>;
  clip: Source<MakeClip>;
  /** The finding with which it must be refused, or null when a video must be made. */
  refusal: string | null;
  /** Warnings that must come with the video. */
  warnings: readonly string[];
  /** A back or a face alone: that it moves is judged, not that the arms follow. */
  onlyMoves: boolean;
  /** What to tell the people who send it; for the page of the reference. */
  advice: string;
};

const USUAL_PICTURE = own(pictures, 'full-body.jpg');
const USUAL_CLIP = own(clips, 'usual.mp4');

function own<Make, Name extends string>(
  makers: Record<Name, Make>,
  name: Name,
): { name: Name; make: Make } {
  return { name, make: makers[name] };
}

type Promised = {
  refusal?: string;
  warnings?: string[];
  onlyMoves?: boolean;
  advice?: string;
};

function ofPicture(name: keyof typeof pictures, promised: Promised = {}): Kind {
  return describe(`picture: ${nameOf(name)}`, own(pictures, name), USUAL_CLIP, promised);
}

function ofClip(name: keyof typeof clips, promised: Promised = {}): Kind {
  return describe(`clip: ${nameOf(name)}`, USUAL_PICTURE, own(clips, name), promised);
}

function ofMedia(picture: string, clip: string, promised: Promised = {}): Kind {
  const take = (name: string) => ({ name, file: join(MEDIA, name) });
  return describe(
    `media: ${nameOf(picture)}, ${nameOf(clip)}`,
    take(picture),
    take(clip),
    promised,
  );
}

function describe(
  name: string,
  picture: Kind['picture'],
  clip: Kind['clip'],
  { refusal, warnings = [], onlyMoves = false, advice = '' }: Promised,
): Kind {
  return { name, picture, clip, refusal: refusal ?? null, warnings, onlyMoves, advice };
}

function nameOf(file: string): string {
  return file.slice(0, file.lastIndexOf('.')).replaceAll('-', ' ');
}

const besides: Source<MakePicture> = {
  name: 'two-people.jpg',
  make: besidePerformer(() => danceFrame(0)),
};

export const kinds: Kind[] = [
  ofPicture('full-body.jpg'),
  ofPicture('three-quarter.jpg', {
    warnings: ['half_body'],
    advice: 'Show the feet to have the legs dance.',
  }),
  ofPicture('half-body.jpg', {
    warnings: ['half_body', 'limb_frozen'],
    advice: 'Good for gestures; an arm whose hand the border cuts stays down.',
  }),
  ofPicture('head-and-shoulders.jpg', { warnings: ['half_body'], advice: 'Use a clip of a face.' }),
  ofPicture('face-only.jpg', { warnings: ['half_body'], advice: 'Use a clip of a face.' }),
  ofPicture('landscape.jpg'),
  ofPicture('square.jpg'),
  ofPicture('one-to-two-and-a-half.jpg'),
  ofPicture('two-and-a-half-to-one.jpg'),
  ofPicture('cut-out.png', { advice: 'Its own alpha is the outline; the ground becomes white.' }),
  describe('picture: two people', besides, USUAL_CLIP, {
    warnings: ['several_people'],
    advice: 'Crop to the one who is to move.',
  }),
  ofPicture('greyscale.jpg'),
  ofPicture('dark.jpg', { advice: 'Brighten it first for a cleaner outline.' }),
  ofPicture('small-300.jpg', { advice: 'It is enlarged and stays soft; send 720 pixels or more.' }),
  ofPicture('exif-turned.jpg'),
  ofPicture('posterised.png'),
  ofPicture('painting.jpg'),
  ofPicture('statue.jpg'),
  ofPicture('mirrored.webp'),
  ofPicture('blurred.jpg', { advice: 'The result cannot be sharper than the picture.' }),
  ofPicture('face-hidden.jpg', {
    warnings: ['face_hidden'],
    advice: 'The body moves, the face cannot.',
  }),
  ofPicture('anime-full-body.png', {
    advice: 'Very large eyes do not look aside; flat arms on a flat body may fray.',
  }),
  ofPicture('anime-half-body.png', { warnings: ['half_body'], advice: 'Good for gestures.' }),
  ofPicture('anime-head-and-shoulders.png', {
    warnings: ['half_body'],
    advice: 'Use a clip of a face.',
  }),
  ofPicture('body-with-the-head-of-a-fox.png', {
    advice: 'Background between arm and body that has the colour of the clothes may stay.',
  }),
  ofPicture('from-behind.png', {
    warnings: ['face_hidden'],
    onlyMoves: true,
    advice: 'Arms move; hair like the background frays. Use a picture from the front.',
  }),
  ofPicture('profile.png', { refusal: 'no_person', advice: 'Use a picture from the front.' }),
  ofPicture('arms-crossed.png', {
    warnings: ['limb_frozen'],
    advice: 'Arms that are crossed stay still; let them hang a little away from the body.',
  }),
  ofPicture('hands-in-pockets.png', {
    advice: 'Hands that are hidden stay so: arms end in stumps.',
  }),
  ofPicture('long-dress.png', {
    warnings: ['half_body'],
    advice: 'The dress sways; legs stay under it.',
  }),
  ofPicture('seated.png', { advice: 'The seat of a drawn stool may go along.' }),
  ofPicture('child-proportions.png', {
    warnings: ['half_body'],
    onlyMoves: true,
    advice: 'Of a head larger than its trunk only head and face move.',
  }),
  ofPicture('helmet.png', {
    warnings: ['face_hidden'],
    advice: 'The body moves, the face cannot.',
  }),
  ofPicture('curtain.jpg', { refusal: 'no_person', advice: 'Show one person clearly.' }),
  ofPicture('cat.png', { refusal: 'no_person', advice: 'Show a human figure.' }),
  ofPicture('no-picture.jpg', { refusal: 'picture_unreadable', advice: 'Send JPEG, PNG or WebP.' }),
  ofClip('fps-5.mp4', { advice: 'Fast gestures fall between the frames; 24 or more is better.' }),
  ofClip('fps-15.mp4'),
  ofClip('fps-24.mp4'),
  ofClip('fps-50.mp4', { advice: 'The result has 30 frames a second.' }),
  ofClip('fps-60.mp4', { advice: 'The result has 30 frames a second.' }),
  ofClip('variable-rate.mp4', { advice: 'Read on an even grid; the length stays.' }),
  ofClip('turned-90.mp4'),
  ofClip('narrow-pixels.mp4'),
  ofClip('cut.mp4', { warnings: ['cut'], advice: 'Use one shot for an unbroken movement.' }),
  ofClip('leaves-and-returns.mp4', {
    warnings: ['person_lost'],
    advice: 'The character holds its pose meanwhile.',
  }),
  ofClip('second-person-behind.mp4', {
    warnings: ['several_people'],
    advice: 'The larger one is followed.',
  }),
  ofClip('motion-blur.mp4'),
  ofClip('dark.mp4'),
  ofClip('noisy.mp4'),
  ofClip('mirrored.mp4'),
  ofClip('half-body.mp4', { advice: 'Legs of the character stand still.' }),
  ofClip('face-only.mp4', { advice: 'Head and face move, the torso sways; better for portraits.' }),
  ofClip('thirty-seconds.mp4'),
  ofClip('missing-in-half.mp4', {
    warnings: ['person_lost'],
    advice: 'The character holds its last pose.',
  }),
  ofClip('standing-still.mp4'),
  ofClip('one-frame.mp4', { advice: 'A clip of one frame gives a video of one frame.' }),
  ofClip('nobody.mp4', { refusal: 'no_person', advice: 'Show a person or a face.' }),
  ofClip('cut-off.mp4', { refusal: 'clip_unreadable', advice: 'Upload it again, whole.' }),
  ofClip('no-clip.mp4', { refusal: 'clip_unreadable', advice: 'Send MP4, MOV, WebM or MKV.' }),
  describe(
    'both: head and shoulders, face only',
    own(pictures, 'head-and-shoulders.jpg'),
    own(clips, 'face-only.mp4'),
    { warnings: ['half_body'], advice: 'The pair for talking heads.' },
  ),
  describe(
    'both: anime head and shoulders, face only',
    own(pictures, 'anime-head-and-shoulders.png'),
    own(clips, 'face-only.mp4'),
    {
      warnings: ['half_body'],
      advice: 'Mouth, brows, lids and head follow; large drawn eyes do not look aside.',
    },
  ),
  ofMedia('person-plaid.jpg', 'squats-5fps.mp4'),
  ofMedia('figure-robe.jpeg', 'face-grin.mp4', { warnings: ['half_body'] }),
  ofMedia('painting-a.jpg', 'face-grin.mp4', { warnings: ['half_body'] }),
];

/** The file of the media folder that this kind needs and that is not here, or null. */
export function findMissing({ picture, clip }: Kind): string | null {
  const files = [picture, clip].flatMap((source) => ('file' in source ? [source.file] : []));
  return files.find((file) => !existsSync(file)) ?? null;
}
