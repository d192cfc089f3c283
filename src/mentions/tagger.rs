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
use super::tokens::{Gap, Tokens};
use super::{Mention, MentionKind, Method};
use crate::text::Span;
use decode::{Decoder, Scores, WIDTH};
use features::{View, Window};
use model::{Model, ModelError};
use std::hint::black_box;
use std::sync::LazyLock;

static EMBEDDED: LazyLock<Result<Tagger<'static>, ModelError>> =
    LazyLock::new(|| Tagger::read(include_bytes!("../data/tagger.bin")));

/// A model that is ready for use.
#[derive(Clone, Debug)]
pub struct Tagger<'m> {
    model: Model<'m>,
}

/// Labels windows, with space that is used again.
#[derive(Clone, Debug, Default)]
struct Scorer {
    features: Vec<u32>,
    /// For each word of the window the end of its features.
    ends: Vec<usize>,
    /// The scores of the window's words.
    own: Vec<Scores>,
    /// For each word of all windows so far its scores in the second pass, of what both passes see.
    scores: Vec<[i16; WIDTH]>,
    decoder: Decoder,
}

impl Scorer {
    /// The labels of a window in the first pass; notes what both passes see of its words.
    fn first(&mut self, model: &Model<'_>, view: &View<'_>, window: &Window) -> &[u8] {
        self.clear(window);
        view.features(window, |at, feature| {
            self.features.push(feature);
            self.ends[at - window.start] = self.features.len();
        });
        // Rows lie far apart: reading a byte of each first, with nothing else to do, lets many be fetched at once.
        black_box(self.features.iter().fold(0, |sum, &feature| sum ^ model.touch(feature)));
        let mut from = 0;
        for &end in &self.ends {
            let mut both = [[0; WIDTH]; 2];
            for &feature in &self.features[from..end] {
                model.add(feature, &mut both);
            }
            self.own.push(both[0].map(i32::from));
            self.scores.push(both[1]);
            from = end;
        }
        self.decoder.decode(&self.own, &model.steps[0]);
        &self.decoder.labels
    }

    /// The labels of a window in the second pass, whose scores begin at `from`.
    fn second(
        &mut self,
        model: &Model<'_>,
        view: &View<'_>,
        window: &Window,
        from: usize,
    ) -> &[u8] {
        self.clear(window);
        let scores = &mut self.scores[from..from + window.len()];
        view.second_features(window, |at, feature| {
            model.add_second(feature, &mut scores[at - window.start]);
        });
        self.own.extend(scores.iter().map(|own| own.map(i32::from)));
        self.decoder.decode(&self.own, &model.steps[1]);
        &self.decoder.labels
    }

    fn clear(&mut self, window: &Window) {
        self.features.clear();
        self.own.clear();
        self.ends.clear();
        self.ends.resize(window.len(), 0);
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
        let mut windows = Vec::new();
        view.windows(|window| windows.push(window));
        let mut scorer = Scorer::default();
        // Windows that the model has a say in, with the place of their scores.
        let mut open = Vec::new();
        let mut labels = Vec::new();
        for window in &windows {
            if !view.settled(window, &mut labels) {
                open.push((window.clone(), scorer.scores.len()));
                labels.extend_from_slice(scorer.first(&self.model, &view, window));
            }
        }
        let mut rest = labels.as_slice();
        for window in &windows {
            let (own, others) = rest.split_at(window.len());
            view.vote(window, own);
            rest = others;
        }
        for (window, from) in open {
            let labels = scorer.second(&self.model, &view, &window, from);
            decode::names(labels, |first, end, kind| {
                let (first, end) = (window.start + first, window.start + end);
                let first = bare(text, tokens, first..end, kind == 0, &mentions);
                let words = &tokens.words[first..end];
                let kind = match kind {
                    0 if first > 0 && is_near(text, tokens, first) => MentionKind::Place,
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
        for name in &mut found {
            name.span = whole(text, name.span, &mentions);
        }
        found.retain(|name| {
            closes(name.span.of(text))
                && !is_pair(name.span, &mentions)
                && !holds_person(name, &mentions)
        });
        let mut next = 0;
        mentions.retain(|mention| {
            while found.get(next).is_some_and(|f| f.span.end <= mention.span.start) {
                next += 1;
            }
            let beyond = |f: &Mention<'_>| f.span.start >= mention.span.end;
            let end = found[next..].iter().position(beyond).map_or(found.len(), |n| next + n);
            let others = &mut found[next..end];
            // A first word that says the kind outweighs the model's.
            let told = matches!(&*mention.rule, "names:armed_prefix" | "names:place_noun");
            // 'Iraqi Army Armored Division' is no 'Army Armored Division'.
            let headed = matches!(&*mention.rule, "names:armed_head" | "names:org_head");
            let same = |f: &Mention<'_>| {
                let alike = group(f.kind) == group(mention.kind);
                let inside = told || headed && f.span.end == mention.span.end;
                (told || alike)
                    && (f.span == mention.span || inside && mention.span.contains(f.span))
            };
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

/// The first word of the bare name in `words`: titles before a person stay outside, and so does a known state
/// that owns what follows, as in `Egypt's Interior Ministry`.
fn bare(
    text: &str,
    tokens: &Tokens,
    mut words: std::ops::Range<usize>,
    person: bool,
    mentions: &[Mention<'_>],
) -> usize {
    let all = &tokens.words;
    if !person {
        let owner = |at: &usize| {
            let word = &all[*at];
            let from = mentions.partition_point(|m| m.span.end < word.end);
            word.possessive
                && mentions.get(from).is_some_and(|m| {
                    m.kind == MentionKind::State && m.entity.is_some() && m.span.end == word.end
                })
        };
        let last = words.end - 1;
        return (words.start..last).rev().find(owner).map_or(words.start, |at| at + 1);
    }
    while words.len() > 1 {
        let word = &all[words.start];
        let abbreviated = text.as_bytes().get(word.end as usize) == Some(&b'.');
        let title = word.is(Class::TITLE.or(Class::HONORIFIC)) && !word.is(Class::GIVEN);
        if !title || !abbreviated && word.end - word.start <= 3 {
            break;
        }
        words.start += 1;
    }
    words.start
}

/// Whether 'near' stands before word `at`, as it does before places.
fn is_near(text: &str, tokens: &Tokens, at: usize) -> bool {
    let (before, word) = (&tokens.words[at - 1], &tokens.words[at]);
    word.gap == Gap::Blank && !word.possessive && before.span().of(text) == "near"
}

/// The span with the whole of what is linked where it begins or ends amid that, since no name is cut in two, and
/// with the bracket that it has opened.
fn whole(text: &str, name: Span, mentions: &[Mention<'_>]) -> Span {
    let mut span = name;
    let from = mentions.partition_point(|m| m.span.end <= name.start);
    for mention in mentions[from..].iter().take_while(|m| m.span.start < name.end) {
        if mention.entity.is_some() && !mention.span.contains(name) && is_name(mention.kind) {
            span.start = span.start.min(mention.span.start);
            span.end = span.end.max(mention.span.end);
        }
    }
    if span.of(text).contains('(') && !span.of(text).contains(')') {
        match text.as_bytes()[span.end as usize..] {
            [b')', ..] => span.end += 1,
            [b' ', b')', ..] => span.end += 2,
            _ => {}
        }
    }
    span
}

/// Whether every bracket that a name closes is one that it has opened.
fn closes(name: &str) -> bool {
    let mut open = 0;
    name.bytes().all(|b| {
        open += i32::from(matches!(b, b'(' | b'[')) - i32::from(matches!(b, b')' | b']'));
        open >= 0
    })
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
            Data { tagger: Some(Tagger::embedded().unwrap()), ..Data::new(lists) }
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
    fn most_names_that_no_list_knows_are_found() {
        use MentionKind::{Organization, Person, Place};
        let cases = [
            ("He met Dorvan Keleti in the morning and left.", "Dorvan Keleti", Person),
            ("\"I was tired\", Tenzin Morvai told reporters.", "Tenzin Morvai", Person),
            ("Her brother John Keleti was born in 1967.", "John Keleti", Person),
            ("She lives in Zelmaburg, near the river.", "Zelmaburg", Place),
            ("They drove from Old Varnsk to the coast.", "Old Varnsk", Place),
            ("He works for Velmont Industries as a clerk.", "Velmont Industries", Organization),
            ("She joined Grelmont Records in spring.", "Grelmont Records", Organization),
            ("He studied at Tarnholm University until 1990.", "Tarnholm University", Organization),
        ];
        // Every model misses another one.
        let right = cases.iter().filter(|(text, name, kind)| {
            let sentences = [Span::new(0, text.len())];
            let tokens = Tokens::new(text, &sentences, &data().lexicon);
            let found = data().tagger.unwrap().find(text, &tokens, Vec::new());
            found.iter().map(|m| (m.span.of(text), m.kind)).eq([(*name, *kind)])
        });
        let right = right.count();
        assert!(right >= 6, "{right} of {}", cases.len());
        assert!(tagged("The water was cold and nobody swam.").is_empty());
    }

    #[test]
    fn a_role_goes_with_the_name() {
        let text = "The governor, Mary Ann Morvik, told reporters that the bridge was closed.";
        let sentences = [Span::new(0, text.len())];
        let tagger = data().tagger.unwrap();
        let tokens = Tokens::new(text, &sentences, &data().lexicon);
        let found = tagger.find(text, &tokens, Vec::new());
        let whole = found.iter().find(|m| m.kind == MentionKind::Person).unwrap().span;
        assert_eq!(whole.of(text), "Mary Ann Morvik");
        // The rules have cut the name, and know the office.
        let cut = Span { end: whole.end - 7, ..whole };
        let role = Span::new(4, 12);
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
    fn what_the_codebook_knows_alone_is_left_to_it() {
        let text = "When it rained they left Syria, while Iraq saw sun; Zeldan Morvik slept.";
        let sentences = [Span::new(0, text.len())];
        let tokens = Tokens::new(text, &sentences, &data().lexicon);
        let input = Input { text, sentences: &sentences, published: None, language: "en" };
        let without = Data { tagger: None, ..data().clone() };
        let known = find(&input, &without);
        let table = &data().tagger.unwrap().model.table;
        let view = View::new(text, &tokens, table, &known);
        let mut settled = Vec::new();
        view.windows(|window| {
            let mut labels = Vec::new();
            settled.push(view.settled(&window, &mut labels).then_some(labels));
        });
        let place = decode::label(2, true, true) as u8;
        assert_eq!(settled, [None, Some(vec![place]), Some(vec![place]), None]);
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
    fn a_name_is_whole_and_bare() {
        let text = "Brig. Gen. Yan Morvik met Syria's Velk Council near Zelma";
        let sentences = [Span::new(0, text.len())];
        let tokens = Tokens::new(text, &sentences, &data().lexicon);
        let input = Input { text, sentences: &sentences, published: None, language: "en" };
        let without = Data { tagger: None, ..data().clone() };
        let known = find(&input, &without);
        let word = |word: &str| {
            tokens.words.iter().position(|w| w.span().of(text) == word).unwrap_or(usize::MAX)
        };
        let first = |from: &str, to: &str, person| {
            bare(text, &tokens, word(from)..word(to) + 1, person, &known)
        };
        assert_eq!(first("Brig", "Morvik", true), word("Yan"));
        assert_eq!(first("Brig", "Morvik", false), word("Brig"));
        assert_eq!(first("Syria", "Council", false), word("Velk"));
        assert!(is_near(text, &tokens, word("Zelma")) && !is_near(text, &tokens, word("Velk")));
    }

    #[test]
    fn a_name_takes_in_what_is_linked_and_its_bracket() {
        let text = "Velk Syria (V) Dorn";
        let sentences = [Span::new(0, text.len())];
        let input = Input { text, sentences: &sentences, published: None, language: "en" };
        let without = Data { tagger: None, ..data().clone() };
        let mut known = find(&input, &without);
        known.retain(|m| m.entity.is_some());
        assert_eq!(known.len(), 1);
        let cut = Span::new(0, 7);
        assert_eq!(whole(text, cut, &known).of(text), "Velk Syria");
        assert_eq!(whole(text, Span::new(0, 4), &known).of(text), "Velk");
        assert_eq!(whole(text, Span::new(0, 13), &known).of(text), "Velk Syria (V)");
        assert!(closes("Velk (V)") && closes("Velk (V") && !closes("V) Dorn"));
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
