//! Dates seen from the day of speech or from the time that the text speaks of.

use super::{Anchor, Base, Built, Reader, small, unit};
use crate::mentions::dates::TimexKind;
use crate::mentions::dates::calendar::Unit;
use crate::mentions::phrases::tokens::{CAPITAL, Kind, Token};

impl Reader<'_> {
    pub(super) fn today(&self) -> Built {
        let n = i64::from(small(self.get(self.ids.today)?));
        // The day after tomorrow, the day before yesterday.
        let n = if self.found.pattern >= 2 { 2 * n } else { n };
        Self::single(self.expr(
            TimexKind::Date,
            if n == 0 { Base::Today } else { Base::Distance(Unit::Day, n, Anchor::Speech) },
        ))
    }

    pub(super) fn named_weekday(&self) -> Built {
        let weekday = self.weekday()?;
        let dir =
            self.get(self.ids.rel).or_else(|| self.get(self.ids.ana)).map(|r| i64::from(small(r)));
        // Black Friday, Bloody Sunday, Sunday Times.
        let (before, after) = (self.before(1), self.token(self.found.end));
        let name = |t: Option<&Token>| t.is_some_and(|t| t.kind == Kind::Word && t.has(CAPITAL));
        if dir.is_none()
            && name(after)
            && (self.word(before).eq_ignore_ascii_case("the") || self.found.start == 0)
            && Self::is(after, self.ids.paper)
            || dir.is_none() && Self::is(before, self.ids.day_name)
        {
            return None;
        }
        let mut expr = self.expr(TimexKind::Date, Base::Weekday(weekday, dir));
        expr.weekday = None;
        Self::single(expr)
    }

    pub(super) fn relative_month(&self) -> Built {
        if let (Some(ana), Some(season)) = (self.get(self.ids.ana), self.get(self.ids.season)) {
            let dir = if ana == 0.0 { None } else { Some(i64::from(small(ana))) };
            return Self::single(self.expr(TimexKind::Date, Base::Season(small(season), dir)));
        }
        let dir = i64::from(small(self.get(self.ids.rel)?));
        let base = match (self.month(), self.get(self.ids.season)) {
            (Some(month), _) => Base::Month(month, Some(dir)),
            (None, Some(season)) => Base::Season(small(season), Some(dir)),
            _ => return None,
        };
        Self::single(self.expr(TimexKind::Date, base))
    }

    pub(super) fn relative(&self) -> Built {
        let unit = self.get(self.ids.calunit).and_then(unit).or_else(|| self.unit_word())?;
        // The latest year is the last complete one.
        let latest = self.found.pattern == 2;
        let past = self.found.pattern == 3;
        let dir = if latest || past { -1 } else { self.get(self.ids.rel).map_or(0, small) };
        let rel = self.found.token(self.ids.rel, 0);
        let is = |word: &str| rel.is_some_and(|t| self.eq_at(t, word));
        // 'past week' and 'coming year' are lengths unless an article makes them one.
        if is("past") && unit != Unit::Weekend || is("coming") || unit == Unit::Day && !is("this") {
            return None;
        }
        // The last week of May.
        if is("last") && self.eq_at(self.found.end, "of") {
            return None;
        }
        let expr = self.expr(TimexKind::Date, Base::Step(unit, i64::from(dir), Anchor::Speech));
        Self::single(expr)
    }

    pub(super) fn anaphoric(&self) -> Built {
        let unit =
            unit(self.get(self.ids.calunit).or_else(|| self.get(self.ids.unit)).unwrap_or(-1.0))
                .or_else(|| self.unit_word())?;
        let dir = self.get(self.ids.ana).map_or_else(|| self.ana_word(), small);
        let pattern = self.found.pattern;
        // The end of the month, later in the year; but no 'later day'.
        if pattern == 3 {
            let article = self.tokens[self.found.start + 1..self.found.end]
                .iter()
                .any(|t| t.word_text(self.text).eq_ignore_ascii_case("the"));
            let later = Self::is(self.token(self.found.start), self.ids.later);
            if !article || unit == Unit::Day && !later {
                return None;
            }
            if unit == Unit::Day {
                return Self::single(self.expr(TimexKind::Date, Base::SameDay));
            }
            return Self::single(self.expr(TimexKind::Date, Base::Step(unit, 0, Anchor::Current)));
        }
        // The day before the vote is no day before the one spoken of.
        if pattern == 2
            && self.word(self.token(self.found.end - 1)) != "following"
            && self.token(self.found.end).is_some_and(|t| {
                t.kind != Kind::Mark && !matches!(self.word(Some(t)), "and" | "or")
            })
        {
            return None;
        }
        if pattern == 0
            && unit == Unit::Quarter
            && dir == 0
            && self.word(self.token(self.found.start)) == "that"
        {
            return None;
        }
        Self::single(self.expr(TimexKind::Date, Base::Step(unit, i64::from(dir), Anchor::Running)))
    }

    fn ana_word(&self) -> i8 {
        let words = self.found.start..self.found.end;
        let has = |word: &str| words.clone().find(|at| self.eq_at(*at, word));
        let next = ["next", "after", "following"].iter().filter_map(|w| has(w)).min();
        match (next, has("before")) {
            (Some(next), before) if before.is_none_or(|b| next < b) => 1,
            (_, Some(_)) => -1,
            _ => 0,
        }
    }

    pub(super) fn distance(&self, ago: bool) -> Built {
        let unit = self.any_unit()?;
        let last = self.token(self.found.looked - 1);
        let forward = Self::is(last, self.ids.forth);
        let sign = if forward { 1 } else { -1 };
        let anchor = if ago { Anchor::Speech } else { Anchor::Running };
        let vague = || Base::Value(if forward { "FUTURE_REF" } else { "PAST_REF" }.to_owned());
        // 'a year before' needs something after it: 'two days before the vote' is a length.
        if self.eq_at(self.found.looked - 1, "before")
            && !self.token(self.found.looked - 2).is_some_and(|t| t.is_mark(b'-'))
            && self.token(self.found.end).is_some_and(|t| t.kind != Kind::Mark)
        {
            return None;
        }
        let has = |w: &str| (self.found.start..self.found.end).any(|at| self.eq_at(at, w));
        // 2 1/2 years ago.
        let part = self.fraction().unwrap_or(0.0);
        let (amount, unit) = match (self.amount().map(|n| n + part), unit) {
            (Some(n), Unit::Year) if n.fract() > 0.0 => (Some(n * 12.0), Unit::Month),
            // A year and a half ago, half a year ago.
            (Some(n), Unit::Year) if has("half") => {
                let whole = if has("and") { n } else { 0.0 };
                (Some((whole + 0.5) * 12.0), Unit::Month)
            }
            (_, unit) if has("half") => (None, unit),
            given => given,
        };
        let base = match amount {
            Some(n)
                if n.fract() == 0.0
                    && n < 100_000.0
                    && unit >= Unit::Day
                    && unit != Unit::Millennium =>
            {
                #[allow(clippy::cast_possible_truncation, reason = "checked to be small and whole")]
                let n = n as i64;
                Base::Distance(unit, sign * n, anchor)
            }
            _ => vague(),
        };
        Self::single(self.expr(TimexKind::Date, base))
    }
}
