use super::*;
use std::collections::BTreeMap;

use domain::agents::Statuses;
use domain::limits::MAX_PROFILE_CHARS;

const NOW: &str = "2026-01-05T09:00:00Z";
const GOOD: &str = r#"{"tenant":"acme","agent_id":1,"name":"A","email":"a@x","agent_number":"1","team_ids":[1],"status":"lunch","ip":"10.0.0.1","online_since":"2026-01-05T08:00:00Z"}"#;

fn read(text: &str) -> Result<Roster, RosterError> {
    let mut roster = Roster::new();
    let now = Timestamp::parse_rfc3339(NOW).unwrap();
    parse(&mut roster, text, &Statuses::default(), now).map(|()| roster)
}

#[test]
fn agents_are_kept_by_tenant() {
    let other = GOOD.replace("acme", "globex");
    let roster = read(&format!("{GOOD}\n\n{other}\n")).unwrap();
    assert_eq!(roster.len(), 2);
    assert!(roster.values().all(|agents| agents.len() == 1));
}

#[test]
fn an_agent_who_was_never_online_has_no_address() {
    let line = GOOD.replace("lunch", "Offline").replace(
        r#","ip":"10.0.0.1","online_since":"2026-01-05T08:00:00Z""#,
        "",
    );
    let roster = read(&line).unwrap();
    assert!(
        roster
            .values()
            .flat_map(BTreeMap::values)
            .all(|agent| agent.last_sign_in.is_none())
    );
}

#[test]
fn an_agent_whose_address_is_not_known_is_online() {
    for ip in ["", r#""ip":null,"#, r#""ip":"","#, r#""ip":"unknown","#] {
        let roster = read(&GOOD.replace(r#""ip":"10.0.0.1","#, ip)).unwrap();
        let agent = roster.values().flat_map(BTreeMap::values).next().unwrap();
        assert_eq!(agent.last_sign_in.map(|it| it.address), Some(None), "{ip}");
    }
}

#[test]
fn the_longest_name_and_a_sign_in_of_this_moment_are_accepted() {
    let longest = format!(r#""name":"{}""#, "é".repeat(MAX_PROFILE_CHARS));
    let line = GOOD
        .replace(r#""name":"A""#, &longest)
        .replace("2026-01-05T08:00:00Z", NOW);
    assert_eq!(read(&line).map(|roster| roster.len()), Ok(1));
}

#[test]
fn a_bad_line_is_named_with_its_reason() {
    for (from, to, reason) in [
        (GOOD, "lunch", "not JSON at column 1"),
        (GOOD, "7", "not a JSON object"),
        (r#":"1","#, ":,", "not JSON at column 71"),
        (r#""name""#, r#""nmae""#, "nmae: unknown key"),
        (
            r#""agent_id":1"#,
            r#""agent_id":0"#,
            "agent_id: expected an integer from 1 to 9007199254740991",
        ),
        (r#""agent_id":1,"#, "", "agent_id: missing"),
        (r#"er":"1""#, r#"er":null"#, "agent_number: missing"),
        (r#"er":"1""#, r#"er":1"#, "agent_number: expected a string"),
        (
            "[1]",
            r#"[1,"x"]"#,
            "team_ids[1]: expected an integer from 1",
        ),
        ("[1]", "null", "team_ids: missing"),
        ("acme", "ACME", r#"tenant "ACME" is not a subdomain"#),
        ("lunch", "", "status is empty"),
        (
            "a@x",
            &"a".repeat(257),
            "email has more than 256 characters",
        ),
        (
            "a@x",
            r"a\n@x",
            "email has a control character or a line break",
        ),
        ("lunch", r"lu\u009bnch", "status has a control character"),
        ("[1]", "[1,1]", "team_ids names a team twice"),
        (
            "10.0.0.1",
            "10.0.0.256",
            r#"ip "10.0.0.256" is not an IP address"#,
        ),
        ("2026-01-05T08", "2026-01-05T10", "is in the future"),
        ("2026-01-05T08:00:00Z", "yesterday", "is not a time"),
        (
            r#","online_since":"2026-01-05T08:00:00Z""#,
            "",
            "ip needs online_since",
        ),
        (
            r#","ip":"10.0.0.1","online_since":"2026-01-05T08:00:00Z""#,
            "",
            "needs online_since",
        ),
    ] {
        let bad = GOOD
            .replace("\"agent_id\":1", "\"agent_id\":2")
            .replace(from, to);
        let bad = if from == GOOD { to.to_owned() } else { bad };
        let bad = if from.starts_with(r#""agent_id""#) {
            GOOD.replace(from, to)
        } else {
            bad
        };
        let error = read(&format!(
            "{}\n{bad}",
            GOOD.replace("\"agent_id\":1", "\"agent_id\":9")
        ))
        .unwrap_err();
        assert_eq!(error.line, 2, "{bad}");
        assert!(error.reason.contains(reason), "{}: {reason}", error.reason);
    }
}

#[test]
fn an_agent_on_two_lines_is_refused() {
    let error = read(&format!("{GOOD}\n{GOOD}")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 2: agent 1 of this tenant was on an earlier line"
    );
}

#[test]
fn a_list_of_agents_is_a_roster() {
    let shown = r#","pending_logout":{"request":"x","at":null},"last_logout":null}"#;
    let one = GOOD.replace('}', shown);
    let other = GOOD.replace("\"agent_id\":1", "\"agent_id\":2");
    let roster = read(&format!("[\n  {one},\n  {other}\n]\n")).unwrap();
    assert_eq!(roster.values().map(BTreeMap::len).sum::<usize>(), 2);
    let error = read(&format!("[\n{one},\n{{\n}}\n]")).unwrap_err();
    assert_eq!(error.to_string(), "line 3: tenant: missing");
    let error = read(&format!("[\n{one},\n{{\n,}}\n]")).unwrap_err();
    assert_eq!(error.to_string(), "line 4: not JSON at column 1");
}

#[test]
fn a_line_that_is_no_json_leaves_the_others() {
    let error = read(&format!("{GOOD}\nnothing\n")).unwrap_err();
    assert_eq!(error.to_string(), "line 2: not JSON at column 2");
}
