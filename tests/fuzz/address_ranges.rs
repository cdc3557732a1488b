//! Addresses, blocks and ranges, one a line: each is read as it is written, and merging them neither adds an address nor
//! loses one.

#![no_main]

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use domain::selection::{AddressRange, AddressRangeError, merge_ranges};
use libfuzzer_sys::fuzz_target;

/// More lines take more time and add no cases.
const MAX_LINES: usize = 50;

fuzz_target!(|text: &str| {
    let ranges: Vec<AddressRange> = text.lines().take(MAX_LINES).filter_map(read).collect();
    let merged = merge_ranges(ranges.clone());
    for pair in merged.windows(2) {
        assert!(pair[0].last() < pair[1].first(), "{merged:?}");
        assert_ne!(
            neighbours(pair[0].last())[1],
            Some(pair[1].first()),
            "{merged:?}"
        );
    }
    // Membership changes only at the ends of a range, so comparing there is enough.
    for range in &ranges {
        let (first, last) = (range.first(), range.last());
        for address in [
            [Some(first), Some(last)],
            [neighbours(first)[0], neighbours(last)[1]],
        ]
        .concat()
        {
            assert_eq!(
                holds(&ranges, address),
                holds(&merged, address),
                "{address:?}"
            );
        }
    }
    for range in &merged {
        assert_eq!(AddressRange::parse(&range.to_string()), Ok(*range));
        assert!(ranges.iter().any(|of| of.first() == range.first()));
        assert!(ranges.iter().any(|of| of.last() == range.last()));
    }
});

fn read(text: &str) -> Option<AddressRange> {
    let parsed = AddressRange::parse(text);
    if let Err(AddressRangeError::WriteInstead { instead, .. }) = &parsed {
        assert!(meant(instead).is_some(), "{text}: {instead}");
    }
    let parsed = parsed.ok();
    assert_eq!(
        parsed.map(|range| (range.first(), range.last())),
        meant(text.trim()),
        "{text}"
    );
    parsed
}

/// A dash of any kind is a hyphen.
const DASHES: &str = "\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2015}\u{2212}";

/// The first and the last address that a text means, read in another way than the service does.
fn meant(text: &str) -> Option<(IpAddr, IpAddr)> {
    let canonical = |text: &str| Some(text.parse::<IpAddr>().ok()?.to_canonical());
    let text = text.replace(|c: char| DASHES.contains(c), "-");
    let text = text.as_str();
    if let Some((first, last)) = text.split_once('-') {
        let (first, last) = (canonical(first.trim_end())?, canonical(last.trim_start())?);
        return (first.is_ipv4() == last.is_ipv4() && first <= last).then_some((first, last));
    }
    let Some((network, length)) = text.split_once('/') else {
        return canonical(text).map(|address| (address, address));
    };
    let (network, size) = match network.parse().ok()? {
        IpAddr::V4(v4) => (v4.to_ipv6_mapped(), 32),
        IpAddr::V6(v6) => (v6, 128),
    };
    let netmask = |ones: u32| Ipv4Addr::from_bits(!u32::MAX.checked_shr(ones).unwrap_or(0));
    let is_meant = |ones: &u32| {
        ones.to_string() == length || (size == 32 && netmask(*ones).to_string() == length)
    };
    let length = (0..=size).find(is_meant)?;
    let hosts = u128::MAX.checked_shr(128 - (size - length)).unwrap_or(0);
    let (first, last) = (network.to_bits() & !hosts, network.to_bits() | hosts);
    let [first, last] = [first, last].map(|bits| IpAddr::from(Ipv6Addr::from_bits(bits)));
    // A block inside the IPv4-mapped addresses is an IPv4 block; an IPv6 block that would end among them ends before them.
    let before_mapped: IpAddr = "::fffe:ffff:ffff".parse().ok()?;
    match (first.to_canonical(), last.to_canonical()) {
        (first, last) if first.is_ipv4() && last.is_ipv4() => Some((first, last)),
        (_, last) if last.is_ipv4() => Some((first, before_mapped)),
        _ => Some((first, last)),
    }
}

fn holds(ranges: &[AddressRange], address: Option<IpAddr>) -> bool {
    let holds = |address| {
        let of_one = |range: &AddressRange| range.first() <= address && address <= range.last();
        ranges.iter().any(of_one)
    };
    address.is_some_and(holds)
}

/// The address before, and the address after.
fn neighbours(address: IpAddr) -> [Option<IpAddr>; 2] {
    match address {
        IpAddr::V4(v4) => [v4.to_bits().checked_sub(1), v4.to_bits().checked_add(1)]
            .map(|bits| bits.map(|bits| Ipv4Addr::from_bits(bits).into())),
        IpAddr::V6(v6) => [v6.to_bits().checked_sub(1), v6.to_bits().checked_add(1)]
            .map(|bits| bits.map(|bits| Ipv6Addr::from_bits(bits).into())),
    }
}
