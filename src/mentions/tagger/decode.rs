//! Labels of words, and the best sequence of them.
//!
//! In: scores of every label for each word of a window. Out: one label a word, such that names are
//! whole. Viterbi over the few labels that may follow each other.

/// Labels: 0 outside a name; for each type its first word, a middle word, the last, and the only one.
pub const LABELS: usize = 13;
/// Labels in a row of weights, filled up to a power of two.
pub const WIDTH: usize = 16;
/// Types of names: persons, organisations, places.
pub const TYPES: usize = 3;

/// The scores of a word's labels.
pub type Scores = [i32; WIDTH];

/// The label of a word: its place in a name of type `kind` from 0.
#[must_use]
pub const fn label(kind: usize, first: bool, last: bool) -> usize {
    1 + 4 * kind
        + match (first, last) {
            (true, false) => 0,
            (false, false) => 1,
            (false, true) => 2,
            (true, true) => 3,
        }
}

/// Whether a name goes on behind a word with this label.
#[must_use]
pub const fn is_open(label: usize) -> bool {
    label > 0 && (label - 1) % 4 < 2
}

/// Whether a word with this label begins a name or stands outside.
const fn is_start(label: usize) -> bool {
    label == 0 || matches!((label - 1) % 4, 0 | 3)
}

/// Whether label `b` may follow label `a`.
#[must_use]
pub const fn may_follow(a: usize, b: usize) -> bool {
    if is_open(a) { !is_start(b) && (a - 1) / 4 == (b - 1) / 4 } else { is_start(b) }
}

/// For each label those that may stand before it, and how many they are.
const BEFORE: [([u8; LABELS], usize); LABELS] = {
    let mut table = [([0; LABELS], 0); LABELS];
    let mut b = 0;
    while b < LABELS {
        let mut a = 0;
        while a < LABELS {
            if may_follow(a, b) {
                table[b].0[table[b].1] = a as u8;
                table[b].1 += 1;
            }
            a += 1;
        }
        b += 1;
    }
    table
};

/// Scratch space of the decoder.
#[derive(Clone, Debug, Default)]
pub struct Decoder {
    back: Vec<[u8; WIDTH]>,
    /// The best labels of the window decoded last.
    pub labels: Vec<u8>,
}

impl Decoder {
    /// Finds the best labels of a window; `step` is the score of a pair of labels in a row.
    pub fn decode(&mut self, scores: &[Scores], step: &[[i32; WIDTH]; LABELS]) {
        const NEVER: i32 = i32::MIN / 4;
        self.back.clear();
        self.labels.clear();
        let mut best = [NEVER; WIDTH];
        for (at, own) in scores.iter().enumerate() {
            let mut next = [NEVER; WIDTH];
            let mut back = [0_u8; WIDTH];
            for b in 0..LABELS {
                if at == 0 {
                    if is_start(b) {
                        next[b] = own[b] + step[0][b];
                    }
                    continue;
                }
                for &a in BEFORE[b].0.iter().take(BEFORE[b].1) {
                    let score = best[usize::from(a)] + step[usize::from(a)][b] + own[b];
                    if score > next[b] {
                        next[b] = score;
                        back[b] = a;
                    }
                }
            }
            best = next;
            self.back.push(back);
        }
        let mut label = 0;
        for l in 1..LABELS {
            if !is_open(l) && best[l] + step[l][0] > best[label] + step[label][0] {
                label = l;
            }
        }
        for back in self.back.iter().rev() {
            self.labels.push(label as u8);
            label = usize::from(back[label]);
        }
        self.labels.reverse();
    }
}

/// The names that labels spell: first word, one past the last, type.
pub fn names(labels: &[u8], mut each: impl FnMut(usize, usize, usize)) {
    let mut first = 0;
    for (at, &label) in labels.iter().enumerate() {
        let label = usize::from(label);
        if is_start(label) {
            first = at;
        }
        if label > 0 && !is_open(label) {
            each(first, at + 1, (label - 1) / 4);
        }
    }
}
