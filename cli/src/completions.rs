//! Shell completions.

use anyhow::Result;
use clap::CommandFactory;
use clap_complete::{Shell, generate};

use crate::args::Args;
use crate::output::print;

/// Prints the script for a shell.
pub fn print_script(shell: Shell) -> Result<()> {
    let mut script = Vec::new();
    generate(shell, &mut Args::command(), "agent-logout", &mut script);
    print(String::from_utf8(script)?.trim_end())
}
