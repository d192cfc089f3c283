//! One table at a time: its schema, and every cell of the first form that can be read against the
//! column's rules and against the other forms.

use std::collections::hash_map::Entry;
use std::path::{Path, PathBuf};

use polars::prelude::{ArrowDataType, ArrowField};
use regex::Regex;

use super::files::Stated;
use super::relations::Known;
use super::{Report, shown};
use crate::read::{
    Cell, Reader, Row, RowNumbers, arrow_rows, columns, folders, parquet_schema, place, readable,
};
use crate::tables::{ColumnSpec, Rule, TableSpec};
use crate::write::Format;

/// The keys of a table and the numbers of their rows.
pub(super) type Keys = RowNumbers;

/// Checks one table by itself and gives its keys; none if its schema is so wrong that its rows mean
/// nothing, or if it cannot be read.
///
/// Rows that stand in folders must stand in those of their documents, whose folders are noted in
/// `known`.
pub(super) fn check(
    out_dir: &Path,
    table: &TableSpec,
    stated: &Stated,
    known: &mut Known,
    report: &mut Report,
) -> Option<Keys> {
    let before = report.violations.len();
    let Some(first) = readable(out_dir, table.name) else {
        report.unread.push(table.name);
        check_schemas(out_dir, table, Format::Arrow, stated, report);
        return None;
    };
    check_schemas(out_dir, table, first, stated, report);
    if report.violations.len() > before {
        return None;
    }
    let mut others = Vec::new();
    for format in Format::ALL {
        if format != first && place(out_dir, table.name, format).exists() {
            check_schemas(out_dir, table, format, stated, report);
            others.push(format);
        }
    }
    Some(check_rows(out_dir, table, first, &others, stated, known, report))
}

/// The columns of every file of a table in one form.
fn check_schemas(
    out_dir: &Path,
    table: &TableSpec,
    format: Format,
    stated: &Stated,
    report: &mut Report,
) {
    let expected: Vec<&str> = table.columns.iter().map(|c| c.name.as_str()).collect();
    for path in folders(out_dir, table.name, format).iter().flat_map(|folder| &folder.files) {
        let below = path.strip_prefix(out_dir).unwrap_or(path).to_string_lossy();
        match format {
            Format::Parquet => check_parquet_schema(path, &below, table, report),
            // Every row of JSON Lines has its keys, which are looked at when it is read.
            Format::Jsonl => {}
            // Its reader trusts every offset in the file, so one that was damaged is not read.
            Format::Arrow if !stated.is_whole(&below) => {}
            Format::Csv | Format::Arrow => {
                let (name, what) = match format {
                    Format::Csv => ("header", "a CSV file"),
                    _ => ("columns", "an Arrow file"),
                };
                match columns(path, format) {
                    Ok(found) if found == expected => {}
                    Ok(found) => {
                        let found = format!("{name} {}", found.join(","));
                        let expected = "the names of the columns, in order";
                        report.add(&below, None, None, found, expected);
                    }
                    Err(error) => report.add(&below, None, None, error, what),
                }
            }
        }
    }
}

fn check_parquet_schema(path: &Path, below: &str, table: &TableSpec, report: &mut Report) {
    let schema = match parquet_schema(path) {
        Ok(schema) => schema,
        Err(error) => return report.add(below, None, None, error, "a Parquet file"),
    };
    let names: Vec<&str> = schema.iter_names().map(polars::prelude::PlSmallStr::as_str).collect();
    let expected: Vec<&str> = table.columns.iter().map(|c| c.name.as_str()).collect();
    if names != expected {
        let found = format!("columns {}", names.join(", "));
        report.add(table.name, None, None, found, expected.join(", "));
    }
    for column in &table.columns {
        if let Some(field) = schema.get(&column.name) {
            check_field(table.name, column, field, report);
        }
    }
}

fn check_field(table: &str, column: &ColumnSpec, field: &ArrowField, report: &mut Report) {
    let found = match &field.dtype {
        ArrowDataType::Utf8 | ArrowDataType::LargeUtf8 | ArrowDataType::Utf8View => "string",
        ArrowDataType::Dictionary(_, values, _)
            if matches!(
                values.as_ref(),
                ArrowDataType::Utf8 | ArrowDataType::LargeUtf8 | ArrowDataType::Utf8View
            ) =>
        {
            "cat"
        }
        ArrowDataType::Int32 => "int32",
        ArrowDataType::Int64 => "int64",
        ArrowDataType::Float64 => "float64",
        ArrowDataType::Date32 => "date32",
        ArrowDataType::Boolean => "bool",
        other => &format!("{other:?}"),
    };
    let expected = column.kind.as_str();
    if found != expected {
        report.add(table, None, Some(&column.name), format!("type {found}"), expected);
    }
    if field.is_nullable != column.nullable {
        let word = |nullable| if nullable { "nullable" } else { "not nullable" };
        let found = word(field.is_nullable);
        report.add(table, None, Some(&column.name), found, word(column.nullable));
    }
}

/// A form that is compared with the first.
struct Other<'o> {
    format: Format,
    /// The file or folder.
    name: String,
    /// None after a fault.
    reader: Option<Reader<'o>>,
}

fn check_rows(
    out_dir: &Path,
    table: &TableSpec,
    first: Format,
    others: &[Format],
    stated: &Stated,
    known: &mut Known,
    report: &mut Report,
) -> Keys {
    let name_of = |format: Format| format!("{}.{}", table.name, format.as_str());
    let title = title(first);
    let rules: Vec<Vec<Compiled>> =
        table.columns.iter().map(|c| c.rules.iter().map(compile).collect()).collect();
    let key: Vec<usize> = table
        .key
        .iter()
        .filter_map(|name| table.columns.iter().position(|c| c.name == *name))
        .collect();
    let documents = std::mem::take(&mut known.documents);
    let in_order = |format| Reader::of(out_dir, table, format, Some(&documents));
    let mut others: Vec<Other<'_>> = others
        .iter()
        .filter(|format| **format != Format::Arrow)
        .map(|format| Other {
            format: *format,
            name: name_of(*format),
            reader: Some(in_order(*format)),
        })
        .collect();
    let mut keys = Keys::new();
    let mut count = 0;
    let mut reader = in_order(first);
    loop {
        let mut cells = match reader.next() {
            Ok(Some(cells)) => cells,
            Ok(None) => break,
            Err(error) => {
                let expected = format!("a {title} file that can be read");
                report.add(&name_of(first), None, None, error, expected);
                break;
            }
        };
        let found = cells.len();
        cells.resize(table.columns.len(), Cell::Null);
        let id = key.iter().map(|i| cells[*i].csv()).collect::<Vec<_>>().join(" ");
        if found != cells.len() {
            let expected = cells.len().to_string();
            report.add(&name_of(first), Some(&id), None, format!("{found} cells"), expected);
        }
        for ((cell, column), rules) in cells.iter().zip(&table.columns).zip(&rules) {
            check_cell(table.name, &id, cell, column, rules, report);
        }
        for other in &mut others {
            other.compare(&cells, &id, table, title, report);
        }
        let row = Row { spec: table, cells };
        check_folder(&row, &id, reader.folder(), count, stated, &documents, known, report);
        match keys.entry(id) {
            Entry::Vacant(new) => {
                new.insert(count);
            }
            Entry::Occupied(first) => {
                let id = Some(first.key().as_str());
                report.add(table.name, id, None, "a second row with this key", "one");
            }
        }
        count += 1;
    }
    for mut other in others {
        let more = other
            .reader
            .as_mut()
            .map_or(0, |reader| std::iter::from_fn(|| reader.next().ok().flatten()).count());
        if more > 0 {
            let found = format!("{} rows", count + more);
            report.add(&other.name, None, None, found, format!("{count} as in {title}"));
        }
    }
    let arrow = place(out_dir, table.name, Format::Arrow);
    if arrow.exists() {
        let folders = folders(out_dir, table.name, Format::Arrow);
        let files = folders.iter().flat_map(|folder| &folder.files);
        let is_whole = |path: &&PathBuf| {
            let below = path.strip_prefix(out_dir).unwrap_or(path);
            stated.is_whole(&below.to_string_lossy())
        };
        // What cannot be read was reported with its columns, and what is damaged with its checksum.
        let rows: Option<usize> =
            files.map(|path| arrow_rows(Some(path).filter(is_whole)?).ok()).sum();
        if let Some(rows) = rows.filter(|rows| *rows != count) {
            let (found, expected) = (format!("{rows} rows"), format!("{count} as in {title}"));
            report.add(&name_of(Format::Arrow), None, None, found, expected);
        }
    }
    known.documents = documents;
    report.rows.insert(table.name, count);
    keys
}

fn title(format: Format) -> &'static str {
    match format {
        Format::Parquet => "Parquet",
        Format::Csv => "CSV",
        Format::Jsonl => "JSON Lines",
        Format::Arrow => "Arrow",
    }
}

impl Other<'_> {
    /// Compares the next row with the one that the first form has.
    fn compare(
        &mut self,
        row: &[Cell],
        id: &str,
        table: &TableSpec,
        title: &str,
        report: &mut Report,
    ) {
        let (name, id) = (&self.name, Some(id));
        let own = match self.reader.as_mut().map(Reader::next) {
            None => return,
            Some(Ok(Some(own))) => own,
            Some(Ok(None)) => {
                return report.add(name, id, None, "no row", format!("the row that {title} has"));
            }
            Some(Err(error)) => {
                report.add(name, id, None, error, format!("a row as in {title}"));
                self.reader = None;
                return;
            }
        };
        if own.len() != row.len() {
            let found = format!("{} cells", own.len());
            report.add(name, id, None, found, row.len().to_string());
        }
        for ((cell, own), column) in row.iter().zip(&own).zip(&table.columns) {
            // CSV cannot tell an empty text from none.
            let same = match self.format {
                Format::Csv => cell.csv() == own.csv() && !matches!(own, Cell::Odd(_)),
                _ => cell == own,
            };
            if !same {
                let how = if cell.csv() == own.csv() { ", guarded" } else { "" };
                let expected = format!("{} as in {title}{how}", shown(&cell.csv()));
                report.add(name, id, Some(&column.name), shown(&own.csv()), expected);
            }
        }
    }
}

/// A row must stand in the folder that its document's value names.
#[allow(clippy::too_many_arguments, reason = "each is another side of the row's place")]
fn check_folder(
    row: &Row<'_>,
    id: &str,
    found: &str,
    number: usize,
    stated: &Stated,
    documents: &Keys,
    known: &mut Known,
    report: &mut Report,
) {
    let Some(by) = &stated.partition_by else {
        if !found.is_empty() {
            let found = format!("a row in the folder {found:?}");
            report.add(row.spec.name, Some(id), None, found, "no folders");
        }
        return;
    };
    let expected = match row.spec.name {
        "documents" => {
            let value = match by.column() {
                "published_year" => match row.cell("published") {
                    Cell::Day(day) => Some(day.year().to_string()),
                    _ => None,
                },
                name => match row.cell(name) {
                    Cell::Null => None,
                    cell => Some(cell.csv()),
                },
            };
            let folder = by.folder(value.as_deref());
            known.folders.add(number, &folder);
            folder
        }
        "sentences" | "mentions" => {
            // A document that is none is reported with the relations.
            let document = documents.get(row.text("doc_id"));
            let Some(folder) = document.and_then(|n| known.folders.get(*n)) else { return };
            folder.to_owned()
        }
        _ => String::new(),
    };
    if found != expected {
        let (found, expected) = (format!("a row in the folder {found:?}"), format!("{expected:?}"));
        report.add(row.spec.name, Some(id), None, found, expected);
    }
}

enum Compiled {
    Min(f64),
    Max(f64),
    Pattern(&'static str, Option<Regex>),
}

fn compile(rule: &Rule) -> Compiled {
    match rule {
        Rule::Min(least) => Compiled::Min(*least),
        Rule::Max(most) => Compiled::Max(*most),
        Rule::Pattern(p) => Compiled::Pattern(p, Regex::new(&format!("^(?:{p})$")).ok()),
    }
}

fn check_cell(
    table: &str,
    id: &str,
    cell: &Cell,
    column: &ColumnSpec,
    rules: &[Compiled],
    report: &mut Report,
) {
    let mut fault = |found: String, expected: String| {
        report.add(table, Some(id), Some(&column.name), found, expected);
    };
    match cell {
        Cell::Odd(text) => fault(shown(text), format!("a value of type {}", column.kind.as_str())),
        Cell::Null if !column.nullable => fault("null".into(), "a value".into()),
        Cell::Float(n) if !n.is_finite() => fault(n.to_string(), "a number".into()),
        Cell::Text(text) if text.is_empty() => {
            fault("an empty text".into(), "null or a text".into());
        }
        Cell::Text(text)
            if !column.choices.is_empty() && !column.choices.contains(&text.as_str()) =>
        {
            fault(shown(text), format!("one of {}", column.choices.join(", ")));
        }
        _ => {}
    }
    #[allow(clippy::cast_precision_loss, reason = "bounds are small")]
    let number = match cell {
        Cell::Int(n) => Some(*n as f64),
        Cell::Float(n) => Some(*n),
        _ => None,
    };
    for rule in rules {
        match rule {
            Compiled::Min(least) if number.is_some_and(|n| n.is_nan() || n < *least) => {
                fault(cell.csv(), format!("at least {least}"));
            }
            Compiled::Max(most) if number.is_some_and(|n| n.is_nan() || n > *most) => {
                fault(cell.csv(), format!("at most {most}"));
            }
            Compiled::Pattern(text, Some(pattern)) if matches!(cell, Cell::Text(t) if !pattern.is_match(t)) =>
            {
                fault(shown(cell.text()), format!("the form {text}"));
            }
            _ => {}
        }
    }
}
