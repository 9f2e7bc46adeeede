//! Holds [`properties::scanner`] against whatever the fuzzer makes.
#![no_main]

#[path = "../properties.rs"]
#[allow(dead_code)]
mod properties;

libfuzzer_sys::fuzz_target!(|data: &[u8]| properties::scanner(data));
