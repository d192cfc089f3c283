//! Dates, times, durations, sets and quantities as candidates for mentions.
//!
//! In: a document. Out: what [`reading`] finds, in the form that all
//! mentions have.

pub mod reading;

use std::borrow::Cow;
use std::sync::LazyLock;

use super::dates::{self, TimexKind};
use super::phrases::tokens::DataError;
use super::quantities;
use super::{Figure, Input, Mention, MentionKind, Method, Outcome, Reference};
use crate::text::Span;
pub use reading::Figures;

static EMBEDDED: LazyLock<Result<Figures, DataError>> = LazyLock::new(Figures::new);

impl Figures {
    /// The rules of this crate, read once.
    ///
    /// # Errors
    ///
    /// If one of them is malformed, which a test rules out.
    pub fn embedded() -> Result<&'static Self, &'static DataError> {
        EMBEDDED.as_ref()
    }
}

/// Adds the times and quantities of the document to `out`.
pub(super) fn find<'d>(input: &Input<'_>, data: &'d Figures, out: &mut Vec<Mention<'d>>) {
    let (times, found) = data.find(input.text, input.sentences, input.published);
    for time in times {
        let kind = match time.kind {
            TimexKind::Date => MentionKind::Date,
            TimexKind::Time => MentionKind::Time,
            TimexKind::Duration => MentionKind::Duration,
            TimexKind::Set => MentionKind::Set,
        };
        let dated = time.kind == TimexKind::Date;
        let own = time.span.of(input.text).trim_end_matches([',', ';', ':', ' ']);
        let span = Span::new(time.span.start as usize, time.span.start as usize + own.len());
        let note = time.weekday_conflict.map(|days| {
            format!("the text says {:?}; that day was a {:?}", days.named, days.actual)
        });
        let figure = Figure {
            value: time.value,
            date_start: time.date_start.filter(|_| dated),
            date_end: time.date_end.filter(|_| dated),
            modifier: time.modifier,
            reference: Some(time.reference.map_or(Reference::None, reference)),
            note,
            ..Figure::default()
        };
        out.push(Mention {
            figure: Some(Box::new(figure)),
            ..Mention::new(without_the(input.text, span), kind, Method::Pattern, time.rule)
        });
    }
    let spans: Vec<Span> = found.iter().map(|quantity| quantity.span).collect();
    for quantity in found {
        let figure = Figure {
            value: quantity.value,
            number_low: quantity.low.filter(|n| n.is_finite()),
            number_high: quantity.high.filter(|n| n.is_finite()),
            unit: quantity.unit.map(|unit| Cow::Borrowed(unit.name())),
            outcome: quantity.outcome.and_then(outcome),
            counted: quantity.counted,
            part_of: quantity.part_of.and_then(|total| spans.get(total).copied()),
            ..Figure::default()
        };
        out.push(Mention {
            figure: Some(Box::new(figure)),
            ..Mention::new(quantity.span, MentionKind::Quantity, Method::Pattern, quantity.rule)
        });
    }
}

fn reference(own: dates::Reference) -> Reference {
    match own {
        dates::Reference::Published => Reference::Published,
        dates::Reference::Previous => Reference::Previous,
        dates::Reference::DocumentYear => Reference::DocumentYear,
    }
}

fn outcome(own: quantities::Outcome) -> Option<Outcome> {
    Outcome::ALL.iter().copied().find(|o| o.as_str() == own.name())
}

/// TIMEX3 counts a leading article in; a mention has none. 'A' and 'an' are numbers here and stay.
fn without_the(text: &str, span: Span) -> Span {
    match span.of(text).get(..4) {
        Some(head) if head.eq_ignore_ascii_case("the ") => {
            Span::new(span.start as usize + 4, span.end as usize).trim(text)
        }
        _ => span,
    }
}
