/**
 * The child's side of a jail: takes one piece of work after another, reads what it needs through
 * its parent, and ends when its parent is gone.
 */

import { Socket } from 'node:net';
import { CHANNEL_DESCRIPTOR, readFrames, writeFrame } from './frames.ts';
import type { ToInmate } from './wire.ts';

/** Reads a part of the file that the work is about. */
export type ReadRange = (start: number, end: number) => Promise<Uint8Array>;

/** The parent sends only what it was asked for, and asks for no more than this itself. */
const FRAME_BYTES_MAX = 64 * 1024 * 1024;

/** Calls `work` for each job, one at a time; the parent is told the message of what it throws. */
export function serveJobs(work: (job: unknown, read: ReadRange) => Promise<unknown>): void {
  const stream = new Socket({ fd: CHANNEL_DESCRIPTOR, readable: true, writable: true });
  const reads = new Map<number, PromiseWithResolvers<Uint8Array>>();
  let readCount = 0;
  const read: ReadRange = (start, end) => {
    const pending = Promise.withResolvers<Uint8Array>();
    readCount += 1;
    reads.set(readCount, pending);
    writeFrame(stream, { type: 'read', id: readCount, start, end });
    return pending.promise;
  };
  const run = async (job: unknown) => {
    const reply = await work(job, read).then(
      (answer) => ({ type: 'answer', answer }),
      (error: unknown) => ({ type: 'threw', message: String(error) }),
    );
    reads.clear();
    writeFrame(stream, reply);
  };
  const take = ({ type, ...rest }: ToInmate, bytes: Buffer) => {
    if (type === 'job') void run('job' in rest ? rest.job : null);
    const pending = 'id' in rest ? reads.get(rest.id) : undefined;
    if ('id' in rest) reads.delete(rest.id);
    if (type === 'bytes') pending?.resolve(bytes);
    if (type === 'refused') pending?.reject(new Error('this part of the file cannot be read'));
  };
  readFrames({
    stream,
    frameBytesMax: FRAME_BYTES_MAX,
    onFrame: ({ message, bytes }) => take(message as ToInmate, bytes),
    onNonsense: () => process.exit(1),
  });
  stream.on('close', () => process.exit(0));
  writeFrame(stream, { type: 'ready' });
}
