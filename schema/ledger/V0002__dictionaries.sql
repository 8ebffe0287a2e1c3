-- Format 2: compression, fewer and smaller indexes. Applied once, inside one transaction, to a ledger of format 1, a new one too; never edited afterwards.
-- `meta.format` stays the format in which the file was made: its hash stands in control entries.

PRAGMA user_version = 2;

-- What bodies are compressed with. The hash of each row is a control entry of every stream.
CREATE TABLE dictionaries (
    -- 1, 2, 3 and so on without a gap; new bodies are compressed with the newest
    id         INTEGER NOT NULL PRIMARY KEY CHECK (id > 0),
    -- microseconds since 1970, by the clock of the creator
    created_us INTEGER NOT NULL,
    -- as zstd takes it
    bytes      BLOB    NOT NULL CHECK (length(bytes) > 0)
) STRICT;

CREATE TRIGGER dictionaries_only_grow BEFORE INSERT ON dictionaries
WHEN NEW.id IS NOT 1 + coalesce((SELECT max(id) FROM dictionaries), 0)
BEGIN
    SELECT RAISE(ABORT, 'a dictionary takes the next id');
END;

CREATE TRIGGER dictionaries_stay BEFORE DELETE ON dictionaries
BEGIN
    SELECT RAISE(ABORT, 'dictionaries are never deleted');
END;

CREATE TRIGGER dictionaries_never_change BEFORE UPDATE ON dictionaries
BEGIN
    SELECT RAISE(ABORT, 'dictionaries are never changed');
END;

-- From this format on a compressed body is a zstd frame and eight bytes more: the first of the SHA-256 of the
-- dictionary's id (eight bytes, the lowest first) and the frame, because a frame has bits that decoders ignore.
CREATE TRIGGER entries_name_a_dictionary BEFORE INSERT ON entries
WHEN NEW.dictionary_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM dictionaries WHERE id = NEW.dictionary_id)
BEGIN
    SELECT RAISE(FAIL, 'there is no such dictionary');
END;

-- As before, but an erased body leaves no dictionary either: nothing would prove which one it was.
DROP TRIGGER entries_never_change;

CREATE TRIGGER entries_never_change BEFORE UPDATE ON entries
WHEN NOT (OLD.body IS NOT NULL AND OLD.salt IS NOT NULL
    AND NEW.body IS NULL AND NEW.salt IS NULL AND NEW.dictionary_id IS NULL
    AND NEW.rowid IS OLD.rowid
    AND NEW.stream IS OLD.stream AND NEW.seq IS OLD.seq AND NEW.kind IS OLD.kind AND NEW.id IS OLD.id
    AND NEW.type IS OLD.type AND NEW.object_id IS OLD.object_id AND NEW.api_version IS OLD.api_version
    AND NEW.created_s IS OLD.created_s AND NEW.recorded_us IS OLD.recorded_us
    AND NEW.source IS OLD.source AND NEW.content_hash IS OLD.content_hash AND NEW.role IS OLD.role
    AND NEW.commitment IS OLD.commitment AND NEW.chain_hash IS OLD.chain_hash)
BEGIN
    SELECT RAISE(ABORT, 'entries are never changed');
END;

-- How many entries there are of each kind, type and version: kept with each append, so that no index over all entries is
-- needed to know it. No key of columns that may be null can be a primary one, hence the triggers see to it.
CREATE TABLE tallies (
    -- the stream of the entries
    stream      TEXT    NOT NULL,
    -- their kind
    kind        TEXT    NOT NULL CHECK (kind IN ('event', 'notification', 'observation', 'control')),
    -- their type
    type        TEXT    NOT NULL,
    -- their API version; null: those without one
    api_version TEXT,
    -- how many there are
    count       INTEGER NOT NULL CHECK (count > 0)
) STRICT;

CREATE UNIQUE INDEX tallies_by_key ON tallies (stream, kind, type, api_version);

INSERT INTO tallies (stream, kind, type, api_version, count)
SELECT stream, kind, type, api_version, count(*) FROM entries GROUP BY stream, kind, type, api_version;

CREATE TRIGGER tallies_only_grow BEFORE INSERT ON tallies
WHEN EXISTS (SELECT 1 FROM tallies WHERE stream = NEW.stream AND kind = NEW.kind AND type = NEW.type
                AND api_version IS NEW.api_version)
    OR EXISTS (SELECT 1 FROM tallies WHERE rowid = NEW.rowid)
BEGIN
    SELECT RAISE(ABORT, 'the tally is there already');
END;

CREATE TRIGGER tallies_stay BEFORE DELETE ON tallies
BEGIN
    SELECT RAISE(ABORT, 'tallies are never deleted');
END;

CREATE TRIGGER tallies_only_count BEFORE UPDATE ON tallies
WHEN NOT (NEW.count > OLD.count AND NEW.rowid IS OLD.rowid AND NEW.stream IS OLD.stream AND NEW.kind IS OLD.kind
    AND NEW.type IS OLD.type AND NEW.api_version IS OLD.api_version)
BEGIN
    SELECT RAISE(ABORT, 'a tally only counts on');
END;

-- What daybook itself wrote is few, and read whenever the file is opened for appending.
DROP INDEX entries_by_type;
CREATE INDEX entries_of_control ON entries (stream, type, seq) WHERE kind = 'control';

-- Ids hardly ever meet, so the id alone finds an entry; that none is there twice is seen to by the trigger, which names
-- the index: left to choose, SQLite may walk the whole stream.
DROP INDEX entries_by_id;
CREATE INDEX entries_by_id ON entries (id);

-- As before, but failing where it aborted. To be able to abort, SQLite first copies every page that an insert touches, and that took
-- a fifth of the whole time. Of an insert of many rows those before the refused one stay: each of them was lawful by itself.
DROP TRIGGER entries_only_grow;

CREATE TRIGGER entries_only_grow BEFORE INSERT ON entries
BEGIN
    SELECT RAISE(FAIL, 'an entry takes the next seq of its stream')
     WHERE NEW.seq IS NOT 1 + coalesce((SELECT max(seq) FROM entries INDEXED BY entries_by_seq WHERE stream = NEW.stream), 0);
    SELECT RAISE(FAIL, 'the entry is in the log already')
     WHERE EXISTS (SELECT 1 FROM entries INDEXED BY entries_by_id
                    WHERE id = NEW.id AND stream = NEW.stream AND content_hash = NEW.content_hash)
        OR EXISTS (SELECT 1 FROM entries WHERE rowid = NEW.rowid);
END;
