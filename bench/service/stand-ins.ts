/** Inputs that are known without being fetched, and an engine that is done when it is asked. */

import type { Engine } from '../../src/engines/engine.ts';
import type { Inputs } from '../../src/tasks/inputs.ts';
import type { Uploads } from '../../src/uploads/uploads.ts';

const PICTURE = { width: 720, height: 1280, format: 'png' };
const CLIP = {
  durationMs: 8_008,
  width: 720,
  height: 1280,
  fps: 29.97,
  videoCodec: 'avc',
  audioCodec: null,
  rotation: 0,
  sizeBytes: 2_000,
  container: 'mp4',
};
const QUOTED = { sizeBytes: 2_000, sha256: null, storageKey: null, parts: [] };

const describeBlob = (storageKey: string, contentType: string) => ({
  storageKey,
  sizeBytes: 2_000,
  sha256: 'b'.repeat(64),
  contentType,
});

export const INSTANT_INPUTS: Inputs = {
  fetchImage: async (_url, { taskId }) => ({
    ...describeBlob(`tasks/${taskId}/picture.png`, 'image/png'),
    facts: PICTURE,
  }),
  fetchVideo: async (_url, { taskId }) => ({
    ...describeBlob(`tasks/${taskId}/reference.mp4`, 'video/mp4'),
    facts: CLIP,
  }),
  quoteImage: async () => ({ ...QUOTED, facts: PICTURE }),
  quoteVideo: async () => ({ ...QUOTED, facts: CLIP }),
};

export function createInstantEngine(resultFile: string): Engine {
  const facts = { width: 720, height: 1280, fps: 30, durationMs: 8_008 };
  return {
    name: 'instant',
    version: '1',
    capabilities: { modes: ['std', 'pro'], orientations: ['image', 'video'], nativeProgress: true },
    unwantedWork: 'costs-nothing',
    start: async ({ taskId }) => ({ taskId }),
    check: async () => ({
      status: 'completed',
      result: { kind: 'file', path: resultFile, facts },
      warnings: [],
    }),
  };
}

const refuse = () => Promise.reject(new Error('there are no uploads in this bench'));

/** Inputs here are addresses, so that the database is all that works. */
export const NO_UPLOADS: Uploads = {
  receive: refuse,
  receiveBytes: refuse,
  find: refuse,
  list: refuse,
  remove: refuse,
  claim: refuse,
  copyTo: refuse,
  countByState: async () => [],
  sweep: async () => {},
  dropInterrupted: async () => {},
};
