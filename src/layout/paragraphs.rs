//! Joins hard-wrapped lines to paragraphs.
//!
//! In: the lines of a file. Out: one [`Para`] for every paragraph, heading, item, verse or table
//! row, each made of lines in a row. A text editor that wraps at a column breaks a line only where
//! the next word does not fit any more, so a line on which the next line's first word would still
//! have fitted ends a paragraph; and where most lines of a stretch break in mid-sentence at such a
//! place, the stretch was wrapped. Everything is judged for stretches between blank lines, so a
//! file may be wrapped at several columns, in part, or not at all.

use super::lines::{CASELESS, COMMA, FIELD, ITEM, LOWER, Line, PAGE, RULE, TABLE, TERMINAL};
use crate::text::Span;
use std::collections::HashSet;

/// No editor wraps wider than this; a longer line is a paragraph by itself.
const WIDEST: u32 = 200;
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
pub(super) fn paragraphs(text: &str, lines: &[Line]) -> (Vec<Para>, Vec<Span>) {
    let joins = joins(text, lines);
    let mut paras = Vec::with_capacity(lines.len());
    let mut cuts = Vec::new();
    let mut first = 0;
    while first < lines.len() {
        let mut last = first;
        let from = cuts.len();
        while last + 1 < lines.len() && joins[last + 1] != Join::No {
            last += 1;
            match joins[last] {
                Join::Hyphen => {
                    cuts.push(Span { start: lines[last - 1].end, end: lines[last].start });
                }
                Join::Cut => cuts.push(Span { start: lines[last - 1].end, end: lines[last].end }),
                Join::No | Join::Blank => {}
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
    resolve_hyphens(text, &mut cuts, joined);
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

fn joins(text: &str, lines: &[Line]) -> Vec<Join> {
    let mut joins = vec![Join::No; lines.len()];
    let mut chunks = chunks(lines, 0);
    if double_spaced(lines, &chunks) {
        chunks = self::chunks(lines, 1);
    }
    inherit(lines, &mut chunks);
    for chunk in &chunks {
        join_chunk(text, lines, *chunk, &mut joins);
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
            || lines[at].is(PAGE | RULE)
            || lines[at - 1].is(RULE);
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
    for line in lines.iter().filter(|l| l.width <= WIDEST) {
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
    let long = lines.iter().filter(|l| l.width > WIDEST).count();
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
        if goes_on(&pair[0], &pair[1]) {
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

fn join_chunk(text: &str, lines: &[Line], chunk: Chunk, joins: &mut [Join]) {
    if chunk.wrap == 0 {
        return;
    }
    // Whether the line before was joined to its own predecessor: a paragraph is under way.
    let mut running = false;
    let mut in_item = false;
    let base = lines[chunk.first..chunk.end].iter().map(|l| l.indent).min().unwrap_or(0);
    for at in chunk.first..chunk.end {
        let line = &lines[at];
        if at == chunk.first {
            in_item = line.is(ITEM);
            continue;
        }
        let before = &lines[at - 1];
        let joined = continues(before, line, &chunk, base, running, in_item);
        if joined {
            joins[at] = join_of(text, before, line);
        } else {
            in_item = line.is(ITEM);
        }
        running = joined;
    }
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
        || before.width * 20 >= chunk.wrap * 17)
}

fn join_of(text: &str, before: &Line, line: &Line) -> Join {
    let bytes = before.of(text).as_bytes();
    let cut = bytes.len() >= 3
        && bytes[bytes.len() - 1] == b'-'
        && (bytes[bytes.len() - 2].is_ascii_alphabetic() || bytes[bytes.len() - 2] >= 0x80)
        && bytes[bytes.len() - 3] != b' '
        && (line.is(LOWER) || line.of(text).starts_with(|c: char| c.is_alphabetic()))
        && line.of(text).starts_with(|c: char| c.is_alphabetic());
    if cut { Join::Hyphen } else { Join::Blank }
}

/// Joins the halves of a sentence that a page break cut, with a page number between or not.
fn join_across(text: &str, lines: &[Line], chunks: &[Chunk], joins: &mut [Join]) {
    let open_end = |chunk: &Chunk, next: &Line| {
        let last = &lines[chunk.end - 1];
        let full = last.width * 10 >= chunk.wrap * 7 || fills(last, next, chunk.wrap);
        chunk.wrap > 0 && goes_on(last, next) && full && next.gap <= 3 && !last.is(RULE | TABLE)
    };
    for pair in chunks.windows(2) {
        let next = &lines[pair[1].first];
        if open_end(&pair[0], next) {
            joins[pair[1].first] = join_of(text, &lines[pair[0].end - 1], next);
        }
    }
    for three in chunks.windows(3) {
        let [before, number, after] = three else { continue };
        let next = &lines[after.first];
        if number.end - number.first == 1
            && is_page_number(lines[number.first].of(text))
            && open_end(before, next)
        {
            joins[number.first] = Join::Cut;
            joins[after.first] = Join::Blank;
        }
    }
}

/// Whether a line is a page number: `12`, `- 12 -`, `12/40`, `Page 12 of 40`.
pub(super) fn is_page_number(line: &str) -> bool {
    if line.len() > 20 {
        return false;
    }
    let inner = line.trim_matches(['-', '–', '—', ' ', '|', '[', ']', '.']);
    let inner = inner
        .strip_prefix("Page")
        .or(inner.strip_prefix("page"))
        .or(inner.strip_prefix("PAGE"))
        .unwrap_or(inner)
        .trim_start();
    let inner = inner.strip_prefix("p.").unwrap_or(inner).trim();
    let (number, total) = match inner.split_once("of").or(inner.split_once('/')) {
        Some((number, total)) => (number.trim(), total.trim()),
        None => (inner, "1"),
    };
    let is_number = |s: &str| (1..=4).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit());
    is_number(number) && is_number(total)
}

/// First parts that keep their hyphen and are seldom a mere syllable: `non-state`, `self-rule`.
const PREFIXES: &[&str] = &[
    "anti", "cross", "far", "half", "high", "ill", "large", "left", "long", "low", "neo", "non",
    "north", "right", "second", "self", "semi", "short", "small", "so", "south", "three", "two",
    "ultra", "vice", "well", "year",
];

/// Keeps the hyphens that are the words' own: the deletion then begins behind the hyphen.
///
/// A cut word's halves are put together where the whole stands elsewhere in the text, and kept
/// apart where the hyphenated form does; else as the text's other cut words and their number
/// among the `joined` lines suggest.
fn resolve_hyphens(text: &str, cuts: &mut [Span], joined: usize) {
    let mut wanted: HashSet<String> = HashSet::new();
    let mut words = Vec::with_capacity(cuts.len());
    for cut in cuts.iter() {
        let (start, end) = (cut.start as usize, cut.end as usize);
        if start == 0 || text.as_bytes()[start - 1] != b'-' {
            words.push(None);
            continue;
        }
        let left = last_word(&text[..start - 1]).to_lowercase();
        let right = first_word(&text[end..]).to_lowercase();
        wanted.insert(format!("{left}{right}"));
        wanted.insert(format!("{left}-{right}"));
        wanted.insert(left.clone());
        wanted.insert(right.clone());
        words.push(Some((left, right)));
    }
    if wanted.is_empty() {
        return;
    }
    let mut seen: HashSet<&str> = HashSet::new();
    let mut cut = cuts.iter().peekable();
    for word in text.split(|c: char| !(c.is_alphabetic() || c == '-')) {
        if word.ends_with('-') || word.is_empty() {
            continue;
        }
        // The second half of a cut word is no word by itself.
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
    // What the text shows of a cut word: put together elsewhere, hyphenated elsewhere, or neither.
    let whole = |l: &str, r: &str| seen.contains(format!("{l}{r}").as_str());
    let apart = |l: &str, r: &str| seen.contains(format!("{l}-{r}").as_str()) || l.contains('-');
    let (mut wholes, mut aparts) = (0, 0);
    for (left, right) in words.iter().flatten() {
        wholes += usize::from(whole(left, right));
        aparts += usize::from(apart(left, right));
    }
    // An editor that does not hyphenate breaks at the words' own hyphens only, which is seldom.
    let rare = words.iter().flatten().count() * 25 < joined;
    for (cut, word) in cuts.iter_mut().zip(&words) {
        let Some((left, right)) = word else { continue };
        let after = &text[cut.end as usize..];
        // `Commander-in-Chief` goes on with another hyphen.
        let chain = after[first_word(after).len()..].starts_with('-');
        let own = chain || after.starts_with(char::is_uppercase);
        let keeps = if !own && whole(left, right) {
            false
        } else if own || apart(left, right) || wholes == 0 && (aparts > 0 || rare) {
            true
        } else {
            PREFIXES.binary_search(&left.as_str()).is_ok()
                || wholes == 0
                    && right.len() > 3
                    && seen.contains(left.as_str())
                    && seen.contains(right.as_str())
        };
        if !keeps {
            cut.start -= 1;
        }
    }
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
