//! One pass over a text that finds the places where a sentence may end.

use std::cell::OnceCell;

use memchr::memchr3_iter;

use super::Splitter;
use super::features::{Closer, Mark, Place, Sign, Style, Within};
use super::lists::Language;
use super::rules;
use super::words::{self, Shape, Wrap, char_at, char_before, is_newline};
use crate::text::Span;

/// What a byte may be the beginning of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Byte {
    /// Nothing of interest.
    Other,
    Newline,
    /// May begin a sentence behind a blank: a capital, a digit, a sign.
    Start,
    /// `.`, `!` or `?`.
    Terminator,
    /// `)`, which no sentence begins with.
    Close,
    /// First byte of some signs outside ASCII that matter.
    Lead,
}

/// Digits and signs that may begin a sentence; sentences may also end behind `;` and `>`.
const STARTS: &[u8] = b"0123456789-*$#<=['>;(\"";

const BYTES: [Byte; 256] = {
    let mut table = [Byte::Other; 256];
    table[b'\n' as usize] = Byte::Newline;
    table[b'\r' as usize] = Byte::Newline;
    table[0x0b] = Byte::Newline;
    table[0x0c] = Byte::Newline;
    let mut i = 0;
    while i < 26 {
        table[b'A' as usize + i] = Byte::Start;
        i += 1;
    }
    i = 0;
    while i < STARTS.len() {
        table[STARTS[i] as usize] = Byte::Start;
        i += 1;
    }
    table[b'.' as usize] = Byte::Terminator;
    table[b'!' as usize] = Byte::Terminator;
    table[b'?' as usize] = Byte::Terminator;
    table[b')' as usize] = Byte::Close;
    // U+0085, « and »; Armenian; Arabic; Urdu; Indic; Ethiopic and Khmer; general punctuation; CJK;
    // full width.
    let leads = [0xc2, 0xd6, 0xd8, 0xdb, 0xe0, 0xe1, 0xe2, 0xe3, 0xef];
    i = 0;
    while i < leads.len() {
        table[leads[i]] = Byte::Lead;
        i += 1;
    }
    table
};

/// Bytes that are looked at together.
const BLOCK: usize = 64;

/// Which of the bytes behind the first two of `window` may matter, as bits from the lowest: all that
/// [`BYTES`] calls something, but those that may only begin a sentence behind a blank alone, and
/// capitals not if a small letter stands before the blank. Some that do not matter are among them.
///
/// All bytes take the same steps, without a branch, so that the compiler can use vectors.
#[allow(clippy::needless_bitwise_bool, reason = "a lazy operator is a branch")]
fn matters(window: &[u8; BLOCK + 2]) -> u64 {
    let mut found = [0_u8; BLOCK];
    for (i, found) in found.iter_mut().enumerate() {
        let (last, blank, b) = (window[i], window[i + 1], window[i + 2]);
        let mark = (b < 14)
            | (b == b'!')
            | (b == b'"')
            | (b & 0xfe == b'(')
            | (b == b'.')
            | (b == b';')
            | (b & 0xfe == b'>');
        let name = (b.wrapping_sub(b'A') < 26) & (last.wrapping_sub(b'a') < 26);
        let start = (blank == b' ') & (b < b'a') & !name;
        *found = u8::from(mark | start);
    }
    if !window.is_ascii() {
        for (found, b) in found.iter_mut().zip(&window[2..]) {
            *found |= u8::from(BYTES[*b as usize] == Byte::Lead);
        }
    }
    let (eights, _) = found.as_chunks::<8>();
    eights.iter().rev().fold(0, |bits, eight| {
        // Multiplied so, the lowest bits of eight bytes come together in the highest byte.
        bits << 8 | u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56
    })
}

/// [`matters`] of the block of `bytes` that begins at `at`.
fn block(bytes: &[u8], at: usize) -> u64 {
    if at >= 2
        && let Some(window) = bytes[at - 2..].first_chunk()
    {
        return matters(window);
    }
    // Letters do not matter.
    let mut window = [b'a'; BLOCK + 2];
    let end = bytes.len().min(at + BLOCK);
    let before = at.min(2);
    window[2 - before..2 + end - at].copy_from_slice(&bytes[at - before..end]);
    matters(&window)
}

/// Signs that end sentences, of the Unicode property `Sentence_Terminal` (UAX #29), as far as living
/// scripts use them.
fn terminator(c: char) -> Option<Mark> {
    Some(match c {
        '.' => Mark::Stop,
        '…' => Mark::Dots,
        '!' => Mark::Bang,
        '?' | '؟' => Mark::Question,
        '‽' | '⁇' | '⁈' | '⁉' | '‼' => Mark::Bangs,
        '۔' | '।' | '॥' | '։' | '።' | '។' => Mark::Full,
        '。' | '！' | '？' | '｡' | '．' => Mark::Wide,
        _ => return None,
    })
}

fn closes(c: char) -> Option<Closer> {
    Some(match c {
        '"' | '”' | '»' | '’' | '\'' | '›' | '」' | '』' | '“' | '«' | '‘' => {
            Closer::Quote
        }
        ')' | '）' => Closer::Round,
        ']' | '}' | '】' => Closer::Square,
        _ => return None,
    })
}

/// The end of the white space that begins at `at`, or of the part of it before a line break.
fn skip_blanks(text: &str, at: usize) -> usize {
    let graphic = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_graphic);
    if graphic(at) {
        return at;
    }
    if text.as_bytes().get(at) == Some(&b' ') && graphic(at + 1) {
        return at + 1;
    }
    let rest = &text[at..];
    at + rest.find(|c: char| !c.is_whitespace() || is_newline(c)).unwrap_or(rest.len())
}

/// Splits `text`, asking `score` at every place that the rules leave open. Where it is `weighted`, the
/// rules leave open what they are not sure of, and blanks are places too.
pub(super) fn split(
    splitter: &Splitter,
    language: &Language,
    weighted: bool,
    text: &str,
    score: impl FnMut(&Place) -> i32,
) -> Vec<Span> {
    let style = OnceCell::new();
    let out = Vec::with_capacity(text.len() / 48 + 8);
    let pass = Pass {
        splitter,
        language,
        weighted,
        score,
        text,
        line: 0,
        style: &style,
        within: Within::default(),
        marker: None,
        seen: 0,
        out,
    };
    pass.run()
}

/// One pass over a text, with what it knows of the line and sentence it is in.
struct Pass<'t, F> {
    splitter: &'t Splitter,
    language: &'t Language,
    weighted: bool,
    score: F,
    text: &'t str,
    /// First byte of the line.
    line: usize,
    style: &'t OnceCell<Style>,
    within: Within,
    /// The last list marker that the line or a sentence of it began with.
    marker: Option<rules::Marker>,
    /// Places up to this byte are dealt with.
    seen: usize,
    out: Vec<Span>,
}

impl<F: FnMut(&Place) -> i32> Pass<'_, F> {
    fn run(mut self) -> Vec<Span> {
        let bytes = self.text.as_bytes();
        let mut at = self.begin_line(0);
        let mut from = 0;
        while from < bytes.len() {
            let mut bits = block(bytes, from);
            while bits != 0 {
                let found = from + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                if found >= at {
                    at = self.byte(found);
                }
            }
            from += BLOCK;
            if at > from + BLOCK {
                from = at;
            }
        }
        self.cut(bytes.len());
        self.out
    }

    /// Looks at the byte at `at`: gives where to go on.
    #[inline]
    fn byte(&mut self, at: usize) -> usize {
        let kind = BYTES[self.text.as_bytes()[at] as usize];
        if self.weighted && matches!(kind, Byte::Start | Byte::Lead) {
            self.start(at);
        }
        match kind {
            Byte::Other => at + 1,
            Byte::Newline => self.newline(at, 1),
            Byte::Terminator => {
                self.list(at);
                self.terminator(at)
            }
            Byte::Lead => self.lead(at),
            Byte::Start | Byte::Close => {
                self.sign(at);
                at + 1
            }
        }
    }

    /// A line begins at `at`: gives where its text begins.
    fn begin_line(&mut self, at: usize) -> usize {
        self.line = skip_blanks(self.text, at);
        self.within.sentence = self.line;
        self.within.quoted = false;
        self.marker = rules::marker(self.text, self.line);
        self.line
    }

    /// A line break of `len` bytes stands at `at`: gives where the next line's text begins.
    fn newline(&mut self, at: usize, len: usize) -> usize {
        self.cut(at);
        self.begin_line(at + len)
    }

    /// Ends the sentence before `end`; the next begins at the first character at or after it.
    fn cut(&mut self, end: usize) {
        let start = self.within.sentence;
        let bytes = self.text.as_bytes();
        let graphic = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_graphic);
        if start < end {
            let mut sentence = Span::new(start, end);
            if !(graphic(start) && graphic(end - 1)) {
                sentence = sentence.trim(self.text);
            }
            if !sentence.is_empty() {
                self.out.push(sentence);
            }
        }
        let start = skip_blanks(self.text, end);
        if bytes.get(start).is_some_and(u8::is_ascii_digit) {
            self.marker = rules::marker(self.text, start).or(self.marker);
        }
        self.within.sentence = start;
        self.within.round = 0;
    }

    /// Ends the sentence before the list marker whose full stop or bracket stands at `at`, if it is the
    /// next one of a list that the line began with.
    fn list(&mut self, at: usize) {
        const LONGEST: usize = 5;
        if self.marker.is_none() {
            return;
        }
        let bytes = &self.text.as_bytes()[self.within.sentence..at];
        let len = bytes.iter().rev().take(LONGEST).take_while(|b| !b.is_ascii_whitespace()).count();
        if len < LONGEST.min(bytes.len()) {
            self.item(at - len);
        }
    }

    /// Ends the sentence before `at` if the next item of the line's list begins there.
    fn item(&mut self, at: usize) {
        if at > self.within.sentence
            && starts_word(self.text, at)
            && let Some(last) = self.marker
            && let Some(next) = rules::successor(self.splitter, self.text, last, at)
        {
            self.marker = Some(next);
            self.cut(at);
        }
    }

    /// A sign of ASCII stands at `at`.
    fn sign(&mut self, at: usize) {
        match self.text.as_bytes()[at] {
            b'"' => self.within.quoted = !self.within.quoted,
            b'(' => self.within.round += 1,
            b')' => {
                self.list(at);
                self.within.round = self.within.round.saturating_sub(1);
            }
            b';' | b'>' => self.start(skip_blanks(self.text, at + 1)),
            _ => {}
        }
    }

    /// A character outside ASCII that may matter begins at `at`: gives where to go on.
    fn lead(&mut self, at: usize) -> usize {
        let Some(c) = char_at(self.text, at) else { return self.text.len() };
        match c {
            _ if terminator(c).is_some() => return self.terminator(at),
            _ if is_newline(c) => return self.newline(at, c.len_utf8()),
            _ if rules::is_bullet(c) => self.item(at),
            // In German, “ closes what „ opened.
            '“' => self.within.quoted = !self.within.quoted,
            '„' | '«' => self.within.quoted = true,
            '”' | '»' => self.within.quoted = false,
            _ => {}
        }
        at + c.len_utf8()
    }

    /// A run of terminators begins at `at`: gives where to go on.
    fn terminator(&mut self, at: usize) -> usize {
        let text = self.text;
        if let Some(plain) = self.plain_terminator(at) {
            return plain;
        }
        let run = run(text, at);
        if let Some(first) = run.detached {
            // A full stop and the ellipsis of what was left out behind it.
            self.cut(first);
            return run.end;
        }
        let (closer, end) = closers(self.language, text, run.end, self.within.quoted, run.mark);
        let next = skip_blanks(text, end);
        self.seen = next;
        if char_at(text, next).is_none_or(is_newline) {
            return run.end;
        }
        let spaced = next > end || matches!(run.mark, Mark::Wide | Mark::Full);
        if !spaced && !rules::may_open_unspaced(text, self.line, at, run.mark, next, closer) {
            return run.end;
        }
        if !self.ends_at(at, Sign { mark: run.mark, closer, end, next }) {
            return run.end;
        }
        if text[run.end..end].contains(['"', '”', '»', '“']) {
            self.within.quoted = false;
        }
        self.cut(end);
        end
    }

    /// What [`Pass::terminator`] does at a single mark of ASCII in the commonest surroundings, where nothing closes behind it: gives
    /// nothing in others.
    fn plain_terminator(&mut self, at: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let mark = match bytes[at] {
            b'.' => Mark::Stop,
            b'!' => Mark::Bang,
            b'?' => Mark::Question,
            _ => return None,
        };
        let end = at + 1;
        match bytes.get(end) {
            Some(b' ') if bytes.get(end + 1).is_some_and(u8::is_ascii_alphabetic) => {
                let next = end + 1;
                self.seen = next;
                if self.ends_at(at, Sign { mark, closer: Closer::None, end, next }) {
                    self.cut(end);
                }
            }
            None | Some(b'\n') => self.seen = end,
            // Inside a number, an address or an abbreviation.
            Some(b'a'..=b'z' | b',') if mark == Mark::Stop => self.seen = end,
            Some(b'0'..=b'9')
                if mark == Mark::Stop && at > 0 && !bytes[at - 1].is_ascii_lowercase() =>
            {
                self.seen = end;
            }
            _ => return None,
        }
        Some(end)
    }

    /// Whether a sentence ends with `sign`, whose mark stands at `at`.
    fn ends_at(&mut self, at: usize, sign: Sign) -> bool {
        let before = words::before(self.text, self.within.sentence, at);
        self.ends(before, sign)
    }

    /// A byte at `next` may begin a sentence, if a blank stands before it.
    fn start(&mut self, next: usize) {
        let bytes = self.text.as_bytes();
        let sentence = self.within.sentence;
        if next <= self.seen.max(sentence + 1) || next >= bytes.len() || bytes[next - 1] != b' ' {
            return;
        }
        let blank = bytes[sentence..next].iter().rev().take_while(|&&b| b == b' ').count();
        let end = next - blank;
        if end <= sentence || !may_part(bytes, end, next, end - sentence) {
            return;
        }
        self.seen = next;
        let before = words::before(self.text, sentence, end);
        let mark = Mark::of_blank(&before);
        if self.ends(before, Sign { mark, closer: Closer::None, end, next }) {
            self.cut(end);
        }
    }

    /// Whether a sentence ends behind `before` and `sign`.
    fn ends(&mut self, before: words::Word, sign: Sign) -> bool {
        let place = Place::new(self.language, self.text, before, sign, self.within, self.style);
        if let Some(sure) = rules::sure(self.splitter, &place) {
            return sure;
        }
        // The weights know nothing of scripts without case.
        if !self.weighted || place.next.shape == Shape::Caseless {
            return rules::likely(self.language, &place);
        }
        (self.score)(&place) > 0
    }
}

/// Whether a sentence that is `len` bytes long may end at `end`, where a blank follows up to
/// `next`.
///
/// Only where text that lost its line breaks shows it: before dates and signs, after brackets, times
/// and short lines of greeting. After colons, dashes and ordinary words sentences go on far more
/// often than the weights can tell apart; after a semicolon only the rules know.
fn may_part(bytes: &[u8], end: usize, next: usize, len: usize) -> bool {
    const GREETING: usize = 25;
    let (last, first) = (bytes[end - 1], bytes[next]);
    match last {
        b';' => true,
        b':' => false,
        // Speech is broken off with a dash, long or of two hyphens.
        b'-' | 0x94 | 0x93 => {
            let dash = &bytes[..end];
            first.is_ascii_uppercase()
                && (dash.ends_with(b"--")
                    || dash.ends_with("—".as_bytes())
                    || dash.ends_with("–".as_bytes()))
        }
        b',' => first.is_ascii_uppercase() && len <= GREETING,
        b'a'..=b'z' => match first {
            b'0'..=b'9' => bytes[next..].iter().take(3).any(|&b| b == b'/'),
            b'-' | b'*' | b'$' | b'#' | b'<' | b'>' | b'=' => true,
            _ => false,
        },
        _ => match first {
            b'A'..=b'Z'
            | b'0'..=b'9'
            | b'-'
            | b'*'
            | b'$'
            | b'('
            | b'['
            | b'"'
            | b'\''
            | b'#'
            | b'<'
            | b'>'
            | b'=' => true,
            b'a'..=b'z' => last == b'>',
            _ => first >= 0x80 && !last.is_ascii_alphanumeric(),
        },
    }
}

/// A run of terminators.
struct Run {
    mark: Mark,
    end: usize,
    /// The end of a full stop that an ellipsis of its own follows, as in `word. . . . The`.
    detached: Option<usize>,
}

fn run(text: &str, at: usize) -> Run {
    let bytes = text.as_bytes();
    let (mut end, mut count, mut spaced) = (at, 0_usize, 0_usize);
    let (mut bangs, mut questions, mut dots) = (0_usize, 0_usize, 0_usize);
    let mut mark = Mark::Stop;
    let mut first = at;
    loop {
        if let Some(c) = char_at(text, end)
            && let Some(found) = terminator(c)
        {
            mark = found;
            count += 1;
            end += c.len_utf8();
            match found {
                Mark::Stop => dots += 1,
                Mark::Dots => dots += 3,
                Mark::Bang => bangs += 1,
                Mark::Question => questions += 1,
                _ => {}
            }
            if count == 1 {
                first = end;
            }
        } else if dots == count
            && bytes.get(end) == Some(&b' ')
            && bytes.get(end + 1) == Some(&b'.')
            && !bytes.get(end + 2).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'.')
        {
            spaced += 1;
            end += 1;
        } else {
            break;
        }
    }
    let attached = at > 0 && !bytes[at - 1].is_ascii_whitespace();
    let mark = match (count, dots, bangs, questions) {
        (1, ..) => mark,
        (_, 0, _, 0) if bangs > 0 => Mark::Bangs,
        (_, 0, 0, _) if questions > 0 => Mark::Questions,
        (_, 0, 0, 0) => mark,
        (3, 3, ..) if spaced == 2 && !attached => Mark::Omission,
        (n, d, ..) if n == d && d < 3 => Mark::TwoDots,
        (n, d, ..) if n == d && d > 3 => Mark::ManyDots,
        (_, d, 0, 0) if d > 0 => Mark::Dots,
        _ => Mark::Bangs,
    };
    let next = skip_blanks(text, end);
    let detached = (attached
        && spaced == 3
        && count == 4
        && next > end
        && char_at(text, next).is_some_and(char::is_uppercase))
    .then_some(first);
    Run { mark, end, detached }
}

/// What closes behind the terminators before `at`, and its end: quotation marks and brackets, reference
/// marks, emoticons.
fn closers(
    language: &Language,
    text: &str,
    at: usize,
    mut quoted: bool,
    mark: Mark,
) -> (Closer, usize) {
    let (mut last, mut end) = (Closer::None, at);
    while let Some(c) = char_at(text, end) {
        let next = char_at(text, end + c.len_utf8());
        let Some(closer) = closes(c) else {
            // French sets a blank before the mark that closes.
            if matches!(c, ' ' | '\u{a0}' | '\u{202f}') && next == Some('»') {
                end += c.len_utf8();
                continue;
            }
            break;
        };
        let word_follows = next.is_some_and(char::is_alphanumeric);
        let opens = match c {
            '"' => !quoted && word_follows,
            '\'' | '’' | '“' | '«' | '‘' => word_follows,
            _ => false,
        };
        if opens {
            break;
        }
        quoted ^= c == '"';
        last = closer;
        end += c.len_utf8();
    }
    if matches!(mark, Mark::Stop | Mark::TwoDots | Mark::Question | Mark::Bang) {
        while let Some(found) = rules::reference(language, text, end) {
            (last, end) = (Closer::Reference, found);
        }
    }
    match rules::emoticon(text, end) {
        Some(found) => (Closer::Emoticon, found),
        None => (last, end),
    }
}

/// How often sentences seem to begin with a small letter in a text.
pub(super) fn style(bytes: &[u8]) -> Style {
    let (mut lower, mut upper) = (0_usize, 0_usize);
    for at in memchr3_iter(b'.', b'!', b'?', bytes) {
        if at < 4 || at + 2 >= bytes.len() || bytes[at + 1] != b' ' {
            continue;
        }
        // Words of fewer than four small letters may be abbreviations.
        if bytes[at - 4..at].iter().all(u8::is_ascii_lowercase) {
            lower += usize::from(bytes[at + 2].is_ascii_lowercase());
            upper += usize::from(bytes[at + 2].is_ascii_uppercase());
        }
    }
    if lower == 0 || lower * 10 < lower + upper { Style::Edited } else { Style::Loose }
}

impl Mark {
    /// What a blank after `before` is taken for.
    fn of_blank(before: &words::Word) -> Self {
        match before.wrap {
            Wrap::Bare => Self::Word,
            Wrap::Colon => Self::Colon,
            Wrap::Semicolon => Self::Semicolon,
            Wrap::Comma => Self::Comma,
            Wrap::Dash => Self::Dash,
            Wrap::Quote => Self::QuoteEnd,
            Wrap::Round => Self::RoundEnd,
            Wrap::Square => Self::SquareEnd,
            Wrap::Sign => Self::Sign,
            Wrap::Stop | Wrap::Bang => Self::Inside,
        }
    }
}

/// Whether the character before `at` is white space or nothing.
pub(super) fn starts_word(text: &str, at: usize) -> bool {
    char_before(text, at).is_none_or(char::is_whitespace)
}
