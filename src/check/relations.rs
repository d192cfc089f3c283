//! The tables against each other: references, ranges inside ranges, texts against their slices,
//! counts against what is counted.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use super::raw::RawFiles;
use super::rows::Keys;
use super::{Report, shown};
use crate::document::{BLOCK_BREAK, count_words};
use crate::error::{Error, Result};
use crate::read::{Cell, Reader, Row, readable, text_column};
use crate::source::{order, split_row, stem};
use crate::tables::TableSpec;
use crate::write::Format;

/// A table read with one row of look-ahead.
struct Stream<'s> {
    spec: &'s TableSpec,
    reader: Reader<'s>,
    ahead: Option<Row<'s>>,
}

impl<'s> Stream<'s> {
    fn new(out_dir: &Path, tables: &'s [TableSpec], known: &'s Known, name: &str) -> Result<Self> {
        let spec = tables.iter().find(|t| t.name == name).ok_or_else(|| Error::Dataset {
            path: out_dir.to_owned(),
            message: format!("there is no table {name}"),
        })?;
        let format = readable(out_dir, name).unwrap_or(Format::Parquet);
        let reader = Reader::of(out_dir, spec, format, Some(&known.documents));
        let mut stream = Self { spec, reader, ahead: None };
        stream.advance();
        Ok(stream)
    }

    fn advance(&mut self) -> Option<Row<'s>> {
        // A row that cannot be read was reported when the table was checked by itself.
        let next = self.reader.next().ok().flatten();
        std::mem::replace(&mut self.ahead, next.map(|cells| Row { spec: self.spec, cells }))
    }

    /// Passes over rows whose `column` is no key at all, or one before `now`: they would hold up all
    /// that follow.
    fn skip_strangers(&mut self, column: &str, known: &Keys, now: &str, report: &mut Report) {
        let now = known.get(now);
        while let Some(row) = &self.ahead {
            if known.get(row.text(column)).is_some_and(|at| now.is_none_or(|now| at >= now)) {
                return;
            }
            let found = shown(row.text(column));
            let key = row.text(self.spec.key[0]);
            let expected = format!("a {column} that exists, in the order of its table");
            report.add(self.spec.name, Some(key), Some(column), found, expected);
            self.advance();
        }
    }

    /// The next row if `column` is `value`.
    fn next_if(&mut self, column: &str, value: &str) -> Option<Row<'s>> {
        if self.ahead.as_ref()?.text(column) == value { self.advance() } else { None }
    }
}

/// The keys that other tables refer to, and their places in their tables.
#[derive(Default)]
pub(super) struct Known {
    pub(super) documents: Keys,
    pub(super) sentences: Keys,
    pub(super) folders: Folders,
}

/// The folders of documents by the numbers of their rows.
#[derive(Default)]
pub(super) struct Folders {
    names: Vec<String>,
    numbers: HashMap<String, u32>,
    of: Vec<u32>,
}

impl Folders {
    /// Notes the folder of row `row`, which comes after all others.
    pub(super) fn add(&mut self, row: usize, name: &str) {
        let number = self.numbers.get(name).copied().unwrap_or_else(|| {
            let number = self.names.len() as u32;
            self.names.push(name.to_owned());
            self.numbers.insert(name.to_owned(), number);
            number
        });
        self.of.resize(row, number);
        self.of.push(number);
    }

    /// The folder of a row.
    pub(super) fn get(&self, row: usize) -> Option<&str> {
        self.names.get(*self.of.get(row)? as usize).map(String::as_str)
    }
}

/// The mentions of a document so far.
#[derive(Default)]
struct Numbers {
    rows: i64,
    /// The number that the next one must have.
    next: i64,
    /// Quantities that are no part of another.
    totals: HashSet<String>,
    /// Parts: their ids and those of their totals.
    parts: Vec<(String, String)>,
}

#[derive(Default)]
struct Mentioned {
    mentions: i64,
    documents: i64,
    last_document: String,
}

pub(super) fn check(
    out_dir: &Path,
    tables: &[TableSpec],
    known: &Known,
    raw_dir: Option<&Path>,
    report: &mut Report,
) -> Result<()> {
    let mut documents = Stream::new(out_dir, tables, known, "documents")?;
    let mut sentences = Stream::new(out_dir, tables, known, "sentences")?;
    let mut mentions = Stream::new(out_dir, tables, known, "mentions")?;
    let mut blocks = Stream::new(out_dir, tables, known, "blocks")?;
    let mut entities: BTreeMap<String, Mentioned> = BTreeMap::new();
    let mut raw = RawFiles::new(raw_dir, &text_column(out_dir));
    let mut previous: Option<(String, i64, usize)> = None; // path, raw_end, number
    let mut file_blocks = FileBlocks::default();
    while let Some(document) = documents.advance() {
        let id = document.text("doc_id").to_owned();
        let path = document.text("source_path").to_owned();
        let number = match &previous {
            Some((last, end, number)) if *last == path => {
                if document.int("raw_start") < *end {
                    let found = document.int("raw_start").to_string();
                    let expected = format!("{end} or more, where the document before ends");
                    report.add("documents", Some(&id), Some("raw_start"), found, expected);
                }
                number + 1
            }
            Some((last, ..)) if order(last, &path).is_gt() => {
                let expected = format!("rows ordered by source_path, after {}", shown(last));
                report.add("documents", Some(&id), Some("source_path"), shown(&path), expected);
                1
            }
            _ => 1,
        };
        if previous.as_ref().is_none_or(|(last, ..)| *last != path) {
            file_blocks.report_unclaimed(report);
            file_blocks = FileBlocks::read(&mut blocks, Some(&path), &mut raw, report);
            raw.open(&path, Some(document.text("source_encoding")), report);
            raw.check_digest(&id, document.text("source_sha256"), report);
            file_blocks.check_raw(&raw, report);
        }
        previous = Some((path.clone(), document.int("raw_end"), number));
        check_document(&document, number, report);
        check_duplicate(&document, &known.documents, report);
        let kept = file_blocks.check_document(&document, report);
        sentences.skip_strangers("doc_id", &known.documents, &id, report);
        check_sentences(
            &document,
            &kept,
            known,
            &mut sentences,
            &mut mentions,
            &mut entities,
            &raw,
            report,
        );
    }
    file_blocks.report_unclaimed(report);
    // What is left over belongs to no document, or stands out of order.
    while let Some(row) = sentences.advance() {
        let expected = "an id of documents, in the order of documents";
        let found = shown(row.text("doc_id"));
        report.add("sentences", Some(row.text("sentence_id")), Some("doc_id"), found, expected);
    }
    while let Some(row) = mentions.advance() {
        let expected = "an id of documents, in the order of documents";
        let found = shown(row.text("doc_id"));
        report.add("mentions", Some(row.text("mention_id")), Some("doc_id"), found, expected);
    }
    while blocks.ahead.is_some() {
        FileBlocks::read(&mut blocks, None, &mut raw, report);
    }
    check_entities(out_dir, tables, known, entities, report)?;
    raw.check_all_seen(out_dir, report);
    Ok(())
}

fn check_document(row: &Row<'_>, number: usize, report: &mut Report) {
    let id = row.text("doc_id");
    let text = row.text("text");
    let mut expect = |column: &str, expected: String| {
        let found = row.cell(column).csv();
        if found != expected {
            report.add("documents", Some(id), Some(column), shown(&found), shown(&expected));
        }
    };
    // The ids of rows may begin with a column of theirs.
    if split_row(row.text("source_path")).1.is_none()
        || id.strip_suffix(&format!("-{number}")).is_none()
    {
        expect("doc_id", format!("{}-{number}", stem(row.text("source_path"))));
    }
    expect("char_count", text.chars().count().to_string());
    expect("word_count", count_words(text).to_string());
    expect("paragraph_count", text.split(BLOCK_BREAK).count().to_string());
    let (start, end) = row.range("raw");
    if start >= end {
        report.add(
            "documents",
            Some(id),
            Some("raw_end"),
            end.to_string(),
            format!("more than {start}"),
        );
    }
    let dated = !row.cell("published").is_null();
    if dated == row.cell("published_precision").is_null() {
        let found = shown(row.text("published_precision"));
        report.add(
            "documents",
            Some(id),
            Some("published_precision"),
            found,
            "a value with a date, null without",
        );
    }
    if dated == (row.text("published_source") == "none") {
        let found = shown(row.text("published_source"));
        report.add(
            "documents",
            Some(id),
            Some("published_source"),
            found,
            "none just where there is no date",
        );
    }
    if dated && !row.cell("published_not_before").is_null() {
        let found = row.cell("published_not_before").csv();
        report.add(
            "documents",
            Some(id),
            Some("published_not_before"),
            found,
            "null in a dated text",
        );
    }
}

/// A near-duplicate names a document before it, and says how similar both are.
fn check_duplicate(row: &Row<'_>, documents: &Keys, report: &mut Report) {
    let id = row.text("doc_id");
    let first = row.text("duplicate_of");
    if first.is_empty() != row.cell("similarity").is_null() {
        let found = row.cell("similarity").csv();
        let expected = "a value with duplicate_of, null without";
        report.add("documents", Some(id), Some("similarity"), shown(&found), expected);
    }
    if !first.is_empty() && documents.get(first) >= documents.get(id) {
        let expected = "the id of a document in a row before";
        report.add("documents", Some(id), Some("duplicate_of"), shown(first), expected);
    } else if !first.is_empty() && !documents.contains_key(first) {
        let expected = "an id of documents";
        report.add("documents", Some(id), Some("duplicate_of"), shown(first), expected);
    }
}

/// The blocks of one document.
struct Own {
    /// Kind and text of each kept block.
    kept: Vec<(String, String)>,
    raw: (i64, i64),
}

/// The blocks of one file, as far as they matter to its documents.
#[derive(Default)]
struct FileBlocks {
    path: String,
    /// Kept texts and raw range of each document.
    documents: BTreeMap<String, Own>,
    /// Every block: its index, raw range and text.
    all: Vec<(i64, i64, i64, String)>,
}

impl FileBlocks {
    /// Reads the blocks of `path`, or of the next file; files before it have no documents.
    fn read(
        blocks: &mut Stream<'_>,
        path: Option<&str>,
        raw: &mut RawFiles,
        report: &mut Report,
    ) -> Self {
        loop {
            let Some(first) = &blocks.ahead else { return Self::default() };
            let own = first.text("source_path").to_owned();
            if path.is_some_and(|path| order(&own, path).is_gt()) {
                return Self::default();
            }
            let file = Self::read_file(blocks, &own, report);
            if path == Some(file.path.as_str()) {
                return file;
            }
            raw.open(&file.path, None, report);
            file.check_raw(raw, report);
            file.report_unclaimed(report);
            if path.is_none() {
                return file;
            }
        }
    }

    /// What is left when every document has taken its blocks.
    fn report_unclaimed(&self, report: &mut Report) {
        for id in self.documents.keys() {
            let expected = format!("an id of documents for {:?}", self.path);
            report.add("blocks", Some(&self.path), Some("doc_id"), shown(id), expected);
        }
    }

    fn read_file(blocks: &mut Stream<'_>, path: &str, report: &mut Report) -> Self {
        let mut file = Self { path: path.to_owned(), ..Self::default() };
        let mut end = 0;
        let mut index = 0;
        while let Some(row) = blocks.next_if("source_path", path) {
            let key = format!("{path} {}", row.int("block_index"));
            let mut fault = |column: &str, found: String, expected: String| {
                report.add("blocks", Some(&key), Some(column), found, expected);
            };
            if row.int("block_index") != index {
                fault("block_index", row.int("block_index").to_string(), index.to_string());
            }
            index += 1;
            let (start, stop) = row.range("raw");
            if start < end {
                fault(
                    "raw_start",
                    start.to_string(),
                    format!("{end} or more, where the block before ends"),
                );
            }
            if stop <= start {
                fault("raw_end", stop.to_string(), format!("more than {start}"));
            }
            end = stop.max(end);
            let kept = *row.cell("kept") == Cell::Bool(true);
            let kinds = ["title", "heading", "paragraph", "caption", "list_item"];
            if kept != kinds.contains(&row.text("kind")) {
                fault("kept", kept.to_string(), format!("what fits kind {}", row.text("kind")));
            }
            let document = row.text("doc_id");
            if document.is_empty() && kept {
                fault("doc_id", "null".into(), "the document in which the block is kept".into());
            }
            if !document.is_empty() {
                let own = file
                    .documents
                    .entry(document.to_owned())
                    .or_insert_with(|| Own { kept: Vec::new(), raw: (start, stop) });
                own.raw.1 = stop;
                if kept {
                    own.kept.push((row.text("kind").to_owned(), row.text("text").to_owned()));
                }
            }
            file.all.push((row.int("block_index"), start, stop, row.text("text").to_owned()));
        }
        file
    }

    /// Gives kind and text of the document's kept blocks.
    fn check_document(&mut self, document: &Row<'_>, report: &mut Report) -> Vec<(String, String)> {
        let id = document.text("doc_id");
        let Some(Own { kept, raw }) = self.documents.remove(id) else {
            report.add("documents", Some(id), None, "no block in blocks", "at least one");
            return Vec::new();
        };
        let texts: Vec<&str> = kept.iter().map(|(_, text)| text.as_str()).collect();
        if texts.join(BLOCK_BREAK) != document.text("text") {
            let found = shown(document.text("text"));
            let expected = "the kept blocks' texts with a blank line between";
            report.add("documents", Some(id), Some("text"), found, expected);
        }
        let found = document.range("raw");
        if raw != found {
            let expected = format!("{raw:?}, from its first block to its last");
            let found = format!("{found:?}");
            report.add("documents", Some(id), Some("raw_start"), found, expected);
        }
        kept
    }

    fn check_raw(&self, raw: &RawFiles, report: &mut Report) {
        let mut end = 0;
        for (index, start, stop, text) in &self.all {
            let key = format!("{} {index}", self.path);
            raw.check_gap(&key, end, *start, report);
            raw.check_text("blocks", &key, (*start, *stop), text, report);
            end = *stop;
        }
        raw.check_gap(&self.path, end, i64::MAX, report);
    }
}

#[allow(clippy::too_many_arguments, reason = "each is another side of the relation")]
#[allow(clippy::too_many_lines, reason = "a list of one check after the other")]
fn check_sentences(
    document: &Row<'_>,
    kept: &[(String, String)],
    known: &Known,
    sentences: &mut Stream<'_>,
    mentions: &mut Stream<'_>,
    entities: &mut BTreeMap<String, Mentioned>,
    raw: &RawFiles,
    report: &mut Report,
) {
    let id = document.text("doc_id");
    let text = document.text("text");
    let slices = Slices::new(text);
    let paragraphs: Vec<(usize, usize)> = paragraph_ranges(text);
    // Numbers that are out of step are reported once: what follows is held against the last.
    let (mut rows, mut count, mut mentioned, mut end) = (0, 0, Numbers::default(), 0);
    // The heading above each block.
    let headings: Vec<&str> = kept
        .iter()
        .scan("", |above, (kind, text)| {
            let own = *above;
            if kind == "heading" {
                *above = text;
            }
            Some(own)
        })
        .collect();
    while let Some(row) = sentences.next_if("doc_id", id) {
        let key = row.text("sentence_id").to_owned();
        let mut fault = |column: &str, found: String, expected: String| {
            report.add("sentences", Some(&key), Some(column), found, expected);
        };
        rows += 1;
        if row.int("sentence_index") != count {
            fault("sentence_index", row.int("sentence_index").to_string(), count.to_string());
            count = row.int("sentence_index");
        }
        count += 1;
        if key != format!("{id}-s{count:04}") {
            fault("sentence_id", shown(&key), format!("{id}-s{count:04}"));
        }
        let (start, stop) = row.range("char");
        if start < end || stop <= start {
            let expected = format!("a range that begins at {end} or later and is not empty");
            fault("char_start", format!("{start}..{stop}"), expected);
        } else if slices.get(end, start).is_some_and(|gap| !gap.trim().is_empty()) {
            let gap = slices.get(end, start).unwrap_or("");
            fault(
                "char_start",
                format!("{} before it in no sentence", shown(gap)),
                "every word of the text in a sentence".into(),
            );
        }
        end = stop.max(end);
        if slices.get(start, stop) != Some(row.text("text")) {
            let found = shown(row.text("text"));
            fault(
                "text",
                found,
                shown(slices.get(start, stop).unwrap_or("nothing: the range is outside the text")),
            );
        }
        let inside = usize::try_from(row.int("paragraph_index"))
            .ok()
            .and_then(|i| paragraphs.get(i))
            .zip(slices.bytes(start, stop))
            .is_some_and(|(p, s)| p.0 <= s.0 && s.1 <= p.1);
        if !inside {
            fault(
                "paragraph_index",
                row.int("paragraph_index").to_string(),
                "the block that the sentence stands in".into(),
            );
        }
        if row.int("word_count") != i64::try_from(count_words(row.text("text"))).unwrap_or(0) {
            fault(
                "word_count",
                row.int("word_count").to_string(),
                count_words(row.text("text")).to_string(),
            );
        }
        let (raw_start, raw_end) = row.range("raw");
        let (from, to) = document.range("raw");
        if raw_start < from || raw_end > to || raw_end <= raw_start {
            fault(
                "raw_start",
                format!("{raw_start}..{raw_end}"),
                format!("a range inside the document's {from}..{to}"),
            );
        }
        let block = usize::try_from(row.int("paragraph_index")).unwrap_or(usize::MAX);
        if let Some((kind, _)) = kept.get(block) {
            if kind != row.text("kind") {
                fault("kind", shown(row.text("kind")), format!("{kind}, as its block"));
            }
            let heading = headings[block];
            if heading != row.text("section_heading") {
                fault("section_heading", shown(row.text("section_heading")), shown(heading));
            }
        }
        raw.check_text("sentences", &key, (raw_start, raw_end), row.text("text"), report);
        mentions.skip_strangers("sentence_id", &known.sentences, &key, report);
        let own = check_mentions(
            document,
            &row,
            mentions,
            &mut mentioned,
            &slices,
            entities,
            raw,
            report,
        );
        if row.int("mention_count") != own {
            let found = row.int("mention_count").to_string();
            report.add("sentences", Some(&key), Some("mention_count"), found, own.to_string());
        }
        sentences.skip_strangers("doc_id", &known.documents, id, report);
    }
    if let Some(rest) = slices.get(end, i64::try_from(slices.len()).unwrap_or(i64::MAX))
        && !rest.trim().is_empty()
    {
        let expected = "every word of the text in a sentence";
        report.add(
            "documents",
            Some(id),
            Some("text"),
            format!("{} in no sentence", shown(rest)),
            expected,
        );
    }
    for (part, total) in &mentioned.parts {
        if !mentioned.totals.contains(total) {
            let expected = "the id of a quantity of this document that is itself no part";
            report.add("mentions", Some(part), Some("part_of"), shown(total), expected);
        }
    }
    for (column, counted) in [("sentence_count", rows), ("mention_count", mentioned.rows)] {
        if document.int(column) != counted {
            let found = document.int(column).to_string();
            report.add("documents", Some(id), Some(column), found, counted.to_string());
        }
    }
}

#[allow(clippy::too_many_arguments, reason = "each is another side of the relation")]
fn check_mentions(
    document: &Row<'_>,
    sentence: &Row<'_>,
    mentions: &mut Stream<'_>,
    numbers: &mut Numbers,
    slices: &Slices<'_>,
    entities: &mut BTreeMap<String, Mentioned>,
    raw: &RawFiles,
    report: &mut Report,
) -> i64 {
    let id = document.text("doc_id");
    let (from, to) = sentence.range("char");
    let mut end = from;
    let mut count = 0;
    while let Some(row) = mentions.next_if("sentence_id", sentence.text("sentence_id")) {
        let key = row.text("mention_id").to_owned();
        let mut fault = |column: &str, found: String, expected: String| {
            report.add("mentions", Some(&key), Some(column), found, expected);
        };
        if row.text("doc_id") != id {
            fault(
                "doc_id",
                shown(row.text("doc_id")),
                format!("{id}, the document of its sentence"),
            );
        }
        count += 1;
        numbers.rows += 1;
        if row.int("mention_index") != numbers.next {
            fault("mention_index", row.int("mention_index").to_string(), numbers.next.to_string());
            numbers.next = row.int("mention_index");
        }
        numbers.next += 1;
        if key != format!("{id}-m{:04}", numbers.next) {
            fault("mention_id", shown(&key), format!("{id}-m{:04}", numbers.next));
        }
        let (start, stop) = row.range("char");
        if start < end || stop <= start || stop > to {
            let expected =
                format!("a range inside the sentence's {from}..{to}, after the mention before it");
            fault("char_start", format!("{start}..{stop}"), expected);
        }
        end = stop.max(end);
        if slices.get(start, stop) != Some(row.text("text")) {
            let found = shown(row.text("text"));
            fault(
                "text",
                found,
                shown(slices.get(start, stop).unwrap_or("nothing: the range is outside the text")),
            );
        }
        let (raw_start, raw_end) = row.range("raw");
        let (raw_from, raw_to) = sentence.range("raw");
        if raw_start < raw_from || raw_end > raw_to || raw_end <= raw_start {
            fault(
                "raw_start",
                format!("{raw_start}..{raw_end}"),
                format!("a range inside the sentence's {raw_from}..{raw_to}"),
            );
        }
        for (low, high) in [("date_start", "date_end"), ("number_low", "number_high")] {
            let ordered = match (row.cell(low), row.cell(high)) {
                (Cell::Day(low), Cell::Day(high)) => low <= high,
                (Cell::Float(low), Cell::Float(high)) => low <= high,
                _ => true,
            };
            if !ordered {
                fault(high, row.cell(high).csv(), format!("{low} {} or more", row.cell(low).csv()));
            }
        }
        for fault_of in [check_kind(&row), check_value(&row)].into_iter().flatten() {
            let (column, found, expected) = fault_of;
            fault(column, found, expected);
        }
        if row.text("kind") == "quantity" {
            match row.text("part_of") {
                "" => drop(numbers.totals.insert(key.clone())),
                total => numbers.parts.push((key.clone(), total.to_owned())),
            }
        }
        raw.check_text("mentions", &key, (raw_start, raw_end), row.text("text"), report);
        let entity = row.text("entity_id");
        if !entity.is_empty() {
            let mentioned = entities.entry(entity.to_owned()).or_default();
            mentioned.mentions += 1;
            if mentioned.last_document != id {
                id.clone_into(&mut mentioned.last_document);
                mentioned.documents += 1;
            }
        }
    }
    count
}

/// A column that is wrong, what was found in it and what was expected.
type Fault = (&'static str, String, String);

/// Columns that belong to some kinds of mentions only are null for the others.
fn check_kind(row: &Row<'_>) -> Option<Fault> {
    const TIMES: &[&str] = &["date", "time", "duration", "set"];
    const QUANTITIES: &[&str] = &["quantity"];
    const OWN: &[(&str, &[&str])] = &[
        ("role", &["person"]),
        ("date_start", TIMES),
        ("date_end", TIMES),
        ("modifier", TIMES),
        ("reference", TIMES),
        ("number_low", QUANTITIES),
        ("number_high", QUANTITIES),
        ("unit", QUANTITIES),
        ("outcome", QUANTITIES),
        ("counted", QUANTITIES),
        ("part_of", QUANTITIES),
    ];
    let kind = row.text("kind");
    let (column, kinds) =
        OWN.iter().find(|(name, kinds)| !kinds.contains(&kind) && !row.cell(name).is_null())?;
    let expected = format!("null, since only {} has it", kinds.join(", "));
    Some((column, shown(&row.cell(column).csv()), expected))
}

/// A TIMEX3 value that is a whole day, month or year has the days that it says.
fn check_value(row: &Row<'_>) -> Option<Fault> {
    let value = row.text("value");
    let (Cell::Day(start), Cell::Day(end)) = (row.cell("date_start"), row.cell("date_end")) else {
        return None;
    };
    let is_plain = value.split('-').all(|part| part.bytes().all(|b| b.is_ascii_digit()));
    if row.text("kind") != "date" || !is_plain || !matches!(value.len(), 4 | 7 | 10) {
        return None;
    }
    let (from, to) = (row.cell("date_start").csv(), row.cell("date_end").csv());
    let fits = from.starts_with(value) && to.starts_with(value) && start <= end;
    (!fits).then(|| ("date_start", format!("{from} to {to}"), format!("days of {value}")))
}

fn check_entities(
    out_dir: &Path,
    tables: &[TableSpec],
    known: &Known,
    mut mentioned: BTreeMap<String, Mentioned>,
    report: &mut Report,
) -> Result<()> {
    let mut entities = Stream::new(out_dir, tables, known, "entities")?;
    let mut last = String::new();
    while let Some(row) = entities.advance() {
        let id = row.text("entity_id").to_owned();
        if id.as_bytes() < last.as_bytes() {
            report.add(
                "entities",
                Some(&id),
                Some("entity_id"),
                shown(&id),
                format!("ids in order, after {last:?}"),
            );
        }
        last.clone_from(&id);
        let found = mentioned.remove(&id).unwrap_or_default();
        for (column, counted) in
            [("mention_count", found.mentions), ("document_count", found.documents)]
        {
            if row.int(column) != counted {
                let found = row.int(column).to_string();
                report.add("entities", Some(&id), Some(column), found, counted.to_string());
            }
        }
    }
    for id in mentioned.keys() {
        report.add("mentions", None, Some("entity_id"), shown(id), "an id of entities");
    }
    Ok(())
}

fn paragraph_ranges(text: &str) -> Vec<(usize, usize)> {
    let mut at = 0;
    text.split(BLOCK_BREAK)
        .map(|paragraph| {
            let start = at;
            at += paragraph.len() + BLOCK_BREAK.len();
            (start, start + paragraph.len())
        })
        .collect()
}

/// A text cut by code points, counted on its own: the byte of every code point.
struct Slices<'a> {
    text: &'a str,
    starts: Option<Vec<usize>>,
}

impl<'a> Slices<'a> {
    fn new(text: &'a str) -> Self {
        let starts = || text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        Self { text, starts: (!text.is_ascii()).then(starts) }
    }

    fn len(&self) -> usize {
        self.starts.as_ref().map_or(self.text.len(), |starts| starts.len() - 1)
    }

    fn bytes(&self, start: i64, end: i64) -> Option<(usize, usize)> {
        let byte = |at: i64| {
            let at = usize::try_from(at).ok()?;
            match &self.starts {
                Some(starts) => starts.get(at).copied(),
                None => (at <= self.text.len()).then_some(at),
            }
        };
        Some((byte(start)?, byte(end)?))
    }

    fn get(&self, start: i64, end: i64) -> Option<&'a str> {
        let (start, end) = self.bytes(start, end)?;
        self.text.get(start..end)
    }
}
