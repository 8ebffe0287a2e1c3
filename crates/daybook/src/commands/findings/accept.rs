//! `findings accept ID`: somebody's word that a finding may be, appended to the log.

use std::env;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use ledger::{Ledger, Source};
use reconcile::{Acceptance, accepted_note};

use crate::exit::Exit;
use crate::failure::{Outcome, ShellError};
use crate::past;
use crate::screen::harmless;
use crate::shell::{Fact, Shell, now_us};
use crate::standing::Standing;

/// Say that a finding may be, and why
///
/// It is kept in the log and shown with the finding. It holds for this difference only, and until it is repaired or gone: another
/// difference of the same object, or the same one come back, is open again. Said again, the newer word counts.
#[derive(Debug, Args)]
pub(super) struct Accept {
    /// The finding, by its name, the beginning of it, or the id of its object
    id: String,
    /// Why it may be
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    why: String,
    /// Who says so; by default the user who is logged in
    #[arg(long, value_name = "WHO", value_parser = NonEmptyStringValueParser::new())]
    by: Option<String>,
}

impl Accept {
    pub(super) fn run(self, shell: &mut Shell) -> Outcome {
        let (log, stream) = shell.log()?;
        let memory = past::open(&shell.folder, &log, &stream)?;
        let tracked = past::finding(&memory, &stream, &self.id)?;
        let (finding, state) = (tracked.outcome.finding, tracked.outcome.state);
        if state.is_over() {
            let (id, state) = (finding.id, state.as_str());
            return Err(ShellError::Over { id, state }.into());
        }
        let now_us = now_us();
        let acceptance = Acceptance {
            of: finding.gist(),
            finding: finding.id,
            by: self.by.unwrap_or_else(user),
            why: self.why,
            at_s: now_us.div_euclid(1_000_000),
        };
        let note = accepted_note(&acceptance);
        let moments = (acceptance.at_s, now_us);
        let entry = intake::control(&stream, note.type_, note.body, Source::Sync, moments);
        let mut ledger = shell.folder.ledger()?;
        ledger.append(&[entry.as_new_entry()])?;
        let text = |name, text: &str| Fact::new(name, text, harmless(text));
        let facts = [
            text("finding", &acceptance.finding),
            text("object", &finding.object_id),
            text("state", "accepted"),
            text("by", &acceptance.by),
            text("why", &acceptance.why),
        ];
        shell.answer_facts(&facts, &Standing::of_log(&ledger, &stream)?)?;
        Ok(Exit::AllTrue)
    }
}

/// Who is logged in, as far as the environment says; else the number of the user whose process this is.
fn user() -> String {
    let named = ["LOGNAME", "USER"].into_iter();
    let mut names = named.filter_map(|name| env::var(name).ok());
    let found = names.find(|name| !name.is_empty());
    found.unwrap_or_else(|| format!("user {}", rustix::process::getuid().as_raw()))
}
