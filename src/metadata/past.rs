//! The latest date that a text speaks of as past.
//!
//! In: a document's text. Out: the first day of the latest date with a year in a clause about the
//! past. A date counts where a verb in the past tense or `since` stands in its sentence near it and
//! nothing there speaks of plans.

use crate::announced;
use jiff::civil::Date;

/// Verbs in the past tense that do not end in `-ed`, and words that only the past has.
const PAST: &[&str] = &[
    "ago", "became", "been", "began", "broke", "brought", "came", "did", "died", "earlier", "fell",
    "fled", "followed", "found", "gave", "got", "had", "has", "have", "held", "hit", "kept",
    "killed", "last", "led", "left", "lost", "made", "met", "rose", "said", "saw", "sent", "since",
    "spoke", "struck", "told", "took", "was", "went", "were", "won", "wrote",
];
/// Words that speak of what is to come.
const FUTURE: &[&str] = &[
    "by",
    "deadline",
    "due",
    "expected",
    "expires",
    "expiry",
    "forecast",
    "future",
    "if",
    "likely",
    "next",
    "plan",
    "planned",
    "planning",
    "plans",
    "projected",
    "scheduled",
    "shall",
    "should",
    "slated",
    "target",
    "until",
    "upcoming",
    "will",
    "would",
];
/// Bytes looked at before and after a date.
const REACH: usize = 90;

/// The first day of the latest date of the past that `content` names with its year.
pub(super) fn latest(content: &str) -> Option<Date> {
    let mut best: Option<Date> = None;
    for paragraph in content.split('\n').filter(|paragraph| may_have_year(paragraph)) {
        for found in announced::find(paragraph) {
            let (Some(year), false) = (found.year, found.either_order) else { continue };
            // `2000 people` are no year.
            if found.month.is_none() && !follows_cue(&paragraph[..found.range.start]) {
                continue;
            }
            let Ok(date) = Date::new(year, found.month.unwrap_or(1), found.day.unwrap_or(1)) else {
                continue;
            };
            if best.is_none_or(|b| date > b)
                && is_past(paragraph, found.range.start, found.range.end)
            {
                best = Some(date);
            }
        }
    }
    best
}

/// Whether four digits stand together, or digits of another script.
fn may_have_year(text: &str) -> bool {
    let mut digits = 0;
    text.bytes().any(|byte| {
        digits = if byte.is_ascii_digit() { digits + 1 } else { 0 };
        // With these bytes the digits of Arabic and Persian begin.
        digits == 4 || matches!(byte, 0xd9 | 0xdb)
    })
}

/// Words that stand before a year that is a date, in lower case.
const BEFORE_YEARS: &[&str] = &[
    "after", "and", "around", "autumn", "before", "between", "during", "early", "fall", "from",
    "in", "late", "mid", "of", "or", "since", "spring", "summer", "through", "to", "until",
    "winter", "year",
];

/// Whether what stands before four digits lets them be a year.
fn follows_cue(before: &str) -> bool {
    let before = before.trim_end();
    let word = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    before.is_empty()
        || before.ends_with(['(', '-', '–', '/', ','])
        || BEFORE_YEARS.binary_search(&word.to_lowercase().as_str()).is_ok()
}

fn is_past(text: &str, start: usize, end: usize) -> bool {
    let mut from = start.saturating_sub(REACH);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let mut to = text.len().min(end + REACH);
    while !text.is_char_boundary(to) {
        to -= 1;
    }
    // The sentence, as far as full stops before blanks show it.
    let before = text[from..start].rsplit(['?', '!', ';']).next().unwrap_or("");
    let before = before.rfind(". ").map_or(before, |at| &before[at + 2..]);
    let after = text[end..to].split(['?', '!', ';']).next().unwrap_or("");
    let after = after.find(". ").map_or(after, |at| &after[..at]);
    if before.ends_with("date of ")
        || before.ends_with('(') && after.starts_with(')') && before.contains("born")
    {
        return false;
    }
    let words = |s: &str| -> Vec<String> {
        s.split(|c: char| !c.is_alphanumeric())
            .filter(|w| !w.is_empty())
            .map(str::to_lowercase)
            .collect()
    };
    let (left, right) = (words(before), words(after));
    if left.last().is_some_and(|w| w == "since") {
        return true;
    }
    let near = left.iter().rev().take(4).chain(right.iter().take(4));
    if near.clone().any(|w| FUTURE.binary_search(&w.as_str()).is_ok() && w != "by")
        || left.iter().rev().take(2).any(|w| w == "by" || w == "until")
    {
        return false;
    }
    left.iter().chain(right.iter().take(12)).any(|w| {
        PAST.binary_search(&w.as_str()).is_ok()
            || (w.len() > 4
                && w.ends_with("ed")
                && !matches!(
                    w.as_str(),
                    "united" | "armed" | "indeed" | "proposed" | "need" | "speed"
                ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn past_and_future() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(latest(text).map(|d| d.to_string()).as_deref(), expected, "{text}");
        };
        check("Strikes hit the town for the first time since 2016.", Some("2016-01-01"));
        check(
            "It was violated on Sunday May 22nd 2016 again. It was agreed in 2015.",
            Some("2016-05-22"),
        );
        check(
            "The date of August 1st, 2016, for the establishment of an authority, is off the agenda.",
            None,
        );
        check("Elections will be held in June 2019.", None);
        check(
            "The mandate, which expires on 3 May 2020, was renewed in May 2019.",
            Some("2019-05-01"),
        );
        check("He spoke on Monday.", None);
        check("They killed 2050 of them and took 1900 prisoners.", None);
        check("The treaty was signed on 4 June 1878 and kept.", Some("1878-06-04"));
        check("About 2000 people had fled. It began in 1899.", Some("1899-01-01"));
    }

    #[test]
    fn lists_are_sorted() {
        assert!(PAST.is_sorted() && FUTURE.is_sorted() && BEFORE_YEARS.is_sorted());
    }
}
