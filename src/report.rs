//! A dataset as one page: self-contained HTML for people who look, search, cite and judge.
//!
//! In: the folder of a dataset and, if at hand, the raw texts behind it. Out: a file that asks the network
//! for nothing, has no date, and is the same for the same dataset. Assumes nothing of the texts: none of
//! them can become markup. Of a large dataset the page shows a sample of the documents, and says so; what
//! it counts it counts over all.

mod documents;
mod gather;
mod html;
mod network;
mod plots;
mod sample;
mod sections;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use crate::error::{Error, Result};
use crate::read::text_column;
use crate::source::{Cursor, real_path, real_path_if_any};
use crate::tables::SCHEMA_VERSION;
use crate::write::DATAPACKAGE;
use documents::{Raw, Shown};
use gather::Gathered;
use html::{Short, Text, count, counted};
use sections::Page;

/// Bytes that a page never exceeds.
pub const MOST_BYTES: usize = 10_000_000;

const TEMPLATE: &str = include_str!("data/report/page.html");
const STYLE: &str = include_str!("data/report/style.css");
const SCRIPT: &str = include_str!("data/report/script.js");

/// What is to be reported, and where to.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The dataset's folder.
    pub out_dir: PathBuf,
    /// The raw texts, from which the page shows the bytes behind its rows.
    pub raw: Option<PathBuf>,
    /// The file to write; what was there is replaced.
    pub file: PathBuf,
    /// The page's title; without it that of the dataset's descriptor.
    pub title: Option<String>,
    /// Most documents that are shown, however small they are.
    pub sample: Option<usize>,
}

/// What a report became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Documents of the dataset.
    pub documents: usize,
    /// Documents of these that the page shows.
    pub shown: usize,
    /// Size of the file in bytes.
    pub bytes: usize,
    /// What whoever asked for the page should know, each a sentence without a full stop.
    pub notes: Vec<String>,
}

/// Writes a report: the whole file, or none of it.
///
/// # Errors
///
/// If the folder holds no dataset that can be read row by row, the raw folder named is not there, or the
/// file cannot be written.
pub fn report(settings: &Settings) -> Result<Report> {
    let out_dir = &settings.out_dir;
    if !out_dir.is_dir() {
        return Err(Error::Folders(format!("{out_dir:?} is not the folder of a dataset")));
    }
    if let Some(raw) = settings.raw.as_ref().filter(|raw| !raw.exists()) {
        return Err(Error::Folders(format!(
            "{raw:?}, which should hold the raw texts, is not there"
        )));
    }
    may_write(&settings.file, out_dir)?;
    let mut all = gather::gather(out_dir, settings.sample.unwrap_or(usize::MAX))?;
    let mut raw = Raw {
        cursor: settings.raw.as_ref().map(|raw| Cursor::new(raw, &text_column(out_dir))),
        missing: Vec::new(),
    };
    let mut shown: Vec<Shown> = Vec::new();
    for (number, unit) in std::mem::take(&mut all.units).into_iter().enumerate() {
        shown.push(documents::unit(unit, number, &all, &mut raw));
    }
    let descriptor = descriptor(out_dir);
    let (page, notes) = loop {
        let notes = notes(&all, &shown, &raw);
        let page = page(settings, &descriptor, &all, &shown, &notes);
        if page.len() <= MOST_BYTES || shown.len() <= 1 {
            break (page, notes);
        }
        // Estimates were too low: fewer of the same documents, as evenly spread.
        let fewer = (shown.len() * 9 / 10 * MOST_BYTES / page.len()).clamp(1, shown.len() - 1);
        let kept: BTreeSet<usize> = sample::spread(shown.len(), fewer).into_iter().collect();
        let mut number = 0;
        shown.retain(|_| {
            number += 1;
            kept.contains(&(number - 1))
        });
    };
    write(&settings.file, &page)?;
    Ok(Report {
        documents: all.documents.len(),
        shown: shown.iter().filter(|unit| unit.id.is_some()).count(),
        bytes: page.len(),
        notes,
    })
}

/// Refuses what would harm: a folder as the file, or a file inside the dataset.
fn may_write(file: &Path, out_dir: &Path) -> Result<()> {
    if file.is_dir() {
        return Err(Error::Folders(format!(
            "{file:?} is a folder; name the file of the report by --out"
        )));
    }
    let dataset = real_path(out_dir)?;
    if real_path_if_any(file)?.is_some_and(|file| file.starts_with(&dataset)) {
        return Err(Error::Folders(format!(
            "{file:?} would stand among the files of the dataset, which `rapporteur run` replaces as a whole; \
             name a file beside the folder by --out"
        )));
    }
    Ok(())
}

/// Writes beside the file and puts the whole in its place.
fn write(file: &Path, page: &str) -> Result<()> {
    let parent = match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut beside = tempfile::Builder::new();
    beside.prefix(".report");
    // Readable as other files are, not for its owner alone as temporary files are.
    #[cfg(unix)]
    beside.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut beside = beside.tempfile_in(parent).map_err(Error::io("create a file in", parent))?;
    beside.write_all(page.as_bytes()).map_err(Error::io("write", file))?;
    beside.as_file().sync_all().map_err(Error::io("write", file))?;
    beside.persist(file).map_err(|error| Error::io("write", file)(error.error))?;
    if let Ok(folder) = File::open(parent) {
        // Not every file system can sync a folder, and the file itself is there.
        let _ = folder.sync_all();
    }
    Ok(())
}

/// The dataset's descriptor, if it has one.
fn descriptor(out_dir: &Path) -> Value {
    let bytes = fs::read(out_dir.join(DATAPACKAGE)).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

/// What has to be said of the page.
fn notes(all: &Gathered, shown: &[Shown], raw: &Raw) -> Vec<String> {
    let mut notes = Vec::new();
    let documents = shown.iter().filter(|unit| unit.id.is_some()).count();
    if documents < all.documents.len() {
        notes.push(format!(
            "the page shows a sample of {} of {} documents, spread evenly over the dataset, the first and the last among \
             them; what it counts it counts over all",
            count(documents),
            count(all.documents.len())
        ));
    }
    let cut = shown.iter().filter(|unit| unit.cut).count();
    if cut > 0 {
        let are = if cut == 1 { "is" } else { "are" };
        notes.push(format!(
            "{} {are} too long for the page and shown in part",
            counted(cut, "document", "documents")
        ));
    }
    if raw.cursor.is_none() {
        notes.push(
            "no raw texts were given by --raw, so that the page shows the text of blocks in the place of raw bytes".to_owned(),
        );
    }
    if let Some((path, reason)) = raw.missing.first() {
        let others = match raw.missing.len() - 1 {
            0 => String::new(),
            n => format!(", and {} more", count(n)),
        };
        notes.push(format!("the page lacks the raw bytes of {path:?}{others}: {reason}"));
    }
    notes
}

fn page(
    settings: &Settings,
    descriptor: &Value,
    all: &Gathered,
    shown: &[Shown],
    notes: &[String],
) -> String {
    let stated = |name: &str| descriptor.get(name).and_then(Value::as_str).unwrap_or_default();
    let title = match (&settings.title, stated("title")) {
        (Some(title), _) => title.as_str(),
        (None, "") => "A dataset of political texts",
        (None, title) => title,
    };
    let page = Page {
        documents: shown.iter().filter_map(|unit| unit.id.clone()).collect(),
        entities: shown.iter().flat_map(|unit| unit.entities.iter().cloned()).collect(),
    };
    let mut content = BTreeMap::new();
    let mut put = |name: &'static str, text: String| content.insert(name, text);
    put("title", Short(title).to_string());
    put("style", STYLE.to_owned());
    put("script", SCRIPT.to_owned());
    put("about", about(descriptor));
    put("notes", {
        let sentence = |note: &String| {
            let mut letters = note.chars();
            let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
            format!("<p class=\"note\">{}{}.</p>\n", Text(&first), Text(letters.as_str()))
        };
        notes.iter().map(sentence).collect()
    });
    put("overview", sections::overview(all));
    put("filters", filters(all, shown, &page));
    put("documents", shown.iter().map(|unit| unit.html.as_str()).collect());
    put("entities", sections::entities(all, &page));
    put("timeline", sections::timeline(all));
    put("places", sections::places(all, &page));
    put("network", sections::co_mentions(all, &page));
    put("quality", sections::quality(all, &page));
    put("data", html::json(&data(all, &page)));
    put("version", env!("CARGO_PKG_VERSION").to_owned());
    put("schema", SCHEMA_VERSION.to_string());
    filled(TEMPLATE, &content)
}

/// The template with its names in double braces replaced, once: what is put in is not looked at again.
fn filled(template: &str, content: &BTreeMap<&str, String>) -> String {
    let mut out = String::new();
    for (at, part) in template.split("{{").enumerate() {
        match part.split_once("}}") {
            Some((name, rest)) if at > 0 => {
                out += content.get(name).map_or("", String::as_str);
                out += rest;
            }
            _ => out += part,
        }
    }
    out
}

/// What the descriptor says of the dataset.
fn about(descriptor: &Value) -> String {
    let text =
        |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let list = |name: &str| {
        let values = descriptor.get(name).and_then(Value::as_array).into_iter().flatten();
        let names: Vec<String> = values
            .filter_map(|value| text(value, "title").or_else(|| text(value, "name")))
            .collect();
        (!names.is_empty()).then(|| names.join("; "))
    };
    let mut out = String::new();
    if let Some(description) = text(descriptor, "description") {
        out += &format!("<p>{}</p>\n", Text(description.get(..2_000).unwrap_or(&description)));
    }
    let facts: String = [
        ("Version", text(descriptor, "version")),
        ("Published", text(descriptor, "created")),
        ("By", list("contributors")),
        ("Licence", list("licenses")),
    ]
    .into_iter()
    .filter_map(|(name, value)| {
        Some(format!("<div><dt>{name}</dt><dd><bdi>{}</bdi></dd></div>", Short(&value?)))
    })
    .collect();
    if !facts.is_empty() {
        out += &format!("<dl class=\"inline\">{facts}</dl>\n");
    }
    out
}

/// The fields by which documents and mentions are picked.
fn filters(all: &Gathered, shown: &[Shown], page: &Page) -> String {
    let option = |value: &str, name: &str| {
        format!("<option value=\"{}\">{}</option>", Text(value), Short(name))
    };
    let select = |name: &str, label: &str, options: String| {
        format!(
            "<label>{label} <select name=\"{name}\"><option value=\"\">all</option>{options}</select></label>\n"
        )
    };
    let mut out = String::from("<fieldset class=\"kinds\"><legend>Kinds of mentions</legend>");
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for (kind, n) in shown.iter().flat_map(|unit| &unit.kinds) {
        *kinds.entry(kind).or_default() += n;
    }
    for (kind, n) in kinds {
        out += &format!(
            "<label class=\"kind\"><input type=\"checkbox\" name=\"kind\" value=\"{}\"> <mark class=\"{}\">{}</mark> \
             <span class=\"n\">{}</span></label>",
            Text(kind),
            documents::family(kind),
            Short(&kind.replace('_', " ")),
            count(n)
        );
    }
    out += "</fieldset>\n<div class=\"fields\">\n";
    let mut entities: Vec<&gather::Entity> =
        all.entities.iter().filter(|entity| page.entities.contains(&entity.id)).collect();
    entities.sort_by(|a, b| a.name.cmp(&b.name).then(a.id.cmp(&b.id)));
    let sides: BTreeSet<&str> =
        entities.iter().map(|e| e.side.as_str()).filter(|side| !side.is_empty()).collect();
    out += &select(
        "entity",
        "Entity",
        entities.iter().map(|entity| option(&entity.id, &entity.name)).collect(),
    );
    out += &select(
        "side",
        "Side",
        sides.iter().map(|side| option(side, &side.replace('_', " "))).collect(),
    );
    let publishers: BTreeSet<&str> = shown.iter().map(|unit| unit.publisher.as_str()).collect();
    let years: BTreeSet<&str> = shown.iter().map(|unit| unit.year.as_str()).collect();
    let some = |values: &BTreeSet<&str>, none: &str| -> String {
        let named = values.iter().filter(|value| !value.is_empty());
        let mut options: String = named.map(|value| option(value, value)).collect();
        if values.contains("") {
            // A blank stands for what is not known, since nothing stands for all.
            options += &option(" ", none);
        }
        options
    };
    out += &select("publisher", "Publisher", some(&publishers, "not known"));
    out += &select("year", "Year", some(&years, "undated"));
    out + "<label class=\"search\">Words <input type=\"search\" name=\"text\" autocomplete=\"off\" spellcheck=\"false\"></label>\n</div>\n"
}

/// What the script needs to know beside the documents' own rows.
fn data(all: &Gathered, page: &Page) -> Value {
    let entities: Map<String, Value> = all
        .entities
        .iter()
        .filter(|entity| page.entities.contains(&entity.id))
        .map(|entity| {
            let about = json!({
                "name": Short(&entity.name).plain(),
                "kind": entity.kind,
                "side": entity.side,
                "country": entity.country,
                "mentions": entity.mentions,
                "documents": entity.documents,
            });
            (entity.id.clone(), about)
        })
        .collect();
    json!({
        "mentions": documents::columns(all.spec("mentions")),
        "blocks": documents::columns(all.spec("blocks")),
        "entities": entities,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_into_the_template_is_left_alone() {
        let content = BTreeMap::from([("a", "{{b}} & }}".to_owned()), ("b", "B".to_owned())]);
        assert_eq!(filled("x {{a}} y {{b}}{{c}}.", &content), "x {{b}} & }} y B.");
    }

    /// The values of the variables of the style sheet, in one scheme.
    fn palette(dark: bool) -> BTreeMap<String, [u8; 3]> {
        let mut out = BTreeMap::new();
        let parts: Vec<&str> = STYLE.split("@media (prefers-color-scheme: dark)").collect();
        let blocks = if dark { &parts[..] } else { &parts[..1] };
        for block in blocks {
            let block = block.split_once(":root").unwrap().1.split_once('}').unwrap().0;
            for line in block.lines().filter_map(|line| line.trim().strip_prefix("--")) {
                let Some((name, value)) = line.split_once(": #") else { continue };
                let n = u32::from_str_radix(value.trim_end_matches(';'), 16).unwrap();
                out.insert(name.to_owned(), [(n >> 16) as u8, (n >> 8) as u8, n as u8]);
            }
        }
        out
    }

    /// Contrast of two colours as WCAG 2.2 defines it.
    fn contrast(a: [u8; 3], b: [u8; 3]) -> f64 {
        let light = |c: [u8; 3]| {
            let part = |v: u8| {
                let v = f64::from(v) / 255.0;
                if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * part(c[0]) + 0.7152 * part(c[1]) + 0.0722 * part(c[2])
        };
        let (a, b) = (light(a), light(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn colours_can_be_told_from_what_they_stand_on() {
        const FAMILIES: &[&str] = &[
            "person",
            "organization",
            "armed",
            "state",
            "place",
            "event",
            "time",
            "quantity",
            "other",
        ];
        assert!((contrast([0; 3], [255; 3]) - 21.0).abs() < 0.01);
        for dark in [false, true] {
            let colours = palette(dark);
            let is = |front: &str, back: &str, least: f64| {
                let found = contrast(colours[front], colours[back]);
                assert!(found >= least, "{front} on {back}, dark {dark}: {found:.2}");
            };
            for back in ["paper", "raised"] {
                for front in ["ink", "soft", "link", "warn"] {
                    is(front, back, 4.5);
                }
                is("focus", back, 3.0);
                is("edge", back, 3.0);
                is("bar", back, 3.0);
            }
            is("soft", "removed", 4.5);
            is("ink", "removed", 4.5);
            is("on-link", "link", 4.5);
            is("ink", "found", 4.5);
            for family in FAMILIES {
                is("ink", &format!("{family}-tint"), 4.5);
                is("soft", &format!("{family}-tint"), 4.5);
                is(family, "paper", 3.0);
                is(family, &format!("{family}-tint"), 3.0);
            }
        }
    }
}
