//! `balances`: the Stripe balance, added up from balance transactions, as of the book clock or any earlier moment.

use clap::Args;
use rusqlite::named_params;

use crate::aside;
use crate::exit::Exit;
use crate::failure::Outcome;
use crate::listing::Listing;
use crate::moment;
use crate::shell::Shell;

const BALANCES: &str = "
    SELECT currency, coalesce(balance_type, 'payments') AS balance_type, :at AS at_s,
           coalesce(sum(net_minor) FILTER (WHERE available_s <= :at), 0) AS available_minor,
           coalesce(sum(net_minor) FILTER (WHERE available_s > :at), 0) AS pending_minor,
           sum(net_minor) AS total_minor,
           count(*) FILTER (WHERE amount_minor IS NULL OR fee_minor IS NULL OR net_minor IS NULL) AS unknown
    FROM balance_transactions WHERE stream = :stream AND created_s <= :at
    GROUP BY 1, 2 ORDER BY 1, 2";

const CATEGORIES: &str = "
    SELECT currency, coalesce(reporting_category, '') AS category, count(*) AS transactions,
           sum(amount_minor) AS gross_minor, sum(fee_minor) AS fees_minor, sum(net_minor) AS net_minor
    FROM balance_transactions WHERE stream = :stream AND created_s <= :at
    GROUP BY 1, 2 ORDER BY 1, 2";

/// Show the Stripe balance, and what moved it, by currency
#[derive(Debug, Args)]
pub(crate) struct Balances {
    /// As of this moment: a date in UTC, an RFC 3339 moment, or Unix seconds; by default the book clock
    #[arg(long, value_name = "MOMENT", value_parser = moment::parse)]
    at: Option<i64>,
}

impl Balances {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        let (book, stream, standing) = shell.book()?;
        let clock_s = book.position(&stream)?.clock_s.unwrap_or(0);
        let at_s = self.at.unwrap_or(clock_s);
        let parameters = named_params! {":stream": stream.as_str(), ":at": at_s};
        let balances =
            Listing::ask(&book, BALANCES, parameters)?.with_details(&["balance_type", "unknown"]);
        let unknown = balances.sum_of("unknown");
        let categories = Listing::ask(&book, CATEGORIES, parameters)?;
        shell.answer(
            &[("balances", balances), ("categories", categories)],
            &standing,
        )?;
        if at_s > clock_s {
            shell.screen.flush()?;
            let clock = moment::shown(clock_s);
            aside::hint(&format!(
                "the book clock stands at {clock}: what moved the balance after it is not known yet"
            ));
        }
        if unknown > 0 {
            aside::warn(&format!(
                "the amounts of {unknown} balance transactions can't be known, and are in no sum"
            ));
            aside::hint(
                "`daybook check wanted` counts them; read them from Stripe again and import the answers",
            );
            return Ok(Exit::Differences);
        }
        Ok(Exit::AllTrue)
    }
}
