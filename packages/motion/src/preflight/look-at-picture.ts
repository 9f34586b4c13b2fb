/** Finds out in a second what a picture shows of whom. */

import type { Detectors } from '../detect/detectors.ts';
import { isFaceClear } from '../detect/face-clear.ts';
import { readPicture } from '../media/picture.ts';
import { findSmallPerson } from './find-small-person.ts';
import { measurePerson } from './measure-person.ts';
import type { PictureSight } from './sights.ts';

/** More pixels than this on a side tell the networks nothing more. */
const SIDE_MAX = 1280;

/** @throws MotionError `picture_unreadable` */
export async function lookAtPicture(file: string, detectors: Detectors): Promise<PictureSight> {
  const image = await readPicture(file, { fit: { width: SIDE_MAX, height: SIDE_MAX } });
  const body = await detectors.detectPose(image);
  const face = await detectors.detectFace(image, { pose: body?.pose ?? null });
  const isEmpty = body === null && face === null;
  return {
    smallShare: isEmpty ? await findSmallPerson(detectors, image) : null,
    person: body && measurePerson(body.pose, image.width, image.height),
    hasFace: face !== null,
    isFaceClear: isFaceClear(face),
    personCount: body?.personCount ?? 0,
  };
}
