//! How fast each stage is, in bytes of raw text a second, on the texts of `raw/`.
//!
//! `just bench` runs all; `just bench -- sentences` those whose name holds the word. The stages run on
//! one thread; `whole_run` uses all cores and writes the files.

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use divan::Bencher;
use divan::counter::BytesCount;
use rapporteur::config::Config;
use rapporteur::data::Data;
use rapporteur::layout::{Block, layout};
use rapporteur::mentions::codebook;
use rapporteur::source::{RawBytes, digest};
use rapporteur::{clean, document, mentions, metadata, pipeline, run};

fn main() {
    divan::main();
}

static DATA: LazyLock<Data> =
    LazyLock::new(|| Data::load(None).expect("the built-in data is sound"));

/// The raw files, and their size together.
static RAW: LazyLock<(Vec<Vec<u8>>, usize)> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("raw");
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).expect("raw/").map(|e| e.expect("an entry").path()).collect();
    paths.sort();
    let files: Vec<Vec<u8>> = paths.iter().map(|p| fs::read(p).expect("a file")).collect();
    let size = files.iter().map(Vec::len).sum();
    (files, size)
});

/// `documents.text` of every document.
static TEXTS: LazyLock<(Vec<String>, usize)> = LazyLock::new(|| {
    let mut texts = Vec::new();
    for bytes in &RAW.0 {
        let clean = clean::clean(bytes).expect("text");
        let layout = layout(&clean.text, &DATA.layout);
        for number in 0..layout.documents {
            let blocks: Vec<&Block<'_>> =
                layout.blocks.iter().filter(|b| b.document == Some(number)).collect();
            texts.push(document::assemble(&clean.text, &blocks).text);
        }
    }
    let size = texts.iter().map(String::len).sum();
    (texts, size)
});

#[divan::bench]
fn load_data(bencher: Bencher<'_, '_>) {
    bencher.bench(|| Data::load(None));
}

#[divan::bench]
fn clean_stage(bencher: Bencher<'_, '_>) {
    bencher
        .counter(BytesCount::new(RAW.1))
        .bench(|| RAW.0.iter().all(|bytes| black_box(clean::clean(bytes)).is_ok()));
}

#[divan::bench]
fn layout_stage(bencher: Bencher<'_, '_>) {
    let texts: Vec<String> =
        RAW.0.iter().map(|bytes| clean::clean(bytes).expect("text").text.into_owned()).collect();
    bencher.counter(BytesCount::new(RAW.1)).bench(|| {
        texts.iter().map(|text| black_box(layout(text, &DATA.layout)).blocks.len()).sum::<usize>()
    });
}

#[divan::bench]
fn metadata_stage(bencher: Bencher<'_, '_>) {
    let texts: Vec<String> =
        RAW.0.iter().map(|bytes| clean::clean(bytes).expect("text").text.into_owned()).collect();
    let layouts: Vec<_> = texts.iter().map(|text| layout(text, &DATA.layout)).collect();
    bencher.counter(BytesCount::new(RAW.1)).bench(|| {
        let mut contents = TEXTS.0.iter();
        for (text, layout) in texts.iter().zip(&layouts) {
            for number in 0..layout.documents {
                let content = contents.next().map_or("", String::as_str);
                black_box(metadata::metadata(text, layout, number, content, &DATA.metadata));
            }
        }
    });
}

#[divan::bench]
fn sentences_stage(bencher: Bencher<'_, '_>) {
    bencher.counter(BytesCount::new(TEXTS.1)).bench(|| {
        TEXTS.0.iter().map(|text| black_box(DATA.splitter.split(text, "en")).len()).sum::<usize>()
    });
}

#[divan::bench]
fn mentions_stage(bencher: Bencher<'_, '_>) {
    let sentences: Vec<_> = TEXTS.0.iter().map(|text| DATA.splitter.split(text, "en")).collect();
    bencher.counter(BytesCount::new(TEXTS.1)).bench(|| {
        for (text, sentences) in TEXTS.0.iter().zip(&sentences) {
            let input = mentions::Input { text, sentences, published: None, language: "en" };
            black_box(mentions::find(&input, &DATA.mentions));
        }
    });
}

/// The finders of names alone, with the built-in lists and so many made-up names laid over them.
#[divan::bench(args = [1_000, 100_000])]
fn names_with_more_aliases(bencher: Bencher<'_, '_>, more: usize) {
    let mut own = codebook::COLUMNS.join(",");
    for number in 0..more {
        own += &format!("\nmade-up-{number},Velk{number:x} Dorn{:x},place,,,,,,,,", number * 13);
    }
    let files = codebook::EMBEDDED.iter().copied().chain([("made_up.csv", own.as_str())]);
    let data = mentions::Data::new(codebook::Lists::read(files).expect("sound lists"));
    let sentences: Vec<_> = TEXTS.0.iter().map(|text| DATA.splitter.split(text, "en")).collect();
    bencher.counter(BytesCount::new(TEXTS.1)).bench(|| {
        for (text, sentences) in TEXTS.0.iter().zip(&sentences) {
            let input = mentions::Input { text, sentences, published: None, language: "en" };
            let document = mentions::Document::new(&input, &data);
            let mut out = Vec::new();
            for finder in mentions::FINDERS {
                finder.find(&document, &mut out);
            }
            black_box(mentions::settle(out));
        }
    });
}

#[divan::bench]
fn all_stages(bencher: Bencher<'_, '_>) {
    let raws: Vec<RawBytes> = RAW
        .0
        .iter()
        .map(|bytes| RawBytes { sha256: digest(bytes), bytes: bytes.clone() })
        .collect();
    bencher.counter(BytesCount::new(RAW.1)).bench(|| {
        for raw in &raws {
            assert!(black_box(pipeline::analyse("a.txt", raw, None, &DATA)).is_ok());
        }
    });
}

/// The five texts a hundred times, from the raw folder to the files.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn whole_run(bencher: Bencher<'_, '_>) {
    const COPIES: usize = 100;
    let dir = tempfile::tempdir().expect("a folder");
    let config =
        Config { raw: dir.path().join("raw"), out: dir.path().join("out"), ..Config::default() };
    fs::create_dir(&config.raw).expect("a folder");
    for copy in 0..COPIES {
        for (i, bytes) in RAW.0.iter().enumerate() {
            fs::write(config.raw.join(format!("{copy:03}-{i}.txt")), bytes).expect("a file");
        }
    }
    bencher.counter(BytesCount::new(RAW.1 * COPIES)).bench(|| {
        run::run(&config, &DATA, std::io::empty(), &|_| {}, &|| false).expect("a dataset")
    });
}
