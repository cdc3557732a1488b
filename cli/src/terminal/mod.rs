//! The terminal: results, tables, times, notices, questions and progress bars.

pub mod output;
pub mod progress;
pub mod question;
pub mod table;
pub mod times;
