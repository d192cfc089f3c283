//! One table at a time: its schema, and every cell of its Parquet file against the column's rules and
//! against the CSV file.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::Path;

use polars::prelude::{ArrowDataType, ArrowField};
use regex::Regex;

use super::{Report, shown};
use crate::read::{Cell, Reader, read_schema};
use crate::tables::{ColumnSpec, Rule, TableSpec};

/// The keys of a table and the numbers of their rows.
pub(super) type Keys = HashMap<String, usize>;

/// Checks one table by itself and gives its keys; none if its schema is so wrong that its rows mean
/// nothing.
pub(super) fn check(out_dir: &Path, table: &TableSpec, report: &mut Report) -> Option<Keys> {
    let schema = match read_schema(out_dir, table.name) {
        Ok(schema) => schema,
        Err(error) => {
            report.add(&format!("{}.parquet", table.name), None, None, error, "a Parquet file");
            return None;
        }
    };
    let before = report.violations.len();
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
    (report.violations.len() == before).then(|| check_rows(out_dir, table, report))
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

fn check_rows(out_dir: &Path, table: &TableSpec, report: &mut Report) -> Keys {
    let csv_name = format!("{}.csv", table.name);
    let mut csv = match csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_path(out_dir.join(&csv_name))
    {
        Ok(reader) => Some(reader.into_records()),
        Err(error) => {
            report.add(&csv_name, None, None, error.to_string(), "a CSV file");
            None
        }
    };
    if let Some(records) = &mut csv {
        let header: Vec<String> = match records.next() {
            Some(Ok(header)) => header.iter().map(str::to_owned).collect(),
            _ => Vec::new(),
        };
        if header != table.columns.iter().map(|c| c.name.clone()).collect::<Vec<_>>() {
            let found = format!("header {}", header.join(","));
            report.add(&csv_name, None, None, found, "the names of the columns, in order");
        }
    }
    let rules: Vec<Vec<Compiled>> =
        table.columns.iter().map(|c| c.rules.iter().map(compile).collect()).collect();
    let key: Vec<usize> = table
        .key
        .iter()
        .filter_map(|name| table.columns.iter().position(|c| c.name == *name))
        .collect();
    let mut keys = Keys::new();
    let mut count = 0;
    let mut reader = Reader::new(out_dir, table);
    loop {
        let row = match reader.next() {
            Ok(Some(row)) => row,
            Ok(None) => break,
            Err(error) => {
                let name = format!("{}.parquet", table.name);
                report.add(&name, None, None, error, "a Parquet file that can be read");
                break;
            }
        };
        let id = key.iter().map(|i| row[*i].csv()).collect::<Vec<_>>().join(" ");
        for ((cell, column), rules) in row.iter().zip(&table.columns).zip(&rules) {
            check_cell(table.name, &id, cell, column, rules, report);
        }
        match csv.as_mut().map(Iterator::next) {
            None => {}
            Some(Some(Ok(record))) => {
                if record.len() != row.len() {
                    let found = format!("{} cells", record.len());
                    report.add(&csv_name, Some(&id), None, found, row.len().to_string());
                }
                for ((cell, text), column) in row.iter().zip(&record).zip(&table.columns) {
                    if cell.csv() != text {
                        let expected = format!("{} as in Parquet", shown(&cell.csv()));
                        let name = Some(column.name.as_str());
                        report.add(&csv_name, Some(&id), name, shown(text), expected);
                    }
                }
            }
            Some(Some(Err(error))) => {
                report.add(&csv_name, Some(&id), None, error.to_string(), "a row as in Parquet");
                csv = None;
            }
            Some(None) => {
                report.add(&csv_name, Some(&id), None, "no row", "the row that Parquet has");
            }
        }
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
    let more = csv.map_or(0, Iterator::count);
    if more > 0 {
        let found = format!("{} rows", count + more);
        report.add(&csv_name, None, None, found, format!("{count} as in Parquet"));
    }
    report.rows.insert(table.name, count);
    keys
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
