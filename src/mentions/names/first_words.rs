//! Names that their first word or a common noun beside them gives away: 'Kafr Kila', 'Liwa al-Baqir',
//! 'the Kaniyat militia', 'near Amedi in Dohuk'.
//!
//! In: the words of a sentence and what is known of it. Out: candidates for names that are not known.

use super::super::lexicon::Class;
use super::super::tokens::{Gap, Shape};
use super::super::{Mention, MentionKind, Method};
use super::{View, Words};
use crate::text::Span;

/// Words that set one of these patterns off.
pub(super) const TRIGGERS: Class =
    Class::PEOPLE.or(Class::ARMED_PREFIX).or(Class::PLACE_PREFIX).or(Class::FOREIGN_HEAD);

impl<'d> View<'_, '_, 'd> {
    /// Names by their first word, and peoples.
    pub(super) fn first_words(&self, range: &Words, out: &mut Vec<Mention<'d>>) {
        let words = self.words();
        let mut at = range.start;
        while at < range.end {
            let word = &words[at];
            if !word.is(TRIGGERS) || word.shape != Shape::Capital || self.known(at).is_some() {
                at += 1;
                continue;
            }
            let (end, kind, rule) = if word.is(Class::ARMED_PREFIX) {
                (self.arabic(at, range, 6), MentionKind::ArmedGroup, "names:armed_prefix")
            } else if word.is(Class::PLACE_PREFIX) {
                (self.place_prefix(at, range), MentionKind::Place, "names:place_prefix")
            } else if word.is(Class::PEOPLE) {
                (at + 1, MentionKind::Demonym, "names:people")
            } else {
                (self.foreign(at, range), MentionKind::Organization, "names:foreign_head")
            };
            if end < at + 2 && kind != MentionKind::Demonym {
                at += 1;
                continue;
            }
            out.push(Mention::new(self.led_span(at, end, range), kind, Method::Pattern, rule));
            at = end;
        }
    }

    /// The words `first..end` with an article written large before them.
    fn led_span(&self, first: usize, end: usize, range: &Words) -> Span {
        let led = first > range.start
            && self.words()[first - 1].article
            && self.words()[first].gap == Gap::Hyphen;
        self.span(first - usize::from(led)..end)
    }

    /// The end of a name of `most` words that begins at `at`: capitals, and articles before them, up
    /// to a title or a person.
    fn arabic(&self, at: usize, range: &Words, most: usize) -> usize {
        let words = self.words();
        let run = self.run(at, range).min(at + most);
        let mut end = at + 1;
        while end < run {
            let word = &words[end];
            let stops = word.is(Class::TITLE.or(Class::HONORIFIC)) && !word.is(Class::GIVEN)
                || self.known(end).is_some_and(|(_, kind, _)| kind == MentionKind::Demonym);
            if stops {
                break;
            }
            end += 1;
        }
        while end > at + 1 && words[end - 1].article {
            end -= 1;
        }
        end
    }

    /// The end of 'Kafr Kila', 'Ain al-Nasr': one further name and what an article joins to it.
    fn place_prefix(&self, at: usize, range: &Words) -> usize {
        let words = self.words();
        let person = Class::TITLE.or(Class::HONORIFIC).or(Class::GIVEN);
        let unknown =
            |i: usize| words[i].is_capital() && !words[i].is(Class::FUNCTION.or(Class::PLACE_NOUN));
        if at > range.start && words[at].gap.is_soft() && {
            let before = &words[at - 1];
            before.is(person) || before.is_capital() && !before.article && !before.possessive
        } {
            return at;
        }
        let run = self.run(at, range);
        let mut end = at + 1;
        while end < run && words[end].article {
            end += 1;
        }
        if end >= run || !unknown(end) || words[end].is(person) || words[end].shape == Shape::Upper
        {
            return at;
        }
        end += 1;
        if end + 1 < run && words[end].article {
            end += 2;
        }
        end
    }

    /// The end of a body's name that runs on with 'de', 'du', 'der'; `at` where none does.
    fn foreign(&self, at: usize, range: &Words) -> usize {
        const JOINS: &[&str] = &[
            "d", "da", "das", "de", "del", "della", "delle", "der", "des", "di", "die", "do",
            "dos", "du", "e", "el", "et", "für", "la", "las", "le", "les", "los", "para", "per",
            "por", "pour", "und", "y",
        ];
        let words = self.words();
        let (mut end, mut joined) = (at + 1, false);
        while end < range.end && end - at < super::MOST_WORDS && words[end].gap.is_soft() {
            let mut next = end;
            while next < range.end
                && next - end < 3
                && words[next].gap.is_soft()
                && words[next].shape == Shape::Lower
                && self.is_any(next, JOINS)
            {
                next += 1;
            }
            if next >= range.end
                || !words[next].gap.is_soft()
                || words[next].shape != Shape::Capital
                || words[next - 1].possessive
            {
                break;
            }
            joined |= next > end;
            end = next + 1;
        }
        if joined { end } else { at }
    }

    /// Names before a common noun that says what they are: 'the Kaniyat militia', 'the Uqaydat
    /// tribe'; and unknown names between 'near' or 'in' and a known place.
    pub(super) fn beside(&self, range: &Words, out: &mut Vec<Mention<'d>>) {
        let words = self.words();
        for at in range.start + 1..range.end {
            let word = &words[at];
            if !word.is(Class::BESIDE)
                || word.shape != Shape::Lower
                || !matches!(word.gap, Gap::Blank | Gap::Comma)
            {
                continue;
            }
            let kind = match self.text(at) {
                "militia" | "militias" | "faction" | "brigade" | "battalion" => {
                    MentionKind::ArmedGroup
                }
                "tribe" | "tribes" | "tribesmen" | "clan" => MentionKind::Demonym,
                "near" | "in" | "outside" | "around" => {
                    self.near_place(at, range, out);
                    continue;
                }
                _ => continue,
            };
            let mut first = at;
            while first > range.start
                && at - first < 4
                && words[first].gap.is_soft()
                && !words[first - 1].possessive
                && (words[first - 1].shape == Shape::Capital && self.begins(first - 1)
                    || words[first - 1].article && words[first].gap == Gap::Hyphen)
            {
                first -= 1;
            }
            let led = first > range.start
                && words[first].gap == Gap::Blank
                && self.is_any(first - 1, &["the", "a", "al"]);
            let plain = |i: usize| {
                self.known(i).is_none()
                    && !words[i].is(Class::COMMON
                        .or(Class::MODIFIER)
                        .or(Class::DIRECTION)
                        .or(Class::ORDINAL))
                    && !self.is_adjective(i)
            };
            // 'the Makhlouf clan' is a family.
            let family = self.is_word(at, "clan") && !words[first].article;
            if first < at && led && !family && (first..at).all(plain) {
                let rule =
                    if kind == MentionKind::Demonym { "names:tribe" } else { "names:armed_noun" };
                out.push(Mention::new(self.span(first..at), kind, Method::Context, rule));
            }
        }
    }

    /// Whether a word ends as adjectives of peoples and beliefs do.
    fn is_adjective(&self, at: usize) -> bool {
        let word = self.text(at);
        ["ish", "ite", "ites", "ist", "ists", "ian", "ians", "ese", "ern"]
            .iter()
            .any(|end| word.ends_with(end))
    }

    /// 'near Amedi in Dohuk', 'in Velkat, Syria'.
    fn near_place(&self, at: usize, range: &Words, out: &mut Vec<Mention<'d>>) {
        let words = self.words();
        let first = at + 1;
        let mut end = first;
        while end < range.end
            && end - first < 3
            && matches!(words[end].gap, Gap::Blank | Gap::Hyphen)
            && (words[end].shape == Shape::Capital && words[end].class == Class::NONE
                || words[end].article)
            && self.known(end).is_none()
        {
            end += 1;
        }
        if end == first || words[end - 1].article || words[end - 1].possessive || end >= range.end {
            return;
        }
        let place = if words[end].gap == Gap::Comma {
            end
        } else if words[end].gap == Gap::Blank && self.is_any(end, &["in", "near", "outside"]) {
            end + 1
        } else {
            return;
        };
        let place =
            if place < range.end && self.is_any(place, &["the"]) { place + 1 } else { place };
        if place < range.end
            && (place == end || words[place].gap == Gap::Blank)
            && let Some((span, MentionKind::Place | MentionKind::State, _)) = self.known(place)
            && span.start == words[place].start
        {
            let span = self.span(first..end);
            out.push(Mention::new(span, MentionKind::Place, Method::Context, "names:near_place"));
        }
    }
}
