//! One table on its way into its files: one a form, or many where it is cut into parts.
//!
//! In: rows in order, grouped by the folder they belong to. Out: the files, in the order of their
//! folders and numbers. Memory is bounded whatever the number of folders: of all files in the making
//! only the rows of unfinished row groups wait in memory, and the largest of those are ended first.

use rayon::prelude::*;

use super::encode::{Part, Shape};
use super::settings::{Format, Settings};
use super::sink::Written;
use crate::error::Result;
use crate::tables::Table;

/// What one table may hold in memory where it is cut into folders.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    /// Bytes of unfinished row groups.
    waiting: usize,
    /// Row groups of unfinished files, each of which is remembered until its file ends.
    row_groups: usize,
}

const BOUNDS: Bounds = Bounds { waiting: 48 << 20, row_groups: 512 };

/// A file of a table with its place in the descriptor.
pub(super) struct TableFile {
    pub(super) table: &'static str,
    pub(super) format: Format,
    /// Whether it is one of the parts of its table.
    pub(super) is_part: bool,
    pub(super) written: Written,
}

/// One table in all its forms.
pub(super) struct TableWriter<T: Table> {
    shape: Shape,
    outputs: Vec<Output>,
    table: std::marker::PhantomData<fn() -> T>,
}

/// Rows that belong to one folder, whose number comes first.
pub(super) type Group<R> = (usize, Vec<R>);

impl<T: Table> TableWriter<T> {
    /// Begins a table; `in_folders` if its rows go to the folders of `settings`.
    pub(super) fn new(shape: Shape, settings: &Settings, in_folders: bool) -> Self {
        let in_folders = in_folders && settings.partition_by.is_some();
        let outputs = settings.formats.as_slice().iter().map(|format| Output {
            format: *format,
            most_rows: settings.max_rows_per_file.map(std::num::NonZeroUsize::get),
            in_folders,
            bounds: BOUNDS,
            folders: Vec::new(),
            waiting: 0,
            done: Vec::new(),
        });
        Self { outputs: outputs.collect(), shape, table: std::marker::PhantomData }
    }

    /// Appends rows to the folders of these names.
    pub(super) fn write(&mut self, folders: &[String], groups: &[Group<T::Row<'_>>]) -> Result<()> {
        let shape = &self.shape;
        self.outputs.par_iter_mut().try_for_each(|output| {
            for (number, rows) in groups {
                output.write::<T>(shape, *number, &folders[*number], rows)?;
            }
            Ok(())
        })
    }

    /// Ends all files; a table without rows has one without rows, in the folder `empty`.
    pub(super) fn finish(self, empty: &str) -> Result<Vec<TableFile>> {
        let shape = &self.shape;
        let files: Vec<Vec<TableFile>> = self
            .outputs
            .into_par_iter()
            .map(|output| output.finish(shape, empty))
            .collect::<Result<_>>()?;
        Ok(files.into_iter().flatten().collect())
    }
}

/// One table in one form.
struct Output {
    format: Format,
    most_rows: Option<usize>,
    in_folders: bool,
    bounds: Bounds,
    folders: Vec<Folder>,
    /// Sum of [`Folder::waiting`].
    waiting: usize,
    /// Finished files with the numbers of folder and part.
    done: Vec<((String, usize), Written)>,
}

/// The files of one folder.
#[derive(Default)]
struct Folder {
    name: String,
    /// Parts that were begun.
    parts: usize,
    part: Option<Part>,
    waiting: usize,
}

impl Output {
    fn is_cut(&self) -> bool {
        self.in_folders || self.most_rows.is_some()
    }

    fn part_name(&self, shape: &Shape, folder: &str, number: usize) -> String {
        let (table, extension) = (shape.table, self.format.as_str());
        if !self.is_cut() {
            return format!("{table}.{extension}");
        }
        let folder = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        format!("{table}.{extension}/{folder}part-{number:04}.{extension}")
    }

    fn write<T: Table>(
        &mut self,
        shape: &Shape,
        number: usize,
        name: &str,
        rows: &[T::Row<'_>],
    ) -> Result<()> {
        let mut rest = rows;
        while !rest.is_empty() {
            let most_rows = self.most_rows;
            let part = self.part(shape, number, name)?;
            let room = most_rows.map_or(rest.len(), |most| rest.len().min(most - part.rows));
            let (now, later) = rest.split_at(room);
            part.write::<T>(shape, now)?;
            if most_rows == Some(part.rows) {
                self.end_part(shape, number)?;
            }
            rest = later;
        }
        // A folder without rows so far is not known here.
        if self.in_folders && !rows.is_empty() {
            self.bound_memory(shape, number)?;
        }
        Ok(())
    }

    /// The part of a folder that is being written, begun if there is none.
    fn part(&mut self, shape: &Shape, number: usize, name: &str) -> Result<&mut Part> {
        if self.folders.len() <= number {
            self.folders.resize_with(number + 1, Folder::default);
        }
        let part = if let Some(part) = self.folders[number].part.take() {
            part
        } else {
            let part_name = self.part_name(shape, name, self.folders[number].parts);
            let part = Part::begin(shape, self.format, &part_name, self.in_folders)?;
            name.clone_into(&mut self.folders[number].name);
            self.folders[number].parts += 1;
            part
        };
        Ok(self.folders[number].part.insert(part))
    }

    fn end_part(&mut self, shape: &Shape, number: usize) -> Result<()> {
        let folder = &mut self.folders[number];
        self.waiting -= std::mem::take(&mut folder.waiting);
        if let Some(part) = folder.part.take() {
            let place = (folder.name.clone(), folder.parts - 1);
            self.done.push((place, part.finish(shape)?));
        }
        Ok(())
    }

    /// Ends row groups, and where those are too many, files, until little enough is in memory.
    fn bound_memory(&mut self, shape: &Shape, written: usize) -> Result<()> {
        self.measure(shape, written);
        while self.waiting > self.bounds.waiting {
            let folders = self.folders.iter().enumerate();
            let Some((largest, _)) = folders.max_by_key(|(_, folder)| folder.waiting) else {
                break;
            };
            if let Some(part) = &mut self.folders[largest].part {
                part.end_row_group(shape)?;
                part.rest()?;
            }
            self.measure(shape, largest);
        }
        if let Some(part) = &mut self.folders[written].part {
            part.rest()?;
        }
        let row_groups = |folder: &Folder| folder.part.as_ref().map_or(0, Part::row_groups);
        while self.folders.iter().map(row_groups).sum::<usize>() > self.bounds.row_groups {
            let folders = self.folders.iter().enumerate();
            let Some((most, _)) = folders.max_by_key(|(_, folder)| row_groups(folder)) else {
                break;
            };
            self.end_part(shape, most)?;
        }
        Ok(())
    }

    fn measure(&mut self, shape: &Shape, number: usize) {
        let folder = &mut self.folders[number];
        let now = folder.part.as_ref().map_or(0, |part| part.waiting(shape));
        self.waiting = self.waiting - folder.waiting + now;
        folder.waiting = now;
    }

    fn finish(mut self, shape: &Shape, empty: &str) -> Result<Vec<TableFile>> {
        if self.folders.iter().all(|folder| folder.parts == 0) {
            self.part(shape, 0, if self.in_folders { empty } else { "" })?;
        }
        let open: Vec<((String, usize), Part)> = self
            .folders
            .iter_mut()
            .filter_map(|f| f.part.take().map(|part| ((f.name.clone(), f.parts - 1), part)))
            .collect();
        let ended: Vec<((String, usize), Written)> = open
            .into_par_iter()
            .map(|(place, part)| Ok((place, part.finish(shape)?)))
            .collect::<Result<_>>()?;
        self.done.extend(ended);
        self.done.sort_by(|one, two| one.0.cmp(&two.0));
        let (format, is_part) = (self.format, self.is_cut());
        let file = |(_, written)| TableFile { table: shape.table, format, is_part, written };
        Ok(self.done.into_iter().map(file).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Data;
    use crate::pipeline::analyse;
    use crate::source::{RawBytes, digest};
    use crate::tables::{SentenceRow, Sentences};

    #[test]
    fn many_folders_stay_within_bounds() {
        let data = Data::load(None).unwrap();
        let bytes = "Envoys met. They agreed. Nobody said on what. ".repeat(9).into_bytes();
        let raw = RawBytes { sha256: digest(&bytes), bytes };
        let file = analyse("a.txt", &raw, None, &data).unwrap();
        let document = &file.documents[0];
        let rows = document.sentences.len();
        let settings =
            Settings { partition_by: Some("genre".parse().unwrap()), ..Settings::default() };
        let dir = tempfile::tempdir().unwrap();
        let shape = Shape::new::<Sentences>(dir.path(), &[], &settings);
        let mut writer = TableWriter::<Sentences>::new(shape, &settings, true);
        let bounds = Bounds { waiting: 600_000, row_groups: 6 };
        writer.outputs.iter_mut().for_each(|output| output.bounds = bounds);
        let folders: Vec<String> = (0..40).map(|n| format!("part_genre={n}")).collect();
        for turn in 0..120 {
            let number = turn * 7 % 40;
            let rows = (0..rows).map(|index| SentenceRow { document, index }).collect();
            writer.write(&folders, &[(number, rows)]).unwrap();
            for output in &writer.outputs {
                assert!(output.waiting <= bounds.waiting);
                let open = output.folders.iter().filter_map(|folder| folder.part.as_ref());
                assert!(open.map(Part::row_groups).sum::<usize>() <= bounds.row_groups);
            }
        }
        let files = writer.finish("").unwrap();
        let count = |format| files.iter().filter(|file| file.format == format).count();
        assert!(count(Format::Parquet) > 40, "{}", count(Format::Parquet));
        assert_eq!(count(Format::Csv), 40);
        let lines: usize = files
            .iter()
            .filter(|file| file.format == Format::Csv)
            .map(|file| std::fs::read_to_string(dir.path().join(&file.written.name)).unwrap())
            .map(|text| text.lines().count() - 1)
            .sum();
        assert_eq!(lines, 120 * rows);
        let read = |name: &str| {
            let file = std::fs::File::open(dir.path().join(name)).unwrap();
            parquet::file::reader::SerializedFileReader::new(file).unwrap()
        };
        let stored: i64 = files
            .iter()
            .filter(|file| file.format == Format::Parquet)
            .map(|file| {
                use parquet::file::reader::FileReader;
                read(&file.written.name).metadata().file_metadata().num_rows()
            })
            .sum();
        assert_eq!(stored, 120 * rows as i64);
    }
}
