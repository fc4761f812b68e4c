-- The evidence store at the centre. Instants are milliseconds since 1970, 0
-- where there is none. Rows stay when their file is deleted.

CREATE TABLE file (
    row       INTEGER PRIMARY KEY,
    sender    TEXT NOT NULL,
    letter    TEXT NOT NULL,     -- its id
    sha256    TEXT NOT NULL,     -- of the file that was attached
    state     INTEGER NOT NULL,  -- open, checking, whole, gone
    total     INTEGER NOT NULL,  -- sealed bytes
    have      INTEGER NOT NULL,  -- of them, on disk
    sealed    BLOB NOT NULL,     -- SHA-256 of the sealed bytes
    opened_at INTEGER NOT NULL,
    heard_at  INTEGER NOT NULL,
    whole_at  INTEGER NOT NULL,
    gone_at   INTEGER NOT NULL,
    gone_why  TEXT NOT NULL,     -- received, expired, stalled
    UNIQUE (sender, letter, sha256)
) STRICT;
CREATE INDEX file_state ON file (state, row);
CREATE INDEX file_sender ON file (sender, state);

-- Whom the letter names, and what each signed when it had opened the file.
CREATE TABLE receiver (
    file        INTEGER NOT NULL REFERENCES file (row),
    agency      TEXT NOT NULL,
    received_at INTEGER NOT NULL DEFAULT 0,
    fingerprint TEXT NOT NULL DEFAULT '',
    signature   BLOB,
    PRIMARY KEY (file, agency)
) STRICT, WITHOUT ROWID;

-- What happened: each line is chained to the one before, SHA-256 over the byte
-- 2, the chain so far and the text.
CREATE TABLE log (
    line  INTEGER PRIMARY KEY,
    text  TEXT NOT NULL,
    chain BLOB NOT NULL
) STRICT;
