/** `/admin/accounts`: the operator lists accounts and makes them; money and tasks are apart. */

import { z } from 'zod';
import type { Account } from '../../../accounts/accounts.ts';
import { requireAdmin } from '../../auth.ts';
import type { AddRoute } from '../../context.ts';
import { errorAnswers, needsAdminKey } from '../answers.ts';

const NAME_CHARS_MAX = 100;
const PAGE_MAX = 1_000;
const PAGE_DEFAULT = 100;
const MILLISECONDS_PER_SECOND = 1000;

export const account = z
  .object({ id: z.string(), name: z.string(), created_at: z.int() })
  .meta({ id: 'Account' });
export const accountList = z
  .object({ object: z.literal('list'), data: z.array(account), has_more: z.boolean() })
  .meta({ id: 'AccountList' });
const createAccountBody = z
  .strictObject({ name: z.string().min(1).max(NAME_CHARS_MAX) })
  .meta({ id: 'CreateAccount' });
const listQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_DEFAULT),
  after: z.string().optional().describe('The last account of the page before.'),
});

const described = { tags: ['admin'], security: needsAdminKey };

export const addAdminAccountsRoutes: AddRoute = (app, context) => {
  const { accounts } = context;
  const onRequest = requireAdmin(context);

  app.route({
    method: 'POST',
    url: '/admin/accounts',
    onRequest,
    schema: {
      operationId: 'createAccount',
      summary: 'Make an account',
      ...described,
      body: createAccountBody,
      response: { 200: account, ...errorAnswers },
    },
    handler: async ({ body }) => showAccount(await accounts.createAccount(body.name)),
  });

  app.route({
    method: 'GET',
    url: '/admin/accounts',
    onRequest,
    schema: {
      operationId: 'listAccounts',
      summary: 'List accounts, the oldest first',
      ...described,
      querystring: listQuery,
      response: { 200: accountList, ...errorAnswers },
    },
    handler: async ({ query: { limit, after = null } }) => {
      const found = await accounts.listAccounts({ limit: limit + 1, after });
      const data = found.slice(0, limit).map(showAccount);
      return { object: 'list' as const, data, has_more: found.length > limit };
    },
  });
};

/** What is told of an account, whoever asks. */
export function showAccount({ id, name, createdAt }: Account): z.output<typeof account> {
  return { id, name, created_at: Math.floor(createdAt.getTime() / MILLISECONDS_PER_SECOND) };
}
