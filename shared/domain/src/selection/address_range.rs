//! Ranges of addresses: how callers write them, and how they are merged.

mod error;
mod other_forms;
mod reading;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

pub use error::AddressRangeError;

/// All addresses from `first` to `last`, both included; both of one family and in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AddressRange {
    first: IpAddr,
    last: IpAddr,
}

impl AddressRange {
    /// Reads one address; a CIDR block, whose prefix is a length or an IPv4 netmask (host bits are masked); or an inclusive range
    /// `first-last`, with any dash for the hyphen and with spaces round it or not.
    ///
    /// # Errors
    /// Says what is wrong with the text, as the end of a sentence; and how to write it, if its meaning is plain.
    pub fn parse(text: &str) -> Result<Self, AddressRangeError> {
        use AddressRangeError::{NetmaskGaps, NotAnAddress, PrefixLength};
        let read = reading::read(text).map_err(|error| match error {
            NetmaskGaps | NotAnAddress | PrefixLength { .. } => {
                other_forms::recognize(text).unwrap_or(error)
            }
            _ => error,
        });
        read.map(|(first, last)| Self { first, last })
    }

    /// The lowest address.
    #[must_use]
    pub fn first(&self) -> IpAddr {
        self.first
    }

    /// The highest address.
    #[must_use]
    pub fn last(&self) -> IpAddr {
        self.last
    }

    /// True when no address lies between the end of `self` and the start of `next`, which must not start lower.
    fn reaches(&self, next: &Self) -> bool {
        next.first <= self.last || successor(self.last) == Some(next.first)
    }
}

impl fmt::Display for AddressRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.first, self.last)
    }
}

/// The same set of addresses as the fewest ranges, in order, with neither overlaps nor neighbours that touch.
#[must_use]
pub fn merge_ranges(mut ranges: Vec<AddressRange>) -> Vec<AddressRange> {
    ranges.sort_unstable();
    let mut merged: Vec<AddressRange> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(open) if open.reaches(&range) => open.last = open.last.max(range.last),
            _ => merged.push(range),
        }
    }
    merged
}

/// The next address of the same family.
fn successor(address: IpAddr) -> Option<IpAddr> {
    match address {
        IpAddr::V4(v4) => v4
            .to_bits()
            .checked_add(1)
            .map(|bits| Ipv4Addr::from_bits(bits).into()),
        IpAddr::V6(v6) => v6
            .to_bits()
            .checked_add(1)
            .map(|bits| Ipv6Addr::from_bits(bits).into()),
    }
}

#[cfg(test)]
mod tests;
