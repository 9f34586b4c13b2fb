/** What a command of the command line is, and how it reads its arguments. */

import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import type { Config } from '../config.ts';
import type { ProgressBar } from './progress-bar.ts';

/** The world outside of a command; tests hand in another one. */
export type Io = {
  /** One line on standard output: what was asked for. */
  out(line: string): void;
  /** One line on standard error: everything else. */
  err(line: string): void;
  /** Shows how far a long work is, on standard error. */
  createProgressBar(): ProgressBar;
  /**
   * Aborted when the user asks to stop; repeats change nothing.
   */
  stopSignal(): AbortSignal;
  /** Reads the environment; throws `ConfigError` with every problem. */
  readConfig(): Config;
};

export type Command = {
  name: string;
  /** One line for the list of commands. */
  summary: string;
  /** Text of `--help`, with usage and options. */
  help: string;
  /** @returns the exit code. */
  run(args: string[], io: Io): Promise<number>;
};

export const EXIT_OK = 0;
export const EXIT_FAILED = 1;
export const EXIT_USAGE = 2;

/** Whose hands move, wherever `--hands` is understood. */
export const HAND_SOURCES = ['auto', 'driver', 'own'] as const;

/** The command was called in a way it does not understand; the message says what is wrong. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/**
 * Reads options and the named positional arguments; anything unknown, missing or left over is
 * refused.
 *
 * @throws {UsageError}
 */
export function readArguments<
  const Options extends ParseArgsOptionsConfig,
  const Names extends readonly string[],
>(args: string[], { options, names }: { options: Options; names: Names }) {
  const { values, positionals } = parseOrRefuse(args, options);
  const missing = names[positionals.length];
  if (missing !== undefined) throw new UsageError(`<${missing}> is missing`);
  const surplus = positionals[names.length];
  if (surplus !== undefined) throw new UsageError(`"${surplus}" is one argument too many`);
  const named = Object.fromEntries(names.map((name, index) => [name, positionals[index]]));
  return { values, named: named as Record<Names[number], string> };
}

function parseOrRefuse<const Options extends ParseArgsOptionsConfig>(
  args: string[],
  options: Options,
) {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (error) {
    // The first sentence names the option; the rest speaks to programmers.
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(message.split('. ')[0] ?? message);
  }
}

/** @throws {UsageError} when an option that has no default was not given. */
export function requireOption(value: string | undefined, option: string): string {
  if (value === undefined) throw new UsageError(`${option} is missing`);
  return value;
}

/** @throws {UsageError} when the value is none of those allowed. */
export function requireOneOf<const Value extends string>(
  value: string,
  allowed: readonly Value[],
  option: string,
): Value {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) {
    throw new UsageError(`${option} must be ${allowed.join(' or ')}, not "${value}"`);
  }
  return found;
}

/** @throws {UsageError} when the value is no whole number within the limits. */
export function requireWholeNumber(
  value: string,
  [least, most]: readonly [number, number],
  option: string,
): number {
  const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new UsageError(`${option} must be a whole number from ${least} to ${most}, not "${value}"`);
}
