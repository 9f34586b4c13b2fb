-- How often a task was taken in hand to be inspected. Each time its copies of the inputs have keys of
-- their own, since who lost it may still be storing; one that ended by itself gives its number back.
ALTER TABLE task ADD COLUMN inspections integer NOT NULL DEFAULT 0;
