//! A finished dataset read back row by row, by polars.
//!
//! In: the folder of a dataset. Out: its tables' cells. Assumes nothing of the files, and shares no
//! code with what wrote them.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::{Date, date};
use polars::prelude::{ArrowSchema, DataFrame, DataType, ParquetReader, PolarsResult, SerReader};

use crate::config::TEXT_COLUMN;
use crate::tables::{ColumnSpec, ColumnType, DOCVAR, Documents, Table, TableSpec};
use crate::write::DATAPACKAGE;

/// Rows that are read at once.
const SLICE: usize = 1 << 13;

/// A cell as it was read back.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Null,
    Text(String),
    Int(i64),
    Float(f64),
    Day(Date),
    Bool(bool),
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
            Self::Text(text) => text.clone(),
            Self::Int(n) => n.to_string(),
            Self::Float(n) => n.to_string(),
            Self::Day(day) => day.to_string(),
            Self::Bool(flag) => flag.to_string(),
        }
    }
}

/// The name of the column that held the texts of tables, as the dataset's descriptor states it.
pub(crate) fn text_column(out_dir: &Path) -> String {
    let stated = || {
        let package = std::fs::read(out_dir.join(DATAPACKAGE)).ok()?;
        let package: serde_json::Value = serde_json::from_slice(&package).ok()?;
        Some(package.pointer("/rapporteur/text_column")?.as_str()?.to_owned())
    };
    stated().unwrap_or_else(|| TEXT_COLUMN.to_owned())
}

/// The names of the sidecar's columns in a dataset; none if `documents.parquet` cannot be read.
pub(crate) fn docvars(out_dir: &Path) -> Vec<String> {
    let Ok(schema) = read_schema(out_dir, Documents::NAME) else { return Vec::new() };
    schema.iter_names().filter_map(|name| name.strip_prefix(DOCVAR)).map(str::to_owned).collect()
}

fn open(out_dir: &Path, table: &str) -> Result<ParquetReader<File>, String> {
    let file = File::open(out_dir.join(format!("{table}.parquet"))).map_err(|e| e.to_string())?;
    Ok(ParquetReader::new(file))
}

pub(crate) fn read_schema(out_dir: &Path, table: &str) -> Result<Arc<ArrowSchema>, String> {
    open(out_dir, table)?.schema().map_err(|e| e.to_string())
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

/// Reads the rows of a table one after the other, a slice at a time.
pub(crate) struct Reader {
    path: PathBuf,
    columns: Vec<ColumnSpec>,
    slice: Vec<Vec<Cell>>,
    /// Rows before the slice.
    base: usize,
    at: usize,
}

impl Reader {
    pub(crate) fn new(out_dir: &Path, table: &TableSpec) -> Self {
        Self {
            path: out_dir.join(format!("{}.parquet", table.name)),
            columns: table.columns.clone(),
            slice: Vec::new(),
            base: 0,
            at: 0,
        }
    }

    /// The next row's cells, in the order of the columns; `None` after the last.
    pub(crate) fn next(&mut self) -> Result<Option<Vec<Cell>>, String> {
        let len = self.slice.first().map_or(0, Vec::len);
        if self.at == len {
            self.base += len;
            self.slice = self.read().map_err(|e| e.to_string())?;
            self.at = 0;
            if self.slice.first().is_none_or(Vec::is_empty) {
                self.slice.clear();
                return Ok(None);
            }
        }
        let at = self.at;
        self.at += 1;
        let take = |column: &mut Vec<Cell>| std::mem::replace(&mut column[at], Cell::Null);
        Ok(Some(self.slice.iter_mut().map(take).collect()))
    }

    fn read(&self) -> PolarsResult<Vec<Vec<Cell>>> {
        let frame = ParquetReader::new(File::open(&self.path)?)
            .with_slice(Some((self.base, SLICE)))
            .finish()?;
        self.columns.iter().map(|column| cells(&frame, column)).collect()
    }
}

fn cells(frame: &DataFrame, column: &ColumnSpec) -> PolarsResult<Vec<Cell>> {
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
                    .map_or(Cell::Text(format!("day {n}, which no calendar has")), Cell::Day)
            };
            fill(days.i32()?.iter(), day)
        }
    })
}
