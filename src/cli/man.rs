//! `rapporteur man`: the manual, one page for the program and one for each of its commands.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, CommandFactory};
use clap_mangen::Man;

use super::Cli;

#[derive(Debug, Args)]
pub(super) struct ManArgs {
    /// The command whose page is printed, such as `run` or `codebook check`; without it the program's own
    command: Vec<String>,
    /// Write all pages into this folder instead
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    pub(super) out: Option<PathBuf>,
}

impl ManArgs {
    /// The page that is asked for, as roff.
    ///
    /// # Errors
    ///
    /// If there is no such command.
    pub(super) fn page(&self) -> Result<String> {
        let mut command = built();
        for name in &self.command {
            let found = command.find_subcommand(name).cloned();
            command = found.with_context(|| format!("there is no command {name:?}"))?;
        }
        let mut page = Vec::new();
        Man::new(command).render(&mut page)?;
        Ok(String::from_utf8_lossy(&page).into_owned())
    }
}

/// Writes all pages into a folder, which must be there.
///
/// # Errors
///
/// If the system refuses to write.
pub fn write_pages(folder: &std::path::Path) -> Result<()> {
    let pages = clap_mangen::generate_to(Cli::command(), folder);
    pages.with_context(|| format!("cannot write the pages into {folder:?}"))
}

/// The command line with the names that its commands have in the manual.
fn built() -> clap::Command {
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    command
}
