//! Paragraphs with what was measured of them, and the blocks that come of them.
//!
//! In: the paragraphs of a file. Out: a [`Page`] of [`Piece`]s, one a paragraph, with their form
//! and the rules that match them; and, after the kinds are decided, the blocks.

use super::lines::{self, Field, Line};
use super::paragraphs::Para;
use super::rules::{LayoutRules, Rule, Zone};
use super::{Block, BlockKind, datelines};
use crate::announced::{self, DateLine};
use crate::text::Span;
use std::borrow::Cow;

/// Running text: long enough, and ends as a sentence does.
pub(super) const PROSE: u16 = 1;
/// Could be a headline or heading.
pub(super) const TITLE: u16 = 2;
/// Begins with an item marker.
pub(super) const ITEM: u16 = 4;
/// A row of a table.
pub(super) const TABLE: u16 = 8;
/// A line of rule characters.
pub(super) const RULE: u16 = 16;
/// A field of a header.
pub(super) const FIELD: u16 = 32;
/// A form feed stands before it.
pub(super) const PAGE: u16 = 64;
/// A line with nothing but a date.
pub(super) const DATE: u16 = 128;
/// A place and a date.
pub(super) const PLACE_DATE: u16 = 256;
/// A date with a section or author.
pub(super) const LISTING: u16 = 512;
/// Ends as a sentence does.
pub(super) const TERMINAL: u16 = 1024;
/// A field that goes with the header above it.
pub(super) const HEADER: u16 = 2048;
/// A number that counts pages.
pub(super) const PAGE_NUMBER: u16 = 8192;
/// Nothing but labels of a page's controls.
pub(super) const LABEL: u16 = 16384;
/// Entries of a menu side by side.
pub(super) const MENU: u16 = 32768;
/// A byline by its form.
pub(super) const BYLINE: u16 = 4096;

/// Longest line in capitals that may be of a headline, in bytes.
const CAPITALS: usize = 160;

/// One paragraph, and what becomes of it.
#[derive(Clone, Debug)]
pub(super) struct Piece<'r> {
    pub span: Span,
    pub cuts: (u32, u32),
    pub flags: u16,
    pub words: u16,
    /// Blank lines before it.
    pub gap: u8,
    pub indent: u16,
    /// Bytes of dateline at its start.
    pub dateline: u32,
    /// Bytes of label at its start, of a header's field.
    pub label: u32,
    /// Bytes of closing note at its end.
    pub note: u32,
    /// Rules that match, as a range of `Page::hits`.
    hits: (u32, u32),
    pub kind: BlockKind,
    pub rule: &'r str,
    pub document: Option<u32>,
}

impl Piece<'_> {
    pub fn is(&self, flags: u16) -> bool {
        self.flags & flags != 0
    }
}

/// A file's pieces, its text and the rules.
pub(super) struct Page<'t, 'r> {
    pub text: &'t str,
    pub rules: &'r LayoutRules,
    pub pieces: Vec<Piece<'r>>,
    hits: Vec<u16>,
}

impl<'t, 'r> Page<'t, 'r> {
    pub fn new(text: &'t str, lines: &[Line], paras: &[Para], rules: &'r LayoutRules) -> Self {
        let mut page =
            Self { text, rules, pieces: Vec::with_capacity(paras.len()), hits: Vec::new() };
        for para in paras {
            let piece = page.measure(&lines[para.first as usize], *para);
            page.pieces.push(piece);
        }
        page.mark_headers();
        page.mark_page_numbers();
        page
    }

    /// The text of a piece, white space folded.
    pub fn folded(&self, at: usize) -> Cow<'t, str> {
        lines::fold(self.pieces[at].span.of(self.text))
    }

    /// The text of a piece as it stands.
    pub fn raw(&self, at: usize) -> &'t str {
        self.pieces[at].span.of(self.text)
    }

    /// The rules that match a piece wherever they may fire, in the rules' order.
    pub fn hits(&self, at: usize) -> impl Iterator<Item = (&'r Rule, BlockKind)> + '_ {
        let (from, to) = self.pieces[at].hits;
        self.hits[from as usize..to as usize]
            .iter()
            .filter_map(|&n| Some((self.rules.rule(n)?, self.rules.kinds[usize::from(n)])))
    }

    /// The first rule for a piece that holds in the head or tail of an article, or anywhere.
    pub fn hit(&self, at: usize, head: bool, tail: bool) -> Option<(&'r str, BlockKind)> {
        self.hits(at)
            .find(|(rule, _)| match rule.zone {
                Zone::Any => true,
                Zone::Head => head,
                Zone::Tail => tail,
                Zone::Edge => head || tail,
            })
            .map(|(rule, kind)| (rule.id.as_str(), kind))
    }

    /// The split rules that match a piece.
    pub fn splits(&self, at: usize) -> impl Iterator<Item = super::rules::At> + '_ {
        let (from, to) = self.pieces[at].hits;
        self.hits[from as usize..to as usize].iter().filter_map(|&n| Some(self.rules.split(n)?.at))
    }

    fn measure(&mut self, line: &Line, para: Para) -> Piece<'r> {
        let raw = para.span.of(self.text);
        let one_line = para.first == para.last;
        let mut flags = 0;
        for (of_line, of_piece) in [
            (lines::ITEM, ITEM),
            (lines::TABLE, TABLE),
            (lines::RULE, RULE),
            (lines::PAGE, PAGE),
            (lines::FIELD, FIELD),
            (lines::FURNITURE, PAGE_NUMBER),
        ] {
            if line.is(of_line) && (one_line || !matches!(of_piece, TABLE | PAGE_NUMBER)) {
                flags |= of_piece;
            }
        }
        if lines::ends_sentence(raw) {
            flags |= TERMINAL;
        }
        let words = words(raw);
        let note = if flags & RULE == 0 {
            raw.len() - datelines::note_start(raw, false, self.rules)
        } else {
            0
        };
        if note > 0 {
            flags |= TERMINAL;
        }
        // The parts of a headline in capitals end with stops.
        let capitals = flags & TERMINAL != 0
            && raw.len() <= CAPITALS
            && one_line
            && !raw.contains(char::is_lowercase)
            && raw.contains(char::is_uppercase);
        if flags & TERMINAL != 0 && (raw.len() >= 60 && words >= 8) && !capitals || raw.len() >= 240
        {
            flags |= PROSE;
        }
        let from = self.hits.len();
        if flags & RULE == 0 && raw.len() <= self.rules.longest() {
            let folded = lines::fold(raw);
            let mut hits = std::mem::take(&mut self.hits);
            self.rules.matches(&folded, &mut hits);
            self.hits = hits;
            if flags & PROSE == 0 && one_line {
                if self.rules.is_interface(raw) {
                    flags |= LABEL;
                } else if is_menu_row(raw) {
                    flags |= MENU;
                }
            }
            let line = if flags & TABLE == 0 { announced::date_line(&folded) } else { None };
            flags |= match line {
                Some(DateLine::Bare) => DATE,
                Some(DateLine::Place) => PLACE_DATE,
                Some(DateLine::Listing) => LISTING,
                None => 0,
            };
            if flags & PROSE == 0 && datelines::is_dateline_line(&folded, self.rules) {
                flags |= PLACE_DATE;
            }
            let byline =
                |&n: &u16| self.rules.kinds.get(usize::from(n)) == Some(&BlockKind::Byline);
            let reporting = |&n: &u16| {
                self.rules.rule(n).is_some_and(|r| matches!(r.zone, Zone::Head | Zone::Edge))
            };
            if flags & (PROSE | DATE) == 0
                && self.hits[from..].iter().any(|n| byline(n) && reporting(n))
            {
                flags |= BYLINE;
            }
        }
        let mut piece = Piece {
            span: para.span,
            cuts: para.cuts,
            flags,
            words,
            gap: line.gap,
            indent: line.indent,
            dateline: 0,
            label: 0,
            note: note as u32,
            hits: (from as u32, self.hits.len() as u32),
            kind: BlockKind::Paragraph,
            rule: "text",
            document: None,
        };
        if flags & PROSE != 0 && flags & (ITEM | TABLE | FIELD) == 0 {
            piece.dateline = datelines::dateline(raw, self.rules) as u32;
        }
        if self.is_title_like(raw, &piece) {
            piece.flags |= TITLE;
        }
        piece
    }

    fn is_title_like(&self, raw: &str, piece: &Piece) -> bool {
        const NOT: u16 =
            TABLE | RULE | FIELD | DATE | PLACE_DATE | LISTING | BYLINE | PAGE_NUMBER | LABEL;
        if piece.is(NOT) || raw.len() > 240 || piece.words > 32 || piece.dateline > 0 {
            return false;
        }
        let Some(first) = raw.chars().next() else { return false };
        // `TALKS OPEN;` goes on in the next line.
        let part = raw.ends_with(';') && piece.words >= 3 && !raw.contains(char::is_lowercase);
        if first.is_lowercase() || raw.ends_with([',', ';', ':']) && !part {
            return false;
        }
        let bare = raw.trim_end_matches(['"', '\'', '”', '’', '»', ')', '」', '』', '）']);
        let time = bare.ends_with("a.m.") || bare.ends_with("p.m.");
        let stop = time
            || bare.ends_with(['。', '۔', '।', '؟']) && piece.is(PROSE)
            || bare.ends_with('.')
                && !bare.ends_with("...")
                && !bare.ends_with(|c: char| c.is_uppercase())
                && {
                    // `U.S.` may end a headline.
                    let word = bare.rsplit([' ', '\n']).next().unwrap_or(bare);
                    word.matches('.').count() < 2
                };
        if stop || !raw.contains(char::is_alphabetic) {
            return false;
        }
        let item = piece.is(ITEM)
            && !raw.starts_with(|c: char| c.is_ascii_digit() || matches!(c, 'I' | 'V' | 'X'));
        let furniture =
            self.hits_of(piece).any(|n| self.rules.rule(n).is_some_and(|r| r.zone == Zone::Any))
                || self.hits_of(piece).any(|n| self.rules.split(n).is_some());
        !item && !furniture
    }

    fn hits_of(&self, piece: &Piece) -> impl Iterator<Item = u16> + '_ {
        self.hits[piece.hits.0 as usize..piece.hits.1 as usize].iter().copied()
    }

    /// Fields count where two or more stand one under the other.
    fn mark_headers(&mut self) {
        let mut at = 0;
        while at < self.pieces.len() {
            if !self.pieces[at].is(FIELD) {
                at += 1;
                continue;
            }
            let mut end = at + 1;
            let mut fields = 1;
            // Some set a blank line between them.
            let near = |p: &&Piece| p.gap == 0 || p.gap == 1 && p.is(FIELD) && !p.is(PROSE);
            while let Some(next) = self.pieces.get(end).filter(near) {
                if next.is(FIELD) {
                    fields += 1;
                } else if next.indent == 0 || next.is(PROSE) {
                    break;
                }
                end += 1;
            }
            // Newspaper databases set theirs apart, in capitals.
            let label = self.raw(at).split(':').next().unwrap_or("");
            let capitals = label.len() >= 4
                && !label.contains(char::is_lowercase)
                && !self.pieces[at].is(PROSE)
                && self.pieces[at].span.len() <= 100;
            if fields >= 2 || capitals {
                for piece in &mut self.pieces[at..end] {
                    piece.flags = piece.flags
                        & !(TITLE | PROSE | ITEM | BYLINE | DATE | LISTING | PLACE_DATE)
                        | HEADER;
                    if let Some((Field::Title, label)) = lines::field(piece.span.of(self.text)) {
                        piece.label = label as u32;
                    }
                }
            }
            at = end;
        }
    }

    /// Bare numbers count pages beside a form feed, and where three or more count upwards with a
    /// page's text between.
    fn mark_page_numbers(&mut self) {
        /// Bytes of a short page.
        const LEAST_PAGE: u32 = 300;
        let number = |page: &Self, at: usize| -> Option<u32> {
            let text = page.raw(at);
            let digits = text.trim_matches(['-', '–', '—', ' ', '[', ']', '|']);
            let short = text.len() <= 12
                && (1..=4).contains(&digits.len())
                && digits.bytes().all(|b| b.is_ascii_digit());
            if short { digits.parse().ok() } else { None }
        };
        let mut run: Vec<(usize, u32)> = Vec::new();
        let mut found = Vec::new();
        for at in 0..=self.pieces.len() {
            let value = if at < self.pieces.len() { number(self, at) } else { None };
            let Some(value) = value else {
                if at == self.pieces.len() && run.len() >= 3 {
                    found.extend(run.iter().map(|(at, _)| *at));
                }
                continue;
            };
            let page_edge =
                self.pieces[at].is(PAGE) || self.pieces.get(at + 1).is_some_and(|p| p.is(PAGE));
            if page_edge {
                found.push(at);
            }
            // The headings of a chronicle count upwards too.
            if (1500..2100).contains(&value) {
                continue;
            }
            // Between numbers of pages there is a page; those of a list or table stand closer.
            let apart = run.last().is_none_or(|(last, _)| {
                let between = self.pieces[at].span.start - self.pieces[*last].span.end;
                at > last + 2 && between >= LEAST_PAGE
            });
            if !(apart && run.last().is_none_or(|(_, last)| value == last + 1)) {
                if run.len() >= 3 {
                    found.extend(run.iter().map(|(at, _)| *at));
                }
                run.clear();
            }
            run.push((at, value));
        }
        for at in found {
            self.pieces[at].flags |= PAGE_NUMBER;
            self.pieces[at].flags &= !(TITLE | ITEM);
        }
    }

    /// What a piece of a header says.
    pub fn field(&self, at: usize) -> Field {
        lines::field(self.raw(at)).map_or(Field::Other, |(field, _)| field)
    }

    /// Whether something of a piece is kept: a heading may be no more than its label.
    pub fn has_content(&self, piece: &Piece<'_>) -> bool {
        let start = piece.span.start + piece.label + piece.dateline;
        let rest = Span { start, end: piece.span.end - piece.note };
        piece.kind.is_kept() && !trimmed(self.text, rest).is_empty()
    }

    /// The blocks, in order, datelines, labels and notes cut from their paragraphs.
    pub fn blocks(&self, cuts: &[Span]) -> Vec<Block<'r>> {
        let mut out: Vec<Block<'r>> = Vec::with_capacity(self.pieces.len());
        // What layout passed over: the marks of a quotation, as deletions of the next block.
        let mut passed = 0;
        for piece in &self.pieces {
            let mut span = piece.span;
            if piece.rule == "title.continued"
                && let Some(title) = out.last_mut().filter(|b| b.kind == BlockKind::Title)
            {
                title.span.end = piece.span.end;
                passed = piece.span.end;
                continue;
            }
            let from = out.len();
            let marks = trimmed(self.text, Span { start: passed, end: span.start });
            let mut push = |from: u32, to: u32, kind, rule, document| {
                let part = trimmed(self.text, Span { start: from, end: to });
                if part.is_empty() {
                    return;
                }
                let inside = &cuts[piece.cuts.0 as usize..piece.cuts.1 as usize];
                let hyphens = inside.iter().filter(|c| part.contains(**c)).copied().collect();
                out.push(Block { span: part, kind, rule, document, hyphens });
            };
            if piece.label > 0 {
                push(
                    span.start,
                    span.start + piece.label,
                    BlockKind::Navigation,
                    "header.label",
                    None,
                );
                span.start += piece.label;
            }
            if piece.dateline > 0 {
                push(
                    span.start,
                    span.start + piece.dateline,
                    BlockKind::Dateline,
                    "dateline.prefix",
                    piece.document,
                );
                span.start += piece.dateline;
            }
            let note = span.end - piece.note;
            push(span.start, note, piece.kind, piece.rule, piece.document);
            if piece.note > 0 {
                push(note, span.end, BlockKind::SourceNote, "source.suffix", piece.document);
            }
            if let Some(block) = out.get_mut(from).filter(|_| !marks.is_empty()) {
                block.span.start = marks.start;
                block.hyphens.insert(0, Span { start: marks.start, end: piece.span.start });
            }
            passed = piece.span.end;
        }
        let marks = trimmed(self.text, Span { start: passed, end: self.text.len() as u32 });
        if let Some(block) = out.last_mut().filter(|_| !marks.is_empty()) {
            block.hyphens.push(Span { start: block.span.end, end: marks.end });
            block.span.end = marks.end;
        }
        out
    }
}

fn trimmed(text: &str, span: Span) -> Span {
    let part = span.of(text);
    let start = span.start + (part.len() - part.trim_start().len()) as u32;
    Span { start: start.min(span.end), end: start.min(span.end) + part.trim().len() as u32 }
}

/// Whether a line is three or more short entries set apart by bars, dots or wide blanks, without a digit.
fn is_menu_row(raw: &str) -> bool {
    /// Longest row and longest entry, in bytes.
    const ROW: usize = 400;
    const ENTRY: usize = 40;
    if raw.len() > ROW || raw.bytes().any(|b| b.is_ascii_digit()) {
        return false;
    }
    let mut entries = 0;
    for part in raw.split(['|', '•', '·', '\t', '›', '»']).flat_map(|part| part.split("  ")) {
        let part = part.trim();
        if part.len() > ENTRY || part.ends_with(['.', ',', ';']) || part.split(' ').nth(4).is_some()
        {
            return false;
        }
        entries += usize::from(!part.is_empty());
    }
    entries >= 3
}

/// Whether a character is of a script that has no blanks between words.
pub(super) fn is_joined(c: char) -> bool {
    ('\u{2e80}'..='\u{9fff}').contains(&c) || ('\u{f900}'..='\u{faff}').contains(&c)
}

/// Words of a text, counted up to 60; where no blanks stand between words, a word for two characters.
fn words(text: &str) -> u16 {
    if text.chars().take(64).find(|c| c.is_alphabetic()).is_some_and(is_joined) {
        return (text.chars().take(120).count() / 2) as u16;
    }
    text.split_ascii_whitespace().take(60).count() as u16
}

#[cfg(test)]
mod tests {
    use super::is_menu_row;

    #[test]
    fn rows_of_menus() {
        for row in [
            "Home | News | World",
            "Politics  Economy  Culture  Sport",
            "Africa\tAsia\tAmericas",
            "ALL NEWS | NATIONAL | MARKET",
            "Terms » Privacy » Contact",
        ] {
            assert!(is_menu_row(row), "{row}");
        }
        for row in [
            "Home | News",
            "Homs  12  30",
            "He said so | she left. | nobody came",
            "One entry that goes on for long | two | three",
            "A headline about the lake",
        ] {
            assert!(!is_menu_row(row), "{row}");
        }
    }
}
