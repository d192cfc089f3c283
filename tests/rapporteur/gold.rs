//! The committed dataset of the five texts against the annotation in `tests/gold/`: `seeds.json`
//! (documents, blocks, sentences) and `dates.json` (times and look-alikes) were made by expert readers
//! before the program, `mentions.json` (names) by reading the texts against the contract, after a first
//! version of the finders had run. `quantities.jsonl` holds sentences written for the project.
//!
//! Figures that were reached once are held here; the whole pipeline counts, not a stage alone.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

type Row = BTreeMap<String, String>;

fn table(name: &str) -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("output/{name}.csv"));
    csv::Reader::from_path(path).unwrap().deserialize().map(Result::unwrap).collect()
}

fn gold(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gold").join(name);
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn raw_range(row: &Row) -> (u64, u64) {
    (row["raw_start"].parse().unwrap(), row["raw_end"].parse().unwrap())
}

fn gold_range(value: &Value) -> (u64, u64) {
    (value["raw_start"].as_u64().unwrap(), value["raw_end"].as_u64().unwrap())
}

/// The rows of a table that come from `file`, by way of their document.
fn of_file<'r>(rows: &'r [Row], file: &str) -> Vec<&'r Row> {
    let stem = file.trim_end_matches(".txt");
    let own = |row: &&Row| match row.get("source_path") {
        Some(path) => path == file,
        None => row["doc_id"].rsplit_once('-').is_some_and(|(own, _)| own == stem),
    };
    rows.iter().filter(own).collect()
}

/// Whether `found` is the gold's value or one that it accepts; typographic quotes aside.
fn accepts(gold: &Value, found: &str) -> bool {
    let plain = |text: &str| text.replace('’', "'");
    let fits = |value: &Value| plain(value.as_str().unwrap_or("")) == plain(found);
    fits(&gold["value"]) || gold["accept"].as_array().is_some_and(|all| all.iter().any(fits))
}

#[test]
fn documents_and_their_metadata() {
    let (gold, documents) = (gold("seeds.json"), table("documents"));
    for (file, entry) in gold["files"].as_object().unwrap() {
        let own = of_file(&documents, file);
        let wanted = entry["documents"].as_array().unwrap();
        assert_eq!(own.len(), wanted.len(), "{file}");
        for (document, wanted) in own.iter().zip(wanted) {
            assert_eq!(raw_range(document), gold_range(wanted), "{file}");
            for field in [
                "title",
                "author",
                "publisher",
                "section",
                "issue",
                "published",
                "published_not_before",
                "genre",
                "language",
            ] {
                let found = &document[field];
                assert!(accepts(&wanted[field], found), "{file} {field}: {found:?}");
            }
        }
    }
}

#[test]
fn blocks_and_sentences() {
    let (gold, blocks, sentences) = (gold("seeds.json"), table("blocks"), table("sentences"));
    for (file, entry) in gold["files"].as_object().unwrap() {
        let own = of_file(&blocks, file);
        let wanted = entry["blocks"].as_array().unwrap();
        assert_eq!(own.len(), wanted.len(), "{file}");
        for (block, wanted) in own.iter().zip(wanted) {
            assert_eq!(raw_range(block), gold_range(wanted), "{file}: {}", block["text"]);
            let kind = &block["kind"];
            let accepted = wanted["accept"].as_array().into_iter().flatten();
            let fits = accepted.chain([&wanted["kind"]]).any(|k| k.as_str() == Some(kind));
            assert!(fits, "{file}: {kind} for {}", block["text"]);
        }
        let found: Vec<_> = of_file(&sentences, file).into_iter().map(raw_range).collect();
        let wanted: Vec<_> =
            entry["sentences"].as_array().unwrap().iter().map(gold_range).collect();
        assert_eq!(found, wanted, "{file}");
    }
}

/// Precision and recall of `found` against `wanted`, as F1.
fn f1<T: Ord>(found: &BTreeSet<T>, wanted: &BTreeSet<T>) -> f64 {
    let both = u32::try_from(found.intersection(wanted).count()).unwrap();
    let all = u32::try_from(found.len() + wanted.len()).unwrap();
    2.0 * f64::from(both) / f64::from(all)
}

#[test]
fn names() {
    let (gold, mentions) = (gold("mentions.json"), table("mentions"));
    let times_and_numbers = ["date", "time", "duration", "set", "quantity"];
    let (mut found, mut wanted, mut entities, mut linked) =
        (BTreeSet::new(), BTreeSet::new(), BTreeMap::new(), (0, 0));
    for (file, rows) in gold.as_object().unwrap() {
        for row in rows.as_array().unwrap() {
            let key = (file.clone(), gold_range(row), row["kind"].as_str().unwrap().to_owned());
            entities.insert(key.clone(), row["entity_id"].as_str().unwrap_or("").to_owned());
            wanted.insert(key);
        }
        for row in of_file(&mentions, file) {
            if !times_and_numbers.contains(&row["kind"].as_str()) {
                let key = (file.clone(), raw_range(row), row["kind"].clone());
                if let Some(entity) = entities.get(&key).filter(|e| !e.is_empty()) {
                    linked.1 += 1;
                    linked.0 += u32::from(*entity == row["entity_id"]);
                }
                found.insert(key);
            }
        }
    }
    let reached = f1(&found, &wanted);
    assert!(reached >= 0.98, "F1 {reached:.4}; missed {:?}", wanted.difference(&found));
    assert!(linked.0 * 100 >= linked.1 * 98, "linked {linked:?}");
}

#[test]
fn no_number_is_taken_for_a_time() {
    let (gold, mentions) = (gold("dates.json"), table("mentions"));
    for (file, entry) in gold["docs"].as_object().unwrap() {
        let times: Vec<(u64, u64)> = of_file(&mentions, file)
            .into_iter()
            .filter(|m| ["date", "time", "duration", "set"].contains(&m["kind"].as_str()))
            .map(raw_range)
            .collect();
        for look_alike in entry["not_time"].as_array().unwrap() {
            let start = look_alike["start"].as_u64().unwrap();
            let end = look_alike["end"].as_u64().unwrap();
            let taken = times.iter().any(|(s, e)| *s < end && start < *e);
            assert!(!taken, "{file}: {}", look_alike["text"]);
        }
    }
}
