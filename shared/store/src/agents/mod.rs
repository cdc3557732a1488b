//! The agents table, for requests and events.

mod logout_writes;
mod look_ups;
mod presence_writes;
mod read_agents;
mod stream_records;

pub use logout_writes::LogoutResult;
pub use presence_writes::{PresenceWrite, SeenAgent};
pub use read_agents::FoundAgents;
pub use stream_records::{StreamedAgent, pending_logout_records};
