//! The digest of a book: sums of row hashes by which honest machines find out whether, and where, they differ.
//!
//! It is no commitment (the log's chain is): it finds differences, not forgers. History columns stay out of it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use sha2::{Digest as _, Sha256};

use crate::row::{Cell, Row};
use crate::table::{Column, TABLES, Table};

/// The version of the fold: it grows when the same entries come to give other rows.
pub const FOLD_VERSION: u32 = 1;

/// A count of rows and the sum of their hashes, modulo 2^256.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// How many rows.
    pub rows: i64,
    limbs: [u64; 4],
}

impl Sum {
    /// Puts back together what [`Sum::rows`] and [`Sum::bytes`] gave.
    #[must_use]
    pub fn from_parts(rows: i64, bytes: [u8; 32]) -> Self {
        let limb = |place: usize| {
            u64::from_le_bytes(
                bytes[place * 8..][..8]
                    .try_into()
                    .expect("8 bytes are 8 bytes"),
            )
        };
        Sum {
            rows,
            limbs: [limb(0), limb(1), limb(2), limb(3)],
        }
    }

    /// The sum, least byte first.
    #[must_use]
    pub fn bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for (place, limb) in self.limbs.iter().enumerate() {
            bytes[place * 8..][..8].copy_from_slice(&limb.to_le_bytes());
        }
        bytes
    }

    /// Adds another sum.
    pub fn add(&mut self, other: Sum) {
        self.rows += other.rows;
        let mut carry = false;
        for (limb, other) in self.limbs.iter_mut().zip(other.limbs) {
            let (sum, over) = limb.overflowing_add(other);
            let (sum, carried) = sum.overflowing_add(u64::from(carry));
            (*limb, carry) = (sum, over || carried);
        }
    }

    /// Takes another sum away.
    pub fn subtract(&mut self, other: Sum) {
        self.rows -= other.rows;
        let mut borrow = false;
        for (limb, other) in self.limbs.iter_mut().zip(other.limbs) {
            let (rest, under) = limb.overflowing_sub(other);
            let (rest, borrowed) = rest.overflowing_sub(u64::from(borrow));
            (*limb, borrow) = (rest, under || borrowed);
        }
    }
}

/// Sums by table (place in [`TABLES`]) and bucket, of one stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Digest {
    sums: BTreeMap<(usize, u8), Sum>,
    /// The form of the row being hashed; empty between rows, kept for its memory.
    form: Vec<u8>,
}

impl Digest {
    /// Counts a row in.
    pub fn add(&mut self, row: &Row<'_>) {
        let hash = self.hash(row);
        self.sums
            .entry((row.table, bucket(row)))
            .or_default()
            .add(hash);
    }

    /// Counts a row out.
    pub fn subtract(&mut self, row: &Row<'_>) {
        let place = (row.table, bucket(row));
        let hash = self.hash(row);
        let sum = self.sums.entry(place).or_default();
        sum.subtract(hash);
        if *sum == Sum::default() {
            self.sums.remove(&place);
        }
    }

    /// Adds the sums of another part of the same book.
    pub fn merge(&mut self, other: &Digest) {
        other
            .sums
            .iter()
            .for_each(|(place, sum)| self.set(*place, |known| known.add(*sum)));
    }

    /// Puts a stored sum in.
    pub fn insert(&mut self, table: usize, bucket: u8, sum: Sum) {
        self.set((table, bucket), |known| known.add(sum));
    }

    /// The sums that are not zero, by table and bucket.
    pub fn sums(&self) -> impl Iterator<Item = (usize, u8, Sum)> + '_ {
        self.sums
            .iter()
            .map(|(&(table, bucket), &sum)| (table, bucket, sum))
    }

    /// The sum of one table.
    #[must_use]
    pub fn of_table(&self, table: usize) -> Sum {
        let mut whole = Sum::default();
        self.sums
            .range((table, 0)..=(table, u8::MAX))
            .for_each(|(_, sum)| whole.add(*sum));
        whole
    }

    /// The digest of the whole book.
    #[must_use]
    pub fn of_book(&self) -> BookDigest {
        let mut tables: Vec<(&str, Sum)> = TABLES
            .iter()
            .enumerate()
            .map(|(place, table)| (table.name, self.of_table(place)))
            .collect();
        tables.sort_unstable_by_key(|(name, _)| *name);
        let mut hasher = Sha256::new();
        hasher.update(FOLD_VERSION.to_le_bytes());
        for (name, sum) in tables {
            write_text(&mut hasher, name);
            hasher.update(sum.rows.to_le_bytes());
            hasher.update(sum.bytes());
        }
        BookDigest(hasher.finalize().into())
    }

    fn hash(&mut self, row: &Row<'_>) -> Sum {
        FORMS[row.table].write(row, &mut self.form);
        let sum = Sum::from_parts(1, Sha256::digest(&self.form).into());
        self.form.clear();
        sum
    }

    fn set(&mut self, place: (usize, u8), change: impl FnOnce(&mut Sum)) {
        let sum = self.sums.entry(place).or_default();
        change(sum);
        if *sum == Sum::default() {
            self.sums.remove(&place);
        }
    }
}

/// The digest of one stream's book, printed as `fold-1:` and 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BookDigest(pub [u8; 32]);

impl fmt::Display for BookDigest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "fold-{FOLD_VERSION}:")?;
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

/// What the hash of a table's row is made of: its beginning, and each state column's place and name.
struct Form {
    beginning: Vec<u8>,
    columns: Vec<(usize, Vec<u8>)>,
}

/// By table; columns in the order of their names, so that moving a column changes nothing.
static FORMS: LazyLock<Vec<Form>> = LazyLock::new(|| TABLES.iter().map(Form::of).collect());

impl Form {
    fn of(table: &Table) -> Self {
        let mut beginning = Vec::new();
        push_text(&mut beginning, table.name);
        beginning.extend(FOLD_VERSION.to_le_bytes());
        let mut columns: Vec<(usize, &Column)> = (0..).zip(&table.columns).collect();
        columns.retain(|(_, column)| !column.is_history);
        columns.sort_unstable_by_key(|(_, column)| column.name);
        let name = |(place, column): (usize, &Column)| {
            let mut name = Vec::new();
            push_text(&mut name, column.name);
            (place, name)
        };
        Form {
            beginning,
            columns: columns.into_iter().map(name).collect(),
        }
    }

    fn write(&self, row: &Row<'_>, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.beginning);
        for (place, name) in &self.columns {
            out.extend_from_slice(name);
            match &row.cells[*place] {
                Cell::Null => out.push(b'n'),
                Cell::Int(number) => {
                    out.push(b'i');
                    out.extend_from_slice(&number.to_le_bytes());
                }
                Cell::Text(text) => {
                    out.push(b't');
                    push_text(out, text);
                }
            }
        }
    }
}

fn push_text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend_from_slice(&(text.len() as u64).to_le_bytes());
    bytes.extend_from_slice(text.as_bytes());
}

fn write_text(hasher: &mut Sha256, text: &str) {
    hasher.update((text.len() as u64).to_le_bytes());
    hasher.update(text.as_bytes());
}

/// The low byte of FNV-1a over the row's key within its stream: the same key falls into the same bucket on every machine.
fn bucket(row: &Row<'_>) -> u8 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut eat = |bytes: &[u8]| {
        for byte in bytes.iter().chain(&[0]) {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    for cell in &row.key()[1..] {
        match cell {
            Cell::Null => eat(&[]),
            Cell::Int(number) => eat(&number.to_le_bytes()),
            Cell::Text(text) => eat(text.as_bytes()),
        }
    }
    hash.to_le_bytes()[0]
}
