//! How far the service scales: arithmetic of what the ledger counted, what AWS publishes and what the template sets. Nothing is
//! measured or guessed here.

mod counted;
pub mod limits;
mod prices;
mod tables;

use domain::limits::CHUNK_AGENTS;
use service::lambda::queue_settings::MAX_PARALLEL_CHUNKS;

pub use counted::Counted;
pub use tables::{cost, events, jobs, limits, requests, waits, what_binds};

use limits::{ENVIRONMENT_RATE, MESSAGES_PER_BATCH};

/// What the template and the code set.
pub struct Settings {
    /// Invocations that work off one queue at once.
    pub worker_max_concurrency: f64,
    /// Requests that the API takes a second.
    pub api_requests_per_second: f64,
    /// Memory of an environment.
    pub memory_gb: f64,
    /// Agents in a chunk, which is a message.
    pub agents_per_chunk: f64,
}

impl Settings {
    /// The defaults.
    pub fn of_template() -> Self {
        let template = tests::yaml::load("infra/template.yaml");
        let number = |value: &serde_json::Value| value.as_f64().expect("the template has it");
        let parameter = |name: &str| number(&template["Parameters"][name]["Default"]);
        Self {
            worker_max_concurrency: parameter("WorkerMaxConcurrency"),
            api_requests_per_second: parameter("ApiRequestsPerSecond"),
            memory_gb: number(&template["Globals"]["Function"]["MemorySize"]) / 1_024.0,
            agents_per_chunk: CHUNK_AGENTS as f64,
        }
    }

    /// Messages that the invocations for one queue take a second, if each takes no time.
    pub fn messages_per_second(&self) -> f64 {
        self.worker_max_concurrency * ENVIRONMENT_RATE.value * MESSAGES_PER_BATCH.value
    }

    /// Agents in the batches of so many invocations.
    pub fn agents_in_batches(&self, concurrency: f64) -> f64 {
        concurrency * MESSAGES_PER_BATCH.value * self.agents_per_chunk
    }

    /// Agents that so many invocations work on at once.
    pub fn agents_in_flight(&self, concurrency: f64) -> f64 {
        concurrency * MAX_PARALLEL_CHUNKS as f64 * self.agents_per_chunk
    }
}
