//! The terminal: results, notices, questions and progress bars.

pub mod output;
pub mod progress;
pub mod question;
