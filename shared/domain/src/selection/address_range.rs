//! Ranges of addresses: how callers write them, and how they are merged.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use thiserror::Error;

use crate::agents::ip_address;

/// All addresses from `first` to `last`, both included; both of one family and in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AddressRange {
    first: IpAddr,
    last: IpAddr,
}

/// Why a text is not an address, a CIDR block or a range. Each reads on from the quoted text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AddressRangeError {
    /// Nothing but spaces.
    #[error("is empty")]
    Empty,
    /// An IPv6 zone, as in `fe80::1%eth0`: it has a meaning only on the machine that wrote it.
    #[error("has a zone id, which says nothing outside the machine it is from")]
    ZoneId,
    /// None of the three forms.
    #[error("is not an IP address, a CIDR block or a range first-last")]
    NotAnAddress,
    /// The part after the slash is not a number of bits for the family.
    #[error("has a prefix length that is not a number from 0 to {max}")]
    PrefixLength {
        /// 32 for IPv4, 128 for IPv6.
        max: u8,
    },
    /// An IPv4 and an IPv6 end.
    #[error("mixes IPv4 and IPv6")]
    MixedFamilies,
    /// The last address is below the first.
    #[error("ends before it starts")]
    Reversed,
}

/// The last address before `::ffff:0.0.0.0`.
const BEFORE_IPV4_MAPPED: Ipv6Addr = Ipv6Addr::new(0, 0, 0, 0, 0, 0xfffe, 0xffff, 0xffff);

impl AddressRange {
    /// Reads one address, a CIDR block (host bits are masked) or an inclusive range `first-last` (spaces allowed
    /// round the hyphen).
    ///
    /// # Errors
    /// Says what is wrong with the text, as the end of a sentence.
    pub fn parse(text: &str) -> Result<Self, AddressRangeError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(AddressRangeError::Empty);
        }
        if let Some((first, last)) = text.split_once('-') {
            return Self::between(
                parse_address(first.trim_end())?,
                parse_address(last.trim_start())?,
            );
        }
        if let Some((network, prefix_length)) = text.split_once('/') {
            return Self::block(network, prefix_length);
        }
        let address = parse_address(text)?;
        Self::between(address, address)
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

    fn between(first: IpAddr, last: IpAddr) -> Result<Self, AddressRangeError> {
        if first.is_ipv4() != last.is_ipv4() {
            Err(AddressRangeError::MixedFamilies)
        } else if last < first {
            Err(AddressRangeError::Reversed)
        } else {
            Ok(Self { first, last })
        }
    }

    fn block(network: &str, prefix_length: &str) -> Result<Self, AddressRangeError> {
        let network = parse_literal(network)?;
        let max = if network.is_ipv4() { 32 } else { 128 };
        // As in an address, a leading zero is more likely a slip than meant: `/08` for `/28`, say.
        let plain = prefix_length.bytes().all(|byte| byte.is_ascii_digit())
            && (prefix_length == "0" || !prefix_length.starts_with('0'));
        let net = prefix_length
            .parse()
            .ok()
            .filter(|_| plain)
            .and_then(|length| IpNet::new(network, length).ok())
            .ok_or(AddressRangeError::PrefixLength { max })?;
        let (first, last) = (net.network(), net.broadcast());
        // A block of IPv4-mapped addresses is the IPv4 block; one that reaches beyond them is plain IPv6, and holds no IPv4.
        match (ip_address::canonical(first), ip_address::canonical(last)) {
            (first @ IpAddr::V4(_), last @ IpAddr::V4(_)) => Self::between(first, last),
            // What would be written as an IPv4 address is left out of its end.
            (IpAddr::V6(_), IpAddr::V4(_)) => Self::between(first, BEFORE_IPV4_MAPPED.into()),
            _ => Self::between(first, last),
        }
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

fn parse_address(text: &str) -> Result<IpAddr, AddressRangeError> {
    parse_literal(text).map(ip_address::canonical)
}

fn parse_literal(text: &str) -> Result<IpAddr, AddressRangeError> {
    text.parse().map_err(|_| match text.split_once('%') {
        Some((address, _zone)) if address.parse::<Ipv6Addr>().is_ok() => AddressRangeError::ZoneId,
        _ => AddressRangeError::NotAnAddress,
    })
}

#[cfg(test)]
mod tests;
