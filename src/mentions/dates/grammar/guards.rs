//! What the words around a match must not say: digits that go on, titles, look-alikes.

use super::{Guard, Reader, Tense, unit};
use crate::mentions::dates::calendar::Unit;
use crate::mentions::phrases::patterns::slot;
use crate::mentions::phrases::tokens::{
    CAPITAL, GLUED, Kind, ORDINAL, SEPARATED, TIGHT, Token, UPPER,
};

impl Reader<'_> {
    /// Digits at either end must not go on: 555-2016, 3.2016, 12/30/4, A4.
    pub(super) fn free(&self) -> bool {
        let first = &self.tokens[self.found.start];
        if first.kind == Kind::Number
            && first.has(TIGHT)
            && let Some(t) = self.before(1)
        {
            let joins = match t.kind {
                Kind::Mark => match t.mark {
                    b'-' | b'.' | b'/' | b':' | b',' => {
                        self.before(2).is_some_and(|t2| t2.kind == Kind::Number)
                            && (t.has(TIGHT))
                            && !(t.mark == b'-'
                                && self.before(2).is_some_and(|t2| t2.mark == 4 && first.mark == 4))
                    }
                    b'$' | b'#' | b'L' | b'E' | b'Y' | b'+' => true,
                    _ => false,
                },
                Kind::Word => true,
                Kind::Number => false,
            };
            if joins {
                return false;
            }
        }
        if first.kind == Kind::Word
            && first.has(TIGHT)
            && self.before(1).is_some_and(|t| t.kind == Kind::Number)
        {
            return false;
        }
        let last = &self.tokens[self.found.end - 1];
        if last.kind == Kind::Number {
            if last.has(GLUED) {
                return false;
            }
            if let Some(t) = self.token(self.found.end).filter(|t| t.has(TIGHT)) {
                let next = self.token(self.found.end + 1);
                let number = next.is_some_and(|n| n.has(TIGHT) && n.kind == Kind::Number);
                if t.kind == Kind::Mark
                    && (matches!(t.mark, b'%')
                        || matches!(t.mark, b'/' | b':' | b'.') && number
                        || t.mark == b'-'
                            && number
                            && !next.is_some_and(|n| n.mark == last.mark || n.mark == 4))
                {
                    return false;
                }
            }
        }
        true
    }

    /// Whether it is a title in quotation marks: "60 Minutes", "This Week".
    pub(super) fn title(&self) -> bool {
        let quote = |t: Option<&Token>| t.is_some_and(|t| t.is_mark(b'"') || t.is_mark(b'\''));
        let last = &self.tokens[self.found.end - 1];
        let stop = self.token(self.found.end).is_some_and(|t| matches!(t.mark, b',' | b'.'));
        last.has(CAPITAL)
            && self.found.end > self.found.start + 1
            && quote(self.before(1))
            && quote(self.token(self.found.end + usize::from(stop)))
    }

    pub(super) fn allowed(&self, guard: Guard) -> bool {
        match guard {
            Guard::None => true,
            Guard::Month => self.allowed_month(),
            Guard::Year => self.allowed_year(),
            Guard::Season => self.allowed_season(),
            Guard::One => self.allowed_one(),
            Guard::Vague => self.allowed_vague(),
            Guard::Clock => self.allowed_clock(),
            // $5 billion a year, 30 a day: a number stands before it.
            Guard::Rate => self.before(1).is_some_and(|t| {
                t.kind == Kind::Number
                    && t.flags & ORDINAL == 0
                    && !(t.mark == 4 && t.flags & SEPARATED == 0)
                    || self.data.numbers.is_scale(t)
            }),
            // Soon after in the past is no reference to the future.
            Guard::Soon => {
                self.found.pattern > 0
                    || self.tense() == Tense::Future
                        && !self.eq_at(self.found.end, "after")
                        && !self.eq_at(self.found.end, "as")
            }
            Guard::Past => {
                let next = self.token(self.found.end);
                let length = next.is_some_and(|t| {
                    let ids = &self.ids;
                    let words = 1 << ids.unit
                        | 1 << ids.units
                        | 1 << ids.vague
                        | 1 << ids.couple
                        | 1 << ids.cardinal;
                    t.kind == Kind::Number || t.classes & words != 0
                });
                next.is_none_or(|t| t.kind == Kind::Mark)
                    || self.found.pattern < 3
                    || self.found.pattern == 3 && !length
                    || self.found.pattern > 4
            }
        }
    }

    /// May and March alone need a preposition, and `March on` is a call.
    fn allowed_month(&self) -> bool {
        let Some(at) = self.month_token() else { return true };
        if at > 0 && self.eq_at(at - 1, "black") {
            return false;
        }
        let token = &self.tokens[at];
        let next = self.token(at + 1);
        if token.has(UPPER) && self.before(1).is_some_and(|t| t.has(UPPER)) {
            // A line in capitals: MAY DAY RALLY.
            return Self::is(Some(token), self.ids.sure);
        }
        // A person's name: April Glaspie, Jan Egeland; but April Sunday is none.
        if next.is_some_and(|t| {
            t.kind == Kind::Word && t.has(CAPITAL) && t.classes == 0 && t.word == 0
        }) && !Self::is(self.before(1), self.ids.monthprep)
            && !self.is_part()
        {
            return Self::is(Some(token), self.ids.sure)
                && !Self::is(Some(token), self.ids.first_name);
        }
        if Self::is(Some(token), self.ids.mon) && !Self::is(Some(token), self.ids.month) {
            // Abbreviations alone only with a stop or a preposition.
            return self.tokens[at..self.found.end].len() > 1
                && Self::is(self.before(1), self.ids.monthprep);
        }
        if Self::is(Some(token), self.ids.sure) || self.is_part() {
            return true;
        }
        let before = if at == self.found.start { self.before(1) } else { self.token(at - 1) };
        // The May elections, but: the March on the capital.
        let noun = next.is_some_and(|t| {
            let plain = t.classes == 0 || Self::is(Some(t), self.ids.event);
            t.kind == Kind::Word && !t.has(CAPITAL) && plain && t.word == 0
        });
        if noun && self.word(before).eq_ignore_ascii_case("the") {
            return true;
        }
        Self::is(before, self.ids.monthprep)
            && !next.is_some_and(|t| t.has(CAPITAL) && t.kind == Kind::Word && t.classes == 0)
    }

    fn allowed_year(&self) -> bool {
        let Some(at) = self.found.token(slot::YEAR, 0) else { return true };
        let value = self.tokens[at].number;
        let next = self.token(at + 1);
        let counted = Self::is(next, self.ids.counted)
            || Self::is(self.token(at + 2), self.ids.counted)
                && next.is_some_and(|t| t.kind == Kind::Word && !t.has(CAPITAL))
                && !Self::is(next, self.ids.yearprep);
        if self.is_part() || self.found.start < at {
            return !counted;
        }
        let Some(mut before) = self.before(1) else {
            return !counted && (1700.0..2100.0).contains(&value);
        };
        // A phone number: 11 2017.
        if before.kind == Kind::Number {
            return false;
        }
        // No. 2014, (No 2014), § 1950.
        let mut back = 1;
        while before.kind == Kind::Mark && matches!(before.mark, b'.' | b'#' | 0) && back < 3 {
            if matches!(before.mark, b'#' | 0) {
                return false;
            }
            back += 1;
            match self.before(back) {
                Some(t) if Self::is(Some(t), self.ids.notyear) => before = t,
                _ => break,
            }
        }
        // In 1000 places.
        let places = next.is_some_and(|t| {
            t.kind == Kind::Word
                && !t.has(CAPITAL)
                && t.word == 0
                && t.word_text(self.text).ends_with('s')
        });
        if places && value % 100.0 < 0.5 {
            return false;
        }
        if Self::is(Some(before), self.ids.yearprep) {
            let unit = Self::is(next, self.ids.counted) && !next.is_some_and(|t| t.has(CAPITAL));
            return !unit
                && (value >= 1400.0
                    || before.word_text(self.text).eq_ignore_ascii_case("in") && value >= 1000.0);
        }
        if Self::is(Some(before), self.ids.notyear) {
            // 'about 1910', 'to 1918' are years where nothing is counted.
            return Self::is(Some(before), self.ids.maybe_year)
                && !counted
                && (1800.0..2100.0).contains(&value)
                && next
                    .is_none_or(|t| t.kind == Kind::Mark || Self::is(Some(t), self.ids.yearprep));
        }
        let numbered = before.kind == Kind::Word && before.has(CAPITAL) && before.has(UPPER);
        !counted && !numbered && (1800.0..2100.0).contains(&value)
    }

    fn allowed_season(&self) -> bool {
        let Some(at) = self.found.token(self.ids.season, 0) else { return true };
        let next = self.token(at + 1);
        let name = self.tokens[at].word_text(self.text);
        if next.is_some_and(|t| t.has(TIGHT) && t.is_mark(b'-')) {
            return false;
        }
        // The fall of a town, the spring of a well, Prague Spring, a winter coat.
        let named = self.found.end > at + 1;
        if !named
            && self.eq_at(at + 1, "of")
            && !name.eq_ignore_ascii_case("summer")
            && !name.eq_ignore_ascii_case("winter")
        {
            return false;
        }
        let ends = next.is_none_or(|t| t.kind == Kind::Mark) || Self::is(next, self.ids.season_end);
        (ends || named) && !self.tokens[at].has(CAPITAL)
    }

    fn allowed_one(&self) -> bool {
        let Some(n) = self.get(self.ids.unit) else { return true };
        let next = self.token(self.found.end);
        let unit = unit(n);
        // A second attack, a quarter of them, a minute mistake.
        if matches!(unit, Some(Unit::Second | Unit::Quarter | Unit::Night | Unit::Weekend)) {
            return false;
        }
        if unit == Some(Unit::Minute) && self.found.end - self.found.start < 2 {
            return false;
        }
        if self.get(self.ids.run).is_some() && self.eq_at(self.found.end, "of") {
            // The last week of May.
            return false;
        }
        if self.get(self.ids.run).is_some() {
            // The last day of school is no length.
            return unit != Some(Unit::Day)
                || !self.tokens[self.found.start..self.found.end]
                    .iter()
                    .any(|t| t.word_text(self.text).eq_ignore_ascii_case("last"));
        }
        let first = self.found.start;
        if !self.eq_at(first, "a") && !self.eq_at(first, "an") {
            return true;
        }
        // Prices, rates and frequencies: $5 a year, 90 km an hour, twice a week.
        let for_ = Self::is(self.before(1), self.ids.one_lead);
        let day = matches!(unit, Some(Unit::Day)) && self.word(next).eq_ignore_ascii_case("of");
        for_ && !day && !next.is_some_and(|t| t.is_mark(b'-') && t.has(TIGHT))
    }

    fn allowed_vague(&self) -> bool {
        // A bare plural is a length only where nothing stands before it that it belongs to.
        if !self.one_word() {
            return true;
        }
        let token = &self.tokens[self.found.start];
        let Some(before) = self.before(1) else {
            return !self.word(self.token(self.found.end)).is_empty()
                && self.get(self.ids.longunits).is_some_and(|u| u > 1.5);
        };
        if token.has(TIGHT) || token.has(CAPITAL) {
            return false;
        }
        let is = |word: &str| before.word_text(self.text).eq_ignore_ascii_case(word);
        Self::is(Some(before), self.ids.length_lead)
            && !(is("of") && self.word(self.before(2)).eq_ignore_ascii_case("number"))
            && self.get(self.ids.longunits).is_some_and(|u| u > 1.5)
            && !(is("in") && self.eq_at(self.found.end, "of"))
    }

    fn allowed_clock(&self) -> bool {
        let marked = self.get(self.ids.ampm).is_some()
            || self.get(self.ids.ap).is_some()
            || self.get(self.ids.clockword).is_some()
            || self.get(self.ids.tz).is_some();
        if marked {
            return true;
        }
        // 0600 hours is a time only where something says so, 0600 local time always.
        if self.get(slot::DIGITS).is_some() {
            return self.eq_at(self.found.end - 1, "time")
                || Self::is(self.before(1), self.ids.hour_lead);
        }
        if self.found.captures.iter().any(|c| c.slot == slot::MINUTE) {
            // Scores and verses.
            return Self::is(self.before(1), self.ids.clock_lead)
                || self.weekday().is_some()
                || self.found.captures.len() > 3;
        }
        // o'clock
        self.word(self.token(self.found.end.saturating_sub(1))).eq_ignore_ascii_case("clock")
            || self.get(self.ids.tod).is_some()
    }
}
