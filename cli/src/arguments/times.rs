//! The flag that says how times are shown.

use clap::Args;

/// How times are shown.
#[derive(Debug, Args)]
pub struct TimesArgs {
    /// Show times in UTC on a terminal, too, as everywhere else
    #[arg(long)]
    pub utc: bool,
}
