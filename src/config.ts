/**
 * The environment, read once: either every value is good and frozen, or one error names every
 * problem together.
 */

import type { z } from 'zod';
import { type Environment, environment, type ROUNDING_RULES } from './environment.ts';
import type { MediaLimits } from './probe/limits.ts';

const MEGABYTE = 1024 * 1024;
const MILLISECONDS_PER_SECOND = 1000;

/** Names of all keys, in the order of the documentation. */
export const CONFIG_KEYS: readonly string[] = Object.keys(environment.shape);

export type Config = Readonly<{
  http: {
    port: number;
    host: string;
    /** Without a trailing slash; null means that it follows from where the service listens. */
    publicUrl: string | null;
    bodyBytesMax: number;
    signedUrlMs: number;
    signingSecret: string | null;
    adminKey: string | null;
    /** Whether figures are shown. */
    metrics: boolean;
    metricsKey: string | null;
  };
  logLevel: string;
  dataDir: string;
  databaseUrl: string | null;
  s3: S3Config | null;
  net: {
    allowCidrs: readonly string[];
    redirectsMax: number;
    downloadMsMax: number;
    bytesPerSecondMin: number;
  };
  limits: MediaLimits & { promptCharsMax: number; probeMsMax: number };
  /** Null looks at nothing. */
  preflight: { memoryMb: number; lookMsMax: number; concurrency: number } | null;
  billing: {
    rateNanosPerMs: { std: bigint; pro: bigint };
    rounding: (typeof ROUNDING_RULES)[number];
    firstCreditNanos: bigint;
  };
  engine: {
    memoryMb: number;
    runMsMax: number;
    concurrency: number;
    attemptsMax: number;
    /** 0 keeps nothing. */
    cacheBytesMax: number;
    score: boolean;
  };
  tasks: {
    deadlineMs: number;
    retentionMs: number;
    /** 0 keeps addresses and prompts for ever. */
    taskKeptMs: number;
    /** 0 makes no sweeps. */
    storageSweepIntervalMs: number;
    /** 0 makes no audits. */
    auditIntervalMs: number;
    leaseMs: number;
    drainMs: number;
    runningPerAccountMax: number;
    unfinishedPerAccountMax: number;
    waitsMax: number;
  };
  rates: { writes: RateLimit; reads: RateLimit };
  uploads: {
    spaceBytesMax: number;
    keptMs: number;
    perAccountMax: number;
    uploadMsMax: number;
    bytesPerSecondMin: number;
  };
  quotes: { keptMs: number; quoteMsMax: number; perAccountMax: number; concurrency: number };
}>;

/** 0 a second sets no limit. */
export type RateLimit = { perSecond: number; burst: number };

export type S3Config = {
  endpoint: string | null;
  bucket: string;
  region: string;
  /** Null lets the AWS library find credentials where it usually does. */
  credentials: { accessKeyId: string; secretAccessKey: string } | null;
  prefix: string;
  attemptsMax: number;
  idleMsMax: number;
  /** Whether downloads are sent on to the bucket itself. */
  presignedRedirects: boolean;
};

/** All problems of the environment at once; the message is written for the terminal. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The configuration has ${problems.length} problem(s):\n  - ${problems.join('\n  - ')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/**
 * Reads the configuration; an empty value counts as not set.
 *
 * @throws {ConfigError} naming every problem.
 */
export function readConfig(source: Record<string, string | undefined> = process.env): Config {
  const present = Object.fromEntries(
    CONFIG_KEYS.map((key) => [key, source[key]?.trim()]).filter(([, value]) => Boolean(value)),
  );
  const parsed = environment.safeParse(present);
  const problems = parsed.success
    ? findContradictions(parsed.data)
    : parsed.error.issues.map(describeIssue);
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  return freezeDeep(toConfig(parsed.data));
}

function toConfig(env: Environment): Config {
  return {
    http: {
      port: env.PORT,
      host: env.HOST,
      publicUrl: env.PUBLIC_URL ?? null,
      bodyBytesMax: env.BODY_BYTES_MAX,
      signedUrlMs: env.SIGNED_URL_SECONDS * MILLISECONDS_PER_SECOND,
      signingSecret: env.SIGNING_SECRET ?? null,
      adminKey: env.ADMIN_KEY ?? null,
      metrics: env.METRICS === 'yes',
      metricsKey: env.METRICS_KEY ?? null,
    },
    logLevel: env.LOG_LEVEL,
    dataDir: env.DATA_DIR,
    databaseUrl: env.DATABASE_URL ?? null,
    s3: toS3Config(env),
    net: {
      allowCidrs: env.ALLOW_CIDRS,
      redirectsMax: env.FETCH_REDIRECTS_MAX,
      downloadMsMax: env.FETCH_SECONDS_MAX * MILLISECONDS_PER_SECOND,
      bytesPerSecondMin: env.FETCH_BYTES_PER_SECOND_MIN,
    },
    limits: {
      promptCharsMax: env.PROMPT_CHARS_MAX,
      probeMsMax: env.PROBE_SECONDS_MAX * MILLISECONDS_PER_SECOND,
      imageBytesMax: env.IMAGE_BYTES_MAX,
      imageSideMin: env.IMAGE_SIDE_MIN,
      imageSideMax: env.IMAGE_SIDE_MAX,
      imagePixelsMax: env.IMAGE_PIXELS_MAX,
      imageAspectMax: env.IMAGE_ASPECT_MAX,
      videoBytesMax: env.VIDEO_BYTES_MAX,
      videoSideMin: env.VIDEO_SIDE_MIN,
      videoSideMax: env.VIDEO_SIDE_MAX,
      referenceSecondsMin: env.REFERENCE_SECONDS_MIN,
      referenceSecondsMax: {
        image: env.REFERENCE_SECONDS_MAX_IMAGE,
        video: env.REFERENCE_SECONDS_MAX_VIDEO,
      },
    },
    preflight: toPreflightConfig(env),
    billing: {
      rateNanosPerMs: { std: env.PRICE_STD_PER_SECOND, pro: env.PRICE_PRO_PER_SECOND },
      rounding: env.BILLING_ROUNDING,
      firstCreditNanos: env.FIRST_CREDIT,
    },
    engine: {
      memoryMb: env.ENGINE_MEMORY_MB,
      runMsMax: env.ENGINE_SECONDS_MAX * MILLISECONDS_PER_SECOND,
      concurrency: env.ENGINE_CONCURRENCY,
      attemptsMax: env.ENGINE_ATTEMPTS_MAX,
      cacheBytesMax: env.CACHE_MB * MEGABYTE,
      score: env.ENGINE_SCORE === 'yes',
    },
    tasks: toTasksConfig(env),
    rates: {
      writes: { perSecond: env.WRITES_PER_SECOND, burst: env.WRITES_BURST },
      reads: { perSecond: env.READS_PER_SECOND, burst: env.READS_BURST },
    },
    uploads: {
      spaceBytesMax: env.UPLOAD_SPACE_BYTES,
      keptMs: env.UPLOAD_KEPT_HOURS * 3600 * MILLISECONDS_PER_SECOND,
      perAccountMax: env.UPLOADS_AT_ONCE,
      uploadMsMax: env.UPLOAD_SECONDS_MAX * MILLISECONDS_PER_SECOND,
      bytesPerSecondMin: env.UPLOAD_BYTES_PER_SECOND_MIN,
    },
    quotes: {
      keptMs: env.QUOTE_MINUTES * 60 * MILLISECONDS_PER_SECOND,
      quoteMsMax: env.QUOTE_SECONDS_MAX * MILLISECONDS_PER_SECOND,
      perAccountMax: env.QUOTES_AT_ONCE,
      concurrency: env.QUOTE_CONCURRENCY,
    },
  };
}

function toTasksConfig(env: Environment): Config['tasks'] {
  return {
    deadlineMs: env.TASK_SECONDS_MAX * MILLISECONDS_PER_SECOND,
    retentionMs: env.RETENTION_DAYS * 24 * 3600 * MILLISECONDS_PER_SECOND,
    taskKeptMs: env.TASK_KEPT_DAYS * 24 * 3600 * MILLISECONDS_PER_SECOND,
    storageSweepIntervalMs: env.STORAGE_SWEEP_MINUTES * 60 * MILLISECONDS_PER_SECOND,
    auditIntervalMs: env.AUDIT_MINUTES * 60 * MILLISECONDS_PER_SECOND,
    leaseMs: env.LEASE_SECONDS * MILLISECONDS_PER_SECOND,
    drainMs: env.DRAIN_SECONDS * MILLISECONDS_PER_SECOND,
    runningPerAccountMax: env.TASKS_RUNNING_PER_ACCOUNT,
    unfinishedPerAccountMax: env.TASKS_UNFINISHED_PER_ACCOUNT,
    waitsMax: env.WAITS_MAX,
  };
}

function toPreflightConfig(env: Environment): Config['preflight'] {
  if (env.PREFLIGHT === 'no') return null;
  return {
    memoryMb: env.PREFLIGHT_MEMORY_MB,
    lookMsMax: env.PREFLIGHT_SECONDS_MAX * MILLISECONDS_PER_SECOND,
    concurrency: env.PREFLIGHT_CONCURRENCY,
  };
}

function toS3Config(env: Environment): S3Config | null {
  if (env.S3_BUCKET === undefined) return null;
  const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = env;
  return {
    endpoint: env.S3_ENDPOINT ?? null,
    bucket: env.S3_BUCKET,
    region: env.S3_REGION,
    credentials: accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : null,
    prefix: env.S3_PREFIX ?? '',
    attemptsMax: env.S3_ATTEMPTS_MAX,
    idleMsMax: env.S3_IDLE_SECONDS * MILLISECONDS_PER_SECOND,
    presignedRedirects: env.S3_PRESIGNED_REDIRECTS === 'yes',
  };
}

/** Values that are good alone and impossible together. */
function findContradictions(env: Environment): string[] {
  const problems: string[] = [];
  const atMost = (lower: keyof Environment, upper: keyof Environment): void => {
    if (Number(env[lower]) > Number(env[upper])) {
      problems.push(`${lower} is ${env[lower]}, more than ${upper}, which is ${env[upper]}`);
    }
  };
  atMost('IMAGE_SIDE_MIN', 'IMAGE_SIDE_MAX');
  atMost('VIDEO_SIDE_MIN', 'VIDEO_SIDE_MAX');
  atMost('REFERENCE_SECONDS_MIN', 'REFERENCE_SECONDS_MAX_IMAGE');
  atMost('REFERENCE_SECONDS_MIN', 'REFERENCE_SECONDS_MAX_VIDEO');
  if (env.S3_ENDPOINT !== undefined && env.S3_BUCKET === undefined) {
    problems.push('S3_ENDPOINT is set, but S3_BUCKET is not');
  }
  if (env.S3_PRESIGNED_REDIRECTS === 'yes' && env.S3_BUCKET === undefined) {
    problems.push('S3_PRESIGNED_REDIRECTS is yes, but S3_BUCKET is not set');
  }
  if ((env.S3_ACCESS_KEY_ID === undefined) !== (env.S3_SECRET_ACCESS_KEY === undefined)) {
    problems.push('S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY must be set together');
  }
  return problems;
}

/**
 * Never repeats the value of a key, since it may be a secret, unless it is a number or a word from
 * a list.
 */
function describeIssue(issue: z.core.$ZodIssue): string {
  return `${issue.path.join('.')} ${issue.message}`;
}

function freezeDeep<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) freezeDeep(part);
    Object.freeze(value);
  }
  return value;
}
