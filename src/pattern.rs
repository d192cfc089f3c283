//! Regular expressions of rules, compiled when they are first asked for.
//!
//! In: the source of a pattern as a rule file writes it. Out: whether it matches. Most runs meet the
//! cues of few rules, and compiling all of them took longer than analysing a small folder. Whoever
//! reads patterns that no test has seen checks them when they are read: [`Pattern::check`].

use std::borrow::Cow;
use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};
use regex_automata::meta;
use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Class, ClassBytes, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Look};

/// Bytes that the automaton of a pattern may take up (2 MiB), several times what the largest built-in one does.
const MOST_BYTES: usize = 1 << 21;
/// Rules of a user's file at most: each may take as much memory as that, and as long as compiling it takes.
pub(crate) const MOST_RULES: usize = 1000;

/// A regular expression that ignores case unless it says `(?-i)`.
///
/// Texts of ASCII alone are searched by an automaton that knows no other letters: it finds the same,
/// and a tenth of the work makes it, since a dot of Unicode takes some ten states, and each repetition
/// takes them again.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    source: String,
    /// Whether `^` and `$` match at the line ends inside a text.
    multi_line: bool,
    /// For texts of ASCII; nothing if the source is malformed.
    ascii: OnceLock<Option<meta::Regex>>,
    /// For all others.
    unicode: OnceLock<Option<Regex>>,
    /// Bytes that a match begins with, by byte, where it can only begin with the text; nothing where it may
    /// begin elsewhere or with any byte.
    firsts: OnceLock<Option<Box<[bool; 256]>>>,
}

impl Pattern {
    pub fn new(source: &str, multi_line: bool) -> Self {
        let source = quick_boundaries(source).into_owned();
        let (ascii, unicode, firsts) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        Self { source, multi_line, ascii, unicode, firsts }
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

    fn compile_ascii(&self) -> Option<meta::Regex> {
        meta::Builder::new().build_from_hir(&as_ascii(&self.parse()?)).ok()
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

    /// Compiles the pattern now.
    ///
    /// # Errors
    ///
    /// If it is malformed or too large.
    pub fn check(&self) -> Result<(), Box<regex::Error>> {
        let regex = self.compile().map_err(Box::new)?;
        self.unicode.get_or_init(|| Some(regex));
        Ok(())
    }

    /// Whether the pattern matches in `text`; a malformed one does nowhere.
    pub fn is_match(&self, text: &str) -> bool {
        if text.is_ascii() {
            let compiled = self.ascii.get_or_init(|| self.compile_ascii());
            compiled.as_ref().is_some_and(|regex| regex.is_match(text))
        } else {
            let compiled = self.unicode.get_or_init(|| self.compile().ok());
            compiled.as_ref().is_some_and(|regex| regex.is_match(text))
        }
    }

    /// How often the pattern matches in `text`, counted to `most`; a malformed one does nowhere.
    pub fn count(&self, text: &str, most: usize) -> usize {
        if text.is_ascii() {
            let compiled = self.ascii.get_or_init(|| self.compile_ascii());
            compiled.as_ref().map_or(0, |regex| regex.find_iter(text).take(most).count())
        } else {
            let compiled = self.unicode.get_or_init(|| self.compile().ok());
            compiled.as_ref().map_or(0, |regex| regex.find_iter(text).take(most).count())
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

/// An expression that matches the same in texts of ASCII, and nothing else.
fn as_ascii(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) if literal.0.is_ascii() => Hir::literal(literal.0.clone()),
        HirKind::Literal(_) => Hir::fail(),
        HirKind::Class(Class::Unicode(class)) => {
            let mut class = class.clone();
            class.intersect(&ClassUnicode::new([ClassUnicodeRange::new('\0', '\x7f')]));
            Hir::class(Class::Bytes(class.to_byte_class().unwrap_or_else(ClassBytes::empty)))
        }
        HirKind::Class(class @ Class::Bytes(_)) => Hir::class(class.clone()),
        HirKind::Look(look) => Hir::look(match look {
            Look::WordUnicode => Look::WordAscii,
            Look::WordUnicodeNegate => Look::WordAsciiNegate,
            Look::WordStartUnicode => Look::WordStartAscii,
            Look::WordEndUnicode => Look::WordEndAscii,
            Look::WordStartHalfUnicode => Look::WordStartHalfAscii,
            Look::WordEndHalfUnicode => Look::WordEndHalfAscii,
            other => *other,
        }),
        // Groups need not be told apart to know whether there is a match.
        HirKind::Capture(capture) => as_ascii(&capture.sub),
        HirKind::Repetition(repetition) => {
            let mut repetition = repetition.clone();
            repetition.sub = Box::new(as_ascii(&repetition.sub));
            Hir::repetition(repetition)
        }
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(as_ascii).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(as_ascii).collect()),
    }
}

/// A pattern whose word boundaries go by ASCII letters if it has no others: the automata that are quick
/// cannot tell boundaries by Unicode's.
fn quick_boundaries(pattern: &str) -> Cow<'_, str> {
    let letters = pattern.chars().any(|c| !c.is_ascii() && c.is_alphanumeric());
    if !letters && pattern.contains(r"\b") && !pattern.contains(r"(?-u:\b)") {
        Cow::Owned(pattern.replace(r"\b", r"(?-u:\b)"))
    } else {
        Cow::Borrowed(pattern)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boundaries_go_by_ascii_where_the_pattern_does() {
        assert_eq!(quick_boundaries(r"^by\b.+’s"), r"^by(?-u:\b).+’s");
        assert_eq!(quick_boundaries(r"^opinión\b"), r"^opinión\b");
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

    #[test]
    fn both_automata_find_the_same_in_ascii() {
        let texts =
            ["", "a", "By Jane Roe", "x\nby JANE\n", "(Photo: Jane/AFP)", "foto 12.5", "_by_"];
        for source in [
            r"^by \p{Lu}.{2,80}$",
            r"(?-i)^by (?:\p{Lu}|фото|é)+",
            r"[–—-] |[^.]{3,5}$|\W{2}",
            r"\bby\b|фото",
            r"(?-u:\b)foto(?-u:\b)",
            r"[(\[](?:photo|картина)[^)\]]+[)\]]",
            r"[а-я]+",
            r"(a|é)*$",
        ] {
            for multi_line in [false, true] {
                let pattern = Pattern::new(source, multi_line);
                let unicode = pattern.compile().unwrap();
                for text in texts {
                    assert_eq!(pattern.is_match(text), unicode.is_match(text), "{source} {text:?}");
                    let all = unicode.find_iter(text).count();
                    assert_eq!(pattern.count(text, usize::MAX), all, "{source} {text:?}");
                }
            }
        }
    }
}
