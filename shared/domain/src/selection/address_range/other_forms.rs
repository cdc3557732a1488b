//! Forms in which people write addresses elsewhere, and which are refused with what to write instead. A suggestion never means
//! more than what was written: a form that can be read in two ways has none. What the service reads by itself stands in
//! `reading`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use ipnet::{IpSubnets, Ipv4Net, Ipv4Subnets, Ipv6Subnets};

use super::error::AddressRangeError;
use super::reading::{Ends, address, between, is_hyphen, netmask_length, prefix_length, read};
use crate::agents::ip_address;

/// Longer texts are in no known form, and looking at each of their parts would take long.
const MAX_BYTES: usize = 128;
/// Blocks larger than this are not suggested: they are more likely a slip than meant.
const MIN_SUGGESTED_LENGTH: u8 = 8;

/// Reads one other form.
type Meaning = fn(&str) -> Option<Ends>;

/// What is wrong with a text in another form; `None` if it is in none that is known.
pub(super) fn recognize(text: &str) -> Option<AddressRangeError> {
    let text = text.trim();
    if text.len() > MAX_BYTES {
        return None;
    }
    let suggestions: [(&str, Meaning); 11] = [
        ("is in brackets or quotation marks", inside_brackets),
        ("has a port", without_port),
        ("is a URL", host_of_url),
        ("has wildcards", wildcards),
        ("has a shortened end", shortened_end),
        ("has a wildcard mask", wildcard_mask),
        ("has a shortened network", shortened_network),
        (
            "has spaces beside the slash, or another sign in its place",
            odd_slash,
        ),
        ("has a netmask after a space", netmask_after_space),
        ("ends with a punctuation mark", before_punctuation),
        ("has no single hyphen between its ends", other_separator),
    ];
    let suggestion = suggestions.into_iter().find_map(|(what, meant)| {
        let instead = written(meant(text)?);
        Some(AddressRangeError::WriteInstead { what, instead })
    });
    suggestion
        .or_else(|| several(text))
        .or_else(|| text_after(text))
}

/// `[2001:db8::1]`, `(10.0.0.1-10.0.0.9)`, `"10.0.0.1"`.
fn inside_brackets(text: &str) -> Option<Ends> {
    let pairs = [
        ('[', ']'),
        ('(', ')'),
        ('{', '}'),
        ('<', '>'),
        ('"', '"'),
        ('\'', '\''),
        ('`', '`'),
    ];
    let quotes = [
        ('\u{201c}', '\u{201d}'),
        ('\u{2018}', '\u{2019}'),
        ('\u{201e}', '\u{201c}'),
        ('\u{ab}', '\u{bb}'),
    ];
    let inside = pairs
        .into_iter()
        .chain(quotes)
        .find_map(|(open, close)| text.strip_prefix(open)?.strip_suffix(close));
    read(inside?).ok()
}

/// `10.0.0.1:8080`, `[2001:db8::1]:443`.
fn without_port(text: &str) -> Option<Ends> {
    let socket: SocketAddr = text.parse().ok()?;
    let address = ip_address::canonical(socket.ip());
    between(address, address)
        .ok()
        .filter(|_| !text.contains('%'))
}

/// `http://10.0.0.1`, `https://[2001:db8::1]:8443/`. What stands in a path may be a prefix length or not.
fn host_of_url(text: &str) -> Option<Ends> {
    let (scheme, rest) = text.split_once("://")?;
    let host = rest.strip_suffix('/').unwrap_or(rest);
    let is_scheme = scheme.bytes().all(|byte| byte.is_ascii_alphabetic());
    let one = |text| {
        address(text)
            .and_then(|address| between(address, address))
            .ok()
    };
    let range = one(host)
        .or_else(|| without_port(host))
        .or_else(|| one(host.strip_prefix('[')?.strip_suffix(']')?));
    range.filter(|_| is_scheme)
}

/// `10.1.*.*`, `10.1.*`, `10.1.2.x`: octets, then nothing but wildcards.
fn wildcards(text: &str) -> Option<Ends> {
    let parts: Vec<&str> = text.split('.').collect();
    let known = parts
        .iter()
        .take_while(|part| octet(part).is_some())
        .count();
    let are_wildcards = parts[known..]
        .iter()
        .all(|part| matches!(*part, "*" | "x" | "X"));
    let is_form = known < parts.len() && parts.len() <= 4 && are_wildcards;
    suggested(octets(&parts[..known])?, u8::try_from(8 * known).ok()?).filter(|_| is_form)
}

/// `192.168.1.1-254`: the last octet of the end.
fn shortened_end(text: &str) -> Option<Ends> {
    let (first, last) = text.split_once(is_hyphen)?;
    let first: Ipv4Addr = first.trim_end().parse().ok()?;
    let last = last.trim_start();
    let last = octet(last.strip_prefix('.').unwrap_or(last))?;
    let [a, b, c, _] = first.octets();
    between(first.into(), Ipv4Addr::new(a, b, c, last).into()).ok()
}

/// `10.0.0.0/0.0.0.255`: the ones of a wildcard mask are the zeros of a netmask.
fn wildcard_mask(text: &str) -> Option<Ends> {
    let (network, mask) = text.split_once('/')?;
    let mask: Ipv4Addr = mask.parse().ok()?;
    suggested(network.parse().ok()?, netmask_length(!mask).ok()?)
}

/// `10/8`, `192.168/16`: zeros at the end are left out.
fn shortened_network(text: &str) -> Option<Ends> {
    let (network, length) = text.split_once('/')?;
    let parts: Vec<&str> = network.split('.').collect();
    suggested(octets(&parts)?, prefix_length(length)?).filter(|_| parts.len() < 4)
}

/// `10.0.0.0 / 8`, `10.0.0.0\8`.
fn odd_slash(text: &str) -> Option<Ends> {
    let is_slash = |c| matches!(c, '/' | '\\' | '\u{2044}' | '\u{2215}' | '\u{ff0f}');
    let (network, prefix) = text.split_once(is_slash)?;
    read(&format!("{}/{}", network.trim_end(), prefix.trim_start())).ok()
}

/// `10.0.0.0 255.0.0.0`. The netmask's first octet tells it from another address.
fn netmask_after_space(text: &str) -> Option<Ends> {
    let (network, netmask) = text.split_once(char::is_whitespace)?;
    let netmask: Ipv4Addr = netmask.trim_start().parse().ok()?;
    suggested(network.parse().ok()?, netmask_length(netmask).ok()?)
}

/// `10.0.0.1,`.
fn before_punctuation(text: &str) -> Option<Ends> {
    let before = text.trim_end_matches([',', ';', '.']);
    (before != text).then(|| read(before).ok())?
}

/// `10.0.0.1..10.0.0.9`, `10.0.0.1 to 10.0.0.9`.
fn other_separator(text: &str) -> Option<Ends> {
    let text = text.to_ascii_lowercase();
    let separators = [
        "...", "..", "\u{2026}", "~", "\u{ff5e}", "->", "\u{2192}", "--", " to ",
    ];
    let (first, last) = separators
        .iter()
        .find_map(|separator| text.split_once(separator))?;
    between(address(first.trim()).ok()?, address(last.trim()).ok()?).ok()
}

/// `10.0.0.1, 10.0.0.2`.
fn several(text: &str) -> Option<AddressRangeError> {
    let is_separator = |c: char| c == ',' || c == ';' || c.is_whitespace();
    let mut entries = text.split(is_separator).filter(|entry| !entry.is_empty());
    let are_entries = entries.clone().count() > 1 && entries.all(|entry| read(entry).is_ok());
    are_entries.then_some(AddressRangeError::Several)
}

/// `203.0.113.0/24 # Manila`: the longest beginning that is good alone.
fn text_after(text: &str) -> Option<AddressRangeError> {
    let is_end = |c: char| c.is_whitespace() || matches!(c, '#' | '(' | '[' | ',' | ';' | '=');
    let (good, rest) = text.match_indices(is_end).rev().find_map(|(end, _)| {
        let (start, rest) = text.split_at(end);
        let is_end_of_word = !start.ends_with(is_end);
        (is_end_of_word && read(start).is_ok()).then_some((start, rest))
    })?;
    let kind = match (good.contains('/'), good.contains(is_hyphen)) {
        (true, _) => "block",
        (false, true) => "range",
        // With a bad end.
        (false, false) if rest.trim_start().starts_with(is_hyphen) => return None,
        (false, false) => "address",
    };
    Some(AddressRangeError::TextAfter(kind))
}

/// The block, if it is worth suggesting: not too large, and without host bits, with which it could be another block.
fn suggested(network: Ipv4Addr, length: u8) -> Option<Ends> {
    let net = Ipv4Net::new(network, length).ok()?;
    let is_exact = net.network() == network && length >= MIN_SUGGESTED_LENGTH;
    let range = between(net.network().into(), net.broadcast().into());
    range.ok().filter(|_| is_exact)
}

/// The address that begins with one to four octets and goes on with zeros.
fn octets(parts: &[&str]) -> Option<Ipv4Addr> {
    let mut octets = [0; 4];
    for (place, part) in octets.iter_mut().zip(parts) {
        *place = octet(part)?;
    }
    (1..=4).contains(&parts.len()).then(|| octets.into())
}

fn octet(text: &str) -> Option<u8> {
    prefix_length(text)
}

/// The shortest accepted text that means a range.
fn written((first, last): Ends) -> String {
    if first == last {
        return first.to_string();
    }
    match block_length(first, last) {
        Some(length) => format!("{first}/{length}"),
        None => format!("{first}-{last}"),
    }
}

/// The prefix length, if the range is a block.
fn block_length(first: IpAddr, last: IpAddr) -> Option<u8> {
    let mut blocks = match (first, last) {
        (IpAddr::V4(first), IpAddr::V4(last)) => IpSubnets::from(Ipv4Subnets::new(first, last, 0)),
        (IpAddr::V6(first), IpAddr::V6(last)) => IpSubnets::from(Ipv6Subnets::new(first, last, 0)),
        _ => return None,
    };
    let first = blocks.next()?;
    blocks.next().is_none().then(|| first.prefix_len())
}
