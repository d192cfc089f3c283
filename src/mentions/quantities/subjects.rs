//! What the verb says of a subject: 'at least 19 civilians were killed'.
//!
//! In: a quantity of a sentence. Out: what happened to it, by one walk from the noun phrase to its verb,
//! over phrases, asides and relative clauses.

use super::{By, Found, Outcome, REACH, Reader, Told, Unit};
use crate::mentions::phrases::tokens::{CAPITAL, Kind, ORDINAL};

impl Reader<'_, '_> {
    /// At least 19 civilians were killed; dozens died; 12 people lost their lives.
    #[allow(clippy::too_many_lines, reason = "one walk from the subject to its verb")]
    pub(super) fn by_subject(&self, q: &Found, found: &[Found], i: usize) -> Told {
        // An agent is no victim: killed by 20 gunmen.
        if q.start
            .checked_sub(1)
            .is_some_and(|b| self.is(b, self.c.agent) && !self.listed(found, i))
        {
            let by = q.start - 1;
            let suffers = self.eq(by, "with") && self.is(q.stop, self.c.suffer);
            if !suffers && self.one_of(by, &["by", "with", "against"]) {
                return None;
            }
        }
        // All but three of them were killed; a convoy of six trucks was hit.
        if let Some(b) = q.start.checked_sub(2)
            && (self.eq(b + 1, "but") && self.one_of(b, &["all", "any"])
                || self.eq(b + 1, "of") && q.unit.is_none() && q.noun.0 < q.noun.1)
        {
            return None;
        }
        // He was a candidate and died.
        if q.weak && q.start > 1 {
            let not = usize::from(self.eq(q.start - 1, "not"));
            let is = q.start - 1 - not;
            if self.is(is, self.c.aux) && is > 0 && !self.eq(is - 1, "there") {
                return None;
            }
        }
        // Of two of the three, half of the three: what happened, happened to the part.
        if let Some(the) = q.start.checked_sub(3)
            && self.eq(the + 2, "the")
            && self.eq(the + 1, "of")
            && (i > 0
                && found[i - 1].end + usize::from(self.eq(the, "out")) == the + 1
                && found[i - 1].start <= the
                || self.is(the, self.c.share))
        {
            let killed = self.is(q.stop, self.c.done) || self.is_given(q.stop);
            if !killed && self.phrase_from(q.stop).is_none() {
                return None;
            }
        }
        // Of the 120 passengers, 14 were hurt.
        let told = self.one_of(q.stop, &["who", "that"]) || self.is(q.stop, self.c.done);
        if self.leads(q) && !told {
            return None;
        }
        // 13 people from two families were killed.
        if i > 0
            && found[i - 1].stop + 1 == q.start
            && self.one_of(q.start - 1, &["from", "in", "near", "at"])
        {
            return None;
        }
        // What is told of those 'who fled' is what the main clause says, where it says something.
        let relative = q.stop + usize::from(self.mark(q.stop, b','));
        if self.one_of(relative, &["who", "that"])
            && let Some(outcome) = self.after_relative(relative + 1, true)
            && self.fits(q, outcome)
        {
            return Some((outcome, By::Passive, true));
        }
        let mut at = q.stop;
        let limit = (q.stop + REACH).min(self.tokens.len());
        let mut aux = false;
        let mut have = false;
        let mut aside = 0;
        let mut other = i + 1;
        while at < limit {
            // Past the quantities that follow in a list or an aside.
            if let Some(n) = found.get(other).filter(|n| n.start == at) {
                // Were among nine people killed.
                if aux && self.eq(at - 1, "among") && self.is(n.stop, self.c.done) {
                    let outcome = self.outcome(n.stop, self.c.done)?;
                    return self.fits(q, outcome).then_some((outcome, By::Passive, true));
                }
                // Treated 40 people for burns, and four died.
                let own = self.eq(at - 1, "and") && !self.joined(&found[other - 1], n);
                if aux || own && other == i + 1 {
                    return None;
                }
                // Of whom 350 died: up to the next comma it is told of them.
                let of_whom = self.one_of(at - 1, &["whom", "which"]);
                at = n.stop.max(at + 1);
                // One of them died.
                let own = n.of_them && n.noun.0 == n.noun.1;
                if own && self.is(at, self.c.aux | self.c.did) {
                    return None;
                }
                if of_whom {
                    at = (at..limit).find(|i| self.mark(*i, b','))?;
                    other = found.partition_point(|n| n.start < at);
                } else {
                    other += 1;
                }
                continue;
            }
            let token = &self.tokens[at];
            if self.taken[at] {
                at += 1;
                continue;
            }
            match token.kind {
                Kind::Mark => {
                    match token.mark {
                        b'(' => {
                            // To the end of the parenthesis.
                            while at < limit && !self.mark(at, b')') {
                                at += 1;
                            }
                        }
                        b',' => aside += 1,
                        b'-' | b'\'' | b'"' => {}
                        _ => return None,
                    }
                    at += 1;
                    continue;
                }
                Kind::Number if token.has(ORDINAL) => {
                    at += 1;
                    continue;
                }
                Kind::Number => return None,
                Kind::Word => {}
            }
            // Have not been seen since.
            if self.eq(at, "not")
                && self.eq(at + 1, "been")
                && self.one_of(at + 2, &["heard", "seen"])
                && q.unit == Some(Unit::People)
            {
                return Some((Outcome::Missing, By::Passive, true));
            }
            if self.eq(at, "not")
                || self.eq(at, "when")
                || self.eq(at, "while")
                || self.eq(at, "where")
                || self.eq(at, "because")
                || self.eq(at, "but")
                || self.eq(at, "after") && !aux
            {
                return None;
            }
            if self.to_death(at) {
                return Some((Outcome::Killed, By::Passive, true));
            }
            if let Some((outcome, end)) = self.phrase_from(at)
                && (aux
                    || (at == q.stop
                        || at == q.stop + 1 && self.is(q.stop, self.c.adverb)
                        || self.trailing(q, at))
                        && self.ends_phrase(q, end))
                && self.fits(q, outcome)
            {
                return Some((outcome, By::Passive, true));
            }
            if self.is(at, self.c.done) {
                let outcome = self.outcome(at, self.c.done);
                let passive = aux && !have;
                // 1,500 terrorists including 200 foreigners killed.
                let aside = other > i + 1
                    && found[other - 1].stop == at
                    && self.is(found[other - 1].start.wrapping_sub(1), self.c.include);
                let reduced = !aux && (at == q.stop || aside || self.is(at - 1, self.c.adverb));
                let fatal = self.one_of(at - 1, &["fatally", "mortally"]);
                if fatal && (passive || reduced) && !self.begins_object(at + 1) {
                    return Some((Outcome::Killed, By::Passive, true));
                }
                if self.eq(at, "shot") && (passive || reduced) {
                    let dead = self.eq(at + 1, "dead")
                        || self.one_of(at + 1, &["and"]) && self.one_of(at + 2, &["killed"]);
                    if self.eq(at + 1, "dead") && self.begins_object(at + 2) {
                        return None;
                    }
                    return dead
                        .then_some((Outcome::Killed, By::Passive, true))
                        .or_else(|| passive.then_some((Outcome::Injured, By::Passive, true)))
                        .filter(|told| self.fits(q, told.0));
                }
                let mut outcome = outcome?;
                // Were abducted and killed.
                if self.eq(at + 1, "and")
                    && outcome != Outcome::Injured
                    && self.outcome(at + 2, self.c.done) == Some(Outcome::Killed)
                {
                    outcome = Outcome::Killed;
                }
                if passive && self.fits(q, outcome) {
                    return Some((outcome, By::Passive, true));
                }
                // Militants attacked positions.
                let active = outcome == Outcome::Attacked
                    && self.kind(at + 1) == Some(Kind::Word)
                    && !self.ends(at + 1);
                if (reduced || !aux && self.trailing(q, at))
                    && !active
                    && !self.begins_object(at + 1)
                    && self.fits(q, outcome)
                {
                    // 12 people wounded in the attack have died.
                    let last = if reduced { self.after_relative(at, false) } else { None };
                    let outcome = last.filter(|o| self.fits(q, *o)).unwrap_or(outcome);
                    return Some((outcome, By::Passive, true));
                }
                return self
                    .outcome(at, self.c.did)
                    .filter(|o| (!aux || have) && self.fits(q, *o))
                    .map(|o| (o, By::Passive, true));
            }
            if self.is(at, self.c.did) && !self.one_of(at, &["die", "flee"])
                || self.is(at, self.c.did) && !self.eq(at - 1, "to")
            {
                let outcome = self.outcome(at, self.c.did)?;
                return self.fits(q, outcome).then_some((outcome, By::Passive, true));
            }
            // Activists reported that others were.
            if self.eq(at, "that") && self.is(at - 1, self.c.adverb) {
                return None;
            }
            if self.is(at, self.c.destroy)
                && (aux || at == q.stop && !self.begins_object(at + 1))
                && q.unit == Some(Unit::People)
            {
                return Some((Outcome::Killed, By::Passive, true));
            }
            // Bodies were found.
            if self.is(at, self.c.found) && (aux || at == q.stop) && self.are_bodies(q) {
                return Some((Outcome::Killed, By::Passive, true));
            }
            if self.is(at, self.c.suffer) && self.hurts(at) && q.unit != Some(Unit::Groups) {
                return Some((Outcome::Injured, By::Passive, true));
            }
            // Twelve lives were lost.
            if self.eq(at, "lost") && aux && q.noun.1 > 0 && self.eq(q.noun.1 - 1, "lives") {
                return Some((Outcome::Killed, By::Passive, true));
            }
            if self.eq(at, "left") && aux && self.eq(at + 1, "with") && self.hurts(at + 1) {
                return Some((Outcome::Injured, By::Passive, true));
            }
            // Were rushed to field hospitals.
            if (aux || at == q.stop)
                && self.is(at, self.c.brought)
                && self.eq(at + 1, "to")
                && (at + 2..at + 6).any(|i| self.is(i, self.c.hospital))
            {
                return self.fits(q, Outcome::Injured).then_some((
                    Outcome::Injured,
                    By::Passive,
                    true,
                ));
            }
            if self.eq(at, "did")
                && self.eq(at + 1, "not")
                && (self.eq(at + 2, "survive") || self.eq(at + 2, "make") && self.eq(at + 3, "it"))
            {
                return Some((Outcome::Killed, By::Passive, true));
            }
            if self.one_of(at, &["lost", "lose"])
                && self.one_of(at + 1, &["their", "his", "her"])
                && self.one_of(at + 2, &["lives", "life"])
            {
                return Some((Outcome::Killed, By::Passive, true));
            }
            if self.one_of(at, &["lost"])
                && self.one_of(at + 1, &["their"])
                && self.one_of(at + 2, &["homes", "houses"])
            {
                return Some((Outcome::Displaced, By::Passive, true));
            }
            if self.one_of(at, &["went", "gone", "going"]) && self.eq(at + 1, "missing") {
                return Some((Outcome::Missing, By::Passive, true));
            }
            if self.eq(at, "taken") && aux {
                return self.held_as(at + 1).map(|o| (o, By::Passive, true));
            }
            // Are held in prisons; prisoners held by the government.
            if self.one_of(at, &["held", "kept"])
                && (aux && !have || at == q.stop && self.one_of(at + 1, &["by", "in", "at"]))
                && q.unit == Some(Unit::People)
                && !self.is(at + 1, self.c.not_held)
                && !(at + 1..at + 7)
                    .take_while(|i| self.kind(*i) == Some(Kind::Word))
                    .any(|i| self.is(i, self.c.meeting))
            {
                let hostages = self.outcome(q.noun.1 - 1, self.c.given);
                let held = self.held_as(at + 1).or(hostages).unwrap_or(Outcome::Detained);
                return Some((held, By::Passive, true));
            }
            // Left the town on buses.
            if self.one_of(at, &["board", "boarded", "boarding", "leave", "leaving", "left"])
                && q.unit == Some(Unit::People)
                && (at + 1..at + 12)
                    .take_while(|i| {
                        matches!(self.kind(*i), Some(Kind::Word | Kind::Number))
                            || self.mark(*i, b'-')
                    })
                    .any(|i| self.is(i, self.c.vehicle))
            {
                return Some((Outcome::Evacuated, By::Passive, true));
            }
            // Were living in 19 besieged towns.
            if self.is(at, self.c.living)
                && self.eq(at + 1, "in")
                && (at + 2..at + 5).any(|i| self.eq(i, "besieged"))
            {
                return Some((Outcome::Besieged, By::Passive, true));
            }
            if self.is(at, self.c.force) && (aux || at == q.stop) {
                let flee = (at + 1..at + 6).any(|i| self.is(i, self.c.flight));
                return flee.then_some((Outcome::Displaced, By::Passive, true));
            }
            if self.is(at, self.c.bridge)
                && (self.is(at + 1, self.c.state) || self.phrase_from(at + 1).is_some())
            {
                aux = true;
                at += 1;
                continue;
            }
            if (aux || self.is(at, self.c.adverb))
                && let Some(outcome) = self.outcome(at, self.c.state).filter(|_| aux)
            {
                return self.fits(q, outcome).then_some((outcome, By::Passive, true));
            }
            if self.is(at, self.c.aux) {
                have = self.is(at, self.c.have);
                if self.is(at, self.c.be) {
                    have = false;
                }
                aux = true;
                at += 1;
                continue;
            }
            if self.is(at, self.c.modal) || self.is(at, self.c.adverb) {
                aux |= self.is(at, self.c.modal);
                at += 1;
                continue;
            }
            // Believed to have been killed.
            if at == q.stop
                && self.is(at, self.c.bridge | self.c.supposed)
                && self.eq(at + 1, "to")
                && self.is(at + 2, self.c.aux)
            {
                aux = true;
                at += 2;
                continue;
            }
            if self.is(at, self.c.supposed) && aux {
                at += 1;
                continue;
            }
            // Any other verb ends it.
            if self.is(at, self.c.verb) || aux {
                if aux && self.is(at, self.c.after_aux) {
                    at += 1;
                    continue;
                }
                return self
                    .second_verb(at)
                    .filter(|o| !aux && self.fits(q, *o))
                    .map(|o| (o, By::Passive, true));
            }
            if self.verb_like(at) && self.word(at).ends_with("ed") && aside == 0 {
                let bridge = self.is(at + 1, self.c.prep)
                    && !self.one_of(at + 1, &["that", "the", "a", "an", "to"]);
                if !bridge {
                    return None;
                }
            }
            at += 1;
        }
        None
    }

    /// Whether it is the total before a part: 'of the 70 patients, 18 died'.
    pub(super) fn leads(&self, q: &Found) -> bool {
        let the = usize::from(q.start > 0 && self.is(q.start - 1, self.c.determiner));
        let Some(of) = q.start.checked_sub(1 + the) else { return false };
        self.eq(of, "of")
            && of.checked_sub(1).is_none_or(|b| {
                self.one_of(b, &["that", "and", "but", "said"]) || self.kind(b) == Some(Kind::Mark)
            })
    }

    /// What a second verb says of the subject of the one at `at`: 'came under fire and were hurt'.
    fn second_verb(&self, at: usize) -> Option<Outcome> {
        let and = (at + 1..at + 9)
            .take_while(|i| self.kind(*i) == Some(Kind::Word) && !self.is_plural(*i))
            .find(|i| self.eq(*i, "and"))?;
        let mut verb = and + 1;
        let passive = self.is(verb, self.c.aux) && !self.is(verb, self.c.have);
        while self.is(verb, self.c.aux) || self.is(verb, self.c.adverb) {
            verb += 1;
        }
        let told = self.outcome(verb, if passive { self.c.done } else { self.c.did });
        told.or_else(|| self.outcome(verb, self.c.state).filter(|_| passive))
    }

    /// Whether a phrase that ends before `end` is told of those counted, without an auxiliary: not
    /// 'deaths in custody', 'judges in detention cases', 'rebels rounded up villagers'.
    fn ends_phrase(&self, q: &Found, end: usize) -> bool {
        let given = q.noun.1 > q.noun.0 && self.is_given(q.noun.1 - 1);
        !given && !self.begins_object(end) && (self.kind(end) != Some(Kind::Word) || self.ends(end))
    }

    /// What the main clause says after the relative clause that begins at `from`: '200 civilians who
    /// had fled the fighting were killed'. It may reach over commas where `commas` says so.
    pub(super) fn after_relative(&self, from: usize, commas: bool) -> Option<Outcome> {
        let mut verb = false;
        let mut at = from;
        while at < (from + REACH).min(self.tokens.len()) {
            let here = at;
            at += 1;
            if self.taken[here] {
                continue;
            }
            match self.kind(here)? {
                Kind::Mark
                    if commas && self.mark(here, b',')
                        || self.mark(here, b'-')
                        || self.mark(here, b'\'') =>
                {
                    continue;
                }
                Kind::Number if self.tokens[here].has(ORDINAL) => continue,
                Kind::Mark | Kind::Number => return None,
                Kind::Word => {}
            }
            if self.is(here, self.c.telling)
                || self.is(here, self.c.cardinal)
                || self.is(here, self.c.pluralnum)
                || self.is(here, self.c.extra)
            {
                return None;
            }
            if self.is(here, self.c.aux) {
                while self.is(at, self.c.aux) || self.is(at, self.c.adverb) {
                    at += 1;
                }
                if verb && !self.one_of(here - 1, &["and", "or"]) {
                    let phrase = self.phrase_from(at).map(|p| p.0);
                    return phrase
                        .or_else(|| self.to_death(at).then_some(Outcome::Killed))
                        .or_else(|| self.outcome(at, self.c.done))
                        .or_else(|| self.outcome(at, self.c.did))
                        .or_else(|| self.outcome(at, self.c.state));
                }
                verb = true;
                // Its participle.
                at += 1;
            } else if verb
                && self.outcome(here, self.c.did) == Some(Outcome::Killed)
                && !self.one_of(here - 1, &["and", "or"])
            {
                // A guard wounded in the raid later died.
                return Some(Outcome::Killed);
            } else if self.is(here, self.c.done)
                || self.is(here, self.c.did)
                || self.verb_like(here)
            {
                verb = true;
            }
        }
        None
    }

    /// Whether nothing but a name stands in `from..to`: Faylaq al-Rahman.
    fn named(&self, from: usize, to: usize) -> bool {
        (from..to).all(|i| self.tokens[i].has(CAPITAL) || self.mark(i, b'-') || self.eq(i, "al"))
    }

    /// Whether only a prepositional phrase stands between a noun phrase and the participle at `at`:
    /// 'ten people in Homs killed by shelling' is reduced, '... and rebels killed' is not.
    fn trailing(&self, q: &Found, at: usize) -> bool {
        at > q.stop
            && (at - q.stop <= 4 || at - q.stop <= 8 && self.named(q.stop + 1, at))
            && !self.is_determiner(at - 1)
            && self.one_of(q.stop, &["in", "from", "of", "at", "aboard"])
            && !self.one_of(at - 1, &["that", "which", "who"])
    }
}
