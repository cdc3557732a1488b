//! A file of team names, in JSON Lines, as a JSON array, or in CSV. All of it is checked.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail, ensure};
use csv::{ReaderBuilder, Trim};
use domain::ids::TeamId;
use domain::limits::MAX_TEAM_NAME_CHARS;
use domain::tenant::Tenant;
use domain::text::check_filled_line;
use serde::Deserialize;
use store::operator::TeamNames;

use crate::text_file;

/// The teams of a file, by tenant.
pub type TeamFile = BTreeMap<Tenant, TeamNames>;

/// A team as it stands in a file: typed, but not checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TeamLine {
    tenant: String,
    team_id: TeamId,
    name: String,
}

/// Reads the teams of a file, or of standard input for `-`.
///
/// # Errors
/// The file cannot be read, has no teams, or a team that is wrong or twice in it.
pub fn read(file: &Path) -> Result<TeamFile> {
    let (name, text) = text_file::read(file)?;
    let teams = parse(&text).map_err(|error| anyhow!("{name}: {error:#}; nothing was written"))?;
    ensure!(!teams.is_empty(), "{name} has no teams");
    Ok(teams)
}

fn parse(text: &str) -> Result<TeamFile> {
    let text = text.trim_start_matches('\u{feff}').trim();
    let lines: Vec<TeamLine> = match text.chars().next() {
        Some('[') => serde_json::from_str(text)?,
        Some('{') => {
            let lines = serde_json::Deserializer::from_str(text).into_iter::<TeamLine>();
            lines.collect::<Result<_, _>>()?
        }
        _ => {
            let mut reader = ReaderBuilder::new()
                .trim(Trim::All)
                .from_reader(text.as_bytes());
            reader.deserialize::<TeamLine>().collect::<Result<_, _>>()?
        }
    };
    let mut teams = TeamFile::new();
    for line in lines {
        add(&mut teams, line)?;
    }
    Ok(teams)
}

fn add(teams: &mut TeamFile, line: TeamLine) -> Result<()> {
    let tenant = Tenant::parse(&line.tenant).with_context(|| {
        format!(
            "tenant {:?} is not a subdomain (a-z, 0-9, inner hyphens)",
            line.tenant
        )
    })?;
    let team_id = line.team_id;
    check_filled_line(&line.name, MAX_TEAM_NAME_CHARS)
        .map_err(|reason| anyhow!("team {team_id} of {tenant}: name {reason}"))?;
    match teams.entry(tenant).or_default().entry(team_id) {
        Entry::Vacant(place) => {
            place.insert(line.name);
        }
        Entry::Occupied(_) => bail!("team {team_id} is twice in the file"),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CSV: &str = "team_id,tenant,name\n7,acme,Manila\n8,acme,\"Support, night\"\n";
    const JSON: &str = r#"{"tenant":"acme","team_id":7,"name":"Manila"}
{"tenant":"acme","team_id":8,"name":"Support, night"}"#;

    #[test]
    fn all_formats_hold_the_same_teams() {
        let csv = parse(CSV).unwrap();
        assert_eq!(csv.values().map(BTreeMap::len).sum::<usize>(), 2);
        assert_eq!(parse(JSON).unwrap(), csv);
        let array = format!("\u{feff}[{}]", JSON.replace('\n', ","));
        assert_eq!(parse(&array).unwrap(), csv);
    }

    #[test]
    fn a_bad_team_is_refused() {
        for (from, to, reason) in [
            ("Manila", "", "team 7 of acme: name is empty"),
            (
                "Manila",
                "Ma\u{202e}nila",
                "invisible or direction-changing",
            ),
            ("Manila", &"M".repeat(129), "more than 128 characters"),
            ("7", "0", "expected an integer from 1"),
            ("8", "7", "team 7 is twice in the file"),
            ("acme", "ACME", "is not a subdomain"),
            ("name", "nmae", "unknown field `nmae`"),
        ] {
            for text in [CSV, JSON] {
                let error = parse(&text.replace(from, to)).unwrap_err();
                let error = format!("{error:#}");
                assert!(error.contains(reason), "{error}: {reason}");
            }
        }
    }
}
