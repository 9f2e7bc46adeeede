//! Counts the lines of a log that give the same answers to everything that rules ask.
//!
//! It knows no rule, no format of ids and no code: what is read of a line, and what is asked there, comes as a plan.
//! Whatever it does not know it asks about, and whatever is unusual it leaves to the reader.

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
