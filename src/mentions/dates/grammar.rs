//! What a rule's match says, before anything is known of the document's own time.
//!
//! In: a match of a rule and the tokens around it. Out: an [`Expr`] that [`super::resolve`] gives a
//! value, or nothing where the words around speak against it. Each rule of the data file names the
//! [`Make`] that reads its captures.

use super::calendar::{Cal, Unit, add_days, hijri};
use super::{DateData, TimexKind};
use crate::mentions::phrases::patterns::{Found, slot};
use crate::mentions::phrases::tokens::{
    CAPITAL, DataError, GLUED, Kind, Lexicon, ORDINAL, SEPARATED, TIGHT, Token, UPPER,
};
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
    /// A feast without a year, by number.
    Holiday(usize),
    /// The unit around the anchor, moved.
    Step(Unit, i64, Anchor),
    /// A distance from the anchor.
    Distance(Unit, i64, Anchor),
    /// The quarter that was spoken of last; without one, the last complete one (`true`) or nothing.
    SameQuarter(bool),
    /// The weekend before or after the day of speech.
    Weekend,
    /// The day that is spoken of.
    SameDay,
    /// The day of speech.
    Today,
    /// A decade of an unnamed century: the nineties.
    Decade(i16),
    /// A month, a day of it or a season, of the year before (-1), of this (0) or of the next year.
    OfYear(Box<Base>, i64),
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
    /// Whether the weekend of that day is meant.
    pub weekend: bool,
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
        DayPart "daypart", Spoken "spoken", Weekend "weekend", SameQuarter "samequarter", YearEnd "yearend", Present "present", Past "past", Future "future",
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
            n.parse::<f64>().map_or(format!("P{n}W"), |f| format!("P{}W", plain(f * 2.0)))
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

/// A number without a needless fraction.
#[must_use]
pub fn plain(n: f64) -> String {
    format!("{n}")
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

    /// Digits at either end must not go on: 555-2016, 3.2016, 12/30/4, A4.
    fn free(&self) -> bool {
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
    fn title(&self) -> bool {
        let quote = |t: Option<&Token>| t.is_some_and(|t| t.is_mark(b'"') || t.is_mark(b'\''));
        let last = &self.tokens[self.found.end - 1];
        let stop = self.token(self.found.end).is_some_and(|t| matches!(t.mark, b',' | b'.'));
        last.has(CAPITAL)
            && self.found.end > self.found.start + 1
            && quote(self.before(1))
            && quote(self.token(self.found.end + usize::from(stop)))
    }

    fn allowed(&self, guard: Guard) -> bool {
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
                    || self.found.pattern == 4 && self.found.start == 0
            }
        }
    }

    fn eq_at(&self, at: usize, word: &str) -> bool {
        self.word(self.token(at)).eq_ignore_ascii_case(word)
    }

    fn one_word(&self) -> bool {
        self.found.end == self.found.start + 1
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
                && !matches!(token.word_text(self.text), "April" | "June" | "August");
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
        Self::is(before, self.ids.monthprep)
            && !next.is_some_and(|t| t.has(CAPITAL) && t.kind == Kind::Word && t.classes == 0)
    }

    fn is_part(&self) -> bool {
        [self.ids.part, self.ids.partnoun, self.ids.latter].iter().any(|c| self.get(*c).is_some())
    }

    fn month_token(&self) -> Option<usize> {
        self.found.token(self.ids.month, 0).or_else(|| self.found.token(self.ids.mon, 0))
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
            let word = before.word_text(self.text);
            return matches!(word, "to" | "about" | "than")
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
        let word = self.word(next).to_ascii_lowercase();
        let name = self.tokens[at].word_text(self.text);
        if next.is_some_and(|t| t.has(TIGHT) && t.is_mark(b'-')) {
            return false;
        }
        // The fall of a town, the spring of a well, Prague Spring, a winter coat.
        if word == "of"
            && !name.eq_ignore_ascii_case("summer")
            && !name.eq_ignore_ascii_case("winter")
        {
            return false;
        }
        let ends = next.is_none_or(|t| t.kind == Kind::Mark)
            || matches!(
                word.as_str(),
                "and"
                    | "the"
                    | "offensive"
                    | "campaign"
                    | "when"
                    | "with"
                    | "for"
                    | "he"
                    | "they"
                    | "of"
                    | "was"
                    | "as"
                    | "by"
                    | "to"
                    | "while"
                    | "but"
                    | "before"
                    | "after"
                    | "or"
                    | "a"
                    | "that"
                    | "in"
            );
        ends && !self.tokens[at].has(CAPITAL)
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
        let first = self.word(self.token(self.found.start)).to_ascii_lowercase();
        let article = first == "a" || first == "an";
        if !article {
            return true;
        }
        // Prices, rates and frequencies: $5 a year, 90 km an hour, twice a week.
        let lead = self.before(1);
        let for_ = matches!(
            self.word(lead).to_ascii_lowercase().as_str(),
            "for"
                | "in"
                | "within"
                | "after"
                | "than"
                | "almost"
                | "nearly"
                | "about"
                | "over"
                | "under"
                | "by"
                | "lasted"
                | "took"
                | "takes"
                | "take"
                | "spent"
                | "once"
                | "every"
                | "of"
                | "is"
                | "was"
        );
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
        let word = self.word(Some(before)).to_ascii_lowercase();
        matches!(
            word.as_str(),
            "for"
                | "in"
                | "within"
                | "after"
                | "took"
                | "lasted"
                | "take"
                | "over"
                | "just"
                | "of"
                | "by"
                | "only"
                | "spent"
                | "last"
                | "about"
        ) && !(word == "of" && self.word(self.before(2)).eq_ignore_ascii_case("number"))
            && self.get(self.ids.longunits).is_some_and(|u| u > 1.5)
            && !(word == "in" && self.word(self.token(self.found.end)).eq_ignore_ascii_case("of"))
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
            let word = self.word(self.before(1));
            return self.eq_at(self.found.end - 1, "time")
                || ["at", "by", "from", "until", "around", "before"].contains(&word);
        }
        if self.found.captures.iter().any(|c| c.slot == slot::MINUTE) {
            // Scores and verses: needs 'at', 'by', 'from' and their like before it.
            let word = self.word(self.before(1)).to_ascii_lowercase();
            return matches!(
                word.as_str(),
                "at" | "by"
                    | "from"
                    | "around"
                    | "about"
                    | "until"
                    | "till"
                    | "since"
                    | "before"
                    | "after"
                    | "between"
                    | "to"
            ) || self.found.captures.len() > 3;
        }
        // o'clock
        self.word(self.token(self.found.end.saturating_sub(1))).eq_ignore_ascii_case("clock")
            || self.get(self.ids.tod).is_some()
    }

    // ---- reading

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
            weekend: false,
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
        let first = self.word(self.token(self.found.start)).to_ascii_lowercase();
        let second = self.word(self.token(self.found.start + 1)).to_ascii_lowercase();
        match (first.as_str(), second.as_str()) {
            ("no" | "not", "more") | ("up", "to") | ("at", "most") => return Some("EQUAL_OR_LESS"),
            ("no" | "not", "less" | "fewer") | ("at", "least") => return Some("EQUAL_OR_MORE"),
            ("more", "than") => return Some("MORE_THAN"),
            ("less" | "fewer", "than") => return Some("LESS_THAN"),
            _ => {}
        }
        self.get(ids.modi)
            .and_then(|m| usize::try_from(small(m)).ok())
            .and_then(|m| MODIFIERS.get(m))
            .copied()
            .flatten()
    }

    /// Which way the sentence points here: the nearest verb before it in the sentence, else after.
    fn tense(&self) -> Tense {
        let of = |t: &Token| -> Option<Tense> {
            if t.kind != Kind::Word {
                return None;
            }
            if t.classes & (1 << self.ids.futurev) != 0 {
                return Some(Tense::Future);
            }
            if t.classes & (1 << self.ids.pastv) != 0 {
                return Some(Tense::Past);
            }
            let word = t.word_text(self.text);
            (word.len() > 4 && word.ends_with("ed") && !t.has(CAPITAL)).then_some(Tense::Past)
        };
        let word = self.word(self.before(1)).to_ascii_lowercase();
        if matches!(word.as_str(), "until" | "till" | "by" | "effective" | "beginning" | "starting")
        {
            return Tense::Future;
        }
        if word == "since" {
            return Tense::Past;
        }
        let mut to = false;
        let mut after: Option<&Token> = None;
        for (at, t) in self.tokens[..self.found.start].iter().enumerate().rev().take(24) {
            if t.is_mark(b'"') || t.is_mark(b';') {
                break;
            }
            if let Some(tense) = of(t) {
                // Will be held, is to be opened: a participle after what announces.
                let announced = tense == Tense::Past
                    && self.tokens[at.saturating_sub(3)..at].iter().any(|t| {
                        t.classes & (1 << self.ids.futurev) != 0
                            && !matches!(
                                t.word_text(self.text),
                                "would" | "could" | "might" | "should"
                            )
                            || t.word_text(self.text) == "be"
                    });
                if announced {
                    return Tense::Future;
                }
                // Agreed to buy it in January: what an infinitive says is to come.
                return match (to, tense) {
                    (true, Tense::Past) if t.word_text(self.text) == "set" => Tense::Future,
                    (true, Tense::Past) => Tense::Unknown,
                    _ => tense,
                };
            }
            to |= t.word_text(self.text) == "to"
                && after.is_some_and(|a| {
                    a.kind == Kind::Word
                        && !a.has(CAPITAL)
                        && !matches!(
                            a.word_text(self.text),
                            "the" | "a" | "an" | "his" | "its" | "their" | "her" | "this"
                        )
                });
            after = Some(t);
        }
        self.tokens[self.found.end.min(self.tokens.len())..].iter().take(14).find_map(of).map_or(
            Tense::Unknown,
            |t| {
                if t == Tense::Past { Tense::Gone } else { t }
            },
        )
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
            Make::SameQuarter => {
                let last = self.found.pattern == 0 && self.eq_at(self.found.end - 1, "quarter")
                    || self.found.pattern == 2;
                Self::single(self.expr(TimexKind::Date, Base::SameQuarter(last)))
            }
            Make::YearEnd => {
                let mut expr =
                    self.expr(TimexKind::Date, Base::Step(Unit::Year, 0, Anchor::Current));
                expr.modifier = (self.found.pattern < 2).then_some("END");
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
                expr.weekend = true;
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
        if let Some(short) = self.get(slot::TWO_DIGITS) {
            return Some(year_of(short) + if short < 30.0 { 2000 } else { 1900 });
        }
        let value = self.get(slot::YEAR).or_else(|| self.get(slot::DIGITS))?;
        if !(1.0..2200.0).contains(&value) {
            return None;
        }
        Some(if self.is_bc() { 1 - year_of(value) } else { year_of(value) })
    }

    fn day_number(&self) -> Option<i8> {
        self.get(slot::DAY).or_else(|| self.get(self.ids.ordinal)).map(small)
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

    fn date(&self) -> Built {
        let mut base = self.date_base()?;
        // In August last year.
        if let Some(rel) = self.get(self.ids.rel) {
            base = Base::OfYear(Box::new(base), i64::from(small(rel)));
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

    fn iso(&self) -> Built {
        let values: Vec<f64> = self.found.captures.iter().skip(1).map(|c| c.value).collect();
        let [month, day] = values[..] else { return None };
        let date = Date::new(year_of(self.get(slot::YEAR)?), small(month), small(day)).ok()?;
        Self::single(self.expr(TimexKind::Date, Base::Cal(Cal::Day(date))))
    }

    /// 23/05/2016 and 5/23/2016; where both readings hold, day first, unless the year has two
    /// digits, which is American usage.
    fn slash(&self) -> Built {
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
    fn spoken(&self) -> Built {
        let (cent, rest) = (self.get(self.ids.cent)?, self.get(slot::NUM)?);
        let digits =
            self.found.token(slot::NUM, 0).is_some_and(|t| self.tokens[t].kind == Kind::Number);
        if !(10.0..100.0).contains(&rest) || digits {
            return None;
        }
        let year = year_of(cent * 100.0 + rest);
        let cal = match (self.month(), self.get(slot::DAY)) {
            (Some(m), Some(d)) => Cal::Day(Date::new(year, m, small(d)).ok()?),
            (Some(m), None) => Cal::Month(year, m),
            _ => Cal::Year(year),
        };
        Self::single(self.expr(TimexKind::Date, Base::Cal(cal)))
    }

    fn range(&self) -> Built {
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

    fn year_range(&self) -> Built {
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
        if to <= from
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

    fn decade(&self) -> Built {
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
            Base::Cal(Cal::Decade(year_of(self.get(self.ids.decadeword)?) / 10))
        };
        let expr = self.expr(TimexKind::Date, base);
        Self::single(expr)
    }

    fn century(&self) -> Built {
        let n = self.get(slot::ORDINAL).or_else(|| self.get(self.ids.ordinal)).map(year_of)?;
        if !(1..=22).contains(&n) {
            return None;
        }
        let century = if self.is_bc() { -n } else { n - 1 };
        Self::single(self.expr(TimexKind::Date, Base::Cal(Cal::Century(century))))
    }

    fn quarter(&self) -> Built {
        let (unit, n) = if let Some(letter) = self.get(self.ids.qletter) {
            let unit = if letter > 1.0 { Unit::Half } else { Unit::Quarter };
            (unit, small(self.get(slot::DIGITS)?))
        } else if let Some(word) = self.get(self.ids.qword) {
            let unit = if word > 1.0 { Unit::Half } else { Unit::Quarter };
            (unit, small(self.get(self.ids.ordinal).or_else(|| self.get(slot::ORDINAL))?))
        } else {
            (Unit::Half, if self.get(self.ids.latter)? > 1.0 { 2 } else { 1 })
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
        // 'the second half' of a match or a week names no year.
        if unit == Unit::Half && year.is_none() && rel.is_none() {
            return None;
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

    fn levant(&self) -> Built {
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

    fn hijri(&self) -> Built {
        let year = i32::from(year_of(self.get(slot::DIGITS)?));
        let said = self.tokens[self.found.end - 1].kind == Kind::Word;
        if !(if said { 1 } else { 1200 }..=1600).contains(&year) {
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
        let first = hijri(year, month)?;
        let next = if month == 12 { hijri(year + 1, 1)? } else { hijri(year, month + 1)? };
        let cal = match self.get(slot::DAY) {
            Some(day) => Cal::Day(add_days(first, i64::from(small(day)) - 1)?),
            None => Cal::Range(first, add_days(next, -1)?),
        };
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

    fn holiday(&self) -> Built {
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
        let base = match year.or(holiday.year) {
            Some(y) => Base::Cal(holiday_in(self.data, number, y)?),
            None => Base::Holiday(number),
        };
        let mut expr = self.expr(TimexKind::Date, base);
        if holiday.hijri.is_some() {
            expr.modifier = Some("APPROX");
        }
        Self::single(expr)
    }

    fn today(&self) -> Built {
        let n = i64::from(small(self.get(self.ids.today)?));
        // The day after tomorrow, the day before yesterday.
        let n = if self.found.pattern >= 2 { 2 * n } else { n };
        Self::single(self.expr(
            TimexKind::Date,
            if n == 0 { Base::Today } else { Base::Distance(Unit::Day, n, Anchor::Speech) },
        ))
    }

    fn named_weekday(&self) -> Built {
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
            || dir.is_none()
                && matches!(
                    self.word(before),
                    "Black" | "Bloody" | "Good" | "Ash" | "Palm" | "Super"
                )
        {
            return None;
        }
        let mut expr = self.expr(TimexKind::Date, Base::Weekday(weekday, dir));
        expr.weekday = None;
        Self::single(expr)
    }

    fn relative_month(&self) -> Built {
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

    fn relative(&self) -> Built {
        let unit = unit(self.get(self.ids.calunit)?)?;
        let dir = self.get(self.ids.rel).map_or(0, small);
        let rel = self.found.token(self.ids.rel, 0);
        let word = rel.map_or(String::new(), |t| self.word(self.token(t)).to_ascii_lowercase());
        // 'past week' and 'coming year' are lengths unless an article makes them one.
        if matches!(word.as_str(), "past" | "coming") || unit == Unit::Day && word != "this" {
            return None;
        }
        // The last week of May.
        if word == "last" && self.eq_at(self.found.end, "of") {
            return None;
        }
        let expr = self.expr(TimexKind::Date, Base::Step(unit, i64::from(dir), Anchor::Speech));
        Self::single(expr)
    }

    fn anaphoric(&self) -> Built {
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
            if !article || unit == Unit::Day {
                return None;
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

    /// The unit among the words of the match.
    fn unit_word(&self) -> Option<Unit> {
        self.tokens[self.found.start..self.found.end]
            .iter()
            .find(|t| t.classes & (1 << self.ids.calunit) != 0)
            .and_then(|t| unit(f64::from(self.data.lexicon.value(t.word, self.ids.calunit))))
    }

    fn ana_word(&self) -> i8 {
        for t in &self.tokens[self.found.start..self.found.end] {
            match t.word_text(self.text).to_ascii_lowercase().as_str() {
                "next" | "after" | "following" => return 1,
                "before" => return -1,
                _ => {}
            }
        }
        0
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
                    .and_then(|t| unit(f64::from(self.data.lexicon.value(t.word, ids.unit))))
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

    fn distance(&self, ago: bool) -> Built {
        let unit = self.any_unit()?;
        let last = self.word(self.token(self.found.looked - 1)).to_ascii_lowercase();
        let forward =
            matches!(last.as_str(), "now" | "hence" | "later" | "afterward" | "afterwards");
        let sign = if forward { 1 } else { -1 };
        let anchor = if ago { Anchor::Speech } else { Anchor::Running };
        let vague = || Base::Value(if forward { "FUTURE_REF" } else { "PAST_REF" }.to_owned());
        // 'a year before' needs something after it: 'two days before the vote' is a length.
        if last == "before" && self.token(self.found.end).is_some_and(|t| t.kind != Kind::Mark) {
            return None;
        }
        let base = match self.amount() {
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

    fn duration(&self) -> Built {
        let unit = self.any_unit()?;
        let mut n = self.get(slot::NUM);
        let words = &self.tokens[self.found.start..self.found.end];
        let has = |w: &str| words.iter().any(|t| t.word_text(self.text).eq_ignore_ascii_case(w));
        if has("half") && self.found.pattern >= 5 {
            let one = has("one") || has("and");
            n = Some(n.unwrap_or(if one { 1.0 } else { 0.0 }) + 0.5);
        }
        let value = n?;
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
            let value = Base::Value(length(&plain(value), unit));
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
        let amount = if open { "X".to_owned() } else { plain(value) };
        // Half a century is fifty years.
        let (amount, unit) = match unit {
            Unit::Century if value.fract() != 0.0 => (plain(value * 100.0), Unit::Year),
            Unit::Decade if value.fract() != 0.0 => (plain(value * 10.0), Unit::Year),
            _ => (amount, unit),
        };
        let amount = if unit == Unit::Hour && value < 1.0 {
            return self.half_hour();
        } else {
            amount
        };
        Self::single(self.expr(TimexKind::Duration, Base::Value(length(&amount, unit))))
    }

    fn half_hour(&self) -> Built {
        Self::single(self.expr(TimexKind::Duration, Base::Value("PT30M".to_owned())))
    }

    fn duration_one(&self) -> Built {
        let unit = self.any_unit()?;
        Self::single(self.expr(TimexKind::Duration, Base::Value(length("1", unit))))
    }

    fn duration_vague(&self) -> Built {
        let unit = self.any_unit()?;
        let amount = if self.get(self.ids.couple).is_some() { "2" } else { "X" };
        let first = self.word(self.token(self.found.start)).to_ascii_lowercase();
        if first == "recent" && unit == Unit::Second {
            return None;
        }
        Self::single(self.expr(TimexKind::Duration, Base::Value(length(amount, unit))))
    }

    fn every(&self) -> Built {
        let ids = &self.ids;
        let value = if let Some(w) = self.get(ids.weekday).or_else(|| self.get(ids.weekdays)) {
            format!("XXXX-WXX-{}", small(w) + 1)
        } else if let Some(m) = self.month() {
            format!("XXXX-{m:02}")
        } else if let Some(s) = self.get(ids.season) {
            format!("XXXX-{}", super::calendar::season_name(small(s)))
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
            length(&plain(n), unit)
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

    fn times(&self) -> Built {
        let unit = match self.get(self.ids.adverbset) {
            Some(n) => unit(n)?,
            None => self.any_unit()?,
        };
        Self::single(self.expr(TimexKind::Set, Base::Value(length("1", unit))))
    }

    fn clock(&self) -> Built {
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
        let zone = self.get(ids.tz).map(small);
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

    fn day_part(&self) -> Built {
        let ids = &self.ids;
        let tonight = self.word(self.token(self.found.end - 1)).eq_ignore_ascii_case("tonight");
        let first = self.word(self.token(self.found.start)).to_ascii_lowercase();
        let part = match self.get(ids.tod) {
            Some(t) => small(t),
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
        } else if tonight || self.found.pattern == 3 {
            Base::Today
        } else if first == "last" {
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
        } else if first == "that" || self.found.pattern == 7 {
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
