//! Times and quantities of a document, found together.
//!
//! In: a document's text, its sentences and its publication date. Out: what [`dates::find`] and
//! [`quantities::find`] find. Each word is looked up once for both, and only in sentences that hold
//! a digit or a word that tells of a time, a number or of something that happened to people.

use crate::mentions::dates::{self, DateData, Timex};
use crate::mentions::phrases::tokens::{DataError, Token};
use crate::mentions::phrases::vocabulary::{View, Vocabulary, sign};
use crate::mentions::quantities::{self, Quantity, QuantityData};
use crate::text::Span;
use jiff::civil::Date;

/// The rules of dates and of quantities.
#[derive(Debug)]
pub struct Figures {
    dates: DateData,
    quantities: QuantityData,
    vocabulary: Vocabulary,
}

impl Figures {
    /// Reads the rules of this crate.
    ///
    /// # Errors
    ///
    /// If one of them is malformed, which a test rules out.
    pub fn new() -> Result<Self, DataError> {
        let (dates, quantities) = (DateData::embedded()?, QuantityData::embedded()?);
        let vocabulary = Vocabulary::new([
            Some((&dates.lexicon, &dates.signs)),
            Some((&quantities.lexicon, &quantities.signs)),
        ]);
        Ok(Self { dates, quantities, vocabulary })
    }

    /// The times and the quantities of a document, each in order. See [`dates::find`] and
    /// [`quantities::find`]. Linear in the length of `text`.
    #[must_use]
    pub fn find(
        &self,
        text: &str,
        sentences: &[Span],
        published: Option<Date>,
    ) -> (Vec<Timex<'_>>, Vec<Quantity<'_>>) {
        let mut exprs = Vec::new();
        let mut counts = quantities::Finder::new(text, &self.quantities);
        let mut tokens: Vec<Token> = Vec::new();
        let mut automaton = self.dates.set.borrow();
        for (number, sentence) in sentences.iter().enumerate() {
            dates::chunks(text, *sentence, |start, end| {
                let signs = self.vocabulary.signs(&text[start..end]);
                if signs == 0 {
                    return;
                }
                self.vocabulary.tokenize(text, start, end, &mut tokens);
                let first = exprs.len();
                if signs & (sign::DIGIT | sign::TIME) != 0 {
                    self.vocabulary.read(View::Dates, &mut tokens);
                    dates::scan(text, &tokens, number, &self.dates, &mut automaton, &mut exprs);
                }
                if signs != sign::TIME {
                    self.vocabulary.read(View::Quantities, &mut tokens);
                    let own = exprs[first..].iter().filter(|e| e.is_sure()).map(|e| e.span);
                    counts.read(&mut tokens, own);
                }
            });
            counts.end_sentence();
        }
        self.dates.set.give_back(automaton);
        (dates::resolve::resolve(text, &exprs, published, &self.dates), counts.out)
    }
}
