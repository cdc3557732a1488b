//! Instructions until the first poll, which hardly depend on the machine.

use std::process::Stdio;

use anyhow::{Context, Result};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::Command;

use super::programs::Program;
use super::runtime_api::RuntimeApi;
use super::start::{spawn, within};

/// Instructions that a program executes until it polls, on all threads; `None` if there is no valgrind.
pub async fn count(program: &Program) -> Result<Option<u64>> {
    let mut valgrind = Command::new("valgrind");
    let version = valgrind.arg("--version").stdout(Stdio::null());
    if version.status().await.is_err() {
        return Ok(None);
    }
    let mut api = RuntimeApi::start().await?;
    let log = tempfile::NamedTempFile::new()?;
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    command.arg(format!("--log-file={}", log.path().display()));
    command.arg(&program.binary);
    let mut process = spawn(command, program, &api, "http://127.0.0.1:9", api.address)?;
    within(api.polled()).await?;
    let id = process.id().context("it ended")?;
    kill(Pid::from_raw(i32::try_from(id)?), Signal::SIGTERM)?;
    within(async { Ok(process.wait().await?) }).await?;

    // It ends with a line like `==123== Collected : 4567`.
    let log = std::fs::read_to_string(log.path())?;
    let collected = log.lines().find_map(|line| line.split_once("Collected :"));
    let (_, count) = collected.context("valgrind counted nothing")?;
    Ok(Some(count.trim().parse()?))
}
