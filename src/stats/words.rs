//! Words: what is a word, which words set documents apart, and how documents read.
//!
//! A word is what `word_count` counts: a stretch of text between white space that holds a letter or
//! digit. Words are compared in lower case, each letter by itself, without what stands before the
//! first and after the last letter or digit with its marks, and with a straight apostrophe:
//! `“Syria’s,` is `syria's`.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use unicode_normalization::char::is_combining_mark;

use super::association::{Counts, log_likelihood, log_ratio, real};
use super::count::greater_first;
use super::{Tables, WordSort};
use crate::error::Result;
use crate::listing::{Listing, Value, rounded};
use crate::read::Cell;
use crate::select::{Condition, Selection, keeps, undated_note};

/// Whether a character is of the general categories L or N.
///
/// [`char::is_alphanumeric`] counts marks that are vowels and letters in circles too, which no class
/// of usual expressions can name.
fn is_letter(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    let circled = matches!(c, 'Ⓐ'..='ⓩ' | '🄰'..='🅉' | '🅐'..='🅩' | '🅰'..='🆉');
    c.is_alphanumeric() && !circled && !is_combining_mark(c)
}

/// Calls `each` with each word of `text` in the form in which words are compared, and its number of
/// letters and digits.
///
/// ```
/// use rapporteur::stats::words::each_word;
///
/// let mut words = Vec::new();
/// each_word("“Syria’s – EU-funded” (4th)", &mut |word, letters| {
///     words.push((word.to_owned(), letters));
/// });
/// assert_eq!(words, [("syria's".into(), 6), ("eu-funded".into(), 8), ("4th".into(), 3)]);
/// ```
pub fn each_word(text: &str, each: &mut dyn FnMut(&str, usize)) {
    let mut word = String::new();
    for stretch in text.split_whitespace() {
        let Some(start) = stretch.find(is_letter) else { continue };
        let last = stretch.rfind(is_letter).unwrap_or(start);
        let after = stretch[last..].char_indices().skip(1);
        let end = after.into_iter().find(|(_, c)| !is_combining_mark(*c));
        let end = end.map_or(stretch.len(), |(at, _)| last + at);
        word.clear();
        let mut letters = 0;
        for c in stretch[start..end].chars() {
            letters += usize::from(is_letter(c));
            word.push(match c {
                '’' => '\'',
                // Of the one letter that becomes two, İ, the second is a mark.
                _ => c.to_lowercase().next().unwrap_or(c),
            });
        }
        each(&word, letters);
    }
}

/// Two groups of documents.
#[derive(Clone, Copy)]
pub(super) struct Groups<'r> {
    pub(super) target: &'r [Condition],
    /// All others if empty.
    pub(super) reference: &'r [Condition],
}

pub(super) fn keyness(
    out_dir: &Path,
    tables: &Tables,
    selection: &Selection,
    groups: Groups<'_>,
    (least, least_ll): (usize, f64),
    sort: WordSort,
) -> Result<Listing> {
    let mut names = vec!["text"];
    for condition in groups.target.iter().chain(groups.reference) {
        if !names.contains(&condition.column.as_str()) {
            names.push(&condition.column);
        }
    }
    let mut words: HashMap<String, [u64; 2]> = HashMap::new();
    let (mut sizes, mut documents, mut in_both) = ([0_u64; 2], [0_u64; 2], 0);
    let undated = selection.each(out_dir, tables.get("documents")?, &names, |cells| {
        let at = |name: &str| names.iter().position(|own| *own == name).unwrap_or(0);
        let keeps = |conditions: &[Condition]| keeps(conditions, |name| cells[at(name)].clone());
        let target = keeps(groups.target);
        let reference = keeps(groups.reference);
        in_both += u64::from(target && reference && !groups.reference.is_empty());
        let group = match (target, reference) {
            (true, _) => 0,
            (false, true) => 1,
            (false, false) => return,
        };
        documents[group] += 1;
        each_word(cells[0].text(), &mut |word, _| {
            sizes[group] += 1;
            match words.get_mut(word) {
                Some(counts) => counts[group] += 1,
                None => words.entry(word.to_owned()).or_default()[group] += 1,
            }
        });
    })?;
    let counts = |[own, other]: [u64; 2]| Counts {
        both: own,
        first: own + other,
        second: sizes[0],
        all: sizes[0] + sizes[1],
    };
    let ratio = |[own, other]: [u64; 2]| log_ratio(own, sizes[0], other, sizes[1]);
    let mut rows: Vec<(String, [u64; 2])> = words
        .into_iter()
        .filter(|(_, both)| both[0] + both[1] >= least as u64)
        .filter(|(_, both)| least_ll <= 0.0 || rounded(log_likelihood(counts(*both))) >= least_ll)
        .collect();
    rows.sort_unstable();
    rows.sort_by(|(_, one), (_, other)| match sort {
        WordSort::LogLikelihood => greater_first(
            rounded(log_likelihood(counts(*one))),
            rounded(log_likelihood(counts(*other))),
        ),
        WordSort::LogRatio => greater_first(rounded(ratio(*one)), rounded(ratio(*other))),
    });
    let mut listing = Listing::new(&[
        "word",
        "target",
        "reference",
        "target_per_million",
        "reference_per_million",
        "log_ratio",
        "log_likelihood",
    ]);
    let int = |n: u64| Value::Int(n.cast_signed());
    let per_million = |n: u64, size: u64| Value::number(1e6 * real(n) / real(size));
    for (word, both) in rows {
        listing.rows.push(vec![
            Value::Text(word),
            int(both[0]),
            int(both[1]),
            per_million(both[0], sizes[0]),
            per_million(both[1], sizes[1]),
            Value::number(ratio(both)),
            Value::number(log_likelihood(counts(both))),
        ]);
    }
    listing.notes.extend(undated_note(undated));
    let count = |n: u64, one: &str| format!("{n} {one}{}", if n == 1 { "" } else { "s" });
    let of = |group: usize| {
        let (words, documents) = (count(sizes[group], "word"), count(documents[group], "document"));
        format!("{words} in {documents}")
    };
    if in_both > 0 {
        let (documents, verbs) = (count(in_both, "document"), ["are", "count"]);
        let [are, own] = if in_both == 1 { ["is", "counts"] } else { verbs };
        listing.notes.push(format!(
            "{documents} {are} in target and reference, and {own} for the target only"
        ));
    }
    listing.notes.push(format!("target: {}; reference: {}", of(0), of(1)));
    Ok(listing)
}

/// Letters and digits of a word that LIX does not yet call long.
const NOT_LONG: usize = 6;

pub(super) fn texts(out_dir: &Path, tables: &Tables, selection: &Selection) -> Result<Listing> {
    let mut rows = Vec::new();
    let names = ["doc_id", "text", "sentence_count"];
    let undated = selection.each(out_dir, tables.get("documents")?, &names, |cells| {
        let mut types: HashSet<String> = HashSet::new();
        let (mut words, mut long, mut letters) = (0_u64, 0_u64, 0_u64);
        each_word(cells[1].text(), &mut |word, own| {
            words += 1;
            long += u64::from(own > NOT_LONG);
            letters += own as u64;
            if !types.contains(word) {
                types.insert(word.to_owned());
            }
        });
        let sentences = cells[2].int().unsigned_abs();
        let (n, s, kinds) = (real(words), real(sentences), real(types.len() as u64));
        rows.push((
            cells[0].clone(),
            vec![
                Value::text(cells[0].text()),
                Value::Int(sentences.cast_signed()),
                Value::Int(words.cast_signed()),
                Value::count(types.len()),
                Value::number(kinds / n),
                Value::number(kinds / n.sqrt()),
                Value::number(n / s + 100.0 * real(long) / n),
                Value::number(4.71 * real(letters) / n + 0.5 * n / s - 21.43),
            ],
        ));
    })?;
    rows.sort_by_key(|(id, _): &(Cell, _)| id.csv());
    let mut listing = Listing::new(&[
        "doc_id",
        "sentences",
        "words",
        "types",
        "type_token_ratio",
        "guiraud",
        "lix",
        "ari",
    ]);
    listing.rows = rows.into_iter().map(|(_, row)| row).collect();
    listing.notes.extend(undated_note(undated));
    Ok(listing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::count_words;

    fn words(text: &str) -> Vec<(String, usize)> {
        let mut words = Vec::new();
        each_word(text, &mut |word, letters| words.push((word.to_owned(), letters)));
        words
    }

    #[test]
    fn words_are_compared_without_case_and_edges() {
        for (text, wanted) in [
            ("", &[][..]),
            (" – … ?", &[]),
            ("“U.S.-led” İzmir", &["u.s.-led", "izmir"]),
            ("قالَ:", &["قالَ"]),
            ("भी।", &["भी"]),
            ("a\u{3000}b\u{85}c\u{1c}d", &["a", "b", "c\u{1c}d"]),
            ("(ΣΑΣ)", &["σασ"]),
        ] {
            let found: Vec<String> = words(text).into_iter().map(|(word, _)| word).collect();
            assert_eq!(found, wanted, "{text:?}");
        }
        assert_eq!(words("e\u{301}t-4!"), [("e\u{301}t-4".to_owned(), 3)]);
    }

    #[test]
    fn a_word_is_what_word_count_counts() {
        for text in ["one - two", "\"(S)ome\" d’Asie ?", "نص عربي ، هنا", "4 % of\u{a0}it", "½ ¼x"]
        {
            assert_eq!(words(text).len(), count_words(text), "{text:?}");
        }
    }
}
