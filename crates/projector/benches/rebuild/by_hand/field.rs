//! Members of objects as Stripe writes them: absent, null, or a value borrowed from the body.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

/// One member.
#[derive(Clone, Debug, Default)]
pub(crate) enum Field<T> {
    /// The member is not there.
    #[default]
    Absent,
    /// It is null.
    Null,
    /// It says this.
    Is(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(|value| value.map_or(Field::Null, Field::Is))
    }
}

impl<T: PartialEq> PartialEq for Field<T> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Field::Is(one), Field::Is(other)) => one == other,
            (Field::Is(_), _) | (_, Field::Is(_)) => false,
            _ => true,
        }
    }
}

impl<T> Field<T> {
    /// The value, if there is one.
    pub(crate) fn value(&self) -> Option<&T> {
        match self {
            Field::Is(value) => Some(value),
            _ => None,
        }
    }

    /// A member of this object; null inside null.
    pub(crate) fn then<'s, U>(&'s self, inner: impl FnOnce(&'s T) -> &'s Field<U>) -> &'s Field<U> {
        match self {
            Field::Absent => &Field::Absent,
            Field::Null => &Field::Null,
            Field::Is(value) => inner(value),
        }
    }
}

impl Field<Text<'_>> {
    /// The text, if there is one.
    pub(crate) fn text(&self) -> Option<&str> {
        self.value().map(|text| &*text.0)
    }
}

/// A text, borrowed unless it holds escapes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Text<'a>(pub(crate) Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Texts;
        impl<'de> Visitor<'de> for Texts {
            type Value = Text<'de>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a text")
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Texts)
    }
}

/// Keys and values of the user's own, sorted; a value is null only among previous values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Map<'a>(pub(crate) Vec<(Text<'a>, Option<Text<'a>>)>);

impl<'a> Map<'a> {
    fn get(&self, key: &Text<'_>) -> Option<Option<&Text<'a>>> {
        let found = self.0.iter().find(|(known, _)| known == key);
        found.map(|(_, value)| value.as_ref())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Map<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Maps;
        impl<'de> Visitor<'de> for Maps {
            type Value = Map<'de>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object of texts")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Map<'de>, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                entries.sort_unstable();
                Ok(Map(entries))
            }
        }
        deserializer.deserialize_map(Maps)
    }
}

/// Whether `old` is what `self` was before a change with these previous values.
pub(crate) trait Follows {
    /// Compares member by member, without making the state before.
    fn follows(&self, previous: &Self, old: &Self) -> bool;
}

impl<T: Follows + PartialEq> Follows for Field<T> {
    fn follows(&self, previous: &Self, old: &Self) -> bool {
        match (self, previous, old) {
            (_, Field::Absent, _) => self == old,
            (Field::Is(new), Field::Is(previous), Field::Is(old)) => new.follows(previous, old),
            _ => previous == old,
        }
    }
}

impl Follows for Map<'_> {
    fn follows(&self, previous: &Self, old: &Self) -> bool {
        let keys = self.0.iter().chain(&previous.0).chain(&old.0);
        keys.map(|(key, _)| key).all(|key| {
            let was = previous.get(key).unwrap_or_else(|| self.get(key).flatten());
            was == old.get(key).flatten()
        })
    }
}

/// What is replaced whole: its old value is the previous one.
macro_rules! whole {
    ($($type:ty),+) => { $(
        impl Follows for $type {
            fn follows(&self, previous: &Self, old: &Self) -> bool {
                previous == old
            }
        }
    )+ };
}
whole!(bool, i64, Text<'_>);

impl<T: PartialEq> Follows for Vec<T> {
    fn follows(&self, previous: &Self, old: &Self) -> bool {
        previous == old
    }
}
