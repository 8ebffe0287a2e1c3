//! One object's JSON read into values: leniently, in one pass, each member either into its place or costing that place.
//!
//! It knows shapes, not claims: what is expanded is handed back as slices, what is odd as codes with paths.

use crate::head::{Found, head};
use crate::leaf::{Read, decimal, decimal_number, flag, overlay, text, whole};
use crate::path::Path;
use crate::record::{Record, Value};
use crate::scan::Scanner;
use crate::schema::{Key, Schema, Shape};
use crate::tree::{Branch, Node, Tree};

/// A whole object found where an id or a list of other objects stands.
pub(crate) struct Expanded<'a> {
    /// Where it stands.
    pub(crate) path: String,
    /// Its JSON.
    pub(crate) body: &'a str,
}

/// Reads members into places, and gathers what is odd and what is expanded.
pub(crate) struct Wire<'a> {
    pub(crate) scan: Scanner<'a>,
    /// Codes and paths of what is odd.
    pub(crate) oddities: Vec<(&'static str, String)>,
    /// Objects inside this one.
    pub(crate) expanded: Vec<Expanded<'a>>,
}

/// Where the values of one object go, and what is learned about the object meanwhile.
pub(crate) struct Target<'t> {
    /// One value per field.
    pub(crate) values: Vec<Value>,
    /// Bits of the places that were written.
    pub(crate) written: u128,
    /// When previous values are read: the content that they are the past of, and the bits of its places that were given.
    pub(crate) undone: Option<(&'t Record, u128)>,
    /// Whether `deleted` is true.
    pub(crate) deleted: bool,
    /// Whether the object's id or kind is said twice.
    pub(crate) torn: bool,
}

impl<'t> Target<'t> {
    /// A target about which nothing is known yet.
    pub(crate) fn new(schema: &Schema, undone: Option<(&'t Record, u128)>) -> Self {
        Target {
            values: vec![Value::Unknown; schema.fields.len()],
            written: 0,
            undone,
            deleted: false,
            torn: false,
        }
    }

    /// When previous values are read: what was given for this place after the change.
    fn newer(&self, place: usize) -> Option<&'t Value> {
        let (record, given) = self.undone?;
        (given & (1 << place) != 0).then(|| &record.values[place])
    }

    #[inline]
    fn write(&mut self, place: usize, value: Value) {
        self.values[place] = value;
        self.written |= 1 << place;
    }
}

/// What stands in a list's place.
enum Listed {
    Rows,
    /// A list object that says that there are more rows than it shows.
    Cut,
    Null,
    /// A list object that says nothing of its rows.
    Silent,
    /// Nothing that could be read; noticed already.
    Odd,
}

type RowReader<'r, 'a> = &'r mut dyn FnMut(&mut Wire<'a>, &Path<'_>);

impl<'a> Wire<'a> {
    /// A reader at the start of this text.
    pub(crate) fn new(text: &'a str) -> Self {
        Wire {
            scan: Scanner::new(text),
            oddities: Vec::new(),
            expanded: Vec::new(),
        }
    }

    /// Keeps an oddity.
    #[cold]
    pub(crate) fn note(&mut self, code: &'static str, path: &Path<'_>) {
        self.oddities.push((code, path.render()));
    }

    /// Reads the hash that the scanner stands at; gives the bits of the branches that it had.
    pub(crate) fn hash(&mut self, node: &Node, target: &mut Target<'_>, path: &Path<'_>) -> u128 {
        let mut seen = 0_u128;
        let mut first = true;
        self.scan.enter();
        while let Some(name) = self.scan.member(&mut first) {
            let decoded;
            let name = match name.plain() {
                Some(plain) => plain,
                None => {
                    decoded = name.decode();
                    match &decoded {
                        Some(name) => name,
                        None => {
                            self.note("bad_escape", path);
                            self.scan.skip();
                            continue;
                        }
                    }
                }
            };
            let Some((bit, branch)) = node.find(name) else {
                self.scan.skip();
                continue;
            };
            let path = path.member(name);
            if seen & (1 << bit) != 0 {
                self.doubled(branch, target, &path);
            } else {
                seen |= 1 << bit;
                self.branch(branch, target, &path);
            }
        }
        seen
    }

    #[inline]
    fn branch(&mut self, branch: &Branch, target: &mut Target<'_>, path: &Path<'_>) {
        match branch {
            Branch::Leaf { place, shape } => self.leaf(*place, *shape, target, path),
            Branch::Rows { place, tree } => self.rows(*place, tree, target, path),
            Branch::Hash { node, places } => self.below(node, places, target, path),
            Branch::Children if target.undone.is_none() => self.children(path),
            Branch::Children | Branch::Head => self.scan.skip(),
            Branch::Deleted => target.deleted = self.scan.value() == "true",
        }
    }

    /// A member that stands twice: which one holds can't be known.
    #[cold]
    fn doubled(&mut self, branch: &Branch, target: &mut Target<'_>, path: &Path<'_>) {
        self.note("doubled", path);
        match branch {
            Branch::Leaf { place, .. } | Branch::Rows { place, .. } => {
                target.write(*place, Value::Unknown);
            }
            Branch::Hash { places, .. } => {
                for place in places {
                    target.write(*place, Value::Unknown);
                }
            }
            Branch::Head | Branch::Deleted => target.torn = true,
            Branch::Children => {}
        }
        self.scan.skip();
    }

    /// A hash within the object, or null for all of it.
    fn below(&mut self, node: &Node, places: &[usize], target: &mut Target<'_>, path: &Path<'_>) {
        let value = match self.scan.peek() {
            b'{' => {
                self.hash(node, target, path);
                return;
            }
            b'n' => Value::Null,
            _ => {
                self.note("not_an_object", path);
                Value::Unknown
            }
        };
        for place in places {
            target.write(*place, value.clone());
        }
        self.scan.skip();
    }

    #[inline]
    fn leaf(&mut self, place: usize, shape: Shape, target: &mut Target<'_>, path: &Path<'_>) {
        let read = match (shape, self.scan.peek()) {
            (_, b'n') => {
                self.scan.skip();
                Ok(Value::Null)
            }
            (Shape::Count | Shape::Minor | Shape::Second, _) => whole(self.scan.value()),
            (Shape::Text | Shape::Alias | Shape::Id, b'"') => text(self.scan.string()),
            (Shape::Flag, _) => flag(self.scan.value()),
            (Shape::Text | Shape::Alias, _) => self.odd("not_a_text"),
            (Shape::Id, b'{') => match self.expanded(target.undone.is_some(), path) {
                Some(read) => read,
                None => return,
            },
            (Shape::Id, _) => self.odd("not_an_id"),
            (Shape::Decimal, b'"') => decimal(self.scan.string()),
            (Shape::Decimal, _) => decimal_number(self.scan.value()),
            (Shape::Map, b'{') => self.map(target.newer(place)),
            (Shape::Map | Shape::List(_), _) => self.odd("not_a_map"),
        };
        match read {
            Ok(value) => target.write(place, value),
            Err(code) => {
                self.note(code, path);
                target.write(place, Value::Unknown);
            }
        }
    }

    /// Steps over a value of the wrong type.
    fn odd(&mut self, code: &'static str) -> Read {
        self.scan.skip();
        Err(code)
    }

    /// An object in the place of an id: the id stays, the object is kept aside. A part of one in previous values says
    /// that the expanded object changed, not which object it is: nothing is read.
    fn expanded(&mut self, undo: bool, path: &Path<'_>) -> Option<Read> {
        let body = self.scan.value();
        let id = match head(body).id {
            Found::Text(id) => id,
            Found::Absent if undo => return None,
            _ => return Some(Err("not_an_id")),
        };
        if !undo {
            let path = path.render();
            self.expanded.push(Expanded { path, body });
        }
        Some(Ok(Value::Text(id.into())))
    }

    /// Keys and values of the user's own. In previous values only the changed keys are given, null for one that was absent.
    fn map(&mut self, base: Option<&Value>) -> Read {
        let mut entries: Vec<(Box<str>, Option<Box<str>>)> = Vec::new();
        let mut odd = None;
        let mut first = true;
        self.scan.enter();
        while let Some(name) = self.scan.member(&mut first) {
            let value = match self.scan.peek() {
                b'"' => self.scan.string().decode().map(|text| Some(text.into())),
                b'n' => {
                    self.scan.skip();
                    Some(None)
                }
                _ => {
                    self.scan.skip();
                    odd = Some("not_a_text");
                    continue;
                }
            };
            match (name.decode(), value) {
                (Some(name), Some(value)) => entries.push((name.into(), value)),
                _ => odd = Some("bad_escape"),
            }
        }
        entries.sort();
        if entries.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            odd = Some("doubled");
        }
        match (odd, base) {
            (Some(code), _) => Err(code),
            // What the past of an unreadable map was can't be known.
            (None, Some(Value::Unknown)) => Ok(Value::Unknown),
            (None, base) => Ok(overlay(base, entries)),
        }
    }

    fn rows(&mut self, place: usize, tree: &Tree, target: &mut Target<'_>, path: &Path<'_>) {
        let mut rows = Vec::new();
        let mut whole = true;
        let listed = self.listed(path, &mut |wire, path| match wire.record(tree, path) {
            Some(row) => rows.push(row),
            None => whole = false,
        });
        if whole && tree.schema.key == Key::Id {
            whole = self.sort(&mut rows, path);
        }
        match listed {
            Listed::Rows if whole => target.write(place, Value::List(rows.into())),
            Listed::Null => target.write(place, Value::Null),
            Listed::Silent if target.undone.is_some() => {}
            Listed::Silent => {
                self.note("not_a_list", path);
                target.write(place, Value::Unknown);
            }
            Listed::Rows | Listed::Cut | Listed::Odd => target.write(place, Value::Unknown),
        }
    }

    /// One row of the content; none, with a notice, if it lacks what every such row has.
    fn record(&mut self, tree: &Tree, path: &Path<'_>) -> Option<Record> {
        if self.scan.peek() != b'{' {
            self.note("not_an_object", path);
            self.scan.skip();
            return None;
        }
        let mut target = Target::new(tree.schema, None);
        let seen = self.hash(&tree.root, &mut target, path);
        if seen & tree.required != tree.required {
            self.note("partial", path);
            return None;
        }
        Some(Record {
            schema: tree.schema,
            values: target.values.into(),
        })
    }

    /// Sorts rows by their ids; false, with a notice, if they can't be told apart.
    fn sort(&mut self, rows: &mut [Record], path: &Path<'_>) -> bool {
        rows.sort_by(|one, other| one.values[0].cmp(&other.values[0]));
        let nameless = rows.iter().any(|row| row.values[0].text().is_none());
        let twice = rows
            .windows(2)
            .any(|pair| pair[0].values[0] == pair[1].values[0]);
        if nameless {
            self.note("no_id", path);
        } else if twice {
            self.note("doubled", path);
        }
        !nameless && !twice
    }

    /// A list of whole objects of another kind: each is kept aside.
    fn children(&mut self, path: &Path<'_>) {
        self.listed(path, &mut |wire, path| {
            let body = wire.scan.value();
            if body.starts_with('{') {
                let path = path.render();
                wire.expanded.push(Expanded { path, body });
            }
        });
    }

    /// Steps through the rows of an array, or of a list object.
    fn listed(&mut self, path: &Path<'_>, row: RowReader<'_, 'a>) -> Listed {
        match self.scan.peek() {
            b'[' => {
                self.array(path, row);
                Listed::Rows
            }
            b'{' => self.list_object(path, row),
            b'n' => {
                self.scan.skip();
                Listed::Null
            }
            _ => {
                self.note("not_a_list", path);
                self.scan.skip();
                Listed::Odd
            }
        }
    }

    fn list_object(&mut self, path: &Path<'_>, row: RowReader<'_, 'a>) -> Listed {
        let mut listed = Listed::Silent;
        let mut is_cut = false;
        let mut first = true;
        self.scan.enter();
        while let Some(name) = self.scan.member(&mut first) {
            match name.decode().as_deref() {
                Some("data") => {}
                Some("has_more") => {
                    is_cut |= self.scan.value() == "true";
                    continue;
                }
                _ => {
                    self.scan.skip();
                    continue;
                }
            }
            let path = path.member("data");
            match (&listed, self.scan.peek()) {
                (Listed::Silent, b'[') => {
                    self.array(&path, row);
                    listed = Listed::Rows;
                }
                (already, _) => {
                    let again = !matches!(already, Listed::Silent);
                    self.note(if again { "doubled" } else { "not_a_list" }, &path);
                    self.scan.skip();
                    listed = Listed::Odd;
                }
            }
        }
        match listed {
            Listed::Rows | Listed::Silent if is_cut => Listed::Cut,
            listed => listed,
        }
    }

    fn array(&mut self, path: &Path<'_>, row: RowReader<'_, 'a>) {
        let mut first = true;
        let mut place = 0;
        self.scan.enter();
        while self.scan.row(&mut first) {
            row(self, &path.row(place));
            place += 1;
        }
    }
}
