//! Tables of texts, compressed files, single files and streams as input: whatever the form, the same
//! text gives the same rows, and every row leads back to its bytes.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use serde_json::json;

use crate::project::{Project, TALKS};

/// A second text, with what each format must escape.
const ENVOY: &str = "The envoy's \"road map\", explained\n\nDAMASCUS, 23 March (SANA) - The envoy said \
    nothing; two people\nwere killed in Homs,\tand \\ one was wounded.\n";

fn rows() -> Vec<BTreeMap<&'static str, String>> {
    let row = |id: &str, text: &str, publisher: &str, region: &str| {
        BTreeMap::from([
            ("id", id.to_owned()),
            ("text", text.to_owned()),
            ("publisher", publisher.to_owned()),
            ("published", "2016-03-22".to_owned()),
            ("region", region.to_owned()),
        ])
    };
    vec![row("t-7", TALKS, "Example News", "north"), row("t-8", ENVOY, "", "south, east")]
}

fn json_lines() -> Vec<u8> {
    rows().iter().map(|row| format!("{}\n", json!(row))).collect::<String>().into_bytes()
}

fn cells(delimiter: u8) -> Vec<u8> {
    let mut csv = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    csv.write_record(rows()[0].keys()).unwrap();
    rows().iter().for_each(|row| csv.write_record(row.values()).unwrap());
    csv.into_inner().unwrap()
}

fn parquet() -> Vec<u8> {
    let column = |name: &str| -> ArrayRef {
        let values =
            rows().into_iter().map(|row| Some(row[name].clone()).filter(|v| !v.is_empty()));
        Arc::new(values.collect::<StringArray>())
    };
    let names = ["id", "text", "publisher", "published", "region"];
    let batch = RecordBatch::try_from_iter(names.map(|name| (name, column(name)))).unwrap();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

/// The documents, without what says which file they came from.
fn documents(project: &Project) -> Vec<BTreeMap<String, String>> {
    let mut rows = project.table("documents");
    for row in &mut rows {
        row.retain(|name, _| !["doc_id", "source_path", "duplicate_of"].contains(&name.as_str()));
    }
    rows
}

#[test]
fn every_form_of_a_table_gives_the_same_rows() {
    let forms = [
        ("a.jsonl", json_lines()),
        ("a.ndjson.gz", gzip(&json_lines())),
        ("a.jsonl.zst", zstd(&json_lines())),
        ("a.csv", cells(b',')),
        ("a.csv.gz", gzip(&cells(b';'))),
        ("a.tsv", cells(b'\t')),
        ("a.parquet", parquet()),
    ];
    let mut expected = None;
    for (name, bytes) in forms {
        let project = Project::new().raw(name, &bytes);
        project.rapporteur("run --id-column id").ok();
        project.rapporteur("check --raw raw").ok();
        let ids: Vec<(String, String)> = project
            .table("documents")
            .iter()
            .map(|row| (row["doc_id"].clone(), row["source_path"].clone()))
            .collect();
        let path = |row: usize| format!("{name}#{row}");
        assert_eq!(ids, [("t-7-1".to_owned(), path(1)), ("t-8-1".to_owned(), path(2))]);
        let found = documents(&project);
        assert_eq!(found[0]["publisher"], "Example News");
        assert_eq!(found[0]["published_source"], "metadata");
        assert_eq!(found[1]["docvar_region"], "south, east");
        assert!(
            found[1]["text"].ends_with("Homs, and \\ one was wounded."),
            "{}",
            found[1]["text"]
        );
        assert_eq!(expected.get_or_insert_with(|| found.clone()), &found, "{name}");
    }
}

#[test]
fn a_compressed_text_is_that_text() {
    let plain = Project::new().raw("b.txt", TALKS.as_bytes());
    plain.rapporteur("run").ok();
    for (name, bytes) in
        [("b.txt.gz", gzip(TALKS.as_bytes())), ("b.txt.zst", zstd(TALKS.as_bytes()))]
    {
        let packed = Project::new().raw(name, &bytes);
        packed.rapporteur("run").ok();
        packed.rapporteur("check --raw raw").ok();
        assert_eq!(packed.table("sentences"), plain.table("sentences"));
        assert_eq!(packed.table("documents")[0]["source_path"], name);
    }
}

#[test]
fn folders_may_be_mixed_and_the_sidecar_speaks_of_whole_tables() {
    let sidecar = "source_path,publisher,section,project\n\
                   sub/a.csv,Sidecar Post,World,pilot\nc.txt,Third Post,,\n";
    let more = "{\"text\":\"A short statement of the ministry.\",\"n\":3,\"tags\":[\"x\",\"y\"],\
                \"score\":0.5,\"none\":null}\n";
    let project = Project::new()
        .raw("metadata.csv", sidecar.as_bytes())
        .raw("sub/a.csv", &cells(b','))
        .raw("b.jsonl", more.as_bytes())
        .raw("c.txt", TALKS.as_bytes());
    project.rapporteur("run").ok();
    project.rapporteur("check --raw raw").ok();
    let rows = project.table("documents");
    let column = |name: &str| rows.iter().map(|row| row[name].as_str()).collect::<Vec<_>>();
    assert_eq!(column("doc_id"), ["b#1-1", "c-1", "sub/a#1-1", "sub/a#2-1"]);
    // A row's own cells come before what is said of its table.
    assert_eq!(column("publisher")[1..], ["Third Post", "Example News", "Sidecar Post"]);
    assert_eq!(column("section")[2..], ["World", "World"]);
    assert_eq!(column("docvar_project"), ["", "", "pilot", "pilot"]);
    assert_eq!(column("docvar_n"), ["3", "", "", ""]);
    assert_eq!(column("docvar_tags")[0], "x; y");
    assert_eq!(column("docvar_score")[0], "0.5");
    assert_eq!(column("docvar_id"), ["", "", "t-7", "t-8"]);
    let explained = project.rapporteur("explain output sub/a#2-1-s0001").ok();
    assert!(explained.stdout().contains("⟦The envoy's \"road map\", explained⟧"));
}

#[test]
fn a_single_file_and_a_stream_are_input_too() {
    let project = Project::new().file("texts/a.jsonl", &json_lines());
    project.rapporteur("run texts/a.jsonl").ok();
    project.rapporteur("check --raw texts/a.jsonl").ok();
    let of_file = documents(&project);
    project.fed("run -", &json_lines()).ok();
    project.rapporteur("check").ok();
    assert_eq!(documents(&project), of_file);
    assert_eq!(project.table("documents")[1]["doc_id"], "stdin#2-1");
    assert_eq!(project.names(), ["output", "texts"]);
}

#[test]
fn columns_are_named_by_the_user() {
    let table = "{\"body\":\"The talks went on in Geneva.\",\"text\":\"not this\"}\n";
    let project = Project::new().raw("a.jsonl", table.as_bytes());
    project.rapporteur("run --text-column body").ok();
    let row = &project.table("documents")[0];
    assert_eq!(
        (row["text"].as_str(), row["docvar_text"].as_str()),
        ("The talks went on in Geneva.", "not this")
    );
    project.rapporteur("check --raw raw").ok();
    project.rapporteur("run --text-column content").fails(
        "1 file cannot be used, and nothing was written:\n  \
         \"a.jsonl\": it has no column \"content\" but \"body\", \"text\"; name the one that holds the text by \
         --text-column\nmend or move them, or go on without them by --skip-bad",
    );
}

#[test]
fn every_bad_row_is_named() {
    let lines = "{\"text\":\"One sentence stands here.\"}\n{\"text\":\"cut\n[1]\n{\"title\":\"no text\"}\n\
                 {\"text\":\"Another sentence stands here.\",\"published\":\"soon\"}\n{\"text\":\"a\\u0000b\"}\n{\"text\":[1, 2]}\n";
    let cells = "text,n\nA sentence of the table.,1\nsecond\n\"open,2\nthird,3\n";
    let mut cut = gzip(&json_lines());
    cut.truncate(cut.len() - 9);
    let project = Project::new()
        .raw("a.jsonl", lines.as_bytes())
        .raw("b.csv", cells.as_bytes())
        .raw("c.jsonl.gz", &cut)
        .raw("d.parquet", b"PAR1 and then nothing")
        .raw("e.parquet.gz", &gzip(&parquet()))
        .raw(
            "f.csv",
            "text,n\n".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>().as_slice(),
        );
    let project = project.raw("g.tsv", b"text\ttext\n").raw("h.jsonl", b"");
    let done = project.rapporteur("run");
    assert_eq!(done.code(), 1);
    let named: Vec<(&str, &str)> = done
        .stderr()
        .lines()
        .filter_map(|line| line.strip_prefix("  \"")?.split_once("\": "))
        .collect();
    let expected = [
        ("a.jsonl#2", "line 2, column 12: found no JSON object"),
        ("a.jsonl#3", "line 3, column "),
        ("a.jsonl#4", "it has no \"text\""),
        ("a.jsonl#5", "column published: found \"soon\", expected a date"),
        ("a.jsonl#6", "not a text file: NUL byte at byte 1"),
        ("a.jsonl#7", "line 7: found [1,2], expected a text"),
        ("b.csv", "a quotation mark opens a cell of the last row and is not closed"),
        ("b.csv#2", "line 3: found 1 cells, expected 2 as in the header"),
        ("b.csv#3", "line 4: found 1 cells, expected 2 as in the header"),
        ("c.jsonl.gz", "cannot be read"),
        ("d.parquet", "cannot be read"),
        ("e.parquet.gz", "cannot be read: Parquet is compressed inside"),
        ("f.csv", "cannot be read: it is UTF-16"),
        ("g.tsv", "it names the column \"text\" twice (second column)"),
    ];
    assert_eq!(named.len(), expected.len(), "{named:#?}");
    for (found, expected) in named.iter().zip(expected) {
        assert!(found.0 == expected.0 && found.1.starts_with(expected.1), "{found:?} {expected:?}");
    }
    let done = project.rapporteur("run --skip-bad");
    assert_eq!(done.code(), 0, "{}", done.stderr());
    let texts: Vec<String> =
        project.table("documents").iter().map(|r| r["doc_id"].clone()).collect();
    assert_eq!(texts, ["a#1-1", "b#1-1"]);
    assert_eq!(project.rapporteur("check --raw raw").code(), 0);
}

#[test]
fn two_texts_cannot_have_one_id() {
    let lines = "{\"id\":\"x\",\"text\":\"One.\"}\n{\"id\":\"x\",\"text\":\"Two.\"}\n{\"text\":\"Three.\"}\n{\"id\":\"c\",\"text\":\"Four.\"}\n";
    let project = Project::new().raw("a.jsonl", lines.as_bytes()).raw("c.txt", b"Five.");
    project.rapporteur("run --id-column id").fails(
        "3 files cannot be used, and nothing was written:\n  \
         \"a.jsonl#2\": another text has the id \"x\" too\n  \
         \"a.jsonl#3\": it has no \"id\"\n  \
         \"a.jsonl#4\": another text has the id \"c\" too\n\
         mend or move them, or go on without them by --skip-bad",
    );
}

#[test]
fn numbers_and_dates_of_parquet_become_text() {
    let text: ArrayRef = Arc::new(StringArray::from(vec!["The talks went on.", "They ended."]));
    let number: ArrayRef = Arc::new(Int64Array::from(vec![Some(7), None]));
    let day: ArrayRef = Arc::new(arrow_array::Date32Array::from(vec![16_882, 16_883]));
    let when: ArrayRef = Arc::new(arrow_array::TimestampMicrosecondArray::from(vec![0, 1_500_000]));
    // As pandas and DuckDB write times with a zone.
    let utc = |zone: &str| -> ArrayRef {
        let times = arrow_array::TimestampMicrosecondArray::from(vec![Some(0), None]);
        Arc::new(times.with_timezone(zone))
    };
    let zones = [("utc", utc("UTC")), ("berlin", utc("Europe/Berlin")), ("east", utc("+02:00"))];
    let columns = [("text", text), ("n", number), ("published", day), ("seen", when)]
        .into_iter()
        .chain(zones);
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    let project = Project::new().raw("a.parquet", &writer.into_inner().unwrap());
    project.rapporteur("run").ok();
    let rows = project.table("documents");
    let zoned = ["docvar_utc", "docvar_berlin", "docvar_east"].map(|name| rows[0][name].as_str());
    assert_eq!(
        zoned,
        ["1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "1970-01-01T02:00:00+02:00"]
    );
    let cells: Vec<[&str; 3]> = rows
        .iter()
        .map(|row| ["published", "docvar_n", "docvar_seen"].map(|name| row[name].as_str()))
        .collect();
    assert_eq!(
        cells,
        [["2016-03-22", "7", "1970-01-01T00:00:00"], ["2016-03-23", "", "1970-01-01T00:00:01.500"]]
    );
}

#[test]
fn a_table_may_give_nothing() {
    let project = Project::new()
        .raw("bad.jsonl", b"{\"text\":\"One\"\n[2]\n")
        .raw("blank.csv.gz", &gzip(b"text,n\n \" \",1\n\"\",2\n"))
        .raw("talks.txt", TALKS.as_bytes());
    assert_eq!(project.rapporteur("run --skip-bad").code(), 0);
    assert_eq!(project.rapporteur("check --raw raw").code(), 0);
}

#[test]
fn what_a_table_would_hide_is_refused() {
    let times: ArrayRef = Arc::new(arrow_array::TimestampMicrosecondArray::from(vec![i64::MAX, 0]));
    let text: ArrayRef = Arc::new(StringArray::from(vec!["One.", "Two."]));
    let batch = RecordBatch::try_from_iter([("text", text.clone()), ("seen", times)]).unwrap();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    // Midnight in Berlin is the day before in UTC.
    let times = arrow_array::TimestampMicrosecondArray::from(vec![1_516_662_000_000_000]);
    let day: ArrayRef = Arc::new(times.with_timezone("Europe/Berlin"));
    let text: ArrayRef = Arc::new(StringArray::from(vec!["One."]));
    let batch = RecordBatch::try_from_iter([("text", text), ("published", day)]).unwrap();
    let mut zoned = ArrowWriter::try_new(Vec::new(), batch.schema(), None).unwrap();
    zoned.write(&batch).unwrap();
    let many: String = (0..3000).map(|n| format!("{{\"k{n}\":1,\"text\":\"x\"}}\n")).collect();
    let wide = format!("text,{}\n", (0..3000).map(|n| n.to_string()).collect::<Vec<_>>().join(","));
    let project = Project::new()
        .raw("late.parquet", &writer.into_inner().unwrap())
        .raw("many.jsonl", many.as_bytes())
        .raw("twice.jsonl", b"{\"text\":\"A.\",\"text\":\"B.\"}\n")
        .raw("wide.csv", wide.as_bytes())
        .raw("zoned.parquet", &zoned.into_inner().unwrap());
    let done = project.rapporteur("run");
    assert_eq!(done.code(), 1);
    for expected in [
        "\"late.parquet#1\": column seen: ",
        "\"many.jsonl\": its objects have more than 1000 different keys",
        "\"twice.jsonl#1\": line 1, column ",
        "the key \"text\" stands twice",
        "\"wide.csv\": it has 3001 columns, expected at most 1000",
        "\"zoned.parquet#1\": column published: ",
    ] {
        assert!(done.stderr().contains(expected), "{expected}: {}", done.stderr());
    }
    let ids = b"{\"id\":123456789012345678901,\"text\":\"A.\"}\n{\"id\":12.5,\"text\":\"B.\"}\n";
    let project = Project::new().raw("a.jsonl", ids);
    project.rapporteur("run --id-column id").fails(
        "1 file cannot be used, and nothing was written:\n  \
         \"a.jsonl#1\": line 1: found the number 1.2345678901234568e+20 as an id, expected a string: it is too large\n\
         mend or move them, or go on without them by --skip-bad",
    );
}
