-- Work in hand of runs of reconcile that are not over, format 2. All of it can be read again: the file may be deleted at any time.

PRAGMA application_id = 1684109655; -- the letters "dayW"
PRAGMA user_version = 2;

-- Runs that are under way or were broken off: one at most of a stream for each thing that was asked for.
CREATE TABLE runs (
    id INTEGER NOT NULL PRIMARY KEY, -- its number
    name TEXT NOT NULL, -- its name, as its record has it
    stream TEXT NOT NULL, -- account and mode
    settings TEXT NOT NULL, -- what it was asked for: only the same is gone on with
    began_s INTEGER NOT NULL, -- Unix second of Stripe's first answer: what is created later is not its business
    start_seq INTEGER NOT NULL, -- the last entry of which the last run knew
    planned_seq INTEGER, -- the log's last entry when it was decided what is read; null: it is not yet
    step INTEGER NOT NULL, -- 0 planning, 1 reading, 2 looking again, 3 tracing causes, 4 mending, 5 balance, 6 recording
    tries INTEGER NOT NULL, -- how often what differs was looked at again
    requests INTEGER NOT NULL, -- requests that were made
    last_s INTEGER NOT NULL, -- Unix second of Stripe's last answer
    objects INTEGER NOT NULL, -- objects that were compared
    fields INTEGER NOT NULL, -- their members
    swept INTEGER NOT NULL, -- objects of the book that can be swept
    laps TEXT NOT NULL, -- where each kind's sweep stood when it began, as JSON
    record TEXT, -- the record and the findings, as JSON, once they are about to be appended
    UNIQUE (stream, settings)
) STRICT;

-- Windows of lists, each read page by page.
CREATE TABLE windows (
    id INTEGER NOT NULL PRIMARY KEY, -- its number
    run INTEGER NOT NULL, -- the run
    list INTEGER NOT NULL, -- the list's place among all lists of an account
    object_type TEXT NOT NULL, -- what its items call themselves
    span INTEGER NOT NULL, -- the window whose span this one shares, where objects are in two lists
    from_s INTEGER NOT NULL, -- first Unix second of creation; the least number there is: from the beginning
    until_s INTEGER NOT NULL, -- Unix second of creation before which it ends
    is_sweep INTEGER NOT NULL, -- 1 if a lack of requests may cut it
    has_families INTEGER NOT NULL, -- 1 if lists under its items are read too
    state INTEGER NOT NULL, -- 0 to be read, 1 read to its end, 2 given up, 3 not offered to this account
    after TEXT, -- id behind which the next page begins
    items INTEGER NOT NULL, -- items so far
    first_id TEXT, -- id of the first
    last_id TEXT, -- id of the last
    ids_hash BLOB NOT NULL -- SHA-256 over the ids so far, chained
) STRICT;

CREATE INDEX windows_by_state ON windows (run, state);
CREATE INDEX windows_by_span ON windows (span, state);

-- Shares of the sweep: done when no window within them is left.
CREATE TABLE shares (
    run INTEGER NOT NULL, -- the run
    object_type TEXT NOT NULL, -- what the objects call themselves
    from_s INTEGER NOT NULL, -- first Unix second of creation
    until_s INTEGER NOT NULL, -- Unix second of creation before which it ends
    items INTEGER NOT NULL, -- objects of the book in it
    is_last INTEGER NOT NULL, -- 1 if the lap is done with it
    PRIMARY KEY (run, object_type, from_s)
) STRICT, WITHOUT ROWID;

-- Objects of the book that windows should show, until they do.
CREATE TABLE expected (
    run INTEGER NOT NULL, -- the run
    object_type TEXT NOT NULL, -- what it calls itself
    id TEXT NOT NULL, -- the id under which the book keeps it
    stripe_id TEXT, -- Stripe's, where it is another
    span INTEGER NOT NULL, -- the window
    PRIMARY KEY (run, object_type, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX expected_by_span ON expected (run, span);

-- Objects of which entries of the log spoke since the last run, until it is decided how they are read.
CREATE TABLE touched (
    run INTEGER NOT NULL, -- the run
    object_type TEXT NOT NULL, -- what it calls itself
    id TEXT NOT NULL, -- Stripe's id of it, or the one under which the book keeps it
    PRIMARY KEY (run, object_type, id)
) STRICT, WITHOUT ROWID;

-- Lists under one parent.
CREATE TABLE lists (
    id INTEGER NOT NULL PRIMARY KEY, -- its number
    run INTEGER NOT NULL, -- the run
    kind TEXT NOT NULL, -- what its items call themselves, or the kind of the list where it is kept as one
    parent TEXT NOT NULL, -- the parent's id
    state INTEGER NOT NULL, -- 0 to be read, 1 read to its end, 2 given up
    UNIQUE (run, kind, parent)
) STRICT;

-- What lists under parents showed.
CREATE TABLE shown (
    run INTEGER NOT NULL, -- the run
    object_type TEXT NOT NULL, -- what it calls itself
    id TEXT NOT NULL, -- the id under which the book keeps it
    PRIMARY KEY (run, object_type, id)
) STRICT, WITHOUT ROWID;

-- Objects that are read by themselves.
CREATE TABLE singles (
    number INTEGER NOT NULL PRIMARY KEY, -- its number
    run INTEGER NOT NULL, -- the run
    object_type TEXT NOT NULL, -- what it calls itself
    id TEXT NOT NULL, -- the id under which the book keeps it
    stripe_id TEXT NOT NULL, -- Stripe's
    parent TEXT, -- the id of the parent under which alone Stripe finds it
    state INTEGER NOT NULL, -- 0 to be read, 1 read, 2 given up
    UNIQUE (run, object_type, id)
) STRICT;

-- Objects that differed when they were read.
CREATE TABLE suspects (
    number INTEGER NOT NULL PRIMARY KEY, -- its number
    run INTEGER NOT NULL, -- the run
    object_type TEXT NOT NULL, -- what it calls itself
    id TEXT NOT NULL, -- the id under which the book keeps it
    stripe_id TEXT NOT NULL, -- Stripe's
    parent TEXT, -- the id of the parent under which alone Stripe finds it
    state INTEGER NOT NULL, -- 0 open, 1 it differs for sure, 2 it moved each time, 3 it was appended, 4 done
    read_hash BLOB, -- SHA-256 of what the last read said, whatever its form; null: to be read again
    same_since_s INTEGER, -- Unix second of the first read in a row that said so
    read_seq INTEGER NOT NULL, -- the log's last entry before that read
    reading TEXT, -- what the read's answer shares with its other objects, as JSON
    body TEXT, -- what was read; null: Stripe does not find it
    finding TEXT, -- the finding, as JSON, once its cause was traced
    is_repaired INTEGER NOT NULL, -- 1 if the book says the same by now
    held_back TEXT, -- why it was not repaired
    UNIQUE (run, object_type, id)
) STRICT;

CREATE INDEX suspects_by_state ON suspects (run, state, number);

-- What the record will say.
CREATE TABLE remarks (
    run INTEGER NOT NULL, -- the run
    about TEXT NOT NULL, -- unproven: what the run did not come to; cut: of the sweep; gap; unlisted: a member that nobody has thought of; doubt: a sum of the book that did not hold when the run was planned
    what TEXT NOT NULL, -- in words; a gap as JSON; of a doubt the id of its finding
    PRIMARY KEY (run, about, what)
) STRICT, WITHOUT ROWID;
