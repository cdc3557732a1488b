//! Agents: made, put into the table, and read from it.

mod agent_states;
pub mod bulk_insert;
pub mod new_agents;
