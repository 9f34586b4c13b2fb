/** What can be asked of the list of tasks, and the page that answers. */

import { z } from 'zod';
import { video } from '../get-video/schema.ts';

const LIMIT_DEFAULT = 20;
const LIMIT_MAX = 100;
const ID_CHARS_MAX = 64;
const IDS_MAX = 100;

export const listVideosQuery = z
  .strictObject({
    limit: z.coerce
      .number()
      .int()
      .min(1)
      .max(LIMIT_MAX)
      .optional()
      .describe(`Tasks on one page, 1 to ${LIMIT_MAX}; ${LIMIT_DEFAULT} unless given.`),
    after: z
      .string()
      .min(1)
      .max(ID_CHARS_MAX)
      .optional()
      .describe('`last_id` of the page before; the page begins after it.'),
    status: z
      .enum(['queued', 'in_progress', 'completed', 'failed', 'cancelled'])
      .optional()
      .describe('Only tasks of this status.'),
    ids: z
      .string()
      .min(1)
      .transform((text) => text.split(','))
      .refine((ids) => ids.length <= IDS_MAX, {
        error: `must have at most ${IDS_MAX} ids`,
        abort: true,
      })
      .refine((ids) => ids.every((id) => id.length > 0 && id.length <= ID_CHARS_MAX), {
        error: 'must be ids of tasks with commas between them',
      })
      .optional()
      .meta({
        description:
          `Follows up to ${IDS_MAX} tasks with one request, in this order and without pages; ids ` +
          'that the account does not have are left out.',
      }),
  })
  .refine(({ ids, ...others }) => !ids || Object.values(others).every((one) => one === undefined), {
    path: ['ids'],
    error: 'must stand alone, without limit, after and status',
  })
  .transform((query) => ({ ...query, limit: query.limit ?? LIMIT_DEFAULT }));

export const videoList = z
  .object({
    object: z.literal('list'),
    data: z.array(video),
    has_more: z.boolean(),
    first_id: z.string().nullable(),
    last_id: z.string().nullable().describe('Send it as `after` for the next page.'),
  })
  .meta({ id: 'VideoList' });
