//! Stage of files: rows become Parquet, CSV and descriptors, and the finished folder takes the place
//! of the old one in a single step.
//!
//! In: batches of analysed files, in order. Out: the dataset's folder. Assumes that the folder's
//! parent can be written to; all files are made in a hidden folder beside it.

mod descriptor;
mod staging;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_schema::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use parquet::schema::types::ColumnPath;
use sha2::{Digest, Sha256};

use crate::error::{Error, Reject, Result};
use crate::mentions::EntityRef;
use crate::mentions::codebook::Entity;
use crate::pipeline::{Analysis, Document};
use crate::source::hex;
use crate::tables::{
    BlockRow, Blocks, ColumnType, DocumentRow, Documents, Entities, EntityRow, MentionRow,
    Mentions, SCHEMA_VERSION, SentenceRow, Sentences, Table, TableSpec, arrow_schema, csv_cells,
    record_batch, spec,
};
pub(crate) use descriptor::table_schema;
use staging::Staging;

/// Name of the descriptor file.
pub const DATAPACKAGE: &str = "datapackage.json";
/// Name of the list of bad files, which a run with `skip_bad` writes.
pub const REJECTS: &str = "rejects.csv";

/// Rows of a Parquet row group at most.
const ROW_GROUP_ROWS: usize = 1 << 17;
/// Bytes of a row group at most, so that long texts do not pile up in memory.
const ROW_GROUP_BYTES: usize = 32 << 20;
/// Rows that become arrays at once: their strings must stay below 2 GiB together.
const ARRAY_ROWS: usize = 1 << 14;

/// A file of the dataset, as the descriptor lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Written {
    name: String,
    bytes: u64,
    sha256: String,
}

/// Writes a dataset.
///
/// Nothing stands in the output folder before [`DatasetWriter::finish`]; a writer that is dropped
/// before leaves no trace.
pub struct DatasetWriter<'d> {
    staging: Staging,
    documents: TableWriter<Documents>,
    sentences: TableWriter<Sentences>,
    mentions: TableWriter<Mentions>,
    blocks: TableWriter<Blocks>,
    entities: BTreeMap<String, Tally<'d>>,
    docvars: Vec<String>,
    text_column: String,
}

/// How often an entity is mentioned.
struct Tally<'d> {
    entity: EntityRef<'d>,
    mentions: i32,
    documents: i32,
}

impl<'d> DatasetWriter<'d> {
    /// Begins a dataset that is to replace the folder `out`.
    ///
    /// # Errors
    ///
    /// If `out` is a file, holds files that no run wrote, is being written by another run, or the
    /// folder above it cannot be written to.
    pub fn begin(out: &Path, docvars: &[String], text_column: &str) -> Result<Self> {
        let staging = Staging::begin(out)?;
        let dir = staging.dir();
        Ok(Self {
            documents: TableWriter::create(dir, docvars)?,
            sentences: TableWriter::create(dir, docvars)?,
            mentions: TableWriter::create(dir, docvars)?,
            blocks: TableWriter::create(dir, docvars)?,
            entities: BTreeMap::new(),
            docvars: docvars.to_vec(),
            text_column: text_column.to_owned(),
            staging,
        })
    }

    /// The hidden folder in which the dataset is made.
    #[must_use]
    pub fn dir(&self) -> &Path {
        self.staging.dir()
    }

    /// Appends the rows of the next files.
    ///
    /// # Errors
    ///
    /// If the system refuses to write.
    pub fn write(&mut self, batch: &[Analysis<'d>]) -> Result<()> {
        let documents: Vec<DocumentRow<'_>> = batch
            .iter()
            .flat_map(|file| {
                file.documents.iter().map(move |document| DocumentRow { file, document })
            })
            .collect();
        let sentences: Vec<SentenceRow<'_>> = documents
            .iter()
            .flat_map(|row| {
                let document = row.document;
                (0..document.sentences.len()).map(move |index| SentenceRow { document, index })
            })
            .collect();
        let mentions: Vec<MentionRow<'_>> = documents
            .iter()
            .flat_map(|row| {
                let document = row.document;
                (0..document.mentions.len()).map(move |index| MentionRow { document, index })
            })
            .collect();
        let blocks: Vec<BlockRow<'_>> = batch
            .iter()
            .flat_map(|file| (0..file.blocks.len()).map(move |index| BlockRow { file, index }))
            .collect();
        for document in batch.iter().flat_map(|file| &file.documents) {
            self.count_entities(document);
        }
        let ((one, two), (three, four)) = rayon::join(
            || {
                rayon::join(
                    || self.documents.write(&documents),
                    || self.sentences.write(&sentences),
                )
            },
            || rayon::join(|| self.mentions.write(&mentions), || self.blocks.write(&blocks)),
        );
        one.and(two).and(three).and(four)
    }

    fn count_entities(&mut self, document: &Document<'d>) {
        let mut counts: BTreeMap<&str, (i32, &EntityRef<'d>)> = BTreeMap::new();
        for entity in document.mentions.iter().filter_map(|m| m.entity.as_ref()) {
            counts.entry(entity.id()).or_insert((0, entity)).0 += 1;
        }
        for (id, (count, entity)) in counts {
            if let Some(tally) = self.entities.get_mut(id) {
                tally.mentions += count;
                tally.documents += 1;
            } else {
                let tally = Tally { entity: entity.clone(), mentions: count, documents: 1 };
                self.entities.insert(id.to_owned(), tally);
            }
        }
    }

    /// Writes what is left and puts the dataset in its place; gives the number of entities.
    ///
    /// # Errors
    ///
    /// If the system refuses to write, or to exchange the folders.
    pub fn finish(self, rejects: &[Reject]) -> Result<usize> {
        let dir = self.staging.dir().to_owned();
        let rows: Vec<EntityRow<'_>> = self
            .entities
            .values()
            .map(|tally| {
                let entity = tally.entity.entity();
                EntityRow {
                    entity,
                    aliases: aliases(entity),
                    mentions: tally.mentions,
                    documents: tally.documents,
                }
            })
            .collect();
        let mut entities = TableWriter::<Entities>::create(&dir, &[])?;
        entities.write(&rows)?;
        let mut files = Vec::new();
        files.extend(self.documents.finish()?);
        files.extend(self.sentences.finish()?);
        files.extend(self.mentions.finish()?);
        files.extend(entities.finish()?);
        files.extend(self.blocks.finish()?);
        if !rejects.is_empty() {
            files.push(write_rejects(&dir, rejects)?);
        }
        let descriptor = descriptor::datapackage(&self.docvars, &self.text_column, &files);
        let path = dir.join(DATAPACKAGE);
        let mut file = Sink::create(&path)?;
        file.write_all(descriptor.as_bytes()).map_err(Error::io("write", &path))?;
        file.finish(DATAPACKAGE, &path)?;
        self.staging.commit()?;
        Ok(rows.len())
    }
}

/// The names of an entity, the usual one first.
fn aliases(entity: &Entity) -> String {
    let names: Vec<&str> = std::iter::once(&entity.name)
        .chain(&entity.aliases)
        .map(|name| name.trim_start_matches('~'))
        .collect();
    names.join("; ")
}

/// One table on its way into its two files.
struct TableWriter<T: Table> {
    schema: SchemaRef,
    parquet: ArrowWriter<Sink>,
    parquet_path: PathBuf,
    csv: csv::Writer<Sink>,
    csv_path: PathBuf,
    docvars: usize,
    table: std::marker::PhantomData<fn() -> T>,
}

impl<T: Table> TableWriter<T> {
    fn create(dir: &Path, docvars: &[String]) -> Result<Self> {
        let spec = spec::<T>(docvars);
        let schema = arrow_schema(&spec);
        let parquet_path = dir.join(format!("{}.parquet", T::NAME));
        let sink = Sink::create(&parquet_path)?;
        let parquet = ArrowWriter::try_new(sink, Arc::clone(&schema), Some(properties(&spec)))
            .map_err(|e| encode_error::<T>(&parquet_path, e))?;
        let csv_path = dir.join(format!("{}.csv", T::NAME));
        let mut csv = csv::WriterBuilder::new().from_writer(Sink::create(&csv_path)?);
        let header = spec.columns.iter().map(|c| c.name.as_str());
        csv.write_record(header).map_err(|e| csv_error::<T>(&csv_path, e))?;
        let docvars = spec.columns.len() - T::COLUMNS.len();
        Ok(Self {
            schema,
            parquet,
            parquet_path,
            csv,
            csv_path,
            docvars,
            table: std::marker::PhantomData,
        })
    }

    fn write(&mut self, rows: &[T::Row<'_>]) -> Result<()> {
        let Self { schema, parquet, parquet_path, csv, csv_path, docvars, .. } = self;
        let (one, two) = rayon::join(
            || {
                for part in rows.chunks(ARRAY_ROWS) {
                    let batch = record_batch::<T>(part, schema)
                        .map_err(|e| Error::Encode { table: T::NAME, message: e.to_string() })?;
                    parquet.write(&batch).map_err(|e| encode_error::<T>(parquet_path, e))?;
                }
                Ok(())
            },
            || {
                let mut buffer = String::new();
                for row in rows {
                    csv_cells::<T, csv::Error>(row, *docvars, &mut buffer, |cell| {
                        csv.write_field(cell)
                    })
                    .and_then(|()| csv.write_record(None::<&[u8]>))
                    .map_err(|e| csv_error::<T>(csv_path, e))?;
                }
                Ok(())
            },
        );
        one.and(two)
    }

    fn finish(self) -> Result<[Written; 2]> {
        let path = &self.parquet_path;
        let sink = self.parquet.into_inner().map_err(|e| encode_error::<T>(path, e))?;
        let parquet = sink.finish(&format!("{}.parquet", T::NAME), path)?;
        let path = &self.csv_path;
        let sink = self
            .csv
            .into_inner()
            .map_err(|e| Error::io("write", path)(io::Error::from(e.error().kind())))?;
        Ok([parquet, sink.finish(&format!("{}.csv", T::NAME), path)?])
    }
}

/// How Parquet files are written: nothing in them depends on the machine, the day or the library's
/// defaults.
fn properties(spec: &TableSpec) -> WriterProperties {
    let version = env!("CARGO_PKG_VERSION");
    let pair = |key: &str, value: String| KeyValue::new(format!("rapporteur.{key}"), value);
    let mut builder = WriterProperties::builder()
        .set_created_by(format!("rapporteur version {version}"))
        .set_writer_version(WriterVersion::PARQUET_1_0)
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_max_row_group_bytes(Some(ROW_GROUP_BYTES))
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_dictionary_enabled(false)
        .set_key_value_metadata(Some(vec![
            pair("version", version.to_owned()),
            pair("schema_version", SCHEMA_VERSION.to_string()),
            pair("table", spec.name.to_owned()),
        ]));
    for column in spec.columns.iter().filter(|c| c.kind == ColumnType::Category) {
        let path = ColumnPath::from(column.name.as_str());
        builder = builder.set_column_dictionary_enabled(path, true);
    }
    builder.build()
}

fn encode_error<T: Table>(path: &Path, error: ParquetError) -> Error {
    match error {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(source) => Error::io("write", path)(*source),
            Err(other) => Error::Encode { table: T::NAME, message: other.to_string() },
        },
        other => Error::Encode { table: T::NAME, message: other.to_string() },
    }
}

fn csv_error<T: Table>(path: &Path, error: csv::Error) -> Error {
    match error.into_kind() {
        csv::ErrorKind::Io(source) => Error::io("write", path)(source),
        other => Error::Encode { table: T::NAME, message: format!("{other:?}") },
    }
}

fn write_rejects(dir: &Path, rejects: &[Reject]) -> Result<Written> {
    let path = dir.join(REJECTS);
    let mut csv = csv::Writer::from_writer(Sink::create(&path)?);
    let rows = rejects.iter().map(|r| [r.source_path.as_str(), r.reason.as_str()]);
    for row in std::iter::once(["source_path", "reason"]).chain(rows) {
        csv.write_record(row).map_err(|e| csv_error::<Documents>(&path, e))?;
    }
    let sink = csv
        .into_inner()
        .map_err(|e| Error::io("write", &path)(io::Error::from(e.error().kind())))?;
    sink.finish(REJECTS, &path)
}

/// A new file that counts and digests what goes into it.
struct Sink {
    file: BufWriter<File>,
    digest: Sha256,
    bytes: u64,
}

impl Sink {
    fn create(path: &Path) -> Result<Self> {
        let file = File::create_new(path).map_err(Error::io("create", path))?;
        Ok(Self { file: BufWriter::with_capacity(1 << 18, file), digest: Sha256::new(), bytes: 0 })
    }

    fn finish(self, name: &str, path: &Path) -> Result<Written> {
        let file = self.file.into_inner().map_err(|e| Error::io("write", path)(e.into_error()))?;
        file.sync_all().map_err(Error::io("sync", path))?;
        let sha256 = hex(&self.digest.finalize());
        Ok(Written { name: name.to_owned(), bytes: self.bytes, sha256 })
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.digest.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
