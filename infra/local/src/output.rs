//! Printing. Standard output and standard error may be closed, or on a full disk: then the service goes on without them.

use std::fmt::Display;
use std::io::Write;

/// Prints a text to standard output.
pub fn print(text: impl Display) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Prints a text to standard error.
pub fn print_error(text: impl Display) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
