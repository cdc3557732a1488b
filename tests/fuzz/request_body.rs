//! Bodies of requests: any bytes are refused with a short message, or read as the JSON that they are.

#![no_main]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use domain::ids::MAX_ID;
use domain::limits::{MAX_AGENT_IDS, MAX_IP_ADDRS, MAX_TEAM_IDS};
use domain::selection::{AddressRange, Selection};
use libfuzzer_sys::fuzz_target;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use wire::http::SelectorsBody;

/// Twenty faults, each with a quote that is cut after 100 bytes, and the words around them.
const MAX_MESSAGE_CHARS: usize = 6_000;

fuzz_target!(|body: &[u8]| {
    let meant = meant(body);
    match SelectorsBody::parse(body) {
        Ok((selectors, selection)) => {
            assert_eq!(meant.as_ref(), Some(&read(&selectors)));
            assert_eq!(selection, selection_of(&selectors));
            let written = serde_json::to_vec(&selectors).expect("it has string keys");
            assert_eq!(SelectorsBody::parse(&written), Ok((selectors, selection)));
        }
        Err(error) => {
            let message = error.to_string();
            assert!(message.chars().count() <= MAX_MESSAGE_CHARS, "{message}");
            assert!(!message.contains(char::is_control), "{message:?}");
            assert_eq!(meant, None, "refused: {message}");
        }
    }
});

/// The three arrays.
type Arrays = (Vec<u64>, Vec<u64>, Vec<String>);

fn read(selectors: &SelectorsBody) -> Arrays {
    (
        selectors.agent_ids.iter().map(|id| id.get()).collect(),
        selectors.team_ids.iter().map(|id| id.get()).collect(),
        selectors.ip_addrs.clone(),
    )
}

/// A JSON object as it is written; a map would hide a key that is there twice.
struct Entries(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Entries;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        json.deserialize_map(Reader)
    }
}

/// The arrays of a body that the contract allows, read in another way than the service does.
fn meant(body: &[u8]) -> Option<Arrays> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let Entries(entries) = serde_json::from_slice(body).ok()?;
    let keys: BTreeMap<&str, &Value> = entries.iter().map(|(key, value)| (&**key, value)).collect();
    let known = ["agent_ids", "team_ids", "ip_addrs"];
    let array = |key, max| match keys.get(key) {
        None | Some(Value::Null) => Some(&[][..]),
        Some(value) => value
            .as_array()
            .map(Vec::as_slice)
            .filter(|it| it.len() <= max),
    };
    let id = |value: &Value| value.as_u64().filter(|id| (1..=MAX_ID).contains(id));
    let ids = |key, max| {
        array(key, max)?
            .iter()
            .map(id)
            .collect::<Option<Vec<u64>>>()
    };
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let agents = ids("agent_ids", MAX_AGENT_IDS)?;
    let teams = ids("team_ids", MAX_TEAM_IDS)?;
    let addresses = array("ip_addrs", usize::MAX)?.iter().map(text);
    let addresses: Vec<String> = addresses.collect::<Option<_>>()?;
    let distinct: BTreeSet<&str> = addresses.iter().map(|text| text.trim()).collect();
    let are_good = addresses
        .iter()
        .all(|text| AddressRange::parse(text).is_ok());
    let is_empty = agents.is_empty() && teams.is_empty() && addresses.is_empty();
    let each_once = keys.len() == entries.len();
    let is_good = !is_empty
        && are_good
        && distinct.len() <= MAX_IP_ADDRS
        && each_once
        && keys.keys().all(|key| known.contains(key));
    is_good.then_some((agents, teams, addresses))
}

/// What the selectors mean: every range of them in some look-up.
fn selection_of(selectors: &SelectorsBody) -> Selection {
    let ranges = selectors.ip_addrs.iter();
    let ranges = ranges.filter_map(|text| AddressRange::parse(text).ok());
    Selection::new(
        selectors.agent_ids.iter().copied(),
        selectors.team_ids.iter().copied(),
        ranges.collect(),
    )
}
