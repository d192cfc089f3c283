//! Golden files: plain texts in `tests/layout`, with what a reader says of them (`.expected`, made
//! by hand) and the full record of what the stages say (`.golden`).
//!
//! `BLESS=1` writes the golden files anew, for a look at the difference.

use rapporteur::layout::{Layout, LayoutRules, layout, layout_among};
use rapporteur::metadata::{Metadata, MetadataRules, metadata};
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/layout")
}

fn names() -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder())
        .unwrap()
        .filter_map(|e| e.unwrap().file_name().to_str()?.strip_suffix(".txt").map(str::to_owned))
        .collect();
    names.sort();
    names
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The first and last words of a block, as the files show them.
fn preview(text: &str) -> String {
    let chars: Vec<char> = folded(text).chars().collect();
    if chars.len() <= 70 {
        return chars.into_iter().collect();
    }
    let (head, tail) = (&chars[..40], &chars[chars.len() - 24..]);
    head.iter().collect::<String>() + " … " + &tail.iter().collect::<String>()
}

fn content(text: &str, found: &Layout, document: u32) -> String {
    let own = found.blocks.iter().filter(|b| b.document == Some(document) && b.kind.is_kept());
    own.map(|b| folded(b.span.of(text))).collect::<Vec<_>>().join("\n\n")
}

fn fields(m: &Metadata) -> Vec<(&'static str, Option<String>)> {
    vec![
        ("title", m.title.clone()),
        ("author", m.author.clone()),
        ("publisher", m.publisher.clone()),
        ("section", m.section.clone()),
        ("issue", m.issue.clone()),
        ("url", m.url.clone()),
        ("published", m.published.map(|p| p.date.to_string())),
        ("precision", m.published.map(|p| p.precision.as_str().to_owned())),
        ("source", Some(m.published_source.as_str().to_owned())),
        ("published_not_before", m.published_not_before.map(|d| d.to_string())),
        ("genre", m.genre.map(|g| g.as_str().to_owned())),
        ("language", Some(m.language.clone())),
    ]
}

struct Outcome {
    blocks: Vec<String>,
    rules: Vec<String>,
    metadata: Vec<Vec<(&'static str, Option<String>)>>,
}

fn run(name: &str) -> Outcome {
    static RULES: OnceLock<(LayoutRules, MetadataRules)> = OnceLock::new();
    let (rules, metadata_rules) = RULES
        .get_or_init(|| (LayoutRules::embedded().unwrap(), MetadataRules::embedded().unwrap()));
    let text = fs::read_to_string(folder().join(format!("{name}.txt"))).unwrap();
    let found = layout(&text, rules);
    let blocks = found.blocks.iter().map(|b| {
        let document = b.document.map_or("-".to_owned(), |d| d.to_string());
        format!("{document} {} | {}", b.kind.as_str(), preview(b.span.of(&text)))
    });
    let metadata = (0..found.documents)
        .map(|d| fields(&metadata(&text, &found, d, &content(&text, &found, d), metadata_rules)));
    Outcome {
        blocks: blocks.collect(),
        rules: found.blocks.iter().map(|b| b.rule.to_owned()).collect(),
        metadata: metadata.collect(),
    }
}

/// What differs from the expectations: (blocks wrong, blocks, fields wrong, fields, messages).
fn compare(name: &str) -> (usize, usize, usize, usize, Vec<String>) {
    let outcome = run(name);
    let expected = fs::read_to_string(folder().join(format!("{name}.expected"))).unwrap();
    let mut messages = Vec::new();
    let wanted: Vec<&str> = expected.lines().filter(|l| !l.starts_with("# ")).collect();
    let mut wrong = 0;
    for line in &wanted {
        if !outcome.blocks.iter().any(|b| b == line) {
            wrong += 1;
            messages.push(format!("{name}: wanted {line}"));
        }
    }
    for (block, rule) in outcome.blocks.iter().zip(&outcome.rules) {
        if !wanted.contains(&block.as_str()) {
            messages.push(format!("{name}:    got {block} ({rule})"));
        }
    }
    if messages.is_empty() && wanted != outcome.blocks {
        messages.push(format!("{name}: other order or number of blocks"));
    }
    let (mut fields_wrong, mut fields) = (0, 0);
    for line in expected.lines().filter_map(|l| l.strip_prefix("# ")) {
        let (number, entries) = line.split_once(' ').unwrap();
        let mine = outcome.metadata.get(number.parse::<usize>().unwrap());
        for entry in entries.split("; ") {
            let Some((key, value)) = entry.split_once('=') else { continue };
            fields += 1;
            let found =
                mine.and_then(|m| m.iter().find(|(k, _)| *k == key)).and_then(|(_, v)| v.clone());
            let found = found.unwrap_or_else(|| "null".to_owned());
            if !value.split('|').any(|v| v == found) {
                fields_wrong += 1;
                messages
                    .push(format!("{name}: document {number} {key} is {found}, wanted {value}"));
            }
        }
    }
    (wrong, wanted.len(), fields_wrong, fields, messages)
}

#[test]
fn files_read_as_a_reader_reads_them() {
    let (mut totals, mut messages) = ([0; 4], Vec::new());
    let mut clean = 0;
    let picked = names();
    for name in &picked {
        let (a, b, c, d, more) = compare(name);
        for (total, value) in totals.iter_mut().zip([a, b, c, d]) {
            *total += value;
        }
        clean += usize::from(more.is_empty());
        messages.extend(more);
    }
    let [wrong, blocks, fields_wrong, fields] = totals;
    assert!(
        messages.is_empty(),
        "{}\n{clean} of {} files right, {wrong} of {blocks} blocks and {fields_wrong} of {fields} fields wrong",
        messages.join("\n"),
        picked.len()
    );
}

#[test]
fn golden_files() {
    let rewrite = std::env::var_os("BLESS").is_some();
    for name in names() {
        let outcome = run(&name);
        let mut record = String::new();
        for (block, rule) in outcome.blocks.iter().zip(&outcome.rules) {
            let (head, text) = block.split_once(" | ").unwrap();
            writeln!(record, "{head} | {rule} | {text}").unwrap();
        }
        for (number, fields) in outcome.metadata.iter().enumerate() {
            writeln!(record, "# document {number}").unwrap();
            for (key, value) in fields {
                if let Some(value) = value {
                    writeln!(record, "# {key}: {value}").unwrap();
                }
            }
        }
        let path = folder().join(format!("{name}.golden"));
        if rewrite {
            fs::write(&path, &record).unwrap();
        }
        assert_eq!(fs::read_to_string(&path).unwrap_or_default(), record, "{name}");
    }
}

#[test]
fn lines_of_many_files_are_navigation() {
    let rules = LayoutRules::embedded().unwrap();
    let text = "The Example Daily Online\nTalks open again\nThe envoys met again on Monday in the old town, officials there said on Tuesday.\nThe Example Daily Online\n";
    let known = |line: &str| line == "The Example Daily Online";
    let kinds =
        |found: Layout| -> Vec<&str> { found.blocks.iter().map(|b| b.kind.as_str()).collect() };
    let alone = kinds(layout(text, &rules));
    let among = kinds(layout_among(text, &rules, &known));
    assert_eq!(among, ["navigation", "title", "paragraph", "navigation"]);
    assert_ne!(alone, among);
}

/// What says something by itself stays what it is, in however many files it stands.
#[test]
fn titles_places_and_prose_of_many_files_stay() {
    let rules = LayoutRules::embedded().unwrap();
    let text = "The week in the valley\nGENEVA\n3 May 2016\nThe envoys met again on Monday in the old town, officials there said on Tuesday.\nOfficials did not answer questions about the talks when they were asked for an answer on Monday.\n";
    let found = layout_among(text, &rules, &|_| true);
    let kinds: Vec<&str> = found.blocks.iter().map(|b| b.kind.as_str()).collect();
    assert_eq!(kinds, ["title", "dateline", "dateline", "paragraph", "paragraph"]);
}
