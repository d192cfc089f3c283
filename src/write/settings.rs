//! How a dataset is laid down: the forms of its tables, their compression, and how they are cut into
//! files.
//!
//! In: words of the command line or of the configuration file. Out: [`Settings`].

use crate::config::TEXT_COLUMN;
use std::fmt;
use std::num::NonZeroUsize;
use std::str::FromStr;

use serde::Deserialize;

use super::facts::Facts;
use crate::pipeline::Document;
use crate::tables::DOCVAR;

/// The most folders that a table is cut into.
pub const MOST_PARTITIONS: usize = 1024;
/// What a folder is named after where the value is null. Hive's `__HIVE_DEFAULT_PARTITION__` would be read
/// as null by more programs, but pandas cannot read a table that has such a folder (pyarrow 26:
/// "cannot yet unify dictionaries with nulls"). The tables' own columns say what is null.
const NULL_PARTITION: &str = "null";
/// What begins the name of the column that folders are named after, so that it is none of the table's.
const PART: &str = "part_";

/// A form in which tables are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// Apache Parquet.
    Parquet,
    /// Comma-separated values as in RFC 4180.
    Csv,
    /// JSON Lines: one object a row.
    Jsonl,
    /// Arrow IPC file, which is Feather version 2.
    Arrow,
}

impl Format {
    /// Every form, in the order in which they are written and looked for.
    pub const ALL: [Self; 4] = [Self::Parquet, Self::Csv, Self::Jsonl, Self::Arrow];

    /// Its name, which is also the extension of its files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
            Self::Arrow => "arrow",
        }
    }
}

/// The forms of one dataset: at least one, each once, in the order of [`Format::ALL`].
///
/// ```
/// use rapporteur::write::Formats;
///
/// let formats: Formats = "csv,parquet".parse()?;
/// assert_eq!(formats, Formats::default());
/// assert!("csv,csv".parse::<Formats>().is_err());
/// # Ok::<(), String>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Formats(Vec<Format>);

impl Formats {
    /// The forms.
    #[must_use]
    pub fn as_slice(&self) -> &[Format] {
        &self.0
    }
}

impl Default for Formats {
    fn default() -> Self {
        Self(vec![Format::Parquet, Format::Csv])
    }
}

impl FromStr for Formats {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut formats = Vec::new();
        for name in text.split(',').map(str::trim) {
            let format = Format::ALL.into_iter().find(|f| f.as_str() == name).ok_or_else(|| {
                format!("{name:?} is none of parquet, csv, jsonl, arrow, with commas between")
            })?;
            if formats.contains(&format) {
                return Err(format!("{name} stands twice"));
            }
            formats.push(format);
        }
        formats.sort_unstable();
        Ok(Self(formats))
    }
}

/// How the pages of Parquet files are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Compression {
    /// Zstandard of this level, 1 to 22.
    Zstd(i32),
    /// Snappy.
    Snappy,
    /// gzip.
    Gzip,
    /// LZ4 blocks (Parquet's `LZ4_RAW`).
    Lz4,
    /// None at all.
    None,
}

/// Level of `zstd` where none is given.
const ZSTD_LEVEL: i32 = 1;

impl Default for Compression {
    fn default() -> Self {
        Self::Zstd(ZSTD_LEVEL)
    }
}

impl FromStr for Compression {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(match text {
            "zstd" => Self::default(),
            "snappy" => Self::Snappy,
            "gzip" => Self::Gzip,
            "lz4" => Self::Lz4,
            "none" => Self::None,
            _ => {
                let level = text.strip_prefix("zstd:").and_then(|level| level.parse().ok());
                let level = level.filter(|level| (1..=22).contains(level)).ok_or_else(|| {
                    format!("{text:?} is none of zstd, zstd:1 to zstd:22, snappy, gzip, lz4, none")
                })?;
                Self::Zstd(level)
            }
        })
    }
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Zstd(ZSTD_LEVEL) => write!(f, "zstd"),
            Self::Zstd(level) => write!(f, "zstd:{level}"),
            Self::Snappy => write!(f, "snappy"),
            Self::Gzip => write!(f, "gzip"),
            Self::Lz4 => write!(f, "lz4"),
            Self::None => write!(f, "none"),
        }
    }
}

/// What documents, and their sentences and mentions with them, are put into folders by.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum PartitionBy {
    /// The year of `published`.
    PublishedYear,
    /// `publisher`.
    Publisher,
    /// `section`.
    Section,
    /// `genre`.
    Genre,
    /// `language`.
    Language,
    /// A column of the sidecar, with its `docvar_`.
    Docvar(String),
}

impl FromStr for PartitionBy {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(match text {
            "published_year" => Self::PublishedYear,
            "publisher" => Self::Publisher,
            "section" => Self::Section,
            "genre" => Self::Genre,
            "language" => Self::Language,
            _ => match text.strip_prefix(DOCVAR) {
                Some(name) if !name.is_empty() => Self::Docvar(text.to_owned()),
                _ => {
                    return Err(format!(
                        "{text:?} is none of published_year, publisher, section, genre, language, \
                         docvar_NAME (a column NAME of the sidecar)"
                    ));
                }
            },
        })
    }
}

impl fmt::Display for PartitionBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.column())
    }
}

impl PartitionBy {
    /// The value of a document; `docvars` names the sidecar's columns.
    pub(super) fn value(&self, document: &Document<'_>, docvars: &[String]) -> Option<String> {
        let metadata = &document.metadata;
        match self {
            Self::PublishedYear => metadata.published.map(|p| p.date.year().to_string()),
            Self::Publisher => metadata.publisher.as_deref().map(str::to_owned),
            Self::Section => metadata.section.as_deref().map(str::to_owned),
            Self::Genre => metadata.genre.map(|genre| genre.as_str().to_owned()),
            Self::Language => Some(metadata.language.clone()),
            Self::Docvar(column) => {
                let name = column.strip_prefix(DOCVAR)?;
                let at = docvars.iter().position(|own| own == name)?;
                document.docvars.get(at)?.clone()
            }
        }
    }

    /// The name by which it is asked for: that of a column of `documents`, but for the year.
    #[must_use]
    pub fn column(&self) -> &str {
        match self {
            Self::PublishedYear => "published_year",
            Self::Publisher => "publisher",
            Self::Section => "section",
            Self::Genre => "genre",
            Self::Language => "language",
            Self::Docvar(column) => column,
        }
    }

    /// The name of the folder for a value: `part_COLUMN=VALUE`.
    ///
    /// Characters that file systems or Hive give a meaning are written as `%XX`, as Hive does; null
    /// is [`NULL_PARTITION`].
    pub(crate) fn folder(&self, value: Option<&str>) -> String {
        let mut folder = String::from(PART);
        escape(self.column(), &mut folder);
        folder.push('=');
        match value {
            None => folder.push_str(NULL_PARTITION),
            // A value that reads as null has its first character escaped.
            Some(NULL_PARTITION) => {
                folder.push_str("%6E");
                folder.push_str(&NULL_PARTITION[1..]);
            }
            Some(value) => escape(value, &mut folder),
        }
        folder
    }
}

/// Hive's escapes (`FileUtils.escapePathName` of Apache Hive), with the blank and `<>|` that Spark
/// escapes on Windows left alone; a full stop at the end, which Windows drops, is escaped too.
fn escape(text: &str, out: &mut String) {
    let last = text.len().saturating_sub(1);
    for (at, c) in text.char_indices() {
        let special = c.is_ascii_control()
            || matches!(
                c,
                '"' | '#' | '%' | '\'' | '*' | '/' | ':' | '=' | '?' | '\\' | '{' | '[' | ']' | '^'
            )
            || (c == '.' && at == last);
        if special {
            *out += &format!("%{:02X}", u32::from(c));
        } else {
            out.push(c);
        }
    }
}

macro_rules! from_string {
    ($($kind:ty),*) => {$(
        impl TryFrom<String> for $kind {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                text.parse()
            }
        }
    )*};
}

from_string!(Formats, Compression, PartitionBy);

/// How a dataset is laid down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The forms of each table.
    pub formats: Formats,
    /// Compression of Parquet files.
    pub compression: Compression,
    /// Rows of a Parquet row group at most.
    pub row_group_size: NonZeroUsize,
    /// What folders are made by.
    pub partition_by: Option<PartitionBy>,
    /// Rows of a file at most.
    pub max_rows_per_file: Option<NonZeroUsize>,
    /// Whether CSV cells that a spreadsheet would run as formulas are guarded by an apostrophe.
    pub csv_safe: bool,
    /// The column of raw tables that held the texts, which the descriptor states.
    pub text_column: String,
    /// What the descriptors state of the dataset as a whole.
    pub facts: Facts,
}

/// Rows of a Parquet row group at most, where nothing else is said: 131,072.
pub const ROW_GROUP_ROWS: NonZeroUsize = NonZeroUsize::new(1 << 17).unwrap();

impl Default for Settings {
    fn default() -> Self {
        Self {
            formats: Formats::default(),
            compression: Compression::default(),
            row_group_size: ROW_GROUP_ROWS,
            partition_by: None,
            max_rows_per_file: None,
            csv_safe: false,
            text_column: TEXT_COLUMN.to_owned(),
            facts: Facts::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_settings() {
        for (text, formats) in [
            ("jsonl", vec![Format::Jsonl]),
            ("arrow, csv", vec![Format::Csv, Format::Arrow]),
            ("csv,parquet", Formats::default().0),
        ] {
            assert_eq!(text.parse(), Ok(Formats(formats)));
        }
        for (text, error) in [
            ("", "\"\" is none of parquet, csv, jsonl, arrow, with commas between"),
            ("csv,", "\"\" is none of parquet, csv, jsonl, arrow, with commas between"),
            ("csv,csv", "csv stands twice"),
        ] {
            assert_eq!(text.parse::<Formats>(), Err(error.to_owned()));
        }
        for text in ["zstd", "zstd:22", "snappy", "gzip", "lz4", "none"] {
            assert_eq!(text.parse::<Compression>().unwrap().to_string(), text);
        }
        for text in ["zstd:0", "zstd:23", "zstd:", "brotli", ""] {
            assert!(text.parse::<Compression>().is_err(), "{text}");
        }
        for text in ["published_year", "publisher", "section", "genre", "language", "docvar_region"]
        {
            assert_eq!(text.parse::<PartitionBy>().unwrap().to_string(), text);
        }
        for text in ["title", "docvar_", ""] {
            assert!(text.parse::<PartitionBy>().is_err(), "{text}");
        }
    }

    #[test]
    fn folders_are_named_as_hive_names_them() {
        for (value, folder) in [
            (None, "part_publisher=null"),
            (Some("Kassioun"), "part_publisher=Kassioun"),
            (Some("A/B: 50% of [x]."), "part_publisher=A%2FB%3A 50%25 of %5Bx%5D%2E"),
            (Some("قاسيون"), "part_publisher=قاسيون"),
            (Some("\n\u{7f}"), "part_publisher=%0A%7F"),
            (Some("."), "part_publisher=%2E"),
            (Some("null"), "part_publisher=%6Eull"),
        ] {
            assert_eq!(PartitionBy::Publisher.folder(value), folder);
        }
        let by = PartitionBy::Docvar("docvar_a=b".to_owned());
        assert_eq!(by.folder(Some("c")), "part_docvar_a%3Db=c");
    }
}
