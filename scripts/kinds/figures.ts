/** Draws figures as they stand on pictures that are hard to move: turned away, bent, covered. */

import {
  area,
  BACK_HAIR,
  drawArm,
  drawFigure,
  drawInRoom,
  drawLeg,
  drawTrunk,
  HAIR_SHADE,
  HEADS,
  INK,
  LINE,
  onNeck,
  SKIN,
  THICK,
  TRUNK,
  twice,
} from './anime.ts';

const { girl } = HEADS;
const VIEW = { left: 0, top: 0, width: 864, height: 1536, widthPx: 864 };
const CLOTH = ['#f2b63c', '#d08e2c'] as const;
const TROUSERS = '#3d4a63';

const legs = twice(drawLeg());
const arms = twice(drawArm(girl.coat));
const trunk = drawTrunk(girl.coat);
const withHead = (body: string): string => `${onNeck(girl.behind)}${body}${onNeck(girl.before)}`;

/** A sleeve that bends from the shoulder over the elbow to where it ends. */
const sleeve = (points: string, id: string): string => area(id, CLOTH[0], points);

const BACK = `${legs}${area('back', CLOTH[0], TRUNK)}${arms}
  <path d="M400 398Q432 412 464 398" fill="none" ${LINE}/>
  ${onNeck(`<path d="${BACK_HAIR}" fill="#5b5fa8" ${THICK}/>
  <path d="M-90-200Q-130 20-84 284M0-250V250M90-200Q130 20 84 284" fill="none" stroke="${HAIR_SHADE}" stroke-width="8"/>`)}`;

const CROSSED = withHead(`${legs}${trunk}
  ${sleeve('M494 406C552 408 572 470 574 560C572 610 540 620 500 606L330 566L336 514L508 548C500 520 494 470 494 406Z', 'over')}
  ${sleeve('M370 406C312 408 292 470 290 560C292 630 330 652 372 634L540 572L528 522L356 580C364 520 370 470 370 406Z', 'under')}
  <path d="M524 524Q556 506 570 530Q572 560 540 572Z" fill="${SKIN}" ${LINE}/>`);

const POCKETS = withHead(
  `${legs}${trunk}${twice(
    `${sleeve('M494 406C540 408 566 470 600 600C604 640 590 670 520 772L484 744C520 690 544 650 546 616C528 560 500 500 494 470Z', 'bent')}
  <path d="M478 770Q500 806 540 800" fill="none" ${LINE}/>`,
  )}`,
);

const DRESS = withHead(`${twice('<path d="M446 1380h60q20 30 10 44h-70z" fill="#7a3048"/>')}${trunk}
  ${area('dress', '#b8456a', 'M350 560H514C540 760 600 1100 640 1392Q432 1430 224 1392C264 1100 324 760 350 560Z', 'M470 600Q560 1000 560 1420L640 1400L514 560Z', '#8f3355')}${arms}`);

const SEATED = `<path d="M320 1030H544V1066H320ZM340 1066V1390M524 1066V1390" fill="#8a5a3b" stroke="#8a5a3b" stroke-width="22"/>
  ${twice(`${area('shin', TROUSERS, 'M476 1100L566 1100C566 1180 552 1270 540 1340L484 1340C478 1270 472 1180 476 1100Z')}
  ${area('thigh', TROUSERS, 'M434 980L526 980C566 1010 582 1070 574 1130Q524 1154 466 1134C450 1100 436 1050 434 980Z')}
  <path d="M480 1338H544Q584 1400 572 1424H478Z" fill="#e8563f" ${LINE}/>`)}
  <g transform="translate(0 200)">${withHead(`${trunk}${arms}`)}</g>`;

/** All is small but the head. */
const CHIBI = `<g transform="translate(0 420) translate(432 400) scale(.72 .62) translate(-432 -400)">${legs}${trunk}${arms}</g>
  <g transform="translate(0 560) translate(432 270) scale(2.1) translate(-432 -360)">${onNeck(girl.behind)}${onNeck(girl.before)}</g>`;

const HELMET = drawFigure({
  ...girl,
  behind: '',
  before: `<path d="M0-220C-130-220-190-120-190 0C-190 120-130 220 0 220C130 220 190 120 190 0C190-120 130-220 0-220Z" fill="#c9ccd6" ${THICK}/>
  <path d="M-150-60Q0-110 150-60Q170 60 120 110Q0 140-120 110Q-170 60-150-60Z" fill="#20242e" ${THICK}/>
  <path d="M-110-40Q-60-66-10-66" fill="none" stroke="#8fa3c8" stroke-width="16" stroke-linecap="round"/>`,
});

/** She looks to the right of the picture: one arm, the legs behind each other. */
const PROFILE = `${area('far', '#2a3349', 'M420 780H500C512 960 520 1160 524 1338H466C450 1160 430 960 420 780Z')}
  ${area('near', TROUSERS, 'M384 780H492C496 960 478 1160 466 1338H404C392 1160 380 960 384 780Z')}
  <path d="M466 1336H528Q596 1390 590 1424H468ZM404 1336H468Q536 1390 530 1424H404Z" fill="#e8563f" ${LINE}/>
  ${area('side', CLOTH[0], 'M400 400Q440 386 476 410C510 480 512 560 500 640C498 720 504 770 504 806Q440 826 380 806C376 700 370 600 372 520C372 460 380 420 400 400Z')}
  <path d="M406 340V410Q440 430 468 404L462 350Z" fill="${SKIN}" ${LINE}/>
  <path d="M420 742Q440 740 458 746L456 830Q440 850 426 832Z" fill="${SKIN}" ${LINE}/>
  ${sleeve('M414 430Q450 410 468 450C476 560 470 660 462 752H414C404 660 400 540 414 430Z', 'arm')}
  <path d="M352 150Q460 110 508 190Q520 220 514 256L534 290L512 300L510 322Q506 352 470 358Q420 370 384 340Z" fill="${SKIN}" ${LINE}/>
  <path d="M484 236Q500 228 506 244Q504 266 490 268Q480 256 484 236Z" fill="#1c4f62" ${LINE}/>
  <path d="M490 326Q502 330 510 324" fill="none" stroke="${INK}" stroke-width="4"/>
  <path d="M512 214C500 120 400 100 350 150C290 210 310 380 340 420Q400 400 410 350C420 310 430 260 452 210Q490 190 512 214Z" fill="#5b5fa8" ${LINE}/>`;

const FIGURES = {
  'from behind': BACK,
  'arms crossed': CROSSED,
  'hands in pockets': POCKETS,
  'long dress': DRESS,
  seated: SEATED,
  'child proportions': CHIBI,
  helmet: HELMET,
  profile: PROFILE,
} satisfies Record<string, string>;

/** Writes one of the figures, whole, to `file`, whose ending says the format. */
export const drawPosed =
  (figure: keyof typeof FIGURES) =>
  (file: string): Promise<void> =>
    drawInRoom(FIGURES[figure], VIEW, file);
