//! Texts against a second reading of them, bit by bit.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;

use super::super::{AddressRange, AddressRangeError};

const HYPHENS: &str = "-\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2015}\u{2212}";
const SPACES: [&str; 6] = ["", " ", "\t", "\u{a0}", "\u{2009} ", "\u{3000}"];

/// The first and the last address that a text means.
fn meant(text: &str) -> Option<(IpAddr, IpAddr)> {
    let canonical = |text: &str| Some(text.parse::<IpAddr>().ok()?.to_canonical());
    let text = text.trim().replace(|c: char| HYPHENS.contains(c), "-");
    if let Some((first, last)) = text.split_once('-') {
        let (first, last) = (canonical(first.trim_end())?, canonical(last.trim_start())?);
        return (first.is_ipv4() == last.is_ipv4() && first <= last).then_some((first, last));
    }
    let Some((network, prefix)) = text.split_once('/') else {
        return canonical(&text).map(|address| (address, address));
    };
    let network: IpAddr = network.parse().ok()?;
    let size = if network.is_ipv4() { 32 } else { 128 };
    let netmask = |ones: u32| {
        let ones = (0..ones).map(|place| 1_u32 << (31 - place)).sum::<u32>();
        Ipv4Addr::from_bits(ones).to_string()
    };
    let is_prefix =
        |ones: &u32| ones.to_string() == prefix || (size == 32 && netmask(*ones) == prefix);
    let ones = (0..=size).find(is_prefix)?;
    let network = match network {
        IpAddr::V4(v4) => v4.to_ipv6_mapped(),
        IpAddr::V6(v6) => v6,
    };
    let hosts = (0..size - ones).map(|place| 1_u128 << place).sum::<u128>();
    let ends = [network.to_bits() & !hosts, network.to_bits() | hosts];
    let [first, last] = ends.map(|bits| IpAddr::from(Ipv6Addr::from_bits(bits)).to_canonical());
    // An IPv6 block that would end among the IPv4-mapped addresses ends before them.
    let last = if first.is_ipv6() && last.is_ipv4() {
        "::fffe:ffff:ffff".parse().ok()?
    } else {
        last
    };
    Some((first, last))
}

/// Fails unless the text is read as [`meant`] says, and unless a suggestion means something.
fn check(text: &str) -> Result<(), TestCaseError> {
    let read = AddressRange::parse(text);
    let ends = read
        .as_ref()
        .ok()
        .map(|range| (range.first(), range.last()));
    prop_assert_eq!(ends, meant(text), "{:?}", text);
    if let Err(AddressRangeError::WriteInstead { instead, .. }) = read {
        prop_assert!(
            AddressRange::parse(&instead).is_ok(),
            "{:?}: {}",
            text,
            instead
        );
    }
    Ok(())
}

fn address() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<u32>().prop_map(|bits| Ipv4Addr::from_bits(bits).to_string()),
        (0..4_u32).prop_map(|bits| Ipv4Addr::from_bits(bits).to_string()),
        any::<u128>().prop_map(|bits| Ipv6Addr::from_bits(bits).to_string()),
        any::<u32>().prop_map(|bits| Ipv4Addr::from_bits(bits).to_ipv6_mapped().to_string()),
    ]
}

fn prefix() -> impl Strategy<Value = String> {
    prop_oneof![
        (0..=130_u8).prop_map(|length| length.to_string()),
        (0..=32_u32).prop_map(|ones| {
            let hosts = u32::MAX.checked_shr(ones).unwrap_or(0);
            Ipv4Addr::from_bits(!hosts).to_string()
        }),
        (0..=32_u32).prop_map(|zeros| {
            let hosts = u32::MAX.checked_shr(zeros).unwrap_or(0);
            Ipv4Addr::from_bits(hosts).to_string()
        }),
        any::<u32>().prop_map(|bits| Ipv4Addr::from_bits(bits).to_string()),
    ]
}

fn hyphen() -> impl Strategy<Value = String> {
    let hyphens: Vec<char> = HYPHENS.chars().collect();
    let spaces = || prop::sample::select(SPACES.to_vec());
    let parts = (spaces(), prop::sample::select(hyphens), spaces());
    parts.prop_map(|(before, hyphen, after)| format!("{before}{hyphen}{after}"))
}

proptest! {
    #[test]
    fn any_text_is_read_as_written(text in ".{0,40}") {
        check(&text)?;
    }

    #[test]
    fn a_text_of_the_signs_of_addresses_is_read_as_written(text in "[0-9a-f:./ ,*x\\[\\]\u{2013}-]{0,24}") {
        check(&text)?;
    }

    #[test]
    fn an_address_with_a_slip_is_read_as_written(text in address(), place in 0..20_usize, slip in "[0-9:./ *-]{0,2}") {
        let place = place.min(text.len());
        check(&format!("{}{slip}{}", &text[..place], &text[place..]))?;
    }

    #[test]
    fn a_block_is_read_as_written(network in address(), prefix in prefix()) {
        check(&format!("{network}/{prefix}"))?;
    }

    #[test]
    fn a_range_is_read_as_written(first in address(), hyphen in hyphen(), last in address()) {
        check(&format!("{first}{hyphen}{last}"))?;
    }
}

#[test]
fn every_netmask_without_gaps_is_the_prefix_that_it_means() {
    for ones in 0..=32_u32 {
        let netmask = Ipv4Addr::from_bits(!u32::MAX.checked_shr(ones).unwrap_or(0));
        let read = |prefix: &str| AddressRange::parse(&format!("172.24.56.7/{prefix}"));
        assert!(read(&netmask.to_string()).is_ok());
        assert_eq!(read(&netmask.to_string()), read(&ones.to_string()));
    }
}
