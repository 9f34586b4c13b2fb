-- Answers that are given again, tasks that are hidden, and the orders in which tasks are listed.

CREATE TABLE idempotency_key (
  account_id text NOT NULL REFERENCES account (id),
  -- Chosen by the client; one namespace for all requests of an account.
  key text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
  -- Of what was asked, in a form that does not depend on the order of fields.
  request_sha256 text NOT NULL,
  -- json and not jsonb: what is given again has its fields in the order of the first time.
  answer json NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (account_id, key)
);
CREATE INDEX idempotency_key_by_expiry ON idempotency_key (expires_at);

-- A deleted task is hidden from its owner; the row stays, because the ledger speaks of it.
ALTER TABLE task ADD COLUMN deleted_at timestamptz
  CHECK (deleted_at IS NULL OR state IN ('completed', 'failed', 'cancelled'));

DROP INDEX task_by_account;
CREATE INDEX task_by_account ON task (account_id, created_at DESC, id DESC)
  WHERE deleted_at IS NULL;
CREATE INDEX task_by_account_and_state ON task (account_id, state, created_at DESC, id DESC)
  WHERE deleted_at IS NULL;

-- What was charged in a span of time, and what the next audit has not seen yet.
CREATE INDEX ledger_settlement_by_account ON ledger_transfer (account_id, created_at)
  WHERE kind = 'settle';
CREATE INDEX ledger_transfer_by_time ON ledger_transfer (created_at);
CREATE INDEX task_by_end ON task (completed_at) WHERE completed_at IS NOT NULL;

-- Ended tasks whose engine may still be at work; once it was told to stop, the operation goes.
CREATE INDEX task_with_engine_left ON task (completed_at)
  WHERE state IN ('failed', 'cancelled') AND operation IS NOT NULL;
