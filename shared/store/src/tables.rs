//! The names of tables and indexes.

/// The names of the tables in one deployment.
#[derive(Clone, Debug)]
pub struct TableNames {
    /// The agents, one item each.
    pub agents: String,
    /// Which agents are in which team.
    pub team_members: String,
    /// Background jobs.
    pub jobs: String,
    /// The tokens of the API.
    pub api_tokens: String,
}

/// Sparse index on the agents' addresses; nothing in it changes when an agent is logged out.
pub(crate) const BY_IP: &str = "by-ip";
