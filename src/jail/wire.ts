/** What a jail and its child say to each other. */

import { z } from 'zod';

/** What the parent says is our own, so it is not checked. */
export type ToInmate =
  | { type: 'job'; job: unknown }
  /** The bytes of a read come behind it. */
  | { type: 'bytes'; id: number }
  | { type: 'refused'; id: number };

/** What the child says may be anything. */
export const FromInmate = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({
    type: z.literal('read'),
    id: z.int(),
    start: z.int().nonnegative(),
    end: z.int().nonnegative(),
  }),
  z.object({ type: z.literal('answer'), answer: z.unknown() }),
  z.object({ type: z.literal('threw'), message: z.string() }),
]);
export type FromInmate = z.infer<typeof FromInmate>;
