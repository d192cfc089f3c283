//! Tools for people who build a codebook: list it, look a name up in it, and what it lacks.
//!
//! In: the codebook with a user's lists laid over it, or a finished dataset. Out: texts for people,
//! or lines in the form of the codebook's own files, to be edited and used as a user's list.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use crate::data::Data;
use crate::error::{Error, Result};
use crate::mentions::MentionKind;
use crate::mentions::codebook::{COLUMNS, ENTITY_KINDS, Entity, Why};
use crate::read::{Reader, Row, docvars};
use crate::tables::specs;

/// Form in which entities are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Aligned columns for people.
    Table,
    /// Lines as in the codebook's files.
    Csv,
}

/// The entities of a codebook, of one kind or all, in the order of their ids.
#[must_use]
pub fn list(data: &Data, kind: Option<MentionKind>, format: Format) -> String {
    let all = data.mentions.codebook.entities().iter();
    let entities: Vec<&Entity> = all.filter(|e| kind.is_none_or(|kind| e.kind == kind)).collect();
    if format == Format::Csv {
        let mut out = record(COLUMNS);
        out.extend(entities.iter().map(|entity| csv_line(entity)));
        return out;
    }
    let width = entities.iter().map(|e| e.id.chars().count()).max().unwrap_or(0);
    let mut out = String::new();
    for entity in entities {
        let (id, kind) = (&entity.id, entity.kind.as_str());
        let country = entity.country.as_deref().unwrap_or("");
        let _ = writeln!(out, "{id:width$}  {kind:12}  {country:3}  {}", entity.name);
    }
    out
}

/// What `name` can mean, most likely first: each entity, the name in the lists that leads to it,
/// and on what condition. `None` where it means nothing.
#[must_use]
pub fn lookup(data: &Data, name: &str) -> Option<String> {
    let readings = data.mentions.codebook.readings_of(name.trim(), &data.mentions.lexicon);
    if readings.is_empty() {
        return None;
    }
    let mut out = String::new();
    for reading in readings {
        let entity = reading.entity;
        let _ = writeln!(out, "{}  {}  {}", entity.id, entity.kind.as_str(), entity.name);
        let why = match reading.why {
            Why::Listed(listed) => format!("listed as {listed:?}"),
            Why::Variant(listed) => format!("another spelling of {listed:?}"),
            Why::Demonym(listed) => format!("a demonym, listed as {listed:?}"),
            Why::ShortForm(listed) => format!("listed as the short form {listed:?}"),
        };
        let _ = writeln!(out, "  name       {why}");
        let condition = if reading.requires.is_empty() {
            reading.condition.to_owned()
        } else {
            format!("the document mentions {}", reading.requires.join(" or "))
        };
        let _ = writeln!(out, "  condition  {condition}");
        if let Some((file, line, _)) = data.source_of(&entity.source) {
            let _ = writeln!(out, "  line       {file}, line {line}");
        }
    }
    Some(out)
}

/// The names of a dataset that were linked to nothing, most frequent first, as lines of a user's
/// list; a comment above each says how often and in how many documents it stands.
///
/// Short forms are left out, since they follow from the names in full. `least` is the number of
/// mentions that a name must have.
///
/// # Errors
///
/// If the dataset cannot be read.
pub fn candidates(
    out_dir: &Path,
    kind: Option<MentionKind>,
    least: usize,
    data: &Data,
) -> Result<String> {
    if !out_dir.is_dir() {
        return Err(Error::Folders(format!("{out_dir:?} is not the folder of a dataset")));
    }
    let tables = specs(&docvars(out_dir));
    let Some(spec) = tables.iter().find(|table| table.name == "mentions") else {
        return Ok(String::new());
    };
    let fault =
        |message: String| Error::Dataset { path: out_dir.join("mentions.parquet"), message };
    let mut names: BTreeMap<(String, &'static str), (usize, BTreeSet<String>)> = BTreeMap::new();
    let mut reader = Reader::new(out_dir, spec);
    while let Some(cells) = reader.next().map_err(fault)? {
        let row = Row { spec, cells };
        let own = ENTITY_KINDS.iter().find(|k| k.as_str() == row.text("kind"));
        let Some(own) = own.filter(|own| kind.is_none_or(|kind| kind == **own)) else { continue };
        let name = row.text("text").split_whitespace().collect::<Vec<_>>().join(" ");
        let linked = !row.text("entity_id").is_empty() || row.text("method") == "short_form";
        if linked || name.contains([';', '#']) || !name.contains(char::is_alphanumeric) {
            continue;
        }
        let (count, documents) = names.entry((name, own.as_str())).or_default();
        *count += 1;
        documents.insert(row.text("doc_id").to_owned());
    }
    let mut names: Vec<_> = names.into_iter().filter(|(_, (count, _))| *count >= least).collect();
    names.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
    let mut out = record(COLUMNS);
    let mut taken = BTreeSet::new();
    for ((name, kind), (count, documents)) in names {
        let id = free_id(&slug(&name), data, &mut taken);
        let mentions = if count == 1 { "mention" } else { "mentions" };
        let of = documents.len();
        let texts = if of == 1 { "document" } else { "documents" };
        let _ = writeln!(out, "# {count} {mentions} in {of} {texts}");
        let mut fields = vec![id.as_str(), &name, kind];
        fields.resize(COLUMNS.len(), "");
        out += &record(&fields);
    }
    Ok(out)
}

/// `name` as an id: a-z and 0-9, everything else as '-'.
fn slug(name: &str) -> String {
    let mut plain = String::new();
    crate::mentions::tokens::plain(name, &mut plain);
    let parts = plain.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    let slug = parts.collect::<Vec<_>>().join("-");
    if slug.is_empty() { "name".to_owned() } else { slug }
}

/// The id, with a number where it is taken: a known id would replace that entity.
fn free_id(slug: &str, data: &Data, taken: &mut BTreeSet<String>) -> String {
    let mut id = slug.to_owned();
    let mut number = 1;
    while data.mentions.codebook.entity(&id).is_some() || taken.contains(&id) {
        number += 1;
        id = format!("{slug}-{number}");
    }
    taken.insert(id.clone());
    id
}

fn csv_line(entity: &Entity) -> String {
    let degrees = |value: Option<f64>| value.map_or_else(String::new, |v| v.to_string());
    record(&[
        entity.id.as_str(),
        &entity.name,
        entity.kind.as_str(),
        &entity.aliases.join("; "),
        &entity.demonyms.join("; "),
        &entity.short_forms.join("; "),
        entity.side.as_deref().unwrap_or(""),
        entity.country.as_deref().unwrap_or(""),
        &degrees(entity.latitude),
        &degrees(entity.longitude),
        entity.wikipedia.as_deref().unwrap_or(""),
    ])
}

/// A line of CSV, in which no cell passes for a comment.
fn record<T: AsRef<str>>(fields: &[T]) -> String {
    let mut line = csv::WriterBuilder::new().comment(Some(b'#')).from_writer(Vec::new());
    // Writing to memory cannot fail, and what was text stays text.
    let _ = line.write_record(fields.iter().map(AsRef::as_ref));
    line.into_inner().ok().and_then(|line| String::from_utf8(line).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_slugs_that_nothing_else_has() {
        for (name, id) in
            [("Şanlı Köy", "sanli-koy"), ("Al-Velk’s (old)", "al-velks-old"), ("中", "name")]
        {
            assert_eq!(slug(name), id);
        }
        let data = Data::load(None).unwrap();
        let mut taken = BTreeSet::new();
        assert_eq!(free_id("velkara", &data, &mut taken), "velkara");
        assert_eq!(free_id("velkara", &data, &mut taken), "velkara-2");
        assert_eq!(free_id("syria", &data, &mut taken), "syria-2");
    }

    #[test]
    fn what_is_listed_reads_back_as_it_was() {
        let data = Data::load(None).unwrap();
        let csv = list(&data, Some(MentionKind::State), Format::Csv);
        let lists = crate::mentions::codebook::Lists::read([("states.csv", csv.as_str())]).unwrap();
        let again = crate::mentions::Data::new(lists);
        let states = data.mentions.codebook.entities().iter();
        let states: Vec<_> = states.filter(|e| e.kind == MentionKind::State).collect();
        for (entity, was) in again.codebook.entities().iter().zip(&states) {
            assert_eq!((&entity.id, &entity.aliases), (&was.id, &was.aliases));
        }
        assert_eq!(again.codebook.entities().len(), states.len());
    }
}
