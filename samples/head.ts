/**
 * The head: skull, cheeks, nose, ears, lids that close, eyes that look, a mouth that smiles and
 * sings, and the neck below. Lengths are for a head of size 1 (26 cm high); `build.head` scales.
 */
import {
  carve,
  ellipsoid,
  localX,
  localY,
  localZ,
  makeRod,
  meld,
  packFrame,
  rodDistance,
  roundBox,
  sphere,
  valueNoise,
} from './distance.ts';
import type { Look } from './looks.ts';
import type { FacePose, Skeleton } from './skeleton.ts';
import { clamp, mix, scale, smoothstep, toLocal } from './space.ts';
import type { Part, Surface } from './surface.ts';
import { coat, linearColour, setPolished, setSkin, tone } from './surface.ts';

const EYE = { x: 0.0335, y: 0.001, z: 0.0615, r: 0.0258 };
const LIPS_Y = -0.0665;
const WHITE = linearColour(0xf4f1ee);
const LASH = linearColour(0x1c120e);
const MOUTH = linearColour(0x9c2a2a);
const TONGUE = linearColour(0xc4525a);

/** Everything of the face that depends on what it does in this frame. */
type Features = {
  upperLid: number;
  lowerLid: number;
  mouthHalf: number;
  cornerLift: number;
  gapUp: number;
  gapDown: number;
  jaw: number;
  browLift: number;
  gazeX: number;
  gazeY: number;
};

function measureFeatures(face: FacePose): Features {
  return {
    upperLid: mix(0.66 + 0.16 * face.brow - 0.08 * face.smile, -0.36, face.blink),
    lowerLid: mix(-0.6 + 0.17 * face.smile, -0.4, face.blink),
    mouthHalf: 0.0225 + 0.0095 * face.smile - 0.003 * face.open,
    cornerLift: 0.0105 * face.smile,
    gapUp: 0.0012 * face.smile + 0.0055 * face.open,
    gapDown: 0.0062 * face.smile + 0.0185 * face.open,
    jaw: 0.011 * face.open,
    browLift: 0.008 * face.brow,
    gazeX: face.gazeX * 0.4,
    gazeY: face.gazeY * 0.3,
  };
}

/** Distance in the plane of the face to the opening between the lips. */
function lipGap(f: Features, x: number, y: number): number {
  const u = x / f.mouthHalf;
  const inside = clamp(1 - u * u, 0, 1);
  const middle = LIPS_Y + f.cornerLift * (Math.min(u * u, 1.3) - 0.55);
  const over = y - (middle + f.gapUp * inside);
  const under = middle - f.gapDown * inside - y;
  const high = Math.max(over, under);
  const aside = Math.abs(x) - f.mouthHalf;
  const above = Math.max(high, 0);
  return aside > 0 ? Math.sqrt(aside * aside + above * above) : high;
}

const NOSE = makeRod([0, 0.014, 0.083], [0, -0.023, 0.1035], 0.0078, 0.0118);

function skullDistance(f: Features, x: number, y: number, z: number): number {
  const ax = Math.abs(x);
  let d = ellipsoid(x, y - 0.03, z + 0.008, 0.083, 0.104, 0.098);
  d = meld(d, ellipsoid(x, y + 0.034 + f.jaw * 0.6, z - 0.02, 0.0575, 0.083, 0.074), 0.05);
  d = meld(d, ellipsoid(ax - 0.035, y + 0.029, z - 0.056, 0.027, 0.024, 0.03), 0.03);
  d = meld(d, ellipsoid(x, y + 0.104 + f.jaw, z - 0.066, 0.02, 0.017, 0.02), 0.036);
  if (z > 0.03) {
    d = carve(d, ellipsoid(ax - 0.034, y - 0.004, z - 0.1, 0.025, 0.018, 0.019), 0.02);
    d = meld(d, rodDistance(NOSE, x, y, z), 0.02);
    d = meld(d, sphere(ax - 0.0112, y + 0.0285, z - 0.094, 0.0082), 0.01);
    d = carve(d, sphere(ax - 0.0062, y + 0.0365, z - 0.1025, 0.0034), 0.004);
    d = meld(d, ellipsoid(x, y + 0.067 + f.jaw * 0.5, z - 0.076, 0.03, 0.022, 0.02), 0.02);
  }
  if (ax > 0.05) {
    let ear = ellipsoid(ax - 0.0895, y + 0.004, z + 0.008, 0.011, 0.033, 0.021);
    ear = carve(ear, ellipsoid(ax - 0.1, y - 0.002, z - 0.001, 0.009, 0.023, 0.013), 0.006);
    d = meld(d, ear, 0.012);
  }
  return d;
}

/** Lips swell around the gap, the gap itself is cut into the head. */
function mouthDistance(f: Features, d: number, x: number, y: number, z: number): number {
  if (z < 0.05 || y > -0.03 || y < -0.125) return d;
  const gap = lipGap(f, x, y);
  const swell = (gap - 0.0042) / 0.0046;
  const raised = d - 0.0034 * Math.exp(-swell * swell) * smoothstep(0.06, 0.085, z);
  return carve(raised, Math.max(gap, 0.058 - z), 0.0028);
}

function lidsDistance(f: Features, x: number, y: number, z: number): number {
  const ex = Math.abs(x) - EYE.x;
  const ey = y - EYE.y;
  const ez = z - EYE.z;
  const shell = sphere(ex, ey, ez, EYE.r + 0.0026);
  if (shell > 0.03) return shell;
  const almond = 7 * ex * ex;
  const upper = ey * Math.cos(f.upperLid) - ez * Math.sin(f.upperLid) + almond;
  const lower = -(ey * Math.cos(f.lowerLid) - ez * Math.sin(f.lowerLid)) + almond * 0.7;
  const rim = sphere(ex, ey, ez, EYE.r + 0.0036);
  return Math.min(carve(Math.max(rim, -upper), -upper, 0.001), Math.max(shell, -lower));
}

function teethDistance(f: Features, x: number, y: number, z: number): number {
  const top = LIPS_Y - f.cornerLift * 0.45 + f.gapUp;
  const bent = z - 0.083 + x * x * 16;
  const upper = roundBox(x, y - top - 0.001, bent, 0.024, 0.0068, 0.006, 0.003);
  return upper;
}

function tongueDistance(f: Features, x: number, y: number, z: number): number {
  const low = LIPS_Y - f.cornerLift * 0.5 - f.gapDown;
  return ellipsoid(x, y - low + 0.001, z - 0.07, 0.018, 0.0075, 0.02);
}

/** The skin of head and neck, and the eyes as a part of their own. */
export function makeHead(skeleton: Skeleton, look: Look): Part[] {
  const size = skeleton.build.head;
  const frame = packFrame(skeleton.head);
  const features = measureFeatures(skeleton.face);
  const base = scale(toLocal(skeleton.head, skeleton.neck), 1 / size);
  const neck = makeRod(
    [base[0], base[1] - 0.06, base[2] - 0.004],
    [0, -0.055, -0.018],
    look.neckRadius * 1.18,
    look.neckRadius,
  );
  const bone = (x: number, y: number, z: number): number => {
    let d = meld(skullDistance(features, x, y, z), rodDistance(neck, x, y, z), 0.014);
    d = mouthDistance(features, d, x, y, z);
    return z > 0.03 ? meld(d, lidsDistance(features, x, y, z), 0.005) : d;
  };
  const mouthful = (x: number, y: number, z: number): number =>
    Math.max(
      sphere(x, y + 0.072, z - 0.075, 0.036),
      Math.min(teethDistance(features, x, y, z), tongueDistance(features, x, y, z)),
    );
  const local = (run: (x: number, y: number, z: number) => number) => {
    return (x: number, y: number, z: number): number =>
      run(
        localX(frame, x, y, z) / size,
        localY(frame, x, y, z) / size,
        localZ(frame, x, y, z) / size,
      ) * size;
  };
  const eye = (x: number, y: number, z: number): number =>
    sphere(Math.abs(x) - EYE.x, y - EYE.y, z - EYE.z, EYE.r);
  const painted = (run: (x: number, y: number, z: number, s: Surface) => void) => {
    return (x: number, y: number, z: number, s: Surface): void =>
      run(
        localX(frame, x, y, z) / size,
        localY(frame, x, y, z) / size,
        localZ(frame, x, y, z) / size,
        s,
      );
  };
  const centre = skeleton.head.origin;
  return [
    {
      name: 'head',
      centre: [centre[0], centre[1] - 0.03, centre[2]],
      radius: 0.21 * size,
      distance: local((x, y, z) => bone(x, y, z)),
      paint: painted((x, y, z, s) => paintSkin(look, features, x, y, z, s)),
    },
    {
      name: 'eyes',
      centre,
      radius: 0.125 * size,
      distance: local((x, y, z) => Math.min(eye(x, y, z), mouthful(x, y, z))),
      paint: painted((x, y, z, s) => paintEyesAndTeeth(look, features, x, y, z, s)),
    },
  ];
}

function paintSkin(look: Look, f: Features, x: number, y: number, z: number, s: Surface): void {
  setSkin(s, look.skin);
  const ax = Math.abs(x);
  const bell = (dx: number, dy: number, r: number): number =>
    Math.exp(-(dx * dx + dy * dy) / (r * r));
  coat(s, look.blush, (z > 0 ? 0.6 : 0) * bell(ax - 0.046, y + 0.033, 0.02));
  coat(s, look.blush, (z > 0.07 ? 0.42 : 0) * bell(x, y + 0.027, 0.013));
  coat(s, look.blush, ax > 0.08 ? 0.3 : 0);
  if (look.freckles && z > 0.04) {
    const dots = smoothstep(0.8, 0.88, valueNoise(x * 330, y * 330, 3));
    const where = bell(ax - 0.034, y + 0.024, 0.02) + bell(x, y + 0.012, 0.014);
    coat(s, look.freckles, 0.55 * dots * clamp(where, 0, 1));
  }
  if (z < 0.02) return;
  const browAt = 0.0425 + f.browLift - 11 * (ax - 0.037) ** 2 + 0.06 * (ax - 0.03);
  const thick = look.browHalf * mix(1, 0.45, smoothstep(0.02, 0.06, ax));
  const brow =
    smoothstep(thick + 0.0012, thick - 0.0008, Math.abs(y - browAt)) *
    smoothstep(0.0115, 0.016, ax) *
    smoothstep(0.0625, 0.056, ax);
  coat(s, look.brow, 0.94 * brow);
  paintLids(look, f, ax, y, z, s);
  if (y < -0.03 && z > 0.04) paintLips(look, f, x, y, z, s);
}

function paintLids(look: Look, f: Features, ax: number, y: number, z: number, s: Surface): void {
  const ex = ax - EYE.x;
  const ey = y - EYE.y;
  const ez = z - EYE.z;
  const near = sphere(ex, ey, ez, EYE.r);
  if (near > 0.008) return;
  const lid = smoothstep(0.0075, 0.003, near);
  coat(s, look.blush, 0.2 * lid);
  tone(s, 1 - 0.07 * lid);
  const almond = 7 * ex * ex;
  const upper = ey * Math.cos(f.upperLid) - ez * Math.sin(f.upperLid) + almond;
  const lower = ey * Math.cos(f.lowerLid) - ez * Math.sin(f.lowerLid) - almond * 0.7;
  const lash = smoothstep(look.lash + 0.0012, look.lash - 0.0004, Math.abs(upper));
  coat(s, LASH, 0.95 * lash * smoothstep(0.0062, 0.003, near));
  coat(
    s,
    LASH,
    0.3 * smoothstep(0.0014, 0.0004, Math.abs(lower)) * smoothstep(0.017, 0.012, Math.abs(ex)),
  );
}

function paintLips(look: Look, f: Features, x: number, y: number, z: number, s: Surface): void {
  const gap = lipGap(f, x, y);
  const width = 0.0078 * clamp(1.12 - (x / (f.mouthHalf + 0.003)) ** 2, 0.05, 1);
  const lips = smoothstep(width + 0.0012, width - 0.001, gap) * smoothstep(0.07, 0.08, z);
  coat(s, look.lips, look.lipStrength * lips);
  s.gloss += 0.08 * lips;
  const line = smoothstep(0.0012, -0.0004, gap);
  coat(s, MOUTH, line);
  if (gap < -0.0012) {
    s.skin = 0;
    tone(s, 0.75);
  }
}

function paintEyesAndTeeth(
  look: Look,
  f: Features,
  x: number,
  y: number,
  z: number,
  s: Surface,
): void {
  if (y < -0.03) {
    const teeth = teethDistance(f, x, y, z) < tongueDistance(f, x, y, z);
    setPolished(s, teeth ? WHITE : TONGUE, 0.25, 30);
    if (teeth) s.glow = 0.045;
    if (teeth) tone(s, 0.94 - 0.16 * smoothstep(0.9, 1, Math.abs(Math.cos(x * 390))));
    return;
  }
  const side = x > 0 ? 1 : -1;
  const nx = (x - EYE.x * side) / EYE.r;
  const ny = (y - EYE.y) / EYE.r;
  setPolished(s, WHITE, 0.55, 90);
  const toward = Math.hypot(f.gazeX, f.gazeY, 1);
  const dx = nx - f.gazeX / toward + 0.02 * side;
  const dy = ny - f.gazeY / toward;
  const r = Math.hypot(dx, dy);
  tone(s, 1 - 0.12 * smoothstep(0.5, 1, Math.hypot(nx, ny)));
  const iris = smoothstep(0.5, 0.46, r);
  coat(s, look.iris, iris);
  coat(s, look.irisLight, 0.75 * iris * smoothstep(0.2, -0.45, dy) * smoothstep(0.5, 0.25, r));
  coat(s, LASH, 0.75 * iris * smoothstep(0.4, 0.5, r));
  coat(s, LASH, smoothstep(0.25, 0.21, r));
  const spark = smoothstep(0.13, 0.09, Math.hypot(dx + 0.16, dy - 0.2));
  const small = smoothstep(0.07, 0.04, Math.hypot(dx - 0.17, dy + 0.17));
  s.glow = Math.max(spark, small * 0.5);
}
