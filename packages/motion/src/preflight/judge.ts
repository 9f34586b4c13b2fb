/**
 * Says what of a picture and a clip will make the result worse than it could be, or impossible,
 * with the measured value and what to do about it.
 */

import { median, percentile } from '../model/percentile.ts';
import type { PreflightFinding } from './finding.ts';
import { LIMITS } from './limits.ts';
import type { PersonFacts, Reach } from './measure-person.ts';
import type { ClipMoment, ClipSight, PictureSight } from './sights.ts';

/** Times and limbs named in one sentence, at most. */
const NAMED_MAX = 5;

/** The percentile of the moments in which a part shows its true length; a head always does. */
const STRETCHED = { arms: 0.9, legs: 0.75, head: 0.5 };

/** A moment in which somebody was found. */
type Seen = ClipMoment & { person: PersonFacts };

/** Errors first, then those of the picture, the clip, and the two together. */
export function judge(picture: PictureSight, clip: ClipSight): PreflightFinding[] {
  const seen = clip.moments.filter((moment): moment is Seen => moment.person !== null);
  const findings = [
    ...judgePicture(picture),
    ...judgeClip(clip, seen),
    ...judgePair(picture, seen),
  ];
  const isError = ({ severity }: PreflightFinding): number => (severity === 'error' ? 0 : 1);
  return findings.sort((a, b) => isError(a) - isError(b));
}

function judgePicture(sight: PictureSight): PreflightFinding[] {
  const { person, hasFace, personCount, smallShare } = sight;
  if (smallShare !== null) return [farTooSmall('image', smallShare)];
  if (person === null) return hasFace ? [] : [noPersonInPicture()];
  const findings: PreflightFinding[] = [];
  const warn = addTo(findings, 'image');
  if (personCount > 1) {
    warn('several_people', personCount, 1, {
      message: `The reference image shows ${personCount} people; the most prominent one is animated.`,
      advice: 'Use a picture of one person, or crop it to the one you mean.',
    });
  }
  if (person.headIsOutside) {
    warn('head_out_of_frame', 1, 0, {
      message: 'The head is outside the reference image.',
      advice: 'Use a picture that shows the whole head.',
    });
  }
  if (person.limbsOutside.length > 0) {
    warn('limbs_out_of_frame', person.limbsOutside.length, 0, {
      message: `The reference image ends before the ${list(person.limbsOutside)}, so what is cut off will not move.`,
      advice: 'Use a picture with room around hands and feet.',
    });
  }
  if (person.areaShare < LIMITS.areaShareMin) {
    const seen = asPercent(person.areaShare);
    warn('person_too_small', person.areaShare, LIMITS.areaShareMin, {
      message: `The person takes ${seen} of the reference image; at least ${asPercent(LIMITS.areaShareMin)} is needed for a sharp result.`,
      advice: 'Crop the picture to the person.',
    });
  }
  if (person.hiddenShare > LIMITS.hiddenShareMax) {
    warn('occluded', person.hiddenShare, LIMITS.hiddenShareMax, {
      message: `${asPercent(person.hiddenShare)} of the limbs in the reference image are hidden; such limbs are held still or guessed.`,
      advice: 'Use a picture in which arms and legs are clear of the body and of objects.',
    });
  }
  if (person.tiltDegrees > LIMITS.tiltDegreesMax) {
    warn('extreme_orientation', person.tiltDegrees, LIMITS.tiltDegreesMax, {
      message: `The person in the reference image leans by ${Math.round(person.tiltDegrees)} degrees from upright; up to ${LIMITS.tiltDegreesMax} are carried over well.`,
      advice: 'Use a picture of a standing or sitting person.',
    });
  }
  if (person.facesAway) {
    warn('facing_away', 1, 0, {
      message: 'The person in the reference image has their back to the camera.',
      advice: 'Use a picture taken from the front.',
    });
  }
  if (!sight.isFaceClear && !person.facesAway && !person.headIsOutside) {
    warn('face_hidden', 1, 0, {
      message: 'The face of the person in the reference image is hidden, so it cannot move.',
      advice: 'Use a picture in which nothing covers the face, if its expression matters.',
    });
  }
  return findings;
}

function judgeClip(sight: ClipSight, seen: readonly Seen[]): PreflightFinding[] {
  const { moments, cutsMs, smallShare } = sight;
  if (smallShare !== null) return [farTooSmall('video', smallShare)];
  const someone = moments.filter(({ person, hasFace }) => person !== null || hasFace).length;
  const found = share(someone, moments.length);
  if (found < LIMITS.foundShareMin) return [noPersonInClip(someone, moments.length)];
  const findings: PreflightFinding[] = [];
  const warn = addTo(findings, 'video');
  if (found < LIMITS.foundShareWhole) {
    warn('person_lost', found, LIMITS.foundShareWhole, {
      message: `A person is seen in ${someone} of ${moments.length} moments of the reference video; the character rests in the others.`,
      advice: 'Use a clip in which the person stays in the picture.',
    });
  }
  const people = Math.max(...moments.map(({ personCount }) => personCount));
  const crowded = share(
    moments.filter(({ personCount }) => personCount > 1).length,
    moments.length,
  );
  if (crowded >= LIMITS.crowdedShareMin) {
    warn('several_people', people, 1, {
      message: `The reference video shows up to ${people} people; the motion of the most prominent one is taken.`,
      advice: 'Use a clip of one person, or crop it to the one you mean.',
    });
  }
  if (cutsMs.length > 0) {
    warn('cut', cutsMs.length, 0, {
      message: `The reference video cuts to another shot at ${nameTimes(cutsMs)}.`,
      advice: 'Use one continuous shot.',
    });
  }
  if (seen.length > 0) judgeBodies(seen, warn);
  return findings;
}

function judgeBodies(seen: readonly Seen[], warn: Warn): void {
  const partOf = (test: (person: PersonFacts) => boolean): number =>
    share(seen.filter(({ person }) => test(person)).length, seen.length);
  const medianOf = (read: (person: PersonFacts) => number): number =>
    median(seen.map(({ person }) => read(person)));

  const area = medianOf(({ areaShare }) => areaShare);
  if (area < LIMITS.areaShareMin) {
    warn('person_too_small', area, LIMITS.areaShareMin, {
      message: `The person takes ${asPercent(area)} of the reference video; at least ${asPercent(LIMITS.areaShareMin)} is needed to follow hands and face.`,
      advice: 'Crop the clip to the person, or film from closer.',
    });
  }
  const headless = partOf(({ headIsOutside }) => headIsOutside);
  if (headless > LIMITS.outsideShareMax) {
    warn('head_out_of_frame', headless, LIMITS.outsideShareMax, {
      message: `The head leaves the picture in ${asPercent(headless)} of the reference video.`,
      advice: 'Use a clip that shows the whole head all the time.',
    });
  }
  const reach = typicalReach(seen);
  const limbless = partOf((person) => {
    const isShorter = reach === 'feet' && person.reach !== 'feet';
    return isShorter || person.limbsOutside.length > 0;
  });
  // Head and shoulders are filmed for the face; nobody expects hands there.
  if (reach !== 'shoulders' && limbless > LIMITS.outsideShareMax) {
    warn('limbs_out_of_frame', limbless, LIMITS.outsideShareMax, {
      message: `Hands or feet leave the picture in ${asPercent(limbless)} of the reference video; their movement is guessed there.`,
      advice: 'Use a clip with room around hands and feet.',
    });
  }
  const hidden = medianOf(({ hiddenShare }) => hiddenShare);
  if (hidden > LIMITS.hiddenShareMax) {
    warn('occluded', hidden, LIMITS.hiddenShareMax, {
      message: `${asPercent(hidden)} of the limbs in the reference video are hidden; their movement is guessed.`,
      advice: 'Use a clip in which nothing stands in front of the person.',
    });
  }
  judgeBearing(seen, warn, partOf);
}

function judgeBearing(
  seen: readonly Seen[],
  warn: Warn,
  partOf: (test: (person: PersonFacts) => boolean) => number,
): void {
  const speeds = seen.flatMap(({ speed }) => (speed === null ? [] : [speed]));
  const speed = percentile(speeds, LIMITS.speedPercentile);
  if (speed > LIMITS.speedMax) {
    warn('too_fast', speed, LIMITS.speedMax, {
      message: `Hands or feet move at ${speed.toFixed(1)} lengths of the trunk a second in the reference video; up to ${LIMITS.speedMax} are followed well.`,
      advice: 'Use a slower movement, or a clip with more frames a second and less motion blur.',
    });
  }
  const tilted = partOf(({ tiltDegrees }) => tiltDegrees > LIMITS.tiltDegreesMax);
  if (tilted > LIMITS.bearingShareMax) {
    warn('extreme_orientation', tilted, LIMITS.bearingShareMax, {
      message: `The person in the reference video lies or hangs head down in ${asPercent(tilted)} of it.`,
      advice: 'Use a clip of a standing or sitting person.',
    });
  }
  const away = partOf((person) => person.facesAway);
  if (away > LIMITS.bearingShareMax) {
    warn('facing_away', away, LIMITS.bearingShareMax, {
      message: `The person in the reference video has their back to the camera in ${asPercent(away)} of it; the face is not carried over there.`,
      advice: 'Use a clip filmed from the front.',
    });
  }
}

function judgePair(picture: PictureSight, seen: readonly Seen[]): PreflightFinding[] {
  const findings: PreflightFinding[] = [];
  const hasPicture = picture.person !== null || picture.hasFace;
  if (seen.length === 0 || !hasPicture) return findings;
  const warn = addTo(findings, 'pair');
  const ofClip = typicalReach(seen);
  const ofPicture = picture.person?.reach ?? 'shoulders';
  if ((ofClip === 'feet') !== (ofPicture === 'feet')) {
    const feet = share(seen.filter(({ person }) => person.reach === 'feet').length, seen.length);
    const [whole, part, to, still] =
      ofPicture === 'feet'
        ? ['image', 'video', ofClip, 'the legs of the character stay where they are']
        : ['video', 'image', ofPicture, 'the legs of the clip are not seen in the result'];
    warn('half_body', feet, null, {
      message: `The reference ${whole} shows a body from head to feet, but in the reference ${part} it is seen only down to the ${to}, so ${still}.`,
      advice: 'Use a picture and a clip that show the same part of the body.',
    });
  }
  findings.push(...judgeProportions(picture, seen));
  return findings;
}

/** The one that differs most, if any differs by too much. */
function judgeProportions({ person }: PictureSight, seen: readonly Seen[]): PreflightFinding[] {
  if (person === null) return [];
  const differences = (['arms', 'legs', 'head'] as const).flatMap((part) => {
    const ofPicture = person.proportions[part];
    const lengths = seen.flatMap(({ person: { proportions } }) => proportions[part] ?? []);
    if (ofPicture === null || lengths.length < seen.length / 2) return [];
    const factor = ofPicture / percentile(lengths, STRETCHED[part]);
    // A short arm of a picture may just point at the camera.
    const isTold = part !== 'arms' || factor > 1;
    return isTold && Number.isFinite(factor) && factor > 0 ? [{ part, factor }] : [];
  });
  const size = ({ factor }: { factor: number }): number => Math.abs(Math.log(factor));
  const worst = differences.toSorted((a, b) => size(b) - size(a))[0];
  if (worst === undefined || size(worst) <= Math.log(LIMITS.proportionFactorMax)) return [];
  const { part, factor } = worst;
  const findings: PreflightFinding[] = [];
  addTo(findings, 'pair')('unequal_proportions', factor, LIMITS.proportionFactorMax, {
    message:
      `For its trunk, the ${part} of the character measure${part === 'head' ? 's' : ''} ` +
      `${factor.toFixed(2)} times what those of the person in the clip do; the movement is adapted ` +
      'bone by bone, and what touches in the clip may not touch in the result.',
    advice: 'Use a clip of a person built more like the character.',
  });
  return findings;
}

type Words = { message: string; advice: string };
type Warn = (code: string, value: number, limit: number | null, words: Words) => void;

function addTo(findings: PreflightFinding[], subject: PreflightFinding['subject']): Warn {
  return (code, value, limit, words) => {
    const rounded = Math.round(value * 1000) / 1000;
    findings.push({ code, subject, severity: 'warning', value: rounded, limit, ...words });
  };
}

function noPersonInPicture(): PreflightFinding {
  return {
    code: 'no_person',
    subject: 'image',
    severity: 'error',
    value: 0,
    limit: 1,
    message: 'No person was found in the reference image: neither a body nor a face.',
    advice: 'Use a picture that clearly shows one person or a humanoid figure, with the head.',
  };
}

function noPersonInClip(someone: number, total: number): PreflightFinding {
  return {
    code: 'no_person',
    subject: 'video',
    severity: 'error',
    value: Math.round(share(someone, total) * 1000) / 1000,
    limit: LIMITS.foundShareMin,
    message: `A person was found in ${someone} of ${total} moments of the reference video.`,
    advice: 'Use a clip that shows one person, with the head, all the time.',
  };
}

/** So small that it is found only when the picture is searched in parts. */
function farTooSmall(subject: 'image' | 'video', share: number): PreflightFinding {
  const least = asPercent(LIMITS.areaShareMin);
  return {
    code: 'person_too_small',
    subject,
    severity: 'error',
    value: Math.round(share * 1000) / 1000,
    limit: LIMITS.areaShareMin,
    message:
      `The person takes ${asPercent(share)} of the reference ${subject} ` +
      `and cannot be followed; at least ${least} is needed.`,
    advice: 'Crop it to the person.',
  };
}

function typicalReach(seen: readonly Seen[]): Reach {
  const order: readonly Reach[] = ['shoulders', 'hips', 'knees', 'feet'];
  const places = seen.map(({ person }) => order.indexOf(person.reach));
  return order[Math.round(median(places))]!;
}

function nameTimes(timesMs: readonly number[]): string {
  const named = timesMs.slice(0, NAMED_MAX).map((ms) => `${(ms / 1000).toFixed(2)} s`);
  const more = timesMs.length - named.length;
  return `${named.join(', ')}${more > 0 ? ` and ${more} more times` : ''}`;
}

function list(words: readonly string[]): string {
  return words.length < 2
    ? (words[0] ?? '')
    : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function asPercent(part: number): string {
  return `${(100 * part).toFixed(part < 0.1 ? 1 : 0)} %`;
}
