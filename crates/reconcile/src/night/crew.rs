//! What all steps of a run share: who reads, where is compared, and which run it is. Decides nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use sync::{Api, Desk, Find, Followed, ReadError, Reader, Reading};

use super::bench::Table;
use super::judge::Case;
use super::kinds::is_whole;
use super::work::Single;
use crate::ReconcileError;

/// How often a read may fail in a way that passes …
const FAILURES_MAX: u32 = 6;
/// … and how long is waited first; then twice as long each time.
const FIRST_WAIT: Duration = Duration::from_secs(5);
/// Reads under way at once; how many Stripe gets to see is the governor's to say.
pub(super) const AT_ONCE: usize = 16;

/// Who works on a run. Clones share it.
#[derive(Clone)]
pub(super) struct Crew {
    pub(super) api: Api,
    pub(super) desk: Desk,
    pub(super) reader: Reader,
    pub(super) table: Table,
    pub(super) at: Followed,
    pub(super) case: Case,
    pub(super) data: std::path::PathBuf,
    /// Requests up to which they were counted.
    counted: Arc<AtomicU64>,
    /// Stripe's second of the last answer.
    last_s: Arc<AtomicI64>,
}

/// What was read of an object.
pub(super) struct Read {
    pub(super) reading: Reading,
    /// None: Stripe does not find it.
    pub(super) body: Option<String>,
}

impl Crew {
    pub(super) fn new(
        (api, desk, reader): (Api, Desk, Reader),
        (table, data): (Table, std::path::PathBuf),
        at: Followed,
        (case, sent): (Case, u64),
    ) -> Self {
        Self {
            api,
            desk,
            reader,
            table,
            at,
            case,
            data,
            counted: Arc::new(AtomicU64::new(sent)),
            last_s: Arc::default(),
        }
    }

    /// Reads, again later where that may help.
    pub(super) async fn get(&self, call: &sync::Call) -> Result<sync::Answer, ReadError> {
        let mut wait = FIRST_WAIT;
        for _ in 1..FAILURES_MAX {
            match self.reader.get(call).await {
                Err(error) if error.may_pass() => pause(&mut wait).await,
                answer => return answer.inspect(|answer| self.heard(answer.date_s)),
            }
        }
        self.reader.get(call).await
    }

    /// Reads one object, or a list that is kept as one. None if Stripe has no such read, or answers with something else.
    pub(super) async fn read(&self, single: &Single) -> Result<Option<Read>, ReadError> {
        let mut wait = FIRST_WAIT;
        for _ in 1..FAILURES_MAX {
            match self.read_once(single).await {
                Err(error) if error.may_pass() => pause(&mut wait).await,
                read => return read,
            }
        }
        self.read_once(single).await
    }

    async fn read_once(&self, single: &Single) -> Result<Option<Read>, ReadError> {
        let Single {
            object,
            stripe_id,
            parent,
            ..
        } = single;
        let found = if is_whole(object) {
            self.reader
                .look_at_list(&self.at, object, stripe_id)
                .await?
        } else {
            let parent = parent.as_deref();
            self.reader
                .look_at(&self.at, object, stripe_id, parent)
                .await?
        };
        Ok(found.and_then(|(reading, find)| {
            self.heard(reading.date_s);
            let body = match find {
                Find::Object { body, .. } => Some(body),
                Find::Absent { .. } => None,
                Find::Event { .. } | Find::Odd { .. } => return None,
            };
            Some(Read { reading, body })
        }))
    }

    fn heard(&self, date_s: Option<i64>) {
        self.last_s
            .fetch_max(date_s.unwrap_or(0), Ordering::Relaxed);
    }

    /// Requests that were made since they were counted last.
    pub(super) fn uncounted(&self) -> u64 {
        self.api
            .sent()
            .saturating_sub(self.counted.load(Ordering::Relaxed))
    }

    /// Counts the requests that were made since; how many they are by now.
    pub(super) async fn count_requests(&self) -> Result<u64, ReconcileError> {
        let sent = self.api.sent();
        let since = sent.saturating_sub(self.counted.swap(sent, Ordering::Relaxed));
        let last_s = Some(self.last_s.load(Ordering::Relaxed));
        let run = self.case.run;
        self.table
            .with(move |bench| {
                bench.work.asked(run, since, last_s)?;
                Ok(bench.work.tally(run)?.requests)
            })
            .await
    }

    /// The log's last entry of the stream.
    pub(super) async fn head(&self) -> Result<u64, ReconcileError> {
        let stream = self.at.stream.clone();
        let head = self.desk.with(move |clerk| Ok(clerk.log().head(&stream)?));
        Ok(head.await?.seq)
    }
}

async fn pause(wait: &mut Duration) {
    tokio::time::sleep(*wait).await;
    *wait *= 2;
}
