-- Media that are handed in before a task needs them, and prices that were promised for some.

CREATE TABLE upload (
  id text PRIMARY KEY,
  account_id text NOT NULL REFERENCES account (id),
  -- The row comes before the bytes and goes after them, so a crash leaves nothing that no row names.
  state text NOT NULL CHECK (state IN ('arriving', 'stored', 'removing')),
  -- Known once all bytes have come; from then on they count as space of the account.
  kind text CHECK (kind IN ('image', 'video')),
  content_type text,
  storage_key text UNIQUE,
  size_bytes bigint CHECK (size_bytes > 0),
  sha256 text,
  created_at timestamptz NOT NULL,
  -- Until when it must have arrived; once it is stored, until when it is kept.
  expires_at timestamptz NOT NULL,
  CHECK (state <> 'stored' OR num_nulls(kind, content_type, storage_key, size_bytes, sha256) = 0)
);
CREATE UNIQUE INDEX one_upload_per_content ON upload (account_id, sha256) WHERE state = 'stored';
CREATE INDEX upload_by_account ON upload (account_id, created_at DESC, id);
CREATE INDEX upload_by_expiry ON upload (expires_at);

CREATE TABLE quote (
  id text PRIMARY KEY,
  account_id text NOT NULL REFERENCES account (id),
  -- The row comes before the media that are stored for it, and goes after them.
  state text NOT NULL CHECK (state IN ('probing', 'ready', 'removing')),
  model text NOT NULL,
  mode text NOT NULL CHECK (mode IN ('std', 'pro')),
  orientation text NOT NULL CHECK (orientation IN ('image', 'video')),
  image_url text NOT NULL,
  video_url text NOT NULL,
  -- The price as it was when it was asked for.
  rate_nanos_per_ms bigint NOT NULL CHECK (rate_nanos_per_ms > 0),
  billing_rule text NOT NULL,
  billable_ms_min integer NOT NULL,
  billable_ms_max integer NOT NULL,
  image jsonb,
  video jsonb,
  reference_ms integer,
  billable_ms integer,
  findings jsonb NOT NULL DEFAULT '[]',
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  CHECK (state <> 'ready' OR num_nulls(image, video, reference_ms, billable_ms) = 0)
);
CREATE INDEX quote_by_expiry ON quote (expires_at);

-- A quote is removed long before the task, so this names one that may be gone.
ALTER TABLE task ADD COLUMN quote_id text;
-- Tasks that have no copies of their own yet, so that what they name is not removed.
CREATE INDEX task_with_quote ON task (quote_id) WHERE state = 'submitted' AND quote_id IS NOT NULL;
CREATE INDEX task_image_to_fetch ON task (image_url) WHERE state = 'submitted';
CREATE INDEX task_video_to_fetch ON task (video_url) WHERE state = 'submitted';
