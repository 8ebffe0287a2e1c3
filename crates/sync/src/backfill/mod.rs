//! Backfill: everything of an account that the books hold, read from lists into the log, newest first.
//!
//! Windows of creation are read side by side and divided where they turn out long; what lists cut or leave out is read from the lists
//! under its parent; what the log knows and no list shows is asked for by itself. How far a run is stands in `sync.db`, always behind
//! the log, so that a run that ended anyhow is gone on with and reads again no more than the pages that were under way. Nothing is
//! told here, and nothing decided about what objects mean.

mod asker;
mod kind;
mod lane;
mod part;
mod report;
mod run;
mod step;
mod store;

use std::sync::Arc;

use ledger::StreamId;
use serde_json::Value;

use crate::desk::Desk;
use crate::{Answer, Api, ApiError, Call, SyncError};

pub use kind::{Selection, UNDER, Under};
pub use report::{Progress, Report, TypeReport};

use asker::ask;
use run::Engine;
use store::Run;

/// Who is told how far a run is.
pub type Watch<'a> = &'a mut (dyn FnMut(&Progress) + Send);

/// Whose objects are read, and into which stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The stream.
    pub stream: StreamId,
    /// Whether the stream's account is the key's own; else it is a connected one, and Stripe is asked on its behalf.
    pub is_own: bool,
}

/// A reader of everything.
#[derive(Clone)]
pub struct Backfill {
    api: Api,
    desk: Desk,
    selection: Selection,
}

/// What the first answer of a run tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    /// Stripe's second.
    pub date_s: i64,
    /// Second in which the account was made, if it says so.
    pub begins_s: Option<i64>,
}

impl Backfill {
    /// Reads what is selected from an API into the log behind a desk.
    #[must_use]
    pub fn new(api: Api, desk: Desk, selection: Selection) -> Self {
        Self {
            api,
            desk,
            selection,
        }
    }

    /// Reads all of one stream, as [`Backfill::read`], and ends the run.
    ///
    /// # Errors
    /// Those of [`Backfill::read`].
    pub async fn run(&self, target: &Target, watch: Watch<'_>) -> Result<Report, SyncError> {
        let report = self.read(target, watch).await?;
        self.end(vec![target.stream.clone()]).await?;
        Ok(report)
    }

    /// Reads all of one stream, or goes on with a run of it that reads the same. Dropped, it may be gone on with; until it is ended,
    /// what it has read is not read again.
    ///
    /// # Errors
    /// When Stripe can't be asked at all any more, or the log can't be written; then running it again goes on. What concerns one kind
    /// only ends that kind and stands in the report.
    pub async fn read(&self, target: &Target, watch: Watch<'_>) -> Result<Report, SyncError> {
        let account = (!target.is_own).then(|| target.stream.account().to_owned());
        let start = first_answer(&self.api, &target.stream, account.clone()).await?;
        let run = self.enter(target, start.date_s).await?;
        let engine = Engine::new(
            &self.api,
            &self.desk,
            Arc::new(run),
            account,
            start.begins_s,
        );
        engine.run(watch).await
    }

    /// Ends the runs of these streams at once: the next ones begin anew.
    ///
    /// # Errors
    /// When what sync remembers can't be written.
    pub async fn end(&self, streams: Vec<StreamId>) -> Result<(), SyncError> {
        let done = self.desk.with(move |clerk| {
            let keeper = clerk.keeper();
            keeper.write(|keeper| streams.iter().try_for_each(|stream| keeper.end(stream)))
        });
        done.await
    }

    /// The run that is gone on with, or a new one.
    async fn enter(&self, target: &Target, date_s: i64) -> Result<Run, SyncError> {
        let (stream, selection) = (target.stream.clone(), self.selection.clone());
        self.desk
            .with(move |clerk| {
                clerk.enter(&stream, |keeper| {
                    match keeper.unfinished(&stream, &selection)? {
                        Some(run) => Ok(run),
                        // What was created in this very second may be there already, and is seen then.
                        None => keeper.begin(&stream, &selection, date_s + 1),
                    }
                })
            })
            .await
    }
}

/// The first request of a run: whose key it is, and Stripe's second, before which objects are the run's own. Keys that may not read the
/// account are asked for the balance. `account` is a connected one on whose behalf it is asked.
///
/// # Errors
/// When Stripe can't be asked, or the key is another account's than the stream's.
pub async fn first_answer(
    api: &Api,
    stream: &StreamId,
    account: Option<String>,
) -> Result<Start, SyncError> {
    let mut call = Call {
        request: requests::account(),
        account,
    };
    let answer = match ask(api, &call).await {
        Err(ApiError::Forbidden { .. }) => {
            call.request = requests::balance();
            ask(api, &call).await?
        }
        answer => {
            let answer = answer?;
            expect_account(stream, &answer)?;
            answer
        }
    };
    let no_start = || SyncError::NoStart {
        request: call.request.line(),
    };
    let body: Value = serde_json::from_slice(&answer.body).map_err(|_| no_start())?;
    Ok(Start {
        date_s: answer.date_s.ok_or_else(no_start)?,
        begins_s: body["created"].as_i64(),
    })
}

fn expect_account(stream: &StreamId, answer: &Answer) -> Result<(), SyncError> {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let found = body["id"].as_str().unwrap_or("none");
    if found == stream.account() {
        return Ok(());
    }
    Err(SyncError::OtherAccount {
        expected: stream.account().to_owned(),
        found: found.chars().take(80).collect(),
    })
}
