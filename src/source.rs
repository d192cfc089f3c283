//! Where texts come from: the raw folder, its files in order, and the sidecar beside them.
//!
//! In: a folder, a file, or a stream. Out: texts in order: a file is one, and so is each row of a table
//! (`rows`); `feed` cuts them into batches, `sidecar` says what is stated of them. Files are sorted
//! by the bytes of their relative path, and each is read once when it is its turn (of tables the names
//! of the columns are read before). Assumes that the folder stays still while it is listed; a file that
//! changes between its listing and the end of its reading is a reject.

mod feed;
mod form;
mod rows;
mod sidecar;
mod written;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, Metadata};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use rustix::fs::OFlags;
use sha2::{Digest, Sha256};
use walkdir::WalkDir;

use crate::error::{Error, Reject, Result};

use feed::hashes;
pub(crate) use feed::{Batch, Feed, Item};
pub(crate) use form::{Form, Packing};
pub(crate) use rows::{Columns, Cursor};
pub(crate) use sidecar::is_language_tag;
pub use sidecar::{SIDECAR, Sidecar, SidecarRow};
pub(crate) use written::{
    MOST_COLUMNS, MOST_LIST, MOST_NAME, MOST_SETTINGS, csv_fault, line_of, long_cell, open_quote,
    read_text, toml_fault,
};

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
    /// When it was written last, as it was listed.
    written: i64,
    /// What it holds.
    pub(crate) form: Form,
    /// How it is compressed.
    pub(crate) packing: Packing,
    /// A stream that was put aside to be read twice; it has no path.
    spooled: Option<Arc<File>>,
}

impl SourceFile {
    fn new(root: &Arc<Path>, source_path: String, (size, written): Stamp) -> Self {
        let (form, packing) = form::of(&source_path);
        Self { root: Arc::clone(root), source_path, size, written, form, packing, spooled: None }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.root.join(&self.source_path)
    }

    /// Its bytes from the first on, decompressed; an error, at their end at the latest, if it is not the
    /// file that was listed any more.
    pub(crate) fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        if let Some(spooled) = &self.spooled {
            let mut file = spooled.try_clone()?;
            file.rewind()?;
            return self.packing.unpack(file);
        }
        let file = self.open_steady()?;
        if self.packing == Packing::None {
            return Ok(Box::new(file));
        }
        Ok(Box::new(Unpacked { file: file.clone(), stream: self.packing.unpack(file)? }))
    }

    /// Opens the file itself, which must be as it was listed.
    fn open_steady(&self) -> io::Result<Steady> {
        let (file, metadata) = open_file(&self.path())?;
        let steady = Steady { file: Arc::new(file), stamp: (self.size, self.written) };
        if stamp(&metadata) == steady.stamp { Ok(steady) } else { Err(Steady::changed()) }
    }
}

/// Size in bytes and time of the last change, in nanoseconds since 1970: while both stay, so do the bytes.
type Stamp = (u64, i64);

fn stamp(metadata: &Metadata) -> Stamp {
    let nanoseconds = metadata.mtime().saturating_mul(1_000_000_000);
    (metadata.len(), nanoseconds.saturating_add(metadata.mtime_nsec()))
}

/// A file whose end is an error if the file is not as it was listed: what was read of it may then be
/// half of one version and half of another.
#[derive(Clone)]
struct Steady {
    file: Arc<File>,
    stamp: Stamp,
}

impl Steady {
    fn changed() -> io::Error {
        io::Error::other("it changed while the run went on; run again when it stays as it is")
    }

    /// Whether the file is as it was listed.
    fn check(&self) -> io::Result<()> {
        if stamp(&self.file.metadata()?) == self.stamp { Ok(()) } else { Err(Self::changed()) }
    }
}

impl Read for Steady {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // Not every reader above this one calls again after a signal.
        let read = loop {
            match self.file.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                done => break done?,
            }
        };
        if read == 0 && !buffer.is_empty() {
            self.check()?;
        }
        Ok(read)
    }
}

/// What is unpacked from a file. Bytes that changed are the likelier reason of any fault in it.
struct Unpacked {
    file: Steady,
    stream: Box<dyn Read + Send>,
}

impl Read for Unpacked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.read(buffer).or_else(|error| self.file.check().and(Err(error)))
    }
}

/// Opens a file to read it. What is none, such as a pipe, is refused and not waited for.
///
/// # Errors
///
/// If the system refuses it, or it is no file.
pub(crate) fn open_file(path: &Path) -> io::Result<(File, Metadata)> {
    let no_wait = OFlags::NONBLOCK.bits().cast_signed();
    let file = File::options().read(true).custom_flags(no_wait).open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_file() { Ok((file, metadata)) } else { Err(io::Error::other("it is no file")) }
}

/// The bytes of a file, as [`open_file`] opens it.
///
/// # Errors
///
/// As of [`open_file`].
pub(crate) fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_file(path)?.0.read_to_end(&mut bytes)?;
    Ok(bytes)
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
    /// The folders elsewhere that links led to, without links.
    pub linked: Vec<PathBuf>,
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
/// [`OTHER_FORMATS`]. Links are followed, but no folder is read twice: a link to one that is read
/// already, lies in such a one or holds one is a reject. So is what is no file, or has a name that a table
/// cannot hold or that means something else to one.
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
    reject_row_names(&mut listing);
    reject_twins(&mut listing);
    Ok(listing)
}

fn list_one(raw: &Path) -> Result<Listing> {
    let name = raw.file_name().and_then(|name| name.to_str()).ok_or_else(|| {
        Error::Folders(format!(
            "the name of {raw:?} is not UTF-8, so no table can hold it; rename it"
        ))
    })?;
    let metadata = fs::metadata(raw).map_err(Error::io("read", raw))?;
    let mut file = SourceFile::new(&Arc::from(root(raw)), name.to_owned(), stamp(&metadata));
    if file.form == Form::Other {
        // Whoever names a file means it.
        file.form = Form::Text;
    }
    let mut listing = Listing { files: vec![file], ..Listing::default() };
    reject_row_names(&mut listing);
    Ok(listing)
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
    let mut source = SourceFile::new(&Arc::from(dir), STDIN_NAME.to_owned(), (size, 0));
    source.spooled = Some(Arc::new(file));
    Ok(Listing { files: vec![source], ..Listing::default() })
}

/// Lists all files of a folder and of those below it that are not hidden.
pub(crate) fn list_all(raw_dir: &Path) -> Result<Listing> {
    let metadata = fs::metadata(raw_dir).map_err(Error::io("read the folder", raw_dir))?;
    if !metadata.is_dir() {
        return Err(Error::Folders(format!("{raw_dir:?} is a file, not a folder of texts")));
    }
    let mut tree = Tree {
        raw_dir,
        root: Arc::from(raw_dir),
        listing: Listing::default(),
        walked: BTreeSet::from([real_path(raw_dir)?]),
        links: BTreeSet::new(),
    };
    tree.walk(raw_dir)?;
    while let Some((_, link)) = tree.links.pop_first() {
        tree.follow(&link)?;
    }
    let mut listing = tree.listing;
    // No two are equal; a stable sort would need room for half of them.
    listing.files.sort_unstable_by(|a, b| a.source_path.as_bytes().cmp(b.source_path.as_bytes()));
    listing.files.shrink_to_fit();
    Ok(listing)
}

/// A raw folder that is being listed.
struct Tree<'a> {
    raw_dir: &'a Path,
    root: Arc<Path>,
    listing: Listing,
    /// Folders that were walked with all below them, without links; none lies in another.
    walked: BTreeSet<PathBuf>,
    /// Links to folders that are still to be followed, with their depth: the shortest way to a folder is
    /// the one that is taken.
    links: BTreeSet<(usize, PathBuf)>,
}

impl Tree<'_> {
    fn reject(&mut self, path: &Path, reason: String) {
        let source_path = shown(self.raw_dir, path);
        self.listing.rejects.push(Reject { source_path, reason });
    }

    /// Lists what is in a folder and below it, and notes the links to folders.
    fn walk(&mut self, folder: &Path) -> Result<()> {
        let mut hidden = 0;
        let walk = WalkDir::new(folder).min_depth(1).into_iter().filter_entry(|entry| {
            let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
            hidden += usize::from(is_hidden);
            !is_hidden
        });
        for entry in walk {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    let path = error.path().unwrap_or(folder).to_owned();
                    let source = io_error(error);
                    if path == self.raw_dir {
                        return Err(Error::io("read the folder", &path)(source));
                    }
                    self.reject(&path, format!("cannot be read: {source}"));
                    continue;
                }
            };
            if entry.file_type().is_dir() {
                continue;
            }
            let metadata = if entry.path_is_symlink() {
                fs::metadata(entry.path())
            } else {
                entry.metadata().map_err(io_error)
            };
            let path = entry.into_path();
            let metadata = match metadata {
                Ok(metadata) => metadata,
                Err(error) => {
                    self.reject(&path, format!("cannot be read: {error}"));
                    continue;
                }
            };
            if metadata.is_dir() {
                self.links.insert((path.components().count(), path));
            } else if !metadata.is_file() {
                self.reject(&path, "neither a file nor a folder".to_owned());
            } else if let Some(source_path) = relative(self.raw_dir, &path) {
                let file = SourceFile::new(&self.root, source_path, stamp(&metadata));
                self.listing.files.push(file);
            } else {
                let reason = "its name is not UTF-8, so no table can hold it; rename it";
                self.reject(&path, reason.to_owned());
            }
        }
        self.listing.hidden += hidden;
        Ok(())
    }

    /// Lists the folder that a link leads to, unless that would read a file twice: folders whose links
    /// lead to each other have more ways through them than anyone can wait for.
    fn follow(&mut self, link: &Path) -> Result<()> {
        let real = match link.canonicalize() {
            Ok(real) => real,
            Err(error) => {
                self.reject(link, format!("cannot be read: {error}"));
                return Ok(());
            }
        };
        let inside = real.ancestors().any(|folder| self.walked.contains(folder));
        let around = self.walked.range(real.clone()..).next().is_some_and(|w| w.starts_with(&real));
        if inside || around {
            let here = link.parent().and_then(|folder| folder.canonicalize().ok());
            let reason = if here.is_some_and(|here| here.starts_with(&real)) {
                "a link that leads back to a folder above it"
            } else if inside {
                "a link to a folder that is read already"
            } else {
                "a link to a folder with a part that is read already"
            };
            self.reject(link, reason.to_owned());
            return Ok(());
        }
        self.walked.insert(real.clone());
        self.listing.linked.push(real);
        self.walk(link)
    }
}

/// The system's reason alone: the path stands beside it.
pub(crate) fn io_error(error: walkdir::Error) -> io::Error {
    error.into_io_error().unwrap_or_else(|| io::Error::other("a link that leads back"))
}

/// A text whose name ends as the source paths of rows do would be taken for a row.
fn reject_row_names(listing: &mut Listing) {
    let rejects = &mut listing.rejects;
    listing.files.retain(|file| {
        let (table, row) = split_row(&file.source_path);
        let Some(row) = row else { return true };
        let reason = format!("it is named as row {row} of the table {table:?} would be; rename it");
        rejects.push(Reject { source_path: file.source_path.clone(), reason });
        false
    });
}

/// Two files whose paths differ in the extension only would give the same ids; so would `a#1.txt` and
/// the first row of `a.csv`.
fn reject_twins(listing: &mut Listing) {
    let tables = listing.files.iter().filter(|file| file.form.has_rows());
    let tables: BTreeMap<String, String> =
        tables.map(|file| (stem(&file.source_path), file.source_path.clone())).collect();
    if !tables.is_empty() {
        let rejects = &mut listing.rejects;
        listing.files.retain(|file| {
            let stem = stem(&file.source_path);
            let named = stem.rsplit_once('#').filter(|(_, row)| row_number(row).is_some());
            let Some(table) = named.and_then(|(table, _)| tables.get(table)) else { return true };
            let is_text = !file.form.has_rows();
            if is_text {
                let reason = format!(
                    "its documents would have the ids of a row of {table:?}; rename one of them"
                );
                rejects.push(Reject { source_path: file.source_path.clone(), reason });
            }
            !is_text
        });
    }
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
        let number = row_number(row).filter(|_| form::of(file).0.has_rows());
        number.map(|number| (file, Some(number)))
    });
    row.unwrap_or((source_path, None))
}

/// The number of a row as source paths write it.
fn row_number(text: &str) -> Option<u64> {
    let is_number = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|_| is_number)
}

/// How source paths follow each other: by the bytes of the file's path, then by the row's number.
#[must_use]
pub fn order(one: &str, two: &str) -> Ordering {
    let (one, two) = (split_row(one), split_row(two));
    one.0.as_bytes().cmp(two.0.as_bytes()).then(one.1.cmp(&two.1))
}

/// Whether a path, put behind that of a folder, leads to nothing outside the folder.
pub(crate) fn stays_below(path: &str) -> bool {
    Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
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

    type Change = fn(&Path);

    /// A listed file, changed when some of it was read, or before.
    fn read_while(name: &str, bytes: &[u8], change: Change, first: usize) -> io::Result<usize> {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(name), bytes).unwrap();
        let listing = list(dir.path()).unwrap();
        let path = listing.files[0].path();
        if first == 0 {
            change(&path);
        }
        let mut stream = listing.files[0].open()?;
        let mut buffer = vec![0; first.max(1)];
        stream.read_exact(&mut buffer)?;
        if first > 0 {
            change(&path);
        }
        stream.read_to_end(&mut buffer)
    }

    #[test]
    fn a_file_that_changes_between_listing_and_the_end_of_reading_is_refused() {
        let append = |path: &Path| {
            File::options().append(true).open(path).unwrap().write_all(b"x").unwrap();
        };
        let later = |path: &Path| {
            let metadata = fs::metadata(path).unwrap();
            let time = metadata.modified().unwrap() + std::time::Duration::from_secs(1);
            File::options().append(true).open(path).unwrap().set_modified(time).unwrap();
        };
        let text = vec![b'a'; 1 << 20];
        let packed = zstd::encode_all(text.as_slice(), 1).unwrap();
        // Bytes behind the end of what is packed are a fault of their own.
        for (name, bytes) in [("a.txt", &text), ("a.txt.zst", &packed)] {
            for first in [0, 10] {
                read_while(name, bytes, |_| {}, first).unwrap();
                for change in [append as Change, later] {
                    let error = read_while(name, bytes, change, first).unwrap_err();
                    assert!(error.to_string().contains("changed"), "{name} {first}: {error}");
                }
            }
        }
    }

    #[test]
    fn no_folder_is_read_twice() {
        let dir = tempfile::tempdir().unwrap();
        let link = |to: &str, at: &str| {
            std::os::unix::fs::symlink(to, dir.path().join(at)).unwrap();
        };
        let put = |path: &str| {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        };
        ["raw/a.txt", "raw/in/b.txt", "x/c.txt", "x/y/d.txt", "z/e.txt"]
            .iter()
            .for_each(|p| put(p));
        link("../x/y", "raw/deep");
        link("../x", "raw/far");
        link("in", "raw/near");
        link("..", "raw/in/up");
        link("../z", "raw/o");
        link("../x/y", "z/again");
        let listing = list(&dir.path().join("raw")).unwrap();
        let paths: Vec<&str> = listing.files.iter().map(|f| f.source_path.as_str()).collect();
        assert_eq!(paths, ["a.txt", "deep/d.txt", "in/b.txt", "o/e.txt"]);
        let mut told: Vec<(&str, &str)> =
            listing.rejects.iter().map(|r| (r.source_path.as_str(), r.reason.as_str())).collect();
        told.sort_unstable();
        let again = "a link to a folder that is read already";
        assert_eq!(
            told,
            [
                ("far", "a link to a folder with a part that is read already"),
                ("in/up", "a link that leads back to a folder above it"),
                ("near", again),
                ("o/again", again),
            ]
        );
        assert_eq!(listing.linked.len(), 2);
    }

    #[test]
    fn names_that_rows_have_are_told() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["n.csv", "n.csv#1", "k.csv#01", "n#2.txt", "n#x.txt", "m#2.txt", "n#3.jsonl"] {
            fs::write(dir.path().join(name), "text\nx\n").unwrap();
        }
        let listing = list(dir.path()).unwrap();
        let told: Vec<&str> = listing.rejects.iter().map(|r| r.source_path.as_str()).collect();
        assert_eq!(told, ["n.csv#1", "n#2.txt"]);
        assert_eq!(listing.files.len(), 5);
    }
}
