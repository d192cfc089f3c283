//! `rapporteur eval`: the committed dataset against the project's own gold, and small gold in every form.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::project::{PROGRAM, Project};

type Row = BTreeMap<String, String>;

fn rows(csv: &str) -> Vec<Row> {
    csv::Reader::from_reader(csv.as_bytes()).deserialize().map(Result::unwrap).collect()
}

/// The figures of the committed dataset against gold of the project, and the notes.
fn committed(gold: &str, args: &[&str]) -> (Vec<Row>, String) {
    let mut command = Command::new(PROGRAM);
    command
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["eval", gold, "--format", "csv"])
        .args(args);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    (rows(&String::from_utf8(output.stdout).unwrap()), String::from_utf8(output.stderr).unwrap())
}

fn number(row: &Row, name: &str) -> f64 {
    row[name].parse().unwrap()
}

fn figure<'r>(rows: &'r [Row], layer: &str, kind: &str, measure: &str) -> &'r Row {
    let same =
        |row: &&Row| (&*row["layer"], &*row["kind"], &*row["measure"]) == (layer, kind, measure);
    rows.iter().find(same).unwrap()
}

#[test]
fn the_five_texts_have_the_figures_that_the_tests_hold() {
    let (rows, notes) = committed("tests/gold", &[]);
    for (layer, measure, least) in [
        ("blocks", "strict", 100.0),
        ("sentences", "strict", 100.0),
        ("mentions", "strict", 98.0),
        ("mentions", "entity", 98.0),
        ("dates", "value", 87.0),
    ] {
        let row = figure(&rows, layer, "all", measure);
        assert!(number(row, "f1") >= least, "{row:?}");
        assert!(number(row, "f1_low") <= number(row, "f1"), "{row:?}");
        assert!(number(row, "f1_high") >= number(row, "f1"), "{row:?}");
    }
    assert!(notes.contains("note: 0 of 17 look-alikes taken for times\n"), "{notes}");
    let (rows, _) = committed("tests/gold/dates.json", &["--only-kept"]);
    assert!(number(figure(&rows, "dates", "all", "value"), "f1") >= 98.0);
}

#[test]
fn names_are_counted_as_sets_count_them() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let gold = fs::read_to_string(root.join("tests/gold/mentions.json")).unwrap();
    let gold: Value = serde_json::from_str(&gold).unwrap();
    let key = |path: &str, start: String, end: String, kind: &str| {
        (path.trim_end_matches(".txt").to_owned(), start, end, kind.to_owned())
    };
    let mut wanted = BTreeSet::new();
    for (path, mentions) in gold.as_object().unwrap() {
        for own in mentions.as_array().unwrap() {
            let (start, end) = (own["raw_start"].to_string(), own["raw_end"].to_string());
            wanted.insert(key(path, start, end, own["kind"].as_str().unwrap()));
        }
    }
    let kinds: BTreeSet<&str> = wanted.iter().map(|own| own.3.as_str()).collect();
    let mentions = fs::read_to_string(root.join("output/mentions.csv")).unwrap();
    let found: BTreeSet<_> = rows(&mentions)
        .iter()
        .filter(|row| kinds.contains(row["kind"].as_str()))
        .map(|row| {
            let path = row["doc_id"].rsplit_once('-').unwrap().0;
            key(path, row["raw_start"].clone(), row["raw_end"].clone(), &row["kind"])
        })
        .collect();
    let (rows, _) = committed("tests/gold/mentions.json", &[]);
    let row = figure(&rows, "mentions", "all", "strict");
    let counted = [&row["gold"], &row["found"], &row["right"]].map(|n| n.parse::<usize>().unwrap());
    let right = found.intersection(&wanted).count();
    assert_eq!(counted, [wanted.len(), found.len(), right]);
}

const TEXT: &str = "Envoys of Russia met in Gen\u{e8}ve on 4 March 2018. Turkey was “away”.\n";

/// A dataset of one text, with a mention each of Russia, Genève, Turkey and a date.
fn project() -> Project {
    let project = Project::new().raw("a.txt", TEXT.as_bytes());
    project.rapporteur("run").ok();
    project
}

/// Layer, kind, measure, gold, found, right of the figures for names and times in all.
fn counts(csv: &str) -> Vec<String> {
    let names = ["layer", "measure", "gold", "found", "right"];
    let all = rows(csv).into_iter().filter(|row| row["kind"] == "all");
    all.map(|row| names.map(|name| row[name].clone()).join(" ")).collect()
}

#[test]
fn brat_counts_in_code_points() {
    let project = project().file("gold/a.txt", TEXT.as_bytes()).file(
        "gold/a.ann",
        "T1\tGPE 10 16\tRussia\nT2\tGPE 24 30\tGen\u{e8}ve\nT3\tDate 34 46\t4 March 2018\n\
             A1\tvalue T3 2018-03-04\nT4\tLoc 48 58\tTurkey was\nT5\tWeapon 0 6\tEnvoys\n\
             R1\tat Arg1:T1 Arg2:T2\n#1\tAnnotatorNotes T1\tsure\n"
            .as_bytes(),
    );
    let done = project.rapporteur("eval gold --format csv");
    assert_eq!(done.stderr(), "note: gold of kinds that no mention has is left out: Weapon (1)\n");
    assert_eq!(
        counts(done.stdout()),
        [
            "mentions strict 3 3 2",
            "mentions overlap 3 3 3",
            "dates strict 1 1 1",
            "dates overlap 1 1 1",
            "dates value 1 1 1"
        ]
    );
    let done = project.rapporteur("eval gold --errors --format csv");
    assert_eq!(
        done.stdout(),
        "place,layer,error,gold,gold_text,found,found_text\n\
         a.txt:49,mentions,span,place,Turkey was,place turkey,Turkey\n"
    );
    let project = project.file("gold/a.txt", b"Another text.\n");
    let done = project.rapporteur("eval gold");
    assert_eq!(done.code(), 1);
    assert!(done.stderr().contains("is not the raw file \"a.txt\""), "{}", done.stderr());
}

#[test]
fn conllu_is_looked_up_in_the_raw_text() {
    let row = |n: &str, form: &str, tag: &str, head: &str, misc: &str| {
        format!("{n}\t{form}\t_\t{tag}\t_\t_\t{head}\t_\t_\t{misc}\n")
    };
    let gold = [
        "# newdoc id = a\n# global.Entity = GRP-etype-infstat\n".to_owned(),
        "# text = Envoys of Russia met in Genève on 4 March 2018.\n".to_owned(),
        row("1", "Envoys", "NOUN", "4", "Entity=(1-person-new"),
        row("2", "of", "ADP", "3", "_"),
        row("3", "Russia", "PROPN", "1", "Entity=(2-place-new)1)"),
        row("4", "met", "VERB", "0", "_"),
        row("5", "in", "ADP", "6", "_"),
        row("6", "Genève", "PROPN", "4", "Entity=(3-place-new)"),
        row("7", "on", "ADP", "8", "_"),
        row("8", "4", "NUM", "4", "Entity=(4-time-new"),
        row("9", "March", "PROPN", "8", "_"),
        row("10", "2018", "NUM", "8", "SpaceAfter=No|Entity=4)"),
        row("11", ".", "PUNCT", "4", "_"),
        "\n# text = Turkey was\n".to_owned(),
        row("1", "Turkey", "PROPN", "2", "Entity=(5-abstract-new)"),
        row("2", "was", "VERB", "0", "_"),
        "\n# text = “away”.\n".to_owned(),
        row("1-2", "“away”", "_", "_", "_"),
        row("1", "“", "PUNCT", "2", "_"),
        row("2", "away”", "ADV", "0", "_"),
        row("3", ".", "PUNCT", "2", "_"),
    ];
    let project = project().file("gold.conllu", gold.concat().as_bytes());
    let done = project.rapporteur("eval gold.conllu --format csv");
    assert_eq!(
        done.stderr(),
        "note: gold of kinds that no mention has is left out: abstract (1)\n"
    );
    assert_eq!(
        counts(done.stdout()),
        [
            "sentences strict 3 2 1",
            "sentences overlap 3 2 2",
            "mentions strict 2 3 2",
            "mentions overlap 2 3 2"
        ]
    );
    let done = project.rapporteur("eval gold.conllu --errors --format csv");
    assert_eq!(
        done.stdout(),
        "place,layer,error,gold,gold_text,found,found_text\n\
         a.txt:49,sentences,missed,sentences,Turkey was,,\n\
         a.txt:49,mentions,spurious,,,place turkey,Turkey\n\
         a.txt:60,sentences,span,sentences,“away”.,paragraph,Turkey was “away”.\n"
    );
    let project = project.file("gold.conllu", gold.concat().replace("Envoys", "Envoy").as_bytes());
    let done = project.rapporteur("eval gold.conllu");
    assert_eq!(done.code(), 1);
    assert!(
        done.stderr().starts_with(
            "error: gold.conllu, line 4: \"Envoy of Russia met in Genève on 4 March 2018.\" does not \
             stand at byte 0 of the raw file \"a.txt\""
        ),
        "{}",
        done.stderr()
    );
}

#[test]
fn gold_that_does_not_fit_is_told() {
    let project = project()
        .file("none.json", b"{\"docs\": {\"b.txt\": {\"timex\": []}}}")
        .file(
            "beyond.json",
            b"{\"a.txt\": [{\"raw_start\": 1, \"raw_end\": 999, \"kind\": \"person\"}]}",
        )
        .file("broken.json", b"{\"a.txt\": [")
        .file("other.json", b"{\"a.txt\": {}}")
        .file("bad.ann", b"T1\tPerson 0\tEnvoys\n")
        .file("bad.txt", TEXT.as_bytes())
        .file("text.md", b"no gold");
    for (gold, message) in [
        ("none.json", "error: \"none.json\": there is no gold for a file of the dataset"),
        ("beyond.json", "error: beyond.json: a.txt: {\"raw_start\":1,\"raw_end\":999,"),
        ("broken.json", "error: broken.json: EOF while parsing"),
        ("other.json", "error: other.json: a.txt: expected the key files or docs, or a list"),
        ("text.md", "error: \"text.md\" holds no .json, .ann or .conllu file"),
        ("nothing", "error: cannot read \"nothing\""),
    ] {
        let done = project.rapporteur(&format!("eval {gold}"));
        assert_eq!((done.code(), done.stdout()), (1, ""), "{gold}");
        assert!(done.stderr().starts_with(message), "{gold}: {}", done.stderr());
    }
    let gold = b"{\"a.txt\": [{\"raw_start\": 10, \"raw_end\": 16, \"kind\": \"place\"}]}";
    let project = project.file("right.json", gold);
    let done = project.rapporteur("eval right.json --format csv");
    assert_eq!(counts(done.stdout()), ["mentions strict 1 3 1", "mentions overlap 1 3 1"]);
    let project = project.raw("a.txt", b"Changed since.\n");
    project
        .rapporteur("eval right.json")
        .fails("\"a.txt\" is not the file that the dataset was made from: its SHA-256 differs");
}
