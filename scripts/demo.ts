/**
 * Shows the whole product once, as a customer meets it: starts the service on its embedded
 * defaults, submits our sample picture and clip over HTTP, and leaves the video, a contact sheet
 * and the receipt.
 */

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { type Client, createClient, type Video } from '@understudy/client';
import { contactSheet } from '@understudy/motion';
import { createProgressBar } from '../src/cli/progress-bar.ts';

const root = join(import.meta.dirname, '..');
const LAUNCHER = join(root, 'bin/understudy.mjs');
const PICTURE = join(root, 'samples/character.jpg');
const CLIP = join(root, 'samples/reference.mp4');
const OUT = join(root, 'out');
const DATA_DIR = join(OUT, 'demo-data');
const VIDEO = join(OUT, 'demo.mp4');
const SHEET = join(OUT, 'demo-contact-sheet.png');

/**
 * The samples need an address like any other input; the loopback range is opened for this demo
 * alone.
 */
async function serveSamples(): Promise<{ url: string; close(): void }> {
  const server = createServer(async (request, response) => {
    const file = [PICTURE, CLIP].find((path) => `/${basename(path)}` === request.url);
    if (!file) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-length': (await stat(file)).size });
    createReadStream(file).pipe(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

const environment = {
  ...process.env,
  PORT: '0',
  HOST: '127.0.0.1',
  DATA_DIR,
  DATABASE_URL: '',
  S3_BUCKET: '',
  PUBLIC_URL: '',
  LOG_LEVEL: 'warn',
  ALLOW_CIDRS: '127.0.0.0/8',
};

async function startService(): Promise<{ url: string; stop(): Promise<void> }> {
  const child = spawn(process.execPath, [LAUNCHER, 'serve'], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
    if (!url) continue;
    child.stdout.resume();
    const stop = async (): Promise<void> => {
      if (child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    };
    return { url, stop };
  }
  throw new Error(`The service did not start:\n${lines.join('\n')}`);
}

async function createKey(): Promise<string> {
  const run = promisify(execFile);
  const args = [LAUNCHER, 'key', 'create', '--json'];
  const { stdout } = await run(process.execPath, args, { env: environment });
  return (JSON.parse(stdout) as { key: string }).key;
}

async function makeVideo(client: Client, samplesUrl: string): Promise<Video> {
  const taskId = await client.create({
    image_url: `${samplesUrl}/${basename(PICTURE)}`,
    video_url: `${samplesUrl}/${basename(CLIP)}`,
    character_orientation: 'image',
    mode: 'std',
    keep_original_sound: 'yes',
  });
  console.log(`Submitted ${taskId}.`);
  const bar = createProgressBar(process.stdout);
  const video = await client.wait(taskId, {
    pollSeconds: 5,
    onChange: ({ progress, stage }) => bar.show(progress / 100, stage),
  });
  bar.end();
  if (video.status !== 'completed') {
    throw new Error(`The task ended ${video.status}: ${video.error?.message ?? 'no reason given'}`);
  }
  const response = await client.download(taskId);
  if (!response.body) throw new Error('The video has no body.');
  await pipeline(Readable.from(response.body), createWriteStream(VIDEO));
  return video;
}

/** What the demo reads of the receipt; the whole of it is in docs/explain/billing.md. */
type Receipt = {
  price: { rate_nanos_per_ms: number };
  rounding: { rule: string; reference_ms: number; billable_seconds: number };
  lines: { kind: string; book: string; amount_usd: string }[];
  sums: Record<'held_usd' | 'charged_usd' | 'released_usd' | 'all_lines_usd', string>;
};

function printReceipt({ price, rounding, lines, sums }: Receipt): void {
  console.log(`
Receipt
  price       ${price.rate_nanos_per_ms} nano-dollars per ms
  billable    ${rounding.billable_seconds} s (${rounding.reference_ms} ms probed, rule "${rounding.rule}")
  held        $${sums.held_usd}
  charged     $${sums.charged_usd}
  released    $${sums.released_usd}
  ledger`);
  for (const { kind, book, amount_usd } of lines) {
    console.log(`    ${kind.padEnd(8)} ${book.padEnd(19)} ${amount_usd.padStart(10)}`);
  }
  console.log(`    ${'sum'.padEnd(28)} ${sums.all_lines_usd.padStart(10)}`);
}

function printEnd(video: Video, warmSeconds: number): void {
  for (const { message } of video.warnings) console.log(`Warning: ${message}`);
  const toShow = (file: string): string => relative(process.cwd(), file);
  console.log(`
The video     ${toShow(VIDEO)}  (${video.size}, ${video.seconds} s billed, $${video.cost})
Motion score  ${video.motion?.['score'] ?? 'not measured'} of 1  (how closely it follows the clip)
Look at       ${toShow(SHEET)}  (reference, picture and result side by side)
Took          ${warmSeconds.toFixed(1)} s from submit to video,
              ${(performance.now() / 1000).toFixed(1)} s with the start of the service and the contact sheet

What next
  npm start                                  serves on http://127.0.0.1:8787 and prints your key
  curl -s http://127.0.0.1:8787/v1/videos/generations \\
    -H "Authorization: Bearer YOUR_API_KEY" -H "Content-Type: application/json" \\
    -d '{"model":"kling-v3-motion-control","image_url":"https://…","video_url":"https://…",
         "character_orientation":"image","mode":"std"}'
  open http://127.0.0.1:8787/docs            the whole API
  npx understudy animate --image hero.png --video dance.mp4 -o out.mp4`);
}

/** The service is stopped before the last lines are printed, so that nothing stands below them. */
async function run(samplesUrl: string): Promise<void> {
  console.log('Starting the service on its embedded database …');
  const service = await startService();
  try {
    console.log(`Serving at ${service.url} (API reference at ${service.url}/docs)`);
    const client = createClient({ baseUrl: `${service.url}/v1`, apiKey: await createKey() });
    const submittedAtMs = performance.now();
    const video = await makeVideo(client, samplesUrl);
    const warmSeconds = (performance.now() - submittedAtMs) / 1000;
    const [referenceFile, resultFile] = [CLIP, VIDEO];
    await contactSheet({ pictureFile: PICTURE, referenceFile, resultFile, outputFile: SHEET });
    printReceipt((await client.getReceipt(video.id)) as Receipt);
    await service.stop();
    printEnd(video, warmSeconds);
  } finally {
    await service.stop();
  }
}

await rm(DATA_DIR, { recursive: true, force: true });
await mkdir(OUT, { recursive: true });
const samples = await serveSamples();
try {
  await run(samples.url);
} catch (error) {
  console.error(`The demo failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  samples.close();
}
