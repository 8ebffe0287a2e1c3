-- What sync remembers, format 2. All of it follows from the log or can be read again: the file may be deleted at any time.

PRAGMA application_id = 1684109651; -- the letters "dayS"
PRAGMA user_version = 2;

-- How far each stream of the log is in this memory.
CREATE TABLE position (
    stream TEXT NOT NULL PRIMARY KEY, -- account and mode
    seq INTEGER NOT NULL, -- the last entry that was taken in
    chain_hash BLOB NOT NULL -- its chain hash, which proves it and all before it
) STRICT, WITHOUT ROWID;

-- Every object of which the log speaks.
CREATE TABLE objects (
    stream TEXT NOT NULL, -- account and mode
    object_type TEXT NOT NULL, -- what it calls itself, or the kind of a list that was read whole
    id TEXT NOT NULL, -- Stripe's id of it
    known_seq INTEGER NOT NULL, -- the first entry that spoke of it
    date_s INTEGER NOT NULL, -- Unix second of the newest observation; 0 if there is none, or none with a date
    content_hash BLOB, -- of the newest observation; null if there is none, or if an event came after it
    is_gone INTEGER NOT NULL, -- 1 if it was deleted or not found when last heard of
    shown_by INTEGER NOT NULL, -- the run whose lists showed it last; 0 if none did
    PRIMARY KEY (stream, object_type, id)
) STRICT, WITHOUT ROWID;

-- Named moments up to which something was followed.
CREATE TABLE cursors (
    stream TEXT NOT NULL, -- account and mode
    name TEXT NOT NULL, -- what was followed
    at_s INTEGER NOT NULL, -- Unix second up to which it was
    PRIMARY KEY (stream, name)
) STRICT, WITHOUT ROWID;

-- Backfills; one a stream at most is not over.
CREATE TABLE runs (
    id INTEGER NOT NULL PRIMARY KEY, -- its number; it never comes back
    stream TEXT NOT NULL, -- account and mode
    selection TEXT NOT NULL, -- the types that were asked for, in order and joined with commas
    start_seq INTEGER NOT NULL, -- the log's last entry when it began
    until_s INTEGER NOT NULL, -- Unix second before which objects are its own; later ones are follow's
    state INTEGER NOT NULL -- 0 to be read, 1 read to its end but not those begun with it, 2 over, 3 given up
) STRICT;

-- Parts of lists that a run reads: windows of creation of a whole account's, and lists under one parent.
CREATE TABLE parts (
    id INTEGER NOT NULL PRIMARY KEY, -- its number
    run INTEGER NOT NULL, -- the run
    list TEXT NOT NULL, -- the request of the list, without span and cursor
    object_type TEXT NOT NULL, -- what the items call themselves
    parent_type TEXT, -- what the parent calls itself; null: a list of the whole account
    parent TEXT, -- the parent's id
    from_s INTEGER, -- first Unix second of creation; null: from the beginning
    until_s INTEGER, -- the Unix second before which it ends; null: the list is not cut by creation
    state INTEGER NOT NULL, -- 0 to be read, 1 read to its end, 2 and its evidence is in the log, 3 given up
    after TEXT, -- id after which the next page begins; null: the first page is next
    pages INTEGER NOT NULL, -- pages read
    items INTEGER NOT NULL, -- items on them
    appended INTEGER NOT NULL, -- of the items, those that the log took
    unchanged INTEGER NOT NULL, -- those that it had with the same content
    set_aside INTEGER NOT NULL, -- those that can't enter it
    first_id TEXT, -- id of the first item
    last_id TEXT, -- id of the last
    ids_hash BLOB NOT NULL, -- SHA-256 over the ids so far, chained
    newest_s INTEGER, -- Unix second in which the first item was created
    oldest_s INTEGER, -- and the last
    first_date_s INTEGER, -- Unix second of the first page's answer
    last_date_s INTEGER, -- and of the last page's
    elapsed_ms INTEGER NOT NULL -- what the first and the last page took together, milliseconds
) STRICT;

CREATE INDEX parts_by_state ON parts (run, state, object_type, id);
CREATE UNIQUE INDEX parts_by_parent ON parts (run, object_type, parent) WHERE parent IS NOT NULL;

-- Items of lists that enter the log whole, until they are whole.
CREATE TABLE pieces (
    part INTEGER NOT NULL, -- the part of a list
    page INTEGER NOT NULL, -- the page, from 1
    items TEXT NOT NULL, -- its items as Stripe wrote them, joined with commas
    PRIMARY KEY (part, page)
) STRICT, WITHOUT ROWID;

-- What became of each type in a run, besides what its parts tell.
CREATE TABLE types (
    run INTEGER NOT NULL, -- the run
    object_type TEXT NOT NULL, -- the type
    skipped TEXT, -- why it was given up
    singles INTEGER NOT NULL, -- objects that were asked for by themselves
    absent INTEGER NOT NULL, -- those of them that are gone
    appended INTEGER NOT NULL, -- answers to that that the log took
    is_over INTEGER NOT NULL, -- 1 once nothing of it is missing
    PRIMARY KEY (run, object_type)
) STRICT, WITHOUT ROWID;

-- Walks of follow that were broken off: from the newest item of a list back to a second.
CREATE TABLE walks (
    stream TEXT NOT NULL, -- account and mode
    name TEXT NOT NULL, -- what is walked, as its cursor is named
    after TEXT, -- id after which the next page begins
    request TEXT NOT NULL, -- the request of the first page
    object_type TEXT NOT NULL, -- what the items call themselves
    from_s INTEGER, -- the Unix second of creation at which it ends; null: where the list does
    items INTEGER NOT NULL, -- items with an id so far
    first_id TEXT, -- id of the first item
    last_id TEXT, -- id of the last
    ids_hash BLOB NOT NULL, -- SHA-256 over the ids so far, chained
    pages INTEGER NOT NULL, -- pages read
    appended INTEGER NOT NULL, -- of the items, those that the log took
    unchanged INTEGER NOT NULL, -- those that it had
    set_aside INTEGER NOT NULL, -- those that can't enter it
    first_date_s INTEGER, -- Unix second of the first page's answer
    last_date_s INTEGER, -- and of the last page's
    PRIMARY KEY (stream, name)
) STRICT, WITHOUT ROWID;

-- How far follow has listened to each stream of the log.
CREATE TABLE heard (
    stream TEXT NOT NULL PRIMARY KEY, -- account and mode
    seq INTEGER NOT NULL -- the last entry that was listened to
) STRICT, WITHOUT ROWID;

-- What entries behind the last one listened to hint at, and was read already.
CREATE TABLE errands (
    stream TEXT NOT NULL, -- account and mode
    errand TEXT NOT NULL, -- what was read, and on which account if it is another
    seq INTEGER NOT NULL, -- the last entry that hinted at it then; a later one asks for it again
    PRIMARY KEY (stream, errand)
) STRICT, WITHOUT ROWID;
