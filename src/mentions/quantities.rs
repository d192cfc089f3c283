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

mod data;
mod nouns;
mod numbers;
mod outcomes;
mod parts;
mod subjects;
#[cfg(test)]
mod tests;

use super::dates::chunks;
pub use super::phrases::tokens::DataError;
use super::phrases::tokens::{Bits, CAPITAL, Kind, TIGHT, Token, UPPER, digits};
use super::phrases::vocabulary::{View, sign};
use crate::text::Span;
pub use data::QuantityData;
use data::{By, Classes};
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

impl Found {
    /// A number that counts nothing yet.
    fn new(start: usize, core: Core) -> Self {
        let Core { value, to, end, low, high, weak } = core;
        Self {
            start,
            end,
            noun: (end, end),
            stop: end,
            value,
            to,
            low,
            high,
            unit: None,
            outcome: None,
            rule: By::Count,
            of_them: false,
            of_the: false,
            part: false,
            like_total: false,
            said_after: false,
            weak,
            index: None,
        }
    }
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
    let mut finder = Finder::new(text, data);
    let mut tokens: Vec<Token> = Vec::new();
    let mut rest = timexes;
    for sentence in sentences {
        chunks(text, *sentence, |start, end| {
            rest = &rest[rest.partition_point(|t| t.end as usize <= start)..];
            let inside = &rest[..rest.partition_point(|t| (t.start as usize) < end)];
            if data.vocabulary.signs(&text[start..end]) != 0 {
                data.vocabulary.tokenize(text, start, end, &mut tokens);
                data.vocabulary.read(View::Quantities, &mut tokens);
                finder.read(&mut tokens, inside.iter().copied());
            }
        });
        finder.end_sentence();
    }
    finder.out
}

/// Finds the quantities of a document, sentence by sentence.
#[derive(Debug)]
pub(super) struct Finder<'t, 'd> {
    text: &'t str,
    data: &'d QuantityData,
    /// By token: whether it belongs to a time expression.
    taken: Vec<bool>,
    /// Quantities of the sentence before and of this one begin here in the result.
    before: usize,
    first: usize,
    /// What was found so far.
    pub(super) out: Vec<Quantity<'d>>,
}

impl<'t, 'd> Finder<'t, 'd> {
    pub(super) fn new(text: &'t str, data: &'d QuantityData) -> Self {
        Self { text, data, taken: Vec::new(), before: 0, first: 0, out: Vec::new() }
    }

    /// Adds the quantities of a stretch of a sentence, given as its tokens, beside the time expressions
    /// that it holds.
    pub(super) fn read(&mut self, tokens: &mut [Token], timexes: impl Iterator<Item = Span>) {
        let mut timexes = timexes.peekable();
        let mut signs = 0;
        self.taken.clear();
        for token in &*tokens {
            while timexes.next_if(|t| t.end <= token.start).is_some() {}
            let taken = timexes.peek().is_some_and(|t| t.start < token.end);
            if !taken {
                let digit = if token.kind == Kind::Number { sign::DIGIT } else { 0 };
                signs |= token.signs | digit;
            }
            self.taken.push(taken);
        }
        // Without a number it is a person to whom something happened.
        if signs & (sign::DIGIT | sign::COUNT | sign::OUTCOME) == 0 {
            return;
        }
        acronyms(self.text, tokens);
        let reader = Reader {
            text: self.text,
            tokens,
            taken: &self.taken,
            told: signs & sign::OUTCOME != 0,
            fated: signs & (sign::OUTCOME | sign::FATE) != 0,
            data: self.data,
            c: &self.data.classes,
        };
        let mut found = reader.scan();
        if !found.is_empty() {
            reader.outcomes(&mut found);
            reader.emit(&mut found, self.before..self.first, &mut self.out);
        }
    }

    pub(super) fn end_sentence(&mut self) {
        self.before = self.first;
        self.first = self.out.len();
    }
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
    /// Whether it holds one of those, or of what may be such a thing beside a number: a toll, lives.
    fated: bool,
    data: &'d QuantityData,
    c: &'d Classes,
}

/// How far to look for the verb of a subject, in tokens.
const REACH: usize = 24;

impl<'d> Reader<'_, 'd> {
    fn is(&self, at: usize, class: Bits) -> bool {
        self.tokens.get(at).is_some_and(|t| t.classes & class != 0)
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

    fn value(&self, at: usize, class: Bits) -> i32 {
        self.tokens.get(at).map_or(0, |t| self.data.lexicon.value(t.word, class))
    }

    fn outcome(&self, at: usize, class: Bits) -> Option<Outcome> {
        if self.is(at, class) { Outcome::numbered(self.value(at, class)) } else { None }
    }

    /// What a phrase that begins at `at` says, and one past it: gunned down, taken into custody.
    fn phrase_from(&self, at: usize) -> Option<(Outcome, usize)> {
        if !self.is(at, self.c.first_word) {
            return None;
        }
        self.data.phrases.at(self.tokens, at)
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
            let own = self.tokens.get(first..=at)?;
            own.iter().zip(words).rev().all(|(t, w)| t.word == *w).then_some(first)
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
            && (self.verb_like(at) || self.is(at, self.c.done) || self.is(at, self.c.ended))
            && !self.one_of(at, &["sentenced", "condemned"])
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
        let stop = self.c.prep
            | self.c.aux
            | self.c.modal
            | self.c.verb
            | self.c.did
            | self.c.adverb
            | self.c.include
            | self.c.leave
            | self.c.living;
        self.tokens.get(at).is_none_or(|t| t.classes & stop != 0) || self.taken[at]
    }

    fn is_determiner(&self, at: usize) -> bool {
        self.is(at, self.c.determiner)
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

    /// Whether a form of be stands before the participle at `at`.
    fn passive_before(&self, at: usize) -> bool {
        let mut b = at;
        for _ in 0..3 {
            let Some(prev) = b.checked_sub(1) else { return false };
            if self.is(prev, self.c.adverb) {
                b = prev;
                continue;
            }
            return self.is(prev, self.c.aux) && !self.is(prev, self.c.have);
        }
        false
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
                    // 109 of whom were evacuees: what happened to all happened to them.
                    if found[i].of_them
                        && found[i].rule == By::Head
                        && found[total].outcome.is_some()
                    {
                        found[i].outcome = None;
                    }
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
                value: match q.to {
                    None => digits(q.value),
                    Some(to) => format!("{}-{}", digits(q.value), digits(to)),
                },
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

impl Bound {
    /// The bound that the data file numbers so.
    fn numbered(n: i32) -> Self {
        match n {
            1 => Self::Least,
            2 => Self::Most,
            _ => Self::Itself,
        }
    }
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
