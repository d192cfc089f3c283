//! Regular expressions of rules, compiled when they are first asked for.
//!
//! In: the source of a pattern as a rule file writes it. Out: whether it matches. Most runs meet the
//! cues of few rules, and compiling all of them took longer than analysing a small folder. Whoever
//! reads patterns that no test has seen checks them when they are read: [`Pattern::check`].

use std::borrow::Cow;
use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};
use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Hir, Look};

mod narrow;

use narrow::Narrow;

/// Bytes that the automaton of a pattern may take up (2 MiB), several times what the largest built-in one does.
const MOST_BYTES: usize = 1 << 21;
/// Rules of a user's file at most: each may take as much memory as that, and as long as compiling it takes.
pub(crate) const MOST_RULES: usize = 1000;

/// A regular expression that ignores case unless it says `(?-i)`.
///
/// Texts are searched as bytes (see [`narrow`]): a tenth of the work makes such an automaton, since a dot of Unicode
/// takes some ten states in UTF-8, and each repetition takes them again. Few patterns look at words of Unicode, and
/// search that way in texts of ASCII alone.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    source: String,
    /// Whether `^` and `$` match at the line ends inside a text.
    multi_line: bool,
    /// For all texts, or those of ASCII; nothing if the source is malformed or the automaton too large.
    narrow: OnceLock<Option<Narrow>>,
    /// For those that the other does not search.
    unicode: OnceLock<Option<Regex>>,
    /// Bytes that a match begins with, by byte, where it can only begin with the text; nothing where it may
    /// begin elsewhere or with any byte.
    firsts: OnceLock<Option<Box<[bool; 256]>>>,
}

impl Pattern {
    pub fn new(source: &str, multi_line: bool) -> Self {
        let source = quick_boundaries(source).into_owned();
        let (narrow, unicode, firsts) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        Self { source, multi_line, narrow, unicode, firsts }
    }

    fn compile(&self) -> Result<Regex, regex::Error> {
        RegexBuilder::new(&self.source)
            .case_insensitive(true)
            .multi_line(self.multi_line)
            .size_limit(MOST_BYTES)
            .build()
    }

    fn parse(&self) -> Option<Hir> {
        let mut parser = regex_syntax::ParserBuilder::new()
            .case_insensitive(true)
            .multi_line(self.multi_line)
            .build();
        parser.parse(&self.source).ok()
    }

    /// The automaton over bytes if it searches `text`.
    fn narrow(&self, text: &str) -> Option<&Narrow> {
        let compiled = self.narrow.get_or_init(|| {
            let hir = self.parse()?;
            Narrow::new(&hir).or_else(|| Narrow::of_ascii(&hir))
        });
        compiled.as_ref().filter(|narrow| narrow.is_wide() || text.is_ascii())
    }

    fn unicode(&self) -> Option<&Regex> {
        self.unicode.get_or_init(|| self.compile().ok()).as_ref()
    }

    fn firsts(&self) -> Option<Box<[bool; 256]>> {
        let hir = self.parse()?;
        if !hir.properties().look_set_prefix().contains(Look::Start) {
            return None;
        }
        let mut firsts = Box::new([false; 256]);
        for literal in Extractor::new().extract(&hir).literals()? {
            firsts[usize::from(*literal.as_bytes().first()?)] = true;
        }
        Some(firsts)
    }

    /// Whether a match may begin where `text` does; of a pattern that need not begin there, always.
    pub fn may_begin(&self, text: &str) -> bool {
        match self.firsts.get_or_init(|| self.firsts()) {
            None => true,
            Some(firsts) => text.bytes().next().is_some_and(|byte| firsts[usize::from(byte)]),
        }
    }

    /// Whether both are one pattern.
    pub fn is_same(&self, other: &Self) -> bool {
        self.multi_line == other.multi_line && self.source == other.source
    }

    /// Compiles the pattern now.
    ///
    /// # Errors
    ///
    /// If it is malformed or too large.
    pub fn check(&self) -> Result<(), Box<regex::Error>> {
        // Few texts need what this makes.
        self.compile().map(drop).map_err(Box::new)
    }

    /// Whether the pattern matches in `text`; a malformed one does nowhere.
    pub fn is_match(&self, text: &str) -> bool {
        match self.narrow(text) {
            Some(narrow) => narrow.is_match(text),
            None => self.unicode().is_some_and(|regex| regex.is_match(text)),
        }
    }

    /// How often the pattern matches in `text`, counted to `most`; a malformed one does nowhere.
    pub fn count(&self, text: &str, most: usize) -> usize {
        match self.narrow(text) {
            Some(narrow) => narrow.count(text, most),
            None => self.unicode().map_or(0, |regex| regex.find_iter(text).take(most).count()),
        }
    }
}

/// Why a pattern was refused, in a line.
pub(crate) fn reason(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(most) => {
            format!(
                "it makes an automaton of more than {most} bytes; write fewer or smaller repetitions"
            )
        }
        // The pattern itself is drawn before it.
        other => {
            let text = other.to_string();
            text.rsplit("error: ").next().unwrap_or_default().trim().to_owned()
        }
    }
}

/// A pattern whose word boundaries go by ASCII letters if it has no others: the automata that are quick
/// cannot tell boundaries by Unicode's.
fn quick_boundaries(pattern: &str) -> Cow<'_, str> {
    let letters = pattern.chars().any(|c| !c.is_ascii() && c.is_alphanumeric());
    if letters || !pattern.contains(r"\b") || pattern.contains(r"(?-u:\b)") {
        return Cow::Borrowed(pattern);
    }
    let mut out = String::with_capacity(2 * pattern.len());
    let mut rest = pattern;
    while let Some(at) = rest.find('\\') {
        out += &rest[..at];
        // A backslash may be escaped itself, and `\b{start}` is another boundary.
        let end = at + 1 + rest[at + 1..].chars().next().map_or(0, char::len_utf8);
        let is_boundary = &rest[at..end] == r"\b" && !rest[end..].starts_with('{');
        out += if is_boundary { r"(?-u:\b)" } else { &rest[at..end] };
        rest = &rest[end..];
    }
    out += rest;
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn boundaries_go_by_ascii_where_the_pattern_does() {
        assert_eq!(quick_boundaries(r"^by\b.+’s"), r"^by(?-u:\b).+’s");
        assert_eq!(quick_boundaries(r"^opinión\b"), r"^opinión\b");
        assert_eq!(quick_boundaries(r"a\\bc\b{start}d\be"), r"a\\bc\b{start}d(?-u:\b)e");
        assert!(Pattern::new(r"\b{start}foo", false).is_match("x foo"));
        assert!(Pattern::new(r"a\\b", false).is_match(r"a\b"));
        assert_eq!(quick_boundaries(r"фото|photo(?-u:\b)"), r"фото|photo(?-u:\b)");
    }

    #[test]
    fn malformed_patterns_are_refused_when_checked_and_match_nothing() {
        let pattern = Pattern::new("(", false);
        assert!(pattern.check().is_err());
        assert!(!pattern.is_match("("));
        let pattern = Pattern::new("^a$", true);
        assert!(pattern.is_match("b\nA\n"));
        assert!(pattern.check().is_ok());
        assert!(pattern.is_match("b\nA\n"));
    }

    #[test]
    fn no_match_begins_with_another_byte() {
        for (source, known) in [
            (r"^(?:kin|sea|é)", true),
            (r"(?-i)^(?:Article|Rule) \d", true),
            (r"^a?b|^c", true),
            (r"^(?:by|é)?", false),
            (r"^\p{Lu}", false),
            (r"a|^b", false),
        ] {
            let pattern = Pattern::new(source, false);
            assert_eq!(pattern.firsts().is_some(), known, "{source}");
            let unicode = pattern.compile().unwrap();
            for text in [
                "",
                "kin",
                "Kin",
                "xkin",
                "\u{212a}in",
                "ſea",
                "É",
                "Article 3",
                "article 3",
                "B",
                "C",
                "Żar",
            ] {
                assert!(pattern.may_begin(text) || !unicode.is_match(text), "{source} {text:?}");
            }
        }
        assert!(!Pattern::new("^(?:kin|sea)", false).may_begin("x"));
    }

    /// Classes, literals, counts and boundaries of several scripts.
    const SOURCES: &[&str] = &[
        r"^by \p{Lu}.{2,80}$",
        r"(?-i)^by (?:\p{Lu}|фото|é)+",
        r"[–—-] |[^.]{3,5}$|\W{2}",
        r"\bby\b|фото",
        r"(?-u:\b)foto(?-u:\b)",
        r"[(\[](?:photo|картина)[^)\]]+[)\]]",
        r"[а-я]+",
        r"(a|é)*$",
        r"(?-i)[^\p{L}\p{N}]|\p{Ll}\w|\s[’']s",
        r"é??",
        r"(?-u:[a-z])+.",
        r"[^é]é|[à-ü]\b{end}",
        r"(?-u:\B)by|[a-й&&[^b-г]]",
    ];

    /// Both automata of each of them, with and without several lines.
    static BOTH: LazyLock<Vec<(Pattern, Regex)>> = LazyLock::new(|| {
        let patterns = SOURCES.iter().flat_map(|source| [false, true].map(|multi| (source, multi)));
        let patterns = patterns.map(|(source, multi_line)| Pattern::new(source, multi_line));
        let both = |pattern: Pattern| {
            let unicode = pattern.compile().unwrap();
            (pattern, unicode)
        };
        patterns.map(both).collect()
    });

    fn find_the_same(text: &str) {
        for (pattern, unicode) in BOTH.iter() {
            let source = &pattern.source;
            assert_eq!(pattern.is_match(text), unicode.is_match(text), "{source} {text:?}");
            for most in [1, usize::MAX] {
                let all = unicode.find_iter(text).take(most).count();
                assert_eq!(pattern.count(text, most), all, "{source} {text:?}");
            }
        }
    }

    #[test]
    fn both_automata_find_the_same() {
        for text in [
            "",
            "a",
            "By Jane Roe",
            "x\nby JANE\n",
            "(Photo: Jane/AFP)",
            "foto 12.5",
            "_by_",
            "By Émile",
            "by фото",
            "ÉÉ é",
            "(картина: 1)",
            "фото\nФОТО",
            "\u{212a}ö",
            "by — “a” ’s\u{85}",
            "日本 by 語",
        ] {
            find_the_same(text);
        }
    }

    #[test]
    fn patterns_are_searched_as_bytes_unless_they_tell_too_much_apart() {
        let hir = |source: &str| Pattern::new(source, false).parse().unwrap();
        assert!(Narrow::new(&hir(r"[а-я]+(?-u:\b)|\p{Lu}")).is_some());
        assert!(Narrow::new(&hir(r"фото\b")).is_none());
        let many: String = ('\u{4e00}'..'\u{4f00}').collect();
        assert!(Narrow::new(&hir(&many)).is_none());
        assert!(Pattern::new(&many, false).is_match(&format!("x{many}")));
    }

    proptest! {
        #[test]
        fn both_automata_find_the_same_in_any_text(text in "[abyfotphйфотоÉé ’–.,(:)\nü\u{212a}\u{5ea}7]{0,24}") {
            find_the_same(&text);
        }
    }
}
