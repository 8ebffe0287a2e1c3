//! Objects read into columns with serde, one pass each.
//!
//! It believes what it reads: a member of another shape than its column's ends the bench.

use std::borrow::Cow;
use std::fmt;

use facts::schema::Shape;
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::value::RawValue;

use super::plan::{Branch, Node, Plan};
use super::value::{Record, Text, Value};

/// One object as read.
pub(crate) struct Object<'a> {
    pub(crate) id: Option<Text<'a>>,
    pub(crate) values: Record<'a>,
    /// Whether it says of itself that it is deleted.
    pub(crate) deleted: bool,
    /// Whole objects within it.
    pub(crate) inside: Vec<&'a RawValue>,
}

impl Object<'_> {
    fn new(plan: &Plan) -> Self {
        Object {
            id: None,
            deleted: false,
            values: vec![Value::Absent; plan.schema.fields.len()],
            inside: Vec::new(),
        }
    }
}

/// Reads an object of this kind.
pub(crate) struct OfKind<'p>(pub(crate) &'p Plan);

impl<'de> DeserializeSeed<'de> for OfKind<'_> {
    type Value = Object<'de>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Object<'de>, D::Error> {
        let mut object = Object::new(self.0);
        let members = Members {
            plan: self.0,
            node: &self.0.root,
            object: &mut object,
        };
        from.deserialize_map(members)?;
        Ok(object)
    }
}

/// Reads the members of one hash of an object; false when there is null in its place.
struct Members<'p, 'o, 'de> {
    plan: &'p Plan,
    node: &'p Node,
    object: &'o mut Object<'de>,
}

impl<'de> DeserializeSeed<'de> for Members<'_, '_, 'de> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<bool, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Members<'_, '_, 'de> {
    type Value = bool;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object or null")
    }

    fn visit_unit<E: Error>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        let (plan, object) = (self.plan, self.object);
        while let Some(name) = map.next_key::<&'de str>()? {
            match self.node.find(name) {
                None if name == "deleted" => object.deleted = map.next_value()?,
                None => drop(map.next_value::<IgnoredAny>()?),
                Some(Branch::Id(cell)) => {
                    let id: Text<'de> = map.next_value::<Borrowed<'de>>()?.0;
                    if let Some(cell) = cell {
                        object.values[*cell] = Value::Text(id.clone());
                    }
                    object.id = Some(id);
                }
                Some(Branch::Cell(place, Shape::Id)) => {
                    id(map.next_value()?, *place, object).map_err(A::Error::custom)?;
                }
                Some(Branch::Cell(place, shape)) => {
                    object.values[*place] = cell(&mut map, *shape)?;
                }
                Some(Branch::List(place)) => {
                    let plan = plan.lists[*place].as_ref().expect("a list has its plan");
                    object.values[*place] = map.next_value_seed(Rows { plan })?;
                }
                Some(Branch::Below(node, places)) => {
                    let below = Members {
                        plan,
                        node,
                        object: &mut *object,
                    };
                    if !map.next_value_seed(below)? {
                        places
                            .iter()
                            .for_each(|place| object.values[*place] = Value::Null);
                    }
                }
                Some(Branch::Children) => {
                    let children: Option<Children<'de>> = map.next_value()?;
                    object
                        .inside
                        .extend(children.into_iter().flat_map(|list| list.data));
                }
            }
        }
        Ok(true)
    }
}

#[derive(serde::Deserialize)]
struct Children<'a> {
    #[serde(borrow)]
    data: Vec<&'a RawValue>,
}

fn cell<'de, A: MapAccess<'de>>(map: &mut A, shape: Shape) -> Result<Value<'de>, A::Error> {
    let value = match shape {
        Shape::Flag => map.next_value::<Option<bool>>()?.map(Value::Flag),
        Shape::Count | Shape::Minor | Shape::Second => {
            map.next_value::<Option<i64>>()?.map(Value::Int)
        }
        Shape::Decimal => {
            let raw = map.next_value::<Option<&'de RawValue>>()?;
            let text = raw.map(|raw| raw.get().trim_matches('"'));
            text.map(|text| Value::Text(Cow::Borrowed(text)))
        }
        Shape::Map => map
            .next_value::<Option<Entries<'de>>>()?
            .map(|map| Value::Map(map.0)),
        Shape::Text | Shape::Alias | Shape::Id | Shape::List(_) => {
            let text = map.next_value::<Option<Borrowed<'de>>>()?;
            text.map(|text| Value::Text(text.0))
        }
    };
    Ok(value.unwrap_or(Value::Null))
}

/// The id of another object, or that object whole.
fn id<'de>(
    raw: Option<&'de RawValue>,
    place: usize,
    object: &mut Object<'de>,
) -> serde_json::Result<()> {
    #[derive(serde::Deserialize)]
    struct Named<'a> {
        #[serde(borrow)]
        id: Option<&'a str>,
    }
    object.values[place] = match raw {
        None => Value::Null,
        Some(raw) if raw.get().starts_with('"') => {
            Value::Text(serde_json::from_str::<Borrowed<'de>>(raw.get())?.0)
        }
        Some(raw) => {
            let Some(id) = serde_json::from_str::<Named<'de>>(raw.get())?.id else {
                return Ok(());
            };
            object.inside.push(raw);
            Value::Text(Cow::Borrowed(id))
        }
    };
    Ok(())
}

/// Reads an array of rows, or a list object, which may show only its first ones.
struct Rows<'p> {
    plan: &'p Plan,
}

impl<'de> DeserializeSeed<'de> for Rows<'_> {
    type Value = Value<'de>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value<'de>, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Rows<'_> {
    type Value = Value<'de>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a list or null")
    }

    fn visit_unit<E: Error>(self) -> Result<Value<'de>, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value<'de>, A::Error> {
        let mut rows = Vec::new();
        while let Some(row) = seq.next_element_seed(OfKind(self.plan))? {
            rows.push(row.values);
        }
        if !self.plan.is_by_place() {
            rows.sort_by(|one, other| one[0].text().cmp(&other[0].text()));
        }
        Ok(Value::List(rows))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value<'de>, A::Error> {
        let (mut rows, mut has_more) = (Value::Absent, false);
        while let Some(name) = map.next_key::<&'de str>()? {
            match name {
                "data" => rows = map.next_value_seed(Rows { plan: self.plan })?,
                "has_more" => has_more = map.next_value()?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(if has_more { Value::Absent } else { rows })
    }
}

/// A text, borrowed unless it holds escapes.
struct Borrowed<'a>(Text<'a>);

impl<'de: 'a, 'a> Deserialize<'de> for Borrowed<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Texts;
        impl<'de> Visitor<'de> for Texts {
            type Value = Borrowed<'de>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a text")
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Borrowed<'de>, E> {
                Ok(Borrowed(Cow::Borrowed(text)))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Borrowed<'de>, E> {
                Ok(Borrowed(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Texts)
    }
}

/// Keys and values of the user's own, sorted.
struct Entries<'a>(Vec<(Text<'a>, Option<Text<'a>>)>);

impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Maps;
        impl<'de> Visitor<'de> for Maps {
            type Value = Entries<'de>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object of texts")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<'de>, A::Error> {
                let mut entries = Vec::new();
                while let Some((key, value)) =
                    map.next_entry::<Borrowed<'de>, Option<Borrowed<'de>>>()?
                {
                    entries.push((key.0, value.map(|text| text.0)));
                }
                entries.sort_unstable();
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Maps)
    }
}
