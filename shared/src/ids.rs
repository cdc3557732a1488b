//! Ids of agents and teams: positive integers, unique within a tenant.

use std::fmt;

use serde::Serialize;
use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};

/// The largest id: 2^53 - 1, up to which every JSON reader keeps an integer exact (RFC 8259, section 6).
pub const MAX_ID: u64 = (1 << 53) - 1;

/// Names one agent of a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct AgentId(u64);

/// Names one team of a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct TeamId(u64);

impl AgentId {
    /// The agent of that number, or `None` outside 1 to [`MAX_ID`].
    #[must_use]
    pub fn new(number: u64) -> Option<Self> {
        is_id(number).then_some(Self(number))
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }
}

impl TeamId {
    /// The team of that number, or `None` outside 1 to [`MAX_ID`].
    #[must_use]
    pub fn new(number: u64) -> Option<Self> {
        is_id(number).then_some(Self(number))
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for AgentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for TeamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> Deserialize<'de> for AgentId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_u64(IdVisitor).map(Self)
    }
}

impl<'de> Deserialize<'de> for TeamId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_u64(IdVisitor).map(Self)
    }
}

fn is_id(number: u64) -> bool {
    (1..=MAX_ID).contains(&number)
}

/// Takes an id from JSON; everything but a positive integer is refused by the default methods.
struct IdVisitor;

impl Visitor<'_> for IdVisitor {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an integer from 1 to {MAX_ID}")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<u64, E> {
        if is_id(number) {
            Ok(number)
        } else {
            Err(E::invalid_value(Unexpected::Unsigned(number), &self))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_positive_integer_that_json_keeps_exact() {
        for good in ["1", "11", "9007199254740991"] {
            assert!(serde_json::from_str::<AgentId>(good).is_ok(), "{good}");
            assert!(serde_json::from_str::<TeamId>(good).is_ok(), "{good}");
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
            assert!(serde_json::from_str::<TeamId>(bad).is_err(), "{bad}");
        }
    }
}
