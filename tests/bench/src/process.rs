//! This program again, in a process of its own, as a part of a measurement.

use std::ffi::OsStr;
use std::process::Stdio;

use anyhow::{Context, Result};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// A running process. Dropped, it is killed.
pub struct Process {
    _child: Child,
    input: Option<ChildStdin>,
    output: Lines<BufReader<ChildStdout>>,
}

impl Process {
    /// Starts `bench ARGS`.
    pub fn start<S: AsRef<OsStr>>(
        args: impl IntoIterator<Item = S>,
        standard_error: Stdio,
    ) -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(standard_error)
            .kill_on_drop(true)
            .spawn()?;
        let output = child.stdout.take().context("no output")?;
        Ok(Self {
            input: child.stdin.take(),
            output: BufReader::new(output).lines(),
            _child: child,
        })
    }

    /// Closes its input, which asks a process that reads it to end.
    pub fn close_input(&mut self) {
        self.input = None;
    }

    /// The next line that it prints.
    pub async fn line(&mut self) -> Result<String> {
        let line = self.output.next_line().await?;
        line.context("a process of the measurement failed")
    }
}
