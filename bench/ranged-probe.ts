/**
 * Prints one table: bytes, requests and milliseconds until the facts of a large clip behind HTTP
 * are known, by reading parts of it, by `ffprobe` where there is one, and by a whole download.
 *
 * Usage: `node --conditions=development bench/ranged-probe.ts [--megabytes 95] [--rounds 5]`.
 */

import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { CustomSource, Input, MP4 } from 'mediabunny';
import { systemClock } from '../src/kernel/clock.ts';
import { createGuardedFetch, FETCH_LIMITS_DEFAULT } from '../src/net/guarded-fetch.ts';
import { createProbe } from '../src/probe/probe.ts';
import { makePaddedClip } from './padded-clip.ts';

const SAMPLE_CLIP = join(import.meta.dirname, '../samples/reference.mp4');
const HOST = '127.0.0.2';
const MEGABYTE = 1024 * 1024;
/** What is aimed at, for each place of the index. */
const PARTS_BYTES_MAX = 200_000;
const KILOBYTE = 1000;
const WHAT = 'reference video';

const { values } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '95' },
    rounds: { type: 'string', default: '5' },
  },
});
const rounds = Number(values.rounds);
const folder = await mkdtemp(join(tmpdir(), 'understudy-bench-'));
const guarded = createGuardedFetch({
  allowCidrs: [`${HOST}/32`],
  limits: FETCH_LIMITS_DEFAULT,
  clock: systemClock,
});
const probe = createProbe({
  workDir: folder,
  limits: { imagePixelsMax: 64_000_000, probeMsMax: 30_000 },
});

type Way = { name: string; read: (url: string, file: string) => Promise<string> };

const WAYS: Way[] = [
  { name: 'parts, in this process', read: readByParts },
  { name: 'parts, in the jail of the service', read: readInJail },
  { name: 'ffprobe', read: readWithFfprobe },
  { name: 'download, then the jail', read: readAfterDownload },
];

/** The facts as one line, so that all ways can be seen to agree. */
function tell(seconds: number, width: number, height: number): string {
  return `${seconds.toFixed(2)} s, ${width} x ${height}`;
}

async function openParts(url: string) {
  const file = await guarded.openRanged(url, {
    what: WHAT,
    maxBytes: 1024 * MEGABYTE,
    budgetBytes: 8 * MEGABYTE,
    requestsMax: 64,
  });
  if (file === null) throw new Error('The server serves no parts.');
  return file;
}

async function readByParts(url: string): Promise<string> {
  const file = await openParts(url);
  const { sizeBytes, read } = file;
  const source = new CustomSource({ getSize: () => sizeBytes, read, prefetchProfile: 'none' });
  const input = new Input({ formats: [MP4], source });
  try {
    const track = await input.getPrimaryVideoTrack();
    if (track === null) throw new Error('The clip has no pictures.');
    const [seconds, width, height] = await Promise.all([
      track.computeDuration(),
      track.getDisplayWidth(),
      track.getDisplayHeight(),
    ]);
    return tell(seconds, width, height);
  } finally {
    input.dispose();
    await file.close();
  }
}

async function readInJail(url: string): Promise<string> {
  const file = await openParts(url);
  try {
    const facts = await probe.probeVideoRanged(file);
    return tell(facts.durationMs / 1000, facts.width, facts.height);
  } finally {
    await file.close();
  }
}

async function readAfterDownload(url: string, toFile: string): Promise<string> {
  await guarded.download(url, { what: WHAT, toFile, maxBytes: 1024 * MEGABYTE });
  const facts = await probe.probeVideo(toFile);
  await rm(toFile);
  return tell(facts.durationMs / 1000, facts.width, facts.height);
}

async function readWithFfprobe(url: string): Promise<string> {
  const entries = 'stream=duration,width,height';
  const { stdout } = await promisify(execFile)('ffprobe', [
    ...['-v', 'error', '-select_streams', 'v', '-show_entries', entries, '-of', 'json', url],
  ]);
  const { streams } = JSON.parse(stdout) as {
    streams: { duration: string; width: number; height: number }[];
  };
  const [stream] = streams;
  if (stream === undefined) throw new Error('The clip has no pictures.');
  return tell(Number(stream.duration), stream.width, stream.height);
}

/** A plain file server with ranges that counts what it sends, heads included. */
async function serve(file: string) {
  const { size } = await stat(file);
  const sockets = new Set<Socket>();
  let requests = 0;
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    requests += 1;
    const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
    const isPart = first !== undefined;
    const start = Number(first ?? 0);
    const end = Math.min(size, last ? Number(last) + 1 : size);
    response.writeHead(isPart ? 206 : 200, {
      'accept-ranges': 'bytes',
      'content-type': 'video/mp4',
      'content-length': end - start,
      etag: '"1"',
      ...(isPart ? { 'content-range': `bytes ${start}-${end - 1}/${size}` } : {}),
    });
    const stream = createReadStream(file, { start, end: end - 1 });
    response.on('close', () => stream.destroy());
    stream.pipe(response);
  });
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${HOST}:${port}/clip.mp4`,
    read: () => ({
      requests,
      bytes: [...sockets].reduce((sum, socket) => sum + socket.bytesWritten, 0),
    }),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

type Measured = { ms: number; requests: number; bytes: number; facts: string };

async function measure(way: Way, clip: string): Promise<Measured> {
  const server = await serve(clip);
  try {
    const startedAt = performance.now();
    const facts = await way.read(server.url, join(folder, 'download'));
    return { ms: performance.now() - startedAt, facts, ...server.read() };
  } finally {
    server.close();
  }
}

/** The round with the median time, so that one disturbed run decides nothing. */
async function measureMedian(way: Way, clip: string): Promise<Measured | null> {
  const all: Measured[] = [];
  for (let round = 0; round < rounds; round += 1) {
    try {
      all.push(await measure(way, clip));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
      throw error;
    }
  }
  return all.toSorted((a, b) => a.ms - b.ms)[all.length >> 1] ?? null;
}

let isWithin = true;
try {
  console.log('| index | way | kB | requests | ms | facts |\n|---|---|---:|---:|---:|---|');
  for (const index of ['first', 'last'] as const) {
    const clip = join(folder, `${index}.mp4`);
    await makePaddedClip(SAMPLE_CLIP, clip, {
      sizeBytes: Number(values.megabytes) * MEGABYTE,
      index,
    });
    for (const way of WAYS) {
      const found = await measureMedian(way, clip);
      const told = found
        ? `${(found.bytes / KILOBYTE).toFixed(0)} | ${found.requests} | ${found.ms.toFixed(0)} | ${found.facts}`
        : '- | - | - | not installed';
      console.log(`| ${index} | ${way.name} | ${told} |`);
      if (way.name.startsWith('parts') && found) isWithin &&= found.bytes < PARTS_BYTES_MAX;
    }
    await rm(clip);
  }
} finally {
  await probe.close();
  await guarded.close();
  await rm(folder, { recursive: true });
}
console.log(`\nParts stay below ${PARTS_BYTES_MAX / KILOBYTE} kB: ${isWithin ? 'yes' : 'no'}.`);
process.exitCode = isWithin ? 0 : 1;
