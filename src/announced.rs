//! Dates as pages announce them: in datelines, bylines, footers and navigation.
//!
//! In: a short stretch of text. Out: the dates in it, with what they leave open, and whether a line
//! says nothing else than when it was published. This is not the reader of time expressions in
//! running text: only full and partial calendar dates count, in digits and in the forms of English and
//! of the other languages of `data/announced/months.tsv`.

use crate::text::{WordFilter, entries};
use std::ops::Range;
use std::sync::LazyLock;

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

/// The words of dates and of the lines that announce them, each list sorted.
struct Words {
    /// Name in lower case, number, whether it needs a capital.
    months: Vec<(&'static str, i8, bool)>,
    may_be_month: WordFilter,
    weekdays: Vec<&'static str>,
    fillers: Vec<&'static str>,
    revisions: Vec<&'static str>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let months: Vec<_> = entries(include_str!("data/announced/months.tsv"))
        .filter_map(|line| {
            let mut cells = line.split('\t');
            let (name, number) = (cells.next()?, cells.next()?.parse().ok()?);
            Some((name, number, cells.next() == Some("capital")))
        })
        .collect();
    Words {
        may_be_month: WordFilter::new(months.iter().map(|(name, ..)| *name)),
        months,
        weekdays: entries(include_str!("data/announced/weekdays.txt")).collect(),
        fillers: entries(include_str!("data/announced/fillers.txt")).collect(),
        revisions: entries(include_str!("data/announced/revisions.txt")).collect(),
    }
});

/// Longest name of a month, in bytes.
const LONGEST_MONTH: usize = 32;

/// The number of a month's name, in full or cut, in one of the languages of the list.
fn month(word: &str) -> Option<i8> {
    if word.len() < 3 || word.len() > LONGEST_MONTH || !WORDS.may_be_month.may_have(word.as_bytes())
    {
        return None;
    }
    let lower = word.to_lowercase();
    let months = &WORDS.months;
    let at = months.binary_search_by(|(name, ..)| (*name).cmp(lower.as_str())).ok()?;
    let (_, number, capital) = months[at];
    (!capital || word.starts_with(char::is_uppercase)).then_some(number)
}

/// Whether a word is the name of a weekday, in full or cut.
pub(crate) fn is_weekday(word: &str) -> bool {
    among(&WORDS.weekdays, word)
}

/// Whether the words before a date say that the text was changed then.
pub(crate) fn is_revision(before: &str) -> bool {
    before.split(|c: char| !c.is_alphabetic()).any(|word| among(&WORDS.revisions, word))
}

fn is_filler(word: &str) -> bool {
    is_weekday(word) || among(&WORDS.fillers, word)
}

fn among(list: &[&str], word: &str) -> bool {
    list.binary_search(&word.to_lowercase().as_str()).is_ok()
}

/// The value of a digit: ASCII, or as Arabic and Persian write them.
fn digit(c: char) -> Option<u32> {
    match c {
        '0'..='9' => Some(c as u32 - '0' as u32),
        '٠'..='٩' => Some(c as u32 - '٠' as u32),
        '۰'..='۹' => Some(c as u32 - '۰' as u32),
        _ => None,
    }
}

/// Whether there is a digit, so that a date can be.
fn has_digit(text: &str) -> bool {
    // The digits of Arabic and Persian begin with these bytes.
    text.bytes().any(|b| b.is_ascii_digit())
        || text.bytes().any(|b| matches!(b, 0xD9 | 0xDB))
            && text.chars().any(|c| digit(c).is_some())
}

/// Where the run of characters that pass `test` ends which begins at `from`.
fn run_end(text: &str, from: usize, test: impl Fn(char) -> bool) -> usize {
    let bytes = text.as_bytes();
    let mut at = from;
    while let Some(&byte) = bytes.get(at) {
        let c = if byte < 128 { Some(char::from(byte)) } else { text[at..].chars().next() };
        match c.filter(|c| test(*c)) {
            Some(c) => at += c.len_utf8(),
            None => break,
        }
    }
    at
}

fn tokens(text: &str) -> Vec<(Range<usize>, Token<'_>)> {
    let mut out = Vec::with_capacity(text.len() / 5);
    let mut start = 0;
    while let Some(c) = text[start..].chars().next() {
        let mut end = start + c.len_utf8();
        if c.is_whitespace() {
            start = end;
            continue;
        }
        if digit(c).is_some() {
            end = run_end(text, end, |c| digit(c).is_some());
            // Pages lose the blank between a year and the time: `May 6, 201711:30`.
            let glued = matches!(end - start, 5 | 6)
                && (text[start..].starts_with("19") || text[start..].starts_with("20"))
                && text[end..].starts_with(':')
                && text[end + 1..].starts_with(|c: char| c.is_ascii_digit());
            if glued {
                let year = text[start..start + 4].parse().unwrap_or(0);
                out.push((start..start + 4, Token::Number(year, 4)));
                start += 4;
            }
            let digits = text[start..end].chars().filter_map(digit);
            let count = digits.clone().take(9).count();
            let value = if count <= 8 { digits.fold(0, |n, d| n * 10 + d) } else { 0 };
            out.push((start..end, Token::Number(value, count as u8)));
        } else if c.is_alphabetic() {
            end = run_end(text, end, char::is_alphabetic);
            out.push((start..end, Token::Word(&text[start..end])));
        } else {
            out.push((start..end, Token::Sign(c)));
        }
        start = end;
    }
    out
}

/// The dates in `text`, in order, not overlapping.
#[allow(clippy::too_many_lines, reason = "one walk over the tokens, a branch for every form")]
pub(crate) fn find(text: &str) -> Vec<Found> {
    if !has_digit(text) {
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
    let is_number = |i: &usize| matches!(at(*i), Some(Token::Number(..)));
    let mut out: Vec<Found> = Vec::new();
    let (mut i, mut number) = (0, None);
    while i < list.len() {
        // Nothing is a date without a number near it, and names of months count beside numbers only.
        if number.is_none_or(|number| number < i) {
            number = (i..list.len()).find(is_number);
        }
        let far = number.is_none_or(|number| number > i + 4);
        if far && !(i.saturating_sub(3)..i).any(|i| is_number(&i)) {
            let Some(number) = number else { break };
            i = number - 4;
        }
        let free = out.last().map_or(0, |f| f.range.end);
        let mut found = None;
        match list[i].1 {
            Token::Word(_) => {
                if let Some((last, m)) = month_at(text, &list, i) {
                    found = Some(with_month(&list, i, last, m, free, &at, &year_at, &day_at));
                }
            }
            Token::Number(_, 1 | 2 | 4) if ideographic(&list, i).is_some() => {
                found = ideographic(&list, i).map(|(last, date)| (last, Some(date)));
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

/// `2016年3月22日`, with Korean signs too, and without the year or the day: last token and date.
fn ideographic(list: &Tokens, i: usize) -> Option<(usize, Found)> {
    let number = |i: usize| match list.get(i)?.1 {
        Token::Number(value, digits) => Some((value, digits)),
        _ => None,
    };
    let sign = |i: usize, signs: [char; 2]| match list.get(i)?.1 {
        Token::Word(word) => word.chars().next().filter(|c| signs.contains(c)).map(char::len_utf8),
        _ => None,
    };
    let year = number(i)
        .filter(|&(value, digits)| digits == 4 && (1800..2100).contains(&value))
        .filter(|_| sign(i + 1, ['年', '년']).is_some())
        .map(|(value, _)| value as i16);
    let m = if year.is_some() { i + 2 } else { i };
    let (month, _) = number(m).filter(|(value, _)| (1..=12).contains(value))?;
    let to_month = sign(m + 1, ['月', '월'])?;
    let day = number(m + 2).filter(|(value, digits)| (1..=31).contains(value) && *digits <= 2);
    let day = day.zip(sign(m + 3, ['日', '일']));
    let (last, size) = match day {
        Some((_, size)) => (m + 3, size),
        None if year.is_some() => (m + 1, to_month),
        None => return None,
    };
    let range = list[i].0.start..list[last].0.start + size;
    let (month, day) = (Some(month as i8), day.map(|((value, _), _)| value as i8));
    Some((last, Found { range, year, month, day, either_order: false }))
}

/// The month whose name begins at token `i`, and the name's last token.
fn month_at(text: &str, list: &Tokens, i: usize) -> Option<(usize, i8)> {
    let (range, Token::Word(word)) = &list[i] else { return None };
    let following = |i: usize| match list.get(i) {
        Some((range, Token::Word(_))) => Some(range.end),
        _ => None,
    };
    // `تشرين الأول`
    let pair = if word.is_ascii() { None } else { following(i + 1) };
    let pair = pair.and_then(|end| Some((i + 1, month(&text[range.start..end])?)));
    let (last, m) = pair.or_else(|| Some((i, month(word)?)))?;
    // `آذار/مارس`, as the United Nations write
    let slash = matches!(list.get(last + 1), Some((_, Token::Sign('/')))) && !word.is_ascii();
    if slash
        && let Some((range, Token::Word(_))) = list.get(last + 2)
        && month(&text[range.clone()]) == Some(m)
    {
        return Some((last + 2, m));
    }
    Some((last, m))
}

/// The date around the month's name at tokens `first` to `i`: where it ends, and the date if it is
/// one.
#[allow(clippy::too_many_arguments, reason = "the readers of tokens are passed down")]
fn with_month<'t>(
    list: &Tokens<'t>,
    first: usize,
    i: usize,
    month: i8,
    free: usize,
    at: &dyn Fn(usize) -> Option<Token<'t>>,
    year_at: &dyn Fn(usize) -> Option<i16>,
    day_at: &dyn Fn(usize) -> Option<i8>,
) -> (usize, Option<Found>) {
    let is_ordinal = |i: usize| {
        matches!(
            at(i),
            Some(Token::Word("st" | "nd" | "rd" | "th" | "ST" | "ND" | "RD" | "TH" | "er"))
        )
    };
    // Backwards: `23`, `23rd`, `23rd of`, `23-`, `23.`, `23 de`.
    let mut k = first;
    if k > 0 && matches!(at(k - 1), Some(Token::Sign('-' | '.' | '/'))) {
        k -= 1;
    }
    if k > 0 && matches!(at(k - 1), Some(Token::Word("of" | "de"))) {
        k -= 1;
    }
    if k > 0 && is_ordinal(k - 1) {
        k -= 1;
    }
    // `No. 23 March 2015` counts issues.
    let counted = k > 1
        && match at(k - 2) {
            Some(Token::Sign('.')) => {
                k > 2 && matches!(at(k - 3), Some(Token::Word("No" | "NO" | "no" | "Nr" | "Vol")))
            }
            Some(Token::Sign('#' | '№' | '°')) => true,
            Some(Token::Word(word)) => {
                ["issue", "number", "volume", "vol"].contains(&word.to_lowercase().as_str())
            }
            _ => false,
        };
    let day_before = (k > 0 && !counted)
        .then(|| day_at(k - 1))
        .flatten()
        .filter(|_| list[k - 1].0.start >= free);
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
    let mut next = skip(i + 1, &['.', ',', '-', '/']);
    if matches!(at(next), Some(Token::Word("de" | "del"))) && year_at(next + 1).is_some() {
        next += 1;
    }
    let found = |start: usize, last: usize, year: Option<i16>, day: Option<i8>| {
        let range = start..list[last].0.end;
        (last, Some(Found { range, year, month: Some(month), day, either_order: false }))
    };
    if let Some(day) = day_before {
        let year = year_at(next);
        let last = if year.is_some() { next } else { i };
        return found(list[k - 1].0.start, last, year, Some(day));
    }
    let start = list[first].0.start;
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
        let last = if year.is_some() { y } else { end };
        return found(start, last, year, Some(day));
    }
    match year_at(next) {
        Some(year) => found(start, next, Some(year), None),
        None => (i, None),
    }
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

/// Whether a whole line announces a date, and what else it says.
pub(crate) fn date_line(line: &str) -> Option<DateLine> {
    if line.len() > 160 || !has_digit(line) {
        return None;
    }
    let dates = find(line);
    let first =
        dates.iter().find(|d| d.month.is_some()).filter(|d| d.year.is_some() || d.day.is_some())?;
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
            Token::Word(word) => other |= !is_filler(word),
            Token::Number(value, digits) => other |= digits > 4 || value > 2359,
            Token::Sign(c) => other |= matches!(c, '!' | '?' | ';' | '"' | '“'),
        }
    }
    if !other || first.year.is_some() && names_edition(&line[first.range.end..]) {
        return Some(DateLine::Bare);
    }
    let year = first.year.is_some();
    let (before, after) = (line[..first.range.start].trim(), line[first.range.end..].trim());
    // `Jane Roe | 23.01.2018`, `by jroe » Tue Jan 23, 2018`, `By JANE ROE JAN. 23, 2018`
    if year && only_fillers(after) && signs_date(before) {
        return Some(DateLine::Listing);
    }
    if year && only_fillers(after) && is_place(before, after) {
        return Some(DateLine::Place);
    }
    // `Mar 13, 2018 Jane Roe`
    let name = |w: &str| {
        w.starts_with(char::is_uppercase)
            && w.contains(char::is_lowercase)
            && w.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '.' | '\'' | '’'))
    };
    if first.day.is_some()
        && year
        && before.is_empty()
        && (2..=3).contains(&after.split(' ').count())
        && after.split(' ').all(name)
    {
        return Some(DateLine::Listing);
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
    let joins = [
        "In ",
        "in ",
        "IN ",
        "By ",
        "by ",
        "BY ",
        "| ",
        "• ",
        "· ",
        "/ ",
        "under ",
        "Under ",
        "Source: ",
        "Source : ",
        "SOURCE: ",
        "来源：",
        "来源:",
        "المصدر:",
        "Источник:",
        "Quelle:",
        "Fuente:",
    ];
    let named = |s: &str| {
        s.trim_start().starts_with(|c: char| c.is_alphanumeric() && !c.is_lowercase())
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

/// Whether only a weekday and the name of an edition follow a date: `, Tuesday, Home Edition`, `FINAL`.
fn names_edition(after: &str) -> bool {
    let mut words = after.split([' ', ',']).filter(|w| !w.is_empty() && !is_weekday(w));
    let last = words.clone().next_back().unwrap_or("").to_lowercase();
    words.clone().count() <= 4
        && (last == "edition" || last == "final")
        && words.all(|w| w.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit()))
}

/// Whether a place stands before a date: `GENEVA, 23 January 2018`, `Paris, le 23 janvier 2018`, and
/// without a comma where a time follows, `ISTANBUL Jan 23, 2018 - 12:00 am`.
fn is_place(before: &str, after: &str) -> bool {
    let before = ["le", "den", "am", "a", "el", "dated", "on"]
        .iter()
        .find_map(|word| before.strip_suffix(word)?.strip_suffix([' ', ',']))
        .unwrap_or(before);
    let place = before.trim_end_matches([',', '،', '(', ' ']);
    let timed = after.find(':').is_some_and(|at| after[..at].ends_with(|c| digit(c).is_some()));
    let capital = |w: &str| w.starts_with(|c: char| c.is_alphabetic() && !c.is_lowercase());
    !place.is_empty()
        && place.len() <= 40
        && place.split([' ', ',']).filter(|w| !w.is_empty()).all(|w| capital(w) || is_weekday(w))
        && place.split(' ').count() <= 4
        && (before.ends_with([',', '،', '(']) || timed)
}

/// Whether what stands before a date is who signed it, as blogs, forums and papers set it.
fn signs_date(before: &str) -> bool {
    let lower = before.to_lowercase();
    let by = ["by ", "post by ", "posted by ", "written by "]
        .iter()
        .find(|by| lower.starts_with(*by) && lower.len() == before.len());
    let capital = |w: &str| w.starts_with(|c: char| !c.is_lowercase());
    let bare = before.trim_end_matches(|c: char| c.is_alphabetic() || matches!(c, ':' | ' '));
    if let Some(name) = bare.strip_suffix(['|', '•', '·', '»']) {
        let name = name.trim_end();
        return (3..=60).contains(&name.len())
            && name.split(' ').count() <= 5
            && (by.is_some() || name.split(' ').all(capital))
            && only_fillers(&before[name.len()..].replace('»', ""));
    }
    let Some(by) = by else { return false };
    let name = before[by.len()..].trim_end_matches([',', ' ', '-', '–', '—']);
    let words = name.split(' ').filter(|w| !w.is_empty());
    words.clone().count() <= 10
        && words.clone().count() >= 2
        && words.clone().all(|w| capital(w) || ["and", "in", "on", "at"].contains(&w))
}

fn only_fillers(text: &str) -> bool {
    tokens(text).iter().all(|(_, token)| match token {
        Token::Word(word) => is_filler(word),
        Token::Number(value, digits) => *digits <= 4 && *value <= 2359,
        Token::Sign(c) => {
            matches!(c, ',' | '.' | ':' | '-' | '–' | '|' | '(' | ')' | '[' | ']' | '+' | '•' | '·')
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
            "January 23, 201807:32",
            "23 January 201811:30 AM",
        ] {
            check(text, &day);
        }
        for text in [
            "23. Januar 2018",
            "23. Jänner 2018",
            "23 janvier 2018",
            "23 janv. 2018",
            "mardi 23 janvier 2018",
            "23 de enero de 2018",
            "23 ENE 2018",
            "23 gennaio 2018",
            "23 de janeiro de 2018",
            "23 januari 2018",
            "23 Ocak 2018",
            "23 января 2018 г.",
            "23 ЯНВАРЯ 2018",
            "23 січня 2018",
            "23 يناير 2018",
            "٢٣ يناير ٢٠١٨",
            "٢٣/١/٢٠١٨",
            "23 كانون الثاني 2018",
            "23 كانون الثاني/يناير 2018",
            "2018年1月23日",
            "2018年1月23日电",
            "2018 年 1 月 23 日",
            "2018년 1월 23일",
        ] {
            check(text, &day);
        }
        check("1er mars 2016", &[(Some(2016), Some(3), Some(1))]);
        check("5. Mai 2016", &[(Some(2016), Some(5), Some(5))]);
        check("Février 2016", &[(Some(2016), Some(2), None)]);
        check("marzo de 2016", &[(Some(2016), Some(3), None)]);
        check("12 آذار 2016", &[(Some(2016), Some(3), Some(12))]);
        check("12 mars", &[(None, Some(3), Some(12))]);
        check("新华社7月4日电", &[(None, Some(7), Some(4))]);
        check("2016年7月", &[(Some(2016), Some(7), None)]);
        check("BRIEF NO. 23 MARCH 2015", &[(Some(2015), Some(3), None)]);
        check("Report N° 9 May 2015", &[(Some(2015), Some(5), None)]);
        check("13月4日", &[]);
        check("5 may 2 go", &[]);
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
            "Published date: 3 May 2010 10:34 GMT | Last update: 3 years 2 months ago",
            "Updated 1032 GMT (1832 HKT) March 12, 2016",
            "Jan 23, 2018 - 12:00 am GMT+3",
            "Publié le 12 mars 2016 à 10h32 - Mis à jour le 13 mars 2016 à 09h10",
            "Stand: 12.03.2016 10:32 Uhr",
            "Veröffentlicht am 12. März 2016",
            "Actualizado 12 MAR 2016 - 10:32 CET",
            "Опубликовано: 12 марта 2016 г., 10:32",
            "تاريخ النشر: 12 مارس 2016",
            "الثلاثاء 12 آذار 2016",
            "2016年3月22日 09:12:33",
            "发布时间：2016-03-22 09:12",
        ] {
            check(line, Some(DateLine::Bare));
        }
        check("Jane Roe |23.01.2018", Some(DateLine::Listing));
        check("Example24 | 2018/01/23 14:35", Some(DateLine::Listing));
        check("Example | Updated: 2018-01-23 10:32", Some(DateLine::Listing));
        check("2017-07-05 09:12:33 来源：新华社", Some(DateLine::Listing));
        check("by jroe85 » Tue Jan 23, 2018 10:32 am", Some(DateLine::Listing));
        check("By JANE ROE and JOHN DOE AUG. 12, 2016", Some(DateLine::Listing));
        check("By Jane Roe, 12 August 2016", Some(DateLine::Listing));
        check("By Monday, 12 August 2016", Some(DateLine::Bare));
        check("By 12 August 2016 all of them had gone home.", None);
        check("ISTANBUL Jan 23, 2018 - 12:00 am GMT+3", Some(DateLine::Place));
        check("Massacre in the Town 23 January 2018", None);
        check("Paris, le 12 mars 2016", Some(DateLine::Place));
        check("the town and | 23.01.2018", None);
        check("23 January 2018 In Coalition News", Some(DateLine::Listing));
        check("Posted on 5 July 2017 by Jane Roe", Some(DateLine::Listing));
        check("5 July 2017 | Politics", Some(DateLine::Listing));
        check("GENEVA, 23 January 2018", Some(DateLine::Place));
        check("On 5 July 2017 he left the town.", None);
        check("2016", None);
        check("The attack of 5 July 2017", None);
    }

    #[test]
    fn lists_are_sorted() {
        assert!(WORDS.months.is_sorted() && WORDS.months.len() > 150);
        assert!(WORDS.months.iter().all(|(name, m, _)| {
            name.len() <= LONGEST_MONTH && (1..=12).contains(m) && *name == name.to_lowercase()
        }));
        for list in [&WORDS.weekdays, &WORDS.fillers, &WORDS.revisions] {
            assert!(list.is_sorted() && list.iter().all(|word| **word == word.to_lowercase()));
        }
    }
}
