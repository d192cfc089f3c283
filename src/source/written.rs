//! Texts that a person wrote for the program: settings, rules, lists, the sidecar.
//!
//! In: the path of such a file. Out: its text without a byte order mark, or what is wrong with it and
//! where. Lines end in LF or CRLF; what reads the text takes both.

use std::io::Read;
use std::ops::Range;
use std::path::Path;

use super::open_file;
use crate::error::{DataError, Error, Result};

/// Bytes of a file of settings or rules at most (1 MiB). Ten times the built-in rules; the automata made
/// of the cues in a rule file take some 300 bytes for each byte of them.
pub(crate) const MOST_SETTINGS: u64 = 1 << 20;
/// Bytes of a list or a sidecar at most (256 MiB): some two million entities.
pub(crate) const MOST_LIST: u64 = 1 << 28;
/// Columns of a sidecar, or of all tables of a run together, at most: each is a column of `documents`.
pub(crate) const MOST_COLUMNS: usize = 1000;
/// Bytes of the name of a column at most.
pub(crate) const MOST_NAME: usize = 1000;
/// Bytes of one cell of a list or a sidecar at most (1 MiB).
pub(crate) const MOST_CELL: usize = 1 << 20;

/// Reads the text of a file of at most `most` bytes; `name` is what a person calls it.
///
/// # Errors
///
/// If it cannot be read, is no file, is longer, or is no text in UTF-8; with line and column.
pub(crate) fn read_text(path: &Path, name: &str, most: u64) -> Result<String> {
    let metadata = std::fs::metadata(path).map_err(Error::io("read", path))?;
    // A pipe would be waited for without end.
    if !metadata.is_file() {
        let found = if metadata.is_dir() { "a folder" } else { "neither a file nor a folder" };
        return Err(DataError::new(name, format!("found {found}, expected a file of text")).into());
    }
    let mut bytes = Vec::new();
    // Nor is one that took its place since.
    let (file, metadata) = open_file(path).map_err(Error::io("read", path))?;
    file.take(most + 1).read_to_end(&mut bytes).map_err(Error::io("read", path))?;
    if bytes.len() as u64 > most {
        let size = metadata.len().max(most + 1);
        let message = format!(
            "found {size} bytes, expected {most} at most; divide it, or leave out what is not needed"
        );
        return Err(DataError::new(name, message).into());
    }
    Ok(text(bytes, name)?)
}

/// The text of a file's bytes.
fn text(bytes: Vec<u8>, name: &str) -> Result<String, DataError> {
    let utf_16 = bytes.starts_with(b"\xff\xfe")
        || bytes.starts_with(b"\xfe\xff")
        || matches!(bytes[..], [0, b, ..] | [b, 0, ..] if b != 0);
    if utf_16 {
        return Err(
            DataError::new(name, "found UTF-16, expected UTF-8; save it in UTF-8").at_line(1)
        );
    }
    if let Some(at) = memchr::memchr(0, &bytes) {
        let message = "found a NUL byte, expected text in UTF-8".to_owned();
        return Err(fault_at(name, &bytes, at, message));
    }
    // Readers of CSV take such lines, but no line of a fault would be right.
    if memchr::memchr(b'\r', &bytes).is_some() && memchr::memchr(b'\n', &bytes).is_none() {
        let message = "found lines that end in CR alone, expected LF or CRLF; save it so";
        return Err(DataError::new(name, message).at_line(1));
    }
    let mut text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let byte = error.as_bytes().get(at).copied().unwrap_or_default();
            let message = format!("found the byte 0x{byte:02X}, expected UTF-8; save it in UTF-8");
            return Err(fault_at(name, error.as_bytes(), at, message));
        }
    };
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    Ok(text)
}

/// A fault at a byte of a text: line and column from 1, columns in characters.
pub(crate) fn fault_at(name: &str, text: &[u8], at: usize, message: String) -> DataError {
    let before = &text[..at.min(text.len())];
    let line = 1 + memchr::memchr_iter(b'\n', before).count() as u64;
    let begin = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
    let column = 1 + String::from_utf8_lossy(&before[begin..]).chars().count();
    DataError::new(name, message).at_line(line).in_column(column.to_string())
}

/// A fault that a reader of TOML found.
pub(crate) fn toml_fault(
    name: &str,
    text: &str,
    span: Option<Range<usize>>,
    message: &str,
) -> DataError {
    let mut message = message.trim_end().replace('\n', "; ");
    for (own, plain) in [
        ("a nonzero usize", "a whole number, 1 or more"),
        ("usize", "a whole number, 0 or more"),
        ("expected struct Config", "expected settings"),
        ("a sequence", "a list"),
        ("invalid type: sequence", "invalid type: list"),
        ("invalid type: map", "invalid type: table"),
    ] {
        message = message.replace(own, plain);
    }
    match span {
        Some(span) => fault_at(name, text.as_bytes(), span.start, message),
        None => DataError::new(name, message),
    }
}

/// The cell of a record that is longer than [`MOST_CELL`], by its number.
pub(crate) fn long_cell(record: &csv::StringRecord) -> Option<(usize, String)> {
    let (at, cell) = record.iter().enumerate().find(|(_, cell)| cell.len() > MOST_CELL)?;
    Some((at, format!("found a cell of {} bytes, expected {MOST_CELL} at most", cell.len())))
}

/// The line of a record, from 1. The reader's position is where the one before ended, so that the empty lines
/// between them, and comments (lines with `#` before anything else), are to be counted.
pub(crate) fn line_of(position: &csv::Position, text: &[u8]) -> u64 {
    let mut rest = text.get(position.byte() as usize..).unwrap_or_default();
    let mut line = position.line();
    while let [b'\r' | b'\n' | b'#', ..] = rest {
        let Some(end) = memchr::memchr(b'\n', rest) else { break };
        // A carriage return alone ends no line that is counted.
        if rest[0] == b'\r' && end > 1 {
            break;
        }
        rest = &rest[end + 1..];
        line += 1;
    }
    line
}

/// What a reader of CSV found wrong with `text`, a table whose rows have as many cells as its header.
pub(crate) fn csv_fault(error: &csv::Error, text: &[u8]) -> (Option<u64>, String) {
    let line = error.position().map(|position| line_of(position, text));
    let message = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            let byte = error.position().map_or(0, |position| position.byte() as usize);
            let rest = text.get(byte..).unwrap_or_default();
            let hint = if len > expected_len {
                "put quotation marks around a cell with commas in it"
            } else if memchr::memchr_iter(b'"', rest).count() % 2 == 1 {
                "a quotation mark that opens a cell may not be closed"
            } else {
                "a comma stands between two cells, empty ones too"
            };
            format!("found {len} cells, expected {expected_len} as in the header; {hint}")
        }
        _ => error.to_string(),
    };
    (line, message)
}

/// The fault of a table in which a quotation mark opens a cell that nothing closes: it swallows the
/// rest. `broken` is the line of the last row if a cell of it holds a line break.
pub(crate) fn open_quote(text: &[u8], broken: Option<u64>) -> Option<(u64, &'static str)> {
    let is_open = memchr::memchr_iter(b'"', text).count() % 2 == 1;
    broken
        .filter(|_| is_open)
        .map(|line| (line, "a quotation mark opens a cell of this row and is not closed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_records_are_those_that_an_editor_shows() {
        for text in [
            "a,b\n1,2\n\n\n3\n",
            "a,b\r\n1,2\r\n\r\n\r\n3\r\n",
            "a,b\n1,2\n# c\n# d\n3",
            "\n\na,b\n\n3",
        ] {
            let mut reader =
                csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
            let fault = reader.records().find_map(Result::err).unwrap();
            assert_eq!(csv_fault(&fault, text.as_bytes()).0, Some(5), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_text_is_told_by_line_and_column() {
        for (bytes, fault) in [
            (&b"a\nb\0"[..], "f, line 2, column 2: found a NUL byte, expected text in UTF-8"),
            (
                b"\xc3\xa4\xc3\xb6 \xe9t\xe9",
                "f, line 1, column 4: found the byte 0xE9, expected UTF-8; save it in UTF-8",
            ),
            (
                b"a\r\n\xc3",
                "f, line 2, column 1: found the byte 0xC3, expected UTF-8; save it in UTF-8",
            ),
            (b"\xff\xfea\0", "f, line 1: found UTF-16, expected UTF-8; save it in UTF-8"),
            (b"\xfe\xff\0a", "f, line 1: found UTF-16, expected UTF-8; save it in UTF-8"),
            (b"a\0=\0", "f, line 1: found UTF-16, expected UTF-8; save it in UTF-8"),
            (b"\0a", "f, line 1: found UTF-16, expected UTF-8; save it in UTF-8"),
            (
                b"a\rb\r",
                "f, line 1: found lines that end in CR alone, expected LF or CRLF; save it so",
            ),
            (b"\0\0", "f, line 1, column 1: found a NUL byte, expected text in UTF-8"),
        ] {
            assert_eq!(text(bytes.to_vec(), "f").unwrap_err().to_string(), fault);
        }
        for (bytes, own) in [(&b""[..], ""), (b"\xef\xbb\xbfa\r\n", "a\r\n"), (b"\xef\xbb\xbf", "")]
        {
            assert_eq!(text(bytes.to_vec(), "f").unwrap(), own);
        }
    }

    #[test]
    fn files_are_read_up_to_a_limit() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("f");
        std::fs::write(&path, "12345").unwrap();
        assert_eq!(read_text(&path, "f", 5).unwrap(), "12345");
        assert_eq!(
            read_text(&path, "f", 4).unwrap_err().to_string(),
            "f: found 5 bytes, expected 4 at most; divide it, or leave out what is not needed"
        );
        assert_eq!(
            read_text(dir.path(), "f", 4).unwrap_err().to_string(),
            "f: found a folder, expected a file of text"
        );
    }
}
