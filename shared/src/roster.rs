//! A roster file: JSON Lines, one agent a line, checked whole before anything is written.

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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    tenant: String,
    agent_id: AgentId,
    name: String,
    email: String,
    agent_number: String,
    team_ids: Vec<TeamId>,
    status: String,
    ip: Option<String>,
    online_since: Option<String>,
}

/// Adds the lines of a file to a roster; blank ones are passed over.
///
/// # Errors
/// The first bad line: not an agent, an agent who is in the roster before, a bad address or time, a session that begins
/// after `now`.
pub fn parse(roster: &mut Roster, text: &str, now: Timestamp) -> Result<(), RosterError> {
    // Windows programs like to begin a file with a byte order mark.
    let text = text.trim_start_matches('\u{feff}');
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let at_line = |reason| RosterError {
            line: index + 1,
            reason,
        };
        let (tenant, agent) = parse_line(line, now).map_err(at_line)?;
        let agent_id = agent.agent_id;
        let of_tenant = roster.entry(tenant).or_default();
        if of_tenant.insert(agent_id, agent).is_some() {
            let reason = format!("agent {agent_id} of this tenant was on an earlier line");
            return Err(at_line(reason));
        }
    }
    Ok(())
}

fn parse_line(line: &str, now: Timestamp) -> Result<(Tenant, RosterAgent), String> {
    if !line.trim_start().starts_with('{') {
        return Err("not a JSON object".to_owned());
    }
    let line: Line = serde_json::from_str(line).map_err(|error| without_line(&error))?;
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
    ] {
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
mod tests {
    use super::*;

    const NOW: &str = "2026-01-05T09:00:00Z";
    const GOOD: &str = r#"{"tenant":"acme","agent_id":1,"name":"A","email":"a@x","agent_number":"1","team_ids":[1],"status":"lunch","ip":"10.0.0.1","online_since":"2026-01-05T08:00:00Z"}"#;

    fn read(text: &str) -> Result<Roster, RosterError> {
        let mut roster = Roster::new();
        parse(&mut roster, text, Timestamp::parse_rfc3339(NOW).unwrap()).map(|()| roster)
    }

    #[test]
    fn agents_are_kept_by_tenant() {
        let other = GOOD.replace("acme", "globex");
        let roster = read(&format!("{GOOD}\n\n{other}\n")).unwrap();
        assert_eq!(roster.len(), 2);
        assert!(roster.values().all(|agents| agents.len() == 1));
    }

    #[test]
    fn an_agent_who_was_never_online_has_no_address() {
        let line = GOOD.replace("lunch", "Offline").replace(
            r#","ip":"10.0.0.1","online_since":"2026-01-05T08:00:00Z""#,
            "",
        );
        let roster = read(&line).unwrap();
        assert!(
            roster
                .values()
                .flat_map(BTreeMap::values)
                .all(|agent| agent.last_sign_in.is_none())
        );
    }

    #[test]
    fn a_bad_line_is_named_with_its_reason() {
        for (from, to, reason) in [
            (GOOD, "lunch", "not a JSON object"),
            (r#""name""#, r#""nmae""#, "unknown field `nmae`"),
            (
                r#""agent_id":1"#,
                r#""agent_id":0"#,
                "expected an integer from 1",
            ),
            (r#""agent_id":1,"#, "", "missing field `agent_id`"),
            ("acme", "ACME", r#"tenant "ACME" is not a subdomain"#),
            ("lunch", "", "must have 1 to 64 characters"),
            (
                "a@x",
                &"a".repeat(257),
                "email has more than 256 characters",
            ),
            ("[1]", "[1,1]", "team_ids names a team twice"),
            (
                "10.0.0.1",
                "10.0.0.256",
                r#"ip "10.0.0.256" is not an IP address"#,
            ),
            ("2026-01-05T08", "2026-01-05T10", "is in the future"),
            ("2026-01-05T08:00:00Z", "yesterday", "is not a time"),
            (r#""ip":"10.0.0.1","#, "", "ip and online_since go together"),
            (
                r#","ip":"10.0.0.1","online_since":"2026-01-05T08:00:00Z""#,
                "",
                "needs ip and online_since",
            ),
        ] {
            let bad = GOOD
                .replace("\"agent_id\":1", "\"agent_id\":2")
                .replace(from, to);
            let bad = if from == GOOD { to.to_owned() } else { bad };
            let bad = if from.starts_with(r#""agent_id""#) {
                GOOD.replace(from, to)
            } else {
                bad
            };
            let error = read(&format!(
                "{}\n{bad}",
                GOOD.replace("\"agent_id\":1", "\"agent_id\":9")
            ))
            .unwrap_err();
            assert_eq!(error.line, 2, "{bad}");
            assert!(error.reason.contains(reason), "{}: {reason}", error.reason);
        }
    }

    #[test]
    fn an_agent_on_two_lines_is_refused() {
        let error = read(&format!("{GOOD}\n{GOOD}")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "line 2: agent 1 of this tenant was on an earlier line"
        );
    }
}
