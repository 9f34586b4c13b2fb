/** Finds how one cloud of points was turned, scaled and moved into another. */

/**
 * A similarity in space: `target = scale * rotation * source + translation`. `rotation` is
 * row-major 3x3.
 */
export type Similarity = {
  scale: number;
  rotation: Float64Array;
  translation: readonly [number, number, number];
};

const POWER_STEPS = 60;

/**
 * Least-squares similarity from `source` to `target` over the points in `indices` (x, y, z
 * triples): closed form with unit quaternions, Horn 1987. Points are in any unit; fewer than three
 * give the identity.
 */
export function fitSimilarity(
  source: Float32Array,
  target: Float32Array,
  indices: readonly number[],
): Similarity {
  const from = centroid(source, indices);
  const to = centroid(target, indices);
  const cross = new Float64Array(9);
  let sourceSpread = 0;
  let targetSpread = 0;
  for (const index of indices) {
    for (let row = 0; row < 3; row += 1) {
      const a = source[index * 3 + row]! - from[row]!;
      const b = target[index * 3 + row]! - to[row]!;
      sourceSpread += a * a;
      targetSpread += b * b;
      for (let column = 0; column < 3; column += 1) {
        cross[row * 3 + column]! += a * (target[index * 3 + column]! - to[column]!);
      }
    }
  }
  if (indices.length < 3 || sourceSpread < 1e-9 || targetSpread < 1e-9) return identity();
  const rotation = rotationOfQuaternion(largestQuaternion(cross));
  const scale = Math.sqrt(targetSpread / sourceSpread);
  const moved = rotate(rotation, from[0], from[1], from[2]);
  const translation = [
    to[0] - scale * moved[0],
    to[1] - scale * moved[1],
    to[2] - scale * moved[2],
  ] as const;
  return { scale, rotation, translation };
}

/** Turns one point by a row-major 3x3 matrix. */
export function rotate(
  rotation: Float64Array,
  x: number,
  y: number,
  z: number,
): [number, number, number] {
  return [
    rotation[0]! * x + rotation[1]! * y + rotation[2]! * z,
    rotation[3]! * x + rotation[4]! * y + rotation[5]! * z,
    rotation[6]! * x + rotation[7]! * y + rotation[8]! * z,
  ];
}

/** The inverse of a rotation. */
export function transpose(m: Float64Array): Float64Array {
  return Float64Array.of(m[0]!, m[3]!, m[6]!, m[1]!, m[4]!, m[7]!, m[2]!, m[5]!, m[8]!);
}

function identity(): Similarity {
  return {
    scale: 1,
    rotation: Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1),
    translation: [0, 0, 0],
  };
}

function centroid(points: Float32Array, indices: readonly number[]): [number, number, number] {
  const sum: [number, number, number] = [0, 0, 0];
  for (const index of indices) {
    sum[0] += points[index * 3]!;
    sum[1] += points[index * 3 + 1]!;
    sum[2] += points[index * 3 + 2]!;
  }
  const count = Math.max(indices.length, 1);
  return [sum[0] / count, sum[1] / count, sum[2] / count];
}

/**
 * The eigenvector of the largest eigenvalue of Horn's symmetric 4x4 matrix, by shifted power
 * iteration from many starts.
 */
function largestQuaternion(s: Float64Array): readonly [number, number, number, number] {
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = s as unknown as readonly [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const n = [
    [xx + yy + zz, yz - zy, zx - xz, xy - yx],
    [yz - zy, xx - yy - zz, xy + yx, zx + xz],
    [zx - xz, xy + yx, -xx + yy - zz, yz + zy],
    [xy - yx, zx + xz, yz + zy, -xx - yy + zz],
  ] as const;
  // The shift makes every eigenvalue positive, so that the largest one wins the iteration.
  let shift = 0;
  for (const row of n) {
    shift = Math.max(
      shift,
      row.reduce((sum, value) => sum + Math.abs(value), 0),
    );
  }
  let q: [number, number, number, number] = [1, 0.01, 0.02, 0.03];
  for (let step = 0; step < POWER_STEPS; step += 1) {
    const next = n.map(
      (row, i) => row[0] * q[0] + row[1] * q[1] + row[2] * q[2] + row[3] * q[3] + shift * q[i]!,
    ) as [number, number, number, number];
    const length = Math.hypot(...next) || 1;
    q = [next[0] / length, next[1] / length, next[2] / length, next[3] / length];
  }
  return q;
}

function rotationOfQuaternion(q: readonly [number, number, number, number]): Float64Array {
  const [w, x, y, z] = q;
  return Float64Array.of(
    1 - 2 * (y * y + z * z),
    2 * (x * y - w * z),
    2 * (x * z + w * y),
    2 * (x * y + w * z),
    1 - 2 * (x * x + z * z),
    2 * (y * z - w * x),
    2 * (x * z - w * y),
    2 * (y * z + w * x),
    1 - 2 * (x * x + y * y),
  );
}
