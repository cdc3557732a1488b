//! The URL of the service.

use anyhow::{Result, anyhow, ensure};
use url::Url;

use crate::http_url;

/// Reads the URL of the service; a path of the API after it is cut off.
///
/// # Errors
/// It is no HTTP URL, or has another path.
pub fn parse(text: &str) -> Result<Url> {
    // Before an @ there may be a password.
    let name = if text.contains('@') {
        "of the service".to_owned()
    } else {
        format!("{text:?}")
    };
    let mut url = http_url::parse(text)
        .map_err(|reason| anyhow!("the URL {name} {reason}, such as https://acme.example.com"))?;
    ensure!(
        url.path() == "/" || url.path().starts_with("/apps/api/v1"),
        "the URL {name} must have no path"
    );
    url.set_path("");
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_the_api_is_accepted_and_cut_off() {
        for good in [
            "https://acme.example.com",
            "https://acme.example.com/",
            "https://acme.example.com/apps/api/v1/agent_statuses/force_logout",
        ] {
            assert_eq!(parse(good).unwrap().as_str(), "https://acme.example.com/");
        }
    }

    #[test]
    fn other_urls_are_refused_and_passwords_are_not_quoted() {
        for bad in [
            "acme.example.com",
            "ftp://x",
            "https://",
            "https://x/prod",
            "https://a:b@x",
            "localhost:9000",
        ] {
            let error = parse(bad).unwrap_err().to_string();
            assert_eq!(error.contains(bad), !bad.contains('@'), "{error}");
        }
    }
}
