#![no_main]
#![allow(dead_code, reason = "each target uses one of the bodies")]

#[path = "../../tests/check.rs"]
mod check;
#[path = "../../tests/fuzz/targets.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|data: &[u8]| targets::record(data));
