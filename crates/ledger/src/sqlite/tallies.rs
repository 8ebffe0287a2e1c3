//! The table of tallies: its rows, read and counted on. Counts nothing itself, ends no transaction.

use std::ops::ControlFlow;

use rusqlite::{Row, params};

use super::file::File;
use super::row;
use crate::tally::key;
use crate::{Kind, LedgerError, StreamId, TallyRow};

/// The first format that keeps tallies.
const SINCE_FORMAT: i64 = 2;
const SELECT: &str = "SELECT stream, kind, type, api_version, count FROM tallies \
    ORDER BY stream, kind, type, api_version";
/// For a file of format 1. It names no index: that of format 1 goes when another process carries the file over.
const COUNT: &str = "SELECT stream, kind, type, api_version, count(*) FROM entries \
    GROUP BY stream, kind, type, api_version ORDER BY stream, kind, type, api_version";
const ADD: &str = "UPDATE tallies SET count = count + ?5 \
    WHERE stream = ?1 AND kind = ?2 AND type = ?3 AND api_version IS ?4";
const INSERT: &str =
    "INSERT INTO tallies (stream, kind, type, api_version, count) VALUES (?1, ?2, ?3, ?4, ?5)";

impl File {
    /// Every tally, in the order of their texts.
    pub(super) fn tallies(&self) -> Result<Vec<TallyRow>, LedgerError> {
        let sql = match self.pragma("user_version")? {
            SINCE_FORMAT.. => SELECT,
            _ => COUNT,
        };
        let mut rows: Vec<TallyRow> = Vec::new();
        self.visit_rows(sql, [], |row| {
            let next = self.tally(row)?;
            // Texts that may be null can stand twice in a unique index.
            if rows.last().is_some_and(|last| key(last) >= key(&next)) {
                return Err(self.altered_tally());
            }
            rows.push(next);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(rows)
    }

    /// Adds to a tally what a batch has of it.
    pub(super) fn add_to_tally(&self, added: &TallyRow) -> Result<(), LedgerError> {
        let cells = params![
            added.stream.as_str(),
            added.kind.as_str(),
            added.type_,
            added.api_version,
            i64::try_from(added.count).expect("no batch has that many entries"),
        ];
        for sql in [ADD, INSERT] {
            let written = self
                .connection
                .prepare_cached(sql)
                .and_then(|mut statement| statement.execute(cells))
                .map_err(self.failed_to("append to"))?;
            if written == 1 {
                return Ok(());
            }
        }
        Err(self.altered("a trigger of tallies"))
    }

    fn tally(&self, row: &Row<'_>) -> Result<TallyRow, LedgerError> {
        let cells = |row: &Row<'_>| -> rusqlite::Result<_> {
            let texts: (String, String) = (row.get(0)?, row.get(1)?);
            Ok((texts, row.get(2)?, row.get(3)?, row::natural(row, 4)?))
        };
        let ((stream, kind), type_, api_version, count) =
            cells(row).map_err(|_| self.altered_tally())?;
        let kind = Kind::parse(&kind).filter(|_| count > 0);
        Ok(TallyRow {
            stream: StreamId::parse(&stream).map_err(|_| self.altered_tally())?,
            kind: kind.ok_or_else(|| self.altered_tally())?,
            type_,
            api_version,
            count,
        })
    }

    fn altered_tally(&self) -> LedgerError {
        self.altered("a row of tallies")
    }
}
