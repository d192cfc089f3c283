//! The command line: what can be said, and what is meant by it.
//!
//! In: arguments. Out: a [`Command`] with every setting resolved (defaults, then the configuration
//! file, then the arguments). Only the binary uses it.

mod completions;
mod eval;
mod init;
pub mod man;
mod report;
mod search;
mod stats;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use rapporteur::codebook_tools::Format;
use rapporteur::config::Config;
use rapporteur::mentions::MentionKind;
use rapporteur::mentions::codebook::ENTITY_KINDS;
use rapporteur::write::{Compression, Formats, PartitionBy};

use eval::EvalArgs;
use search::SearchArgs;
use stats::StatsVerb;

pub use eval::Eval;
use report::ReportArgs;
pub use search::Search;
pub use stats::Stats;

const CONFIG_FILE: &str = "rapporteur.toml";

/// Turns raw political text into analysis-ready tables, every row traceable to its raw bytes.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, arg_required_else_help = true)]
#[command(after_help = "Examples:\n  \
    rapporteur init                         a new project: settings, codebook, raw/\n  \
    rapporteur run                          raw/ into output/\n  \
    rapporteur run texts --out dataset      another folder\n  \
    rapporteur check --raw raw              is output/ sound, and does it lead to raw/?\n  \
    rapporteur explain output 000_06fc070b8d371ae1-1-m0003\n  \
    rapporteur codebook lookup Hariri       whom a name can mean\n\n\
    Exit codes: 0 done, 1 the work failed or the check found violations, 2 the command line is wrong,\n\
    130 or 143 ended by a signal.")]
pub struct Cli {
    #[command(subcommand)]
    command: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Begin a project: settings, an empty codebook and raw/
    #[command(after_help = "Examples:\n  \
        rapporteur init\n  \
        rapporteur init talks                   in a folder of its own\n\n\
        Writes rapporteur.toml with every setting, codebook/entities/own.csv for names of your own, and\n\
        raw/metadata.csv for facts of files. Touches nothing that is there: if one of them is, it fails.")]
    Init(init::InitArgs),
    /// Analyse the texts of a folder and write the dataset
    #[command(after_help = "Examples:\n  \
        rapporteur run\n  \
        rapporteur run texts --out dataset --codebook my-lists\n  \
        rapporteur run texts --skip-bad         pass over what is no text; rejects.csv lists it\n\n\
        The output folder is replaced as a whole, or stays as it was if anything fails.\n\
        RAW_DIR/metadata.csv may state facts about files (source_path, title, author, publisher,\n\
        section, issue, url, published, genre, language, and columns of your own).\n\n\
        Other forms and files:\n  \
        rapporteur run --format parquet --compression zstd:9\n  \
        rapporteur run --format jsonl,arrow\n  \
        rapporteur run --partition-by published_year     documents.parquet/part_published_year=2018/...\n  \
        rapporteur run --max-rows-per-file 1000000       documents.parquet/part-0000.parquet, ...\n\n\
        Folders of parts are read as one table: documents.parquet by pandas, polars and Spark,\n\
        'documents.parquet/**/*.parquet' by DuckDB.")]
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
    /// Count documents, mentions, entities and words of a dataset
    #[command(subcommand_required = true, arg_required_else_help = true)]
    #[command(after_help = "Examples:\n  \
        rapporteur stats documents --by publisher,year\n  \
        rapporteur stats mentions --by entity --kind person --where genre=news\n  \
        rapporteur stats timeline --entity russia --by year --format csv\n  \
        rapporteur stats cooccurrence --least 3\n  \
        rapporteur stats keyness --target publisher=Kassioun\n  \
        rapporteur stats texts --explain        the SQL that yields the same numbers")]
    Stats {
        #[command(subcommand)]
        command: StatsVerb,
    },
    /// Show where words, a phrase, an expression or an entity stand, each hit in its sentence
    #[command(after_help = "Examples:\n  \
        rapporteur search ceasefire                     a whole word, of any case\n  \
        rapporteur search 'negotiat*'                   a word that begins so\n  \
        rapporteur search 'Security Council' --where genre=news --from 2016-01 --to 2016-06\n  \
        rapporteur search --regex 'resolution \\d+'\n  \
        rapporteur search --entity russia --format csv  mentions of an entity\n\n\
        Hits lie inside a sentence. Any white space, apostrophe and hyphen fits its like. A word ends\n\
        where no letter, digit, mark or underscore follows. --regex is of the regex crate: linear time,\n\
        no look-around, no back references; \\b stands at the edge of a word.\n\
        char_start and char_end are the hit's code points in documents.text; raw_start and raw_end are\n\
        the sentence's bytes in the raw file; `rapporteur explain OUT_DIR SENTENCE_ID` shows them.\n\
        Documents without a date are left out by --from and --to; a note says how many.\n\n\
        Exit code 1 if nothing was found, as of grep.")]
    Search(SearchArgs),
    /// Measure a dataset against annotation
    #[command(after_help = "Examples:\n  \
        rapporteur eval gold.json\n  \
        rapporteur eval annotated --dataset output --raw annotated    brat's .ann beside .txt\n  \
        rapporteur eval dev.conllu --dataset out --raw texts --errors\n\n\
        Gold is JSON of the form that docs/eval.md describes (positions in bytes of the raw files), brat's\n\
        standoff (code points of the .txt, which must be the raw file), or CoNLL-U (texts are looked up\n\
        in the raw file).\n\
        strict: the same bytes; overlap: any common byte, one to one, exact ones first; value (of times) and\n\
        entity (of names): overlapping ones with the same value. Figures are in per cent; f1_low and f1_high\n\
        hold 95 of 100 resamples of the files, or of the sentences where there is one file.\n\
        Only files that have gold count, and only kinds of names that the gold has; notes say what is\n\
        left out. Files that were changed since the dataset was made are an error.")]
    Eval(EvalArgs),
    /// Make a page of the dataset for people: texts, mentions, plots, what to look at
    #[command(after_help = "Examples:\n  \
        rapporteur report                       output/ and raw/ into report.html\n  \
        rapporteur report dataset --raw texts --out pages/dataset.html --title 'Talks of 2016'\n  \
        rapporteur report --sample 20           a small page of a large dataset\n\n\
        One HTML file below 10 MB, which asks the network for nothing. Every document is there with all\n\
        of its blocks and mentions; a click on a mention leads to its row and its raw bytes. Of a large\n\
        dataset the page shows a sample of the documents, the same each time, and counts over all.")]
    Report(ReportArgs),
    /// Look into the codebook, and help to extend it
    #[command(subcommand_required = true, arg_required_else_help = true)]
    #[command(after_help = "Examples:\n  \
        rapporteur codebook lookup Hariri               whom a name can mean, and when\n  \
        rapporteur codebook candidates output > new.csv names that were linked to nothing\n  \
        rapporteur codebook check my-lists              before a run with --codebook my-lists")]
    Codebook {
        #[command(subcommand)]
        command: CodebookVerb,
    },
    /// Print what a shell needs to complete the command line
    #[command(after_help = "Examples:\n  \
        rapporteur completions bash > ~/.local/share/bash-completion/completions/rapporteur\n  \
        rapporteur completions zsh > ~/.zfunc/_rapporteur\n  \
        rapporteur completions fish > ~/.config/fish/completions/rapporteur.fish")]
    Completions(completions::CompletionsArgs),
    /// Print the manual, or write all its pages
    #[command(after_help = "Examples:\n  \
        rapporteur man codebook check | man -l -\n  \
        rapporteur man --out ~/.local/share/man/man1    the folder must be there")]
    Man(man::ManArgs),
}

#[derive(Debug, Subcommand)]
enum CodebookVerb {
    /// Judge your own lists, together with the built-in ones they are laid over
    #[command(after_help = "Examples:\n  \
        rapporteur codebook check my-lists\n  \
        rapporteur codebook check                       the built-in lists alone\n\n\
        DIR holds entities/*.csv, where a line adds an entity, changes the one with the same\n\
        entity_id, or removes it (a '-' before the id), and entities/ambiguous.csv, which says\n\
        what a name of several entities means. Lists every fault with file, line and column on\n\
        standard output. Exit code 1 if there is one.")]
    Check {
        /// Folder of your own lists
        dir: Option<PathBuf>,
    },
    /// List the entities
    #[command(after_help = "Examples:\n  \
        rapporteur codebook list --kind armed_group\n  \
        rapporteur codebook list my-lists --format csv > all.csv")]
    List {
        /// Folder of your own lists, laid over the built-in ones
        dir: Option<PathBuf>,
        /// Only entities of this kind
        #[arg(long, value_name = "KIND", value_parser = kinds())]
        kind: Option<String>,
        /// Form of the list
        #[arg(long, value_enum, default_value_t = ListFormat::Table)]
        format: ListFormat,
    },
    /// Show which entities a name can mean, by which listed name, and on what condition
    #[command(after_help = "Examples:\n  \
        rapporteur codebook lookup 'Jabhat an-Nusra'    a spelling that no list has\n  \
        rapporteur codebook lookup Homs --codebook my-lists\n\n\
        Exit code 1 if the name means nothing.")]
    Lookup {
        /// The name
        name: String,
        /// Folder of your own lists, laid over the built-in ones
        #[arg(long, value_name = "DIR")]
        codebook: Option<PathBuf>,
    },
    /// List the names of a dataset that were linked to nothing, most frequent first
    #[command(after_help = "Examples:\n  \
        rapporteur codebook candidates output --least 3 > my-lists/entities/new.csv\n  \
        rapporteur codebook candidates output --kind person\n\n\
        The output is a list in the codebook's own form: delete what is no name, correct kinds, add\n\
        aliases, and use its folder by --codebook. A comment above each line says how often the\n\
        name stands.")]
    Candidates {
        /// Folder of the dataset
        #[arg(default_value = "output")]
        out_dir: PathBuf,
        /// Only names of this kind
        #[arg(long, value_name = "KIND", value_parser = kinds())]
        kind: Option<String>,
        /// Mentions that a name must have
        #[arg(long, value_name = "N", default_value_t = 1)]
        least: usize,
        /// Folder of your own lists, laid over the built-in ones
        #[arg(long, value_name = "DIR")]
        codebook: Option<PathBuf>,
    },
}

/// Kinds of entities, as the argument of `--kind`.
fn kinds() -> PossibleValuesParser {
    PossibleValuesParser::new(ENTITY_KINDS.iter().map(|kind| kind.as_str()))
}

/// Form in which entities are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// Aligned columns for people
    Table,
    /// Lines as in the codebook's files
    Csv,
}

#[derive(Debug, Args)]
struct RunArgs {
    /// Folder of raw texts, one file of them, or - for JSON lines on standard input [default: raw]
    raw_dir: Option<PathBuf>,
    /// Folder that the dataset replaces [default: output]
    #[arg(long, value_name = "OUT_DIR")]
    out: Option<PathBuf>,
    /// Column of .jsonl, .ndjson, .csv, .tsv and .parquet files that holds the text [default: text]
    #[arg(long, value_name = "NAME")]
    text_column: Option<String>,
    /// Column of such files that the ids of their documents begin with [default: none, FILE#ROW]
    #[arg(long, value_name = "NAME")]
    id_column: Option<String>,
    /// Folder of your own lists, laid over the built-in ones
    #[arg(long, value_name = "DIR")]
    codebook: Option<PathBuf>,
    /// Leave out the statistical tagger: names that lists and rules know only
    #[arg(long)]
    no_tagger: bool,
    /// Pass over files that are not text and list them in rejects.csv
    #[arg(long)]
    skip_bad: bool,
    /// Threads to work on; 0 is one for each core [default: 0]
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Configuration file [default: rapporteur.toml, if there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Forms of the tables: any of parquet, csv, jsonl, arrow [default: parquet,csv]
    #[arg(long, value_name = "FORMATS", help_heading = "Files")]
    format: Option<Formats>,
    /// Compression of Parquet: zstd, zstd:1 to zstd:22, snappy, gzip, lz4 or none [default: zstd]
    #[arg(long, value_name = "CODEC", help_heading = "Files")]
    compression: Option<Compression>,
    /// Rows of a Parquet row group at most [default: 131072]
    #[arg(long, value_name = "ROWS", help_heading = "Files")]
    row_group_size: Option<NonZeroUsize>,
    /// Put documents, sentences and mentions into folders by a column of the documents:
    /// `published_year`, `publisher`, `section`, `genre`, `language` or `docvar_NAME`
    #[arg(long, value_name = "COLUMN", help_heading = "Files")]
    partition_by: Option<PartitionBy>,
    /// Rows of a file at most; every table is then a folder of parts
    #[arg(long, value_name = "ROWS", help_heading = "Files")]
    max_rows_per_file: Option<NonZeroUsize>,
    /// Put an apostrophe before CSV cells that a spreadsheet would run as formulas; README.md in `OUT_DIR`
    /// says how to take it off
    #[arg(long, help_heading = "Files")]
    csv_safe: bool,
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
    /// Begin a project in a folder.
    Init(PathBuf),
    /// Write a dataset.
    Run(Box<Config>),
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
    /// Count what is in a dataset.
    Stats(Stats),
    /// Find words or an entity.
    Search(Search),
    /// Measure a dataset.
    Eval(Eval),
    /// Make a page of a dataset.
    Report(rapporteur::report::Settings),
    /// Judge lists.
    CodebookCheck {
        /// The user's lists.
        dir: Option<PathBuf>,
    },
    /// List entities.
    CodebookList {
        /// The user's lists.
        dir: Option<PathBuf>,
        /// Of this kind only.
        kind: Option<MentionKind>,
        /// Form of the list.
        format: Format,
    },
    /// Say what a name means.
    CodebookLookup {
        /// The name.
        name: String,
        /// The user's lists.
        codebook: Option<PathBuf>,
    },
    /// List names that were linked to nothing.
    CodebookCandidates {
        /// The dataset's folder.
        out_dir: PathBuf,
        /// Of this kind only.
        kind: Option<MentionKind>,
        /// Mentions that a name must have.
        least: usize,
        /// The user's lists.
        codebook: Option<PathBuf>,
    },
    /// Print this text.
    Print(String),
    /// Write the pages of the manual into a folder.
    WriteManual(PathBuf),
}

impl Cli {
    /// What the arguments mean.
    ///
    /// # Errors
    ///
    /// If the configuration file cannot be read or has a fault, or the manual has no such page.
    pub fn resolve(self) -> Result<Command> {
        Ok(match self.command {
            Verb::Run(args) => Command::Run(Box::new(args.resolve()?)),
            Verb::Check(args) => Command::Check { out_dir: args.out_dir, raw: args.raw },
            Verb::Schema(args) => Command::Schema(args.format),
            Verb::Explain(args) => Command::Explain {
                out_dir: args.out_dir,
                id: args.id,
                raw: args.raw,
                codebook: args.codebook,
            },
            Verb::Stats { command } => Command::Stats(command.resolve()),
            Verb::Search(args) => Command::Search(args.resolve()),
            Verb::Eval(args) => Command::Eval(args.resolve()),
            Verb::Report(args) => Command::Report(args.resolve()),
            Verb::Codebook { command } => command.resolve(),
            Verb::Init(args) => Command::Init(args.dir),
            Verb::Completions(args) => Command::Print(completions::script(args.shell)),
            Verb::Man(args) => match args.out {
                Some(folder) => Command::WriteManual(folder),
                None => Command::Print(args.page()?),
            },
        })
    }
}

impl CodebookVerb {
    fn resolve(self) -> Command {
        let kind = |name: Option<String>| {
            name.and_then(|name| ENTITY_KINDS.iter().copied().find(|kind| kind.as_str() == name))
        };
        match self {
            Self::Check { dir } => Command::CodebookCheck { dir },
            Self::List { dir, kind: name, format } => {
                let format = match format {
                    ListFormat::Table => Format::Table,
                    ListFormat::Csv => Format::Csv,
                };
                Command::CodebookList { dir, kind: kind(name), format }
            }
            Self::Lookup { name, codebook } => Command::CodebookLookup { name, codebook },
            Self::Candidates { out_dir, kind: name, least, codebook } => {
                Command::CodebookCandidates { out_dir, kind: kind(name), least, codebook }
            }
        }
    }
}

impl RunArgs {
    fn resolve(self) -> Result<Config> {
        let mut config = match &self.config {
            Some(path) => Config::read(path)?,
            // A link that leads nowhere, or a file that may not be read, is no absence of settings.
            None if Path::new(CONFIG_FILE).symlink_metadata().is_ok() => {
                Config::read(Path::new(CONFIG_FILE))?
            }
            None => Config::default(),
        };
        config.raw = self.raw_dir.unwrap_or(config.raw);
        config.out = self.out.unwrap_or(config.out);
        config.codebook = self.codebook.or(config.codebook);
        config.text_column = self.text_column.unwrap_or(config.text_column);
        config.id_column = self.id_column.or(config.id_column);
        config.tagger &= !self.no_tagger;
        config.skip_bad |= self.skip_bad;
        config.threads = self.threads.unwrap_or(config.threads);
        config.format = self.format.unwrap_or(config.format);
        config.compression = self.compression.unwrap_or(config.compression);
        config.row_group_size = self.row_group_size.unwrap_or(config.row_group_size);
        config.partition_by = self.partition_by.or(config.partition_by);
        config.max_rows_per_file = self.max_rows_per_file.or(config.max_rows_per_file);
        config.csv_safe |= self.csv_safe;
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
