//! `token`: creates, lists and revokes what callers authenticate with.

use anyhow::{Result, anyhow, bail};
use logout::auth::secret_digest;
use logout::store::{ListedToken, NewToken, Revocation, Store};
use logout::timestamp::{Clock, Timestamp};
use serde::Serialize;
use serde_json::json;

use crate::args::{CreateTokenArgs, ListTokensArgs, RevokeTokenArgs};
use crate::output::{json_text, print, print_json, print_once, say, table};
use crate::{connection, database};

/// A secret has that many random bytes.
const SECRET_BYTES: usize = 32;
/// A name that is made up ends in that many.
const NAME_BYTES: usize = 4;

/// Creates a token, and prints its password once.
pub async fn create(args: &CreateTokenArgs) -> Result<()> {
    let tenant = connection::tenant(&args.tenant)?;
    let store = database::open(&args.database).await?;
    let token_id = match &args.id {
        Some(id) => id.clone(),
        None => format!("{tenant}-{}", random_hex::<NAME_BYTES>()?),
    };
    let secret = random_hex::<SECRET_BYTES>()?;
    let now = Clock::system().now();
    let created = store
        .create_token(&token_id, &tenant, secret_digest(&secret), now)
        .await;
    match created.map_err(|error| database::explain(&error))? {
        NewToken::Created => {}
        NewToken::IdTaken => {
            bail!("there is a token {token_id} already, and it stays as it is: choose another --id")
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
        return Err(give_up(&store, &token_id, &error).await);
    }
    say("Keep the password now: it is kept nowhere, and cannot be shown again.");
    Ok(())
}

/// Nobody has seen the password, so nobody can use the token.
async fn give_up(store: &Store, token_id: &str, error: &anyhow::Error) -> anyhow::Error {
    match store.revoke_token(token_id, Clock::system().now()).await {
        Ok(_) => anyhow!("{error:#}; the token {token_id} is revoked, as its password is lost"),
        Err(_) => anyhow!("{error:#}; the password is lost: revoke the token {token_id}"),
    }
}

/// Lists tokens.
pub async fn list(args: &ListTokensArgs) -> Result<()> {
    let store = database::open(&args.database).await?;
    let tokens = store.list_tokens().await;
    let mut tokens = tokens.map_err(|error| database::explain(&error))?;
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
    let rows: Vec<TokenRow> = tokens.into_iter().map(TokenRow::of).collect();
    if args.json {
        return print_json(&rows);
    }
    if rows.is_empty() {
        say("There are no tokens.");
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
    print(&table(["ID", "TENANT", "CREATED", "REVOKED"], cells))
}

/// Ends a token.
pub async fn revoke(args: &RevokeTokenArgs) -> Result<()> {
    let store = database::open(&args.database).await?;
    let revoked = store.revoke_token(&args.id, Clock::system().now()).await;
    match revoked.map_err(|error| database::explain(&error))? {
        Revocation::Revoked => {
            say(&format!(
                "{} is revoked; whoever verified it within the last 60 seconds may go on for so long",
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
    fn of(token: ListedToken) -> Self {
        Self {
            id: token.token_id,
            tenant: token.tenant,
            created_at: token.created_at.and_then(Timestamp::to_rfc3339),
            revoked_at: token.revoked_at.and_then(Timestamp::to_rfc3339),
        }
    }
}

/// So many random bytes of the operating system, in hexadecimal.
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
