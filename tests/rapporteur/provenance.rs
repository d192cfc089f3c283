//! The laws of provenance on generated files: whatever the bytes, every row leads back to them.
//!
//! `check --raw` states the laws and is itself tested in `check`; two of them stand here once more in
//! words of their own.

use std::fs;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use rapporteur::clean;
use rapporteur::config::Config;
use rapporteur::data::Data;
use rapporteur::pipeline::{self, Analysis};
use rapporteur::run;
use rapporteur::source::{self, RawBytes};

/// Pieces from which texts with all the usual troubles are made.
const PIECES: &[&str] = &[
    "Talks on Syria resume in Geneva",
    "By Lina Haddad",
    "GENEVA, 22 March 2018 (Reuters) - Envoys met.",
    "Russia and Turkey signed the Astana memorandum on 4 May 2017, and at least 19 civilians were killed.",
    "“We agreed,” the Turkish delegate said. “On what?”",
    "a line that goes on without end and was wrapped by hand because it was too",
    "long for the narrow col-",
    "umn of the paper it stood in",
    "- a list item\n- another one",
    "Share this article",
    "Copyright 2018. All rights reserved.",
    "23 January 2018 In Coalition News",
    "(Source: Media Department)",
    "CommuniquÃ© of the partyâ€™s office",
    "o\u{fb03}ce\u{a0}of the co\u{ad}ordinator Gene\u{300}ve\u{200b}",
    "\u{feff}",
    "دمشق وحلب",
    "1. First\n2. Second",
    "...",
    "\u{c}",
];

const BREAKS: &[&str] = &["\n", "\n\n", "\r\n", "\r", " ", "\n\n\n", "  \n"];

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(PIECES).prop_map(String::from),
        1 => "[ -/:-~]{0,20}",
    ];
    let parts = (piece, prop::sample::select(BREAKS)).prop_map(|(piece, end)| piece + end);
    prop::collection::vec(parts, 0..16).prop_map(|parts| parts.concat())
}

fn encoded() -> impl Strategy<Value = Vec<u8>> {
    (pieces(), 0..5u8).prop_map(|(text, how)| match how {
        0 | 1 => text.into_bytes(),
        2 => [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        3 => {
            let units = text.encode_utf16().flat_map(u16::to_le_bytes);
            b"\xff\xfe".iter().copied().chain(units).collect()
        }
        _ => encoding_rs::WINDOWS_1252.encode(&text).0.into_owned(),
    })
}

/// Raw bytes as a reader without our alignment sees them: letters and digits only.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn laws(bytes: &[u8], analysis: &Analysis<'_>) {
    let clean = clean::clean(bytes).unwrap();
    let decode = |start: u32, end: u32| {
        letters(&clean::clean_part(&bytes[start as usize..end as usize], clean.encoding).unwrap())
    };
    // Blocks cover every word of the file once, in order.
    let ranges = analysis.blocks.iter().map(|block| decode(block.raw.start, block.raw.end));
    assert_eq!(ranges.collect::<String>(), letters(&clean.text));
    // What has a page's edge in the middle of a sentence leaves that out, and nothing is put in.
    for (at, block) in analysis.blocks.iter().enumerate() {
        let mut whole =
            decode(block.raw.start, block.raw.end).chars().collect::<Vec<_>>().into_iter();
        let own = letters(analysis.block_text(at));
        assert!(own.chars().all(|c| whole.any(|there| there == c)), "{own}");
    }
    let mut end = 0;
    for block in &analysis.blocks {
        assert!(block.raw.start >= end && block.raw.end > block.raw.start);
        assert_eq!(decode(end, block.raw.start), "");
        end = block.raw.end;
    }
    assert_eq!(decode(end, u32::try_from(bytes.len()).unwrap()), "");
    for document in &analysis.documents {
        // No text appears from nowhere: sentences and mentions are made of their bytes.
        let sentences = document.sentences.iter().map(|s| s.span);
        for span in sentences.chain(document.mentions.iter().map(|m| m.span)) {
            let raw = document.origin.to_raw(span);
            assert!(raw.start >= document.raw.start && raw.end <= document.raw.end);
            let own = letters(span.of(&document.text));
            // Repairs that look at the letters beside them may need those.
            let wider = decode(
                raw.start.saturating_sub(8),
                (raw.end + 8).min(u32::try_from(bytes.len()).unwrap()),
            );
            assert!(
                decode(raw.start, raw.end) == own || wider.contains(&own),
                "{own:?} in {wider:?}"
            );
        }
        assert!(document.sentences.windows(2).all(|s| s[0].span.end <= s[1].span.start));
        assert!(document.mentions.windows(2).all(|m| m[0].span.end <= m[1].span.start));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn every_row_of_a_generated_file_leads_back(bytes in encoded()) {
        static DATA: std::sync::LazyLock<Data> = std::sync::LazyLock::new(|| Data::load(None).unwrap());
        prop_assume!(clean::clean(&bytes).is_ok());
        let raw = RawBytes { sha256: source::digest(&bytes), bytes };
        let analysis = pipeline::analyse("a.txt", &raw, None, &DATA).unwrap();
        laws(&raw.bytes, &analysis);
    }
}

#[test]
fn whole_runs_on_generated_files_are_sound() {
    let data = Data::load(None).unwrap();
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let dir = tempfile::tempdir().unwrap();
    let raw = dir.path().join("raw");
    fs::create_dir(&raw).unwrap();
    for i in 0..120 {
        let bytes = encoded().new_tree(&mut runner).unwrap().current();
        if clean::clean(&bytes).is_ok() {
            fs::write(raw.join(format!("{i:03}.txt")), bytes).unwrap();
        }
    }
    let config = Config { raw, out: dir.path().join("out"), ..Config::default() };
    run::run(&config, &data, std::io::empty(), &|_| {}, &|| false).unwrap();
    let report = rapporteur::check::check(&config.out, Some(&config.raw)).unwrap();
    let violations: Vec<String> = report.violations.iter().map(ToString::to_string).collect();
    assert_eq!(violations, Vec::<String>::new());
    assert!(report.rows["documents"] > 50, "{:?}", report.rows);
}
