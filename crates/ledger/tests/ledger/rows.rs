//! Tampering with whole rows, and with what guards them: refused or named, each where it was done.

use ledger::{LedgerError, SqliteLedger, verify};
use rusqlite::Connection;

use crate::victim::{Copy, Found, RECOUNT, victim};

/// The columns of an entry but stream and seq, of a row as it is …
const REST: &str = "kind, id, type, object_id, api_version, created_s, recorded_us, source, content_hash, role, \
                    commitment, chain_hash, dictionary_id, salt, body";
/// … and under an id that is not there yet.
const REST_OF_ANOTHER: &str = "kind, 'evt_put_in', type, object_id, api_version, created_s, recorded_us, source, \
                               content_hash, role, commitment, chain_hash, dictionary_id, salt, body";

/// Entries as (stream, seq), in the order of rowids.
fn places() -> Vec<(String, u64)> {
    let connection = Copy::of(&victim().bytes).connect();
    let mut statement = connection
        .prepare("SELECT stream, seq FROM entries ORDER BY rowid")
        .unwrap();
    let place = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get::<_, i64>(1)? as u64));
    let places = statement.query_map([], place).unwrap();
    places.collect::<Result<_, _>>().unwrap()
}

/// What is found after these statements, run behind the triggers' back.
fn after(sql: &str) -> Found {
    let copy = Copy::of(&victim().bytes);
    copy.tamper(|connection| connection.execute_batch(sql).expect(sql));
    copy.look(None)
}

fn named(found: &Found) -> (String, u64) {
    match found {
        Found::Faulty(LedgerError::Faulty { stream, seq, .. }) => {
            (stream.as_str().to_owned(), *seq)
        }
        found => panic!("expected an entry to be named: {found:?}"),
    }
}

#[test]
fn every_lost_entry_is_named_and_the_last_ones_by_the_tally_alone() {
    for (stream, seq) in places() {
        let lost = format!("DELETE FROM entries WHERE stream = '{stream}' AND seq = {seq};");
        let found = after(&lost);
        let mut heads = victim().heads.iter();
        let head = heads.find(|head| head.stream.as_str() == stream).unwrap();
        if seq == head.seq {
            assert_eq!(named(&found), (stream, seq - 1));
            assert!(
                matches!(after(&format!("{lost} {RECOUNT}")), Found::Nothing),
                "a cut tail holds by itself"
            );
        } else {
            assert_eq!(named(&found), (stream, seq));
        }
    }
}

#[test]
fn exchanged_entries_are_named_at_the_first() {
    for (stream, first, second) in pairs() {
        let sql = format!(
            "UPDATE entries SET seq = 99 WHERE stream = '{stream}' AND seq = {first}; \
             UPDATE entries SET seq = {first} WHERE stream = '{stream}' AND seq = {second}; \
             UPDATE entries SET seq = {second} WHERE seq = 99"
        );
        assert_eq!(named(&after(&sql)), (stream, first), "{second}");
    }
}

#[test]
fn exchanged_bodies_are_named_at_one_of_the_two() {
    for (stream, first, second) in pairs() {
        // Two erased bodies are nothing, and nothing is exchanged.
        if (first, second) == (3, 8) {
            continue;
        }
        let cells = "dictionary_id, salt, body";
        let of = |seq: u64| format!("WHERE stream = '{stream}' AND seq = {seq}");
        let (of_first, of_second) = (of(first), of(second));
        let found = after(&format!(
            "CREATE TEMP TABLE kept AS SELECT {cells} FROM entries {of_first}; \
             UPDATE entries SET ({cells}) = (SELECT {cells} FROM entries {of_second}) {of_first}; \
             UPDATE entries SET ({cells}) = (SELECT {cells} FROM kept) {of_second}"
        ));
        let (named, seq) = named(&found);
        assert!(
            named == stream && [first, second].contains(&seq),
            "{first} {second} {seq}"
        );
    }
}

/// Two entries of one stream, the earlier first.
fn pairs() -> Vec<(String, u64, u64)> {
    let places = places();
    let mut pairs = Vec::new();
    for (stream, first) in &places {
        let later = places
            .iter()
            .filter(|(other, second)| other == stream && second > first);
        pairs.extend(later.map(|(_, second)| (stream.clone(), *first, *second)));
    }
    pairs
}

#[test]
fn rows_put_in_and_taken_out_are_refused_or_named() {
    let put_in = format!(
        "UPDATE entries SET seq = seq + 1000 WHERE stream = 'acct_1/live' AND seq > 5; \
         UPDATE entries SET seq = seq - 999 WHERE seq > 1000; \
         INSERT INTO entries (stream, seq, {REST}) \
         SELECT stream, 6, {REST_OF_ANOTHER} FROM entries WHERE stream = 'acct_1/live' AND seq = 5"
    );
    let appended = format!(
        "INSERT INTO entries (stream, seq, {REST}) \
         SELECT stream, max(seq) + 1, {REST_OF_ANOTHER} FROM entries WHERE stream = 'acct_1/test'"
    );
    let exchanged = "UPDATE dictionaries SET id = 9 WHERE id = 1; UPDATE dictionaries SET id = 1 WHERE id = 2; \
                     UPDATE dictionaries SET id = 2 WHERE id = 9";
    let third =
        "INSERT INTO dictionaries SELECT 3, created_us, bytes FROM dictionaries WHERE id = 2";
    let before =
        "INSERT INTO dictionaries SELECT 0, created_us, bytes FROM dictionaries WHERE id = 2";
    let second_meta = "INSERT INTO meta SELECT 2, format, ledger_id, created_us FROM meta";
    let earlier_meta = "INSERT INTO meta SELECT 0, format, ledger_id, created_us FROM meta";
    let meta = "the row of meta is missing or altered";
    for (sql, told) in [
        (put_in.as_str(), "entry 6 of acct_1/live does not hold"),
        (&appended, "entry 6 of acct_1/test does not hold"),
        ("DELETE FROM meta", meta),
        (second_meta, meta),
        (earlier_meta, meta),
        (
            "DELETE FROM dictionaries WHERE id = 1",
            "entry 6 of acct_1/live does not hold",
        ),
        (
            "DELETE FROM dictionaries WHERE id = 2",
            "entry 13 of acct_1/live does not hold",
        ),
        (
            "DELETE FROM dictionaries",
            "entry 6 of acct_1/live does not hold",
        ),
        (third, "entry 17 of acct_1/live does not hold"),
        (before, "entry 6 of acct_1/live does not hold"),
        (exchanged, "entry 6 of acct_1/live does not hold"),
        // A tail with the adoption in it: the dictionary is still there.
        (
            "DELETE FROM entries WHERE stream = 'acct_1/live' AND seq > 12",
            "entry 12 of acct_1/live does not hold",
        ),
    ] {
        assert_told(sql, told);
    }
}

/// What was done behind the triggers' back is refused or named, in these words.
fn assert_told(sql: &str, told: &str) {
    match after(sql) {
        Found::Refused(error) | Found::Faulty(error) => {
            assert!(error.to_string().ends_with(told), "{sql}\n{error}");
        }
        found => panic!("{sql}\n{found:?}"),
    }
}

#[test]
fn tallies_that_are_not_what_there_is_are_named_at_the_last_entry_that_they_count() {
    let altered = "a row of tallies is missing or altered";
    for (sql, told) in [
        (
            "DELETE FROM tallies WHERE stream = 'acct_1/test' AND kind = 'control'",
            "entry 5 of acct_1/test does not hold",
        ),
        (
            "DELETE FROM tallies",
            "entry 17 of acct_1/live does not hold",
        ),
        (
            "UPDATE tallies SET count = count + 1 WHERE stream = 'acct_1/test' AND kind = 'event'",
            "entry 5 of acct_1/test does not hold",
        ),
        (
            "UPDATE tallies SET count = count - 1 WHERE stream = 'acct_1/test' AND kind = 'event'",
            "entry 5 of acct_1/test does not hold",
        ),
        (
            "INSERT INTO tallies SELECT stream, kind, 'made.up', NULL, 1 FROM tallies WHERE rowid = 1",
            "entry 17 of acct_1/live does not hold",
        ),
        (
            "INSERT INTO tallies SELECT 'acct_9/test', kind, type, api_version, count FROM tallies WHERE rowid = 1",
            "entry 0 of acct_9/test does not hold",
        ),
        (
            "INSERT INTO tallies SELECT stream, kind, 'made.up', NULL, 0 FROM tallies WHERE rowid = 1",
            altered,
        ),
        // One row made two, so that the sum is right.
        (
            "UPDATE tallies SET count = count - 1 WHERE api_version IS NULL AND count > 1; \
             INSERT INTO tallies SELECT stream, kind, type, NULL, 1 FROM tallies WHERE api_version IS NULL",
            altered,
        ),
    ] {
        assert_told(sql, told);
    }
}

#[test]
fn guards_that_are_missing_altered_or_strange_are_refused() {
    let objects: Vec<(String, String, String)> = Copy::of(&victim().bytes)
        .connect()
        .prepare("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let strange = "CREATE TRIGGER strange BEFORE INSERT ON entries BEGIN SELECT RAISE(IGNORE); END";
    let mut attacks = vec![(
        strange.to_owned(),
        "the trigger strange does not belong there".to_owned(),
    )];
    for (kind, name, sql) in objects {
        let drop = format!("DROP {kind} {name};");
        if let Some((head, _)) = sql.split_once("BEGIN").filter(|_| kind == "trigger") {
            let toothless = format!("{drop} {head} BEGIN SELECT 1; END");
            attacks.push((toothless, format!("{name} is missing or altered")));
        }
        attacks.push((drop, format!("{name} is missing or altered")));
    }
    assert_eq!(
        attacks.len(),
        1 + 13 * 2 + 4 + 5,
        "thirteen triggers, four indexes, five tables"
    );
    for (attack, told) in attacks {
        let copy = Copy::of(&victim().bytes);
        copy.connect().execute_batch(&attack).expect(&attack);
        let told = format!("is damaged: {told}");
        let opened = [
            SqliteLedger::open(&copy.path),
            SqliteLedger::open_readonly(&copy.path),
        ];
        for refusal in opened.map(|opened| opened.err().unwrap().to_string()) {
            assert!(refusal.ends_with(&told), "{attack}\n{refusal}");
        }
    }
}

#[test]
fn what_does_not_belong_into_schema_or_tally_is_named() {
    let text = "PRAGMA writable_schema = ON; \
                UPDATE sqlite_schema SET sql = CAST(sql AS BLOB) WHERE name = 'entries_stay'";
    let most = "DELETE FROM duplicates; \
                INSERT INTO duplicates SELECT stream, id, content_hash, 9223372036854775807 FROM entries LIMIT 2";
    let less = "PRAGMA ignore_check_constraints = ON; UPDATE duplicates SET count = -9";
    let tally = "is damaged: the tally of duplicates is missing or altered";
    for (attack, told) in [
        (text, "is damaged: sqlite_schema is missing or altered"),
        (most, tally),
        (less, tally),
    ] {
        let copy = Copy::of(&victim().bytes);
        copy.connect().execute_batch(attack).expect(attack);
        let opened = SqliteLedger::open_readonly(&copy.path);
        let read = opened.and_then(|log| ledger::Log::streams(&log));
        for refusal in [
            SqliteLedger::open(&copy.path).err().unwrap().to_string(),
            read.unwrap_err().to_string(),
        ] {
            assert!(refusal.ends_with(told), "{attack}\n{refusal}");
        }
    }
}

#[test]
fn a_dictionary_that_a_stream_never_adopted_is_refused_before_anything_is_packed_with_it() {
    let third =
        "INSERT INTO dictionaries SELECT 3, created_us, bytes FROM dictionaries WHERE id = 2";
    let tail = "DELETE FROM entries WHERE stream = 'acct_1/live' AND seq > 12";
    for attack in [third, tail] {
        let copy = Copy::of(&victim().bytes);
        copy.tamper(|connection| connection.execute_batch(attack).expect(attack));
        let refusal = SqliteLedger::open(&copy.path).err().unwrap();
        assert!(matches!(refusal, LedgerError::Faulty { .. }), "{refusal}");
        SqliteLedger::open_readonly(&copy.path).unwrap();
    }
}

#[test]
fn no_statement_gets_past_the_triggers() {
    let copy = Copy::of(&victim().bytes);
    let connection = copy.connect();
    let changed = REST.replace("created_s", "created_s + 1");
    let columns = format!("stream, seq, {REST}");
    let second = "FROM entries WHERE seq = 2";
    let taken = "an entry takes the next seq of its stream";
    let unknown = REST_OF_ANOTHER.replace("dictionary_id", "9");
    for (sql, refusal) in [
        (
            format!(
                "INSERT OR REPLACE INTO entries ({columns}) SELECT stream, seq, {changed} {second}"
            ),
            taken,
        ),
        (
            format!(
                "REPLACE INTO entries (rowid, {columns}) SELECT rowid, stream, seq, {changed} {second}"
            ),
            taken,
        ),
        (
            format!(
                "INSERT INTO entries ({columns}) SELECT stream, seq, {changed} {second} AND true \
                 ON CONFLICT DO UPDATE SET created_s = excluded.created_s"
            ),
            taken,
        ),
        (
            format!(
                "INSERT INTO entries ({columns}) SELECT stream, max(seq) + 1, {unknown} \
                 FROM entries WHERE stream = 'acct_1/live'"
            ),
            "there is no such dictionary",
        ),
    ] {
        assert_eq!(refused(&connection, &sql), refusal, "{sql}");
    }
    assert_is_untouched(&copy);
}

#[test]
fn nor_past_those_of_dictionaries_tallies_and_meta() {
    let copy = Copy::of(&victim().bytes);
    let connection = copy.connect();
    let same = "SELECT * FROM dictionaries WHERE true";
    for (sql, refusal) in [
        (
            "UPDATE OR REPLACE entries SET body = x'00' WHERE seq = 2",
            "entries are never changed",
        ),
        (
            "REPLACE INTO dictionaries SELECT id, 7, bytes FROM dictionaries",
            "a dictionary takes the next id",
        ),
        (
            &format!("INSERT INTO dictionaries {same} ON CONFLICT DO UPDATE SET created_us = 7"),
            "a dictionary takes the next id",
        ),
        (
            "INSERT INTO dictionaries (created_us, bytes) VALUES (7, x'00')",
            "a dictionary takes the next id",
        ),
        (
            "UPDATE dictionaries SET bytes = x'00'",
            "dictionaries are never changed",
        ),
        ("DELETE FROM dictionaries", "dictionaries are never deleted"),
        (
            "REPLACE INTO tallies SELECT stream, kind, type, api_version, 7 FROM tallies",
            "the tally is there already",
        ),
        (
            "REPLACE INTO tallies (rowid, stream, kind, type, count) SELECT rowid, stream, kind, 'new', 7 FROM tallies",
            "the tally is there already",
        ),
        (
            "INSERT INTO tallies SELECT * FROM tallies WHERE true ON CONFLICT DO UPDATE SET count = 7",
            "the tally is there already",
        ),
        (
            "UPDATE tallies SET count = count - 1 WHERE count > 1",
            "a tally only counts on",
        ),
        (
            "UPDATE OR REPLACE tallies SET type = 'new', count = count + 1",
            "a tally only counts on",
        ),
        (
            "UPDATE tallies SET rowid = rowid + 100, count = count + 1",
            "a tally only counts on",
        ),
        ("DELETE FROM tallies", "tallies are never deleted"),
        (
            "INSERT INTO meta SELECT * FROM meta WHERE true ON CONFLICT DO NOTHING",
            "meta is written once",
        ),
    ] {
        assert_eq!(refused(&connection, sql), refusal, "{sql}");
    }
    assert_is_untouched(&copy);
}

fn assert_is_untouched(copy: &Copy) {
    assert!(matches!(copy.look_closely(), Found::Nothing));
    let ledger = SqliteLedger::open(&copy.path).unwrap();
    assert!(verify(&ledger, Some(&victim().heads[0]), &mut |_| ()).is_ok());
}

#[test]
fn nothing_is_appended_on_a_ground_that_does_not_hold() {
    for (sql, told) in [
        (
            "UPDATE meta SET created_us = 7",
            "entry 1 of acct_1/live does not hold",
        ),
        (
            "UPDATE dictionaries SET created_us = 7 WHERE id = 1",
            "entry 6 of acct_1/live does not hold",
        ),
        (
            "DELETE FROM dictionaries WHERE id = 2",
            "entry 13 of acct_1/live does not hold",
        ),
    ] {
        let copy = Copy::of(&victim().bytes);
        copy.tamper(|connection| connection.execute_batch(sql).unwrap());
        let refusal = SqliteLedger::open(&copy.path).err().unwrap().to_string();
        assert_eq!(refusal, told, "{sql}");
    }
}

fn refused(connection: &Connection, sql: &str) -> String {
    connection.execute(sql, []).expect_err(sql).to_string()
}
