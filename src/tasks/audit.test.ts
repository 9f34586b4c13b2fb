import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sql } from 'kysely';
import { TEST_DATABASES, type TestDatabase } from '../../test/fixtures/database.ts';
import type { TaskRig } from '../../test/fixtures/task-rig.ts';
import { useTaskRig } from '../../test/fixtures/use-task-rig.ts';
import type { Violation } from '../billing/audit.ts';
import type { Tx } from '../db/database.ts';
import { type AuditReport, auditBooks } from './audit.ts';
import { DEFAULT_TASK_LIMITS } from './options.ts';

const TEN_DOLLARS = 10_000_000_000n;
const RESOLVES = 'a task resolves its hold exactly when it ends, and as its end says';
const AGREES = 'what a task says was held and charged is what the ledger says';
const BELONGS = 'every hold belongs to a task';

for (const variant of TEST_DATABASES) testAudit(variant);

function testAudit(variant: TestDatabase): void {
  describe(`audit of tasks on ${variant.name}`, { skip: variant.skip }, () => {
    let rig: TaskRig;
    useTaskRig(variant, (opened) => {
      rig = opened;
    });

    const submit = async () => {
      const caller = await rig.openAccount(TEN_DOLLARS);
      const { taskId } = await rig.tasks.submit(caller, rig.request());
      const { rows } = await rig.db.executeSql('SELECT hold_id FROM task WHERE id = $1', [taskId]);
      return { caller, taskId, holdId: String(rows[0]?.['hold_id']) };
    };
    /** Whole and of what is new, after what the work does and before it is undone. */
    const auditAfter = async (work: (tx: Tx) => Promise<unknown>): Promise<Violation[][]> => {
      const undone = new Error('undone');
      let found: Violation[][] = [];
      const crime = rig.db.transaction(async (tx) => {
        await sql`SET LOCAL session_replication_role = replica`.execute(tx);
        await work(tx);
        const sinceMs = rig.clock.now() - 60_000;
        found = [await auditBooks(tx), await auditBooks(tx, { sinceMs })];
        throw undone;
      });
      await assert.rejects(crime, undone);
      return found;
    };
    const assertNamed = (found: Violation[][], invariant: string, subject: string) => {
      for (const [index, violations] of found.entries()) {
        const isNamed = violations.some(
          (one) => one.invariant === invariant && one.subject === subject,
        );
        assert.ok(isNamed, `${index === 0 ? 'whole' : 'new'}: ${JSON.stringify(violations)}`);
      }
    };
    const fail = (tx: Tx, taskId: string) =>
      sql`UPDATE task SET state = 'failed', charged_nanos = 0, error = '{}',
        completed_at = ${new Date(rig.clock.now())} WHERE id = ${taskId}`.execute(tx);

    test('a task that failed and kept the money is named', async () => {
      const { taskId } = await submit();
      assertNamed(await auditAfter((tx) => fail(tx, taskId)), RESOLVES, taskId);
    });

    test('a task that goes on although its hold was given back is named', async () => {
      const { caller, taskId, holdId } = await submit();
      const hold = { accountId: caller.accountId, holdId, taskId };
      const found = await auditAfter((tx) => rig.billing.ledger.release(tx, hold));
      assertNamed(found, RESOLVES, taskId);
    });

    test('a task that failed and was charged all the same is named', async () => {
      const { caller, taskId, holdId } = await submit();
      const hold = { accountId: caller.accountId, holdId, taskId };
      const found = await auditAfter(async (tx) => {
        await fail(tx, taskId);
        await rig.billing.ledger.settle(tx, hold, 5n);
      });
      assertNamed(found, RESOLVES, taskId);
      assertNamed(found, AGREES, taskId);
    });

    test('a task that shows another charge than the ledger is named', async () => {
      const { caller, taskId } = await submit();
      await rig.runToEnd(caller, taskId);
      const found = await auditAfter((tx) =>
        sql`UPDATE task SET charged_nanos = charged_nanos - 1 WHERE id = ${taskId}`.execute(tx),
      );
      assertNamed(found, AGREES, taskId);
    });

    test('a hold whose task was never written is named', async () => {
      const { taskId, holdId } = await submit();
      const found = await auditAfter((tx) =>
        sql`DELETE FROM task WHERE id = ${taskId}`.execute(tx),
      );
      assertNamed(found, BELONGS, holdId);
    });

    /** An account whose balance is not what its lines say, until it is mended. */
    const openCrookedAccount = async () => {
      const { accountId } = await rig.openAccount(TEN_DOLLARS);
      const shift = (nanos: number) =>
        sql`UPDATE account SET available_nanos = available_nanos + ${nanos}::bigint
          WHERE id = ${accountId}`.execute(rig.db.kysely);
      await shift(1);
      return { accountId, mend: () => shift(-1) };
    };
    const subjectsOf = (report: AuditReport | null) =>
      report?.violations.map(({ subject }) => subject);

    test('of several processes one makes the regular audit, and a violation is told once', async () => {
      rig.clock.advance(DEFAULT_TASK_LIMITS.auditIntervalMs);
      const processes = [rig.createOther(), rig.createOther(), rig.createOther()];
      const { accountId, mend } = await openCrookedAccount();
      await Promise.all(processes.map((tasks) => tasks.sweep()));
      const reports = processes.map((tasks) => tasks.lastAudit()).filter((one) => one !== null);
      assert.deepEqual(reports.map(subjectsOf), [[accountId]]);
      await mend();
    });

    test('what was written before a long pause of all processes is audited after it', async () => {
      const { accountId, mend } = await openCrookedAccount();
      rig.clock.advance(26 * 60 * 60_000);
      const restarted = rig.createOther();
      await restarted.sweep();
      assert.deepEqual(subjectsOf(restarted.lastAudit()), [accountId]);
      await mend();
    });

    test('what an audit that broke off has not seen is part of the next', async () => {
      rig.clock.advance(DEFAULT_TASK_LIMITS.auditIntervalMs);
      const { accountId, mend } = await openCrookedAccount();
      await rig.db.executeSql('ALTER TABLE ledger_entry RENAME TO hidden');
      await rig.createOther().sweep();
      await rig.db.executeSql('ALTER TABLE hidden RENAME TO ledger_entry');
      rig.clock.advance(3 * 60 * 60_000);
      const next = rig.createOther();
      await next.sweep();
      assert.deepEqual(subjectsOf(next.lastAudit()), [accountId]);
      await mend();
    });

    test('the regular audit keeps its interval, finds what is new, and its report is kept', async () => {
      rig.clock.advance(DEFAULT_TASK_LIMITS.auditIntervalMs);
      const other = rig.createOther();
      assert.equal(other.lastAudit(), null);
      await other.sweep();
      const first = other.lastAudit();
      assert.deepEqual(first?.violations, []);
      const { accountId, mend } = await openCrookedAccount();
      await other.sweep();
      assert.equal(other.lastAudit(), first, 'it is not time for another one');
      rig.clock.advance(DEFAULT_TASK_LIMITS.auditIntervalMs);
      await other.sweep();
      await mend();
      assert.deepEqual(subjectsOf(other.lastAudit()), [accountId]);
    });
  });
}
