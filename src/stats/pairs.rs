//! Pairs of entities that are mentioned in the same sentence.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;

use super::association::{Counts, log_likelihood, pmi};
use super::count::greater_first;
use super::{PairSort, Tables};
use crate::error::Result;
use crate::listing::{Listing, Value, rounded};
use crate::read::each_row;
use crate::select::{Selection, undated_note};

pub(super) fn cooccurrence(
    out_dir: &Path,
    tables: &Tables,
    selection: &Selection,
    entity: Option<&str>,
    least: usize,
    sort: PairSort,
) -> Result<Listing> {
    let mut documents = HashSet::new();
    let mut all = 0;
    let names = ["doc_id", "sentence_count"];
    let undated = selection.each(out_dir, tables.get("documents")?, &names, |cells| {
        documents.insert(cells[0].text().to_owned());
        all += cells[1].int().unsigned_abs();
    })?;
    let mut numbers: HashMap<String, u32> = HashMap::new();
    let mut ids: Vec<String> = Vec::new();
    // Numbers of sentences and of entities: ids of sentences are long, and each stands in many rows.
    let mut sentences: HashMap<String, u32> = HashMap::new();
    let mut there: Vec<(u32, u32)> = Vec::new();
    let columns = ["doc_id", "sentence_id", "entity_id"];
    each_row(out_dir, tables.get("mentions")?, &columns, |cells| {
        if cells[2].is_null() || !documents.contains(cells[0].text()) {
            return;
        }
        let entity = *numbers.entry(cells[2].text().to_owned()).or_insert_with(|| {
            ids.push(cells[2].text().to_owned());
            ids.len() as u32 - 1
        });
        let next = sentences.len() as u32;
        let sentence = match sentences.get(cells[1].text()) {
            Some(number) => *number,
            None => *sentences.entry(cells[1].text().to_owned()).or_insert(next),
        };
        there.push((sentence, entity));
    })?;
    there.sort_unstable();
    there.dedup();
    let mut of_entity: BTreeMap<&str, u64> = BTreeMap::new();
    let mut of_pair: HashMap<(u32, u32), u64> = HashMap::new();
    for group in there.chunk_by(|one, other| one.0 == other.0) {
        let group: BTreeSet<u32> = group.iter().map(|(_, entity)| *entity).collect();
        for one in &group {
            *of_entity.entry(ids[*one as usize].as_str()).or_default() += 1;
            for other in group.range(one + 1..) {
                *of_pair.entry((*one, *other)).or_default() += 1;
            }
        }
    }
    let mut rows: Vec<(&str, &str, u64, Counts)> = of_pair
        .into_iter()
        .filter(|(_, both)| *both >= least as u64)
        .map(|((one, other), both)| {
            let (one, other) = (ids[one as usize].as_str(), ids[other as usize].as_str());
            let (first, second) = if one < other { (one, other) } else { (other, one) };
            let of = |id: &str| of_entity.get(id).copied().unwrap_or(0);
            (first, second, both, Counts { both, first: of(first), second: of(second), all })
        })
        .filter(|(one, other, ..)| entity.is_none_or(|id| [*one, *other].contains(&id)))
        .collect();
    rows.sort_unstable_by_key(|(one, other, ..)| (*one, *other));
    match sort {
        PairSort::Sentences => rows.sort_by_key(|(_, _, both, _)| Reverse(*both)),
        PairSort::Pmi => {
            rows.sort_by(|one, other| greater_first(rounded(pmi(one.3)), rounded(pmi(other.3))));
        }
        PairSort::LogLikelihood => rows.sort_by(|one, other| {
            greater_first(rounded(log_likelihood(one.3)), rounded(log_likelihood(other.3)))
        }),
    }
    let mut listing = Listing::new(&[
        "entity_a",
        "entity_b",
        "sentences",
        "sentences_a",
        "sentences_b",
        "pmi",
        "log_likelihood",
    ]);
    let count = |n: u64| Value::Int(n.cast_signed());
    listing.rows = rows
        .into_iter()
        .map(|(one, other, both, counts)| {
            vec![
                Value::text(one),
                Value::text(other),
                count(both),
                count(counts.first),
                count(counts.second),
                Value::number(pmi(counts)),
                Value::number(log_likelihood(counts)),
            ]
        })
        .collect();
    listing.notes.extend(undated_note(undated));
    Ok(listing)
}
