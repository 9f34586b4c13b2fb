/**
 * The advisory locks of the service, in one place, so that no two of them are the same by mistake
 * and wait for each other. Any numbers will do that nobody else takes on this database.
 */
export const LOCKS = {
  /** Migrations of nodes that start together. */
  migration: 7_305_201,
  /** Tables that libraries make for themselves. */
  setup: 7_305_202,
  /** With the account: whatever counts or compares its uploads. */
  uploadsOfAccount: 7_305_203,
  /** With the account: its places among the quotes under way. */
  quotesOfAccount: 7_305_204,
  /** The slots of engines and accounts. */
  start: 7_305_205,
  /** The account that the first start makes. */
  firstAccount: 7_305_206,
} as const;
