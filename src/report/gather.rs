//! What a report says of a dataset, gathered in one pass over each table.
//!
//! In: the folder of a dataset. Out: counts over all of it, and the rows of the documents that are to be
//! shown. Assumes that mentions and sentences of a document follow each other. Of documents that are not
//! shown a few numbers are kept, and none of their texts.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use jiff::civil::Date;

use super::sample;
use crate::error::{Error, Result};
use crate::mentions::codebook::ENTITY_KINDS;
use crate::read::{Cell, Reader, Row, docvars, readable, rejects};
use crate::tables::{TableSpec, specs};
use crate::write::Format;

/// Bytes of a page that the documents may take at first; what they take in truth is seen later.
const ROOM: usize = 8_000_000;
/// Most bytes of blocks outside every document that are shown, per file.
const MOST_OUTSIDE: usize = 200_000;
/// Most raw files without a document whose blocks are shown.
const MOST_ORPHANS: usize = 20;
/// Most rows of a list of what is to be looked at.
pub(super) const MOST_LISTED: usize = 50;
/// Words that a sentence seldom has.
pub(super) const LONG_SENTENCE: i64 = 100;
/// Most entities whose mentions beside each other are counted.
pub(super) const MOST_NODES: usize = 40;
/// Entities whose mentions over time are counted.
pub(super) const MOST_LINES: usize = 5;

/// What a report needs of a document that it does not show.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) id: String,
    pub(super) published: Option<Date>,
    pub(super) raw_bytes: u64,
    pub(super) words: i64,
    pub(super) mentions: i64,
    /// Bytes of its blocks, and of those that were removed.
    pub(super) blocks: u64,
    pub(super) removed: u64,
}

/// A block, with its row.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) cells: Vec<Cell>,
    /// Whether it belongs to no document.
    pub(super) outside: bool,
}

/// What is shown as one: a document with its blocks, or the blocks of a raw file without a document.
#[derive(Debug, Default)]
pub(super) struct Unit {
    /// Number in [`Gathered::documents`].
    pub(super) document: Option<usize>,
    /// The document's row.
    pub(super) cells: Vec<Cell>,
    pub(super) source_path: String,
    pub(super) blocks: Vec<Block>,
    /// The rows of its mentions.
    pub(super) mentions: Vec<Vec<Cell>>,
    /// Bytes of blocks outside every document that were too many to be shown.
    pub(super) outside_hidden: u64,
}

/// An entity and how often it is spoken of.
#[derive(Debug)]
pub(super) struct Entity {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) side: String,
    pub(super) country: String,
    pub(super) place: Option<(f64, f64)>,
    pub(super) wikipedia: String,
    pub(super) mentions: i64,
    pub(super) documents: i64,
}

/// Blocks, and what they take of the raw files.
#[derive(Debug, Default)]
pub(super) struct Share {
    pub(super) blocks: usize,
    pub(super) bytes: u64,
}

/// How often an unlinked name stands.
#[derive(Debug, Default)]
pub(super) struct Unlinked {
    pub(super) mentions: usize,
    pub(super) documents: usize,
    last: Option<usize>,
}

/// Months since year 0, by which time is counted.
pub(super) type Month = i32;

/// The month of a day.
pub(super) fn month(day: Date) -> Month {
    Month::from(day.year()) * 12 + Month::from(day.month()) - 1
}

/// Everything that a report says.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) tables: Vec<TableSpec>,
    pub(super) documents: Vec<Document>,
    pub(super) units: Vec<Unit>,
    /// Documents that are shown, before the page turns out too large.
    pub(super) sampled: usize,
    /// In the order of the table.
    pub(super) entities: Vec<Entity>,
    /// Values of the documents' columns with their frequency.
    pub(super) publishers: BTreeMap<String, usize>,
    pub(super) genres: BTreeMap<String, usize>,
    pub(super) languages: BTreeMap<String, usize>,
    pub(super) encodings: BTreeMap<String, usize>,
    pub(super) duplicates: Vec<(String, String, f64)>,
    pub(super) files: usize,
    pub(super) sentences: usize,
    pub(super) mentions: usize,
    pub(super) blocks: usize,
    /// Bytes of all blocks, and of those that stand in a document's text.
    pub(super) block_bytes: u64,
    pub(super) kept_bytes: u64,
    pub(super) kinds: BTreeMap<String, usize>,
    pub(super) methods: BTreeMap<String, usize>,
    pub(super) linked: usize,
    /// By kind, and whether they were kept.
    pub(super) block_kinds: BTreeMap<(String, bool), Share>,
    /// What was removed, by rule and kind.
    pub(super) rules: BTreeMap<(String, String), Share>,
    pub(super) unlinked: BTreeMap<(String, String), Unlinked>,
    pub(super) published: BTreeMap<Month, usize>,
    pub(super) spoken_of: BTreeMap<Month, usize>,
    /// By the entity's place among [`Gathered::leading`] and the month of publication.
    pub(super) over_time: Vec<BTreeMap<Month, usize>>,
    /// Numbers of the entities with most mentions, most first.
    pub(super) leading: Vec<usize>,
    /// Sentences in which two of the leading entities stand, by their places among them.
    pub(super) pairs: BTreeMap<(usize, usize), usize>,
    pub(super) long_sentences: usize,
    /// The longest sentences: words and id.
    pub(super) longest: BTreeSet<(Reverse<i64>, String)>,
    pub(super) orphans: usize,
    pub(super) rejects: Vec<(String, String)>,
}

/// Reads a table; only the columns named, where its form allows it.
struct Pass<'a> {
    out_dir: &'a Path,
    spec: TableSpec,
    reader: Reader<'a>,
}

impl<'a> Pass<'a> {
    fn new(out_dir: &'a Path, spec: &TableSpec, only: &[&str]) -> Result<Self> {
        let mut spec = spec.clone();
        match readable(out_dir, spec.name) {
            Some(Format::Parquet) if !only.is_empty() => {
                spec.columns.retain(|column| only.contains(&column.name.as_str()));
            }
            Some(_) => {}
            None => {
                return Err(Error::Folders(format!(
                    "{out_dir:?} is not the folder of a dataset: {} is there in none of the forms that \
                     can be read row by row (Parquet, CSV, JSON Lines)",
                    spec.name
                )));
            }
        }
        let reader = Reader::new(out_dir, &spec);
        Ok(Self { out_dir, spec, reader })
    }

    fn cells(&mut self) -> Result<Option<Vec<Cell>>> {
        self.reader.next().map_err(|message| {
            let form = readable(self.out_dir, self.spec.name).map_or("parquet", Format::as_str);
            Error::Dataset {
                path: self.out_dir.join(format!("{}.{form}", self.spec.name)),
                message,
            }
        })
    }

    fn next(&mut self) -> Result<Option<Row<'_>>> {
        let cells = self.cells()?;
        Ok(cells.map(|cells| Row { spec: &self.spec, cells }))
    }
}

/// Reads all that a report says of the dataset in `out_dir`, at most `most` documents of it in full.
pub(super) fn gather(out_dir: &Path, most: usize) -> Result<Gathered> {
    let mut all = Gathered { tables: specs(&docvars(out_dir)), ..Gathered::default() };
    let sizes = documents(out_dir, &mut all)?;
    let chosen = sample::fitting(&sizes, most, ROOM);
    all.sampled = chosen.len();
    let mut shown = shown_documents(out_dir, &all, &chosen)?;
    let numbers: HashMap<String, usize> =
        all.documents.iter().enumerate().map(|(at, d)| (d.id.clone(), at)).collect();
    blocks(out_dir, &mut all, &mut shown, &numbers)?;
    entities(out_dir, &mut all)?;
    mentions(out_dir, &mut all, &numbers)?;
    sentences(out_dir, &mut all)?;
    all.rejects = rejects(out_dir)?;
    Ok(all)
}

impl Gathered {
    pub(super) fn spec(&self, name: &str) -> &TableSpec {
        // All five are there from the first on.
        self.tables.iter().find(|table| table.name == name).unwrap_or(&self.tables[0])
    }
}

fn tally(counts: &mut BTreeMap<String, usize>, value: &str) {
    if let Some(count) = counts.get_mut(value) {
        *count += 1;
    } else {
        counts.insert(value.to_owned(), 1);
    }
}

/// Bytes of a range that may be no range.
fn length(row: &Row<'_>) -> u64 {
    let (start, end) = row.range("raw");
    u64::try_from(end.saturating_sub(start)).unwrap_or(0)
}

/// Reads what is known of every document. Returns what each would take on a page, by estimate.
fn documents(out_dir: &Path, all: &mut Gathered) -> Result<Vec<usize>> {
    const COLUMNS: &[&str] = &[
        "doc_id",
        "source_path",
        "source_encoding",
        "raw_start",
        "raw_end",
        "publisher",
        "published",
        "genre",
        "language",
        "char_count",
        "word_count",
        "mention_count",
        "duplicate_of",
        "similarity",
    ];
    let mut sizes = Vec::new();
    let mut pass = Pass::new(out_dir, all.spec("documents"), COLUMNS)?;
    let mut last_path = String::new();
    while let Some(row) = pass.next()? {
        if row.text("source_path") != last_path {
            row.text("source_path").clone_into(&mut last_path);
            all.files += 1;
        }
        let published = match row.cell("published") {
            Cell::Day(day) => Some(*day),
            _ => None,
        };
        if let Some(day) = published {
            *all.published.entry(month(day)).or_default() += 1;
        }
        tally(&mut all.publishers, row.text("publisher"));
        tally(&mut all.genres, row.text("genre"));
        tally(&mut all.languages, row.text("language"));
        tally(&mut all.encodings, row.text("source_encoding"));
        let id = row.text("doc_id").to_owned();
        if let (Cell::Text(of), Cell::Float(similarity)) =
            (row.cell("duplicate_of"), row.cell("similarity"))
        {
            all.duplicates.push((id.clone(), of.clone(), *similarity));
        }
        let raw_bytes = length(&row);
        let count = |name: &str| usize::try_from(row.int(name)).unwrap_or(0);
        sizes.push(
            2_000
                + raw_bytes as usize * 4 / 3
                + count("char_count") * 5 / 4
                + count("mention_count") * 250,
        );
        all.documents.push(Document {
            id,
            published,
            raw_bytes,
            words: row.int("word_count"),
            mentions: row.int("mention_count"),
            blocks: 0,
            removed: 0,
        });
    }
    Ok(sizes)
}

/// The rows of the chosen documents, by their numbers.
fn shown_documents(
    out_dir: &Path,
    all: &Gathered,
    chosen: &[usize],
) -> Result<BTreeMap<usize, Vec<Cell>>> {
    let mut rows = BTreeMap::new();
    let mut pass = Pass::new(out_dir, all.spec("documents"), &[])?;
    let mut wanted = chosen.iter().copied().peekable();
    let mut number = 0;
    while let (Some(at), Some(cells)) = (wanted.peek(), pass.cells()?) {
        if *at == number {
            rows.insert(number, cells);
            wanted.next();
        }
        number += 1;
    }
    Ok(rows)
}

/// The document of a raw file that blocks follow.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Before {
    /// There is none yet.
    #[default]
    None,
    /// One that is not shown.
    Hidden,
    /// The one of this unit.
    Unit(usize),
}

/// Blocks of a raw file that no document has claimed yet.
#[derive(Default)]
struct Waiting {
    source_path: String,
    blocks: Vec<Block>,
    bytes: usize,
    hidden: u64,
    /// What the file's document before them is.
    after: Before,
}

impl Waiting {
    /// The raw file has ended: blocks that still wait are those of a file without a document.
    fn end_file(&mut self, all: &mut Gathered) {
        if self.after == Before::None && (!self.blocks.is_empty() || self.hidden > 0) {
            all.orphans += 1;
            if all.orphans <= MOST_ORPHANS {
                all.units.push(Unit {
                    source_path: self.source_path.clone(),
                    blocks: std::mem::take(&mut self.blocks),
                    outside_hidden: self.hidden,
                    ..Unit::default()
                });
            }
        }
        *self = Self::default();
    }
}

/// Reads the blocks, and makes the units of the page from the documents that are shown.
fn blocks(
    out_dir: &Path,
    all: &mut Gathered,
    shown: &mut BTreeMap<usize, Vec<Cell>>,
    numbers: &HashMap<String, usize>,
) -> Result<()> {
    let mut pass = Pass::new(out_dir, all.spec("blocks"), &[])?;
    let mut waiting = Waiting::default();
    let mut current = None;
    while let Some(row) = pass.next()? {
        let bytes = length(&row);
        let kept = *row.cell("kept") == Cell::Bool(true);
        all.blocks += 1;
        all.block_bytes += bytes;
        let of_kind = all.block_kinds.entry((row.text("kind").to_owned(), kept)).or_default();
        of_kind.blocks += 1;
        of_kind.bytes += bytes;
        if kept {
            all.kept_bytes += bytes;
        } else {
            let key = (row.text("rule").to_owned(), row.text("kind").to_owned());
            let of_rule = all.rules.entry(key).or_default();
            of_rule.blocks += 1;
            of_rule.bytes += bytes;
        }
        if row.text("source_path") != waiting.source_path {
            waiting.end_file(all);
            row.text("source_path").clone_into(&mut waiting.source_path);
            current = None;
        }
        let Some(number) = numbers.get(row.text("doc_id")).copied() else {
            let block = Block { cells: row.cells, outside: true };
            let size = bytes as usize;
            if waiting.bytes + size > MOST_OUTSIDE {
                waiting.hidden += bytes;
                if let Before::Unit(unit) = waiting.after {
                    all.units[unit].outside_hidden += bytes;
                }
                continue;
            }
            waiting.bytes += size;
            match waiting.after {
                Before::Unit(unit) => all.units[unit].blocks.push(block),
                Before::Hidden => {}
                Before::None => waiting.blocks.push(block),
            }
            continue;
        };
        let document = &mut all.documents[number];
        document.blocks += bytes;
        document.removed += if kept { 0 } else { bytes };
        if current != Some(number) {
            current = Some(number);
            let first = waiting.after == Before::None;
            waiting.after = shown.remove(&number).map_or(Before::Hidden, |cells| {
                all.units.push(Unit {
                    document: Some(number),
                    cells,
                    source_path: waiting.source_path.clone(),
                    outside_hidden: if first { waiting.hidden } else { 0 },
                    blocks: std::mem::take(&mut waiting.blocks),
                    ..Unit::default()
                });
                Before::Unit(all.units.len() - 1)
            });
            waiting.blocks.clear();
        }
        if let Before::Unit(unit) = waiting.after {
            all.units[unit].blocks.push(Block { cells: row.cells, outside: false });
        }
    }
    waiting.end_file(all);
    // A document that has no block breaks the contract, and is shown nevertheless.
    for (number, cells) in std::mem::take(shown) {
        let path = (Row { spec: all.spec("documents"), cells: cells.clone() })
            .text("source_path")
            .to_owned();
        all.units.push(Unit {
            document: Some(number),
            cells,
            source_path: path,
            ..Unit::default()
        });
    }
    Ok(())
}

fn entities(out_dir: &Path, all: &mut Gathered) -> Result<()> {
    let mut pass = Pass::new(out_dir, all.spec("entities"), &[])?;
    while let Some(row) = pass.next()? {
        let place = match (row.cell("latitude"), row.cell("longitude")) {
            (Cell::Float(latitude), Cell::Float(longitude))
                if latitude.abs() <= 90.0 && longitude.abs() <= 180.0 =>
            {
                Some((*latitude, *longitude))
            }
            _ => None,
        };
        let text = |name: &str| row.text(name).to_owned();
        all.entities.push(Entity {
            id: text("entity_id"),
            name: text("name"),
            kind: text("kind"),
            side: text("side"),
            country: text("country"),
            place,
            wikipedia: text("wikipedia"),
            mentions: row.int("mention_count"),
            documents: row.int("document_count"),
        });
    }
    let mut order: Vec<usize> = (0..all.entities.len()).collect();
    order.sort_by_key(|at| (Reverse(all.entities[*at].mentions), all.entities[*at].id.clone()));
    order.truncate(MOST_NODES);
    all.leading = order;
    all.over_time = vec![BTreeMap::new(); MOST_LINES.min(all.leading.len())];
    Ok(())
}

fn mentions(out_dir: &Path, all: &mut Gathered, numbers: &HashMap<String, usize>) -> Result<()> {
    let leading: HashMap<String, usize> = all
        .leading
        .iter()
        .enumerate()
        .map(|(place, at)| (all.entities[*at].id.clone(), place))
        .collect();
    let units: HashMap<usize, usize> =
        all.units.iter().enumerate().filter_map(|(at, unit)| Some((unit.document?, at))).collect();
    let mut pass = Pass::new(out_dir, all.spec("mentions"), &[])?;
    let mut sentence = String::new();
    let mut beside: BTreeSet<usize> = BTreeSet::new();
    while let Some(row) = pass.next()? {
        all.mentions += 1;
        tally(&mut all.kinds, row.text("kind"));
        tally(&mut all.methods, row.text("method"));
        let number = numbers.get(row.text("doc_id")).copied();
        if row.text("sentence_id") != sentence {
            count_pairs(&mut beside, &mut all.pairs);
            row.text("sentence_id").clone_into(&mut sentence);
        }
        let entity = row.text("entity_id");
        if let Some(place) = leading.get(entity) {
            beside.insert(*place);
            let published = number.and_then(|number| all.documents[number].published);
            if let (Some(line), Some(day)) = (all.over_time.get_mut(*place), published) {
                *line.entry(month(day)).or_default() += 1;
            }
        }
        if entity.is_empty() {
            unlinked(&row, number, &mut all.unlinked);
        } else {
            all.linked += 1;
        }
        if let (Cell::Day(day), "date") = (row.cell("date_start"), row.text("kind")) {
            *all.spoken_of.entry(month(*day)).or_default() += 1;
        }
        if let Some(unit) = number.and_then(|number| units.get(&number)) {
            all.units[*unit].mentions.push(row.cells);
        }
    }
    count_pairs(&mut beside, &mut all.pairs);
    Ok(())
}

/// Counts the pairs of a sentence's entities, and forgets them.
fn count_pairs(beside: &mut BTreeSet<usize>, pairs: &mut BTreeMap<(usize, usize), usize>) {
    for one in beside.iter() {
        for other in beside.range(one + 1..) {
            *pairs.entry((*one, *other)).or_default() += 1;
        }
    }
    beside.clear();
}

/// Counts a name that was linked to nothing. Short forms follow from names in full.
fn unlinked(
    row: &Row<'_>,
    document: Option<usize>,
    names: &mut BTreeMap<(String, String), Unlinked>,
) {
    let kind = row.text("kind");
    if !ENTITY_KINDS.iter().any(|own| own.as_str() == kind) || row.text("method") == "short_form" {
        return;
    }
    let name = names.entry((row.text("text").to_owned(), kind.to_owned())).or_default();
    name.mentions += 1;
    if name.last.is_none() || name.last != document {
        name.documents += 1;
        name.last = document;
    }
}

fn sentences(out_dir: &Path, all: &mut Gathered) -> Result<()> {
    let mut pass =
        Pass::new(out_dir, all.spec("sentences"), &["sentence_id", "doc_id", "word_count"])?;
    while let Some(row) = pass.next()? {
        all.sentences += 1;
        let words = row.int("word_count");
        if words > LONG_SENTENCE {
            all.long_sentences += 1;
            all.longest.insert((Reverse(words), row.text("sentence_id").to_owned()));
            if all.longest.len() > MOST_LISTED {
                all.longest.pop_last();
            }
        }
    }
    Ok(())
}
