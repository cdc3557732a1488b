//! A roster file: JSON Lines (or another format that has the same lines), one agent a line, checked whole before anything
//! is written.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use thiserror::Error;

use crate::address;
use crate::agent::{AgentStatus, MAX_STATUS_CHARS, Profile, RosterAgent, Session, SignIn};
use crate::ids::{AgentId, TeamId};
use crate::tenant::Tenant;
use crate::timestamp::Timestamp;

/// The agents of a roster, by tenant and id.
pub type Roster = BTreeMap<Tenant, BTreeMap<AgentId, RosterAgent>>;

/// What is wrong with a roster, and where.
#[derive(Debug, PartialEq, Eq, Error)]
#[error("line {line}: {reason}")]
pub struct RosterError {
    /// From 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: String,
}

/// A name, mail address or number of an agent has at most that many characters, so that an agent stays one small item:
/// mail addresses end at 254 (RFC 5321).
const MAX_PROFILE_CHARS: usize = 256;

/// An agent as a roster has one, in whatever format: typed, but not checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RosterLine {
    /// The customer.
    pub tenant: String,
    /// The agent.
    pub agent_id: AgentId,
    /// Their name.
    pub name: String,
    /// Their address for mail.
    pub email: String,
    /// The number callers see.
    pub agent_number: String,
    /// The teams they belong to.
    pub team_ids: Vec<TeamId>,
    /// What they are doing.
    pub status: String,
    /// Where they signed in from; goes with `online_since`.
    pub ip: Option<String>,
    /// When they did, in RFC 3339.
    pub online_since: Option<String>,
}

/// Adds the lines of a file to a roster; blank ones are passed over.
///
/// # Errors
/// The first bad line: not an agent, an agent who is in the roster before, a bad address or time, a session that begins
/// after `now`.
pub fn parse(roster: &mut Roster, text: &str, now: Timestamp) -> Result<(), RosterError> {
    lines(text).try_for_each(|(line, text)| add_json(roster, line, text, now))
}

/// The lines of a file that are not blank, and their numbers.
pub fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    // Windows programs like to begin a file with a byte order mark.
    let lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    lines
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(index, line)| (index + 1, line))
}

/// Adds the agent of one line of JSON.
///
/// # Errors
/// See [`parse`]; the roster is as it was then.
pub fn add_json(
    roster: &mut Roster,
    line: usize,
    text: &str,
    now: Timestamp,
) -> Result<(), RosterError> {
    let agent = parse_json(text).map_err(|reason| RosterError { line, reason })?;
    add(roster, line, agent, now)
}

/// Adds the agent of a line.
///
/// # Errors
/// See [`parse`]; the roster is as it was then.
pub fn add(
    roster: &mut Roster,
    line: usize,
    agent: RosterLine,
    now: Timestamp,
) -> Result<(), RosterError> {
    let at_line = |reason| RosterError { line, reason };
    let (tenant, agent) = check(agent, now).map_err(at_line)?;
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

fn check(line: RosterLine, now: Timestamp) -> Result<(Tenant, RosterAgent), String> {
    let tenant = Tenant::parse(&line.tenant).ok_or_else(|| {
        format!(
            "tenant {:?} is not a subdomain (a-z, 0-9, inner hyphens)",
            line.tenant
        )
    })?;
    let status = AgentStatus::parse(&line.status).ok_or_else(|| {
        format!(
            "status {:?} must have 1 to {MAX_STATUS_CHARS} characters",
            line.status
        )
    })?;
    let teams: BTreeSet<TeamId> = line.team_ids.iter().copied().collect();
    if teams.len() < line.team_ids.len() {
        return Err("team_ids names a team twice".to_owned());
    }
    let last_sign_in = match (&line.ip, &line.online_since) {
        (Some(ip), Some(online_since)) => {
            let address =
                address::parse(ip).ok_or_else(|| format!("ip {ip:?} is not an IP address"))?;
            let session = session(online_since, now)?;
            Some(SignIn { address, session })
        }
        (None, None) if status.is_offline() => None,
        (None, None) => {
            return Err(format!(
                "an agent who is {:?} needs ip and online_since",
                line.status
            ));
        }
        _ => return Err("ip and online_since go together".to_owned()),
    };
    for (key, text) in [
        ("name", &line.name),
        ("email", &line.email),
        ("agent_number", &line.agent_number),
        ("status", &line.status),
    ] {
        // A line break in one tells of a quote in CSV that is not closed, and of the lines that it swallowed.
        if text.contains(char::is_control) {
            return Err(format!("{key} has a control character or a line break"));
        }
        if text.chars().count() > MAX_PROFILE_CHARS {
            return Err(format!(
                "{key} has more than {MAX_PROFILE_CHARS} characters"
            ));
        }
    }
    let profile = Profile {
        name: line.name,
        email: line.email,
        agent_number: line.agent_number,
    };
    let agent = RosterAgent {
        agent_id: line.agent_id,
        profile,
        team_ids: line.team_ids,
        status,
        last_sign_in,
    };
    Ok((tenant, agent))
}

/// Serde counts lines too, but is given one at a time.
fn without_line(error: &serde_json::Error) -> String {
    error.to_string().replace("at line 1 column", "at column")
}

fn session(text: &str, now: Timestamp) -> Result<Session, String> {
    let session = Timestamp::parse_rfc3339(text).ok_or_else(|| {
        format!("online_since {text:?} is not a time such as 2026-01-05T08:00:00Z")
    })?;
    if session > now {
        return Err(format!("online_since {text:?} is in the future"));
    }
    Ok(session)
}

#[cfg(test)]
mod tests;
