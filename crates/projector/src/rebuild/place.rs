//! The second exchange: objects folded, and their links brought to the ids of which they speak.

use std::{mem, thread};

use book::{Folded, Link, Target, Totals, link};

use super::gather::Part;
use crate::entries::Entries;

/// Places whose rows are made and written at a time.
const SHARE: usize = 32;

/// An id under which rows stand: an object of the books, or one that others only refer to.
pub(super) struct Place {
    pub(super) target: Target,
    pub(super) object: Option<Object>,
    /// What others say under it, in the order of the rows.
    pub(super) links: Vec<Link>,
    pub(super) totals: Totals,
}

/// An object of the books.
pub(super) struct Object {
    /// Its own links are with their targets.
    pub(super) folded: Folded,
    /// The entries that spoke of it.
    pub(super) entries: Entries,
}

impl Place {
    fn new(target: Target, object: Option<Object>) -> Self {
        Place {
            target,
            object,
            links: Vec::new(),
            totals: Totals::new(),
        }
    }
}

/// Folds every object and gives all places, in the order of their targets, in shares of a few dozen.
pub(super) fn places(parts: Vec<Part>, threads: usize) -> Vec<Vec<Place>> {
    let mut objects = fold(parts, threads);
    let mut links: Vec<Link> = objects
        .iter_mut()
        .flat_map(|(_, object)| mem::take(&mut object.folded.links))
        .collect();
    // The order of links is that of the key of their table: target, relation, source.
    links.sort_unstable();
    let mut shares = vec![Vec::with_capacity(SHARE)];
    let (mut objects, mut links) = (objects.into_iter().peekable(), links.into_iter().peekable());
    loop {
        let before_links = |(target, _): &(Target, Object)| match links.peek() {
            Some(link) => *target <= link.target,
            None => true,
        };
        let mut place = match objects.next_if(before_links) {
            Some((target, object)) => Place::new(target, Some(object)),
            None => match links.peek() {
                Some(link) => Place::new(link.target.clone(), None),
                None => return shares,
            },
        };
        while let Some(link) = links.next_if(|link| link.target == place.target) {
            link::add(&mut place.totals, &link, 1);
            place.links.push(link);
        }
        match shares.last_mut() {
            Some(share) if share.len() < SHARE => share.push(place),
            _ => shares.push(vec![place]),
        }
    }
}

/// All objects in the order of their targets.
fn fold(parts: Vec<Part>, threads: usize) -> Vec<(Target, Object)> {
    let fold_part = |part: Part| {
        let mut objects: Vec<(Target, Object)> = part
            .into_iter()
            .map(|(key, pending)| {
                let target = Target::from(&key);
                let (register, entries) = pending.finish();
                let folded = Folded::new(key, register);
                (target, Object { folded, entries })
            })
            .collect();
        objects.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        objects
    };
    if threads == 1 {
        return parts.into_iter().flat_map(fold_part).collect();
    }
    let mut objects: Vec<(Target, Object)> = thread::scope(|scope| {
        let folding: Vec<_> = parts
            .into_iter()
            .map(|part| scope.spawn(move || fold_part(part)))
            .collect();
        folding
            .into_iter()
            .flat_map(|thread| thread.join().expect("the fold does not panic"))
            .collect()
    });
    // Finds the sorted parts and merges them.
    objects.sort_by(|(one, _), (other, _)| one.cmp(other));
    objects
}
