//! How a command that succeeded ended.
//!
//! The exit codes are: 0 done, 1 failed, 2 wrong usage (as `clap` has it), 3 some agents finish a call or chat first.

use std::process::ExitCode;

/// How a command that succeeded ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    /// Everything is done: exit code 0.
    Done,
    /// Some agents finish a call or chat before they are logged out: exit code 3.
    LogoutsPending,
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        match status {
            ExitStatus::Done => Self::SUCCESS,
            ExitStatus::LogoutsPending => Self::from(3),
        }
    }
}
