//! The credentials of a caller, and their comparison with a token.

use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

use super::token::{SecretDigest, Token, is_token_id, secret_digest};
use crate::limits::MAX_TOKEN_PART_BYTES;
use crate::tenant::Tenant;

/// What a caller claims to be. Holds digests instead of the secret, so that the secret cannot leak from here.
#[derive(Clone)]
pub struct Credentials {
    /// The user name.
    pub tenant: Tenant,
    /// The part of the token before its first dot.
    pub token_id: String,
    /// The digest of the part after it.
    pub secret_sha256: SecretDigest,
    /// The digest of user name and token together: equal if and only if the very same bytes were given.
    pub fingerprint: [u8; 32],
}

impl Credentials {
    /// Reads `tenant:token_id.secret`; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (user, token) = text.split_once(':')?;
        let (token_id, secret) = token.split_once('.')?;
        if !is_token_id(token_id) || !(1..=MAX_TOKEN_PART_BYTES).contains(&secret.len()) {
            return None;
        }
        Some(Self {
            tenant: Tenant::parse(user)?,
            token_id: token_id.to_owned(),
            secret_sha256: secret_digest(secret),
            fingerprint: Sha256::digest(text).into(),
        })
    }

    /// True if these are the credentials of this token, and it is not revoked. Takes the same number of instructions
    /// whichever byte of the secret is wrong, and if there is no token: then the comparison is with a token that nobody has
    /// (`tests/token_timing`).
    #[must_use]
    pub fn belong_to(&self, token: Option<&Token>) -> bool {
        let no_token = Token {
            tenant: self.tenant.clone(),
            secret_sha256: [0; 32],
            revoked: true,
        };
        let token = token.unwrap_or(&no_token);
        let secret = token.secret_sha256.ct_eq(&self.secret_sha256);
        let tenant = token.tenant.as_str().as_bytes();
        let tenant = tenant.ct_eq(self.tenant.as_str().as_bytes());
        let valid = Choice::from(u8::from(!token.revoked));
        (secret & tenant & valid).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_read() {
        let credentials = Credentials::parse("acme:key1.s3cret.with.dots").unwrap();
        assert_eq!(credentials.tenant.as_str(), "acme");
        assert_eq!(credentials.token_id, "key1");
        assert_eq!(credentials.secret_sha256, secret_digest("s3cret.with.dots"));
    }

    #[test]
    fn malformed_credentials_are_refused() {
        for bad in [
            "",
            "acme",
            "acme:",
            "acme:k",
            "acme:k.",
            "acme:.s",
            ":k.s",
            "ACME:k.s",
            "ac#me:k.s",
            "acme:k#1.s",
            &format!("acme:{}.s", "k".repeat(129)),
            &format!("acme:k.{}", "s".repeat(129)),
        ] {
            assert!(Credentials::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn credentials_belong_to_a_valid_token_of_their_tenant_and_secret_alone() {
        let credentials = Credentials::parse("acme:k.s").unwrap();
        let token = |tenant, secret, revoked| Token {
            tenant: Tenant::parse(tenant).unwrap(),
            secret_sha256: secret_digest(secret),
            revoked,
        };
        for (tenant, secret) in [
            ("acme", "s"),
            ("acme", "t"),
            ("globex", "s"),
            ("globex", "t"),
        ] {
            for revoked in [false, true] {
                let is_theirs = (tenant, secret, revoked) == ("acme", "s", false);
                let token = token(tenant, secret, revoked);
                assert_eq!(credentials.belong_to(Some(&token)), is_theirs);
            }
        }
        assert!(!credentials.belong_to(None));
    }
}
