//! Counts of documents and mentions by what is known of them, and by period.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use super::Tables;
use super::association::real;
use crate::error::Result;
use crate::listing::{Listing, Value};
use crate::read::{Cell, each_row};
use crate::select::{Selection, undated_note};

/// What rows are grouped by; null comes after every value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key(Vec<(bool, String)>);

impl Key {
    fn of(cells: &[Cell]) -> Self {
        Self(cells.iter().map(|cell| (cell.is_null(), cell.csv())).collect())
    }

    fn values(&self) -> impl Iterator<Item = Value> + '_ {
        self.0.iter().map(|(_, text)| Value::text(text.as_str()))
    }
}

fn int(n: i64) -> Value {
    Value::Int(n)
}

pub(super) fn documents(
    out_dir: &Path,
    tables: &Tables,
    selection: &Selection,
    by: &[String],
) -> Result<Listing> {
    let counts = ["sentence_count", "word_count", "mention_count"];
    let names: Vec<&str> = by.iter().map(String::as_str).chain(counts).collect();
    let mut groups: BTreeMap<Key, [i64; 4]> = BTreeMap::new();
    let undated = selection.each(out_dir, tables.get("documents")?, &names, |cells| {
        let (key, counts) = cells.split_at(by.len());
        let sums = groups.entry(Key::of(key)).or_default();
        sums[0] += 1;
        for (sum, count) in sums[1..].iter_mut().zip(counts) {
            *sum += count.int();
        }
    })?;
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, sums)| std::cmp::Reverse(sums[0]));
    let own = ["documents", "sentences", "words", "mentions"];
    let mut listing = Listing::new(&[&names[..by.len()], &own].concat());
    for (key, sums) in groups {
        listing.rows.push(key.values().chain(sums.map(int)).collect());
    }
    listing.notes.extend(undated_note(undated));
    Ok(listing)
}

/// Where a value of a group of mentions comes from.
enum Source {
    /// A column of `mentions`, by its place among those that are read.
    Mention(usize),
    /// A value of the entity, by its place among those that are kept of it.
    Entity(usize),
    /// A value of the document, likewise.
    Document(usize),
}

pub(super) fn mentions(
    out_dir: &Path,
    tables: &Tables,
    selection: &Selection,
    by: &[String],
    kinds: &[String],
    least: usize,
) -> Result<Listing> {
    let mut own = vec!["doc_id", "entity_id", "kind"];
    let (mut of_entity, mut of_document) = (vec!["entity_id"], vec!["doc_id"]);
    let (mut columns, mut sources) = (Vec::new(), Vec::new());
    let place = |names: &mut Vec<_>, name| {
        names.iter().position(|own| *own == name).unwrap_or_else(|| {
            names.push(name);
            names.len() - 1
        })
    };
    for name in by.iter().map(String::as_str) {
        if name == "entity" {
            columns.extend(["entity_id", "name"]);
            sources.push(Source::Mention(1));
            sources.push(Source::Entity(place(&mut of_entity, "name")));
            continue;
        }
        columns.push(name);
        sources.push(if super::OF_MENTIONS.contains(&name) {
            Source::Mention(place(&mut own, name))
        } else if super::OF_ENTITIES.contains(&name) {
            Source::Entity(place(&mut of_entity, name))
        } else {
            Source::Document(place(&mut of_document, name))
        });
    }
    let mut documents: HashMap<String, Vec<Cell>> = HashMap::new();
    let undated = selection.each(out_dir, tables.get("documents")?, &of_document, |cells| {
        documents.insert(cells[0].text().to_owned(), cells.to_vec());
    })?;
    let mut entities: HashMap<String, Vec<Cell>> = HashMap::new();
    if of_entity.len() > 1 {
        each_row(out_dir, tables.get("entities")?, &of_entity, |cells| {
            entities.insert(cells[0].text().to_owned(), cells.to_vec());
        })?;
    }
    let mut groups: BTreeMap<Key, (usize, BTreeSet<String>)> = BTreeMap::new();
    let mut key = Vec::with_capacity(sources.len());
    each_row(out_dir, tables.get("mentions")?, &own, |cells| {
        let Some(document) = documents.get(cells[0].text()) else { return };
        if !kinds.is_empty() && !kinds.iter().any(|kind| kind == cells[2].text()) {
            return;
        }
        let entity = entities.get(cells[1].text());
        key.clear();
        key.extend(sources.iter().map(|source| match source {
            Source::Mention(at) => cells[*at].clone(),
            Source::Entity(at) => entity.map_or(Cell::Null, |cells| cells[*at].clone()),
            Source::Document(at) => document[*at].clone(),
        }));
        let (count, own) = groups.entry(Key::of(&key)).or_default();
        *count += 1;
        if !own.contains(cells[0].text()) {
            own.insert(cells[0].text().to_owned());
        }
    })?;
    let mut groups: Vec<_> = groups.into_iter().filter(|(_, (count, _))| *count >= least).collect();
    groups.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
    columns.extend(["mentions", "documents"]);
    let mut listing = Listing::new(&columns);
    for (key, (count, documents)) in groups {
        let counts = [Value::count(count), Value::count(documents.len())];
        listing.rows.push(key.values().chain(counts).collect());
    }
    listing.notes.extend(undated_note(undated));
    Ok(listing)
}

pub(super) fn timeline(
    out_dir: &Path,
    tables: &Tables,
    selection: &Selection,
    by: &str,
    entities: &[String],
) -> Result<Listing> {
    let names = [by, "doc_id", "word_count", "mention_count"];
    let mut documents: HashMap<String, String> = HashMap::new();
    let mut periods: BTreeMap<String, [i64; 3]> = BTreeMap::new();
    let mut vague = 0;
    let undated = selection.each(out_dir, tables.get("documents")?, &names, |cells| {
        if cells[0].is_null() {
            vague += 1;
            return;
        }
        let sums = periods.entry(cells[0].text().to_owned()).or_default();
        for (sum, n) in sums.iter_mut().zip([1, cells[2].int(), cells[3].int()]) {
            *sum += n;
        }
        if !entities.is_empty() {
            documents.insert(cells[1].text().to_owned(), cells[0].text().to_owned());
        }
    })?;
    let mut listing = if entities.is_empty() {
        let mut listing = Listing::new(&["period", "documents", "words", "mentions"]);
        for (period, sums) in periods {
            let row = std::iter::once(Value::Text(period)).chain(sums.map(int));
            listing.rows.push(row.collect());
        }
        listing
    } else {
        mentioned(out_dir, tables, &periods, &documents, entities)?
    };
    listing.notes.extend(undated_note(undated));
    if vague > 0 {
        let documents = if vague == 1 { "document" } else { "documents" };
        listing.notes.push(format!("{vague} {documents} left out whose {by} is not known"));
    }
    Ok(listing)
}

/// In how many documents of each period each entity is mentioned.
fn mentioned(
    out_dir: &Path,
    tables: &Tables,
    periods: &BTreeMap<String, [i64; 3]>,
    documents: &HashMap<String, String>,
    entities: &[String],
) -> Result<Listing> {
    // By entity and document.
    let mut counts: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    each_row(out_dir, tables.get("mentions")?, &["doc_id", "entity_id"], |cells| {
        let own = entities.iter().find(|id| *id == cells[1].text());
        let document = documents.get_key_value(cells[0].text());
        if let (Some(id), Some((document, _))) = (own, document) {
            *counts.entry((id, document)).or_default() += 1;
        }
    })?;
    let mut sums: BTreeMap<(&str, &str), (i64, i64)> = BTreeMap::new();
    for ((id, document), count) in counts {
        let period = documents.get(document).map_or("", String::as_str);
        let (documents, mentions) = sums.entry((period, id)).or_default();
        *documents += 1;
        *mentions += count;
    }
    let ids: BTreeSet<&str> = entities.iter().map(String::as_str).collect();
    let columns = ["period", "entity_id", "documents", "mentioning", "mentions", "share"];
    let mut listing = Listing::new(&columns);
    for (period, [all, ..]) in periods {
        for id in &ids {
            let (own, mentions) = sums.get(&(period, id)).copied().unwrap_or_default();
            let share = 100.0 * real(own.unsigned_abs()) / real(all.unsigned_abs());
            listing.rows.push(vec![
                Value::text(period.as_str()),
                Value::text(*id),
                int(*all),
                int(own),
                int(mentions),
                Value::number(share),
            ]);
        }
    }
    Ok(listing)
}

/// Greater numbers first.
pub(super) fn greater_first(one: f64, other: f64) -> Ordering {
    other.total_cmp(&one)
}
