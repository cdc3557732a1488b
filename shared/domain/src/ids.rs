//! Ids of agents, teams and jobs: positive integers, unique within a tenant.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};
use serde::{Serialize, Serializer};

/// The largest id: 2^53 - 1, up to which every JSON reader keeps an integer exact (RFC 8259, section 6).
pub const MAX_ID: u64 = (1 << 53) - 1;

/// The number of one `Kind` of thing of a tenant, from 1 to [`MAX_ID`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id<Kind>(u64, PhantomData<Kind>);

/// Names one agent of a tenant.
pub type AgentId = Id<OfAgent>;
/// Names one team of a tenant.
pub type TeamId = Id<OfTeam>;
/// Names one background job of a tenant.
pub type JobId = Id<OfJob>;

/// Marks an [`AgentId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OfAgent {}
/// Marks a [`TeamId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OfTeam {}
/// Marks a [`JobId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OfJob {}

impl<Kind> Id<Kind> {
    /// The id of that number, or `None` outside 1 to [`MAX_ID`].
    #[must_use]
    pub fn new(number: u64) -> Option<Self> {
        (1..=MAX_ID)
            .contains(&number)
            .then_some(Self(number, PhantomData))
    }

    /// The id that `text` writes, in the one way there is: digits alone, neither `+1` nor `01`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let id = Self::new(text.parse().ok()?)?;
        (text == id.to_string()).then_some(id)
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }
}

impl<Kind> fmt::Display for Id<Kind> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<Kind> Serialize for Id<Kind> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0)
    }
}

impl<'de, Kind> Deserialize<'de> for Id<Kind> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_u64(IdVisitor(PhantomData))
    }
}

/// Takes an id from JSON; everything but a positive integer is refused by the default methods.
struct IdVisitor<Kind>(PhantomData<Kind>);

impl<Kind> Visitor<'_> for IdVisitor<Kind> {
    type Value = Id<Kind>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an integer from 1 to {MAX_ID}")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Id<Kind>, E> {
        Id::new(number).ok_or_else(|| E::invalid_value(Unexpected::Unsigned(number), &self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_written_in_one_way() {
        assert_eq!(AgentId::parse("10"), AgentId::new(10));
        for bad in [
            "",
            "0",
            "01",
            "+1",
            "-1",
            " 1",
            "1 ",
            "1.0",
            "9007199254740992",
        ] {
            assert_eq!(AgentId::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_id_is_a_positive_integer_that_json_keeps_exact() {
        for good in ["1", "11", "9007199254740991"] {
            assert!(serde_json::from_str::<AgentId>(good).is_ok(), "{good}");
        }
        for bad in [
            "0",
            "-1",
            "1.0",
            "1e2",
            "9007199254740992",
            "18446744073709551616",
            "\"1\"",
            "null",
            "true",
            "[1]",
        ] {
            assert!(serde_json::from_str::<AgentId>(bad).is_err(), "{bad}");
        }
    }
}
