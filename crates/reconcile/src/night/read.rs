//! Reading: windows, lists under parents and single objects, many at once, each answer judged as it comes. What is asked next is
//! decided by what is left; what is left is kept page by page.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::Ordering;

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use requests::{LISTINGS, Page, Request};
use sync::{ApiError, ReadError};

use super::crew::{AT_ONCE, Crew};
use super::judge::{Turn, judge_family, judge_page, judge_single, restart};
use super::kinds::{family, id_column, is_preview, parent_column};
use super::work::{About, Family, Part, Single};
use crate::ReconcileError;
use crate::compare::map_of;

/// Items of a page: as many as Stripe gives.
const PAGE_ITEMS: u8 = 100;
/// Single objects, or lists under parents, that are held at once.
const LOAD: u32 = 128;
/// How often a list is begun anew whose cursor is gone.
const RESTARTS_MAX: u32 = 5;

/// What is left to be read.
pub(super) struct Tour<'a> {
    crew: &'a Crew,
    windows: VecDeque<Part>,
    families: VecDeque<Family>,
    singles: VecDeque<Single>,
    /// The last list and the last object that were loaded.
    behind: (i64, i64),
    is_told_all: bool,
    /// Requests that may be made for the sweep.
    budget: Option<u64>,
    /// How many had been made when it began: what is new is read first, whatever it takes.
    before_sweep: Option<u64>,
    requests: u64,
    /// How often windows were begun anew, by their numbers.
    restarts: BTreeMap<i64, u32>,
}

/// What was done.
enum Done {
    Page(Box<Turn>),
    /// The item is gone behind which the window was to be gone on with, as Stripe says.
    Lost(Box<Part>, String),
    Other,
}

type Doing = BoxFuture<'static, Result<Done, ReconcileError>>;

/// Who is told how far reading is: requests made, those that are left as far as it is known, and how many objects were compared and how
/// many of them differ.
pub(super) type Watcher<'w> = &'w mut (dyn FnMut(u64, u64, (u64, u64)) + Send);

impl<'a> Tour<'a> {
    pub(super) async fn new(crew: &'a Crew, budget: Option<u64>) -> Result<Self, ReconcileError> {
        let run = crew.case.run;
        let windows = crew
            .table
            .with(move |bench| bench.work.open_windows(run))
            .await?;
        Ok(Self {
            crew,
            windows: windows.into(),
            families: VecDeque::new(),
            singles: VecDeque::new(),
            behind: (0, 0),
            is_told_all: false,
            budget,
            before_sweep: None,
            requests: crew.count_requests().await?,
            restarts: BTreeMap::new(),
        })
    }

    /// Reads all that is left. When nothing more can be read, what was under way is given up and the error told; what was judged stays.
    pub(super) async fn run(mut self, watch: Watcher<'_>) -> Result<(), ReconcileError> {
        let mut doing: FuturesUnordered<Doing> = FuturesUnordered::new();
        loop {
            while doing.len() < AT_ONCE
                && let Some(job) = self.next(doing.is_empty()).await?
            {
                doing.push(job);
            }
            let Some(done) = doing.next().await else {
                break;
            };
            match done {
                Ok(Done::Page(turn)) => self.go_on(*turn).await?,
                Ok(Done::Lost(part, why)) => self.begin_anew(*part, why).await?,
                Ok(Done::Other) => {}
                Err(error) => {
                    // What others were told meanwhile is judged, so that it need not be asked again.
                    while doing.next().await.is_some() {}
                    self.crew.count_requests().await?;
                    return Err(error);
                }
            }
            let seen = &self.crew.case.seen;
            let counts = (
                seen.objects.load(Ordering::Relaxed),
                seen.suspects.load(Ordering::Relaxed),
            );
            watch(self.used(), self.left() + doing.len() as u64, counts);
        }
        self.crew.count_requests().await?;
        Ok(())
    }

    fn used(&self) -> u64 {
        self.requests + self.crew.uncounted()
    }

    fn left(&self) -> u64 {
        (self.windows.len() + self.families.len() + self.singles.len()) as u64
    }

    /// What is done next; none if nothing can be before something that is under way is done.
    async fn next(&mut self, is_idle: bool) -> Result<Option<Doing>, ReconcileError> {
        loop {
            if let Some(part) = self.windows.pop_front_if(|part| !part.is_sweep) {
                return Ok(Some(window(self.crew.clone(), part)));
            }
            self.load().await?;
            if let Some(family) = self.families.pop_front() {
                return Ok(Some(under(self.crew.clone(), family)));
            }
            if let Some(one) = self.singles.pop_front() {
                return Ok(Some(single(self.crew.clone(), one)));
            }
            if let Some(part) = self.windows.pop_front() {
                if self.is_spent() {
                    self.cut(part).await?;
                    continue;
                }
                return Ok(Some(window(self.crew.clone(), part)));
            }
            if !is_idle || self.is_told_all {
                return Ok(None);
            }
            self.is_told_all = true;
            self.ask_for_hidden().await?;
        }
    }

    fn is_spent(&mut self) -> bool {
        let used = self.used();
        let before = *self.before_sweep.get_or_insert(used);
        self.budget.is_some_and(|budget| used - before >= budget)
    }

    /// Leaves a window of the sweep to another run.
    async fn cut(&self, part: Part) -> Result<(), ReconcileError> {
        let run = self.crew.case.run;
        self.crew
            .table
            .with(move |bench| {
                bench.work.write(|work| {
                    let what = format!(
                        "this run's part of the sweep of {}: the requests were used up",
                        part.object
                    );
                    work.remark(run, About::Cut, &what)?;
                    work.leave_window(run, &part)
                })
            })
            .await
    }

    /// Loads single objects and lists under parents, as far as there is room.
    async fn load(&mut self) -> Result<(), ReconcileError> {
        if !(self.families.is_empty() && self.singles.is_empty()) {
            return Ok(());
        }
        let run = self.crew.case.run;
        let (list, number) = self.behind;
        let (families, singles) = self
            .crew
            .table
            .with(move |bench| {
                let families = bench.work.open_families(run, list, LOAD)?;
                let singles = bench.work.open_singles(run, number, LOAD)?;
                Ok((families, singles))
            })
            .await?;
        if let Some(last) = families.last() {
            self.behind.0 = last.id;
        }
        if let Some((last, _)) = singles.last() {
            self.behind.1 = *last;
        }
        self.families.extend(families);
        self.singles.extend(singles.into_iter().map(|(_, one)| one));
        Ok(())
    }

    async fn go_on(&mut self, turn: Turn) -> Result<(), ReconcileError> {
        let Turn {
            part,
            is_read,
            fault,
        } = turn;
        if let Some(fault) = fault {
            return leave(self.crew, part, Some(fault)).await;
        }
        if !is_read && part.is_sweep {
            // What was begun is ended: a cut window would have to be read again whole.
            let place = self.windows.partition_point(|part| !part.is_sweep);
            self.windows.insert(place, part);
        } else if !is_read {
            self.windows.push_front(part);
        }
        Ok(())
    }

    /// Begins a window anew, unless that was of no use before.
    async fn begin_anew(&mut self, part: Part, why: String) -> Result<(), ReconcileError> {
        let restarts = self.restarts.entry(part.id).or_default();
        *restarts += 1;
        if *restarts > RESTARTS_MAX {
            return leave(self.crew, part, Some(why)).await;
        }
        let table = &self.crew.table;
        let turn = table.with(move |bench| restart(bench, part)).await?;
        self.go_on(turn).await
    }

    /// Asks by themselves for objects of the book that belong to parents whose lists were read and did not show them.
    async fn ask_for_hidden(&self) -> Result<(), ReconcileError> {
        let case = self.crew.case.clone();
        self.crew
            .table
            .with(move |bench| {
                let (work, book, stream) = bench.parts()?;
                work.write(|work| {
                    for kind in work.families_read(case.run)? {
                        let (Some(column), Some(map)) = (parent_column(&kind), map_of(&kind)) else {
                            continue;
                        };
                        let sql = format!(
                            "SELECT id, {column} FROM {} WHERE stream = ?1 AND deleted IS NOT 1 AND {column} IS NOT NULL
                             AND coalesce(created_s, 0) < ?2",
                            map.table
                        );
                        let mut rows = book
                            .connection()
                            .prepare(&sql)
                            .map_err(crate::CompareError::from)?;
                        let mut rows = rows
                            .query(rusqlite::params![stream.as_str(), case.began_s])
                            .map_err(crate::CompareError::from)?;
                        while let Some(row) = rows.next().map_err(crate::CompareError::from)? {
                            let cell = |place| row.get::<_, String>(place);
                            let id = cell(0).map_err(crate::CompareError::from)?;
                            let parent = cell(1).map_err(crate::CompareError::from)?;
                            let is_hidden = work.has_read_family(case.run, &kind, &parent)?
                                && !work.is_shown(case.run, &kind, &id)?;
                            if is_hidden {
                                let single = Single {
                                    object: kind.clone(),
                                    stripe_id: id.clone(),
                                    id,
                                    parent: Some(parent),
                                };
                                work.add_single(case.run, &single)?;
                            }
                        }
                    }
                    Ok(())
                })
            })
            .await
    }
}

/// Reads the next page of a window.
fn window(crew: Crew, part: Part) -> Doing {
    Box::pin(async move {
        let call = crew.at.call(page(&part));
        let turn = match crew.get(&call).await {
            Ok(answer) => {
                let case = crew.case.clone();
                crew.table
                    .with(move |bench| judge_page(bench, &case, part, &answer))
                    .await?
            }
            Err(error) if part.after.is_some() && is_cursor_gone(&error) => {
                return Ok(Done::Lost(Box::new(part), error.to_string()));
            }
            Err(error) => {
                let reason = reason(error)?;
                let is_silent = is_preview(part.list) && reason.is_refused;
                leave(&crew, part, (!is_silent).then_some(reason.text)).await?;
                return Ok(Done::Other);
            }
        };
        Ok(Done::Page(Box::new(turn)))
    })
}

fn page(part: &Part) -> Request {
    LISTINGS[part.list].page(&Page {
        limit: PAGE_ITEMS,
        after: part.after.clone(),
        from_s: part.span.first_s(),
        until_s: Some(part.span.until_s),
    })
}

async fn leave(crew: &Crew, part: Part, why: Option<String>) -> Result<(), ReconcileError> {
    let run = crew.case.run;
    crew.table
        .with(move |bench| {
            bench.work.write(|work| {
                let Some(why) = why else {
                    return work.pass_window(&part);
                };
                let what = format!("{}: {why}", part.object);
                work.remark(run, About::Unproven, &what)?;
                work.leave_window(run, &part)
            })
        })
        .await
}

/// Reads a list under a parent to its end.
fn under(crew: Crew, one: Family) -> Doing {
    Box::pin(async move {
        let Some(list) = family(&one.kind) else {
            return Ok(Done::Other);
        };
        let (mut after, mut restarts) = (None, 0);
        loop {
            let is_first = after.is_none();
            let asked = Page {
                limit: PAGE_ITEMS,
                after: after.take(),
                ..Page::default()
            };
            let call = crew.at.call(list.nested().page(&one.parent, &asked));
            let answer = match crew.get(&call).await {
                Ok(answer) => answer,
                Err(error) if !is_first && restarts < RESTARTS_MAX && is_cursor_gone(&error) => {
                    restarts += 1;
                    continue;
                }
                Err(error) => {
                    let is_absent = matches!(error, ReadError::Api(ApiError::Absent { .. }));
                    let is_gone = is_first && is_absent;
                    let reason = reason(error)?;
                    let run = crew.case.run;
                    crew.table
                        .with(move |bench| {
                            if !is_gone {
                                let what = format!("{}: {}", one.kind, reason.text);
                                bench.work.remark(run, About::Unproven, &what)?;
                            }
                            bench.work.end_family(&one, false)
                        })
                        .await?;
                    return Ok(Done::Other);
                }
            };
            let (case, family, items) = (crew.case.clone(), one.clone(), list.items);
            after = crew
                .table
                .with(move |bench| judge_family(bench, &case, (&family, items), &answer))
                .await?;
            if after.is_none() {
                return Ok(Done::Other);
            }
        }
    })
}

/// Reads one object.
fn single(crew: Crew, one: Single) -> Doing {
    Box::pin(async move {
        let read = match crew.read(&one).await {
            Ok(read) => read.ok_or_else(|| "Stripe answers with something else".to_owned()),
            Err(error) => Err(reason(error)?.text),
        };
        let case = crew.case.clone();
        let done = crew.table.with(move |bench| match read {
            Ok(read) => {
                let read_s = read.reading.date_s;
                judge_single(bench, &case, &one, (read.body.as_deref(), read_s))
            }
            Err(why) => {
                let what = format!("{}: {why}", one.object);
                bench.work.remark(case.run, About::Unproven, &what)?;
                bench.work.end_single(case.run, &one, false)
            }
        });
        done.await?;
        Ok(Done::Other)
    })
}

/// Whether the item is gone behind which a page was to begin.
fn is_cursor_gone(error: &ReadError) -> bool {
    match error {
        ReadError::Api(ApiError::Absent { .. }) => true,
        ReadError::Api(error) => error.is_cursor_gone(),
        _ => false,
    }
}

/// Why something is given up, in words.
pub(super) struct Reason {
    pub(super) text: String,
    /// Whether Stripe refuses the request itself, as one that it does not know: not for a key, and not because it fails.
    is_refused: bool,
}

/// What can be lived with, in words; what can't be is told.
pub(super) fn reason(error: ReadError) -> Result<Reason, ReconcileError> {
    match &error {
        ReadError::Api(ApiError::Forbidden { permission, .. }) => Ok(Reason {
            text: match permission {
                Some(permission) => format!("the key lacks {permission}"),
                None => error.to_string(),
            },
            is_refused: false,
        }),
        error if !error.is_final() => Ok(Reason {
            text: error.to_string(),
            is_refused: match &error {
                ReadError::Api(ApiError::Refused { status, .. }) => *status < 500,
                ReadError::Api(ApiError::Absent { .. }) => true,
                _ => false,
            },
        }),
        _ => Err(error.into()),
    }
}

/// How Stripe finds an object that the book keeps under `id`; none if the book doesn't tell.
pub(super) fn single_of(
    book: &projector::OpenBook,
    stream: &ledger::StreamId,
    object: &str,
    id: &str,
) -> Result<Single, ReconcileError> {
    let mut stripe_id = None;
    if let (Some(column), Some(map)) = (id_column(object), map_of(object)) {
        let sql = format!(
            "SELECT {column} FROM {} WHERE stream = ?1 AND id = ?2",
            map.table
        );
        let found = book
            .connection()
            .prepare_cached(&sql)
            .and_then(|mut row| row.query_row([stream.as_str(), id], |row| row.get(0)));
        stripe_id = match found {
            Err(rusqlite::Error::QueryReturnedNoRows) => None,
            found => found.map_err(crate::CompareError::from)?,
        };
    }
    let parent = sync::parent_of(book.connection(), stream, object, id);
    Ok(Single {
        object: object.to_owned(),
        id: id.to_owned(),
        stripe_id: stripe_id.unwrap_or_else(|| id.to_owned()),
        parent: parent.map_err(crate::CompareError::from)?,
    })
}
