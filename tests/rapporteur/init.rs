//! What begins a project, and what is made from the command line's definition.

use std::fs;

use crate::project::Project;

const VERBS: [&str; 8] =
    ["init", "run", "check", "schema", "explain", "codebook", "completions", "man"];

#[test]
fn a_new_project_runs_with_one_text() {
    let project = Project::new();
    let done = project.rapporteur("init talks").ok();
    assert_eq!(
        done.stdout(),
        "talks/rapporteur.toml\ntalks/codebook/entities/own.csv\ntalks/raw/metadata.csv\n\
         next: put texts into talks/raw, then cd talks; rapporteur run\n"
    );
    assert_eq!(project.names(), ["talks"]);
    let inside = Project::new();
    inside.rapporteur("init").ok();
    assert_eq!(inside.names(), ["codebook", "rapporteur.toml", "raw"]);
    inside.rapporteur("codebook check codebook").ok();
    inside.rapporteur("run").fails(
        "\"raw\" holds no files; put the texts there, one or more in a file, or name another folder",
    );
    let inside = inside.raw("a.txt", b"The Council of Women met in Geneva.\n");
    let done = inside.rapporteur("run").ok();
    assert!(done.stdout().starts_with("output: 1 document, 1 sentence, "), "{}", done.stdout());
    assert!(!done.stdout().contains("passed over"), "{}", done.stdout());
    // The columns are those of a run without any of it: an empty sidecar adds none.
    let columns = inside.table("documents")[0].keys().filter(|k| k.starts_with("docvar_")).count();
    assert_eq!(columns, 0);
    // The example of the codebook works as it stands there.
    let path = inside.path("codebook/entities/own.csv");
    let text = fs::read_to_string(&path).unwrap();
    let example = text.lines().find_map(|line| line.strip_prefix("# women")).unwrap();
    fs::write(&path, format!("{text}women{example}\n")).unwrap();
    inside.rapporteur("run").ok();
    let entities = inside.table("entities");
    assert!(entities.iter().any(|e| e["entity_id"] == "women-s-council"), "{entities:?}");
    inside.rapporteur("check --raw raw").ok();
}

#[test]
fn nothing_is_overwritten() {
    let project = Project::with_text();
    project.rapporteur("init").ok();
    project.rapporteur("run").ok();
    fs::write(project.path("rapporteur.toml"), "threads = 1\n").unwrap();
    project.rapporteur("init").fails(
        "\"rapporteur.toml\", \"codebook/entities/own.csv\", \"raw/metadata.csv\" are there \
         already, and nothing was written; name another folder",
    );
    assert_eq!(fs::read_to_string(project.path("rapporteur.toml")).unwrap(), "threads = 1\n");
    let project = Project::new().raw("metadata.csv", b"source_path,region\n");
    project.rapporteur("init").fails(
        "\"raw/metadata.csv\" is there already, and nothing was written; name another folder",
    );
    assert_eq!(project.names(), ["raw"]);
    let project = Project::new().file("talks", b"a file");
    let done = project.rapporteur("init talks");
    assert_eq!(done.code(), 1);
    assert!(done.stderr().starts_with("error: cannot create the folder"), "{}", done.stderr());
}

#[test]
fn the_workflow_for_projects_says_what_the_program_knows() {
    let workflow = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/examples/dataset-check.yml");
    let workflow = fs::read_to_string(workflow).unwrap();
    let project = Project::with_text();
    project.rapporteur("init").ok();
    project.rapporteur("run").ok();
    let lines = workflow.lines().map(str::trim);
    let commands: Vec<&str> = lines.filter_map(|line| line.strip_prefix("rapporteur ")).collect();
    assert_eq!(commands.len(), 3, "{commands:?}");
    for command in commands {
        project.rapporteur(command).ok();
    }
    assert_eq!(project.files("fresh"), project.files("output"));
}

#[test]
fn completions_know_every_command() {
    let project = Project::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let done = project.rapporteur(&format!("completions {shell}")).ok();
        for word in VERBS.iter().chain(&["partition-by", "candidates"]) {
            assert!(done.stdout().contains(word), "{shell} does not know {word}");
        }
    }
    assert_eq!(project.rapporteur("completions tcsh").code(), 2);
}

#[test]
fn the_manual_has_a_page_for_every_command() {
    let project = Project::new().file("man/.keep", b"");
    let own = project.rapporteur("man").ok();
    project.rapporteur("man --out man").ok();
    let pages = project.files("man");
    assert_eq!(pages["rapporteur.1"], own.stdout().as_bytes());
    for verb in VERBS {
        assert!(own.stdout().contains(&format!("rapporteur\\-{verb}(1)")), "{verb}");
        let page = project.rapporteur(&format!("man {verb}")).ok();
        assert_eq!(pages[&format!("rapporteur-{verb}.1")], page.stdout().as_bytes(), "{verb}");
        assert!(page.stdout().contains("Examples:"), "{verb}");
    }
    let page = project.rapporteur("man codebook check").ok();
    assert_eq!(pages["rapporteur-codebook-check.1"], page.stdout().as_bytes());
    project.rapporteur("man runs").fails("there is no command \"runs\"");
    let done = project.rapporteur("man --out nowhere");
    assert_eq!(done.code(), 1);
    let message = "error: cannot write the pages into \"nowhere\": ";
    assert!(done.stderr().starts_with(message), "{}", done.stderr());
}
