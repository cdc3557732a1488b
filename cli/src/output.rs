//! Printing: results to standard output, everything else to standard error.

use std::io::{self, ErrorKind, Write};

use anyhow::{Context, Result};
use comfy_table::{ContentArrangement, Table, presets};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

/// Prints lines of results. If nobody reads on, as behind `| head -1`, that is no failure.
///
/// # Errors
/// They cannot be written, as the disk is full say.
pub fn print(text: &str) -> Result<()> {
    match write(text) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written.context("cannot write to standard output"),
    }
}

/// Prints what is shown once and never again: that nobody reads it is a failure too.
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

/// A value as JSON. What a terminal would act on is escaped, which JSON allows in strings, where alone it can stand.
///
/// # Errors
/// It cannot be JSON.
pub fn json_text(value: &impl Serialize) -> Result<String> {
    let escaped = |c: char| match c {
        // All of them are below U+10000.
        c if c != '\n' && acts_on_terminals(c) => format!("\\u{:04x}", u32::from(c)),
        c => c.to_string(),
    };
    let text = serde_json::to_string_pretty(value)?;
    Ok(text.chars().map(escaped).collect())
}

/// Tells something that is no result, in a line, if anybody is listening. It may hold what comes from elsewhere.
pub fn say(text: &str) {
    let _ = writeln!(io::stderr(), "{}", printable(text));
}

/// Rows under a header, in columns.
pub fn table<const N: usize>(
    header: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(header);
    for row in rows {
        table.add_row(row.map(|cell| printable(&cell)));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table.trim_fmt()
}

/// A text without what a terminal would act on; names come from elsewhere.
pub fn printable(text: &str) -> String {
    let visible = |c: char| {
        if acts_on_terminals(c) { '\u{fffd}' } else { c }
    };
    text.chars().map(visible).collect()
}

/// Control characters, and those that turn the direction of text round (Unicode Standard Annex 9), with which a line
/// can be made to read as another.
fn acts_on_terminals(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A bar on standard error, if that is a terminal; else nothing.
pub fn progress_bar(what: &str, total: usize) -> ProgressBar {
    let bar = ProgressBar::new(total as u64);
    let style = ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len} {eta}");
    bar.set_style(style.expect("the template is sound"));
    bar.set_message(what.to_owned());
    bar
}

/// A number with its noun.
pub fn count(number: usize, noun: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{s}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_what_is_in_them() {
        let rows = [
            ["1".to_owned(), "Ann".to_owned()],
            ["22".to_owned(), "b\u{1b}\n".to_owned()],
        ];
        let text = table(["ID", "NAME"], rows);
        assert_eq!(text, "ID  NAME\n1   Ann\n22  b\u{fffd}\u{fffd}");
    }

    #[test]
    fn no_text_commands_the_terminal() {
        for c in ['\u{1b}', '\u{7f}', '\u{9b}', '\n', '\u{202e}', '\u{2067}'] {
            assert_eq!(printable(&format!("a{c}é")), "a\u{fffd}é");
            let text = format!("a{c}é\"");
            let json = json_text(&[&text]).unwrap();
            assert_eq!(
                json.chars().filter(|c| acts_on_terminals(*c)).count(),
                2,
                "{json}"
            );
            assert_eq!(serde_json::from_str::<[String; 1]>(&json).unwrap(), [text]);
        }
    }
}
