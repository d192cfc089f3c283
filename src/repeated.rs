//! Lines that stand in many files of a run: the furniture of a publisher's pages.
//!
//! In: the cleaned texts of neighbouring files. Out: the set of short lines that stand in many of them.
//! Files that share their longest line are copies of one text and count once, so that a corpus of
//! copies does not take its titles for furniture.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hasher};

use rayon::prelude::*;

/// Longest line that is counted, in bytes.
const LONGEST: usize = 160;
/// Files that must have a line at the least.
const LEAST_FILES: usize = 3;
/// One in so many of the files must have it.
const SHARE: usize = 50;

/// The lines that stand in many files.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Repeated {
    lines: HashSet<u64>,
}

impl Repeated {
    /// Counts the lines of `texts`.
    #[must_use]
    pub fn new(texts: &[&str]) -> Self {
        if texts.len() < LEAST_FILES {
            return Self::default();
        }
        let files: Vec<(u64, Vec<u64>)> = texts.par_iter().map(|text| lines_of(text)).collect();
        let mut seen = HashSet::new();
        let mut counts: HashMap<u64, usize> = HashMap::new();
        for (longest, lines) in files {
            if seen.insert(longest) {
                lines.into_iter().for_each(|line| *counts.entry(line).or_default() += 1);
            }
        }
        let many = LEAST_FILES.max(seen.len() / SHARE);
        counts.retain(|_, files| *files >= many);
        Self { lines: counts.into_keys().collect() }
    }

    /// Whether many files have this line; white space at its ends and its amount in between do not
    /// count.
    #[must_use]
    pub fn has(&self, line: &str) -> bool {
        !self.lines.is_empty() && self.lines.contains(&hash(line))
    }
}

/// A hash of the longest line, and one of every short one, each once.
fn lines_of(text: &str) -> (u64, Vec<u64>) {
    let mut longest = "";
    let mut lines = Vec::new();
    for line in text.lines().map(str::trim) {
        if line.len() > longest.len() {
            longest = line;
        }
        if line.len() <= LONGEST && line.chars().any(char::is_alphabetic) {
            lines.push(hash(line));
        }
    }
    lines.sort_unstable();
    lines.dedup();
    (hash(longest), lines)
}

/// Of the words alone, so that it does not matter how they are spaced.
fn hash(line: &str) -> u64 {
    let line = line.trim();
    let printed = line.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    let mut hasher = DefaultHasher::new();
    if printed && memchr::memmem::find(line.as_bytes(), b"  ").is_none() {
        hasher.write(line.as_bytes());
    } else {
        hasher.write(line.split_whitespace().collect::<Vec<_>>().join(" ").as_bytes());
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repeated(texts: &[String]) -> Repeated {
        Repeated::new(&texts.iter().map(String::as_str).collect::<Vec<_>>())
    }

    #[test]
    fn lines_of_many_files_are_known_however_they_are_spaced() {
        let page = |n: usize| {
            format!(
                "Story {n}\n\nText of story number {n}, which is its own.\n\n The  Daily\tPost \n"
            )
        };
        let known = repeated(&(0..4).map(page).collect::<Vec<_>>());
        assert!(known.has("The Daily Post"));
        assert!(known.has("  The Daily  Post"));
        assert!(!known.has("Story 1"));
        assert!(!known.has("The Daily"));
    }

    #[test]
    fn copies_count_once() {
        let copy =
            "The title\n\nA paragraph that is longer than any other line of it.\n".to_owned();
        assert_eq!(repeated(&vec![copy; 10]), Repeated::default());
    }

    #[test]
    fn long_lines_lines_without_letters_and_lines_of_few_among_many_are_not_counted() {
        let prose = "word ".repeat(40);
        let page = |n: usize| {
            let few = if n < 3 { "Further reading" } else { "" };
            format!("{few}\n{prose}\n* * *\nOwn text {}\n", "x".repeat(300 + n))
        };
        let known = repeated(&(0..400).map(page).collect::<Vec<_>>());
        assert!(!known.has(&prose) && !known.has("* * *") && !known.has("Further reading"));
    }
}
