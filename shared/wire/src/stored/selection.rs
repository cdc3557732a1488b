//! A selection as the service keeps it for itself, in the plan message and in the job's item: canonical, and apart from the
//! body of the request, whose form belongs to the callers.

use domain::ids::{AgentId, TeamId};
use domain::selection::{AddressRange, AddressRangeError, LookUp, Selection};
use serde::{Deserialize, Serialize};

/// The JSON of a [`Selection`]. It takes at most 360 KB, however a caller wrote the selectors: small enough for an item
/// (400 KB, quotas of DynamoDB) and a message (1 MiB, quotas of SQS).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredSelection {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    agent_ids: Vec<AgentId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    team_ids: Vec<TeamId>,
    /// Each is written `first-last`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    ip_ranges: Vec<String>,
}

impl From<&Selection> for StoredSelection {
    fn from(selection: &Selection) -> Self {
        let mut stored = Self {
            agent_ids: selection.agent_ids.iter().copied().collect(),
            ..Self::default()
        };
        for look_up in &selection.look_ups {
            match look_up {
                LookUp::Team(team_id) => stored.team_ids.push(*team_id),
                LookUp::Addresses(range) => stored.ip_ranges.push(range.to_string()),
            }
        }
        stored
    }
}

impl TryFrom<StoredSelection> for Selection {
    type Error = AddressRangeError;

    fn try_from(stored: StoredSelection) -> Result<Self, AddressRangeError> {
        let ranges = stored
            .ip_ranges
            .iter()
            .map(|text| AddressRange::parse(text));
        let ranges = ranges.collect::<Result<_, _>>()?;
        Ok(Self::new(stored.agent_ids, stored.team_ids, ranges))
    }
}

#[cfg(test)]
mod tests {
    use domain::ids::MAX_ID;
    use domain::limits::{MAX_AGENT_IDS, MAX_IP_RANGES, MAX_TEAM_IDS};

    use super::*;
    use crate::http::SelectorsBody;

    fn selection(body: &str) -> Selection {
        let (_, selection) = SelectorsBody::parse(body.as_bytes()).unwrap();
        selection
    }

    #[test]
    fn a_selection_that_was_stored_is_read_again() {
        for addresses in [
            r#""10.0.0.0/8","::1","::/1""#,
            // Ends with the last IPv4-mapped address.
            r#""::/80""#,
            r#""::fffe:0:0/95","0.0.0.0/0""#,
        ] {
            let body =
                format!(r#"{{"agent_ids":[2,1,2],"team_ids":[7],"ip_addrs":[{addresses}]}}"#);
            let selection = selection(&body);
            let stored = StoredSelection::from(&selection);
            assert_eq!(Selection::try_from(stored), Ok(selection));
        }
    }

    /// Every id as long as it can be, and every range.
    fn largest_selection() -> Selection {
        let ids = |count: usize| (0..count as u64).map(|n| MAX_ID - n);
        let range = |n: usize| {
            let address = |last| format!("ffff:ffff:ffff:ffff:ffff:ffff:{:x}:{last}", 0x1000 + n);
            let text = format!("{}-{}", address("fffe"), address("ffff"));
            AddressRange::parse(&text).unwrap()
        };
        Selection::new(
            ids(MAX_AGENT_IDS).filter_map(AgentId::new),
            ids(MAX_TEAM_IDS).filter_map(TeamId::new),
            (0..MAX_IP_RANGES).map(range).collect(),
        )
    }

    #[test]
    fn the_largest_selection_fits_an_item() {
        let stored = StoredSelection::from(&largest_selection());
        assert_eq!(stored.ip_ranges.len(), MAX_IP_RANGES);
        assert!(stored.ip_ranges.iter().all(|text| text.len() == 79));
        let size = serde_json::to_string(&stored).unwrap().len();
        assert!(size < 360_000, "{size}");
    }
}
