//! The `Authorization` header.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use domain::callers::Credentials;

/// Reads `Basic base64(tenant:token_id.secret)`; `None` for anything else, which costs no call to AWS.
#[must_use]
pub fn basic_credentials(authorization: &str) -> Option<Credentials> {
    let (scheme, encoded) = authorization.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = BASE64_STANDARD.decode(encoded.trim()).ok()?;
    Credentials::parse(std::str::from_utf8(&decoded).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn basic(text: &str) -> String {
        format!("Basic {}", BASE64_STANDARD.encode(text))
    }

    #[test]
    fn a_well_formed_header_is_read() {
        let credentials = basic_credentials(&basic("acme:key1.s3cret")).unwrap();
        assert_eq!(credentials.tenant.as_str(), "acme");
        assert_eq!(credentials.token_id, "key1");
        let lower_case = basic("acme:k.s").replace("Basic", "bAsIc");
        assert!(basic_credentials(&lower_case).is_some());
    }

    #[test]
    fn any_other_header_is_refused() {
        for bad in [
            "",
            "Basic",
            "Basic ",
            "Basic !!!",
            "Bearer YWNtZTprLnM=",
            &basic(""),
            &basic("acme"),
            &format!("Basic {}", BASE64_STANDARD.encode(b"acme:k.\xff")),
        ] {
            assert!(basic_credentials(bad).is_none(), "{bad}");
        }
    }
}
