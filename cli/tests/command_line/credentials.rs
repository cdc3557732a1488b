//! Settings and credentials: where they come from, and what is reported if they are missing or wrong.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use crate::stack::{Ended, Stack, ended, program};

async fn log_out_with_config(stack: &Stack, path: &str, mode: u32, args: &[&str]) -> Ended {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    let mut logout = stack.program(&[&["logout", "--agent", "11"], args].concat());
    for name in ["URL", "TENANT", "TOKEN"] {
        logout.env_remove(format!("AGENT_LOGOUT_{name}"));
    }
    ended(logout).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_config_file_is_used_if_nobody_else_can_read_it() {
    let stack = Stack::start().await;
    let text = format!(
        "url = '{}'\ntenant = 'acme'\ntoken = 'acme.local'\n",
        stack.url()
    );
    let default = stack.file(".config/agent-logout/config.toml", &text);
    for mode in [0o640, 0o604, 0o644] {
        let refused = log_out_with_config(&stack, &default, mode, &[]).await;
        assert_eq!(refused.code, 1);
        let expected = format!(
            "agent-logout: others can read the config file {default}, which may hold a token: chmod 600 {default}\n"
        );
        assert_eq!(refused.stderr, expected);
    }
    let used = log_out_with_config(&stack, &default, 0o600, &[]).await;
    assert_eq!(used.code, 0, "{used:?}");
    // Only root can give files away.
    if std::os::unix::fs::chown(&default, Some(65_534), None).is_ok() {
        let refused = log_out_with_config(&stack, &default, 0o600, &[]).await;
        assert_eq!(refused.code, 1);
        assert!(
            refused.stderr.contains("belongs to another user (65534)"),
            "{refused:?}"
        );
    }

    let other = stack.file("other.toml", format!("{text}tokn = 's3cret'\n"));
    let bad = log_out_with_config(&stack, &other, 0o600, &["--config", &other]).await;
    assert_eq!(bad.code, 1);
    assert!(
        bad.stderr.contains("line 4: unknown field `tokn`"),
        "{bad:?}"
    );
    assert!(!bad.stderr.contains("s3cret"), "{bad:?}");
    let missing = stack
        .run(&["logout", "--agent", "12", "--config", "/no/such/file"])
        .await;
    assert!(
        missing.code == 1
            && missing
                .stderr
                .contains("cannot read the config file /no/such/file"),
        "{missing:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flag_overrides_the_environment_which_overrides_the_config_file() {
    let stack = Stack::start().await;
    let text = "url = 'http://127.0.0.1:1'\ntenant = 'nobody'\ntoken = 'no.body'\n";
    let config = stack.file(".config/agent-logout/config.toml", text);
    std::fs::set_permissions(&config, std::fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(stack.run(&["logout", "--agent", "11"]).await.code, 0);
    let mut logout = stack.program(&["logout", "--agent", "12", "--tenant", "acme"]);
    logout.env("AGENT_LOGOUT_TENANT", "globex");
    assert_eq!(ended(logout).await.code, 0);
    // If nothing is missing, it is not even read.
    std::fs::set_permissions(&config, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(stack.run(&["logout", "--agent", "13"]).await.code, 0);
    stack.results(&["agents", "list"]).await;
    let named = stack.run(&["agents", "list", "--config", &config]).await;
    assert!(
        named.code == 1 && named.stderr.contains("chmod 600"),
        "{named:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endless_token_is_refused() {
    let stack = Stack::start().await;
    let mut logout = stack.program(&["logout", "--agent", "11", "--token-stdin"]);
    logout.stdin(std::fs::File::open("/dev/zero").unwrap());
    let ended = ended(logout).await;
    assert_eq!(ended.code, 1);
    assert!(ended.stderr.contains("too long for a token"), "{ended:?}");
}

/// The URL may be the near end of a tunnel.
#[tokio::test(flavor = "multi_thread")]
async fn aws_credentials_are_used_for_an_endpoint_on_this_machine_too() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let presence = ["presence", "send", "signed-out", "--agent", "11"];
    let presence = [&presence[..], &["--tenant", "acme"]].concat();
    for (command, service) in [(&["token", "list"][..], "dynamodb"), (&presence, "sqs")] {
        for (key, region) in [("AKIDEXAMPLE", "eu-central-1"), ("local", "us-east-1")] {
            let mut program = program(&[command, &["--endpoint-url", &url]].concat());
            if key != "local" {
                program
                    .env("AWS_ACCESS_KEY_ID", key)
                    .env("AWS_SECRET_ACCESS_KEY", "s3cret")
                    .env("AWS_REGION", region);
            }
            let mut child = program.stderr(Stdio::null()).spawn().unwrap();
            let mut request = String::new();
            let (connection, _) = listener.accept().unwrap();
            let mut lines = BufReader::new(connection);
            while !request.ends_with("\r\n\r\n") {
                lines.read_line(&mut request).unwrap();
            }
            child.kill().unwrap();
            child.wait().unwrap();
            assert!(request.contains(&format!("Credential={key}/")), "{request}");
            let scope = format!("/{region}/{service}/");
            assert!(request.contains(&scope), "{request}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_setting_is_named_with_the_ways_to_give_it() {
    let stack = Stack::start().await;
    for (missing, flag) in [
        ("URL", "--url"),
        ("TENANT", "--tenant"),
        ("TOKEN", "--token-stdin"),
    ] {
        let mut logout = stack.program(&["logout", "--agent", "11"]);
        logout.env_remove(format!("AGENT_LOGOUT_{missing}"));
        let ended = ended(logout).await;
        assert_eq!(ended.code, 1);
        for expected in [
            flag,
            &format!("set AGENT_LOGOUT_{missing}"),
            ".config/agent-logout/config.toml",
        ] {
            assert!(ended.stderr.contains(expected), "{expected}: {ended:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_on_the_command_line_causes_a_warning_and_is_not_printed() {
    let stack = Stack::start().await;
    let ended = stack
        .run(&["logout", "--agent", "11", "--token", "acme.local"])
        .await;
    assert_eq!(ended.code, 0);
    assert!(
        ended
            .stderr
            .contains("warning: other users of this machine can see a token"),
        "{ended:?}"
    );
    assert!(!ended.stderr.contains("acme.local") && !ended.stdout.contains("acme.local"));
    let wrong = stack
        .run(&["logout", "--agent", "12", "--token", "acme.s3cret"])
        .await;
    assert_eq!(wrong.code, 1);
    assert!(
        wrong.stderr.contains("refuses the tenant and token (401"),
        "{wrong:?}"
    );
    assert!(!wrong.stderr.contains("s3cret"), "{wrong:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_cannot_be_reached_is_reported() {
    let stack = Stack::start().await;
    // A port that was free a moment ago.
    let url = format!(
        "http://{}",
        TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
    );
    for args in [&["logout", "--agent", "11"][..], &["job", "1"]] {
        let ended = stack.run(&[args, &["--url", &url]].concat()).await;
        assert_eq!(ended.code, 1);
        assert!(
            ended
                .stderr
                .contains(&format!("cannot reach {url}/: Connection refused")),
            "{ended:?}"
        );
        assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
    }
    let ended = ended(program(&["token", "list", "--endpoint-url", &url])).await;
    assert_eq!(ended.code, 1);
    assert!(
        ended.stderr.contains("Connection refused")
            && ended.stderr.contains("is --endpoint-url right"),
        "{ended:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_aws_region_or_credentials_are_reported() {
    let no_region = ended(program(&["token", "list"])).await;
    assert_eq!(no_region.code, 1);
    assert!(
        no_region
            .stderr
            .contains("there is no AWS region: set AWS_REGION"),
        "{no_region:?}"
    );
    let no_credentials = ended(program(&["token", "list", "--region", "eu-central-1"])).await;
    assert_eq!(no_credentials.code, 1);
    assert!(
        no_credentials
            .stderr
            .contains("there are no AWS credentials: set AWS_PROFILE"),
        "{no_credentials:?}"
    );
    assert!(
        !no_credentials.stderr.contains('\u{fffd}'),
        "{no_credentials:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_table_is_reported() {
    let stack = Stack::start().await;
    let ended = stack
        .run(&["token", "list", "--api-tokens-table", "tokens"])
        .await;
    assert_eq!(ended.code, 1);
    assert!(
        ended.stderr.contains("are the names of the tables right?"),
        "{ended:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_http_needs_no_certificates() {
    let stack = Stack::start().await;
    let without = |args: &[&str]| {
        let mut logout = stack.program(args);
        logout
            .env("SSL_CERT_FILE", "/dev/null")
            .env("SSL_CERT_DIR", "/nonexistent");
        logout
    };
    assert_eq!(ended(without(&["logout", "--agent", "11"])).await.code, 0);
    let https = ["job", "1", "--url", "https://127.0.0.1:1"];
    let failed = ended(without(&https)).await;
    assert_eq!(failed.code, 1);
    assert!(
        failed.stderr.contains("cannot use HTTPS") && failed.stderr.contains("No CA certificates"),
        "{failed:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_endpoint_of_the_database_can_come_from_the_environment() {
    let stack = Stack::start().await;
    let mut list = program(&["agents", "list", "--tenant", "acme"]);
    list.env("AWS_ENDPOINT_URL_DYNAMODB", stack.dynamodb_url());
    assert_eq!(ended(list).await.code, 0);
}
