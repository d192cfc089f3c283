//! Names that patterns find: resolutions, agreements, talks, bodies by their head word, places by
//! their kind word, persons by title or given name; and the roles of persons.
//!
//! In: a document's words and what the codebook found in them. Out: further candidates, roles of
//! persons found before, and entities for what has a number. Every pattern is a rule of
//! `src/data/names.toml`, whose examples are its tests. A pattern looks a bounded number of words
//! to the left and right of the word that sets it off: linear time.

mod first_words;

use super::codebook::Entity;
use super::lexicon::Class;
use super::tokens::{Gap, Shape, Token};
use super::{Document, EntityRef, Finder, Mention, MentionKind, Method};
use crate::text::Span;
use std::cell::OnceCell;
use std::sync::Arc;

/// The finder of names by pattern.
#[derive(Clone, Copy, Debug)]
pub struct Patterns;

/// No name and no role has more words; what is longer is no name.
const MOST_WORDS: usize = 12;

impl Finder for Patterns {
    fn id(&self) -> &'static str {
        "names"
    }

    fn find<'d>(&self, document: &Document<'_, 'd>, out: &mut Vec<Mention<'d>>) {
        let words = &document.tokens.words;
        let known = Known::new(words, out);
        let view = View { document, known: &known, candidates: out };
        let (mut resolutions, mut bodies, mut places) = (Vec::new(), Vec::new(), Vec::new());
        // Most sentences lack the words that set a pattern off.
        for sentence in &document.tokens.sentences {
            let range = sentence.range();
            if sentence.digits {
                view.resolutions(range.clone(), &mut resolutions);
                view.elections(range.clone(), &mut bodies);
            }
            view.heads(range.clone(), &mut bodies);
            if sentence.classes.has(first_words::TRIGGERS) {
                view.first_words(&range, &mut bodies);
            }
            if sentence.classes.has(Class::BESIDE) {
                view.beside(&range, &mut places);
            }
            if sentence.classes.has(Class::PLACE_NOUN) {
                view.places(range, &mut places);
            }
        }
        out.append(&mut resolutions);
        out.append(&mut bodies);
        out.append(&mut places);
        // Roles hold names of bodies, so those come first.
        let known = Known::new(words, out);
        let view = View { document, known: &known, candidates: out };
        let mut persons = Persons::default();
        let mut parts = Vec::new();
        for sentence in &document.tokens.sentences {
            if sentence.classes.has(Class::TITLE.or(Class::HONORIFIC)) {
                view.titles(sentence.range(), &mut persons);
            }
            if sentence.classes.has(Class::TITLE) {
                view.appositions(sentence.range(), &mut persons);
            }
            if sentence.classes.has(Class::GIVEN) {
                view.given_names(sentence.range(), &mut persons);
            }
        }
        view.parts_of_names(&mut parts, &mut persons);
        for number in parts {
            // Empty spans are dropped when candidates are settled.
            if let Some(mention) = out.get_mut(number) {
                mention.span.end = mention.span.start;
            }
        }
        for (number, role) in persons.roles {
            if let Some(mention) = out.get_mut(number).filter(|m| m.role.is_none()) {
                mention.role = Some(role);
            }
        }
        out.append(&mut persons.found);
    }
}

/// Persons that patterns found, and the roles of those that were known.
#[derive(Default)]
struct Persons<'d> {
    found: Vec<Mention<'d>>,
    roles: Vec<(usize, Span)>,
}

impl Persons<'_> {
    /// A person whose role stands behind the name, known from the title before it or not.
    fn apposed(&mut self, span: Span, role: Span) {
        if let Some(found) = self.found.iter_mut().rev().take(4).find(|m| m.span == span) {
            found.role = found.role.or(Some(role));
            return;
        }
        let mut mention =
            Mention::new(span, MentionKind::Person, Method::Pattern, "names:apposition");
        mention.role = Some(role);
        self.found.push(mention);
    }
}

/// The candidates so far by position: at each place the longest.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Span, kind, index of the candidate.
    pub(super) spans: Vec<(Span, MentionKind, usize)>,
    /// For each word the number in `spans` of what covers it, plus one.
    by_word: Vec<u32>,
}

impl Known {
    /// Orders candidates; one inside another is left out.
    pub(super) fn new(words: &[Token], candidates: &[Mention<'_>]) -> Self {
        let mut order: Vec<(u64, u64)> = (0_u64..)
            .zip(candidates)
            .map(|(i, m)| {
                let place = u64::from(m.span.start) << 32 | u64::from(u32::MAX - m.span.end);
                (place, (m.method as u64) << 56 | i)
            })
            .collect();
        order.sort_unstable();
        let mut known = Self { spans: Vec::with_capacity(order.len()), by_word: Vec::new() };
        known.by_word.resize(words.len(), 0);
        let (mut end, mut at) = (0, 0);
        for (_, key) in order {
            let number = usize::try_from(key & 0x00ff_ffff_ffff_ffff).unwrap_or(usize::MAX);
            let Some(mention) = candidates.get(number) else { continue };
            let span = mention.span;
            if span.end <= end {
                continue;
            }
            end = span.end;
            known.spans.push((span, mention.kind, number));
            let covering = u32::try_from(known.spans.len()).unwrap_or(0);
            while at < words.len() && words[at].start < span.start {
                at += 1;
            }
            for (word, cover) in words[at..].iter().zip(&mut known.by_word[at..]) {
                if word.start >= end {
                    break;
                }
                *cover = covering;
            }
        }
        known
    }

    /// The candidate that covers the first byte of word `at`.
    #[inline]
    pub(super) fn over(&self, at: usize) -> Option<(Span, MentionKind, usize)> {
        match self.by_word[at] {
            0 => None,
            number => Some(self.spans[number as usize - 1]),
        }
    }
}

/// A document with what is known of it.
#[derive(Clone, Copy)]
struct View<'v, 'a, 'd> {
    document: &'v Document<'a, 'd>,
    known: &'v Known,
    /// What `known` is made of.
    candidates: &'v [Mention<'d>],
}

/// Words of a name, first and one past the last.
type Words = std::ops::Range<usize>;

impl<'d> View<'_, '_, 'd> {
    fn words(&self) -> &[Token] {
        &self.document.tokens.words
    }

    fn text(&self, at: usize) -> &str {
        self.words()[at].span().of(self.document.input.text)
    }

    fn is_word(&self, at: usize, word: &str) -> bool {
        self.text(at).eq_ignore_ascii_case(word)
    }

    fn is_any(&self, at: usize, words: &[&str]) -> bool {
        words.iter().any(|w| self.is_word(at, w))
    }

    fn span(&self, words: Words) -> Span {
        Span { start: self.words()[words.start].start, end: self.words()[words.end - 1].end }
    }

    /// The candidate over a word.
    fn known(&self, at: usize) -> Option<(Span, MentionKind, usize)> {
        self.known.over(at)
    }

    /// One past the last word that begins before byte `end`, from word `at` on.
    fn word_after(&self, at: usize, end: u32) -> usize {
        let words = self.words();
        let mut next = at;
        while next < words.len() && words[next].start < end {
            next += 1;
        }
        next
    }

    fn is_headline(&self, range: Words) -> bool {
        self.document.headline(range)
    }

    /// Whether a capitalised name can run on from the word before into word `at`.
    fn runs_on(&self, at: usize, range: &Words) -> bool {
        if at >= range.end {
            return false;
        }
        let (before, word) = (&self.words()[at - 1], &self.words()[at]);
        let joined = word.gap.is_soft()
            || word.gap == Gap::Dot
                && before.end - before.start <= 3
                && (before.shape == Shape::Single
                    || before.is(Class::TITLE.or(Class::PARTICLE).or(Class::HONORIFIC)));
        joined && !before.possessive
    }

    /// The end of the capitalised run that begins with word `at`: capitals, articles between them.
    fn run(&self, at: usize, range: &Words) -> usize {
        let words = self.words();
        let mut end = at + 1;
        while end < range.end && end - at < MOST_WORDS && self.runs_on(end, range) {
            let word = &words[end];
            if word.is_capital()
                && !(word.is(Class::FUNCTION) && word.shape == Shape::Capital && !word.article)
                && !(word.is(Class::CALENDAR)
                    && !word.is(Class::GIVEN)
                    && word.shape == Shape::Capital)
                || word.article
            {
                end += 1;
            } else {
                break;
            }
        }
        while end > at + 1 && words[end - 1].article {
            end -= 1;
        }
        end
    }

    /// Whether a name can begin with word `at`.
    fn begins(&self, at: usize) -> bool {
        let word = &self.words()[at];
        let common = word.is(Class::FUNCTION.or(Class::CALENDAR)) && !word.is(Class::GIVEN);
        word.is_capital()
            && word.gap != Gap::Glued
            && (!common || word.shape == Shape::Upper || word.article)
    }

    // ---- resolutions -------------------------------------------------------------------------

    fn resolutions(&self, range: Words, out: &mut Vec<Mention<'d>>) {
        let mut at = range.start;
        while at < range.end {
            let word = &self.words()[at];
            if word.is(Class::RESOLUTION) {
                if let Some(next) = self.resolution(at, &range, out) {
                    at = next;
                    continue;
                }
            } else if word.shape == Shape::Single
                && matches!(self.text(at), "S" | "A")
                && let Some(next) = self.symbol(at, &range, out)
            {
                at = next;
                continue;
            }
            at += 1;
        }
    }

    /// 'UN Security Council resolutions 2254 (2015) and 2268' around the head word at `at`.
    fn resolution(&self, at: usize, range: &Words, out: &mut Vec<Mention<'d>>) -> Option<usize> {
        let words = self.words();
        let head = self.text(at);
        let short = head.len() <= 5;
        if short && words[at].shape != Shape::Upper && !head.eq_ignore_ascii_case("res") {
            return None;
        }
        // 'UNSC 2254' is one, 'UNSC Resolution 2254' is found at its second word.
        if matches!(head, "UNSC" | "UNGA")
            && words.get(at + 1).is_some_and(|w| w.is(Class::RESOLUTION))
        {
            return None;
        }
        let mut number = at + 1;
        while number < range.end
            && number < at + 3
            && self.is_any(number, &["no", "nos", "number", "numbers", "nr"])
        {
            number += 1;
        }
        if number >= range.end
            || words[number].shape != Shape::Digits
            || !(words[number].gap.is_soft() || words[number].gap == Gap::Dot)
        {
            return None;
        }
        let (start, body) = self.body(at, range)?;
        let assembly_alone = body == Body::Assembly;
        let mut start = Some(start);
        let mut found = false;
        let mut next = number;
        while let Some((digits, end, session)) = self.number(next, range) {
            let qualified = body != Body::Unsaid || words[at].shape == Shape::Upper;
            let year = (1990..=2035).contains(&digits);
            let assembly = assembly_alone || session.is_some();
            let plausible = match session {
                Some(_) => true,
                None if assembly => digits < 4000,
                None if !qualified => {
                    (100..3500).contains(&digits) && (!year || words[at].is_capital())
                }
                None => (1..3500).contains(&digits),
            };
            if !plausible {
                break;
            }
            let first = start.take().unwrap_or(next);
            out.push(self.numbered(self.span(first..end), assembly, digits, session));
            found = true;
            // Further numbers: ', 2258', 'and 2268', '& 2268'.
            let mut more = end;
            if more < range.end
                && words[more].is(Class::CONNECTOR)
                && self.is_any(more, &["and", "&"])
            {
                more += 1;
            } else if !(more < range.end && words[more].gap == Gap::Comma) {
                next = end;
                break;
            } else if self.is_any(more, &["and"]) {
                more += 1;
            }
            let fits = more < range.end
                && words[more].shape == Shape::Digits
                && matches!(words[more].gap, Gap::Blank | Gap::Comma)
                && self.words()[more].end - self.words()[more].start >= 3
                && !words.get(more + 1).is_some_and(|w| {
                    !head.ends_with('s')
                        && w.gap == Gap::Blank
                        && w.shape == Shape::Lower
                        && !w.is(Class::FUNCTION)
                });
            next = end;
            if !fits {
                break;
            }
            next = more;
        }
        found.then_some(next)
    }

    /// The number at word `at`: its digits, the end, and the session of an Assembly's number.
    fn number(&self, at: usize, range: &Words) -> Option<(u32, usize, Option<u32>)> {
        let words = self.words();
        let digits: u32 = self.text(at).parse().ok()?;
        let mut end = at + 1;
        let follows = |end: usize, gap: Gap| {
            end < range.end && words[end].gap == gap && words[end].shape == Shape::Digits
        };
        // 66/253 and 66/253 B of the Assembly.
        if follows(end, Gap::Slash) {
            let part: u32 = self.text(end).parse().ok()?;
            return Some((part, end + 1, Some(digits)));
        }
        if end < range.end && words[end].gap == Gap::Glued {
            return None;
        }
        // A year or session in brackets: 2254 (2015), 377 (V).
        let closed = |at: usize| {
            self.document.input.text.as_bytes().get(words[at].end as usize) == Some(&b')')
        };
        if end < range.end && words[end].gap == Gap::Open && closed(end) {
            let year = words[end].shape == Shape::Digits && words[end].end - words[end].start == 4;
            let roman = words[end].is_capital()
                && self.text(end).bytes().all(|b| matches!(b, b'I' | b'V' | b'X' | b'L'));
            if year || roman {
                end += 1;
            }
        }
        Some((digits, end, None))
    }

    /// Whose resolution it is, said before the head word at `at`, and where that begins.
    fn body(&self, at: usize, range: &Words) -> Option<(usize, Body)> {
        let mut start = at;
        let mut body = match self.text(at) {
            "SCR" | "UNSCR" | "UNSCRs" | "UNSC" => Body::Council,
            "UNGA" => Body::Assembly,
            _ => Body::Unsaid,
        };
        let joined = |start: usize| start > range.start && self.words()[start].gap.is_soft();
        let mut council = false;
        while joined(start) {
            let before = start - 1;
            if self.words()[before].possessive {
                // "The Security Council's resolution 2254": the name of the body stays outside.
                if self.is_any(before, &["council"]) {
                    body = Body::Council;
                } else if self.is_any(before, &["assembly"]) {
                    body = Body::Assembly;
                }
                break;
            }
            if !self.words()[before].is_capital() {
                break;
            }
            match () {
                () if self.is_any(before, &["UN", "UNSC"])
                    && self.words()[before].shape == Shape::Upper =>
                {
                    body = if body == Body::Assembly { body } else { Body::Council };
                }
                () if self.is_word(before, "UNGA") => body = Body::Assembly,
                () if self.is_word(before, "GA") => body = Body::Assembly,
                () if self.is_word(before, "Council") && !council => council = true,
                () if self.is_word(before, "Security") && council => body = Body::Council,
                () if self.is_word(before, "Assembly") && body == Body::Unsaid => {
                    body = Body::Assembly;
                }
                () if self.is_word(before, "General") && body == Body::Assembly => {}
                () if self.is_word(before, "Nations") => {
                    body = if body == Body::Assembly { body } else { Body::Council };
                }
                () if self.is_word(before, "United") => {}
                () if self.words()[before].is(Class::OTHER_BODY) => return None,
                () => break,
            }
            start = before;
        }
        if council && body == Body::Unsaid {
            return None;
        }
        Some((start, body))
    }

    /// 'S/RES/2254 (2015)', 'A/RES/66/253'.
    fn symbol(&self, at: usize, range: &Words, out: &mut Vec<Mention<'d>>) -> Option<usize> {
        let words = self.words();
        let slash = |at: usize| at < range.end && words[at].gap == Gap::Slash;
        if !slash(at + 1) || !self.is_word(at + 1, "RES") || !slash(at + 2) {
            return None;
        }
        let (digits, end, session) = self.number(at + 2, range)?;
        let assembly = self.text(at) == "A";
        let span = self.closed_span(at..end);
        out.push(self.numbered(span, assembly, digits, session));
        Some(end)
    }

    /// A span that takes in the bracket that closes its last word's.
    fn closed_span(&self, words: Words) -> Span {
        let open = self.words()[words.end - 1].gap == Gap::Open;
        let mut span = self.span(words);
        if open {
            span.end += 1;
        }
        span
    }

    fn numbered(
        &self,
        span: Span,
        assembly: bool,
        digits: u32,
        session: Option<u32>,
    ) -> Mention<'d> {
        let text = self.document.input.text;
        let mut span = span;
        // The bracket around a year belongs to the number.
        let inner = span.of(text);
        let closes = text.as_bytes().get(span.end as usize) == Some(&b')');
        if closes && inner.contains('(') && !inner.contains(')') {
            span.end += 1;
        }
        let number = match session {
            Some(session) => format!("{session}/{digits}"),
            None => digits.to_string(),
        };
        let (body, slug) = if assembly {
            ("UN General Assembly", "un-general-assembly")
        } else {
            ("UN Security Council", "un-security-council")
        };
        let id = format!("{slug}-resolution-{}", number.replace('/', "-"));
        let entity = match self.document.data.codebook.entity(&id) {
            Some(entity) => EntityRef::Listed(entity),
            None => EntityRef::Made(Arc::new(Entity {
                id,
                name: format!("{body} Resolution {number}"),
                kind: MentionKind::Agreement,
                side: Some("international".into()),
                source: "names:resolution".into(),
                ..Entity::default()
            })),
        };
        let mut mention =
            Mention::new(span, MentionKind::Agreement, Method::Pattern, "names:resolution");
        mention.entity = Some(entity);
        mention
    }

    // ---- names by their head word ------------------------------------------------------------

    fn heads(&self, range: Words, out: &mut Vec<Mention<'d>>) {
        let headline = OnceCell::new();
        let mut at = range.start;
        while at < range.end {
            if !self.begins(at) {
                at += 1;
                continue;
            }
            let mut end = self.run(at, &range);
            end = self.joined(at, end, &range);
            // A capitalised participle at the beginning of a sentence is no part of the name.
            let mut first = at;
            if at == range.start && end > at + 1 && self.known(at).is_none() {
                let word = self.text(at);
                if word.len() > 5 && (word.ends_with("ing") || word.ends_with("ly")) {
                    first += 1;
                }
            }
            self.head(first..end, &range, &headline, out);
            at = end;
        }
    }

    /// The end of a second run behind 'and' that belongs to the run `at..end`: 'the Fairmont State
    /// Community and Technical College'.
    ///
    /// The first run stands behind 'the', has no head word and nothing known in it; the second ends
    /// with the head word of one body.
    fn joined(&self, at: usize, end: usize, range: &Words) -> usize {
        let words = self.words();
        let second = end + 1;
        if at == range.start
            || second >= range.end
            || !self.is_any(end, &["and", "&"])
            || words[end].gap != Gap::Blank
            || words[second].gap != Gap::Blank
            || words[end - 1].possessive
            || !self.is_word(at - 1, "the")
            || !self.begins(second)
        {
            return end;
        }
        let heads = Class::ORG_HEAD.or(Class::ARMED_HEAD).or(Class::EVENT).or(Class::AGREEMENT);
        let whole = Class::TITLE.or(Class::GIVEN).or(Class::PLACE_HEAD).or(heads);
        let far = self.run(second, range);
        let plain = |i: usize| self.known(i).is_none() && !words[i].is(whole);
        let head = self.text(far - 1);
        if (at..end).all(plain)
            && far - second <= 4
            && (second..far - 1).all(|i| self.known(i).is_none())
            && words[far - 1].is(Class::ORG_HEAD)
            && !head.ends_with('s')
        {
            far
        } else {
            end
        }
    }

    /// The name by head word in the capitalised run `run`, if it has one.
    fn head(
        &self,
        run: Words,
        range: &Words,
        headline: &OnceCell<bool>,
        out: &mut Vec<Mention<'d>>,
    ) {
        let words = self.words();
        let heads = Class::ORG_HEAD
            .or(Class::ARMED_HEAD)
            .or(Class::AGREEMENT)
            .or(Class::EVENT)
            .or(Class::PLACE_HEAD);
        let whole_known = |words: &Words| {
            self.known(words.start)
                .is_some_and(|(span, _, _)| span.contains(self.span(words.clone())))
        };
        let last_head = run.clone().rev().find(|&i| words[i].is(heads));
        // 'Geneva III', 'Geneva 2': a place and the number of a round.
        if let Some(event) = self.round(run.clone(), range) {
            out.push(event);
        }
        let Some(head) = last_head else {
            self.lower_head(run, range, out);
            return;
        };
        if self.known(run.start).is_none()
            && *headline.get_or_init(|| self.is_headline(range.clone()))
        {
            return;
        }
        let mut start = run.start;
        // A person's title before a body: 'President Obama's', 'Minister Lavrov' have no head.
        while start < head && words[start].is(Class::HONORIFIC) {
            start += 1;
        }
        let mut end = head + 1;
        let mut tail = false;
        if words[head].is(Class::OF_HEAD) && end == run.end && !words[head].possessive {
            let longer = self.of_tail(end, range);
            tail = longer > end;
            end = longer;
        }
        start = self.numbered_from(start, range);
        let own = head - start;
        // 'al-Rahma Hospital'
        if start > range.start && words[start - 1].article && words[start].gap == Gap::Hyphen {
            start -= 1;
        }
        if own == 0 && !tail {
            return;
        }
        if own == 1 && !tail && words[start].is(Class::COMMON) {
            return;
        }
        // 'the Western Front' is where a war is fought.
        if own == 1 && self.is_any(head, &["front"]) && words[start].is(Class::DIRECTION) {
            return;
        }
        // Words that could head a sentence rather than a name: 'Government forces'.
        if own == 1
            && !tail
            && start == range.start
            && self.known(start).is_none()
            && words[start].is(Class::MODIFIER)
        {
            return;
        }
        let words_of = start..end;
        let kind = self.kind_of(head);
        let rule = match kind {
            MentionKind::Agreement => "names:agreement",
            MentionKind::Event => "names:event",
            MentionKind::Place => "names:place_head",
            MentionKind::ArmedGroup => "names:armed_head",
            _ => "names:org_head",
        };
        if kind == MentionKind::Event {
            end = self.event_tail(end, range);
        }
        if whole_known(&(start..end)) {
            return;
        }
        let mut mention = Mention::new(self.span(start..end), kind, Method::Pattern, rule);
        mention.entity = self.body_of_state(start..end, head);
        // 'Hama City' is the city.
        if kind == MentionKind::Place
            && end == head + 1
            && self.is_any(head, &["city", "town", "village"])
            && let Some((span, MentionKind::Place, number)) = self.known(start)
            && span == self.span(start..head)
        {
            mention.entity.clone_from(&self.candidates[number].entity);
        }
        // 'National Dialogue Conference in Sochi' is what the list calls by less.
        if kind == MentionKind::Event
            && let Some((span, MentionKind::Event, number)) = self.known(start)
            && span == self.span(words_of)
        {
            mention.entity.clone_from(&self.candidates[number].entity);
        }
        out.push(mention);
    }

    /// Where the number before a name begins: '101st Infantry Brigade', 'First Coastal Division'.
    fn numbered_from(&self, start: usize, range: &Words) -> usize {
        let words = self.words();
        if start < range.start + 1 || words[start].gap != Gap::Blank {
            return start;
        }
        let before = start - 1;
        if words[before].is(Class::ORDINAL) && words[before].is_capital() && before > range.start {
            return before;
        }
        if before > range.start
            && words[before].gap == Gap::Glued
            && words[before - 1].shape == Shape::Digits
            && self.is_any(before, &["st", "nd", "rd", "th"])
        {
            return before - 1;
        }
        start
    }

    /// A person's followers are no body: where 'forces' or 'regime' are written with a capital
    /// after a surname the surname alone is a mention, which other rules see to.
    fn kind_of(&self, head: usize) -> MentionKind {
        let word = &self.words()[head];
        if word.is(Class::ARMED_HEAD) {
            MentionKind::ArmedGroup
        } else if word.is(Class::AGREEMENT) {
            MentionKind::Agreement
        } else if word.is(Class::EVENT) {
            MentionKind::Event
        } else if word.is(Class::PLACE_HEAD) {
            MentionKind::Place
        } else {
            MentionKind::Organization
        }
    }

    /// Where ' of Foreign Affairs', ' for the Prohibition of Chemical Weapons' ends.
    fn of_tail(&self, from: usize, range: &Words) -> usize {
        let mut end = from;
        for _ in 0..3 {
            let mut at = end;
            if at >= range.end
                || self.words()[at].gap != Gap::Blank
                || !(self.is_any(at, &["of", "for", "on"])
                    || self.is_word(at, "to")
                        && self.is_any(from - 1, &["mission", "delegation", "embassy", "office"]))
            {
                break;
            }
            at += 1;
            if at < range.end && self.is_word(at, "the") && self.words()[at].shape == Shape::Lower {
                at += 1;
            }
            if at >= range.end || self.words()[at].gap != Gap::Blank || !self.begins(at) {
                break;
            }
            // 'the Party of the Left of Massimo Velkari' ends before the person.
            if self.words()[at].is(Class::GIVEN)
                || self.known(at).is_some_and(|k| k.1 == MentionKind::Person)
            {
                break;
            }
            end = self.run(at, range);
            if self.words()[end - 1].possessive {
                break;
            }
            // 'Foreign Affairs and Expatriates', but not 'of Syria and Russia'.
            if end < range.end && self.is_word(end, "and") && self.words()[end].gap == Gap::Blank {
                let mut more = end + 1;
                more += usize::from(more < range.end && self.is_word(more, "the"));
                if more < range.end
                    && self.words()[more].gap == Gap::Blank
                    && self.begins(more)
                    && self.known(at).is_none()
                    && self.known(more).is_none()
                {
                    let far = self.run(more, range);
                    let heads = Class::ORG_HEAD.or(Class::ARMED_HEAD).or(Class::TITLE);
                    if !(more..far).any(|i| self.words()[i].is(heads)) {
                        end = far;
                    }
                }
            }
        }
        end
    }

    /// ' in Sochi' behind the name of a conference.
    fn event_tail(&self, from: usize, range: &Words) -> usize {
        if from + 1 < range.end
            && self.is_any(from, &["in", "on", "at"])
            && self.words()[from].gap == Gap::Blank
            && self.words()[from + 1].gap == Gap::Blank
            && !self.words()[from - 1].possessive
            && let Some((span, MentionKind::Place, _)) = self.known(from + 1)
        {
            return self.word_after(from + 1, span.end);
        }
        from
    }

    /// A place and the number of a round: 'Geneva III', 'Geneva 2 talks'.
    fn round(&self, run: Words, range: &Words) -> Option<Mention<'d>> {
        let (span, kind, _) = self.known(run.start)?;
        if kind != MentionKind::Place {
            return None;
        }
        let at = self.word_after(run.start, span.end);
        if at >= range.end || !self.words()[at].gap.is_soft() || self.words()[at - 1].possessive {
            return None;
        }
        let roman = matches!(
            self.text(at),
            "I" | "II" | "III" | "IV" | "V" | "VI" | "VII" | "VIII" | "IX" | "X"
        );
        let event = at + 1 < range.end
            && self.words()[at + 1].is(Class::EVENT)
            && self.words()[at + 1].gap == Gap::Blank;
        let digits = self.words()[at].shape == Shape::Digits
            && self.words()[at].end - self.words()[at].start <= 2
            && event;
        // 'In Geneva I met him.'
        let roman = roman && (event || self.text(at) != "I");
        if !roman && !digits {
            return None;
        }
        let end = if event { at + 2 } else { at + 1 };
        Some(Mention::new(
            self.span(run.start..end),
            MentionKind::Event,
            Method::Pattern,
            "names:round",
        ))
    }

    /// A place and a lower-case head: 'Astana talks', 'Vienna accords', with the round before it.
    fn lower_head(&self, run: Words, range: &Words, out: &mut Vec<Mention<'d>>) {
        let words = self.words();
        let end = run.end;
        if end >= range.end || words[end - 1].possessive || words[end].gap != Gap::Blank {
            return;
        }
        let mut start = end - 1;
        let Some((span, kind, _)) = self.known(start) else { return };
        while start > range.start && words[start].start > span.start {
            start -= 1;
        }
        if kind != MentionKind::Place || words[start].start != span.start {
            return;
        }
        let mut head = end;
        if self.is_any(head, &["peace", "donor", "donors"])
            && head + 1 < range.end
            && words[head + 1].gap == Gap::Blank
        {
            head += 1;
        }
        let kind = if words[head].is(Class::EVENT)
            && !self.is_any(
                head,
                &[
                    "war",
                    "wars",
                    "round",
                    "rounds",
                    "massacre",
                    "revolution",
                    "uprising",
                    "offensive",
                    "referendum",
                    "congress",
                ],
            ) {
            MentionKind::Event
        } else if words[head].is(Class::AGREEMENT)
            && !self.is_any(
                head,
                &[
                    "plan",
                    "statement",
                    "peace",
                    "settlement",
                    "constitution",
                    "act",
                    "charter",
                    "roadmap",
                ],
            )
        {
            MentionKind::Agreement
        } else {
            return;
        };
        let mut first = start;
        // 'the sixth round of the Astana talks'
        if kind == MentionKind::Event
            && start >= range.start + 4
            && self.is_word(start - 1, "the")
            && self.is_word(start - 2, "of")
            && self.is_any(start - 3, &["round", "session"])
            && (words[start - 4].is(Class::ORDINAL)
                && !self.is_any(start - 4, &["last", "next", "new", "latest", "previous", "final"]))
        {
            first = start - 4;
        }
        let rule =
            if kind == MentionKind::Event { "names:venue_event" } else { "names:venue_agreement" };
        let mut mention = Mention::new(self.span(first..head + 1), kind, Method::Pattern, rule);
        mention.entity = self.lookup_one(self.span(start..head + 1), kind);
        out.push(mention);
    }

    /// The one codebook entity of `kind` that the words can mean.
    fn lookup_one(&self, span: Span, kind: MentionKind) -> Option<EntityRef<'d>> {
        let data = self.document.data;
        let found = data.codebook.lookup(span.of(self.document.input.text), &data.lexicon);
        found.into_iter().find(|e| e.kind == kind).map(EntityRef::Listed)
    }

    /// Ministries, armies and parliaments of a state: one entity however they are called.
    fn body_of_state(&self, words: Words, head: usize) -> Option<EntityRef<'d>> {
        if !self.is_any(head, &["ministry", "parliament", "army", "government", "navy", "forces"]) {
            return None;
        }
        let state = self.state_before(words.start).or_else(|| self.known_state(words.start))?;
        let first = if self.known_state(words.start).is_some() {
            self.word_after(words.start, self.known(words.start)?.0.end)
        } else {
            words.start
        };
        let mut parts: Vec<String> = Vec::new();
        for at in first..words.end {
            let part = self.text(at).to_lowercase().replace("defence", "defense");
            if at == head || matches!(part.as_str(), "of" | "the") {
                continue;
            }
            if at > head && self.known(at).is_some() {
                break;
            }
            parts.push(part);
        }
        let mut rest = parts.join("-");
        if rest == "foreign-affairs" {
            rest = "foreign".into();
        }
        let head = self.text(head).to_lowercase();
        let tail = if rest.is_empty() { head } else { format!("{rest}-{head}") };
        if !tail.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') {
            return None;
        }
        let id = format!("{}-{tail}", state.id);
        if let Some(entity) = self.document.data.codebook.entity(&id) {
            return Some(EntityRef::Listed(entity));
        }
        let title = |slug: &str| {
            let mut out = String::new();
            for word in slug.split('-') {
                let mut chars = word.chars();
                if let Some(c) = chars.next() {
                    out.push(' ');
                    out.extend(c.to_uppercase());
                    out.push_str(chars.as_str());
                }
            }
            out
        };
        let adjective = state.demonyms.first().unwrap_or(&state.name);
        Some(EntityRef::Made(Arc::new(Entity {
            name: format!("{adjective}{}", title(&tail)),
            id,
            kind: if matches!(tail.rsplit('-').next(), Some("army" | "navy" | "forces")) {
                MentionKind::ArmedGroup
            } else {
                MentionKind::Organization
            },
            side: state.side.clone(),
            country: state.country.clone(),
            source: "names:state_body".into(),
            ..Entity::default()
        })))
    }

    /// The state that word `at` names, or whose people it names.
    fn known_state(&self, at: usize) -> Option<&'d Entity> {
        let (_, _, number) = self.known(at)?;
        match &self.candidates[number].entity {
            Some(EntityRef::Listed(entity)) if entity.kind == MentionKind::State => Some(entity),
            _ => None,
        }
    }

    /// The state whose name stands before word `at` with a possessive: "Russia's Defense Ministry".
    fn state_before(&self, at: usize) -> Option<&'d Entity> {
        let before = at.checked_sub(1)?;
        if !self.words()[before].possessive || self.words()[at].gap != Gap::Blank {
            return None;
        }
        self.known_state(before)
    }

    // ---- places ------------------------------------------------------------------------------

    /// Names after 'the city of', 'the village of': places whatever they are, unless listed.
    ///
    /// Also names before one: 'the Velkat district'.
    fn places(&self, range: Words, out: &mut Vec<Mention<'d>>) {
        self.places_before_noun(&range, out);
        for at in range.clone() {
            let words = self.words();
            if !words[at].is(Class::PLACE_NOUN) || words[at].is_capital() {
                continue;
            }
            let mut name = at + 1;
            if name < range.end && self.is_word(name, "of") {
                name += 1;
            }
            if name < range.end && self.is_word(name, "the") {
                continue;
            }
            if name < range.end && words[name].article && words[name].shape == Shape::Lower {
                name += 1;
            }
            if name >= range.end
                || !self.begins(name)
                || words[name].gap != Gap::Blank && !words[name - 1].article
                || name == at + 1 && !self.is_any(at, &["city", "town", "village", "district"])
            {
                continue;
            }
            let end = self.run(name, &range);
            if end - name > 4 || self.known(name).is_some() {
                continue;
            }
            let first = if words[name - 1].article { name - 1 } else { name };
            out.push(Mention::new(
                self.span(first..end),
                MentionKind::Place,
                Method::Context,
                "names:place_noun",
            ));
        }
    }

    fn places_before_noun(&self, range: &Words, out: &mut Vec<Mention<'d>>) {
        let words = self.words();
        for at in range.start + 2..range.end {
            if !words[at].is(Class::PLACE_NOUN)
                || words[at].shape != Shape::Lower
                || words[at].gap != Gap::Blank
                || words[at - 1].shape != Shape::Capital
                || words[at - 1].possessive
                || !self.is_any(
                    at,
                    &[
                        "district",
                        "enclave",
                        "neighborhood",
                        "neighbourhood",
                        "suburb",
                        "town",
                        "village",
                    ],
                )
            {
                continue;
            }
            let mut start = at - 1;
            while start > range.start
                && at - start < 4
                && words[start].gap.is_soft()
                && !words[start - 1].possessive
                && (words[start - 1].shape == Shape::Capital || words[start - 1].article)
                && self.begins(start - 1)
            {
                start -= 1;
            }
            let adjective = |i: usize| {
                let word = self.text(i);
                words[i].is(Class::COMMON
                    .or(Class::FUNCTION)
                    .or(Class::DIRECTION)
                    .or(Class::MODIFIER)
                    .or(Class::TITLE))
                    || ["ish", "ite", "ist", "ian", "ese", "ern"]
                        .iter()
                        .any(|end| word.ends_with(end))
            };
            let led = start > range.start
                && words[start].gap == Gap::Blank
                && (self.is_word(start - 1, "the") || words[start - 1].possessive);
            if led
                && (start..at).all(|i| self.known(i).is_none())
                && !adjective(at - 1)
                && !adjective(start)
            {
                out.push(Mention::new(
                    self.span(start..at),
                    MentionKind::Place,
                    Method::Context,
                    "names:place_before_noun",
                ));
            }
        }
    }

    /// '2015 Ivorian presidential election': a year, a name and an election.
    fn elections(&self, range: Words, out: &mut Vec<Mention<'d>>) {
        let words = self.words();
        for at in range.clone() {
            if words[at].shape != Shape::Digits
                || words[at].end - words[at].start != 4
                || words[at].gap == Gap::Glued
                || at + 1 >= range.end
                || words[at + 1].gap != Gap::Blank
                || !words[at + 1].is_capital()
            {
                continue;
            }
            let Some((span, _, _)) = self.known(at + 1) else { continue };
            let mut end = self.word_after(at + 1, span.end);
            let most = (end + 4).min(range.end);
            while end < most
                && words[end].gap == Gap::Blank
                && !words[end - 1].possessive
                && !words[end].is(Class::FUNCTION)
            {
                end += 1;
                if self.is_any(end - 1, &["election", "elections", "primaries", "referendum"]) {
                    out.push(Mention::new(
                        self.span(at..end),
                        MentionKind::Event,
                        Method::Pattern,
                        "names:election",
                    ));
                    break;
                }
            }
        }
    }

    /// Listed places and surnames that are part of an unlisted longer name: 'Boston Red Sox', 'Isabel
    /// Allende'. The numbers of their candidates go to `parts`; a surname behind another first name
    /// is another person.
    ///
    /// The neighbour must be a capitalised word of no list in running text, not the first word of
    /// the sentence.
    fn parts_of_names(&self, parts: &mut Vec<usize>, persons: &mut Persons<'d>) {
        let words = self.words();
        let sentences = &self.document.tokens.sentences;
        let (mut sentence, mut first) = (0, 0);
        for &(span, kind, number) in &self.known.spans {
            if !matches!(kind, MentionKind::Place | MentionKind::State | MentionKind::Person)
                || self.candidates[number].method != Method::Codebook
            {
                continue;
            }
            while first < words.len() && words[first].start < span.start {
                first += 1;
            }
            let last = self.word_after(first, span.end);
            while sentence < sentences.len() && sentences[sentence].range().end <= first {
                sentence += 1;
            }
            let Some(range) = sentences.get(sentence).map(super::tokens::Sentence::range) else {
                return;
            };
            if last <= first || !words[first..last].iter().any(|w| w.shape == Shape::Capital) {
                continue;
            }
            let other = |at: usize| {
                words[at].shape == Shape::Capital
                    && words[at].class == Class::NONE
                    && self.known(at).is_none()
            };
            let follows = last < range.end
                && words[last].gap == Gap::Blank
                && !words[last - 1].possessive
                && other(last);
            let given = |at: usize| {
                words[at].is(Class::GIVEN)
                    && words[at].shape == Shape::Capital
                    && self.known(at).is_none()
            };
            let led = first > range.start
                && words[first].gap == Gap::Blank
                && !words[first - 1].possessive
                && (given(first - 1)
                    || other(first - 1)
                        && first - 1 > range.start
                        && matches!(words[first - 1].gap, Gap::Blank | Gap::Comma));
            if !(led || follows && kind != MentionKind::Person) || self.is_headline(range.clone()) {
                continue;
            }
            // 'Jordan Peterson'
            if kind != MentionKind::Person
                && follows
                && last == first + 1
                && words[first].is(Class::GIVEN)
            {
                persons.found.push(Mention::new(
                    Span { start: span.start, end: words[last].end },
                    MentionKind::Person,
                    Method::Pattern,
                    "names:given_name",
                ));
            }
            if kind == MentionKind::Person {
                // 'de Mistura' has his own first name before him.
                if last - first > 1 {
                    continue;
                }
                let span = Span { start: words[first - 1].start, end: span.end };
                persons.found.push(Mention::new(
                    span,
                    MentionKind::Person,
                    Method::Pattern,
                    "names:other_surname",
                ));
            }
            parts.push(number);
        }
    }

    // ---- persons -----------------------------------------------------------------------------

    /// The end of the personal name that begins with word `at`; `at` where none does.
    fn name(&self, at: usize, range: &Words) -> usize {
        let words = self.words();
        if at >= range.end {
            return at;
        }
        let heads = Class::ORG_HEAD
            .or(Class::ARMED_HEAD)
            .or(Class::AGREEMENT)
            .or(Class::EVENT)
            .or(Class::THING);
        let mut end = at;
        let mut capitals = 0;
        while end < range.end && end - at < 7 {
            let word = &words[end];
            if end > at && !self.runs_on(end, range) {
                break;
            }
            if end > at && word.gap == Gap::Glued {
                break;
            }
            let particle = word.article || word.is(Class::PARTICLE);
            if end > at
                && self.known(end).is_some_and(|(span, kind, _)| {
                    kind == MentionKind::Person && span.start == word.start
                })
            {
                return at;
            }
            // "Iran's Supreme Leader" names nobody.
            if end == at
                && word.is(Class::MODIFIER)
                && !word.is(Class::GIVEN)
                && words
                    .get(end + 1)
                    .is_some_and(|w| w.gap.is_soft() && w.is(Class::TITLE.or(Class::MODIFIER)))
            {
                return at;
            }
            if word.is_capital() {
                let lexical =
                    Class::FUNCTION.or(Class::CALENDAR).or(Class::TITLE).or(Class::HONORIFIC);
                if word.is(lexical)
                    && !word.is(Class::GIVEN)
                    && !particle
                    && word.shape != Shape::Single
                    || word.is(heads) && capitals == 0
                {
                    break;
                }
                if word.is(heads) {
                    // 'Kofi Annan Foundation' is no person.
                    return at;
                }
                if word.shape == Shape::Upper
                    && word.end - word.start <= 5
                    && !self.is_roman(end)
                    && !self.in_capitals(range)
                {
                    break;
                }
                capitals += 1;
            } else if !particle {
                break;
            }
            end += 1;
        }
        while end > at && !words[end - 1].is_capital() {
            end -= 1;
        }
        if capitals == 0 { at } else { end }
    }

    /// Whether the sentence that begins with word `range.start` is written in capitals.
    fn in_capitals(&self, range: &Words) -> bool {
        let sentences = &self.document.tokens.sentences;
        let at = sentences.partition_point(|s| s.last as usize <= range.start);
        sentences.get(at).is_some_and(|s| s.all_caps)
    }

    fn is_roman(&self, at: usize) -> bool {
        self.text(at).bytes().all(|b| matches!(b, b'I' | b'V' | b'X'))
    }

    /// Whether word `at` is one of a title, taking in what only belongs to one.
    fn is_title(&self, at: usize) -> bool {
        self.words()[at].is(Class::TITLE)
    }

    /// Persons after a title: 'Russian Foreign Minister Sergei Lavrov'.
    fn titles(&self, range: Words, out: &mut Persons<'d>) {
        let mut at = range.start;
        while at < range.end {
            let word = &self.words()[at];
            if !word.is(Class::TITLE.or(Class::HONORIFIC))
                || word.possessive
                || self.is_hour(at, &range)
            {
                at += 1;
                continue;
            }
            let mut next = at + 1;
            // 'Secretary of State', 'Minister for Foreign Affairs', 'President of Russia'
            let portfolio = self.portfolio(next, &range);
            if portfolio > next {
                next = portfolio;
            }
            if next >= range.end {
                break;
            }
            if self.words()[next].is(Class::TITLE) && next == at + 1 {
                at += 1;
                continue;
            }
            // 'former Prime Minister and Ba'athist Riad Hijab'
            let mut name = next;
            if self.is_word(next, "and")
                && next + 2 < range.end
                && self.words()[next + 1].is_capital()
                && self.text(next + 1).ends_with("ist")
            {
                name = next + 2;
            }
            let gap = self.words()[name].gap;
            let abbreviation = word.end - word.start <= 4 && next == at + 1;
            let apposed = gap == Gap::Comma;
            if gap == Gap::Blank || gap == Gap::Dot && abbreviation || apposed {
                self.titled(at, name, apposed, &range, out);
            }
            at += 1;
        }
    }

    /// Whether the word is that of an hour, '5 pm', and no title.
    fn is_hour(&self, at: usize, range: &Words) -> bool {
        let hour = at > range.start && self.words()[at - 1].shape == Shape::Digits;
        self.is_word(at, "pm") && (hour || self.words()[at].shape != Shape::Upper)
    }

    /// Where ' of State', ' of the Secretary-General for Syria', '-designate' after a title ends.
    fn portfolio(&self, from: usize, range: &Words) -> usize {
        let words = self.words();
        let mut from = from;
        if from < range.end
            && words[from].gap == Gap::Hyphen
            && self.is_any(from, &["designate", "elect", "general"])
        {
            from += 1;
        }
        for _ in 0..3 {
            if from + 1 >= range.end
                || words[from].gap != Gap::Blank
                || !self.is_any(from, &["of", "for", "to", "on", "in"])
            {
                return from;
            }
            let mut at = from + 1;
            if self.is_word(at, "the") {
                at += 1;
            }
            let start = at;
            while at < range.end
                && at - start < 6
                && matches!(words[at].gap, Gap::Blank | Gap::Hyphen)
            {
                if let Some((span, kind, _)) = self.known(at)
                    && kind != MentionKind::Person
                {
                    at = self.word_after(at, span.end).max(at + 1);
                    break;
                }
                let portfolio = words[at].is(Class::MODIFIER)
                    || words[at].is(Class::OF_HEAD) && words[at].is_capital()
                    || words[at].is(Class::TITLE) && words[at].gap == Gap::Hyphen;
                let and = self.is_any(at, &["and"])
                    && words.get(at + 1).is_some_and(|w| w.is(Class::MODIFIER));
                if !portfolio && !and {
                    break;
                }
                at += 1;
            }
            if at == start {
                return from;
            }
            from = at;
        }
        from
    }

    /// The name at `name` after the title at `title`, with its role.
    fn titled(
        &self,
        title: usize,
        name: usize,
        apposed: bool,
        range: &Words,
        out: &mut Persons<'d>,
    ) {
        let words = self.words();
        let mut name = name;
        // 'Dr. Bashar', 'Gen. Dr.': forms of address between.
        while name < range.end && words[name].is(Class::HONORIFIC) && words[name].is_capital() {
            name += 1;
        }
        if name >= range.end {
            return;
        }
        let honorific = !words[title].is(Class::TITLE);
        // 'with representatives of the ministry, Karim said' is no apposition.
        let plural = self.text(title).len() > 5 && self.text(title).ends_with('s');
        if apposed && (plural || self.trails(title, range)) {
            return;
        }
        let role = (!honorific).then(|| self.role_before(title, name, range));
        let starts = if words[name].article { name + 1 } else { name };
        if let Some((span, kind, number)) = self.known.over(starts.min(range.end - 1))
            && (span.start >= words[name].start)
        {
            if kind == MentionKind::Person {
                if apposed && !self.opens(role, self.word_after(name, span.end), range) {
                    return;
                }
                // A longer name than the listed one is another's: 'President Assad Khan'.
                if let Some(role) = role {
                    out.roles.push((number, role));
                }
                return;
            }
            let end = self.name(name, range);
            let longer = end > name && self.span(name..end).end > span.end && end - name <= 4;
            if !longer || apposed || kind == MentionKind::Demonym {
                return;
            }
        }
        let end = self.name(name, range);
        let len = end - name;
        if len == 0 || apposed && len < 2 || len > 6 {
            return;
        }
        if len == 1 {
            // 'the travel agent I chose', 'New Scientist Space'
            let part = title > range.start
                && words[title].is_capital()
                && words[title].gap == Gap::Blank
                && words[title - 1].is_capital()
                && !words[title - 1].possessive
                && !words[title - 1]
                    .is(Class::TITLE.or(Class::MODIFIER).or(Class::ORG_HEAD).or(Class::FUNCTION))
                && self.known(title - 1).is_none();
            if part
                || words[name].shape == Shape::Single
                || words[name].end - words[name].start < 3 && gapless(words, name)
            {
                return;
            }
        }
        // 'Security Council President Russia', 'leader Monday': lower-case titles need two words
        // or a word that is nothing else.
        if apposed && (!self.closes(end, range) || !self.opens(role, end, range)) {
            return;
        }
        let mut mention = Mention::new(
            self.span(name..end),
            MentionKind::Person,
            Method::Pattern,
            if honorific { "names:honorific" } else { "names:title" },
        );
        mention.role = role;
        out.found.push(mention);
    }

    /// Whether a role, a comma and a name that ends before word `end` are an apposition: the role
    /// begins the clause, 'The UN envoy, A B said', or a comma follows the name.
    ///
    /// In 'after a meeting with the foreign minister, A B said' it is not A B's.
    fn opens(&self, role: Option<Span>, end: usize, range: &Words) -> bool {
        let words = self.words();
        if end >= range.end || words[end].gap == Gap::Comma {
            return true;
        }
        let Some(role) = role else { return false };
        let mut start = words.partition_point(|w| w.start < role.start);
        if start > range.start && self.is_any(start - 1, &["the", "a", "an"]) {
            start -= 1;
        }
        start <= range.start
            || words[start].gap != Gap::Blank
            || self.is_any(start - 1, &["and", "but", "while", "as", "that", "when", "by"])
    }

    /// Whether the title at `title` stands behind another person's name and a comma: 'A, chairman
    /// of B, C' says A's office.
    fn trails(&self, title: usize, range: &Words) -> bool {
        let words = self.words();
        let mut at = title;
        while at > range.start && title - at < MOST_WORDS {
            if self.is_word(at, "and") {
                return false;
            }
            if words[at].gap == Gap::Comma {
                return self.known(at - 1).is_some_and(|k| k.1 == MentionKind::Person)
                    || words[at - 1].is_capital() && !words[at - 1].is(Class::CALENDAR);
            }
            if !matches!(words[at].gap, Gap::Blank | Gap::Hyphen | Gap::Slash) {
                return false;
            }
            at -= 1;
        }
        false
    }

    /// Whether an apposition ends before word `at`: a comma, the end, or a lower-case word.
    fn closes(&self, at: usize, range: &Words) -> bool {
        at >= range.end || self.words()[at].gap != Gap::Blank || !self.words()[at].is_capital()
    }

    /// The role that ends with the title at `title` and stands before the name at `name`.
    fn role_before(&self, title: usize, name: usize, range: &Words) -> Span {
        let words = self.words();
        let mut start = title;
        while start > range.start && title - start < MOST_WORDS {
            let (word, before) = (&words[start], start - 1);
            let joined = match word.gap {
                Gap::Blank | Gap::Hyphen => true,
                Gap::Slash => self.is_title(before),
                Gap::Dot => {
                    words[before].end - words[before].start <= 3
                        || words[before].is(Class::TITLE.or(Class::HONORIFIC))
                            && words[before].end - words[before].start <= 5
                }
                _ => false,
            };
            if !joined {
                break;
            }
            // Names of states and bodies: 'Hezbollah secretary general', "Syria's UN envoy".
            if let Some((span, kind, _)) = self.known(before)
                && kind != MentionKind::Person
                && !words[before].is(Class::MODIFIER)
            {
                let mut first = before;
                while first > range.start && words[first].start > span.start {
                    first -= 1;
                }
                start = first;
                continue;
            }
            if words[before].possessive {
                break;
            }
            // 'Saudi-led coalition spokesman'
            if before > range.start
                && words[before].gap == Gap::Hyphen
                && words[before].shape == Shape::Lower
                && let Some((span, kind, _)) = self.known(before - 1)
                && kind != MentionKind::Person
            {
                let mut first = before - 1;
                while first > range.start && words[first].start > span.start {
                    first -= 1;
                }
                start = first;
                continue;
            }
            let part = words[before].is(Class::TITLE.or(Class::MODIFIER))
                || words[before].is_capital() && words[before].is(Class::ORG_HEAD)
                || self.is_word(before, "of")
                    && before > range.start
                    && words[before - 1].is(Class::TITLE)
                || self.is_word(before, "and")
                    && before > range.start
                    && (words[before - 1].is(Class::TITLE)
                        || words[before - 1].is(Class::MODIFIER));
            if !part {
                break;
            }
            start = before;
        }
        // No role begins with a connector.
        while start < title && words[start].is(Class::CONNECTOR) {
            start += 1;
        }
        let mut end = name;
        // What stands between title and name belongs to the role, forms of address do not.
        while end > title + 1
            && words[end - 1].is(Class::HONORIFIC)
            && !words[end - 1].is(Class::TITLE)
        {
            end -= 1;
        }
        let mut span = self.span(start..end);
        // 'Lt. Gen.' ends with its full stop.
        if end == name && words[name].gap == Gap::Dot {
            span.end += 1;
        }
        span
    }

    /// Roles after the name: 'Hassan Nasrallah, Hezbollah secretary general,'.
    fn appositions(&self, range: Words, out: &mut Persons<'d>) {
        let words = self.words();
        let mut at = range.start;
        while at < range.end {
            if !self.begins(at) {
                at += 1;
                continue;
            }
            let known = self.known(at);
            let end = match known {
                Some((span, _, _)) => self.word_after(at, span.end).max(at + 1),
                None => self.name(at, &range).max(at + 1),
            };
            let person = known.is_some_and(|(_, kind, _)| kind == MentionKind::Person);
            let candidate = person || known.is_none() && end - at >= 2 && end - at <= 5;
            if candidate
                && end < range.end
                && words[end].gap == Gap::Comma
                && !words[end - 1].possessive
                && let Some(role) = self.role_after(end, &range)
            {
                if let Some((_, _, number)) = known {
                    out.roles.push((number, role));
                } else {
                    out.apposed(self.span(at..end), role);
                }
            }
            at = end;
        }
    }

    /// The role that begins with word `from`, after the comma behind a name.
    fn role_after(&self, from: usize, range: &Words) -> Option<Span> {
        let words = self.words();
        let mut at = from;
        if self.is_any(at, &["the", "a", "an", "its", "their", "his"]) {
            at += 1;
        }
        // 'the Doha-based leader of the party'
        if let Some((span, _, _)) = self.known(at.min(range.end - 1)) {
            let after = self.word_after(at, span.end);
            if after + 1 < range.end
                && words[after].gap == Gap::Hyphen
                && self.is_word(after, "based")
            {
                at = after + 1;
            }
        }
        let start = at;
        // Up to the title: modifiers, names of states and bodies.
        let ends = |at: usize| self.is_title(at) && !self.title_runs_on(at, range);
        while at < range.end && at - start < 8 && !ends(at) {
            if at > start && !matches!(words[at].gap, Gap::Blank | Gap::Hyphen | Gap::Slash) {
                return None;
            }
            if let Some((span, kind, _)) = self.known(at)
                && kind != MentionKind::Person
            {
                at = self.word_after(at, span.end).max(at + 1);
            } else if words[at].is(Class::MODIFIER.or(Class::TITLE)) {
                at += 1;
            } else {
                return None;
            }
        }
        if at >= range.end
            || !self.is_title(at)
            || at > start && !matches!(words[at].gap, Gap::Blank | Gap::Hyphen | Gap::Slash)
        {
            return None;
        }
        let mut end = at + 1;
        loop {
            end = self.role_tail(end, range);
            // 'general and head of Central Command'
            if end + 1 < range.end
                && self.is_word(end, "and")
                && words[end].gap == Gap::Blank
                && words[end + 1].gap == Gap::Blank
                && self.is_title(end + 1)
                && end - start < 16
            {
                end += 2;
            } else {
                break;
            }
        }
        // A name right behind the title means that the title is that name's.
        if end < range.end
            && words[end].gap == Gap::Blank
            && (words[end].is_capital() || words[end].article)
        {
            return None;
        }
        Some(self.span(start..end))
    }

    /// Whether the title goes on with a further word of one.
    fn title_runs_on(&self, at: usize, range: &Words) -> bool {
        at + 1 < range.end && self.words()[at + 1].gap == Gap::Blank && self.is_title(at + 1)
    }

    /// Where ' of the High Committee', ' for the opposition' after a title ends.
    fn role_tail(&self, from: usize, range: &Words) -> usize {
        let words = self.words();
        let mut end = from;
        for _ in 0..3 {
            let mut at = end;
            if at + 1 >= range.end
                || words[at].gap != Gap::Blank
                || !self.is_any(at, &["of", "for", "at", "to", "in"])
            {
                break;
            }
            at += 1;
            if self.is_any(at, &["the", "a", "an", "its", "his"]) {
                at += 1;
            }
            let first = at;
            while at < range.end
                && at - first < MOST_WORDS
                && matches!(words[at].gap, Gap::Blank | Gap::Hyphen)
            {
                if let Some((span, _, _)) = self.known(at) {
                    at = self.word_after(at, span.end).max(at + 1);
                } else if words[at].is_capital() && !words[at].is(Class::CALENDAR)
                    || words[at].is(Class::MODIFIER)
                    || words[at].article
                    // 'the British-based Observatory'
                    || at > first && words[at].gap == Gap::Hyphen
                {
                    at += 1;
                } else {
                    break;
                }
            }
            // The noun itself, where it is written small: 'head of the delegation'.
            let bare = at == first
                || words[at - 1].is(Class::MODIFIER)
                || self.known(at - 1).is_some_and(|k| k.1 == MentionKind::Demonym);
            if bare
                && at < range.end
                && words[at].gap == Gap::Blank
                && words[at].shape == Shape::Lower
                && !words[at].is(Class::FUNCTION)
            {
                at += 1;
            } else if at == first {
                break;
            }
            end = at;
        }
        end
    }

    /// Persons by a given name: 'Mustafa Badreddine' without a title.
    fn given_names(&self, range: Words, out: &mut Persons<'d>) {
        let mut at = range.start;
        while at < range.end {
            if !self.begins(at) || self.known(at).is_some() {
                at += 1;
                continue;
            }
            let word = &self.words()[at];
            if !word.is(Class::GIVEN) || word.possessive {
                at += 1;
                continue;
            }
            let end = self.name(at, &range);
            if end < at + 2
                || end - at > 5
                || (at + 1..end).any(|i| {
                    self.known(i).is_some_and(|(span, kind, _)| {
                        matches!(
                            kind,
                            MentionKind::Demonym
                                | MentionKind::Organization
                                | MentionKind::ArmedGroup
                        ) || kind == MentionKind::State && i + 1 < end
                            || span.end > self.words()[end - 1].end
                    })
                })
            {
                at += 1;
                continue;
            }
            // 'Jenna Nicole Mourey': an unknown name before the known one.
            let before = &self.words()[at.saturating_sub(1)];
            let led = at > range.start + 1
                && self.words()[at].gap == Gap::Blank
                && before.shape == Shape::Capital
                && before.class == Class::NONE
                && before.gap == Gap::Blank
                && !before.possessive
                && self.known(at - 1).is_none();
            let span = self.span(at - usize::from(led)..end);
            if !out.found.iter().rev().take(4).any(|m| m.span.overlaps(span)) {
                out.found.push(Mention::new(
                    span,
                    MentionKind::Person,
                    Method::Pattern,
                    "names:given_name",
                ));
            }
            at = end;
        }
    }
}

/// Whether a name of one word runs on in lower case.
fn gapless(words: &[Token], name: usize) -> bool {
    words.get(name + 1).is_some_and(|w| w.gap == Gap::Blank)
}

/// Whose resolution it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Body {
    Unsaid,
    Council,
    Assembly,
}

#[cfg(test)]
mod tests {
    use super::super::{Data, Input, find};
    use super::*;

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Rules {
        rule: Vec<Rule>,
    }

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Rule {
        id: String,
        kind: String,
        about: String,
        hits: Vec<Hit>,
        misses: Vec<String>,
    }

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Hit {
        text: String,
        found: String,
        entity: Option<String>,
        role: Option<String>,
    }

    fn mentions<'d>(text: &str, data: &'d Data) -> Vec<Mention<'d>> {
        let sentences = [Span::new(0, text.len())];
        find(&Input { text, sentences: &sentences, published: None, language: "en" }, data)
    }

    /// States, capitals and groups only, so that what a rule should find is not listed.
    fn plain_data() -> Data {
        let plain = ["armed_groups.csv", "capitals.csv", "regional.csv", "states.csv", "un.csv"];
        let files = super::super::codebook::EMBEDDED.iter().filter(|(f, _)| plain.contains(f));
        Data::new(super::super::codebook::Lists::read(files.copied()).unwrap())
    }

    #[test]
    fn every_rule_keeps_its_examples() {
        let rules: Rules = toml::from_str(include_str!("../data/names.toml")).unwrap();
        let data = plain_data();
        let mut failures = Vec::new();
        for rule in &rules.rule {
            assert!(!rule.about.is_empty() && !rule.hits.is_empty() && !rule.misses.is_empty());
            for hit in &rule.hits {
                let found = mentions(&hit.text, &data);
                let right = found.iter().any(|m| {
                    m.span.of(&hit.text) == hit.found
                        && m.rule == rule.id
                        && m.kind.as_str() == rule.kind
                        && hit.entity.as_deref() == m.entity.as_ref().map(EntityRef::id)
                        && hit.role.as_deref() == m.role.map(|r| r.of(&hit.text))
                });
                if !right {
                    let got: Vec<_> = found
                        .iter()
                        .map(|m| (m.span.of(&hit.text), &m.rule, m.role.map(|r| r.of(&hit.text))))
                        .collect();
                    failures.push(format!("{}: {}: {got:?}", rule.id, hit.text));
                }
            }
            for text in &rule.misses {
                for m in mentions(text, &data).iter().filter(|m| m.rule == rule.id) {
                    failures.push(format!("{}: {text}: found {:?}", rule.id, m.span.of(text)));
                }
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }

    #[test]
    fn a_listed_surname_or_place_within_a_longer_name_is_none() {
        let data = Data::embedded().unwrap();
        let found = |text: &str| -> Vec<(String, Option<String>)> {
            let all = mentions(text, &data);
            let own = |m: &Mention<'_>| {
                (m.span.of(text).to_owned(), m.entity.as_ref().map(|e| e.id().to_owned()))
            };
            all.iter().map(own).collect()
        };
        let person = |name: &str| vec![(name.to_owned(), None)];
        assert_eq!(found("The singer met Sorda Milosevic there."), person("Sorda Milosevic"));
        assert_eq!(found("They saw Georgia Smith there."), person("Georgia Smith"));
        assert_eq!(found("They saw Jordan Peterson there."), person("Jordan Peterson"));
        assert_eq!(found("He went to see the Boston Velk Sox play."), []);
        let jordan = |name: &str| vec![(name.to_owned(), Some("jordan".to_owned()))];
        assert_eq!(found("They saw Jordan again."), jordan("Jordan"));
    }

    #[test]
    fn a_ministry_has_one_entity_however_it_is_called() {
        let data = plain_data();
        let id = |text: &str| {
            let found = mentions(text, &data);
            let ministry = found.iter().find(|m| m.span.of(text).contains("Ministry"));
            ministry.and_then(|m| m.entity.as_ref()).map(|e| e.id().to_string())
        };
        let first = id("The Chilean Mining Ministry said so.");
        assert!(first.is_some());
        assert_eq!(first, id("Chile's Mining Ministry said so."));
        assert_eq!(first, id("The Chilean Ministry of Mining said so."));
    }
}
