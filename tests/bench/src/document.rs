//! A document of text, tables and plots, for the terminal and as Markdown.

use std::fmt::Write;
use std::path::Path;
use std::{fs, io};

use comfy_table::presets::{ASCII_MARKDOWN, UTF8_HORIZONTAL_ONLY};
use comfy_table::{CellAlignment, TableStyle};

/// Headings, paragraphs, tables and plots, in order.
#[derive(Debug)]
pub struct Document {
    title: &'static str,
    /// Of its file and of the folder with its plots.
    name: &'static str,
    parts: Vec<Part>,
}

#[derive(Debug)]
enum Part {
    Heading(String),
    Paragraph(String),
    Table(Table),
    Plot {
        file: String,
        title: String,
        svg: String,
    },
}

/// A table; all but the first column hold figures.
#[derive(Clone, Debug)]
pub struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows.
    #[must_use]
    pub fn new<const COLUMNS: usize>(header: [&str; COLUMNS]) -> Self {
        Self {
            header: header.map(str::to_owned).to_vec(),
            rows: Vec::new(),
        }
    }

    /// Adds a row, with a cell for each column.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    fn render(&self, style: TableStyle) -> String {
        let mut table = comfy_table::Table::new();
        table.load_style(style).set_header(&self.header);
        for row in &self.rows {
            table.add_row(row);
        }
        for column in table.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        table.to_string()
    }
}

impl Document {
    /// An empty document.
    #[must_use]
    pub fn new(title: &'static str) -> Self {
        Self::named(title, "performance")
    }

    /// An empty document, kept in `NAME.md` with its plots in the folder `NAME`.
    #[must_use]
    pub fn named(title: &'static str, name: &'static str) -> Self {
        Self {
            title,
            name,
            parts: Vec::new(),
        }
    }

    /// Begins a section.
    pub fn heading(&mut self, text: &str) {
        self.parts.push(Part::Heading(text.to_owned()));
    }

    /// Adds a paragraph of Markdown.
    pub fn paragraph(&mut self, text: impl Into<String>) {
        self.parts.push(Part::Paragraph(text.into()));
    }

    /// Adds a table.
    pub fn table(&mut self, table: Table) {
        self.parts.push(Part::Table(table));
    }

    /// Adds a plot, kept in a file of that name beside the document.
    pub fn plot(&mut self, file: &str, title: &str, svg: String) {
        let (file, title) = (file.to_owned(), title.to_owned());
        self.parts.push(Part::Plot { file, title, svg });
    }

    /// The plots' files.
    fn plots(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parts.iter().filter_map(|part| match part {
            Part::Plot { file, svg, .. } => Some((file.as_str(), svg.as_str())),
            _ => None,
        })
    }

    /// For a file.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut text = format!("# {}\n", self.title);
        for part in &self.parts {
            let part = match part {
                Part::Heading(heading) => format!("## {heading}"),
                Part::Paragraph(paragraph) => paragraph.clone(),
                Part::Table(table) => table.render(ASCII_MARKDOWN),
                Part::Plot { file, title, .. } => format!("![{title}]({}/{file})", self.name),
            };
            let _ = write!(text, "\n{part}\n");
        }
        text
    }

    /// Writes the file and its plots into a folder.
    ///
    /// # Errors
    /// They cannot be written.
    pub fn write_into(&self, folder: &Path) -> io::Result<()> {
        let plots = folder.join(self.name);
        fs::create_dir_all(&plots)?;
        for (name, svg) in self.plots() {
            fs::write(plots.join(name), svg)?;
        }
        fs::write(folder.join(format!("{}.md", self.name)), self.to_markdown())
    }

    /// For a terminal.
    #[must_use]
    pub fn to_terminal(&self) -> String {
        let mut text = String::new();
        for part in &self.parts {
            let part = match part {
                Part::Heading(heading) => format!("{heading}\n{}", "=".repeat(heading.len())),
                Part::Paragraph(paragraph) => paragraph.clone(),
                Part::Table(table) => table.render(UTF8_HORIZONTAL_ONLY),
                Part::Plot { file, title, .. } => format!("{title}: docs/{}/{file}", self.name),
            };
            let _ = write!(text, "\n{part}\n");
        }
        text
    }
}
