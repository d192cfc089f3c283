//! Fits the weights of the sentence stage, which stand in `src/data/sentence_weights.tsv`.
//!
//! ```text
//! fit_sentences OUT FOLDER...        fits on every NAME.txt with gold spans in NAME.json, writes OUT
//! fit_sentences --folds 5 FOLDER...  cross-validates by documents: sentence F1 of each folder
//! fit_sentences --errors 5 FOLDER... the same, with every end, whether right, missing or superfluous
//! ```
//!
//! Logistic regression with an L1 penalty by FTRL-proximal (`McMahan` et al. 2013, "Ad Click Prediction:
//! a View from the Trenches"). The order of the examples comes from a fixed generator, so the same
//! folders give the same weights. After a change of the templates of features, the file of weights must
//! be emptied to its comments first.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "its figures are its output")]
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "counts of sentences and weights are small"
)]

use rapporteur::sentences::Splitter;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::{env, fmt::Write, fs, path::Path};

/// Weights are stored as whole hundredths.
const SCALE: f64 = 100.0;

/// The penalties and the learning rate of FTRL-proximal, chosen by cross-validation.
const L1: f64 = 1.0;
const L2: f64 = 1.0;
const RATE: f64 = 0.1;
/// Passes over the examples.
const EPOCHS: usize = 12;
/// Features that fewer documents have are left out.
const DOCUMENTS: usize = 3;

struct Document {
    folder: usize,
    text: String,
    gold: BTreeSet<(usize, usize)>,
}

struct Example {
    features: Vec<u32>,
    ends: bool,
}

fn read(folders: &[String]) -> Result<Vec<Document>, Box<dyn std::error::Error>> {
    let mut documents = Vec::new();
    for (folder, path) in folders.iter().enumerate() {
        let mut paths: Vec<_> =
            fs::read_dir(Path::new(path))?.filter_map(Result::ok).map(|e| e.path()).collect();
        paths.sort();
        for path in paths.iter().filter(|p| p.extension().is_some_and(|e| e == "txt")) {
            let text = fs::read_to_string(path)?;
            let stored: serde_json::Value =
                serde_json::from_str(&fs::read_to_string(path.with_extension("json"))?)?;
            let gold = serde_json::from_value(stored["spans"].clone())?;
            documents.push(Document { folder, text, gold });
        }
    }
    Ok(documents)
}

/// Fits on `documents`; gives the weight of every feature that has one.
fn fit(splitter: &Splitter, documents: &[&Document]) -> BTreeMap<String, i32> {
    let mut ids: HashMap<String, u32> = HashMap::new();
    let mut seen: Vec<(usize, usize)> = Vec::new();
    let mut examples = Vec::new();
    for (number, document) in documents.iter().enumerate() {
        let ends: BTreeSet<usize> = document.gold.iter().map(|span| span.1).collect();
        splitter.split_with(&document.text, |end, names| {
            let mut features = Vec::with_capacity(names.len());
            for name in names {
                let id = ids.get(name).copied().unwrap_or_else(|| {
                    let id = ids.len() as u32;
                    ids.insert(name.clone(), id);
                    seen.push((0, usize::MAX));
                    id
                });
                let (count, last) = seen[id as usize];
                if last != number {
                    seen[id as usize] = (count + 1, number);
                }
                features.push(id);
            }
            let ends = ends.contains(&end);
            examples.push(Example { features, ends });
            if ends { 1000 } else { -1000 }
        });
    }
    for example in &mut examples {
        example.features.retain(|&id| seen[id as usize].0 >= DOCUMENTS);
    }
    let (mut z, mut n) = (vec![0.0_f64; ids.len()], vec![0.0_f64; ids.len()]);
    let mut w = vec![0.0_f64; ids.len()];
    let mut order: Vec<usize> = (0..examples.len()).collect();
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    for _ in 0..EPOCHS {
        for i in (1..order.len()).rev() {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            order.swap(i, (random % (i as u64 + 1)) as usize);
        }
        for &at in &order {
            let example = &examples[at];
            let mut score = 0.0;
            for &id in &example.features {
                let id = id as usize;
                w[id] = if z[id].abs() <= L1 {
                    0.0
                } else {
                    -(z[id] - z[id].signum() * L1) / ((1.0 + n[id].sqrt()) / RATE + L2)
                };
                score += w[id];
            }
            let gradient = 1.0 / (1.0 + (-score).exp()) - f64::from(u8::from(example.ends));
            if gradient.abs() < 1e-9 {
                continue;
            }
            for &id in &example.features {
                let id = id as usize;
                let sigma = ((n[id] + gradient * gradient).sqrt() - n[id].sqrt()) / RATE;
                z[id] += gradient - sigma * w[id];
                n[id] += gradient * gradient;
            }
        }
    }
    ids.into_iter()
        .filter_map(|(name, id)| {
            let weight = (w[id as usize] * SCALE).round() as i32;
            (weight != 0).then_some((name, weight))
        })
        .collect()
}

fn predict(
    splitter: &Splitter,
    weights: &BTreeMap<String, i32>,
    text: &str,
) -> BTreeSet<(usize, usize)> {
    let spans = splitter.split_with(text, |_, names| {
        names.iter().map(|name| weights.get(name).copied().unwrap_or(0)).sum::<i32>()
    });
    spans.iter().map(|s| (s.start as usize, s.end as usize)).collect()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = env::args().skip(1).collect();
    if args.len() < 2 {
        return Err("usage: fit_sentences OUT FOLDER... | --folds N FOLDER...".into());
    }
    let splitter = Splitter::embedded()?;
    if args.len() > 2 && args[0].starts_with("--") {
        let folds: usize = args[1].parse()?;
        let folders = &args[2..];
        let documents = read(folders)?;
        let mut counts = vec![[0_usize; 3]; folders.len()];
        for fold in 0..folds {
            let (held, kept): (Vec<_>, Vec<_>) =
                documents.iter().enumerate().partition(|(i, _)| i % folds == fold);
            let kept: Vec<_> = kept.into_iter().map(|(_, d)| d).collect();
            let weights = fit(splitter, &kept);
            for (_, document) in held {
                let found = predict(splitter, &weights, &document.text);
                let count = &mut counts[document.folder];
                count[0] += found.intersection(&document.gold).count();
                count[1] += found.len();
                count[2] += document.gold.len();
                if args[0] == "--errors" {
                    show(document, &found);
                }
            }
        }
        for (folder, [right, found, gold]) in folders.iter().zip(counts) {
            let f1 = 200.0 * right as f64 / (found + gold) as f64;
            let (p, r) = (right as f64 / found as f64, right as f64 / gold as f64);
            println!("{folder}: P {:.2} R {:.2} F1 {f1:.2}", 100.0 * p, 100.0 * r);
        }
        return Ok(());
    }
    let documents = read(&args[1..])?;
    let weights = fit(splitter, &documents.iter().collect::<Vec<_>>());
    let mut out = String::from(
        "# Weights of the classifier of sentence ends, in hundredths: a feature with its parts, a tab, its weight.\n\
         # Made by examples/fit_sentences.rs. Fitted on the training parts of UD English GUM (annotations CC BY 4.0) and\n\
         # UD English EWT (CC BY-SA 4.0), whose attribution stands in README. Sorted by code point.\n",
    );
    for (name, weight) in &weights {
        writeln!(out, "{name}\t{weight}")?;
    }
    fs::write(&args[0], out)?;
    println!("{} weights from {} documents", weights.len(), documents.len());
    Ok(())
}

/// Prints every end with whether it is right, superfluous or missing.
fn show(document: &Document, found: &BTreeSet<(usize, usize)>) {
    let ends: BTreeSet<usize> = document.gold.iter().map(|s| s.1).collect();
    let found: BTreeSet<usize> = found.iter().map(|s| s.1).collect();
    for &end in ends.union(&found) {
        let kind = match (ends.contains(&end), found.contains(&end)) {
            (true, true) => "right",
            (true, false) => "join",
            _ => "split",
        };
        let before: String = document.text[..end].chars().rev().take(50).collect();
        let before: String = before.chars().rev().collect();
        let after: String = document.text[end..].chars().take(40).collect();
        println!("{kind}\t{}\t{before:?} || {after:?}", document.folder);
    }
}
