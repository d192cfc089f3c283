//! What a rule's match says, before anything is known of the document's own time.
//!
//! In: a match of a rule and the tokens around it. Out: an [`Expr`] that [`super::resolve`] gives a
//! value, or nothing where the words around speak against it. Each rule of the data file names the
//! [`Make`] that reads its captures.

mod clock;
mod guards;
mod lengths;
mod relative;
mod tense;
mod whole;

use super::calendar::{Cal, Unit, add_days, hijri};
use super::{DateData, TimexKind};
use crate::mentions::phrases::patterns::{Found, slot};
use crate::mentions::phrases::tokens::{DataError, Kind, Lexicon, Token, digits};
use crate::text::Span;
use jiff::civil::Date;

/// Which way from the reference a verb or word points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tense {
    /// Back.
    Past,
    /// Back, as the verb of its own clause says: 'on 14 March the guns fell silent'.
    Gone,
    /// Forward.
    Future,
    /// Nothing tells.
    Unknown,
}

impl Tense {
    /// Whether it points back.
    #[must_use]
    pub fn is_past(self) -> bool {
        matches!(self, Self::Past | Self::Gone)
    }
}

/// From where a distance counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// The day of speech.
    Speech,
    /// The time that the text spoke of last.
    Running,
    /// Either, as news or a narrative has it.
    Current,
}

/// What an expression says of the calendar.
#[derive(Clone, Debug, PartialEq)]
pub enum Base {
    /// A value that needs no calendar: lengths, sets, vague references.
    Value(String),
    /// A stretch of the calendar.
    Cal(Cal),
    /// Month and day without a year.
    MonthDay(i8, i8),
    /// A month without a year; -1, 0, 1 for last, this, next.
    Month(i8, Option<i64>),
    /// A season without a year.
    Season(i8, Option<i64>),
    /// A quarter or half without a year: unit, number, and which year from now.
    Part(Unit, i8, Option<i64>),
    /// A day of the week; -1, 0, 1 for last, this, next.
    Weekday(i8, Option<i64>),
    /// A day of a month that is not named.
    DayOfMonth(i8),
    /// A feast without a year, by number; -1, 0, 1 for last, this, next.
    Holiday(usize, Option<i64>),
    /// The unit around the anchor, moved.
    Step(Unit, i64, Anchor),
    /// A distance from the anchor.
    Distance(Unit, i64, Anchor),
    /// The quarter that was spoken of last; without one, the last complete one (`true`) or nothing.
    SameQuarter(bool),
    /// The quarter of a year that was spoken of last; without one, the year.
    QuarterOf(i16),
    /// The quarter that was spoken of last, of the year before (-1), of this (0) or the next; without
    /// one, that year.
    QuarterOfYear(i64),
    /// A half of the year in a text that speaks of quarters, else nothing.
    HalfYear(i8),
    /// The weekend before or after the day of speech.
    Weekend,
    /// The day that is spoken of.
    SameDay,
    /// The day of speech.
    Today,
    /// A decade of an unnamed century: the nineties.
    Decade(i16),
    /// A month, a day of it, a season or a feast, of the year before (-1), of this (0) or of the next
    /// year.
    OfYear(Box<Base>, i64),
    /// The same, of the year that was spoken of last.
    OfThatYear(Box<Base>),
}

/// A time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// Hour, minute and, in minutes, how far ahead of UTC.
    Time(i8, Option<i8>, Option<i8>),
    /// Part of the day: 1 MO, 2 MI, 3 AF, 4 EV, 5 NI.
    Part(i8),
}

/// An expression of a document that has no value yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// Bytes of the text.
    pub span: Span,
    /// Its sort.
    pub kind: TimexKind,
    /// What it says of the calendar.
    pub base: Base,
    /// The time of day with it.
    pub clock: Option<Clock>,
    /// TIMEX3 modifier.
    pub modifier: Option<&'static str>,
    /// The weekday that is named beside a date, 0 for Monday.
    pub weekday: Option<i8>,
    /// Which way it points.
    pub tense: Tense,
    /// Number of the sentence.
    pub sentence: usize,
    /// Number of the rule.
    pub rule: usize,
    /// Whether it stands in a direct quotation.
    pub quoted: bool,
    /// The week or weekend around that day, where it is meant.
    pub around: Option<Unit>,
}

impl Expr {
    /// Whether it is a time expression whatever the document says: 'the quarter' is one only after a quarter.
    #[must_use]
    pub fn is_sure(&self) -> bool {
        !matches!(self.base, Base::SameQuarter(_) | Base::HalfYear(_))
    }
}

macro_rules! ids {
    ($($field:ident $name:literal),* $(,)?) => {
        /// Numbers of the classes that the makes read.
        #[derive(Clone, Copy, Debug)]
        #[allow(missing_docs)]
        pub struct Ids { $(pub $field: u8),* }
        impl Ids {
            /// Looks them up.
            pub fn new(lexicon: &mut Lexicon) -> Result<Self, DataError> {
                Ok(Self { $($field: lexicon.class($name)?),* })
            }
        }
    };
}

ids! {
    month "MONTH", mon "MON", weekday "WEEKDAY", wday "WDAY", weekdays "WEEKDAYS", season "SEASON", bc "BC", eb "EB",
    unit "UNIT", units "UNITS", calunit "CALUNIT", longunits "LONGUNITS", rel "REL", ana "ANA", run "RUN", part "PART",
    latter "LATTER", partnoun "PARTNOUN", modi "MODI", vague "VAGUE", couple "COUPLE", tod "TOD", clockword "CLOCKWORD",
    ampm "AMPM", ap "AP", tz "TZ", today "TODAY", every "EVERY", adverbset "ADVERBSET", before "BEFORE", ordinal "ORDINAL",
    qword "QWORD", qletter "QLETTER", decadeword "DECADEWORD", levant "LEVANT", twin "TWIN", twinth "TWINTH", hijri "HIJRI",
    htwin "HTWIN", dhu "DHUTH", sure "SURE", notyear "NOTYEAR", yearprep "YEARPREP", counted "COUNTED", monthprep "MONTHPREP",
    pastv "PASTV", futurev "FUTUREV", presentv "PRESENTV", later "LATER", cardinal "CARDINAL", cent "CENT", paper "PAPER", event "EVENT",
    season_end "SEASONEND", one_lead "ONELEAD", length_lead "LENGTHLEAD", hour_lead "HOURLEAD", clock_lead "CLOCKLEAD",
    twenty "TWENTY", promise "PROMISE", being "BEING",
    ahead "AHEAD", forth "FORTH", first_name "FIRSTNAME", would "WOULD", determiner "DETERMINER", day_name "DAYNAME", maybe_year "MAYBEYEAR",
}

macro_rules! named {
    ($(#[$doc:meta])* $type:ident { $($variant:ident $name:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs)]
        pub enum $type { $($variant),* }
        impl $type {
            /// The one that the data file calls `name`.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

named! {
    /// How a match is read.
    Make {
        Date "date", Iso "iso", Slash "slash", Range "range", YearRange "yearrange", Decade "decade", Century "century",
        Quarter "quarter", RelQuarter "relquarter", Levant "levant", Hijri "hijri", Holiday "holiday", Today "today",
        Weekday "weekday", RelMonth "relmonth", Rel "rel", Ana "ana", Ago "ago", Later "later", Duration "duration",
        DurationOne "durationone", DurationVague "durationvague", Every "every", Times "times", Clock "clock",
        DayPart "daypart", Spoken "spoken", Weekend "weekend", SameQuarter "samequarter", QuarterEnd "quarterend", YearEnd "yearend", Whole "whole",
        SamePeriod "sameperiod", DayOfMonth "dayofmonth", Present "present", Past "past", Future "future",
    }
}

named! {
    /// What the words around must not say.
    Guard {
        None "", Month "month", Year "year", Season "season", One "one", Vague "vague", Clock "clock", Past "past", Soon "soon", Rate "rate",
    }
}

/// TIMEX3 modifiers by their number in the data file.
const MODIFIERS: [Option<&str>; 9] = [
    None,
    Some("START"),
    Some("MID"),
    Some("END"),
    Some("APPROX"),
    Some("LESS_THAN"),
    Some("MORE_THAN"),
    Some("EQUAL_OR_LESS"),
    Some("EQUAL_OR_MORE"),
];

/// A unit by its number in the data file.
#[must_use]
pub fn unit(number: f64) -> Option<Unit> {
    #[allow(clippy::cast_possible_truncation, reason = "numbers of units are small")]
    Some(match number as i32 {
        0 => Unit::Second,
        1 => Unit::Minute,
        2 => Unit::Hour,
        3 => Unit::Day,
        4 => Unit::Weekend,
        5 => Unit::Week,
        6 => Unit::Fortnight,
        7 => Unit::Month,
        8 => Unit::Quarter,
        10 => Unit::Year,
        11 => Unit::Decade,
        12 => Unit::Century,
        13 => Unit::Millennium,
        14 => Unit::Night,
        _ => return None,
    })
}

/// TIMEX3 value of `n` (`X` where unknown) of `unit`.
#[must_use]
pub fn length(n: &str, unit: Unit) -> String {
    match unit {
        Unit::Second => format!("PT{n}S"),
        Unit::Minute => format!("PT{n}M"),
        Unit::Hour => format!("PT{n}H"),
        Unit::Day | Unit::Night => format!("P{n}D"),
        Unit::Weekend => format!("P{n}WE"),
        Unit::Week => format!("P{n}W"),
        Unit::Fortnight => {
            n.parse::<f64>().map_or(format!("P{n}W"), |f| format!("P{}W", digits(f * 2.0)))
        }
        Unit::Month => format!("P{n}M"),
        Unit::Quarter => format!("P{n}Q"),
        Unit::Half => format!("P{n}H"),
        Unit::Year | Unit::Season => format!("P{n}Y"),
        Unit::Decade => format!("P{n}DE"),
        Unit::Century => format!("P{n}CE"),
        Unit::Millennium => format!("P{n}ML"),
    }
}

struct Reader<'r> {
    text: &'r str,
    tokens: &'r [Token],
    found: &'r Found,
    data: &'r DateData,
    ids: Ids,
}

type Built = Option<(Expr, Option<Expr>)>;

/// Reads a match; None where it is no time expression after all.
#[must_use]
pub fn build(text: &str, tokens: &[Token], found: &Found, data: &DateData) -> Built {
    let reader = Reader { text, tokens, found, data, ids: data.ids };
    let (make, guard) = *data.makes.get(found.rule)?;
    // No time has so large a number, and a double would not keep its digits.
    if found.captures.iter().any(|captured| captured.value >= 1e15) {
        return None;
    }
    if !reader.free() || reader.title() || !reader.allowed(guard) {
        return None;
    }
    reader.read(make)
}

#[allow(clippy::cast_possible_truncation, reason = "captured values are small integers")]
fn small(value: f64) -> i8 {
    value as i8
}

#[allow(clippy::cast_possible_truncation, reason = "captured years are below 2200")]
fn year_of(value: f64) -> i16 {
    value as i16
}

impl Reader<'_> {
    fn get(&self, slot: u8) -> Option<f64> {
        self.found.get(slot, 0)
    }

    fn token(&self, at: usize) -> Option<&Token> {
        self.tokens.get(at)
    }

    fn before(&self, n: usize) -> Option<&Token> {
        self.found.start.checked_sub(n).and_then(|at| self.tokens.get(at))
    }

    fn is(token: Option<&Token>, class: u8) -> bool {
        token.is_some_and(|t| t.classes & (1 << class) != 0)
    }

    fn word(&self, token: Option<&Token>) -> &str {
        token.map_or("", |t| &self.text[t.start as usize..t.end as usize])
    }

    fn eq_at(&self, at: usize, word: &str) -> bool {
        self.word(self.token(at)).eq_ignore_ascii_case(word)
    }

    fn one_word(&self) -> bool {
        self.found.end == self.found.start + 1
    }

    fn is_part(&self) -> bool {
        [self.ids.part, self.ids.partnoun, self.ids.latter].iter().any(|c| self.get(*c).is_some())
    }

    fn month_token(&self) -> Option<usize> {
        self.found.token(self.ids.month, 0).or_else(|| self.found.token(self.ids.mon, 0))
    }

    fn expr(&self, kind: TimexKind, base: Base) -> Expr {
        self.expr_over(self.found.start, self.found.end, kind, base)
    }

    fn expr_over(&self, start: usize, end: usize, kind: TimexKind, base: Base) -> Expr {
        let span = Span::new(self.tokens[start].start as usize, self.tokens[end - 1].end as usize);
        Expr {
            span,
            kind,
            base,
            clock: None,
            modifier: self.modifier(),
            weekday: self.weekday(),
            tense: self.tense(),
            sentence: 0,
            rule: self.found.rule,
            quoted: self.quoted(),
            around: None,
        }
    }

    fn weekday(&self) -> Option<i8> {
        self.get(self.ids.weekday).or_else(|| self.get(self.ids.wday)).map(small)
    }

    /// Whether an odd number of double quotation marks stands before it in the sentence.
    fn quoted(&self) -> bool {
        self.tokens[..self.found.start].iter().rev().take(60).filter(|t| t.is_mark(b'"')).count()
            % 2
            == 1
    }

    fn modifier(&self) -> Option<&'static str> {
        let ids = &self.ids;
        if let Some(m) = [ids.part, ids.partnoun, ids.latter].iter().find_map(|c| self.get(*c)) {
            return usize::try_from(small(m))
                .ok()
                .and_then(|m| MODIFIERS.get(m))
                .copied()
                .flatten();
        }
        if let Some((modifier, _)) = self.data.modifiers.at(self.tokens, self.found.start) {
            return MODIFIERS.get(modifier).copied().flatten();
        }
        self.get(ids.modi)
            .and_then(|m| usize::try_from(small(m)).ok())
            .and_then(|m| MODIFIERS.get(m))
            .copied()
            .flatten()
    }

    #[allow(clippy::unnecessary_wraps, reason = "what every reader of a match returns")]
    fn single(expr: Expr) -> Built {
        Some((expr, None))
    }

    fn read(&self, make: Make) -> Built {
        match make {
            Make::Date => self.date(),
            Make::Iso => self.iso(),
            Make::Slash => self.slash(),
            Make::Range => self.range(),
            Make::YearRange => self.year_range(),
            Make::Decade => self.decade(),
            Make::Century => self.century(),
            Make::Quarter | Make::RelQuarter => self.quarter(),
            Make::Levant => self.levant(),
            Make::Hijri => self.hijri(),
            Make::Holiday => self.holiday(),
            Make::Today => self.today(),
            Make::Weekday => self.named_weekday(),
            Make::RelMonth => self.relative_month(),
            Make::Rel => self.relative(),
            Make::Ana => self.anaphoric(),
            Make::Ago => self.distance(true),
            Make::Later => self.distance(false),
            Make::Duration => self.duration(),
            Make::DurationOne => self.duration_one(),
            Make::DurationVague => self.duration_vague(),
            Make::Every => self.every(),
            Make::Times => self.times(),
            Make::Clock => self.clock(),
            Make::DayPart => self.day_part(),
            Make::Spoken => self.spoken(),
            Make::QuarterEnd => self.quarter_end(),
            Make::SamePeriod => {
                let base = match (self.get(slot::YEAR), self.get(self.ids.rel)) {
                    (Some(year), _) => Base::QuarterOf(year_of(year)),
                    (None, rel) => Base::QuarterOfYear(i64::from(small(rel?))),
                };
                Self::single(self.expr(TimexKind::Date, base))
            }
            Make::DayOfMonth => self.day_of_month(),
            Make::Whole => {
                let base = Base::Step(self.unit_word()?, 0, Anchor::Current);
                Self::single(self.expr(TimexKind::Date, base))
            }
            Make::SameQuarter => {
                let last = self.found.pattern == 0 && self.eq_at(self.found.end - 1, "quarter")
                    || self.found.pattern == 2;
                Self::single(self.expr(TimexKind::Date, Base::SameQuarter(last)))
            }
            Make::YearEnd => {
                let mut expr =
                    self.expr(TimexKind::Date, Base::Step(Unit::Year, 0, Anchor::Current));
                expr.modifier = match self.found.pattern {
                    0 | 1 => Some("END"),
                    2 => None,
                    _ => Some("MID"),
                };
                Self::single(expr)
            }
            Make::Weekend if self.month().is_some() => {
                // The weekend of May 19-21: the days say more.
                let next = self.token(self.found.end);
                if next.is_some_and(|t| t.is_mark(b'-') || t.kind == Kind::Number) {
                    return None;
                }
                let base = self.date_base()?;
                let mut expr = self.expr(TimexKind::Date, base);
                expr.around = self.unit_word();
                Self::single(expr)
            }
            Make::Weekend => Self::single(self.expr(TimexKind::Date, Base::Weekend)),
            Make::Present => {
                Self::single(self.expr(TimexKind::Date, Base::Value("PRESENT_REF".to_owned())))
            }
            Make::Past => {
                Self::single(self.expr(TimexKind::Date, Base::Value("PAST_REF".to_owned())))
            }
            Make::Future => {
                Self::single(self.expr(TimexKind::Date, Base::Value("FUTURE_REF".to_owned())))
            }
        }
    }

    fn is_bc(&self) -> bool {
        self.get(self.ids.bc).is_some() || self.get(self.ids.eb).is_some()
    }

    fn month(&self) -> Option<i8> {
        self.month_token().map(|_| {
            small(self.get(self.ids.month).or_else(|| self.get(self.ids.mon)).unwrap_or(1.0))
        })
    }

    /// The year that was caught, negative before Christ.
    fn year(&self) -> Option<i16> {
        // '98
        if let (Some(short), None) = (self.get(slot::TWO_DIGITS), self.get(slot::YEAR)) {
            return Some(year_of(short) + if short < 30.0 { 2000 } else { 1900 });
        }
        let value = self.get(slot::YEAR).or_else(|| self.get(slot::DIGITS))?;
        if !(1.0..2200.0).contains(&value) {
            return None;
        }
        Some(if self.is_bc() { 1 - year_of(value) } else { year_of(value) })
    }

    fn day_number(&self) -> Option<i8> {
        let tens = self.get(self.ids.twenty).map_or(0, small);
        let day = self.get(slot::DAY).or_else(|| self.get(self.ids.ordinal)).map(small)?;
        day.checked_add(tens)
    }

    fn date_base(&self) -> Option<Base> {
        let year = self.year();
        if let (Some(month), Some(day)) = (self.month(), self.day_number()) {
            let Some(year) = year else {
                Date::new(2000, month, day).ok()?;
                // 29 February 2015: there is no such day, and so only the month is one.
                let next = self.token(self.found.end).filter(|t| t.mark == 4).map(|t| t.number);
                if next.is_some_and(|y| {
                    (1000.0..2200.0).contains(&y) && Date::new(year_of(y), month, day).is_err()
                }) {
                    return None;
                }
                return Some(Base::MonthDay(month, day));
            };
            return Date::new(year, month, day).ok().map(|d| Base::Cal(Cal::Day(d)));
        }
        if let Some(month) = self.month() {
            return Some(
                year.map_or(Base::Month(month, None), |y| Base::Cal(Cal::Month(y, month))),
            );
        }
        if let Some(season) = self.get(self.ids.season).map(small) {
            return Some(
                year.map_or(Base::Season(season, None), |y| Base::Cal(Cal::Season(y, season))),
            );
        }
        year.map(|y| Base::Cal(Cal::Year(y)))
    }

    /// The unit among the words of the match.
    fn unit_word(&self) -> Option<Unit> {
        self.tokens[self.found.start..self.found.end]
            .iter()
            .find(|t| t.classes & (1 << self.ids.calunit) != 0)
            .and_then(|t| unit(f64::from(self.data.lexicon.value(t.word, 1 << self.ids.calunit))))
    }

    fn any_unit(&self) -> Option<Unit> {
        let ids = &self.ids;
        [ids.unit, ids.units, ids.longunits]
            .iter()
            .find_map(|c| self.get(*c))
            .and_then(unit)
            .or_else(|| {
                self.tokens[self.found.start..self.found.end]
                    .iter()
                    .find(|t| t.classes & (1 << ids.unit) != 0)
                    .and_then(|t| unit(f64::from(self.data.lexicon.value(t.word, 1 << ids.unit))))
            })
    }

    /// The number before the unit: None for a vague one.
    fn amount(&self) -> Option<f64> {
        if let Some(n) = self.get(slot::NUM) {
            return Some(n);
        }
        if self.get(self.ids.couple).is_some() {
            return Some(2.0);
        }
        if self.get(self.ids.vague).is_some() || self.get(self.ids.longunits).is_some() {
            return None;
        }
        Some(1.0)
    }
}

impl Token {
    /// The token's text.
    #[must_use]
    pub fn word_text<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.start as usize..self.end as usize).unwrap_or("")
    }
}

/// TIMEX3 name of a part of the day.
#[must_use]
pub fn part_name(part: i8) -> &'static str {
    match part {
        1 => "MO",
        2 => "MI",
        3 => "AF",
        4 => "EV",
        _ => "NI",
    }
}

/// The days of an Islamic month or day in a year of the common calendar, the first that begins in it.
#[must_use]
pub fn hijri_range(year: i16, month: i32, day: Option<i8>) -> Option<(Date, Date)> {
    let guess = (i32::from(year) - 622) * 33 / 32;
    for candidate in guess - 2..=guess + 3 {
        let Some(first) = hijri(candidate, month) else { continue };
        let first = match day {
            Some(day) => add_days(first, i64::from(day) - 1)?,
            None => first,
        };
        if first.year() == year {
            let next =
                if month == 12 { hijri(candidate + 1, 1)? } else { hijri(candidate, month + 1)? };
            return Some(if day.is_some() { (first, first) } else { (first, add_days(next, -1)?) });
        }
    }
    None
}

/// A feast in a year.
#[must_use]
pub(crate) fn holiday_in(data: &DateData, number: usize, year: i16) -> Option<Cal> {
    let h = data.holidays.get(number)?;
    if let Some(days) = h.easter {
        return Some(Cal::Day(add_days(super::calendar::easter(year)?, days)?));
    }
    if let Some(month) = h.hijri {
        let (first, last) = hijri_range(year, month, h.day)?;
        return Some(if h.day.is_some() { Cal::Day(first) } else { Cal::Range(first, last) });
    }
    let month = h.month?;
    if let (Some(weekday), Some(nth)) = (h.weekday, h.nth) {
        // Election day is the Tuesday after the first Monday.
        let found = if h.after_monday {
            add_days(super::calendar::nth_weekday(year, month, 0, nth)?, i64::from(weekday))?
        } else {
            super::calendar::nth_weekday(year, month, weekday, nth)?
        };
        return Some(Cal::Day(found));
    }
    Some(Cal::Day(Date::new(year, month, h.day?).ok()?))
}
