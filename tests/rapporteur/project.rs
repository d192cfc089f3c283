//! A folder with raw texts, and the program run in it.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_rapporteur");

/// A temporary folder in which `rapporteur` is run.
pub struct Project {
    dir: TempDir,
}

impl Project {
    /// An empty folder.
    pub fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    /// A folder with one text that gives a title, paragraphs and mentions.
    pub fn with_text() -> Self {
        Self::new().raw("talks.txt", TALKS.as_bytes())
    }

    /// Adds a raw file.
    pub fn raw(self, name: &str, bytes: &[u8]) -> Self {
        self.file(&format!("raw/{name}"), bytes)
    }

    /// Adds any file.
    pub fn file(self, name: &str, bytes: &[u8]) -> Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Runs the program with blank-separated arguments.
    pub fn rapporteur(&self, args: &str) -> Done {
        self.command(args.split_whitespace(), &[])
    }

    /// Runs the program with bytes on its standard input.
    pub fn fed(&self, args: &str, stdin: &[u8]) -> Done {
        let mut command = Command::new(PROGRAM);
        command.current_dir(self.dir.path()).args(args.split_whitespace());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(stdin).unwrap();
        Done(child.wait_with_output().unwrap())
    }

    pub fn command<'a>(
        &self,
        args: impl IntoIterator<Item = &'a str>,
        env: &[(&str, &str)],
    ) -> Done {
        let mut command = Command::new(PROGRAM);
        command.current_dir(self.dir.path()).args(args).envs(env.iter().copied());
        Done(command.output().unwrap())
    }

    /// The files of a folder by name.
    pub fn files(&self, folder: &str) -> BTreeMap<String, Vec<u8>> {
        files(&self.path(folder))
    }

    /// The names in the project's folder, hidden ones too.
    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.dir.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// The rows of a table, read from its CSV file.
    pub fn table(&self, name: &str) -> Vec<BTreeMap<String, String>> {
        let path = self.path(&format!("output/{name}.csv"));
        csv::Reader::from_path(path).unwrap().deserialize().map(Result::unwrap).collect()
    }
}

pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries.map(|e| (e.file_name().into_string().unwrap(), fs::read(e.path()).unwrap())).collect()
}

/// What a run of the program left.
pub struct Done(Output);

impl Done {
    pub fn code(&self) -> i32 {
        self.0.status.code().unwrap_or(-1)
    }

    pub fn stdout(&self) -> &str {
        std::str::from_utf8(&self.0.stdout).unwrap()
    }

    pub fn stderr(&self) -> &str {
        std::str::from_utf8(&self.0.stderr).unwrap()
    }

    /// The run must have succeeded without a word on standard error, but for the note of a run on
    /// facts that are not stated.
    #[track_caller]
    pub fn ok(self) -> Self {
        let is_note = |line: &&str| line.starts_with("note: not stated: ");
        let words: Vec<&str> = self.stderr().lines().filter(|line| !is_note(line)).collect();
        assert_eq!((self.code(), words.as_slice()), (0, [""; 0].as_slice()), "{}", self.stdout());
        self
    }

    /// The run must have failed with exit code 1 and this message.
    #[track_caller]
    pub fn fails(self, message: &str) {
        assert_eq!(
            (self.code(), self.stderr().trim_end()),
            (1, format!("error: {message}").as_str())
        );
        assert_eq!(self.stdout(), "");
    }
}

pub const TALKS: &str = "Talks resume in Geneva

By Lina Haddad

Envoys of Russia and Turkey met in Geneva on 4 March 2018. “We agreed on little,” the Turkish delegate said.

At least 19 civilians were killed near Idlib, the United Nations said. Security Council resolution 2254 was not mentioned.
";
