/** `understudy credit`: puts money on an account. */

import { z } from 'zod';
import { formatDollars, parseDollars } from '../billing/money.ts';
import { findAccountId } from '../http/routes/find-account.ts';
import { newId } from '../kernel/ids.ts';
import { doAdminWork } from './admin.ts';
import { type Command, EXIT_OK, readArguments, UsageError } from './command.ts';

const HELP = `Usage: understudy credit <account> <amount> [--reference <text>] [--json]

Adds dollars to an account, for example: understudy credit acct_… 25.00
"default" as the account means the only one there is.

--reference <text>  the same reference adds its amount once, however often it is sent
--json              prints JSON

Works while the service runs and while it does not.`;

const credited = z.object({
  account_id: z.string(),
  available_usd: z.string(),
  is_repeat: z.boolean(),
});

export const creditCommand: Command = {
  name: 'credit',
  summary: 'add money to an account',
  help: HELP,
  async run(args, io) {
    const options = {
      reference: { type: 'string' },
      json: { type: 'boolean', default: false },
    } as const;
    const { values, named } = readArguments(args, { options, names: ['account', 'amount'] });
    const account = named.account === 'default' ? undefined : named.account;
    const amountNanos = parseDollars(named.amount);
    if (amountNanos <= 0n) throw new UsageError('the amount must be more than zero');
    const reference = values.reference ?? newId('transfer');
    const done = await doAdminWork(io.readConfig(), {
      request: {
        method: 'POST',
        path: '/admin/credits',
        body: {
          amount_usd: named.amount,
          reference,
          ...(account === undefined ? {} : { account_id: account }),
        },
      },
      read: (answer) => credited.parse(answer),
      direct: async ({ accounts, billing }) => {
        const accountId = await findAccountId(accounts, account);
        const { isRepeat } = await billing.creditAccount(accountId, amountNanos, reference);
        const { availableNanos } = await billing.balanceOf(accountId);
        const available = formatDollars(availableNanos);
        return { account_id: accountId, available_usd: available, is_repeat: isRepeat };
      },
    });
    if (values.json) io.out(JSON.stringify(done));
    else io.out(describeCredit(done));
    return EXIT_OK;
  },
};

function describeCredit(done: z.output<typeof credited>): string {
  const what = done.is_repeat ? 'The reference was used before; nothing was added.' : 'Added.';
  return `${what} ${done.account_id} has $${done.available_usd} available.`;
}
