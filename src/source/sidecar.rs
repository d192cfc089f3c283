//! The sidecar `metadata.csv`, and facts about texts that are stated beside them.
//!
//! In: the sidecar's bytes and the paths of the files it may speak of, or the cells of a row by the names
//! of their columns. Out: checked facts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::civil::{Date, DateTime};

use super::{
    MOST_COLUMNS, MOST_LIST, MOST_NAME, csv_fault, line_of, long_cell, open_quote, read_text,
};
use crate::error::{DataError, Result};
use crate::metadata::{Genre, Precision, Published};

/// Name of the sidecar in the raw folder.
pub const SIDECAR: &str = "metadata.csv";

/// What is stated of one text, by the sidecar or by its own row; empty cells are `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SidecarRow {
    /// What the ids of its documents begin with, where that is not its path.
    pub id: Option<String>,
    /// Headline.
    pub title: Option<String>,
    /// Person or persons who signed it.
    pub author: Option<String>,
    /// Who issued it.
    pub publisher: Option<String>,
    /// Column, rubric or series.
    pub section: Option<String>,
    /// Issue number of a periodical.
    pub issue: Option<String>,
    /// Where it was published.
    pub url: Option<String>,
    /// Publication date.
    pub published: Option<Published>,
    /// Kind of text.
    pub genre: Option<Genre>,
    /// BCP 47 tag.
    pub language: Option<String>,
    /// Further columns, in the order of [`Sidecar::docvars`].
    pub docvars: Vec<Option<String>>,
}

impl SidecarRow {
    /// Reads the facts from cells by the names of their columns; empty cells are `None`.
    ///
    /// # Errors
    ///
    /// The column of the first fault, what was found and what was expected.
    pub(super) fn of_cells<'a>(
        cell: impl Fn(&str) -> Option<&'a str>,
    ) -> Result<Self, (&'static str, String)> {
        let owned = |column: &str| cell(column).map(str::to_owned);
        let published = cell("published").map(|text| {
            let message =
                || format!("found {text:?}, expected a date as 2018-01-21, 2018-01 or 2018");
            parse_published(text).ok_or_else(|| ("published", message()))
        });
        let genre = cell("genre").map(|text| {
            Genre::ALL.iter().copied().find(|g| g.as_str() == text).ok_or_else(|| {
                let known: Vec<&str> = Genre::ALL.iter().map(|g| g.as_str()).collect();
                ("genre", format!("found {text:?}, expected one of {}", known.join(", ")))
            })
        });
        if let Some(tag) = cell("language").filter(|tag| !is_language_tag(tag)) {
            let message = format!("found {tag:?}, expected a BCP 47 tag as en, ar or zh-Hans");
            return Err(("language", message));
        }
        Ok(Self {
            id: None,
            title: owned("title"),
            author: owned("author"),
            publisher: owned("publisher"),
            section: owned("section"),
            issue: owned("issue"),
            url: owned("url"),
            published: published.transpose()?,
            genre: genre.transpose()?,
            language: owned("language"),
            docvars: Vec::new(),
        })
    }

    /// These facts, and those of `other` where nothing is said here.
    #[must_use]
    pub fn or(self, other: &Self) -> Self {
        let mut docvars = self.docvars;
        docvars.resize(docvars.len().max(other.docvars.len()), None);
        for (own, other) in docvars.iter_mut().zip(&other.docvars) {
            if own.is_none() {
                own.clone_from(other);
            }
        }
        Self {
            id: self.id.or_else(|| other.id.clone()),
            title: self.title.or_else(|| other.title.clone()),
            author: self.author.or_else(|| other.author.clone()),
            publisher: self.publisher.or_else(|| other.publisher.clone()),
            section: self.section.or_else(|| other.section.clone()),
            issue: self.issue.or_else(|| other.issue.clone()),
            url: self.url.or_else(|| other.url.clone()),
            published: self.published.or(other.published),
            genre: self.genre.or(other.genre),
            language: self.language.or_else(|| other.language.clone()),
            docvars,
        }
    }
}

/// The sidecar `metadata.csv`: facts about files that win over what their texts say.
#[derive(Debug, Clone, Default)]
pub struct Sidecar {
    rows: BTreeMap<String, SidecarRow>,
    /// Names of the further columns, as the file has them.
    pub docvars: Vec<String>,
}

/// The columns that state facts which `documents` has too.
pub(super) const COLUMNS: [&str; 9] =
    ["title", "author", "publisher", "section", "issue", "url", "published", "genre", "language"];

impl Sidecar {
    /// Reads `metadata.csv` of a raw folder; without one, nothing is known.
    ///
    /// # Errors
    ///
    /// With the line and column of the first fault: no `source_path` column, a column twice, a row
    /// for a file that is not among `files`, two rows for one file, a `published` that is no ISO
    /// date, a `genre` or `language` that does not exist.
    pub fn read(raw_dir: &Path, files: &BTreeSet<&str>) -> Result<Self> {
        let path = raw_dir.join(SIDECAR);
        // A link that leads nowhere is no sidecar that is missing.
        if path.symlink_metadata().is_err_and(|e| e.kind() == std::io::ErrorKind::NotFound) {
            return Ok(Self::default());
        }
        Ok(Self::parse(read_text(&path, SIDECAR, MOST_LIST)?.as_bytes(), files)?)
    }

    /// What is said of a file.
    #[must_use]
    pub fn row(&self, source_path: &str) -> Option<&SidecarRow> {
        self.rows.get(source_path)
    }

    fn parse(bytes: &[u8], files: &BTreeSet<&str>) -> Result<Self, DataError> {
        let fault = |message: String| DataError::new(SIDECAR, message);
        let mut reader = csv::ReaderBuilder::new().flexible(false).from_reader(bytes);
        let header = reader.headers().map_err(|e| unreadable(&e, bytes))?.clone();
        if header.len() > MOST_COLUMNS {
            let message =
                format!("found {} columns, expected {MOST_COLUMNS} at most", header.len());
            return Err(fault(message).at_line(1));
        }
        let mut places = BTreeMap::new();
        for (i, name) in header.iter().enumerate() {
            if name.is_empty() {
                return Err(fault(format!("the {} column has no name", ordinal(i))).at_line(1));
            }
            if name.len() > MOST_NAME {
                let message = format!(
                    "the {} column has a name of {} bytes, expected {MOST_NAME} at most",
                    ordinal(i),
                    name.len()
                );
                return Err(fault(message).at_line(1));
            }
            if name.trim() != name {
                let message = format!("found {name:?}, expected a name without blanks around it");
                return Err(fault(message).at_line(1).in_column(name.trim()));
            }
            if places.insert(name, i).is_some() {
                return Err(fault("stands twice in the header".into()).at_line(1).in_column(name));
            }
        }
        let Some(&path_at) = places.get("source_path") else {
            let mut message =
                "the header has no column source_path, which says of which file a row speaks"
                    .to_owned();
            if header.len() == 1 && header[0].contains([';', '\t']) {
                message.push_str("; cells are separated by commas, not by semicolons or tabs");
            }
            return Err(fault(message).at_line(1));
        };
        let is_docvar = |name: &str| name != "source_path" && !COLUMNS.contains(&name);
        let docvars: Vec<usize> = (0..header.len()).filter(|i| is_docvar(&header[*i])).collect();
        let mut sidecar = Self {
            rows: BTreeMap::new(),
            docvars: docvars.iter().map(|i| header[*i].to_owned()).collect(),
        };
        // The line of the last row if a cell of it holds a line break.
        let mut broken = None;
        for record in reader.records() {
            let record = record.map_err(|e| unreadable(&e, bytes))?;
            let line = record.position().map_or(0, |position| line_of(position, bytes));
            broken = record.iter().any(|cell| cell.contains('\n')).then_some(line);
            if let Some((at, message)) = long_cell(&record) {
                return Err(fault(message).at_line(line).in_column(&header[at]));
            }
            let at = |column: &str, message: String| fault(message).at_line(line).in_column(column);
            let path = &record[path_at];
            if !files.contains(path) {
                let message = format!(
                    "no file {path:?} in the raw folder (paths are relative to it, '/' between folders)"
                );
                return Err(at("source_path", message));
            }
            let cell = |column: &str| {
                places.get(column).map(|i| record[*i].trim()).filter(|v| !v.is_empty())
            };
            let mut row =
                SidecarRow::of_cells(cell).map_err(|(column, message)| at(column, message))?;
            row.docvars = docvars
                .iter()
                .map(|i| Some(record[*i].to_owned()).filter(|v| !v.is_empty()))
                .collect();
            if sidecar.rows.insert(path.to_owned(), row).is_some() {
                return Err(at("source_path", format!("a second row for {path:?}")));
            }
        }
        match open_quote(bytes, broken) {
            Some((line, message)) => Err(fault(message.to_owned()).at_line(line)),
            None => Ok(sidecar),
        }
    }
}

fn unreadable(error: &csv::Error, text: &[u8]) -> DataError {
    let (line, message) = csv_fault(error, text);
    DataError { file: SIDECAR.to_owned(), line, column: None, message }
}

pub(super) fn ordinal(i: usize) -> String {
    match i {
        0 => "first".to_owned(),
        1 => "second".to_owned(),
        2 => "third".to_owned(),
        _ => format!("{}th", i + 1),
    }
}

/// A date as the sidecar writes it: a day, a month or a year in ISO 8601; a time of day behind it is
/// passed over.
fn parse_published(text: &str) -> Option<Published> {
    let (date, precision) = match text.len() {
        11.. => {
            (text.trim_end_matches('Z').parse::<DateTime>().map(DateTime::date), Precision::Day)
        }
        10 => (text.parse::<Date>(), Precision::Day),
        7 => (format!("{text}-01").parse(), Precision::Month),
        4 => (format!("{text}-01-01").parse(), Precision::Year),
        _ => return None,
    };
    // A year 0 is no year of any newspaper, and many readers of date32 refuse it.
    let date = date.ok().filter(|date| date.year() >= 1)?;
    Some(Published { date, precision })
}

/// Whether `tag` has the form of a BCP 47 language tag: subtags of 1 to 8 letters and digits, the
/// first of 2 to 3 letters or longer registered ones.
pub(crate) fn is_language_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    parts
        .next()
        .is_some_and(|p| (2..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphabetic()))
        && parts.all(|p| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()))
}
