//! Splits every `NAME.txt` of a folder and prints the sentences as JSON, `{"NAME": [[start, end], ...]}`
//! in bytes of the file: `cargo run --release --example sentences_json -- FOLDER`.
//!
//! Every line counts as a paragraph, as after the layout stage. With `--bench` the speed is printed
//! instead, in MB/s of one thread: the best of three runs, each as many passes over the files as take
//! a fifth of a second.

use std::{
    collections::BTreeMap,
    env,
    error::Error,
    fs,
    hint::black_box,
    io::{self, Write},
    path::Path,
    time::Instant,
};

use rapporteur::sentences::Splitter;

const USAGE: &str = "usage: sentences_json FOLDER [--bench]";

fn main() -> Result<(), Box<dyn Error>> {
    let (options, folders): (Vec<_>, Vec<_>) =
        env::args().skip(1).partition(|a| a.starts_with('-'));
    let [folder] = folders.as_slice() else { return Err(USAGE.into()) };
    let splitter = Splitter::embedded()?;
    let texts = read(Path::new(folder))?;
    let answer = match options.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => {
            let spans_of = |text: &str| -> Vec<[u32; 2]> {
                splitter.split(text, "en").iter().map(|span| [span.start, span.end]).collect()
            };
            let found: BTreeMap<&str, Vec<[u32; 2]>> =
                texts.iter().map(|(name, text)| (name.as_str(), spans_of(text))).collect();
            serde_json::to_string(&found)?
        }
        ["--bench"] => format!("{:.1}", speed(splitter, &texts)),
        _ => return Err(USAGE.into()),
    };
    writeln!(io::stdout(), "{answer}")?;
    Ok(())
}

/// The texts of a folder by their names without `.txt`.
fn read(folder: &Path) -> io::Result<BTreeMap<String, String>> {
    let mut texts = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if let Some(name) = path.file_name().and_then(|name| name.to_str()?.strip_suffix(".txt")) {
            texts.insert(name.to_owned(), fs::read_to_string(&path)?);
        }
    }
    Ok(texts)
}

/// Millions of bytes a second.
#[allow(clippy::cast_precision_loss, reason = "sizes of files, for a figure of one decimal")]
fn speed(splitter: &Splitter, texts: &BTreeMap<String, String>) -> f64 {
    let bytes: usize = texts.values().map(String::len).sum();
    let run = || {
        let (clock, mut passes) = (Instant::now(), 0);
        while passes == 0 || clock.elapsed().as_secs_f64() < 0.2 {
            for text in texts.values() {
                black_box(splitter.split(black_box(text), "en"));
            }
            passes += 1;
        }
        (bytes * passes) as f64 / clock.elapsed().as_secs_f64() / 1e6
    };
    (0..3).map(|_| run()).fold(0.0, f64::max)
}
