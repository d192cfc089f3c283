//! The files of a dataset against its descriptor.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;
use sha2::{Digest, Sha256};
use walkdir::WalkDir;

use super::Report;
use crate::source::{hex, stays_below};
use crate::tables::{SCHEMA_VERSION, TableSpec};
use crate::write::{
    CROISSANT, DATAPACKAGE, Format, Formats, OWN_DIGEST, PartitionBy, README, REJECTS, SCHEMA,
    own_digest, record_format, record_set, schema_format, table_schema,
};

/// What the descriptor says of how the dataset is laid down.
#[derive(Default)]
pub(super) struct Stated {
    formats: Formats,
    /// Files that are not as they were written.
    damaged: BTreeSet<String>,
    /// What folders are made by.
    pub(super) partition_by: Option<PartitionBy>,
}

impl Stated {
    /// Whether a file below the dataset's folder is as it was written.
    pub(super) fn is_whole(&self, name: &str) -> bool {
        !self.damaged.contains(name)
    }

    fn read(package: &Value, report: &mut Report) -> Self {
        let about = &package["rapporteur"];
        let mut stated = Self::default();
        let mut odd = |name: &str, error: String| {
            let expected = format!("a {name} that `rapporteur run` knows");
            report.add(DATAPACKAGE, None, None, error, expected);
        };
        if let Some(names) = about["format"].as_array() {
            let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
            match names.join(",").parse() {
                Ok(formats) => stated.formats = formats,
                Err(error) => odd("format", error),
            }
        }
        if let Some(by) = about["partition_by"].as_str() {
            match by.parse() {
                Ok(by) => stated.partition_by = Some(by),
                Err(error) => odd("partition_by", error),
            }
        }
        stated
    }
}

/// Whether something in the dataset is neither a file nor a folder of its own: who opens a pipe waits for
/// its other end, and a link to a folder leads out of the dataset.
pub(super) fn has_odd_entries(out_dir: &Path, report: &mut Report) -> bool {
    let before = report.violations.len();
    for entry in WalkDir::new(out_dir).min_depth(1).into_iter().flatten() {
        let is_file = fs::metadata(entry.path()).is_ok_and(|found| found.is_file());
        if !entry.file_type().is_dir() && !is_file {
            let name = entry.path().strip_prefix(out_dir).unwrap_or(entry.path()).to_string_lossy();
            let expected = "files and folders; no more was looked at";
            report.add(&name, None, None, "neither a file nor a folder", expected);
        }
    }
    report.violations.len() > before
}

/// Judges the files; none if nothing more can be judged, since the dataset is of another schema version, of
/// which the checksums alone are judged.
#[allow(clippy::too_many_lines, reason = "one finding after the other")]
pub(super) fn check(out_dir: &Path, tables: &[TableSpec], report: &mut Report) -> Option<Stated> {
    let path = out_dir.join(DATAPACKAGE);
    let read = fs::read(&path).map(|text| (serde_json::from_slice::<Value>(&text), text));
    let (package, text) = match read {
        Ok((Ok(package), text)) => (package, text),
        Ok((Err(error), _)) => {
            report.add(DATAPACKAGE, None, None, error.to_string(), "a JSON object");
            return Some(Stated::default());
        }
        Err(error) => {
            report.add(DATAPACKAGE, None, None, error.to_string(), "the file");
            return Some(Stated::default());
        }
    };
    let no_resources = Vec::new();
    let resources = package["resources"].as_array().unwrap_or(&no_resources);
    let listed: BTreeSet<&str> = resources.iter().filter_map(|r| r["path"].as_str()).collect();
    let version = package.pointer("/rapporteur/schema_version").and_then(Value::as_u64);
    let is_own = version.is_none_or(|version| version == u64::from(SCHEMA_VERSION));
    let is_before =
        package["rapporteur"].is_object() && package["rapporteur"][OWN_DIGEST].is_null();
    if !is_own || is_before {
        report_version(version, &package, report);
        for resource in resources {
            if let Some(name) = resource["path"].as_str() {
                check_resource(out_dir, name, resource, report);
            }
        }
        check_unlisted(out_dir, "", &listed, report);
        return None;
    }
    if version.is_none() {
        let expected = format!("{SCHEMA_VERSION}, which this program reads");
        report.add(DATAPACKAGE, None, None, "no schema version", expected);
    }
    check_own_digest(&package, &text, report);
    let mut stated = Stated::read(&package, report);
    for table in tables {
        for format in stated.formats.as_slice() {
            let name = format!("{}.{}", table.name, format.as_str());
            let part = |path: &&str| part_of(path).is_some_and(|whole| whole == name);
            if !listed.contains(name.as_str()) && !listed.iter().any(part) {
                report.add(DATAPACKAGE, None, None, "no resource", format!("one with path {name}"));
            }
        }
    }
    for name in [CROISSANT, README] {
        if !listed.contains(name) {
            report.add(DATAPACKAGE, None, None, "no resource", format!("one with path {name}"));
        }
    }
    for resource in resources {
        let Some(name) = resource["path"].as_str() else {
            report.add(DATAPACKAGE, None, None, "a resource without path", "a path");
            continue;
        };
        if !check_resource(out_dir, name, resource, report) {
            stated.damaged.insert(name.to_owned());
        }
        let whole = part_of(name).unwrap_or(name);
        let table = tables.iter().find(|table| {
            Format::ALL.iter().any(|f| whole == format!("{}.{}", table.name, f.as_str()))
        });
        match table {
            Some(table) if whole != name => {
                let expected = format!("{}{SCHEMA}", table.name);
                let is_csv = whole.ends_with(".csv");
                if (is_csv || !resource["schema"].is_null()) && resource["schema"] != *expected {
                    let found = format!("another schema for {name}");
                    report.add(DATAPACKAGE, None, None, found, expected);
                }
            }
            Some(table) if name.ends_with(".csv") || !resource["schema"].is_null() => {
                check_fields(name, &resource["schema"]["fields"], table, report);
                let format = schema_format(stated.formats.as_slice());
                let is_whole =
                    |name: &str| listed.contains(format!("{name}.{}", format.as_str()).as_str());
                if resource["schema"] != table_schema(table, format, is_whole) {
                    let found = format!("another schema for {name}");
                    let expected = format!("the schema of {} as the contract has it", table.name);
                    report.add(DATAPACKAGE, None, None, found, expected);
                }
            }
            _ => {}
        }
        let table = tables.iter().find(|t| name.strip_suffix(SCHEMA) == Some(t.name));
        if let Some(table) = table {
            let text = fs::read(out_dir.join(name)).unwrap_or_default();
            let schema: Value = serde_json::from_slice(&text).unwrap_or_default();
            if schema != crate::write::part_schema(table) {
                let expected = format!("the schema of parts of {}", table.name);
                report.add(name, None, None, "another schema", expected);
            }
        }
    }
    check_croissant(out_dir, tables, &stated, resources, report);
    check_unlisted(out_dir, "", &listed, report);
    Some(stated)
}

/// Says which version wrote the dataset and what to do.
fn report_version(version: Option<u64>, package: &Value, report: &mut Report) {
    let program = package.pointer("/rapporteur/version").and_then(Value::as_str);
    let program = program.map_or("another version of the program".to_owned(), |version| {
        format!("rapporteur {version}")
    });
    let own = env!("CARGO_PKG_VERSION");
    let what_to_do = if version.is_some_and(|version| version > u64::from(SCHEMA_VERSION)) {
        "judge it with that version, or a later one"
    } else {
        "run again on the raw texts, or judge it with that version"
    };
    let found = match version.filter(|version| *version != u64::from(SCHEMA_VERSION)) {
        Some(version) => format!("schema version {version}"),
        None if version.is_none() => format!("neither a schema version nor {OWN_DIGEST}"),
        None => format!("schema version {SCHEMA_VERSION} without {OWN_DIGEST}"),
    };
    let expected = format!(
        "{SCHEMA_VERSION}, which this program (rapporteur {own}) reads; {program} wrote the dataset: {what_to_do}; only \
         checksums were looked at"
    );
    report.add(DATAPACKAGE, None, None, found, expected);
}

/// The descriptor must be as it was written, to the byte.
fn check_own_digest(package: &Value, text: &[u8], report: &mut Report) {
    let stated = package["rapporteur"][OWN_DIGEST].as_str().unwrap_or_default();
    let own = own_digest(text, stated);
    if own.as_deref() != Some(stated) {
        let found = own.map_or("another text".to_owned(), |own| format!("sha256:{own}"));
        let expected = format!(
            "sha256:{stated} as it says itself: it was changed since the run (facts of the dataset stand \
             in rapporteur.toml)"
        );
        report.add(DATAPACKAGE, None, None, found, expected);
    }
}

/// The descriptor in Croissant's form must have the files and the columns that the other has.
fn check_croissant(
    out_dir: &Path,
    tables: &[TableSpec],
    stated: &Stated,
    resources: &[Value],
    report: &mut Report,
) {
    // That it cannot be read was reported with its checksum.
    let Ok(text) = fs::read(out_dir.join(CROISSANT)) else { return };
    let croissant: Value = match serde_json::from_slice(&text) {
        Ok(croissant) => croissant,
        Err(error) => return report.add(CROISSANT, None, None, error.to_string(), "a JSON object"),
    };
    let none = Vec::new();
    let distribution = croissant["distribution"].as_array().unwrap_or(&none);
    let files: BTreeMap<&str, &Value> = distribution
        .iter()
        .filter(|file| file["@type"] == "cr:FileObject")
        .map(|file| (file["contentUrl"].as_str().unwrap_or_default(), file))
        .collect();
    let is_data = |name: &str| name != CROISSANT && name != README && !name.ends_with(SCHEMA);
    let mut named = BTreeSet::new();
    for resource in resources {
        let Some(name) = resource["path"].as_str().filter(|name| is_data(name)) else { continue };
        named.insert(name);
        let Some(file) = files.get(name) else {
            report.add(CROISSANT, None, None, "no FileObject", format!("one for {name}"));
            continue;
        };
        let bytes = resource["bytes"].as_u64().map(|n| format!("{n} B"));
        let hash = resource["hash"].as_str().and_then(|hash| hash.strip_prefix("sha256:"));
        for (key, expected) in [("sha256", hash), ("contentSize", bytes.as_deref())] {
            if file[key].as_str() != expected {
                let found = format!("{key} {} of {name}", file[key]);
                let expected = format!("{expected:?} as in {DATAPACKAGE}");
                report.add(CROISSANT, None, None, found, expected);
            }
        }
    }
    for name in files.keys() {
        if !named.contains(name) {
            let expected = format!("only files that {DATAPACKAGE} lists");
            report.add(CROISSANT, None, None, format!("a FileObject for {name:?}"), expected);
        }
    }
    let sets = croissant["recordSet"].as_array().unwrap_or(&none);
    let format = record_format(stated.formats.as_slice());
    for table in tables {
        let whole = format!("{}.{}", table.name, format.as_str());
        let expected = record_set(table, tables, format, !named.contains(whole.as_str()));
        let Some(set) = sets.iter().find(|set| set["@id"] == table.name) else {
            let expected = format!("one for {}", table.name);
            report.add(CROISSANT, None, None, "no RecordSet", expected);
            continue;
        };
        if *set != expected {
            let found = format!("another RecordSet for {}", table.name);
            let expected = format!("the columns of {} as the contract has them", table.name);
            report.add(CROISSANT, None, None, found, expected);
        }
    }
}

/// The name of the table's folder for the path of a part.
fn part_of(path: &str) -> Option<&str> {
    path.split_once('/').map(|(whole, _)| whole)
}

/// Every file of the folder and of those below it must be listed.
fn check_unlisted(out_dir: &Path, below: &str, listed: &BTreeSet<&str>, report: &mut Report) {
    let entries = match fs::read_dir(out_dir.join(below)) {
        Ok(entries) => entries,
        Err(error) => {
            return report.add("dataset", None, None, error.to_string(), "a readable folder");
        }
    };
    let mut names: Vec<(String, bool)> = entries
        .flatten()
        .map(|entry| {
            let is_dir = entry.file_type().is_ok_and(|kind| kind.is_dir());
            (format!("{below}{}", entry.file_name().to_string_lossy()), is_dir)
        })
        .collect();
    names.sort();
    for (name, is_dir) in names {
        if is_dir {
            check_unlisted(out_dir, &format!("{name}/"), listed, report);
        } else if name != DATAPACKAGE && !listed.contains(name.as_str()) {
            let expected = format!("only files that {DATAPACKAGE} lists");
            report.add(&name, None, None, "a file that is not listed", expected);
        }
    }
}

/// Whether a file is as it was written.
fn check_resource(out_dir: &Path, name: &str, resource: &Value, report: &mut Report) -> bool {
    let before = report.violations.len();
    if !stays_below(name) {
        report.add(DATAPACKAGE, None, None, format!("the path {name:?}"), "one inside the dataset");
        return false;
    }
    let mut digest = Sha256::new();
    let bytes = fs::File::open(out_dir.join(name))
        .and_then(|mut file| std::io::copy(&mut file, &mut Hashing(&mut digest)));
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(error) => {
            report.add(name, None, None, error.to_string(), "the file");
            return false;
        }
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
    report.violations.len() == before
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
