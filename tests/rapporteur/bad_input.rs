//! Bad input: each line of the contract's section, and what people really have in their folders.

use std::fs;

use crate::project::{Project, TALKS};

#[test]
fn every_bad_file_is_named_and_nothing_is_written() {
    let project = Project::with_text()
        .raw("photo.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
        .raw("sub/zeros.txt", b"one\0two");
    project.rapporteur("run").fails(
        "2 files cannot be used, and nothing was written:\n  \
         \"photo.txt\": not a text file: it begins with the mark of PNG files\n  \
         \"sub/zeros.txt\": not a text file: NUL byte at byte 3\n\
         mend or move them, or go on without them by --skip-bad",
    );
    assert_eq!(project.names(), ["raw"]);
}

#[test]
fn a_file_larger_than_offsets_can_tell_is_refused_unread() {
    let project = Project::with_text().raw("export.txt", b"");
    // It has no blocks on the disk.
    let file = fs::OpenOptions::new().write(true).open(project.path("raw/export.txt")).unwrap();
    file.set_len((4 << 30) + 1).unwrap();
    project.rapporteur("run").fails(
        "1 file cannot be used, and nothing was written:\n  \
         \"export.txt\": too large: 4294967297 bytes, and one file may hold 2147483647 at most; \
         split it\n\
         mend or move them, or go on without them by --skip-bad",
    );
    assert_eq!(project.names(), ["raw"]);
}

#[test]
fn a_failed_run_leaves_the_former_dataset() {
    let project = Project::with_text();
    project.rapporteur("run").ok();
    let before = project.files("output");
    let project = project.raw("bad.txt", b"\0");
    assert_eq!(project.rapporteur("run").code(), 1);
    assert_eq!(project.files("output"), before);
    assert_eq!(project.names(), ["output", "raw"]);
}

#[test]
fn bad_files_can_be_skipped() {
    let project = Project::with_text().raw("photo.txt", b"\x89PNG\r\n\x1a\n");
    let done = project.rapporteur("run --skip-bad");
    assert_eq!(done.code(), 0);
    let warning = "warning: skipped \"photo.txt\": not a text file: it begins with the mark of PNG files\nnote: ";
    assert!(done.stderr().starts_with(warning), "{}", done.stderr());
    let rejects = fs::read_to_string(project.path("output/rejects.csv")).unwrap();
    assert_eq!(
        rejects,
        "source_path,reason\nphoto.txt,not a text file: it begins with the mark of PNG files\n"
    );
    project.rapporteur("check --raw raw").ok();
    // The next run replaces the list of rejects too.
    fs::remove_file(project.path("raw/photo.txt")).unwrap();
    project.rapporteur("run").ok();
    assert!(!project.path("output/rejects.csv").exists());
}

#[test]
fn encodings_are_told_and_every_row_leads_to_bytes() {
    let utf16: Vec<u8> = TALKS.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let legacy = encoding_rs::WINDOWS_1252.encode(TALKS).0.into_owned();
    let mut stray = TALKS.as_bytes().to_vec();
    stray.extend(b"\nThe \x93zones\x94 collapsed.\n");
    let project = Project::new()
        .raw("a-bom.txt", &[b"\xef\xbb\xbf", TALKS.as_bytes()].concat())
        .raw("b-utf16.txt", &utf16)
        .raw("c-utf16-bom.txt", &[b"\xff\xfe", &utf16[..]].concat())
        .raw("d-legacy.txt", &legacy)
        .raw("e-stray.txt", &stray)
        .raw("f-crlf.txt", TALKS.replace('\n', "\r\n").as_bytes())
        .raw("g-cr.txt", TALKS.replace('\n', "\r").as_bytes())
        .raw("h-unfinished.txt", TALKS.trim_end().as_bytes());
    project.rapporteur("run").ok();
    project.rapporteur("check --raw raw").ok();
    let documents = project.table("documents");
    let encodings: Vec<&str> = documents.iter().map(|d| d["source_encoding"].as_str()).collect();
    let utf = "UTF-8";
    assert_eq!(encodings, [utf, "UTF-16LE", "UTF-16LE", "windows-1252", utf, utf, utf, utf]);
    for document in &documents {
        assert_eq!(document["title"], "Talks resume in Geneva", "{}", document["doc_id"]);
        assert!(document["text"].contains("“We agreed on little,”"), "{}", document["doc_id"]);
    }
    assert!(documents[4]["text"].ends_with("The “zones” collapsed."));
    // The same word in each of the encodings.
    for (path, width) in [("a-bom", 1), ("b-utf16", 2), ("c-utf16-bom", 2), ("d-legacy", 1)] {
        let mentions = project.table("mentions");
        let mention =
            mentions.iter().find(|m| m["doc_id"] == format!("{path}-1") && m["text"] == "Turkey");
        let mention = mention.unwrap();
        let (start, end): (usize, usize) =
            (mention["raw_start"].parse().unwrap(), mention["raw_end"].parse().unwrap());
        assert_eq!(end - start, 6 * width, "{path}");
        let raw = fs::read(project.path(&format!("raw/{path}.txt"))).unwrap();
        let letters: Vec<u8> = raw[start..end].iter().copied().filter(|b| *b != 0).collect();
        assert_eq!(letters, b"Turkey", "{path}");
    }
}

#[test]
fn an_empty_file_gives_no_document() {
    let project = Project::with_text().raw("empty.txt", b"").raw("white.txt", b" \n\t\r\n  ");
    project.rapporteur("run").ok();
    project.rapporteur("check --raw raw").ok();
    assert_eq!(project.table("documents").len(), 1);
}

#[test]
fn a_folder_of_empty_files_gives_empty_tables() {
    let project = Project::new().raw("empty.txt", b"");
    project.rapporteur("run").ok();
    project.rapporteur("check --raw raw").ok();
    assert_eq!(project.table("documents").len(), 0);
}

#[test]
fn an_empty_folder_is_an_error() {
    let project = Project::new();
    fs::create_dir(project.path("raw")).unwrap();
    project.rapporteur("run").fails(
        "\"raw\" holds no files; put the texts there, one or more in a file, or name another folder",
    );
}

#[test]
fn names_are_free() {
    let odd = ["comma, quote \" and\nline.txt", "peace ☮🕊.txt", "no extension", ".hidden.txt"];
    let mut project = Project::new();
    for name in odd {
        project = project.raw(name, TALKS.as_bytes());
    }
    let done = project.rapporteur("run").ok();
    assert!(done.stdout().contains("passed over 1 hidden file"), "{}", done.stdout());
    project.rapporteur("check --raw raw").ok();
    let mut paths: Vec<String> = project
        .table("documents")
        .into_iter()
        .map(|mut d| d.remove("source_path").unwrap())
        .collect();
    paths.sort();
    assert_eq!(paths, ["comma, quote \" and\nline.txt", "no extension", "peace ☮🕊.txt"]);
}

#[cfg(unix)]
#[test]
fn a_name_that_is_not_utf8_is_a_bad_file() {
    use std::os::unix::ffi::OsStrExt;
    let project = Project::with_text();
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.txt");
    fs::write(project.path("raw").join(name), TALKS).unwrap();
    project.rapporteur("run").fails(
        "1 file cannot be used, and nothing was written:\n  \
         \"caf\\\\xe9.txt\": its name is not UTF-8, so no table can hold it; rename it\n\
         mend or move them, or go on without them by --skip-bad",
    );
}

#[test]
fn files_of_other_formats_are_passed_over() {
    let project = Project::with_text().raw("talks.json", b"{\"genre\": \"news\"}");
    let done = project.rapporteur("run").ok();
    let line = "passed over 1 file of other formats (json, toml, xml, yaml, yml)";
    assert!(done.stdout().contains(line), "{}", done.stdout());
    project.rapporteur("check --raw raw").ok();
    assert_eq!(project.table("documents").len(), 1);
}

#[test]
fn twins_would_share_their_ids() {
    let project = Project::with_text().raw("talks.md", b"Another text.\n");
    let done = project.rapporteur("run");
    assert_eq!(done.code(), 1);
    let message =
        "\"talks.txt\": its documents would have the ids of \"talks.md\"; rename one of them";
    assert!(done.stderr().contains(message), "{}", done.stderr());
}

#[cfg(unix)]
#[test]
fn what_is_no_file_or_leads_nowhere_is_named() {
    let project = Project::with_text();
    std::os::unix::fs::symlink("nowhere", project.path("raw/dangling.txt")).unwrap();
    std::os::unix::fs::symlink("..", project.path("raw/loop")).unwrap();
    let done = project.rapporteur("run");
    assert_eq!(done.code(), 1);
    for reason in
        ["\"dangling.txt\": cannot be read", "a link that leads back to a folder above it"]
    {
        assert!(done.stderr().contains(reason), "{}", done.stderr());
    }
}

#[test]
fn folders_that_cannot_be_used() {
    let project = Project::with_text().file("file", b"x");
    let check = |args: &str, message: &str| {
        let done = project.rapporteur(args);
        assert_eq!(done.code(), 1, "{args}");
        assert!(done.stderr().contains(message), "{args}: {}", done.stderr());
    };
    check("run missing", "cannot find the folder \"missing\": No such file or directory");
    check("run raw --out raw", "RAW_DIR and OUT_DIR are the same folder");
    check("run raw --out raw/output", "OUT_DIR lies inside RAW_DIR");
    check("run raw --out .", "RAW_DIR lies inside OUT_DIR");
    check("run raw --out file", "OUT_DIR \"file\" is a file; name a folder, or remove the file");
    assert_eq!(project.names(), ["file", "raw"]);
}

#[test]
fn foreign_files_in_the_output_folder_are_safe() {
    let project = Project::with_text().file("output/thesis.docx", b"two years of work");
    project.rapporteur("run").fails(
        "OUT_DIR \"output\" is replaced as a whole, and it holds what no run wrote: \
         \"thesis.docx\"; move that elsewhere, or name another --out",
    );
    fs::remove_file(project.path("output/thesis.docx")).unwrap();
    project.rapporteur("run").ok();
    let project = project.file("output/notes.txt", b"mine");
    assert_eq!(project.rapporteur("run").code(), 1);
    assert_eq!(fs::read(project.path("output/notes.txt")).unwrap(), b"mine");
}
