/** `GET /v1/models`: what can be asked for, and what a second of it costs. */

import { z } from 'zod';
import { formatDollars } from '../../../billing/money.ts';
import { requireCaller } from '../../auth.ts';
import type { AddRoute } from '../../context.ts';
import { errorAnswers, needsKey } from '../answers.ts';
import { MODEL } from '../create-generation/schema.ts';

const MILLISECONDS_PER_SECOND = 1000n;
/** When the contract of the model was taken over, in seconds since 1970. */
const MODEL_CREATED_AT = 1_767_225_600;

const model = z
  .object({
    id: z.string(),
    object: z.literal('model'),
    created: z.int(),
    owned_by: z.string(),
    modes: z.array(z.object({ mode: z.string(), usd_per_second: z.string() })),
    reference_seconds: z.object({
      min: z.number(),
      max_image: z.number(),
      max_video: z.number(),
    }),
  })
  .meta({ id: 'Model' });

const modelList = z
  .object({ object: z.literal('list'), data: z.array(model) })
  .meta({ id: 'ModelList' });

export const addListModelsRoute: AddRoute = (app, context) => {
  const { rateNanosPerMs, billableMsMin, billableMsMax } = context.billing.prices;
  const usdPerSecond = (mode: 'std' | 'pro'): string =>
    formatDollars(rateNanosPerMs[mode] * MILLISECONDS_PER_SECOND);
  const toSeconds = (ms: number): number => ms / Number(MILLISECONDS_PER_SECOND);

  app.route({
    method: 'GET',
    url: '/v1/models',
    onRequest: requireCaller(context),
    schema: {
      operationId: 'listModels',
      summary: 'List models and prices',
      tags: ['account'],
      security: needsKey,
      response: { 200: modelList, ...errorAnswers },
    },
    handler: async () => ({
      object: 'list' as const,
      data: [
        {
          id: MODEL,
          object: 'model' as const,
          created: MODEL_CREATED_AT,
          owned_by: 'understudy',
          modes: [
            { mode: 'std', usd_per_second: usdPerSecond('std') },
            { mode: 'pro', usd_per_second: usdPerSecond('pro') },
          ],
          reference_seconds: {
            min: toSeconds(billableMsMin),
            max_image: toSeconds(billableMsMax.image),
            max_video: toSeconds(billableMsMax.video),
          },
        },
      ],
    }),
  });
};
