//! The program, started and used as it says.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::Value;

/// Ports that are free, whatever else runs.
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
    /// What it printed: the `ready:` line, and on to the end of the greeting.
    pub greeting: Vec<String>,
}

impl Running {
    pub fn start(args: &[&str]) -> Self {
        let mut child = program(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
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
                "it ended after {greeting:?}"
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

    /// Pastes the printed command that tells of the end of a call into a shell; answers the agent's id.
    pub fn end_call(&self) -> u64 {
        let told = |line: &&String| line.starts_with("curl ") && line.contains("SendMessage");
        let command = self.greeting.iter().find(told).unwrap();
        let mut shell = Command::new("sh");
        let shell = shell
            .args(["-c", command])
            .env("NO_PROXY", "*")
            .env("no_proxy", "*");
        let shell = shell.output().unwrap();
        let answer = String::from_utf8(shell.stdout).unwrap();
        assert!(answer.contains("MessageId"), "{command}: {answer}");
        let of = command.split("agent_id\\\":").nth(1).unwrap();
        of.split(',').next().unwrap().parse().unwrap()
    }

    /// A client of the database.
    pub fn dynamodb(&self) -> Client {
        let (_, address) = self.greeting[1].split_once("http://").unwrap();
        let address = address.split(' ').next().unwrap().parse().unwrap();
        Client::from_conf(local::backends::dynamodb::client_config(address).build())
    }

    /// Looks at an agent until they are offline.
    pub async fn until_offline(&self, key: AttributeValue) {
        let dynamodb = self.dynamodb();
        for _ in 0..100_000 {
            let get = dynamodb.get_item().table_name("agents");
            let agent = get.key("agent_key", key.clone()).send().await.unwrap();
            if agent.item.unwrap()["agent_status"].as_s().unwrap() == "Offline" {
                return;
            }
        }
        panic!("{key:?} does not get there");
    }

    /// Posts a body as the sample's tenant.
    pub async fn post(&self, body: &'static str) -> Value {
        let request = client().post(&self.commands()[0].3);
        let request = request.header("content-type", "application/json");
        read(request.body(body)).await
    }

    /// The first job of the sample's tenant, as soon as it is as wanted.
    pub async fn job_when(&self, wanted: impl Fn(&Value) -> bool) -> Value {
        let url = format!("{}/jobs/1", self.commands()[0].3);
        for _ in 0..100_000 {
            let job = read(client().get(&url)).await;
            if wanted(&job) {
                return job;
            }
        }
        panic!("the job does not get there");
    }

    /// Sends a signal; says what else was printed, and whether it ended well.
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

/// A client that goes straight to the service.
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

/// Runs the program to its end, which must come by itself.
pub fn fails(args: &[&str]) -> (i32, String) {
    let Output { status, stderr, .. } = program(args).output().unwrap();
    (status.code().unwrap(), String::from_utf8(stderr).unwrap())
}
