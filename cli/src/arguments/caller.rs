//! The flags that say who calls, and where the service is.

use std::path::PathBuf;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use domain::tenant::Tenant;

use super::values::tenant;

/// The tenant that a command is about.
#[derive(Debug, Args)]
#[command(next_help_heading = "Tenant and service")]
pub struct TenantArgs {
    /// The tenant; also read from the config file
    #[arg(long, env = "AGENT_LOGOUT_TENANT", hide_env_values = true, value_parser = tenant)]
    pub tenant: Option<Tenant>,

    /// The config file: `url`, `tenant` and `token` in TOML, readable by you alone
    /// [default: agent-logout/config.toml in $XDG_CONFIG_HOME or ~/.config]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// The service, and the tenant and token to call it with.
#[derive(Debug, Args)]
#[command(next_help_heading = "Tenant and service")]
pub struct ServiceArgs {
    /// The URL of the service, such as `https://acme.example.com`; also read from the config file
    #[arg(long, env = "AGENT_LOGOUT_URL", hide_env_values = true, value_parser = NonEmptyStringValueParser::new())]
    pub url: Option<String>,

    #[command(flatten)]
    pub tenant: TenantArgs,

    /// The password that `token create` printed. Other users of this machine can see it here: better set
    /// AGENT_LOGOUT_TOKEN, write it into the config file, or use --token-stdin
    #[arg(long, conflicts_with = "token_stdin")]
    pub token: Option<String>,

    /// Read the password from the first line of standard input
    #[arg(long)]
    pub token_stdin: bool,
}
