//! The second exchange: objects folded, and their links brought to the ids of which they speak.
//!
//! What was laid aside is folded twice: first for its links alone, then, with those of others at hand, for its rows.
//! Keeping what came of the first time would cost more room than the second costs time.

use std::sync::{Mutex, PoisonError};
use std::{mem, thread};

use book::{Folded, Link, Target, Totals, link};

use super::Means;
use super::gather::{Objects, Part};
use super::merge::{Merge, Sorted, Sorter};
use super::portion::{Known, Object, Portion};
use super::run::Run;
use crate::ProjectorError;
use crate::report::Step;

/// Places whose rows are made and written at a time.
const SHARE: usize = 32;

/// Objects folded between two words on how far it is.
const TELL_EVERY: u64 = 1024;

/// An id under which rows stand: an object of the books, or one that others only refer to.
pub(super) struct Place {
    pub(super) target: Target,
    portions: Vec<Portion>,
    /// What others say under it, in the order of the rows.
    pub(super) links: Vec<Link>,
}

/// All places in the order of their targets.
pub(super) struct Places<'s> {
    objects: Merge<'s, Portion>,
    links: Merge<'s, Link>,
    /// How many portions have been taken, and how many there are.
    pub(super) taken: u64,
    pub(super) portions: u64,
}

impl Place {
    /// The object, and what the links add up to; none when what was laid aside can't be read.
    pub(super) fn unfold(&mut self) -> Option<(Option<Object>, Totals)> {
        let mut totals = Totals::new();
        for link in &self.links {
            link::add(&mut totals, link, 1);
        }
        let portions = mem::take(&mut self.portions);
        if portions.is_empty() {
            return Some((None, totals));
        }
        Some((Some(Object::of(portions)?), totals))
    }
}

impl Places<'_> {
    /// The next few dozen places; empty after the last.
    pub(super) fn take(&mut self) -> Result<Vec<Place>, ProjectorError> {
        let mut share = Vec::with_capacity(SHARE);
        while share.len() < SHARE {
            let Some(place) = self.next()? else { break };
            share.push(place);
        }
        Ok(share)
    }

    fn next(&mut self) -> Result<Option<Place>, ProjectorError> {
        let before_links = match (self.objects.peek(), self.links.peek()) {
            (None, None) => return Ok(None),
            (Some(portion), Some(link)) => portion.target <= link.target,
            (portion, _) => portion.is_some(),
        };
        let mut place = Place {
            target: match (before_links, self.objects.peek(), self.links.peek()) {
                (true, Some(portion), _) => portion.target.clone(),
                (_, _, Some(link)) => link.target.clone(),
                _ => return Ok(None),
            },
            portions: Vec::new(),
            links: Vec::new(),
        };
        if before_links {
            take_portions(&mut self.objects, &place.target, &mut place.portions)?;
            self.taken += place.portions.len() as u64;
        }
        while let Some(link) = self.links.next_if(|link| link.target == place.target)? {
            place.links.push(link);
        }
        Ok(Some(place))
    }
}

fn take_portions(
    objects: &mut Merge<'_, Portion>,
    target: &Target,
    portions: &mut Vec<Portion>,
) -> Result<(), ProjectorError> {
    while let Some(portion) = objects.next_if(|portion| portion.target == *target)? {
        portions.push(portion);
    }
    Ok(())
}

/// Folds every object and gives all places.
pub(super) fn places<'s>(
    objects: Objects,
    means: &Means<'s>,
    tell: &mut dyn FnMut(Step, u64, u64),
) -> Result<Places<'s>, ProjectorError> {
    let (objects, links, portions) = match objects {
        Objects::Held(parts) => {
            let (objects, links) = fold_held(parts, means, tell)?;
            let portions = objects.iter().map(|part| part.items.len() as u64).sum();
            (objects, links, portions)
        }
        Objects::Laid { runs, portions } => {
            let links = link_laid(&runs, portions, means, tell)?;
            (laid(runs), links, portions)
        }
    };
    Ok(Places {
        objects: Merge::new(means.scratch, objects, means.for_reading())?,
        links: Merge::new(means.scratch, links, means.for_reading())?,
        taken: 0,
        portions,
    })
}

fn laid(runs: Vec<Run>) -> Vec<Sorted<Portion>> {
    vec![Sorted {
        items: Vec::new(),
        runs,
    }]
}

/// What a thread makes of its part: objects, and the links that they leave.
type Folds = (Sorted<Portion>, Sorted<Link>);

/// The same of all threads.
type AllFolds = (Vec<Sorted<Portion>>, Vec<Sorted<Link>>);

fn fold_held(
    parts: Vec<Vec<Part>>,
    means: &Means<'_>,
    tell: &mut dyn FnMut(Step, u64, u64),
) -> Result<AllFolds, ProjectorError> {
    let folds: Vec<Folds> = thread::scope(|scope| {
        let mut parts = parts.into_iter();
        let own = parts.next();
        let others: Vec<_> = parts
            .map(|part| scope.spawn(move || fold_part(part, means, &mut |_, _, _| ())))
            .collect();
        let mut folds = Vec::new();
        folds.extend(own.map(|part| fold_part(part, means, tell)));
        for other in others {
            folds.push(other.join().expect("the fold does not panic"));
        }
        folds.into_iter().collect::<Result<_, _>>()
    })?;
    Ok(folds.into_iter().unzip())
}

/// Brings together what the threads know of the same objects, and folds each.
fn fold_part(
    known: Vec<Part>,
    means: &Means<'_>,
    tell: &mut dyn FnMut(Step, u64, u64),
) -> Result<Folds, ProjectorError> {
    let mut known = known.into_iter();
    let mut whole = known.next().unwrap_or_default();
    for (key, pending) in known.flatten() {
        whole.entry(key).or_default().join(pending);
    }
    let mut links = Sorter::new(means.scratch, means.for_links());
    let mut items = Vec::with_capacity(whole.len());
    let count = whole.len() as u64;
    for (done, (key, pending)) in (0..).zip(whole) {
        if done % TELL_EVERY == 0 {
            tell(Step::Link, done, count);
        }
        let target = Target::from(&key);
        let (register, entries) = pending.finish();
        let mut folded = Folded::new(key, register);
        for link in mem::take(&mut folded.links) {
            links.push(link)?;
        }
        let known = Known::Object(Object { folded, entries });
        items.push(Portion { target, known });
    }
    items.sort_unstable();
    let runs = Vec::new();
    Ok((Sorted { items, runs }, links.finish()))
}

/// The links of everything that was laid aside.
fn link_laid(
    runs: &[Run],
    portions: u64,
    means: &Means<'_>,
    tell: &mut dyn FnMut(Step, u64, u64),
) -> Result<Vec<Sorted<Link>>, ProjectorError> {
    let objects = Merge::new(means.scratch, laid(runs.to_vec()), means.for_reading())?;
    let links = Merge::new(means.scratch, Vec::new(), 0)?;
    let places = &Mutex::new(Places {
        objects,
        links,
        taken: 0,
        portions,
    });
    thread::scope(|scope| {
        let others: Vec<_> = (1..means.threads)
            .map(|_| scope.spawn(move || links_of(places, means, &mut |_, _, _| ())))
            .collect();
        let mut all = vec![links_of(places, means, tell)?];
        for other in others {
            all.push(other.join().expect("the fold does not panic")?);
        }
        Ok(all)
    })
}

/// The links of the shares that this thread gets.
fn links_of(
    places: &Mutex<Places<'_>>,
    means: &Means<'_>,
    tell: &mut dyn FnMut(Step, u64, u64),
) -> Result<Sorted<Link>, ProjectorError> {
    let mut links = Sorter::new(means.scratch, means.for_links());
    loop {
        let (share, taken, portions) = {
            let mut places = places.lock().unwrap_or_else(PoisonError::into_inner);
            (places.take()?, places.taken, places.portions)
        };
        if share.is_empty() {
            return Ok(links.finish());
        }
        for mut place in share {
            let (object, _) = place.unfold().ok_or_else(|| means.scratch.unreadable())?;
            for link in object.into_iter().flat_map(|object| object.folded.links) {
                links.push(link)?;
            }
        }
        tell(Step::Link, taken, portions);
    }
}
