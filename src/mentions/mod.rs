//! Stage 5: who and what a document speaks of.
//!
//! In: the text of a document, its sentences, its date and its language. Out: mentions with exact
//! spans, in order, none overlapping another. A [`Finder`] proposes candidates and never looks at
//! what loses; [`settle`] alone decides which of two that overlap stands.

mod bits;
pub mod codebook;
pub mod dates;
pub mod figures;
pub mod lexicon;
pub mod names;
mod phrases;
pub mod quantities;
pub mod short_forms;
pub mod tagger;
pub mod tokens;

use crate::text::Span;
use codebook::{Codebook, Entity, ListError, Lists};
use jiff::civil::Date;
use lexicon::Lexicon;
use std::borrow::Cow;
use std::sync::Arc;
use tagger::Tagger;
use tokens::Tokens;

/// Defines an enum of categories with their names in the dataset.
macro_rules! categories {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$doc])* $variant,)* }

        impl $name {
            /// All of them, in order.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name in the dataset.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
        }
    };
}

categories! {
    /// What a mention is.
    MentionKind {
        /// A person by name.
        Person = "person",
        /// A body that is no armed group: ministry, army, party, company, newspaper.
        Organization = "organization",
        /// A body that fights and is no state's: brigade, front, militia. Armies are organisations.
        ArmedGroup = "armed_group",
        /// A state by name.
        State = "state",
        /// Any other place by name, a capital too where it stands for its government.
        Place = "place",
        /// An adjective or noun for the people of a state, region or ethnic group.
        Demonym = "demonym",
        /// An agreement, resolution or other text with a name.
        Agreement = "agreement",
        /// A meeting, process, war or battle with a name.
        Event = "event",
        /// A date.
        Date = "date",
        /// A time of day.
        Time = "time",
        /// A length of time.
        Duration = "duration",
        /// A time that recurs.
        Set = "set",
        /// A number of something.
        Quantity = "quantity",
    }
}

#[allow(clippy::derivable_impls, reason = "the macro's variants carry no attribute")]
impl Default for MentionKind {
    fn default() -> Self {
        Self::Organization
    }
}

categories! {
    /// How a mention was found; of two of equal length the earlier in this order stands.
    Method {
        /// A name that the codebook lists.
        Codebook = "codebook",
        /// A pattern in the words themselves.
        Pattern = "pattern",
        /// A short form of a name that stands elsewhere in the document.
        ShortForm = "short_form",
        /// What stands around the words.
        Context = "context",
        /// The statistical tagger.
        Tagger = "tagger",
    }
}

categories! {
    /// What happened to those that a quantity counts.
    Outcome {
        /// Killed.
        Killed = "killed",
        /// Injured.
        Injured = "injured",
        /// Displaced.
        Displaced = "displaced",
        /// Detained.
        Detained = "detained",
        /// Missing.
        Missing = "missing",
        /// Kidnapped.
        Kidnapped = "kidnapped",
        /// Besieged.
        Besieged = "besieged",
        /// Evacuated.
        Evacuated = "evacuated",
        /// Attacked.
        Attacked = "attacked",
    }
}

categories! {
    /// What a relative time was resolved against.
    Reference {
        /// The publication date.
        Published = "published",
        /// A date before it in the text.
        Previous = "previous",
        /// The year that the text's own dates fix.
        DocumentYear = "document_year",
        /// Nothing: it is complete in itself, or stays open.
        None = "none",
    }
}

/// A document as the finders get it.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The content, `documents.text`.
    pub text: &'a str,
    /// Its sentences, in order; a name stands in one of them.
    pub sentences: &'a [Span],
    /// When it was published.
    pub published: Option<Date>,
    /// BCP 47 tag.
    pub language: &'a str,
}

/// The entity that a mention was linked to.
#[derive(Clone, Debug)]
pub enum EntityRef<'d> {
    /// One of the codebook.
    Listed(&'d Entity),
    /// One that a pattern made, such as a resolution that no list has; its id is stable.
    Made(Arc<Entity>),
}

impl EntityRef<'_> {
    /// The entity.
    #[must_use]
    pub fn entity(&self) -> &Entity {
        match self {
            Self::Listed(entity) => entity,
            Self::Made(entity) => entity,
        }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.entity().id
    }
}

impl PartialEq for EntityRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.id() == other.id()
    }
}

/// What a time or a quantity says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figure<'d> {
    /// Of times: the TIMEX3 value; of quantities: the number in digits.
    pub value: String,
    /// First day of a date.
    pub date_start: Option<Date>,
    /// Last day of a date.
    pub date_end: Option<Date>,
    /// Lower bound of a quantity.
    pub number_low: Option<f64>,
    /// Upper bound of a quantity.
    pub number_high: Option<f64>,
    /// What a quantity counts.
    pub unit: Option<Cow<'d, str>>,
    /// What happened to what it counts.
    pub outcome: Option<Outcome>,
    /// Of times: the TIMEX3 modifier.
    pub modifier: Option<&'static str>,
    /// Of times: what a relative one was resolved against.
    pub reference: Option<Reference>,
    /// Of quantities: the noun phrase counted.
    pub counted: Option<Span>,
    /// Of quantities: where the total stands that this is a part of.
    pub part_of: Option<Span>,
    /// What a reader should know before using it.
    pub note: Option<String>,
}

/// A mention, or a candidate for one.
#[derive(Clone, Debug, PartialEq)]
pub struct Mention<'d> {
    /// Its bytes in the text, without article, title or possessive ending.
    pub span: Span,
    /// What it is.
    pub kind: MentionKind,
    /// Whom or what it means.
    pub entity: Option<EntityRef<'d>>,
    /// Of a person: the office stated beside the name.
    pub role: Option<Span>,
    /// Of times and quantities: how much and when. Apart, since names are many and have none.
    pub figure: Option<Box<Figure<'d>>>,
    /// How it was found.
    pub method: Method,
    /// The rule or the codebook's line that found it.
    pub rule: Cow<'d, str>,
}

impl<'d> Mention<'d> {
    /// A mention with nothing but its place, kind and origin.
    #[must_use]
    pub fn new(
        span: Span,
        kind: MentionKind,
        method: Method,
        rule: impl Into<Cow<'d, str>>,
    ) -> Self {
        Self { span, kind, entity: None, role: None, figure: None, method, rule: rule.into() }
    }
}

/// What the finders know: codebook and word lists.
#[derive(Clone, Debug)]
pub struct Data {
    /// Known entities and their names.
    pub codebook: Codebook,
    /// Word lists of the patterns.
    pub lexicon: Lexicon,
    /// The statistical tagger, if it is to be used.
    pub tagger: Option<&'static Tagger<'static>>,
}

impl Data {
    /// Compiles lists, for use without the tagger.
    #[must_use]
    pub fn new(lists: Lists) -> Self {
        let lexicon = Lexicon::embedded();
        Self { codebook: Codebook::new(lists, &lexicon), lexicon, tagger: None }
    }

    /// The embedded codebook.
    ///
    /// # Errors
    ///
    /// Lines of the embedded lists that are wrong, which a test rules out.
    pub fn embedded() -> Result<Self, Vec<ListError>> {
        Ok(Self::new(Lists::embedded()?))
    }
}

/// A document cut into words, which all finders share.
#[derive(Debug)]
pub struct Document<'a, 'd> {
    /// The document.
    pub input: &'a Input<'a>,
    /// Its words.
    pub tokens: Tokens,
    /// Codebook and word lists.
    pub data: &'d Data,
}

impl<'a, 'd> Document<'a, 'd> {
    /// Cuts the document into words.
    #[must_use]
    pub fn new(input: &'a Input<'a>, data: &'d Data) -> Self {
        Self { input, tokens: Tokens::new(input.text, input.sentences, &data.lexicon), data }
    }

    /// Whether the words `a` and `b`, by their numbers, stand in one sentence.
    #[must_use]
    pub fn same_sentence(&self, a: usize, b: usize) -> bool {
        let sentences = &self.tokens.sentences;
        let of = |at: usize| sentences.partition_point(|s| s.last as usize <= at);
        of(a) == of(b)
    }
}

impl Document<'_, '_> {
    /// Most longer words begin with a capital, so capitals say little.
    fn headline(&self, range: std::ops::Range<usize>) -> bool {
        if range.is_empty() {
            return false;
        }
        let (mut capitals, mut lower) = (0, 0);
        for word in &self.tokens.words[range.clone()] {
            if word.end - word.start >= 4 && word.shape != tokens::Shape::Digits {
                if word.is_capital() {
                    capitals += 1;
                } else {
                    lower += 1;
                }
            }
        }
        let end = self.tokens.words[range.end - 1].end as usize;
        let rest = self.input.text.get(end..).unwrap_or("");
        let stopped =
            rest.trim_start_matches([' ', '"', '\'', '”', '’', ')']).starts_with(['.', '!', '?']);
        capitals >= 3 && capitals > 2 * lower && !stopped
    }
}

/// Proposes mentions of one sort.
///
/// Finders run in a fixed order, and a later one may read and complete what the earlier ones left
/// in `out`: a title gives its role to a listed person, a short form refers to a longer one.
pub trait Finder {
    /// Its name, the first part of its rules' ids.
    fn id(&self) -> &'static str;

    /// Adds its candidates to `out`.
    fn find<'d>(&self, document: &Document<'_, 'd>, out: &mut Vec<Mention<'d>>);
}

/// The finders of names, in order.
pub const FINDERS: &[&dyn Finder] =
    &[&codebook::ListedNames, &names::Patterns, &short_forms::ShortForms];

/// Bytes of a sentence that are looked over as a whole.
const MOST_SENTENCE: usize = 4096;

/// A sentence in parts of [`MOST_SENTENCE`] bytes at most, cut at blanks where there are any.
fn parted(text: &str, sentence: Span) -> Vec<Span> {
    let end = sentence.end as usize;
    let mut parts = Vec::new();
    let mut at = sentence.start as usize;
    while end - at > MOST_SENTENCE {
        let limit = text.floor_char_boundary(at + MOST_SENTENCE);
        let cut = text[at..limit].rfind(' ').filter(|n| *n > 0).map_or(limit, |n| at + n);
        parts.push(Span::new(at, cut).trim(text));
        at = cut;
    }
    parts.push(Span::new(at, end).trim(text));
    parts.retain(|part| !part.is_empty());
    parts
}

/// The mentions of a document, in order and not overlapping.
#[must_use]
pub fn find<'d>(input: &Input<'_>, data: &'d Data) -> Vec<Mention<'d>> {
    // Finders look over whole sentences, so what is no sentence of any language comes in parts.
    let parts: Vec<Span>;
    let input = if input.sentences.iter().any(|s| s.len() > MOST_SENTENCE) {
        parts = input.sentences.iter().flat_map(|s| parted(input.text, *s)).collect();
        &Input { sentences: &parts, ..*input }
    } else {
        input
    };
    let document = Document::new(input, data);
    let names = || {
        let mut out = Vec::new();
        FINDERS.iter().for_each(|finder| finder.find(&document, &mut out));
        out
    };
    let figures = || {
        let mut out = Vec::new();
        // Malformed rules are an error when the data is loaded.
        if let Ok(figures) = figures::Figures::embedded() {
            figures::find(input, figures, &mut out);
        }
        out
    };
    // A text that is far larger than all others leaves no core idle.
    let (mut out, figures) =
        if input.text.len() < LARGE { (names(), figures()) } else { rayon::join(names, figures) };
    out.extend(figures);
    // What no sentence holds as a whole is no mention.
    let sentence = |span: Span| input.sentences.partition_point(|s| s.start <= span.start);
    out.retain(|mention| {
        let at = sentence(mention.span).checked_sub(1);
        at.is_some_and(|at| input.sentences[at].contains(mention.span))
    });
    let standing = settle(out);
    match data.tagger {
        Some(tagger) => settle(tagger.find(input.text, &document.tokens, standing)),
        None => standing,
    }
}

/// Bytes of a text in which names and figures are looked for side by side.
const LARGE: usize = 1 << 16;

/// Of candidates that overlap the longest stands, then the one of the better method, then the one
/// that was proposed first. The rest is put in order of position.
///
/// Greedy, the longest first, within each group of candidates that overlap in a chain; a candidate
/// meets at most the two neighbours that stand already, so time is that of sorting.
#[must_use]
pub fn settle(candidates: Vec<Mention<'_>>) -> Vec<Mention<'_>> {
    let mut order: Vec<usize> =
        (0..candidates.len()).filter(|&i| !candidates[i].span.is_empty()).collect();
    let key = |i: usize| {
        let c = &candidates[i];
        (c.span.start, std::cmp::Reverse(c.span.end), c.method, i)
    };
    order.sort_unstable_by_key(|&i| key(i));
    let mut standing: Vec<usize> = Vec::with_capacity(order.len());
    let mut rest = order.as_mut_slice();
    while !rest.is_empty() {
        // A group: candidates each of which begins before the end of those before it.
        let (mut end, mut size) = (0, 0);
        while size < rest.len() && (size == 0 || candidates[rest[size]].span.start < end) {
            end = end.max(candidates[rest[size]].span.end);
            size += 1;
        }
        let (group, others) = rest.split_at_mut(size);
        rest = others;
        if let [only] = group {
            standing.push(*only);
            continue;
        }
        group.sort_by_key(|&i| {
            (std::cmp::Reverse(candidates[i].span.len()), candidates[i].method, i)
        });
        let mut taken = std::collections::BTreeMap::new();
        for &i in &*group {
            let span = candidates[i].span;
            let before = taken.range(..span.end).next_back();
            if before.is_none_or(|(_, &i): (_, &usize)| candidates[i].span.end <= span.start) {
                taken.insert(span.start, i);
            }
        }
        standing.extend(taken.into_values());
    }
    let mut candidates: Vec<Option<Mention<'_>>> = candidates.into_iter().map(Some).collect();
    let mut settled = Vec::with_capacity(standing.len());
    settled.extend(standing.into_iter().filter_map(|i| candidates[i].take()));
    settled
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_longest_candidate_stands_then_the_better_method_then_the_first() {
        let m = |start, end, method, rule: &'static str| {
            Mention::new(Span::new(start, end), MentionKind::Place, method, rule)
        };
        let stands = |candidates: Vec<Mention<'static>>| -> Vec<String> {
            settle(candidates).iter().map(|m| m.rule.to_string()).collect()
        };
        let (book, pattern, short) = (Method::Codebook, Method::Pattern, Method::ShortForm);
        assert_eq!(stands(vec![m(4, 6, book, "short"), m(0, 5, Method::Tagger, "long")]), ["long"]);
        assert_eq!(stands(vec![m(0, 5, short, "b"), m(0, 5, pattern, "a")]), ["a"]);
        assert_eq!(stands(vec![m(0, 5, book, "first"), m(0, 5, book, "second")]), ["first"]);
        assert_eq!(
            stands(vec![
                m(8, 9, book, "z"),
                m(0, 3, book, "x"),
                m(2, 6, book, "y"),
                m(5, 8, book, "w")
            ]),
            ["y", "z"]
        );
        assert_eq!(stands(vec![m(3, 3, book, "empty")]), [""; 0]);
    }

    fn data() -> &'static Data {
        static DATA: std::sync::OnceLock<Data> = std::sync::OnceLock::new();
        DATA.get_or_init(|| Data::embedded().unwrap())
    }

    /// Pieces of which odd texts are made.
    const PIECES: &[&str] = &[
        "Syria",
        "al-",
        "Al ",
        "Assad",
        "’s",
        "'s",
        " ",
        " ",
        " ",
        ". ",
        ", ",
        "(",
        ")",
        "TGB",
        "UN",
        "Security Council",
        "resolution",
        "resolutions",
        "2254",
        "and",
        "of",
        "the",
        "The",
        "Ministry",
        "Foreign",
        "Minister",
        "Lavrov",
        "Sergei",
        "S. ",
        "de Mistura",
        "Geneva",
        "III",
        "talks",
        "/",
        "S/RES/",
        "é",
        "ʿ",
        "\u{301}",
        "\n",
        "\n\n",
        "-",
        "–",
        "“",
        "”",
        "U.S.",
        "q",
        "ﬀ",
        "İ",
        "ß",
        "中",
        "عرب",
        "1",
        "٣",
        "A",
        "B",
        "January",
        "President",
        "Army",
        "Free",
        "city",
        "province",
        "'",
        "&",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn mentions_are_in_order_apart_and_whole(
            pieces in prop::collection::vec(prop::sample::select(PIECES), 0..40), cut in any::<prop::sample::Index>()
        ) {
            let data = data();
            let text: String = pieces.concat();
            let ends: Vec<usize> = text.char_indices().map(|(i, _)| i).chain([text.len()]).collect();
            let middle = ends[cut.index(ends.len())];
            let sentences = [Span::new(0, middle), Span::new(middle, text.len())];
            let input = Input { text: &text, sentences: &sentences, published: None, language: "en" };
            let found = find(&input, data);
            let mut last = 0;
            for m in &found {
                prop_assert!(!m.span.is_empty() && m.span.start >= last);
                prop_assert!(text.is_char_boundary(m.span.start as usize));
                prop_assert!(text.is_char_boundary(m.span.end as usize));
                prop_assert!(sentences.iter().any(|s| s.contains(m.span)));
                prop_assert!(!m.rule.is_empty());
                let covered = m.span.of(&text);
                prop_assert_eq!(covered.trim(), covered);
                if let Some(role) = m.role {
                    prop_assert!(text.get(role.range()).is_some() && !role.is_empty());
                    prop_assert!(!role.overlaps(m.span));
                }
                last = m.span.end;
            }
            prop_assert_eq!(found, find(&input, data));
        }
    }
}
