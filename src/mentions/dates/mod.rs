//! Time expressions with TIMEX3 values (`TimeML` 1.2.1).
//!
//! In: a document's text, its sentences and its publication date, if any. Out: dates, times,
//! lengths and sets in order, not overlapping, with values, modifiers and calendar days. Assumes
//! that a sentence stands on one line. Words and rules are data (`src/data/dates.toml`); this
//! module reads them, [`grammar`] makes expressions of what they find, [`resolve`] gives the
//! expressions of a document their values.

pub mod calendar;
pub mod grammar;
pub mod resolve;

use super::phrases::patterns::{Automaton, RuleSet};
pub use super::phrases::tokens::DataError;
use super::phrases::tokens::{ClassList, Kind, Lexicon, NumberWords, Phrases, Token};
use super::phrases::vocabulary::{View, Vocabulary, sign};
use crate::text::Span;
use grammar::{Expr, Ids, Make};
use jiff::civil::{Date, Weekday};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The four sorts of time expressions that TIMEX3 knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimexKind {
    /// A day or something longer on the calendar, or a vague reference to one.
    Date,
    /// A time of day.
    Time,
    /// A length.
    Duration,
    /// Something that recurs.
    Set,
}

/// What a relative expression was resolved against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reference {
    /// The publication date.
    Published,
    /// A date before it in the text.
    Previous,
    /// The year that the text's own dates fix.
    DocumentYear,
}

/// A weekday that contradicts the date beside it: 'Sunday May 23rd 2016' was a Monday.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WeekdayConflict {
    /// The weekday that the text names.
    pub named: Weekday,
    /// The weekday of the date.
    pub actual: Weekday,
}

/// A time expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Timex<'d> {
    /// Where it stands in the text, with article and modifier as TIMEX3 wants it.
    pub span: Span,
    /// Its sort.
    pub kind: TimexKind,
    /// The TIMEX3 value; underspecified (`XXXX-07-04`) where nothing fixes it.
    pub value: String,
    /// The TIMEX3 modifier: `START`, `MID`, `END`, `APPROX`, `LESS_THAN`, ...
    pub modifier: Option<&'static str>,
    /// First day, of what resolves to real days.
    pub date_start: Option<Date>,
    /// Last day, of what resolves to real days.
    pub date_end: Option<Date>,
    /// What it was resolved against; none for what is complete in itself or stays open.
    pub reference: Option<Reference>,
    /// The weekday that it names and the one that its date is, where they differ: the date wins.
    pub weekday_conflict: Option<WeekdayConflict>,
    /// Id of the rule that found it.
    pub rule: &'d str,
}

/// A feast as the data file gives it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Holiday {
    pattern: String,
    month: Option<i8>,
    day: Option<i8>,
    year: Option<i16>,
    weekday: Option<i8>,
    nth: Option<i8>,
    #[serde(default)]
    after_monday: bool,
    easter: Option<i64>,
    hijri: Option<i32>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    id: String,
    make: String,
    #[serde(default)]
    guard: String,
    patterns: Vec<String>,
    #[cfg_attr(not(test), allow(dead_code, reason = "run by the test of rules"))]
    hits: Vec<(String, String, String)>,
    #[cfg_attr(not(test), allow(dead_code, reason = "run by the test of rules"))]
    misses: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// Classes and words of which one stands in every match that has no digit.
    triggers: Vec<String>,
    #[serde(rename = "macro")]
    macros: BTreeMap<String, String>,
    class: Vec<ClassList>,
    /// Words before a number and the number of the TIMEX3 modifier that they are.
    modifiers: BTreeMap<String, usize>,
    rule: Vec<Rule>,
    holiday: Vec<Holiday>,
}

#[derive(Debug, Deserialize)]
struct NumberFile {
    class: Vec<ClassList>,
}

/// Words and rules, parsed once.
#[derive(Clone, Debug)]
pub struct DateData {
    pub(crate) lexicon: Lexicon,
    pub(crate) numbers: NumberWords,
    pub(crate) set: RuleSet,
    /// Signs by number of the word, without a capital and with one.
    pub(crate) signs: Vec<[u8; 2]>,
    /// The words of the lexicon.
    vocabulary: Vocabulary,
    /// How far before a trigger a match can begin, in tokens.
    lead: usize,
    pub(crate) rules: Vec<Rule>,
    pub(crate) makes: Vec<(Make, grammar::Guard)>,
    pub(crate) holidays: Vec<Holiday>,
    pub(crate) ids: Ids,
    /// Words before a number and the number of the TIMEX3 modifier that they are.
    pub(crate) modifiers: Phrases<usize>,
}

/// Puts the number words that all finders share into `lexicon`.
pub(crate) fn load_numbers(lexicon: &mut Lexicon) -> Result<NumberWords, DataError> {
    let numbers: NumberFile = toml::from_str(include_str!("../../data/numbers.toml"))?;
    for class in &numbers.class {
        class.load(lexicon)?;
    }
    NumberWords::new(lexicon)
}

impl DateData {
    /// The data that the crate brings along.
    ///
    /// # Errors
    ///
    /// Where the embedded files are wrong, which a test excludes.
    pub fn embedded() -> Result<Self, DataError> {
        Self::parse(include_str!("../../data/dates.toml"))
    }

    /// Reads word lists and rules in the format of `src/data/dates.toml`.
    ///
    /// # Errors
    ///
    /// Where `text` is no such file, or names a class, make or guard that does not exist.
    pub fn parse(text: &str) -> Result<Self, DataError> {
        let mut lexicon = Lexicon::default();
        let numbers = load_numbers(&mut lexicon)?;
        let file: File = toml::from_str(text)?;
        for class in &file.class {
            class.load(&mut lexicon)?;
        }
        let mut rules = file.rule;
        for rule in rules.iter_mut().filter(|r| r.make == "holiday") {
            rule.patterns = file
                .holiday
                .iter()
                .map(|h| format!("P? {} (','? (of | in)? YEAR | (of)? REL year)?", h.pattern))
                .collect();
        }
        let patterns = rules.iter().enumerate().flat_map(|(i, rule)| {
            rule.patterns.iter().map(move |p| (i, rule.id.as_str(), p.as_str()))
        });
        let set = RuleSet::new(patterns, &file.macros, &mut lexicon, &numbers)?;
        let makes = rules
            .iter()
            .map(|rule| {
                let wrong =
                    |what: &str| DataError::Rule { rule: rule.id.clone(), what: what.to_owned() };
                let make = Make::named(&rule.make).ok_or_else(|| wrong("unknown make"))?;
                let guard =
                    grammar::Guard::named(&rule.guard).ok_or_else(|| wrong("unknown guard"))?;
                Ok((make, guard))
            })
            .collect::<Result<_, DataError>>()?;
        let ids = Ids::new(&mut lexicon)?;
        let mut modifiers = Vec::new();
        for (phrase, number) in &file.modifiers {
            let words: Result<_, DataError> =
                phrase.split(' ').map(|w| lexicon.intern(w)).collect();
            modifiers.push((words?, *number));
        }
        let (mut words, mut classes) = (Vec::new(), 0);
        for name in &file.triggers {
            match lexicon.find_class(name) {
                Some(class) => classes |= 1 << class,
                None => words.push(lexicon.intern(name)?),
            }
        }
        let lead = set
            .lead(|word, class| {
                class.is_some_and(|c| classes & c != 0)
                    || word.is_some_and(|w| {
                        words.contains(&w) || lexicon.classes_of(w).0 & classes != 0
                    })
            })
            .map_err(|(rule, pattern)| DataError::Rule {
                rule: rules[rule].id.clone(),
                what: format!("pattern {pattern} can match without a trigger"),
            })?;
        let signs_of = |word| {
            let (all, capital) = lexicon.classes_of(word);
            let named = words.contains(&word);
            [all & !capital, all].map(|own| sign::TIME * u8::from(named || own & classes != 0))
        };
        let signs: Vec<[u8; 2]> = (0..).take(lexicon.len()).map(signs_of).collect();
        let vocabulary = Vocabulary::new([Some((&lexicon, &signs)), None]);
        Ok(Self {
            lexicon,
            numbers,
            set,
            signs,
            vocabulary,
            lead,
            rules,
            makes,
            holidays: file.holiday,
            ids,
            modifiers: Phrases::new(modifiers),
        })
    }
}

/// Longest stretch that is read as a whole, in bytes; longer sentences are cut at a blank.
pub(crate) const CHUNK: usize = 1 << 14;

/// Calls `visit` with the ranges of `span`, cut at white space where it is longer than [`CHUNK`].
pub(crate) fn chunks(text: &str, span: Span, mut visit: impl FnMut(usize, usize)) {
    let bytes = text.as_bytes();
    let (mut start, end) = (span.start as usize, (span.end as usize).min(text.len()));
    while start < end {
        let mut to = end.min(start + CHUNK);
        if to < end {
            let cut = bytes[start..to].iter().rposition(u8::is_ascii_whitespace);
            to = cut.filter(|c| *c > 0).map_or(to, |c| start + c);
            while !text.is_char_boundary(to) {
                to += 1;
            }
        }
        visit(start, to);
        start = to;
    }
}

/// Finds the time expressions of a document.
///
/// `text` is the whole document, `sentences` its sentences in order (bytes of `text`); only what stands
/// in a sentence is looked at, and no expression goes beyond one. What is relative counts from
/// `published` where that is given, else from the story's own dates; where nothing fixes a year, it
/// stays open. Linear in the length of `text`.
///
/// ```
/// use rapporteur::mentions::dates::{DateData, Reference, find};
/// use rapporteur::sentences::split;
///
/// let data = DateData::embedded()?;
/// let text = "On July 4, the envoy said the talks would go on for nearly two weeks.";
/// let wednesday = jiff::civil::date(2017, 7, 5);
/// let times = find(text, &split(text), Some(wednesday), &data);
/// assert_eq!((times[0].span.of(text), times[0].value.as_str()), ("July 4", "2017-07-04"));
/// assert_eq!(times[0].reference, Some(Reference::Published));
/// assert_eq!((times[1].value.as_str(), times[1].modifier), ("P2W", Some("LESS_THAN")));
///
/// assert_eq!(find(text, &split(text), None, &data)[0].value, "XXXX-07-04");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn find<'d>(
    text: &str,
    sentences: &[Span],
    published: Option<Date>,
    data: &'d DateData,
) -> Vec<Timex<'d>> {
    let exprs = expressions(text, sentences, data);
    resolve::resolve(text, &exprs, published, data)
}

/// How a document is read: as news or as a narrative.
#[must_use]
pub fn mode_of(
    text: &str,
    sentences: &[Span],
    published: Option<Date>,
    data: &DateData,
) -> resolve::Mode {
    resolve::mode(&expressions(text, sentences, data), published)
}

fn expressions(text: &str, sentences: &[Span], data: &DateData) -> Vec<Expr> {
    let mut exprs: Vec<Expr> = Vec::new();
    let mut tokens: Vec<Token> = Vec::new();
    let mut automaton = data.set.borrow();
    for (number, sentence) in sentences.iter().enumerate() {
        chunks(text, *sentence, |start, end| {
            if data.vocabulary.signs(&text[start..end]) != 0 {
                data.vocabulary.tokenize(text, start, end, &mut tokens);
                data.vocabulary.read(View::Dates, &mut tokens);
                scan(text, &tokens, number, data, &mut automaton, &mut exprs);
            }
        });
    }
    data.set.give_back(automaton);
    exprs
}

/// Adds the expressions of a stretch of a sentence, given as its tokens, to `exprs`.
pub(super) fn scan(
    text: &str,
    tokens: &[Token],
    sentence: usize,
    data: &DateData,
    automaton: &mut Automaton,
    exprs: &mut Vec<Expr>,
) {
    let mut at = 0;
    let mut trigger = 0;
    while at < tokens.len() {
        // Unknown words begin nothing.
        if tokens[at].kind == Kind::Word && tokens[at].word == 0 {
            at += 1;
            continue;
        }
        // Nor does anything far from a trigger.
        trigger = trigger.max(at);
        let near = |t: &Token| {
            t.kind == Kind::Number || t.signs & sign::TIME != 0 || data.numbers.is_word(t)
        };
        while tokens.get(trigger).is_some_and(|t| !near(t)) {
            trigger += 1;
        }
        if trigger == tokens.len() {
            break;
        }
        if trigger - at > data.lead {
            at = trigger - data.lead;
            continue;
        }
        let mut built = None;
        let found =
            data.set.longest(automaton, &data.lexicon, &data.numbers, tokens, at, &mut |found| {
                let made = grammar::build(text, tokens, found, data);
                let ok = made.is_some();
                if ok {
                    built = made;
                }
                ok
            });
        at += 1;
        if let Some(end) = found
            && let Some((first, second)) = built
        {
            for mut expr in std::iter::once(first).chain(second) {
                expr.sentence = sentence;
                exprs.push(expr);
            }
            at = at.max(end);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    static DATA: LazyLock<DateData> = LazyLock::new(|| DateData::embedded().unwrap());

    /// Cuts at full stops before a blank and a capital.
    fn sentences(text: &str) -> Vec<Span> {
        crate::sentences::split(text)
    }

    fn found(text: &str, published: Option<Date>) -> Vec<Timex<'static>> {
        find(text, &sentences(text), published, &DATA)
    }

    fn shown(text: &str, published: Option<Date>) -> String {
        found(text, published)
            .iter()
            .map(|t| format!("{}={}", t.span.of(text), t.value))
            .collect::<Vec<_>>()
            .join("; ")
    }

    #[test]
    fn rules_keep_their_examples() {
        let published = Some(date(2018, 1, 23));
        let mut wrong = Vec::new();
        for rule in &DATA.rules {
            assert!(
                !rule.hits.is_empty() && !rule.misses.is_empty(),
                "{} has no examples",
                rule.id
            );
            for (text, expression, value) in &rule.hits {
                let all = found(text, published);
                let hit = all.iter().any(|t| {
                    t.rule == rule.id && t.span.of(text) == expression && t.value == *value
                });
                if !hit {
                    wrong.push(format!("{}: {text}: {}", rule.id, shown(text, published)));
                }
            }
            for text in &rule.misses {
                if let Some(t) = found(text, published).iter().find(|t| t.rule == rule.id) {
                    wrong.push(format!("{}: {text}: finds {}", rule.id, t.span.of(text)));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn news_counts_from_the_day_of_publication() {
        // 5 July 2017 was a Wednesday.
        let check = |text: &str, expected: &str| {
            assert_eq!(shown(text, Some(date(2017, 7, 5))), expected, "{text}");
        };
        check("On July 4, the envoy spoke.", "July 4=2017-07-04");
        check("On Tuesday, he said so.", "Tuesday=2017-07-04");
        check("The talks will resume on Monday.", "Monday=2017-07-10");
        check("It ended last December.", "last December=2016-12");
        check("It was signed in December.", "December=2016-12");
        check(
            "They met yesterday and will meet next week.",
            "yesterday=2017-07-04; next week=2017-W28",
        );
        check("He left two weeks ago.", "two weeks ago=2017-06-21");
        check("\u{201c}We held talks today,\u{201d} he said.", "today=2017-07-05");
        check(
            "He spoke on July 4. \u{201c}All we held today is related,\u{201d} he said.",
            "July 4=2017-07-04; today=2017-07-04",
        );
    }

    #[test]
    fn undated_texts_invent_nothing() {
        let check = |text: &str, expected: &str| assert_eq!(shown(text, None), expected, "{text}");
        check("The envoy met them last Wednesday.", "last Wednesday=XXXX-WXX-3");
        check("They met at 5 p.m. yesterday.", "5 p.m. yesterday=XXXX-XX-XXT17:00");
        check("They met yesterday evening.", "yesterday evening=XXXX-XX-XXTEV");
        check("On July 4, the envoy spoke.", "July 4=XXXX-07-04");
        check("It lasts until today.", "today=PRESENT_REF");
        check(
            "At the end of May 2016 it began. In December it had failed; on February 27 it resumed. They go on June 1st.",
            "the end of May 2016=2016-05; December=2015-12; February 27=2016-02-27; June 1st=2016-06-01",
        );
        check(
            "War came in September 1939. In May 1940 they fell. On June 10, another joined. In January 1941 it went on.",
            "September 1939=1939-09; May 1940=1940-05; June 10=1940-06-10; January 1941=1941-01",
        );
    }

    #[test]
    fn look_alikes_are_no_dates() {
        let check = |text: &str| {
            assert_eq!(shown(text, Some(date(2018, 1, 23))), "", "{text}");
        };
        check(&format!("It lasted {} years.", "7".repeat(400)));
        check("The implementation of resolution 2254 is due.");
        check("resolution2254");
        check("Issue No 846 and Proclamation No. 2914 and No. 2014");
        check("180 dead, 5,000 troops, 2016 civilians and 1950 soldiers");
        check("They march on; they may stay; March on the palace!");
        check("See Article 5, page 2016, section 1441.");
        check("The 4th Armoured Division scored 3:2 and 19-21.");
        check("Call 555-2016 or +963 11 2017.");
    }

    #[test]
    fn modifiers_days_and_references() {
        let one = |text: &str, published| {
            let all = found(text, published);
            assert_eq!(all.len(), 1, "{text}: {}", shown(text, published));
            all.into_iter().next().unwrap()
        };
        let t = one("By mid-May 2016 it was over.", None);
        assert_eq!(
            (t.modifier, t.date_start, t.date_end),
            (Some("MID"), Some(date(2016, 5, 1)), Some(date(2016, 5, 31)))
        );
        let t = one("On Sunday May 23rd 2016 they met.", None);
        assert_eq!(t.value, "2016-05-23");
        let conflict = WeekdayConflict { named: Weekday::Sunday, actual: Weekday::Monday };
        assert_eq!(t.weekday_conflict, Some(conflict));
        let t = one("On Monday, May 23 they met.", Some(date(2016, 6, 1)));
        assert_eq!(t.weekday_conflict, None);
        assert_eq!(t.reference, Some(Reference::Published));
        let t = one("It lasted nearly five years.", None);
        assert_eq!(
            (t.kind, t.modifier, t.date_start),
            (TimexKind::Duration, Some("LESS_THAN"), None)
        );
        let t = one("It fell in Shawwal 1437.", None);
        assert_eq!((t.date_start, t.date_end), (Some(date(2016, 7, 6)), Some(date(2016, 8, 3))));
    }

    #[test]
    fn days_that_do_not_exist_are_none() {
        let check = |text: &str, expected: &str| assert_eq!(shown(text, None), expected, "{text}");
        // The month and year that are named are real.
        check("On 31 February 2017 it ended.", "February 2017=2017-02");
        check("On 29 February 2015 it ended.", "February 2015=2015-02");
        check("On 29 February 2016 it ended.", "29 February 2016=2016-02-29");
        check("On 23.05.2016 and 3.4.2016", "23.05.2016=2016-05-23; 3.4.2016=2016-04-03");
    }

    #[test]
    fn months_and_feasts_of_named_years() {
        let check = |text: &str, expected: &str| {
            assert_eq!(shown(text, Some(date(2018, 1, 23))), expected, "{text}");
        };
        check("He fled in August last year.", "August last year=2017-08");
        check("It opens on 5 May this year.", "5 May this year=2018-05-05");
        check("The summer of last year was dry.", "The summer of last year=2017-SU");
        check("It rose in the second half of the year.", "the second half of the year=2018-H2");
        check("The September 11 attacks came first.", "September 11=2001-09-11");
        check("It began after 9/11.", "9/11=2001-09-11");
        check("They met at 10.30am.", "10.30am=2018-01-23T10:30");
        check("On CBS's \"60 Minutes\" he denied it.", "");
        check("They struck at dawn on Saturday.", "dawn on Saturday=2018-01-20TMO");
        check("It came the day before the vote.", "");
    }

    #[test]
    fn what_stands_beside_an_expression_decides() {
        // 23 January 2018 was a Tuesday.
        let check = |text: &str, expected: &str| {
            assert_eq!(shown(text, Some(date(2018, 1, 23))), expected, "{text}");
        };
        check("Until Thursday, they had not called.", "Thursday=2018-01-18");
        check("It is open until Thursday.", "Thursday=2018-01-25");
        check("As of 3 May it was over.", "3 May=2017-05-03");
        check("They met earlier in the day.", "earlier in the day=2018-01-23");
        check(
            "It fell on the night of 21 August 2013, after the raid of 20 August.",
            "the night of 21 August 2013=2013-08-21TNI; 20 August=2013-08-20",
        );
        check(
            "In the quarter ended Sept. 30 it earned a third of what it had a year earlier.",
            "the quarter=2017-Q3; Sept. 30=2017-09-30; a year earlier=2016-Q3",
        );
        check(
            "In the third quarter it lost money. In the nine months it earned what it had a year ago.",
            "the third quarter=2017-Q3; nine months=P9M; a year ago=2017",
        );
    }

    #[test]
    fn verbs_and_prepositions_give_the_direction() {
        // 4 March 2015 was a Wednesday.
        let check = |text: &str, expected: &str| {
            assert_eq!(shown(text, Some(date(2015, 3, 4))), expected, "{text}");
        };
        check("The envoys meet separately Monday in Rome.", "Monday=2015-03-09");
        check("The vote is on Sunday.", "Sunday=2015-03-08");
        check("They are meeting Friday in Rome.", "Friday=2015-03-06");
        check("Police are investigating Friday's raid.", "Friday=2015-02-27");
        check("He is to arrive in Rome on Friday.", "Friday=2015-03-06");
        check("He was to have arrived in Rome on Friday.", "Friday=2015-02-27");
        check("They agreed to hold talks on Friday.", "Friday=2015-03-06");
        check("The envoy could not be reached Monday.", "Monday=2015-03-02");
        check("The truce had been due to end on Monday.", "Monday=2015-03-02");
        check("Forty states had answered by Monday.", "Monday=2015-03-02");
        check("By Monday, the army had left.", "Monday=2015-03-02");
        check("They must answer by Monday.", "Monday=2015-03-09");
        check("Troops searched homes ahead of Sunday's vote.", "Sunday=2015-03-08");
        check("The board announced the plan Jan. 21.", "Jan. 21=2015-01-21");
        check("By setting a March 14 deadline, he gave them time.", "March 14=2015-03-14");
        check("The party ended the truce in May.", "May=2014-05");
        check("Christmas ended the truce of last year.", "Christmas=2014-12-25; last year=2014");
    }

    #[test]
    fn periods_are_compared() {
        let check = |text: &str, expected: &str| {
            assert_eq!(shown(text, Some(date(2015, 3, 4))), expected, "{text}");
        };
        check(
            "Profit rose in the fourth quarter. In the quarter a year ago, it fell.",
            "the fourth quarter=2014-Q4; a year ago=2013-Q4",
        );
        check(
            "Fourth-quarter profit rose; the first half was worse.",
            "Fourth-quarter=2014-Q4; the first half=2015-H1",
        );
        check("In the first half, the home team led.", "");
        check(
            "It earned more in the fourth quarter. It expects a loss in the third quarter of 2015, unlike a year ago.",
            "the fourth quarter=2014-Q4; the third quarter of 2015=2015-Q3; a year ago=2013-Q4",
        );
        check(
            "A month earlier it was 4%, a week earlier 3%.",
            "A month earlier=2015-02; a week earlier=2015-02-25",
        );
        check("A decade ago it was calm.", "A decade ago=200");
        check("He served 2 1/2 years and 1 1/2 hours.", "2 1/2 years=P2.5Y; 1 1/2 hours=PT1.5H");
    }

    #[test]
    fn feasts_seasons_and_other_calendars() {
        let check = |text: &str, expected: &str| {
            assert_eq!(shown(text, Some(date(2013, 9, 5))), expected, "{text}");
        };
        check(
            "Ramadan began on 9 July this year.",
            "Ramadan=2013-07-08/2013-08-06; 9 July this year=2013-07-09",
        );
        // A year of its own calendar, whatever stands before the month.
        check("They met before Ramadan 1440 AH.", "Ramadan 1440 AH=2019-05-05/2019-06-03");
        check(
            "They met before the end of Ramadan 1440 AH.",
            "the end of Ramadan 1440=2019-05-05/2019-06-03",
        );
        check("Last Ramadan was calm.", "Last Ramadan=2013-07-08/2013-08-06");
        check("It fell on Eid al-Adha last year.", "Eid al-Adha last year=2012-10-25");
        check("It began on 12 Rabi' al-Awwal 1436.", "12 Rabi' al-Awwal 1436=2015-01-02");
        check(
            "It began in Yanayir 2011, in Haziran of 2012.",
            "Yanayir 2011=2011-01; Haziran of 2012=2012-06",
        );
        check("In the winter of 2012-13 it froze.", "the winter of 2012-13=2012-WI");
        check("The 16th and 17th centuries were calm.", "The 16th=15; 17th centuries=16");
    }

    #[test]
    fn times_take_the_day_beside_them() {
        let check = |text: &str, expected: &str| {
            assert_eq!(shown(text, Some(date(2013, 9, 5))), expected, "{text}");
        };
        check(
            "The truce takes effect at midnight (2100 GMT) on Saturday.",
            "midnight=2013-09-07T24:00; 2100 GMT=2013-09-07T21:00Z; Saturday=2013-09-07",
        );
        check(
            "At 5:30 a.m. Damascus time on 3 September it began.",
            "5:30 a.m.=2013-09-03T05:30; 3 September=2013-09-03",
        );
        check(
            "It was shelled at dawn on Wednesday 21 August 2013.",
            "dawn on Wednesday 21 August 2013=2013-08-21TMO",
        );
        check("At 0600 hours they left.", "0600 hours=2013-09-05T06:00");
        check("It was built at 2008-12-12T10:30:00Z.", "");
    }

    #[test]
    fn stories_go_on_from_their_own_dates() {
        let check = |text: &str, expected: &str| assert_eq!(shown(text, None), expected, "{text}");
        check(
            "In 1914, on 28 June, he was shot. On 28 July war came. In February 1915 it went on.",
            "1914=1914; 28 June=1914-06-28; 28 July=1914-07-28; February 1915=1915-02",
        );
        check(
            "Early in 1941 they came. On 8 June they crossed; on the 21st, they won. In the autumn of that year they left.",
            "Early in 1941=1941; 8 June=1941-06-08; the 21st=1941-06-21; the autumn of that year=1941-FA",
        );
        check(
            "It was calm by 1940. In August of that year it began. A decade earlier it was calm. In May it went on.",
            "1940=1940; August of that year=1940-08; A decade earlier=193; May=1940-05",
        );
        check("He lives on the 12th floor.", "");
    }

    #[test]
    fn what_has_no_trigger_is_not_looked_at_and_holds_nothing() {
        // Each rule's examples and the gold texts' expressions hold one; these hold none.
        for text in ["The envoy met them in the old town.", "", "—", "They spoke of it at length."]
        {
            assert_eq!(DATA.vocabulary.signs(text), 0, "{text}");
        }
    }

    #[test]
    fn ranges_take_the_year_that_follows() {
        let check = |text: &str, expected: &str| assert_eq!(shown(text, None), expected, "{text}");
        check("between April 22 and May 5, 2016", "April 22=2016-04-22; May 5, 2016=2016-05-05");
        check("from November to March 2016", "November=2015-11; March 2016=2016-03");
        check("the war of 1939-45", "1939=1939; 45=1945");
        check("from 499 to 493 BC", "499=BC0499; 493 BC=BC0493");
    }

    fn sound(text: &str, published: Option<Date>) {
        let mut last = 0;
        for t in find(text, &sentences(text), published, &DATA) {
            assert!(t.span.start >= last && t.span.start < t.span.end);
            assert!(text.is_char_boundary(t.span.start as usize));
            assert!(text.is_char_boundary(t.span.end as usize));
            assert!(!t.value.is_empty());
            assert!(t.date_start <= t.date_end);
            assert_eq!(t.date_start.is_some(), t.date_end.is_some());
            last = t.span.end;
        }
    }

    proptest! {
        #[test]
        fn spans_are_in_order_and_on_boundaries(
            words in prop::collection::vec(
                prop_oneof![
                    "[0-9]{1,6}", "[a-zA-Z]{1,5}", "[.,:/'’–-]", Just("é".to_owned()),
                    prop::sample::select(vec![
                        "May", "the", "of", "in", "late", "last", "week", "year", "years", "ago", "Monday", "2016", "BC", "B", "two",
                        "hundred", "first", "quarter", "century", "1990s", "a", "m", "p", "GMT", "Ramadan", "Easter", "next", "day", "\n\n",
                        "31", "February", "Jan", "9999", "thousand", "million", "decades", "earlier", "later", "every", "night",
                    ]).prop_map(str::to_owned),
                ],
                0..40,
            ),
            glue in prop_oneof![Just(""), Just(" ")],
            dated in any::<bool>(),
        ) {
            sound(&words.join(glue), dated.then(|| date(2016, 2, 29)));
        }

        #[test]
        fn any_text_will_do(text in any::<String>()) {
            sound(&text, None);
        }
    }
}
