//! What a run is told: defaults, overlaid by a configuration file, overlaid by the command line.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::error::Result;
use crate::source::{MOST_SETTINGS, read_text, toml_fault};
use crate::write::{Compression, Facts, Formats, PartitionBy, ROW_GROUP_ROWS, Settings};

/// The column of tables that holds the text, where no other is named.
pub const TEXT_COLUMN: &str = "text";

/// The settings of a run.
///
/// ```
/// use rapporteur::config::Config;
///
/// let config = Config { skip_bad: true, ..Config::default() };
/// assert_eq!(config.raw.to_str(), Some("raw"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The folder of raw texts, a single file of texts, or `-` for JSON lines on standard input.
    pub raw: PathBuf,
    /// Name of the column of tables that holds the text.
    pub text_column: String,
    /// Name of the column of tables that holds what the ids of a row's documents begin with.
    pub id_column: Option<String>,
    /// The folder that the dataset replaces.
    pub out: PathBuf,
    /// A folder of the user's own lists, laid over the built-in ones.
    pub codebook: Option<PathBuf>,
    /// Whether names that no list and no rule knows are looked for.
    pub tagger: bool,
    /// Whether bad files are passed over and listed in `rejects.csv` instead of failing the run.
    pub skip_bad: bool,
    /// Threads to work on; 0 is one for each core.
    pub threads: usize,
    /// Forms in which tables are written.
    pub format: Formats,
    /// Compression of Parquet files.
    pub compression: Compression,
    /// Rows of a Parquet row group at most.
    pub row_group_size: NonZeroUsize,
    /// What documents, sentences and mentions are put into folders by.
    pub partition_by: Option<PartitionBy>,
    /// Rows of a file at most.
    pub max_rows_per_file: Option<NonZeroUsize>,
    /// Whether CSV cells that a spreadsheet would run as formulas are guarded by an apostrophe.
    pub csv_safe: bool,
    /// What the descriptors state of the dataset as a whole.
    pub dataset: Facts,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            raw: PathBuf::from("raw"),
            text_column: TEXT_COLUMN.to_owned(),
            id_column: None,
            out: PathBuf::from("output"),
            codebook: None,
            tagger: true,
            skip_bad: false,
            threads: 0,
            format: Formats::default(),
            compression: Compression::default(),
            row_group_size: ROW_GROUP_ROWS,
            partition_by: None,
            max_rows_per_file: None,
            csv_safe: false,
            dataset: Facts::default(),
        }
    }
}

impl Config {
    /// How the dataset is laid down.
    #[must_use]
    pub fn settings(&self) -> Settings {
        Settings {
            formats: self.format.clone(),
            compression: self.compression,
            row_group_size: self.row_group_size,
            partition_by: self.partition_by.clone(),
            max_rows_per_file: self.max_rows_per_file,
            csv_safe: self.csv_safe,
            text_column: self.text_column.clone(),
            facts: self.dataset.clone(),
        }
    }

    /// Reads a configuration file in TOML; what it does not say is the default.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, is longer than 1 MiB, is no TOML, has a key that does not exist or stands
    /// twice, or a value of the wrong type; with line and column.
    pub fn read(path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        let text = read_text(path, &name, MOST_SETTINGS)?;
        let fault = |e: toml::de::Error| toml_fault(&name, &text, e.span(), e.message());
        Ok(toml::from_str(&text).map_err(fault)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn check(text: &str) -> Result<Config, String> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("rapporteur.toml");
        fs::write(&path, text).unwrap();
        Config::read(&path)
            .map_err(|e| e.to_string().replace(&format!("{}", path.display()), "rapporteur.toml"))
    }

    #[test]
    fn reads_what_is_there() {
        let config = check("raw = \"texts\"\nthreads = 2\n").unwrap();
        assert_eq!(config, Config { raw: "texts".into(), threads: 2, ..Config::default() });
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        let error = check("raw = \"texts\"\n\nthread = 2\n").unwrap_err();
        let expected =
            "rapporteur.toml, line 3, column 1: unknown field `thread`, expected one of `raw`, ";
        assert!(error.starts_with(expected), "{error}");
        assert!(
            check("threads = \"two\"")
                .unwrap_err()
                .starts_with("rapporteur.toml, line 1, column 11: invalid type: string \"two\", expected a whole number")
        );
    }
}
