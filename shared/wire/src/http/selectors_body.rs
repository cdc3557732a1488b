//! The body of a request to log agents out.

use domain::ids::{AgentId, TeamId};
use domain::limits::{MAX_AGENT_IDS, MAX_IP_ADDRS, MAX_TEAM_IDS};
use domain::selection::{AddressRange, AddressRangeError, Selection};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What an error quotes from the body is cut after that many characters, so that an answer stays small; no good
/// address text is longer.
const MAX_QUOTED_CHARS: usize = 200;

/// The selectors as the caller wrote them: a union of agents, members of teams and addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SelectorsBody {
    /// Agents by id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub agent_ids: Vec<AgentId>,
    /// Every member of these teams.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub team_ids: Vec<TeamId>,
    /// Agents at these addresses: single ones, CIDR blocks, ranges.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ip_addrs: Vec<String>,
}

/// What is wrong with a body: a sentence that names the place.
#[derive(Debug, PartialEq, Eq, Error)]
pub enum SelectorsError {
    /// No bytes at all.
    #[error("the body is empty; it must be a JSON object")]
    EmptyBody,
    /// An array, a string, a number, …
    #[error("the body must be a JSON object")]
    NotAnObject,
    /// Not JSON; serde's words, with line and column.
    #[error("the body is not valid JSON: {0}")]
    Syntax(String),
    /// JSON of another shape; serde's words, with line and column.
    #[error("{0}")]
    Shape(String),
    /// None of the three selectors holds anything.
    #[error("at least one of agent_ids, team_ids and ip_addrs must be a non-empty array")]
    NoSelector,
    /// An array beyond its limit.
    #[error("{key}: {count} entries; at most {max} are allowed")]
    TooMany {
        /// The key of the array.
        key: &'static str,
        /// Its length.
        count: usize,
        /// The limit.
        max: usize,
    },
    /// A bad entry of `ip_addrs`.
    #[error("ip_addrs[{position}]: {text:?} {reason}")]
    Address {
        /// Its place, from 0.
        position: usize,
        /// The entry, cut if it is long.
        text: String,
        /// What is wrong with it.
        reason: AddressRangeError,
    },
}

impl SelectorsBody {
    /// Reads a request body; the entries of `ip_addrs` are checked by [`SelectorsBody::selection`].
    ///
    /// # Errors
    /// The first fault found, with its place.
    pub fn parse(body: &[u8]) -> Result<Self, SelectorsError> {
        match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
            None => return Err(SelectorsError::EmptyBody),
            // Serde would take an array for a struct, and tell "not JSON" from "not an object" for nothing else.
            Some(b'{') => {}
            Some(_) => return Err(not_an_object(body)),
        }
        let mut json = serde_json::Deserializer::from_slice(body);
        let selectors: Self = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let path = error.path().to_string();
            shape_or_syntax(error.inner(), &path)
        })?;
        json.end().map_err(|error| shape_or_syntax(&error, "."))?;
        selectors.check_counts()?;
        Ok(selectors)
    }

    /// The agents that they select.
    ///
    /// # Errors
    /// The first bad entry of `ip_addrs`, by position and text.
    pub fn selection(&self) -> Result<Selection, SelectorsError> {
        let (agent_ids, team_ids) = (self.agent_ids.iter(), self.team_ids.iter());
        let ranges = self.address_ranges()?;
        Ok(Selection::new(
            agent_ids.copied(),
            team_ids.copied(),
            ranges,
        ))
    }

    fn address_ranges(&self) -> Result<Vec<AddressRange>, SelectorsError> {
        let read = |(position, text): (usize, &String)| {
            AddressRange::parse(text).map_err(|reason| SelectorsError::Address {
                position,
                text: quoted(text),
                reason,
            })
        };
        self.ip_addrs.iter().enumerate().map(read).collect()
    }

    fn check_counts(&self) -> Result<(), SelectorsError> {
        let counts = [
            ("agent_ids", self.agent_ids.len(), MAX_AGENT_IDS),
            ("team_ids", self.team_ids.len(), MAX_TEAM_IDS),
            ("ip_addrs", self.ip_addrs.len(), MAX_IP_ADDRS),
        ];
        if counts.iter().all(|(_, count, _)| *count == 0) {
            return Err(SelectorsError::NoSelector);
        }
        match counts.into_iter().find(|(_, count, max)| count > max) {
            Some((key, count, max)) => Err(SelectorsError::TooMany { key, count, max }),
            None => Ok(()),
        }
    }
}

fn not_an_object(body: &[u8]) -> SelectorsError {
    match serde_json::from_slice::<serde::de::IgnoredAny>(body) {
        Ok(_) => SelectorsError::NotAnObject,
        Err(error) => SelectorsError::Syntax(error.to_string()),
    }
}

fn shape_or_syntax(error: &serde_json::Error, path: &str) -> SelectorsError {
    let place = format!(" at line {} column {}", error.line(), error.column());
    let text = error.to_string();
    let text = quoted(text.strip_suffix(&place).unwrap_or(&text)) + &place;
    match error.classify() {
        serde_json::error::Category::Data if path == "." || path.is_empty() => {
            SelectorsError::Shape(text)
        }
        serde_json::error::Category::Data => {
            SelectorsError::Shape(format!("{}: {text}", quoted(path)))
        }
        _ => SelectorsError::Syntax(text),
    }
}

fn quoted(text: &str) -> String {
    match text.char_indices().nth(MAX_QUOTED_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(body: &str) -> String {
        let selectors = SelectorsBody::parse(body.as_bytes());
        match selectors.and_then(|selectors| selectors.selection()) {
            Ok(_) => "accepted".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn every_fault_is_named_with_its_place() {
        for (body, expected) in [
            ("", "the body is empty; it must be a JSON object"),
            (" \n", "the body is empty; it must be a JSON object"),
            ("[]", "the body must be a JSON object"),
            ("12", "the body must be a JSON object"),
            (
                "nul",
                "the body is not valid JSON: EOF while parsing a value at line 1 column 3",
            ),
            (
                "[1,",
                "the body is not valid JSON: EOF while parsing a value at line 1 column 3",
            ),
            (
                "{\n\"agent_ids\": [1,]}",
                "the body is not valid JSON: trailing comma at line 2 column 17",
            ),
            (
                r#"{"agent_ids":[1]} x"#,
                "the body is not valid JSON: trailing characters at line 1 column 19",
            ),
            (
                r#"{"agent_ids":[1],"dryrun":true}"#,
                "dryrun: unknown field `dryrun`, expected one of `agent_ids`, `team_ids`, `ip_addrs` at line 1 column 25",
            ),
            (
                r#"{"agent_ids":[1],"agent_ids":[2]}"#,
                "duplicate field `agent_ids` at line 1 column 28",
            ),
            (
                r#"{"agent_ids":7}"#,
                "agent_ids: invalid type: integer `7`, expected a sequence at line 1 column 14",
            ),
            (
                r#"{"team_ids":null}"#,
                "team_ids: invalid type: null, expected a sequence at line 1 column 16",
            ),
            (
                r#"{"team_ids":[1,0]}"#,
                "team_ids[1]: invalid value: integer `0`, expected an integer from 1 to 9007199254740991 at line 1 column 16",
            ),
            (
                r#"{"agent_ids":[-3]}"#,
                "agent_ids[0]: invalid type: integer `-3`, expected an integer from 1 to 9007199254740991 at line 1 column 16",
            ),
            (
                r#"{"agent_ids":[1.5]}"#,
                "agent_ids[0]: invalid type: floating point `1.5`, expected an integer from 1 to 9007199254740991 at line 1 column 17",
            ),
            (
                r#"{"agent_ids":[99999999999999999999999]}"#,
                "agent_ids[0]: invalid type: floating point `1e+23`, expected an integer from 1 to 9007199254740991 at line 1 column 37",
            ),
            (
                r#"{"agent_ids":["12"]}"#,
                r#"agent_ids[0]: invalid type: string "12", expected an integer from 1 to 9007199254740991 at line 1 column 18"#,
            ),
            (
                r#"{"ip_addrs":[7]}"#,
                "ip_addrs[0]: invalid type: integer `7`, expected a string at line 1 column 14",
            ),
            (
                "{}",
                "at least one of agent_ids, team_ids and ip_addrs must be a non-empty array",
            ),
            (
                r#"{"agent_ids":[],"team_ids":[]}"#,
                "at least one of agent_ids, team_ids and ip_addrs must be a non-empty array",
            ),
            (
                r#"{"ip_addrs":["10.0.0.1","::1","10.0.0.9-10.0.0.1"]}"#,
                r#"ip_addrs[2]: "10.0.0.9-10.0.0.1" ends before it starts"#,
            ),
            (r#"{"ip_addrs":[""]}"#, r#"ip_addrs[0]: "" is empty"#),
        ] {
            assert_eq!(message(body), expected, "{body}");
        }
    }

    #[test]
    fn arrays_end_at_their_limits() {
        for (key, entry, max) in [
            ("agent_ids", "7", MAX_AGENT_IDS),
            ("team_ids", "7", MAX_TEAM_IDS),
            ("ip_addrs", "\"10.0.0.1\"", MAX_IP_ADDRS),
        ] {
            let body = |count| format!(r#"{{"{key}":[{}]}}"#, vec![entry; count].join(","));
            assert_eq!(message(&body(max)), "accepted");
            let beyond = format!("{key}: {} entries; at most {max} are allowed", max + 1);
            assert_eq!(message(&body(max + 1)), beyond);
        }
    }

    #[test]
    fn long_quotes_are_cut() {
        let long = "é".repeat(5_000);
        for body in [
            format!(r#"{{"ip_addrs":["{long}"]}}"#),
            format!(r#"{{"agent_ids":["{long}"]}}"#),
            format!(r#"{{"{long}":[]}}"#),
        ] {
            let message = message(&body);
            assert!(
                message.contains('…') && message.chars().count() < 600,
                "{message}"
            );
        }
    }

    #[test]
    fn an_empty_array_beside_a_full_one_is_accepted() {
        assert_eq!(message(r#"{"agent_ids":[],"team_ids":[1]}"#), "accepted");
    }
}
