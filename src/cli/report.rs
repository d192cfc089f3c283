//! The arguments of `rapporteur report`.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::Args;
use rapporteur::report::Settings;

/// Where raw texts stand unless another folder is named.
const RAW: &str = "raw";

#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Folder of the dataset
    #[arg(default_value = "output")]
    out_dir: PathBuf,
    /// Folder of the raw texts, whose bytes the page shows [default: raw, if there is one]
    #[arg(long, value_name = "RAW_DIR")]
    raw: Option<PathBuf>,
    /// File to write
    #[arg(long, value_name = "FILE", default_value = "report.html")]
    out: PathBuf,
    /// Title of the page [default: that of the dataset's descriptor]
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Documents to show at most [default: as many as fit into 10 MB]
    #[arg(long, value_name = "N")]
    sample: Option<NonZeroUsize>,
}

impl ReportArgs {
    /// What the arguments mean.
    pub fn resolve(self) -> Settings {
        let found = || Path::new(RAW).exists().then(|| PathBuf::from(RAW));
        Settings {
            out_dir: self.out_dir,
            raw: self.raw.or_else(found),
            file: self.out,
            title: self.title,
            sample: self.sample.map(NonZeroUsize::get),
        }
    }
}
