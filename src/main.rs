//! Arguments in, exit code out.

mod cli;
mod signals;

use std::io::{self, IsTerminal, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anstyle::{AnsiColor, Style};
use anyhow::{Context, Result};
use clap::Parser;
use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use rapporteur::config::Config;
use rapporteur::data::Data;
use rapporteur::listing::{Form, Listing};
use rapporteur::run::{Progress, Summary};
use rapporteur::search::Show;
use rapporteur::{
    Error, check, codebook_tools, eval, explain, init, search, select, stats, tables,
};

use cli::{Cli, Command, SchemaFormat};

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const NOTE: Style = AnsiColor::Cyan.on_default().bold();
const HIT: Style = AnsiColor::Red.on_default().bold();
const HEADER: Style = Style::new().bold();
const GOOD: Style = AnsiColor::Green.on_default().bold();

/// The system's own keeps what finished batches held: over many gigabytes of input a process grows by
/// half.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// More threads than any machine has cores only cost.
const MOST_THREADS: usize = 256;

fn main() -> ExitCode {
    let signal = Arc::new(AtomicUsize::new(0));
    let begun = signals::outlive_full_files().and_then(|()| Cli::parse().resolve());
    match begun.and_then(|command| act(command, &signal)) {
        Ok(code) => code,
        Err(error) => {
            say(&format!("{ERROR}error{ERROR:#}: {}", with_causes(&error)));
            match u8::try_from(signal.load(Ordering::Relaxed)) {
                Ok(number) if number > 0 => ExitCode::from(128 + number),
                _ => ExitCode::FAILURE,
            }
        }
    }
}

/// The error and its causes, each once: some messages tell their cause themselves.
fn with_causes(error: &anyhow::Error) -> String {
    error.chain().fold(String::new(), |mut text, cause| {
        let cause = cause.to_string();
        if !text.contains(&cause) {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&cause);
        }
        text
    })
}

fn act(command: Command, signal: &Arc<AtomicUsize>) -> Result<ExitCode> {
    match command {
        Command::Run(config) => run(&config, signal),
        Command::Init(dir) => {
            print(&init_text(&dir, &init::init(&dir)?))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Print(text) => {
            print(&text)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::WriteManual(folder) => {
            cli::man::write_pages(&folder)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Check { out_dir, raw } => {
            let report = check::check(&out_dir, raw.as_deref())?;
            print(&check_text(&report))?;
            let sound = report.violations.is_empty();
            Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Command::Schema(format) => {
            print(&match format {
                SchemaFormat::Markdown => tables::markdown(),
                SchemaFormat::Json => tables::json(),
            })?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Explain { out_dir, id, raw, codebook } => {
            let data = Data::load(codebook.as_deref())?;
            print(&explain::explain(&out_dir, &id, &raw, &data)?)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Stats(asked) if asked.explain => {
            print_exact(&stats::explain(&asked.out_dir, &asked.request)?)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Stats(asked) => {
            show(&stats::stats(&asked.out_dir, &asked.request)?, asked.form)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Search(asked) => search(&asked),
        Command::Eval(asked) => {
            let cli::Eval { gold, dataset, raw, only_kept, errors, form } = &asked;
            let request = eval::Request { gold, dataset, raw, only_kept: *only_kept };
            let table = if *errors { eval::errors } else { eval::scores };
            show(&table(&request)?, *form)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Report(settings) => {
            let made = rapporteur::report::report(&settings)?;
            made.notes.iter().for_each(|text| note(text));
            let (shown, all) = (HumanCount(made.shown as u64), HumanCount(made.documents as u64));
            let (file, size) = (settings.file.display(), HumanBytes(made.bytes as u64));
            print(&format!("{GOOD}{file}{GOOD:#}: {shown} of {all} documents, {size}\n"))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::CodebookCheck { dir } => check_codebook(dir.as_deref()),
        Command::CodebookList { dir, kind, format } => {
            print(&codebook_tools::list(&Data::load(dir.as_deref())?, kind, format))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::CodebookLookup { name, codebook } => {
            let found = codebook_tools::lookup(&Data::load(codebook.as_deref())?, &name);
            print(&found.clone().unwrap_or_else(|| format!("{name:?} means nothing\n")))?;
            Ok(if found.is_some() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Command::CodebookCandidates { out_dir, kind, least, codebook } => {
            let data = Data::load(codebook.as_deref())?;
            print(&codebook_tools::candidates(&out_dir, kind, least, &data)?)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// The faults of the lists in `dir`, or how many entities and names there are with them.
fn check_codebook(dir: Option<&Path>) -> Result<ExitCode> {
    match Data::load(dir) {
        Ok(data) => {
            let codebook = &data.mentions.codebook;
            let entities = HumanCount(codebook.entities().len() as u64);
            let names = HumanCount(codebook.alias_count() as u64);
            print(&format!("{GOOD}sound{GOOD:#}; {entities} entities, {names} names\n"))?;
            Ok(ExitCode::SUCCESS)
        }
        Err(Error::Data(faults)) => {
            let faults = faults.to_string();
            let count = match faults.lines().count() {
                1 => "1 fault".to_owned(),
                n => format!("{} faults", HumanCount(n as u64)),
            };
            print(&format!("{faults}\n{ERROR}{count}{ERROR:#}\n"))?;
            Ok(ExitCode::FAILURE)
        }
        Err(other) => Err(other.into()),
    }
}

fn search(asked: &cli::Search) -> Result<ExitCode> {
    let mut shown = Show::new(asked.form, asked.context);
    let (on, off) = (format!("{HIT}"), format!("{HIT:#}"));
    let is_table = asked.form == Form::Table;
    let mut failed = Ok(());
    let found = search::search(&asked.out_dir, &asked.what, &mut |hits| {
        let text = shown.batch(hits, (&on, &off));
        let written = if is_table { write(&text) } else { write_exact(&text) };
        match written {
            Ok(true) => ControlFlow::Continue(()),
            Ok(false) => ControlFlow::Break(()),
            Err(error) => {
                failed = Err(error);
                ControlFlow::Break(())
            }
        }
    })?;
    failed?;
    print_exact(&shown.end())?;
    let count = |n: usize, one: &str| {
        format!("{} {one}{}", HumanCount(n as u64), if n == 1 { "" } else { "s" })
    };
    if let Some(text) = select::undated_note(found.undated) {
        note(&text);
    }
    if found.is_cut {
        note(&format!("the first {}; --limit 0 shows all", count(found.hits, "hit")));
    } else {
        let (hits, sentences) = (count(found.hits, "hit"), count(found.sentences, "sentence"));
        note(&format!("{hits} in {sentences} of {}", count(found.documents, "document")));
    }
    Ok(if found.hits > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn run(config: &Config, signal: &Arc<AtomicUsize>) -> Result<ExitCode> {
    let start = Instant::now();
    signals::listen(signal)?;
    rayon::ThreadPoolBuilder::new()
        .num_threads(config.threads.min(MOST_THREADS))
        .build_global()
        .context("cannot start threads")?;
    let load = if config.tagger { Data::load } else { Data::load_without_tagger };
    let data = load(config.codebook.as_deref())?;
    let bar = progress_bar();
    let progress = |now: Progress| {
        bar.set_length(now.bytes.1);
        bar.set_position(now.bytes.0);
        bar.set_message(format!("{} of {} files", now.files.0, now.files.1));
    };
    let stop = || signal.load(Ordering::Relaxed) != 0;
    let stdin = signals::Stdin::default();
    let summary = rapporteur::run::run(config, &data, stdin, &progress, &stop);
    bar.finish_and_clear();
    // The process is about to end: giving the lists back name by name would only hold it up.
    std::mem::forget(data);
    let summary = summary?;
    for reject in &summary.rejects {
        let (path, reason) = (&reject.source_path, &reject.reason);
        say(&format!("{WARNING}warning{WARNING:#}: skipped {path:?}: {reason}"));
    }
    print(&summary_text(&summary, start.elapsed()))?;
    let missing = config.dataset.missing();
    if !missing.is_empty() {
        note(&format!(
            "not stated: {}; a repository will ask for them ([dataset] in rapporteur.toml)",
            missing.join(", ")
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// The files of a new project, and what to do next.
fn init_text(dir: &Path, files: &[PathBuf]) -> String {
    let files: String = files.iter().map(|path| format!("{}\n", path.display())).collect();
    let here = dir == Path::new(".");
    let there = if here { String::new() } else { format!("cd {}; ", dir.display()) };
    let raw = if here { PathBuf::from("raw") } else { dir.join("raw") };
    format!(
        "{files}{GOOD}next{GOOD:#}: put texts into {}, then {there}rapporteur run\n",
        raw.display()
    )
}

/// A bar with a rate on a terminal, nothing in a pipe.
fn progress_bar() -> ProgressBar {
    let target = if io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let style = "{wide_bar} {bytes} of {total_bytes}, {msg}, {bytes_per_sec}, {eta} left";
    let style =
        ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(None, target).with_style(style)
}

fn summary_text(summary: &Summary, took: Duration) -> String {
    let count = |n: usize, one: &str, many: &str| {
        format!("{} {}", HumanCount(n as u64), if n == 1 { one } else { many })
    };
    let mut text = format!(
        "{GOOD}{}{GOOD:#}: {}, {}, {} of {}\n",
        summary.out_dir.display(),
        count(summary.documents, "document", "documents"),
        count(summary.sentences, "sentence", "sentences"),
        count(summary.mentions, "mention", "mentions"),
        count(summary.entities, "entity", "entities"),
    );
    let removed: Vec<String> = summary
        .removed
        .iter()
        .map(|(kind, _, bytes)| format!("{} {}", kind.as_str(), HumanBytes(*bytes)))
        .collect();
    let total: u64 = summary.removed.iter().map(|(_, _, bytes)| bytes).sum();
    text += &format!(
        "from {} ({}) in {:.2} s",
        count(summary.files, "file", "files"),
        HumanBytes(summary.raw_bytes),
        took.as_secs_f64()
    );
    if total > 0 {
        text += &format!("; set aside {}: {}", HumanBytes(total), removed.join(", "));
    }
    text.push('\n');
    if summary.hidden > 0 {
        text += &format!("passed over {}\n", count(summary.hidden, "hidden file", "hidden files"));
    }
    if summary.other > 0 {
        let formats = rapporteur::source::OTHER_FORMATS.join(", ");
        let files = count(summary.other, "file", "files");
        text += &format!("passed over {files} of other formats ({formats})\n");
    }
    text
}

fn check_text(report: &check::Report) -> String {
    let mut text: String =
        report.violations.iter().map(|violation| format!("{violation}\n")).collect();
    let rows: Vec<String> = report
        .rows
        .iter()
        .map(|(table, rows)| format!("{table} {}", HumanCount(*rows as u64)))
        .collect();
    let verdict = match report.violations.len() {
        0 => format!("{GOOD}sound{GOOD:#}"),
        1 => format!("{ERROR}1 violation{ERROR:#}"),
        n => format!("{ERROR}{} violations{ERROR:#}", HumanCount(n as u64)),
    };
    if !report.unread.is_empty() {
        text += &format!(
            "{WARNING}not judged{WARNING:#}: the rows of {}, which stand in no Parquet, CSV or JSON Lines; only the \
             descriptor, columns and checksums were\n",
            report.unread.join(", ")
        );
    }
    let read = if rows.is_empty() { "none".to_owned() } else { rows.join(", ") };
    text += &format!("{verdict}; rows read: {read}\n");
    text
}

/// Results; colours only where they are wanted.
fn print(text: &str) -> Result<()> {
    write(text).map(|_| ())
}

fn write(text: &str) -> Result<bool> {
    let mut stdout = anstream::stdout().lock();
    written(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()))
}

/// Whether there is still a reader. Whoever closed the pipe has seen enough.
fn written(result: io::Result<()>) -> Result<bool> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(error).context("cannot write to standard output"),
        Ok(()) => Ok(true),
    }
}

/// A table of results, with its notes on standard error.
fn show(listing: &Listing, form: Form) -> Result<()> {
    let text = listing.show(form);
    match text.split_once('\n') {
        Some((header, rows)) if form == Form::Table => {
            print(&format!("{HEADER}{header}{HEADER:#}\n{rows}"))?;
        }
        _ => print_exact(&text)?,
    }
    listing.notes.iter().for_each(|text| note(text));
    Ok(())
}

/// Results for programs: every byte as it is.
fn print_exact(text: &str) -> Result<()> {
    write_exact(text).map(|_| ())
}

fn write_exact(text: &str) -> Result<bool> {
    let mut stdout = io::stdout().lock();
    written(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()))
}

/// What is worth knowing and no fault.
fn note(text: &str) {
    say(&format!("{NOTE}note{NOTE:#}: {text}"));
}

/// Warnings and errors. If even that fails there is nobody left to tell.
fn say(line: &str) {
    let _ = writeln!(anstream::stderr().lock(), "{line}");
}
