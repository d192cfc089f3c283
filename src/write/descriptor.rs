//! `datapackage.json`: what the files of a dataset are, for programs that never heard of it.
//!
//! The form is Frictionless Data Package version 2. CSV files are resources of type `table` with
//! their schema; all others are of type `file`, since a validator that reads Parquet as a table counts
//! its bytes differently. Where there is no CSV the first form has the schema. Parts of a table refer
//! to one file with their schema, which has no foreign keys; no key leads to a table in parts either, since no part has all its rows.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::facts::{Agent, Facts};
use super::settings::{Format, Settings};
use super::sink::Written;
use super::survey::Survey;
use super::table::TableFile;
use super::{CROISSANT, README, REJECTS, SCHEMA};
use crate::source::hex;
use crate::tables::{ColumnSpec, ColumnType, Rule, SCHEMA_VERSION, TableSpec, specs};

/// What the descriptors tell of.
pub(super) struct Described<'a> {
    /// The sidecar's columns.
    pub(super) docvars: &'a [String],
    pub(super) settings: &'a Settings,
    /// The files of the tables, those of a table and form in a row.
    pub(super) files: &'a [TableFile],
    /// All other files so far.
    pub(super) others: &'a [Written],
    pub(super) survey: &'a Survey,
}

/// What makes a descriptor's text.
pub(super) type Make = fn(&Described<'_>) -> String;

impl Described<'_> {
    /// The name for programs.
    pub(super) fn name(&self) -> &str {
        self.settings.facts.name.as_deref().unwrap_or("rapporteur-dataset")
    }

    /// Whether a table is cut into parts.
    pub(super) fn is_cut(&self, table: &str) -> bool {
        self.files.iter().any(|file| file.is_part && file.table == table)
    }

    /// What the dataset is.
    pub(super) fn description(&self) -> &str {
        let usual = "Documents, sentences, mentions, entities and blocks of a corpus of political text; every row leads to bytes of the raw files.";
        self.settings.facts.description.as_deref().unwrap_or(usual)
    }
}

pub(super) fn datapackage(told: &Described<'_>) -> String {
    let Described { docvars, settings, files, others, survey } = told;
    let tables = specs(docvars);
    let mut numbers: BTreeMap<(&str, Format), usize> = BTreeMap::new();
    let mut resources: Vec<Value> = Vec::new();
    let with_schema = schema_format(settings.formats.as_slice());
    for file in *files {
        let number = numbers.entry((file.table, file.format)).or_default();
        if let Some(table) = tables.iter().find(|t| t.name == file.table) {
            let mut value = resource(file, *number, table);
            if file.format == with_schema {
                value["schema"] = if file.is_part {
                    json!(schema_name(table.name))
                } else {
                    table_schema(table, with_schema, |name| !told.is_cut(name))
                };
            }
            resources.push(value);
        }
        *number += 1;
    }
    resources.extend(others.iter().map(other));
    let mut package = json!({
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": told.name(),
    });
    if let Some(title) = &settings.facts.title {
        package["title"] = json!(title);
    }
    package["description"] = json!(told.description());
    state(&mut package, &settings.facts, survey);
    package["rapporteur"] = about(settings);
    package["resources"] = resources.into();
    let text = format!("{package:#}\n");
    match own_digest(text.as_bytes(), NO_DIGEST) {
        Some(digest) => text.replacen(&stated_digest(NO_DIGEST), &stated_digest(&digest), 1),
        None => text,
    }
}

/// What the descriptor calls its own digest.
pub(crate) const OWN_DIGEST: &str = "descriptor_sha256";
/// What stands in the place of the descriptor's own digest while that is taken.
const NO_DIGEST: &str = "0000000000000000000000000000000000000000000000000000000000000000";

fn stated_digest(digest: &str) -> String {
    format!("\"{OWN_DIGEST}\": \"{digest}\"")
}

/// The SHA-256 of a descriptor's text with zeros in the place of `digest`, which it states as its
/// own; none if it does not state that. No text inside the JSON can look like the statement, since its
/// quotation marks would be escaped.
pub(crate) fn own_digest(text: &[u8], digest: &str) -> Option<String> {
    let stated = stated_digest(digest);
    let at = memchr::memmem::find(text, stated.as_bytes())?;
    let mut hash = Sha256::new();
    hash.update(&text[..at]);
    hash.update(stated_digest(NO_DIGEST));
    hash.update(&text[at + stated.len()..]);
    Some(hex(&hash.finalize()))
}

/// Adds what the configuration states.
fn state(package: &mut Value, facts: &Facts, survey: &Survey) {
    // The profile knows no date of publication and no citation; their names are those of Zenodo's
    // metadata and of schema.org.
    let texts = [
        ("version", &facts.version),
        ("homepage", &facts.homepage),
        ("publication_date", &facts.published.map(|day| day.to_string())),
        ("citation", &facts.citation),
    ];
    for (key, text) in texts {
        if let Some(text) = text {
            package[key] = json!(text);
        }
    }
    if !facts.keywords.is_empty() {
        package["keywords"] = json!(facts.keywords);
    }
    let mut licence = Map::new();
    if let Some(id) = &facts.licence {
        licence.insert("name".to_owned(), json!(id));
    }
    if let Some(page) = facts.licence_page() {
        licence.insert("path".to_owned(), json!(page));
    }
    if !licence.is_empty() {
        package["licenses"] = json!([licence]);
    }
    let creators = facts.creators.iter().map(|agent| contributor(agent, Some("creator")));
    let others = facts.contributors.iter().map(|agent| contributor(agent, None));
    let contributors: Vec<Value> = creators.chain(others).collect();
    if !contributors.is_empty() {
        package["contributors"] = contributors.into();
    }
    let sources = sources(facts, survey);
    if !sources.is_empty() {
        package["sources"] = sources.into();
    }
}

fn contributor(agent: &Agent, first_role: Option<&str>) -> Value {
    let mut value = json!({ "title": agent.name });
    let texts =
        [("path", &agent.page()), ("email", &agent.email), ("organization", &agent.affiliation)];
    for (key, text) in texts {
        if let Some(text) = text {
            value[key] = json!(text);
        }
    }
    let roles: Vec<&str> = first_role.into_iter().chain(agent.role.as_deref()).collect();
    if !roles.is_empty() {
        value["roles"] = json!(roles);
    }
    value
}

/// The most publishers that are listed as sources.
const MOST_SOURCES: usize = 100;

/// Where the texts come from: what is stated, else the publishers of the documents.
fn sources(facts: &Facts, survey: &Survey) -> Vec<Value> {
    let stated = facts.sources.iter().map(|source| match &source.url {
        Some(url) => json!({ "title": source.title, "path": url }),
        None => json!({ "title": source.title }),
    });
    let stated: Vec<Value> = stated.collect();
    if !stated.is_empty() {
        return stated;
    }
    let publishers = survey.publishers().into_iter().take(MOST_SOURCES);
    publishers.map(|(name, _)| json!({ "title": name })).collect()
}

/// What is said of the run: versions, and the settings that are not the usual ones.
fn about(settings: &Settings) -> Value {
    let usual = Settings::default();
    let mut about = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "schema_version": SCHEMA_VERSION,
        OWN_DIGEST: NO_DIGEST,
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
    if settings.csv_safe {
        about["csv_safe"] = json!(true);
    }
    // Who looks back at rows of tables must know it.
    if settings.text_column != usual.text_column {
        about["text_column"] = json!(settings.text_column);
    }
    about
}

/// The form whose resources have the tables' schemas.
pub(crate) fn schema_format(formats: &[Format]) -> Format {
    let csv = formats.iter().find(|format| **format == Format::Csv);
    csv.or(formats.first()).copied().unwrap_or(Format::Csv)
}

fn resource(file: &TableFile, number: usize, table: &TableSpec) -> Value {
    let Written { name, bytes, sha256 } = &file.written;
    let extension = file.format.as_str();
    let id = file_id(file.table, file.format, file.is_part.then_some(number));
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
    value
}

/// What the descriptors call a file of a table, or one of its parts.
pub(crate) fn file_id(table: &str, format: Format, part: Option<usize>) -> String {
    let extension = format.as_str();
    match part {
        Some(number) => format!("{table}-{extension}-{number:04}"),
        None => format!("{table}-{extension}"),
    }
}

/// A file that is no table of the contract.
fn other(file: &Written) -> Value {
    let Written { name, bytes, sha256 } = file;
    let mut value = json!({ "name": name.to_lowercase().replace('.', "-"), "path": name });
    let (kind, format, mediatype, description) = match name.as_str() {
        REJECTS => ("table", "csv", "text/csv", "files that gave no document, and why"),
        README => ("file", "md", "text/markdown", "what the dataset is, and what its columns mean"),
        CROISSANT => ("file", "json", CROISSANT_TYPE, "the dataset as Croissant describes it"),
        _ => ("file", "json", "application/json", "Table Schema of the parts of a table"),
    };
    value["type"] = json!(kind);
    value["format"] = json!(format);
    value["mediatype"] = json!(mediatype);
    value["encoding"] = json!("utf-8");
    value["description"] = json!(description);
    value["bytes"] = json!(bytes);
    value["hash"] = json!(format!("sha256:{sha256}"));
    if name == REJECTS {
        value["schema"] = rejects_schema();
    }
    value
}

/// The media type of JSON-LD; Croissant's own profile would be a parameter of it.
const CROISSANT_TYPE: &str = "application/ld+json";

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
    // No part has all rows that another may refer to.
    table_schema(table, Format::Csv, |_| false)
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

/// The Table Schema of a table whose file in the form `format` has it; `is_whole` tells of a table
/// whether it is in one file, to which keys can lead.
pub(crate) fn table_schema(
    table: &TableSpec,
    format: Format,
    is_whole: impl Fn(&str) -> bool,
) -> Value {
    let field = |column: &ColumnSpec| field(column, table.key == [column.name.as_str()]);
    let mut schema = json!({
        "fields": table.columns.iter().map(field).collect::<Vec<_>>(),
        "missingValues": [""],
        "primaryKey": table.key,
    });
    let refers = table.refers.iter().filter(|refer| is_whole(refer.table));
    let keys: Vec<Value> = refers
        .map(|refer| {
            let mut reference = json!({ "fields": [refer.key] });
            // A key without a resource leads into its own table.
            if refer.table != table.name {
                reference["resource"] = json!(file_id(refer.table, format, None));
            }
            json!({ "fields": [refer.column], "reference": reference })
        })
        .collect();
    if !keys.is_empty() {
        schema["foreignKeys"] = keys.into();
    }
    schema
}

fn field(column: &ColumnSpec, is_key: bool) -> Value {
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
    if is_key {
        constraints.insert("unique".to_owned(), json!(true));
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
