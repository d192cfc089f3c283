//! The rules of metadata, read from TOML.
//!
//! In: `src/data/metadata.toml` and the same format from users. Out: [`MetadataRules`].

use super::Genre;
use crate::pattern::{MOST_RULES, Pattern, reason};
use crate::text::WordFilter;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use toml::Spanned;

/// The rules that come with the crate.
const EMBEDDED: &str = include_str!("../data/metadata.toml");

/// Why a rule file was refused.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// The file is not TOML of the form wanted.
    #[error("rule file: {0}")]
    Form(#[from] toml::de::Error),
    /// A pattern is not a regular expression.
    #[error("pattern {pattern:?}: {error}")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// Where it stands, in bytes of the file.
        at: Range<usize>,
        /// What is wrong with it.
        error: Box<regex::Error>,
    },
    /// The file has more rules than a run can compile in time.
    #[error("found {0} rules of genres, expected {MOST_RULES} at most")]
    TooMany(usize),
    /// No such genre.
    #[error("no such genre: {genre}")]
    Genre {
        /// The word.
        genre: String,
        /// Where it stands, in bytes of the file.
        at: Range<usize>,
    },
}

impl RuleError {
    /// Where in the file the fault is, in bytes, if that is known.
    #[must_use]
    pub fn span(&self) -> Option<Range<usize>> {
        match self {
            Self::Form(error) => error.span(),
            Self::TooMany(_) => None,
            Self::Pattern { at, .. } | Self::Genre { at, .. } => Some(at.clone()),
        }
    }

    /// What is wrong, without the lines of the file around it.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::Form(error) => error.message().to_owned(),
            Self::Pattern { error, .. } => {
                format!("no regular expression that can be used: {}", reason(error))
            }
            Self::TooMany(_) => self.to_string(),
            Self::Genre { genre, .. } => {
                let genres: Vec<&str> = Genre::ALL.iter().map(|genre| genre.as_str()).collect();
                format!("found the genre {genre:?}, expected one of {}", genres.join(", "))
            }
        }
    }
}

/// Where a genre's cue must stand.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Where {
    Announced,
    Title,
    Opening,
    Text,
    Kind,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GenreEntry {
    genre: Spanned<String>,
    #[serde(rename = "where")]
    place: Where,
    #[serde(default = "one")]
    least: usize,
    pattern: Spanned<String>,
    #[serde(default)]
    hits: Vec<String>,
    #[serde(default)]
    misses: Vec<String>,
}

fn one() -> usize {
    1
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PublisherEntry {
    name: String,
    signs: BTreeSet<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RuleFile {
    sections: BTreeSet<String>,
    byline_leads: BTreeSet<String>,
    byline_labels: BTreeSet<String>,
    helpers: BTreeSet<String>,
    offices: BTreeSet<String>,
    source_labels: BTreeSet<String>,
    issuers: BTreeSet<String>,
    issuer_names: BTreeSet<String>,
    media_words: BTreeSet<String>,
    company_words: BTreeSet<String>,
    agencies: BTreeSet<String>,
    pleading: BTreeSet<String>,
    norms: BTreeSet<String>,
    talk: BTreeSet<String>,
    reporting: BTreeSet<String>,
    publisher: Vec<PublisherEntry>,
    genre: Vec<GenreEntry>,
}

/// A cue of a genre.
#[derive(Clone, Debug)]
pub(super) struct GenreRule {
    pub genre: Genre,
    pub place: Where,
    pub least: usize,
    pub pattern: Pattern,
}

/// What a word does to the tone of a text.
#[derive(Clone, Copy, Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "a word may do several of these")]
pub(super) struct Tone {
    pub pleads: bool,
    /// It says what has to be done.
    pub demands: bool,
    pub talks: bool,
    pub reports: bool,
}

/// All that the metadata stage knows about how texts say what they are.
#[derive(Clone, Debug)]
pub struct MetadataRules {
    file: RuleFile,
    signs: BTreeMap<String, String>,
    tones: HashMap<String, Tone>,
    with_tone: WordFilter,
    pub(super) genres: Vec<GenreRule>,
}

impl MetadataRules {
    /// The rules that come with the crate.
    ///
    /// # Errors
    ///
    /// None for the embedded file, which a test reads; the type is that of [`MetadataRules::parse`].
    pub fn embedded() -> Result<Self, RuleError> {
        Self::compile(toml::from_str(EMBEDDED)?)
    }

    /// Rules from TOML.
    ///
    /// # Errors
    ///
    /// If the text is not TOML of this form, names an unknown genre, or a pattern is malformed.
    pub fn parse(toml: &str) -> Result<Self, RuleError> {
        Self::compile(toml::from_str(toml)?)?.checked(&[])
    }

    /// These rules with those of another file laid over them: its genre rules are asked first.
    ///
    /// # Errors
    ///
    /// As for [`MetadataRules::parse`].
    pub fn merge(&self, toml: &str) -> Result<Self, RuleError> {
        let mut over: RuleFile = toml::from_str(toml)?;
        if over.genre.len() > MOST_RULES {
            return Err(RuleError::TooMany(over.genre.len()));
        }
        let base = self.file.clone();
        over.sections.extend(base.sections);
        over.byline_leads.extend(base.byline_leads);
        over.byline_labels.extend(base.byline_labels);
        over.helpers.extend(base.helpers);
        over.offices.extend(base.offices);
        over.source_labels.extend(base.source_labels);
        over.issuers.extend(base.issuers);
        over.issuer_names.extend(base.issuer_names);
        over.media_words.extend(base.media_words);
        over.company_words.extend(base.company_words);
        over.agencies.extend(base.agencies);
        over.pleading.extend(base.pleading);
        over.norms.extend(base.norms);
        over.talk.extend(base.talk);
        over.reporting.extend(base.reporting);
        over.genre.extend(base.genre);
        let mut publishers = base.publisher;
        publishers.append(&mut over.publisher);
        over.publisher = publishers;
        Self::compile(over)?.checked(&self.genres)
    }

    fn compile(file: RuleFile) -> Result<Self, RuleError> {
        let mut signs = BTreeMap::new();
        for publisher in &file.publisher {
            for sign in &publisher.signs {
                signs.insert(sign.clone(), publisher.name.clone());
            }
        }
        let mut genres = Vec::with_capacity(file.genre.len());
        for entry in &file.genre {
            let name = entry.genre.get_ref();
            let genre = Genre::ALL.iter().find(|g| g.as_str() == name);
            let unknown = || RuleError::Genre { genre: name.clone(), at: entry.genre.span() };
            let genre = *genre.ok_or_else(unknown)?;
            let source = entry.pattern.get_ref();
            let built =
                if entry.place == Where::Kind { regex::escape(source) } else { source.clone() };
            let pattern = Pattern::new(&built, entry.place == Where::Announced);
            genres.push(GenreRule { genre, place: entry.place, least: entry.least, pattern });
        }
        let mut tones: HashMap<String, Tone> = HashMap::new();
        for word in &file.pleading {
            let demands = file.norms.contains(word);
            tones.insert(word.clone(), Tone { pleads: true, demands, ..Tone::default() });
        }
        file.talk.iter().for_each(|word| tones.entry(word.clone()).or_default().talks = true);
        file.reporting
            .iter()
            .for_each(|word| tones.entry(word.clone()).or_default().reports = true);
        let with_tone = WordFilter::new(tones.keys().map(String::as_str));
        Ok(Self { file, signs, tones, with_tone, genres })
    }

    /// These rules, if all patterns but those of known ones, which need not be tried again, can be compiled.
    fn checked(self, known: &[GenreRule]) -> Result<Self, RuleError> {
        for (rule, entry) in self.genres.iter().zip(&self.file.genre) {
            let refused = |error| RuleError::Pattern {
                pattern: entry.pattern.get_ref().clone(),
                at: entry.pattern.span(),
                error,
            };
            if !known.iter().any(|known| known.pattern.is_same(&rule.pattern)) {
                rule.pattern.check().map_err(refused)?;
            }
        }
        Ok(self)
    }

    /// The publisher that signs so, if it is known.
    pub(super) fn publisher(&self, sign: &str) -> Option<&str> {
        self.signs.get(&sign.trim().trim_end_matches('.').to_lowercase()).map(String::as_str)
    }

    /// The publisher whose sign a text begins with, in a script without blanks.
    pub(super) fn publisher_at_start(&self, text: &str) -> Option<&str> {
        let sign = self.signs.iter().find(|(sign, _)| !sign.is_ascii() && text.starts_with(*sign));
        sign.map(|(_, name)| name.as_str())
    }

    /// Whether a word stands before the names in a byline.
    pub(super) fn is_byline_lead(&self, word: &str) -> bool {
        self.file.byline_leads.contains(&word.to_lowercase())
    }

    /// Whether a word makes a line in the head a byline.
    pub(super) fn is_byline_label(&self, word: &str) -> bool {
        self.file.byline_labels.contains(&word.to_lowercase())
    }

    /// Whether a line that begins so names helpers, not those who signed.
    pub(super) fn is_helper(&self, word: &str) -> bool {
        self.file.helpers.contains(&word.to_lowercase())
    }

    /// Whether a word says that a byline names an office.
    pub(super) fn is_office(&self, word: &str) -> bool {
        self.file.offices.contains(&word.trim_end_matches([',', '.']).to_lowercase())
    }

    /// Whether a label announces who issued a text.
    pub(super) fn is_source_label(&self, label: &str) -> bool {
        self.file.source_labels.contains(&label.to_lowercase())
    }

    /// Whether names of offices and institutes have this word.
    pub(super) fn is_issuer_word(&self, word: &str) -> bool {
        self.file.issuers.contains(&word.to_lowercase())
    }

    /// Whether this is the name of an office or institute.
    pub(super) fn is_issuer_name(&self, name: &str) -> bool {
        self.file.issuer_names.contains(&name.to_lowercase())
    }

    /// Whether names of papers and stations have this word.
    pub(super) fn is_media_word(&self, word: &str) -> bool {
        self.file.media_words.contains(&word.to_lowercase())
    }

    /// Whether a source is agencies, without saying which.
    pub(super) fn is_agencies(&self, name: &str) -> bool {
        self.file.agencies.contains(&name.to_lowercase())
    }

    /// Whether names of companies that publish have this word.
    pub(super) fn is_company_word(&self, word: &str) -> bool {
        self.file.company_words.contains(&word.trim_end_matches('.').to_lowercase())
    }

    /// Whether a word may have a tone: few have one, and most of the others do not even begin like one.
    pub(super) fn may_have_tone(&self, word: &[u8]) -> bool {
        self.with_tone.may_have(word)
    }

    /// What a word does to the tone of a text; `lower` is a buffer.
    pub(super) fn tone(&self, word: &str, lower: &mut String) -> Tone {
        lower.clear();
        lower.push_str(word);
        if word.is_ascii() {
            lower.make_ascii_lowercase();
        } else {
            *lower = word.to_lowercase();
        }
        self.tones.get(lower.as_str()).copied().unwrap_or_default()
    }

    /// Whether a line is the name of a section, as papers name theirs.
    pub(super) fn is_section(&self, name: &str) -> bool {
        self.file.sections.contains(&name.to_lowercase())
    }

    /// Every rule that does not treat one of its own examples as it says, as text.
    #[must_use]
    pub fn failing_examples(&self) -> Vec<String> {
        let mut out = Vec::new();
        for (entry, rule) in self.file.genre.iter().zip(&self.genres) {
            let hits = entry.hits.iter().map(|h| (h, true));
            for (example, wanted) in hits.chain(entry.misses.iter().map(|m| (m, false))) {
                if rule.pattern.is_match(example) != wanted {
                    out.push(format!("{} {:?}: {example:?}", entry.genre.get_ref(), entry.place));
                }
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_keeps_its_examples() {
        let rules = MetadataRules::embedded().unwrap();
        assert_eq!(rules.failing_examples(), Vec::<String>::new());
        assert!(rules.clone().checked(&[]).is_ok());
        assert!(rules.file.genre.iter().all(|g| !g.hits.is_empty() && !g.misses.is_empty()));
    }

    #[test]
    fn users_rules_come_first() {
        let rules = MetadataRules::embedded().unwrap();
        let merged = rules
            .merge("sections = ['chess']\n[[publisher]]\nname = 'Example'\nsigns = ['ex']")
            .unwrap();
        assert!(merged.is_section("Chess") && merged.is_section("World"));
        assert_eq!(merged.publisher("EX"), Some("Example"));
        assert!(rules.merge("[[genre]]\ngenre = 'x'\nwhere = 'title'\npattern = 'y'").is_err());
    }
}
