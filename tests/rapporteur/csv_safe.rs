//! `run --csv-safe`: CSV cells that a spreadsheet would run are guarded, and `check` and all that reads the
//! dataset know of it.

use std::fs;

use crate::project::Project;

/// A dataset of texts, titles and columns that spreadsheets would run.
fn project() -> Project {
    Project::with_text()
        .raw("-list.txt", b"Points of the talks\n\n- one, of Geneva\n- two\n\n=1+1 was said in Geneva.\n")
        .raw(
            "metadata.csv",
            b"source_path,title,code,number\n-list.txt,\"=HYPERLINK(\"\"x\"\")\",a;@b,-5\ntalks.txt,,'+1,1E5\n",
        )
}

#[test]
fn cells_are_guarded_and_read_back() {
    let project = project();
    project.rapporteur("run").ok();
    let exact = project.table("documents");
    project.rapporteur("run --csv-safe --out safe").ok();
    let done = project.rapporteur("check safe --raw raw").ok();
    assert!(done.stdout().starts_with("sound; "), "{}", done.stdout());
    let read = |name: &str| {
        let path = project.path(&format!("safe/{name}.csv"));
        let mut reader = csv::Reader::from_path(path).unwrap();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        rows
    };
    let cells: Vec<String> = read("documents")[0].iter().map(str::to_owned).collect();
    for cell in ["'-list-1", "'=HYPERLINK(\"x\")", "a;'@b", "-5"] {
        assert!(cells.iter().any(|own| own == cell), "{cell}: {cells:?}");
    }
    assert!(cells[1].contains("\n'- two"), "{:?}", cells[1]);
    for table in ["documents", "sentences", "mentions", "entities", "blocks"] {
        for cell in
            read(table).iter().flat_map(|row| row.iter().map(str::to_owned).collect::<Vec<_>>())
        {
            let number = cell.trim_start_matches(['-', '+']).bytes().all(|b| b.is_ascii_digit());
            assert!(
                number || !cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']),
                "{cell:?}"
            );
        }
    }
    // Parquet is as it was, and so is what CSV alone means.
    for name in ["documents", "mentions"] {
        let file = format!("{name}.parquet");
        assert_eq!(project.files("output")[&file], project.files("safe")[&file]);
    }
    assert!(exact.iter().any(|row| row["title"] == "=HYPERLINK(\"x\")"));
    project.rapporteur("run --csv-safe --format csv --out only").ok();
    project.rapporteur("check only --raw raw").ok();
    let shown = project.rapporteur("explain only -- -list-1").ok();
    assert!(
        shown.stdout().contains("=HYPERLINK") && !shown.stdout().contains("'=HYPERLINK"),
        "{}",
        shown.stdout()
    );
    let found = project.rapporteur("search --format csv Geneva only");
    assert!(!found.stdout().contains("'-list"), "{}", found.stdout());
}

#[test]
fn the_setting_is_stated_and_the_same_as_the_flag() {
    let project = project();
    project.rapporteur("run --csv-safe").ok();
    let flag = project.files("output");
    let stated = String::from_utf8(flag["datapackage.json"].clone()).unwrap();
    assert!(stated.contains("\"csv_safe\": true"), "{stated}");
    assert!(String::from_utf8(flag["README.md"].clone()).unwrap().contains("## Guarded cells"));
    let project = project.file("rapporteur.toml", b"csv_safe = true\n");
    project.rapporteur("run").ok();
    assert_eq!(project.files("output"), flag);
    fs::remove_file(project.path("rapporteur.toml")).unwrap();
    project.rapporteur("run").ok();
    let usual = project.files("output");
    let stated = String::from_utf8(usual["datapackage.json"].clone()).unwrap();
    assert!(!stated.contains("csv_safe"));
}

#[test]
fn a_guard_that_is_missing_is_found() {
    let project = project();
    project.rapporteur("run --csv-safe").ok();
    let path = project.path("output/documents.csv");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("'=HYPERLINK", "=HYPERLINK", 1)).unwrap();
    let done = project.rapporteur("check");
    let line = "documents.csv -list-1 title: found \"=HYPERLINK(\\\"x\\\")\", expected \"=HYPERLINK(\\\"x\\\")\" as in \
                Parquet, guarded";
    assert!(done.stdout().lines().any(|own| own == line), "{}", done.stdout());
    fs::write(&path, text.replacen("a;'@b", "a;'@c", 1)).unwrap();
    let done = project.rapporteur("check");
    let line = "documents.csv -list-1 docvar_code: found \"a;@c\", expected \"a;@b\" as in Parquet";
    assert!(done.stdout().lines().any(|own| own == line), "{}", done.stdout());
}

#[test]
fn column_names_that_would_run_are_refused() {
    let project = Project::with_text().raw("metadata.csv", b"source_path,a;=b\ntalks.txt,x\n");
    project.rapporteur("run").ok();
    project.rapporteur("run --csv-safe").fails(
        "--csv-safe: a spreadsheet may run the column name \"a;=b\" as a formula, and names are not changed; \
         rename the column",
    );
}

#[test]
fn rejects_are_guarded_too() {
    let project = Project::with_text().raw("=bad.bin", b"\x7fELF\0\x01");
    project.rapporteur("run --skip-bad --csv-safe");
    let rejects = fs::read_to_string(project.path("output/rejects.csv")).unwrap();
    assert!(rejects.contains("\n'=bad.bin,"), "{rejects}");
    project.rapporteur("check --raw raw").ok();
}
