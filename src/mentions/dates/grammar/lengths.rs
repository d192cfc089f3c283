//! Lengths of time and what recurs.

use super::{Base, Built, Reader, length, part_name, small, unit};
use crate::mentions::dates::TimexKind;
use crate::mentions::dates::calendar::{Unit, season_name};
use crate::mentions::phrases::patterns::slot;
use crate::mentions::phrases::tokens::{CAPITAL, TIGHT, digits};

impl Reader<'_> {
    pub(super) fn duration(&self) -> Built {
        let unit = self.any_unit()?;
        let mut n = self.get(slot::NUM);
        let words = &self.tokens[self.found.start..self.found.end];
        let has = |w: &str| words.iter().any(|t| t.word_text(self.text).eq_ignore_ascii_case(w));
        if has("half") && self.found.pattern >= 5 {
            let one = has("one") || has("and");
            n = Some(n.unwrap_or(if one { 1.0 } else { 0.0 }) + 0.5);
        }
        let value = n? + self.fraction().unwrap_or(0.0);
        // 0600 hours is a time; what will one day be has no length.
        let number = self.found.token(slot::NUM, 0).and_then(|at| self.token(at));
        if unit == Unit::Hour
            && number.is_some_and(|t| t.mark == 4 && t.word_text(self.text).len() == 4)
            && (value < 1000.0 || Self::is(self.before(1), self.ids.hour_lead))
        {
            return None;
        }
        if unit == Unit::Day && has("one") && Self::is(self.before(1), self.ids.futurev) {
            let base = Base::Value("FUTURE_REF".to_owned());
            return Self::single(self.expr(TimexKind::Date, base));
        }
        // 'the 2014 second quarter', '1990 seconds' and ordinals that look like units.
        if unit == Unit::Second
            && words.last().is_some_and(|t| t.classes & (1 << self.ids.ordinal) != 0)
        {
            return None;
        }
        // An age counts people's years: 12-year-old, 55 years old, six years of age.
        let (a, b) = (self.found.end, self.found.end + 1);
        // Of a truce or a war it is a length: the two-week-old truce.
        if self.token(a).is_some_and(|t| t.is_mark(b'-'))
            && self.eq_at(b, "old")
            && (b + 1..b + 4).any(|at| Self::is(self.token(at), self.ids.event))
        {
            let value = Base::Value(length(&digits(value), unit));
            return Self::single(self.expr_over(
                self.found.start,
                b + 1,
                TimexKind::Duration,
                value,
            ));
        }
        if self.eq_at(a, "old")
            || self.token(a).is_some_and(|t| t.is_mark(b'-')) && self.eq_at(b, "old")
            || self.eq_at(a, "of") && self.eq_at(b, "age")
        {
            return None;
        }
        if unit == Unit::Quarter && self.word(self.token(self.found.end)).eq_ignore_ascii_case("of")
        {
            return None;
        }
        // The 1988 quarter is one of that year.
        let plural = self.get(self.ids.units).is_some() || self.get(self.ids.longunits).is_some();
        if !plural && (1900.0..2100.0).contains(&value) && value.fract() == 0.0 {
            return None;
        }
        // 'two or three weeks': TIMEX3 has no alternatives, so the number stays open.
        let open = self.found.pattern == 1 && self.found.get(slot::NUM, 1).is_some();
        let amount = if open { "X".to_owned() } else { digits(value) };
        // Half a century is fifty years.
        let (amount, unit) = match unit {
            Unit::Century if value.fract() != 0.0 => (digits(value * 100.0), Unit::Year),
            Unit::Decade if value.fract() != 0.0 => (digits(value * 10.0), Unit::Year),
            _ => (amount, unit),
        };
        let amount = if unit == Unit::Hour && value < 1.0 {
            return self.half_hour();
        } else {
            amount
        };
        Self::single(self.expr(TimexKind::Duration, Base::Value(length(&amount, unit))))
    }

    /// The fraction of 2 1/2 years.
    pub(super) fn fraction(&self) -> Option<f64> {
        let (a, b) = (self.found.get(slot::DAY, 0)?, self.found.get(slot::DAY, 1)?);
        (a < b).then(|| a / b)
    }

    fn half_hour(&self) -> Built {
        Self::single(self.expr(TimexKind::Duration, Base::Value("PT30M".to_owned())))
    }

    pub(super) fn duration_one(&self) -> Built {
        let unit = self.any_unit()?;
        Self::single(self.expr(TimexKind::Duration, Base::Value(length("1", unit))))
    }

    pub(super) fn duration_vague(&self) -> Built {
        let unit = self.any_unit()?;
        let amount = if self.get(self.ids.couple).is_some() { "2" } else { "X" };
        if self.eq_at(self.found.start, "recent") && unit == Unit::Second {
            return None;
        }
        Self::single(self.expr(TimexKind::Duration, Base::Value(length(amount, unit))))
    }

    pub(super) fn every(&self) -> Built {
        let ids = &self.ids;
        let words = self.found.start..self.found.end;
        let has = |w: &str| words.clone().any(|at| self.eq_at(at, w));
        let value = if has("weekends") {
            "XXXX-WXX-WE".to_owned()
        } else if let Some(w) = self.get(ids.weekday).or_else(|| self.get(ids.weekdays)) {
            format!("XXXX-WXX-{}", small(w) + 1)
        } else if let Some(m) = self.month() {
            format!("XXXX-{m:02}")
        } else if let Some(s) = self.get(ids.season) {
            format!("XXXX-{}", season_name(small(s)))
        } else if let Some(t) = self.get(ids.tod) {
            format!("XXXX-XX-XXT{}", part_name(small(t)))
        } else {
            let unit = match self.get(ids.adverbset) {
                Some(n) => unit(n)?,
                None => self.any_unit()?,
            };
            if unit == Unit::Second
                && self.tokens[self.found.end - 1].word_text(self.text) == "second"
            {
                return None;
            }
            let other = self.word(self.token(self.found.start + 1)).eq_ignore_ascii_case("other");
            let n = if other { 2.0 } else { self.get(slot::NUM).unwrap_or(1.0) };
            if has("few") || has("several") { length("X", unit) } else { length(&digits(n), unit) }
        };
        // Bi-weekly, the party daily Granma.
        if self.get(ids.adverbset).is_some()
            && (self.before(1).is_some_and(|t| t.is_mark(b'-') && t.has(TIGHT))
                || self.token(self.found.end).is_some_and(|t| t.has(CAPITAL) && t.word == 0))
        {
            return None;
        }
        if self.tokens[self.found.start].has(CAPITAL)
            && self.get(ids.adverbset).is_some()
            && (self.found.start > 0 || self.token(self.found.end).is_some_and(|t| t.has(CAPITAL)))
        {
            // The Daily Telegraph.
            return None;
        }
        Self::single(self.expr(TimexKind::Set, Base::Value(value)))
    }

    pub(super) fn times(&self) -> Built {
        let unit = match self.get(self.ids.adverbset) {
            Some(n) => unit(n)?,
            None => self.any_unit()?,
        };
        Self::single(self.expr(TimexKind::Set, Base::Value(length("1", unit))))
    }
}
