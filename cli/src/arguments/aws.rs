//! The flags of the commands that use AWS credentials.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use url::Url;

use super::values::{Unquoted, dynamodb_endpoint_url, queue_url, sqs_endpoint_url};

/// Which AWS account and region are used. Everything else is as for any AWS program: environment, profile, role.
#[derive(Debug, Args)]
pub struct AwsArgs {
    /// The region, instead of that of the environment or profile
    #[arg(long, value_parser = NonEmptyStringValueParser::new())]
    pub region: Option<String>,

    /// The profile, instead of that of the environment
    #[arg(long, value_parser = NonEmptyStringValueParser::new())]
    pub profile: Option<String>,
}

/// The tables.
#[derive(Debug, Args)]
#[command(next_help_heading = "Database")]
pub struct DatabaseArgs {
    /// The endpoint of DynamoDB, if it is not at AWS. An endpoint on this machine needs neither credentials nor a
    /// region, but uses those of the environment or profile if there are any
    #[arg(long, value_name = "URL", env = "AWS_ENDPOINT_URL_DYNAMODB", hide_env_values = true, value_parser = Unquoted(dynamodb_endpoint_url))]
    pub endpoint_url: Option<Url>,

    #[command(flatten)]
    pub aws: AwsArgs,

    /// The table of agents
    #[arg(long, value_name = "TABLE", env = "AGENTS_TABLE", hide_env_values = true, default_value = "agents", value_parser = NonEmptyStringValueParser::new())]
    pub agents_table: String,

    /// The table of team members
    #[arg(long, value_name = "TABLE", env = "TEAM_MEMBERS_TABLE", hide_env_values = true, default_value = "team-members", value_parser = NonEmptyStringValueParser::new())]
    pub team_members_table: String,

    /// The table of API tokens
    #[arg(long, value_name = "TABLE", env = "API_TOKENS_TABLE", hide_env_values = true, default_value = "api-tokens", value_parser = NonEmptyStringValueParser::new())]
    pub api_tokens_table: String,
}

/// The queue of presence events.
#[derive(Debug, Args)]
#[command(next_help_heading = "Queue")]
pub struct QueueArgs {
    /// The URL of the queue of presence events; by default, the queue named `presence` is looked up
    #[arg(long, value_name = "URL", env = "PRESENCE_QUEUE_URL", hide_env_values = true, value_parser = Unquoted(queue_url))]
    pub queue_url: Option<String>,

    /// The endpoint of SQS, if it is not at AWS; AWS_ENDPOINT_URL can name it too. An endpoint on this machine needs
    /// neither credentials nor a region, but uses those of the environment or profile if there are any
    #[arg(long, value_name = "URL", env = "AWS_ENDPOINT_URL_SQS", hide_env_values = true, value_parser = Unquoted(sqs_endpoint_url))]
    pub endpoint_url: Option<Url>,

    #[command(flatten)]
    pub aws: AwsArgs,
}
