//! A finished dataset read back row by row: Parquet by polars, CSV by the csv crate, JSON Lines by
//! serde.
//!
//! In: the folder of a dataset. Out: its tables' cells, in the order of the rows, in whatever files
//! they stand. Assumes nothing of the files, and shares no code with what wrote them. Files are open
//! only while they are read from, and few rows of each wait in memory.

mod slabs;

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_ipc::reader::FileReader as ArrowFile;
use jiff::civil::{Date, date};
use polars::prelude::{ArrowSchema, DataFrame, DataType, ParquetReader, PolarsResult, SerReader};
use serde_json::{Map, Value};

use crate::config::TEXT_COLUMN;
use crate::error::{Error, panic_message};
use crate::source;
use crate::tables::{ColumnSpec, ColumnType, DOCVAR, Documents, Table, TableSpec, unguard};
use crate::write::{DATAPACKAGE, Format, REJECTS};

pub(crate) use slabs::{Slab, each_row, slabs};

/// Rows of a Parquet file that are decoded at once, unless their row group ends before.
const SLICE: usize = 1 << 13;
/// Rows that become cells at once.
const STEP: usize = 1 << 9;

/// A cell as it was read back.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Null,
    Text(String),
    Int(i64),
    Float(f64),
    Day(Date),
    Bool(bool),
    /// What is no value of the column's type, as it stands there.
    Odd(String),
}

impl Cell {
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            _ => "",
        }
    }

    pub(crate) fn int(&self) -> i64 {
        match self {
            Self::Int(n) => *n,
            _ => 0,
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        *self == Self::Null
    }

    /// As the contract wants it in CSV.
    pub(crate) fn csv(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Text(text) | Self::Odd(text) => text.clone(),
            Self::Int(n) => n.to_string(),
            Self::Float(n) => n.to_string(),
            Self::Day(day) => day.to_string(),
            Self::Bool(flag) => flag.to_string(),
        }
    }

    /// Reads what the contract wants in CSV, written as it wants it; `guarded` if formulas are guarded
    /// ([`crate::tables::guard`]).
    fn from_csv(text: &str, kind: ColumnType, guarded: bool) -> Self {
        if text.is_empty() {
            return Self::Null;
        }
        let cell = match kind {
            ColumnType::String | ColumnType::Category if guarded => {
                unguard(text).map(|own| Self::Text(own.into_owned()))
            }
            ColumnType::String | ColumnType::Category => return Self::Text(text.to_owned()),
            ColumnType::Int32 => text.parse::<i32>().ok().map(|n| Self::Int(n.into())),
            ColumnType::Int64 => text.parse().ok().map(Self::Int),
            ColumnType::Float64 => text.parse().ok().map(Self::Float),
            ColumnType::Date => text.parse().ok().map(Self::Day),
            ColumnType::Bool => text.parse().ok().map(Self::Bool),
        };
        let is_text = |cell: &Self| matches!(cell, Self::Text(_));
        cell.filter(|cell| is_text(cell) || cell.csv() == text)
            .unwrap_or_else(|| Self::Odd(text.to_owned()))
    }

    fn from_json(value: &Value, kind: ColumnType) -> Self {
        let text = value.as_str();
        let cell = match kind {
            _ if value.is_null() => Some(Self::Null),
            ColumnType::String | ColumnType::Category => text.map(|t| Self::Text(t.to_owned())),
            ColumnType::Int32 => {
                value.as_i64().filter(|n| i32::try_from(*n).is_ok()).map(Self::Int)
            }
            ColumnType::Int64 => value.as_i64().map(Self::Int),
            ColumnType::Float64 => value.as_f64().map(Self::Float),
            ColumnType::Date => {
                text.filter(|t| !t.is_empty()).map(|t| Self::from_csv(t, kind, false))
            }
            ColumnType::Bool => value.as_bool().map(Self::Bool),
        };
        cell.unwrap_or_else(|| Self::Odd(value.to_string()))
    }
}

/// What the dataset's descriptor says of the run under a name; nothing if it cannot be read.
fn stated(out_dir: &Path, name: &str) -> Option<Value> {
    let package = fs::read(out_dir.join(DATAPACKAGE)).ok()?;
    let mut package: Value = serde_json::from_slice(&package).ok()?;
    Some(package.get_mut("rapporteur")?.get_mut(name)?.take())
}

/// The name of the column that held the texts of tables, as the dataset's descriptor states it.
pub(crate) fn text_column(out_dir: &Path) -> String {
    let stated = stated(out_dir, "text_column");
    stated.as_ref().and_then(Value::as_str).unwrap_or(TEXT_COLUMN).to_owned()
}

/// Whether the dataset's descriptor states that formulas are guarded in CSV.
fn is_guarded(out_dir: &Path) -> bool {
    stated(out_dir, "csv_safe") == Some(Value::Bool(true))
}

/// The source path and the reason of every bad file that a run passed over; none if there is no such file.
pub(crate) fn rejects(out_dir: &Path) -> Result<Vec<(String, String)>, Error> {
    let path = out_dir.join(REJECTS);
    if !path.exists() {
        return Ok(Vec::new());
    }
    let fault = |message: String| Error::Dataset { path: path.clone(), message };
    let guarded = is_guarded(out_dir);
    let mut reader = csv::Reader::from_path(&path).map_err(|e| fault(e.to_string()))?;
    let mut rejects = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| fault(e.to_string()))?;
        let field = |at: usize| {
            let cell = record.get(at).unwrap_or_default();
            let own = if guarded { unguard(cell) } else { Some(cell.into()) };
            own.map(Cow::into_owned)
                .ok_or_else(|| fault(format!("found the cell {cell:?}, expected a guarded one")))
        };
        rejects.push((field(0)?, field(1)?));
    }
    Ok(rejects)
}

/// The names of the sidecar's columns in a dataset; none if `documents` cannot be read.
pub(crate) fn docvars(out_dir: &Path) -> Vec<String> {
    let there = |format: &Format| place(out_dir, Documents::NAME, *format).exists();
    let Some(format) = Format::ALL.into_iter().find(there) else { return Vec::new() };
    let folders = folders(out_dir, Documents::NAME, format);
    let Some(path) = folders.iter().flat_map(|folder| &folder.files).next() else {
        return Vec::new();
    };
    let names = columns(path, format).unwrap_or_default();
    names.iter().filter_map(|name| name.strip_prefix(DOCVAR)).map(str::to_owned).collect()
}

/// The first form of a table that there is and that can be read row by row.
pub(crate) fn readable(out_dir: &Path, table: &str) -> Option<Format> {
    let mut formats = Format::ALL.into_iter().filter(|format| *format != Format::Arrow);
    formats.find(|format| place(out_dir, table, *format).exists())
}

/// Where a table stands in one form: a file, or a folder of parts.
pub(crate) fn place(out_dir: &Path, table: &str, format: Format) -> PathBuf {
    out_dir.join(format!("{table}.{}", format.as_str()))
}

/// Files whose rows follow each other.
#[derive(Debug, Default)]
pub(crate) struct Folder {
    /// Name of the folder that the table's partition gives them; empty where there is none.
    pub(crate) name: String,
    /// The files, in order.
    pub(crate) files: Vec<PathBuf>,
}

/// The files of a table in one form.
pub(crate) fn folders(out_dir: &Path, table: &str, format: Format) -> Vec<Folder> {
    let place = place(out_dir, table, format);
    if !place.is_dir() {
        return vec![Folder { name: String::new(), files: vec![place] }];
    }
    let entries = |folder: &Path| -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        // part-9999 comes before part-10000.
        paths.sort_by_key(|path| (path.as_os_str().len(), path.clone()));
        paths
    };
    let (below, files): (Vec<PathBuf>, Vec<PathBuf>) =
        entries(&place).into_iter().partition(|path| path.is_dir());
    let mut folders: Vec<Folder> = below
        .iter()
        .map(|path| Folder {
            name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            files: entries(path),
        })
        .collect();
    folders.sort_by(|one, two| one.name.cmp(&two.name));
    if !files.is_empty() || folders.is_empty() {
        folders.insert(0, Folder { name: String::new(), files });
    }
    folders
}

/// The names of a file's columns, in order; of JSON Lines those of the first row.
pub(crate) fn columns(path: &Path, format: Format) -> Result<Vec<String>, String> {
    match format {
        Format::Parquet => {
            Ok(parquet_schema(path)?.iter_names().map(ToString::to_string).collect())
        }
        Format::Csv => {
            let mut reader = csv::Reader::from_path(path).map_err(|e| e.to_string())?;
            let header = reader.headers().map_err(|e| e.to_string())?;
            Ok(header.iter().map(str::to_owned).collect())
        }
        Format::Jsonl => {
            let mut line = String::new();
            let file = File::open(path).map_err(|e| e.to_string())?;
            BufReader::new(file).read_line(&mut line).map_err(|e| e.to_string())?;
            if line.is_empty() {
                return Ok(Vec::new());
            }
            let row: Map<String, Value> = serde_json::from_str(&line).map_err(|e| e.to_string())?;
            Ok(row.keys().cloned().collect())
        }
        Format::Arrow => decode(|| {
            let schema = arrow_file(path)?.schema();
            Ok(schema.fields().iter().map(|field| field.name().clone()).collect())
        }),
    }
}

/// Lets a reader of another crate work on a file. Where damage makes it panic that is an error like
/// any other.
fn decode<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    // What the reader leaves half done is dropped with it.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        Err(format!("a damaged file ({})", panic_message(&*panic).unwrap_or("its reader panicked")))
    })
}

fn arrow_file(path: &Path) -> Result<ArrowFile<BufReader<File>>, String> {
    let file = BufReader::new(File::open(path).map_err(|e| e.to_string())?);
    ArrowFile::try_new(file, None).map_err(|e| e.to_string())
}

/// The number of rows of an Arrow file.
pub(crate) fn arrow_rows(path: &Path) -> Result<usize, String> {
    decode(|| {
        let mut batches = arrow_file(path)?;
        batches.try_fold(0, |rows, batch| Ok(rows + batch.map_err(|e| e.to_string())?.num_rows()))
    })
}

pub(crate) fn parquet_schema(path: &Path) -> Result<Arc<ArrowSchema>, String> {
    decode(|| {
        let file = File::open(path).map_err(|e| e.to_string())?;
        ParquetReader::new(file).schema().map_err(|e| e.to_string())
    })
}

/// A row with its cells by name.
pub(crate) struct Row<'s> {
    pub(crate) spec: &'s TableSpec,
    pub(crate) cells: Vec<Cell>,
}

impl Row<'_> {
    pub(crate) fn cell(&self, name: &str) -> &Cell {
        let at = self.spec.columns.iter().position(|c| c.name == name);
        at.and_then(|at| self.cells.get(at)).unwrap_or(&Cell::Null)
    }

    pub(crate) fn text(&self, name: &str) -> &str {
        self.cell(name).text()
    }

    pub(crate) fn int(&self, name: &str) -> i64 {
        self.cell(name).int()
    }

    /// A range of two columns.
    pub(crate) fn range(&self, what: &str) -> (i64, i64) {
        (self.int(&format!("{what}_start")), self.int(&format!("{what}_end")))
    }
}

/// Numbers of the rows of `documents` by their ids.
pub(crate) type RowNumbers = HashMap<String, usize>;

/// Reads the rows of a table one after the other.
///
/// Rows that stand in several folders are merged into the order of the rows: those of `documents` by
/// their place in the raw files, the others by the number of their document.
pub(crate) struct Reader<'o> {
    streams: Vec<Stream>,
    merge: Merge<'o>,
    /// The first row of each stream that has one, where they are merged.
    heads: BinaryHeap<Reverse<(Place, usize)>>,
    begun: bool,
    /// The stream of the row that was read last.
    now: usize,
}

/// What decides the order of rows of several folders.
enum Merge<'o> {
    /// Nothing: one folder after the other.
    No,
    /// The columns with the source path and the place in it.
    Place(usize, usize),
    /// The column with the document's id.
    Document(usize, &'o RowNumbers),
}

impl<'o> Reader<'o> {
    /// Reads the first form that can be read; the rows of folders of `sentences` and `mentions` come
    /// one folder after the other.
    pub(crate) fn new(out_dir: &Path, table: &TableSpec) -> Self {
        let format = readable(out_dir, table.name).unwrap_or(Format::Parquet);
        Self::of(out_dir, table, format, None)
    }

    /// Reads one form; with the numbers of documents all rows come in order.
    pub(crate) fn of(
        out_dir: &Path,
        table: &TableSpec,
        format: Format,
        documents: Option<&'o RowNumbers>,
    ) -> Self {
        let columns: Arc<[ColumnSpec]> = table.columns.clone().into();
        let guarded = format == Format::Csv && is_guarded(out_dir);
        let streams: Vec<Stream> = folders(out_dir, table.name, format)
            .into_iter()
            .map(|folder| Stream {
                folder: folder.name,
                files: folder.files.into(),
                format,
                guarded,
                columns: Arc::clone(&columns),
                open: None,
                rows: VecDeque::new(),
            })
            .collect();
        let column = |name: &str| table.columns.iter().position(|c| c.name == name);
        let merge = match (column("source_path"), column("raw_start"), column("doc_id")) {
            _ if streams.len() < 2 => Merge::No,
            (Some(path), Some(start), _) => Merge::Place(path, start),
            (_, _, Some(id)) => documents.map_or(Merge::No, |known| Merge::Document(id, known)),
            _ => Merge::No,
        };
        Self { streams, merge, heads: BinaryHeap::new(), begun: false, now: 0 }
    }

    /// Reads one file.
    fn of_file(path: &Path, table: &TableSpec, format: Format, guarded: bool) -> Self {
        let stream = Stream {
            folder: String::new(),
            files: VecDeque::from([path.to_owned()]),
            format,
            guarded,
            columns: table.columns.clone().into(),
            open: None,
            rows: VecDeque::new(),
        };
        let (merge, heads) = (Merge::No, BinaryHeap::new());
        Self { streams: vec![stream], merge, heads, begun: false, now: 0 }
    }

    /// The name of the folder in which the row stands that was read last; empty if in none.
    pub(crate) fn folder(&self) -> &str {
        self.streams.get(self.now).map_or("", |stream| &stream.folder)
    }

    /// The next row's cells, in the order of the columns; `None` after the last. CSV may have more or
    /// fewer of them than there are columns.
    pub(crate) fn next(&mut self) -> Result<Option<Vec<Cell>>, String> {
        if matches!(self.merge, Merge::No) {
            while let Some(stream) = self.streams.get_mut(self.now) {
                if let Some(row) = stream.next()? {
                    return Ok(Some(row));
                }
                self.now += 1;
            }
            return Ok(None);
        }
        if !self.begun {
            self.begun = true;
            for number in 0..self.streams.len() {
                self.queue(number)?;
            }
        }
        let Some(Reverse((_, number))) = self.heads.pop() else { return Ok(None) };
        self.now = number;
        let row = self.streams[number].next()?;
        self.queue(number)?;
        Ok(row)
    }

    /// Puts the place of a stream's first row where it can be compared.
    fn queue(&mut self, number: usize) -> Result<(), String> {
        let Some(row) = self.streams[number].first()? else { return Ok(()) };
        let place = match &self.merge {
            Merge::No => Place::default(),
            Merge::Place(path, start) => Place {
                path: row.get(*path).map(|cell| cell.text().to_owned()).unwrap_or_default(),
                number: row.get(*start).map_or(0, Cell::int),
            },
            Merge::Document(id, known) => {
                let number = row.get(*id).and_then(|id| known.get(id.text()));
                Place { path: String::new(), number: number.map_or(-1, |n| *n as i64) }
            }
        };
        self.heads.push(Reverse((place, number)));
        Ok(())
    }
}

/// Where a row stands among the others.
#[derive(Debug, Default, PartialEq, Eq)]
struct Place {
    path: String,
    number: i64,
}

impl Ord for Place {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        source::order(&self.path, &other.path).then(self.number.cmp(&other.number))
    }
}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Files that are read one after the other.
struct Stream {
    folder: String,
    files: VecDeque<PathBuf>,
    format: Format,
    /// Whether cells of CSV are guarded.
    guarded: bool,
    columns: Arc<[ColumnSpec]>,
    open: Option<OpenFile>,
    rows: VecDeque<Vec<Cell>>,
}

/// A file and how far it was read.
struct OpenFile {
    path: PathBuf,
    at: At,
}

enum At {
    /// Rows that are decoded, and of these how many were given, after so many before them.
    Parquet {
        before: usize,
        decoded: DataFrame,
        given: usize,
    },
    Csv(csv::Position),
    /// Bytes.
    Jsonl(u64),
}

impl Stream {
    fn next(&mut self) -> Result<Option<Vec<Cell>>, String> {
        self.first()?;
        Ok(self.rows.pop_front())
    }

    fn first(&mut self) -> Result<Option<&Vec<Cell>>, String> {
        while self.rows.is_empty() {
            let mut file = match self.open.take() {
                Some(file) => file,
                None => match self.files.pop_front() {
                    Some(path) => OpenFile { at: At::begin(self.format), path },
                    None => break,
                },
            };
            let rows = file.read(&self.columns, self.guarded);
            if rows.is_err() {
                // After a fault there is nothing more to read in this stream.
                self.files.clear();
            }
            let rows = rows?;
            if !rows.is_empty() {
                self.rows = rows;
                self.open = Some(file);
            }
        }
        Ok(self.rows.front())
    }
}

impl At {
    fn begin(format: Format) -> Self {
        match format {
            Format::Csv => Self::Csv(csv::Position::new()),
            Format::Jsonl => Self::Jsonl(0),
            Format::Parquet | Format::Arrow => {
                Self::Parquet { before: 0, decoded: DataFrame::default(), given: 0 }
            }
        }
    }
}

impl OpenFile {
    /// The next rows; none at the end.
    fn read(
        &mut self,
        columns: &[ColumnSpec],
        guarded: bool,
    ) -> Result<VecDeque<Vec<Cell>>, String> {
        match &mut self.at {
            At::Parquet { before, decoded, given } => {
                let path = &self.path;
                decode(|| {
                    read_parquet(path, columns, before, decoded, given).map_err(|e| e.to_string())
                })
            }
            At::Csv(position) => {
                read_csv(&self.path, columns, guarded, position).map_err(|e| e.to_string())
            }
            At::Jsonl(offset) => read_jsonl(&self.path, columns, offset),
        }
    }
}

fn read_parquet(
    path: &Path,
    columns: &[ColumnSpec],
    before: &mut usize,
    decoded: &mut DataFrame,
    given: &mut usize,
) -> PolarsResult<VecDeque<Vec<Cell>>> {
    if *given == decoded.height() {
        *before += decoded.height();
        *given = 0;
        let mut reader = ParquetReader::new(File::open(path)?);
        // No slice reaches into a second row group, whose pages would be decoded twice.
        let mut left = 0;
        let mut end = 0;
        for group in &reader.get_metadata()?.row_groups {
            end += group.num_rows();
            if end > *before {
                left = end - *before;
                break;
            }
        }
        *decoded = match left {
            0 => DataFrame::default(),
            left => {
                // Pages of columns that nobody asked for are not decoded.
                let names = columns.iter().map(|column| column.name.clone()).collect();
                let slice = Some((*before, left.min(SLICE)));
                reader.with_columns(Some(names)).with_slice(slice).finish()?
            }
        };
        if decoded.height() == 0 {
            return Ok(VecDeque::new());
        }
    }
    let step = decoded.slice(*given as i64, STEP);
    *given += step.height();
    let mut cells: Vec<Vec<Cell>> =
        columns.iter().map(|column| parquet_cells(&step, column)).collect::<PolarsResult<_>>()?;
    let take = |column: &mut Vec<Cell>, at: usize| std::mem::replace(&mut column[at], Cell::Null);
    let rows = 0..step.height();
    Ok(rows.map(|at| cells.iter_mut().map(|column| take(column, at)).collect()).collect())
}

fn parquet_cells(frame: &DataFrame, column: &ColumnSpec) -> PolarsResult<Vec<Cell>> {
    fn fill<T>(values: impl Iterator<Item = Option<T>>, make: impl Fn(T) -> Cell) -> Vec<Cell> {
        values.map(|value| value.map_or(Cell::Null, &make)).collect()
    }
    let series = frame.column(&column.name)?.as_materialized_series();
    Ok(match column.kind {
        ColumnType::String => fill(series.str()?.iter(), |t: &str| Cell::Text(t.to_owned())),
        ColumnType::Category => {
            let series = series.cast(&DataType::String)?;
            fill(series.str()?.iter(), |t: &str| Cell::Text(t.to_owned()))
        }
        ColumnType::Int32 => fill(series.i32()?.iter(), |n| Cell::Int(n.into())),
        ColumnType::Int64 => fill(series.i64()?.iter(), Cell::Int),
        ColumnType::Float64 => fill(series.f64()?.iter(), Cell::Float),
        ColumnType::Bool => fill(series.bool()?.iter(), Cell::Bool),
        ColumnType::Date => {
            let days = series.cast(&DataType::Int32)?;
            let day = |n: i32| {
                jiff::Span::new()
                    .try_days(n)
                    .and_then(|days| date(1970, 1, 1).checked_add(days))
                    .map_or(Cell::Odd(format!("day {n}, which no calendar has")), Cell::Day)
            };
            fill(days.i32()?.iter(), day)
        }
    })
}

fn read_csv(
    path: &Path,
    columns: &[ColumnSpec],
    guarded: bool,
    position: &mut csv::Position,
) -> csv::Result<VecDeque<Vec<Cell>>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(path)?;
    let mut record = csv::StringRecord::new();
    if position.byte() == 0 {
        reader.read_record(&mut record)?;
    } else {
        reader.seek(position.clone())?;
    }
    let mut rows = VecDeque::new();
    while rows.len() < STEP && reader.read_record(&mut record)? {
        let kinds = columns.iter().map(|c| c.kind).chain(std::iter::repeat(ColumnType::String));
        let cells = record.iter().zip(kinds);
        rows.push_back(cells.map(|(t, kind)| Cell::from_csv(t, kind, guarded)).collect());
    }
    *position = reader.position().clone();
    Ok(rows)
}

fn read_jsonl(
    path: &Path,
    columns: &[ColumnSpec],
    offset: &mut u64,
) -> Result<VecDeque<Vec<Cell>>, String> {
    let mut file = File::open(path).map_err(|e| e.to_string())?;
    file.seek(SeekFrom::Start(*offset)).map_err(|e| e.to_string())?;
    let mut reader = BufReader::new(file);
    let mut rows = VecDeque::new();
    let mut line = String::new();
    while rows.len() < STEP {
        line.clear();
        let bytes = reader.read_line(&mut line).map_err(|e| e.to_string())?;
        if bytes == 0 {
            break;
        }
        *offset += bytes as u64;
        let row: Map<String, Value> = serde_json::from_str(&line).map_err(|e| e.to_string())?;
        if !row.keys().eq(columns.iter().map(|c| &c.name)) {
            let keys: Vec<&str> = row.keys().map(String::as_str).collect();
            return Err(format!("a row with the keys {}", keys.join(", ")));
        }
        rows.push_back(
            row.values().zip(columns).map(|(v, c)| Cell::from_json(v, c.kind)).collect(),
        );
    }
    Ok(rows)
}
