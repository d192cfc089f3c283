//! The numbers of a sentence, with their modifiers and bounds.
//!
//! In: the tokens of a sentence. Out: each number in digits or words that counts or measures
//! something, and persons that an article or a coordination counts: 'a father and his son'.

use super::{Bound, By, Core, Found, Reader, Unit};
use crate::mentions::phrases::tokens::{CAPITAL, GLUED, Kind, ORDINAL, PLURAL, TIGHT};

impl Reader<'_, '_> {
    pub(super) fn scan(&self) -> Vec<Found> {
        let mut found: Vec<Found> = Vec::new();
        // Where a person without an article may stand: at the head of a headline, or behind the verb
        // that says what happened to him.
        let mut bare = 0;
        let mut at = 0;
        while at < self.tokens.len() {
            let token = &self.tokens[at];
            let stop = match token.kind {
                Kind::Word => token.classes & self.data.stops != 0,
                Kind::Number => true,
                Kind::Mark => matches!(token.mark, b'$' | b'E' | b'L' | b'Y' | b':'),
            };
            if !stop && at != bare {
                at += 1;
                continue;
            }
            if token.classes & self.c.doing != 0 || at < 3 && token.is_mark(b':') {
                bare = at + 1;
            }
            let next = if self.taken[at] {
                None
            } else if self.may_begin(at) {
                self.quantity(at)
            } else if at == bare && self.told && token.kind == Kind::Word {
                self.bare(at)
            } else {
                None
            };
            match next {
                Some(mut q) => {
                    at = q.end.max(q.start + 1).max(at + 1);
                    if let Some(before) = found.last()
                        && self.is_next_age(before, &q)
                    {
                        (q.unit, q.rule) = (Some(Unit::Age), By::Age);
                    }
                    found.push(q);
                }
                None => at += 1,
            }
        }
        found
    }

    /// Whether a bare number is one more age: aged 4, 7 and 10.
    fn is_next_age(&self, before: &Found, q: &Found) -> bool {
        before.unit == Some(Unit::Age)
            && q.unit.is_none()
            && q.noun.0 == q.noun.1
            && before.end == before.start + 1
            && before.end + 1 == q.start
            && (self.mark(before.end, b',') || self.eq(before.end, "and"))
    }

    /// Modifiers before a number: (first token after them, low open, high open).
    pub(super) fn modifiers(&self, at: usize) -> Option<(usize, Bound)> {
        let word = self.tokens.get(at).filter(|t| t.kind == Kind::Word && t.word != 0)?;
        if word.classes & self.c.beforeq != 0 {
            return Some((at + 1, Bound::numbered(self.value(at, self.c.beforeq))));
        }
        if word.classes & (self.c.opener) == 0 {
            return None;
        }
        self.data.modifiers.at(self.tokens, at).map(|(bound, end)| (end, bound))
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
            && (!self.is(to, self.c.done) || to == at + 1 && self.is_person(to + 1))
        {
            if self.is_person(to) || self.is_demonym(to) {
                head = Some(to);
                // Passer-by.
                if self.mark(to + 1, b'-')
                    && self.tight(to + 1)
                    && self.kind(to + 2) == Some(Kind::Word)
                {
                    head = Some(to + 2);
                    to += 2;
                }
            } else if let Some(person) = head {
                // A rebel position, a Syrian army base, but: a man Ahmad knew.
                let name = self.tokens[to].has(CAPITAL) && !self.tokens[person].has(CAPITAL);
                let c = self.c;
                let verb = c.did | c.doing | c.lose | c.suffer | c.state | c.bridge | c.first_word;
                if name || self.verb_like(to) || self.is_given(to) || self.is(to, verb) {
                    break;
                }
                head = None;
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
        // A reporter of the daily and his driver.
        if self.one_of(last + 1, &["of", "with", "from", "for"])
            && let Some(and) = (last + 2..last + 7).find(|i| self.eq(*i, "and"))
            && (last + 2..and).all(|i| {
                self.kind(i) == Some(Kind::Word) && !self.verb_like(i) || self.mark(i, b'-')
            })
            && self.one_of(and + 1, &["his", "her"])
            && self.is(and + 2, self.c.person)
        {
            last = and - 1;
        }
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

    /// Persons without an article, as headlines have them: 'Russian pilot killed', 'Mother, four
    /// children die', 'strike kills rebel commander'.
    fn bare(&self, at: usize) -> Option<Found> {
        if at == 0 && !self.tokens[0].has(CAPITAL) {
            return None;
        }
        let head_from = |from: usize| {
            (from..from + 4)
                .take_while(|i| {
                    self.kind(*i) == Some(Kind::Word)
                        && !self.ends(*i)
                        && !self.is_given(*i)
                        && !self.is(*i, self.c.done | self.c.doing | self.c.cardinal)
                })
                .find(|i| {
                    self.is_person(*i)
                        && (self.kind(*i + 1) != Some(Kind::Word)
                            || self.ends(*i + 1)
                            || self.is_given(*i + 1)
                            || self.begins_core(*i + 1)
                            || self.is(*i + 1, self.c.done | self.c.shot))
                        && !(self.mark(*i + 1, b'-') && self.tight(*i + 1))
                })
        };
        let mut last = head_from(at)?;
        if self.mark(last + 1, b'\'') && self.tight(last + 1) {
            return None;
        }
        let mut count = 1.0;
        if self.eq(last + 1, "and")
            && let Some(other) = head_from(last + 2)
        {
            last = other;
            count = 2.0;
        }
        let next = last + 1;
        let object = at > 0 && self.is(at - 1, self.c.doing);
        let list = usize::from(self.mark(next, b',') || self.eq(next, "and"));
        let told = self.is_given(next)
            || self.is(next, self.c.done | self.c.did)
            || self.phrase_from(next).is_some()
            || self.begins_core(next + list)
            || self.mark(next, b',') && self.one_of(next + 1, &["her", "his"]);
        (object || told).then(|| Self::one(at, next, (at, next), count))
    }

    /// Persons who are counted without a number.
    fn one(start: usize, end: usize, noun: (usize, usize), count: f64) -> Found {
        let (low, high) = (Some(count), Some(count));
        let core = Core { value: count, to: None, end, low, high, weak: true };
        Found { noun, unit: Some(Unit::People), ..Found::new(start, core) }
    }

    /// Whether a number or its modifiers may begin at `at`.
    #[inline]
    fn may_begin(&self, at: usize) -> bool {
        let token = &self.tokens[at];
        match token.kind {
            Kind::Word => token.classes & self.data.opens != 0,
            Kind::Number => true,
            Kind::Mark => matches!(token.mark, b'$' | b'E' | b'L' | b'Y'),
        }
    }

    fn quantity(&self, at: usize) -> Option<Found> {
        // Most words that may begin a number do not: in, as, at, no.
        let token = &self.tokens[at];
        if token.kind == Kind::Word
            && token.classes & self.data.numeric == 0
            && self.modifiers(at).is_none()
        {
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
        // Took over four tanks.
        if at > 0 && self.is(at - 1, self.c.with_over) && self.eq(at, "over") {
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

    /// Whether a number may begin at `at`: the article only before hundred, half, few and the like.
    pub(super) fn begins_core(&self, at: usize) -> bool {
        let Some(token) = self.tokens.get(at) else { return false };
        let c = &self.c;
        let words = c.pluralnum | c.someq | c.cardinal | c.scale;
        token.kind == Kind::Number
            || token.classes & words != 0
            || token.kind == Kind::Word
                && (self.eq(at, "half")
                    || self.one_of(at, &["a", "an"])
                        && self.tokens.get(at + 1).is_some_and(|next| {
                            next.classes & (c.scale | c.someq) != 0
                                || self.is(at + 1, self.c.part_number)
                        }))
    }

    /// The number itself.
    fn core(&self, at: usize, between: bool, bound: Bound) -> Option<Core> {
        let token = self.tokens.get(at)?;
        if !self.begins_core(at) {
            return None;
        }
        let mut weak = false;
        let (value, mut end, mut low_only) = if token.classes & self.c.pluralnum != 0 {
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
        } else if self.eq(at, "dozen")
            && at > 0
            && (self.is(at - 1, self.c.determiner | self.c.beforeq)
                || self.one_of(at - 1, &["than", "least"]))
        {
            (12.0, at + 1, false)
        } else if self.eq(at, "a") && self.eq(at + 1, "couple") {
            (2.0, at + 2, false)
        } else {
            let number = self.data.numbers.parse(&self.data.lexicon, self.tokens, at)?;
            weak = self.eq(at, "one") && number.next == at + 1;
            let of_kin = |b| self.one_of(b, &["of", "from"]) && self.is(at + 1, self.c.kin);
            if weak && at.checked_sub(1).is_some_and(|b| self.is(b, self.c.not_one) || of_kin(b)) {
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
                !self.taken[i] && (t.kind == Kind::Number || t.classes & self.c.cardinal != 0)
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
}
