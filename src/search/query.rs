//! What is looked for, made ready to be found.

use std::ops::Range;

use regex::{Regex, RegexBuilder};
use unicode_normalization::char::is_combining_mark;

use crate::mentions::tokens::fold;

/// Bytes that a compiled expression may take.
const SIZE: usize = 16 << 20;

/// What is looked for.
#[derive(Debug)]
pub enum Query {
    /// A text.
    Text(Matcher),
    /// The mentions of the entity with this id.
    Entity(String),
}

/// How letters are compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Letters {
    /// Upper and lower case are the same letter (simple case folding of Unicode).
    #[default]
    AnyCase,
    /// As they stand.
    Exact,
    /// Neither case nor marks matter: ş is s, é is e, an Arabic letter is itself without vowel marks.
    Folded,
}

impl Query {
    /// Words, one after the other: each a whole word, one that ends with `*` the beginning of one.
    ///
    /// Any white space between words fits any other, any apostrophe and hyphen its like.
    ///
    /// # Errors
    ///
    /// If there is nothing to be found, in words for a person.
    pub fn words(text: &str, letters: Letters) -> Result<Self, String> {
        let mut folded = String::new();
        let text = if letters == Letters::Folded {
            text.chars().for_each(|c| fold(c, |base| folded.push(base)));
            &folded
        } else {
            text
        };
        let mut pattern = String::new();
        for word in text.split_whitespace() {
            if !pattern.is_empty() {
                pattern.push_str(r"\s+");
            }
            let (own, is_prefix) = match word.strip_suffix('*') {
                Some(own) if own.ends_with(in_word) => (own, true),
                Some(_) => return Err("the * stands for the rest of a word that begins".to_owned()),
                None => (word, false),
            };
            if own.contains('*') {
                return Err("a * stands at the end of a word only; see --regex".to_owned());
            }
            for c in own.chars() {
                match c {
                    '\'' | '’' | '‘' | 'ʼ' => pattern.push_str("['’‘ʼ]"),
                    '-' | '‐' | '‑' => pattern.push_str("[-‐‑]"),
                    _ => pattern.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
                }
            }
            if is_prefix {
                pattern.push_str(r"[\p{Alphabetic}\p{M}\p{N}_]*");
            }
        }
        let edges = (text.trim_start().chars().next(), text.trim_end().chars().next_back());
        let (Some(first), Some(last)) = edges else { return Err("nothing to look for".to_owned()) };
        let expression = compile(&pattern, letters == Letters::AnyCase)?;
        let edges = Some((in_word(first), in_word(last) || last == '*'));
        Ok(Self::Text(Matcher { expression, edges, is_folded: letters == Letters::Folded }))
    }

    /// A regular expression in the syntax of the regex crate, whose time is linear in the text.
    ///
    /// # Errors
    ///
    /// If it is none, or too large, in words for a person.
    pub fn regex(pattern: &str, letters: Letters) -> Result<Self, String> {
        let expression = compile(pattern, letters != Letters::Exact)?;
        Ok(Self::Text(Matcher { expression, edges: None, is_folded: false }))
    }
}

fn compile(pattern: &str, any_case: bool) -> Result<Regex, String> {
    let mut builder = RegexBuilder::new(pattern);
    builder.case_insensitive(any_case).size_limit(SIZE).dfa_size_limit(SIZE);
    builder.build().map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => {
            "the regular expression is too large when compiled".to_owned()
        }
        other => other.to_string(),
    })
}

/// Whether a character continues a word.
fn in_word(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric() || c == '_';
    }
    c.is_alphanumeric() || is_combining_mark(c)
}

/// Finds a text.
#[derive(Debug)]
pub struct Matcher {
    expression: Regex,
    /// Whether the first and the last character looked for belong to words, which must then begin and
    /// end there; `None` where a match is a hit whatever stands around it.
    edges: Option<(bool, bool)>,
    /// Whether the text is folded before it is looked at.
    is_folded: bool,
}

impl Matcher {
    /// Calls `each` with every hit, from left to right, none overlapping another and none empty.
    ///
    /// The time is linear in the text.
    pub fn each(&self, text: &str, each: &mut dyn FnMut(Range<usize>)) {
        if self.is_folded && !text.is_ascii() {
            let (folded, starts) = folded(text);
            // A letter may become several and a mark none; a hit is of whole letters with their marks.
            self.each_plain(&folded, &mut |hit| {
                let start = starts[hit.start];
                let end = starts[hit.end..].iter().copied().find(|at| *at > starts[hit.end - 1]);
                each(start..end.unwrap_or(text.len()));
            });
        } else if self.is_folded {
            self.each_plain(&text.to_ascii_lowercase(), each);
        } else {
            self.each_plain(text, each);
        }
    }

    fn each_plain(&self, text: &str, each: &mut dyn FnMut(Range<usize>)) {
        let Some((first, last)) = self.edges else {
            let hits = self.expression.find_iter(text).map(|hit| hit.range());
            return hits.filter(|hit| !hit.is_empty()).for_each(each);
        };
        let mut at = 0;
        while let Some(hit) = self.expression.find_at(text, at).map(|hit| hit.range()) {
            let before = text[..hit.start].chars().next_back();
            let after = text[hit.end..].chars().next();
            let begins = !first || !before.is_some_and(in_word);
            let ends = !last || !after.is_some_and(in_word);
            if begins && ends {
                at = hit.end;
                each(hit);
                continue;
            }
            // What begins inside the same word is no hit either.
            let rest = &text[hit.start..];
            let step = if first {
                rest.find(|c| !in_word(c)).unwrap_or(rest.len())
            } else {
                rest.chars().next().map_or(1, char::len_utf8)
            };
            at = hit.start + step;
        }
    }
}

/// The text folded, and for each of its bytes, and its end, where the letter begins that it is from.
fn folded(text: &str) -> (String, Vec<usize>) {
    let mut out = String::with_capacity(text.len());
    let mut starts = Vec::with_capacity(text.len() + 1);
    for (at, c) in text.char_indices() {
        fold(c, |base| out.push(base));
        starts.resize(out.len(), at);
    }
    starts.push(text.len());
    (out, starts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hits<'t>(query: &Query, text: &'t str) -> Vec<&'t str> {
        let Query::Text(matcher) = query else { return Vec::new() };
        let mut hits = Vec::new();
        matcher.each(text, &mut |hit| hits.push(&text[hit]));
        hits
    }

    #[test]
    fn words_are_whole_and_of_any_case() {
        for (query, text, wanted) in [
            ("war", "War, warfare; a war-time wár war_x WAR", &["War", "war", "WAR"][..]),
            (
                "negotiat*",
                "Negotiations negotiate; renegotiate negotiat",
                &["Negotiations", "negotiate", "negotiat"],
            ),
            (
                "security  council",
                "the Security\u{a0}Council, security councils",
                &["Security\u{a0}Council"],
            ),
            ("people's", "People’s party, peoples", &["People’s"]),
            ("air-strike*", "air‑strikes and air strikes", &["air‑strikes"]),
            ("U.S.", "U.S. and U.S.A. UxSx", &["U.S.", "U.S."]),
            ("(sic)", "x(sic)y", &["(sic)"]),
            ("قال", "قال وقال قالَ", &["قال"]),
            ("ΣΑΣ", "σας Σας", &["σας", "Σας"]),
            ("a a", "a a a a a", &["a a", "a a"]),
        ] {
            let own = Query::words(query, Letters::AnyCase).unwrap();
            assert_eq!(hits(&own, text), wanted, "{query:?}");
        }
        assert_eq!(hits(&Query::words("War", Letters::Exact).unwrap(), "war War WAR"), ["War"]);
    }

    #[test]
    fn folding_leaves_marks_and_case_out() {
        for (query, text, wanted) in [
            ("sanli", "Şanlı, şanli: SANLI", &["Şanlı", "şanli", "SANLI"][..]),
            ("Şanlı*", "Sanlıurfa", &["Sanlıurfa"]),
            ("قال", "قالَ المبعوث", &["قالَ"]),
            ("cafe", "cafe\u{301}s cafe\u{301}!", &["cafe\u{301}"]),
            ("strasse", "Straße strasse", &["Straße", "strasse"]),
            ("s", "ß", &[]),
        ] {
            let own = Query::words(query, Letters::Folded).unwrap();
            assert_eq!(hits(&own, text), wanted, "{query:?}");
        }
    }

    #[test]
    fn expressions_are_found_as_they_are() {
        let own = Query::regex("neg[a-z]+ions?|x*", Letters::AnyCase).unwrap();
        assert_eq!(hits(&own, "Renegotiations, XX"), ["negotiations", "XX"]);
        assert!(Query::regex("(", Letters::Exact).unwrap_err().contains("unclosed group"));
        let error = Query::regex("((a{1000}){1000}){1000}", Letters::Exact).unwrap_err();
        assert_eq!(error, "the regular expression is too large when compiled");
    }

    #[test]
    fn what_finds_nothing_is_refused() {
        for query in ["", "  ", "*", "a * b", "neg*iate", "-*"] {
            assert!(Query::words(query, Letters::AnyCase).is_err(), "{query:?}");
        }
    }

    proptest! {
        #[test]
        fn hits_are_whole_words_in_order(text in "[aA ’'ş\u{301}ß-]{0,24}", fold: bool) {
            let letters = if fold { Letters::Folded } else { Letters::AnyCase };
            let Query::Text(matcher) = Query::words("a*", letters).unwrap() else { unreachable!() };
            let (mut end, mut count) = (0, 0);
            matcher.each(&text, &mut |hit| {
                assert!(end <= hit.start && hit.start < hit.end, "{text:?} {hit:?}");
                assert!(text[hit.start..].starts_with(['a', 'A']), "{text:?} {hit:?}");
                assert!(!text[hit.end..].starts_with(in_word), "{text:?} {hit:?}");
                end = hit.end;
                count += 1;
            });
            // Each word that begins with the letter is there; marks are no part of folded words.
            let looked_at = if fold { folded(&text).0 } else { text };
            let words = looked_at.split(|c| !in_word(c)).filter(|w| w.starts_with(['a', 'A']));
            prop_assert_eq!(count, words.count());
        }
    }
}
