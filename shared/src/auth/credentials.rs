//! Reading an `Authorization` header, without asking anybody whether it is true.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

use crate::store::{SecretDigest, Token};
use crate::tenant::Tenant;

/// A token's id or secret holds at most that many bytes; 256 random bits take 43 to 64.
const MAX_PART_LEN: usize = 128;

/// What a caller claims. Holds digests instead of the secret, so that it cannot leak from here.
#[derive(Clone)]
pub struct Credentials {
    /// The user name.
    pub tenant: Tenant,
    /// The part of the token before its first dot.
    pub token_id: String,
    /// Of the part after it.
    pub secret_sha256: SecretDigest,
    /// Of user name and token together: the same bytes were verified before if and only if this was.
    pub fingerprint: [u8; 32],
}

impl Credentials {
    /// Reads `Basic base64(tenant:token_id.secret)`; `None` for anything else, at no further cost.
    #[must_use]
    pub fn parse(authorization: &str) -> Option<Self> {
        let (scheme, encoded) = authorization.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let decoded = BASE64_STANDARD.decode(encoded.trim()).ok()?;
        let text = std::str::from_utf8(&decoded).ok()?;
        let (user, token) = text.split_once(':')?;
        let (token_id, secret) = token.split_once('.')?;
        if !is_token_id(token_id) || !(1..=MAX_PART_LEN).contains(&secret.len()) {
            return None;
        }
        Some(Self {
            tenant: Tenant::parse(user)?,
            token_id: token_id.to_owned(),
            secret_sha256: secret_digest(secret),
            fingerprint: Sha256::digest(text).into(),
        })
    }

    /// True for those of this token, if it is not revoked. Takes as many instructions if the secret is wrong in any byte, and if
    /// there is no token: then they are compared with one that nobody has (`tests/token_timing`).
    #[must_use]
    pub fn belong_to(&self, token: Option<&Token>) -> bool {
        let nobodys = Token {
            tenant: self.tenant.clone(),
            secret_sha256: [0; 32],
            revoked: true,
        };
        let token = token.unwrap_or(&nobodys);
        let secret = token.secret_sha256.ct_eq(&self.secret_sha256);
        let tenant = token.tenant.as_str().as_bytes();
        let tenant = tenant.ct_eq(self.tenant.as_str().as_bytes());
        let valid = Choice::from(u8::from(!token.revoked));
        (secret & tenant & valid).into()
    }
}

/// True for what a token can be named: letters, digits, `-` and `_`.
#[must_use]
pub fn is_token_id(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    (1..=MAX_PART_LEN).contains(&text.len()) && text.bytes().all(plain)
}

/// What is stored of a secret. It is 256 random bits, so a slow hash would add nothing.
#[must_use]
pub fn secret_digest(secret: &str) -> SecretDigest {
    Sha256::digest(secret).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn basic(text: &str) -> String {
        format!("Basic {}", BASE64_STANDARD.encode(text))
    }

    #[test]
    fn a_well_formed_header_is_read() {
        let credentials = Credentials::parse(&basic("acme:key1.s3cret.with.dots")).unwrap();
        assert_eq!(credentials.tenant.as_str(), "acme");
        assert_eq!(credentials.token_id, "key1");
        assert_eq!(credentials.secret_sha256, secret_digest("s3cret.with.dots"));
        assert!(Credentials::parse(&basic("acme:k.s").replace("Basic", "bAsIc")).is_some());
    }

    #[test]
    fn credentials_belong_to_a_valid_token_of_their_tenant_and_secret_alone() {
        let credentials = Credentials::parse(&basic("acme:k.s")).unwrap();
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

    #[test]
    fn what_is_stored_of_a_secret_is_its_sha_256() {
        // Of "abc", the one-block example of NIST's Secure Hash Standard.
        assert_eq!(secret_digest("abc")[..4], [0xba, 0x78, 0x16, 0xbf]);
    }

    #[test]
    fn anything_else_is_refused() {
        for bad in [
            "",
            "Basic",
            "Basic ",
            "Basic !!!",
            "Bearer YWNtZTprLnM=",
            &basic(""),
            &basic("acme"),
            &basic("acme:"),
            &basic("acme:k"),
            &basic("acme:k."),
            &basic("acme:.s"),
            &basic(":k.s"),
            &basic("ACME:k.s"),
            &basic("ac#me:k.s"),
            &basic("acme:k#1.s"),
            &basic(&format!("acme:{}.s", "k".repeat(129))),
            &basic(&format!("acme:k.{}", "s".repeat(129))),
            &format!("Basic {}", BASE64_STANDARD.encode(b"acme:k.\xff")),
        ] {
            assert!(Credentials::parse(bad).is_none(), "{bad}");
        }
    }
}
