//! Every limit of the service, with its source.

use std::ops::RangeInclusive;
use std::time::Duration;

/// `agent_ids` of a request holds at most that many entries (the HTTP contract).
pub const MAX_AGENT_IDS: usize = 10_000;
/// `team_ids` of a request holds at most that many entries (the HTTP contract).
pub const MAX_TEAM_IDS: usize = 1_000;
/// `ip_addrs` of a request holds at most that many entries (the HTTP contract).
pub const MAX_IP_ADDRS: usize = 1_000;

/// The maximum size of a request body. The largest valid one, with every array at its limit, has about a quarter of it.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

/// A request for more agents than this becomes a background job, unless the deployment says otherwise (the HTTP contract).
pub const DEFAULT_SYNC_LIMIT: usize = 100;
/// What a deployment may set that limit to: at most what one `BatchGetItem` reads.
pub const SYNC_LIMITS: RangeInclusive<usize> = 1..=100;
/// A request with more look-ups than this becomes a background job (the HTTP contract).
pub const MAX_IMMEDIATE_LOOK_UPS: usize = 16;

/// A chunk holds at most that many agents: the 100 items that one `BatchGetItem` reads, less the two items that say whether
/// anything is left to do.
pub const CHUNK_AGENTS: usize = 98;
/// A job that has not completed within this time reads `failed` (the HTTP contract); it goes on all the same.
pub const JOB_DEADLINE: Duration = Duration::from_hours(1);
/// Jobs are kept for this many days, unless the deployment says otherwise (the HTTP contract).
pub const DEFAULT_JOB_RETENTION_DAYS: usize = 30;
/// What a deployment may set that to, in days: at least as long as SQS keeps a message, 14 days; at most ten years.
pub const JOB_RETENTION_DAYS: RangeInclusive<usize> = 14..=3_650;

/// A status has at most that many characters: it stands in every answer and condition, and no console shows more.
pub const MAX_STATUS_CHARS: usize = 64;
/// An agent's name, mail address or number has at most that many characters, so that an agent stays one small item: mail
/// addresses end at 254 (RFC 5321).
pub const MAX_PROFILE_CHARS: usize = 256;

/// The time of a presence event may be at most this far in the future. Events that come after it by a correct clock count as
/// older, so this is how long a wrong clock can keep an agent's state from changing; clocks kept by the network are right to
/// a second.
pub const MAX_CLOCK_AHEAD: Duration = Duration::from_mins(15);

/// An id or a secret of a token has at most that many bytes; 256 random bits take 43 to 64.
pub const MAX_TOKEN_PART_BYTES: usize = 128;
/// A verified token is accepted without a read for this long, so a revoked token may be accepted for as long.
pub const TOKEN_MEMORY: Duration = Duration::from_mins(1);
