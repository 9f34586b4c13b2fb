/** Makes pictures of every kind that people send, out of the sample character. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDetectors, readResultPicture, rigPicture } from '@understudy/motion';
import sharp, { type OverlayOptions, type Sharp } from 'sharp';
import { drawAnime, type Head, type View } from './anime.ts';
import { drawPosed } from './figures.ts';
import { root } from './places.ts';

export const CHARACTER = join(root, 'samples/character.jpg');

/** Writes one picture to `file`, whose ending says the format. */
export type MakePicture = (file: string) => Promise<void>;

type Crop = { left: number; top: number; width: number; height: number };

/** The character is 864 x 1536; her eyes are at 370, hips at 820, knees at 1090, soles at 1410. */
const whole = (): Sharp => sharp(CHARACTER);
const save = async (picture: Sharp, file: string): Promise<void> => {
  await picture.toFile(file);
};
const crop =
  (box: Crop): MakePicture =>
  (file) =>
    save(whole().extract(box), file);
const filter =
  (change: (picture: Sharp) => Sharp): MakePicture =>
  (file) =>
    save(change(whole()), file);

/** The room is drawn on by its outermost pixels. */
const widen =
  (
    box: Crop,
    sides: { left?: number; right?: number; top?: number; bottom?: number },
  ): MakePicture =>
  (file) =>
    save(
      whole()
        .extract(box)
        .extend({ ...sides, extendWith: 'copy' }),
      file,
    );

async function posterise(file: string): Promise<void> {
  const { data, info } = await whole().median(7).raw().toBuffer({ resolveWithObject: true });
  const flat = data.map((level) => Math.round(level / 51) * 51);
  await save(sharp(flat, { raw: info }).modulate({ saturation: 1.4 }), file);
}

/** Her own layers on nothing: what people get from a background remover. */
async function cutOut(file: string): Promise<void> {
  const detectors = await openDetectors({ poseModel: 'heavy' });
  try {
    const picture = await readResultPicture(CHARACTER, 'std');
    const { width, height, layers } = await rigPicture(picture, detectors);
    const overlays = layers.map(({ texture, x, y }): OverlayOptions => {
      const raw = { width: texture.width, height: texture.height, channels: 4 as const };
      return { input: Buffer.from(texture.data), raw, left: x, top: y };
    });
    const background = { r: 0, g: 0, b: 0, alpha: 0 };
    await save(
      sharp({ create: { width, height, channels: 4, background } }).composite(overlays),
      file,
    );
  } finally {
    detectors.close();
  }
}

/** The performer of the clip stands beside her, smaller. */
export const besidePerformer =
  (frame: () => Promise<Buffer>): MakePicture =>
  async (file) => {
    const other = await sharp(await frame())
      .extract({ left: 70, top: 180, width: 430, height: 844 })
      .toBuffer();
    const top = 1536 - 844;
    const wide = whole().extend({ right: 430, extendWith: 'copy' });
    await save(
      sharp(await wide.png().toBuffer()).composite([{ input: other, left: 864, top }]),
      file,
    );
  };

/** Upright only by its EXIF: the pixels lie on their side. */
async function lieDown(file: string): Promise<void> {
  await save(whole().rotate(270).withMetadata({ orientation: 6 }), file);
}

async function drawOver(svg: string, file: string): Promise<void> {
  await save(whole().composite([{ input: Buffer.from(svg), left: 0, top: 0 }]), file);
}

/** Hair where the face was, as of somebody seen from behind. */
const hideFace: MakePicture = (file) =>
  drawOver(
    `<svg width="864" height="1536"><ellipse cx="441" cy="372" rx="86" ry="118" fill="#b8642a"/>
    <path d="M360 300 Q441 260 522 300 L522 440 Q441 500 360 440Z" fill="#a85a26"/></svg>`,
    file,
  );

const SITTING_CAT = `<svg width="600" height="800">
  <rect width="600" height="800" fill="#cfe0e8"/><ellipse cx="300" cy="560" rx="150" ry="190" fill="#777"/>
  <circle cx="300" cy="300" r="120" fill="#777"/><path d="M200 240 L205 120 L280 190Z" fill="#777"/>
  <path d="M400 240 L395 120 L320 190Z" fill="#777"/><ellipse cx="250" cy="290" rx="22" ry="28" fill="#e7d34a"/>
  <ellipse cx="350" cy="290" rx="22" ry="28" fill="#e7d34a"/><path d="M285 340 L315 340 L300 358Z" fill="#d88"/>
  <path d="M440 640 Q560 620 530 480" stroke="#777" stroke-width="36" fill="none"/>
  <ellipse cx="240" cy="740" rx="50" ry="26" fill="#888"/><ellipse cx="360" cy="740" rx="50" ry="26" fill="#888"/>
</svg>`;

const drawCat: MakePicture = (file) => save(sharp(Buffer.from(SITTING_CAT)), file);
const writeText: MakePicture = (file) => writeFile(file, 'This is no picture.');

const drawn =
  (head: Head, view: View): MakePicture =>
  (file) =>
    drawAnime(head, view, file);
const DRAWN_WHOLE: View = { left: 0, top: 0, width: 864, height: 1536, widthPx: 864 };

export const pictures = {
  'full-body.jpg': filter((picture) => picture),
  'three-quarter.jpg': crop({ left: 0, top: 100, width: 864, height: 1060 }),
  'half-body.jpg': crop({ left: 60, top: 130, width: 744, height: 760 }),
  'head-and-shoulders.jpg': crop({ left: 220, top: 150, width: 440, height: 520 }),
  'face-only.jpg': crop({ left: 335, top: 250, width: 210, height: 240 }),
  'landscape.jpg': widen(
    { left: 0, top: 130, width: 864, height: 1350 },
    { left: 770, right: 770 },
  ),
  'square.jpg': widen({ left: 0, top: 150, width: 864, height: 1320 }, { left: 228, right: 228 }),
  'one-to-two-and-a-half.jpg': widen({ left: 120, top: 0, width: 624, height: 1536 }, { top: 24 }),
  'two-and-a-half-to-one.jpg': widen(
    { left: 0, top: 130, width: 864, height: 1350 },
    { left: 1255, right: 1256 },
  ),
  'cut-out.png': cutOut,
  'greyscale.jpg': filter((picture) => picture.greyscale()),
  'dark.jpg': filter((picture) => picture.linear(0.22, 0)),
  'small-300.jpg': filter((picture) => picture.resize({ height: 300 })),
  'exif-turned.jpg': lieDown,
  'posterised.png': posterise,
  'painting.jpg': filter((picture) => picture.median(13).modulate({ saturation: 1.3 })),
  'statue.jpg': filter((picture) => picture.greyscale().gamma(1.4).tint('#b9b4a8')),
  'mirrored.webp': filter((picture) => picture.flop()),
  'blurred.jpg': filter((picture) => picture.blur(5)),
  'face-hidden.jpg': hideFace,
  'anime-full-body.png': drawn('girl', DRAWN_WHOLE),
  'anime-half-body.png': drawn('girl', { ...DRAWN_WHOLE, top: 60, height: 800 }),
  'anime-head-and-shoulders.png': drawn('girl', {
    left: 192,
    top: 90,
    width: 480,
    height: 600,
    widthPx: 720,
  }),
  'body-with-the-head-of-a-fox.png': drawn('fox', DRAWN_WHOLE),
  'from-behind.png': drawPosed('from behind'),
  'profile.png': drawPosed('profile'),
  'arms-crossed.png': drawPosed('arms crossed'),
  'hands-in-pockets.png': drawPosed('hands in pockets'),
  'long-dress.png': drawPosed('long dress'),
  'seated.png': drawPosed('seated'),
  'child-proportions.png': drawPosed('child proportions'),
  'helmet.png': drawPosed('helmet'),
  'curtain.jpg': crop({ left: 0, top: 0, width: 864, height: 190 }),
  'cat.png': drawCat,
  'no-picture.jpg': writeText,
} satisfies Record<string, MakePicture>;
