//! What is computed is computed of what is deployed, and is what is written down.

use tests::yaml;

use super::deployment::Deployment;
use super::document;
use crate::results::docs;

#[test]
fn the_deployment_is_the_templates() {
    let template = yaml::load("infra/template.yaml");
    let concurrency = &template["Parameters"]["WorkerMaxConcurrency"]["Default"];
    let memory_mb = &template["Globals"]["Function"]["MemorySize"];
    let computed = Deployment::DEFAULT;
    assert_eq!(concurrency.as_f64(), Some(computed.worker_max_concurrency));
    assert_eq!(memory_mb.as_f64(), Some(computed.memory_mb));
}

#[test]
fn the_document_is_what_is_computed() {
    let written = std::fs::read_to_string(docs().join("scaling.md")).unwrap();
    assert!(
        document().to_markdown() == written,
        "run `cargo run --release -p bench -- scaling`"
    );
}
