//! Decoded text to text as it was meant: line ends, blanks, letters.
//!
//! Quotation marks, dashes and every visible character stay as the author set them.

use unicode_normalization::char::{canonical_combining_class, is_combining_mark};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::text::{Alignment, Rewriter};

/// Repairs `text`; `None` where there is nothing to repair.
///
/// One repair can make room for another (a mark whose letter stood behind a soft hyphen, text that
/// was misread three times), so it goes on until nothing is left to do, or `MOST_PASSES` are done: a
/// row of a thousand `Â` before a sign would take as many.
pub(super) fn repair(text: &str) -> Option<(String, Alignment)> {
    let (mut repaired, mut origin) = pass(text)?;
    for _ in 0..MOST_PASSES {
        let Some((again, next)) = pass(&repaired) else { break };
        origin = origin.then(&next);
        repaired = again;
    }
    Some((repaired, origin))
}

/// No honest text needs more; hostile text must not buy more.
const MOST_PASSES: usize = 4;

fn pass(text: &str) -> Option<(String, Alignment)> {
    let mut out = Rewriter::default();
    let mut kept = 0; // everything before is written
    let mut at = 0;
    let mut previous = 0; // where the last character that was kept begins
    while at < text.len() {
        at = skip_plain(text, at, &mut previous);
        let Some(c) = text[at..].chars().next() else { break };
        let (start, len, with) = match fix(text, at, c, kept, previous) {
            Fix::Keep(len) => {
                previous = at;
                at += len;
                continue;
            }
            Fix::Replace(len, with) => (at, len, with),
            Fix::Compose(start, end, composed) => (start, end - start, Some(composed)),
        };
        if out.raw_position() == 0 && kept == 0 {
            out = Rewriter::with_capacity(text.len());
        }
        out.keep(&text[kept..start]);
        out.replace(len, with.as_deref().unwrap_or(""));
        kept = start + len;
        at = kept;
        previous = kept;
    }
    if kept == 0 {
        return None;
    }
    out.keep(&text[kept..]);
    Some(out.finish())
}

/// The next byte at or after `at` that is not printable ASCII, tab or line feed.
fn skip_plain(text: &str, at: usize, previous: &mut usize) -> usize {
    let plain = |b: &u8| matches!(b, b' '..=b'~' | b'\n' | b'\t');
    let bytes = &text.as_bytes()[at..];
    let run = bytes.iter().position(|b| !plain(b)).unwrap_or(bytes.len());
    if run > 0 {
        *previous = at + run - 1;
    }
    at + run
}

enum Fix {
    /// So many bytes stay as they are.
    Keep(usize),
    /// So many bytes become this; `None` deletes them.
    Replace(usize, Option<String>),
    /// From the first byte to the one past the last: the composed form of what stands there.
    Compose(usize, usize, String),
}

fn fix(text: &str, at: usize, c: char, kept: usize, previous: usize) -> Fix {
    let len = c.len_utf8();
    let with = |s: &str| Fix::Replace(len, Some(s.to_owned()));
    match c {
        '\r' if text[at + 1..].starts_with('\n') => Fix::Replace(1, None),
        // Line ends: carriage return, vertical tab, next line, line and paragraph separator.
        '\r' | '\u{b}' | '\u{85}' | '\u{2028}' | '\u{2029}' => with("\n"),
        // A form feed is a page break, which layout wants to see.
        '\u{c}' => Fix::Keep(len),
        c if c.is_control() => Fix::Replace(len, None),
        // Blanks of other widths.
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => {
            with(" ")
        }
        '\u{200c}' | '\u{200d}' if joins(text, at, len) => Fix::Keep(len),
        // Soft hyphen, zero-width, direction marks, invisible operators, byte order mark.
        '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}' => Fix::Replace(len, None),
        // Latin ligatures and the presentation forms of Arabic letters, which typesetting leaves.
        '\u{fb00}'..='\u{fb06}'
        | '\u{fb50}'..='\u{fbb1}'
        | '\u{fbd3}'..='\u{fbff}'
        | '\u{fe80}'..='\u{fefc}' => Fix::Replace(len, Some(c.to_string().nfkc().collect())),
        '\u{c2}' | '\u{c3}' | '\u{ce}' | '\u{cf}' | '\u{d0}' | '\u{d1}' | '\u{d8}' | '\u{d9}'
        | '\u{e2}' | '\u{ef}' | '\u{f0}' => mojibake(text, at).unwrap_or(Fix::Keep(len)),
        c if c >= '\u{300}' => compose(text, at, c, kept, previous),
        _ => Fix::Keep(len),
    }
}

/// A joiner that belongs to the spelling: between letters of a script that joins (Arabic, Syriac,
/// Indic scripts) or inside an emoji sequence.
fn joins(text: &str, at: usize, len: usize) -> bool {
    let spells = |c: char| {
        matches!(c, '\u{600}'..='\u{8ff}' | '\u{900}'..='\u{dff}' | '\u{fb50}'..='\u{feff}')
            || matches!(c, '\u{2190}'..='\u{2bff}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}')
    };
    text[..at].chars().next_back().is_some_and(spells)
        && text[at + len..].chars().next().is_some_and(spells)
}

/// The normalization form C of the letter at `at` with its marks, where it differs.
fn compose(text: &str, at: usize, c: char, kept: usize, previous: usize) -> Fix {
    let quick = is_nfc_quick(std::iter::once(c)) == IsNormalized::Yes;
    if quick && canonical_combining_class(c) == 0 {
        return Fix::Keep(c.len_utf8());
    }
    // Marks join the letter before them, unless that one is already rewritten.
    let start =
        if quick || is_combining_mark(c) || previous < at { previous.max(kept) } else { at };
    let start = if text[start..at].chars().count() <= 1 { start } else { at };
    let tail = text[at..]
        .char_indices()
        .skip(1)
        .find(|(_, c)| canonical_combining_class(*c) == 0 && !is_combining_mark(*c))
        .map_or(text.len(), |(offset, _)| at + offset);
    let composed: String = text[start..tail].nfc().collect();
    if composed == text[start..tail] {
        Fix::Keep(tail - at)
    } else {
        Fix::Compose(start, tail, composed)
    }
}

/// UTF-8 that was read as Windows-1252, once or twice, beginning at `at`.
fn mojibake(text: &str, at: usize) -> Option<Fix> {
    let (once, len) = misread(text[at..].chars())?;
    // Read wrongly twice: what came out once more begins a misread character.
    let mut rest = &text[at..];
    let mut inner = Vec::new();
    while inner.len() < 4 {
        let Some(c) = rest.chars().next() else { break };
        let (c, used) = misread(rest.chars()).unwrap_or((c, c.len_utf8()));
        inner.push((c, used));
        rest = &rest[used..];
    }
    if let Some((twice, used)) = misread(inner.iter().map(|(c, _)| *c)) {
        // `used` counts bytes of the characters that came out once.
        let (mut bytes, mut total) = (0, 0);
        for (c, raw) in inner {
            if bytes < used {
                bytes += c.len_utf8();
                total += raw;
            }
        }
        return Some(repaired(total, twice));
    }
    is_evident(text, at, len, once).then(|| repaired(len, once))
}

fn repaired(len: usize, c: char) -> Fix {
    Fix::Replace(
        len,
        match c {
            '\u{a0}' => Some(" ".to_owned()),
            '\u{ad}' | '\u{feff}' | '\u{200b}'..='\u{200f}' => None,
            '\u{85}' | '\u{2028}' | '\u{2029}' => Some("\n".to_owned()),
            c => Some(c.to_string()),
        },
    )
}

/// The character whose UTF-8 bytes, read as Windows-1252, are the next ones of `chars`, and how many
/// bytes these take.
fn misread(mut chars: impl Iterator<Item = char>) -> Option<(char, usize)> {
    let mut bytes = [0u8; 4];
    let mut used = 0;
    let lead = chars.next()?;
    bytes[0] = windows_1252(lead)?;
    used += lead.len_utf8();
    let count = match bytes[0] {
        0xc2..=0xdf => 2,
        0xe2 | 0xef => 3,
        0xf0 => 4,
        _ => return None,
    };
    for byte in &mut bytes[1..count] {
        let c = chars.next()?;
        *byte = windows_1252(c).filter(|b| (0x80..0xc0).contains(b))?;
        used += c.len_utf8();
    }
    let c = std::str::from_utf8(&bytes[..count]).ok()?.chars().next()?;
    Some((c, used))
}

/// Whether a misreading is beyond doubt: three and four characters that only a misreading sets side
/// by side, a capital with a sign inside a word, or a run of letters of another script.
fn is_evident(text: &str, at: usize, len: usize, c: char) -> bool {
    let (before, after) = (&text[..at], &text[at + len..]);
    match c {
        // General punctuation, currency, letter-like signs, arrows; emoji.
        '\u{2000}'..='\u{2bff}' | '\u{feff}' | '\u{fffd}' | '\u{1f000}'..='\u{1faff}' => true,
        '\u{80}'..='\u{ff}' => {
            let lower = |c: char| c.is_ascii_lowercase();
            let letter = |c: char| c.is_ascii_alphabetic();
            before.chars().next_back().is_some_and(lower)
                || after.chars().next().is_some_and(letter)
        }
        '\u{370}'..='\u{6ff}' => {
            // Two more of the same script, on either side: the first of a word looks ahead.
            let same = |other: Option<(char, usize)>| {
                other.is_some_and(|(o, _)| ('\u{370}'..='\u{6ff}').contains(&o))
            };
            let next = misread(after.chars());
            let next_but_one = next.and_then(|(_, n)| misread(after[n..].chars()));
            let mut back = before.chars().rev();
            let (b, a) = (back.next(), back.next());
            let behind = misread(a.into_iter().chain(b));
            let mut behind_chars = before.chars().rev().skip(2);
            let (d, e) = (behind_chars.next(), behind_chars.next());
            let behind_but_one = misread(e.into_iter().chain(d));
            same(next) && (same(next_but_one) || same(behind))
                || same(behind) && same(behind_but_one)
        }
        _ => false,
    }
}

/// The byte that is `c` in Windows-1252; the five bytes it leaves undefined are the C1 controls, as
/// in the WHATWG Encoding Standard and in ISO-8859-1.
fn windows_1252(c: char) -> Option<u8> {
    const UPPER: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž',
        '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}',
        'ž', 'Ÿ',
    ];
    match c {
        '\u{80}'..='\u{ff}' => u8::try_from(u32::from(c)).ok(),
        _ => UPPER.iter().position(|u| *u == c).and_then(|i| u8::try_from(0x80 + i).ok()),
    }
}
