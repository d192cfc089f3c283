//! Values for the time expressions of a document.
//!
//! In: a document's expressions in order, its publication date. Out: [`Timex`]es. Two ways of
//! reading are told apart per document ([`Mode`]): news, where what is relative counts from the
//! publication date, and narrative, where it counts from the time that the story has reached.

use super::calendar::{Cal, Unit, add_days};
use super::grammar::{Anchor, Base, Clock, Expr, Tense, holiday_in, part_name};
use super::{DateData, Reference, Timex, TimexKind, WeekdayConflict};
use jiff::civil::{Date, Weekday};
use std::fmt::Write as _;

/// How a document's relative expressions are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// From the publication date.
    News(Date),
    /// From the date before it in the text.
    Narrative,
    /// Undated, but its own dates say when it was written, at the latest: year and month.
    Anchored(i16, i8),
}

/// What an expression came to.
#[derive(Clone, Debug)]
enum Outcome {
    Cal(Cal),
    Text(String),
    /// No time expression after all.
    Nothing,
}

/// How a document is to be read.
///
/// News is what has a publication date, unless most of its complete dates are two or more years
/// away from it and outnumber what counts from the day of speech. Without a publication date, a
/// text whose first complete date has its latest year looks back from there; any other tells a
/// story from its beginning.
#[must_use]
pub fn mode(exprs: &[Expr], published: Option<Date>) -> Mode {
    let full = |e: &&Expr| matches!(e.base, Base::Cal(Cal::Day(_) | Cal::Month(..)));
    if let Some(day) = published {
        let mut far = 0_usize;
        let mut near = 0_usize;
        let mut deictic = 0_usize;
        for e in exprs {
            match &e.base {
                Base::Cal(c @ (Cal::Day(_) | Cal::Month(..) | Cal::Year(_))) => {
                    let away = c.year().map_or(0, |y| (i32::from(y) - i32::from(day.year())).abs());
                    if away >= 2 {
                        far += 1;
                    } else {
                        near += 1;
                    }
                }
                Base::Weekday(_, _)
                | Base::Today
                | Base::Step(_, _, Anchor::Speech)
                | Base::Distance(_, _, Anchor::Speech) => deictic += 1,
                _ => {}
            }
        }
        if far >= 5 && far > near && far > 3 * deictic {
            return Mode::Narrative;
        }
        return Mode::News(day);
    }
    let mut months = exprs.iter().filter(full).filter_map(|e| match e.base {
        Base::Cal(c) => c.month(),
        _ => None,
    });
    let Some(first) = months.next() else { return Mode::Narrative };
    // A later year that is named once lies ahead of the text, as likely as not.
    if months.any(|(y, _)| y > first.0) {
        Mode::Narrative
    } else {
        Mode::Anchored(first.0, first.1)
    }
}

/// How many months back a story does not go without saying so.
const TURN: i8 = 8;
/// How many years a bare year may be away from a story to move it.
const LEAP: i16 = 8;

/// How many days away a feast is the one that is meant, whatever the tense.
const NEAR_DAYS: i32 = 31;

/// How many days back a bare day of the month lies in the next one.
const TURNED_DAYS: i8 = 15;

/// How many expressions back in a sentence a date may give its year to one that has none.
const BESIDE: usize = 6;

/// Within how many sentences of a day 'a week later' counts from it, though a month was named since.
const DAY_REACH: usize = 2;

/// Within how many sentences 'a year ago' is compared with a quarter.
const QUARTER_REACH: usize = 4;

struct State<'s> {
    mode: Mode,
    data: &'s DateData,
    /// The date that the text spoke of last.
    last: Option<Cal>,
    /// The last that was a day.
    last_day: Option<Date>,
    last_day_sentence: usize,
    /// The quarter that was spoken of last, and in which sentence.
    quarter: Option<(Cal, usize)>,
    /// Whether several months or a year were spoken of after it.
    longer: bool,
    /// Whether the text speaks of quarters: its halves are those of years then, not of matches.
    quarters: bool,
}

/// Gives all expressions their values.
#[must_use]
pub fn resolve<'d>(
    text: &str,
    exprs: &[Expr],
    published: Option<Date>,
    data: &'d DateData,
) -> Vec<Timex<'d>> {
    let mode = mode(exprs, published);
    let mut state = State {
        mode,
        data,
        last: None,
        last_day: None,
        last_day_sentence: 0,
        quarter: None,
        longer: false,
        quarters: exprs.iter().any(|e| {
            matches!(e.base, Base::Cal(Cal::Quarter(..) | Cal::Half(..)) | Base::Part(..))
        }),
    };
    let mut out = Vec::with_capacity(exprs.len());
    for (i, expr) in exprs.iter().enumerate() {
        let (mut outcome, reference) = state.one(text, exprs, i);
        if let Some(unit) = expr.around
            && let Outcome::Cal(day) = outcome
            && let Some(around) = day.step(unit, 0)
        {
            outcome = Outcome::Cal(around);
        }
        let cal = match &outcome {
            Outcome::Cal(cal) => Some(*cal),
            Outcome::Text(_) => None,
            Outcome::Nothing => continue,
        };
        if let Some(cal) = cal {
            state.remember(cal, expr);
        }
        state.longer |=
            matches!(&expr.base, Base::Value(v) if matches!(v.as_str(), "P6M" | "P9M" | "P1Y"));
        let value = value(&outcome, expr.clock);
        let days = cal.and_then(Cal::days);
        let conflict = match (cal, expr.weekday) {
            (Some(Cal::Day(d)), Some(w)) => Weekday::from_monday_zero_offset(w)
                .ok()
                .filter(|named| *named != d.weekday())
                .map(|named| WeekdayConflict { named, actual: d.weekday() }),
            _ => None,
        };
        let kind = if expr.clock.is_some() { TimexKind::Time } else { expr.kind };
        out.push(Timex {
            span: expr.span,
            kind,
            value,
            modifier: expr.modifier,
            date_start: days.map(|d| d.0),
            date_end: days.map(|d| d.1),
            reference,
            weekday_conflict: conflict,
            rule: data.rules.get(expr.rule).map_or("", |r| r.id.as_str()),
        });
    }
    out
}

fn value(outcome: &Outcome, clock: Option<Clock>) -> String {
    let mut value = match outcome {
        Outcome::Cal(cal) => cal.value(),
        // The hour is known, the day is not.
        Outcome::Text(text) if clock.is_some() && text.ends_with("_REF") => "XXXX-XX-XX".to_owned(),
        Outcome::Text(text) => text.clone(),
        Outcome::Nothing => String::new(),
    };
    match clock {
        None => {}
        Some(Clock::Part(part)) => {
            value.push('T');
            value.push_str(part_name(part));
        }
        Some(Clock::Time(hour, minute, zone)) => {
            let _ = write!(value, "T{hour:02}");
            if let Some(minute) = minute {
                let _ = write!(value, ":{minute:02}");
            }
            match zone {
                Some(0) => value.push('Z'),
                Some(z) => _ = write!(value, "{z:+03}"),
                None => {}
            }
        }
    }
    value
}

impl State<'_> {
    fn remember(&mut self, cal: Cal, expr: &Expr) {
        // A comparison with the year before moves nothing on.
        let compared = match expr.base {
            Base::Distance(Unit::Year, n, _) => n < 0 || matches!(self.mode, Mode::News(_)),
            Base::Distance(Unit::Decade | Unit::Century, ..) => true,
            _ => false,
        };
        if compared {
            return;
        }
        // What lies ahead of a story, or far from it, moves it no more.
        if let (Mode::Narrative, Cal::Year(y), Some(last)) =
            (self.mode, cal, self.last.and_then(Cal::year))
            && (expr.tense == Tense::Future || (y - last).abs() > LEAP)
        {
            return;
        }
        let to_come = |p| cal.days().is_some_and(|(first, _)| first > p);
        if matches!(cal, Cal::Quarter(..)) && !self.published().is_some_and(to_come) {
            self.quarter = Some((cal, expr.sentence));
            self.longer = false;
        }
        self.last = Some(cal);
        if let Cal::Day(d) = cal {
            self.last_day = Some(d);
            self.last_day_sentence = expr.sentence;
        }
    }

    fn published(&self) -> Option<Date> {
        if let Mode::News(d) = self.mode { Some(d) } else { None }
    }

    #[allow(clippy::too_many_lines, reason = "one arm for each base")]
    fn one(&self, text: &str, exprs: &[Expr], i: usize) -> (Outcome, Option<Reference>) {
        let expr = &exprs[i];
        match &expr.base {
            Base::Value(v) => (Outcome::Text(v.clone()), None),
            Base::Cal(c) => (Outcome::Cal(*c), None),
            Base::Decade(d) => (Outcome::Cal(Cal::Decade(*d)), None),
            Base::MonthDay(m, d) => {
                let open = || format!("XXXX-{m:02}-{d:02}");
                self.in_year(
                    text,
                    exprs,
                    i,
                    (*m, *d),
                    |y| Date::new(y, *m, *d).ok().map(Cal::Day),
                    open,
                )
            }
            Base::Month(m, dir) => {
                let open = || format!("XXXX-{m:02}");
                let make = |y: i16| Some(Cal::Month(y, *m));
                match dir {
                    Some(dir) => self.directed(*dir, *m, *m, make, open),
                    None => self.in_year(text, exprs, i, (*m, 0), make, open),
                }
            }
            Base::OfYear(of, dir) => self.of_year(of, *dir),
            Base::Season(s, dir) => {
                let open = || format!("XXXX-{}", super::calendar::season_name(*s));
                let make = |y: i16| Some(Cal::Season(y, *s));
                let first = s * 3 + 3;
                match dir {
                    Some(dir) => self.directed(*dir, first, (first + 2).min(12), make, open),
                    None => self.in_year(text, exprs, i, (first, 0), make, open),
                }
            }
            Base::Part(unit, n, dir) => {
                let half = *unit == Unit::Half;
                let open = || format!("XXXX-{}{n}", if half { 'H' } else { 'Q' });
                let make = |y: i16| Some(if half { Cal::Half(y, *n) } else { Cal::Quarter(y, *n) });
                match (dir, self.published()) {
                    (Some(dir), Some(p)) => {
                        // Last year's third quarter; the year-ago one is a year before the last.
                        let year = i64::from(p.year()) + dir;
                        let cal = i16::try_from(year).ok().and_then(make);
                        cal.map_or_else(
                            || (Outcome::Text(open()), None),
                            |c| (Outcome::Cal(c), Some(Reference::Published)),
                        )
                    }
                    (None, Some(p)) if joined_year(text, exprs, i).is_none() => {
                        // The last one that has begun, or the next where it is announced and near.
                        let first = if half { n * 6 - 5 } else { n * 3 - 2 };
                        let begun = first <= p.month();
                        let near = expr.tense == Tense::Future && first - p.month() <= 5;
                        let year = if begun || near { p.year() } else { p.year() - 1 };
                        make(year).map_or_else(
                            || (Outcome::Text(open()), None),
                            |c| (Outcome::Cal(c), Some(Reference::Published)),
                        )
                    }
                    _ => self.in_year(
                        text,
                        exprs,
                        i,
                        (if half { n * 6 - 5 } else { n * 3 - 2 }, 0),
                        make,
                        open,
                    ),
                }
            }
            Base::Weekday(w, dir) => self.weekday(expr, *w, *dir),
            Base::DayOfMonth(d) => self.day_of_month(expr, *d),
            Base::Holiday(n, dir) => self.holiday(text, exprs, i, *n, *dir),
            Base::OfThatYear(of) => match self.last.and_then(Cal::year) {
                Some(y) => self.in_known_year(of, y, Reference::Previous),
                None => self.of_year(of, 0),
            },
            Base::HalfYear(n) => match self.published().filter(|_| self.quarters) {
                Some(p) => {
                    // The last one that has begun.
                    let year = if *n == 2 && p.month() <= 6 { p.year() - 1 } else { p.year() };
                    (Outcome::Cal(Cal::Half(year, *n)), Some(Reference::Published))
                }
                None => (Outcome::Nothing, None),
            },
            Base::Today => match (self.mode, self.quoted_day(expr)) {
                (Mode::News(_), Some(d)) => (Outcome::Cal(Cal::Day(d)), Some(Reference::Previous)),
                (Mode::News(p), None) => (Outcome::Cal(Cal::Day(p)), Some(Reference::Published)),
                _ if expr.clock.is_some() => (Outcome::Text("XXXX-XX-XX".to_owned()), None),
                _ => (Outcome::Text("PRESENT_REF".to_owned()), None),
            },
            Base::SameQuarter(last) => match (self.mode, self.quarter) {
                // The latest quarter has ended.
                (Mode::News(p), Some((c, _)))
                    if *last && c.days().is_some_and(|(_, end)| end >= p) =>
                {
                    self.moved(Unit::Quarter, -1, Anchor::Speech, false, expr.sentence)
                }
                (_, Some((c, _))) => (Outcome::Cal(c), Some(Reference::Previous)),
                (Mode::News(_), None) if *last => {
                    self.moved(Unit::Quarter, -1, Anchor::Speech, false, expr.sentence)
                }
                _ => (Outcome::Nothing, None),
            },
            Base::QuarterOf(y) => match self.quarter {
                Some((Cal::Quarter(_, q), _)) if !self.longer => {
                    (Outcome::Cal(Cal::Quarter(*y, q)), Some(Reference::Previous))
                }
                _ => (Outcome::Cal(Cal::Year(*y)), None),
            },
            Base::QuarterOfYear(dir) => match (self.published(), self.quarter) {
                (Some(p), Some((Cal::Quarter(_, q), _))) if !self.longer => {
                    let year = i16::try_from(i64::from(p.year()) + dir).unwrap_or(p.year());
                    (Outcome::Cal(Cal::Quarter(year, q)), Some(Reference::Previous))
                }
                _ => self.moved(Unit::Year, *dir, Anchor::Speech, false, expr.sentence),
            },
            Base::Weekend => match self.mode {
                Mode::News(p) => {
                    let past =
                        p.weekday().to_monday_zero_offset() < 5 && expr.tense != Tense::Future;
                    self.moved(
                        Unit::Weekend,
                        -i64::from(past),
                        Anchor::Speech,
                        false,
                        expr.sentence,
                    )
                }
                _ => self.moved(Unit::Weekend, 0, Anchor::Running, false, expr.sentence),
            },
            Base::SameDay => match following_day(text, exprs, i) {
                Some(next) => match self.one(text, exprs, next) {
                    (outcome @ (Outcome::Cal(Cal::Day(_)) | Outcome::Text(_)), reference) => {
                        (outcome, reference)
                    }
                    _ => self.same_day(),
                },
                None => self.same_day(),
            },
            Base::Step(unit, n, anchor) => self.moved(*unit, *n, *anchor, false, expr.sentence),
            Base::Distance(unit, n, anchor) => self.moved(*unit, *n, *anchor, true, expr.sentence),
        }
    }

    /// The day that is spoken of.
    fn same_day(&self) -> (Outcome, Option<Reference>) {
        match (self.mode, self.last) {
            (Mode::News(p), None) => (Outcome::Cal(Cal::Day(p)), Some(Reference::Published)),
            (Mode::News(p), Some(_)) => match self.last_day {
                Some(d) => (Outcome::Cal(Cal::Day(d)), Some(Reference::Previous)),
                None => (Outcome::Cal(Cal::Day(p)), Some(Reference::Published)),
            },
            (_, Some(Cal::Day(d))) => (Outcome::Cal(Cal::Day(d)), Some(Reference::Previous)),
            _ => (Outcome::Text("XXXX-XX-XX".to_owned()), None),
        }
    }

    /// August last year: of the year of the day of speech, or of the story.
    fn of_year(&self, of: &Base, dir: i64) -> (Outcome, Option<Reference>) {
        let (year, reference) = match self.mode {
            Mode::News(p) => (Some(p.year()), Reference::Published),
            Mode::Anchored(y, _) => (Some(y), Reference::DocumentYear),
            Mode::Narrative => (self.last.and_then(Cal::year), Reference::Previous),
        };
        match year.and_then(|y| i16::try_from(i64::from(y) + dir).ok()) {
            Some(year) => self.in_known_year(of, year, reference),
            None => (Outcome::Text(self.open_value(of)), None),
        }
    }

    fn in_known_year(
        &self,
        of: &Base,
        year: i16,
        reference: Reference,
    ) -> (Outcome, Option<Reference>) {
        let cal = match of {
            Base::MonthDay(m, d) => Date::new(year, *m, *d).ok().map(Cal::Day),
            Base::Month(m, _) => Some(Cal::Month(year, *m)),
            Base::Season(s, _) => Some(Cal::Season(year, *s)),
            Base::Holiday(n, _) => holiday_in(self.data, *n, year),
            _ => None,
        };
        cal.map_or_else(
            || (Outcome::Text(self.open_value(of)), None),
            |c| (Outcome::Cal(c), Some(reference)),
        )
    }

    /// The value of what no year is known of.
    fn open_value(&self, of: &Base) -> String {
        match of {
            Base::MonthDay(m, d) => format!("XXXX-{m:02}-{d:02}"),
            Base::Month(m, _) => format!("XXXX-{m:02}"),
            Base::Season(s, _) => format!("XXXX-{}", super::calendar::season_name(*s)),
            Base::Holiday(n, _) if !self.movable(*n) => {
                match holiday_in(self.data, *n, 2000).and_then(Cal::days) {
                    Some((d, _)) => format!("XXXX-{:02}-{:02}", d.month(), d.day()),
                    None => "XXXX-XX-XX".to_owned(),
                }
            }
            Base::Holiday(..) => "XXXX-XX-XX".to_owned(),
            _ => "XXXX".to_owned(),
        }
    }

    /// Whether a feast falls on other days each year.
    fn movable(&self, number: usize) -> bool {
        self.data.holidays.get(number).is_none_or(|h| h.day.is_none() || h.hijri.is_some())
    }

    /// A feast: in the year that the words around give, else, as the tense says, the last one, the
    /// next or the nearest.
    fn holiday(
        &self,
        text: &str,
        exprs: &[Expr],
        i: usize,
        number: usize,
        dir: Option<i64>,
    ) -> (Outcome, Option<Reference>) {
        let of = Base::Holiday(number, None);
        let make = |y: i16| holiday_in(self.data, number, y);
        if let (Mode::News(p), None) = (self.mode, joined_year(text, exprs, i))
            && (dir.is_some() || self.movable(number))
        {
            let tense = exprs[i].tense;
            let around = [p.year() - 1, p.year(), p.year() + 1].map(make);
            let all = around.iter().flatten().filter_map(|c| Some((*c, c.days()?)));
            let far = |(first, last): (Date, Date)| {
                if last < p { (p - last).get_days() } else { (first - p).get_days().max(0) }
            };
            // One that is near is meant, whatever the tense: as Easter week began.
            let near = dir.is_none() && all.clone().any(|(_, days)| far(days) <= NEAR_DAYS);
            let past = dir == Some(-1) || dir.is_none() && !near && tense.is_past();
            let future = dir == Some(1) || dir.is_none() && !near && tense == Tense::Future;
            let fits = |(first, last): (Date, Date)| match (past, future, dir) {
                (true, _, Some(_)) => last < p,
                (true, _, None) => first <= p,
                (_, true, Some(_)) => first > p,
                (_, true, None) => last >= p,
                _ => true,
            };
            let found = all.filter(|(_, days)| fits(*days)).min_by_key(|(_, days)| far(*days));
            if let Some((cal, _)) = found {
                return (Outcome::Cal(cal), Some(Reference::Published));
            }
        }
        let month = make(2000).and_then(Cal::month).map_or(1, |(_, m)| m);
        self.in_year(text, exprs, i, (month, 0), make, || self.open_value(&of))
    }

    /// The 21st: of the month that was spoken of last, or the one after it; in news that names no
    /// day before, the last one or the next.
    fn day_of_month(&self, expr: &Expr, day: i8) -> (Outcome, Option<Reference>) {
        let near = expr.sentence <= self.last_day_sentence + QUARTER_REACH;
        let of = |(y, m): (i16, i8)| Date::new(y, m, day).ok();
        let running = match (self.last, self.last_day.filter(|_| near)) {
            (Some(Cal::Month(y, m)), _) => of((y, m)),
            (_, Some(last)) if last.day() - day >= TURNED_DAYS => {
                // After the 29th, the 3rd is one of the next month.
                Cal::Day(last).step(Unit::Month, 1).and_then(Cal::month).and_then(of)
            }
            (_, Some(last)) => of((last.year(), last.month())),
            (last, None) if self.published().is_none() => last.and_then(Cal::month).and_then(of),
            _ => None,
        };
        if let Some(date) = running {
            return (Outcome::Cal(Cal::Day(date)), Some(Reference::Previous));
        }
        let Some(p) = self.published() else {
            return (Outcome::Text(format!("XXXX-XX-{day:02}")), None);
        };
        let ahead = match expr.tense {
            Tense::Future => i64::from(day < p.day()),
            _ => -i64::from(day > p.day()),
        };
        Cal::Day(p).step(Unit::Month, ahead).and_then(Cal::month).and_then(of).map_or_else(
            || (Outcome::Text(format!("XXXX-XX-{day:02}")), None),
            |d| (Outcome::Cal(Cal::Day(d)), Some(Reference::Published)),
        )
    }

    /// The day that a direct quotation was spoken on, where the text named it shortly before.
    fn quoted_day(&self, expr: &Expr) -> Option<Date> {
        let Mode::News(p) = self.mode else { return None };
        let day = self.last_day?;
        let near = expr.sentence.saturating_sub(self.last_day_sentence) <= 3;
        let recent = (p - day).get_days().abs() <= 7;
        (expr.quoted && near && recent && day <= p).then_some(day)
    }

    /// The year of what names none.
    fn in_year(
        &self,
        text: &str,
        exprs: &[Expr],
        i: usize,
        (month, day): (i8, i8),
        make: impl Fn(i16) -> Option<Cal>,
        open: impl Fn() -> String,
    ) -> (Outcome, Option<Reference>) {
        let expr = &exprs[i];
        let given = |y: i16, r: Reference| match make(y) {
            Some(c) => (Outcome::Cal(c), Some(r)),
            None => (Outcome::Text(open()), None),
        };
        if let Some((y, m)) = joined_year(text, exprs, i) {
            // 'from November to March 2016' began the year before.
            let y = if m.is_some_and(|m| m < month) { y - 1 } else { y };
            return given(y, Reference::Previous);
        }
        // The night of 21 August 2013, the morning of 22 August.
        let beside = exprs[..i]
            .iter()
            .rev()
            .take(BESIDE)
            .take_while(|e| e.sentence == expr.sentence)
            .find_map(|e| match e.base {
                Base::Cal(c @ (Cal::Day(_) | Cal::Month(..))) => c.month(),
                _ => None,
            });
        if let Some((y, m)) = beside
            && (-1..=2).contains(&(month - m))
        {
            return given(y, Reference::Previous);
        }
        // In 1914, on 28 June.
        if let Some(before) = i.checked_sub(1).and_then(|at| exprs.get(at))
            && let Base::Cal(Cal::Year(y)) = before.base
            && let Some(", " | ", in " | ", on " | " on ") =
                text.get(before.span.end as usize..expr.span.start as usize)
        {
            return given(y, Reference::Previous);
        }
        match self.mode {
            Mode::News(p) => {
                let weekday_fits = |y: i16| match (expr.weekday, make(y)) {
                    (Some(w), Some(Cal::Day(d))) => d.weekday().to_monday_zero_offset() == w,
                    _ => true,
                };
                let mut year = news_year(p, month, day, expr.tense);
                if !weekday_fits(year) {
                    year = [p.year(), p.year() - 1, p.year() + 1]
                        .into_iter()
                        .find(|y| weekday_fits(*y))
                        .unwrap_or(year);
                }
                given(year, Reference::Published)
            }
            Mode::Narrative => match self.last.and_then(Cal::year) {
                Some(y) => {
                    // After November, January is the next one.
                    let turned =
                        self.last.and_then(Cal::month).is_some_and(|(_, m)| month - m <= -TURN);
                    given(if turned { y.saturating_add(1) } else { y }, Reference::Previous)
                }
                None => (Outcome::Text(open()), None),
            },
            Mode::Anchored(y, m) => {
                // A story of another year, which its last day told, goes on.
                let told = self.last_day.filter(|d| {
                    expr.sentence <= self.last_day_sentence + DAY_REACH
                        && d.year() < y
                        && d.month() <= month
                });
                if let Some(d) = told {
                    return given(d.year(), Reference::Previous);
                }
                let mut year = nearest_year(y, m, month);
                if let (Some(w), Some(Cal::Day(d))) = (expr.weekday, make(year))
                    && d.weekday().to_monday_zero_offset() != w
                {
                    let fits = |y: &i16| matches!(make(*y), Some(Cal::Day(d)) if d.weekday().to_monday_zero_offset() == w);
                    year = [y, y - 1, y + 1].into_iter().find(fits).unwrap_or(year);
                }
                given(year, Reference::DocumentYear)
            }
        }
    }

    /// Last, this and next May or summer.
    fn directed(
        &self,
        dir: i64,
        first: i8,
        last: i8,
        make: impl Fn(i16) -> Option<Cal>,
        open: impl Fn() -> String,
    ) -> (Outcome, Option<Reference>) {
        let (year, month, reference) = match self.mode {
            Mode::News(p) => (p.year(), p.month(), Reference::Published),
            Mode::Anchored(y, m) => (y, m, Reference::DocumentYear),
            Mode::Narrative => match self.last.and_then(|c| c.month().or(c.year().map(|y| (y, 6))))
            {
                Some((y, m)) => (y, m, Reference::Previous),
                None => return (Outcome::Text(open()), None),
            },
        };
        let year = match dir {
            -1 if month > last || first == 12 && month > 2 => year - i16::from(first == 12),
            -1 => year - 1,
            1 if month < first => year,
            1 => year + 1,
            _ => year,
        };
        make(year)
            .map_or_else(|| (Outcome::Text(open()), None), |c| (Outcome::Cal(c), Some(reference)))
    }

    fn weekday(&self, expr: &Expr, weekday: i8, dir: Option<i64>) -> (Outcome, Option<Reference>) {
        let open = || (Outcome::Text(format!("XXXX-WXX-{}", weekday + 1)), None);
        let (from, reference, narrative) = match (self.mode, self.last) {
            (Mode::News(p), _) => (p, Reference::Published, false),
            (Mode::Narrative, Some(Cal::Day(d))) => (d, Reference::Previous, true),
            _ => return open(),
        };
        let here = from.weekday().to_monday_zero_offset();
        let ahead = i64::from((weekday - here).rem_euclid(7));
        let back = ahead - 7;
        let days = match dir {
            Some(-1) => back,
            Some(1) if ahead == 0 => 7,
            Some(1) => ahead,
            Some(_) => {
                if ahead == 0 || matches!(expr.tense, Tense::Past | Tense::Gone) && ahead > 3 {
                    if ahead == 0 { 0 } else { back }
                } else {
                    ahead
                }
            }
            None if ahead == 0 => 0,
            None if narrative => ahead,
            None => match expr.tense {
                Tense::Future => ahead,
                Tense::Past | Tense::Gone | Tense::Unknown => back,
            },
        };
        add_days(from, days).map_or_else(open, |d| (Outcome::Cal(Cal::Day(d)), Some(reference)))
    }

    fn moved(
        &self,
        unit: Unit,
        n: i64,
        anchor: Anchor,
        distance: bool,
        sentence: usize,
    ) -> (Outcome, Option<Reference>) {
        let open = || {
            let text = match (unit, n) {
                _ if distance && n < 0 => "PAST_REF",
                _ if distance && n > 0 => "FUTURE_REF",
                (Unit::Day | Unit::Night, _) => "XXXX-XX-XX",
                (Unit::Week, _) => "XXXX-WXX",
                (Unit::Weekend, _) => "XXXX-WXX-WE",
                (Unit::Month, _) => "XXXX-XX",
                (Unit::Quarter, _) => "XXXX-QX",
                (Unit::Decade, _) => "XXX",
                (Unit::Century, _) => "XX",
                _ => "XXXX",
            };
            (Outcome::Text(text.to_owned()), None)
        };
        let anchor = match (anchor, self.mode) {
            (Anchor::Current, Mode::Narrative) => Anchor::Running,
            (Anchor::Current, _) => Anchor::Speech,
            (other, _) => other,
        };
        // A year ago beside a quarter is that quarter of the year before.
        if let (true, Unit::Year, Mode::News(_), Some((Cal::Quarter(y, q), at))) =
            (distance, unit, self.mode, self.quarter)
            && !self.longer
            && (-2..0).contains(&n)
            && sentence <= at + QUARTER_REACH
            && let Some(cal) = Cal::Quarter(y, q).distance(Unit::Year, n)
        {
            return (Outcome::Cal(cal), Some(Reference::Previous));
        }
        let from = match (anchor, self.mode) {
            (Anchor::Speech, Mode::News(p)) => Some((Cal::Day(p), Reference::Published)),
            (Anchor::Speech, Mode::Anchored(y, m)) => {
                let whole = unit >= Unit::Month || unit == Unit::Year;
                whole.then_some((Cal::Month(y, m), Reference::DocumentYear))
            }
            (Anchor::Running, Mode::Anchored(y, m)) if n == 0 && self.last.is_none() => {
                Some((Cal::Month(y, m), Reference::DocumentYear))
            }
            (Anchor::Running, Mode::News(p)) => {
                let last = self.last.map(|c| (c, Reference::Previous));
                last.or(Some((Cal::Day(p), Reference::Published)))
            }
            (Anchor::Running, _) => self.last.map(|c| (c, Reference::Previous)),
            (Anchor::Speech, Mode::Narrative) if unit == Unit::Year && !distance => {
                self.last.map(|c| (c, Reference::Previous))
            }
            (Anchor::Speech | Anchor::Current, _) => None,
        };
        let Some((from, reference)) = from else { return open() };
        // Beside several months, a year ago is no quarter.
        let from = match (distance && unit == Unit::Year, self.mode, from) {
            (true, Mode::News(_), Cal::Quarter(y, _)) => Cal::Year(y),
            _ => from,
        };
        let moved = if distance { from.distance(unit, n) } else { from.step(unit, n) };
        if let Some(cal) = moved {
            return (Outcome::Cal(cal), Some(reference));
        }
        if let (Unit::Day, 0, Some(day)) = (unit, n, self.last_day) {
            return (Outcome::Cal(Cal::Day(day)), Some(Reference::Previous));
        }
        // A week later, after a month was spoken of: from the day before it, if that was said just now.
        let near = |day: &Date| {
            sentence <= self.last_day_sentence + DAY_REACH
                && from.days().is_some_and(|(first, _)| first <= *day)
        };
        if let Some(cal) = self
            .last_day
            .filter(near)
            .filter(|_| distance)
            .and_then(|day| Cal::Day(day).distance(unit, n))
        {
            return (Outcome::Cal(cal), Some(Reference::Previous));
        }
        // In news, from the day of speech.
        if let (true, Some(p)) = (distance, self.published())
            && let Some(cal) = Cal::Day(p).distance(unit, n)
        {
            return (Outcome::Cal(cal), Some(Reference::Published));
        }
        open()
    }
}

/// The day that follows a time of day and is meant by it: 'at midnight (2100 GMT) on Saturday', 'at 5:30
/// local time on 20 March'.
fn following_day(text: &str, exprs: &[Expr], i: usize) -> Option<usize> {
    exprs[i].clock?;
    for at in i..exprs.len().min(i + 3) {
        let (here, next) = (exprs.get(at)?, exprs.get(at + 1)?);
        if here.sentence != next.sentence {
            return None;
        }
        let gap = text.get(here.span.end as usize..next.span.start as usize)?;
        let zone = |w: &str| {
            matches!(w, "" | "(" | ")" | "," | "on" | "time" | "local" | "o")
                || w.starts_with(|c: char| c.is_ascii_uppercase() || c == '(' || c == ')')
        };
        if gap.len() > 24 || !gap.split(' ').all(zone) {
            return None;
        }
        match next.base {
            Base::SameDay if next.clock.is_some() => {}
            Base::Cal(Cal::Day(_)) | Base::MonthDay(..) | Base::Weekday(..) => {
                return (next.clock.is_none() && gap.contains("on ") || gap.ends_with(") "))
                    .then_some(at + 1);
            }
            _ => return None,
        }
    }
    None
}

/// The year of a date that follows and is joined to expression `i` (`from April 22 to May 5,
/// 2016`), and its month.
fn joined_year(text: &str, exprs: &[Expr], i: usize) -> Option<(i16, Option<i8>)> {
    let mut at = i;
    for _ in 0..4 {
        let (here, next) = (exprs.get(at)?, exprs.get(at + 1)?);
        let gap = text.get(here.span.end as usize..next.span.start as usize)?;
        if gap.len() > 12
            || !gap.split([' ', ',']).all(|w| {
                matches!(
                    w,
                    "" | "and" | "or" | "to" | "-" | "–" | "through" | "until" | "the" | "of"
                )
            })
        {
            return None;
        }
        match &next.base {
            Base::Cal(
                c @ (Cal::Day(_)
                | Cal::Month(..)
                | Cal::Season(..)
                | Cal::Quarter(..)
                | Cal::Half(..)),
            ) => return Some((c.year()?, c.month().map(|m| m.1))),
            Base::Month(..) | Base::MonthDay(..) | Base::Season(..) | Base::Part(..) => at += 1,
            _ => return None,
        }
    }
    None
}

/// The year in which `month` (and `day`, 0 for none) lies, seen from a publication date: the
/// nearest one where it lies at most three months ahead, since what is further back in the year
/// before is called last December; else as the tense says.
fn news_year(p: Date, month: i8, day: i8, tense: Tense) -> i16 {
    let here = i16::from(p.month()) * 31 + if day > 0 { i16::from(p.day()) } else { 0 };
    let there = i16::from(month) * 31 + i16::from(day);
    let ahead = there - here;
    match tense {
        Tense::Future if ahead < -62 => p.year() + 1,
        Tense::Gone if ahead > 0 => p.year() - 1,
        Tense::Past if ahead > 45 => p.year() - 1,
        Tense::Unknown if ahead > 93 => p.year() - 1,
        Tense::Unknown if ahead < -31 * 9 => p.year() + 1,
        _ => p.year(),
    }
}

/// The year in which `month` is nearest to a month of a year, the past one of two.
fn nearest_year(year: i16, from: i8, month: i8) -> i16 {
    match month - from {
        6.. => year - 1,
        ..=-7 => year + 1,
        _ => year,
    }
}
