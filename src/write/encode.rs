//! Rows of one table on their way into one file, in any of the forms.
//!
//! In: rows, in order. Out: a file. Nothing in it depends on the machine, the day or a library's
//! defaults.

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions};
use arrow_schema::{ArrowError, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression as Codec, GzipLevel, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use parquet::schema::types::ColumnPath;

use super::pages::Waiting;
use super::settings::{Compression, Format, Settings};
use super::sink::{Sink, Written};
use crate::error::{Error, Result};
use crate::tables::{
    ColumnType, SCHEMA_VERSION, Table, TableSpec, array_schema, arrow_schema, csv_cells, guard,
    json_keys, json_line, record_batch, spec,
};

/// Bytes of a row group at most, so that long texts do not pile up in memory.
const ROW_GROUP_BYTES: usize = 16 << 20;
/// Rows that become arrays at once: their strings must stay below 2 GiB together.
const ARRAY_ROWS: usize = 1 << 14;

/// Bytes counted for the writer of a column beside its values: encoders, compressor, page lists; an
/// estimate from the whole process with 65,000 such writers.
const COLUMN_BYTES: usize = 20 << 10;

/// What the files of one table have in common.
pub(super) struct Shape {
    /// The dataset's folder.
    dir: PathBuf,
    pub(super) table: &'static str,
    spec: TableSpec,
    /// The sidecar's columns in this table.
    docvars: usize,
    /// Whether cells of CSV are guarded.
    csv_safe: bool,
    /// The schema as it is stored.
    schema: SchemaRef,
    /// The schema of the arrays that are made.
    arrays: SchemaRef,
    properties: WriterProperties,
    keys: Vec<String>,
}

impl Shape {
    pub(super) fn new<T: Table>(dir: &Path, docvars: &[String], settings: &Settings) -> Self {
        let spec = spec::<T>(docvars);
        Self {
            dir: dir.to_owned(),
            table: T::NAME,
            docvars: spec.columns.len() - T::COLUMNS.len(),
            csv_safe: settings.csv_safe,
            schema: arrow_schema(&spec),
            arrays: array_schema(&spec),
            properties: properties(&spec, settings),
            keys: json_keys(&spec),
            spec,
        }
    }

    fn encoding(&self, path: &Path, error: ParquetError) -> Error {
        match error {
            ParquetError::External(inner) => match inner.downcast::<io::Error>() {
                Ok(source) => Error::io("write", path)(*source),
                Err(other) => self.message(&*other),
            },
            other => self.message(&other),
        }
    }

    fn arrow(&self, path: &Path, error: ArrowError) -> Error {
        match error {
            ArrowError::IoError(_, source) => Error::io("write", path)(source),
            other => self.message(&other),
        }
    }

    fn csv(&self, path: &Path, error: csv::Error) -> Error {
        match error.into_kind() {
            csv::ErrorKind::Io(source) => Error::io("write", path)(source),
            other => Error::Encode { table: self.table, message: format!("{other:?}") },
        }
    }

    fn message(&self, error: &dyn std::error::Error) -> Error {
        Error::Encode { table: self.table, message: error.to_string() }
    }
}

/// What is said of every file that can hold such things.
fn facts(table: &str) -> [(String, String); 3] {
    let pair = |key: &str, value: String| (format!("rapporteur.{key}"), value);
    [
        pair("version", env!("CARGO_PKG_VERSION").to_owned()),
        pair("schema_version", SCHEMA_VERSION.to_string()),
        pair("table", table.to_owned()),
    ]
}

fn properties(spec: &TableSpec, settings: &Settings) -> WriterProperties {
    // Levels are in range: the settings let no others in.
    let codec = match settings.compression {
        Compression::Zstd(level) => Codec::ZSTD(ZstdLevel::try_new(level).unwrap_or_default()),
        Compression::Snappy => Codec::SNAPPY,
        Compression::Gzip => Codec::GZIP(GzipLevel::default()),
        Compression::Lz4 => Codec::LZ4_RAW,
        Compression::None => Codec::UNCOMPRESSED,
    };
    let facts = facts(spec.name).map(|(key, value)| KeyValue::new(key, value));
    let mut builder = WriterProperties::builder()
        .set_created_by(format!("rapporteur version {}", env!("CARGO_PKG_VERSION")))
        .set_writer_version(WriterVersion::PARQUET_1_0)
        .set_compression(codec)
        .set_max_row_group_row_count(Some(settings.row_group_size.get()))
        .set_max_row_group_bytes(Some(ROW_GROUP_BYTES))
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_dictionary_enabled(false)
        .set_key_value_metadata(Some(facts.to_vec()));
    for column in spec.columns.iter().filter(|c| c.kind == ColumnType::Category) {
        let path = ColumnPath::from(column.name.as_str());
        builder = builder.set_column_dictionary_enabled(path, true);
    }
    builder.build()
}

/// A file in the making.
pub(super) struct Part {
    path: PathBuf,
    /// Rows that are in it.
    pub(super) rows: usize,
    encoder: Encoder,
}

enum Encoder {
    Parquet(Box<ArrowWriter<Quiet>>),
    Csv(Box<csv::Writer<Sink>>),
    Jsonl(Sink),
    Arrow(Box<FileWriter<Quiet>>),
}

impl Part {
    /// Begins the file `name`; `many` if it is one of so many that it cannot stay open.
    pub(super) fn begin(shape: &Shape, format: Format, name: &str, many: bool) -> Result<Self> {
        let path = shape.dir.join(name);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(Error::io("create the folder", folder))?;
        }
        let sink = Sink::create(&shape.dir, name, many)?;
        let encoder = match format {
            Format::Parquet => {
                let schema = Arc::clone(&shape.schema);
                let mut options =
                    ArrowWriterOptions::new().with_properties(shape.properties.clone());
                if !many {
                    // Of many files the largest row groups are ended before they take much memory.
                    options = options.with_page_store_factory(Arc::new(Waiting::new(&shape.dir)));
                }
                let writer = ArrowWriter::try_new_with_options(Quiet(sink), schema, options);
                Encoder::Parquet(Box::new(writer.map_err(|e| shape.encoding(&path, e))?))
            }
            Format::Csv => {
                // The sink gathers what is written.
                let mut csv = csv::WriterBuilder::new().buffer_capacity(1 << 10).from_writer(sink);
                let header = shape.spec.columns.iter().map(|c| c.name.as_str());
                csv.write_record(header).map_err(|e| shape.csv(&path, e))?;
                Encoder::Csv(Box::new(csv))
            }
            Format::Jsonl => Encoder::Jsonl(sink),
            Format::Arrow => {
                let facts = HashMap::from(facts(shape.table));
                let schema = shape.arrays.as_ref().clone().with_metadata(facts);
                let writer = IpcWriteOptions::default()
                    .try_with_compression(Some(CompressionType::ZSTD))
                    .and_then(|o| FileWriter::try_new_with_options(Quiet(sink), &schema, o));
                Encoder::Arrow(Box::new(writer.map_err(|e| shape.arrow(&path, e))?))
            }
        };
        Ok(Self { path, rows: 0, encoder })
    }

    /// Appends rows.
    pub(super) fn write<T: Table>(&mut self, shape: &Shape, rows: &[T::Row<'_>]) -> Result<()> {
        let path = &self.path;
        self.rows += rows.len();
        match &mut self.encoder {
            Encoder::Parquet(parquet) => {
                for part in rows.chunks(ARRAY_ROWS) {
                    let batch =
                        record_batch::<T>(part, &shape.arrays).map_err(|e| shape.message(&e))?;
                    parquet.write(&batch).map_err(|e| shape.encoding(path, e))?;
                }
            }
            Encoder::Arrow(arrow) => {
                for part in rows.chunks(ARRAY_ROWS) {
                    let batch =
                        record_batch::<T>(part, &shape.arrays).map_err(|e| shape.message(&e))?;
                    arrow.write(&batch).map_err(|e| shape.arrow(path, e))?;
                }
            }
            Encoder::Csv(csv) => {
                let mut buffer = String::new();
                for row in rows {
                    csv_cells::<T, csv::Error>(row, shape.docvars, &mut buffer, |cell| {
                        if shape.csv_safe {
                            csv.write_field(guard(cell).as_bytes())
                        } else {
                            csv.write_field(cell)
                        }
                    })
                    .and_then(|()| csv.write_record(None::<&[u8]>))
                    .map_err(|e| shape.csv(path, e))?;
                }
            }
            Encoder::Jsonl(sink) => {
                let mut line = Vec::new();
                for row in rows {
                    line.clear();
                    json_line::<T>(row, &shape.keys, &mut line);
                    sink.write_all(&line).map_err(Error::io("write", path))?;
                }
            }
        }
        Ok(())
    }

    /// Bytes that rows take up which wait for their row group to be full.
    pub(super) fn waiting(&self, shape: &Shape) -> usize {
        match &self.encoder {
            Encoder::Parquet(parquet) if parquet.in_progress_rows() > 0 => {
                parquet.memory_size() + shape.spec.columns.len() * COLUMN_BYTES
            }
            _ => 0,
        }
    }

    /// Row groups that are written, each of which is remembered until the end of the file.
    pub(super) fn row_groups(&self) -> usize {
        match &self.encoder {
            Encoder::Parquet(parquet) => parquet.flushed_row_groups().len(),
            _ => 0,
        }
    }

    /// Ends the row group.
    pub(super) fn end_row_group(&mut self, shape: &Shape) -> Result<()> {
        match &mut self.encoder {
            Encoder::Parquet(parquet) => parquet.flush().map_err(|e| shape.encoding(&self.path, e)),
            _ => Ok(()),
        }
    }

    /// Writes what can be written, gives back buffers and closes the file until it is written on.
    pub(super) fn rest(&mut self) -> Result<()> {
        let path = &self.path;
        let rested = match &mut self.encoder {
            Encoder::Parquet(parquet) => {
                parquet.sync().and_then(|()| parquet.inner_mut().0.flush())
            }
            Encoder::Csv(csv) => csv.flush(),
            Encoder::Jsonl(sink) => sink.flush(),
            Encoder::Arrow(arrow) => arrow.get_mut().0.flush(),
        };
        rested.map_err(Error::io("write", path))
    }

    /// Ends the file.
    pub(super) fn finish(self, shape: &Shape) -> Result<Written> {
        let path = &self.path;
        let sink = match self.encoder {
            Encoder::Parquet(parquet) => {
                parquet.into_inner().map_err(|e| shape.encoding(path, e))?.0
            }
            Encoder::Csv(mut csv) => {
                // Here the system's own reason comes through, which `into_inner` keeps to itself.
                csv.flush().map_err(Error::io("write", path))?;
                let flushed = csv.into_inner().map_err(csv::IntoInnerError::into_error);
                flushed.map_err(Error::io("write", path))?
            }
            Encoder::Jsonl(sink) => sink,
            Encoder::Arrow(arrow) => arrow.into_inner().map_err(|e| shape.arrow(path, e))?.0,
        };
        sink.finish()
    }
}

/// A sink for writers that flush more often than there is need.
struct Quiet(Sink);

impl Write for Quiet {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
