/** Tries one row through the real door and says how it ended and what it left behind. */

import { channel } from 'node:diagnostics_channel';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/kernel/clock.ts';
import { AppError, isAppError } from '../../src/kernel/errors.ts';
import {
  createGuardedFetch,
  FETCH_LIMITS_DEFAULT,
  type GuardedFetch,
} from '../../src/net/guarded-fetch.ts';
import { nameFileKind } from '../../src/probe/sniff.ts';
import { OPEN_HOST, type Row } from './row.ts';
import type { Stage } from './stage.ts';

export type Outcome = {
  /** The error's code, or what happened instead. */
  code: string;
  sentence: string;
  /** Connections to the forbidden listener during this row. */
  hits: number;
  /** Sockets that our side made, reached or not. */
  sockets: number;
  /** Connections, timers and file descriptors that were not there before, and files. */
  left: number;
  ms: number;
};

const MAX_BYTES = 100_000;
/** How long a closed connection may take to be gone on both sides. */
const SETTLE_MS_MAX = 5000;

export async function runRow(row: Row, stage: Stage): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'understudy-hostile-'));
  stage.play(row.host?.(stage.ports) ?? {});
  const hitsBefore = stage.countHits();
  const before = countHandles();
  const made = countSockets();
  const startedAt = performance.now();
  const guarded = createGuardedFetch({
    allowCidrs: [`${OPEN_HOST}/32`],
    limits: { ...FETCH_LIMITS_DEFAULT, ...row.limits },
    clock: systemClock,
    ...(row.resolver ? { resolver: row.resolver() } : {}),
  });
  try {
    const [code, sentence] = await knock(row, guarded, stage, folder);
    const ms = performance.now() - startedAt;
    // The door is still open: nothing may be left even before it is closed.
    await settle(() => stage.countConnections() === 0 && countHandles() <= before);
    const files = (await readdir(folder)).length;
    const left = stage.countConnections() + Math.max(0, countHandles() - before) + files;
    return { code, sentence, hits: stage.countHits() - hitsBefore, sockets: made.stop(), left, ms };
  } finally {
    await guarded.close();
    await rm(folder, { recursive: true });
  }
}

async function knock(
  row: Row,
  guarded: GuardedFetch,
  { ports }: Stage,
  folder: string,
): Promise<[code: string, sentence: string]> {
  try {
    return await DOORS[row.door ?? 'download'](row, guarded, row.url(ports), join(folder, 'file'));
  } catch (error) {
    if (isAppError(error)) return [error.code, error.message];
    return ['not an error of ours', String(error)];
  }
}

type Door = (
  row: Row,
  guarded: GuardedFetch,
  url: string,
  toFile: string,
) => Promise<[code: string, sentence: string]>;

const DOORS: Record<NonNullable<Row['door']>, Door> = {
  /** What comes through is told by its first bytes, as the probe does it, and is no video. */
  async download({ maxBytes = MAX_BYTES }, guarded, url, toFile) {
    const what = 'reference video';
    const { sizeBytes } = await guarded.download(url, { what, toFile, maxBytes });
    const seen = nameFileKind(await readFile(toFile));
    await rm(toFile);
    const refusal = new AppError('video_format_unsupported', { seen });
    return [refusal.code, `${refusal.message} (${sizeBytes} bytes came)`];
  },

  /** Opens the file and reads a part beyond its head. */
  async openRanged({ maxBytes = MAX_BYTES }, guarded, url) {
    const file = await guarded.openRanged(url, {
      what: 'reference video',
      maxBytes,
      budgetBytes: 200_000,
      requestsMax: 20,
    });
    if (file === null) return ['not read in parts', 'The host does not serve parts.'];
    try {
      await file.read(70_000, 71_000);
      return ['read', `A part of ${file.sizeBytes} bytes came.`];
    } finally {
      await file.close();
    }
  },

  async post({ maxBytes = MAX_BYTES }, guarded, url) {
    const { status, body, isCut } = await guarded.post(url, {
      what: 'webhook answer',
      body: '{"status":"completed"}',
      headers: { 'content-type': 'application/json' },
      maxAnswerBytes: maxBytes,
      timeoutMs: FETCH_LIMITS_DEFAULT.downloadMsMax,
    });
    const cut = isCut ? ', and no more were read' : '';
    return [`answered ${status}`, `The answer ended; ${body.length} bytes are kept${cut}.`];
  },
};

/** Handles that keep a process alive, and on Linux every descriptor as well. */
function countHandles(): number {
  const resources = process.getActiveResourcesInfo();
  const network = resources.filter((name) => /TCP|TLS|Timeout|AddrInfo|Connect/.test(name)).length;
  return network + (existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0);
}

/** Turns of the event loop rather than a pause: closing is over as soon as both ends know of it. */
async function settle(isQuiet: () => boolean): Promise<void> {
  const giveUpAt = performance.now() + SETTLE_MS_MAX;
  while (!isQuiet() && performance.now() < giveUpAt) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function countSockets(): { stop(): number } {
  let sockets = 0;
  const made = channel('net.client.socket');
  const count = () => {
    sockets += 1;
  };
  made.subscribe(count);
  return {
    stop() {
      made.unsubscribe(count);
      return sockets;
    },
  };
}
