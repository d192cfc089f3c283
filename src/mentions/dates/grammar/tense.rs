//! Which way from the day of speech the verb of a clause points.

use super::{Reader, Tense};
use crate::mentions::phrases::tokens::{CAPITAL, Kind, TIGHT, Token};

/// Words before an expression that are looked at for a verb.
const BACK: usize = 24;
/// Words after it.
const AFTER: usize = 14;
/// Words between a verb of the present and a day that it announces: 'they meet separately Monday'.
const NEAR: usize = 10;
/// The same of 'they are meeting on Monday'.
const NEAR_ING: usize = 4;
/// The same of 'it was taken by 1940'.
const NEAR_WAS: usize = 4;

impl Reader<'_> {
    fn is_word(&self, at: Option<usize>, word: &str) -> bool {
        at.is_some_and(|at| self.eq_at(at, word))
    }

    /// Which way the word at `at` points, where it is a verb.
    fn tense_of(&self, at: usize) -> Option<Tense> {
        let t = self.token(at)?;
        if t.kind != Kind::Word {
            return None;
        }
        let word = t.word_text(self.text);
        let participle =
            || (word.len() > 4 && word.ends_with("ed") && !t.has(CAPITAL)).then_some(Tense::Past);
        let ids = &self.ids;
        let verbs = 1 << ids.futurev | 1 << ids.pastv | 1 << ids.being;
        // May the month is no verb.
        if t.classes & 1 << ids.month != 0 {
            return None;
        }
        if t.classes & verbs == 0 {
            return participle();
        }
        if t.classes & (1 << self.ids.futurev) != 0 {
            let before = at.checked_sub(1).and_then(|b| self.token(b));
            // The plan is a noun, the plan to close in March none of the past; 'had been due to'.
            if Self::is(before, self.ids.determiner) && !self.eq_at(at + 1, "to") {
                return None;
            }
            let had_been =
                self.is_word(at.checked_sub(1), "been") && self.is_word(at.checked_sub(2), "had");
            return Some(if had_been { Tense::Past } else { Tense::Future });
        }
        // Is to arrive on Friday, was to arrive; but: was to have arrived.
        if t.classes & 1 << ids.being != 0
            && self.eq_at(at + 1, "to")
            && !self.eq_at(at + 2, "have")
        {
            return Some(Tense::Future);
        }
        if t.classes & (1 << self.ids.pastv) != 0 {
            return Some(Tense::Past);
        }
        participle()
    }

    /// Whether the participle at `at` tells what will be: will be held, is to be opened; but not
    /// 'could not be reached', which was so.
    fn announced(&self, at: usize) -> bool {
        let lead = &self.tokens[at.saturating_sub(3)..at];
        let is = |t: &Token, word: &str| t.word_text(self.text).eq_ignore_ascii_case(word);
        let could = lead.iter().any(|t| is(t, "could") || is(t, "couldn"));
        let not = |t: &Token| ["not", "couldn", "neither", "nor"].iter().any(|w| is(t, w));
        if could && self.tokens[at.saturating_sub(BACK)..at].iter().any(not) {
            return false;
        }
        lead.iter().any(|t| {
            t.classes & (1 << self.ids.futurev) != 0 && t.classes & (1 << self.ids.would) == 0
                || t.word_text(self.text) == "be"
        })
    }

    /// Which way the sentence points here: the nearest verb before it in the sentence, else after.
    pub(super) fn tense(&self) -> Tense {
        let start = self.found.start;
        let following =
            || (self.found.end..self.tokens.len()).take(AFTER).find_map(|at| self.tense_of(at));
        if Self::is(self.before(1), self.ids.ahead) {
            // Until Thursday, they had not called; they had answered by Thursday.
            let limit = ["by", "until", "till"].iter().any(|w| self.eq_at(start - 1, w));
            let told = limit
                && if start == 1 {
                    following() == Some(Tense::Past)
                } else {
                    self.had_before(start - 1)
                };
            return if told { Tense::Past } else { Tense::Future };
        }
        if self.word(self.before(1)).eq_ignore_ascii_case("since") {
            return Tense::Past;
        }
        let eve = |t: &str| matches!(t, "ahead" | "eve" | "advance");
        if self.word(self.before(1)) == "of" && eve(self.word(self.before(2))) {
            return Tense::Future;
        }
        let on = usize::from(self.is_word(start.checked_sub(1), "on"));
        let mut to = false;
        let mut after: Option<&Token> = None;
        for (steps, at) in (0..start).rev().take(BACK).enumerate() {
            let t = &self.tokens[at];
            if t.is_mark(b'"') || t.is_mark(b';') {
                break;
            }
            // The talks begin Monday, the vote is on Tuesday.
            let is = Self::is(Some(t), self.ids.being)
                && t.classes & 1 << self.ids.pastv == 0
                && (steps == on || steps < NEAR_ING && self.is_doing(at + 1));
            let lead = at.checked_sub(1);
            let begins = steps < NEAR
                && Self::is(Some(t), self.ids.presentv)
                && !t.has(CAPITAL)
                && !self.is_word(lead, "to")
                && !lead.is_some_and(|l| Self::is(self.token(l), self.ids.determiner));
            if is || begins {
                return Tense::Future;
            }
            if let Some(tense) = self.tense_of(at) {
                if tense == Tense::Past && self.announced(at) {
                    return Tense::Future;
                }
                // Agreed to buy it in January: what an infinitive says is to come.
                return match (to, tense) {
                    (true, Tense::Past) if Self::is(Some(t), self.ids.promise) => Tense::Future,
                    (true, Tense::Past) if !self.is_word(at.checked_sub(1), "been") => {
                        Tense::Unknown
                    }
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
        let told = following().unwrap_or(Tense::Unknown);
        // By setting a Jan. 14 deadline it gave them time: the verb is not of that day.
        let part_of_a_name = Self::is(self.before(1), self.ids.determiner);
        match told {
            Tense::Past if part_of_a_name => Tense::Unknown,
            Tense::Past => Tense::Gone,
            other => other,
        }
    }

    /// Whether the word at `at`, after 'is' or 'are', says what is set for a day: 'they are meeting
    /// Thursday', but not 'they are investigating Thursday's attack'.
    fn is_doing(&self, at: usize) -> bool {
        let own = self.token(self.found.end).is_some_and(|t| t.is_mark(b'\'') && t.has(TIGHT));
        self.word(self.token(at)).ends_with("ing") && !own
    }

    /// Whether 'had' stands in the clause before `at`, or 'was' near it, and no infinitive or order
    /// after them.
    fn had_before(&self, at: usize) -> bool {
        let was = |at: usize| self.eq_at(at, "was") || self.eq_at(at, "were");
        (0..at)
            .rev()
            .take(BACK)
            .enumerate()
            .take_while(|(_, at)| {
                let t = &self.tokens[*at];
                let open = self.tense_of(*at) == Some(Tense::Future)
                    || Self::is(Some(t), self.ids.promise);
                !t.is_mark(b'"') && !t.is_mark(b';') && !self.eq_at(*at, "to") && !open
            })
            .any(|(steps, at)| self.eq_at(at, "had") || steps < NEAR_WAS && was(at))
    }
}
