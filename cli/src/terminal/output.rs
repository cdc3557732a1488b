//! What is printed: results to standard output, notices to standard error.

use std::io::{self, ErrorKind, Write};

use anyhow::{Context, Result};
use serde::Serialize;

/// Prints a result. A reader who stops reading early, as in `| head -1`, is no failure.
///
/// # Errors
/// It cannot be written, for example because the disk is full.
pub fn print(text: &str) -> Result<()> {
    match write(text) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written.context("cannot write to standard output"),
    }
}

/// Prints a result that cannot be shown again, so a reader who stops reading early is a failure too.
///
/// # Errors
/// It cannot be written.
pub fn print_once(text: &str) -> Result<()> {
    write(text).context("cannot write to standard output")
}

fn write(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush())
}

/// Prints a result as JSON.
///
/// # Errors
/// It cannot be written.
pub fn print_json(value: &impl Serialize) -> Result<()> {
    print(&json_text(value)?)
}

/// A value as JSON. Characters that control a terminal are escaped; they can only occur in strings, where JSON allows
/// that.
///
/// # Errors
/// The value has no form in JSON.
pub fn json_text(value: &impl Serialize) -> Result<String> {
    let escaped = |c: char| match c {
        // All of them are below U+10000, so four digits are enough.
        c if c != '\n' && controls_terminal(c) => format!("\\u{:04x}", u32::from(c)),
        c => c.to_string(),
    };
    let text = serde_json::to_string_pretty(value)?;
    Ok(text.chars().map(escaped).collect())
}

/// Prints a line that is no result: a warning, an error, what happens now. It may contain text from elsewhere. Nothing
/// fails if it cannot be written.
pub fn print_notice(text: &str) {
    let _ = writeln!(io::stderr(), "{}", printable(text));
}

/// A text with a replacement for every character that controls a terminal: names come from elsewhere.
pub fn printable(text: &str) -> String {
    let visible = |c: char| {
        if controls_terminal(c) { '\u{fffd}' } else { c }
    };
    text.chars().map(visible).collect()
}

/// Control characters, and those that change the direction of text (Unicode Standard Annex 9) and so can make a line read
/// as another one.
fn controls_terminal(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A number with its noun, such as "1 agent" or "2 agents".
pub fn count(number: usize, noun: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{s}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_controls_the_terminal() {
        for c in ['\u{1b}', '\u{7f}', '\u{9b}', '\n', '\u{202e}', '\u{2067}'] {
            assert_eq!(printable(&format!("a{c}é")), "a\u{fffd}é");
            let text = format!("a{c}é\"");
            let json = json_text(&[&text]).unwrap();
            assert_eq!(
                json.chars().filter(|c| controls_terminal(*c)).count(),
                2,
                "{json}"
            );
            assert_eq!(serde_json::from_str::<[String; 1]>(&json).unwrap(), [text]);
        }
    }
}
