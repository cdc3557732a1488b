//! What is wrong with a text that should write addresses.

use thiserror::Error;

/// Why a text is not an address, a CIDR block or a range. Each reads on from the quoted text.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AddressRangeError {
    /// Nothing but spaces.
    #[error("is empty")]
    Empty,
    /// An IPv6 zone, as in `fe80::1%eth0`: it has a meaning only on the machine that wrote it.
    #[error("has a zone id, which says nothing outside the machine it is from")]
    ZoneId,
    /// None of the three forms.
    #[error("is not an IP address, a CIDR block or a range first-last")]
    NotAnAddress,
    /// The part after the slash is not a number of bits for the family.
    #[error("has a prefix length that is not a number from 0 to {max}")]
    PrefixLength {
        /// 32 for IPv4, 128 for IPv6.
        max: u8,
    },
    /// An IPv4 netmask with a one after a zero.
    #[error("has a netmask with gaps, which no prefix length can say")]
    NetmaskGaps,
    /// An IPv4 and an IPv6 end.
    #[error("mixes IPv4 and IPv6")]
    MixedFamilies,
    /// The last address is below the first.
    #[error("ends before it starts")]
    Reversed,
    /// A good address, block or range, and then something else.
    #[error("has text after the {0}")]
    TextAfter(&'static str),
    /// A list.
    #[error("holds several addresses: write each of them as an entry of its own")]
    Several,
    /// Another way of writing, whose meaning is plain.
    #[error("{what}: write {instead}")]
    WriteInstead {
        /// What is unusual about it.
        what: &'static str,
        /// What it means, in a form that is accepted.
        instead: String,
    },
}
