//! One object as it stands in a body: what it is, whether it is whole, and what it was before an event changed it.
//!
//! It decides nothing about claims.

use crate::head::Found;
use crate::path::Path;
use crate::record::{Record, Value, same_value};
use crate::schema::Shape;
use crate::tree::Tree;
use crate::wire::{Target, Wire};

/// One object as it was read.
pub(crate) struct Content<'a> {
    /// The compiled schema of its kind.
    pub(crate) tree: &'static Tree,
    /// Its `id` member.
    pub(crate) id: Found<'a>,
    /// What it is.
    pub(crate) after: Record,
    /// What it was, if previous values said so and anything that is kept differs.
    pub(crate) before: Option<Record>,
    /// Whether it has all that every whole object of its kind has.
    pub(crate) whole: bool,
    /// Whether it says that it is deleted.
    pub(crate) deleted: bool,
    /// Whether it says twice what it is.
    pub(crate) torn: bool,
    /// Bits of the places that were given, readable or not.
    given: u128,
}

impl<'a> Content<'a> {
    /// Reads the object that the reader stands at; `id` was found ahead.
    pub(crate) fn read(
        wire: &mut Wire<'a>,
        tree: &'static Tree,
        id: Found<'a>,
        path: &Path<'_>,
    ) -> Content<'a> {
        let mut target = Target::new(tree.schema, None);
        wire.scan.peek();
        let seen = wire.hash(&tree.root, &mut target, path);
        Content {
            tree,
            id,
            after: Record {
                schema: tree.schema,
                values: target.values.into(),
            },
            before: None,
            whole: seen & tree.required == tree.required,
            deleted: target.deleted,
            torn: target.torn,
            given: target.written,
        }
    }

    /// Reads the previous values that the reader stands at, and undoes the change with them.
    pub(crate) fn undo(&mut self, wire: &mut Wire<'_>, path: &Path<'_>) {
        match wire.scan.peek() {
            b'{' => {}
            b'n' => return wire.scan.skip(),
            _ => {
                wire.note("not_an_object", path);
                return wire.scan.skip();
            }
        }
        let mut target = Target::new(self.tree.schema, Some((&self.after, self.given)));
        wire.hash(&self.tree.root, &mut target, path);
        self.before = undone(&self.after, target.written, target.values);
    }
}

/// The content with the older values at the written places; none if nothing that is kept differs.
fn undone(after: &Record, written: u128, older: Vec<Value>) -> Option<Record> {
    let is_written = |place: usize| written & (1 << place) != 0;
    let differs = |place: usize| {
        is_written(place)
            && !matches!(after.schema.fields[place].shape, Shape::Alias)
            && !same_value(&after.values[place], &older[place])
    };
    if !(0..older.len()).any(differs) {
        return None;
    }
    let places = older.into_iter().zip(&after.values).enumerate();
    let values = places.map(|(place, (older, newer))| {
        if is_written(place) {
            older
        } else {
            newer.clone()
        }
    });
    Some(Record {
        schema: after.schema,
        values: values.collect(),
    })
}
