/**
 * The jailed child of the pre-flight: brings the two files into its own folder, which is emptied
 * after each job, and looks at them.
 */

import { open } from 'node:fs/promises';
import { MotionError, openPreflight } from '@understudy/motion';
import { type ReadRange, serveJobs } from '../jail/inmate.ts';
import type { PreflightAnswer, PreflightJob } from './preflight-wire.ts';

const IMAGE_FILE = 'picture';
const VIDEO_FILE = 'clip';
/** One message of the jail takes no more. */
const PIECE_BYTES = 8 * 1024 * 1024;

/** Loaded while the files are still on their way. */
const opening = openPreflight();
// Whoever asks for a look hears of it.
opening.catch(() => {});

serveJobs(async (asked, read): Promise<PreflightAnswer> => {
  const { imageBytes, videoBytes } = asked as PreflightJob;
  await bring(read, 0, imageBytes, IMAGE_FILE);
  await bring(read, imageBytes, imageBytes + videoBytes, VIDEO_FILE);
  const { look } = await opening;
  try {
    const findings = await look({ imageFile: IMAGE_FILE, videoFile: VIDEO_FILE });
    return { kind: 'findings', findings };
  } catch (error) {
    if (!(error instanceof MotionError)) throw error;
    const subject = error.finding.code === 'picture_unreadable' ? 'image' : 'video';
    const { code, message } = error.finding;
    return { kind: 'unreadable', subject, message, isDamaged: code === 'clip_damaged' };
  }
});

async function bring(read: ReadRange, start: number, end: number, toFile: string): Promise<void> {
  const file = await open(toFile, 'w');
  try {
    for (let at = start; at < end; at += PIECE_BYTES) {
      await file.writeFile(await read(at, Math.min(end, at + PIECE_BYTES)));
    }
  } finally {
    await file.close();
  }
}
