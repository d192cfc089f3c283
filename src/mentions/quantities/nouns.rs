//! What a number counts or measures: the unit, or the noun phrase after it.

use super::data::{CURRENCIES, MEASURES};
use super::{By, Core, Found, Outcome, Reader, Unit};
use crate::mentions::phrases::tokens::{CAPITAL, Kind, TIGHT};

impl Reader<'_, '_> {
    /// The unit or noun phrase after a number.
    pub(super) fn noun(
        &self,
        start: usize,
        core: Core,
        money: Option<&'static str>,
    ) -> Option<Found> {
        let mut found = Found::new(start, core);
        let at = core.end;
        if let Some(code) = money {
            found.unit = Some(Unit::Currency(code));
            found.rule = By::Money;
            return Some(found);
        }
        let per_cent = self.eq(at, "per") && self.eq(at + 1, "cent");
        if self.mark(at, b'%') || self.one_of(at, &["percent", "pct"]) || per_cent {
            found.end = at + 1 + usize::from(per_cent);
            found.stop = found.end;
            found.noun = (found.end, found.end);
            found.unit = Some(Unit::Percent);
            found.rule = By::Percent;
            return Some(found);
        }
        let aged = start.checked_sub(1).is_some_and(|b| {
            self.one_of(b, &["aged", "age", "ages"])
                || self.eq(b, "of") && b > 0 && self.eq(b - 1, "age")
                || self.eq(b, "as") && b > 0 && self.one_of(b - 1, &["young", "old"])
        });
        if aged || self.is_apposed_age(&found) {
            found.unit = Some(Unit::Age);
            found.rule = By::Age;
            return Some(found);
        }
        // 12-year-old, 55 years old, 55 years of age.
        let hyphen = usize::from(self.mark(at, b'-'));
        let year = at + hyphen;
        if self.one_of(year, &["year", "years"]) {
            let old = year + 1 + usize::from(self.mark(year + 1, b'-'));
            let last = if self.eq(old, "old") {
                Some(old)
            } else {
                (self.eq(old, "of") && self.eq(old + 1, "age")).then_some(old + 1)
            };
            if let Some(last) = last {
                found.end = last + 1;
                found.stop = found.end;
                found.noun = (found.end, found.end);
                found.unit = Some(Unit::Age);
                found.rule = By::Age;
                return Some(found);
            }
        }
        // A hyphen makes it an adjective: four-star, 19-member.
        if self.mark(at, b'-') && self.tight(at) && self.tight(at + 1) {
            return None;
        }
        if let Some(unit) = self.measure(at, &mut found.end) {
            if start > 0 && self.eq(start - 1, "minus") {
                found.start = start - 1;
                found.value = -found.value;
                (found.low, found.high) = (found.high.map(|n| -n), found.low.map(|n| -n));
            }
            found.stop = found.end;
            found.noun = (found.end, found.end);
            found.unit = Some(unit);
            found.rule = if matches!(unit, Unit::Currency(_)) { By::Money } else { By::Measure };
            return Some(found);
        }
        self.phrase(&mut found);
        if found.unit.is_none()
            && found.noun.0 == found.noun.1
            && start > 1
            && self.eq(start - 1, "of")
            && self.one_of(start - 2, &["family", "crew"])
        {
            found.unit = Some(Unit::People);
        }
        // A boy of six, but: a father of six.
        if found.unit.is_none()
            && found.noun.0 == found.noun.1
            && found.value <= 110.0
            && start > 1
            && self.eq(start - 1, "of")
            && self.is_person(start - 2)
            && !self.one_of(start - 2, &["father", "mother", "parent"])
            && (self.kind(at) != Some(Kind::Word) || self.ends(at))
        {
            found.unit = Some(Unit::Age);
            found.rule = By::Age;
        }
        Some(found)
    }

    /// Whether a bare number is an age beside a name or those who have it: 'Umm Khaled, 62, had fled',
    /// 'children under 12'.
    fn is_apposed_age(&self, q: &Found) -> bool {
        let years = (1.0..=110.0).contains(&q.value) && q.to.is_none();
        let Some(before) = q.start.checked_sub(1).filter(|_| years) else { return false };
        let comma = |at: usize| self.mark(at, b',');
        let named = before.checked_sub(1).is_some_and(|name| {
            !self.taken[name]
                && self.tokens[name].has(CAPITAL)
                && self.kind(name) == Some(Kind::Word)
        });
        let digits = self.kind(q.start) == Some(Kind::Number) && q.end == q.start + 1;
        if digits && named && comma(before) && comma(q.end) && !self.begins_core(q.end + 1) {
            return true;
        }
        let children = self.eq(q.start, "under") && q.value <= 21.0 && self.is(before, self.c.be);
        self.one_of(q.start, &["under", "over"])
            && (children
                || self.is(before, self.c.people)
                || self.one_of(before, &["all", "them", "those"]))
            && (self.kind(q.end) != Some(Kind::Word) || self.ends(q.end))
    }

    fn measure(&self, at: usize, end: &mut usize) -> Option<Unit> {
        let square = self.one_of(at, &["square", "sq", "cubic"]);
        let noun = at + usize::from(square);
        // Barrel bombs and foot soldiers are no measures.
        let adjective = !self.word(noun).ends_with('s')
            && self.word(noun).len() > 2
            && self.kind(noun + 1) == Some(Kind::Word)
            && !self.ends(noun + 1)
            && self.is_plural(noun + 1);
        if self.is(noun, self.c.measure) && !adjective {
            let number = usize::try_from(self.value(noun, self.c.measure)).ok()?;
            *end = noun + 1;
            let name = MEASURES.get(number).copied()?;
            // Barrels are dropped too.
            if name == "bbl" && !self.one_of(noun + 1, &["a", "of", "per"]) {
                *end = at;
                return None;
            }
            // A loaf costs 50 pounds.
            let near = noun.saturating_sub(8)..noun + 4;
            if name == "lb" && near.clone().any(|i| self.is(i, self.c.money)) {
                return Some(Unit::Currency("GBP"));
            }
            if name == "degree" && self.one_of(noun + 1, &["Celsius", "centigrade", "C"]) {
                *end = noun + 2;
                return Some(Unit::Measure("°C"));
            }
            if name == "degree" && self.one_of(noun + 1, &["Fahrenheit", "F"]) {
                *end = noun + 2;
                return Some(Unit::Measure("°F"));
            }
            let name = match (square, name) {
                (true, "km") => "km2",
                (true, "m") if self.eq(at, "cubic") => "m3",
                (true, "m") => "m2",
                (true, "mi") => "mi2",
                (true, "ft") => "ft2",
                (_, name) => name,
            };
            return Some(Unit::Measure(name));
        }
        // 5 billion US dollars, 300 Syrian pounds
        let adjective =
            self.tokens.get(at).is_some_and(|t| t.has(CAPITAL)) && self.is(at + 1, self.c.currency);
        let noun = at + usize::from(adjective);
        if self.is(noun, self.c.currency) {
            *end = noun + 1;
            let number = usize::try_from(self.value(noun, self.c.currency)).ok()?;
            let code =
                match (self.word(at), self.word(noun).to_ascii_lowercase().trim_end_matches('s')) {
                    ("Syrian", "pound" | "lira") => "SYP",
                    ("Lebanese", "pound" | "lira") => "LBP",
                    ("Egyptian", "pound") => "EGP",
                    ("Canadian", "dollar") => "CAD",
                    ("Australian", "dollar") => "AUD",
                    _ => CURRENCIES.get(number).copied()?,
                };
            return Some(Unit::Currency(code));
        }
        None
    }

    #[allow(clippy::too_many_lines, reason = "one walk over the phrase")]
    fn phrase(&self, found: &mut Found) {
        let mut at = found.end;
        while self.is(at, self.c.extra) && !self.is(at, self.c.people) {
            at += 1;
        }
        // Internally displaced people.
        if self.is(at, self.c.adverb)
            && self.given(at + 1).is_some()
            && self.kind(at + 2) == Some(Kind::Word)
            && self.is_plural(at + 2)
        {
            at += 1;
        }
        // Took seven prisoner.
        if self.held_as(at).is_some() && !self.is_plural(at) {
            return;
        }
        // Three quarters of the victims are no three.
        if self.is(at, self.c.fractions) {
            found.weak = true;
        }
        // Nine of one family.
        if self.one_of(at, &["of", "from"]) {
            let kin = (at + 1..at + 4).find(|i| !self.is(*i, self.c.same));
            if let Some(kin) = kin.filter(|k| *k > at + 1 && self.is(*k, self.c.kin)) {
                found.stop = kin + 1;
                found.noun = (kin + 1, kin + 1);
                found.unit = Some(Unit::People);
                return;
            }
        }
        if self.eq(at, "of") {
            at += 1;
            if self.is(at, self.c.them) {
                found.of_them = true;
                found.of_which = self.eq(at, "which");
                at += 1;
                if self.eq(at, "fatal") || self.eq(at, "fatally") {
                    found.outcome = Some(Outcome::Killed);
                    found.rule = By::Head;
                    found.noun = (at, at);
                    found.stop = at;
                    return;
                }
                let verb =
                    self.verb_like(at) && !self.is(at + 1, self.c.people) && !self.is_given(at);
                if self.mark(at, b',') || self.one_of(at, &["were", "are", "was"]) || verb {
                    found.noun = (at, at);
                    found.stop = at;
                    // 'of them were children'
                    if self.is(at, self.c.aux) && self.is(at + 1, self.c.people) {
                        found.noun = (at + 1, at + 2);
                        found.stop = at + 2;
                        found.unit = Some(Unit::People);
                    }
                    return;
                }
            }
            let of = at;
            while self.is(at, self.c.of_whose) {
                at += 1;
            }
            // Nine of its own.
            if self.eq(at, "own") && (self.kind(at + 1) != Some(Kind::Word) || self.ends(at + 1)) {
                (found.noun, found.stop) = ((at, at + 1), at + 1);
                found.unit = Some(Unit::People);
                return;
            }
            // Four of the injured.
            if (self.is_given(at) && self.given(at).is_some()
                || self.one_of(at, &["victims", "casualties"]))
                && (self.kind(at + 1) != Some(Kind::Word)
                    || self.ends(at + 1)
                    || self.verb_like(at + 1)
                    || !self.is_plural(at + 1) && !self.is_plural(at + 2))
            {
                found.of_the = at > of;
                found.noun = (at, at + 1);
                found.stop = at + 1;
                found.unit = Some(Unit::People);
                return;
            }
        }
        // 'Dozens' killed.
        let quoted = |i: usize| self.mark(i, b'\'') || self.mark(i, b'"');
        if quoted(at) && (self.tight(at + 1) || found.start > 0 && quoted(found.start - 1)) {
            at += 1;
        }
        let first = at;
        let mut head = None;
        let mut last = at;
        let mut words = 0;
        while at < self.tokens.len() && words < 9 {
            let token = &self.tokens[at];
            match token.kind {
                Kind::Number => break,
                Kind::Mark => {
                    if (token.is_mark(b'-') || token.is_mark(b'/'))
                        && token.has(TIGHT)
                        && self.tight(at + 1)
                        && self.kind(at + 1) == Some(Kind::Word)
                    {
                        at += 1;
                        head = None;
                        continue;
                    }
                    // T-55 tanks.
                    if token.is_mark(b'-')
                        && token.has(TIGHT)
                        && self.tight(at + 1)
                        && self.kind(at + 1) == Some(Kind::Number)
                    {
                        at += 2;
                        continue;
                    }
                    // Shi'a, al-Qa'ida.
                    if token.is_mark(b'\'')
                        && token.has(TIGHT)
                        && self.tight(at + 1)
                        && self.kind(at + 1) == Some(Kind::Word)
                        && !self.eq(at + 1, "s")
                    {
                        at += 2;
                        last = at;
                        continue;
                    }
                    // An apostrophe: the regime's soldiers.
                    if token.is_mark(b'\'') && token.has(TIGHT) && self.eq(at + 1, "s") {
                        at += 2;
                        head = None;
                        continue;
                    }
                    break;
                }
                Kind::Word => {}
            }
            if head.is_some() {
                // Rebels groups; after the head anything else ends it.
                if !(self.is(at, self.c.people) || self.is(at, self.c.group)) || self.ends(at) {
                    break;
                }
            } else if words > 0 && self.is(at, self.c.held_by) && self.is_plural(at + 1) {
                // Rebel held towns.
            } else if self.one_of(at, &["and", "or"]) {
                if at == first
                    || self.ends(at + 1)
                    || self.kind(at + 1) != Some(Kind::Word)
                    || self.verb_like(at + 1)
                    || words > 4
                    || self.is_given(at - 1)
                {
                    break;
                }
                at += 1;
                continue;
            } else if at > first
                && self.mark(at - 1, b'-')
                && self.mark(at + 1, b'-')
                && self.tight(at)
            {
                // Surface-to-surface missiles.
            } else if self.ends(at) || self.is(at, self.c.cardinal) || self.is(at, self.c.pluralnum)
            {
                break;
            } else if self.is(at, self.c.done) || self.is_given(at) || self.is(at, self.c.doing) {
                // 23 army dead.
                if words > 0
                    && head.is_none()
                    && self.one_of(at, &["dead", "injured", "missing", "wounded"])
                    && !self.is_plural(at - 1)
                    && (self.kind(at + 1) != Some(Kind::Word) || self.ends(at + 1))
                {
                    head = Some(at);
                    last = at + 1;
                    break;
                }
                // Nine massacres.
                if at == first && self.is_deeds(at) {
                    head = Some(at);
                    last = at + 1;
                    break;
                }
                // Wounded soldiers; otherwise it is the verb or the head.
                let noun = at == first || !self.ends(at - 1);
                let next = self.kind(at + 1) == Some(Kind::Word)
                    && !self.ends(at + 1)
                    && !self.is(at + 1, self.c.done)
                    && !self.is_given(at + 1);
                let plural_soon = next
                    && !self.is(at + 1, self.c.pluralnum | self.c.cardinal)
                    && (self.is_plural(at + 1)
                        || self.is_plural(at + 2)
                            && self.kind(at + 2) == Some(Kind::Word)
                            && !self.ends(at + 2)
                        || self.is(at + 2, self.c.held_by) && self.is_plural(at + 3));
                if noun && plural_soon && !self.is_determiner(at + 1) && words < 2 {
                    if let Some(o) = self.given(at) {
                        found.outcome = Some(o);
                        found.rule = By::Head;
                    }
                } else {
                    let once = self.eq(found.start, "one") && self.is(at, self.c.once);
                    if self.is_given(at) && self.is(at, self.c.people) || once {
                        head = Some(at);
                        last = at + 1;
                    }
                    break;
                }
            } else if words == 0 && self.is(at, self.c.suffer) {
                // 15 more sustained injuries.
                break;
            } else if words == 0 && self.phrase_from(at).is_some() {
                // Dozens unaccounted for.
                break;
            } else if words == 0 && self.verb_like(at) && self.is(at + 1, self.c.after_participle) {
                // Two backed by the army.
                break;
            } else if words > 0 && self.verb_like(at) && !self.is_plural(at) {
                // Civilians protested: no noun follows a finite verb at once.
                if !self.noun_follows(at + 1) {
                    break;
                }
            }
            last = at + 1;
            words += 1;
            if self.is_plural(at) && !(self.tight(at + 1) && self.mark(at + 1, b'-')) {
                head = Some(at);
            }
            at += 1;
        }
        if last == first {
            found.stop = first.max(found.end);
            found.noun = (found.stop, found.stop);
            return;
        }
        if head.is_none() && last - first > 3 {
            // No head: one word at most is believed.
            last = first + 1;
        }
        let head_at = head.unwrap_or(last - 1);
        // Ten times the number, struck three times.
        if self.eq(head_at, "times") {
            found.weak = true;
        }
        let last = if head.is_some() { head_at + 1 } else { last };
        // Passers-by.
        let by = self.mark(last, b'-') && self.tight(last + 1) && self.eq(last + 1, "by");
        let last = if by { last + 2 } else { last };
        let last = self.second_noun(found.start, last);
        found.noun = (first, last);
        found.unit = self.unit_of(head_at);
        if found.outcome == Some(Outcome::Besieged) && found.unit.is_none() {
            found.outcome = None;
            found.rule = By::Count;
        }
        found.stop = last;
        // People living in besieged areas.
        if found.unit == Some(Unit::People)
            && self.is(last, self.c.living)
            && self.is(last + 1, self.c.living_in)
        {
            let mut to = last + 2;
            while to < self.tokens.len()
                && to < last + 8
                && self.kind(to) == Some(Kind::Word)
                && (!self.ends(to) || self.one_of(to, &["the", "a"]))
            {
                to += 1;
            }
            if to > last + 2 {
                if (last + 2..to).any(|i| self.one_of(i, &["besieged", "siege"])) {
                    found.outcome = Some(Outcome::Besieged);
                    found.rule = By::Head;
                }
                found.noun.1 = to;
                found.stop = to;
            }
        }
    }

    /// Whether plural deeds stand at `at`, and no verb with its object: nine massacres, 21 attacks.
    fn is_deeds(&self, at: usize) -> bool {
        self.is(at, self.c.doing)
            && !self.is_given(at)
            && self.is_plural(at)
            && !self.begins_object(at + 1)
    }

    /// One past the second of two nouns of people that one number counts, where only the first ends at
    /// `last`: 16 patients and staff.
    fn second_noun(&self, start: usize, last: usize) -> usize {
        if !self.is(last - 1, self.c.people) || !self.one_of(last, &["and", "or"]) {
            return last;
        }
        let noun = |i: &usize| {
            self.kind(*i) == Some(Kind::Word)
                && !self.ends(*i)
                && !self.is_given(*i)
                && !self.is(*i, self.c.done | self.c.doing | self.c.extra | self.c.cardinal)
        };
        let Some(second) =
            (last + 1..last + 4).take_while(noun).find(|i| self.is(*i, self.c.people))
        else {
            return last;
        };
        // Killed 12 soldiers and rebels were hurt: a clause of its own.
        let object = (start.saturating_sub(4)..start)
            .any(|i| self.is(i, self.c.done | self.c.doing | self.c.found | self.c.lose));
        let held = (self.is(second + 1, self.c.done) || self.eq(second + 1, "held"))
            && self.is(second + 2, self.c.prep);
        let own = self.kind(second + 1) == Some(Kind::Word)
            && !held
            && (object || !self.is(second + 1, self.c.aux))
            && !self.is(second + 1, self.c.prep);
        if own { last } else { second + 1 }
    }

    fn unit_of(&self, head: usize) -> Option<Unit> {
        if self.is(head, self.c.people) || self.is(head, self.c.person) || self.is_given(head) {
            return Some(Unit::People);
        }
        if self.is(head, self.c.group) {
            return Some(Unit::Groups);
        }
        let word = self.word(head);
        if self.tokens[head].word == 0
            && ["ists", "icians", "women", "men"].iter().any(|e| word.ends_with(e))
        {
            return Some(Unit::People);
        }
        let demonym = self.tokens[head].has(CAPITAL)
            && word.len() > 4
            && ["ans", "ens", "ites", "ese", "is", "ists", "ers"].iter().any(|e| word.ends_with(e));
        demonym.then_some(Unit::People)
    }
}
