//! `check` finds every way in which a dataset can be damaged.
//!
//! A sound dataset is made once for each test, one thing in it is changed, and the violation must be
//! in the list.

use std::fs;
use std::fs::File;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Float64Type, Int32Type, Int64Type};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, DictionaryArray, Float64Array, Int32Array,
    Int64Array, RecordBatch, StringArray,
};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::project::Project;

/// A dataset of two files, one with a sidecar's column.
fn dataset() -> Project {
    let project = Project::with_text()
        .raw("second.txt", "A note about Aleppo. Nothing is known of “it”.\n".as_bytes())
        .raw("metadata.csv", b"source_path,region\nsecond.txt,north\n");
    project.rapporteur("run").ok();
    project
}

/// The check must fail, and say this.
#[track_caller]
fn finds(project: &Project, violation: &str) {
    let done = project.rapporteur("check output --raw raw");
    assert_eq!((done.code(), done.stderr()), (1, ""));
    let found = done.stdout().lines().any(|line| line.starts_with(violation));
    assert!(found, "no line begins {violation:?}:\n{}", done.stdout());
}

/// Reads a Parquet table, lets `change` work on its columns, and writes it back.
fn rewrite(project: &Project, table: &str, change: impl FnOnce(&mut Vec<(Field, ArrayRef)>)) {
    let path = project.path(&format!("output/{table}.parquet"));
    let file = File::open(&path).unwrap();
    let mut reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
    let batch = reader.next().unwrap().unwrap();
    let fields = batch.schema().fields().iter().map(|f| f.as_ref().clone()).collect::<Vec<_>>();
    let mut columns: Vec<(Field, ArrayRef)> =
        fields.into_iter().zip(batch.columns().iter().cloned()).collect();
    change(&mut columns);
    let (fields, arrays): (Vec<Field>, Vec<ArrayRef>) = columns.into_iter().unzip();
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(Arc::clone(&schema), arrays).unwrap();
    let mut writer = ArrowWriter::try_new(File::create(&path).unwrap(), schema, None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

/// A cell to be written.
enum New {
    Text(&'static str),
    Int(i64),
    Float(f64),
    Day(i32),
    Flag(bool),
    Null,
}

/// Sets one cell of a Parquet table.
fn set(project: &Project, table: &str, row: usize, column: &str, new: &New) {
    rewrite(project, table, |columns| {
        let (field, array) = columns.iter_mut().find(|(f, _)| f.name() == column).unwrap();
        if matches!(new, New::Null) {
            *field = field.clone().with_nullable(true);
        }
        let at = |i: usize| i == row;
        *array = match field.data_type() {
            DataType::Utf8 => {
                let text = |i| if at(i) { text_of(new) } else { string(array, i) };
                Arc::new((0..array.len()).map(text).collect::<StringArray>())
            }
            DataType::Dictionary(..) => {
                let typed = array.as_dictionary::<Int32Type>();
                let values = typed.downcast_dict::<StringArray>().unwrap();
                let own: Vec<Option<&str>> = values.into_iter().collect();
                let text = |i: usize| if at(i) { text_of(new) } else { own[i].map(str::to_owned) };
                let made: Vec<Option<String>> = (0..array.len()).map(text).collect();
                let made: DictionaryArray<Int32Type> = made.iter().map(Option::as_deref).collect();
                Arc::new(made)
            }
            DataType::Int32 => {
                let typed = array.as_primitive::<Int32Type>();
                let value =
                    |(i, v)| if at(i) { int_of(new).map(|n| i32::try_from(n).unwrap()) } else { v };
                Arc::new(typed.iter().enumerate().map(value).collect::<Int32Array>())
            }
            DataType::Int64 => {
                let typed = array.as_primitive::<Int64Type>();
                let value = |(i, v)| if at(i) { int_of(new) } else { v };
                Arc::new(typed.iter().enumerate().map(value).collect::<Int64Array>())
            }
            DataType::Float64 => {
                let typed = array.as_primitive::<Float64Type>();
                let value = |(i, v)| match new {
                    New::Float(n) if at(i) => Some(*n),
                    _ => v,
                };
                Arc::new(typed.iter().enumerate().map(value).collect::<Float64Array>())
            }
            DataType::Date32 => {
                let typed = array.as_primitive::<Date32Type>();
                let value = |(i, v)| match new {
                    New::Day(n) if at(i) => Some(*n),
                    _ => v,
                };
                Arc::new(typed.iter().enumerate().map(value).collect::<Date32Array>())
            }
            DataType::Boolean => {
                let value = |(i, v)| match new {
                    New::Flag(flag) if at(i) => Some(*flag),
                    _ => v,
                };
                Arc::new(array.as_boolean().iter().enumerate().map(value).collect::<BooleanArray>())
            }
            other => panic!("{other}"),
        };
    });
}

fn string(array: &ArrayRef, i: usize) -> Option<String> {
    let typed = array.as_string::<i32>();
    typed.is_valid(i).then(|| typed.value(i).to_owned())
}

fn text_of(new: &New) -> Option<String> {
    match new {
        New::Text(text) => Some((*text).to_owned()),
        _ => None,
    }
}

fn int_of(new: &New) -> Option<i64> {
    match new {
        New::Int(n) => Some(*n),
        _ => None,
    }
}

#[track_caller]
fn damage(table: &str, row: usize, column: &str, new: &New, violation: &str) {
    let project = dataset();
    set(&project, table, row, column, new);
    finds(&project, violation);
    // Parquet and CSV say different things now, and the file is not the one that was described.
    finds(&project, &format!("{table}.parquet: found "));
}

#[test]
fn a_sound_dataset_passes() {
    let project = dataset();
    for args in ["check", "check output", "check output --raw raw"] {
        let done = project.rapporteur(args).ok();
        assert!(
            done.stdout().starts_with("sound; rows read: blocks 5, documents 2, "),
            "{}",
            done.stdout()
        );
    }
}

#[test]
fn keys() {
    damage(
        "documents",
        0,
        "doc_id",
        &New::Text("talks-1"),
        "documents talks-1: found a second row with this key",
    );
    damage(
        "sentences",
        1,
        "sentence_id",
        &New::Text("second-1-s0001"),
        "sentences second-1-s0001: found a second row",
    );
    damage(
        "mentions",
        1,
        "mention_id",
        &New::Text("second-1-m0001"),
        "mentions second-1-m0001: found a second row",
    );
    damage("entities", 1, "entity_id", &New::Text("aleppo"), "entities aleppo: found a second row");
    damage(
        "blocks",
        1,
        "block_index",
        &New::Int(7),
        "blocks talks.txt 7 block_index: found 7, expected 0",
    );
    damage(
        "sentences",
        0,
        "sentence_id",
        &New::Text("x"),
        "sentences x sentence_id: found \"x\", expected second-1-s0001",
    );
}

#[test]
fn references() {
    damage(
        "sentences",
        6,
        "doc_id",
        &New::Text("nowhere"),
        "sentences talks-1-s0005 doc_id: found \"nowhere\"",
    );
    damage(
        "mentions",
        1,
        "sentence_id",
        &New::Text("talks-1-s0099"),
        "mentions talks-1-m0001 sentence_id: found \"talks-1-s0099\", expected a sentence_id that exists",
    );
    damage(
        "mentions",
        0,
        "entity_id",
        &New::Text("atlantis"),
        "mentions entity_id: found \"atlantis\", expected an id of entities",
    );
    damage("blocks", 0, "doc_id", &New::Text("talks-2"), "documents second-1: found no block");
    damage(
        "documents",
        0,
        "duplicate_of",
        &New::Text("talks-1"),
        "documents second-1 duplicate_of: found \"talks-1\", expected the id of a document in a row before",
    );
    damage(
        "documents",
        1,
        "duplicate_of",
        &New::Text("second-7"),
        "documents talks-1 duplicate_of: found \"second-7\", expected an id of documents",
    );
    damage(
        "documents",
        1,
        "similarity",
        &New::Float(0.7),
        "documents talks-1 similarity: found \"0.7\", expected a value with duplicate_of, null without",
    );
    damage(
        "mentions",
        6,
        "part_of",
        &New::Text("talks-1-m0001"),
        "mentions talks-1-m0006 part_of: found \"talks-1-m0001\", expected null, since only quantity",
    );
    damage(
        "mentions",
        7,
        "part_of",
        &New::Text("talks-1-m0001"),
        "mentions talks-1-m0007 part_of: found \"talks-1-m0001\", expected the id of a quantity",
    );
}

#[test]
fn columns_that_belong_to_a_kind() {
    damage(
        "mentions",
        0,
        "role",
        &New::Text("envoy"),
        "mentions second-1-m0001 role: found \"envoy\", expected null, since only person has it",
    );
    damage(
        "mentions",
        5,
        "value",
        &New::Text("2018-03-05"),
        "mentions talks-1-m0005 date_start: found 2018-03-04 to 2018-03-04, expected days of 2018-03-05",
    );
}

#[test]
fn closed_categories() {
    damage(
        "sentences",
        0,
        "kind",
        &New::Text("verse"),
        "sentences second-1-s0001 kind: found \"verse\", expected one of title, heading,",
    );
    damage(
        "documents",
        0,
        "genre",
        &New::Text("essay"),
        "documents second-1 genre: found \"essay\", expected one of news,",
    );
    damage(
        "mentions",
        0,
        "method",
        &New::Text("luck"),
        "mentions second-1-m0001 method: found \"luck\", expected one of codebook,",
    );
    damage(
        "blocks",
        0,
        "kept",
        &New::Flag(false),
        "blocks second.txt 0 kept: found false, expected what fits kind paragraph",
    );
}

#[test]
fn ranges() {
    damage("sentences", 0, "char_end", &New::Int(9999), "sentences second-1-s0001 text: found ");
    damage(
        "sentences",
        1,
        "char_start",
        &New::Int(3),
        "sentences second-1-s0002 char_start: found 3..",
    );
    damage(
        "sentences",
        0,
        "raw_end",
        &New::Int(9999),
        "sentences second-1-s0001 raw_start: found 0..9999, expected a range inside the document's",
    );
    damage(
        "mentions",
        0,
        "char_start",
        &New::Int(-1),
        "mentions second-1-m0001 char_start: found -1, expected at least 0",
    );
    damage(
        "mentions",
        0,
        "raw_start",
        &New::Int(40),
        "mentions second-1-m0001 raw_start: found 40..",
    );
    damage(
        "documents",
        0,
        "raw_end",
        &New::Int(3),
        "documents second-1 raw_start: found (0, 3), expected (0, ",
    );
    damage(
        "blocks",
        1,
        "raw_start",
        &New::Int(9999),
        "blocks talks.txt 0 raw_end: found 22, expected more than 9999",
    );
    damage(
        "entities",
        0,
        "latitude",
        &New::Float(91.0),
        "entities aleppo latitude: found 91, expected at most 90",
    );
    damage(
        "mentions",
        5,
        "date_end",
        &New::Day(0),
        "mentions talks-1-m0005 date_end: found 1970-01-01, expected date_start",
    );
}

#[test]
fn counts() {
    damage(
        "documents",
        0,
        "char_count",
        &New::Int(1),
        "documents second-1 char_count: found \"1\", expected \"46\"",
    );
    damage(
        "documents",
        0,
        "word_count",
        &New::Int(1),
        "documents second-1 word_count: found \"1\", expected \"9\"",
    );
    damage(
        "documents",
        0,
        "paragraph_count",
        &New::Int(7),
        "documents second-1 paragraph_count: found \"7\"",
    );
    damage(
        "documents",
        0,
        "sentence_count",
        &New::Int(7),
        "documents second-1 sentence_count: found 7, expected 2",
    );
    damage(
        "documents",
        0,
        "mention_count",
        &New::Int(7),
        "documents second-1 mention_count: found 7, expected 1",
    );
    damage(
        "sentences",
        0,
        "mention_count",
        &New::Int(7),
        "sentences second-1-s0001 mention_count: found 7, expected 1",
    );
    damage(
        "sentences",
        0,
        "word_count",
        &New::Int(7),
        "sentences second-1-s0001 word_count: found 7, expected 4",
    );
    damage(
        "sentences",
        0,
        "paragraph_index",
        &New::Int(1),
        "sentences second-1-s0001 paragraph_index: found 1",
    );
    damage(
        "entities",
        0,
        "mention_count",
        &New::Int(7),
        "entities aleppo mention_count: found 7, expected 1",
    );
    damage(
        "entities",
        0,
        "document_count",
        &New::Int(7),
        "entities aleppo document_count: found 7, expected 1",
    );
}

#[test]
fn texts() {
    damage(
        "sentences",
        0,
        "text",
        &New::Text("A note."),
        "sentences second-1-s0001 text: found \"A note.\", expected \"A note about Aleppo.\"",
    );
    damage(
        "mentions",
        0,
        "text",
        &New::Text("Homs"),
        "mentions second-1-m0001 text: found \"Homs\", expected \"Aleppo\"",
    );
    damage(
        "documents",
        0,
        "text",
        &New::Text("Nothing."),
        "documents second-1 text: found \"Nothing.\", expected the kept blocks' texts",
    );
    damage("blocks", 0, "text", &New::Text("Nothing."), "blocks second.txt 0 raw_start: found ");
    damage(
        "documents",
        0,
        "docvar_region",
        &New::Text(""),
        "documents second-1 docvar_region: found an empty text",
    );
}

#[test]
fn dates_and_their_companions() {
    damage(
        "documents",
        0,
        "published_source",
        &New::Text("footer"),
        "documents second-1 published_source: found \"footer\"",
    );
    damage(
        "documents",
        0,
        "published",
        &New::Day(17_000),
        "documents second-1 published_precision: found \"\"",
    );
}

#[test]
fn schemas() {
    let project = dataset();
    rewrite(&project, "mentions", |columns| columns.swap(3, 4));
    finds(&project, "mentions: found columns mention_id, doc_id, sentence_id, kind, mention_index");
    let project = dataset();
    rewrite(&project, "sentences", |columns| {
        columns[3].0 = columns[3].0.clone().with_name("paragraph");
    });
    finds(
        &project,
        "sentences: found columns sentence_id, doc_id, sentence_index, paragraph, kind",
    );
    let project = dataset();
    rewrite(&project, "entities", |columns| columns.truncate(10));
    finds(&project, "entities: found columns entity_id, name, kind");
    let project = dataset();
    rewrite(&project, "sentences", |columns| {
        let ints = columns[2].1.as_primitive::<Int32Type>();
        let wide: Int64Array = ints.iter().map(|v| v.map(i64::from)).collect();
        columns[2] = (columns[2].0.clone().with_data_type(DataType::Int64), Arc::new(wide));
    });
    finds(&project, "sentences sentence_index: found type int64, expected int32");
    damage(
        "sentences",
        0,
        "word_count",
        &New::Null,
        "sentences word_count: found nullable, expected not nullable",
    );
}

#[test]
fn order() {
    let project = dataset();
    rewrite(&project, "documents", |columns| {
        for (_, array) in columns {
            let rows: Vec<ArrayRef> = (0..array.len()).rev().map(|i| array.slice(i, 1)).collect();
            let rows: Vec<&dyn Array> = rows.iter().map(AsRef::as_ref).collect();
            *array = arrow_select_concat(&rows);
        }
    });
    finds(
        &project,
        "documents second-1 source_path: found \"second.txt\", expected rows ordered by source_path",
    );
}

fn arrow_select_concat(rows: &[&dyn Array]) -> ArrayRef {
    arrow_select::concat::concat(rows).unwrap()
}

#[test]
fn csv_against_parquet() {
    let edit = |table: &str, from: &str, to: &str, violation: &str| {
        let project = dataset();
        let path = project.path(&format!("output/{table}.csv"));
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{text}");
        fs::write(&path, text.replacen(from, to, 1)).unwrap();
        finds(&project, violation);
        finds(&project, &format!("{table}.csv: found sha256:"));
    };
    edit(
        "sentences",
        "A note about",
        "A word about",
        "sentences.csv second-1-s0001 text: found \"A word about Aleppo.\", expected \"A note about Aleppo.\" as in Parquet",
    );
    edit("sentences", "sentence_id,", "id,", "sentences.csv: found header id,doc_id");
    edit(
        "mentions",
        "second-1-m0001",
        "second-1-m0002",
        "mentions.csv second-1-m0001 mention_id: found",
    );
    let project = dataset();
    let path = project.path("output/sentences.csv");
    let text = fs::read_to_string(&path).unwrap();
    let (head, _) = text.trim_end().rsplit_once("\ntalks-1-s0005").unwrap();
    fs::write(&path, format!("{head}\n")).unwrap();
    finds(&project, "sentences.csv talks-1-s0005: found no row, expected the row that Parquet has");
    fs::write(&path, format!("{text}{}\n", text.lines().last().unwrap())).unwrap();
    finds(&project, "sentences.csv: found 8 rows, expected 7 as in Parquet");
}

#[test]
fn files() {
    for name in ["documents.parquet", "sentences.csv", "datapackage.json"] {
        let project = dataset();
        fs::remove_file(project.path("output").join(name)).unwrap();
        finds(&project, &format!("{name}: found No such file or directory"));
        fs::write(project.path("output").join(name), "PAR1 and no more").unwrap();
        finds(&project, &format!("{name}: found "));
    }
    let project = dataset().file("output/notes.txt", b"mine");
    finds(&project, "notes.txt: found a file that is not listed");
    let project = dataset();
    let path = project.path("output/datapackage.json");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("\"schema_version\": 2", "\"schema_version\": 1")).unwrap();
    finds(&project, "datapackage.json: found schema version 1, expected 2");
    fs::write(&path, text.replace("\"path\": \"blocks.csv\"", "\"path\": \"block.csv\"")).unwrap();
    finds(&project, "datapackage.json: found no resource, expected one with path blocks.csv");
    fs::write(&path, text.replace("\"path\": \"blocks.csv\"", "\"path\": \"../raw/talks.txt\""))
        .unwrap();
    finds(
        &project,
        "datapackage.json: found the path \"../raw/talks.txt\", expected one inside the dataset",
    );
    // The documents are looked at first, for the names of their columns.
    for name in ["sentences.csv", "documents.parquet"] {
        let project = dataset();
        let pipe = project.path(&format!("output/{name}"));
        fs::remove_file(&pipe).unwrap();
        let (kind, mode) = (rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR);
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, kind, mode, 0).unwrap();
        finds(&project, &format!("{name}: found neither a file nor a folder, expected files"));
    }
    let project = dataset();
    std::os::unix::fs::symlink("/", project.path("output/whole")).unwrap();
    finds(&project, "whole: found neither a file nor a folder, expected files");
    let done = project.rapporteur("check nowhere");
    assert_eq!(done.code(), 1);
    assert!(done.stderr().starts_with("error: \"nowhere\" is not a folder"), "{}", done.stderr());
}

#[test]
fn damage_where_the_columns_are_looked_up() {
    for (format, file) in [("arrow", "documents.arrow"), ("parquet", "documents.parquet")] {
        let project = Project::with_text();
        project.rapporteur(&format!("run --format {format}")).ok();
        let path = project.path(&format!("output/{file}"));
        let whole = fs::read(&path).unwrap();
        // The footers, where sizes and offsets stand.
        for at in (whole.len().saturating_sub(400)..whole.len()).step_by(19) {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x80;
            fs::write(&path, bytes).unwrap();
            let done = project.rapporteur("check");
            assert_eq!(done.code(), 1, "byte {at} of {file}: {}", done.stderr());
            assert!(done.stdout().contains(file), "byte {at} of {file}: {}", done.stdout());
        }
    }
}

#[test]
fn edges_of_pages_inside_a_sentence() {
    let before = "     2. Decides to renew for a further period of twelve months the\nmandate of the mission that the parties agreed on in the spring, and\nto keep under review what they do, as set out in paragraph 5 of the\n";
    let after = "decisions that were taken before, subject to the review mentioned in\nparagraph 5 below;\n";
    let edges = [
        "\n- 12 -\n\x0c\n",
        "18-00123 2/14\nS/2018/35\n",
        "\n/...\n\nA/72/100\nEnglish\nPage 2\n\n",
        "\n23 January 2018 In Coalition News\n\n",
    ];
    for edge in edges {
        let project = Project::new().raw("a.txt", format!("{before}{edge}{after}").as_bytes());
        project.rapporteur("run").ok();
        project.rapporteur("check --raw raw").ok();
        let text = &project.table("blocks")[0]["text"];
        assert!(text.contains("paragraph 5 of the decisions"), "{edge}: {text}");
    }
}

#[test]
fn a_gap_whose_repair_needs_the_letters_beside_it() {
    // A misread no-break space before a letter is a blank, and stands in no block; alone it might be letters.
    let project = Project::new()
        .raw("a.txt", "Â\u{a0}One met.\n\nThe talks went on.Â\u{a0}Peace\n".as_bytes());
    project.rapporteur("run").ok();
    project.rapporteur("check --raw raw").ok();
}

#[test]
fn raw_files() {
    let project =
        dataset().raw("second.txt", "A word about Aleppo. Nothing is known of “it”.\n".as_bytes());
    finds(&project, "documents second-1 source_sha256: found ");
    finds(
        &project,
        "sentences second-1-s0001 raw_start: found \"A word about Aleppo.\", expected bytes that make \"A note about Aleppo.\"",
    );
    let project = dataset().raw("second.txt", b"A note");
    finds(&project, "sentences second-1-s0002 raw_end: found 21..");
    let project = dataset();
    fs::remove_file(project.path("raw/second.txt")).unwrap();
    finds(&project, "second.txt: found cannot read");
    let project = dataset().raw("third.txt", b"A third text.\n");
    finds(&project, "blocks third.txt: found no row for this raw file");
    // Words that no block covers.
    let project = dataset();
    rewrite(&project, "blocks", |columns| {
        for (_, array) in columns {
            *array = array.slice(0, array.len() - 1);
        }
    });
    finds(&project, "blocks talks.txt raw_start: found \"At least 19 civilians");
}

#[test]
fn bytes_that_are_nearly_right() {
    // One byte too many or too few on either side, in a place where the text goes on.
    damage("mentions", 5, "raw_end", &New::Int(111), "mentions talks-1-m0005 raw_start: found ");
    damage("mentions", 5, "raw_start", &New::Int(98), "mentions talks-1-m0005 raw_start: found ");
    damage("sentences", 3, "raw_end", &New::Int(99), "sentences talks-1-s0002 raw_start: found ");
}

#[test]
fn one_stranger_does_not_hide_the_rest() {
    let project = dataset();
    set(&project, "sentences", 3, "doc_id", &New::Text("nowhere"));
    let done = project.rapporteur("check output --raw raw");
    let about = |id: &str| done.stdout().lines().filter(|line| line.contains(id)).count();
    assert_eq!(about("talks-1-s0005"), 0, "{}", done.stdout());
    finds(
        &project,
        "sentences talks-1-s0002 doc_id: found \"nowhere\", expected a doc_id that exists",
    );
}

#[test]
fn kinds_and_headings_of_sentences() {
    damage(
        "sentences",
        0,
        "kind",
        &New::Text("caption"),
        "sentences second-1-s0001 kind: found \"caption\", expected paragraph",
    );
    damage(
        "sentences",
        0,
        "section_heading",
        &New::Text("x"),
        "sentences second-1-s0001 section_heading: found \"x\", expected \"\"",
    );
}

#[test]
fn every_violation_is_listed() {
    let project = dataset();
    set(&project, "sentences", 0, "kind", &New::Text("verse"));
    set(&project, "sentences", 1, "word_count", &New::Int(99));
    set(&project, "entities", 0, "mention_count", &New::Int(7));
    for violation in [
        "sentences second-1-s0001 kind: found \"verse\"",
        "sentences second-1-s0002 word_count: found 99",
        "entities aleppo mention_count: found 7",
    ] {
        finds(&project, violation);
    }
}
