//! The terminal: results, notices and progress bars.

pub mod output;
pub mod progress;
