//! The words and rules of quantities, read from `src/data/quantities.toml`.

use super::{Bound, Outcome};
use crate::mentions::dates::load_numbers;
use crate::mentions::phrases::tokens::{Bits, ClassList, DataError, Lexicon, NumberWords, Phrases};
use crate::mentions::phrases::vocabulary::{Vocabulary, sign};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    pub(super) id: String,
    #[allow(dead_code, reason = "for readers of the data file")]
    about: String,
    #[allow(dead_code, reason = "run by the test of rules")]
    pub(super) hits: Vec<[String; 7]>,
    #[allow(dead_code, reason = "run by the test of rules")]
    pub(super) misses: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    class: Vec<ClassList>,
    /// Words of numbers that are in no class of numbers.
    number_triggers: Vec<String>,
    /// Words of what happens to people that are in no such class.
    outcome_triggers: Vec<String>,
    /// Words that tell beside a number what happened, and are in no class of that.
    fate_triggers: Vec<String>,
    /// Longest words of phrases that tell only beside a number, since they are common.
    common_triggers: Vec<String>,
    /// Verbs and predicates of more than one word, with the number of their outcome.
    phrases: BTreeMap<String, i32>,
    /// Modifiers of numbers of more than one word, with their number in BEFOREQ.
    modifiers: BTreeMap<String, i32>,
    /// Adverbs of more than one word between a verb and its object.
    asides: Vec<String>,
    rule: Vec<Rule>,
}

pub(super) const CURRENCIES: [&str; 9] =
    ["USD", "EUR", "GBP", "JPY", "TRY", "RUB", "CNY", "SAR", "AED"];
pub(super) const MEASURES: [&str; 18] = [
    "km", "mi", "ft", "m", "kg", "t", "lb", "yd", "mm", "ha", "cm", "g", "l", "MW", "acre", "bbl",
    "degree", "gal",
];

macro_rules! classes {
    ($($field:ident $name:literal),* $(,)?) => {
        /// The classes of the data file, each as its bit.
        #[derive(Clone, Copy, Debug)]
        pub(super) struct Classes { $(pub(super) $field: Bits),* }
        impl Classes {
            fn new(lexicon: &mut Lexicon) -> Result<Self, DataError> {
                Ok(Self { $($field: 1 << lexicon.class($name)?),* })
            }
        }
    };
}

classes! {
    people "PEOPLE", person "PERSON", group "GROUP", given "GIVEN", done "DONE", doing "DOING", did "DID", deed "DEED", state "STATE",
    aux "AUX", modal "MODAL", adverb "ADVERB", prep "PREP", verb "VERB", beforeq "BEFOREQ", pluralnum "PLURALNUM", someq "SOMEQ",
    extra "EXTRA", currency "CURRENCY", measure "MEASURE", numbered "NUMBERED", toll "TOLL", leave "LEAVE", living "LIVING",
    include "INCLUDE", scale "SCALE", opener "OPENER", cardinal "CARDINAL", thing "THING",
    change "CHANGE", exceed "EXCEED", bridge "BRIDGE", hurt "HURT", lose "LOSE", keep "KEEP", party "PARTY", first_word "FIRST_WORD",
    claim "CLAIM", force "FORCE", suffer "SUFFER", amount "AMOUNT", toll_of "TOLL_OF", telling "TELLING", found "FOUND",
    place "PLACE", saying "SAYING", vehicle "VEHICLE", meeting "MEETING",
    after_aux "AFTERAUX", after_participle "AFTERPARTICIPLE", after_toll "AFTERTOLL", agent "AGENT", be "BE", beside_name "BESIDENAME", brought "BROUGHT", condition "CONDITION", determiner "DETERMINER", ended "ENDED", flight "FLIGHT", fractions "FRACTIONS", have "HAVE", hospital "HOSPITAL", indirect "INDIRECT", living_in "LIVINGIN", not_held "NOTHELD", not_one "NOTONE", object_lead "OBJECTLEAD", of_whose "OFWHOSE", part_number "PARTNUMBER", severity "SEVERITY", share "SHARE", shot "SHOT", supposed "SUPPOSED", them "THEM", same "SAME", record "RECORD", morgue "MORGUE", aside_end "ASIDE_END", link "LINK", held "HELD", article "ARTICLE", held_by "HELDBY", mourn "MOURN", with_over "WITHOVER", money "MONEY", weapon "WEAPON", once "ONCE", destroy "DESTROY", kin "KIN",
}

macro_rules! named_rules {
    ($($variant:ident $name:literal),* $(,)?) => {
        /// The rule that decided a quantity.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum By { $($variant),* }
        const BY: &[&str] = &[$($name),*];
    };
}

named_rules! {
    Passive "qty.passive", Active "qty.active", Nominal "qty.nominal", Toll "qty.toll", Left "qty.left", Head "qty.head", Part "qty.part",
    Count "qty.count", Percent "qty.percent", Money "qty.money", Measure "qty.measure", Age "qty.age",
}

/// Words and rules, parsed once.
#[derive(Clone, Debug)]
pub struct QuantityData {
    pub(crate) lexicon: Lexicon,
    pub(super) numbers: NumberWords,
    /// Signs by number of the word, without a capital and with one.
    pub(crate) signs: Vec<[u8; 2]>,
    /// The words of the lexicon.
    pub(super) vocabulary: Vocabulary,
    pub(super) classes: Classes,
    /// Classes of the words that a number may begin with, modifiers included.
    pub(super) opens: Bits,
    /// Of these, the ones that need no modifier's other words behind them.
    pub(super) numeric: Bits,
    /// The same and those of verbs that a person without an article may follow.
    pub(super) stops: Bits,
    pub(super) rules: Vec<Rule>,
    /// `gunned down`, `taken into custody`: words and outcome.
    pub(super) phrases: Phrases<Outcome>,
    /// `at least`: words and what they say of the number.
    pub(super) modifiers: Phrases<Bound>,
    /// `on the spot`: words.
    pub(super) asides: Vec<Vec<u16>>,
    /// Place of each [`By`] in the rules.
    pub(super) by: Vec<usize>,
}

impl QuantityData {
    /// The data that the crate brings along.
    ///
    /// # Errors
    ///
    /// Where the embedded files are wrong, which a test excludes.
    pub fn embedded() -> Result<Self, DataError> {
        Self::parse(include_str!("../../data/quantities.toml"))
    }

    /// Reads word lists and rules in the format of `src/data/quantities.toml`.
    ///
    /// # Errors
    ///
    /// Where `text` is no such file, or lacks a rule.
    pub fn parse(text: &str) -> Result<Self, DataError> {
        let mut lexicon = Lexicon::default();
        let numbers = load_numbers(&mut lexicon)?;
        let file: File = toml::from_str(text)?;
        for class in &file.class {
            class.load(&mut lexicon)?;
        }
        let by = BY
            .iter()
            .map(|name| {
                file.rule.iter().position(|r| r.id == *name).ok_or_else(|| DataError::Rule {
                    rule: (*name).to_owned(),
                    what: "is missing".to_owned(),
                })
            })
            .collect::<Result<_, _>>()?;
        let mut words = |phrase: &str| -> Result<Vec<u16>, DataError> {
            phrase.split(' ').map(|word| lexicon.intern(word)).collect()
        };
        let (mut phrases, mut modifiers) = (Vec::new(), Vec::new());
        for (phrase, number) in &file.phrases {
            let words = words(phrase)?;
            let Some(outcome) = Outcome::numbered(*number).filter(|_| words.len() > 1) else {
                let what = format!("{phrase} is not two words or more with an outcome");
                return Err(DataError::Rule { rule: "phrases".to_owned(), what });
            };
            phrases.push((words, outcome));
        }
        for (phrase, number) in &file.modifiers {
            modifiers.push((words(phrase)?, Bound::numbered(*number)));
        }
        let asides: Vec<Vec<u16>> =
            file.asides.iter().map(|aside| words(aside)).collect::<Result<_, _>>()?;
        let (phrases, modifiers) = (Phrases::new(phrases), Phrases::new(modifiers));
        let first_word = lexicon.class("FIRST_WORD")?;
        for words in phrases.all() {
            let word = lexicon.text_of(words[0]).to_owned();
            lexicon.add(first_word, &word, 1, false)?;
        }
        let aside_end = lexicon.class("ASIDE_END")?;
        for last in asides.iter().filter_map(|words| words.last()) {
            let word = lexicon.text_of(*last).to_owned();
            lexicon.add(aside_end, &word, 1, false)?;
        }
        let classes = Classes::new(&mut lexicon)?;
        let (mut number, mut told, mut fated) = (Vec::new(), Vec::new(), Vec::new());
        for word in &file.fate_triggers {
            fated.push(lexicon.intern(word)?);
        }
        for word in &file.number_triggers {
            number.push(lexicon.intern(word)?);
        }
        for word in &file.outcome_triggers {
            told.push(lexicon.intern(word)?);
        }
        // Of a phrase the longest word, since the first may be as common as 'in'.
        for words in phrases.all() {
            let longest = words.iter().max_by_key(|w| lexicon.text_of(**w).len());
            let common = |w: &u16| file.common_triggers.iter().any(|c| c == lexicon.text_of(*w));
            match longest {
                Some(word) if common(word) => fated.push(*word),
                Some(word) => told.push(*word),
                None => {}
            }
        }
        let c = &classes;
        let counts = c.cardinal | c.scale | c.pluralnum;
        let tells =
            [c.given, c.done, c.doing, c.did, c.deed, c.state, c.hurt, c.lose, c.keep, c.include]
                .iter()
                .fold(0, |bits, class| bits | class);
        let fates = c.toll | c.toll_of | c.destroy | c.mourn;
        let signs_of = |word| {
            let of = lexicon.classes_of(word).0;
            let counts = u8::from(of & counts != 0 || number.contains(&word));
            let tells = u8::from(of & tells != 0 || told.contains(&word));
            let fate = u8::from(of & fates != 0 || fated.contains(&word));
            [counts * sign::COUNT + tells * sign::OUTCOME + fate * sign::FATE; 2]
        };
        let signs: Vec<[u8; 2]> = (0..).take(lexicon.len()).map(signs_of).collect();
        let opens = c.opener | c.beforeq | c.pluralnum | c.someq | c.cardinal | c.scale;
        let vocabulary = Vocabulary::new([None, Some((&lexicon, &signs))]);
        Ok(Self {
            lexicon,
            numbers,
            signs,
            vocabulary,
            numeric: c.article | c.beforeq | c.pluralnum | c.someq | c.cardinal | c.scale,
            opens,
            stops: opens | c.doing,
            classes,
            rules: file.rule,
            phrases,
            modifiers,
            asides,
            by,
        })
    }
}
