//! Callers that each wait for their entry to be on disk before they append the next, against transactions of as many rows.

use std::error::Error;
use std::sync::{Barrier, mpsc};
use std::thread;
use std::vec::IntoIter;

use ledger::{AppendError, Appender, Dictionary, GroupCommit, Limits, OwnedEntry};

use crate::contest::{self, Contest, Turn, time};
use crate::corpus::Corpus;
use crate::ledger;
use crate::plain::Plain;

/// How a caller waits: in a thread of its own, or as a server's request does, by being called back.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Waiting {
    Threads,
    Calls,
}

/// Entries of one turn: some hundred commits.
pub(crate) fn rows(callers: usize) -> usize {
    callers * if callers == 1 { 400 } else { 150 }
}

pub(crate) fn compare(
    corpus: &Corpus,
    dictionary: &Dictionary,
    callers: usize,
    waiting: Waiting,
    rounds: usize,
) -> Result<Contest, Box<dyn Error>> {
    let rows = rows(callers).min(corpus.entries.len());
    let entries = &corpus.entries[..rows];
    let plain = || {
        let folder = tempfile::tempdir()?;
        let plain = Plain::create(&folder.path().join("plain.db"))?;
        time(|| plain.insert(entries, callers))
    };
    let ours = || {
        let folder = tempfile::tempdir()?;
        let ledger = ledger(&folder.path().join("ledger.db"), dictionary)?;
        let group = GroupCommit::start(ledger, Limits::default())?;
        let append = match waiting {
            Waiting::Threads => append_from_threads,
            Waiting::Calls => append_from_calls,
        };
        let turn = append(callers, entries, &group.appender());
        group.stop()?;
        turn
    };
    contest::compare(rounds, ours, plain)
}

/// From the moment that all callers are ready to the last answer.
fn append_from_threads(callers: usize, entries: &[OwnedEntry], appender: &Appender) -> Turn {
    let start = Barrier::new(callers + 1);
    let call = |own: Vec<OwnedEntry>| {
        let (appender, start) = (appender.clone(), &start);
        move || {
            start.wait();
            own.into_iter()
                .try_for_each(|entry| appender.append(vec![entry]).map(drop))
        }
    };
    thread::scope(|scope| {
        let callers: Vec<_> = entries
            .chunks(entries.len().div_ceil(callers))
            .map(|own| scope.spawn(call(own.to_vec())))
            .collect();
        start.wait();
        time(|| {
            for caller in callers {
                caller.join().expect("a caller does not panic")?;
            }
            Ok(())
        })
    })
}

/// From the first submission to the last answer; each answer submits its caller's next entry.
fn append_from_calls(callers: usize, entries: &[OwnedEntry], appender: &Appender) -> Turn {
    let own: Vec<_> = entries
        .chunks(entries.len().div_ceil(callers))
        .map(<[OwnedEntry]>::to_vec)
        .map(Vec::into_iter)
        .collect();
    time(|| {
        let (failed, failures) = mpsc::channel();
        for own in own {
            append_next(appender.clone(), own.into_iter(), failed.clone());
        }
        drop(failed);
        // Ends when the last caller is done and has let go of its end.
        match failures.iter().next() {
            Some(error) => Err(error.into()),
            None => Ok(()),
        }
    })
}

fn append_next(
    appender: Appender,
    mut own: IntoIter<OwnedEntry>,
    failed: mpsc::Sender<AppendError>,
) {
    let Some(entry) = own.next() else {
        return;
    };
    appender
        .clone()
        .submit(vec![entry], move |result| match result {
            Ok(_) => append_next(appender, own, failed),
            Err(error) => failed.send(error).unwrap_or(()),
        });
}
