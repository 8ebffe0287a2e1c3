-- What a book stands on, and what it remembers to go on from there. The other tables follow from the log up to here.

-- How far each stream of the log is in this book.
CREATE TABLE position (
    stream TEXT NOT NULL PRIMARY KEY, -- the stream: account and mode
    seq INTEGER NOT NULL, -- the last entry that is in the book
    chain_hash BLOB NOT NULL, -- its chain hash, which proves it and all before it
    clock_s INTEGER, -- the book clock: Stripe's latest second in the stream; null when no entry has one
    fold_version INTEGER NOT NULL -- the version of the fold that made the rows
) STRICT, WITHOUT ROWID;

-- What is remembered of the claims about each object, and where they stand in the log.
CREATE TABLE registers (
    stream TEXT NOT NULL, -- the stream: account and mode
    object TEXT NOT NULL, -- kind of the object
    id TEXT NOT NULL, -- its id
    register BLOB NOT NULL, -- the claims, in the program's own encoding
    entries BLOB NOT NULL, -- H: seq of every entry that spoke of it, ascending: LEB128 of the distance to the one before
    PRIMARY KEY (stream, object, id)
) STRICT, WITHOUT ROWID;

-- Counts and sums of the hashes of all rows, from which the digest is made.
CREATE TABLE digest_sums (
    stream TEXT NOT NULL, -- the stream: account and mode
    table_name TEXT NOT NULL, -- the table
    bucket INTEGER NOT NULL, -- the part of the table, by a hash of the row's key
    rows INTEGER NOT NULL, -- how many rows are in that part
    sum BLOB NOT NULL, -- the sum of their hashes modulo 2^256, least byte first
    PRIMARY KEY (stream, table_name, bucket)
) STRICT, WITHOUT ROWID;
