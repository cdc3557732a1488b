//! Text from a file or standard input.

use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, anyhow};

/// True for `-`, which means standard input.
pub fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Reads a file, or standard input for `-`. Returns what it is called in errors, and its text.
///
/// # Errors
/// It cannot be read, or is not in UTF-8; the error names the line.
pub fn read(path: &Path) -> Result<(String, String)> {
    let (name, bytes) = if is_standard_input(path) {
        let mut bytes = Vec::new();
        let read = std::io::stdin().read_to_end(&mut bytes);
        ("standard input".to_owned(), read.map(|_| bytes))
    } else {
        (path.display().to_string(), std::fs::read(path))
    };
    let bytes = bytes.with_context(|| format!("cannot read {name}"))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.split(|byte| *byte == b'\n').count();
        anyhow!("{name}, line {line}: not in UTF-8")
    })?;
    Ok((name, text))
}
