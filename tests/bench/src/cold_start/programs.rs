//! The programs that are started: the functions, and two to compare them with.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use flate2::Compression;
use flate2::write::DeflateEncoder;
use tokio::process::Command;

/// With nothing of this service in it: what any function starts with.
pub const HELLO: &str = "hello";
/// The AWS SDK as its guide sets it up.
pub const STOCK: &str = "stock";
const FUNCTIONS: [&str; 6] = [
    "force-logout",
    "job-planner",
    "job-status",
    "logout-worker",
    "presence",
    "pending-logouts",
];
/// What a zip of one file named `bootstrap` has around the deflated bytes: local header, central directory and its end
/// (APPNOTE.TXT of PKWARE, 4.3).
const ZIP_OVERHEAD: usize = 30 + 46 + 22 + 2 * "bootstrap".len();

/// A program that polls the runtime API.
pub struct Program {
    /// The name of its crate.
    pub name: &'static str,
    pub binary: PathBuf,
}

impl Program {
    pub fn calls_aws(&self) -> bool {
        self.name != HELLO
    }

    /// The size of the zip that is uploaded.
    pub fn zip_bytes(&self) -> Result<usize> {
        let binary = fs::read(&self.binary)?;
        let mut zip = DeflateEncoder::new(Vec::new(), Compression::default());
        zip.write_all(&binary)?;
        Ok(zip.finish()?.len() + ZIP_OVERHEAD)
    }
}

/// Builds all of them as they are deployed, beside this program; in the order of the tables.
pub async fn build() -> Result<Vec<Program>> {
    let this_program = std::env::current_exe()?;
    let target = this_program.ancestors().nth(2);
    let target = target.context("this program is not in a folder of cargo's")?;
    let program = |name, target: &Path| Program {
        name,
        binary: target.join("release").join(name),
    };
    let mut programs = Vec::new();
    for name in [HELLO, STOCK] {
        let target = target.join("bench").join(name);
        build_release(&root().join("tests/bench").join(name), &target, &[name]).await?;
        programs.push(program(name, &target));
    }
    // At once, so that they share what they depend on.
    build_release(&root(), target, &FUNCTIONS).await?;
    programs.extend(FUNCTIONS.map(|name| program(name, target)));
    Ok(programs)
}

async fn build_release(workspace: &Path, target: &Path, crates: &[&str]) -> Result<()> {
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--quiet", "--release", "--locked"]);
    // Cargo hands this program what the workspace sets; each workspace sets its own.
    cargo.env_remove("AWS_LC_SYS_NO_JITTER_ENTROPY");
    cargo.args(crates.iter().flat_map(|name| ["--package", name]));
    cargo.arg("--target-dir").arg(target);
    let built = cargo.current_dir(workspace).status().await?;
    ensure!(built.success(), "{crates:?} cannot be built");
    Ok(())
}

/// The top folder of the project.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[cfg(test)]
mod tests {
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
        for other in [HELLO, STOCK] {
            assert_eq!(profile(&format!("tests/bench/{other}")), profile(""));
        }
    }
}
