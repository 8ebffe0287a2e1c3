//! The second exchange: objects folded, and their links brought to the ids of which they speak.

use std::thread;

use book::{Folded, Link, Target, Totals, link};

use super::gather::Part;

/// Places whose rows are made and written at a time.
const SHARE: usize = 128;

/// An id under which rows stand: an object of the books, or one that others only refer to.
pub(super) struct Place {
    pub(super) target: Target,
    pub(super) folded: Option<Folded>,
    /// What others say under it, in the order of the rows.
    pub(super) links: Vec<Link>,
    pub(super) totals: Totals,
}

/// Folds every object and gives all places, in the order of their targets, in shares of some hundred.
pub(super) fn places(parts: Vec<Part>, threads: usize) -> Vec<Vec<Place>> {
    let objects = fold(parts, threads);
    let mut links: Vec<Link> = objects
        .iter()
        .flat_map(|(_, folded)| folded.links.iter().cloned())
        .collect();
    // The order of links is that of the key of their table: target, relation, source.
    links.sort_unstable();
    let mut shares = vec![Vec::with_capacity(SHARE)];
    let (mut objects, mut links) = (objects.into_iter().peekable(), links.into_iter().peekable());
    loop {
        let target = match (objects.peek(), links.peek()) {
            (None, None) => return shares,
            (Some((target, _)), None) => target.clone(),
            (None, Some(link)) => link.target.clone(),
            (Some((target, _)), Some(link)) => target.min(&link.target).clone(),
        };
        let object = objects.next_if(|(found, _)| *found == target);
        let mut place = Place {
            target,
            folded: object.map(|(_, folded)| folded),
            links: Vec::new(),
            totals: Totals::new(),
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
fn fold(parts: Vec<Part>, threads: usize) -> Vec<(Target, Folded)> {
    let fold_part = |part: Part| {
        let mut objects: Vec<(Target, Folded)> = part
            .into_iter()
            .map(|(key, pending)| (Target::from(&key), Folded::new(key, pending.finish())))
            .collect();
        objects.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        objects
    };
    if threads == 1 {
        return parts.into_iter().flat_map(fold_part).collect();
    }
    let mut objects: Vec<(Target, Folded)> = thread::scope(|scope| {
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
