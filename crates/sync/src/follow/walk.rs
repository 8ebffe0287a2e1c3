//! Walks: a list read from its newest item back to a second, page by page, so that a walk that was broken off goes on where
//! it was. Each page enters the log before the walk's place behind it is remembered.

use ledger::Source;
use requests::{EventPage, Page, Request};

use crate::evidence::{Counts, Window};
use crate::follow::gap;
use crate::follow::reader::{Followed, ReadError, Reader};
use crate::follow::settle::MOVED;
use crate::{Answer, Call, Came, Find, Item, Keeper, ListPage, Reading};

/// Items of a page: as many as Stripe gives.
const PAGE_ITEMS: u8 = 100;
/// How long walks that bring nothing new leave no evidence, in seconds: a log is not for saying that nothing happened.
const QUIET_S: i64 = 60 * 60;

/// What is walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trail {
    /// All events.
    Events,
    /// Events that some endpoint has not accepted; only as far as they are new.
    Undelivered,
    /// Balance transactions, of which no event tells.
    Transactions,
}

impl Trail {
    /// The name of its cursor: the second up to which it was walked.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Undelivered => "undelivered",
            Self::Transactions => "balance_transactions",
        }
    }

    fn object(self) -> &'static str {
        match self {
            Self::Events | Self::Undelivered => "event",
            Self::Transactions => "balance_transaction",
        }
    }

    fn request(self, page: Page) -> Request {
        let events = |page, delivery_success| {
            requests::events(&EventPage {
                page,
                types: Vec::new(),
                delivery_success,
            })
        };
        match self {
            Self::Events => events(page, None),
            Self::Undelivered => events(page, Some(false)),
            Self::Transactions => requests::listing("balance_transaction")
                .expect("the table of lists has balance transactions")
                .page(&page),
        }
    }

    fn find(self, item: &Item<'_>) -> Find {
        let body = item.raw.to_owned();
        match (item.oddity(self.object()), self) {
            (Some(reason), _) => Find::Odd { body, reason },
            (None, Self::Events | Self::Undelivered) => Find::Event { body },
            (None, Self::Transactions) => Find::Object {
                object: self.object().to_owned(),
                id: item.id.as_deref().unwrap_or_default().to_owned(),
                body,
            },
        }
    }
}

/// A walk under way, as it is remembered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Walk {
    /// What was read so far, in all runs.
    pub(crate) window: Window,
    /// The item behind which the next page begins; none before the first page.
    pub(crate) after: Option<String>,
}

impl Walk {
    fn new(trail: Trail, from_s: Option<i64>) -> Self {
        let page = Page {
            limit: PAGE_ITEMS,
            from_s,
            ..Page::default()
        };
        let window = Window {
            request: trail.request(page).line(),
            object: trail.object().to_owned(),
            from_s,
            ..Window::default()
        };
        Self {
            window,
            after: None,
        }
    }

    fn page(&self) -> Page {
        Page {
            limit: PAGE_ITEMS,
            after: self.after.clone(),
            from_s: self.window.from_s,
            until_s: None,
        }
    }

    fn pass(&mut self, page: &ListPage<'_>, date_s: Option<i64>) {
        let window = &mut self.window;
        if window.counts.pages == 0 {
            window.first_date_s = date_s;
        }
        window.last_date_s = date_s;
        let ids = page.items.iter().filter_map(|item| item.id.as_deref());
        ids.for_each(|id| window.ids.add(id));
        self.after = page.cursor().map(str::to_owned);
    }
}

/// What came of a page or of a list.
pub(crate) fn counts(pages: u64, came: &[Came]) -> Counts {
    let mut counts = Counts {
        pages,
        ..Counts::default()
    };
    for came in came {
        match came {
            Came::Appended => counts.appended += 1,
            Came::Unchanged | Came::Duplicate => counts.unchanged += 1,
            Came::SetAside => counts.set_aside += 1,
        }
    }
    counts
}

/// What a finished walk saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Walked {
    /// What came of the pages of this run.
    pub(crate) counts: Counts,
    /// Stripe's second up to which everything was seen, if Stripe told it.
    pub(crate) date_s: Option<i64>,
}

impl Reader {
    /// Walks from the newest item back to a little before `cursor_s`, or on from where a walk of this trail was broken off
    /// and then once more from the newest. Moves the cursor when all is in the log.
    pub(crate) async fn walk(
        &self,
        at: &Followed,
        trail: Trail,
        cursor_s: Option<i64>,
        overlap_s: i64,
    ) -> Result<Walked, ReadError> {
        let begin = |cursor_s: Option<i64>| {
            let from_s = cursor_s.map(|cursor_s| cursor_s.saturating_sub(overlap_s));
            self.walk_to_end(at, trail, Walk::new(trail, from_s))
        };
        let stream = at.stream.clone();
        let left = self
            .desk
            .with(move |clerk| clerk.keeper().walk(&stream, trail.name()));
        let Some(left) = left.await? else {
            return begin(cursor_s).await;
        };
        let next_s = left.window.first_date_s;
        let went_on = match self.walk_to_end(at, trail, left).await {
            // What was behind the cursor is gone from Stripe's list, and the cursor with it.
            Err(ReadError::Api(error)) if !error.is_final() => return begin(cursor_s).await,
            walked => walked?,
        };
        let mut walked = begin(next_s.or(cursor_s)).await?;
        walked.counts.add(&went_on.counts);
        Ok(walked)
    }

    async fn walk_to_end(
        &self,
        at: &Followed,
        trail: Trail,
        mut walk: Walk,
    ) -> Result<Walked, ReadError> {
        let mut counts = Counts::default();
        loop {
            let call = at.call(trail.request(walk.page()));
            let answer = self.get(&call).await?;
            let step = self.step(at, trail, walk, &call, &answer).await?;
            walk = step.walk;
            counts.add(&step.counts);
            let is_known = trail == Trail::Undelivered && step.counts.appended == 0;
            if is_known || !step.has_more {
                break;
            }
        }
        let date_s = walk.window.first_date_s;
        self.arrive(at, trail, walk.window).await?;
        Ok(Walked { counts, date_s })
    }

    /// Takes one page in, and remembers the walk's place behind it.
    async fn step(
        &self,
        at: &Followed,
        trail: Trail,
        mut walk: Walk,
        call: &Call,
        answer: &Answer,
    ) -> Result<Step, ReadError> {
        let page = ListPage::read(&answer.body).map_err(|error| ReadError::page(call, error))?;
        let finds = page.items.iter().map(|item| trail.find(item)).collect();
        let has_more = page.has_more;
        walk.pass(&page, answer.date_s);
        let (stream, reading) = (at.stream.clone(), Reading::of(call, answer));
        let taken = self.desk.with(move |clerk| {
            clerk.take(&stream, Source::Poll, &reading, finds, |keeper, came| {
                let counts = counts(1, came);
                walk.window.counts.add(&counts);
                keeper.set_walk(&stream, trail.name(), &walk)?;
                if trail == Trail::Transactions && counts.appended > 0 {
                    keeper.set_cursor(&stream, MOVED, reading.date_s.unwrap_or(0))?;
                }
                Ok(Step {
                    walk,
                    counts,
                    has_more,
                })
            })
        });
        Ok(taken.await?)
    }

    /// Moves the cursor, and leaves the evidence where there is something to tell.
    async fn arrive(&self, at: &Followed, trail: Trail, window: Window) -> Result<(), ReadError> {
        let stream = at.stream.clone();
        let done = self.desk.with(move |clerk| {
            let noted = format!("{}.noted", trail.name());
            let noted_s = clerk.keeper().cursor(&stream, &noted)?.unwrap_or(0);
            let date_s = window.first_date_s;
            let tells = window.counts.appended > 0 || date_s >= Some(noted_s + QUIET_S);
            let head = clerk.log().head(&stream)?.seq;
            let arrive = |keeper: &Keeper| {
                keeper.drop_walk(&stream, trail.name())?;
                let Some(date_s) = date_s.filter(|_| trail != Trail::Undelivered) else {
                    return Ok(());
                };
                if trail == Trail::Events {
                    gap::find(keeper, &stream, date_s, head)?;
                }
                keeper.set_cursor(&stream, trail.name(), date_s)
            };
            if !tells || trail == Trail::Undelivered {
                return clerk.keeper().write(arrive);
            }
            let about_s = date_s.unwrap_or(0);
            clerk.note(&stream, Source::Poll, about_s, window.note(), |keeper| {
                keeper.set_cursor(&stream, &noted, about_s)?;
                arrive(keeper)
            })
        });
        Ok(done.await?)
    }
}

/// A page taken in.
struct Step {
    walk: Walk,
    counts: Counts,
    has_more: bool,
}
