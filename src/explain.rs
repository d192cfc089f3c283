//! One row's way back: its bytes in the raw file, the edits between, and the rule that made it.
//!
//! In: a dataset, the id of a row of any table, the raw folder. Out: a text for people. Assumes that
//! the raw files are those that the dataset was made from, and says so where they are not.

use std::fmt::Write;
use std::path::Path;

use crate::clean;
use crate::data::Data;
use crate::error::{Error, Result};
use crate::pipeline::{self, Analysis};
use crate::read::{Cell, Reader, Row, docvars, text_column};
use crate::run;
use crate::source::{self, Cursor};
use crate::tables::{TableSpec, specs};
use crate::text::{Edit, Span};

/// Raw bytes shown on either side of a row's own.
const AROUND: usize = 120;
/// Most bytes of a row's own range that are shown.
const MOST: usize = 1200;
/// Most edits that are listed one by one.
const MOST_EDITS: usize = 20;

/// Explains the row of any table whose key is `id`.
///
/// # Errors
///
/// If the dataset or the raw file cannot be read, or no table has such a row.
pub fn explain(out_dir: &Path, id: &str, raw_dir: &Path, data: &Data) -> Result<String> {
    if !out_dir.is_dir() {
        return Err(Error::Folders(format!("{out_dir:?} is not the folder of a dataset")));
    }
    let tables = specs(&docvars(out_dir));
    for table in &tables {
        if let Some(row) = find(out_dir, table, id)? {
            return explain_row(out_dir, &tables, &row, raw_dir, data);
        }
    }
    let documents = &tables[0];
    let example = Reader::new(out_dir, documents).next().ok().flatten();
    let example = example.map_or_else(|| "TEXT-1".to_owned(), |cells| cells[0].csv());
    let forms =
        format!("{example}, {example}-s0001, {example}-m0001, syria, or 'FILE.txt 0' for a block");
    Err(Error::NoSuchRow(id.to_owned(), forms))
}

fn find<'s>(out_dir: &Path, table: &'s TableSpec, id: &str) -> Result<Option<Row<'s>>> {
    let fault = |message: String| Error::Dataset {
        path: out_dir.join(format!("{}.parquet", table.name)),
        message,
    };
    let mut reader = Reader::new(out_dir, table);
    while let Some(cells) = reader.next().map_err(fault)? {
        let row = Row { spec: table, cells };
        let key: Vec<String> = table.key.iter().map(|name| row.cell(name).csv()).collect();
        if key.join(" ") == id {
            return Ok(Some(row));
        }
    }
    Ok(None)
}

fn explain_row(
    out_dir: &Path,
    tables: &[TableSpec],
    row: &Row<'_>,
    raw_dir: &Path,
    data: &Data,
) -> Result<String> {
    let mut out = format!("{}\n", row.spec.name);
    for (column, cell) in row.spec.columns.iter().zip(&row.cells) {
        if !matches!(cell, Cell::Null) {
            line(&mut out, &column.name, &cut(&cell.csv(), 400));
        }
    }
    if row.spec.name == "entities" {
        rule(&mut out, row, data);
        mentions_of(&mut out, out_dir, tables, row.text("entity_id"));
        return Ok(out);
    }
    let document = match row.spec.name {
        "documents" | "blocks" => None,
        _ => find(out_dir, &tables[0], row.text("doc_id"))?,
    };
    let path = document.as_ref().unwrap_or(row).text("source_path");
    let text_column = text_column(out_dir);
    let bytes = Cursor::new(raw_dir, &text_column).read(path)?;
    let (raw, sha256) = (&bytes.bytes, &bytes.sha256);
    let expected = document.as_ref().unwrap_or(row).text("source_sha256");
    let (start, end) = row.range("raw");
    let range = Span::new(
        usize::try_from(start).unwrap_or(0).min(raw.len()),
        usize::try_from(end.max(start)).unwrap_or(0).min(raw.len()),
    );
    let _ = write!(out, "\nraw bytes {start}..{end} of {:?}", source::root(raw_dir).join(path));
    if !expected.is_empty() && expected != sha256 {
        out.push_str(
            "\n  this is not the file that the dataset was made from: its SHA-256 differs",
        );
    }
    let analysis = clean::clean(&bytes.bytes).map(|text| {
        let repeated = run::repeated_around(raw_dir, path, &text_column);
        pipeline::analyse_among(path, &bytes, &text, None, data, &repeated)
    });
    let encoding = analysis.as_ref().map_or("UTF-8", |analysis| analysis.encoding);
    if encoding != "UTF-8" {
        let _ = write!(out, ", shown as decoded from {encoding}");
    }
    out.push('\n');
    marked(&mut out, &bytes.bytes, range, encoding);
    match analysis {
        Ok(analysis) => edits(&mut out, row, &analysis, &bytes.bytes, range),
        Err(reason) => line(&mut out, "edits", &reason.to_string()),
    }
    rule(&mut out, row, data);
    Ok(out)
}

fn line(out: &mut String, name: &str, value: &str) {
    let _ = writeln!(out, "  {name:<20} {value}");
}

fn cut(text: &str, most: usize) -> String {
    let mut short: String = text.chars().take(most).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short.replace('\n', "\\n")
}

/// The bytes around `range` as text, the range between marks.
fn marked(out: &mut String, raw: &[u8], range: Span, encoding: &str) {
    let Span { start, end } = range;
    let (start, end) = (start as usize, end as usize);
    let from = start.saturating_sub(AROUND);
    let to = (end + AROUND).min(raw.len());
    // UTF-8 is shown byte for byte; what else there is could not be read so.
    let show = |bytes: &[u8]| match clean::decode_part(bytes, encoding) {
        Ok(text) if encoding != "UTF-8" => text.as_bytes().escape_lossy(),
        _ => bytes.escape_lossy(),
    };
    let own = if end - start > MOST {
        let half = MOST / 2;
        format!(
            "{} … {} bytes … {}",
            show(&raw[start..start + half]),
            end - start - MOST,
            show(&raw[end - half..end])
        )
    } else {
        show(&raw[start..end])
    };
    let before = if from > 0 { "…" } else { "" };
    let after = if to < raw.len() { "…" } else { "" };
    let text = format!("{before}{}⟦{own}⟧{}{after}", show(&raw[from..start]), show(&raw[end..to]));
    for part in text.lines() {
        let _ = writeln!(out, "  | {part}");
    }
}

trait EscapeLossy {
    fn escape_lossy(&self) -> String;
}

impl EscapeLossy for [u8] {
    /// As UTF-8; other bytes and control characters as `\xNN`.
    fn escape_lossy(&self) -> String {
        let mut text = String::new();
        for chunk in self.utf8_chunks() {
            for c in chunk.valid().chars() {
                match c {
                    '\n' => text.push('\n'),
                    c if c.is_control() => text.extend(c.escape_default()),
                    c => text.push(c),
                }
            }
            for byte in chunk.invalid() {
                let _ = write!(text, "\\x{byte:02x}");
            }
        }
        text
    }
}

/// The edits inside a row's range: what the raw bytes were and what stands for them.
fn edits(out: &mut String, row: &Row<'_>, analysis: &Analysis<'_>, raw: &[u8], range: Span) {
    let doc_id = row.text("doc_id");
    let document = analysis.documents.iter().find(|d| d.doc_id == doc_id);
    let removed = row.spec.name == "blocks" && *row.cell("kept") == Cell::Bool(false);
    let Some(document) = document.filter(|_| !removed) else {
        line(out, "edits", "removed from documents.text as a whole");
        return;
    };
    let inside: Vec<&Edit> =
        document.origin.edits().iter().filter(|edit| range.overlaps(edit.raw)).collect();
    if inside.is_empty() {
        line(out, "edits", "none: the bytes are the text");
    }
    for edit in inside.iter().take(MOST_EDITS) {
        let (start, end) = (edit.raw.start, edit.raw.end);
        let what = if edit.units > 1 {
            let (raw, text) = (edit.raw.len(), edit.clean.len());
            let units = edit.units as usize;
            format!("{units} steps, {} raw bytes for {} of text each", raw / units, text / units)
        } else {
            let bytes = &raw[edit.raw.range()];
            let was = std::str::from_utf8(bytes)
                .map_or_else(|_| format!("\"{}\"", bytes.escape_lossy()), |was| format!("{was:?}"));
            match edit.clean.of(&document.text) {
                "" => format!("{was} left out"),
                now => format!("{was} became {now:?}"),
            }
        };
        line(out, "edit", &format!("bytes {start}..{end}: {}", cut(&what, 160)));
    }
    if inside.len() > MOST_EDITS {
        line(out, "edits", &format!("and {} more", inside.len() - MOST_EDITS));
    }
}

/// The rule or codebook line that made the row.
fn rule(out: &mut String, row: &Row<'_>, data: &Data) {
    let id = match row.spec.name {
        "entities" => row.text("entity_id"),
        _ => row.text("rule"),
    };
    if id.is_empty() {
        return;
    }
    match data.source_of(id) {
        Some((file, number, text)) => {
            line(out, "rule", &format!("{file}, line {number}: {}", cut(text, 300)));
        }
        None => line(out, "rule", id),
    }
}

fn mentions_of(out: &mut String, out_dir: &Path, tables: &[TableSpec], id: &str) {
    let Some(spec) = tables.iter().find(|t| t.name == "mentions") else { return };
    let mut reader = Reader::new(out_dir, spec);
    let mut shown = 0;
    while let Ok(Some(cells)) = reader.next() {
        let row = Row { spec, cells };
        if row.text("entity_id") == id {
            line(out, "mention", &format!("{} {:?}", row.text("mention_id"), row.text("text")));
            shown += 1;
            if shown == 10 {
                line(out, "mention", "…");
                return;
            }
        }
    }
}
