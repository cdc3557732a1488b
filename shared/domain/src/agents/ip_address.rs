//! The addresses of agents.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv4_mapped_address_is_the_ipv4_address() {
        assert_eq!(parse("::ffff:10.0.0.1"), parse("10.0.0.1"));
        assert_ne!(parse("::10.0.0.1"), parse("10.0.0.1"));
    }
}
