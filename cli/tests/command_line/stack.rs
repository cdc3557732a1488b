//! A running service on free ports, and the command as an operator runs it.

use std::io::Write;
use std::net::SocketAddr;
use std::process::{Command, Output, Stdio};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use clap::Parser;
use local::args::Args;
use tempfile::TempDir;
use tokio::task::spawn_blocking;

/// The maximum number of looks at an agent until an event is applied; each starts a process, which takes some milliseconds.
const MAX_LOOKS: usize = 1_000;

/// A running service, and an empty home folder.
pub struct Stack {
    stack: local::stack::Stack,
    home: TempDir,
}

/// How the command ended.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Stack {
    /// With the sample data: of the tenant `acme`, agents 11 to 15 are idle or offline, 16 and 17 of team 2 are busy.
    pub async fn start() -> Self {
        Self::with(&[]).await
    }

    pub async fn with(flags: &[&str]) -> Self {
        let ports = ["--listen", "--dynamodb-listen", "--sqs-listen"];
        let ports = ports.iter().flat_map(|flag| [flag, "127.0.0.1:0"]);
        let args = ["local"]
            .into_iter()
            .chain(ports)
            .chain(flags.iter().copied());
        let stack = local::stack::Stack::start(&Args::parse_from(args)).await;
        Self {
            stack: stack.unwrap(),
            home: tempfile::tempdir().unwrap(),
        }
    }

    /// Writes a file, and returns its path.
    pub fn file(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.home.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.stack.address.unwrap())
    }

    pub fn dynamodb_url(&self) -> String {
        format!("http://{}", self.stack.dynamodb_address)
    }

    pub fn sqs_url(&self) -> String {
        format!("http://{}", self.stack.sqs_address)
    }

    pub fn dynamodb_address(&self) -> SocketAddr {
        self.stack.dynamodb_address
    }

    /// The command, with the URLs of everything and the tenant `acme`.
    pub fn program(&self, args: &[&str]) -> Command {
        let mut program = program(args);
        program
            .env("HOME", self.home.path())
            .env("AGENT_LOGOUT_URL", self.url())
            .env("AGENT_LOGOUT_TENANT", "acme")
            .env("AGENT_LOGOUT_TOKEN", "acme.local");
        match args[0] {
            "agents" | "teams" | "token" => program.args(["--endpoint-url", &self.dynamodb_url()]),
            "presence" => program.args(["--endpoint-url", &self.sqs_url()]),
            _ => &mut program,
        };
        program
    }

    pub async fn run(&self, args: &[&str]) -> Ended {
        ended(self.program(args)).await
    }

    /// Runs a command that must succeed, and returns its output.
    pub async fn results(&self, args: &[&str]) -> String {
        let ended = self.run(args).await;
        assert_eq!(ended.code, 0, "{args:?}: {ended:?}");
        ended.stdout
    }

    /// The agent as `agents show` prints them.
    pub async fn agent(&self, id: &str) -> serde_json::Value {
        let shown = self.results(&["agents", "show", id, "--json"]).await;
        serde_json::from_str(&shown).unwrap()
    }

    /// The agent as soon as they have this status.
    pub async fn agent_with_status(&self, id: &str, status: &str) -> serde_json::Value {
        for _ in 0..MAX_LOOKS {
            let agent = self.agent(id).await;
            if agent["status"] == status {
                return agent;
            }
        }
        panic!("agent {id} never was {status}");
    }

    /// The ids that `agents list` prints.
    pub async fn listed(&self, filters: &[&str]) -> Vec<u64> {
        let args = [&["agents", "list", "--json"], filters].concat();
        let agents: Vec<serde_json::Value> =
            serde_json::from_str(&self.results(&args).await).unwrap();
        agents
            .iter()
            .map(|agent| agent["agent_id"].as_u64().unwrap())
            .collect()
    }

    /// Sets a text of an agent of `acme` in the table.
    pub async fn set(&self, id: u64, attribute: &str, text: &str) {
        let update = self.dynamodb().update_item().table_name("agents");
        let update = update
            .key("agent_key", AttributeValue::S(format!("acme#{id}")))
            .update_expression("SET #name = :text")
            .expression_attribute_names("#name", attribute)
            .expression_attribute_values(":text", AttributeValue::S(text.to_owned()));
        update.send().await.unwrap();
    }

    pub fn dynamodb(&self) -> Client {
        Client::from_conf(
            local::backends::dynamodb::client_config(self.stack.dynamodb_address).build(),
        )
    }
}

/// The command with an empty environment.
pub fn program(args: &[&str]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_agent-logout"));
    program
        .args(args)
        .env_clear()
        .env("HOME", "/nonexistent")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .stdin(Stdio::null());
    program
}

/// Runs a command to its end, while the service keeps running.
pub async fn ended(mut program: Command) -> Ended {
    let output = spawn_blocking(move || program.output()).await.unwrap();
    of(output.unwrap())
}

/// The same, with this standard input.
pub async fn ended_with_input(mut program: Command, input: &str) -> Ended {
    let input = input.to_owned();
    let output = spawn_blocking(move || {
        let program = program.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = program.stderr(Stdio::piped()).spawn().unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(input.as_bytes())
            .unwrap();
        child.wait_with_output()
    });
    of(output.await.unwrap().unwrap())
}

fn of(output: Output) -> Ended {
    Ended {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}
