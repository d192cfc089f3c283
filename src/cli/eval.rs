//! `rapporteur eval`: gold, dataset, and what is shown.

use std::path::PathBuf;

use clap::Args;
use rapporteur::listing::Form;

use super::stats::TableForm;

#[derive(Debug, Args)]
pub struct EvalArgs {
    /// File or folder of gold: .json, .ann with .txt, or .conllu
    gold: PathBuf,
    /// Folder of the dataset
    #[arg(long, value_name = "OUT_DIR", default_value = "output")]
    dataset: PathBuf,
    /// Folder of the raw texts that the dataset was made from
    #[arg(long, value_name = "RAW_DIR", default_value = "raw")]
    raw: PathBuf,
    /// Leave out gold that stands in no sentence of the dataset, such as in removed blocks
    #[arg(long)]
    only_kept: bool,
    /// List what differs instead of the figures
    #[arg(long)]
    errors: bool,
    /// Form of the table
    #[arg(long, value_enum, default_value_t = TableForm::Table)]
    format: TableForm,
}

/// What is to be done.
#[derive(Debug)]
pub struct Eval {
    /// Where the gold is.
    pub gold: PathBuf,
    /// The dataset's folder.
    pub dataset: PathBuf,
    /// The raw folder.
    pub raw: PathBuf,
    /// Whether gold outside the dataset's sentences is left out.
    pub only_kept: bool,
    /// Whether the differences are wanted.
    pub errors: bool,
    /// The form of the table.
    pub form: Form,
}

impl EvalArgs {
    /// What the arguments mean.
    pub fn resolve(self) -> Eval {
        let Self { gold, dataset, raw, only_kept, errors, format } = self;
        Eval { gold, dataset, raw, only_kept, errors, form: format.into() }
    }
}
