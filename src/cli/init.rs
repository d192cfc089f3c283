//! `rapporteur init`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// Folder of the project, made if it is not there
    #[arg(default_value = ".")]
    pub(super) dir: PathBuf,
}
