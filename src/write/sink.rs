//! A new file that counts and digests what goes into it.
//!
//! In: bytes. Out: a file on the disk, its length and its SHA-256. A dataset may have thousands of
//! files in the making, more than a process may have open: such a sink opens its file only for as
//! long as it writes.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::source::hex;

/// Bytes that are gathered before they are written.
const BUFFER: usize = 1 << 18;

/// Whether the system can sync all files of a file system in one call.
pub(super) const SYNCS_ALL_AT_ONCE: bool = cfg!(target_os = "linux");

/// A file of the dataset, as the descriptor lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    /// Path below the dataset's folder, '/' between folders.
    pub(super) name: String,
    /// Its length.
    pub(super) bytes: u64,
    /// Its digest, lower-case hexadecimal.
    pub(super) sha256: String,
}

/// A file in the making.
pub(super) struct Sink {
    path: PathBuf,
    name: String,
    file: Option<File>,
    /// One of many: closed whenever it is flushed.
    many: bool,
    buffer: Vec<u8>,
    digest: Sha256,
    bytes: u64,
}

impl Sink {
    /// Makes the file `name` below `dir`, which must not be there.
    pub(super) fn create(dir: &Path, name: &str, many: bool) -> Result<Self> {
        let path = dir.join(name);
        let file = File::create_new(&path).map_err(Error::io("create", &path))?;
        let file = (!many).then_some(file);
        Ok(Self {
            path,
            name: name.to_owned(),
            file,
            many,
            buffer: Vec::new(),
            digest: Sha256::new(),
            bytes: 0,
        })
    }

    fn open(&mut self) -> io::Result<&mut File> {
        match &mut self.file {
            Some(file) => Ok(file),
            closed => Ok(closed.insert(OpenOptions::new().append(true).open(&self.path)?)),
        }
    }

    fn spill(&mut self) -> io::Result<()> {
        let mut buffer = std::mem::take(&mut self.buffer);
        self.digest.update(&buffer);
        self.bytes += buffer.len() as u64;
        self.open()?.write_all(&buffer)?;
        buffer.clear();
        self.buffer = buffer;
        Ok(())
    }

    /// Writes what is left and makes it outlive a power cut; one of many files is left to
    /// [`super::staging::Staging::commit`] where the system can do that for all at once.
    pub(super) fn finish(mut self) -> Result<Written> {
        let path = self.path.clone();
        self.flush().map_err(Error::io("write", &path))?;
        if !(self.many && SYNCS_ALL_AT_ONCE) {
            let synced = self.open().and_then(|file| file.sync_all());
            synced.map_err(Error::io("sync", &path))?;
        }
        let sha256 = hex(&self.digest.finalize());
        Ok(Written { name: self.name, bytes: self.bytes, sha256 })
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.buffer.len() + bytes.len() > BUFFER {
            self.spill()?;
        }
        if bytes.len() >= BUFFER {
            self.digest.update(bytes);
            self.bytes += bytes.len() as u64;
            self.open()?.write_all(bytes)?;
        } else {
            self.buffer.extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    /// Hands everything to the system; one of many files also gives back what it holds.
    fn flush(&mut self) -> io::Result<()> {
        if !self.buffer.is_empty() {
            self.spill()?;
        }
        if self.many {
            self.file = None;
            self.buffer = Vec::new();
        }
        Ok(())
    }
}
