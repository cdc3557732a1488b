//! The programs that are started: the functions, and two to compare them with.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use tokio::process::Command;

/// With nothing of ours in it: what any function starts with.
pub const HELLO: &str = "hello";
/// The AWS SDK as its guide sets it up.
pub const STOCK: &str = "stock";
const FUNCTIONS: [&str; 5] = [
    "force-logout",
    "job-status",
    "logout-worker",
    "presence",
    "deferred-logout",
];

/// A program that polls the runtime API.
#[derive(Clone, Debug)]
pub struct Program {
    /// What it is called in tables: its crate's name, or more for another build of it.
    pub name: String,
    /// The name of its crate.
    pub package: String,
    /// Where its workspace is.
    pub workspace: PathBuf,
    /// What was built.
    pub binary: PathBuf,
}

impl Program {
    /// Another build of a function, given as `FUNCTION=BINARY`.
    ///
    /// # Errors
    /// It is not given so.
    pub fn other_build(text: &str) -> Result<Self> {
        let (function, binary) = text.split_once('=').context("it is not FUNCTION=BINARY")?;
        ensure!(FUNCTIONS.contains(&function), "{function} is no function");
        let binary = PathBuf::from(binary);
        let build = binary.file_name().unwrap_or_default().display();
        Ok(Self {
            name: format!("{function}, {build}"),
            package: function.to_owned(),
            workspace: root(),
            binary: std::path::absolute(&binary)?,
        })
    }

    /// Whether it calls AWS.
    #[must_use]
    pub fn calls_aws(&self) -> bool {
        self.package != HELLO
    }
}

/// Builds all of them as they are deployed, beside this program; in the order of the tables.
///
/// # Errors
/// One cannot be built.
pub async fn build() -> Result<Vec<Program>> {
    let target = target()?;
    let mut programs = Vec::new();
    for name in [HELLO, STOCK] {
        let workspace = root().join("tests/bench").join(name);
        let target = target.join("bench").join(name);
        build_release(&workspace, &target, &[name]).await?;
        programs.push(program(name, workspace, &target));
    }
    // At once, so that they share what they depend on.
    build_release(&root(), &target, &FUNCTIONS).await?;
    programs.extend(FUNCTIONS.map(|name| program(name, root(), &target)));
    Ok(programs)
}

fn program(name: &str, workspace: PathBuf, target: &Path) -> Program {
    Program {
        name: name.to_owned(),
        package: name.to_owned(),
        workspace,
        binary: target.join("release").join(name),
    }
}

async fn build_release(workspace: &Path, target: &Path, crates: &[&str]) -> Result<()> {
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--quiet", "--release", "--locked"]);
    // Cargo hands what our workspace sets for it to this program; each workspace sets its own.
    cargo.env_remove("AWS_LC_SYS_NO_JITTER_ENTROPY");
    cargo.args(crates.iter().flat_map(|name| ["--package", name]));
    cargo.arg("--target-dir").arg(target);
    let built = cargo.current_dir(workspace).status().await?;
    ensure!(built.success(), "{crates:?} cannot be built");
    Ok(())
}

/// The folder that cargo builds into, by where it put this program.
fn target() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    let target = program.ancestors().nth(2);
    let target = target.context("this program is not in a folder of cargo's")?;
    Ok(target.to_owned())
}

/// The top folder of the project.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use toml::Table;

    use super::*;

    #[test]
    fn what_is_compared_is_built_alike() {
        let profile = |workspace: &str| {
            let text = fs::read_to_string(root().join(workspace).join("Cargo.toml")).unwrap();
            let manifest: Table = toml::from_str(&text).unwrap();
            let mut profile = manifest["profile"]["release"].as_table().unwrap().clone();
            profile.remove("package");
            profile
        };
        let functions = profile("");
        for other in [HELLO, STOCK] {
            assert_eq!(profile(&format!("tests/bench/{other}")), functions);
        }
    }
}
