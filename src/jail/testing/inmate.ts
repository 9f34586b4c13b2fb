/** A child that does what it is told, so that tests can see the jail deal with it. */

import { execSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { CHANNEL_DESCRIPTOR } from '../frames.ts';
import { type ReadRange, serveJobs } from '../inmate.ts';

const BYTES_AT_A_TIME = 32 * 1024 * 1024;

let jobCount = 0;

serveJobs(async (job, read) => {
  jobCount += 1;
  const [name = '', ...rest] = job as string[];
  return await BEHAVIOURS[name]?.(rest, read);
});

const BEHAVIOURS: Record<string, (rest: string[], read: ReadRange) => unknown> = {
  echo: (rest) => ({ rest, jobCount, pid: process.pid }),
  read: async ([start, end], read) =>
    Buffer.from(await read(Number(start), Number(end))).toString('latin1'),
  throw: () => {
    throw new RangeError('Invalid array length');
  },
  'throw when nobody listens'() {
    setImmediate(() => {
      throw new Error('late');
    });
    return new Promise(() => {});
  },
  'die of a bad address'() {
    process.kill(process.pid, 'SIGSEGV');
    return new Promise(() => {});
  },
  /** As if a file before had left something broken behind. */
  'die unless fresh'() {
    if (jobCount > 1) process.abort();
    return 'fine';
  },
  'never end'() {
    for (;;);
  },
  'wait for ever': () => new Promise(() => {}),
  'eat memory'() {
    const eaten: Buffer[] = [];
    setInterval(() => eaten.push(Buffer.alloc(BYTES_AT_A_TIME, 1)), 5);
    return new Promise(() => {});
  },
  'eat the heap'() {
    const eaten: object[] = [];
    for (;;) eaten.push({ eaten });
  },
  'answer too much': () => 'x'.repeat(BYTES_AT_A_TIME),
  'talk nonsense'() {
    writeSync(CHANNEL_DESCRIPTOR, Buffer.alloc(16, 0xff));
    return new Promise(() => {});
  },
  'cry for ever'() {
    for (;;) process.stderr.write('help '.repeat(1_000));
  },
  litter() {
    writeFileSync('left-behind', 'x');
    return readdirSync('.');
  },
  'look around': () => readdirSync('.'),
  'tell the environment': () => ({ names: Object.keys(process.env), folder: process.cwd() }),
  trespass: ([secretFile = '', foreignFolder = '']) => ({
    read: codeOf(() => readFileSync(secretFile)),
    list: codeOf(() => readdirSync(foreignFolder)),
    write: codeOf(() => writeFileSync(join(foreignFolder, 'mine'), 'x')),
    run: codeOf(() => execSync('true')),
    thread: codeOf(() => new Worker('', { eval: true })),
  }),
};

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'allowed';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}
