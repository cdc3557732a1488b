//! Sign-ins whose address is not known: the agents are online, and no request for addresses finds them.

use std::collections::{BTreeMap, BTreeSet};
use std::mem;
use std::sync::{Mutex, PoisonError};

use domain::agents::SignInAddress;
use domain::presence::{EventKind, PresenceEvent};
use domain::tenant::Tenant;
use tracing::{info, warn};

/// Warns of the first such sign-in of a tenant, and counts all of them: a contact centre that reports no addresses reports
/// none at all.
#[derive(Default)]
pub struct UnknownAddresses(Mutex<State>);

#[derive(Default)]
struct State {
    warned_of_missing: BTreeSet<Tenant>,
    warned_of_unreadable: BTreeSet<Tenant>,
    not_reported: BTreeMap<Tenant, Counts>,
}

#[derive(Default)]
struct Counts {
    missing: u64,
    unreadable: u64,
}

impl UnknownAddresses {
    /// Counts an event that was applied, if it is such a sign-in.
    pub(crate) fn count(&self, event: &PresenceEvent) {
        let EventKind::SignedIn { address, .. } = event.kind else {
            return;
        };
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let state = &mut *state;
        let (tenant, agent_id) = (&event.tenant, event.agent_id.get());
        match address {
            SignInAddress::Known(_) => {}
            SignInAddress::Missing => {
                state
                    .not_reported
                    .entry(tenant.clone())
                    .or_default()
                    .missing += 1;
                if state.warned_of_missing.insert(tenant.clone()) {
                    warn!(%tenant, agent_id, "a sign-in has no address: no request for addresses finds the agent");
                }
            }
            SignInAddress::Unreadable => {
                state
                    .not_reported
                    .entry(tenant.clone())
                    .or_default()
                    .unreadable += 1;
                if state.warned_of_unreadable.insert(tenant.clone()) {
                    warn!(%tenant, agent_id, "the address of a sign-in cannot be read: no request for addresses finds the agent");
                }
            }
        }
    }

    /// Logs how many there were of each tenant since the last report.
    pub(crate) fn report(&self) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (
            tenant,
            Counts {
                missing,
                unreadable,
            },
        ) in mem::take(&mut state.not_reported)
        {
            info!(%tenant, missing, unreadable, "sign-ins without a known address");
        }
    }
}
