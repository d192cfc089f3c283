//! Some columns of a table, read for statistics and searches: of Parquet those columns only, a row
//! group at a time.
//!
//! In: the folder of a dataset, a table, names of its columns. Out: their cells, or the texts of one
//! column without a copy. Assumes nothing of the files.

use std::fs::File;
use std::path::{Path, PathBuf};

use polars::prelude::{DataFrame, IdxCa, ParallelStrategy, ParquetReader, PolarsResult, SerReader};

use super::{
    Cell, Reader, STEP, decode, folders, is_guarded, parquet_cells, parquet_schema, readable,
};
use crate::error::{Error, Result};
use crate::tables::{ColumnSpec, TableSpec};
use crate::write::Format;

/// Rows that follow each other in one file: a row group of Parquet, all rows of other forms.
#[derive(Debug, Clone)]
pub(crate) struct Slab {
    path: PathBuf,
    format: Format,
    /// Whether cells of CSV are guarded.
    guarded: bool,
    start: usize,
    rows: usize,
}

/// The rows of a table in pieces that can be read each by itself, in order; those of folders one
/// folder after the other.
///
/// # Errors
///
/// If there is no such table in a form that can be read back.
pub(crate) fn slabs(out_dir: &Path, table: &TableSpec) -> Result<Vec<Slab>> {
    if !out_dir.is_dir() {
        return Err(Error::Folders(format!("{out_dir:?} is not the folder of a dataset")));
    }
    let Some(format) = readable(out_dir, table.name) else {
        let message = format!(
            "it has no {} in Parquet, CSV or JSON Lines, the forms that are read back",
            table.name
        );
        return Err(Error::Dataset { path: out_dir.to_owned(), message });
    };
    let guarded = format == Format::Csv && is_guarded(out_dir);
    let mut slabs = Vec::new();
    for path in folders(out_dir, table.name, format).into_iter().flat_map(|folder| folder.files) {
        if format == Format::Parquet {
            let groups = row_groups(&path).map_err(fault(&path))?;
            let mut start = 0;
            for rows in groups {
                slabs.push(Slab { path: path.clone(), format, guarded, start, rows });
                start += rows;
            }
        } else {
            slabs.push(Slab { path, format, guarded, start: 0, rows: usize::MAX });
        }
    }
    Ok(slabs)
}

fn fault<E: ToString>(path: &Path) -> impl FnOnce(E) -> Error {
    let path = path.to_owned();
    |message| Error::Dataset { path, message: message.to_string() }
}

/// The numbers of rows of a file's row groups.
fn row_groups(path: &Path) -> std::result::Result<Vec<usize>, String> {
    let file = File::open(path).map_err(|e| e.to_string())?;
    decode(|| {
        let mut reader = ParquetReader::new(file);
        let metadata = reader.get_metadata().map_err(|e| e.to_string())?;
        let mut rows = Vec::with_capacity(metadata.row_groups.len());
        for group in &metadata.row_groups {
            rows.push(group.num_rows());
        }
        Ok(rows)
    })
}

impl Slab {
    /// Calls `row` with the cells of the columns `names`, in their order, for each row.
    pub(crate) fn each(
        &self,
        table: &TableSpec,
        names: &[&str],
        row: &mut dyn FnMut(&[Cell]),
    ) -> Result<()> {
        let columns = specs_of(table, names);
        let columns = columns.map_err(fault(&self.path))?;
        if self.format != Format::Parquet {
            return self.each_of_text(table, names, row);
        }
        self.rows(&self.frame(names)?, &columns, row)
    }

    /// The same where rows are read with all their cells.
    fn each_of_text(
        &self,
        table: &TableSpec,
        names: &[&str],
        row: &mut dyn FnMut(&[Cell]),
    ) -> Result<()> {
        let places: Vec<usize> = names
            .iter()
            .filter_map(|name| table.columns.iter().position(|c| c.name == *name))
            .collect();
        let mut reader = Reader::of_file(&self.path, table, self.format, self.guarded);
        while let Some(mut cells) = reader.next().map_err(fault(&self.path))? {
            let take = |at: &usize| {
                cells.get_mut(*at).map_or(Cell::Null, |cell| std::mem::replace(cell, Cell::Null))
            };
            let picked: Vec<Cell> = places.iter().map(take).collect();
            row(&picked);
        }
        Ok(())
    }

    /// Calls `row` with the number of each row in the slab and its text in the column `name`, which
    /// holds strings; an empty one where it is null.
    pub(crate) fn texts(
        &self,
        table: &TableSpec,
        name: &str,
        row: &mut dyn FnMut(usize, &str),
    ) -> Result<()> {
        if self.format != Format::Parquet {
            let mut number = 0;
            return self.each(table, &[name], &mut |cells| {
                row(number, cells.first().map_or("", Cell::text));
                number += 1;
            });
        }
        let frame = self.frame(&[name])?;
        let column = frame.column(name).map_err(fault(&self.path))?.as_materialized_series();
        let texts = column.str().map_err(fault(&self.path))?;
        for (number, text) in texts.iter().enumerate() {
            row(number, text.unwrap_or(""));
        }
        Ok(())
    }

    /// Calls `row` with the cells of the columns `names` of the rows with these numbers in the slab,
    /// which are sorted.
    pub(crate) fn pick(
        &self,
        table: &TableSpec,
        names: &[&str],
        rows: &[usize],
        row: &mut dyn FnMut(&[Cell]),
    ) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        if self.format != Format::Parquet {
            let (mut number, mut rest) = (0, rows.iter());
            let mut next = rest.next();
            return self.each(table, names, &mut |cells| {
                if next == Some(&number) {
                    row(cells);
                    next = rest.next();
                }
                number += 1;
            });
        }
        let columns = specs_of(table, names).map_err(fault(&self.path))?;
        let rows: Vec<u32> = rows.iter().map(|row| *row as u32).collect();
        let rows = IdxCa::from_vec("row".into(), rows);
        let frame = self.frame(names)?.take(&rows).map_err(fault(&self.path))?;
        self.rows(&frame, &columns, row)
    }

    /// Calls `row` with the cells of each row of a frame.
    fn rows(
        &self,
        frame: &DataFrame,
        columns: &[&ColumnSpec],
        row: &mut dyn FnMut(&[Cell]),
    ) -> Result<()> {
        for start in (0..frame.height()).step_by(STEP) {
            let step = frame.slice(start as i64, STEP);
            let cells: Vec<Vec<Cell>> = columns
                .iter()
                .map(|column| parquet_cells(&step, column))
                .collect::<PolarsResult<_>>()
                .map_err(fault(&self.path))?;
            let mut cells: Vec<_> = cells.into_iter().map(Vec::into_iter).collect();
            let mut next = Vec::with_capacity(cells.len());
            for _ in 0..step.height() {
                next.clear();
                next.extend(cells.iter_mut().filter_map(Iterator::next));
                row(&next);
            }
        }
        Ok(())
    }

    fn frame(&self, names: &[&str]) -> Result<DataFrame> {
        let file = File::open(&self.path).map_err(Error::io("open", &self.path))?;
        let known = parquet_schema(&self.path).map_err(fault(&self.path))?;
        if let Some(name) = names.iter().find(|name| !known.contains(name)) {
            return Err(fault(&self.path)(format!("it has no column {name}")));
        }
        let frame = decode(|| {
            ParquetReader::new(file)
                .with_columns(Some(names.iter().map(|name| (*name).to_owned()).collect()))
                .with_slice(Some((self.start, self.rows)))
                // Slabs are read in parallel, not their columns.
                .read_parallel(ParallelStrategy::None)
                .finish()
                .map_err(|e| e.to_string())
        });
        frame.map_err(fault(&self.path))
    }
}

fn specs_of<'t>(
    table: &'t TableSpec,
    names: &[&str],
) -> std::result::Result<Vec<&'t ColumnSpec>, String> {
    names
        .iter()
        .map(|name| {
            let own = table.columns.iter().find(|column| column.name == *name);
            own.ok_or_else(|| format!("{} has no column {name}", table.name))
        })
        .collect()
}

/// Calls `row` with the cells of the columns `names` of each row of a table.
///
/// # Errors
///
/// If the table cannot be read.
pub(crate) fn each_row(
    out_dir: &Path,
    table: &TableSpec,
    names: &[&str],
    mut row: impl FnMut(&[Cell]),
) -> Result<()> {
    slabs(out_dir, table)?.iter().try_for_each(|slab| slab.each(table, names, &mut row))
}
