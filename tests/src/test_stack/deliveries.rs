//! What event sources do: deliver the messages of the queues and the records of the stream.

use aws_lambda_events::dynamodb::EventRecord;
use local::event_sources::stream_reader::StreamReader;
use store::pending_logout_records;

use super::TestStack;
use crate::presence_messages;
use crate::test_queue::message;

/// Records that fail this often fail for ever.
const MAX_TRIES: usize = 20;

impl TestStack {
    /// Delivers the messages of the queue `plans`, and then those of the queue `jobs`, until none is left.
    pub async fn drain_jobs(&self) {
        let deliver = async |message| self.invoke.job_planner(vec![message]).await.is_empty();
        self.plans.drain(deliver).await;
        let deliver = async |message| self.invoke.logout_worker(vec![message]).await.is_empty();
        self.jobs.drain(deliver).await;
    }

    /// Delivers the visible messages of the queue `plans` once; returns the ids of those that failed.
    pub async fn deliver_plans(&self) -> Vec<String> {
        let messages = self.plans.receive_all().await;
        assert!(!messages.is_empty(), "there is no message to deliver");
        self.invoke.job_planner(messages).await
    }

    /// Delivers the visible messages of the queue `jobs` once, as one batch; returns the ids of those that failed.
    pub async fn deliver_jobs(&self) -> Vec<String> {
        let messages = self.jobs.receive_all().await;
        assert!(!messages.is_empty(), "there is no message to deliver");
        self.invoke.logout_worker(messages).await
    }

    /// Delivers the messages of the queue `presence` until none is left.
    pub async fn drain_presence(&self) {
        let deliver = async |message| self.invoke.presence(vec![message]).await.is_empty();
        self.presence.drain(deliver).await;
    }

    /// Reports presence events, each in a batch of its own; all of them must succeed.
    pub async fn report(&self, events: &[String]) {
        for body in events {
            let failed = self.invoke.presence(vec![message("event", body)]).await;
            assert!(failed.is_empty(), "{body}");
        }
    }

    /// Reports that agent 1 of the tenant `acme` changes to a status.
    pub async fn report_status(&self, time: &str, status: &str) {
        let event = presence_messages::status_changed(time, status);
        self.report(&[event]).await;
    }

    /// The stream of the agents table from its first record on, with the filter of `pending-logouts`.
    #[must_use]
    pub fn stream(&self) -> StreamReader {
        self.filtered_stream(&pending_logout_records(self.store.statuses()))
    }

    /// The stream of the agents table from its first record on, without a filter.
    #[must_use]
    pub fn unfiltered_stream(&self) -> StreamReader {
        self.filtered_stream("{}")
    }

    fn filtered_stream(&self, filter: &str) -> StreamReader {
        let agents = local::backends::dynamodb::table_names().agents;
        StreamReader::open(self.database.clone(), &agents, filter).unwrap()
    }

    /// Every record of the stream that `pending-logouts` gets.
    #[must_use]
    pub fn records(&self) -> Vec<EventRecord> {
        let mut stream = self.stream();
        let mut all = Vec::new();
        while let Some(records) = stream.read().unwrap() {
            all.extend(records);
        }
        all
    }

    /// Delivers every record of the stream, and delivers again from a record that failed.
    pub async fn drain_stream(&self) {
        let records = self.records();
        let mut open = &records[..];
        for _ in 0..MAX_TRIES {
            let Some(failed) = self.invoke.pending_logouts(open.to_vec()).await else {
                return;
            };
            let is_failed = |record: &EventRecord| sequence_number(record) == failed;
            let position = open.iter().position(is_failed).unwrap();
            open = &open[position..];
        }
        panic!("records fail after {MAX_TRIES} tries");
    }
}

/// The place of a record in the stream.
#[must_use]
pub fn sequence_number(record: &EventRecord) -> String {
    record.change.sequence_number.clone().unwrap()
}
