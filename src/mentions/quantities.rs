//! Quantities: how many of whom, and what happened to them.
//!
//! In: a document's text, its sentences, the spans that time expressions have taken. Out: numbers
//! with bounds, unit, the noun phrase counted, outcome and total, in order, not overlapping.
//! Assumes that a sentence stands on one line. Words are data (`src/data/quantities.toml`).
//!
//! A quantity's span is the number with its modifiers and, of measures, the unit (`more than 20`,
//! `$5 billion`, `83 percent`); the noun counted is a column of its own and may overlap names of
//! groups, so it stays outside. Only what is counted by coordination (`a father and his son`) or
//! by an article (`a woman`) is a span of nouns.
//!
//! Bounds: `at least`, `more than`, `over` leave the upper end open, `up to`, `at most`, `less than`
//! the lower one; `about`, `nearly`, `almost`, `some` estimate the number itself, so both ends are
//! it. Bare plurals are the least they can be: dozens 24, scores 40, hundreds 200.

use super::dates::{chunks, load_numbers};
pub use super::phrases::tokens::DataError;
use super::phrases::tokens::{
    CAPITAL, ClassList, GLUED, Kind, Lexicon, NumberWords, ORDINAL, PLURAL, TIGHT, Token, UPPER,
};
use super::phrases::triggers::{DIGIT, Triggers};
use crate::text::Span;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::Range;

/// What a number counts or measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Persons.
    People,
    /// Groups of persons, countries.
    Groups,
    /// Hundredths.
    Percent,
    /// Money, by ISO 4217 code.
    Currency(&'static str),
    /// Lengths, weights, areas: the usual short name.
    Measure(&'static str),
    /// Years of age.
    Age,
}

impl Unit {
    /// The unit as the contract's column writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Groups => "groups",
            Self::Percent => "percent",
            Self::Currency(code) => code,
            Self::Measure(name) => name,
            Self::Age => "years of age",
        }
    }
}

/// What happened to those who are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Outcome {
    Killed,
    Injured,
    Displaced,
    Detained,
    Missing,
    Kidnapped,
    Besieged,
    Evacuated,
    Attacked,
}

impl Outcome {
    /// The outcome as the contract's column writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Killed => "killed",
            Self::Injured => "injured",
            Self::Displaced => "displaced",
            Self::Detained => "detained",
            Self::Missing => "missing",
            Self::Kidnapped => "kidnapped",
            Self::Besieged => "besieged",
            Self::Evacuated => "evacuated",
            Self::Attacked => "attacked",
        }
    }

    /// The outcome that the data file numbers so.
    fn numbered(n: i32) -> Option<Self> {
        Some(match n {
            1 => Self::Killed,
            2 => Self::Injured,
            3 => Self::Displaced,
            4 => Self::Detained,
            5 => Self::Missing,
            6 => Self::Kidnapped,
            7 => Self::Besieged,
            8 => Self::Evacuated,
            9 => Self::Attacked,
            _ => return None,
        })
    }
}

/// A number with what it counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity<'d> {
    /// The number with its modifiers, and the unit of measures and money.
    pub span: Span,
    /// The number in digits; `20-30` for a range.
    pub value: String,
    /// The least that it says.
    pub low: Option<f64>,
    /// The most that it says.
    pub high: Option<f64>,
    /// What it counts or measures, where that is known.
    pub unit: Option<Unit>,
    /// The noun phrase counted, without the number.
    pub counted: Option<Span>,
    /// What the sentence says happened to them.
    pub outcome: Option<Outcome>,
    /// Index, in the result, of the total that this is a part of.
    pub part_of: Option<usize>,
    /// Id of the rule that decided it.
    pub rule: &'d str,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    id: String,
    #[allow(dead_code, reason = "for readers of the data file")]
    about: String,
    #[allow(dead_code, reason = "run by the test of rules")]
    hits: Vec<[String; 7]>,
    #[allow(dead_code, reason = "run by the test of rules")]
    misses: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    class: Vec<ClassList>,
    /// Words of numbers that are in no class of numbers.
    number_triggers: Vec<String>,
    /// Words of what happens to people that are in no such class.
    outcome_triggers: Vec<String>,
    /// Verbs and predicates of more than one word, with the number of their outcome.
    phrases: BTreeMap<String, i32>,
    /// Adverbs of more than one word between a verb and its object.
    asides: Vec<String>,
    rule: Vec<Rule>,
}

const CURRENCIES: [&str; 9] = ["USD", "EUR", "GBP", "JPY", "TRY", "RUB", "CNY", "SAR", "AED"];
const MEASURES: [&str; 18] = [
    "km", "mi", "ft", "m", "kg", "t", "lb", "yd", "mm", "ha", "cm", "g", "l", "MW", "acre", "bbl",
    "degree", "gal",
];

macro_rules! classes {
    ($($field:ident $name:literal),* $(,)?) => {
        #[derive(Clone, Copy, Debug)]
        struct Classes { $($field: u8),* }
        impl Classes {
            fn new(lexicon: &mut Lexicon) -> Result<Self, DataError> {
                Ok(Self { $($field: lexicon.class($name)?),* })
            }
        }
    };
}

classes! {
    people "PEOPLE", person "PERSON", group "GROUP", given "GIVEN", done "DONE", doing "DOING", did "DID", deed "DEED", state "STATE",
    aux "AUX", modal "MODAL", adverb "ADVERB", prep "PREP", verb "VERB", beforeq "BEFOREQ", pluralnum "PLURALNUM", someq "SOMEQ",
    extra "EXTRA", currency "CURRENCY", measure "MEASURE", numbered "NUMBERED", toll "TOLL", leave "LEAVE", living "LIVING",
    include "INCLUDE", scale "SCALE", opener "OPENER", cardinal "CARDINAL", thing "THING",
    change "CHANGE", exceed "EXCEED", bridge "BRIDGE", hurt "HURT", lose "LOSE", keep "KEEP", party "PARTY", first_word "FIRST_WORD",
    claim "CLAIM", force "FORCE", suffer "SUFFER", amount "AMOUNT", toll_of "TOLL_OF", telling "TELLING", found "FOUND",
    place "PLACE",
}

macro_rules! named_rules {
    ($($variant:ident $name:literal),* $(,)?) => {
        /// The rule that decided a quantity.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        enum By { $($variant),* }
        const BY: &[&str] = &[$($name),*];
    };
}

named_rules! {
    Passive "qty.passive", Active "qty.active", Nominal "qty.nominal", Toll "qty.toll", Left "qty.left", Head "qty.head", Part "qty.part",
    Count "qty.count", Percent "qty.percent", Money "qty.money", Measure "qty.measure", Age "qty.age",
}

/// Words and rules, parsed once.
#[derive(Clone, Debug)]
pub struct QuantityData {
    lexicon: Lexicon,
    numbers: NumberWords,
    triggers: Triggers,
    classes: Classes,
    rules: Vec<Rule>,
    /// `gunned down`, `taken into custody`: words and outcome, the longest phrase first.
    phrases: Vec<(Vec<String>, Outcome)>,
    /// `on the spot`: words.
    asides: Vec<Vec<String>>,
    /// Place of each [`By`] in the rules.
    by: Vec<usize>,
}

impl QuantityData {
    /// The data that the crate brings along.
    ///
    /// # Errors
    ///
    /// Where the embedded files are wrong, which a test excludes.
    pub fn embedded() -> Result<Self, DataError> {
        Self::parse(include_str!("../data/quantities.toml"))
    }

    /// Reads word lists and rules in the format of `src/data/quantities.toml`.
    ///
    /// # Errors
    ///
    /// Where `text` is no such file, or lacks a rule.
    pub fn parse(text: &str) -> Result<Self, DataError> {
        let mut lexicon = Lexicon::default();
        let numbers = load_numbers(&mut lexicon)?;
        let file: File = toml::from_str(text)?;
        for class in &file.class {
            class.load(&mut lexicon)?;
        }
        let by = BY
            .iter()
            .map(|name| {
                file.rule.iter().position(|r| r.id == *name).ok_or_else(|| DataError::Rule {
                    rule: (*name).to_owned(),
                    what: "is missing".to_owned(),
                })
            })
            .collect::<Result<_, _>>()?;
        let words = |phrase: &str| phrase.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let first_word = lexicon.class("FIRST_WORD")?;
        let mut phrases = Vec::new();
        for (phrase, number) in &file.phrases {
            let words = words(phrase);
            let Some(outcome) = Outcome::numbered(*number).filter(|_| words.len() > 1) else {
                let what = format!("{phrase} is not two words or more with an outcome");
                return Err(DataError::Rule { rule: "phrases".to_owned(), what });
            };
            lexicon.add(first_word, &words[0], 1, false)?;
            phrases.push((words, outcome));
        }
        phrases.sort_by_key(|(words, _)| usize::MAX - words.len());
        let asides = file.asides.iter().map(|aside| words(aside)).collect();
        let classes = Classes::new(&mut lexicon)?;
        let (mut number, mut told) = (Vec::new(), Vec::new());
        for word in &file.number_triggers {
            number.push(lexicon.intern(word)?);
        }
        for word in &file.outcome_triggers {
            told.push(lexicon.intern(word)?);
        }
        // Of a phrase the longest word, since the first may be as common as 'in'.
        for (words, _) in &phrases {
            if let Some(word) = words.iter().max_by_key(|w| w.len()) {
                told.push(lexicon.intern(word)?);
            }
        }
        let c = &classes;
        let counts = 1 << c.cardinal | 1 << c.scale | 1 << c.pluralnum;
        let tells =
            [c.given, c.done, c.doing, c.did, c.deed, c.state, c.hurt, c.lose, c.keep, c.include]
                .iter()
                .fold(0_u64, |bits, class| bits | 1 << class);
        let triggers = Triggers::new(&lexicon, |word| {
            let of = lexicon.classes_of(word).0;
            let counts = u8::from(of & counts != 0 || number.contains(&word));
            let tells = u8::from(of & tells != 0 || told.contains(&word));
            counts * DIGIT + tells * OUTCOME
        });
        Ok(Self { lexicon, numbers, triggers, classes, rules: file.rule, phrases, asides, by })
    }
}

/// A quantity by tokens of its sentence.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "independent findings")]
struct Found {
    /// First token, modifiers included, and one past the last.
    start: usize,
    end: usize,
    /// Tokens of the noun phrase.
    noun: (usize, usize),
    /// One past the whole phrase.
    stop: usize,
    value: f64,
    to: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    unit: Option<Unit>,
    outcome: Option<Outcome>,
    rule: By,
    /// `of them`, `of whom`.
    of_them: bool,
    /// `of the wounded`, `of the victims`: a part where a total stands before it.
    of_the: bool,
    /// A part of a total that stands before it.
    part: bool,
    /// A part of a number of things: it has no unit either.
    like_total: bool,
    /// Whether the outcome was said after it (of a subject).
    said_after: bool,
    /// An article or `one`: kept only where something happened.
    weak: bool,
    index: Option<usize>,
}

/// Finds the quantities of a document.
///
/// `text` is the whole document, `sentences` its sentences in order, `timexes` the spans of time
/// expressions, in order: nothing that touches one is a quantity. All are bytes of `text`. Linear in
/// the length of `text`.
///
/// ```
/// use rapporteur::mentions::quantities::{Outcome, QuantityData, find};
/// use rapporteur::sentences::split;
///
/// let data = QuantityData::embedded()?;
/// let text = "At least 19 civilians were killed in the raid, six of them children.";
/// let found = find(text, &split(text), &[], &data);
/// assert_eq!(found[0].span.of(text), "At least 19");
/// assert_eq!((found[0].low, found[0].high), (Some(19.0), None));
/// assert_eq!(found[0].counted.map(|c| c.of(text)), Some("civilians"));
/// assert_eq!(found[0].outcome, Some(Outcome::Killed));
/// assert_eq!(found[1].part_of, Some(0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn find<'d>(
    text: &str,
    sentences: &[Span],
    timexes: &[Span],
    data: &'d QuantityData,
) -> Vec<Quantity<'d>> {
    let mut out: Vec<Quantity<'d>> = Vec::new();
    let mut tokens: Vec<Token> = Vec::new();
    let mut taken: Vec<bool> = Vec::new();
    let mut next_timex = 0;
    // Quantities of the sentence before begin here in the result.
    let mut before = 0;
    for sentence in sentences {
        let first = out.len();
        chunks(text, *sentence, |start, end| {
            let seen = outside(text, start, end, &timexes[next_timex..], data);
            // Without a number it is a person to whom something happened.
            if seen == 0 {
                while timexes.get(next_timex).is_some_and(|t| t.end as usize <= end) {
                    next_timex += 1;
                }
                return;
            }
            data.lexicon.tokenize(text, start, end, &mut tokens);
            acronyms(text, &mut tokens);
            taken.clear();
            for token in &tokens {
                while timexes.get(next_timex).is_some_and(|t| t.end <= token.start) {
                    next_timex += 1;
                }
                taken.push(timexes.get(next_timex).is_some_and(|t| t.start < token.end));
            }
            let told = seen & OUTCOME != 0;
            let reader =
                Reader { text, tokens: &tokens, taken: &taken, told, data, c: data.classes };
            let mut found = reader.scan();
            if !found.is_empty() {
                reader.outcomes(&mut found);
                reader.emit(&mut found, before..first, &mut out);
            }
        });
        before = first;
    }
    out
}

/// The flags of what stands in `text[start..end]` outside time expressions, of which those up to
/// `start` are passed by.
fn outside(text: &str, start: usize, end: usize, timexes: &[Span], data: &QuantityData) -> u8 {
    let mut seen = 0;
    let mut at = start;
    let inside = timexes.iter().take_while(|t| (t.start as usize) < end);
    for timex in inside.filter(|t| t.end as usize > start) {
        if let Some(piece) = text.get(at..(timex.start as usize).max(at)) {
            seen |= data.triggers.find(piece, &data.lexicon, DIGIT | OUTCOME);
        }
        at = at.max(timex.end as usize);
    }
    let piece = text.get(at.min(end)..end).unwrap_or("");
    seen | data.triggers.find(piece, &data.lexicon, DIGIT | OUTCOME)
}

/// IS is a verb only where everything is in capitals.
fn acronyms(text: &str, tokens: &mut [Token]) {
    let upper = |t: Option<&Token>| t.is_some_and(|t| t.has(UPPER));
    for at in 0..tokens.len() {
        let token = &tokens[at];
        if token.has(UPPER)
            && token.word_text(text) == "IS"
            && !upper(tokens.get(at + 1))
            && !upper(at.checked_sub(1).and_then(|b| tokens.get(b)))
        {
            (tokens[at].word, tokens[at].classes) = (0, 0);
        }
    }
}

struct Reader<'r, 'd> {
    text: &'r str,
    tokens: &'r [Token],
    taken: &'r [bool],
    /// Whether the sentence holds a word of something that happens to people.
    told: bool,
    data: &'d QuantityData,
    c: Classes,
}

/// Modifiers of more than one word.
const PHRASES: &[(&[&str], Bound)] = &[
    (&["at", "least"], Bound::Least),
    (&["at", "most"], Bound::Most),
    (&["more", "than"], Bound::Least),
    (&["well", "over"], Bound::Least),
    (&["just", "over"], Bound::Least),
    (&["just", "under"], Bound::Most),
    (&["fewer", "than"], Bound::Most),
    (&["less", "than"], Bound::Most),
    (&["up", "to"], Bound::Most),
    (&["as", "many", "as"], Bound::Most),
    (&["no", "fewer", "than"], Bound::Least),
    (&["no", "less", "than"], Bound::Least),
    (&["not", "less", "than"], Bound::Least),
    (&["no", "more", "than"], Bound::Most),
    (&["a", "minimum", "of"], Bound::Least),
    (&["a", "maximum", "of"], Bound::Most),
    (&["in", "excess", "of"], Bound::Least),
    (&["upwards", "of"], Bound::Least),
    (&["close", "to"], Bound::Itself),
    (&["an", "estimated"], Bound::Itself),
];

/// Flag of words of what happens to people.
const OUTCOME: u8 = 2;

/// How far to look for the verb of a subject, in tokens.
const REACH: usize = 24;

impl<'d> Reader<'_, 'd> {
    fn is(&self, at: usize, class: u8) -> bool {
        self.tokens.get(at).is_some_and(|t| t.classes & (1 << class) != 0)
    }

    fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |t| t.word_text(self.text))
    }

    fn eq(&self, at: usize, word: &str) -> bool {
        self.word(at).eq_ignore_ascii_case(word)
    }

    fn one_of(&self, at: usize, words: &[&str]) -> bool {
        let word = self.word(at);
        words.iter().any(|w| word.eq_ignore_ascii_case(w))
    }

    fn mark(&self, at: usize, mark: u8) -> bool {
        self.tokens.get(at).is_some_and(|t| t.is_mark(mark))
    }

    fn kind(&self, at: usize) -> Option<Kind> {
        self.tokens.get(at).map(|t| t.kind)
    }

    fn tight(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|t| t.has(TIGHT))
    }

    fn value(&self, at: usize, class: u8) -> i32 {
        self.tokens.get(at).map_or(0, |t| self.data.lexicon.value(t.word, class))
    }

    fn outcome(&self, at: usize, class: u8) -> Option<Outcome> {
        if self.is(at, class) { Outcome::numbered(self.value(at, class)) } else { None }
    }

    /// What a phrase that begins at `at` says, and one past it: gunned down, taken into custody.
    fn phrase_from(&self, at: usize) -> Option<(Outcome, usize)> {
        if !self.is(at, self.c.first_word) {
            return None;
        }
        let mut phrases = self.data.phrases.iter();
        let fits = |words: &[String]| words.iter().enumerate().all(|(i, w)| self.eq(at + i, w));
        phrases.find(|p| fits(&p.0)).map(|p| (p.1, at + p.0.len()))
    }

    /// What a phrase whose last word is at `at` says, and where it begins.
    fn phrase_to(&self, at: usize) -> Option<(Outcome, usize)> {
        (2..=4).filter_map(|n| (at + 1).checked_sub(n)).find_map(|first| {
            let (outcome, end) = self.phrase_from(first)?;
            (end == at + 1).then_some((outcome, first))
        })
    }

    /// Where an aside begins whose last word is at `at`: on the spot.
    fn aside_to(&self, at: usize) -> Option<usize> {
        self.data.asides.iter().find_map(|words| {
            let first = (at + 1).checked_sub(words.len())?;
            words.iter().enumerate().all(|(i, w)| self.eq(first + i, w)).then_some(first)
        })
    }

    /// Whether wounds, injuries or burns follow `at` within a few words.
    fn hurts(&self, at: usize) -> bool {
        (at + 1..at + 5)
            .take_while(|i| self.kind(*i) == Some(Kind::Word) || self.mark(*i, b'-'))
            .any(|i| self.is(i, self.c.hurt))
    }

    /// How those are held that `at` stands behind: hostage, captive, prisoner.
    fn held_as(&self, at: usize) -> Option<Outcome> {
        if self.one_of(at, &["hostage", "hostages"]) {
            Some(Outcome::Kidnapped)
        } else {
            self.one_of(at, &["captive", "prisoner"]).then_some(Outcome::Detained)
        }
    }

    /// Whether the participle or verb at `at` goes on with 'to death'.
    fn to_death(&self, at: usize) -> bool {
        self.eq(at + 1, "to")
            && self.eq(at + 2, "death")
            && (self.verb_like(at)
                || self.is(at, self.c.done)
                || self.one_of(at, &["froze", "frozen", "bled", "put"]))
            && !self.one_of(at, &["sentenced", "condemned"])
    }

    // ---- numbers

    fn scan(&self) -> Vec<Found> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            let next = if self.taken[at] { None } else { self.quantity(at) };
            match next {
                Some(q) => {
                    at = q.end.max(q.start + 1).max(at + 1);
                    found.push(q);
                }
                None => at += 1,
            }
        }
        found
    }

    /// Modifiers before a number: (first token after them, low open, high open).
    fn modifiers(&self, at: usize) -> Option<(usize, Bound)> {
        let word = self.tokens.get(at).filter(|t| t.kind == Kind::Word && t.word != 0)?;
        if word.classes & (1 << self.c.beforeq) != 0 {
            let bound = match self.value(at, self.c.beforeq) {
                1 => Bound::Least,
                2 => Bound::Most,
                _ => Bound::Itself,
            };
            return Some((at + 1, bound));
        }
        if word.classes & (1 << self.c.opener) == 0 {
            return None;
        }
        PHRASES.iter().find_map(|(words, bound)| {
            (self.one_of(at, &words[..1])
                && words.iter().enumerate().all(|(i, w)| self.eq(at + i, w)))
            .then(|| (at + words.len(), *bound))
        })
    }

    /// A woman; a father and his son: kept only where something happened to them.
    fn singular(&self, at: usize) -> Option<Found> {
        let another = self.eq(at, "another");
        if !another && !self.one_of(at, &["a", "an"]) {
            return None;
        }
        // One was killed and another wounded.
        if another && (self.is_given(at + 1) || self.is(at + 1, self.c.aux)) {
            return Some(Self::one(at, at + 1, (at + 1, at + 1), 1.0));
        }
        let mut head = None;
        let mut to = at + 1;
        // A 12-year-old boy.
        if self.kind(to) == Some(Kind::Number) && self.eq(to + 2, "year") && self.eq(to + 4, "old")
        {
            to += 5;
        }
        let limit = to + 6;
        while to < limit
            && self.kind(to) == Some(Kind::Word)
            && !self.ends(to)
            && !self.is(to, self.c.done)
        {
            if self.is_person(to) {
                head = Some(to);
                // Passer-by.
                if self.mark(to + 1, b'-')
                    && self.tight(to + 1)
                    && self.kind(to + 2) == Some(Kind::Word)
                {
                    head = Some(to + 2);
                    to += 2;
                }
            } else if head.is_some() {
                break;
            }
            to += 1;
            if self.mark(to, b'-') && self.tight(to) && self.tight(to + 1) {
                to += 1;
            }
        }
        let mut last = head?;
        // A terrorist group is no terrorist.
        if self.taken[last] || self.is(last + 1, self.c.place) {
            return None;
        }
        let mut count = 1.0;
        if self.eq(last + 1, "and")
            && self.one_of(last + 2, &["his", "her", "their"])
            && self.is(last + 3, self.c.person)
        {
            last += 3;
            count = 2.0;
            // Her baby brother.
            if self.is(last + 1, self.c.person) {
                last += 1;
            }
        }
        Some(Self::one(at, last + 1, (at + 1, last + 1), count))
    }

    /// Persons who are counted without a number.
    fn one(start: usize, end: usize, noun: (usize, usize), count: f64) -> Found {
        Found {
            start,
            end,
            noun,
            stop: end,
            value: count,
            to: None,
            low: Some(count),
            high: Some(count),
            unit: Some(Unit::People),
            outcome: None,
            rule: By::Count,
            of_them: false,
            of_the: false,
            part: false,
            like_total: false,
            said_after: false,
            weak: true,
            index: None,
        }
    }

    /// Whether the dead are counted.
    fn are_bodies(&self, q: &Found) -> bool {
        q.noun.1 > q.noun.0 && self.one_of(q.noun.1 - 1, &["bodies", "corpses"])
    }

    /// Whether a person's noun stands at `at`, by the list or by its ending.
    fn is_person(&self, at: usize) -> bool {
        self.is(at, self.c.person)
            || self.tokens.get(at).is_some_and(|t| t.word == 0)
                && ["ist", "ician", "woman"].iter().any(|e| self.word(at).ends_with(e))
    }

    fn quantity(&self, at: usize) -> Option<Found> {
        let token = &self.tokens[at];
        let c = &self.c;
        let opens = 1 << c.opener
            | 1 << c.beforeq
            | 1 << c.pluralnum
            | 1 << c.someq
            | 1 << c.cardinal
            | 1 << c.scale;
        let may = match token.kind {
            Kind::Word => token.classes & opens != 0,
            Kind::Number => true,
            Kind::Mark => matches!(token.mark, b'$' | b'E' | b'L' | b'Y'),
        };
        if !may {
            return None;
        }
        self.counted(at).or_else(|| if self.told { self.singular(at) } else { None })
    }

    fn counted(&self, at: usize) -> Option<Found> {
        let mut bound = Bound::Itself;
        let mut core = at;
        // 'Toll in Homs blast up to 11' has risen.
        if self.eq(at, "up") && (at.saturating_sub(8)..at).any(|i| self.is(i, self.c.toll)) {
            return None;
        }
        if at.checked_sub(1).is_some_and(|b| self.is(b, self.c.exceed)) {
            bound = Bound::Least;
        }
        for _ in 0..3 {
            let Some((next, b)) = self.modifiers(core) else { break };
            core = next;
            if b != Bound::Itself {
                bound = b;
            }
        }
        let between = core == at && self.one_of(at, &["between"]);
        if between {
            core += 1;
        }
        if core > at && self.taken.get(core) == Some(&true) {
            return None;
        }
        // $5 billion
        let mut money = None;
        let us = self.one_of(core, &["us"]) && self.mark(core + 1, b'$');
        if us {
            core += 1;
        }
        if let Some(t) = self.tokens.get(core).filter(|t| t.kind == Kind::Mark) {
            money = match t.mark {
                b'$' => Some("USD"),
                b'E' if t.end - t.start == 3 => Some("EUR"),
                b'L' if t.end - t.start == 2 => Some("GBP"),
                b'Y' if t.end - t.start == 2 => Some("JPY"),
                _ => None,
            };
            money?;
            core += 1;
        }
        let core = self.core(core, between, bound)?;
        self.noun(at, core, money)
    }

    /// The number itself.
    fn core(&self, at: usize, between: bool, bound: Bound) -> Option<Core> {
        let token = self.tokens.get(at)?;
        let mut weak = false;
        let (value, mut end, mut low_only) = if token.classes & (1 << self.c.pluralnum) != 0 {
            let mut value = f64::from(self.value(at, self.c.pluralnum));
            let mut end = at + 1;
            // Tens of thousands, hundreds of thousands.
            if self.eq(at + 1, "of") && self.is(at + 2, self.c.pluralnum) {
                let lower = value;
                value = lower * f64::from(self.value(at + 2, self.c.pluralnum)) / 2.0;
                end = at + 3;
            }
            (value, end, true)
        } else if let Some((value, end)) = self.some_scale(at) {
            (value, end, true)
        } else if let Some(quarter) = self.quarter(at) {
            (quarter, at + 5, false)
        } else if self.eq(at, "a") && self.eq(at + 1, "couple") {
            (2.0, at + 2, false)
        } else {
            let number = self.data.numbers.parse(&self.data.lexicon, self.tokens, at)?;
            weak = self.eq(at, "one") && number.next == at + 1;
            if weak
                && at > 0
                && self.one_of(at - 1, &["no", "any", "every", "this", "that", "each", "the"])
            {
                return None;
            }
            (number.value, number.next, false)
        };
        if token.kind == Kind::Number && !self.counts(at, end) {
            return None;
        }
        let mut value = value;
        // 5m, 10k
        if token.kind == Kind::Number && token.has(GLUED) && end == at + 1 && self.tight(end) {
            let factor = match self.word(end) {
                "m" | "M" => Some(1e6),
                "bn" | "b" => Some(1e9),
                "k" | "K" => Some(1e3),
                _ => None,
            };
            if let Some(factor) = factor {
                value *= factor;
                end += 1;
            }
        }
        let mut to = None;
        let joined = self.mark(end, b'-') && (self.tight(end) || !self.tight(end + 1))
            || self.eq(end, "to") && !self.changes(at)
            || self.eq(end, "or")
            || between && self.eq(end, "and");
        if joined {
            let second = self
                .data
                .numbers
                .parse(&self.data.lexicon, self.tokens, end + 1)
                .filter(|_| !self.taken.get(end + 1).copied().unwrap_or(true));
            if let Some(n) = second {
                // 1 to 2 million
                let scaled = if n.value >= 1000.0 * value && value < 1000.0 && value > 0.0 {
                    let last = n.next - 1;
                    if self.is(last, self.c.scale) {
                        10_f64.powi(self.value(last, self.c.scale))
                    } else {
                        1.0
                    }
                } else {
                    1.0
                };
                if n.value > value * scaled || self.eq(end, "or") && n.value > value {
                    value *= scaled;
                    to = Some(n.value);
                    end = n.next;
                }
            }
        }
        if between && to.is_none() || self.share(at, end) {
            return None;
        }
        if self.eq(end, "or") && self.eq(end + 1, "more") {
            low_only = true;
            end += 2;
        } else if self.mark(end, b'+') && self.tight(end) {
            low_only = true;
            end += 1;
        }
        let (low, high) = match (bound, to) {
            (_, Some(to)) => (Some(value), Some(to)),
            (Bound::Most, None) => (None, Some(value)),
            (Bound::Least, None) => (Some(value), None),
            (Bound::Itself, None) if low_only => (Some(value), None),
            (Bound::Itself, None) => (Some(value), Some(value)),
        };
        Some(Core { value, to, end, low, high, weak })
    }

    /// Whether the number is one side of a share: one in five, 9 out of every 10.
    fn share(&self, at: usize, end: usize) -> bool {
        let number = |i: usize| {
            self.tokens.get(i).is_some_and(|t| {
                !self.taken[i]
                    && (t.kind == Kind::Number || t.classes & (1 << self.c.cardinal) != 0)
            })
        };
        let in_every = |i: usize| {
            let every = usize::from(self.one_of(i + 1, &["every", "each"]));
            (self.eq(i, "in") || every == 1 && self.eq(i, "of")).then_some(i + 1 + every)
        };
        if in_every(end).is_some_and(number)
            || self.eq(end, "out") && in_every(end + 1).is_some_and(number)
        {
            return true;
        }
        let every = usize::from(at > 0 && self.one_of(at - 1, &["every", "each"]));
        let Some(link) = at.checked_sub(1 + every) else { return false };
        let Some(first) = link.checked_sub(1) else { return false };
        self.eq(link, "in") && number(first)
            || every == 1
                && self.eq(link, "of")
                && (number(first) || self.eq(first, "out") && link > 1 && number(link - 2))
    }

    /// Whether the number at `at` is where a change began: 'rose from 36 to 42' is no range.
    fn changes(&self, at: usize) -> bool {
        at > 0
            && self.eq(at - 1, "from")
            && (at.saturating_sub(6)..at - 1)
                .any(|i| self.is(i, self.c.change) || self.is(i, self.c.toll))
    }

    /// A quarter of a million.
    fn quarter(&self, at: usize) -> Option<f64> {
        let words = ["a", "quarter", "of", "a"];
        let fits = words.iter().enumerate().all(|(i, w)| self.eq(at + i, w));
        (fits && self.is(at + 4, self.c.scale))
            .then(|| 10_f64.powi(self.value(at + 4, self.c.scale)) / 4.0)
    }

    /// Several hundred, a few dozen.
    fn some_scale(&self, at: usize) -> Option<(f64, usize)> {
        let some = if self.eq(at, "a") { at + 1 } else { at };
        if !self.is(some, self.c.someq) {
            return None;
        }
        let scale = some + 1;
        if !self.is(scale, self.c.scale) {
            return None;
        }
        let value = if self.eq(scale, "dozen") {
            12.0
        } else {
            10_f64.powi(self.value(scale, self.c.scale))
        };
        Some((2.0 * value, scale + 1))
    }

    /// Whether the digits at `at` count something: no ordinals, model names, scores or references.
    fn counts(&self, at: usize, end: usize) -> bool {
        let token = &self.tokens[at];
        if token.flags & (ORDINAL | PLURAL) != 0 {
            return false;
        }
        if token.has(GLUED)
            && !(self.tight(at + 1)
                && (self.is(at + 1, self.c.measure)
                    || matches!(self.word(at + 1), "m" | "M" | "bn" | "b" | "k" | "K")))
        {
            return false;
        }
        if let Some(before) = at.checked_sub(1) {
            let t = &self.tokens[before];
            if token.has(TIGHT) {
                match t.kind {
                    Kind::Word | Kind::Number => return false,
                    Kind::Mark => {
                        if matches!(t.mark, b'#' | b'/' | b':' | b'.' | b'@' | b'_' | b'+')
                            || t.mark == b'-' && t.has(TIGHT)
                        {
                            return false;
                        }
                    }
                }
            }
            let name = if self.mark(before, b'.') { before.checked_sub(1) } else { Some(before) };
            if name.is_some_and(|n| self.is(n, self.c.numbered)) {
                return false;
            }
        }
        // 3:2, 1/2, 4.5.6
        if let Some(t) = self.tokens.get(end)
            && t.has(TIGHT)
            && t.kind == Kind::Mark
            && (matches!(t.mark, b':' | b'/' | b'.')
                && self.tight(end + 1)
                && self.kind(end + 1) == Some(Kind::Number))
        {
            return false;
        }
        true
    }

    /// The unit or noun phrase after a number.
    fn noun(&self, start: usize, core: Core, money: Option<&'static str>) -> Option<Found> {
        let mut found = Found {
            start,
            end: core.end,
            noun: (core.end, core.end),
            stop: core.end,
            value: core.value,
            to: core.to,
            low: core.low,
            high: core.high,
            unit: None,
            outcome: None,
            rule: By::Count,
            of_them: false,
            of_the: false,
            part: false,
            like_total: false,
            said_after: false,
            weak: core.weak,
            index: None,
        };
        let at = core.end;
        if let Some(code) = money {
            found.unit = Some(Unit::Currency(code));
            found.rule = By::Money;
            return Some(found);
        }
        let per_cent = self.eq(at, "per") && self.eq(at + 1, "cent");
        if self.mark(at, b'%') || self.one_of(at, &["percent", "pct"]) || per_cent {
            found.end = at + 1 + usize::from(per_cent);
            found.stop = found.end;
            found.noun = (found.end, found.end);
            found.unit = Some(Unit::Percent);
            found.rule = By::Percent;
            return Some(found);
        }
        let aged = start.checked_sub(1).is_some_and(|b| {
            self.one_of(b, &["aged", "age", "ages"])
                || self.eq(b, "of") && b > 0 && self.eq(b - 1, "age")
                || self.eq(b, "as") && b > 0 && self.one_of(b - 1, &["young", "old"])
        });
        if aged {
            found.unit = Some(Unit::Age);
            found.rule = By::Age;
            return Some(found);
        }
        // 12-year-old, 55 years old, 55 years of age.
        let hyphen = usize::from(self.mark(at, b'-'));
        let year = at + hyphen;
        if self.one_of(year, &["year", "years"]) {
            let old = year + 1 + usize::from(self.mark(year + 1, b'-'));
            let last = if self.eq(old, "old") {
                Some(old)
            } else {
                (self.eq(old, "of") && self.eq(old + 1, "age")).then_some(old + 1)
            };
            if let Some(last) = last {
                found.end = last + 1;
                found.stop = found.end;
                found.noun = (found.end, found.end);
                found.unit = Some(Unit::Age);
                found.rule = By::Age;
                return Some(found);
            }
        }
        // A hyphen makes it an adjective: four-star, 19-member.
        if self.mark(at, b'-') && self.tight(at) && self.tight(at + 1) {
            return None;
        }
        if let Some(unit) = self.measure(at, &mut found.end) {
            if start > 0 && self.eq(start - 1, "minus") {
                found.start = start - 1;
                found.value = -found.value;
                (found.low, found.high) = (found.high.map(|n| -n), found.low.map(|n| -n));
            }
            found.stop = found.end;
            found.noun = (found.end, found.end);
            found.unit = Some(unit);
            found.rule = if matches!(unit, Unit::Currency(_)) { By::Money } else { By::Measure };
            return Some(found);
        }
        self.phrase(&mut found);
        Some(found)
    }

    fn measure(&self, at: usize, end: &mut usize) -> Option<Unit> {
        let square = self.one_of(at, &["square", "sq", "cubic"]);
        let noun = at + usize::from(square);
        // Barrel bombs and foot soldiers are no measures.
        let adjective = !self.word(noun).ends_with('s')
            && self.word(noun).len() > 2
            && self.kind(noun + 1) == Some(Kind::Word)
            && !self.ends(noun + 1)
            && self.is_plural(noun + 1);
        if self.is(noun, self.c.measure) && !adjective {
            let number = usize::try_from(self.value(noun, self.c.measure)).ok()?;
            *end = noun + 1;
            let name = MEASURES.get(number).copied()?;
            if name == "degree" && self.one_of(noun + 1, &["Celsius", "centigrade", "C"]) {
                *end = noun + 2;
                return Some(Unit::Measure("°C"));
            }
            if name == "degree" && self.one_of(noun + 1, &["Fahrenheit", "F"]) {
                *end = noun + 2;
                return Some(Unit::Measure("°F"));
            }
            let name = match (square, name) {
                (true, "km") => "km2",
                (true, "m") if self.eq(at, "cubic") => "m3",
                (true, "m") => "m2",
                (true, "mi") => "mi2",
                (true, "ft") => "ft2",
                (_, name) => name,
            };
            return Some(Unit::Measure(name));
        }
        // 5 billion US dollars, 300 Syrian pounds
        let adjective =
            self.tokens.get(at).is_some_and(|t| t.has(CAPITAL)) && self.is(at + 1, self.c.currency);
        let noun = at + usize::from(adjective);
        if self.is(noun, self.c.currency) {
            *end = noun + 1;
            let number = usize::try_from(self.value(noun, self.c.currency)).ok()?;
            let code =
                match (self.word(at), self.word(noun).to_ascii_lowercase().trim_end_matches('s')) {
                    ("Syrian", "pound" | "lira") => "SYP",
                    ("Lebanese", "pound" | "lira") => "LBP",
                    ("Egyptian", "pound") => "EGP",
                    ("Canadian", "dollar") => "CAD",
                    ("Australian", "dollar") => "AUD",
                    _ => CURRENCIES.get(number).copied()?,
                };
            return Some(Unit::Currency(code));
        }
        None
    }

    fn is_plural(&self, at: usize) -> bool {
        if self.is(at, self.c.people) || self.is(at, self.c.group) {
            return true;
        }
        let word = self.word(at);
        word.len() > 4 && word.ends_with("men")
            || word.len() > 3
                && word.ends_with('s')
                && !word.ends_with("ss")
                && !word.ends_with("us")
                && !word.ends_with("is")
            || matches!(word, "aircraft" | "Houthis" | "Yazidis" | "media" | "bacteria")
            || word.len() > 4 && word.ends_with("is") && self.tokens[at].has(CAPITAL)
    }

    /// Ends a noun phrase whatever came before.
    fn ends(&self, at: usize) -> bool {
        let stop = 1 << self.c.prep
            | 1 << self.c.aux
            | 1 << self.c.modal
            | 1 << self.c.verb
            | 1 << self.c.did
            | 1 << self.c.adverb
            | 1 << self.c.include
            | 1 << self.c.leave
            | 1 << self.c.living;
        self.tokens.get(at).is_none_or(|t| t.classes & stop != 0) || self.taken[at]
    }

    #[allow(clippy::too_many_lines, reason = "one walk over the phrase")]
    fn phrase(&self, found: &mut Found) {
        let mut at = found.end;
        while self.is(at, self.c.extra) && !self.is(at, self.c.people) {
            at += 1;
        }
        // Internally displaced people.
        if self.is(at, self.c.adverb)
            && self.given(at + 1).is_some()
            && self.kind(at + 2) == Some(Kind::Word)
            && self.is_plural(at + 2)
        {
            at += 1;
        }
        // Took seven prisoner.
        if self.held_as(at).is_some() && !self.is_plural(at) {
            return;
        }
        // Three quarters of the victims are no three.
        if self.one_of(at, &["quarters", "thirds", "fifths", "tenths"]) {
            found.weak = true;
        }
        if self.eq(at, "of") {
            at += 1;
            if self.one_of(at, &["them", "whom", "these", "those", "which"]) {
                found.of_them = true;
                at += 1;
                if self.eq(at, "fatal") || self.eq(at, "fatally") {
                    found.outcome = Some(Outcome::Killed);
                    found.rule = By::Head;
                    found.noun = (at, at);
                    found.stop = at;
                    return;
                }
                if self.mark(at, b',') || self.one_of(at, &["were", "are", "was"]) {
                    found.noun = (at, at);
                    found.stop = at;
                    // 'of them were children'
                    if self.is(at, self.c.aux) && self.is(at + 1, self.c.people) {
                        found.noun = (at + 1, at + 2);
                        found.stop = at + 2;
                        found.unit = Some(Unit::People);
                    }
                    return;
                }
            }
            while self.one_of(at, &["the", "his", "her", "their", "its", "our", "other"]) {
                at += 1;
            }
            // Four of the injured.
            if (self.is_given(at) && self.given(at).is_some()
                || self.one_of(at, &["victims", "casualties"]))
                && (self.kind(at + 1) != Some(Kind::Word) || self.ends(at + 1))
            {
                found.of_the = true;
                found.noun = (at, at + 1);
                found.stop = at + 1;
                found.unit = Some(Unit::People);
                return;
            }
        }
        // 'Dozens' killed.
        let quoted = |i: usize| self.mark(i, b'\'') || self.mark(i, b'"');
        if quoted(at) && found.start > 0 && quoted(found.start - 1) {
            at += 1;
        }
        let first = at;
        let mut head = None;
        let mut last = at;
        let mut words = 0;
        while at < self.tokens.len() && words < 9 {
            let token = &self.tokens[at];
            match token.kind {
                Kind::Number => break,
                Kind::Mark => {
                    if (token.is_mark(b'-') || token.is_mark(b'/'))
                        && token.has(TIGHT)
                        && self.tight(at + 1)
                        && self.kind(at + 1) == Some(Kind::Word)
                    {
                        at += 1;
                        head = None;
                        continue;
                    }
                    // Shi'a, al-Qa'ida.
                    if token.is_mark(b'\'')
                        && token.has(TIGHT)
                        && self.tight(at + 1)
                        && self.kind(at + 1) == Some(Kind::Word)
                        && !self.eq(at + 1, "s")
                    {
                        at += 2;
                        last = at;
                        continue;
                    }
                    // An apostrophe: the regime's soldiers.
                    if token.is_mark(b'\'') && token.has(TIGHT) && self.eq(at + 1, "s") {
                        at += 2;
                        head = None;
                        continue;
                    }
                    break;
                }
                Kind::Word => {}
            }
            if head.is_some() {
                // Rebels groups; after the head anything else ends it.
                if !(self.is(at, self.c.people) || self.is(at, self.c.group)) || self.ends(at) {
                    break;
                }
            } else if self.one_of(at, &["and", "or"]) {
                if at == first
                    || self.ends(at + 1)
                    || self.kind(at + 1) != Some(Kind::Word)
                    || self.verb_like(at + 1)
                    || words > 4
                    || self.is_given(at - 1)
                {
                    break;
                }
                at += 1;
                continue;
            } else if self.ends(at) || self.is(at, self.c.cardinal) || self.is(at, self.c.pluralnum)
            {
                break;
            } else if self.is(at, self.c.done) || self.is_given(at) || self.is(at, self.c.doing) {
                // Wounded soldiers; otherwise it is the verb or the head.
                let noun = at == first || !self.ends(at - 1);
                let next = self.kind(at + 1) == Some(Kind::Word)
                    && !self.ends(at + 1)
                    && !self.is(at + 1, self.c.done)
                    && !self.is_given(at + 1);
                let plural_soon = next
                    && (self.is_plural(at + 1)
                        || self.is_plural(at + 2)
                            && self.kind(at + 2) == Some(Kind::Word)
                            && !self.ends(at + 2));
                if noun && plural_soon && !self.is_determiner(at + 1) && words < 2 {
                    if let Some(o) = self.given(at) {
                        found.outcome = Some(o);
                        found.rule = By::Head;
                    }
                } else {
                    if self.is_given(at) && self.is(at, self.c.people) {
                        head = Some(at);
                        last = at + 1;
                    }
                    break;
                }
            } else if words == 0
                && self.verb_like(at)
                && self.one_of(at + 1, &["by", "in", "at", "with", "on", "to", "from", "after"])
            {
                // Two backed by the army.
                break;
            } else if words > 0 && self.verb_like(at) && !self.is_plural(at) {
                // Civilians protested: no noun follows a finite verb at once.
                if !self.noun_follows(at + 1) {
                    break;
                }
            }
            last = at + 1;
            words += 1;
            if self.is_plural(at) && !(self.tight(at + 1) && self.mark(at + 1, b'-')) {
                head = Some(at);
            }
            at += 1;
        }
        if last == first {
            found.stop = first.max(found.end);
            found.noun = (found.stop, found.stop);
            return;
        }
        if head.is_none() && last - first > 3 {
            // No head: one word at most is believed.
            last = first + 1;
        }
        let head_at = head.unwrap_or(last - 1);
        // Ten times the number, three times as many.
        if self.eq(head_at, "times")
            && self.one_of(last, &["the", "as", "more", "its", "that", "what", "higher", "larger"])
        {
            found.weak = true;
        }
        let last = if head.is_some() { head_at + 1 } else { last };
        found.noun = (first, last);
        found.unit = self.unit_of(head_at);
        found.stop = last;
        // People living in besieged areas.
        if found.unit == Some(Unit::People)
            && self.is(last, self.c.living)
            && self.one_of(last + 1, &["in", "under", "at", "near", "inside", "around", "along"])
        {
            let mut to = last + 2;
            while to < self.tokens.len()
                && to < last + 8
                && self.kind(to) == Some(Kind::Word)
                && (!self.ends(to) || self.one_of(to, &["the", "a"]))
            {
                to += 1;
            }
            if to > last + 2 {
                if (last + 2..to).any(|i| self.one_of(i, &["besieged", "siege"])) {
                    found.outcome = Some(Outcome::Besieged);
                    found.rule = By::Head;
                }
                found.noun.1 = to;
                found.stop = to;
            }
        }
    }

    fn is_determiner(&self, at: usize) -> bool {
        self.one_of(at, &["the", "a", "an", "his", "their", "its", "her"])
    }

    fn is_given(&self, at: usize) -> bool {
        self.is(at, self.c.given)
    }

    fn given(&self, at: usize) -> Option<Outcome> {
        self.outcome(at, self.c.given).or_else(|| self.outcome(at, self.c.done))
    }

    fn noun_follows(&self, at: usize) -> bool {
        self.kind(at) == Some(Kind::Word) && !self.ends(at) && self.is_plural(at)
    }

    /// Unknown words that look like verbs or participles.
    fn verb_like(&self, at: usize) -> bool {
        let word = self.word(at);
        word.len() > 4
            && (word.ends_with("ed") || word.ends_with("ing"))
            && !self.tokens[at].has(CAPITAL)
            || self.is(at, self.c.verb)
    }

    fn unit_of(&self, head: usize) -> Option<Unit> {
        if self.is(head, self.c.people) || self.is(head, self.c.person) || self.is_given(head) {
            return Some(Unit::People);
        }
        if self.is(head, self.c.group) {
            return Some(Unit::Groups);
        }
        let word = self.word(head);
        if self.tokens[head].word == 0
            && ["ists", "icians", "women", "men"].iter().any(|e| word.ends_with(e))
        {
            return Some(Unit::People);
        }
        let demonym = self.tokens[head].has(CAPITAL)
            && word.len() > 4
            && ["ans", "ens", "ites", "ese", "is", "ists", "ers"].iter().any(|e| word.ends_with(e));
        demonym.then_some(Unit::People)
    }

    // ---- outcomes

    fn outcomes(&self, found: &mut [Found]) {
        for i in 0..found.len() {
            if !Self::may_happen(&found[i]) {
                continue;
            }
            let q = &found[i];
            let told = self
                .by_left(q)
                .or_else(|| self.by_state(q))
                .or_else(|| self.by_object(q))
                .or_else(|| self.by_deed(q))
                .or_else(|| self.by_toll(q))
                .or_else(|| self.by_casualties(q))
                .or_else(|| self.by_subject(q, found, i))
                .or_else(|| self.by_head(q));
            // Wounded fighters who are evacuated count as wounded.
            let told = match (told, q.outcome) {
                (Some((Outcome::Evacuated, _, after)), Some(Outcome::Injured)) => {
                    Some((Outcome::Injured, By::Head, after))
                }
                _ => told,
            };
            if let Some((outcome, rule, after)) = told {
                let q = &mut found[i];
                q.outcome = Some(outcome);
                q.rule = rule;
                q.said_after = after;
                if q.unit.is_none()
                    && (q.noun.0 == q.noun.1
                        || matches!(outcome, Outcome::Killed | Outcome::Kidnapped))
                {
                    q.unit = Some(Unit::People);
                }
            }
        }
        for i in 0..found.len() {
            self.part(found, i);
            self.part_of_some(found, i);
            self.of_the_dead(found, i);
            self.gap(found, i);
        }
        self.coordinate(found);
        self.table(found);
        self.breakdown(found);
    }

    /// Whether something may happen to it: people, groups, and what stands without a noun.
    fn may_happen(q: &Found) -> bool {
        matches!(q.unit, None | Some(Unit::People | Unit::Groups))
    }

    /// Whether `outcome` fits what is counted: things are besieged and attacked, not killed; unknown
    /// nouns that are killed or kidnapped are people.
    fn fits(&self, q: &Found, outcome: Outcome) -> bool {
        if matches!(q.unit, Some(Unit::People | Unit::Groups)) || q.noun.0 == q.noun.1 {
            return true;
        }
        match outcome {
            Outcome::Besieged | Outcome::Attacked => true,
            Outcome::Killed | Outcome::Kidnapped => {
                let head = q.noun.1 - 1;
                self.is_plural(head) && !self.is(head, self.c.thing)
            }
            _ => false,
        }
    }

    /// 400 deaths, 12 wounded soldiers, four of the injured, 80 detainees.
    fn by_head(&self, q: &Found) -> Told {
        if let Some(outcome) = q.outcome {
            return Some((outcome, By::Head, false));
        }
        let (start, end) = q.noun;
        if end > start {
            if let Some(outcome) = self.outcome(end - 1, self.c.given) {
                return Some((outcome, By::Head, false));
            }
            // Five of the victims.
            if q.of_the
                && let Some(outcome) = self.outcome(end - 1, self.c.toll_of)
            {
                return Some((outcome, By::Head, false));
            }
            // 30 cases of suffocation.
            if self.eq(end - 1, "cases") && self.eq(q.stop, "of") && self.hurts(q.stop) {
                return Some((Outcome::Injured, By::Head, false));
            }
            if (start..end).any(|i| self.one_of(i, &["displaced"])) && q.unit.is_some() {
                return Some((Outcome::Displaced, By::Head, false));
            }
        }
        None
    }

    /// 12 dead, 30 people wounded, 23 killed.
    fn by_state(&self, q: &Found) -> Told {
        let (start, end) = q.noun;
        // No noun, or people, before an adjective: 12 killed, 30 people dead.
        let at = q.stop;
        if self.is_given(at) || end == start && self.is(at, self.c.done) {
            let outcome = self.given(at)?;
            if end > start
                && !self.one_of(at, &["dead", "killed", "wounded", "injured", "missing", "hurt"])
            {
                return None;
            }
            // 12 killed 30 wounded: a list without its comma.
            let list = (at + 2..at + 5)
                .take_while(|i| self.is(*i - 1, self.c.extra) || self.kind(*i) == Some(Kind::Word))
                .find(|i| self.given(*i).is_some_and(|o| o != outcome));
            let bare = |i: usize| self.kind(i + 1) != Some(Kind::Word) || !self.is_plural(i + 1);
            let list =
                list.is_some_and(|i| end == start || self.eq(at, "dead") || i == at + 2 && bare(i));
            if (list || !self.begins_object(at + 1)) && self.fits(q, outcome) {
                let outcome = self.after_relative(at, false).unwrap_or(outcome);
                return Some((outcome, By::Head, true));
            }
        }
        None
    }

    /// Whether an object begins at `at`, so that the verb before it is active.
    fn begins_object(&self, at: usize) -> bool {
        let Some(t) = self.tokens.get(at) else { return false };
        if self.taken[at] {
            return false;
        }
        match t.kind {
            Kind::Number => true,
            Kind::Mark => matches!(t.mark, b'$'),
            Kind::Word => {
                self.is_determiner(at)
                    || self.is(at, self.c.pluralnum)
                    || self.is(at, self.c.people)
                    || self.data.numbers.begins(t)
                    || self.modifiers(at).is_some_and(|(n, _)| {
                        self.tokens
                            .get(n)
                            .is_some_and(|t| t.kind == Kind::Number || self.data.numbers.begins(t))
                    })
                    || t.has(CAPITAL) && !self.ends(at)
            }
        }
    }

    /// Left 12 dead, leaving 30 people homeless.
    fn by_left(&self, q: &Found) -> Told {
        let back =
            (1..=4).filter_map(|b| q.start.checked_sub(b)).find(|at| self.is(*at, self.c.leave))?;
        if (back + 1..q.start)
            .any(|i| self.is(i, self.c.prep) && !self.one_of(i, &["a", "the", "at", "an"]))
        {
            return None;
        }
        let mut at = q.stop;
        while self.is(at, self.c.adverb) {
            at += 1;
        }
        if self.eq(at, "with") && self.hurts(at) {
            return Some((Outcome::Injured, By::Left, false));
        }
        if let Some(outcome) = self.outcome(at, self.c.state) {
            return Some((outcome, By::Left, false));
        }
        // Leaving 12 people, including three children, dead.
        if !self.mark(at, b',') && !self.one_of(at, &["in", "from", "of", "at"]) {
            return None;
        }
        let aside = |i: &usize| {
            self.mark(*i, b',')
                || matches!(self.kind(*i), Some(Kind::Word | Kind::Number))
                    && !self.is(*i, self.c.aux)
                    && !self.is(*i, self.c.verb)
                    && !self.is(*i, self.c.did)
                    && !self.is(*i, self.c.doing)
                    && !self.eq(*i, "and")
        };
        let end = (at..at + 14).take_while(aside).find(|i| self.is(*i, self.c.state))?;
        let ends = self.kind(end + 1) != Some(Kind::Word) || self.ends(end + 1);
        let outcome = self.outcome(end, self.c.state).filter(|_| ends && self.eq(end, "dead"))?;
        Some((outcome, By::Left, false))
    }

    /// Killed 12, killing and wounding at least 30, shot dead two.
    #[allow(clippy::too_many_lines, reason = "one wording after the other")]
    fn by_object(&self, q: &Found) -> Told {
        let mut at = q.start.checked_sub(1)?;
        for _ in 0..5 {
            let skip = self.is(at, self.c.extra)
                || self.is(at, self.c.adverb)
                || self.one_of(
                    at,
                    &["the", "a", "an", "total", "his", "their", "her", "its", "all", "entire"],
                )
                || self.mark(at, b'"')
                || self.is(at, self.c.party) && self.eq(at + 1, "of")
                || self.is(at + 1, self.c.party) && self.is_person(at)
                || self.one_of(at, &["himself", "herself", "themselves"])
                || self.eq(at, "of")
                    && at
                        .checked_sub(1)
                        .is_some_and(|b| self.eq(b, "total") || self.is(b, self.c.party));
            if let Some(aside) = self.aside_to(at) {
                at = aside.checked_sub(1)?;
                continue;
            }
            if !skip {
                break;
            }
            at = at.checked_sub(1)?;
        }
        let shot_dead = self.eq(at, "dead")
            && at
                .checked_sub(1)
                .is_some_and(|b| self.one_of(b, &["shot", "shooting", "shoot", "shoots"]));
        let left_dead = self.eq(at, "dead") && at > 0 && self.is(at - 1, self.c.leave);
        if shot_dead || left_dead {
            return Some((Outcome::Killed, By::Active, false));
        }
        let people = q.unit == Some(Unit::People);
        let bare = q.unit.is_none() && q.noun.0 == q.noun.1;
        if self.is(at, self.c.lose) && (people || bare && self.eq(q.stop, "in")) {
            return Some((Outcome::Killed, By::Active, false));
        }
        if let Some((outcome, first)) = self.phrase_to(at)
            && (people || bare)
            && !self.passive_before(first)
        {
            return Some((outcome, By::Active, false));
        }
        // He was killed along with 12 fighters.
        if self.eq(at, "with") {
            let along = at > 0 && self.one_of(at - 1, &["along", "together"]);
            let verb = at.checked_sub(1 + usize::from(along))?;
            let outcome = self.outcome(verb, self.c.done).filter(|_| people || along && bare)?;
            return self.passive_before(verb).then_some((outcome, By::Active, false));
        }
        // Recovered four bodies.
        if self.is(at, self.c.found) && self.are_bodies(q) && !self.passive_before(at) {
            return Some((Outcome::Killed, By::Active, false));
        }
        // Took 12 lives, claimed 12 victims, cost them thousands of lives, cost 12 people their lives.
        let indirect = self.one_of(at, &["them", "him", "her", "us", "people"])
            && at > 0
            && self.is(at - 1, self.c.claim);
        let taken = q.noun.1 > q.noun.0 && self.one_of(q.noun.1 - 1, &["lives", "victims"])
            || self.eq(q.stop, "their") && self.one_of(q.stop + 1, &["life", "lives"]);
        if taken && (indirect || self.is(at, self.c.claim)) {
            return Some((Outcome::Killed, By::Nominal, false));
        }
        // Is holding 13 nuns hostage.
        if self.is(at, self.c.keep) {
            let held = self.held_as(q.stop);
            let holding = self.eq(at, "holding") && people && self.passive_before(at);
            let outcome = held.or_else(|| holding.then_some(Outcome::Detained));
            return outcome.map(|o| (o, By::Active, false));
        }
        if self.is(at, self.c.force) {
            let flee = (q.stop..q.stop + 5)
                .any(|i| self.one_of(i, &["flee", "fleeing", "leave", "homes", "abandon"]));
            return flee.then_some((Outcome::Displaced, By::Active, false));
        }
        // Tortured 55 detainees to death.
        if self.eq(q.stop, "to")
            && self.eq(q.stop + 1, "death")
            && (self.verb_like(at) || self.eq(at, "put"))
            && !self.one_of(at, &["sentenced", "condemned", "sentencing"])
        {
            return Some((Outcome::Killed, By::Active, false));
        }
        // Killed the bride and 11 guests; killed commander Abu Omar and three of his aides.
        if (self.one_of(at, &["and", "plus"]) || self.mark(at, b',')) && people {
            let named = |i: usize| {
                self.mark(i, b',')
                    || self.one_of(i, &["and", "the", "his", "her", "their", "its", "of", "him"])
                    || self.is(i, self.c.person)
                    || self.tokens[i].has(CAPITAL) && self.kind(i) == Some(Kind::Word)
            };
            let verb = (at.saturating_sub(8)..at).rev().find(|i| !named(*i))?;
            if verb + 1 == at || self.is(verb, self.c.adverb) {
                return None;
            }
            at = verb;
        }
        let outcome = self.outcome(at, self.c.doing).or_else(|| {
            let passive = self.passive_before(at);
            if passive { None } else { self.outcome(at, self.c.done) }
        })?;
        // Killed and wounded 30: the first verb says what is counted first; abducted and killed 30:
        // what came of it.
        let mut outcome = outcome;
        if let Some(b) = at.checked_sub(2)
            && self.one_of(b + 1, &["and", "or"])
            && let Some(first) =
                self.outcome(b, self.c.doing).or_else(|| self.outcome(b, self.c.done))
            && matches!(first, Outcome::Killed | Outcome::Injured)
        {
            outcome = first;
        }
        self.fits(q, outcome).then_some((outcome, By::Active, false))
    }

    /// Whether a form of be stands before the participle at `at`.
    fn passive_before(&self, at: usize) -> bool {
        let mut b = at;
        for _ in 0..3 {
            let Some(prev) = b.checked_sub(1) else { return false };
            if self.is(prev, self.c.adverb) {
                b = prev;
                continue;
            }
            return self.is(prev, self.c.aux) && !self.one_of(prev, &["has", "have", "had"]);
        }
        false
    }

    /// The death of over 140 people, claimed the lives of 12.
    fn by_deed(&self, q: &Found) -> Told {
        let mut at = q.start.checked_sub(1)?;
        while self.is(at, self.c.extra)
            || self.one_of(at, &["the", "an", "a"])
            || self.eq(at, "total")
        {
            at = at.checked_sub(1)?;
        }
        if self.eq(at, "of") && at.checked_sub(1).is_some_and(|b| self.eq(b, "total")) {
            at = at.checked_sub(2)?;
            while self.one_of(at, &["a", "the"]) {
                at = at.checked_sub(1)?;
            }
        }
        let deed = at.checked_sub(1)?;
        if self.eq(at, "to") && self.is(deed, self.c.hurt) && q.unit == Some(Unit::People) {
            return Some((Outcome::Injured, By::Nominal, false));
        }
        if !self.eq(at, "of") {
            return None;
        }
        let outcome = self.outcome(deed, self.c.deed)?;
        // The killing and wounding of 40: the first says what is counted first.
        let outcome = deed
            .checked_sub(2)
            .filter(|b| self.one_of(b + 1, &["and", "or"]))
            .and_then(|b| self.outcome(b, self.c.deed).or_else(|| self.outcome(b, self.c.doing)))
            .unwrap_or(outcome);
        // The bodies of 12 parties are no corpses.
        if q.unit == Some(Unit::Groups) && self.one_of(deed, &["bodies", "remains"]) {
            return None;
        }
        // Jobs and aircraft are lost too.
        if self.one_of(deed, &["loss", "losses"]) && q.unit != Some(Unit::People) {
            return None;
        }
        // Their fate is told, or is not.
        if self.one_of(deed, &["fate", "whereabouts"])
            && !(q.stop..q.stop + 6).any(|i| self.one_of(i, &["unknown", "unclear"]))
        {
            return None;
        }
        // Took the lives of, but not: changed the lives of.
        if self.one_of(deed, &["life", "lives"]) {
            let verb = deed.checked_sub(2)?;
            if !self.is(verb, self.c.claim) {
                return None;
            }
        }
        self.fits(q, outcome).then_some((outcome, By::Nominal, false))
    }

    /// The death toll rose to 70, the number of wounded reached 30.
    fn by_toll(&self, q: &Found) -> Told {
        let before = q.start.checked_sub(1)?;
        if !self.is(before, self.c.amount) {
            return None;
        }
        if q.unit.is_none() && q.noun.0 < q.noun.1 {
            return None;
        }
        let mut toll = None;
        // Bringing to 13 the number of its troops killed.
        if self.eq(before, "to") && self.eq(q.stop, "the") && self.is(q.stop + 1, self.c.toll) {
            toll = Some(q.stop + 1);
        }
        for back in 1..=16 {
            if toll.is_some() {
                break;
            }
            let Some(at) = q.start.checked_sub(back) else { break };
            if self.mark(at, b';') || self.mark(at, b'"') {
                break;
            }
            if self.is(at, self.c.toll) {
                toll = Some(at);
                break;
            }
        }
        let toll = toll?;
        // A total of 12: no toll.
        if self.eq(toll, "total") && self.eq(toll + 1, "of") && toll + 2 >= q.start {
            return None;
        }
        let around = |i: usize| self.outcome(i, self.c.toll_of);
        // Fatalities stood at 54, but not: deaths as 12 soldiers.
        if around(toll).is_some() && self.one_of(before, &["of", "as", "is", "was", "from", "be"]) {
            return None;
        }
        let near = around(toll).or_else(|| toll.checked_sub(1).and_then(around)).or_else(|| {
            let to = if toll < q.start { (toll + 6).min(q.start) } else { toll + 8 };
            (toll + 1..to).take_while(|i| !self.mark(*i, b',')).find_map(around)
        });
        // The number of people who died.
        let near = near.or_else(|| {
            let who = (toll + 2..(toll + 6).min(q.start)).find(|i| self.eq(*i, "who"))?;
            (who + 1..(who + 5).min(q.start))
                .find_map(|i| self.outcome(i, self.c.done).or_else(|| self.outcome(i, self.c.did)))
        });
        let outcome = match near {
            Some(o) => o,
            None if self.eq(toll, "toll") => Outcome::Killed,
            None => return None,
        };
        if self.eq(toll, "casualties") {
            return None;
        }
        Some((outcome, By::Toll, false))
    }

    /// The dead included four women; among the wounded were two nuns; three were among the dead.
    fn by_casualties(&self, q: &Found) -> Told {
        let named = |i: usize| {
            let toll = self.eq(i, "toll").then_some(Outcome::Killed);
            toll.or_else(|| self.outcome(i, self.c.toll_of))
        };
        // Before it: (among) the dead were, the dead included.
        let mut at = q.start.saturating_sub(1);
        if q.start > 1 && (self.is(at, self.c.include) || self.one_of(at, &["were", "are", "was"]))
        {
            let includes = self.is(at, self.c.include);
            at = at.checked_sub(1)?;
            // The dead terrorists.
            let noun = self.is(at, self.c.people) && at > 0 && named(at - 1).is_some();
            at -= usize::from(noun);
            let among = at
                .checked_sub(2)
                .is_some_and(|b| self.eq(b, "among") && self.one_of(b + 1, &["the", "those"]));
            if (among || includes)
                && let Some(outcome) = named(at)
            {
                return Some((outcome, By::Part, false));
            }
        }
        // Killed in the attack were 12 people.
        if q.start > 1 && self.one_of(q.start - 1, &["were", "was", "are"]) {
            let first = usize::from(self.one_of(0, &["also", "among"]));
            let plain = first + 1 < q.start
                && q.start < 10
                && (first + 1..q.start - 1).all(|i| {
                    self.kind(i) == Some(Kind::Word)
                        && !self.is(i, self.c.aux)
                        && !self.is_plural(i)
                });
            if let Some(outcome) = self.outcome(first, self.c.done).filter(|_| plain)
                && self.fits(q, outcome)
            {
                return Some((outcome, By::Passive, false));
            }
        }
        // Killed: 12 civilians.
        if q.start > 1
            && self.mark(q.start - 1, b':')
            && let Some(outcome) = self.given(q.start - 2)
            && (q.unit == Some(Unit::People) || q.noun.0 == q.noun.1)
        {
            return Some((outcome, By::Active, false));
        }
        // Three children from one family were among those killed.
        let aux = (q.stop..q.stop + 8)
            .take_while(|i| self.kind(*i) == Some(Kind::Word) && !self.is(*i, self.c.verb))
            .find(|i| self.is(*i, self.c.aux))?;
        if self.eq(aux + 1, "among") && self.one_of(aux + 2, &["the", "those"]) {
            return named(aux + 3).map(|o| (o, By::Part, true));
        }
        None
    }

    /// At least 19 civilians were killed; dozens died; 12 people lost their lives.
    #[allow(clippy::too_many_lines, reason = "one walk from the subject to its verb")]
    fn by_subject(&self, q: &Found, found: &[Found], i: usize) -> Told {
        // An agent is no victim: killed by 20 gunmen.
        if q.start.checked_sub(1).is_some_and(|b| {
            self.one_of(b, &["by", "with", "against", "after", "from", "to"])
                && !self.listed(found, i)
        }) {
            let by = q.start - 1;
            if self.one_of(by, &["by", "with", "against"]) {
                return None;
            }
        }
        // Of two of the three, half of the three: what happened, happened to the part.
        if let Some(the) = q.start.checked_sub(3)
            && self.eq(the + 2, "the")
            && self.eq(the + 1, "of")
            && (i > 0 && found[i - 1].end == the + 1 && found[i - 1].start <= the
                || self
                    .one_of(the, &["half", "third", "thirds", "quarter", "most", "some", "none"]))
        {
            let killed = self.is(q.stop, self.c.done) || self.is_given(q.stop);
            if !killed {
                return None;
            }
        }
        // Of the 120 passengers, 14 were hurt.
        if q.start <= 2 && self.eq(0, "of") && !self.one_of(q.stop, &["who", "that"]) {
            return None;
        }
        // What is told of those 'who fled' is what the main clause says, where it says something.
        let relative = q.stop + usize::from(self.mark(q.stop, b','));
        if self.one_of(relative, &["who", "that"])
            && let Some(outcome) = self.after_relative(relative + 1, true)
            && self.fits(q, outcome)
        {
            return Some((outcome, By::Passive, true));
        }
        let mut at = q.stop;
        let limit = (q.stop + REACH).min(self.tokens.len());
        let mut aux = false;
        let mut have = false;
        let mut aside = 0;
        let mut other = i + 1;
        while at < limit {
            // Past the quantities that follow in a list or an aside.
            if let Some(n) = found.get(other).filter(|n| n.start == at) {
                if aux {
                    return None;
                }
                // Of whom 350 died: up to the next comma it is told of them.
                let of_whom = self.one_of(at - 1, &["whom", "which"]);
                at = n.stop.max(at + 1);
                if of_whom {
                    at = (at..limit).find(|i| self.mark(*i, b','))?;
                    other = found.partition_point(|n| n.start < at);
                } else {
                    other += 1;
                }
                continue;
            }
            let token = &self.tokens[at];
            if self.taken[at] {
                at += 1;
                continue;
            }
            match token.kind {
                Kind::Mark => {
                    match token.mark {
                        b'(' => {
                            // To the end of the parenthesis.
                            while at < limit && !self.mark(at, b')') {
                                at += 1;
                            }
                        }
                        b',' => aside += 1,
                        b'-' | b'\'' => {}
                        _ => return None,
                    }
                    at += 1;
                    continue;
                }
                Kind::Number => return None,
                Kind::Word => {}
            }
            if self.eq(at, "not")
                || self.eq(at, "when")
                || self.eq(at, "while")
                || self.eq(at, "because")
                || self.eq(at, "but")
                || self.eq(at, "after") && !aux
            {
                return None;
            }
            if self.to_death(at) {
                return Some((Outcome::Killed, By::Passive, true));
            }
            if let Some((outcome, end)) = self.phrase_from(at)
                && (aux || (at == q.stop || self.trailing(q, at)) && self.ends_phrase(q, end))
                && self.fits(q, outcome)
            {
                return Some((outcome, By::Passive, true));
            }
            if self.is(at, self.c.done) {
                let outcome = self.outcome(at, self.c.done);
                let passive = aux && !have;
                let reduced = !aux && (at == q.stop || self.is(at - 1, self.c.adverb));
                let fatal = self.one_of(at - 1, &["fatally", "mortally"]);
                if fatal && (passive || reduced) && !self.begins_object(at + 1) {
                    return Some((Outcome::Killed, By::Passive, true));
                }
                if self.eq(at, "shot") && (passive || reduced) {
                    let dead = self.eq(at + 1, "dead")
                        || self.one_of(at + 1, &["and"]) && self.one_of(at + 2, &["killed"]);
                    return dead
                        .then_some((Outcome::Killed, By::Passive, true))
                        .or_else(|| passive.then_some((Outcome::Injured, By::Passive, true)));
                }
                let mut outcome = outcome?;
                // Were abducted and killed.
                if self.eq(at + 1, "and")
                    && outcome != Outcome::Injured
                    && self.outcome(at + 2, self.c.done) == Some(Outcome::Killed)
                {
                    outcome = Outcome::Killed;
                }
                if passive && self.fits(q, outcome) {
                    return Some((outcome, By::Passive, true));
                }
                if (reduced || !aux && self.trailing(q, at))
                    && !self.begins_object(at + 1)
                    && self.fits(q, outcome)
                {
                    // 12 people wounded in the attack have died.
                    let last = if reduced { self.after_relative(at, false) } else { None };
                    let outcome = last.filter(|o| self.fits(q, *o)).unwrap_or(outcome);
                    return Some((outcome, By::Passive, true));
                }
                return self
                    .outcome(at, self.c.did)
                    .filter(|o| (!aux || have) && self.fits(q, *o))
                    .map(|o| (o, By::Passive, true));
            }
            if self.is(at, self.c.did) && !self.one_of(at, &["die", "flee"])
                || self.is(at, self.c.did) && !self.eq(at - 1, "to")
            {
                let outcome = self.outcome(at, self.c.did)?;
                return self.fits(q, outcome).then_some((outcome, By::Passive, true));
            }
            // Activists reported that others were.
            if self.eq(at, "that") && self.is(at - 1, self.c.adverb) {
                return None;
            }
            // Bodies were found.
            if self.is(at, self.c.found) && aux && self.are_bodies(q) {
                return Some((Outcome::Killed, By::Passive, true));
            }
            if self.is(at, self.c.suffer) && self.hurts(at) && q.unit != Some(Unit::Groups) {
                return Some((Outcome::Injured, By::Passive, true));
            }
            // Twelve lives were lost.
            if self.eq(at, "lost") && aux && q.noun.1 > 0 && self.eq(q.noun.1 - 1, "lives") {
                return Some((Outcome::Killed, By::Passive, true));
            }
            if self.eq(at, "left") && aux && self.eq(at + 1, "with") && self.hurts(at + 1) {
                return Some((Outcome::Injured, By::Passive, true));
            }
            // Were rushed to field hospitals.
            if aux
                && self.one_of(at, &["rushed", "taken", "brought", "admitted", "transferred"])
                && self.eq(at + 1, "to")
                && (at + 2..at + 6).any(|i| self.one_of(i, &["hospital", "hospitals", "clinic"]))
            {
                return self.fits(q, Outcome::Injured).then_some((
                    Outcome::Injured,
                    By::Passive,
                    true,
                ));
            }
            if self.eq(at, "did") && self.eq(at + 1, "not") && self.eq(at + 2, "survive") {
                return Some((Outcome::Killed, By::Passive, true));
            }
            if self.one_of(at, &["lost", "lose"])
                && self.one_of(at + 1, &["their", "his", "her"])
                && self.one_of(at + 2, &["lives", "life"])
            {
                return Some((Outcome::Killed, By::Passive, true));
            }
            if self.one_of(at, &["lost"])
                && self.one_of(at + 1, &["their"])
                && self.one_of(at + 2, &["homes", "houses"])
            {
                return Some((Outcome::Displaced, By::Passive, true));
            }
            if self.one_of(at, &["went", "gone", "going"]) && self.eq(at + 1, "missing") {
                return Some((Outcome::Missing, By::Passive, true));
            }
            if self.eq(at, "taken") && aux {
                return self.held_as(at + 1).map(|o| (o, By::Passive, true));
            }
            // Are held in prisons; prisoners held by the government.
            if self.one_of(at, &["held", "kept"])
                && (aux && !have || at == q.stop && self.one_of(at + 1, &["by", "in", "at"]))
                && q.unit == Some(Unit::People)
                && !self.one_of(at + 1, &["accountable", "back", "responsible", "up"])
            {
                let hostages = self.outcome(q.noun.1 - 1, self.c.given);
                let held = self.held_as(at + 1).or(hostages).unwrap_or(Outcome::Detained);
                return Some((held, By::Passive, true));
            }
            if self.is(at, self.c.force) {
                let flee = (at + 1..at + 6)
                    .any(|i| self.one_of(i, &["flee", "leave", "homes", "abandon"]));
                return flee.then_some((Outcome::Displaced, By::Passive, true));
            }
            if self.is(at, self.c.bridge)
                && (self.is(at + 1, self.c.state) || self.phrase_from(at + 1).is_some())
            {
                aux = true;
                at += 1;
                continue;
            }
            if (aux || self.is(at, self.c.adverb))
                && let Some(outcome) = self.outcome(at, self.c.state).filter(|_| aux)
            {
                return self.fits(q, outcome).then_some((outcome, By::Passive, true));
            }
            if self.is(at, self.c.aux) {
                have = self.one_of(at, &["has", "have", "had"]);
                if self.one_of(at, &["been", "being", "were", "was", "are", "is", "be"]) {
                    have = false;
                }
                aux = true;
                at += 1;
                continue;
            }
            if self.is(at, self.c.modal) || self.is(at, self.c.adverb) {
                aux |= self.is(at, self.c.modal);
                at += 1;
                continue;
            }
            if self.one_of(
                at,
                &["believed", "feared", "thought", "said", "known", "confirmed", "reported"],
            ) && aux
            {
                at += 1;
                continue;
            }
            // Any other verb ends it.
            if self.is(at, self.c.verb) || aux {
                if aux
                    && (self.one_of(at, &["to", "have", "been", "also", "all", "both", "either"]))
                {
                    at += 1;
                    continue;
                }
                return None;
            }
            if self.verb_like(at) && self.word(at).ends_with("ed") && aside == 0 {
                let bridge = self.is(at + 1, self.c.prep)
                    && !self.one_of(at + 1, &["that", "the", "a", "an", "to"]);
                if !bridge {
                    return None;
                }
            }
            at += 1;
        }
        None
    }

    /// Whether a phrase that ends before `end` is told of those counted, without an auxiliary: not
    /// 'deaths in custody', 'judges in detention cases', 'rebels rounded up villagers'.
    fn ends_phrase(&self, q: &Found, end: usize) -> bool {
        let given = q.noun.1 > q.noun.0 && self.is_given(q.noun.1 - 1);
        !given && !self.begins_object(end) && (self.kind(end) != Some(Kind::Word) || self.ends(end))
    }

    /// What the main clause says after the relative clause that begins at `from`: '200 civilians who
    /// had fled the fighting were killed'. It may reach over commas where `commas` says so.
    fn after_relative(&self, from: usize, commas: bool) -> Option<Outcome> {
        let mut verb = false;
        let mut at = from;
        while at < (from + REACH).min(self.tokens.len()) {
            let here = at;
            at += 1;
            if self.taken[here] {
                continue;
            }
            match self.kind(here)? {
                Kind::Mark if commas && self.mark(here, b',') || self.mark(here, b'-') => continue,
                Kind::Mark | Kind::Number => return None,
                Kind::Word => {}
            }
            if self.is(here, self.c.telling)
                || self.is(here, self.c.cardinal)
                || self.is(here, self.c.pluralnum)
                || self.is(here, self.c.extra)
            {
                return None;
            }
            if self.is(here, self.c.aux) {
                while self.is(at, self.c.aux) || self.is(at, self.c.adverb) {
                    at += 1;
                }
                if verb && !self.one_of(here - 1, &["and", "or"]) {
                    let phrase = self.phrase_from(at).map(|p| p.0);
                    return phrase
                        .or_else(|| self.to_death(at).then_some(Outcome::Killed))
                        .or_else(|| self.outcome(at, self.c.done))
                        .or_else(|| self.outcome(at, self.c.did))
                        .or_else(|| self.outcome(at, self.c.state));
                }
                verb = true;
                // Its participle.
                at += 1;
            } else if self.is(here, self.c.done)
                || self.is(here, self.c.did)
                || self.verb_like(here)
            {
                verb = true;
            }
        }
        None
    }

    /// Whether only a prepositional phrase stands between a noun phrase and the participle at `at`:
    /// 'ten people in Homs killed by shelling' is reduced, '... and rebels killed' is not.
    fn trailing(&self, q: &Found, at: usize) -> bool {
        at > q.stop && at - q.stop <= 4 && self.one_of(q.stop, &["in", "from", "of", "at"])
    }

    fn listed(&self, found: &[Found], i: usize) -> bool {
        i > 0 && self.joined(&found[i - 1], &found[i])
    }

    /// Whether only list words stand between two quantities, or a short phrase and then `and`: 'two
    /// members of the council and 12 guards'.
    fn joined(&self, a: &Found, b: &Found) -> bool {
        const LIST: [&str; 8] = ["and", "or", "plus", "as", "well", "along", "with", "another"];
        let between = a.stop..b.start;
        if between.is_empty() {
            // 3 women 2 children and 4 men: a list without its comma.
            let people = |q: &Found| q.unit == Some(Unit::People) && q.noun.1 > q.noun.0;
            return a.stop == b.start && people(a) && people(b);
        }
        if between.len() > 7 {
            return false;
        }
        let listed = |i: usize| {
            self.mark(i, b',')
                || self.one_of(i, &LIST)
                || self.one_of(i, &["his", "her", "their", "its"])
                || i > 0 && self.one_of(i - 1, &["his", "her"]) && self.is(i, self.c.person)
        };
        let addition = ["in", "addition", "to"];
        if between.clone().all(listed)
            || between.len() == 3 && (0..3).all(|i| self.eq(a.stop + i, addition[i]))
        {
            return true;
        }
        let plain = |i: usize| {
            self.kind(i) == Some(Kind::Word)
                && !self.verb_like(i)
                && !self.is(i, self.c.aux)
                && !self.is(i, self.c.done)
                && !self.is(i, self.c.did)
                && !self.is(i, self.c.doing)
                && !self.is_given(i)
        };
        self.one_of(a.stop, &["of", "from", "in"])
            && self.eq(b.start - 1, "and")
            && (a.stop + 1..b.start - 1).all(plain)
    }

    // ---- parts and lists

    /// What a colon, dash or parenthesis adds to a total is its parts where the numbers add up:
    /// '25 were killed: 16 in Aleppo and nine in Homs'.
    fn breakdown(&self, found: &mut [Found]) {
        for total in 0..found.len() {
            let q = &found[total];
            let told = matches!(q.unit, Some(Unit::People | Unit::Groups)) && !q.part;
            if !told || q.high != Some(q.value) || total + 2 >= found.len() {
                continue;
            }
            let begins = |at: usize| {
                self.mark(at, b':') || self.mark(at, b'(') || self.mark(at, b'-') && !self.tight(at)
            };
            let next = found[total + 1].start;
            let opens = found[total].stop <= next && (found[total].stop..next).any(begins);
            if !opens {
                continue;
            }
            let (mut sum, mut last) = (0.0, total);
            for (i, part) in found.iter().enumerate().skip(total + 1) {
                let fits = part.unit.is_none() && part.noun.0 == part.noun.1
                    || matches!(part.unit, Some(Unit::People | Unit::Groups));
                if !fits || sum >= found[total].value {
                    break;
                }
                sum += part.value;
                last = i;
            }
            if last < total + 2 || sum.total_cmp(&found[total].value).is_ne() {
                continue;
            }
            for part in &mut found[total + 1..=last] {
                part.part = true;
            }
        }
    }

    /// Places with their tolls, 'Aleppo: 12, Idlib: 7, Homs: 4 martyrs': the noun is said once.
    fn table(&self, found: &mut [Found]) {
        let cell = |q: &Found| {
            q.start > 1
                && self.mark(q.start - 1, b':')
                && self.tokens[q.start - 2].has(CAPITAL)
                && matches!(q.unit, None | Some(Unit::People))
        };
        let told = found.iter().find(|q| cell(q) && q.outcome.is_some());
        let Some((outcome, rule)) = told.and_then(|q| Some((q.outcome?, q.rule))) else { return };
        for q in found.iter_mut().filter(|q| cell(q)) {
            if q.outcome.is_none() && q.noun.0 == q.noun.1 {
                (q.outcome, q.rule, q.unit) = (Some(outcome), rule, Some(Unit::People));
            }
        }
    }

    /// Marks parts: including 30 children, among them five women, six of them children.
    fn part(&self, found: &mut [Found], i: usize) {
        // 27 were wounded, four critically.
        let severe = self.one_of(
            found[i].stop,
            &["critically", "seriously", "severely", "gravely", "badly", "slightly"],
        ) && found[i].noun.0 == found[i].noun.1
            && found[i].outcome.is_none()
            && i > 0;
        // Three children among them.
        let after = found[i].stop;
        let among = self.eq(after, "among") && self.one_of(after + 1, &["them", "those"]);
        if found[i].of_them || severe || among && found[i].outcome.is_none() {
            found[i].part = true;
            return;
        }
        let start = found[i].start;
        for back in 1..=3 {
            let Some(at) = start.checked_sub(back) else { return };
            if self.is(at, self.c.include) {
                found[i].part = true;
                return;
            }
            if self.one_of(at, &["them", "whom", "which", "these"])
                && at.checked_sub(1).is_some_and(|b| self.one_of(b, &["among", "of"]))
            {
                let q = &mut found[i];
                q.part = true;
                // Of which 20 were civilians.
                let copula = self.is(q.stop, self.c.aux) && self.is(q.stop + 1, self.c.people);
                if copula && q.noun.0 == q.noun.1 {
                    q.noun = (q.stop + 1, q.stop + 2);
                    q.stop += 2;
                    q.unit = Some(Unit::People);
                }
                return;
            }
            let skip = self.is(at, self.c.adverb)
                || self.one_of(at, &["were", "was", "are", "the", "a"])
                || self.mark(at, b',');
            if !skip {
                return;
            }
        }
    }

    /// A part of those who are not counted: 'several people were killed, including two children'.
    fn part_of_some(&self, found: &mut [Found], i: usize) {
        let people = |q: &Found| matches!(q.unit, Some(Unit::People | Unit::Groups));
        let q = &found[i];
        if !q.part
            || q.outcome.is_some()
            || !(people(q) || q.of_them)
            || found[i.saturating_sub(8)..i].iter().any(people)
        {
            return;
        }
        let verb = (q.start.saturating_sub(12)..q.start).rev().find_map(|at| {
            self.outcome(at, self.c.done)
                .or_else(|| self.outcome(at, self.c.did))
                .or_else(|| self.outcome(at, self.c.doing))
        });
        if let Some(outcome) = verb {
            let q = &mut found[i];
            (q.outcome, q.rule, q.unit) = (Some(outcome), By::Part, Some(Unit::People));
        }
    }

    /// Of the dead, 14 were women; of the 45 killed, 20 were children.
    fn of_the_dead(&self, found: &mut [Found], i: usize) {
        if !self.eq(0, "of") || !self.one_of(1, &["the", "those"]) {
            return;
        }
        let mut given = if found[0].start == 2 && i > 0 { found[0].stop } else { 2 };
        // Of the 12 who were killed.
        let who = self.one_of(given, &["who", "that"]);
        if who {
            given += 1;
            while self.is(given, self.c.aux) || self.is(given, self.c.adverb) {
                given += 1;
            }
        }
        let q = &mut found[i];
        let open = q.outcome.is_none() && q.noun.0 == q.noun.1 && self.is(q.stop, self.c.aux);
        let Some(outcome) = self.given(given).filter(|_| who || self.is_given(given)) else {
            return;
        };
        if !open || !self.mark(given + 1, b',') {
            return;
        }
        q.outcome = Some(outcome);
        q.rule = By::Part;
        q.unit = Some(Unit::People);
        q.part = true;
        if self.is(q.stop + 1, self.c.people) {
            q.noun = (q.stop + 1, q.stop + 2);
            q.stop += 2;
        }
    }

    /// Gapped clauses share the verb: seven were killed in Aleppo, four in Idlib and two in Hama.
    /// Where no place stood before, they are parts: 87 people died, 40 in Aleppo.
    fn gap(&self, found: &mut [Found], i: usize) {
        const PLACE: [&str; 4] = ["in", "at", "near", "on"];
        let Some(before) = i.checked_sub(1).map(|b| found[b].clone()) else { return };
        let q = &found[i];
        let others = q.noun.1 == q.noun.0 + 1 && self.eq(q.noun.0, "others");
        let bare = q.unit.is_none() && q.noun.0 == q.noun.1;
        let bare = (bare || others) && q.outcome.is_none() && !q.part;
        let told = before.outcome.is_some() && before.unit == Some(Unit::People);
        let joins = q.start > 0
            && (self.mark(q.start - 1, b',') || self.one_of(q.start - 1, &["and", "another"]));
        let named = self.tokens.get(q.stop + 1).is_some_and(|t| t.has(CAPITAL))
            || self.one_of(q.stop + 1, &["the", "hospital"]);
        if !(bare && told && joins && named && self.one_of(q.stop, &PLACE)) {
            return;
        }
        let placed = (before.stop..q.start).any(|at| self.one_of(at, &PLACE));
        let q = &mut found[i];
        q.outcome = before.outcome;
        q.unit = Some(Unit::People);
        q.rule = before.rule;
        q.part = before.part || !placed;
    }

    /// Lists share what happens: 12 soldiers and five civilians were killed.
    fn coordinate(&self, found: &mut [Found]) {
        // Forward: what an object's verb says, and being a part.
        for i in 1..found.len() {
            if !self.joined(&found[i - 1], &found[i]) {
                continue;
            }
            let (before, here) = (found[i - 1].clone(), &mut found[i]);
            let people = |q: &Found| {
                matches!(q.unit, Some(Unit::People | Unit::Groups))
                    || q.noun.0 == q.noun.1 && q.unit.is_none()
            };
            // Including seven children and four women, were killed.
            let shared = here.outcome.is_none()
                || here.said_after && here.rule == By::Passive && before.rule == By::Passive;
            if before.part && shared && people(here) {
                here.part = true;
            }
            let name = here.unit.is_none()
                && here.noun.1 > here.noun.0
                && self.tokens[here.noun.1 - 1].has(CAPITAL);
            if name
                && before.unit == Some(Unit::People)
                && before.outcome.is_some()
                && !before.said_after
            {
                here.unit = Some(Unit::People);
            }
            let object = before.outcome.is_some()
                && !before.said_after
                && !matches!(before.rule, By::Head | By::Left | By::Toll);
            if object && here.outcome.is_none() && people(here) {
                here.outcome = before.outcome;
                here.rule = before.rule;
                if here.unit.is_none() {
                    here.unit = Some(Unit::People);
                }
            }
        }
        for i in (1..found.len()).rev() {
            if !self.joined(&found[i - 1], &found[i]) {
                continue;
            }
            let here = found[i].clone();
            let before = &mut found[i - 1];
            let people = matches!(before.unit, Some(Unit::People | Unit::Groups));
            let out_of = before.start <= 2 && self.eq(0, "of");
            let verb = here.rule == By::Passive || here.noun.1 > here.noun.0;
            if here.said_after && verb && before.outcome.is_none() && people && !out_of {
                before.outcome = here.outcome;
                before.rule = here.rule;
                before.said_after = true;
            }
        }
    }

    // ---- result

    fn emit(&self, found: &mut [Found], before: Range<usize>, out: &mut Vec<Quantity<'d>>) {
        for i in 0..found.len() {
            let mut part_of = None;
            let whom = matches!(found[i].unit, None | Some(Unit::People | Unit::Groups));
            if whom && (found[i].part || found[i].of_the) {
                let total = (0..i).rev().find(|j| {
                    let t = &found[*j];
                    let counts = match t.unit {
                        None => found[i].of_them && t.noun.0 < t.noun.1,
                        Some(unit) => matches!(unit, Unit::People | Unit::Groups),
                    };
                    !t.part
                        && t.index.is_some()
                        && counts
                        && (found[i].outcome.is_none()
                            || found[i].of_them
                            || t.outcome == found[i].outcome
                            || t.outcome.is_none())
                });
                if let Some(total) = total {
                    part_of = found[total].index;
                    if found[i].outcome.is_none() {
                        found[i].outcome = found[total].outcome;
                        found[i].rule = By::Part;
                    }
                    let bare = found[i].noun.0 == found[i].noun.1;
                    if found[i].unit.is_none() && bare && found[total].unit != Some(Unit::People) {
                        found[i].unit = found[total].unit;
                        found[i].like_total = found[i].unit.is_none();
                    }
                } else if found[i].of_them || found[i].of_the || found[i].outcome.is_some() {
                    part_of = before.clone().rev().find(|j| {
                        let t = &out[*j];
                        t.part_of.is_none()
                            && t.outcome.is_some()
                            && (found[i].outcome.is_none() || t.outcome == found[i].outcome)
                    });
                    if let (Some(total), None) = (part_of, found[i].outcome) {
                        found[i].outcome = out[total].outcome;
                        found[i].rule = By::Part;
                    }
                }
                if part_of.is_some() {
                    found[i].rule = By::Part;
                    if found[i].unit.is_none() && !found[i].like_total {
                        found[i].unit = Some(Unit::People);
                    }
                }
            }
            let q = &found[i];
            let noun = q.noun.1 > q.noun.0;
            let keep = q.outcome.is_some()
                || part_of.is_some()
                || (!q.weak && (q.unit.is_some() || noun && self.is_plural(q.noun.1 - 1)));
            if !keep {
                continue;
            }
            let span = |a: usize, b: usize| {
                Span::new(self.tokens[a].start as usize, self.tokens[b - 1].end as usize)
            };
            let index = out.len();
            let counted = (noun
                && !matches!(
                    q.unit,
                    Some(Unit::Currency(_) | Unit::Measure(_) | Unit::Percent | Unit::Age)
                ))
            .then(|| span(q.noun.0, q.noun.1));
            out.push(Quantity {
                span: span(q.start, q.end),
                value: q
                    .to
                    .map_or_else(|| format!("{}", q.value), |to| format!("{}-{to}", q.value)),
                low: q.low,
                high: q.high,
                unit: q.unit,
                counted,
                outcome: q.outcome,
                part_of,
                rule: self
                    .data
                    .by
                    .get(q.rule as usize)
                    .and_then(|r| self.data.rules.get(*r))
                    .map_or("", |r| r.id.as_str()),
            });
            found[i].index = Some(index);
        }
    }
}

type Told = Option<(Outcome, By, bool)>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bound {
    Itself,
    Least,
    Most,
}

#[derive(Clone, Copy)]
struct Core {
    value: f64,
    to: Option<f64>,
    end: usize,
    low: Option<f64>,
    high: Option<f64>,
    weak: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mentions::dates;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    static DATA: LazyLock<QuantityData> = LazyLock::new(|| QuantityData::embedded().unwrap());
    static DATES: LazyLock<dates::DateData> =
        LazyLock::new(|| dates::DateData::embedded().unwrap());

    fn found(text: &str) -> Vec<Quantity<'static>> {
        let sentences = crate::sentences::split(text);
        let timexes: Vec<Span> =
            dates::find(text, &sentences, None, &DATES).iter().map(|t| t.span).collect();
        find(text, &sentences, &timexes, &DATA)
    }

    fn row(q: &Quantity<'_>, text: &str) -> [String; 6] {
        let number = |n: Option<f64>| n.map_or(String::new(), |n| n.to_string());
        [
            q.span.of(text).to_owned(),
            number(q.low),
            number(q.high),
            q.unit.map_or("", Unit::name).to_owned(),
            q.outcome.map_or("", Outcome::name).to_owned(),
            q.counted.map_or("", |c| c.of(text)).to_owned(),
        ]
    }

    #[test]
    fn rules_keep_their_examples() {
        let mut wrong = Vec::new();
        for rule in &DATA.rules {
            assert!(
                !rule.hits.is_empty() && !rule.misses.is_empty(),
                "{} has no examples",
                rule.id
            );
            for hit in &rule.hits {
                let rows: Vec<_> =
                    found(&hit[0]).iter().map(|q| (q.rule, row(q, &hit[0]))).collect();
                if !rows.iter().any(|(id, r)| *id == rule.id && r[..] == hit[1..]) {
                    wrong.push(format!("{}: {}: {rows:?}", rule.id, hit[0]));
                }
            }
            for miss in &rule.misses {
                if let Some(q) = found(miss).iter().find(|q| q.rule == rule.id) {
                    wrong.push(format!("{}: {miss}: finds {}", rule.id, q.span.of(miss)));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn bounds() {
        let check = |text: &str, low: Option<f64>, high: Option<f64>| {
            let all = found(text);
            assert_eq!(
                all.iter().map(|q| (q.low, q.high)).collect::<Vec<_>>(),
                [(low, high)],
                "{text}"
            );
        };
        check("more than 20 civilians", Some(20.0), None);
        check("dozens of civilians", Some(24.0), None);
        check("20 to 30 civilians", Some(20.0), Some(30.0));
        check("nineteen civilians", Some(19.0), Some(19.0));
        check("at least 19 civilians", Some(19.0), None);
        check("up to 30 civilians", None, Some(30.0));
        check("nearly 40 civilians", Some(40.0), Some(40.0));
        check("several hundred persons", Some(200.0), None);
        check("half a million people", Some(500_000.0), Some(500_000.0));
        check("1.2 million people", Some(1_200_000.0), Some(1_200_000.0));
        check("tens of thousands of people", Some(20_000.0), None);
        check("a dozen soldiers", Some(12.0), Some(12.0));
        check("two hundred and ten soldiers", Some(210.0), Some(210.0));
        check("50 or more soldiers", Some(50.0), None);
        check("1 to 2 million people", Some(1_000_000.0), Some(2_000_000.0));
        check("10 million million people", Some(1e13), Some(1e13));
        check("a quarter of a million people", Some(250_000.0), Some(250_000.0));
        check("The toll exceeds 320,000.", Some(320_000.0), None);
        check("minus 10 degrees Celsius", Some(-10.0), Some(-10.0));
    }

    #[test]
    fn parts_point_to_their_totals() {
        let text = "The raid killed 87 people including 30 children and 12 women. The toll later rose to 90.";
        let all = found(text);
        let parts: Vec<_> = all.iter().map(|q| (q.span.of(text), q.part_of)).collect();
        assert_eq!(parts, [("87", None), ("30", Some(0)), ("12", Some(0)), ("90", None)]);
        assert!(all.iter().all(|q| q.outcome == Some(Outcome::Killed)));
    }

    #[test]
    fn what_a_colon_or_dash_adds_up_to_is_parts() {
        let check = |text: &str, expected: &[Option<usize>]| {
            let parts: Vec<_> = found(text).iter().map(|q| q.part_of).collect();
            assert_eq!(parts, expected, "{text}");
        };
        check(
            "It killed 12: six soldiers, four policemen and two civilians.",
            &[None, Some(0), Some(0), Some(0)],
        );
        check(
            "Eight civilians - three women and five children - were killed.",
            &[None, Some(0), Some(0)],
        );
        // Other people, since the numbers do not add up.
        check("They killed nine: in Homs three were wounded and two fled.", &[None, None, None]);
        check("Of the dead, 14 were women.", &[None]);
        check("36 violations were seen, 14 of them in Latakia.", &[None, Some(0)]);
    }

    #[test]
    fn outcomes_by_wording() {
        let check = |text: &str, expected: &str| {
            let told: Vec<_> = found(text)
                .iter()
                .map(|q| format!("{} {}", q.span.of(text), q.outcome.map_or("", Outcome::name)))
                .collect();
            assert_eq!(told.join(", "), expected, "{text}");
        };
        check("Six fishermen were gunned down.", "Six killed");
        check("They put 25 men to death.", "25 killed");
        check("The court put 25 men in prison.", "25 detained");
        check("The court gave 25 men a hearing.", "25 ");
        check("The toll rose from 36 to 42.", "36 killed, 42 killed");
        check("Prices rose from 36 to 42 dollars.", "42 dollars ");
        check("Idlib: 7, Homs: 4 martyrs", "7 killed, 4 killed");
        check("A strike killed a man, his wife and their two sons.", "a man killed, two killed");
        check("It killed commander Abu Omar and three of his aides.", "three killed");
        check("One was killed and another wounded.", "One killed, another injured");
        check("At least 500 families were made homeless.", "At least 500 displaced");
        check("They are still holding 13 nuns hostage.", "13 kidnapped");
        check("The hall holds 13 nuns.", "13 ");
        check("The party lost 26 seats.", "26 ");
        check("15 IS militants were killed.", "15 killed");
        check("Two of the three hostages were killed.", "Two killed, three kidnapped");
        check("The dead: 12 barrel bombs fell.", "12 ");
        check("One in five of the dead was a child.", "");
    }

    #[test]
    fn look_alikes_are_no_quantities() {
        for text in [
            "resolution 2254",
            "resolution2254",
            "Issue No 846",
            "Proclamation No. 2914",
            "the 4th Armoured Division",
            "They won 3:2.",
            "T-72 and F-16",
            "a four-star general",
            "on 5 May 2016",
            "in 2011",
            "Three quarters of the people",
        ] {
            assert_eq!(
                found(text).iter().map(|q| q.span.of(text)).collect::<Vec<_>>(),
                [""; 0],
                "{text}"
            );
        }
    }

    #[test]
    fn gold_sentences() {
        let gold = include_str!("../../tests/gold/quantities.jsonl");
        let (mut right, mut asked, mut given) = (0, 0, 0);
        for line in gold.lines() {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            let text = line["text"].as_str().unwrap();
            let key = |start: u64, low: Option<f64>, high: Option<f64>, outcome: &str| {
                format!("{start} {low:?} {high:?} {outcome}")
            };
            let wanted: Vec<_> = line["quantities"]
                .as_array()
                .unwrap()
                .iter()
                .filter_map(|q| {
                    Some(key(
                        q["start"].as_u64()?,
                        q["number_low"].as_f64(),
                        q["number_high"].as_f64(),
                        q["outcome"].as_str()?,
                    ))
                })
                .collect();
            let got: Vec<_> = found(text)
                .iter()
                .filter_map(|q| {
                    Some(key(u64::from(q.span.start), q.low, q.high, q.outcome?.name()))
                })
                .collect();
            asked += wanted.len();
            given += got.len();
            right += wanted.iter().filter(|w| got.contains(w)).count();
        }
        assert!(asked > 250, "{asked}");
        // F1 in per cent; raise it when the rules get better.
        let f1 = 200 * right / (asked + given);
        assert!(f1 >= 96, "{f1}");
    }

    fn sound(text: &str) {
        let mut last = 0;
        let all = found(text);
        for (i, q) in all.iter().enumerate() {
            assert!(q.span.start >= last && q.span.start < q.span.end, "{text:?}");
            for span in [Some(q.span), q.counted].into_iter().flatten() {
                assert!(
                    text.is_char_boundary(span.start as usize)
                        && text.is_char_boundary(span.end as usize)
                );
            }
            assert!(q.part_of.is_none_or(|p| p < i && all[p].part_of.is_none()));
            assert!(q.low.is_some() || q.high.is_some());
            last = q.span.end;
        }
    }

    proptest! {
        #[test]
        fn spans_are_in_order_and_totals_before_parts(
            words in prop::collection::vec(
                prop_oneof![
                    "[0-9]{1,6}", "[a-zA-Z]{1,5}", "[.,:/'%$-]", Just("é".to_owned()),
                    prop::sample::select(vec![
                        "killed", "people", "including", "of", "them", "were", "at", "least", "dozens", "wounded", "and", "a", "woman", "his",
                        "son", "dead", "toll", "rose", "to", "left", "by", "children", "hundreds", "thousand", "the", "lives", "percent", "km",
                        "besieged", "living", "in", "died", "(", ")", "half", "million", "between", "or", "more", "\n\n",
                    ]).prop_map(str::to_owned),
                ],
                0..40,
            ),
            glue in prop_oneof![Just(""), Just(" ")],
        ) {
            sound(&words.join(glue));
        }

        #[test]
        fn any_text_will_do(text in any::<String>()) {
            sound(&text);
        }
    }
}
