//! Addresses, blocks and ranges, one a line: each means what it says, and together they mean neither more nor less.

#![no_main]

use std::net::IpAddr;

use libfuzzer_sys::fuzz_target;
use logout::address_range::{AddressRange, merge};

fuzz_target!(|text: &str| {
    let ranges: Vec<AddressRange> = text.lines().filter_map(read).collect();
    let merged = merge(ranges.clone());
    for pair in merged.windows(2) {
        let (a, b) = (pair[0].last(), pair[1].first());
        let apart = a.is_ipv4() != b.is_ipv4() || bits(b) - bits(a) > 1;
        assert!(a < b && apart, "{a} and {b} of {merged:?}");
    }
    for range in &ranges {
        let holds = |of: &&AddressRange| of.first() <= range.first() && range.last() <= of.last();
        assert_eq!(merged.iter().filter(holds).count(), 1, "{range}");
    }
    for range in &merged {
        assert!(ranges.iter().any(|of| of.first() == range.first()));
        assert!(ranges.iter().any(|of| of.last() == range.last()));
    }
    let backwards = ranges.into_iter().rev().collect();
    assert_eq!(merge(backwards), merged);
    assert_eq!(merge(merged.clone()), merged);
});

fn read(text: &str) -> Option<AddressRange> {
    let parsed = AddressRange::parse(text);
    let text = text.trim();
    if let Ok(address) = text.parse::<IpAddr>() {
        let ends = parsed.map(|range| (range.first(), range.last()));
        let address = address.to_canonical();
        assert_eq!(ends, Ok((address, address)));
    }
    let range = parsed.ok()?;
    let (first, last) = (range.first(), range.last());
    assert!(first <= last && first.is_ipv4() == last.is_ipv4());
    assert_eq!(AddressRange::parse(&range.to_string()), Ok(range));
    if let Some((address, _length)) = text.split_once('/') {
        let address: IpAddr = address.parse().expect("a block is of an address");
        let address = match first {
            IpAddr::V4(_) => address.to_canonical(),
            IpAddr::V6(_) => address,
        };
        assert!(first <= address && address <= last);
        // Every bit after the prefix is 0 in the first address and 1 in the last.
        let (first, last) = (bits(first), bits(last));
        let after_prefix = first ^ last;
        assert_eq!(after_prefix & after_prefix.wrapping_add(1), 0);
        assert_eq!(first & after_prefix, 0);
    }
    Some(range)
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => v4.to_bits().into(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}
