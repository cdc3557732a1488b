//! The program as a process: started, used as it prints, stopped.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::agents::Statuses;
use domain::ids::AgentId;
use domain::presence::{EventKind, PresenceEvent};
use domain::tenant::Tenant;
use local::backends::{dynamodb, sqs};
use serde_json::Value;
use service::clock::Clock;
use service::lambda::queue_settings::PRESENCE_QUEUE;
use wire::messages::presence_message;

/// Free ports.
pub const ANY_PORTS: [&str; 6] = [
    "--listen",
    "127.0.0.1:0",
    "--dynamodb-listen",
    "127.0.0.1:0",
    "--sqs-listen",
    "127.0.0.1:0",
];

/// A running service; killed when a test ends without stopping it.
pub struct Running {
    child: Child,
    stdout: BufReader<ChildStdout>,
    /// The lines that it printed, from `ready:` to the end of the greeting.
    pub greeting: Vec<String>,
}

impl Running {
    pub fn start(args: &[&str]) -> Self {
        Self::start_with_errors(args, Stdio::null())
    }

    /// Starts the program with this as standard error.
    pub fn start_with_errors(args: &[&str], stderr: Stdio) -> Self {
        let mut child = program(args)
            .stdout(Stdio::piped())
            .stderr(stderr)
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut greeting = Vec::new();
        while greeting
            .last()
            .is_none_or(|line| line != "Ctrl-C stops it.")
        {
            let mut line = String::new();
            assert!(
                stdout.read_line(&mut line).unwrap() > 0,
                "the program ended after {greeting:?}"
            );
            greeting.push(line.trim_end().to_owned());
        }
        Self {
            child,
            stdout,
            greeting,
        }
    }

    /// The printed commands, as (user, password, body, URL).
    pub fn commands(&self) -> Vec<(String, String, String, String)> {
        let commands = self
            .greeting
            .iter()
            .filter(|line| line.starts_with("curl -u ") && line.contains(" -d "));
        commands
            .map(|line| {
                let user = line
                    .split(" -u ")
                    .nth(1)
                    .unwrap()
                    .split(' ')
                    .next()
                    .unwrap();
                let (user, password) = user.split_once(':').unwrap();
                let body = line
                    .split(" -d '")
                    .nth(1)
                    .unwrap()
                    .split('\'')
                    .next()
                    .unwrap();
                let url = line.rsplit(' ').next().unwrap();
                (user.into(), password.into(), body.into(), url.into())
            })
            .collect()
    }

    /// Sends what the `nth` printed command sends.
    pub async fn paste(&self, nth: usize) -> (u16, Value) {
        let (user, password, body, url) = self.commands().swap_remove(nth);
        let request = client().post(url).basic_auth(user, Some(password));
        let request = request
            .header("content-type", "application/json")
            .body(body);
        let response = request.send().await.unwrap();
        (
            response.status().as_u16(),
            serde_json::from_str(&response.text().await.unwrap()).unwrap(),
        )
    }

    /// Reports to the queue `presence` that the call of the printed agent has ended; returns the agent's id.
    pub async fn report_end_of_call(&self) -> u64 {
        let is_printed = |line: &&String| line.contains(" presence send status ");
        let command = self.greeting.iter().find(is_printed).unwrap();
        let value = |flag: &str| {
            let (_, rest) = command.split_once(flag).unwrap();
            rest.split_whitespace().next().unwrap()
        };
        let event = PresenceEvent {
            tenant: Tenant::parse(value("--tenant")).unwrap(),
            agent_id: AgentId::parse(value("--agent")).unwrap(),
            at: Clock::system().now(),
            kind: EventKind::StatusChanged(Statuses::default().parse(value("--status")).unwrap()),
        };
        let address = self.address(2);
        let client = sqs::client_config(address).build();
        let send = aws_sdk_sqs::Client::from_conf(client).send_message();
        let send = send.queue_url(sqs::queue_url(address, PRESENCE_QUEUE.name));
        let body = presence_message::to_body(&event).unwrap();
        send.message_body(body).send().await.unwrap();
        event.agent_id.get()
    }

    /// The address in a line of the greeting.
    pub fn address(&self, line: usize) -> SocketAddr {
        let (_, address) = self.greeting[line].split_once("http://").unwrap();
        address.split(' ').next().unwrap().parse().unwrap()
    }

    /// A client of the database.
    pub fn dynamodb(&self) -> Client {
        Client::from_conf(dynamodb::client_config(self.address(1)).build())
    }

    /// Waits until an agent is offline.
    pub async fn until_offline(&self, key: AttributeValue) {
        let dynamodb = self.dynamodb();
        for _ in 0..100_000 {
            let get = dynamodb.get_item().table_name("agents");
            let agent = get.key("agent_key", key.clone()).send().await.unwrap();
            if agent.item.unwrap()["agent_status"].as_s().unwrap() == "Offline" {
                return;
            }
        }
        panic!("{key:?} is not logged out");
    }

    /// Posts a body as the tenant `sample`.
    pub async fn post(&self, body: &'static str) -> Value {
        let request = client().post(&self.commands()[0].3);
        let request = request.header("content-type", "application/json");
        read(request.body(body)).await
    }

    /// Looks up the first job of the tenant `sample` until it is as wanted.
    pub async fn job_when(&self, wanted: impl Fn(&Value) -> bool) -> Value {
        let url = format!("{}/jobs/1", self.commands()[0].3);
        for _ in 0..100_000 {
            let job = read(client().get(&url)).await;
            if wanted(&job) {
                return job;
            }
        }
        panic!("the job never is as wanted");
    }

    /// Sends a signal; returns what else was printed, and whether the program succeeded.
    pub fn signal(mut self, name: &str) -> (String, bool) {
        let kill = format!("kill -{name} {}", self.child.id());
        assert!(
            Command::new("sh")
                .args(["-c", &kill])
                .status()
                .unwrap()
                .success()
        );
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        (rest, self.child.wait().unwrap().success())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An HTTP client that uses no proxy.
pub fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

async fn read(request: reqwest::RequestBuilder) -> Value {
    let answer = request
        .basic_auth("sample", Some("sample.local"))
        .send()
        .await;
    serde_json::from_str(&answer.unwrap().text().await.unwrap()).unwrap()
}

fn program(args: &[&str]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_local"));
    program.args(args);
    program
}

/// Runs the program until it ends by itself; returns its exit code and standard error.
pub fn fails(args: &[&str]) -> (i32, String) {
    let Output { status, stderr, .. } = program(args).output().unwrap();
    (status.code().unwrap(), String::from_utf8(stderr).unwrap())
}
