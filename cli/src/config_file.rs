//! The config file. It holds a secret, so nobody else may read it.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use logout::tenant::Tenant;
use serde::Deserialize;

use crate::environment;

/// What the config file may say.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigFile {
    /// Where the service is.
    pub url: Option<String>,
    /// As whom it is called.
    pub tenant: Option<Tenant>,
    /// The password.
    pub token: Option<String>,
}

impl ConfigFile {
    /// Reads `path`, which must be there; without one the file in its usual place, if it is there and something is missing.
    ///
    /// # Errors
    /// It cannot be read, others could have read or written it, or it makes no sense.
    pub fn read_if_needed(path: Option<&Path>, is_something_missing: bool) -> Result<Self> {
        let usual = usual_place().filter(|_| is_something_missing);
        let Some(place) = path.or(usual.as_deref()) else {
            return Ok(Self::default());
        };
        match File::open(place) {
            Ok(file) => read(file, place),
            Err(error) if path.is_none() && error.kind() == ErrorKind::NotFound => {
                Ok(Self::default())
            }
            Err(error) => Err(error)
                .with_context(|| format!("cannot read the config file {}", place.display())),
        }
    }
}

/// Where the file is if no other is named.
pub fn usual_place() -> Option<PathBuf> {
    environment::config_home().map(|home| home.join("agent-logout/config.toml"))
}

fn read(mut file: File, place: &Path) -> Result<ConfigFile> {
    let name = place.display();
    let cannot = || format!("cannot read the config file {name}");
    refuse_if_not_ours(&file, place)?;
    let mut text = String::new();
    file.read_to_string(&mut text).with_context(cannot)?;
    parse(&text).map_err(|reason| anyhow!("the config file {name}, {reason}"))
}

#[cfg(unix)]
fn refuse_if_not_ours(file: &File, place: &Path) -> Result<()> {
    use std::os::unix::fs::MetadataExt;

    use nix::unistd::Uid;

    let name = place.display();
    let metadata = file.metadata();
    let metadata = metadata.with_context(|| format!("cannot read the config file {name}"))?;
    let owner = Uid::from_raw(metadata.uid());
    if !owner.is_root() && owner != Uid::effective() {
        bail!(
            "the config file {name} is somebody else's (user {owner}), who could send the token elsewhere"
        );
    }
    if metadata.mode() & 0o077 != 0 {
        bail!("others can read the config file {name}, which may hold a token: chmod 600 {name}");
    }
    Ok(())
}

#[cfg(not(unix))]
fn refuse_if_not_ours(_: &File, _: &Path) -> Result<()> {
    Ok(())
}

/// The reason has no line of the file in it, which might be the one with the token.
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
    fn what_it_says_is_read() {
        let text = "url = 'http://127.0.0.1:9000'\ntenant = 'acme'\ntoken = 'a.b'\n";
        let config = parse(text).unwrap_or_default();
        assert_eq!(config.url.as_deref(), Some("http://127.0.0.1:9000"));
        assert_eq!(config.tenant, Tenant::parse("acme"));
        assert_eq!(config.token.as_deref(), Some("a.b"));
    }

    #[test]
    fn a_mistake_is_named_by_its_line_and_no_secret_is_repeated() {
        for (text, reason) in [
            ("\ntenant = 'ACME'", "line 2: not a subdomain"),
            (
                "url = 'x'\n\ntokn = 's3cret'",
                "line 3: unknown field `tokn`",
            ),
            ("tenant = 'acme'\ntoken = acme.s3cret", "line 2: "),
        ] {
            let told = parse(text).err().unwrap();
            assert!(told.starts_with(reason), "{told}");
            assert!(!told.contains("s3cret"), "{told}");
        }
    }
}
