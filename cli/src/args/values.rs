//! What flags and arguments may be.

use logout::address_range::AddressRange;
use logout::auth::is_token_id;
use logout::ids::{Id, MAX_ID};
use logout::tenant::Tenant;

/// A positive integer.
pub(super) fn id<Kind>(text: &str) -> Result<Id<Kind>, String> {
    let id = text.parse().ok().and_then(Id::new);
    id.ok_or_else(|| format!("it must be a number from 1 to {MAX_ID}"))
}

/// One address, a CIDR block or a range, as it is written.
pub(super) fn addresses(text: &str) -> Result<String, String> {
    match AddressRange::parse(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(reason) => Err(format!("it {reason}")),
    }
}

/// A subdomain.
pub(super) fn tenant(text: &str) -> Result<Tenant, String> {
    Tenant::parse(text)
        .ok_or_else(|| "it must be a subdomain: a-z, 0-9 and inner hyphens".to_owned())
}

/// The name of a token.
pub(super) fn token_id(text: &str) -> Result<String, String> {
    let id = Some(text).filter(|text| is_token_id(text));
    id.map(str::to_owned)
        .ok_or_else(|| "it must be 1 to 128 letters, digits, - and _".to_owned())
}
