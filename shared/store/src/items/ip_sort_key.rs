//! An address as the sort key of the index `by-ip`.

use std::net::IpAddr;

/// The sort key of an agent who signed in from an address that is not known. It lies outside every range of addresses.
pub const UNKNOWN_ADDRESS: [u8; 1] = [0];

/// The sort key of an address: byte 4 then 4 bytes, or byte 6 then 16 bytes, big-endian, so that byte order is
/// address order within a family and no IPv4 key lies between two IPv6 keys.
#[must_use]
pub fn ip_sort_key(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(v4) => [&[4][..], &v4.octets()].concat(),
        IpAddr::V6(v6) => [&[6][..], &v6.octets()].concat(),
    }
}

/// The address of a key made by [`ip_sort_key`].
#[must_use]
pub fn address_of_ip_sort_key(key: &[u8]) -> Option<IpAddr> {
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

    #[test]
    fn an_unknown_address_lies_in_no_range() {
        let lowest = [
            ip_sort_key(Ipv4Addr::UNSPECIFIED.into()),
            ip_sort_key(Ipv6Addr::UNSPECIFIED.into()),
        ];
        assert!(lowest.iter().all(|key| key[..] > UNKNOWN_ADDRESS[..]));
        assert_eq!(address_of_ip_sort_key(&UNKNOWN_ADDRESS), None);
    }

    proptest! {
        #[test]
        fn a_key_reads_back(address: IpAddr) {
            prop_assert_eq!(address_of_ip_sort_key(&ip_sort_key(address)), Some(address));
        }

        #[test]
        fn key_order_is_address_order_within_a_family(a: IpAddr, b: IpAddr) {
            prop_assume!(a.is_ipv4() == b.is_ipv4());
            prop_assert_eq!(ip_sort_key(a).cmp(&ip_sort_key(b)), a.cmp(&b));
        }

        #[test]
        fn every_ipv4_key_lies_below_every_ipv6_key(a: Ipv4Addr, b: Ipv6Addr) {
            prop_assert!(ip_sort_key(a.into()) < ip_sort_key(b.into()));
        }
    }
}
