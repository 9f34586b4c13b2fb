/** Accounts and their API keys: a key's secret is shown once, stored as a hash, and refused from the moment it is revoked. */

import type { Database } from '../db/database.ts';
import type { Clock } from '../kernel/clock.ts';
import type { NewId } from '../kernel/ids.ts';

export type Role = 'customer' | 'admin';

export type Caller = { accountId: string; keyId: string; role: Role };

export type ApiKey = {
  id: string;
  accountId: string;
  name: string;
  /** The public first part of the key, enough to recognise it. */
  prefix: string;
  role: Role;
  createdAt: Date;
  revokedAt: Date | null;
};

/** The only time the whole key exists outside the caller's hands. */
export type NewApiKey = ApiKey & { key: string };

export type Account = { id: string; name: string; createdAt: Date };

export type Accounts = {
  /** Who the key belongs to, or null when there is no such key or it was revoked. */
  findCallerByKey(key: string): Promise<Caller | null>;
  createAccount(name: string): Promise<Account>;
  listAccounts(): Promise<Account[]>;
  createKey(accountId: string, name: string): Promise<NewApiKey>;
  listKeys(accountId?: string): Promise<ApiKey[]>;
  /** True when the key existed; revoking twice is no error. */
  revokeKey(keyId: string): Promise<boolean>;
  /** On the very first start: one account with a deposit and a key, in one transaction. Null ever after. */
  ensureFirstAccount(): Promise<{ accountId: string; key: string } | null>;
};

export type AccountsOptions = {
  db: Database;
  clock: Clock;
  newId: NewId;
  /** Puts the first deposit on the first account, within the transaction that creates it. */
  deposit: import('../billing/ledger.ts').Ledger['deposit'];
};

export declare function createAccounts(options: AccountsOptions): Accounts;
