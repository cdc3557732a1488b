//! `presence`.

use std::net::IpAddr;

use clap::{Args, Subcommand};
use domain::agents::AgentStatus;
use domain::ids::{AgentId, OfAgent};
use domain::timestamp::Timestamp;

use super::aws::QueueArgs;
use super::caller::TenantArgs;
use super::examples;
use super::times::TimesArgs;
use super::values::{id, ip_address, status, time};

/// The commands about presence events.
#[derive(Debug, Subcommand)]
pub enum PresenceCommand {
    /// Send a presence event of an agent, as the contact centre does
    ///
    /// The event goes to the queue `presence`, and takes a moment to be applied. It is checked before it is sent, by the
    /// rules of the function that applies it. Events may be sent twice, late and in any order: they are put in order by
    /// their time.
    #[command(subcommand, after_help = examples::SEND_PRESENCE_EVENT)]
    Send(PresenceEventCommand),
}

/// The kinds of presence events.
#[derive(Debug, Subcommand)]
pub enum PresenceEventCommand {
    SignedIn(SignedInArgs),
    Status(StatusArgs),
    SignedOut(SignedOutArgs),
}

/// The agent signed in: a session starts
#[derive(Debug, Args)]
#[command(after_help = examples::SEND_SIGNED_IN)]
pub struct SignedInArgs {
    /// The agent
    #[arg(long, value_name = "ID", value_parser = id::<OfAgent>)]
    pub agent: AgentId,

    /// The address that the agent signed in from; without it, no request by address finds the agent
    #[arg(long, value_parser = ip_address)]
    pub ip: Option<IpAddr>,

    /// The status that the session starts with; not Offline
    #[arg(long, value_name = "TEXT", default_value = "Available", value_parser = status)]
    pub status: AgentStatus,

    #[command(flatten)]
    pub event: EventArgs,
}

/// The status of the agent changed
///
/// In-call or In-chat: a call or chat starts. Any other status ends it. Offline is the same as `signed-out`.
#[derive(Debug, Args)]
#[command(after_help = examples::SEND_STATUS)]
pub struct StatusArgs {
    /// The agent
    #[arg(long, value_name = "ID", value_parser = id::<OfAgent>)]
    pub agent: AgentId,

    /// The new status: In-call, In-chat, Offline or any text of at most 64 characters
    #[arg(long, value_name = "TEXT", value_parser = status)]
    pub status: AgentStatus,

    #[command(flatten)]
    pub event: EventArgs,
}

/// The agent signed out: the session ends
#[derive(Debug, Args)]
#[command(after_help = examples::SEND_SIGNED_OUT)]
pub struct SignedOutArgs {
    /// The agent
    #[arg(long, value_name = "ID", value_parser = id::<OfAgent>)]
    pub agent: AgentId,

    #[command(flatten)]
    pub event: EventArgs,
}

/// What every presence event has, and where it is sent.
#[derive(Debug, Args)]
pub struct EventArgs {
    /// When it happened, such as 2026-01-05T08:00:00Z (RFC 3339); by default now
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub at: Option<Timestamp>,

    /// Print a JSON object with the event and the id of the message
    #[arg(long)]
    pub json: bool,

    #[command(flatten)]
    pub times: TimesArgs,
    #[command(flatten)]
    pub tenant: TenantArgs,
    #[command(flatten)]
    pub queue: QueueArgs,
}
