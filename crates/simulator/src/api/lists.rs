//! Reads lists and single objects from a stock: which places a request means, what is shown at each, what replaces an id.

use super::asked::Asked;
use super::kinds::{Filter, Kind, Sort, Under, kind_of};
use super::page::{From, Page};
use super::problem::Problem;
use super::scan;
use super::stock::{Shelf, Stock};
use super::terms::{Odd, OddItem};
use crate::calendar::second;

/// The items of a subscription: not under its path, and in no list of all.
pub(crate) const ITEMS: Under = Under {
    parent: "subscription",
    name: "items",
    object: "subscription_item",
    member: "",
};

/// One reader's look at a stock.
pub(crate) struct Look<'a> {
    pub(crate) stock: &'a mut dyn Stock,
    /// Whose objects it sees.
    pub(crate) account: &'a str,
    /// The instant that it sees.
    pub(crate) at_us: i64,
    pub(crate) odd_items: &'a [OddItem],
}

impl<'a> Look<'a> {
    /// A page of all objects of a type, and under `parent` of those that name it in a member.
    pub(crate) fn list(
        &mut self,
        kind: &'static Kind,
        asked: &Asked,
        parent: Option<(&'static Filter, &str)>,
    ) -> Result<Page, Problem> {
        let wanted: Vec<(&'static Filter, &str)> = asked
            .words
            .iter()
            .map(|(filter, value)| (*filter, &**value))
            .chain(parent)
            .collect();
        for (filter, value) in &wanted {
            self.know(filter, value)?;
        }
        let shelf = self.shelf(kind.object);
        let from = From::of(&asked.cursor, |id| {
            let place = self.stock.place(shelf, id)?;
            let state = self.stock.state(shelf, place, self.at_us);
            // What a replica doesn't know yet is still a place; what was deleted is none any more.
            (!state.is_some_and(|state| state.deleted)).then_some(place)
        });
        let from = from.map_err(|lost| Problem::missing_in(lost.param, kind.object, &lost.id))?;
        let places = self.matching(shelf, &wanted);
        let by_created = |at_s: i64| self.below(shelf, at_s);
        let newest_s = asked.created.until.min(second(self.at_us));
        let (start, end) = (
            by_created(asked.created.from),
            by_created(newest_s.saturating_add(1)),
        );
        let span = start.min(end)..end;
        let show = |place| self.show(shelf, place, asked, &wanted);
        Ok(match places {
            None => Page::of_span(span, from, asked.limit, show),
            Some(places) => {
                let within: Vec<usize> =
                    places.into_iter().filter(|at| span.contains(at)).collect();
                Page::of_places(&within, from, asked.limit, show)
            }
        })
    }

    /// A page of a list that an object embeds; the object must be there.
    pub(crate) fn embedded(
        &self,
        under: &Under,
        parent: &str,
        asked: &Asked,
    ) -> Result<Page, Problem> {
        let shelf = self.shelf(under.parent);
        let place = self.stock.place(shelf, parent);
        let items =
            place.and_then(|place| self.stock.embedded(shelf, place, self.at_us, under.name));
        let items = items.ok_or_else(|| Problem::missing(under.parent, parent))?;
        page_of_items(&items, under.object, asked)
    }

    /// One object, or its stub where that is what Stripe keeps of it.
    pub(crate) fn one(&self, kind: &Kind, id: &str) -> Result<String, Problem> {
        let missing = || Problem::missing(kind.object, id);
        if kind.object == "subscription_item" {
            return self.item(id).ok_or_else(missing);
        }
        let shelf = self.shelf(kind.object);
        let place = self.stock.place(shelf, id).ok_or_else(missing)?;
        let state = self
            .stock
            .state(shelf, place, self.at_us)
            .ok_or_else(missing)?;
        // Of all deleted objects Stripe shows customers alone.
        if state.deleted && kind.object != "customer" {
            return Err(missing());
        }
        Ok(state.json)
    }

    /// One object of the list under another one.
    pub(crate) fn one_under(
        &self,
        under: &Under,
        parent: &str,
        id: &str,
    ) -> Result<String, Problem> {
        self.there(under.parent, parent)?;
        let missing = || Problem::missing(under.object, id);
        let kind = kind_of(under.object).ok_or_else(missing)?;
        let json = self.one(kind, id)?;
        let named = self.stock.value(&json, under.member, self.at_us);
        (named.as_deref() == Some(parent))
            .then_some(json)
            .ok_or_else(missing)
    }

    /// That an object of a type and an id was made, or a 404.
    pub(crate) fn there(&self, object: &str, id: &str) -> Result<(), Problem> {
        let shelf = self.shelf(object);
        let place = self.stock.place(shelf, id);
        let state = place.and_then(|place| self.stock.state(shelf, place, self.at_us));
        state
            .map(|_| ())
            .ok_or_else(|| Problem::missing(object, id))
    }

    /// The same JSON with what a request wants expanded.
    pub(crate) fn expand(&self, mut json: String, asked: &Asked) -> Result<String, Problem> {
        for path in &asked.expand {
            let names: Vec<&str> = path.split('.').collect();
            let mut find = |id: &str| self.stock.find(id, self.at_us);
            json = scan::expand(&json, &names, &mut find).ok_or_else(|| {
                Problem::invalid(format!("This property cannot be expanded ({path})."))
            })?;
        }
        Ok(json)
    }

    fn shelf<'b>(&self, object: &'b str) -> Shelf<'b>
    where
        'a: 'b,
    {
        Shelf {
            account: self.account,
            object,
        }
    }

    /// Refuses the id of what isn't there.
    pub(crate) fn know(&self, filter: &Filter, value: &str) -> Result<(), Problem> {
        let Sort::Id(of) = filter.sort else {
            return Ok(());
        };
        let known = of.is_empty() || self.there(of, value).is_ok();
        let missing = || Problem::missing_in(filter.param, of, value);
        known.then_some(()).ok_or_else(missing)
    }

    /// The places of all that ever named the ids asked for; none where no id is.
    fn matching(
        &mut self,
        shelf: Shelf<'_>,
        wanted: &[(&'static Filter, &str)],
    ) -> Option<Vec<usize>> {
        let ids = wanted
            .iter()
            .filter(|(filter, _)| matches!(filter.sort, Sort::Id(_)));
        ids.filter_map(|(filter, id)| self.stock.matching(shelf, filter, id))
            .reduce(|mut places, others| {
                places.retain(|place| others.binary_search(place).is_ok());
                places
            })
    }

    /// What a list shows at a place.
    fn show(
        &self,
        shelf: Shelf<'_>,
        place: usize,
        asked: &Asked,
        wanted: &[(&'static Filter, &str)],
    ) -> Option<String> {
        let state = self.stock.state(shelf, place, self.at_us)?;
        let json = state.json;
        if state.deleted || !self.is_usual(shelf.object, &json, wanted) {
            return None;
        }
        let has = |filter: &Filter| self.stock.value(&json, filter.member, self.at_us);
        let mut wanted = wanted.iter();
        let worded = wanted.all(|(filter, word)| {
            is_by_other_means(shelf.object, filter, word) || has(filter).as_deref() == Some(*word)
        });
        let spanned = asked.spans.iter().all(|(filter, span)| {
            has(filter).is_some_and(|value| value.parse().is_ok_and(|value| span.holds(value)))
        });
        (worded && spanned).then(|| self.odd(shelf.object, place, json))
    }

    /// Whether a list shows an object that nothing was said of: cancelled subscriptions and prices that are not used any
    /// more must be asked for.
    fn is_usual(&self, object: &str, json: &str, wanted: &[(&'static Filter, &str)]) -> bool {
        let param = match object {
            "subscription" => "status",
            "price" => "active",
            _ => return true,
        };
        let said = wanted.iter().find(|(filter, _)| filter.param == param);
        let value = scan::member(json, &[param]);
        let ended = matches!(value, Some("\"canceled\"" | "\"incomplete_expired\""));
        match said {
            None if object == "price" => value == Some("true"),
            None => !ended,
            Some((_, "ended")) => ended,
            Some(_) => true,
        }
    }

    /// An item, or what is shown in its place.
    fn odd(&self, object: &str, place: usize, json: String) -> String {
        let mut items = self.odd_items.iter();
        let odd = items.find(|item| item.object == object && item.place == place);
        match odd.map(|item| item.odd) {
            None => json,
            Some(Odd::NoObject) => "17".to_owned(),
            Some(Odd::NoId) => json.replacen("\"id\"", "\"was_id\"", 1),
            Some(Odd::WrongType) => {
                json.replacen("\"created\":", "\"created\":\"soon\",\"was\":", 1)
            }
            Some(Odd::Deep) => {
                let nest = format!("\"metadata\":{}{},", "[".repeat(1_000), "]".repeat(1_000));
                json.replacen("\"object\"", &format!("{nest}\"object\""), 1)
            }
        }
    }

    /// An item of some subscription.
    fn item(&self, id: &str) -> Option<String> {
        let shelf = self.shelf(ITEMS.parent);
        (0..self.stock.count(shelf)).find_map(|place| {
            let items = self.stock.embedded(shelf, place, self.at_us, ITEMS.name)?;
            items.into_iter().find(|item| id_of(item) == Some(id))
        })
    }

    /// How many objects were made before a second.
    fn below(&self, shelf: Shelf<'_>, at_s: i64) -> usize {
        let (mut low, mut high) = (0, self.stock.count(shelf));
        while low < high {
            let middle = low.midpoint(high);
            if self.stock.created_s(shelf, middle) < at_s {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }
}

/// A page of items that are all at hand, newest first.
pub(crate) fn page_of_items(
    items: &[String],
    object: &str,
    asked: &Asked,
) -> Result<Page, Problem> {
    let newest = items.len();
    let from = From::of(&asked.cursor, |id| {
        let found = items.iter().position(|item| id_of(item) == Some(id));
        found.map(|place| newest - 1 - place)
    });
    let from = from.map_err(|lost| Problem::missing_in(lost.param, object, &lost.id))?;
    let show = |place: usize| Some(items[newest - 1 - place].clone());
    Ok(Page::of_span(0..newest, from, asked.limit, show))
}

fn id_of(item: &str) -> Option<&str> {
    scan::text(scan::member(item, &["id"])?)
}

/// Whether a parameter was heeded when the places were found, or in what is usual.
fn is_by_other_means(object: &str, filter: &Filter, word: &str) -> bool {
    match (object, filter.param) {
        ("balance_transaction", "payout") => true,
        ("subscription", "status") => matches!(word, "all" | "ended"),
        _ => false,
    }
}
