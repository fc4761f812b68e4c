-- The exchange centre's ledger: one row per letter, for ever, and what follows
-- from the letters. Instants are milliseconds since 1970-01-01T00:00:00Z and 0
-- where there is none; numbers that stand for names follow the order of the
-- enums in ledger.h and casefile.h.

-- Every letter that came or was written here. The body stands last: the small
-- columns are read without it.
CREATE TABLE letters (
    position      INTEGER PRIMARY KEY, -- 1, 2, 3, ... without gaps
    outcome       INTEGER NOT NULL,    -- accepted, refused, own
    authenticated INTEGER NOT NULL,    -- its signature held
    holds_id      INTEGER NOT NULL,    -- the first authenticated one of its id
    id            TEXT NOT NULL,
    type          TEXT NOT NULL,
    case_id       TEXT NOT NULL,
    sender        TEXT NOT NULL,
    media_type    TEXT NOT NULL,
    sequence      INTEGER NOT NULL,
    received_at   INTEGER NOT NULL,
    code          TEXT NOT NULL,       -- of the refusal
    digest        BLOB NOT NULL,       -- SHA-256 of the bytes
    leaf          BLOB NOT NULL,       -- its hash in the log
    jws           TEXT NOT NULL,
    bytes         BLOB NOT NULL        -- as they were signed
);
CREATE UNIQUE INDEX letters_id ON letters (sender, id) WHERE holds_id = 1;
-- Accepted letters are found by their step.
CREATE INDEX letters_beside ON letters (case_id) WHERE outcome <> 0;

-- Which own letter (receipt, refusal) answered a letter. Not a column of
-- letters: that would write the whole body a second time.
CREATE TABLE answers (
    position INTEGER PRIMARY KEY,
    answer   INTEGER NOT NULL
);

CREATE TABLE cases (
    id         TEXT PRIMARY KEY,
    procedure  TEXT NOT NULL,
    state      TEXT NOT NULL,
    opened_at  INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE parties (
    case_id  TEXT NOT NULL,
    place    INTEGER NOT NULL, -- in the order in which they joined
    agency   TEXT NOT NULL,
    joined   TEXT NOT NULL,    -- as what: "transferor", "police", "copied"
    sequence INTEGER NOT NULL, -- of its last accepted letter
    PRIMARY KEY (case_id, place)
) WITHOUT ROWID;

CREATE TABLE deadlines (
    row           INTEGER PRIMARY KEY,
    case_id       TEXT NOT NULL,
    limit_id      TEXT NOT NULL,    -- in the procedure file
    owner         TEXT NOT NULL,    -- the agency that must act
    from_position INTEGER NOT NULL, -- of the letter that started it
    start         INTEGER NOT NULL,
    due           INTEGER NOT NULL, -- last lawful instant
    status        INTEGER NOT NULL, -- waiting, running, met, met late, cancelled
    met_by        INTEGER NOT NULL,
    reminded      INTEGER NOT NULL  -- when its expiry was acted on
);
CREATE INDEX deadlines_case ON deadlines (case_id);
CREATE INDEX deadlines_due ON deadlines (due) WHERE status = 1 AND reminded = 0;

-- The timeline: what a letter did to a case.
CREATE TABLE steps (
    case_id      TEXT NOT NULL,
    position     INTEGER NOT NULL,
    state_before TEXT NOT NULL,
    state_after  TEXT NOT NULL,
    at           INTEGER NOT NULL,
    late         INTEGER NOT NULL,
    decided_at   INTEGER NOT NULL,
    PRIMARY KEY (case_id, position)
) WITHOUT ROWID;

-- What must reach an inbox queue, and when it was there.
CREATE TABLE outbox (
    row          INTEGER PRIMARY KEY,
    position     INTEGER NOT NULL,
    recipient    TEXT NOT NULL,
    case_id      TEXT NOT NULL,
    sequence     INTEGER NOT NULL,           -- of (recipient, case): 1, 2, 3
    sent_at      INTEGER NOT NULL DEFAULT 0, -- confirmed by the broker
    delivered_at INTEGER NOT NULL DEFAULT 0, -- receipt of the recipient
    receipt      INTEGER NOT NULL DEFAULT 0  -- position of that receipt
);
CREATE UNIQUE INDEX outbox_letter ON outbox (position, recipient);
CREATE UNIQUE INDEX outbox_sequence ON outbox (recipient, case_id, sequence);
CREATE INDEX outbox_unsent ON outbox (row) WHERE sent_at = 0;

-- The log: 256 nodes of one level in one row, written when it is full. Level 0
-- holds leaves, level n the roots of 256 full rows of level n - 1.
CREATE TABLE tiles (
    level INTEGER NOT NULL,
    place INTEGER NOT NULL, -- 0, 1, 2, ...
    root  BLOB NOT NULL,
    nodes BLOB NOT NULL,
    PRIMARY KEY (level, place)
);

-- One row: what the log was at the last commit.
CREATE TABLE head (
    only_one INTEGER PRIMARY KEY CHECK (only_one = 1),
    size     INTEGER NOT NULL,
    root     BLOB NOT NULL
);
INSERT INTO head VALUES (
    1, 0, x'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
