//! The rules of layout, read from TOML.
//!
//! In: `src/data/layout.toml` and the same format from users. Out: [`LayoutRules`], compiled once
//! and used for all files. The rules carry their own examples, which one test runs.

use super::BlockKind;
use crate::pattern::{MOST_RULES, Pattern, reason};
use crate::text::{WordFilter, entries};
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use toml::Spanned;

/// The rules that come with the crate.
const EMBEDDED: &str = include_str!("../data/layout.toml");

/// Given names, which the finders of persons use too.
const GIVEN_NAMES: &str = include_str!("../data/lexicon/given_names.txt");

/// Why a rule file was refused.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// The file is not TOML of the form wanted.
    #[error("rule file: {0}")]
    Form(#[from] toml::de::Error),
    /// A pattern is not a regular expression.
    #[error("rule {id}: {error}")]
    Pattern {
        /// The rule's id.
        id: String,
        /// Where the pattern stands, in bytes of the file.
        at: Range<usize>,
        /// What is wrong with it.
        error: Box<regex::Error>,
    },
    /// The cues can't be searched for.
    #[error("cues: {0}")]
    Cues(Box<aho_corasick::BuildError>),
    /// The rule names a kind of block that does not exist.
    #[error("rule {id}: no such kind of block: {kind}")]
    Kind {
        /// The rule's id.
        id: String,
        /// The word.
        kind: String,
        /// Where it stands, in bytes of the file.
        at: Range<usize>,
    },
    /// The file has more rules than a run can compile in time.
    #[error("found {0} rules, expected {MOST_RULES} at most")]
    TooMany(usize),
    /// Two rules of the file have one id.
    #[error("rule {id}: a second rule with this id")]
    Twice {
        /// The id.
        id: String,
        /// Where the second one's pattern stands, in bytes of the file.
        at: Range<usize>,
    },
}

impl RuleError {
    /// Where in the file the fault is, in bytes, if that is known.
    #[must_use]
    pub fn span(&self) -> Option<Range<usize>> {
        match self {
            Self::Form(error) => error.span(),
            Self::Pattern { at, .. } | Self::Kind { at, .. } | Self::Twice { at, .. } => {
                Some(at.clone())
            }
            Self::Cues(_) | Self::TooMany(_) => None,
        }
    }

    /// What is wrong, without the lines of the file around it.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::Form(error) => error.message().to_owned(),
            Self::Kind { id, kind, .. } => {
                let kinds: Vec<&str> = BlockKind::ALL.iter().map(|kind| kind.as_str()).collect();
                format!("rule {id}: found the kind {kind:?}, expected one of {}", kinds.join(", "))
            }
            Self::Pattern { id, error, .. } => {
                format!("rule {id}: no regular expression that can be used: {}", reason(error))
            }
            Self::Twice { .. } | Self::Cues(_) | Self::TooMany(_) => self.to_string(),
        }
    }
}

/// Where a rule may fire.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Zone {
    #[default]
    Any,
    Head,
    Tail,
    Edge,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    pub id: String,
    pub kind: Spanned<String>,
    #[serde(default)]
    pub zone: Zone,
    #[serde(default = "usual_max")]
    pub max: usize,
    #[serde(default)]
    pub starts: Vec<String>,
    #[serde(default)]
    pub has: Vec<String>,
    #[serde(default)]
    pub ends: Vec<String>,
    pub pattern: Spanned<String>,
    #[serde(default)]
    pub hits: Vec<String>,
    #[serde(default)]
    pub misses: Vec<String>,
}

fn usual_max() -> usize {
    200
}

/// On which side of the line the new article begins.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum At {
    Start,
    End,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Split {
    pub id: String,
    pub at: At,
    #[serde(default)]
    pub starts: Vec<String>,
    #[serde(default)]
    pub has: Vec<String>,
    #[serde(default)]
    pub ends: Vec<String>,
    pub pattern: Spanned<String>,
    #[serde(default)]
    pub hits: Vec<String>,
    #[serde(default)]
    pub misses: Vec<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Lists {
    agencies: BTreeSet<String>,
    cities: BTreeSet<String>,
    outlets: BTreeSet<String>,
    offices: BTreeSet<String>,
    interface: BTreeSet<String>,
    comments: BTreeSet<String>,
    link_heads: BTreeSet<String>,
    given_names: BTreeSet<String>,
    labels: BTreeSet<String>,
    open_words: BTreeSet<String>,
    hyphen_firsts: BTreeSet<String>,
    word_ends: BTreeSet<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RuleFile {
    rule: Vec<Rule>,
    split: Vec<Split>,
    lists: Lists,
}

/// No cue that a block begins with has more bytes.
const LONGEST_START: usize = 40;

/// `text` in lower case; the dot that Unicode leaves over a small `i` of a Turkish capital goes.
fn lower(text: &str) -> String {
    let lower = text.to_lowercase();
    if lower.contains('\u{307}') { lower.replace('\u{307}', "") } else { lower }
}

/// Finds the few rules worth trying on a block.
#[derive(Clone, Debug)]
struct Cues {
    starts: BTreeMap<String, Vec<u16>>,
    has: AhoCorasick,
    /// The rule of every pattern of `has`.
    owners: Vec<u16>,
    /// Bytes of the longest block that a rule with such cues looks at; no limit if a split has any.
    longest: usize,
    ends: Vec<(String, u16)>,
    /// Rules that name no cue.
    always: Vec<u16>,
}

impl Cues {
    fn new(file: &RuleFile) -> Result<Self, RuleError> {
        let mut starts: BTreeMap<String, Vec<u16>> = BTreeMap::new();
        let (mut cues, mut owners, mut always) = (Vec::new(), Vec::new(), Vec::new());
        let mut endings = Vec::new();
        let rules = file.rule.iter().map(|r| (&r.starts, &r.has, &r.ends));
        for (number, (first, has, ends)) in
            rules.chain(file.split.iter().map(|s| (&s.starts, &s.has, &s.ends))).enumerate()
        {
            let number = number as u16;
            endings.extend(ends.iter().map(|end| (end.to_lowercase(), number)));
            for word in first {
                starts.entry(word.to_lowercase()).or_default().push(number);
            }
            for cue in has {
                cues.push(cue.as_str());
                owners.push(number);
            }
            if first.is_empty() && has.is_empty() && ends.is_empty() {
                always.push(number);
            }
        }
        let has = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .kind(Some(AhoCorasickKind::DFA))
            .build(&cues)
            .map_err(|error| RuleError::Cues(Box::new(error)))?;
        let splits = file.split.iter().any(|split| !split.has.is_empty());
        let cued = file.rule.iter().filter(|rule| !rule.has.is_empty()).map(|rule| rule.max).max();
        let longest = if splits { usize::MAX } else { cued.unwrap_or(0) };
        Ok(Self { starts, has, owners, longest, ends: endings, always })
    }

    /// The rules that may match `block`, in order.
    fn candidates(&self, block: &str, into: &mut Vec<u16>) {
        into.extend(&self.always);
        let word = block.trim_start_matches(|c: char| !c.is_alphanumeric());
        let end = word.find(|c: char| !c.is_alphabetic()).unwrap_or(word.len());
        let found = match &word[..end] {
            "" if word.is_empty() => None,
            "" => self.starts.get("0"),
            word if word.len() > LONGEST_START => None,
            word if word.len() <= 20 && word.is_ascii() => {
                let mut buffer = [0; 20];
                let buffer = &mut buffer[..word.len()];
                buffer.copy_from_slice(word.as_bytes());
                buffer.make_ascii_lowercase();
                std::str::from_utf8(buffer).ok().and_then(|word| self.starts.get(word))
            }
            word => self.starts.get(&lower(word)),
        };
        into.extend(found.into_iter().flatten());
        let tail = |end: &str| {
            let from = block.len().checked_sub(end.len());
            from.is_some_and(|from| block.as_bytes()[from..].eq_ignore_ascii_case(end.as_bytes()))
        };
        into.extend(self.ends.iter().filter(|(end, _)| tail(end)).map(|&(_, rule)| rule));
        if block.len() <= self.longest {
            into.extend(
                self.has.find_overlapping_iter(block).map(|m| self.owners[m.pattern().as_usize()]),
            );
        }
        into.sort_unstable();
        into.dedup();
    }
}

/// All that layout knows about how pages are made.
#[derive(Clone, Debug)]
pub struct LayoutRules {
    file: RuleFile,
    pub(super) kinds: Vec<BlockKind>,
    /// Of the rules, then of the splits.
    patterns: Vec<Pattern>,
    cues: Cues,
    open_words: WordFilter,
    /// Bytes of the longest block that any rule looks at.
    longest: usize,
}

impl LayoutRules {
    /// The rules that come with the crate.
    ///
    /// # Errors
    ///
    /// None for the embedded file, which a test reads; the type is that of [`LayoutRules::parse`].
    pub fn embedded() -> Result<Self, RuleError> {
        Self::compile(toml::from_str(EMBEDDED)?)
    }

    /// Rules from TOML.
    ///
    /// # Errors
    ///
    /// If the text is not TOML of this form, names an unknown kind, or a pattern is malformed.
    pub fn parse(toml: &str) -> Result<Self, RuleError> {
        Self::compile(toml::from_str(toml)?)?.checked(&[])
    }

    /// These rules with those of another file laid over them.
    ///
    /// A rule with an id that is known replaces the old one; others are asked first. Lists grow.
    ///
    /// # Errors
    ///
    /// As for [`LayoutRules::parse`].
    pub fn merge(&self, toml: &str) -> Result<Self, RuleError> {
        let mut over: RuleFile = toml::from_str(toml)?;
        let count = over.rule.len() + over.split.len();
        if count > MOST_RULES {
            return Err(RuleError::TooMany(count));
        }
        let mut ids = BTreeSet::new();
        let rules = over.rule.iter().map(|r| (&r.id, &r.pattern));
        for (id, pattern) in rules.chain(over.split.iter().map(|s| (&s.id, &s.pattern))) {
            if !ids.insert(id) {
                return Err(RuleError::Twice { id: id.clone(), at: pattern.span() });
            }
        }
        let base = self.file.clone();
        let known = |rules: &[Rule], id: &str| rules.iter().any(|r| r.id == id);
        let old: Vec<Rule> = base.rule.into_iter().filter(|r| !known(&over.rule, &r.id)).collect();
        over.rule.extend(old);
        let old: Vec<Split> =
            base.split.into_iter().filter(|s| !over.split.iter().any(|o| o.id == s.id)).collect();
        over.split.extend(old);
        over.lists.agencies.extend(base.lists.agencies);
        over.lists.cities.extend(base.lists.cities);
        over.lists.outlets.extend(base.lists.outlets);
        over.lists.offices.extend(base.lists.offices);
        over.lists.interface.extend(base.lists.interface);
        over.lists.comments.extend(base.lists.comments);
        over.lists.link_heads.extend(base.lists.link_heads);
        over.lists.given_names.extend(base.lists.given_names);
        over.lists.labels.extend(base.lists.labels);
        over.lists.open_words.extend(base.lists.open_words);
        over.lists.hyphen_firsts.extend(base.lists.hyphen_firsts);
        over.lists.word_ends.extend(base.lists.word_ends);
        Self::compile(over)?.checked(&self.patterns)
    }

    fn compile(mut file: RuleFile) -> Result<Self, RuleError> {
        file.lists.given_names.extend(entries(GIVEN_NAMES).map(str::to_owned));
        let mut kinds = Vec::with_capacity(file.rule.len());
        let mut patterns = Vec::with_capacity(file.rule.len() + file.split.len());
        for rule in &file.rule {
            let kind = BlockKind::ALL.iter().find(|k| k.as_str() == rule.kind.get_ref());
            let unknown = || RuleError::Kind {
                id: rule.id.clone(),
                kind: rule.kind.get_ref().clone(),
                at: rule.kind.span(),
            };
            kinds.push(*kind.ok_or_else(unknown)?);
            patterns.push(Pattern::new(rule.pattern.get_ref(), false));
        }
        patterns.extend(file.split.iter().map(|s| Pattern::new(s.pattern.get_ref(), false)));
        let cues = Cues::new(&file)?;
        let longest = file.rule.iter().map(|r| r.max).max().unwrap_or(0).max(200);
        let open_words = WordFilter::new(file.lists.open_words.iter().map(String::as_str));
        Ok(Self { file, kinds, patterns, cues, open_words, longest })
    }

    /// These rules, if all patterns but the known ones, which need not be tried again, can be compiled.
    fn checked(self, known: &[Pattern]) -> Result<Self, RuleError> {
        let rules = self.file.rule.iter().map(|r| (&r.id, &r.pattern));
        let sources = rules.chain(self.file.split.iter().map(|s| (&s.id, &s.pattern)));
        for (pattern, (id, source)) in self.patterns.iter().zip(sources) {
            let refused = |error| RuleError::Pattern { id: id.clone(), at: source.span(), error };
            if !known.iter().any(|known| known.is_same(pattern)) {
                pattern.check().map_err(refused)?;
            }
        }
        Ok(self)
    }

    /// The rules and splits that match a folded block, as numbers: rules first.
    pub(super) fn matches(&self, folded: &str, into: &mut Vec<u16>) {
        if folded.len() < 2 || folded.len() > self.longest {
            return;
        }
        let from = into.len();
        let mut candidates = into.split_off(from);
        self.cues.candidates(folded, &mut candidates);
        into.extend(candidates.into_iter().filter(|&n| {
            let number = usize::from(n);
            self.file.rule.get(number).is_none_or(|rule| folded.len() <= rule.max)
                && self.patterns[number].is_match(folded)
        }));
    }

    pub(super) fn longest(&self) -> usize {
        self.longest
    }

    pub(super) fn rule(&self, number: u16) -> Option<&Rule> {
        self.file.rule.get(usize::from(number))
    }

    pub(super) fn split(&self, number: u16) -> Option<&Split> {
        self.file.split.get(usize::from(number).checked_sub(self.file.rule.len())?)
    }

    pub(super) fn is_agency(&self, name: &str) -> bool {
        self.file.lists.agencies.contains(&name.to_lowercase())
    }

    pub(super) fn is_city(&self, name: &str) -> bool {
        self.file.lists.cities.contains(&name.to_lowercase())
    }

    pub(super) fn is_given_name(&self, name: &str) -> bool {
        self.file.lists.given_names.contains(&name.to_lowercase())
    }

    /// Whether a word in capitals before a dash is a label, not a place.
    pub(super) fn is_label(&self, word: &str) -> bool {
        self.file.lists.labels.contains(&word.to_lowercase())
    }

    /// Whether a word in lower case ends no heading and no sentence.
    pub(super) fn is_open_word(&self, word: &str) -> bool {
        self.open_words.may_have(word.as_bytes()) && self.file.lists.open_words.contains(word)
    }

    /// Whether the first part of a compound, in lower case, keeps its hyphen and is no syllable.
    pub(super) fn is_hyphen_first(&self, word: &str) -> bool {
        self.file.lists.hyphen_firsts.contains(word)
    }

    /// Whether the second half of a cut word, in lower case, is no word by itself.
    pub(super) fn is_word_end(&self, half: &str) -> bool {
        self.file.lists.word_ends.contains(half)
    }

    /// Whether a word says that a name is an office's.
    pub(super) fn is_office_word(&self, word: &str) -> bool {
        self.file.lists.offices.contains(&word.to_lowercase())
    }

    /// Whether a word says that a name is an outlet's.
    pub(super) fn is_outlet_word(&self, word: &str) -> bool {
        self.file.lists.outlets.contains(&word.to_lowercase())
    }

    /// Whether a label opens the comments of readers, in one of several languages.
    pub(super) fn is_comments(&self, label: &str) -> bool {
        let label = lower(label.trim_matches(|c: char| !c.is_alphabetic()));
        self.file.lists.comments.contains(&label)
    }

    /// Whether a label stands above links to other articles, in one of several languages.
    pub(super) fn heads_links(&self, label: &str) -> bool {
        let label = lower(label.trim_matches(|c: char| !c.is_alphabetic()));
        self.file.lists.link_heads.contains(&label)
    }

    /// Whether a line is nothing but labels of a page's controls, one or several side by side.
    pub(super) fn is_interface(&self, line: &str) -> bool {
        /// Longest line that is looked at, in bytes.
        const LONGEST: usize = 160;
        if line.len() > LONGEST {
            return false;
        }
        let parts = line.split(['|', '•', '·', '\t', '›', '»']).flat_map(|part| part.split("  "));
        let mut known = 0;
        let mut all = 0;
        for part in parts {
            let label = part.trim_matches(|c: char| !c.is_alphabetic());
            if !label.is_empty() {
                all += 1;
                known += usize::from(self.file.lists.interface.contains(&lower(label)));
            }
        }
        known > 0 && known * 2 >= all
    }

    /// Every rule and split that does not treat one of its own examples as it says, as text.
    #[must_use]
    pub fn failing_examples(&self) -> Vec<String> {
        let mut out = Vec::new();
        let mut check = |number: usize, id: &str, hits: &[String], misses: &[String]| {
            for (example, wanted) in
                hits.iter().map(|h| (h, true)).chain(misses.iter().map(|m| (m, false)))
            {
                let mut found = Vec::new();
                self.matches(example, &mut found);
                if found.contains(&(number as u16)) != wanted {
                    out.push(format!(
                        "{id}: {example:?} should be a {}",
                        if wanted { "hit" } else { "miss" }
                    ));
                }
            }
        };
        for (number, rule) in self.file.rule.iter().enumerate() {
            check(number, &rule.id, &rule.hits, &rule.misses);
        }
        for (number, split) in self.file.split.iter().enumerate() {
            check(self.file.rule.len() + number, &split.id, &split.hits, &split.misses);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_keeps_its_examples() {
        let rules = LayoutRules::embedded().unwrap();
        assert_eq!(rules.failing_examples(), Vec::<String>::new());
        assert!(rules.clone().checked(&[]).is_ok());
        for rule in &rules.file.rule {
            assert!(
                !rule.hits.is_empty() && !rule.misses.is_empty(),
                "{} has no examples",
                rule.id
            );
        }
    }

    /// Cues only save time: no line that a pattern matches may be passed over.
    #[test]
    fn cues_hide_no_match() {
        let rules = LayoutRules::embedded().unwrap();
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/layout");
        let folder = std::env::var_os("CUES_FOLDER").map_or(folder, Into::into);
        let mut seen = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|e| e != "txt") {
                continue;
            }
            let text = std::fs::read_to_string(path).unwrap();
            for line in text.lines().map(str::trim).filter(|l| l.len() <= rules.longest()) {
                let mut candidates = Vec::new();
                rules.cues.candidates(line, &mut candidates);
                for (number, pattern) in rules.patterns.iter().enumerate() {
                    let number = number as u16;
                    let missed = !candidates.contains(&number)
                        && rules.rule(number).is_none_or(|rule| line.len() <= rule.max)
                        && pattern.is_match(line);
                    assert!(!missed, "{pattern:?} passes over {line:?}");
                }
                seen += 1;
            }
        }
        assert!(seen > 100);
    }

    #[test]
    fn lists_are_sorted_in_the_file() {
        let lists: toml::Table = EMBEDDED.parse().unwrap();
        for (name, list) in lists["lists"].as_table().unwrap() {
            let words: Vec<&str> =
                list.as_array().unwrap().iter().filter_map(|w| w.as_str()).collect();
            assert!(words.is_sorted(), "{name}");
        }
    }

    #[test]
    fn a_users_rule_replaces_and_comes_first() {
        let rules = LayoutRules::embedded().unwrap();
        let over = "[[rule]]\nid = \"nav.share\"\nkind = \"footer\"\npattern = '^share'\n\n[lists]\nagencies = [\"abc\"]";
        let merged = rules.merge(over).unwrap();
        assert_eq!(merged.kinds[0], BlockKind::Footer);
        assert_eq!(merged.file.rule.len(), rules.file.rule.len());
        assert!(merged.is_agency("ABC") && merged.is_agency("Reuters"));
    }

    #[test]
    fn mistakes_are_named() {
        let wrong = |toml: &str| LayoutRules::parse(toml).unwrap_err().to_string();
        assert!(
            wrong("[[rule]]\nid='a'\nkind='x'\npattern='y'").contains("no such kind of block: x")
        );
        assert!(wrong("[[rule]]\nid='a'\nkind='footer'\npattern='('").starts_with("rule a: "));
        assert!(wrong("[[role]]").starts_with("rule file: "));
    }
}
