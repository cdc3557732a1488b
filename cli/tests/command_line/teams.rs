//! `teams import` and `teams list`.

use serde_json::{Value, json};

use crate::stack::{Stack, ended_with_input};

#[tokio::test(flavor = "multi_thread")]
async fn teams_are_named_and_the_last_import_counts() {
    let stack = Stack::start().await;
    let csv = "tenant,team_id,name\nacme,1,Manila\nacme,7,Night shift\nglobex,1,Sales\n";
    let csv = stack.file("teams.csv", csv);
    assert_eq!(
        stack.results(&["teams", "import", &csv]).await,
        "3 teams named\n"
    );
    let line = r#"{"tenant":"acme","team_id":1,"name":"Cebu"}"#;
    let again = stack.program(&["teams", "import", "-"]);
    let again = ended_with_input(again, line).await;
    assert_eq!((again.code, again.stdout.as_str()), (0, "1 team named\n"));
    let listed = stack.results(&["teams", "list"]).await;
    assert_eq!(listed, "TEAM  NAME\n1     Cebu\n7     Night shift\n");
    let globex = ["teams", "list", "--tenant", "globex", "--json"];
    let globex: Value = serde_json::from_str(&stack.results(&globex).await).unwrap();
    let sales = json!([{"tenant": "globex", "team_id": 1, "name": "Sales"}]);
    assert_eq!(globex, sales);
    // Names are in the table of members, and are none.
    assert_eq!(stack.listed(&["--team", "1"]).await, [13, 14, 15]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_file_of_teams_names_none() {
    let stack = Stack::start().await;
    let bad = stack.file(
        "bad.csv",
        "tenant,team_id,name\nacme,1,Manila\nacme,0,Cebu\n",
    );
    let refused = stack.run(&["teams", "import", &bad]).await;
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(
        refused.stderr.contains("nothing was written"),
        "{refused:?}"
    );
    assert!(refused.stderr.contains("line: 3"), "{refused:?}");
    let listed = stack.run(&["teams", "list"]).await;
    assert_eq!(listed.stderr, "No team of acme has a name.\n");
}
