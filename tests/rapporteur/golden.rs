//! The five texts of `raw/`: their dataset is committed, and a fresh run reproduces it byte for byte.

use std::fs;
use std::path::{Path, PathBuf};

use rapporteur::config::Config;
use rapporteur::data::Data;
use rapporteur::{run, tables};

use crate::project::files;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Compares a file with what it should be; with BLESS set, makes it so.
fn golden(path: &Path, wanted: &str) {
    if std::env::var_os("BLESS").is_some() {
        fs::write(path, wanted).unwrap();
    }
    let found = fs::read_to_string(path).unwrap_or_default();
    assert!(found == wanted, "{} is out of date; `just bless` renews it", path.display());
}

fn make(raw: PathBuf, out: PathBuf, threads: usize) {
    let data = Data::load(None).unwrap();
    let config = Config { raw, out, ..Config::default() };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| run::run(&config, &data, std::io::empty(), &|_| {}, &|| false)).unwrap();
}

#[test]
fn the_committed_output_is_reproduced() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("output");
    make(root().join("raw"), out.clone(), 2);
    let (fresh, committed) = (files(&out), files(&root().join("output")));
    assert_eq!(fresh.keys().collect::<Vec<_>>(), committed.keys().collect::<Vec<_>>());
    for (name, bytes) in fresh {
        assert!(bytes == committed[&name], "output/{name} is out of date; `just bless` renews it");
    }
}

#[test]
fn threads_and_order_of_creation_change_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut wanted = None;
    for (threads, reversed) in [(1, false), (2, true), (7, false)] {
        let raw = dir.path().join(format!("raw{threads}"));
        fs::create_dir(&raw).unwrap();
        let mut texts: Vec<_> = files(&root().join("raw")).into_iter().collect();
        if reversed {
            texts.reverse();
        }
        // Enough files for several batches to be worked on at once.
        for copy in 0..40 {
            for (name, bytes) in &texts {
                fs::write(raw.join(format!("{copy:02}-{name}")), bytes).unwrap();
            }
        }
        let out = dir.path().join(format!("out{threads}"));
        make(raw, out.clone(), threads);
        let made = files(&out);
        assert!(*wanted.get_or_insert_with(|| made.clone()) == made, "{threads} threads");
    }
}

#[test]
fn the_tables_are_documented() {
    golden(&root().join("docs/tables.md"), &tables::markdown());
}

/// The SHA-256 of `rapporteur schema --format json` for each version of the schema. A change of the
/// tables needs a new version, an entry here and one in CHANGELOG.md.
const SCHEMAS: &[(u32, &str)] = &[
    (1, "048ff1878b0ffb507386deaad3eead41a8ee81f287d1cc780b57ecd31624bafe"),
    (2, "3152a5d4b1b64465fba3c93eac0f5e8e30142aff7aa2878e53d0ad163e296122"),
];

#[test]
fn the_schema_is_that_of_its_version() {
    let digest = rapporteur::source::digest(tables::json().as_bytes());
    let (version, recorded) = SCHEMAS.last().unwrap();
    assert_eq!((tables::SCHEMA_VERSION, digest.as_str()), (*version, *recorded));
}

/// Columns of each table that README shows, and rows, by their number.
const SHOWN: &[(&str, &[&str], [usize; 3])] = &[
    (
        "documents",
        &["doc_id", "title", "publisher", "published", "genre", "sentence_count"],
        [0, 1, 5],
    ),
    ("sentences", &["sentence_id", "kind", "text", "raw_start", "raw_end"], [0, 1, 99]),
    (
        "mentions",
        &["mention_id", "kind", "text", "entity_id", "role", "value", "outcome"],
        [3, 27, 252],
    ),
    ("entities", &["entity_id", "name", "kind", "side", "country", "mention_count"], [3, 31, 60]),
    (
        "blocks",
        &["source_path", "kind", "kept", "rule", "raw_start", "raw_end", "text"],
        [0, 9, 36],
    ),
];

/// Three rows of each table, as Markdown.
fn rows_for_readme() -> String {
    let mut out = String::new();
    for (name, columns, rows) in SHOWN {
        let path = root().join(format!("output/{name}.csv"));
        let table: Vec<std::collections::BTreeMap<String, String>> =
            csv::Reader::from_path(path).unwrap().deserialize().map(Result::unwrap).collect();
        out += &format!("\n**{name}** ({} rows)\n\n", table.len());
        out += &format!("| {} |\n|{}\n", columns.join(" | "), "---|".repeat(columns.len()));
        for row in rows {
            let cell = |column: &&str| {
                let text = &table[*row][*column];
                let short: String = text.chars().take(60).collect();
                if short.len() < text.len() { format!("{}…", short.trim_end()) } else { short }
            };
            let cells: Vec<String> = columns.iter().map(cell).collect();
            out += &format!("| {} |\n", cells.join(" | "));
        }
    }
    out + "\n"
}

#[test]
fn readme_shows_real_output() {
    let path = root().join("README.md");
    let mut readme = fs::read_to_string(&path).unwrap();
    let output = std::process::Command::new(crate::project::PROGRAM)
        .current_dir(root())
        .args(["explain", "output", "004_4f84237ddf2fb885-1-s0002"])
        .output()
        .unwrap();
    let explained = format!("\n```text\n{}```\n\n", String::from_utf8(output.stdout).unwrap());
    for (mark, wanted) in [("rows", rows_for_readme()), ("explain", explained)] {
        let (open, close) = (format!("<!-- {mark} -->\n"), format!("<!-- /{mark} -->"));
        let start = readme.find(&open).unwrap() + open.len();
        let end = readme.find(&close).unwrap();
        readme.replace_range(start..end, &wanted);
    }
    golden(&path, &readme);
}
