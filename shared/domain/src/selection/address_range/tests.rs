mod model;
mod other_forms;

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
        ("::ffff:10.0.0.9/95", "::fffe:0:0", "::fffe:ffff:ffff"),
        ("::/80", "::", "::fffe:ffff:ffff"),
        ("::/79", "::", "::1:ffff:ffff:ffff"),
        ("::ffff:10.0.0.1-10.0.0.9", "10.0.0.1", "10.0.0.9"),
        (
            "172.24.56.7\u{2013}172.24.56.126",
            "172.24.56.7",
            "172.24.56.126",
        ),
        ("::1\u{a0}\u{2212}\u{2009}::9", "::1", "::9"),
        ("\u{3000}10.0.0.1\u{202f}", "10.0.0.1", "10.0.0.1"),
        ("10.0.0.0/255.0.0.0", "10.0.0.0", "10.255.255.255"),
        ("34.211.11.0/255.255.0.0", "34.211.0.0", "34.211.255.255"),
        ("10.0.0.1/255.255.255.255", "10.0.0.1", "10.0.0.1"),
        ("0.0.0.0/0.0.0.0", "0.0.0.0", "255.255.255.255"),
    ] {
        let range = range(first, last);
        assert_eq!(AddressRange::parse(text), Ok(range), "{text}");
        assert_eq!(AddressRange::parse(&range.to_string()), Ok(range), "{text}");
    }
}

#[test]
fn each_kind_of_bad_address_has_its_own_error() {
    use AddressRangeError::{
        Empty, MixedFamilies, NetmaskGaps, NotAnAddress, PrefixLength, Reversed, ZoneId,
    };
    for (text, error) in [
        ("", Empty),
        ("   ", Empty),
        ("office", NotAnAddress),
        ("10.0.0", NotAnAddress),
        ("10.0.0.256", NotAnAddress),
        ("010.0.0.1", NotAnAddress),
        ("10.0.0.1:99999", NotAnAddress),
        ("10.0.0.\u{200b}1", NotAnAddress),
        ("10.0.0.1\u{2043}10.0.0.2", NotAnAddress),
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
        ("10.0.0.0/255.0.255.0", NetmaskGaps),
        ("10.0.0.0/255.255.255.1", NetmaskGaps),
        ("10.0.0.0/255.0.0", PrefixLength { max: 32 }),
        ("2001:db8::/255.0.0.0", PrefixLength { max: 128 }),
        ("::ffff:10.0.0.0/255.0.0.0", PrefixLength { max: 128 }),
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
        merge_ranges(vec![
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
        let merged = merge_ranges(ranges.clone());
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
    fn a_block_holds_exactly_the_addresses_that_share_its_prefix(network: u32, address: u32, shared in 0..=32u32, length in 0..=32u8) {
        // Half the time the two agree in their first bits, so that both answers occur.
        let keep = u32::MAX.checked_shr(shared).unwrap_or(0);
        let address = (network & !keep) | (address & keep);
        let block = AddressRange::parse(&format!("{}/{length}", Ipv4Addr::from_bits(network))).unwrap();
        let agrees = (0..u32::from(length)).all(|bit| (network ^ address) & (1 << (31 - bit)) == 0);
        prop_assert_eq!(holds(&[block], Ipv4Addr::from_bits(address).into()), agrees);
    }

    #[test]
    fn an_ipv6_block_holds_exactly_the_addresses_that_share_its_prefix(network: u128, address: u128, shared in 0..=128u32, length in 0..=128u8) {
        let keep = u128::MAX.checked_shr(shared).unwrap_or(0);
        let address = (network & !keep) | (address & keep);
        let is_mapped = |bits| Ipv6Addr::from_bits(bits).to_ipv4_mapped().is_some();
        prop_assume!(!is_mapped(network) && !is_mapped(address));
        let block = AddressRange::parse(&format!("{}/{length}", Ipv6Addr::from_bits(network))).unwrap();
        let agrees = (0..u32::from(length)).all(|bit| (network ^ address) & (1 << (127 - bit)) == 0);
        prop_assert_eq!(holds(&[block], Ipv6Addr::from_bits(address).into()), agrees);
    }

    #[test]
    fn no_text_panics(text in ".{0,40}") {
        let _ = AddressRange::parse(&text);
    }
}
