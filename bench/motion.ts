/**
 * Prints one table: how long each stage of a job takes, and how the whole compares with only
 * decoding and encoding the same clip in the same run (the floor).
 *
 * Usage: `node --conditions=development bench/motion.ts [--mode std|pro] [--seconds 8] [--rounds 1]
 * [clip picture]`. Without a clip our own sample is played back and forth at 30 frames a second.
 */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openClip, readResultPicture } from '@understudy/motion';
import { makeClip } from './make-clip.ts';
import type { Job, Measured } from './measured-job.ts';

const root = join(import.meta.dirname, '..');
const SAMPLE_CLIP = join(root, 'samples/reference.mp4');
const SAMPLE_PICTURE = join(root, 'samples/character.jpg');
const FPS = 30;

const { values, positionals } = parseArgs({
  options: {
    mode: { type: 'string', default: 'std' },
    seconds: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '1' },
  },
  allowPositionals: true,
});

const mode = readMode(values.mode);
const [givenClip, imageFile = SAMPLE_PICTURE] = positionals;

function readMode(text: string): 'std' | 'pro' {
  if (text === 'std' || text === 'pro') return text;
  throw new Error(`--mode is std or pro, not ${text}.`);
}

async function measure(job: Job): Promise<Measured> {
  const child = fork(join(import.meta.dirname, 'measured-job.ts'), [], {
    // As the service starts its renders.
    execArgv: [
      '--conditions=development',
      '--disable-warning=ExperimentalWarning',
      '--single-threaded-gc',
      '--min-semi-space-size=4',
      '--max-semi-space-size=8',
      '--initial-old-space-size=128',
    ],
    env: { ...process.env, MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '1048576' },
  });
  child.send(job);
  const ended = once(child, 'exit');
  const answer = once(child, 'message');
  const first = await Promise.race([answer, ended.then(() => null)]);
  if (first === null) throw new Error(`The ${job.kind} job ended without an answer.`);
  await ended;
  return first[0] as Measured;
}

/** The round with the median ratio, so that one disturbed run decides nothing. */
function chooseMedian(rounds: { floor: Measured; whole: Measured }[]) {
  const ratio = ({ floor, whole }: { floor: Measured; whole: Measured }) => whole.ms / floor.ms;
  return rounds.toSorted((a, b) => ratio(a) - ratio(b))[rounds.length >> 1]!;
}

function printTable(rows: [string, number, number | null][], frameCount: number): void {
  console.log('| what | ms | ms a frame | MB |\n|---|---:|---:|---:|');
  for (const [name, ms, megabytes] of rows) {
    const perFrame = (ms / frameCount).toFixed(1);
    const memory = megabytes === null ? '' : megabytes.toFixed(0);
    console.log(`| ${name} | ${ms.toFixed(0)} | ${perFrame} | ${memory} |`);
  }
}

const folder = await mkdtemp(join(tmpdir(), 'understudy-bench-'));
try {
  const { width, height } = await readResultPicture(imageFile, mode);
  let videoFile = givenClip;
  if (videoFile === undefined) {
    videoFile = join(folder, 'clip.mp4');
    const shape = { seconds: Number(values.seconds), fps: FPS, width, height };
    await makeClip(SAMPLE_CLIP, videoFile, shape);
  }
  const clip = await openClip(videoFile);
  clip.close();
  const common = { imageFile, videoFile, mode, width, height };
  const rounds = [];
  for (let round = 0; round < Number(values.rounds); round += 1) {
    const floor = await measure({ ...common, kind: 'floor', outputFile: join(folder, 'f.mp4') });
    const whole = await measure({ ...common, kind: 'whole', outputFile: join(folder, 'w.mp4') });
    rounds.push({ floor, whole });
  }
  const { floor, whole } = chooseMedian(rounds);
  const size = `${width} x ${height}, ${(clip.durationMs / 1000).toFixed(1)} s at ${clip.fps.toFixed(0)} fps`;
  console.log(`${mode}, ${size}; ${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}\n`);
  printTable(
    [
      ...Object.entries(whole.stageMs).map(([stage, ms]): [string, number, null] => [
        stage,
        ms,
        null,
      ]),
      ['whole', whole.ms, whole.peakMb],
      ['whole, processor time', whole.cpuMs, null],
      ['floor', floor.ms, floor.peakMb],
      ['floor, processor time', floor.cpuMs, null],
    ],
    clip.frameCount,
  );
  const ratios = rounds.map((round) => (round.whole.ms / round.floor.ms).toFixed(2)).join(', ');
  const cpuRatio = (whole.cpuMs / floor.cpuMs).toFixed(2);
  console.log(`\nwhole / floor: ${ratios} (processor time ${cpuRatio})`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
