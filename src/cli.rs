//! The command line: what can be said, and what is meant by it.
//!
//! In: arguments. Out: a [`Command`] with every setting resolved (defaults, then the configuration
//! file, then the arguments). Only the binary uses it.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{Args, Parser, Subcommand, ValueEnum};
use rapporteur::config::Config;

const CONFIG_FILE: &str = "rapporteur.toml";

/// Turns raw political text into analysis-ready tables, every row traceable to its raw bytes.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, arg_required_else_help = true)]
#[command(after_help = "Examples:\n  \
    rapporteur run                          raw/ into output/\n  \
    rapporteur run texts --out dataset      another folder\n  \
    rapporteur check --raw raw              is output/ sound, and does it lead to raw/?\n  \
    rapporteur explain output 000_06fc070b8d371ae1-1-m0003\n\n\
    Exit codes: 0 done, 1 the work failed or the check found violations, 2 the command line is wrong,\n\
    130 or 143 ended by a signal.")]
pub struct Cli {
    #[command(subcommand)]
    command: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Analyse the texts of a folder and write the dataset
    #[command(after_help = "Examples:\n  \
        rapporteur run\n  \
        rapporteur run texts --out dataset --codebook my-lists\n  \
        rapporteur run texts --skip-bad         pass over what is no text; rejects.csv lists it\n\n\
        The output folder is replaced as a whole, or stays as it was if anything fails.\n\
        RAW_DIR/metadata.csv may state facts about files (source_path, title, author, publisher,\n\
        section, issue, url, published, genre, language, and columns of your own).")]
    Run(RunArgs),
    /// Judge a dataset: does it keep the contract?
    #[command(after_help = "Examples:\n  \
        rapporteur check                        the dataset in output/ by itself\n  \
        rapporteur check dataset --raw texts    and against the raw files behind every row\n\n\
        Lists every violation on standard output: table, row, column, what was found, what was\n\
        expected. Exit code 1 if there is one.")]
    Check(CheckArgs),
    /// Print the tables' columns, types and meanings
    #[command(after_help = "Examples:\n  \
        rapporteur schema > tables.md\n  \
        rapporteur schema --format json")]
    Schema(SchemaArgs),
    /// Show where a row comes from: its raw bytes, the edits, the rule
    #[command(after_help = "Examples:\n  \
        rapporteur explain output 001_ed427e019d7bd7bd-1-m0004\n  \
        rapporteur explain output sergei-lavrov\n  \
        rapporteur explain output '001_ed427e019d7bd7bd.txt 3'     a block: path and number\n\n\
        The id may be of any table: doc_id, sentence_id, mention_id, entity_id, or a block's\n\
        source_path and block_index.")]
    Explain(ExplainArgs),
}

#[derive(Debug, Args)]
struct RunArgs {
    /// Folder of raw texts [default: raw]
    raw_dir: Option<PathBuf>,
    /// Folder that the dataset replaces [default: output]
    #[arg(long, value_name = "OUT_DIR")]
    out: Option<PathBuf>,
    /// Folder of your own lists, laid over the built-in ones
    #[arg(long, value_name = "DIR")]
    codebook: Option<PathBuf>,
    /// Pass over files that are not text and list them in rejects.csv
    #[arg(long)]
    skip_bad: bool,
    /// Threads to work on; 0 is one for each core [default: 0]
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Configuration file [default: rapporteur.toml, if there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct CheckArgs {
    /// Folder of the dataset
    #[arg(default_value = "output")]
    out_dir: PathBuf,
    /// Folder of the raw texts, to look behind every row
    #[arg(long, value_name = "RAW_DIR")]
    raw: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct SchemaArgs {
    /// Form of the description
    #[arg(long, value_enum, default_value_t = SchemaFormat::Markdown)]
    format: SchemaFormat,
}

/// Form in which the schema is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaFormat {
    /// Tables for people
    Markdown,
    /// Objects for programs
    Json,
}

#[derive(Debug, Args)]
struct ExplainArgs {
    /// Folder of the dataset
    out_dir: PathBuf,
    /// Id of a row of any table
    id: String,
    /// Folder of the raw texts
    #[arg(long, value_name = "RAW_DIR", default_value = "raw")]
    raw: PathBuf,
    /// The folder of your own lists that the dataset was made with
    #[arg(long, value_name = "DIR")]
    codebook: Option<PathBuf>,
}

/// What is to be done.
#[derive(Debug)]
pub enum Command {
    /// Write a dataset.
    Run(Config),
    /// Judge a dataset.
    Check {
        /// Its folder.
        out_dir: PathBuf,
        /// The raw folder, to look behind the rows.
        raw: Option<PathBuf>,
    },
    /// Print the schema.
    Schema(SchemaFormat),
    /// Lead a row back to its bytes.
    Explain {
        /// The dataset's folder.
        out_dir: PathBuf,
        /// The row's id.
        id: String,
        /// The raw folder.
        raw: PathBuf,
        /// The user's lists.
        codebook: Option<PathBuf>,
    },
}

impl Cli {
    /// What the arguments mean.
    ///
    /// # Errors
    ///
    /// If the configuration file cannot be read or has a fault.
    pub fn resolve(self) -> Result<Command> {
        Ok(match self.command {
            Verb::Run(args) => Command::Run(args.resolve()?),
            Verb::Check(args) => Command::Check { out_dir: args.out_dir, raw: args.raw },
            Verb::Schema(args) => Command::Schema(args.format),
            Verb::Explain(args) => Command::Explain {
                out_dir: args.out_dir,
                id: args.id,
                raw: args.raw,
                codebook: args.codebook,
            },
        })
    }
}

impl RunArgs {
    fn resolve(self) -> Result<Config> {
        let mut config = match &self.config {
            Some(path) => Config::read(path)?,
            None if Path::new(CONFIG_FILE).exists() => Config::read(Path::new(CONFIG_FILE))?,
            None => Config::default(),
        };
        config.raw = self.raw_dir.unwrap_or(config.raw);
        config.out = self.out.unwrap_or(config.out);
        config.codebook = self.codebook.or(config.codebook);
        config.skip_bad |= self.skip_bad;
        config.threads = self.threads.unwrap_or(config.threads);
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
