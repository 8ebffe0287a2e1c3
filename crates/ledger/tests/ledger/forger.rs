//! A forger who knows the format: he changes what he likes and computes every hash behind it anew. The log then holds by
//! itself, and only a head that was kept elsewhere tells.

use ledger::{Fault, LedgerError, Log, SqliteLedger};
use rusqlite::{Connection, Row, params};
use sha2::{Digest, Sha256};

use crate::victim::{Copy, Found, RECOUNT, victim};

type Bytes32 = [u8; 32];

fn sha256(parts: &[&[u8]]) -> Bytes32 {
    let fed = parts
        .iter()
        .fold(Sha256::new(), |hash, part| hash.chain_update(part));
    fed.finalize().into()
}

/// The canonical columns of an entry, by the written format and with none of the ledger's own code.
fn canonical(stream: &str, row: &Row<'_>) -> Vec<u8> {
    let mut all = Vec::new();
    let mut column = |bytes: Option<&[u8]>| {
        let length = bytes.map_or(u32::MAX, |bytes| bytes.len() as u32);
        all.extend_from_slice(&length.to_le_bytes());
        all.extend_from_slice(bytes.unwrap_or_default());
    };
    let text = |name: &str| row.get::<_, Option<String>>(name).unwrap();
    let integer = |name: &str| row.get::<_, i64>(name).unwrap().to_le_bytes();
    column(Some(stream.as_bytes()));
    column(Some(&integer("seq")));
    for name in ["kind", "id", "type", "object_id", "api_version"] {
        column(text(name).as_deref().map(str::as_bytes));
    }
    for name in ["created_s", "recorded_us"] {
        column(Some(&integer(name)));
    }
    column(text("source").as_deref().map(str::as_bytes));
    column(Some(&row.get::<_, Bytes32>("content_hash").unwrap()));
    column(text("role").as_deref().map(str::as_bytes));
    all
}

/// Computes commitments and chain of every stream anew, and counts its entries.
fn rehash(connection: &Connection) {
    for stream in ["acct_1/live", "acct_1/test"] {
        let tag = b"daybook/entry/1";
        let mut before = sha256(&[tag, stream.as_bytes()]);
        let sql = "SELECT rowid, * FROM entries NOT INDEXED WHERE stream = ?1 ORDER BY seq";
        let mut statement = connection.prepare(sql).unwrap();
        let mut rows = statement.query([stream]).unwrap();
        let mut hashes = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            let stored: Option<Vec<u8>> = row.get("body").unwrap();
            // A packed body was not touched: a forged one is stored as it is.
            let forged = stored.filter(|_| {
                row.get::<_, Option<i64>>("dictionary_id")
                    .unwrap()
                    .is_none()
            });
            let commitment = match forged {
                Some(body) => sha256(&[&row.get::<_, [u8; 16]>("salt").unwrap(), &body]),
                None => row.get("commitment").unwrap(),
            };
            before = sha256(&[tag, &before, &canonical(stream, row), &commitment]);
            hashes.push((row.get::<_, i64>("rowid").unwrap(), commitment, before));
        }
        for (rowid, commitment, chain_hash) in hashes {
            let sql = "UPDATE entries SET commitment = ?2, chain_hash = ?3 WHERE rowid = ?1";
            connection
                .execute(sql, params![rowid, commitment, chain_hash])
                .unwrap();
        }
    }
    connection.execute_batch(RECOUNT).unwrap();
}

/// Replaces a hash in every body that is stored as it came.
fn replace_in_bodies(connection: &Connection, old: &str, new: &str) {
    let sql = "UPDATE entries SET body = CAST(replace(CAST(body AS TEXT), ?1, ?2) AS BLOB) WHERE dictionary_id IS NULL";
    assert!(connection.execute(sql, [old, new]).unwrap() > 0);
}

/// The hashes that control entries have of meta and dictionaries.
fn ground(copy: &Copy) -> Vec<String> {
    let ledger = SqliteLedger::open_readonly(&copy.path).unwrap();
    let dictionaries = ledger.dictionaries().unwrap();
    let hashes = dictionaries.iter().map(|dictionary| dictionary.hash);
    [ledger.meta_hash().unwrap()]
        .into_iter()
        .chain(hashes)
        .map(|hash| hash.to_string())
        .collect()
}

/// A forgery is seen by nothing but a head of each stream that it touched.
fn check(what: &str, forge: impl FnOnce(&Copy), touched: &[usize]) {
    let copy = Copy::of(&victim().bytes);
    forge(&copy);
    assert!(
        matches!(copy.look_closely(), Found::Nothing),
        "{what}: {:?}",
        copy.look_closely()
    );
    drop(SqliteLedger::open(&copy.path).unwrap());
    for (index, head) in victim().heads.iter().enumerate() {
        let found = copy.look(Some(head));
        match found {
            Found::Nothing => assert!(!touched.contains(&index), "{what}: {head}"),
            Found::Faulty(LedgerError::Faulty { stream, seq, fault }) => {
                assert!(touched.contains(&index), "{what}: {head}");
                assert_eq!((&stream, seq), (&head.stream, head.seq), "{what}");
                assert!(
                    matches!(fault, Fault::OtherHead { .. } | Fault::Unreached { .. }),
                    "{what}: {fault}"
                );
            }
            found => panic!("{what}: {found:?}"),
        }
    }
}

#[test]
fn a_forger_who_computes_every_hash_anew_is_caught_by_a_head_alone() {
    let live = "stream = 'acct_1/live'";
    for (what, sql) in [
        (
            "a column",
            format!("UPDATE entries SET created_s = created_s + 86400 WHERE {live} AND seq = 4"),
        ),
        (
            "a null",
            format!(
                "UPDATE entries SET object_id = 'in_forged' WHERE {live} AND object_id IS NULL AND seq = 2"
            ),
        ),
        (
            "a body",
            format!(
                "UPDATE entries SET body = CAST('{{\"amount\":1}}' AS BLOB), dictionary_id = NULL WHERE {live} AND seq = 9"
            ),
        ),
        (
            "the last entry",
            format!("UPDATE entries SET type = 'charge.forged' WHERE {live} AND seq = 17"),
        ),
        (
            "an entry less",
            format!(
                "DELETE FROM entries WHERE {live} AND seq = 5; UPDATE entries SET seq = seq - 1 WHERE {live} AND seq > 5"
            ),
        ),
        (
            "a shorter end",
            format!("DELETE FROM entries WHERE {live} AND seq > 15"),
        ),
    ] {
        let forge = |copy: &Copy| {
            copy.tamper(|connection| {
                connection.execute_batch(&sql).unwrap();
                rehash(connection);
            });
        };
        check(what, forge, &[0]);
    }
}

#[test]
fn so_is_one_who_forges_what_entries_rest_on() {
    for (what, sql) in [
        ("meta", "UPDATE meta SET created_us = created_us + 1"),
        (
            "a dictionary",
            "UPDATE dictionaries SET created_us = created_us + 1",
        ),
    ] {
        let forge = |copy: &Copy| {
            let before = ground(copy);
            copy.tamper(|connection| connection.execute_batch(sql).unwrap());
            let after = ground(copy);
            copy.tamper(|connection| {
                for (old, new) in before.iter().zip(&after).filter(|(old, new)| old != new) {
                    replace_in_bodies(connection, old, new);
                }
                rehash(connection);
            });
        };
        check(what, forge, &[0, 1]);
    }
}

#[test]
fn the_forger_knows_the_format() {
    // Computing everything anew without a change changes nothing: else the tests above would prove nothing.
    let copy = Copy::of(&victim().bytes);
    copy.tamper(rehash);
    for head in &victim().heads {
        assert!(matches!(copy.look(Some(head)), Found::Nothing));
    }
    // And without computing it anew, the same changes are found without a head.
    let copy = Copy::of(&victim().bytes);
    copy.tamper(|connection| {
        connection
            .execute_batch("UPDATE entries SET created_s = created_s + 86400 WHERE seq = 4")
            .unwrap();
    });
    assert!(matches!(copy.look(None), Found::Faulty(_)));
}
