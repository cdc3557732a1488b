//! Everything that is wrong with a request, in one short message.

use std::fmt;

use domain::text::{is_control, is_invisible};

/// The maximum number of faults that an answer names (the HTTP contract).
const MAX_NAMED: usize = 20;
/// The maximum number of bytes of a request that an answer quotes: no good entry of a body is longer.
const MAX_QUOTED_BYTES: usize = 100;

/// Faults in the order in which they were found. Of those beyond the first 20 only the number is kept, so that a request that
/// is wrong from end to end costs no more than another.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Faults {
    named: Vec<String>,
    more: usize,
}

impl Faults {
    /// Adds a fault: a sentence that names the place, made only if it is named.
    pub fn add(&mut self, fault: impl FnOnce() -> String) {
        if self.named.len() < MAX_NAMED {
            self.named.push(fault());
        } else {
            self.more += 1;
        }
    }

    /// True if nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.named.is_empty()
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.named.join("; "))?;
        match self.more {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

/// A text of a caller in quotation marks, short and safe to show: control and invisible characters are escaped, and what is
/// long is cut.
#[must_use]
pub fn quoted(text: &str) -> String {
    let escape = |c| match c {
        '"' | '\\' => format!("\\{c}"),
        _ => shown(c),
    };
    format!("\"{}\"", cut(text.chars().map(escape)))
}

/// A piece of a caller's JSON as it is, but short and safe to show.
pub(super) fn shown_json(json: &str) -> String {
    cut(json.chars().map(shown))
}

fn cut(parts: impl Iterator<Item = String>) -> String {
    let mut text = String::new();
    for part in parts {
        if text.len() + part.len() > MAX_QUOTED_BYTES {
            text.push('…');
            break;
        }
        text.push_str(&part);
    }
    text
}

/// The character, or its escape sequence if it is not shown or breaks the line.
fn shown(c: char) -> String {
    match c {
        '"' | '\'' | '\\' => c.to_string(),
        // Among them fillers and marks that the standard library takes for letters.
        _ if is_control(c) || is_invisible(c) => c.escape_unicode().to_string(),
        _ => c.escape_debug().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn up_to_twenty_faults_are_named_and_the_others_counted() {
        let message = |count: usize| {
            let mut faults = Faults::default();
            (1..=count).for_each(|n| faults.add(|| format!("fault {n}")));
            faults.to_string()
        };
        assert_eq!(message(1), "fault 1");
        assert_eq!(message(3), "fault 1; fault 2; fault 3");
        assert!(message(20).ends_with("fault 20"));
        assert!(message(22).ends_with("fault 20; and 2 more"));
    }

    #[test]
    fn quotes_hold_no_character_that_is_not_shown() {
        for (text, expected) in [
            ("10.0.0.1", r#""10.0.0.1""#),
            ("O'Hara 東", r#""O'Hara 東""#),
            ("a\"b\\", r#""a\"b\\""#),
            ("a\r\nb\u{1b}", r#""a\u{d}\u{a}b\u{1b}""#),
            ("\u{202e}a\u{200b}", r#""\u{202e}a\u{200b}""#),
            ("\u{3164}\u{2800}\u{feff}", r#""\u{3164}\u{2800}\u{feff}""#),
            ("\u{85}\u{2028}\u{a0}", r#""\u{85}\u{2028}\u{a0}""#),
        ] {
            assert_eq!(quoted(text), expected);
        }
    }

    #[test]
    fn long_quotes_are_cut() {
        for long in ["é".repeat(5_000), "\u{10ffff}".repeat(5_000)] {
            let quoted = quoted(&long);
            assert!(quoted.ends_with("…\""), "{quoted}");
            assert!(quoted.len() < 110, "{quoted}");
        }
    }
}
