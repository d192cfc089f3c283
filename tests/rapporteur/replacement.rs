//! All or nothing: a run replaces the output folder as a whole, or leaves it as it was.

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};

use rapporteur::Error;
use rapporteur::config::Config;
use rapporteur::data::Data;
use rapporteur::run;

use crate::project::Project;

fn config(project: &Project) -> Config {
    Config { raw: project.path("raw"), out: project.path("output"), ..Config::default() }
}

#[test]
fn a_run_that_is_stopped_leaves_nothing_behind() {
    let mut project = Project::new();
    for i in 0..20 {
        project = project.raw(&format!("{i}.txt"), b"A short note about Aleppo.\n");
    }
    let data = Data::load(None).unwrap();
    for after in [0, 1, 10, 20] {
        let asked = AtomicUsize::new(0);
        let stop = || asked.fetch_add(1, Ordering::Relaxed) >= after;
        let done = run::run(&config(&project), &data, std::io::empty(), &|_| {}, &stop);
        assert!(matches!(done, Err(Error::Interrupted)), "after {after}");
        assert_eq!(project.names(), ["raw"], "after {after}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_signal_ends_the_run_cleanly() {
    let project = Project::new();
    let raw = project.path("raw");
    fs::create_dir(&raw).unwrap();
    let text = "Envoys of Russia and Turkey met in Geneva on 4 March 2018.\n\n".repeat(2000);
    for i in 0..400 {
        fs::write(raw.join(format!("{i}.txt")), &text).unwrap();
    }
    for (name, code) in [("INT", 130), ("TERM", 143)] {
        // Whoever runs the tests may have told the system to ignore signals, which a run would heed.
        let mut child = std::process::Command::new("env")
            .arg("--default-signal=INT,TERM")
            .arg(crate::project::PROGRAM)
            .current_dir(project.path("."))
            .arg("run")
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        // The hidden folder shows that the run is on its way.
        while !project.path(".output.rapporteur").exists() {
            assert!(child.try_wait().unwrap().is_none(), "the run ended before it was stopped");
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        let kill = format!("kill -{name} {}", child.id());
        assert!(std::process::Command::new("sh").arg("-c").arg(kill).status().unwrap().success());
        assert_eq!(child.wait().unwrap().code(), Some(code));
        assert_eq!(project.names(), ["raw"]);
    }
}

#[test]
fn what_a_killed_run_left_is_removed() {
    let project = Project::with_text().file(".output.rapporteur/documents.csv", b"half");
    project.rapporteur("run").ok();
    assert_eq!(project.names(), ["output", "raw"]);
}

#[test]
fn two_runs_do_not_mix() {
    let project = Project::with_text().file(".output.rapporteur/documents.csv", b"half");
    let held = fs::File::open(project.path(".output.rapporteur")).unwrap();
    held.lock().unwrap();
    let done = project.rapporteur("run");
    assert_eq!(done.code(), 1);
    assert!(
        done.stderr().contains("another run is writing the same output folder"),
        "{}",
        done.stderr()
    );
    drop(held);
    project.rapporteur("run").ok();
}

#[test]
fn a_reader_keeps_the_files_it_opened() {
    use std::io::Read;
    let project = Project::with_text();
    project.rapporteur("run").ok();
    let before = project.files("output")["documents.csv"].clone();
    let mut open = fs::File::open(project.path("output/documents.csv")).unwrap();
    let project = project.raw("more.txt", b"A short note about Aleppo.\n");
    project.rapporteur("run").ok();
    let mut read = Vec::new();
    open.read_to_end(&mut read).unwrap();
    assert_eq!(read, before);
    assert_ne!(project.files("output")["documents.csv"], before);
}

#[cfg(unix)]
#[test]
fn a_link_to_the_output_folder_stays_a_link() {
    let project = Project::with_text();
    fs::create_dir(project.path("disk")).unwrap();
    std::os::unix::fs::symlink("disk/data", project.path("output")).unwrap();
    fs::create_dir(project.path("disk/data")).unwrap();
    project.rapporteur("run").ok();
    assert!(project.path("output").is_symlink());
    assert!(project.path("disk/data/documents.csv").exists());
}
