//! What the programs are asked to do: twice the same, for another agent or job.

use std::fs;

use anyhow::{Result, ensure};
use serde_json::Value;

use super::programs::{HELLO, STOCK, root};

/// Two events for a program, made of a fixture.
pub fn events(program: &str) -> Result<[Value; 2]> {
    let (fixture, replaced, variants) = match program {
        HELLO | STOCK | "force-logout" => (
            "force-logout",
            r#"{\"agent_ids\":[11,12],\"team_ids\":[1]}"#,
            [r#"{\"agent_ids\":[11]}"#, r#"{\"agent_ids\":[12]}"#],
        ),
        "job-status" => (program, "105", ["105", "106"]),
        "job-planner" | "logout-worker" => (
            program,
            r#"\"job_id\":105"#,
            [r#"\"job_id\":105"#, r#"\"job_id\":106"#],
        ),
        "presence" => (
            program,
            r#"\"agent_id\":14"#,
            [r#"\"agent_id\":14"#, r#"\"agent_id\":21"#],
        ),
        // A record that comes again is handled like the first.
        _ => (program, "acme#16", ["acme#16"; 2]),
    };
    let file = root().join(format!("tests/fixtures/events/{fixture}.json"));
    let text = fs::read_to_string(&file)?;
    let name = file.display();
    ensure!(text.contains(replaced), "{name} has no {replaced}");
    let [first, second] = variants.map(|variant| text.replace(replaced, variant));
    Ok([
        serde_json::from_str(&first)?,
        serde_json::from_str(&second)?,
    ])
}
