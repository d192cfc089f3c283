//! Near-duplicates: the same story in two outlets.
//!
//! In: the texts of a run's documents, in row order. Out: for each the first document before it that
//! says nearly the same, and how nearly. Nothing is deleted. Candidates come from `MinHash` signatures
//! cut into bands (Broder 1997; Leskovec, Rajaraman and Ullman, *Mining of Massive Datasets*, ch. 3),
//! and are then compared by their word 5-grams. Memory is some 130 bytes a document; the 5-grams wait
//! in an unnamed file.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use minhash_rs::prelude::{Fnv, MinHash, MinHasher};

use crate::eight::{self, HIGH, folded, letters, within};
use crate::error::{Error, Result};

/// Least Jaccard similarity of the word 5-grams of near-duplicates.
pub const LEAST: f64 = 0.5;

/// Words of a shingle.
const WORDS: usize = 5;
/// Most 5-grams of a text that are kept: those of the least hashes, whose overlap estimates that of all
/// (bottom-k sketch, Broder 1997) with a standard error below 0.2 points.
const MOST_SHINGLES: usize = 1 << 16;
/// Bands of a signature; two texts meet if they agree in one. Of pairs at the similarity `LEAST`,
/// 97 % do, at 0.7 all but 3 in 10,000.
const BANDS: usize = 12;
/// Hash functions: two a band.
const HASHES: usize = 2 * BANDS;
/// An odd number whose products mix well: 2^64 by the golden ratio (Knuth, *The Art of Computer Programming*, 6.4).
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
/// Bytes that wait in memory for the file.
const TAIL: usize = 1 << 20;

/// The first document that a document nearly repeats.
#[derive(Debug, Clone, PartialEq)]
pub struct Duplicate {
    /// Its id.
    pub doc_id: String,
    /// Jaccard similarity of the word 5-grams of both, from [`LEAST`] to 1.
    pub similarity: f64,
}

/// What is compared of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sketch {
    /// Hashes of its word 5-grams, in order and each once.
    shingles: Vec<u32>,
    /// A hash for each band of its signature.
    bands: [u64; BANDS],
}

impl Sketch {
    /// Reads a text. Words are runs of letters and digits in lower case, and single signs of scripts
    /// that set no blanks.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut shingles = Vec::with_capacity(text.len() / 6);
        let mut last = [0_u64; WORDS];
        let mut count = 0_usize;
        words(text, |word| {
            last[count % WORDS] = word;
            count += 1;
            if count >= WORDS {
                let mix = |sum: u64, at: usize| {
                    (sum ^ last[at % WORDS]).wrapping_mul(FACTOR).rotate_left(29)
                };
                // The upper half of a product depends on all bits of the lower half, and some of the upper.
                let sum = (count..count + WORDS).fold(0, mix);
                shingles.push((sum.wrapping_mul(FACTOR) >> 32) as u32);
            }
        });
        shingles.sort_unstable();
        shingles.dedup();
        shingles.truncate(MOST_SHINGLES);
        shingles.shrink_to_fit();
        let signature: MinHash<u32, HASHES, Fnv, u32, u32> = shingles.iter().copied().collect();
        Self { bands: signature.band_hashes::<BANDS>(), shingles }
    }

    /// Jaccard similarity of the 5-grams of two texts: those in both by those in either; 0 where one
    /// has none.
    #[must_use]
    pub fn similarity(&self, other: &Self) -> f64 {
        similarity(&self.shingles, &other.shingles)
    }
}

fn similarity(one: &[u32], two: &[u32]) -> f64 {
    // A list that was cut says nothing of what lies above its last hash.
    let top =
        |list: &[u32]| if list.len() < MOST_SHINGLES { u32::MAX } else { list[list.len() - 1] };
    let top = top(one).min(top(two));
    let below = |list: &[u32]| list.partition_point(|&shingle| shingle <= top);
    let (one, two) = (&one[..below(one)], &two[..below(two)]);
    let (mut i, mut j, mut both) = (0, 0, 0_usize);
    while i < one.len() && j < two.len() {
        let order = one[i].cmp(&two[j]);
        both += usize::from(order.is_eq());
        i += usize::from(order.is_le());
        j += usize::from(order.is_ge());
    }
    let either = one.len() + two.len() - both;
    if either == 0 { 0.0 } else { ratio(both, either) }
}

#[allow(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

/// Calls `word` with a hash of every word: of its runs of letters and digits of ASCII, eight bytes at a time, and
/// of each other letter by itself.
fn words(text: &str, mut word: impl FnMut(u64)) {
    let bytes = text.as_bytes();
    let add = |hash: u64, part: u64| (hash ^ part).wrapping_mul(FACTOR).rotate_left(29);
    let mut hash = None;
    let mut at = 0;
    while at < bytes.len() {
        let own = eight::at(bytes, at);
        let others = !(letters(own) | within(own, b'0', b'9')) & HIGH;
        let run = others.trailing_zeros() as usize / 8;
        if run > 0 {
            hash = Some(add(hash.unwrap_or(FACTOR), folded(own, run)));
            at += run;
            if run == 8 || at == bytes.len() {
                continue;
            }
        }
        let beyond = if bytes[at] < 128 { None } else { text[at..].chars().next() };
        at += beyond.map_or(1, char::len_utf8);
        let Some(c) = beyond.filter(|c| c.is_alphanumeric()) else {
            hash.take().map(&mut word);
            continue;
        };
        let alone = stands_alone(c);
        if alone {
            hash.take().map(&mut word);
        }
        for lower in c.to_lowercase() {
            // Of a run no byte is above 127.
            hash = Some(add(hash.unwrap_or(FACTOR), !u64::from(lower)));
        }
        if alone {
            hash.take().map(&mut word);
        }
    }
    hash.map(word);
}

/// Signs of scripts without blanks between words: Thai, Lao, Khmer, kana, Han.
fn stands_alone(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// The first documents that have a hash in one band.
struct Band {
    /// Open addressing: upper half a part of the hash, lower half the number of the document, from 1; 0 is
    /// empty.
    slots: Vec<u64>,
    used: usize,
}

impl Band {
    fn new() -> Self {
        Self { slots: vec![0; 128], used: 0 }
    }

    /// The first document with this key, from 1, or the empty slot where it would stand.
    fn find(&self, key: u64) -> std::result::Result<u32, usize> {
        let mut at = self.home(key);
        loop {
            match self.slots[at] {
                0 => return Err(at),
                slot if slot >> 32 == key >> 32 => return Ok(slot as u32),
                _ => at = if at + 1 == self.slots.len() { 0 } else { at + 1 },
            }
        }
    }

    /// Where a key is looked for first: its upper half, scaled to the table.
    fn home(&self, key: u64) -> usize {
        ((u128::from(key >> 32) * self.slots.len() as u128) >> 32) as usize
    }

    fn insert(&mut self, key: u64, document: u32) {
        if self.used * 8 > self.slots.len() * 7 {
            // No power of two, so that memory grows in small steps.
            let longer = vec![0; self.slots.len() + self.slots.len() / 4];
            for slot in std::mem::replace(&mut self.slots, longer).into_iter().filter(|&s| s != 0) {
                if let Err(at) = self.find(slot) {
                    self.slots[at] = slot;
                }
            }
        }
        if let Err(at) = self.find(key) {
            self.slots[at] = key >> 32 << 32 | u64::from(document);
            self.used += 1;
        }
    }
}

/// The documents of a run so far.
pub struct Index {
    /// Apart, because a table that grows is there twice for a while.
    bands: [Band; BANDS],
    /// Where each document's record begins in the file.
    records: Vec<u64>,
    file: File,
    path: PathBuf,
    /// Bytes in the file; what follows them is in `tail`.
    written: u64,
    tail: Vec<u8>,
}

impl Index {
    /// An index whose file, which has no name, is in the folder `dir`.
    ///
    /// # Errors
    ///
    /// If no file can be made there.
    pub fn new(dir: &Path) -> Result<Self> {
        Ok(Self {
            bands: std::array::from_fn(|_| Band::new()),
            records: Vec::new(),
            file: tempfile::tempfile_in(dir).map_err(Error::io("create a file in", dir))?,
            path: dir.to_owned(),
            written: 0,
            tail: Vec::new(),
        })
    }

    /// Adds the next document; gives the first one before it that it nearly repeats.
    ///
    /// # Errors
    ///
    /// If the file cannot be written or read.
    pub fn add(&mut self, doc_id: &str, sketch: &Sketch) -> Result<Option<Duplicate>> {
        if sketch.shingles.is_empty() {
            return Ok(None);
        }
        let path = self.path.clone();
        self.place(doc_id, sketch)
            .map_err(Error::io("write the 5-grams of documents to a file in", &path))
    }

    fn place(&mut self, doc_id: &str, sketch: &Sketch) -> io::Result<Option<Duplicate>> {
        let mut before: Vec<u32> = Vec::new();
        let mut missing = [false; BANDS];
        for (band, missing) in missing.iter_mut().enumerate() {
            match self.bands[band].find(key(sketch, band)) {
                Ok(document) => before.push(document),
                Err(_) => *missing = true,
            }
        }
        before.sort_unstable();
        before.dedup();
        let mut found = None;
        for document in before {
            let (doc_id, shingles) = self.record(document)?;
            let similarity = similarity(&sketch.shingles, &shingles);
            if similarity >= LEAST {
                found = Some(Duplicate { doc_id, similarity });
                break;
            }
        }
        // A copy in whole leads nowhere that its original does not lead.
        if missing.iter().any(|&missing| missing) {
            let number = self.push(doc_id, &sketch.shingles)?;
            for band in (0..BANDS).filter(|&band| missing[band]) {
                self.bands[band].insert(key(sketch, band), number);
            }
        }
        Ok(found)
    }

    /// Appends a record; gives the document's number, from 1.
    fn push(&mut self, doc_id: &str, shingles: &[u32]) -> io::Result<u32> {
        self.records.push(self.written + self.tail.len() as u64);
        self.tail.extend((doc_id.len() as u32).to_le_bytes());
        self.tail.extend(doc_id.as_bytes());
        self.tail.extend((shingles.len() as u32).to_le_bytes());
        self.tail.extend(shingles.iter().flat_map(|shingle| shingle.to_le_bytes()));
        if self.tail.len() > TAIL {
            self.file.seek(SeekFrom::Start(self.written))?;
            self.file.write_all(&self.tail)?;
            self.written += self.tail.len() as u64;
            self.tail.clear();
        }
        u32::try_from(self.records.len()).map_err(|_| io::Error::other("more than 2^32 documents"))
    }

    fn record(&mut self, document: u32) -> io::Result<(String, Vec<u32>)> {
        let start = self.records[document as usize - 1];
        let end = self.records.get(document as usize).copied();
        let end = end.unwrap_or(self.written + self.tail.len() as u64);
        let mut bytes = vec![0; (end - start) as usize];
        if start >= self.written {
            let from = (start - self.written) as usize;
            bytes.copy_from_slice(&self.tail[from..][..(end - start) as usize]);
        } else {
            self.file.seek(SeekFrom::Start(start))?;
            self.file.read_exact(&mut bytes)?;
        }
        let damaged = || io::Error::other("the file of 5-grams was changed from outside");
        let (length, rest) = bytes.split_first_chunk().ok_or_else(damaged)?;
        let (doc_id, rest) =
            rest.split_at_checked(u32::from_le_bytes(*length) as usize).ok_or_else(damaged)?;
        let doc_id = String::from_utf8(doc_id.to_vec()).map_err(|_| damaged())?;
        let (_, shingles) = rest.split_first_chunk::<4>().ok_or_else(damaged)?;
        Ok((doc_id, shingles.as_chunks().0.iter().map(|four| u32::from_le_bytes(*four)).collect()))
    }
}

/// A hash of one band of a signature, different for every band.
fn key(sketch: &Sketch, band: usize) -> u64 {
    (sketch.bands[band] ^ (band as u64 + 1)).wrapping_mul(FACTOR)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// Jaccard similarity of the 5-grams, by the book.
    fn by_the_book(one: &str, two: &str) -> f64 {
        let grams = |text: &str| -> BTreeSet<Vec<String>> {
            let words: Vec<String> = text
                .split(|c: char| !c.is_alphanumeric())
                .filter(|w| !w.is_empty())
                .map(str::to_lowercase)
                .collect();
            words.windows(WORDS).map(<[String]>::to_vec).collect()
        };
        let (one, two) = (grams(one), grams(two));
        let both = one.intersection(&two).count();
        if one.is_empty() || two.is_empty() {
            return 0.0;
        }
        ratio(both, one.len() + two.len() - both)
    }

    /// A text of `count` words that differs from that of another seed.
    fn story(seed: usize, count: usize) -> String {
        (0..count)
            .map(|i| format!("w{} ", (i * i * 31 + (i + 1) * seed * 104_729) % 9973))
            .collect()
    }

    fn run(texts: &[&str]) -> Vec<Option<(String, f64)>> {
        let dir = tempfile::tempdir().unwrap();
        let mut index = Index::new(dir.path()).unwrap();
        let add = |(i, text): (usize, &&str)| {
            let found = index.add(&format!("d{i}"), &Sketch::new(text)).unwrap();
            found.map(|d| (d.doc_id, d.similarity))
        };
        texts.iter().enumerate().map(add).collect()
    }

    #[test]
    fn the_first_similar_document_is_named_with_its_similarity() {
        let story_one = story(1, 400);
        let edited = format!("Our correspondent writes: {}", &story_one[..story_one.len() - 300]);
        let other = story(2, 400);
        let found = run(&[&story_one, &other, &edited, &story_one, "too short to tell"]);
        assert_eq!(found[0], None);
        assert_eq!(found[1], None);
        let (id, similarity) = found[2].clone().unwrap();
        assert_eq!((id.as_str(), similarity), ("d0", by_the_book(&story_one, &edited)));
        assert_eq!(found[3], Some(("d0".to_owned(), 1.0)));
        assert_eq!(found[4], None);
    }

    #[test]
    fn case_punctuation_and_quotation_marks_make_no_difference() {
        let one = "“We won’t go to Geneva,” said the envoy, “unless the siege is lifted.”";
        let two = "\"We won't go to Geneva\", SAID the envoy -- \"unless the siege is lifted\".";
        assert!(Sketch::new(one).similarity(&Sketch::new(two)) > 0.999);
        assert_eq!(Sketch::new("中国政府呼吁各方").shingles.len(), 4);
    }

    #[test]
    fn many_documents_find_their_own_original() {
        // Enough for the table to grow and for records to go to the file.
        let texts: Vec<String> = (0..1200).map(|i| story(i, 300)).collect();
        let mut all: Vec<&str> = texts.iter().map(String::as_str).collect();
        let copies: Vec<String> =
            (0..1200).step_by(7).map(|i| format!("New lead. {}", texts[i])).collect();
        all.extend(copies.iter().map(String::as_str));
        let found = run(&all);
        assert!(found[..1200].iter().all(Option::is_none));
        for (at, original) in (0..1200).step_by(7).enumerate() {
            assert_eq!(found[1200 + at].as_ref().unwrap().0, format!("d{original}"));
        }
    }

    #[test]
    fn of_very_long_texts_the_least_hashes_are_compared() {
        let one: String = (0..200_000).map(|i| format!("w{i} ")).collect();
        let two: String = (50_000..250_000).map(|i| format!("w{i} ")).collect();
        let (one, two) = (Sketch::new(&one), Sketch::new(&two));
        assert_eq!(one.shingles.len(), MOST_SHINGLES);
        assert!((one.similarity(&two) - 0.6).abs() < 0.01, "{}", one.similarity(&two));
    }

    #[test]
    fn words_are_told_apart_but_not_by_their_case() {
        let hashes = |text: &str| {
            let mut out = Vec::new();
            words(text, |hash| out.push(hash));
            out
        };
        for (one, two) in [
            ("Militias", "MILITIAS"),
            ("militiasmilitias", "MilitiasMilitias"),
            ("militiasé", "MILITIASÉ"),
            ("été 7th", "(ÉTÉ), 7TH."),
        ] {
            assert_eq!(hashes(one), hashes(two), "{one}");
        }
        for (one, two) in [("ab", "\u{6261}"), ("militias", "militiasm"), ("a", "é"), ("1", "2")] {
            assert_ne!(hashes(one), hashes(two), "{one}");
        }
        assert_eq!(hashes("停火 of 12").len(), 4);
    }

    proptest! {
        #[test]
        fn similarity_is_that_of_the_book(one in "([a-dE-G7éÉ ,.]{0,9} ?){0,60}", two in "([a-dE-G7éÉ ,.]{0,9} ?){0,60}") {
            let found = Sketch::new(&one).similarity(&Sketch::new(&two));
            prop_assert!((found - by_the_book(&one, &two)).abs() < 1e-9);
        }
    }
}
