/**
 * Animates one pair in a process of its own, so that a crash of a codec ends only this pair. Takes
 * its job as JSON and prints what became of it as one line of JSON.
 */

import { animate, MotionError } from '@understudy/motion';
import type { Job, Outcome } from './judge.ts';

/** Enough for all pairs of one run. */
const CACHE_BYTES_MAX = 500_000_000;

const job = JSON.parse(process.argv[2]!) as Job;

async function run(): Promise<Outcome> {
  try {
    const { cacheFolder, ...files } = job;
    const result = await animate({
      ...files,
      mode: 'std',
      orientation: 'image',
      keepOriginalSound: true,
      watermark: false,
      createdAt: new Date(0),
      cache: { folder: cacheFolder, bytesMax: CACHE_BYTES_MAX },
    });
    return { kind: 'made', result };
  } catch (error) {
    if (error instanceof MotionError) return { kind: 'refused', finding: error.finding };
    return { kind: 'crashed', message: error instanceof Error ? `${error.stack}` : String(error) };
  }
}

process.stdout.write(`${JSON.stringify(await run())}\n`);
