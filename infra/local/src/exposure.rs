//! What is open to other machines, in words of a warning.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use domain::tenant::Tenant;

/// A warning for each port that other machines reach and that needs no secret.
#[must_use]
pub fn warnings(
    http: Option<SocketAddr>,
    (dynamodb, sqs): (SocketAddr, SocketAddr),
    open_tenants: &BTreeSet<Tenant>,
) -> Vec<String> {
    let mut warnings = Vec::new();
    let is_open = |address: &SocketAddr| !address.ip().to_canonical().is_loopback();
    if let Some(http) = http.filter(|http| is_open(http) && !open_tenants.is_empty()) {
        let tenants: Vec<&str> = open_tenants.iter().map(Tenant::as_str).collect();
        warnings.push(format!(
            "warning: {http} (--listen) is open to everyone who can reach this machine: the tokens of {} are in the \
             documentation, and log out any of their agents.",
            tenants.join(", ")
        ));
    }
    if is_open(&dynamodb) {
        warnings.push(format!(
            "warning: {dynamodb} (--dynamodb-listen) is open to everyone who can reach this machine: it takes any \
             credentials. They can read and change all agents, jobs and tokens."
        ));
    }
    if is_open(&sqs) {
        warnings.push(format!(
            "warning: {sqs} (--sqs-listen) is open to everyone who can reach this machine: it takes any credentials. They can \
             read messages, and report any agent as signed in, signed out or in any status."
        ));
    }
    warnings
}
