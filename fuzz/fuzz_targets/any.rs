//! libFuzzer with all targets in one binary, since each would link polars: `RAPPORTEUR_TARGET` names
//! the one that runs.

#![no_main]

use std::env;
use std::panic;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

#[path = "../src/targets.rs"]
mod targets;

static TARGET: LazyLock<fn(&[u8])> = LazyLock::new(|| {
    // libFuzzer's hook ends the process at any panic. What reads Parquet panics at some damage, and `check` catches that.
    let ends = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        if !panic.location().is_some_and(|place| place.file().contains("/polars-")) {
            ends(panic);
        }
    }));
    let name = env::var("RAPPORTEUR_TARGET").unwrap_or_default();
    targets::of(&name).unwrap_or_else(|| {
        let names: Vec<&str> = targets::TARGETS.iter().map(|(name, _)| *name).collect();
        panic!("RAPPORTEUR_TARGET is {name:?}, expected one of {}", names.join(", "))
    })
});

fuzz_target!(|data: &[u8]| TARGET(data));
