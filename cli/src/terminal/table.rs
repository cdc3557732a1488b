//! Tables that fit the terminal: texts are shortened, and columns are left out, before a row would be wrapped.

use comfy_table::{ContentArrangement, Table, presets};
use console::{Term, measure_text_width, truncate_str};

use super::output::printable;

/// The empty columns of the terminal between two columns of a table.
const GAP: usize = 2;
/// The end of a shortened text.
const ELLIPSIS: &str = "…";

/// A column of a table.
#[derive(Clone, Copy)]
pub struct Column {
    header: &'static str,
    /// Texts are not shortened below this width; `None` if they are useless unless whole, as ids and times are.
    shortest: Option<usize>,
    /// Columns of a higher rank are left out first; rank 0 always stays.
    rank: u8,
}

impl Column {
    /// A column of texts that are never shortened.
    pub const fn whole(header: &'static str, rank: u8) -> Self {
        Self {
            header,
            shortest: None,
            rank,
        }
    }

    /// A column of texts that can be shortened to this width.
    pub const fn text(header: &'static str, rank: u8, shortest: usize) -> Self {
        Self {
            header,
            shortest: Some(shortest),
            rank,
        }
    }

    /// The width that the column needs, if this is the width of its widest text.
    fn least(&self, widest: usize) -> usize {
        self.shortest.map_or(widest, |least| least.min(widest))
    }
}

/// Rows under a header, in columns. They fit the terminal; elsewhere, everything is whole.
pub fn table<const N: usize>(
    columns: [Column; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let width = Term::stdout().size_checked();
    let width = width.map(|(_, columns)| usize::from(columns));
    table_of_width(columns, rows, width)
}

fn table_of_width<const N: usize>(
    columns: [Column; N],
    rows: impl IntoIterator<Item = [String; N]>,
    available: Option<usize>,
) -> String {
    let header = columns.map(|column| column.header.to_owned());
    let rows = rows.into_iter().map(|row| row.map(|cell| printable(&cell)));
    let lines: Vec<[String; N]> = std::iter::once(header).chain(rows).collect();
    let widest = |column: usize| {
        let widths = lines.iter().map(|line| measure_text_width(&line[column]));
        widths.max().unwrap_or(0)
    };
    let widest: Vec<usize> = (0..N).map(widest).collect();
    let shown = match available {
        Some(available) => fit(&columns, &widest, available),
        None => widest.into_iter().enumerate().collect(),
    };
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled);
    for line in &lines {
        let cells = shown.iter();
        table.add_row(cells.map(|(column, width)| truncate_str(&line[*column], *width, ELLIPSIS)));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, u16::try_from(GAP).unwrap_or(0)));
    }
    table.trim_fmt()
}

/// The columns to show, by their place, with their widths.
fn fit(columns: &[Column], widest: &[usize], available: usize) -> Vec<(usize, usize)> {
    let mut shown: Vec<usize> = (0..columns.len()).collect();
    let gaps = |shown: &[usize]| GAP * shown.len().saturating_sub(1);
    let min_width = |column: &usize| columns[*column].least(widest[*column]);
    while shown.iter().map(min_width).sum::<usize>() + gaps(&shown) > available {
        let rank = |column: &usize| columns[*column].rank;
        match shown.iter().copied().max_by_key(rank) {
            Some(last) if rank(&last) > 0 => shown.retain(|column| *column != last),
            _ => break,
        }
    }
    let available = available.saturating_sub(gaps(&shown));
    let width = |column: &usize| widest[*column].min(available.max(min_width(column)));
    let mut fitted: Vec<(usize, usize)> = shown
        .iter()
        .map(|column| (*column, width(column)))
        .collect();
    // The widest text is shortened first, one character after the other: short ones stay whole.
    while fitted.iter().map(|(_, width)| width).sum::<usize>() > available {
        let can_shrink = |(column, width): &&mut (usize, usize)| *width > min_width(column);
        match fitted
            .iter_mut()
            .filter(can_shrink)
            .max_by_key(|(_, width)| *width)
        {
            Some((_, width)) => *width -= 1,
            None => break,
        }
    }
    fitted
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 4] = [
        Column::whole("ID", 0),
        Column::text("NAME", 1, 6),
        Column::text("EMAIL", 3, 6),
        Column::whole("SINCE", 2),
    ];

    fn shown(width: Option<usize>) -> String {
        let rows = [
            ["1", "Ann", "ann@acme.example", "2026-01-05"],
            ["1000", "Bartholomew", "b\u{1b}\n", ""],
        ];
        let rows = rows.map(|row| row.map(str::to_owned));
        table_of_width(COLUMNS, rows, width)
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let whole = "\
ID    NAME         EMAIL             SINCE
1     Ann          ann@acme.example  2026-01-05
1000  Bartholomew  b\u{fffd}\u{fffd}";
        assert_eq!(shown(None), whole);
        assert_eq!(shown(Some(47)), whole);
    }

    #[test]
    fn the_widest_texts_are_shortened_first() {
        let expected = "\
ID    NAME         EMAIL        SINCE
1     Ann          ann@acme.e…  2026-01-05
1000  Bartholomew  b\u{fffd}\u{fffd}";
        assert_eq!(shown(Some(42)), expected);
    }

    #[test]
    fn columns_of_a_high_rank_are_left_out_first() {
        let without_email = "\
ID    NAME    SINCE
1     Ann     2026-01-05
1000  Barth…";
        assert_eq!(shown(Some(24)), without_email);
        assert_eq!(shown(Some(20)), "ID    NAME\n1     Ann\n1000  Bartholomew");
        assert_eq!(shown(Some(1)), "ID\n1\n1000");
    }

    #[test]
    fn no_row_is_wider_than_the_terminal() {
        for width in 4..60 {
            for line in shown(Some(width)).lines() {
                assert!(measure_text_width(line) <= width, "{width}: {line}");
            }
        }
    }

    #[test]
    fn wide_characters_take_two_columns() {
        let rows = [["1", "漢字漢字漢字", "", ""].map(str::to_owned)];
        let text = table_of_width(COLUMNS, rows, Some(10));
        assert_eq!(text, "ID  NAME\n1   漢字…");
    }
}
