//! The schema, once: every column of every table, its type, its meaning and how it is filled.
//!
//! In: analysed files. Out: the columns of the five tables, as Arrow arrays and as CSV cells, and a
//! description of them ([`TableSpec`]) from which the data package, the documentation and `check`
//! are made. A column is one entry here and stands nowhere else.

mod columns;
mod describe;
mod guard;

use arrow_array::builder::{
    BooleanBuilder, Date32Builder, Float64Builder, Int32Builder, Int64Builder, StringBuilder,
};
use arrow_array::{ArrayRef, DictionaryArray, Int32Array, RecordBatch, StringArray};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use jiff::civil::{Date, date};
use std::collections::HashMap;
use std::sync::Arc;

pub use columns::{BlockRow, Blocks, DocumentRow, Documents, Entities, EntityRow};
pub use columns::{MentionRow, Mentions, SentenceRow, Sentences};
pub use describe::{CONVENTIONS, json, markdown, markdown_cell, table_markdown};
pub(crate) use guard::{guard, unguard};

/// Version of the tables' form; grows when a column is added.
pub const SCHEMA_VERSION: u32 = 2;

/// What begins the names of the sidecar's own columns in `documents`.
pub const DOCVAR: &str = "docvar_";

/// How a column is filled, which settles its type and whether it can be null.
///
/// `R` is a row. Strings that are `Built` are written into a buffer that is empty before.
#[allow(missing_docs, reason = "each is its type's name")]
pub enum Fill<T: Table + ?Sized> {
    Text(for<'r, 'a> fn(&'r T::Row<'a>) -> &'r str),
    MaybeText(for<'r, 'a> fn(&'r T::Row<'a>) -> Option<&'r str>),
    Built(for<'r, 'a> fn(&'r T::Row<'a>, &mut String)),
    /// Null where nothing is written.
    MaybeBuilt(for<'r, 'a> fn(&'r T::Row<'a>, &mut String)),
    /// An open vocabulary.
    Category(for<'r, 'a> fn(&'r T::Row<'a>) -> &'r str),
    MaybeCategory(for<'r, 'a> fn(&'r T::Row<'a>) -> Option<&'r str>),
    /// A closed vocabulary.
    Choice(fn() -> Vec<&'static str>, for<'r, 'a> fn(&'r T::Row<'a>) -> &'static str),
    MaybeChoice(fn() -> Vec<&'static str>, for<'r, 'a> fn(&'r T::Row<'a>) -> Option<&'static str>),
    Count(for<'r, 'a> fn(&'r T::Row<'a>) -> i32),
    Offset(for<'r, 'a> fn(&'r T::Row<'a>) -> i64),
    Number(for<'r, 'a> fn(&'r T::Row<'a>) -> Option<f64>),
    Day(for<'r, 'a> fn(&'r T::Row<'a>) -> Option<Date>),
    Flag(for<'r, 'a> fn(&'r T::Row<'a>) -> bool),
}

/// One column.
pub struct Column<T: Table + ?Sized> {
    /// Its name, the same everywhere.
    pub name: &'static str,
    /// How it is filled.
    pub fill: Fill<T>,
    /// What it means, in a line.
    pub doc: &'static str,
    /// What it counts or measures in, empty where nothing is.
    pub unit: &'static str,
    /// What holds of every value that is not null.
    pub rules: &'static [Rule],
}

/// What holds of every value of a column that is not null.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rule {
    /// At least this.
    Min(f64),
    /// At most this.
    Max(f64),
    /// Matches this regular expression as a whole.
    Pattern(&'static str),
}

/// Columns whose values are a key of another table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference {
    /// The column that refers.
    pub column: &'static str,
    /// The table referred to.
    pub table: &'static str,
    /// Its key column.
    pub key: &'static str,
}

/// A table of the dataset.
pub trait Table: 'static {
    /// What a row is filled from.
    type Row<'a>: Sync;
    /// Its name, which is also that of its files.
    const NAME: &'static str;
    /// What a row is, in a line.
    const DOC: &'static str;
    /// The columns that tell its rows apart.
    const KEY: &'static [&'static str];
    /// The columns that lead to other tables.
    const REFERS: &'static [Reference];
    /// Its columns, in order.
    const COLUMNS: &'static [Column<Self>];
    /// The value of the sidecar's column number `i`, for the table that has such columns.
    fn docvar<'r>(_row: &'r Self::Row<'_>, _i: usize) -> Option<&'r str> {
        None
    }
}

/// The type of a column, as the contract names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is its type's name")]
pub enum ColumnType {
    String,
    Category,
    Int32,
    Int64,
    Float64,
    Date,
    Bool,
}

impl ColumnType {
    /// The contract's word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Category => "cat",
            Self::Int32 => "int32",
            Self::Int64 => "int64",
            Self::Float64 => "float64",
            Self::Date => "date32",
            Self::Bool => "bool",
        }
    }

    fn arrow(self) -> DataType {
        match self {
            Self::String => DataType::Utf8,
            Self::Category => {
                DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
            }
            Self::Int32 => DataType::Int32,
            Self::Int64 => DataType::Int64,
            Self::Float64 => DataType::Float64,
            Self::Date => DataType::Date32,
            Self::Bool => DataType::Boolean,
        }
    }
}

impl<T: Table + ?Sized> Fill<T> {
    fn kind(&self) -> ColumnType {
        match self {
            Self::Text(_) | Self::MaybeText(_) | Self::Built(_) | Self::MaybeBuilt(_) => {
                ColumnType::String
            }
            Self::Category(_)
            | Self::MaybeCategory(_)
            | Self::Choice(..)
            | Self::MaybeChoice(..) => ColumnType::Category,
            Self::Count(_) => ColumnType::Int32,
            Self::Offset(_) => ColumnType::Int64,
            Self::Number(_) => ColumnType::Float64,
            Self::Day(_) => ColumnType::Date,
            Self::Flag(_) => ColumnType::Bool,
        }
    }

    fn nullable(&self) -> bool {
        matches!(
            self,
            Self::MaybeText(_)
                | Self::MaybeBuilt(_)
                | Self::MaybeCategory(_)
                | Self::MaybeChoice(..)
                | Self::Number(_)
                | Self::Day(_)
        )
    }

    fn choices(&self) -> Vec<&'static str> {
        match self {
            Self::Choice(values, _) | Self::MaybeChoice(values, _) => values(),
            _ => Vec::new(),
        }
    }
}

/// A column as those see it who do not fill it.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnSpec {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: ColumnType,
    /// Whether it can be null.
    pub nullable: bool,
    /// The values it may have, where they are a closed list.
    pub choices: Vec<&'static str>,
    /// What it means.
    pub doc: &'static str,
    /// What it counts or measures in, empty where nothing is.
    pub unit: &'static str,
    /// What holds of its values.
    pub rules: &'static [Rule],
}

/// A table as those see it who do not fill it.
#[derive(Debug, Clone, PartialEq)]
pub struct TableSpec {
    /// Its name.
    pub name: &'static str,
    /// What a row is.
    pub doc: &'static str,
    /// The columns that tell its rows apart.
    pub key: &'static [&'static str],
    /// The columns that lead to other tables.
    pub refers: &'static [Reference],
    /// Its columns, in order.
    pub columns: Vec<ColumnSpec>,
}

/// The description of table `T` in a run whose sidecar has the further columns `docvars`.
#[must_use]
pub fn spec<T: Table>(docvars: &[String]) -> TableSpec {
    let columns = T::COLUMNS.iter().map(|column| ColumnSpec {
        name: column.name.to_owned(),
        kind: column.fill.kind(),
        nullable: column.fill.nullable(),
        choices: column.fill.choices(),
        doc: column.doc,
        unit: column.unit,
        rules: column.rules,
    });
    let own: &[String] = if T::NAME == Documents::NAME { docvars } else { &[] };
    let docvars = own.iter().map(|name| ColumnSpec {
        name: format!("{DOCVAR}{name}"),
        kind: ColumnType::String,
        nullable: true,
        choices: Vec::new(),
        doc: "further column of the sidecar, as it is",
        unit: "",
        rules: &[],
    });
    TableSpec {
        name: T::NAME,
        doc: T::DOC,
        key: T::KEY,
        refers: T::REFERS,
        columns: columns.chain(docvars).collect(),
    }
}

/// The descriptions of all tables, in the order in which they are written and read.
#[must_use]
pub fn specs(docvars: &[String]) -> Vec<TableSpec> {
    vec![
        spec::<Documents>(docvars),
        spec::<Sentences>(docvars),
        spec::<Mentions>(docvars),
        spec::<Entities>(docvars),
        spec::<Blocks>(docvars),
    ]
}

/// The Arrow schema of a table; each field carries its description.
#[must_use]
pub fn arrow_schema(spec: &TableSpec) -> SchemaRef {
    let fields: Vec<Field> = spec
        .columns
        .iter()
        .map(|column| {
            let mut metadata = HashMap::from([("description".to_owned(), column.doc.to_owned())]);
            if !column.unit.is_empty() {
                metadata.insert("unit".to_owned(), column.unit.to_owned());
            }
            Field::new(&column.name, column.kind.arrow(), column.nullable).with_metadata(metadata)
        })
        .collect();
    Arc::new(Schema::new(fields))
}

/// The schema of the arrays that rows become: as [`arrow_schema()`], but categories of an open
/// vocabulary are plain strings, since what a later row brings would need another dictionary.
#[must_use]
pub fn array_schema(spec: &TableSpec) -> SchemaRef {
    let schema = arrow_schema(spec);
    let fields = schema.fields().iter().zip(&spec.columns).map(|(field, column)| {
        let is_open = column.kind == ColumnType::Category && column.choices.is_empty();
        let field = field.as_ref().clone();
        if is_open { field.with_data_type(DataType::Utf8) } else { field }
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// The rows as a record batch of `schema`, which is [`array_schema`] of the table.
///
/// # Errors
///
/// If a column grows beyond what Arrow's 32-bit offsets can address.
pub fn record_batch<T: Table>(
    rows: &[T::Row<'_>],
    schema: &SchemaRef,
) -> Result<RecordBatch, ArrowError> {
    let mut arrays: Vec<ArrayRef> =
        T::COLUMNS.iter().map(|c| array::<T>(&c.fill, rows)).collect::<Result<_, _>>()?;
    for i in 0..schema.fields().len() - arrays.len() {
        let mut builder = StringBuilder::new();
        rows.iter().for_each(|row| builder.append_option(T::docvar(row, i)));
        arrays.push(Arc::new(builder.finish()));
    }
    RecordBatch::try_new(schema.clone(), arrays)
}

fn array<T: Table>(fill: &Fill<T>, rows: &[T::Row<'_>]) -> Result<ArrayRef, ArrowError> {
    fn strings<'a>(values: impl Iterator<Item = Option<&'a str>>) -> ArrayRef {
        let mut builder = StringBuilder::new();
        values.for_each(|value| builder.append_option(value));
        Arc::new(builder.finish())
    }
    /// The dictionary is the whole vocabulary, so that every batch has the same.
    fn choices<'a>(
        all: &[&'static str],
        values: impl Iterator<Item = Option<&'a str>>,
    ) -> Result<ArrayRef, ArrowError> {
        // The row before mostly has the same value.
        let mut last = 0;
        let mut key = |value: &str| {
            if all.get(last) != Some(&value) {
                last = all.iter().position(|own| *own == value)?;
            }
            i32::try_from(last).ok()
        };
        let keys: Int32Array = values.map(|value| value.and_then(&mut key)).collect();
        let words = Arc::new(StringArray::from_iter_values(all));
        Ok(Arc::new(DictionaryArray::try_new(keys, words)?))
    }
    Ok(match fill {
        Fill::Text(get) | Fill::Category(get) => strings(rows.iter().map(|row| Some(get(row)))),
        Fill::MaybeText(get) | Fill::MaybeCategory(get) => strings(rows.iter().map(get)),
        Fill::Built(build) | Fill::MaybeBuilt(build) => {
            let mut builder = StringBuilder::new();
            let mut buffer = String::new();
            for row in rows {
                buffer.clear();
                build(row, &mut buffer);
                let is_null = buffer.is_empty() && fill.nullable();
                builder.append_option((!is_null).then_some(&buffer));
            }
            Arc::new(builder.finish())
        }
        Fill::Choice(all, get) => choices(&all(), rows.iter().map(|row| Some(get(row))))?,
        Fill::MaybeChoice(all, get) => choices(&all(), rows.iter().map(get))?,
        Fill::Count(get) => {
            let mut builder = Int32Builder::with_capacity(rows.len());
            rows.iter().for_each(|row| builder.append_value(get(row)));
            Arc::new(builder.finish())
        }
        Fill::Offset(get) => {
            let mut builder = Int64Builder::with_capacity(rows.len());
            rows.iter().for_each(|row| builder.append_value(get(row)));
            Arc::new(builder.finish())
        }
        Fill::Number(get) => {
            let mut builder = Float64Builder::with_capacity(rows.len());
            rows.iter().for_each(|row| builder.append_option(get(row)));
            Arc::new(builder.finish())
        }
        Fill::Day(get) => {
            let mut builder = Date32Builder::with_capacity(rows.len());
            rows.iter().for_each(|row| builder.append_option(get(row).map(epoch_day)));
            Arc::new(builder.finish())
        }
        Fill::Flag(get) => {
            let mut builder = BooleanBuilder::with_capacity(rows.len());
            rows.iter().for_each(|row| builder.append_value(get(row)));
            Arc::new(builder.finish())
        }
    })
}

/// Days since 1970-01-01, as Arrow's `date32` counts.
fn epoch_day(day: Date) -> i32 {
    day.since(date(1970, 1, 1)).map_or(0, |span| span.get_days())
}

/// Calls `cell` with every cell of a row as CSV text, in the order of the columns; null is empty.
///
/// # Errors
///
/// The first one that `cell` gives.
pub fn csv_cells<T: Table, E>(
    row: &T::Row<'_>,
    docvars: usize,
    buffer: &mut String,
    mut cell: impl FnMut(&str) -> Result<(), E>,
) -> Result<(), E> {
    for column in T::COLUMNS {
        match &column.fill {
            Fill::Text(get) | Fill::Category(get) => cell(get(row))?,
            Fill::MaybeText(get) | Fill::MaybeCategory(get) => cell(get(row).unwrap_or(""))?,
            Fill::Choice(_, get) => cell(get(row))?,
            Fill::MaybeChoice(_, get) => cell(get(row).unwrap_or(""))?,
            Fill::Flag(get) => cell(if get(row) { "true" } else { "false" })?,
            built => {
                buffer.clear();
                match built {
                    Fill::Built(build) | Fill::MaybeBuilt(build) => build(row, buffer),
                    Fill::Count(get) => push_number(buffer, get(row).into(), 1),
                    Fill::Offset(get) => push_number(buffer, get(row), 1),
                    Fill::Number(get) => {
                        if let Some(n) = get(row) {
                            *buffer += &n.to_string();
                        }
                    }
                    Fill::Day(get) => {
                        if let Some(day) = get(row) {
                            push_day(buffer, day);
                        }
                    }
                    _ => {}
                }
                cell(buffer)?;
            }
        }
    }
    for i in 0..docvars {
        cell(T::docvar(row, i).unwrap_or(""))?;
    }
    Ok(())
}

/// What stands before each value of a row in JSON: the brace or comma, and the column's name.
#[must_use]
pub fn json_keys(spec: &TableSpec) -> Vec<String> {
    let keys = spec.columns.iter().enumerate().map(|(i, column)| {
        let before = if i == 0 { '{' } else { ',' };
        format!("{before}{}:", serde_json::Value::from(column.name.as_str()))
    });
    keys.collect()
}

/// Appends a row as a JSON object on a line of its own; `keys` are [`json_keys`] of the table.
///
/// Null is `null`, numbers are numbers, dates texts as in CSV.
pub fn json_line<T: Table>(row: &T::Row<'_>, keys: &[String], out: &mut Vec<u8>) {
    fn text(out: &mut Vec<u8>, text: Option<&str>) {
        // Writing to memory cannot fail, and neither can a text or a finite number.
        let _ = serde_json::to_writer(out, &text);
    }
    let mut buffer = String::new();
    let own = T::COLUMNS.len().min(keys.len());
    for (column, key) in T::COLUMNS.iter().zip(keys) {
        out.extend_from_slice(key.as_bytes());
        buffer.clear();
        match &column.fill {
            Fill::Text(get) | Fill::Category(get) => text(out, Some(get(row))),
            Fill::MaybeText(get) | Fill::MaybeCategory(get) => text(out, get(row)),
            Fill::Choice(_, get) => text(out, Some(get(row))),
            Fill::MaybeChoice(_, get) => text(out, get(row)),
            Fill::Flag(get) => out.extend_from_slice(if get(row) { b"true" } else { b"false" }),
            Fill::Built(build) => {
                build(row, &mut buffer);
                text(out, Some(&buffer));
            }
            Fill::MaybeBuilt(build) => {
                build(row, &mut buffer);
                text(out, (!buffer.is_empty()).then_some(&buffer));
            }
            Fill::Count(get) => {
                push_number(&mut buffer, get(row).into(), 1);
                out.extend_from_slice(buffer.as_bytes());
            }
            Fill::Offset(get) => {
                push_number(&mut buffer, get(row), 1);
                out.extend_from_slice(buffer.as_bytes());
            }
            Fill::Number(get) => {
                let _ = serde_json::to_writer(&mut *out, &get(row));
            }
            Fill::Day(get) => {
                let day = get(row);
                if let Some(day) = day {
                    push_day(&mut buffer, day);
                }
                text(out, day.is_some().then_some(&buffer));
            }
        }
    }
    for (i, key) in keys[own..].iter().enumerate() {
        out.extend_from_slice(key.as_bytes());
        text(out, T::docvar(row, i));
    }
    out.extend_from_slice(b"}\n");
}

/// A number in decimal, with zeros before it up to `least` digits.
pub(crate) fn push_number(out: &mut String, number: i64, least: usize) {
    let mut buffer = itoa::Buffer::new();
    let digits = buffer.format(number.unsigned_abs());
    if number < 0 {
        out.push('-');
    }
    for _ in digits.len()..least {
        out.push('0');
    }
    out.push_str(digits);
}

/// A day as YYYY-MM-DD.
fn push_day(out: &mut String, day: Date) {
    if !(0..=9999).contains(&day.year()) {
        *out += &day.to_string();
        return;
    }
    push_number(out, day.year().into(), 4);
    out.push('-');
    push_number(out, day.month().into(), 2);
    out.push('-');
    push_number(out, day.day().into(), 2);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_are_written_as_the_library_writes_them(n: i64, least in 1_usize..8) {
            let mut own = String::new();
            push_number(&mut own, n, 1);
            prop_assert_eq!(own, n.to_string());
            let mut own = String::new();
            push_number(&mut own, n.unsigned_abs() as i64 & i64::MAX, least);
            prop_assert_eq!(own, format!("{:0least$}", n.unsigned_abs() as i64 & i64::MAX));
        }

        #[test]
        fn days_are_written_as_the_library_writes_them(days in -1_000_000_i32..2_000_000) {
            let span = jiff::Span::new().days(days);
            let day = date(1970, 1, 1).checked_add(span).unwrap();
            let mut own = String::new();
            push_day(&mut own, day);
            prop_assert_eq!(own, day.to_string());
        }
    }
}
