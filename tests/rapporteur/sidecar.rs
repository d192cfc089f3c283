//! The sidecar `metadata.csv`: what it says wins, and its faults are named by line and column.

use crate::project::Project;

#[test]
fn what_it_says_wins() {
    let project = Project::with_text().raw("second.txt", b"A short note about Aleppo.\n").raw(
        "metadata.csv",
        b"source_path,title,published,genre,language,region,publisher\n\
          talks.txt,Another title,2018-03,speech,en-GB,\"north, west\",The Wire\n",
    );
    project.rapporteur("run").ok();
    project.rapporteur("check --raw raw").ok();
    let documents = project.table("documents");
    let second = documents.iter().find(|d| d["doc_id"] == "second-1").unwrap();
    assert_eq!(second["docvar_region"], "");
    let talks = documents.iter().find(|d| d["doc_id"] == "talks-1").unwrap();
    for (column, value) in [
        ("title", "Another title"),
        ("published", "2018-03-01"),
        ("published_precision", "month"),
        ("published_source", "metadata"),
        ("genre", "speech"),
        ("language", "en-GB"),
        ("publisher", "The Wire"),
        ("docvar_region", "north, west"),
        ("author", "Lina Haddad"),
    ] {
        assert_eq!(talks[column], value, "{column}");
    }
}

#[test]
fn faults_name_line_and_column() {
    let check = |sidecar: &str, message: &str| {
        let project = Project::with_text().raw("metadata.csv", sidecar.as_bytes());
        project.rapporteur("run").fails(&format!("metadata.csv, {message}"));
        assert_eq!(project.names(), ["raw"]);
    };
    check(
        "source_path,title\n\ntalks.txt,x\ntalk.txt,y\n",
        "line 4, column source_path: no file \"talk.txt\" in the raw folder (paths are relative to it, \
         '/' between folders)",
    );
    check(
        "source_path,published\ntalks.txt,21/01/2018\n",
        "line 2, column published: found \"21/01/2018\", expected a date as 2018-01-21, 2018-01 or 2018",
    );
    check(
        "source_path,published\ntalks.txt,2018-02-30\n",
        "line 2, column published: found \"2018-02-30\", expected a date as 2018-01-21, 2018-01 or 2018",
    );
    check(
        "source_path,genre\ntalks.txt,essay\n",
        "line 2, column genre: found \"essay\", expected one of news, press_release, editorial, \
         opinion, analysis, speech, interview, legal, report",
    );
    check(
        "source_path,language\ntalks.txt,English!\n",
        "line 2, column language: found \"English!\", expected a BCP 47 tag as en, ar or zh-Hans",
    );
    check(
        "title\nx\n",
        "line 1: the header has no column source_path, which says of which file a row speaks",
    );
    check(
        "source_path;title\ntalks.txt;x\n",
        "line 1: the header has no column source_path, which says of which file a row speaks; cells are \
         separated by commas, not by semicolons or tabs",
    );
    check(
        "source_path, title\ntalks.txt,x\n",
        "line 1, column title: found \" title\", expected a name without blanks around it",
    );
    check(
        "source_path,title\ntalks.txt,\"Another title\n",
        "line 2: a quotation mark opens a cell of this row and is not closed",
    );
    check("source_path,title,title\n", "line 1, column title: stands twice in the header");
    check(
        "source_path,title\ntalks.txt,a\ntalks.txt,b\n",
        "line 3, column source_path: a second row for \"talks.txt\"",
    );
    check(
        "source_path,title\ntalks.txt,a,b\n",
        "line 2: found 3 cells, expected 2 as in the header; put quotation marks around a cell with commas \
         in it",
    );
}
