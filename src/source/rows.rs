//! Tables of texts: JSON lines, CSV, TSV and Parquet, a text a row.
//!
//! In: a file of such a form and the names of its columns. Out: its rows one after the other, each with
//! the bytes of its text and what its other columns state. Memory is that of one row (of Parquet: of some),
//! whatever the size of the file. What cannot be read is a reject, of the row or of the whole file.

use std::cell::LazyCell;
use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch, RecordBatchReader};
use arrow_cast::cast;
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use rayon::prelude::*;
use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Value};

use super::sidecar::{COLUMNS, SidecarRow, ordinal};
use super::{
    Form, Listing, MOST_COLUMNS, Packing, RawBytes, SourceFile, Steady, split_row, stays_below,
};
use crate::clean;
use crate::error::{Error, Reject, Result};

/// Bytes that are read at once.
const BUFFER: usize = 1 << 17;
/// Rows of a Parquet file that are decoded at once: their texts stand in memory together.
const PARQUET_ROWS: usize = 64;
/// Longest line of a file of JSON lines: a text as long as any can be, every letter of it escaped.
const LONGEST_LINE: u64 = 6 * clean::MAX_TEXT as u64;

/// Longest row of a CSV file: a text as long as any can be, every letter of it a doubled quotation mark.
const LONGEST_ROW: u64 = 2 * clean::MAX_TEXT as u64;
/// Most names of columns in one table: those that a dataset has, and more columns than it can take.
const MOST_NAMES: usize = MOST_COLUMNS + COLUMNS.len() + 2;

/// 2^53: whole numbers below it are exact as floating-point numbers.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The columns of the tables of a run.
#[derive(Debug, Clone, Default)]
pub(crate) struct Columns {
    /// Name of the column that holds the text.
    text: String,
    /// Name of the column that holds what the ids begin with.
    id: Option<String>,
    /// Names of the further columns, of the sidecar and of all tables, in their order in `documents`.
    pub(crate) docvars: Vec<String>,
    places: HashMap<String, usize>,
}

/// Where the value of a column goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Text,
    Id,
    Fact(usize),
    Docvar(usize),
    /// Nowhere: it is not known, or does not matter to who reads.
    None,
}

impl Columns {
    /// Of a table whose texts alone matter.
    pub(crate) fn text_only(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }

    /// Lists the columns of all tables of `listing`, behind those of the sidecar; a table without text or
    /// id becomes a reject. `stop` is asked whether to give up.
    ///
    /// # Errors
    ///
    /// If `stop` said so.
    pub(crate) fn of(
        listing: &mut Listing,
        text: &str,
        id: Option<&str>,
        sidecar: &[String],
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Result<Self> {
        let mut columns = Self::text_only(text);
        columns.id = id.map(str::to_owned);
        sidecar.iter().for_each(|name| columns.add(name));
        let found: Vec<Option<Result<Vec<String>, Reject>>> = listing
            .files
            .par_iter()
            .map(|file| file.form.has_rows().then(|| header(file, stop)))
            .collect();
        if stop() {
            return Err(Error::Interrupted);
        }
        let mut found = found.into_iter();
        let rejects = &mut listing.rejects;
        listing.files.retain(|file| {
            let names = match found.next().flatten() {
                None => return true,
                // Nothing in it: an empty table, as an empty file, gives no document.
                Some(Ok(names)) if names.is_empty() => return true,
                Some(names) => names.and_then(|names| columns.expect(file, names)),
            };
            match names {
                Ok(names) if columns.with(&names) > MOST_COLUMNS => {
                    let reason = format!(
                        "with it the tables have more than {MOST_COLUMNS} columns together; leave out what \
                         is not needed"
                    );
                    rejects.push(Reject { source_path: file.source_path.clone(), reason });
                    false
                }
                Ok(names) => {
                    for name in &names {
                        if matches!(columns.place(name), Place::None) {
                            columns.add(name);
                        }
                    }
                    true
                }
                Err(reject) => {
                    rejects.push(reject);
                    false
                }
            }
        });
        Ok(columns)
    }

    /// Whether a column gives the ids.
    pub(super) fn has_ids(&self) -> bool {
        self.id.is_some()
    }

    fn expect(&self, file: &SourceFile, names: Vec<String>) -> Result<Vec<String>, Reject> {
        let needed = [("text", Some(&self.text)), ("id", self.id.as_ref())];
        for (what, name) in needed {
            if let Some(name) = name.filter(|name| !names.contains(name)) {
                let some: Vec<String> = names.iter().take(20).map(|n| format!("{n:?}")).collect();
                let more = names.len() - some.len();
                let reason = format!(
                    "it has no column {name:?} but {}{}; name the one that holds the {what} by \
                     --{what}-column",
                    some.join(", "),
                    if more > 0 { format!(" and {more} more") } else { String::new() }
                );
                return Err(Reject { source_path: file.source_path.clone(), reason });
            }
        }
        Ok(names)
    }

    /// How many further columns there are with those of a table that has these.
    fn with(&self, names: &[String]) -> usize {
        let is_new = |name: &&String| matches!(self.place(name), Place::None);
        self.docvars.len() + names.iter().filter(is_new).count()
    }

    fn add(&mut self, name: &str) {
        self.places.insert(name.to_owned(), self.docvars.len());
        self.docvars.push(name.to_owned());
    }

    fn place(&self, name: &str) -> Place {
        if name == self.text {
            return Place::Text;
        }
        if self.id.as_deref() == Some(name) {
            return Place::Id;
        }
        match COLUMNS.iter().position(|column| *column == name) {
            Some(at) => Place::Fact(at),
            None => self.places.get(name).map_or(Place::None, |at| Place::Docvar(*at)),
        }
    }
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// Its place in the file, from 1; a header does not count.
    pub(crate) number: u64,
    /// Its text, as the file has it.
    pub(crate) text: Vec<u8>,
    /// What its other columns state.
    pub(crate) facts: SidecarRow,
}

/// The cells of a row by what they are.
struct Cells {
    text: Option<Vec<u8>>,
    id: Option<String>,
    facts: [Option<String>; COLUMNS.len()],
    docvars: Vec<Option<String>>,
}

impl Cells {
    fn new(columns: &Columns) -> Self {
        Self {
            text: None,
            id: None,
            facts: std::array::from_fn(|_| None),
            docvars: vec![None; columns.docvars.len()],
        }
    }

    fn put(&mut self, place: Place, value: String) {
        let trimmed = || Some(value.trim().to_owned()).filter(|value| !value.is_empty());
        match place {
            Place::Text => self.text = Some(value.into_bytes()),
            Place::Id => self.id = trimmed(),
            Place::Fact(at) => self.facts[at] = trimmed(),
            Place::Docvar(at) => self.docvars[at] = Some(value).filter(|value| !value.is_empty()),
            Place::None => {}
        }
    }

    fn row(self, number: u64, columns: &Columns) -> Result<Row, String> {
        let text = self.text.ok_or_else(|| format!("it has no {:?}", columns.text))?;
        let cell =
            |name: &str| self.facts[COLUMNS.iter().position(|column| *column == name)?].as_deref();
        let mut facts = SidecarRow::of_cells(cell)
            .map_err(|(column, message)| format!("column {column}: {message}"))?;
        if let Some(name) = &columns.id {
            let id = self.id.ok_or_else(|| format!("it has no {name:?}"))?;
            if id.contains(char::is_control) {
                return Err(format!("column {name}: found {id:?}, expected an id in one line"));
            }
            facts.id = Some(id);
        }
        facts.docvars = self.docvars;
        Ok(Row { number, text, facts })
    }
}

/// The rows of a file, one after the other.
pub(crate) struct Rows {
    source_path: String,
    number: u64,
    /// Nothing follows: the end was reached, or the file cannot be read on.
    ended: bool,
    reader: Reader,
}

enum Reader {
    JsonLines { stream: Stream, line: Vec<u8>, line_number: u64 },
    Csv { csv: Box<csv::Reader<Quotes<Stream>>>, places: Vec<Place>, last_is_broken: bool },
    Parquet { batches: Box<Batches>, places: Vec<Place>, batch: Option<RecordBatch>, at: usize },
}

type Stream = BufReader<Box<dyn Read + Send>>;

impl Rows {
    /// # Errors
    ///
    /// If the file cannot be read at all.
    pub(crate) fn open(file: &SourceFile, columns: &Columns) -> Result<Self, Reject> {
        let reader = match file.form {
            Form::Csv | Form::Tsv => {
                let (csv, names) = open_csv(file)?;
                let places = names.iter().map(|name| columns.place(name)).collect();
                Reader::Csv { csv: Box::new(csv), places, last_is_broken: false }
            }
            Form::Parquet => {
                let (batches, names) = open_parquet(file)?;
                let places = names.iter().map(|name| columns.place(name)).collect();
                Reader::Parquet { batches: Box::new(batches), places, batch: None, at: 0 }
            }
            _ => Reader::JsonLines { stream: open_stream(file)?, line: Vec::new(), line_number: 0 },
        };
        Ok(Self { source_path: file.source_path.clone(), number: 0, ended: false, reader })
    }

    /// The next row; a reject where it cannot be used.
    pub(crate) fn next(&mut self, columns: &Columns) -> Option<Result<Row, Reject>> {
        if self.ended {
            return None;
        }
        let read = match &mut self.reader {
            Reader::JsonLines { stream, line, line_number } => {
                next_json(stream, line, line_number, columns)
            }
            Reader::Csv { csv, places, last_is_broken } => {
                next_csv(csv, places, last_is_broken, columns)
            }
            Reader::Parquet { batches, places, batch, at } => {
                next_parquet(batches, places, batch, at, columns)
            }
        };
        let (number, made) = match read {
            Next::End => {
                self.ended = true;
                return None;
            }
            Next::Broken(reason) => {
                self.ended = true;
                return Some(Err(Reject { source_path: self.source_path.clone(), reason }));
            }
            Next::Row(made) => {
                self.number += 1;
                (self.number, made)
            }
        };
        let row = made.and_then(|cells| cells.row(number, columns));
        let source_path = || format!("{}#{number}", self.source_path);
        Some(row.map_err(|reason| Reject { source_path: source_path(), reason }))
    }

    /// The text of row `number` if it was not passed yet; rows before it are passed over.
    fn seek(&mut self, number: u64, columns: &Columns) -> Option<Result<Vec<u8>, Reject>> {
        while self.number < number {
            let row = self.next(columns)?;
            // Behind what cannot be read on there is no row.
            if self.number == number || self.ended {
                return Some(row.map(|row| row.text));
            }
        }
        None
    }
}

/// What a file gives next.
enum Next {
    Row(Result<Box<Cells>, String>),
    /// The file cannot be read on.
    Broken(String),
    End,
}

/// The names of the columns of a table, in order; of JSON lines, some of them if `stop` says so.
fn header(file: &SourceFile, stop: &dyn Fn() -> bool) -> Result<Vec<String>, Reject> {
    match file.form {
        Form::Csv | Form::Tsv => Ok(open_csv(file)?.1),
        Form::Parquet => Ok(open_parquet(file)?.1),
        _ => json_keys(file, stop),
    }
}

/// Refuses names of columns that stand twice, or are too many.
fn distinct(file: &SourceFile, names: Vec<String>) -> Result<Vec<String>, Reject> {
    let refused = |reason: String| Err(Reject { source_path: file.source_path.clone(), reason });
    if names.len() > MOST_NAMES {
        return refused(format!("it has {} columns, expected at most {MOST_COLUMNS}", names.len()));
    }
    match names.iter().enumerate().find(|(at, name)| names[..*at].contains(name)) {
        Some((at, name)) => {
            refused(format!("it names the column {name:?} twice ({} column)", ordinal(at)))
        }
        None => Ok(names),
    }
}

fn unreadable(file: &SourceFile, reason: &dyn std::fmt::Display) -> Reject {
    Reject { source_path: file.source_path.clone(), reason: format!("cannot be read: {reason}") }
}

/// A stream behind its byte order mark, if it has one.
fn open_stream(file: &SourceFile) -> Result<Stream, Reject> {
    let stream = file.open().map_err(|e| unreadable(file, &e))?;
    let mut stream = BufReader::with_capacity(BUFFER, stream);
    let start = stream.fill_buf().map_err(|e| unreadable(file, &e))?;
    if start.starts_with(b"\xef\xbb\xbf") {
        stream.consume(3);
    } else if start.starts_with(b"\xff\xfe")
        || start.starts_with(b"\xfe\xff")
        || start.get(1) == Some(&0)
    {
        return Err(unreadable(file, &"it is UTF-16; save the table in UTF-8"));
    }
    Ok(stream)
}

/// Every key of the objects of a file, in order of their first appearance. What is no object is told when
/// the rows are read.
fn json_keys(file: &SourceFile, stop: &dyn Fn() -> bool) -> Result<Vec<String>, Reject> {
    struct Keys<'a>(&'a mut Vec<String>);
    impl<'de> Visitor<'de> for Keys<'_> {
        type Value = ();
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an object")
        }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
            // Objects of a file mostly have the same keys in the same order.
            let mut at = 0;
            while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
                if self.0.len() <= MOST_NAMES
                    && self.0.get(at).is_none_or(|known| *known != key)
                    && !self.0.iter().any(|known| *known == key)
                {
                    self.0.push(key.into_owned());
                }
                at += 1;
                map.next_value::<IgnoredAny>()?;
            }
            Ok(())
        }
    }
    let mut stream = open_stream(file)?;
    let (mut keys, mut line) = (Vec::new(), Vec::new());
    while !stop() && read_line(&mut stream, &mut line).map_err(|e| unreadable(file, &e))? {
        let mut json = serde_json::Deserializer::from_slice(&line);
        let _ = json.deserialize_map(Keys(&mut keys));
        if keys.len() > MOST_NAMES {
            let reason = format!("its objects have more than {MOST_COLUMNS} different keys");
            return Err(Reject { source_path: file.source_path.clone(), reason });
        }
    }
    Ok(keys)
}

/// An object of JSON; a key that stands twice would hide a value.
struct Object(Map<String, Value>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Object;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut object = Map::new();
                while let Some((key, value)) = map.next_entry::<String, Value>()? {
                    match object.entry(key) {
                        Entry::Vacant(entry) => drop(entry.insert(value)),
                        Entry::Occupied(entry) => {
                            let message = format!("the key {:?} stands twice", shown(entry.key()));
                            return Err(A::Error::custom(message));
                        }
                    }
                }
                Ok(Object(object))
            }
        }
        deserializer.deserialize_map(Entries)
    }
}

/// Reads a line into `line`; false at the end.
fn read_line(stream: &mut Stream, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    Ok(stream.by_ref().take(LONGEST_LINE).read_until(b'\n', line)? > 0)
}

fn next_json(
    stream: &mut Stream,
    line: &mut Vec<u8>,
    line_number: &mut u64,
    columns: &Columns,
) -> Next {
    loop {
        match read_line(stream, line) {
            Ok(true) => *line_number += 1,
            Ok(false) => return Next::End,
            Err(error) => return Next::Broken(format!("line {}: {error}", *line_number + 1)),
        }
        if !line.trim_ascii().is_empty() {
            break;
        }
    }
    let object = match serde_json::from_slice::<Object>(line.trim_ascii_end()) {
        Ok(Object(object)) => object,
        Err(error) => {
            let reason = format!(
                "line {line_number}, column {}: found no JSON object in the line ({})",
                error.column(),
                error.to_string().split(" at line ").next().unwrap_or_default()
            );
            return Next::Row(Err(reason));
        }
    };
    let mut cells = Cells::new(columns);
    for (key, value) in object {
        let place = columns.place(&key);
        match value {
            _ if place == Place::None => {}
            // A null text is an empty one.
            Value::Null if place == Place::Text => cells.put(place, String::new()),
            Value::Null => {}
            Value::String(text) => cells.put(place, text),
            other if place == Place::Text => {
                let other = other.to_string();
                let reason =
                    format!("line {line_number}: found {}, expected a text", shown(&other));
                return Next::Row(Err(reason));
            }
            // Of so large a number not all digits are kept.
            Value::Number(number)
                if place == Place::Id
                    && number.is_f64()
                    && number.as_f64().is_some_and(|n| n.abs() >= EXACT) =>
            {
                let reason = format!(
                    "line {line_number}: found the number {number} as an id, expected a string: it is too large"
                );
                return Next::Row(Err(reason));
            }
            // Names of persons stand in one cell, as everywhere in the dataset.
            Value::Array(list) if list.iter().all(Value::is_string) => {
                let list: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
                cells.put(place, list.join("; "));
            }
            other => cells.put(place, other.to_string()),
        }
    }
    Next::Row(Ok(Box::new(cells)))
}

/// The beginning of a value, for people.
fn shown(value: &str) -> String {
    const MOST: usize = 40;
    match value.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}

/// Watches what is read through it: a quotation mark that is not closed makes all that follows one cell.
struct Quotes<R> {
    inner: R,
    /// Quotation marks so far.
    count: usize,
    /// Bytes that may still be read for this row.
    left: u64,
}

impl<R: Read> Read for Quotes<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(io::Error::other(format!(
                "a row of more than {LONGEST_ROW} bytes; is a quotation mark not closed?"
            )));
        }
        let read = self.inner.read(buffer)?;
        self.left = self.left.saturating_sub(read as u64);
        self.count += memchr::memchr_iter(b'"', &buffer[..read]).count();
        Ok(read)
    }
}

/// Opens a table of cells, and reads the names of its columns. A column without a name, as row numbers
/// have in the files of some programs, is called by its place.
fn open_csv(file: &SourceFile) -> Result<(csv::Reader<Quotes<Stream>>, Vec<String>), Reject> {
    let mut stream = open_stream(file)?;
    let delimiter = match file.form {
        Form::Tsv => b'\t',
        _ => delimiter(stream.fill_buf().map_err(|e| unreadable(file, &e))?),
    };
    let stream = Quotes { inner: stream, count: 0, left: LONGEST_ROW };
    let mut csv =
        csv::ReaderBuilder::new().delimiter(delimiter).buffer_capacity(BUFFER).from_reader(stream);
    let header = csv.headers().map_err(|e| unreadable(file, &e))?.clone();
    let names = header.iter().map(str::trim).enumerate().map(|(i, name)| {
        if name.is_empty() { format!("column_{}", i + 1) } else { name.to_owned() }
    });
    let names = distinct(file, names.collect())?;
    Ok((csv, names))
}

/// What parts the cells of a header: the sign that stands in it most often.
fn delimiter(start: &[u8]) -> u8 {
    let line = start.split(|b| *b == b'\n').next().unwrap_or_default();
    let count = |sign: u8| memchr::memchr_iter(sign, line).count();
    let (commas, semicolons, tabs) = (count(b','), count(b';'), count(b'\t'));
    if semicolons > commas && semicolons >= tabs {
        b';'
    } else if tabs > commas {
        b'\t'
    } else {
        b','
    }
}

fn next_csv(
    csv: &mut csv::Reader<Quotes<Stream>>,
    places: &[Place],
    last_is_broken: &mut bool,
    columns: &Columns,
) -> Next {
    let mut record = csv::ByteRecord::new();
    csv.get_mut().left = LONGEST_ROW;
    match csv.read_byte_record(&mut record) {
        Ok(true) => {}
        // A mark that nothing closes swallows the rest of the file.
        Ok(false) if *last_is_broken && csv.get_ref().count % 2 == 1 => {
            return Next::Broken(
                "a quotation mark opens a cell of the last row and is not closed".to_owned(),
            );
        }
        Ok(false) => return Next::End,
        Err(error) => {
            let line = error.position().or(record.position()).map_or(0, csv::Position::line);
            *last_is_broken = true;
            return match error.kind() {
                csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                    Next::Row(Err(format!(
                        "line {line}: found {len} cells, expected {expected_len} as in the header"
                    )))
                }
                _ => Next::Broken(format!("line {line}: {error}")),
            };
        }
    }
    *last_is_broken = memchr::memchr(b'\n', record.as_slice()).is_some();
    let mut cells = Cells::new(columns);
    let encoding = LazyCell::new(|| encoding(record.as_slice()));
    for (bytes, place) in record.iter().zip(places) {
        match place {
            // Decoded with its text, as a file would be.
            Place::Text => cells.text = Some(bytes.to_vec()),
            place => cells.put(*place, cell_text(bytes, || *encoding)),
        }
    }
    Next::Row(Ok(Box::new(cells)))
}

/// A cell as text; `encoding` is what its record most likely has.
fn cell_text(bytes: &[u8], encoding: impl FnOnce() -> &'static str) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => clean::decode_part(bytes, encoding()).unwrap_or_default(),
    }
}

fn encoding(bytes: &[u8]) -> &'static str {
    clean::clean(bytes).map_or("windows-1252", |text| text.encoding)
}

/// The rows of a Parquet file, some at a time.
struct Batches {
    reader: ParquetRecordBatchReader,
    file: Steady,
}

impl Batches {
    fn next(&mut self) -> Option<Result<RecordBatch, String>> {
        match self.reader.next() {
            Some(Ok(batch)) => Some(Ok(batch)),
            // Bytes that changed are the likelier reason of any other fault.
            end => match (self.file.check(), end) {
                (Err(error), _) => Some(Err(format!("cannot be read: {error}"))),
                (Ok(()), end) => end.map(|batch| batch.map_err(|error| error.to_string())),
            },
        }
    }
}

/// The rows with times that name a zone shown as of UTC, which is what is stored: names of zones would need
/// a database of them. A day that is a fact may be another one in its zone, so that these stay, and are
/// refused.
fn in_utc(batch: RecordBatch, places: &[Place]) -> Result<RecordBatch, ArrowError> {
    let utc = |(field, place): (&Arc<Field>, &Place)| match field.data_type() {
        DataType::Timestamp(unit, Some(zone))
            if !zone.starts_with(['+', '-'])
                && (!matches!(place, Place::Fact(_))
                    || matches!(&**zone, "UTC" | "Etc/UTC" | "GMT" | "Z")) =>
        {
            Some(DataType::Timestamp(*unit, Some("+00:00".into())))
        }
        _ => None,
    };
    let schema = batch.schema();
    let types: Vec<Option<DataType>> = schema.fields().iter().zip(places).map(utc).collect();
    if types.iter().all(Option::is_none) {
        return Ok(batch);
    }
    let columns = batch.columns().iter().zip(schema.fields()).zip(types);
    let columns = columns.map(|((array, field), utc)| match utc {
        Some(utc) => {
            let shown = cast(array, &utc)?;
            Ok((Arc::new(field.as_ref().clone().with_data_type(utc)), shown))
        }
        None => Ok((field.clone(), array.clone())),
    });
    let (fields, arrays): (Vec<_>, Vec<_>) =
        columns.collect::<Result<Vec<_>, ArrowError>>()?.into_iter().unzip();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
}

/// Opens a Parquet file, and reads the names of its columns.
fn open_parquet(file: &SourceFile) -> Result<(Batches, Vec<String>), Reject> {
    if file.packing != Packing::None {
        return Err(unreadable(file, &"Parquet is compressed inside; unpack the file"));
    }
    let steady = file.open_steady().map_err(|e| unreadable(file, &e))?;
    let open = steady.file.try_clone().map_err(|e| unreadable(file, &e))?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(open)
        .and_then(|builder| builder.with_batch_size(PARQUET_ROWS).build())
        .map_err(|e| unreadable(file, &e))?;
    let names = reader.schema().fields().iter().map(|field| field.name().clone()).collect();
    Ok((Batches { reader, file: steady }, distinct(file, names)?))
}

fn next_parquet(
    batches: &mut Batches,
    places: &[Place],
    batch: &mut Option<RecordBatch>,
    at: &mut usize,
    columns: &Columns,
) -> Next {
    while batch.as_ref().is_none_or(|batch| *at >= batch.num_rows()) {
        match batches.next() {
            Some(Ok(next)) => match in_utc(next, places) {
                Ok(next) => (*batch, *at) = (Some(next), 0),
                Err(error) => return Next::Broken(error.to_string()),
            },
            Some(Err(error)) => return Next::Broken(error),
            None => return Next::End,
        }
    }
    let Some(batch) = batch else { return Next::End };
    let row = *at;
    *at += 1;
    let mut cells = Cells::new(columns);
    for (column, (array, &place)) in batch.columns().iter().zip(places).enumerate() {
        if array.is_null(row) {
            if place == Place::Text {
                cells.text = Some(Vec::new());
            }
            continue;
        }
        if place == Place::None {
            continue;
        }
        let bytes = match array.data_type() {
            DataType::Binary => Some(array.as_binary::<i32>().value(row)),
            DataType::LargeBinary => Some(array.as_binary::<i64>().value(row)),
            DataType::BinaryView => Some(array.as_binary_view().value(row)),
            _ => None,
        };
        match (bytes, place) {
            (Some(bytes), Place::Text) => cells.text = Some(bytes.to_vec()),
            (Some(bytes), place) => cells.put(place, cell_text(bytes, || encoding(bytes))),
            (None, place) => match shown_cell(array, row) {
                Ok(shown) => cells.put(place, shown),
                Err(error) => {
                    let schema = batch.schema();
                    let name = schema.field(column).name();
                    return Next::Row(Err(format!("column {name}: {error}")));
                }
            },
        }
    }
    Next::Row(Ok(Box::new(cells)))
}

fn shown_cell(array: &dyn Array, row: usize) -> Result<String, ArrowError> {
    let options = FormatOptions::default().with_display_error(false);
    ArrayFormatter::try_new(array, &options)?.value(row).try_to_string()
}

/// Raw texts by their source paths, for looking back from rows of a dataset. Quick when asked in the
/// dataset's order: a table is then read once.
pub(crate) struct Cursor {
    root: Arc<Path>,
    columns: Columns,
    open: Option<(String, Rows)>,
}

impl Cursor {
    /// Of the raw folder, or the single raw file, `raw`, whose tables have their texts in the column `text`.
    pub(crate) fn new(raw: &Path, text: &str) -> Self {
        Self { root: Arc::from(super::root(raw)), columns: Columns::text_only(text), open: None }
    }

    /// The raw text that `source_path` names.
    ///
    /// # Errors
    ///
    /// If there is none, or the system refuses it.
    pub(crate) fn read(&mut self, source_path: &str) -> Result<RawBytes> {
        let (name, row) = split_row(source_path);
        let path = self.root.join(name);
        if !stays_below(name) {
            let message = format!("the source path {source_path:?} leads out of the raw folder");
            return Err(Error::Dataset { path, message });
        }
        let metadata = std::fs::metadata(&path).map_err(Error::io("read", &path))?;
        let refused =
            |reject: Reject| Error::Dataset { path: path.clone(), message: reject.reason };
        let file = SourceFile::new(&self.root, name.to_owned(), super::stamp(&metadata));
        let Some(row) = row else { return super::read(&file).map_err(refused) };
        let is_ahead = |(open, rows): &&mut (String, Rows)| open == name && rows.number < row;
        let found = if let Some((_, rows)) = self.open.as_mut().filter(is_ahead) {
            rows.seek(row, &self.columns)
        } else {
            let rows = Rows::open(&file, &self.columns).map_err(refused)?;
            self.open.insert((name.to_owned(), rows)).1.seek(row, &self.columns)
        };
        let missing =
            || Error::Dataset { path: path.clone(), message: format!("it has no row {row}") };
        Ok(RawBytes::new(found.ok_or_else(missing)?.map_err(refused)?))
    }
}
