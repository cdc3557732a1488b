//! From the start of a function's process to its first poll and its first answer, beside a `lambda_http` hello world and
//! beside the AWS SDK as its guide sets it up.

mod events;
mod instructions;
mod programs;
mod runtime_api;
mod start;
mod tables;

use std::time::Duration;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::programs::Program;
use self::start::Start;
use crate::roster::RosterFile;
use crate::usage::quantile_ms;

pub use tables::{goals, starts};

/// How often each program is started.
const STARTS: usize = 30;

/// What was measured.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct ColdStart {
    /// How often each program was started.
    starts: usize,
    programs: Vec<Measured>,
}

/// What was measured of one program; times are medians.
#[derive(Debug, Serialize, Deserialize)]
struct Measured {
    name: String,
    /// From the start of the process to its first poll.
    first_poll_ms: f64,
    /// From the start of the process to its first answer.
    first_answer_ms: f64,
    /// From the second event to its answer.
    second_request_ms: f64,
    /// From the start of the process to the first byte of its first TLS connection; nothing where there is none.
    tls_ms: Option<f64>,
    /// Until the first poll; nothing where there is no valgrind.
    instructions: Option<u64>,
    /// Of what is uploaded.
    zip_bytes: usize,
}

/// Builds the programs, and starts each many times, all in turn.
pub async fn measure() -> Result<ColdStart> {
    eprintln!("cold start: building");
    let file = RosterFile::of_sample().await?;
    let mut samples = Vec::new();
    for program in programs::build().await? {
        samples.push(Samples {
            events: events::events(program.name)?,
            program,
            starts: Vec::new(),
            greetings: Vec::new(),
        });
    }
    for round in 1..=STARTS {
        eprintln!("cold start: {round} of {STARTS}");
        for samples in &mut samples {
            let name = samples.program.name;
            let taken = samples.take(&file).await;
            taken.with_context(|| format!("{name} did not start"))?;
        }
    }
    let mut measured = Vec::new();
    for samples in samples {
        measured.push(samples.sum_up().await?);
    }
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
    /// Starts the program once more, and once with TLS.
    async fn take(&mut self, file: &RosterFile) -> Result<()> {
        let start = start::measure(&self.program, &self.events, file).await?;
        self.starts.push(start);
        if self.program.calls_aws() {
            let greeting = start::measure_greeting(&self.program, &self.events[0]).await?;
            self.greetings.push(greeting);
        }
        Ok(())
    }

    async fn sum_up(self) -> Result<Measured> {
        let median = |time: fn(&Start) -> Duration| quantile_ms(self.starts.iter().map(time), 0.5);
        let greetings = self.greetings.iter().copied();
        let has_tls = self.program.calls_aws();
        Ok(Measured {
            name: self.program.name.to_owned(),
            first_poll_ms: median(|start| start.poll),
            first_answer_ms: median(|start| start.answer),
            second_request_ms: median(|start| start.second),
            tls_ms: has_tls.then(|| quantile_ms(greetings, 0.5)),
            instructions: instructions::count(&self.program).await?,
            zip_bytes: self.program.zip_bytes()?,
        })
    }
}
