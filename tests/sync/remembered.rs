//! What `sync.db` says after a kill: which page each unfinished list goes on with, and what was read and won't be again. Reads with
//! statements of its own, not with those of sync.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use requests::{EventPage, LISTINGS, Page, Request};
use rusqlite::{Connection, OpenFlags, Row};

use crate::asked::Ask;

/// Seconds by which follow reads lists again behind their cursors.
const OVERLAP_S: i64 = 15 * 60;

/// Lists that enter the log as one: their kind, and that of their items.
const WHOLE: [(&str, &str); 4] = [
    ("payout_membership", "balance_transaction"),
    ("invoice_line_list", "line_item"),
    ("credit_note_line_list", "credit_note_line_item"),
    ("subscription_item_list", "subscription_item"),
];

/// What sync remembers.
#[derive(Default)]
pub(crate) struct Remembered {
    /// The next page of every list that is not read to its end, by its kind.
    next: BTreeMap<Ask, String>,
    /// What was read of that at which the log hints.
    read: BTreeSet<Ask>,
    /// Whether there is a list of whose pages those that are not next were read: all but what follow reads by the way.
    knows_all: bool,
}

impl Remembered {
    /// What a backfill left.
    pub(crate) fn of_backfill(path: &Path, own: &str) -> Self {
        let Some(memory) = Memory::open(path, own) else {
            return Self::default();
        };
        let mut next = memory.parts();
        next.extend(memory.balances());
        Self {
            next,
            read: BTreeSet::new(),
            knows_all: true,
        }
    }

    /// What a round of follow left.
    pub(crate) fn of_follow(path: &Path, own: &str) -> Self {
        let Some(memory) = Memory::open(path, own) else {
            return Self::default();
        };
        Self {
            next: memory.walks(),
            read: memory.errands(),
            knows_all: false,
        }
    }

    /// Whether this is what a list goes on with.
    pub(crate) fn is_next(&self, ask: &Ask) -> bool {
        self.next.contains_key(ask)
    }

    /// The kind of what is not remembered as read; none if it is.
    pub(crate) fn under_way(&self, ask: &Ask) -> Option<&str> {
        if let Some(kind) = self.next.get(ask) {
            return Some(kind);
        }
        let is_errand = !self.knows_all && !is_walked(&ask.target) && !self.read.contains(ask);
        is_errand.then_some("errand")
    }
}

/// Whether follow walks this list.
fn is_walked(target: &str) -> bool {
    target.starts_with("/v1/events?")
        || (target.starts_with("/v1/balance_transactions?") && !target.contains("payout="))
}

struct Memory<'a> {
    file: Connection,
    own: &'a str,
}

impl<'a> Memory<'a> {
    fn open(path: &Path, own: &'a str) -> Option<Self> {
        let file = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).ok()?;
        let sql = "SELECT count(*) FROM sqlite_schema WHERE name = 'runs'";
        let tables: i64 = file.query_row(sql, [], |row| row.get(0)).unwrap();
        (tables == 1).then_some(Self { file, own })
    }

    fn rows<T>(&self, sql: &str, read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>) -> Vec<T> {
        let mut statement = self.file.prepare(sql).unwrap();
        let rows = statement.query_map([], read).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    }

    fn ask(&self, stream: &str, request: &Request) -> Ask {
        let (account, _) = stream.split_once('/').unwrap();
        Ask {
            account: (account != self.own).then(|| account.to_owned()),
            target: request.target(),
        }
    }

    /// The next page of every part of a list that is to be read.
    fn parts(&self) -> BTreeMap<Ask, String> {
        let sql = "SELECT r.stream, p.list, p.object_type, p.parent_type, p.parent, p.from_s, p.until_s, p.after
                   FROM parts AS p JOIN runs AS r ON r.id = p.run WHERE p.state = 0 AND r.state = 0";
        let parts = self.rows(sql, |row| {
            let page = Page {
                limit: 100,
                after: row.get(7)?,
                from_s: row.get(5)?,
                until_s: row.get(6)?,
            };
            let (list, kind): (String, String) = (row.get(1)?, row.get(2)?);
            let parent: Option<(String, String)> = row
                .get::<_, Option<String>>(3)?
                .zip(row.get::<_, Option<String>>(4)?);
            let request = match parent {
                Some((parent, id)) => under(&kind, &parent, &id, &page),
                None => of_account(&list, &page),
            };
            Ok((self.ask(&row.get::<_, String>(0)?, &request), kind))
        });
        parts.into_iter().collect()
    }

    /// Balances that were not read yet, of runs that read everything else first.
    fn balances(&self) -> BTreeMap<Ask, String> {
        let sql = "SELECT stream FROM runs WHERE state = 0
                     AND id NOT IN (SELECT run FROM types WHERE object_type = 'balance' AND is_over = 1)";
        let streams = self.rows(sql, |row| row.get::<_, String>(0));
        let balance = |stream: String| {
            (
                self.ask(&stream, &requests::balance()),
                "balance".to_owned(),
            )
        };
        streams.into_iter().map(balance).collect()
    }

    /// The next page of what follow walks in each stream.
    fn walks(&self) -> BTreeMap<Ask, String> {
        let mut next = BTreeMap::new();
        for stream in self.rows("SELECT stream FROM position", |row| row.get::<_, String>(0)) {
            for trail in ["events", "undelivered", "balance_transactions"] {
                let request = walked(trail, self.page(&stream, trail));
                next.insert(self.ask(&stream, &request), trail.to_owned());
            }
        }
        next
    }

    fn page(&self, stream: &str, trail: &str) -> Page {
        let place = |sql: &str| -> Option<(Option<String>, Option<i64>)> {
            let mut statement = self.file.prepare(sql).unwrap();
            let found = statement.query_row([stream, trail], |row| Ok((row.get(0)?, row.get(1)?)));
            found.ok()
        };
        let left = place("SELECT after, from_s FROM walks WHERE stream = ?1 AND name = ?2");
        let begun = || place("SELECT NULL, at_s FROM cursors WHERE stream = ?1 AND name = ?2");
        let overlapping =
            |(after, at_s): (_, Option<i64>)| (after, at_s.map(|at_s| at_s - OVERLAP_S));
        let (after, from_s) = left
            .or_else(|| begun().map(overlapping))
            .unwrap_or_default();
        Page {
            limit: 100,
            after,
            from_s,
            until_s: None,
        }
    }

    /// What was read because entries hint at it that follow has not all heard.
    fn errands(&self) -> BTreeSet<Ask> {
        let rows = self.rows("SELECT stream, errand FROM errands", |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        });
        let asks = rows.iter().filter_map(|(stream, errand)| {
            let words: Vec<&str> = errand.split(' ').collect();
            let request = match words[..] {
                ["balance", _] => requests::balance(),
                [kind, id] => requests::retrieve(kind, id, None)?,
                [kind, "of", parent, id] => {
                    let page = Page {
                        limit: 100,
                        ..Page::default()
                    };
                    under(kind, parent, id, &page)
                }
                _ => return None,
            };
            Some(self.ask(stream, &request))
        });
        asks.collect()
    }
}

/// A page of the list of an account that is asked for in this line.
fn of_account(line: &str, page: &Page) -> Request {
    let whole = Page {
        limit: 100,
        ..Page::default()
    };
    let mut listings = LISTINGS.iter();
    let listing = listings.find(|listing| listing.page(&whole).line() == line);
    listing.unwrap().page(page)
}

/// A page of a list under a parent.
fn under(kind: &str, parent: &str, id: &str, page: &Page) -> Request {
    let whole = WHOLE.iter().find(|(list, _)| *list == kind);
    let items = whole.map_or(kind, |(_, items)| items);
    requests::nested(items, parent).unwrap().page(id, page)
}

fn walked(trail: &str, page: Page) -> Request {
    if trail == "balance_transactions" {
        return requests::listing("balance_transaction")
            .unwrap()
            .page(&page);
    }
    requests::events(&EventPage {
        page,
        types: Vec::new(),
        delivery_success: (trail == "undelivered").then_some(false),
    })
}
