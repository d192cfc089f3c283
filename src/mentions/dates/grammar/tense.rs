//! Which way from the day of speech the verb of a clause points.

use super::{Reader, Tense};
use crate::mentions::phrases::tokens::{CAPITAL, Kind, Token};

impl Reader<'_> {
    /// Which way the sentence points here: the nearest verb before it in the sentence, else after.
    pub(super) fn tense(&self) -> Tense {
        let of = |t: &Token| -> Option<Tense> {
            // May the month is no verb.
            if t.kind != Kind::Word || t.classes & (1 << self.ids.month) != 0 {
                return None;
            }
            if t.classes & (1 << self.ids.futurev) != 0 {
                return Some(Tense::Future);
            }
            if t.classes & (1 << self.ids.pastv) != 0 {
                return Some(Tense::Past);
            }
            let word = t.word_text(self.text);
            (word.len() > 4 && word.ends_with("ed") && !t.has(CAPITAL)).then_some(Tense::Past)
        };
        if Self::is(self.before(1), self.ids.ahead) {
            // Until Thursday, they had not called.
            let until = ["until", "till"].iter().any(|w| self.found.start == 1 && self.eq_at(0, w));
            let told = self.tokens[self.found.end..].iter().take(14).find_map(of);
            return if until && told == Some(Tense::Past) { Tense::Past } else { Tense::Future };
        }
        if self.word(self.before(1)).eq_ignore_ascii_case("since") {
            return Tense::Past;
        }
        let mut to = false;
        let mut after: Option<&Token> = None;
        for (at, t) in self.tokens[..self.found.start].iter().enumerate().rev().take(24) {
            if t.is_mark(b'"') || t.is_mark(b';') {
                break;
            }
            if let Some(tense) = of(t) {
                // Will be held, is to be opened: a participle after what announces.
                let announced = tense == Tense::Past
                    && self.tokens[at.saturating_sub(3)..at].iter().any(|t| {
                        t.classes & (1 << self.ids.futurev) != 0
                            && t.classes & (1 << self.ids.would) == 0
                            || t.word_text(self.text) == "be"
                    });
                if announced {
                    return Tense::Future;
                }
                // Agreed to buy it in January: what an infinitive says is to come.
                return match (to, tense) {
                    (true, Tense::Past) if t.word_text(self.text) == "set" => Tense::Future,
                    (true, Tense::Past) => Tense::Unknown,
                    _ => tense,
                };
            }
            to |= t.word_text(self.text) == "to"
                && after.is_some_and(|a| {
                    a.kind == Kind::Word
                        && !a.has(CAPITAL)
                        && a.classes & (1 << self.ids.determiner) == 0
                });
            after = Some(t);
        }
        self.tokens[self.found.end.min(self.tokens.len())..].iter().take(14).find_map(of).map_or(
            Tense::Unknown,
            |t| {
                if t == Tense::Past { Tense::Gone } else { t }
            },
        )
    }
}
