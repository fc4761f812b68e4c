-- 移送 Yisong：前置库的两张表（SQLite 3.24 及以上）
-- The two tables through which an agency's own system exchanges letters.
--
--   sqlite3 INTAKE.DB <THIS FILE
--
-- 业务系统与适配器都须能读写此文件及其所在目录（日志文件在旁）；两边都应设置
-- busy_timeout，例如 5000 毫秒。建议开启 WAL：读写互不阻塞。
-- Both the system and the adapter must be able to write the file and its folder
-- (its journal lies beside it), and should set a busy_timeout, 5000 ms say.
-- With WAL readers and writers do not wait for each other:
--   PRAGMA journal_mode = WAL;

BEGIN;

-- 发文。业务系统插入一行即发出一件：key 自定且不重复（同一 key 绝不发两次），
-- payload 为公文全文（XML 或 JSON，见 yisong example 类型），可省略由适配器补全的
-- id、from、sentAt、sequence 等。其余各列由适配器写入。
-- Letters to send. One row, one letter: `key` is the system's own and unique (the
-- same key is never sent twice), `payload` the letter in XML or JSON; what the
-- adapter completes (id, from, sentAt, sequence ...) may be left out.
--
-- state 状态:
--   draft      草稿，不取 / being written, left alone
--   new        待取 / to be taken
--   taken      已取、已签名，待对方确认 / taken and signed, on its way
--   submitted  交换中心已受理（提交回执）/ recorded by the exchange: its receipt
--   delivered  收件机关均已收到（送达回执）/ every addressee has it: their receipts
--   refused    被退回，见 code、article、reason_*；改正后把 state 改回 new 即重发
--              refused: see code, article, reason_*; mend it, set it to new again
CREATE TABLE yisong_outgoing (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    key          TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(16))))
                 CHECK (length(key) BETWEEN 1 AND 200),
    payload      TEXT,                    -- 公文 / the letter
    jws          TEXT,                    -- JSON 公文自签时的签名 / if signed by the system
    state        TEXT NOT NULL DEFAULT 'new'
                 CHECK (state IN ('draft', 'new', 'taken', 'submitted',
                                  'delivered', 'refused')),
    letter_id    TEXT,                    -- 报文编号 / id of the letter
    case_id      TEXT,                    -- 案件编号 / id of the case
    code         TEXT,                    -- 退回代码 / why it was refused
    rule         TEXT,                    -- 规则 / the rule
    article      TEXT,                    -- 依据条款 / the article of the law
    reason_zh    TEXT,
    reason_en    TEXT,
    mistakes     TEXT,                    -- 逐项错误（JSON）/ every mistake: path, zh, en
    position     INTEGER,                 -- 交换中心日志中的位置 / in the exchange's log
    created_at   TEXT NOT NULL
                 DEFAULT (strftime('%Y-%m-%dT%H:%M:%S+08:00', 'now', '+8 hours')),
    taken_at     TEXT,
    sent_at      TEXT,
    submitted_at TEXT,
    delivered_at TEXT,
    refused_at   TEXT
);
CREATE INDEX yisong_outgoing_new ON yisong_outgoing (id) WHERE state = 'new';

-- 收文。适配器按案内顺序插入；业务系统处理后把 taken 置为 1。
-- Letters that came, in the order of their case; the system sets `taken` to 1
-- when it has dealt with one.
CREATE TABLE yisong_incoming (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    letter_id       TEXT NOT NULL,
    sender          TEXT NOT NULL,        -- 发送机关 / the agency that sent it
    case_id         TEXT NOT NULL,
    type            TEXT NOT NULL,        -- 文书类型 / its type, filing-decision-notice
    type_name       TEXT NOT NULL,        -- 文书名称 / its Chinese name
    in_reply_to     TEXT,                 -- 所答复的报文 / the letter that it answers
    document_number TEXT,                 -- 文号
    place           INTEGER,              -- 案内序号 / number in its case
    received_at     TEXT NOT NULL,
    xml             TEXT NOT NULL,        -- 公文 / the letter as XML
    flat            TEXT NOT NULL,        -- 同一公文，一层 JSON：flat ->> '$."unit.name"'
                                          -- the same, one flat object
    json            TEXT,                 -- 以 JSON 签名者的原文 / as signed, if in JSON
    jws             TEXT,                 -- 其签名 / and its signature
    sha256          TEXT NOT NULL,        -- 原文摘要 / digest of the bytes signed
    taken           INTEGER NOT NULL DEFAULT 0 CHECK (taken IN (0, 1)),
    taken_at        TEXT,
    UNIQUE (sender, letter_id)
);
CREATE INDEX yisong_incoming_waiting ON yisong_incoming (id) WHERE taken = 0;

COMMIT;
