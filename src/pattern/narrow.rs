//! An expression over characters as one over bytes.
//!
//! In: an expression of `regex_syntax`. Out: an automaton, and the text that it searches in place of a text: bytes
//! below 128 are ASCII, each other one stands for all characters that the expression does not tell apart. A class of
//! Unicode takes a state then where it takes hundreds in UTF-8, so that compiling costs a tenth. What is found is the
//! same: characters that pass the same classes lead to the same states (Hopcroft, Motwani and Ullman, *Introduction
//! to Automata Theory, Languages, and Computation*, on homomorphisms of alphabets).

use std::borrow::Cow;
use std::collections::BTreeSet;

use regex_automata::meta;
use regex_syntax::hir::{
    Class, ClassBytes, ClassBytesRange, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Look,
    Repetition,
};

use super::MOST_BYTES;

/// Sets of characters beyond ASCII, each with a byte.
#[derive(Clone, Debug, Default)]
struct Alphabet {
    /// First character of each stretch of characters that have one byte, in order, from U+0080; empty where there
    /// is nothing beyond ASCII.
    starts: Vec<u32>,
    /// The byte of each stretch.
    bytes: Vec<u8>,
    /// A character of each byte, from the lowest byte on.
    samples: Vec<u32>,
}

/// An automaton over bytes.
#[derive(Clone, Debug)]
pub(super) struct Narrow {
    alphabet: Alphabet,
    regex: meta::Regex,
}

impl Narrow {
    /// For texts of any characters; none where the expression tells more than 128 sets of characters apart or asks
    /// whether a character beyond ASCII belongs to a word, and where the automaton is too large.
    pub fn new(hir: &Hir) -> Option<Self> {
        let (mut sets, mut single) = (BTreeSet::new(), BTreeSet::new());
        collect(hir, &mut sets, &mut single)?;
        Self::with(Alphabet::telling_apart(&sets, &single)?, hir)
    }

    /// For texts of ASCII only.
    pub fn of_ascii(hir: &Hir) -> Option<Self> {
        Self::with(Alphabet::default(), hir)
    }

    fn with(alphabet: Alphabet, hir: &Hir) -> Option<Self> {
        let config = meta::Config::new().utf8_empty(false).nfa_size_limit(Some(MOST_BYTES));
        let narrow = alphabet.narrow(hir)?;
        let regex = meta::Builder::new().configure(config).build_from_hir(&narrow).ok()?;
        Some(Self { alphabet, regex })
    }

    /// Whether it searches texts that are not ASCII.
    pub fn is_wide(&self) -> bool {
        !self.alphabet.starts.is_empty()
    }

    /// Whether the expression matches in `text`, which is ASCII unless [`Narrow::is_wide`].
    pub fn is_match(&self, text: &str) -> bool {
        self.regex.is_match(&*self.alphabet.text(text))
    }

    /// How often the expression matches in `text`, counted to `most`.
    pub fn count(&self, text: &str, most: usize) -> usize {
        self.regex.find_iter(&*self.alphabet.text(text)).take(most).count()
    }
}

/// Adds the sets of characters, and the characters beyond ASCII, that an expression tells apart from others; none if
/// it looks at words of Unicode.
fn collect<'h>(
    hir: &'h Hir,
    sets: &mut BTreeSet<&'h [ClassUnicodeRange]>,
    single: &mut BTreeSet<u32>,
) -> Option<()> {
    match hir.kind() {
        HirKind::Empty | HirKind::Class(Class::Bytes(_)) => {}
        HirKind::Look(look) => match look {
            Look::WordUnicode
            | Look::WordUnicodeNegate
            | Look::WordStartUnicode
            | Look::WordEndUnicode
            | Look::WordStartHalfUnicode
            | Look::WordEndHalfUnicode => return None,
            _ => {}
        },
        HirKind::Literal(literal) => {
            let text = str::from_utf8(&literal.0).ok()?;
            single.extend(text.chars().filter(|c| !c.is_ascii()).map(u32::from));
        }
        HirKind::Class(Class::Unicode(set)) => {
            let beyond = || set.ranges().iter().filter(|range| !range.end().is_ascii());
            if beyond().all(|range| range.start() == range.end()) {
                single.extend(beyond().map(|range| range.start() as u32));
            } else {
                sets.insert(set.ranges());
            }
        }
        HirKind::Repetition(repetition) => collect(&repetition.sub, sets, single)?,
        HirKind::Capture(capture) => collect(&capture.sub, sets, single)?,
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().try_for_each(|part| collect(part, sets, single))?;
        }
    }
    Some(())
}

/// The first character beyond ASCII.
const BEYOND: u32 = 0x80;
/// As many sets of characters as there are bytes beyond ASCII.
const MOST_GROUPS: usize = 128;

impl Alphabet {
    /// Characters have one byte if they are in the same of these sets, those of `single` one each; none if there are
    /// more bytes than 128.
    fn telling_apart(
        sets: &BTreeSet<&[ClassUnicodeRange]>,
        single: &BTreeSet<u32>,
    ) -> Option<Self> {
        let ends = sets.iter().copied().flatten();
        let ends = ends.flat_map(|range| [range.start() as u32, range.end() as u32 + 1]);
        let singles = single.iter().flat_map(|&c| [c, c + 1]);
        let mut starts: Vec<u32> = ends.chain(singles).filter(|&c| c > BEYOND).collect();
        starts.push(BEYOND);
        starts.sort_unstable();
        starts.dedup();
        let (mut groups, mut count) = (vec![0_usize; starts.len()], 1);
        for set in sets {
            // Each group is split into those outside and inside the set.
            let mut split = vec![[None; 2]; count];
            count = 0;
            let mut ranges = set.iter().peekable();
            for (&start, group) in starts.iter().zip(&mut groups) {
                while ranges.next_if(|range| (range.end() as u32) < start).is_some() {}
                let is_in = ranges.peek().is_some_and(|range| range.start() as u32 <= start);
                *group = *split[*group][usize::from(is_in)].get_or_insert_with(|| {
                    count += 1;
                    count - 1
                });
            }
            // Some may have no character, so this is a little early.
            if count > MOST_GROUPS {
                return None;
            }
        }
        for c in single {
            groups[starts.binary_search(c).ok()?] = count;
            count += 1;
        }
        let byte = |group| u8::try_from(group + BEYOND as usize).ok();
        let bytes = groups.iter().map(|&group| byte(group)).collect::<Option<_>>()?;
        let mut samples = vec![BEYOND; count];
        for (&start, &group) in starts.iter().zip(&groups) {
            samples[group] = start;
        }
        Some(Self { starts, bytes, samples })
    }

    /// The byte of a character beyond ASCII.
    fn byte(&self, c: char) -> u8 {
        let at = self.starts.partition_point(|&start| start <= c as u32);
        self.bytes[at - 1]
    }

    /// What is searched in place of a text.
    fn text<'t>(&self, text: &'t str) -> Cow<'t, [u8]> {
        if text.is_ascii() {
            return Cow::Borrowed(text.as_bytes());
        }
        let byte =
            |c: char| u8::try_from(c).ok().filter(u8::is_ascii).unwrap_or_else(|| self.byte(c));
        Cow::Owned(text.chars().map(byte).collect())
    }

    /// The bytes of a set of characters.
    fn class(&self, set: &ClassUnicode) -> ClassBytes {
        let ranges = set.ranges();
        let ascii = ranges.iter().take_while(|range| range.start().is_ascii());
        let ascii = ascii.map(|range| (range.start() as u8, range.end().min('\x7f') as u8));
        let has = |c: u32| {
            let at = ranges.partition_point(|range| (range.end() as u32) < c);
            ranges.get(at).is_some_and(|range| range.start() as u32 <= c)
        };
        let beyond = (BEYOND..).zip(&self.samples).filter(|&(_, &c)| has(c));
        let all = ascii.chain(beyond.map(|(byte, _)| (byte as u8, byte as u8)));
        ClassBytes::new(all.map(|(start, end)| ClassBytesRange::new(start, end)))
    }

    /// The expression over bytes; none where it speaks of bytes beyond ASCII itself.
    fn narrow(&self, hir: &Hir) -> Option<Hir> {
        let all = |parts: &[Hir]| parts.iter().map(|part| self.narrow(part)).collect::<Option<_>>();
        Some(match hir.kind() {
            HirKind::Empty => Hir::empty(),
            HirKind::Literal(literal) => {
                let text = str::from_utf8(&literal.0).ok()?;
                if !text.is_ascii() && self.starts.is_empty() {
                    return Some(Hir::fail());
                }
                Hir::literal(self.text(text).into_owned())
            }
            HirKind::Class(Class::Unicode(class)) => Hir::class(Class::Bytes(self.class(class))),
            HirKind::Class(Class::Bytes(class)) => {
                class.is_ascii().then(|| Hir::class(Class::Bytes(class.clone())))?
            }
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
            HirKind::Capture(capture) => self.narrow(&capture.sub)?,
            HirKind::Repetition(Repetition { min, max, greedy, sub }) => {
                let sub = Box::new(self.narrow(sub)?);
                Hir::repetition(Repetition { min: *min, max: *max, greedy: *greedy, sub })
            }
            HirKind::Concat(parts) => Hir::concat(all(parts)?),
            HirKind::Alternation(parts) => Hir::alternation(all(parts)?),
        })
    }
}
