/** Entry of the command line: connects the commands to this process. */

import { readConfig } from '../config.ts';
import type { Io } from './command.ts';
import { StoppedError } from './explain-error.ts';
import { createProgressBar } from './progress-bar.ts';
import { runCli } from './run.ts';

const io: Io = {
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
  createProgressBar: () => createProgressBar(process.stderr),
  stopSignal: () => {
    const stop = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => stop.abort(new StoppedError(signal)));
    }
    return stop.signal;
  },
  readConfig: () => readConfig(),
};

// Whoever reads may have read enough, as `head` has after a line; the work goes on all the same.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

// A launcher that was killed could not pass a signal on, so a command stops when its launcher is
// gone.
process.channel?.unref();
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));

process.exitCode = await runCli(process.argv.slice(2), io);
