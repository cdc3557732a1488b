//! Rosters: files of agents to import.

mod csv_roster;
mod format;
pub mod roster_input;
