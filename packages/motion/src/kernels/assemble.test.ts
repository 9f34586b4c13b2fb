import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  assemble,
  defineKernel,
  f32x4,
  f64,
  f64x2,
  i8x16,
  i16x8,
  i32,
  i32x4,
  instantiate,
  type Kernel,
  loopWhile,
  select,
  v128,
  when,
} from './assemble.ts';

function run(kernel: Kernel, ...parameters: number[]): DataView {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const module = assemble([kernel]);
  const functions = instantiate<Record<string, (...given: number[]) => void>>(module, memory);
  functions[kernel.name]!(...parameters);
  return new DataView(memory.buffer);
}

test('constants of all sizes and signs come out as they went in', () => {
  const numbers = [0, 63, 64, -64, -65, 127, 128, 8191, 8192, -8193, 2 ** 31 - 1, -(2 ** 31)];
  const kernel = defineKernel('write', {}, () =>
    numbers.map((number, i) => i32.store(4 * i, number)),
  );
  const memory = run(kernel);
  assert.deepEqual(
    numbers.map((_, i) => memory.getInt32(4 * i, true)),
    numbers,
  );
});

test('a loop runs until its condition fails, and not at all when it fails at once', () => {
  const kernel = defineKernel('sum', { count: 'i32', out: 'i32' }, ({ count, out }, variable) => {
    const sum = variable('i32');
    return [
      loopWhile(i32.lt_s(0, count), [sum.set(i32.add(sum, count)), count.set(i32.sub(count, 1))]),
      i32.store(out, sum),
    ];
  });
  assert.equal(run(kernel, 100, 8).getInt32(8, true), 5050);
  assert.equal(run(kernel, -3, 8).getInt32(8, true), 0);
});

test('of two ways the condition takes one, and of two values it selects one', () => {
  const kernel = defineKernel('choose', { value: 'f64' }, ({ value }, variable) => {
    const [least, rounded] = [variable('f64'), variable('i32')];
    return [
      when(f64.lt(value, 0), [i32.store(0, 1)], [i32.store(0, 2)]),
      least.set(select(value, f64.floor(value), f64.gt(value, 10))),
      rounded.set(i32.trunc_sat_f64_s(f64.mul(least, 2))),
      i32.store(4, rounded),
    ];
  });
  const read = (value: number): number[] => {
    const memory = run(kernel, value);
    return [memory.getInt32(0, true), memory.getInt32(4, true)];
  };
  assert.deepEqual(read(-1.5), [1, -4]);
  assert.deepEqual(read(1.5), [2, 2]);
  assert.deepEqual(read(10.5), [2, 21]);
});

test('vectors work on all their numbers and keep their order in memory', () => {
  const kernel = defineKernel('vector', { out: 'i32' }, ({ out }, variable) => {
    const bytes = variable('v128');
    return [
      bytes.set(v128.const(Array.from({ length: 16 }, (_, i) => 10 * i))),
      bytes.set(i16x8.mul(i16x8.extend_low_i8x16_u(bytes), i16x8.splat(3))),
      bytes.set(i8x16.narrow_i16x8_u(bytes, bytes)),
      v128.store(out, i8x16.shuffle(bytes, bytes, [7, 6, 5, 4, 3, 2, 1, 0, ...Array(8).fill(0)])),
    ];
  });
  const memory = run(kernel, 16);
  const seen = Array.from({ length: 8 }, (_, i) => memory.getUint8(16 + i));
  assert.deepEqual(seen, [210, 180, 150, 120, 90, 60, 30, 0]);
});

test('two fractions are limited, rounded towards zero and stored with half of their bits', () => {
  const kernel = defineKernel('pair', { a: 'f64', b: 'f64' }, ({ a, b }, variable) => {
    const [both, whole] = [variable('v128'), variable('v128')];
    return [
      both.set(f64x2.replace_lane(f64x2.splat(a), 1, b)),
      both.set(f64x2.pmin(f64x2.pmax(both, f64x2.splat(-3)), f64x2.splat(300))),
      whole.set(i32x4.trunc_sat_f64x2_s_zero(both)),
      v128.store(0, i32x4.mul(whole, whole)),
      both.set(f64x2.sub(both, f64x2.convert_low_i32x4_s(whole))),
      v128.store(16, f32x4.demote_f64x2_zero(f64x2.add(f64x2.mul(both, both), both))),
      whole.set(i16x8.extend_low_i8x16_u(v128.load64_zero(0))),
      v128.store(32, i32x4.add(i32x4.extend_low_i16x8_u(whole), i32x4.extend_high_i16x8_u(whole))),
    ];
  });
  const memory = run(kernel, -9.5, 258.25);
  assert.deepEqual(
    [0, 4, 8].map((at) => memory.getInt32(at, true)),
    [9, 258 ** 2, 0],
  );
  assert.deepEqual(
    [16, 20, 24].map((at) => memory.getFloat32(at, true)),
    [0, 0.3125, 0],
  );
  // The bytes of 9 and of 66564.
  assert.deepEqual(
    [32, 36, 40, 44].map((at) => memory.getInt32(at, true)),
    [9 + 4, 4, 1, 0],
  );
});
