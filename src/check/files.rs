//! The files of a dataset against its descriptor.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::Report;
use crate::source::hex;
use crate::tables::{SCHEMA_VERSION, TableSpec};
use crate::write::{DATAPACKAGE, REJECTS};

pub(super) fn check(out_dir: &Path, tables: &[TableSpec], report: &mut Report) {
    let path = out_dir.join(DATAPACKAGE);
    let package: Value = match fs::read(&path).map(|bytes| serde_json::from_slice(&bytes)) {
        Ok(Ok(package)) => package,
        Ok(Err(error)) => {
            return report.add(DATAPACKAGE, None, None, error.to_string(), "a JSON object");
        }
        Err(error) => return report.add(DATAPACKAGE, None, None, error.to_string(), "the file"),
    };
    let version = package.pointer("/rapporteur/schema_version").and_then(Value::as_u64);
    if version != Some(SCHEMA_VERSION.into()) {
        let found =
            version.map_or("no schema version".to_owned(), |v| format!("schema version {v}"));
        let expected = format!("{SCHEMA_VERSION}, which this program reads");
        report.add(DATAPACKAGE, None, None, found, expected);
    }
    let no_resources = Vec::new();
    let resources = package["resources"].as_array().unwrap_or(&no_resources);
    let listed: BTreeSet<&str> = resources.iter().filter_map(|r| r["path"].as_str()).collect();
    for table in tables {
        for extension in ["parquet", "csv"] {
            let name = format!("{}.{extension}", table.name);
            if !listed.contains(name.as_str()) {
                report.add(DATAPACKAGE, None, None, "no resource", format!("one with path {name}"));
            }
        }
    }
    for resource in resources {
        let Some(name) = resource["path"].as_str() else {
            report.add(DATAPACKAGE, None, None, "a resource without path", "a path");
            continue;
        };
        check_resource(out_dir, name, resource, report);
        if let Some(table) = name.strip_suffix(".csv")
            && let Some(table) = tables.iter().find(|t| t.name == table)
        {
            check_fields(name, &resource["schema"]["fields"], table, report);
            if resource["schema"] != crate::write::table_schema(table) {
                let expected = format!("the schema of {} as the contract has it", table.name);
                report.add(DATAPACKAGE, None, None, format!("another schema for {name}"), expected);
            }
        }
    }
    match fs::read_dir(out_dir) {
        Err(error) => report.add("dataset", None, None, error.to_string(), "a readable folder"),
        Ok(entries) => {
            for entry in entries.flatten() {
                let name = entry.file_name();
                let name = name.to_string_lossy();
                if name != DATAPACKAGE && !listed.contains(name.as_ref()) {
                    let expected = format!("only files that {DATAPACKAGE} lists");
                    report.add(&name, None, None, "a file that is not listed", expected);
                }
            }
        }
    }
}

fn check_resource(out_dir: &Path, name: &str, resource: &Value, report: &mut Report) {
    let mut digest = Sha256::new();
    let bytes = fs::File::open(out_dir.join(name))
        .and_then(|mut file| std::io::copy(&mut file, &mut Hashing(&mut digest)));
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(error) => return report.add(name, None, None, error.to_string(), "the file"),
    };
    if resource["bytes"].as_u64() != Some(bytes) {
        let expected = format!("{} as {DATAPACKAGE} says", resource["bytes"]);
        report.add(name, None, None, format!("{bytes} bytes"), expected);
    }
    let hash = format!("sha256:{}", hex(&digest.finalize()));
    if resource["hash"].as_str() != Some(&hash) {
        let expected = format!("{} as {DATAPACKAGE} says", resource["hash"]);
        report.add(name, None, None, hash, expected);
    }
    if name == REJECTS {
        report.rows.insert(
            "rejects",
            csv::Reader::from_path(out_dir.join(name)).map_or(0, |mut r| r.records().count()),
        );
    }
}

fn check_fields(name: &str, fields: &Value, table: &TableSpec, report: &mut Report) {
    let none = Vec::new();
    let found: Vec<&str> =
        fields.as_array().unwrap_or(&none).iter().filter_map(|f| f["name"].as_str()).collect();
    let expected: Vec<&str> = table.columns.iter().map(|c| c.name.as_str()).collect();
    if found != expected {
        let found = format!("fields {} for {name}", found.join(", "));
        report.add(DATAPACKAGE, None, None, found, expected.join(", "));
    }
}

struct Hashing<'a>(&'a mut Sha256);

impl std::io::Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
