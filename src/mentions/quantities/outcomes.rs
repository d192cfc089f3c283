//! What happened to those who are counted, by the words around the number.
//!
//! In: the quantities of a sentence. Out: their outcomes. One method for each wording; the first that
//! says something decides. What their own verb says is in [`super::subjects`].

use super::{By, Found, Outcome, Reader, Told, Unit};
use crate::mentions::phrases::tokens::{CAPITAL, Kind};

impl Reader<'_, '_> {
    pub(super) fn outcomes(&self, found: &mut [Found]) {
        for i in 0..found.len() {
            if !self.fated || !Self::may_happen(&found[i]) {
                continue;
            }
            let q = &found[i];
            let told = self
                .by_left(q)
                .or_else(|| self.by_state(q))
                .or_else(|| self.by_object(q))
                .or_else(|| self.by_deed(q))
                .or_else(|| self.by_toll(q))
                .or_else(|| self.by_casualties(q))
                .or_else(|| self.by_subject(q, found, i))
                .or_else(|| self.by_head(q))
                .or_else(|| self.by_far_object(q));
            // Wounded fighters who are evacuated count as wounded.
            let told = match (told, q.outcome) {
                (Some((Outcome::Evacuated, rule, after)), _)
                    if self.eq(q.stop + 1, "with") && self.hurts(q.stop + 1) =>
                {
                    Some((Outcome::Injured, rule, after))
                }
                (Some((Outcome::Evacuated, _, after)), Some(Outcome::Injured)) => {
                    Some((Outcome::Injured, By::Head, after))
                }
                _ => told,
            };
            if let Some((outcome, rule, after)) = told {
                // 18 of the 31 trucks were hit.
                let things = matches!(outcome, Outcome::Attacked | Outcome::Besieged)
                    && self.eq(found[i].end, "of")
                    && found.get(i + 1).is_some_and(|n| {
                        n.start < found[i].end + 4 && n.unit.is_none() && n.noun.0 < n.noun.1
                    });
                let q = &mut found[i];
                q.part |= rule == By::Part;
                q.outcome = Some(outcome);
                q.rule = rule;
                q.said_after = after;
                if q.unit.is_none()
                    && !things
                    && (q.noun.0 == q.noun.1
                        || matches!(outcome, Outcome::Killed | Outcome::Kidnapped))
                {
                    q.unit = Some(Unit::People);
                }
            }
        }
        for i in 0..found.len() {
            self.part(found, i);
            self.part_of_some(found, i);
            self.of_the_dead(found, i);
            self.gap(found, i);
        }
        self.linked(found);
        self.coordinate(found);
        self.among(found);
        self.table(found);
        self.breakdown(found);
    }

    /// 400 deaths, 12 wounded soldiers, four of the injured, 80 detainees.
    fn by_head(&self, q: &Found) -> Told {
        if let Some(outcome) = q.outcome {
            return Some((outcome, By::Head, false));
        }
        let (start, end) = q.noun;
        if end > start {
            if let Some(outcome) = self.outcome(end - 1, self.c.given) {
                return Some((outcome, By::Head, false));
            }
            if self.eq(q.start, "one")
                && let Some(outcome) = self.outcome(end - 1, self.c.once)
            {
                return Some((outcome, By::Head, false));
            }
            // Five of the victims.
            if q.of_the
                && let Some(outcome) = self.outcome(end - 1, self.c.toll_of)
            {
                return Some((outcome, By::Head, false));
            }
            // 20 bodies lay in the street, but: two bodies oversee the vote.
            if self.are_bodies(q)
                && (q.value >= 10.0
                    || (q.start.saturating_sub(10)..q.stop + 10).any(|i| self.is(i, self.c.morgue)))
            {
                return Some((Outcome::Killed, By::Head, false));
            }
            // 30 cases of suffocation.
            if self.eq(end - 1, "cases") && self.eq(q.stop, "of") && self.hurts(q.stop) {
                return Some((Outcome::Injured, By::Head, false));
            }
            if (start..end).any(|i| self.one_of(i, &["displaced"])) && q.unit.is_some() {
                return Some((Outcome::Displaced, By::Head, false));
            }
        }
        None
    }

    /// 12 dead, 30 people wounded, 23 killed.
    fn by_state(&self, q: &Found) -> Told {
        let (start, end) = q.noun;
        // No noun, or people, before an adjective: 12 killed, 30 people dead.
        let at = q.stop;
        // Two dead, one critical.
        let word = if end > start { end - 1 } else { at };
        if end <= start + 1
            && self.eq(word, "critical")
            && (self.kind(word + 1) != Some(Kind::Word) || self.ends(word + 1))
        {
            return Some((Outcome::Injured, By::Head, true));
        }
        if self.is_given(at) || end == start && self.is(at, self.c.done) {
            let outcome = self.given(at)?;
            if end > start && !self.is(at, self.c.condition) {
                return None;
            }
            // 12 killed 30 wounded: a list without its comma.
            let list = (at + 2..at + 5)
                .take_while(|i| self.is(*i - 1, self.c.extra) || self.kind(*i) == Some(Kind::Word))
                .find(|i| self.given(*i).is_some_and(|o| o != outcome));
            let bare = |i: usize| self.kind(i + 1) != Some(Kind::Word) || !self.is_plural(i + 1);
            let list =
                list.is_some_and(|i| end == start || self.eq(at, "dead") || i == at + 2 && bare(i));
            let adjective = self.one_of(at, &["dead", "missing"]);
            if (list || adjective || !self.begins_object(at + 1)) && self.fits(q, outcome) {
                let outcome = self.after_relative(at, false).unwrap_or(outcome);
                return Some((outcome, By::Head, true));
            }
        }
        None
    }

    /// Left 12 dead, leaving 30 people homeless.
    fn by_left(&self, q: &Found) -> Told {
        let back =
            (1..=4).filter_map(|b| q.start.checked_sub(b)).find(|at| self.is(*at, self.c.leave))?;
        if (back + 1..q.start)
            .any(|i| self.is(i, self.c.prep) && !self.one_of(i, &["a", "the", "at", "an"]))
        {
            return None;
        }
        let mut at = q.stop;
        while self.is(at, self.c.adverb) || self.one_of(at, &["either", "both"]) {
            at += 1;
        }
        if self.eq(at, "with") && self.hurts(at) {
            return Some((Outcome::Injured, By::Left, false));
        }
        let phrase = self.phrase_from(at).map(|p| p.0);
        if let Some(outcome) = self.outcome(at, self.c.state).or(phrase) {
            return Some((outcome, By::Left, false));
        }
        // Leaving 12 people, including three children, dead.
        if !self.mark(at, b',') && !self.one_of(at, &["in", "from", "of", "at"]) {
            return None;
        }
        let aside = |i: &usize| {
            self.mark(*i, b',')
                || matches!(self.kind(*i), Some(Kind::Word | Kind::Number))
                    && !self.is(*i, self.c.aux)
                    && !self.is(*i, self.c.verb)
                    && !self.is(*i, self.c.did)
                    && !self.is(*i, self.c.doing)
                    && !self.eq(*i, "and")
        };
        let end = (at..at + 14).take_while(aside).find(|i| self.is(*i, self.c.state))?;
        let ends = self.kind(end + 1) != Some(Kind::Word) || self.ends(end + 1);
        let outcome = self.outcome(end, self.c.state).filter(|_| ends && self.eq(end, "dead"))?;
        Some((outcome, By::Left, false))
    }

    /// Killed 12, killing and wounding at least 30, shot dead two.
    #[allow(clippy::too_many_lines, reason = "one wording after the other")]
    fn by_object(&self, q: &Found) -> Told {
        let mut at = q.start.checked_sub(1)?;
        for _ in 0..5 {
            let skip = self.is(at, self.c.extra)
                || self.is(at, self.c.adverb)
                || self.is(at, self.c.object_lead)
                || self.mark(at, b'"')
                || self.mark(at, b'\'') && !self.tight(at + 1)
                || self.is(at, self.c.party) && self.eq(at + 1, "of")
                || self.is(at + 1, self.c.party) && self.is_person(at)
                || self.one_of(at, &["himself", "herself", "themselves"])
                || self.eq(at, "of")
                    && at
                        .checked_sub(1)
                        .is_some_and(|b| self.eq(b, "total") || self.is(b, self.c.party));
            if let Some(aside) = self.aside_to(at) {
                at = aside.checked_sub(1)?;
                continue;
            }
            // Beheaded on Friday two youths.
            if self.taken[at] {
                while self.taken[at] || self.one_of(at, &["on", "in", "at", "early", "late"]) {
                    at = at.checked_sub(1)?;
                }
                continue;
            }
            if !skip {
                break;
            }
            at = at.checked_sub(1)?;
        }
        // Killed, by most estimates, 25.
        if self.mark(at, b',')
            && let Some(open) = (at.saturating_sub(7)..at).rev().find(|i| self.mark(*i, b','))
            && open > 0
            && self.is(open - 1, self.c.done | self.c.doing)
            && self.is(open + 1, self.c.prep)
            && (open + 1..at).all(|i| self.kind(i) == Some(Kind::Word) && !self.verb_like(i))
        {
            at = open - 1;
        }
        let shot_dead =
            self.eq(at, "dead") && at.checked_sub(1).is_some_and(|b| self.is(b, self.c.shot));
        let left_dead = self.eq(at, "dead") && at > 0 && self.is(at - 1, self.c.leave);
        if shot_dead || left_dead {
            return Some((Outcome::Killed, By::Active, false));
        }
        let people = q.unit == Some(Unit::People);
        let bare = q.unit.is_none() && q.noun.0 == q.noun.1;
        // Stoned to death a man.
        if let Some(verb) = at.checked_sub(2).filter(|_| people && self.eq(at, "death"))
            && self.to_death(verb)
            && !self.passive_before(verb)
        {
            return Some((Outcome::Killed, By::Active, false));
        }
        if people && self.eq(at, "shot") && !self.passive_before(at) && !self.eq(q.stop, "dead") {
            return Some((Outcome::Injured, By::Active, false));
        }
        if self.is(at, self.c.lose) && (people || bare && self.eq(q.stop, "in")) {
            return Some((Outcome::Killed, By::Active, false));
        }
        if let Some((outcome, first)) = self.phrase_to(at)
            && (people || bare)
            && !self.passive_before(first)
        {
            return Some((outcome, By::Active, false));
        }
        // He was killed along with 12 fighters.
        if self.eq(at, "with") {
            let along = at > 0 && self.one_of(at - 1, &["along", "together"]);
            let verb = at.checked_sub(1 + usize::from(along))?;
            let outcome = self.outcome(verb, self.c.done).filter(|_| people || along && bare)?;
            return self.passive_before(verb).then_some((outcome, By::Active, false));
        }
        if self.is(at, self.c.destroy) && people && !self.passive_before(at) {
            return Some((Outcome::Killed, By::Active, false));
        }
        // Pulled out five bodies.
        if at > 0
            && self.is(at - 1, self.c.found)
            && self.one_of(at, &["out", "up"])
            && self.are_bodies(q)
        {
            return Some((Outcome::Killed, By::Active, false));
        }
        // Documented 112 victims.
        if self.is(at, self.c.record) && q.noun.1 > q.noun.0 && self.eq(q.noun.1 - 1, "victims") {
            return Some((Outcome::Killed, By::Active, false));
        }
        if self.is(at, self.c.mourn) && people && !self.passive_before(at) {
            return Some((Outcome::Killed, By::Active, false));
        }
        // Recovered four bodies.
        if self.is(at, self.c.found) && self.are_bodies(q) && !self.passive_before(at) {
            return Some((Outcome::Killed, By::Active, false));
        }
        // Took 12 lives, claimed 12 victims, cost them thousands of lives, cost 12 people their lives.
        let indirect = self.is(at, self.c.indirect) && at > 0 && self.is(at - 1, self.c.claim);
        let taken = q.noun.1 > q.noun.0 && self.one_of(q.noun.1 - 1, &["lives", "victims"])
            || self.eq(q.stop, "their") && self.one_of(q.stop + 1, &["life", "lives"]);
        let people_claimed = people && self.eq(at, "claiming");
        if people_claimed || taken && (indirect || self.is(at, self.c.claim)) {
            return Some((Outcome::Killed, By::Nominal, false));
        }
        // Is holding 13 nuns hostage.
        if self.is(at, self.c.keep) {
            // Took seven prisoner, took 40 prisoners.
            let counted = q.noun.1.checked_sub(1).filter(|_| people && q.noun.0 < q.noun.1);
            let held = self.held_as(q.stop).or_else(|| self.outcome(counted?, self.c.held));
            let holding = self.eq(at, "holding") && people && self.passive_before(at);
            let outcome = held.or_else(|| holding.then_some(Outcome::Detained));
            return outcome.map(|o| (o, By::Active, false));
        }
        if self.is(at, self.c.force) {
            let flee = (q.stop..q.stop + 9).any(|i| self.is(i, self.c.flight));
            return flee.then_some((Outcome::Displaced, By::Active, false));
        }
        // Tortured 55 detainees to death.
        if self.eq(q.stop, "to")
            && self.eq(q.stop + 1, "death")
            && (self.verb_like(at) || self.eq(at, "put"))
            && !self.one_of(at, &["sentenced", "condemned", "sentencing"])
        {
            return Some((Outcome::Killed, By::Active, false));
        }
        // Killed the bride and 11 guests; killed commander Abu Omar and three of his aides.
        if (self.one_of(at, &["and", "plus"]) || self.mark(at, b',')) && people {
            let named = |i: usize| {
                self.mark(i, b',')
                    || self.is(i, self.c.beside_name)
                    || self.is(i, self.c.person)
                    // Its military chief.
                    || self.is(i + 1, self.c.person)
                        && self.kind(i) == Some(Kind::Word)
                        && !self.ends(i)
                        && !self.is(i, self.c.done | self.c.doing | self.c.deed)
                        && !self.verb_like(i)
                    || self.tokens[i].has(CAPITAL) && self.kind(i) == Some(Kind::Word)
            };
            let verb = (at.saturating_sub(8)..at).rev().find(|i| !named(*i))?;
            if verb + 1 == at || self.is(verb, self.c.adverb) {
                return None;
            }
            // The deaths of its chief and six guards.
            if self.eq(verb + 1, "of")
                && let Some(outcome) = self.outcome(verb, self.c.deed)
                && !self.one_of(verb, &["fate", "life", "lives", "whereabouts"])
            {
                return Some((outcome, By::Nominal, false));
            }
            // Lost his wife and three sons.
            if self.is(verb, self.c.lose) {
                return Some((Outcome::Killed, By::Active, false));
            }
            at = verb;
        }
        // In the attack two nurses died.
        if self.is(at, self.c.doing) && at > 0 && self.is_determiner(at - 1) {
            return None;
        }
        // The toll hit 12, jets hit 12 targets: no one is said to be hurt.
        if self.is(at, self.c.done) && self.one_of(at, &["hit", "struck"]) {
            return None;
        }
        let outcome = self.outcome(at, self.c.doing).or_else(|| {
            let passive = self.passive_before(at);
            if passive { None } else { self.outcome(at, self.c.done) }
        })?;
        // Killed and wounded 30: the first verb says what is counted first; abducted and killed 30:
        // what came of it.
        let mut outcome = outcome;
        if let Some(b) = at.checked_sub(2)
            && self.one_of(b + 1, &["and", "or"])
            && let Some(first) =
                self.outcome(b, self.c.doing).or_else(|| self.outcome(b, self.c.done))
            && matches!(first, Outcome::Killed | Outcome::Injured)
        {
            outcome = first;
        }
        self.fits(q, outcome).then_some((outcome, By::Active, false))
    }

    /// Executed by firing squad seven youths, arrested from the town 18 men: a phrase stands between
    /// the verb and its object.
    fn by_far_object(&self, q: &Found) -> Told {
        if q.unit != Some(Unit::People) || q.noun.0 == q.noun.1 {
            return None;
        }
        let plain = |i: usize| {
            self.kind(i) == Some(Kind::Word)
                && !self.is(i, self.c.aux | self.c.did | self.c.doing | self.c.given)
                && !self.verb_like(i)
        };
        let verb = (q.start.saturating_sub(8)..q.start).rev().find(|i| !plain(*i))?;
        let first = verb + 1;
        let outcome = self.outcome(verb, self.c.done)?;
        let subject = verb.checked_sub(1)?;
        let active = first + 1 < q.start
            && self.one_of(first, &["by", "from", "in", "inside", "near"])
            && !self.passive_before(verb)
            && self.kind(subject) == Some(Kind::Word)
            && !self.is(subject, self.c.people)
            && (first + 1..q.start).all(|i| !self.is(i, self.c.include) && !self.eq(i, "among"));
        (active && matches!(outcome, Outcome::Killed | Outcome::Detained | Outcome::Kidnapped))
            .then_some((outcome, By::Active, false))
    }

    /// The death of over 140 people, claimed the lives of 12.
    fn by_deed(&self, q: &Found) -> Told {
        let mut at = q.start.checked_sub(1)?;
        while self.is(at, self.c.extra | self.c.determiner) || self.eq(at, "total") {
            at = at.checked_sub(1)?;
        }
        if self.eq(at, "of") && at.checked_sub(1).is_some_and(|b| self.eq(b, "total")) {
            at = at.checked_sub(2)?;
            while self.one_of(at, &["a", "the"]) {
                at = at.checked_sub(1)?;
            }
        }
        let deed = at.checked_sub(1)?;
        if self.eq(at, "to") && self.is(deed, self.c.hurt) && q.unit == Some(Unit::People) {
            return Some((Outcome::Injured, By::Nominal, false));
        }
        // The funerals of two men, a funeral for four guards.
        let funeral = self.eq(at, "for") && self.one_of(deed, &["funeral", "funerals"]);
        if !self.eq(at, "of") && !funeral {
            return None;
        }
        let outcome = self.outcome(deed, self.c.deed)?;
        // The killing and wounding of 40: the first says what is counted first.
        let outcome = deed
            .checked_sub(2)
            .filter(|b| self.one_of(b + 1, &["and", "or"]))
            .and_then(|b| self.outcome(b, self.c.deed).or_else(|| self.outcome(b, self.c.doing)))
            .unwrap_or(outcome);
        // The bodies of 12 parties are no corpses.
        if q.unit == Some(Unit::Groups) && self.one_of(deed, &["bodies", "remains"]) {
            return None;
        }
        // Jobs and aircraft are lost too.
        if self.one_of(deed, &["loss", "losses"]) && q.unit != Some(Unit::People) {
            return None;
        }
        // Their fate is told, or is not.
        if self.one_of(deed, &["fate", "whereabouts"])
            && !(q.stop..q.stop + 6).any(|i| self.one_of(i, &["unknown", "unclear"]))
        {
            return None;
        }
        // Took the lives of, but not: changed the lives of.
        if self.one_of(deed, &["life", "lives"]) {
            let the = usize::from(deed > 0 && self.eq(deed - 1, "the"));
            let verb = deed.checked_sub(1 + the)?;
            if !self.is(verb, self.c.claim) {
                return None;
            }
        }
        self.fits(q, outcome).then_some((outcome, By::Nominal, false))
    }

    /// The death toll rose to 70, the number of wounded reached 30.
    fn by_toll(&self, q: &Found) -> Told {
        let mut before = q.start.checked_sub(1)?;
        // Has reached so far 33.
        if let Some(aside) = self.aside_to(before) {
            before = aside.checked_sub(1)?;
        }
        if !self.is(before, self.c.amount) {
            return None;
        }
        if q.unit.is_none() && q.noun.0 < q.noun.1 {
            return None;
        }
        let mut toll = None;
        // Bringing to 13 the number of its troops killed.
        if self.eq(before, "to") && self.eq(q.stop, "the") && self.is(q.stop + 1, self.c.toll) {
            toll = Some(q.stop + 1);
        }
        for back in 1..=16 {
            if toll.is_some() {
                break;
            }
            let Some(at) = q.start.checked_sub(back) else { break };
            if self.mark(at, b';') || self.mark(at, b'"') {
                break;
            }
            if self.is(at, self.c.toll) {
                toll = Some(at);
                break;
            }
        }
        // Put their own dead at 13.
        if self.eq(before, "at")
            && let Some(outcome) =
                before.checked_sub(1).and_then(|b| self.outcome(b, self.c.toll_of))
        {
            return Some((outcome, By::Toll, false));
        }
        let toll = toll?;
        // A total of 12: no toll.
        if self.eq(toll, "total") && self.eq(toll + 1, "of") && toll + 2 >= q.start {
            return None;
        }
        let around = |i: usize| self.outcome(i, self.c.toll_of);
        // Fatalities stood at 54, but not: deaths as 12 soldiers.
        if around(toll).is_some() && self.is(before, self.c.after_toll) {
            return None;
        }
        let near = around(toll).or_else(|| toll.checked_sub(1).and_then(around)).or_else(|| {
            let to = if toll < q.start { (toll + 8).min(q.start) } else { toll + 8 };
            (toll + 1..to).take_while(|i| !self.mark(*i, b',')).find_map(around)
        });
        // The number of fighters neutralised since May.
        let near = near.or_else(|| {
            (toll + 1..(toll + 8).min(q.start)).find_map(|i| {
                self.outcome(i, self.c.done).filter(|o| {
                    matches!(o, Outcome::Killed | Outcome::Displaced | Outcome::Evacuated)
                })
            })
        });
        // The number of people who died.
        let near = near.or_else(|| {
            let who = (toll + 2..(toll + 6).min(q.start)).find(|i| self.eq(*i, "who"))?;
            (who + 1..(who + 5).min(q.start))
                .find_map(|i| self.outcome(i, self.c.done).or_else(|| self.outcome(i, self.c.did)))
        });
        let outcome = match near {
            Some(o) => o,
            None if self.one_of(toll, &["toll", "losses"]) => Outcome::Killed,
            None => return None,
        };
        if self.eq(toll, "casualties") {
            return None;
        }
        Some((outcome, By::Toll, false))
    }

    /// The dead included four women; among the wounded were two nuns; three were among the dead.
    fn by_casualties(&self, q: &Found) -> Told {
        let named = |i: usize| {
            let toll = self.eq(i, "toll").then_some(Outcome::Killed);
            toll.or_else(|| self.outcome(i, self.c.toll_of))
        };
        // Before it: (among) the dead were, the dead included.
        let mut at = q.start.saturating_sub(1);
        if q.start > 1 && (self.is(at, self.c.include) || self.one_of(at, &["were", "are", "was"]))
        {
            let includes = self.is(at, self.c.include);
            at = at.checked_sub(1)?;
            // The dead terrorists.
            let noun = self.is(at, self.c.people) && at > 0 && named(at - 1).is_some();
            at -= usize::from(noun);
            let among = at
                .checked_sub(2)
                .is_some_and(|b| self.eq(b, "among") && self.one_of(b + 1, &["the", "those"]));
            if (among || includes)
                && let Some(outcome) = named(at)
            {
                return Some((outcome, By::Part, false));
            }
        }
        // Killed in the attack were 12 people.
        if q.start > 1 && self.one_of(q.start - 1, &["were", "was", "are"]) {
            let first = usize::from(self.one_of(0, &["also", "among"]));
            let plain = first + 1 < q.start
                && q.start < 10
                && (first + 1..q.start - 1).all(|i| {
                    self.kind(i) == Some(Kind::Word)
                        && !self.is(i, self.c.aux)
                        && !self.is_plural(i)
                });
            if let Some(outcome) = self.outcome(first, self.c.done).filter(|_| plain)
                && self.fits(q, outcome)
            {
                return Some((outcome, By::Passive, false));
            }
        }
        // Killed: 12 civilians.
        if q.start > 1
            && self.mark(q.start - 1, b':')
            && let Some(outcome) = self.given(q.start - 2)
            && (q.unit == Some(Unit::People) || q.noun.0 == q.noun.1)
        {
            return Some((outcome, By::Active, false));
        }
        // Casualties on both sides: 12 soldiers.
        if q.start > 1
            && self.mark(q.start - 1, b':')
            && q.unit == Some(Unit::People)
            && (q.start.saturating_sub(6)..q.start - 1)
                .any(|i| self.one_of(i, &["casualties", "losses"]))
        {
            return Some((Outcome::Killed, By::Active, false));
        }
        // Three children from one family were among those killed.
        let aux = (q.stop..q.stop + 8)
            .take_while(|i| self.kind(*i) == Some(Kind::Word) && !self.is(*i, self.c.verb))
            .find(|i| self.is(*i, self.c.aux))?;
        if self.eq(aux + 1, "among") && self.one_of(aux + 2, &["the", "those"]) {
            return named(aux + 3).map(|o| (o, By::Part, true));
        }
        None
    }
}
