//! Stage of files: rows become Parquet, CSV, JSON Lines, Arrow and a descriptor, and the finished
//! folder takes the place of the old one in a single step.
//!
//! In: batches of analysed files, in order. Out: the dataset's folder. Assumes that the folder's
//! parent can be written to; all files are made in a hidden folder beside it.

mod croissant;
mod descriptor;
mod dictionary;
mod encode;
mod facts;
mod pages;
mod settings;
mod sink;
mod staging;
mod survey;
mod table;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use crate::error::{Error, Reject, Result};
use crate::mentions::EntityRef;
use crate::mentions::codebook::Entity;
use crate::pipeline::{Analysis, Document};
use crate::tables::{
    BlockRow, Blocks, DOCVAR, DocumentRow, Documents, Entities, EntityRow, MentionRow, Mentions,
    SentenceRow, Sentences, Table, guard,
};
pub(crate) use croissant::{record_format, record_set};
use descriptor::Described;
pub(crate) use descriptor::{OWN_DIGEST, own_digest, part_schema, schema_format, table_schema};
use encode::Shape;
pub use facts::{Agent, AgentKind, Facts, Source};
pub use settings::{
    Compression, Format, Formats, MOST_PARTITIONS, PartitionBy, ROW_GROUP_ROWS, Settings,
};
use sink::{Sink, Written};
pub use staging::Staging;
use survey::Survey;
use table::{Group, TableWriter};

/// Name of the descriptor file.
pub const DATAPACKAGE: &str = "datapackage.json";
/// Name of the descriptor in Croissant's form.
pub const CROISSANT: &str = "croissant.json";
/// Name of the descriptor for people.
pub const README: &str = "README.md";
/// Name of the list of bad files, which a run with `skip_bad` writes.
pub const REJECTS: &str = "rejects.csv";

/// What ends the name of the file that holds a table's schema, where the table is cut into parts.
pub(crate) const SCHEMA: &str = ".schema.json";

/// Writes a dataset.
///
/// Nothing stands in the output folder before [`DatasetWriter::finish`]; a writer that is dropped
/// before leaves no trace.
pub struct DatasetWriter<'d> {
    staging: Staging,
    settings: Settings,
    documents: TableWriter<Documents>,
    sentences: TableWriter<Sentences>,
    mentions: TableWriter<Mentions>,
    blocks: TableWriter<Blocks>,
    folders: Folders,
    entities: BTreeMap<String, Tally<'d>>,
    survey: Survey,
    docvars: Vec<String>,
}

/// How often an entity is mentioned.
struct Tally<'d> {
    entity: EntityRef<'d>,
    mentions: i32,
    documents: i32,
}

/// The folders that documents go to, numbered as they come.
#[derive(Default)]
struct Folders {
    numbers: BTreeMap<Option<String>, usize>,
    names: Vec<String>,
}

impl Folders {
    /// The number of the folder of a document.
    fn number(
        &mut self,
        by: Option<&PartitionBy>,
        document: &Document<'_>,
        docvars: &[String],
    ) -> Result<usize> {
        let value = by.and_then(|by| by.value(document, docvars));
        if let Some(number) = self.numbers.get(&value) {
            return Ok(*number);
        }
        let number = self.names.len();
        if let Some(by) = by
            && number == MOST_PARTITIONS
        {
            return Err(Error::Settings(format!(
                "--partition-by {by} would make more than {MOST_PARTITIONS} folders; name a column with \
                 fewer values, or cut the tables by --max-rows-per-file alone"
            )));
        }
        let name = by.map_or_else(String::new, |by| by.folder(value.as_deref()));
        if name.len() > MOST_NAME {
            return Err(Error::Settings(format!(
                "the value {:?} is too long to name a folder after; name another column than \
                 --partition-by {}",
                value.unwrap_or_default(),
                by.map_or_else(String::new, ToString::to_string),
            )));
        }
        self.numbers.insert(value, number);
        self.names.push(name);
        Ok(number)
    }
}

/// Bytes that file systems let a name have.
const MOST_NAME: usize = 255;

impl<'d> DatasetWriter<'d> {
    /// Begins a dataset in the hidden folder that was made for it.
    ///
    /// # Errors
    ///
    /// If the settings name a column that is not among the further ones of sidecar and tables, `docvars`,
    /// or one of these is not to be had in a table that is safe for spreadsheets.
    pub fn begin(staging: Staging, docvars: &[String], settings: &Settings) -> Result<Self> {
        if let Some(PartitionBy::Docvar(column)) = &settings.partition_by
            && let name = column.strip_prefix(DOCVAR).unwrap_or(column)
            && !docvars.iter().any(|own| own == name)
        {
            let own = match docvars {
                [] => "no columns of its own".to_owned(),
                own => format!("only {}", own.join(", ")),
            };
            return Err(Error::Settings(format!(
                "--partition-by {column}: the sidecar has no column {name}, it has {own}"
            )));
        }
        let is_risky = |name: &&String| guard(name) != name.as_str();
        if let Some(name) = docvars.iter().find(is_risky).filter(|_| settings.csv_safe) {
            return Err(Error::Settings(format!(
                "--csv-safe: a spreadsheet may run the column name {name:?} as a formula, and names \
                 are not changed; rename the column"
            )));
        }
        let dir = staging.dir();
        Ok(Self {
            documents: table(dir, docvars, settings, true),
            sentences: table(dir, docvars, settings, true),
            mentions: table(dir, docvars, settings, true),
            blocks: table(dir, docvars, settings, false),
            folders: Folders::default(),
            entities: BTreeMap::new(),
            survey: Survey::default(),
            docvars: docvars.to_vec(),
            settings: settings.clone(),
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
    /// If the system refuses to write, or the documents belong to more folders than there may be.
    pub fn write(&mut self, batch: &[Analysis<'d>]) -> Result<()> {
        self.survey.add(batch);
        let mut documents: Vec<Group<DocumentRow<'_>>> = Vec::new();
        let mut group_of: BTreeMap<usize, usize> = BTreeMap::new();
        for file in batch {
            for document in &file.documents {
                self.count_entities(document);
                let by = self.settings.partition_by.as_ref();
                let number = self.folders.number(by, document, &self.docvars)?;
                let group = *group_of.entry(number).or_insert(documents.len());
                if group == documents.len() {
                    documents.push((number, Vec::new()));
                }
                documents[group].1.push(DocumentRow { file, document });
            }
        }
        let sentences: Vec<Group<SentenceRow<'_>>> = each(&documents, |document| {
            (0..document.sentences.len()).map(move |index| SentenceRow { document, index })
        });
        let mentions: Vec<Group<MentionRow<'_>>> = each(&documents, |document| {
            (0..document.mentions.len()).map(move |index| MentionRow { document, index })
        });
        let blocks = batch
            .iter()
            .flat_map(|file| (0..file.blocks.len()).map(move |index| BlockRow { file, index }));
        let blocks: [Group<BlockRow<'_>>; 1] = [(0, blocks.collect())];
        let names = &self.folders.names;
        let ((one, two), (three, four)) = rayon::join(
            || {
                rayon::join(
                    || self.documents.write(names, &documents),
                    || self.sentences.write(names, &sentences),
                )
            },
            || {
                rayon::join(
                    || self.mentions.write(names, &mentions),
                    || self.blocks.write(&[String::new()], &blocks),
                )
            },
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
    pub fn finish(mut self, rejects: &[Reject]) -> Result<usize> {
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
        let count = rows.len();
        self.survey.entities(count);
        let mut entities = table::<Entities>(&dir, &[], &self.settings, false);
        entities.write(&[String::new()], &[(0, rows)])?;
        let by = self.settings.partition_by.as_ref();
        let empty = by.map_or_else(String::new, |by| by.folder(None));
        let ((one, two), (three, (four, five))) = rayon::join(
            || rayon::join(|| self.documents.finish(&empty), || self.sentences.finish(&empty)),
            || {
                rayon::join(
                    || self.mentions.finish(&empty),
                    || rayon::join(|| entities.finish(""), || self.blocks.finish("")),
                )
            },
        );
        let mut tables = Vec::new();
        for files in [one, two, three, four, five] {
            tables.extend(files?);
        }
        let mut others = Vec::new();
        for (name, schema) in descriptor::schemas(&self.docvars, &tables) {
            others.push(write_text(&dir, &name, &schema)?);
        }
        if !rejects.is_empty() {
            others.push(write_rejects(&dir, rejects, self.settings.csv_safe)?);
        }
        // Each tells of the files before it.
        let makers: [(&str, descriptor::Make); 3] = [
            (CROISSANT, croissant::croissant),
            (README, dictionary::readme),
            (DATAPACKAGE, descriptor::datapackage),
        ];
        for (name, make) in makers {
            let text = make(&Described {
                docvars: &self.docvars,
                settings: &self.settings,
                files: &tables,
                others: &others,
                survey: &self.survey,
            });
            others.push(write_text(&dir, name, &text)?);
        }
        self.staging.commit(self.settings.partition_by.is_some())?;
        Ok(count)
    }
}

fn table<T: Table>(
    dir: &Path,
    docvars: &[String],
    settings: &Settings,
    in_folders: bool,
) -> TableWriter<T> {
    TableWriter::new(Shape::new::<T>(dir, docvars, settings), settings, in_folders)
}

/// The rows of each document, in the groups of the documents.
fn each<'a, R, I: Iterator<Item = R>>(
    documents: &[Group<DocumentRow<'a>>],
    rows: impl Fn(&'a Document<'a>) -> I,
) -> Vec<Group<R>> {
    let group = |(number, own): &Group<DocumentRow<'a>>| {
        (*number, own.iter().flat_map(|row| rows(row.document)).collect())
    };
    documents.iter().map(group).collect()
}

/// The names of an entity, the usual one first; those in small letters that only casual text uses stay
/// out.
fn aliases(entity: &Entity) -> String {
    let all = std::iter::once(&entity.name).chain(&entity.aliases);
    let all = all.map(|name| name.trim_start_matches('~'));
    let is_again =
        |name: &str| all.clone().any(|other| other != name && other.to_lowercase() == name);
    let names: Vec<&str> = all.clone().filter(|name| !is_again(name)).collect();
    names.join("; ")
}

fn write_text(dir: &Path, name: &str, text: &str) -> Result<Written> {
    let mut sink = Sink::create(dir, name, false)?;
    sink.write_all(text.as_bytes()).map_err(Error::io("write", &dir.join(name)))?;
    sink.finish()
}

fn write_rejects(dir: &Path, rejects: &[Reject], csv_safe: bool) -> Result<Written> {
    let path = dir.join(REJECTS);
    let mut csv = csv::Writer::from_writer(Sink::create(dir, REJECTS, false)?);
    let rows = rejects.iter().map(|r| [r.source_path.as_str(), r.reason.as_str()]);
    for row in std::iter::once(["source_path", "reason"]).chain(rows) {
        let row = row.map(|cell| if csv_safe { guard(cell) } else { Cow::Borrowed(cell) });
        let written = csv.write_record(row.iter().map(|cell| cell.as_bytes())).map_err(|e| match e
            .into_kind()
        {
            csv::ErrorKind::Io(source) => source,
            other => io::Error::other(format!("{other:?}")),
        });
        written.map_err(Error::io("write", &path))?;
    }
    csv.flush().map_err(Error::io("write", &path))?;
    let flushed = csv.into_inner().map_err(csv::IntoInnerError::into_error);
    flushed.map_err(Error::io("write", &path))?.finish()
}
