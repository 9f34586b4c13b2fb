/**
 * Accounts and their API keys: a key's secret is shown once, stored as a hash, and refused from the
 * moment it is revoked.
 */

import { createHash, timingSafeEqual } from 'node:crypto';
import { type Selectable, type SqlBool, sql } from 'kysely';
import type { Ledger } from '../billing/ledger.ts';
import type { Database, Queryable } from '../db/database.ts';
import { LOCKS } from '../db/locks.ts';
import type { AccountTable, ApiKeyTable } from '../db/tables.ts';
import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import { type NewId, randomBase58 } from '../kernel/ids.ts';

export type Role = 'customer' | 'admin';

export type Caller = { accountId: string; keyId: string; role: Role };

export type ApiKey = {
  id: string;
  accountId: string;
  name: string;
  role: Role;
  /** The public first part of the key, enough to recognise it. */
  prefix: string;
  createdAt: Date;
  revokedAt: Date | null;
};

/** The only time the whole key exists outside its owner's hands. */
export type NewApiKey = ApiKey & { key: string };

export type Account = { id: string; name: string; createdAt: Date };

export type Accounts = {
  /** Who the key belongs to, or null when there is no such key or it was revoked. */
  findCallerByKey(key: string): Promise<Caller | null>;
  createAccount(name: string): Promise<Account>;
  findAccount(id: string): Promise<Account | null>;
  /**
   * The oldest first, after the one that is named. Throws `invalid_request` for an `after` that is
   * not there.
   */
  listAccounts(page: { limit: number; after: string | null }): Promise<Account[]>;
  /** Throws `invalid_request` when there is no such account. @default role: `customer` */
  createKey(accountId: string, name: string, role?: Role): Promise<NewApiKey>;
  /** Newest first, revoked ones included. */
  listKeys(accountId?: string): Promise<ApiKey[]>;
  /** True when the key exists; revoking it twice is no error. */
  revokeKey(keyId: string): Promise<boolean>;
  /**
   * On the very first start: one account with its first deposit, if it gets one, and a key, in one
   * transaction. Null ever after.
   */
  ensureFirstAccount(): Promise<{ accountId: string; key: string } | null>;
};

export type AccountsOptions = {
  db: Database;
  ledger: Pick<Ledger, 'deposit'>;
  clock: Clock;
  newId: NewId;
  /** What the first account starts with. @default $10.00 */
  firstDepositNanos?: bigint;
};

const KEY_MARK = 'us_';
const PREFIX_CHARS = 8;
const KEY_PATTERN = /^us_[1-9A-HJ-NP-Za-km-z]{30}$/;
const FIRST_DEPOSIT_NANOS = 10_000_000_000n;
const FIRST_ACCOUNT_NAME = 'default';

export function createAccounts(options: AccountsOptions): Accounts {
  const { db, ledger, clock } = options;
  return {
    findCallerByKey: (key) => findCallerByKey(db, key),
    createAccount: (name) => insertAccount(db.kysely, options, name),
    findAccount: (id) => findAccount(db.kysely, id),
    listAccounts: (page) => listAccounts(db.kysely, page),
    createKey: (accountId, name, role = 'customer') =>
      db.transaction(async (tx) => {
        const account = await tx
          .selectFrom('account')
          .select('id')
          .where('id', '=', accountId)
          .executeTakeFirst();
        if (account) return await insertKey(tx, options, { accountId, name, role });
        throw new AppError('invalid_request', { reason: `There is no account "${accountId}".` });
      }),
    async listKeys(accountId) {
      const query = db.kysely.selectFrom('api_key').selectAll().orderBy('created_at', 'desc');
      const rows = await (accountId === undefined
        ? query
        : query.where('account_id', '=', accountId)
      ).execute();
      return rows.map(readKey);
    },
    async revokeKey(keyId) {
      const { numUpdatedRows } = await db.kysely
        .updateTable('api_key')
        .set((eb) => ({ revoked_at: eb.fn.coalesce('revoked_at', eb.val(new Date(clock.now()))) }))
        .where('id', '=', keyId)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    ensureFirstAccount: () =>
      db.transaction(async (tx) => {
        await tx
          .selectNoFrom((eb) =>
            eb.fn('pg_advisory_xact_lock', [eb.val(LOCKS.firstAccount)]).as('locked'),
          )
          .execute();
        const some = await tx.selectFrom('account').select('id').limit(1).executeTakeFirst();
        if (some) return null;
        const account = await insertAccount(tx, options, FIRST_ACCOUNT_NAME);
        const { key } = await insertKey(tx, options, {
          accountId: account.id,
          name: 'first key',
          role: 'customer',
        });
        const amountNanos = options.firstDepositNanos ?? FIRST_DEPOSIT_NANOS;
        const deposit = { accountId: account.id, amountNanos, reference: 'first start' };
        // Starting with nothing is allowed, while a deposit of nothing is refused.
        if (amountNanos > 0n) await ledger.deposit(tx, deposit);
        return { accountId: account.id, key };
      }),
  };
}

type AccountRow = Selectable<AccountTable>;
type Means = Pick<AccountsOptions, 'clock' | 'newId'>;

async function insertAccount(db: Queryable, means: Means, name: string): Promise<Account> {
  const account = { id: means.newId('account'), name, createdAt: new Date(means.clock.now()) };
  await db
    .insertInto('account')
    .values({ id: account.id, name, created_at: account.createdAt })
    .execute();
  return account;
}

async function findAccount(db: Queryable, id: string): Promise<Account | null> {
  const row = await selectAccounts(db).where('id', '=', id).executeTakeFirst();
  return row ? readAccount(row) : null;
}

async function listAccounts(
  db: Queryable,
  { limit, after }: { limit: number; after: string | null },
): Promise<Account[]> {
  let query = selectAccounts(db).orderBy('created_at').orderBy('id').limit(limit);
  if (after !== null) {
    const place = await findAccount(db, after);
    const reason = `"after" must be the id of an account, not "${after}".`;
    if (!place) throw new AppError('invalid_request', { reason }, { param: 'after' });
    query = query.where(
      sql<SqlBool>`(created_at, id) > (${place.createdAt}::timestamptz, ${after}::text)`,
    );
  }
  return (await query.execute()).map(readAccount);
}

function selectAccounts(db: Queryable) {
  return db.selectFrom('account').select(['id', 'name', 'created_at']);
}

function readAccount({ id, name, created_at }: Pick<AccountRow, 'id' | 'name' | 'created_at'>) {
  return { id, name, createdAt: created_at };
}

async function insertKey(
  db: Queryable,
  means: Means,
  { accountId, name, role }: { accountId: string; name: string; role: Role },
): Promise<NewApiKey> {
  const key = `${KEY_MARK}${randomBase58().slice(-PREFIX_CHARS)}${randomBase58()}`;
  const row = {
    id: means.newId('key'),
    account_id: accountId,
    name,
    role,
    prefix: prefixOf(key),
    hash: hashKey(key),
    created_at: new Date(means.clock.now()),
    revoked_at: null,
  };
  await db.insertInto('api_key').values(row).execute();
  return { ...readKey(row), key };
}

/**
 * Looks the key up by its public prefix and compares the hash in constant time, so that timing
 * tells nothing of the secret.
 */
async function findCallerByKey(db: Database, key: string): Promise<Caller | null> {
  if (!KEY_PATTERN.test(key)) return null;
  const row = await db.kysely
    .selectFrom('api_key')
    .select(['id', 'account_id', 'role', 'hash'])
    .where('prefix', '=', prefixOf(key))
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  if (!row || !timingSafeEqual(row.hash, hashKey(key))) return null;
  return { accountId: row.account_id, keyId: row.id, role: row.role };
}

function prefixOf(key: string): string {
  return key.slice(0, KEY_MARK.length + PREFIX_CHARS);
}

/** A plain hash is enough: the secret has 128 random bits, so there is nothing to guess. */
function hashKey(key: string): Uint8Array {
  return createHash('sha256').update(key).digest();
}

function readKey(row: Selectable<ApiKeyTable>): ApiKey {
  return {
    id: row.id,
    accountId: row.account_id,
    name: row.name,
    role: row.role,
    prefix: row.prefix,
    createdAt: row.created_at,
    revokedAt: row.revoked_at,
  };
}
