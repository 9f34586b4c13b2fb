-- Processes that share the database, and which of them has a task in hand.

-- A row is there as long as its process is thought to be alive.
CREATE TABLE node (
  id text PRIMARY KEY,
  role text NOT NULL CHECK (role IN ('all', 'api', 'worker')),
  -- Two nodes with the same host see the same process ids.
  host text NOT NULL,
  pid integer NOT NULL,
  started_at timestamptz NOT NULL,
  heartbeat_at timestamptz NOT NULL
);

-- Whose lease it is, so that those of a node that is gone need not run out.
ALTER TABLE task ADD COLUMN lease_node_id text;
-- The one node whose engine knows the task; null while any node may take its next step.
ALTER TABLE task ADD COLUMN node_id text;
CREATE INDEX task_of_node ON task (node_id) WHERE node_id IS NOT NULL;

-- True from the start of an engine until its work has ended; these rows are what limits count.
ALTER TABLE task ADD COLUMN holds_slot boolean NOT NULL DEFAULT false;
UPDATE task SET holds_slot = true WHERE state = 'running';
CREATE INDEX task_in_slot ON task (engine, account_id) WHERE holds_slot;
CREATE INDEX task_waiting ON task (engine, account_id, created_at)
  WHERE state = 'inspected' AND NOT holds_slot;
CREATE INDEX task_unfinished_by_account ON task (account_id)
  WHERE state NOT IN ('completed', 'failed', 'cancelled');

-- Which account had its last turn when, as numbers that only grow: of those with equally many tasks
-- at work the one with the lowest is next.
CREATE TABLE account_turn (
  account_id text PRIMARY KEY REFERENCES account (id),
  turn bigint NOT NULL
);
CREATE INDEX account_turn_by_turn ON account_turn (turn);
