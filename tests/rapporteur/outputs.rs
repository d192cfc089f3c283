//! The forms of a dataset and how it is cut into files: every form holds the same rows, parts are
//! those rows again, and `check`, `explain` and the next run know them all.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Float64Type, Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef, StringArray};
use arrow_schema::{DataType, SchemaRef};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, GzipLevel, ZstdLevel};
use parquet::file::reader::{FileReader, SerializedFileReader};

use crate::project::Project;

const TABLES: [&str; 5] = ["documents", "sentences", "mentions", "entities", "blocks"];

/// Six texts of two publishers and none, in an order that mixes them.
fn project() -> Project {
    let mut project = Project::with_text();
    let mut sidecar = String::from("source_path,publisher,published,region\n");
    for (i, (publisher, published)) in [
        ("Kassioun", "2018-03-04"),
        ("A/B: 50%", "2019"),
        ("", ""),
        ("Kassioun", "2019-01-01"),
        ("A/B: 50%", ""),
        ("null", "2018"),
    ]
    .into_iter()
    .enumerate()
    {
        let text = format!("A note, \"{i}\", about Aleppo and Homs. On 4 March {i} people met.\n");
        project = project.raw(&format!("{i}.txt"), text.as_bytes());
        sidecar += &format!("{i}.txt,{publisher},{published},r{i}\n");
    }
    project.raw("metadata.csv", sidecar.as_bytes())
}

/// Every file of a folder and of those below it, by its path.
fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if entry.file_type().unwrap().is_dir() {
            let below = tree(&entry.path()).into_iter();
            files.extend(below.map(|(path, bytes)| (format!("{name}/{path}"), bytes)));
        } else {
            files.insert(name, fs::read(entry.path()).unwrap());
        }
    }
    files
}

/// A table's rows as the contract wants them in CSV.
type Rows = Vec<Vec<String>>;

fn csv_rows(path: &Path) -> Rows {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(path).unwrap();
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn json_rows(path: &Path) -> Rows {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.ends_with('\n') && !text.contains('\r'));
    let mut rows = Rows::new();
    for line in text.lines() {
        let row: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).unwrap();
        if rows.is_empty() {
            rows.push(row.keys().cloned().collect());
        }
        let cell = |value: &serde_json::Value| match value {
            serde_json::Value::Null => String::new(),
            serde_json::Value::String(text) => text.clone(),
            serde_json::Value::Number(n) if n.is_f64() => n.as_f64().unwrap().to_string(),
            other => other.to_string(),
        };
        rows.push(row.values().map(cell).collect());
    }
    rows
}

fn array_cells(array: &ArrayRef) -> Vec<String> {
    let cell = |i: usize| match array.data_type() {
        _ if array.is_null(i) => String::new(),
        DataType::Utf8 => array.as_string::<i32>().value(i).to_owned(),
        DataType::Dictionary(..) => {
            let typed = array.as_dictionary::<Int32Type>();
            let words = typed.downcast_dict::<StringArray>().unwrap();
            words.into_iter().nth(i).unwrap().unwrap().to_owned()
        }
        DataType::Int32 => array.as_primitive::<Int32Type>().value(i).to_string(),
        DataType::Int64 => array.as_primitive::<Int64Type>().value(i).to_string(),
        DataType::Float64 => array.as_primitive::<Float64Type>().value(i).to_string(),
        DataType::Date32 => {
            let days = array.as_primitive::<Date32Type>().value(i);
            let epoch = jiff::civil::date(1970, 1, 1);
            epoch.checked_add(jiff::Span::new().days(days)).unwrap().to_string()
        }
        DataType::Boolean => array.as_boolean().value(i).to_string(),
        other => panic!("{other}"),
    };
    (0..array.len()).map(cell).collect()
}

fn arrow_rows(path: &Path) -> (SchemaRef, Rows) {
    let reader = arrow_ipc::reader::FileReader::try_new(File::open(path).unwrap(), None).unwrap();
    let schema = reader.schema();
    let mut rows = vec![schema.fields().iter().map(|f| f.name().clone()).collect()];
    for batch in reader {
        let batch = batch.unwrap();
        let columns: Vec<Vec<String>> = batch.columns().iter().map(array_cells).collect();
        rows.extend((0..batch.num_rows()).map(|i| columns.iter().map(|c| c[i].clone()).collect()));
    }
    (schema, rows)
}

fn parquet(path: &Path) -> SerializedFileReader<File> {
    SerializedFileReader::new(File::open(path).unwrap()).unwrap()
}

#[test]
fn every_form_holds_the_same_rows() {
    let project = project();
    project.rapporteur("run --format jsonl,parquet,arrow,csv").ok();
    for table in TABLES {
        let path = |extension: &str| project.path(&format!("output/{table}.{extension}"));
        let rows = csv_rows(&path("csv"));
        assert!(rows.len() > 1, "{table}");
        assert_eq!(json_rows(&path("jsonl")), rows, "{table}");
        let (schema, arrow) = arrow_rows(&path("arrow"));
        assert_eq!(arrow, rows, "{table}");
        assert_eq!(schema.metadata()["rapporteur.table"], table);
        let builder =
            ParquetRecordBatchReaderBuilder::try_new(File::open(path("parquet")).unwrap()).unwrap();
        for (own, other) in schema.fields().iter().zip(builder.schema().fields()) {
            assert_eq!((own.name(), own.metadata()), (other.name(), other.metadata()));
            assert_eq!(own.is_nullable(), other.is_nullable(), "{}", own.name());
        }
    }
    let line = fs::read_to_string(project.path("output/entities.jsonl")).unwrap();
    let wanted = r#"{"entity_id":"aleppo","name":"Aleppo","kind":"place","side":null,"country":"SYR","latitude":36."#;
    assert!(line.starts_with(wanted), "{line}");
    project.rapporteur("check --raw raw").ok();
}

#[test]
fn the_usual_settings_spelt_out_change_nothing() {
    let project = project();
    project.rapporteur("run").ok();
    let usual = tree(&project.path("output"));
    project.rapporteur("run --format csv,parquet --compression zstd --row-group-size 131072").ok();
    assert_eq!(tree(&project.path("output")), usual);
    let project = project.file(
        "rapporteur.toml",
        b"format = \"parquet\"\ncompression = \"gzip\"\nrow_group_size = 2\npartition_by = \"genre\"\nmax_rows_per_file = 3\n",
    );
    let args = "run --format parquet,csv --compression zstd:1 --row-group-size 131072";
    let done = project.rapporteur(&format!("{args} --partition-by genre --max-rows-per-file 3"));
    done.ok();
    let cut = tree(&project.path("output"));
    fs::write(project.path("rapporteur.toml"), "partition_by = \"genre\"\nmax_rows_per_file = 3\n")
        .unwrap();
    project.rapporteur("run").ok();
    assert_eq!(tree(&project.path("output")), cut);
}

#[test]
fn parquet_is_compressed_as_told() {
    let project = project();
    for (word, codec) in [
        ("snappy", Compression::SNAPPY),
        ("gzip", Compression::GZIP(GzipLevel::default())),
        ("lz4", Compression::LZ4_RAW),
        ("none", Compression::UNCOMPRESSED),
        ("zstd:19", Compression::ZSTD(ZstdLevel::default())),
    ] {
        project.rapporteur(&format!("run --compression {word} --row-group-size 4")).ok();
        let file = parquet(&project.path("output/sentences.parquet"));
        let groups = file.metadata().row_groups();
        assert!(groups.len() > 2 && groups.iter().all(|group| group.num_rows() <= 4), "{word}");
        let found = groups[0].column(0).compression();
        assert_eq!(std::mem::discriminant(&found), std::mem::discriminant(&codec), "{word}");
        let done = project.rapporteur("check --raw raw").ok();
        assert!(done.stdout().starts_with("sound"), "{}", done.stdout());
    }
}

#[test]
fn parts_hold_the_rows_in_order() {
    let project = project();
    project.rapporteur("run").ok();
    let whole: Vec<Rows> =
        TABLES.map(|t| csv_rows(&project.path(&format!("output/{t}.csv")))).into();
    let by_publisher = ["part_publisher=A%2FB%3A 50%25", "part_publisher=Kassioun"];
    let no_publisher = ["part_publisher=%6Eull", "part_publisher=null"];
    let all: Vec<&str> =
        no_publisher[..1].iter().chain(&by_publisher).chain(&no_publisher[1..]).copied().collect();
    for threads in [1, 4] {
        let args = format!("run --format parquet,csv,jsonl,arrow --threads {threads}");
        project.rapporteur(&format!("{args} --partition-by publisher --max-rows-per-file 2")).ok();
        let files = tree(&project.path("output"));
        for (table, rows) in TABLES.iter().zip(&whole) {
            let mut found: BTreeMap<&str, Rows> = BTreeMap::new();
            let mut folders = BTreeSet::new();
            for path in files.keys().filter(|path| path.starts_with(&format!("{table}.csv/"))) {
                let part = csv_rows(&project.path(&format!("output/{path}")));
                assert_eq!(part[0], rows[0]);
                assert!((2..=3).contains(&part.len()), "{path}");
                let folder = path.split('/').nth(1).unwrap();
                let folder = if folder.starts_with("part-") { "" } else { folder };
                folders.insert(folder);
                found.entry(folder).or_default().extend_from_slice(&part[1..]);
                let other = |extension: &str| {
                    project.path(&format!("output/{}", path.replace("csv", extension)))
                };
                assert_eq!(json_rows(&other("jsonl")), part);
                assert_eq!(arrow_rows(&other("arrow")).1, part);
                let rows = parquet(&other("parquet")).metadata().file_metadata().num_rows();
                assert_eq!(rows, part.len() as i64 - 1);
            }
            let in_folders = ["documents", "sentences", "mentions"].contains(table);
            let expected = if in_folders { all.iter().copied().collect() } else { [""].into() };
            assert_eq!(folders, expected, "{table}");
            // The rows of each folder are rows of the whole, in its order; together they are all of it.
            for own in found.values() {
                let places: Vec<_> =
                    own.iter().map(|row| rows.iter().position(|r| r == row).unwrap()).collect();
                assert!(places.is_sorted(), "{table}");
            }
            let mut together: Rows = found.into_values().flatten().collect();
            let mut sorted = rows[1..].to_vec();
            together.sort();
            sorted.sort();
            assert_eq!(together, sorted, "{table}");
        }
        let done = project.rapporteur("check --raw raw").ok();
        assert!(done.stdout().starts_with("sound"), "{}", done.stdout());
        if threads == 4 {
            project.rapporteur("run --format parquet,csv,jsonl,arrow --threads 1 --partition-by publisher --max-rows-per-file 2").ok();
            assert_eq!(tree(&project.path("output")), files);
        }
    }
}

#[test]
fn folders_by_every_column() {
    let project = project();
    for (by, folders) in [
        ("published_year", vec!["2018", "2019", "null"]),
        ("language", vec!["en", "und"]),
        ("docvar_region", vec!["null", "r0", "r1", "r2", "r3", "r4", "r5"]),
    ] {
        project.rapporteur(&format!("run --partition-by {by}")).ok();
        let path = project.path("output/documents.parquet");
        let mut names: Vec<String> = fs::read_dir(path)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        let folders: Vec<String> = folders.iter().map(|v| format!("part_{by}={v}")).collect();
        assert_eq!(names, folders);
        assert!(project.path("output/blocks.parquet").is_file());
        let done = project.rapporteur("check --raw raw").ok();
        assert!(done.stdout().starts_with("sound"), "{}", done.stdout());
    }
}

#[test]
fn a_table_without_rows_has_one_part() {
    let project = Project::new().raw("empty.txt", b"");
    project.rapporteur("run --partition-by publisher --max-rows-per-file 2").ok();
    let names: Vec<String> = tree(&project.path("output")).into_keys().collect();
    assert!(names.contains(&"documents.parquet/part_publisher=null/part-0000.parquet".to_owned()));
    assert!(names.contains(&"entities.csv/part-0000.csv".to_owned()));
    project.rapporteur("check --raw raw").ok();
}

#[test]
fn what_reads_a_dataset_reads_every_form_of_it() {
    let project = project();
    project.rapporteur("run").ok();
    let explained = project.rapporteur("explain output talks-1-m0003").ok().stdout().to_owned();
    let listed = project.rapporteur("codebook candidates output").ok().stdout().to_owned();
    for args in ["--format csv", "--format jsonl", "--format csv --partition-by docvar_region"] {
        project.rapporteur(&format!("run {args}")).ok();
        let done = project.rapporteur("check --raw raw").ok();
        assert!(done.stdout().starts_with("sound; rows read: blocks"), "{}", done.stdout());
        let again = project.rapporteur("explain output talks-1-m0003").ok();
        assert_eq!(again.stdout(), explained, "{args}");
        let again = project.rapporteur("codebook candidates output").ok();
        assert_eq!(again.stdout(), listed, "{args}");
    }
    project.rapporteur("run --format arrow").ok();
    let done = project.rapporteur("check --raw raw").ok();
    let wanted = "not judged: the rows of documents, sentences, mentions, entities, blocks, which";
    assert!(done.stdout().starts_with(wanted), "{}", done.stdout());
    assert!(done.stdout().ends_with("sound; rows read: none\n"), "{}", done.stdout());
}

#[track_caller]
fn finds(project: &Project, violation: &str) {
    let done = project.rapporteur("check --raw raw");
    assert_eq!((done.code(), done.stderr()), (1, ""));
    let found = done.stdout().lines().any(|line| line.starts_with(violation));
    assert!(found, "no line begins {violation:?}:\n{}", done.stdout());
}

#[test]
fn damage_is_found_in_every_form() {
    let project = project();
    let edit = |path: &str, from: &str, to: &str| {
        let path = project.path(&format!("output/{path}"));
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{text}");
        fs::write(&path, text.replacen(from, to, 1)).unwrap();
    };
    project.rapporteur("run --format parquet,jsonl,arrow").ok();
    edit("mentions.jsonl", "\"Aleppo\"", "\"Homs\"");
    finds(
        &project,
        "mentions.jsonl 0-1-m0001 text: found \"Homs\", expected \"Aleppo\" as in Parquet",
    );
    finds(&project, "mentions.jsonl: found sha256:");
    edit("entities.jsonl", "\"name\"", "\"named\"");
    finds(&project, "entities.jsonl aleppo: found a row with the keys entity_id, named, kind,");
    fs::copy(project.path("output/blocks.arrow"), project.path("output/sentences.arrow")).unwrap();
    // What may be damaged is not decoded.
    finds(&project, "sentences.arrow: found sha256:");
    project.rapporteur("run --format csv").ok();
    edit("documents.csv", "2018-03-04", "04.03.2018");
    finds(
        &project,
        "documents 0-1 published: found \"04.03.2018\", expected a value of type date32",
    );
    edit("documents.csv", "doc_id,", "id,");
    finds(&project, "documents.csv: found header id,text");
    project.rapporteur("run --format jsonl").ok();
    edit("sentences.jsonl", "\"word_count\":", "\"word_count\":\"x\",\"x\":");
    finds(&project, "sentences.jsonl: found a row with the keys");
}

#[test]
fn damage_is_found_in_parts() {
    let project = project();
    project.rapporteur("run --partition-by publisher").ok();
    let path = |table: &str, folder: &str| {
        project.path(&format!("output/{table}.parquet/part_publisher={folder}/part-0000.parquet"))
    };
    let (one, two) = (path("documents", "Kassioun"), path("documents", "null"));
    let swapped = project.path("swapped");
    fs::rename(&one, &swapped).unwrap();
    fs::rename(&two, &one).unwrap();
    fs::rename(&swapped, &two).unwrap();
    finds(
        &project,
        "documents 0-1: found a row in the folder \"part_publisher=null\", expected \"part_publisher=Kassioun\"",
    );
    project.rapporteur("run --partition-by publisher").ok();
    fs::copy(path("sentences", "Kassioun"), path("sentences", "null")).unwrap();
    finds(
        &project,
        "sentences 0-1-s0001: found a row in the folder \"part_publisher=null\", expected \"part_publisher=Kassioun\"",
    );
    finds(&project, "sentences 0-1-s0001: found a second row with this key");
    project.rapporteur("run --partition-by publisher --format csv").ok();
    let name = "documents.csv/part_publisher=Kassioun/part-0000.csv";
    fs::remove_file(project.path("output").join(name)).unwrap();
    finds(&project, &format!("{name}: found No such file"));
    let project = project.file("output/documents.csv/part_publisher=null/notes.csv", b"mine\n");
    finds(&project, "documents.csv/part_publisher=null/notes.csv: found a file that is not listed");
    let done = project.rapporteur("run");
    done.fails(
        "OUT_DIR \"output\" is replaced as a whole, and it holds what no run wrote: \
         \"documents.csv/part_publisher=null/notes.csv\"; move that elsewhere, or name another --out",
    );
    fs::remove_file(project.path("output/documents.csv/part_publisher=null/notes.csv")).unwrap();
    fs::create_dir(project.path("output/documents.csv/mine")).unwrap();
    assert!(project.rapporteur("run").stderr().contains("wrote: \"documents.csv/mine\"; move"));
    fs::remove_dir(project.path("output/documents.csv/mine")).unwrap();
    project.rapporteur("run").ok();
    assert_eq!(project.names(), ["output", "raw"]);
    assert!(project.path("output/documents.csv").is_file());
}

#[test]
fn settings_that_cannot_be_followed() {
    let project = project();
    for (args, error) in [
        ("--format xlsx", "\"xlsx\" is none of parquet, csv, jsonl, arrow"),
        ("--format csv,csv", "csv stands twice"),
        ("--compression brotli", "\"brotli\" is none of zstd, zstd:1 to zstd:22"),
        ("--row-group-size 0", "invalid value '0'"),
        ("--partition-by title", "\"title\" is none of published_year, publisher"),
    ] {
        let done = project.rapporteur(&format!("run {args}"));
        assert_eq!(done.code(), 2);
        assert!(done.stderr().contains(error), "{}", done.stderr());
    }
    project
        .rapporteur("run --partition-by docvar_area")
        .fails("--partition-by docvar_area: the sidecar has no column area, it has only region");
    let mut sidecar = String::from("source_path,cell\n");
    let mut many = Project::new();
    for i in 0..1025 {
        many = many.raw(&format!("{i}.txt"), b"A note about Aleppo.\n");
        sidecar += &format!("{i}.txt,{i}\n");
    }
    let many = many.raw("metadata.csv", sidecar.as_bytes());
    many.rapporteur("run --partition-by docvar_cell --format jsonl").fails(
        "--partition-by docvar_cell would make more than 1024 folders; name a column with fewer \
         values, or cut the tables by --max-rows-per-file alone",
    );
    assert_eq!(many.names(), ["raw"]);
    let long = "x".repeat(300);
    let project = Project::new()
        .raw("a.txt", b"A note about Aleppo.\n")
        .raw("metadata.csv", format!("source_path,section\na.txt,{long}\n").as_bytes());
    let done = project.rapporteur("run --partition-by section");
    assert!(done.stderr().contains("is too long to name a folder after"), "{}", done.stderr());
    assert_eq!(project.names(), ["raw"]);
}
