//! Dates that stand on the calendar by themselves: days, months, years, quarters, decades,
//! centuries, feasts, and those of other calendars.

use super::{Base, Built, Reader, hijri_range, holiday_in, small, year_of};
use crate::mentions::dates::TimexKind;
use crate::mentions::dates::calendar::{Cal, Unit, add_days, hijri};
use crate::mentions::phrases::patterns::slot;
use crate::mentions::phrases::tokens::{Kind, TIGHT};
use jiff::civil::Date;

/// Years beside an Islamic month that are that calendar's own: 1200 is 1785, and the tables end with 1600.
const ISLAMIC_YEARS: std::ops::RangeInclusive<i16> = 1200..=1600;

/// A month of the Islamic calendar, or a day of it, in a year of that calendar.
fn islamic(year: i32, month: i32, day: Option<i8>) -> Option<Cal> {
    let first = hijri(year, month)?;
    if let Some(day) = day {
        return Some(Cal::Day(add_days(first, i64::from(day) - 1)?));
    }
    let next = if month == 12 { hijri(year + 1, 1)? } else { hijri(year, month + 1)? };
    Some(Cal::Range(first, add_days(next, -1)?))
}

impl Reader<'_> {
    pub(super) fn date(&self) -> Built {
        if self.stray_ordinal() {
            return None;
        }
        let mut base = self.date_base()?;
        let has = |w: &str| (self.found.start..self.found.end).any(|at| self.eq_at(at, w));
        // In August last year, in the spring of that year.
        if let Some(rel) = self.get(self.ids.rel) {
            base = Base::OfYear(Box::new(base), i64::from(small(rel)));
        } else if self.eq_at(self.found.end - 1, "year") && (has("that") || has("same")) {
            base = Base::OfThatYear(Box::new(base));
        }
        let mut expr = self.expr(TimexKind::Date, base);
        let first = self.word(self.token(self.found.start));
        if ["c", "ca", "circa"].iter().any(|c| first.eq_ignore_ascii_case(c)) {
            expr.modifier = Some("APPROX");
        }
        if self.word(self.token(self.found.start)).eq_ignore_ascii_case("year")
            && self.word(self.token(self.found.start + 1)).eq_ignore_ascii_case("end")
        {
            expr.modifier = Some("END");
        }
        Self::single(expr)
    }

    /// Whether an ordinal in words after a month belongs to what follows: in March second thoughts.
    fn stray_ordinal(&self) -> bool {
        let Some(at) = self.found.token(self.ids.ordinal, 0) else { return false };
        let next = self.token(self.found.end);
        at + 1 == self.found.end
            && next.is_some_and(|t| t.kind == Kind::Word && !Self::is(Some(t), self.ids.season_end))
    }

    /// On the 21st, but not on the 12th floor.
    pub(super) fn day_of_month(&self) -> Built {
        let day = small(self.get(slot::ORDINAL)?);
        let next = self.token(self.found.end);
        let ends = next.is_none_or(|t| t.kind == Kind::Mark && !(t.is_mark(b'-') && t.has(TIGHT)))
            || Self::is(next, self.ids.season_end) && !self.eq_at(self.found.end, "of");
        if !ends || !(1..=31).contains(&day) {
            return None;
        }
        Self::single(self.expr(TimexKind::Date, Base::DayOfMonth(day)))
    }

    pub(super) fn iso(&self) -> Built {
        let values: Vec<f64> = self.found.captures.iter().skip(1).map(|c| c.value).collect();
        let [month, day] = values[..] else { return None };
        let date = Date::new(year_of(self.get(slot::YEAR)?), small(month), small(day)).ok()?;
        Self::single(self.expr(TimexKind::Date, Base::Cal(Cal::Day(date))))
    }

    /// 23/05/2016 and 5/23/2016; where both readings hold, day first, unless the year has two
    /// digits, which is American usage.
    pub(super) fn slash(&self) -> Built {
        let (a, b) = (small(self.found.get(slot::DAY, 0)?), small(self.found.get(slot::DAY, 1)?));
        let (year, american) = match (self.get(slot::YEAR), self.get(slot::TWO_DIGITS)) {
            (Some(y), _) => (year_of(y), false),
            (None, Some(y)) => (year_of(y) + if y < 50.0 { 2000 } else { 1900 }, true),
            _ => return None,
        };
        let (day, month) = if b > 12 || american && a <= 12 { (b, a) } else { (a, b) };
        let date = Date::new(year, month, day).ok()?;
        Self::single(self.expr(TimexKind::Date, Base::Cal(Cal::Day(date))))
    }

    /// Nineteen ninety-six, as speech is written down.
    pub(super) fn spoken(&self) -> Built {
        let year = self.spoken_year()?;
        let cal = match (self.month(), self.day_number(), self.get(self.ids.season)) {
            (Some(m), Some(d), _) => Cal::Day(Date::new(year, m, d).ok()?),
            (Some(m), None, _) => Cal::Month(year, m),
            (None, _, Some(season)) => Cal::Season(year, small(season)),
            _ => Cal::Year(year),
        };
        Self::single(self.expr(TimexKind::Date, Base::Cal(cal)))
    }

    fn spoken_year(&self) -> Option<i16> {
        let units = self.get(self.ids.cardinal).map_or(0, year_of);
        if (self.found.start..self.found.end).any(|at| self.eq_at(at, "thousand")) {
            // Two thousand homes are counted.
            let next = self.token(self.found.end);
            let counts = next
                .is_some_and(|t| t.kind == Kind::Word && !Self::is(Some(t), self.ids.season_end));
            let sure = self.month().is_some() || self.found.token(self.ids.cardinal, 0).is_some();
            let named = self.eq_at(self.found.start, "the") || self.eq_at(self.found.start, "year");
            return (sure || named || !counts).then_some(2000 + units);
        }
        let cent = self.get(self.ids.cent)?;
        let Some(rest) = self.get(slot::NUM) else {
            return (1..10).contains(&units).then(|| year_of(cent * 100.0) + units);
        };
        let digits =
            self.found.token(slot::NUM, 0).is_some_and(|t| self.tokens[t].kind == Kind::Number);
        ((10.0..100.0).contains(&rest) && !digits).then(|| year_of(cent * 100.0 + rest))
    }

    pub(super) fn range(&self) -> Built {
        let month = self.month()?;
        let (d1, d2) = (small(self.found.get(slot::DAY, 0)?), small(self.found.get(slot::DAY, 1)?));
        let second = self.found.token(slot::DAY, 1)?;
        let first = self.found.token(slot::DAY, 0)?;
        if d1 >= d2 {
            return None;
        }
        let base = |day: i8| match self.year() {
            Some(y) => Date::new(y, month, day).ok().map(|d| Base::Cal(Cal::Day(d))),
            None => Date::new(2000, month, day).ok().map(|_| Base::MonthDay(month, day)),
        };
        let mut a = self.expr_over(self.found.start, first + 1, TimexKind::Date, base(d1)?);
        let mut b = self.expr_over(second, self.found.end, TimexKind::Date, base(d2)?);
        b.weekday = None;
        if self.month_token() > Some(first) {
            a.weekday = None;
        }
        a.modifier = None;
        b.modifier = None;
        Some((a, Some(b)))
    }

    pub(super) fn year_range(&self) -> Built {
        if self.is_bc() {
            let (from, to) = (self.found.get(slot::DIGITS, 0)?, self.found.get(slot::DIGITS, 1)?);
            let at = self.found.token(slot::DIGITS, 1)?;
            if to >= from || from > 4000.0 {
                return None;
            }
            let base = |y: f64| Base::Cal(Cal::Year(1 - year_of(y)));
            let a =
                self.expr_over(self.found.start, self.found.start + 1, TimexKind::Date, base(from));
            return Some((a, Some(self.expr_over(at, self.found.end, TimexKind::Date, base(to)))));
        }
        let from = year_of(self.found.get(slot::YEAR, 0)?);
        let (to, at) = match self.found.get(slot::YEAR, 1) {
            Some(y) => (year_of(y), self.found.token(slot::YEAR, 1)?),
            None => (
                from - from % 100 + year_of(self.get(slot::TWO_DIGITS)?),
                self.found.token(slot::TWO_DIGITS, 0)?,
            ),
        };
        // 2008-12-12T10:30 begins with no years.
        let goes_on = self.token(self.found.end).is_some_and(|t| t.is_mark(b'-') && t.has(TIGHT))
            && self.token(self.found.end + 1).is_some_and(|t| t.kind == Kind::Number);
        if to <= from
            || goes_on
            || !(1000..2100).contains(&from)
            || Self::is(self.before(1), self.ids.notyear) && self.found.get(slot::YEAR, 1).is_none()
        {
            return None;
        }
        let a = self.expr_over(
            self.found.start,
            self.found.start + 1,
            TimexKind::Date,
            Base::Cal(Cal::Year(from)),
        );
        let b = self.expr_over(at, self.found.end, TimexKind::Date, Base::Cal(Cal::Year(to)));
        Some((a, Some(b)))
    }

    pub(super) fn decade(&self) -> Built {
        let base = if let Some(first) = self.get(slot::DECADE) {
            if self.is_bc() {
                Base::Cal(Cal::Decade(-(year_of(first) / 10) - 1))
            } else if first >= 1000.0 {
                // The 1800s are a century, the 2000s a decade.
                let year = year_of(first);
                let century = year % 100 == 0 && year < 2000;
                Base::Cal(if century { Cal::Century(year / 100) } else { Cal::Decade(year / 10) })
            } else {
                // His 30s is an age; the '60s is a decade.
                let token = self.found.token(slot::DECADE, 0)?;
                let quote = token
                    .checked_sub(1)
                    .and_then(|t| self.tokens.get(t))
                    .is_some_and(|t| t.is_mark(b'\''));
                if !quote || !(20.0..100.0).contains(&first) {
                    return None;
                }
                Base::Cal(Cal::Decade(190 + year_of(first) / 10))
            }
        } else {
            let decade = year_of(self.get(self.ids.decadeword)?) / 10;
            let century = self.get(self.ids.cent).map_or(19, year_of);
            Base::Cal(Cal::Decade(century * 10 + decade % 10))
        };
        let expr = self.expr(TimexKind::Date, base);
        Self::single(expr)
    }

    pub(super) fn century(&self) -> Built {
        let n = self.get(slot::ORDINAL).or_else(|| self.get(self.ids.ordinal)).map(year_of)?;
        if !(1..=22).contains(&n) {
            return None;
        }
        let century = if self.is_bc() { -n } else { n - 1 };
        Self::single(self.expr(TimexKind::Date, Base::Cal(Cal::Century(century))))
    }

    pub(super) fn quarter(&self) -> Built {
        let (unit, n) = if let Some(letter) = self.get(self.ids.qletter) {
            let unit = if letter > 1.0 { Unit::Half } else { Unit::Quarter };
            (unit, small(self.get(slot::DIGITS)?))
        } else if let Some(word) = self.get(self.ids.qword) {
            let unit = if word > 1.0 { Unit::Half } else { Unit::Quarter };
            (unit, small(self.get(self.ids.ordinal).or_else(|| self.get(slot::ORDINAL))?))
        } else if let Some(latter) = self.get(self.ids.latter) {
            (Unit::Half, if latter > 1.0 { 2 } else { 1 })
        } else {
            // The last quarter of 2004.
            (Unit::Quarter, 4)
        };
        if !(1..=if unit == Unit::Half { 2 } else { 4 }).contains(&n) {
            return None;
        }
        let year = self.get(slot::YEAR).map(year_of);
        // The second half of the year is one of this year.
        let of_the_year = self.eq_at(self.found.end - 1, "year");
        let rel = self
            .get(self.ids.rel)
            .map(small)
            .or_else(|| (of_the_year && year.is_none()).then_some(0));
        // 'the second half' of a match or a week names no year, one alone only where the text speaks of
        // quarters.
        if unit == Unit::Half && year.is_none() && rel.is_none() {
            if self.eq_at(self.found.end, "of") {
                return None;
            }
            return Self::single(self.expr(TimexKind::Date, Base::HalfYear(n)));
        }
        let base = if let Some(y) = year {
            Base::Cal(if unit == Unit::Half { Cal::Half(y, n) } else { Cal::Quarter(y, n) })
        } else {
            let ago = self.tokens[self.found.start..self.found.end]
                .iter()
                .any(|t| t.word_text(self.text) == "ago" || t.word_text(self.text) == "earlier");
            Base::Part(unit, n, if ago { Some(-1) } else { rel.map(i64::from) })
        };
        let mut expr = self.expr(TimexKind::Date, base);
        if self.get(self.ids.part).is_none() && self.get(self.ids.partnoun).is_none() {
            expr.modifier = None;
        }
        Self::single(expr)
    }

    /// The quarter that ends on a day: the one that its middle month lies in.
    pub(super) fn quarter_end(&self) -> Built {
        let year = self.get(slot::YEAR).map(year_of);
        let Some(month) = self.month() else {
            return Self::single(self.expr(TimexKind::Date, Base::QuarterOf(year?)));
        };
        let middle = (month + 10) % 12 + 1;
        let quarter = (middle + 2) / 3;
        let base = match year {
            Some(year) => {
                Base::Cal(Cal::Quarter(if month == 1 { year - 1 } else { year }, quarter))
            }
            None => Base::Part(Unit::Quarter, quarter, None),
        };
        Self::single(self.expr(TimexKind::Date, base))
    }

    pub(super) fn levant(&self) -> Built {
        let year = self.year()?;
        let month = if let Some(twin) = self.get(self.ids.twin) {
            (small(twin) + small(self.get(self.ids.twinth)?) - 1) % 12 + 1
        } else {
            small(self.get(self.ids.levant)?)
        };
        let cal = match self.get(slot::DAY) {
            Some(day) => Cal::Day(Date::new(year, month, small(day)).ok()?),
            None => Cal::Month(year, month),
        };
        Self::single(self.expr(TimexKind::Date, Base::Cal(cal)))
    }

    pub(super) fn hijri(&self) -> Built {
        let year = i32::from(year_of(self.get(slot::DIGITS)?));
        let said = self.tokens[self.found.end - 1].kind == Kind::Word;
        let first = if said { 1 } else { i32::from(*ISLAMIC_YEARS.start()) };
        if !(first..=i32::from(*ISLAMIC_YEARS.end())).contains(&year) {
            // Ramadan 2016 is the month in that year of the common calendar.
            return self.hijri_in_year();
        }
        let Some(month) = self.hijri_month().map(i32::from) else {
            // 1437 AH
            let cal = Cal::Range(hijri(year, 1)?, add_days(hijri(year + 1, 1)?, -1)?);
            let mut expr = self.expr(TimexKind::Date, Base::Cal(cal));
            expr.modifier = Some("APPROX");
            return Self::single(expr);
        };
        let cal = islamic(year, month, self.get(slot::DAY).map(small))?;
        let mut expr = self.expr(TimexKind::Date, Base::Cal(cal));
        expr.modifier = Some("APPROX");
        Self::single(expr)
    }

    fn hijri_month(&self) -> Option<i8> {
        if let Some(twin) = self.get(self.ids.htwin) {
            return Some(small(twin) + small(self.get(self.ids.twinth)?));
        }
        self.get(self.ids.hijri).or_else(|| self.get(self.ids.dhu)).map(small)
    }

    fn hijri_in_year(&self) -> Built {
        let year = year_of(self.get(slot::DIGITS)?);
        if !(1800..2100).contains(&year) || self.tokens[self.found.end - 1].kind != Kind::Number {
            return None;
        }
        let month = i32::from(self.hijri_month()?);
        let (first, last) = hijri_range(year, month, None)?;
        let mut expr = self.expr(TimexKind::Date, Base::Cal(Cal::Range(first, last)));
        expr.modifier = Some("APPROX");
        Self::single(expr)
    }

    pub(super) fn holiday(&self) -> Built {
        let number = self.found.pattern;
        let holiday = self.data.holidays.get(number)?;
        // September 11 attacks, 9/11: the pattern caught some day, the feast is one.
        if let Some(day) = self.get(slot::DAY) {
            let (month, day) = match (self.month(), self.found.get(slot::DAY, 1)) {
                (Some(month), _) => (month, small(day)),
                (None, Some(second)) => (small(day), small(second)),
                _ => return None,
            };
            if (Some(month), Some(day)) != (holiday.month, holiday.day) {
                return None;
            }
        }
        let year = self.get(slot::YEAR).map(year_of);
        // Last Ramadan; Ramadan last year.
        let before = self.before(1).filter(|t| Self::is(Some(t), self.ids.rel));
        let dir = before.map(|t| self.data.lexicon.value(t.word, 1 << self.ids.rel));
        let of_year = self.get(self.ids.rel).map(|r| i64::from(small(r)));
        let named = dir.is_some() && year.is_none() && of_year.is_none();
        let base = match (year.or(holiday.year), of_year) {
            (Some(y), _) if holiday.hijri.is_some() && ISLAMIC_YEARS.contains(&y) => {
                Base::Cal(islamic(i32::from(y), holiday.hijri?, holiday.day)?)
            }
            (Some(y), _) => Base::Cal(holiday_in(self.data, number, y)?),
            (None, Some(rel)) => Base::OfYear(Box::new(Base::Holiday(number, None)), rel),
            (None, None) => Base::Holiday(number, dir.map(i64::from)),
        };
        let start = self.found.start - usize::from(named);
        let mut expr = self.expr_over(start, self.found.end, TimexKind::Date, base);
        if holiday.hijri.is_some() {
            expr.modifier = Some("APPROX");
        }
        Self::single(expr)
    }
}
