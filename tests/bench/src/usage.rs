//! What a process uses of the machine.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
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

/// Measures a piece of work of this process from when it is started.
pub struct Stopwatch {
    start: Instant,
    cpu_seconds: f64,
}

impl Stopwatch {
    /// Starts it.
    pub fn start() -> Result<Self> {
        Ok(Self {
            start: Instant::now(),
            cpu_seconds: cpu_seconds()?,
        })
    }

    /// What was used since the start.
    pub fn usage(&self) -> Result<Usage> {
        Ok(Usage {
            seconds: self.start.elapsed().as_secs_f64(),
            cpu_seconds: cpu_seconds()? - self.cpu_seconds,
            peak_memory_bytes: peak_memory_bytes()?,
        })
    }
}

/// In milliseconds; that share of the times is shorter. Not a number if there are none.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place among the times"
)]
pub fn quantile_ms(times: impl Iterator<Item = Duration>, share: f64) -> f64 {
    let mut ms: Vec<f64> = times.map(|time| time.as_secs_f64() * 1000.0).collect();
    ms.sort_by(f64::total_cmp);
    let place = (ms.len().saturating_sub(1) as f64 * share).round() as usize;
    // To the microsecond: what is beyond is noise.
    ms.get(place)
        .map_or(f64::NAN, |ms| (ms * 1000.0).round() / 1000.0)
}

fn cpu_seconds() -> Result<f64> {
    let seconds = |time: TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    let usage = getrusage(UsageWho::RUSAGE_SELF)?;
    Ok(seconds(usage.user_time()) + seconds(usage.system_time()))
}

/// `getrusage` would give the peak of the program that started this one, if that was higher.
fn peak_memory_bytes() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix("kB"));
    let kilobytes: u64 = kilobytes.context("no VmHWM")?.trim().parse()?;
    Ok(kilobytes * 1024)
}
