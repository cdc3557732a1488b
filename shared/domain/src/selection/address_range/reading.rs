//! The forms in which addresses are accepted.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use super::error::AddressRangeError;
use crate::agents::ip_address;

/// The first and the last address of a range, of one family and in order.
pub(super) type Ends = (IpAddr, IpAddr);

/// The last address before `::ffff:0.0.0.0`.
const BEFORE_IPV4_MAPPED: Ipv6Addr = Ipv6Addr::new(0, 0, 0, 0, 0, 0xfffe, 0xffff, 0xffff);

/// Reads a text in one of the forms.
pub(super) fn read(text: &str) -> Result<Ends, AddressRangeError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(AddressRangeError::Empty);
    }
    if let Some((first, last)) = text.split_once(is_hyphen) {
        return between(address(first.trim_end())?, address(last.trim_start())?);
    }
    if let Some((network, prefix)) = text.split_once('/') {
        return block(network, prefix);
    }
    let address = address(text)?;
    between(address, address)
}

/// True for a hyphen, and for what a word processor makes of one: dashes, the hyphen that does not break, the minus sign.
pub(super) fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// The range from `first` to `last`, both canonical.
pub(super) fn between(first: IpAddr, last: IpAddr) -> Result<Ends, AddressRangeError> {
    if first.is_ipv4() != last.is_ipv4() {
        Err(AddressRangeError::MixedFamilies)
    } else if last < first {
        Err(AddressRangeError::Reversed)
    } else {
        Ok((first, last))
    }
}

fn block(network: &str, prefix: &str) -> Result<Ends, AddressRangeError> {
    let network = literal(network)?;
    let max = if network.is_ipv4() { 32 } else { 128 };
    let length = match (prefix_length(prefix), prefix.parse::<Ipv4Addr>()) {
        (None, Ok(netmask)) if network.is_ipv4() => Some(netmask_length(netmask)?),
        (length, _) => length,
    };
    let net = length
        .and_then(|length| IpNet::new(network, length).ok())
        .ok_or(AddressRangeError::PrefixLength { max })?;
    let (first, last) = (net.network(), net.broadcast());
    // A block of IPv4-mapped addresses is the IPv4 block; one that reaches beyond them is plain IPv6, and holds no IPv4.
    match (ip_address::canonical(first), ip_address::canonical(last)) {
        (first @ IpAddr::V4(_), last @ IpAddr::V4(_)) => between(first, last),
        // What would be written as an IPv4 address is left out of its end.
        (IpAddr::V6(_), IpAddr::V4(_)) => between(first, BEFORE_IPV4_MAPPED.into()),
        _ => between(first, last),
    }
}

/// A number of bits. As in an address, a leading zero is more likely a slip than meant: `/08` for `/28`, say.
pub(super) fn prefix_length(text: &str) -> Option<u8> {
    let is_plain =
        text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|_| is_plain)
}

/// The prefix length that a netmask means: the number of its leading ones.
pub(super) fn netmask_length(netmask: Ipv4Addr) -> Result<u8, AddressRangeError> {
    ipnet::ipv4_mask_to_prefix(netmask).map_err(|_| AddressRangeError::NetmaskGaps)
}

/// One address, canonical.
pub(super) fn address(text: &str) -> Result<IpAddr, AddressRangeError> {
    literal(text).map(ip_address::canonical)
}

fn literal(text: &str) -> Result<IpAddr, AddressRangeError> {
    text.parse().map_err(|_| match text.split_once('%') {
        Some((address, _zone)) if address.parse::<Ipv6Addr>().is_ok() => AddressRangeError::ZoneId,
        _ => AddressRangeError::NotAnAddress,
    })
}
