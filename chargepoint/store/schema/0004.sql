-- Tokens have types (OCPP 2.0.1), and of those in the cache only hashes are kept: the CSMS is asked about each once more.
DROP TABLE tokens;
CREATE TABLE tokens (
    token       TEXT NOT NULL,  -- hashed
    kind        TEXT NOT NULL,  -- '': 1.6 has named it
    body        TEXT NOT NULL,
    valid_until TEXT NOT NULL,  -- '': was not accepted; '~': no end
    seen        TEXT NOT NULL,  -- judged last
    added       TEXT NOT NULL,
    used        TEXT NOT NULL,  -- shown last
    uses        INTEGER NOT NULL,
    PRIMARY KEY (token, kind)
) WITHOUT ROWID;
CREATE TABLE tokens_key (value TEXT NOT NULL);  -- of these hashes
INSERT INTO tokens_key (value) VALUES (hex(randomblob(32)));

ALTER TABLE local_list RENAME TO old_list;
CREATE TABLE local_list (
    token TEXT NOT NULL,
    kind  TEXT NOT NULL,  -- '': 1.6 has named it
    body  TEXT NOT NULL,
    PRIMARY KEY (token, kind)
) WITHOUT ROWID;
INSERT INTO local_list (token, kind, body) SELECT token, '', body FROM old_list;
DROP TABLE old_list;

ALTER TABLE local_list_disputes RENAME TO old_disputes;
CREATE TABLE local_list_disputes (
    token TEXT NOT NULL,
    kind  TEXT NOT NULL,
    valid INTEGER NOT NULL,
    PRIMARY KEY (token, kind)
) WITHOUT ROWID;
INSERT INTO local_list_disputes (token, kind, valid) SELECT token, '', valid FROM old_disputes;
DROP TABLE old_disputes;
