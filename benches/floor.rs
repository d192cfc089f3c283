//! The write floor: how long it takes to write a dataset whose rows are ready in memory.
//!
//! `cargo bench --bench floor -- [CORPUS OUT]` analyses the texts of CORPUS (without `--`, twenty copies of
//! `raw/`) without the tagger and keeps all rows, then writes them as a run does, with the same settings and the same number
//! of texts at once, and prints the seconds that the writing took. A run of `rapporteur run CORPUS
//! --no-tagger` cannot be quicker than that.

use std::path::{Path, PathBuf};
use std::time::Instant;

use rapporteur::data::Data;
use rapporteur::pipeline::{Analysis, analyse};
use rapporteur::source;
use rapporteur::write::{DatasetWriter, Settings, Staging};
use rayon::prelude::*;

/// Texts that are written at once: as many as some 4 MB of articles are.
const AT_ONCE: usize = 650;

#[allow(clippy::print_stdout, reason = "a bench says what it measured")]
fn main() {
    let mut args = std::env::args().skip(1).filter(|arg| !arg.starts_with("--"));
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("raw");
    let (corpus, copies) = args.next().map_or((own, 20), |corpus| (PathBuf::from(corpus), 1));
    let scratch = tempfile::tempdir().expect("a temporary folder");
    let out = args.next().map_or_else(|| scratch.path().join("output"), PathBuf::from);

    let data = Data::load_without_tagger(None).expect("the built-in data is sound");
    let files = source::list(&corpus).expect("a folder of texts").files;
    let files: Vec<_> = (0..copies).flat_map(|_| &files).collect();
    let rows: Vec<Analysis<'_>> = files
        .par_iter()
        .map(|file| {
            let raw = source::read(file).expect("a file");
            analyse(&file.source_path, &raw, None, &data).expect("text")
        })
        .collect();
    let bytes: usize = rows.iter().map(|text| text.size).sum();

    let start = Instant::now();
    let mut writer =
        DatasetWriter::begin(Staging::begin(&out).expect("a folder"), &[], &Settings::default())
            .expect("settings that hold");
    for batch in rows.chunks(AT_ONCE) {
        writer.write(batch).expect("room");
    }
    writer.finish(&[]).expect("room");
    let seconds = start.elapsed().as_secs_f64();
    println!("{} texts, {bytes} bytes; written in seconds: {seconds:.3}", rows.len());
}
