//! A roster file: JSON Lines, one agent a line, or another format with the same lines. It is checked as a whole before
//! anything is written.

use std::collections::btree_map::Entry;

use domain::agents::{Roster, Statuses};
use domain::timestamp::Timestamp;
use thiserror::Error;

use super::roster_line::RosterLine;

/// What is wrong with a roster, and where.
#[derive(Debug, PartialEq, Eq, Error)]
#[error("line {line}: {reason}")]
pub struct RosterError {
    /// From 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: String,
}

/// Adds the lines of a file to a roster; blank lines are skipped.
///
/// # Errors
/// The first bad line: not an agent, an agent who is in the roster already, a bad address or time, a session that begins
/// after `now`.
pub fn parse(
    roster: &mut Roster,
    text: &str,
    statuses: &Statuses,
    now: Timestamp,
) -> Result<(), RosterError> {
    lines(text).try_for_each(|(line, text)| add_json(roster, line, text, statuses, now))
}

/// The lines of a file that are not blank, and their numbers.
pub fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    // Windows programs often begin a file with a byte order mark.
    let lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    lines
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(index, line)| (index + 1, line))
}

/// Adds the agent of one line of JSON.
///
/// # Errors
/// See [`parse`]; the roster is unchanged then.
pub fn add_json(
    roster: &mut Roster,
    line: usize,
    text: &str,
    statuses: &Statuses,
    now: Timestamp,
) -> Result<(), RosterError> {
    let agent = parse_json(text).map_err(|reason| RosterError { line, reason })?;
    add(roster, line, agent, statuses, now)
}

/// Adds the agent of a line.
///
/// # Errors
/// See [`parse`]; the roster is unchanged then.
pub fn add(
    roster: &mut Roster,
    line: usize,
    agent: RosterLine,
    statuses: &Statuses,
    now: Timestamp,
) -> Result<(), RosterError> {
    let at_line = |reason| RosterError { line, reason };
    let (tenant, agent) = agent.check(statuses, now).map_err(at_line)?;
    match roster.entry(tenant).or_default().entry(agent.agent_id) {
        Entry::Vacant(place) => {
            place.insert(agent);
            Ok(())
        }
        Entry::Occupied(_) => Err(at_line(format!(
            "agent {} of this tenant was on an earlier line",
            agent.agent_id
        ))),
    }
}

fn parse_json(line: &str) -> Result<RosterLine, String> {
    if !line.trim_start().starts_with('{') {
        return Err("not a JSON object".to_owned());
    }
    serde_json::from_str(line).map_err(|error| without_line(&error))
}

/// Serde counts lines too, but is given one line at a time.
fn without_line(error: &serde_json::Error) -> String {
    error.to_string().replace("at line 1 column", "at column")
}

#[cfg(test)]
mod tests;
