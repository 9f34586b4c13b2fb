/** Turns what a schema refuses into one error that names the field, the rule and what was seen. */

import type { z } from 'zod';
import { AppError } from '../kernel/errors.ts';

type Issue = z.core.$ZodIssue;

const SEEN_CHARS_MAX = 60;

/**
 * A schema may choose a code of its own for a rule: `{ params: { code: 'prompt_too_long', … } }` on
 * a custom issue. Of several problems the first is told; a wrong field name comes first, since it
 * often explains the others.
 */
export function explainIssues(issues: readonly Issue[], input: unknown): AppError {
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
  if (issue === undefined) throw new Error('broken promise: a refusal without an issue');
  const param = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const field = [...issue.path, issue.keys[0] ?? ''].join('.');
    return new AppError('unknown_field', { field }, { param: field });
  }
  if (param === '') {
    return new AppError('invalid_request', { reason: 'The body must be a JSON object.' });
  }
  const reason = describeProblem(param, issue, readPath(input, issue.path));
  return new AppError('invalid_request', { reason }, { param });
}

/**
 * Names the first text that no database could keep as it was sent: PostgreSQL refuses NUL, and half
 * a surrogate pair would be stored as another character. Null when every text is sound.
 */
export function findUnsoundText(value: unknown, path = ''): AppError | null {
  if (typeof value === 'string') {
    if (value.isWellFormed() && !value.includes('\0')) return null;
    const rule = 'must be Unicode text without NUL characters';
    return new AppError(
      'invalid_request',
      { reason: `"${path}" ${rule}, not ${describeSeen(value)}.` },
      { param: path },
    );
  }
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, part] of Object.entries(value)) {
    const problem = findUnsoundText(part, path === '' ? key : `${path}.${key}`);
    if (problem) return problem;
  }
  return null;
}

function describeProblem(param: string, issue: Issue, seen: unknown): string {
  if (seen === undefined) return `"${param}" is required.`;
  return `"${param}" ${describeRule(issue)}, not ${describeSeen(seen)}.`;
}

const TYPE_NAMES: Record<string, string> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
};

function describeRule(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_value':
      return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
    case 'invalid_type':
      return `must be ${TYPE_NAMES[issue.expected] ?? issue.expected}`;
    case 'too_small':
      return issue.origin === 'string' ? 'must not be empty' : `must be at least ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'string'
        ? `must have at most ${issue.maximum} characters`
        : `must be at most ${issue.maximum}`;
    default:
      return issue.message;
  }
}

function describeSeen(seen: unknown): string {
  if (Array.isArray(seen)) return 'a list';
  const text = JSON.stringify(seen) ?? String(seen);
  if (text.length <= SEEN_CHARS_MAX) return text;
  const { length } = typeof seen === 'string' ? seen : text;
  return `${text.slice(0, SEEN_CHARS_MAX)}… (${length} characters)`;
}

function readPath(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}
