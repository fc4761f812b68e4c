-- The mailbox of one agency: what it sends, what it got, what it still owes.
-- Times are milliseconds since 1970; digests are 32 bytes of SHA-256.

-- Letters that we send. state: queued -> sent (the broker has it) ->
-- submitted (the exchange recorded it) -> delivered (every addressee has it),
-- or refused.
CREATE TABLE outgoing (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    case_id TEXT NOT NULL,
    type TEXT NOT NULL,
    media_type TEXT NOT NULL,
    jws TEXT NOT NULL DEFAULT '',
    bytes BLOB NOT NULL,
    digest BLOB NOT NULL,
    sequence INTEGER NOT NULL,        -- per case; 0: cross-cutting
    source TEXT NOT NULL DEFAULT '',  -- file name in sent/, '' if by command
    source_digest BLOB,               -- of the bytes before completion
    answers TEXT NOT NULL DEFAULT '', -- inReplyTo/id
    state TEXT NOT NULL DEFAULT 'queued',
    queued_at INTEGER NOT NULL,
    sent_at INTEGER,
    submitted_at INTEGER,
    position INTEGER,                 -- in the log of the exchange
    delivered_at INTEGER,
    refused_at INTEGER,
    code TEXT,
    text_zh TEXT,
    text_en TEXT
) STRICT;
CREATE INDEX outgoing_queued ON outgoing (row, case_id) WHERE state = 'queued';
CREATE INDEX outgoing_case ON outgoing (case_id, row);
CREATE INDEX outgoing_answers ON outgoing (answers);

-- Whom a letter is meant for, and when each said that it has it.
CREATE TABLE addressee (
    letter INTEGER NOT NULL REFERENCES outgoing (row),
    agency TEXT NOT NULL,
    delivered_at INTEGER,
    PRIMARY KEY (letter, agency)
) STRICT, WITHOUT ROWID;

-- The last number given to a letter of ours, per case.
CREATE TABLE counter (
    case_id TEXT PRIMARY KEY,
    last INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Letters that we got. state: held (an earlier letter of the case is missing)
-- -> ready -> handed (it lies in the folder in/, or there is no folder).
CREATE TABLE incoming (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    sender TEXT NOT NULL,
    case_id TEXT NOT NULL,
    type TEXT NOT NULL,
    media_type TEXT NOT NULL,
    jws TEXT NOT NULL DEFAULT '',
    bytes BLOB NOT NULL,
    digest BLOB NOT NULL,
    answers TEXT NOT NULL DEFAULT '',
    place INTEGER NOT NULL,           -- the number of the exchange; 0: none
    state TEXT NOT NULL,
    turn_no INTEGER,                  -- in what order letters got ready
    received_at INTEGER NOT NULL,
    sent_at INTEGER NOT NULL,
    receipt INTEGER REFERENCES outgoing (row), -- our delivery receipt
    owes_receipt INTEGER NOT NULL,
    UNIQUE (sender, id)
) STRICT;
CREATE INDEX incoming_id ON incoming (id);
CREATE INDEX incoming_state ON incoming (state, turn_no);
CREATE UNIQUE INDEX incoming_turn ON incoming (turn_no);
CREATE INDEX incoming_held ON incoming (received_at) WHERE state = 'held';
CREATE INDEX incoming_owes ON incoming (sender, row) WHERE owes_receipt = 1;

-- Per case: the place that is handed over next, and the places that came
-- early. letter is NULL for what fills a place but is not handed over.
CREATE TABLE turn (
    case_id TEXT PRIMARY KEY,
    next INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE early (
    case_id TEXT NOT NULL,
    place INTEGER NOT NULL,
    letter INTEGER REFERENCES incoming (row),
    PRIMARY KEY (case_id, place)
) STRICT, WITHOUT ROWID;

-- What came and could not be trusted or read: kept, never receipted.
CREATE TABLE quarantine (
    row INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    message_id TEXT NOT NULL,         -- as the envelope said
    case_id TEXT NOT NULL,
    media_type TEXT NOT NULL,
    jws TEXT NOT NULL,
    bytes BLOB NOT NULL,
    place INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    code TEXT NOT NULL,
    detail TEXT NOT NULL,
    filed INTEGER NOT NULL DEFAULT 0  -- lies in the folder quarantine/
) STRICT;

-- Files whose fate is decided but that still lie where they were: in out/, or
-- (identity '') in sent/ although the exchange refused the letter.
CREATE TABLE taken (
    row INTEGER PRIMARY KEY,
    folder TEXT NOT NULL,             -- where the file goes: sent, refused
    name BLOB NOT NULL,               -- in out/, whatever bytes it has
    identity TEXT NOT NULL,           -- device, inode, size and time
    target TEXT NOT NULL,             -- name in sent/ or refused/
    reason_text TEXT NOT NULL DEFAULT '',
    reason_json TEXT NOT NULL DEFAULT '',
    UNIQUE (name, identity)
) STRICT;

-- Bodies that were deleted when their lawful retention ended. The letter's row
-- stays with its digest and its JWS; its bytes are empty.
CREATE TABLE deletion (
    side TEXT NOT NULL,               -- outgoing, incoming
    letter INTEGER NOT NULL,          -- its row there
    size INTEGER NOT NULL,            -- of the bytes that were there
    at INTEGER NOT NULL,
    rule TEXT NOT NULL,               -- in retention.xml
    record TEXT NOT NULL,             -- id of the letter that says so
    PRIMARY KEY (side, letter)
) STRICT, WITHOUT ROWID;

-- Cases that may not be touched. until: 0 while it holds.
CREATE TABLE hold (
    row INTEGER PRIMARY KEY,
    case_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER NOT NULL
) STRICT;
CREATE INDEX hold_case ON hold (case_id);
CREATE INDEX incoming_case ON incoming (case_id, row);
