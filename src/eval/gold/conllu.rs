//! CoNLL-U: sentences, and names as GUM's `Entity=`.

use std::ops::Range;
use std::path::Path;

use super::{Gathered, Item};
use crate::error::{DataError, Error, Result};
use crate::eval::Layer;

/// A sentence of the file.
#[derive(Default)]
struct Sentence<'t> {
    /// Its first line, from 1.
    line: usize,
    text: &'t str,
    words: Vec<Word<'t>>,
}

/// A word or a token of several words.
struct Word<'t> {
    /// Its number; that of the first word for a token of several.
    first: usize,
    last: usize,
    form: &'t str,
    tag: &'t str,
    head: usize,
    entity: &'t str,
}

/// A name: its type, and the numbers of its first and last word.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Name {
    kind: String,
    first: usize,
    last: usize,
}

pub(super) fn read(path: &Path, text: &str, gathered: &mut Gathered<'_>) -> Result<()> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let (documents, type_at) = parse(path, text, &stem)?;
    let only = documents.len() == 1;
    for (id, sentences) in documents {
        let mut name = format!("{id}.txt");
        if gathered.file(&name)?.is_none() && only {
            name = format!("{stem}.txt");
        }
        let Some(file) = gathered.file(&name)? else {
            gathered.absent.push(name);
            continue;
        };
        let Ok(raw) = std::str::from_utf8(&file.raw) else {
            return Err(fault(path, 1, format!("the raw file {name:?} is not UTF-8")));
        };
        let (ranges, names) = places(&sentences, type_at, raw).map_err(|(line, what)| {
            fault(path, line, format!("{what} of the raw file {name:?}"))
        })?;
        let mut items = Vec::new();
        for (kind, range) in names {
            if let Some((layer, kind)) = gathered.kind(&kind) {
                items.push((layer, Item { range, kind: kind.to_owned(), ..Item::default() }));
            }
        }
        let has_names = sentences.iter().flat_map(|s| &s.words).any(|word| !word.entity.is_empty());
        if let Some(file) = gathered.file(&name)? {
            file.layers.entry(Layer::Sentences).or_default().extend(ranges);
            if has_names {
                file.layers.entry(Layer::Mentions).or_default();
            }
            // GUM's times are no TIMEX3.
            for (layer, item) in items.into_iter().filter(|(layer, _)| *layer == Layer::Mentions) {
                file.layers.entry(layer).or_default().push(item);
            }
        }
    }
    Ok(())
}

fn fault(path: &Path, line: usize, message: String) -> Error {
    DataError::new(path.display().to_string(), message).at_line(line as u64).into()
}

/// Documents with their ids.
type Documents<'t> = Vec<(String, Vec<Sentence<'t>>)>;

/// The documents of a file, and at which place among the parts of `Entity=(1-person-..` the type is,
/// which a comment may state.
fn parse<'t>(path: &Path, text: &'t str, stem: &str) -> Result<(Documents<'t>, usize)> {
    let mut documents: Documents<'t> = Vec::new();
    let mut sentence = Sentence::default();
    let mut type_at = 1;
    for (number, line) in text.lines().chain([""]).enumerate() {
        if let Some(comment) = line.strip_prefix('#') {
            let (key, value) = comment.split_once('=').unwrap_or((comment, ""));
            match (key.trim(), value.trim()) {
                ("newdoc id", id) => documents.push((id.to_owned(), Vec::new())),
                ("text", value) => sentence.text = value,
                ("global.Entity", names) => {
                    type_at = names.split('-').position(|name| name == "etype").unwrap_or(1);
                }
                _ => {}
            }
        } else if line.is_empty() {
            let done = std::mem::take(&mut sentence);
            if done.words.is_empty() {
                continue;
            }
            if documents.is_empty() {
                documents.push((stem.to_owned(), Vec::new()));
            }
            if let Some((_, sentences)) = documents.last_mut() {
                sentences.push(done);
            }
        } else {
            if sentence.words.is_empty() {
                sentence.line = number + 1;
            }
            let fields: Vec<&str> = line.split('\t').collect();
            if fields.len() != 10 {
                let message = format!("expected 10 fields between tabs, found {}", fields.len());
                return Err(fault(path, number + 1, message));
            }
            let (first, last) = fields[0].split_once('-').unwrap_or((fields[0], fields[0]));
            // Empty nodes (8.1) stand for what the text has not.
            if let (Ok(first), Ok(last)) = (first.parse(), last.parse()) {
                let entity = fields[9].split('|').find_map(|part| part.strip_prefix("Entity="));
                sentence.words.push(Word {
                    first,
                    last,
                    form: fields[1],
                    tag: fields[3],
                    head: fields[6].parse().unwrap_or(0),
                    entity: entity.unwrap_or_default(),
                });
            }
        }
    }
    Ok((documents, type_at))
}

/// Sentences, and names with their types.
type Places = (Vec<Item>, Vec<(String, Range<usize>)>);

/// Where sentences and names stand in the raw text; else the line of a sentence and what is missing.
fn places(
    sentences: &[Sentence<'_>],
    type_at: usize,
    raw: &str,
) -> std::result::Result<Places, (usize, String)> {
    let mut at = 0;
    let (mut ranges, mut names) = (Vec::new(), Vec::new());
    for sentence in sentences {
        let find = |form: &str, at: usize| {
            let missing = || (sentence.line, format!("{form:?} does not stand at byte {at}"));
            skip(raw, at, form).ok_or_else(missing)
        };
        if !sentence.text.is_empty() {
            ranges.push(Item { range: find(sentence.text, at)?, ..Item::default() });
        }
        let mut places: Vec<(usize, Range<usize>)> = Vec::new();
        let mut covered = 0;
        for word in &sentence.words {
            if word.first > covered {
                let range = find(word.form, at)?;
                at = range.end;
                places.extend((word.first..=word.last).map(|number| (number, range.clone())));
                covered = word.last;
            }
        }
        let place = |number: usize| places.iter().find(|(own, _)| *own == number);
        for own in outermost(&sentence.words, type_at) {
            if let (Some((_, first)), Some((_, last))) = (place(own.first), place(own.last)) {
                names.push((own.kind, first.start..last.end));
            }
        }
    }
    Ok((ranges, names))
}

/// Where `form` stands in `raw` from byte `at` on, white space in either aside.
fn skip(raw: &str, at: usize, form: &str) -> Option<Range<usize>> {
    let mut there = raw[at..].char_indices().filter(|(_, c)| !c.is_whitespace());
    let mut range: Option<Range<usize>> = None;
    for wanted in form.chars().filter(|c| !c.is_whitespace()) {
        let (place, own) = there.next()?;
        if own != wanted {
            return None;
        }
        let end = at + place + own.len_utf8();
        range = Some(range.map_or(at + place, |range| range.start)..end);
    }
    range
}

/// The names of a sentence: mentions whose head is a proper noun, without an article before it, and
/// of those inside each other the outermost.
fn outermost(words: &[Word<'_>], type_at: usize) -> Vec<Name> {
    let of = |number: usize| words.iter().find(|word| word.first == number && word.last == number);
    let mut names: Vec<Name> = Vec::new();
    for mut name in mentions(words, type_at) {
        let inside = |number: usize| (name.first..=name.last).contains(&number);
        let mut own = (name.first..=name.last).filter_map(of);
        let is_name = own.any(|word| !inside(word.head) && word.tag == "PROPN");
        if of(name.first).is_some_and(|word| word.tag == "DET") && name.first < name.last {
            name.first += 1;
        }
        if is_name {
            names.push(name);
        }
    }
    let all = names.clone();
    names.retain(|name| {
        !all.iter().any(|other| {
            other != name
                && other.first <= name.first
                && name.last <= other.last
                && (other.last - other.first > name.last - name.first)
        })
    });
    names
}

/// All mentions of a sentence, from the brackets of `Entity=`: `(1-person-new` opens, `1)` closes,
/// `(2-place-new)` does both.
fn mentions(words: &[Word<'_>], type_at: usize) -> Vec<Name> {
    let mut open: Vec<(&str, &str, usize)> = Vec::new();
    let mut done = Vec::new();
    for word in words {
        let mut rest = word.entity;
        while !rest.is_empty() {
            let (own, is_open) = rest.strip_prefix('(').map_or((rest, false), |own| (own, true));
            let end = own.find(['(', ')']).unwrap_or(own.len());
            let (body, after) = own.split_at(end);
            let closes = after.starts_with(')');
            rest = after.strip_prefix(')').unwrap_or(after);
            let mut parts = body.split('-');
            let id = parts.clone().next().unwrap_or_default();
            let kind = parts.nth(type_at).unwrap_or_default();
            if is_open && closes {
                done.push(Name { kind: kind.to_owned(), first: word.first, last: word.last });
            } else if is_open {
                open.push((id, kind, word.first));
            } else if let Some(at) = open.iter().rposition(|(own, ..)| *own == id) {
                let (_, kind, first) = open.remove(at);
                done.push(Name { kind: kind.to_owned(), first, last: word.last });
            }
        }
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(first: usize, tag: &'static str, head: usize, entity: &'static str) -> Word<'static> {
        Word { first, last: first, form: "w", tag, head, entity }
    }

    #[test]
    fn names_are_the_outermost_with_a_proper_noun_for_a_head() {
        // The University of Damascus / greeted / its student / Ali
        let words = [
            word(1, "DET", 2, "(1-organization-new-cf1-1-sgl"),
            word(2, "PROPN", 5, ""),
            word(3, "ADP", 4, ""),
            word(4, "PROPN", 2, "(2-place-new-cf2-1-sgl)1)"),
            word(5, "VERB", 0, ""),
            word(6, "PRON", 7, "(3-person-acc(1-organization-giv)"),
            word(7, "NOUN", 5, "3)"),
            word(8, "PROPN", 7, "(4-person-new-Ali)"),
        ];
        let all = mentions(&words, 1);
        assert_eq!(all.len(), 5, "{all:?}");
        let name = |kind: &str, first, last| Name { kind: kind.to_owned(), first, last };
        assert_eq!(outermost(&words, 1), [name("organization", 2, 4), name("person", 8, 8)]);
    }

    #[test]
    fn forms_are_found_whatever_the_white_space() {
        assert_eq!(skip("a\n b\u{a0}çd e", 0, "ab ç"), Some(0..8));
        assert_eq!(skip("a\n b", 1, "b"), Some(3..4));
        assert_eq!(skip("ab", 0, "ac"), None);
        assert_eq!(skip("ab", 1, "bc"), None);
    }
}
