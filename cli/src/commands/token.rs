//! `token`: creates, lists and revokes API tokens.

use anyhow::{Result, anyhow, bail};
use domain::callers::secret_digest;
use serde::Serialize;
use serde_json::json;
use store::Store;
use store::operator::{ListedToken, NewToken, Revocation};

use crate::arguments::token::{CreateTokenArgs, ListTokensArgs, RevokeTokenArgs};
use crate::aws::database;
use crate::clock;
use crate::settings::tenant::tenant;
use crate::terminal::output::{json_text, print, print_json, print_notice, print_once};
use crate::terminal::table::{Column, table};
use crate::terminal::times::Times;

/// The random bytes of a secret.
const SECRET_BYTES: usize = 32;
/// The random bytes at the end of a generated id.
const ID_BYTES: usize = 4;

/// The columns of the table of tokens.
const COLUMNS: [Column; 4] = [
    Column::whole("ID", 0),
    Column::text("TENANT", 1, 8),
    Column::whole("CREATED", 3),
    Column::whole("REVOKED", 2),
];

/// Creates a token, and prints its password once.
pub async fn create(args: &CreateTokenArgs) -> Result<()> {
    let tenant = tenant(&args.tenant)?;
    let store = database::open(&args.database).await?;
    let token_id = match &args.id {
        Some(id) => id.clone(),
        None => format!("{tenant}-{}", random_hex::<ID_BYTES>()?),
    };
    let secret = random_hex::<SECRET_BYTES>()?;
    let now = clock::now();
    let created = store
        .create_token(&token_id, &tenant, secret_digest(&secret), now)
        .await;
    match created.map_err(database::explain)? {
        NewToken::Created => {}
        NewToken::IdTaken => {
            bail!("there is a token {token_id} already, which is not replaced: choose another --id")
        }
    }
    let password = format!("{token_id}.{secret}");
    let text = if args.json {
        json_text(
            &json!({ "tenant": tenant, "token_id": token_id, "user": tenant, "password": password }),
        )?
    } else {
        format!("user      {tenant}\npassword  {password}")
    };
    if let Err(error) = print_once(&text) {
        return Err(revoke_lost(&store, &token_id, &error).await);
    }
    print_notice("Keep the password now: it is stored nowhere, and cannot be shown again.");
    Ok(())
}

/// Revokes a token whose password could not be printed, so nobody can use it.
async fn revoke_lost(store: &Store, token_id: &str, error: &anyhow::Error) -> anyhow::Error {
    match store.revoke_token(token_id, clock::now()).await {
        Ok(_) => anyhow!("{error:#}; the token {token_id} is revoked, as its password is lost"),
        Err(_) => anyhow!("{error:#}; the password is lost: revoke the token {token_id}"),
    }
}

/// Lists tokens.
pub async fn list(args: &ListTokensArgs) -> Result<()> {
    let store = database::open(&args.database).await?;
    let tokens = store.list_tokens().await;
    let mut tokens = tokens.map_err(database::explain)?;
    if let Some(tenant) = &args.tenant {
        tokens.retain(|token| token.tenant == tenant.as_str());
    }
    let key = |token: &ListedToken| {
        (
            token.tenant.clone(),
            token.created_at,
            token.token_id.clone(),
        )
    };
    tokens.sort_by_cached_key(key);
    let times = if args.json {
        Times::Utc
    } else {
        Times::of(&args.times)
    };
    let rows = tokens.into_iter().map(|token| TokenRow::new(token, &times));
    let rows: Vec<TokenRow> = rows.collect();
    if args.json {
        return print_json(&rows);
    }
    if rows.is_empty() {
        print_notice("There are no tokens.");
        return Ok(());
    }
    let cells = rows.into_iter().map(|row| {
        let time = Option::unwrap_or_default;
        [
            row.id,
            row.tenant,
            time(row.created_at),
            time(row.revoked_at),
        ]
    });
    print(&table(COLUMNS, cells))
}

/// Revokes a token.
pub async fn revoke(args: &RevokeTokenArgs) -> Result<()> {
    let store = database::open(&args.database).await?;
    let revoked = store.revoke_token(&args.id, clock::now()).await;
    match revoked.map_err(database::explain)? {
        Revocation::Revoked => {
            print_notice(&format!(
                "{} is revoked; functions that verified it within the last 60 seconds accept it until those are over",
                args.id
            ));
            Ok(())
        }
        Revocation::NoToken => bail!("there is no token {}; `token list` lists them", args.id),
    }
}

#[derive(Serialize)]
struct TokenRow {
    id: String,
    tenant: String,
    created_at: Option<String>,
    revoked_at: Option<String>,
}

impl TokenRow {
    fn new(token: ListedToken, times: &Times) -> Self {
        Self {
            id: token.token_id,
            tenant: token.tenant,
            created_at: token.created_at.map(|at| times.show(at)),
            revoked_at: token.revoked_at.map(|at| times.show(at)),
        }
    }
}

/// Random bytes of the operating system, in hexadecimal.
fn random_hex<const BYTES: usize>() -> Result<String> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes)
        .map_err(|error| anyhow!("the system has no random numbers: {error}"))?;
    let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(digits.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_has_256_bits_and_is_never_the_same() {
        let secret = || random_hex::<SECRET_BYTES>().unwrap();
        assert_eq!(secret().len(), 64);
        assert_ne!(secret(), secret());
    }
}
