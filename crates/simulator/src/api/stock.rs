//! What a server serves from: objects of a type in the order of their making, each as it stood at an instant. A list names
//! objects by their places in that order, from the oldest, so that a page costs no more than its items.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::kinds::Filter;
use super::scan;
use crate::json::Text;
use crate::recording::Recording;

/// An object as it stood at an instant.
pub(crate) struct State {
    pub(crate) json: String,
    /// Whether only its stub is left.
    pub(crate) deleted: bool,
}

/// One list of objects: a type of one account's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shelf<'a> {
    pub(crate) account: &'a str,
    pub(crate) object: &'a str,
}

/// Objects to be served.
pub(crate) trait Stock: Send + Sync {
    /// The platform first, then those connected to it.
    fn accounts(&self) -> Vec<&str>;
    /// How many objects a list ever gets.
    fn count(&self, shelf: Shelf<'_>) -> usize;
    /// The second of an object's `created`; it doesn't fall from place to place.
    fn created_s(&self, shelf: Shelf<'_>, place: usize) -> i64;
    /// Where an object stands.
    fn place(&self, shelf: Shelf<'_>, id: &str) -> Option<usize>;
    /// An object at an instant; none before it was made.
    fn state(&self, shelf: Shelf<'_>, place: usize, at_us: i64) -> Option<State>;
    /// The items of a list that an object holds at an instant, all of them, newest first; none before it was made.
    fn embedded(
        &self,
        shelf: Shelf<'_>,
        place: usize,
        at_us: i64,
        name: &str,
    ) -> Option<Vec<String>>;
    /// The places, in order, of all objects that ever had a value in a filter's member; none where all must be looked at.
    fn matching(
        &mut self,
        shelf: Shelf<'_>,
        filter: &'static Filter,
        value: &str,
    ) -> Option<Vec<usize>>;
    /// An account's balance.
    fn balance(&self, account: &str, at_us: i64) -> String;
    /// An object of any type and of any account, as JSON.
    fn find(&self, id: &str, at_us: i64) -> Option<String>;

    /// What stands in a member: text without its quotes, all else as it is. An id on the way is followed.
    fn value(&self, json: &str, path: &str, at_us: i64) -> Option<String> {
        let (name, rest) = path.split_once('.').unwrap_or((path, ""));
        let value = scan::member(json, &[name])?;
        match (scan::text(value), rest) {
            (text, "") => Some(text.unwrap_or(value).to_owned()),
            (None, rest) => self.value(value, rest, at_us),
            (Some(id), rest) => self.value(&self.find(id, at_us)?, rest, at_us),
        }
    }
}

/// Places by value, of one filter.
type Matches = BTreeMap<String, Vec<usize>>;

/// The objects of a recorded company.
pub(crate) struct Recorded {
    recording: Arc<Recording>,
    /// The platform first.
    accounts: Vec<Text>,
    /// By account and type: indices of histories, by `created`.
    shelves: BTreeMap<Text, BTreeMap<&'static str, Vec<usize>>>,
    /// By account, type and parameter; made when a parameter is first used.
    matches: BTreeMap<(String, String, &'static str), Matches>,
}

impl Recorded {
    pub(crate) fn new(recording: Arc<Recording>) -> Self {
        let platform = recording.past().account.clone();
        let mut shelves = BTreeMap::<_, BTreeMap<_, Vec<usize>>>::new();
        shelves.insert(platform.clone(), BTreeMap::new());
        for (index, history) in recording.histories.all.iter().enumerate() {
            let account = history.account.clone().unwrap_or(platform.clone());
            let of_account = shelves.entry(account).or_default();
            of_account.entry(history.object()).or_default().push(index);
        }
        let histories = &recording.histories.all;
        let created = |index: &usize| (histories[*index].last().state.created_s(), *index);
        for shelf in shelves.values_mut().flat_map(BTreeMap::values_mut) {
            shelf.sort_unstable_by_key(created);
        }
        let connected = shelves.keys().filter(|account| **account != platform);
        let accounts = std::iter::once(&platform).chain(connected);
        Self {
            accounts: accounts.cloned().collect(),
            recording,
            shelves,
            matches: BTreeMap::new(),
        }
    }

    fn shelf(&self, shelf: Shelf<'_>) -> &[usize] {
        let of_account = self.shelves.get(shelf.account);
        let found = of_account.and_then(|shelves| shelves.get(shelf.object));
        found.map_or(&[], Vec::as_slice)
    }

    /// Every value that a member had in any state of any object of a list.
    fn match_all(&self, shelf: Shelf<'_>, filter: &Filter) -> Matches {
        let mut matches = Matches::new();
        for (place, &index) in self.shelf(shelf).iter().enumerate() {
            let history = &self.recording.histories.all[index];
            for version in 0..=history.last_place() {
                let version = history.version(version);
                let json = version.state.render(version.at_us);
                let Some(value) = self.value(&json, filter.member, version.at_us) else {
                    continue;
                };
                let places = matches.entry(value).or_default();
                if places.last() != Some(&place) {
                    places.push(place);
                }
            }
        }
        matches
    }

    fn members_of(&self, shelf: Shelf<'_>, payout: &str) -> Vec<usize> {
        let members = self.recording.payout_members(payout).iter();
        let mut places: Vec<usize> = members.filter_map(|id| self.place(shelf, id)).collect();
        places.sort_unstable();
        places
    }
}

impl Stock for Recorded {
    fn accounts(&self) -> Vec<&str> {
        self.accounts.iter().map(|account| &**account).collect()
    }

    fn count(&self, shelf: Shelf<'_>) -> usize {
        self.shelf(shelf).len()
    }

    fn created_s(&self, shelf: Shelf<'_>, place: usize) -> i64 {
        let index = self.shelf(shelf)[place];
        self.recording.histories.all[index].last().state.created_s()
    }

    fn place(&self, shelf: Shelf<'_>, id: &str) -> Option<usize> {
        let index = self.recording.place_of(id)?;
        let histories = &self.recording.histories.all;
        let created_s = histories[index].last().state.created_s();
        let key = |index: &usize| (histories[*index].last().state.created_s(), *index);
        let found = self
            .shelf(shelf)
            .binary_search_by_key(&(created_s, index), key);
        found.ok()
    }

    fn state(&self, shelf: Shelf<'_>, place: usize, at_us: i64) -> Option<State> {
        let history = &self.recording.histories.all[self.shelf(shelf)[place]];
        let (_, version) = history.at(at_us)?;
        Some(State {
            json: version.state.render(at_us),
            deleted: version.state.is_deleted(),
        })
    }

    fn embedded(
        &self,
        shelf: Shelf<'_>,
        place: usize,
        at_us: i64,
        name: &str,
    ) -> Option<Vec<String>> {
        let history = &self.recording.histories.all[self.shelf(shelf)[place]];
        let (_, version) = history.at(at_us)?;
        // An object cuts one of its lists at the most.
        if let Some((_, items)) = version.state.whole_lists().into_iter().next() {
            return Some(items);
        }
        let json = version.state.render(at_us);
        let items = scan::member(&json, &[name, "data"]).map_or_else(Vec::new, scan::items);
        Some(items.into_iter().map(str::to_owned).collect())
    }

    fn matching(
        &mut self,
        shelf: Shelf<'_>,
        filter: &'static Filter,
        value: &str,
    ) -> Option<Vec<usize>> {
        // No transaction names its payout: Stripe alone knows what it paid out.
        if (shelf.object, filter.param) == ("balance_transaction", "payout") {
            return Some(self.members_of(shelf, value));
        }
        let key = (
            shelf.account.to_owned(),
            shelf.object.to_owned(),
            filter.member,
        );
        if !self.matches.contains_key(&key) {
            let matches = self.match_all(shelf, filter);
            self.matches.insert(key.clone(), matches);
        }
        let found = self.matches[&key].get(value);
        Some(found.cloned().unwrap_or_default())
    }

    fn balance(&self, account: &str, at_us: i64) -> String {
        self.recording.balance_of(account, at_us)
    }

    fn find(&self, id: &str, at_us: i64) -> Option<String> {
        let index = self.recording.place_of(id)?;
        let history = &self.recording.histories.all[index];
        let (_, version) = history.at(at_us)?;
        Some(version.state.render(at_us))
    }
}
