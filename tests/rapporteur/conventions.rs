//! Conventions that the compiler does not hold: which module may use what.

use std::fs;
use std::path::{Path, PathBuf};

fn sources(dir: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

/// The modules whose code, tests aside, holds one of `words`.
fn users(words: &[&str]) -> Vec<String> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    sources(&src, &mut paths);
    let mut modules: Vec<String> = paths
        .iter()
        .filter(|path| {
            let text = fs::read_to_string(path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap();
            code.lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .any(|line| words.iter().any(|word| line.contains(word)))
        })
        .map(|path| {
            let name = path.strip_prefix(&src).unwrap().components().next().unwrap();
            name.as_os_str().to_str().unwrap().trim_end_matches(".rs").to_owned()
        })
        .collect();
    modules.sort();
    modules.dedup();
    modules
}

#[test]
fn each_library_has_its_place() {
    assert_eq!(users(&["arrow_array", "arrow_schema", "parquet::"]), ["source", "tables", "write"]);
    assert_eq!(users(&["arrow_ipc"]), ["read", "write"]);
    assert_eq!(users(&["polars::"]), ["check", "read"]);
    assert_eq!(users(&["plotters::"]), ["report"]);
    assert_eq!(users(&["clap", "anyhow"]), ["cli", "main", "signals"]);
    assert_eq!(
        users(&["rayon"]),
        ["data", "main", "mentions", "pipeline", "repeated", "run", "search", "source", "write"]
    );
    assert_eq!(
        users(&["fs::", "File::"]),
        ["check", "eval", "init", "near", "read", "report", "signals", "source", "write"]
    );
    assert_eq!(users(&["print!", "println!", "io::stdout", "io::stderr"]), ["main"]);
    assert_eq!(users(&["SystemTime", "env::"]), [""; 0]);
    assert_eq!(users(&["Instant"]), ["main"]);
}

#[test]
fn stages_do_not_look_into_each_other() {
    // A module may use what those before it made, and nothing of those behind it.
    let order = [
        "text",
        "clean",
        "repeated",
        "layout",
        "document",
        "metadata",
        "sentences",
        "mentions",
        "near",
        "pipeline",
        "tables",
        "write",
        "run",
        "check",
    ];
    for (i, stage) in order.iter().enumerate() {
        for behind in &order[i + 1..] {
            let users = users(&[&format!("crate::{behind}")]);
            assert!(!users.contains(&(*stage).to_owned()), "{stage} uses {behind}");
        }
    }
}

#[test]
fn every_module_says_what_it_does() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    sources(&src, &mut paths);
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("//!"), "{} does not begin with its purpose", path.display());
    }
}

#[test]
fn links_of_the_pages_lead_to_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = vec![root.join("README.md"), root.join("ARCHITECTURE.md")];
    let docs = fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    pages.extend(docs.filter(|path| path.extension().is_some_and(|e| e == "md")));
    let mut broken = Vec::new();
    for page in pages {
        let text = fs::read_to_string(&page).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split([')', '#', ' ']).next()) {
            let is_file = !link.is_empty() && !link.contains("://");
            if is_file && !page.parent().unwrap().join(link).exists() {
                broken.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}
