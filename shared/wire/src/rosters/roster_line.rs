//! One line of a roster: an agent, checked.

use std::collections::BTreeSet;

use domain::agents::{AgentStatus, Profile, RosterAgent, Session, SignIn, SignInAddress, Statuses};
use domain::ids::{AgentId, TeamId};
use domain::limits::MAX_PROFILE_CHARS;
use domain::tenant::Tenant;
use domain::text::check_line;
use domain::timestamp::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;

/// An agent as a line of a roster, in any format: typed, but not checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RosterLine {
    /// The tenant.
    pub tenant: String,
    /// The agent.
    pub agent_id: AgentId,
    /// Their name.
    pub name: String,
    /// Their mail address.
    pub email: String,
    /// The number that the contact centre shows for them.
    pub agent_number: String,
    /// The teams they belong to.
    pub team_ids: Vec<TeamId>,
    /// Their status.
    pub status: String,
    /// The address that they signed in from, if it is known; goes with `online_since`.
    pub ip: Option<String>,
    /// When they signed in, in RFC 3339.
    pub online_since: Option<String>,
    /// What a list of agents shows besides; an import does not change it.
    #[serde(default)]
    pub pending_logout: IgnoredAny,
    /// Likewise.
    #[serde(default)]
    pub last_logout: IgnoredAny,
}

impl RosterLine {
    /// Checks the line, read at `now`.
    ///
    /// # Errors
    /// A sentence that names the key that is wrong.
    pub fn check(
        self,
        statuses: &Statuses,
        now: Timestamp,
    ) -> Result<(Tenant, RosterAgent), String> {
        let tenant = Tenant::parse(&self.tenant).ok_or_else(|| {
            format!(
                "tenant {:?} is not a subdomain (a-z, 0-9, inner hyphens)",
                self.tenant
            )
        })?;
        let status = statuses
            .parse(&self.status)
            .map_err(|reason| format!("status {reason}"))?;
        let teams: BTreeSet<TeamId> = self.team_ids.iter().copied().collect();
        if teams.len() < self.team_ids.len() {
            return Err("team_ids names a team twice".to_owned());
        }
        let last_sign_in = self.last_sign_in(&status, now)?;
        self.check_texts()?;
        let profile = Profile {
            name: self.name,
            email: self.email,
            agent_number: self.agent_number,
        };
        let agent = RosterAgent {
            agent_id: self.agent_id,
            profile,
            team_ids: self.team_ids,
            status,
            last_sign_in,
        };
        Ok((tenant, agent))
    }

    fn last_sign_in(&self, status: &AgentStatus, now: Timestamp) -> Result<Option<SignIn>, String> {
        let ip = self.ip.as_deref().unwrap_or_default();
        let address = SignInAddress::read(ip);
        if address == SignInAddress::Unreadable {
            return Err(format!("ip {ip:?} is not an IP address"));
        }
        let address = address.known();
        match &self.online_since {
            Some(online_since) => {
                let session = session(online_since, now)?;
                Ok(Some(SignIn { address, session }))
            }
            None if address.is_some() => Err("ip needs online_since".to_owned()),
            None if status.is_offline() => Ok(None),
            None => Err(format!(
                "an agent who is {:?} needs online_since",
                self.status
            )),
        }
    }

    fn check_texts(&self) -> Result<(), String> {
        for (key, text) in [
            ("name", &self.name),
            ("email", &self.email),
            ("agent_number", &self.agent_number),
        ] {
            // A line break means that a quote in CSV is not closed, and the following lines were read into the cell.
            check_line(text, MAX_PROFILE_CHARS).map_err(|reason| format!("{key} {reason}"))?;
        }
        Ok(())
    }
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
