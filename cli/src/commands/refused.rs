//! Answers that say that a request failed, for commands with `--json`.

use anyhow::Result;

use crate::api::failure::Refusal;
use crate::exit_status::ExitStatus;
use crate::terminal::output::print_json;

/// Prints the service's answer if a command failed because of it, and it is JSON.
///
/// # Errors
/// It cannot be written.
pub fn print_refusal(ended: &Result<ExitStatus>) -> Result<()> {
    let refusal = ended.as_ref().err().and_then(|error| error.downcast_ref());
    match refusal {
        Some(Refusal { body, .. }) if !body.is_null() => print_json(body),
        _ => Ok(()),
    }
}
