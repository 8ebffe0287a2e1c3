//! The register: what must be remembered of an object's claims to know its newest state, whatever comes later.
//!
//! A register is a set. Joining two is union, then a pruning that looks only at times, so it is commutative, associative
//! and idempotent; all cleverness is in [`mod@crate::resolve`]. Nothing here may know arrival, batch or thread.

use std::cmp::Ordering;

use facts::{Claim, Fact, Origin};

/// The newest two layers of an object's claims, its deletion, and the newest notification without content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Register {
    claims: Vec<Claim>,
    tombstone: Option<Tombstone>,
    thin_s: Option<i64>,
    is_seen: bool,
}

/// The earliest statement that an object is deleted. Deletion is absorbing, whatever its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tombstone {
    /// First second of the claim.
    pub lo_s: i64,
    /// First second after the claim.
    pub hi_s: i64,
    /// The claim's id.
    pub claim: Box<str>,
    /// The log entry that holds it, for tracing only.
    pub seq: u64,
}

/// The two layers of a register: no claim of the base can be newer than one of the front.
pub struct Layers<'a> {
    /// The claims of which none is known to be older than another: each ends after the last beginning.
    pub front: Vec<&'a Claim>,
    /// The same among those that are older than the front.
    pub base: Vec<&'a Claim>,
}

impl Register {
    /// Puts back together what [`Register::claims`], [`Register::tombstone`], [`Register::thin_s`] and
    /// [`Register::is_seen`] gave.
    #[must_use]
    pub fn from_parts(
        claims: Vec<Claim>,
        tombstone: Option<Tombstone>,
        thin_s: Option<i64>,
        is_seen: bool,
    ) -> Self {
        let mut register = Register {
            claims,
            tombstone,
            thin_s,
            is_seen,
        };
        register.normalize();
        register
    }

    /// Joins all these facts, which must be about one object.
    pub fn extend(&mut self, facts: impl IntoIterator<Item = Fact>) {
        for fact in facts {
            match fact {
                Fact::Thin { created_s, .. } => self.thin_s = self.thin_s.max(Some(created_s)),
                Fact::Claim(claim) => self.push(claim),
            }
        }
        self.normalize();
    }

    /// Joins another register of the same object.
    pub fn join(&mut self, other: Register) {
        self.claims.extend(other.claims);
        self.tombstone = earliest(self.tombstone.take(), other.tombstone);
        self.thin_s = self.thin_s.max(other.thin_s);
        self.is_seen |= other.is_seen;
        self.normalize();
    }

    /// The claims kept, in a fixed order that has nothing to do with arrival.
    #[must_use]
    pub fn claims(&self) -> &[Claim] {
        &self.claims
    }

    /// The deletion, if Stripe has stated one.
    #[must_use]
    pub fn tombstone(&self) -> Option<&Tombstone> {
        self.tombstone.as_ref()
    }

    /// Stripe's second of the newest notification that carried no content.
    #[must_use]
    pub fn thin_s(&self) -> Option<i64> {
        self.thin_s
    }

    /// Whether Stripe has ever shown the object by itself, not only inside another one.
    #[must_use]
    pub fn is_seen(&self) -> bool {
        self.is_seen
    }

    /// The last second at which any claim begins: after it nothing is known.
    #[must_use]
    pub fn newest_s(&self) -> Option<i64> {
        self.claims.iter().map(|claim| claim.lo_s).max()
    }

    /// The claims in their two layers.
    #[must_use]
    pub fn layers(&self) -> Layers<'_> {
        let newest_s = self.newest_s().unwrap_or(i64::MIN);
        let (front, base) = self.claims.iter().partition(|claim| claim.hi_s > newest_s);
        Layers { front, base }
    }

    /// A claim that holds at no second says nothing, and must not push others out.
    fn push(&mut self, mut claim: Claim) {
        if claim.deleted {
            let stone = Tombstone {
                lo_s: claim.lo_s,
                hi_s: claim.hi_s,
                claim: claim.id.clone(),
                seq: claim.seq,
            };
            self.tombstone = earliest(self.tombstone.take(), Some(stone));
            claim.deleted = false;
        }
        if claim.after.is_some() && claim.lo_s < claim.hi_s {
            self.is_seen |= claim.origin != Origin::Embedded;
            self.claims.push(claim);
        }
    }

    /// Sorts, removes what is there twice (the smallest seq stays), and prunes below the base.
    fn normalize(&mut self) {
        prune(&mut self.claims);
        self.claims
            .sort_unstable_by(|one, other| compare(one, other).then(one.seq.cmp(&other.seq)));
        self.claims
            .dedup_by(|later, earlier| compare(later, earlier).is_eq());
    }
}

/// Drops every claim that is below the base. `x` is older than `y` when `x.hi_s <= y.lo_s`.
fn prune(claims: &mut Vec<Claim>) {
    let newest_s = |below_s: i64, claims: &[Claim]| {
        claims
            .iter()
            .filter(|claim| claim.hi_s <= below_s)
            .map(|claim| claim.lo_s)
            .max()
    };
    let Some(front_s) = newest_s(i64::MAX, claims) else {
        return;
    };
    if let Some(base_s) = newest_s(front_s, claims) {
        claims.retain(|claim| claim.hi_s > base_s);
    }
}

fn earliest(one: Option<Tombstone>, other: Option<Tombstone>) -> Option<Tombstone> {
    one.into_iter().chain(other).min_by(|one, other| {
        (one.lo_s, &one.claim, one.hi_s, one.seq).cmp(&(
            other.lo_s,
            &other.claim,
            other.hi_s,
            other.seq,
        ))
    })
}

/// Orders claims by all that they say; equal claims differ at most in the entry that holds them.
pub(crate) fn compare(one: &Claim, other: &Claim) -> Ordering {
    fn times(claim: &Claim) -> (i64, i64) {
        (claim.lo_s, claim.hi_s)
    }
    fn source(claim: &Claim) -> (&str, &str, Origin, &str, Option<&str>) {
        (
            &claim.id,
            &claim.version,
            claim.origin,
            &claim.event_type,
            claim.request.as_deref(),
        )
    }
    times(one)
        .cmp(&times(other))
        .then_with(|| source(one).cmp(&source(other)))
        .then_with(|| one.after.cmp(&other.after))
        .then_with(|| one.before.cmp(&other.before))
}
