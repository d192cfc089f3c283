//! `rapporteur codebook`: lists judged, listed, looked into, and made from a dataset.

use crate::project::Project;

const HEADER: &str =
    "entity_id,name,kind,aliases,demonyms,short_forms,side,country,latitude,longitude,wikipedia\n";

/// A project with the user's list `my/entities/own.csv`.
fn with_list(lines: &str) -> Project {
    Project::new().file("my/entities/own.csv", format!("{HEADER}{lines}").as_bytes())
}

#[test]
fn every_command_has_examples() {
    let project = Project::new();
    for verb in ["", "check ", "list ", "lookup ", "candidates "] {
        let done = project.rapporteur(&format!("codebook {verb}--help")).ok();
        assert!(done.stdout().contains("Examples:"), "{verb}: {}", done.stdout());
    }
    assert_eq!(project.rapporteur("codebook list --kind dragon").code(), 2);
    assert_eq!(project.rapporteur("codebook chek").code(), 2);
}

#[test]
fn check_names_file_line_and_column_of_each_fault() {
    let sound = with_list("velk-council,Velk Council,organization,VCX,,,,SYR,1,2,\n");
    let done = sound.rapporteur("codebook check my").ok();
    assert!(done.stdout().starts_with("sound; "), "{}", done.stdout());
    sound.rapporteur("codebook check").ok();

    let check = |lines: &str| {
        let done = with_list(lines).rapporteur("codebook check my");
        assert_eq!((done.code(), done.stderr()), (1, ""));
        done.stdout().to_owned()
    };
    for (line, fault) in [
        (
            "a-b,Velkar,dragon,,,,,,,,",
            "column kind: 'dragon' is no kind of entity; expected one of person, ",
        ),
        ("a-b,Velkar,place,,,,,,95,1,", "column latitude: '95' is no number of degrees up to 90"),
        ("a-b,Velkar,place,,,,,,9,,", "column latitude: latitude and longitude need each other"),
        (
            "a-b,Velkar,place,,,,,,,,\na-b,Velkas,place,,,,,,,,",
            "column entity_id: 'a-b' stands in own.csv, line 2 already",
        ),
        ("a-b,Velkar,place,Velkas; ;,,,,,,,", "column aliases: an empty name between two ';'"),
        ("A B,Velkar,place,,,,,,,,", "column entity_id: 'A B' is no slug of a-z, 0-9 and '-'"),
        ("a-b,,place,,,,,,,,", "column name: empty, expected the usual English name"),
        (
            "a-b,Velkar,place,Syria,,,,,,,",
            "column aliases: 'Syria' is a name of 'syria' (states.csv, line ",
        ),
        ("-no-such-id,,,,,,,,,,", "column entity_id: no entity 'no-such-id' to remove"),
    ] {
        let said = check(&format!("{line}\n"));
        assert!(said.contains(fault) && said.ends_with("1 fault\n"), "{line}: {said}");
        assert!(said.starts_with("own.csv, line "), "{said}");
    }
    let said = check("a-b,Velkar,dragon,,,,,,,,\nb-c,Velkas,place,,,ours,theirs,,,,\n");
    assert!(
        said.ends_with("2 faults\n") && said.contains("\nown.csv, line 3, column side: "),
        "{said}"
    );
}

#[test]
fn a_wrong_header_says_which_column() {
    for (header, fault) in [
        (
            "entity_id,title,kind\n",
            "own.csv, line 1: unknown column 'title'; the header must be entity_id,name",
        ),
        (
            "entity_id,name,kind\n",
            "own.csv, line 1: column 'aliases' is missing; the header must be entity_id,name",
        ),
    ] {
        let project = Project::new().file("my/entities/own.csv", header.as_bytes());
        let done = project.rapporteur("codebook check my");
        assert_eq!(done.code(), 1);
        assert!(done.stdout().starts_with(fault), "{}", done.stdout());
    }
    let done = Project::new().rapporteur("codebook check my");
    assert_eq!((done.code(), done.stdout()), (1, ""));
    assert!(done.stderr().starts_with("error: "), "{}", done.stderr());
}

#[test]
fn list_gives_entities_for_people_and_as_a_list() {
    let project = with_list("velk-council,\"Velk, Council of\",organization,VCX,,,,SYR,,,\n");
    let table = project.rapporteur("codebook list my --kind organization").ok();
    assert!(
        table.stdout().lines().any(|line| line.split_whitespace().collect::<Vec<_>>()
            == ["velk-council", "organization", "SYR", "Velk,", "Council", "of"]),
        "{}",
        table.stdout()
    );
    assert!(!table.stdout().contains(" person "));
    let csv = project.rapporteur("codebook list my --kind organization --format csv").ok();
    assert!(csv.stdout().starts_with(HEADER));
    assert!(
        csv.stdout().contains("\nvelk-council,\"Velk, Council of\",organization,VCX,,,,SYR,,,\n")
    );
}

#[test]
fn lookup_tells_whom_a_name_means_and_why() {
    let project = Project::new();
    let done = project.command(["codebook", "lookup", "Jabhat an-Nousra"], &[]).ok();
    assert!(done.stdout().starts_with("jabhat-al-nusra  armed_group  "), "{}", done.stdout());
    assert!(done.stdout().contains("another spelling of \"Jabhat "), "{}", done.stdout());
    let done = project.command(["codebook", "lookup", "Tripoli"], &[]).ok();
    let ids: Vec<&str> = done
        .stdout()
        .lines()
        .filter(|line| !line.starts_with(' '))
        .map(|line| line.split(' ').next().unwrap())
        .collect();
    assert_eq!(ids, ["tripoli-lebanon", "tripoli-libya"]);
    assert!(
        done.stdout().contains("the document mentions tripoli-lebanon or lebanon"),
        "{}",
        done.stdout()
    );
    let done = project.command(["codebook", "lookup", "Syrians"], &[]).ok();
    assert!(done.stdout().contains("a demonym"), "{}", done.stdout());
    let done = project.command(["codebook", "lookup", "Velkara"], &[]);
    assert_eq!((done.code(), done.stdout()), (1, "\"Velkara\" means nothing\n"));
}

#[test]
fn candidates_are_a_list_that_can_be_used() {
    let text = "Minister Tom Velkari met Syrian officials. Minister Tom Velkari left.\n\n\
                The Velkat Peace Council stayed.\n";
    let project = Project::new().raw("a.txt", text.as_bytes());
    project.rapporteur("run").ok();
    let done = project.rapporteur("codebook candidates").ok();
    assert_eq!(
        done.stdout(),
        format!(
            "{HEADER}# 2 mentions in 1 document\ntom-velkari,Tom Velkari,person,,,,,,,,\n\
             # 1 mention in 1 document\nvelkat-peace-council,Velkat Peace Council,organization,,,,,,,,\n"
        )
    );
    let few = project.rapporteur("codebook candidates output --least 2 --kind organization").ok();
    assert_eq!(few.stdout(), HEADER);
    let project = project.file("my/entities/new.csv", done.stdout().as_bytes());
    project.rapporteur("codebook check my").ok();
    project.rapporteur("run --codebook my").ok();
    assert_eq!(
        project.rapporteur("codebook candidates output --codebook my").ok().stdout(),
        HEADER
    );
    let done = project.rapporteur("codebook candidates nowhere");
    assert_eq!((done.code(), done.stdout()), (1, ""));
}

#[test]
fn colours_are_for_terminals() {
    let project = Project::new();
    let plain = project.command(["codebook", "check"], &[("NO_COLOR", "1")]);
    assert!(!plain.stdout().contains('\u{1b}'));
    let forced = project.command(["codebook", "check"], &[("CLICOLOR_FORCE", "1")]);
    assert!(forced.stdout().contains('\u{1b}'));
}
