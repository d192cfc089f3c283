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
use super::titles::{self, Headline, is_frame, is_set_as_one, names_export};
use crate::announced;
use std::collections::HashSet;
use std::ops::Range;

pub(super) const ANNOUNCE: u16 = BYLINE | DATE | LISTING | PLACE_DATE;

/// Decides the kinds of the pieces `article`.
pub(super) fn decide(page: &mut Page, article: Range<usize>, repeated: &dyn Fn(&str) -> bool) {
    if article.is_empty() {
        return;
    }
    let head = article.start..head_end(page, &article);
    let headline = titles::headline(page, &article, &head, repeated);
    let title = headline.at;
    let author = author(page, &head, title, article.end);
    let comments = comments(page, head.end..article.end);
    let tail = tail(page, &(article.start..comments), head.end, author.as_deref(), repeated);
    for at in article.clone() {
        if !head.contains(&at) && !is_mail_header(page, at) {
            page.pieces[at].label = 0;
        }
        let (kind, rule) = kind(page, at, &article, &head, tail, title, repeated);
        set(page, at, kind, rule);
    }
    above_title(page, article.start, head.end, &headline);
    page_date(page, article.start, head.end, title);
    posts(page, head.end..article.end);
    groups_of_links(page, head.end..article.end);
    if let Some(title) = title {
        fields_without_labels(page, title + 1..head.end);
        groups_of_links(page, title + 1..head.end);
    }
    beside_links(page, &article, &head);
    title_copies(page, &article, &head, title);
    biographies(page, head.end..article.end, tail, author.as_deref());
    for at in comments..article.end {
        set(page, at, Navigation, "nav.comment");
    }
    signature(page, head.end..comments);
    running_heads(page, head.end..article.end);
    frame_again(page, &article, &head);
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

pub(super) fn is_prose(page: &Page, at: usize) -> bool {
    page.pieces[at].is(PROSE) && page.hit(at, false, false).is_none_or(|(_, kind)| kind.is_kept())
}

/// Where the head ends: at the first prose, or behind a standfirst or caption or two where the
/// byline or date stands below them.
fn head_end(page: &Page, article: &Range<usize>) -> usize {
    /// No standfirst is longer, in bytes.
    const STANDFIRST: usize = 400;
    /// Least words of a clause, and most lines above the first one.
    const WORDS: u16 = 14;
    const LINES: usize = 24;
    let pieces = &page.pieces;
    let Some(first) = article.clone().find(|&at| is_prose(page, at)) else {
        // The paragraphs of a resolution end with commas.
        let clause = |&at: &usize| pieces[at].words >= WORDS && !pieces[at].is(TITLE | HEADER);
        let lines = article.clone().take(LINES);
        return lines.clone().find(clause).unwrap_or(article.end.min(article.start + 6));
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

/// Whether a line is signed to, without a word that says so: a known person's name, or what looks
/// like a name above a date or an address of a network.
pub(super) fn signs(page: &Page, at: usize, end: usize) -> bool {
    let date = |k: usize| page.pieces[k].is(DATE | LISTING);
    let dated = (at + 1..end.min(at + 3))
        .any(|k| date(k) || page.raw(k).starts_with('@') && page.pieces[k].words == 1)
        || at > 0 && date(at - 1) && page.pieces[at].gap == 0;
    is_person(page, at) || dated && is_name_line(page, at) && !is_outlet(page, at)
}

/// Whether a line is names of persons with commas or `and` between, three or more words each list.
pub(super) fn is_name_list(page: &Page, at: usize) -> bool {
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

/// Two to four words that all begin with a capital, as names do, perhaps with `in` and a place.
pub(super) fn is_name_line(page: &Page, at: usize) -> bool {
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

/// Whether a line names the office that a text comes from.
pub(super) fn is_letterhead(line: &str) -> bool {
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

/// The name in the first byline of the head.
fn author(page: &Page, head: &Range<usize>, title: Option<usize>, end: usize) -> Option<String> {
    let at = head.clone().find(|&at| {
        page.pieces[at].is(BYLINE)
            || (page.pieces[at].is(HEADER) && page.field(at) == Field::Author)
    });
    let below = |at: usize| title.is_some_and(|t| t < at);
    let listed = |at: usize| is_name_list(page, at) || fills_byline(page, at, head, end);
    let signed =
        || head.clone().skip(1).find(|&at| signs(page, at, head.end) || below(at) && listed(at));
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
        "associate",
        "head of",
        "lecturer",
        "adviser",
        "advisor",
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
    let mut comma = false;
    let verb = loop {
        let Some(word) = words.next() else { return false };
        if before >= 2 && VERBS.contains(&word.trim_matches(',')) {
            break true;
        }
        // `Jane Roe, a former envoy, is`
        if named && before >= 2 && comma && matches!(word, "a" | "an" | "the" | "who" | "formerly")
        {
            break true;
        }
        comma = word.ends_with(',');
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
    named || CUES.iter().any(|cue| lower.contains(cue)) && page.rules.is_given_name(given())
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
        let other = match page.field(at) {
            _ if is_mail_header(page, at) => (Navigation, "header.quoted"),
            Field::Date if in_tail => (Footer, "footer.date"),
            Field::Other if in_tail && piece.is(FIELD) => (Navigation, "header.other"),
            _ => (Paragraph, "text.line"),
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
            before.words > 3 && (page.raw(at - 1).ends_with(':') || !before.is(TERMINAL | TITLE))
        };
        // `Posted: Dec 3, 2015`
        if kind == Byline && piece.is(DATE) {
            return (Dateline, "dateline.line");
        }
        if !breaks && !led {
            return (kind, rule);
        }
    }
    if piece.is(LABEL) || piece.is(MENU) && (in_tail || title.is_some_and(|t| at < t)) {
        return (Navigation, if piece.is(LABEL) { "nav.interface" } else { "nav.menu-row" });
    }
    let raw = page.raw(at);
    if !piece.is(TABLE | DATE) && !raw.contains(char::is_alphabetic) {
        let symbol = raw.len() == 1 || !raw.is_ascii();
        if symbol && !raw.contains(char::is_numeric) {
            return (Navigation, "nav.separator");
        }
        let number = raw.contains(char::is_numeric) && !raw.ends_with('.');
        if number && (in_head && title.is_some() || in_tail) {
            return (Navigation, "nav.number");
        }
    }
    if !in_head && is_labelled_link(page, at) {
        return (Navigation, "nav.labelled-link");
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
    if title.is_some_and(|t| t < at) && fills_byline(page, at, head, article.end) {
        return (Byline, "byline.slot");
    }
    // `By Jane Roe`, `Example Press Writer`
    if at > head.start && between(at - 1, BYLINE) && piece.gap == 0 && tells_office(page, at) {
        return (Byline, "byline.office");
    }
    if in_head && title.is_some_and(|t| t < at) && is_dated_outlet(page, at) {
        return (SourceNote, "source.outlet");
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
        && !(piece.is(TITLE) && counts_section(page, at, article.end))
        && !(piece.is(TITLE)
            && page.pieces.get(at + 1).is_some_and(|p| p.is(PROSE) && !p.is(ITEM))
            && !starts_with_bullet(page.raw(at)))
    {
        return (ListItem, "list.marker");
    }
    if in_head && title.is_some_and(|t| t < at && is_caption(page, at, t)) {
        return (BlockKind::Caption, "caption.head");
    }
    // Between the byline and a dateline stands what a picture shows.
    if at == head.end
        && piece.words <= 40
        && page.pieces.get(at + 1).is_some_and(|p| at + 1 < article.end && p.dateline > 0)
        && (head.start..at).any(|k| page.pieces[k].is(ANNOUNCE))
    {
        return (BlockKind::Caption, "caption.above-dateline");
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

/// Whether a line in mid-text is a link: `ANALYSIS | How others did it`.
fn is_labelled_link(page: &Page, at: usize) -> bool {
    let piece = &page.pieces[at];
    let label = |label: &str| {
        !label.contains(char::is_lowercase)
            && label.split(' ').all(|word| page.rules.is_label(word))
    };
    !piece.is(PROSE | TERMINAL | ITEM | TABLE)
        && piece.words >= 5
        && page.raw(at).split_once(" | ").is_some_and(|(l, rest)| label(l) && !rest.contains('|'))
}

/// Whether a line of the head, below the headline, can but be the names of those who signed: two to four
/// words each, with a capital, and beside it a date or what they are, where nothing else signs the text.
fn fills_byline(page: &Page, at: usize, head: &Range<usize>, end: usize) -> bool {
    /// Lines of a head that are looked at.
    const FIRST: usize = 60;
    let piece = &page.pieces[at];
    if !head.contains(&at)
        || at >= head.start + FIRST
        || piece.is(PROSE | TERMINAL | ITEM | TABLE | ANNOUNCE | HEADER | LABEL | MENU)
        || !(2..=12).contains(&piece.words)
        || head
            .clone()
            .take(FIRST)
            .any(|k| page.pieces[k].is(BYLINE) && !(k == at + 1 && tells_office(page, k)))
    {
        return false;
    }
    let text = page.folded(at);
    let line = text.trim_end_matches([' ', '·', '•', '|']);
    let mut parts = line.split([',', '·', '•', '|']).flat_map(|p| p.split(" and "));
    let is_name = |name: &str| {
        let mut words = 0;
        name.split(' ').all(|w| {
            words += 1;
            let particle = matches!(w, "van" | "von" | "de" | "da" | "bin" | "el" | "al" | "der");
            particle
                || w.starts_with("al-")
                || w.starts_with(char::is_uppercase)
                    && w.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '-' | '\'' | '’'))
                    && !page.rules.is_outlet_word(w)
                    && !page.rules.is_office_word(w)
        }) && (2..=4).contains(&words)
            && !page.rules.is_city(name)
    };
    let named = parts.next().is_some_and(|name| is_name(name.trim()))
        && parts.all(|part| {
            let part = part.trim();
            is_name(part) || page.rules.is_agency(part) || is_outlet_name(page, part)
        });
    if !named {
        return false;
    }
    let is_date = |k: usize| page.pieces[k].is(DATE | PLACE_DATE | LISTING);
    let tight = |k: usize| (at + 1..=k).all(|k| page.pieces[k].gap == 0);
    let near = (at + 1..end.min(at + 4)).any(|k| is_date(k) && (k == at + 1 || tight(k)));
    // Under the date a single name may be a room's or a heading's.
    let under = at > head.start && is_date(at - 1) && line.contains([',', '·']);
    let capitals = !line.contains(char::is_lowercase);
    let office = at + 1 < end
        && page.pieces[at + 1].gap == 0
        && page.pieces[at + 1].words <= 8
        && tells_office(page, at + 1);
    (near || under) && !capitals || office
}

/// Whether a line says what the person above it is: `Staff Writer`.
fn tells_office(page: &Page, at: usize) -> bool {
    const OFFICES: &[&str] = &[
        "analyst",
        "bureau",
        "chief",
        "columnist",
        "contributor",
        "correspondent",
        "critic",
        "editor",
        "fellow",
        "reporter",
        "researcher",
        "specialist",
        "staff",
        "staffer",
        "writer",
    ];
    let piece = &page.pieces[at];
    !piece.is(PROSE | TERMINAL | ITEM | TABLE)
        && page.folded(at).split([' ', ',']).any(|w| OFFICES.contains(&w.to_lowercase().as_str()))
}

/// Whether a line below the headline names the paper and its day: `Example Courier (EC) - FRIDAY May 3, 1993`.
fn is_dated_outlet(page: &Page, at: usize) -> bool {
    let piece = &page.pieces[at];
    if piece.is(PROSE | TERMINAL | ITEM | TABLE) || piece.words > 14 {
        return false;
    }
    let text = page.folded(at);
    let name = [" (", " - ", " – ", ", ", " | "].iter().filter_map(|mark| text.find(mark)).min();
    name.is_some_and(|end| is_outlet_name(page, &text[..end]))
        && announced::find(&text).iter().any(|d| d.year.is_some() && d.month.is_some())
}

/// Whether a line below the headline says what a picture shows: it follows the picture's credit or ends
/// with one in capitals, or stands below the date as a sentence without its stop.
fn is_caption(page: &Page, at: usize, title: usize) -> bool {
    /// Most lines between the date and the caption.
    const NEAR: usize = 12;
    let piece = &page.pieces[at];
    if piece.is(PROSE | TERMINAL | ITEM | TABLE | HEADER | LABEL | MENU | ANNOUNCE)
        || !piece.is(TITLE)
        || piece.words < 5
    {
        return false;
    }
    let text = page.folded(at);
    let lower = text.split(' ').filter(|w| w.starts_with(char::is_lowercase)).count();
    if lower < 2 {
        return false;
    }
    let credit = |(rule, kind)| kind == BlockKind::Caption || rule == "source.photo";
    let credited =
        page.pieces[at - 1].words <= 6 && page.hit(at - 1, true, false).is_some_and(credit);
    let capitals = |w: &&str| w.len() > 2 && w.chars().all(|c| c.is_uppercase() || c == '-');
    let signed = text.split(' ').rev().take_while(capitals).count() >= 2;
    let below = (title.max(at.saturating_sub(NEAR))..at)
        .any(|k| page.pieces[k].is(DATE | PLACE_DATE | LISTING));
    credited || signed || below && text.starts_with(char::is_uppercase)
}

/// Whether a line between blank lines begins with a Roman number or a capital that counts sections, and
/// something longer follows: `II. Major developments`.
fn counts_section(page: &Page, at: usize, end: usize) -> bool {
    let piece = &page.pieces[at];
    let Some((mark, _)) = page.raw(at).split_once(['.', ')']) else { return false };
    let counts = !mark.is_empty()
        && (mark.len() == 1 && mark.bytes().all(|b| b.is_ascii_uppercase())
            || mark.bytes().all(|b| b"IVX".contains(&b)));
    counts
        && piece.words <= 12
        && piece.gap > 0
        && at + 1 < end
        && page.pieces[at + 1].gap > 0
        && page.pieces[at + 1].words > piece.words
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
pub(super) fn is_person(page: &Page, at: usize) -> bool {
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

/// A line with nothing but the name of an outlet: `The Example Herald`, `Herald, The (Exampletown, TX)`.
pub(super) fn is_outlet(page: &Page, at: usize) -> bool {
    let piece = &page.pieces[at];
    if piece.is(PROSE | TERMINAL | ITEM | TABLE) || !piece.is(TITLE) || piece.words > 7 {
        return false;
    }
    let text = page.folded(at);
    is_outlet_name(page, text.split_once(" (").map_or(&*text, |(name, _)| name))
}

/// Whether this is the name of an outlet: words with capitals, the last one among those of such names.
fn is_outlet_name(page: &Page, name: &str) -> bool {
    let (name, listed) = name.strip_suffix(", The").map_or((name, false), |name| (name, true));
    let (mut words, mut last) = (0, "");
    for word in name.split(' ') {
        let small = matches!(word, "of" | "and" | "&");
        if !small && !word.starts_with(char::is_uppercase) || word.ends_with(':') {
            return false;
        }
        words += 1;
        last = word;
    }
    let known = |word: &str| {
        let word = word.split_once('.').map_or(word, |(word, _)| word);
        page.rules.is_outlet_word(word)
            || word.rsplit('-').next().is_some_and(|part| page.rules.is_outlet_word(part))
    };
    let spoken = name.starts_with("Radio ") || name.starts_with("Voice of ");
    listed || (2..=5).contains(&words) && (known(last) || spoken)
}

/// What stands above the headline on a page with a frame: mastheads, menus, kickers, symbols, notes to
/// editors. Prose and captions stay, and so does what looks like a headline too.
fn above_title(page: &mut Page, start: usize, head_end: usize, headline: &Headline) {
    let Some(title) = headline.at.filter(|&at| page.pieces[at].words >= 3) else { return };
    let rules = (start..title).any(|at| {
        let piece = &page.pieces[at];
        !piece.kind.is_kept() && !piece.is(RULE) && piece.rule != "run.repeated"
    });
    let is_line = |page: &Page, at: usize| {
        let piece = &page.pieces[at];
        // A headline may be set in two lines.
        let joined = at + 1 == title && is_set_as_one(page, at, title);
        piece.kind.is_kept()
            && !joined
            && piece.kind != BlockKind::Caption
            && !piece.is(PROSE)
            && !(piece.is(TERMINAL) && (!rules || page.raw(at).ends_with(['.', '?', ':'])))
            && (headline.beats(at) || is_frame(page, at, &page.folded(at)))
    };
    let is_framed = |at: usize| is_line(page, at) && is_frame(page, at, &page.folded(at));
    let announced = |at: usize| page.pieces[at].kind == Byline || page.pieces[at].kind == Dateline;
    let below = (title..head_end).any(|at| page.pieces[at].kind == Byline);
    let wired = page.pieces.get(head_end).is_some_and(|p| p.dateline > 0);
    if rules || wired || (start..title).any(is_framed) || (title..head_end).any(announced) {
        for at in start..title {
            if is_line(page, at) && is_person(page, at) && !below {
                set(page, at, Byline, "byline.name");
            } else if is_line(page, at) && is_outlet(page, at) {
                set(page, at, SourceNote, "source.outlet");
            } else if is_line(page, at) {
                set(page, at, Navigation, "nav.above-title");
            }
        }
    }
}

/// Who posted in a forum and when: `by jroe` above a date.
fn posts(page: &mut Page, body: Range<usize>) {
    for at in body.start..body.end.saturating_sub(1) {
        let name = page.raw(at);
        let by = page.pieces[at].words <= 4
            && ["by ", "By ", "posted by ", "Posted by "].iter().any(|by| name.starts_with(by));
        let dated = page.pieces[at + 1].gap == 0 && page.pieces[at + 1].is(DATE | PLACE_DATE);
        if by && dated && page.pieces[at].kind.is_kept() {
            set(page, at, Byline, "byline.post");
            set(page, at + 1, Dateline, "dateline.post");
        }
    }
}

/// Short lines, one under the other, of which one is a link, symbol or date of the page: tags, names of
/// users, counts.
fn groups_of_links(page: &mut Page, body: Range<usize>) {
    /// Most words of such a line, and least lines.
    const WORDS: u16 = 5;
    const LINES: usize = 3;
    let is_short = |page: &Page, at: usize| {
        let piece = &page.pieces[at];
        piece.words <= WORDS && !piece.is(PROSE | TERMINAL | ITEM | TABLE | RULE)
            || matches!(piece.kind, Navigation | Promotion)
    };
    let mut at = body.start;
    while at < body.end {
        if !is_short(page, at) {
            at += 1;
            continue;
        }
        let first = at;
        at += 1;
        while at < body.end && page.pieces[at].gap == 0 && is_short(page, at) {
            at += 1;
        }
        // A line that goes on below in another form belongs to that.
        let closed = at == body.end || page.pieces[at].gap > 0;
        let link = |at: usize| {
            let piece = &page.pieces[at];
            piece.kind == Navigation && !piece.is(RULE | PAGE_NUMBER | HEADER)
        };
        let number = |at: usize| !page.raw(at).contains(char::is_alphabetic);
        let links = (first..at).filter(|&at| link(at)).count();
        let numbers = (first..at).filter(|&at| number(at)).count();
        if closed && at - first >= LINES && links > 0 && links + numbers >= 2 {
            for k in first..at {
                if matches!(page.pieces[k].kind, Heading | Paragraph) {
                    set(page, k, Navigation, "nav.group");
                }
            }
        }
    }
}

/// Lines of the page's frame above the headline that stand in the text again, but for their numbers, and the
/// dates and numbers of pages beside them.
fn frame_again(page: &mut Page, article: &Range<usize>, head: &Range<usize>) {
    /// Most lines of a frame that are looked for.
    const FRAME: usize = 20;
    let letters = |text: &str| -> String {
        let words =
            text.split_ascii_whitespace().filter(|w| !w.contains(|c: char| c.is_ascii_digit()));
        words.collect::<Vec<_>>().join(" ").to_lowercase()
    };
    let frame: Vec<String> = head
        .clone()
        .filter(|&at| page.pieces[at].kind == Navigation && page.pieces[at].words <= 8)
        .map(|at| letters(page.raw(at)))
        .filter(|key| key.chars().filter(|c| c.is_alphabetic()).count() >= 6)
        .take(FRAME)
        .collect();
    if frame.is_empty() {
        return;
    }
    let is_line = |page: &Page, at: usize| {
        let piece = &page.pieces[at];
        matches!(piece.kind, Heading | Paragraph) && !piece.is(PROSE | TERMINAL | ITEM | HEADER)
    };
    for at in head.end..article.end {
        let again = is_line(page, at)
            && page.pieces[at].words <= 8
            && page.raw(at).contains(|c: char| c.is_ascii_digit())
            && frame.contains(&letters(page.raw(at)));
        if !again {
            continue;
        }
        set(page, at, Footer, "footer.running");
        for k in at + 1..article.end.min(at + 3) {
            let edge = page.pieces[k].gap == 0
                && is_line(page, k)
                && (page.pieces[k].is(DATE) || !page.raw(k).contains(char::is_alphabetic));
            if !edge {
                break;
            }
            set(page, k, Footer, "footer.running");
        }
    }
}

/// Lines that stand apart three times or more, but for their numbers: at the edges of pages. A heading that
/// counts (`Article 3`) has its number behind one word.
fn running_heads(page: &mut Page, body: Range<usize>) {
    /// Least words of such a line, and how often it stands.
    const WORDS: u16 = 3;
    const TIMES: usize = 3;
    let mut lines: Vec<(String, usize)> = Vec::new();
    for at in body {
        let piece = &page.pieces[at];
        let line = matches!(piece.kind, Heading | Paragraph)
            && !piece.is(PROSE | TERMINAL | ITEM | HEADER)
            && (WORDS..=14).contains(&piece.words)
            && piece.gap > 0
            && page.pieces.get(at + 1).is_none_or(|p| p.gap > 0);
        if !line {
            continue;
        }
        let text = page.folded(at);
        let counts =
            text.split(' ').nth(1).is_some_and(|w| w.starts_with(|c: char| c.is_ascii_digit()));
        // Every number as one digit.
        let mut key = String::with_capacity(text.len());
        for c in text.chars() {
            if !c.is_ascii_digit() {
                key.push(c);
            } else if !key.ends_with('0') {
                key.push('0');
            }
        }
        let numbered = key.contains('0');
        if numbered && (!counts || text.starts_with(|c: char| c.is_ascii_digit())) {
            lines.push((key, at));
        }
    }
    lines.sort_unstable();
    for same in lines.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() >= TIMES) {
        for (_, at) in same {
            set(page, *at, Footer, "footer.running");
        }
    }
}

/// Headers of databases that print their fields without labels: short lines one under the other, with the
/// length, the day and the rights among them.
fn fields_without_labels(page: &mut Page, head: Range<usize>) {
    let marks = |at: usize| matches!(page.pieces[at].rule, "footer.database" | "footer.copyright");
    let dated = head.clone().any(|at| page.pieces[at].kind == Dateline);
    if !dated || head.clone().filter(|&at| marks(at)).count() < 2 {
        return;
    }
    for at in head {
        let piece = &page.pieces[at];
        if piece.kind == Heading && piece.gap == 0 && piece.words <= 3 {
            let outlet = is_outlet(page, at);
            let found =
                if outlet { (SourceNote, "source.outlet") } else { (Navigation, "header.bare") };
            set(page, at, found.0, found.1);
        }
    }
}

/// A date with a word of the page's above the headline, where another one stands below it: today's.
fn page_date(page: &mut Page, start: usize, head_end: usize, title: Option<usize>) {
    let Some(title) = title else { return };
    let below = (title + 1..head_end).any(|at| page.pieces[at].kind == Dateline);
    for at in start..title {
        let framed = (at > start && page.pieces[at - 1].kind == Navigation)
            || page.pieces[at + 1].kind == Navigation;
        if below && framed && page.pieces[at].rule == "dateline.listing" {
            set(page, at, Navigation, "nav.page-date");
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
        // Votes and counts.
        let number = words <= 2
            && !page.raw(at).contains(char::is_alphabetic)
            && (at > article.start && is_link(page, at - 1)
                || next < article.end && is_link(page, next));
        if ((tight_before && tight_after && words <= 16 || beside) && !is_person(page, at))
            || number
        {
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
        // What speaks between them is no link.
        let links = links && !(first + 1..title).any(|at| page.pieces[at].is(PROSE | TERMINAL));
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
        let ends = piece.is(TERMINAL) || page.raw(at).contains('@');
        if !piece.kind.is_kept() || !ends || piece.words > WORDS {
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
        let opens = (matches!(
            piece.rule,
            "nav.read-also" | "nav.topics" | "nav.comments" | "nav.more-from"
        ) || piece.rule == "nav.interface" && page.rules.heads_links(raw))
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

/// What stands below the notice of rights, or below the line that opens the readers' comments, is the page's,
/// as far as it is little beside the text above it.
fn below_rights(page: &mut Page, body: Range<usize>) {
    /// Most words of one piece.
    const WORDS: u16 = 59;
    let kept = page.pieces[body.clone()].iter().filter(|p| p.kind.is_kept());
    let all: usize = kept.map(|p| usize::from(p.words)).sum();
    let closes = |page: &Page, at: usize| {
        let piece = &page.pieces[at];
        matches!(piece.rule, "footer.copyright" | "nav.comments" | "footer.reproduction")
            || piece.rule == "nav.interface" && page.rules.is_comments(page.raw(at))
    };
    let mut above = 0;
    for at in body.clone() {
        if page.pieces[at].kind.is_kept() {
            above += usize::from(page.pieces[at].words);
        } else if above >= 40 && closes(page, at) && (all - above) * 3 <= above {
            for k in at + 1..body.end {
                let piece = &page.pieces[k];
                if piece.kind.is_kept() && piece.words <= WORDS && !piece.is(HEADER) {
                    set(page, k, Footer, "footer.below-rights");
                }
            }
            return;
        }
    }
}

/// Lines behind the last prose that say nothing by themselves, where the page has furniture there or in
/// its head: links, addresses, labels. Lists, notes, signatures and what ends as a sentence stay, and so
/// does everything where the lines are more than the text above them.
fn foot(page: &mut Page, article: &Range<usize>, head: &Range<usize>) {
    /// Most words of such a line.
    const WORDS: u16 = 16;
    below_rights(page, head.end..article.end);
    let is_label = |at: usize| {
        let text = page.raw(at);
        text.ends_with(':') && text.starts_with(char::is_uppercase) && page.pieces[at].words <= 3
    };
    let labels: Vec<bool> = article.clone().map(is_label).collect();
    let label = |at: usize| labels[at - article.start];
    let speaks = |page: &Page, at: usize| {
        let piece = &page.pieces[at];
        piece.kind.is_kept() && (piece.is(PROSE | ITEM) || piece.is(TERMINAL) && !label(at))
    };
    // A mail ends with a greeting and a name.
    if head.clone().any(|at| is_mail_header(page, at)) {
        return;
    }
    let body = head.end..article.end;
    let Some(last) = body.clone().rev().find(|&at| speaks(page, at)) else { return };
    let is_furniture = |at: usize| {
        let piece = &page.pieces[at];
        matches!(piece.kind, Navigation | Promotion | Footer)
            && !piece.is(RULE | PAGE_NUMBER | DATE | HEADER)
            && !piece.rule.starts_with("footer.un-")
    };
    let anchors = (last + 1..article.end).chain(head.clone()).any(is_furniture);
    // What stands between two appeals is one.
    let between: Vec<usize> = (head.end + 1..article.end.saturating_sub(1))
        .filter(|&at| {
            let appeals = |k: usize| page.pieces[k].kind == Promotion && page.pieces[k].words >= 5;
            page.pieces[at].kind == Paragraph && appeals(at - 1) && appeals(at + 1)
        })
        .collect();
    for at in between {
        set(page, at, Promotion, "promo.between");
    }
    let size = |at: usize| usize::from(page.pieces[at].words);
    let is_line = |at: &usize| {
        let piece = &page.pieces[*at];
        matches!(piece.kind, Heading | Paragraph)
            && !piece.is(PROSE | ITEM | HEADER)
            && piece.words <= WORDS
            && !page.raw(*at).starts_with(['(', '*', '[', '"', '“'])
            && !page.raw(*at).contains('。')
            && !super::lines::has_inner_stop(page.raw(*at))
            && !page.raw(*at).contains(".\n")
    };
    let lines: Vec<usize> = (last + 1..article.end).filter(is_line).collect();
    let text: usize = body.clone().filter(|&at| speaks(page, at)).map(size).sum();
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
    if let Some(at) = title.filter(|&at| page.raw(at).starts_with('^')) {
        page.pieces[at].label = 1;
    }
    let titled = |at: &usize| page.pieces[*at].kind == Title && page.pieces[*at].label == 0;
    let Some(title) = title.filter(titled) else { return };
    for at in title + 1..head.end.min(title + LINES).max(title + 1) {
        let piece = &page.pieces[at];
        let goes_on = page.raw(at).starts_with(char::is_lowercase) && piece.gap == 0;
        let open = page.raw(at - 1).ends_with(';');
        let line = matches!(piece.kind, Heading | Paragraph)
            && !piece.is(PROSE | TABLE | ITEM | FIELD | ANNOUNCE)
            && (open || !piece.is(TERMINAL));
        if !line || !goes_on && !is_set_as_one(page, at - 1, at) {
            break;
        }
        set(page, at, Title, "title.continued");
    }
}

/// Datelines count at the article's beginning only; closing notes are cut off.
fn edges_of_prose(page: &mut Page, article: &Range<usize>, head: &Range<usize>) {
    let opening = head.end;
    if opening < article.end
        && page.pieces[opening].kind == Paragraph
        && page.pieces[opening].dateline == 0
        && page.pieces[opening].is(PROSE)
    {
        // Where others begin with a colon too they are speakers.
        let place = datelines::place_before_colon(page.raw(opening), page.rules);
        let spoken = || {
            let others = (opening + 1..article.end).take(40);
            others.clone().any(|at| datelines::place_before_colon(page.raw(at), page.rules) > 0)
                || others.clone().any(|at| is_speaker(page.raw(at)))
        };
        let announced = head.clone().any(|at| matches!(page.pieces[at].kind, Byline | Dateline));
        if place > 0 && announced && !spoken() {
            page.pieces[opening].dateline = place as u32;
        }
    }
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
    let mut seen: HashSet<&str> = HashSet::with_capacity(article.len());
    for at in article {
        let text = page.raw(at);
        let piece = &page.pieces[at];
        if piece.kind == Paragraph && piece.is(PROSE) && text.len() >= 120 && !seen.insert(text) {
            set(page, at, Duplicate, "duplicate.paragraph");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{LayoutRules, layout};
    use crate::document::folded;
    use std::sync::LazyLock;

    const FIRST: &str = "The envoys met again on Monday in the hall by the lake, and officials said that the talks would go on for another week.";
    const LAST: &str = "A spokesman said that both sides had agreed on the list of names, but that the order of speakers was still open.";

    /// The blocks of a text, `{1}` and `{2}` being its paragraphs, as `kind text`.
    fn kinds(form: &str) -> Vec<String> {
        static RULES: LazyLock<LayoutRules> = LazyLock::new(|| LayoutRules::embedded().unwrap());
        let text = form.replace("{1}", FIRST).replace("{2}", LAST);
        let blocks = layout(&text, &RULES).blocks;
        blocks.iter().map(|b| format!("{} {}", b.kind.as_str(), folded(&text, b))).collect()
    }

    fn has(form: &str, wanted: &[&str]) {
        let found = kinds(form);
        for line in wanted {
            assert!(found.iter().any(|f| f == line), "{line} in {found:#?}");
        }
    }

    #[test]
    fn what_stands_above_the_headline_is_the_pages() {
        has(
            "EXAMPLE DAILY\nOrder Code EX22991\nPrepared for the Members of the House\n\nEnvoys meet again by the lake\n\nBy Jane Roe\nMarch 3, 2016\n\n{1}\n\n{2}\n",
            &[
                "source_note EXAMPLE DAILY",
                "navigation Order Code EX22991",
                "navigation Prepared for the Members of the House",
                "title Envoys meet again by the lake",
            ],
        );
        // Where nothing is of a page, lines above the headline stay.
        has(
            "Learning aims\n\nEnvoys meet again by the lake in May\n\n{1}\n\n{2}\n",
            &["heading Learning aims"],
        );
    }

    #[test]
    fn headlines_over_several_lines() {
        has(
            "Example Wire\n\nThe price of the lake:\nEnvoys and who pays for them\n\nBy Jane Roe\n\n{1}\n\n{2}\n",
            &["title The price of the lake: Envoys and who pays for them"],
        );
        has(
            "ENVOYS MEET AGAIN BY THE LAKE;\nTALKS: SPEAKERS' ORDER IS STILL OPEN, AND THE LIST OF NAMES IS LONG.\n\nBy JANE ROE\n\n{1}\n\n{2}\n",
            &[
                "title ENVOYS MEET AGAIN BY THE LAKE; TALKS: SPEAKERS' ORDER IS STILL OPEN, AND THE LIST OF NAMES IS LONG.",
            ],
        );
        has(
            "Envoys meet again by the lake and ask\nfor a longer list of names\nBy Jane Roe\n\n{1}\n\n{2}\n",
            &["title Envoys meet again by the lake and ask for a longer list of names"],
        );
    }

    #[test]
    fn subtitles_copies_and_page_titles() {
        has(
            "The long list\n\nEnvoys meet again by the lake to speak of names\n\nBy Jane Roe\n\n{1}\n\n{2}\n",
            &["title The long list", "heading Envoys meet again by the lake to speak of names"],
        );
        has(
            "Envoys meet again by the lake | Example News\n\nEnvoys meet again by the lake\n\nMarch 3, 2016\n\n{1}\n\n{2}\n",
            &["title Envoys meet again by the lake"],
        );
    }

    #[test]
    fn the_foot_of_a_page() {
        has(
            "Envoys meet again by the lake\n\nBy Jane Roe\n\n{1}\n\n{2}\n\nRelated articles\nA list of names\nShare\n\n© 2016 Example News\nComments must be in English.\nLake Road 14\n1200 Exampletown\n",
            &[
                "navigation A list of names",
                "navigation Comments must be in English.",
                "navigation Lake Road 14",
                "navigation 1200 Exampletown",
            ],
        );
        has(
            "Envoys meet again by the lake\n\nBy Jane Roe\n\n{1}\n\n{2}\n\n© 2016 Example News\nComments must be in English.\nLake Road 14\n",
            &["footer Comments must be in English.", "footer Lake Road 14"],
        );
        // Labels that stand above their values say nothing.
        has(
            "Envoys meet again by the lake\n\nBy Jane Roe\n\n{1}\n\n{2}\n\nCountry:\nExampleland\nShare\n",
            &["navigation Country:", "navigation Exampleland"],
        );
        // Without any furniture the last lines are the text's.
        has(
            "Envoys meet again by the lake\n\n{1}\n\n{2}\n\nHills\nRivers\n",
            &["paragraph Hills", "paragraph Rivers"],
        );
    }

    #[test]
    fn names_in_the_place_of_a_byline() {
        has(
            "Envoys meet again by the lake\n\nLORRAINE PIKE\nStaff Writer\n\n{1}\n\n{2}\n",
            &["byline LORRAINE PIKE", "byline Staff Writer"],
        );
        has(
            "Envoys meet again by the lake\n\nBesa Krasna and Goran Ilan\n3 March 2016\n\n{1}\n\n{2}\n",
            &["byline Besa Krasna and Goran Ilan"],
        );
        // A heading under the date is none.
        has(
            "Envoys meet again by the lake\n\n3 March 2016\n\nExecutive Summary\n\n{1}\n\n{2}\n",
            &["heading Executive Summary"],
        );
    }

    #[test]
    fn lines_of_the_pages_edges() {
        has(
            "Example House\n\n3 May 2012 : Column 53\n\nEnvoys meet again by the lake\n\nBy Jane Roe\n\n{1}\n\n3 May 2012 : Column 54\n\n{2}\n",
            &["footer 3 May 2012 : Column 54"],
        );
        has("Article 1\n\n{1}\n\nArticle 2\n\n{2}\n\nArticle 3\n\n{1}\n", &["heading Article 2"]);
    }

    #[test]
    fn posts_of_a_forum() {
        has(
            "Why do the lists never agree?\n\nby lakeman\nSat May 06, 2017 9:12 am\n\n{1}\n\nby mapmaker\nSat May 06, 2017 9:40 am\n\n{2}\n\nPosts: 412\nJoined: Mon Sep 02, 2013 7:40 pm\nLocation: Exampletown\n",
            &[
                "byline by mapmaker",
                "dateline Sat May 06, 2017 9:40 am",
                "navigation Posts: 412",
                "navigation Location: Exampletown",
            ],
        );
    }
}
