/**
 * The HTTP application with nothing behind it: whatever gets past the door fails the test that sent
 * it.
 */

import { createTestClock } from '../../../test/fixtures/clock.ts';
import { silentLog } from '../../../test/fixtures/database.ts';
import type { Accounts } from '../../accounts/accounts.ts';
import type { Billing } from '../../billing/billing.ts';
import { DEFAULT_PRICES } from '../../billing/prices.ts';
import { newId } from '../../kernel/ids.ts';
import type { Storage } from '../../storage/storage.ts';
import type { Tasks } from '../../tasks/tasks.ts';
import type { Uploads } from '../../uploads/uploads.ts';
import { createApp } from '../app.ts';
import type { HttpContext } from '../context.ts';
import { createUrlSigner } from '../signed-url.ts';
import { BASE_URL, CONTEXT, createCall } from './http-rig.ts';

const GOOD_KEY = 'us_good';

export type DoorRig = Awaited<ReturnType<typeof createDoorRig>>;

/** What of the inside a test lets its requests reach. */
export type Opened = {
  tasks?: Partial<Tasks>;
  storage?: Partial<Storage>;
  uploads?: Partial<Uploads>;
};

export async function createDoorRig(opened: Opened = {}, more: Partial<HttpContext> = {}) {
  const clock = createTestClock();
  const state: { obstacle: string | null } = { obstacle: null };
  const app = await createApp({
    ...CONTEXT,
    findObstacle: async () => state.obstacle,
    accounts: accountsOfOneKey,
    tasks: refuseAll<Tasks>('tasks', opened.tasks),
    uploads: refuseAll<Uploads>('uploads', opened.uploads),
    storage: refuseAll<Storage>('storage', opened.storage),
    billing: refuseAll<Billing>('billing', { prices: DEFAULT_PRICES }),
    signer: createUrlSigner({ secret: 'a secret', getBaseUrl: () => BASE_URL, clock }),
    clock,
    newId,
    log: silentLog,
    ...more,
  });
  return { app, state, call: createCall(app, GOOD_KEY), close: () => app.close() };
}

const accountsOfOneKey = refuseAll<Accounts>('accounts', {
  findCallerByKey: async (key) =>
    key === GOOD_KEY ? { accountId: 'acct_1', keyId: 'key_1', role: 'customer' } : null,
});

/** Anything that is reached behind the door answers 500, which no test here expects. */
function refuseAll<T extends object>(name: string, allowed: Partial<T> = {}): T {
  return new Proxy(allowed as T, {
    get: (target, member) =>
      Reflect.get(target, member) ??
      (() => {
        throw new Error(`${name}.${String(member)} was reached`);
      }),
  });
}
