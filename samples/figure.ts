/** Dresses a posed skeleton: from joints and a look to the solids that the renderer draws. */
import { makeHair } from './hair.ts';
import { makeHands } from './hand.ts';
import { makeHead } from './head.ts';
import type { Look } from './looks.ts';
import { makeShoes } from './shoes.ts';
import { type Pose, poseSkeleton } from './skeleton.ts';
import type { Part } from './surface.ts';
import { makeTop } from './top.ts';
import { makeTrousers } from './trousers.ts';

export function makeFigure(look: Look, pose: Pose): Part[] {
  const skeleton = poseSkeleton(look.build, pose);
  return [
    makeTop(skeleton, look),
    makeTrousers(skeleton, look),
    ...makeHead(skeleton, look),
    ...makeHair(skeleton, look),
    ...makeHands(skeleton, look, [pose.arms[0].curl, pose.arms[1].curl]),
    ...makeShoes(skeleton, look),
  ];
}
