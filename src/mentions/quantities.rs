//! Quantities: how many of whom, and what happened to them.
//!
//! In: a document's text, its sentences, the spans that time expressions have taken. Out: numbers
//! with bounds, unit, the noun phrase counted, outcome and total, in order, not overlapping.
//! Assumes that a sentence stands on one line. Words are data (`src/data/quantities.toml`).
//!
//! A quantity's span is the number with its modifiers and, of measures, the unit (`more than 20`,
//! `$5 billion`, `83 percent`); the noun counted is a column of its own and may overlap names of
//! groups, so it stays outside. Only what is counted by coordination (`a father and his son`) or
//! by an article (`a woman`) or by a headline that leaves it out (`Soldier killed`) is a span of nouns.
//! A name is none (`Colonel Hassan was killed`), and a definite noun neither (`the driver died`):
//! they say who, not how many. An indefinite one beside a name is (`Hassan, a colonel, was killed`).
//!
//! Bounds: `at least`, `more than`, `over` leave the upper end open, `up to`, `at most`, `less than`
//! the lower one; `about`, `nearly`, `almost`, `some` estimate the number itself, so both ends are
//! it. Bare plurals are the least they can be: dozens 24, scores 40, hundreds 200.
//!
//! A part may stand before its total (`six children among 19 killed`) and up to three sentences behind
//! it (`three of the dead were nuns`).

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
    /// Index, in the result, of the total that this is a part of; the total may stand behind it.
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
    /// `of which`: of what stands right before it.
    of_which: bool,
    /// `of the wounded`, `of the victims`: a part where a total stands before it.
    of_the: bool,
    /// A part of a total that stands before it.
    part: bool,
    /// The total behind it that it is a part of: six children among 19 killed.
    whole: Option<usize>,
    /// A part of a number of things: it has no unit either.
    like_total: bool,
    /// A figure of what was told before: 'others put the number at 3,800'.
    figure: bool,
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
            of_which: false,
            of_the: false,
            part: false,
            whole: None,
            like_total: false,
            figure: false,
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
    /// Quantities of the three sentences before and of this one begin here in the result.
    before: [usize; 3],
    first: usize,
    /// What was found so far.
    pub(super) out: Vec<Quantity<'d>>,
}

impl<'t, 'd> Finder<'t, 'd> {
    pub(super) fn new(text: &'t str, data: &'d QuantityData) -> Self {
        Self { text, data, taken: Vec::new(), before: [0; 3], first: 0, out: Vec::new() }
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
        let reader = Reader::new(self.text, self.data, tokens, &self.taken, signs);
        let mut found = reader.scan();
        if found.is_empty() {
            return;
        }
        // Nothing happens to ages; the rest is read as if they did not stand there.
        let ages: Vec<Found> = found.extract_if(.., |q| q.unit == Some(Unit::Age)).collect();
        let from: Vec<usize> = ages.iter().map(|age| reader.age_from(age.start)).collect();
        for (age, from) in ages.iter().zip(from) {
            self.taken[from..age.end].fill(true);
        }
        let reader = Reader::new(self.text, self.data, tokens, &self.taken, signs);
        reader.outcomes(&mut found);
        let before = self.before[0].max(self.first.saturating_sub(NEAR))..self.first;
        reader.emit(&mut found, &ages, before, &mut self.out);
    }

    pub(super) fn end_sentence(&mut self) {
        let [_, second, last] = self.before;
        self.before = [second, last, self.first];
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

/// How far back to look for the total of a part, in quantities.
const NEAR: usize = 32;

/// How far to look for the verb of a subject, in tokens.
const REACH: usize = 24;

impl<'r, 'd> Reader<'r, 'd> {
    fn new(
        text: &'r str,
        data: &'d QuantityData,
        tokens: &'r [Token],
        taken: &'r [bool],
        signs: u8,
    ) -> Self
    where
        'd: 'r,
    {
        Self {
            text,
            tokens,
            taken,
            told: signs & sign::OUTCOME != 0,
            fated: signs & (sign::OUTCOME | sign::FATE) != 0,
            data,
            c: &data.classes,
        }
    }

    /// Where the words before an age begin: under the age of 18.
    fn age_from(&self, start: usize) -> usize {
        (start.saturating_sub(5)..start)
            .rev()
            .find(|at| !self.one_of(*at, &["age", "aged", "ages", "of", "over", "the", "under"]))
            .map_or(start.saturating_sub(5), |at| at + 1)
    }

    fn is(&self, at: usize, class: Bits) -> bool {
        self.tokens.get(at).is_some_and(|t| t.classes & class != 0)
    }

    fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |t| t.word_text(self.text))
    }

    fn eq(&self, at: usize, word: &str) -> bool {
        self.tokens.get(at).is_some_and(|t| {
            (t.end - t.start) as usize == word.len()
                && t.word_text(self.text).eq_ignore_ascii_case(word)
        })
    }

    fn one_of(&self, at: usize, words: &[&str]) -> bool {
        let Some(token) = self.tokens.get(at) else { return false };
        let len = (token.end - token.start) as usize;
        words.iter().any(|w| w.len() == len && token.word_text(self.text).eq_ignore_ascii_case(w))
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
        if !self.is(at, self.c.aside_end) {
            return None;
        }
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
        self.outcome(at, self.c.held)
            .or_else(|| self.outcome(at + 1, self.c.held).filter(|_| self.eq(at, "as")))
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

    /// Whether a demonym of one person may stand at `at`: a Canadian. Names end so too.
    fn is_demonym(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|t| t.word == 0 && t.has(CAPITAL))
            && self.word(at).ends_with("ian")
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
        if self.taken[at] || t.kind == Kind::Word && self.attribution(at) {
            return false;
        }
        // Injured, one of whom seriously.
        if self.eq(at + 1, "of") && self.is(at + 2, self.c.them) {
            return false;
        }
        if self.eq(at, "between")
            && self.tokens.get(at + 1).is_some_and(|n| {
                !self.taken[at + 1] && (n.kind == Kind::Number || self.data.numbers.begins(n))
            })
        {
            return true;
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

    /// Whether what begins at `at` tells who says it, without a comma before it: 'wounded a source said'.
    fn attribution(&self, at: usize) -> bool {
        (at..at + 8)
            .take_while(|i| {
                (self.kind(*i) == Some(Kind::Word) || self.mark(*i, b'-')) && !self.taken[*i]
            })
            .find(|i| self.is(*i, self.c.saying) || self.is(*i, self.c.aux))
            .is_some_and(|i| self.is(i, self.c.saying) && i > at)
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
            Outcome::Besieged => true,
            Outcome::Attacked => !self.is(q.noun.1 - 1, self.c.weapon),
            Outcome::Killed | Outcome::Kidnapped => {
                let head = q.noun.1 - 1;
                self.is_plural(head) && !self.is(head, self.c.thing)
            }
            _ => false,
        }
    }

    /// Gives quantity `i` the outcome of what was told before it, where it is another figure of that.
    fn settle_figure(found: &mut [Found], i: usize, before: Range<usize>, out: &[Quantity<'_>]) {
        // The nearest people decide, whether something happened to them or not.
        let people = |unit| matches!(unit, Some(Unit::People | Unit::Groups));
        let told = match (i.saturating_sub(NEAR)..i).rev().find(|j| people(found[*j].unit)) {
            Some(j) => found[j].outcome,
            None => before.rev().find(|j| people(out[*j].unit)).and_then(|j| out[j].outcome),
        };
        if let Some(outcome) = told {
            let q = &mut found[i];
            (q.outcome, q.unit, q.rule) = (Some(outcome), Some(Unit::People), By::Toll);
        }
    }

    /// Finds the total of the part `i`, in its sentence or before it, and shares what happened.
    fn settle_part(
        found: &mut [Found],
        i: usize,
        mut before: Range<usize>,
        out: &[Quantity<'_>],
    ) -> Option<usize> {
        let q = &found[i];
        let total = (i.saturating_sub(NEAR)..i).rev().find(|j| {
            let t = &found[*j];
            let counts = match t.unit {
                None => q.of_them && t.noun.0 < t.noun.1,
                Some(unit) => matches!(unit, Unit::People | Unit::Groups),
            };
            !(t.part || t.of_the && q.of_the)
                && (!q.of_which || t.stop + 1 >= q.start)
                && t.index.is_some()
                && counts
                && (q.outcome.is_none()
                    || q.of_them
                    || t.outcome == q.outcome
                    || t.outcome.is_none())
        });
        let mut part_of = None;
        if let Some(total) = total {
            let (outcome, unit) = (found[total].outcome, found[total].unit);
            part_of = found[total].index;
            let q = &mut found[i];
            // 109 of whom were evacuees: what happened to all happened to them.
            if q.of_them && q.rule == By::Head && q.noun.0 < q.noun.1 && outcome.is_some() {
                q.outcome = None;
            }
            q.outcome = q.outcome.or(outcome);
            if q.unit.is_none() && q.noun.0 == q.noun.1 && unit != Some(Unit::People) {
                q.unit = unit;
                q.like_total = unit.is_none();
            }
        } else if !q.of_which && (q.of_them || q.of_the || q.outcome.is_some()) {
            part_of = before.rfind(|j| {
                let t = &out[*j];
                t.part_of.is_none()
                    && t.outcome.is_some()
                    && (q.outcome.is_none() || t.outcome == q.outcome)
            });
            let outcome = part_of.and_then(|total| out[total].outcome);
            let q = &mut found[i];
            q.outcome = q.outcome.or(outcome);
        }
        if part_of.is_some() {
            let q = &mut found[i];
            q.rule = By::Part;
            if q.unit.is_none() && !q.like_total {
                q.unit = Some(Unit::People);
            }
        }
        part_of
    }

    /// What is known of `q`, in bytes of the text.
    fn quantity_of(&self, q: &Found, part_of: Option<usize>) -> Quantity<'d> {
        let span = |a: usize, b: usize| {
            Span::new(self.tokens[a].start as usize, self.tokens[b - 1].end as usize)
        };
        let counts = !matches!(
            q.unit,
            Some(Unit::Currency(_) | Unit::Measure(_) | Unit::Percent | Unit::Age)
        );
        let rule = self.data.by.get(q.rule as usize).and_then(|r| self.data.rules.get(*r));
        Quantity {
            span: span(q.start, q.end),
            value: match q.to {
                None => digits(q.value),
                Some(to) => format!("{}-{}", digits(q.value), digits(to)),
            },
            low: q.low,
            high: q.high,
            unit: q.unit,
            counted: (counts && q.noun.1 > q.noun.0).then(|| span(q.noun.0, q.noun.1)),
            outcome: q.outcome,
            part_of,
            rule: rule.map_or("", |r| r.id.as_str()),
        }
    }

    fn emit(
        &self,
        found: &mut [Found],
        ages: &[Found],
        before: Range<usize>,
        out: &mut Vec<Quantity<'d>>,
    ) {
        let mut ages = ages.iter().peekable();
        for i in 0..found.len() {
            let mut part_of = None;
            let whom = matches!(found[i].unit, None | Some(Unit::People | Unit::Groups));
            if found[i].figure && found[i].outcome.is_none() {
                Self::settle_figure(found, i, before.clone(), out);
            }
            if whom && (found[i].part || found[i].of_the) {
                part_of = Self::settle_part(found, i, before.clone(), out);
            }
            let q = &found[i];
            let noun = q.noun.1 > q.noun.0;
            let keep = q.outcome.is_some()
                || part_of.is_some()
                || (!q.weak && (q.unit.is_some() || noun && self.is_plural(q.noun.1 - 1)));
            if !keep {
                continue;
            }
            while let Some(age) = ages.next_if(|age| age.start < q.start) {
                out.push(self.quantity_of(age, None));
            }
            let index = out.len();
            out.push(self.quantity_of(q, part_of));
            found[i].index = Some(index);
        }
        for age in ages {
            out.push(self.quantity_of(age, None));
        }
        for q in &*found {
            if let (Some(whole), Some(own)) = (q.whole, q.index)
                && out[own].part_of.is_none()
                && let Some(total) = found[whole].index
                && out[total].part_of.is_none()
            {
                out[own].part_of = Some(total);
            }
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
