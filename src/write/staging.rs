//! The hidden folder in which a dataset is made, and the one step that puts it in its place.
//!
//! The folder `.NAME.rapporteur` stands beside the output folder `NAME`. Whoever writes holds a lock
//! on it (`flock`), which the system releases when the process ends in whatever way: a folder without
//! a lock is what a killed run left, and the next run removes it.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, File, Metadata, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, OFlags, RenameFlags, renameat_with};
use rustix::io::Errno;
use walkdir::WalkDir;

use super::sink::SYNCS_ALL_AT_ONCE;
use super::{DATAPACKAGE, REJECTS};
use crate::error::{Error, Result};
use crate::source::{io_error, read_file};

/// A dataset in the making.
#[derive(Debug)]
pub struct Staging {
    dir: PathBuf,
    out: PathBuf,
    /// Locks the folder for as long as it is open.
    _lock: File,
    committed: bool,
    /// Goes last, when the hidden folder is gone from it.
    _above: Above,
}

impl Staging {
    /// Makes the hidden folder beside `out`, after making sure that `out` may be replaced.
    ///
    /// # Errors
    ///
    /// If `out` is a file, holds files that no run wrote, is being written by another run, or the folder
    /// above it cannot be written to.
    pub fn begin(out: &Path) -> Result<Self> {
        may_replace(out)?;
        let absolute = std::path::absolute(out).map_err(Error::io("find the folder", out))?;
        let (Some(parent), Some(name)) = (absolute.parent(), absolute.file_name()) else {
            return Err(Error::Folders(format!("{out:?} cannot be replaced; name another --out")));
        };
        // The system finds none of these; what it would make on the way may be another folder than is meant.
        let missing = absolute.ancestors().take_while(|folder| !folder.exists());
        if missing.into_iter().any(|folder| folder.ends_with("..")) {
            return Err(Error::Folders(format!(
                "OUT_DIR {out:?} goes up by '..' from a folder that is not there; name it without"
            )));
        }
        let above = Above::make(parent)?;
        // Links are followed so that the folder they lead to is replaced, not the link.
        let out = match absolute.canonicalize() {
            Ok(real) => real,
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(Error::io("find the folder", &absolute)(error));
            }
            Err(_) if absolute.is_symlink() => {
                return Err(Error::Folders(format!(
                    "OUT_DIR {out:?} is a link that leads to no folder; make the folder, or remove the link"
                )));
            }
            Err(_) => {
                parent.canonicalize().map_err(Error::io("find the folder", parent))?.join(name)
            }
        };
        may_be_moved(&out)?;
        let mut hidden = OsString::from(".");
        hidden.push(out.file_name().unwrap_or(name));
        hidden.push(".rapporteur");
        let dir = out.with_file_name(hidden);
        let lock = claim(&dir)?;
        // From here on whatever fails takes the hidden folder with it.
        let staging = Self { dir, out, _lock: lock, committed: false, _above: above };
        staging.mend()?;
        Ok(staging)
    }

    /// Restores or removes what a killed run left aside, and closes the folder to whom the old one is closed.
    fn mend(&self) -> Result<()> {
        let (dir, out) = (&self.dir, &self.out);
        // A run that was killed between the two steps of a file system that cannot swap.
        let aside = aside(dir);
        match open_folder(&aside) {
            Ok(old) => {
                // Unless that run is still about to remove it.
                old.try_lock().map_err(|e| lock_error(&aside, e))?;
                // One without a descriptor is what is left of a removal.
                if out.exists() || own_files(&aside.join(DATAPACKAGE))?.is_empty() {
                    clear(&aside)?;
                } else {
                    fs::rename(&aside, out).map_err(Error::io("restore", out))?;
                }
            }
            // Nothing can stand under a name that is too long, though that of the hidden folder is not.
            Err(e)
                if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::InvalidFilename) => {
            }
            Err(error) => return Err(Error::io("open", &aside)(error)),
        }
        match fs::metadata(out) {
            Ok(old) => keep_mode(&old, dir),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(Error::io("read", out)(error)),
        }
    }

    /// The hidden folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Puts the hidden folder in the place of the output folder and removes what stood there; `many` if
    /// it has so many files that those of them were not synced which can be synced at once.
    pub(super) fn commit(mut self, many: bool) -> Result<()> {
        if many && SYNCS_ALL_AT_ONCE {
            sync_all_files(&self.dir)?;
        } else {
            sync_folders(&self.dir)?;
        }
        // Files may have come while the run went on.
        may_replace(&self.out)?;
        // Locked, too, for as long as it stands aside, so that no other run takes it for debris.
        let _old = match open_folder(&self.out) {
            Ok(old) => {
                old.try_lock().map_err(|e| lock_error(&self.out, e))?;
                Some(old)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(Error::io("open", &self.out)(error)),
        };
        let old = exchange(&self.dir, &self.out).map_err(Error::io("replace", &self.out))?;
        self.committed = true;
        // A file that came in the last moment went aside with the old dataset: take all back.
        let error = match old.as_deref().map_or(Ok(None), foreign_files) {
            Ok(None) => None,
            Ok(Some(foreign)) => Some(foreign_error(&self.out, &foreign)),
            Err(error) => Some(error),
        };
        if let (Some(error), Some(old)) = (error, &old) {
            take_back(&self.dir, &self.out, old).map_err(Error::io("restore", &self.out))?;
            self.committed = false;
            return Err(error);
        }
        if let Some(parent) = self.out.parent()
            && let Ok(parent) = open_folder(parent)
        {
            // The new dataset is whole either way; this only makes the step outlive a power cut.
            let _ = parent.sync_all();
        }
        // The new dataset stands; an old one that cannot be removed is the next run's debris. Where there was
        // none, the hidden name may be another run's by now.
        if let Some(old) = old {
            // Without its descriptor nobody takes it for a dataset again.
            let _ = fs::remove_file(old.join(DATAPACKAGE));
            let _ = remove(&old);
        }
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

/// The folders above the output folder that were not there; those that are empty in the end go again.
#[derive(Debug)]
struct Above(Vec<PathBuf>);

impl Above {
    fn make(parent: &Path) -> Result<Self> {
        let missing = parent.ancestors().take_while(|folder| !folder.exists());
        let above = Self(missing.map(Path::to_owned).collect());
        fs::create_dir_all(parent).map_err(Error::io("create the folder", parent))?;
        Ok(above)
    }
}

impl Drop for Above {
    fn drop(&mut self) {
        // From the innermost on; one that holds something ends it.
        let _ = self.0.iter().try_for_each(fs::remove_dir);
    }
}

/// Whoever closed the old folder to others wants the new one closed to them too.
fn keep_mode(old: &Metadata, dir: &Path) -> Result<()> {
    const OWNER: u32 = 0o700;
    let new = fs::metadata(dir).map_err(Error::io("read", dir))?.mode();
    if new == old.mode() | OWNER {
        return Ok(());
    }
    let mode = Permissions::from_mode(old.mode() | OWNER);
    fs::set_permissions(dir, mode).map_err(Error::io("set the permissions of", dir))
}

/// A folder in which another file system begins cannot be exchanged with the one beside it, and a
/// shell that stands in the folder would stand in none.
fn may_be_moved(out: &Path) -> Result<()> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{AtFlags, StatxAttributes, StatxFlags, statx};
        // A system too old for this question says so when the folders are exchanged.
        let found = statx(CWD, out, AtFlags::empty(), StatxFlags::TYPE);
        if found.is_ok_and(|found| found.stx_attributes.contains(StatxAttributes::MOUNT_ROOT)) {
            return Err(Error::Folders(format!(
                "OUT_DIR {out:?} is the root of a mounted file system, and cannot be replaced; name a folder in it"
            )));
        }
    }
    if Path::new(".").canonicalize().is_ok_and(|here| here == out) {
        return Err(Error::Folders(format!(
            "OUT_DIR {out:?} is the folder in which the program was started, which a run would take away; \
             name another --out"
        )));
    }
    Ok(())
}

/// Removes what a killed run left, a dataset or a part of one; a whole dataset may have got files that
/// no run wrote.
fn clear(dir: &Path) -> Result<()> {
    // Without a whole descriptor it never was a dataset that anyone could put files into.
    if !own_files(&dir.join(DATAPACKAGE))?.is_empty()
        && let Some(foreign) = foreign_files(dir)?
    {
        return Err(Error::Folders(format!(
            "an earlier run was ended in the middle and left the dataset {dir:?}, which holds what no run \
             wrote: {foreign}; move that elsewhere"
        )));
    }
    remove(dir)
}

/// Makes the folder `dir` and locks it.
fn claim(dir: &Path) -> Result<File> {
    // A try fails only when another run begins or ends in the same moment.
    for _ in 0..16 {
        match fs::create_dir(dir) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let left = match open_folder(dir) {
                    Ok(left) => left,
                    Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                    Err(error) => return Err(Error::io("open", dir)(error)),
                };
                left.try_lock().map_err(|e| lock_error(dir, e))?;
                if same_folder(&left, dir) {
                    clear(dir)?;
                }
                continue;
            }
            Err(error) => return Err(Error::io("create the folder", dir)(error)),
        }
        let lock = match open_folder(dir) {
            Ok(lock) => lock,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => {
                let _ = fs::remove_dir(dir);
                return Err(Error::io("open", dir)(error));
            }
        };
        if let Err(error) = lock.try_lock() {
            // Another run may hold it by now, but not where the system cannot lock.
            if !matches!(error, TryLockError::WouldBlock) {
                let _ = fs::remove_dir(dir);
            }
            return Err(lock_error(dir, error));
        }
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

/// Opens a folder; what is none, such as a pipe, is refused and not waited for.
fn open_folder(path: &Path) -> io::Result<File> {
    let only_folders = OFlags::DIRECTORY.bits().cast_signed();
    File::options().read(true).custom_flags(only_folders).open(path)
}

/// Syncs the file system on which the folder is.
fn sync_all_files(dir: &Path) -> Result<()> {
    #[cfg(target_os = "linux")]
    {
        let here = open_folder(dir).map_err(Error::io("open", dir))?;
        rustix::fs::syncfs(&here).map_err(|error| Error::io("sync", dir)(error.into()))?;
    }
    sync_folder(dir)
}

fn sync_folder(dir: &Path) -> Result<()> {
    match open_folder(dir).map_err(Error::io("open", dir))?.sync_all() {
        // Some file systems sync files only.
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
        synced => synced.map_err(Error::io("sync", dir)),
    }
}

/// Syncs the folder and all below it.
fn sync_folders(dir: &Path) -> Result<()> {
    for entry in WalkDir::new(dir) {
        let entry = entry.map_err(|error| {
            let path = error.path().unwrap_or(dir).to_owned();
            Error::io("read the folder", &path)(io_error(error))
        })?;
        if entry.file_type().is_dir() {
            sync_folder(entry.path())?;
        }
    }
    Ok(())
}

/// Only a dataset of an earlier run, or nothing, may be replaced.
fn may_replace(out: &Path) -> Result<()> {
    foreign_files(out)?.map_or(Ok(()), |foreign| Err(foreign_error(out, &foreign)))
}

fn foreign_error(out: &Path, foreign: &str) -> Error {
    Error::Folders(format!(
        "OUT_DIR {out:?} is replaced as a whole, and it holds what no run wrote: {foreign}; move that \
         elsewhere, or name another --out"
    ))
}

/// Names what a folder holds beside the dataset of a run.
fn foreign_files(out: &Path) -> Result<Option<String>> {
    let entries = match fs::read_dir(out) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            let message = format!("OUT_DIR {out:?} is a file; name a folder, or remove the file");
            return Err(Error::Folders(message));
        }
        Err(error) => return Err(Error::io("read the folder", out)(error)),
    };
    let own = own_files(&out.join(DATAPACKAGE))?;
    let mut foreign = Vec::new();
    find_foreign(entries, "", &own, &mut foreign).map_err(Error::io("read the folder", out))?;
    if foreign.is_empty() {
        return Ok(None);
    }
    foreign.sort();
    let more = foreign.len().saturating_sub(5);
    foreign.truncate(5);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Ok(Some(format!("{}{more}", foreign.join(", "))))
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
fn own_files(descriptor: &Path) -> Result<BTreeSet<String>> {
    let bytes = match read_file(descriptor) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        Err(error) => return Err(Error::io("read", descriptor)(error)),
    };
    let names = || {
        let package: serde_json::Value = serde_json::from_slice(&bytes).ok()?;
        package.get("rapporteur")?;
        let resources = package.get("resources")?.as_array()?;
        let paths = resources.iter().filter_map(|r| r.get("path")?.as_str());
        Some(paths.chain([DATAPACKAGE, REJECTS]).map(str::to_owned).collect())
    };
    Ok(names().unwrap_or_default())
}

/// Swaps the two folders in one step, or, if there is nothing at `out`, moves `dir` there; tells where
/// that which stood at `out` is now.
fn exchange(dir: &Path, out: &Path) -> io::Result<Option<PathBuf>> {
    match renameat_with(CWD, dir, CWD, out, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(Some(dir.to_owned())),
        Err(Errno::NOENT) => {
            renameat_with(CWD, dir, CWD, out, RenameFlags::NOREPLACE)
                .or_else(|e| if unsupported(e) { rustix::fs::rename(dir, out) } else { Err(e) })?;
            Ok(None)
        }
        // A file system that cannot swap: two steps, undone if the second fails.
        Err(error) if unsupported(error) => {
            let aside = aside(dir);
            match fs::rename(out, &aside) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    fs::rename(dir, out)?;
                    Ok(None)
                }
                moved => {
                    moved?;
                    if let Err(error) = fs::rename(dir, out) {
                        fs::rename(&aside, out)?;
                        return Err(error);
                    }
                    Ok(Some(aside))
                }
            }
        }
        Err(error) => Err(error.into()),
    }
}

/// Undoes an exchange that left what stood at `out` at `old`.
fn take_back(dir: &Path, out: &Path, old: &Path) -> io::Result<()> {
    if old == dir {
        return Ok(renameat_with(CWD, dir, CWD, out, RenameFlags::EXCHANGE)?);
    }
    fs::rename(out, dir)?;
    fs::rename(old, out)
}

/// Where the old dataset waits while a file system that cannot swap takes two steps.
fn aside(dir: &Path) -> PathBuf {
    let mut name = dir.as_os_str().to_owned();
    name.push(".old");
    PathBuf::from(name)
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

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = r#"{"rapporteur": {}, "resources": [{"path": "a.csv"}]}"#;

    fn dataset(dir: &Path, text: &str) {
        fs::create_dir_all(dir).unwrap();
        fs::write(dir.join(DATAPACKAGE), OWN).unwrap();
        fs::write(dir.join("a.csv"), text).unwrap();
    }

    fn names(dir: &Path) -> Vec<String> {
        let entries = fs::read_dir(dir).unwrap();
        let mut names: Vec<String> =
            entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn what_fails_before_the_exchange_leaves_no_folder() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("new/deep/out");
        let staging = Staging::begin(&out).unwrap();
        assert!(staging.dir().exists());
        assert!(Staging::begin(&out).is_err(), "it is held");
        assert!(staging.dir().exists(), "the holder keeps it");
        drop(staging);
        assert_eq!(names(dir.path()), [""; 0]);
    }

    #[test]
    fn a_file_that_comes_during_the_run_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("out");
        dataset(&out, "old");
        let staging = Staging::begin(&out).unwrap();
        dataset(staging.dir(), "new");
        fs::write(out.join("thesis.txt"), "two years").unwrap();
        assert!(staging.commit(false).unwrap_err().to_string().contains("thesis.txt"));
        assert_eq!(names(&out), ["a.csv", DATAPACKAGE, "thesis.txt"]);
        assert_eq!(fs::read_to_string(out.join("a.csv")).unwrap(), "old");
        assert_eq!(names(dir.path()), ["out"]);
    }

    #[test]
    fn what_a_killed_run_left_goes_but_no_file_of_a_person() {
        for (left, goes) in
            [(".out.rapporteur", true), (".out.rapporteur.old", true), (".out.old", false)]
        {
            let dir = tempfile::tempdir().unwrap();
            let (out, left) = (dir.path().join("out"), dir.path().join(left));
            dataset(&out, "old");
            dataset(&left, "older");
            drop(Staging::begin(&out).unwrap());
            assert_eq!(left.exists(), !goes, "{left:?}");
            dataset(&left, "older");
            fs::write(left.join("thesis.txt"), "two years").unwrap();
            assert_eq!(Staging::begin(&out).is_err(), goes, "{left:?}");
            assert!(left.join("thesis.txt").exists(), "{left:?}");
            // Without a whole descriptor it was never anyone's dataset.
            fs::write(left.join(DATAPACKAGE), &OWN[..9]).unwrap();
            drop(Staging::begin(&out).unwrap());
            assert_eq!(left.exists(), !goes, "{left:?}");
        }
    }

    #[test]
    fn a_kill_between_two_steps_is_mended() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("out");
        dataset(&dir.path().join(".out.rapporteur.old"), "old");
        dataset(&dir.path().join(".out.rapporteur"), "new");
        drop(Staging::begin(&out).unwrap());
        assert_eq!(fs::read_to_string(out.join("a.csv")).unwrap(), "old");
        assert_eq!(names(dir.path()), ["out"]);
        // What is left of a removal is no dataset.
        fs::rename(&out, dir.path().join(".out.rapporteur.old")).unwrap();
        fs::remove_file(dir.path().join(".out.rapporteur.old").join(DATAPACKAGE)).unwrap();
        drop(Staging::begin(&out).unwrap());
        assert_eq!(names(dir.path()), [""; 0]);
    }

    #[test]
    fn what_another_run_has_put_aside_is_not_touched() {
        let dir = tempfile::tempdir().unwrap();
        let (out, aside) = (dir.path().join("out"), dir.path().join(".out.rapporteur.old"));
        dataset(&aside, "old");
        dataset(&out, "new");
        let holder = open_folder(&aside).unwrap();
        holder.try_lock().unwrap();
        assert!(Staging::begin(&out).unwrap_err().to_string().contains("another run"));
        assert_eq!(names(&aside), ["a.csv", DATAPACKAGE]);
        drop(holder);
        drop(Staging::begin(&out).unwrap());
        assert_eq!(names(dir.path()), ["out"]);
    }

    #[test]
    fn an_exchange_tells_where_the_old_dataset_is() {
        let dir = tempfile::tempdir().unwrap();
        let (new, out) = (dir.path().join("new"), dir.path().join("out"));
        dataset(&new, "new");
        assert_eq!(exchange(&new, &out).unwrap(), None, "there was none");
        dataset(&new, "newer");
        let old = exchange(&new, &out).unwrap().unwrap();
        assert_eq!(fs::read_to_string(old.join("a.csv")).unwrap(), "new");
        take_back(&new, &out, &old).unwrap();
        assert_eq!(fs::read_to_string(out.join("a.csv")).unwrap(), "new");
        // In two steps it is elsewhere.
        let aside = aside(&new);
        fs::rename(&out, &aside).unwrap();
        fs::rename(&new, &out).unwrap();
        take_back(&new, &out, &aside).unwrap();
        assert_eq!(fs::read_to_string(out.join("a.csv")).unwrap(), "new");
        assert_eq!(fs::read_to_string(new.join("a.csv")).unwrap(), "newer");
    }

    #[test]
    fn a_way_up_from_a_folder_that_is_not_there_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("mine")).unwrap();
        let error = Staging::begin(&dir.path().join("missing/../mine/out")).unwrap_err();
        assert!(error.to_string().contains("goes up by '..'"), "{error}");
        assert_eq!(names(dir.path()), ["mine"]);
    }

    #[test]
    fn the_new_folder_is_as_closed_as_the_old_one() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("out");
        for (before, after) in [(0o700, 0o700), (0o775, 0o775), (0o555, 0o755)] {
            dataset(&out, "old");
            fs::set_permissions(&out, Permissions::from_mode(before)).unwrap();
            let staging = Staging::begin(&out).unwrap();
            dataset(staging.dir(), "new");
            staging.commit(false).unwrap();
            assert_eq!(fs::read_to_string(out.join("a.csv")).unwrap(), "new");
            assert_eq!(fs::metadata(&out).unwrap().mode() & 0o777, after);
        }
    }

    #[test]
    fn what_is_no_folder_is_not_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let pipe = |path: &Path| {
            let mode = rustix::fs::Mode::RUSR;
            rustix::fs::mknodat(CWD, path, rustix::fs::FileType::Fifo, mode, 0).unwrap();
        };
        let out = dir.path().join("out");
        pipe(&dir.path().join(".out.rapporteur"));
        assert!(Staging::begin(&out).is_err());
        fs::create_dir(&out).unwrap();
        pipe(&out.join(DATAPACKAGE));
        assert!(Staging::begin(&out).is_err());
        std::os::unix::fs::symlink("nowhere", dir.path().join("link")).unwrap();
        let error = Staging::begin(&dir.path().join("link")).unwrap_err();
        assert!(error.to_string().contains("a link that leads to no folder"), "{error}");
    }
}
