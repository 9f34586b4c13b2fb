/**
 * Prints one table: the memory of a service while clips of 100 MB arrive over slow links, one and
 * then ten at once, and whether anything is left when uploads are broken off.
 *
 * Usage: `node --conditions=development bench/uploads.ts [--kilobytes 200] [--megabytes 100]
 * [--seconds 60]`. A link carries so many kilobytes a second; a round is broken off after the
 * seconds, or runs to its end with `--seconds 0`. Linux only: memory is read from /proc.
 */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readConfig } from '../src/config.ts';
import { createService } from '../src/main.ts';

const KILOBYTE = 1024;
const MEGABYTE = KILOBYTE * KILOBYTE;
const TICK_MS = 50;
const SAMPLE_MS = 250;

const { values } = parseArgs({
  options: {
    kilobytes: { type: 'string', default: '200' },
    megabytes: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '60' },
    // For the process of the service itself: its data folder.
    serve: { type: 'string' },
  },
});
const bytesPerSecond = Number(values.kilobytes) * KILOBYTE;
const sizeBytes = Number(values.megabytes) * MEGABYTE;
const secondsMax = Number(values.seconds);

type Started = { url: string; key: string };
type Round = { name: string; links: number; rate: number; seconds: number };

if (values.serve !== undefined) await serve(values.serve);
else await measure();

/** The service alone in its process, so that the memory is its own. */
async function serve(dataDir: string): Promise<void> {
  const config = readConfig({ PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'warn' });
  const service = await createService(config);
  await service.start();
  process.on('message', () => void service.stop().then(() => process.exit(0)));
  process.send?.({ url: service.url, key: service.firstKey ?? '' });
}

async function measure(): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'understudy-bench-'));
  const child = fork(import.meta.filename, ['--serve', dataDir], {
    execArgv: ['--conditions=development', '--disable-warning=ExperimentalWarning'],
  });
  const [started] = (await once(child, 'message')) as [Started];
  const pid = child.pid ?? 0;
  await pause(2_000);
  console.log('| round | bytes | seconds | MB at rest | MB at most | left of it |');
  console.log('|---|---|---|---|---|---|');
  const rounds: Round[] = [
    // The first of anything warms the process up, so it is measured, but by itself.
    { name: 'one, fast, to its end', links: 1, rate: 100 * MEGABYTE, seconds: 0 },
    { name: 'one', links: 1, rate: bytesPerSecond, seconds: secondsMax },
    { name: 'ten at once', links: 10, rate: bytesPerSecond, seconds: secondsMax },
    { name: 'ten, fast, to their ends', links: 10, rate: 100 * MEGABYTE, seconds: 0 },
  ];
  for (const round of rounds) {
    const restMb = await readMemoryMb(pid);
    const memory = watchMemory(pid);
    const startedAt = performance.now();
    const sent = await runRound(started, round);
    const seconds = (performance.now() - startedAt) / 1000;
    const peakMb = memory.stop();
    await pause(1_000);
    const left = await describeRemains(started, dataDir);
    const sentMb = `${Math.round(sent / MEGABYTE)} MB`;
    console.log(
      `| ${round.name} | ${sentMb} | ${seconds.toFixed(0)} | ${restMb} | ${peakMb} | ${left} |`,
    );
  }
  child.send('stop');
  await once(child, 'exit');
  await rm(dataDir, { recursive: true });
}

/** Answers the bytes that were sent. */
async function runRound(started: Started, { links, rate, seconds }: Round): Promise<number> {
  const untilMs = seconds === 0 ? Number.POSITIVE_INFINITY : performance.now() + seconds * 1000;
  const sent = await Promise.all(
    Array.from({ length: links }, (_, link) => sendSlowly(started, { link, rate, untilMs })),
  );
  return sent.reduce((sum, bytes) => sum + bytes, 0);
}

type Link = { link: number; rate: number; untilMs: number };

async function sendSlowly({ url, key }: Started, { link, rate, untilMs }: Link): Promise<number> {
  const head = Buffer.from(
    `\0\0\0\x18ftypisom\0\0\0\0isommp42${link} ${performance.now()}`,
    'latin1',
  );
  const sending = request(`${url}/v1/uploads`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'video/mp4',
      'content-length': sizeBytes,
    },
  });
  const failed = new Promise<null>((resolve) => sending.once('error', () => resolve(null)));
  const answered = once(sending, 'response').then(([answer]) => answer);
  answered.catch(() => {});
  sending.write(head);
  let sent = head.length;
  const piece = Buffer.alloc(Math.min(MEGABYTE, Math.ceil((rate * TICK_MS) / 1000)), link + 1);
  while (sent < sizeBytes && performance.now() < untilMs) {
    const chunk = piece.subarray(0, Math.min(piece.length, sizeBytes - sent));
    const isFree = sending.write(chunk);
    sent += chunk.length;
    if (!isFree) await Promise.race([once(sending, 'drain'), failed]);
    await pause(rate > 10 * MEGABYTE ? 0 : TICK_MS);
  }
  if (sent < sizeBytes) {
    sending.destroy();
    await failed;
    return sent;
  }
  sending.end();
  const answer = await Promise.race([answered, failed]);
  if (answer?.statusCode !== 201) throw new Error(`an upload ended with ${answer?.statusCode}`);
  const { id } = JSON.parse(Buffer.concat(await answer.toArray()).toString());
  const headers = { authorization: `Bearer ${key}` };
  await fetch(`${url}/v1/uploads/${id}`, { method: 'DELETE', headers });
  return sent;
}

function watchMemory(pid: number): { stop(): number } {
  let peakMb = 0;
  const timer = setInterval(async () => {
    peakMb = Math.max(peakMb, await readMemoryMb(pid));
  }, SAMPLE_MS);
  return {
    stop() {
      clearInterval(timer);
      return peakMb;
    },
  };
}

async function readMemoryMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / KILOBYTE);
}

async function describeRemains({ url, key }: Started, dataDir: string): Promise<string> {
  const list = await fetch(`${url}/v1/uploads`, { headers: { authorization: `Bearer ${key}` } });
  const { data } = await list.json();
  const folders = ['inputs', 'storage'].map((name) => join(dataDir, name));
  const entries = await Promise.all(
    folders.map((folder) => readdir(folder, { recursive: true, withFileTypes: true })),
  );
  const files = entries.flat().filter((entry) => entry.isFile());
  return data.length + files.length === 0
    ? 'nothing'
    : `${data.length} rows, ${files.length} files`;
}
