//! One call to Stripe (or one of its own automatic steps): the changes it makes and the events it ends in.

use crate::calendar::second;
use crate::history::Handle;
use crate::identity::{family, kin};
use crate::json::{self, Text};
use crate::recording::Event;
use crate::shapes::{API_VERSION, Shape};
use crate::world::World;

/// A request under way; it must be finished, else its events are lost.
#[must_use = "a request's events appear when it is finished"]
pub(crate) struct Request {
    /// The instant the next change is committed at.
    pub(crate) now_us: i64,
    /// The connected account that what is made belongs to; none for the platform. May be changed between two objects.
    pub(crate) account: Option<Text>,
    begun_us: i64,
    id: Option<Text>,
    idempotency_key: Option<String>,
    /// Whether all its events show the state at its end.
    late: bool,
    drift_s: i64,
    announced: Vec<Announced>,
}

struct Announced {
    event_type: &'static str,
    object: usize,
    before: Option<usize>,
    after: usize,
}

impl World {
    /// A request by the company's own software.
    pub(crate) fn api_request(&mut self, at_us: i64) -> Request {
        let id = Some(crate::identity::short(&mut self.random, "req"));
        let idempotency_key = Some(self.random.uuid());
        Request {
            id,
            idempotency_key,
            ..self.automatic_step(at_us)
        }
    }

    /// A request by the software of an account, by its place.
    pub(crate) fn api_request_on(&mut self, purse: usize, at_us: i64) -> Request {
        let account = self.purses[purse].account.clone();
        Request {
            account,
            ..self.api_request(at_us)
        }
    }

    /// A step that Stripe takes by itself on an account, by its place.
    pub(crate) fn automatic_step_on(&mut self, purse: usize, at_us: i64) -> Request {
        let account = self.purses[purse].account.clone();
        Request {
            account,
            ..self.automatic_step(at_us)
        }
    }

    /// As `api_request`, with events that all show the state at its end.
    pub(crate) fn late_request(&mut self, at_us: i64) -> Request {
        Request {
            late: true,
            ..self.api_request(at_us)
        }
    }

    /// As `automatic_step`, with events that all show the state at its end.
    pub(crate) fn late_step(&mut self, at_us: i64) -> Request {
        Request {
            late: true,
            ..self.automatic_step(at_us)
        }
    }

    /// A step that Stripe takes by itself; its events name no request.
    pub(crate) fn automatic_step(&mut self, at_us: i64) -> Request {
        let drift_s = match self.random.below(1000) {
            _ if !self.config.created_drifts => 0,
            0..50 => 1,
            50..60 => 2,
            60..75 => -1,
            _ => 0,
        };
        let (id, idempotency_key) = (None, None);
        Request {
            now_us: at_us,
            account: None,
            begun_us: at_us,
            id,
            idempotency_key,
            late: false,
            drift_s,
            announced: Vec::new(),
        }
    }

    /// Makes an object of the request's account.
    pub(crate) fn insert<T: Shape>(&mut self, request: &mut Request, state: T) -> Handle<T> {
        self.pass(request);
        self.histories
            .open(request.account.as_ref(), request.now_us, state)
    }

    /// Changes an object.
    pub(crate) fn edit<T: Shape + Clone>(
        &mut self,
        request: &mut Request,
        handle: Handle<T>,
        change: impl FnOnce(&mut T),
    ) {
        self.pass(request);
        let mut state = self.histories.newest(handle).clone();
        change(&mut state);
        request.now_us = self.histories.add(handle, request.now_us, state);
    }

    /// Will emit an event with the object as it now is.
    pub(crate) fn announce<T: Shape>(
        &mut self,
        request: &mut Request,
        event_type: &'static str,
        handle: Handle<T>,
    ) {
        let after = self.histories.all[handle.index].last_place();
        request.announced.push(Announced {
            event_type,
            object: handle.index,
            before: None,
            after,
        });
    }

    /// Will emit an event that also tells what the newest change replaced.
    pub(crate) fn announce_change<T: Shape>(
        &mut self,
        request: &mut Request,
        event_type: &'static str,
        handle: Handle<T>,
    ) {
        let after = self.histories.all[handle.index].last_place();
        let before = Some(
            after
                .checked_sub(1)
                .expect("a change needs a state before it"),
        );
        request.announced.push(Announced {
            event_type,
            object: handle.index,
            before,
            after,
        });
    }

    /// Emits the request's events, in the order they were announced.
    pub(crate) fn finish(&mut self, request: Request) {
        let mut rendered = Rendered::default();
        let mut emitted_us = request.now_us + self.random.between(20_000, 700_000);
        for announced in &request.announced {
            emitted_us += self.random.between(500, 9_000);
            let event = self.event(&request, announced, emitted_us, &mut rendered);
            self.events.push(event);
        }
    }

    /// Lets the next change happen a little later, mostly within the same second.
    fn pass(&mut self, request: &mut Request) {
        request.now_us += self.random.between(2_000, 40_000);
    }

    fn event(
        &mut self,
        request: &Request,
        announced: &Announced,
        emitted_us: i64,
        rendered: &mut Rendered,
    ) -> Event {
        let history = &mut self.histories.all[announced.object];
        let shown = if request.late {
            history.last_place()
        } else {
            announced.after
        };
        history.mark_shown(shown, emitted_us);
        let committed_us = history.version(shown).at_us;
        // A deletion shows a state from long before; an event is never older than its request.
        let told_us = if request.late {
            request.now_us
        } else {
            committed_us.max(request.begun_us)
        };
        let created_s = (second(told_us) + request.drift_s).max(history.last_created_s);
        history.last_created_s = created_s;
        let (object, object_id) = (history.object(), history.id().clone());
        let account = history.account.clone();
        let previous = announced.before.map(|before| {
            let old = self.rendered(rendered, announced.object, before);
            let new = self.rendered(rendered, announced.object, announced.after);
            crate::difference::previous_attributes(&old, &new)
        });
        let state = self.rendered(rendered, announced.object, shown);
        let id = self.event_id(&object_id, emitted_us);
        let (body, previous) = envelope(
            &id,
            account.as_deref(),
            announced.event_type,
            created_s,
            &state,
            previous,
            request,
        );
        Event {
            id,
            event_type: announced.event_type,
            created_s,
            emitted_us,
            committed_us,
            late_snapshot: request.late,
            object,
            index: announced.object,
            object_id,
            account,
            body,
            previous,
        }
    }

    fn rendered(&self, cache: &mut Rendered, object: usize, version: usize) -> Text {
        let key = (object, version);
        if let Some((_, text)) = cache.0.iter().find(|(known, _)| *known == key) {
            return text.clone();
        }
        let version = self.histories.all[object].version(version);
        let text: Text = version.state.render(version.at_us).into();
        cache.0.push((key, text.clone()));
        text
    }

    fn event_id(&mut self, object_id: &str, emitted_us: i64) -> Text {
        if family(object_id).is_some() {
            kin(&mut self.random, "evt", object_id)
        } else {
            self.mint.dated(&mut self.random, "evt", second(emitted_us))
        }
    }
}

/// The states already rendered in one request: most of its events show the same few.
#[derive(Default)]
struct Rendered(Vec<((usize, usize), Text)>);

/// The event's body, and where in it the member `previous_attributes` stands with the comma before it.
fn envelope(
    id: &str,
    account: Option<&str>,
    event_type: &str,
    created_s: i64,
    state: &str,
    previous: Option<String>,
    request: &Request,
) -> (Text, Option<std::ops::Range<usize>>) {
    let mut data = String::with_capacity(state.len() + 512);
    data.push_str("{\"object\":");
    data.push_str(state);
    let start = data.len();
    if let Some(previous) = &previous {
        data.push_str(",\"previous_attributes\":");
        data.push_str(previous);
    }
    let length = data.len() - start;
    data.push('}');
    let mut offset = 0;
    let body = json::object(|members| {
        members.text("id", id).text("object", "event");
        if let Some(account) = account {
            members.text("account", account);
        }
        members
            .text("api_version", API_VERSION)
            .int("created", created_s);
        offset = members.raw("data", &data).written() - data.len() + start;
        members
            .flag("livemode", true)
            .int("pending_webhooks", 1)
            .object("request", |members| {
                members
                    .text_or_null("id", request.id.as_deref())
                    .text_or_null("idempotency_key", request.idempotency_key.as_deref());
            })
            .text("type", event_type);
    });
    (body.into(), previous.map(|_| offset..offset + length))
}
