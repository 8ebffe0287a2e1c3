//! `init`: a data folder with an empty ledger, its first stream opened.

use clap::Args;
use intake::Intake;
use ledger::{Source, StreamId};

use crate::exit::Exit;
use crate::failure::Outcome;
use crate::shell::{Fact, Shell, now_us};
use crate::standing::Standing;

/// Make a data folder with an empty ledger
#[derive(Debug, Args)]
pub(crate) struct Init {
    /// The Stripe account, acct_…
    #[arg(long, value_parser = parse_account)]
    account: String,
    /// Its live data; what is said without either
    #[arg(long, conflicts_with = "test")]
    live: bool,
    /// Its test data
    #[arg(long)]
    test: bool,
}

fn parse_account(text: &str) -> Result<String, String> {
    let is_plain = |rest: &str| {
        let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        !rest.is_empty() && rest.chars().all(is_letter)
    };
    match text.strip_prefix("acct_").is_some_and(is_plain) {
        true => Ok(text.to_owned()),
        false => Err(
            "expected acct_ and letters, digits or _, as Stripe's dashboard shows it".to_owned(),
        ),
    }
}

impl Init {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        let stream = StreamId::new(&self.account, self.live || !self.test)?;
        let mut ledger = shell.folder.create(&stream, now_us())?;
        let rejects = shell.folder.rejects_path();
        let mut intake = Intake::new(&mut ledger, &stream, Source::Import, &rejects, &now_us);
        intake.open_default()?;
        intake.finish()?;
        let standing = Standing::of_log(&ledger, &stream)?;
        let facts = [
            Fact::text("folder", shell.folder.path().display().to_string()),
            Fact::text("stream", stream.as_str()),
        ];
        shell.answer_facts(&facts, &standing)?;
        Ok(Exit::AllTrue)
    }
}
