/** Every key of the environment: its type, its bounds and its default, and nothing else. */

import { z } from 'zod';
import {
  cidrList,
  decimalNumber,
  dollars,
  httpUrl,
  ratePerSecond,
  text,
  wholeNumber,
} from './kernel/env-values.ts';

const MEGABYTE = 1024 * 1024;

/** How a probed length becomes billable seconds. */
export const ROUNDING_RULES = ['nearest', 'ceil', 'exact'] as const;

/**
 * One entry for each key of the environment; `docs/reference/configuration.md` has a row for each,
 * and a test holds the two together.
 */
export const environment = z.object({
  /** Port to listen on; 0 takes a free one. @default 8787 */
  PORT: wholeNumber(0, 65_535).default(8787),
  /** Address to listen on. @default 127.0.0.1 */
  HOST: text().default('127.0.0.1'),
  /**
   * How the outside reaches the service, without a path; used in the addresses of results. @default
   * from HOST and PORT
   */
  PUBLIC_URL: httpUrl()
    .refine(
      (value) => URL.parse(value)?.pathname === '/',
      'must be without a path, also without /v1',
    )
    .optional(),
  /** Folder of the embedded database, the stored media and the signing secret. @default ./data */
  DATA_DIR: text().default('./data'),
  /** Address of a PostgreSQL database; the embedded one is used when it is not set. */
  DATABASE_URL: text()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgres:// or postgresql://')
    .optional(),
  /** Address of an S3 service; without it and S3_BUCKET media is kept below DATA_DIR. */
  S3_ENDPOINT: httpUrl().optional(),
  /** Bucket for media; setting it chooses S3 instead of the local disk. */
  S3_BUCKET: text().optional(),
  /** Region of the bucket. @default us-east-1 */
  S3_REGION: text().default('us-east-1'),
  /** Access key of the bucket. */
  S3_ACCESS_KEY_ID: text().optional(),
  /** Secret of the access key. */
  S3_SECRET_ACCESS_KEY: text().optional(),
  /** Put before every key, so that a bucket can be shared; ends with a slash. @default none */
  S3_PREFIX: text()
    .regex(/^([A-Za-z0-9_.-]+\/)+$/, 'must be of letters, digits, _ . - and end with a slash')
    .optional(),
  /** Tries of one request to the bucket, the first included. @default 4 */
  S3_ATTEMPTS_MAX: wholeNumber(1, 20).default(4),
  /** Longest silence within one request to the bucket, in seconds. @default 30 */
  S3_IDLE_SECONDS: wholeNumber(1, 600).default(30),
  /** Whether downloads are sent on to the bucket itself, yes or no. @default no */
  S3_PRESIGNED_REDIRECTS: z.enum(['yes', 'no']).default('no'),
  /**
   * Address ranges, separated by commas, that are reached although private or this machine's own.
   * @default none
   */
  ALLOW_CIDRS: cidrList().default([]),
  /**
   * Key for the admin endpoints; at least 16 characters. Without it only the CLI on this machine
   * can use them.
   */
  ADMIN_KEY: text().min(16, 'must have at least 16 characters').optional(),
  /**
   * Secret that signs download addresses; at least 32 characters. @default made once and kept in
   * DATA_DIR
   */
  SIGNING_SECRET: text().min(32, 'must have at least 32 characters').optional(),
  /** Whether figures for Prometheus are shown at /metrics, yes or no. @default yes */
  METRICS: z.enum(['yes', 'no']).default('yes'),
  /**
   * Key that opens /metrics; at least 16 characters. @default on this machine alone anybody,
   * elsewhere the admin key
   */
  METRICS_KEY: text().min(16, 'must have at least 16 characters').optional(),
  /** Least important level that is logged. @default info */
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  /** Largest request body in bytes. @default 262144 */
  BODY_BYTES_MAX: wholeNumber(1024, 64 * MEGABYTE).default(256 * 1024),
  /** Longest prompt in characters. @default 2500 */
  PROMPT_CHARS_MAX: wholeNumber(1, 100_000).default(2500),
  /** Largest reference image in bytes. @default 10485760 (10 MB) */
  IMAGE_BYTES_MAX: wholeNumber(1, 1024 * MEGABYTE).default(10 * MEGABYTE),
  /** Shortest allowed side of the image in pixels. @default 300 */
  IMAGE_SIDE_MIN: wholeNumber(1, 65_536).default(300),
  /** Longest allowed side of the image in pixels. @default 65536 */
  IMAGE_SIDE_MAX: wholeNumber(1, 65_536).default(65_536),
  /** Most pixels of the image; the engine can read no more. @default 64000000 */
  IMAGE_PIXELS_MAX: wholeNumber(1, 64_000_000).default(64_000_000),
  /** Largest ratio of the image's long side to its short side. @default 2.5 */
  IMAGE_ASPECT_MAX: decimalNumber(1, 100).default(2.5),
  /** Largest reference video in bytes. @default 104857600 (100 MB) */
  VIDEO_BYTES_MAX: wholeNumber(1, 16 * 1024 * MEGABYTE).default(100 * MEGABYTE),
  /** Shortest allowed side of the video in pixels. @default 340 */
  VIDEO_SIDE_MIN: wholeNumber(1, 16_384).default(340),
  /** Longest allowed side of the video in pixels. @default 3850 */
  VIDEO_SIDE_MAX: wholeNumber(1, 16_384).default(3850),
  /** Shortest reference video in seconds; also the least that is billed. @default 3 */
  REFERENCE_SECONDS_MIN: wholeNumber(1, 3600).default(3),
  /**
   * Longest reference video in seconds with character_orientation "image"; also the cap of its
   * hold. @default 10
   */
  REFERENCE_SECONDS_MAX_IMAGE: wholeNumber(1, 3600).default(10),
  /**
   * Longest reference video in seconds with character_orientation "video"; also the cap of its
   * hold. @default 30
   */
  REFERENCE_SECONDS_MAX_VIDEO: wholeNumber(1, 3600).default(30),
  /** Price of one second of mode "std" in dollars. @default 0.10288 */
  PRICE_STD_PER_SECOND: ratePerSecond().default(102_880n),
  /** Price of one second of mode "pro" in dollars. @default 0.13712 */
  PRICE_PRO_PER_SECOND: ratePerSecond().default(137_120n),
  /** How the probed length becomes billable seconds: nearest, ceil or exact. @default nearest */
  BILLING_ROUNDING: z.enum(ROUNDING_RULES).default('nearest'),
  /** Credit of the account that the first start makes, in dollars. @default 10.00 */
  FIRST_CREDIT: dollars().default(10_000_000_000n),
  /** Most memory of one render in megabytes; one that needs more fails. @default 3072 */
  ENGINE_MEMORY_MB: wholeNumber(256, 1_048_576).default(3072),
  /** Longest time of one render in seconds. @default 1800 */
  ENGINE_SECONDS_MAX: wholeNumber(1, 86_400).default(1800),
  /** Renders that may run at the same time in this process. @default 1 */
  ENGINE_CONCURRENCY: wholeNumber(1, 256).default(1),
  /** Most megabytes of tracked clips and rigged pictures kept for reuse. @default 1024 */
  CACHE_MB: wholeNumber(0, 1_048_576).default(1024),
  /** Whether every result is tracked and judged, yes or no; takes a few seconds. @default yes */
  ENGINE_SCORE: z.enum(['yes', 'no']).default('yes'),
  /** Attempts of one render before its task fails. @default 2 */
  ENGINE_ATTEMPTS_MAX: wholeNumber(1, 10).default(2),
  /**
   * Longest time from submit to the end of a task in seconds; afterwards it fails and its hold is
   * released. @default 7200
   */
  TASK_SECONDS_MAX: wholeNumber(1, 604_800).default(7200),
  /** Tasks of one account that may be rendered at the same time, on all nodes. @default 100 */
  TASKS_RUNNING_PER_ACCOUNT: wholeNumber(1, 100_000).default(100),
  /** Tasks of one account that may be unfinished. @default 2000 */
  TASKS_UNFINISHED_PER_ACCOUNT: wholeNumber(1, 1_000_000).default(2000),
  /** Seconds of silence after which the tasks of a process go to another one. @default 30 */
  LEASE_SECONDS: wholeNumber(3, 3600).default(30),
  /** Seconds that renders under way may take to end when the service is stopped. @default 20 */
  DRAIN_SECONDS: wholeNumber(0, 86_400).default(20),
  /** Changes of one key in a second, on average; 0 sets no limit. @default 10 */
  WRITES_PER_SECOND: wholeNumber(0, 100_000).default(10),
  /** Those that may come at once after a pause. @default 100 */
  WRITES_BURST: wholeNumber(1, 1_000_000).default(100),
  /** Other requests of one key in a second, on average; 0 sets no limit. @default 50 */
  READS_PER_SECOND: wholeNumber(0, 100_000).default(50),
  /** Those that may come at once after a pause. @default 500 */
  READS_BURST: wholeNumber(1, 1_000_000).default(500),
  /** Requests with ?wait= that one process keeps; more are answered at once. @default 2000 */
  WAITS_MAX: wholeNumber(0, 1_000_000).default(2000),
  /** Days that results are kept. @default 30 */
  RETENTION_DAYS: wholeNumber(1, 3650).default(30),
  /** Days after its end that addresses and prompt of a task are kept; 0 for ever. @default 90 */
  TASK_KEPT_DAYS: wholeNumber(0, 36_500).default(90),
  /** Minutes between two sweeps of the storage for what has no row; 0 makes none. @default 60 */
  STORAGE_SWEEP_MINUTES: wholeNumber(0, 10_080).default(60),
  /** Minutes between two audits of the money that was moved; 0 makes none. @default 5 */
  AUDIT_MINUTES: wholeNumber(0, 1440).default(5),
  /** Seconds that a signed download address is good for. @default 86400 */
  SIGNED_URL_SECONDS: wholeNumber(60, 2_592_000).default(86_400),
  /** Longest time for fetching one input in seconds. @default 120 */
  FETCH_SECONDS_MAX: wholeNumber(1, 3600).default(120),
  /** Lowest rate at which an input may arrive, in bytes a second. @default 16384 */
  FETCH_BYTES_PER_SECOND_MIN: wholeNumber(0, 1024 * MEGABYTE).default(16_384),
  /** Redirects that are followed for one input. @default 3 */
  FETCH_REDIRECTS_MAX: wholeNumber(0, 20).default(3),
  /** Longest time for reading the facts of one input in seconds. @default 30 */
  PROBE_SECONDS_MAX: wholeNumber(1, 600).default(30),
  /** Whether picture and clip are looked at before anything is paid, yes or no. @default yes */
  PREFLIGHT: z.enum(['yes', 'no']).default('yes'),
  /** Most memory of one such look in megabytes; one that needs more is left out. @default 1536 */
  PREFLIGHT_MEMORY_MB: wholeNumber(256, 1_048_576).default(1536),
  /** Longest time for one such look in seconds; one that takes longer is left out. @default 60 */
  PREFLIGHT_SECONDS_MAX: wholeNumber(1, 3600).default(60),
  /** Such looks that may run at the same time in this process. @default 1 */
  PREFLIGHT_CONCURRENCY: wholeNumber(1, 256).default(1),
  /** Most bytes that the uploads of one account may take together. @default 2147483648 (2 GB) */
  UPLOAD_SPACE_BYTES: wholeNumber(1, 1024 * 1024 * MEGABYTE).default(2048 * MEGABYTE),
  /** Hours that an upload is kept. @default 24 */
  UPLOAD_KEPT_HOURS: wholeNumber(1, 8760).default(24),
  /** Uploads of one account that may arrive at the same time. @default 10 */
  UPLOADS_AT_ONCE: wholeNumber(1, 1000).default(10),
  /** Longest time for sending one upload in seconds. @default 1800 */
  UPLOAD_SECONDS_MAX: wholeNumber(1, 86_400).default(1800),
  /** Lowest rate at which an upload may arrive, in bytes a second. @default 16384 */
  UPLOAD_BYTES_PER_SECOND_MIN: wholeNumber(0, 1024 * MEGABYTE).default(16_384),
  /** Minutes that the price of a quote is honoured. @default 15 */
  QUOTE_MINUTES: wholeNumber(1, 1440).default(15),
  /** Longest time for making one quote in seconds, waiting included. @default 120 */
  QUOTE_SECONDS_MAX: wholeNumber(1, 3600).default(120),
  /** Quotes of one account that may be made at the same time. @default 2 */
  QUOTES_AT_ONCE: wholeNumber(1, 1000).default(2),
  /** Quotes that one process makes at the same time; eight times as many may wait. @default 4 */
  QUOTE_CONCURRENCY: wholeNumber(1, 256).default(4),
});

export type Environment = z.output<typeof environment>;
