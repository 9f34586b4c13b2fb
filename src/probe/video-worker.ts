/**
 * Body of the thread that reads one clip: whatever a hostile file does to the reader, the thread
 * can be ended.
 */

import { parentPort, workerData } from 'node:worker_threads';
import { readVideoFacts, type VideoReading } from './video-facts.ts';

async function readOrExplain(path: string): Promise<VideoReading> {
  try {
    return await readVideoFacts(path);
  } catch (error) {
    const reason = 'its structure is damaged';
    return { kind: 'unreadable', reason, isMedia: false, detail: String(error) };
  }
}

parentPort?.postMessage(await readOrExplain(String(workerData)));
