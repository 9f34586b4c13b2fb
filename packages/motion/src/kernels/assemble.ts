/**
 * Writes small WebAssembly functions, so that loops over pixels can use vector instructions, which
 * JavaScript does not have. Values carry their type, so a kernel that mixes them up does not
 * compile.
 *
 * The format is that of the WebAssembly Core Specification 2.0, and so are the names of the
 * operations.
 */

/** What a value is: a whole number, a fraction, or 16 bytes that are worked on at once. */
export type Type = 'i32' | 'f64' | 'v128';

/** Bytes of a function, nested as they were put together. */
type Code = number | readonly Code[];
/** Leaves one value. */
export type Expression<T extends Type> = { readonly type: T; readonly code: Code };
/** Leaves nothing. */
export type Statement = { readonly type: 'none'; readonly code: Code };
/** A plain number stands for a constant. */
export type Value<T extends Type> = Expression<T> | (T extends 'v128' ? never : number);
/** A variable of a function; it begins as zero. */
export type Variable<T extends Type> = Expression<T> & { set(value: Value<T>): Statement };

type Parameters = Record<string, Type>;
type Variables<P extends Parameters> = { [name in keyof P]: Variable<P[name]> };
/** Makes a variable of the function that is being written. */
export type MakeVariable = <T extends Type>(type: T) => Variable<T>;

/** A function that is ready to be written into a module. */
export type Kernel = {
  name: string;
  parameters: readonly Type[];
  variables: readonly Type[];
  body: Code;
};

/**
 * Describes an exported function that returns nothing; its parameters are passed in the order of
 * `parameters`.
 */
export function defineKernel<P extends Parameters>(
  name: string,
  parameters: P,
  write: (parameters: Variables<P>, variable: MakeVariable) => Statement[],
): Kernel {
  const types = Object.values(parameters);
  const variables: Type[] = [];
  const given = Object.entries(parameters).map(([key, type], i) => [key, variableAt(i, type)]);
  const body = write(Object.fromEntries(given) as Variables<P>, (type) => {
    variables.push(type);
    return variableAt(types.length + variables.length - 1, type);
  });
  return { name, parameters: types, variables, body: body.map(({ code }) => code) };
}

function variableAt<T extends Type>(index: number, type: T): Variable<T> {
  return {
    type,
    code: [0x20, unsigned(index)],
    set: (value) => statement(codeOf(type, value), 0x21, unsigned(index)),
  };
}

/** `condition` is true unless it is 0. */
export function when(
  condition: Value<'i32'>,
  then: readonly Statement[],
  otherwise: readonly Statement[] = [],
): Statement {
  const other = otherwise.length > 0 ? [0x05, codesOf(otherwise)] : [];
  return statement(codeOf('i32', condition), 0x04, EMPTY, codesOf(then), other, END);
}

/** Repeats `body` as long as `condition` holds before it. */
export function loopWhile(condition: Value<'i32'>, body: readonly Statement[]): Statement {
  const leave = [codeOf('i32', condition), 0x45, 0x0d, 1];
  return statement(0x02, EMPTY, 0x03, EMPTY, leave, codesOf(body), 0x0c, 0, END, END);
}

type Two<T extends Type, R extends Type = T> = (a: Value<T>, b: Value<T>) => Expression<R>;
type One<T extends Type, R extends Type = T> = (a: Value<T>) => Expression<R>;

/** One of two values: `a` unless `condition` is 0. */
export function select<T extends Type>(
  a: Expression<T>,
  b: Expression<T>,
  condition: Value<'i32'>,
): Expression<T> {
  return expression(a.type, a.code, b.code, codeOf('i32', condition), 0x1b);
}

/** Whole numbers of 32 bits; addresses are such numbers, `offset` bytes are added to them. */
export const i32 = {
  add: two('i32', 'i32', 0x6a),
  sub: two('i32', 'i32', 0x6b),
  mul: two('i32', 'i32', 0x6c),
  and: two('i32', 'i32', 0x71),
  or: two('i32', 'i32', 0x72),
  shr_s: two('i32', 'i32', 0x75),
  shr_u: two('i32', 'i32', 0x76),
  eq: two('i32', 'i32', 0x46),
  lt_s: two('i32', 'i32', 0x48),
  lt_u: two('i32', 'i32', 0x49),
  eqz: one('i32', 'i32', 0x45),
  load: (address: Value<'i32'>, offset = 0) =>
    expression('i32', codeOf('i32', address), 0x28, 2, unsigned(offset)),
  store: (address: Value<'i32'>, value: Value<'i32'>, offset = 0) =>
    statement(codeOf('i32', address), codeOf('i32', value), 0x36, 2, unsigned(offset)),
  /** Stores the lower half. */
  store16: (address: Value<'i32'>, value: Value<'i32'>) =>
    statement(codeOf('i32', address), codeOf('i32', value), 0x3b, 1, unsigned(0)),
  /** Rounds towards zero; beyond 32 bits, the nearest number there is. */
  trunc_sat_f64_s: one('f64', 'i32', 0xfc, 0x02),
};

/** Fractions of 64 bits. */
export const f64 = {
  add: two('f64', 'f64', 0xa0),
  sub: two('f64', 'f64', 0xa1),
  mul: two('f64', 'f64', 0xa2),
  div: two('f64', 'f64', 0xa3),
  min: two('f64', 'f64', 0xa4),
  max: two('f64', 'f64', 0xa5),
  abs: one('f64', 'f64', 0x99),
  ceil: one('f64', 'f64', 0x9b),
  floor: one('f64', 'f64', 0x9c),
  lt: two('f64', 'i32', 0x63),
  gt: two('f64', 'i32', 0x64),
  ge: two('f64', 'i32', 0x66),
  convert_i32_s: one('i32', 'f64', 0xb7),
  /** A fraction of 32 bits in memory. */
  load_f32: (address: Value<'i32'>, offset = 0) =>
    expression('f64', codeOf('i32', address), 0x2a, 2, unsigned(offset), 0xbb),
};

/** 16 bytes as they lie in memory. */
export const v128 = {
  load: (address: Value<'i32'>) =>
    expression('v128', codeOf('i32', address), vector(0), 0, unsigned(0)),
  load32_zero: (address: Value<'i32'>) =>
    expression('v128', codeOf('i32', address), vector(92), 0, unsigned(0)),
  load64_zero: (address: Value<'i32'>) =>
    expression('v128', codeOf('i32', address), vector(93), 0, unsigned(0)),
  load32_lane: (address: Value<'i32'>, into: Value<'v128'>, lane: number) =>
    expression('v128', codeOf('i32', address), into.code, vector(86), 0, unsigned(0), lane),
  load64_lane: (address: Value<'i32'>, into: Value<'v128'>, lane: number) =>
    expression('v128', codeOf('i32', address), into.code, vector(87), 0, unsigned(0), lane),
  store: (address: Value<'i32'>, value: Value<'v128'>) =>
    statement(codeOf('i32', address), value.code, vector(11), 0, unsigned(0)),
  store64_lane: (address: Value<'i32'>, value: Value<'v128'>, lane: number) =>
    statement(codeOf('i32', address), value.code, vector(91), 0, unsigned(0), lane),
  store32_lane: (address: Value<'i32'>, value: Value<'v128'>, lane: number) =>
    statement(codeOf('i32', address), value.code, vector(90), 0, unsigned(0), lane),
  const: (bytes: readonly number[]) => expression('v128', vector(12), [...bytes]),
  and: two('v128', 'v128', ...vector(78)),
  any_true: one('v128', 'i32', ...vector(83)),
};

/** Eight whole numbers of 16 bits. */
export const i16x8 = {
  splat: one('i32', 'v128', ...vector(16)),
  extract_lane_u: (a: Value<'v128'>, lane: number) => expression('i32', a.code, vector(25), lane),
  add: two('v128', 'v128', ...vector(142)),
  sub: two('v128', 'v128', ...vector(145)),
  mul: two('v128', 'v128', ...vector(149)),
  shr_u: (a: Value<'v128'>, bits: number) =>
    expression('v128', a.code, codeOf('i32', bits), vector(141)),
  extend_low_i8x16_u: one('v128', 'v128', ...vector(137)),
  extend_high_i8x16_u: one('v128', 'v128', ...vector(138)),
  narrow_i32x4_s: two('v128', 'v128', ...vector(133)),
};

/** Sixteen bytes. */
export const i8x16 = {
  /** Picks 16 of the 32 bytes of both. */
  shuffle: (a: Value<'v128'>, b: Value<'v128'>, places: readonly number[]) =>
    expression('v128', a.code, b.code, vector(13), [...places]),
  narrow_i16x8_u: two('v128', 'v128', ...vector(102)),
};

/** Four whole numbers of 32 bits. */
export const i32x4 = {
  splat: one('i32', 'v128', ...vector(17)),
  add: two('v128', 'v128', ...vector(174)),
  mul: two('v128', 'v128', ...vector(181)),
  shr_s: (a: Value<'v128'>, bits: number) =>
    expression('v128', a.code, codeOf('i32', bits), vector(172)),
  extend_low_i16x8_u: one('v128', 'v128', ...vector(169)),
  extend_high_i16x8_u: one('v128', 'v128', ...vector(170)),
  dot_i16x8_s: two('v128', 'v128', ...vector(186)),
  extract_lane: (a: Value<'v128'>, lane: number) => expression('i32', a.code, vector(27), lane),
  /** Rounds two fractions towards zero; the upper half is zero. */
  trunc_sat_f64x2_s_zero: one('v128', 'v128', ...vector(252)),
};

/** Two fractions of 64 bits. */
export const f64x2 = {
  splat: one('f64', 'v128', ...vector(20)),
  replace_lane: (a: Value<'v128'>, lane: number, value: Value<'f64'>) =>
    expression('v128', a.code, codeOf('f64', value), vector(34), lane),
  add: two('v128', 'v128', ...vector(240)),
  sub: two('v128', 'v128', ...vector(241)),
  mul: two('v128', 'v128', ...vector(242)),
  /** The lesser ones; the first where they are equal or no numbers. */
  pmin: two('v128', 'v128', ...vector(246)),
  pmax: two('v128', 'v128', ...vector(247)),
  convert_low_i32x4_s: one('v128', 'v128', ...vector(254)),
};

/** Four fractions of 32 bits. */
export const f32x4 = {
  /** Rounds two fractions of 64 bits; the upper half is zero. */
  demote_f64x2_zero: one('v128', 'v128', ...vector(94)),
};

/** The module of some kernels, which all work in the memory that it imports. */
export function assemble(kernels: readonly Kernel[]): WebAssembly.Module {
  const count = unsigned(kernels.length);
  const types = kernels.map(({ parameters }) => [0x60, list(parameters.map(typeCode)), 0]);
  const exported = kernels.map(({ name }, i) => [text(name), 0x00, unsigned(i)]);
  const bodies = kernels.map(({ variables, body }) => {
    const declared = variables.map((type) => [1, typeCode(type)]);
    return sized([list(declared), body, END]);
  });
  const sections: [number, Code][] = [
    [1, [count, types]],
    [2, [1, text(MEMORY[0]), text(MEMORY[1]), 0x02, 0x00, unsigned(1)]],
    [3, [count, kernels.map((_, i) => unsigned(i))]],
    [7, [count, exported]],
    [10, [count, bodies]],
  ];
  const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
  const bytes = flatten([header, sections.map(([id, content]) => [id, sized(content)])]);
  return new WebAssembly.Module(Uint8Array.from(bytes));
}

/** The functions of a module, working in `memory`. */
export function instantiate<Functions>(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): Functions {
  const [space, name] = MEMORY;
  return new WebAssembly.Instance(module, { [space]: { [name]: memory } }).exports as Functions;
}

const MEMORY = ['kernels', 'memory'] as const;
const EMPTY = 0x40;
const END = 0x0b;

function typeCode(type: Type): number {
  return { i32: 0x7f, f64: 0x7c, v128: 0x7b }[type];
}

function expression<T extends Type>(type: T, ...code: Code[]): Expression<T> {
  return { type, code };
}

function statement(...code: Code[]): Statement {
  return { type: 'none', code };
}

function codesOf(statements: readonly Statement[]): Code {
  return statements.map(({ code }) => code);
}

function codeOf<T extends Type>(type: T, value: Value<T>): Code {
  if (typeof value !== 'number') return (value as Expression<T>).code;
  if (type === 'i32') return [0x41, signed(value)];
  return [0x44, [...new Uint8Array(Float64Array.of(value).buffer)]];
}

function two<T extends Type, R extends Type>(from: T, to: R, ...code: number[]): Two<T, R> {
  return (a, b) => expression(to, codeOf(from, a), codeOf(from, b), code);
}

function one<T extends Type, R extends Type>(from: T, to: R, ...code: number[]): One<T, R> {
  return (a) => expression(to, codeOf(from, a), code);
}

/** Operations on vectors have a byte before their number. */
function vector(operation: number): number[] {
  return [0xfd, ...unsigned(operation)];
}

function list(items: readonly Code[]): Code {
  return [unsigned(items.length), items];
}

function sized(content: Code): Code {
  const bytes = flatten(content);
  return [unsigned(bytes.length), bytes];
}

function text(value: string): Code {
  return list([...Buffer.from(value)]);
}

/** LEB128 of a number from 0 on. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

/** LEB128 of a number with its sign. */
function signed(value: number): number[] {
  const isLast = value >= -0x40 && value < 0x40;
  return isLast ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(value >> 7)];
}

function flatten(code: Code): number[] {
  const bytes: number[] = [];
  const add = (part: Code): void => {
    if (typeof part === 'number') bytes.push(part);
    else for (const inner of part) add(inner);
  };
  add(code);
  return bytes;
}
