//! The tenant.

use anyhow::{Context, Result};
use domain::tenant::Tenant;

use super::config_file::{ConfigFile, missing};
use crate::arguments::caller::TenantArgs;

/// The tenant that a command is about.
///
/// # Errors
/// None is given, or the config file cannot be used.
pub fn tenant(args: &TenantArgs) -> Result<Tenant> {
    let config = ConfigFile::read_if_needed(args.config.as_deref(), args.tenant.is_none())?;
    tenant_from(args, &config)
}

/// The same, with the config file already read.
///
/// # Errors
/// None is given.
pub fn tenant_from(args: &TenantArgs, config: &ConfigFile) -> Result<Tenant> {
    let tenant = args.tenant.clone().or_else(|| config.tenant.clone());
    tenant.with_context(|| missing("tenant", "--tenant", "TENANT", "tenant"))
}
