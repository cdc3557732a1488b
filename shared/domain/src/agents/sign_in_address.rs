//! The address of a sign-in, as the systems between an agent's machine and the contact centre write it.

use std::net::IpAddr;

use super::ip_address;

/// What a sign-in says of the address that it came from. Only a known one can be found by a range of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInAddress {
    /// The address, in canonical form.
    Known(IpAddr),
    /// None is given, or a word that says so.
    Missing,
    /// Something is given, and is not an address.
    Unreadable,
}

/// The parts of an element of `Forwarded` (RFC 7239): `for=192.0.2.43;proto=http`.
const FORWARDED_PAIR: char = ';';

impl SignInAddress {
    /// Reads what a proxy, a gateway or a log calls the client:
    ///
    /// - an address alone, in quotes or in brackets, with a port or with the prefix length of a single address (`/32`);
    /// - the list of `X-Forwarded-For` or of `Forwarded` (RFC 7239), of which the first entry is the client;
    /// - an address with a zone (`fe80::1%eth0`), which says nothing outside the machine it is from and is dropped;
    /// - the unspecified address, an empty text, `-`, `unknown` or an obfuscated identifier (`_hidden`): missing.
    ///
    /// IPv6 with a port needs brackets: `2001:db8::1:443` is an address in itself.
    #[must_use]
    pub fn read(text: &str) -> Self {
        // The first entry that is not the client is a proxy: never the address of the agent.
        let first = text.split(',').next().unwrap_or_default();
        let Some(client) = client_of_forwarded(first) else {
            return Self::Missing;
        };
        let client = unquoted(client);
        if is_word_for_none(client) {
            return Self::Missing;
        }
        match address(client) {
            Some(address) if address.is_unspecified() => Self::Missing,
            Some(address) => Self::Known(address),
            None => Self::Unreadable,
        }
    }

    /// The address, if it is known.
    #[must_use]
    pub fn known(self) -> Option<IpAddr> {
        match self {
            Self::Known(address) => Some(address),
            Self::Missing | Self::Unreadable => None,
        }
    }
}

/// The value of `for` in an element of `Forwarded`; a text that has no such pairs is the client itself. `None` if there are
/// pairs, and none of them says for whom.
fn client_of_forwarded(element: &str) -> Option<&str> {
    if !element.contains('=') {
        return Some(element);
    }
    let mut pairs = element.split(FORWARDED_PAIR);
    pairs.find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then_some(value)
    })
}

fn unquoted(text: &str) -> &str {
    text.trim_matches(|char: char| char.is_whitespace() || char == '"' || char == '\'')
}

fn is_word_for_none(text: &str) -> bool {
    text.is_empty() || text == "-" || text.starts_with('_') || text.eq_ignore_ascii_case("unknown")
}

fn address(text: &str) -> Option<IpAddr> {
    // A slash in front is how Java writes a socket's address.
    let text = text.strip_prefix('/').unwrap_or(text);
    if let Some(bracketed) = text.strip_prefix('[') {
        let (inside, after) = bracketed.split_once(']')?;
        let port = after.strip_prefix(':');
        let fits = after.is_empty() || port.is_some_and(is_port);
        return fits.then(|| without_zone(inside)).flatten();
    }
    match text.rsplit_once(':') {
        // The dots say that this is the end of the address, and no group of it.
        Some((host, port)) if host.contains('.') && is_port(port) => ip_address::parse(host),
        _ => single_address(text),
    }
}

/// An address, perhaps with the prefix length that makes it a block of one.
fn single_address(text: &str) -> Option<IpAddr> {
    let Some((address, prefix_length)) = text.split_once('/') else {
        return without_zone(text);
    };
    let full = if address.contains(':') { "128" } else { "32" };
    let parsed = without_zone(address)?;
    (prefix_length == full).then_some(parsed)
}

/// Only IPv6 addresses have zones.
fn without_zone(text: &str) -> Option<IpAddr> {
    match text.split_once('%') {
        Some((address, zone)) if address.contains(':') && !zone.is_empty() => {
            ip_address::parse(address)
        }
        Some(_) => None,
        None => ip_address::parse(text),
    }
}

/// A port, or the obfuscated one that RFC 7239 allows in its place.
fn is_port(text: &str) -> bool {
    let obfuscated = text.strip_prefix('_').is_some_and(|rest| !rest.is_empty());
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    obfuscated || digits && text.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_an_address_is_read() {
        for (text, address) in [
            ("34.211.11.7", "34.211.11.7"),
            (" 34.211.11.7\t", "34.211.11.7"),
            ("34.211.11.7:51008", "34.211.11.7"),
            ("34.211.11.7:0", "34.211.11.7"),
            ("34.211.11.7:_port", "34.211.11.7"),
            ("\"34.211.11.7:51008\"", "34.211.11.7"),
            ("'34.211.11.7'", "34.211.11.7"),
            ("34.211.11.7/32", "34.211.11.7"),
            ("/34.211.11.7:51008", "34.211.11.7"),
            ("[34.211.11.7]:51008", "34.211.11.7"),
            ("2001:db8::1", "2001:db8::1"),
            ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
            ("2001:db8::1/128", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("/[2001:db8:0:0:0:0:0:1]:443", "2001:db8::1"),
            ("fe80::1%eth0", "fe80::1"),
            ("[fe80::1%25eth0]:443", "fe80::1"),
            // Eight groups: nothing says that the last one is a port.
            ("2001:db8::1:443", "2001:db8::1:443"),
            ("::ffff:34.211.11.7", "34.211.11.7"),
            ("::ffff:34.211.11.7:51008", "34.211.11.7"),
            ("[::ffff:34.211.11.7]:51008", "34.211.11.7"),
            ("34.211.11.7, 10.0.0.1, 10.0.0.2", "34.211.11.7"),
            ("34.211.11.7:51008,10.0.0.1:443", "34.211.11.7"),
            ("\"34.211.11.7, 10.0.0.1\"", "34.211.11.7"),
            ("2001:db8::1, 10.0.0.1", "2001:db8::1"),
            ("for=34.211.11.7", "34.211.11.7"),
            ("For=\"[2001:db8:cafe::17]:4711\"", "2001:db8:cafe::17"),
            (
                "proto=https;by=203.0.113.43 ; for=34.211.11.7",
                "34.211.11.7",
            ),
            ("for=34.211.11.7, for=198.51.100.17", "34.211.11.7"),
        ] {
            let address = SignInAddress::Known(address.parse().unwrap());
            assert_eq!(SignInAddress::read(text), address, "{text}");
        }
    }

    #[test]
    fn a_word_for_no_address_is_a_missing_one() {
        for text in [
            "",
            "  ",
            "\"\"",
            "-",
            "unknown",
            "Unknown",
            "unknown, 10.0.0.1",
            "_hidden",
            "for=_SEVKISEK",
            "for=unknown;proto=http",
            "proto=https;by=203.0.113.43",
            ", 10.0.0.1",
            "0.0.0.0",
            "::",
            "[::]:443",
        ] {
            assert_eq!(SignInAddress::read(text), SignInAddress::Missing, "{text}");
        }
    }

    #[test]
    fn everything_else_is_unreadable() {
        for text in [
            "34.211.11",
            "34.211.11.256",
            "034.211.011.007",
            "34.211.11.7:",
            "34.211.11.7:65536",
            "34.211.11.7:+80",
            "34.211.11.7:51008:1",
            "34.211.11.7/24",
            "34.211.11.7/33",
            "34.211.11.7%eth0",
            "34.211.11.7-34.211.11.9",
            "34.211.11.7 10.0.0.1",
            "office, 34.211.11.7",
            "localhost:80",
            "agent.example.com",
            "[2001:db8::1",
            "[2001:db8::1]443",
            "[2001:db8::1]:port",
            "[]:443",
            "fe80::1%",
            "2001:db8::1/64",
            // IPv6 without brackets: more groups than there are.
            "2001:db8:0:0:0:0:0:1:443",
            "1f",
        ] {
            let read = SignInAddress::read(text);
            assert_eq!(read, SignInAddress::Unreadable, "{text}");
        }
    }
}
