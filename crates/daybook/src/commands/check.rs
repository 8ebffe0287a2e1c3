//! `check`: named questions about log and book, each answered by itself.

mod truth;

use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::styling::Style;
use ledger::{LedgerError, Log, StreamId};
use projector::OpenBook;
use rusqlite::named_params;
use rusqlite::types::Value as Cell;

use super::stripe_balance;
use crate::aside;
use crate::currency::worded;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome, ShellError};
use crate::listing::Listing;
use crate::paint::{DOUBT, PLAIN, WRONG, painted};
use crate::progress::Progress;
use crate::shell::Shell;
use crate::standing::Standing;

/// What a check is asked about.
pub(super) struct Subject<'a> {
    pub(super) log: &'a dyn Log,
    pub(super) book: &'a OpenBook,
    pub(super) stream: &'a StreamId,
    /// Where a simulation's truth is, if that is asked about.
    truth: Option<&'a Path>,
}

/// What a check says.
pub(super) enum Verdict {
    /// It holds.
    Holds(String),
    /// It can't be told while things move; neither clean nor a difference.
    Unsettled(String),
    /// It does not hold.
    Differs(String),
    /// The log itself does not hold.
    Damaged(String),
}

/// One question.
struct Question {
    name: &'static str,
    asks: &'static str,
    answer: fn(&Subject<'_>) -> Result<Verdict, Failure>,
}

/// The question that is asked with a file only.
const TRUTH: &str = "truth";

const QUESTIONS: [Question; 7] = [
    Question {
        name: "chain",
        asks: "every entry of the log is the one that was appended",
        answer: chain,
    },
    Question {
        name: "position",
        asks: "the book stands on this log",
        answer: position,
    },
    Question {
        name: "digest",
        asks: "the book's rows are those that its digest was made of",
        answer: digest,
    },
    Question {
        name: "findings",
        asks: "Stripe never disagrees with itself",
        answer: findings,
    },
    Question {
        name: "wanted",
        asks: "no object must be fetched to be sure of it",
        answer: wanted,
    },
    Question {
        name: "balance",
        asks: "the balance transactions add up to the balance that Stripe states",
        answer: stripe_balance::compare,
    },
    Question {
        name: TRUTH,
        asks: "with --truth: the books are what a simulation says is true",
        answer: truth_in_file,
    },
];

/// Ask whether log and book hold
#[derive(Debug, Args)]
#[command(after_help = help())]
pub(crate) struct Check {
    /// Only this one
    #[arg(value_parser = QUESTIONS.map(|question| question.name))]
    name: Option<String>,
    /// The truth of a simulation to hold the books against: truth.json of `simulate`, or what `simulate --serve` says at
    /// `/_simulator/truth`
    #[arg(long, value_name = "FILE")]
    truth: Option<PathBuf>,
}

impl Check {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        let (log, stream, book) = shell.log_and_book()?;
        let standing = Standing::of_book(&book, &stream, &log.head(&stream)?)?;
        let subject = Subject {
            log: &log,
            book: &book,
            stream: &stream,
            truth: self.truth.as_deref(),
        };
        let asked = QUESTIONS.iter().filter(|question| match &self.name {
            Some(name) => name == question.name,
            None => question.name != TRUTH || self.truth.is_some(),
        });
        let mut answers = Vec::new();
        for question in asked {
            answers.push((question, (question.answer)(&subject)?));
        }
        if !shell.is_for_people() {
            shell.answer(&[("checks", listing(&answers))], &standing)?;
        } else {
            for (question, verdict) in &answers {
                let (word, what) = verdict.words();
                let word = painted(verdict.style(), &format!("{word:<11}"));
                // What is long stands in lines of its own, under its beginning.
                let what = what.replace("; ", &format!(";\n{:21}", ""));
                shell
                    .screen
                    .line(format!("{:<10}{word}{what}", question.name))?;
            }
            shell.screen.line(standing.line())?;
            let is_grouped = |(question, verdict): &(&Question, Verdict)| {
                ["findings", "wanted"].contains(&question.name)
                    && matches!(verdict, Verdict::Differs(_))
            };
            if answers.iter().any(is_grouped) {
                shell.screen.flush()?;
                aside::hint(
                    "`daybook notices` says what they are, with the money at stake and what mends it",
                );
            }
        }
        Ok(exit(answers.iter().map(|(_, verdict)| verdict)))
    }
}

/// What one question about a stream came to.
pub(crate) struct Checked {
    /// The stream.
    pub(crate) stream: StreamId,
    /// The question's name.
    pub(crate) name: &'static str,
    verdict: Verdict,
}

impl Checked {
    /// The verdict in a word, and what it rests on.
    pub(crate) fn words(&self) -> (&'static str, &str) {
        self.verdict.words()
    }
}

/// Asks the questions of these names about a stream.
pub(super) fn ask(
    shell: &Shell,
    stream: &StreamId,
    names: &[&str],
) -> Result<Vec<Checked>, Failure> {
    let (log, book) = (shell.folder.log()?, shell.folder.book()?);
    let subject = Subject {
        log: &log,
        book: &book,
        stream,
        truth: None,
    };
    let asked = QUESTIONS
        .iter()
        .filter(|question| names.contains(&question.name));
    let checked = asked.map(|question| {
        let _bar = Progress::waiting(question.asks);
        Ok(Checked {
            stream: stream.clone(),
            name: question.name,
            verdict: (question.answer)(&subject)?,
        })
    });
    checked.collect()
}

/// How a run ends that these came out of.
pub(super) fn exit_of(checked: &[Checked]) -> Exit {
    exit(checked.iter().map(|checked| &checked.verdict))
}

impl Verdict {
    fn words(&self) -> (&'static str, &str) {
        match self {
            Self::Holds(what) => ("ok", what),
            Self::Unsettled(what) => ("unsettled", what),
            Self::Differs(what) => ("differs", what),
            Self::Damaged(what) => ("damaged", what),
        }
    }

    fn style(&self) -> Style {
        match self {
            Self::Holds(_) => PLAIN,
            Self::Unsettled(_) => DOUBT,
            Self::Differs(_) | Self::Damaged(_) => WRONG,
        }
    }
}

/// For programs: a row a check.
fn listing(answers: &[(&Question, Verdict)]) -> Listing {
    let row = |(question, verdict): &(&Question, Verdict)| {
        let (word, what) = verdict.words();
        let texts = [question.name, question.asks, word, what];
        texts.map(|text| Cell::Text(text.to_owned())).to_vec()
    };
    let columns = ["name", "asks", "verdict", "what"];
    Listing::new(&columns, answers.iter().map(row).collect())
}

fn exit<'a>(verdicts: impl Iterator<Item = &'a Verdict>) -> Exit {
    verdicts.fold(Exit::AllTrue, |exit, verdict| match (exit, verdict) {
        (Exit::Damaged, _) | (_, Verdict::Damaged(_)) => Exit::Damaged,
        (_, Verdict::Differs(_)) => Exit::Differences,
        (exit, Verdict::Holds(_) | Verdict::Unsettled(_)) => exit,
    })
}

fn help() -> String {
    let lines = QUESTIONS
        .iter()
        .map(|question| format!("  {:<10}{}", question.name, question.asks));
    format!("Checks:\n{}", lines.collect::<Vec<_>>().join("\n"))
}

fn chain(subject: &Subject<'_>) -> Result<Verdict, Failure> {
    match ledger::verify_stream(
        subject.log,
        &subject.log.head(subject.stream)?,
        None,
        &mut |_| {},
    ) {
        Ok(verified) => Ok(Verdict::Holds(worded(
            verified.head.seq,
            "entry",
            "entries",
        ))),
        Err(LedgerError::Faulty { seq, fault, .. }) => {
            Ok(Verdict::Damaged(format!("entry {seq}: {fault}")))
        }
        Err(error) => Err(error.into()),
    }
}

fn position(subject: &Subject<'_>) -> Result<Verdict, Failure> {
    use projector::ProjectorError as E;
    match projector::check_position(subject.log, subject.book) {
        Ok(_) => Ok(Verdict::Holds("the book stands on this log".to_owned())),
        Err(error @ (E::OtherLog { .. } | E::ShorterLog { .. })) => {
            Ok(Verdict::Differs(error.to_string()))
        }
        Err(error) => Err(error.into()),
    }
}

fn digest(subject: &Subject<'_>) -> Result<Verdict, Failure> {
    let differences = projector::check_digest(subject.book, subject.stream)?;
    Ok(match differences.first() {
        None => Verdict::Holds(subject.book.digest(subject.stream)?.to_string()),
        Some(first) => Verdict::Differs(format!(
            "{} parts of tables; the first: {} part {}, {} rows where there were {}",
            differences.len(),
            first.table,
            first.bucket,
            first.rows_found,
            first.rows_stored
        )),
    })
}

fn findings(subject: &Subject<'_>) -> Result<Verdict, Failure> {
    let sql = "SELECT code, count(*) AS findings FROM findings WHERE stream = :stream GROUP BY code ORDER BY code";
    counted(subject, sql, "none")
}

fn wanted(subject: &Subject<'_>) -> Result<Verdict, Failure> {
    let sql = "SELECT reason, count(*) AS objects FROM wanted WHERE stream = :stream GROUP BY reason ORDER BY reason";
    counted(subject, sql, "nothing")
}

fn truth_in_file(subject: &Subject<'_>) -> Result<Verdict, Failure> {
    match subject.truth {
        Some(path) => truth::compare(subject, path),
        None => Err(ShellError::TruthUnnamed.into()),
    }
}

/// Holds when the query finds nothing; else says how often it found what.
fn counted(subject: &Subject<'_>, sql: &str, nothing: &str) -> Result<Verdict, Failure> {
    let listing = Listing::ask(
        subject.book,
        sql,
        named_params! {":stream": subject.stream.as_str()},
    )?;
    if listing.is_empty() {
        return Ok(Verdict::Holds(nothing.to_owned()));
    }
    Ok(Verdict::Differs(listing.pairs().join(", ")))
}
