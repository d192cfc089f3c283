//! Sentences in context, in seven languages: `tests/sentences/LANGUAGE.txt`, whose form the head of
//! `english.txt` tells.

use std::fs;
use std::path::Path;

use rapporteur::sentences::Splitter;

#[test]
fn sentences_in_context() {
    let splitter = Splitter::embedded().unwrap();
    let mut wrong = Vec::new();
    for (name, language) in [
        ("arabic", "ar"),
        ("chinese", "zh"),
        ("english", "en"),
        ("french", "fr"),
        ("german", "de"),
        ("russian", "ru"),
        ("spanish", "es"),
    ] {
        let cases = cases(name);
        assert!(cases.len() > 10, "{name} has {} cases", cases.len());
        for (text, expected) in &cases {
            let found: Vec<&str> =
                splitter.split(text, language).iter().map(|s| s.of(text)).collect();
            if found != *expected {
                wrong.push(format!("{name}: found {found:#?}, expected {expected:#?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The cases of a file: each one's text and its sentences.
fn cases(name: &str) -> Vec<(String, Vec<String>)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/sentences/{name}.txt"));
    let file = fs::read_to_string(path).unwrap();
    let cases = file.split("\n\n").map(str::trim_end).filter(|case| !case.starts_with('#'));
    cases.map(read_case).collect()
}

fn read_case(case: &str) -> (String, Vec<String>) {
    let (mut text, mut sentences) = (String::new(), Vec::new());
    for line in case.lines() {
        let (gap, sentence) = match line.split_at_checked(2) {
            Some(("+ ", sentence)) => ("", sentence),
            Some(("/ ", sentence)) => ("\n", sentence),
            _ => (" ", line),
        };
        if !text.is_empty() {
            text.push_str(gap);
        }
        text.push_str(sentence);
        sentences.push(sentence.to_owned());
    }
    (text, sentences)
}
