//! Reading a roster from a file or standard input, and checking all of it.

use std::path::Path;

use anyhow::{Result, anyhow, ensure};
use domain::agents::{Roster, Statuses};
use domain::timestamp::Timestamp;
use wire::rosters::{self, RosterError};

use super::{csv_roster, format};
use crate::arguments::agents::RosterFormat;
use crate::terminal::output::{count, print_notice};
use crate::text_file;

/// The maximum number of bad lines to list: in a file with more, most of them have the same mistake.
const MAX_LISTED_ERRORS: usize = 20;

/// Reads the agents of a file, or of standard input for `-`. Bad lines are listed on standard error.
///
/// # Errors
/// The file cannot be read, or has a bad line or no agents.
pub fn read(file: &Path, format: Option<RosterFormat>, now: Timestamp) -> Result<Roster> {
    let (name, text) =
        text_file::read(file).map_err(|error| anyhow!("{error:#}; nothing was written"))?;
    let format = format.unwrap_or_else(|| format::guess(file, &text));
    let roster = parse(format, &text, now).map_err(|errors| list_errors(&name, &errors))?;
    ensure!(!roster.is_empty(), "{name} has no agents");
    Ok(roster)
}

/// The agents of a text, or all of its bad lines.
fn parse(format: RosterFormat, text: &str, now: Timestamp) -> Result<Roster, Vec<RosterError>> {
    let mut roster = Roster::new();
    let statuses = Statuses::default();
    let mut errors = Vec::new();
    match format {
        RosterFormat::JsonLines => {
            for (line, text) in rosters::json_objects(text) {
                errors.extend(rosters::add_json(&mut roster, line, text, &statuses, now).err());
            }
        }
        RosterFormat::Csv => {
            for (line, read) in csv_roster::lines(text).map_err(|error| vec![error])? {
                let added = read
                    .map_err(|reason| RosterError { line, reason })
                    .and_then(|agent| rosters::add(&mut roster, line, agent, &statuses, now));
                errors.extend(added.err());
            }
        }
    }
    if errors.is_empty() {
        Ok(roster)
    } else {
        Err(errors)
    }
}

/// Lists the bad lines, and returns the error for the whole file.
fn list_errors(name: &str, errors: &[RosterError]) -> anyhow::Error {
    for error in errors.iter().take(MAX_LISTED_ERRORS) {
        print_notice(&format!("{name}, {error}"));
    }
    if errors.len() > MAX_LISTED_ERRORS {
        print_notice(&format!("… and {} more", errors.len() - MAX_LISTED_ERRORS));
    }
    anyhow!(
        "{name} has {}; nothing was written",
        count(errors.len(), "bad line")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: &str = r#"{"tenant":"acme","agent_id":7,"name":"Ann","email":"a@x","agent_number":"1","team_ids":[1,2],"status":"lunch","ip":"10.0.0.1","online_since":"2026-01-05T08:00:00Z"}"#;
    const CSV: &str = "agent_id,tenant,status,name,email,agent_number,team_ids,ip,online_since\n7,acme,lunch,Ann,a@x,1,1;2,10.0.0.1,2026-01-05T08:00:00Z\n";

    fn now() -> Timestamp {
        Timestamp::parse_rfc3339("2026-01-05T09:00:00Z").unwrap()
    }

    #[test]
    fn both_formats_hold_the_same_agents() {
        let json = parse(RosterFormat::JsonLines, JSON, now()).unwrap();
        assert_eq!(json, parse(RosterFormat::Csv, CSV, now()).unwrap());
    }

    #[test]
    fn both_formats_are_checked_by_the_same_rules() {
        for (from, to) in [
            ("acme", "ACME"),
            ("10.0.0.1", "10.0.0"),
            ("T08", "T10"),
            ("lunch", " "),
        ] {
            let error = |format, text: &str| {
                parse(format, &text.replace(from, to), now()).unwrap_err()[0]
                    .reason
                    .clone()
            };
            let trimmed = error(RosterFormat::JsonLines, JSON).replace("\" \"", "\"\"");
            assert_eq!(trimmed, error(RosterFormat::Csv, CSV), "{to}");
        }
    }

    #[test]
    fn every_bad_line_is_reported() {
        let text = format!("{JSON}\n{JSON}\n\nlunch\n");
        let errors = parse(RosterFormat::JsonLines, &text, now()).unwrap_err();
        let lines: Vec<usize> = errors.iter().map(|error| error.line).collect();
        assert_eq!(lines, [2, 4]);
    }
}
