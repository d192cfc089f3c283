//! What can go wrong, told so that the reader knows what to do.

use std::any::Any;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::clean::NotText;

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, where, and what was expected.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused a file or folder.
    #[error("cannot {action} {path:?}: {source}")]
    Io {
        /// What was tried, as in "cannot *read*".
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// `RAW_DIR` and `OUT_DIR` cannot be used as they are.
    #[error("{0}")]
    Folders(String),
    /// Settings that cannot be followed.
    #[error("{0}")]
    Settings(String),
    /// Files of `RAW_DIR` that cannot become documents, all of them.
    #[error("{}", BadFiles(.0))]
    BadInput(Vec<Reject>),
    /// A table, list or setting that a person wrote is not as it must be.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A table could not be encoded.
    #[error("cannot write table {table}: {message}")]
    Encode {
        /// Name of the table.
        table: &'static str,
        /// The encoder's reason.
        message: String,
    },
    /// A dataset cannot be read back.
    #[error("cannot read {path:?} as a dataset: {message}")]
    Dataset {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// No row has this id.
    #[error("no row of the dataset has the id {0:?}; ids look like {1}")]
    NoSuchRow(String, String),
    /// A signal asked for the end; nothing was changed.
    #[error("interrupted; the output folder is as it was")]
    Interrupted,
}

impl Error {
    /// Wraps a reason of the operating system: `.map_err(Error::io("read", path))`.
    pub(crate) fn io<'a>(
        action: &'static str,
        path: &'a Path,
    ) -> impl FnOnce(io::Error) -> Self + 'a {
        move |source| Self::Io { action, path: path.to_owned(), source }
    }
}

/// A fault in data that a person wrote: a sidecar, a codebook, a rule file, a configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct DataError {
    /// The file, as a person would find it.
    pub file: String,
    /// Line from 1, where it is known.
    pub line: Option<u64>,
    /// Name of the column, where it is a table.
    pub column: Option<String>,
    /// What was found and what was expected.
    pub message: String,
}

impl DataError {
    /// A fault in `file`, of which no more is known than `message`.
    pub fn new(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self { file: file.into(), line: None, column: None, message: message.into() }
    }

    /// The same in line `line`, counted from 1.
    #[must_use]
    pub fn at_line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// The same in column `column`.
    #[must_use]
    pub fn in_column(mut self, column: impl Into<String>) -> Self {
        self.column = Some(column.into());
        self
    }
}

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ", column {column}")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// A raw file that gave no document, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// Path below `RAW_DIR`, '/' between folders; what is not UTF-8 in it shown as `\xNN`.
    pub source_path: String,
    /// The reason, in a sentence without a full stop.
    pub reason: String,
}

impl Reject {
    pub(crate) fn not_text(source_path: &str, reason: &NotText) -> Self {
        Self { source_path: source_path.to_owned(), reason: reason.to_string() }
    }

    pub(crate) fn fault(source_path: &str, message: &str) -> Self {
        let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
        let reason = format!(
            "rapporteur {} failed on this text ({message}); that is a fault of the program: please \
             report it with the text",
            env!("CARGO_PKG_VERSION")
        );
        Self { source_path: source_path.to_owned(), reason }
    }
}

/// What a panic said, if it said anything.
pub(crate) fn panic_message(panic: &(dyn Any + Send)) -> Option<&str> {
    let message = panic.downcast_ref::<String>().map(String::as_str);
    message.or_else(|| panic.downcast_ref::<&str>().copied())
}

/// A list of rejects as a message.
struct BadFiles<'a>(&'a [Reject]);

impl fmt::Display for BadFiles<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let files = if self.0.len() == 1 { "file" } else { "files" };
        write!(f, "{} {files} cannot be used, and nothing was written:", self.0.len())?;
        for reject in self.0 {
            write!(f, "\n  {:?}: {}", reject.source_path, reject.reason)?;
        }
        write!(f, "\nmend or move them, or go on without them by --skip-bad")
    }
}
