//! The tenant: one customer of the service.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A customer's subdomain: 1 to 63 lower-case letters, digits and inner hyphens (a DNS label, RFC 1123).
///
/// The alphabet holds no `#`, so `{tenant}#{id}` keys of two tenants can never be equal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Tenant(String);

impl Tenant {
    /// The tenant of that name, or `None` if the text is not a DNS label in lower case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let label = (1..=63).contains(&text.len())
            && text.bytes().all(inner)
            && !text.starts_with('-')
            && !text.ends_with('-');
        label.then(|| Self(text.to_owned()))
    }

    /// The subdomain.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Tenant {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not a subdomain")
    }
}

impl fmt::Display for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_is_a_lower_case_dns_label() {
        for good in ["a", "acme", "acme-2", "9lives", &"a".repeat(63)] {
            let tenant = Tenant::parse(good).unwrap();
            assert_eq!((tenant.as_str(), &*tenant.to_string()), (good, good));
        }
        for bad in [
            "",
            "Acme",
            "-a",
            "a-",
            "a.b",
            "a#1",
            "a b",
            "é",
            &"a".repeat(64),
        ] {
            assert!(Tenant::parse(bad).is_none(), "{bad}");
        }
    }
}
