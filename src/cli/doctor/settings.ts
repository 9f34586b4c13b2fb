/** Settings that are good alone and unwise here: what each means, and what to set instead. */

import { availableParallelism, totalmem } from 'node:os';
import { constrainedMemory } from 'node:process';
import type { Config } from '../../config.ts';
import { isLoopback } from '../../figures.ts';
import type { Found } from './check.ts';

export type Machine = { memoryMb: number; processors: number };

const MEBIBYTE = 1024 * 1024;
/** What the service itself needs beside its renders, with the embedded database. */
const OWN_MEMORY_MB = 1_024;

/** Ranges that hold what nobody wants to be read by strangers, and why. */
const DANGEROUS_RANGES: readonly [range: string, holds: string][] = [
  ['0.0.0.0/0', 'every private address and this machine'],
  ['::/0', 'every private address and this machine'],
  ['169.254.0.0/16', 'the credentials that clouds hand to their machines'],
  ['fe80::/10', 'the local link, with the credentials that clouds hand out'],
];

/** Of the container, where the process is in one. */
export function describeMachine(): Machine {
  const limit = constrainedMemory();
  const total = totalmem();
  const bytes = limit > 0 && limit < total ? limit : total;
  return { memoryMb: Math.floor(bytes / MEBIBYTE), processors: availableParallelism() };
}

/** Every unwise setting; none when there is nothing to say. */
export function judgeSettings(config: Config, machine: Machine): Found[] {
  return [
    ...judgeDoors(config),
    ...judgeRanges(config),
    ...judgeSharing(config),
    ...judgeEngine(config, machine),
  ];
}

const warn = (name: string, seen: string, advice: string): Found => {
  return { name, state: 'warn', seen, advice };
};

function judgeDoors({ http }: Config): Found[] {
  const isOpen = http.publicUrl !== null || !isLoopback(http.host);
  if (!isOpen) return [];
  const found: Found[] = [];
  if (http.publicUrl === null) {
    const seen = `not set, while HOST is ${http.host}`;
    const advice = 'Addresses of results begin with it: set it to how the outside reaches you.';
    found.push(warn('PUBLIC_URL', seen, advice));
  } else if (!http.publicUrl.startsWith('https:')) {
    const advice = 'Keys travel in the open. Put a proxy with a certificate in front.';
    found.push(warn('PUBLIC_URL', 'is not https', advice));
  }
  if (http.adminKey === null) {
    const advice = 'Only the command line on this machine can make keys and add credit.';
    found.push(warn('ADMIN_KEY', 'not set', advice));
  }
  return found;
}

function judgeRanges({ net }: Config): Found[] {
  return DANGEROUS_RANGES.filter(([range]) => net.allowCidrs.includes(range)).map(
    ([range, holds]) =>
      warn(
        'ALLOW_CIDRS',
        `${range} opens ${holds} to everybody who can submit a task`,
        'Name only the ranges of your own file servers.',
      ),
  );
}

/** Several processes on one database must agree on more than the database. */
function judgeSharing({ databaseUrl, http, s3 }: Config): Found[] {
  if (databaseUrl === null) return [];
  const found: Found[] = [];
  if (http.signingSecret === null) {
    const advice =
      'Set the same one for every process, or they refuse the addresses of the others.';
    found.push(warn('SIGNING_SECRET', 'made by each DATA_DIR for itself', advice));
  }
  if (s3 === null) {
    const advice = 'One machine can share DATA_DIR/storage; several need S3_BUCKET.';
    found.push(warn('S3_BUCKET', 'not set, so media are on the disk of this machine', advice));
  }
  return found;
}

function judgeEngine({ engine }: Config, { memoryMb, processors }: Machine): Found[] {
  const found: Found[] = [];
  const neededMb = engine.concurrency * engine.memoryMb + OWN_MEMORY_MB;
  if (neededMb > memoryMb) {
    const seen = `${engine.concurrency} renders of ${engine.memoryMb} MB and the service take ${neededMb} MB of ${memoryMb} MB`;
    const advice = 'Lower ENGINE_CONCURRENCY or ENGINE_MEMORY_MB, or the system ends processes.';
    found.push(warn('ENGINE_MEMORY_MB', seen, advice));
  }
  if (engine.concurrency > processors) {
    const seen = `${engine.concurrency} renders share ${processors} processors`;
    const advice = 'More renders than processors make each slower and none faster.';
    found.push(warn('ENGINE_CONCURRENCY', seen, advice));
  }
  return found;
}
