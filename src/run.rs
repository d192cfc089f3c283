//! Many files, in parallel and in order.
//!
//! In: a configuration. Out: a dataset, written as a whole or not at all. Files are analysed in
//! batches of bounded size on all cores while the batch before is written; nothing depends on which
//! thread did what.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use rayon::prelude::*;

use crate::clean;
use crate::config::Config;
use crate::data::Data;
use crate::error::{Error, Reject, Result};
use crate::layout::BlockKind;
use crate::near::{self, Sketch};
use crate::pipeline::{Analysis, analyse_among};
use crate::repeated::Repeated;
use crate::source::{self, RawBytes, Sidecar, SourceFile};
use crate::write::DatasetWriter;

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
    /// Bytes of them.
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
    /// Files that gave nothing because they are bad, with the reason.
    pub rejects: Vec<Reject>,
    /// Hidden files that were passed over.
    pub hidden: usize,
    /// Files of other formats ([`source::OTHER_FORMATS`]) that were passed over.
    pub other: usize,
    /// Where the dataset is.
    pub out_dir: PathBuf,
}

/// Raw bytes that one batch holds at most, unless a single file is larger.
const BATCH_BYTES: u64 = 8 << 20;
/// Files that one batch holds at most.
const BATCH_FILES: usize = 2048;

/// Turns a raw folder into a dataset.
///
/// `progress` is told after every file; `stop` is asked before every file whether to give up, in
/// which case nothing has changed.
///
/// # Errors
///
/// If the folders cannot be used, the sidecar has a fault, a file is bad (unless the configuration
/// says to skip those), the dataset cannot be written, or `stop` said so.
pub fn run(
    config: &Config,
    data: &Data,
    progress: &(dyn Fn(Progress) + Sync),
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<Summary> {
    check_folders(&config.raw, &config.out)?;
    let listing = source::list(&config.raw)?;
    if listing.files.is_empty() && listing.rejects.is_empty() {
        return Err(Error::Folders(format!(
            "{:?} holds no files; put the texts there, one or more in a file, or name another folder",
            config.raw
        )));
    }
    let known: BTreeSet<&str> = listing
        .files
        .iter()
        .map(|f| f.source_path.as_str())
        .chain(listing.rejects.iter().map(|r| r.source_path.as_str()))
        .collect();
    let sidecar = Sidecar::read(&config.raw, &known)?;
    let mut writer = DatasetWriter::begin(&config.out, &sidecar.docvars)?;
    let total = (listing.files.len(), listing.files.iter().map(|f| f.size).sum());
    let meter = Meter::new(total, progress);
    let mut tally = Tally { rejects: listing.rejects.clone(), ..Tally::default() };

    let stage = Stage { sidecar: &sidecar, data, meter, stop };
    let mut near = near::Index::new(writer.dir())?;
    let mut ready: Option<Vec<Analysis<'_>>> = None;
    for batch in batches(&listing.files) {
        let (written, analysed) = rayon::join(
            || ready.take().map_or(Ok(()), |batch| writer.write(&batch)),
            || stage.analyse(batch),
        );
        written?;
        let (sketched, bad) = analysed?;
        tally.rejects.extend(bad);
        let mut good: Vec<Analysis<'_>> = Vec::with_capacity(sketched.len());
        for (mut file, sketches) in sketched {
            for (document, sketch) in file.documents.iter_mut().zip(&sketches) {
                document.duplicate = near.add(&document.doc_id, sketch)?;
            }
            good.push(file);
        }
        tally.add(&good);
        // Once the run has failed it only looks for further bad files.
        let failed = !tally.rejects.is_empty() && !config.skip_bad;
        ready = (!failed).then_some(good);
    }
    tally.rejects.sort_by(|a, b| a.source_path.as_bytes().cmp(b.source_path.as_bytes()));
    if !tally.rejects.is_empty() && !config.skip_bad {
        return Err(Error::BadInput(tally.rejects));
    }
    if let Some(batch) = ready.take() {
        writer.write(&batch)?;
    }
    if stop() {
        return Err(Error::Interrupted);
    }
    let entities = writer.finish(&tally.rejects)?;
    let summary = tally.summary(entities, config.out.clone());
    Ok(Summary { hidden: listing.hidden, other: listing.other, ..summary })
}

/// An analysed file with the sketches of its documents.
type Sketched<'d> = (Analysis<'d>, Vec<Sketch>);

/// What analysing needs beside the files.
struct Stage<'a, 'd> {
    sidecar: &'a Sidecar,
    data: &'d Data,
    meter: Meter<'a>,
    stop: &'a (dyn Fn() -> bool + Sync),
}

impl<'d> Stage<'_, 'd> {
    /// Takes the files of a batch through all stages; those that are bad are given apart.
    fn analyse(&self, batch: &[SourceFile]) -> Result<(Vec<Sketched<'d>>, Vec<Reject>)> {
        let raw: Vec<Result<RawBytes, Reject>> = batch
            .par_iter()
            .map(
                |file| if (self.stop)() { Err(Error::Interrupted) } else { Ok(source::read(file)) },
            )
            .collect::<Result<_>>()?;
        let (mut files, mut rejects) = (Vec::with_capacity(batch.len()), Vec::new());
        let clean: Vec<Result<(&RawBytes, clean::Text<'_>), Reject>> =
            batch.par_iter().zip(&raw).map(|(file, raw)| clean_file(file, raw)).collect();
        for (file, clean) in batch.iter().zip(clean) {
            match clean {
                Ok((raw, text)) => files.push((file, raw, text)),
                Err(reject) => {
                    self.meter.add(file.size);
                    rejects.push(reject);
                }
            }
        }
        let texts: Vec<&str> = files.iter().map(|(_, _, text)| text.text.as_ref()).collect();
        let repeated = Repeated::new(&texts);
        let made = files.into_par_iter().map(|(file, raw, text)| {
            if (self.stop)() {
                return Err(Error::Interrupted);
            }
            let path = &file.source_path;
            let made =
                analyse_among(path, raw, &text, self.sidecar.row(path), self.data, &repeated);
            let sketches = made.documents.iter().map(|d| Sketch::new(&d.text)).collect();
            self.meter.add(file.size);
            Ok((made, sketches))
        });
        Ok((made.collect::<Result<_>>()?, rejects))
    }
}

fn clean_file<'a>(
    file: &SourceFile,
    raw: &'a Result<RawBytes, Reject>,
) -> Result<(&'a RawBytes, clean::Text<'a>), Reject> {
    let raw = raw.as_ref().map_err(Clone::clone)?;
    let text =
        clean::clean(&raw.bytes).map_err(|reason| Reject::not_text(&file.source_path, &reason))?;
    Ok((raw, text))
}

/// The lines that a run over `raw_dir` knows as repeated while it reads the file `source_path`: those of
/// the files of its batch. None if the file is not among those that a run reads.
pub(crate) fn repeated_around(raw_dir: &Path, source_path: &str) -> Repeated {
    let Ok(listing) = source::list(raw_dir) else { return Repeated::default() };
    let mut batches = batches(&listing.files);
    let own = batches.find(|batch| batch.iter().any(|file| file.source_path == source_path));
    let raw: Vec<RawBytes> =
        own.unwrap_or_default().par_iter().filter_map(|file| source::read(file).ok()).collect();
    let texts: Vec<clean::Text<'_>> =
        raw.par_iter().filter_map(|raw| clean::clean(&raw.bytes).ok()).collect();
    Repeated::new(&texts.iter().map(|text| text.text.as_ref()).collect::<Vec<_>>())
}

/// Cuts the files into batches by their size alone, so that every machine cuts alike.
fn batches(files: &[SourceFile]) -> impl Iterator<Item = &[SourceFile]> {
    let mut rest = files;
    std::iter::from_fn(move || {
        let mut bytes = 0;
        let count = rest
            .iter()
            .take(BATCH_FILES)
            .take_while(|file| {
                let first = bytes == 0;
                bytes += file.size.max(1);
                first || bytes <= BATCH_BYTES
            })
            .count();
        let (batch, tail) = rest.split_at(count);
        rest = tail;
        (!batch.is_empty()).then_some(batch)
    })
}

/// The raw folder must be there, and neither folder may lie in the other: the output would be read
/// as input, or the input replaced with the output.
fn check_folders(raw: &Path, out: &Path) -> Result<()> {
    let raw_real = source::real_path(raw)?;
    let Some(out_real) = source::real_path_if_any(out)? else {
        return Ok(());
    };
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

    fn add(&self, bytes: u64) {
        // A poisoned lock means that another thread is already failing; progress matters no more.
        let Ok(mut done) = self.done.lock() else { return };
        *done = (done.0 + 1, done.1 + bytes);
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
            self.summary.files += 1;
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
