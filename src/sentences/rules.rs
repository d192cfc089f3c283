//! What is certain about a place, and what is likely where no weights are fitted.

use super::Splitter;
use super::features::{Closer, Mark, Place, Style};
use super::lists::{Class, Language, Opener};
use super::scan::starts_word;
use super::words::{self, Shape, Wrap, char_at, char_before};

/// A list marker: `1.`, `2)`, `(iv)`, `b.`, a bullet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Marker {
    /// The bullet or the kind of number.
    kind: char,
    /// What stands in front of and behind the number.
    open: bool,
    dot: bool,
    close: bool,
    /// The number, letters counted from `a` = 1; 0 for a bullet.
    value: u32,
    /// One past its last byte.
    end: usize,
}

/// Whether items of a list may begin with `c`.
pub(super) fn is_bullet(c: char) -> bool {
    matches!(c, '•' | '⁃' | '▪' | '●' | '■' | '‣' | '◦')
}

/// The list marker that begins at `at`, if a blank follows it.
pub(super) fn marker(text: &str, at: usize) -> Option<Marker> {
    let bytes = text.as_bytes();
    let first = *bytes.get(at)?;
    if first >= 0x80 {
        let kind = char_at(text, at).filter(|&c| is_bullet(c))?;
        let end = at + kind.len_utf8();
        return Some(Marker { kind, open: false, dot: false, close: false, value: 0, end });
    }
    let open = first == b'(';
    let start = at + usize::from(open);
    let digits = bytes[start..].iter().take(4).take_while(|b| b.is_ascii_digit()).count();
    let (kind, value, mut end) = match (digits, bytes.get(start)) {
        (1..=3, _) => {
            let value =
                bytes[start..start + digits].iter().fold(0, |n, b| n * 10 + u32::from(b - b'0'));
            ('1', value, start + digits)
        }
        (0, Some(b @ b'a'..=b'z')) => ('a', u32::from(b - b'a') + 1, start + 1),
        (0, Some(b @ b'A'..=b'Z')) => ('A', u32::from(b - b'A') + 1, start + 1),
        _ => return None,
    };
    let dot = bytes.get(end) == Some(&b'.');
    end += usize::from(dot);
    let close = bytes.get(end) == Some(&b')');
    end += usize::from(close);
    let marks = if open { close && !dot } else { dot || close };
    (marks && matches!(bytes.get(end), Some(b' ' | b'\t'))).then_some(Marker {
        kind,
        open,
        dot,
        close,
        value,
        end,
    })
}

/// The marker at `at` if it is the next one of the list that `last` belongs to: the same sign, and
/// for numbers and letters the next value.
pub(super) fn successor(
    splitter: &Splitter,
    text: &str,
    last: Marker,
    at: usize,
) -> Option<Marker> {
    let first = *text.as_bytes().get(at)?;
    if !(first.is_ascii_digit() || first.is_ascii_lowercase() || first >= 0x80 || first == b'(') {
        return None;
    }
    let found = marker(text, at)?;
    let same = found.kind == last.kind
        && (found.open, found.dot, found.close) == (last.open, last.dot, last.close)
        && (found.value == last.value + 1 || found.value == 0);
    if !same {
        return None;
    }
    if found.value > 0 && !found.close {
        // "see section 2. The" and "it was in 2. But" do not count on.
        let before = words::before(text, 0, at);
        let bound = before.wrap == Wrap::Bare
            && (splitter.number_nouns.has(&before) == Opener::Yes
                || before.shape != Shape::Lower
                || splitter.other.openers.has(&before) == Opener::Yes);
        let item = words::after(text, found.end);
        if bound || !item.is_capital() {
            return None;
        }
    }
    Some(found)
}

/// The end of a reference mark at `at`: `[1]`, `[1-3]`, `[note 2]`, superscripts, or plain digits
/// that stand right behind the full stop of an ordinary word, or before a word that opens sentences.
pub(super) fn reference(language: &Language, text: &str, at: usize) -> Option<usize> {
    const LONGEST: usize = 32;
    let bytes = text.as_bytes();
    let superscript = |c: char| matches!(c, '¹' | '²' | '³' | '⁰' | '⁴'..='⁹');
    match bytes.get(at)? {
        b'0'..=b'9' => {
            let word = at >= 4
                && bytes[at - 1] == b'.'
                && bytes[at - 4..at - 1].iter().all(u8::is_ascii_lowercase);
            let digits = bytes[at..]
                .iter()
                .take(12)
                .take_while(|b| b.is_ascii_digit() || matches!(b, b',' | b'-'))
                .count();
            let behind = bytes.get(at + digits)? == &b' '
                && char_at(text, at + digits + 1).is_some_and(|c| !c.is_lowercase());
            return (word && behind && digits <= 8).then_some(at + digits);
        }
        b' ' if bytes.get(at + 1) != Some(&b'[') => {
            // A number before a capital word of grammar is no part of the sentence that follows.
            let digits = bytes[at + 1..].iter().take(4).take_while(|b| b.is_ascii_digit()).count();
            let end = at + 1 + digits;
            if !(1..=3).contains(&digits) || bytes.get(end) != Some(&b' ') {
                return None;
            }
            let next = words::after(text, end + 1);
            let opens = next.start == end + 1
                && next.shape == Shape::Capital
                && language.openers.has(&next) == Opener::Yes
                && language.abbreviations.class(&words::before(text, 0, at)) == Class::None;
            return opens.then_some(end);
        }
        b' ' | b'[' => {}
        0x80.. => {
            let len: usize = text[at..]
                .chars()
                .take_while(|&c| superscript(c))
                .take(8)
                .map(char::len_utf8)
                .sum();
            return (len > 0).then_some(at + len);
        }
        _ => return None,
    }
    let open = at + usize::from(bytes[at] == b' ');
    let inner = bytes.get(open + 1)?;
    if !(inner.is_ascii_digit() || inner.is_ascii_lowercase()) {
        return None;
    }
    let len = bytes[open..].iter().take(LONGEST).position(|&b| b == b']')?;
    let plain = bytes[open + 1..open + len]
        .iter()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b' ' | b',' | b'-' | b':') || *b >= 0x80);
    plain.then_some(open + len + 1)
}

/// The end of emoticons or emoji at `at` or behind one blank there.
pub(super) fn emoticon(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let start = at + usize::from(bytes.get(at) == Some(&b' '));
    let rest = bytes.get(start..)?;
    let len = match rest.first()? {
        b':' | b';' | b'=' => {
            let nose = usize::from(matches!(rest.get(1), Some(b'-' | b'\'' | b'^')));
            let mouth = rest[1 + nose..]
                .iter()
                .take(16)
                .take_while(|b| matches!(b, b')' | b'(' | b'D' | b'P' | b'p' | b']' | b'|' | b'*'))
                .count();
            if mouth == 0 { 0 } else { 1 + nose + mouth }
        }
        b'<' if rest.get(1) == Some(&b'3') => 2,
        0xe2 | 0xf0 => {
            text[start..].chars().take(16).take_while(|&c| is_emoji(c)).map(char::len_utf8).sum()
        }
        _ => 0,
    };
    let ends = char_at(text, start + len).is_none_or(char::is_whitespace);
    (len > 0 && ends).then_some(start + len)
}

/// Emoji with what joins and varies them.
fn is_emoji(c: char) -> bool {
    matches!(c, '\u{1f300}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{200d}' | '\u{fe0f}')
}

/// Whether a sentence may begin at `next` although no blank separates it from the mark at `at`.
pub(super) fn may_open_unspaced(
    text: &str,
    line: usize,
    at: usize,
    mark: Mark,
    next: usize,
    closer: Closer,
) -> bool {
    const REACH: usize = 48;
    /// The last part of an address that is written with a capital: `Example.Com`.
    const DOMAINS: [&str; 5] = ["Com", "Org", "Net", "Edu", "Gov"];
    let Some(c) = char_at(text, next) else { return false };
    let opens_quote = matches!(c, '"' | '“' | '«' | '‘' | '(');
    let first = if opens_quote { char_at(text, next + c.len_utf8()) } else { Some(c) };
    let Some(first) = first.filter(|c| c.is_alphabetic()) else { return false };
    let fits = match mark {
        Mark::Stop => first.is_uppercase() || closer != Closer::None && !first.is_lowercase(),
        _ => true,
    };
    let last = char_before(text, at);
    let attached = last.is_some_and(|c| c.is_lowercase() || c.is_numeric() || ")]\"”".contains(c));
    if !fits || mark == Mark::Stop && closer == Closer::None && !attached {
        return false;
    }
    // An address or a file name holds its marks.
    let address = |c: char| matches!(c, '/' | '@' | '\\' | '=' | '_' | '&' | '#');
    let mut start = at;
    while start > line && at - start < REACH {
        match char_before(text, start) {
            Some(c) if !c.is_whitespace() && !address(c) => start -= c.len_utf8(),
            Some(c) if address(c) => return false,
            _ => break,
        }
    }
    let mut end = next;
    let mut small = false;
    while let Some(c) = char_at(text, end).filter(|c| !c.is_whitespace() && end - next < REACH) {
        let after = char_at(text, end + c.len_utf8());
        if address(c) || c == '.' && after.is_some_and(char::is_lowercase) {
            return false;
        }
        small |= c.is_lowercase();
        end += c.len_utf8();
    }
    if DOMAINS.contains(&text[next..end].trim_end_matches(|c: char| !c.is_alphabetic())) {
        return false;
    }
    // Letters with full stops between are an abbreviation.
    let counted = last.is_some_and(char::is_numeric) && start > line && small;
    mark != Mark::Stop || counted || at - start > 1 && (small || end - next <= 1)
}

/// What is certain about a place in any language.
pub(super) fn sure(splitter: &Splitter, place: &Place) -> Option<bool> {
    let next = &place.next;
    match place.sign.mark {
        // Clauses of a resolution that follow each other in one paragraph are units of their own.
        Mark::Semicolon => {
            let clause = splitter.clause_openers.has(next) == Opener::Yes;
            return Some(clause && next.shape == Shape::Capital);
        }
        Mark::Colon => return Some(false),
        // Before a name, a dash joins: `three funds -- Acme, Reed and Ross`.
        Mark::Dash if place.opener == Opener::No => return Some(false),
        // `Vol. 2 No. 3`
        Mark::Word if matches!(place.next_class, Class::Number | Class::Date | Class::Inner) => {
            return Some(false);
        }
        // `What a day 😀 Thanks`
        Mark::Word if next.is_capital() && place.before.text.chars().all(is_face) => {
            return Some(!place.before.text.is_empty());
        }
        // `"I only wanted to --" He stopped.`
        Mark::QuoteEnd
            if next.is_capital() && place.opener == Opener::Yes && is_broken_off(place) =>
        {
            return Some(true);
        }
        // `In 219 BC Hannibal`
        Mark::Word if place.blanks() < 5 && is_fronted(splitter, place) => return Some(false),
        _ => {}
    }
    // Edited text does not begin sentences with small letters: what closed stands inside one, and
    // so does an abbreviation.
    if next.is_lower()
        && (matches!(place.sign.closer, Closer::Quote | Closer::Round)
            || place.class != Class::None)
        && place.style() == Style::Edited
    {
        return Some(false);
    }
    if is_marker_only(place) {
        return Some(false);
    }
    match place.sign.mark {
        Mark::Wide | Mark::Full => return Some(true),
        Mark::Bang | Mark::Question if place.sign.closer == Closer::None => {
            let capital = place.before.is_capital();
            let name = capital && splitter.marked_names.has(&place.before) == Opener::Yes;
            // Names may have marks that no list knows: `Democracy Now! covered it`.
            let inside = next.is_lower()
                && (name || capital && !starts_line(place) && place.style() == Style::Edited);
            let opens = next.is_capital() && place.opener == Opener::Yes;
            return (inside || name && !opens && !starts_line(place)).then_some(false);
        }
        // Three spaced dots stand for words left out inside a sentence, a fourth ends it.
        Mark::Omission if place.sign.closer == Closer::None => return Some(false),
        _ if is_cited(place) || is_attributed(splitter, place) => return Some(false),
        Mark::Stop => {}
        _ => return None,
    }
    if place.sign.next == place.sign.end {
        return None;
    }
    if place.sign.closer == Closer::Round
        && place.class != Class::None
        && char_before(place.text, place.before.start) == Some('(')
    {
        // A bracket around an abbreviation: `Gen. (ret.) Saleh`.
        return Some(false);
    }
    if place.sign.closer != Closer::None {
        return None;
    }
    match place.class {
        Class::Before | Class::Inner => Some(false),
        Class::Number
            if next.text.contains(|c: char| c.is_ascii_digit()) || is_roman(next.text) =>
        {
            Some(false)
        }
        // `HUDSON, N.Y. (AP)`, `Acme Inc. (now Reed)`
        Class::Either | Class::Letters | Class::Date if next.wrap == Wrap::Round => Some(false),
        Class::Closing if next.is_capital() => Some(true),
        Class::Date
            if next.text.starts_with(|c: char| c.is_ascii_digit())
                || place.next_class == Class::Date =>
        {
            Some(false)
        }
        Class::Initial if place.next_class == Class::Initial && place.before.text != "I" => {
            Some(false)
        }
        // Initials before a name: `James B. Reed`, `J. F. Reed`, `P.T. Lane`.
        Class::Initial if is_between_names(place) => Some(false),
        Class::Initial if is_name(next, place.opener) && follows_initial(place) => Some(false),
        Class::Letters if is_name(next, place.opener) => Some(false),
        // `H. R. 1280`
        Class::Initial if next.shape == Shape::Number && follows_initial(place) => Some(false),
        Class::Either | Class::Letters | Class::Number | Class::Date
            if is_fronted(splitter, place) =>
        {
            Some(false)
        }
        Class::Either if is_clock(place) && splitter.calendar.has(next) == Opener::Yes => {
            Some(false)
        }
        // A clock time, then a person with a title: `at 6 p.m. Mr. Blake`.
        Class::Either if place.next_class == Class::Before && is_clock(place) => Some(true),
        _ => None,
    }
}

/// Whether a word may be part of a name.
fn is_name(word: &words::Word, opener: Opener) -> bool {
    matches!(word.shape, Shape::Capital | Shape::Mixed) && word.is_capital() && opener == Opener::No
}

/// Whether a name stands on both sides, in ordinary writing or in capitals.
fn is_between_names(place: &Place) -> bool {
    let earlier = place.earlier();
    let capitals = earlier.shape == Shape::Upper && place.next.shape == Shape::Upper;
    place.opener == Opener::No
        && (capitals || is_name(&place.next, Opener::No) && is_name(&earlier, Opener::No))
}

/// Whether another initial stands before the one before the full stop.
fn follows_initial(place: &Place) -> bool {
    let earlier = place.earlier();
    earlier.wrap == Wrap::Stop && earlier.shape == Shape::Initial
}

/// Whether the source of a quotation follows it in brackets that the full stop stands behind.
fn is_cited(place: &Place) -> bool {
    const LONGEST: usize = 80;
    let bytes = place.text.as_bytes();
    place.sign.closer == Closer::Quote
        && bytes.get(place.sign.next) == Some(&b'(')
        && bytes[place.sign.next..].iter().take(LONGEST).position(|&b| b == b')').is_some_and(
            |len| matches!(bytes.get(place.sign.next + len + 1), Some(b'.' | b',' | b';')),
        )
}

/// Whether the speaker of a question or exclamation in quotation marks follows it, by name:
/// `"Who will pay?" Mr. Reed asked.`
fn is_attributed(splitter: &Splitter, place: &Place) -> bool {
    const LONGEST: usize = 4;
    let asks =
        matches!(place.sign.mark, Mark::Bang | Mark::Question | Mark::Bangs | Mark::Questions);
    if !asks || place.sign.closer != Closer::Quote {
        return false;
    }
    let mut word = place.next;
    for _ in 0..LONGEST {
        if !is_name(&word, splitter.other.openers.has(&word)) {
            return false;
        }
        let stop = usize::from(place.text.as_bytes().get(word.end) == Some(&b'.'));
        word = words::after(place.text, word.end + stop);
        if splitter.speech_verbs.has(&word) == Opener::Yes {
            return word.shape == Shape::Lower;
        }
    }
    false
}

/// Whether a dash stands before the quotation mark at the end of what is said.
fn is_broken_off(place: &Place) -> bool {
    let said = place.so_far().trim_end_matches(['"', '”', '’', '\'', '»', '“']);
    said.ends_with(['—', '–']) || said.ends_with("--")
}

/// The block Emoticons of Unicode.
fn is_face(c: char) -> bool {
    matches!(c, '\u{1f600}'..='\u{1f64f}')
}

/// Whether the word before the full stop is `a.m` or `p.m` behind a number.
fn is_clock(place: &Place) -> bool {
    let word = place.before.text;
    (word.eq_ignore_ascii_case("p.m") || word.eq_ignore_ascii_case("a.m"))
        && place.earlier().shape == Shape::Number
}

fn starts_line(place: &Place) -> bool {
    place.before.start == place.within.sentence
}

/// Whether the place stands behind a list marker that opens the sentence or follows a colon or semicolon: `2.`,
/// `(iv)`, `• 9.`, `two things: 1.`
fn is_marker_only(place: &Place) -> bool {
    const LONGEST: usize = 12;
    if !matches!(place.sign.mark, Mark::Stop | Mark::RoundEnd | Mark::Word | Mark::Sign) {
        return false;
    }
    if place.before.shape == Shape::Number
        && place.before.text.len() <= 2
        && char_before(place.text, place.before.start) == Some(' ')
        && place.text[place.within.sentence..place.before.start].trim_end().ends_with([':', ';'])
    {
        return true;
    }
    if place.sign.end <= place.within.sentence
        || place.sign.end - place.within.sentence > LONGEST
        || place.blanks() > 2
    {
        return false;
    }
    if is_section_number(place.so_far()) {
        return true;
    }
    let mut at = place.within.sentence;
    while let Some(found) = marker(place.text, at) {
        at = found.end + usize::from(place.text.as_bytes().get(found.end) == Some(&b' '));
        if found.end >= place.sign.end {
            return true;
        }
        if found.value > 0 {
            return false;
        }
    }
    let so_far = place.so_far().trim_matches(['(', ')', '.', ' ']);
    place.sign.mark != Mark::Word
        && so_far.len() <= 5
        && so_far.chars().all(|c| "ivxlc".contains(c))
        && !so_far.is_empty()
}

/// Whether it is the number of a section, such as `2.1.` or `2.1`
fn is_section_number(text: &str) -> bool {
    text.contains('.')
        && text
            .split_terminator('.')
            .all(|part| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()))
}

/// Whether the sentence is no more than an adverbial so far: `At 5 a.m.`, `In the U.S.`
fn is_fronted(splitter: &Splitter, place: &Place) -> bool {
    let first = words::after(place.text, place.within.sentence);
    starts_word(place.text, first.start) && splitter.prepositions.has(&first) == Opener::Yes
}

/// Whether a word is one letter, or the same letter twice as in a Spanish plural.
fn is_short(word: &words::Word) -> bool {
    let mut letters = word.text.chars();
    match (letters.next(), letters.next(), letters.next()) {
        (Some(c), None, _) => c.is_alphabetic(),
        (Some(c), Some(d), None) => c == d && c.is_uppercase(),
        _ => false,
    }
}

fn is_roman(word: &str) -> bool {
    !word.is_empty() && word.len() <= 6 && word.bytes().all(|b| b"IVXLC".contains(&b))
}

/// What is likely about a place in a language without weights.
pub(super) fn likely(language: &Language, place: &Place) -> bool {
    let next = &place.next;
    if !place.sign.mark.is_terminator() {
        return false;
    }
    let opens =
        matches!(next.wrap, Wrap::Quote | Wrap::Round | Wrap::Square | Wrap::Bang | Wrap::Dash);
    if next.is_lower() {
        // After three dots or inside a quotation the sentence goes on; a small letter after a full
        // stop shows an abbreviation that no list has.
        return false;
    }
    if next.shape == Shape::Edge && !opens {
        return true;
    }
    if place.sign.mark != Mark::Stop || place.sign.closer != Closer::None {
        return true;
    }
    // Abbreviations of several words with blanks between: `z. B.`, `и т. д.`, `EE. UU.`
    let mut class = place.class;
    if is_short(&place.before) {
        if place.tail == Wrap::Stop && is_short(next) {
            return false;
        }
        let earlier = place.earlier();
        if earlier.wrap == Wrap::Stop && is_short(&earlier) {
            let words = &place.text[earlier.start..place.before.end];
            class = match language.abbreviations.spaced(words) {
                Class::None => Class::Either,
                listed => listed,
            };
        }
    }
    match class {
        Class::None => {}
        Class::Closing => return true,
        Class::Before | Class::Inner => return false,
        Class::Number => return next.shape != Shape::Number,
        Class::Initial => return !next.is_capital() || place.opener == Opener::Yes,
        Class::Either | Class::Letters | Class::Date => {
            return match next.shape {
                Shape::Caseless => false,
                Shape::Number => opens,
                _ => place.opener == Opener::Yes || opens,
            };
        }
    }
    if place.before.shape == Shape::Number
        && language.ordinal_stop
        && place.before.text.len() <= 2
        && place.opener == Opener::No
    {
        return false;
    }
    true
}
