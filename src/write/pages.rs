//! Finished pages of Parquet that wait until their row group is full, on the disk.
//!
//! In: the pages of a table's columns, in the order in which they are made. Out: the same pages,
//! each asked for once, column by column. In a file the pages of a column stand side by side, while
//! rows come with all their columns, so that a whole row group has to wait somewhere. Pages of a
//! small table stay in memory, all others go to a file without a name.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use parquet::column::page_store::{PageKey, PageStore, PageStoreArgs, PageStoreFactory};
use parquet::errors::{ParquetError, Result};

/// Bytes of pages that stay in memory.
const HELD: usize = 1 << 20;

/// Where the pages of one Parquet file wait.
#[derive(Debug, Clone)]
pub(super) struct Waiting(Arc<Mutex<Room>>);

impl Waiting {
    /// Pages that wait in an unnamed file of the folder `dir`, made when it is needed.
    pub(super) fn new(dir: &Path) -> Self {
        let room = Room { dir: dir.to_owned(), file: None, end: 0, aside: 0, held: 0 };
        Self(Arc::new(Mutex::new(room)))
    }
}

impl PageStoreFactory for Waiting {
    fn create(&self, _: &PageStoreArgs<'_>) -> Result<Box<dyn PageStore>> {
        Ok(Box::new(Column { room: Arc::clone(&self.0), pages: Vec::new() }))
    }
}

/// What the columns of a file share.
#[derive(Debug)]
struct Room {
    dir: PathBuf,
    file: Option<File>,
    /// Where the next page goes in the file.
    end: u64,
    /// Pages in the file.
    aside: usize,
    /// Bytes in memory.
    held: usize,
}

impl Room {
    fn put(&mut self, page: Bytes) -> io::Result<Page> {
        if self.held + page.len() <= HELD {
            self.held += page.len();
            return Ok(Page::Held(page));
        }
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile_in(&self.dir)?),
        };
        let start = self.end;
        file.seek(SeekFrom::Start(start))?;
        file.write_all(&page)?;
        self.end += page.len() as u64;
        self.aside += 1;
        Ok(Page::Aside { start, length: page.len() })
    }

    fn take(&mut self, page: Page) -> io::Result<Bytes> {
        let (start, length) = match page {
            Page::Held(page) => {
                self.held -= page.len();
                return Ok(page);
            }
            Page::Aside { start, length } => (start, length),
            Page::Gone => return Err(io::Error::other("a page was asked for twice")),
        };
        let mut bytes = vec![0; length];
        if let Some(file) = &mut self.file {
            file.seek(SeekFrom::Start(start))?;
            file.read_exact(&mut bytes)?;
        }
        self.aside -= 1;
        if self.aside == 0 {
            // The next row group takes the place of this one.
            self.end = 0;
        }
        Ok(bytes.into())
    }
}

enum Page {
    Held(Bytes),
    /// In the file.
    Aside {
        start: u64,
        length: usize,
    },
    Gone,
}

/// The pages of one column of the row group.
struct Column {
    room: Arc<Mutex<Room>>,
    pages: Vec<Page>,
}

impl PageStore for Column {
    fn put(&mut self, value: Bytes) -> Result<PageKey> {
        let mut room = self.room.lock().unwrap_or_else(PoisonError::into_inner);
        let page = room.put(value).map_err(|e| ParquetError::External(Box::new(e)))?;
        self.pages.push(page);
        Ok(PageKey::new(self.pages.len() as u64 - 1))
    }

    fn take(&mut self, key: PageKey) -> Result<Bytes> {
        let page = self.pages.get_mut(key.get() as usize);
        let page = page.map_or(Page::Gone, |page| std::mem::replace(page, Page::Gone));
        let mut room = self.room.lock().unwrap_or_else(PoisonError::into_inner);
        room.take(page).map_err(|e| ParquetError::External(Box::new(e)))
    }

    fn memory_size(&self) -> usize {
        let held = self.pages.iter().map(|page| match page {
            Page::Held(page) => page.len(),
            Page::Aside { .. } | Page::Gone => 0,
        });
        held.sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(waiting: &Waiting) -> Column {
        Column { room: Arc::clone(&waiting.0), pages: Vec::new() }
    }

    fn room(waiting: &Waiting) -> (usize, usize, u64) {
        let room = waiting.0.lock().unwrap();
        (room.held, room.aside, room.end)
    }

    #[test]
    fn pages_come_back_as_they_went_and_make_room() {
        let dir = tempfile::tempdir().unwrap();
        let waiting = Waiting::new(dir.path());
        for group in 0..3_u8 {
            let page = |n: usize| Bytes::from(vec![group ^ n as u8; HELD / 3 + n]);
            let mut columns = [column(&waiting), column(&waiting)];
            let keys: Vec<PageKey> = (0..9).map(|n| columns[n % 2].put(page(n)).unwrap()).collect();
            // The first two stay in memory, the third no longer fits.
            assert_eq!(columns.iter().map(Column::memory_size).sum::<usize>(), HELD / 3 * 2 + 1);
            assert_eq!(room(&waiting).1, 7);
            for odd in [0, 1] {
                for n in (0..9).filter(|n| n % 2 == odd) {
                    assert_eq!(columns[odd].take(keys[n]).unwrap(), page(n), "{group} {n}");
                }
            }
            assert_eq!(room(&waiting), (0, 0, 0));
            assert!(columns[0].take(keys[0]).is_err());
        }
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn few_pages_make_no_file_and_a_lost_folder_is_an_error() {
        let waiting = Waiting::new(Path::new("/no such folder"));
        let mut column = column(&waiting);
        let key = column.put(Bytes::from(vec![1; HELD])).unwrap();
        assert!(column.put(Bytes::from_static(b"2")).is_err());
        assert_eq!(column.take(key).unwrap().len(), HELD);
    }
}
