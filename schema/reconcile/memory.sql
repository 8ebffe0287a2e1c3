-- What runs of reconcile left in the log, as tables, format 1. All of it follows from the log: the file may be deleted at any time.

PRAGMA application_id = 1684109650; -- the letters "dayR"
PRAGMA user_version = 1;

-- How far each stream of the log is in this memory.
CREATE TABLE position (
    stream TEXT NOT NULL PRIMARY KEY, -- account and mode
    seq INTEGER NOT NULL, -- the last entry that was taken in, or passed over because it is none of these
    chain_hash BLOB NOT NULL -- its chain hash, which proves it and all before it
) STRICT, WITHOUT ROWID;

-- Every run that left a record.
CREATE TABLE runs (
    stream TEXT NOT NULL, -- account and mode
    run TEXT NOT NULL, -- its name
    place INTEGER NOT NULL, -- the entry of its first record: runs are ordered by it
    is_finished INTEGER NOT NULL, -- 1 if it came to its end
    body TEXT NOT NULL, -- its newest record, as JSON
    PRIMARY KEY (stream, run)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX runs_by_place ON runs (stream, place);

-- Findings of runs whose record has not come yet: they count once it does.
CREATE TABLE pending (
    stream TEXT NOT NULL, -- account and mode
    run TEXT NOT NULL, -- the run
    finding TEXT NOT NULL, -- the finding's name
    body TEXT NOT NULL, -- the finding as the run left it, as JSON
    PRIMARY KEY (stream, run, finding)
) STRICT, WITHOUT ROWID;

-- Every finding as every run left it.
CREATE TABLE outcomes (
    stream TEXT NOT NULL, -- account and mode
    finding TEXT NOT NULL, -- the finding's name
    place INTEGER NOT NULL, -- the run's place
    state TEXT NOT NULL CHECK (state IN ('new', 'known', 'repaired', 'accepted', 'gone')), -- how it stood at the run's end
    first_place INTEGER NOT NULL, -- the place of the run that found it, after it had last been repaired or gone
    times INTEGER NOT NULL, -- how often it was found anew, up to this run
    is_last INTEGER NOT NULL, -- 1 in the newest row of the finding
    body TEXT NOT NULL, -- the finding as the run left it, as JSON
    PRIMARY KEY (stream, finding, place)
) STRICT, WITHOUT ROWID;

CREATE INDEX outcomes_by_run ON outcomes (stream, place);
CREATE INDEX outcomes_standing ON outcomes (stream, finding) WHERE is_last = 1 AND state IN ('new', 'known', 'accepted');

-- Words that findings may be, until they are repaired or gone: the newest of each.
CREATE TABLE acceptances (
    stream TEXT NOT NULL, -- account and mode
    finding TEXT NOT NULL, -- the finding's name
    body TEXT NOT NULL, -- who, why, when and of what, as JSON
    PRIMARY KEY (stream, finding)
) STRICT, WITHOUT ROWID;
