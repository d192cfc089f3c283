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
//! 5. what the document defines in brackets, or names in full, counts more than what the codebook
//!    takes for the likeliest of several.

use super::lexicon::Class;
use super::names::Known;
use super::tokens::{Gap, Shape, Token, hash_of, normalise};
use super::{Document, EntityRef, Finder, Mention, MentionKind, Method};
use crate::text::Span;
use std::collections::BTreeMap;

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

/// A name in full: its text, kind and entity.
type Name<'n> = (&'n str, MentionKind, Option<&'n str>);

/// A short form and what it can refer to, in order of position.
#[derive(Debug)]
struct Form<'d> {
    skeleton: String,
    /// The form as it is written where it was noted.
    plain: String,
    targets: Vec<Target<'d>>,
}

/// The short forms of a document.
#[derive(Debug, Default)]
struct Forms<'d> {
    list: Vec<Form<'d>>,
    /// Indexes into `list` by the hash of the first word.
    by_hash: BTreeMap<u32, Vec<usize>>,
    /// What was added last: form and target.
    added: Vec<(usize, usize)>,
}

impl<'d> Forms<'d> {
    fn add(&mut self, hash: u32, (skeleton, plain): (String, String), target: Target<'d>) {
        let group = self.by_hash.entry(hash).or_default();
        // So many names with one first word are no running text; looking them through costs time.
        if group.len() >= 64 {
            return;
        }
        if let Some(&i) = group.iter().find(|&&i| self.list[i].skeleton == skeleton) {
            self.added.push((i, self.list[i].targets.len()));
            self.list[i].targets.push(target);
        } else {
            self.added.push((self.list.len(), 0));
            group.push(self.list.len());
            self.list.push(Form { skeleton, plain, targets: vec![target] });
        }
    }
}

impl Finder for ShortForms {
    fn id(&self) -> &'static str {
        "short_forms"
    }

    fn find<'d>(&self, document: &Document<'_, 'd>, out: &mut Vec<Mention<'d>>) {
        let mut forms = Forms::default();
        let known = Known::new(out);
        definitions(document, &known, out, &mut forms);
        let known = Known::new(out);
        // A name that stands again has the same short forms again.
        let mut seen: BTreeMap<Name<'_>, Vec<(usize, usize)>> = BTreeMap::new();
        for &(span, _, number) in &known.spans {
            let mention = &out[number];
            if !has_forms(mention) {
                continue;
            }
            let name = (
                span.of(document.input.text),
                mention.kind,
                mention.entity.as_ref().map(EntityRef::id),
            );
            if let Some(before) = seen.get(&name) {
                for &(form, target) in before {
                    let again =
                        Target { at: span.start, ..forms.list[form].targets[target].clone() };
                    forms.list[form].targets.push(again);
                }
                continue;
            }
            forms.added.clear();
            full_name(document, span, mention, &mut forms);
            seen.insert(name, std::mem::take(&mut forms.added));
        }
        for form in &mut forms.list {
            form.targets.sort_by_key(|t| t.at);
        }
        if !forms.list.is_empty() {
            uses(document, &forms, &known, out);
        }
        numbers(document, &known, out);
    }
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
            if asked && !counts && known.over(word.start).is_none() {
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

fn spelling_of(document: &Document<'_, '_>, words: &[Token]) -> (String, String) {
    let (mut skeleton, mut plain) = (String::new(), String::new());
    for word in words.iter().filter(|w| !w.article) {
        if !skeleton.is_empty() {
            skeleton.push(' ');
            plain.push(' ');
        }
        normalise(word.span().of(document.input.text), &mut skeleton, &mut plain);
    }
    (skeleton, plain)
}

fn add<'d>(
    document: &Document<'_, 'd>,
    words: &[Token],
    target: Target<'d>,
    forms: &mut Forms<'d>,
) {
    let Some(first) = words.iter().find(|w| !w.article) else { return };
    forms.add(first.hash, spelling_of(document, words), target);
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
            let listed = known.over(before.start).filter(|(span, kind, _)| {
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
            add(document, &words[at..=at], target, forms);
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
    span: Span,
    mention: &Mention<'d>,
    forms: &mut Forms<'d>,
) {
    let all = &document.tokens.words;
    let first = all.partition_point(|w| w.start < span.start);
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
        for short in &entity.short_forms {
            listed_form(document, short, target(Sort::Name, initial), forms);
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
                add(document, &words[surname..end], target, forms);
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
            if words[last].is(heads) && words[last].is_capital() {
                add(document, &words[last..], target(Sort::Noun, None), forms);
                for from in 1..last {
                    if words[from].is_capital() {
                        add(document, &words[from..], target(Sort::Part, None), forms);
                    }
                }
                if last >= 3 && words[1..last].iter().all(Token::is_capital) {
                    add(document, &words[1..last], target(Sort::Part, None), forms);
                }
            } else if words[0].is(Class::OF_HEAD) && words[1].is(Class::CONNECTOR) {
                add(document, &words[..1], target(Sort::Noun, None), forms);
            }
        }
        _ => {}
    }
}

/// A short form as the codebook lists it.
fn listed_form<'d>(
    document: &Document<'_, 'd>,
    short: &str,
    mut target: Target<'d>,
    forms: &mut Forms<'d>,
) {
    let mut words = Vec::new();
    super::tokens::scan(short, 0, &document.data.lexicon, &mut words);
    words.retain(|w| !w.article);
    // 'King Abdullah': the title is no part of the name, and no name alone.
    if target.kind == MentionKind::Person {
        let titles = Class::TITLE.or(Class::HONORIFIC).or(Class::MODIFIER);
        let name = words.iter().position(|w| !w.is(titles) || w.is(Class::GIVEN));
        words.drain(..name.unwrap_or(words.len()));
    }
    let Some(first) = words.first() else { return };
    let heads = Class::ORG_HEAD.or(Class::ARMED_HEAD).or(Class::AGREEMENT).or(Class::EVENT);
    if words.len() == 1 && first.is(heads) && target.kind != MentionKind::Person {
        target.sort = Sort::Noun;
    }
    let (mut skeleton, mut plain) = (String::new(), String::new());
    for word in &words {
        if !skeleton.is_empty() {
            skeleton.push(' ');
            plain.push(' ');
        }
        normalise(word.span().of(short), &mut skeleton, &mut plain);
    }
    let hash = hash_of(first.span().of(short));
    forms.add(hash, (skeleton, plain), target);
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
            let Some(group) = forms.by_hash.get(&word.hash) else { continue };
            let mut best: Option<(usize, &Target<'d>)> = None;
            for &form in group {
                let Form { skeleton, plain, targets } = &forms.list[form];
                let Some(end) = same(document, (skeleton, plain), at, sentence.last as usize)
                else {
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

/// The end of the words from `at` on that spell a form, given by skeleton and plain form.
fn same(
    document: &Document<'_, '_>,
    (skeleton, plain): (&str, &str),
    at: usize,
    last: usize,
) -> Option<usize> {
    let words = &document.tokens.words;
    // Most uses are written as the name in full is.
    if words[at].span().of(document.input.text).eq_ignore_ascii_case(plain) {
        return Some(at + 1);
    }
    let count = skeleton.matches(' ').count() + 1;
    let mut end = at + 1;
    let mut taken = 1;
    while taken < count {
        if end >= last || !words[end].gap.is_soft() || words[end - 1].possessive {
            return None;
        }
        taken += usize::from(!words[end].article);
        end += 1;
    }
    (spelling_of(document, &words[at..end]).0 == skeleton).then_some(end)
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
    if let Some((other, kind, number)) = known.over(words[at.start].start) {
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
            Data::new(&Lists::read(files).unwrap())
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
