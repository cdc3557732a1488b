//! Wrong usage, help, completions, and output that cannot be written.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::stack::{Stack, ended, program};

/// Every command.
pub const COMMANDS: [&[&str]; 21] = [
    &[],
    &["logout"],
    &["job"],
    &["agents"],
    &["agents", "import"],
    &["agents", "list"],
    &["agents", "show"],
    &["agents", "remove"],
    &["teams"],
    &["teams", "import"],
    &["teams", "list"],
    &["presence"],
    &["presence", "send"],
    &["presence", "send", "signed-in"],
    &["presence", "send", "status"],
    &["presence", "send", "signed-out"],
    &["token"],
    &["token", "create"],
    &["token", "list"],
    &["token", "revoke"],
    &["completions"],
];

#[tokio::test(flavor = "multi_thread")]
async fn wrong_usage_exits_with_2_and_says_what_to_do() {
    for (args, expected) in [
        (&["logout"][..], "required arguments were not provided"),
        (&["logout", "--agent", "0"], "it must be a number from 1 to"),
        (
            &["logout", "--agent", "eleven"],
            "it must be a number from 1 to",
        ),
        (
            &["logout", "--ip", "10.0.0.9-10.0.0.1"],
            "it ends before it starts",
        ),
        (
            &["logout", "--team", "1", "--tenant", "ACME"],
            "it must be a subdomain",
        ),
        (
            &["logout", "--team", "1", "--dry-run"],
            "unexpected argument '--dry-run'",
        ),
        (
            &["logout", "--team", "1", "--token", "a.b", "--token-stdin"],
            "cannot be used with",
        ),
        (&["job", "0"], "it must be a number from 1 to"),
        (&["token", "revoke", "a b"], "letters, digits, - and _"),
        (
            &["token", "list", "--endpoint-url", "here"],
            "it must be a URL, such as http://127.0.0.1:8000",
        ),
        (
            &["token", "list", "--endpoint-url", "localhost:8000"],
            "it must begin with https:// or http:// and a host, such as",
        ),
        (&["agents", "import"], "<FILE>"),
        (&["completions", "dosshell"], "possible values"),
        (&["log-out"], "a similar subcommand exists: 'logout'"),
    ] {
        let ended = ended(program(args)).await;
        assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{args:?}");
        assert!(ended.stderr.contains(expected), "{args:?}: {ended:?}");
        assert!(!ended.stderr.contains("panicked"), "{ended:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_help_of_every_command_has_examples() {
    for command in COMMANDS {
        let args = [command, &["--help"]].concat();
        let mut help = program(&args);
        help.env("AGENT_LOGOUT_TOKEN", "acme.s3cret")
            .env("AGENT_LOGOUT_URL", "https://acme:s3cret@example.com")
            .env("AWS_ENDPOINT_URL_DYNAMODB", "https://acme:s3cret@x")
            .env("AWS_ENDPOINT_URL_SQS", "https://acme:s3cret@x")
            .env("PRESENCE_QUEUE_URL", "https://acme:s3cret@x");
        let ended = ended(help).await;
        assert_eq!(ended.code, 0);
        let examples = ended.stdout.split_once("Examples:\n  ").unwrap().1;
        assert!(examples.contains("agent-logout"), "{args:?}");
        assert!(!ended.stdout.contains("s3cret"), "{args:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_in_the_wrong_place_is_not_printed() {
    let url = "https://acme:s3cret@example.com/prod";
    for (args, expected) in [
        (
            &["token", "revoke", "acme-1.s3cret"][..],
            "the part before the first dot",
        ),
        (
            &["token", "create", "--id=acme-1.s3cret"],
            "the part before the first dot",
        ),
        (
            &["token", "list", "--endpoint-url", url],
            "no user name or password",
        ),
        (
            &["job", "1", "--tenant", "acme", "--url", url],
            "no user name or password",
        ),
        (
            &[
                "presence",
                "send",
                "signed-out",
                "--agent=1",
                "--endpoint-url",
                url,
            ],
            "no user name or password",
        ),
        (
            &[
                "presence",
                "send",
                "signed-out",
                "--agent=1",
                "--queue-url",
                url,
            ],
            "no user name or password",
        ),
    ] {
        let mut program = program(args);
        program.env("AGENT_LOGOUT_TOKEN", "a.b");
        let ended = ended(program).await;
        assert_ne!(ended.code, 0);
        assert!(ended.stderr.contains(expected), "{ended:?}");
        assert!(!ended.stderr.contains("s3cret"), "{ended:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn there_are_completions_for_every_shell() {
    for (shell, expected) in [
        ("bash", "complete -F"),
        ("zsh", "#compdef agent-logout"),
        ("fish", "complete -c agent-logout"),
        ("elvish", "edit:completion"),
        ("powershell", "Register-ArgumentCompleter"),
    ] {
        let ended = ended(program(&["completions", shell])).await;
        assert_eq!(ended.code, 0);
        for expected in [expected, "revoke", "signed-in", "from", "utc"] {
            assert!(ended.stdout.contains(expected), "{shell}: {expected}");
        }
    }
}

#[cfg(target_os = "linux")] // for /dev/full
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_reported() {
    let stack = Stack::start().await;
    for args in [
        &["completions", "bash"][..],
        &["agents", "list"],
        &["token", "list"],
        &["logout", "--agent", "11"],
    ] {
        let mut program = if args[0] == "completions" {
            program(args)
        } else {
            stack.program(args)
        };
        program.stdout(OpenOptions::new().write(true).open("/dev/full").unwrap());
        let ended = ended(program).await;
        assert_eq!(ended.code, 1, "{args:?}");
        assert_eq!(
            ended.stderr,
            "agent-logout: cannot write to standard output: No space left on device (os error 28)\n"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_who_stops_early_is_no_failure() {
    let stack = Stack::with(&["--sample", "3000"]).await;
    let mut list = stack.program(&["agents", "list", "--tenant", "sample"]);
    let list = list.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = list.spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let ended = tokio::task::spawn_blocking(move || {
        let mut first = String::new();
        stdout.read_line(&mut first).unwrap();
        drop(stdout);
        (first, child.wait_with_output().unwrap())
    });
    let (first, output) = ended.await.unwrap();
    assert!(first.starts_with("AGENT"), "{first}");
    assert!(output.status.success(), "{output:?}");
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_terminal_the_output_is_plain_text() {
    let stack = Stack::with(&["--sync-limit", "1"]).await;
    let ended = stack.run(&["logout", "--team", "1"]).await;
    assert_eq!(ended.code, 0, "{ended:?}");
    for text in [&ended.stdout, &ended.stderr] {
        assert!(
            !text.contains('\u{1b}') && !text.contains('\r'),
            "{ended:?}"
        );
    }
    assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
}
