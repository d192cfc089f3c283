//! `croissant.json`: the dataset in Croissant 1.1, JSON-LD that search engines and loaders read.
//!
//! In: what is told of the dataset ([`Described`]). Out: the descriptor. Every file is a `FileObject` with its checksum, the
//! parts of a table together are a `FileSet`, and every table is a `RecordSet` over the first of its
//! forms. The names follow the specification's appendix 1, in the namespace that its reference reader mlcroissant 1.1.1
//! knows (`https://schema.org/`).
//!
//! That reader cannot take a field that refers to its own table (it finds a cycle), so
//! those references stand in `datapackage.json` only; and it takes no identifier with a blank in it.

use serde_json::{Value, json};

use super::descriptor::{Described, file_id};
use super::facts::{Agent, AgentKind, Facts};
use super::settings::Format;
use super::sink::Written;
use super::table::TableFile;
use crate::tables::{ColumnSpec, ColumnType, TableSpec, specs};

/// The text of the descriptor.
pub(super) fn croissant(told: &Described<'_>) -> String {
    let facts = &told.settings.facts;
    let tables = specs(told.docvars);
    let mut value = json!({
        "@context": context(),
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": facts.title.as_deref().unwrap_or(told.name()),
        "description": told.description(),
    });
    if facts.title.is_some()
        && let Some(name) = &facts.name
    {
        value["alternateName"] = json!(name);
    }
    state(&mut value, facts);
    if let Some((first, last)) = told.survey.published {
        value["temporalCoverage"] = json!(format!("{first}/{last}"));
    }
    if !told.survey.languages.is_empty() {
        value["inLanguage"] = json!(told.survey.languages);
    }
    let format = record_format(told.settings.formats.as_slice());
    value["distribution"] = distribution(told).into();
    let sets =
        tables.iter().map(|table| record_set(table, &tables, format, told.is_cut(table.name)));
    value["recordSet"] = sets.collect();
    format!("{value:#}\n")
}

/// Adds what the configuration states.
fn state(value: &mut Value, facts: &Facts) {
    let texts = [
        ("version", &facts.version),
        ("url", &facts.homepage),
        ("citeAs", &facts.citation),
        ("license", &facts.licence_page()),
        ("datePublished", &facts.published.map(|day| day.to_string())),
    ];
    for (key, text) in texts {
        if let Some(text) = text {
            value[key] = json!(text);
        }
    }
    if value["license"].is_null()
        && let Some(id) = &facts.licence
    {
        value["license"] = json!({ "@type": "sc:CreativeWork", "name": id });
    }
    if !facts.keywords.is_empty() {
        value["keywords"] = json!(facts.keywords);
    }
    for (key, agents) in [("creator", &facts.creators), ("contributor", &facts.contributors)] {
        if !agents.is_empty() {
            value[key] = agents.iter().map(agent).collect();
        }
    }
    if !facts.sources.is_empty() {
        let source = |source: &super::facts::Source| {
            let mut value = json!({ "@type": "sc:CreativeWork", "name": source.title });
            if let Some(url) = &source.url {
                value["url"] = json!(url);
            }
            value
        };
        value["isBasedOn"] = facts.sources.iter().map(source).collect();
    }
}

fn agent(agent: &Agent) -> Value {
    let kind = match agent.kind {
        AgentKind::Person => "sc:Person",
        AgentKind::Organization => "sc:Organization",
    };
    let mut value = json!({ "@type": kind, "name": agent.name });
    if let Some(page) = agent.page() {
        value["url"] = json!(page);
    }
    if let Some(email) = &agent.email {
        value["email"] = json!(email);
    }
    if let Some(name) = &agent.affiliation {
        value["affiliation"] = json!({ "@type": "sc:Organization", "name": name });
    }
    value
}

/// The form that the record sets are read from.
pub(crate) fn record_format(formats: &[Format]) -> Format {
    // Forms are sorted, those that most programs read best first.
    formats.first().copied().unwrap_or(Format::Parquet)
}

fn distribution(told: &Described<'_>) -> Vec<Value> {
    let mut all = Vec::new();
    let mut number = 0;
    for (at, file) in told.files.iter().enumerate() {
        let TableFile { table, format, is_part, written } = file;
        let begins = at == 0 || {
            let before = &told.files[at - 1];
            (before.table, before.format) != (*table, *format)
        };
        number = if begins { 0 } else { number + 1 };
        if begins && *is_part {
            all.push(file_set(table, *format));
        }
        let part = is_part.then_some(number);
        let id = file_id(table, *format, part);
        all.push(file_object(&id, media_type(*format), written));
    }
    for written in told.others.iter().filter(|written| written.name.ends_with(".csv")) {
        all.push(file_object(&written.name, media_type(Format::Csv), written));
    }
    all
}

fn media_type(format: Format) -> &'static str {
    match format {
        Format::Parquet => "application/x-parquet",
        Format::Csv => "text/csv",
        Format::Jsonl => "application/jsonlines",
        Format::Arrow => "application/vnd.apache.arrow.file",
    }
}

fn file_object(id: &str, media_type: &str, written: &Written) -> Value {
    json!({
        "@type": "cr:FileObject",
        "@id": id,
        "name": written.name,
        "contentUrl": written.name,
        "contentSize": format!("{} B", written.bytes),
        "encodingFormat": media_type,
        "sha256": written.sha256,
    })
}

fn file_set(table: &str, format: Format) -> Value {
    let extension = format.as_str();
    let id = file_id(table, format, None);
    json!({
        "@type": "cr:FileSet",
        "@id": id,
        "name": id,
        "description": format!("the parts of {table}"),
        "encodingFormat": media_type(format),
        // Parts lie in the table's folder, or in folders in it.
        "includes": [
            format!("{table}.{extension}/*.{extension}"),
            format!("{table}.{extension}/*/*.{extension}"),
        ],
    })
}

/// The record set of a table that stands in one file, or in a set of files.
pub(crate) fn record_set(
    table: &TableSpec,
    tables: &[TableSpec],
    format: Format,
    is_cut: bool,
) -> Value {
    let mut fields = Vec::with_capacity(table.columns.len());
    let file = json!({ "@id": file_id(table.name, format, None) });
    for column in &table.columns {
        let mut source =
            if is_cut { json!({ "fileSet": file }) } else { json!({ "fileObject": file }) };
        source["extract"] = json!({ "column": column.name });
        let mut field = json!({
            "@type": "cr:Field",
            "@id": field_id(table.name, &column.name),
            "name": column.name,
            "description": meaning(column),
            "dataType": data_type(column.kind),
            "source": source,
        });
        let refers = table.refers.iter().find(|r| r.column == column.name);
        let other = refers.filter(|r| r.table != table.name);
        if let Some(refer) = other
            && tables.iter().any(|t| t.name == refer.table)
        {
            let id = field_id(refer.table, refer.key);
            field["references"] = json!({ "field": { "@id": id } });
        }
        fields.push(field);
    }
    let keys = table.key.iter().map(|key| json!({ "@id": field_id(table.name, key) }));
    json!({
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": table.doc,
        "key": keys.collect::<Vec<_>>(),
        "field": fields,
    })
}

/// What a column means, with its values where they are a closed list and its unit.
fn meaning(column: &ColumnSpec) -> String {
    let mut text = column.doc.to_owned();
    if !column.choices.is_empty() {
        text.push_str(": ");
        text.push_str(&column.choices.join(", "));
    }
    if !column.unit.is_empty() {
        text.push_str(&format!(" ({})", column.unit));
    }
    text
}

fn data_type(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::String | ColumnType::Category => "sc:Text",
        ColumnType::Int32 => "cr:Int32",
        ColumnType::Int64 => "cr:Int64",
        ColumnType::Float64 => "cr:Float64",
        ColumnType::Date => "sc:Date",
        ColumnType::Bool => "sc:Boolean",
    }
}

/// Identifiers are read as IRIs: of a column's name letters, digits, `_`, `-` and `.` stay, and any
/// other character is `~` and its code point in hexadecimal digits, with a second `~` behind.
fn field_id(table: &str, column: &str) -> String {
    let mut id = format!("{table}/");
    for c in column.chars() {
        if c.is_alphanumeric() || "_-.".contains(c) {
            id.push(c);
        } else {
            id.push_str(&format!("~{:x}~", u32::from(c)));
        }
    }
    id
}

/// The context of appendix 1, with those terms that mlcroissant 1.1.1 misses otherwise.
fn context() -> Value {
    let mut context = json!({
        "@language": "en",
        "@vocab": "https://schema.org/",
        "sc": "https://schema.org/",
        "cr": "http://mlcommons.org/croissant/",
        "rai": "http://mlcommons.org/croissant/RAI/",
        "dct": "http://purl.org/dc/terms/",
        "conformsTo": "dct:conformsTo",
        "data": { "@id": "cr:data", "@type": "@json" },
        "dataType": { "@id": "cr:dataType", "@type": "@vocab" },
        "description": { "@container": "@language" },
        "examples": { "@id": "cr:examples", "@type": "@json" },
        "name": { "@container": "@language" },
    });
    for term in TERMS {
        context[*term] = json!(format!("cr:{term}"));
    }
    context
}

/// Croissant's own terms.
const TERMS: &[&str] = &[
    "annotation",
    "arrayShape",
    "citeAs",
    "column",
    "containedIn",
    "equivalentProperty",
    "excludes",
    "extract",
    "field",
    "fileObject",
    "fileProperty",
    "fileSet",
    "format",
    "includes",
    "isArray",
    "isLiveDataset",
    "jsonPath",
    "key",
    "md5",
    "parentField",
    "path",
    "readLines",
    "recordSet",
    "references",
    "regex",
    "repeated",
    "replace",
    "samplingRate",
    "sdVersion",
    "separator",
    "source",
    "subField",
    "transform",
    "unArchive",
    "value",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_apart_and_without_blanks() {
        for (column, id) in [
            ("doc_id", "t/doc_id"),
            ("docvar_my column", "t/docvar_my~20~column"),
            ("docvar_a~20~b", "t/docvar_a~7e~20~7e~b"),
            ("docvar_a/b%", "t/docvar_a~2f~b~25~"),
            ("docvar_منطقة", "t/docvar_منطقة"),
            ("docvar_\u{a0}", "t/docvar_~a0~"),
        ] {
            assert_eq!(field_id("t", column), id);
        }
    }
}
