//! What the tables hold: keys, attributes, and the items of agents and jobs.

pub(crate) mod agent_item;
pub(crate) mod attributes;
pub(crate) mod ip_sort_key;
pub(crate) mod job_item;
pub(crate) mod keys;
