//! Selectors in a file: one on each line.

use domain::ids::{AgentId, Id, MAX_ID, TeamId};
use domain::selection::AddressRange;
use wire::http::SelectorsBody;

use crate::terminal::output::count;

/// The maximum number of bad lines to list: in a file with more, most of them have the same mistake.
const MAX_LISTED_ERRORS: usize = 20;

/// What one line selects.
enum Selector {
    Agent(AgentId),
    Team(TeamId),
    Addresses(String),
}

/// A line that is no selector: its number, from 1, and why. Its text is left out: the file might be the wrong one, and hold
/// a secret.
#[derive(Debug, PartialEq, Eq)]
pub struct BadLine(usize, String);

/// The selectors of a text: an agent id, `team ID`, or an address, CIDR block or range on each line. Blank lines, and
/// what follows a `#`, are comments.
///
/// # Errors
/// All lines that are no selector.
pub fn parse(text: &str) -> Result<SelectorsBody, Vec<BadLine>> {
    let mut selectors = SelectorsBody::default();
    let mut errors = Vec::new();
    // Some editors begin a file with a byte order mark.
    let text = text.trim_start_matches('\u{feff}');
    for (number, line) in (1..).zip(text.lines()) {
        let entry = line.split('#').next().unwrap_or_default().trim();
        if entry.is_empty() {
            continue;
        }
        match selector(entry) {
            Ok(Selector::Agent(id)) => selectors.agent_ids.push(id),
            Ok(Selector::Team(id)) => selectors.team_ids.push(id),
            Ok(Selector::Addresses(text)) => selectors.ip_addrs.push(text),
            Err(reason) => errors.push(BadLine(number, reason)),
        }
    }
    if errors.is_empty() {
        Ok(selectors)
    } else {
        Err(errors)
    }
}

/// What is wrong with a file, a sentence a line.
pub fn describe(name: &str, errors: &[BadLine]) -> String {
    let mut lines = vec![format!("{name} has {}:", count(errors.len(), "bad line"))];
    let listed = errors.iter().take(MAX_LISTED_ERRORS);
    lines.extend(listed.map(|BadLine(number, reason)| format!("  line {number} {reason}")));
    if errors.len() > MAX_LISTED_ERRORS {
        lines.push(format!("  … and {} more", errors.len() - MAX_LISTED_ERRORS));
    }
    lines.push("Nobody was logged out.".to_owned());
    lines.join("\n")
}

fn selector(entry: &str) -> Result<Selector, String> {
    let words: Vec<&str> = entry.split_whitespace().collect();
    if let [first, id] = words[..]
        && first.eq_ignore_ascii_case("team")
    {
        let reason = || format!("must have a team's number from 1 to {MAX_ID}");
        return Id::parse(id).map(Selector::Team).ok_or_else(reason);
    }
    if entry.bytes().all(|byte| byte.is_ascii_digit()) {
        let reason = || format!("must have an agent's number from 1 to {MAX_ID}");
        return Id::parse(entry).map(Selector::Agent).ok_or_else(reason);
    }
    match AddressRange::parse(entry) {
        Ok(_) => Ok(Selector::Addresses(entry.to_owned())),
        Err(reason) => Err(format!(
            "is neither an agent id nor `team ID`, and {reason}"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_one_selector() {
        let text = "\u{feff}# who left\n11\r\n\n 12  # Ann\nteam 2\nTeam\t3\n10.0.0.0/8\n10.0.0.1 - 10.0.0.9\n::1\n11";
        let selectors = parse(text).unwrap();
        let agents: Vec<u64> = selectors.agent_ids.iter().map(|id| id.get()).collect();
        let teams: Vec<u64> = selectors.team_ids.iter().map(|id| id.get()).collect();
        assert_eq!(agents, [11, 12, 11]);
        assert_eq!(teams, [2, 3]);
        assert_eq!(
            selectors.ip_addrs,
            ["10.0.0.0/8", "10.0.0.1 - 10.0.0.9", "::1"]
        );
        assert_eq!(parse("# nobody\n\n").unwrap(), SelectorsBody::default());
    }

    #[test]
    fn every_bad_line_is_named_and_none_is_quoted() {
        let errors =
            parse("11\n0\nteam x\nacme.s3cret\n10.0.0.1/40\n12, 13\nteam 1 2").unwrap_err();
        let numbers: Vec<usize> = errors.iter().map(|error| error.0).collect();
        assert_eq!(numbers, [2, 3, 4, 5, 6, 7]);
        let text = describe("list", &errors);
        assert!(text.starts_with("list has 6 bad lines:\n  line 2 must have an agent's number"));
        assert!(!text.contains("s3cret"), "{text}");
    }

    #[test]
    fn at_most_20_bad_lines_are_listed() {
        let errors = parse(&"x\n".repeat(22)).unwrap_err();
        let text = describe("list", &errors);
        assert!(text.contains("line 20 ") && !text.contains("line 21 "));
        assert!(text.contains("… and 2 more"), "{text}");
    }
}
