//! The tables, reached as any program of AWS would.

use anyhow::{Context, Result, anyhow};
use aws_config::environment::{
    EnvironmentVariableCredentialsProvider, EnvironmentVariableRegionProvider,
};
use aws_config::meta::credentials::CredentialsProviderChain;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::{ProfileFileCredentialsProvider, ProfileFileRegionProvider};
use aws_config::{BehaviorVersion, Region};
use aws_sdk_dynamodb::config::{Builder, Credentials, ProvideCredentials};
use logout::backoff::Backoff;
use logout::logging::error_chain;
use logout::store::{Store, StoreError, TableNames};

use crate::args::DatabaseArgs;
use crate::connection::is_this_machine;

/// Opens the store.
///
/// # Errors
/// There is no region, or there are no credentials; says how to give them.
pub async fn open(args: &DatabaseArgs) -> Result<Store> {
    let tables = TableNames {
        agents: args.agents_table.clone(),
        team_members: args.team_members_table.clone(),
        // No command reads or writes it; jobs are looked up over HTTP.
        jobs: "jobs".to_owned(),
        api_tokens: args.api_tokens_table.clone(),
    };
    let config = match &args.endpoint_url {
        Some(url) if url.scheme() == "http" && is_this_machine(url) && args.profile.is_none() => {
            on_this_machine(url.as_str(), args.region.clone()).await
        }
        _ => at_aws(args).await?,
    };
    Ok(Store::from_afar(config, tables, Backoff::AWS))
}

/// The text of an error of the store, with what might help.
pub fn explain(error: &StoreError) -> anyhow::Error {
    let chain = error_chain(error);
    let hint = if chain.contains("ResourceNotFoundException") {
        " (is it the right region, and are the names of the tables right?)"
    } else if chain.contains("dispatch failure") {
        " (is --endpoint-url right, and is DynamoDB there?)"
    } else {
        ""
    };
    anyhow!("DynamoDB: {chain}{hint}")
}

/// The embedded DynamoDB takes any credentials and region, and is reached past any proxy. What the environment or the
/// profile says is taken before those made up here: the URL may be the near end of a tunnel.
async fn on_this_machine(url: &str, region: Option<String>) -> Builder {
    let any = Credentials::new("local", "local", None, None, "local");
    let credentials = CredentialsProviderChain::first_try(
        "environment",
        EnvironmentVariableCredentialsProvider::new(),
    )
    .or_else("profile", ProfileFileCredentialsProvider::builder().build())
    .or_else("anybody", any);
    let region = RegionProviderChain::first_try(region.map(Region::new))
        .or_else(EnvironmentVariableRegionProvider::new())
        .or_else(ProfileFileRegionProvider::new())
        .or_else("us-east-1");
    aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(region.region().await)
        .credentials_provider(credentials)
        .endpoint_url(url)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
}

async fn at_aws(args: &DatabaseArgs) -> Result<Builder> {
    let mut loader = aws_config::defaults(BehaviorVersion::latest());
    if let Some(profile) = &args.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(region) = &args.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(url) = &args.endpoint_url {
        loader = loader.endpoint_url(url.as_str());
    }
    let config = loader.load().await;
    config
        .region()
        .context("there is no AWS region: set AWS_REGION, use --region, or name a profile that has one with --profile")?;
    let provider = config
        .credentials_provider()
        .context("there are no AWS credentials")?;
    provider.provide_credentials().await.map_err(|error| {
        let chain = error_chain(&error);
        anyhow!("there are no AWS credentials: set AWS_PROFILE, or use --profile, or sign in; for the local stack use --endpoint-url http://127.0.0.1:8000 ({chain})")
    })?;
    Ok(Builder::from(&config))
}
