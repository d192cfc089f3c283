//! What stands around a place in a line: words with their shapes.
//!
//! In: a line's bytes and a place. Out: the words before and after it as borrowed slices with a
//! hash and a shape. Looks at most [`REACH`] bytes in either direction, so that the cost of a place
//! does not depend on the length of its line.

use std::char::ToLowercase;

use crate::eight::{self, HIGH, within};

/// How far a word is followed, in bytes.
const REACH: usize = 64;

/// Multiplier of the hash: 2^64 divided by the golden ratio (Knuth, TAOCP 3, 6.4), made odd.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// Adds up to eight bytes, the first in the lowest place, to a hash.
pub(super) const fn mix(hash: u64, bytes: u64) -> u64 {
    let mixed = (hash.rotate_left(23) ^ bytes).wrapping_mul(FACTOR);
    mixed ^ (mixed >> 32)
}

/// Hash of a name or of a word that is lower-case already; never 0.
pub(super) const fn hash(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let (mut hash, mut eight, mut i) = (0, 0, 0);
    while i < bytes.len() {
        eight |= (bytes[i] as u64) << (8 * (i % 8));
        i += 1;
        if i % 8 == 0 || i == bytes.len() {
            hash = mix(hash, eight);
            eight = 0;
        }
    }
    if hash == 0 { 1 } else { hash }
}

/// Hash of `word` in lower case; the typographic apostrophe counts as the straight one.
pub(super) fn hash_lower(word: &str) -> u64 {
    if word.is_ascii() {
        return hash_ascii(word.as_bytes(), 0, word.len());
    }
    let (mut hash, mut eight, mut len) = (0, 0, 0);
    let mut buffer = [0; 4];
    for c in word.chars().flat_map(lower) {
        for &byte in c.encode_utf8(&mut buffer).as_bytes() {
            eight |= u64::from(byte) << (8 * len);
            len += 1;
            if len == 8 {
                hash = mix(hash, eight);
                (eight, len) = (0, 0);
            }
        }
    }
    if len > 0 {
        hash = mix(hash, eight);
    }
    hash.max(1)
}

/// A character of a word as the hash takes it.
fn lower(c: char) -> ToLowercase {
    if c == '’' { '\''.to_lowercase() } else { c.to_lowercase() }
}

/// [`hash_lower`] of the word of ASCII that stands at `start..end`, eight bytes at a time.
#[inline]
fn hash_ascii(text: &[u8], start: usize, end: usize) -> u64 {
    let (mut hash, mut at) = (0, start);
    while at + 8 <= end {
        hash = mix(hash, lower_ascii(eight::at(text, at)));
        at += 8;
    }
    if at < end {
        let bits = 8 * (end - at);
        hash = mix(hash, lower_ascii(eight::at(text, at) & ((1 << bits) - 1)));
    }
    hash.max(1)
}

/// Eight bytes of ASCII in lower case.
#[inline]
fn lower_ascii(eight: u64) -> u64 {
    eight | (within(eight, b'A', b'Z') >> 2)
}

/// Defines a plain enum whose members have a name.
macro_rules! codes {
    ($(#[$doc:meta])* $kind:ident { $($(#[$note:meta])* $member:ident = $name:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub(super) enum $kind { $($(#[$note])* $member,)+ }

        impl $kind {
            /// All members in order.
            #[allow(dead_code, reason = "not every kind is gone through")]
            pub(super) const ALL: &[Self] = &[$(Self::$member),+];

            /// What the members are called in the file of weights.
            pub(super) const NAMES: &[&str] = &[$($name),+];

            /// The member as part of a feature.
            pub(super) const fn part(self) -> Part<'static> {
                Part { name: Self::NAMES[self as usize], code: self as u64, word: false }
            }
        }
    };
}
pub(super) use codes;

/// One part of a feature.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part<'a> {
    /// How it is written.
    pub(super) name: &'a str,
    /// Which member of its kind it is, counted from 0; the hash if it is a word.
    pub(super) code: u64,
    /// Whether it is a word of the text, or what stands for one.
    pub(super) word: bool,
}

impl Part<'_> {
    /// Appends the part as the file of weights writes it.
    pub(super) fn write(&self, out: &mut String) {
        if self.word {
            out.extend(self.name.chars().flat_map(lower));
        } else {
            out.push_str(self.name);
        }
    }
}

codes! {
    /// The look of a word.
    Shape {
        #[default]
        /// Nothing more on the line.
        Edge = "edge",
        /// Small letters only.
        Lower = "low",
        /// One small letter.
        Letter = "l",
        /// A capital, then at least one small letter.
        Capital = "Cap",
        /// Two capitals or more, no small letter.
        Upper = "UP",
        /// One capital.
        Initial = "I",
        /// Digits, with inner punctuation.
        Number = "num",
        /// Digits and letters.
        Mixed = "mix",
        /// Has an inner full stop between letters.
        Dotted = "dot",
        /// An address of the web or of mail, a path.
        Address = "url",
        /// Letters of a script without case.
        Caseless = "nocase",
        /// Anything else.
        Symbol = "sym",
    }
}

codes! {
    /// What a word is wrapped in at its front or followed by at its back.
    Wrap {
        #[default]
        /// Nothing.
        Bare = "-",
        /// A full stop.
        Stop = ".",
        /// An exclamation or question mark.
        Bang = "!",
        /// A comma.
        Comma = ",",
        /// A colon.
        Colon = ":",
        /// A semicolon.
        Semicolon = ";",
        /// A quotation mark.
        Quote = "q",
        /// A round bracket.
        Round = "(",
        /// Another bracket.
        Square = "[",
        /// A dash or hyphen.
        Dash = "--",
        /// A bullet or another sign.
        Sign = "*",
    }
}

/// A word beside a place, or nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Word<'a> {
    /// The word without what it is wrapped in.
    pub(super) text: &'a str,
    /// Hash of the word in lower case.
    pub(super) hash: u64,
    pub(super) shape: Shape,
    /// Whether it consists of letters and digits of ASCII alone.
    pub(super) plain: bool,
    /// What stands right before (of a word that follows the place) or right after it.
    pub(super) wrap: Wrap,
    /// Where the word begins and ends in the text.
    pub(super) start: usize,
    pub(super) end: usize,
}

impl<'a> Word<'a> {
    /// The word as part of a feature; all numbers are one word.
    pub(super) fn part(&self) -> Part<'a> {
        const NUMBER: Part<'static> = Part {
            name: Shape::Number.part().name,
            code: hash(Shape::Number.part().name),
            word: true,
        };
        const NONE: Part<'static> = Part { name: "_", code: hash("_"), word: true };
        if self.shape == Shape::Number {
            NUMBER
        } else if self.text.is_empty() {
            NONE
        } else {
            Part { name: self.text, code: self.hash, word: true }
        }
    }

    /// The word at `start..end`, whose bytes have the [`bits`] `seen`.
    fn new(text: &'a str, start: usize, end: usize, wrap: Wrap, seen: u8) -> Self {
        if seen & (bits::OTHER | bits::WIDE) == 0 {
            return Self::plain(text, start, end, wrap, seen);
        }
        let word = &text[start..end];
        let (hash, shape) = (hash_lower(word), shape(word));
        Self { text: word, hash, shape, plain: false, wrap, start, end }
    }

    /// [`Word::new`] of a word of letters and digits of ASCII alone.
    #[allow(clippy::inline_always, reason = "a twentieth of the whole time")]
    #[inline(always)]
    fn plain(text: &'a str, start: usize, end: usize, wrap: Wrap, seen: u8) -> Self {
        let word = &text[start..end];
        let hash = hash_ascii(text.as_bytes(), start, end);
        let shape = shape_plain(word.as_bytes(), seen);
        Self { text: word, hash, shape, plain: true, wrap, start, end }
    }

    /// The word that begins at `start` if it consists of letters and digits of ASCII and ends before `limit`.
    #[allow(clippy::inline_always, reason = "a twentieth of the whole time")]
    #[inline(always)]
    fn plain_after(text: &'a str, start: usize, limit: usize, wrap: Wrap) -> Option<Self> {
        let bytes = text.as_bytes();
        let (mut end, mut seen) = (start, 0);
        loop {
            let alnum = Alnum::of(eight::at(bytes, end));
            let len = alnum.others().trailing_zeros() as usize / 8;
            seen |= alnum.seen(u64::MAX.checked_shr(64 - 8 * len as u32).unwrap_or_default());
            end += len;
            if len < 8 {
                break;
            }
            if end >= limit {
                return None;
            }
        }
        let behind = *bytes.get(end)?;
        // One sign at the end of a word is none of it.
        let ends = BITS[behind as usize] == bits::PARTS
            || matches!(behind, b'.' | b',' | b'!' | b'?' | b':' | b';')
                && bytes.get(end + 1).is_some_and(|&b| BITS[b as usize] == bits::PARTS);
        (start < end && end < limit && ends).then(|| Self::plain(text, start, end, wrap, seen))
    }

    /// The word that ends at `end` if it consists of letters and digits of ASCII and begins behind `limit`.
    #[allow(clippy::inline_always, reason = "a twentieth of the whole time")]
    #[inline(always)]
    fn plain_before(text: &'a str, limit: usize, end: usize, wrap: Wrap) -> Option<Self> {
        let bytes = text.as_bytes();
        let (mut start, mut seen) = (end, 0);
        loop {
            let eight = bytes.get(limit..start)?.last_chunk()?;
            let alnum = Alnum::of(u64::from_le_bytes(*eight));
            let len = alnum.others().leading_zeros() as usize / 8;
            seen |= alnum.seen(u64::MAX.checked_shl(64 - 8 * len as u32).unwrap_or_default());
            start -= len;
            if len < 8 {
                break;
            }
        }
        let begins = BITS[*bytes.get(start.checked_sub(1)?)? as usize] == bits::PARTS;
        (start < end && begins).then(|| Self::plain(text, start, end, wrap, seen))
    }

    /// Whether the word starts like a sentence or name in a script with case.
    pub(super) fn is_capital(&self) -> bool {
        match self.shape {
            Shape::Capital | Shape::Upper | Shape::Initial => true,
            Shape::Dotted | Shape::Mixed => {
                self.text.chars().next().is_some_and(char::is_uppercase)
            }
            _ => false,
        }
    }

    /// Whether the word starts with a small letter.
    pub(super) fn is_lower(&self) -> bool {
        match self.shape {
            Shape::Lower | Shape::Letter => true,
            Shape::Dotted | Shape::Mixed => {
                self.text.chars().next().is_some_and(char::is_lowercase)
            }
            _ => false,
        }
    }
}

/// Which of eight bytes are letters and digits of ASCII, as the highest bit of each.
struct Alnum {
    lower: u64,
    upper: u64,
    digit: u64,
}

impl Alnum {
    #[inline]
    fn of(eight: u64) -> Self {
        Self {
            lower: within(eight, b'a', b'z'),
            upper: within(eight, b'A', b'Z'),
            digit: within(eight, b'0', b'9'),
        }
    }

    fn others(&self) -> u64 {
        HIGH & !(self.lower | self.upper | self.digit)
    }

    /// The kinds that there are among the bytes of `mask`, as [`bits`].
    fn seen(&self, mask: u64) -> u8 {
        u8::from(self.lower & mask != 0) * bits::LOWER
            + u8::from(self.upper & mask != 0) * bits::UPPER
            + u8::from(self.digit & mask != 0) * bits::DIGIT
    }
}

/// Whether the byte at `at` is a letter or digit of ASCII.
fn is_alnum(text: &str, at: usize) -> bool {
    text.as_bytes().get(at).is_some_and(u8::is_ascii_alphanumeric)
}

/// The character that ends before byte `at`.
pub(super) fn char_before(text: &str, at: usize) -> Option<char> {
    match text.as_bytes()[..at].last() {
        Some(&b) if b.is_ascii() => Some(b as char),
        _ => text[..at].chars().next_back(),
    }
}

/// The character that begins at byte `at`.
pub(super) fn char_at(text: &str, at: usize) -> Option<char> {
    match text.as_bytes().get(at) {
        Some(&b) if b.is_ascii() => Some(b as char),
        _ => text[at..].chars().next(),
    }
}

fn wrap_of(c: char) -> Option<Wrap> {
    Some(match c {
        '"' | '“' | '”' | '„' | '«' | '»' | '‘' | '‚' | '‹' | '›' | '\'' | '’' | '`' | '「'
        | '『' => Wrap::Quote,
        '(' | ')' => Wrap::Round,
        '[' | ']' | '{' | '}' => Wrap::Square,
        '.' | '…' => Wrap::Stop,
        '!' | '?' | '¿' | '¡' | '؟' => Wrap::Bang,
        ',' | '،' => Wrap::Comma,
        ':' => Wrap::Colon,
        ';' | '؛' => Wrap::Semicolon,
        '-' | '–' | '—' | '―' | '‒' => Wrap::Dash,
        '*' | '•' | '#' | '>' | '<' | '=' | '|' | '~' | '·' | '▪' | '●' | '■' | '⁃' | '_' => {
            Wrap::Sign
        }
        _ => return None,
    })
}

/// What a byte of a word is, as bits that can be put together.
mod bits {
    pub(super) const LOWER: u8 = 1;
    pub(super) const UPPER: u8 = 2;
    pub(super) const DIGIT: u8 = 4;
    /// Another character of ASCII.
    pub(super) const OTHER: u8 = 8;
    /// Part of a character outside ASCII.
    pub(super) const WIDE: u8 = 16;
    /// White space and signs that part words.
    pub(super) const PARTS: u8 = 32;
}

const BITS: [u8; 256] = {
    let mut table = [bits::OTHER; 256];
    let mut i = 0;
    while i < 256 {
        table[i] = match i as u8 {
            b'a'..=b'z' => bits::LOWER,
            b'A'..=b'Z' => bits::UPPER,
            b'0'..=b'9' => bits::DIGIT,
            9..=13 | b' ' | b'(' | b')' | b'[' | b']' | b'"' | b'<' | b'>' => bits::PARTS,
            0x80.. => bits::WIDE,
            _ => bits::OTHER,
        };
        i += 1;
    }
    table
};

/// Signs that part words even without white space.
fn parts_words(c: char) -> bool {
    matches!(
        c,
        '—' | '―'
            | '('
            | ')'
            | '['
            | ']'
            | '"'
            | '“'
            | '”'
            | '«'
            | '»'
            | '„'
            | '…'
            | '<'
            | '>'
    )
}

/// The word that ends before `at` and begins no earlier than `floor`, without the signs at its ends
/// (its inner full stops stay). Blanks before `at` are passed over.
pub(super) fn before(text: &str, floor: usize, at: usize) -> Word<'_> {
    let limit = at.saturating_sub(REACH).max(floor);
    let mut end = at;
    let mut wrap = Wrap::Bare;
    while end > limit && !is_alnum(text, end - 1) {
        let Some(c) = char_before(text, end) else { break };
        if c.is_whitespace() {
            if wrap != Wrap::Bare {
                break;
            }
        } else if let Some(found) = wrap_of(c) {
            if wrap == Wrap::Bare {
                wrap = found;
            }
        } else {
            break;
        }
        end -= c.len_utf8();
    }
    if let Some(word) = Word::plain_before(text, limit, end, wrap) {
        return word;
    }
    let bytes = text.as_bytes();
    let (mut start, mut seen) = (end, 0);
    while start > limit {
        let bit = BITS[bytes[start - 1] as usize];
        if bit == bits::PARTS {
            break;
        }
        if bit == bits::WIDE {
            let Some(c) = char_before(text, start) else { break };
            if c.is_whitespace() || parts_words(c) {
                break;
            }
            start -= c.len_utf8();
        } else {
            start -= 1;
        }
        seen |= bit;
    }
    if seen & (bits::OTHER | bits::WIDE) != 0 {
        while let Some(c) = text[start..end].chars().next() {
            if wrap_of(c).is_none() {
                break;
            }
            start += c.len_utf8();
        }
    }
    if start == end {
        return Word {
            wrap,
            start,
            end,
            shape: if wrap == Wrap::Bare { Shape::Edge } else { Shape::Symbol },
            ..Word::default()
        };
    }
    Word::new(text, start, end, wrap, seen)
}

/// The word that begins at or after `at` on the same line, and the sign that stands in front of it.
pub(super) fn after(text: &str, at: usize) -> Word<'_> {
    let (mut start, mut wrap) = (at, Wrap::Bare);
    let limit = at + REACH;
    while !is_alnum(text, start)
        && let Some(c) = char_at(text, start)
    {
        if start >= limit || is_newline(c) {
            break;
        }
        if let Some(found) = wrap_of(c) {
            if wrap == Wrap::Bare {
                wrap = found;
            }
        } else if !c.is_whitespace() || !matches!(wrap, Wrap::Bare | Wrap::Sign | Wrap::Dash) {
            break;
        }
        start += c.len_utf8();
    }
    if let Some(word) = Word::plain_after(text, start, limit, wrap) {
        return word;
    }
    let bytes = text.as_bytes();
    let (mut end, mut seen) = (start, 0);
    while end < limit.min(bytes.len()) {
        let bit = BITS[bytes[end] as usize];
        if bit == bits::PARTS {
            break;
        }
        if bit == bits::WIDE {
            let Some(c) = char_at(text, end) else { break };
            if c.is_whitespace() || parts_words(c) {
                break;
            }
            end += c.len_utf8();
        } else {
            end += 1;
        }
        seen |= bit;
    }
    if seen & (bits::OTHER | bits::WIDE) != 0 {
        while let Some(c) = char_before(&text[start..], end - start) {
            if wrap_of(c).is_none() {
                break;
            }
            end -= c.len_utf8();
        }
    }
    if start == end {
        return Word {
            wrap,
            start,
            end,
            shape: if wrap == Wrap::Bare { Shape::Edge } else { Shape::Symbol },
            ..Word::default()
        };
    }
    Word::new(text, start, end, wrap, seen)
}

/// What stands right behind a word that [`after`] found.
pub(super) fn tail(text: &str, word: &Word) -> Wrap {
    char_at(text, word.end).and_then(wrap_of).unwrap_or_default()
}

/// Characters that end a line.
pub(super) fn is_newline(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// [`shape`] of a word of nothing but letters and digits of ASCII, whose bits are `seen`.
#[inline]
fn shape_plain(word: &[u8], seen: u8) -> Shape {
    const LETTERS: u8 = bits::LOWER | bits::UPPER;
    let first_upper = word.first().is_some_and(u8::is_ascii_uppercase);
    match (seen, word.len()) {
        (bits::DIGIT, _) => Shape::Number,
        (bits::LOWER, 1) => Shape::Letter,
        (bits::LOWER, _) => Shape::Lower,
        (bits::UPPER, 1) => Shape::Initial,
        (bits::UPPER, _) => Shape::Upper,
        (LETTERS, _) if first_upper => Shape::Capital,
        _ => Shape::Mixed,
    }
}

/// How many characters of a kind a word has.
#[derive(Clone, Copy, Default)]
struct Counts {
    lower: usize,
    upper: usize,
    digit: usize,
    dot: usize,
    /// `@`
    at: usize,
    /// Letters of scripts without case.
    caseless: usize,
    /// What is none of these, but for apostrophes, hyphens, commas and `&`.
    other: usize,
}

/// One in the byte of a counter of [`count_ascii`], by the byte that is counted.
const COUNTERS: [u64; 128] = {
    let mut table = [0; 128];
    let mut i = 0;
    while i < 128 {
        table[i] = match i as u8 {
            b'a'..=b'z' => 1,
            b'A'..=b'Z' => 1 << 8,
            b'0'..=b'9' => 1 << 16,
            b'.' => 1 << 24,
            b'@' => 1 << 32,
            b'\'' | b'-' | b'&' | b',' => 0,
            _ => 1 << 40,
        };
        i += 1;
    }
    table
};

/// Counts the characters of a word of ASCII that is shorter than 256 bytes.
fn count_ascii(word: &[u8]) -> Counts {
    let sum: u64 = word.iter().map(|&b| COUNTERS[usize::from(b & 0x7f)]).sum();
    let [lower, upper, digit, dot, at, other, ..] = sum.to_le_bytes().map(usize::from);
    Counts { lower, upper, digit, dot, at, other, caseless: 0 }
}

fn count(word: &str) -> Counts {
    let mut counts = Counts::default();
    for c in word.chars() {
        let counter = match c {
            '@' => &mut counts.at,
            '.' => &mut counts.dot,
            '\'' | '-' | '&' | ',' | '’' => continue,
            _ if c.is_uppercase() => &mut counts.upper,
            _ if c.is_lowercase() => &mut counts.lower,
            _ if c.is_alphabetic() => &mut counts.caseless,
            _ if c.is_numeric() => &mut counts.digit,
            _ => &mut counts.other,
        };
        *counter += 1;
    }
    counts
}

fn shape(word: &str) -> Shape {
    let counts = if word.is_ascii() { count_ascii(word.as_bytes()) } else { count(word) };
    let Counts { lower, upper, digit, dot, at, caseless, other } = counts;
    if at > 0 {
        return Shape::Address;
    }
    if lower + upper == 0 {
        return match (caseless, digit) {
            (0, 0) => Shape::Symbol,
            (0, _) => Shape::Number,
            _ => Shape::Caseless,
        };
    }
    if dot > 0 && (other > 0 || word.starts_with("www.")) {
        return Shape::Address;
    }
    if dot > 0 {
        return Shape::Dotted;
    }
    if digit > 0 {
        return Shape::Mixed;
    }
    match (lower, upper) {
        (1, 0) => Shape::Letter,
        (_, 0) => Shape::Lower,
        (0, 1) => Shape::Initial,
        (0, _) => Shape::Upper,
        _ if word.starts_with(char::is_uppercase) => Shape::Capital,
        _ => Shape::Mixed,
    }
}
