/** Prints what the probe says of every odd file, beside ffprobe where it is installed. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProbe } from '../../src/probe/probe.ts';
import { ODD_CLIPS } from './clips.ts';
import {
  type ClipTruth,
  isClipRight,
  isPictureRight,
  type OddFile,
  type PictureTruth,
} from './odd-file.ts';
import { ODD_PICTURES } from './pictures.ts';
import { TOOL_CLIPS } from './tool-clips.ts';
import { askFfprobe, hasTool, type Opinion } from './tools.ts';

const folder = await mkdtemp(join(tmpdir(), 'understudy-odd-'));
const probe = createProbe({
  workDir: join(folder, 'jail'),
  limits: { imagePixelsMax: 64_000_000, probeMsMax: 30_000 },
});
const hasFfmpeg = await hasTool('ffmpeg');
const hasFfprobe = await hasTool('ffprobe');
const counts = { right: 0, wrong: 0, skipped: 0, agreeing: 0, differing: 0 };

try {
  console.log('| file | as it should be | the probe | ffprobe |\n| --- | --- | --- | --- |');
  for (const clip of ODD_CLIPS) await printClip(clip);
  for (const clip of TOOL_CLIPS) {
    if (hasFfmpeg) await printClip(clip);
    else skip(clip.name, 'ffmpeg is not installed');
  }
  for (const picture of ODD_PICTURES) await printPicture(picture);
  console.log(`\n${JSON.stringify(counts)}`);
} finally {
  await probe.close();
  await rm(folder, { recursive: true, force: true });
}
if (counts.wrong > 0) process.exitCode = 1;

function skip(name: string, why: string): void {
  counts.skipped += 1;
  console.log(`| ${name} | | skipped: ${why} | |`);
}

async function printClip({ name, make, truth }: OddFile<ClipTruth>): Promise<void> {
  const file = join(folder, 'clip');
  try {
    await make(file);
  } catch (error) {
    return skip(name, String(error).split('\n').at(-2) ?? '');
  }
  const seen = await look(() => probe.probeVideo(file));
  const isRight = isClipRight(truth, seen);
  counts[isRight ? 'right' : 'wrong'] += 1;
  const opinion = hasFfprobe ? await askFfprobe(file).catch(() => null) : null;
  const isShared = typeof seen !== 'string' && opinion !== null && doAgree(seen, opinion);
  if (typeof seen !== 'string' && opinion) counts[isShared ? 'agreeing' : 'differing'] += 1;
  const mark = opinion && typeof seen !== 'string' && !isShared ? ' DIFFERS' : '';
  const should = truth instanceof RegExp ? 'refused' : describe(truth);
  const said = typeof seen === 'string' ? seen : describe(seen);
  const second = opinion ? describeOpinion(opinion) + mark : '';
  console.log(`| ${name} | ${should} | ${said}${isRight ? '' : ' WRONG'} | ${second} |`);
}

/** Within a frame of what ffprobe reads in the headers, or else of what it finds in the packets. */
function doAgree(facts: ClipTruth, opinion: Opinion): boolean {
  const lengths = [opinion.durationSeconds, opinion.packetSeconds];
  const isNear = (seconds: number) =>
    Math.abs(facts.durationMs - seconds * 1_000) <= 1_000 / facts.fps + 1;
  const isSizeSame = facts.width === opinion.width && facts.height === opinion.height;
  return isSizeSame && lengths.some(isNear);
}

function describeOpinion(opinion: Opinion): string {
  const { durationSeconds, packetSeconds, width, height, fps, codec } = opinion;
  const isSame = Math.abs(durationSeconds - packetSeconds) < 1 / fps;
  const packets = isSame ? '' : ` (${packetSeconds.toFixed(3)} s by its packets)`;
  const rest = `${width} x ${height}, ${fps.toFixed(3)} fps, ${codec}`;
  return `${durationSeconds.toFixed(3)} s${packets}, ${rest}`;
}

function describe({ durationMs, width, height, fps, videoCodec }: ClipTruth): string {
  const seconds = (durationMs / 1_000).toFixed(3);
  return `${seconds} s, ${width} x ${height}, ${fps.toFixed(3)} fps, ${videoCodec}`;
}

async function printPicture({ name, make, truth }: OddFile<PictureTruth>): Promise<void> {
  const file = join(folder, 'picture');
  await make(file);
  const seen = await look(() => probe.probeImage(file));
  const isRight = isPictureRight(truth, seen);
  counts[isRight ? 'right' : 'wrong'] += 1;
  const should = truth instanceof RegExp ? 'refused' : `${truth.width} x ${truth.height}`;
  const said =
    typeof seen === 'string'
      ? seen
      : `${seen.width} x ${seen.height}, ${seen.format}${seen.hasAlpha ? ', alpha' : ''}`;
  console.log(`| ${name} | ${should} | ${said}${isRight ? '' : ' WRONG'} | |`);
}

/** A refusal is told as its sentence. */
async function look<T>(work: () => Promise<T>): Promise<T | string> {
  return await work().catch((error: unknown) =>
    error instanceof Error ? error.message : 'failed',
  );
}
