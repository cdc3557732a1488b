//! Where the service is and as whom it is called: from flags, the environment or the config file, in this order.

use std::io::{BufRead, IsTerminal, Read};

use anyhow::{Context, Result, anyhow, ensure};
use logout::tenant::Tenant;
use url::{Host, Url};

use crate::args::{ServiceArgs, TenantArgs};
use crate::config_file::{self, ConfigFile};
use crate::environment;
use crate::output::say;

/// A line with a token is shorter: an id of up to 128 characters, a dot and a secret.
const MAX_TOKEN_LINE: u64 = 1024;

/// Everything that a call needs. Holds a secret, so it cannot be printed.
pub struct Connection {
    /// Where the service is, without a path.
    pub url: Url,
    /// The user name.
    pub tenant: Tenant,
    /// The password.
    pub token: String,
}

impl Connection {
    /// Puts it together.
    ///
    /// # Errors
    /// Something is missing or makes no sense; says where it can be given.
    pub fn of(args: &ServiceArgs) -> Result<Self> {
        let token = token(args)?;
        let is_whole = args.url.is_some() && args.tenant.tenant.is_some() && token.is_some();
        let config = ConfigFile::read_if_needed(args.tenant.config.as_deref(), !is_whole)?;
        let url = args.url.clone().or_else(|| config.url.clone());
        let url = url.with_context(|| missing("URL of the service", "--url", "URL", "url"))?;
        let tenant = tenant_or(&args.tenant, &config)?;
        let token = token.or(config.token);
        let token = token.with_context(|| missing("token", "--token-stdin", "TOKEN", "token"))?;
        ensure!(
            token.contains('.'),
            "the token must be the whole password that `token create` printed, with the dot"
        );
        let url = base(&url)?;
        if url.scheme() == "http" && !is_this_machine(&url) {
            say(
                "agent-logout: warning: the token goes over the network unencrypted, as the URL begins with http:",
            );
        }
        Ok(Self { url, tenant, token })
    }
}

/// The tenant that a command is about.
///
/// # Errors
/// None is given, or the config file cannot be used.
pub fn tenant(args: &TenantArgs) -> Result<Tenant> {
    let config = ConfigFile::read_if_needed(args.config.as_deref(), args.tenant.is_none())?;
    tenant_or(args, &config)
}

fn tenant_or(args: &TenantArgs, config: &ConfigFile) -> Result<Tenant> {
    let tenant = args.tenant.clone().or_else(|| config.tenant.clone());
    tenant.with_context(|| missing("tenant", "--tenant", "TENANT", "tenant"))
}

fn token(args: &ServiceArgs) -> Result<Option<String>> {
    if args.token_stdin {
        return token_of_stdin().map(Some);
    }
    if let Some(token) = &args.token {
        say(
            "agent-logout: warning: a token on the command line can be seen by others on this machine; better set AGENT_LOGOUT_TOKEN, write it into the config file, or use --token-stdin",
        );
        return Ok(Some(token.clone()));
    }
    environment::token()
}

fn token_of_stdin() -> Result<String> {
    let stdin = std::io::stdin();
    ensure!(
        !stdin.is_terminal(),
        "--token-stdin takes the token from a file or a pipe: a terminal would show it; set AGENT_LOGOUT_TOKEN instead"
    );
    let mut line = String::new();
    let read = stdin.lock().take(MAX_TOKEN_LINE).read_line(&mut line);
    read.context("cannot read the token from standard input")?;
    let token = line.trim();
    ensure!(
        !token.is_empty(),
        "standard input has no token on its first line"
    );
    ensure!(
        (line.len() as u64) < MAX_TOKEN_LINE,
        "the first line of standard input is too long for a token"
    );
    Ok(token.to_owned())
}

fn missing(what: &str, flag: &str, variable: &str, key: &str) -> String {
    let place = config_file::usual_place();
    let place = place.map_or("the config file".to_owned(), |path| {
        path.display().to_string()
    });
    format!(
        "there is no {what}: use {flag}, set AGENT_LOGOUT_{variable}, or write `{key} = \"…\"` into {place}"
    )
}

/// The part of a URL before its path; a path of the API may be there.
fn base(text: &str) -> Result<Url> {
    // A user name and password stand before an @.
    let name = match text {
        text if text.contains('@') => "of the service".to_owned(),
        text => format!("{text:?}"),
    };
    let url = http_url(text)
        .map_err(|reason| anyhow!("the URL {name} {reason}, such as https://acme.example.com"));
    let mut url = url?;
    ensure!(
        url.path() == "/" || url.path().starts_with("/apps/api/v1"),
        "the URL {name} must have no path"
    );
    url.set_path("");
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

/// A URL of HTTP with a host, and no more secret than that.
///
/// # Errors
/// What it must do, after the word "it".
pub fn http_url(text: &str) -> Result<Url, &'static str> {
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
pub fn is_this_machine(url: &Url) -> bool {
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
    fn a_url_is_taken_with_or_without_the_path_of_the_api() {
        for good in [
            "https://acme.example.com",
            "https://acme.example.com/",
            "https://acme.example.com/apps/api/v1/agent_statuses/force_logout",
        ] {
            assert_eq!(base(good).unwrap().as_str(), "https://acme.example.com/");
        }
        for bad in [
            "acme.example.com",
            "ftp://x",
            "https://",
            "https://x/prod",
            "https://a:b@x",
            "localhost:9000",
        ] {
            let told = base(bad).unwrap_err().to_string();
            assert_eq!(told.contains(bad), !bad.contains('@'), "{told}");
        }
    }

    #[test]
    fn loopback_is_this_machine() {
        for (url, is) in [
            ("http://127.0.0.1:1", true),
            ("http://[::1]:1", true),
            ("http://localhost", true),
            ("http://10.0.0.1", false),
            ("http://localhost.example.com", false),
        ] {
            assert_eq!(is_this_machine(&Url::parse(url).unwrap()), is, "{url}");
        }
    }
}
