//! The documents of a report: every block in raw order, mentions marked, and the bytes behind them.
//!
//! In: a unit as it was gathered, and the raw folder. Out: one `details` element, which holds its rows and
//! raw bytes as JSON. Assumes that a document's text has a paragraph for each kept block; where it has
//! not, the blocks' own texts are shown, without mentions, and the page says so.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Value, json};

use super::gather::{Gathered, Unit};
use super::html::{self, Short, Text, counted};
use crate::read::{Cell, Row};
use crate::source::Cursor;
use crate::tables::TableSpec;

/// Most bytes of a page that one document takes, by estimate.
const MOST: usize = 3_000_000;
/// What a byte of text, a mention and a block take, each with its row and the raw bytes behind it.
const OF_TEXT: usize = 3;
const OF_MENTION: usize = 250;
const OF_BLOCK: usize = 500;
/// Most bytes of a cell that a page holds.
const MOST_CELL: usize = 1_000;

/// The raw texts behind a dataset.
pub(super) struct Raw {
    pub(super) cursor: Option<Cursor>,
    /// Source paths whose texts were not found, or are others than those of the dataset, with the reason.
    pub(super) missing: Vec<(String, String)>,
}

/// A unit as HTML, and what the page counts of it.
pub(super) struct Shown {
    pub(super) html: String,
    /// The document's id, if it is one.
    pub(super) id: Option<String>,
    pub(super) publisher: String,
    /// Year of publication; empty where it is not known.
    pub(super) year: String,
    /// Entities of its mentions.
    pub(super) entities: Vec<String>,
    /// Kinds of its mentions with their numbers.
    pub(super) kinds: BTreeMap<String, usize>,
    /// Whether a part of its text was left out.
    pub(super) cut: bool,
}

/// What a class in the style sheet is called after: kinds that are alike share one.
pub(super) fn family(kind: &str) -> &'static str {
    match kind {
        "person" => "person",
        "organization" => "organization",
        "armed_group" => "armed",
        "state" | "demonym" => "state",
        "place" => "place",
        "agreement" | "event" => "event",
        "date" | "time" | "duration" | "set" => "time",
        "quantity" => "quantity",
        _ => "other",
    }
}

/// A cell as JSON, cut where it is long.
fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Int(n) => json!(n),
        Cell::Float(n) => json!(n),
        Cell::Bool(flag) => json!(flag),
        other => {
            let text = other.csv();
            if text.len() <= MOST_CELL {
                return Value::String(text);
            }
            Value::String(format!("{}…", &text[..text.floor_char_boundary(MOST_CELL)]))
        }
    }
}

/// The names and meanings of the columns of a table that rows of the page have.
pub(super) fn columns(spec: &TableSpec) -> Value {
    let columns = spec.columns.iter().filter(|column| column.name != "text");
    columns.map(|column| json!([column.name, column.doc])).collect()
}

/// A row's values in the order of [`columns`].
fn values(row: &Row<'_>) -> Value {
    let cells = row.spec.columns.iter().zip(&row.cells);
    cells.filter(|(column, _)| column.name != "text").map(|(_, cell)| value(cell)).collect()
}

/// A stretch of a document's text that is shown as one block.
struct Paragraph<'a> {
    text: &'a str,
    /// Code points of the document's text before it.
    start: i64,
}

fn paragraphs(text: &str) -> Vec<Paragraph<'_>> {
    let mut start = 0;
    text.split("\n\n")
        .map(|text| {
            let paragraph = Paragraph { text, start };
            start += text.chars().count() as i64 + 2;
            paragraph
        })
        .collect()
}

/// What is written of a unit, and what was left out of it.
struct Writer<'a> {
    html: String,
    mentions: Vec<Value>,
    blocks: Vec<Value>,
    entities: Vec<String>,
    kinds: BTreeMap<String, usize>,
    /// Bytes that may still be taken.
    room: usize,
    /// Blocks that were left out, in whole or in part.
    hidden: usize,
    /// Where the raw bytes end that what is shown was made from.
    raw_end: i64,
    rows: &'a [Row<'a>],
}

/// Writes a unit; `number` is its place on the page.
pub(super) fn unit(unit: Unit, number: usize, all: &Gathered, raw: &mut Raw) -> Shown {
    let document = Row { spec: all.spec("documents"), cells: unit.cells };
    let text = document.text("text");
    let all_paragraphs = paragraphs(text);
    let kept = |block: &Row<'_>| *block.cell("kept") == Cell::Bool(true);
    let outside: Vec<bool> = unit.blocks.iter().map(|block| block.outside).collect();
    let spec = all.spec("blocks");
    let blocks: Vec<Row<'_>> =
        unit.blocks.into_iter().map(|block| Row { spec, cells: block.cells }).collect();
    let wanted = blocks.iter().zip(&outside).filter(|(block, out)| kept(block) && !**out).count();
    let fits = unit.document.is_none() || wanted == all_paragraphs.len();
    let rows: Vec<Row<'_>> = if fits {
        let spec = all.spec("mentions");
        unit.mentions.into_iter().map(|cells| Row { spec, cells }).collect()
    } else {
        Vec::new()
    };
    let mut writer = Writer {
        html: String::new(),
        mentions: Vec::new(),
        blocks: Vec::new(),
        entities: Vec::new(),
        kinds: BTreeMap::new(),
        room: MOST,
        hidden: 0,
        raw_end: 0,
        rows: &rows,
    };
    let mut next = all_paragraphs.iter();
    let mut raw_start: Option<i64> = None;
    for (block, outside) in blocks.iter().zip(&outside) {
        let own = (kept(block) && !*outside && fits).then(|| next.next()).flatten();
        if writer.block(block, *outside, own) {
            let start = block.int("raw_start");
            raw_start = Some(raw_start.map_or(start, |first| first.min(start)));
        }
    }
    let raw_range = raw_start.map(|start| (start, writer.raw_end));
    let mut notes = Vec::new();
    if !fits {
        notes.push(
            "The paragraphs of this document's text are not its kept blocks, so the blocks are shown \
             without mentions; rapporteur check says what is wrong."
                .to_owned(),
        );
    }
    let cut = writer.hidden > 0;
    if cut {
        let blocks = counted(writer.hidden, "block", "blocks");
        notes.push(format!(
            "This text is long: {blocks} of it, in whole or in part, and their mentions are not shown here."
        ));
    }
    if unit.outside_hidden > 0 {
        let bytes = html::size(unit.outside_hidden);
        notes.push(format!("{bytes} outside every document are not shown here."));
    }
    let data = json!({
        "path": unit.source_path,
        "encoding": document.text("source_encoding"),
        "raw": bytes(raw, &unit.source_path, document.text("source_sha256"), raw_range),
        "from": raw_range.map_or(0, |range| range.0),
        "mentions": writer.mentions,
        "blocks": writer.blocks,
    });
    let html = element(&Element {
        number,
        document: unit.document.map(|_| &document),
        source_path: &unit.source_path,
        notes: &notes,
        text: &writer.html,
        mentions: writer.mentions.len(),
        data: &html::json(&data),
    });
    let mut entities = writer.entities;
    entities.sort();
    entities.dedup();
    let published = document.cell("published").csv();
    Shown {
        html,
        id: unit.document.map(|_| document.text("doc_id").to_owned()),
        publisher: document.text("publisher").to_owned(),
        year: published.get(..4).unwrap_or_default().to_owned(),
        entities,
        kinds: writer.kinds,
        cut,
    }
}

impl Writer<'_> {
    /// Writes a block, with its paragraph if it is kept. Returns whether there was room for it.
    fn block(&mut self, block: &Row<'_>, outside: bool, own: Option<&Paragraph<'_>>) -> bool {
        if self.room == 0 {
            self.hidden += 1;
            return false;
        }
        let kept = *block.cell("kept") == Cell::Bool(true);
        let text = own.map_or_else(|| block.text("text"), |paragraph| paragraph.text);
        let end = own.map_or(0, |paragraph| paragraph.start + text.chars().count() as i64);
        let mentions = self.rows.partition_point(|row| row.int("char_start") < end);
        let (own_rows, rest) = self.rows.split_at(mentions);
        self.rows = rest;
        self.room = self.room.saturating_sub(OF_BLOCK);
        // The mentions for which there is room, and the text up to the first for which there is none.
        let start = own.map_or(0, |paragraph| paragraph.start);
        let before = |row: &Row<'_>| usize::try_from(row.int("char_start") - start).unwrap_or(0);
        let fit = own_rows
            .iter()
            .enumerate()
            .take_while(|(n, row)| before(row) * OF_TEXT + (n + 1) * OF_MENTION <= self.room)
            .count();
        self.room -= (fit * OF_MENTION).min(self.room);
        let to_mention = own_rows.get(fit).and_then(|row| text.char_indices().nth(before(row)));
        let most = to_mention.map_or(text.len(), |(at, _)| at).min(self.room / OF_TEXT);
        let shown = &text[..text.floor_char_boundary(most)];
        self.room -= shown.len() * OF_TEXT;
        let raw_end = if shown.len() < text.len() {
            self.hidden += 1;
            self.room = 0;
            let mentions = own_rows[..fit].iter().map(|row| row.int("raw_end")).max().unwrap_or(0);
            mentions.max(block.int("raw_start") + shown.len() as i64).min(block.int("raw_end"))
        } else {
            block.int("raw_end")
        };
        self.raw_end = self.raw_end.max(raw_end);
        let kind = block.text("kind");
        let what = match (kept, outside) {
            (true, false) => "",
            (true, true) => ", outside every document",
            (false, false) => ", removed",
            (false, true) => ", removed, outside every document",
        };
        let class = match kind {
            "title" | "heading" | "caption" | "list_item" => kind,
            _ => "prose",
        };
        let state = if kept { "kept" } else { "removed" };
        let _ = write!(
            self.html,
            "<div class=\"block {state} {class}\"><button type=\"button\" class=\"label\" data-b=\"{}\">{}{what} \
             <span>by {}</span></button><p dir=\"auto\">",
            self.blocks.len(),
            Short(&kind.replace('_', " ")),
            Short(block.text("rule")),
        );
        self.blocks.push(values(block));
        match own {
            Some(paragraph) => self.marked(shown, paragraph.start, &own_rows[..fit]),
            None => {
                let _ = write!(self.html, "{}", Text(shown));
            }
        }
        if shown.len() < text.len() {
            self.html.push('…');
        }
        self.html += "</p></div>\n";
        true
    }

    /// Writes a paragraph that begins after `start` code points of the document's text.
    fn marked(&mut self, text: &str, start: i64, rows: &[Row<'_>]) {
        let end = start + text.chars().count() as i64;
        let mut chars = text.char_indices();
        let mut now = start;
        // The byte of the text that a code point begins at; asked for in order.
        let mut byte_of = |at: i64| {
            while now < at {
                chars.next();
                now += 1;
            }
            chars.offset()
        };
        let mut written = 0;
        for row in rows {
            let (from, to) = row.range("char");
            if from < start || to > end || to <= from {
                continue;
            }
            let (from, to) = (byte_of(from), byte_of(to));
            if from < written || to <= from {
                continue;
            }
            let kind = row.text("kind");
            let _ = write!(
                self.html,
                "{}<mark class=\"{}\" data-m=\"{}\">{}<i> ({})</i></mark>",
                Text(&text[written..from]),
                family(kind),
                self.mentions.len(),
                Text(&text[from..to]),
                Short(&kind.replace('_', " ")),
            );
            written = to;
            self.mentions.push(values(row));
            *self.kinds.entry(kind.to_owned()).or_default() += 1;
            let entity = row.text("entity_id");
            if !entity.is_empty() {
                self.entities.push(entity.to_owned());
            }
        }
        let _ = write!(self.html, "{}", Text(&text[written..]));
    }
}

/// The raw bytes of a range in base 64; null where they are not at hand.
fn bytes(raw: &mut Raw, path: &str, sha256: &str, range: Option<(i64, i64)>) -> Value {
    let (Some(cursor), Some((start, end))) = (raw.cursor.as_mut(), range) else {
        return Value::Null;
    };
    if sha256.is_empty() {
        // Nothing says that the file is still what it was.
        return Value::Null;
    }
    let mut refuse = |reason: String| {
        if raw.missing.last().is_none_or(|(last, _)| last != path) {
            raw.missing.push((path.to_owned(), reason));
        }
        Value::Null
    };
    match cursor.read(path) {
        Ok(bytes) if bytes.sha256 == sha256 => {
            let at = |n: i64| usize::try_from(n).unwrap_or(0).min(bytes.bytes.len());
            let start = at(start);
            let end = at(end).min(start + MOST / 2);
            Value::String(html::base64(&bytes.bytes[start..end.max(start)]))
        }
        Ok(_) => refuse("it is not the file that the dataset was made from".to_owned()),
        Err(error) => refuse(error.to_string()),
    }
}

/// What an element of the page is made of.
struct Element<'a> {
    number: usize,
    document: Option<&'a Row<'a>>,
    source_path: &'a str,
    notes: &'a [String],
    text: &'a str,
    mentions: usize,
    data: &'a str,
}

/// What is said of a text without a title: how it begins.
fn beginning(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let head: String = line.chars().take(80).collect();
    let more = if head.len() < line.len() { "…" } else { "" };
    format!("“{}{more}”", head.trim_end())
}

fn element(it: &Element<'_>) -> String {
    let Some(document) = it.document else {
        return format!(
            "<details class=\"doc orphan\" id=\"d{0}\" data-id=\"\" data-publisher=\"\" data-year=\"\">\n<summary>\
             <h3><bdi>{1}</bdi></h3> <span class=\"meta\">a raw file without a document</span></summary>\n\
             {2}<div class=\"text\" role=\"group\" aria-label=\"Text of {1}\" lang=\"\">\n{3}</div>\n\
             <script type=\"application/json\">{4}</script>\n</details>\n",
            it.number,
            Short(it.source_path),
            notes(it.notes),
            it.text,
            it.data,
        );
    };
    let title = match document.text("title") {
        "" => beginning(document.text("text")),
        title => title.to_owned(),
    };
    let language = document.text("language");
    let is_tag =
        language != "und" && language.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let lang = if is_tag { language } else { "" };
    let published = document.cell("published").csv();
    let date = match document.text("published_precision") {
        "year" => published.get(..4).unwrap_or(&published),
        "month" => published.get(..7).unwrap_or(&published),
        _ => &published,
    };
    let count = |name: &str| usize::try_from(document.int(name)).unwrap_or(0);
    let facts = [
        Short(document.text("publisher")).to_string(),
        if date.is_empty() {
            "undated".to_owned()
        } else {
            format!("<time datetime=\"{0}\">{0}</time>", Text(date))
        },
        Short(&document.text("genre").replace('_', " ")).to_string(),
        counted(count("word_count"), "word", "words"),
        counted(it.mentions, "mention", "mentions"),
    ];
    let facts: Vec<String> = facts
        .into_iter()
        .filter(|fact| !fact.is_empty())
        .map(|fact| format!("<span>{fact}</span>"))
        .collect();
    let mut rows = String::new();
    for (column, cell) in document.spec.columns.iter().zip(&document.cells) {
        if column.name != "text" && !cell.is_null() {
            let _ = write!(
                rows,
                "<div><dt title=\"{}\">{}</dt><dd><bdi>{}</bdi></dd></div>",
                Text(column.doc),
                Short(&column.name),
                Short(&cell.csv())
            );
        }
    }
    let open = if it.number == 0 { " open" } else { "" };
    format!(
        "<details class=\"doc\" id=\"d{}\" data-id=\"{}\" data-publisher=\"{}\" data-year=\"{}\"{open}>\n<summary>\
         <h3 lang=\"{lang}\"><bdi>{title}</bdi></h3> <span class=\"meta\">{}</span></summary>\n\
         {}<details class=\"facts\"><summary>What is known of it</summary><dl>{rows}</dl></details>\n\
         <div class=\"text\" role=\"group\" aria-label=\"Text of {title}\" lang=\"{lang}\">\n{}</div>\n\
         <script type=\"application/json\">{}</script>\n</details>\n",
        it.number,
        Text(document.text("doc_id")),
        Text(document.text("publisher")),
        Text(published.get(..4).unwrap_or_default()),
        facts.join(" "),
        notes(it.notes),
        it.text,
        it.data,
        title = Short(&title),
    )
}

fn notes(notes: &[String]) -> String {
    notes.iter().map(|note| format!("<p class=\"note\">{}</p>\n", Text(note))).collect()
}
