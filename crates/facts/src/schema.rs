//! What a kind of object looks like: its columns, where each stands in Stripe's JSON, and what it means.
//!
//! A schema is data, so that reading, undoing, hashing, storing and documenting an object are one loop each, whatever
//! the object. Nothing here reads or stores anything.

use std::fmt;

/// One kind of Stripe object, in the newest API shape, as the books keep it.
pub struct Schema {
    /// Stripe's name of the object (`invoice`), as in its `object` member.
    pub object: &'static str,
    /// The book's table of these objects (`invoices`).
    pub table: &'static str,
    /// What one row of the table is, for readers of the schema.
    pub doc: &'static str,
    /// The columns, in the order in which a [`crate::Record`] holds them.
    pub fields: &'static [Field],
    /// Names of the fields that a whole object always carries; an object without one of them is partial and claims nothing.
    pub required: &'static [&'static str],
    /// The event type that announces a new object of this kind, or the empty text.
    pub created_by: &'static str,
    /// The event types that delete an object of this kind for good.
    pub deleted_by: &'static [&'static str],
    /// How the object's key is found.
    pub key: Key,
}

/// How objects, or rows of a list, are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// By their `id` member; in a list the first field holds it.
    Id,
    /// There is one per stream, known by this name.
    Single(&'static str),
    /// By these fields, joined with `/`: the first, and the first of the others that has a value; else by `id`.
    Joined(&'static [&'static str]),
    /// By their place in the list, counted from 0.
    Place,
}

/// One column of a kind of object.
pub struct Field {
    /// The column's name, with its unit last: `_minor` minor units of the row's currency, `_s` Unix seconds.
    pub name: &'static str,
    /// Where the value stands in Stripe's JSON: member names joined with `.`.
    pub path: &'static str,
    /// What kind of value it is.
    pub shape: Shape,
    /// What it says, for readers of the schema.
    pub doc: &'static str,
}

/// The kinds of value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// true or false.
    Flag,
    /// A whole number.
    Count,
    /// An amount of money in minor units.
    Minor,
    /// A moment or date in Unix seconds.
    Second,
    /// A text.
    Text,
    /// A number kept as the text that Stripe wrote (exchange rates, unit amounts with fractions).
    Decimal,
    /// The id of another object, given as text or as the expanded object.
    Id,
    /// The object's own other name: kept and shown, but no part of its state.
    Alias,
    /// Keys and values of the user's own (`metadata`).
    Map,
    /// Rows that belong to the object, given as an array or as a list object.
    List(&'static Schema),
}

impl Schema {
    /// The place of the field with this name. Panics when there is none: names are fixed when the program is written.
    #[must_use]
    pub fn at(&self, name: &str) -> usize {
        self.fields
            .iter()
            .position(|field| field.name == name)
            .unwrap_or_else(|| panic!("{} has no field {name}", self.object))
    }
}

/// The place of a name among others; compared by hand, since constants can't compare texts.
pub(crate) const fn place_of(names: &[&str], name: &str) -> usize {
    let mut place = 0;
    while place < names.len() {
        let (one, other) = (names[place].as_bytes(), name.as_bytes());
        let mut same = 0;
        while same < one.len() && same < other.len() && one[same] == other[same] {
            same += 1;
        }
        if same == one.len() && same == other.len() {
            return place;
        }
        place += 1;
    }
    panic!("each name is one of the names");
}

impl PartialEq for Schema {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for Schema {}

impl fmt::Debug for Schema {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Schema({})", self.object)
    }
}

/// Writes down a schema and, for each field, a constant with its place: `invoice::TOTAL_MINOR`.
macro_rules! schema {
    (
        $(#[doc = $doc:literal])+
        $object:literal in $table:literal, key $key:expr,
        required $required:expr, created by $created:literal, deleted by $deleted:expr;
        $( $NAME:ident $name:literal $shape:expr, $path:literal, $field_doc:literal; )+
    ) => {
        const NAMES: &[&str] = &[$($name),+];
        $(
            #[doc = concat!("Place of `", $name, "`: ", $field_doc)]
            pub const $NAME: usize = $crate::schema::place_of(NAMES, $name);
        )+
        $(#[doc = $doc])+
        pub static SCHEMA: $crate::schema::Schema = $crate::schema::Schema {
            object: $object,
            table: $table,
            doc: concat!($($doc),+),
            fields: &[ $( $crate::schema::Field { name: $name, path: $path, shape: $shape, doc: $field_doc } ),+ ],
            required: &$required,
            created_by: $created,
            deleted_by: &$deleted,
            key: $key,
        };
    };
}
pub(crate) use schema;
