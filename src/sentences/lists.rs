//! Word lists of the sentence stage: abbreviations, words that open sentences, names with marks.
//!
//! In: texts with one item a line; `#` opens a comment. Out: tables that answer by a word's hash.

use std::collections::BTreeMap;

use super::words::{Part, Word, codes, hash, hash_lower};

/// What is wrong with a list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    /// An abbreviation has a class that is none of `before`, `number`, `inner`, `either`, `closing` and `date`.
    #[error("line {line}: unknown class of abbreviation: {class}")]
    Class {
        /// Line number from 1.
        line: usize,
        /// What stands where the class should.
        class: String,
    },
    /// A line of weights is not `FEATURE<tab>NUMBER`.
    #[error("line {line}: not a feature and a number: {text}")]
    Weight {
        /// Line number from 1.
        line: usize,
        /// The line.
        text: String,
    },
}

codes! {
    /// How an abbreviation behaves.
    Class {
        #[default]
        /// It is none.
        None = "none",
        /// A word always follows, often a name: `Mr`, `Gen`.
        Before = "before",
        /// A number usually follows: `No`, `Art`.
        Number = "number",
        /// Stands inside sentences: `e.g`, `vs`.
        Inner = "inner",
        /// Stands inside and at the end of sentences: `etc`, `p.m`.
        Either = "either",
        /// Closes an enumeration: `etc`.
        Closing = "closing",
        /// A month or a day of the week: `Sept`.
        Date = "date",
        /// Not in a list, but letters with full stops between, such as `U.N`.
        Letters = "letters",
        /// Not in a list, but one capital letter.
        Initial = "initial",
    }
}

/// A map from hashes of words to small values, by open addressing.
#[derive(Clone, Debug)]
pub(super) struct Table<V> {
    /// As many as a power of two, at most half of them filled; the key 0 is an empty slot.
    slots: Vec<(u64, V)>,
    filled: usize,
}

impl<V: Copy + Default> Default for Table<V> {
    fn default() -> Self {
        Self { slots: vec![(0, V::default()); 2], filled: 0 }
    }
}

impl<V: Copy + Default> Table<V> {
    fn slot(&self, key: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = (key ^ (key >> 29)) as usize & mask;
        while self.slots[at].0 != key && self.slots[at].0 != 0 {
            at = (at + 1) & mask;
        }
        at
    }

    /// The value under `key`, or the default.
    pub(super) fn get(&self, key: u64) -> V {
        self.slots[self.slot(key)].1
    }

    /// Puts `value` under `key`.
    pub(super) fn insert(&mut self, key: u64, value: V) {
        if 2 * (self.filled + 1) > self.slots.len() {
            let larger = vec![(0, V::default()); 2 * self.slots.len()];
            for (key, value) in std::mem::replace(&mut self.slots, larger) {
                if key != 0 {
                    let at = self.slot(key);
                    self.slots[at] = (key, value);
                }
            }
        }
        let at = self.slot(key);
        self.filled += usize::from(self.slots[at].0 == 0);
        self.slots[at] = (key, value);
    }

    /// Whether nothing was put in.
    pub(super) fn is_empty(&self) -> bool {
        self.filled == 0
    }
}

/// The lines of a list that are not comments, with their numbers from 1.
pub(super) fn items(list: &str) -> impl Iterator<Item = (usize, &str)> {
    list.lines()
        .enumerate()
        .map(|(i, line)| (i + 1, line.trim_end()))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

/// The abbreviations of one language.
#[derive(Clone, Debug, Default)]
pub(super) struct Abbreviations {
    /// The class, and whether the abbreviation is written with a capital.
    table: Table<(Class, bool)>,
}

impl Abbreviations {
    /// Adds the items of `list`, one a line: the abbreviation without its last full stop, a tab, and
    /// its class. One in small letters stands for every way of writing it; one that begins with a
    /// capital only for those that do too.
    pub(super) fn add(&mut self, list: &str) -> Result<(), ListError> {
        for (line, item) in items(list) {
            let (word, class) = item.split_once('\t').unwrap_or((item, "either"));
            let class = match class.trim() {
                "before" => Class::Before,
                "number" => Class::Number,
                "inner" => Class::Inner,
                "either" => Class::Either,
                "closing" => Class::Closing,
                "date" => Class::Date,
                other => return Err(ListError::Class { line, class: other.to_owned() }),
            };
            let word = word.trim().trim_end_matches('.');
            let capital = word.chars().next().is_some_and(char::is_uppercase);
            self.table.insert(hash_lower(word), (class, capital));
        }
        Ok(())
    }

    /// The class of an abbreviation of several words, such as `z. B` or `и т. д`.
    pub(super) fn spaced(&self, words: &str) -> Class {
        let joined: String = words.chars().filter(|c| !c.is_whitespace()).take(24).collect();
        self.table.get(hash_lower(&joined)).0
    }

    /// The class of the word that stands before a full stop.
    pub(super) fn class(&self, word: &Word) -> Class {
        if word.text.is_empty() || word.text.len() > 24 {
            return Class::None;
        }
        let listed = |word: &str, hash: u64| {
            let (class, capital) = self.table.get(hash);
            let fits = !capital || word.chars().next().is_some_and(char::is_uppercase);
            (class != Class::None && fits).then_some(class)
        };
        if let Some(class) = listed(word.text, word.hash) {
            return class;
        }
        // An article may be joined to it: `l'art`.
        if let Some((_, bare)) = word.text.rsplit_once(['\'', '’'])
            && let Some(class) = listed(bare, hash_lower(bare))
        {
            return class;
        }
        let mut letters = word.text.chars();
        match (letters.next(), letters.next()) {
            (Some(c), None) if c.is_uppercase() => Class::Initial,
            (Some(c), Some('.' | '-')) if c.is_alphabetic() && is_lettered(word.text) => {
                Class::Letters
            }
            _ => Class::None,
        }
    }
}

/// Whether single letters and full stops (or hyphens) take turns: `U.S`, `J.-P`.
fn is_lettered(word: &str) -> bool {
    word.split(['.', '-']).all(|part| {
        let mut letters = part.chars();
        letters.next().is_none_or(char::is_alphabetic) && letters.next().is_none()
    })
}

codes! {
    /// Whether a word is one that often opens sentences.
    Opener {
        #[default]
        /// Not in the list.
        No = "no",
        /// A word of grammar that opens sentences.
        Yes = "opens",
    }
}

/// A set of words, in lower case.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    table: Table<Opener>,
}

impl Words {
    /// Adds the items of `list`, one a line.
    pub(super) fn add(&mut self, list: &str) {
        for (_, item) in items(list) {
            self.table.insert(hash_lower(item.trim()), Opener::Yes);
        }
    }

    /// Whether the word is in the list.
    pub(super) fn has(&self, word: &Word) -> Opener {
        if word.text.is_empty() { Opener::No } else { self.table.get(word.hash) }
    }
}

/// What is known of one language.
#[derive(Clone, Debug, Default)]
pub(super) struct Language {
    pub(super) abbreviations: Abbreviations,
    pub(super) openers: Words,
    /// Whether `3.` is how the language writes "third".
    pub(super) ordinal_stop: bool,
    /// Whether the fitted weights hold for it.
    pub(super) weighted: bool,
}

/// All languages by their primary subtag.
pub(super) type Languages = BTreeMap<String, Language>;

/// Fitted weights by the hash of their feature.
#[derive(Clone, Debug, Default)]
pub(super) struct Weights {
    table: Table<i32>,
}

impl Weights {
    /// Reads lines `TEMPLATE PART...<tab>WEIGHT`.
    pub(super) fn parse(list: &str) -> Result<Self, ListError> {
        let mut table = Table::default();
        for (line, item) in items(list) {
            let parsed = item.split_once('\t').and_then(|(f, w)| Some((f, w.parse::<i32>().ok()?)));
            let Some((feature, weight)) = parsed else {
                return Err(ListError::Weight { line, text: item.to_owned() });
            };
            let mut parts = feature.split(' ');
            let template = hash(parts.next().unwrap_or_default());
            table.insert(parts.fold(template, |sum, part| combine(sum, hash(part))), weight);
        }
        Ok(Self { table })
    }

    /// The weight of a feature, 0 if it has none.
    pub(super) fn of(&self, template: u64, parts: &[Part]) -> i32 {
        self.table.get(parts.iter().fold(template, |sum, part| combine(sum, part.hash)))
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.table.is_empty()
    }
}

/// One hash of two, in order.
fn combine(sum: u64, part: u64) -> u64 {
    let mixed = (sum.rotate_left(23) ^ part).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ (mixed >> 32)).max(1)
}
