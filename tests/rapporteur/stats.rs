//! `rapporteur stats`: tables of a whole dataset, in every form, of any files.

use crate::project::Project;

/// Four documents of two publishers and none, of 2016, 2016-03 and 2017.
fn project() -> Project {
    Project::new()
        .raw(
            "a.txt",
            b"Envoys of Russia and Turkey met in Geneva. Russia and Turkey agreed on a truce.\n",
        )
        .raw("b.txt", b"Russia spoke of Turkey. Iran and Israel did not speak of a truce.\n")
        .raw("c.txt", b"Nobody spoke, and nobody was there. It rained.\n")
        .raw("d.txt", b"A truce was spoken of by Israel. Russia waited.\n")
        .raw(
            "metadata.csv",
            b"source_path,publisher,published,genre\na.txt,Press,2016-03-04,news\n\
            b.txt,Press,2016-03,news\nc.txt,\"O'Neil, Sons\",2016,news\nd.txt,,,\n",
        )
}

#[test]
fn documents_are_counted_by_what_is_known_of_them() {
    let project = project();
    project.rapporteur("run").ok();
    assert_eq!(
        project.rapporteur("stats documents").ok().stdout(),
        "publisher     documents  sentences  words  mentions\n\
         Press                 2          4     28         9\n\
         O'Neil, Sons          1          2      8         0\n\
         -                     1          2      9         2\n"
    );
    assert_eq!(
        project.rapporteur("stats documents --by year,genre --format csv").ok().stdout(),
        "year,genre,documents,sentences,words,mentions\n2016,news,3,6,36,9\n,,1,2,9,2\n"
    );
    assert_eq!(
        project
            .rapporteur("stats documents --by month --format markdown --where year=2016")
            .ok()
            .stdout(),
        "| month | documents | sentences | words | mentions |\n| --- | ---: | ---: | ---: | ---: |\n\
         | 2016-03 | 2 | 4 | 28 | 9 |\n| - | 1 | 2 | 8 | 0 |\n"
    );
    let done = project.rapporteur("stats documents --from 2016-03 --to 2016 --format json");
    assert_eq!(
        (done.code(), done.stdout(), done.stderr()),
        (
            0,
            "[\n{\"publisher\":\"Press\",\"documents\":2,\"sentences\":4,\"words\":28,\"mentions\":9}\n]\n",
            "note: 1 document without a date left out by --from and --to\n"
        )
    );
    let done =
        project.command(["stats", "documents", "--where", "publisher=O'Neil, Sons"], &[]).ok();
    assert_eq!(done.stdout().lines().count(), 2);
    let done =
        project.rapporteur("stats documents --where publisher= --by genre --format csv").ok();
    assert_eq!(done.stdout(), "genre,documents,sentences,words,mentions\n,1,2,9,2\n");
}

#[test]
fn mentions_and_periods_of_entities() {
    let project = project();
    project.rapporteur("run").ok();
    assert_eq!(
        project.rapporteur("stats mentions --by entity --format csv --least 2").ok().stdout(),
        "entity_id,name,mentions,documents\nrussia,Russia,4,3\nturkey,Turkey,3,2\nisrael,Israel,2,2\n"
    );
    assert_eq!(
        project
            .rapporteur("stats mentions --by kind,publisher --kind state --format csv")
            .ok()
            .stdout(),
        "kind,publisher,mentions,documents\nstate,Press,8,2\nstate,,2,1\n"
    );
    let done =
        project.rapporteur("stats timeline --by year --entity russia --entity iran --format csv");
    assert_eq!(
        (done.stdout(), done.stderr()),
        (
            "period,entity_id,documents,mentioning,mentions,share\n\
             2016,iran,3,1,1,33.3333\n2016,russia,3,2,3,66.6667\n",
            "note: 1 document left out whose year is not known\n"
        )
    );
    let done = project.rapporteur("stats timeline --format csv");
    assert_eq!(
        (done.stdout(), done.stderr()),
        (
            "period,documents,words,mentions\n2016-03,2,28,9\n",
            "note: 2 documents left out whose month is not known\n"
        )
    );
    project.rapporteur("stats timeline --entity rusia").fails(
        "no row of the dataset has the id \"rusia\"; ids look like geneva in its table of entities",
    );
}

#[test]
fn pairs_and_words_by_what_chance_would_give() {
    let project = project();
    project.rapporteur("run").ok();
    // 8 sentences; russia stands in 4, turkey in 3, both in 3: log2(3 × 8 / (4 × 3)) is 1, and G² is
    // 2 (3 ln 2 + ln(1 × 8 / (4 × 5)) + 4 ln(4 × 8 / (4 × 5))).
    assert_eq!(
        project.rapporteur("stats cooccurrence --format csv").ok().stdout(),
        "entity_a,entity_b,sentences,sentences_a,sentences_b,pmi,log_likelihood\n\
         russia,turkey,3,4,3,1,6.0863\n"
    );
    let done = project.rapporteur("stats cooccurrence --least 1 --entity iran --format csv").ok();
    assert_eq!(done.stdout().lines().nth(1), Some("iran,israel,1,1,2,2,3.2557"));
    // 'and' 3 times in 28 words against once in 8; both a and b are of 2016 as well.
    let done = project.rapporteur(
        "stats keyness --target publisher=Press --least 4 --format csv --where genre=news --reference year=2016",
    );
    assert_eq!(
        (done.stdout(), done.stderr()),
        (
            "word,target,reference,target_per_million,reference_per_million,log_ratio,log_likelihood\n\
             and,3,1,107142.8571,125000,-0.2224,0.0196\n",
            "note: 2 documents are in target and reference, and count for the target only\n\
             note: target: 28 words in 2 documents; reference: 8 words in 1 document\n"
        )
    );
}

#[test]
fn texts_are_measured() {
    let project = project();
    project.rapporteur("run").ok();
    // c: 8 words, 7 types, 1 of them long ('nobody' has 6 letters, 'rained' too), 36 letters.
    let done =
        project.rapporteur("stats texts --where year=2016 --where genre=news --format csv").ok();
    assert_eq!(done.stdout().lines().nth(3), Some("c-1,2,8,7,0.875,2.4749,4,1.765"));
}

#[test]
fn every_form_of_a_dataset_gives_the_same_numbers() {
    let project = project();
    project.rapporteur("run").ok();
    let asked = [
        "stats documents --by published --format csv",
        "stats mentions --by entity,genre --format csv",
        "stats cooccurrence --least 1 --format csv",
        "stats keyness --target publisher=Press --least 1 --limit 0 --format csv",
        "stats texts --format csv",
        "search russia --format csv",
        "search --entity russia --format csv",
    ];
    let wanted: Vec<String> =
        asked.iter().map(|args| project.rapporteur(args).stdout().to_owned()).collect();
    for form in ["csv", "jsonl", "parquet --max-rows-per-file 1", "parquet --row-group-size 2"] {
        project.rapporteur(&format!("run --format {form}")).ok();
        for (args, wanted) in asked.iter().zip(&wanted) {
            assert_eq!(project.rapporteur(args).stdout(), wanted, "{form}: {args}");
        }
    }
    project.rapporteur("run --format jsonl").ok();
    let done = project.rapporteur("stats texts --explain");
    assert_eq!(done.code(), 1);
    assert!(done.stderr().contains("it has no documents.parquet"), "{}", done.stderr());
    project.rapporteur("run --format arrow").ok();
    let done = project.rapporteur("stats texts");
    assert_eq!(done.code(), 1);
    assert!(done.stderr().contains("it has no documents in Parquet, CSV or JSON Lines"));
    project.rapporteur("stats texts nowhere").fails("\"nowhere\" is not the folder of a dataset");
}

#[test]
fn folders_of_documents_without_mentions_are_written_and_counted() {
    let project = project();
    project.rapporteur("run --partition-by publisher --format parquet").ok();
    assert_eq!(
        project.rapporteur("stats mentions --by publisher --format csv").ok().stdout(),
        "publisher,mentions,documents\nPress,9,2\n,2,1\n"
    );
}

#[test]
fn sql_is_printed_instead_of_numbers() {
    let project = project();
    project.rapporteur("run").ok();
    let args =
        ["stats", "documents", "--where", "publisher=O'Neil", "--from", "2016-02", "--explain"];
    assert_eq!(
        project.command(args, &[]).ok().stdout(),
        "WITH documents AS (\n  SELECT * FROM read_parquet('output/documents.parquet')\n  \
         WHERE coalesce(CAST(\"publisher\" AS VARCHAR), '') IN ('O''Neil')\n    \
         AND published >= DATE '2016-02-01'\n)\n\
         SELECT CAST(\"publisher\" AS VARCHAR) AS \"publisher\", count(*) AS documents,\n  \
         CAST(coalesce(sum(sentence_count), 0) AS BIGINT) AS sentences,\n  \
         CAST(coalesce(sum(word_count), 0) AS BIGINT) AS words,\n  \
         CAST(coalesce(sum(mention_count), 0) AS BIGINT) AS mentions\n\
         FROM documents\nGROUP BY ALL\nORDER BY documents DESC, \"publisher\" NULLS LAST;\n"
    );
}

#[test]
fn what_cannot_be_asked_is_a_wrong_command_line() {
    let project = project();
    project.rapporteur("run").ok();
    for (args, hint) in [
        ("stats", "Usage: rapporteur stats <COMMAND>"),
        ("stats documents --by colour", "not one of doc_id, source_path"),
        ("stats mentions --by colour", "not one of kind, text, unit"),
        ("stats documents --where publisher", "expected COLUMN=VALUE"),
        ("stats documents --from 2016-13", "is no date such as 2016, 2016-01 or 2016-01-31"),
        ("stats keyness", "--target <COLUMN=VALUE>"),
        ("stats timeline --by week", "possible values: year, quarter, month, day"),
    ] {
        let done = project.rapporteur(args);
        assert_eq!(done.code(), 2, "{args}");
        assert!(done.stderr().contains(hint), "{args}: {}", done.stderr());
    }
    let done = project.rapporteur("stats documents --by docvar_region");
    assert_eq!(done.code(), 1);
    let message =
        "error: documents of this dataset have no column docvar_region; they have doc_id, ";
    assert!(done.stderr().starts_with(message), "{}", done.stderr());
}

#[test]
fn colours_of_tables_are_for_terminals() {
    let project = project();
    project.rapporteur("run").ok();
    let forced = |args: &str| {
        let done = project.command(args.split(' '), &[("CLICOLOR_FORCE", "1")]);
        done.stdout().contains('\u{1b}')
    };
    assert!(forced("stats documents") && forced("search russia"));
    assert!(!forced("stats documents --format csv") && !forced("search russia --format json"));
    let done = project.command(["stats", "documents"], &[("NO_COLOR", "1")]);
    assert!(!done.stdout().contains('\u{1b}'));
}

/// The pages show commands with what they print from the committed dataset; `BLESS=1` writes it anew.
#[test]
fn pages_show_what_the_program_prints() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for page in ["docs/stats.md", "docs/eval.md"] {
        let path = root.join(page);
        let text = std::fs::read_to_string(&path).unwrap();
        let mut made = String::new();
        let mut in_block = false;
        for line in text.lines() {
            if line == "```console" || (in_block && line == "```") {
                in_block = line == "```console";
            } else if let Some(line) = line.strip_prefix("$ rapporteur ").filter(|_| in_block) {
                let command = format!("'{}' {line} 2> /dev/null", crate::project::PROGRAM);
                let mut shell = std::process::Command::new("sh");
                let done = shell.current_dir(root).arg("-c").arg(command).output().unwrap();
                assert!(done.status.success(), "{line}");
                made +=
                    &format!("$ rapporteur {line}\n{}", String::from_utf8(done.stdout).unwrap());
                continue;
            } else if in_block {
                continue;
            }
            made += line;
            made.push('\n');
        }
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&path, &made).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap(), made, "{page}");
    }
}
