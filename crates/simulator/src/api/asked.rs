//! The parameters of a request, checked as Stripe checks them. It looks nothing up.

use super::kinds::{Filter, Kind, Sort};
use super::problem::Problem;

/// What a list is asked for.
#[derive(Default)]
pub(crate) struct Asked {
    pub(crate) limit: usize,
    pub(crate) cursor: Cursor,
    pub(crate) created: Span,
    /// Values of members.
    pub(crate) words: Vec<(&'static Filter, String)>,
    /// Spans of members.
    pub(crate) spans: Vec<(&'static Filter, Span)>,
    /// Paths of ids that are to be replaced by their objects.
    pub(crate) expand: Vec<String>,
    /// Types of event.
    pub(crate) types: Vec<String>,
    pub(crate) delivery_success: Option<bool>,
}

/// Where a page begins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Cursor {
    #[default]
    Newest,
    /// `starting_after`: older ones than this.
    OlderThan(String),
    /// `ending_before`: newer ones than this.
    NewerThan(String),
}

/// A span of seconds, or of amounts; both ends belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) from: i64,
    pub(crate) until: i64,
}

impl Default for Span {
    fn default() -> Self {
        Self {
            from: i64::MIN,
            until: i64::MAX,
        }
    }
}

impl Span {
    pub(crate) fn holds(self, value: i64) -> bool {
        (self.from..=self.until).contains(&value)
    }

    fn narrow(&mut self, name: &str, bound: &str, value: i64) -> Result<(), Problem> {
        let (from, until) = match bound {
            "" => (value, value),
            "gt" => (value.saturating_add(1), i64::MAX),
            "gte" => (value, i64::MAX),
            "lt" => (i64::MIN, value.saturating_sub(1)),
            "lte" => (i64::MIN, value),
            _ => return Err(Problem::unknown_params(&[format!("{name}[{bound}]")])),
        };
        self.from = self.from.max(from);
        self.until = self.until.min(until);
        Ok(())
    }
}

/// Which parameters an endpoint takes beside `expand`.
#[derive(Clone, Copy)]
pub(crate) enum Takes {
    Nothing,
    Page,
    Events,
    Kind(&'static Kind),
}

impl Asked {
    /// Reads the parameters of a query.
    pub(crate) fn read(query: &[(String, String)], takes: Takes) -> Result<Self, Problem> {
        let mut asked = Self {
            limit: 10,
            ..Self::default()
        };
        let mut unknowns = Vec::new();
        for (name, value) in query {
            if !asked.take(name, value, takes)? {
                unknowns.push(name.clone());
            }
        }
        if !unknowns.is_empty() {
            return Err(Problem::unknown_params(&unknowns));
        }
        if let Takes::Kind(kind) = takes
            && !kind.required.is_empty()
            && !asked
                .words
                .iter()
                .any(|(filter, _)| filter.param == kind.required)
        {
            let message = format!("Missing required param: {}.", kind.required);
            return Err(Problem::of_param(
                "parameter_missing",
                kind.required,
                message,
            ));
        }
        Ok(asked)
    }

    /// Takes one parameter; whether it is known.
    fn take(&mut self, name: &str, value: &str, takes: Takes) -> Result<bool, Problem> {
        let (base, bound) = split(name);
        if base == "expand" && bound.is_some() {
            return self.take_expand(value).map(|()| true);
        }
        let is_list = !matches!(takes, Takes::Nothing);
        if is_list && matches!(name, "limit" | "starting_after" | "ending_before") {
            refuse_empty(name, value)?;
            return self.take_place(name, value).map(|()| true);
        }
        match takes {
            Takes::Nothing | Takes::Page => Ok(false),
            Takes::Events => self.take_of_events(name, base, bound, value),
            Takes::Kind(kind) => {
                refuse_empty(name, value)?;
                if kind.dated && base == "created" {
                    let second = integer(name, value)?;
                    self.created.narrow(base, bound.unwrap_or(""), second)?;
                    return Ok(true);
                }
                self.take_filter(kind, name, base, bound, value)
            }
        }
    }

    fn take_place(&mut self, name: &str, value: &str) -> Result<(), Problem> {
        if name == "limit" {
            let limit = integer(name, value)?;
            self.limit = match usize::try_from(limit) {
                Ok(limit @ 1..=100) => limit,
                Ok(101..) => {
                    let most = format!(
                        "This value must be less than or equal to 100 (it currently is '{limit}')."
                    );
                    return Err(not_an_integer(name, most));
                }
                _ => {
                    let least = "This value must be greater than or equal to 1.";
                    return Err(not_an_integer(name, least.to_owned()));
                }
            };
            return Ok(());
        }
        if self.cursor != Cursor::Newest {
            let message = "Received both starting_after and ending_before parameters. Please pass in only one.";
            return Err(Problem::invalid(message));
        }
        self.cursor = match name {
            "starting_after" => Cursor::OlderThan(value.to_owned()),
            _ => Cursor::NewerThan(value.to_owned()),
        };
        Ok(())
    }

    fn take_of_events(
        &mut self,
        name: &str,
        base: &str,
        bound: Option<&str>,
        value: &str,
    ) -> Result<bool, Problem> {
        refuse_empty(name, value)?;
        match (base, bound) {
            ("created", bound) => {
                let second = integer(name, value)?;
                self.created.narrow(base, bound.unwrap_or(""), second)?;
            }
            ("type", None) | ("types", Some(_)) => {
                self.types.push(value.to_owned());
                if self.types.len() > 20 {
                    let message = "You cannot specify more than 20 event types.";
                    return Err(Problem::of_param("parameter_invalid", "types", message));
                }
            }
            ("delivery_success", None) => self.delivery_success = Some(flag(name, value)?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn take_filter(
        &mut self,
        kind: &'static Kind,
        name: &str,
        base: &str,
        bound: Option<&str>,
        value: &str,
    ) -> Result<bool, Problem> {
        let mut filters = kind.filters.iter();
        let range = filters.find(|filter| filter.sort == Sort::Range && filter.param == base);
        if let Some(filter) = range {
            let mut span = Span::default();
            span.narrow(base, bound.unwrap_or(""), integer(name, value)?)?;
            self.spans.push((filter, span));
            return Ok(true);
        }
        let mut filters = kind.filters.iter();
        let Some(filter) = filters.find(|filter| filter.param == name) else {
            return Ok(false);
        };
        self.words.push((filter, value.to_owned()));
        Ok(true)
    }

    fn take_expand(&mut self, path: &str) -> Result<(), Problem> {
        if path.split('.').count() > 4 {
            let message = "You cannot expand more than 4 levels of a property. Property: ";
            return Err(Problem::invalid(format!("{message}{path}")));
        }
        self.expand.push(path.to_owned());
        Ok(())
    }
}

/// `created[gte]` is `created` and `gte`.
fn split(name: &str) -> (&str, Option<&str>) {
    match name.strip_suffix(']').and_then(|open| open.split_once('[')) {
        Some((base, bound)) => (base, Some(bound)),
        None => (name, None),
    }
}

fn integer(name: &str, value: &str) -> Result<i64, Problem> {
    let not_one = |_| not_an_integer(name, format!("Invalid integer: {value}"));
    value.parse().map_err(not_one)
}

fn flag(name: &str, value: &str) -> Result<bool, Problem> {
    match value {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => {
            let message = format!("Invalid boolean: {value}");
            Err(Problem::of_param(
                "parameter_invalid_boolean",
                name,
                message,
            ))
        }
    }
}

fn not_an_integer(name: &str, message: String) -> Problem {
    Problem::of_param("parameter_invalid_integer", name, message)
}

fn refuse_empty(name: &str, value: &str) -> Result<(), Problem> {
    if !value.is_empty() {
        return Ok(());
    }
    let message = format!(
        "You passed an empty string for '{name}'. We assume empty values are an attempt to unset a parameter; \
         however '{name}' cannot be unset. You should remove '{name}' from your request or supply a non-empty value."
    );
    Err(Problem::of_param("parameter_invalid_empty", name, message))
}
