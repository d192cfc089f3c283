//! Settings, lists, rules and sidecars that are not as they must be: each is refused with file, line and
//! column, or taken by a rule that a page of docs/ states; nothing hangs or swells.

use std::fmt::Write as _;
use std::fs;

use rapporteur::config::Config;
use rapporteur::data::Data;

const HEADER: &str =
    "entity_id,name,kind,aliases,demonyms,short_forms,side,country,latitude,longitude,wikipedia\n";

/// What reading `bytes` as settings says, with the file's own name.
fn settings(bytes: &[u8]) -> Result<Config, String> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("rapporteur.toml");
    fs::write(&path, bytes).unwrap();
    let named = |e: rapporteur::Error| {
        e.to_string().replace(&path.display().to_string(), "rapporteur.toml")
    };
    Config::read(&path).map_err(named)
}

/// What loading these files as a user's lists says.
fn lists(files: &[(&str, &[u8])]) -> Result<Data, String> {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    Data::load_without_tagger(Some(dir.path())).map_err(|e| e.to_string())
}

#[test]
fn settings_are_refused_with_line_and_column() {
    let long = vec![b'#'; (1 << 20) + 1];
    let deep = format!("raw = {}", "[".repeat(100_000));
    let latin = b"raw = \"caf\xe9\"".as_slice();
    for (bytes, message) in [
        (b"threads = 1\nthreads = 2\n".as_slice(), ", line 2, column 1: duplicate key"),
        (
            b"[dataset]\ntitel = \"x\"\n",
            ", line 2, column 1: unknown field `titel`, expected one of `name`, `title`, ",
        ),
        (
            b"threads = -1\n",
            ", line 1, column 11: invalid value: integer `-1`, expected a whole number, 0 or more",
        ),
        (
            b"row_group_size = 0\n",
            ", line 1, column 18: invalid value: integer `0`, expected a whole number, 1 or more",
        ),
        (b"format = [\"csv\"]\n", ", line 1, column 10: invalid type: list, expected a string"),
        (b"csv_safe = 1\n", ", line 1, column 12: invalid type: integer `1`, expected a boolean"),
        ("title = 'ä'\ndataset = 'é' x\n".as_bytes(), ", line 2, column 15: "),
        (b"threads =\x00 1", ", line 1, column 10: found a NUL byte, expected text in UTF-8"),
        (latin, ", line 1, column 11: found the byte 0xE9, expected UTF-8; save it in UTF-8"),
        (b"\xff\xfet\x00", ", line 1: found UTF-16, expected UTF-8; save it in UTF-8"),
        (
            b"a = 1\rb = 2\r",
            ", line 1: found lines that end in CR alone, expected LF or CRLF; save it so",
        ),
        (
            &long,
            ": found 1048577 bytes, expected 1048576 at most; divide it, or leave out what is not needed",
        ),
        (deep.as_bytes(), ", line 1, column 87: cannot recurse further; max recursion depth met"),
    ] {
        let found = settings(bytes).unwrap_err();
        assert!(found.starts_with(&format!("rapporteur.toml{message}")), "{found}");
    }
}

#[test]
fn settings_with_a_mark_or_crlf_or_nothing_are_taken() {
    assert_eq!(settings(b"").unwrap(), Config::default());
    assert_eq!(settings(b"\xef\xbb\xbf").unwrap(), Config::default());
    let two = Config { threads: 2, skip_bad: true, ..Config::default() };
    assert_eq!(settings(b"\xef\xbb\xbfthreads = 2\r\nskip_bad = true\r\n").unwrap(), two);
}

#[test]
fn settings_that_are_no_file_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("rapporteur.toml");
    fs::create_dir(&path).unwrap();
    let found = Config::read(&path).unwrap_err().to_string();
    assert!(found.ends_with("rapporteur.toml: found a folder, expected a file of text"), "{found}");
    // A link that leads nowhere is not the same as no settings.
    let project = crate::project::Project::with_text();
    std::os::unix::fs::symlink("nowhere.toml", project.path("rapporteur.toml")).unwrap();
    let done = project.rapporteur("run");
    assert_eq!(done.code(), 1);
    assert!(
        done.stderr().starts_with("error: cannot read \"rapporteur.toml\": "),
        "{}",
        done.stderr()
    );
}

#[test]
fn lists_of_entities_are_refused_with_line_and_column() {
    let entities = |rows: &str| format!("{HEADER}{rows}");
    let cell = "x".repeat((1 << 20) + 1);
    for (rows, message) in [
        (
            "a-b,Velkar,place,,,,,,,,\nb-c,Velkas\n",
            "own.csv, line 3: found 2 cells, expected 11 as in the header; a comma stands between two \
             cells, empty ones too",
        ),
        (
            "a-b,Velkar,place,,,,,,,,,,\n",
            "own.csv, line 2: found 13 cells, expected 11 as in the header; put quotation marks around a \
             cell with commas in it",
        ),
        (
            "a-b,\"Velkar,place,,,,,,,,\nb-c,Velkas,place,,,,,,,,\n",
            "own.csv, line 2: found 2 cells, expected 11 as in the header; a quotation mark that opens a \
             cell may not be closed",
        ),
        (
            "a-b,Velkar,place,,,,,,,,\"x\nb-c,Velkas,place,,,,,,,,\n",
            "own.csv, line 2: a quotation mark opens a cell of this row and is not closed",
        ),
        (
            "a-b,Velkar,place,,,,,,,,\na-b,Velkas,place,,,,,,,,\n",
            "own.csv, line 3, column entity_id: 'a-b' stands in own.csv, line 2 already",
        ),
        (
            "a-b,Velkar,place,Velk,,,,,,,\nb-c,Velkas,place,Velk,,,,,,,\n",
            "own.csv, line 3, column aliases: 'Velk' is a name of 'a-b' (own.csv, line 2) too; say in \
             ambiguous.csv which it means when",
        ),
        (
            &format!("a-b,Velkar,place,{cell},,,,,,,\n"),
            "own.csv, line 2, column aliases: found a cell of 1048577 bytes, expected 1048576 at most",
        ),
        (
            "a-b,Velkar,place,,,,,,nan,1,\n",
            "own.csv, line 2, column latitude: 'nan' is no number of degrees up to 90",
        ),
    ] {
        let found = lists(&[("entities/own.csv", entities(rows).as_bytes())]).unwrap_err();
        assert_eq!(found, message);
    }
    let found = lists(&[("entities/own.csv", b"entity_id,name\nx\0y,\n")]).unwrap_err();
    assert_eq!(
        found,
        "entities/own.csv, line 2, column 2: found a NUL byte, expected text in UTF-8"
    );
    let found = lists(&[("entities/own.csv", b"")]).unwrap_err();
    assert!(found.starts_with("own.csv, line 1: column 'entity_id' is missing; "), "{found}");
    let marked = format!("\u{feff}{HEADER}a-b,Velkar,place,,,,,,,,\n").replace('\n', "\r\n");
    assert!(lists(&[("entities/own.csv", marked.as_bytes())]).is_ok());
}

#[test]
fn conditions_that_lead_in_circles_are_taken_and_clashes_refused() {
    let own = format!("{HEADER}a-b,Velkar,place,,,,,,,,\nb-c,Velkas,place,,,,,,,,\n");
    let conditions = |rows: &str| {
        let ambiguous = format!("alias,entity_id,requires,rank\n{rows}");
        lists(&[
            ("entities/own.csv", own.as_bytes()),
            ("entities/ambiguous.csv", ambiguous.as_bytes()),
        ])
    };
    // Only names that always mean an entity fulfil a condition, so a circle never holds.
    assert!(conditions("Velk,a-b,b-c,1\nVolk,b-c,a-b,1\nValk,a-b,a-b,1\n").is_ok());
    for (rows, message) in [
        (
            "Velk,a-b,,1\nVelk,a-b,,1\n",
            "ambiguous.csv, line 3: this name, entity and rank stand in ambiguous.csv, line 2 already",
        ),
        ("Velk,a-c,,1\n", "ambiguous.csv, line 2, column entity_id: no entity 'a-c'"),
        ("Velk,a-b,a-c,1\n", "ambiguous.csv, line 2, column requires: no entity 'a-c'"),
        (
            "Velk,a-b,,-1\n",
            "ambiguous.csv, line 2, column rank: '-1' is no number; expected a whole one, 0 or more",
        ),
    ] {
        assert_eq!(conditions(rows).unwrap_err(), message);
    }
    // An entity that built-in conditions hang on can be removed.
    let removed = format!("{HEADER}-lebanon,,,,,,,,,,\n");
    assert!(lists(&[("entities/own.csv", removed.as_bytes())]).is_ok());
}

#[test]
fn rules_are_refused_with_line_and_column() {
    let rule =
        |pattern: &str| format!("[[rule]]\nid = \"a\"\nkind = \"footer\"\npattern = '{pattern}'\n");
    let mut many = String::new();
    for number in 0..1001 {
        let _ = write!(many, "{}", rule("x").replace("\"a\"", &format!("\"a{number}\"")));
    }
    let refused = "rule a: no regular expression that can be used: ";
    let too_big =
        "it makes an automaton of more than 2097152 bytes; write fewer or smaller repetitions";
    for (file, text, message) in [
        ("layout.toml", rule("(a{1000}){1000}"), format!(", line 4, column 11: {refused}{too_big}")),
        ("layout.toml", rule(r"(\pL{100}){100}"), format!(", line 4, column 11: {refused}{too_big}")),
        ("layout.toml", rule("(a"), format!(", line 4, column 11: {refused}unclosed group")),
        (
            "layout.toml",
            rule(&format!("{}{}", "(".repeat(1000), ")".repeat(1000))),
            format!(", line 4, column 11: {refused}exceed the maximum number of nested parentheses/brackets (250)"),
        ),
        ("layout.toml", rule("a").repeat(2), ", line 8, column 11: rule a: a second rule with this id".to_owned()),
        (
            "layout.toml",
            rule("a").replace("footer", "foot"),
            ", line 3, column 8: rule a: found the kind \"foot\", expected one of title, heading, paragraph, \
             caption, list_item, byline, dateline, source_note, navigation, promotion, author_bio, footer, \
             duplicate"
                .to_owned(),
        ),
        ("layout.toml", many, ": found 1001 rules, expected 1000 at most".to_owned()),
        (
            "metadata.toml",
            "[[genre]]\ngenre = \"essay\"\nwhere = \"title\"\npattern = \"y\"\n".to_owned(),
            ", line 2, column 9: found the genre \"essay\", expected one of news, press_release, editorial, \
             opinion, analysis, speech, interview, legal, report"
                .to_owned(),
        ),
        (
            "metadata.toml",
            "\n[[genre]]\ngenre = \"news\"\nwhere = \"title\"\npattern = \"[y\"\n".to_owned(),
            ", line 5, column 11: no regular expression that can be used: unclosed character class".to_owned(),
        ),
        (
            "metadata.toml",
            "sections = 'x'\n".to_owned(),
            ", line 1, column 12: invalid type: string \"x\", expected a list".to_owned(),
        ),
        (
            "abbreviations/fr.txt",
            "# x\nKdt\tsometimes\n".to_owned(),
            ", line 2: found the class \"sometimes\", expected one of before, number, inner, either, closing, \
             date behind a tab"
                .to_owned(),
        ),
    ] {
        assert_eq!(lists(&[(file, text.as_bytes())]).unwrap_err(), format!("{file}{message}"));
    }
    for file in
        ["abbreviations/a b.txt", "abbreviations/sub/en.txt", "entities/sub/own.csv", "rules.toml"]
    {
        let found = lists(&[(file, b"")]).unwrap_err();
        assert!(
            found.starts_with(&format!("{file}: no list that is known by this name; ")),
            "{found}"
        );
    }
}

#[test]
fn many_names_are_taken_in_linear_time_and_looked_for() {
    let mut rows = String::new();
    for entity in 0..20 {
        let names: Vec<String> = (0..1000).map(|n| format!("Velk{entity}x{n} Bolt")).collect();
        let _ = writeln!(rows, "e-{entity},Velkar {entity},place,{},,,,,,,", names.join("; "));
    }
    let data = lists(&[("entities/own.csv", format!("{HEADER}{rows}").as_bytes())]).unwrap();
    let found = data.mentions.codebook.lookup("Velk19x999 Bolt", &data.mentions.lexicon);
    assert_eq!(found.iter().map(|e| e.id.as_str()).collect::<Vec<_>>(), ["e-19"]);
}

#[test]
fn sidecars_are_refused_with_line_and_column() {
    let check = |sidecar: &[u8], message: &str| {
        let project = crate::project::Project::with_text().raw("metadata.csv", sidecar);
        project.rapporteur("run --no-tagger").fails(&format!("metadata.csv{message}"));
    };
    check(
        b"",
        ", line 1: the header has no column source_path, which says of which file a row speaks",
    );
    check(
        b"source_path,title\ntalks.txt,caf\xe9\n",
        ", line 2, column 14: found the byte 0xE9, expected UTF-8; save it in UTF-8",
    );
    check(
        b"source_path,title\ntalks.txt,a\0b\n",
        ", line 2, column 12: found a NUL byte, expected text in UTF-8",
    );
    check(b"s\0o\0", ", line 1: found UTF-16, expected UTF-8; save it in UTF-8");
    let cell = format!("source_path,title\ntalks.txt,{}\n", "x".repeat((1 << 20) + 1));
    check(
        cell.as_bytes(),
        ", line 2, column title: found a cell of 1048577 bytes, expected 1048576 at most",
    );
    let wide = format!("source_path{}\n", ",a".repeat(1000));
    check(wide.as_bytes(), ", line 1: found 1001 columns, expected 1000 at most");
    let named = format!("source_path,{}\n", "x".repeat(1001));
    check(
        named.as_bytes(),
        ", line 1: the second column has a name of 1001 bytes, expected 1000 at most",
    );
    let project = crate::project::Project::with_text();
    fs::create_dir(project.path("raw/metadata.csv")).unwrap();
    project.rapporteur("run").fails("metadata.csv: found a folder, expected a file of text");
}
