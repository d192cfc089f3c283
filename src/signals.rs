//! What the system tells the program while it works, and what it is told before it began.
//!
//! In: signals, and a stream that may keep silent. Out: a number that says which signal asked for the
//! end, and the bytes of the stream, with a word in between whenever nothing comes.

use std::fs;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::flag;

/// Makes a write beyond the limit of a file's size an error like any other; unheard, the signal ends the
/// process.
pub fn outlive_full_files() -> Result<()> {
    flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)))
        .context("cannot listen for signals")?;
    Ok(())
}

/// Notes the first signal that asks for the end, so that a run can end cleanly; a second one ends the
/// process at once. A signal that whoever started the program had it ignore (as `nohup` does) stays ignored.
pub fn listen(signal: &Arc<AtomicUsize>) -> Result<()> {
    let again = Arc::new(AtomicBool::new(false));
    let ignored = ignored();
    for number in [SIGINT, SIGTERM, SIGHUP] {
        let is_ignored = match ignored {
            Some(set) => set & (1 << (number - 1)) != 0,
            // Where that cannot be known, a run that is to outlive its terminal is not ended.
            None => number == SIGHUP,
        };
        if is_ignored {
            continue;
        }
        let register = || {
            let value = usize::try_from(number).unwrap_or(0);
            flag::register_conditional_shutdown(number, 128 + number, Arc::clone(&again))?;
            flag::register(number, Arc::clone(&again))?;
            flag::register_usize(number, Arc::clone(signal), value)
        };
        register().context("cannot listen for signals")?;
    }
    Ok(())
}

/// The signals that the process ignores, a bit each (proc(5), `SigIgn`); `None` where the system does
/// not say.
fn ignored() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let set = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
    u64::from_str_radix(set.trim(), 16).ok()
}

/// How long a silent stream is waited for at a time.
const PATIENCE: Duration = Duration::from_millis(100);
/// Bytes that are read at once.
const CHUNK: usize = 1 << 16;

/// Standard input. Whenever nothing comes for a while, reading says [`io::ErrorKind::Interrupted`], so that
/// whoever reads can see whether a signal asked for the end.
#[derive(Default)]
pub struct Stdin {
    chunks: Option<Receiver<io::Result<Vec<u8>>>>,
    chunk: Vec<u8>,
    at: usize,
}

impl Read for Stdin {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.chunk.len() {
            let chunks = self.chunks.get_or_insert_with(read_elsewhere);
            self.chunk = match chunks.recv_timeout(PATIENCE) {
                Ok(chunk) => chunk?,
                Err(RecvTimeoutError::Timeout) => return Err(io::ErrorKind::Interrupted.into()),
                Err(RecvTimeoutError::Disconnected) => Vec::new(),
            };
            self.at = 0;
        }
        let read = buffer.len().min(self.chunk.len() - self.at);
        buffer[..read].copy_from_slice(&self.chunk[self.at..self.at + read]);
        self.at += read;
        Ok(read)
    }
}

/// Reads standard input in a thread of its own, which nobody waits for: a read cannot be called back.
fn read_elsewhere() -> Receiver<io::Result<Vec<u8>>> {
    let (send, chunks) = sync_channel(2);
    thread::spawn(move || {
        let mut stdin = io::stdin().lock();
        loop {
            let mut chunk = vec![0; CHUNK];
            let read = match stdin.read(&mut chunk) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                read => read,
            };
            let is_last = !matches!(read, Ok(1..));
            let read = read.map(|read| {
                chunk.truncate(read);
                chunk
            });
            if send.send(read).is_err() || is_last {
                return;
            }
        }
    });
    chunks
}
