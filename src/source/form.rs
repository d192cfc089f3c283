//! What a file holds, by its name: a text or a table of texts, plain or compressed.

use std::io::{self, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

use super::OTHER_FORMATS;

/// Bytes that are read from the system at once.
const BUFFER: usize = 1 << 17;

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// One text.
    Text,
    /// A text a line, in an object with facts about it.
    JsonLines,
    /// A text a row, cells parted by commas (or semicolons or tabs, as the header shows).
    Csv,
    /// A text a row, cells parted by tabs.
    Tsv,
    /// A text a row.
    Parquet,
    /// Settings and data that are no texts ([`OTHER_FORMATS`]).
    Other,
}

impl Form {
    /// Whether every row is a text of its own.
    pub(crate) fn has_rows(self) -> bool {
        !matches!(self, Self::Text | Self::Other)
    }
}

/// How a file is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packing {
    None,
    Gzip,
    Zstd,
}

impl Packing {
    /// The bytes that were compressed; a file of several gzip members or zstd frames is their sequence.
    pub(super) fn unpack(
        self,
        file: impl Read + Send + 'static,
    ) -> io::Result<Box<dyn Read + Send>> {
        Ok(match self {
            Self::None => Box::new(file),
            Self::Gzip => Box::new(MultiGzDecoder::new(BufReader::with_capacity(BUFFER, file))),
            Self::Zstd => Box::new(zstd::stream::read::Decoder::with_buffer(
                BufReader::with_capacity(BUFFER, file),
            )?),
        })
    }
}

/// What a file of this name holds, and how it is compressed.
pub(super) fn of(name: &str) -> (Form, Packing) {
    let extension = |name: &str| {
        let name = name.rsplit('/').next().unwrap_or_default();
        name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase())
    };
    let (inner, packing) = match extension(name).as_deref() {
        Some("gz") => (&name[..name.len() - 3], Packing::Gzip),
        Some("zst") => (&name[..name.len() - 4], Packing::Zstd),
        _ => (name, Packing::None),
    };
    let form = match extension(inner).as_deref() {
        Some("jsonl" | "ndjson") => Form::JsonLines,
        Some("csv") => Form::Csv,
        Some("tsv") => Form::Tsv,
        Some("parquet") => Form::Parquet,
        Some(other) if OTHER_FORMATS.contains(&other) => Form::Other,
        _ => Form::Text,
    };
    (form, packing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_files_hold() {
        for (name, expected) in [
            ("a.txt", (Form::Text, Packing::None)),
            ("a", (Form::Text, Packing::None)),
            ("a.b/c", (Form::Text, Packing::None)),
            ("a.txt.gz", (Form::Text, Packing::Gzip)),
            ("news.JSONL", (Form::JsonLines, Packing::None)),
            ("x/news.ndjson.zst", (Form::JsonLines, Packing::Zstd)),
            ("a.csv.gz", (Form::Csv, Packing::Gzip)),
            ("a.tsv", (Form::Tsv, Packing::None)),
            ("a.parquet", (Form::Parquet, Packing::None)),
            ("a.json.gz", (Form::Other, Packing::Gzip)),
        ] {
            assert_eq!(of(name), expected, "{name}");
        }
    }
}
