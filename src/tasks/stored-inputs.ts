/**
 * The inputs of tasks: downloaded, measured, compared with the limits, kept. What is probed is the
 * copy that is kept, billed and rendered.
 */

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { NewId } from '../kernel/ids.ts';
import type { GuardedFetch } from '../net/guarded-fetch.ts';
import { checkImage } from '../probe/image.ts';
import type { MediaLimits } from '../probe/limits.ts';
import type { Probe } from '../probe/probe.ts';
import { checkVideo } from '../probe/video.ts';
import type { Storage } from '../storage/storage.ts';
import type { Inputs } from './inputs.ts';
import { clipKey, pictureKey } from './media-keys.ts';

export type StoredInputsOptions = {
  guarded: Pick<GuardedFetch, 'download'>;
  storage: Pick<Storage, 'putFile'>;
  /** Local directory for downloads under way, of this process alone. */
  workDir: string;
  limits: MediaLimits;
  probe: Pick<Probe, 'probeImage' | 'probeVideo'>;
  newId: NewId;
};

export function createStoredInputs(options: StoredInputsOptions): Inputs {
  const { guarded, storage, probe, limits } = options;

  async function withTempFile<T>(work: (file: string) => Promise<T>): Promise<T> {
    const file = join(options.workDir, options.newId('blob'));
    try {
      return await work(file);
    } finally {
      await rm(file, { force: true });
    }
  }

  return {
    fetchImage: (url, { taskId }) =>
      withTempFile(async (file) => {
        const maxBytes = limits.imageBytesMax;
        await guarded.download(url, { what: 'reference image', toFile: file, maxBytes });
        const facts = await probe.probeImage(file);
        checkImage(facts, limits);
        const key = pictureKey(taskId, facts.format);
        const blob = await storage.putFile(key, file, `image/${facts.format}`);
        return { storageKey: key, ...blob, facts };
      }),

    fetchVideo: (url, { taskId, orientation }) =>
      withTempFile(async (file) => {
        const maxBytes = limits.videoBytesMax;
        await guarded.download(url, { what: 'reference video', toFile: file, maxBytes });
        const facts = await probe.probeVideo(file);
        checkVideo(facts, orientation, limits);
        const key = clipKey(taskId, facts.container);
        const contentType = facts.container === 'mov' ? 'video/quicktime' : 'video/mp4';
        const blob = await storage.putFile(key, file, contentType);
        return { storageKey: key, ...blob, facts };
      }),
  };
}
