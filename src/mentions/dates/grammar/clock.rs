//! Times of day.

use super::{Anchor, Base, Built, Clock, Reader, small};
use crate::mentions::dates::TimexKind;
use crate::mentions::dates::calendar::Unit;
use crate::mentions::phrases::patterns::slot;
use crate::mentions::phrases::tokens::TIGHT;

impl Reader<'_> {
    pub(super) fn clock(&self) -> Built {
        let ids = &self.ids;
        let pm = self.get(ids.ampm).or_else(|| self.get(ids.ap)).map(|p| p > 0.0);
        let (hour, minute) = if let Some(digits) = self.get(slot::DIGITS) {
            // 2100 GMT
            let token = self.found.token(slot::DIGITS, 0)?;
            if self.tokens[token].mark != 4 || digits % 100.0 > 59.0 {
                return None;
            }
            (small((digits / 100.0).trunc()), Some(small(digits % 100.0)))
        } else if let Some(h) = self.get(ids.clockword) {
            (small(h), Some(0))
        } else {
            let hour = self.get(slot::HOUR).or_else(|| self.get(slot::NUM))?;
            let evening = self.get(ids.tod).is_some_and(|t| t > 2.0);
            let pm = pm.or(if self.get(ids.tod).is_some() { Some(evening) } else { None });
            let hour = small(hour);
            let hour = match pm {
                Some(true) if hour < 12 => hour + 12,
                Some(false) if hour == 12 => 0,
                _ => hour,
            };
            (hour, self.get(slot::MINUTE).map(small))
        };
        if !(0..=24).contains(&hour) {
            return None;
        }
        let zone = self.get(ids.tz).map(|z| small(z) + self.shift());
        let base = if let Some(today) = self.get(ids.today) {
            Base::Distance(Unit::Day, i64::from(small(today)), Anchor::Speech)
        } else if self.month().is_some()
            || self.get(slot::YEAR).is_some() && self.found.captures.len() > 3
        {
            self.month()?;
            self.date_base()?
        } else if let Some(weekday) = self.weekday() {
            Base::Weekday(weekday, self.get(ids.rel).map(|r| i64::from(small(r))))
        } else {
            Base::SameDay
        };
        let mut expr = self.expr(TimexKind::Time, base.clone());
        if matches!(base, Base::Weekday(..)) {
            expr.weekday = None;
        }
        expr.clock = Some(Clock::Time(hour, minute.or(Some(0)), zone));
        Self::single(expr)
    }

    /// Hours that are added to the zone: GMT+3.
    fn shift(&self) -> i8 {
        let shift = |at: usize| {
            let sign = self.token(at.checked_sub(1)?)?;
            let zone = Self::is(self.token(at.checked_sub(2)?), self.ids.tz);
            let hours = small(self.token(at)?.number);
            let factor = if sign.is_mark(b'-') { -1 } else { 1 };
            (zone && sign.has(TIGHT)).then_some(hours * factor)
        };
        self.found
            .captures
            .iter()
            .filter(|c| c.slot == slot::HOUR)
            .find_map(|c| shift(c.token))
            .unwrap_or(0)
    }

    pub(super) fn day_part(&self) -> Built {
        let ids = &self.ids;
        let tonight = self.word(self.token(self.found.end - 1)).eq_ignore_ascii_case("tonight");
        let first = |word: &str| self.eq_at(self.found.start, word);
        let early = self.get(ids.part) == Some(1.0);
        let hours = (self.found.start..self.found.end).any(|at| self.eq_at(at, "hours"));
        let part = match self.get(ids.tod) {
            Some(t) => small(t),
            // The early hours of Friday.
            None if early && hours => 1,
            None => 5,
        };
        let base = if let Some(today) = self.get(ids.today) {
            Base::Distance(Unit::Day, i64::from(small(today)), Anchor::Speech)
        } else if self.month().is_some() {
            self.date_base()?
        } else if let Some(weekday) = self.weekday() {
            Base::Weekday(weekday, self.get(ids.rel).map(|r| i64::from(small(r))))
        } else if self.eq_at(self.found.start, "night") && self.found.end == self.found.start + 1 {
            Base::Value("XXXX-XX-XX".to_owned())
        } else if self.eq_at(self.found.end - 1, "before") {
            Base::Step(Unit::Day, -1, Anchor::Running)
        } else if tonight || self.found.pattern == 3 {
            Base::Today
        } else if first("last") {
            Base::Distance(Unit::Day, -1, Anchor::Speech)
        } else if let Some(ana) = self.get(ids.ana) {
            match small(ana) {
                0 => Base::SameDay,
                n => Base::Step(Unit::Day, i64::from(n), Anchor::Running),
            }
        } else if self.tokens[self.found.start..self.found.end]
            .iter()
            .any(|t| t.word_text(self.text) == "next")
        {
            Base::Step(Unit::Day, 1, Anchor::Running)
        } else if first("that") || self.found.pattern == 7 {
            Base::SameDay
        } else {
            Base::Today
        };
        let mut expr = self.expr(TimexKind::Time, base);
        if matches!(expr.base, Base::Weekday(..)) {
            expr.weekday = None;
        }
        expr.clock = Some(Clock::Part(part));
        Self::single(expr)
    }
}
