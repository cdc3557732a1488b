//! Reading a body key by key and entry by entry. A wrong entry does not end the reading, so that all of them are named. Nothing
//! is kept of what is wrong but a short message, so a hostile body costs no more than a good one of its size.

use std::borrow::Cow;
use std::fmt;

use domain::ids::{AgentId, Id, MAX_ID, TeamId};
use domain::selection::{AddressRange, AddressRangeError};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::error::SelectorsError;
use crate::http::faults::{Faults, quoted, shown_json};

/// The keys, in the order in which messages name them.
const KEYS: [&str; 3] = ["agent_ids", "team_ids", "ip_addrs"];
/// Windows programs begin texts with it; it is no part of them (RFC 8259, section 8.1).
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The good entries of a body.
#[derive(Debug, Default)]
pub(super) struct Entries {
    pub agent_ids: Vec<AgentId>,
    pub team_ids: Vec<TeamId>,
    pub ip_addrs: Vec<String>,
}

/// What a body holds.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub entries: Entries,
    /// What `ip_addrs` means, in its order.
    pub ranges: Vec<AddressRange>,
    pub faults: Faults,
    seen: Vec<&'static str>,
}

/// Reads an object.
pub(super) fn read(bytes: &[u8]) -> Result<Body, SelectorsError> {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => return Err(SelectorsError::EmptyBody),
        Some(b'{') => {}
        // Tells "not JSON" from "not an object".
        Some(_) => {
            return Err(match serde_json::from_slice::<IgnoredAny>(bytes) {
                Ok(_) => SelectorsError::NotAnObject,
                Err(error) => SelectorsError::Syntax(error.to_string()),
            });
        }
    }
    let mut body = Body::default();
    let mut json = serde_json::Deserializer::from_slice(bytes);
    json.deserialize_map(ObjectVisitor(&mut body))
        .and_then(|()| json.end())
        .map_err(|error| SelectorsError::Syntax(error.to_string()))?;
    Ok(body)
}

impl Body {
    fn read_key(&mut self, key: &str, value: &RawValue) {
        let Some(key) = KEYS.into_iter().find(|known| *known == key) else {
            let [first, second, third] = KEYS;
            let known = format!("the keys are {first}, {second} and {third}");
            return self
                .faults
                .add(|| format!("unknown key {}: {known}", quoted(key)));
        };
        if self.seen.contains(&key) {
            return self.faults.add(|| format!("{key}: stands twice"));
        }
        self.seen.push(key);
        if value.get() == "null" {
            return;
        }
        let (entries, faults) = (&mut self.entries, &mut self.faults);
        match key {
            "agent_ids" => read_array(key, value, faults, read_ids(&mut entries.agent_ids)),
            "team_ids" => read_array(key, value, faults, read_ids(&mut entries.team_ids)),
            _ => {
                let read = read_addresses(&mut entries.ip_addrs, &mut self.ranges);
                read_array(key, value, faults, read);
            }
        }
    }
}

/// Why an entry is bad.
enum BadEntry<'a> {
    NotAnId,
    NotAString,
    Address(Cow<'a, str>, AddressRangeError),
}

impl BadEntry<'_> {
    /// Reads on from the place of the entry.
    fn message(&self, entry: &RawValue) -> String {
        let shown = shown_json(entry.get());
        match self {
            Self::NotAnId => format!("{shown} is not an integer from 1 to {MAX_ID}"),
            Self::NotAString => format!("{shown} is not a string"),
            Self::Address(text, reason) => format!("{} {reason}", quoted(text)),
        }
    }
}

type ReadEntry<'a> = Result<(), BadEntry<'a>>;

/// Reads an array, entry by entry.
fn read_array<'a>(
    key: &str,
    value: &'a RawValue,
    faults: &mut Faults,
    read: impl FnMut(&'a RawValue) -> ReadEntry<'a>,
) {
    let mut json = serde_json::Deserializer::from_str(value.get());
    let visitor = ArrayVisitor { key, faults, read };
    // What is there is JSON, so nothing else can be wrong with it.
    if json.deserialize_seq(visitor).is_err() {
        let shown = shown_json(value.get());
        faults.add(|| format!("{key}: {shown} is not an array"));
    }
}

fn read_ids<'a, Kind: 'a>(good: &mut Vec<Id<Kind>>) -> impl FnMut(&'a RawValue) -> ReadEntry<'a> {
    |entry| {
        let id = serde_json::from_str(entry.get());
        good.push(id.map_err(|_| BadEntry::NotAnId)?);
        Ok(())
    }
}

fn read_addresses<'a>(
    texts: &mut Vec<String>,
    ranges: &mut Vec<AddressRange>,
) -> impl FnMut(&'a RawValue) -> ReadEntry<'a> {
    |entry| {
        let text = serde_json::from_str(entry.get());
        let Text(text) = text.map_err(|_| BadEntry::NotAString)?;
        match AddressRange::parse(&text) {
            Ok(range) => {
                ranges.push(range);
                texts.push(text.into_owned());
                Ok(())
            }
            Err(reason) => Err(BadEntry::Address(text, reason)),
        }
    }
}

/// A string, borrowed unless it has escapes.
#[derive(Deserialize)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

struct ObjectVisitor<'a>(&'a mut Body);

impl<'de> Visitor<'de> for ObjectVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Text(key)) = map.next_key()? {
            self.0.read_key(&key, map.next_value()?);
        }
        Ok(())
    }
}

struct ArrayVisitor<'a, Read> {
    key: &'a str,
    faults: &'a mut Faults,
    read: Read,
}

impl<'de, Read: FnMut(&'de RawValue) -> ReadEntry<'de>> Visitor<'de> for ArrayVisitor<'_, Read> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut entries: A) -> Result<(), A::Error> {
        let mut position = 0_usize;
        while let Some(entry) = entries.next_element::<&RawValue>()? {
            if let Err(bad) = (self.read)(entry) {
                let key = self.key;
                let fault = || format!("{key}[{position}]: {}", bad.message(entry));
                self.faults.add(fault);
            }
            position += 1;
        }
        Ok(())
    }
}
