//! The model file: a header, then flat arrays that are used where they lie.
//!
//! In: the bytes of `src/data/tagger.bin`, or of one that [`write`] made. Out: a [`Model`] that borrows them.
//! All numbers are little-endian. The header holds a mark with the format's version, for each of the two passes the number of bits
//! that lead to a row, the number of slots of the word table, and a checksum of all that follows. That is for each pass the
//! scores of label pairs (`LABELS` rows of `WIDTH` `i16`) and the rows of weights (`LABELS` `i8` each), then
//! the checks (`u16`) and values (`u8`) of the word table.

use super::decode::{LABELS, WIDTH};
use super::features::WordTable;

const MARK: &[u8; 16] = b"rapporteur tag 1";
const HEADER: usize = 40;
const STEPS: usize = LABELS * WIDTH * 2;
/// Rows of weights and slots of words are powers of two up to this.
const MOST_BITS: u32 = 24;

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

/// Weights of features and labels of one pass over a document.
#[derive(Clone, Debug)]
pub struct Pass<'m> {
    /// Score of each label behind each other one; outside stands at both ends of a window.
    pub step: [[i32; WIDTH]; LABELS],
    /// A row of weights, bytes of `i8`, for each value of a feature hash's highest bits.
    rows: &'m [[u8; LABELS]],
    shift: u32,
}

impl<'m> Pass<'m> {
    /// The weights of a feature, as bytes of `i8`.
    #[inline]
    #[must_use]
    pub fn row(&self, feature: u32) -> &[u8; LABELS] {
        &self.rows[(feature >> self.shift) as usize]
    }

    fn read(bytes: &'m [u8], bits: u32) -> (Self, &'m [u8]) {
        let (steps, rest) = bytes.split_at(STEPS);
        let (weights, rest) = rest.split_at(LABELS << bits);
        let mut step = [[0; WIDTH]; LABELS];
        for (to, from) in step.iter_mut().flatten().zip(steps.as_chunks::<2>().0) {
            *to = i32::from(i16::from_le_bytes(*from));
        }
        (Self { step, rows: weights.as_chunks().0, shift: 32 - bits }, rest)
    }
}

/// The model: two passes over a document, and the word table.
#[derive(Clone, Debug)]
pub struct Model<'m> {
    /// The first pass sees words and rules, the second also what the first found.
    pub passes: [Pass<'m>; 2],
    /// What the word lists say.
    pub table: WordTable<'m>,
}

/// Weights as they are stored.
#[derive(Clone, Debug)]
pub struct Weights {
    /// Scores of label pairs.
    pub step: [[i16; WIDTH]; LABELS],
    /// Rows of feature weights, `2^n` of them.
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
        let (first, second, slots) = (number(16), number(20), number(24));
        let sizes = [first, second].iter().all(|bits| (1..=MOST_BITS).contains(bits))
            && (slots == 0 || slots.is_power_of_two() && slots <= 1 << MOST_BITS);
        if !header.starts_with(MARK) || !sizes || number(28) != 0 {
            return Err(ModelError::Mark);
        }
        let slots = slots as usize;
        let expected = HEADER + 2 * STEPS + (LABELS << first) + (LABELS << second) + 3 * slots;
        if bytes.len() != expected {
            return Err(ModelError::Length { expected, found: bytes.len() });
        }
        let expected = u64::from(number(32)) | u64::from(number(36)) << 32;
        let found = checksum(body);
        if expected != found {
            return Err(ModelError::Checksum { expected, found });
        }
        let (first, body) = Pass::read(body, first);
        let (second, body) = Pass::read(body, second);
        let (checks, values) = body.split_at(2 * slots);
        let table = WordTable { checks: checks.as_chunks().0, values };
        Ok(Self { passes: [first, second], table })
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

/// The bytes of a model; `words` are hashes of words with what is said of them.
#[must_use]
pub fn write(passes: [&Weights; 2], words: &[(u32, u8)]) -> Vec<u8> {
    let mut body: Vec<u8> = Vec::new();
    for pass in passes {
        body.extend(pass.step.iter().flatten().flat_map(|n| n.to_le_bytes()));
        body.extend(pass.rows.iter().flatten().map(|n| n.to_le_bytes()[0]));
    }
    let (checks, values) = slots(words);
    body.extend(checks.iter().flatten());
    body.extend(&values);
    let mut out = MARK.to_vec();
    out.extend(passes.iter().flat_map(|pass| pass.rows.len().trailing_zeros().to_le_bytes()));
    out.extend(u64::try_from(values.len()).unwrap_or(0).to_le_bytes());
    out.extend(checksum(&body).to_le_bytes());
    out.extend(body);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> Vec<u8> {
        let mut first = Weights { step: [[0; WIDTH]; LABELS], rows: vec![[0; LABELS]; 8] };
        first.step[1][3] = -7;
        let mut second = Weights { rows: vec![[0; LABELS]; 4], ..first.clone() };
        first.rows[5][2] = -3;
        second.rows[3][1] = 9;
        write([&first, &second], &[(17, 3), (99, 4), (17, 8)])
    }

    #[test]
    fn what_is_written_is_read() {
        let bytes = small();
        let model = Model::read(&bytes).unwrap();
        assert_eq!(model.passes[0].step[1][3], -7);
        assert_eq!(model.passes[0].row(5 << 29)[2].cast_signed(), -3);
        assert_eq!(model.passes[1].row(3 << 30)[1], 9);
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
