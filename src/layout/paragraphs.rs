//! Joins hard-wrapped lines to paragraphs.
//!
//! In: the lines of a file. Out: one [`Para`] for every paragraph, heading, item, verse or table
//! row, each made of lines in a row. A text editor that wraps at a column breaks a line only where
//! the next word does not fit any more, so a line on which the next line's first word would still
//! have fitted ends a paragraph; and where most lines of a stretch break in mid-sentence at such a
//! place, the stretch was wrapped. Everything is judged for stretches between blank lines, so a
//! file may be wrapped at several columns, in part, or not at all.

use super::datelines;
use super::lines::{
    self, CASELESS, COMMA, FIELD, FURNITURE, INNER, ITEM, LOWER, Line, OPEN, PAGE, RULE, TABLE,
    TERMINAL, WORD,
};
use super::rules::LayoutRules;
use crate::announced::{self, DateLine};
use crate::text::Span;
use std::collections::HashSet;

/// No editor wraps wider than this; a longer line is a paragraph by itself.
const WIDEST: u32 = 200;
/// Lines of prose are seldom set narrower; narrower ones prove less.
const PROSE_WIDTH: u32 = 50;
/// Narrower stretches are verse, addresses or lists, not wrapped prose.
const NARROWEST: u32 = 28;

/// Lines that belong together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Para {
    /// From its first to its last byte that is not white space.
    pub span: Span,
    /// Index of its first line.
    pub first: u32,
    /// Index of its last line.
    pub last: u32,
    /// Its deletions: from here in the list that [`paragraphs`] gives.
    pub cuts: (u32, u32),
}

/// The paragraphs of `text`, and the spans to delete inside them, both in order.
///
/// A deletion is the hyphen and line break of a word cut at the line end (or the break alone,
/// where the hyphen is the word's own), or a page number between two halves of a sentence.
pub(super) fn paragraphs(
    text: &str,
    lines: &[Line],
    rules: &LayoutRules,
) -> (Vec<Para>, Vec<Span>) {
    let joins = joins(text, lines, rules);
    let mut paras = Vec::with_capacity(lines.len());
    let mut cuts: Vec<Span> = Vec::new();
    let mut first = 0;
    while first < lines.len() {
        let mut last = first;
        let from = cuts.len();
        while last + 1 < lines.len() && joins[last + 1] != Join::No {
            last += 1;
            let (before, line) = (&lines[last - 1], &lines[last]);
            match joins[last] {
                // What was cut between the halves of a word goes with its hyphen.
                Join::Hyphen if joins[last - 1] == Join::Cut && cuts.len() > from => {
                    let cut = cuts.len() - 1;
                    cuts[cut].end = line.start;
                }
                Join::Hyphen => cuts.push(Span { start: before.end, end: line.start }),
                Join::Cut if joins[last - 1] == Join::Cut && cuts.len() > from => {
                    let cut = cuts.len() - 1;
                    cuts[cut].end = line.end;
                }
                Join::Cut => cuts.push(Span { start: before.end, end: line.end }),
                // The marks of a quotation go, the line break stays as a blank.
                Join::Blank => {
                    let between = &text[before.end as usize..line.start as usize];
                    if let Some(mark) = between.find('>') {
                        cuts.push(Span { start: before.end + mark as u32, end: line.start });
                    }
                }
                Join::No => {}
            }
        }
        let span = Span { start: lines[first].start, end: lines[last].end };
        paras.push(Para {
            span,
            first: first as u32,
            last: last as u32,
            cuts: (from as u32, cuts.len() as u32),
        });
        first = last + 1;
    }
    let joined = joins.iter().filter(|j| **j != Join::No).count();
    resolve_hyphens(text, &mut cuts, joined, rules);
    (paras, cuts)
}

/// How a line is joined to the one before it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Join {
    No,
    /// By a blank.
    Blank,
    /// As the second half of a word.
    Hyphen,
    /// As a page number that is left out.
    Cut,
}

/// How a stretch was wrapped.
#[derive(Clone, Copy, Debug, Default)]
struct Wrap {
    /// The column, 0 where the stretch was not wrapped.
    column: u32,
    /// Lines were broken before the column too, as a proportional font does.
    loose: bool,
    /// Too short to tell by itself.
    unsure: bool,
    /// So many breaks that the column is known well.
    many: bool,
}

/// A stretch of lines without a blank line, and the column it was wrapped at.
#[allow(clippy::struct_excessive_bools, reason = "four facts that vary freely")]
#[derive(Clone, Copy, Debug)]
struct Chunk {
    first: usize,
    end: usize,
    /// The column, 0 where the stretch was not wrapped.
    wrap: u32,
    unsure: bool,
    loose: bool,
    many: bool,
    /// Every paragraph's first line is indented, and no other.
    indented: bool,
}

fn joins(text: &str, lines: &[Line], rules: &LayoutRules) -> Vec<Join> {
    let mut joins = vec![Join::No; lines.len()];
    let mut chunks = chunks(lines, 0);
    if double_spaced(lines, &chunks) {
        chunks = self::chunks(lines, 1);
    }
    if chunks.iter().all(|chunk| chunk.wrap == 0) {
        guess(text, lines, &mut chunks);
    }
    inherit(lines, &mut chunks);
    for chunk in &chunks {
        join_chunk(text, lines, *chunk, rules, &mut joins);
    }
    join_across(text, lines, &chunks, &mut joins);
    joins
}

fn chunks(lines: &[Line], largest_gap: u8) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    let mut first = 0;
    for at in 1..=lines.len() {
        let cut = at == lines.len()
            || lines[at].gap > largest_gap
            || lines[at].is(PAGE | RULE | FURNITURE)
            || lines[at - 1].is(RULE | FURNITURE);
        if cut {
            let Wrap { column, loose, unsure, many } = wrap_column(&lines[first..at]);
            let indented = column > 0 && has_indented_starts(&lines[first..at]);
            chunks.push(Chunk { first, end: at, wrap: column, unsure, loose, many, indented });
            first = at;
        }
    }
    chunks
}

/// Whether a wrapped text has a blank line after every line.
fn double_spaced(lines: &[Line], chunks: &[Chunk]) -> bool {
    if lines.len() < 8 || chunks.len() * 5 < lines.len() * 4 {
        return false;
    }
    let wide = widest(lines);
    let (mut open, mut full, mut total) = (0, 0, 0);
    for pair in lines.windows(2).filter(|pair| pair[1].gap == 1) {
        let fills = fills(&pair[0], &pair[1], wide);
        total += 1;
        full += usize::from(fills);
        open += usize::from(fills && goes_on(&pair[0], &pair[1]));
    }
    let long = lines.iter().filter(|l| l.width > WIDEST).count();
    wide >= NARROWEST
        && long == 0
        && total >= 6
        && total * 8 >= lines.len()
        && full * 10 >= total * 7
        && open * 5 >= total
}

/// The widest line that is not a freak: a few lines may be wider than the column, such as one with
/// a long address.
fn widest(lines: &[Line]) -> u32 {
    let mut counts = [0_u32; WIDEST as usize + 1];
    let mut total = 0;
    for line in lines.iter().filter(|l| l.width <= WIDEST && !l.is(WORD)) {
        counts[line.width as usize] += 1;
        total += 1;
    }
    let widths =
        || (0..=WIDEST).rev().map(|w| (counts[w as usize], w)).filter(|(count, _)| *count > 0);
    let Some((_, first)) = widths().next() else { return 0 };
    let freaks = if total < 4 { 0 } else { 1 + total / 40 };
    let mut passed = 0;
    for (count, width) in widths() {
        passed += count;
        if passed > freaks {
            return if width + 16 < first { width } else { first };
        }
    }
    first
}

/// What the breaks of a stretch say about how it was wrapped.
fn wrap_column(lines: &[Line]) -> Wrap {
    let mut found = Wrap::default();
    let wide = widest(lines);
    let long = lines.iter().filter(|l| l.width > WIDEST && !l.is(WORD)).count();
    if lines.len() < 2 || wide < NARROWEST || long * 4 >= lines.len() {
        return Wrap { unsure: lines.len() < 2 || wide < NARROWEST, ..found };
    }
    let (mut full, mut ragged, mut breaks) = (0, 0, 0);
    // Text set in a proportional font breaks a little earlier or later than at a column: the
    // shortest line that was broken in mid-sentence shows where.
    let mut column = wide;
    for pair in lines.windows(2) {
        if pair[0].width > WIDEST || pair[0].is(TABLE) || pair[1].is(TABLE) {
            continue;
        }
        breaks += 1;
        if goes_on(&pair[0], &pair[1]) || breaks_off(&pair[0], &pair[1]) {
            // Verse is narrow too, and ragged.
            let least = if wide < 56 { wide } else { wide * 8 / 10 };
            if fills(&pair[0], &pair[1], least) {
                full += 1;
                column = column.min(pair[0].width + u32::from(pair[1].first_word));
            } else {
                ragged += 1;
            }
        }
    }
    let share = if breaks < 6 { 3 } else { 5 };
    if full > 0 && full >= ragged * 3 && full * share >= breaks {
        found.column = column;
        found.loose = column < wide;
        found.many = full >= 10;
    }
    found.unsure = lines.len() <= 3 && ragged == 0;
    found
}

/// Whether `next` begins in mid-sentence.
fn goes_on(line: &Line, next: &Line) -> bool {
    if next.is(ITEM | TABLE | RULE | FIELD) || line.is(TABLE | RULE) {
        return false;
    }
    let lower = next.is(LOWER) && !line.is(TERMINAL);
    let caseless = next.is(CASELESS) && !line.is(TERMINAL);
    lower || caseless || (line.is(COMMA) && next.is(LOWER | CASELESS))
}

/// Whether a wide line breaks off in the middle of prose, whatever letter the next one begins with.
fn breaks_off(line: &Line, next: &Line) -> bool {
    line.width >= PROSE_WIDTH
        && line.is(OPEN | INNER)
        && !line.is(TERMINAL | TABLE | RULE)
        && !next.is(ITEM | TABLE | RULE | FIELD)
}

/// Whether the first word of `next` would not have fitted on `line`.
fn fills(line: &Line, next: &Line, wrap: u32) -> bool {
    line.width + 1 + u32::from(next.first_word) > wrap
}

/// Whether first lines of paragraphs are indented in a wrapped stretch: some lines are, and none of
/// them in mid-sentence.
fn has_indented_starts(lines: &[Line]) -> bool {
    let base = lines.iter().map(|l| l.indent).min().unwrap_or(0);
    let (mut starts, mut inside) = (0, 0);
    for pair in lines.windows(2) {
        if pair[1].indent > base + 1 {
            starts += 1;
            inside += usize::from(goes_on(&pair[0], &pair[1]));
        }
    }
    starts > 0 && inside * 10 <= starts
}

/// Finds wrapped stretches of a file none of whose stretches tells by itself.
///
/// In a file without any wide line, a stretch whose lines are full, open at the end and in sentence
/// case, and whose last line ends a sentence, is a wrapped paragraph.
fn guess(text: &str, lines: &[Line], chunks: &mut [Chunk]) {
    const UNWRAPPED: u32 = 130;
    if lines.iter().any(|l| l.width > UNWRAPPED && !l.is(WORD)) {
        return;
    }
    for chunk in chunks.iter_mut().filter(|c| c.end - c.first > 1) {
        let lines = &lines[chunk.first..chunk.end];
        let wide = widest(lines);
        let is_wrapped = |pair: &[Line]| {
            pair[0].width > PROSE_WIDTH
                && !pair[0].is(TERMINAL | TABLE | RULE | FIELD | FURNITURE)
                && !pair[1].is(ITEM | TABLE | RULE | FIELD)
                && fills(&pair[0], &pair[1], wide)
                && is_sentence_case(pair[0].of(text))
        };
        let ended = lines.last().is_some_and(|last| last.is(TERMINAL));
        if ended && lines.windows(2).all(is_wrapped) {
            chunk.wrap = wide;
        }
    }
}

/// Whether more than half of a line's words begin with a lower-case letter.
fn is_sentence_case(line: &str) -> bool {
    let (mut lower, mut words) = (0, 0);
    for word in line.split_ascii_whitespace() {
        words += 1;
        lower += usize::from(word.starts_with(char::is_lowercase));
    }
    lower * 2 > words
}

/// Stretches that do not tell by themselves take the column of the nearest one that does.
///
/// One that is too short takes it if it is not wider; a longer one if all its lines are full.
fn inherit(lines: &[Line], chunks: &mut [Chunk]) {
    let takes = |chunk: &Chunk, wrap: u32| {
        let lines = &lines[chunk.first..chunk.end];
        wrap > 0
            && chunk.wrap == 0
            && lines.iter().all(|l| l.width * 10 <= wrap * 12)
            && (chunk.unsure || lines.windows(2).all(|pair| fills(&pair[0], &pair[1], wrap)))
    };
    let mut known = 0;
    let mut own = Vec::with_capacity(chunks.len());
    for chunk in chunks.iter_mut() {
        own.push(chunk.wrap);
        if chunk.wrap > 0 {
            known = chunk.wrap;
        } else if takes(chunk, known) {
            chunk.wrap = known;
        }
    }
    known = 0;
    for (chunk, own) in chunks.iter_mut().zip(own).rev() {
        if own > 0 {
            known = own;
        } else if takes(chunk, known) {
            chunk.wrap = known;
        }
    }
    // Where one stretch is loose, the font is proportional in all of them.
    if chunks.iter().any(|c| c.loose) {
        for chunk in chunks {
            chunk.wrap -= chunk.wrap / if chunk.many { 40 } else { 12 };
        }
    }
}

/// Columns of the longest line that is looked at as a date.
const DATE_WIDTH: u32 = 80;

/// Columns of the longest byline that is looked at.
const SIGNED_WIDTH: u32 = 60;

/// Columns of the longest agency's sign on a line of its own.
const SIGN_WIDTH: u32 = 24;

fn is_date(line: &str) -> bool {
    line.len() <= 60 && announced::date_line(line) == Some(DateLine::Bare)
}

fn join_chunk(text: &str, lines: &[Line], chunk: Chunk, rules: &LayoutRules, joins: &mut [Join]) {
    // Whether the line before was joined to its own predecessor: a paragraph is under way.
    let mut running = false;
    // The first line of the item that the line before belongs to.
    let mut item: Option<&Line> = None;
    let base = lines[chunk.first..chunk.end].iter().map(|l| l.indent).min().unwrap_or(0);
    for at in chunk.first..chunk.end {
        let line = &lines[at];
        if at == chunk.first {
            item = line.is(ITEM).then_some(line);
            continue;
        }
        let before = &lines[at - 1];
        let joined = chunk.wrap > 0
            && !(before.width <= DATE_WIDTH && is_date(before.of(text)))
            && !(before.is(TERMINAL) && line.width <= SIGN_WIDTH && rules.is_agency(line.of(text)))
            && continues(before, line, &chunk, base, running, item.is_some())
            && (running && !signs_off(text, before, line)
                || before.is(TERMINAL | COMMA | OPEN)
                || line.is(LOWER)
                || !announces(text, line, rules))
            || chunk.wrap == 0 && carries_on(before, line) && !announces(text, line, rules)
            || item.is_some_and(|item| hangs(text, item, before, line));
        if joined {
            joins[at] = join_of(text, before, line);
        } else {
            item = line.is(ITEM).then_some(line);
        }
        running = joined;
    }
}

/// Whether a line goes on with a wide one that was broken, alone among lines that were not: a long
/// headline is set in two.
fn carries_on(before: &Line, line: &Line) -> bool {
    (PROSE_WIDTH + 6..=WIDEST).contains(&before.width)
        && goes_on(before, line)
        && !before.is(ITEM | FIELD | FURNITURE)
        && line.is(LOWER)
        && line.width <= before.width + 1 + u32::from(line.first_word)
}

/// Whether a line under a headline of several lines begins as a byline does.
fn signs_off(text: &str, before: &Line, line: &Line) -> bool {
    let body = line.of(text);
    !before.is(TERMINAL | COMMA | OPEN)
        && line.width <= SIGNED_WIDTH
        && !line.is(TERMINAL | COMMA)
        && (body.starts_with("By ") || body.starts_with("BY "))
}

/// Whether a line under a headline is a byline, a date or an agency's dateline of its own.
fn announces(text: &str, line: &Line, rules: &LayoutRules) -> bool {
    let body = line.of(text);
    let by = ["By ", "BY ", "by "].iter().any(|by| body.starts_with(by));
    by && line.width <= 100
        || announced::date_line(body) == Some(DateLine::Bare)
        || datelines::dateline(body, rules) > 0
        || datelines::is_dateline_line(body, rules)
}

/// Whether `line` goes on with the item that begins with the line `item`: by its hanging indent, or
/// because the item is in mid-sentence.
fn hangs(text: &str, item: &Line, before: &Line, line: &Line) -> bool {
    if line.is(ITEM | TABLE | RULE | FIELD | FURNITURE) || before.is(TABLE) {
        return false;
    }
    let open = !before.is(TERMINAL);
    let marker = lines::item_marker(item.of(text)).map_or(0, |bytes| {
        let rest = &item.of(text)[bytes..];
        bytes + (rest.len() - rest.trim_start().len())
    });
    let hanging = usize::from(item.indent) + marker;
    usize::from(line.indent) == hanging && marker > 0
        || line.indent > item.indent && line.is(LOWER | CASELESS)
        || open && line.is(LOWER)
}

/// Whether `line` goes on with the paragraph of `before`, in a wrapped stretch with margin `base`.
fn continues(
    before: &Line,
    line: &Line,
    chunk: &Chunk,
    base: u16,
    running: bool,
    in_item: bool,
) -> bool {
    if line.is(TABLE | RULE | FIELD) || before.is(TABLE | RULE) || before.width > WIDEST + 40 {
        return false;
    }
    let full = fills(before, line, chunk.wrap);
    let open = !before.is(TERMINAL);
    let lower = line.is(LOWER);
    if line.is(ITEM) && (!open || !full || in_item) {
        return false;
    }
    if chunk.indented {
        if line.indent > base + 1 && !(lower && open) {
            return false;
        }
    } else if line.indent > before.indent && (running || !in_item) && !lower {
        // A deeper indent begins a paragraph, or goes on with an item's hanging lines.
        if !open || !full || line.indent > before.indent + 1 {
            return false;
        }
    }
    if full {
        return true;
    }
    // The next word would have fitted, so the paragraph is over, unless the sentence is not.
    let near = before.width * 10 >= chunk.wrap * 7;
    open && (lower && before.width * 2 >= chunk.wrap
        || running && (near || before.is(COMMA))
        || (running || before.is(OPEN | INNER) || chunk.loose)
            && before.width * 20 >= chunk.wrap * 17)
}

fn join_of(text: &str, before: &Line, line: &Line) -> Join {
    let bytes = before.of(text).as_bytes();
    let next = line.of(text);
    let is_part = |b: u8| b.is_ascii_alphanumeric() || b >= 0x80;
    let cut = bytes.len() >= 3
        && bytes[bytes.len() - 1] == b'-'
        && is_part(bytes[bytes.len() - 2])
        && bytes[bytes.len() - 3] != b' '
        && next.starts_with(char::is_alphanumeric)
        // `short- and long-term`
        && !matches!(first_word(next), "and" | "or" | "to" | "nor" | "but" | "und" | "et");
    if cut { Join::Hyphen } else { Join::Blank }
}

/// Joins the halves of a sentence that a page break cut, with what the page has at its edges
/// between or not.
fn join_across(text: &str, lines: &[Line], chunks: &[Chunk], joins: &mut [Join]) {
    /// Most lines that pages have at their edges: address, symbol, number, title.
    const EDGES: usize = 4;
    let to_edge = |at: usize| at > 0 && lines[at - 1].is(FURNITURE);
    let is_edge = |chunk: &Chunk| {
        let line = &lines[chunk.first];
        lines[chunk.first..chunk.end].iter().all(|l| l.is(FURNITURE))
            || chunk.end - chunk.first == 1
                && (lines::is_page_number(line.of(text))
                    || is_running_header(text, line)
                    || is_page_mark(line.of(text))
                    // Under the symbol of a document of the United Nations.
                    || to_edge(chunk.first) && line.of(text).eq_ignore_ascii_case("English"))
    };
    for at in 0..chunks.len() {
        let before = &chunks[at];
        let last = &lines[before.end - 1];
        if before.wrap == 0 || last.is(RULE | TABLE | FURNITURE) {
            continue;
        }
        let mut to = at + 1;
        while to < chunks.len()
            && lines[chunks[to].first].gap <= 3
            && chunks[to].end - before.end <= EDGES
            && is_edge(&chunks[to])
        {
            to += 1;
        }
        let Some(after) = chunks.get(to) else { continue };
        let next = &lines[after.first];
        let full = last.width * 10 >= before.wrap * 7 || fills(last, next, before.wrap);
        // Under the page's edge a name may go on with the sentence.
        let open = goes_on(last, next)
            || to > at + 1 && last.is(OPEN) && !next.is(ITEM | TABLE | RULE | FIELD);
        if open && full && next.gap <= 3 {
            joins[before.end..after.first].fill(Join::Cut);
            joins[after.first] = join_of(text, last, next);
        }
    }
}

/// Whether a line has a page's number in one column and a title in the other.
fn is_running_header(text: &str, line: &Line) -> bool {
    let body = line.of(text);
    let number = |word: Option<&str>| {
        word.is_some_and(|w| w.len() <= 4 && w.bytes().all(|b| b.is_ascii_digit()))
    };
    let mut words = body.split_ascii_whitespace();
    line.is(TABLE) && body.len() <= 160 && (number(words.next()) || number(words.next_back()))
}

/// Whether a short line may be a page's edge where it cuts a sentence: its first or last word holds a number,
/// and it does not end as a sentence: `EXA-2`, `Example Comment 21`.
fn is_page_mark(body: &str) -> bool {
    let numbered = |word: Option<&str>| {
        word.is_some_and(|w| {
            w.ends_with(|c: char| c.is_ascii_digit())
                && w.len() <= 12
                && !w.contains([',', '%', '$'])
        })
    };
    let words = || body.split_ascii_whitespace();
    body.len() <= 80
        && words().take(8).count() <= 7
        && !body.starts_with(char::is_lowercase)
        && lines::item_marker(body).is_none()
        && (numbered(words().next()) || numbered(words().next_back()))
}

/// A word that a line end cut, in lower case: what stands before its hyphen and behind it.
struct CutWord {
    left: String,
    right: String,
    /// It keeps its hyphen whatever the text shows: a capital, digit or another hyphen follows.
    own: bool,
}

/// What tells whether a word at a line end has a hyphen of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hyphen {
    Own,
    Editors,
    Unknown,
}

/// Keeps the hyphens that are the words' own: the deletion then begins behind the hyphen.
///
/// A cut word's halves are put together where the whole stands elsewhere in the text or the second
/// half is no word, and kept apart where the hyphenated form stands elsewhere or the first half is
/// one that keeps its hyphen. What these tell of the text's editor decides the others.
fn resolve_hyphens(text: &str, cuts: &mut [Span], joined: usize, rules: &LayoutRules) {
    let words: Vec<Option<CutWord>> = cuts.iter().map(|cut| cut_word(text, *cut)).collect();
    let mut wanted: HashSet<String> = HashSet::new();
    for CutWord { left, right, .. } in words.iter().flatten() {
        wanted.insert(format!("{left}{right}"));
        wanted.insert(format!("{left}-{right}"));
        wanted.insert(left.clone());
        wanted.insert(right.clone());
    }
    if wanted.is_empty() {
        return;
    }
    let seen = words_seen(text, cuts, &wanted);
    let is_seen = |word: &str| seen.contains(word);
    let tell = |word: &CutWord| {
        let CutWord { left, right, own } = word;
        let last = left.rsplit('-').next().unwrap_or(left);
        let whole = is_seen(&format!("{left}{right}"));
        if *own || is_seen(&format!("{left}-{right}")) && !whole {
            Hyphen::Own
        } else if whole || rules.is_word_end(right) {
            Hyphen::Editors
        } else if left.contains('-') || rules.is_hyphen_first(last) {
            Hyphen::Own
        } else {
            Hyphen::Unknown
        }
    };
    let told: Vec<Option<Hyphen>> = words.iter().map(|w| w.as_ref().map(&tell)).collect();
    let count = |hyphen| told.iter().filter(|t| **t == Some(hyphen)).count();
    // An editor that does not hyphenate breaks at the words' own hyphens only, which is seldom.
    let seldom = words.iter().flatten().count() * 12 < joined;
    let hyphenates = count(Hyphen::Editors) > 0 || count(Hyphen::Own) == 0 && !seldom;
    for ((cut, word), told) in cuts.iter_mut().zip(&words).zip(told) {
        let (Some(CutWord { left, right, .. }), Some(told)) = (word, told) else { continue };
        let keeps = match told {
            Hyphen::Own => true,
            Hyphen::Editors => false,
            Hyphen::Unknown => {
                !hyphenates || right.len() > 3 && left.len() > 1 && is_seen(left) && is_seen(right)
            }
        };
        if !keeps {
            cut.start -= 1;
        }
    }
}

/// The word that a deletion cuts; none if it is no line end in mid-word.
fn cut_word(text: &str, cut: Span) -> Option<CutWord> {
    let (before, after) = (text.get(..cut.start as usize)?, text.get(cut.end as usize..)?);
    let left = last_word(before.strip_suffix('-')?);
    let right = first_word(after);
    // Digits next to the hyphen leave nothing to put together.
    if left.is_empty() || right.is_empty() {
        return None;
    }
    // `Commander-in-Chief` goes on with another hyphen.
    let own = right.starts_with(char::is_uppercase) && !left.ends_with(char::is_uppercase)
        || after[right.len()..].starts_with('-');
    Some(CutWord { left: left.to_lowercase(), right: right.to_lowercase(), own })
}

/// Which of the `wanted` words stand in the text, the halves of cut words left out.
fn words_seen<'w>(text: &str, cuts: &[Span], wanted: &'w HashSet<String>) -> HashSet<&'w str> {
    let mut seen: HashSet<&str> = HashSet::new();
    let mut cut = cuts.iter().peekable();
    for word in text.split(|c: char| !(c.is_alphabetic() || c == '-')) {
        if word.ends_with('-') || word.is_empty() {
            continue;
        }
        let at = word.as_ptr() as usize - text.as_ptr() as usize;
        while cut.peek().is_some_and(|c| (c.end as usize) < at) {
            cut.next();
        }
        if cut.peek().is_some_and(|c| c.end as usize == at) {
            continue;
        }
        if let Some(found) = wanted.get(word) {
            seen.insert(found);
        } else if word.starts_with(char::is_uppercase)
            && let Some(found) = wanted.get(&word.to_lowercase())
        {
            seen.insert(found);
        }
    }
    seen
}

/// A word is not longer than this many bytes; keeps every look at a cut constant.
const LONGEST_WORD: usize = 64;

fn last_word(text: &str) -> &str {
    let mut from = text.len().saturating_sub(LONGEST_WORD);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let tail = &text[from..];
    tail.rfind(|c: char| !(c.is_alphabetic() || c == '-'))
        .map_or(tail, |at| &tail[at + tail[at..].chars().next().map_or(1, char::len_utf8)..])
}

fn first_word(text: &str) -> &str {
    let mut to = text.len().min(LONGEST_WORD);
    while !text.is_char_boundary(to) {
        to -= 1;
    }
    let head = &text[..to];
    &head[..head.find(|c: char| !c.is_alphabetic()).unwrap_or(head.len())]
}

#[cfg(test)]
mod tests {
    use super::super::layout;
    use super::*;
    use crate::document::folded;
    use std::sync::OnceLock;

    fn blocks(text: &str) -> Vec<String> {
        static RULES: OnceLock<LayoutRules> = OnceLock::new();
        let rules = RULES.get_or_init(|| LayoutRules::embedded().unwrap());
        layout(text, rules).blocks.iter().map(|block| folded(text, block)).collect()
    }

    const PROSE: [&str; 4] = [
        "The envoys of the three guarantor states met again on Monday in the old town and spoke for nine hours about the roads that lead to the valley, without a result that anybody wished to sign.",
        "A delegate from the north said the talks were about lines on a map. Nobody, he added, had asked the people who live on them what they thought of it, though many of them had come to the hotel and stood there in the rain.",
        "Aid lorries waited at the crossing for a third day; the drivers played cards.",
        "The next round is to begin in May, if the hall is free.",
    ];

    /// Lines of at most `column` characters, `margin` before each, `first` before the first too.
    fn wrapped(paragraph: &str, column: usize, margin: &str, first: &str) -> String {
        let mut lines = vec![format!("{margin}{first}")];
        let mut empty = true;
        for word in paragraph.split(' ') {
            let line = lines.last_mut().unwrap();
            if empty {
                line.push_str(word);
            } else if line.chars().count() + 1 + word.chars().count() <= column {
                line.push(' ');
                line.push_str(word);
            } else {
                lines.push(format!("{margin}{word}"));
            }
            empty = false;
        }
        lines.join("\n")
    }

    #[test]
    fn wrapped_text_reads_as_unwrapped_text() {
        for column in [60, 65, 72, 80, 100] {
            for (margin, first) in [("", ""), ("", "    "), ("     ", ""), ("> ", "")] {
                let between = format!("\n{}\n", margin.trim_end());
                for paragraphs in [&PROSE[..], &PROSE[..2], &PROSE[1..2], &PROSE[..1]] {
                    let text: Vec<String> =
                        paragraphs.iter().map(|p| wrapped(p, column, margin, first)).collect();
                    let text = text.join(&between);
                    assert_eq!(blocks(&text), paragraphs, "{column} {margin:?} {first:?}\n{text}");
                }
            }
        }
    }

    #[test]
    fn headlines_stay_apart_from_wrapped_text() {
        let story = wrapped(PROSE[1], 60, "", "");
        for head in [
            "Talks on the valley end without result once more",
            "Talks on the valley end without result once more\nBy Jane Roe",
            "Talks on the valley end without result\n3 May 2016",
        ] {
            let text = format!("{head}\n{story}\n");
            let found = blocks(&text);
            let mut wanted: Vec<&str> = head.lines().collect();
            wanted.push(PROSE[1]);
            assert_eq!(found, wanted);
        }
    }

    #[test]
    fn lines_that_are_not_wrapped_stay_lines() {
        for text in [
            "The road goes up\nThe road goes down\nNobody walks it now\nWho once did",
            "Northern Office\n14 Station Road\nExampletown 27000",
            "Homs   12\nHama   30\nIdlib   7",
            "Jane Roe, chair\nOmar Doe, member\nAnn Poe, secretary",
        ] {
            assert_eq!(
                blocks(text),
                text.lines()
                    .map(|l| l.split_whitespace().collect::<Vec<_>>().join(" "))
                    .collect::<Vec<_>>()
            );
        }
    }

    #[test]
    fn items_go_on_below_their_first_line() {
        for (text, items) in [
            (
                "- Open the roads\n  to convoys\n- End the siege",
                vec!["- Open the roads to convoys", "- End the siege"],
            ),
            (
                "1. The committee decided that the\nmeeting should be held\n2. It rose",
                vec!["1. The committee decided that the meeting should be held", "2. It rose"],
            ),
            (
                "(a) Record every refusal, with its date and\n    Governorate;\n(b) Report",
                vec!["(a) Record every refusal, with its date and Governorate;", "(b) Report"],
            ),
            ("* bread\n* salt\n* oil", vec!["* bread", "* salt", "* oil"]),
        ] {
            assert_eq!(blocks(text), items);
        }
    }

    #[test]
    fn quoted_lines_lose_their_marks_and_nothing_else() {
        let text = "> The first of two lines that are quoted here and that is\n> followed by the second.\n>\n> A third.\n>> Deeper, and not of the same paragraph as what was quoted\n>> above it.\n";
        assert_eq!(
            blocks(text),
            [
                "The first of two lines that are quoted here and that is followed by the second.",
                "A third.",
                "Deeper, and not of the same paragraph as what was quoted above it.",
            ]
        );
        assert_eq!(blocks("> News"), ["> News"]);
        assert_eq!(blocks(">\n>\n>"), [">", ">", ">"]);
    }

    #[test]
    fn hyphens_at_line_ends() {
        // In a text that never divides words a hyphen at the line end is the word's own.
        let lines = [
            "The plan that they had brought along spoke of a long and general cease-",
            "fire between the many forces that were called, by some of them, pro-",
            "regime, and the others in the hills, who held at that time about two-",
            "thirds of the valley and of the roads which lead out of it to Deir ez-",
            "Zor, and who wanted, as they had said over and over again, some de-",
            "escalation first. It was read out slowly, on the plane, to Mr al-",
            "Assad, who had little else to do for the length of that whole 12-",
            "hour flight over the sea and the plain, by a number of the short-",
            "and long-term envoys of the state who had been sent there for that.",
        ];
        let found = blocks(&lines.join("\n")).join(" ");
        let own = [
            "cease-fire",
            "pro-regime",
            "two-thirds",
            "ez-Zor",
            "de-escalation",
            "al-Assad",
            "12-hour",
            "short- and long-term",
        ];
        for word in own {
            assert!(found.contains(word), "{word}: {found}");
        }
        // One that does divide them has halves that are no words.
        let divided = [
            "The talks on the valley went on for a week before the govern-",
            "ment said that it would take part, and then the whole oppo-",
            "sition asked for more time, for what it called its negotia-",
            "tions with the people of the valley, who hold some two-",
            "thirds of the land there and all of the road to Deir ez-",
            "Zor, and who had no wish at all to hear of any cease-",
            "fire of that kind. The ceasefire was to begin in May.",
        ];
        let found = blocks(&divided.join("\n")).join(" ");
        for word in
            ["government", "opposition", "negotiations", "two-thirds", "ez-Zor", "any ceasefire of"]
        {
            assert!(found.contains(word), "{word}: {found}");
        }
    }

    #[test]
    fn the_edges_of_pages_are_left_out_of_sentences() {
        let (before, after) = (
            "     2. Decides to renew for a further period of twelve months the\nmandate of the mission that the parties agreed on in the spring, and\nto keep under review what they do, as set out in paragraph 5 of the",
            "decisions that were taken before, subject to the review mentioned in\nparagraph 5 below;",
        );
        for edge in [
            "\n12\n",
            "\n- 12 -\n\x0c",
            "18-00123 2/14\nS/2018/35",
            "\n18-00123 (E)\n*1800123*\nS/RES/2511 (2017)\n",
            "\n8                                          The Price of Quiet\n",
            "\n1/7     12-12345\n",
            "\n/...\n\nA/72/100\nEnglish\nPage 2\n",
        ] {
            let text = format!("{before}\n{edge}\n{after}\n");
            let found = blocks(&text);
            assert!(
                found.iter().any(|b| b.contains("paragraph 5 of the decisions that were")),
                "{edge:?}: {found:#?}"
            );
        }
        // Numbers that are content stay.
        assert_eq!(blocks("Homs\n1\nHama\n2\nIdlib\n3"), ["Homs", "1", "Hama", "2", "Idlib", "3"]);
    }
}
