//! The results of all scenarios, kept from run to run beside the document that shows them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::cold_start::{self, ColdStart};
use crate::document::Document;
use crate::load::{self, Load};
use crate::{drain, ledger, peer};

const INTRODUCTION: &str = "Written by `cargo run --release -p bench -- all`, which takes about half an hour on two cores; \
    the figures are in [`results.json`](performance/results.json). Counts are the same on every machine; times are not, so \
    what they are compared with was measured in the same run.";

/// What was found, by scenario; nothing for one that never ran.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Results {
    /// What requests cost.
    pub ledger: Vec<ledger::Entry>,
    /// How fast jobs are worked off.
    pub drain: Vec<drain::Drain>,
    /// What others would need for it.
    pub peer: Vec<peer::Comparison>,
    /// How functions start.
    pub cold_start: Option<ColdStart>,
    /// How the service bears many callers.
    pub load: Option<Load>,
}

impl Results {
    /// What earlier runs found.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub fn load() -> Result<Self> {
        let file = docs().join("performance/results.json");
        if !file.exists() {
            return Ok(Self::default());
        }
        let text = fs::read_to_string(&file)?;
        serde_json::from_str(&text).with_context(|| format!("{} is unreadable", file.display()))
    }

    /// Writes the file, the document and its plots.
    ///
    /// # Errors
    /// They cannot be written.
    pub fn save(&self) -> Result<()> {
        self.document().write_into(&docs())?;
        let text = serde_json::to_string_pretty(self)?;
        fs::write(docs().join("performance/results.json"), text + "\n")?;
        Ok(())
    }

    /// The results, to be read.
    #[must_use]
    pub fn document(&self) -> Document {
        let mut document = Document::new("Performance");
        document.paragraph(INTRODUCTION);
        if !self.ledger.is_empty() {
            ledger::write(&mut document, &self.ledger);
        }
        if !self.drain.is_empty() {
            drain::write(&mut document, &self.drain);
        }
        if !self.peer.is_empty() {
            peer::write(&mut document, &self.peer, &self.ledger);
        }
        if let Some(cold_start) = &self.cold_start {
            cold_start::write(&mut document, cold_start);
        }
        if let Some(load) = &self.load {
            load::write(&mut document, load);
        }
        document
    }
}

/// Where documents are kept.
#[must_use]
pub fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs")
}
