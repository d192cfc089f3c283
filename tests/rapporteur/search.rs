//! `rapporteur search`: hits of a whole dataset, and the way back from them.

use std::fs;

use crate::project::{PROGRAM, Project};

/// Two documents, one of which has edits, marks and letters of several bytes.
fn project() -> Project {
    let text = "Talks in Gene\u{300}ve\n\nEnvoys of Turkey’s government met in “Genève”. The  envoys of \
        the security\u{a0}council did not meet.\n\nNegotiators negotiate; NEGOTIATIONS fail.\n";
    Project::new()
        .raw("a.txt", text.as_bytes())
        .raw("b.txt", b"The Security Council spoke of Turkey and of Turkish envoys.\n")
        .raw("metadata.csv", b"source_path,published,publisher\nb.txt,2016-05-04,Press\n")
}

#[test]
fn hits_stand_under_each_other() {
    let project = project();
    project.rapporteur("run").ok();
    let done = project.rapporteur("search envoys --context 16");
    assert_eq!(
        (done.code(), done.stdout(), done.stderr()),
        (
            0,
            "                Envoys of Turkey’s gov  -           a-1-s0002\n            \
             The envoys of the security  -           a-1-s0003\n and of Turkish envoys.                 \
             2016-05-04  b-1-s0001\n",
            "note: 3 hits in 3 sentences of 2 documents\n"
        )
    );
}

#[test]
fn a_hit_leads_to_its_text_and_to_the_raw_bytes_of_its_sentence() {
    let project = project();
    project.rapporteur("run").ok();
    let documents = project.table("documents");
    for (args, count) in [
        (&["genève"][..], 2),
        (&["--fold", "geneve"], 2),
        (&["security council"], 2),
        (&["turkey's"], 1),
        (&["negotiat*"], 3),
        (&["--regex", r"\bnegotiat\w+"], 3),
        (&["--regex", "-s", "^The"], 2),
        (&["-s", "Envoys"], 1),
        (&["--entity", "turkey"], 3),
        (&["--entity", "turkey", "--where", "publisher=Press"], 2),
        (&["envoys", "--from", "2016"], 1),
        (&["envoys", "--limit", "2"], 2),
    ] {
        let args = [&["search", "--format", "csv"], args].concat();
        let done = project.command(args.clone(), &[]);
        assert_eq!(done.code(), 0, "{args:?}: {}", done.stderr());
        let mut rows = csv::Reader::from_reader(done.stdout().as_bytes());
        let rows: Vec<std::collections::BTreeMap<String, String>> =
            rows.deserialize().map(Result::unwrap).collect();
        assert_eq!(rows.len(), count, "{args:?}: {}", done.stdout());
        for row in rows {
            let number = |name: &str| row[name].parse::<usize>().unwrap();
            let document = documents.iter().find(|d| d["doc_id"] == row["doc_id"]).unwrap();
            let chars = document["text"].chars().skip(number("char_start"));
            let own: String = chars.take(number("char_end") - number("char_start")).collect();
            assert_eq!(own, row["hit"], "{args:?}");
            let raw = fs::read(project.path("raw").join(&row["source_path"])).unwrap();
            let raw =
                String::from_utf8(raw[number("raw_start")..number("raw_end")].to_vec()).unwrap();
            let words = |text: &str| {
                text.replace("e\u{300}", "è").split_whitespace().collect::<Vec<_>>().join(" ")
            };
            assert_eq!(
                words(&raw),
                words(&format!("{}{}{}", row["left"], row["hit"], row["right"]))
            );
            assert_eq!(row["mention_id"].is_empty(), !args.contains(&"--entity"));
        }
    }
}

#[test]
fn nothing_found_is_exit_code_1_and_nonsense_2() {
    let project = project();
    project.rapporteur("run").ok();
    for (args, code, stdout, message) in [
        ("search nothing", 1, "", "note: 0 hits in 0 sentences of 0 documents\n"),
        ("search nothing --format json", 1, "[]\n", "note: 0 hits in 0 sentences of 0 documents\n"),
        ("search --entity turkye", 1, "", "error: no row of the dataset has the id \"turkye\"; "),
        ("search * ", 2, "", "error: invalid value for '<QUERY>': the * stands for the rest"),
        ("search --regex (", 2, "", "error: invalid value for '<QUERY>': regex parse error:"),
        ("search a --context b", 2, "", "error: invalid value 'b' for '--context <N>': expected a"),
        ("search --regex a --fold", 2, "", "error: the argument '--regex' cannot be used with"),
        ("search a nowhere", 1, "", "error: \"nowhere\" is not the folder of a dataset"),
    ] {
        let done = project.rapporteur(args);
        assert_eq!((done.code(), done.stdout()), (code, stdout), "{args}");
        assert!(done.stderr().starts_with(message), "{args}: {}", done.stderr());
    }
}

#[test]
fn a_damaged_table_is_told_and_no_panic() {
    let project = project();
    project.rapporteur("run --format parquet").ok();
    fs::write(project.path("output/sentences.parquet"), b"PAR1 no, it is not PAR1").unwrap();
    for args in ["search envoys", "search --entity turkey"] {
        let done = project.rapporteur(args);
        assert_eq!((done.code(), done.stdout()), (1, ""), "{args}");
        assert!(done.stderr().contains("sentences.parquet\" as a dataset: "), "{}", done.stderr());
    }
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_ends_the_search_without_an_error() {
    let project = Project::new().raw("a.txt", "Envoys met again. ".repeat(20_000).as_bytes());
    project.rapporteur("run --format parquet").ok();
    for args in ["search envoys --format csv", "search envoys", "stats mentions"] {
        let line = format!("{PROGRAM} {args} 2>&1 >&3 | cat; echo ${{PIPESTATUS[0]}}");
        let line = format!("{{ {line}; }} 3> >(head -c 1 > /dev/null)");
        let mut command = std::process::Command::new("bash");
        let output = command.current_dir(project.path("")).arg("-c").arg(line).output().unwrap();
        let output = String::from_utf8(output.stdout).unwrap();
        assert!(output.ends_with("0\n") && !output.contains("error"), "{args}: {output}");
    }
}
