//! The rows against the raw files: digests, and the bytes behind every text.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::{Report, shown};
use crate::clean;
use crate::read::rejects;
use crate::source::{self, Columns, Cursor, Feed, RawBytes, SourceFile};
use crate::write::REJECTS;

/// Bytes beside a row that a repair in it may have looked at.
const BESIDE: usize = 16;

/// The raw folder, one text of it open.
pub(super) struct RawFiles {
    dir: Option<PathBuf>,
    cursor: Option<Cursor>,
    columns: Columns,
    raw: Option<RawBytes>,
    encoding: String,
    path: String,
    seen: BTreeSet<String>,
}

impl RawFiles {
    /// Without a folder every check passes.
    pub(super) fn new(dir: Option<&Path>, text_column: &str) -> Self {
        Self {
            dir: dir.map(Path::to_owned),
            cursor: dir.map(|dir| Cursor::new(dir, text_column)),
            columns: Columns::text_only(text_column),
            raw: None,
            encoding: String::new(),
            path: String::new(),
            seen: BTreeSet::new(),
        }
    }

    /// Turns to a file; its encoding is found out where no document states it.
    pub(super) fn open(&mut self, path: &str, encoding: Option<&str>, report: &mut Report) {
        let Some(cursor) = &mut self.cursor else { return };
        path.clone_into(&mut self.path);
        self.seen.insert(source::split_row(path).0.to_owned());
        self.raw = match cursor.read(path) {
            Ok(raw) => Some(raw),
            Err(error) => {
                report.add(path, None, None, error.to_string(), "the raw file");
                None
            }
        };
        let found = || {
            let raw = self.raw.as_ref().map_or(&[][..], |raw| &raw.bytes);
            let clean = clean::clean(raw);
            clean.map_or("UTF-8", |c| c.encoding)
        };
        self.encoding = encoding.unwrap_or_else(|| found()).to_owned();
    }

    pub(super) fn check_digest(&self, id: &str, digest: &str, report: &mut Report) {
        let Some(own) = self.raw.as_ref().map(|raw| &raw.sha256) else { return };
        if own != digest {
            let expected = format!("{own}, the SHA-256 of the raw file");
            report.add("documents", Some(id), Some("source_sha256"), digest, expected);
        }
    }

    /// What no block covers must be white space, or characters that cannot be seen.
    pub(super) fn check_gap(&self, key: &str, start: i64, end: i64, report: &mut Report) {
        let Some(bytes) = self.raw.as_ref().map(|raw| &raw.bytes) else { return };
        let len = bytes.len();
        let start = usize::try_from(start).unwrap_or(0).min(len);
        let end = usize::try_from(end).unwrap_or(0).clamp(start, len);
        let gap = clean::clean_part(&bytes[start..end], &self.encoding).unwrap_or_default();
        let gap = gap.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        // Hyphens, which the rest does not look at, need a block as well.
        if !gap.is_empty() && (skeleton(gap).is_empty() || !self.makes(bytes, start..end, "")) {
            let found = format!("{} in bytes {start}..{end} of no block", shown(gap));
            report.add("blocks", Some(key), Some("raw_start"), found, "every word in a block");
        }
    }

    /// The bytes of a row must make its text, apart from white space and line-end hyphens.
    pub(super) fn check_text(
        &self,
        table: &str,
        key: &str,
        (start, end): (i64, i64),
        text: &str,
        report: &mut Report,
    ) {
        let Some(bytes) = self.raw.as_ref().map(|raw| &raw.bytes) else { return };
        let range = usize::try_from(start).ok().zip(usize::try_from(end).ok());
        let Some((start, end)) = range.filter(|(s, e)| s <= e && *e <= bytes.len()) else {
            let found = format!("{start}..{end}");
            let expected = format!("a range inside the {} bytes of {}", bytes.len(), self.path);
            return report.add(table, Some(key), Some("raw_end"), found, expected);
        };
        let wanted = skeleton(text);
        let own = clean::clean_part(&bytes[start..end], &self.encoding).unwrap_or_default();
        let edge = |c: Option<char>| c.is_none_or(char::is_whitespace);
        if !text.is_empty() && (edge(own.chars().next()) || edge(own.chars().next_back())) {
            let expected = "the smallest range: no white space at its ends";
            return report.add(table, Some(key), Some("raw_start"), shown(&own), expected);
        }
        if skeleton(&own) == wanted {
            return;
        }
        if is_without_page_edges(&own, &wanted) {
            return;
        }
        if !self.makes(bytes, start..end, &wanted) {
            let there = String::from_utf8_lossy(&bytes[start..end]);
            let expected = format!("bytes that make {}", shown(text));
            report.add(table, Some(key), Some("raw_start"), shown(&there), expected);
        }
    }

    /// Whether a range of `bytes` makes the text `wanted`. Some repairs look at the letters beside them: with
    /// those the same bytes must make it, and what is beside must stay what it is by itself.
    fn makes(&self, bytes: &[u8], range: Range<usize>, wanted: &str) -> bool {
        let part = |range: Range<usize>| {
            skeleton(&clean::clean_part(&bytes[range], &self.encoding).unwrap_or_default())
        };
        let from = range.start.saturating_sub(BESIDE);
        let to = (range.end + BESIDE).min(bytes.len());
        part(from..range.start) + wanted + &part(range.end..to) == part(from..to)
    }

    /// Every file of the raw folder must have gone into the dataset.
    pub(super) fn check_all_seen(&self, out_dir: &Path, report: &mut Report) {
        let Some(dir) = &self.dir else { return };
        let listing = match source::list(dir) {
            Ok(listing) => listing,
            Err(error) => {
                return report.add("raw", None, None, error.to_string(), "the raw folder");
            }
        };
        let rejects = match rejects(out_dir) {
            Ok(rejects) => rejects,
            Err(error) => {
                return report.add(
                    REJECTS,
                    None,
                    None,
                    error.to_string(),
                    "source paths and reasons",
                );
            }
        };
        // A table none of whose rows could be read stands there with its rows.
        let rejected: BTreeSet<&str> =
            rejects.iter().map(|(path, _)| source::split_row(path).0).collect();
        for file in &listing.files {
            let path = &file.source_path;
            if self.seen.contains(path) || rejected.contains(path.as_str()) {
                continue;
            }
            if !self.is_blank(file) {
                let expected = "its blocks, or a line in rejects.csv";
                report.add("blocks", Some(path), None, "no row for this raw file", expected);
            }
        }
    }

    /// Whether a file holds nothing but white space, in all of its texts: it gives no blocks.
    fn is_blank(&self, file: &SourceFile) -> bool {
        Feed::new(vec![file.clone()], &self.columns).all(|mut batch| {
            batch.rejects.is_empty()
                && batch.items.iter_mut().all(|item| {
                    item.read().is_ok_and(|raw| {
                        clean::clean(&raw.bytes).is_ok_and(|c| c.text.trim().is_empty())
                    })
                })
        })
    }
}

/// Whether the lines of `own` make the skeleton `wanted` when the edges of pages in it, which stay outside
/// the text where they cut a sentence, are left out: a few short lines with a number or of two words at most.
fn is_without_page_edges(own: &str, wanted: &str) -> bool {
    /// Bytes of such a line, and lines of an edge, at most.
    const LONGEST: usize = 160;
    const MOST: usize = 4;
    let (mut rest, mut left_out) = (wanted, 0);
    for line in own.split(['\n', '\x0c']).map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(after) = rest.strip_prefix(skeleton(line).as_str()) {
            (rest, left_out) = (after, 0);
            continue;
        }
        left_out += 1;
        let has_number = line.contains(|c: char| c.is_ascii_digit());
        let is_edge = has_number || line.split_whitespace().nth(2).is_none();
        if left_out > MOST || line.len() > LONGEST || !is_edge {
            return false;
        }
    }
    rest.is_empty()
}

fn skeleton(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '-' && *c != '\u{feff}').collect()
}
