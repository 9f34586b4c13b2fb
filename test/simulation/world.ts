/**
 * One thread of time for many simulated processes. Every call that leaves a process waits here
 * until the seed says that it is its turn, so an order of events is a function of the seed alone;
 * and a process can die, or stand still, at each of these calls.
 */

import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FaultKind, Faults } from './faults.ts';
import { hashText, type Random } from './random.ts';
import { createTimeline, type Timeline } from './timeline.ts';

/** A process of the simulation. */
export type Life = {
  name: string;
  isDead: boolean;
  /** Stands still until then, in milliseconds of the world. */
  pausedUntilMs: number;
  /** How far its clock is off, in milliseconds. */
  skewMs: number;
  /** What the rest of the world does when it dies, in order. */
  onDeath: (() => void | Promise<void>)[];
  /** The same for when it stops for a while. */
  onPause: (() => void | Promise<void>)[];
};

export type Call<T> = {
  /** What it is at the other end, for the log. */
  label: string;
  /** The task it is about, when the caller knows better than the actor. */
  subject?: string | null;
  /** How the process may die at it. */
  death: FaultKind;
  latencyMs: number;
  /** Whether the other end can take it now. @default always */
  isAllowed?(): boolean;
  action(): T | Promise<T>;
};

type Actor = { life: Life; subject: string };

type Parked = {
  actor: Actor;
  readyAtMs: number;
  call: Call<unknown>;
  resolve(value: unknown): void;
  reject(error: unknown): void;
};

export type World = {
  random: Random;
  faults: Faults;
  timeline: Timeline;
  /** Milliseconds since the beginning; never jumps. */
  nowMs(): number;
  /** What the clock on the wall of a process shows, in milliseconds since 1970. */
  wallMs(life: Life): number;
  jumpClocks(byMs: number): void;
  createLife(name: string): Life;
  kill(life: Life): Promise<void>;
  pause(life: Life, durationMs: number): Promise<void>;
  isRunning(life: Life): boolean;
  /** Runs work in a process; what it throws is a bug of the simulation or of what it simulates. */
  spawn(life: Life, subject: string, work: () => Promise<unknown>): void;
  /** The process that runs now, if any. */
  current(): Life | null;
  outside<T>(call: Call<T>): Promise<T>;
  sleep(life: Life, durationMs: number): Promise<void>;
  note(subject: string, text: string): void;
  logOf(subject: string): string[];
  /** Of everything that was noted, in order. */
  hash(): string;
  steps(): number;
  unexpected: unknown[];
  /** False when the time was over, or nothing was left to happen, before it was done. */
  runUntil(isDone: () => boolean, limitMs: number): Promise<boolean>;
};

const START_MS = Date.UTC(2026, 0, 1);
const PAUSE_MS = { min: 20_000, max: 150_000 };
const LOG_MAX = 2_000;

export function createWorld(random: Random, faults: Faults): World {
  const timeline = createTimeline();
  const actors = new AsyncLocalStorage<Actor | null>();
  const order = random.fork('order');
  const logs = new Map<string, string[]>();
  const unexpected: unknown[] = [];
  let parked: Parked[] = [];
  let nowMs = 0;
  let jumpedMs = 0;
  let steps = 0;
  let hash = 0;

  const note = (subject: string, text: string) => {
    const line = `${String(nowMs).padStart(8)} ${text}`;
    hash = (Math.imul(hash, 31) + hashText(`${subject} ${line}`)) | 0;
    const log = logs.get(subject) ?? [];
    logs.set(subject, log);
    if (log.length < LOG_MAX) log.push(line);
  };

  const isRunning = (life: Life) => !life.isDead && life.pausedUntilMs <= nowMs;
  const isReady = ({ actor, readyAtMs, call }: Parked) =>
    readyAtMs <= nowMs && isRunning(actor.life) && (call.isAllowed?.() ?? true);

  async function kill(life: Life): Promise<void> {
    if (life.isDead) return;
    life.isDead = true;
    parked = parked.filter(({ actor }) => actor.life !== life);
    for (const action of life.onDeath) await actors.run(null, action);
  }

  async function execute(item: Parked): Promise<void> {
    const { actor, call } = item;
    const { life } = actor;
    const subject = call.subject ?? actor.subject;
    steps += 1;
    const dies = faults.draw(call.death);
    if (dies && order.chance(0.5)) {
      note(subject, `${life.name} ✝ before ${call.label}`);
      return await kill(life);
    }
    const answer = await actors.run(null, () => settle(call));
    if (dies) {
      note(subject, `${life.name} ✝ after ${call.label}`);
      return await kill(life);
    }
    // What was done may have ended the process that asked for it.
    if (life.isDead) return;
    if (faults.draw('process stops for a while')) {
      await pause(life, order.integer(PAUSE_MS.min, PAUSE_MS.max));
    }
    note(subject, `${life.name} ${call.label}${answer.isOk ? '' : ` ! ${sayError(answer.error)}`}`);
    if (answer.isOk) item.resolve(answer.value);
    else item.reject(answer.error);
  }

  async function pause(life: Life, durationMs: number): Promise<void> {
    life.pausedUntilMs = nowMs + durationMs;
    note(life.name, `${life.name} stands still for ${durationMs} ms`);
    for (const action of life.onPause) await actors.run(null, action);
  }

  /** The next thing happens; false when there is nothing left. */
  async function step(limitMs: number): Promise<boolean> {
    const event = timeline.takeDue(nowMs);
    if (event) {
      await event();
      return true;
    }
    const ready = parked.filter(isReady);
    if (ready.length > 0) {
      const item = order.pick(ready);
      parked.splice(parked.indexOf(item), 1);
      await execute(item);
      return true;
    }
    const next = Math.min(
      timeline.nextMs(),
      ...parked.map(({ actor, readyAtMs }) => Math.max(readyAtMs, actor.life.pausedUntilMs)),
    );
    if (!Number.isFinite(next) || next > limitMs) return false;
    nowMs = Math.max(next, nowMs + 1);
    return true;
  }

  return {
    random,
    faults,
    timeline,
    unexpected,
    note,
    kill,
    pause,
    isRunning,
    nowMs: () => nowMs,
    wallMs: (life) => START_MS + nowMs + jumpedMs + life.skewMs,
    jumpClocks(byMs) {
      jumpedMs += byMs;
    },
    createLife: (name) => ({
      name,
      isDead: false,
      pausedUntilMs: 0,
      skewMs: 0,
      onDeath: [],
      onPause: [],
    }),
    current: () => actors.getStore()?.life ?? null,
    spawn(life, subject, work) {
      actors.run({ life, subject }, () => {
        work().catch((error: unknown) => {
          note(subject, `${life.name} did not expect ${sayError(error)}`);
          unexpected.push(error);
        });
      });
    },
    outside<T>(call: Call<T>): Promise<T> {
      const actor = actors.getStore();
      if (!actor) throw new Error(`nobody of the simulation asked for ${call.label}`);
      // A process that has died is never answered.
      if (actor.life.isDead) return new Promise(() => undefined);
      return new Promise<T>((resolve, reject) => {
        const readyAtMs = nowMs + call.latencyMs;
        parked.push({ actor, readyAtMs, call, resolve: (value) => resolve(value as T), reject });
      });
    },
    sleep: (life, durationMs) =>
      new Promise((resolve) => {
        timeline.at(nowMs + durationMs, () => {
          if (!life.isDead) resolve();
        });
      }),
    logOf: (subject) => logs.get(subject) ?? [],
    hash: () => (hash >>> 0).toString(16).padStart(8, '0'),
    steps: () => steps,
    async runUntil(isDone, limitMs) {
      for (;;) {
        // Whoever was answered goes on until he asks for something again.
        await nextTurn();
        if (isDone()) return true;
        if (nowMs > limitMs) return false;
        if (await step(limitMs)) continue;
        await nextTurn();
        if (!(await step(limitMs))) return false;
      }
    },
  };
}

type Answer = { isOk: true; value: unknown } | { isOk: false; error: unknown };

async function settle(call: Call<unknown>): Promise<Answer> {
  try {
    return { isOk: true, value: await call.action() };
  } catch (error) {
    return { isOk: false, error };
  }
}

function sayError(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
