//! Region, credentials and endpoint, as any AWS program finds them.

use anyhow::{Context, Result, anyhow};
use aws_config::environment::{
    EnvironmentVariableCredentialsProvider, EnvironmentVariableRegionProvider,
};
use aws_config::meta::credentials::CredentialsProviderChain;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::{ProfileFileCredentialsProvider, ProfileFileRegionProvider};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::{Credentials, ProvideCredentials, SharedCredentialsProvider};
use url::Url;

use crate::arguments::aws::AwsArgs;
use crate::http_url::is_on_this_machine;

/// Loads the settings of AWS clients, for the endpoint of a service if it is not at AWS.
///
/// # Errors
/// There is no region, or there are no credentials; the error says how to give them.
pub(super) async fn load(args: &AwsArgs, endpoint_url: Option<&Url>) -> Result<SdkConfig> {
    match endpoint_url {
        Some(url)
            if url.scheme() == "http" && is_on_this_machine(url) && args.profile.is_none() =>
        {
            Ok(load_for_this_machine(url, args.region.clone()).await)
        }
        _ => load_for_aws(args, endpoint_url).await,
    }
}

/// An emulator accepts any credentials and region, and is reached without a proxy. Those of the environment or profile
/// come before dummy ones: the URL may be the near end of a tunnel.
async fn load_for_this_machine(url: &Url, region: Option<String>) -> SdkConfig {
    let dummy = Credentials::new("local", "local", None, None, "local");
    let credentials = CredentialsProviderChain::first_try(
        "environment",
        EnvironmentVariableCredentialsProvider::new(),
    )
    .or_else("profile", ProfileFileCredentialsProvider::builder().build())
    .or_else("dummy", dummy);
    let region = RegionProviderChain::first_try(region.map(Region::new))
        .or_else(EnvironmentVariableRegionProvider::new())
        .or_else(ProfileFileRegionProvider::new())
        .or_else("us-east-1");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(region.region().await)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(url.as_str())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build()
}

async fn load_for_aws(args: &AwsArgs, endpoint_url: Option<&Url>) -> Result<SdkConfig> {
    let mut loader = aws_config::defaults(BehaviorVersion::latest());
    if let Some(profile) = &args.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(region) = &args.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(url) = endpoint_url {
        loader = loader.endpoint_url(url.as_str());
    }
    let config = loader.load().await;
    config.region().context(
        "there is no AWS region: set AWS_REGION, use --region, or name a profile that has one with --profile",
    )?;
    let provider = config
        .credentials_provider()
        .context("there are no AWS credentials")?;
    provider.provide_credentials().await.map_err(|error| {
        let causes = format!("{:#}", anyhow::Error::new(error)).replace('\n', "; ");
        // If no source of credentials is set up, the causes say that of each source there is.
        let causes = if causes.starts_with("the credential provider was not enabled") {
            String::new()
        } else {
            format!(" ({causes})")
        };
        anyhow!("there are no AWS credentials: set AWS_PROFILE, use --profile, or sign in; for the local stack, use --endpoint-url{causes}")
    })?;
    Ok(config)
}
