//! `README.md`: the dataset for people who find its folder: what it is, how it is loaded, which files
//! there are, and what every column means.
//!
//! In: what is told of the dataset ([`Described`]). Out: Markdown, the same for the same dataset.

use super::descriptor::Described;
use super::facts::{Agent, Facts};
use super::settings::Format;
use super::table::TableFile;
use super::{DATAPACKAGE, README};
use crate::tables::{CONVENTIONS, SCHEMA_VERSION, markdown_cell, specs, table_markdown};

/// Publishers that are named.
const MOST_PUBLISHERS: usize = 10;

/// The text of the page.
pub(super) fn readme(told: &Described<'_>) -> String {
    let facts = &told.settings.facts;
    let title = facts.title.as_deref().unwrap_or(told.name());
    let mut out = format!("# {}\n\n{}\n\n", line(title), told.description().trim());
    out.push_str(&rows(told));
    out.push_str(&survey(told));
    out.push_str(&terms(facts));
    out.push_str(&loading(told));
    if told.settings.csv_safe {
        out.push_str(GUARDED);
    }
    out.push_str(&files(told));
    out.push_str(&format!(
        "\n## Columns\n\nMade by rapporteur {}, schema version {SCHEMA_VERSION}. `cat` is a dictionary-encoded string; \
         null is an empty field in CSV.\n\n{CONVENTIONS}",
        env!("CARGO_PKG_VERSION")
    ));
    for table in specs(told.docvars) {
        out.push_str(&table_markdown(&table));
    }
    out
}

/// How guarded cells are read.
const GUARDED: &str = r#"
## Guarded cells

This dataset was made with `--csv-safe`: in its CSV files (and in no others) an apostrophe stands before whatever a spreadsheet would take
for the beginning of a formula, at the start of a cell and behind `;`, tab, CR and LF in it. Numbers are as they are. Offsets count
without these apostrophes. This takes them off, exactly:

```python
import re
import pandas as pd
def plain(cell):
    return re.sub(r"""(^|[;\t\r\n])'(?=["'\0]*[=+\-@＝＋－＠])|^'(?=["']*[\t\r\n\0])""", r"\1", cell)
mentions = pd.read_csv("mentions.csv", keep_default_na=False, na_values=[""])
for name in mentions.select_dtypes(["object", "string"]):
    mentions[name] = mentions[name].map(plain, na_action="ignore")
```
"#;

/// A text on one line.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn rows(told: &Described<'_>) -> String {
    let mut out = String::from("| table | rows | |\n|---|---:|---|\n");
    for table in specs(&[]) {
        let (name, doc) = (table.name, table.doc);
        out.push_str(&format!("| [{name}](#{name}) | {} | {doc} |\n", told.survey.rows(name)));
    }
    out
}

/// Of what time the documents are, in which languages, and by whom.
fn survey(told: &Described<'_>) -> String {
    let survey = told.survey;
    let mut out = String::new();
    let mut sentences = Vec::new();
    if let Some((first, last)) = survey.published {
        let between = if first == last {
            format!("Documents were published on {first}")
        } else {
            format!("Documents were published between {first} and {last}")
        };
        sentences.push(match survey.undated {
            0 => between,
            1 => format!("{between}; 1 has no date"),
            n => format!("{between}; {n} have no date"),
        });
    }
    let languages: Vec<&str> = survey.languages.iter().map(String::as_str).collect();
    match languages.len() {
        0 => {}
        1 => sentences.push(format!("Language: {}", languages[0])),
        _ => sentences.push(format!("Languages: {}", languages.join(", "))),
    }
    let publishers = survey.publishers();
    let named: Vec<String> = publishers
        .iter()
        .take(MOST_PUBLISHERS)
        .map(|(name, documents)| format!("{} ({documents})", markdown_cell(&line(name))))
        .collect();
    if !named.is_empty() {
        let more = match publishers.len() - named.len() {
            0 => String::new(),
            n => format!(" and {n} more"),
        };
        sentences.push(format!("Publishers, with their documents: {}{more}", named.join(", ")));
    }
    if !sentences.is_empty() {
        out.push_str(&format!("\n{}.\n", sentences.join(". ")));
    }
    out
}

/// Who made it, on what terms it may be used, and what is not said of that.
fn terms(facts: &Facts) -> String {
    let mut out = String::new();
    let mut items: Vec<(&str, String)> = Vec::new();
    if let Some(version) = &facts.version {
        items.push(("Version", line(version)));
    }
    if let Some(day) = facts.published {
        items.push(("Published", day.to_string()));
    }
    if let Some(page) = &facts.homepage {
        items.push(("Home", format!("<{page}>")));
    }
    let licence = match (&facts.licence, facts.licence_page()) {
        (Some(id), Some(page)) => Some(format!("[{id}]({page})")),
        (Some(id), None) => Some(id.clone()),
        (None, Some(page)) => Some(format!("<{page}>")),
        (None, None) => None,
    };
    items.extend(licence.map(|licence| ("Licence", licence)));
    for (word, agents) in [("Creators", &facts.creators), ("Contributors", &facts.contributors)] {
        if !agents.is_empty() {
            items.push((word, agents.iter().map(agent).collect::<Vec<_>>().join("; ")));
        }
    }
    if !facts.sources.is_empty() {
        let source = |source: &super::facts::Source| match &source.url {
            Some(url) => format!("{} <{url}>", line(&source.title)),
            None => line(&source.title),
        };
        let sources: Vec<String> = facts.sources.iter().map(source).collect();
        items.push(("Sources", sources.join("; ")));
    }
    if !facts.keywords.is_empty() {
        items.push(("Keywords", line(&facts.keywords.join(", "))));
    }
    if !items.is_empty() {
        out.push('\n');
    }
    for (word, text) in items {
        out.push_str(&format!("- {word}: {text}\n"));
    }
    if let Some(citation) = &facts.citation {
        out.push_str("\nTo cite it:\n\n");
        for line in citation.trim().lines() {
            out.push_str(&format!("    {line}\n"));
        }
    }
    let missing = facts.missing();
    if !missing.is_empty() {
        out.push_str(&format!(
            "\nNot stated: {}. Repositories such as Zenodo and Dataverse, and Croissant, ask for them; the table `[dataset]` of \
             `rapporteur.toml` states them.\n",
            missing.join(", ")
        ));
    }
    out
}

fn agent(agent: &Agent) -> String {
    let mut text = line(&agent.name);
    let more: Vec<String> =
        agent.affiliation.iter().chain(&agent.role).map(|text| line(text)).collect();
    if !more.is_empty() {
        text.push_str(&format!(" ({})", more.join(", ")));
    }
    if let Some(page) = agent.page() {
        text.push_str(&format!(" <{page}>"));
    }
    text
}

/// Where a table stands in a form, as programs that read one want it named.
fn place(told: &Described<'_>, table: &str, format: Format) -> (String, bool) {
    let file = told.files.iter().find(|f| f.table == table && f.format == format);
    (format!("{table}.{}", format.as_str()), file.is_some_and(|f| f.is_part))
}

/// How the tables are loaded in the first of their forms.
fn loading(told: &Described<'_>) -> String {
    let mut out = String::from("\n## Loading it\n\n```python\n");
    let format = super::record_format(told.settings.formats.as_slice());
    let (name, is_cut) = place(told, "mentions", format);
    let extension = format.as_str();
    let sql_place = if is_cut { format!("{name}/**/*.{extension}") } else { name.clone() };
    let python = match (format, is_cut) {
        (Format::Parquet, _) => {
            format!("import pandas as pd\nmentions = pd.read_parquet(\"{name}\")\n")
        }
        (Format::Csv, false) => format!(
            "import pandas as pd\nmentions = pd.read_csv(\"{name}\", keep_default_na=False, na_values=[\"\"])\n"
        ),
        (Format::Jsonl, false) => {
            format!(
                "import polars as pl\nmentions = pl.read_ndjson(\"{name}\", infer_schema_length=None)\n"
            )
        }
        (Format::Arrow, _) => {
            format!("import polars as pl\nmentions = pl.read_ipc(\"{sql_place}\")\n")
        }
        (Format::Csv | Format::Jsonl, true) => {
            let function = if format == Format::Csv { "read_csv" } else { "read_json" };
            format!(
                "import duckdb\nmentions = duckdb.sql(\"from {function}('{sql_place}')\").df()\n"
            )
        }
    };
    out.push_str(&python);
    out.push_str("```\n");
    if format != Format::Arrow {
        out.push_str(&format!(
            "\n```sql\n-- DuckDB\nselect kind, count(*) from '{sql_place}' group by kind order by kind;\n```\n"
        ));
    }
    out
}

/// The files with their digests; parts as the folders they lie in.
fn files(told: &Described<'_>) -> String {
    let mut out = format!(
        "\n## Files\n\n`{DATAPACKAGE}` lists every file for [Frictionless](https://frictionlessdata.io) tools, with keys \
         and constraints of the columns; `croissant.json` does so in [Croissant](https://mlcommons.org/croissant) 1.1. This page \
         is `{README}`.\n\n\
         | file | bytes | SHA-256 |\n|---|---:|---|\n"
    );
    let mut at = 0;
    while at < told.files.len() {
        let TableFile { table, format, is_part, written } = &told.files[at];
        let same = |f: &&TableFile| (f.table, f.format) == (*table, *format);
        let count = told.files[at..].iter().take_while(same).count();
        if *is_part {
            let bytes: u64 = told.files[at..at + count].iter().map(|f| f.written.bytes).sum();
            let parts = if count == 1 { "part" } else { "parts" };
            out.push_str(&format!(
                "| {table}.{}/ ({count} {parts}) | {bytes} | in {DATAPACKAGE} |\n",
                format.as_str()
            ));
        } else {
            out.push_str(&format!(
                "| {} | {} | {} |\n",
                written.name, written.bytes, written.sha256
            ));
        }
        at += count;
    }
    let others = told.others.iter().filter(|file| file.name.ends_with(".csv"));
    for file in others {
        out.push_str(&format!("| {} | {} | {} |\n", file.name, file.bytes, file.sha256));
    }
    out
}
