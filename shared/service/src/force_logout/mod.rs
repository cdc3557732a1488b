//! Logging agents out: finding the selected agents, and logging them out while the caller waits. The same routine logs out
//! the agents of a job's chunk.

mod at_once;
mod log_out_agents;
mod resolve_selection;

pub use at_once::log_out_at_once;
pub use log_out_agents::{AgentOutcome, LogoutRequest, log_out_agents};
pub use resolve_selection::{SelectedAgents, resolve_all, resolve_up_to};
