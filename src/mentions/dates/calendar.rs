//! Stretches of the calendar with their TIMEX3 values, first and last days, and steps between them.
//!
//! Years are astronomical in arithmetic (1 BC is 0) and written as TIMEX3 does (`BC0001`).

use jiff::ToSpan;
use jiff::civil::{Date, date};

/// A stretch of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cal {
    /// Hundred years; 19 is 1900 to 1999.
    Century(i16),
    /// Ten years; 199 is 1990 to 1999.
    Decade(i16),
    /// A year.
    Year(i16),
    /// Half of a year, 1 or 2.
    Half(i16, i8),
    /// Quarter of a year, 1 to 4.
    Quarter(i16, i8),
    /// Season of a year, as in [`SEASONS`].
    Season(i16, i8),
    /// Month of a year.
    Month(i16, i8),
    /// The ISO week that a day is in, given as its Monday.
    Week(Date),
    /// Saturday and Sunday, given as the week's Monday.
    Weekend(Date),
    /// A day.
    Day(Date),
    /// First and last day of what is none of the others, such as a month of another calendar.
    Range(Date, Date),
}

/// A unit of time, from the shortest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Weekend,
    Week,
    Fortnight,
    Month,
    Quarter,
    Half,
    Year,
    Decade,
    Century,
    Millennium,
    Night,
    Season,
}

/// TIMEX3 names of the seasons.
pub const SEASONS: [&str; 4] = ["SP", "SU", "FA", "WI"];

fn day(year: i16, month: i8, day: i8) -> Option<Date> {
    Date::new(year, month, day).ok()
}

fn last_of(year: i16, month: i8) -> Option<Date> {
    Some(day(year, month, 1)?.last_of_month())
}

/// The Monday of the week of `d`.
#[must_use]
pub fn monday(d: Date) -> Option<Date> {
    d.checked_sub(i64::from(d.weekday().to_monday_zero_offset()).days()).ok()
}

/// `d` moved by `days`.
#[must_use]
pub fn add_days(d: Date, days: i64) -> Option<Date> {
    if days.abs() > 4_000_000 {
        return None;
    }
    d.checked_add(days.days()).ok()
}

fn add_months(year: i16, month: i8, by: i64) -> Option<(i16, i8)> {
    let all = i64::from(year) * 12 + i64::from(month) - 1 + by;
    let month = i8::try_from(all.rem_euclid(12)).ok()? + 1;
    let year = i16::try_from(all.div_euclid(12)).ok()?;
    (-9000..=9000).contains(&year).then_some((year, month))
}

fn add_years(year: i16, by: i64) -> Option<i16> {
    let year = i16::try_from(i64::from(year).checked_add(by)?).ok()?;
    (-9000..=9000).contains(&year).then_some(year)
}

/// Appends a year as TIMEX3 writes it.
fn push_year(out: &mut String, year: i16) {
    let year = i32::from(year);
    if year <= 0 {
        out.push_str("BC");
    }
    push_number(out, if year <= 0 { 1 - year } else { year }, 4);
}

/// Appends a number of `width` digits at least; formatting does the same at some twenty times the cost.
fn push_number(out: &mut String, number: impl Into<i32>, width: u32) {
    let number = number.into().unsigned_abs();
    let digits = (number.checked_ilog10().unwrap_or(0) + 1).max(width);
    for place in (0..digits).rev() {
        out.push(char::from_digit(number / 10_u32.pow(place) % 10, 10).unwrap_or('0'));
    }
}

impl Cal {
    /// The TIMEX3 value.
    #[must_use]
    pub fn value(self) -> String {
        let mut out = String::with_capacity(10);
        self.push_value(&mut out);
        out
    }

    fn push_value(self, out: &mut String) {
        match self {
            Self::Century(n) | Self::Decade(n) => {
                let width = if matches!(self, Self::Century(_)) { 2 } else { 3 };
                if n < 0 {
                    out.push_str("BC");
                }
                push_number(out, if n < 0 { -i32::from(n) - 1 } else { n.into() }, width);
            }
            Self::Year(y) => push_year(out, y),
            Self::Half(y, n) | Self::Quarter(y, n) => {
                push_year(out, y);
                out.push_str(if matches!(self, Self::Half(..)) { "-H" } else { "-Q" });
                push_number(out, n, 1);
            }
            Self::Season(y, s) => {
                push_year(out, y);
                out.push('-');
                out.push_str(season_name(s));
            }
            Self::Month(y, m) => {
                push_year(out, y);
                out.push('-');
                push_number(out, m, 2);
            }
            Self::Week(d) | Self::Weekend(d) => {
                let iso = d.iso_week_date();
                push_number(out, iso.year(), 4);
                out.push_str("-W");
                push_number(out, iso.week(), 2);
                if matches!(self, Self::Weekend(_)) {
                    out.push_str("-WE");
                }
            }
            Self::Day(d) => {
                Self::Month(d.year(), d.month()).push_value(out);
                out.push('-');
                push_number(out, d.day(), 2);
            }
            Self::Range(a, b) => {
                Self::Day(a).push_value(out);
                out.push('/');
                Self::Day(b).push_value(out);
            }
        }
    }

    /// First and last day; a season by its months in the north, winter from December on.
    #[must_use]
    pub fn days(self) -> Option<(Date, Date)> {
        match self {
            // Centuries before Christ count from the last: BC04 is 500 to 401 BC.
            Self::Century(c) if c < 0 => Some((
                day(c.checked_mul(100)?.checked_add(1)?, 1, 1)?,
                last_of(c.checked_add(1)?.checked_mul(100)?, 12)?,
            )),
            Self::Century(c) => Some((day(c * 100, 1, 1)?, last_of(c * 100 + 99, 12)?)),
            Self::Decade(d) if d < 0 => {
                Some((day(d.checked_mul(10)? + 2, 1, 1)?, last_of(d.checked_mul(10)? + 11, 12)?))
            }
            Self::Decade(d) => Some((day(d * 10, 1, 1)?, last_of(d * 10 + 9, 12)?)),
            Self::Year(y) => Some((day(y, 1, 1)?, last_of(y, 12)?)),
            Self::Half(y, h) => Some((day(y, h * 6 - 5, 1)?, last_of(y, h * 6)?)),
            Self::Quarter(y, q) => Some((day(y, q * 3 - 2, 1)?, last_of(y, q * 3)?)),
            Self::Season(y, 3) => Some((day(y, 12, 1)?, last_of(y.checked_add(1)?, 2)?)),
            Self::Season(y, s) => Some((day(y, s * 3 + 3, 1)?, last_of(y, s * 3 + 5)?)),
            Self::Month(y, m) => Some((day(y, m, 1)?, last_of(y, m)?)),
            Self::Week(d) => Some((d, add_days(d, 6)?)),
            Self::Weekend(d) => Some((add_days(d, 5)?, add_days(d, 6)?)),
            Self::Day(d) => Some((d, d)),
            Self::Range(a, b) => Some((a, b)),
        }
    }

    /// Its year, where it lies in one.
    #[must_use]
    pub fn year(self) -> Option<i16> {
        match self {
            Self::Century(_) | Self::Decade(_) => None,
            Self::Year(y)
            | Self::Half(y, _)
            | Self::Quarter(y, _)
            | Self::Season(y, _)
            | Self::Month(y, _) => Some(y),
            Self::Week(d) | Self::Weekend(d) => Some(d.iso_week_date().year()),
            Self::Day(d) | Self::Range(d, _) => Some(d.year()),
        }
    }

    /// Year and month, where it lies in one month.
    #[must_use]
    pub fn month(self) -> Option<(i16, i8)> {
        match self {
            Self::Month(y, m) => Some((y, m)),
            Self::Week(d) | Self::Weekend(d) | Self::Day(d) => Some((d.year(), d.month())),
            _ => None,
        }
    }

    /// The `unit` that it lies in, moved by `n` units; None where it lies in no single one.
    #[must_use]
    pub fn step(self, unit: Unit, n: i64) -> Option<Self> {
        Some(match unit {
            Unit::Century => {
                let y = self.year()?;
                Self::Century(i16::try_from(i64::from(y.div_euclid(100)).checked_add(n)?).ok()?)
            }
            Unit::Decade => {
                let decade =
                    if let Self::Decade(d) = self { d } else { self.year()?.div_euclid(10) };
                Self::Decade(i16::try_from(i64::from(decade).checked_add(n)?).ok()?)
            }
            Unit::Year => Self::Year(add_years(self.year()?, n)?),
            Unit::Half => {
                let (y, m) = self.month()?;
                let (y, m) = add_months(y, (m - 1) / 6 * 6 + 1, n.checked_mul(6)?)?;
                Self::Half(y, (m - 1) / 6 + 1)
            }
            Unit::Quarter => {
                let (y, m) = match self {
                    Self::Quarter(y, q) => (y, q * 3),
                    _ => self.month()?,
                };
                let (y, m) = add_months(y, (m - 1) / 3 * 3 + 1, n.checked_mul(3)?)?;
                Self::Quarter(y, (m - 1) / 3 + 1)
            }
            Unit::Month => {
                let (y, m) = self.month()?;
                let (y, m) = add_months(y, m, n)?;
                Self::Month(y, m)
            }
            Unit::Week => Self::Week(add_days(self.monday()?, n.checked_mul(7)?)?),
            Unit::Fortnight => Self::Week(add_days(self.monday()?, n.checked_mul(14)?)?),
            Unit::Weekend => Self::Weekend(add_days(self.monday()?, n.checked_mul(7)?)?),
            Unit::Day | Unit::Night => match self {
                Self::Day(d) => Self::Day(add_days(d, n)?),
                _ => return None,
            },
            Unit::Second | Unit::Minute | Unit::Hour | Unit::Millennium | Unit::Season => {
                return None;
            }
        })
    }

    fn monday(self) -> Option<Date> {
        match self {
            Self::Day(d) => monday(d),
            Self::Week(d) | Self::Weekend(d) => Some(d),
            _ => None,
        }
    }

    /// Itself moved by `n` of `unit`, at the precision that such a distance has: a year's distance
    /// from a day is a month of another year at best.
    #[must_use]
    pub fn distance(self, unit: Unit, n: i64) -> Option<Self> {
        match (unit, self) {
            (Unit::Day, Self::Day(_)) => self.step(Unit::Day, n),
            (Unit::Week | Unit::Fortnight, Self::Day(d)) => {
                let days = if unit == Unit::Week { 7 } else { 14 };
                Some(Self::Day(add_days(d, n.checked_mul(days)?)?))
            }
            (Unit::Year, Self::Quarter(y, q)) => Some(Self::Quarter(add_years(y, n)?, q)),
            _ => self.step(unit, n),
        }
    }
}

/// TIMEX3 name of a season by its number from 0 (spring).
#[must_use]
pub fn season_name(s: i8) -> &'static str {
    usize::try_from(s).ok().and_then(|s| SEASONS.get(s)).copied().unwrap_or("SP")
}

/// Easter Sunday of the Gregorian calendar (the anonymous algorithm in Meeus, "Astronomical
/// Algorithms", 1991, chapter 8).
#[must_use]
#[allow(clippy::many_single_char_names, reason = "the names of the source")]
pub fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    if y < 1583 {
        return None;
    }
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let all = h + l - 7 * m + 114;
    day(year, i8::try_from(all / 31).ok()?, i8::try_from(all % 31 + 1).ok()?)
}

/// First day of a month of the tabular Islamic calendar (Thursday epoch, leap years 2, 5, 7, 10, 13,
/// 16, 18, 21, 24, 26, 29 of 30: Reingold and Dershowitz, "Calendrical Calculations"). The month
/// as sighted may begin a day before or after.
#[must_use]
pub fn hijri(year: i32, month: i32) -> Option<Date> {
    if !(1..=1600).contains(&year) || !(1..=12).contains(&month) {
        return None;
    }
    let days = (year - 1) * 354 + (3 + 11 * year) / 30 + 29 * (month - 1) + month / 2;
    // 1 Muharram 1 is Thursday, 15 July 622 of the Julian, 18 July of the Gregorian calendar; this
    // epoch is nearer to the months as announced than the civil one, a day later.
    add_days(date(622, 7, 18), i64::from(days))
}

/// The `n`th `weekday` (0 is Monday) of a month; the last where `n` is 5.
#[must_use]
pub fn nth_weekday(year: i16, month: i8, weekday: i8, n: i8) -> Option<Date> {
    let first = day(year, month, 1)?;
    let ahead = (weekday - first.weekday().to_monday_zero_offset()).rem_euclid(7);
    let found = add_days(first, i64::from(ahead) + 7 * (i64::from(n) - 1))?;
    if found.month() == month { Some(found) } else { add_days(found, -7) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feasts() {
        assert_eq!(easter(2016), Some(date(2016, 3, 27)));
        assert_eq!(easter(2000), Some(date(2000, 4, 23)));
        assert_eq!(hijri(1437, 9), Some(date(2016, 6, 6)));
        assert_eq!(nth_weekday(1999, 11, 3, 4), Some(date(1999, 11, 25)));
        assert_eq!(nth_weekday(2016, 5, 0, 5), Some(date(2016, 5, 30)));
    }

    #[test]
    fn values_and_days() {
        let check = |cal: Cal, value: &str, first: Date, last: Date| {
            assert_eq!(cal.value(), value);
            assert_eq!(cal.days(), Some((first, last)), "{value}");
        };
        check(Cal::Century(19), "19", date(1900, 1, 1), date(1999, 12, 31));
        check(Cal::Decade(199), "199", date(1990, 1, 1), date(1999, 12, 31));
        check(Cal::Season(2005, 1), "2005-SU", date(2005, 6, 1), date(2005, 8, 31));
        check(Cal::Season(2005, 3), "2005-WI", date(2005, 12, 1), date(2006, 2, 28));
        check(Cal::Quarter(1989, 3), "1989-Q3", date(1989, 7, 1), date(1989, 9, 30));
        check(Cal::Week(date(2016, 5, 16)), "2016-W20", date(2016, 5, 16), date(2016, 5, 22));
        check(Cal::Weekend(date(2016, 5, 16)), "2016-W20-WE", date(2016, 5, 21), date(2016, 5, 22));
        check(Cal::Year(-479), "BC0480", date(-479, 1, 1), date(-479, 12, 31));
    }
}
