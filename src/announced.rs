//! Dates as pages announce them: in datelines, bylines, footers and navigation.
//!
//! In: a short stretch of text. Out: the dates in it, with what they leave open, and whether a line
//! says nothing else than when it was published. This is not the reader of time expressions in
//! running text: only full and partial calendar dates count, in English forms and in digits.

use std::ops::Range;

/// A calendar date, as far as the text gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// Where it stands.
    pub range: Range<usize>,
    /// Four digits.
    pub year: Option<i16>,
    /// 1 to 12.
    pub month: Option<i8>,
    /// 1 to 31.
    pub day: Option<i8>,
    /// `3/4/2016`: day and month may change places.
    pub either_order: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'t> {
    /// Value and number of digits.
    Number(u32, u8),
    Word(&'t str),
    Sign(char),
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// The number of a month's name, in full or cut to three letters (`Sept` too).
fn month(word: &str) -> Option<i8> {
    if word.len() < 3 || word.len() > 9 || !word.starts_with(|c: char| c.is_ascii_uppercase()) {
        return None;
    }
    let at = MONTHS.iter().position(|name| {
        let same = |n: usize| {
            name.as_bytes().get(..n).is_some_and(|b| b.eq_ignore_ascii_case(word.as_bytes()))
        };
        same(word.len())
            && (word.len() == name.len()
                || word.len() == 3
                || (word.len() == 4 && *name == "september"))
    })?;
    Some(at as i8 + 1)
}

/// Whether a word is the name of a weekday, in full or cut.
fn is_weekday(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
        .iter()
        .any(|day| lower.len() >= 3 && lower.len() <= 9 && day.starts_with(&lower))
}

fn tokens(text: &str) -> Vec<(Range<usize>, Token<'_>)> {
    let mut out = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        if c.is_whitespace() {
            continue;
        }
        let mut end = start + c.len_utf8();
        let mut take = |test: fn(char) -> bool, end: &mut usize| {
            while let Some(&(at, c)) = chars.peek() {
                if !test(c) {
                    break;
                }
                *end = at + c.len_utf8();
                chars.next();
            }
        };
        if c.is_ascii_digit() {
            take(|c| c.is_ascii_digit(), &mut end);
            let digits = &text[start..end];
            let value = if digits.len() <= 8 { digits.parse().unwrap_or(0) } else { 0 };
            out.push((start..end, Token::Number(value, digits.len().min(9) as u8)));
        } else if c.is_alphabetic() {
            take(char::is_alphabetic, &mut end);
            out.push((start..end, Token::Word(&text[start..end])));
        } else {
            out.push((start..end, Token::Sign(c)));
        }
    }
    out
}

/// The dates in `text`, in order, not overlapping.
#[allow(clippy::too_many_lines, reason = "one walk over the tokens, a branch for every form")]
pub(crate) fn find(text: &str) -> Vec<Found> {
    if !text.bytes().any(|b| b.is_ascii_digit()) {
        return Vec::new();
    }
    let list = tokens(text);
    let at = |i: usize| list.get(i).map(|(_, token)| *token);
    let touches =
        |i: usize| list.get(i).zip(list.get(i + 1)).is_some_and(|(a, b)| a.0.end == b.0.start);
    let year_at = |i: usize| match at(i) {
        Some(Token::Number(value, 4)) if (1800..2100).contains(&value) => Some(value as i16),
        _ => None,
    };
    let day_at = |i: usize| match at(i) {
        Some(Token::Number(value, 1 | 2)) if (1..=31).contains(&value) => Some(value as i8),
        _ => None,
    };
    let mut out: Vec<Found> = Vec::new();
    let mut i = 0;
    while i < list.len() {
        let free = out.last().map_or(0, |f| f.range.end);
        let mut found = None;
        match list[i].1 {
            Token::Word(word) => {
                if let Some(m) = month(word) {
                    found = Some(with_month(&list, i, m, free, &at, &year_at, &day_at));
                }
            }
            Token::Number(_, 4) if year_at(i).is_some() => {
                let year = year_at(i);
                let split = matches!(at(i + 1), Some(Token::Sign('-' | '/' | '.')))
                    && at(i + 1) == at(i + 3);
                let month = day_at(i + 2).filter(|m| *m <= 12);
                if split
                    && touches(i)
                    && touches(i + 1)
                    && month.is_some()
                    && day_at(i + 4).is_some()
                {
                    let found_date = Found {
                        range: list[i].0.start..list[i + 4].0.end,
                        year,
                        month,
                        day: day_at(i + 4),
                        either_order: false,
                    };
                    found = Some((i + 4, Some(found_date)));
                } else {
                    let glued = |i: usize| {
                        matches!(
                            at(i),
                            Some(
                                Token::Sign('/' | '-' | '.' | ',' | '$' | '€' | '£')
                                    | Token::Word(_)
                            )
                        )
                    };
                    let before = i > 0 && touches(i - 1) && glued(i - 1);
                    let after = touches(i)
                        && (matches!(at(i + 1), Some(Token::Word(_)))
                            || (touches(i + 1)
                                && glued(i + 1)
                                && matches!(at(i + 2), Some(Token::Number(..)))));
                    if !before && !after {
                        found = Some((
                            i,
                            Some(Found {
                                range: list[i].0.clone(),
                                year,
                                month: None,
                                day: None,
                                either_order: false,
                            }),
                        ));
                    }
                }
            }
            Token::Number(_, 1 | 2) => {
                let sign = at(i + 1);
                if matches!(sign, Some(Token::Sign('/' | '.' | '-')))
                    && sign == at(i + 3)
                    && touches(i)
                    && touches(i + 1)
                    && touches(i + 2)
                    && touches(i + 3)
                    && let (Some(a), Some(b), Some(year)) =
                        (day_at(i), day_at(i + 2), year_at(i + 4))
                {
                    let range = list[i].0.start..list[i + 4].0.end;
                    // With dots the day stands first wherever dates are written so.
                    let (day, month, open) = if a > 12 || sign == Some(Token::Sign('.')) {
                        (a, b, false)
                    } else if b > 12 {
                        (b, a, false)
                    } else {
                        (a, b, a != b)
                    };
                    if month <= 12 {
                        found = Some((
                            i + 4,
                            Some(Found {
                                range,
                                year: Some(year),
                                month: Some(month),
                                day: Some(day),
                                either_order: open,
                            }),
                        ));
                    }
                }
            }
            _ => {}
        }
        if let Some((last, date)) = found {
            out.extend(date);
            i = last;
        }
        i += 1;
    }
    out
}

type Tokens<'t> = [(Range<usize>, Token<'t>)];

/// The date around the month's name at token `i`: where it ends, and the date if it is one.
fn with_month<'t>(
    list: &Tokens<'t>,
    i: usize,
    month: i8,
    free: usize,
    at: &dyn Fn(usize) -> Option<Token<'t>>,
    year_at: &dyn Fn(usize) -> Option<i16>,
    day_at: &dyn Fn(usize) -> Option<i8>,
) -> (usize, Option<Found>) {
    let is_ordinal = |i: usize| {
        matches!(at(i), Some(Token::Word("st" | "nd" | "rd" | "th" | "ST" | "ND" | "RD" | "TH")))
    };
    // Backwards: `23`, `23rd`, `23rd of`, `23-`.
    let mut k = i;
    if k > 0 && matches!(at(k - 1), Some(Token::Sign('-' | '.' | '/'))) {
        k -= 1;
    }
    if k > 0 && matches!(at(k - 1), Some(Token::Word("of"))) {
        k -= 1;
    }
    if k > 0 && is_ordinal(k - 1) {
        k -= 1;
    }
    let day_before =
        (k > 0).then(|| day_at(k - 1)).flatten().filter(|_| list[k - 1].0.start >= free);
    // Forwards: a full stop or comma or hyphen may follow the month.
    let skip = |mut j: usize, signs: &[char]| {
        while let Some(Token::Sign(c)) = at(j) {
            if !signs.contains(&c) {
                break;
            }
            j += 1;
        }
        j
    };
    let next = skip(i + 1, &['.', ',', '-', '/']);
    if let Some(day) = day_before {
        let start = list[k - 1].0.start;
        let year = year_at(next);
        let final_token = if year.is_some() { next } else { i };
        let range = start..list[final_token].0.end;
        return (
            final_token,
            Some(Found { range, year, month: Some(month), day: Some(day), either_order: false }),
        );
    }
    let start = list[i].0.start;
    let next_plain = skip(i + 1, &['.', '-']);
    if let Some(day) = day_at(next_plain) {
        let mut j = next_plain + 1;
        if is_ordinal(j) {
            j += 1;
        }
        let end = j - 1;
        // A time may stand between day and year, as in the dates of mail folders.
        let mut y = skip(j, &[',']);
        if matches!((at(y), at(y + 1)), (Some(Token::Number(_, 1 | 2)), Some(Token::Sign(':')))) {
            y += 3;
            if at(y) == Some(Token::Sign(':')) {
                y += 2;
            }
            if matches!(at(y), Some(Token::Word(_))) {
                y += 1;
            }
        }
        let year = year_at(y);
        let final_token = if year.is_some() { y } else { end };
        let range = start..list[final_token].0.end;
        return (
            final_token,
            Some(Found { range, year, month: Some(month), day: Some(day), either_order: false }),
        );
    }
    if let Some(year) = year_at(next) {
        let range = start..list[next].0.end;
        return (
            next,
            Some(Found {
                range,
                year: Some(year),
                month: Some(month),
                day: None,
                either_order: false,
            }),
        );
    }
    (i, None)
}

/// What a line that announces a date says besides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DateLine {
    /// A date, weekday, time, and words such as `Published on`.
    Bare,
    /// A place before the date.
    Place,
    /// A section, an author or an outlet besides.
    Listing,
}

const FILLERS: &[&str] = &[
    "a",
    "am",
    "and",
    "archived",
    "ast",
    "at",
    "bst",
    "by",
    "cest",
    "cet",
    "created",
    "date",
    "dated",
    "day",
    "ed",
    "edt",
    "eest",
    "eet",
    "est",
    "et",
    "first",
    "gmt",
    "h",
    "hrs",
    "issued",
    "ist",
    "kst",
    "last",
    "local",
    "m",
    "modified",
    "msk",
    "nd",
    "of",
    "on",
    "p",
    "pdt",
    "pm",
    "posted",
    "print",
    "pst",
    "publication",
    "published",
    "rd",
    "release",
    "released",
    "revised",
    "st",
    "t",
    "th",
    "the",
    "time",
    "update",
    "updated",
    "utc",
    "z",
];

/// Whether a whole line announces a date, and what else it says.
pub(crate) fn date_line(line: &str) -> Option<DateLine> {
    if line.len() > 160 || !line.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let dates = find(line);
    let first =
        dates.first().filter(|d| d.month.is_some() && (d.year.is_some() || d.day.is_some()))?;
    let mut rest = String::with_capacity(line.len());
    let mut at = 0;
    for date in &dates {
        rest.push_str(&line[at..date.range.start]);
        rest.push(' ');
        at = date.range.end;
    }
    rest.push_str(&line[at..]);
    let mut other = false;
    for (_, token) in tokens(&rest) {
        match token {
            Token::Word(word) => {
                other |= !is_weekday(word)
                    && FILLERS.binary_search(&word.to_ascii_lowercase().as_str()).is_err();
            }
            Token::Number(value, digits) => other |= digits > 4 || value > 2359,
            Token::Sign(c) => other |= matches!(c, '!' | '?' | ';' | '"' | '“'),
        }
    }
    if !other {
        return Some(DateLine::Bare);
    }
    let year = first.year.is_some();
    let (before, after) = (line[..first.range.start].trim(), line[first.range.end..].trim());
    // `GENEVA, 23 January 2018`
    let place = before.trim_end_matches([',', '(', ' ']);
    if year
        && only_fillers(after)
        && !place.is_empty()
        && place.len() <= 40
        && place
            .split([' ', ','])
            .filter(|w| !w.is_empty())
            .all(|w| w.starts_with(char::is_uppercase) || is_weekday(w))
        && place.split(' ').count() <= 4
        && before.ends_with([',', '('])
    {
        return Some(DateLine::Place);
    }
    // `23 January 2018 In Coalition News`, `Posted on 5 July 2017 by Jane Roe`, `5 July 2017 | News`
    let lead = after.trim_start_matches([',', ' ', ')']);
    let (time, tail) = lead.split_at(
        lead.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | ' ' | '.')))
            .unwrap_or(lead.len()),
    );
    let tail = if time.contains(':') {
        tail.trim_start_matches("am")
            .trim_start_matches("pm")
            .trim_start_matches("AM")
            .trim_start_matches("PM")
            .trim_start()
    } else {
        lead
    };
    let joins =
        ["In ", "in ", "IN ", "By ", "by ", "BY ", "| ", "• ", "· ", "/ ", "under ", "Under "];
    let named = |s: &str| {
        s.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
            && s.split_whitespace().count() <= 10
            && !s.ends_with(['.', '?', '!'])
    };
    if year
        && only_fillers(before)
        && joins.iter().any(|j| tail.strip_prefix(j).is_some_and(named))
        && tail.len() <= 90
    {
        return Some(DateLine::Listing);
    }
    None
}

fn only_fillers(text: &str) -> bool {
    tokens(text).iter().all(|(_, token)| match token {
        Token::Word(word) => {
            is_weekday(word) || FILLERS.binary_search(&word.to_ascii_lowercase().as_str()).is_ok()
        }
        Token::Number(value, digits) => *digits <= 4 && *value <= 2359,
        Token::Sign(c) => {
            matches!(c, ',' | '.' | ':' | '-' | '–' | '|' | '(' | ')' | '[' | ']' | '+')
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(Option<i16>, Option<i8>, Option<i8>)]) {
        let found: Vec<_> = find(text).into_iter().map(|f| (f.year, f.month, f.day)).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn forms_of_dates() {
        let day = [(Some(2018), Some(1), Some(23))];
        for text in [
            "23 January 2018",
            "23rd of January, 2018",
            "January 23, 2018",
            "Jan. 23, 2018",
            "JAN 23 2018",
            "2018-01-23",
            "23/1/2018",
            "1/23/2018",
            "23.01.2018",
            "Tuesday, 23 January 2018",
            "23-Jan-2018",
            "Tue Jan 23 10:00:00 2018",
            "Tue Jan 23 10:00:00 GMT 2018",
            "Tue, 23 Jan 2018 10:00:00 +0000",
            "2018/01/23",
        ] {
            check(text, &day);
        }
        check("January 2018", &[(Some(2018), Some(1), None)]);
        check("since 2016, when", &[(Some(2016), None, None)]);
        check(
            "May 23rd 2016 and June 1st",
            &[(Some(2016), Some(5), Some(23)), (None, Some(6), Some(1))],
        );
        check("he may 3 times", &[]);
        check("resolution 2254 of A/2016/12 cost $2016 or 2,016", &[]);
        check("12 of them, 3 March", &[(None, Some(3), Some(3))]);
        assert!(find("03/04/2016")[0].either_order);
        assert!(!find("04/04/2016")[0].either_order);
    }

    #[test]
    fn lines_that_announce() {
        let check = |line: &str, expected: Option<DateLine>| {
            assert_eq!(date_line(line), expected, "{line}");
        };
        for line in [
            "July 5, 2017",
            "Published: 5 July 2017 at 3:04 pm",
            "Monday, 3 May 2010 10:34",
            "Last updated on 5 July 2017",
            "Posted on July 5, 2017 - 12:30 GMT",
            "2017-07-05",
            "3 May",
        ] {
            check(line, Some(DateLine::Bare));
        }
        check("23 January 2018 In Coalition News", Some(DateLine::Listing));
        check("Posted on 5 July 2017 by Jane Roe", Some(DateLine::Listing));
        check("5 July 2017 | Politics", Some(DateLine::Listing));
        check("GENEVA, 23 January 2018", Some(DateLine::Place));
        check("On 5 July 2017 he left the town.", None);
        check("2016", None);
        check("The attack of 5 July 2017", None);
    }

    #[test]
    fn fillers_are_sorted() {
        assert!(FILLERS.is_sorted());
    }
}
