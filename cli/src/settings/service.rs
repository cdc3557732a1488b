//! The service: its URL, and the tenant and token to call it with.

use anyhow::{Context, Result, ensure};
use domain::tenant::Tenant;
use url::Url;

use super::config_file::{ConfigFile, missing};
use super::service_url;
use super::tenant::tenant_from;
use super::token::token;
use crate::arguments::caller::ServiceArgs;
use crate::http_url::is_on_this_machine;
use crate::terminal::output::print_notice;

/// Everything that a call of the service needs. It holds a secret, so it has no `Debug`.
pub struct ServiceSettings {
    /// The URL of the service, without a path.
    pub url: Url,
    /// The user name.
    pub tenant: Tenant,
    /// The password.
    pub token: String,
}

impl ServiceSettings {
    /// Collects the settings.
    ///
    /// # Errors
    /// A setting is missing or wrong; the error says where to give it.
    pub fn read(args: &ServiceArgs) -> Result<Self> {
        let token = token(args)?;
        let is_complete = args.url.is_some() && args.tenant.tenant.is_some() && token.is_some();
        let config = ConfigFile::read_if_needed(args.tenant.config.as_deref(), !is_complete)?;
        let url = args.url.clone().or_else(|| config.url.clone());
        let url = url.with_context(|| missing("URL of the service", "--url", "URL", "url"))?;
        let tenant = tenant_from(&args.tenant, &config)?;
        let token = token.or(config.token);
        let token = token.with_context(|| missing("token", "--token-stdin", "TOKEN", "token"))?;
        ensure!(
            token.contains('.'),
            "the token must be the whole password that `token create` printed, including the dot"
        );
        let url = service_url::parse(&url)?;
        if url.scheme() == "http" && !is_on_this_machine(&url) {
            print_notice(
                "agent-logout: warning: the URL begins with http:, so the token is sent over the network unencrypted",
            );
        }
        Ok(Self { url, tenant, token })
    }
}
