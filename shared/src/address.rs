//! Addresses of agents, and their form as a sort key.

use std::net::IpAddr;

/// The address itself, but an IPv4-mapped IPv6 address (`::ffff:a.b.c.d`) becomes the IPv4 address it stands for.
#[must_use]
pub fn canonical(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

/// The address in canonical form, from text such as `10.0.0.1` or `2001:db8::1`; zone ids are refused.
#[must_use]
pub fn parse(text: &str) -> Option<IpAddr> {
    text.parse().ok().map(canonical)
}

/// The sort key of an address: byte 4 then 4 bytes, or byte 6 then 16 bytes, big-endian, so that byte order is
/// address order within a family and no IPv4 key lies between two IPv6 keys.
#[must_use]
pub fn sort_key(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(v4) => [&[4][..], &v4.octets()].concat(),
        IpAddr::V6(v6) => [&[6][..], &v6.octets()].concat(),
    }
}

/// The address of a key made by [`sort_key`].
#[must_use]
pub fn of_sort_key(key: &[u8]) -> Option<IpAddr> {
    match key.split_first()? {
        (4, octets) => Some(IpAddr::from(<[u8; 4]>::try_from(octets).ok()?)),
        (6, octets) => Some(IpAddr::from(<[u8; 16]>::try_from(octets).ok()?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_key_reads_back(address: IpAddr) {
            prop_assert_eq!(of_sort_key(&sort_key(address)), Some(address));
        }

        #[test]
        fn key_order_is_address_order_within_a_family(a: IpAddr, b: IpAddr) {
            prop_assume!(a.is_ipv4() == b.is_ipv4());
            prop_assert_eq!(sort_key(a).cmp(&sort_key(b)), a.cmp(&b));
        }

        #[test]
        fn every_ipv4_key_lies_below_every_ipv6_key(a: Ipv4Addr, b: Ipv6Addr) {
            prop_assert!(sort_key(a.into()) < sort_key(b.into()));
        }
    }

    #[test]
    fn an_ipv4_mapped_address_is_the_ipv4_address() {
        assert_eq!(parse("::ffff:10.0.0.1"), parse("10.0.0.1"));
        assert_ne!(parse("::10.0.0.1"), parse("10.0.0.1"));
    }
}
