//! What a command needs to know besides its own flags: from a flag, an environment variable or the config file, in this
//! order.

pub mod config_file;
pub mod environment;
pub mod service;
mod service_url;
pub mod tenant;
mod token;
