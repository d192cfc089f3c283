//! What the stages know: codebook, word lists and rules, built in or laid over by the user.
//!
//! In: the embedded files of `src/data/` and, if given, a folder with files of the same form. Out:
//! [`Data`], parsed and checked once. Everything that is a list of names, words or cues lives there,
//! not in code.

use std::path::Path;

use crate::error::{DataError, Error, Result};
use crate::layout::{LayoutRules, RuleError};
use crate::mentions::figures::Figures;
use crate::mentions::tagger::Tagger;
use crate::mentions::{self, codebook};
use crate::metadata::{self, MetadataRules};
use crate::sentences::{ListError, Splitter};
use crate::source::{MOST_LIST, MOST_SETTINGS, is_language_tag, read_text, toml_fault};

const LAYOUT: &str = include_str!("data/layout.toml");
const METADATA: &str = include_str!("data/metadata.toml");
const DATES: &str = include_str!("data/dates.toml");
const QUANTITIES: &str = include_str!("data/quantities.toml");
const NAMES: &str = include_str!("data/names.toml");

/// Codebook, word lists and rules of all stages.
#[derive(Debug)]
pub struct Data {
    /// Rules of the layout stage.
    pub layout: LayoutRules,
    /// Rules of the metadata stage.
    pub metadata: MetadataRules,
    /// Abbreviations and weights of the sentence stage.
    pub splitter: Splitter,
    /// Codebook and rules of the mention stage.
    pub mentions: mentions::Data,
    /// The user's files.
    overlay: Vec<ListFile>,
}

/// A file of the user's lists.
#[derive(Debug)]
struct ListFile {
    /// Path below the folder, '/' between folders.
    name: String,
    text: String,
}

impl Data {
    /// The built-in data, with the files of the folder `overlay` laid over it.
    ///
    /// The folder may hold `entities/*.csv`, `abbreviations/LANGUAGE.txt`, `layout.toml` and
    /// `metadata.toml`, each in the form of the built-in file of that name.
    ///
    /// # Errors
    ///
    /// If a file of `overlay` cannot be read, is none of these, or has a fault; with file, line and
    /// column as far as they are known.
    pub fn load(overlay: Option<&Path>) -> Result<Self> {
        let mut data = Self::load_without_tagger(overlay)?;
        data.mentions.tagger = Some(Tagger::embedded().map_err(fault("tagger.bin"))?);
        Ok(data)
    }

    /// The same without the statistical tagger of the mention stage.
    ///
    /// # Errors
    ///
    /// As [`Data::load`].
    pub fn load_without_tagger(overlay: Option<&Path>) -> Result<Self> {
        let overlay = overlay.map(read_overlay).transpose()?.unwrap_or_default();
        // Compiling all this is most of a small run's time, so it uses the cores there are.
        let ((layout, metadata), (lists, (splitter, figures))) = rayon::join(
            || (LayoutRules::embedded(), MetadataRules::embedded()),
            || {
                rayon::join(codebook::Lists::embedded, || {
                    (Splitter::embedded(), Figures::embedded())
                })
            },
        );
        let mut layout = layout.map_err(fault("layout.toml"))?;
        let mut metadata = metadata.map_err(fault("metadata.toml"))?;
        let mut lists = lists.map_err(list_faults)?;
        let mut splitter = splitter.map_err(fault("abbreviations"))?.clone();
        figures.map_err(fault("dates.toml, quantities.toml"))?;
        let mut entities = Vec::new();
        for file in &overlay {
            let ListFile { name, text } = file;
            match name.split_once('/').unwrap_or(("", name)) {
                ("", "layout.toml") => {
                    let refused = |e: RuleError| toml_fault(name, text, e.span(), &e.message());
                    layout = layout.merge(text).map_err(refused)?;
                }
                ("", "metadata.toml") => {
                    let refused =
                        |e: metadata::RuleError| toml_fault(name, text, e.span(), &e.message());
                    metadata = metadata.merge(text).map_err(refused)?;
                }
                ("abbreviations", list) if list_language(list).is_some() => {
                    let language = list_language(list).unwrap_or_default();
                    let refused =
                        |e: ListError| DataError::new(name, e.message()).at_line(e.line() as u64);
                    splitter = splitter.with_abbreviations(language, text).map_err(refused)?;
                }
                ("entities", list) if list.ends_with(".csv") && !list.contains('/') => {
                    entities.push((list, text.as_str()));
                }
                _ => {
                    let message = "no list that is known by this name; a codebook may hold \
                                   entities/*.csv, abbreviations/LANGUAGE.txt, layout.toml and \
                                   metadata.toml";
                    return Err(DataError::new(name, message).into());
                }
            }
        }
        if !entities.is_empty() {
            lists = lists.overlay(entities).map_err(list_faults)?;
        }
        Ok(Self { layout, metadata, splitter, mentions: mentions::Data::new(lists), overlay })
    }

    /// Where a rule's id, or an entity's, is defined: file, line from 1, and the line itself. `None`
    /// for the rules that are code.
    #[must_use]
    pub fn source_of(&self, id: &str) -> Option<(&str, usize, &str)> {
        let own = self.overlay.iter().map(|file| (file.name.as_str(), file.text.as_str()));
        let files = own
            .chain(codebook::EMBEDDED.iter().copied())
            .chain([("layout.toml", LAYOUT), ("metadata.toml", METADATA)])
            .chain([("dates.toml", DATES), ("quantities.toml", QUANTITIES), ("names.toml", NAMES)]);
        let (list, wanted) = id.rsplit_once(':').map_or((None, id), |(list, id)| (Some(list), id));
        for (name, text) in files {
            let stem = name.rsplit('/').next().and_then(|n| n.split('.').next());
            if list.is_some_and(|list| stem != Some(list)) {
                continue;
            }
            let is_table = name.ends_with(".csv");
            for (number, line) in (1..).zip(text.lines()) {
                let found = if is_table {
                    line.split(',').next() == Some(wanted)
                } else {
                    line.strip_prefix("id = ").is_some_and(|rest| {
                        let own = rest.trim_matches('"');
                        own == wanted || own == id
                    })
                };
                if found {
                    return Some((name, number, line));
                }
            }
        }
        None
    }
}

/// The language of a list of abbreviations, which its name says.
fn list_language(list: &str) -> Option<&str> {
    list.strip_suffix(".txt").filter(|language| is_language_tag(language))
}

fn read_overlay(dir: &Path) -> Result<Vec<ListFile>> {
    if dir.is_file() {
        return Err(Error::Folders(format!(
            "{dir:?} is a file; a codebook is a folder that holds entities/NAME.csv"
        )));
    }
    let listing = crate::source::list_all(dir)?;
    if let Some(bad) = listing.rejects.first() {
        return Err(DataError::new(bad.source_path.as_str(), bad.reason.as_str()).into());
    }
    listing
        .files
        .into_iter()
        .map(|file| {
            let path = file.path();
            let is_rules = file.source_path.ends_with(".toml");
            let most = if is_rules { MOST_SETTINGS } else { MOST_LIST };
            let text = read_text(&path, &file.source_path, most)?;
            Ok(ListFile { name: file.source_path, text })
        })
        .collect()
}

fn fault<E: std::fmt::Display>(file: &str) -> impl FnOnce(E) -> Error + '_ {
    move |error| DataError::new(file, error.to_string()).into()
}

/// All faults of the lists as one error: the first in full, the rest behind it.
fn list_faults(faults: Vec<codebook::ListError>) -> Error {
    let mut faults = faults.into_iter();
    let Some(first) = faults.next() else {
        return DataError::new("entities", "not as it must be").into();
    };
    let more: String = faults.map(|fault| format!("\n{fault}")).collect();
    let fault = DataError::new(first.file, first.message + &more).at_line(first.line);
    if first.column.is_empty() { fault.into() } else { fault.in_column(first.column).into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// Writes an overlay and gives the error of loading it, or the data.
    fn load(files: &[(&str, &str)]) -> Result<Data, String> {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Data::load(Some(dir.path())).map_err(|e| e.to_string())
    }

    const HEADER: &str = "entity_id,name,kind,aliases,demonyms,short_forms,side,country,latitude,\
                          longitude,wikipedia\n";

    #[test]
    fn the_built_in_data_is_sound() {
        Data::load(None).unwrap();
    }

    #[test]
    fn a_users_entity_is_known() {
        let line = "zamalka-council,Zamalka Relief Council,organization,,,,civil_society,SYR,,,\n";
        let data = load(&[("entities/mine.csv", &format!("{HEADER}{line}"))]).unwrap();
        assert!(data.mentions.codebook.entity("zamalka-council").is_some());
        let (file, number, _) = data.source_of("mine:zamalka-council").unwrap();
        assert_eq!((file, number), ("entities/mine.csv", 2));
    }

    #[test]
    fn faults_name_file_line_and_column() {
        let line = "x,X Y Z,person,,,,their_side,,,,\n";
        let error = load(&[("entities/mine.csv", &format!("{HEADER}{line}"))]).unwrap_err();
        assert!(error.starts_with("mine.csv, line 2, column side: "), "{error}");
        let error = load(&[("cities.txt", "")]).unwrap_err();
        assert!(error.starts_with("cities.txt: no list that is known by this name"), "{error}");
        let error = load(&[("layout.toml", "[[rule]]\nid = \"a\"\n")]).unwrap_err();
        assert!(error.starts_with("layout.toml, line 1, column 1: missing field"), "{error}");
    }
}
