//! Where texts come from: the raw folder, its files in order, and the sidecar beside them.
//!
//! In: a folder. Out: its files sorted by the bytes of their relative path, each read once when it
//! is its turn. Assumes that the folder stays still while it is listed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use sha2::{Digest, Sha256};
use walkdir::WalkDir;

use crate::error::{DataError, Error, Reject, Result};
use crate::metadata::{Genre, Precision, Published};

/// Name of the sidecar in the raw folder.
pub const SIDECAR: &str = "metadata.csv";

/// A file that is to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Where it is.
    pub path: PathBuf,
    /// Path below the raw folder, '/' between folders.
    pub source_path: String,
    /// Size in bytes when it was listed.
    pub size: u64,
}

/// What the raw folder holds.
#[derive(Debug, Default)]
pub struct Listing {
    /// The files, sorted by the bytes of `source_path`.
    pub files: Vec<SourceFile>,
    /// Entries that cannot be read as documents.
    pub rejects: Vec<Reject>,
    /// Number of hidden entries (their name begins with a full stop) that were passed over.
    pub hidden: usize,
    /// Number of files of [`OTHER_FORMATS`] that were passed over.
    pub other: usize,
}

/// Extensions of files that keep data or settings beside texts and are no texts themselves.
pub const OTHER_FORMATS: &[&str] = &["json", "toml", "xml", "yaml", "yml"];

/// Lists the files of a raw folder and of all folders below it.
///
/// Every file counts, whatever its extension, but for the sidecar, hidden ones and those of
/// [`OTHER_FORMATS`]. Links are followed. What is no file, or has a name that a table cannot hold, is a reject.
///
/// # Errors
///
/// If the folder itself cannot be read.
pub fn list(raw_dir: &Path) -> Result<Listing> {
    let mut listing = list_all(raw_dir)?;
    let other = |path: &Path| {
        let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
        OTHER_FORMATS.iter().any(|other| other.eq_ignore_ascii_case(extension))
    };
    let all = listing.files.len();
    listing.files.retain(|file| !other(&file.path));
    listing.other = all - listing.files.len();
    listing.files.retain(|file| file.source_path != SIDECAR);
    reject_twins(&mut listing);
    Ok(listing)
}

/// Lists all files of a folder and of those below it that are not hidden.
pub(crate) fn list_all(raw_dir: &Path) -> Result<Listing> {
    let metadata = fs::metadata(raw_dir).map_err(Error::io("read the folder", raw_dir))?;
    if !metadata.is_dir() {
        return Err(Error::Folders(format!("{raw_dir:?} is a file, not a folder of texts")));
    }
    let mut listing = Listing::default();
    let mut hidden = 0;
    let walk = WalkDir::new(raw_dir).follow_links(true).min_depth(1).into_iter();
    let walk = walk.filter_entry(|entry| {
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        hidden += usize::from(is_hidden);
        !is_hidden
    });
    for entry in walk {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = error.path().unwrap_or(raw_dir).to_owned();
                let reason = error.io_error().map_or_else(
                    || "a link that leads back to a folder above it".to_owned(),
                    |e| format!("cannot be read: {e}"),
                );
                listing.rejects.push(Reject { source_path: shown(raw_dir, &path), reason });
                continue;
            }
        };
        if entry.file_type().is_dir() {
            continue;
        }
        let path = entry.into_path();
        let Some(source_path) = relative(raw_dir, &path) else {
            let reason = "its name is not UTF-8, so no table can hold it; rename it".to_owned();
            listing.rejects.push(Reject { source_path: shown(raw_dir, &path), reason });
            continue;
        };
        match fs::metadata(&path) {
            Ok(metadata) if metadata.is_file() => {
                listing.files.push(SourceFile { path, source_path, size: metadata.len() });
            }
            Ok(_) => listing
                .rejects
                .push(Reject { source_path, reason: "neither a file nor a folder".to_owned() }),
            Err(error) => listing
                .rejects
                .push(Reject { source_path, reason: format!("cannot be read: {error}") }),
        }
    }
    listing.hidden = hidden;
    listing.files.sort_by(|a, b| a.source_path.as_bytes().cmp(b.source_path.as_bytes()));
    Ok(listing)
}

/// Two files whose paths differ in the extension only would give the same ids.
fn reject_twins(listing: &mut Listing) {
    let mut first: BTreeMap<String, String> = BTreeMap::new();
    let rejects = &mut listing.rejects;
    listing.files.retain(|file| {
        let stem = stem(&file.source_path).to_owned();
        if let Some(twin) = first.get(&stem) {
            rejects.push(Reject {
                source_path: file.source_path.clone(),
                reason: format!("its documents would have the ids of {twin:?}; rename one of them"),
            });
            return false;
        }
        first.insert(stem, file.source_path.clone());
        true
    });
}

/// A source path without its extension: what the ids of its documents begin with.
#[must_use]
pub fn stem(source_path: &str) -> &str {
    let name = source_path.rfind('/').map_or(0, |at| at + 1);
    match source_path[name..].rfind('.') {
        Some(dot) if dot > 0 => &source_path[..name + dot],
        _ => source_path,
    }
}

fn relative(raw_dir: &Path, path: &Path) -> Option<String> {
    let below = path.strip_prefix(raw_dir).unwrap_or(path);
    let parts: Option<Vec<&str>> = below.components().map(|c| c.as_os_str().to_str()).collect();
    Some(parts?.join("/"))
}

/// A path for people, whatever its bytes.
fn shown(raw_dir: &Path, path: &Path) -> String {
    let below = path.strip_prefix(raw_dir).unwrap_or(path);
    let mut text = String::new();
    for chunk in below.as_os_str().as_encoded_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    text
}

/// The absolute path of a folder that exists, without links.
///
/// # Errors
///
/// If it does not exist or cannot be read.
pub fn real_path(path: &Path) -> Result<PathBuf> {
    path.canonicalize().map_err(Error::io("find the folder", path))
}

/// The absolute path that a folder has or would have, without links; `None` if no folder above it
/// exists.
///
/// # Errors
///
/// If the system refuses to look.
pub fn real_path_if_any(path: &Path) -> Result<Option<PathBuf>> {
    let absolute = std::path::absolute(path).map_err(Error::io("find the folder", path))?;
    for folder in absolute.ancestors() {
        match folder.canonicalize() {
            Ok(real) => {
                let below = absolute.strip_prefix(folder).unwrap_or(Path::new(""));
                return Ok(Some(if below.as_os_str().is_empty() {
                    real
                } else {
                    real.join(below)
                }));
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(Error::io("find the folder", folder)(error)),
        }
    }
    Ok(None)
}

/// The bytes of a file and their SHA-256 as lower-case hexadecimal digits.
#[derive(Debug)]
pub struct RawBytes {
    /// The bytes, read once.
    pub bytes: Vec<u8>,
    /// Digest of exactly these bytes.
    pub sha256: String,
}

/// Reads a file whole.
///
/// # Errors
///
/// If the system refuses it, as a reject with its reason.
pub fn read(file: &SourceFile) -> Result<RawBytes, Reject> {
    let reject = |reason: String| Reject { source_path: file.source_path.clone(), reason };
    if file.size > crate::clean::MAX_TEXT as u64 {
        let most = crate::clean::MAX_TEXT;
        return Err(reject(format!(
            "too large: {} bytes, and one file may hold {most} at most; split it",
            file.size
        )));
    }
    let bytes = fs::read(&file.path).map_err(|e| reject(format!("cannot be read: {e}")))?;
    let sha256 = digest(&bytes);
    Ok(RawBytes { bytes, sha256 })
}

/// The SHA-256 of bytes as lower-case hexadecimal digits.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The raw bytes of one file of a dataset, for looking back from a row.
///
/// # Errors
///
/// If the system refuses it.
pub fn read_raw(raw_dir: &Path, source_path: &str) -> Result<Vec<u8>> {
    let path = raw_dir.join(source_path);
    let below = Path::new(source_path).components();
    if !below.into_iter().all(|part| matches!(part, std::path::Component::Normal(_))) {
        let message = format!("the source path {source_path:?} leads out of the raw folder");
        return Err(Error::Dataset { path, message });
    }
    fs::read(&path).map_err(Error::io("read", &path))
}

/// What the sidecar says of one file; empty cells are `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SidecarRow {
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

/// The sidecar `metadata.csv`: facts about files that win over what their texts say.
#[derive(Debug, Clone, Default)]
pub struct Sidecar {
    rows: BTreeMap<String, SidecarRow>,
    /// Names of the further columns, as the file has them.
    pub docvars: Vec<String>,
}

const COLUMNS: [&str; 9] =
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
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            Err(error) => return Err(Error::io("read", &path)(error)),
        };
        Ok(Self::parse(&bytes, files)?)
    }

    /// What is said of a file.
    #[must_use]
    pub fn row(&self, source_path: &str) -> Option<&SidecarRow> {
        self.rows.get(source_path)
    }

    fn parse(bytes: &[u8], files: &BTreeSet<&str>) -> Result<Self, DataError> {
        let fault = |message: String| DataError::new(SIDECAR, message);
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut reader = csv::ReaderBuilder::new().flexible(false).from_reader(bytes);
        let header = reader.headers().map_err(|e| csv_fault(&e))?.clone();
        let mut places = BTreeMap::new();
        for (i, name) in header.iter().enumerate() {
            if name.is_empty() {
                return Err(fault(format!("the {} column has no name", ordinal(i))).at_line(1));
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
            let record = record.map_err(|e| csv_fault(&e))?;
            let line = record.position().map_or(0, csv::Position::line);
            broken = record.iter().any(|cell| cell.contains('\n')).then_some(line);
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
            let owned = |column: &str| cell(column).map(str::to_owned);
            let published = cell("published").map(|text| {
                parse_published(text).ok_or_else(|| {
                    at(
                        "published",
                        format!("found {text:?}, expected a date as 2018-01-21, 2018-01 or 2018"),
                    )
                })
            });
            let genre = cell("genre").map(|text| {
                Genre::ALL.iter().copied().find(|g| g.as_str() == text).ok_or_else(|| {
                    let known: Vec<&str> = Genre::ALL.iter().map(|g| g.as_str()).collect();
                    at("genre", format!("found {text:?}, expected one of {}", known.join(", ")))
                })
            });
            if let Some(tag) = cell("language")
                && !is_language_tag(tag)
            {
                return Err(at(
                    "language",
                    format!("found {tag:?}, expected a BCP 47 tag as en, ar or zh-Hans"),
                ));
            }
            let row = SidecarRow {
                title: owned("title"),
                author: owned("author"),
                publisher: owned("publisher"),
                section: owned("section"),
                issue: owned("issue"),
                url: owned("url"),
                published: published.transpose()?,
                genre: genre.transpose()?,
                language: owned("language"),
                docvars: docvars
                    .iter()
                    .map(|i| Some(record[*i].to_owned()).filter(|v| !v.is_empty()))
                    .collect(),
            };
            if sidecar.rows.insert(path.to_owned(), row).is_some() {
                return Err(at("source_path", format!("a second row for {path:?}")));
            }
        }
        // A mark that nothing closes swallows the rest of the file.
        let is_open = memchr::memchr_iter(b'"', bytes).count() % 2 == 1;
        match broken {
            Some(line) if is_open => {
                let message = "a quotation mark opens a cell of this row and is not closed";
                Err(fault(message.to_owned()).at_line(line))
            }
            _ => Ok(sidecar),
        }
    }
}

fn csv_fault(error: &csv::Error) -> DataError {
    let line = error.position().map(csv::Position::line);
    let message = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("found {len} cells, expected {expected_len} as in the header")
        }
        csv::ErrorKind::Utf8 { .. } => "not UTF-8; save the table as CSV in UTF-8".to_owned(),
        _ => error.to_string(),
    };
    DataError { file: SIDECAR.to_owned(), line, column: None, message }
}

fn ordinal(i: usize) -> String {
    match i {
        0 => "first".to_owned(),
        1 => "second".to_owned(),
        2 => "third".to_owned(),
        _ => format!("{}th", i + 1),
    }
}

/// A date as the sidecar writes it: a day, a month or a year in ISO 8601.
fn parse_published(text: &str) -> Option<Published> {
    let (date, precision) = match text.len() {
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
fn is_language_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    parts
        .next()
        .is_some_and(|p| (2..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphabetic()))
        && parts.all(|p| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()))
}
