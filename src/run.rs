//! Many texts, in parallel and in order.
//!
//! In: a configuration. Out: a dataset, written as a whole or not at all. Texts are analysed in
//! batches of bounded size on all cores; some batches are under way while one is written, and nothing
//! depends on which thread did what.

use std::collections::{BTreeMap, VecDeque};
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, RecvError, TryRecvError, sync_channel};

use rayon::prelude::*;

use crate::clean;
use crate::config::Config;
use crate::data::Data;
use crate::error::{Error, Reject, Result, panic_message};
use crate::layout::BlockKind;
use crate::near::{self, Sketch};
use crate::pipeline::{Analysis, analyse_among};
use crate::repeated::Repeated;
use crate::source::{self, Batch, Columns, Feed, Listing, RawBytes, STDIN, Sidecar};
use crate::write::{DatasetWriter, Staging};

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Files done and files in all.
    pub files: (usize, usize),
    /// Bytes of raw files done and in all.
    pub bytes: (u64, u64),
}

/// What a run did.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Raw files that were read.
    pub files: usize,
    /// Texts in them: whole files, and rows of tables.
    pub texts: usize,
    /// Bytes of these texts, decompressed.
    pub raw_bytes: u64,
    /// Rows of `documents`.
    pub documents: usize,
    /// Rows of `sentences`.
    pub sentences: usize,
    /// Rows of `mentions`.
    pub mentions: usize,
    /// Rows of `entities`.
    pub entities: usize,
    /// Removed blocks: kind, number of blocks, raw bytes; most bytes first.
    pub removed: Vec<(BlockKind, usize, u64)>,
    /// Files and rows that gave nothing because they are bad, with the reason.
    pub rejects: Vec<Reject>,
    /// Hidden files that were passed over.
    pub hidden: usize,
    /// Files of other formats ([`source::OTHER_FORMATS`]) that were passed over.
    pub other: usize,
    /// Where the dataset is.
    pub out_dir: PathBuf,
}

/// Batches that are under way at once.
const AHEAD: usize = 2;

/// Turns a raw folder into a dataset.
///
/// `stdin` is read if the configuration names it as the raw folder. `progress` is told after every batch of texts;
/// `stop` is asked before every text whether to give up, in which case nothing has changed.
///
/// # Errors
///
/// If the folders cannot be used, the sidecar has a fault, a file is bad (unless the configuration
/// says to skip those), the dataset cannot be written, or `stop` said so.
pub fn run(
    config: &Config,
    data: &Data,
    stdin: impl Read,
    progress: &(dyn Fn(Progress) + Sync),
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<Summary> {
    let is_stream = config.raw == Path::new(STDIN);
    if !is_stream {
        check_folders(&config.raw, &config.out)?;
    }
    // Before anything is read, which may take long.
    let staging = Staging::begin(&config.out)?;
    // On the disk of the hidden folder there is room for what the stream becomes.
    let mut listing =
        if is_stream { source::spool(stdin, staging.dir(), stop)? } else { list(config)? };
    let sidecar = read_sidecar(config, &listing)?;
    let columns = Columns::of(
        &mut listing,
        &config.text_column,
        config.id_column.as_deref(),
        &sidecar.docvars,
        stop,
    )?;
    let mut writer = DatasetWriter::begin(staging, &columns.docvars, &config.settings())?;
    let total = (listing.files.len(), listing.files.iter().map(|f| f.size).sum());
    let meter = Meter::new(total, progress);
    let mut tally = Tally { rejects: listing.rejects, ..Tally::default() };

    let stage = Stage { sidecar: &sidecar, data, meter, stop };
    let mut near = near::Index::new(writer.dir())?;
    let mut feed = Feed::new(listing.files, &columns);
    rayon::in_place_scope(|scope| -> Result<()> {
        let mut under_way: VecDeque<Receiver<Result<Analysed<'_>>>> = VecDeque::new();
        loop {
            while under_way.len() < AHEAD
                && let Some(batch) = feed.next()
            {
                let (done, when_done) = sync_channel(1);
                let stage = &stage;
                // If nobody waits for it any more the run has failed elsewhere.
                scope.spawn(move |_| drop(done.send(stage.analyse(batch))));
                under_way.push_back(when_done);
            }
            let Some(next) = under_way.pop_front() else { return Ok(()) };
            // A thread that panicked sends nothing; the scope passes its panic on.
            let Ok(analysed) = wait_for(&next) else { return Ok(()) };
            let Analysed { texts, rejects, files } = analysed?;
            tally.rejects.extend(rejects);
            tally.summary.files += files;
            let mut good: Vec<Analysis<'_>> = Vec::with_capacity(texts.len());
            for (mut text, sketches) in texts {
                for (document, sketch) in text.documents.iter_mut().zip(&sketches) {
                    document.duplicate = near.add(&document.doc_id, sketch)?;
                }
                good.push(text);
            }
            tally.add(&good);
            // Once the run has failed it only looks for further bad files.
            if tally.rejects.is_empty() || config.skip_bad {
                writer.write(&good)?;
            }
        }
    })?;
    tally.rejects.sort_by(|a, b| source::order(&a.source_path, &b.source_path));
    if !tally.rejects.is_empty() && !config.skip_bad {
        return Err(Error::BadInput(tally.rejects));
    }
    if stop() {
        return Err(Error::Interrupted);
    }
    let entities = writer.finish(&tally.rejects)?;
    let summary = tally.summary(entities, config.out.clone());
    Ok(Summary { hidden: listing.hidden, other: listing.other, ..summary })
}

/// The sidecar of a raw folder.
fn read_sidecar(config: &Config, listing: &Listing) -> Result<Sidecar> {
    if !config.raw.is_dir() {
        return Ok(Sidecar::default());
    }
    let files = listing.files.iter().map(|f| f.source_path.as_str());
    let known = files.chain(listing.rejects.iter().map(|r| r.source_path.as_str())).collect();
    Sidecar::read(&config.raw, &known)
}

fn list(config: &Config) -> Result<Listing> {
    let listing = source::list(&config.raw)?;
    if let Some(out) = source::real_path_if_any(&config.out)? {
        let is_same = |linked: &&PathBuf| out.starts_with(linked) || linked.starts_with(&out);
        if let Some(linked) = listing.linked.iter().find(is_same) {
            return Err(Error::Folders(format!(
                "a link in RAW_DIR leads to {linked:?}, and OUT_DIR {:?} lies there or holds that; name \
                 another --out, or remove the link",
                config.out
            )));
        }
    }
    if listing.files.is_empty() && listing.rejects.is_empty() {
        return Err(Error::Folders(format!(
            "{:?} holds no files; put the texts there, one or more in a file, or name another folder",
            config.raw
        )));
    }
    Ok(listing)
}

/// Waits for what another thread sends; a thread of the pool goes on working meanwhile.
fn wait_for<T>(sent: &Receiver<T>) -> Result<T, RecvError> {
    loop {
        match sent.try_recv() {
            Ok(value) => return Ok(value),
            Err(TryRecvError::Disconnected) => return Err(RecvError),
            Err(TryRecvError::Empty) => match rayon::yield_now() {
                Some(rayon::Yield::Executed) => {}
                Some(rayon::Yield::Idle) => std::thread::yield_now(),
                None => return sent.recv(),
            },
        }
    }
}

/// What became of a batch.
struct Analysed<'d> {
    /// Texts with the sketches of their documents.
    texts: Vec<(Analysis<'d>, Vec<Sketch>)>,
    rejects: Vec<Reject>,
    /// Files that ended in it.
    files: usize,
}

/// What analysing needs beside the texts.
struct Stage<'a, 'd> {
    sidecar: &'a Sidecar,
    data: &'d Data,
    meter: Meter<'a>,
    stop: &'a (dyn Fn() -> bool + Sync),
}

impl<'d> Stage<'_, 'd> {
    /// Takes the texts of a batch through all stages; those that are bad are given apart.
    fn analyse(&self, mut batch: Batch) -> Result<Analysed<'d>> {
        let read: Vec<Result<RawBytes, Reject>> = batch
            .items
            .par_iter_mut()
            .map(|item| if (self.stop)() { Err(Error::Interrupted) } else { Ok(item.read()) })
            .collect::<Result<_>>()?;
        let clean: Vec<Result<(&RawBytes, clean::Text<'_>), Reject>> = batch
            .items
            .par_iter()
            .zip(&read)
            .map(|(item, raw)| guard(|| item.source_path(), || clean_text(item, raw)).flatten())
            .collect();
        let mut rejects = batch.rejects;
        let mut texts = Vec::with_capacity(batch.items.len());
        for (item, clean) in batch.items.iter().zip(clean) {
            match clean {
                Ok((raw, text)) => texts.push((item, raw, text)),
                Err(reject) => rejects.push(reject),
            }
        }
        let plain: Vec<&str> = texts.iter().map(|(_, _, text)| text.text.as_ref()).collect();
        let repeated = Repeated::new(&plain);
        let made = texts.into_par_iter().map(|(item, raw, text)| {
            if (self.stop)() {
                return Err(Error::Interrupted);
            }
            Ok(guard(
                || item.source_path(),
                || {
                    let path = item.source_path();
                    let facts = item.facts(self.sidecar);
                    let made =
                        analyse_among(&path, raw, &text, facts.as_deref(), self.data, &repeated);
                    let sketches = made.documents.iter().map(|d| Sketch::new(&d.text)).collect();
                    (made, sketches)
                },
            ))
        });
        let made: Vec<Result<_, Reject>> = made.collect::<Result<_>>()?;
        let mut texts = Vec::with_capacity(made.len());
        for text in made {
            match text {
                Ok(text) => texts.push(text),
                Err(reject) => rejects.push(reject),
            }
        }
        self.meter.add(batch.files, batch.bytes);
        Ok(Analysed { texts, rejects, files: batch.files })
    }
}

/// Does something for one text; a panic in it is a fault of this crate, and costs that text alone.
fn guard<T>(path: impl FnOnce() -> String, work: impl FnOnce() -> T) -> Result<T, Reject> {
    // What the work leaves half done is given up with it: the data is only read.
    catch_unwind(AssertUnwindSafe(work))
        .map_err(|panic| Reject::fault(&path(), panic_message(&*panic).unwrap_or("no message")))
}

fn clean_text<'a>(
    item: &source::Item,
    raw: &'a Result<RawBytes, Reject>,
) -> Result<(&'a RawBytes, clean::Text<'a>), Reject> {
    let raw = raw.as_ref().map_err(Clone::clone)?;
    let text = clean::clean(&raw.bytes)
        .map_err(|reason| Reject::not_text(&item.source_path(), &reason))?;
    Ok((raw, text))
}

/// The lines that a run over `raw` knows as repeated while it reads the text `source_path`: those of
/// the texts of its batch. None if the text is not among those that a run reads.
pub(crate) fn repeated_around(raw: &Path, source_path: &str, text_column: &str) -> Repeated {
    let Ok(listing) = source::list(raw) else { return Repeated::default() };
    let columns = Columns::text_only(text_column);
    let own = Feed::new(listing.files, &columns)
        .find(|batch| batch.items.iter().any(|item| item.source_path() == source_path));
    let raw: Vec<RawBytes> =
        own.unwrap_or_default().items.par_iter_mut().filter_map(|item| item.read().ok()).collect();
    let texts: Vec<clean::Text<'_>> =
        raw.par_iter().filter_map(|raw| clean::clean(&raw.bytes).ok()).collect();
    Repeated::new(&texts.iter().map(|text| text.text.as_ref()).collect::<Vec<_>>())
}

/// The raw folder must be there, and neither folder may lie in the other: the output would be read
/// as input, or the input replaced with the output.
fn check_folders(raw: &Path, out: &Path) -> Result<()> {
    let raw_real = source::real_path(raw)?;
    let Some(out_real) = source::real_path_if_any(out)? else {
        return Ok(());
    };
    if raw_real.is_file() && !raw_real.starts_with(&out_real) {
        return Ok(());
    }
    if raw_real == out_real {
        let message =
            format!("RAW_DIR and OUT_DIR are the same folder, {raw:?}; name another --out");
        return Err(Error::Folders(message));
    }
    let (inner, outer) = if raw_real.starts_with(&out_real) {
        ("RAW_DIR", "OUT_DIR")
    } else if out_real.starts_with(&raw_real) {
        ("OUT_DIR", "RAW_DIR")
    } else {
        return Ok(());
    };
    Err(Error::Folders(format!(
        "{inner} lies inside {outer} (RAW_DIR {raw:?}, OUT_DIR {out:?}); name another --out"
    )))
}

struct Meter<'a> {
    total: (usize, u64),
    done: Mutex<(usize, u64)>,
    progress: &'a (dyn Fn(Progress) + Sync),
}

impl<'a> Meter<'a> {
    fn new(total: (usize, u64), progress: &'a (dyn Fn(Progress) + Sync)) -> Self {
        Self { total, done: Mutex::default(), progress }
    }

    fn add(&self, files: usize, bytes: u64) {
        // A poisoned lock means that another thread is already failing; progress matters no more.
        let Ok(mut done) = self.done.lock() else { return };
        *done = (done.0 + files, done.1 + bytes);
        (self.progress)(Progress { files: (done.0, self.total.0), bytes: (done.1, self.total.1) });
    }
}

#[derive(Default)]
struct Tally {
    summary: Summary,
    removed: BTreeMap<BlockKind, (usize, u64)>,
    rejects: Vec<Reject>,
}

impl Tally {
    fn add(&mut self, batch: &[Analysis<'_>]) {
        for file in batch {
            self.summary.texts += 1;
            self.summary.raw_bytes += file.size as u64;
            self.summary.documents += file.documents.len();
            for document in &file.documents {
                self.summary.sentences += document.sentences.len();
                self.summary.mentions += document.mentions.len();
            }
            for block in file.blocks.iter().filter(|b| !b.kind.is_kept()) {
                let removed = self.removed.entry(block.kind).or_default();
                removed.0 += 1;
                removed.1 += block.raw.len() as u64;
            }
        }
    }

    fn summary(self, entities: usize, out_dir: PathBuf) -> Summary {
        let mut removed: Vec<(BlockKind, usize, u64)> =
            self.removed.into_iter().map(|(kind, (blocks, bytes))| (kind, blocks, bytes)).collect();
        removed.sort_by_key(|(_, _, bytes)| std::cmp::Reverse(*bytes));
        Summary { entities, removed, rejects: self.rejects, out_dir, ..self.summary }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_costs_one_text_and_is_reported() {
        assert_eq!(guard(|| "a.txt".to_owned(), || 1), Ok(1));
        let words: Vec<&str> = Vec::new();
        let reject = guard(|| "a.txt".to_owned(), || words[words.len()]).unwrap_err();
        assert_eq!(reject.source_path, "a.txt");
        assert!(reject.reason.contains("index out of bounds"), "{}", reject.reason);
        assert!(reject.reason.contains("please report it"), "{}", reject.reason);
    }
}
