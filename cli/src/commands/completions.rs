//! `completions`: prints a script for a shell.

use anyhow::Result;
use clap::CommandFactory;
use clap_complete::{Shell, generate};

use crate::arguments::command_line::CommandLine;
use crate::terminal::output::print;

/// Prints the script for a shell.
pub fn print_script(shell: Shell) -> Result<()> {
    let mut script = Vec::new();
    generate(
        shell,
        &mut CommandLine::command(),
        "agent-logout",
        &mut script,
    );
    print(String::from_utf8(script)?.trim_end())
}
