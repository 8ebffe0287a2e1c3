//! The filters that tables share. They only choose rows; what a row says is not theirs.

use clap::Args;

use crate::moment;

/// Which rows to show.
#[derive(Debug, Default, Args)]
pub(crate) struct Filter {
    /// Only of this customer, cus_…
    #[arg(long, value_name = "ID")]
    pub(crate) customer: Option<String>,
    /// Only with this status
    #[arg(long)]
    pub(crate) status: Option<String>,
    /// Only made at or after this moment: a date in UTC, an RFC 3339 moment, or Unix seconds
    #[arg(long, value_name = "MOMENT", value_parser = moment::parse)]
    pub(crate) from: Option<i64>,
    /// Only made before this moment
    #[arg(long, value_name = "MOMENT", value_parser = moment::parse)]
    pub(crate) to: Option<i64>,
}
