//! The schema for readers: as Markdown and as JSON.

use std::fmt::Write;

use serde_json::{Value, json};

use super::{Rule, SCHEMA_VERSION, TableSpec, specs};

/// The contract as Markdown, one section a table.
#[must_use]
pub fn markdown() -> String {
    let mut out = format!(
        "# Tables\n\nSchema version {SCHEMA_VERSION}. Printed by `rapporteur schema`; `cat` is a \
         dictionary-encoded string.\n\n{CONVENTIONS}"
    );
    for table in specs(&[]) {
        out.push_str(&table_markdown(&table));
    }
    out.push_str(
        "\n`documents` ends with a column `docvar_NAME` (string, may be null) for every further \
         column NAME of the sidecar, and of the tables \
         among the raw files.\n",
    );
    out
}

/// What holds of all tables, as Markdown.
pub const CONVENTIONS: &str = "\
Offsets are 0-based and half-open. `char_*` count Unicode code points in \
`documents.text`, `raw_*` bytes of the raw file. `raw_start:raw_end` is the smallest range \
of the raw file from which a row's text was made. Rows are ordered by source path (bytes), \
then by position; `entities` by `entity_id`.\n\n\
A text may be a row of a table: `source_path` is then `FILE#ROW`, with rows counted from 1 and ordered \
as numbers, and `raw_*` count bytes of the row's text field, of which `source_sha256` is the digest. \
Of a compressed file they count the decompressed bytes.\n";

/// A table as Markdown: a heading of level 2, what a row is, and its columns.
#[must_use]
pub fn table_markdown(table: &TableSpec) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_table(&mut out, table);
    out
}

/// A text as it may stand in a cell of a Markdown table, where it reads as it is.
#[must_use]
pub fn markdown_cell(text: &str) -> String {
    let mut cell = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '|' | '\\' | '`' | '<' | '[' | '*' => cell.extend(['\\', c]),
            c if c.is_control() => cell.push(' '),
            c => cell.push(c),
        }
    }
    cell
}

fn write_table(out: &mut String, table: &TableSpec) -> std::fmt::Result {
    writeln!(
        out,
        "\n## {}\n\n{}{}. Key: {}.",
        table.name,
        table.doc[..1].to_uppercase(),
        &table.doc[1..],
        ticked(table.key)
    )?;
    for refer in table.refers {
        write!(out, " `{}` refers to `{}.{}`.", refer.column, refer.table, refer.key)?;
    }
    if !table.refers.is_empty() {
        out.push('\n');
    }
    writeln!(out, "\n| column | type | null | unit | meaning |\n|---|---|---|---|---|")?;
    for column in &table.columns {
        let null = if column.nullable { "yes" } else { "no" };
        write!(
            out,
            "| {} | {} | {null} | {} | {}",
            column_name(&column.name),
            column.kind.as_str(),
            column.unit,
            column.doc
        )?;
        if !column.choices.is_empty() {
            write!(out, ": {}", column.choices.join(", "))?;
        }
        writeln!(out, " |")?;
    }
    Ok(())
}

/// The contract's own names are plain; those of a sidecar's columns may hold anything.
fn column_name(name: &str) -> String {
    if name.starts_with(super::DOCVAR) { markdown_cell(name) } else { name.to_owned() }
}

fn ticked(names: &[&str]) -> String {
    names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(" and ")
}

/// The contract as JSON.
#[must_use]
pub fn json() -> String {
    let tables: Vec<Value> = specs(&[]).iter().map(table_json).collect();
    let value = json!({ "schema_version": SCHEMA_VERSION, "tables": tables });
    format!("{value:#}\n")
}

fn table_json(table: &TableSpec) -> Value {
    let columns: Vec<Value> = table
        .columns
        .iter()
        .map(|column| {
            let mut value = json!({
                "name": column.name,
                "type": column.kind.as_str(),
                "nullable": column.nullable,
                "description": column.doc,
            });
            if !column.unit.is_empty() {
                value["unit"] = json!(column.unit);
            }
            if !column.choices.is_empty() {
                value["values"] = json!(column.choices);
            }
            for rule in column.rules {
                match rule {
                    Rule::Min(least) => value["minimum"] = json!(least),
                    Rule::Max(most) => value["maximum"] = json!(most),
                    Rule::Pattern(pattern) => value["pattern"] = json!(pattern),
                }
            }
            value
        })
        .collect();
    let refers: Vec<Value> = table
        .refers
        .iter()
        .map(|r| json!({ "column": r.column, "table": r.table, "key": r.key }))
        .collect();
    json!({
        "name": table.name,
        "description": table.doc,
        "key": table.key,
        "refers": refers,
        "columns": columns,
    })
}
