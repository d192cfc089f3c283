//! Finds the headline of an article.
//!
//! In: the pieces of an article and the range of its head. Out: the piece that is the headline, and how
//! much every line of the head looks like one. A headline has the length and the words of a sentence, speaks
//! of what the text speaks of, and stands above a byline, a date or the text; mastheads, menus, symbols,
//! kickers and names do not. No single sign decides: every line gets points, and the best one is it.

use super::BlockKind::{Byline, Dateline, Heading, Navigation, SourceNote};
use super::documents::names_section;
use super::kinds::{
    ANNOUNCE, is_letterhead, is_name_line, is_name_list, is_outlet, is_person, is_prose, signs,
};
use super::lines::Field;
use super::pieces::{
    BYLINE, DATE, FIELD, HEADER, ITEM, LABEL, MENU, PLACE_DATE, PROSE, Page, RULE, TABLE, TERMINAL,
    TITLE,
};
use crate::announced;
use std::ops::Range;

/// The headline of an article.
pub(super) struct Headline {
    /// Its first piece.
    pub at: Option<usize>,
    /// The points of every piece of the head that can be a headline, from the article's start.
    points: Vec<Option<i32>>,
    start: usize,
}

impl Headline {
    /// Whether a line looks less like a headline than the headline does, so that it may be of the page.
    pub fn beats(&self, at: usize) -> bool {
        let points = |at: usize| self.points.get(at - self.start).copied().flatten();
        let Some(own) = self.at.and_then(points) else { return true };
        points(at).is_none_or(|other| other + 3 <= own)
    }
}

/// Most lines of a head that are looked at.
const HEAD: usize = 60;

/// Finds the headline of `article`.
pub(super) fn headline(
    page: &Page,
    article: &Range<usize>,
    head: &Range<usize>,
    repeated: &dyn Fn(&str) -> bool,
) -> Headline {
    let pieces = &page.pieces;
    let mut found = Headline { at: None, points: Vec::new(), start: article.start };
    // A press release may have its subject in a word, and its headline above the header.
    let weak = |at: usize| {
        let value = page.raw(at).split_once(':').map_or("", |(_, value)| value.trim());
        value.split(' ').count() <= 2
            && (head.start..at).any(|k| {
                pieces[k].is(TITLE)
                    && pieces[k].words >= 4
                    && !is_frame(page, k, &page.folded(k))
                    && !is_letterhead(&page.folded(k))
            })
    };
    let field = |&at: &usize| pieces[at].is(HEADER) && page.field(at) == Field::Title && !weak(at);
    if let Some(field) = head.clone().find(field) {
        found.at = Some(first_line(page, head, field));
        return found;
    }
    // A series names its number by the date: `Weekly review, 5 May 2015`.
    let series = article.start;
    let is_series = pieces[series].is(PLACE_DATE)
        && pieces[series].words >= 4
        && !page.rules.is_city(page.raw(series).split(',').next().unwrap_or(""))
        && head.end > series + 1
        && head.end < article.end
        && (is_name_list(page, series + 1) || is_person(page, series + 1));
    if is_series {
        found.at = Some(series);
        return found;
    }
    if is_letter(page, head) {
        return found;
    }
    let topic = Topic::of(page, head.end..article.end);
    let judge = Judge { page, article, head, topic: &topic, repeated };
    found.points = head.clone().take(HEAD).map(|at| judge.points(at)).collect();
    let points = |at: usize| found.points.get(at - head.start).copied().flatten();
    let all = || head.start..head.start + found.points.len();
    let Some(best) = all().filter_map(points).max() else { return found };
    // The upper one of several that look alike is the headline, the others explain it.
    let Some(mut at) = all().find(|&at| points(at).is_some_and(|p| p + 2 >= best)) else {
        return found;
    };
    if let Some(above) = at.checked_sub(1).filter(|&above| above >= head.start)
        && points(above).is_some_and(|p| p >= -2)
        && judge.explains(above, at)
    {
        at = above;
    }
    // A single line is no headline of anything.
    let alone = at + 1 >= article.end;
    found.at = (!alone).then(|| first_line(page, head, judge.of_copies(at)));
    found
}

/// Who judges the lines of a head.
struct Judge<'a, 't, 'r> {
    page: &'a Page<'t, 'r>,
    article: &'a Range<usize>,
    head: &'a Range<usize>,
    topic: &'a Topic,
    repeated: &'a dyn Fn(&str) -> bool,
}

impl Judge<'_, '_, '_> {
    /// How much a line looks like a headline; none if it can't be one.
    fn points(&self, at: usize) -> Option<i32> {
        let (page, piece) = (self.page, &self.page.pieces[at]);
        let can = piece.is(TITLE)
            && page.hit(at, true, false).is_none_or(|(_, kind)| kind == Heading)
            && !(at + 1 < self.head.end && names_section(page, at, at + 1));
        if !can {
            return None;
        }
        let text = page.folded(at);
        // `^Envoys Leave Town` of a wire; `Opinion | The long road`
        let line = text.strip_prefix('^').unwrap_or(&text);
        let bare = line
            .split_once(" | ")
            .filter(|(label, rest)| page.rules.is_label(label) && !rest.contains(" | "))
            .map_or(line, |(_, rest)| rest);
        let words = i32::from(piece.words);
        let mut points = match words {
            0 | 1 => -6,
            3 => -1,
            4 | 19..=26 => 1,
            5..=18 => 4,
            _ => -3,
        };
        if is_frame(page, at, bare) || self.names_export(at) {
            points -= 12;
        } else if is_letterhead(bare) || names_office(page, bare) {
            points -= 5;
        } else if is_name_list(page, at) || is_name_line(page, at) && words <= 4 {
            points -= 3;
        }
        if (self.repeated)(&text) {
            points -= 6;
        }
        points -= numbers(bare);
        if announced::find(bare).iter().any(|d| d.year.is_some() && d.month.is_some()) {
            points -= 4;
        }
        if self.is_page_title(at, bare) {
            points -= 8;
        }
        if piece.is(PROSE) {
            points -= 3;
        }
        if piece.is(ITEM) {
            points -= 3;
        }
        // Nothing that speaks stands above a headline.
        let speaks = |above: usize| {
            page.pieces[above].is(TERMINAL) && page.hit(above, true, false).is_none()
        };
        if (self.head.start..at).any(speaks) {
            points -= 4;
        }
        // Who signed a text stands below its headline, but for copies that begin with the byline.
        if (self.head.start..at).any(|above| page.pieces[above].is(BYLINE)) {
            points -= 4;
        }
        let (shared, told) = self.topic.shared(page, bare);
        points += match shared {
            0 if told >= 3 && !self.topic.is_empty() => -3,
            shared => 2 * shared.min(3) as i32,
        };
        if self.leads(at) {
            points += 3;
        }
        let open = |at: usize| page.pieces.get(at).is_none_or(|p| p.gap > 0);
        if open(at) && open(at + 1) {
            points += 1;
        }
        if words > 3 && self.is_twice(at, &text) {
            points += 3;
        }
        Some(points)
    }

    /// Whether a byline, a date or the text follows.
    fn leads(&self, at: usize) -> bool {
        let (page, end) = (self.page, self.article.end);
        let around = [Byline, Dateline, SourceNote];
        let opens = |at: usize| {
            page.pieces[at].is(ANNOUNCE | LABEL)
                || is_prose(page, at)
                || page.hit(at, true, false).is_some_and(|(_, kind)| around.contains(&kind))
                || signs(page, at, end)
        };
        (at + 1..end.min(at + 3)).any(opens)
    }

    /// Whether the line `at` only explains the one above it, which opens a stretch of lines.
    fn explains(&self, above: usize, at: usize) -> bool {
        let page = self.page;
        let text = page.folded(above);
        let opens = above == self.head.start
            || page.pieces[above].gap > 0
            || !page.pieces[above - 1].is(TITLE)
            || is_frame(page, above - 1, &page.folded(above - 1));
        opens
            && page.pieces[above].words >= 3
            && !is_frame(page, above, &text)
            && !is_letterhead(&text)
            && !names_office(page, &text)
            && !self.is_page_title(above, &text)
            && (page.pieces[at].gap == 0
                || self.topic.shared(page, &text).0 > 0
                || text
                    .split(' ')
                    .skip(1)
                    .any(|w| w.len() >= 4 && w.starts_with(char::is_lowercase)))
    }

    /// Whether a line is the headline of a line below and the site's name: `Title - Example Times`.
    fn is_page_title(&self, at: usize, text: &str) -> bool {
        let marks = [" - ", " | ", " – ", " — ", " : ", " :: "];
        let Some(mark) = marks.iter().filter_map(|mark| text.rfind(mark)).max() else {
            return false;
        };
        let words = text[..mark].split(' ').count();
        let copy = |k: usize| {
            usize::from(self.page.pieces[k].words) == words && self.page.folded(k) == text[..mark]
        };
        words > 2 && (at + 1..self.head.end.min(at + HEAD)).any(copy)
    }

    /// What a page prints twice above its text is the headline.
    fn is_twice(&self, this: usize, text: &str) -> bool {
        /// Most lines between the copies.
        const NEAR: usize = 12;
        let words = self.page.pieces[this].words;
        let copy = |at: usize| {
            at != this && self.page.pieces[at].words == words && self.page.folded(at) == text
        };
        (this.saturating_sub(NEAR).max(self.head.start)..self.head.end.min(this + NEAR)).any(copy)
    }

    /// Of two copies the upper one is the headline, but where links or dates of other articles stand between
    /// them.
    fn of_copies(&self, at: usize) -> usize {
        /// Most lines between the copies.
        const NEAR: usize = 12;
        let page = self.page;
        let text = page.folded(at);
        let words = page.pieces[at].words;
        let copy =
            |k: &usize| words > 3 && page.pieces[*k].words == words && page.folded(*k) == text;
        let is_link =
            |k: usize| page.hit(k, true, false).is_some_and(|(_, kind)| kind == Navigation);
        let parted = |between: Range<usize>| {
            between.clone().any(|k| page.pieces[k].is(DATE | RULE | TABLE) || is_link(k))
        };
        let upper = (at.saturating_sub(NEAR).max(self.head.start)..at).find(copy);
        if let Some(upper) = upper.filter(|&k| !parted(k..at)) {
            return upper;
        }
        let lower = (at + 1..self.head.end.min(at + NEAR)).rev().find(copy);
        let speaks = |k: usize| page.pieces[k].is(PROSE | TERMINAL);
        let lower = lower.filter(|&k| parted(at..k) && !(at + 1..k).any(speaks));
        lower.unwrap_or(at)
    }

    /// Whether a line directly under the mark of an export, above its date, names the paper.
    fn names_export(&self, at: usize) -> bool {
        names_export(self.page, at, self.article.start)
    }
}

/// Whether a line directly under the mark of an export, above its date, names the paper.
pub(super) fn names_export(page: &Page, at: usize, start: usize) -> bool {
    at == start + 1
        && page.splits(start).next().is_some()
        && page.pieces.get(at + 1).is_some_and(|p| p.is(DATE))
        && page.pieces[at].words <= 8
}

/// Whether a line is the name of an office: words that all begin with a capital, the last one, or the one
/// before `of` or `for`, among those by which offices are known.
fn names_office(page: &Page, text: &str) -> bool {
    let mut words = text.split(' ').peekable();
    let mut office = false;
    while let Some(word) = words.next() {
        let joins = |w: &str| matches!(w, "of" | "for" | "and" | "the" | "on" | "in" | "de" | "&");
        if !joins(word) && word.starts_with(char::is_lowercase) {
            return false;
        }
        let ends = words.peek().is_none_or(|next| matches!(*next, "of" | "for" | "de"));
        office |= ends && page.rules.is_office_word(word);
    }
    office
}

/// A letter has its sender above the date and whom it addresses below it, and no headline.
fn is_letter(page: &Page, head: &Range<usize>) -> bool {
    let last = head.clone().rev().find(|&at| page.pieces[at].is(ANNOUNCE));
    last.is_some_and(|last| {
        page.pieces[last].is(DATE | PLACE_DATE)
            && page.pieces.get(last + 1).is_some()
            && is_salutation(page.raw(last + 1))
    })
}

/// Whether a line greets whom a letter is for.
fn is_salutation(line: &str) -> bool {
    const OPENERS: &[&str] =
        &["Dear ", "Excellency", "Gentlemen", "Madam", "Sir", "Sirs", "Your Excellency"];
    line.len() <= 60 && line.ends_with([',', ':']) && OPENERS.iter().any(|o| line.starts_with(o))
}

/// How little a line of numbers, codes or a year looks like a headline.
fn numbers(text: &str) -> i32 {
    let (mut words, mut numbers, mut codes) = (0, 0, 0);
    for word in text.split(' ') {
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        words += 1;
        numbers += i32::from(digits > 0);
        // `RS22991`, `81925517`
        let code = digits >= 3 && word.bytes().any(|b| b.is_ascii_uppercase()) || digits >= 6;
        codes += i32::from(code && !word.contains([',', '.', '$']));
    }
    let mut points = 0;
    if numbers * 3 >= words {
        points += 4;
    }
    if codes > 0 {
        points += 4;
    }
    if words <= 6 && ends_in_year(text) {
        points += 4;
    }
    points
}

/// Whether the last word of a line is a year.
fn ends_in_year(text: &str) -> bool {
    let last = text.rsplit(' ').next().unwrap_or("");
    last.len() == 4
        && (last.starts_with("19") || last.starts_with("20"))
        && last.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a line names an outlet or person, or is a link, symbol or remark in brackets: no headline. `text`
/// is what counts of it, white space folded.
pub(super) fn is_frame(page: &Page, at: usize, text: &str) -> bool {
    is_outlet(page, at)
        || is_person(page, at)
        || page.rules.is_agency(text)
        || text.contains(" | ")
        || text.ends_with(" |")
        || text.contains(['@', '»', '›', '‹', '•', '^', '='])
        || text.contains(" > ")
        || text.starts_with(['(', '[', '*', '|', '<', '>', '+'])
        || !text.contains(' ') && (text.contains(|c: char| c.is_ascii_digit() || c == '/')
                || text.trim_end_matches('.').contains('.'))
        || page.pieces[at].is(MENU)
        // Entries of a menu side by side.
        || page.raw(at).lines().any(|line| line.trim().matches("  ").count() > 1)
}

/// Whether two lines, one under the other, are set as one headline is: both in the middle of the column
/// and both in capitals or neither, or the upper one with a colon at its end.
pub(super) fn is_set_as_one(page: &Page, upper: usize, lower: usize) -> bool {
    let (first, next) = (&page.pieces[upper], &page.pieces[lower]);
    let capitals = |at: usize| !page.raw(at).contains(char::is_lowercase);
    next.gap == 0
        && !first.is(PROSE | TABLE | ITEM | HEADER | RULE | ANNOUNCE | LABEL)
        && (!first.is(FIELD | TERMINAL) || page.raw(upper).ends_with(':'))
        && !is_frame(page, upper, &page.folded(upper))
        && !is_letterhead(&page.folded(upper))
        && (first.indent >= 8 && next.indent >= 8 && capitals(upper) == capitals(lower)
            || page.raw(upper).ends_with(':') && first.words >= 2
            || page.raw(upper).ends_with(';') && capitals(lower) == capitals(upper))
}

/// The first line of the headline that has the line `title`.
fn first_line(page: &Page, head: &Range<usize>, title: usize) -> usize {
    let mut first = title;
    while first > head.start && title - first < 3 && is_set_as_one(page, first - 1, first) {
        first -= 1;
    }
    first
}

/// What a text speaks of: the beginnings of the words with which it begins.
struct Topic(Vec<u32>);

impl Topic {
    /// Of the first prose in `body`.
    fn of(page: &Page, body: Range<usize>) -> Self {
        /// Bytes of text that are looked at.
        const BYTES: usize = 4000;
        let mut stems = Vec::new();
        let mut bytes = 0;
        for at in body {
            let piece = &page.pieces[at];
            let said = page.hit(at, false, true).is_none_or(|(_, kind)| kind.is_kept());
            if said && piece.is(PROSE | ITEM | TERMINAL) {
                let text = page.raw(at);
                let mut end = text.len().min(BYTES - bytes);
                while !text.is_char_boundary(end) {
                    end -= 1;
                }
                each_stem(page, &text[..end], |stem| stems.push(stem));
                bytes += end;
            }
            if bytes + 100 >= BYTES {
                break;
            }
        }
        stems.sort_unstable();
        stems.dedup();
        Self(stems)
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many words of a line the text has too, and how many that could.
    fn shared(&self, page: &Page, line: &str) -> (usize, usize) {
        let (mut shared, mut all) = (0, 0);
        each_stem(page, line, |stem| {
            all += 1;
            shared += usize::from(self.0.binary_search(&stem).is_ok());
        });
        (shared, all)
    }
}

/// The beginnings of the words that say something: five characters of those with four or more, as numbers;
/// where no blanks stand between words, two neighbouring characters.
fn each_stem(page: &Page, text: &str, mut take: impl FnMut(u32)) {
    /// Characters by which words with different endings are the same.
    const STEM: usize = 5;
    const START: u32 = 2_166_136_261;
    let hash = |hash: u32, c: char| (hash ^ c as u32).wrapping_mul(16_777_619);
    if text.is_ascii() {
        for word in text.split(|c: char| !c.is_ascii_alphanumeric()) {
            if word.len() >= 4 && !page.rules.is_open_word(word) {
                let stem = word.bytes().take(STEM).map(|b| char::from(b.to_ascii_lowercase()));
                take(stem.fold(START, hash));
            }
        }
        return;
    }
    for word in text.split(|c: char| !c.is_alphanumeric()) {
        if word.starts_with(super::pieces::is_joined) {
            let mut before = None;
            for c in word.chars() {
                if let Some(before) = before {
                    take(hash(hash(START, before), c));
                }
                before = Some(c);
            }
        } else if word.len() >= 4 && word.chars().nth(3).is_some() && !page.rules.is_open_word(word)
        {
            let stem = word.chars().flat_map(char::to_lowercase).take(STEM);
            take(stem.fold(START, hash));
        }
    }
}
