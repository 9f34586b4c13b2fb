/**
 * Finds the command that is asked for, runs it, and turns what goes wrong into a sentence and an
 * exit code.
 */

import { VERSION } from '../kernel/version.ts';
import { accountCommand } from './account.ts';
import { animateCommand } from './animate.ts';
import { backupCommand } from './backup.ts';
import { type Command, EXIT_FAILED, EXIT_OK, EXIT_USAGE, type Io, UsageError } from './command.ts';
import { creditCommand } from './credit.ts';
import { dbCommand } from './db.ts';
import { doctorCommand } from './doctor.ts';
import { explainError } from './explain-error.ts';
import { keyCommand } from './key.ts';
import { probeCommand } from './probe.ts';
import { renderCommand } from './render.ts';
import { restoreCommand } from './restore.ts';
import { rigCommand } from './rig.ts';
import { scoreCommand } from './score.ts';
import { serveCommand } from './serve.ts';
import { storageCommand } from './storage.ts';
import { trackCommand } from './track.ts';

const COMMANDS: readonly Command[] = [
  serveCommand,
  animateCommand,
  trackCommand,
  rigCommand,
  renderCommand,
  scoreCommand,
  probeCommand,
  accountCommand,
  keyCommand,
  creditCommand,
  backupCommand,
  restoreCommand,
  dbCommand,
  storageCommand,
  doctorCommand,
];

const HELP_FLAGS = ['--help', '-h', 'help'];

/** Exit codes: 0 done, 1 it failed, 2 it was called wrongly. */
export async function runCli(args: string[], io: Io): Promise<number> {
  const [name, ...rest] = args;
  if (name === '--version' || name === '-v') {
    io.out(VERSION);
    return EXIT_OK;
  }
  if (name === undefined || HELP_FLAGS.includes(name)) {
    io.out(describeAll());
    return name === undefined ? EXIT_USAGE : EXIT_OK;
  }
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command === undefined) {
    io.err(`There is no command "${name}". "understudy --help" lists them.`);
    return EXIT_USAGE;
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    io.out(command.help);
    return EXIT_OK;
  }
  return await runCommand(command, rest, io);
}

async function runCommand(command: Command, args: string[], io: Io): Promise<number> {
  try {
    return await command.run(args, io);
  } catch (error) {
    if (error instanceof UsageError) {
      io.err(`understudy ${command.name}: ${error.message}`);
      io.err(`"understudy ${command.name} --help" says how it is used.`);
      return EXIT_USAGE;
    }
    for (const line of explainError(error)) io.err(line);
    return EXIT_FAILED;
  }
}

function describeAll(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  const lines = COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    'understudy: a picture and a clip in, the picture performing the clip out.',
    '',
    'Usage: understudy <command> [options]',
    '',
    ...lines,
    '',
    '"understudy <command> --help" says more about one of them.',
  ].join('\n');
}
