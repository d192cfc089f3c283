//! A finished dataset against annotation: precision, recall and F1 of blocks, sentences, mentions and
//! times, with confidence intervals, and a list of what differs.
//!
//! In: gold (`gold::read` says in which forms), the folder of a dataset, and the raw folder that it
//! was made from. Out: tables ([`Listing`]). Positions are bytes of the raw files throughout, so gold in
//! what a dataset leaves out counts as missed. Assumes that found rows of one kind do not overlap.

pub mod gold;
mod score;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::path::Path;

use crate::error::{Error, Result};
use crate::listing::{Listing, Value};
use crate::read::{Cell, each_row, text_column};
use crate::source::Cursor;
use crate::stats::Tables;
use gold::{Gold, GoldFile, Item};
use score::{Measure, Scores};

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// Rows of `blocks`.
    Blocks,
    /// Rows of `sentences`.
    Sentences,
    /// Rows of `mentions` that are names or quantities; their value is the entity.
    Mentions,
    /// Rows of `mentions` that are dates, times, durations or sets; their value is that of TIMEX3.
    Dates,
}

/// The kinds of mentions that are times.
const TIMES: [&str; 4] = ["date", "time", "duration", "set"];

impl Layer {
    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Blocks => "blocks",
            Self::Sentences => "sentences",
            Self::Mentions => "mentions",
            Self::Dates => "dates",
        }
    }

    /// Whether the kind must be right too, for all kinds together.
    fn is_typed(self) -> bool {
        matches!(self, Self::Blocks | Self::Mentions)
    }
}

/// Where gold, dataset and raw files are.
#[derive(Debug, Clone)]
pub struct Request<'p> {
    /// A file of gold, or a folder with such files.
    pub gold: &'p Path,
    /// The dataset's folder.
    pub dataset: &'p Path,
    /// The raw folder that the dataset was made from.
    pub raw: &'p Path,
    /// Whether gold outside the sentences of the dataset, such as in removed blocks, is left out.
    pub only_kept: bool,
}

/// A row of the dataset.
#[derive(Debug, Clone, PartialEq)]
struct Found {
    range: Range<usize>,
    kind: String,
    value: Option<String>,
}

/// Gold and rows of one layer in one file.
#[derive(Debug, Default)]
struct Both {
    gold: Vec<Item>,
    found: Vec<Found>,
}

/// Everything that is compared.
struct Compared {
    /// Names, raw bytes, and where the dataset's sentences stand.
    files: Vec<(String, Vec<u8>, Vec<Range<usize>>)>,
    /// By layer, for each file.
    layers: BTreeMap<Layer, Vec<Both>>,
    notes: Vec<String>,
}

/// The figures: a row for each layer, kind and measure.
///
/// `strict` wants the same bytes, `overlap` any common byte, one to one, exact ones first; both want
/// the same kind, but for all sentences and all times together. `value` and `entity` are overlapping
/// ones of the same value, among gold that has one. Figures are in per cent; `f1_low` and `f1_high`
/// bound 95 of 100 resamples of the files (of the sentences, where there is one file).
///
/// # Errors
///
/// If gold, dataset or raw files cannot be read, or do not belong together.
pub fn scores(request: &Request<'_>) -> Result<Listing> {
    let compared = compare(request)?;
    let mut listing = Listing::new(&[
        "layer",
        "kind",
        "measure",
        "gold",
        "found",
        "right",
        "precision",
        "recall",
        "f1",
        "f1_low",
        "f1_high",
    ]);
    let units = units(&compared);
    for (layer, files) in &compared.layers {
        for row in score::rows(*layer, files, &units) {
            let Scores { kind, measure, total, interval } = row;
            let share = |part: u64, of: u64| Value::number(100.0 * score::ratio(part, of));
            let measure = match (measure, layer) {
                (Measure::Strict, _) => "strict",
                (Measure::Overlap, _) => "overlap",
                (Measure::Value, Layer::Mentions) => "entity",
                (Measure::Value, _) => "value",
            };
            let bound =
                |bound: Option<f64>| bound.map_or(Value::Null, |n| Value::number(100.0 * n));
            listing.rows.push(vec![
                Value::text(layer.as_str()),
                Value::text(kind),
                Value::text(measure),
                Value::Int(total.gold.cast_signed()),
                Value::Int(total.found.cast_signed()),
                Value::Int(total.right.cast_signed()),
                share(total.right, total.found),
                share(total.right, total.gold),
                Value::number(100.0 * total.f1()),
                bound(interval.map(|(low, _)| low)),
                bound(interval.map(|(_, high)| high)),
            ]);
        }
    }
    listing.notes = compared.notes;
    Ok(listing)
}

/// What differs: a row for each miss, each row without gold, and each that is not quite as the gold.
///
/// # Errors
///
/// As of [`scores`].
pub fn errors(request: &Request<'_>) -> Result<Listing> {
    let compared = compare(request)?;
    let names = ["place", "layer", "error", "gold", "gold_text", "found", "found_text"];
    let mut listing = Listing::new(&names);
    let mut rows = Vec::new();
    for (layer, files) in &compared.layers {
        for (both, (name, raw, _)) in files.iter().zip(&compared.files) {
            for fault in score::faults(*layer, both) {
                let text = |range: &Range<usize>| Value::text(shown(raw, range));
                let of = |kind: &str, value: Option<&str>| match value {
                    Some(value) => Value::text(format!("{kind} {value}").trim()),
                    None => Value::text(if kind.is_empty() { layer.as_str() } else { kind }),
                };
                let gold = fault.gold.map_or([Value::Null, Value::Null], |gold| {
                    [of(&gold.kind, gold.value.as_deref()), text(&gold.range)]
                });
                let found = fault.found.map_or([Value::Null, Value::Null], |found| {
                    [of(&found.kind, found.value.as_deref()), text(&found.range)]
                });
                let start = fault.gold.map_or(0, |gold| gold.range.start);
                let start = fault.found.map_or(start, |found| match fault.gold {
                    Some(_) => start,
                    None => found.range.start,
                });
                let what = vec![
                    Value::text(format!("{name}:{start}")),
                    Value::text(layer.as_str()),
                    Value::text(fault.what),
                ];
                rows.push((name, start, what.into_iter().chain(gold).chain(found).collect()));
            }
        }
    }
    rows.sort_by_key(|(name, start, _): &(_, _, Vec<Value>)| (*name, *start));
    listing.rows = rows.into_iter().map(|(_, _, row)| row).collect();
    listing.notes = compared.notes;
    Ok(listing)
}

/// Raw bytes on one line, the middle left out where they are many.
fn shown(raw: &[u8], range: &Range<usize>) -> String {
    const MOST: usize = 80;
    let text = String::from_utf8_lossy(raw.get(range.clone()).unwrap_or_default());
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let chars: Vec<char> = text.chars().collect();
    if chars.len() <= MOST {
        return text;
    }
    let (head, tail) = (&chars[..MOST / 2], &chars[chars.len() - MOST / 2..]);
    format!("{} … {}", head.iter().collect::<String>(), tail.iter().collect::<String>())
}

/// What is resampled: for each file where its units begin; one unit a file if there are several.
fn units(compared: &Compared) -> Vec<Vec<usize>> {
    let one = |_: &_| vec![0];
    let [(_, _, sentences)] = compared.files.as_slice() else {
        return compared.files.iter().map(one).collect();
    };
    let mut starts: Vec<usize> = sentences.iter().map(|range| range.start).collect();
    starts.sort_unstable();
    if let Some(first) = starts.first_mut() {
        *first = 0;
    }
    vec![if starts.is_empty() { vec![0] } else { starts }]
}

/// The numbers of the files that documents stand in.
type OfFiles = HashMap<String, usize>;

fn compare(request: &Request<'_>) -> Result<Compared> {
    let dataset = request.dataset;
    let tables = &Tables::of(dataset);
    let paths = digests(dataset, tables)?;
    let mut raw = Cursor::new(request.raw, &text_column(dataset));
    let Gold { files, mut notes } = gold::read(request.gold, &paths, &mut raw)?;
    if files.is_empty() {
        let message = "there is no gold for a file of the dataset";
        return Err(Error::Settings(format!("{:?}: {message}", request.gold)));
    }
    let of_files = of_files(dataset, tables, &files)?;
    let (mut layers, sentences) = found(dataset, tables, &files, &of_files)?;
    let mut look_alikes = (0, 0);
    for (number, file) in files.iter().enumerate() {
        for range in &file.look_alikes {
            let touched = layers.get(&Layer::Dates).is_some_and(|all| {
                all[number].found.iter().any(|found| overlap(&found.range, range) > 0)
            });
            look_alikes = (look_alikes.0 + usize::from(touched), look_alikes.1 + 1);
        }
        for (layer, items) in &file.layers {
            if let Some(both) = layers.get_mut(layer).and_then(|all| all.get_mut(number)) {
                both.gold.clone_from(items);
                if request.only_kept {
                    both.gold.retain(|item| inside(&sentences[number], &item.range));
                }
            }
        }
    }
    if look_alikes.1 > 0 {
        notes.push(format!("{} of {} look-alikes taken for times", look_alikes.0, look_alikes.1));
    }
    if let Some(mentions) = layers.get_mut(&Layer::Mentions) {
        notes.extend(fit_kinds(mentions));
    }
    let names = files.into_iter().zip(sentences);
    let files = names.map(|(file, sentences)| (file.name, file.raw, sentences)).collect();
    Ok(Compared { files, layers, notes })
}

fn of_files(dataset: &Path, tables: &Tables, files: &[GoldFile]) -> Result<OfFiles> {
    let mut of_files = OfFiles::new();
    each_row(dataset, tables.get("documents")?, &["doc_id", "source_path"], |cells| {
        if let Some(number) = number_of(files, cells[1].text()) {
            of_files.insert(cells[0].text().to_owned(), number);
        }
    })?;
    Ok(of_files)
}

/// The number of the file with this path; files are in the order of their names.
fn number_of(files: &[GoldFile], path: &str) -> Option<usize> {
    files.binary_search_by(|file| file.name.as_str().cmp(path)).ok()
}

/// The raw files of a dataset with their digests, which are empty where a file gave no document.
fn digests(dataset: &Path, tables: &Tables) -> Result<BTreeMap<String, String>> {
    let mut paths: BTreeMap<String, String> = BTreeMap::new();
    let names = ["source_path", "source_sha256"];
    each_row(dataset, tables.get("documents")?, &names, |cells| {
        paths.insert(cells[0].text().to_owned(), cells[1].text().to_owned());
    })?;
    each_row(dataset, tables.get("blocks")?, &["source_path"], |cells| {
        if !paths.contains_key(cells[0].text()) {
            paths.insert(cells[0].text().to_owned(), String::new());
        }
    })?;
    Ok(paths)
}

type Layers = BTreeMap<Layer, Vec<Both>>;

/// The rows of the layers that the gold has, and where sentences stand, in each file.
fn found(
    dataset: &Path,
    tables: &Tables,
    files: &[GoldFile],
    of_files: &OfFiles,
) -> Result<(Layers, Vec<Vec<Range<usize>>>)> {
    let wanted: BTreeSet<Layer> =
        files.iter().flat_map(|file| file.layers.keys().copied()).collect();
    let empty = || files.iter().map(|_| Both::default()).collect::<Vec<_>>();
    let mut layers: Layers = wanted.iter().map(|layer| (*layer, empty())).collect();
    let byte = |cell: &Cell| usize::try_from(cell.int()).unwrap_or(0);
    let row = |start: &Cell, end: &Cell, kind: &Cell, value: Option<&Cell>| Found {
        range: byte(start)..byte(end),
        kind: kind.text().to_owned(),
        value: value.filter(|value| !value.is_null()).map(Cell::csv),
    };
    if let Some(blocks) = layers.get_mut(&Layer::Blocks) {
        let names = ["source_path", "raw_start", "raw_end", "kind"];
        each_row(dataset, tables.get("blocks")?, &names, |cells| {
            if let Some(number) = number_of(files, cells[0].text()) {
                blocks[number].found.push(row(&cells[1], &cells[2], &cells[3], None));
            }
        })?;
    }
    let mut sentences = vec![Vec::new(); files.len()];
    let names = ["doc_id", "raw_start", "raw_end", "kind"];
    each_row(dataset, tables.get("sentences")?, &names, |cells| {
        let Some(number) = of_files.get(cells[0].text()) else { return };
        let found = row(&cells[1], &cells[2], &cells[3], None);
        sentences[*number].push(found.range.clone());
        if let Some(own) = layers.get_mut(&Layer::Sentences) {
            own[*number].found.push(found);
        }
    })?;
    let names = ["doc_id", "raw_start", "raw_end", "kind", "value", "entity_id"];
    if wanted.contains(&Layer::Mentions) || wanted.contains(&Layer::Dates) {
        each_row(dataset, tables.get("mentions")?, &names, |cells| {
            let Some(number) = of_files.get(cells[0].text()) else { return };
            let is_time = TIMES.contains(&cells[3].text());
            let (layer, value) =
                if is_time { (Layer::Dates, &cells[4]) } else { (Layer::Mentions, &cells[5]) };
            if let Some(own) = layers.get_mut(&layer) {
                own[*number].found.push(row(&cells[1], &cells[2], &cells[3], Some(value)));
            }
        })?;
    }
    for both in layers.values_mut().flatten() {
        both.found.sort_by_key(|found| (found.range.start, found.range.end));
    }
    Ok((layers, sentences))
}

/// Bytes that two ranges share.
fn overlap(one: &Range<usize>, other: &Range<usize>) -> usize {
    one.end.min(other.end).saturating_sub(one.start.max(other.start))
}

/// Whether one of the ranges holds all of `range`.
fn inside(ranges: &[Range<usize>], range: &Range<usize>) -> bool {
    ranges.iter().any(|own| own.start <= range.start && range.end <= own.end)
}

/// Brings the kinds of mentions that were found to those that the gold tells apart: states are places
/// and armed groups organizations where it has no such kind, and kinds that it has not are left out.
fn fit_kinds(files: &mut [Both]) -> Vec<String> {
    let known: BTreeSet<String> =
        files.iter().flat_map(|both| &both.gold).map(|item| item.kind.clone()).collect();
    let mut left_out: BTreeSet<String> = BTreeSet::new();
    for both in files {
        both.found.retain_mut(|found| {
            let wider = match found.kind.as_str() {
                "state" => "place",
                "armed_group" => "organization",
                own => own,
            };
            if !known.contains(&found.kind) && known.contains(wider) {
                found.kind = wider.to_owned();
            }
            let is_known = known.contains(&found.kind);
            if !is_known {
                left_out.insert(found.kind.clone());
            }
            is_known
        });
    }
    let names: Vec<String> = left_out.into_iter().collect();
    let note = format!("kinds that the gold has not are left out: {}", names.join(", "));
    if names.is_empty() { Vec::new() } else { vec![note] }
}
