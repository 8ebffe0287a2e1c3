//! What was asked of the simulated Stripe in runs that were killed one after the other, held against what sync remembered at each
//! kill: no page is asked for twice but those under way. Runs nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::remembered::Remembered;

/// One request, and on whose account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ask {
    /// A connected account; none: the key's own.
    pub(crate) account: Option<String>,
    pub(crate) target: String,
}

impl Ask {
    /// The list that this is a page of: the request without its cursor.
    fn list(&self) -> Self {
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        let kept = query.split('&').filter(|word| !is_cursor(word));
        let kept: Vec<&str> = kept.collect();
        Self {
            account: self.account.clone(),
            target: format!("{path}?{}", kept.join("&")),
        }
    }

    fn is_first(&self) -> bool {
        let (_, query) = self.target.split_once('?').unwrap_or_default();
        !query.split('&').any(is_cursor)
    }
}

fn is_cursor(word: &str) -> bool {
    word.starts_with("starting_after=")
}

/// How many requests a command may have under way, as its code has it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AtOnce {
    pub(crate) all: usize,
    pub(crate) of_one_kind: usize,
    /// Whether each run asks anew what is new, from where lists were followed to.
    pub(crate) asks_what_is_new: bool,
}

/// A run that was killed.
struct Killed {
    asked: Vec<Ask>,
    remembered: Remembered,
    /// What it had asked for last, and a later run asked for again.
    again: BTreeSet<Ask>,
}

/// Runs of one command, each killed but the last, which together do what one undisturbed run does.
pub(crate) struct Story {
    /// How often an undisturbed run asks for what it asks for more than once.
    calm: BTreeMap<Ask, usize>,
    /// In which runs each was asked for.
    asked: BTreeMap<Ask, Vec<usize>>,
    killed: Vec<Killed>,
}

impl Story {
    /// The beginning, with what an undisturbed run asks for.
    pub(crate) fn new(calm: &[Ask]) -> Self {
        let mut times = BTreeMap::new();
        for ask in calm {
            *times.entry(ask.clone()).or_default() += 1;
        }
        Self {
            calm: times,
            asked: BTreeMap::new(),
            killed: Vec::new(),
        }
    }

    /// One more run that was killed: what it asked for, and what sync remembers after it.
    pub(crate) fn killed(&mut self, asked: Vec<Ask>, remembered: Remembered) {
        self.hear(&asked);
        self.killed.push(Killed {
            asked,
            remembered,
            again: BTreeSet::new(),
        });
    }

    /// The run that ended by itself. How much was asked for again after each kill.
    pub(crate) fn ended(mut self, asked: &[Ask], at_once: AtOnce) -> Vec<usize> {
        self.hear(asked);
        let again = self.killed.iter().map(|killed| killed.judge(at_once));
        again.collect()
    }

    fn hear(&mut self, asked: &[Ask]) {
        let run = self.killed.len();
        for ask in asked {
            let calm = self.calm.get(ask).copied().unwrap_or(0).max(1);
            let runs = self.asked.entry(ask.clone()).or_default();
            runs.push(run);
            let here = runs.iter().filter(|other| **other == run).count();
            assert!(here <= calm, "{ask:?} was asked for twice by one run");
            if runs.len() > calm {
                let last = runs.iter().rfind(|other| **other < run).unwrap();
                self.killed[*last].again.insert(ask.clone());
            }
        }
    }
}

impl Killed {
    /// Whether all that was asked for again had been under way; how much it was, questions for what is new left out.
    fn judge(&self, at_once: AtOnce) -> usize {
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        for ask in &self.again {
            let kind = self.remembered.under_way(ask);
            let kind = kind.unwrap_or_else(|| {
                panic!("{ask:?} was remembered as read when the run was killed, and read again")
            });
            let of_list = |asked: &&Ask| asked.list() == ask.list();
            let last = self.asked.iter().rfind(of_list);
            assert_eq!(last, Some(ask), "the list had been gone on with behind it");
            let is_question = at_once.asks_what_is_new && self.remembered.is_next(ask);
            if !(is_question && ask.is_first()) {
                *kinds.entry(kind).or_default() += 1;
            }
        }
        let all: usize = kinds.values().sum();
        assert!(all <= at_once.all, "more than can be under way: {kinds:?}");
        let most = kinds.values().max().copied().unwrap_or(0);
        assert!(most <= at_once.of_one_kind, "{kinds:?}");
        all
    }
}
