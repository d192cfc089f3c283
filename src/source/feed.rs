//! The texts of a run in order, cut into batches of bounded size.
//!
//! In: the files of a listing, which are given up one by one. Out: batches of texts; rows of tables are
//! read here, whole files by whoever works on the batch, in parallel. What is in a batch depends on the
//! files alone, so that every machine cuts alike.

use std::borrow::Cow;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::rows::{Columns, Row, Rows};
use super::{Packing, RawBytes, Sidecar, SidecarRow, SourceFile, read};
use crate::error::Reject;

/// Raw bytes that one batch holds at most, unless a single text is larger.
const BATCH_BYTES: u64 = 4 << 20;
/// Texts that one batch holds at most.
const BATCH_TEXTS: usize = 2048;
/// How much larger than its compressed file a text is taken to be.
const COMPRESSION: u64 = 8;

/// A text that is to be analysed.
pub(crate) enum Item {
    /// A whole file, still to be read.
    File(SourceFile),
    /// A row of a table.
    Row {
        /// The table.
        file: Arc<SourceFile>,
        /// The row.
        row: Box<Row>,
    },
}

impl Item {
    /// Path below the raw folder, with the number of the row if it is one.
    pub(crate) fn source_path(&self) -> String {
        match self {
            Self::File(file) => file.source_path.clone(),
            Self::Row { file, row } => format!("{}#{}", file.source_path, row.number),
        }
    }

    /// What is stated of it: by its own row before the sidecar, which speaks of the whole table.
    pub(crate) fn facts<'s>(&'s self, sidecar: &'s Sidecar) -> Option<Cow<'s, SidecarRow>> {
        match self {
            Self::File(file) => sidecar.row(&file.source_path).map(Cow::Borrowed),
            Self::Row { file, row } => Some(match sidecar.row(&file.source_path) {
                Some(more) => Cow::Owned(row.facts.clone().or(more)),
                None => Cow::Borrowed(&row.facts),
            }),
        }
    }

    /// Its bytes and their digest.
    pub(crate) fn read(&mut self) -> Result<RawBytes, Reject> {
        match self {
            Self::File(file) => read(file),
            Self::Row { row, .. } => Ok(RawBytes::new(std::mem::take(&mut row.text))),
        }
    }
}

/// A batch of texts.
#[derive(Default)]
pub(crate) struct Batch {
    /// The texts, in order.
    pub(crate) items: Vec<Item>,
    /// Tables and rows that cannot be read.
    pub(crate) rejects: Vec<Reject>,
    /// Files that end in this batch.
    pub(crate) files: usize,
    /// Bytes of files that end in it, as they were listed.
    pub(crate) bytes: u64,
}

/// The texts of a run.
pub(crate) struct Feed<'a> {
    /// What is still to come, the next one last.
    files: Vec<SourceFile>,
    columns: &'a Columns,
    table: Option<(Arc<SourceFile>, Rows)>,
    /// Hashes of the ids that rows have, and of the names of the files among them.
    ids: HashSet<(u64, u64)>,
}

impl<'a> Feed<'a> {
    pub(crate) fn new(mut files: Vec<SourceFile>, columns: &'a Columns) -> Self {
        let stems = files.iter().filter(|_| columns.has_ids()).filter(|f| !f.form.has_rows());
        let ids = stems.map(|file| hashes(&super::stem(&file.source_path))).collect();
        files.reverse();
        Self { files, columns, table: None, ids }
    }

    /// Takes the next file. What millions of them need in memory is given back on the way, since what is
    /// remembered of their texts grows meanwhile.
    fn file(&mut self) -> Option<SourceFile> {
        let file = self.files.pop();
        if self.files.len() < self.files.capacity() / 4 * 3 {
            self.files.shrink_to_fit();
        }
        file
    }

    /// The next row of the table that is open.
    fn row(&mut self) -> Option<Result<Row, Reject>> {
        let (file, rows) = self.table.as_mut()?;
        let row = rows.next(self.columns)?;
        Some(row.and_then(|row| match &row.facts.id {
            Some(id) if !self.ids.insert(hashes(id)) => Err(Reject {
                source_path: format!("{}#{}", file.source_path, row.number),
                reason: format!("another text has the id {id:?} too"),
            }),
            _ => Ok(row),
        }))
    }
}

impl Iterator for Feed<'_> {
    type Item = Batch;

    fn next(&mut self) -> Option<Batch> {
        let mut batch = Batch::default();
        let mut bytes = 0;
        while batch.items.len() + batch.rejects.len() < BATCH_TEXTS {
            if let Some((file, _)) = &self.table {
                let file = Arc::clone(file);
                match self.row() {
                    Some(Ok(row)) => {
                        bytes += row.text.len().max(1) as u64;
                        batch.items.push(Item::Row { file, row: Box::new(row) });
                        if bytes >= BATCH_BYTES {
                            break;
                        }
                    }
                    Some(Err(reject)) => batch.rejects.push(reject),
                    None => {
                        self.table = None;
                        batch.files += 1;
                        batch.bytes += file.size;
                    }
                }
                continue;
            }
            let Some(file) = self.files.last() else { break };
            if file.form.has_rows() {
                let Some(file) = self.file() else { break };
                match Rows::open(&file, self.columns) {
                    Ok(rows) => self.table = Some((Arc::new(file), rows)),
                    Err(reject) => {
                        batch.rejects.push(reject);
                        batch.files += 1;
                        batch.bytes += file.size;
                    }
                }
                continue;
            }
            let factor = if file.packing == Packing::None { 1 } else { COMPRESSION };
            let size = file.size.max(1) * factor;
            if bytes > 0 && bytes + size > BATCH_BYTES {
                break;
            }
            bytes += size;
            batch.files += 1;
            batch.bytes += file.size;
            batch.items.extend(self.file().map(Item::File));
        }
        (batch.files > 0 || !batch.items.is_empty() || !batch.rejects.is_empty()).then_some(batch)
    }
}

/// 128 bits of an id, so that no two of any number of ids meet.
pub(super) fn hashes(id: &str) -> (u64, u64) {
    let hash = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        (salt, id).hash(&mut hasher);
        hasher.finish()
    };
    (hash(0), hash(1))
}
