-- 3 to 4: a revised calendar counts open deadlines anew, on record.
CREATE TABLE counted_by (
    only_one INTEGER PRIMARY KEY CHECK (only_one = 1),
    digest   BLOB NOT NULL
);
CREATE TABLE recounts (
    row           INTEGER PRIMARY KEY,
    case_id       TEXT NOT NULL,
    limit_id      TEXT NOT NULL,
    owner         TEXT NOT NULL,
    from_position INTEGER NOT NULL,
    due_before    INTEGER NOT NULL,
    due_after     INTEGER NOT NULL,
    at            INTEGER NOT NULL
);
CREATE INDEX recounts_case ON recounts (case_id);
