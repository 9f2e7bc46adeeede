//! Counts lines of a log that give the same answers to all questions of rules.
//!
//! It knows no rule, no format of ids and no code: a plan says what is read of a line, and what is asked there.
//! It asks about anything unknown, and leaves unusual lines to Python.

pub mod columns;
pub mod components;
pub mod engine;
pub mod knowledge;
pub mod plan;
pub mod pool;
pub mod questions;
pub mod records;
pub mod rows;
pub mod scanner;
pub mod stored;
pub mod texts;
pub mod totals;

#[cfg(feature = "python")]
mod python;
