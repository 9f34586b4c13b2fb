/** `understudy account create|list`: whose money and tasks are kept apart. */

import { accountList, showAccount, account as shown } from '../http/routes/admin-accounts/route.ts';
import { doAdminWork } from './admin.ts';
import { type Command, EXIT_OK, type Io, readArguments, UsageError } from './command.ts';

const LISTED_MAX = 1_000;

const HELP = `Usage: understudy account create <name> [--json]
       understudy account list [--json]

create  makes an account without money and keys, and shows its id
list    shows the oldest ${LISTED_MAX} accounts

Give it a key with "understudy key create --account <id>", and money with "understudy credit <id> <dollars>".
Works while the service runs and while it does not.`;

const JSON_OPTION = { json: { type: 'boolean', default: false } } as const;

export const accountCommand: Command = {
  name: 'account',
  summary: 'create or list accounts',
  help: HELP,
  async run(args, io) {
    const [action, ...rest] = args;
    if (action === 'create') return await createAccount(rest, io);
    if (action === 'list') return await listAccounts(rest, io);
    throw new UsageError(`the action must be create or list, not "${action ?? ''}"`);
  },
};

async function createAccount(args: string[], io: Io): Promise<number> {
  const { values, named } = readArguments(args, { options: JSON_OPTION, names: ['name'] });
  const made = await doAdminWork(io.readConfig(), {
    request: { method: 'POST', path: '/admin/accounts', body: { name: named.name } },
    read: (answer) => shown.parse(answer),
    direct: async ({ accounts }) => showAccount(await accounts.createAccount(named.name)),
  });
  io.out(values.json ? JSON.stringify(made) : made.id);
  return EXIT_OK;
}

async function listAccounts(args: string[], io: Io): Promise<number> {
  const { values } = readArguments(args, { options: JSON_OPTION, names: [] });
  const { data } = await doAdminWork(io.readConfig(), {
    request: { method: 'GET', path: `/admin/accounts?limit=${LISTED_MAX}` },
    read: (answer) => accountList.pick({ data: true }).parse(answer),
    direct: async ({ accounts }) => ({
      data: (await accounts.listAccounts({ limit: LISTED_MAX, after: null })).map(showAccount),
    }),
  });
  if (values.json) io.out(JSON.stringify(data));
  else for (const { id, name } of data) io.out(`${id}  ${name}`);
  return EXIT_OK;
}
