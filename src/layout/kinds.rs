//! Decides what the pieces of one article are.
//!
//! In: the pieces of an article. Out: their kinds, and the rule that decided each. The head reaches
//! to the first prose that no rule takes for furniture; the tail is what rules take for furniture
//! from the end upwards. Rules for heads and tails fire nowhere else.

use super::BlockKind::{
    self, AuthorBio, Byline, Dateline, Duplicate, Footer, Heading, ListItem, Navigation, Paragraph,
    Promotion, SourceNote, Title,
};
use super::datelines;
use super::documents::names_section;
use super::lines::Field;
use super::pieces::{
    BYLINE, DATE, FIELD, HEADER, ITEM, LABEL, LISTING, MENU, PAGE_NUMBER, PLACE_DATE, PROSE, Page,
    RULE, TABLE, TERMINAL, TITLE,
};
use std::collections::HashSet;
use std::ops::Range;

const ANNOUNCE: u16 = BYLINE | DATE | LISTING | PLACE_DATE;

/// Decides the kinds of the pieces `article`.
pub(super) fn decide(page: &mut Page, article: Range<usize>, repeated: &dyn Fn(&str) -> bool) {
    if article.is_empty() {
        return;
    }
    let head = article.start..head_end(page, &article);
    let title = title(page, &article, &head, repeated);
    let author = author(page, &head);
    let comments = comments(page, head.end..article.end);
    let tail = tail(page, &(article.start..comments), head.end, author.as_deref(), repeated);
    for at in article.clone() {
        if !head.contains(&at) && !is_mail_header(page, at) {
            page.pieces[at].label = 0;
        }
        let (kind, rule) = kind(page, at, &article, &head, tail, title, repeated);
        set(page, at, kind, rule);
    }
    above_title(page, article.start, title);
    beside_links(page, &article, &head);
    title_copies(page, &article, &head, title);
    biographies(page, head.end..article.end, tail, author.as_deref());
    for at in comments..article.end {
        set(page, at, Navigation, "nav.comment");
    }
    signature(page, head.end..comments);
    link_lists(page, head.end..article.end);
    foot(page, &article, &head);
    continued_title(page, &head, title);
    edges_of_prose(page, &article, &head);
    duplicates(page, article);
}

fn set<'r>(page: &mut Page<'_, 'r>, at: usize, kind: BlockKind, rule: &'r str) {
    page.pieces[at].kind = kind;
    page.pieces[at].rule = rule;
}

fn is_prose(page: &Page, at: usize) -> bool {
    page.pieces[at].is(PROSE) && page.hit(at, false, false).is_none_or(|(_, kind)| kind.is_kept())
}

/// Where the head ends: at the first prose, or behind a standfirst or caption or two where the
/// byline or date stands below them.
fn head_end(page: &Page, article: &Range<usize>) -> usize {
    /// No standfirst is longer, in bytes.
    const STANDFIRST: usize = 400;
    let pieces = &page.pieces;
    let Some(first) = article.clone().find(|&at| is_prose(page, at)) else {
        return article.end.min(article.start + 6);
    };
    let announces = |at: usize| pieces[at].is(BYLINE | DATE | LISTING | PLACE_DATE);
    if (article.start..first).any(announces) || pieces[first].dateline > 0 {
        return first;
    }
    let mut standfirsts = 0;
    for at in first..article.end.min(first + 10) {
        if is_prose(page, at) {
            standfirsts += 1;
            if standfirsts > 2 || pieces[at].span.len() > STANDFIRST || pieces[at].dateline > 0 {
                break;
            }
        } else if pieces[at].is(BYLINE | DATE) {
            // A chronicle has a date above every entry.
            let dated = |at: usize| pieces[at].is(DATE) && is_prose(page, at + 1);
            let chronicle = (at..article.end - 1).filter(|&at| dated(at)).nth(1).is_some();
            let body = (at..article.end).find(|&at| is_prose(page, at));
            return body.filter(|_| !chronicle).unwrap_or(first);
        }
    }
    first
}

/// The headline: what the announcements point to, unless that is a line of the page's frame and
/// another line looks more like one.
fn title(
    page: &Page,
    article: &Range<usize>,
    head: &Range<usize>,
    repeated: &dyn Fn(&str) -> bool,
) -> Option<usize> {
    let pieces = &page.pieces;
    // A headline that many files have is still the headline if there is no other.
    let found = pointed_title(page, article, head, repeated)
        .or_else(|| pointed_title(page, article, head, &|_| false));
    // A series names its number by the date: `Weekly review, 5 May 2015`.
    let series = article.start;
    let is_series = pieces[series].is(PLACE_DATE)
        && pieces[series].words >= 4
        && !page.rules.is_city(page.raw(series).split(',').next().unwrap_or(""))
        && head.end > series + 1
        && head.end < article.end
        && (is_name_list(page, series + 1) || is_person(page, series + 1));
    if is_series {
        return Some(series);
    }
    let found = found?;
    let opens = |at: usize| {
        let around = [Byline, Dateline, SourceNote];
        pieces[at].is(ANNOUNCE | LABEL)
            || is_prose(page, at)
            || page.hit(at, true, false).is_some_and(|(_, kind)| around.contains(&kind))
            || signs(page, at, article.end)
    };
    let leads = |at: usize| (at + 1..article.end.min(at + 3)).any(opens);
    let weak = pieces[found].words <= 3
        || is_frame(page, found)
        || is_name_line(page, found)
        || is_name_list(page, found)
        || ends_in_year(&page.folded(found))
        || !leads(found);
    // What a page prints twice above its text is the headline.
    let twice = |this: usize| {
        let text = page.folded(this);
        let copy = |at: usize| pieces[at].words == pieces[this].words && page.folded(at) == text;
        head.clone().filter(|&at| copy(at)).nth(1).is_some()
    };
    if pieces[found].is(HEADER) || !weak || pieces[found].words > 3 && twice(found) {
        return Some(first_line(page, head, found));
    }
    let can = |at: usize| {
        pieces[at].is(TITLE)
            && pieces[at].words >= 5
            && !is_frame(page, at)
            && !is_name_list(page, at)
            && page.hit(at, true, false).is_none()
            && !repeated(&page.folded(at))
    };
    let framed = is_frame(page, found) || is_name_list(page, found);
    let better = head
        .clone()
        .find(|&at| can(at) && leads(at))
        .or_else(|| head.clone().find(|&at| can(at) && (framed || pieces[found].words <= 3)));
    let is_link = |k: usize| page.hit(k, true, false).is_some_and(|(_, kind)| kind == Navigation);
    let stronger = better.filter(|&at| {
        // A short headline and what stands under it stay what they are, unless links stand above.
        at < found || framed || (head.start..at).any(is_link) || at <= found + 4 && twice(at)
    });
    // Of two copies without links between them the upper one is the headline.
    let copied = |at: usize| {
        let text = page.folded(at);
        let words = pieces[at].words;
        let copy = |k: &usize| words > 3 && pieces[*k].words == words && page.folded(*k) == text;
        let upper = (head.start..at).find(copy);
        upper.filter(|&k| {
            at <= k + 4 && !(k..at).any(|k| pieces[k].is(DATE | RULE | TABLE) || is_link(k))
        })
    };
    stronger.or(Some(found)).map(|at| first_line(page, head, copied(at).unwrap_or(at)))
}

/// Whether two lines, one under the other, are set as one headline is: both in the middle of the column
/// and both in capitals or neither, or the upper one with a colon at its end.
fn is_set_as_one(page: &Page, upper: usize, lower: usize) -> bool {
    let (first, next) = (&page.pieces[upper], &page.pieces[lower]);
    let capitals = |at: usize| !page.raw(at).contains(char::is_lowercase);
    next.gap == 0
        && !first.is(PROSE | TERMINAL | TABLE | ITEM | HEADER | RULE | ANNOUNCE | LABEL)
        && (!first.is(FIELD) || page.raw(upper).ends_with(':'))
        && !is_frame(page, upper)
        && (first.indent >= 8 && next.indent >= 8 && capitals(upper) == capitals(lower)
            || page.raw(upper).ends_with(':') && first.words >= 2)
}

/// The first line of the headline that has the line `title`.
fn first_line(page: &Page, head: &Range<usize>, title: usize) -> usize {
    let mut first = title;
    while first > head.start && title - first < 3 && is_set_as_one(page, first - 1, first) {
        first -= 1;
    }
    first
}

/// Whether a line is signed to, without a word that says so: a known person's name, or what looks
/// like a name above a date or an address of a network.
fn signs(page: &Page, at: usize, end: usize) -> bool {
    let date = |k: usize| page.pieces[k].is(DATE | LISTING);
    let dated = (at + 1..end.min(at + 3))
        .any(|k| date(k) || page.raw(k).starts_with('@') && page.pieces[k].words == 1)
        || at > 0 && date(at - 1) && page.pieces[at].gap == 0;
    is_person(page, at) || dated && is_name_line(page, at) && !is_outlet(page, at)
}

/// Whether a line is names of persons with commas or `and` between, three or more words each list.
fn is_name_list(page: &Page, at: usize) -> bool {
    let piece = &page.pieces[at];
    if piece.is(PROSE | TERMINAL | ITEM | TABLE) || !(4..=24).contains(&piece.words) {
        return false;
    }
    let text = page.folded(at);
    let mut names = 0;
    let mut given = 0;
    let all = text.split(", ").flat_map(|p| p.split(" and ")).all(|name| {
        let name = name.strip_prefix("and ").unwrap_or(name).trim();
        names += 1;
        let words = name.split(' ').count();
        let first = name.split(' ').next().unwrap_or("");
        given += usize::from(page.rules.is_given_name(first));
        (2..=4).contains(&words)
            && name.split(' ').all(|w| {
                matches!(w, "van" | "von" | "de" | "bin" | "el" | "al")
                    || w.starts_with("al-")
                    || w.starts_with(char::is_uppercase)
                        && w.contains(|c: char| c.is_lowercase() || c == '.')
                        && w.chars()
                            .all(|c| c.is_alphabetic() || matches!(c, '.' | '-' | '\'' | '’'))
            })
    });
    all && names >= 2 && (given > 0 || names >= 3)
}

/// Whether a line is the name of an agency and that of a person, with a dash or bar between.
fn signs_for_outlet(page: &Page, at: usize) -> bool {
    let piece = &page.pieces[at];
    if piece.is(PROSE | TERMINAL | ITEM | TABLE) || !(4..=8).contains(&piece.words) {
        return false;
    }
    let text = page.folded(at);
    let marks = [" – ", " — ", " - ", " | "];
    let Some((left, right)) = marks.iter().find_map(|mark| text.split_once(mark)) else {
        return false;
    };
    let is_name = |name: &str| {
        (2..=4).contains(&name.split(' ').count())
            && name.split(' ').all(|w| w.starts_with(char::is_uppercase) || w.starts_with("al-"))
            && !name.contains(|c: char| c.is_ascii_digit() || matches!(c, ':' | ','))
    };
    page.rules.is_agency(left) && is_name(right) || page.rules.is_agency(right) && is_name(left)
}

/// Whether the last word of a line is a year.
fn ends_in_year(text: &str) -> bool {
    let last = text.rsplit(' ').next().unwrap_or("");
    last.len() == 4
        && (last.starts_with("19") || last.starts_with("20"))
        && last.bytes().all(|b| b.is_ascii_digit())
}

/// Two to four words that all begin with a capital, as names do, perhaps with `in` and a place.
fn is_name_line(page: &Page, at: usize) -> bool {
    let piece = &page.pieces[at];
    if piece.is(PROSE | TERMINAL | ITEM | TABLE | ANNOUNCE | HEADER) || piece.words > 7 {
        return false;
    }
    let text = page.folded(at);
    let (name, _) = text.split_once(" in ").unwrap_or((&text, ""));
    let mut words = 0;
    let named = name.split(' ').filter(|w| !w.starts_with('@')).all(|word| {
        words += 1;
        matches!(word, "and" | "van" | "von" | "de" | "bin" | "el" | "al")
            || word.starts_with("al-")
            || word.starts_with(char::is_uppercase)
                && word.contains(char::is_lowercase)
                && word.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '-' | '\'' | '’'))
                && !page.rules.is_outlet_word(word)
    });
    named && (2..=5).contains(&words)
}

/// Whether a line names an outlet, office or person, or is a link or symbol: no headline.
fn is_frame(page: &Page, at: usize) -> bool {
    let text = page.folded(at);
    is_letterhead(&text)
        || is_outlet(page, at)
        || is_person(page, at)
        || page.rules.is_agency(&text)
        || text.contains(" | ")
        || text.ends_with(" |")
        || !text.contains(' ') && text.contains(|c: char| c.is_ascii_digit() || c == '/')
        || text.contains(['@', '»', '›', '‹', '•'])
        || text.starts_with("***")
        || page.pieces[at].is(MENU)
        // Entries of a menu side by side.
        || page.raw(at).matches("  ").count() > 1
}

/// The headline by the announcements: above the last byline or date of the head, else the first
/// line that can be one.
fn pointed_title(
    page: &Page,
    article: &Range<usize>,
    head: &Range<usize>,
    repeated: &dyn Fn(&str) -> bool,
) -> Option<usize> {
    let pieces = &page.pieces;
    let can = |at: usize| {
        pieces[at].is(TITLE)
            && page.hit(at, true, false).is_none_or(|(_, kind)| kind == Heading)
            && !(at + 1 < head.end && names_section(page, at, at + 1))
            && !repeated(&page.folded(at))
    };
    if let Some(field) =
        head.clone().find(|&at| pieces[at].is(HEADER) && page.field(at) == Field::Title)
    {
        return Some(field);
    }
    let announce = |flag: u16| head.clone().rev().find(|&at| pieces[at].is(flag));
    let last = announce(BYLINE)
        .or_else(|| announce(ANNOUNCE))
        .or((head.end < article.end && pieces[head.end].dateline > 0).then_some(head.end));
    if let Some(last) = last {
        let mut first = last;
        let is_caption = |at: usize| {
            page.hit(at, true, false).is_some_and(|(_, kind)| kind == BlockKind::Caption)
        };
        let mut captioned = false;
        while first > head.start
            && (pieces[first - 1].is(ANNOUNCE | LABEL) || is_caption(first - 1))
        {
            first -= 1;
            captioned |= is_caption(first);
        }
        // A letter has its sender above the date and whom it addresses below it.
        let salutes = last + 1 < article.end && is_salutation(page.raw(last + 1));
        if salutes && pieces[last].is(DATE | PLACE_DATE) {
            return None;
        }
        // The author's name, or in exports the paper's, may stand between headline and date.
        while first > head.start + 1
            && pieces[first - 1].is(TITLE)
            && can(first - 2)
            && is_person(page, first - 1)
        {
            first -= 1;
        }
        let above = (first > head.start
            && can(first - 1)
            && !names_export(page, first - 1, article.start))
        .then(|| {
            let at = first - 1;
            let tight = pieces[at].gap == 0;
            // Of two lines above a picture the lower one is the standfirst.
            let deck = captioned && at > head.start && pieces[at - 1].words >= 5;
            if at > head.start && (tight || deck) && can(at - 1) && pieces[at - 1].words > 2 {
                at - 1
            } else {
                at
            }
        });
        let below = (last + 1..head.end).find(|&at| can(at));
        match (above, below) {
            (Some(above), Some(below))
                if pieces[last].is(DATE | PLACE_DATE)
                    && (pieces[above].words < 4 || is_letterhead(page.raw(above)))
                    && pieces[below].words >= 4 =>
            {
                return Some(below);
            }
            (Some(above), _) => return Some(above),
            (None, Some(below))
                if first > head.start && names_export(page, first - 1, article.start) =>
            {
                return Some(below);
            }
            (None, Some(below))
                if pieces[last].is(DATE | PLACE_DATE)
                    && pieces[below].words >= 4
                    && (head.start..first).all(|at| !can(at) || pieces[at].words < 4) =>
            {
                return Some(below);
            }
            (None, below) => {
                if let Some(at) = head.clone().find(|&at| can(at)) {
                    return Some(at);
                }
                return below;
            }
        }
    }
    let first = head.clone().find(|&at| can(at))?;
    // A single line is no headline of anything.
    (first + 1 < article.end).then_some(first)
}

/// Whether a line names the office that a text comes from.
fn is_letterhead(line: &str) -> bool {
    const OFFICES: &[&str] = &[
        "Bureau of",
        "Cabinet Office",
        "Council of",
        "Department of",
        "Embassy of",
        "European Commission",
        "European Council",
        "European Parliament",
        "European Union",
        "For Immediate Release",
        "Foreign Ministry",
        "General Assembly",
        "Government of",
        "Ministry of",
        "Office of",
        "Permanent Mission",
        "Press Office",
        "Secretariat of",
        "Security Council",
        "United Nations",
        "White House",
    ];
    let bare =
        line.get(..4).filter(|the| the.eq_ignore_ascii_case("the ")).map_or(line, |_| &line[4..]);
    // A headline has words in lower case, and names an office to say more of it.
    let name = bare.split_ascii_whitespace().all(|word| {
        !word.starts_with(char::is_lowercase)
            || matches!(word, "and" | "at" | "for" | "in" | "of" | "the" | "to")
    });
    let opens = |o: &str| bare.get(..o.len()).is_some_and(|start| start.eq_ignore_ascii_case(o));
    let short = bare.split_ascii_whitespace().count() <= 4 || bare.contains(" of ");
    name && OFFICES
        .iter()
        .any(|o| opens(o) && (short || o.ends_with(" of") || o.starts_with("For")))
}

/// Whether a line greets whom a letter is for.
fn is_salutation(line: &str) -> bool {
    const OPENERS: &[&str] =
        &["Dear ", "Excellency", "Gentlemen", "Madam", "Sir", "Sirs", "Your Excellency"];
    line.len() <= 60 && line.ends_with([',', ':']) && OPENERS.iter().any(|o| line.starts_with(o))
}

/// Whether a line directly under the mark of an export, above its date, names the paper.
fn names_export(page: &Page, at: usize, start: usize) -> bool {
    at == start + 1
        && page.splits(start).next().is_some()
        && page.pieces.get(at + 1).is_some_and(|p| p.is(DATE))
        && page.pieces[at].words <= 8
}

/// The name in the first byline of the head.
fn author(page: &Page, head: &Range<usize>) -> Option<String> {
    let at = head.clone().find(|&at| {
        page.pieces[at].is(BYLINE)
            || (page.pieces[at].is(HEADER) && page.field(at) == Field::Author)
    });
    let signed = || head.clone().skip(1).find(|&at| signs(page, at, head.end));
    let at = at.or_else(signed);
    // `Posted on 5 July 2017 by Jane Roe`
    let listed =
        || head.clone().find(|&at| page.pieces[at].is(LISTING) && page.raw(at).contains(" by "));
    let at = at.or_else(listed)?;
    let folded = page.folded(at);
    let folded = folded.split_once(" by ").map_or(&*folded, |(_, name)| name);
    let name: Vec<&str> = folded
        .split(' ')
        .skip_while(|w| {
            !w.starts_with(char::is_uppercase)
                || w.eq_ignore_ascii_case("by")
                || w.eq_ignore_ascii_case("by:")
                || w.ends_with(':')
                || w.eq_ignore_ascii_case("written")
                || w.eq_ignore_ascii_case("posted")
        })
        .take_while(|w| {
            w.starts_with(char::is_uppercase)
                || w.starts_with("al-")
                || w.len() <= 3 && *w != "and" && w.chars().all(char::is_alphabetic)
        })
        .take(4)
        .collect();
    let name = name.join(" ");
    let name = name.trim_end_matches([',', ';', '.', ':']).to_owned();
    (name.contains(' ')).then_some(name)
}

/// The first piece of the tail: upwards from the end as far as rules know the pieces.
fn tail(
    page: &Page,
    article: &Range<usize>,
    head_end: usize,
    author: Option<&str>,
    repeated: &dyn Fn(&str) -> bool,
) -> usize {
    let mut tail = article.end;
    let mut unknown = 0;
    let mut at = article.end;
    while at > head_end + 1 {
        at -= 1;
        let piece = &page.pieces[at];
        let known = piece.is(RULE | DATE | LISTING | PLACE_DATE | PAGE_NUMBER)
            || page.hit(at, false, true).is_some_and(|(_, kind)| !kind.is_kept())
            || is_repeated(page, at, repeated)
            || (!piece.is(PROSE) || piece.words < 60 || piece.is(TERMINAL))
                && (is_biography(page, at, author) || is_name(page, at, author));
        if known {
            tail = at;
            unknown = 0;
        } else if piece.is(PROSE) || unknown == if piece.words <= 4 { 8 } else { 4 } {
            break;
        } else {
            unknown += 1;
        }
    }
    tail
}

/// Whether a piece stands in many files of the run; furniture only where it is short and says nothing by
/// itself.
fn is_repeated(page: &Page, at: usize, repeated: &dyn Fn(&str) -> bool) -> bool {
    let piece = &page.pieces[at];
    piece.words <= 16
        && piece.span.len() <= 120
        && !piece.is(PROSE)
        && !page.rules.is_city(page.raw(at))
        && repeated(&page.folded(at))
}

/// Whether a short piece is the author's name.
fn is_name(page: &Page, at: usize, author: Option<&str>) -> bool {
    author.is_some_and(|name| {
        page.pieces[at].words <= 8 && page.folded(at).eq_ignore_ascii_case(name)
    })
}

/// Whether a piece reads as the biography of someone who writes.
fn is_biography(page: &Page, at: usize, author: Option<&str>) -> bool {
    const VERBS: &[&str] = &[
        "is",
        "was",
        "are",
        "has",
        "writes",
        "teaches",
        "works",
        "served",
        "lives",
        "hosts",
        "covers",
        "reports",
        "blogs",
        "tweets",
        "studied",
        "taught",
        "holds",
        "worked",
        "graduated",
        "received",
        "specializes",
        "specialises",
    ];
    const CUES: &[&str] = &[
        "professor",
        "author",
        "fellow",
        "journalist",
        "editor",
        "writer",
        "correspondent",
        "analyst",
        "columnist",
        "researcher",
        "lecturer",
        "activist",
        "blogger",
        "contributor",
        "reporter",
        "commentator",
        "scholar",
        "director",
        "was born in",
        "writes about",
        "lives in",
        "follow him",
        "follow her",
        "her book",
        "his book",
        "books",
        "phd",
        "ph.d",
        "the university",
        "novelist",
        "staff member",
        "consultant",
        "expert",
    ];
    let text = page.raw(at);
    if text.len() > 1600 || text.len() < 30 {
        return false;
    }
    let named = author.is_some_and(|name| {
        text.len() > name.len()
            && text.as_bytes()[..name.len()].eq_ignore_ascii_case(name.as_bytes())
    });
    let mut words = text.split_ascii_whitespace();
    let mut before = 0;
    let verb = loop {
        let Some(word) = words.next() else { return false };
        if before >= 2 && VERBS.contains(&word.trim_matches(',')) {
            break true;
        }
        let clean = word.trim_start_matches(['*', '_', '–', '—', '-', '(', '[']);
        let is_name = clean.starts_with(char::is_uppercase)
            || clean.starts_with("al-")
            || matches!(clean, "" | "and" | "bin" | "de" | "van" | "von" | "el" | "al");
        if !is_name || before > 7 || clean.ends_with(['.', ':', ';']) && clean.len() > 3 {
            break false;
        }
        before += 1;
    };
    if !verb {
        return false;
    }
    let lower = text.to_lowercase();
    let given = || lower.trim_start_matches(['*', '_', ' ', '(']).split(' ').next().unwrap_or("");
    CUES.iter().any(|cue| lower.contains(cue)) && (named || page.rules.is_given_name(given()))
}

#[allow(
    clippy::too_many_arguments,
    clippy::too_many_lines,
    reason = "one decision, read in one place"
)]
fn kind<'r>(
    page: &Page<'_, 'r>,
    at: usize,
    article: &Range<usize>,
    head: &Range<usize>,
    tail: usize,
    title: Option<usize>,
    repeated: &dyn Fn(&str) -> bool,
) -> (BlockKind, &'r str) {
    let piece = &page.pieces[at];
    let in_head = head.contains(&at);
    let in_tail = at >= tail;
    if piece.is(RULE) {
        return (Navigation, "nav.separator");
    }
    if piece.is(PAGE_NUMBER) {
        return (Footer, "footer.page-number");
    }
    if piece.is(HEADER) && !in_head {
        let known = page.hit(at, false, true).filter(|(_, kind)| !kind.is_kept());
        let other = if is_mail_header(page, at) {
            (Navigation, "header.quoted")
        } else {
            (Paragraph, "text.line")
        };
        return known.map_or(other, |(rule, kind)| (kind, rule));
    }
    if piece.is(HEADER) {
        return match page.field(at) {
            Field::Other
                if page.hit(at, in_head, in_tail).is_some_and(|(_, kind)| !kind.is_kept()) =>
            {
                page.hit(at, in_head, in_tail)
                    .map_or((Navigation, "header.other"), |(rule, kind)| (kind, rule))
            }
            _ if !piece.is(FIELD) => (Navigation, "header.other"),
            Field::Author => (Byline, "header.author"),
            Field::Date => (Dateline, "header.date"),
            Field::Title if title == Some(at) => (Title, "header.title"),
            Field::Title => (Heading, "header.title"),
            Field::Source => (SourceNote, "header.source"),
            Field::Other => (Navigation, "header.other"),
        };
    }
    if page.splits(at).next().is_some() {
        let known = page.hit(at, true, true).filter(|(_, kind)| !kind.is_kept());
        return known.map_or((Navigation, "split.mark"), |(rule, kind)| (kind, rule));
    }
    if title == Some(at) {
        return (Title, "title.head");
    }
    if in_head && names_export(page, at, article.start) {
        return (SourceNote, "source.outlet");
    }
    if piece.is(LISTING) && !piece.is(PROSE) && (in_head || in_tail) {
        return (if in_tail { Footer } else { Dateline }, "dateline.listing");
    }
    if let Some((rule, kind)) = page.hit(at, in_head, in_tail) {
        let breaks =
            kind == Byline && in_head && at == article.start && title.is_none_or(|t| t > at + 1);
        // An address that a sentence leads to is part of the text.
        let led = rule == "nav.url" && at > article.start && {
            let before = &page.pieces[at - 1];
            let open = piece.gap == 0 && !before.is(TERMINAL);
            before.words > 3 && (page.raw(at - 1).ends_with(':') || open)
        };
        if !breaks && !led {
            return (kind, rule);
        }
    }
    if piece.is(LABEL) || piece.is(MENU) && (in_tail || title.is_some_and(|t| at < t)) {
        return (Navigation, if piece.is(LABEL) { "nav.interface" } else { "nav.menu-row" });
    }
    if piece.is(DATE | PLACE_DATE) {
        // A date between paragraphs is a heading of a chronicle.
        if in_head {
            return (Dateline, if piece.is(DATE) { "dateline.line" } else { "dateline.place" });
        }
        if in_tail {
            return (Footer, "footer.date");
        }
        if at + 1 < article.end && page.pieces[at + 1].is(PROSE) {
            return (Heading, "heading.date");
        }
    }
    // An office's name above all else is its letterhead, a headline that begins so speaks of it.
    if in_head
        && title.is_some_and(|t| at < t)
        && piece.words <= 9
        && !piece.is(PROSE | TERMINAL | TABLE)
        && is_letterhead(&page.folded(at))
        && !page.raw(at).contains(':')
        && page.field(at) == Field::Other
        && piece.is(TITLE)
    {
        return (Navigation, "nav.letterhead");
    }
    if in_head && at + 1 < head.end && names_section(page, at, at + 1) {
        return (Navigation, "nav.listing-name");
    }
    let raw = page.raw(at);
    if in_head
        && title.is_some_and(|t| t < at)
        && !raw.contains(char::is_lowercase)
        && page.rules.is_city(raw)
    {
        return (Dateline, "dateline.city");
    }
    // `HOMS, Syria` above the first sentence.
    let is_place = || {
        raw.split_once(", ").is_some_and(|(town, land)| {
            piece.words <= 4
                && (!town.contains(char::is_lowercase) || page.rules.is_city(town))
                && land.starts_with(char::is_uppercase)
                && land.contains(char::is_lowercase)
        })
    };
    if in_head && at + 1 == head.end && title.is_some_and(|t| t < at) && is_place() {
        return (Dateline, "dateline.city");
    }
    // `By Jane Roe`, `Example News, Beirut`, `22 March 2018`
    let between = |k: usize, flag: u16| head.contains(&k) && page.pieces[k].is(flag);
    if at > head.start
        && between(at - 1, BYLINE)
        && between(at + 1, DATE | PLACE_DATE)
        && piece.words <= 6
        && !piece.is(TERMINAL)
    {
        return (Byline, "byline.office");
    }
    if in_head && title.is_some_and(|t| t < at) && signs_for_outlet(page, at) {
        return (Byline, "byline.name");
    }
    if in_head && title.is_some_and(|t| t < at) && is_name_list(page, at) {
        return (Byline, "byline.names");
    }
    if in_head && title.is_some_and(|t| t < at) && signs(page, at, article.end) {
        return (Byline, "byline.name");
    }
    let beside = |k: usize| head.contains(&k) && page.pieces[k].is(ANNOUNCE | HEADER);
    if in_head
        && title.is_some_and(|t| t < at)
        && (beside(at + 1) || beside(at - 1))
        && is_outlet(page, at)
    {
        return (SourceNote, "source.outlet");
    }
    if (in_head || in_tail) && is_repeated(page, at, repeated) {
        return (Navigation, "run.repeated");
    }
    if at + 1 == article.end && at > head.end && is_outlet(page, at) {
        return (SourceNote, "source.outlet");
    }
    if piece.is(TABLE) {
        return (Paragraph, "table.row");
    }
    if piece.is(ITEM)
        && !(piece.is(TITLE)
            && page.pieces.get(at + 1).is_some_and(|p| p.is(PROSE) && !p.is(ITEM))
            && !starts_with_bullet(page.raw(at)))
    {
        return (ListItem, "list.marker");
    }
    if piece.is(TITLE) && !piece.is(PROSE) {
        if in_head && head.end < article.end && title.is_some() {
            return (Heading, "heading.head");
        }
        if heads(page, at, article.end) {
            return (Heading, "heading.short");
        }
    }
    if labels_list(page, at, article.end) {
        return (Heading, "heading.label");
    }
    (Paragraph, if piece.is(PROSE) { "text.prose" } else { "text.line" })
}

/// Whether a line heads what stands below it: prose, a list, a table, or another heading.
fn heads(page: &Page, at: usize, end: usize) -> bool {
    /// Headings one under the other: part, chapter, section.
    const DEPTH: usize = 4;
    for at in at..end.min(at + DEPTH) {
        let piece = &page.pieces[at];
        if !piece.is(TITLE) || piece.words > 16 || is_speaker(page.raw(at)) {
            return labels_list(page, at, end);
        }
        let Some(next) = page.pieces.get(at + 1).filter(|_| at + 1 < end) else { return false };
        let speaks = next.is(TERMINAL) && !next.is(TITLE) && next.words >= 4 && next.gap > 0;
        if (next.is(PROSE | ITEM) || speaks) && !(next.is(ITEM) && next.is(TITLE) && next.gap > 0) {
            return true;
        }
        if next.is(TABLE) {
            return piece.gap > 0;
        }
        // Lines that follow without a blank line are a list, verse or address.
        if piece.gap == 0 || next.gap == 0 {
            return false;
        }
    }
    false
}

/// Whether a short line ends in a colon and a list follows: `Needs:`.
fn labels_list(page: &Page, at: usize, end: usize) -> bool {
    let piece = &page.pieces[at];
    piece.gap > 0
        && piece.words <= 3
        && !piece.is(ITEM | TABLE | FIELD)
        && page.raw(at).ends_with(':')
        && page.raw(at).starts_with(char::is_uppercase)
        && at + 1 < end
        && page.pieces[at + 1].is(ITEM)
}

/// Whether a line is of someone who speaks: `Q: ...`, `MR ROE: ...`.
fn is_speaker(text: &str) -> bool {
    let mark = |c: char| matches!(c, ':' | '.') || c == ' ';
    ["Question: ", "Answer: "].iter().any(|label| text.starts_with(label))
        || text.strip_prefix('Q').is_some_and(|rest| rest.starts_with(mark) && rest.len() > 2)
        || text.split_once(": ").is_some_and(|(name, _)| {
            name.len() <= 40
                && !name.contains(char::is_lowercase)
                && name.contains(char::is_alphabetic)
        })
}

/// Whether a field in mid-text is of a mail that is quoted there, not a list of books or films.
fn is_mail_header(page: &Page, at: usize) -> bool {
    const MAIL: &[&str] = &[
        "From:",
        "FROM:",
        "To:",
        "TO:",
        "Cc:",
        "CC:",
        "Sent:",
        "SENT:",
        "Subject:",
        "SUBJECT:",
        "Reply-To:",
        "Message-ID:",
    ];
    let mail = |at: usize| {
        page.pieces.get(at).is_some_and(|p| p.is(HEADER))
            && MAIL.iter().any(|m| page.raw(at).starts_with(m))
    };
    mail(at) || mail(at + 1) || at > 0 && mail(at - 1)
}

fn starts_with_bullet(text: &str) -> bool {
    !text.starts_with(|c: char| c.is_alphanumeric() || c == '(')
}

/// A line with nothing but the names of one to three persons, perhaps with what they are.
fn is_person(page: &Page, at: usize) -> bool {
    let piece = &page.pieces[at];
    if piece.is(PROSE | TERMINAL | ITEM | TABLE) || piece.words > 10 || piece.words < 2 {
        return false;
    }
    let text = page.folded(at);
    let people = text.split([',', '|', '/', '–', '—', '@']).next().unwrap_or("").trim_end();
    let people = people.split(" in ").next().unwrap_or("");
    people.split(" and ").flat_map(|p| p.split(" & ")).all(|name| {
        let words: Vec<&str> = name.split_whitespace().collect();
        (2..=4).contains(&words.len())
            && words.iter().all(|w| {
                w.starts_with("al-")
                    || matches!(*w, "van" | "von" | "de" | "bin" | "el" | "al")
                    || w.starts_with(char::is_uppercase)
                        && w.chars()
                            .all(|c| c.is_alphabetic() || matches!(c, '.' | '-' | '\'' | '’'))
            })
            && page.rules.is_given_name(words[0])
    })
}

/// A line with nothing but the name of an outlet.
fn is_outlet(page: &Page, at: usize) -> bool {
    let piece = &page.pieces[at];
    if piece.is(PROSE | TERMINAL | ITEM | TABLE)
        || !piece.is(TITLE)
        || piece.words > 5
        || piece.words < 2
    {
        return false;
    }
    let text = page.folded(at);
    let mut outlet = false;
    for word in text.split(' ') {
        outlet |= page.rules.is_outlet_word(word);
        let small = matches!(word, "of" | "the" | "and" | "&");
        if !small && !word.starts_with(char::is_uppercase) {
            return false;
        }
    }
    outlet
}

/// A menu above the headline: short lines with links among them, or names of outlets.
fn above_title(page: &mut Page, start: usize, title: Option<usize>) {
    let Some(title) = title.filter(|&at| page.pieces[at].words > 3) else { return };
    let most = page.pieces[title].words.min(9);
    let is_short = |page: &Page, at: usize| {
        let piece = &page.pieces[at];
        let opens = (at + 1..at + 3).any(|k| k < title && is_prose(page, k));
        // A headline may be set in two lines.
        let joined = at + 1 == title && page.pieces[title].gap == 0;
        piece.kind.is_kept()
            && !joined
            && piece.kind != BlockKind::Caption
            && !piece.is(PROSE)
            && piece.words < most
            && !is_person(page, at)
            // What looks like the headline of all stays.
            && (piece.words <= 4 || !piece.is(TITLE) || is_frame(page, at) || !opens)
    };
    let is_outlets = |at: usize| is_frame(page, at) && !is_letterhead(&page.folded(at));
    let menu = (start..title)
        .any(|at| page.pieces[at].kind == Navigation || is_short(page, at) && is_outlets(at));
    if menu {
        for at in start..title {
            if is_short(page, at) {
                set(page, at, Navigation, "nav.above-title");
            }
        }
    }
}

/// Very short lines in a run of lines with links are links too, such as the less known ones of a
/// list of networks; so is any line between two links.
fn beside_links(page: &mut Page, article: &Range<usize>, head: &Range<usize>) {
    let is_link = |page: &Page, at: usize| {
        page.pieces[at].kind == Navigation
            && !page.pieces[at].is(RULE | HEADER)
            && !page.pieces[at].rule.starts_with("header")
    };
    let is_candidate = |page: &Page, at: usize| {
        let piece = &page.pieces[at];
        matches!(piece.kind, Heading | Paragraph) && !piece.is(PROSE | TERMINAL | ITEM | TABLE)
    };
    for at in article.clone() {
        if !is_candidate(page, at) {
            continue;
        }
        let next = at + 1;
        let tight_before = at > article.start && page.pieces[at].gap == 0 && is_link(page, at - 1);
        let tight_after = next < article.end && page.pieces[next].gap == 0 && is_link(page, next);
        let heads_prose = next < article.end && page.pieces[next].is(PROSE | ITEM);
        let words = page.pieces[at].words;
        let in_head = head.contains(&at);
        let beside = if in_head {
            words <= 3 && (tight_before || tight_after && !heads_prose)
        } else {
            words <= 2 && tight_before && !heads_prose
        };
        if (tight_before && tight_after && words <= 16 || beside) && !is_person(page, at) {
            set(page, at, Navigation, "nav.beside-links");
        }
    }
}

/// A template prints the headline above the links to the neighbours, and the article prints it
/// again: what stands from the first copy to the last is navigation.
fn title_copies(
    page: &mut Page,
    article: &Range<usize>,
    head: &Range<usize>,
    title: Option<usize>,
) {
    let Some(title) = title else { return };
    let text = page.folded(title).to_lowercase();
    if let Some(first) = (head.start..title).find(|&at| page.folded(at).to_lowercase() == text) {
        let links = (first + 1..title)
            .any(|at| page.pieces[at].is(DATE) || page.pieces[at].kind == Navigation);
        for at in first..title {
            if links {
                set(page, at, Navigation, "nav.title-copy");
            } else if at == first {
                set(page, at, Duplicate, "duplicate.title");
            }
        }
    }
    // At the top of every page it stands again.
    let end = if page.pieces[title].words > 3 { article.end } else { head.end };
    let copies: Vec<usize> = (title + 1..end)
        .filter(|&at| page.pieces[at].words == page.pieces[title].words)
        .filter(|&at| page.folded(at).to_lowercase() == text)
        .collect();
    for at in copies {
        set(page, at, Duplicate, "duplicate.title");
    }
}

/// The paragraphs under `About the author`, as far as they are short.
fn about_authors(page: &mut Page, body: Range<usize>) {
    /// Most authors that a text introduces, and most words for one.
    const AUTHORS: usize = 5;
    const WORDS: u16 = 59;
    let is_label = |at: usize| {
        if page.pieces[at].words > 3 {
            return false;
        }
        let text = page.folded(at).to_lowercase();
        let label = text.trim_end_matches(':');
        matches!(
            label,
            "about the author"
                | "about the authors"
                | "about the writer"
                | "the author"
                | "the authors"
        )
    };
    let Some(label) = body.clone().find(|&at| is_label(at)) else { return };
    set(page, label, AuthorBio, "bio.name");
    for at in label + 1..body.end.min(label + 1 + AUTHORS) {
        let piece = &page.pieces[at];
        if !piece.kind.is_kept() || !piece.is(TERMINAL) || piece.words > WORDS {
            break;
        }
        set(page, at, AuthorBio, "bio.text");
    }
}

/// Biographies, and the author's name above them.
fn biographies(page: &mut Page, body: Range<usize>, tail: usize, author: Option<&str>) {
    let mut found = false;
    let mut looked = 0;
    about_authors(page, body.clone());
    let (body, tail) = (body.start.min(tail)..tail, tail..body.end);
    for at in tail.clone().rev() {
        let piece = &page.pieces[at];
        if piece.kind.is_kept() && is_biography(page, at, author) {
            looked += 1;
            if looked <= 8
                && (author.is_some_and(|name| page.raw(at).starts_with(name))
                    || is_stranger(page, at, &body))
            {
                set(page, at, AuthorBio, "bio.text");
                found = true;
            }
        }
    }
    if found {
        for at in tail {
            let kept = page.pieces[at].kind.is_kept();
            let followed = page.pieces.get(at + 1).is_some_and(|p| p.kind == AuthorBio)
                || is_name(page, at, author);
            if kept
                && (is_name(page, at, author)
                    || followed
                        && page.pieces[at].words <= 5
                        && page.pieces[at].is(TITLE)
                        && is_heading_of_bio(page, at))
            {
                set(page, at, AuthorBio, "bio.name");
            }
        }
    }
}

fn is_heading_of_bio(page: &Page, at: usize) -> bool {
    let text = page.folded(at).to_lowercase();
    text.starts_with("about")
        || text.contains("author")
        || text.contains("biography")
        || text.contains("contributor")
        || is_person(page, at)
}

/// Whether the person that a biography speaks of is not mentioned in the article.
fn is_stranger(page: &Page, at: usize, body: &Range<usize>) -> bool {
    if body.is_empty() {
        return false;
    }
    let text = page.raw(at);
    let Some(name) = text.split_ascii_whitespace().nth(1) else { return false };
    let from = page.pieces[body.start].span.start as usize;
    let to = page.pieces[body.end - 1].span.end as usize;
    memchr::memmem::find(&page.text.as_bytes()[from..to], name.trim_matches(',').as_bytes())
        .is_none()
}

/// Where the comments of readers begin, behind the line that opens them; the end if there are none.
fn comments(page: &Page, body: Range<usize>) -> usize {
    let is_open = |at: usize| page.hits(at).any(|(rule, _)| rule.id == "nav.comments");
    let is_comment = |at: usize| {
        let text = page.folded(at);
        let piece = &page.pieces[at];
        !piece.is(PROSE)
            && (text.ends_with(" says:")
                || text.ends_with(" says")
                || text.ends_with(" wrote:")
                || piece.is(DATE | LISTING | PLACE_DATE)
                || text.ends_with(" ago"))
    };
    let opened =
        body.clone().find(|&at| is_open(at) && (at + 1..body.end.min(at + 5)).any(is_comment));
    opened.map_or(body.end, |at| at + 1)
}

/// What stands below the mark of a signature at the end of a mail (`-- `, RFC 3676).
fn signature(page: &mut Page, body: Range<usize>) {
    /// More is no signature.
    const LINES: usize = 10;
    let last = body.end.saturating_sub(LINES).max(body.start)..body.end;
    let Some(mark) = last.rev().find(|&at| page.raw(at) == "--") else { return };
    let prose = (mark..body.end).filter(|&at| page.pieces[at].is(PROSE)).count();
    let size: u32 = (mark..body.end).map(|at| page.pieces[at].span.len() as u32).sum();
    if prose <= 1 && size <= 600 {
        for at in mark..body.end {
            set(page, at, Footer, "footer.signature");
        }
    }
}

/// Headlines under `Related articles` are links: in the text as far as no blank line parts them,
/// behind its last prose all lines as far as the next prose or list.
fn link_lists(page: &mut Page, body: Range<usize>) {
    let prose_after =
        body.clone().rev().find(|&at| is_prose(page, at) && page.pieces[at].kind.is_kept());
    let tail = prose_after.map_or(body.start, |at| at + 1);
    let mut links = false;
    let mut contacts = false;
    for at in body {
        let piece = &page.pieces[at];
        let raw = page.raw(at);
        let in_tail = at >= tail;
        let opens =
            matches!(piece.rule, "nav.read-also" | "nav.topics" | "nav.comments" | "nav.more-from")
                && (piece.words <= 6 || raw.ends_with(':'));
        let listed = page.pieces.get(at + 1).is_some_and(|p| p.gap == 0 && !p.is(PROSE | ITEM));
        let near =
            in_tail || piece.gap == 0 || listed && links && !page.pieces[at - 1].kind.is_kept();
        let is_line = piece.kind.is_kept()
            && piece.words <= 30
            && !piece.is(PROSE)
            && (in_tail || !piece.is(TERMINAL));
        if piece.rule == "promo.contact" {
            contacts = in_tail && raw.ends_with(':');
        } else if contacts
            && piece.kind.is_kept()
            && (raw.contains('@') || raw.bytes().filter(u8::is_ascii_digit).count() >= 6)
        {
            set(page, at, Promotion, "promo.contact-line");
        } else if opens {
            links = true;
        } else if links && is_line && near {
            set(page, at, Navigation, "nav.link-list");
        } else if piece.kind.is_kept() {
            links = false;
        }
    }
}

/// Lines behind the last prose that say nothing by themselves, where the page has furniture there or in
/// its head: links, addresses, labels. Lists, notes, signatures and what ends as a sentence stay, and so
/// does everything where the lines are more than the text above them.
fn foot(page: &mut Page, article: &Range<usize>, head: &Range<usize>) {
    /// Most words of such a line.
    const WORDS: u16 = 16;
    let speaks = |piece: &super::pieces::Piece| {
        piece.kind.is_kept() && (piece.is(PROSE | ITEM) || piece.is(TERMINAL))
    };
    // A mail ends with a greeting and a name.
    if head.clone().any(|at| is_mail_header(page, at)) {
        return;
    }
    let body = head.end..article.end;
    let Some(last) = body.clone().rev().find(|&at| speaks(&page.pieces[at])) else { return };
    let is_furniture = |at: usize| {
        let piece = &page.pieces[at];
        matches!(piece.kind, Navigation | Promotion | Footer)
            && !piece.is(RULE | PAGE_NUMBER | DATE | HEADER)
            && !piece.rule.starts_with("footer.un-")
    };
    let anchors = (last + 1..article.end).chain(head.clone()).any(is_furniture);
    let size = |at: usize| usize::from(page.pieces[at].words);
    let is_line = |at: &usize| {
        let piece = &page.pieces[*at];
        matches!(piece.kind, Heading | Paragraph)
            && !piece.is(PROSE | ITEM | HEADER)
            && piece.words <= WORDS
            && !page.raw(*at).starts_with(['(', '*', '[', '"', '“'])
            && !page.raw(*at).contains('。')
    };
    let lines: Vec<usize> = (last + 1..article.end).filter(is_line).collect();
    let text: usize = body.clone().filter(|&at| speaks(&page.pieces[at])).map(size).sum();
    if anchors && lines.iter().map(|&at| size(at)).sum::<usize>() < text {
        for at in lines {
            set(page, at, Navigation, "nav.foot");
        }
    }
}

/// A headline that is broken over lines: what follows it without a blank line begins in lower case, or is
/// set as it is.
fn continued_title(page: &mut Page, head: &Range<usize>, title: Option<usize>) {
    /// Most lines of a headline.
    const LINES: usize = 4;
    let titled = |at: &usize| page.pieces[*at].kind == Title && page.pieces[*at].label == 0;
    let Some(title) = title.filter(titled) else { return };
    for at in title + 1..head.end.min(title + LINES).max(title + 1) {
        let piece = &page.pieces[at];
        let goes_on = page.raw(at).starts_with(char::is_lowercase) && piece.gap == 0;
        let line = matches!(piece.kind, Heading | Paragraph)
            && !piece.is(PROSE | TERMINAL | TABLE | ITEM | FIELD | ANNOUNCE);
        if !line || !goes_on && !is_set_as_one(page, at - 1, at) {
            break;
        }
        set(page, at, Title, "title.continued");
    }
}

/// Datelines count at the article's beginning only; closing notes are cut off.
fn edges_of_prose(page: &mut Page, article: &Range<usize>, head: &Range<usize>) {
    let last = article
        .clone()
        .rev()
        .find(|&at| page.pieces[at].kind == Paragraph && page.pieces[at].words > 8);
    for at in article.clone() {
        let opens = at >= head.end && at <= head.end + 1 && page.pieces[at].kind == Paragraph;
        if !opens {
            page.pieces[at].dateline = 0;
        }
        if last == Some(at) {
            let text = page.raw(at);
            page.pieces[at].note =
                (text.len() - datelines::note_start(text, true, page.rules)) as u32;
        }
        if !page.pieces[at].kind.is_kept() {
            page.pieces[at].note = 0;
        }
    }
}

/// A paragraph of prose that repeats an earlier one word for word.
fn duplicates(page: &mut Page, article: Range<usize>) {
    let mut seen: HashSet<&str> = HashSet::new();
    for at in article {
        let text = page.raw(at);
        let piece = &page.pieces[at];
        if piece.kind == Paragraph && piece.is(PROSE) && text.len() >= 120 && !seen.insert(text) {
            set(page, at, Duplicate, "duplicate.paragraph");
        }
    }
}
