import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from './judge.ts';
import type { PersonFacts } from './measure-person.ts';
import type { ClipMoment, ClipSight, PictureSight } from './sights.ts';

const PERSON: PersonFacts = {
  reach: 'feet',
  areaShare: 0.4,
  tiltDegrees: 3,
  facesAway: false,
  headIsOutside: false,
  limbsOutside: [],
  hiddenShare: 0,
  proportions: { arms: 1, legs: 1.6, head: 0.26 },
};

function picture(changes: Partial<PersonFacts> = {}, sight: Partial<PictureSight> = {}) {
  const person = { ...PERSON, ...changes };
  return { person, hasFace: true, isFaceClear: true, personCount: 1, smallShare: null, ...sight };
}

function clip(
  changes: (index: number) => Partial<PersonFacts> = () => ({}),
  sight: Partial<ClipSight> = {},
  moment: (index: number) => Partial<ClipMoment> = () => ({}),
): ClipSight {
  const moments = Array.from({ length: 10 }, (_, i) => ({
    timeMs: i * 500,
    person: { ...PERSON, ...changes(i) },
    hasFace: true,
    personCount: 1,
    speed: 2,
    ...moment(i),
  }));
  return { moments, cutsMs: [], smallShare: null, ...sight };
}

function codes(of: PictureSight, and: ClipSight): string[] {
  return judge(of, and).map(({ subject, code, severity }) => `${severity} ${subject} ${code}`);
}

const NOBODY = {
  ...{ person: null, hasFace: false, isFaceClear: false },
  ...{ personCount: 0, smallShare: null },
};

test('a picture and a clip that fit are not spoken of', () => {
  assert.deepEqual(codes(picture(), clip()), []);
});

test('a picture or a clip without anybody is an error', () => {
  assert.deepEqual(codes(NOBODY, clip()), ['error image no_person']);
  const empty = clip(undefined, {}, () => ({ person: null, hasFace: false, personCount: 0 }));
  assert.deepEqual(codes(picture(), empty), ['error video no_person']);
});

test('a face alone is somebody', () => {
  const face = { ...NOBODY, hasFace: true };
  const portrait = clip(() => ({ reach: 'shoulders' }));
  assert.deepEqual(codes(face, portrait), []);
});

test('somebody found only in parts of the picture is called too small, with the share seen', () => {
  const [finding] = judge({ ...NOBODY, smallShare: 0.012 }, clip());
  assert.equal(finding?.code, 'person_too_small');
  assert.equal(finding.severity, 'error');
  assert.equal(finding.value, 0.012);
  assert.match(finding.message, /1\.2 %.*5\.0 %/);
});

test('each fault of a picture is told with its code', () => {
  assert.deepEqual(codes(picture({}, { personCount: 3 }), clip()), [
    'warning image several_people',
  ]);
  assert.deepEqual(codes(picture({ headIsOutside: true }), clip()), [
    'warning image head_out_of_frame',
  ]);
  assert.deepEqual(codes(picture({ limbsOutside: ['left foot'] }), clip()), [
    'warning image limbs_out_of_frame',
  ]);
  assert.deepEqual(codes(picture({ areaShare: 0.03 }), clip()), ['warning image person_too_small']);
  assert.deepEqual(codes(picture({ hiddenShare: 0.5 }), clip()), ['warning image occluded']);
  assert.deepEqual(codes(picture({ tiltDegrees: 88 }), clip()), [
    'warning image extreme_orientation',
  ]);
  assert.deepEqual(codes(picture({ facesAway: true }), clip()), ['warning image facing_away']);
});

test('each fault of a clip is told with its code', () => {
  const faults: [ClipSight, string][] = [
    [clip(undefined, { cutsMs: [1520, 2400] }), 'cut'],
    [clip((i) => (i < 3 ? { headIsOutside: true } : {})), 'head_out_of_frame'],
    [clip((i) => (i < 3 ? { limbsOutside: ['left hand'] } : {})), 'limbs_out_of_frame'],
    [clip(() => ({ areaShare: 0.03 })), 'person_too_small'],
    [clip(() => ({ hiddenShare: 0.4 })), 'occluded'],
    [clip((i) => (i < 3 ? { tiltDegrees: 90 } : {})), 'extreme_orientation'],
    [clip((i) => (i < 3 ? { facesAway: true } : {})), 'facing_away'],
    [clip(undefined, {}, () => ({ speed: 13 })), 'too_fast'],
    [clip(undefined, {}, (i) => (i < 3 ? { personCount: 2 } : {})), 'several_people'],
    [clip(undefined, {}, (i) => (i < 3 ? { person: null, hasFace: false } : {})), 'person_lost'],
  ];
  for (const [sight, code] of faults) {
    assert.deepEqual(codes(picture(), sight), [`warning video ${code}`]);
  }
});

test('one odd moment of a clip is no fault', () => {
  const odd = (i: number) =>
    i === 4 ? { headIsOutside: true, limbsOutside: ['left hand'], tiltDegrees: 80 } : {};
  assert.deepEqual(codes(picture(), clip(odd)), []);
});

test('the times of cuts are named', () => {
  const [finding] = judge(picture(), clip(undefined, { cutsMs: [1520, 2400] }));
  assert.match(finding?.message ?? '', /at 1\.52 s, 2\.40 s/);
  assert.equal(finding?.value, 2);
});

test('a half body against a whole one is told, whichever of the two is half', () => {
  const half = { reach: 'hips' as const };
  assert.deepEqual(codes(picture(half), clip()), ['warning pair half_body']);
  assert.deepEqual(
    codes(
      picture(),
      clip(() => half),
    ),
    ['warning pair half_body'],
  );
  assert.deepEqual(
    codes(
      picture(half),
      clip(() => half),
    ),
    [],
  );
});

test('a character of another build is told by its worst part', () => {
  const child = picture({ proportions: { arms: 0.6, legs: 0.9, head: 0.5 } });
  const [finding] = judge(child, clip());
  assert.equal(finding?.code, 'unequal_proportions');
  assert.match(finding?.message ?? '', /head .*1\.92 times/);
  assert.deepEqual(
    codes(picture({ proportions: { arms: 0.4, legs: 1.6, head: 0.26 } }), clip()),
    [],
  );
});

test('errors come first', () => {
  const findings = judge(NOBODY, clip(undefined, { cutsMs: [100] }));
  assert.deepEqual(
    findings.map(({ severity }) => severity),
    ['error', 'warning'],
  );
});

test('a hidden face is spoken of once, and not that of a head which is turned or cut off', () => {
  const hidden = { isFaceClear: false };
  assert.deepEqual(codes(picture({}, hidden), clip()), ['warning image face_hidden']);
  const away = codes(picture({ facesAway: true }, hidden), clip());
  assert.deepEqual(away, ['warning image facing_away']);
  const cut = codes(picture({ headIsOutside: true }, hidden), clip());
  assert.deepEqual(cut, ['warning image head_out_of_frame']);
});
