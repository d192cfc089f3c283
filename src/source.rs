//! Where texts come from: the raw folder, its files in order, and the sidecar beside them.
//!
//! In: a folder, a file, or a stream. Out: texts in order: a file is one, and so is each row of a table
//! (`rows`); `feed` cuts them into batches, `sidecar` says what is stated of them. Files are sorted
//! by the bytes of their relative path, and each is read once when it is its turn. Assumes that the
//! folder stays still while it is listed.

mod feed;
mod form;
mod rows;
mod sidecar;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};
use walkdir::WalkDir;

use crate::error::{Error, Reject, Result};

use feed::hashes;
pub(crate) use feed::{Batch, Feed, Item};
pub(crate) use form::{Form, Packing};
pub(crate) use rows::{Columns, Cursor};
pub use sidecar::{SIDECAR, Sidecar, SidecarRow};

/// The argument that means standard input.
pub const STDIN: &str = "-";
/// What the source paths of a stream begin with.
const STDIN_NAME: &str = "stdin.jsonl";

/// A file that is to be read.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// The raw folder, or that of a single raw file.
    root: Arc<Path>,
    /// Path below the raw folder, '/' between folders.
    pub source_path: String,
    /// Size in bytes when it was listed.
    pub size: u64,
    /// What it holds.
    pub(crate) form: Form,
    /// How it is compressed.
    pub(crate) packing: Packing,
    /// A stream that was put aside to be read twice; it has no path.
    spooled: Option<Arc<File>>,
}

impl SourceFile {
    fn new(root: &Arc<Path>, source_path: String, size: u64) -> Self {
        let (form, packing) = form::of(&source_path);
        Self { root: Arc::clone(root), source_path, size, form, packing, spooled: None }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.root.join(&self.source_path)
    }

    /// Its bytes from the first on, decompressed.
    pub(crate) fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        let file = match &self.spooled {
            Some(spooled) => {
                let mut file = spooled.try_clone()?;
                file.rewind()?;
                file
            }
            None => File::open(self.path())?,
        };
        self.packing.unpack(file)
    }
}

/// What the raw folder holds.
#[derive(Debug, Default)]
pub struct Listing {
    /// The files, sorted by the bytes of `source_path`.
    pub files: Vec<SourceFile>,
    /// Entries that cannot be read as documents.
    pub rejects: Vec<Reject>,
    /// Number of hidden entries (their name begins with a full stop) that were passed over.
    pub hidden: usize,
    /// Number of files of [`OTHER_FORMATS`] that were passed over.
    pub other: usize,
}

/// Extensions of files that keep data or settings beside texts and are no texts themselves.
pub const OTHER_FORMATS: &[&str] = &["json", "toml", "xml", "yaml", "yml"];

/// The folder that source paths are below: the raw folder itself, or that of a single raw file.
#[must_use]
pub fn root(raw: &Path) -> &Path {
    match raw.parent() {
        Some(parent) if raw.is_file() => parent,
        _ => raw,
    }
}

/// Lists the files of a raw folder and of all folders below it; a single file is a list of one.
///
/// Every file counts, whatever its extension, but for the sidecar, hidden ones and those of
/// [`OTHER_FORMATS`]. Links are followed. What is no file, or has a name that a table cannot hold, is a reject.
///
/// # Errors
///
/// If the folder itself cannot be read.
pub fn list(raw_dir: &Path) -> Result<Listing> {
    if raw_dir.is_file() {
        return list_one(raw_dir);
    }
    let mut listing = list_all(raw_dir)?;
    let all = listing.files.len();
    listing.files.retain(|file| file.form != Form::Other);
    listing.other = all - listing.files.len();
    listing.files.retain(|file| file.source_path != SIDECAR);
    reject_twins(&mut listing);
    Ok(listing)
}

fn list_one(raw: &Path) -> Result<Listing> {
    let name = raw.file_name().and_then(|name| name.to_str()).ok_or_else(|| {
        Error::Folders(format!(
            "the name of {raw:?} is not UTF-8, so no table can hold it; rename it"
        ))
    })?;
    let size = fs::metadata(raw).map_err(Error::io("read", raw))?.len();
    let mut file = SourceFile::new(&Arc::from(root(raw)), name.to_owned(), size);
    if file.form == Form::Other {
        // Whoever names a file means it.
        file.form = Form::Text;
    }
    Ok(Listing { files: vec![file], ..Listing::default() })
}

/// Puts a stream of JSON lines aside in an unnamed file of the folder `dir`, since the columns of all its
/// rows must be known before the first is written. `stop` is asked whether to give up.
///
/// # Errors
///
/// If the stream breaks off, the file cannot be written, or `stop` said so.
pub fn spool(mut stream: impl Read, dir: &Path, stop: &dyn Fn() -> bool) -> Result<Listing> {
    let mut file = tempfile::tempfile_in(dir).map_err(Error::io("create a file in", dir))?;
    let mut buffer = vec![0; 1 << 16];
    let mut size = 0;
    loop {
        if stop() {
            return Err(Error::Interrupted);
        }
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => {
                file.write_all(&buffer[..read])
                    .map_err(Error::io("put standard input aside in", dir))?;
                size += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Error::io("read", Path::new(STDIN))(error)),
        }
    }
    let mut source = SourceFile::new(&Arc::from(dir), STDIN_NAME.to_owned(), size);
    source.spooled = Some(Arc::new(file));
    Ok(Listing { files: vec![source], ..Listing::default() })
}

/// Lists all files of a folder and of those below it that are not hidden.
pub(crate) fn list_all(raw_dir: &Path) -> Result<Listing> {
    let metadata = fs::metadata(raw_dir).map_err(Error::io("read the folder", raw_dir))?;
    if !metadata.is_dir() {
        return Err(Error::Folders(format!("{raw_dir:?} is a file, not a folder of texts")));
    }
    let root = Arc::from(raw_dir);
    let mut listing = Listing::default();
    let mut hidden = 0;
    let walk = WalkDir::new(raw_dir).follow_links(true).min_depth(1).into_iter();
    let walk = walk.filter_entry(|entry| {
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        hidden += usize::from(is_hidden);
        !is_hidden
    });
    for entry in walk {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = error.path().unwrap_or(raw_dir).to_owned();
                let reason = error.io_error().map_or_else(
                    || "a link that leads back to a folder above it".to_owned(),
                    |e| format!("cannot be read: {e}"),
                );
                listing.rejects.push(Reject { source_path: shown(raw_dir, &path), reason });
                continue;
            }
        };
        if entry.file_type().is_dir() {
            continue;
        }
        let path = entry.into_path();
        let Some(source_path) = relative(raw_dir, &path) else {
            let reason = "its name is not UTF-8, so no table can hold it; rename it".to_owned();
            listing.rejects.push(Reject { source_path: shown(raw_dir, &path), reason });
            continue;
        };
        match fs::metadata(&path) {
            Ok(metadata) if metadata.is_file() => {
                listing.files.push(SourceFile::new(&root, source_path, metadata.len()));
            }
            Ok(_) => listing
                .rejects
                .push(Reject { source_path, reason: "neither a file nor a folder".to_owned() }),
            Err(error) => listing
                .rejects
                .push(Reject { source_path, reason: format!("cannot be read: {error}") }),
        }
    }
    listing.hidden = hidden;
    listing.files.sort_by(|a, b| a.source_path.as_bytes().cmp(b.source_path.as_bytes()));
    Ok(listing)
}

/// Two files whose paths differ in the extension only would give the same ids.
fn reject_twins(listing: &mut Listing) {
    // Of many files hashes take a tenth of the memory that their names do; few are twins.
    let hash = |file: &SourceFile| hashes(&stem(&file.source_path));
    let mut sorted: Vec<_> = listing.files.iter().map(hash).collect();
    sorted.sort_unstable();
    let twins: BTreeSet<_> =
        sorted.windows(2).filter(|two| two[0] == two[1]).map(|t| t[0]).collect();
    if twins.is_empty() {
        return;
    }
    let mut first: BTreeMap<String, String> = BTreeMap::new();
    let rejects = &mut listing.rejects;
    listing.files.retain(|file| {
        if !twins.contains(&hash(file)) {
            return true;
        }
        let stem = stem(&file.source_path);
        if let Some(twin) = first.get(&stem) {
            rejects.push(Reject {
                source_path: file.source_path.clone(),
                reason: format!("its documents would have the ids of {twin:?}; rename one of them"),
            });
            return false;
        }
        first.insert(stem, file.source_path.clone());
        true
    });
}

/// A source path without its extension: what the ids of its documents begin with. The number of a row
/// stays, and so `news/2016.jsonl.gz#17` gives `news/2016#17`.
#[must_use]
pub fn stem(source_path: &str) -> String {
    let (path, row) = split_row(source_path);
    let name = path.rfind('/').map_or(0, |at| at + 1);
    let without = |path: &str| match path[name..].rfind('.') {
        Some(dot) if dot > 0 => path[..name + dot].to_owned(),
        _ => path.to_owned(),
    };
    let packed = form::of(path).1 != Packing::None;
    let stem = if packed { without(&without(path)) } else { without(path) };
    row.map_or(stem.clone(), |row| format!("{stem}#{row}"))
}

/// The file of a source path, and the number of the row in it, from 1, if it is a table.
#[must_use]
pub fn split_row(source_path: &str) -> (&str, Option<u64>) {
    let row = source_path.rsplit_once('#').and_then(|(file, row)| {
        let is_number = row.bytes().all(|b| b.is_ascii_digit()) && !row.starts_with('0');
        let number = row.parse().ok().filter(|_| is_number && form::of(file).0.has_rows());
        number.map(|number| (file, Some(number)))
    });
    row.unwrap_or((source_path, None))
}

/// How source paths follow each other: by the bytes of the file's path, then by the row's number.
#[must_use]
pub fn order(one: &str, two: &str) -> Ordering {
    let (one, two) = (split_row(one), split_row(two));
    one.0.as_bytes().cmp(two.0.as_bytes()).then(one.1.cmp(&two.1))
}

fn relative(raw_dir: &Path, path: &Path) -> Option<String> {
    let below = path.strip_prefix(raw_dir).unwrap_or(path);
    let parts: Option<Vec<&str>> = below.components().map(|c| c.as_os_str().to_str()).collect();
    Some(parts?.join("/"))
}

/// A path for people, whatever its bytes.
fn shown(raw_dir: &Path, path: &Path) -> String {
    let below = path.strip_prefix(raw_dir).unwrap_or(path);
    let mut text = String::new();
    for chunk in below.as_os_str().as_encoded_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    text
}

/// The absolute path of a folder that exists, without links.
///
/// # Errors
///
/// If it does not exist or cannot be read.
pub fn real_path(path: &Path) -> Result<PathBuf> {
    path.canonicalize().map_err(Error::io("find the folder", path))
}

/// The absolute path that a folder has or would have, without links; `None` if no folder above it
/// exists.
///
/// # Errors
///
/// If the system refuses to look.
pub fn real_path_if_any(path: &Path) -> Result<Option<PathBuf>> {
    let absolute = std::path::absolute(path).map_err(Error::io("find the folder", path))?;
    for folder in absolute.ancestors() {
        match folder.canonicalize() {
            Ok(real) => {
                let below = absolute.strip_prefix(folder).unwrap_or(Path::new(""));
                return Ok(Some(if below.as_os_str().is_empty() {
                    real
                } else {
                    real.join(below)
                }));
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(Error::io("find the folder", folder)(error)),
        }
    }
    Ok(None)
}

/// The bytes of a file and their SHA-256 as lower-case hexadecimal digits.
#[derive(Debug)]
pub struct RawBytes {
    /// The bytes, read once.
    pub bytes: Vec<u8>,
    /// Digest of exactly these bytes.
    pub sha256: String,
}

impl RawBytes {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self { sha256: digest(&bytes), bytes }
    }
}

/// Reads a file whole, decompressed.
///
/// # Errors
///
/// If the system refuses it, as a reject with its reason.
pub fn read(file: &SourceFile) -> Result<RawBytes, Reject> {
    const MOST: u64 = crate::clean::MAX_TEXT as u64;
    let reject = |reason: String| Reject { source_path: file.source_path.clone(), reason };
    let too_large = |size: String| {
        reject(format!("too large: {size} bytes, and one file may hold {MOST} at most; split it"))
    };
    if file.size > MOST {
        return Err(too_large(file.size.to_string()));
    }
    let unreadable = |e: io::Error| reject(format!("cannot be read: {e}"));
    let mut bytes = Vec::with_capacity(usize::try_from(file.size).unwrap_or(0) + 1);
    let stream = file.open().map_err(unreadable)?;
    stream.take(MOST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MOST {
        return Err(too_large(format!("more than {MOST}")));
    }
    Ok(RawBytes::new(bytes))
}

/// The SHA-256 of bytes as lower-case hexadecimal digits.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_begin_with_paths_without_extensions() {
        for (path, expected) in [
            ("a.txt", "a"),
            ("2018/statement-04.txt", "2018/statement-04"),
            ("v1.2/readme", "v1.2/readme"),
            (".hidden", ".hidden"),
            ("a.txt.gz", "a"),
            ("a.b.zst", "a"),
            ("news.jsonl#17", "news#17"),
            ("x.y/news.csv.gz#2", "x.y/news#2"),
            ("issue#3.txt", "issue#3"),
            ("notes#3", "notes#3"),
        ] {
            assert_eq!(stem(path), expected);
        }
    }

    #[test]
    fn rows_follow_each_other_as_numbers_and_files_as_bytes() {
        let sorted = ["B.txt", "a.csv#2", "a.csv#10", "a.csv.gz#1", "a.txt", "é.txt"];
        for pair in sorted.windows(2) {
            assert_eq!(order(pair[0], pair[1]), Ordering::Less, "{pair:?}");
        }
        assert_eq!(split_row("a.csv#10"), ("a.csv", Some(10)));
        for no_row in ["a.txt#10", "a.csv#", "a.csv#01", "a.csv#x", "a.csv"] {
            assert_eq!(split_row(no_row), (no_row, None));
        }
    }
}
