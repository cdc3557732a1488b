//! The token, which is the password of the tenant.

use std::io::{BufRead, IsTerminal, Read};

use anyhow::{Context, Result, ensure};

use super::environment;
use crate::arguments::caller::ServiceArgs;
use crate::terminal::output::print_notice;

/// A line with a token is shorter: an id of at most 128 characters, a dot and a secret.
const MAX_TOKEN_LINE_BYTES: u64 = 1024;

/// The token from standard input, the command line or the environment; the config file can have one too.
///
/// # Errors
/// The place that should have a token has none.
pub fn token(args: &ServiceArgs) -> Result<Option<String>> {
    if args.token_stdin {
        return token_from_stdin().map(Some);
    }
    if let Some(token) = &args.token {
        print_notice(
            "agent-logout: warning: other users of this machine can see a token on the command line; better set AGENT_LOGOUT_TOKEN, write it into the config file, or use --token-stdin",
        );
        return Ok(Some(token.clone()));
    }
    environment::token()
}

fn token_from_stdin() -> Result<String> {
    let stdin = std::io::stdin();
    ensure!(
        !stdin.is_terminal(),
        "--token-stdin reads the token from a file or a pipe, as a terminal would show it; set AGENT_LOGOUT_TOKEN instead"
    );
    let mut line = String::new();
    let read = stdin.lock().take(MAX_TOKEN_LINE_BYTES).read_line(&mut line);
    read.context("cannot read the token from standard input")?;
    let token = line.trim();
    ensure!(
        !token.is_empty(),
        "standard input has no token on its first line"
    );
    ensure!(
        (line.len() as u64) < MAX_TOKEN_LINE_BYTES,
        "the first line of standard input is too long for a token"
    );
    Ok(token.to_owned())
}
