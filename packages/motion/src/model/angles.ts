/** Angles in radians that never jump by a whole turn. */

/** Brings an angle into (-pi, pi]. */
export function wrapAngle(angle: number): number {
  const turned = angle % (2 * Math.PI);
  if (turned > Math.PI) return turned - 2 * Math.PI;
  if (turned <= -Math.PI) return turned + 2 * Math.PI;
  return turned;
}

/** The direction that most of the angles have: the angle of the sum of unit vectors, weighted. */
export function meanAngle(angles: ArrayLike<number>, weights?: ArrayLike<number>): number {
  let x = 0;
  let y = 0;
  for (let i = 0; i < angles.length; i += 1) {
    const weight = weights ? weights[i]! : 1;
    x += weight * Math.cos(angles[i]!);
    y += weight * Math.sin(angles[i]!);
  }
  return Math.atan2(y, x);
}

/** Adds whole turns so that neighbours differ by less than half a turn. */
export function unwrapAngles(angles: Float64Array): Float64Array {
  const result = Float64Array.from(angles);
  for (let i = 1; i < result.length; i += 1) {
    result[i] = result[i - 1]! + wrapAngle(angles[i]! - result[i - 1]!);
  }
  return result;
}
