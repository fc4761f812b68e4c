-- 2 to 3: cases come from cases; clocks warn, stand still and go on.
ALTER TABLE cases ADD COLUMN parent TEXT NOT NULL DEFAULT '';
CREATE INDEX cases_parent ON cases (parent) WHERE parent <> '';
ALTER TABLE deadlines ADD COLUMN warn INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deadlines ADD COLUMN paused INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deadlines ADD COLUMN stopped INTEGER NOT NULL DEFAULT 0;
-- "Paused" took number 2; met, met late and cancelled moved up by one.
DROP INDEX deadlines_due;
UPDATE deadlines SET status = status + 1 WHERE status >= 2;
CREATE INDEX deadlines_due ON deadlines (CASE warn WHEN 0 THEN due ELSE warn END)
    WHERE status = 1 AND reminded = 0;
