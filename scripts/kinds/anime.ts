/**
 * Draws a figure as in drawn films: eyes as large as a hand, a mouth that is a line, flat colours
 * with one step of shade, dark outlines. Lines and areas only, so that every crop is sharp.
 */

import sharp from 'sharp';

/** A part of the drawing, which is 864 x 1536, and how wide it is written. */
export type View = { left: number; top: number; width: number; height: number; widthPx: number };
/** Whose head the figure has. */
export type Head = 'girl' | 'fox';

const MIDDLE = 432;
export const INK = '#3a2438';
export const SKIN = '#fbe0cf';
const SKIN_SHADE = '#eab7a4';
/** Of skin or fur: in light and in shade. */
type Coat = readonly [light: string, shade: string];
const HAIR = '#5b5fa8';
export const HAIR_SHADE = '#43447f';
const HAIR_LIGHT = '#8f97d6';
export const LINE = `stroke="${INK}" stroke-width="3" stroke-linejoin="round" stroke-linecap="round"`;

/** Right half of the picture as drawn, left half as its mirror image. */
export const twice = (half: string): string =>
  `${half}<g transform="matrix(-1 0 0 1 ${2 * MIDDLE} 0)">${half}</g>`;

/** An area with ink around it, and darker areas that end at its outline. */
export function area(
  id: string,
  fill: string,
  outline: string,
  shade = '',
  shadeFill = '',
): string {
  const dark =
    shade === ''
      ? ''
      : `<clipPath id="${id}"><path d="${outline}"/></clipPath>
    <path clip-path="url(#${id})" fill="${shadeFill}" d="${shade}"/>`;
  return `<path d="${outline}" fill="${fill}"/>${dark}<path d="${outline}" fill="none" ${LINE}/>`;
}

const ROOM = `<rect width="864" height="1536" fill="#f3e3cf"/>
  <rect y="1180" width="864" height="356" fill="#c99f7b"/><rect y="1168" width="864" height="16" fill="#a97f60"/>
  <path d="M0 1270H864M0 1390H864M120 1184L40 1536M430 1184V1536M740 1184L824 1536" stroke="#b58b69" stroke-width="4"/>
  <rect x="70" y="160" width="724" height="560" fill="#a9d8ee"/><path d="M70 720V560Q150 500 250 560Q360 470 480 560Q600 520 794 590V720Z" fill="#8cc49a"/>
  <path d="M120 300q30-50 80-20q50-40 80 10q40 0 30 30H110q-10-20 10-20M560 240q30-40 70-14q50-30 76 14q36 4 24 30H550q-8-22 10-30" fill="#fff"/>
  <path d="M70 160H794V720H70ZM432 160V720" fill="none" stroke="#fff8ee" stroke-width="18"/>
  <ellipse cx="432" cy="1425" rx="190" ry="26" fill="#a97f60"/>`;

export function drawLeg(): string {
  const trouser =
    'M434 770L524 760C540 860 532 960 522 1060C520 1160 516 1250 510 1338L450 1338C450 1250 446 1160 444 1070C440 980 436 880 434 800Z';
  const shade =
    'M434 770L470 790C476 900 474 1000 476 1070C478 1180 476 1250 474 1338L440 1338L430 800ZM524 760L524 830Q480 830 440 806V760Z';
  const shoe =
    'M448 1336L512 1336C518 1370 540 1390 544 1414C544 1428 530 1430 500 1430C470 1430 448 1430 446 1414C444 1390 448 1360 448 1336Z';
  return `${area('shoe', '#e8563f', shoe, 'M448 1336L474 1336C476 1370 470 1390 480 1412L440 1412Z', '#b53c33')}
    <path d="M446 1410Q496 1420 545 1412Q546 1432 500 1432Q444 1432 446 1410Z" fill="#fff" ${LINE}/>
    <path d="M472 1366l30-4M476 1384l36-6" ${LINE}/>
    ${area('leg', '#3d4a63', trouser, shade, '#2a3349')}
    <path d="M450 1318H511" fill="none" ${LINE}/><path d="M500 1072q-20 12-44 4" fill="none" ${LINE}/>`;
}

export function drawArm([light, shadow]: Coat): string {
  const hand =
    'M584 742C590 756 598 770 604 786C608 800 606 822 600 838C596 846 590 844 590 836L589 822L586 846C584 854 576 854 576 844L574 824L570 844C566 850 560 846 561 838L562 818L556 826C550 830 546 824 548 818C554 800 550 768 552 746Z';
  const sleeve =
    'M494 406C536 408 552 426 560 462C572 520 588 570 596 620C602 664 600 706 598 744L540 750C536 706 532 668 526 630C516 580 502 540 494 500Z';
  const shade =
    'M498 404L506 500C520 550 536 590 542 640C548 680 554 716 556 748L530 752L480 500ZM520 600Q560 616 596 600Q596 632 530 632Z';
  return `${area('hand', light, hand, 'M552 744L590 742L592 762Q570 768 552 762ZM548 818L562 780L566 846L548 846Z', shadow)}
    ${area('sleeve', '#f2b63c', sleeve, shade, '#d08e2c')}
    <path d="M540 732L599 726" fill="none" ${LINE}/>`;
}

export const TRUNK =
  'M384 400L480 400L506 408C514 412 516 420 514 450C508 540 506 620 516 700C522 740 526 770 526 800Q432 826 338 800C338 770 342 740 348 700C358 620 356 540 350 450C350 430 350 412 358 408Z';
const SHIRT =
  'M392 398L432 452L472 398C486 520 484 680 480 812Q432 820 384 812C380 680 378 520 392 398Z';

const drawTop =
  (): string => `${area('trunk', '#f2b63c', TRUNK, 'M350 520Q372 660 356 816L330 816V520ZM514 470Q488 640 512 816L530 816V470Z', '#d08e2c')}
  ${area('shirt', '#fffaf2', SHIRT, 'M380 398L484 398L478 470Q432 500 388 470ZM384 740Q432 770 480 740V830H384Z', '#d9d2de')}
  ${twice(`<path d="M472 398C486 520 484 680 480 812" fill="none" ${LINE}/>`)}`;

const drawBody = (coat: Coat): string => `${twice(drawLeg())}${drawTop()}${twice(drawArm(coat))}`;

const drawNeck = ([light, shadow]: Coat): string =>
  area(
    'neck',
    light,
    'M404 340V388L384 402L432 456L480 402L460 388V340Z',
    'M400 340H466V376Q432 404 400 376Z',
    shadow,
  );

const LAPELS = twice(
  `<path d="M466 388L500 404L496 476L474 452L478 402Z" fill="#f7c95f" ${LINE}/>`,
);

/** One eye around its own middle, in units of half a pixel; its outer corner is on the right. */
const EYE_WHITE = 'M-40 8C-36-26-14-42 10-42C30-40 42-22 44 2C40 26 24 40 2 41C-20 40-34 30-40 8Z';
const EYE = `<clipPath id="eye"><path d="${EYE_WHITE}"/></clipPath><path d="${EYE_WHITE}" fill="#fffdfb"/>
  <g clip-path="url(#eye)"><path d="M-50-50H60V-22Q10-36-44 6Z" fill="#d5cfe2"/>
    <ellipse cx="2" cy="0" rx="30" ry="41" fill="#2c7f86"/><path d="M-28 8Q2 24 32 8Q30 41 2 41Q-26 41-28 8Z" fill="#59c9bd"/>
    <path d="M-28-4Q2 4 32-4V-44H-28Z" fill="#1c4f62"/><ellipse cx="2" cy="2" rx="13" ry="19" fill="#17293c"/>
    <ellipse cx="2" cy="0" rx="30" ry="41" fill="none" stroke="${INK}" stroke-width="4"/></g>
  <path d="M-47 8C-43-32-16-53 10-53C36-51 50-27 58-12L46-6C41-26 28-41 9-41C-14-41-32-25-40 10Z" fill="${INK}"/>
  <path d="M42 12C36 32 20 43-4 43" fill="none" stroke="${INK}" stroke-width="4" stroke-linecap="round"/>
  <path d="M-30-56Q6-78 42-54" fill="none" stroke="#b9705f" stroke-width="4" stroke-linecap="round"/>
  <path d="M-40-84Q4-106 50-80L48-74Q4-94-40-78Z" fill="${HAIR_SHADE}"/>`;
const GLINTS =
  '<ellipse cx="-10" cy="-17" rx="10" ry="12" fill="#fff"/><circle cx="13" cy="19" r="5.5" fill="#fff"/>';

const FACE =
  'M-150-40C-152 40-132 92-97 124C-62 154-26 180 0 182C26 180 62 154 97 124C132 92 152 40 150-40C150-160 90-220 0-220C-90-220-150-160-150-40Z';
const FRINGE =
  'M-172 60C-196-60-176-200-84-250C-40-272 50-274 92-250C178-200 196-60 172 60C164 20 156-20 140-60C136-30 130-12 118 6C116-40 104-78 84-106C82-66 74-40 58-16C54-60 40-96 18-118C12-80-4-46-28-18C-28-54-30-84-40-104C-58-70-78-30-112-2C-108-30-110-50-116-70C-144-30-162 14-172 60Z';
const LOCK =
  'M132-90C160-60 170 0 168 60C168 120 176 170 150 236C150 200 146 180 138 160C132 190 126 204 112 222C124 170 138 120 140 60C142 10 138-50 132-90Z';
export const BACK_HAIR =
  'M0-262C-140-262-204-150-204-20C-204 90-216 170-190 262C-176 250-160 246-150 232C-130 262-110 276-84 284C-70 262-40 250 0 250C40 250 70 262 84 284C110 276 130 262 150 232C160 246 176 250 190 262C216 170 204 90 204-20C204-150 140-262 0-262Z';

/** From the units of a head, twice as fine, to the drawing. */
export const onNeck = (head: string): string =>
  `<g transform="matrix(.5 0 0 .5 432 270)">${head}</g>`;
const mirrored = (half: string): string => `${half}<g transform="scale(-1 1)">${half}</g>`;
export const THICK = `stroke="${INK}" stroke-width="6" stroke-linejoin="round" stroke-linecap="round"`;

const GIRL = `${mirrored(`<path d="M142 10Q176-10 172 40Q166 80 140 74Z" fill="${SKIN}" ${THICK}/>`)}
  <clipPath id="face"><path d="${FACE}"/></clipPath><path d="${FACE}" fill="${SKIN}"/>
  <path clip-path="url(#face)" fill="${SKIN_SHADE}" d="${FRINGE}" transform="translate(4 16)"/>
  <path clip-path="url(#face)" fill="${SKIN_SHADE}" d="M-150 60Q-100 140 0 186L-150 186Z"/>
  <path d="${FACE}" fill="none" ${THICK}/>
  ${mirrored('<ellipse cx="98" cy="92" rx="28" ry="13" fill="#f7b3a6" opacity=".8"/>')}
  <path d="M-1 84l7 13l-9 4" fill="none" stroke="#b9705f" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"/>
  <path d="M-25 128Q0 139 25 128" fill="none" stroke="#8c3b45" stroke-width="5" stroke-linecap="round"/>
  <path d="M-9 146Q0 149 9 146" fill="none" stroke="${SKIN_SHADE}" stroke-width="4" stroke-linecap="round"/>
  <g transform="translate(70 30)">${EYE}${GLINTS}</g>
  <g transform="translate(-70 30)"><g transform="scale(-1 1)">${EYE}</g>${GLINTS}</g>
  ${mirrored(`<path d="${LOCK}" fill="${HAIR}" ${THICK}/><path d="M146-20C152 40 150 100 142 150" fill="none" stroke="${HAIR_SHADE}" stroke-width="8"/>`)}
  <path d="${FRINGE}" fill="${HAIR}" ${THICK}/>
  <path d="M-128-150Q-70-190 0-190Q70-190 128-150L112-128L96-156L80-122L50-160L30-130L4-166L-24-124L-44-160L-78-118L-92-150L-116-120Z" fill="${HAIR_LIGHT}"/>
  <path d="M18-118C28-170 22-220 4-256M84-106C96-160 80-220 50-256M-40-104C-44-170-30-220-10-252M-116-70C-122-150-90-210-54-246" fill="none" stroke="${HAIR_SHADE}" stroke-width="6"/>`;

const FOX = `${mirrored(`<path d="M52-160Q90-270 168-330Q214-220 190-70Z" fill="#d9772f" ${THICK}/><path d="M100-160Q120-230 158-276Q180-200 168-110Z" fill="#4a2a2a"/>`)}
  <path d="M0-206C112-206 176-140 196-20L232 40L200 52L216 92L170 96L168 132L104 138Q70 214 0 222Q-70 214-104 138L-168 132L-170 96L-216 92L-200 52L-232 40L-196-20C-176-140-112-206 0-206Z" fill="#d9772f" ${THICK}/>
  <path d="M0 20C30 20 44 50 70 66C110 84 150 70 216 92L170 96L168 132L104 138Q70 214 0 222Q-70 214-104 138L-168 132L-170 96L-216 92C-150 70-110 84-70 66C-44 50-30 20 0 20Z" fill="#fbf3e6"/>
  <path d="M-14-190Q0-60 14-190Q0-200-14-190Z" fill="#b15a22"/>
  <path d="M-34 104Q0 84 34 104Q26 136 0 142Q-26 136-34 104Z" fill="${INK}"/>
  <path d="M0 142V164M-44 160Q-20 186 0 164Q20 186 44 160" fill="none" ${THICK}/>
  ${mirrored(`<path d="M46 10Q62-48 120-44Q124 0 84 18Q60 20 46 10Z" fill="#f4d35e" ${THICK}/><ellipse cx="88" cy="-14" rx="12" ry="26" fill="${INK}"/>`)}`;

type HeadParts = { coat: Coat; behind: string; before: string };

export const HEADS: Record<Head, HeadParts> = {
  girl: {
    coat: [SKIN, SKIN_SHADE],
    behind: `<path d="${BACK_HAIR}" fill="${HAIR_SHADE}" ${THICK}/>`,
    before: GIRL,
  },
  fox: { coat: ['#d9772f', '#b15a22'], behind: '', before: FOX },
};

/** The whole figure, without a room. */
export const drawFigure = ({ coat, behind, before }: HeadParts): string =>
  `${onNeck(behind)}${drawBody(coat)}${drawNeck(coat)}${LAPELS}${onNeck(before)}`;

/** The trunk with the neck and what is worn over both, without arms and legs. */
export const drawTrunk = (coat: Coat): string => `${drawTop()}${drawNeck(coat)}${LAPELS}`;

/** Writes the part of the drawing that `view` names to `file`, whose ending says the format. */
export const drawAnime = (head: Head, view: View, file: string): Promise<void> =>
  drawInRoom(drawFigure(HEADS[head]), view, file);

/** The same of any figure in the units of the drawing. */
export async function drawInRoom(figure: string, view: View, file: string): Promise<void> {
  const { left, top, width, height, widthPx } = view;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${widthPx}" height="${Math.round((widthPx * height) / width)}" viewBox="${left} ${top} ${width} ${height}">
    ${ROOM}${figure}</svg>`;
  await sharp(Buffer.from(svg)).removeAlpha().toFile(file);
}
