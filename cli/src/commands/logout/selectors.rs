//! Who is to be logged out: what the flags and the file say together.

use anyhow::Result;
use clap::error::ErrorKind;
use wire::http::SelectorsBody;

use super::selectors_file;
use crate::arguments::logout::LogoutArgs;
use crate::terminal::output::printable;
use crate::text_file::{self, is_standard_input};

/// The union of all selectors.
///
/// # Errors
/// The file of `--from` cannot be read, or was given wrongly.
pub fn gather(args: &LogoutArgs) -> Result<SelectorsBody> {
    let mut selectors = SelectorsBody {
        agent_ids: args.agent.clone(),
        team_ids: args.team.clone(),
        ip_addrs: args.ip.clone(),
    };
    let Some(path) = &args.from else {
        return Ok(selectors);
    };
    if is_standard_input(path) && args.service.token_stdin {
        let reason = "both --from - and --token-stdin read standard input";
        return Err(wrong_usage(reason, ErrorKind::ArgumentConflict).into());
    }
    let (name, text) = text_file::read(path)?;
    match selectors_file::parse(&text) {
        Ok(from_file) => {
            selectors.agent_ids.extend(from_file.agent_ids);
            selectors.team_ids.extend(from_file.team_ids);
            selectors.ip_addrs.extend(from_file.ip_addrs);
        }
        Err(errors) => {
            let reason = selectors_file::describe(&name, &errors);
            return Err(wrong_usage(&reason, ErrorKind::ValueValidation).into());
        }
    }
    if selectors == SelectorsBody::default() {
        let reason = format!("{name} has no agents, teams or addresses");
        return Err(wrong_usage(&reason, ErrorKind::ValueValidation).into());
    }
    Ok(selectors)
}

/// The error for a mistake that is found after `clap` has read the command line. The name of the file may contain anything.
fn wrong_usage(reason: &str, kind: ErrorKind) -> clap::Error {
    let lines: Vec<String> = reason.lines().map(printable).collect();
    clap::Error::raw(kind, lines.join("\n") + "\n")
}
