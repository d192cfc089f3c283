//! Whether hostile text costs no more than its length: each text at n, 2n and 4n bytes.
//!
//! `just bench --bench linear`. A stage that is linear shows the same bytes a second in the three rows
//! of a text; a square would halve them from row to row.

use std::fmt;
use std::fs;
use std::hint::black_box;
use std::sync::LazyLock;

use divan::Bencher;
use divan::counter::BytesCount;
use rapporteur::config::Config;
use rapporteur::data::Data;
use rapporteur::pipeline::analyse;
use rapporteur::run;
use rapporteur::source::{RawBytes, digest};

fn main() {
    divan::main();
}

static DATA: LazyLock<Data> =
    LazyLock::new(|| Data::load(None).expect("the built-in data is sound"));

/// Bytes of the smallest text.
const N: usize = 250_000;

/// What is repeated, and how often N.
#[derive(Clone, Copy)]
struct Hostile {
    name: &'static str,
    piece: &'static str,
    times: usize,
}

impl fmt::Display for Hostile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}n", self.name, self.times)
    }
}

const PIECES: &[(&str, &str)] = &[
    ("dots", "."),
    ("dots and blanks", ". "),
    ("dashes", "-"),
    ("digits", "1"),
    ("numbers", "12 "),
    ("capitals", "A"),
    ("initials", "A. "),
    ("letters on lines", "a\n"),
    ("words on lines", "peace\n"),
    ("paragraphs of a letter", "A\n\n"),
    ("blank lines", "\n"),
    ("opening brackets", "("),
    ("quotation marks", "\""),
    ("commas", ","),
    ("titles", "Mr. "),
    ("months", "May "),
    ("names", "Abu Abu "),
    ("heads of names", "Ministry of "),
    ("counts", "12 men and "),
    ("parts", "12 people including "),
    ("bullets", "- a\n"),
    ("no-break spaces", "\u{a0}"),
    ("combining marks", "\u{301}"),
    ("direction marks", "\u{202e}"),
    ("joiners", "\u{200d}"),
    ("misread text", "Ã©"),
    ("words", "the talks went on "),
    ("sentences", "The talks went on in Geneva. "),
    ("opening marks", "\"'(["),
    ("ordinals", "1. 2. 3. "),
    ("stops of all kinds", "...!?"),
    ("stops without blanks", "a.A"),
    ("words in capitals", "CAPITALS WITH BLANKS "),
    ("open quotations", "“Open a quote and go on. "),
    ("faces", "😀 A"),
];

fn hostile() -> impl Iterator<Item = Hostile> {
    PIECES.iter().flat_map(|&(name, piece)| {
        [1, 2, 4].into_iter().map(move |times| Hostile { name, piece, times })
    })
}

#[divan::bench(args = hostile(), sample_count = 3, sample_size = 1)]
fn all_stages(bencher: Bencher<'_, '_>, hostile: Hostile) {
    let bytes = hostile.piece.repeat(hostile.times * N / hostile.piece.len()).into_bytes();
    let size = bytes.len();
    let raw = RawBytes { sha256: digest(&bytes), bytes };
    bencher.counter(BytesCount::new(size)).bench(|| black_box(analyse("a.txt", &raw, None, &DATA)));
}

/// What the long line says, with a name as often as an essay has one.
const PROSE: &str = "the talks went on in Geneva, as all had said they would, and nobody knew for how long they \
    would go on or what they would bring to those who had waited for an end of it, ";

/// A text without a line break: the largest is 1 GB.
#[divan::bench(args = [1, 2, 4], sample_count = 1, sample_size = 1)]
fn one_line(bencher: Bencher<'_, '_>, times: usize) {
    let size = times * 250_000_000;
    let bytes = PROSE.bytes().cycle().take(size).collect();
    let raw = RawBytes { sha256: String::new(), bytes };
    bencher
        .counter(BytesCount::new(size))
        .bench(|| analyse("a.txt", &raw, None, &DATA).map(|made| made.documents.len()));
}

/// The five texts of `raw/`, many times over, as a run: files in batches, tables written.
#[divan::bench(args = [25, 50, 100], sample_count = 3, sample_size = 1)]
fn the_five_texts(bencher: Bencher<'_, '_>, times: usize) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let raw = dir.path().join("raw");
    fs::create_dir(&raw).expect("a folder in it");
    let mut size = 0;
    for entry in fs::read_dir("raw").expect("the raw texts") {
        let entry = entry.expect("a raw text");
        let bytes = fs::read(entry.path()).expect("its bytes");
        size += times * bytes.len();
        for copy in 0..times {
            let name = format!("{copy:03}-{}", entry.file_name().display());
            fs::write(raw.join(name), &bytes).expect("a copy");
        }
    }
    let config = Config { raw, out: dir.path().join("output"), ..Config::default() };
    bencher.counter(BytesCount::new(size)).bench(|| {
        run::run(&config, &DATA, std::io::empty(), &|_| {}, &|| false)
            .map(|summary| summary.mentions)
    });
}
