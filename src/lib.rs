//! Raw political text to analysis-ready tables, every row traceable to its raw bytes.
//!
//! ```text
//! raw/ ─► source ─► clean ─► layout ─► document ─► metadata ─► sentences ─► mentions ─► pipeline ─► tables ─► write ─► output/
//!         bytes     Text     blocks    text         values      spans        mentions    Analysis    arrays    files
//! ```
//!
//! [`run::run`] does all of it for a folder, [`pipeline::analyse`] for the bytes of one file; each
//! stage is a plain function that can be used alone, such as [`clean::clean`], [`layout::layout`],
//! [`sentences::split`] and [`mentions::find`]. [`check::check`] judges a finished dataset.
//!
//! ```
//! use rapporteur::data::Data;
//! use rapporteur::pipeline::analyse;
//! use rapporteur::source::{RawBytes, digest};
//!
//! let bytes = b"Talks resume\r\n\r\nEnvoys  of Russia met in Geneva. They agreed.\r\n".to_vec();
//! let raw = RawBytes { sha256: digest(&bytes), bytes };
//! let data = Data::load(None)?;
//! let analysis = analyse("talks.txt", &raw, None, &data)?;
//!
//! let document = &analysis.documents[0];
//! assert_eq!(document.text, "Talks resume\n\nEnvoys of Russia met in Geneva. They agreed.");
//! let sentence = document.sentences[1].span;
//! assert_eq!(sentence.of(&document.text), "Envoys of Russia met in Geneva.");
//! let own = &raw.bytes[document.origin.to_raw(sentence).range()];
//! assert_eq!(own, b"Envoys  of Russia met in Geneva.");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod announced;
pub mod check;
pub mod clean;
pub mod codebook_tools;
pub mod config;
pub mod data;
pub mod document;
mod eight;
pub mod error;
pub mod eval;
pub mod explain;
pub mod init;
pub mod layout;
pub mod listing;
pub mod mentions;
pub mod metadata;
pub mod near;
mod pattern;
pub mod pipeline;
mod read;
pub mod repeated;
pub mod report;
pub mod run;
pub mod search;
pub mod select;
pub mod sentences;
pub mod source;
pub mod stats;
pub mod tables;
pub mod text;
pub mod write;

pub use error::{Error, Result};
