//! Tests of whole runs: what a user or a program does with `rapporteur` from outside.
//!
//! Tests of one module stand beside its code; here belongs what needs files, several stages or the
//! command line. One binary, so that the crate is linked once.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod across_files;
mod bad_input;
mod check;
mod codebook;
mod command_line;
mod conventions;
mod csv_safe;
mod descriptors;
mod eval;
mod gold;
mod gold_dates;
mod golden;
mod hostile_settings;
mod init;
mod inputs;
mod layout;
mod layout_properties;
mod names;
mod old_versions;
mod outputs;
mod project;
mod provenance;
mod replacement;
mod report;
mod search;
mod sentences;
mod sidecar;
mod stats;
