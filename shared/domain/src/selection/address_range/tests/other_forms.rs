//! Forms that are refused with what to write instead.

use proptest::prelude::*;

use super::super::{AddressRange, AddressRangeError};

fn message(text: &str) -> String {
    AddressRange::parse(text).unwrap_err().to_string()
}

#[test]
fn where_the_meaning_is_plain_the_message_says_how_to_write_it() {
    for (text, expected) in [
        ("10.1.*.*", "has wildcards: write 10.1.0.0/16"),
        ("10.1.*", "has wildcards: write 10.1.0.0/16"),
        ("10.*", "has wildcards: write 10.0.0.0/8"),
        ("10.1.2.*", "has wildcards: write 10.1.2.0/24"),
        ("10.1.2.x", "has wildcards: write 10.1.2.0/24"),
        (
            "192.168.1.1-254",
            "has a shortened end: write 192.168.1.1-192.168.1.254",
        ),
        (
            "192.168.1.0 \u{2013} 255",
            "has a shortened end: write 192.168.1.0/24",
        ),
        ("192.168.1.9-.9", "has a shortened end: write 192.168.1.9"),
        (
            "10.0.0.0/0.0.0.255",
            "has a wildcard mask: write 10.0.0.0/24",
        ),
        (
            "10.0.0.0 255.0.0.0",
            "has a netmask after a space: write 10.0.0.0/8",
        ),
        ("10/8", "has a shortened network: write 10.0.0.0/8"),
        (
            "192.168/16",
            "has a shortened network: write 192.168.0.0/16",
        ),
        (
            "[2001:db8::1]",
            "is in brackets or quotation marks: write 2001:db8::1",
        ),
        (
            "(10.0.0.1 - 10.0.0.9)",
            "is in brackets or quotation marks: write 10.0.0.1-10.0.0.9",
        ),
        (
            "\"10.0.0.9/8\"",
            "is in brackets or quotation marks: write 10.0.0.0/8",
        ),
        (
            "\u{201c}10.0.0.1\u{201d}",
            "is in brackets or quotation marks: write 10.0.0.1",
        ),
        ("1.2.3.4:8080", "has a port: write 1.2.3.4"),
        ("[2001:db8::1]:443", "has a port: write 2001:db8::1"),
        ("http://1.2.3.4", "is a URL: write 1.2.3.4"),
        ("https://[2001:db8::1]:8443/", "is a URL: write 2001:db8::1"),
        ("1.2.3.4,", "ends with a punctuation mark: write 1.2.3.4"),
        (
            "10.0.0.1..10.0.0.9",
            "has no single hyphen between its ends: write 10.0.0.1-10.0.0.9",
        ),
        (
            "10.0.0.1 to 10.0.0.9",
            "has no single hyphen between its ends: write 10.0.0.1-10.0.0.9",
        ),
        (
            "::1--::9",
            "has no single hyphen between its ends: write ::1-::9",
        ),
    ] {
        assert_eq!(message(text), expected, "{text}");
    }
    for text in [
        "10.0.0.0 / 8",
        "10.0.0.0/ 8",
        "10.0.0.0\\8",
        "10.0.0.0\u{2044}8",
    ] {
        let expected =
            "has spaces beside the slash, or another sign in its place: write 10.0.0.0/8";
        assert_eq!(message(text), expected, "{text}");
    }
}

#[test]
fn text_after_an_address_and_lists_are_told_apart() {
    let several = "holds several addresses: write each of them as an entry of its own";
    for (text, expected) in [
        ("203.0.113.0/24 # Manila", "has text after the block"),
        ("203.0.113.0/24#Manila", "has text after the block"),
        ("10.0.0.0/8 except 10.1.0.0/16", "has text after the block"),
        ("10.0.0.1-10.0.0.9 (Cebu)", "has text after the range"),
        ("10.0.0.1 = reception", "has text after the address"),
        ("1.2.3.4, 1.2.3.5", several),
        ("1.2.3.4\n1.2.3.0/24", several),
        ("1.2.3.4;::1", several),
    ] {
        assert_eq!(message(text), expected, "{text}");
    }
}

/// Forms that can be read in two ways, that mean everybody, or that mean nothing.
#[test]
fn where_the_meaning_is_not_plain_nothing_is_suggested() {
    for text in [
        "*",
        "*.*.*.*",
        "*.1.2.3",
        "10.*.2.*",
        "10.1.*.*.*",
        "10.1.**",
        "256.*",
        "01.1.*",
        "2001:db8::*",
        "10.1.*.*/16",
        "192.168.1.254-1",
        "192.168.1.1-256",
        "192.168.1.1-2.254",
        "10.0.0.5/0.0.0.255",
        "10.0.0.0/0.255.0.255",
        "1/4",
        "0/0",
        "10.1/8",
        "10.0.0.1/ 33",
        "0.0.0.0 0.0.0.0",
        "10.0.0.5 255.0.0.0",
        "http://1.2.3.4/24",
        "http://example.com",
        "http://user@1.2.3.4",
        "[fe80::1%eth0]",
        "[office]",
        "10.0.0.9..10.0.0.1",
        "10.0.0.0/8..10.0.0.1",
        "10.0.0.1 - 10.0.0.256",
        "10.0.0.0/08",
        "10.0.0",
        "1.2.3.4,,office",
    ] {
        let error = AddressRange::parse(text).unwrap_err();
        let is_suggestion = matches!(error, AddressRangeError::WriteInstead { .. });
        assert!(!is_suggestion, "{text}: {error}");
    }
}

#[test]
fn a_suggestion_never_repeats_unusual_characters() {
    for text in [
        "(10.0.0.1\u{a0}\u{2013}\u{2003}10.0.0.9)",
        "10.0.0.0\u{3000}/\u{3000}8",
    ] {
        assert!(message(text).is_ascii(), "{}", message(text));
    }
}

#[test]
fn long_texts_are_in_no_known_form() {
    let long = format!("10.0.0.0/8 #{}", " ".repeat(1_000_000) + "x");
    let short = "is not an IP address, a CIDR block or a range first-last";
    assert!(
        [
            short,
            "has a prefix length that is not a number from 0 to 32"
        ]
        .contains(&&*message(&long))
    );
}

fn suggestion(text: &str) -> Option<AddressRange> {
    match AddressRange::parse(text) {
        Err(AddressRangeError::WriteInstead { instead, .. }) => {
            Some(AddressRange::parse(&instead).unwrap())
        }
        _ => None,
    }
}

fn bits(range: AddressRange) -> [u32; 2] {
    [range.first(), range.last()].map(|address| match address {
        std::net::IpAddr::V4(v4) => v4.to_bits(),
        std::net::IpAddr::V6(_) => panic!("the text is IPv4"),
    })
}

proptest! {
    /// Octet by octet: what is written stays, and a wildcard is any octet.
    #[test]
    fn wildcards_mean_every_octet_in_their_place(octets: [u8; 4], known in 1..4_usize) {
        let parts: Vec<String> = (0..4).map(|n| if n < known { octets[n].to_string() } else { "*".to_owned() }).collect();
        let [first, last] = bits(suggestion(&parts.join(".")).unwrap()).map(u32::to_be_bytes);
        for n in 0..4 {
            let expected = if n < known { (octets[n], octets[n]) } else { (0, 255) };
            prop_assert_eq!((first[n], last[n]), expected);
        }
    }

    #[test]
    fn a_shortened_end_changes_the_last_octet_alone(octets: [u8; 4], end: u8) {
        let text = format!("{}-{end}", std::net::Ipv4Addr::from(octets));
        let [a, b, c, d] = octets;
        let expected = (d <= end).then_some([[a, b, c, d], [a, b, c, end]]);
        let found = suggestion(&text).map(|range| bits(range).map(u32::to_be_bytes));
        prop_assert_eq!(found, expected);
    }

    /// A zero in a wildcard mask is a bit that is compared.
    #[test]
    fn a_wildcard_mask_means_the_addresses_that_agree_where_it_is_zero(network: u32, zeros in 8..=31_u32, address: u32) {
        let wildcard = u32::MAX >> zeros;
        let network = network & !wildcard;
        let [text, mask] = [network, wildcard].map(std::net::Ipv4Addr::from_bits);
        let [first, last] = bits(suggestion(&format!("{text}/{mask}")).unwrap());
        let agrees = (address ^ network) & !wildcard == 0;
        prop_assert_eq!((first..=last).contains(&address), agrees);
    }
}
