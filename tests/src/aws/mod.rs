//! The AWS calls of the service: intercepted, made to fail, counted.

pub mod aws_calls;
pub mod faults;
pub mod meter;
pub mod virtual_time;
