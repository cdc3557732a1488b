//! What is deployed: its size, and what it is made of.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;

use anyhow::{Result, ensure};
use flate2::Compression;
use flate2::write::DeflateEncoder;
use serde::{Deserialize, Serialize};
use tokio::process::Command;

use super::programs::Program;

/// Crates that speak TLS by themselves; two versions of one are two stacks.
const TLS_STACKS: [&str; 5] = ["rustls", "openssl", "native-tls", "s2n-tls", "boring"];
/// A zip of one file named `bootstrap` has so many bytes around what is deflated: local header, central directory and its end
/// (APPNOTE.TXT of PKWARE, 4.3).
const ZIP_OVERHEAD: usize = 30 + 46 + 22 + 2 * "bootstrap".len();

/// The package of a program.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Package {
    /// The binary, stripped.
    pub binary_bytes: usize,
    /// The zip with it, as it is uploaded.
    pub zip_bytes: usize,
    /// Crates that it is made of, by name and version, itself included.
    pub crates: usize,
    /// TLS stacks among them.
    pub tls_stacks: Vec<String>,
}

/// Weighs a program.
///
/// # Errors
/// It was not built, or cargo cannot say what it is made of.
pub async fn weigh(program: &Program) -> Result<Package> {
    let binary = fs::read(&program.binary)?;
    let mut zip = DeflateEncoder::new(Vec::new(), Compression::default());
    zip.write_all(&binary)?;
    let crates = crates(program).await?;
    let is_tls = |name: &&String| {
        TLS_STACKS
            .iter()
            .any(|tls| name.starts_with(&format!("{tls} ")))
    };
    Ok(Package {
        binary_bytes: binary.len(),
        zip_bytes: zip.finish()?.len() + ZIP_OVERHEAD,
        tls_stacks: crates.iter().filter(is_tls).cloned().collect(),
        crates: crates.len(),
    })
}

/// Every crate in the program, as `name version`.
async fn crates(program: &Program) -> Result<BTreeSet<String>> {
    let mut cargo = Command::new("cargo");
    cargo.args(["tree", "--locked", "--edges", "normal", "--prefix", "none"]);
    cargo.args(["--package", &program.package, "--format", "{p}"]);
    let tree = cargo.current_dir(&program.workspace).output().await?;
    ensure!(
        tree.status.success(),
        "{}",
        String::from_utf8_lossy(&tree.stderr)
    );
    let tree = String::from_utf8(tree.stdout)?;
    let crates = tree.lines().filter_map(|line| {
        let mut words = line.split(' ');
        let (name, version) = (words.next()?, words.next()?);
        Some(format!("{name} {}", version.trim_start_matches('v')))
    });
    Ok(crates.collect())
}
