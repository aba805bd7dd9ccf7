//! The look at a file: any bytes have a verdict.

#![no_main]

use libfuzzer_sys::fuzz_target;
use minsheng::evidence::{Limits, inspect::probe};
use std::io::Cursor;

fuzz_target!(|bytes: &[u8]| {
    let _ = probe(&mut Cursor::new(bytes), bytes.len() as u64, &Limits::default());
});
