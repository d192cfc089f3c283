//! Keyword in context: where a word, phrase, expression or entity stands in a dataset's sentences.
//!
//! In: the folder of a dataset, a [`Query`], and the documents that count. Out: [`Hit`]s in the order of
//! the rows of `sentences`, in batches, so that memory stays bounded by a row group for each thread. Assumes that
//! the dataset is sound. A hit lies inside one sentence, and hits of a sentence do not overlap.

mod query;
mod show;

use std::collections::HashMap;
use std::ops::{ControlFlow, Range};
use std::path::Path;
use std::sync::Arc;

use jiff::civil::Date;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

pub use query::{Letters, Matcher, Query};
pub use show::{Context, Show};

use crate::error::Result;
use crate::read::{Cell, Slab, slabs};
use crate::select::{Selection, Undated};
use crate::stats::{Tables, known};
use crate::tables::TableSpec;

/// What is looked for, and where.
#[derive(Debug)]
pub struct Search {
    /// What is looked for.
    pub query: Query,
    /// The documents that count.
    pub selection: Selection,
    /// Hits at most; 0 for all.
    pub limit: usize,
}

/// A place where the query stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The document.
    pub doc_id: String,
    /// The sentence.
    pub sentence_id: String,
    /// The mention, where an entity was looked for.
    pub mention_id: Option<String>,
    /// When the document was published.
    pub published: Option<Date>,
    /// The raw file below `RAW_DIR`.
    pub source_path: String,
    /// The sentence's bytes in the raw file.
    pub raw: Range<i64>,
    /// The hit's code points in `documents.text`.
    pub chars: Range<i64>,
    /// The sentence.
    pub text: Arc<str>,
    /// The hit's bytes in `text`.
    pub hit: Range<usize>,
}

/// What was found in all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Found {
    /// Hits, up to the limit.
    pub hits: usize,
    /// Sentences with a hit.
    pub sentences: usize,
    /// Documents with a hit.
    pub documents: usize,
    /// Whether there is more than the limit let through.
    pub is_cut: bool,
    /// Documents without a date that were left out.
    pub undated: Undated,
}

/// What is known of a document that counts.
struct Document {
    source_path: String,
    published: Option<Date>,
}

/// Finds the query and gives the hits to `sink`, which may break off.
///
/// # Errors
///
/// If the dataset cannot be read, or has no such entity.
pub fn search(
    out_dir: &Path,
    search: &Search,
    sink: &mut dyn FnMut(&[Hit]) -> ControlFlow<()>,
) -> Result<Found> {
    let tables = Tables::of(out_dir);
    let mut documents: HashMap<String, Document> = HashMap::new();
    let names = ["doc_id", "source_path", "published"];
    let undated = search.selection.each(out_dir, tables.get("documents")?, &names, |cells| {
        let published = if let Cell::Day(day) = cells[2] { Some(day) } else { None };
        let source_path = cells[1].text().to_owned();
        documents.insert(cells[0].text().to_owned(), Document { source_path, published });
    })?;
    let mentions = match &search.query {
        Query::Entity(id) => {
            known(out_dir, &tables, std::slice::from_ref(id))?;
            Some(mentions_of(out_dir, tables.get("mentions")?, id)?)
        }
        Query::Text(_) => None,
    };
    let table = tables.get("sentences")?;
    let mut found = Found { undated, ..Found::default() };
    let (mut sentence, mut document) = (String::new(), String::new());
    for window in slabs(out_dir, table)?.chunks(rayon::current_num_threads()) {
        let of_slab = |slab: &Slab| match (&search.query, &mentions) {
            (Query::Text(matcher), _) => {
                let matches = |text: &str| {
                    let mut hits = Vec::new();
                    matcher.each(text, &mut |hit| hits.push(hit));
                    hits
                };
                hits_of_text(slab, table, &documents, &matches)
            }
            (Query::Entity(_), mentions) => {
                hits_of_mentions(slab, table, &documents, mentions.as_ref())
            }
        };
        let hits: Result<Vec<Vec<Hit>>> = window.par_iter().map(of_slab).collect();
        for mut hits in hits? {
            if search.limit > 0 && hits.len() > search.limit - found.hits {
                hits.truncate(search.limit - found.hits);
                found.is_cut = true;
            }
            for hit in &hits {
                found.hits += 1;
                if hit.sentence_id != sentence {
                    found.sentences += 1;
                    sentence.clone_from(&hit.sentence_id);
                }
                if hit.doc_id != document {
                    found.documents += 1;
                    document.clone_from(&hit.doc_id);
                }
            }
            if !hits.is_empty() && sink(&hits).is_break() || found.is_cut {
                return Ok(found);
            }
        }
    }
    Ok(found)
}

/// The columns of a sentence that a hit needs beside its text.
const OF_SENTENCE: [&str; 5] = ["doc_id", "sentence_id", "raw_start", "raw_end", "char_start"];

fn hits_of_text(
    slab: &Slab,
    table: &TableSpec,
    documents: &HashMap<String, Document>,
    matches: &dyn Fn(&str) -> Vec<Range<usize>>,
) -> Result<Vec<Hit>> {
    let (mut rows, mut found) = (Vec::new(), Vec::new());
    slab.texts(table, "text", &mut |row, text| {
        let hits = matches(text);
        if !hits.is_empty() {
            rows.push(row);
            found.push((Arc::from(text), hits));
        }
    })?;
    let mut hits = Vec::new();
    let mut found = found.into_iter();
    slab.pick(table, &OF_SENTENCE, &rows, &mut |cells| {
        let (Some((text, ranges)), Some(document)): (Option<(Arc<str>, _)>, _) =
            (found.next(), documents.get(cells[0].text()))
        else {
            return;
        };
        // Code points before the hit, counted on from the hit before.
        let (mut chars, mut at) = (cells[4].int(), 0);
        for hit in ranges {
            chars += code_points(&text[at..hit.start]);
            let end = chars + code_points(&text[hit.clone()]);
            hits.push(of_row(cells, document, chars..end, Arc::clone(&text), hit.clone()));
            (chars, at) = (end, hit.end);
        }
    })?;
    Ok(hits)
}

fn code_points(text: &str) -> i64 {
    text.chars().count() as i64
}

fn of_row(
    cells: &[Cell],
    document: &Document,
    chars: Range<i64>,
    text: Arc<str>,
    hit: Range<usize>,
) -> Hit {
    Hit {
        doc_id: cells[0].text().to_owned(),
        sentence_id: cells[1].text().to_owned(),
        mention_id: None,
        published: document.published,
        source_path: document.source_path.clone(),
        raw: cells[2].int()..cells[3].int(),
        chars,
        text,
        hit,
    }
}

/// Ids and code points of the mentions of an entity, by their sentences.
type OfSentences = HashMap<String, Vec<(String, Range<i64>)>>;

fn mentions_of(out_dir: &Path, table: &TableSpec, id: &str) -> Result<OfSentences> {
    let slabs = slabs(out_dir, table)?;
    let of_slab = |slab: &Slab| -> Result<Vec<(String, String, Range<i64>)>> {
        let mut rows = Vec::new();
        slab.texts(table, "entity_id", &mut |row, own| {
            if own == id {
                rows.push(row);
            }
        })?;
        let mut own = Vec::new();
        let names = ["sentence_id", "mention_id", "char_start", "char_end"];
        slab.pick(table, &names, &rows, &mut |cells| {
            let chars = cells[2].int()..cells[3].int();
            own.push((cells[0].text().to_owned(), cells[1].text().to_owned(), chars));
        })?;
        Ok(own)
    };
    let all: Result<Vec<Vec<_>>> = slabs.par_iter().map(of_slab).collect();
    let mut sentences = OfSentences::new();
    for (sentence, mention, chars) in all?.into_iter().flatten() {
        sentences.entry(sentence).or_default().push((mention, chars));
    }
    Ok(sentences)
}

fn hits_of_mentions(
    slab: &Slab,
    table: &TableSpec,
    documents: &HashMap<String, Document>,
    mentions: Option<&OfSentences>,
) -> Result<Vec<Hit>> {
    let Some(mentions) = mentions else { return Ok(Vec::new()) };
    let mut rows = Vec::new();
    slab.texts(table, "sentence_id", &mut |row, id| {
        if mentions.contains_key(id) {
            rows.push(row);
        }
    })?;
    let mut hits = Vec::new();
    let names = [&OF_SENTENCE[..], &["text"]].concat();
    slab.pick(table, &names, &rows, &mut |cells| {
        let (Some(own), Some(document)) =
            (mentions.get(cells[1].text()), documents.get(cells[0].text()))
        else {
            return;
        };
        let (text, first) = (cells[5].text(), cells[4].int());
        let shared: Arc<str> = Arc::from(text);
        for (mention, chars) in own {
            let byte = |char: i64| {
                let own = usize::try_from(char - first).unwrap_or(0);
                text.char_indices().nth(own).map_or(text.len(), |(at, _)| at)
            };
            let hit = byte(chars.start)..byte(chars.end.max(chars.start));
            let hit = of_row(cells, document, chars.clone(), Arc::clone(&shared), hit);
            hits.push(Hit { mention_id: Some(mention.clone()), ..hit });
        }
    })?;
    Ok(hits)
}
