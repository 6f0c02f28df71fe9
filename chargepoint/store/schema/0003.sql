-- Monitors that the CSMS has set, and what it has made of preconfigured ones; '': it has cleared one of those.
CREATE TABLE monitors (
    id   INTEGER PRIMARY KEY AUTOINCREMENT,
    body TEXT NOT NULL
);

-- What has been told and is not over: thresholds that are exceeded, by the number of the monitor, and faults. With the event that told it.
CREATE TABLE alerts (
    name  TEXT PRIMARY KEY,
    event INTEGER NOT NULL
) WITHOUT ROWID;

-- Messages that the CSMS wants to be shown, in the order in which they were set.
CREATE TABLE display_messages (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id     INTEGER NOT NULL UNIQUE,
    body   TEXT NOT NULL
);
