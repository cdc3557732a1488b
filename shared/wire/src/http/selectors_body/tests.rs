use domain::ids::MAX_ID;

use super::*;

const NO_SELECTOR: &str =
    "at least one of agent_ids, team_ids and ip_addrs must be a non-empty array";

fn message(body: impl AsRef<[u8]>) -> String {
    match SelectorsBody::parse(body.as_ref()) {
        Ok(_) => "accepted".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn what_is_not_a_json_object_is_refused() {
    for (body, expected) in [
        ("", "the body is empty; it must be a JSON object"),
        (" \n", "the body is empty; it must be a JSON object"),
        ("\u{feff}", "the body is empty; it must be a JSON object"),
        ("[]", "the body must be a JSON object"),
        ("12", "the body must be a JSON object"),
        (
            "nul",
            "the body is not valid JSON: EOF while parsing a value at line 1 column 3",
        ),
        (
            "[1,",
            "the body is not valid JSON: EOF while parsing a value at line 1 column 3",
        ),
        (
            r#"{"agent_ids":[1]} x"#,
            "the body is not valid JSON: trailing characters at line 1 column 19",
        ),
        (
            r#"{"agent_ids":[1]}{}"#,
            "the body is not valid JSON: trailing characters at line 1 column 18",
        ),
    ] {
        assert_eq!(message(body), expected, "{body}");
    }
    for body in [
        "{",
        "{\"agent_ids\": [1,]}",
        "{\"agent_ids\": [1}",
        "{'agent_ids': [1]}",
        "{\"agent_ids\": [1] \"team_ids\": [1]}",
        "{\"agent_ids\": [01]}",
        "{\"secret\"}",
        "\u{feff}\u{feff}{}",
    ] {
        let message = message(body);
        let is_syntax = message.starts_with("the body is not valid JSON: ");
        assert!(
            is_syntax && message.contains(" at line 1 column "),
            "{message}"
        );
        assert!(!message.contains("secret"), "{message}");
    }
    assert!(message(b"{\"agent_ids\":[1],\"\xff\":1}").starts_with("the body is not valid JSON"));
    assert!(message(b"{\"ip_addrs\":[\"\xff\"]}").starts_with("the body is not valid JSON"));
}

#[test]
fn every_fault_is_named_with_its_place() {
    let unknown = "the keys are agent_ids, team_ids and ip_addrs";
    let id = "is not an integer from 1 to 9007199254740991";
    for (body, expected) in [
        (
            r#"{"agent_ids":[1],"dryrun":true}"#,
            format!(r#"unknown key "dryrun": {unknown}"#),
        ),
        (
            r#"{"agent_ids":[1],"":null,"\u202ex":1}"#,
            format!(r#"unknown key "": {unknown}; unknown key "\u{{202e}}x": {unknown}"#),
        ),
        (
            r#"{"agent_ids":[1],"agent_ids":[2]}"#,
            "agent_ids: stands twice".to_owned(),
        ),
        (
            r#"{"agent_ids":null,"agent_ids":[2]}"#,
            "agent_ids: stands twice".to_owned(),
        ),
        (
            r#"{"agent_ids":7}"#,
            "agent_ids: 7 is not an array".to_owned(),
        ),
        (
            r#"{"agent_ids":"7","team_ids":{"a":[1]}}"#,
            r#"agent_ids: "7" is not an array; team_ids: {"a":[1]} is not an array"#.to_owned(),
        ),
        (r#"{"team_ids":[1,0]}"#, format!("team_ids[1]: 0 {id}")),
        (r#"{"agent_ids":[-3]}"#, format!("agent_ids[0]: -3 {id}")),
        (r#"{"agent_ids":[1.5]}"#, format!("agent_ids[0]: 1.5 {id}")),
        (
            r#"{"agent_ids":[1e999]}"#,
            format!("agent_ids[0]: 1e999 {id}"),
        ),
        (
            r#"{"agent_ids":["12"]}"#,
            format!(r#"agent_ids[0]: "12" {id}"#),
        ),
        (
            r#"{"agent_ids":[null]}"#,
            format!("agent_ids[0]: null {id}"),
        ),
        (r#"{"agent_ids":[[1]]}"#, format!("agent_ids[0]: [1] {id}")),
        (
            r#"{"ip_addrs":[7]}"#,
            "ip_addrs[0]: 7 is not a string".to_owned(),
        ),
        (
            r#"{"ip_addrs":["\ud800"]}"#,
            r#"ip_addrs[0]: "\ud800" is not a string"#.to_owned(),
        ),
        (
            r#"{"ip_addrs":["10.0.0.1","::1","10.0.0.9-10.0.0.1"]}"#,
            r#"ip_addrs[2]: "10.0.0.9-10.0.0.1" ends before it starts"#.to_owned(),
        ),
        (
            r#"{"ip_addrs":[""]}"#,
            r#"ip_addrs[0]: "" is empty"#.to_owned(),
        ),
        ("{}", NO_SELECTOR.to_owned()),
        (r#"{"agent_ids":[],"team_ids":[]}"#, NO_SELECTOR.to_owned()),
        (r#"{"agent_ids":null}"#, NO_SELECTOR.to_owned()),
    ] {
        assert_eq!(message(body), expected, "{body}");
    }
}

#[test]
fn all_bad_entries_of_all_arrays_are_named() {
    let body = r#"{"ip_addrs":["10.0.0.1","office","10.1.*.*","::1","10.0.0.0/33"],"x":1,"agent_ids":[1,"a",0]}"#;
    let message = message(body);
    let places: Vec<&str> = message
        .split("; ")
        .filter_map(|fault| fault.split(':').next())
        .collect();
    let expected = [
        "ip_addrs[1]",
        "ip_addrs[2]",
        "ip_addrs[4]",
        r#"unknown key "x""#,
        "agent_ids[1]",
        "agent_ids[2]",
    ];
    assert_eq!(places, expected, "{message}");
}

#[test]
fn of_many_bad_entries_twenty_are_named() {
    let body = format!(r#"{{"agent_ids":[0{}],"team_ids":[0]}}"#, ",0".repeat(29));
    let message = message(body);
    assert!(message.contains("agent_ids[19]: 0 is not"), "{message}");
    assert!(!message.contains("agent_ids[20]"), "{message}");
    assert!(message.ends_with("; and 11 more"), "{message}");
}

#[test]
fn a_key_that_is_null_is_absent() {
    let parsed = SelectorsBody::parse(br#"{"agent_ids":[11],"team_ids": null ,"ip_addrs":null}"#);
    let without = SelectorsBody::parse(br#"{"agent_ids":[11]}"#);
    assert_eq!(parsed.unwrap(), without.unwrap());
}

#[test]
fn a_byte_order_mark_is_skipped() {
    assert_eq!(message("\u{feff}{\"agent_ids\":[1]}"), "accepted");
    assert_eq!(message("\u{feff} {\"agent_ids\":[1]}\n"), "accepted");
}

#[test]
fn an_empty_array_beside_a_full_one_is_accepted() {
    assert_eq!(message(r#"{"agent_ids":[],"team_ids":[1]}"#), "accepted");
}

#[test]
fn the_selection_is_what_the_selectors_say() {
    let body =
        r#"{"agent_ids":[2,1,2],"team_ids":[7],"ip_addrs":["10.0.0.1","10.0.0.2\u201310.0.0.9"]}"#;
    let (selectors, selection) = SelectorsBody::parse(body.as_bytes()).unwrap();
    assert_eq!(selectors.ip_addrs, ["10.0.0.1", "10.0.0.2\u{2013}10.0.0.9"]);
    let agents: Vec<u64> = selection.agent_ids.iter().map(|id| id.get()).collect();
    assert_eq!(agents, [1, 2]);
    let addresses = AddressRange::parse("10.0.0.1-10.0.0.9").unwrap();
    let team = LookUp::Team(TeamId::new(7).unwrap());
    assert_eq!(selection.look_ups, [team, LookUp::Addresses(addresses)]);
}

#[test]
fn arrays_of_ids_end_at_their_limits() {
    for (key, max) in [("agent_ids", MAX_AGENT_IDS), ("team_ids", MAX_TEAM_IDS)] {
        let body = |count| format!(r#"{{"{key}":[{}]}}"#, vec!["7"; count].join(","));
        assert_eq!(message(body(max)), "accepted");
        let beyond = format!("{key}: {} entries; at most {max} are allowed", max + 1);
        assert_eq!(message(body(max + 1)), beyond);
    }
}

fn addresses(entries: impl Iterator<Item = String>) -> String {
    let entries: Vec<String> = entries.map(|entry| format!("\"{entry}\"")).collect();
    format!(r#"{{"ip_addrs":[{}]}}"#, entries.join(","))
}

#[test]
fn entries_of_ip_addrs_count_once_however_often_they_are_repeated() {
    let same = |count| addresses(std::iter::repeat_n("10.0.0.0/8".to_owned(), count));
    for count in [1_001, MAX_IP_ADDRS + 1, 20_000] {
        assert_eq!(message(same(count)), "accepted", "{count}");
    }
    let touching =
        |count: usize| addresses((0..count).map(|n| format!("10.0.{}.{}", n / 256, n % 256)));
    assert_eq!(message(touching(MAX_IP_ADDRS)), "accepted");
    let beyond = "ip_addrs: 5001 distinct entries; at most 5000 are allowed";
    assert_eq!(message(touching(MAX_IP_ADDRS + 1)), beyond);
}

#[test]
fn ranges_count_after_merging() {
    let apart = |count: usize| (0..count).map(|n| format!("10.{}.{}.0/24", n / 128, n % 128 * 2));
    // As a list of blocks that hardly merge.
    assert_eq!(message(addresses(apart(1_700))), "accepted");
    let merged = (0..1_500).map(|n| format!("10.200.{}.{}", n / 256, n % 256));
    let body = addresses(apart(MAX_IP_RANGES - 1).chain(merged));
    assert_eq!(message(body), "accepted");
    let beyond = "ip_addrs: 2001 ranges of addresses that do not touch; at most 2000 are allowed";
    assert_eq!(message(addresses(apart(MAX_IP_RANGES + 1))), beyond);
}

/// Every array at its limit, and every entry as long as it can be without spaces.
#[test]
fn the_largest_good_body_has_two_thirds_of_the_limit() {
    let ids = |count: usize| vec![MAX_ID.to_string(); count].join(",");
    let mapped = "0000:0000:0000:0000:0000:ffff:255.255";
    let address = |n: usize| format!("{mapped}.{:03}.{:03}", 100 + n / 156, 100 + n % 156);
    let range = |n: usize| format!("\"{}-{mapped}.255.255\"", address(n));
    let ranges: Vec<String> = (0..MAX_IP_ADDRS).map(range).collect();
    let (agents, teams) = (ids(MAX_AGENT_IDS), ids(MAX_TEAM_IDS));
    let body = format!(
        r#"{{"agent_ids":[{agents}],"team_ids":[{teams}],"ip_addrs":[{}]}}"#,
        ranges.join(",")
    );
    assert_eq!(message(&body), "accepted");
    let limit = domain::limits::MAX_BODY_BYTES;
    assert!(
        body.len() > limit / 2 && body.len() < limit * 2 / 3,
        "{}",
        body.len()
    );
}

#[test]
fn no_message_is_long() {
    let long = "é".repeat(5_000);
    let many = |entry: &str| vec![entry; 2_000].join(",");
    for body in [
        format!(r#"{{"ip_addrs":["{long}"]}}"#),
        format!(r#"{{"agent_ids":["{long}"]}}"#),
        format!(r#"{{"agent_ids":"{long}"}}"#),
        format!(r#"{{"{long}":[]}}"#),
        format!(
            r#"{{"ip_addrs":[{}]}}"#,
            many(&format!("\"{}\"", "\u{202e}".repeat(200)))
        ),
        format!(
            r#"{{"ip_addrs":[{}]}}"#,
            many(r#""10.1.2.3/0.0.255.255 ( [""#)
        ),
        format!("{{{}}}", vec![format!("\"{long}\":1"); 20].join(",")),
    ] {
        let message = message(&body);
        assert!(message != "accepted" && message.len() < 6_000, "{message}");
    }
}
