//! What is kept as JSON inside items of the tables.

mod selection;

pub use selection::StoredSelection;
