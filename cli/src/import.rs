//! `agents import`: brings the agents table in line with a file.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail, ensure};
use logout::agent::RosterAgent;
use logout::bounded;
use logout::roster::{self, Roster, RosterError};
use logout::store::{Imported, MAX_BATCH_GET, Store};
use logout::timestamp::{Clock, Timestamp};

use crate::args::{Format, ImportArgs};
use crate::output::{count, print, progress_bar, say};
use crate::{csv_roster, database};

/// So many batches are under way at once.
const MAX_PARALLEL_BATCHES: usize = 4;
/// So many bad lines are listed; who has more than that has one mistake in all of them.
const MAX_LISTED_ERRORS: usize = 20;

/// Reads the file, checks it whole, and writes it.
pub async fn run(args: &ImportArgs) -> Result<()> {
    let name = match args.file.as_os_str().to_str() {
        Some("-") => "standard input".to_owned(),
        _ => args.file.display().to_string(),
    };
    let text = read(&args.file, &name)?;
    let format = args.format.unwrap_or_else(|| format_of(&args.file, &text));
    let roster =
        checked(format, &text, Clock::system().now()).map_err(|errors| listed(&name, &errors))?;
    ensure!(!roster.is_empty(), "{name} has no agents");
    let store = database::open(&args.database).await?;
    let imported = write(&store, &roster).await?;
    let agents = count(imported.added + imported.kept, "agent");
    let (joined, left) = (count(imported.joined, "team membership"), imported.left);
    print(&format!(
        "{agents} imported: {} added, {} brought up to date; {joined} added, {left} removed",
        imported.added, imported.kept
    ))
}

fn read(file: &Path, name: &str) -> Result<String> {
    let mut bytes = Vec::new();
    let read = if file.as_os_str() == "-" {
        std::io::stdin().read_to_end(&mut bytes).map(|_| ())
    } else {
        std::fs::read(file).map(|read| bytes = read)
    };
    read.with_context(|| format!("cannot read {name}"))?;
    String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.split(|byte| *byte == b'\n').count();
        anyhow!("{name}, line {line}: not in UTF-8; nothing was written")
    })
}

fn format_of(file: &Path, text: &str) -> Format {
    let ending = file.extension().and_then(|ending| ending.to_str());
    match ending.map(str::to_lowercase).as_deref() {
        Some("csv") => Format::Csv,
        Some("jsonl" | "ndjson" | "json") => Format::Jsonl,
        _ if text
            .trim_start_matches('\u{feff}')
            .trim_start()
            .starts_with('{') =>
        {
            Format::Jsonl
        }
        _ => Format::Csv,
    }
}

/// The agents of a file, or every bad line of it.
fn checked(format: Format, text: &str, now: Timestamp) -> Result<Roster, Vec<RosterError>> {
    let mut roster = Roster::new();
    let mut errors = Vec::new();
    match format {
        Format::Jsonl => {
            for (line, text) in roster::lines(text) {
                errors.extend(roster::add_json(&mut roster, line, text, now).err());
            }
        }
        Format::Csv => {
            for (line, read) in csv_roster::lines(text).map_err(|error| vec![error])? {
                let added = read
                    .map_err(|reason| RosterError { line, reason })
                    .and_then(|agent| roster::add(&mut roster, line, agent, now));
                errors.extend(added.err());
            }
        }
    }
    if errors.is_empty() {
        Ok(roster)
    } else {
        Err(errors)
    }
}

/// Tells the bad lines, and answers what they mean for the whole.
fn listed(name: &str, errors: &[RosterError]) -> anyhow::Error {
    for error in errors.iter().take(MAX_LISTED_ERRORS) {
        say(&format!("{name}, {error}"));
    }
    if errors.len() > MAX_LISTED_ERRORS {
        say(&format!("… and {} more", errors.len() - MAX_LISTED_ERRORS));
    }
    anyhow!(
        "{name} has {}; nothing was written",
        count(errors.len(), "bad line")
    )
}

async fn write(store: &Store, roster: &Roster) -> Result<Imported> {
    let bar = progress_bar("agents", roster.values().map(BTreeMap::len).sum());
    let mut imported = Imported::default();
    for (tenant, agents) in roster {
        let agents: Vec<RosterAgent> = agents.values().cloned().collect();
        let batches = agents
            .chunks(MAX_BATCH_GET)
            .map(|batch| store.import_agents(tenant, batch));
        let written = bounded::try_for_each(MAX_PARALLEL_BATCHES, batches, |batch: Imported| {
            bar.inc((batch.added + batch.kept) as u64);
            imported += batch;
        });
        if let Err(error) = written.await {
            bar.abandon();
            let done = count(imported.added + imported.kept, "agent");
            bail!(
                "{:#}; {done} and perhaps more are written: repeat the import",
                database::explain(&error)
            );
        }
    }
    bar.finish_and_clear();
    Ok(imported)
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: &str = r#"{"tenant":"acme","agent_id":7,"name":"Ann","email":"a@x","agent_number":"1","team_ids":[1,2],"status":"lunch","ip":"10.0.0.1","online_since":"2026-01-05T08:00:00Z"}"#;
    const CSV: &str = "agent_id,tenant,status,name,email,agent_number,team_ids,ip,online_since\n7,acme,lunch,Ann,a@x,1,1;2,10.0.0.1,2026-01-05T08:00:00Z\n";

    fn now() -> Timestamp {
        Timestamp::parse_rfc3339("2026-01-05T09:00:00Z").unwrap()
    }

    #[test]
    fn both_formats_mean_the_same_agents() {
        let json = checked(Format::Jsonl, JSON, now()).unwrap();
        assert_eq!(json, checked(Format::Csv, CSV, now()).unwrap());
    }

    #[test]
    fn both_formats_are_checked_by_the_same_rules() {
        for (from, to) in [
            ("acme", "ACME"),
            ("10.0.0.1", "10.0.0"),
            ("T08", "T10"),
            ("lunch", " "),
        ] {
            let error = |format, text: &str| {
                checked(format, &text.replace(from, to), now()).unwrap_err()[0]
                    .reason
                    .clone()
            };
            let trimmed = error(Format::Jsonl, JSON).replace("\" \"", "\"\"");
            assert_eq!(trimmed, error(Format::Csv, CSV), "{to}");
        }
    }

    #[test]
    fn every_bad_line_is_told() {
        let text = format!("{JSON}\n{JSON}\n\nlunch\n");
        let errors = checked(Format::Jsonl, &text, now()).unwrap_err();
        assert_eq!(
            errors.iter().map(|error| error.line).collect::<Vec<_>>(),
            [2, 4]
        );
    }

    #[test]
    fn the_name_tells_the_format_or_else_the_first_character() {
        for (name, text, format) in [
            ("a.CSV", "{", Format::Csv),
            ("a.jsonl", "tenant", Format::Jsonl),
            ("-", " \n{", Format::Jsonl),
            ("agents", "tenant,", Format::Csv),
        ] {
            assert_eq!(format_of(Path::new(name), text), format, "{name}");
        }
    }
}
