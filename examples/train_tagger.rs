//! Fits the model of the statistical tagger, which stands in `src/data/tagger.bin`.
//!
//! ```text
//! train_tagger [--words FILE] --out FILE SET...      fits on every document, writes the model
//! train_tagger [--words FILE] --check FILE SET...    fits again: are the bytes those of FILE?
//! train_tagger [--words FILE] --folds N --predictions DIR SET...
//!                                                    cross-validates by documents
//! train_tagger --model FILE --predictions DIR SET... labels with a model of one's own
//! ```
//!
//! With `--held PREFIX,...` a third of the documents whose set or name begins so is left out of fitting,
//! and with `--model` no other document is labelled: figures for documents that nobody has looked at. A SET is a folder as `unpack.py` makes it (`raw/NAME.txt` and `gold.json`), with `=WEIGHT` behind it
//! if its examples count other than 1. Cross-validation writes `DIR/SET.json`, which the
//! scorer of the public sets reads. `docs/tagger.md` has the command that made the committed model.

#![allow(clippy::print_stdout, reason = "its figures are its output")]

use rapporteur::data::Data;
use rapporteur::mentions::tagger::Tagger;
use rapporteur::mentions::tagger::decode::label;
use rapporteur::mentions::tagger::features::{View, WordTable};
use rapporteur::mentions::tagger::train::{Settings, Text, train};
use rapporteur::mentions::tokens::{Tokens, hash_of};
use rapporteur::mentions::{self, MentionKind};
use rapporteur::pipeline::{self, analyse};
use rapporteur::source::{RawBytes, digest};
use rapporteur::text::Span;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Chosen by cross-validation.
const SETTINGS: Settings = Settings { rows: 3 << 16, passes: 10, margin: 0 };

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// A document of a set with its names.
struct Document<'d> {
    set: String,
    name: String,
    weight: i32,
    parts: Vec<Part<'d>>,
    /// Start, end and type of its names, in bytes of the raw file, cut to bare names.
    names: Vec<(usize, usize, usize)>,
    /// Where nobody says whether there are names.
    ignore: Vec<(usize, usize)>,
}

/// What the pipeline made of it.
struct Part<'d> {
    document: pipeline::Document<'d>,
    tokens: Tokens,
}

const TYPES: [&str; 3] = ["PER", "ORG", "LOC"];

/// Words before a person's name that are no part of it, as the scorer of the public sets has them.
const TITLES: &str = "\
    mr mrs ms miss mister madam madame sir dame lord lady dr doctor prof professor rev reverend fr \
    father sister brother president vice-president vice prime premier minister deputy foreign \
    chancellor king queen prince princess emperor emir sheikh shaikh sheik sultan ayatollah imam pope \
    cardinal bishop archbishop patriarch rabbi saint senator sen representative rep congressman \
    congresswoman congressperson governor gov mayor judge justice chief secretary secretary-general \
    general gen colonel col major maj captain capt lieutenant lt commander cmdr admiral adm sergeant \
    sgt ssgt spc cpl pfc private corporal brigadier brig field marshal chairman chairwoman \
    chairperson director manager administrator ambassador envoy special spokesman spokeswoman \
    spokesperson speaker attorney counsel inspector officer detective coach editor aunt uncle mom dad \
    mum grandma grandpa former then-president ex-president dear hon honourable honorable king-elect \
    president-elect minister-designate";
const EDGE: &str = " \t\r\n\"'`\u{2018}\u{2019}\u{201c}\u{201d},;:()[]<>*_";

/// The bare name in `text[start..end]`: no article, no title before a person, no possessive ending, no
/// quotes around it.
fn bare(text: &str, (mut start, mut end): (usize, usize), person: bool) -> (usize, usize) {
    let whole = (start, end);
    loop {
        let before = (start, end);
        let own = &text[start..end];
        start = end - own.trim_start_matches(|c| EDGE.contains(c)).len();
        end = start + text[start..end].trim_end_matches(|c| EDGE.contains(c)).len();
        let own = &text[start..end];
        let word = own.find(char::is_whitespace).unwrap_or(own.len());
        let first = own[..word].to_lowercase();
        let title = person && TITLES.split(' ').any(|title| title == first.trim_end_matches('.'));
        if title || word < own.len() && ["the", "a", "an"].contains(&first.as_str()) {
            start = end - own[word..].trim_start().len();
        }
        for ending in ["'s", "\u{2019}s", "\u{2019}"] {
            if end - start > ending.len() && text[start..end].ends_with(ending) {
                end -= ending.len();
                break;
            }
        }
        if (start, end) == before {
            return if start < end { before } else { whole };
        }
    }
}

/// A number from the document's name: which fold it is in.
fn number(name: &str) -> u32 {
    name.bytes().fold(0x811c_9dc5, |h, b| (h ^ u32::from(b)).wrapping_mul(0x0100_0193)) >> 8
}

/// Whether the document is in the third that `--held` sets apart.
fn is_held(document: &Document<'_>, prefixes: &str) -> bool {
    let own = |prefix: &str| {
        !prefix.is_empty()
            && (document.set.starts_with(prefix) || document.name.starts_with(prefix))
    };
    prefixes.split(',').any(own) && (number(&document.name) >> 4).is_multiple_of(3)
}

fn pairs(value: &Value) -> Vec<(usize, usize)> {
    serde_json::from_value(value.clone()).unwrap_or_default()
}

fn read<'d>(set: &Path, weight: i32, data: &'d Data) -> Result<Vec<Document<'d>>> {
    let gold: BTreeMap<String, Value> = serde_json::from_slice(&fs::read(set.join("gold.json"))?)?;
    let mut documents = Vec::new();
    for (name, entry) in gold {
        let bytes = fs::read(set.join("raw").join(&name))?;
        let text = String::from_utf8(bytes.clone())?;
        let mut names = Vec::new();
        for span in entry["spans"].as_array().into_iter().flatten() {
            let kind = TYPES.iter().position(|t| span["types"][0] == **t);
            let ends = span["start"].as_u64().zip(span["end"].as_u64());
            if let Some((kind, (start, end))) = kind.zip(ends) {
                let ends = (usize::try_from(start)?, usize::try_from(end)?);
                let (start, end) = bare(&text, ends, kind == 0);
                names.push((start, end, kind));
            }
        }
        names.sort_unstable();
        let raw = RawBytes { sha256: digest(&bytes), bytes };
        let parts = analyse(&name, &raw, None, data)?.documents.into_iter().map(|document| {
            let sentences: Vec<Span> = document.sentences.iter().map(|s| s.span).collect();
            Part {
                tokens: Tokens::new(&document.text, &sentences, &data.mentions.lexicon),
                document,
            }
        });
        let parts = parts.collect();
        let set = set.file_name().unwrap_or_default().to_string_lossy().into_owned();
        documents.push(Document {
            set,
            name,
            weight,
            parts,
            names,
            ignore: pairs(&entry["ignore"]),
        });
    }
    Ok(documents)
}

/// A document's parts for the trainer.
fn texts<'t>(document: &'t Document<'_>, out: &mut Vec<Text<'t>>) {
    let half = number(&document.name) >> 12 & 1 == 1;
    for part in &document.parts {
        let (text, tokens) = (part.document.text.as_str(), &part.tokens);
        let mentions = &part.document.mentions;
        let mut windows = Vec::new();
        View::new(text, tokens, &WordTable::default(), mentions).windows(|window| {
            let labels = labels(document, part, window.clone());
            windows.push((window, labels));
        });
        out.push(Text { text, tokens, mentions, windows, weight: document.weight, half });
    }
}

/// The right labels of a window's words, if they are known.
fn labels(
    document: &Document<'_>,
    part: &Part<'_>,
    window: std::ops::Range<usize>,
) -> Option<Vec<u8>> {
    let words = &part.tokens.words[window];
    let raw: Vec<Span> = words.iter().map(|w| part.document.origin.to_raw(w.span())).collect();
    let (start, end) = (raw[0].start as usize, raw[raw.len() - 1].end as usize);
    if document.ignore.iter().any(|&(from, to)| from < end && start < to) {
        return None;
    }
    let mut labels = vec![0; words.len()];
    for &(from, to, kind) in &document.names {
        if from >= end || to <= start {
            continue;
        }
        // A name that no window holds as a whole teaches nothing.
        if from < start || to > end + 1 {
            return None;
        }
        let first = raw.iter().position(|w| w.end as usize > from)?;
        let last = raw.iter().rposition(|w| (w.start as usize) < to)?;
        for (at, own) in labels.iter_mut().enumerate().take(last + 1).skip(first) {
            *own = u8::try_from(label(kind, at == first, at == last)).unwrap_or(0);
        }
    }
    Some(labels)
}

/// What the lists say of words: see `docs/tagger.md`.
fn words(path: &Path) -> Result<Vec<(u32, u8)>> {
    let mut words = BTreeSet::new();
    for line in fs::read_to_string(path)?.lines().filter(|line| !line.starts_with('#')) {
        let (word, value) = line.split_once('\t').ok_or("a line without tab")?;
        words.insert((hash_of(word), value.parse()?));
    }
    Ok(words.into_iter().collect())
}

fn fit<'t>(documents: impl IntoIterator<Item = &'t Document<'t>>, words: &[(u32, u8)]) -> Vec<u8> {
    let mut all = Vec::new();
    for document in documents {
        texts(document, &mut all);
    }
    train(&all, words, SETTINGS)
}

/// The names that rules and model find together, as the scorer reads them.
fn predict(document: &Document<'_>, tagger: &Tagger<'_>) -> Vec<Value> {
    let mut out = Vec::new();
    for part in &document.parts {
        let rules = part.document.mentions.clone();
        for mention in mentions::settle(tagger.find(&part.document.text, &part.tokens, rules)) {
            let kind = match mention.kind {
                MentionKind::Person => TYPES[0],
                MentionKind::Organization | MentionKind::ArmedGroup => TYPES[1],
                MentionKind::State | MentionKind::Place => TYPES[2],
                _ => continue,
            };
            let raw = part.document.origin.to_raw(mention.span);
            out.push(json!({ "start": raw.start, "end": raw.end, "type": kind }));
        }
    }
    out
}

fn cross_validate(
    documents: &[Document<'_>],
    words: &[(u32, u8)],
    folds: u32,
    out: &Path,
) -> Result<()> {
    let mut found: BTreeMap<&str, BTreeMap<&str, Vec<Value>>> = BTreeMap::new();
    for fold in 0..folds {
        let (own, rest): (Vec<_>, Vec<_>) =
            documents.iter().partition(|document| number(&document.name) % folds == fold);
        let bytes = fit(rest, words);
        let tagger = Tagger::read(&bytes)?;
        for document in own {
            let set = found.entry(&document.set).or_default();
            set.insert(&document.name, predict(document, &tagger));
        }
    }
    write(&found, out)
}

fn write(found: &BTreeMap<&str, BTreeMap<&str, Vec<Value>>>, out: &Path) -> Result<()> {
    for (set, found) in found {
        fs::write(out.join(format!("{set}.json")), serde_json::to_vec(found)?)?;
    }
    Ok(())
}

fn main() -> Result<()> {
    let mut options: BTreeMap<String, String> = BTreeMap::new();
    let mut sets: Vec<(PathBuf, i32)> = Vec::new();
    let mut args = env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.strip_prefix("--") {
            Some(name) => {
                options.insert(name.to_owned(), args.next().ok_or("an option without value")?);
            }
            None => match arg.rsplit_once('=') {
                Some((set, weight)) => sets.push((set.into(), weight.parse()?)),
                None => sets.push((arg.into(), 1)),
            },
        }
    }
    let data = Data::load_without_tagger(None)?;
    let words = options.get("words").map_or(Ok(Vec::new()), |path| words(Path::new(path)))?;
    let mut documents = Vec::new();
    for (set, weight) in &sets {
        documents.extend(read(set, *weight, &data)?);
    }
    println!("{} documents", documents.len());
    if let Some(folds) = options.get("folds") {
        let out = options.get("predictions").ok_or("--predictions DIR is missing")?;
        fs::create_dir_all(out)?;
        return cross_validate(&documents, &words, folds.parse()?, Path::new(out));
    }
    let held = options.get("held").map_or("", String::as_str);
    if let Some(model) = options.get("model") {
        let out = options.get("predictions").ok_or("--predictions DIR is missing")?;
        fs::create_dir_all(out)?;
        let bytes = fs::read(model)?;
        let tagger = Tagger::read(&bytes)?;
        let mut found: BTreeMap<&str, BTreeMap<&str, Vec<Value>>> = BTreeMap::new();
        for document in documents.iter().filter(|d| held.is_empty() || is_held(d, held)) {
            let set = found.entry(&document.set).or_default();
            set.insert(&document.name, predict(document, &tagger));
        }
        return write(&found, Path::new(out));
    }
    let bytes = fit(documents.iter().filter(|d| !is_held(d, held)), &words);
    println!("{} bytes, sha256 {}", bytes.len(), digest(&bytes));
    if let Some(path) = options.get("check") {
        let same = fs::read(path)? == bytes;
        return if same { Ok(()) } else { Err(format!("{path} has other bytes").into()) };
    }
    Ok(fs::write(options.get("out").ok_or("--out FILE is missing")?, bytes)?)
}
