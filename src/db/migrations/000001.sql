-- Accounts, keys, the ledger and tasks. Money is in nano-dollars, lengths in milliseconds.

CREATE TABLE account (
  id text PRIMARY KEY,
  name text NOT NULL,
  -- Both are caches of ledger_entry, moved in the same statement as the entries.
  available_nanos bigint NOT NULL DEFAULT 0 CHECK (available_nanos >= 0),
  held_nanos bigint NOT NULL DEFAULT 0 CHECK (held_nanos >= 0),
  created_at timestamptz NOT NULL
);

CREATE TABLE api_key (
  id text PRIMARY KEY,
  account_id text NOT NULL REFERENCES account (id),
  name text NOT NULL,
  role text NOT NULL CHECK (role IN ('customer', 'admin')),
  -- The public part finds the row; the hash of the whole key decides.
  prefix text NOT NULL UNIQUE,
  hash bytea NOT NULL,
  created_at timestamptz NOT NULL,
  revoked_at timestamptz
);
CREATE INDEX api_key_by_account ON api_key (account_id);

CREATE TABLE ledger_transfer (
  id text PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('deposit', 'hold', 'settle', 'release')),
  account_id text NOT NULL REFERENCES account (id),
  -- Names what a hold, its top-ups and its one resolution belong together by.
  hold_id text CHECK ((hold_id IS NULL) = (kind = 'deposit')),
  -- For a deposit the reference of the payment, for the others the task.
  reference text NOT NULL,
  -- What the transfer is about: put in, held, charged or given back.
  amount_nanos bigint NOT NULL CHECK (amount_nanos > 0),
  created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX one_resolution_per_hold ON ledger_transfer (hold_id)
  WHERE kind IN ('settle', 'release');
CREATE UNIQUE INDEX one_deposit_per_reference ON ledger_transfer (account_id, reference)
  WHERE kind = 'deposit';
CREATE INDEX ledger_transfer_by_hold ON ledger_transfer (hold_id) WHERE hold_id IS NOT NULL;
CREATE INDEX ledger_transfer_by_account ON ledger_transfer (account_id, created_at);

CREATE TABLE ledger_entry (
  transfer_id text NOT NULL REFERENCES ledger_transfer (id),
  book text NOT NULL CHECK (book IN ('customer_available', 'customer_held', 'revenue', 'funding')),
  account_id text REFERENCES account (id)
    CHECK ((account_id IS NULL) = (book IN ('revenue', 'funding'))),
  amount_nanos bigint NOT NULL CHECK (amount_nanos <> 0),
  -- One line for each book: nothing can be added to a transfer that is complete.
  PRIMARY KEY (transfer_id, book)
);
CREATE INDEX ledger_entry_by_account ON ledger_entry (account_id, book);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the rows of % are never changed or removed', TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER ledger_transfer_is_final BEFORE UPDATE OR DELETE ON ledger_transfer
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_transfer_is_kept BEFORE TRUNCATE ON ledger_transfer
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_entry_is_final BEFORE UPDATE OR DELETE ON ledger_entry
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_entry_is_kept BEFORE TRUNCATE ON ledger_entry
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- At commit each touched transfer must have exactly the lines of its kind:
--   deposit  funding -a, available +a          hold     available -a, held +a
--   release  held -a, available +a             settle   held -h, revenue +a, available +(h - a)
-- and a hold that has its resolution must have nothing left in held.
CREATE FUNCTION check_transfer(transfer_id text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  transfer ledger_transfer%ROWTYPE;
  available bigint; held bigint; revenue bigint; funding bigint;
  strangers integer; remaining numeric; resolutions integer;
BEGIN
  SELECT * INTO STRICT transfer FROM ledger_transfer t WHERE t.id = check_transfer.transfer_id;
  SELECT
    coalesce(sum(e.amount_nanos) FILTER (WHERE e.book = 'customer_available'), 0),
    coalesce(sum(e.amount_nanos) FILTER (WHERE e.book = 'customer_held'), 0),
    coalesce(sum(e.amount_nanos) FILTER (WHERE e.book = 'revenue'), 0),
    coalesce(sum(e.amount_nanos) FILTER (WHERE e.book = 'funding'), 0),
    count(*) FILTER (WHERE e.account_id <> transfer.account_id)
    INTO available, held, revenue, funding, strangers
    FROM ledger_entry e WHERE e.transfer_id = transfer.id;
  IF available + held + revenue + funding <> 0 THEN
    RAISE EXCEPTION 'the lines of % do not sum to zero', transfer.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF strangers > 0 OR NOT (CASE transfer.kind
    WHEN 'deposit' THEN available = transfer.amount_nanos AND held = 0 AND revenue = 0
    WHEN 'hold' THEN held = transfer.amount_nanos AND revenue = 0 AND funding = 0
    WHEN 'release' THEN available = transfer.amount_nanos AND revenue = 0 AND funding = 0
    WHEN 'settle' THEN revenue = transfer.amount_nanos AND available >= 0 AND funding = 0
  END) THEN
    RAISE EXCEPTION 'the lines of % are not those of a %', transfer.id, transfer.kind
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF transfer.hold_id IS NOT NULL THEN
    SELECT coalesce(sum(e.amount_nanos) FILTER (WHERE e.book = 'customer_held'), 0),
        count(DISTINCT t.id) FILTER (WHERE t.kind IN ('settle', 'release'))
      INTO remaining, resolutions
      FROM ledger_transfer t JOIN ledger_entry e ON e.transfer_id = t.id
      WHERE t.hold_id = transfer.hold_id AND t.account_id = transfer.account_id;
    IF (resolutions > 0 AND remaining <> 0) OR remaining < 0 THEN
      RAISE EXCEPTION 'the hold % is resolved but % nanos of it remain', transfer.hold_id, remaining
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  END IF;
END $$;

CREATE FUNCTION check_touched_transfer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_TABLE_NAME = 'ledger_transfer' THEN
    PERFORM check_transfer(NEW.id);
  ELSE
    PERFORM check_transfer(NEW.transfer_id);
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER ledger_transfer_is_balanced AFTER INSERT ON ledger_transfer
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_touched_transfer();
CREATE CONSTRAINT TRIGGER ledger_entry_is_balanced AFTER INSERT ON ledger_entry
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_touched_transfer();

CREATE TABLE task (
  id text PRIMARY KEY,
  account_id text NOT NULL REFERENCES account (id),
  key_id text NOT NULL REFERENCES api_key (id),
  request_id text NOT NULL,
  external_task_id text,

  state text NOT NULL CHECK (state IN
    ('submitted', 'inspected', 'running', 'rendered', 'stored', 'completed', 'failed', 'cancelled')),
  stage text NOT NULL,
  progress smallint NOT NULL CHECK (progress BETWEEN 0 AND 100),
  -- Grows with every change that a reader can see.
  version bigint NOT NULL DEFAULT 1,

  model text NOT NULL,
  engine text NOT NULL,
  mode text NOT NULL CHECK (mode IN ('std', 'pro')),
  orientation text NOT NULL CHECK (orientation IN ('image', 'video')),
  image_url text NOT NULL,
  video_url text NOT NULL,
  prompt text,
  keep_original_sound boolean NOT NULL,
  watermark boolean NOT NULL,
  duration_seconds integer,

  -- The price as it was at the submit.
  rate_nanos_per_ms bigint NOT NULL CHECK (rate_nanos_per_ms > 0),
  billing_rule text NOT NULL,
  billable_ms_min integer NOT NULL,
  billable_ms_max integer NOT NULL,
  hold_id text NOT NULL UNIQUE,
  held_nanos bigint NOT NULL CHECK (held_nanos > 0),
  charged_nanos bigint CHECK (charged_nanos BETWEEN 0 AND held_nanos),

  image jsonb,
  video jsonb,
  reference_ms integer,
  billable_ms integer,
  operation jsonb,
  -- A start that was lost with its process is no failure of the engine, so the two are counted apart.
  engine_starts integer NOT NULL DEFAULT 0,
  engine_failures integer NOT NULL DEFAULT 0,
  step_failures integer NOT NULL DEFAULT 0,
  warnings jsonb NOT NULL DEFAULT '[]',
  result jsonb,
  error jsonb,

  -- Who works on the task now; a worker that fell silent loses it when the lease is over.
  lease_id text,
  lease_until timestamptz,
  -- When the next step should run; the sweep takes up what is long past it.
  due_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  started_at timestamptz,
  completed_at timestamptz,
  deadline_at timestamptz NOT NULL,
  expires_at timestamptz,
  purged_at timestamptz,

  -- A final task has its money resolved, and only a completed one was charged.
  CHECK ((state IN ('completed', 'failed', 'cancelled')) = (charged_nanos IS NOT NULL)),
  CHECK ((state IN ('completed', 'failed', 'cancelled')) = (completed_at IS NOT NULL)),
  CHECK (charged_nanos IS NULL OR (charged_nanos > 0) = (state = 'completed')),
  CHECK ((state = 'failed') = (error IS NOT NULL)),
  CHECK (state <> 'completed' OR (result IS NOT NULL AND progress = 100))
);
CREATE UNIQUE INDEX one_task_per_external_id ON task (account_id, external_task_id)
  WHERE external_task_id IS NOT NULL;
CREATE INDEX task_by_account ON task (account_id, created_at DESC, id);
CREATE INDEX task_unfinished ON task (due_at)
  WHERE state NOT IN ('completed', 'failed', 'cancelled');
CREATE INDEX task_kept_result ON task (expires_at)
  WHERE expires_at IS NOT NULL AND purged_at IS NULL;
