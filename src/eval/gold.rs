//! Annotation in the forms that it comes in, as ranges of bytes of raw files.
//!
//! In: a file, or a folder with files (those below it too):
//!
//! - `*.json`: objects of the form of `tests/gold/` of this project. `{"files": {NAME: {"blocks": [..],
//!   "sentences": [..]}}}` and `{NAME: [mention, ..]}` with `raw_start`, `raw_end`, `kind`, `accept`,
//!   `entity_id`; `{"docs": {NAME: {"timex": [..], "not_time": [..]}}}` with `start`, `end`, `type`,
//!   `value`, `also`, `optional`. Positions are bytes of the raw file, NAME its path below `RAW_DIR`.
//! - `*.ann` of brat beside a `*.txt`: text-bound annotations (`T`), with the values of attributes named
//!   `value` (`A`). Positions are code points of the `.txt`, which must be the raw file.
//! - `*.conllu`: sentences with `# text`, and names as `Entity=` in MISC, as GUM writes them. Texts are
//!   found in the raw file `ID.txt` of `# newdoc id = ID`, or in that with the file's own name, white
//!   space aside.
//!
//! Out: items by file and layer. Assumes nothing of the files; a fault is told with file and line.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::Path;

use serde_json::Value;
use walkdir::WalkDir;

use super::{Layer, TIMES};
use crate::error::{DataError, Error, Result};
use crate::mentions::MentionKind;
use crate::source::{Cursor, digest};

mod conllu;

/// A stretch of a raw file that readers marked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Item {
    /// Bytes of the raw file.
    pub range: Range<usize>,
    /// What it is; empty where the gold does not say.
    pub kind: String,
    /// Other kinds that count as right.
    pub also_kinds: Vec<String>,
    /// Its value, where it has one.
    pub value: Option<String>,
    /// Other values that count as right.
    pub also_values: Vec<String>,
    /// Whether it counts as neither right nor wrong.
    pub is_optional: bool,
}

impl Item {
    /// Whether a value is the item's or one that it accepts.
    #[must_use]
    pub fn accepts(&self, value: Option<&str>) -> bool {
        let Some(value) = value else { return false };
        self.value.as_deref() == Some(value) || self.also_values.iter().any(|also| also == value)
    }
}

/// The gold of a raw file.
#[derive(Debug, Clone)]
pub struct GoldFile {
    /// Its path below `RAW_DIR`.
    pub name: String,
    /// Its bytes.
    pub raw: Vec<u8>,
    /// Their digest.
    pub sha256: String,
    /// Items by layer, in order.
    pub layers: BTreeMap<Layer, Vec<Item>>,
    /// What is no time, though it looks like one.
    pub look_alikes: Vec<Range<usize>>,
}

/// All gold of a place.
#[derive(Debug, Default)]
pub(super) struct Gold {
    /// In the order of their names.
    pub(super) files: Vec<GoldFile>,
    pub(super) notes: Vec<String>,
}

/// Gold as it is gathered.
struct Gathered<'g> {
    files: BTreeMap<String, GoldFile>,
    /// Kinds that mean nothing here, with their numbers.
    unknown: BTreeMap<String, usize>,
    /// Gold for files that the dataset has not.
    absent: Vec<String>,
    /// The dataset's files with their digests, which are empty where they are not known.
    paths: &'g BTreeMap<String, String>,
    raw: &'g mut Cursor,
}

/// Reads all gold of a file or folder for raw files that are among `paths`, which must have the
/// digests that stand there.
pub(super) fn read(
    place: &Path,
    paths: &BTreeMap<String, String>,
    raw: &mut Cursor,
) -> Result<Gold> {
    fs::metadata(place).map_err(Error::io("read", place))?;
    let (files, unknown, absent) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
    let mut gathered = Gathered { files, unknown, absent, paths, raw };
    let mut there = 0;
    for entry in WalkDir::new(place).sort_by_file_name() {
        let entry = entry.map_err(|error| Error::Settings(format!("{place:?}: {error}")))?;
        let path = entry.path();
        let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
        if !entry.file_type().is_file() || !["json", "ann", "conllu"].contains(&extension) {
            continue;
        }
        there += 1;
        let text = fs::read_to_string(path).map_err(Error::io("read", path))?;
        match extension {
            "json" => json(path, &text, &mut gathered)?,
            "ann" => brat(path, place, &text, &mut gathered)?,
            _ => conllu::read(path, &text, &mut gathered)?,
        }
    }
    if there == 0 {
        return Err(Error::Settings(format!("{place:?} holds no .json, .ann or .conllu file")));
    }
    let mut notes = Vec::new();
    if !gathered.absent.is_empty() {
        gathered.absent.sort();
        gathered.absent.dedup();
        let names = gathered.absent.join(", ");
        notes.push(format!("gold for files that the dataset has not is left out: {names}"));
    }
    if !gathered.unknown.is_empty() {
        let names = gathered.unknown.iter().map(|(kind, n)| format!("{kind} ({n})"));
        let names = names.collect::<Vec<_>>().join(", ");
        notes.push(format!("gold of kinds that no mention has is left out: {names}"));
    }
    let mut files: Vec<GoldFile> = gathered.files.into_values().collect();
    for items in files.iter_mut().flat_map(|file| file.layers.values_mut()) {
        items.sort_by_key(|item| (item.range.start, item.range.end));
    }
    files.retain(|file| !file.layers.is_empty());
    Ok(Gold { files, notes })
}

/// A fault of a gold file.
fn fault(path: &Path, message: impl Into<String>) -> Error {
    DataError::new(path.display().to_string(), message).into()
}

impl Gathered<'_> {
    /// The entry of a raw file, whose bytes are read; `None` if the dataset has not the file. Gold may
    /// name it by its last part alone, if no other file ends so.
    fn file(&mut self, name: &str) -> Result<Option<&mut GoldFile>> {
        let ends = |path: &&String| path.rsplit('/').next() == Some(name);
        let mut same = self.paths.iter().filter(|(path, _)| ends(path));
        let exact = self.paths.get_key_value(name);
        let ((Some((path, sha256)), ..) | (None, Some((path, sha256)), None)) =
            (exact, same.next(), same.next())
        else {
            return Ok(None);
        };
        if !self.files.contains_key(path) {
            let raw = self.raw.read(path)?;
            if !sha256.is_empty() && *sha256 != raw.sha256 {
                return Err(Error::Settings(format!(
                    "{path:?} is not the file that the dataset was made from: its SHA-256 differs"
                )));
            }
            let file = GoldFile {
                name: path.clone(),
                raw: raw.bytes,
                sha256: raw.sha256,
                layers: BTreeMap::new(),
                look_alikes: Vec::new(),
            };
            self.files.insert(path.clone(), file);
        }
        Ok(self.files.get_mut(path))
    }

    /// The kind of a mention as the dataset names it, and the layer that it stands in; counts what has
    /// none.
    fn kind(&mut self, label: &str) -> Option<(Layer, &'static str)> {
        let kind = match label.to_lowercase().as_str() {
            "per" | "pers" => "person",
            "org" => "organization",
            "loc" | "gpe" | "fac" | "location" | "facility" => "place",
            "norp" => "demonym",
            own => {
                let Some(kind) = MentionKind::ALL.iter().find(|kind| kind.as_str() == own) else {
                    *self.unknown.entry(label.to_owned()).or_default() += 1;
                    return None;
                };
                kind.as_str()
            }
        };
        Some((if TIMES.contains(&kind) { Layer::Dates } else { Layer::Mentions }, kind))
    }
}

fn json(path: &Path, text: &str, gathered: &mut Gathered<'_>) -> Result<()> {
    let gold: Value = serde_json::from_str(text)
        .map_err(|error| DataError::new(path.display().to_string(), error.to_string()))?;
    let files = |key: &str| gold.get(key).and_then(Value::as_object);
    if let Some(files) = files("files") {
        for (name, entry) in files {
            let Some(file) = gathered.file(name)? else {
                gathered.absent.push(name.clone());
                continue;
            };
            if entry["sha256"].as_str().is_some_and(|sha256| sha256 != file.sha256) {
                let message = format!("{name} is not the file that was annotated");
                return Err(fault(path, message));
            }
            let blocks = items(path, &entry["blocks"], ["raw_start", "raw_end"], "kind", file)?;
            let mut sentences =
                items(path, &entry["sentences"], ["raw_start", "raw_end"], "kind", file)?;
            let numbers = entry["sentences"].as_array().into_iter().flatten();
            for (sentence, json) in sentences.iter_mut().zip(numbers) {
                let block = json["block"].as_u64().and_then(|at| blocks.get(at as usize));
                if let Some(block) = block {
                    sentence.kind.clone_from(&block.kind);
                }
            }
            for (layer, items) in [(Layer::Blocks, blocks), (Layer::Sentences, sentences)] {
                if !items.is_empty() {
                    file.layers.entry(layer).or_default().extend(items);
                }
            }
        }
    } else if let Some(files) = files("docs") {
        for (name, entry) in files {
            let Some(file) = gathered.file(name)? else {
                gathered.absent.push(name.clone());
                continue;
            };
            let times = items(path, &entry["timex"], ["start", "end"], "type", file)?;
            let not_times = items(path, &entry["not_time"], ["start", "end"], "type", file)?;
            file.look_alikes.extend(not_times.into_iter().map(|item| item.range));
            file.layers.entry(Layer::Dates).or_default().extend(times);
        }
    } else if let Some(files) = gold.as_object() {
        for (name, mentions) in files {
            if !mentions.is_array() {
                let message =
                    format!("{name}: expected the key files or docs, or a list of mentions");
                return Err(fault(path, message));
            }
            let Some(file) = gathered.file(name)? else {
                gathered.absent.push(name.clone());
                continue;
            };
            let mentions = items(path, mentions, ["raw_start", "raw_end"], "kind", file)?;
            for item in mentions {
                let Some((layer, kind)) = gathered.kind(&item.kind) else { continue };
                let item = Item { kind: kind.to_owned(), ..item };
                if let Some(file) = gathered.file(name)? {
                    file.layers.entry(layer).or_default().push(item);
                }
            }
        }
    } else {
        return Err(fault(path, "expected a JSON object"));
    }
    Ok(())
}

/// The items of a list, whose ranges must lie in the file.
fn items(
    path: &Path,
    list: &Value,
    [start, end]: [&str; 2],
    kind: &str,
    file: &GoldFile,
) -> Result<Vec<Item>> {
    let texts = |value: &Value| -> Vec<String> {
        let all = value.as_array().into_iter().flatten().filter_map(Value::as_str);
        all.map(str::to_owned).collect()
    };
    let lower = |value: &Value| value.as_str().unwrap_or_default().to_lowercase();
    let list = list.as_array().into_iter().flatten();
    list.map(|json| {
        let at = |key: &str| json[key].as_u64().and_then(|n| usize::try_from(n).ok());
        let range = match (at(start), at(end)) {
            (Some(start), Some(end)) if start <= end && end <= file.raw.len() => start..end,
            _ => {
                let message = format!("{}: {json} has no {start} and {end} in the file", file.name);
                return Err(fault(path, message));
            }
        };
        let value = json["value"].as_str().or_else(|| json["entity_id"].as_str());
        Ok(Item {
            range,
            kind: lower(&json[kind]),
            also_kinds: texts(&json["accept"]),
            value: value.map(str::to_owned),
            also_values: texts(&json["also"]),
            is_optional: json["optional"] == true,
        })
    })
    .collect()
}

/// brat's standoff format: `T1<TAB>Person 0 5<TAB>words`, `A1<TAB>value T1 2016-01-01`.
fn brat(path: &Path, place: &Path, text: &str, gathered: &mut Gathered<'_>) -> Result<()> {
    let own = path.with_extension("txt");
    let below = own.strip_prefix(place).ok().filter(|below| !below.as_os_str().is_empty());
    let name = below.unwrap_or_else(|| own.file_name().map_or(own.as_path(), Path::new));
    let name = name.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>();
    let name = name.join("/");
    let bytes = fs::read(&own).map_err(Error::io("read", &own))?;
    let Some(file) = gathered.file(&name)? else {
        gathered.absent.push(name);
        return Ok(());
    };
    if file.sha256 != digest(&bytes) {
        return Err(fault(path, format!("{own:?} is not the raw file {:?}", file.name)));
    }
    let Ok(words) = std::str::from_utf8(&bytes) else {
        return Err(fault(path, format!("{own:?} is not UTF-8, which brat's positions count in")));
    };
    // The byte of each code point, and the end.
    let bytes: Vec<usize> = words.char_indices().map(|(at, _)| at).chain([words.len()]).collect();
    let mut items: BTreeMap<&str, (String, Item)> = BTreeMap::new();
    let mut values: Vec<(&str, &str)> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let wrong = |expected: &str| -> Error {
            let fault = DataError::new(path.display().to_string(), format!("expected {expected}"));
            fault.at_line(number as u64 + 1).into()
        };
        let mut fields = line.split('\t');
        let (id, about) = (fields.next().unwrap_or_default(), fields.next().unwrap_or_default());
        match id.as_bytes().first() {
            Some(b'T') => {
                let expected = "ID, a tab, LABEL START END";
                let (label, ranges) = about.split_once(' ').ok_or_else(|| wrong(expected))?;
                // Of several stretches what lies between the first and the last belongs to it too.
                let mut ends = ranges.split([' ', ';']).map(|n| n.parse::<usize>().ok());
                let first = ends.next().flatten();
                let last = ends.next_back().flatten();
                let (Some(start), Some(end)) = (first, last) else { return Err(wrong(expected)) };
                let (Some(start), Some(end)) = (bytes.get(start), bytes.get(end.max(start))) else {
                    return Err(wrong("positions inside the text"));
                };
                let item = Item { range: *start..*end, ..Item::default() };
                items.insert(id, (label.to_owned(), item));
            }
            Some(b'A' | b'M') => {
                let mut parts = about.splitn(3, ' ');
                if let (Some(name), Some(of), Some(value)) =
                    (parts.next(), parts.next(), parts.next())
                    && name.eq_ignore_ascii_case("value")
                {
                    values.push((of, value));
                }
            }
            // Relations, events, notes and the like say nothing of stretches of text.
            _ => {}
        }
    }
    for (of, value) in values {
        if let Some((_, item)) = items.get_mut(of) {
            item.value = Some(value.to_owned());
        }
    }
    // A text without annotations is annotated too.
    let mut own: Vec<(Layer, Item)> = Vec::new();
    for (label, item) in items.into_values() {
        if let Some((layer, kind)) = gathered.kind(&label) {
            own.push((layer, Item { kind: kind.to_owned(), ..item }));
        }
    }
    if let Some(file) = gathered.file(&name)? {
        file.layers.entry(Layer::Mentions).or_default();
        for (layer, item) in own {
            file.layers.entry(layer).or_default().push(item);
        }
    }
    Ok(())
}
