//! Names that no list knows, found by a linear model over words and their surroundings.
//!
//! In: a document's words and the mentions that the rules found and [`super::settle`] let stand. Out:
//! these with further mentions of persons, organisations and places, and with some replaced. The
//! model labels the words of every window that can hold a name; `docs/tagger.md` says what it was fitted on.

pub mod decode;
pub mod features;
pub mod model;
pub mod train;

use super::lexicon::Class;
use super::tokens::Tokens;
use super::{Mention, MentionKind, Method};
use crate::text::Span;
use decode::{Decoder, Scores, WIDTH};
use features::{View, Window};
use model::{Model, ModelError, Pass};
use std::sync::LazyLock;

static EMBEDDED: LazyLock<Result<Tagger<'static>, ModelError>> =
    LazyLock::new(|| Tagger::read(include_bytes!("../data/tagger.bin")));

/// A model that is ready for use.
#[derive(Clone, Debug)]
pub struct Tagger<'m> {
    model: Model<'m>,
}

/// Labels windows, with space that it uses again.
#[derive(Clone, Debug, Default)]
struct Labeller {
    features: Vec<u32>,
    /// For each word the end of its features.
    ends: Vec<usize>,
    scores: Vec<Scores>,
    decoder: Decoder,
}

impl Labeller {
    fn label(&mut self, pass: &Pass<'_>, view: &View<'_>, window: &Window) -> &[u8] {
        self.features.clear();
        self.ends.clear();
        self.ends.resize(window.len(), 0);
        view.features(window, |at, feature| {
            self.features.push(feature);
            self.ends[at - window.start] = self.features.len();
        });
        // Rows lie far apart, so summing apart from hashing lets many be fetched at once.
        self.scores.clear();
        let mut from = 0;
        for &end in &self.ends {
            let mut own = [0; WIDTH];
            for &feature in &self.features[from..end] {
                for (score, weight) in own.iter_mut().zip(pass.row(feature)) {
                    *score += i32::from(weight.cast_signed());
                }
            }
            self.scores.push(own);
            from = end;
        }
        self.decoder.decode(&self.scores, &pass.step);
        &self.decoder.labels
    }
}

impl<'m> Tagger<'m> {
    /// A model from its bytes.
    ///
    /// # Errors
    ///
    /// If the bytes are no model of this version, or damaged.
    pub fn read(bytes: &'m [u8]) -> Result<Self, ModelError> {
        Ok(Self { model: Model::read(bytes)? })
    }

    /// The model of this crate.
    ///
    /// # Errors
    ///
    /// If it is damaged, which a test rules out.
    pub fn embedded() -> Result<&'static Tagger<'static>, ModelError> {
        EMBEDDED.as_ref().map_err(Clone::clone)
    }

    /// Adds what the model finds to `mentions`, which are in order and do not overlap; what comes
    /// back may overlap and is for [`super::settle`].
    ///
    /// Of the rules' mentions those that the codebook or a link vouches for stay, and so does what the model
    /// says nothing against; an unlinked one with another span or another kind gives way.
    pub fn find<'d>(
        &self,
        text: &str,
        tokens: &Tokens,
        mut mentions: Vec<Mention<'d>>,
    ) -> Vec<Mention<'d>> {
        let mut found: Vec<Mention<'d>> = Vec::new();
        let mut view = View::new(text, tokens, &self.model.table, &mentions);
        let [first, second] = &self.model.passes;
        let mut labeller = Labeller::default();
        let mut windows = Vec::new();
        view.windows(|window| windows.push(window));
        let mut labels = Vec::new();
        for window in &windows {
            labels.extend_from_slice(labeller.label(first, &view, window));
        }
        let mut rest = labels.as_slice();
        for window in &windows {
            let (own, others) = rest.split_at(window.len());
            view.vote(window, own);
            rest = others;
        }
        for window in &windows {
            decode::names(labeller.label(second, &view, window), |first, end, kind| {
                let words = &tokens.words[window.start + first..window.start + end];
                let kind = match kind {
                    0 => MentionKind::Person,
                    1 if words.iter().any(|w| w.is(Class::ARMED_HEAD)) => MentionKind::ArmedGroup,
                    1 => MentionKind::Organization,
                    _ => MentionKind::Place,
                };
                let end = words[words.len() - 1].end;
                let span =
                    Span { start: words[0].start, end: end + u32::from(has_stop(text, end)) };
                let rule = match kind {
                    MentionKind::Person => "tagger:person",
                    MentionKind::Place => "tagger:place",
                    _ => "tagger:organization",
                };
                found.push(Mention::new(span, kind, Method::Tagger, rule));
            });
        }
        found.retain(|name| !is_pair(name.span, &mentions) && !holds_person(name, &mentions));
        let mut next = 0;
        mentions.retain(|mention| {
            while found.get(next).is_some_and(|f| f.span.end <= mention.span.start) {
                next += 1;
            }
            let beyond = |f: &Mention<'_>| f.span.start >= mention.span.end;
            let end = found[next..].iter().position(beyond).map_or(found.len(), |n| next + n);
            let others = &mut found[next..end];
            let same =
                |f: &Mention<'_>| f.span == mention.span && group(f.kind) == group(mention.kind);
            let stays =
                mention.entity.is_some() || !is_name(mention.kind) || others.iter().all(same);
            if let Some(role) = mention.role.filter(|_| !stays) {
                let fits =
                    |f: &&mut Mention<'_>| f.kind == MentionKind::Person && !f.span.overlaps(role);
                if let Some(heir) = others.iter_mut().find(fits) {
                    heir.role = Some(role);
                }
            }
            stays
        });
        mentions.append(&mut found);
        mentions
    }
}

/// Whether the name is a person's and holds the whole name of one who is known: what stands before it is no
/// part of it (`Ba'athist Riad Hijab`).
fn holds_person(name: &Mention<'_>, mentions: &[Mention<'_>]) -> bool {
    let from = mentions.partition_point(|m| m.span.end <= name.span.start);
    name.kind == MentionKind::Person
        && mentions[from..].iter().take_while(|m| m.span.start < name.span.end).any(|m| {
            m.kind == MentionKind::Person
                && m.entity.is_some()
                && m.span != name.span
                && name.span.contains(m.span)
        })
}

/// Whether a name begins with a state and ends with another: those are two, as in 'Velk for the Dorn'.
fn is_pair(name: Span, mentions: &[Mention<'_>]) -> bool {
    let first = mentions.partition_point(|m| m.span.start < name.start);
    let end = mentions.partition_point(|m| m.span.end <= name.end);
    let Some([first, .., last]) = mentions.get(first..end) else { return false };
    let state = |m: &Mention<'_>| m.kind == MentionKind::State && m.entity.is_some();
    first.span.start == name.start && last.span.end == name.end && state(first) && state(last)
}

/// Whether the full stop behind a name that ends at byte `end` belongs to it, as in 'Velk Inc. of':
/// the sentence goes on with a small letter or a comma.
fn has_stop(text: &str, end: u32) -> bool {
    match text.as_bytes()[end as usize..] {
        [b'.', b',', ..] => true,
        [b'.', b' ', next, ..] => next.is_ascii_lowercase(),
        _ => false,
    }
}

/// Whether the model finds names of this kind.
const fn is_name(kind: MentionKind) -> bool {
    group(kind) < 3
}

/// The model's type of a kind.
const fn group(kind: MentionKind) -> u8 {
    match kind {
        MentionKind::Person => 0,
        MentionKind::Organization | MentionKind::ArmedGroup => 1,
        MentionKind::State | MentionKind::Place => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Data, Input, codebook::Lists, find, settle};
    use super::*;
    use proptest::prelude::*;

    fn data() -> &'static Data {
        static DATA: LazyLock<Data> = LazyLock::new(|| {
            let states = super::super::codebook::EMBEDDED.iter().copied();
            let lists = Lists::read(states.filter(|(file, _)| *file == "states.csv")).unwrap();
            Data { tagger: Some(Tagger::embedded().unwrap()), ..Data::new(&lists) }
        });
        &DATA
    }

    fn tagged(text: &str) -> Vec<(&str, MentionKind)> {
        let sentences = [Span::new(0, text.len())];
        let input = Input { text, sentences: &sentences, published: None, language: "en" };
        let found = find(&input, data());
        found
            .iter()
            .filter(|m| m.method == Method::Tagger)
            .map(|m| (m.span.of(text), m.kind))
            .collect()
    }

    #[test]
    fn names_that_no_list_knows_are_found() {
        use MentionKind::{Organization, Person, Place};
        let cases: [(&str, &[(&str, MentionKind)]); 4] = [
            ("The prize went to Dorvan Keleti after a hard winter.", &[("Dorvan Keleti", Person)]),
            ("She lives in Zelmaburg, near the river.", &[("Zelmaburg", Place)]),
            (
                "She joined Grelmont Records in spring and left it soon.",
                &[("Grelmont Records", Organization)],
            ),
            ("The water was cold and nobody swam.", &[]),
        ];
        for (text, names) in cases {
            assert_eq!(tagged(text), names, "{text}");
        }
    }

    #[test]
    fn a_role_goes_with_the_name() {
        let text = "The governor of Dornfeld, Anna Maria Morvik, said on Monday that the bridge was closed.";
        let sentences = [Span::new(0, text.len())];
        let tagger = data().tagger.unwrap();
        let tokens = Tokens::new(text, &sentences, &data().lexicon);
        let found = tagger.find(text, &tokens, Vec::new());
        let whole = found.iter().find(|m| m.kind == MentionKind::Person).unwrap().span;
        // The rules have cut the name, and know the office.
        let cut = Span { end: whole.end - 7, ..whole };
        let role = Span::new(4, 24);
        let rule = Mention {
            role: Some(role),
            ..Mention::new(cut, MentionKind::Person, Method::Pattern, "names:title")
        };
        let settled = settle(tagger.find(text, &tokens, vec![rule]));
        let people: Vec<_> = settled.iter().filter(|m| m.kind == MentionKind::Person).collect();
        assert_eq!(
            people.iter().map(|m| (m.span, m.role)).collect::<Vec<_>>(),
            [(whole, Some(role))]
        );
    }

    #[test]
    fn two_states_are_no_name() {
        let text = "Syria for Jordan";
        let sentences = [Span::new(0, text.len())];
        let input = Input { text, sentences: &sentences, published: None, language: "en" };
        let without = Data { tagger: None, ..data().clone() };
        let states = find(&input, &without);
        assert_eq!(states.len(), 2);
        assert!(is_pair(Span::new(0, 16), &states));
        assert!(!is_pair(Span::new(0, 5), &states));
        assert!(!is_pair(Span::new(0, 12), &states));
    }

    #[test]
    fn a_full_stop_within_a_sentence_belongs_to_the_name() {
        assert!(has_stop("Velk Inc. of Dorn", 8));
        assert!(has_stop("Velk Inc., Dorn", 8));
        assert!(!has_stop("Velk Inc. Then", 8));
        assert!(!has_stop("Velk Inc.", 8));
        assert!(!has_stop("Velk Inc", 8));
    }

    proptest! {
        #[test]
        fn spans_are_in_order_and_on_boundaries(text in "([A-Z][a-zé]{0,4}|al-|’s|of|12|\\.|,|-| |&|É|İ|\n){0,40}") {
            let mut end = 0;
            for mention in find(
                &Input {
                    text: &text,
                    sentences: &[Span::new(0, text.len())],
                    published: None,
                    language: "en",
                },
                data(),
            ) {
                prop_assert!(mention.span.start >= end && !mention.span.is_empty());
                prop_assert!(text.get(mention.span.range()).is_some());
                end = mention.span.end;
            }
        }
    }
}
