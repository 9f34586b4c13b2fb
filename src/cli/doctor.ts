/**
 * `understudy doctor`: tries each thing the service stands on, and says what to do about one that
 * does not hold.
 */

import type { Config } from '../config.ts';
import { checkLedger } from './check-ledger.ts';
import { checkStorage } from './check-storage.ts';
import { type Command, EXIT_FAILED, EXIT_OK, readArguments } from './command.ts';
import { type Check, type Found, formatFound, runCheck } from './doctor/check.ts';
import {
  examineClock,
  examineDatabase,
  examineDataFolder,
  examinePort,
  examineStorage,
} from './doctor/places.ts';
import { describeMachine, judgeSettings } from './doctor/settings.ts';
import { examineEngine, examineNative, examineRender } from './doctor/works.ts';

const HELP = `Usage: understudy doctor [--engine] [--ledger] [--storage]

Tries what the service needs: Node, the configuration, the clock, the data folder and its free space, the database,
the storage, the port, the native modules and the engine's networks; and warns of settings that are good by
themselves and unwise together. Only DATA_DIR is made when it is missing. The exit code is 1 when something does
not hold; a warning alone leaves it 0.

--engine  renders one second of the sample as well
--ledger  checks every promise of the ledger instead, and names each that is broken with its account, transfer,
          hold or task; reads all of it, while the service runs and while it does not
--storage compares the storage with the database instead: files without a row, and kept results whose file is gone;
          removes nothing; while the service runs and while it does not`;

const NODE_MAJOR = 24;

const CHECKS: readonly Check[] = [
  {
    name: 'clock',
    advice: 'Set it, preferably by NTP: deadlines and signed addresses depend on it.',
    examine: (config) => examineClock(config),
  },
  {
    name: 'data folder',
    advice:
      'Make room, give this user the right to write there, or set DATA_DIR to another folder.',
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
    name: 'port',
    advice: 'Stop what listens there, or set PORT and HOST to another place.',
    examine: examinePort,
  },
  {
    name: 'native modules',
    advice: 'Run "npm ci" again, with the optional packages, on this very system.',
    examine: examineNative,
  },
  {
    name: 'engine',
    advice: 'Run "npm ci" again; the networks are files of the installed packages.',
    examine: examineEngine,
  },
];

const RENDER: Check = {
  name: 'render',
  advice:
    'Run it with ENGINE_MEMORY_MB of memory free; if it happens again, report it with this text.',
  examine: examineRender,
};

export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'try everything the service stands on',
  help: HELP,
  async run(args, io) {
    const options = {
      engine: { type: 'boolean', default: false },
      ledger: { type: 'boolean', default: false },
      storage: { type: 'boolean', default: false },
    } as const;
    const { values } = readArguments(args, { options, names: [] });
    if (values.ledger) return await checkLedger(io.readConfig(), io);
    if (values.storage) return await checkStorage(io.readConfig(), io);
    const all: Found[] = [];
    const tell = (found: Found) => {
      all.push(found);
      for (const line of formatFound(found)) io.out(line);
    };
    tell(examineNode(process.version));
    // A configuration that cannot be read ends the command with all of its problems.
    const config = io.readConfig();
    for (const found of examineSettings(config)) tell(found);
    for (const check of values.engine ? [...CHECKS, RENDER] : CHECKS) {
      tell(await runCheck(check, config));
    }
    const count = (state: Found['state']) => all.filter((found) => found.state === state).length;
    io.out(`${count('ok')} ok, ${count('warn')} warn, ${count('FAIL')} fail`);
    return count('FAIL') === 0 ? EXIT_OK : EXIT_FAILED;
  },
};

function examineNode(version: string): Found {
  const isRight = Number(version.slice(1).split('.')[0]) >= NODE_MAJOR;
  const advice = `Start it with bin/understudy.mjs, which finds Node ${NODE_MAJOR}.`;
  return isRight
    ? { name: 'node', state: 'ok', seen: version, advice: null }
    : { name: 'node', state: 'FAIL', seen: version, advice };
}

function examineSettings(config: Config): Found[] {
  const unwise = judgeSettings(config, describeMachine());
  const read: Found = {
    name: 'configuration',
    state: 'ok',
    seen: 'every value is good',
    advice: null,
  };
  return [read, ...unwise];
}
