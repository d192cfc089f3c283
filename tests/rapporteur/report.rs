//! `rapporteur report` from outside: what its page holds, and what it never holds.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::project::{Done, Project};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The committed dataset of the five texts, reported.
fn five_texts(args: &str) -> (Project, Done) {
    let project = Project::new();
    let (output, raw) = (root().join("output"), root().join("raw"));
    let mut all = vec!["report", output.to_str().unwrap(), "--raw", raw.to_str().unwrap()];
    all.extend(args.split_whitespace());
    let done = project.command(all, &[]);
    (project, done)
}

fn page(project: &Project) -> String {
    fs::read_to_string(project.path("report.html")).unwrap()
}

fn table(name: &str) -> Vec<BTreeMap<String, String>> {
    let path = root().join(format!("output/{name}.csv"));
    csv::Reader::from_path(path).unwrap().deserialize().map(Result::unwrap).collect()
}

/// The contents of the page's elements of data, the one of the whole page last.
fn data(page: &str) -> Vec<Value> {
    let parts = page.split("<script type=\"application/json\"").skip(1);
    let texts =
        parts.map(|part| &part[part.find('>').unwrap() + 1..part.find("</script>").unwrap()]);
    texts.map(|text| serde_json::from_str(text).unwrap()).collect()
}

/// Takes HTML back to the text that it shows.
fn unescaped(html: &str) -> String {
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    entities.iter().fold(html.to_owned(), |text, (entity, c)| text.replace(entity, c))
}

/// The texts of the blocks of a page, in order, without the kinds behind mentions.
fn block_texts(page: &str) -> Vec<String> {
    let tags = regex::Regex::new("<i> [^<]*</i>|<[^>]*>").unwrap();
    page.split("<div class=\"block ")
        .skip(1)
        .map(|part| {
            let text = part.split_once("<p dir=\"auto\">").unwrap().1.split_once("</p>").unwrap().0;
            unescaped(&tags.replace_all(text, ""))
        })
        .collect()
}

#[test]
fn every_block_and_every_mention_of_the_five_texts_is_there() {
    let (project, done) = five_texts("");
    let done = done.ok();
    assert!(done.stdout().starts_with("report.html: 6 of 6 documents, "), "{}", done.stdout());
    let page = page(&project);
    let blocks: Vec<String> = table("blocks").into_iter().map(|row| row["text"].clone()).collect();
    assert_eq!(block_texts(&page), blocks);

    let data = data(&page);
    let (whole, documents) = data.split_last().unwrap();
    let columns: Vec<&str> =
        whole["mentions"].as_array().unwrap().iter().map(|c| c[0].as_str().unwrap()).collect();
    let at = |name: &str| columns.iter().position(|column| *column == name).unwrap();
    let rows: Vec<&Value> =
        documents.iter().flat_map(|document| document["mentions"].as_array().unwrap()).collect();
    let mentions = table("mentions");
    assert_eq!(rows.len(), mentions.len());
    for (row, mention) in rows.iter().zip(&mentions) {
        for name in ["mention_id", "kind", "raw_start", "raw_end", "rule", "value", "entity_id"] {
            let cell = match &row[at(name)] {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            assert_eq!(cell, mention[name], "{name} of {}", mention["mention_id"]);
        }
    }
    let marks = page.matches("data-m=\"").count();
    assert_eq!(marks, mentions.len());
}

#[test]
fn the_raw_bytes_of_the_page_are_those_of_the_files() {
    let (project, _) = five_texts("");
    let data = data(&page(&project));
    let (_, documents) = data.split_last().unwrap();
    let mut bytes = 0;
    for document in documents {
        let raw = fs::read(root().join("raw").join(document["path"].as_str().unwrap())).unwrap();
        let from = usize::try_from(document["from"].as_u64().unwrap()).unwrap();
        let own = decoded(document["raw"].as_str().unwrap());
        assert_eq!(own, raw[from..from + own.len()]);
        bytes += own.len();
    }
    let covered: usize = table("blocks")
        .iter()
        .map(|row| {
            row["raw_end"].parse::<usize>().unwrap() - row["raw_start"].parse::<usize>().unwrap()
        })
        .sum();
    assert!(bytes >= covered, "{bytes} of {covered}");
}

fn decoded(base64: &str) -> Vec<u8> {
    let digit = |c: u8| match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let mut out = Vec::new();
    for four in base64.as_bytes().chunks(4) {
        let bits = four
            .iter()
            .fold(0_u32, |bits, c| bits << 6 | u32::from(if *c == b'=' { 0 } else { digit(*c) }));
        let own = four.split(|c| *c == b'=').next().unwrap().len() - 1;
        out.extend_from_slice(&bits.to_be_bytes()[1..=own]);
    }
    out
}

#[test]
fn the_page_asks_the_network_for_nothing_and_is_the_same_twice() {
    let (project, _) = five_texts("");
    let first = page(&project);
    assert_eq!(five_texts("").1.code(), 0);
    let (again, _) = five_texts("");
    assert!(page(&again) == first);
    let policy =
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";
    assert!(first.contains(policy));
    for forbidden in
        ["src=", "@import", "url(", "<base", "<iframe", "<img", "fetch(", "XMLHttpRequest"]
    {
        assert!(!first.contains(forbidden), "{forbidden}");
    }
    for link in first.split("href=\"").skip(1) {
        assert!(link.starts_with('#') || link.starts_with("data:,"), "{}", &link[..40]);
    }
}

#[test]
fn all_forms_and_parts_give_the_same_page() {
    let project =
        Project::with_text().raw("b.txt", b"A second text\n\nEnvoys of Iran met in Tehran.\n");
    project.rapporteur("run").ok();
    project.rapporteur("report").ok();
    let wanted = page(&project);
    for args in ["--format csv", "--format jsonl", "--partition-by language --max-rows-per-file 2"]
    {
        project.rapporteur(&format!("run {args}")).ok();
        project.rapporteur("report").ok();
        assert!(page(&project) == wanted, "{args}");
    }
}

/// A text whose every line would be something else than text if it were let.
const HOSTILE: &str = "</script><script>alert(1)</script><!-- <b>Title</b> & \"quotes\" 'single'

Envoys of <img src=x onerror=alert(2)> Russia met in Geneva on 4 March 2018, {{data}} and {{script}} </p></div></details></main>.

The \u{202e}reversed\u{202c} words\u{2028}and \u{2067}isolated\u{2069} ones --> ]]> </style><svg onload=alert(3)> of Turkey were said by نُشر في دمشق the envoys.
";

#[test]
fn hostile_texts_stay_texts() {
    let sidecar = "source_path,title,publisher,url,note\n\
        a.txt,\"</title><script>alert(4)</script>\",\"\"\" onclick=\"\"alert(5)\",javascript:alert(6),\u{202e}x<\n";
    let project =
        Project::new().raw("a.txt", HOSTILE.as_bytes()).raw("metadata.csv", sidecar.as_bytes());
    project.rapporteur("run").ok();
    project.command(["report", "--title", "<script>alert(7)</script>{{data}}"], &[]).ok();
    let page = page(&project);
    // One program, one element of data for the document and one for the page.
    assert_eq!(page.matches("<script").count(), 3);
    assert_eq!(page.matches("</script").count(), 3);
    assert_eq!(page.matches("<!--").count(), 0);
    for tag in [
        "<img",
        "<b>",
        "<svg onload",
        "</style><svg",
        "href=\"javascript",
        "onclick=\"alert",
        "<iframe",
    ] {
        assert!(!page.contains(tag), "{tag}");
    }
    assert!(page.contains("<title>&lt;script&gt;alert(7)&lt;/script&gt;{{data}}</title>"));
    let texts = block_texts(&page).join("\n");
    for part in ["<img src=x onerror=alert(2)>", "{{data}} and {{script}}", "نُشر في دمشق"]
    {
        assert!(texts.contains(part), "{part} in {texts}");
    }
    // The documents' data hold the bytes as they are.
    let data = data(&page);
    let own = decoded(data[0]["raw"].as_str().unwrap());
    assert!(String::from_utf8(own).unwrap().contains("</script><!--"));
    // Beside other texts nothing turns the order around.
    assert!(page.contains("[U+202E]x&lt;"));
}

#[test]
fn odd_bytes_are_shown_as_they_are() {
    let utf16: Vec<u8> =
        "\u{feff}Envoys met in Geneva.".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let project = Project::new()
        .raw("a.txt", &utf16)
        .raw("b.txt", b"Caf\xe9 talks \x01 in Geneva\x85 and Vienna.\n")
        .raw("c.txt", b"")
        .raw("d.jsonl", "{\"text\": \"Envoys of Russia met.\"}\n".as_bytes());
    project.rapporteur("run").ok();
    project.rapporteur("report").ok();
    let data = data(&page(&project));
    let raw = |at: usize| decoded(data[at]["raw"].as_str().unwrap());
    let (encoding, bytes) = (data[0]["encoding"].as_str().unwrap(), raw(0));
    assert_eq!((encoding, bytes.as_slice()), ("UTF-16LE", &utf16[2..]));
    assert!(raw(1).starts_with(b"Caf\xe9 talks \x01 in Geneva"));
    assert_eq!(
        (data[2]["path"].as_str(), raw(2).as_slice()),
        (Some("d.jsonl#1"), &b"Envoys of Russia met."[..])
    );
}

#[test]
fn a_large_dataset_is_sampled_and_the_page_says_so() {
    let mut project = Project::new();
    let words =
        "Envoys of Russia and Turkey met in Geneva, and nothing was agreed upon. ".repeat(300);
    for n in 0..40 {
        let text = format!("Number {n}\n\n{words}\n");
        project = project.raw(&format!("{n:03}.txt"), text.as_bytes());
    }
    project.rapporteur("run").ok();
    let done = project.rapporteur("report");
    assert_eq!(done.code(), 0);
    let note = done.stderr().trim_end().strip_prefix("note: the page shows a sample of ").unwrap();
    let (shown, rest) = note.split_once(" of 40 documents, spread evenly").unwrap();
    let shown: usize = shown.parse().unwrap();
    assert!(
        done.stdout().starts_with(&format!("report.html: {shown} of 40 documents")),
        "{}",
        done.stdout()
    );
    assert!((10..40).contains(&shown), "{shown}");
    let page = page(&project);
    assert!(page.len() < 10_000_000 && page.len() > 4_000_000, "{}", page.len());
    assert!(page.contains(&format!(
        "The page shows a sample of {shown} of 40 documents, spread evenly{rest}"
    )));
    for id in ["000-1", "039-1"] {
        assert!(page.contains(&format!("data-id=\"{id}\"")), "{id}");
    }
    assert_eq!(page.matches("<details class=\"doc\"").count(), shown);
    // Counts are over all.
    assert!(page.contains("<dt>documents</dt><dd>40</dd>"));

    let done = project.rapporteur("report --sample 3");
    assert!(done.stderr().starts_with("note: the page shows a sample of 3 of 40 documents"));
    let page = fs::read_to_string(project.path("report.html")).unwrap();
    let ids: Vec<&str> = page
        .split("<details class=\"doc\"")
        .skip(1)
        .map(|part| part.split("data-id=\"").nth(1).unwrap().split('"').next().unwrap())
        .collect();
    assert_eq!(ids, ["000-1", "019-1", "039-1"]);
}

#[test]
fn a_text_longer_than_the_page_is_cut() {
    let line = "Envoys of Russia met in Geneva and agreed upon nothing at all. ".repeat(10_000);
    let project = Project::new().raw("a.txt", line.as_bytes());
    project.rapporteur("run").ok();
    let done = project.rapporteur("report");
    assert_eq!(
        done.stderr(),
        "note: 1 document are too long for the page and shown in part\n".replace("are", "is")
    );
    let page = page(&project);
    assert!(page.len() < 10_000_000, "{}", page.len());
    assert!(page.contains("This text is long: 1 block of it"));
}

#[test]
fn without_the_raw_texts_the_page_says_so() {
    let project = Project::with_text();
    project.rapporteur("run").ok();
    fs::rename(project.path("raw"), project.path("elsewhere")).unwrap();
    let done = project.rapporteur("report");
    assert_eq!(
        done.stderr(),
        "note: no raw texts were given by --raw, so that the page shows the text of blocks in the place of raw bytes\n"
    );
    assert_eq!(data(&page(&project))[0]["raw"], Value::Null);
    fs::write(project.path("elsewhere/talks.txt"), "Another text.\n").unwrap();
    let done = project.rapporteur("report --raw elsewhere");
    assert_eq!(
        done.stderr(),
        "note: the page lacks the raw bytes of \"talks.txt\": it is not the file that the dataset was made from\n"
    );
    assert_eq!(data(&page(&project))[0]["raw"], Value::Null);
    project
        .rapporteur("report --raw nowhere")
        .fails("\"nowhere\", which should hold the raw texts, is not there");
}

#[test]
fn the_quality_page_names_what_is_odd() {
    let long = format!("A list of names. {} was there.\n", "One envoy and ".repeat(60));
    let text = "Talks resume in Geneva\n\nEnvoys of Velkara Union and of Ruritania Front met.\n";
    let project = Project::new()
        .raw("a.txt", text.as_bytes())
        .raw("b.txt", long.as_bytes())
        .raw("c.txt", b"nothing here is a name\n")
        .raw("bad.txt", b"%PDF-1.4\0\0\0");
    assert_eq!(project.rapporteur("run --skip-bad").code(), 0);
    project.rapporteur("report").ok();
    let page = page(&project);
    let quality = page.split("id=\"quality\"").nth(1).unwrap();
    let part = |heading: &str| {
        quality.split(&format!("<h3>{heading}")).nth(1).unwrap().split("<h3>").next().unwrap()
    };
    assert!(part("Rejected files").contains("bad.txt"), "{}", part("Rejected files"));
    assert!(part("Long sentences").contains("b-1-s0002"), "{}", part("Long sentences"));
    assert!(part("Without a mention").contains("c-1"), "{}", part("Without a mention"));
    assert_eq!(part("Undated documents").matches("<th scope=\"row\">").count(), 3);
}

#[test]
fn an_empty_dataset_has_a_page() {
    let project = Project::new().raw("a.txt", b"");
    project.rapporteur("run").ok();
    let done = project.rapporteur("report").ok();
    assert!(done.stdout().starts_with("report.html: 0 of 0 documents"), "{}", done.stdout());
    assert!(page(&project).contains("No document has a publication date."));
}

#[test]
fn what_is_no_dataset_and_what_cannot_be_written_is_refused() {
    let project = Project::with_text().file("texts/note.md", b"no dataset");
    project.rapporteur("report nowhere").fails("\"nowhere\" is not the folder of a dataset");
    project.rapporteur("report texts").fails(
        "\"texts\" is not the folder of a dataset: documents is there in none of the forms that can be read \
         row by row (Parquet, CSV, JSON Lines)",
    );
    project.rapporteur("run").ok();
    project
        .rapporteur("report --out texts")
        .fails("\"texts\" is a folder; name the file of the report by --out");
    let done = project.rapporteur("report --out output/report.html");
    let message = "error: \"output/report.html\" would stand among the files of the dataset";
    assert!(done.stderr().starts_with(message), "{}", done.stderr());
    let done = project.rapporteur("report --out nowhere/report.html");
    assert!(
        done.stderr().starts_with("error: cannot create a file in \"nowhere\""),
        "{}",
        done.stderr()
    );
    assert_eq!(project.names(), ["output", "raw", "texts"]);
    fs::write(project.path("output/documents.parquet"), "PAR1").unwrap();
    let done = project.rapporteur("report");
    let message = "error: cannot read \"output/documents.parquet\" as a dataset: ";
    assert!(done.stderr().starts_with(message), "{}", done.stderr());
    assert_eq!(project.names(), ["output", "raw", "texts"]);
}
