//! Statistics of a finished dataset: counts, periods, entities that stand together, words that set
//! documents apart, and how documents read.
//!
//! In: the folder of a dataset and what is asked. Out: a table ([`Listing`]), or the SQL of `DuckDB`
//! that yields the same numbers from the dataset's Parquet files ([`explain`]). Reads only the columns
//! that are needed. Rows with equal values stand in the order of their names, by bytes, null last.

pub mod association;
mod count;
mod pairs;
mod sql;
pub mod words;

use std::path::Path;

use crate::error::{Error, Result};
use crate::listing::Listing;
use crate::read::{Cell, docvars, each_row};
use crate::select::{Condition, Selection};
use crate::tables::{TableSpec, specs};

/// What is asked of a dataset.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The table that is wanted.
    pub of: Of,
    /// The documents that count.
    pub selection: Selection,
    /// Rows at most; 0 for all.
    pub limit: usize,
}

/// A table of statistics.
#[derive(Debug, Clone, PartialEq)]
pub enum Of {
    /// Documents, and the sentences, words and mentions in them, by what is known of documents.
    Documents {
        /// Names as [`crate::select::name`] takes them.
        by: Vec<String>,
    },
    /// Mentions and the documents that have them.
    Mentions {
        /// Names as [`mention_name`] takes them.
        by: Vec<String>,
        /// Of these kinds only; of all if empty.
        kinds: Vec<String>,
        /// Mentions that a row must have.
        least: usize,
    },
    /// Documents by period, or those that mention entities.
    Timeline {
        /// One of [`crate::select::PERIODS`].
        by: String,
        /// Their ids.
        entities: Vec<String>,
    },
    /// Pairs of entities that stand in the same sentence.
    Cooccurrence {
        /// Only pairs with this entity.
        entity: Option<String>,
        /// Sentences that a pair must share.
        least: usize,
        /// What comes first.
        sort: PairSort,
    },
    /// Words that are more frequent in some documents than in others.
    Keyness {
        /// The documents that are looked at.
        target: Vec<Condition>,
        /// Those that they are compared with; all others if empty.
        reference: Vec<Condition>,
        /// Occurrences that a word must have in both together.
        least: usize,
        /// Log-likelihood that a word must have.
        least_ll: f64,
        /// What comes first.
        sort: WordSort,
    },
    /// Vocabulary and readability of each document.
    Texts,
}

/// The order of pairs of entities; the greatest comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PairSort {
    /// By the number of sentences.
    Sentences,
    /// By pointwise mutual information.
    Pmi,
    /// By log-likelihood.
    LogLikelihood,
}

/// The order of words; the greatest comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WordSort {
    /// By log-likelihood.
    LogLikelihood,
    /// By log ratio.
    LogRatio,
}

/// Columns of `mentions` by which they can be grouped.
const OF_MENTIONS: [&str; 8] =
    ["kind", "text", "unit", "outcome", "method", "rule", "modifier", "reference"];
/// Columns of `entities` by which mentions can be grouped; `entity` is the id with the name.
const OF_ENTITIES: [&str; 3] = ["entity", "side", "country"];

/// The name of what mentions can be grouped by: a column of their own, one of their entity, or one of
/// their document.
///
/// # Errors
///
/// If there is no such name; the names that there are.
pub fn mention_name(text: &str) -> Result<String, String> {
    if OF_MENTIONS.contains(&text) || OF_ENTITIES.contains(&text) {
        return Ok(text.to_owned());
    }
    let own = [&OF_MENTIONS[..], &OF_ENTITIES[..]].concat().join(", ");
    crate::select::name(text)
        .map_err(|error| format!("not one of {own}, nor, of their documents, {}", &error[4..]))
}

/// The descriptions of a dataset's tables.
pub(crate) struct Tables {
    all: Vec<TableSpec>,
}

impl Tables {
    pub(crate) fn of(out_dir: &Path) -> Self {
        Self { all: specs(&docvars(out_dir)) }
    }

    pub(crate) fn get(&self, name: &str) -> Result<&TableSpec> {
        let own = self.all.iter().find(|table| table.name == name);
        own.ok_or_else(|| Error::Settings(format!("there is no table {name}")))
    }
}

/// The table that is asked for.
///
/// # Errors
///
/// If the dataset cannot be read, or has no such column or entity.
pub fn stats(out_dir: &Path, request: &Request) -> Result<Listing> {
    let tables = &Tables::of(out_dir);
    let selection = &request.selection;
    let listing = match &request.of {
        Of::Documents { by } => count::documents(out_dir, tables, selection, by),
        Of::Mentions { by, kinds, least } => {
            count::mentions(out_dir, tables, selection, by, kinds, *least)
        }
        Of::Timeline { by, entities } => {
            known(out_dir, tables, entities)?;
            count::timeline(out_dir, tables, selection, by, entities)
        }
        Of::Cooccurrence { entity, least, sort } => {
            known(out_dir, tables, entity.as_slice())?;
            pairs::cooccurrence(out_dir, tables, selection, entity.as_deref(), *least, *sort)
        }
        Of::Keyness { target, reference, least, least_ll, sort } => {
            let groups = words::Groups { target, reference };
            words::keyness(out_dir, tables, selection, groups, (*least, *least_ll), *sort)
        }
        Of::Texts => words::texts(out_dir, tables, selection),
    };
    Ok(listing?.limited(request.limit))
}

/// The SQL that yields the table that is asked for, in the dialect of `DuckDB`.
///
/// # Errors
///
/// If the dataset has no Parquet files.
pub fn explain(out_dir: &Path, request: &Request) -> Result<String> {
    sql::explain(out_dir, request)
}

/// Entities that are asked for must be in the dataset.
pub(crate) fn known(out_dir: &Path, tables: &Tables, ids: &[String]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let mut missing: Vec<&String> = ids.iter().collect();
    let mut example = None;
    each_row(out_dir, tables.get("entities")?, &["entity_id"], |cells| {
        let own = cells.first().map_or("", Cell::text);
        missing.retain(|id| id.as_str() != own);
        example.get_or_insert_with(|| own.to_owned());
    })?;
    match missing.first() {
        None => Ok(()),
        Some(id) => {
            let example = example.unwrap_or_else(|| "syria".to_owned());
            Err(Error::NoSuchRow((*id).clone(), format!("{example} in its table of entities")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mentions_are_grouped_by_columns_of_three_tables() {
        for name in ["kind", "entity", "side", "publisher", "year", "docvar_region"] {
            assert_eq!(mention_name(name), Ok(name.to_owned()));
        }
        let error = mention_name("colour").unwrap_err();
        assert!(error.starts_with("not one of kind, text, unit, "), "{error}");
        assert!(error.contains("country, nor, of their documents, one of doc_id, "), "{error}");
    }
}
