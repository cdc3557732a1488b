//! Generated agents, to try the service with many.

use std::net::Ipv4Addr;
use std::time::Duration;

use domain::agents::{AgentStatus, Profile, RosterAgent, SignIn, Statuses};
use domain::ids::{AgentId, TeamId};
use domain::tenant::Tenant;
use domain::timestamp::Timestamp;

/// The statuses of agents who are not on a call or chat; one in fifteen is offline.
const STATUSES: [&str; 15] = [
    "Available",
    "lunch",
    "Break",
    "Available",
    "Training",
    "Available",
    "Unavailable",
    "Wrap-up",
    "Available",
    "Meeting",
    "Available",
    "Coaching",
    "Available",
    "Backoffice",
    AgentStatus::OFFLINE,
];
/// One agent in this number is on a call or chat.
const BUSY_ONE_IN: u32 = 20;
/// The number of members of a team.
const TEAM_SIZE: u32 = 50;

/// The tenant of the generated agents.
pub fn tenant() -> Tenant {
    Tenant::parse("sample").expect("`sample` is a subdomain")
}

/// The agent of that number, from 1, at the address of that number in 10.0.0.0/8; the addresses repeat after 2^24.
pub fn agent(number: u32, now: Timestamp) -> Option<RosterAgent> {
    let address = Ipv4Addr::from_bits(u32::from_be_bytes([10, 0, 0, 0]) + number % (1 << 24));
    let status = match number % BUSY_ONE_IN {
        0 if number.is_multiple_of(2 * BUSY_ONE_IN) => AgentStatus::IN_CHAT,
        0 => AgentStatus::IN_CALL,
        _ => STATUSES[number as usize % STATUSES.len()],
    };
    // Every agent signed in within the last eight hours.
    let ago = Duration::from_secs(u64::from(number) * 7 % (8 * 60 * 60));
    let session = Timestamp::from_epoch_ms(now.epoch_ms() - i64::try_from(ago.as_millis()).ok()?);
    Some(RosterAgent {
        agent_id: AgentId::new(number.into())?,
        profile: Profile {
            name: format!("Agent {number}"),
            email: format!("agent.{number}@sample.example"),
            agent_number: format!("No. {number}"),
        },
        team_ids: vec![TeamId::new(u64::from(1 + (number - 1) / TEAM_SIZE))?],
        status: Statuses::default().parse(status).ok()?,
        last_sign_in: Some(SignIn {
            address: Some(address.into()),
            session,
        }),
    })
}
