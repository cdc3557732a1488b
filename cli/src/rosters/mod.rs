//! Rosters: files of agents to import, and files of team names.

mod csv_roster;
mod format;
pub mod roster_input;
pub mod team_file;
