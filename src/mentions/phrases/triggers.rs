//! Whether a stretch of text holds a word or digit without which no rule can match there.
//!
//! In: words with flags, once; then text. Out: the flags of the words and digits that stand in it.
//! Most text holds none, and looking for them costs a fraction of cutting it into tokens.

use super::tokens::{Kind, Lexicon, Token};

/// The flag of any digit.
pub const DIGIT: u8 = 1;

const OTHER: u8 = 0;
const LETTER: u8 = 1;
const NUMERAL: u8 = 2;

/// What each byte is to the scan.
const KINDS: [u8; 256] = {
    let mut kinds = [OTHER; 256];
    let mut at = 0;
    while at < 256 {
        let byte = at as u8;
        if byte.is_ascii_alphabetic() {
            kinds[at] = LETTER;
        } else if byte.is_ascii_digit() {
            kinds[at] = NUMERAL;
        }
        at += 1;
    }
    kinds
};

/// Words to look for.
#[derive(Clone, Debug)]
pub struct Triggers {
    /// By the first two letters: the lengths that words beginning so have, as bits.
    lengths: Vec<u32>,
    /// Flags by number of the word in the lexicon.
    flags: Vec<u8>,
}

/// Place of a word's first two letters, in any case.
fn pair(first: u8, second: u8) -> usize {
    usize::from(first & 31) << 5 | usize::from(second & 31)
}

impl Triggers {
    /// Those words of `lexicon` that `flags_of` gives flags, by their number.
    pub fn new(lexicon: &Lexicon, flags_of: impl Fn(u16) -> u8) -> Self {
        let mut own = Self { lengths: vec![0; 1 << 10], flags: vec![0; lexicon.len()] };
        for (word, flags) in (0..).zip(&mut own.flags) {
            *flags = flags_of(word);
            if let (true, [first, second, rest @ ..]) =
                (*flags != 0, lexicon.text_of(word).as_bytes())
            {
                own.lengths[pair(*first, *second)] |= 1 << (rest.len() + 2).min(31);
            }
        }
        own
    }

    /// Whether a token is a digit or a word with flags.
    #[must_use]
    pub fn is_one(&self, token: &Token) -> bool {
        token.kind == Kind::Number
            || self.flags.get(usize::from(token.word)).is_some_and(|f| *f != 0)
    }

    /// The flags of what `text` holds, [`DIGIT`] among them. Once all of `enough` are found, it looks
    /// no further. Words of one letter are not seen.
    pub fn find(&self, text: &str, lexicon: &Lexicon, enough: u8) -> u8 {
        let bytes = text.as_bytes();
        let mut found = 0;
        let mut at = 0;
        while let Some(&first) = bytes.get(at) {
            match KINDS[usize::from(first)] {
                LETTER => {
                    let rest = &bytes[at..];
                    let len = rest
                        .iter()
                        .position(|b| KINDS[usize::from(*b)] != LETTER)
                        .unwrap_or(rest.len());
                    if let [first, second, ..] = rest[..len]
                        && self.lengths[pair(first, second)] >> len.min(31) & 1 == 1
                    {
                        let word = lexicon.find(bytes, at, at + len);
                        found |= self.flags.get(usize::from(word)).copied().unwrap_or(0);
                    }
                    at += len;
                }
                NUMERAL => {
                    found |= DIGIT;
                    at += 1;
                }
                _ => {
                    at += 1;
                    continue;
                }
            }
            if found & enough == enough {
                break;
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_digits_are_seen_in_any_case_and_parts_of_words_are_not() {
        let mut lexicon = Lexicon::default();
        let (may, dead) = (lexicon.intern("may").unwrap(), lexicon.intern("dead").unwrap());
        let flags = |word| if word == may { 2 } else { 4 * u8::from(word == dead) };
        let triggers = Triggers::new(&lexicon, flags);
        for (text, expected) in [
            ("", 0),
            ("Maya and deadly mays", 0),
            ("in May", 2),
            ("MAY, dead", 6),
            ("é7", 1),
            ("x-may's 3", 3),
        ] {
            assert_eq!(triggers.find(text, &lexicon, 7), expected, "{text}");
        }
        assert_eq!(triggers.find("may 7 dead", &lexicon, 2), 2);
    }
}
