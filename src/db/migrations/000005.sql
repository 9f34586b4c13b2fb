-- What is personal in old tasks goes, and what the storage keeps without a row.

-- When addresses and prompt were taken out of the row; what was charged, and for what, stays.
ALTER TABLE task ADD COLUMN stripped_at timestamptz
  CHECK (stripped_at IS NULL OR state IN ('completed', 'failed', 'cancelled'));
CREATE INDEX task_to_strip ON task (completed_at)
  WHERE completed_at IS NOT NULL AND stripped_at IS NULL;

-- Work that is done once in a while by one process for all of them: whoever moves the time on does it.
CREATE TABLE chore (
  name text PRIMARY KEY,
  due_at timestamptz NOT NULL
);
