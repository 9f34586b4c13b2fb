/** `GET /admin/audit`: reads all of the ledger and all tasks, and names every broken promise. */

import { z } from 'zod';
import { requireAdmin } from '../../auth.ts';
import type { AddRoute } from '../../context.ts';
import { errorAnswers, needsAdminKey } from '../answers.ts';

export const audit = z
  .object({
    object: z.literal('audit'),
    in_order: z.boolean(),
    violations: z.array(
      z.object({ invariant: z.string(), subject: z.string(), detail: z.string() }),
    ),
  })
  .meta({ id: 'Audit' });

export const addAdminAuditRoute: AddRoute = (app, context) => {
  app.route({
    method: 'GET',
    url: '/admin/audit',
    onRequest: requireAdmin(context),
    schema: {
      operationId: 'auditBooks',
      summary: 'Check every promise of the ledger',
      tags: ['admin'],
      security: needsAdminKey,
      response: { 200: audit, ...errorAnswers },
    },
    handler: async (_request, reply) => {
      const violations = await context.tasks.audit();
      reply.header('cache-control', 'no-store');
      return { object: 'audit' as const, in_order: violations.length === 0, violations };
    },
  });
};
