//! The model file: a header, then flat arrays that are used where they lie.
//!
//! In: the bytes of `src/data/tagger.bin`, or of one that [`write()`] made. Out: a [`Model`] that borrows them.
//! All numbers are little-endian. The header holds a mark with the format's version, the number of rows of
//! weights, the number of slots of the word table, and a checksum of all that follows. That is for each of the two
//! passes the scores of label pairs (`LABELS` rows of `WIDTH` `i16`), then the rows of weights (`LABELS` `i8` for the
//! first pass and as many for the second), then the checks (`u16`) and values (`u8`) of the word table, then zeros.
//!
//! What the two passes weigh in a feature lies together, since fetching a row costs more than all else.

use super::decode::{LABELS, WIDTH};
use super::features::WordTable;

const MARK: &[u8; 16] = b"rapporteur tag 2";
const HEADER: usize = 32;
const STEPS: usize = LABELS * WIDTH * 2;
/// Bytes of a row: the weights of both passes.
const ROW: usize = 2 * LABELS;
/// Bytes that are read of a row: the weights of the second pass are read as if there were `WIDTH`.
const READ: usize = LABELS + WIDTH;
/// The last row is read like the others, with what follows it.
const PADDING: usize = READ - ROW;
/// Most rows of weights, and most slots of words.
const MOST: u32 = 1 << 24;

/// Why bytes are no model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// They do not begin as a model of this version does.
    #[error("not a tagger model of this version")]
    Mark,
    /// Their number is not what the header says.
    #[error("a tagger model of {expected} bytes has {found}")]
    Length {
        /// What the header says.
        expected: usize,
        /// What there is.
        found: usize,
    },
    /// The checksum is another.
    #[error("the tagger model is damaged: its checksum is {found:016x}, not {expected:016x}")]
    Checksum {
        /// What the header says.
        expected: u64,
        /// What the bytes give.
        found: u64,
    },
}

/// The model: two passes over a document, and the word table.
#[derive(Clone, Debug)]
pub struct Model<'m> {
    /// For each pass the score of each label behind each other one; outside stands at both ends of a
    /// window. The first pass sees words and rules, the second also what the first found.
    pub steps: [[[i32; WIDTH]; LABELS]; 2],
    /// `count` rows of `ROW` weights, bytes of `i8`, and what stands behind in the file.
    rows: &'m [u8],
    count: u32,
    /// What the word lists say.
    pub table: WordTable<'m>,
}

/// The row of a feature, of so many.
#[inline]
#[must_use]
pub const fn row_of(feature: u32, rows: u32) -> usize {
    ((feature as u64 * rows as u64) >> 32) as usize
}

/// Adds bytes of `i8` to `scores`.
#[inline]
fn add(scores: &mut [i16; WIDTH], weights: &[u8; WIDTH]) {
    for (score, weight) in scores.iter_mut().zip(weights) {
        *score = score.wrapping_add(i16::from(weight.cast_signed()));
    }
}

/// Weights of one pass as they are stored.
#[derive(Clone, Debug)]
pub struct Weights {
    /// Scores of label pairs.
    pub step: [[i16; WIDTH]; LABELS],
    /// Rows of feature weights.
    pub rows: Vec<[i8; LABELS]>,
}

/// A checksum over words of eight bytes; what is left over counts as a word filled up with zeros.
fn checksum(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let mut last = [0_u8; 8];
    last[..rest.len()].copy_from_slice(rest);
    words.iter().chain([&last]).fold(0xcbf2_9ce4_8422_2325, |sum, word| {
        let sum: u64 = (sum ^ u64::from_le_bytes(*word)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        sum ^ sum >> 29
    })
}

impl<'m> Model<'m> {
    #[inline]
    fn row(&self, feature: u32) -> Option<&[u8; READ]> {
        self.rows[row_of(feature, self.count) * ROW..].first_chunk()
    }

    /// Has the row of a feature fetched; what it gives says nothing.
    #[inline]
    pub fn touch(&self, feature: u32) -> u8 {
        self.row(feature).map_or(0, |row| row[0] ^ row[READ - 1])
    }

    /// Adds the weights of a feature in both passes to `scores`.
    ///
    /// It adds a whole `WIDTH` of them, since that is faster; those that are not of a label belong to what
    /// follows in the file, and nobody reads their sums.
    #[inline]
    pub fn add(&self, feature: u32, scores: &mut [[i16; WIDTH]; 2]) {
        let Some(row) = self.row(feature) else { return };
        let [first, second] = scores;
        if let (Some(one), Some(two)) = (row.first_chunk(), row.last_chunk()) {
            add(first, one);
            add(second, two);
        }
    }

    /// Adds the weights of a feature in the second pass to `scores`.
    #[inline]
    pub fn add_second(&self, feature: u32, scores: &mut [i16; WIDTH]) {
        if let Some(weights) = self.row(feature).and_then(|row| row.last_chunk()) {
            add(scores, weights);
        }
    }

    /// Reads a model.
    ///
    /// # Errors
    ///
    /// If the bytes are none of this version, cut off or damaged.
    pub fn read(bytes: &'m [u8]) -> Result<Self, ModelError> {
        let (header, body) = bytes.split_first_chunk::<HEADER>().ok_or(ModelError::Mark)?;
        let number = |at: usize| {
            u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
        };
        let (count, slots) = (number(16), number(20));
        let sizes =
            (1..=MOST).contains(&count) && (slots == 0 || slots.is_power_of_two() && slots <= MOST);
        if !header.starts_with(MARK) || !sizes {
            return Err(ModelError::Mark);
        }
        let slots = slots as usize;
        let expected = HEADER + 2 * STEPS + count as usize * ROW + 3 * slots + PADDING;
        if bytes.len() != expected {
            return Err(ModelError::Length { expected, found: bytes.len() });
        }
        let expected = u64::from(number(24)) | u64::from(number(28)) << 32;
        let found = checksum(body);
        if expected != found {
            return Err(ModelError::Checksum { expected, found });
        }
        let (steps, rows) = body.split_at(2 * STEPS);
        let mut read = [[[0; WIDTH]; LABELS]; 2];
        let numbers = steps.as_chunks::<2>().0;
        for (to, from) in read.iter_mut().flatten().flatten().zip(numbers) {
            *to = i32::from(i16::from_le_bytes(*from));
        }
        let words = &rows[count as usize * ROW..];
        let (checks, values) = words[..3 * slots].split_at(2 * slots);
        let table = WordTable { checks: checks.as_chunks().0, values };
        Ok(Self { steps: read, rows, count, table })
    }
}

/// The slots of a word table: checks and values.
#[must_use]
pub fn slots(words: &[(u32, u8)]) -> (Vec<[u8; 2]>, Vec<u8>) {
    // One slot at least stays free, where looking for a word that is not there ends.
    let slots = if words.is_empty() { 0 } else { (words.len() * 5 / 4 + 1).next_power_of_two() };
    let (mut checks, mut values) = (vec![[0; 2]; slots], vec![0; slots]);
    for &(hash, value) in words {
        let (mut at, check) = WordTable::key(hash);
        let check = check.to_le_bytes();
        at &= slots - 1;
        while checks[at] != [0; 2] && checks[at] != check {
            at = (at + 1) & (slots - 1);
        }
        checks[at] = check;
        values[at] |= value;
    }
    (checks, values)
}

/// The bytes of a model; both passes have as many rows, `words` are hashes of words with what is said of them.
#[must_use]
pub fn write(passes: [&Weights; 2], words: &[(u32, u8)]) -> Vec<u8> {
    let mut body: Vec<u8> = Vec::new();
    for pass in passes {
        body.extend(pass.step.iter().flatten().flat_map(|n| n.to_le_bytes()));
    }
    for (first, second) in passes[0].rows.iter().zip(&passes[1].rows) {
        body.extend(first.iter().chain(second).map(|n| n.to_le_bytes()[0]));
    }
    let (checks, values) = slots(words);
    body.extend(checks.iter().flatten());
    body.extend(&values);
    body.extend([0; PADDING]);
    let mut out = MARK.to_vec();
    let counts = [passes[0].rows.len(), values.len()];
    out.extend(counts.iter().flat_map(|n| u32::try_from(*n).unwrap_or(0).to_le_bytes()));
    out.extend(checksum(&body).to_le_bytes());
    out.extend(body);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> Vec<u8> {
        let mut first = Weights { step: [[0; WIDTH]; LABELS], rows: vec![[0; LABELS]; 8] };
        let mut second = first.clone();
        first.step[1][3] = -7;
        second.step[2][4] = 5;
        first.rows[5][2] = -3;
        second.rows[5][1] = 4;
        second.rows[7][12] = 9;
        write([&first, &second], &[(17, 3), (99, 4), (17, 8)])
    }

    #[test]
    fn what_is_written_is_read() {
        let bytes = small();
        let model = Model::read(&bytes).unwrap();
        assert_eq!((model.steps[0][1][3], model.steps[1][2][4]), (-7, 5));
        let mut scores = [[0; WIDTH]; 2];
        model.add(5 << 29, &mut scores);
        assert_eq!((scores[0][2], scores[1][1]), (-3, 4));
        model.add_second(7 << 29, &mut scores[1]);
        assert_eq!((scores[0][12], scores[1][12]), (0, 9));
        assert_eq!([17, 99, 5].map(|hash| model.table.get(hash)), [11, 4, 0]);
    }

    #[test]
    fn damage_is_told() {
        let bytes = small();
        assert_eq!(Model::read(b"").unwrap_err(), ModelError::Mark);
        assert_eq!(Model::read(&bytes[1..]).unwrap_err(), ModelError::Mark);
        let (expected, found) = (bytes.len(), bytes.len() - 1);
        assert_eq!(
            Model::read(&bytes[..found]).unwrap_err(),
            ModelError::Length { expected, found }
        );
        for at in 0..bytes.len() {
            let mut bytes = bytes.clone();
            bytes[at] ^= 0x10;
            assert!(Model::read(&bytes).is_err(), "byte {at}");
        }
    }
}
