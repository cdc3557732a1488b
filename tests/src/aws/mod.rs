//! The AWS calls of the service: intercepted, made to fail, counted, held to AWS's limits.

pub mod aws_calls;
pub mod faults;
mod limits;
pub mod meter;
pub mod virtual_time;
