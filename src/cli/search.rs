//! `rapporteur search`: what can be looked for, and how it is shown.

use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, ValueEnum};
use rapporteur::listing::Form;
use rapporteur::search::{Context, Letters, Query};

use super::stats::Chosen;

/// Characters on either side of a hit in a table.
const AROUND: usize = 40;

#[derive(Debug, Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct SearchArgs {
    /// Words one after the other; one with * at its end is the beginning of a word
    query: String,
    /// Folder of the dataset
    #[arg(default_value = "output")]
    out_dir: PathBuf,
    /// QUERY is a regular expression
    #[arg(short = 'e', long, conflicts_with_all = ["entity", "fold"])]
    regex: bool,
    /// QUERY is the id of an entity: find its mentions
    #[arg(long, conflicts_with_all = ["case_sensitive", "fold"])]
    entity: bool,
    /// Upper and lower case are different letters
    #[arg(short = 's', long, conflicts_with = "fold")]
    case_sensitive: bool,
    /// Leave out accents, vowel marks and the like: 'sanli' finds 'Şanlı'
    #[arg(long)]
    fold: bool,
    /// What is shown of the sentence on either side: characters, words as in 8w, or all
    /// [default: 40 in a table, all in csv and json]
    #[arg(long, value_name = "N")]
    context: Option<Context>,
    /// Hits at most; 0 for all
    #[arg(long, value_name = "N", default_value_t = 0)]
    limit: usize,
    /// Form of the list
    #[arg(long, value_enum, default_value_t = HitForm::Table)]
    format: HitForm,
    #[command(flatten)]
    documents: Chosen,
}

/// Form of a list of hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum HitForm {
    /// Hits under each other, then date and sentence
    Table,
    /// Comma-separated values
    Csv,
    /// An array of objects
    Json,
}

/// What is to be done.
#[derive(Debug)]
pub struct Search {
    /// The dataset's folder.
    pub out_dir: PathBuf,
    /// What is looked for.
    pub what: rapporteur::search::Search,
    /// The form of the list.
    pub form: Form,
    /// What is shown around a hit.
    pub context: Context,
}

impl SearchArgs {
    /// What the arguments mean; ends the program with code 2 if the query means nothing.
    pub fn resolve(self) -> Search {
        let letters = match (self.case_sensitive, self.fold) {
            (true, _) => Letters::Exact,
            (_, true) => Letters::Folded,
            _ => Letters::AnyCase,
        };
        let query = match (self.entity, self.regex) {
            (true, _) => Ok(Query::Entity(self.query)),
            (_, true) => Query::regex(&self.query, letters),
            _ => Query::words(&self.query, letters),
        };
        let wrong = |message: String| -> Query {
            let message = format!("invalid value for '<QUERY>': {message}");
            super::Cli::command().error(ErrorKind::ValueValidation, message).exit()
        };
        let (form, around) = match self.format {
            HitForm::Table => (Form::Table, Context::Chars(AROUND)),
            HitForm::Csv => (Form::Csv, Context::All),
            HitForm::Json => (Form::Json, Context::All),
        };
        Search {
            out_dir: self.out_dir,
            what: rapporteur::search::Search {
                query: query.unwrap_or_else(wrong),
                selection: self.documents.resolve(),
                limit: self.limit,
            },
            form,
            context: self.context.unwrap_or(around),
        }
    }
}
