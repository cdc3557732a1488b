//! Examples and exit codes, for the end of each `--help`.

pub const ALL: &str = "\
Examples:
  agent-logout token create --tenant acme
  agent-logout agents import agents.csv
  agent-logout logout --team 2
  agent-logout job 1
  agent-logout presence send signed-out --agent 16
  agent-logout <COMMAND> --help   more about a command";

pub const LOGOUT: &str = "\
Examples:
  agent-logout logout --agent 11 --agent 12
  agent-logout logout --team 2,3
  agent-logout logout --ip 34.211.11.0/24 --ip '2001:db8::1 - 2001:db8::ff'
  agent-logout logout --team 2 --token-stdin < token
  agent-logout logout --from agents.txt --yes

Local stack:
  agent-logout logout --team 2 --tenant acme --url http://127.0.0.1:9000

Exit codes:
  0  done, also if no matching agent was online
  1  failed, or not confirmed
  2  a mistake on the command line or in the file of --from: nothing was sent
  3  some agents finish a call or chat first";

pub const JOB: &str = "\
Examples:
  agent-logout job 1
  agent-logout job 1 --no-wait --json

Exit codes:
  0  done, or still running, with --no-wait
  1  failed, also if there is no such job
  2  a mistake on the command line
  3  some agents finish a call or chat first";

pub const AGENTS: &str = "\
Examples:
  agent-logout agents import agents.csv
  agent-logout agents list --team 2 --status In-call
  agent-logout agents show 11";

pub const IMPORT_AGENTS: &str = r#"Examples:
  agent-logout agents import agents.csv
  agent-logout agents import --format jsonl - < agents
  agent-logout agents import agents.jsonl --endpoint-url http://127.0.0.1:8000

JSON Lines (each agent is one line; here it is broken to fit):
  {"tenant":"acme","agent_id":11,"name":"Ann","email":"ann@acme.example",
   "agent_number":"11","team_ids":[1,2],"status":"Offline"}

CSV:
  tenant,agent_id,name,email,agent_number,team_ids,status
  acme,11,Ann,ann@acme.example,11,1;2,Offline"#;

pub const LIST_AGENTS: &str = "\
Examples:
  agent-logout agents list --tenant acme
  agent-logout agents list --team 2 --status In-call,In-chat
  agent-logout agents list --ip 34.211.11.0/24 --json";

pub const SHOW_AGENT: &str = "\
Examples:
  agent-logout agents show 11 --tenant acme
  agent-logout agents show 11 --json --endpoint-url http://127.0.0.1:8000";

pub const REMOVE_AGENTS: &str = "\
Examples:
  agent-logout agents remove 11
  agent-logout agents remove 11 12 13 --tenant acme --yes
  agent-logout agents remove 11,12 --yes --json";

pub const TEAMS: &str = "\
Examples:
  agent-logout teams import teams.csv
  agent-logout teams list";

pub const IMPORT_TEAMS: &str = r#"Examples:
  agent-logout teams import teams.csv
  agent-logout teams import - < teams.jsonl

JSON Lines:
  {"tenant":"acme","team_id":7,"name":"Manila"}

CSV:
  tenant,team_id,name
  acme,7,Manila"#;

pub const LIST_TEAMS: &str = "\
Examples:
  agent-logout teams list --tenant acme
  agent-logout teams list --json";

pub const PRESENCE: &str = "\
Examples:
  agent-logout presence send signed-in --agent 16 --ip 34.211.12.16
  agent-logout presence send status --agent 16 --status In-call
  agent-logout presence send status --agent 16 --status Available
  agent-logout presence send signed-out --agent 16";

pub const SEND_PRESENCE_EVENT: &str = "\
Examples:
  agent-logout presence send signed-in --agent 16 --ip 34.211.12.16
  agent-logout presence send status --agent 16 --status Available
  agent-logout presence send signed-out --agent 16 --at 2026-01-05T17:00:00Z

Local stack:
  agent-logout presence send status --agent 16 --status Available \\
      --tenant acme --endpoint-url http://127.0.0.1:9324";

pub const SEND_SIGNED_IN: &str = "\
Examples:
  agent-logout presence send signed-in --agent 16 --ip 34.211.12.16
  agent-logout presence send signed-in --agent 16 --ip 2001:db8::16 \\
      --status Break";

pub const SEND_STATUS: &str = "\
Examples:
  agent-logout presence send status --agent 16 --status In-call
  agent-logout presence send status --agent 16 --status Available --json";

pub const SEND_SIGNED_OUT: &str = "\
Examples:
  agent-logout presence send signed-out --agent 16
  agent-logout presence send signed-out --agent 16 --at 2026-01-05T17:00:00Z";

pub const TOKEN: &str = "\
Examples:
  agent-logout token create --tenant acme
  agent-logout token list
  agent-logout token revoke acme-1";

pub const CREATE_TOKEN: &str = "\
Examples:
  agent-logout token create --tenant acme
  agent-logout token create --tenant acme --id acme-1

Local stack:
  agent-logout token create --tenant acme --endpoint-url http://127.0.0.1:8000";

pub const LIST_TOKENS: &str = "\
Examples:
  agent-logout token list
  agent-logout token list --tenant acme --json";

pub const REVOKE_TOKEN: &str = "\
Examples:
  agent-logout token revoke acme-1";

pub const COMPLETIONS: &str = "\
Examples:
  source <(agent-logout completions bash)
  agent-logout completions zsh > ~/.zfunc/_agent-logout
  agent-logout completions fish > ~/.config/fish/completions/agent-logout.fish";
