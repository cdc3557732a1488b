//! A roster file: JSON Lines, an array, or another format with the same lines. It is checked as a whole before
//! anything is written.

use std::collections::btree_map::Entry;

use domain::agents::{Roster, Statuses};
use domain::timestamp::Timestamp;
use thiserror::Error;

use super::json_objects::json_objects;
use super::roster_line::RosterLine;
use crate::json_object::{self, ObjectError};

/// What is wrong with a roster, and where.
#[derive(Debug, PartialEq, Eq, Error)]
#[error("line {line}: {reason}")]
pub struct RosterError {
    /// From 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: String,
}

/// Adds the agents of a file to a roster, as [`json_objects`] finds them.
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
    let mut objects = json_objects(text).into_iter();
    objects.try_for_each(|(line, text)| add_json(roster, line, text, statuses, now))
}

/// Adds the agent of an object of JSON, which begins on `line`.
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
    let agent = json_object::read(text).map_err(|error| at_line(line, error))?;
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
    let wrong = |reason| RosterError { line, reason };
    let (tenant, agent) = agent.check(statuses, now).map_err(wrong)?;
    match roster.entry(tenant).or_default().entry(agent.agent_id) {
        Entry::Vacant(place) => {
            place.insert(agent);
            Ok(())
        }
        Entry::Occupied(_) => Err(wrong(format!(
            "agent {} of this tenant was on an earlier line",
            agent.agent_id
        ))),
    }
}

/// The error of an object that begins on `line`.
fn at_line(line: usize, error: ObjectError) -> RosterError {
    match error {
        ObjectError::Syntax {
            line: of_object,
            column,
        } => RosterError {
            line: line + of_object - 1,
            reason: format!("not JSON at column {column}"),
        },
        error => RosterError {
            line,
            reason: error.to_string(),
        },
    }
}

#[cfg(test)]
mod tests;
