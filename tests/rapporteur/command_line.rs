//! The command line as people meet it.

use crate::project::Project;

#[test]
fn help_has_examples() {
    let project = Project::new();
    for verb in [
        "",
        "init",
        "run",
        "check",
        "schema",
        "explain",
        "stats",
        "search",
        "eval",
        "report",
        "completions",
        "man",
    ] {
        let args = format!("{verb} --help");
        let done = project.rapporteur(&args).ok();
        assert!(done.stdout().contains("Examples:"), "{args}: {}", done.stdout());
    }
    assert_eq!(project.rapporteur("--version").ok().stdout(), "rapporteur 0.1.0\n");
}

#[test]
fn a_wrong_command_line_is_exit_code_2_with_a_suggestion() {
    let project = Project::new();
    for (args, hint) in [
        ("run --outt x", "a similar argument exists: '--out'"),
        ("explian", "a similar subcommand exists: 'explain'"),
        ("schema --format xml", "possible values: markdown, json"),
        ("run --threads many", "invalid value 'many' for '--threads <N>'"),
    ] {
        let done = project.rapporteur(args);
        assert_eq!(done.code(), 2, "{args}");
        assert!(done.stderr().contains(hint), "{args}: {}", done.stderr());
    }
}

#[test]
fn a_run_ends_with_a_summary_and_is_silent_in_a_pipe() {
    let project = Project::with_text();
    let done = project.rapporteur("run").ok();
    let lines: Vec<&str> = done.stdout().lines().collect();
    assert_eq!(lines.len(), 2, "{}", done.stdout());
    assert!(lines[0].starts_with("output: 1 document, 5 sentences, "), "{}", lines[0]);
    assert!(lines[1].starts_with("from 1 file (277 B) in "), "{}", lines[1]);
    assert!(lines[1].ends_with("; set aside 14 B: byline 14 B"), "{}", lines[1]);
}

#[test]
fn colours_are_for_terminals() {
    let project = Project::with_text();
    let plain = project.command(["run"], &[("NO_COLOR", "1")]);
    assert!(!plain.stdout().contains('\u{1b}'));
    let forced = project.command(["run"], &[("CLICOLOR_FORCE", "1")]);
    assert!(forced.stdout().contains('\u{1b}'));
    assert!(!project.rapporteur("run").stdout().contains('\u{1b}'));
}

#[test]
fn the_configuration_file_is_read_and_overruled() {
    let project = Project::new()
        .file("texts/a.txt", b"A short note about Aleppo.\n")
        .file("rapporteur.toml", b"raw = \"texts\"\nout = \"made\"\n");
    project.rapporteur("run").ok();
    assert!(project.path("made/documents.csv").exists());
    project.rapporteur("run --out other").ok();
    assert!(project.path("other/documents.csv").exists());
    let project = project.file("rapporteur.toml", b"raw = \"texts\"\nouts = \"made\"\n");
    let done = project.rapporteur("run");
    assert_eq!(done.code(), 1);
    assert!(
        done.stderr().starts_with("error: rapporteur.toml, line 2, column 1: unknown field `outs`")
    );
}

#[test]
fn locale_and_time_zone_change_nothing() {
    let project = Project::with_text();
    project.rapporteur("run").ok();
    let before = project.files("output");
    let env = [("TZ", "Asia/Damascus"), ("LC_ALL", "tr_TR.UTF-8"), ("LANG", "ar_SY.UTF-8")];
    assert_eq!(project.command(["run"], &env).code(), 0);
    assert_eq!(project.files("output"), before);
}

#[test]
fn explain_leads_every_kind_of_row_to_its_bytes() {
    let project = Project::with_text();
    project.rapporteur("run").ok();
    let check = |id: &str, parts: &[&str]| {
        let done = project.command(["explain", "output", id], &[]).ok();
        for part in parts {
            assert!(done.stdout().contains(part), "{id}: no {part:?} in\n{}", done.stdout());
        }
    };
    let mentions = project.table("mentions");
    let turkey = mentions.iter().find(|m| m["text"] == "Turkey").unwrap();
    check(
        &turkey["mention_id"],
        &["and ⟦Turkey⟧ met in", "states.csv, line ", "edits                none"],
    );
    check("talks-1-s0002", &["⟦Envoys of Russia and Turkey met in Geneva on 4 March 2018.⟧"]);
    check("talks-1", &["documents\n", "Lina Haddad"]);
    check("turkey", &["entities\n", "states.csv, line ", "\"Turkey\""]);
    check(
        "talks.txt 1",
        &["blocks\n", "⟦By Lina Haddad⟧", "removed from documents.text", "byline"],
    );
    let done = project.rapporteur("explain output talks-9");
    assert_eq!(done.code(), 1);
    let message = "error: no row of the dataset has the id \"talks-9\"; ids look like talks-1, ";
    assert!(done.stderr().starts_with(message), "{}", done.stderr());
}

#[test]
fn explain_shows_the_edits() {
    let text = "Talks in Gene\u{300}ve\n\nThe attack\u{a0}when forces of the\nregime came to Aleppo was long, and the people of the city\nwere told of it only on the following day by the envoys.\n";
    let project = Project::new().raw("a.txt", text.as_bytes());
    project.rapporteur("run").ok();
    let done = project.rapporteur("explain output a-1-s0001").ok();
    assert!(done.stdout().contains("\"e\\u{300}\" became \"è\""), "{}", done.stdout());
    let done = project.rapporteur("explain output a-1-s0002").ok();
    assert!(done.stdout().contains("became \" \""), "{}", done.stdout());
    // A row whose bytes go on behind the last of its text.
    let text = "The envoys met on Monday.\r\n\r\nThey will meet again.\r\n\r\nCopyright 2018. All\u{a0}rights reserved.\r\n";
    let project = Project::new().raw("b.txt", text.as_bytes());
    project.rapporteur("run").ok();
    let done = project.rapporteur("explain output b-1").ok();
    assert!(done.stdout().contains("\"\\r\" left out"), "{}", done.stdout());
}

#[test]
fn explain_tells_of_an_encoding() {
    let utf16: Vec<u8> =
        "Envoys met in Geneva.".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let project = Project::new().raw("a.txt", &utf16);
    project.rapporteur("run").ok();
    let done = project.rapporteur("explain output a-1-s0001").ok();
    let steps = "21 steps, 2 raw bytes for 1 of text each";
    assert!(done.stdout().contains(steps), "{}", done.stdout());
    assert!(done.stdout().contains("⟦Envoys met in Geneva.⟧"), "{}", done.stdout());
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_is_no_error() {
    let project = Project::new();
    let exe = crate::project::PROGRAM;
    let line = format!("{exe} schema | head -c 1 > /dev/null; echo ${{PIPESTATUS[0]}}");
    let output = std::process::Command::new("bash").arg("-c").arg(line).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "0\n");
    drop(project);
}
