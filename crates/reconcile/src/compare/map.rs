//! How a map from Stripe's members to the book's columns is written, and looked up by path. Holds no map itself.

use std::collections::BTreeMap;

/// What becomes of one kind of object.
pub struct Map {
    /// Stripe's name of the kind.
    pub object: &'static str,
    /// The book's table.
    pub table: &'static str,
    /// The members whose values, joined with `/`, are the row's id, of those parted by `|` the first that has one; none
    /// for the one object of its kind, known by its name.
    pub id: &'static [&'static str],
    /// Members that the book keeps.
    pub kept: &'static [(&'static str, Rule)],
    /// Members that the book does not keep, by reason; what is below them neither.
    pub left: &'static [(&'static str, &'static [&'static str])],
}

/// Where a member is kept.
#[derive(Clone, Copy)]
pub enum Rule {
    /// In this column, as it is.
    Column(&'static str),
    /// In this column, by its id, whether it is given as an id or as the whole object.
    Id(&'static str),
    /// In this column, as JSON of keys and values.
    Keys(&'static str),
    /// In this column, as a text, whether it is given as a number or as a text.
    Decimal(&'static str),
    /// In the rows of another table.
    Rows(&'static Rows),
    /// The same of a list object: when it is cut, its own member can't be known.
    List(&'static Rows),
    /// In the table's name.
    Kind,
    /// In the row's key.
    Key,
    /// In the column `deleted`; of a deleted object Stripe says no more.
    Deleted,
    /// Nowhere: it follows from `available_s` and the moment of asking.
    Availability,
}

/// Rows that belong to an object.
pub struct Rows {
    /// Their table.
    pub table: &'static str,
    /// Its column with the object's id.
    pub parent: &'static str,
    /// For rows within rows: its column with what tells the outer row apart.
    pub row: Option<&'static str>,
    /// What tells them apart: a member and its column; none if it is their place.
    pub key: Option<(&'static str, &'static str)>,
    /// Members that the book keeps.
    pub kept: &'static [(&'static str, Rule)],
    /// Members that the book does not keep, by reason.
    pub left: &'static [(&'static str, &'static [&'static str])],
}

/// The lists of rows that these members are kept in.
pub fn lists(kept: &'static [(&'static str, Rule)]) -> impl Iterator<Item = &'static Rows> {
    kept.iter().filter_map(|(_, rule)| match rule {
        Rule::Rows(rows) | Rule::List(rows) => Some(*rows),
        _ => None,
    })
}

/// A map that can be asked.
pub struct Paths {
    rules: BTreeMap<&'static str, Option<Rule>>,
}

/// What a path is.
pub enum Found {
    /// Kept, under this path.
    Kept(&'static str, Rule),
    /// Not kept, nor anything below it.
    Left,
    /// Something below it is kept.
    Above,
    /// Nobody has thought of it.
    Unlisted,
}

impl Paths {
    /// The paths of a map.
    pub fn new(
        kept: &'static [(&'static str, Rule)],
        left: &'static [(&'static str, &'static [&'static str])],
    ) -> Self {
        let kept = kept.iter().map(|(path, rule)| (*path, Some(*rule)));
        let left = left
            .iter()
            .flat_map(|(_, paths)| paths.iter().map(|path| (*path, None)));
        Self {
            rules: kept.chain(left).collect(),
        }
    }

    /// What the path is.
    pub fn find(&self, path: &str) -> Found {
        match self.rules.get_key_value(path) {
            Some((path, Some(rule))) => Found::Kept(path, *rule),
            Some((_, None)) => Found::Left,
            None if self.has_below(path) => Found::Above,
            None => Found::Unlisted,
        }
    }

    /// Every kept path with its rule.
    pub fn kept(&self) -> impl Iterator<Item = (&'static str, Rule)> {
        self.rules
            .iter()
            .filter_map(|(path, rule)| Some((*path, (*rule)?)))
    }

    fn has_below(&self, path: &str) -> bool {
        let from = self
            .rules
            .range::<str, _>((std::ops::Bound::Excluded(path), std::ops::Bound::Unbounded));
        from.map(|(known, _)| *known)
            .take_while(|known| known.starts_with(path))
            .any(|known| known[path.len()..].starts_with('.'))
    }
}
