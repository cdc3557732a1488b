//! Rosters: files of agents, one a line.

mod roster_file;
mod roster_line;

pub use roster_file::{RosterError, add, add_json, lines, parse};
pub use roster_line::RosterLine;
