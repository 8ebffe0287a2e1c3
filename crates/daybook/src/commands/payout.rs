//! `payout ID`: one payout with the balance transactions that Stripe says it covers, their sums, and whether they come to its
//! amount. What Stripe does not itemise is not itemised here by any guess.

use clap::Args;
use facts::ObjectKey;
use facts::objects::{payout, payout_membership};
use rusqlite::named_params;
use rusqlite::types::Value as Cell;
use serde_json::{Value, json};

use super::timeline::View;
use crate::currency::{amount, count, worded};
use crate::dossier::{self, Dossier};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::listing::{Listing, text};
use crate::shell::Shell;
use crate::timeline::Timeline;

const PAYOUT: &str = "
    SELECT id, status, automatic, method, type, created_s, arrival_s, currency, amount_minor, destination_id,
           statement_descriptor, reconciliation_status, failure_code, failure_message, original_payout_id, reversed_by_id,
           balance_transaction_id, failure_balance_transaction_id, certainty, gap, at_stake_minor, unknown, version, known_seq
    FROM payouts WHERE stream = :stream AND id = :id";

/// For programs only.
const DETAILS: &[&str] = &["automatic", "gap", "version", "known_seq"];

/// What the payout covers, but for what it did to the balance itself.
macro_rules! members {
    () => {
        "FROM payout_transactions AS m
         JOIN payouts AS p ON p.stream = m.stream AND p.id = m.payout_id
         LEFT JOIN balance_transactions AS t ON t.stream = m.stream AND t.id = m.id
         WHERE m.stream = :stream AND m.payout_id = :id AND m.id IS NOT p.balance_transaction_id"
    };
}

const SUMS: &str = concat!(
    "SELECT coalesce(t.reporting_category, t.type, 'not read yet') AS category, count(*) AS transactions, t.currency,
            sum(t.amount_minor) AS amount_minor, sum(t.fee_minor) AS fee_minor, sum(t.net_minor) AS net_minor ",
    members!(),
    " GROUP BY category, t.currency ORDER BY category, t.currency"
);

const ITEMS: &str = concat!(
    "SELECT m.id, coalesce(t.reporting_category, t.type) AS category, t.created_s, t.source_id, t.currency, t.amount_minor,
            t.fee_minor, t.net_minor ",
    members!(),
    " ORDER BY t.created_s, m.id"
);

/// For programs only.
const ITEM_DETAILS: &[&str] = &["source_id"];

/// People are shown no more items than these, unless they ask for all.
const ITEMS_SHOWN: usize = 20;

/// How many members there are, how many of them were read, in the payout's currency and in others, and their sum.
const PROOF: &str = concat!(
    "SELECT count(*) AS members, count(t.id) AS read, count(nullif(t.currency, p.currency)) AS foreign_members,
            coalesce(sum(t.net_minor), 0) AS members_minor, (
                SELECT count(*) FROM payout_memberships WHERE stream = :stream AND id = :id) AS memberships ",
    members!()
);

const FINDINGS: &str = "
    SELECT code, what, mend, currency, at_stake_minor
    FROM findings WHERE stream = :stream AND object_type IN ('payout', 'payout_membership') AND object_id = :id
    ORDER BY code";

/// What it answers with.
pub(super) const TABLES: [&str; 5] = ["payout", "sums", "items", "findings", "timeline"];

/// Show one payout: what it covers, with the sums
#[derive(Debug, Args)]
pub(crate) struct Payout {
    /// Its id, po_…
    id: String,
    /// Show all that it covers, not only the first 20
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    view: View,
}

/// Whether what the payout covers comes to its amount.
struct Proof {
    state: &'static str,
    members: u64,
    members_minor: i64,
    words: String,
}

impl Payout {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        let (book, stream, standing) = shell.book()?;
        let (log, _) = shell.log()?;
        let ask = |sql: &str| -> Result<Listing, Failure> {
            Listing::ask(
                &book,
                sql,
                named_params! {":stream": stream.as_str(), ":id": self.id},
            )
        };
        let object = ask(PAYOUT)?.with_details(DETAILS);
        if object.is_empty() {
            return Err(dossier::absent(
                "payout",
                &self.id,
                (&book, &stream),
                &standing,
            ));
        }
        let proof = Proof::of(&object, &ask(PROOF)?);
        let exit = match proof.state {
            "differs" => Exit::Differences,
            _ => Exit::AllTrue,
        };
        let key = |schema| ObjectKey {
            schema,
            id: self.id.as_str().into(),
        };
        let items = ask(ITEMS)?.with_details(ITEM_DETAILS).with_days();
        let is_short = shell.is_for_people() && !self.all;
        let related = vec![key(&payout_membership::SCHEMA)];
        let dossier = Dossier {
            name: TABLES[0],
            object,
            parts: vec![
                (TABLES[1], ask(SUMS)?),
                (
                    TABLES[2],
                    if is_short {
                        items.with_first(ITEMS_SHOWN)
                    } else {
                        items
                    },
                ),
                (TABLES[3], ask(FINDINGS)?),
            ],
            notes: vec![("itemised", proof.json(), proof.words)],
            timeline: Timeline::of(
                (&book, &log, &stream),
                key(&payout::SCHEMA),
                related,
                self.view.order(),
            )?,
        };
        dossier.answer(shell, &standing)?;
        Ok(exit)
    }
}

impl Proof {
    fn of(payout: &Listing, proof: &Listing) -> Self {
        let number = |listing: &Listing, name: &str| match listing.first(name) {
            Some(Cell::Integer(number)) => *number,
            _ => 0,
        };
        let of_payout = |name: &str| payout.first(name).map_or("", text);
        let (paid_minor, members_minor) = (
            number(payout, "amount_minor"),
            number(proof, "members_minor"),
        );
        let counted = |name: &str| u64::try_from(number(proof, name)).unwrap_or(0);
        let (members, read) = (counted("members"), counted("read"));
        let currency = of_payout("currency");
        let shown = |minor| amount(minor, currency);
        let is_by_hand = number(payout, "automatic") == 0 || of_payout("method") == "instant";
        let is_never = is_by_hand || of_payout("reconciliation_status") == "not_applicable";
        let (state, words) = match () {
            () if number(proof, "memberships") == 0 && is_never => (
                "not_itemised",
                "not itemised by Stripe: it says what a payout covers only of automatic ones that are not instant".to_owned(),
            ),
            () if number(proof, "memberships") == 0 => (
                "not_read",
                "what it covers was not read yet: Stripe tells it in a list, not in events".to_owned(),
            ),
            () if read < members => (
                "incomplete",
                format!(
                    "{} of its {} not read yet",
                    count(members - read),
                    worded(members, "transaction was", "transactions were")
                ),
            ),
            () if number(proof, "foreign_members") > 0 => {
                ("differs", "some of its transactions are in another currency".to_owned())
            }
            () if members_minor == paid_minor => (
                "proven",
                format!("{} to {}, its amount", come(members), shown(members_minor)),
            ),
            () => (
                "differs",
                format!(
                    "{} to {}, its amount is {}: {} apart",
                    come(members),
                    shown(members_minor),
                    shown(paid_minor),
                    shown(members_minor.saturating_sub(paid_minor))
                ),
            ),
        };
        Self {
            state,
            members,
            members_minor,
            words,
        }
    }

    fn json(&self) -> Value {
        json!({"state": self.state, "members": self.members, "members_minor": self.members_minor})
    }
}

/// `its 7 transactions come`.
fn come(members: u64) -> String {
    match members {
        1 => "its one transaction comes".to_owned(),
        _ => format!("its {} transactions come", count(members)),
    }
}
