//! The hidden folder in which a dataset is made, and the one step that puts it in its place.
//!
//! The folder `.NAME.rapporteur` stands beside the output folder `NAME`. Whoever writes holds a lock
//! on it (`flock`), which the system releases when the process ends in whatever way: a folder without
//! a lock is what a killed run left, and the next run removes it.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

use super::sink::SYNCS_ALL_AT_ONCE;
use super::{DATAPACKAGE, REJECTS};
use crate::error::{Error, Result};

/// A dataset in the making.
#[derive(Debug)]
pub(super) struct Staging {
    dir: PathBuf,
    out: PathBuf,
    /// Locks the folder for as long as it is open.
    _lock: File,
    committed: bool,
}

impl Staging {
    /// Makes the hidden folder beside `out`, after making sure that `out` may be replaced.
    pub(super) fn begin(out: &Path) -> Result<Self> {
        may_replace(out)?;
        let absolute = std::path::absolute(out).map_err(Error::io("find the folder", out))?;
        let (Some(parent), Some(name)) = (absolute.parent(), absolute.file_name()) else {
            return Err(Error::Folders(format!("{out:?} cannot be replaced; name another --out")));
        };
        fs::create_dir_all(parent).map_err(Error::io("create the folder", parent))?;
        // Links are followed so that the folder they lead to is replaced, not the link.
        let out = match absolute.canonicalize() {
            Ok(real) => real,
            Err(_) => {
                parent.canonicalize().map_err(Error::io("find the folder", parent))?.join(name)
            }
        };
        let mut hidden = OsString::from(".");
        hidden.push(out.file_name().unwrap_or(name));
        hidden.push(".rapporteur");
        let dir = out.with_file_name(hidden);
        let lock = claim(&dir)?;
        // A run that was killed between the two steps of a file system that cannot swap.
        let aside = aside(&dir);
        if aside.exists() {
            if out.exists() {
                remove(&aside)?;
            } else {
                fs::rename(&aside, &out).map_err(Error::io("restore", &out))?;
            }
        }
        Ok(Self { dir, out, _lock: lock, committed: false })
    }

    /// The hidden folder.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Puts the hidden folder in the place of the output folder and removes what stood there; `many` if
    /// it has so many files that those of them were not synced which can be synced at once.
    pub(super) fn commit(mut self, many: bool) -> Result<()> {
        if many && SYNCS_ALL_AT_ONCE {
            sync_all_files(&self.dir)?;
        } else {
            for folder in folders(&self.dir)? {
                let here = File::open(&folder).map_err(Error::io("open", &folder))?;
                here.sync_all().map_err(Error::io("sync", &folder))?;
            }
        }
        // Files may have come while the run went on.
        may_replace(&self.out)?;
        // From the exchange on the hidden name is the old dataset: locked too, so that no other run
        // takes it for debris while it is removed.
        let _old = match File::open(&self.out) {
            Ok(old) => {
                old.try_lock().map_err(|e| lock_error(&self.out, e))?;
                Some(old)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(Error::io("open", &self.out)(error)),
        };
        exchange(&self.dir, &self.out).map_err(Error::io("replace", &self.out))?;
        // A file that came in the last moment went aside with the old dataset: take all back.
        if let Err(foreign) = may_replace(&self.dir) {
            exchange(&self.dir, &self.out).map_err(Error::io("restore", &self.out))?;
            return Err(foreign);
        }
        self.committed = true;
        if let Some(parent) = self.out.parent()
            && let Ok(parent) = File::open(parent)
        {
            // The new dataset is whole either way; this only makes the step outlive a power cut.
            let _ = parent.sync_all();
        }
        // The new dataset stands; an old one that cannot be removed is the next run's debris.
        let _ = remove(&self.dir);
        Ok(())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if !self.committed {
            // Nothing can be done about a folder that cannot be removed; the next run tries again.
            let _ = remove(&self.dir);
        }
    }
}

/// Makes the folder `dir` and locks it.
fn claim(dir: &Path) -> Result<File> {
    // A try fails only when another run begins or ends in the same moment.
    for _ in 0..16 {
        match fs::create_dir(dir) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let left = match File::open(dir) {
                    Ok(left) => left,
                    Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                    Err(error) => return Err(Error::io("open", dir)(error)),
                };
                left.try_lock().map_err(|e| lock_error(dir, e))?;
                if same_folder(&left, dir) {
                    remove(dir)?;
                }
                continue;
            }
            Err(error) => return Err(Error::io("create the folder", dir)(error)),
        }
        let lock = match File::open(dir) {
            Ok(lock) => lock,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(Error::io("open", dir)(error)),
        };
        lock.try_lock().map_err(|e| lock_error(dir, e))?;
        if same_folder(&lock, dir) {
            return Ok(lock);
        }
    }
    Err(Error::Folders(format!("{dir:?} is being made and removed by other runs; try again")))
}

fn lock_error(dir: &Path, error: TryLockError) -> Error {
    match error {
        TryLockError::WouldBlock => Error::Folders(format!(
            "another run is writing the same output folder (it holds {dir:?}); wait for it to end"
        )),
        TryLockError::Error(source) => Error::Folders(format!(
            "cannot lock {dir:?}: {source}; some network file systems cannot, so name an --out on a \
             local disk"
        )),
    }
}

/// Whether the name `dir` still means the folder that `open` is.
fn same_folder(open: &File, dir: &Path) -> bool {
    let (Ok(open), Ok(named)) = (rustix::fs::fstat(open), rustix::fs::stat(dir)) else {
        return false;
    };
    (open.st_dev, open.st_ino) == (named.st_dev, named.st_ino)
}

/// Syncs the file system on which the folder is.
fn sync_all_files(dir: &Path) -> Result<()> {
    let here = File::open(dir).map_err(Error::io("open", dir))?;
    #[cfg(target_os = "linux")]
    rustix::fs::syncfs(&here).map_err(|error| Error::io("sync", dir)(error.into()))?;
    here.sync_all().map_err(Error::io("sync", dir))
}

/// The folder and all below it.
fn folders(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut folders = vec![dir.to_owned()];
    let mut at = 0;
    while at < folders.len() {
        let entries = fs::read_dir(&folders[at]).map_err(Error::io("read the folder", dir))?;
        for entry in entries {
            let entry = entry.map_err(Error::io("read the folder", dir))?;
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(entry.path());
            }
        }
        at += 1;
    }
    Ok(folders)
}

/// Only a dataset of an earlier run, or nothing, may be replaced.
fn may_replace(out: &Path) -> Result<()> {
    let entries = match fs::read_dir(out) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            let message = format!("OUT_DIR {out:?} is a file; name a folder, or remove the file");
            return Err(Error::Folders(message));
        }
        Err(error) => return Err(Error::io("read the folder", out)(error)),
    };
    let own = own_files(&out.join(DATAPACKAGE));
    let mut foreign = Vec::new();
    find_foreign(entries, "", &own, &mut foreign).map_err(Error::io("read the folder", out))?;
    if foreign.is_empty() {
        return Ok(());
    }
    foreign.sort();
    let more = foreign.len().saturating_sub(5);
    foreign.truncate(5);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Err(Error::Folders(format!(
        "OUT_DIR {out:?} is replaced as a whole, and it holds what no run wrote: {}{more}; move that \
         elsewhere, or name another --out",
        foreign.join(", ")
    )))
}

/// Adds the entries of the folder `below` (its path with a '/', or nothing) and of the run's own folders
/// in it that are none of the files `own`. A link is no folder: what it leads to is not replaced.
fn find_foreign(
    entries: fs::ReadDir,
    below: &str,
    own: &BTreeSet<String>,
    foreign: &mut Vec<String>,
) -> io::Result<()> {
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let path = name.to_str().map(|name| format!("{below}{name}"));
        let is_dir = entry.file_type()?.is_dir();
        let inside = path.as_ref().filter(|_| is_dir).map(|path| format!("{path}/"));
        if let Some(inside) = &inside
            && own.range(inside.clone()..).next().is_some_and(|next| next.starts_with(inside))
        {
            find_foreign(fs::read_dir(entry.path())?, inside, own, foreign)?;
        } else if is_dir || !path.is_some_and(|path| own.contains(&path)) {
            foreign.push(format!("{:?}", Path::new(below).join(name)));
        }
    }
    Ok(())
}

/// The paths of the files that the run wrote which made this descriptor; none if no run did.
fn own_files(descriptor: &Path) -> BTreeSet<String> {
    let names = || {
        let package: serde_json::Value =
            serde_json::from_slice(&fs::read(descriptor).ok()?).ok()?;
        package.get("rapporteur")?;
        let resources = package.get("resources")?.as_array()?;
        let paths = resources.iter().filter_map(|r| r.get("path")?.as_str());
        Some(paths.chain([DATAPACKAGE, REJECTS]).map(str::to_owned).collect())
    };
    names().unwrap_or_default()
}

/// Swaps the two folders in one step, or, if there is nothing at `out`, moves `dir` there.
fn exchange(dir: &Path, out: &Path) -> io::Result<()> {
    match renameat_with(CWD, dir, CWD, out, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(()),
        Err(Errno::NOENT) => Ok(renameat_with(CWD, dir, CWD, out, RenameFlags::NOREPLACE)
            .or_else(|e| if unsupported(e) { rustix::fs::rename(dir, out) } else { Err(e) })?),
        // A file system that cannot swap: two steps, undone if the second fails.
        Err(error) if unsupported(error) => {
            let aside = aside(dir);
            match fs::rename(out, &aside) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => fs::rename(dir, out),
                moved => {
                    moved?;
                    if let Err(error) = fs::rename(dir, out) {
                        fs::rename(&aside, out)?;
                        return Err(error);
                    }
                    fs::rename(&aside, dir)
                }
            }
        }
        Err(error) => Err(error.into()),
    }
}

/// Where the old dataset waits while a file system that cannot swap takes two steps.
fn aside(dir: &Path) -> PathBuf {
    dir.with_extension("old")
}

fn unsupported(error: Errno) -> bool {
    matches!(error, Errno::INVAL | Errno::NOSYS | Errno::NOTSUP)
}

fn remove(dir: &Path) -> Result<()> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Error::io("remove", dir)(error))
        }
        _ => Ok(()),
    }
}
