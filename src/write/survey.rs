//! What the descriptors tell of the rows as a whole: how many there are, in which languages, of what
//! time and by whom.
//!
//! In: analysed files. Out: counts, none of which depends on their order.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::pipeline::Analysis;
use crate::tables::{Blocks, Documents, Entities, Mentions, Sentences, Table};

/// Counts of a dataset.
#[derive(Debug, Default)]
pub(super) struct Survey {
    rows: BTreeMap<&'static str, usize>,
    /// Languages of documents, without `und`.
    pub(super) languages: BTreeSet<String>,
    /// The first and the last day of publication.
    pub(super) published: Option<(Date, Date)>,
    /// Documents without one.
    pub(super) undated: usize,
    /// Documents of each publisher.
    publishers: BTreeMap<String, usize>,
}

impl Survey {
    /// Counts the rows of the next files.
    pub(super) fn add(&mut self, batch: &[Analysis<'_>]) {
        for file in batch {
            self.count(Blocks::NAME, file.blocks.len());
            self.count(Documents::NAME, file.documents.len());
            for document in &file.documents {
                self.count(Sentences::NAME, document.sentences.len());
                self.count(Mentions::NAME, document.mentions.len());
                let metadata = &document.metadata;
                if metadata.language != "und" && !self.languages.contains(&metadata.language) {
                    self.languages.insert(metadata.language.clone());
                }
                match metadata.published {
                    None => self.undated += 1,
                    Some(published) => {
                        let day = published.date;
                        let (first, last) = self.published.unwrap_or((day, day));
                        self.published = Some((first.min(day), last.max(day)));
                    }
                }
                if let Some(publisher) = metadata.publisher.as_deref() {
                    if let Some(documents) = self.publishers.get_mut(publisher) {
                        *documents += 1;
                    } else {
                        self.publishers.insert(publisher.to_owned(), 1);
                    }
                }
            }
        }
    }

    /// Takes down the number of entities, which is known in the end only.
    pub(super) fn entities(&mut self, rows: usize) {
        self.count(Entities::NAME, rows);
    }

    fn count(&mut self, table: &'static str, rows: usize) {
        *self.rows.entry(table).or_default() += rows;
    }

    /// The rows of a table.
    pub(super) fn rows(&self, table: &str) -> usize {
        self.rows.get(table).copied().unwrap_or_default()
    }

    /// Publishers with their documents, most documents first.
    pub(super) fn publishers(&self) -> Vec<(&str, usize)> {
        let mut all: Vec<(&str, usize)> =
            self.publishers.iter().map(|(name, documents)| (name.as_str(), *documents)).collect();
        // The sort is stable: equals stay in the order of their names.
        all.sort_by_key(|(_, documents)| std::cmp::Reverse(*documents));
        all
    }
}
