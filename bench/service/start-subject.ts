/** The service under measure, as the bench sees it: an address, keys, and what it can be told. */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Pool } from 'undici';
import type { Measured } from './load.ts';
import type { Command, Ready, SubjectOptions } from './subject.ts';

export type Sample = { id: string; key: string };

export type Subject = {
  keys: string[];
  bare(kind: 'write' | 'read', clients: number, seconds: number): Promise<Measured>;
  fill(count: number): Promise<number>;
  endSubmitted(): Promise<number>;
  sample(count: number): Promise<Sample[]>;
  look(): Promise<{ metrics: number; sweep: number }>;
  /** Processor milliseconds of the service so far, the embedded database included. */
  cpuMs(): Promise<number>;
  /** Sends one request and answers its JSON. Rejects when the status is none of success. */
  call(path: string, key: string, body?: object): Promise<CallAnswer>;
  stop(): Promise<void>;
};

/** Of the many answers only what the bench reads. */
export type CallAnswer = {
  data?: { task_id?: string }[];
  usage?: { is_final?: boolean };
  status?: string;
};

const CONNECTIONS = 64;
const CHILD_FLAGS = ['--conditions=development', '--disable-warning=ExperimentalWarning'];

export async function startSubject(options: SubjectOptions): Promise<Subject> {
  const child = fork(join(import.meta.dirname, 'subject.ts'), [JSON.stringify(options)], {
    execArgv: CHILD_FLAGS,
  });
  const gone = once(child, 'exit').then(([code]) => {
    throw new Error(`the service under measure ended with ${code}`);
  });
  gone.catch(() => {});
  const [ready] = (await Promise.race([once(child, 'message'), gone])) as [Ready];
  const pool = new Pool(ready.url, { connections: CONNECTIONS, pipelining: 1 });
  const waiting = new Map<number, (result: unknown) => void>();
  let lastId = 0;
  child.on('message', ({ id, result }: { id: number; result: unknown }) => {
    waiting.get(id)?.(result);
    waiting.delete(id);
  });
  const tell = async <T>(command: Command): Promise<T> => {
    const id = ++lastId;
    const answer = new Promise((resolve) => waiting.set(id, resolve));
    child.send({ id, command });
    return (await Promise.race([answer, gone])) as T;
  };
  return {
    keys: ready.keys,
    bare: (kind, clients, seconds) => tell({ name: 'bare', kind, clients, seconds }),
    fill: (count) => tell({ name: 'fill', count }),
    endSubmitted: () => tell({ name: 'end' }),
    sample: (count) => tell({ name: 'sample', count }),
    look: () => tell({ name: 'look' }),
    cpuMs: () => tell({ name: 'cpu' }),
    async call(path, key, body) {
      const { statusCode, body: answer } = await pool.request({
        path,
        method: body ? 'POST' : 'GET',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: body ? JSON.stringify(body) : null,
      });
      const json = (await answer.json()) as CallAnswer;
      if (statusCode >= 300) throw new Error(`${path}: ${statusCode} ${JSON.stringify(json)}`);
      return json;
    },
    async stop() {
      await pool.close();
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
