//! Totals, their parts and lists.
//!
//! In: the quantities of a sentence with what happened to them. Out: the same, with what lists share,
//! and which are parts of a total.

use super::{By, Found, Outcome, Reader, Unit};
use crate::mentions::phrases::tokens::{CAPITAL, Kind};

impl Reader<'_, '_> {
    pub(super) fn listed(&self, found: &[Found], i: usize) -> bool {
        i > 0 && self.joined(&found[i - 1], &found[i])
    }

    /// Whether only list words stand between two quantities, or a short phrase and then `and`: 'two
    /// members of the council and 12 guards'.
    pub(super) fn joined(&self, a: &Found, b: &Found) -> bool {
        const LIST: [&str; 8] = ["and", "or", "plus", "as", "well", "along", "with", "another"];
        let between = a.stop..b.start;
        // Killed 60 militants, a spokesman for the army said.
        let says = || !self.is(b.stop, self.c.determiner) && self.attribution(b.start);
        if b.weak && says() {
            return false;
        }
        if between.is_empty() {
            // 3 women 2 children and 4 men: a list without its comma.
            let people = |q: &Found| q.unit == Some(Unit::People) && q.noun.1 > q.noun.0;
            return a.stop == b.start && people(a) && people(b);
        }
        if between.len() > 7 {
            return false;
        }
        let listed = |i: usize| {
            self.mark(i, b',')
                || self.taken[i]
                || self.one_of(i, &LIST)
                || self.one_of(i, &["his", "her", "their", "its"])
                || i > 0 && self.one_of(i - 1, &["his", "her"]) && self.is(i, self.c.person)
                // And a family of nine.
                || self.eq(b.start - 1, "of")
                    && i + 4 > b.start
                    && (self.is(i, self.c.party) || self.one_of(i, &["a", "of"]))
        };
        let addition = ["in", "addition", "to"];
        if between.clone().all(listed)
            || between.len() == 3 && (0..3).all(|i| self.eq(a.stop + i, addition[i]))
        {
            return true;
        }
        let plain = |i: usize| {
            self.kind(i) == Some(Kind::Word)
                && !self.verb_like(i)
                && !self.is(i, self.c.aux)
                && !self.is(i, self.c.done)
                && !self.is(i, self.c.did)
                && !self.is(i, self.c.doing)
                && !self.is_given(i)
        };
        self.one_of(a.stop, &["of", "from", "in", "known", "named", "called", "identified"])
            && self.eq(b.start - 1, "and")
            && (a.stop + 1..b.start - 1).all(|i| plain(i) || self.mark(i, b',') && i + 2 == b.start)
    }

    /// What a colon, dash or parenthesis adds to a total is its parts where the numbers add up:
    /// '25 were killed: 16 in Aleppo and nine in Homs'.
    pub(super) fn breakdown(&self, found: &mut [Found]) {
        for total in 0..found.len() {
            let q = &found[total];
            let told = matches!(q.unit, Some(Unit::People | Unit::Groups)) && !q.part;
            if !told || q.high != Some(q.value) || total + 2 >= found.len() {
                continue;
            }
            let begins = |at: usize| {
                self.mark(at, b':') || self.mark(at, b'(') || self.mark(at, b'-') && !self.tight(at)
            };
            let next = found[total + 1].start;
            let opens = found[total].stop <= next && (found[total].stop..next).any(begins);
            if !opens {
                continue;
            }
            let (mut sum, mut last) = (0.0, total);
            for (i, part) in found.iter().enumerate().skip(total + 1) {
                let fits = part.unit.is_none() && part.noun.0 == part.noun.1
                    || matches!(part.unit, Some(Unit::People | Unit::Groups));
                if !fits || sum >= found[total].value {
                    break;
                }
                sum += part.value;
                last = i;
            }
            if last < total + 2 || sum.total_cmp(&found[total].value).is_ne() {
                continue;
            }
            for part in &mut found[total + 1..=last] {
                part.part = true;
            }
        }
    }

    /// Places with their tolls, 'Aleppo: 12, Idlib: 7, Homs: 4 martyrs': the noun is said once.
    pub(super) fn table(&self, found: &mut [Found]) {
        let cell = |q: &Found| {
            q.start > 1
                && self.mark(q.start - 1, b':')
                && self.tokens[q.start - 2].has(CAPITAL)
                && matches!(q.unit, None | Some(Unit::People))
        };
        let told = found.iter().find(|q| cell(q) && q.outcome.is_some());
        let Some((outcome, rule)) = told.and_then(|q| Some((q.outcome?, q.rule))) else { return };
        for q in found.iter_mut().filter(|q| cell(q)) {
            if q.outcome.is_none() && q.noun.0 == q.noun.1 {
                (q.outcome, q.rule, q.unit) = (Some(outcome), rule, Some(Unit::People));
            }
        }
    }

    /// A total behind its parts: 'six children among 19 killed', 'three nuns and a monk were among nine
    /// people killed'.
    pub(super) fn among(&self, found: &mut [Found]) {
        for total in 1..found.len() {
            let all = &found[total];
            let (start, outcome) = (all.start, all.outcome);
            if outcome.is_none() || all.part {
                continue;
            }
            let among = start - 1 - usize::from(start > 1 && self.is_determiner(start - 1));
            if !self.eq(among, "among") {
                continue;
            }
            for i in (total.saturating_sub(8)..total).rev() {
                let q = &found[i];
                let near = if i + 1 == total {
                    q.stop < start
                        && (q.stop..among).all(|at| {
                            self.is(at, self.c.aux) || self.taken[at] || self.mark(at, b',')
                        })
                } else {
                    self.joined(q, &found[i + 1])
                };
                let people = matches!(q.unit, None | Some(Unit::People)) && !q.part;
                if !near || !people || q.outcome.is_some_and(|o| Some(o) != outcome) {
                    break;
                }
                let q = &mut found[i];
                (q.outcome, q.rule, q.unit) = (outcome, By::Part, Some(Unit::People));
                q.whole = Some(total);
            }
        }
    }

    /// What a number shares with the one before it by the word between them.
    pub(super) fn linked(&self, found: &mut [Found]) {
        for i in 1..found.len() {
            let q = &found[i];
            let bare = q.unit.is_none() && q.noun.0 == q.noun.1;
            let open = q.outcome.is_none() && (bare || q.unit == Some(Unit::People));
            let link = q.start - 1;
            if !open || !self.is(link, self.c.link) {
                continue;
            }
            let before = &found[i - 1];
            let people = matches!(before.unit, None | Some(Unit::People));
            // A Syrian officer killed with two guards.
            let along = usize::from(link > 0 && self.one_of(link - 1, &["along", "together"]));
            let together =
                self.eq(link, "with") && before.said_after && before.stop + 1 + along == link;
            // 84 killed, down from 117; 27 were killed against six.
            let compared = bare
                && people
                && !before.part
                && (self.eq(link, "against")
                    || self.eq(link, "from") && self.one_of(link - 1, &["down", "up"])
                    || self.one_of(link, &["to", "with"]) && self.eq(link - 1, "compared"));
            // 38 of the dead were evacuees and the other five were guards.
            let rest = bare
                && (before.part || before.of_the)
                && self.eq(link, "other")
                && self.eq(link - 1, "the");
            if before.outcome.is_some() && (together || compared || rest) {
                let Found { outcome, rule, part, of_the, .. } = *before;
                let q = &mut found[i];
                (q.outcome, q.unit) = (outcome, Some(Unit::People));
                q.rule = if rest { By::Part } else { rule };
                (q.part, q.of_the) = (rest && part, rest && of_the);
            }
        }
        // 18 soldiers died and the jihadists lost 26.
        for i in 1..found.len() {
            let q = &found[i];
            let bare = q.unit.is_none() && q.noun.0 == q.noun.1 && q.outcome.is_none();
            if bare
                && self.is(q.start - 1, self.c.lose)
                && (self.kind(q.stop) != Some(Kind::Word) || self.ends(q.stop))
                && (i.saturating_sub(8)..i).rev().find_map(|j| found[j].outcome)
                    == Some(Outcome::Killed)
            {
                let q = &mut found[i];
                (q.outcome, q.rule, q.unit) =
                    (Some(Outcome::Killed), By::Active, Some(Unit::People));
            }
        }
        // Monitors put the number at more than 3,800.
        for q in found {
            let bare = q.unit.is_none() && q.noun.0 == q.noun.1 && q.outcome.is_none();
            let Some(verb) = q.start.checked_sub(4).filter(|_| bare) else { continue };
            q.figure = self.is(verb + 2, self.c.toll)
                && self.one_of(verb, &["put", "puts", "putting", "gave", "gives"])
                && self.one_of(verb + 1, &["a", "the", "that"])
                && self.one_of(verb + 3, &["at", "as", "of"]);
        }
    }

    /// Marks parts: including 30 children, among them five women, six of them children.
    pub(super) fn part(&self, found: &mut [Found], i: usize) {
        // 27 were wounded, four critically.
        let severe = self.is(found[i].stop, self.c.severity)
            && found[i].noun.0 == found[i].noun.1
            && found[i].outcome.is_none()
            && i > 0;
        // Three children among them.
        let after = found[i].stop;
        let among = self.eq(after, "among") && self.one_of(after + 1, &["them", "those"]);
        // Killed in one of them: of raids.
        if found[i].of_them
            && found[i].weak
            && found[i].start > 0
            && self.one_of(found[i].start - 1, &["at", "by", "from", "in", "near", "on"])
        {
            found[i].of_them = false;
            return;
        }
        if found[i].of_them || severe || among && found[i].outcome.is_none() {
            found[i].part = true;
            return;
        }
        let start = found[i].start;
        for back in 1..=3 {
            let Some(at) = start.checked_sub(back) else { return };
            if self.is(at, self.c.include) {
                found[i].part = true;
                return;
            }
            if self.one_of(at, &["them", "whom", "which", "these"])
                && at.checked_sub(1).is_some_and(|b| self.one_of(b, &["among", "of"]))
            {
                let q = &mut found[i];
                q.part = true;
                // Of which 20 were civilians.
                let copula = self.is(q.stop, self.c.aux) && self.is(q.stop + 1, self.c.people);
                if copula && q.noun.0 == q.noun.1 {
                    q.noun = (q.stop + 1, q.stop + 2);
                    q.stop += 2;
                    q.unit = Some(Unit::People);
                }
                return;
            }
            let skip = self.is(at, self.c.adverb)
                || self.one_of(at, &["were", "was", "are", "the", "a", "there"])
                || self.mark(at, b',');
            if !skip {
                return;
            }
        }
    }

    /// A part of those who are not counted: 'several people were killed, including two children'.
    pub(super) fn part_of_some(&self, found: &mut [Found], i: usize) {
        let people = |q: &Found| matches!(q.unit, Some(Unit::People | Unit::Groups));
        let q = &found[i];
        if !q.part
            || q.of_them && i > 0
            || q.outcome.is_some()
            || !(people(q) || q.of_them)
            || found[i.saturating_sub(8)..i].iter().any(people)
        {
            return;
        }
        let verb = (q.start.saturating_sub(12)..q.start).rev().find_map(|at| {
            self.outcome(at, self.c.done)
                .or_else(|| self.outcome(at, self.c.did))
                .or_else(|| self.outcome(at, self.c.doing))
        });
        if let Some(outcome) = verb {
            let q = &mut found[i];
            (q.outcome, q.rule, q.unit) = (Some(outcome), By::Part, Some(Unit::People));
        }
    }

    /// Of the dead, 14 were women; of the 45 killed, 20 were children.
    pub(super) fn of_the_dead(&self, found: &mut [Found], i: usize) {
        if !self.eq(0, "of") || !self.one_of(1, &["the", "those"]) {
            return;
        }
        let mut given = if found[0].start == 2 && i > 0 { found[0].stop } else { 2 };
        // Of the 12 who were killed.
        let who = self.one_of(given, &["who", "that"]);
        if who {
            given += 1;
            while self.is(given, self.c.aux) || self.is(given, self.c.adverb) {
                given += 1;
            }
        }
        let q = &mut found[i];
        let open = q.outcome.is_none() && q.noun.0 == q.noun.1 && self.is(q.stop, self.c.aux);
        let Some(outcome) = self.given(given).filter(|_| who || self.is_given(given)) else {
            return;
        };
        if !open || !self.mark(given + 1, b',') {
            return;
        }
        q.outcome = Some(outcome);
        q.rule = By::Part;
        q.unit = Some(Unit::People);
        q.part = true;
        if self.is(q.stop + 1, self.c.people) {
            q.noun = (q.stop + 1, q.stop + 2);
            q.stop += 2;
        }
    }

    /// Gapped clauses share the verb: seven were killed in Aleppo, four in Idlib and two in Hama.
    /// Where no place stood before, they are parts: 87 people died, 40 in Aleppo.
    pub(super) fn gap(&self, found: &mut [Found], i: usize) {
        const PLACE: [&str; 4] = ["in", "at", "near", "on"];
        let Some(before) = i.checked_sub(1).map(|b| found[b].clone()) else { return };
        let q = &found[i];
        let others = q.noun.1 == q.noun.0 + 1 && self.eq(q.noun.0, "others");
        let bare = q.unit.is_none() && q.noun.0 == q.noun.1;
        let bare = (bare || others) && q.outcome.is_none() && !q.part;
        // 4 of them under torture, 3 by shelling.
        let parts = before.part && self.is(q.stop, self.c.prep) && before.noun.0 == before.noun.1;
        let told = parts || before.outcome.is_some() && before.unit == Some(Unit::People);
        // 14 had been killed by shelling, eight by snipers, five under torture.
        let means = self.one_of(q.stop, &["by", "under"]);
        let joins = q.start > 0
            && (self.mark(q.start - 1, b',') || self.one_of(q.start - 1, &["and", "another"])
                // Without its comma: 19 in Aleppo 14 in Damascus.
                || q.start < before.stop + 8
                    && (before.stop..q.start).any(|at| self.one_of(at, &PLACE)));
        let named = self.tokens.get(q.stop + 1).is_some_and(|t| t.has(CAPITAL))
            || self.one_of(q.stop + 1, &["the", "hospital"]);
        if !(bare && told && joins && (parts || means || named && self.one_of(q.stop, &PLACE))) {
            return;
        }
        let placed = (before.stop..q.start).any(|at| self.one_of(at, &PLACE));
        let q = &mut found[i];
        q.outcome = before.outcome;
        q.unit = Some(Unit::People);
        q.rule = before.rule;
        q.part = before.part || !placed && !means;
        q.of_the = means && before.of_the;
    }

    /// What quantity `i` is joined to: the one before, or the one before an aside on that one's parts: '14
    /// policemen, two of them critically, and four others'.
    fn before_in_list(&self, found: &[Found], i: usize) -> Option<usize> {
        let last = i.checked_sub(1)?;
        if self.joined(&found[last], &found[i]) {
            return Some(last);
        }
        let total = last.checked_sub(1)?;
        let (part, here) = (&found[last], &found[i]);
        let aside = part.of_them
            && self.mark(part.start - 1, b',')
            && !found[total].part
            && here.start - part.stop <= 5
            && self.eq(here.start - 1, "and")
            && (part.stop..here.start - 1).all(|at| {
                self.mark(at, b',') || self.is(at, self.c.adverb) || self.is(at, self.c.people)
            });
        aside.then_some(total)
    }

    /// Lists share what happens: 12 soldiers and five civilians were killed.
    pub(super) fn coordinate(&self, found: &mut [Found]) {
        // Forward: what an object's verb says, and being a part.
        for i in 1..found.len() {
            let Some(before) = self.before_in_list(found, i) else { continue };
            let (before, here) = (found[before].clone(), &mut found[i]);
            let people = |q: &Found| {
                matches!(q.unit, Some(Unit::People | Unit::Groups))
                    || q.noun.0 == q.noun.1 && q.unit.is_none()
            };
            // Including seven children and four women, were killed.
            let shared = here.outcome.is_none()
                || here.said_after && here.rule == By::Passive && before.rule == By::Passive;
            if before.part && shared && people(here) {
                here.part = true;
            }
            let name = here.unit.is_none()
                && here.noun.1 > here.noun.0
                && self.tokens[here.noun.1 - 1].has(CAPITAL);
            if name
                && before.unit == Some(Unit::People)
                && before.outcome.is_some()
                && !before.said_after
            {
                here.unit = Some(Unit::People);
            }
            let object = before.outcome.is_some()
                && !before.said_after
                && (!matches!(before.rule, By::Head | By::Left | By::Toll)
                    // A toll of 61 rebels and 38 soldiers.
                    || before.rule == By::Toll && before.noun.0 < before.noun.1);
            if object && here.outcome.is_none() && people(here) {
                here.outcome = before.outcome;
                here.rule = before.rule;
                if here.unit.is_none() {
                    here.unit = Some(Unit::People);
                }
            }
        }
        for i in (1..found.len()).rev() {
            if !self.joined(&found[i - 1], &found[i]) {
                continue;
            }
            let here = found[i].clone();
            let before = &mut found[i - 1];
            let people = matches!(before.unit, Some(Unit::People | Unit::Groups))
                || before.unit.is_none()
                    && before.noun.0 == before.noun.1
                    && self.one_of(before.stop, &["from", "in", "of"]);
            let out_of = before.start <= 2 && self.eq(0, "of");
            let verb = here.rule == By::Passive || here.noun.1 > here.noun.0;
            if here.said_after
                && !here.of_them
                && verb
                && before.outcome.is_none()
                && people
                && !out_of
            {
                before.outcome = here.outcome;
                before.rule = here.rule;
                before.said_after = true;
                before.unit = before.unit.or(Some(Unit::People));
            }
        }
    }
}
