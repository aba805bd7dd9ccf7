//! The clean copy of a picture or a PDF that passed the look: what is made is a whole picture within the limits.

#![no_main]

use libfuzzer_sys::fuzz_target;
use minsheng::evidence::{Limits, clean, inspect::probe};
use std::io::Cursor;

fuzz_target!(|bytes: &[u8]| {
    // Small limits, so that a case is quick.
    let limits = Limits {
        side: 2000,
        pixels: 1_000_000,
        pages: 2,
        ..Limits::default()
    };
    let Ok(found) = probe(&mut Cursor::new(bytes), bytes.len() as u64, &limits) else {
        return;
    };
    for copy in clean::make(found.kind, bytes.to_vec(), &limits).copies {
        let wide = Limits { bytes: u64::MAX, ..Limits::default() };
        let again = probe(&mut Cursor::new(&copy.bytes), copy.bytes.len() as u64, &wide);
        assert_eq!(again.map(|f| f.kind), Ok(copy.kind));
    }
});
