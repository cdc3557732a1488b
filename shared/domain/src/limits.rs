//! The limits that callers, deployments or several crates depend on, each with its source.

use std::ops::RangeInclusive;
use std::time::Duration;

/// The maximum number of entries of `agent_ids` (the HTTP contract).
pub const MAX_AGENT_IDS: usize = 10_000;
/// The maximum number of entries of `team_ids` (the HTTP contract).
pub const MAX_TEAM_IDS: usize = 1_000;
/// The maximum number of distinct entries of `ip_addrs` (the HTTP contract): a list of blocks as networks publish them has one
/// or two thousand.
pub const MAX_IP_ADDRS: usize = 5_000;
/// The maximum number of ranges that `ip_addrs` may mean, with those merged that overlap or touch (the HTTP contract).
/// They fit into the item of a job beside the ids, which has at most 400 KB (quotas of DynamoDB).
pub const MAX_IP_RANGES: usize = 2_000;

/// The maximum size of a request body. A valid one with every array at its limit has at most two thirds of it.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

/// A request for more agents than this becomes a background job, unless the deployment says otherwise (the HTTP contract).
pub const DEFAULT_SYNC_LIMIT: usize = 100;
/// What `SYNC_LIMIT` of a deployment may be: at most what one `BatchGetItem` reads.
pub const ALLOWED_SYNC_LIMITS: RangeInclusive<usize> = 1..=100;
/// A request with more look-ups than this becomes a background job (the HTTP contract).
pub const MAX_LOOK_UPS_AT_ONCE: usize = 16;

/// The maximum number of agents in a chunk: the 100 items that one `BatchGetItem` reads, less the two items that say whether
/// anything is left to do.
pub const CHUNK_AGENTS: usize = 98;
/// A job that has not completed within this time reads `failed` (the HTTP contract); work on it continues.
pub const JOB_DEADLINE: Duration = Duration::from_hours(1);
/// Jobs are kept for this many days, unless the deployment says otherwise (the HTTP contract).
pub const DEFAULT_JOB_RETENTION_DAYS: usize = 30;
/// What `JOB_RETENTION_DAYS` of a deployment may be: at least as long as SQS keeps a message, 14 days; at most ten years.
pub const ALLOWED_JOB_RETENTION_DAYS: RangeInclusive<usize> = 14..=3_650;

/// The maximum number of characters of a status (the HTTP contract).
pub const MAX_STATUS_CHARS: usize = 64;
/// The maximum number of busy statuses of a deployment: with the longest texts, the stream's filter then has a third of the
/// 4,096 characters that it may have (AWS Lambda quotas).
pub const MAX_BUSY_STATUSES: usize = 20;
/// The maximum number of characters of a team's name, so that it stays one write unit: they take at most 512 bytes.
pub const MAX_TEAM_NAME_CHARS: usize = 128;
/// The maximum number of characters of an agent's name, mail address or number, so that an agent stays one small item: mail
/// addresses end at 254 (RFC 5321).
pub const MAX_PROFILE_CHARS: usize = 256;

/// The time of a presence event may be at most this far in the future. Events that come after it by a correct clock count as
/// older, so this is how long a wrong clock can keep an agent's state from changing; clocks kept by the network are right to
/// a second.
pub const MAX_CLOCK_AHEAD: Duration = Duration::from_mins(2);

/// The maximum number of bytes of a token's id or secret; 256 random bits take 43 to 64.
pub const MAX_TOKEN_PART_BYTES: usize = 128;
/// A verified token is accepted without a read for this long, so a revoked token may be accepted for as long.
pub const TOKEN_MEMORY: Duration = Duration::from_mins(1);
