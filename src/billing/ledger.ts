/**
 * Double-entry money movements that happen exactly once. Each is one statement that moves the
 * account's cached balances and writes the lines together; the database refuses a second
 * resolution, an overdraft, a crooked posting and any change.
 */

import { sql } from 'kysely';
import type { Tx } from '../db/database.ts';
import { readNanos } from '../db/parsers.ts';
import type { Book, TransferKind } from '../db/tables.ts';
import { assert } from '../kernel/assert.ts';
import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import type { NewId } from '../kernel/ids.ts';
import { formatDollars } from './money.ts';

export type Hold = { accountId: string; holdId: string; taskId: string };

export type Deposit = { accountId: string; amountNanos: bigint; reference: string };

export type Ledger = {
  /**
   * Puts money from outside on an account. The same reference moves money once; with another amount
   * it is refused.
   */
  deposit(tx: Tx, deposit: Deposit): Promise<{ transferId: string; isRepeat: boolean }>;
  /**
   * Sets money aside; repeated with the same hold id it adds to the hold. Make it the last
   * thing that the transaction writes: it locks the account. Throws `insufficient_balance` and then
   * nothing is moved.
   */
  hold(tx: Tx, hold: Hold, amountNanos: bigint): Promise<void>;
  /**
   * Charges the hold, never more than it holds, and gives the rest back. A hold is resolved once.
   */
  settle(
    tx: Tx,
    hold: Hold,
    amountNanos: bigint,
  ): Promise<{ chargedNanos: bigint; releasedNanos: bigint }>;
  /** Gives the whole hold back. A hold is resolved once. */
  release(tx: Tx, hold: Hold): Promise<{ releasedNanos: bigint }>;
};

type Line = { book: Book; amountNanos: bigint };

type Transfer = {
  kind: TransferKind;
  accountId: string;
  holdId: string | null;
  reference: string;
  amountNanos: bigint;
  lines: Line[];
};

export function createLedger({ clock, newId }: { clock: Clock; newId: NewId }): Ledger {
  const post = (tx: Tx, transfer: Transfer) =>
    postTransfer(tx, transfer, newId('transfer'), new Date(clock.now()));

  return {
    async deposit(tx, { accountId, amountNanos, reference }) {
      refuseUnlessPositive(amountNanos);
      const earlier = await findDeposit(tx, accountId, reference);
      if (earlier) {
        if (earlier.amountNanos === amountNanos) return { transferId: earlier.id, isRepeat: true };
        throw new AppError('invalid_request', {
          reason: `The reference "${reference}" was used for a deposit of $${formatDollars(earlier.amountNanos)}.`,
        });
      }
      const transferId = await post(tx, {
        kind: 'deposit',
        accountId,
        holdId: null,
        reference,
        amountNanos,
        lines: [
          { book: 'funding', amountNanos: -amountNanos },
          { book: 'customer_available', amountNanos },
        ],
      });
      assert(transferId, 'a deposit moves money');
      return { transferId, isRepeat: false };
    },
    async hold(tx, { accountId, holdId, taskId }, amountNanos) {
      const transferId = await post(tx, {
        kind: 'hold',
        accountId,
        holdId,
        reference: taskId,
        amountNanos,
        lines: [
          { book: 'customer_available', amountNanos: -amountNanos },
          { book: 'customer_held', amountNanos },
        ],
      });
      if (transferId === null) throw await explainRefusal(tx, accountId, amountNanos);
    },
    async settle(tx, { accountId, holdId, taskId }, amountNanos) {
      const heldNanos = await sumHold(tx, holdId);
      const chargedNanos = smaller(amountNanos, heldNanos);
      const releasedNanos = heldNanos - chargedNanos;
      const lines: Line[] = [
        { book: 'customer_held', amountNanos: -heldNanos },
        { book: 'revenue', amountNanos: chargedNanos },
        { book: 'customer_available', amountNanos: releasedNanos },
      ];
      const transferId = await post(tx, {
        kind: 'settle',
        accountId,
        holdId,
        reference: taskId,
        amountNanos: chargedNanos,
        lines: lines.filter((line) => line.amountNanos !== 0n),
      });
      assert(transferId, 'what was held is there to be settled');
      return { chargedNanos, releasedNanos };
    },
    async release(tx, { accountId, holdId, taskId }) {
      const releasedNanos = await sumHold(tx, holdId);
      const transferId = await post(tx, {
        kind: 'release',
        accountId,
        holdId,
        reference: taskId,
        amountNanos: releasedNanos,
        lines: [
          { book: 'customer_held', amountNanos: -releasedNanos },
          { book: 'customer_available', amountNanos: releasedNanos },
        ],
      });
      assert(transferId, 'what was held is there to be released');
      return { releasedNanos };
    },
  };
}

/**
 * Returns the transfer's id, or null when the account does not have what the lines take from it.
 * One conditional UPDATE and the inserts in one statement: under READ COMMITTED the condition is
 * judged on the newest row, without a lock taken before.
 */
async function postTransfer(tx: Tx, transfer: Transfer, id: string, createdAt: Date) {
  const { kind, accountId, holdId, reference, amountNanos, lines } = transfer;
  const availableNanos = sumOf(lines, 'customer_available');
  const heldNanos = sumOf(lines, 'customer_held');
  const values = lines.map(
    (line) =>
      sql`(${line.book}::text, ${isCustomers(line.book) ? accountId : null}::text, ${line.amountNanos}::bigint)`,
  );
  const { rows } = await sql<{ transfer_id: string }>`
    WITH moved AS (
      UPDATE account SET
        available_nanos = available_nanos + ${availableNanos}::bigint,
        held_nanos = held_nanos + ${heldNanos}::bigint
      WHERE id = ${accountId}
        AND available_nanos + ${availableNanos}::bigint >= 0
        AND held_nanos + ${heldNanos}::bigint >= 0
      RETURNING id
    ), posted AS (
      INSERT INTO ledger_transfer (id, kind, account_id, hold_id, reference, amount_nanos, created_at)
      SELECT ${id}, ${kind}, moved.id, ${holdId}, ${reference}, ${amountNanos}::bigint, ${createdAt}::timestamptz
      FROM moved
      RETURNING id
    )
    INSERT INTO ledger_entry (transfer_id, book, account_id, amount_nanos)
    SELECT posted.id, line.book, line.account_id, line.amount_nanos
    FROM posted, (VALUES ${sql.join(values)}) AS line (book, account_id, amount_nanos)
    RETURNING transfer_id`.execute(tx);
  return rows[0]?.transfer_id ?? null;
}

function sumOf(lines: readonly Line[], book: Book): bigint {
  return lines
    .filter((line) => line.book === book)
    .reduce((sum, line) => sum + line.amountNanos, 0n);
}

function smaller(one: bigint, other: bigint): bigint {
  if (one < other) return one;
  return other;
}

function isCustomers(book: Book): boolean {
  return book === 'customer_available' || book === 'customer_held';
}

async function sumHold(tx: Tx, holdId: string): Promise<bigint> {
  const rows = await tx
    .selectFrom('ledger_transfer')
    .select('amount_nanos')
    .where('hold_id', '=', holdId)
    .where('kind', '=', 'hold')
    .execute();
  assert(rows.length > 0, `there is a hold ${holdId}`);
  return rows.reduce((sum, row) => sum + readNanos(row.amount_nanos), 0n);
}

/**
 * Locks the account first, so that two deposits with one reference come one after the other. Not
 * for its key: every submit under way holds that, and together they never let go of it.
 */
async function findDeposit(tx: Tx, accountId: string, reference: string) {
  const account = await tx
    .selectFrom('account')
    .select('id')
    .where('id', '=', accountId)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (!account) {
    throw new AppError('invalid_request', { reason: `There is no account "${accountId}".` });
  }
  const row = await tx
    .selectFrom('ledger_transfer')
    .select(['id', 'amount_nanos'])
    .where('account_id', '=', accountId)
    .where('reference', '=', reference)
    .where('kind', '=', 'deposit')
    .executeTakeFirst();
  return row ? { id: row.id, amountNanos: readNanos(row.amount_nanos) } : null;
}

async function explainRefusal(tx: Tx, accountId: string, neededNanos: bigint): Promise<AppError> {
  const row = await tx
    .selectFrom('account')
    .select('available_nanos')
    .where('id', '=', accountId)
    .executeTakeFirst();
  assert(row, `there is an account ${accountId}`);
  return new AppError('insufficient_balance', {
    needed: formatDollars(neededNanos),
    available: formatDollars(readNanos(row.available_nanos)),
  });
}

function refuseUnlessPositive(amountNanos: bigint): void {
  if (amountNanos > 0n) return;
  throw new AppError('invalid_request', {
    reason: `A deposit must be more than nothing; $${formatDollars(amountNanos)} is not.`,
  });
}
