-- 4 to 5: bodies are deleted when their lawful retention ends.
CREATE TABLE deletions (
    position INTEGER PRIMARY KEY, -- of the letter
    size     INTEGER NOT NULL,    -- of the bytes that were there
    at       INTEGER NOT NULL,
    rule     TEXT NOT NULL,       -- in retention.xml
    record   INTEGER NOT NULL     -- position of the own letter that says so
) WITHOUT ROWID;
CREATE INDEX deletions_record ON deletions (record);

CREATE TABLE holds (
    row     INTEGER PRIMARY KEY,
    case_id TEXT NOT NULL,
    reason  TEXT NOT NULL,
    since   INTEGER NOT NULL,
    until   INTEGER NOT NULL      -- 0: it still holds
);
CREATE INDEX holds_case ON holds (case_id);
