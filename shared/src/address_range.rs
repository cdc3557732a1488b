//! Ranges of addresses: how callers write them, and their union.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use thiserror::Error;

use crate::address;

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
        // A block of IPv4-mapped addresses is the IPv4 block; a block that reaches beyond them is plain IPv6,
        // and holds no IPv4.
        if first.to_canonical().is_ipv4() && last.to_canonical().is_ipv4() {
            Self::between(address::canonical(first), address::canonical(last))
        } else {
            Self::between(first, last)
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
pub fn merge(mut ranges: Vec<AddressRange>) -> Vec<AddressRange> {
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
    parse_literal(text).map(address::canonical)
}

fn parse_literal(text: &str) -> Result<IpAddr, AddressRangeError> {
    text.parse().map_err(|_| match text.split_once('%') {
        Some((address, _zone)) if address.parse::<Ipv6Addr>().is_ok() => AddressRangeError::ZoneId,
        _ => AddressRangeError::NotAnAddress,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn range(first: &str, last: &str) -> AddressRange {
        AddressRange {
            first: first.parse().unwrap(),
            last: last.parse().unwrap(),
        }
    }

    #[test]
    fn the_three_forms_are_read() {
        for (text, first, last) in [
            ("34.211.11.7", "34.211.11.7", "34.211.11.7"),
            (" 34.211.11.7 ", "34.211.11.7", "34.211.11.7"),
            ("34.211.11.0/16", "34.211.0.0", "34.211.255.255"),
            ("10.0.0.1/32", "10.0.0.1", "10.0.0.1"),
            ("0.0.0.0/0", "0.0.0.0", "255.255.255.255"),
            ("10.0.0.1-10.0.0.9", "10.0.0.1", "10.0.0.9"),
            ("10.0.0.1 - 10.0.0.9", "10.0.0.1", "10.0.0.9"),
            ("10.0.0.1-10.0.0.1", "10.0.0.1", "10.0.0.1"),
            ("2001:db8::1", "2001:db8::1", "2001:db8::1"),
            ("2001:db8::9/126", "2001:db8::8", "2001:db8::b"),
            ("::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
            ("::1-::9", "::1", "::9"),
            ("::ffff:10.0.0.1", "10.0.0.1", "10.0.0.1"),
            ("::ffff:10.0.0.9/120", "10.0.0.0", "10.0.0.255"),
            ("::ffff:10.0.0.9/96", "0.0.0.0", "255.255.255.255"),
            ("::ffff:10.0.0.9/95", "::fffe:0:0", "::ffff:ffff:ffff"),
            ("::ffff:10.0.0.1-10.0.0.9", "10.0.0.1", "10.0.0.9"),
        ] {
            assert_eq!(AddressRange::parse(text), Ok(range(first, last)), "{text}");
        }
    }

    #[test]
    fn each_kind_of_bad_address_is_told_apart() {
        use AddressRangeError::{
            Empty, MixedFamilies, NotAnAddress, PrefixLength, Reversed, ZoneId,
        };
        for (text, error) in [
            ("", Empty),
            ("   ", Empty),
            ("office", NotAnAddress),
            ("10.0.0", NotAnAddress),
            ("10.0.0.256", NotAnAddress),
            ("010.0.0.1", NotAnAddress),
            ("10.0.0.1:80", NotAnAddress),
            ("10.0.0.1-", NotAnAddress),
            ("-10.0.0.1", NotAnAddress),
            ("10.0.0.1-10.0.0.2-10.0.0.3", NotAnAddress),
            ("10.0.0.0/8-10.0.0.9", NotAnAddress),
            ("10%1", NotAnAddress),
            ("10.0.0.0/33", PrefixLength { max: 32 }),
            ("10.0.0.0/", PrefixLength { max: 32 }),
            ("10.0.0.0/+8", PrefixLength { max: 32 }),
            ("10.0.0.0/08", PrefixLength { max: 32 }),
            ("10.0.0.0/00", PrefixLength { max: 32 }),
            ("10.0.0.0/-1", NotAnAddress),
            ("10.0.0.0/8/8", PrefixLength { max: 32 }),
            ("2001:db8::/129", PrefixLength { max: 128 }),
            ("10.0.0.1-::9", MixedFamilies),
            ("::1-::ffff:10.0.0.1", MixedFamilies),
            ("10.0.0.9-10.0.0.1", Reversed),
            ("::9-::1", Reversed),
            ("fe80::1%eth0", ZoneId),
            ("fe80::1%eth0/64", ZoneId),
        ] {
            assert_eq!(AddressRange::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn touching_ranges_merge_but_families_do_not() {
        let ends = |a: &str, b: &str| {
            merge(vec![
                AddressRange::parse(b).unwrap(),
                AddressRange::parse(a).unwrap(),
            ])
            .len()
        };
        assert_eq!(ends("10.0.0.0-10.0.0.4", "10.0.0.5"), 1);
        assert_eq!(ends("10.0.0.0-10.0.0.4", "10.0.0.6"), 2);
        assert_eq!(ends("0.0.0.0/0", "::/0"), 2);
        assert_eq!(ends("::/0", "::1"), 1);
    }

    /// Address number `low` in a space small enough for every membership to be tried one by one.
    fn small(v6: bool, low: u8) -> IpAddr {
        if v6 {
            Ipv6Addr::from_bits(u128::from(low)).into()
        } else {
            Ipv4Addr::from_bits(u32::from(low)).into()
        }
    }

    fn small_range() -> impl Strategy<Value = AddressRange> {
        (any::<bool>(), any::<u8>(), any::<u8>()).prop_map(|(v6, a, b)| AddressRange {
            first: small(v6, a.min(b)),
            last: small(v6, a.max(b)),
        })
    }

    fn holds(ranges: &[AddressRange], address: IpAddr) -> bool {
        ranges.iter().any(|range| {
            range.first.is_ipv4() == address.is_ipv4()
                && range.first <= address
                && address <= range.last
        })
    }

    proptest! {
        #[test]
        fn merging_keeps_the_set_and_leaves_gaps(ranges in prop::collection::vec(small_range(), 0..24)) {
            let merged = merge(ranges.clone());
            for v6 in [false, true] {
                for low in 0..=u8::MAX {
                    let address = small(v6, low);
                    prop_assert_eq!(holds(&merged, address), holds(&ranges, address));
                }
            }
            for pair in merged.windows(2) {
                prop_assert!(pair[0].last < pair[1].first);
                prop_assert!(!pair[0].reaches(&pair[1]));
            }
        }

        /// Membership of a block, bit by bit: the first `length` bits agree.
        #[test]
        fn a_block_holds_just_the_addresses_that_share_its_prefix(network: u32, address: u32, shared in 0..=32u32, length in 0..=32u8) {
            // Half the time the two agree in their first bits, so that both answers occur.
            let keep = u32::MAX.checked_shr(shared).unwrap_or(0);
            let address = (network & !keep) | (address & keep);
            let block = AddressRange::parse(&format!("{}/{length}", Ipv4Addr::from_bits(network))).unwrap();
            let agrees = (0..u32::from(length)).all(|bit| (network ^ address) & (1 << (31 - bit)) == 0);
            prop_assert_eq!(holds(&[block], Ipv4Addr::from_bits(address).into()), agrees);
        }

        #[test]
        fn an_ipv6_block_holds_just_the_addresses_that_share_its_prefix(network: u128, address: u128, shared in 0..=128u32, length in 0..=128u8) {
            let keep = u128::MAX.checked_shr(shared).unwrap_or(0);
            let address = (network & !keep) | (address & keep);
            prop_assume!(Ipv6Addr::from_bits(network).to_ipv4_mapped().is_none());
            let block = AddressRange::parse(&format!("{}/{length}", Ipv6Addr::from_bits(network))).unwrap();
            let agrees = (0..u32::from(length)).all(|bit| (network ^ address) & (1 << (127 - bit)) == 0);
            prop_assert_eq!(holds(&[block], Ipv6Addr::from_bits(address).into()), agrees);
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            let _ = AddressRange::parse(&text);
        }
    }
}
