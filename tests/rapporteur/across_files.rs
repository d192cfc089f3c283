//! What a run knows of a file from the others: near-duplicates and the furniture of a publisher's pages.

use crate::project::Project;

/// A story of some length, different for every number.
fn story(number: usize) -> String {
    const WHO: [&str; 5] = ["envoy", "minister", "general", "mayor", "commander"];
    const WHAT: [&str; 7] =
        ["halted", "praised", "rejected", "signed", "delayed", "sought", "welcomed"];
    const WHICH: [&str; 11] = [
        "truce",
        "convoy",
        "ceasefire",
        "offensive",
        "draft",
        "exchange",
        "siege",
        "crossing",
        "budget",
        "inquiry",
        "summit",
    ];
    let sentence = |i: usize| {
        let n = number * 13 + i * 17 + i * i;
        format!(
            "The {} {} the {} near town {} after {} days of waiting.",
            WHO[n % 5],
            WHAT[n % 7],
            WHICH[n % 11],
            n % 97,
            n % 29 + 2
        )
    };
    let paragraph = |p: usize| (0..4).map(|i| sentence(4 * p + i)).collect::<Vec<_>>().join(" ");
    (0..4).map(paragraph).collect::<Vec<_>>().join("\n\n")
}

#[test]
fn the_same_story_in_two_outlets_is_told() {
    let page = |title: &str, text: &str| format!("{title}\n\n{text}\n");
    let cut = story(1).rsplit_once("\n\n").unwrap().0.to_owned();
    let project = Project::new()
        .raw("agency.txt", page("Truce holds in the north", &story(1)).as_bytes())
        .raw("daily.txt", page("North quiet, says agency", &cut).as_bytes())
        .raw("other.txt", page("An unlike day in the south", &story(2)).as_bytes())
        .raw("zeitung.txt", page("Truce holds in the north", &story(1)).as_bytes());
    project.rapporteur("run").ok();
    project.rapporteur("check --raw raw").ok();
    let documents = project.table("documents");
    let of =
        |i: usize| (documents[i]["duplicate_of"].as_str(), documents[i]["similarity"].as_str());
    assert_eq!(of(0), ("", ""));
    assert_eq!(of(1).0, "agency-1");
    let similarity: f64 = of(1).1.parse().unwrap();
    assert!((0.6..0.9).contains(&similarity), "{similarity}");
    assert_eq!(of(2), ("", ""));
    assert_eq!(of(3), ("agency-1", "1"));
}

#[test]
fn lines_of_many_files_are_furniture_and_copies_of_a_text_are_not() {
    let page = |n: usize| {
        format!("Day {n} of the talks\n\n{}\n\nAll our stories on the region\n", story(n))
    };
    let pages = (0..6).fold(Project::new(), |project, n| {
        project.raw(&format!("page{n}.txt"), page(n).as_bytes())
    });
    pages.rapporteur("run").ok();
    let repeated = |project: &Project| {
        project.table("blocks").iter().filter(|b| b["rule"] == "run.repeated").count()
    };
    assert_eq!(repeated(&pages), 6);
    assert!(pages.table("documents").iter().all(|d| !d["text"].contains("All our stories")));
    // The bytes are explained as the run saw them, not as the file alone would be.
    let done = pages.rapporteur("explain output page3-1").ok();
    assert!(!done.stdout().contains("All our stories on the region\" became"), "{}", done.stdout());

    let copies = (0..6).fold(Project::new(), |project, n| {
        project.raw(&format!("copy{n}.txt"), page(1).as_bytes())
    });
    copies.rapporteur("run").ok();
    assert_eq!(repeated(&copies), 0);
    assert!(copies.table("documents").iter().all(|d| d["title"] == "Day 1 of the talks"));
}
