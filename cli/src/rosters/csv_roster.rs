//! A roster in CSV. Its rows become the same lines as those of JSON Lines, and are checked by the same rules.

use csv::{ErrorKind, Reader, ReaderBuilder, StringRecord, Trim};
use domain::ids::{AgentId, MAX_ID, TeamId};
use serde::de::IgnoredAny;
use wire::rosters::{RosterError, RosterLine};

/// The columns that a header can name, and whether it must name them.
const COLUMNS: [(&str, bool); 9] = [
    ("tenant", true),
    ("agent_id", true),
    ("name", true),
    ("email", true),
    ("agent_number", true),
    ("team_ids", true),
    ("status", true),
    ("ip", false),
    ("online_since", false),
];

/// The columns of a file.
struct Header {
    /// The position of each of [`COLUMNS`] in a line.
    places: [Option<usize>; COLUMNS.len()],
    /// Which columns have a name: a spreadsheet may add some that have none.
    is_named: Vec<bool>,
}

/// The number of a line, and the agent on it or what is wrong with it.
pub(super) type NumberedLine = (usize, Result<RosterLine, String>);

/// The lines of a CSV file after its header.
///
/// # Errors
/// What is wrong with the header.
pub(super) fn lines(text: &str) -> Result<Vec<NumberedLine>, RosterError> {
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = ReaderBuilder::new()
        .trim(Trim::All)
        // Rows of padding have any number of cells.
        .flexible(true)
        .from_reader(text.as_bytes());
    let header = Header::read(&mut reader).map_err(|reason| RosterError { line: 1, reason })?;
    let mut counter = LineCounter {
        text,
        byte: 0,
        line: 1,
    };
    let mut lines = Vec::new();
    for record in reader.into_records() {
        let (position, read) = match &record {
            Ok(record) if record.iter().all(str::is_empty) => continue,
            Ok(record) => (record.position(), header.line(record)),
            Err(error) => (error.position(), Err(reason(error.kind()))),
        };
        let byte = position.and_then(|position| usize::try_from(position.byte()).ok());
        lines.push((counter.line_at(byte.unwrap_or_default()), read));
    }
    Ok(lines)
}

/// A position that moves forward through a text and counts lines. The CSV reader's own line numbers are those where its
/// search for a record began, before the rest of a line break and blank lines.
struct LineCounter<'a> {
    text: &'a str,
    byte: usize,
    line: usize,
}

impl LineCounter<'_> {
    /// The number, from 1, of the line where a record begins, if the search for it began at `byte`.
    fn line_at(&mut self, byte: usize) -> usize {
        let bytes = self.text.as_bytes();
        let breaks = bytes
            .iter()
            .skip(byte)
            .take_while(|byte| b"\r\n".contains(byte));
        let begin = (byte + breaks.count()).min(bytes.len());
        let passed = bytes.get(self.byte..begin).unwrap_or_default();
        self.line += passed.split(|byte| *byte == b'\n').count() - 1;
        self.byte = self.byte.max(begin);
        self.line
    }
}

impl Header {
    fn read(reader: &mut Reader<&[u8]>) -> Result<Self, String> {
        let names = reader.headers().map_err(|error| reason(error.kind()))?;
        let all = || COLUMNS.map(|(name, _)| name).join(",");
        let known = |name: &str| COLUMNS.iter().any(|(column, _)| *column == name);
        if let Some(name) = names.iter().find(|name| !name.is_empty() && !known(name)) {
            return Err(format!(
                "the header has an unknown column {name:?}; it should be {}",
                all()
            ));
        }
        let mut places = [None; COLUMNS.len()];
        for (place, (column, needed)) in places.iter_mut().zip(COLUMNS) {
            let mut at = names.iter().enumerate().filter(|(_, name)| *name == column);
            *place = at.next().map(|(index, _)| index);
            if at.next().is_some() {
                return Err(format!("the header has the column {column} twice"));
            }
            if place.is_none() && needed {
                return Err(format!(
                    "the header has no column {column}; it should be {}",
                    all()
                ));
            }
        }
        let is_named = names.iter().map(|name| !name.is_empty()).collect();
        Ok(Self { places, is_named })
    }

    fn line(&self, record: &StringRecord) -> Result<RosterLine, String> {
        self.check_cells(record)?;
        let cells = self.places.map(|place| {
            place
                .and_then(|index| record.get(index))
                .unwrap_or_default()
        });
        let [
            tenant,
            agent_id,
            name,
            email,
            agent_number,
            team_ids,
            status,
            ip,
            online_since,
        ] = cells;
        let filled = |cell: &str| Some(cell.to_owned()).filter(|cell| !cell.is_empty());
        Ok(RosterLine {
            tenant: tenant.to_owned(),
            agent_id: AgentId::parse(agent_id).ok_or_else(|| not_an_id("agent_id", agent_id))?,
            name: name.to_owned(),
            email: email.to_owned(),
            agent_number: agent_number.to_owned(),
            team_ids: teams(team_ids)?,
            status: status.to_owned(),
            ip: filled(ip),
            online_since: filled(online_since),
            pending_logout: IgnoredAny,
            last_logout: IgnoredAny,
        })
    }

    /// A line has a cell for each column, and any number of blank ones more.
    fn check_cells(&self, record: &StringRecord) -> Result<(), String> {
        let (cells, columns) = (record.len(), self.is_named.len());
        let named = self.is_named.iter().chain(std::iter::repeat(&false));
        let mut without_name = record.iter().zip(named).filter(|(_, is_named)| !**is_named);
        let is_filled = without_name.any(|(cell, _)| !cell.is_empty());
        if cells < columns || cells > columns && is_filled {
            return Err(format!("{cells} cells, and the header has {columns}"));
        }
        if is_filled {
            return Err("a cell in a column without a name".to_owned());
        }
        Ok(())
    }
}

/// Several ids in one cell, separated by semicolons or spaces.
fn teams(cell: &str) -> Result<Vec<TeamId>, String> {
    let words = cell.split([';', ' ']).filter(|word| !word.is_empty());
    words
        .map(|word| TeamId::parse(word).ok_or_else(|| not_an_id("team_ids", word)))
        .collect()
}

fn not_an_id(column: &str, text: &str) -> String {
    format!("{column}: {text:?} is not an integer from 1 to {MAX_ID}")
}

fn reason(kind: &ErrorKind) -> String {
    format!("{kind:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str =
        "tenant,agent_id,name,email,agent_number,team_ids,status,ip,online_since\n";

    fn outcome(row: &str) -> String {
        let lines = lines(&format!("{HEADER}{row}\n")).unwrap();
        match lines.into_iter().next().unwrap() {
            (2, Ok(line)) => {
                let teams: Vec<u64> = line.team_ids.iter().map(|id| id.get()).collect();
                format!("{} {} {teams:?} {:?}", line.agent_id, line.name, line.ip)
            }
            (2, Err(reason)) => reason,
            (line, _) => format!("line {line}"),
        }
    }

    #[test]
    fn a_row_is_read() {
        for (row, line) in [
            ("acme,7,Ann,a@x,1,1;2,Offline,,", "7 Ann [1, 2] None"),
            (
                "acme, 7 ,\"Lee, Ann\",a@x,1,,lunch,10.0.0.1,2026-01-05T08:00:00Z",
                "7 Lee, Ann [] Some(\"10.0.0.1\")",
            ),
            ("acme,7,Ann,a@x,1, 1  2; ,Offline,,", "7 Ann [1, 2] None"),
            (
                "acme,x,Ann,a@x,1,,Offline,,",
                "agent_id: \"x\" is not an integer from 1 to 9007199254740991",
            ),
            (
                "acme,+7,Ann,a@x,1,,Offline,,",
                "agent_id: \"+7\" is not an integer from 1 to 9007199254740991",
            ),
            (
                "acme,07,Ann,a@x,1,,Offline,,",
                "agent_id: \"07\" is not an integer from 1 to 9007199254740991",
            ),
            (
                "acme,7,Ann,a@x,1,0,Offline,,",
                "team_ids: \"0\" is not an integer from 1 to 9007199254740991",
            ),
            ("acme,7,Ann", "3 cells, and the header has 9"),
            ("acme,7,Ann,a@x,1,1;2,Offline,,, ,", "7 Ann [1, 2] None"),
            (
                "acme,7,Ann,a@x,1,1;2,Offline,,,x",
                "10 cells, and the header has 9",
            ),
        ] {
            assert_eq!(outcome(row), line, "{row}");
        }
    }

    #[test]
    fn padding_of_a_spreadsheet_is_skipped() {
        let header = HEADER.replace("online_since", "online_since,, ");
        for (more, padding) in [
            (
                "",
                &[
                    "",
                    ",",
                    ",,,,,,,,",
                    ",,,,,,,,,,,",
                    "   ",
                    " , ,\u{a0}, ",
                    "\"\",\" \"",
                ][..],
            ),
            (",,", &[",,,,,,,,,,"]),
        ] {
            let header = if more.is_empty() { HEADER } else { &header };
            for padding in padding {
                let row = format!("acme,7,Ann,a@x,1,1,Offline,,{more}\n");
                let text = format!("{padding}\n{row}{padding}\n{padding}\n");
                let lines = lines(&format!("{header}{text}")).unwrap();
                let numbers: Vec<(usize, bool)> = lines
                    .iter()
                    .map(|(line, read)| (*line, read.is_ok()))
                    .collect();
                assert_eq!(numbers, [(3, true)], "{padding}");
            }
        }
        let filled = format!("{header}acme,7,Ann,a@x,1,1,Offline,,,x,\n");
        let reason = lines(&filled).unwrap().pop().unwrap().1.err();
        assert_eq!(reason.unwrap(), "a cell in a column without a name");
    }

    #[test]
    fn lines_are_numbered_as_in_an_editor() {
        let text = format!(
            "\u{feff}{HEADER}acme,7,\"Ann\nLee\",a@x,1,,Offline,,\r\n\nacme,8\nacme,9,B,b@x,1,,Offline,,\n"
        );
        let lines = lines(&text).unwrap();
        let numbers: Vec<(usize, bool)> = lines
            .iter()
            .map(|(line, read)| (*line, read.is_ok()))
            .collect();
        assert_eq!(numbers, [(2, true), (5, false), (6, true)]);
    }

    #[test]
    fn a_bad_header_is_reported() {
        for (header, reason) in [
            ("tenant,agent_id,nmae", "unknown column \"nmae\""),
            ("tenant;agent_id", "unknown column \"tenant;agent_id\""),
            ("tenant,tenant", "the column tenant twice"),
            (
                "tenant,agent_id,name,email,agent_number,status",
                "no column team_ids",
            ),
            ("", "no column tenant"),
        ] {
            let error = lines(header).err().unwrap();
            assert!(error.line == 1 && error.reason.contains(reason), "{error}");
        }
    }
}
