//! What is read from the environment beyond what `clap` and the AWS SDK read themselves.

use std::path::PathBuf;

use anyhow::{Result, bail};

/// The password, from `AGENT_LOGOUT_TOKEN`; an empty one counts as not set.
#[expect(
    clippy::disallowed_methods,
    reason = "clap cannot tell a secret that stands on the command line from one of the environment"
)]
pub fn token() -> Result<Option<String>> {
    match std::env::var("AGENT_LOGOUT_TOKEN") {
        Ok(token) => Ok(Some(token).filter(|token| !token.is_empty())),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => bail!("AGENT_LOGOUT_TOKEN is not in UTF-8"),
    }
}

/// Where programs keep their settings: `$XDG_CONFIG_HOME`, or `.config` in the home folder (XDG Base Directory
/// Specification).
#[expect(
    clippy::disallowed_methods,
    reason = "a folder that is found through the environment"
)]
pub fn config_home() -> Option<PathBuf> {
    let named = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from);
    let named = named.filter(|path| path.is_absolute());
    named.or_else(|| std::env::home_dir().map(|home| home.join(".config")))
}
