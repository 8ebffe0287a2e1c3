-- The log on disk, format 1. Applied once, inside one transaction, to an empty file; never edited afterwards.
-- Journal mode, page size and synchronous are set by the program that opens the file.

PRAGMA application_id = 1684109666; -- the letters "dayb"
PRAGMA user_version = 1;

-- One row: what this file is. Its canonical hash is a control entry of every stream that rests on it.
CREATE TABLE meta (
    -- always 1: there is one row
    only       INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
    -- the format of this file; equals user_version
    format     INTEGER NOT NULL,
    -- 32 random hex digits
    ledger_id  TEXT    NOT NULL,
    -- microseconds since 1970, by the clock of the creator
    created_us INTEGER NOT NULL
) STRICT;

-- One row per entry, in the order of the canonical columns; the body stands last so that reading the
-- others never walks over it.
CREATE TABLE entries (
    -- account and mode: acct_…/live or acct_…/test
    stream        TEXT    NOT NULL,
    -- the entry's number in its stream: 1, 2, 3 and so on without a gap
    seq           INTEGER NOT NULL CHECK (seq > 0),
    -- what the body is
    kind          TEXT    NOT NULL CHECK (kind IN ('event', 'notification', 'observation', 'control')),
    -- the sender's id of it, or one of our own
    id            TEXT    NOT NULL,
    -- the event's type
    type          TEXT    NOT NULL,
    -- the object that it is about, where it is about one
    object_id     TEXT,
    -- the API version that rendered the body, where it is known
    api_version   TEXT,
    -- seconds since 1970, as the sender says
    created_s     INTEGER NOT NULL,
    -- microseconds since 1970, by our clock
    recorded_us   INTEGER NOT NULL,
    -- the way by which it came
    source        TEXT    NOT NULL CHECK (source IN ('webhook', 'poll', 'backfill', 'import', 'sync')),
    -- SHA-256 of what the body says, without white space and members that change from delivery to delivery
    content_hash  BLOB    NOT NULL CHECK (length(content_hash) = 32),
    -- the first of its id; the same id in another API version; the same id and version with other content
    role          TEXT    NOT NULL CHECK (role IN ('original', 'rendering', 'conflict')),
    -- SHA-256 of salt and body
    commitment    BLOB    NOT NULL CHECK (length(commitment) = 32),
    -- SHA-256 of the entry before, these columns and the commitment
    chain_hash    BLOB    NOT NULL CHECK (length(chain_hash) = 32),
    -- the dictionary that the body is compressed with; null: the body is stored as it came
    dictionary_id INTEGER,
    -- 16 random bytes that keep an erased body from being guessed; null once it is erased
    salt          BLOB CHECK (length(salt) = 16),
    -- the bytes as they came; null once erased
    body          BLOB,
    CHECK ((salt IS NULL) = (body IS NULL))
) STRICT;

-- Queries name the index they rest on: left to choose, SQLite may walk a whole stream to find one id.
CREATE UNIQUE INDEX entries_by_seq ON entries (stream, seq);
CREATE UNIQUE INDEX entries_by_id ON entries (stream, id, content_hash);

-- The tally of kinds, types and versions reads this index alone, never the bodies.
CREATE INDEX entries_by_type ON entries (stream, kind, type, api_version);

-- How often an entry came again. Outside the chain: nothing proves it, nothing rests on it.
CREATE TABLE duplicates (
    -- the stream of the entry
    stream       TEXT    NOT NULL,
    -- its id
    id           TEXT    NOT NULL,
    -- its content hash
    content_hash BLOB    NOT NULL CHECK (length(content_hash) = 32),
    -- how often it came again
    count        INTEGER NOT NULL CHECK (count > 0),
    PRIMARY KEY (stream, id, content_hash)
) STRICT, WITHOUT ROWID;

-- INSERT OR REPLACE deletes without firing the delete trigger, hence every key is looked up here first,
-- the rowid (-1 when not given) among them.
CREATE TRIGGER entries_only_grow BEFORE INSERT ON entries
BEGIN
    SELECT RAISE(ABORT, 'an entry takes the next seq of its stream')
     WHERE NEW.seq IS NOT 1 + coalesce((SELECT max(seq) FROM entries WHERE stream = NEW.stream), 0);
    SELECT RAISE(ABORT, 'the entry is in the log already')
     WHERE EXISTS (SELECT 1 FROM entries
                    WHERE stream = NEW.stream AND id = NEW.id AND content_hash = NEW.content_hash)
        OR EXISTS (SELECT 1 FROM entries WHERE rowid = NEW.rowid);
END;

CREATE TRIGGER entries_stay BEFORE DELETE ON entries
BEGIN
    SELECT RAISE(ABORT, 'entries are never deleted');
END;

-- The one lawful change: a body and its salt go from bytes to null, together, and nothing else moves.
CREATE TRIGGER entries_never_change BEFORE UPDATE ON entries
WHEN NOT (OLD.body IS NOT NULL AND OLD.salt IS NOT NULL AND NEW.body IS NULL AND NEW.salt IS NULL
    AND NEW.rowid IS OLD.rowid
    AND NEW.stream IS OLD.stream AND NEW.seq IS OLD.seq AND NEW.kind IS OLD.kind AND NEW.id IS OLD.id
    AND NEW.type IS OLD.type AND NEW.object_id IS OLD.object_id AND NEW.api_version IS OLD.api_version
    AND NEW.created_s IS OLD.created_s AND NEW.recorded_us IS OLD.recorded_us
    AND NEW.source IS OLD.source AND NEW.content_hash IS OLD.content_hash AND NEW.role IS OLD.role
    AND NEW.commitment IS OLD.commitment AND NEW.chain_hash IS OLD.chain_hash
    AND NEW.dictionary_id IS OLD.dictionary_id)
BEGIN
    SELECT RAISE(ABORT, 'entries are never changed');
END;

CREATE TRIGGER meta_is_written_once BEFORE INSERT ON meta
WHEN EXISTS (SELECT 1 FROM meta)
BEGIN
    SELECT RAISE(ABORT, 'meta is written once');
END;

CREATE TRIGGER meta_stays BEFORE DELETE ON meta
BEGIN
    SELECT RAISE(ABORT, 'meta is never deleted');
END;

CREATE TRIGGER meta_never_changes BEFORE UPDATE ON meta
BEGIN
    SELECT RAISE(ABORT, 'meta is never changed');
END;
