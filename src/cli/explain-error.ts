/**
 * Says what went wrong in a way that helps: a known trouble in a sentence, an unknown one with
 * everything there is.
 */

import { ConfigError } from '../config.ts';
import { DataDirInUseError } from '../db/data-dir-lock.ts';
import { DumpError } from '../db/dump/format.ts';
import { MigrationError } from '../db/migrate.ts';
import { isAppError } from '../kernel/errors.ts';
import { OwnServiceError } from '../net/own-service.ts';
import { S3Error } from '../storage/s3/s3-errors.ts';
import { BackupError } from './backup-folder.ts';

/** The user asked to stop. */
export class StoppedError extends Error {
  constructor(signal: string) {
    super(`Stopped (${signal}); nothing was left behind.`);
    this.name = 'StoppedError';
  }
}

/** Their messages are written for the terminal. */
const KNOWN_ERRORS = [
  DataDirInUseError,
  OwnServiceError,
  MigrationError,
  DumpError,
  BackupError,
  S3Error,
];

/** Lines for standard error. */
export function explainError(error: unknown): string[] {
  if (error instanceof StoppedError) return [error.message];
  if (isAppError(error)) return [error.message, error.hint];
  if (error instanceof ConfigError) {
    return [error.message, 'Every key is described in docs/reference/configuration.md.'];
  }
  if (error instanceof Error && KNOWN_ERRORS.some((kind) => error instanceof kind)) {
    return [error.message];
  }
  // The motion package is loaded only by the commands that need it, so its error is known by its
  // name.
  if (error instanceof Error && error.name === 'MotionError') return [error.message];
  const sentence = explainSystemError(error);
  if (sentence !== null) return [sentence];
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return ['Something went wrong that should not have:', detail];
}

const DISK_FULL = 'The disk is full.';

const SYSTEM_SENTENCES: Record<string, (path: string) => string> = {
  ENOENT: (path) => `There is no file "${path}".`,
  EISDIR: (path) => `"${path}" is a folder, not a file.`,
  EACCES: (path) => `"${path}" may not be opened by this user.`,
};

function explainSystemError(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  if (error.code === 'EADDRINUSE' && 'port' in error) {
    return `Port ${error.port} is in use. Set PORT to another one, or to 0 for any free one.`;
  }
  if (error.code === 'ECONNREFUSED' && 'port' in error && 'address' in error) {
    return `Nothing answers at ${error.address}:${error.port}.`;
  }
  // What is written into an open file fails without its path.
  if (error.code === 'ENOSPC') return DISK_FULL;
  if (!('path' in error) || typeof error.path !== 'string') return null;
  return SYSTEM_SENTENCES[String(error.code)]?.(error.path) ?? null;
}
