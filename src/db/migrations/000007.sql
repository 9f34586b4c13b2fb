-- Which tasks are unfinished is asked by completed_at alone: a check keeps it empty exactly as long
-- as the state is open, and how many rows have none is what the planner knows to the row. With the
-- three final states in the condition it took a part of all tasks for unfinished, and walked them.
DROP INDEX task_unfinished;
CREATE INDEX task_unfinished ON task (due_at) WHERE completed_at IS NULL;
DROP INDEX task_unfinished_by_account;
CREATE INDEX task_unfinished_by_account ON task (account_id) WHERE completed_at IS NULL;
