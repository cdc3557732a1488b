//! Who calls, and where everything is: the flags that several commands share.

use std::path::PathBuf;

use clap::Args as Group;
use clap::builder::NonEmptyStringValueParser;
use logout::tenant::Tenant;

use super::values::{Unrepeated, endpoint_url, tenant};

/// Whose agents it is about.
#[derive(Debug, Group)]
pub struct TenantArgs {
    /// The tenant; may stand in the config file too
    #[arg(long, env = "AGENT_LOGOUT_TENANT", hide_env_values = true, value_parser = tenant, help_heading = "Who and where")]
    pub tenant: Option<Tenant>,

    /// The config file: `url`, `tenant` and `token` in TOML, readable by nobody else
    /// [default: agent-logout/config.toml in $XDG_CONFIG_HOME or ~/.config]
    #[arg(long, value_name = "FILE", help_heading = "Who and where")]
    pub config: Option<PathBuf>,
}

/// Where the service is, and as whom it is called.
#[derive(Debug, Group)]
pub struct ServiceArgs {
    /// Where the service is, such as `https://acme.example.com`; may stand in the config file too
    #[arg(long, env = "AGENT_LOGOUT_URL", hide_env_values = true, help_heading = "Who and where", value_parser = NonEmptyStringValueParser::new())]
    pub url: Option<String>,

    #[command(flatten)]
    pub tenant: TenantArgs,

    /// The password that `token create` printed. Others on this machine can see it: better set AGENT_LOGOUT_TOKEN, write
    /// it into the config file, or use --token-stdin
    #[arg(long, help_heading = "Who and where", conflicts_with = "token_stdin")]
    pub token: Option<String>,

    /// Read the password from the first line of standard input
    #[arg(long, help_heading = "Who and where")]
    pub token_stdin: bool,
}

/// Where the tables are. Access is as any program of AWS has it: environment, profile, role.
#[derive(Debug, Group)]
pub struct DatabaseArgs {
    /// Where DynamoDB is, if not at AWS; one on this machine needs neither credentials nor a region, and takes those of
    /// the environment or profile if they are there
    #[arg(
        long,
        value_name = "URL",
        env = "AWS_ENDPOINT_URL_DYNAMODB",
        help_heading = "Database",
        value_parser = Unrepeated(endpoint_url),
        hide_env_values = true
    )]
    pub endpoint_url: Option<url::Url>,

    /// The region, instead of the one of the environment or profile
    #[arg(long, help_heading = "Database", value_parser = NonEmptyStringValueParser::new())]
    pub region: Option<String>,

    /// The profile, instead of the one of the environment
    #[arg(long, help_heading = "Database", value_parser = NonEmptyStringValueParser::new())]
    pub profile: Option<String>,

    /// The table of agents
    #[arg(long, value_name = "TABLE", env = "AGENTS_TABLE", hide_env_values = true, default_value = "agents", help_heading = "Database", value_parser = NonEmptyStringValueParser::new())]
    pub agents_table: String,

    /// The table of team members
    #[arg(long, value_name = "TABLE", env = "TEAM_MEMBERS_TABLE", hide_env_values = true, default_value = "team-members", help_heading = "Database", value_parser = NonEmptyStringValueParser::new())]
    pub team_members_table: String,

    /// The table of API tokens
    #[arg(long, value_name = "TABLE", env = "API_TOKENS_TABLE", hide_env_values = true, default_value = "api-tokens", help_heading = "Database", value_parser = NonEmptyStringValueParser::new())]
    pub api_tokens_table: String,
}
