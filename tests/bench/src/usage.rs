//! What a process used of the machine.

use std::time::Instant;

use anyhow::{Context, Result};
use nix::sys::resource::{Usage as ResourceUsage, UsageWho, getrusage};
use serde::{Deserialize, Serialize};

/// Of one process, for one piece of work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Usage {
    /// Time on the clock.
    pub seconds: f64,
    /// Time on the processors, the kernel's for it included.
    pub cpu_seconds: f64,
    /// The most memory that the process ever held.
    pub peak_memory_bytes: u64,
}

/// A piece of work that has begun.
pub struct Begun {
    at: Instant,
    cpu_seconds: f64,
}

impl Begun {
    /// Begins.
    ///
    /// # Errors
    /// The system does not say what was used.
    pub fn now() -> Result<Self> {
        let (at, cpu_seconds) = (Instant::now(), cpu_seconds()?);
        Ok(Self { at, cpu_seconds })
    }

    /// What was used since.
    ///
    /// # Errors
    /// The system does not say.
    pub fn usage(&self) -> Result<Usage> {
        Ok(Usage {
            seconds: self.at.elapsed().as_secs_f64(),
            cpu_seconds: cpu_seconds()? - self.cpu_seconds,
            peak_memory_bytes: peak_memory_bytes()?,
        })
    }
}

fn cpu_seconds() -> Result<f64> {
    let usage: ResourceUsage = getrusage(UsageWho::RUSAGE_SELF)?;
    let seconds = |time: nix::sys::time::TimeVal| {
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53 µs")]
        let seconds = time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
        seconds
    };
    Ok(seconds(usage.user_time()) + seconds(usage.system_time()))
}

/// `getrusage` would tell the peak of the program that started this one, if that was higher.
fn peak_memory_bytes() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix("kB"));
    let kilobytes: u64 = kilobytes.context("no VmHWM")?.trim().parse()?;
    Ok(kilobytes * 1024)
}
