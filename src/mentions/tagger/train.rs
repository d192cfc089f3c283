//! Fitting the tagger's weights.
//!
//! In: documents with windows and the right label of every word. Out: the bytes of a model. An averaged
//! structured perceptron (Collins 2002, "Discriminative Training Methods for Hidden Markov Models"):
//! whole numbers only, one fixed order, so the same examples give the same bytes on any machine.

use super::decode::{Decoder, LABELS, Scores, WIDTH};
use super::features::{View, Window, WordTable};
use super::model::{self, Weights, row_of};
use crate::mentions::Mention;
use crate::mentions::tokens::Tokens;

/// A document whose names are known.
#[derive(Clone, Debug)]
pub struct Text<'t> {
    /// Its text.
    pub text: &'t str,
    /// Its words.
    pub tokens: &'t Tokens,
    /// What the rules found in it, in order and not overlapping.
    pub mentions: &'t [Mention<'t>],
    /// Its windows, in order, each with the labels of its words where they are known.
    pub windows: Vec<(Window, Option<Vec<u8>>)>,
    /// How much it counts.
    pub weight: i32,
    /// In which half of the documents it is: what the first pass finds in it for the second to learn
    /// from is what a model of the other half finds.
    pub half: bool,
}

/// A window with its features.
#[derive(Clone, Debug, Default)]
struct Example {
    /// The features of its words, one word after the other.
    features: Vec<u32>,
    /// For each word the end of its features.
    ends: Vec<usize>,
    /// The right label of each word, if known.
    labels: Option<Vec<u8>>,
    weight: i32,
    half: bool,
}

/// How weights are fitted.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Rows of weights that each pass has.
    pub rows: u32,
    /// Passes over the examples.
    pub passes: u32,
    /// Added to the scores of wrong labels while training, which widens the margin.
    pub margin: i32,
}

/// A weight with the sum of its changes, each times the number of the change.
#[derive(Clone, Copy, Debug, Default)]
struct Weight {
    now: i32,
    moved: i64,
}

impl Weight {
    fn add(&mut self, change: i32, time: i64) {
        self.now += change;
        self.moved += i64::from(change) * time;
    }

    /// The sum of its values at every step.
    fn sum(self, time: i64) -> i64 {
        i64::from(self.now) * time - self.moved
    }
}

/// Fits both passes and gives the bytes of the model; `words` goes into its word table.
#[must_use]
pub fn train(texts: &[Text<'_>], words: &[(u32, u8)], settings: Settings) -> Vec<u8> {
    let (checks, values) = model::slots(words);
    let table = WordTable { checks: &checks, values: &values };
    let views = || texts.iter().map(|t| View::new(t.text, t.tokens, &table, t.mentions));
    let mut examples = Vec::new();
    for (text, view) in texts.iter().zip(views()) {
        add_examples(text, &view, false, &mut examples);
    }
    let first = fit(examples.iter(), settings);
    let halves = [true, false]
        .map(|half| fit(examples.iter().filter(|example| example.half != half), settings));
    let mut second = Vec::new();
    let mut rest = examples.as_slice();
    let (mut decoder, mut settled) = (Decoder::default(), Vec::new());
    for (text, mut view) in texts.iter().zip(views()) {
        let (own, others) = rest.split_at(text.windows.len());
        rest = others;
        for ((window, _), example) in text.windows.iter().zip(own) {
            settled.clear();
            if view.settled(window, &mut settled) {
                view.vote(window, &settled);
            } else {
                label(&halves[usize::from(!text.half)], example, &mut decoder);
                view.vote(window, &decoder.labels);
            }
        }
        add_examples(text, &view, true, &mut second);
    }
    drop(examples);
    let second = fit(second.iter(), settings);
    model::write([&first, &second], words)
}

fn add_examples(text: &Text<'_>, view: &View<'_>, second: bool, out: &mut Vec<Example>) {
    for (window, labels) in &text.windows {
        let mut features = vec![Vec::new(); window.len()];
        view.features(window, |at, feature| features[at - window.start].push(feature));
        if second {
            view.second_features(window, |at, feature| features[at - window.start].push(feature));
        }
        let ends = features.iter().scan(0, |end, own| {
            *end += own.len();
            Some(*end)
        });
        out.push(Example {
            ends: ends.collect(),
            features: features.concat(),
            labels: labels.clone(),
            weight: text.weight,
            half: text.half,
        });
    }
}

/// The features of each word.
fn features(example: &Example) -> impl Iterator<Item = &[u32]> {
    let mut from = 0;
    example.ends.iter().map(move |&end| &example.features[std::mem::replace(&mut from, end)..end])
}

/// Labels a window as a model does that holds these weights.
fn label(weights: &Weights, example: &Example, decoder: &mut Decoder) {
    let count = weights.rows.len() as u32;
    let scores: Vec<Scores> = features(example)
        .map(|features| {
            let mut own = [0; WIDTH];
            for feature in features {
                let row = &weights.rows[row_of(*feature, count)];
                own.iter_mut().zip(row).for_each(|(score, weight)| *score += i32::from(*weight));
            }
            own
        })
        .collect();
    decoder.decode(&scores, &weights.step.map(|row| row.map(i32::from)));
}

/// Fits the weights of one pass.
fn fit<'e>(examples: impl Iterator<Item = &'e Example>, settings: Settings) -> Weights {
    let count = settings.rows;
    let mut weights = vec![[Weight::default(); LABELS]; count as usize];
    let mut steps = [[Weight::default(); WIDTH]; LABELS];
    let mut order: Vec<(&Example, &Vec<u8>)> =
        examples.filter_map(|example| Some((example, example.labels.as_ref()?))).collect();
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut time = 1_i64;
    let (mut scores, mut decoder) = (Vec::new(), Decoder::default());
    for _ in 0..settings.passes {
        for i in (1..order.len()).rev() {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            order.swap(i, (random % (i as u64 + 1)) as usize);
        }
        for &(example, labels) in &order {
            scores.clear();
            for (features, &right) in features(example).zip(labels) {
                let mut own: Scores = [settings.margin; WIDTH];
                own[usize::from(right)] = 0;
                for feature in features {
                    let row = &weights[row_of(*feature, count)];
                    own.iter_mut().zip(row).for_each(|(score, weight)| *score += weight.now);
                }
                scores.push(own);
            }
            let now = steps.map(|row| row.map(|weight: Weight| weight.now));
            decoder.decode(&scores, &now);
            time += 1;
            if decoder.labels == *labels {
                continue;
            }
            let change = example.weight;
            for (features, (&right, &wrong)) in
                features(example).zip(labels.iter().zip(&decoder.labels))
            {
                if right != wrong {
                    for feature in features {
                        let row = &mut weights[row_of(*feature, count)];
                        row[usize::from(right)].add(change, time);
                        row[usize::from(wrong)].add(-change, time);
                    }
                }
            }
            for (labels, change) in [(labels, change), (&decoder.labels, -change)] {
                let mut before = 0;
                for label in labels.iter().map(|&l| usize::from(l)).chain([0]) {
                    steps[before][label].add(change, time);
                    before = label;
                }
            }
        }
    }
    // The scale is that at which few weights leave the range of a byte.
    let mut sizes: Vec<i64> =
        weights.iter().flatten().map(|w| w.sum(time).abs()).filter(|size| *size > 0).collect();
    sizes.sort_unstable();
    let largest = sizes.get(sizes.len().saturating_sub(1 + sizes.len() / 5000)).map_or(1, |n| *n);
    let round = |sum: i64, most: i64| {
        let scaled = i128::from(sum) * 254 / i128::from(largest);
        i128::midpoint(scaled, scaled.signum()).clamp(-i128::from(most), i128::from(most))
    };
    let rows = weights
        .iter()
        .map(|row| row.map(|w| i8::try_from(round(w.sum(time), 127)).unwrap_or(0)))
        .collect();
    let step = steps.map(|row| row.map(|w| i16::try_from(round(w.sum(time), 32_767)).unwrap_or(0)));
    Weights { step, rows }
}

#[cfg(test)]
mod tests {
    use super::super::Tagger;
    use super::super::decode::label;
    use super::*;
    use crate::mentions::lexicon::Lexicon;
    use crate::source::digest;
    use crate::text::Span;

    /// Sentences with their one name, and its type.
    const SENTENCES: &[(&str, &str, usize)] = &[
        ("Then Dorvan Keleti said no.", "Dorvan Keleti", 0),
        ("Then Anna Morvik said yes.", "Anna Morvik", 0),
        ("He went to Zelmaburg by train.", "Zelmaburg", 2),
        ("He went to Urbanitz by car.", "Urbanitz", 2),
        ("The Velmont Industries board met.", "Velmont Industries", 1),
        ("The Kestor Industries board met.", "Kestor Industries", 1),
    ];

    fn small() -> Vec<u8> {
        let lexicon = Lexicon::embedded();
        let tokens: Vec<Tokens> = SENTENCES
            .iter()
            .map(|(text, _, _)| Tokens::new(text, &[Span::new(0, text.len())], &lexicon))
            .collect();
        let texts: Vec<Text<'_>> = SENTENCES
            .iter()
            .zip(&tokens)
            .enumerate()
            .map(|(i, ((text, name, kind), tokens))| {
                let start = text.find(name).unwrap();
                let mut windows = Vec::new();
                View::new(text, tokens, &WordTable::default(), &[]).windows(|window| {
                    let own = &tokens.words[window.clone()];
                    let inside = |at: u32| (start..=start + name.len()).contains(&(at as usize));
                    let labels = own.iter().map(|word| {
                        let (first, last) =
                            (word.start as usize == start, word.end as usize == start + name.len());
                        let named = inside(word.start) && inside(word.end);
                        if named { label(*kind, first, last) as u8 } else { 0 }
                    });
                    windows.push((window, Some(labels.collect())));
                });
                Text { text, tokens, mentions: &[], windows, weight: 1, half: i % 2 == 0 }
            })
            .collect();
        train(&texts, &[(1, 2)], Settings { rows: 1536, passes: 4, margin: 1 })
    }

    #[test]
    fn fitting_gives_the_same_bytes_and_learns() {
        let bytes = small();
        assert_eq!(bytes, small());
        assert_eq!(
            digest(&bytes),
            "1d8c6a42630564b4b4b0cdec8ea05e5a7239a0e7026ece1182166285a01e765e"
        );
        let tagger = Tagger::read(&bytes).unwrap();
        let lexicon = Lexicon::embedded();
        for (text, name, _) in SENTENCES {
            let tokens = Tokens::new(text, &[Span::new(0, text.len())], &lexicon);
            let found = tagger.find(text, &tokens, Vec::new());
            assert_eq!(found.iter().map(|m| m.span.of(text)).collect::<Vec<_>>(), [*name]);
        }
    }
}
