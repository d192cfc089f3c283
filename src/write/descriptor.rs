//! `datapackage.json`: what the files of a dataset are, for programs that never heard of it.
//!
//! The form is Frictionless Data Package version 2. CSV files are resources of type `table` with
//! their schema; all others are of type `file`, since a validator that reads Parquet as a table counts
//! its bytes differently. Where there is no CSV the first form has the schema. Parts of a table refer
//! to one file with their schema, in which no key leads to another table: no part has all its rows.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::settings::{Format, Settings};
use super::sink::Written;
use super::table::TableFile;
use super::{REJECTS, SCHEMA};
use crate::tables::{ColumnSpec, ColumnType, Rule, SCHEMA_VERSION, TableSpec, specs};

pub(super) fn datapackage(
    docvars: &[String],
    settings: &Settings,
    files: &[TableFile],
    others: &[Written],
) -> String {
    let tables = specs(docvars);
    let mut numbers: BTreeMap<(&str, Format), usize> = BTreeMap::new();
    let mut resources: Vec<Value> = Vec::new();
    for file in files {
        let number = numbers.entry((file.table, file.format)).or_default();
        resources.extend(tables.iter().find(|t| t.name == file.table).map(|table| {
            resource(file, *number, table, schema_format(settings.formats.as_slice()))
        }));
        *number += 1;
    }
    resources.extend(others.iter().map(other));
    let package = json!({
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "rapporteur-dataset",
        "description": "Documents, sentences, mentions, entities and blocks of a corpus of political text; every row leads to bytes of the raw files.",
        "rapporteur": about(settings),
        "resources": resources,
    });
    format!("{package:#}\n")
}

/// What is said of the run: versions, and the settings that are not the usual ones.
fn about(settings: &Settings) -> Value {
    let usual = Settings::default();
    let mut about = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "schema_version": SCHEMA_VERSION,
    });
    if settings.formats != usual.formats {
        let names: Vec<&str> = settings.formats.as_slice().iter().map(|f| f.as_str()).collect();
        about["format"] = json!(names);
    }
    if settings.compression != usual.compression {
        about["compression"] = json!(settings.compression.to_string());
    }
    if settings.row_group_size != usual.row_group_size {
        about["row_group_size"] = json!(settings.row_group_size);
    }
    if let Some(by) = &settings.partition_by {
        about["partition_by"] = json!(by.to_string());
    }
    if let Some(most) = settings.max_rows_per_file {
        about["max_rows_per_file"] = json!(most);
    }
    // Who looks back at rows of tables must know it.
    if settings.text_column != usual.text_column {
        about["text_column"] = json!(settings.text_column);
    }
    about
}

/// The form whose resources have the tables' schemas.
fn schema_format(formats: &[Format]) -> Option<Format> {
    formats.iter().copied().find(|f| *f == Format::Csv).or_else(|| formats.first().copied())
}

fn resource(
    file: &TableFile,
    number: usize,
    table: &TableSpec,
    schema_format: Option<Format>,
) -> Value {
    let Written { name, bytes, sha256 } = &file.written;
    let extension = file.format.as_str();
    let id = if file.is_part {
        format!("{}-{extension}-{number:04}", file.table)
    } else {
        format!("{}-{extension}", file.table)
    };
    let mut value = json!({ "name": id, "path": name });
    let (kind, mediatype) = match file.format {
        Format::Parquet => ("file", "application/vnd.apache.parquet"),
        Format::Csv => ("table", "text/csv"),
        Format::Jsonl => ("file", "application/jsonl"),
        Format::Arrow => ("file", "application/vnd.apache.arrow.file"),
    };
    value["type"] = json!(kind);
    value["format"] = json!(extension);
    value["mediatype"] = json!(mediatype);
    if matches!(file.format, Format::Csv | Format::Jsonl) {
        value["encoding"] = json!("utf-8");
    }
    value["description"] = json!(table.doc);
    value["bytes"] = json!(bytes);
    value["hash"] = json!(format!("sha256:{sha256}"));
    if schema_format == Some(file.format) {
        value["schema"] =
            if file.is_part { json!(schema_name(table.name)) } else { table_schema(table) };
    }
    value
}

/// A file that is no table of the contract.
fn other(file: &Written) -> Value {
    let Written { name, bytes, sha256 } = file;
    let mut value = json!({ "name": name.replace('.', "-"), "path": name });
    if name == REJECTS {
        value["type"] = json!("table");
        value["format"] = json!("csv");
        value["mediatype"] = json!("text/csv");
        value["encoding"] = json!("utf-8");
        value["description"] = json!("files that gave no document, and why");
    } else {
        value["type"] = json!("file");
        value["format"] = json!("json");
        value["mediatype"] = json!("application/json");
        value["encoding"] = json!("utf-8");
        value["description"] = json!("Table Schema of the parts of a table");
    }
    value["bytes"] = json!(bytes);
    value["hash"] = json!(format!("sha256:{sha256}"));
    if name == REJECTS {
        value["schema"] = rejects_schema();
    }
    value
}

fn schema_name(table: &str) -> String {
    format!("{table}{SCHEMA}")
}

/// The names and texts of the files with the schemas of those tables that are cut into parts.
pub(super) fn schemas(docvars: &[String], files: &[TableFile]) -> Vec<(String, String)> {
    let tables = specs(docvars);
    let cut = tables.iter().filter(|t| files.iter().any(|f| f.is_part && f.table == t.name));
    cut.map(|t| (schema_name(t.name), format!("{:#}\n", part_schema(t)))).collect()
}

/// The Table Schema of a part of a table.
pub(crate) fn part_schema(table: &TableSpec) -> Value {
    let mut schema = table_schema(table);
    if let Some(schema) = schema.as_object_mut() {
        schema.shift_remove("foreignKeys");
    }
    schema
}

fn rejects_schema() -> Value {
    let field = |name: &str, doc: &str| {
        json!({ "name": name, "type": "string", "description": doc,
                "constraints": { "required": true } })
    };
    json!({
        "fields": [
            field("source_path", "path below RAW_DIR"),
            field("reason", "why the file gave no document"),
        ],
        "missingValues": [""],
    })
}

/// The Table Schema of a table's CSV file.
pub(crate) fn table_schema(table: &TableSpec) -> Value {
    let mut schema = json!({
        "fields": table.columns.iter().map(field).collect::<Vec<_>>(),
        "missingValues": [""],
        "primaryKey": table.key,
    });
    if !table.refers.is_empty() {
        let keys = table.refers.iter().map(|refer| {
            let mut reference = json!({ "fields": [refer.key] });
            // A key without a resource leads into its own table.
            if refer.table != table.name {
                reference["resource"] = json!(format!("{}-csv", refer.table));
            }
            json!({ "fields": [refer.column], "reference": reference })
        });
        schema["foreignKeys"] = keys.collect();
    }
    schema
}

fn field(column: &ColumnSpec) -> Value {
    let kind = match column.kind {
        ColumnType::String | ColumnType::Category => "string",
        ColumnType::Int32 | ColumnType::Int64 => "integer",
        ColumnType::Float64 => "number",
        ColumnType::Date => "date",
        ColumnType::Bool => "boolean",
    };
    let mut value = json!({ "name": column.name, "type": kind, "description": column.doc });
    if !column.unit.is_empty() {
        value["unit"] = json!(column.unit);
    }
    if column.kind == ColumnType::Bool {
        value["trueValues"] = json!(["true"]);
        value["falseValues"] = json!(["false"]);
    }
    let mut constraints = Map::new();
    if !column.nullable {
        constraints.insert("required".to_owned(), json!(true));
    }
    if !column.choices.is_empty() {
        constraints.insert("enum".to_owned(), json!(column.choices));
    }
    for rule in column.rules {
        match rule {
            Rule::Min(least) => constraints.insert("minimum".to_owned(), number(*least, column)),
            Rule::Max(most) => constraints.insert("maximum".to_owned(), number(*most, column)),
            Rule::Pattern(pattern) => constraints.insert("pattern".to_owned(), json!(pattern)),
        };
    }
    if !constraints.is_empty() {
        value["constraints"] = Value::Object(constraints);
    }
    value
}

#[allow(clippy::cast_possible_truncation, reason = "bounds of whole numbers are small")]
fn number(bound: f64, column: &ColumnSpec) -> Value {
    match column.kind {
        ColumnType::Float64 => json!(bound),
        _ => json!(bound as i64),
    }
}
