/** `understudy key create|list|revoke`: the keys that customers send. */

import { z } from 'zod';
import { type apiKey, apiKeyList, showKey } from '../http/routes/admin-keys/route.ts';
import { findAccountId } from '../http/routes/find-account.ts';
import type { Books } from '../main.ts';
import { doAdminWork } from './admin.ts';
import {
  type Command,
  EXIT_FAILED,
  EXIT_OK,
  type Io,
  readArguments,
  UsageError,
} from './command.ts';

const HELP = `Usage: understudy key create [--name <name>] [--account <id>] [--json]
       understudy key list [--json]
       understudy key revoke <key id>

create  makes a key and shows it once
list    shows every key by its beginning, never the key itself
revoke  refuses the key from now on

--name <name>    what to remember the key by (default: key)
--account <id>   needed only when there are several accounts
--json           prints JSON, {"key":"…"} for a new key

Works while the service runs and while it does not.`;

const MILLISECONDS_PER_SECOND = 1000;

const newKey = z.object({ key: z.string() });

export const keyCommand: Command = {
  name: 'key',
  summary: 'create, list or revoke API keys',
  help: HELP,
  async run(args, io) {
    const [action, ...rest] = args;
    if (action === 'create') return await createKey(rest, io);
    if (action === 'list') return await listKeys(rest, io);
    if (action === 'revoke') return await revokeKey(rest, io);
    throw new UsageError(`the action must be create, list or revoke, not "${action ?? ''}"`);
  },
};

async function createKey(args: string[], io: Io): Promise<number> {
  const options = {
    name: { type: 'string', default: 'key' },
    account: { type: 'string' },
    json: { type: 'boolean', default: false },
  } as const;
  const { values } = readArguments(args, { options, names: [] });
  const { name, account } = values;
  const { key } = await doAdminWork(io.readConfig(), {
    request: {
      method: 'POST',
      path: '/admin/keys',
      body: { name, ...(account === undefined ? {} : { account_id: account }) },
    },
    read: (answer) => newKey.parse(answer),
    direct: (books, firstKey) => makeKey(books, firstKey, { name, account }),
  });
  if (values.json) io.out(JSON.stringify({ key }));
  else {
    io.out(key);
    io.err('The key is shown this once.');
  }
  return EXIT_OK;
}

/** On the very first start there is already a key, which nobody has seen yet. */
async function makeKey(
  { accounts }: Books,
  firstKey: string | null,
  { name, account }: { name: string; account: string | undefined },
): Promise<{ key: string }> {
  if (firstKey !== null && account === undefined) return { key: firstKey };
  return await accounts.createKey(await findAccountId(accounts, account), name);
}

async function listKeys(args: string[], io: Io): Promise<number> {
  const options = { json: { type: 'boolean', default: false } } as const;
  const { values } = readArguments(args, { options, names: [] });
  const { data } = await doAdminWork(io.readConfig(), {
    request: { method: 'GET', path: '/admin/keys' },
    read: (answer) => apiKeyList.parse(answer),
    direct: async ({ accounts }) => ({
      object: 'list' as const,
      data: (await accounts.listKeys()).map(showKey),
    }),
  });
  if (values.json) io.out(JSON.stringify(data));
  else for (const line of data) io.out(describeKey(line));
  return EXIT_OK;
}

async function revokeKey(args: string[], io: Io): Promise<number> {
  const { named } = readArguments(args, { options: {}, names: ['key id'] });
  const id = named['key id'];
  const isKnown = await doAdminWork(io.readConfig(), {
    request: { method: 'DELETE', path: `/admin/keys/${encodeURIComponent(id)}` },
    read: () => true,
    direct: ({ accounts }) => accounts.revokeKey(id),
  });
  io.err(isKnown ? `${id} is revoked.` : `There is no key "${id}".`);
  return isKnown ? EXIT_OK : EXIT_FAILED;
}

function describeKey(key: z.output<typeof apiKey>): string {
  const made = new Date(key.created_at * MILLISECONDS_PER_SECOND).toISOString().slice(0, 10);
  const state = key.revoked_at === null ? 'active ' : 'revoked';
  return `${key.id}  ${key.prefix}…  ${state}  ${made}  ${key.account_id}  ${key.name}`;
}
