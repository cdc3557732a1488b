//! The objects of a roster in JSON, each with the number of the line on which it begins.

use serde::de::IgnoredAny;
use serde_json::Deserializer;

/// The objects of a text: of one array, as lists of agents are printed; one over several lines, as a single agent is; or else
/// one a line, without blank lines. Each is only cut out, and may be no object at all.
#[must_use]
pub fn json_objects(text: &str) -> Vec<(usize, &str)> {
    // Windows programs often begin a file with a byte order mark.
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with('[') {
        return Elements::of(text).collect();
    }
    // Of JSON Lines, this reads no more than the first two.
    if serde_json::from_str::<IgnoredAny>(text).is_ok() {
        let mut place = Place {
            text,
            byte: 0,
            line: 1,
        };
        place.skip_spaces();
        return vec![(place.line, place.rest())];
    }
    let lines = text.lines().zip(1..);
    lines
        .filter(|(line, _)| !line.trim().is_empty())
        .map(|(line, number)| (number, line))
        .collect()
}

/// The elements of an array. What follows the first fault comes as one last element, which is no object.
struct Elements<'t> {
    place: Place<'t>,
    ended: bool,
}

/// A position that moves forward through a text, and counts lines.
struct Place<'t> {
    text: &'t str,
    byte: usize,
    line: usize,
}

impl<'t> Elements<'t> {
    fn of(text: &'t str) -> Self {
        let mut place = Place {
            text,
            byte: 0,
            line: 1,
        };
        place.skip_spaces();
        place.skip("[".len());
        place.skip_spaces();
        let ended = place.rest().strip_prefix(']').map(str::trim) == Some("");
        Self { place, ended }
    }

    /// Moves past the separator or the end; false if neither is there.
    fn skip_separator(&mut self) -> bool {
        self.place.skip_spaces();
        let rest = self.place.rest();
        self.ended = rest.strip_prefix(']').map(str::trim) == Some("");
        let is_separated = rest.starts_with(',');
        if is_separated {
            self.place.skip(",".len());
            self.place.skip_spaces();
        }
        is_separated || self.ended
    }
}

impl<'t> Iterator for Elements<'t> {
    type Item = (usize, &'t str);

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let (line, rest) = (self.place.line, self.place.rest());
        let mut values = Deserializer::from_str(rest).into_iter::<IgnoredAny>();
        if let Some(Ok(_)) = values.next() {
            let element = &rest[..values.byte_offset()];
            self.place.skip(element.len());
            if self.skip_separator() {
                return Some((line, element));
            }
        }
        self.ended = true;
        Some((line, rest))
    }
}

impl<'t> Place<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.byte..]
    }

    fn skip_spaces(&mut self) {
        let rest = self.rest();
        self.skip(rest.len() - rest.trim_start().len());
    }

    fn skip(&mut self, bytes: usize) {
        let skipped = &self.rest()[..bytes];
        self.line += skipped.matches('\n').count();
        self.byte += bytes;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_found_with_their_lines() {
        for (text, objects) in [
            ("", &[][..]),
            (" \n\n", &[]),
            ("{\"a\":1}\n\n {}\r\n", &[(1, "{\"a\":1}"), (3, " {}")]),
            ("\u{feff}{}\n{}", &[(1, "{}"), (2, "{}")]),
            ("\n{\n\"a\": 1\n}\n", &[(2, "{\n\"a\": 1\n}\n")]),
            ("{}\nnothing\n{}", &[(1, "{}"), (2, "nothing"), (3, "{}")]),
            ("[]", &[]),
            ("\u{feff}[\n]\n", &[]),
            (
                "[\n  {\n    \"a\": \"]\"\n  },\n  {}\n]\n",
                &[(2, "{\n    \"a\": \"]\"\n  }"), (5, "{}")],
            ),
            ("[{},{}]", &[(1, "{}"), (1, "{}")]),
            ("[{}\n,\"a\"]", &[(1, "{}"), (2, "\"a\"")]),
            // Faults.
            ("[{},\n]", &[(1, "{}"), (2, "]")]),
            ("[{},\n{\"a\":}, {}]", &[(1, "{}"), (2, "{\"a\":}, {}]")]),
            ("[{}\n{}]", &[(1, "{}\n{}]")]),
            ("[{}", &[(1, "{}")]),
            ("[{}] x", &[(1, "{}] x")]),
            ("[", &[(1, "")]),
        ] {
            assert_eq!(json_objects(text), objects, "{text}");
        }
    }
}
