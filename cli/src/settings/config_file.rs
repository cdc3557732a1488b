//! The config file. It holds a secret, so nobody else may read it.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use domain::tenant::Tenant;
use serde::Deserialize;

use super::environment;

/// What the config file can hold.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigFile {
    /// The URL of the service.
    pub url: Option<String>,
    /// The user name.
    pub tenant: Option<Tenant>,
    /// The password.
    pub token: Option<String>,
}

impl ConfigFile {
    /// Reads the file at `path`, which must exist. Without a path, reads the default file, if it exists and
    /// `something_is_missing` elsewhere.
    ///
    /// # Errors
    /// The file cannot be read, others can read or could have written it, or it is not a config file.
    pub fn read_if_needed(path: Option<&Path>, something_is_missing: bool) -> Result<Self> {
        let default = default_path().filter(|_| something_is_missing);
        let Some(used) = path.or(default.as_deref()) else {
            return Ok(Self::default());
        };
        match File::open(used) {
            Ok(file) => read(file, used),
            Err(error) if path.is_none() && error.kind() == ErrorKind::NotFound => {
                Ok(Self::default())
            }
            Err(error) => Err(error)
                .with_context(|| format!("cannot read the config file {}", used.display())),
        }
    }
}

/// The error text for a setting that is given nowhere, with all the ways to give it.
pub fn missing(setting: &str, flag: &str, variable: &str, key: &str) -> String {
    let path = default_path();
    let path = path.map_or("the config file".to_owned(), |path| {
        path.display().to_string()
    });
    format!(
        "there is no {setting}: use {flag}, set AGENT_LOGOUT_{variable}, or write `{key} = \"…\"` into {path}"
    )
}

fn default_path() -> Option<PathBuf> {
    environment::config_home().map(|home| home.join("agent-logout/config.toml"))
}

fn read(mut file: File, path: &Path) -> Result<ConfigFile> {
    let name = path.display();
    refuse_unless_private(&file, path)?;
    let mut text = String::new();
    file.read_to_string(&mut text)
        .with_context(|| format!("cannot read the config file {name}"))?;
    parse(&text).map_err(|reason| anyhow!("the config file {name}, {reason}"))
}

#[cfg(unix)]
fn refuse_unless_private(file: &File, path: &Path) -> Result<()> {
    use std::os::unix::fs::MetadataExt;

    use nix::unistd::Uid;

    let name = path.display();
    let metadata = file.metadata();
    let metadata = metadata.with_context(|| format!("cannot read the config file {name}"))?;
    let owner = Uid::from_raw(metadata.uid());
    if !owner.is_root() && owner != Uid::effective() {
        bail!(
            "the config file {name} belongs to another user ({owner}), who could send the token elsewhere"
        );
    }
    if metadata.mode() & 0o077 != 0 {
        bail!("others can read the config file {name}, which may hold a token: chmod 600 {name}");
    }
    Ok(())
}

#[cfg(not(unix))]
fn refuse_unless_private(_: &File, _: &Path) -> Result<()> {
    Ok(())
}

/// The error quotes no line of the file: it might be the one with the token.
fn parse(text: &str) -> Result<ConfigFile, String> {
    toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = before.unwrap_or_default().split('\n').count();
        format!("line {line}: {}", error.message().replace('\n', "; "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_keys_are_read() {
        let text = "url = 'http://127.0.0.1:9000'\ntenant = 'acme'\ntoken = 'a.b'\n";
        let config = parse(text).unwrap_or_default();
        assert_eq!(config.url.as_deref(), Some("http://127.0.0.1:9000"));
        assert_eq!(config.tenant, Tenant::parse("acme"));
        assert_eq!(config.token.as_deref(), Some("a.b"));
    }

    #[test]
    fn an_error_names_the_line_and_quotes_no_secret() {
        for (text, reason) in [
            ("\ntenant = 'ACME'", "line 2: not a subdomain"),
            (
                "url = 'x'\n\ntokn = 's3cret'",
                "line 3: unknown field `tokn`",
            ),
            ("tenant = 'acme'\ntoken = acme.s3cret", "line 2: "),
        ] {
            let error = parse(text).err().unwrap();
            assert!(error.starts_with(reason), "{error}");
            assert!(!error.contains("s3cret"), "{error}");
        }
    }
}
