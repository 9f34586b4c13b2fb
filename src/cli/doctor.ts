/**
 * `understudy doctor`: tries each thing the service stands on, and says what to do about one that
 * does not hold.
 */

import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Config } from '../config.ts';
import type { Database } from '../db/database.ts';
import { readApplied } from '../db/dump/catalog.ts';
import { randomBase58 } from '../kernel/ids.ts';
import { createLog } from '../kernel/log.ts';
import { openBooks, openStorage } from '../main.ts';
import { isServiceRunning } from '../net/own-service.ts';
import { readServiceNote } from '../net/service-file.ts';
import { checkLedger } from './check-ledger.ts';
import { type Command, EXIT_FAILED, EXIT_OK, readArguments } from './command.ts';
import { explainError } from './explain-error.ts';

const HELP = `Usage: understudy doctor [--ledger]

Tries what the service needs: Node, the configuration, the data folder, the database, the storage and the engine's
networks. Only DATA_DIR is made when it is missing. The exit code is 1 when something does not hold.

--ledger  checks every promise of the ledger instead, and names each that is broken with its account, transfer,
          hold or task; reads all of it, while the service runs and while it does not`;

const NODE_MAJOR = 24;

type Check = {
  name: string;
  /** What to do when it fails. */
  advice: string;
  /** @returns a few words about what was found; throws when it does not hold. */
  examine(config: Config): Promise<string>;
};

const CHECKS: readonly Check[] = [
  {
    name: 'data folder',
    advice: 'Give this user the right to write there, or set DATA_DIR to another folder.',
    examine: examineDataFolder,
  },
  {
    name: 'database',
    advice: 'Check DATABASE_URL, or stop the other process that uses this DATA_DIR.',
    examine: examineDatabase,
  },
  {
    name: 'storage',
    advice: 'Check the S3_ keys and the rights of their user, or the free space of DATA_DIR.',
    examine: examineStorage,
  },
  {
    name: 'engine',
    advice: 'Run "npm ci" again; the networks are files of the installed packages.',
    examine: examineEngine,
  },
];

export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'try everything the service stands on',
  help: HELP,
  async run(args, io) {
    const options = { ledger: { type: 'boolean', default: false } } as const;
    const { values } = readArguments(args, { options, names: [] });
    if (values.ledger) return await checkLedger(io.readConfig(), io);
    const isNodeRight = Number(process.versions.node.split('.')[0]) >= NODE_MAJOR;
    io.out(`${isNodeRight ? 'ok  ' : 'FAIL'}  node: ${process.version}`);
    if (!isNodeRight)
      io.out(`      Start it with bin/understudy.mjs, which finds Node ${NODE_MAJOR}.`);
    // A configuration that cannot be read ends the command with all of its problems.
    const config = io.readConfig();
    io.out('ok    configuration: every value is good');
    let failures = isNodeRight ? 0 : 1;
    for (const { name, advice, examine } of CHECKS) {
      try {
        io.out(`ok    ${name}: ${await examine(config)}`);
      } catch (error) {
        failures += 1;
        io.out(`FAIL  ${name}: ${explainError(error).join(' ')}`);
        io.out(`      ${advice}`);
      }
    }
    return failures === 0 ? EXIT_OK : EXIT_FAILED;
  },
};

async function examineDataFolder({ dataDir }: Config): Promise<string> {
  await mkdir(dataDir, { recursive: true });
  const file = join(dataDir, `doctor-${randomBase58()}`);
  await writeFile(file, 'a file that may be removed');
  await rm(file);
  return `${resolve(dataDir)} can be written`;
}

async function examineDatabase(config: Config): Promise<string> {
  const note = await readServiceNote(config.dataDir);
  if (config.databaseUrl === null && note !== null && (await isServiceRunning(note))) {
    return `the service at ${note.url} uses it`;
  }
  const { db } = await openBooks(config, createLog('silent'));
  try {
    return await describeDatabase(db);
  } finally {
    await db.close();
  }
}

async function describeDatabase(db: Database): Promise<string> {
  const { rows: versions } = await db.executeSql('SHOW server_version');
  // What follows the number names the maker of the binaries.
  const version = String(versions[0]?.['server_version']).split(' ')[0];
  const applied = await readApplied(db.kysely);
  const kind = db.kind === 'pglite' ? 'the embedded one' : 'a server';
  return `${kind} opens (PostgreSQL ${version}); its ${applied.length} migrations are those of this version`;
}

async function examineStorage(config: Config): Promise<string> {
  const storage = await openStorage(config);
  const folder = await mkdtemp(join(tmpdir(), 'understudy-doctor-'));
  const key = `doctor/${randomBase58()}.json`;
  try {
    const bytes = randomBytes(1000);
    await writeFile(join(folder, 'bytes'), bytes);
    await storage.putFile(key, join(folder, 'bytes'), 'application/json');
    const read = await buffer(await storage.open(key));
    if (!read.equals(bytes)) throw new Error('what was stored did not come back the same');
    return config.s3 === null
      ? 'the local disk keeps files'
      : `the bucket ${config.s3.bucket} does`;
  } finally {
    await storage.delete(key);
    await rm(folder, { recursive: true });
  }
}

async function examineEngine(): Promise<string> {
  const { ENGINE_VERSION, openDetectors } = await import('@understudy/motion');
  const detectors = await openDetectors({ poseModel: 'lite' });
  detectors.close();
  return `version ${ENGINE_VERSION}, its networks load`;
}
