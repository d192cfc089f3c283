//! Datasets of other schema versions: `check` names them and their program, and judges their checksums.
//!
//! `tests/old` keeps what earlier versions wrote: the descriptor and the files of one table.

use std::fs;
use std::path::Path;

use rapporteur::check::{Report, check};

/// The violations of a dataset in `tests/old` in which `change` changed something.
fn judged(name: &str, change: impl FnOnce(&Path)) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    let old = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/old").join(name);
    for entry in fs::read_dir(old).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, dir.path().join(path.file_name().unwrap())).unwrap();
    }
    change(dir.path());
    let Report { violations, .. } = check(dir.path(), None).unwrap();
    violations.iter().map(ToString::to_string).collect()
}

const THIS: &str = "expected 2, which this program (rapporteur 0.1.0) reads";
const RUN_AGAIN: &str =
    "run again on the raw texts, or judge it with that version; only checksums were looked at";

#[test]
fn other_versions_are_named_in_one_line() {
    let version_1 = format!(
        "datapackage.json: found schema version 1, {THIS}; rapporteur 0.1.0 wrote the dataset: {RUN_AGAIN}"
    );
    assert_eq!(judged("version-1", |_| ()), [version_1.as_str()]);
    let early = format!(
        "datapackage.json: found schema version 2 without descriptor_sha256, {THIS}; rapporteur \
         0.1.0 wrote the dataset: {RUN_AGAIN}"
    );
    assert_eq!(judged("version-2-early", |_| ()), [early.as_str()]);
    let later = judged("version-1", |dir| {
        let path = dir.join("datapackage.json");
        let text = fs::read_to_string(&path).unwrap();
        let text = text.replace("\"schema_version\": 1", "\"schema_version\": 3");
        fs::write(&path, text.replace("\"version\": \"0.1.0\"", "\"version\": \"4.5.6\"")).unwrap();
    });
    let expected = format!(
        "datapackage.json: found schema version 3, {THIS}; rapporteur 4.5.6 wrote the dataset: judge it with that \
         version, or a later one; only checksums were looked at"
    );
    assert_eq!(later, [expected]);
}

#[test]
fn damage_of_old_datasets_is_found() {
    let violations = judged("version-1", |dir| {
        let path = dir.join("entities.parquet");
        let mut bytes = fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(path, bytes).unwrap();
        fs::write(dir.join("notes.txt"), "mine").unwrap();
    });
    assert_eq!(violations.len(), 3, "{violations:#?}");
    assert!(violations[1].starts_with("entities.parquet: found sha256:"), "{violations:#?}");
    assert!(
        violations[2].starts_with("notes.txt: found a file that is not listed"),
        "{violations:#?}"
    );
}
