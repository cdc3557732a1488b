//! Rosters: files of agents, one a line.

mod json_objects;
mod roster_file;
mod roster_line;

pub use json_objects::json_objects;
pub use roster_file::{RosterError, add, add_json, parse};
pub use roster_line::RosterLine;
