/**
 * One process of a service of many: everything is real but the engine, which takes a set time and
 * hands out the reference, and the probe. Its role is the first argument, the time of a render in
 * milliseconds the second; the environment configures the rest.
 */

import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import { readConfig } from '../../src/config.ts';
import type { Engine } from '../../src/engines/engine.ts';
import { createService } from '../../src/main.ts';
import { NODE_ROLES } from '../../src/nodes/nodes.ts';
import type { Probe } from '../../src/probe/probe.ts';

const [wantedRole = 'all', renderMs = '0'] = process.argv.slice(2);
const role = NODE_ROLES.find((known) => known === wantedRole) ?? 'all';
const CONCURRENCY = 4;
const DURATION_MS = 8_008;

const service = await createService(readConfig(), {
  role,
  engines: [createSlowEngine(Number(renderMs))],
  probe: createInstantProbe(),
  log: pino({ level: 'info' }, pino.destination({ fd: 1, sync: true })),
});
await service.start();
process.send?.({ url: service.url });
process.once('SIGTERM', async () => {
  await service.stop();
  process.exit(0);
});

function createSlowEngine(durationMs: number): Engine {
  const works = new Map<string, { path: string; isDone: boolean }>();
  return {
    name: 'slow',
    version: '1',
    capabilities: {
      modes: ['std', 'pro'],
      orientations: ['image', 'video'],
      nativeProgress: false,
    },
    isBoundToProcess: true,
    concurrency: CONCURRENCY,
    async start({ taskId, video }) {
      const work = { path: await video.openFile(), isDone: false };
      works.set(taskId, work);
      void pause(durationMs).then(() => {
        work.isDone = true;
      });
      return { taskId };
    },
    async check({ taskId }) {
      const work = works.get(String(taskId));
      if (!work) {
        const lost = { code: 'engine_crashed', values: { stage: 'rendering' } } as const;
        return { status: 'failed', ...lost, retryable: true, isLost: true };
      }
      if (!work.isDone) return { status: 'pending', progress: null, stage: 'rendering' };
      const facts = { width: 720, height: 1280, fps: 30, durationMs: DURATION_MS };
      return {
        status: 'completed',
        result: { kind: 'file', path: work.path, facts },
        warnings: [],
      };
    },
    listTasks: () => [...works.keys()],
    async cancelTask(taskId) {
      works.delete(taskId);
    },
    async cleanUp({ taskId }) {
      works.delete(String(taskId));
    },
  };
}

function createInstantProbe(): Probe {
  const image = {
    width: 720,
    height: 1280,
    format: 'png',
    hasAlpha: false,
    sizeBytes: 1_000,
  } as const;
  const video = {
    durationMs: DURATION_MS,
    width: 720,
    height: 1280,
    fps: 30,
    videoCodec: 'avc',
    audioCodec: null,
    hasSound: false,
    rotation: 0,
    sizeBytes: 2_000,
    container: 'mp4',
  } as const;
  return {
    probeImage: async () => image,
    probeImageFrom: async () => image,
    probeVideo: async () => video,
    probeVideoRanged: async () => video,
    async close() {},
  };
}
