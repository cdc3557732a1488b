//! An API token as it is stored.

use sha2::{Digest, Sha256};

use crate::limits::MAX_TOKEN_PART_BYTES;
use crate::tenant::Tenant;

/// SHA-256 of a token's secret.
pub type SecretDigest = [u8; 32];

/// A stored token.
#[derive(Clone, Debug)]
pub struct Token {
    /// The tenant that it belongs to.
    pub tenant: Tenant,
    /// The digest of its secret; the secret itself is stored nowhere.
    pub secret_sha256: SecretDigest,
    /// True if it is no longer valid.
    pub revoked: bool,
}

/// True for a valid token id: letters, digits, `-` and `_`.
#[must_use]
pub fn is_token_id(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    (1..=MAX_TOKEN_PART_BYTES).contains(&text.len()) && text.bytes().all(allowed)
}

/// The digest that is stored of a secret. A secret is 256 random bits, so a slow hash would add nothing.
#[must_use]
pub fn secret_digest(secret: &str) -> SecretDigest {
    Sha256::digest(secret).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stored_digest_is_sha_256() {
        // Of "abc", the one-block example of NIST's Secure Hash Standard.
        assert_eq!(secret_digest("abc")[..4], [0xba, 0x78, 0x16, 0xbf]);
    }
}
