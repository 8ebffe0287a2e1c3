//! What stands in a column, borrowed from the body.

use std::borrow::Cow;

use facts::schema::Shape;

use super::plan::Plan;

/// A text, borrowed unless it holds escapes.
pub(crate) type Text<'a> = Cow<'a, str>;

/// One value per column.
pub(crate) type Record<'a> = Vec<Value<'a>>;

/// One column of one object or row.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Value<'a> {
    /// The member is not there.
    #[default]
    Absent,
    Null,
    Flag(bool),
    Int(i64),
    Text(Text<'a>),
    /// Sorted; a value is null only among previous values.
    Map(Vec<(Text<'a>, Option<Text<'a>>)>),
    List(Vec<Record<'a>>),
}

impl Value<'_> {
    pub(crate) fn int(&self) -> Option<i64> {
        match self {
            Value::Int(number) => Some(*number),
            _ => None,
        }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn is_stated(&self) -> bool {
        !matches!(self, Value::Absent | Value::Null)
    }
}

impl<'a> Value<'a> {
    pub(crate) fn rows(&self) -> &[Record<'a>] {
        match self {
            Value::List(rows) => rows,
            _ => &[],
        }
    }
}

/// Whether both say the same; what is absent or null says nothing.
fn same(one: &Value<'_>, other: &Value<'_>, rows: Option<&Plan>) -> bool {
    match (one, other, rows) {
        (Value::List(one), Value::List(other), Some(plan)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .zip(other)
                    .all(|(one, other)| is_same(plan, one, other))
        }
        _ => one == other || !(one.is_stated() || other.is_stated()),
    }
}

/// Whether both are the same state.
pub(crate) fn is_same(plan: &Plan, one: &Record<'_>, other: &Record<'_>) -> bool {
    (0..one.len()).all(|place| {
        is_alias(plan, place) || same(&one[place], &other[place], plan.lists[place].as_ref())
    })
}

/// Whether `old` is what `new` was before a change with these previous values; made column by column.
pub(crate) fn follows(
    plan: &Plan,
    new: &Record<'_>,
    previous: &Record<'_>,
    old: &Record<'_>,
) -> bool {
    (0..new.len()).all(|place| {
        let rows = plan.lists[place].as_ref();
        match (&new[place], &previous[place], &old[place]) {
            _ if is_alias(plan, place) => true,
            (new, Value::Absent, old) => same(new, old, rows),
            (Value::Map(new), Value::Map(previous), Value::Map(old)) => {
                map_follows(new, previous, old)
            }
            (_, previous, old) => same(previous, old, rows),
        }
    })
}

type Entries<'a> = [(Text<'a>, Option<Text<'a>>)];

fn map_follows(new: &Entries<'_>, previous: &Entries<'_>, old: &Entries<'_>) -> bool {
    let get = |map: &Entries<'_>, key: &str| {
        let found = map.iter().find(|(known, _)| known == key);
        found.map(|(_, value)| value.as_deref().map(str::to_owned))
    };
    let mut keys = new.iter().chain(previous).chain(old).map(|(key, _)| key);
    keys.all(|key| {
        let was = get(previous, key).unwrap_or_else(|| get(new, key).flatten());
        was == get(old, key).flatten()
    })
}

fn is_alias(plan: &Plan, place: usize) -> bool {
    plan.schema.fields[place].shape == Shape::Alias
}
