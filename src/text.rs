//! Text that knows where it came from: spans, piecewise alignments, and the rewriter that makes both.
//!
//! In: a source, read once from left to right. Out: the rewritten text and an [`Alignment`] that
//! leads every span of it back to the source. Assumes that sources are shorter than 2 GiB, which
//! [`crate::clean`] sees to.

use std::ops::Range;

/// A range of bytes in a text, 0-based and half-open, on character boundaries of that text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A span from `start` to `end`.
    ///
    /// # Panics
    ///
    /// If `start > end`, or either is 4 GiB or more: both are mistakes of the caller, never of the
    /// input.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        assert!(start <= end, "span {start}..{end} ends before it starts");
        Self { start: to_u32(start), end: to_u32(end) }
    }

    /// The span as a range for slicing.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The part of `text` that the span covers.
    ///
    /// # Panics
    ///
    /// If the span is not of this text.
    #[must_use]
    pub fn of(self, text: &str) -> &str {
        &text[self.range()]
    }

    /// Length in bytes.
    #[must_use]
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether it covers nothing.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether `other` lies inside this span.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether the two share at least one byte.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// The span moved right by `by` bytes.
    #[must_use]
    pub fn shift(self, by: usize) -> Self {
        Self::new(self.start as usize + by, self.end as usize + by)
    }

    /// The span without the white space at both ends of what it covers in `text`; empty, at its
    /// start, where that is all white space.
    #[must_use]
    pub fn trim(self, text: &str) -> Self {
        let covered = self.of(text);
        let start = self.start as usize + (covered.len() - covered.trim_start().len());
        let len = covered.trim().len();
        if len == 0 {
            Self::new(self.start as usize, self.start as usize)
        } else {
            Self::new(start, start + len)
        }
    }
}

/// A range of bytes of a raw file, 0-based and half-open.
pub type RawSpan = Span;

fn to_u32(at: usize) -> u32 {
    u32::try_from(at).expect("offsets stay below 4 GiB")
}

/// A stretch in which clean text and source differ.
///
/// It consists of `units` equal steps: `clean.len() / units` bytes of clean text stand for
/// `raw.len() / units` bytes of the source, in order. A single replacement has one unit; a stretch
/// of UTF-16 has one for each character, so that a whole file costs one edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What stands in the clean text; empty for a deletion.
    pub clean: Span,
    /// What it was made from; empty for an insertion.
    pub raw: RawSpan,
    /// Number of equal steps, at least 1.
    pub units: u32,
}

impl Edit {
    fn clean_step(&self) -> u32 {
        (self.clean.end - self.clean.start) / self.units
    }

    fn raw_step(&self) -> u32 {
        (self.raw.end - self.raw.start) / self.units
    }

    /// The raw position where the step that holds the clean byte `at` begins.
    fn raw_floor(&self, at: u32) -> u32 {
        self.raw.start + (at - self.clean.start) / self.clean_step() * self.raw_step()
    }

    /// The raw position where the step that holds the clean byte before `at` ends.
    fn raw_ceil(&self, at: u32) -> u32 {
        self.raw.start + (at - self.clean.start).div_ceil(self.clean_step()) * self.raw_step()
    }

    /// The edit cut down to the whole steps that touch `span`.
    fn clip(&self, span: Span) -> Self {
        if self.units == 1 || span.contains(self.clean) {
            return *self;
        }
        let (clean_step, raw_step) = (self.clean_step(), self.raw_step());
        let first = (span.start.max(self.clean.start) - self.clean.start) / clean_step;
        let last = (span.end.min(self.clean.end) - self.clean.start).div_ceil(clean_step);
        Self {
            clean: Span {
                start: self.clean.start + first * clean_step,
                end: self.clean.start + last * clean_step,
            },
            raw: Span {
                start: self.raw.start + first * raw_step,
                end: self.raw.start + last * raw_step,
            },
            units: last - first,
        }
    }
}

/// Where every byte of a clean text came from.
///
/// Only differences are stored: between two edits, before the first and after the last, clean text
/// and source are the same bytes. Edits are sorted and disjoint on both sides. The idea of a
/// piecewise map is the piece table's (Crowley 1998, "Data Structures for Text Sequences").
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alignment {
    edits: Vec<Edit>,
}

impl Alignment {
    /// The edits, in order.
    #[must_use]
    pub fn edits(&self) -> &[Edit] {
        &self.edits
    }

    /// The edits that touch `span` or stand at one of its ends.
    #[must_use]
    pub fn edits_in(&self, span: Span) -> &[Edit] {
        let first = self.edits.partition_point(|e| e.clean.end < span.start);
        let last = self.edits.partition_point(|e| e.clean.start <= span.end);
        &self.edits[first..last.max(first)]
    }

    /// The smallest range of the source from which `span` was made.
    ///
    /// A replacement counts as a whole; what was deleted at the edge of the span stays outside. An
    /// empty span leads to the empty range where its next byte begins.
    #[must_use]
    pub fn to_raw(&self, span: Span) -> RawSpan {
        let start = self.raw_start(span.start);
        if span.is_empty() {
            return Span { start, end: start };
        }
        Span { start, end: self.raw_end(span.end).max(start) }
    }

    fn raw_start(&self, at: u32) -> u32 {
        match self.edits[..self.edits.partition_point(|e| e.clean.start <= at)].last() {
            None => at,
            Some(edit) if edit.clean.end > at => edit.raw_floor(at),
            Some(edit) => edit.raw.end + (at - edit.clean.end),
        }
    }

    fn raw_end(&self, at: u32) -> u32 {
        match self.edits[..self.edits.partition_point(|e| e.clean.start < at)].last() {
            None => at,
            Some(edit) if edit.clean.end >= at && !edit.clean.is_empty() => edit.raw_ceil(at),
            Some(edit) => edit.raw.end + (at - edit.clean.end),
        }
    }

    /// The alignment of two passes in a row: `self` leads from the middle text to the raw bytes,
    /// `next` from the final text to the middle one.
    ///
    /// For every span, `self.then(next).to_raw(span)` contains `self.to_raw(next.to_raw(span))`;
    /// the two differ only where `next` cut a replacement of `self` in two, which stays whole here.
    #[must_use]
    pub fn then(&self, next: &Self) -> Self {
        self.then_first(next, u32::MAX as usize)
    }

    /// As [`Alignment::then`] for the first `len` bytes of the final text, behind which `next` has no
    /// edits: edits of `self` that stand behind them are another text's.
    ///
    /// Apart from a binary search for where the final text begins, the time is that of the edits in it.
    #[must_use]
    pub fn then_first(&self, next: &Self, len: usize) -> Self {
        if self.edits.is_empty() {
            return next.clone();
        }
        let mut out =
            Composer { inner: self, done: 0, edits: Vec::with_capacity(next.edits.len()) };
        let (mut clean, mut middle) = (0, 0);
        for edit in &next.edits {
            out.copy(clean, Span { start: middle, end: edit.raw.start });
            out.edit(edit);
            (clean, middle) = (edit.clean.end, edit.raw.end);
        }
        let rest = to_u32(len).saturating_sub(clean);
        out.copy(clean, Span { start: middle, end: middle.saturating_add(rest) });
        Self { edits: out.edits }
    }

    /// Adds an edit behind the last one, joined with it where the two make one.
    fn push(edits: &mut Vec<Edit>, edit: Edit) {
        if edit.clean.is_empty() && edit.raw.is_empty() {
            return;
        }
        if let Some(last) = edits.last_mut() {
            if edit.raw.start < last.raw.end || edit.clean.start < last.clean.end {
                // A replacement that was cut in two: what it touches becomes one whole.
                last.clean.end = last.clean.end.max(edit.clean.end);
                last.raw.end = last.raw.end.max(edit.raw.end);
                last.units = 1;
                return;
            }
            if last.clean.end == edit.clean.start && last.raw.end == edit.raw.start {
                let deletions = last.clean.is_empty() && edit.clean.is_empty();
                let same_step = !last.clean.is_empty()
                    && !edit.clean.is_empty()
                    && last.clean_step() == edit.clean_step()
                    && last.raw_step() == edit.raw_step();
                if deletions || same_step {
                    last.clean.end = edit.clean.end;
                    last.raw.end = edit.raw.end;
                    last.units = if deletions { 1 } else { last.units + edit.units };
                    return;
                }
            }
        }
        edits.push(edit);
    }
}

/// Composes two alignments in one walk over both.
struct Composer<'a> {
    inner: &'a Alignment,
    /// How many of the inner edits are dealt with.
    done: usize,
    edits: Vec<Edit>,
}

impl Composer<'_> {
    /// The bytes `middle` were copied to `clean`: the inner edits among them hold there.
    fn copy(&mut self, clean: u32, middle: Span) {
        if middle.is_empty() {
            return;
        }
        self.skip_before(middle.start);
        while let Some(edit) = self.inner.edits.get(self.done) {
            if edit.clean.start >= middle.end {
                break;
            }
            let part = edit.clip(middle);
            let place = |at: u32| clean + (at.clamp(middle.start, middle.end) - middle.start);
            let edit_end = edit.clean.end;
            let moved = Span { start: place(part.clean.start), end: place(part.clean.end) };
            // Cut inside a step: the step no longer divides evenly.
            let units = if moved.len() == part.clean.len() { part.units } else { 1 };
            Alignment::push(&mut self.edits, Edit { clean: moved, raw: part.raw, units });
            if edit_end > middle.end {
                break;
            }
            self.done += 1;
        }
    }

    /// `edit` of the outer pass: its middle range leads on to raw bytes.
    fn edit(&mut self, edit: &Edit) {
        if edit.units > 1 && !edit.raw.is_empty() && self.touches(edit.raw) {
            let (clean_step, raw_step) = (edit.clean_step(), edit.raw_step());
            for i in 0..edit.units {
                let clean = edit.clean.start + i * clean_step;
                let raw = edit.raw.start + i * raw_step;
                self.unit(
                    Span { start: clean, end: clean + clean_step },
                    Span { start: raw, end: raw + raw_step },
                    1,
                );
            }
        } else {
            self.unit(edit.clean, edit.raw, edit.units);
        }
    }

    fn unit(&mut self, clean: Span, middle: Span, units: u32) {
        self.skip_before(middle.start);
        // What the inner pass deleted in front of this place is a deletion of its own.
        while let Some(edit) = self.inner.edits.get(self.done) {
            if edit.clean.start != middle.start || !edit.clean.is_empty() {
                break;
            }
            let at = Span { start: clean.start, end: clean.start };
            Alignment::push(&mut self.edits, Edit { clean: at, raw: edit.raw, units: 1 });
            self.done += 1;
        }
        Alignment::push(&mut self.edits, Edit { clean, raw: self.inner.to_raw(middle), units });
        self.skip(|e| e.clean.end <= middle.end && e.clean.start < middle.end);
    }

    fn touches(&self, middle: Span) -> bool {
        self.inner.edits_in(middle).iter().any(|e| {
            e.clean.start < middle.end && e.clean.end > middle.start
                || (e.clean.is_empty()
                    && middle.start < e.clean.start
                    && e.clean.start < middle.end)
        })
    }

    fn skip_before(&mut self, middle: u32) {
        self.skip(|e| e.clean.end < middle || (e.clean.end == middle && !e.clean.is_empty()));
    }

    /// Goes by the inner edits of which `is_past` holds: the first ones, if any.
    fn skip(&mut self, is_past: impl Fn(&Edit) -> bool) {
        let rest = &self.inner.edits[self.done..];
        // Mostly there is none; and there are very many in front of a document that is the last of many.
        if rest.first().is_some_and(&is_past) {
            self.done += rest.partition_point(is_past);
        }
    }
}

/// Writes a text while reading a source once from left to right, and keeps the [`Alignment`].
///
/// ```
/// use rapporteur::text::{Rewriter, Span};
///
/// let source = "one\u{a0}two\r\n";
/// let mut out = Rewriter::with_capacity(source.len());
/// out.keep("one");
/// out.replace(2, " "); // the no-break space is two bytes
/// out.keep("two");
/// out.delete(1); // the carriage return
/// out.keep("\n");
/// let (text, origin) = out.finish();
/// assert_eq!(text, "one two\n");
/// assert_eq!(origin.to_raw(Span::new(4, 7)).of(source), "two");
/// ```
#[derive(Debug, Default)]
pub struct Rewriter {
    text: String,
    raw_at: usize,
    edits: Vec<Edit>,
}

impl Rewriter {
    /// A rewriter that expects about `bytes` of text.
    #[must_use]
    pub fn with_capacity(bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes), ..Self::default() }
    }

    /// Bytes of the source read so far.
    #[must_use]
    pub fn raw_position(&self) -> usize {
        self.raw_at
    }

    /// The text written so far.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Copies the next bytes of the source, which are `text`.
    pub fn keep(&mut self, text: &str) {
        self.text.push_str(text);
        self.raw_at += text.len();
    }

    /// Writes `with` for the next `raw_len` bytes of the source.
    ///
    /// A `raw_len` of 0 inserts, an empty `with` deletes. Where `with` is as long as what it
    /// replaces it is an edit all the same.
    pub fn replace(&mut self, raw_len: usize, with: &str) {
        let clean = Span::new(self.text.len(), self.text.len() + with.len());
        let raw = Span::new(self.raw_at, self.raw_at + raw_len);
        Alignment::push(&mut self.edits, Edit { clean, raw, units: 1 });
        self.text.push_str(with);
        self.raw_at += raw_len;
    }

    /// Leaves the next `raw_len` bytes of the source out.
    pub fn delete(&mut self, raw_len: usize) {
        self.replace(raw_len, "");
    }

    /// The text and the way back from it.
    #[must_use]
    pub fn finish(self) -> (String, Alignment) {
        (self.text, Alignment { edits: self.edits })
    }
}

/// Byte offsets of a text to offsets in Unicode code points.
///
/// Nothing is stored for ASCII; other texts cost four bytes for every 128.
#[derive(Clone, Debug, Default)]
pub struct CharIndex {
    /// Code points that begin before byte `i * STRIDE`; empty for ASCII.
    counts: Vec<u32>,
}

const STRIDE: usize = 128;

impl CharIndex {
    /// Counts the code points of `text` once.
    #[must_use]
    pub fn new(text: &str) -> Self {
        if text.is_ascii() {
            return Self::default();
        }
        let mut total = 0;
        let counts = text
            .as_bytes()
            .chunks(STRIDE)
            .map(|chunk| {
                let before = total;
                total += count_starts(chunk);
                before
            })
            .collect();
        Self { counts }
    }

    /// The number of code points of `text` before byte `at`; `text` must be the indexed one and `at`
    /// a character boundary in it or its length.
    #[must_use]
    pub fn chars_before(&self, text: &str, at: u32) -> u32 {
        let block = at as usize / STRIDE;
        match self.counts.get(block).or(self.counts.last()) {
            None => at,
            Some(before) => {
                let from = block.min(self.counts.len() - 1) * STRIDE;
                before + count_starts(&text.as_bytes()[from..at as usize])
            }
        }
    }
}

#[allow(clippy::cast_possible_truncation, reason = "a text is shorter than 4 GiB")]
fn count_starts(bytes: &[u8]) -> u32 {
    bytes.iter().filter(|&&b| (b as i8) >= -0x40).count() as u32
}

/// Tells most words that are in no list before anything is allocated or looked up for them.
#[derive(Clone, Debug)]
pub(crate) struct WordFilter {
    /// By the first two letters: a bit for each length that words with this beginning have.
    sizes: Vec<u32>,
}

impl WordFilter {
    /// A filter for `words`, which are in lower case.
    pub fn new<'w>(words: impl IntoIterator<Item = &'w str>) -> Self {
        let mut sizes = vec![0; 1 << 10];
        for word in words {
            sizes[Self::beginning(word.as_bytes())] |= Self::size(word.as_bytes());
        }
        Self { sizes }
    }

    /// Whether a word may be in the list, in whatever letter case.
    #[inline]
    pub fn may_have(&self, word: &[u8]) -> bool {
        self.sizes[Self::beginning(word)] & Self::size(word) != 0 || !word.is_ascii()
    }

    /// A number for the first two letters, the same for capitals of ASCII.
    #[inline]
    fn beginning(word: &[u8]) -> usize {
        let five = |at: usize| usize::from(word.get(at).map_or(0, |byte| byte & 31));
        five(0) << 5 | five(1)
    }

    #[inline]
    fn size(word: &[u8]) -> u32 {
        1 << (word.len() & 31)
    }
}

/// The lines of a word list that are no comment.
pub(crate) fn entries(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// One step of a rewriting pass.
    #[derive(Clone, Debug)]
    enum Step {
        Keep(usize),
        Replace(usize, &'static str),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            3 => (1..6usize).prop_map(Step::Keep),
            2 => (0..4usize, prop_oneof![Just(""), Just("a"), Just("é"), Just("xyz")])
                .prop_map(|(n, with)| Step::Replace(n, with)),
        ];
        prop::collection::vec(step, 0..24)
    }

    /// Runs `steps` over `source`, counting in characters; what no step reads is kept.
    fn rewrite(source: &str, steps: &[Step]) -> (String, Alignment, Vec<(Span, RawSpan, bool)>) {
        let mut out = Rewriter::with_capacity(source.len());
        let mut pieces = Vec::new();
        let mut rest = source;
        for step in steps {
            let count = match step {
                Step::Keep(n) | Step::Replace(n, _) => *n,
            };
            let cut = rest.char_indices().nth(count).map_or(rest.len(), |(at, _)| at);
            let (head, tail) = rest.split_at(cut);
            let (clean_start, raw_start) = (out.text().len(), out.raw_position());
            match step {
                Step::Keep(_) => out.keep(head),
                Step::Replace(_, with) => out.replace(head.len(), with),
            }
            let clean = Span::new(clean_start, out.text().len());
            let raw = Span::new(raw_start, out.raw_position());
            pieces.push((clean, raw, matches!(step, Step::Keep(_))));
            rest = tail;
        }
        out.keep(rest);
        let (text, origin) = out.finish();
        (text, origin, pieces)
    }

    fn spans_of(text: &str) -> Vec<Span> {
        let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let mut spans = Vec::new();
        for (i, &start) in ends.iter().enumerate() {
            for &end in &ends[i..] {
                spans.push(Span::new(start, end));
            }
        }
        spans
    }

    fn well_formed(origin: &Alignment) {
        let mut last = Edit { clean: Span::default(), raw: Span::default(), units: 1 };
        for edit in origin.edits() {
            assert!(edit.clean.start >= last.clean.end && edit.raw.start >= last.raw.end);
            assert_eq!(
                edit.clean.start - last.clean.end,
                edit.raw.start - last.raw.end,
                "between two edits the bytes are the same: {origin:?}"
            );
            assert!(edit.units >= 1);
            last = *edit;
        }
    }

    proptest! {
        #[test]
        fn copied_stretches_are_byte_equal_and_replacements_whole(
            source in "[aé€ \n]{0,40}", steps in steps()
        ) {
            let (text, origin, pieces) = rewrite(&source, &steps);
            well_formed(&origin);
            for (clean, raw, kept) in pieces {
                if clean.is_empty() {
                    continue;
                }
                prop_assert_eq!(origin.to_raw(clean), raw);
                if kept {
                    prop_assert_eq!(clean.of(&text), raw.of(&source));
                    // One copied character maps to exactly itself, whatever was deleted beside it.
                    let mut at = clean.start as usize;
                    for c in clean.of(&text).chars() {
                        let raw_at = at - clean.start as usize + raw.start as usize;
                        let own = Span::new(raw_at, raw_at + c.len_utf8());
                        prop_assert_eq!(origin.to_raw(Span::new(at, at + c.len_utf8())), own);
                        at += c.len_utf8();
                    }
                } else {
                    // Every part of a replacement leads to the whole of what it replaced.
                    for part in spans_of(clean.of(&text)) {
                        if !part.is_empty() {
                            prop_assert_eq!(origin.to_raw(part.shift(clean.start as usize)), raw);
                        }
                    }
                }
            }
        }

        #[test]
        fn mapping_is_monotone_and_lands_on_character_boundaries(
            source in "[aé€ \n]{0,24}", steps in steps()
        ) {
            let (text, origin, _) = rewrite(&source, &steps);
            let spans = spans_of(&text);
            for &span in &spans {
                let raw = origin.to_raw(span);
                prop_assert!(raw.start <= raw.end && raw.end as usize <= source.len());
                prop_assert!(source.is_char_boundary(raw.start as usize));
                prop_assert!(source.is_char_boundary(raw.end as usize));
                for &wider in spans.iter().filter(|w| w.contains(span) && !span.is_empty()) {
                    prop_assert!(origin.to_raw(wider).contains(raw));
                }
            }
        }

        #[test]
        fn composing_contains_stepping_and_keeps_copies_exact(
            source in "[aé€ \n]{0,24}", first in steps(), second in steps()
        ) {
            let (middle, inner, _) = rewrite(&source, &first);
            let (text, outer, _) = rewrite(&middle, &second);
            let both = inner.then(&outer);
            // Cut replacements may be joined, so equal gaps hold for what is left.
            well_formed(&both);
            for span in spans_of(&text) {
                let stepped = inner.to_raw(outer.to_raw(span));
                let composed = both.to_raw(span);
                if !span.is_empty() {
                    prop_assert!(composed.contains(stepped), "{span:?}: {composed:?} {stepped:?}");
                }
            }
            // A byte that both passes copied maps to exactly itself.
            for span in spans_of(&text).into_iter().filter(|s| s.of(&text).chars().count() == 1) {
                let via = outer.to_raw(span);
                let untouched = |a: &Alignment, s: Span| !a.edits().iter().any(|e| e.clean.overlaps(s));
                if untouched(&outer, span) && untouched(&inner, via) {
                    prop_assert_eq!(both.to_raw(span), inner.to_raw(via));
                    prop_assert_eq!(both.to_raw(span).of(&source), span.of(&text));
                }
            }
            // The beginning of a text leads where it leads in the whole, and knows nothing of the rest.
            let begin = outer.edits().last().map_or(0, |edit| edit.clean.end as usize);
            // A text does not end inside of what one step made.
            let is_whole = |len: usize| both.edits().iter().all(|edit| {
                let range = edit.clean.range();
                len <= range.start || range.end <= len
                    || (len - range.start).is_multiple_of(edit.clean_step() as usize)
            });
            for len in (begin..=text.len()).filter(|at| text.is_char_boundary(*at) && is_whole(*at)) {
                let first = inner.then_first(&outer, len);
                well_formed(&first);
                for span in spans_of(&text[..len]).into_iter().filter(|span| !span.is_empty()) {
                    prop_assert_eq!(first.to_raw(span), both.to_raw(span));
                }
                prop_assert!(first.edits().iter().all(|edit| edit.clean.end as usize <= len));
            }
        }

        #[test]
        fn counts_code_points(text in "[aé€\u{1F600}]{0,400}") {
            let index = CharIndex::new(&text);
            for (chars, (at, _)) in text.char_indices().enumerate() {
                prop_assert_eq!(index.chars_before(&text, u32::try_from(at).unwrap()) as usize, chars);
            }
            let end = u32::try_from(text.len()).unwrap();
            prop_assert_eq!(index.chars_before(&text, end) as usize, text.chars().count());
        }
    }

    #[test]
    fn a_run_of_equal_steps_is_one_edit() {
        let mut out = Rewriter::default();
        for c in "abc".chars() {
            out.replace(2, c.encode_utf8(&mut [0; 4]));
        }
        let (_, origin) = out.finish();
        assert_eq!(origin.edits().len(), 1);
        assert_eq!(origin.to_raw(Span::new(1, 2)), Span::new(2, 4));
        assert_eq!(origin.to_raw(Span::new(0, 3)), Span::new(0, 6));
    }

    #[test]
    fn composing_over_a_run_keeps_its_steps() {
        // UTF-16 below, a deletion in the middle above: each letter still leads to its two bytes.
        let mut decode = Rewriter::default();
        for c in "a-b".chars() {
            decode.replace(2, c.encode_utf8(&mut [0; 4]));
        }
        let (_, inner) = decode.finish();
        let mut clean = Rewriter::default();
        clean.keep("a");
        clean.delete(1);
        clean.keep("b");
        let (_, outer) = clean.finish();
        let both = inner.then(&outer);
        assert_eq!(both.to_raw(Span::new(0, 1)), Span::new(0, 2));
        assert_eq!(both.to_raw(Span::new(1, 2)), Span::new(4, 6));
        assert_eq!(both.to_raw(Span::new(0, 2)), Span::new(0, 6));
    }

    #[test]
    fn trims_white_space_only() {
        assert_eq!(Span::new(0, 5).trim(" ab  "), Span::new(1, 3));
        assert_eq!(Span::new(1, 3).trim("a  b"), Span::new(1, 1));
    }

    #[test]
    fn filters_know_their_words_in_any_case() {
        let filter = WordFilter::new(["march", "märz", "a"]);
        for word in ["march", "MARCH", "März", "A", "žádné"] {
            assert!(filter.may_have(word.as_bytes()), "{word}");
        }
        for word in ["", "may", "marches", "b", "the"] {
            assert!(!filter.may_have(word.as_bytes()), "{word}");
        }
    }
}
