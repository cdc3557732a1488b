//! From the start of a function's process to its first poll and its first answer, beside a `lambda_http` hello world and
//! beside the AWS SDK as its guide sets it up.

mod backends;
mod events;
mod instructions;
mod package;
mod phases;
mod programs;
mod relay;
mod section;
mod start;
mod tried;

use std::time::Duration;

use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressStyle};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::package::Package;
use self::phases::Phases;
use self::programs::Program;
pub use self::section::write;
use self::start::Start;

/// So often each program is started.
const STARTS: usize = 30;

/// What was measured.
#[derive(Debug, Serialize, Deserialize)]
pub struct ColdStart {
    /// So often each program was started.
    starts: usize,
    programs: Vec<Measured>,
}

/// What was measured of one program; times are medians, in milliseconds.
#[derive(Debug, Serialize, Deserialize)]
struct Measured {
    name: String,
    /// From the start of the process to its first poll.
    poll_ms: f64,
    /// One start in ten was faster, and one in ten slower.
    poll_p10_ms: f64,
    poll_p90_ms: f64,
    /// From the start of the process to its first answer.
    answer_ms: f64,
    first: PhasesMs,
    second: PhasesMs,
    /// From the start of the process to the first byte of its first TLS connection; nothing where there is none.
    greeting_ms: Option<f64>,
    /// Until the first poll; nothing where there is no valgrind.
    instructions: Option<u64>,
    package: Package,
}

/// [`Phases`] in milliseconds: the median of each by itself, and of their sum.
#[derive(Debug, Serialize, Deserialize)]
struct PhasesMs {
    before_connecting: f64,
    before_calling: f64,
    backends: f64,
    between_calls: f64,
    answering: f64,
    total: f64,
    calls: u32,
}

/// Builds the programs, starts each many times, all in turn, and weighs them; and with them other builds of functions, each
/// given as `FUNCTION=BINARY`.
///
/// # Errors
/// A program cannot be built, or does not answer.
pub async fn measure(other_builds: &[String]) -> Result<ColdStart> {
    let bar = ProgressBar::no_length();
    bar.set_style(ProgressStyle::with_template(
        "{elapsed_precise} {wide_bar} {pos}/{len} {msg}",
    )?);
    bar.set_message("building");
    bar.enable_steady_tick(Duration::from_secs(1));
    let mut programs = programs::build().await?;
    for other in other_builds {
        programs.push(Program::other_build(other)?);
    }
    bar.set_length((programs.len() * (STARTS + 1)) as u64);

    let mut samples = Vec::new();
    for program in programs {
        samples.push(Samples::of(program)?);
    }
    for _ in 0..STARTS {
        for samples in &mut samples {
            bar.set_message(format!("starting {}", samples.program.name));
            samples.take().await?;
            bar.inc(1);
        }
    }
    let mut measured = Vec::new();
    for samples in samples {
        bar.set_message(format!("counting {}", samples.program.name));
        measured.push(samples.sum_up().await?);
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(ColdStart {
        starts: STARTS,
        programs: measured,
    })
}

/// The starts of one program.
struct Samples {
    program: Program,
    events: [Value; 2],
    starts: Vec<Start>,
    greetings: Vec<Duration>,
}

impl Samples {
    fn of(program: Program) -> Result<Self> {
        Ok(Self {
            events: events::events(&program.package)?,
            program,
            starts: Vec::new(),
            greetings: Vec::new(),
        })
    }

    /// Starts the program once more, and once with TLS.
    async fn take(&mut self) -> Result<()> {
        let Program { name, .. } = &self.program;
        let start = start::measure(&self.program, &self.events).await;
        self.starts
            .push(start.with_context(|| format!("{name} did not answer"))?);
        if self.program.calls_aws() {
            let greeting = start::measure_greeting(&self.program, &self.events[0]).await;
            self.greetings
                .push(greeting.with_context(|| format!("{name} did not connect"))?);
        }
        Ok(())
    }

    async fn sum_up(self) -> Result<Measured> {
        let polls = || self.starts.iter().map(|start| start.poll);
        let answers = self
            .starts
            .iter()
            .map(|start| start.poll + start.requests[0].total());
        Ok(Measured {
            name: self.program.name.clone(),
            poll_ms: quantile(polls(), 0.5),
            poll_p10_ms: quantile(polls(), 0.1),
            poll_p90_ms: quantile(polls(), 0.9),
            answer_ms: quantile(answers, 0.5),
            first: self.phases(0),
            second: self.phases(1),
            greeting_ms: (!self.greetings.is_empty())
                .then(|| quantile(self.greetings.iter().copied(), 0.5)),
            instructions: instructions::count(&self.program).await?,
            package: package::weigh(&self.program).await?,
        })
    }

    /// Of the first request, or the second.
    fn phases(&self, request: usize) -> PhasesMs {
        let median = |phase: fn(&Phases) -> Duration| {
            quantile(
                self.starts
                    .iter()
                    .map(|start| phase(&start.requests[request])),
                0.5,
            )
        };
        PhasesMs {
            before_connecting: median(|phases| phases.before_connecting),
            before_calling: median(|phases| phases.before_calling),
            backends: median(|phases| phases.backends),
            between_calls: median(|phases| phases.between_calls),
            answering: median(|phases| phases.answering),
            total: median(Phases::total),
            calls: self
                .starts
                .first()
                .map_or(0, |start| start.requests[request].calls),
        }
    }
}

/// In milliseconds; that share of the times is shorter.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a place among a few dozen"
)]
fn quantile(times: impl Iterator<Item = Duration>, share: f64) -> f64 {
    let mut ms: Vec<f64> = times.map(|time| time.as_secs_f64() * 1000.0).collect();
    ms.sort_by(f64::total_cmp);
    let place = ((ms.len() - 1) as f64 * share).round() as usize;
    // To the microsecond: what is beyond is noise.
    (ms[place] * 1000.0).round() / 1000.0
}
