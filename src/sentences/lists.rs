//! Word lists of the sentence stage: abbreviations, words that open sentences, names with marks.
//!
//! In: texts with one item a line; `#` opens a comment. Out: tables that answer by a word's hash.

use super::features::{Mark, Place, Template};
use super::words::{Part, Shape, Word, codes, hash, hash_lower, mix};

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

impl ListError {
    /// The line, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        match self {
            Self::Class { line, .. } | Self::Weight { line, .. } => *line,
        }
    }

    /// What was found there and what was expected.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::Class { class, .. } => format!(
                "found the class {class:?}, expected one of before, number, inner, either, closing, date \
                 behind a tab"
            ),
            Self::Weight { text, .. } => format!("found {text:?}, expected a feature and a number"),
        }
    }
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
    /// As many as a power of two, at most a quarter of them filled; the key 0 is an empty slot.
    slots: Vec<(u64, V)>,
    filled: usize,
}

impl<V: Copy + Default> Default for Table<V> {
    fn default() -> Self {
        Self { slots: vec![(0, V::default()); 4], filled: 0 }
    }
}

impl<V: Copy + Default> Table<V> {
    fn slot(&self, key: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = (key ^ (key >> 29)) as usize & mask;
        loop {
            let found = self.slots[at].0;
            if found == key || found == 0 {
                return at;
            }
            at = (at + 1) & mask;
        }
    }

    /// The value under `key`, or the default.
    pub(super) fn get(&self, key: u64) -> V {
        self.slots[self.slot(key)].1
    }

    /// Puts `value` under `key`.
    pub(super) fn insert(&mut self, key: u64, value: V) {
        if 4 * (self.filled + 1) > self.slots.len() {
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
        if word.plain {
            return if word.shape == Shape::Initial { Class::Initial } else { Class::None };
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

/// All languages, each with the hash of its primary subtag.
pub(super) type Languages = Vec<(u64, Language)>;

/// Weights of a word at a place with a certain mark.
#[derive(Clone, Copy, Debug, Default)]
struct Row {
    /// By the shape of the word before the mark.
    before: [i16; Shape::ALL.len()],
    /// By the shape of the word behind it.
    next: [i16; Shape::ALL.len()],
}

/// Which word of a place.
#[derive(Clone, Copy, Debug)]
pub(super) enum Role {
    /// The one before the mark.
    Before,
    /// The one behind it.
    Next,
    /// The one before the one before.
    Earlier,
}

/// Fitted weights of features.
#[derive(Clone, Debug, Default)]
pub(super) struct Weights {
    /// Of features without a word, by [`place_of`].
    plain: Vec<i16>,
    /// Of features with a word: where in `rows` they stand, by [`key_of`]. What has none leads to the
    /// first row, which is empty.
    worded: Table<u16>,
    rows: Vec<Row>,
    /// Least and greatest sum of the weights of a place's far features, by mark and shapes of the
    /// words around it.
    far: Vec<(i16, i16)>,
}

impl Weights {
    /// Reads lines `TEMPLATE PART...<tab>WEIGHT`.
    pub(super) fn parse(list: &str) -> Result<Self, ListError> {
        let mut weights = Self {
            plain: vec![0; STARTS[Template::ALL.len()]],
            rows: vec![Row::default()],
            ..Self::default()
        };
        let mut earlier_words = [(0, 0); Mark::ALL.len()];
        for (line, item) in items(list) {
            let wrong = || ListError::Weight { line, text: item.to_owned() };
            let (feature, weight) = item.split_once('\t').ok_or_else(wrong)?;
            let weight: i16 = weight.parse().map_err(|_| wrong())?;
            let mut names = feature.split(' ');
            let template = names
                .next()
                .and_then(|name| Template::ALL.iter().find(|t| t.part().name == name))
                .ok_or_else(wrong)?;
            let parts: Vec<Part> =
                template.parts().iter().map_while(|kind| part_named(kind, names.next()?)).collect();
            if parts.len() != template.parts().len() || names.next().is_some() {
                return Err(wrong());
            }
            match (template, &*parts) {
                (Template::BeforeWordNext, [word, next, mark]) => {
                    weights.row(Role::Before, *mark, *word).next[next.code as usize] += weight;
                }
                (Template::MarkBeforeWord, [mark, word]) => {
                    let row = weights.row(Role::Before, *mark, *word);
                    row.next.iter_mut().for_each(|w| *w += weight);
                }
                (Template::NextWordBefore, [word, before, mark]) => {
                    weights.row(Role::Next, *mark, *word).before[before.code as usize] += weight;
                }
                (Template::MarkNextWord, [mark, word, next]) => {
                    weights.row(Role::Next, *mark, *word).next[next.code as usize] += weight;
                }
                (Template::EarlierWord, [mark, word]) => {
                    let row = weights.row(Role::Earlier, *mark, *word);
                    row.next.iter_mut().for_each(|w| *w += weight);
                    let (least, most) = &mut earlier_words[mark.code as usize];
                    (*least, *most) = (weight.min(*least), weight.max(*most));
                }
                _ => weights.plain[place_of(*template, &parts)] = weight,
            }
        }
        weights.bound(&earlier_words);
        Ok(weights)
    }

    /// Finds the least and greatest sums of far features, `words` being those of the words by mark.
    fn bound(&mut self, words: &[(i16, i16)]) {
        use Template as T;
        let shapes = || Shape::ALL.iter().map(|shape| shape.part());
        for (mark, words) in Mark::ALL.iter().map(|mark| mark.part()).zip(words) {
            for (before, next) in
                shapes().flat_map(|before| shapes().map(move |next| (before, next)))
            {
                let sums = [
                    *words,
                    extremes(shapes().map(|second| self.of(T::NextSecond, &[mark, next, second]))),
                    extremes(
                        shapes().map(|earlier| self.of(T::Earlier, &[mark, earlier, before, next])),
                    ),
                ];
                self.far.push(sums.iter().fold((0, 0), |sum, e| (sum.0 + e.0, sum.1 + e.1)));
            }
        }
    }

    /// Least and greatest sum of the weights of [`Place::far_features`] and the word before the place's
    /// two words.
    #[inline]
    pub(super) fn of_far(&self, place: &Place) -> (i32, i32) {
        const SHAPES: usize = Shape::ALL.len();
        let (before, next) = (place.before.shape as usize, place.next.shape as usize);
        let at = (place.sign.mark as usize * SHAPES + before) * SHAPES + next;
        let (least, most) = self.far.get(at).copied().unwrap_or_default();
        (i32::from(least), i32::from(most))
    }

    /// The row of a word, which is made if there is none.
    fn row(&mut self, role: Role, mark: Part, word: Part) -> &mut Row {
        let key = key_of(role, mark, word);
        let mut at = self.worded.get(key) as usize;
        if at == 0 {
            at = self.rows.len();
            self.worded.insert(key, at as u16);
            self.rows.push(Row::default());
        }
        &mut self.rows[at]
    }

    /// The weight of a feature without a word, 0 if it has none. Those with a word are told by
    /// [`Weights::of_word`].
    #[inline]
    pub(super) fn of(&self, template: Template, parts: &[Part]) -> i16 {
        if parts.iter().any(|part| part.word) {
            return 0;
        }
        self.plain.get(place_of(template, parts)).copied().unwrap_or_default()
    }

    /// The sum of the weights of all features of one word of a place.
    #[inline]
    pub(super) fn of_word(&self, role: Role, place: &Place, word: &Word) -> i32 {
        let key = key_of(role, place.sign.mark.part(), word.part());
        let row = self.rows.get(usize::from(self.worded.get(key))).copied().unwrap_or_default();
        i32::from(row.before[place.before.shape as usize])
            + i32::from(row.next[place.next.shape as usize])
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.plain.is_empty()
    }
}

/// The least and the greatest of weights.
fn extremes(mut weights: impl Iterator<Item = i16>) -> (i16, i16) {
    let first = weights.next().unwrap_or_default();
    weights.fold((first, first), |(least, most), weight| (weight.min(least), weight.max(most)))
}

/// The part of a feature that is called `name`, where the members of its kind are called `kind`.
fn part_named<'a>(kind: &[&'a str], name: &'a str) -> Option<Part<'a>> {
    if kind.is_empty() {
        return Some(Part { name, code: hash(name), word: true });
    }
    let code = kind.iter().position(|&member| member == name)?;
    Some(Part { name, code: code as u64, word: false })
}

/// Where the weights of each template begin, and behind the last where they end.
const STARTS: [usize; Template::NAMES.len() + 1] = {
    let mut starts = [0; Template::NAMES.len() + 1];
    let mut i = 0;
    while i < Template::NAMES.len() {
        let parts = Template::ALL[i].parts();
        let (mut size, mut k) = (1, 0);
        while k < parts.len() {
            size *= parts[k].len();
            k += 1;
        }
        starts[i + 1] = starts[i] + size;
        i += 1;
    }
    starts
};

/// Where the weight of a feature without a word stands.
#[inline]
fn place_of(template: Template, parts: &[Part]) -> usize {
    let kinds = template.parts();
    let inner =
        kinds.iter().zip(parts).fold(0, |at, (kind, part)| at * kind.len() + part.code as usize);
    STARTS[template as usize] + inner
}

/// What the weights of a word are found by.
#[inline]
fn key_of(role: Role, mark: Part, word: Part) -> u64 {
    mix(word.code, (mark.code << 2 | role as u64) + 1).max(1)
}
