//! Entries read with serde: an event with its object and previous values, or a read with what it read, one pass each.

use std::collections::HashMap;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use super::plan::Plan;
use super::read::{Object, OfKind};

/// What an event says.
pub(crate) struct Event<'a> {
    pub(crate) object: Object<'a>,
    pub(crate) previous: Option<Object<'a>>,
}

/// Reads an event about an object of this kind.
pub(crate) fn event<'a>(plan: &Plan, body: &'a str) -> serde_json::Result<Event<'a>> {
    let mut json = serde_json::Deserializer::from_str(body);
    OfEvent {
        plan,
        is_data: false,
    }
    .deserialize(&mut json)
}

/// Reads an event, or the hash in it that holds its object.
struct OfEvent<'p> {
    plan: &'p Plan,
    is_data: bool,
}

impl<'de> DeserializeSeed<'de> for OfEvent<'_> {
    type Value = Event<'de>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Event<'de>, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for OfEvent<'_> {
    type Value = Event<'de>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an event")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Event<'de>, A::Error> {
        let (plan, mut object, mut previous, mut event) = (self.plan, None, None, None);
        while let Some(name) = map.next_key::<&'de str>()? {
            match (self.is_data, name) {
                (false, "data") => {
                    event = Some(map.next_value_seed(OfEvent {
                        plan,
                        is_data: true,
                    })?);
                }
                (true, "object") => object = Some(map.next_value_seed(OfKind(plan))?),
                (true, "previous_attributes") => {
                    previous = Some(map.next_value_seed(OfKind(plan))?);
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        let here = object.map(|object| Event { object, previous });
        here.or(event)
            .ok_or_else(|| A::Error::custom("an event without its object"))
    }
}

/// What a read says.
pub(crate) struct Observation<'a> {
    pub(crate) kind: &'a str,
    pub(crate) object: Object<'a>,
    pub(crate) date_s: i64,
    pub(crate) elapsed_ms: i64,
}

/// Reads an observation; none of a kind that the books don't hold, or of an object that was not there.
pub(crate) fn observation<'a>(
    plans: &HashMap<&'static str, Plan>,
    body: &'a str,
) -> serde_json::Result<Option<Observation<'a>>> {
    let mut json = serde_json::Deserializer::from_str(body);
    OfRead { plans }.deserialize(&mut json)
}

struct OfRead<'p> {
    plans: &'p HashMap<&'static str, Plan>,
}

impl<'de> DeserializeSeed<'de> for OfRead<'_> {
    type Value = Option<Observation<'de>>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for OfRead<'_> {
    type Value = Option<Observation<'de>>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an observation")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut kind, mut object, mut date_s, mut elapsed_ms) = ("", None, 0, 0);
        while let Some(name) = map.next_key::<&'de str>()? {
            match name {
                "object_type" => kind = map.next_value()?,
                "date_s" => date_s = map.next_value()?,
                "elapsed_ms" => elapsed_ms = map.next_value()?,
                // The simulator writes the kind before the body.
                "body" => match self.plans.get(kind) {
                    Some(plan) => object = Some(map.next_value_seed(OfKind(plan))?),
                    None => drop(map.next_value::<IgnoredAny>()?),
                },
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(object.map(|object| Observation {
            kind,
            object,
            date_s,
            elapsed_ms,
        }))
    }
}
