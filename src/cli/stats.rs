//! `rapporteur stats`: what can be asked, and what is meant by it.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use rapporteur::listing::Form;
use rapporteur::mentions::MentionKind;
use rapporteur::select::{self, Condition, PERIODS, Partial, Selection};
use rapporteur::stats::{Of, PairSort, Request, WordSort, mention_name};

/// Which documents count.
#[derive(Debug, Args)]
pub struct Chosen {
    /// Only documents with this value, as in CSV; empty for none. Of one column any value, of
    /// several columns all. COLUMN is a column of documents, or year, quarter, month or day
    #[arg(long = "where", value_name = "COLUMN=VALUE", help_heading = "Documents")]
    conditions: Vec<Condition>,
    /// Only documents published then or later: 2016, 2016-01 or 2016-01-31
    #[arg(long, value_name = "DATE", help_heading = "Documents")]
    from: Option<Partial>,
    /// Only documents published then or earlier; --to 2016 is to its last day
    #[arg(long, value_name = "DATE", help_heading = "Documents")]
    to: Option<Partial>,
}

impl Chosen {
    /// As the library takes it.
    pub fn resolve(self) -> Selection {
        Selection { conditions: self.conditions, from: self.from, to: self.to }
    }
}

/// What every question has.
#[derive(Debug, Args)]
pub struct Common {
    /// Folder of the dataset
    #[arg(default_value = "output")]
    out_dir: PathBuf,
    #[command(flatten)]
    documents: Chosen,
    /// Form of the table
    #[arg(long, value_enum, default_value_t = TableForm::Table)]
    format: TableForm,
    #[arg(
        long,
        help = "Print the SQL of DuckDB that yields the same numbers from the Parquet files"
    )]
    explain: bool,
}

/// Form of a table of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TableForm {
    /// Aligned columns for people, numbers to two decimals
    Table,
    /// Comma-separated values, numbers to four decimals
    Csv,
    /// An array of objects
    Json,
    /// A table of GitHub Flavored Markdown
    Markdown,
}

impl From<TableForm> for Form {
    fn from(form: TableForm) -> Self {
        match form {
            TableForm::Table => Self::Table,
            TableForm::Csv => Self::Csv,
            TableForm::Json => Self::Json,
            TableForm::Markdown => Self::Markdown,
        }
    }
}

const NULLS: &str =
    "A value that is not known is a row of its own: '-' in a table, empty in CSV, null in JSON.";

/// What is counted.
#[derive(Debug, Subcommand)]
pub enum StatsVerb {
    /// Count documents, and the sentences, words and mentions in them
    #[command(after_help = format!("Examples:\n  \
        rapporteur stats documents --by publisher\n  \
        rapporteur stats documents --by genre,year --format csv\n  \
        rapporteur stats documents --by language --where publisher=Kassioun --from 2016\n\n\
        {NULLS} Most documents first.\n\
        Documents without a date are left out by --from and --to; a note says how many."))]
    Documents {
        #[command(flatten)]
        common: Common,
        /// Columns of documents, or year, quarter, month or day of published
        #[arg(long, value_name = "COLUMN,...", value_delimiter = ',', value_parser = select::name,
            default_value = "publisher")]
        by: Vec<String>,
    },
    /// Count mentions, and the documents that have them
    #[command(after_help = format!("Examples:\n  \
        rapporteur stats mentions --by kind\n  \
        rapporteur stats mentions --by entity --kind person --least 2\n  \
        rapporteur stats mentions --by side,year --format markdown\n\n\
        {NULLS} A mention\nthat is linked to no entity has no entity, side or country. Most mentions first."))]
    Mentions {
        #[command(flatten)]
        common: Common,
        /// kind, entity, side, country, text, unit, outcome, method, rule, modifier, reference, or
        /// what documents are counted by
        #[arg(long, value_name = "COLUMN,...", value_delimiter = ',', value_parser = mention_name,
            default_value = "kind")]
        by: Vec<String>,
        /// Only mentions of these kinds
        #[arg(long = "kind", value_name = "KIND,...", value_delimiter = ',',
            value_parser = clap::builder::PossibleValuesParser::new(
                MentionKind::ALL.iter().map(|kind| kind.as_str())))]
        kinds: Vec<String>,
        /// Mentions that a row must have
        #[arg(long, value_name = "N", default_value_t = 1)]
        least: usize,
        /// Rows at most; 0 for all
        #[arg(long, value_name = "N", default_value_t = 0)]
        limit: usize,
    },
    /// Count documents over time, or those that mention an entity
    #[command(after_help = "Examples:\n  \
        rapporteur stats timeline --by year\n  \
        rapporteur stats timeline --entity russia --entity turkey --by year\n\n\
        A period stands there if a document was published in it. With --entity: documents of the\n\
        period, those mentioning the entity, its mentions, and the share of documents in per cent.\n\
        Documents without a date, or with one that is less exact than the period (a year alone does\n\
        not tell the month), are left out; a note says how many.")]
    Timeline {
        #[command(flatten)]
        common: Common,
        /// Length of a period
        #[arg(long, value_name = "PERIOD", default_value = "month",
            value_parser = clap::builder::PossibleValuesParser::new(PERIODS))]
        by: String,
        /// An entity's id; may be repeated
        #[arg(long = "entity", value_name = "ID")]
        entities: Vec<String>,
    },
    /// List pairs of entities that are mentioned in the same sentence
    #[command(after_help = "Examples:\n  \
        rapporteur stats cooccurrence --least 3\n  \
        rapporteur stats cooccurrence --entity russia --sort pmi\n\n\
        sentences is how many mention both, sentences_a and sentences_b how many mention each. pmi is\n\
        pointwise mutual information in bits (Church and Hanks 1990), negative where they stand\n\
        together less often than by chance; it overrates what is rare, so ask for --least.\n\
        log_likelihood is G2 of the four cells (Dunning 1993): above 10.83 chance is below 0.1 %.\n\
        Chance is reckoned over all sentences of the documents, a sentence counting once an entity.\n\
        Mentions that are linked to no entity are left out.")]
    Cooccurrence {
        #[command(flatten)]
        common: Common,
        /// Only pairs with this entity
        #[arg(long, value_name = "ID")]
        entity: Option<String>,
        /// Sentences that a pair must share
        #[arg(long, value_name = "N", default_value_t = 2)]
        least: usize,
        /// What comes first
        #[arg(long, value_enum, default_value_t = PairOrder::Sentences)]
        sort: PairOrder,
        /// Rows at most; 0 for all
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: usize,
    },
    /// List words that are more frequent in some documents than in others
    #[command(after_help = "Examples:\n  \
        rapporteur stats keyness --target publisher=Kassioun\n  \
        rapporteur stats keyness --target genre=editorial --reference genre=news --least-ll 10.83 --sort log-ratio\n\n\
        Words are what word_count counts: stretches between white space that hold a letter or digit;\n\
        here in lower case, without what stands before the first and after the last letter or digit.\n\
        log_ratio is the binary logarithm of how many times more frequent a word is in the target,\n\
        0.5 standing for a count of 0 (Hardie 2014); it is negative for words of the reference.\n\
        log_likelihood is G2 of the four cells (Dunning 1993), whatever the direction.\n\
        Conditions are as those of --where. Documents that match both count for the target only.")]
    Keyness {
        #[command(flatten)]
        common: Common,
        /// The documents that are looked at; may be repeated
        #[arg(long, value_name = "COLUMN=VALUE", required = true)]
        target: Vec<Condition>,
        /// The documents that they are compared with [default: all others]
        #[arg(long, value_name = "COLUMN=VALUE")]
        reference: Vec<Condition>,
        /// Occurrences that a word must have
        #[arg(long, value_name = "N", default_value_t = 5)]
        least: usize,
        /// Log-likelihood that a word must have
        #[arg(long, value_name = "G2", default_value_t = 0.0)]
        least_ll: f64,
        /// What comes first
        #[arg(long, value_enum, default_value_t = WordOrder::LogLikelihood)]
        sort: WordOrder,
        /// Rows at most; 0 for all
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: usize,
    },
    /// Measure vocabulary and readability of each document
    #[command(after_help = "Examples:\n  \
        rapporteur stats texts\n  \
        rapporteur stats texts --where language=en --format csv\n\n\
        Of documents.text as a whole, titles and captions included, with sentence_count as the number\n\
        of sentences. Words are as in `stats keyness`, types the different ones.\n\
        guiraud is types / sqrt(words), which depends less on length than the ratio (Guiraud 1954).\n\
        lix is words / sentences + 100 x words of more than 6 letters / words (Bjoernsson 1968).\n\
        ari is 4.71 x letters / words + 0.5 x words / sentences - 21.43, about the grade of school in\n\
        the United States that reads it (Smith and Senter 1967; made for English).\n\
        Letters are letters and digits. Neither counts syllables, so both can be reckoned again\n\
        exactly. Scripts that put no blank between words have no words in this sense.")]
    Texts {
        #[command(flatten)]
        common: Common,
    },
}

/// Order of pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PairOrder {
    /// Most sentences first
    Sentences,
    /// Greatest pointwise mutual information first
    Pmi,
    /// Greatest log-likelihood first
    LogLikelihood,
}

/// Order of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum WordOrder {
    /// Greatest log-likelihood first
    LogLikelihood,
    /// Greatest log ratio first
    LogRatio,
}

/// What is to be done.
#[derive(Debug)]
pub struct Stats {
    /// The dataset's folder.
    pub out_dir: PathBuf,
    /// What is asked.
    pub request: Request,
    /// The form of the table.
    pub form: Form,
    /// Whether the SQL is wanted.
    pub explain: bool,
}

impl StatsVerb {
    /// What the arguments mean.
    pub fn resolve(self) -> Stats {
        let (common, of, limit) = match self {
            Self::Documents { common, by } => (common, Of::Documents { by }, 0),
            Self::Mentions { common, by, kinds, least, limit } => {
                (common, Of::Mentions { by, kinds, least }, limit)
            }
            Self::Timeline { common, by, entities } => (common, Of::Timeline { by, entities }, 0),
            Self::Cooccurrence { common, entity, least, sort, limit } => {
                let sort = match sort {
                    PairOrder::Sentences => PairSort::Sentences,
                    PairOrder::Pmi => PairSort::Pmi,
                    PairOrder::LogLikelihood => PairSort::LogLikelihood,
                };
                (common, Of::Cooccurrence { entity, least, sort }, limit)
            }
            Self::Keyness { common, target, reference, least, least_ll, sort, limit } => {
                let sort = match sort {
                    WordOrder::LogLikelihood => WordSort::LogLikelihood,
                    WordOrder::LogRatio => WordSort::LogRatio,
                };
                (common, Of::Keyness { target, reference, least, least_ll, sort }, limit)
            }
            Self::Texts { common } => (common, Of::Texts, 0),
        };
        Stats {
            out_dir: common.out_dir,
            request: Request { of, selection: common.documents.resolve(), limit },
            form: common.format.into(),
            explain: common.explain,
        }
    }
}
