/**
 * `/admin/keys`: the operator makes, lists and revokes keys. A key's secret is in one answer only,
 * that of its making.
 */

import { z } from 'zod';
import type { ApiKey } from '../../../accounts/accounts.ts';
import { AppError } from '../../../kernel/errors.ts';
import { requireAdmin } from '../../auth.ts';
import type { AddRoute } from '../../context.ts';
import { errorAnswers, needsAdminKey } from '../answers.ts';
import { findAccountId } from '../find-account.ts';

const NAME_CHARS_MAX = 100;
const MILLISECONDS_PER_SECOND = 1000;

const keyFacts = {
  id: z.string(),
  account_id: z.string(),
  name: z.string(),
  prefix: z.string(),
  created_at: z.int(),
  revoked_at: z.int().nullable(),
};
export const apiKey = z.object(keyFacts).meta({ id: 'ApiKey' });
const newApiKey = z.object({ key: z.string(), ...keyFacts }).meta({ id: 'NewApiKey' });
export const apiKeyList = z
  .object({ object: z.literal('list'), data: z.array(apiKey) })
  .meta({ id: 'ApiKeyList' });
const createKeyBody = z
  .strictObject({
    name: z.string().min(1).max(NAME_CHARS_MAX).default('key'),
    account_id: z.string().optional().describe('Needed only when there are several accounts.'),
  })
  .meta({ id: 'CreateApiKey' });

const described = { tags: ['admin'], security: needsAdminKey };

export const addAdminKeysRoutes: AddRoute = (app, context) => {
  const { accounts } = context;
  const onRequest = requireAdmin(context);

  app.route({
    method: 'POST',
    url: '/admin/keys',
    onRequest,
    schema: {
      operationId: 'createKey',
      summary: 'Make a key',
      ...described,
      body: createKeyBody,
      response: { 200: newApiKey, ...errorAnswers },
    },
    handler: async (request, reply) => {
      const accountId = await findAccountId(accounts, request.body.account_id);
      const created = await accounts.createKey(accountId, request.body.name);
      reply.header('cache-control', 'no-store');
      return { key: created.key, ...showKey(created) };
    },
  });

  app.route({
    method: 'GET',
    url: '/admin/keys',
    onRequest,
    schema: {
      operationId: 'listKeys',
      summary: 'List keys',
      ...described,
      response: { 200: apiKeyList, ...errorAnswers },
    },
    handler: async () => ({
      object: 'list' as const,
      data: (await accounts.listKeys()).map(showKey),
    }),
  });

  app.route({
    method: 'DELETE',
    url: '/admin/keys/:key_id',
    onRequest,
    schema: {
      operationId: 'revokeKey',
      summary: 'Revoke a key at once',
      ...described,
      params: z.object({ key_id: z.string() }),
      response: { 200: z.object({ id: z.string(), revoked: z.literal(true) }), ...errorAnswers },
    },
    handler: async (request) => {
      const { key_id: id } = request.params;
      if (!(await accounts.revokeKey(id))) {
        const reason = `There is no key "${id}".`;
        throw new AppError('invalid_request', { reason }, { param: 'key_id' });
      }
      return { id, revoked: true as const };
    },
  });
};

/** What is told of a key, whoever asks; never its secret. */
export function showKey(key: ApiKey): z.output<typeof apiKey> {
  const toSeconds = (date: Date): number => Math.floor(date.getTime() / MILLISECONDS_PER_SECOND);
  return {
    id: key.id,
    account_id: key.accountId,
    name: key.name,
    prefix: key.prefix,
    created_at: toSeconds(key.createdAt),
    revoked_at: key.revokedAt ? toSeconds(key.revokedAt) : null,
  };
}
