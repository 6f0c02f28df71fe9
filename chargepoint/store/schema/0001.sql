-- What must survive a power cut. Bodies are JSON of the domain's records, so that a technician can read them with sqlite3.

CREATE TABLE transactions (
    number  INTEGER PRIMARY KEY,
    id      TEXT NOT NULL UNIQUE,
    open    INTEGER NOT NULL,
    csms_id TEXT,               -- 1.6 transactionId, known late
    body    TEXT NOT NULL
);
CREATE INDEX transactions_open ON transactions (open) WHERE open = 1;
CREATE INDEX transactions_csms_id ON transactions (csms_id) WHERE csms_id IS NOT NULL;

-- Messages of which each must reach the CSMS, in the order of their numbers.
CREATE TABLE outbox (
    number         INTEGER PRIMARY KEY AUTOINCREMENT,
    transaction_id TEXT NOT NULL,
    message_id     TEXT NOT NULL,
    attempts       INTEGER NOT NULL DEFAULT 0,
    dead           INTEGER NOT NULL DEFAULT 0,  -- given up after the last attempt, kept for the technician
    body           TEXT NOT NULL
);
CREATE INDEX outbox_alive ON outbox (number) WHERE dead = 0;

-- One row per EVSE: what the station remembers of its session.
CREATE TABLE sessions (
    evse INTEGER PRIMARY KEY,
    body TEXT NOT NULL
);

-- Tokens as the CSMS last judged them (authorisation cache).
CREATE TABLE tokens (
    token TEXT PRIMARY KEY,
    body  TEXT NOT NULL,
    seen  TEXT NOT NULL
) WITHOUT ROWID;

-- ChangeAvailability; evse 0 is the station, connector 0 the whole EVSE. No row: operative.
CREATE TABLE inoperative (
    evse      INTEGER NOT NULL,
    connector INTEGER NOT NULL,
    PRIMARY KEY (evse, connector)
) WITHOUT ROWID;

-- Variables changed by the CSMS, by the device model's own name for them.
CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- Single values: the last event of control that was committed, the reason of the next boot.
CREATE TABLE facts (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
