/** The rows of the database as TypeScript sees them; `migrations/` is the truth. */

export type Tables = Record<string, never>;
