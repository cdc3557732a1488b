//! What the programs are asked to do: twice the same, for another agent or job.

use std::fs;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::programs::{HELLO, STOCK, root};

/// Two events for the program of that crate, made of a fixture.
///
/// # Errors
/// The fixture is not as expected.
pub fn events(package: &str) -> Result<[Value; 2]> {
    let (fixture, part, variants) = match package {
        HELLO | STOCK | "force-logout" => (
            "force-logout",
            r#"{\"agent_ids\":[11,12],\"team_ids\":[1]}"#,
            [r#"{\"agent_ids\":[11]}"#, r#"{\"agent_ids\":[12]}"#],
        ),
        "job-status" => ("job-status", "105", ["105", "106"]),
        "logout-worker" => {
            let job = [r#"\"job_id\":105"#, r#"\"job_id\":106"#];
            ("logout-worker", job[0], job)
        }
        "presence" => {
            let agent = [r#"\"agent_id\":14"#, r#"\"agent_id\":21"#];
            ("presence", agent[0], agent)
        }
        // A record that comes again is handled like the first.
        other => (other, "acme#16", ["acme#16"; 2]),
    };
    let file = root().join(format!("tests/fixtures/events/{fixture}.json"));
    let text = fs::read_to_string(&file).with_context(|| format!("no event for {package}"))?;
    ensure!(text.contains(part), "{} has no {part}", file.display());
    let [first, second] = variants.map(|variant| text.replace(part, variant));
    Ok([
        serde_json::from_str(&first)?,
        serde_json::from_str(&second)?,
    ])
}
