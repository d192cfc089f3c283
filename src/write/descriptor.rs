//! `datapackage.json`: what the files of a dataset are, for programs that never heard of it.
//!
//! The form is Frictionless Data Package version 2. CSV files are resources of type `table` with
//! their schema; Parquet files are of type `file`, since a validator that reads them as tables counts
//! their bytes differently.

use serde_json::{Map, Value, json};

use super::Written;
use crate::config::TEXT_COLUMN;
use crate::tables::{ColumnSpec, ColumnType, Rule, SCHEMA_VERSION, TableSpec, specs};

pub(super) fn datapackage(docvars: &[String], text_column: &str, files: &[Written]) -> String {
    let tables = specs(docvars);
    let resources: Vec<Value> = files.iter().map(|file| resource(file, &tables)).collect();
    let mut package = json!({
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "rapporteur-dataset",
        "description": "Documents, sentences, mentions, entities and blocks of a corpus of political text; every row leads to bytes of the raw files.",
        "rapporteur": {
            "version": env!("CARGO_PKG_VERSION"),
            "schema_version": SCHEMA_VERSION,
        },
        "resources": resources,
    });
    // Who looks back at rows of tables must know it.
    if text_column != TEXT_COLUMN {
        package["rapporteur"]["text_column"] = json!(text_column);
    }
    format!("{package:#}\n")
}

fn resource(file: &Written, tables: &[TableSpec]) -> Value {
    let (stem, extension) = file.name.rsplit_once('.').unwrap_or((&file.name, ""));
    let table = tables.iter().find(|t| t.name == stem);
    let mut value = json!({ "name": file.name.replace('.', "-"), "path": file.name });
    if extension == "csv" {
        value["type"] = json!("table");
        value["format"] = json!("csv");
        value["mediatype"] = json!("text/csv");
        value["encoding"] = json!("utf-8");
    } else {
        value["type"] = json!("file");
        value["format"] = json!(extension);
        value["mediatype"] = json!("application/vnd.apache.parquet");
    }
    value["description"] = json!(table.map_or("files that gave no document, and why", |t| t.doc));
    value["bytes"] = json!(file.bytes);
    value["hash"] = json!(format!("sha256:{}", file.sha256));
    if extension == "csv" {
        value["schema"] = table.map_or_else(rejects_schema, table_schema);
    }
    value
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
