//! What only operators need: the command line, and `local` when it starts. Nothing here is on the path of a request or an
//! event, and no function's role allows it.

mod agent_details;
mod change_teams;
mod create_tables;
mod import_agents;
mod overwrite_agents;
mod presence_queue;
mod remove_agents;
mod team_names;
mod team_steps;
mod tokens;
mod unfinished_jobs;

pub use import_agents::Imported;
pub use presence_queue::{PresenceQueue, PresenceQueueError};
pub use remove_agents::{OnlineAgents, Removal};
pub use team_names::TeamNames;
pub use tokens::{ListedToken, NewToken, Revocation};
