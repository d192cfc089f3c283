//! What a sentence is cut into, what a finder knows of words, and numbers in words and digits.
//!
//! In: word lists of a data file; then tokens, as [`super::vocabulary`] makes them. Out: a [`Lexicon`];
//! numbers.

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

/// Classes of a word, as bits by their number.
pub type Bits = u128;

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
    /// Signs that the word is, as bits.
    pub signs: u8,
    /// Number of the word in the vocabulary, 0 for unknown words.
    pub known: u16,
    /// Number of the word in the lexicon of the finder that reads it, 0 for unknown words.
    pub word: u16,
    /// Bits of the classes that the word belongs to here.
    pub classes: Bits,
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
    classes: Bits,
    /// Classes that the word has only with a capital.
    capital: Bits,
    values: Vec<(Bits, i32)>,
}

/// Words with classes and a value in each class, as one finder reads them.
#[derive(Clone, Debug)]
pub struct Lexicon {
    entries: Vec<Entry>,
    classes: Vec<String>,
    index: BTreeMap<String, u16>,
}

/// Classes that a lexicon may have.
const MOST_CLASSES: usize = Bits::BITS as usize;
/// Words that a lexicon may have.
const MOST_WORDS: usize = 1 << 12;
/// Tokens that a number in words may have.
const LONGEST_NUMBER: usize = 16;

impl Default for Lexicon {
    fn default() -> Self {
        // Entry 0 is the unknown word.
        Self { entries: vec![Entry::default()], classes: Vec::new(), index: BTreeMap::new() }
    }
}

impl Lexicon {
    /// The number of the class `name`, made where it is new.
    pub fn class(&mut self, name: &str) -> Result<u8, DataError> {
        if let Some(at) = self.classes.iter().position(|c| c == name) {
            return u8::try_from(at).map_err(|_| DataError::Full("classes"));
        }
        if self.classes.len() == MOST_CLASSES {
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

    /// The number of the word `text` (lower case), made where it is new.
    pub fn intern(&mut self, text: &str) -> Result<u16, DataError> {
        if let Some(id) = self.index.get(text) {
            return Ok(*id);
        }
        if self.entries.len() >= MOST_WORDS {
            return Err(DataError::Full("words"));
        }
        let id = u16::try_from(self.entries.len()).map_err(|_| DataError::Full("words"))?;
        self.index.insert(text.to_owned(), id);
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
        entry.values.push((1 << class, value));
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
    pub fn classes_of(&self, word: u16) -> (Bits, Bits) {
        self.entries.get(word as usize).map_or((0, 0), |e| (e.classes, e.capital))
    }

    /// The value of `word` in `class`, 0 where it has none.
    #[must_use]
    pub fn value(&self, word: u16, class: Bits) -> i32 {
        let values = self.entries.get(word as usize).map_or(&[][..], |e| &e.values);
        values.iter().find(|(c, _)| *c == class).map_or(0, |(_, v)| *v)
    }

    /// The word's text, in lower case.
    #[must_use]
    pub fn text_of(&self, word: u16) -> &str {
        self.entries.get(usize::from(word)).map_or("", |e| &e.text)
    }
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

/// Phrases of a lexicon's words, each with what it says.
#[derive(Clone, Debug)]
pub struct Phrases<T> {
    /// By the first word, the longest first.
    all: Vec<(Vec<u16>, T)>,
}

impl<T: Copy> Phrases<T> {
    /// Phrases by the numbers of their words.
    #[must_use]
    pub fn new(mut all: Vec<(Vec<u16>, T)>) -> Self {
        all.sort_by_key(|(words, _)| (words.first().copied(), usize::MAX - words.len()));
        Self { all }
    }

    /// The longest phrase that begins with the token `at`: what it says, and one past its last token.
    #[must_use]
    pub fn at(&self, tokens: &[Token], at: usize) -> Option<(T, usize)> {
        let rest = tokens.get(at..)?;
        let first = rest.first()?.word;
        let from = self.all.partition_point(|(words, _)| words[0] < first);
        let own = self.all[from..].iter().take_while(|(words, _)| words[0] == first);
        let fits = |words: &[u16]| {
            words.len() <= rest.len() && words.iter().zip(rest).all(|(w, t)| t.word == *w)
        };
        own.into_iter()
            .find(|(words, _)| fits(words))
            .map(|(words, says)| (*says, at + words.len()))
    }

    /// The words of all phrases.
    pub fn all(&self) -> impl Iterator<Item = &[u16]> {
        self.all.iter().map(|(words, _)| words.as_slice())
    }
}

/// A number in digits, without a needless fraction.
#[must_use]
pub fn digits(n: f64) -> String {
    // Whole numbers are most, and cheaper to write as such.
    #[allow(clippy::cast_possible_truncation, reason = "checked to be whole and small")]
    if n.fract() == 0.0 && n.abs() < 1e15 { (n as i64).to_string() } else { n.to_string() }
}

/// The classes of number words: `CARDINAL` (one to ninety, with values), `ORDINAL` and `SCALE`
/// (hundred, thousand, million, ...).
#[derive(Clone, Copy, Debug)]
pub struct NumberWords {
    cardinal: Bits,
    scale: Bits,
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
            cardinal: 1 << lexicon.class("CARDINAL")?,
            scale: 1 << lexicon.class("SCALE")?,
            and: lexicon.intern("and")?,
            a: lexicon.intern("a")?,
            an: lexicon.intern("an")?,
            half: lexicon.intern("half")?,
            dozen: lexicon.intern("dozen")?,
        })
    }

    /// The classes of the words that numbers are made of.
    #[must_use]
    pub fn classes(&self) -> Bits {
        self.cardinal | self.scale
    }

    /// Whether a number may begin with `token`.
    #[must_use]
    pub fn begins(&self, token: &Token) -> bool {
        token.kind == Kind::Number
            || token.classes & (self.cardinal | self.scale) != 0
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
        token.classes & (self.cardinal | self.scale) != 0
    }

    /// Whether `token` is hundred, thousand, million and the like.
    #[must_use]
    pub fn is_scale(&self, token: &Token) -> bool {
        token.classes & (self.scale) != 0
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
            (t.classes & (self.scale) != 0)
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
        } else if first.classes & (self.cardinal) != 0 {
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
            if t.classes & (self.cardinal) == 0 || first.kind == Kind::Number {
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
