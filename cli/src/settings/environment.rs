//! The environment variables that neither `clap` nor the AWS SDK reads.

use std::path::PathBuf;

use anyhow::{Result, bail};

/// The password, from `AGENT_LOGOUT_TOKEN`. `clap` could not tell one from the environment from one on the command line.
///
/// # Errors
/// It is not in UTF-8.
pub fn token() -> Result<Option<String>> {
    text("AGENT_LOGOUT_TOKEN")
}

/// The endpoint of every AWS service, from `AWS_ENDPOINT_URL`.
///
/// # Errors
/// It is not in UTF-8.
pub fn aws_endpoint_url() -> Result<Option<String>> {
    text("AWS_ENDPOINT_URL")
}

/// The folder of settings: `$XDG_CONFIG_HOME`, or `.config` in the home folder (XDG Base Directory Specification).
#[expect(
    clippy::disallowed_methods,
    reason = "a folder that is found through the environment"
)]
pub fn config_home() -> Option<PathBuf> {
    let named = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from);
    let named = named.filter(|path| path.is_absolute());
    named.or_else(|| std::env::home_dir().map(|home| home.join(".config")))
}

/// An empty variable counts as not set.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place of the command line that reads environment variables itself"
)]
fn text(name: &str) -> Result<Option<String>> {
    match std::env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => bail!("{name} is not in UTF-8"),
    }
}
