//! What is left in the log of a list that was read to its end: enough to hold another reading against it. Reads nothing itself.

use std::fmt::Write;

use ledger::Hash;
use sha2::{Digest, Sha256};

use crate::Note;
use crate::page::json;

/// The ids of a list in the order in which they were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ids {
    /// How many.
    pub count: u64,
    /// The first of them.
    pub first: Option<String>,
    /// The last of them.
    pub last: Option<String>,
    /// SHA-256, chained: h = H(h, length of the id as four bytes, least first, id), from 32 zeros on.
    pub hash: [u8; 32],
}

impl Ids {
    /// Adds the next id.
    pub fn add(&mut self, id: &str) {
        self.hash = chained(self.hash, id.as_bytes());
        self.count += 1;
        self.first.get_or_insert_with(|| id.to_owned());
        self.last = Some(id.to_owned());
    }
}

/// The next hash of a chain of texts.
pub(crate) fn chained(hash: [u8; 32], next: &[u8]) -> [u8; 32] {
    let length = u32::try_from(next.len()).expect("ids are below 4 GiB");
    let mut hasher = Sha256::new();
    hasher.update(hash);
    hasher.update(length.to_le_bytes());
    hasher.update(next);
    hasher.finalize().into()
}

/// What became of the items that were read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Pages read.
    pub pages: u64,
    /// Items that the log took.
    pub appended: u64,
    /// Items that the log had with the same content.
    pub unchanged: u64,
    /// Items that can't enter it.
    pub set_aside: u64,
}

impl Counts {
    /// Adds those of another part.
    pub fn add(&mut self, other: &Self) {
        self.pages += other.pages;
        self.appended += other.appended;
        self.unchanged += other.unchanged;
        self.set_aside += other.set_aside;
    }
}

/// One list, or a window of one, that was read to its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// The request of its first page, as observations keep it.
    pub request: String,
    /// What the items call themselves.
    pub object: String,
    /// The first second of creation; none: from the beginning.
    pub from_s: Option<i64>,
    /// The second of creation before which it ends; none: it is not cut by creation.
    pub until_s: Option<i64>,
    /// The ids that were read.
    pub ids: Ids,
    /// What became of them.
    pub counts: Counts,
    /// Stripe's second of the first page's answer.
    pub first_date_s: Option<i64>,
    /// And of the last page's.
    pub last_date_s: Option<i64>,
}

impl Window {
    /// The control entry that tells of it.
    #[must_use]
    pub fn note(&self) -> Note {
        let mut body = begun("sync.window", &self.request, &self.object);
        number(&mut body, "from_s", self.from_s);
        number(&mut body, "until_s", self.until_s);
        ids(&mut body, &self.ids);
        counts(&mut body, &self.counts);
        ended(body, "sync.window", (self.first_date_s, self.last_date_s))
    }
}

/// Lists of the same kind under many parents, each read to its end. They share an entry, since most of them are empty and an entry for
/// each would outweigh what they hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lists {
    /// The request of the first parent's first page, as observations keep it.
    pub request: String,
    /// What the items call themselves.
    pub object: String,
    /// What the parents call themselves.
    pub parent_object: String,
    /// The parents in the order of their ids; to their hash, behind each id, the 32 bytes of its items' hash are chained.
    pub parents: Ids,
    /// Items of all of them.
    pub items: u64,
    /// What became of the items.
    pub counts: Counts,
    /// Stripe's second of the earliest first page.
    pub first_date_s: Option<i64>,
    /// And of the latest last page.
    pub last_date_s: Option<i64>,
}

impl Lists {
    /// Adds the list of the next parent.
    pub fn add(&mut self, parent: &str, list: &Window) {
        self.parents.add(parent);
        self.parents.hash = chained(self.parents.hash, &list.ids.hash);
        self.items += list.ids.count;
        self.counts.add(&list.counts);
        let dates = [self.first_date_s, list.first_date_s];
        self.first_date_s = dates.into_iter().flatten().min();
        self.last_date_s = self.last_date_s.max(list.last_date_s);
    }

    /// The control entry that tells of them.
    #[must_use]
    pub fn note(&self) -> Note {
        let mut body = begun("sync.lists", &self.request, &self.object);
        text(&mut body, "parent_object_type", Some(&self.parent_object));
        number(&mut body, "lists", i64::try_from(self.parents.count).ok());
        text(&mut body, "first_parent", self.parents.first.as_deref());
        text(&mut body, "last_parent", self.parents.last.as_deref());
        text(
            &mut body,
            "hash",
            Some(&Hash(self.parents.hash).to_string()),
        );
        number(&mut body, "count", i64::try_from(self.items).ok());
        counts(&mut body, &self.counts);
        ended(body, "sync.lists", (self.first_date_s, self.last_date_s))
    }
}

fn begun(type_: &str, request: &str, object: &str) -> String {
    let (request, object) = (json(request), json(object));
    format!(
        r#"{{"object":"daybook.control","type":"{type_}","request":{request},"object_type":{object}"#
    )
}

fn ids(body: &mut String, ids: &Ids) {
    number(body, "count", i64::try_from(ids.count).ok());
    text(body, "first_id", ids.first.as_deref());
    text(body, "last_id", ids.last.as_deref());
    text(body, "hash", Some(&Hash(ids.hash).to_string()));
}

fn counts(body: &mut String, counts: &Counts) {
    for (name, value) in [
        ("pages", counts.pages),
        ("appended", counts.appended),
        ("unchanged", counts.unchanged),
        ("set_aside", counts.set_aside),
    ] {
        number(body, name, i64::try_from(value).ok());
    }
}

fn ended(mut body: String, type_: &'static str, dates: (Option<i64>, Option<i64>)) -> Note {
    number(&mut body, "first_date_s", dates.0);
    number(&mut body, "last_date_s", dates.1);
    body.push('}');
    Note { type_, body }
}

fn number(body: &mut String, name: &str, value: Option<i64>) {
    match value {
        Some(value) => write!(body, r#","{name}":{value}"#),
        None => write!(body, r#","{name}":null"#),
    }
    .expect("writing to a String can't fail");
}

fn text(body: &mut String, name: &str, value: Option<&str>) {
    let value = value.map_or_else(|| "null".to_owned(), json);
    write!(body, r#","{name}":{value}"#).expect("writing to a String can't fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn note_of_a_window_is_json_with_what_was_read() {
        let mut window = Window {
            request: "GET /v1/charges?limit=100".to_owned(),
            object: "charge".to_owned(),
            until_s: Some(9),
            ..Window::default()
        };
        window.ids.add("ch_2");
        window.ids.add("ch_1");
        let note: serde_json::Value = serde_json::from_str(&window.note().body).unwrap();
        assert_eq!(note["object"], "daybook.control");
        assert_eq!(note["type"], window.note().type_);
        assert_eq!(note["until_s"], 9);
        assert_eq!(note["from_s"], serde_json::Value::Null);
        assert_eq!(
            (&note["first_id"], &note["count"]),
            (&"ch_2".into(), &2.into())
        );
    }

    #[test]
    fn hash_of_ids_knows_their_order_and_their_ends() {
        let hash = |all: &[&str]| {
            let mut ids = Ids::default();
            all.iter().for_each(|id| ids.add(id));
            ids.hash
        };
        let hashes = [
            hash(&[]),
            hash(&["ab"]),
            hash(&["a", "b"]),
            hash(&["b", "a"]),
        ];
        for (place, one) in hashes.iter().enumerate() {
            assert!(!hashes[..place].contains(one));
        }
    }
}
