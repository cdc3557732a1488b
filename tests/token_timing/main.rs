//! Compares a caller's credentials with a token, once, so that `run` beside it can count the instructions that takes.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use domain::callers::{Credentials, SecretDigest, Token, secret_digest};
use domain::tenant::Tenant;

/// Compares as the service does. Counted from its first to its last instruction.
#[inline(never)]
fn counted_comparison(credentials: &Credentials, token: Option<&Token>) -> bool {
    credentials.belong_to(token)
}

/// Compares as nobody should, to see that the count tells.
#[inline(never)]
fn counted_early_exit(credentials: &Credentials, token: &Token) -> bool {
    let claimed = credentials.secret_sha256.iter();
    claimed
        .zip(&token.secret_sha256)
        .all(|(one, other)| one == other)
}

fn with_byte_changed(mut digest: SecretDigest, position: usize) -> SecretDigest {
    digest[position] ^= 1;
    digest
}

fn main() {
    let case = std::env::args().nth(1).unwrap();
    let right = secret_digest("secret");
    // Nothing is freed before the comparison, so that the allocator is as it was in every other case.
    let (tenant, digest, known, revoked) = match case.as_str() {
        "right" => ("acme", right, true, false),
        "wrong-first-byte" => ("acme", with_byte_changed(right, 0), true, false),
        "wrong-last-byte" => ("acme", with_byte_changed(right, 31), true, false),
        "unknown-id" => ("acme", right, false, false),
        "another-tenant" => ("emca", right, true, false),
        "revoked" => ("acme", right, true, true),
        other => panic!("no case is {other}"),
    };
    let credentials = Credentials {
        tenant: Tenant::parse(tenant).unwrap(),
        token_id: "acme-1".to_owned(),
        secret_sha256: digest,
        fingerprint: [0; 32],
    };
    let token = Token {
        tenant: Tenant::parse("acme").unwrap(),
        secret_sha256: right,
        revoked,
    };
    let belong = counted_comparison(&credentials, known.then_some(&token));
    assert_eq!(belong, case == "right", "{case}");
    let same = counted_early_exit(&credentials, &token);
    assert_eq!(same, digest == right, "{case}");
}
