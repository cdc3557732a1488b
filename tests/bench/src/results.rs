//! What was measured, kept from run to run in `docs/performance/results.json`.

use std::fs;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::cold_start::ColdStart;
use crate::document::docs;
use crate::drain::Drain;
use crate::load::Load;
use crate::peer::Comparison;

const FILE: &str = "performance/results.json";

/// The results of every scenario; nothing for one that never ran.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Results {
    pub drain: Vec<Drain>,
    pub peer: Vec<Comparison>,
    pub cold_start: ColdStart,
    pub load: Load,
}

impl Results {
    /// What earlier runs measured.
    pub fn read() -> Result<Self> {
        let text = fs::read_to_string(docs().join(FILE))?;
        serde_json::from_str(&text).with_context(|| format!("docs/{FILE} is unreadable"))
    }

    /// Writes the file.
    pub fn write(&self) -> Result<()> {
        let text = serde_json::to_string_pretty(self)? + "\n";
        fs::write(docs().join(FILE), text).with_context(|| format!("cannot write docs/{FILE}"))
    }
}
