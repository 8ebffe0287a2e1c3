//! One read each: a call to Stripe, and what it answered into the log. What to read is decided elsewhere.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ledger::{Source, StreamId};
use requests::{Page, Request};
use serde_json::Value;
use thiserror::Error;

use crate::evidence::Counts;
use crate::follow::errand::Errand;
use crate::follow::hint;
use crate::follow::walk::counts;
use crate::page::whole_list;
use crate::{
    Answer, Api, ApiError, Call, Desk, Find, Item, ListPage, PageError, Reading, SyncError,
};

const PAGE_ITEMS: u8 = 100;

/// A stream, and on whose account it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Followed {
    /// The stream.
    pub stream: StreamId,
    /// The connected account that is meant, if it is not the key's own.
    pub account: Option<String>,
}

impl Followed {
    /// The same mode on a connected account, if one is named that is not this one.
    pub(crate) fn on(&self, account: Option<String>) -> Self {
        let other = account.filter(|account| account != self.stream.account());
        let stream = other
            .as_deref()
            .and_then(|account| StreamId::new(account, self.stream.livemode()).ok());
        match stream {
            Some(stream) => Self {
                stream,
                account: other,
            },
            None => self.clone(),
        }
    }

    /// A request on that account.
    #[must_use]
    pub fn call(&self, request: Request) -> Call {
        Call {
            request,
            account: self.account.clone(),
        }
    }
}

/// Why something could not be read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// Stripe did not give it.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// Stripe's answer is no list that can be gone on from.
    #[error("{request}: {source}")]
    Page {
        /// The request.
        request: String,
        /// What is wrong.
        #[source]
        source: PageError,
    },
    /// The log or what sync remembers failed.
    #[error(transparent)]
    Sync(#[from] SyncError),
    /// A backfill gave it up.
    #[error("{reason}")]
    Skipped {
        /// Why.
        reason: String,
    },
    /// Somebody asked to end.
    #[error("asked to end")]
    Stopped,
}

impl ReadError {
    pub(crate) fn page(call: &Call, source: PageError) -> Self {
        Self::Page {
            request: call.request.line(),
            source,
        }
    }

    /// A request's failure is the same whoever made it.
    pub(crate) fn of(error: SyncError) -> Self {
        match error {
            SyncError::Api(error) => Self::Api(*error),
            error => Self::Sync(error),
        }
    }

    /// Whether the same read may succeed another time.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Api(ApiError::Refused { status, .. }) => *status >= 500,
            Self::Page { .. } => true,
            _ => false,
        }
    }

    /// Whether nothing else can be read either.
    #[must_use]
    pub fn is_final(&self) -> bool {
        match self {
            Self::Api(ApiError::Forbidden { .. }) | Self::Page { .. } | Self::Skipped { .. } => {
                false
            }
            Self::Api(error) => error.is_final(),
            Self::Sync(_) | Self::Stopped => true,
        }
    }
}

/// Who reads.
#[derive(Clone)]
pub struct Reader {
    pub(crate) api: Api,
    pub(crate) desk: Desk,
    /// Set by somebody who wants the run to end after what is in hand.
    pub(crate) stop: Arc<AtomicBool>,
}

impl Reader {
    /// Reads through `api`; into the log behind `desk` where it is not said otherwise. When `stop` is set, nothing more is asked.
    #[must_use]
    pub fn new(api: Api, desk: Desk, stop: Arc<AtomicBool>) -> Self {
        Self { api, desk, stop }
    }

    /// Asks, unless the run is to end.
    ///
    /// # Errors
    /// [`ReadError::Stopped`] then, or what Stripe says; so with all reads.
    pub async fn get(&self, call: &Call) -> Result<Answer, ReadError> {
        if self.is_stopped() {
            return Err(ReadError::Stopped);
        }
        Ok(self.api.get(call).await?)
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Reads what an errand is about into the log; what came of it. None if Stripe has no such read.
    pub(crate) async fn run(
        &self,
        at: &Followed,
        errand: &Errand,
    ) -> Result<Option<Counts>, ReadError> {
        match errand {
            Errand::Object { object, id } => match requests::retrieve(object, id, None) {
                Some(request) => self.object(at, object, id, request).await.map(Some),
                None => Ok(None),
            },
            Errand::Children { object, parent, id } => {
                let list = Listed::under(object, parent, id);
                self.list(at, list).await
            }
            Errand::Whole { list, id, .. } => match self.look_at_list(at, list, id).await? {
                // What is gone has no list; that it is gone, its own read says.
                None | Some((_, Find::Absent { .. })) => Ok(None),
                Some((reading, find)) => self.take(at, reading, vec![find]).await.map(Some),
            },
            Errand::Span { object, from_s } => self.list(at, Listed::since(object, *from_s)).await,
            Errand::Notification { id } => self.notification(at, id).await,
        }
    }

    /// Reads what a notification is about, and then that.
    async fn notification(&self, at: &Followed, id: &str) -> Result<Option<Counts>, ReadError> {
        let call = at.call(requests::notification(id));
        let answer = match self.get(&call).await {
            // Stripe keeps notifications for thirty days; what this one was about, a backfill finds.
            Err(ReadError::Api(ApiError::Absent { .. })) => return Ok(None),
            answer => answer?,
        };
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let date_s = answer.date_s.unwrap_or_default();
        let mut counts = None;
        for hint in hint::hints(hint::GENERATION_FAILURE, &body, date_s) {
            if matches!(hint.errand, Errand::Notification { .. }) {
                continue;
            }
            let at = at.on(hint.account);
            let found = Box::pin(self.run(&at, &hint.errand)).await?;
            counts = found.or(counts);
        }
        Ok(counts)
    }

    async fn object(
        &self,
        at: &Followed,
        object: &str,
        id: &str,
        request: Request,
    ) -> Result<Counts, ReadError> {
        let (reading, find) = self.ask_for(at, object, id, request).await?;
        self.take(at, reading, vec![find]).await
    }

    /// Reads one object, and takes it nowhere. None if Stripe has no such read, as of what is found under a parent if none is named.
    ///
    /// # Errors
    /// As [`Reader::get`].
    pub async fn look_at(
        &self,
        at: &Followed,
        object: &str,
        id: &str,
        parent: Option<&str>,
    ) -> Result<Option<(Reading, Find)>, ReadError> {
        match requests::retrieve(object, id, parent) {
            Some(request) => self.ask_for(at, object, id, request).await.map(Some),
            None => Ok(None),
        }
    }

    async fn ask_for(
        &self,
        at: &Followed,
        object: &str,
        id: &str,
        request: Request,
    ) -> Result<(Reading, Find), ReadError> {
        let call = at.call(request);
        let (object, id) = (object.to_owned(), id.to_owned());
        Ok(match self.get(&call).await {
            Err(ReadError::Api(ApiError::Absent { answer, .. })) => {
                let reading = Reading::of(&call, &answer);
                (reading, Find::Absent { object, id })
            }
            answer => {
                let answer = answer?;
                let reading = Reading::of(&call, &answer);
                (reading, found(object, id, &answer))
            }
        })
    }

    /// Reads a list that is kept as one to its end, by its kind and the id of what it belongs to, and takes it nowhere; absent if that is
    /// gone, none if there is no such list.
    ///
    /// # Errors
    /// As [`Reader::get`].
    pub async fn look_at_list(
        &self,
        at: &Followed,
        kind: &str,
        id: &str,
    ) -> Result<Option<(Reading, Find)>, ReadError> {
        let Some(Errand::Whole { parent, items, .. }) = Errand::whole(kind, id) else {
            return Ok(None);
        };
        let Some(listed) = Listed::under(items, parent, id) else {
            return Ok(None);
        };
        let (object, id) = (kind.to_owned(), id.to_owned());
        let (mut pieces, mut after) = (Vec::new(), None);
        let mut span: Option<Reading> = None;
        loop {
            let call = at.call(listed.page(after.take()));
            let answer = match self.get(&call).await {
                Err(ReadError::Api(ApiError::Absent { answer, .. })) => {
                    let reading = Reading::of(&call, &answer);
                    return Ok(Some((reading, Find::Absent { object, id })));
                }
                answer => answer?,
            };
            let page =
                ListPage::read(&answer.body).map_err(|source| ReadError::page(&call, source))?;
            let reading = Reading::of(&call, &answer);
            pieces.extend(page.items.iter().map(|item| item.raw.to_owned()));
            let reading = match span {
                Some(first) => until(first, reading),
                None => reading,
            };
            if !page.has_more {
                let body = whole_list(&object, &id, &pieces.join(","));
                return Ok(Some((reading, Find::Object { object, id, body })));
            }
            after = page.cursor().map(str::to_owned);
            span = Some(reading);
        }
    }

    /// Reads a list to its end, each page into the log.
    async fn list(
        &self,
        at: &Followed,
        listed: Option<Listed<'_>>,
    ) -> Result<Option<Counts>, ReadError> {
        let Some(listed) = listed else {
            return Ok(None);
        };
        let (mut total, mut after) = (Counts::default(), None);
        loop {
            let call = at.call(listed.page(after.take()));
            let answer = match self.get(&call).await {
                // What is gone has no list; that it is gone, its own read says.
                Err(ReadError::Api(ApiError::Absent { .. })) => return Ok(Some(total)),
                answer => answer?,
            };
            let page =
                ListPage::read(&answer.body).map_err(|source| ReadError::page(&call, source))?;
            let reading = Reading::of(&call, &answer);
            let items = page.items.iter();
            let finds = items.map(|item| find(item, listed.object)).collect();
            total.pages += 1;
            total.add(&self.take(at, reading, finds).await?);
            if !page.has_more {
                return Ok(Some(total));
            }
            after = page.cursor().map(str::to_owned);
        }
    }

    async fn take(
        &self,
        at: &Followed,
        reading: Reading,
        finds: Vec<Find>,
    ) -> Result<Counts, ReadError> {
        let came = self
            .desk
            .take(&at.stream, Source::Poll, reading, finds)
            .await?;
        Ok(counts(0, &came))
    }
}

/// A list to be read to its end.
struct Listed<'a> {
    object: &'a str,
    request: Box<dyn Fn(&Page) -> Request + Send + Sync + 'a>,
    from_s: Option<i64>,
}

impl<'a> Listed<'a> {
    fn under(object: &'a str, parent: &str, id: &'a str) -> Option<Self> {
        let nested = requests::nested(object, parent)?;
        Some(Self {
            object,
            request: Box::new(move |page| nested.page(id, page)),
            from_s: None,
        })
    }

    fn since(object: &'a str, from_s: i64) -> Option<Self> {
        let listing = requests::listing(object)?;
        Some(Self {
            object,
            request: Box::new(move |page| listing.page(page)),
            from_s: Some(from_s),
        })
    }

    fn page(&self, after: Option<String>) -> Request {
        (self.request)(&Page {
            limit: PAGE_ITEMS,
            after,
            from_s: self.from_s,
            until_s: None,
        })
    }
}

/// One reading over several pages: it was asked as the first one, and began with it; it ended with the last one.
fn until(first: Reading, last: Reading) -> Reading {
    let between_s = last
        .date_s
        .zip(first.date_s)
        .map(|(last_s, first_s)| last_s - first_s);
    // A second more, since both dates are cut to whole ones.
    let between_ms = between_s.map_or(0, |between_s| (between_s.max(0) + 1).saturating_mul(1000));
    Reading {
        date_s: last.date_s,
        elapsed_ms: first.elapsed_ms + last.elapsed_ms + between_ms,
        ..first
    }
}

/// An item of a list.
fn find(item: &Item<'_>, object: &str) -> Find {
    let body = item.raw.to_owned();
    match item.oddity(object) {
        Some(reason) => Find::Odd { body, reason },
        None => Find::Object {
            object: object.to_owned(),
            id: item.id.as_deref().unwrap_or_default().to_owned(),
            body,
        },
    }
}

/// An object that was asked for; what answers in its place is odd.
fn found(object: String, id: String, answer: &Answer) -> Find {
    let body = String::from_utf8_lossy(&answer.body).into_owned();
    let is_it = facts::bare(&body)
        .is_some_and(|(own, own_id)| *own == *object && own_id.is_none_or(|own_id| *own_id == *id));
    match is_it {
        true => Find::Object { object, id, body },
        false => Find::Odd {
            body,
            reason: format!("it was answered in place of the {object} {id}; read it again"),
        },
    }
}
