//! Does a dataset keep the contract? Judged as a stranger would: Parquet is read back by polars, which
//! shares no code with the writer. Only what defines a value is shared: the schema, the decoding of
//! raw bytes, what a word is, and what a folder of parts is named after.
//!
//! In: the folder of a dataset and, if wanted, the raw folder. Out: every violation. Assumes nothing
//! of the files. Tables are read in slices of rows; of the rows before only the keys are kept.

mod files;
mod raw;
mod relations;
mod rows;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use crate::error::{Error, Result};
use crate::read::docvars;
use crate::tables::specs;
use relations::Known;

/// One way in which a dataset breaks the contract.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// The table, or the file where it is about a file.
    pub table: String,
    /// The row's key, or its number where the key is what is wrong.
    pub row: Option<String>,
    /// The column.
    pub column: Option<String>,
    /// What was found.
    pub found: String,
    /// What was expected.
    pub expected: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.table)?;
        if let Some(row) = &self.row {
            write!(f, " {row}")?;
        }
        if let Some(column) = &self.column {
            write!(f, " {column}")?;
        }
        write!(f, ": found {}, expected {}", self.found, self.expected)
    }
}

/// The outcome of a check.
#[derive(Debug, Default)]
pub struct Report {
    /// Every violation, in the order of files, tables and rows.
    pub violations: Vec<Violation>,
    /// Rows that were read, for each table.
    pub rows: BTreeMap<&'static str, usize>,
    /// Tables whose rows could not be judged, since they stand in no form that is read row by row.
    pub unread: Vec<&'static str>,
}

impl Report {
    fn add(
        &mut self,
        table: &str,
        row: Option<&str>,
        column: Option<&str>,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) {
        self.violations.push(Violation {
            table: table.to_owned(),
            row: row.map(str::to_owned),
            column: column.map(str::to_owned),
            found: found.into(),
            expected: expected.into(),
        });
    }
}

/// Judges the dataset in `out_dir`; with `raw_dir` also against the raw files.
///
/// # Errors
///
/// If the folder is not there at all. Everything else that is wrong with it is a violation.
pub fn check(out_dir: &Path, raw_dir: Option<&Path>) -> Result<Report> {
    if !out_dir.is_dir() {
        return Err(Error::Folders(format!(
            "{out_dir:?} is not a folder; name the folder of a dataset, which `rapporteur run` writes"
        )));
    }
    if let Some(raw_dir) = raw_dir.filter(|dir| !dir.exists()) {
        return Err(Error::Folders(format!(
            "{raw_dir:?}, which should hold the raw texts, is not there"
        )));
    }
    let mut report = Report::default();
    if files::has_odd_entries(out_dir, &mut report) {
        return Ok(report);
    }
    let docvars = docvars(out_dir);
    let tables = specs(&docvars);
    let Some(stated) = files::check(out_dir, &tables, &mut report) else { return Ok(report) };
    let mut known = Known::default();
    let mut sound = true;
    for table in &tables {
        let keys = rows::check(out_dir, table, &stated, &mut known, &mut report);
        sound &= keys.is_some();
        match table.name {
            "documents" => known.documents = keys.unwrap_or_default(),
            "sentences" => known.sentences = keys.unwrap_or_default(),
            _ => {}
        }
    }
    if report.unread.len() == tables.len() {
        return Ok(report);
    }
    if sound {
        relations::check(out_dir, &tables, &known, raw_dir, &mut report)?;
    } else {
        report.add(
            "dataset",
            None,
            None,
            "tables whose schemas are wrong",
            "sound schemas; relations between tables were not looked at",
        );
    }
    Ok(report)
}

/// A value for people: quoted, and cut where it is long.
fn shown(text: &str) -> String {
    const MOST: usize = 60;
    if text.chars().count() <= MOST {
        return format!("{text:?}");
    }
    let head: String = text.chars().take(MOST).collect();
    format!("{head:?}… ({} characters)", text.chars().count())
}
