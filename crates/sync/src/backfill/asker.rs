//! One request of a run: what is asked, what is done with its answer, and what is given up if there is none.

use std::sync::Arc;
use std::time::Duration;

use requests::Offer;

use crate::desk::Desk;
use crate::{Answer, Api, ApiError, Call, SyncError};

use super::kind::List;
use super::part::Part;
use super::step::{self, Division, Single, Taken, Told};
use super::store::{Run, State};

/// How often Stripe may fail at one request before it is given up …
const FAILURES_MAX: u32 = 6;
/// … and how long is waited first; then twice as long each time.
const FIRST_WAIT: Duration = Duration::from_secs(5);

/// What came of one request.
pub(super) enum Done {
    /// A page was taken in.
    Page {
        taken: Box<Taken>,
        was_allowed: bool,
    },
    /// The cursor of a part is gone: it goes on from before it, or begins anew.
    SteppedBack { part: Box<Part> },
    /// One part was given up.
    PartLeft { part: i64 },
    /// A whole kind was.
    KindLeft,
    /// One object was asked for.
    Single,
}

/// One request and what is done with its answer.
pub(super) struct Asker<'a> {
    pub(super) api: &'a Api,
    pub(super) desk: &'a Desk,
    pub(super) run: Arc<Run>,
    pub(super) account: Option<String>,
    pub(super) kind: &'static str,
}

impl Asker<'_> {
    pub(super) async fn page(
        self,
        part: Box<Part>,
        division: Division,
    ) -> Result<(&'static str, Done), SyncError> {
        let call = Call {
            request: part.next(),
            account: self.account.clone(),
        };
        let (id, list, kind) = (part.id, part.list, self.kind);
        let done = match ask(self.api, &call).await {
            Ok(answer) => {
                let run = Arc::clone(&self.run);
                let taken = self
                    .desk
                    .with(move |clerk| {
                        let told = Told {
                            call: &call,
                            answer: &answer,
                        };
                        let taken = step::take_page(clerk, &run, *part, told, division)?;
                        if taken.is_read {
                            step::note_lists(clerk, &run, kind, false)?;
                        }
                        Ok(taken)
                    })
                    .await?;
                match taken.fault.clone() {
                    Some(fault) => self.give_up(id, list, fault).await?,
                    None => Done::Page {
                        taken: Box::new(taken),
                        was_allowed: division.is_allowed,
                    },
                }
            }
            Err(error) if part.after.is_some() && error.is_cursor_gone() => {
                self.step_back(part).await?
            }
            Err(ApiError::Absent { .. }) if matches!(list, List::Under(_)) => {
                // The parent was deleted, and its list with it.
                self.leave_part(id, None).await?
            }
            Err(error @ ApiError::Forbidden { .. }) => self.leave_kind(told(&error)).await?,
            Err(ApiError::Refused { .. }) if is_preview(list) => self.leave_kind(None).await?,
            Err(error) if !error.is_final() => {
                let reason = told(&error).unwrap_or_default();
                self.give_up(id, list, reason).await?
            }
            Err(error) => return Err(error.into()),
        };
        Ok((kind, done))
    }

    pub(super) async fn single(self, id: String) -> Result<(&'static str, Done), SyncError> {
        let kind = self.kind;
        let Some(request) = requests::retrieve(kind, &id, None) else {
            return Ok((kind, Done::Single));
        };
        let call = Call {
            request,
            account: self.account.clone(),
        };
        let (answer, is_absent) = match ask(self.api, &call).await {
            Ok(answer) => (answer, false),
            Err(ApiError::Absent { answer, .. }) => (*answer, true),
            Err(error @ ApiError::Forbidden { .. }) => {
                return Ok((kind, self.leave_kind(told(&error)).await?));
            }
            Err(error) if !error.is_final() => {
                self.say_skipped(told(&error)).await?;
                return Ok((kind, Done::Single));
            }
            Err(error) => return Err(error.into()),
        };
        let run = Arc::clone(&self.run);
        self.desk
            .with(move |clerk| {
                let single = Single {
                    object: kind,
                    id: &id,
                };
                let told = Told {
                    call: &call,
                    answer: &answer,
                };
                step::take_single(clerk, &run, single, told, is_absent)
            })
            .await?;
        Ok((kind, Done::Single))
    }

    /// A list of the account is given up with its kind, one under a parent by itself.
    async fn give_up(&self, part: i64, list: List, reason: String) -> Result<Done, SyncError> {
        match list {
            List::Whole(_) => self.leave_kind(Some(reason)).await,
            List::Under(_) => self.leave_part(part, Some(reason)).await,
        }
    }

    async fn leave_part(&self, part: i64, reason: Option<String>) -> Result<Done, SyncError> {
        let (run, kind) = (self.run.id, self.kind);
        self.write(move |keeper| {
            keeper.leave_part(part)?;
            reason.map_or(Ok(()), |reason| keeper.say_skipped(run, kind, &reason))
        })
        .await?;
        Ok(Done::PartLeft { part })
    }

    async fn leave_kind(&self, reason: Option<String>) -> Result<Done, SyncError> {
        let (run, kind) = (self.run.id, self.kind);
        self.write(move |keeper| keeper.leave(run, kind, reason.as_deref()))
            .await?;
        Ok(Done::KindLeft)
    }

    async fn say_skipped(&self, reason: Option<String>) -> Result<(), SyncError> {
        let (run, kind) = (self.run.id, self.kind);
        let reason = reason.unwrap_or_default();
        self.write(move |keeper| keeper.say_skipped(run, kind, &reason))
            .await
    }

    async fn step_back(&self, mut part: Box<Part>) -> Result<Done, SyncError> {
        if !part.step_back() {
            let reason = "what it is gone on from is deleted again and again".to_owned();
            return self.give_up(part.id, part.list, reason).await;
        }
        let kept = part.clone();
        self.write(move |keeper| {
            if kept.after.is_none() {
                keeper.drop_pieces(kept.id)?;
            }
            keeper.keep_part(&kept, State::Open)
        })
        .await?;
        Ok(Done::SteppedBack { part })
    }

    async fn write(
        &self,
        work: impl FnOnce(&crate::Keeper) -> Result<(), SyncError> + Send + 'static,
    ) -> Result<(), SyncError> {
        self.desk
            .with(move |clerk| clerk.keeper().write(work))
            .await
    }
}

/// Asks, and asks anew later where Stripe failed and said that repeating the request is no use: reading has no effect that could
/// come twice, and a page that is given up costs its whole list.
pub(super) async fn ask(api: &Api, call: &Call) -> Result<Answer, ApiError> {
    let mut wait = FIRST_WAIT;
    for _ in 1..FAILURES_MAX {
        match api.get(call).await {
            Err(ApiError::Refused { status, .. }) if status >= 500 => {
                tokio::time::sleep(wait).await;
                wait *= 2;
            }
            answer => return answer,
        }
    }
    api.get(call).await
}

fn is_preview(list: List) -> bool {
    matches!(list, List::Whole(listing) if listing.offer == Offer::Preview)
}

/// Why something is given up, in words.
fn told(error: &ApiError) -> Option<String> {
    Some(match error {
        ApiError::Forbidden {
            permission: Some(permission),
            ..
        } => format!("the key lacks {permission}"),
        error => error.to_string(),
    })
}
