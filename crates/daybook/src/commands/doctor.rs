//! `doctor`: whether everything is as it must be for Stripe to be read, and what to do where it is not.

use clap::Args;
use clap::builder::styling::Style;
use rusqlite::types::Value as Cell;
use serde_json::json;

use crate::access::Access;
use crate::doctor::{self, Sign, Subject, Word};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::listing::Listing;
use crate::paint::{DOUBT, PLAIN, WRONG, painted};
use crate::shell::{Shell, now_us};

/// Where the second column begins, and the third.
const WIDTHS: (usize, usize) = (13, 9);

/// Ask whether Stripe can be read: key, permissions, account, clock, versions, data folder, the last night
#[derive(Debug, Args)]
#[command(
    after_help = "It asks Stripe once for a page of each kind that is read, and changes nothing, here or there.\nThe key is taken from STRIPE_API_KEY, or from the file that DAYBOOK_API_KEY_FILE names.\n\nExit 0: all is well, advice aside. Exit 3: something will not work."
)]
pub(crate) struct Doctor {}

impl Doctor {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        let mut signs = doctor::look_at_home(&shell.folder, now_us() / 1_000_000);
        signs.extend(look_at_stripe(shell)?);
        if shell.is_for_people() {
            for sign in &signs {
                tell(shell, sign)?;
            }
        } else {
            let listing = listing(&signs);
            if shell.is_csv() {
                shell.screen.bytes(&listing.csv())?;
            } else {
                shell.screen.json(&json!({ "checks": listing.json() }))?;
            }
        }
        let is_wrong = signs.iter().any(|sign| sign.word == Word::Wrong);
        Ok(if is_wrong {
            Exit::Differences
        } else {
            Exit::AllTrue
        })
    }
}

fn look_at_stripe(shell: &Shell) -> Result<Vec<Sign>, Failure> {
    let Ok(stream) = shell.folder.stream() else {
        return Ok(vec![Sign::unasked(
            "stripe",
            "there is no data folder to ask it for",
        )]);
    };
    let access = match Access::open_briefly(&shell.folder) {
        Ok(access) => access,
        Err(failure) => return Ok(doctor::unasked(&failure)),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(crate::failure::failed(
        "start the clock of",
        shell.folder.path(),
    ))?;
    let subject = Subject {
        stream: &stream,
        livemode: access.livemode,
        restricted: access.restricted,
        is_stripe: access.is_stripe,
        now_s: &|| now_us() / 1_000_000,
    };
    Ok(runtime.block_on(doctor::ask_stripe(&access.api, &subject)))
}

fn tell(shell: &mut Shell, sign: &Sign) -> Result<(), Failure> {
    let (check, word) = WIDTHS;
    let text = painted(style(sign.word), &format!("{:<word$}", sign.word.text()));
    shell
        .screen
        .line(format!("{:<check$}{text}{}", sign.check, sign.says))?;
    if let Some(remedy) = &sign.remedy {
        shell
            .screen
            .line(format!("{:<width$}{remedy}", "", width = check + word))?;
    }
    Ok(())
}

fn style(word: Word) -> Style {
    match word {
        Word::Fine => PLAIN,
        Word::Advice | Word::Unasked => DOUBT,
        Word::Wrong => WRONG,
    }
}

fn listing(signs: &[Sign]) -> Listing {
    let text = |text: &str| Cell::Text(text.to_owned());
    let row = |sign: &Sign| {
        vec![
            text(sign.check),
            text(sign.word.text()),
            text(&sign.says),
            sign.remedy.as_deref().map_or(Cell::Null, text),
        ]
    };
    Listing::new(
        &["check", "result", "says", "remedy"],
        signs.iter().map(row).collect(),
    )
}
