/** What the HTTP layer is given; it knows the story by these doors only. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Accounts } from '../accounts/accounts.ts';
import type { Billing } from '../billing/billing.ts';
import type { Clock } from '../kernel/clock.ts';
import type { NewId } from '../kernel/ids.ts';
import type { Log } from '../kernel/log.ts';
import type { SignedBlob, Storage } from '../storage/storage.ts';
import type { Tasks } from '../tasks/tasks.ts';
import type { Uploads } from '../uploads/uploads.ts';
import type { RateLimits } from './rate-limit.ts';
import type { Strain } from './shed-load.ts';
import type { UrlSigner } from './signed-url.ts';

export type OpenedDump = { stream: Readable; sizeBytes: number };

export type HttpContext = {
  tasks: Tasks;
  uploads: Pick<Uploads, 'receive' | 'receiveBytes' | 'find' | 'list' | 'remove'>;
  accounts: Accounts;
  billing: Pick<Billing, 'balanceOf' | 'creditAccount' | 'prices'>;
  storage: Pick<Storage, 'open'>;
  signer: UrlSigner;
  clock: Clock;
  newId: NewId;
  log: Log;
  /** Why the service cannot take work now, or null when it can. */
  findObstacle(): Promise<string | null>;
  /** All rows of the database as of one moment, for the operator. */
  openDump(): Promise<OpenedDump>;
  /** Address at which the store itself gives a result; null when the service streams it. */
  signContent: SignedBlob['signAddress'] | null;
  limits: {
    bodyBytesMax: number;
    promptCharsMax: number;
    imageBytesMax: number;
    /** Longest time for one upload, in milliseconds. */
    uploadMsMax: number;
  };
  /** Keys that open the admin endpoints; none closes them. */
  adminKeys: readonly string[];
  /** How many requests each key may make. @default as many as it likes */
  rates?: RateLimits;
  /** How strained the process is; too much sheds load. @default it is not looked at */
  readStrain?: () => Strain;
  /** A process that answers no customers is only asked whether it lives. @default false */
  hasOnlyHealth?: boolean;
  /** Whether the outside reaches the service over https; then browsers are told to keep to it. */
  isHttps: boolean;
  version: string;
  /** Where clients find this service; null before it listens, unless configured. */
  findBaseUrl?(): string | null;
  /** Hears of every request, for figures. @default nobody does */
  figures?: HttpFigures;
  /** The page of figures. @default there is none */
  metrics?: MetricsPage | null;
};

/** Called before and after each request; neither may throw. */
export type HttpFigures = {
  requestBegan(): void;
  requestEnded(answered: {
    method: string;
    route: string;
    status: number;
    elapsedMs: number;
    sentBytes: number;
  }): void;
};

export type MetricsPage = {
  read(): Promise<{ text: string; contentType: string }>;
  /** Keys that open it; null opens it to everybody. */
  keys: readonly string[] | null;
};

/** The application with zod behind its schemas. */
export type HttpApp = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** One folder of `routes/` adds itself to the application. */
export type AddRoute = (app: HttpApp, context: HttpContext) => void;
