-- What must survive a power cut. Bodies are JSON of the domain's records, so that a technician can read them with sqlite3.

CREATE TABLE transactions (
    number  INTEGER PRIMARY KEY,
    id      TEXT NOT NULL UNIQUE,
    open    INTEGER NOT NULL,
    csms_id TEXT,               -- 1.6 transactionId, known late
    last_letter INTEGER,        -- number of the message that tells its end: when that has gone, all of its messages have
    cost    TEXT,               -- what the CSMS said that it has cost in the end
    body    TEXT NOT NULL
);
CREATE INDEX transactions_open ON transactions (open) WHERE open = 1;
CREATE INDEX transactions_ended ON transactions (last_letter) WHERE open = 0;
CREATE INDEX transactions_csms_id ON transactions (csms_id) WHERE csms_id IS NOT NULL;

-- Messages of which each must reach the CSMS, in the order of their numbers within a lane.
CREATE TABLE outbox (
    number     INTEGER PRIMARY KEY,
    lane       TEXT NOT NULL,              -- transaction, security
    subject    TEXT NOT NULL,              -- id of the transaction, or kind of the security event
    message_id TEXT NOT NULL,
    attempts   INTEGER NOT NULL DEFAULT 0,
    fixed      INTEGER NOT NULL DEFAULT 0, -- it has been sent: its time stays, whatever becomes of the clock
    body       TEXT NOT NULL
);
CREATE INDEX outbox_lane ON outbox (lane); -- holds the numbers as well: the first of a lane, and how many there are

-- By how much the clock was set while messages waited: those of these numbers are told so much later.
CREATE TABLE clock_jumps (
    number INTEGER PRIMARY KEY,
    first  INTEGER NOT NULL,
    last   INTEGER NOT NULL,
    jump_s REAL NOT NULL,
    since  TEXT NOT NULL,   -- only moments from then on, as they were stamped or corrected before
    spared TEXT NOT NULL    -- but for these transactions: something of them has been told, and nothing may become earlier than that
);

-- Given up after the last attempt, kept for the technician under the number that it had.
CREATE TABLE dead_letters (
    number     INTEGER PRIMARY KEY,
    lane       TEXT NOT NULL,
    subject    TEXT NOT NULL,
    message_id TEXT NOT NULL,
    attempts   INTEGER NOT NULL,
    body       TEXT NOT NULL,
    cause      TEXT NOT NULL,
    given_up   TEXT NOT NULL
);
CREATE INDEX dead_letters_subject ON dead_letters (subject);

-- One row per EVSE: what the station remembers of its session.
CREATE TABLE sessions (
    evse INTEGER PRIMARY KEY,
    body TEXT NOT NULL
);

-- What the transaction of an EVSE has collected for its end: written once each, not with every change of its session.
CREATE TABLE end_values (
    evse   INTEGER NOT NULL,
    number INTEGER NOT NULL,
    body   TEXT NOT NULL,
    PRIMARY KEY (evse, number)
) WITHOUT ROWID;

-- Tokens as the CSMS last judged them (authorisation cache).
CREATE TABLE tokens (
    token       TEXT PRIMARY KEY,
    body        TEXT NOT NULL,
    valid_until TEXT NOT NULL,  -- '': was not accepted; '~': no end
    seen        TEXT NOT NULL
) WITHOUT ROWID;

-- The local authorisation list as the CSMS sent it.
CREATE TABLE local_list (
    token TEXT PRIMARY KEY,
    body  TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE local_list_version (version INTEGER NOT NULL);

-- Tokens that the CSMS has judged otherwise than its list, and how.
CREATE TABLE local_list_disputes (
    token TEXT PRIMARY KEY,
    valid INTEGER NOT NULL
) WITHOUT ROWID;

-- Reservations that are not over.
CREATE TABLE reservations (
    id   INTEGER PRIMARY KEY,
    body TEXT NOT NULL
);

-- What the CSMS told of price and cost, one row per EVSE that it told anything of.
CREATE TABLE bills (
    evse INTEGER PRIMARY KEY,
    body TEXT NOT NULL
);

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

-- Credentials of the CSMS's giving that have not worked yet; what is in force is in settings.
CREATE TABLE trials (
    name  TEXT PRIMARY KEY,     -- password, profile, certificate
    value TEXT NOT NULL
) WITHOUT ROWID;

-- What the configuration file said of a variable when it was last read, as a checksum: a file that says something else is newer.
CREATE TABLE file_marks (
    name TEXT PRIMARY KEY,
    mark TEXT NOT NULL
) WITHOUT ROWID;

-- Security events, the newest of each kind.
CREATE TABLE security_log (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at     TEXT NOT NULL,
    kind   TEXT NOT NULL,
    info   TEXT NOT NULL,
    more   INTEGER NOT NULL DEFAULT 0,  -- so many of its kind came after it and have no line of their own
    last   TEXT NOT NULL                -- when the last of them came
);
CREATE INDEX security_log_kind ON security_log (kind);

-- Firmware update and log upload: where they stand, and what of that has not been told yet.
CREATE TABLE jobs (
    name TEXT PRIMARY KEY,
    body TEXT NOT NULL
) WITHOUT ROWID;

-- Installed charging profiles.
CREATE TABLE profiles (
    number INTEGER PRIMARY KEY,
    body   TEXT NOT NULL
);

-- What happened, for people; the newest lines.
CREATE TABLE history (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at     TEXT NOT NULL,
    area   TEXT NOT NULL,
    kind   TEXT NOT NULL,
    evse   INTEGER,
    level  INTEGER NOT NULL,            -- 0 info, 1 warning, 2 error
    code   TEXT NOT NULL,               -- of the error catalogue
    text   TEXT NOT NULL,
    more   INTEGER NOT NULL DEFAULT 0,  -- so often it happened again without a line of its own
    last   TEXT NOT NULL                -- when it happened last
);

-- What technicians have taken out of service; evse 0 is the station. No row: in service.
CREATE TABLE outages (
    evse   INTEGER PRIMARY KEY,
    since  TEXT NOT NULL,
    who    TEXT NOT NULL,
    reason TEXT NOT NULL
);

-- The station's own cards, beside those of the configuration file.
CREATE TABLE cards (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    token  TEXT NOT NULL UNIQUE,    -- what two presentations of it have in common
    value  TEXT NOT NULL,
    kind   TEXT NOT NULL,
    name   TEXT NOT NULL,
    added  TEXT NOT NULL
);

-- When each of them, or of the file's, was used last, and how often.
CREATE TABLE card_uses (
    token TEXT PRIMARY KEY,
    last  TEXT NOT NULL,
    uses  INTEGER NOT NULL
) WITHOUT ROWID;

-- What drivers keep of their sessions, by the secret of each; the newest.
CREATE TABLE receipts (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    key    TEXT NOT NULL UNIQUE,
    evse   INTEGER NOT NULL,
    body   TEXT NOT NULL
);
CREATE INDEX receipts_evse ON receipts (evse);
