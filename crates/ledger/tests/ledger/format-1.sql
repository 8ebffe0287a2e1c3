-- A ledger of format 1, written when that was the newest: what programs of later formats must read and carry over.
-- Two streams; an event, its rendering and a conflict; a notification, an observation, a tally, an erased body.

PRAGMA page_size = 16384;
PRAGMA journal_mode = WAL;
BEGIN;

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

INSERT INTO meta (only, format, ledger_id, created_us) VALUES
    (1, 1, '2b8dfe9fd932c9eb8dbbdf945f0ecd31', 1795423069753436);
INSERT INTO entries (stream, seq, kind, id, type, object_id, api_version, created_s, recorded_us, source, content_hash, role, commitment, chain_hash, dictionary_id, salt, body) VALUES
    ('acct_fixture0001/live', 1, 'control', '01a2078d-e664-76b3-8fac-8772b19b6a3d', 'stream.opened', NULL, NULL, 0, 1795423069796347, 'import', x'de85da65e595abe109d9362785bcc45a2d9f1895eb22e284610ba1a12754fae6', 'original', x'9f071a252d98e64a85b3ecb8c45bc67362035c3b6f228208cce56972736699bf', x'ff4d30433dda37e3d1c77bc118c842e364f5d2f58953f5dca11d5e23ddd6c8be', NULL, x'37dbd4bea89106c79e9464fa668845b7', CAST('{"object":"daybook.control","type":"stream.opened","stream":"acct_fixture0001/live","ledger":"feea59d9845184c52fe878451f54245ffb1a1aa3559ada4756842d4d0f49c36a"}' AS BLOB));
INSERT INTO entries (stream, seq, kind, id, type, object_id, api_version, created_s, recorded_us, source, content_hash, role, commitment, chain_hash, dictionary_id, salt, body) VALUES
    ('acct_fixture0001/live', 2, 'event', 'evt_1', 'customer.created', 'cus_1', '2026-07-29.dahlia', 1735689600, 1795423069826492, 'import', x'fc736aa2457a12ff871ad568daf59a4d575359fcf227dfce3ca0b8cc3cd4f8c3', 'original', x'de77cd15c05ce76847ed29f7313715bb15a19ec1506c334764587778486bae6a', x'220e76bc39ab9a1ff4f84a9c2445a7edaffd27e22a83e83a6965d6cc1dd4ed40', NULL, x'439abf1298b9826aae096308d0d5b2d3', CAST('{"id":"evt_1","object":"event","api_version":"2026-07-29.dahlia","created":1735689600,"livemode":true,"type":"customer.created","data":{"object":{"id":"cus_1","object":"customer","email":"customer-0001@example.com","name":"Customer 0001"}}}' AS BLOB));
INSERT INTO entries (stream, seq, kind, id, type, object_id, api_version, created_s, recorded_us, source, content_hash, role, commitment, chain_hash, dictionary_id, salt, body) VALUES
    ('acct_fixture0001/live', 3, 'event', 'evt_2', 'invoice.paid', 'in_1', '2026-07-29.dahlia', 1735689601, 1795423069826497, 'import', x'bc994ea42cd95c031113c9351ab79d0ca1bcb8c3bd82e68a5dd34c03cff28683', 'original', x'18066c56d5d31903768e7a9934e57fd27b9d6736fad5f5bb35bb8a4e5f89a406', x'442de01c8f47740e5103570f9d98974c09137cb224d8bfe44765b8b4da95799c', NULL, x'298798284d569d54f21b95fd35bdddc3', CAST('{"id":"evt_2","object":"event","api_version":"2026-07-29.dahlia","created":1735689601,"livemode":true,"type":"invoice.paid","data":{"object":{"id":"in_1","object":"invoice","amount_paid":1999,"currency":"usd","status":"paid"}}}' AS BLOB));
INSERT INTO entries (stream, seq, kind, id, type, object_id, api_version, created_s, recorded_us, source, content_hash, role, commitment, chain_hash, dictionary_id, salt, body) VALUES
    ('acct_fixture0001/live', 4, 'event', 'evt_2', 'invoice.paid', 'in_1', '2020-08-27', 1735689601, 1795423069826499, 'import', x'd927ece0dc4d694898f1ff122226c44137c88edf96db6afd5618121227e0be85', 'rendering', x'd166aa1bc03ee717bfa7963cac247fb3ab90302faea2ffc09b3fffaddd91fc78', x'646bd770cb29011129d5cdc2ad39f51f4ed839358af79539d1eca1e77bbdf45f', NULL, x'b2cc2bc5a858b04b3f11bdf17cad8f72', CAST('{"id":"evt_2","object":"event","api_version":"2020-08-27","created":1735689601,"livemode":true,"type":"invoice.paid","data":{"object":{"id":"in_1","object":"invoice","amount_paid":1999,"currency":"usd","paid":true}}}' AS BLOB));
INSERT INTO entries (stream, seq, kind, id, type, object_id, api_version, created_s, recorded_us, source, content_hash, role, commitment, chain_hash, dictionary_id, salt, body) VALUES
    ('acct_fixture0001/live', 5, 'event', 'evt_2', 'invoice.paid', 'in_1', '2020-08-27', 1735689601, 1795423069826501, 'import', x'cc5d23ead95bedeadb9594adb7772e9dfe90fc568045b38e0d8c590e74add08f', 'conflict', x'04bd16a41f8706cbfd0c2d670c30a588f46e369f6449f5b30744f94867a1862e', x'66b7c72b786e1300857a1e74ad227d2b616e6a53a9023cdbc147be7e55bc1a9c', NULL, x'851576ad7975a73f29fa88ca3096ea13', CAST('{"id":"evt_2","object":"event","api_version":"2020-08-27","created":1735689601,"livemode":true,"type":"invoice.paid","data":{"object":{"id":"in_1","object":"invoice","amount_paid":2999,"currency":"usd","paid":true}}}' AS BLOB));
INSERT INTO entries (stream, seq, kind, id, type, object_id, api_version, created_s, recorded_us, source, content_hash, role, commitment, chain_hash, dictionary_id, salt, body) VALUES
    ('acct_fixture0001/test', 1, 'control', '01a2078d-e682-7419-8ca4-ee65728b1136', 'stream.opened', NULL, NULL, 0, 1795423069826531, 'import', x'4da68108a8887c4b004ec2d47f267ca6144061e2dac9d46e69b2c4197a6b15fa', 'original', x'b33b708b622eb6e1525dfe935bcf2bdad45e1f39eb95c70b36f3ef7a04b26162', x'457d3dc6e01e8f8df50ec361a60620cfab382239926ce426a1004e6dbd26364e', NULL, x'dcac3566643ba33d2b21aad61868037a', CAST('{"object":"daybook.control","type":"stream.opened","stream":"acct_fixture0001/test","ledger":"feea59d9845184c52fe878451f54245ffb1a1aa3559ada4756842d4d0f49c36a"}' AS BLOB));
INSERT INTO entries (stream, seq, kind, id, type, object_id, api_version, created_s, recorded_us, source, content_hash, role, commitment, chain_hash, dictionary_id, salt, body) VALUES
    ('acct_fixture0001/test', 2, 'event', 'evt_3', 'price.created', 'price_1', '2026-07-29.dahlia', 1735689700, 1795423069826543, 'import', x'60d4679333ee10bd1996ee9d2fd52b2e0950b3dba06cf31e54fa72ed070b137a', 'original', x'843b33a3c69f6c3d5749b12010ae7a42a0386756066f15e8c05993b7530072b9', x'c1c03b322e781ce029ccdc71fd3d242578afc133faf09793e7722385d59a5c15', NULL, x'ea63fb50226218e8baea8dd4662952ae', CAST('{"id":"evt_3","object":"event","api_version":"2026-07-29.dahlia","created":1735689700,"livemode":false,"type":"price.created","data":{"object":{"id":"price_1","object":"price"}}}' AS BLOB));
INSERT INTO entries (stream, seq, kind, id, type, object_id, api_version, created_s, recorded_us, source, content_hash, role, commitment, chain_hash, dictionary_id, salt, body) VALUES
    ('acct_fixture0001/test', 3, 'event', 'evt_4', 'ping', NULL, NULL, 1735689701, 1795423069826546, 'import', x'57466b29bbf9d9cf70090899307aa435ed4db9cbf74c16aa2020be6a253a0422', 'original', x'60f7525e3e6caec937a7a05f4bba70b6e18e5c265bb3529290306ce096554224', x'5fac168ac49f716810b31bb1cdd0cb2775668d4169004eacd2fa1257474901ad', NULL, x'8b61b55c6dfe653be5ac2bfbdbe809c2', CAST('{"id":"evt_4","object":"event","created":1735689701,"livemode":false,"type":"ping","data":{"object":{"name":"Zoë \"Ω\" O''Neil","object":"thing"}}}' AS BLOB));
INSERT INTO entries (stream, seq, kind, id, type, object_id, api_version, created_s, recorded_us, source, content_hash, role, commitment, chain_hash, dictionary_id, salt, body) VALUES
    ('acct_fixture0001/live', 6, 'notification', 'evt_5', 'v1.billing.meter.error_report_triggered', 'mtr_1', NULL, 1735689609, 1795423069826551, 'import', x'098e81600b77a071509f3a52c8082b3082e3c42196630520627d886e63afe269', 'original', x'0ab53615f23002c5d127081891e40808ddd530675a5ffc8001d252cbb6aac51c', x'54599211756e7fc048ce6677373aed73455055cec2bfd5afc242bedc7595f8ab', NULL, x'a1043d0901f1f6fcd46001cf2297ad39', CAST('{"id":"evt_5","object":"v2.core.event","created":"2025-01-01T00:00:09.000Z","livemode":true,"type":"v1.billing.meter.error_report_triggered","related_object":{"id":"mtr_1","type":"billing.meter","url":"/v1/billing/meters/mtr_1"}}' AS BLOB));
INSERT INTO entries (stream, seq, kind, id, type, object_id, api_version, created_s, recorded_us, source, content_hash, role, commitment, chain_hash, dictionary_id, salt, body) VALUES
    ('acct_fixture0001/live', 7, 'observation', 'obs_b80df2d05b14534b420628a9e8c4340a1950c97db84e18f886fe1309450998b8', 'observation', 'ch_1', '2026-07-29.dahlia', 1735689800, 1795423069826561, 'import', x'c1ee9716da51cd278ab3b8953e1c3c11de18ed5a91dfb6b7b302f489f743e804', 'original', x'6afb929aacfa23a2b49724477a605eb4bc128e6cab5a7b9f9b0a5963c7c24745', x'855df6d715922518913deb547864b31c6fe848d2a49d56ea79dbfcbbf6f17202', NULL, x'bf41ea175d44b33f8de62caa582dcfc3', CAST('{"object":"daybook.observation","request":"GET /v1/charges/ch_1","request_id":"req_1","version":"2026-07-29.dahlia","account":"acct_fixture0001","livemode":true,"date_s":1735689800,"elapsed_ms":120,"absent":null,"object_type":"charge","object_id":"ch_1","body":{"id":"ch_1","object":"charge","amount":1999}}' AS BLOB));
INSERT INTO entries (stream, seq, kind, id, type, object_id, api_version, created_s, recorded_us, source, content_hash, role, commitment, chain_hash, dictionary_id, salt, body) VALUES
    ('acct_fixture0001/live', 8, 'event', 'evt_6', 'charge.succeeded', 'ch_1', '2026-07-29.dahlia', 1735689900, 1795423069826564, 'import', x'6fc6ab635e33f176a3b00b277375522bba9290f7aa33e025def366588d78c77c', 'original', x'054ee680c174f66146ec04644bf31180de3674be4bc296ddf1ad02ec8012b1c5', x'87d492851496313d2b2346faf97b5b7d9ccd2bab81350ba6fa71d8216d58babc', NULL, x'9d0a112edad6ce5f51b277378b981507', CAST('{"id":"evt_6","object":"event","api_version":"2026-07-29.dahlia","created":1735689900,"livemode":true,"type":"charge.succeeded","data":{"object":{"id":"ch_1","object":"charge","amount":1999}}}' AS BLOB));
INSERT INTO entries (stream, seq, kind, id, type, object_id, api_version, created_s, recorded_us, source, content_hash, role, commitment, chain_hash, dictionary_id, salt, body) VALUES
    ('acct_fixture0001/live', 9, 'event', 'evt_7', 'customer.deleted', 'cus_1', '2026-07-29.dahlia', 1735689901, 1795423069826566, 'import', x'5e06170aa35fa04ffae2254766c39a5c94bd8eef7f48e17b3e90ed8d9ab055a9', 'original', x'8f269b27ca48de781d80428bc9cbee5f99caa6649b3321bd04c62b1498754324', x'fdacf0f8dcca77db0abceb15382ef68cec4fea0d2d1f5f202bdaa74377c40213', NULL, NULL, NULL);
INSERT INTO duplicates (stream, id, content_hash, count) VALUES
    ('acct_fixture0001/live', 'evt_1', x'fc736aa2457a12ff871ad568daf59a4d575359fcf227dfce3ca0b8cc3cd4f8c3', 1);
INSERT INTO duplicates (stream, id, content_hash, count) VALUES
    ('acct_fixture0001/live', 'evt_2', x'bc994ea42cd95c031113c9351ab79d0ca1bcb8c3bd82e68a5dd34c03cff28683', 1);
INSERT INTO duplicates (stream, id, content_hash, count) VALUES
    ('acct_fixture0001/live', 'evt_2', x'cc5d23ead95bedeadb9594adb7772e9dfe90fc568045b38e0d8c590e74add08f', 1);
INSERT INTO duplicates (stream, id, content_hash, count) VALUES
    ('acct_fixture0001/live', 'evt_2', x'd927ece0dc4d694898f1ff122226c44137c88edf96db6afd5618121227e0be85', 1);
INSERT INTO duplicates (stream, id, content_hash, count) VALUES
    ('acct_fixture0001/live', 'evt_5', x'098e81600b77a071509f3a52c8082b3082e3c42196630520627d886e63afe269', 1);
INSERT INTO duplicates (stream, id, content_hash, count) VALUES
    ('acct_fixture0001/live', 'evt_6', x'6fc6ab635e33f176a3b00b277375522bba9290f7aa33e025def366588d78c77c', 1);
INSERT INTO duplicates (stream, id, content_hash, count) VALUES
    ('acct_fixture0001/live', 'evt_7', x'5e06170aa35fa04ffae2254766c39a5c94bd8eef7f48e17b3e90ed8d9ab055a9', 1);
INSERT INTO duplicates (stream, id, content_hash, count) VALUES
    ('acct_fixture0001/live', 'obs_b80df2d05b14534b420628a9e8c4340a1950c97db84e18f886fe1309450998b8', x'c1ee9716da51cd278ab3b8953e1c3c11de18ed5a91dfb6b7b302f489f743e804', 1);
INSERT INTO duplicates (stream, id, content_hash, count) VALUES
    ('acct_fixture0001/test', 'evt_3', x'60d4679333ee10bd1996ee9d2fd52b2e0950b3dba06cf31e54fa72ed070b137a', 1);
INSERT INTO duplicates (stream, id, content_hash, count) VALUES
    ('acct_fixture0001/test', 'evt_4', x'57466b29bbf9d9cf70090899307aa435ed4db9cbf74c16aa2020be6a253a0422', 1);

COMMIT;
