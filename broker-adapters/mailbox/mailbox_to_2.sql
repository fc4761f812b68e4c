-- 1 to 2: bodies are deleted when their lawful retention ends; what is on the
-- lists stands in the table listing (listing.c), made again from incoming.
DROP TABLE card;
CREATE TABLE deletion (
    side TEXT NOT NULL,               -- outgoing, incoming
    letter INTEGER NOT NULL,          -- its row there
    size INTEGER NOT NULL,            -- of the bytes that were there
    at INTEGER NOT NULL,
    rule TEXT NOT NULL,               -- in retention.xml
    record TEXT NOT NULL,             -- id of the letter that says so
    PRIMARY KEY (side, letter)
) STRICT, WITHOUT ROWID;

CREATE TABLE hold (
    row INTEGER PRIMARY KEY,
    case_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER NOT NULL
) STRICT;
CREATE INDEX hold_case ON hold (case_id);
CREATE INDEX incoming_case ON incoming (case_id, row);
