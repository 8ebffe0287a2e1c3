//! One answer taken in: what it holds enters the log, then what is remembered of the run goes on by that page. It blocks, and asks Stripe
//! nothing.

use std::collections::BTreeMap;

use ledger::Source;

use crate::desk::{Came, Clerk, Find, Reading};
use crate::evidence::{Counts, Lists};
use crate::page::{Item, ListPage, whole_list};
use crate::{Answer, Call, Keeper, SyncError};

use super::kind::{BALANCE, List, UNDER};
use super::part::Part;
use super::store::{Run, State};

/// Lists under parents that share an entry of evidence.
const LISTS_A_NOTE: u32 = 1000;

/// What came of one page.
#[derive(Debug)]
pub(super) struct Taken {
    /// The part, behind the page.
    pub(super) part: Part,
    /// Whether that was its last page.
    pub(super) is_read: bool,
    /// The lower half, if its rest was divided.
    pub(super) lower: Option<Part>,
    /// Items of the page.
    pub(super) items: u64,
    /// Lists under parents that it showed to be needed: their kinds and how many.
    pub(super) lists: BTreeMap<&'static str, u64>,
    /// Why the list can't be gone on from, if it can't.
    pub(super) fault: Option<String>,
}

/// An answer, and what it answers.
#[derive(Clone, Copy)]
pub(super) struct Told<'a> {
    pub(super) call: &'a Call,
    pub(super) answer: &'a Answer,
}

/// Whether the rest of a part may be divided.
#[derive(Clone, Copy, Debug)]
pub(super) struct Division {
    /// Whether it may.
    pub(super) is_allowed: bool,
    /// The second before which there is nothing, as far as it is known.
    pub(super) begins_s: Option<i64>,
}

/// Takes in one page of a part.
pub(super) fn take_page(
    clerk: &mut Clerk,
    run: &Run,
    mut part: Part,
    told: Told<'_>,
    division: Division,
) -> Result<Taken, SyncError> {
    let Told { call, answer, .. } = told;
    let page = match ListPage::read(&answer.body) {
        Ok(page) => page,
        Err(error) => return Ok(faulty(part, error.to_string())),
    };
    part.pass(&page, answer.date_s, answer.elapsed_ms);
    let reading = Reading::of(call, answer);
    let taken = if part.list.is_whole() {
        take_members(clerk, run, part, &page, reading)?
    } else {
        take_items(clerk, run, part, &page, &reading, division)?
    };
    if taken.is_read && matches!(taken.part.list, List::Whole(_)) {
        note_window(clerk, run, &taken.part)?;
    }
    Ok(taken)
}

fn faulty(part: Part, fault: String) -> Taken {
    Taken {
        part,
        is_read: false,
        lower: None,
        items: 0,
        lists: BTreeMap::new(),
        fault: Some(fault),
    }
}

/// Items that are objects by themselves.
fn take_items(
    clerk: &mut Clerk,
    run: &Run,
    mut part: Part,
    page: &ListPage<'_>,
    reading: &Reading,
    division: Division,
) -> Result<Taken, SyncError> {
    let object = part.list.items();
    let finds = page.items.iter().map(|item| find(item, object)).collect();
    let is_read = !page.has_more;
    let at_s = part
        .divide(division.begins_s)
        .filter(|_| division.is_allowed && !is_read);
    let (lower, lists) = clerk.take(
        &run.stream,
        Source::Backfill,
        reading,
        finds,
        |keeper, came| {
            count(&mut part.window.counts, came);
            let mut lists = BTreeMap::new();
            for item in page
                .items
                .iter()
                .filter(|item| item.oddity(object).is_none())
            {
                keeper.show(run, object, item.id.as_deref().unwrap_or_default())?;
                ask_for_lists(keeper, run, &part, item, &mut lists)?;
            }
            let lower = at_s
                .map(|at_s| divide(keeper, run, &mut part, at_s))
                .transpose()?;
            keeper.keep_part(&part, state(is_read))?;
            Ok((lower, lists))
        },
    )?;
    Ok(Taken {
        is_read,
        lower,
        items: page.items.len() as u64,
        lists,
        fault: None,
        part,
    })
}

/// Items that enter the log as one, once all are there.
fn take_members(
    clerk: &mut Clerk,
    run: &Run,
    mut part: Part,
    page: &ListPage<'_>,
    mut reading: Reading,
) -> Result<Taken, SyncError> {
    let object = part.list.items();
    let odd = page.items.iter().find_map(|item| item.oddity(object));
    if let Some(odd) = odd {
        // A list that lacks one of its items would be told as whole, and is none.
        return Ok(faulty(
            part,
            format!("an item of a list that must be whole: {odd}"),
        ));
    }
    let raw: Vec<&str> = page.items.iter().map(|item| item.raw).collect();
    let is_read = !page.has_more;
    let mut finds = Vec::new();
    let parent = part.parent.clone().unwrap_or_default();
    if is_read {
        let mut pieces = clerk.keeper().pieces(part.id)?;
        pieces.push(raw.join(","));
        pieces.retain(|piece| !piece.is_empty());
        reading.request = part.first().line();
        reading.elapsed_ms = elapsed_ms(&part, reading.elapsed_ms);
        finds.push(Find::Object {
            object: part.list.kind().to_owned(),
            body: whole_list(part.list.kind(), &parent, &pieces.join(",")),
            id: parent,
        });
    }
    clerk.take(
        &run.stream,
        Source::Backfill,
        &reading,
        finds,
        |keeper, came| {
            count(&mut part.window.counts, came);
            if is_read {
                keeper.drop_pieces(part.id)?;
            } else {
                keeper.add_piece(part.id, part.window.counts.pages, &raw.join(","))?;
            }
            keeper.keep_part(&part, state(is_read))
        },
    )?;
    Ok(Taken {
        is_read,
        lower: None,
        items: page.items.len() as u64,
        lists: BTreeMap::new(),
        fault: None,
        part,
    })
}

/// From before the first page was asked for to the head of the last.
fn elapsed_ms(part: &Part, last_ms: i64) -> i64 {
    let dates = part.window.first_date_s.zip(part.window.last_date_s);
    let between_s = dates.map_or(0, |(first_s, last_s)| last_s - first_s);
    if part.window.counts.pages < 2 {
        return last_ms;
    }
    // Dates are whole seconds, each cut off.
    part.elapsed_ms + (between_s.max(0) + 1) * 1000
}

fn state(is_read: bool) -> State {
    if is_read { State::Read } else { State::Open }
}

fn find(item: &Item<'_>, object: &str) -> Find {
    match (item.oddity(object), item.id.as_deref()) {
        (None, Some(id)) => Find::Object {
            object: object.to_owned(),
            id: id.to_owned(),
            body: item.raw.to_owned(),
        },
        (reason, _) => Find::Odd {
            body: item.raw.to_owned(),
            reason: reason.unwrap_or_default(),
        },
    }
}

fn count(counts: &mut Counts, came: &[Came]) {
    for came in came {
        match came {
            Came::Appended => counts.appended += 1,
            Came::Unchanged | Came::Duplicate => counts.unchanged += 1,
            Came::SetAside => counts.set_aside += 1,
        }
    }
}

/// Adds the lists that an item shows to be needed, and counts those that are new.
fn ask_for_lists(
    keeper: &Keeper,
    run: &Run,
    part: &Part,
    item: &Item<'_>,
    lists: &mut BTreeMap<&'static str, u64>,
) -> Result<(), SyncError> {
    let List::Whole(listing) = part.list else {
        return Ok(());
    };
    let told = UNDER.iter().filter(|under| under.told_by == listing.object);
    for under in told.filter(|under| run.selection.has(under.kind)) {
        if let Some(parent) = under.parent_by(item) {
            let is_new =
                keeper.add_part(run.id, List::Under(under), Some(&parent), (None, None))?;
            *lists.entry(under.kind).or_default() += u64::from(is_new);
        }
    }
    Ok(())
}

/// Gives what was created before `at_s` to a part of its own.
fn divide(keeper: &Keeper, run: &Run, part: &mut Part, at_s: i64) -> Result<Part, SyncError> {
    let from_s = part.window.from_s;
    keeper.add_part(run.id, part.list, None, (from_s, Some(at_s)))?;
    let id = keeper.slate.last_row();
    part.window.from_s = Some(at_s);
    let mut lower = Part::new(id, part.list, None, (from_s, Some(at_s)));
    lower.is_probe = true;
    Ok(lower)
}

/// Leaves the evidence of a window that was read to its end.
pub(super) fn note_window(clerk: &mut Clerk, run: &Run, part: &Part) -> Result<(), SyncError> {
    let mut window = part.window.clone();
    window.request = part.first().line();
    let about_s = window.last_date_s.unwrap_or(0);
    clerk.note(
        &run.stream,
        Source::Backfill,
        about_s,
        window.note(),
        |keeper| keeper.close(&[part.id]),
    )
}

/// Leaves the evidence of lists under parents that were read to their ends, a thousand at a time; with `rest` of those that are left
/// too.
pub(super) fn note_lists(
    clerk: &mut Clerk,
    run: &Run,
    kind: &str,
    rest: bool,
) -> Result<(), SyncError> {
    loop {
        let parts = clerk
            .keeper()
            .parts(run.id, kind, State::Read, (0, LISTS_A_NOTE))?;
        let is_full = parts.len() == LISTS_A_NOTE as usize;
        if parts.is_empty() || !(is_full || rest) {
            return Ok(());
        }
        note_some(clerk, run, parts)?;
    }
}

fn note_some(clerk: &mut Clerk, run: &Run, mut parts: Vec<Part>) -> Result<(), SyncError> {
    parts.sort_unstable_by(|one, other| one.parent.cmp(&other.parent));
    let mut lists = Lists::default();
    for part in &parts {
        if let List::Under(under) = part.list
            && lists.items == 0
            && lists.parents.count == 0
        {
            under.kind.clone_into(&mut lists.object);
            under.parent.clone_into(&mut lists.parent_object);
            lists.request = part.first().line();
        }
        lists.add(part.parent.as_deref().unwrap_or_default(), &part.window);
    }
    let ids: Vec<i64> = parts.iter().map(|part| part.id).collect();
    let about_s = lists.last_date_s.unwrap_or(0);
    clerk.note(
        &run.stream,
        Source::Backfill,
        about_s,
        lists.note(),
        |keeper| keeper.close(&ids),
    )
}

/// What was asked for by itself.
#[derive(Clone, Copy)]
pub(super) struct Single<'a> {
    pub(super) object: &'a str,
    pub(super) id: &'a str,
}

/// Takes in the answer to a request for one object; `is_absent` if there is none.
pub(super) fn take_single(
    clerk: &mut Clerk,
    run: &Run,
    single: Single<'_>,
    told: Told<'_>,
    is_absent: bool,
) -> Result<(), SyncError> {
    let reading = Reading::of(told.call, told.answer);
    let body = std::str::from_utf8(&told.answer.body).unwrap_or_default();
    let (object, id) = (single.object.to_owned(), single.id.to_owned());
    let is_it = facts::bare(body).is_some_and(|(own, own_id)| {
        *own == *single.object && (object == "balance" || own_id.as_deref() == Some(single.id))
    });
    let find = match (is_absent, is_it) {
        (true, _) => Find::Absent { object, id },
        (false, true) => {
            let body = body.to_owned();
            Find::Object { object, id, body }
        }
        (false, false) => Find::Odd {
            body: String::from_utf8_lossy(&told.answer.body).into_owned(),
            reason: format!(
                "it is not the {} that was asked for; read it again",
                single.object
            ),
        },
    };
    clerk.take(
        &run.stream,
        Source::Backfill,
        &reading,
        vec![find],
        |keeper, came| {
            let appended = u32::from(came == [Came::Appended]);
            keeper.add_single(run.id, single.object, (u32::from(is_absent), appended))?;
            if single.object == BALANCE {
                keeper.set_over(run.id, BALANCE)?;
            }
            keeper.show(run, single.object, single.id)
        },
    )
}
