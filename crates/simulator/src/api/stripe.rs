//! The server itself: takes a request through its mishaps, the key, the limits and the account to what was asked for.

use std::sync::Arc;

use super::account::{account, endpoints};
use super::asked::{Asked, Takes};
use super::caller::{allows, header, key, mask, version};
use super::events::Events;
use super::kinds::{Filter, Sort, Under, kind_of};
use super::lists::{ITEMS, Look, page_of_items};
use super::luck::{Luck, Mishap};
use super::posts::Posts;
use super::problem::Problem;
use super::register::{Found, Register};
use super::reply::Reply;
use super::route::Route;
use super::served::Meter;
use super::stock::{Recorded, Stock};
use super::target::Target;
use super::{ApiAnswer, ApiRequest, Attempt, Served, Terms, Warehouse};
use crate::calendar::second;
use crate::recording::{Event, Recording};

/// A served company.
pub struct Stripe {
    stock: Box<dyn Stock>,
    /// None where there are objects alone.
    past: Option<(Arc<Recording>, Events)>,
    posts: Posts,
    register: Register,
    terms: Terms,
    meter: Meter,
    opened_s: i64,
    last_us: i64,
    watched_us: i64,
    number: u64,
}

/// What was asked for, and by whom.
struct Call<'a> {
    request: &'a ApiRequest<'a>,
    target: &'a Target,
    route: Option<&'a Route>,
    /// Method and path without ids.
    endpoint: &'a str,
    at_us: i64,
    /// What limits go by.
    watch_us: i64,
}

impl Stripe {
    /// Serves a recorded company; what happens after an instant is not seen before it.
    pub fn new(recording: Arc<Recording>, terms: Terms) -> Self {
        let first = recording.histories.all.first();
        let opened_s = first.map_or(0, |history| second(history.begun_us));
        let events = Events::new(recording.clone());
        let stock = Box::new(Recorded::new(recording.clone()));
        Self::of_stock(stock, Some((recording, events)), terms, opened_s)
    }

    /// Serves uniform objects.
    pub fn of_warehouse(warehouse: Warehouse, terms: Terms) -> Self {
        let opened_s = warehouse.from_s;
        Self::of_stock(Box::new(warehouse), None, terms, opened_s)
    }

    fn of_stock(
        stock: Box<dyn Stock>,
        past: Option<(Arc<Recording>, Events)>,
        terms: Terms,
        opened_s: i64,
    ) -> Self {
        Self {
            stock,
            past,
            posts: Posts::default(),
            register: Register::default(),
            terms,
            meter: Meter::default(),
            opened_s,
            last_us: i64::MIN,
            watched_us: i64::MIN,
            number: 0,
        }
    }

    /// Answers a request that arrives at an instant (microseconds); one before that of an earlier request is taken for it.
    pub fn answer(&mut self, request: &ApiRequest<'_>, at_us: i64) -> ApiAnswer {
        self.answer_by(request, at_us, at_us)
    }

    /// The same where the caller's second is another than the company's, whose clock stands still or runs: limits and counts
    /// go by `watch_us`.
    pub fn answer_by(&mut self, request: &ApiRequest<'_>, at_us: i64, watch_us: i64) -> ApiAnswer {
        let at_us = at_us.max(self.last_us);
        self.last_us = at_us;
        let watch_us = watch_us.max(self.watched_us);
        self.watched_us = watch_us;
        self.number += 1;
        let target = Target::parse(request.target);
        let route = Route::of(&target.segments);
        let name = route.as_ref().map_or("/unknown", |(_, name)| name);
        let endpoint = format!("{} {name}", request.method);
        self.meter.arrive(&endpoint, watch_us);
        let luck = Luck::of(&self.terms, self.number);
        let call = Call {
            request,
            target: &target,
            route: route.as_ref().map(|(route, _)| route),
            endpoint: &endpoint,
            at_us,
            watch_us,
        };
        let answer = self.respond(&call, &luck);
        let is_list = call.route.is_some_and(Route::is_list);
        self.meter.answered(request.target, is_list, &answer);
        answer
    }

    /// Posts that fall due up to an instant, in the order of their instants; each is given once.
    pub fn deliveries(&mut self, until_us: i64) -> Vec<Attempt> {
        let Some((recording, events)) = &self.past else {
            return Vec::new();
        };
        let all = recording.events();
        self.posts.until(&self.terms, events, all, until_us)
    }

    /// An instant before which no post falls due; none if there are no more.
    pub fn next_delivery_us(&self) -> Option<i64> {
        let (recording, _) = self.past.as_ref()?;
        self.posts.next_us(recording.events())
    }

    /// Says what an endpoint answered (no status where nothing came): anything but 2xx is tried again.
    pub fn delivered(&mut self, attempt: &Attempt, status: Option<u16>) {
        let events = self.past.as_ref().map(|(_, events)| events);
        if let Some(event) = events.and_then(|events| events.place(&attempt.event_id)) {
            self.posts.answered(&self.terms, event, attempt, status);
        }
    }

    /// What was asked so far.
    pub fn served(&self) -> &Served {
        &self.meter.served
    }

    /// The terms it serves on.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// The same, to be changed between two requests.
    pub fn terms_mut(&mut self) -> &mut Terms {
        &mut self.terms
    }

    /// The events that Stripe failed to generate: neither listed nor posted.
    pub fn unborn(&self) -> Vec<&Event> {
        let Some((recording, events)) = &self.past else {
            return Vec::new();
        };
        let all = recording.events().iter().enumerate();
        all.filter(|(index, _)| events.is_unborn(&self.terms, *index))
            .map(|(_, event)| event)
            .collect()
    }

    /// The company it serves; none for a warehouse.
    pub fn recording(&self) -> Option<&Arc<Recording>> {
        self.past.as_ref().map(|(recording, _)| recording)
    }

    pub(crate) fn past(&self) -> Option<(&Recording, &Events)> {
        let (recording, events) = self.past.as_ref()?;
        Some((recording, events))
    }

    fn respond(&mut self, call: &Call<'_>, luck: &Luck) -> ApiAnswer {
        let reply = Reply {
            request: call.request,
            luck,
            at_us: call.at_us,
            pretty: self.terms.pretty,
        };
        if let Some(answer) = reply.instead() {
            return answer;
        }
        match self.act(call, luck) {
            Ok(found) => reply.json(200, &found.json, found.headers),
            Err(problem) => {
                let log = (problem.status != 401).then(|| (&*luck.request_id, second(call.at_us)));
                reply.json(problem.status, &problem.body(log), problem.headers)
            }
        }
    }

    fn act(&mut self, call: &Call<'_>, luck: &Luck) -> Result<Found, Problem> {
        let request = call.request;
        let key = key(&self.terms, request, call.at_us)?;
        let masked = mask(&key.secret);
        let limited = self
            .meter
            .pass(call.endpoint, call.watch_us, self.terms.limits);
        limited.map_err(|reason| Problem::limited(reason, None))?;
        match luck.mishap {
            Some(Mishap::LimitedWithWait) => {
                return Err(Problem::limited(luck.reason, Some(luck.wait_s)));
            }
            Some(Mishap::Limited) => return Err(Problem::limited(luck.reason, None)),
            Some(Mishap::Locked) => return Err(Problem::locked()),
            Some(Mishap::Failed { retry }) => return Err(Problem::failed(retry)),
            _ => {}
        }
        version(request)?;
        let account = self.account_of(request, &masked)?;
        let unknown = || Problem::unrecognized(request.method, &call.target.path);
        let route = call.route.ok_or_else(unknown)?;
        let permission = route.permission();
        if !allows(key, permission) {
            return Err(Problem::forbidden(&masked, &account, permission));
        }
        match (request.method, route) {
            ("GET", _) => {
                let json = self.find(route, call, &account, call.at_us - luck.lag_us)?;
                Ok(Found::from(json))
            }
            ("POST", Route::Endpoints) => {
                let (register, terms) = (&mut self.register, &mut self.terms);
                register.add(terms, request, &luck.request_id, call.at_us)
            }
            (method, _) => Err(Problem::read_only(method, &call.target.path)),
        }
    }

    /// Whom a request is about: the key's own account, or a connected one.
    fn account_of(&self, request: &ApiRequest<'_>, masked: &str) -> Result<String, Problem> {
        let accounts = self.stock.accounts();
        match header(request, "stripe-account") {
            None => Ok(accounts[0].to_owned()),
            Some(asked) if accounts.contains(&asked) => Ok(asked.to_owned()),
            Some(asked) => Err(Problem::no_access(masked, asked)),
        }
    }

    fn find(
        &mut self,
        route: &Route,
        call: &Call<'_>,
        account_id: &str,
        seen_us: i64,
    ) -> Result<String, Problem> {
        let takes = match route {
            Route::List(kind) => Takes::Kind(kind),
            Route::Under(under, _) => kind_of(under.object).map_or(Takes::Page, Takes::Kind),
            Route::Events => Takes::Events,
            Route::Accounts | Route::Endpoints => Takes::Page,
            _ => Takes::Nothing,
        };
        let asked = Asked::read(&call.target.query, takes)?;
        let url = call.target.path.as_str();
        let opened_s = self.opened_s;
        let json = match route {
            Route::Events | Route::Event(_) => self.find_event(route, call, account_id, &asked)?,
            Route::Balance => self.stock.balance(account_id, seen_us),
            Route::Account(id) => self.show_account(id.as_deref(), account_id)?,
            Route::Accounts => {
                let connected = self.stock.accounts().into_iter().skip(1);
                let items: Vec<String> = connected.map(|id| account(id, true, opened_s)).collect();
                page_of_items(&items, "account", &asked)?.json(url)
            }
            Route::Endpoints => {
                let items = endpoints(self.terms.seed, &self.terms.endpoints, opened_s);
                page_of_items(&items, "webhook_endpoint", &asked)?.json(url)
            }
            Route::Endpoint(id) => {
                let items = endpoints(self.terms.seed, &self.terms.endpoints, opened_s);
                let named = format!("{{\"id\":\"{id}\",");
                let found = items.into_iter().find(|item| item.starts_with(&named));
                found.ok_or_else(|| Problem::missing("webhook endpoint", id))?
            }
            _ => self.find_object(route, url, account_id, &asked, seen_us)?,
        };
        let look = Look {
            stock: &mut *self.stock,
            account: account_id,
            at_us: seen_us,
            odd_items: &[],
        };
        look.expand(json, &asked)
    }

    fn find_event(
        &self,
        route: &Route,
        call: &Call<'_>,
        account: &str,
        asked: &Asked,
    ) -> Result<String, Problem> {
        let (terms, posts, at_us) = (&self.terms, &self.posts, call.at_us);
        match (route, &self.past) {
            (Route::Event(id), Some((_, events))) => events.one(terms, posts, account, id, at_us),
            (Route::Event(id), None) => Err(Problem::missing("event", id)),
            (_, Some((_, events))) => {
                let page = events.page(terms, posts, account, asked, at_us)?;
                Ok(page.json(&call.target.path))
            }
            (_, None) => Ok(page_of_items(&[], "event", asked)?.json(&call.target.path)),
        }
    }

    fn show_account(&self, asked: Option<&str>, caller: &str) -> Result<String, Problem> {
        let accounts = self.stock.accounts();
        let id = asked.unwrap_or(caller);
        // A platform sees those connected to it, and each sees itself.
        let seen = id == caller || (caller == accounts[0] && accounts.contains(&id));
        let connected = id != accounts[0];
        let missing = || Problem::missing("account", id);
        seen.then(|| account(id, connected, self.opened_s))
            .ok_or_else(missing)
    }

    fn find_object(
        &mut self,
        route: &Route,
        url: &str,
        account: &str,
        asked: &Asked,
        seen_us: i64,
    ) -> Result<String, Problem> {
        let mut look = Look {
            stock: &mut *self.stock,
            account,
            at_us: seen_us,
            odd_items: &self.terms.odd_items,
        };
        match route {
            Route::List(kind) if kind.object == ITEMS.object => {
                let subscription = asked.words.first().map_or("", |(_, id)| id);
                look.know(asked.words[0].0, subscription)?;
                Ok(look.embedded(&ITEMS, subscription, asked)?.json(url))
            }
            Route::List(kind) => Ok(look.list(kind, asked, None)?.json(url)),
            Route::One(kind, id) => look.one(kind, id),
            Route::Under(under, parent) if under.member.is_empty() => {
                Ok(look.embedded(under, parent, asked)?.json(url))
            }
            Route::Under(under, parent) => {
                look.there(under.parent, parent)?;
                let (kind, filter) = kind_of(under.object)
                    .zip(parent_filter(under))
                    .ok_or_else(|| Problem::missing(under.parent, parent))?;
                Ok(look.list(kind, asked, Some((filter, parent)))?.json(url))
            }
            Route::OneUnder(under, parent, id) => look.one_under(under, parent, id),
            _ => Err(Problem::unrecognized("GET", url)),
        }
    }
}

/// The filter that selects what lies under a parent.
fn parent_filter(under: &Under) -> Option<&'static Filter> {
    PARENTS.iter().find(|filter| filter.member == under.member)
}

/// What lies under these names them in a member.
const PARENTS: &[Filter] = &[
    parent("customer", "customer"),
    parent("charge", "charge"),
    parent("transfer", "transfer"),
    parent("fee", "application_fee"),
];

const fn parent(member: &'static str, object: &'static str) -> Filter {
    Filter {
        param: member,
        member,
        sort: Sort::Id(object),
    }
}
