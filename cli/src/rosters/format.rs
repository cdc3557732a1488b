//! The format of a roster that is not named on the command line.

use std::path::Path;

use crate::arguments::agents::RosterFormat;

/// The format that the name of the file says, or else its first character.
pub(super) fn guess(file: &Path, text: &str) -> RosterFormat {
    let extension = file.extension().and_then(|extension| extension.to_str());
    match extension.map(str::to_lowercase).as_deref() {
        Some("csv") => RosterFormat::Csv,
        Some("jsonl" | "ndjson" | "json") => RosterFormat::JsonLines,
        _ if text
            .trim_start_matches('\u{feff}')
            .trim_start()
            .starts_with(['{', '[']) =>
        {
            RosterFormat::JsonLines
        }
        _ => RosterFormat::Csv,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_name_decides_or_else_the_first_character() {
        for (name, text, format) in [
            ("a.CSV", "{", RosterFormat::Csv),
            ("a.jsonl", "tenant", RosterFormat::JsonLines),
            ("-", " \n{", RosterFormat::JsonLines),
            ("-", "\u{feff}[", RosterFormat::JsonLines),
            ("agents", "tenant,", RosterFormat::Csv),
        ] {
            assert_eq!(guess(Path::new(name), text), format, "{name}");
        }
    }
}
