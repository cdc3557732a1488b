//! Printing: results to standard output, everything else to standard error.

use std::io::{ErrorKind, Write};

use anyhow::{Context, Result};
use comfy_table::{ContentArrangement, Table, presets};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

/// Prints lines of results. If nobody reads on, as behind `| head -1`, that is no failure.
///
/// # Errors
/// They cannot be written, as the disk is full say.
pub fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    let written = writeln!(out, "{text}").and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written.context("cannot write to standard output"),
    }
}

/// Prints a result as JSON.
///
/// # Errors
/// It cannot be written.
pub fn print_json(value: &impl Serialize) -> Result<()> {
    print(&serde_json::to_string_pretty(value)?)
}

/// Tells something that is no result, if anybody is listening.
pub fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
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
    let visible = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    text.chars().map(visible).collect()
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
}
