//! What describes a dataset: datapackage.json, croissant.json and README.md. That the official validators
//! accept them is held by `tests/python/descriptors.py`.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};

use crate::project::Project;

const FACTS: &str = r#"
[dataset]
name = "talks"
title = "Talks on Syria"
description = "What was said."
version = "1.2.0"
published = 2026-11-30
licence = "CC-BY-4.0"
homepage = "https://example.org/talks"
citation = "Haddad (2026)"
keywords = ["Syria", "talks"]
creators = [{ name = "Lina Haddad", orcid = "0000-0002-1825-0097", affiliation = "An Institute" }]
contributors = [{ name = "An Archive", type = "organization", role = "sponsor", email = "a@example.org" }]
sources = [{ title = "Kassioun", url = "https://kassioun.org" }]
"#;

fn json(project: &Project, name: &str) -> Value {
    serde_json::from_slice(&fs::read(project.path(&format!("output/{name}"))).unwrap()).unwrap()
}

fn readme(project: &Project) -> String {
    fs::read_to_string(project.path("output/README.md")).unwrap()
}

/// Changes croissant.json, and what datapackage.json says of its bytes with it.
fn forge(project: &Project, from: &str, to: &str) {
    let path = project.path("output/croissant.json");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{text}");
    let forged = text.replacen(from, to, 1);
    fs::write(&path, &forged).unwrap();
    let digest = |text: &str| rapporteur::source::digest(text.as_bytes());
    let path = project.path("output/datapackage.json");
    let package = fs::read_to_string(&path).unwrap();
    let package = package
        .replace(&digest(&text), &digest(&forged))
        .replace(&format!("\"bytes\": {},", text.len()), &format!("\"bytes\": {},", forged.len()));
    fs::write(&path, package).unwrap();
}

#[track_caller]
fn finds(project: &Project, violation: &str) {
    let done = project.rapporteur("check");
    assert_eq!((done.code(), done.stderr()), (1, ""));
    let found = done.stdout().lines().any(|line| line.starts_with(violation));
    assert!(found, "no line begins {violation:?}:\n{}", done.stdout());
}

#[test]
fn facts_are_stated_as_they_are() {
    let project = Project::with_text().file("rapporteur.toml", FACTS.as_bytes());
    let done = project.rapporteur("run");
    assert_eq!((done.code(), done.stderr()), (0, ""));
    let (package, croissant) =
        (json(&project, "datapackage.json"), json(&project, "croissant.json"));
    for (own, expected) in [
        (&package["name"], json!("talks")),
        (&package["title"], json!("Talks on Syria")),
        (&package["version"], json!("1.2.0")),
        (&package["publication_date"], json!("2026-11-30")),
        (
            &package["licenses"],
            json!([{ "name": "CC-BY-4.0", "path": "https://spdx.org/licenses/CC-BY-4.0.html" }]),
        ),
        (
            &package["contributors"],
            json!([
                { "title": "Lina Haddad", "path": "https://orcid.org/0000-0002-1825-0097",
                  "organization": "An Institute", "roles": ["creator"] },
                { "title": "An Archive", "email": "a@example.org", "roles": ["sponsor"] },
            ]),
        ),
        (&package["sources"], json!([{ "title": "Kassioun", "path": "https://kassioun.org" }])),
        (&croissant["name"], json!("Talks on Syria")),
        (&croissant["alternateName"], json!("talks")),
        (&croissant["description"], json!("What was said.")),
        (&croissant["license"], json!("https://spdx.org/licenses/CC-BY-4.0.html")),
        (&croissant["url"], json!("https://example.org/talks")),
        (&croissant["datePublished"], json!("2026-11-30")),
        (&croissant["citeAs"], json!("Haddad (2026)")),
        (&croissant["keywords"], json!(["Syria", "talks"])),
        (
            &croissant["creator"],
            json!([{ "@type": "sc:Person", "name": "Lina Haddad",
                     "url": "https://orcid.org/0000-0002-1825-0097",
                     "affiliation": { "@type": "sc:Organization", "name": "An Institute" } }]),
        ),
        (&croissant["contributor"][0]["@type"], json!("sc:Organization")),
    ] {
        assert_eq!(*own, expected);
    }
    let readme = readme(&project);
    for line in [
        "# Talks on Syria\n\nWhat was said.\n",
        "- Published: 2026-11-30\n",
        "- Licence: [CC-BY-4.0](https://spdx.org/licenses/CC-BY-4.0.html)\n",
        "- Creators: Lina Haddad (An Institute) <https://orcid.org/0000-0002-1825-0097>\n",
        "    Haddad (2026)\n",
    ] {
        assert!(readme.contains(line), "{line:?} is not in\n{readme}");
    }
    assert!(!readme.contains("Not stated"), "{readme}");
    project.rapporteur("check --raw raw").ok();
}

#[test]
fn what_is_not_known_stays_out_and_is_named() {
    let project = Project::with_text();
    let done = project.rapporteur("run");
    let all = "title, description, licence, creators, published, homepage";
    let note = format!(
        "note: not stated: {all}; a repository will ask for them ([dataset] in rapporteur.toml)\n"
    );
    assert_eq!((done.code(), done.stderr()), (0, note.as_str()));
    let (package, croissant) =
        (json(&project, "datapackage.json"), json(&project, "croissant.json"));
    for key in ["title", "version", "licenses", "contributors", "publication_date", "sources"] {
        assert!(package[key].is_null(), "{key}");
    }
    for key in ["version", "license", "creator", "datePublished", "url", "citeAs", "isBasedOn"] {
        assert!(croissant[key].is_null(), "{key}");
    }
    assert!(readme(&project).contains(&format!("\nNot stated: {all}. Repositories")));
    let project = project.file("rapporteur.toml", b"[dataset]\ntitle = \"Talks\"\n");
    let done = project.rapporteur("run");
    assert!(done.stderr().starts_with("note: not stated: description, licence, creators, "));
    let project = project.file("rapporteur.toml", b"[dataset]\n\nlicence = \"CC BY\"\n");
    project.rapporteur("run").fails(
        "rapporteur.toml, line 3, column 11: \"CC BY\" is no id of the SPDX licence list, such as \"CC-BY-4.0\"",
    );
}

#[test]
fn the_facts_of_the_documentation_are_all_there_are() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/publishing.md");
    let page = fs::read_to_string(page).unwrap();
    let (_, block) = page.split_once("```toml\n").unwrap();
    let (block, _) = block.split_once("```\n").unwrap();
    let project = Project::with_text().file("rapporteur.toml", block.as_bytes());
    let done = project.rapporteur("run");
    assert_eq!((done.code(), done.stderr()), (0, ""));
    // The table of keys has what the settings of a new project have.
    let (_, keys) = page.split_once("| key |").unwrap();
    let (_, settings) = rapporteur::init::FILES[0].1.split_once("[dataset]").unwrap();
    for line in settings.lines().filter_map(|line| line.strip_prefix("# ")) {
        if let Some((key, _)) = line.split_once(" = ") {
            assert!(keys.contains(&format!("`{key}`")), "{key}");
        }
    }
}

#[test]
fn every_file_and_column_is_described() {
    let project = Project::with_text()
        .raw(
            "metadata.csv",
            b"source_path,publisher,published,my | region\ntalks.txt,Kassioun,2018,north\n",
        )
        .raw("other.txt", b"A note about Aleppo.\n");
    for args in [
        "run",
        "run --format csv",
        "run --format jsonl,arrow",
        "run --format parquet,csv --partition-by publisher",
        "run --format csv --max-rows-per-file 3",
    ] {
        project.rapporteur(args).ok();
        let croissant = json(&project, "croissant.json");
        let package = json(&project, "datapackage.json");
        let files: BTreeSet<(&str, &str)> = croissant["distribution"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|file| file["@type"] == "cr:FileObject")
            .map(|file| (file["contentUrl"].as_str().unwrap(), file["sha256"].as_str().unwrap()))
            .collect();
        let resources = package["resources"].as_array().unwrap();
        let tables: BTreeSet<(&str, &str)> = resources
            .iter()
            .filter(|r| !r["description"].as_str().unwrap().contains("as Croissant describes it"))
            .map(|r| (r["path"].as_str().unwrap(), &r["hash"].as_str().unwrap()["sha256:".len()..]))
            .filter(|(path, _)| *path != "README.md" && !path.ends_with(".schema.json"))
            .collect();
        assert_eq!(files, tables, "{args}");
        // Every source of a field is a file or a set of files, and no identifier has a blank.
        let ids: Vec<&str> = croissant["distribution"]
            .as_array()
            .unwrap()
            .iter()
            .map(|file| file["@id"].as_str().unwrap())
            .collect();
        let distinct: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(distinct.len(), ids.len(), "{args}");
        let readme = readme(&project);
        for set in croissant["recordSet"].as_array().unwrap() {
            let name = set["name"].as_str().unwrap();
            assert!(readme.contains(&format!("\n## {name}\n")), "{name}");
            for field in set["field"].as_array().unwrap() {
                let source = &field["source"];
                let file =
                    source["fileSet"]["@id"].as_str().or(source["fileObject"]["@id"].as_str());
                assert!(distinct.contains(file.unwrap()), "{args}: {field}");
                assert!(!field["@id"].as_str().unwrap().contains(char::is_whitespace));
                let column = field["name"].as_str().unwrap().replace('|', "\\|");
                assert!(readme.contains(&format!("\n| {column} | ")), "{column}");
            }
        }
        assert!(readme.contains("| [documents](#documents) | 2 |"), "{readme}");
        assert_eq!(croissant["temporalCoverage"], "2018-01-01/2018-01-01");
        assert_eq!(package["sources"], json!([{ "title": "Kassioun" }]));
        project.rapporteur("check --raw raw").ok();
    }
}

#[test]
fn keys_lead_to_whole_tables_only() {
    let project = Project::with_text();
    for (args, table, leads_to) in [
        ("run", "mentions-csv", json!(["documents-csv", "sentences-csv", "entities-csv", null])),
        ("run --format parquet", "sentences-parquet", json!(["documents-parquet"])),
        ("run --partition-by genre", "blocks-csv", json!([])),
    ] {
        project.rapporteur(args).ok();
        let package = json(&project, "datapackage.json");
        let resources = package["resources"].as_array().unwrap();
        let resource = resources.iter().find(|r| r["name"] == table).unwrap();
        let none = Vec::new();
        let keys = resource["schema"]["foreignKeys"].as_array().unwrap_or(&none);
        let found: Vec<&Value> = keys.iter().map(|key| &key["reference"]["resource"]).collect();
        assert_eq!(json!(found), leads_to, "{args}");
        project.rapporteur("check --raw raw").ok();
    }
}

#[test]
fn a_sole_key_is_unique_in_the_data_package() {
    let project = Project::with_text();
    project.rapporteur("run").ok();
    let package = json(&project, "datapackage.json");
    let resources = package["resources"].as_array().unwrap();
    let unique = |table: &str| -> Vec<String> {
        let resource = resources.iter().find(|r| r["name"] == table).unwrap();
        let fields = resource["schema"]["fields"].as_array().unwrap().iter();
        let unique = fields.filter(|field| field["constraints"]["unique"] == true);
        unique.map(|field| field["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(unique("mentions-csv"), ["mention_id"]);
    assert_eq!(unique("blocks-csv"), [""; 0]);
}

#[test]
fn check_judges_the_descriptors() {
    let project = Project::with_text();
    // A folder whose list is wrong would not be replaced.
    let again = || {
        let _ = fs::remove_dir_all(project.path("output"));
        project.rapporteur("run").ok()
    };
    for name in ["croissant.json", "README.md"] {
        again();
        fs::remove_file(project.path(&format!("output/{name}"))).unwrap();
        finds(&project, &format!("{name}: found No such file or directory"));
        again();
        let path = project.path(&format!("output/{name}"));
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replacen("documents", "dokumente", 1)).unwrap();
        finds(&project, &format!("{name}: found sha256:"));
        again();
        let path = project.path("output/datapackage.json");
        let package = fs::read_to_string(&path).unwrap();
        fs::write(&path, package.replace(&format!("\"path\": \"{name}\""), "\"path\": \"x\""))
            .unwrap();
        finds(
            &project,
            &format!("datapackage.json: found no resource, expected one with path {name}"),
        );
    }
    again();
    let blocks = rapporteur::source::digest(&fs::read(project.path("output/blocks.csv")).unwrap());
    let zeros = "0".repeat(64);
    let found = format!("croissant.json: found sha256 \"{zeros}\" of blocks.csv, expected ");
    for (from, to, violation) in [
        (blocks.as_str(), zeros.as_str(), found.as_str()),
        (
            "\"contentUrl\": \"blocks.csv\"",
            "\"contentUrl\": \"block.csv\"",
            "croissant.json: found no FileObject, expected one for blocks.csv",
        ),
        (
            "\"contentUrl\": \"blocks.csv\"",
            "\"contentUrl\": \"block.csv\"",
            "croissant.json: found a FileObject for \"block.csv\", expected only",
        ),
        (
            "\"column\": \"doc_id\"",
            "\"column\": \"id\"",
            "croissant.json: found another RecordSet for documents, expected",
        ),
        (
            "\"@id\": \"entities\"",
            "\"@id\": \"actors\"",
            "croissant.json: found no RecordSet, expected one for entities",
        ),
        (
            "{",
            "(",
            "croissant.json: found expected value at line 1 column 1, expected a JSON object",
        ),
    ] {
        again();
        forge(&project, from, to);
        finds(&project, violation);
    }
}

#[test]
fn markup_in_values_stays_text() {
    let sidecar = "source_path,publisher\ntalks.txt,\"A | B <script> [x](y) `z` \nlate\"\n";
    let project = Project::with_text().raw("metadata.csv", sidecar.as_bytes());
    project.rapporteur("run").ok();
    let readme = readme(&project);
    assert!(readme.contains("A \\| B \\<script> \\[x](y) \\`z\\` late (1)"), "{readme}");
}
