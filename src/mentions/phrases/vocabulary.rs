//! The words of several lexicons, looked up once for all of them.
//!
//! In: lexicons and which of their words are signs; then text. Out: the signs that stand in a stretch of text, and
//! its [`Token`]s in order, each on character boundaries. Assumes nothing of the text; one pass, no
//! allocation per token.
//!
//! Most text holds no sign, and looking for signs costs a fraction of cutting it into tokens: eight
//! bytes at a time, and of a word no more than four letters where no sign begins with them.

use crate::eight::{self, HIGH, folded, letters, within};
use crate::mentions::bits;

use super::tokens::{
    Bits, CAPITAL, GLUED, Kind, Lexicon, ORDINAL, PLURAL, SEPARATED, TIGHT, Token, UPPER,
};

/// What words and digits are signs of.
pub mod sign {
    /// Any digit.
    pub const DIGIT: u8 = 1;
    /// Of a time expression.
    pub const TIME: u8 = 2;
    /// Of a number.
    pub const COUNT: u8 = 4;
    /// Of something that happens to people.
    pub const OUTCOME: u8 = 8;
    /// Of something that happens to those whom a number beside it counts; without one it is no sign.
    pub const FATE: u8 = 16;
}

/// Whose reading of a word is asked for: the place of a lexicon in [`Vocabulary::new`].
#[derive(Clone, Copy, Debug)]
pub enum View {
    /// That of times.
    Dates,
    /// That of quantities.
    Quantities,
}

/// A word in one lexicon: its number and its classes, and those that it has without a capital.
#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    word: u16,
    classes: Bits,
    lower: Bits,
}

#[derive(Clone, Debug, Default)]
struct Word {
    text: String,
    views: [Entry; 2],
}

/// The words of all finders.
#[derive(Clone, Debug)]
pub struct Vocabulary {
    words: Vec<Word>,
    /// Open addressing; 0 is free.
    slots: Vec<u16>,
    /// By word, as [`key`] gives it.
    keys: Vec<u64>,
    /// By word: without a capital, and with one.
    signs: Vec<[u8; 2]>,
    /// By the first four letters, as [`prefix`] gives them: whether a sign may begin so, as bits.
    begins: Vec<u64>,
    /// By the first four letters or fewer, where a word has no more: whether a word begins so, as bits. Most
    /// words of a text are unknown and need not be looked up in the larger tables.
    known: Vec<u64>,
}

/// Four times the words of a lexicon.
const SLOTS: usize = 1 << 14;
const LONGEST: usize = 24;
const PREFIXES: usize = 1 << 15;

/// How many of the eight bytes are letters before the first that is none.
const fn run(eight: u64) -> usize {
    (!letters(eight) & HIGH).trailing_zeros() as usize / 8
}

/// What a word of `len` bytes that begins with `eight` at `at` is looked up by, whatever the case of its
/// letters: up to eight letters of ASCII themselves, of others a number above all of those.
fn key(bytes: &[u8], at: usize, len: usize, first: u64) -> u64 {
    let mut key = folded(first, len);
    let mut done = 8;
    while done < len {
        let own = folded(eight::at(bytes, at + done), len - done);
        key = (key.rotate_left(23) ^ own).wrapping_mul(FACTOR) | 1 << 63;
        done += 8;
    }
    key
}

const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// Where to begin to look for `key`.
const fn slot(key: u64) -> usize {
    // The upper half goes into the lower one, so that each letter moves the place.
    ((key ^ key >> 32).wrapping_mul(FACTOR) >> (64 - SLOTS.trailing_zeros())) as usize
}

/// Place of what begins with the first four bytes of `eight`, whatever the case of letters.
const fn prefix(eight: u64) -> usize {
    let own = (eight as u32 & 0x1f1f_1f1f).wrapping_mul(0x9e37_79b1);
    (own >> (32 - PREFIXES.trailing_zeros())) as usize
}

/// Place of the first four letters or fewer of a word of `len` bytes, whatever the case of letters.
fn beginning(eight: u64, len: usize) -> usize {
    prefix(folded(eight, len.min(4)))
}

/// A lexicon with the signs of each word by its number, without a capital and with one.
pub type Signed<'l> = (&'l Lexicon, &'l [[u8; 2]]);

impl Vocabulary {
    /// The words of `lexicons`, in the order of [`View`].
    pub fn new(lexicons: [Option<Signed<'_>>; 2]) -> Self {
        // Word 0 is the unknown one.
        let mut own = Self {
            words: vec![Word::default()],
            slots: vec![0; SLOTS],
            keys: vec![0],
            signs: vec![[0; 2]],
            begins: vec![0; PREFIXES / 64],
            known: vec![0; PREFIXES / 64],
        };
        for (view, lexicon) in lexicons.into_iter().enumerate() {
            let Some((lexicon, signs)) = lexicon else { continue };
            for word in (0..).take(lexicon.len()).skip(1) {
                let at = own.intern(lexicon.text_of(word));
                let (classes, capital) = lexicon.classes_of(word);
                own.words[at].views[view] = Entry { word, classes, lower: classes & !capital };
                let signs = signs.get(usize::from(word)).copied().unwrap_or_default();
                own.signs[at] = std::array::from_fn(|i| own.signs[at][i] | signs[i]);
            }
        }
        for word in &own.words {
            bits::set(
                &mut own.known,
                beginning(eight::at(word.text.as_bytes(), 0), word.text.len()),
            );
        }
        for (word, _) in own
            .words
            .iter()
            .zip(&own.signs)
            .filter(|(_, signs)| (signs[0] | signs[1]) & !sign::FATE != 0)
        {
            let text = word.text.as_bytes();
            let start = eight::at(text, 0) & 0xffff_ffff;
            // What may stand after a shorter word is not known.
            let open = 4_usize.saturating_sub(text.len());
            for rest in 0..1 << (5 * open) {
                let mut four = start;
                for i in 0..open {
                    four |= (rest >> (5 * i) & 31) << (8 * (3 - i));
                }
                bits::set(&mut own.begins, prefix(four));
            }
        }
        own
    }

    /// The number of the word `text`, in lower case, made where it is new.
    fn intern(&mut self, text: &str) -> usize {
        let bytes = text.as_bytes();
        let key = key(bytes, 0, bytes.len(), eight::at(bytes, 0));
        let mut at = slot(key);
        while self.slots[at] != 0 {
            let known = usize::from(self.slots[at]);
            if self.words[known].text == text {
                return known;
            }
            at = (at + 1) % SLOTS;
        }
        let known = self.words.len();
        // Lexicons fill a quarter of the slots each at most.
        self.slots[at] = u16::try_from(known).unwrap_or(0);
        self.keys.push(key);
        self.signs.push([0; 2]);
        self.words.push(Word { text: text.to_owned(), ..Word::default() });
        known
    }

    /// The number of the word `bytes[at..at + len]`, which begins with `first`, in any case; 0 where it
    /// is unknown.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "a call costs half of what it does")]
    fn find(&self, bytes: &[u8], at: usize, len: usize, first: u64) -> u16 {
        if len > LONGEST {
            return 0;
        }
        let key = if len <= 8 { folded(first, len) } else { key(bytes, at, len, first) };
        let mut place = slot(key);
        loop {
            let known = self.slots[place];
            if known == 0 {
                return 0;
            }
            if self.keys[usize::from(known)] == key
                && (key >> 63 == 0
                    || self.words[usize::from(known)]
                        .text
                        .as_bytes()
                        .eq_ignore_ascii_case(&bytes[at..at + len]))
            {
                return known;
            }
            place = (place + 1) % SLOTS;
        }
    }

    fn signs_of(&self, known: u16, capital: bool) -> u8 {
        self.signs[usize::from(known)][usize::from(capital)]
    }

    /// The signs that stand in `text`, each a bit of [`sign`]. Once it has found what holds a time and
    /// a number as well, it looks no further.
    #[must_use]
    pub fn signs(&self, text: &str) -> u8 {
        let bytes = text.as_bytes();
        let mut found = 0;
        let mut before = 0;
        let mut at = 0;
        while at < bytes.len() {
            let own = eight::at(bytes, at);
            if within(own, b'0', b'9') != 0 {
                return found | sign::DIGIT;
            }
            let letters = letters(own);
            let mut starts = letters & !(letters << 8 | before);
            before = letters >> 56;
            while starts != 0 {
                let start = at + starts.trailing_zeros() as usize / 8;
                starts &= starts - 1;
                let word = eight::at(bytes, start);
                if bits::has(&self.begins, prefix(word)) {
                    let mut len = run(word);
                    if len == 8 {
                        len = letters_from(bytes, start, bytes.len());
                    }
                    found |= self.signs_of(self.find(bytes, start, len, word), word & 0x20 == 0);
                }
            }
            at += 8;
        }
        found & !sign::FATE
    }

    /// Replaces `tokens` by those of `text[start..end]`, as no finder reads them yet.
    pub fn tokenize(&self, text: &str, start: usize, end: usize, tokens: &mut Vec<Token>) {
        tokens.clear();
        let bytes = text.as_bytes();
        let mut at = start;
        let mut tight = TIGHT;
        while at < end {
            let byte = bytes[at];
            if byte.is_ascii_whitespace() {
                at += 1;
                tight = 0;
                continue;
            }
            let letter = byte.is_ascii_alphabetic();
            let mut token = if byte.is_ascii_digit() {
                number(bytes, at, end)
            } else if !letter && is_wide_space(bytes, at) {
                at += 2;
                tight = 0;
                continue;
            } else if !letter && let Some((mark, len)) = mark(bytes, at) {
                blank(at, at + len, Kind::Mark, mark)
            } else {
                self.word(bytes, at, end)
            };
            token.flags |= tight;
            at = token.end as usize;
            tokens.push(token);
            tight = TIGHT;
        }
    }

    /// Gives `tokens` the words and classes that they have for one finder.
    pub fn read(&self, view: View, tokens: &mut [Token]) {
        for token in tokens.iter_mut().filter(|t| t.known != 0) {
            let entry = &self.words[usize::from(token.known)].views[view as usize];
            token.word = entry.word;
            token.classes = if token.has(CAPITAL) { entry.classes } else { entry.lower };
        }
    }

    #[inline]
    fn word(&self, bytes: &[u8], start: usize, end: usize) -> Token {
        let first = eight::at(bytes, start);
        let mut len = run(first).min(end - start);
        if len == 8 {
            len = letters_from(bytes, start, end);
        }
        let mut at = start + len;
        // Letters beyond ASCII are rare.
        let wide = at < end && bytes[at] >= 0x80;
        if wide {
            while at < end
                && (bytes[at].is_ascii_alphabetic()
                    || bytes[at] >= 0x80 && mark(bytes, at).is_none() && !is_wide_space(bytes, at))
            {
                at += 1;
            }
        }
        let mut token = blank(start, at, Kind::Word, 0);
        let capital = first & 0x20 == 0;
        if capital && !wide {
            token.flags |= CAPITAL;
            // The bit that tells small letters from capitals, of the letters up to eight.
            let small = first & folded(0, len);
            if len > 1
                && small == 0
                && (len <= 8 || !bytes[start + 8..at].iter().any(u8::is_ascii_lowercase))
            {
                token.flags |= UPPER;
            }
        } else if wide {
            let own = &bytes[start..at];
            let capital = own[0].is_ascii_uppercase();
            if capital {
                token.flags |= CAPITAL;
            }
            if (capital || own[0] >= 0x80)
                && !own.iter().any(u8::is_ascii_lowercase)
                && own.iter().filter(|b| b.is_ascii_uppercase()).count() > 1
            {
                token.flags |= UPPER;
            }
        }
        let len = at - start;
        if bits::has(&self.known, beginning(first, len)) {
            token.known = self.find(bytes, start, len, first);
        }
        token.signs = self.signs_of(token.known, token.has(CAPITAL));
        token
    }
}

/// How many letters of ASCII stand in `bytes[at..end]` from `at` on.
fn letters_from(bytes: &[u8], at: usize, end: usize) -> usize {
    let mut len = 0;
    loop {
        let more = run(eight::at(bytes, at + len));
        len += more;
        if more < 8 || at + len >= end {
            return len.min(end - at);
        }
    }
}

fn is_wide_space(bytes: &[u8], at: usize) -> bool {
    bytes[at] == 0xc2 && bytes.get(at + 1) == Some(&0xa0)
}

fn blank(start: usize, end: usize, kind: Kind, mark: u8) -> Token {
    #[allow(clippy::cast_possible_truncation, reason = "a text is shorter than 4 GiB")]
    let (start, end) = (start as u32, end as u32);
    Token { start, end, kind, flags: 0, mark, signs: 0, known: 0, word: 0, classes: 0, number: 0.0 }
}

/// The mark at `at` in its ASCII form (0 where it has none) and its length; None for letters.
fn mark(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let byte = bytes[at];
    if byte < 0x80 {
        return (!byte.is_ascii_alphanumeric()).then_some((byte, 1));
    }
    let second = bytes.get(at + 1).copied().unwrap_or(0);
    match byte {
        0xc2 => Some((
            match second {
                0xab | 0xbb => b'"',
                0xb4 => b'\'',
                0xa3 => b'L',
                0xa5 => b'Y',
                _ => 0,
            },
            2,
        )),
        0xe2 => {
            let third = bytes.get(at + 2).copied().unwrap_or(0);
            let mark = match (second, third) {
                (0x80, 0x90..=0x95) | (0x88, 0x92) => b'-',
                (0x80, 0x98..=0x9b) => b'\'',
                (0x80, 0x9c..=0x9f) => b'"',
                (0x82, 0xac) => b'E',
                _ => 0,
            };
            Some((mark, 3))
        }
        _ => None,
    }
}

/// Whether `rest` goes on from an hour as in 10.30am.
fn is_clock(rest: &[u8]) -> bool {
    let [b'.', b'0'..=b'5', b'0'..=b'9', after @ ..] = rest else { return false };
    let after = after.strip_prefix(b" ").unwrap_or(after);
    match after {
        [b'a' | b'p' | b'A' | b'P', b'm' | b'M', then @ ..] => {
            then.first().is_none_or(|b| !b.is_ascii_alphanumeric())
        }
        [b'a' | b'p', b'.', b'm', ..] => true,
        _ => false,
    }
}

/// A number: digits, commas before three digits, one decimal point, and an ending.
fn number(bytes: &[u8], start: usize, end: usize) -> Token {
    let digit = |at: usize| at < end && bytes[at].is_ascii_digit();
    let mut at = start;
    let (mut value, mut digits, mut flags) = (0.0_f64, 0_u8, 0);
    while digit(at) {
        value = value * 10.0 + f64::from(bytes[at] - b'0');
        digits = digits.saturating_add(1);
        at += 1;
    }
    if digits <= 3 {
        while at < end
            && bytes[at] == b','
            && digit(at + 1)
            && digit(at + 2)
            && digit(at + 3)
            && !digit(at + 4)
        {
            for i in 1..4 {
                value = value * 10.0 + f64::from(bytes[at + i] - b'0');
            }
            flags |= SEPARATED;
            at += 4;
        }
    }
    // 23.05.2016 is no decimal number.
    let dotted =
        bytes[at..end].iter().skip(1).take(3).position(|b| *b == b'.').is_some_and(|dot| {
            digits <= 2
                && dot > 0
                && (dot + 2..dot + 6).all(|i| digit(at + i))
                && !digit(at + dot + 6)
        });
    // Nor is the end of 3.4.2016, nor a time of day: 10.30am.
    let after_dot = start > 1 && bytes[start - 1] == b'.' && bytes[start - 2].is_ascii_digit();
    let year = after_dot && (1..5).all(|i| digit(at + i)) && !digit(at + 5);
    let dotted = dotted || year || digits <= 2 && is_clock(&bytes[at..end]);
    if at < end && bytes[at] == b'.' && digit(at + 1) && !dotted {
        let mut scale = 1.0;
        let mut fraction = 0.0;
        let mut to = at + 1;
        while digit(to) {
            // More digits than a double holds change nothing.
            if scale < 1e15 {
                fraction = fraction * 10.0 + f64::from(bytes[to] - b'0');
                scale *= 10.0;
            }
            to += 1;
        }
        value += fraction / scale;
        flags |= SEPARATED;
        at = to;
    }
    let letters = bytes[at..end].iter().take(4).take_while(|b| b.is_ascii_alphabetic()).count();
    match (letters, bytes[at..end].get(..letters.min(2))) {
        (2, Some(b"st" | b"nd" | b"rd" | b"th" | b"ST" | b"ND" | b"RD" | b"TH")) => {
            flags |= ORDINAL;
            at += 2;
        }
        (1, Some(b"s")) => {
            flags |= PLURAL;
            at += 1;
        }
        (1.., _) => flags |= GLUED,
        _ => {}
    }
    // The 1990's.
    if letters == 0 && digits == 4 && value % 10.0 == 0.0 && bytes[at..end].starts_with(b"'s") {
        flags |= PLURAL;
        at += 2;
    }
    let mut token = blank(start, at, Kind::Number, digits);
    token.flags = flags;
    token.number = value;
    token
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A vocabulary of `may` (a sign with a capital), `dead` and `no` (signs) and `internationally`.
    fn vocabulary() -> Vocabulary {
        let mut lexicon = Lexicon::default();
        let mut signs = vec![[0; 2]];
        for (word, own) in [
            ("may", [0, sign::TIME]),
            ("dead", [sign::OUTCOME; 2]),
            ("no", [sign::COUNT; 2]),
            ("internationally", [0; 2]),
        ] {
            lexicon.intern(word).unwrap();
            signs.push(own);
        }
        Vocabulary::new([Some((&lexicon, &signs)), None])
    }

    #[test]
    fn signs_are_seen_in_any_case_and_parts_of_words_are_not() {
        let words = vocabulary();
        for (text, expected) in [
            ("", 0),
            ("Maya and deadly mays, nor November", 0),
            ("it may", 0),
            ("in May", sign::TIME),
            ("MAY, dead", sign::TIME | sign::OUTCOME),
            ("é7", sign::DIGIT),
            ("internationally-No.", sign::COUNT),
        ] {
            assert_eq!(words.signs(text), expected, "{text}");
        }
    }

    #[test]
    fn words_of_any_length_are_known_in_any_case() {
        let mut lexicon = Lexicon::default();
        let listed = ["à", "of", "two", "août", "maio", "internationally"];
        for word in listed {
            lexicon.intern(word).unwrap();
        }
        let words = Vocabulary::new([Some((&lexicon, &[])), None]);
        let mut tokens = Vec::new();
        for (text, expected) in [
            ("à of two août maio internationally", 6),
            ("OF Two AOûT MAIO INTERNATIONALLY", 5),
            ("o ofs tw twos aoû maios international internationallyy", 0),
        ] {
            words.tokenize(text, 0, text.len(), &mut tokens);
            let known: Vec<u16> = tokens.iter().map(|t| t.known).filter(|&n| n != 0).collect();
            assert_eq!(known.len(), expected, "{text}");
            assert!(known.is_sorted());
        }
    }

    proptest! {
        #[test]
        fn signs_are_those_of_the_tokens(text in "([ .,7é’-]|may|May|dead|no|x|internationally){0,12}") {
            let words = vocabulary();
            let mut tokens = Vec::new();
            words.tokenize(&text, 0, text.len(), &mut tokens);
            let digit = tokens.iter().any(|t| t.kind == Kind::Number);
            let own = tokens.iter().fold(0, |all, t| all | t.signs);
            let seen = words.signs(&text);
            // After a digit it looks no further; 'é' belongs to the word beside it.
            prop_assert_eq!(seen & sign::DIGIT != 0, digit);
            prop_assert!(digit || text.contains('é') || seen == own);
        }

        #[test]
        fn tokens_are_the_text_without_its_white_space(text in any::<String>()) {
            let mut tokens = Vec::new();
            vocabulary().tokenize(&text, 0, text.len(), &mut tokens);
            let mut last = 0;
            for token in &tokens {
                let (start, end) = (token.start as usize, token.end as usize);
                prop_assert!(last <= start && start < end);
                prop_assert!(text[last..start].chars().all(char::is_whitespace));
                prop_assert!(text.is_char_boundary(end));
                last = end;
            }
        }
    }
}
