//! Words, numbers and marks of a sentence, with what a lexicon knows of each.
//!
//! In: a stretch of text and a [`Lexicon`]. Out: [`Token`]s in order, each on character boundaries.
//! Assumes nothing of the text; one pass, no allocation per token.

use std::collections::BTreeMap;
use thiserror::Error;

/// What is wrong with a data file of word lists and rules.
#[derive(Debug, Error)]
pub enum DataError {
    /// Not the TOML that is expected.
    #[error("word lists or rules can't be read: {0}")]
    Toml(#[from] toml::de::Error),
    /// A rule's pattern or make is wrong.
    #[error("rule {rule}: {what}")]
    Rule {
        /// Id of the rule.
        rule: String,
        /// What is wrong with it.
        what: String,
    },
    /// More classes or words than the tables hold.
    #[error("too many {0}")]
    Full(&'static str),
}

/// What a token is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Letters.
    Word,
    /// Digits, with separators and an ordinal's or decade's ending.
    Number,
    /// Anything else that is not white space, one character.
    Mark,
}

/// No white space stands before the token.
pub const TIGHT: u8 = 1;
/// The word begins with a capital.
pub const CAPITAL: u8 = 2;
/// All letters are capitals, and there are two or more.
pub const UPPER: u8 = 4;
/// The number ends like an ordinal: 23rd.
pub const ORDINAL: u8 = 8;
/// The number has commas or a decimal point.
pub const SEPARATED: u8 = 16;
/// The number ends like a decade: 1990s.
pub const PLURAL: u8 = 32;
/// The number ends in a letter of another sort: 5km, 4x.
pub const GLUED: u8 = 64;

/// One word, number or mark.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    /// First byte in the text.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// What it is.
    pub kind: Kind,
    /// [`TIGHT`] and its like.
    pub flags: u8,
    /// Of marks: its ASCII form, 0 for others. Dashes are `-`, quotation marks `'` and `"`. Of
    /// numbers: how many digits stand before a separator other than a comma.
    pub mark: u8,
    /// Number of the word in the lexicon, 0 for unknown words.
    pub word: u16,
    /// Bits of the classes that the word belongs to here.
    pub classes: u64,
    /// Value of a number.
    pub number: f64,
}

impl Token {
    /// Whether all of `flags` are set.
    #[must_use]
    pub fn has(&self, flags: u8) -> bool {
        self.flags & flags == flags
    }

    /// Whether it is the mark `c`.
    #[must_use]
    pub fn is_mark(&self, c: u8) -> bool {
        self.kind == Kind::Mark && self.mark == c
    }
}

#[derive(Clone, Debug, Default)]
struct Entry {
    text: String,
    classes: u64,
    /// Classes that the word has only with a capital.
    capital: u64,
    values: Vec<(u8, i32)>,
}

/// Words with classes and a value in each class.
#[derive(Clone, Debug)]
pub struct Lexicon {
    entries: Vec<Entry>,
    classes: Vec<String>,
    /// Open addressing; 0 is free.
    slots: Vec<u16>,
    /// By entry: its length and its first eight bytes, as [`folded`] gives them.
    keys: Vec<(usize, u64)>,
}

const SLOTS: usize = 1 << 13;
const LONGEST: usize = 24;
/// Tokens that a number in words may have.
const LONGEST_NUMBER: usize = 16;

impl Default for Lexicon {
    fn default() -> Self {
        // Entry 0 is the unknown word.
        Self {
            entries: vec![Entry::default()],
            classes: Vec::new(),
            slots: vec![0; SLOTS],
            keys: vec![(0, 0)],
        }
    }
}

/// The `len` bytes of `bytes` from `at` as a number, eight at most, letters in lower case.
fn folded(bytes: &[u8], at: usize, len: usize) -> u64 {
    // Reading eight bytes where there are eight spares the copy.
    let eight = match bytes.get(at..at + 8).and_then(|b| b.try_into().ok()) {
        Some(eight) => eight,
        None => std::array::from_fn(|i| bytes.get(at + i).copied().unwrap_or(0)),
    };
    let own = if len < 8 { (1 << (8 * len)) - 1 } else { u64::MAX };
    (u64::from_le_bytes(eight) | 0x2020_2020_2020_2020) & own
}

/// Place of the word `bytes[start..end]`, of [`LONGEST`] bytes at most, whatever the case of its
/// letters.
fn slot(bytes: &[u8], start: usize, end: usize) -> usize {
    let mut hash = (end - start) as u64;
    let mut at = start;
    while at < end {
        let eight = folded(bytes, at, end - at);
        hash = (hash.rotate_left(23) ^ eight).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        at += 8;
    }
    (hash >> (64 - SLOTS.trailing_zeros())) as usize
}

impl Lexicon {
    /// The number of the class `name`, made where it is new.
    pub fn class(&mut self, name: &str) -> Result<u8, DataError> {
        if let Some(at) = self.classes.iter().position(|c| c == name) {
            return u8::try_from(at).map_err(|_| DataError::Full("classes"));
        }
        if self.classes.len() == 64 {
            return Err(DataError::Full("classes"));
        }
        self.classes.push(name.to_owned());
        u8::try_from(self.classes.len() - 1).map_err(|_| DataError::Full("classes"))
    }

    /// The number of the class `name` where there is one.
    #[must_use]
    pub fn find_class(&self, name: &str) -> Option<u8> {
        self.classes.iter().position(|c| c == name).and_then(|at| u8::try_from(at).ok())
    }

    /// The bit of the class `name`, 0 where there is none.
    #[must_use]
    pub fn bit(&self, name: &str) -> u64 {
        self.find_class(name).map_or(0, |c| 1 << c)
    }

    /// The number of the word `text` (lower case), made where it is new.
    pub fn intern(&mut self, text: &str) -> Result<u16, DataError> {
        let mut at = slot(text.as_bytes(), 0, text.len());
        while self.slots[at] != 0 {
            if self.entries[self.slots[at] as usize].text == text {
                return Ok(self.slots[at]);
            }
            at = (at + 1) % SLOTS;
        }
        if self.entries.len() >= SLOTS / 2 {
            return Err(DataError::Full("words"));
        }
        let id = u16::try_from(self.entries.len()).map_err(|_| DataError::Full("words"))?;
        self.slots[at] = id;
        self.keys.push((text.len(), folded(text.as_bytes(), 0, text.len())));
        self.entries.push(Entry { text: text.to_owned(), ..Entry::default() });
        Ok(id)
    }

    /// Puts `text` into `class` with `value`; with `capital` only where it begins with one.
    pub fn add(
        &mut self,
        class: u8,
        text: &str,
        value: i32,
        capital: bool,
    ) -> Result<(), DataError> {
        let id = self.intern(text)? as usize;
        let entry = &mut self.entries[id];
        entry.classes |= 1 << class;
        if capital {
            entry.capital |= 1 << class;
        }
        entry.values.push((class, value));
        Ok(())
    }

    /// The number of words, the unknown one included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are no words.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.len() < 2
    }

    /// All classes that `word` may have, and those that it has only with a capital.
    #[must_use]
    pub fn classes_of(&self, word: u16) -> (u64, u64) {
        self.entries.get(word as usize).map_or((0, 0), |e| (e.classes, e.capital))
    }

    /// The value of `word` in `class`, 0 where it has none.
    #[must_use]
    pub fn value(&self, word: u16, class: u8) -> i32 {
        let values = self.entries.get(word as usize).map_or(&[][..], |e| &e.values);
        values.iter().find(|(c, _)| *c == class).map_or(0, |(_, v)| *v)
    }

    /// The word's text, in lower case.
    #[must_use]
    pub fn text_of(&self, word: u16) -> &str {
        self.entries.get(usize::from(word)).map_or("", |e| &e.text)
    }

    /// The number of the word `bytes[start..end]`, in any case; 0 where it is unknown.
    #[must_use]
    pub fn find(&self, bytes: &[u8], start: usize, end: usize) -> u16 {
        let word = &bytes[start..end];
        if word.len() > LONGEST {
            return 0;
        }
        let key = (word.len(), folded(bytes, start, word.len()));
        let mut at = slot(bytes, start, end);
        loop {
            let id = self.slots[at];
            if id == 0 {
                return 0;
            }
            // The key alone decides of up to eight letters of ASCII.
            if self.keys[id as usize] == key
                && (word.len() <= 8 && key.1 & 0x8080_8080_8080_8080 == 0
                    || self.entries[id as usize].text.as_bytes().eq_ignore_ascii_case(word))
            {
                return id;
            }
            at = (at + 1) % SLOTS;
        }
    }

    /// Replaces `tokens` by those of `text[start..end]`.
    pub fn tokenize(&self, text: &str, start: usize, end: usize, tokens: &mut Vec<Token>) {
        tokens.clear();
        let bytes = text.as_bytes();
        let mut at = start;
        let mut tight = true;
        while at < end {
            let byte = bytes[at];
            if byte.is_ascii_whitespace() {
                at += 1;
                tight = false;
                continue;
            }
            if byte == 0xc2 && bytes.get(at + 1) == Some(&0xa0) {
                at += 2;
                tight = false;
                continue;
            }
            let mut token = if byte.is_ascii_digit() {
                number(bytes, at, end)
            } else if let Some((mark, len)) = mark(bytes, at) {
                blank(at, at + len, Kind::Mark, mark)
            } else {
                self.word(bytes, at, end)
            };
            if tight {
                token.flags |= TIGHT;
            }
            at = token.end as usize;
            tokens.push(token);
            tight = true;
        }
    }

    fn word(&self, bytes: &[u8], start: usize, end: usize) -> Token {
        let letters = bytes[start..end].iter().position(|b| !b.is_ascii_alphabetic());
        let mut at = letters.map_or(end, |n| start + n);
        // Letters beyond ASCII are rare.
        if at < end && bytes[at] >= 0x80 {
            while at < end
                && (bytes[at].is_ascii_alphabetic()
                    || bytes[at] >= 0x80 && mark(bytes, at).is_none() && !is_wide_space(bytes, at))
            {
                at += 1;
            }
        }
        let own = &bytes[start..at];
        let mut token = blank(start, at, Kind::Word, 0);
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
        token.word = self.find(bytes, start, at);
        if token.word != 0 {
            let entry = &self.entries[token.word as usize];
            token.classes = entry.classes;
            if !capital {
                token.classes &= !entry.capital;
            }
        }
        token
    }
}

fn is_wide_space(bytes: &[u8], at: usize) -> bool {
    bytes[at] == 0xc2 && bytes.get(at + 1) == Some(&0xa0)
}

fn blank(start: usize, end: usize, kind: Kind, mark: u8) -> Token {
    #[allow(clippy::cast_possible_truncation, reason = "a text is shorter than 4 GiB")]
    let (start, end) = (start as u32, end as u32);
    Token { start, end, kind, flags: 0, mark, word: 0, classes: 0, number: 0.0 }
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

/// Words with a class as a data file gives them.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassList {
    /// Name of the class, in capitals as patterns write it.
    pub name: String,
    /// What the class is for, or where its words come from.
    #[serde(default)]
    #[allow(dead_code, reason = "for readers of the data file")]
    pub about: String,
    /// Whether its words need a capital.
    #[serde(default)]
    pub capital: bool,
    /// Words with their values.
    #[serde(default)]
    pub values: BTreeMap<String, i32>,
    /// Words without.
    #[serde(default)]
    pub words: Vec<String>,
}

impl ClassList {
    /// Puts the list into `lexicon`.
    pub fn load(&self, lexicon: &mut Lexicon) -> Result<(), DataError> {
        let class = lexicon.class(&self.name)?;
        for (word, value) in &self.values {
            lexicon.add(class, word, *value, self.capital)?;
        }
        for word in &self.words {
            lexicon.add(class, word, 1, self.capital)?;
        }
        Ok(())
    }
}

/// The classes of number words: `CARDINAL` (one to ninety, with values), `ORDINAL` and `SCALE`
/// (hundred, thousand, million, ...).
#[derive(Clone, Copy, Debug)]
pub struct NumberWords {
    cardinal: u8,
    scale: u8,
    and: u16,
    a: u16,
    an: u16,
    half: u16,
    dozen: u16,
}

/// A number in words or digits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number {
    /// Its value.
    pub value: f64,
    /// The token after its last one.
    pub next: usize,
}

impl NumberWords {
    /// Looks the classes up in `lexicon`, making those that are missing.
    pub fn new(lexicon: &mut Lexicon) -> Result<Self, DataError> {
        Ok(Self {
            cardinal: lexicon.class("CARDINAL")?,
            scale: lexicon.class("SCALE")?,
            and: lexicon.intern("and")?,
            a: lexicon.intern("a")?,
            an: lexicon.intern("an")?,
            half: lexicon.intern("half")?,
            dozen: lexicon.intern("dozen")?,
        })
    }

    /// Whether a number may begin with `token`.
    #[must_use]
    pub fn begins(&self, token: &Token) -> bool {
        token.kind == Kind::Number
            || token.classes & (1 << self.cardinal | 1 << self.scale) != 0
            || token.word != 0 && (token.word == self.a || token.word == self.half)
    }

    /// The words that numbers are made of beside cardinals and scales.
    #[must_use]
    pub fn words(&self) -> [u16; 5] {
        [self.and, self.a, self.an, self.half, self.dozen]
    }

    /// Whether a number may go on with `token`.
    #[must_use]
    pub fn goes_on(&self, token: &Token) -> bool {
        self.begins(token)
            || token.is_mark(b'-')
            || token.word != 0 && self.words().contains(&token.word)
    }

    /// Whether `token` is a number word other than articles and halves.
    #[must_use]
    pub fn is_word(&self, token: &Token) -> bool {
        token.classes & (1 << self.cardinal | 1 << self.scale) != 0
    }

    /// Whether `token` is hundred, thousand, million and the like.
    #[must_use]
    pub fn is_scale(&self, token: &Token) -> bool {
        token.classes & (1 << self.scale) != 0
    }

    /// The number that begins at `at`: `19`, `twenty-four`, `1.2 million`, `two hundred and ten`,
    /// `a hundred`, `half a million`, `two dozen`, `a dozen`.
    ///
    /// A bare plural scale (`hundreds`) or `a` without a scale is none.
    #[must_use]
    pub fn parse(&self, lexicon: &Lexicon, tokens: &[Token], at: usize) -> Option<Number> {
        let first = tokens.get(at)?;
        let scale = |i: usize| -> Option<f64> {
            let t = tokens.get(i)?;
            (t.classes & (1 << self.scale) != 0)
                .then(|| 10_f64.powi(lexicon.value(t.word, self.scale)))
                .map(|v| if t.word == self.dozen { 12.0 } else { v })
        };
        let after_article = |i: usize| -> Option<usize> {
            let t = tokens.get(i)?;
            (t.word != 0 && (t.word == self.a || t.word == self.an)).then_some(i + 1)
        };
        let mut i = at;
        let (mut total, mut part);
        if first.kind == Kind::Number {
            if first.flags & (ORDINAL | PLURAL) != 0 {
                return None;
            }
            (total, part) = (0.0, first.number);
            i += 1;
        } else if first.word != 0 && first.word == self.half {
            let to = after_article(i + 1)?;
            return scale(to).map(|s| Number { value: s / 2.0, next: to + 1 });
        } else if let Some(to) = after_article(at) {
            let half = tokens.get(to).is_some_and(|t| t.word != 0 && t.word == self.half);
            let (factor, to) = if half { (0.5, to + 1) } else { (1.0, to) };
            let s = scale(to)?;
            (total, part) = (0.0, factor * s);
            i = to + 1;
            if s >= 1000.0 {
                (total, part) = (part, 0.0);
            }
        } else if first.classes & (1 << self.cardinal) != 0 {
            (total, part) = (0.0, f64::from(lexicon.value(first.word, self.cardinal)));
            i += 1;
        } else {
            return None;
        }
        // What follows extends it: twenty-four, hundred, thousand, and ten.
        while let Some(token) = tokens.get(i).filter(|_| i < at + LONGEST_NUMBER) {
            let joined = token.is_mark(b'-') && token.has(TIGHT);
            let mut to = if joined { i + 1 } else { i };
            let mut and = false;
            if tokens.get(to).is_some_and(|t| t.word != 0 && t.word == self.and)
                && (part >= 100.0 || total > 0.0)
                && first.kind == Kind::Word
            {
                to += 1;
                and = true;
            }
            if let Some(s) = scale(to).filter(|_| !and) {
                if s < part && s > 50.0 || part == 0.0 && total == 0.0 {
                    break;
                }
                if s >= 1000.0 && part == 0.0 {
                    // 10 million million
                    total *= s;
                } else if s >= 1000.0 {
                    total += part * s;
                    part = 0.0;
                } else {
                    part *= s;
                }
                i = to + 1;
                continue;
            }
            let Some(t) = tokens.get(to) else { break };
            if t.classes & (1 << self.cardinal) == 0 || first.kind == Kind::Number {
                break;
            }
            let value = f64::from(lexicon.value(t.word, self.cardinal));
            let tens = part % 100.0;
            let fits = tens == 0.0 && (part > 0.0 || total > 0.0)
                || tens >= 20.0 && tens % 10.0 == 0.0 && value < 10.0 && !and;
            if !fits {
                break;
            }
            part += value;
            i = to + 1;
        }
        Some(Number { value: total + part, next: i })
    }
}
