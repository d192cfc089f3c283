//! Short forms of names that stand in full elsewhere in the document.
//!
//! In: a document's words and the candidates so far. Out: mentions such as 'Hariri' after 'Nasr
//! al-Hariri', 'the Commission' after 'the Syrian Negotiations Commission', 'TGB' after
//! 'Transitional Governance Body (TGB)', 'S. de Mistura'; each has the kind and the entity of the
//! name that it is short for.
//!
//! The document decides what a short form means:
//! 1. of several full names with the same short form the nearest before it counts;
//! 2. where none stands before, a surname and a listed short form refer to the next one after;
//!    a common noun such as 'the Commission' never does;
//! 3. a common noun needs the definite article and a capital;
//! 4. a surname that is also a place stays a place behind 'in', 'from', 'to' and the like, and is
//!    the person elsewhere; one that is a state's name stays the state;
//! 5. a surname behind an unknown first name, in running text, is another person;
//! 6. a surname behind a title that only one listed person has is that person, if the document
//!    speaks of the state or the person speaks for an international body;
//! 7. what the document defines in brackets, or names in full, counts more than what the codebook
//!    takes for the likeliest of several.

use super::codebook::ShortForm;
use super::lexicon::Class;
use super::names::Known;
use super::tokens::{Gap, Shape, Token, normalise};
use super::{Document, EntityRef, Finder, Mention, MentionKind, Method};
use crate::text::Span;
use std::collections::{BTreeMap, BTreeSet};

/// The finder of short forms.
#[derive(Clone, Copy, Debug)]
pub struct ShortForms;

/// How a short form is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    /// A surname or a name that the codebook lists as short form.
    Name,
    /// A capitalised common noun with 'the'.
    Noun,
    /// A part of a longer name of a body.
    Part,
    /// An acronym that the document defines.
    Acronym,
}

/// What a short form can refer to.
#[derive(Clone, Debug)]
struct Target<'d> {
    /// First byte of the name in full.
    at: u32,
    sort: Sort,
    kind: MentionKind,
    entity: Option<EntityRef<'d>>,
    /// First letter of a person's name.
    initial: Option<char>,
    /// Hashes of the particles before the surname: 'de' of 'Staffan de Mistura'.
    particles: Vec<u32>,
}

/// The words of a short form.
#[derive(Clone, Copy, Debug)]
enum Spelling<'d> {
    /// Words of the document, first and one past the last; articles between them do not count.
    Words(usize, usize),
    /// As the codebook lists it.
    Listed(&'d ShortForm),
}

/// A short form and what it can refer to, in order of position.
#[derive(Debug)]
struct Form<'d> {
    spelling: Spelling<'d>,
    targets: Vec<Target<'d>>,
    /// The next form whose first word has the same hash, plus one.
    next: usize,
}

/// The short forms of a document.
#[derive(Debug, Default)]
struct Forms<'d> {
    list: Vec<Form<'d>>,
    /// For the hash of a first word one more than the number of the last form, and their number.
    by_hash: BTreeMap<u32, (usize, usize)>,
    /// What was added last: form and target.
    added: Vec<(usize, usize)>,
}

impl<'d> Forms<'d> {
    fn add(&mut self, document: &Document<'_, 'd>, spelling: Spelling<'d>, target: Target<'d>) {
        let Some(hash) = parts(document, spelling).next().map(|(hash, _)| hash) else { return };
        let (last, count) = self.by_hash.get(&hash).copied().unwrap_or_default();
        // So many names with one first word are no running text; looking them through costs time.
        if count >= 64 {
            return;
        }
        let mut next = last;
        while let Some(at) = next.checked_sub(1) {
            if alike(parts(document, self.list[at].spelling), parts(document, spelling)) {
                self.added.push((at, self.list[at].targets.len()));
                self.list[at].targets.push(target);
                return;
            }
            next = self.list[at].next;
        }
        self.added.push((self.list.len(), 0));
        self.list.push(Form { spelling, targets: vec![target], next: last });
        self.by_hash.insert(hash, (self.list.len(), count + 1));
    }
}

/// The words of a short form with the hashes of their skeletons, articles left out.
fn parts<'a>(
    document: &Document<'a, 'a>,
    spelling: Spelling<'a>,
) -> impl Iterator<Item = (u32, &'a str)> {
    let (own, listed): (&[Token], _) = match spelling {
        Spelling::Words(first, last) => (&document.tokens.words[first..last], None),
        Spelling::Listed(form) => (&[], Some(form)),
    };
    let text = document.input.text;
    own.iter().filter(|w| !w.article).map(move |w| (w.hash, w.span().of(text))).chain(
        listed.into_iter().flat_map(|form| {
            form.hashes.iter().copied().zip(form.words.iter().map(String::as_str))
        }),
    )
}

/// Whether two names are spelled alike, word by word, variants that mean nothing aside.
fn alike<'a>(
    mut one: impl Iterator<Item = (u32, &'a str)>,
    mut other: impl Iterator<Item = (u32, &'a str)>,
) -> bool {
    loop {
        match (one.next(), other.next()) {
            (None, None) => return true,
            (Some((hash, word)), Some((others, with))) if hash == others => {
                if !word.eq_ignore_ascii_case(with) && skeleton(word) != skeleton(with) {
                    return false;
                }
            }
            _ => return false,
        }
    }
}

fn skeleton(word: &str) -> String {
    let mut skeleton = String::new();
    normalise(word, &mut skeleton, &mut String::new());
    skeleton
}

/// A name in full: hash of its text, bytes, kind, first byte of its id's address.
type Name = (u64, u32, MentionKind, usize);

impl Finder for ShortForms {
    fn id(&self) -> &'static str {
        "short_forms"
    }

    fn find<'d>(&self, document: &Document<'_, 'd>, out: &mut Vec<Mention<'d>>) {
        let mut forms = Forms::default();
        let words = &document.tokens.words;
        let mut known = Known::new(words, out);
        let before = out.len();
        definitions(document, &known, out, &mut forms);
        if out.len() > before {
            known = Known::new(words, out);
        }
        // A name that stands again has the same short forms again.
        let mut seen: BTreeMap<Name, (Span, Vec<(usize, usize)>)> = BTreeMap::new();
        let mut at = 0;
        for &(span, _, number) in &known.spans {
            let mention = &out[number];
            if !has_forms(mention) {
                continue;
            }
            let text = span.of(document.input.text);
            let entity =
                mention.entity.as_ref().map_or(0, |e| std::ptr::from_ref(e.entity()).addr());
            let name = (hash_text(text), span.end - span.start, mention.kind, entity);
            if let Some((first, before)) = seen.get(&name)
                && first.of(document.input.text) == text
            {
                for &(form, target) in before {
                    let again =
                        Target { at: span.start, ..forms.list[form].targets[target].clone() };
                    forms.list[form].targets.push(again);
                }
                continue;
            }
            forms.added.clear();
            while at < words.len() && words[at].start < span.start {
                at += 1;
            }
            full_name(document, at, span, mention, &mut forms);
            seen.insert(name, (span, std::mem::take(&mut forms.added)));
        }
        for form in &mut forms.list {
            form.targets.sort_by_key(|t| t.at);
        }
        if !forms.list.is_empty() {
            uses(document, &forms, &known, out);
        }
        titled(document, out);
        numbers(document, &known, out);
    }
}

/// Links surnames behind a title that only one listed person has as a short form, where the
/// document speaks of that person's state.
fn titled<'d>(document: &Document<'_, 'd>, out: &mut [Mention<'d>]) {
    let open = |m: &Mention<'_>| {
        m.entity.is_none() && matches!(&*m.rule, "names:title" | "names:honorific")
    };
    if !out.iter().any(open) {
        return;
    }
    let states: BTreeSet<&str> = out
        .iter()
        .filter_map(|m| match &m.entity {
            Some(EntityRef::Listed(entity)) if entity.kind == MentionKind::State => {
                entity.country.as_deref()
            }
            _ => None,
        })
        .collect();
    let links: Vec<_> = (0..)
        .zip(&*out)
        .filter(|(_, m)| open(m))
        .filter_map(|(number, m): (usize, _)| {
            let entity = document.data.codebook.surname(m.span.of(document.input.text))?;
            let international = entity.side.as_deref() == Some("international");
            let spoken = entity.country.as_deref().is_some_and(|c| states.contains(c));
            (international || spoken).then_some((number, entity))
        })
        .collect();
    for (number, entity) in links {
        out[number].entity = Some(EntityRef::Listed(entity));
    }
}

/// FNV-1a, eight bytes at a time.
fn hash_text(text: &str) -> u64 {
    text.as_bytes().chunks(8).fold(0xcbf2_9ce4_8422_2325, |hash, chunk| {
        let part = chunk.iter().fold(0, |part, b| part << 8 | u64::from(*b));
        (hash ^ part).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Bare numbers of resolutions that the document names: 'the implementation of 2254'.
///
/// A number counts where it stands behind a preposition or a verb of carrying out and nothing
/// follows that it could count; numbers that can be years never do.
fn numbers<'d>(document: &Document<'_, 'd>, known: &Known, out: &mut Vec<Mention<'d>>) {
    let words = &document.tokens.words;
    let text = document.input.text;
    let mut resolutions: BTreeMap<&str, EntityRef<'d>> = BTreeMap::new();
    for mention in out.iter().filter(|m| m.rule == "names:resolution") {
        let part = mention.span.of(text);
        let digits = part.split(|c: char| !c.is_ascii_digit()).find(|d| d.len() >= 3);
        if let (Some(digits), Some(entity)) = (digits, &mention.entity)
            && !digits.parse().is_ok_and(|year: u32| (1900..=2100).contains(&year))
        {
            resolutions.entry(digits).or_insert_with(|| entity.clone());
        }
    }
    if resolutions.is_empty() {
        return;
    }
    for sentence in &document.tokens.sentences {
        let range = sentence.range();
        for at in range.start + 1..range.end {
            let word = &words[at];
            if word.shape != Shape::Digits || word.gap != Gap::Blank {
                continue;
            }
            let Some(entity) = resolutions.get(word.span().of(text)) else { continue };
            let before = words[at - 1].span().of(text);
            let asked = words[at - 1].is(Class::CONNECTOR)
                || matches!(
                    before,
                    "implement" | "implementing" | "under" | "violates" | "per" | "by"
                );
            let counts = words[..range.end].get(at + 1).is_some_and(|next| {
                !matches!(next.gap, Gap::Comma | Gap::Dot | Gap::Quote | Gap::Other)
                    && !next.is(Class::FUNCTION)
            });
            if asked && !counts && known.over(at).is_none() {
                let mut mention = Mention::new(
                    word.span(),
                    MentionKind::Agreement,
                    Method::ShortForm,
                    "short_forms:number",
                );
                mention.entity = Some(entity.clone());
                out.push(mention);
            }
        }
    }
}

/// Acronyms in brackets: 'Transitional Governance Body (TGB)'.
fn definitions<'d>(
    document: &Document<'_, 'd>,
    known: &Known,
    out: &mut Vec<Mention<'d>>,
    forms: &mut Forms<'d>,
) {
    let words = &document.tokens.words;
    let text = document.input.text;
    for sentence in &document.tokens.sentences {
        for at in sentence.range() {
            let acronym = &words[at];
            let len = acronym.end - acronym.start;
            if acronym.gap != Gap::Open
                || acronym.shape != Shape::Upper
                || !(2..=10).contains(&len)
                || text.as_bytes().get(acronym.end as usize) != Some(&b')')
                || at == sentence.first as usize
            {
                continue;
            }
            let before = &words[at - 1];
            let listed = known.over(at - 1).filter(|(span, kind, _)| {
                span.end == before.end
                    && matches!(
                        kind,
                        MentionKind::Organization
                            | MentionKind::ArmedGroup
                            | MentionKind::Agreement
                            | MentionKind::Event
                    )
            });
            let spelled = initials(document, sentence.first as usize, at);
            let spelled = spelled.map(|first| Span { start: words[first].start, end: before.end });
            let (span, kind, entity) = match (listed, spelled) {
                (Some((span, kind, number)), spelled)
                    if spelled.is_none_or(|s| s.len() <= span.len()) =>
                {
                    (span, kind, out[number].entity.clone())
                }
                (_, Some(span)) => {
                    let kind = if before.is(Class::ARMED_HEAD) {
                        MentionKind::ArmedGroup
                    } else if before.is(Class::AGREEMENT) {
                        MentionKind::Agreement
                    } else {
                        MentionKind::Organization
                    };
                    out.push(Mention::new(span, kind, Method::Pattern, "short_forms:defined"));
                    (span, kind, None)
                }
                _ => continue,
            };
            let target = Target {
                at: span.start,
                sort: Sort::Acronym,
                kind,
                entity,
                initial: None,
                particles: Vec::new(),
            };
            forms.add(document, Spelling::Words(at, at + 1), target);
        }
    }
}

/// The first word of the phrase before word `at` whose initials spell that word.
///
/// Capitalised words must take part; words of small letters may be skipped. The idea is that of
/// Schwartz and Hearst (2003), on words instead of letters.
fn initials(document: &Document<'_, '_>, first: usize, at: usize) -> Option<usize> {
    let words = &document.tokens.words;
    let text = document.input.text;
    let acronym: Vec<char> = words[at].span().of(text).chars().filter(|c| *c != '.').collect();
    let mut left = acronym.len();
    let mut word = at;
    while left > 0 && word > first && at - word < acronym.len() + 5 {
        word -= 1;
        if word + 1 < at && !words[word + 1].gap.is_soft() {
            return None;
        }
        let initial = words[word].span().of(text).chars().next()?;
        let matches = initial.to_uppercase().eq(acronym[left - 1].to_uppercase());
        if matches && (words[word].is_capital() || !words[word].is(Class::FUNCTION)) {
            left -= 1;
        } else if !words[word].article
            && (words[word].is_capital() || !words[word].is(Class::FUNCTION.or(Class::CONNECTOR)))
        {
            return None;
        }
    }
    (left == 0 && words[word].is_capital()).then_some(word)
}

/// Whether a mention can have short forms at all.
fn has_forms(mention: &Mention<'_>) -> bool {
    match mention.kind {
        MentionKind::Demonym => false,
        MentionKind::State | MentionKind::Place => {
            matches!(&mention.entity, Some(EntityRef::Listed(e)) if !e.short_forms.is_empty())
        }
        _ => true,
    }
}

/// Notes the short forms of a name in full.
fn full_name<'d>(
    document: &Document<'_, 'd>,
    first: usize,
    span: Span,
    mention: &Mention<'d>,
    forms: &mut Forms<'d>,
) {
    let all = &document.tokens.words;
    let last = first + all[first..].iter().take_while(|w| w.start < span.end).count();
    let words = &all[first..last];
    if words.is_empty() {
        return;
    }
    let target = |sort, initial| Target {
        at: span.start,
        sort,
        kind: mention.kind,
        entity: mention.entity.clone(),
        initial,
        particles: Vec::new(),
    };
    let initial = words
        .iter()
        .find(|w| w.is_capital())
        .and_then(|w| w.span().of(document.input.text).chars().next());
    if mention.kind != MentionKind::Demonym
        && let Some(EntityRef::Listed(entity)) = &mention.entity
    {
        for short in &entity.forms {
            let sort = if short.noun { Sort::Noun } else { Sort::Name };
            forms.add(document, Spelling::Listed(short), target(sort, initial));
        }
    }
    match mention.kind {
        MentionKind::Person => {
            let mut end = words.len();
            // Of 'Abdullah II' the name is 'Abdullah'.
            while end > 1
                && matches!(
                    words[end - 1].span().of(document.input.text),
                    "I" | "II" | "III" | "IV" | "Jr" | "Sr"
                )
            {
                end -= 1;
            }
            let surname = end - 1;
            let by_child = surname > 0
                && words[surname - 1].is(Class::PARTICLE)
                && matches!(
                    words[surname - 1].span().of(document.input.text),
                    "Abu" | "Abou" | "Umm" | "Um"
                );
            let heads = Class::ORG_HEAD.or(Class::ARMED_HEAD).or(Class::TITLE);
            if words[surname].is_capital()
                && !by_child
                && !words[surname].is(heads)
                && words[surname].end - words[surname].start > 1
            {
                let mut target = target(Sort::Name, initial);
                let from = words[..surname]
                    .iter()
                    .rposition(|w| !w.is(Class::PARTICLE))
                    .map_or(0, |i| i + 1);
                target.particles =
                    words[from..surname].iter().filter(|w| !w.article).map(|w| w.hash).collect();
                forms.add(document, Spelling::Words(first + surname, first + end), target);
            }
        }
        MentionKind::Organization
        | MentionKind::ArmedGroup
        | MentionKind::Agreement
        | MentionKind::Event
            if words.len() > 1 =>
        {
            let heads = Class::ORG_HEAD.or(Class::ARMED_HEAD).or(Class::AGREEMENT).or(Class::EVENT);
            let last = words.len() - 1;
            let mut add = |from: usize, to: usize, sort| {
                let spelling = Spelling::Words(first + from, first + to);
                forms.add(document, spelling, target(sort, None));
            };
            if words[last].is(heads) && words[last].is_capital() {
                add(last, words.len(), Sort::Noun);
                for from in 1..last {
                    if words[from].is_capital() {
                        add(from, words.len(), Sort::Part);
                    }
                }
                if last >= 3 && words[1..last].iter().all(Token::is_capital) {
                    add(1, last, Sort::Part);
                }
            } else if words[0].is(Class::OF_HEAD) && words[1].is(Class::CONNECTOR) {
                add(0, 1, Sort::Noun);
            }
        }
        _ => {}
    }
}

/// Finds the uses of short forms.
fn uses<'d>(
    document: &Document<'_, 'd>,
    forms: &Forms<'d>,
    known: &Known,
    out: &mut Vec<Mention<'d>>,
) {
    let mut filter = [0_u64; 64];
    for hash in forms.by_hash.keys() {
        filter[(hash >> 6) as usize % 64] |= 1 << (hash % 64);
    }
    let words = &document.tokens.words;
    for sentence in &document.tokens.sentences {
        for at in sentence.range() {
            let word = &words[at];
            if !word.is_capital()
                || filter[(word.hash >> 6) as usize % 64] & 1 << (word.hash % 64) == 0
            {
                continue;
            }
            let Some(&(last, _)) = forms.by_hash.get(&word.hash) else { continue };
            let mut best: Option<(usize, &Target<'d>)> = None;
            let mut next = last;
            while let Some(form) = next.checked_sub(1) {
                let Form { spelling, targets, next: before } = &forms.list[form];
                next = *before;
                let Some(end) = same(document, *spelling, at, sentence.last as usize) else {
                    continue;
                };
                if best.is_some_and(|(longest, _)| longest >= end) {
                    continue;
                }
                if let Some(target) = choose(document, targets, at, end, sentence.range()) {
                    best = Some((end, target));
                }
            }
            if let Some((end, target)) = best {
                propose(document, at..end, target, sentence.range(), known, out);
            }
        }
    }
}

/// The end of the words from `at` on that spell a form.
fn same(
    document: &Document<'_, '_>,
    spelling: Spelling<'_>,
    at: usize,
    last: usize,
) -> Option<usize> {
    let words = &document.tokens.words;
    let count = parts(document, spelling).count();
    let mut end = at + 1;
    let mut taken = 1;
    while taken < count {
        if end >= last || !words[end].gap.is_soft() || words[end - 1].possessive {
            return None;
        }
        taken += usize::from(!words[end].article);
        end += 1;
    }
    let here = parts(document, Spelling::Words(at, end));
    alike(parts(document, spelling), here).then_some(end)
}

/// What the short form at `at..end` refers to, if it is one here.
fn choose<'t, 'd>(
    document: &Document<'_, 'd>,
    targets: &'t [Target<'d>],
    at: usize,
    end: usize,
    range: std::ops::Range<usize>,
) -> Option<&'t Target<'d>> {
    let words = &document.tokens.words;
    let word = &words[at];
    let here = word.start;
    let text = document.input.text;
    let follows_the = at > range.start
        && word.gap == Gap::Blank
        && words[at - 1].span().of(text).eq_ignore_ascii_case("the");
    let runs_on = end + 1 < range.end
        && words[end].gap == Gap::Blank
        && !words[end - 1].possessive
        && matches!(words[end].span().of(text), "of" | "for")
        && words[end + 1].is_capital();
    let fits = |t: &&Target<'d>| match t.sort {
        Sort::Acronym => word.shape == Shape::Upper,
        Sort::Noun => follows_the && !runs_on && word.shape == Shape::Capital,
        Sort::Part => {
            !runs_on
                && words[at..end]
                    .iter()
                    .all(|w| w.is_capital() || w.is(Class::CONNECTOR) || w.article)
        }
        Sort::Name => {
            let doubtful = word.is(Class::FUNCTION.or(Class::CALENDAR).or(Class::COMMON));
            let number = |i: usize| {
                words.get(i).is_some_and(|w| w.shape == Shape::Digits && w.gap != Gap::Other)
            };
            let speaks = words.get(end).is_some_and(|w| {
                w.gap == Gap::Blank
                    && matches!(
                        w.span().of(text),
                        "said" | "says" | "told" | "has" | "had" | "was" | "is"
                    )
            });
            // 'Muslim said', 'met Muslim.', but not 'a Muslim cleric'.
            let adjective = word.is(Class::COMMON)
                && words[..range.end].get(end).is_some_and(|w| {
                    w.gap.is_soft() && !w.is(Class::FUNCTION) && !words[end - 1].possessive
                });
            !doubtful
                || speaks
                || at > range.start
                    && !number(end)
                    && !number(at - 1)
                    && word.gap != Gap::Dot
                    && !adjective
        }
    };
    let before =
        targets[..targets.partition_point(|t| t.at < here)].iter().rev().take(32).find(fits);
    before.or_else(|| {
        targets[targets.partition_point(|t| t.at <= here)..]
            .iter()
            .take(32)
            .filter(|t| matches!(t.sort, Sort::Name | Sort::Acronym))
            .find(fits)
    })
}

/// Adds the mention, or completes or replaces the one that stands there.
fn propose<'d>(
    document: &Document<'_, 'd>,
    at: std::ops::Range<usize>,
    target: &Target<'d>,
    range: std::ops::Range<usize>,
    known: &Known,
    out: &mut Vec<Mention<'d>>,
) {
    let words = &document.tokens.words;
    let mut first = at.start;
    if first > range.start
        && words[first - 1].article
        && words[first - 1].end - words[first - 1].start > 1
    {
        first -= 1;
    }
    // A bare part of a listed longer name is that name's.
    let whole = Span { start: words[first].start, end: words[at.end - 1].end };
    if target.kind == MentionKind::Person {
        first = initials_before(document, first, range.start, target);
    }
    let span = Span { start: words[first].start, end: words[at.end - 1].end };
    if target.kind == MentionKind::Person
        && target.sort == Sort::Name
        && known.over(at.start).is_none()
        && !document.headline(range.clone())
        && another(document, first..at.end, span, target, &range, known, out)
    {
        return;
    }
    if let Some((other, kind, number)) = known.over(at.start) {
        if other == whole || other == span {
            let mention = &mut out[number];
            let unlinked = mention.entity.is_none() && mention.kind == target.kind;
            if unlinked {
                mention.entity.clone_from(&target.entity);
                return;
            }
            if mention.entity == target.entity && mention.entity.is_some()
                || mention.method != Method::Codebook
            {
                if first == at.start || span == other {
                    return;
                }
            } else {
                let ambiguous = mention.rule.starts_with("ambiguous:");
                let placed = kind == MentionKind::Place
                    && target.kind == MentionKind::Person
                    && target.sort == Sort::Name
                    && !after_preposition(document, first, range.start);
                let defined = target.sort == Sort::Acronym;
                // A state's name is a person's only where the person was named before.
                let state = kind == MentionKind::State
                    && target.kind == MentionKind::Person
                    && (target.at > span.start || after_preposition(document, first, range.start));
                if state {
                    return;
                }
                if !(ambiguous
                    && target.sort != Sort::Noun
                    && !(kind == MentionKind::Place
                        && target.kind == MentionKind::Person
                        && after_preposition(document, first, range.start))
                    || placed
                    || defined)
                {
                    return;
                }
                // Empty spans are dropped when candidates are settled.
                mention.span.end = mention.span.start;
            }
        } else if other.contains(span) {
            // 'King Abdullah II' is the Abdullah whom the list knows.
            let mention = &mut out[number];
            if other.start == span.start
                && mention.entity.is_none()
                && mention.kind == MentionKind::Person
                && target.kind == MentionKind::Person
                && mention.span.len() - span.len() <= 4
            {
                mention.entity.clone_from(&target.entity);
            }
            return;
        }
    }
    let rule = match target.sort {
        Sort::Name if first < at.start && words[first].shape == Shape::Single => {
            "short_forms:initial"
        }
        Sort::Name => "short_forms:name",
        Sort::Noun => "short_forms:noun",
        Sort::Part => "short_forms:part",
        Sort::Acronym => "short_forms:acronym",
    };
    let mut mention = Mention::new(span, target.kind, Method::ShortForm, rule);
    mention.entity.clone_from(&target.entity);
    out.push(mention);
}

/// Whether the surname in the words `at` is part of another name: 'Savage Love' is no Savage, and
/// 'Rifaat Velkari' after 'Jon Velkari' is another person, who is added.
fn another<'d>(
    document: &Document<'_, 'd>,
    at: std::ops::Range<usize>,
    span: Span,
    target: &Target<'d>,
    range: &std::ops::Range<usize>,
    known: &Known,
    out: &mut Vec<Mention<'d>>,
) -> bool {
    let words = &document.tokens.words;
    if words[..range.end].get(at.end).is_some_and(|next| {
        next.gap == Gap::Blank
            && next.shape == Shape::Capital
            && next.class == Class::NONE
            && !words[at.end - 1].possessive
            && known.over(at.end).is_none()
    }) {
        return true;
    }
    let Some(before) = first_name(document, at.start, range, known) else { return false };
    let span = Span { start: words[before].start, ..span };
    let rule = "short_forms:other_name";
    let mut mention = Mention::new(span, MentionKind::Person, Method::ShortForm, rule);
    let initial = words[before].span().of(document.input.text).chars().next();
    if initial == target.initial && words[before].end - words[before].start <= 2 {
        mention.entity.clone_from(&target.entity);
    }
    out.push(mention);
    true
}

/// The first name before the surname at `at`, where it is not the one of the name in full: 'Rifaat
/// Velkari' after 'Jon Velkari'.
fn first_name(
    document: &Document<'_, '_>,
    at: usize,
    range: &std::ops::Range<usize>,
    known: &Known,
) -> Option<usize> {
    let words = &document.tokens.words;
    let before = at.checked_sub(1).filter(|before| *before >= range.start)?;
    let word = &words[before];
    let name = word.is(Class::GIVEN)
        || word.class == Class::NONE && before > range.start && word.gap == Gap::Blank;
    (words[at].gap == Gap::Blank
        && !word.possessive
        && word.shape == Shape::Capital
        && name
        && known.over(before).is_none())
    .then_some(before)
}

/// Whether a word stands before `at` that only a place follows.
fn after_preposition(document: &Document<'_, '_>, at: usize, first: usize) -> bool {
    at > first
        && matches!(
            document.tokens.words[at - 1].span().of(document.input.text),
            "in" | "In"
                | "from"
                | "From"
                | "near"
                | "Near"
                | "into"
                | "towards"
                | "toward"
                | "outside"
                | "across"
                | "throughout"
                | "inside"
        )
}

/// Where the particles of the name and initials that fit it begin before word `at`: 'de Mistura',
/// 'S. de Mistura'.
fn initials_before(
    document: &Document<'_, '_>,
    at: usize,
    first: usize,
    target: &Target<'_>,
) -> usize {
    let words = &document.tokens.words;
    let count = target.particles.len();
    let mut start = at;
    if at >= first + count
        && (at - count..at).zip(&target.particles).all(|(i, hash)| words[i].hash == *hash)
        && (at + 1 - count..=at).all(|i| words[i].gap == Gap::Blank)
    {
        start = at - count;
    }
    let mut begin = start;
    while begin > first && words[begin].gap == Gap::Dot && words[begin - 1].shape == Shape::Single {
        begin -= 1;
    }
    let initial = words[begin].span().of(document.input.text).chars().next();
    if begin < start && initial == target.initial { begin } else { start }
}

#[cfg(test)]
mod tests {
    use super::super::codebook::{EMBEDDED, Lists};
    use super::super::{Data, EntityRef, Input, find};
    use crate::text::Span;

    fn data() -> &'static Data {
        static DATA: std::sync::OnceLock<Data> = std::sync::OnceLock::new();
        DATA.get_or_init(|| {
            let header = "entity_id,name,kind,aliases,demonyms,short_forms,side,country,latitude,\
                longitude,wikipedia";
            let own = format!(
                "{header}\njon-velkari,Jon Velkari,person,,,Velkari,,,,,\n\
                 ned-velkari,Ned Velkari,person,,,Velkari,,,,,\n\
                 lom-dorna,Lom van Dorna,person,,,,,,,,\n\
                 rik-sortand,Rik Sortand,person,,,,,,,,\nsortand,Sortand,place,,,,,,,,\n\
                 velk-commission,Velk Peace Commission,organization,,,,,,,,\n"
            );
            let states = EMBEDDED.iter().copied().filter(|(file, _)| *file == "states.csv");
            let files: Vec<_> = states.chain([("own.csv", own.as_str())]).collect();
            Data::new(Lists::read(files).unwrap())
        })
    }

    /// The short forms of a text, each with the entity that it refers to.
    fn check(text: &str, expected: &[(&str, &str)]) {
        let mut sentences = Vec::new();
        let mut start = 0;
        for (at, _) in text.match_indices("| ") {
            sentences.push(Span::new(start, at));
            start = at + 2;
        }
        sentences.push(Span::new(start, text.len()));
        let input = Input { text, sentences: &sentences, published: None, language: "en" };
        let found = find(&input, data());
        let found: Vec<(&str, &str)> = found
            .iter()
            .filter(|m| m.rule.starts_with("short_forms:"))
            .map(|m| (m.span.of(text), m.entity.as_ref().map_or("", EntityRef::id)))
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn surnames_refer_to_the_nearest_full_name_before() {
        check("Jon Velkari left.| Velkari sighed.", &[("Velkari", "jon-velkari")]);
        check(
            "Jon Velkari left.| Velkari met Ned Velkari.| Then Velkari’s car broke.",
            &[("Velkari", "jon-velkari"), ("Velkari", "ned-velkari")],
        );
        check("Velkari left.| Ned Velkari said so.", &[("Velkari", "ned-velkari")]);
        check("Velkari left.", &[]);
        check("Minister Tom Urbano left.| Urbano sighed.", &[("Urbano", "")]);
        check("Minister Tom al-Urbano left.| Al-Urbano sighed.", &[("Al-Urbano", "")]);
    }

    #[test]
    fn particles_and_initials_belong_to_the_name() {
        check("Lom van Dorna left.| Then van Dorna slept.", &[("van Dorna", "lom-dorna")]);
        check("Lom van Dorna left.| Van Dorna slept.", &[("Van Dorna", "lom-dorna")]);
        check("Lom van Dorna left.| So L. van Dorna slept.", &[("L. van Dorna", "lom-dorna")]);
        check("Lom van Dorna left.| So K. van Dorna slept.", &[("van Dorna", "lom-dorna")]);
    }

    #[test]
    fn a_surname_that_is_a_place_depends_on_what_stands_before() {
        check("Rik Sortand left.| Sortand sighed in Sortand.", &[("Sortand", "rik-sortand")]);
        check("They left Sortand.", &[]);
    }

    #[test]
    fn common_nouns_need_article_capital_and_a_name_before() {
        let full = "The Velk Peace Commission met.| ";
        check(&format!("{full}Then the Commission slept."), &[("Commission", "velk-commission")]);
        check(&format!("{full}Then the commission slept."), &[]);
        check(&format!("{full}Commission members slept."), &[]);
        check(&format!("{full}The Commission of Inquiry slept."), &[]);
        check("The Commission slept.| The Velk Peace Commission met.", &[]);
    }

    #[test]
    fn acronyms_mean_what_the_document_says() {
        check(
            "The Southern Water Body (SWB) met.| SWB left, Swb did not.",
            &[("SWB", ""), ("SWB", "")],
        );
        check(
            "The Velk Peace Commission (VPC) met.| VPC.",
            &[("VPC", "velk-commission"), ("VPC", "velk-commission")],
        );
        check("The water was cold (SWB).| SWB left.", &[]);
    }

    #[test]
    fn bare_numbers_of_resolutions_count_behind_prepositions() {
        let text = |rest: &str| format!("Resolution 2254 was passed.| {rest}");
        let own = "un-security-council-resolution-2254";
        check(&text("The future of 2254 is open."), &[("2254", own)]);
        check(&text("They asked to implement 2254."), &[("2254", own)]);
        check(&text("A group of 2254 men left."), &[]);
        check(&text("Then 2254 men left."), &[]);
        check("The future of 2254 is open.", &[]);
    }
}
