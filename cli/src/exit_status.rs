//! How a command that succeeded ended.

use std::process::ExitCode;

/// How a command that succeeded ended. A failure has the exit code 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    /// Everything is done: exit code 0.
    Done,
    /// Some agents finish a call or chat before they are logged out: exit code 2.
    LogoutsPending,
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        match status {
            ExitStatus::Done => Self::SUCCESS,
            ExitStatus::LogoutsPending => Self::from(2),
        }
    }
}
