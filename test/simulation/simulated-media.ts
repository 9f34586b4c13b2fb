/**
 * A storage that all processes share, and inputs behind addresses. An address of a clip says how
 * long it is, and how long it will be once its owner has put another one there.
 */

import { Readable } from 'node:stream';
import { AppError } from '../../src/kernel/errors.ts';
import type { Storage } from '../../src/storage/storage.ts';
import type { Inputs, QuotedVideo, VideoFacts } from '../../src/tasks/inputs.ts';
import { clipKey, pictureKey } from '../../src/tasks/media-keys.ts';
import { hashText } from './random.ts';
import type { World } from './world.ts';

export type Blobs = Map<string, { sha256: string; contentType: string }>;

const SIZE_BYTES = 1_000;
const STORAGE_MS_MAX = 200;
const NETWORK_MS_MAX = 1_500;
const SLOW_MS = { min: 10_000, max: 70_000 };
const SHA_LENGTH = 64;

export function createSimulatedStorage(world: World, blobs: Blobs): Storage {
  const draws = world.random.fork('storage');
  const ask = <T>(label: string, action: () => T): Promise<T> =>
    world.outside({
      label: `storage.${label}`,
      death: 'process dies at the storage',
      latencyMs: draws.integer(0, STORAGE_MS_MAX),
      action() {
        if (world.faults.draw('storage fails')) throw new Error('the storage does not answer');
        const answer = action();
        if (world.faults.draw('storage done, answer lost')) throw new Error('no answer');
        return answer;
      },
    });
  return {
    putFile: (key, path, contentType) =>
      ask(`put ${key}`, () => {
        // Then nothing is there under the key, or what was there before.
        if (world.faults.draw('storage writes short')) throw new Error('no space left');
        const sha256 = sumOf(path);
        blobs.set(key, { sha256, contentType });
        return { key, sizeBytes: SIZE_BYTES, sha256, contentType };
      }),
    stat: (key) =>
      ask(`stat ${key}`, () => {
        const blob = blobs.get(key);
        return blob ? { sizeBytes: SIZE_BYTES, contentType: blob.contentType } : null;
      }),
    open: (key) => ask(`open ${key}`, () => Readable.from([key])),
    getFile: (key) =>
      ask(`get ${key}`, () => {
        if (!blobs.has(key)) throw new Error(`blob not found: ${key}`);
      }),
    delete: (key) => ask(`delete ${key}`, () => void blobs.delete(key)),
    async *list() {
      for (const key of await ask('list', () => [...blobs.keys()])) {
        yield { key, sizeBytes: SIZE_BYTES, storedAtMs: world.nowMs() };
      }
    },
  };
}

/** Stands for the sum of a file: the same path, the same bytes. */
export function sumOf(path: string): string {
  return (hashText(path) >>> 0).toString(16).padStart(SHA_LENGTH, '0');
}

const LIMITS_MS = { min: 3_000, image: 10_000, video: 30_000 } as const;

/** @param changesAtMs When its owner puts the other clip there, by the time of the world. */
export function addressOf(name: string, durationMs: number, laterMs: number, changesAtMs: number) {
  return `https://clips.test/${name}.mp4?ms=${durationMs}&later=${laterMs}&at=${changesAtMs}`;
}

/** Every length that was ever there. */
export function lengthsAt(address: string): number[] {
  const { searchParams } = new URL(address);
  return ['ms', 'later'].map((name) => Number(searchParams.get(name)));
}

export function createSimulatedInputs(world: World, storage: Storage): Inputs {
  const draws = world.random.fork('network');

  const fetchFrom = <T>(address: string, look: () => T): Promise<T> =>
    world.outside({
      label: `fetch ${new URL(address).pathname}`,
      death: 'process dies at the network',
      latencyMs: world.faults.draw('network is slow')
        ? draws.integer(SLOW_MS.min, SLOW_MS.max)
        : draws.integer(1, NETWORK_MS_MAX),
      action() {
        if (!world.faults.draw('network fails')) return look();
        const values = { what: 'reference', reason: 'the connection broke' };
        throw draws.chance(0.5) ? new AppError('fetch_failed', values) : new Error('broken pipe');
      },
    });
  const fetchClip = (address: string) => fetchFrom(address, () => describeClip(world, address));
  const store = async (key: string, contentType: string) => {
    const { key: storageKey, ...blob } = await storage.putFile(key, key, contentType);
    return { storageKey, ...blob };
  };
  const picture = { width: 720, height: 1280, format: 'png' };
  const unstored = { sizeBytes: SIZE_BYTES, sha256: null, storageKey: null, parts: [] };

  return {
    async fetchImage(address, { taskId, attempt }, quoted) {
      if (quoted?.storageKey) await storage.getFile(quoted.storageKey, '');
      else await fetchFrom(address, () => undefined);
      const same = quoted ? { isProbeReused: true } : {};
      const blob = await store(pictureKey(taskId, 'png', attempt), 'image/png');
      return { ...blob, facts: picture, ...same };
    },
    async fetchVideo(address, { taskId, attempt, orientation }, quoted) {
      if (quoted?.storageKey) await storage.getFile(quoted.storageKey, '');
      const facts = quoted?.storageKey ? quoted.facts : await fetchClip(address);
      refuseLength(facts.durationMs, orientation);
      const same = quoted?.facts.durationMs === facts.durationMs ? { isProbeReused: true } : {};
      const blob = await store(clipKey(taskId, 'mp4', attempt), 'video/mp4');
      return { ...blob, facts, ...same };
    },
    async quoteImage(address, { quoteId }) {
      await fetchFrom(address, () => undefined);
      const { storageKey, sizeBytes, sha256 } = await store(
        pictureKey(quoteId, 'png'),
        'image/png',
      );
      return { storageKey, sizeBytes, sha256, facts: picture, parts: [] };
    },
    /** Every other clip is only read in part, so another one may stand there later. */
    async quoteVideo(address, { quoteId, orientation }): Promise<QuotedVideo> {
      const facts = await fetchClip(address);
      refuseLength(facts.durationMs, orientation);
      if (hashText(address) % 2 === 0) return { ...unstored, facts };
      const { storageKey, sizeBytes, sha256 } = await store(clipKey(quoteId, 'mp4'), 'video/mp4');
      return { storageKey, sizeBytes, sha256, facts, parts: [] };
    },
  };
}

function describeClip(world: World, address: string): VideoFacts {
  const [firstMs = 0, laterMs = 0] = lengthsAt(address);
  const changesAtMs = Number(new URL(address).searchParams.get('at'));
  return {
    durationMs: world.nowMs() < changesAtMs ? firstMs : laterMs,
    width: 720,
    height: 1280,
    fps: 30,
    videoCodec: 'avc',
    audioCodec: null,
    rotation: 0,
    sizeBytes: SIZE_BYTES,
    container: 'mp4',
  };
}

function refuseLength(durationMs: number, orientation: 'image' | 'video'): void {
  const seen = Math.round(durationMs / 100) / 10;
  const [min, max] = [LIMITS_MS.min / 1_000, LIMITS_MS[orientation] / 1_000];
  const values = { seen, min, max, orientation };
  if (seen < min) throw new AppError('reference_too_short', values);
  if (seen > max) throw new AppError('reference_too_long', values);
}
