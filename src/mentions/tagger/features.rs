//! What the tagger sees of a word: its windows and their features.
//!
//! In: the words of a document and the mentions that the rules found. Out: windows, which are runs of words
//! that can hold a name, and for each word of a window the hashes of its features. One pass over
//! the words and one over the windows; nothing is allocated for a word.

use crate::mentions::lexicon::Class;
use crate::mentions::tokens::{Gap, Shape, Token, Tokens, is_apostrophe};
use crate::mentions::{Mention, MentionKind, Method};

/// A run of words, by their numbers, in one sentence.
pub type Window = std::ops::Range<usize>;

/// What the word lists say of words: an open-addressed table in two flat arrays.
#[derive(Clone, Copy, Debug, Default)]
pub struct WordTable<'m> {
    /// The upper half of each slot's key in little-endian order, 0 where free.
    pub checks: &'m [[u8; 2]],
    /// What is said of it.
    pub values: &'m [u8],
}

impl WordTable<'_> {
    /// The key under which a word with this hash is stored: its first slot and its check.
    #[must_use]
    pub const fn key(hash: u32) -> (usize, u16) {
        let key = mix(hash, 77);
        let check = (key >> 16) as u16;
        (key as usize, if check == 0 { 1 } else { check })
    }

    /// What is known of the word with this hash; 0: nothing.
    #[inline]
    #[must_use]
    pub fn get(&self, hash: u32) -> u8 {
        if self.checks.is_empty() {
            return 0;
        }
        let mask = self.checks.len() - 1;
        let (mut at, check) = Self::key(hash);
        for _ in 0..=mask {
            at &= mask;
            match u16::from_le_bytes(self.checks[at]) {
                0 => return 0,
                c if c == check => return self.values[at],
                _ => at += 1,
            }
        }
        0
    }
}

/// Mixes a value and the number of its template.
#[inline]
#[must_use]
pub const fn mix(value: u32, template: u32) -> u32 {
    let mut h = (value ^ template.wrapping_mul(0x9e37_79b1)).wrapping_mul(0x85eb_ca6b);
    h ^= h >> 15;
    h = h.wrapping_mul(0xc2b2_ae35);
    h ^ h >> 13
}

/// What the document says of a word with a capital, seen over all its places.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    hash: u32,
    /// Bits of what was seen once, and of what was seen twice.
    once: u32,
    twice: u32,
    /// How often the first pass labelled it as outside, person, organisation, place.
    votes: [u8; 4],
}

const LOWER: u32 = 1;
const MIDDLE: u32 = 1 << 1;
const INITIAL: u32 = 1 << 2;
const PERSON: u32 = 1 << 3;
const BODY: u32 = 1 << 4;
const PLACE: u32 = 1 << 5;
const OTHER: u32 = 1 << 6;
const TITLED: u32 = 1 << 7;
const LOCATED: u32 = 1 << 8;
const ARTICLE: u32 = 1 << 9;
const OWNS: u32 = 1 << 10;
const SPEAKS: u32 = 1 << 11;
const BEFORE: u32 = 1 << 12;
const BEHIND: u32 = 1 << 13;
const BRACKET: u32 = 1 << 14;
const GIVEN: u32 = 1 << 15;
const SEEN_BITS: u32 = 16;

/// The words of a document with what the features need of each.
#[derive(Debug)]
pub struct View<'a> {
    text: &'a str,
    tokens: &'a Tokens,
    table: &'a WordTable<'a>,
    /// For each word the rule's mention over it: kind, place in it, method; 0 for none.
    cover: Vec<u8>,
    /// Open addressing by word hash.
    seen: Vec<Seen>,
    /// The first pass's labels, 0 before it.
    labels: Vec<u8>,
    /// For each sentence whether it is a headline or shouted.
    styles: Vec<u8>,
}

/// The method of what the codebook found, in [`View::cover`].
const BY_CODEBOOK: u8 = 0;

/// The method of the mention over a word.
const fn method_of(cover: u8) -> u8 {
    cover >> 2 & 3
}

/// Dates and times: no name goes on over one.
const TIME: u8 = 9;

fn kind_group(kind: MentionKind) -> u8 {
    match kind {
        MentionKind::Person => 1,
        MentionKind::Organization => 2,
        MentionKind::ArmedGroup => 3,
        MentionKind::State => 4,
        MentionKind::Place => 5,
        MentionKind::Demonym => 6,
        MentionKind::Agreement => 7,
        MentionKind::Event => 8,
        MentionKind::Date | MentionKind::Time | MentionKind::Duration | MentionKind::Set => TIME,
        MentionKind::Quantity => 10,
    }
}

impl<'a> View<'a> {
    /// Looks over a document; `mentions` are in order and do not overlap.
    #[must_use]
    pub fn new(
        text: &'a str,
        tokens: &'a Tokens,
        table: &'a WordTable<'a>,
        mentions: &[Mention<'_>],
    ) -> Self {
        let words = &tokens.words;
        let mut cover = vec![0_u8; words.len()];
        let mut at = 0;
        for mention in mentions {
            while at < words.len() && words[at].end <= mention.span.start {
                at += 1;
            }
            let first = at;
            let mut last = at;
            while last < words.len() && words[last].start < mention.span.end {
                last += 1;
            }
            let method = match mention.method {
                Method::Codebook => BY_CODEBOOK,
                Method::ShortForm => 2,
                _ => 1,
            };
            for (i, slot) in cover.iter_mut().enumerate().take(last).skip(first) {
                let place = match (i == first, i + 1 == last) {
                    (true, true) => 3,
                    (true, false) => 0,
                    (false, false) => 1,
                    (false, true) => 2,
                };
                *slot = kind_group(mention.kind) * 16 + method * 4 + place;
            }
            at = last;
        }
        let mut view = Self {
            text,
            tokens,
            table,
            cover,
            seen: Vec::new(),
            labels: vec![0; words.len()],
            styles: Vec::new(),
        };
        view.styles = tokens.sentences.iter().map(|s| view.style(&s.range())).collect();
        view.look();
        view
    }

    fn words(&self) -> &'a [Token] {
        &self.tokens.words
    }

    fn word(&self, at: usize) -> &'a str {
        self.words()[at].span().of(self.text)
    }

    /// Whether the word is an `s` that a blank parts from the name before: `Geneva 's`.
    fn is_loose_s(&self, at: usize) -> bool {
        let word = &self.words()[at];
        word.gap == Gap::Quote
            && word.end - word.start == 1
            && self.text.as_bytes()[word.start as usize] == b's'
            && self.text[..word.start as usize].chars().next_back().is_some_and(is_apostrophe)
    }

    /// Whether a name can have this word for its first or last.
    fn is_candidate(&self, at: usize) -> bool {
        let word = &self.words()[at];
        if self.cover[at] >> 4 == TIME {
            return false;
        }
        match word.shape {
            Shape::Capital | Shape::Upper | Shape::Single => true,
            Shape::Lower => {
                word.article
                    || self.text.as_bytes()[word.start as usize..word.end as usize]
                        .iter()
                        .any(u8::is_ascii_uppercase)
            }
            Shape::Digits | Shape::Uncased => false,
        }
    }

    /// Runs of words that can hold a name, in order.
    pub fn windows(&self, mut each: impl FnMut(Window)) {
        // Words in small letters within a name.
        const INSIDE: usize = 3;
        let words = self.words();
        for sentence in &self.tokens.sentences {
            let range = sentence.range();
            let mut at = range.start;
            let mut last = at;
            while at < range.end {
                if !self.is_candidate(at) {
                    at += 1;
                    continue;
                }
                let first = self.front(at, last);
                let mut end = at + 1;
                let mut next = end;
                while next < range.end && next - end <= INSIDE {
                    let word = &words[next];
                    let tail = word.gap == Gap::Hyphen && next == end;
                    if self.is_candidate(next) || tail && word.shape == Shape::Lower {
                        next += 1;
                        end = next;
                    } else if word.shape == Shape::Digits && word.gap.is_soft() {
                        next += 1;
                        if next == end + 1 {
                            end = next;
                        }
                    } else if word.gap == Gap::Glued
                        || word.is(Class::CONNECTOR.or(Class::PARTICLE))
                        || self.is_loose_s(next)
                    {
                        next += 1;
                    } else {
                        break;
                    }
                }
                each(first..end);
                at = end;
                last = end;
            }
        }
    }

    /// The first word of the name that can begin before the capital at `at`: particles and numbers
    /// belong to it, 'bin', '65th'.
    fn front(&self, at: usize, start: usize) -> usize {
        let words = self.words();
        let mut first = at;
        while first > start && words[first].gap.is_soft() && at - first < 3 {
            let before = &words[first - 1];
            let number = before.shape == Shape::Digits || before.gap == Gap::Glued;
            let particle = before.shape == Shape::Lower && before.is(Class::PARTICLE);
            if !number && !particle || before.possessive {
                break;
            }
            first -= 1;
        }
        first
    }

    // ---- the document ------------------------------------------------------------------------

    fn slot(&self, hash: u32) -> usize {
        let mask = self.seen.len() - 1;
        let mut at = mix(hash, 3) as usize & mask;
        while self.seen[at].once != 0 && self.seen[at].hash != hash {
            at = (at + 1) & mask;
        }
        at
    }

    fn look(&mut self) {
        let words = self.words();
        let capitals = words.iter().filter(|w| w.is_capital()).count();
        self.seen = vec![Seen::default(); (capitals * 2 + 2).next_power_of_two()];
        for sentence in &self.tokens.sentences {
            for at in sentence.range() {
                if !words[at].is_capital() {
                    continue;
                }
                let bits = self.bits(at, &sentence.range());
                let slot = self.slot(words[at].hash);
                let seen = &mut self.seen[slot];
                seen.hash = words[at].hash;
                seen.twice |= seen.once & bits;
                seen.once |= bits;
            }
        }
        for word in words {
            if word.shape == Shape::Lower {
                let slot = self.slot(word.hash);
                let seen = &mut self.seen[slot];
                if seen.once != 0 {
                    seen.once |= LOWER;
                }
            }
        }
    }

    /// What one place of a word says of it.
    fn bits(&self, at: usize, range: &Window) -> u32 {
        let words = self.words();
        let word = &words[at];
        let mut bits = if at == range.start || matches!(word.gap, Gap::Other | Gap::Quote) {
            INITIAL
        } else {
            MIDDLE
        };
        bits |= match self.cover[at] >> 4 {
            0 => 0,
            1 => PERSON,
            2 | 3 => BODY,
            4 | 5 => PLACE,
            _ => OTHER,
        };
        if at > range.start {
            let before = &words[at - 1];
            if before.is(Class::TITLE.or(Class::HONORIFIC)) {
                bits |= TITLED;
            }
            if before.is(Class::GIVEN) && before.is_capital() {
                bits |= GIVEN;
            }
            if word.gap == Gap::Blank && before.shape == Shape::Lower {
                match self.word(at - 1) {
                    "in" | "from" | "near" | "at" | "to" | "into" | "across" => bits |= LOCATED,
                    "the" => bits |= ARTICLE,
                    _ => {}
                }
            }
            if before.is_capital() && word.gap.is_soft() {
                bits |= BEFORE;
            }
            if word.gap == Gap::Open {
                bits |= BRACKET;
            }
        }
        if word.possessive {
            bits |= OWNS;
        }
        if at + 1 < range.end {
            let next = &words[at + 1];
            if next.is_capital() && next.gap.is_soft() {
                bits |= BEHIND;
            }
            if next.shape == Shape::Lower
                && matches!(
                    self.word(at + 1),
                    "said" | "says" | "told" | "has" | "had" | "was" | "is"
                )
            {
                bits |= SPEAKS;
            }
        }
        bits
    }

    /// Notes what the first pass found in a window.
    pub fn vote(&mut self, window: &Window, labels: &[u8]) {
        for (at, &label) in window.clone().zip(labels) {
            self.labels[at] = label;
            let word = &self.words()[at];
            if word.is_capital() {
                let slot = self.slot(word.hash);
                let votes = &mut self.seen[slot].votes[usize::from(label.div_ceil(4))];
                *votes = votes.saturating_add(1);
            }
        }
    }

    // ---- features ----------------------------------------------------------------------------

    /// Bytes of a word in lower case.
    fn byte(&self, word: &Token, at: u32) -> u32 {
        u32::from(self.text.as_bytes()[(word.start + at) as usize].to_ascii_lowercase())
    }

    /// The kinds of its characters, runs shortened.
    fn pattern(&self, word: &Token) -> u32 {
        let (mut pattern, mut last, mut run) = (0_u32, 0_u32, 0);
        for b in &self.text.as_bytes()[word.start as usize..word.end as usize] {
            let kind = match b {
                b'A'..=b'Z' => 1,
                b'a'..=b'z' => 2,
                b'0'..=b'9' => 3,
                b'.' => 4,
                128.. => 5,
                _ => 6,
            };
            run = if kind == last { run + 1 } else { 1 };
            last = kind;
            if run <= 2 {
                pattern = pattern.wrapping_mul(7).wrapping_add(kind);
            }
        }
        pattern
    }

    /// Bits of the sentence that a window stands in: whether it is a headline or shouted.
    fn style(&self, range: &Window) -> u8 {
        let (mut capitals, mut lower, mut upper) = (0, 0, 0);
        for word in &self.words()[range.clone()] {
            if word.end - word.start >= 4 {
                match word.shape {
                    Shape::Lower => lower += 1,
                    Shape::Upper => upper += 1,
                    Shape::Capital => capitals += 1,
                    _ => {}
                }
            }
        }
        if upper > 2 && upper > 2 * (lower + capitals) {
            2
        } else {
            u8::from(capitals + upper >= 3 && capitals + upper > 2 * lower)
        }
    }

    /// The number of the sentence that word `at` stands in.
    fn sentence_of(&self, at: usize) -> usize {
        self.tokens.sentences.partition_point(|s| s.last as usize <= at)
    }

    /// Gives the hashes of each word's features, word by word: `add(word, hash)`. Both passes have them.
    #[allow(clippy::too_many_lines, reason = "a list of features")]
    pub fn features(&self, window: &Window, mut add: impl FnMut(usize, u32)) {
        let words = self.words();
        let sentence = self.sentence_of(window.start);
        let range = self.tokens.sentences[sentence].range();
        let style = u32::from(self.styles[sentence]);
        let hash = |at: Option<usize>| -> u32 {
            at.filter(|i| range.contains(i)).map_or(1, |i| words[i].hash)
        };
        for at in window.clone() {
            let word = &words[at];
            let mut f = |template: u32, value: u32| add(at, mix(value, template));
            let before = |n: usize| at.checked_sub(n).filter(|i| range.contains(i));
            let behind = |n: usize| Some(at + n).filter(|i| range.contains(i));
            let len = word.end - word.start;
            let shape = word.shape as u32;
            let (w, w1, p1) = (word.hash, hash(behind(1)), hash(before(1)));
            let (w2, p2) = (hash(behind(2)), hash(before(2)));
            let gap = word.gap as u32;
            let gap1 = behind(1).map_or(9, |i| words[i].gap as u32)
                + 10 * u32::from(word.possessive || behind(1).is_some_and(|i| self.is_loose_s(i)));
            f(0, 0);
            f(1, w);
            f(2, mix(w, shape));
            f(3, p1);
            f(4, w1);
            f(5, p2);
            f(6, w2);
            f(7, mix(p1, w));
            f(8, mix(w, w1));
            f(9, mix(p1, w1));
            f(10, mix(p2, p1));
            f(11, mix(w1, w2));
            let pattern = self.pattern(word);
            f(12, mix(pattern, len.min(6)));
            let shape_of = |i: Option<usize>| i.map_or(7, |i| words[i].shape as u32);
            let (s1, sp) = (shape_of(behind(1)), shape_of(before(1)));
            f(13, shape * 100 + sp * 10 + s1);
            f(14, mix(gap * 20 + gap1, shape * 100 + sp * 10 + s1));
            f(15, gap * 20 + gap1);
            f(16, mix(p1, gap));
            f(17, mix(w1, gap1));
            f(18, mix(p1, shape));
            f(19, mix(w1, shape));
            // Affixes.
            let (mut prefix, mut suffix) = (0, 0);
            for n in 0..len.min(5) {
                prefix = mix(prefix, self.byte(word, n));
                suffix = mix(suffix, self.byte(word, len - 1 - n));
                if n > 0 {
                    f(20 + n, prefix);
                    f(25 + n, suffix);
                }
            }
            f(30, mix(suffix, shape * 10 + s1));
            // Word lists.
            let class = |i: Option<usize>| i.map_or(Class::NONE, |i| words[i].class);
            let classes = [
                class(before(2)),
                class(before(1)),
                word.class,
                class(behind(1)),
                class(behind(2)),
            ];
            for (n, class) in (0..).zip(classes) {
                let mut bits = class.bits();
                f(31 + n, bits);
                while bits != 0 {
                    f(36 + n, bits.trailing_zeros());
                    bits &= bits - 1;
                }
            }
            let known =
                |i: Option<usize>| u32::from(i.map_or(0, |i| self.table.get(words[i].hash)));
            let (k, k1, kp) = (known(Some(at)), known(behind(1)), known(before(1)));
            f(41, mix(k, shape));
            f(42, mix(k1, s1));
            f(43, mix(kp, sp));
            f(44, mix(k, k1 * 256 + kp));
            f(45, mix(kp, shape * 1000 + sp * 256 + k));
            f(46, mix(k1, shape * 1000 + s1 * 256 + k));
            // What the rules found.
            let rule = |i: Option<usize>| i.map_or(255, |i| u32::from(self.cover[i]));
            let (r, r1, rp) = (rule(Some(at)), rule(behind(1)), rule(before(1)));
            f(50, r);
            f(51, r1);
            f(52, rp);
            f(53, mix(r, r1 * 256 + rp));
            f(54, mix(r, w));
            f(55, mix(r, w1));
            f(56, mix(r, p1));
            f(57, mix(r, shape * 100 + sp * 10 + s1));
            f(58, mix(r >> 4, gap * 20 + gap1));
            f(59, rule(behind(2)) * 256 + rule(before(2)));
            // Position.
            let initial = self.initial(at, &range);
            f(60, initial + 4 * style);
            f(61, mix(w, initial + 4 * style));
            f(62, mix(k, initial + 4 * style + 12 * shape));
            f(63, mix(word.class.bits(), initial + 4 * style + 12 * shape));
            // The document.
            if word.is_capital() {
                let seen = self.seen[self.slot(w)];
                let own = self.bits(at, &range);
                let elsewhere = (seen.once & !own) | seen.twice;
                for bit in 0..SEEN_BITS {
                    if elsewhere & (1 << bit) != 0 {
                        f(70, bit * 4 + initial.min(1));
                        f(71, bit * 512 + r);
                    }
                }
                f(72, mix(elsewhere & 0b111, initial + 4 * style + 12 * shape));
                f(73, mix(elsewhere & 0b111_1000, r));
                f(74, elsewhere);
            }
            // The window as a whole.
            let (left, right) = (at - window.start, window.end - 1 - at);
            f(80, (left.min(3) * 4 + right.min(3)) as u32 * 8 + shape);
            f(81, mix(words[window.end - 1].hash, left.min(1) as u32));
            let tail = words[window.end - 1].class.bits();
            f(82, mix(tail, (right.min(3)) as u32));
            f(83, mix(hash(Some(window.end)), (right.min(3)) as u32));
            f(84, mix(hash(window.start.checked_sub(1)), (left.min(3)) as u32));
        }
    }

    /// Gives the hashes of those features that say what the first pass found: `add(word, hash)`.
    pub fn second_features(&self, window: &Window, mut add: impl FnMut(usize, u32)) {
        let words = self.words();
        let sentence = self.sentence_of(window.start);
        let range = self.tokens.sentences[sentence].range();
        let style = u32::from(self.styles[sentence]);
        for at in window.clone() {
            let word = &words[at];
            let mut f = |template: u32, value: u32| add(at, mix(value, template));
            let before = at.checked_sub(1).filter(|i| range.contains(i));
            let behind = Some(at + 1).filter(|i| range.contains(i));
            let (shape, w, r) = (word.shape as u32, word.hash, u32::from(self.cover[at]));
            let initial = self.initial(at, &range);
            let label_of = |i: Option<usize>| i.map_or(99, |i| u32::from(self.labels[i]));
            let own = self.labels[at];
            let (l, l1, lp) = (u32::from(own), label_of(behind), label_of(before));
            f(90, l);
            f(91, mix(l, l1 * 100 + lp));
            f(92, mix(l, w));
            let mut votes = [0; 4];
            if word.is_capital() {
                votes = self.seen[self.slot(w)].votes;
                let mine = &mut votes[usize::from(own.div_ceil(4))];
                *mine = mine.saturating_sub(1);
            }
            let most = (0..4).max_by_key(|&i| votes[i]).unwrap_or(0);
            let total: u32 = votes.iter().map(|&n| u32::from(n)).sum();
            let share = if total == 0 {
                0
            } else {
                1 + most as u32 * 4
                    + u32::from(u32::from(votes[most]) == total) * 2
                    + u32::from(votes[most] > 2)
            };
            f(93, share);
            f(94, share * 16 + l);
            f(95, mix(share, r));
            f(96, mix(share, initial + 4 * style + 12 * shape));
            for (kind, &n) in (0..).zip(&votes) {
                f(97, kind * 4 + u32::from(n).min(3));
            }
        }
    }

    /// Whether word `at` begins its sentence, and whether something like it stands before.
    fn initial(&self, at: usize, range: &Window) -> u32 {
        u32::from(at == range.start)
            + 2 * u32::from(matches!(self.words()[at].gap, Gap::Other | Gap::Quote))
    }

    /// The labels of a window whose capitals the codebook all knows, as words of its mentions: the model has
    /// nothing to say there.
    pub fn settled(&self, window: &Window, labels: &mut Vec<u8>) -> bool {
        let known = |at: usize| self.cover[at] != 0 && method_of(self.cover[at]) == BY_CODEBOOK;
        if !window.clone().all(|at| known(at) || !self.is_candidate(at)) {
            return false;
        }
        labels.extend(window.clone().map(|at| {
            let cover = self.cover[at];
            match cover >> 4 {
                1 => 1 + (cover & 3),
                2 | 3 => 5 + (cover & 3),
                4 | 5 => 9 + (cover & 3),
                _ => 0,
            }
        }));
        true
    }
}
