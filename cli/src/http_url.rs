//! HTTP URLs: which ones are accepted, and which ones lead to this machine.

use url::{Host, Url};

/// Reads an HTTP or HTTPS URL with a host and without a user name or password, which error messages would repeat.
///
/// # Errors
/// What is wrong, to be put after the word "it".
pub fn parse(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text).map_err(|_| "must be a URL")?;
    if !["http", "https"].contains(&url.scheme()) || !url.has_host() {
        return Err("must begin with https:// or http:// and a host");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must hold no user name or password");
    }
    Ok(url)
}

/// True if what is sent there does not leave this machine.
pub fn is_on_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_on_this_machine() {
        for (url, expected) in [
            ("http://127.0.0.1:1", true),
            ("http://[::1]:1", true),
            ("http://localhost", true),
            ("http://10.0.0.1", false),
            ("http://localhost.example.com", false),
        ] {
            let url = Url::parse(url).unwrap();
            assert_eq!(is_on_this_machine(&url), expected, "{url}");
        }
    }
}
