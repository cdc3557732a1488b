//! Documents with generated blocks: each stands between `<!-- NAME -->` and `<!-- end -->`; the rest is written by hand.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use comfy_table::presets::ASCII_MARKDOWN;
use comfy_table::{CellAlignment, Table};

const END: &str = "<!-- end -->";

/// A document in `docs`.
pub struct Document {
    path: PathBuf,
    text: String,
    filled: usize,
}

impl Document {
    /// Reads `docs/NAME`.
    pub fn read(name: &str) -> Result<Self> {
        let path = docs().join(name);
        let text = fs::read_to_string(&path);
        Ok(Self {
            text: text.with_context(|| format!("cannot read {}", path.display()))?,
            path,
            filled: 0,
        })
    }

    /// Puts new content into a block.
    pub fn fill(mut self, block: &str, content: &str) -> Result<Self> {
        let start = format!("<!-- {block} -->\n");
        let ends = self.text.split_once(&start);
        let ends = ends.and_then(|(before, after)| Some((before, after.split_once(END)?.1)));
        let (before, after) =
            ends.with_context(|| format!("{} has no block {block}", self.path.display()))?;
        self.text = format!("{before}{start}{content}\n{END}{after}");
        self.filled += 1;
        Ok(self)
    }

    /// The text, once every block is filled.
    fn text(&self) -> Result<&str> {
        let blocks = self.text.matches(END).count();
        let path = self.path.display();
        ensure!(
            blocks == self.filled,
            "{path} has blocks that are not filled"
        );
        Ok(&self.text)
    }

    /// Whether the file is as the document is now.
    #[cfg(test)]
    pub fn is_current(&self) -> Result<bool> {
        Ok(fs::read_to_string(&self.path)? == self.text()?)
    }

    /// Writes the document.
    pub fn write(&self) -> Result<()> {
        fs::write(&self.path, self.text()?)?;
        Ok(())
    }
}

/// Where documents are.
pub fn docs() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs"))
}

/// A table in Markdown, whose header is separated by ` | `; all but the first column are aligned to the right.
pub fn table<const COLUMNS: usize>(
    header: &str,
    rows: impl IntoIterator<Item = [String; COLUMNS]>,
) -> String {
    let mut table = Table::new();
    table
        .load_style(ASCII_MARKDOWN)
        .set_header(header.split(" | "));
    table.add_rows(rows);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.to_string()
}

/// A number with commas.
pub fn number(number: f64) -> String {
    let text = number.to_string();
    let (digits, decimals) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut grouped = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + decimals
}

/// A number with commas, without decimals.
pub fn whole(count: f64) -> String {
    number(count.round())
}
