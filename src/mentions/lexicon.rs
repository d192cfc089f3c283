//! The word lists that the patterns are written in.
//!
//! In: the lists under `src/data/lexicon`, one word a line. Out: the classes of any word, found by
//! a probe of a flat table: by its letters if they are few, else by its hash. A word stands in as many
//! lists as it has uses.

use super::bits;
use super::tokens::{hash_of, is_apostrophe};
use crate::text::entries;

/// A set of word lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Class(u32);

impl Class {
    /// In no list.
    pub const NONE: Self = Self(0);
    /// Offices and functions: president, envoy, cleric.
    pub const TITLE: Self = Self(1);
    /// Forms of address that are no office: Mr, Dr.
    pub const HONORIFIC: Self = Self(1 << 1);
    /// Words that stand before a title and belong to it: former, foreign, deputy.
    pub const MODIFIER: Self = Self(1 << 2);
    /// Last words of organisations: ministry, council.
    pub const ORG_HEAD: Self = Self(1 << 3);
    /// Last words of armed groups: brigade, front.
    pub const ARMED_HEAD: Self = Self(1 << 4);
    /// Last words of agreements: accord, communiqué.
    pub const AGREEMENT: Self = Self(1 << 5);
    /// Last words of meetings and processes: talks, conference.
    pub const EVENT: Self = Self(1 << 6);
    /// Last words of places: province, river.
    pub const PLACE_HEAD: Self = Self(1 << 7);
    /// Words before the name of a place: city of, village of.
    pub const PLACE_NOUN: Self = Self(1 << 8);
    /// Words within the name of an organisation: of, for, and.
    pub const CONNECTOR: Self = Self(1 << 9);
    /// Words within the name of a person: bin, de, abu.
    pub const PARTICLE: Self = Self(1 << 10);
    /// Words that are no part of a name although they may begin a sentence: the, however.
    pub const FUNCTION: Self = Self(1 << 11);
    /// Months and days of the week.
    pub const CALENDAR: Self = Self(1 << 12);
    /// First, second, third.
    pub const ORDINAL: Self = Self(1 << 13);
    /// Common words that are not the variant spelling of a name.
    pub const COMMON: Self = Self(1 << 14);
    /// Bodies whose resolutions are not the United Nations': house, senate.
    pub const OTHER_BODY: Self = Self(1 << 15);
    /// Nouns after a name that say a person's followers or power, so the name is no place: regime.
    pub const REGIME: Self = Self(1 << 16);
    /// The words resolution and resolutions and their abbreviations.
    pub const RESOLUTION: Self = Self(1 << 17);
    /// First words of organisations that run on with 'of' or 'for': ministry of, university of.
    pub const OF_HEAD: Self = Self(1 << 18);

    /// Directions: eastern, north.
    pub const DIRECTION: Self = Self(1 << 20);
    /// Given names of persons.
    pub const GIVEN: Self = Self(1 << 19);

    /// First words of bodies in other European languages: ministère, partido.
    pub const FOREIGN_HEAD: Self = Self(1 << 21);
    /// First words of armed groups with Arabic names: liwa, kataib.
    pub const ARMED_PREFIX: Self = Self(1 << 22);
    /// First words of places with Arabic names: tell, kafr.
    pub const PLACE_PREFIX: Self = Self(1 << 23);
    /// Peoples and tribes: Druze, Tuareg.
    pub const PEOPLE: Self = Self(1 << 24);
    /// Last words of what is no person, body or place: award, theorem.
    pub const THING: Self = Self(1 << 25);
    /// Words that say what the unknown name beside them is: militia, near.
    pub const BESIDE: Self = Self(1 << 26);

    /// Whether it shares a list with `other`.
    #[must_use]
    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The set as a number, a bit for each list.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Both sets.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// A file of words and the class that it gives them.
macro_rules! list {
    ($class:ident, $file:literal) => {
        (Class::$class, $file, include_str!(concat!("../data/lexicon/", $file)))
    };
}

const LISTS: &[(Class, &str, &str)] = &[
    list!(TITLE, "titles.txt"),
    list!(HONORIFIC, "honorifics.txt"),
    list!(MODIFIER, "title_modifiers.txt"),
    list!(ORG_HEAD, "org_heads.txt"),
    list!(ARMED_HEAD, "armed_heads.txt"),
    list!(AGREEMENT, "agreement_heads.txt"),
    list!(EVENT, "event_heads.txt"),
    list!(PLACE_HEAD, "place_heads.txt"),
    list!(PLACE_NOUN, "place_nouns.txt"),
    list!(CONNECTOR, "connectors.txt"),
    list!(PARTICLE, "particles.txt"),
    list!(FUNCTION, "function_words.txt"),
    list!(CALENDAR, "calendar.txt"),
    list!(ORDINAL, "ordinals.txt"),
    list!(COMMON, "common_words.txt"),
    list!(OTHER_BODY, "other_bodies.txt"),
    list!(REGIME, "regime_nouns.txt"),
    list!(RESOLUTION, "resolution_words.txt"),
    list!(OF_HEAD, "of_heads.txt"),
    list!(DIRECTION, "directions.txt"),
    list!(GIVEN, "given_names.txt"),
    list!(FOREIGN_HEAD, "foreign_heads.txt"),
    list!(ARMED_PREFIX, "armed_prefixes.txt"),
    list!(PLACE_PREFIX, "place_prefixes.txt"),
    list!(PEOPLE, "peoples.txt"),
    list!(THING, "thing_heads.txt"),
    list!(BESIDE, "beside_names.txt"),
];

/// A word of the lists.
#[derive(Clone, Copy, Debug)]
struct Entry {
    word: &'static str,
    hash: u32,
    class: Class,
}

/// The letters of a word of eight ASCII letters or fewer as one number, the last one lowest; 0 for
/// other words.
fn pack(word: &str) -> u64 {
    if word.len() > 8 || !word.bytes().all(|b| b.is_ascii_alphabetic()) {
        return 0;
    }
    word.bytes().fold(0, |packed, b| packed << 8 | u64::from(b | 0x20))
}

/// Bits of [`Lexicon::hashes`]: 4 KiB.
const HASHES: usize = 1 << 15;

/// All word lists in one table.
#[derive(Clone, Debug)]
pub struct Lexicon {
    words: Vec<Entry>,
    /// Open addressing: index into `words` plus one, 0 where free.
    slots: Vec<u16>,
    /// Those of eight ASCII letters or fewer, as [`pack`] gives them, 0 where free: most words of a text are
    /// looked up here, with one probe of memory.
    short: Vec<u64>,
    /// Their classes, by slot.
    classes: Vec<Class>,
    /// By the low bits of a word's hash, whether any word has them: most longer words have none.
    hashes: Vec<u64>,
}

impl Lexicon {
    /// The embedded lists.
    #[must_use]
    pub fn embedded() -> Self {
        let mut all: Vec<(&'static str, Class)> = LISTS
            .iter()
            .flat_map(|(class, _, text)| entries(text).map(move |word| (word, *class)))
            .collect();
        all.sort_unstable_by_key(|(word, _)| *word);
        let mut words: Vec<Entry> = Vec::new();
        for (word, class) in all {
            match words.last_mut() {
                Some(last) if last.word == word => last.class = last.class.or(class),
                _ => words.push(Entry { word, hash: hash_of(word), class }),
            }
        }
        let size = (words.len() * 4).next_power_of_two();
        let mut slots = vec![0_u16; size];
        for (i, entry) in words.iter().enumerate() {
            let mut slot = entry.hash as usize & (size - 1);
            while slots[slot] != 0 {
                slot = (slot + 1) & (size - 1);
            }
            slots[slot] = u16::try_from(i + 1).unwrap_or(0);
        }
        // Small enough for the nearer caches.
        let size = (words.len() * 2).next_power_of_two();
        let (mut short, mut classes) = (vec![0_u64; size], vec![Class::NONE; size]);
        for entry in &words {
            let packed = pack(entry.word);
            if packed != 0 {
                let mut slot = home(packed, size);
                while short[slot] != 0 {
                    slot = (slot + 1) & (size - 1);
                }
                (short[slot], classes[slot]) = (packed, entry.class);
            }
        }
        let mut hashes = vec![0_u64; HASHES / 64];
        for entry in &words {
            bits::set(&mut hashes, entry.hash as usize);
        }
        Self { words, slots, short, classes, hashes }
    }

    /// The lists that `word`, whose hash is `hash`, stands in; letter case is not looked at.
    #[must_use]
    pub fn class_of(&self, hash: u32, word: &str) -> Class {
        if !bits::has(&self.hashes, hash as usize) {
            return Class::NONE;
        }
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        loop {
            match self.slots[slot] {
                0 => return Class::NONE,
                i => {
                    let entry = &self.words[i as usize - 1];
                    if entry.hash == hash && same(entry.word, word) {
                        return entry.class;
                    }
                }
            }
            slot = (slot + 1) & mask;
        }
    }

    /// The same for a word of eight ASCII letters or fewer, given as one number: its letters in
    /// lower case, eight bits each, the last one lowest.
    #[must_use]
    #[inline]
    pub fn class_of_packed(&self, packed: u64) -> Class {
        let mask = self.short.len() - 1;
        let mut slot = home(packed, self.short.len());
        loop {
            match self.short[slot] {
                0 => return Class::NONE,
                own if own == packed => return self.classes[slot],
                _ => slot = (slot + 1) & mask,
            }
        }
    }
}

/// Where in a table of `size` slots, a power of two, to begin to look for a packed word.
#[inline]
fn home(packed: u64, size: usize) -> usize {
    // The upper half of a product depends on all letters.
    (packed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize & (size - 1)
}

/// Equality without letter case, full stops and apostrophes, in which words of text vary.
fn same(entry: &str, word: &str) -> bool {
    let letters = |word: &str| -> String {
        word.chars()
            .filter(|c| *c != '.' && !is_apostrophe(*c))
            .flat_map(char::to_lowercase)
            .collect()
    };
    entry.eq_ignore_ascii_case(word) || !plain(word) && letters(word) == letters(entry)
}

fn plain(word: &str) -> bool {
    word.bytes().all(|b| b.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted_lower_case_and_say_what_they_are() {
        for (_, file, text) in LISTS {
            assert!(text.starts_with("# "), "{file} lacks a header");
            let words: Vec<&str> = entries(text).collect();
            assert!(!words.is_empty(), "{file} is empty");
            for pair in words.windows(2) {
                assert!(pair[0] < pair[1], "{file}: {} before {}", pair[0], pair[1]);
            }
            for word in words {
                assert_eq!(word, word.to_lowercase(), "{file}");
                assert!(!word.contains([' ', '-']), "{file}: {word} is more than one word");
            }
        }
    }

    #[test]
    fn a_word_has_the_classes_of_all_its_lists() {
        let lexicon = Lexicon::embedded();
        let class = |word: &str| lexicon.class_of(hash_of(word), word);
        assert!(class("Minister").has(Class::TITLE));
        assert!(class("GENERAL").has(Class::TITLE));
        assert!(class("of").has(Class::CONNECTOR) && class("of").has(Class::FUNCTION));
        assert_eq!(class("qwertz"), Class::NONE);
        assert_eq!(lexicon.class_of_packed(pack("qwertz")), Class::NONE);
        let short = lexicon.words.iter().filter(|entry| pack(entry.word) != 0);
        for entry in short.clone() {
            assert_eq!(lexicon.class_of_packed(pack(entry.word)), class(entry.word));
            assert_eq!(class(entry.word), entry.class, "{}", entry.word);
        }
        assert!(short.count() > 1000);
    }
}
