//! A place where a sentence may end, and what the classifier sees of it.

use std::cell::OnceCell;

use super::lists::{Class, Language, Opener};
use super::scan;
use super::words::{self, Part, Shape, Word, Wrap, codes};

codes! {
    /// The sign after which the place is.
    Mark {
        #[default]
        /// One full stop.
        Stop = ".",
        /// Two dots.
        TwoDots = "..",
        /// An ellipsis.
        Dots = "...",
        /// Three dots with blanks around each.
        Omission = ".-.-.",
        /// Four dots or more.
        ManyDots = "....",
        /// One exclamation mark.
        Bang = "!",
        /// One question mark.
        Question = "?",
        /// Several, or both.
        Bangs = "!!",
        /// Several question marks.
        Questions = "??",
        /// The full stop of another script.
        Full = "full",
        /// Full-width marks, which need no blank.
        Wide = "wide",
        /// A blank after a word without a mark.
        Word = "w",
        /// A blank after a colon, and so on.
        Colon = ":",
        /// After a semicolon.
        Semicolon = ";",
        /// After a comma.
        Comma = ",",
        /// After a dash.
        Dash = "--",
        /// After a quotation mark.
        QuoteEnd = "q",
        /// After a round bracket.
        RoundEnd = ")",
        /// After another bracket.
        SquareEnd = "]",
        /// After another sign.
        Sign = "*",
        /// After a mark that was dealt with.
        Inside = "in",
    }
}

impl Mark {
    /// Whether it is a mark that ends sentences.
    pub(super) fn is_terminator(self) -> bool {
        (self as usize) < Self::Word as usize
    }
}

codes! {
    /// What closes behind the mark.
    Closer {
        #[default]
        /// Nothing.
        None = "-",
        /// A quotation mark.
        Quote = "q",
        /// A round bracket.
        Round = ")",
        /// Another bracket.
        Square = "]",
        /// A reference mark.
        Reference = "ref",
        /// An emoticon or emoji.
        Emoticon = "smile",
    }
}

codes! {
    /// The kinds of features; each is followed in the file of weights by its parts.
    Template {
        #[default]
        Bias = "bias",
        ClassOpener = "class+opener+next",
        BeforeWordNext = "beforeword+next+mark",
        NextWordBefore = "nextword+before+mark",
        MarkBeforeWord = "mark+beforeword",
        MarkNextWord = "mark+nextword+next",
        NextSecond = "mark+next+second",
        Quoted = "mark+quoted+closer+lead",
        Round = "mark+round+closer",
        Earlier = "mark+earlier+before+next",
        EarlierWord = "mark+earlierword",
        BeforeLength = "mark+letters+next",
    }
}

impl Template {
    /// What the members of each part are called, in order; none where the part is a word.
    pub(super) const fn parts(self) -> &'static [&'static [&'static str]] {
        const MARK: &[&str] = Mark::NAMES;
        const CLOSER: &[&str] = Closer::NAMES;
        const SHAPE: &[&str] = Shape::NAMES;
        const FLAG: &[&str] = Flag::NAMES;
        const WORD: &[&str] = &[];
        match self {
            Self::Bias => &[],
            Self::ClassOpener => &[Class::NAMES, Opener::NAMES, SHAPE],
            Self::BeforeWordNext | Self::NextWordBefore => &[WORD, SHAPE, MARK],
            Self::MarkBeforeWord | Self::EarlierWord => &[MARK, WORD],
            Self::MarkNextWord => &[MARK, WORD, SHAPE],
            Self::NextSecond => &[MARK, SHAPE, SHAPE],
            Self::Quoted => &[MARK, FLAG, CLOSER, Wrap::NAMES],
            Self::Round => &[MARK, FLAG, CLOSER],
            Self::Earlier => &[MARK, SHAPE, SHAPE, SHAPE],
            Self::BeforeLength => &[MARK, LETTERS, SHAPE],
        }
    }
}

codes! {
    /// Yes or no.
    Flag {
        #[default]
        No = "no",
        Yes = "yes",
    }
}

impl From<bool> for Flag {
    fn from(value: bool) -> Self {
        if value { Self::Yes } else { Self::No }
    }
}

/// The sign behind which a sentence may end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sign {
    pub(super) mark: Mark,
    pub(super) closer: Closer,
    /// Where the sentence would end and the next begin.
    pub(super) end: usize,
    pub(super) next: usize,
}

/// How often sentences of a text begin with a small letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Never, or in one of ten at most.
    Edited,
    /// More often.
    Loose,
}

/// What a pass knows of the sentence it is in.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Within {
    /// First byte.
    pub(super) sentence: usize,
    /// Whether a double quotation mark is open.
    pub(super) quoted: bool,
    /// Open round brackets.
    pub(super) round: u32,
}

/// A place where a sentence may end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'t> {
    pub(super) text: &'t str,
    pub(super) sign: Sign,
    style: &'t OnceCell<Style>,
    pub(super) within: Within,
    /// The word before the mark and the one behind the place.
    pub(super) before: Word<'t>,
    pub(super) next: Word<'t>,
    /// What stands right behind `next`.
    pub(super) tail: Wrap,
    /// Class of `before` as an abbreviation, if the mark is its full stop.
    pub(super) class: Class,
    /// Class of `next`, if a full stop follows it.
    pub(super) next_class: Class,
    /// Whether `next` is a word of grammar that opens sentences.
    pub(super) opener: Opener,
}

impl<'t> Place<'t> {
    pub(super) fn new(
        language: &Language,
        text: &'t str,
        before: Word<'t>,
        sign: Sign,
        within: Within,
        style: &'t OnceCell<Style>,
    ) -> Self {
        let next = words::after(text, sign.next);
        let tail = words::tail(text, &next);
        let class_if = |stop: bool, word: &Word| {
            if stop { language.abbreviations.class(word) } else { Class::None }
        };
        Self {
            text,
            sign,
            style,
            within,
            before,
            next,
            tail,
            // Behind a bracket the full stop is none of the word's.
            class: class_if(sign.mark == Mark::Stop && before.wrap == Wrap::Bare, &before),
            next_class: class_if(tail == Wrap::Stop, &next),
            opener: language.openers.has(&next),
        }
    }

    /// The word before `before`, in the same sentence.
    pub(super) fn earlier(&self) -> Word<'t> {
        let floor = self.within.sentence.min(self.before.start);
        words::before(self.text, floor, self.before.start)
    }

    /// What the sentence consists of if it ends here.
    pub(super) fn so_far(&self) -> &'t str {
        &self.text[self.within.sentence.min(self.sign.end)..self.sign.end]
    }

    /// Blanks in the sentence so far, or in its first bytes if it is long.
    pub(super) fn blanks(&self) -> usize {
        const FAR: usize = 400;
        self.so_far().bytes().take(FAR).filter(|&b| b == b' ').count()
    }

    /// How often sentences of the text begin with a small letter; looked up only where it matters, once.
    pub(super) fn style(&self) -> Style {
        *self.style.get_or_init(|| scan::style(self.text.as_bytes()))
    }

    /// Gives the features of the place to `emit`, each with its template and parts, but those of
    /// [`Place::far_features`].
    #[inline]
    pub(super) fn near_features(&self, emit: &mut impl FnMut(Template, &[Part])) {
        use Template as T;
        let mark = self.sign.mark.part();
        let closer = self.sign.closer.part();
        let (before, next) = (self.before.shape.part(), self.next.shape.part());
        let (before_word, next_word) = (self.before.part(), self.next.part());
        emit(T::BeforeWordNext, &[before_word, next, mark]);
        emit(T::NextWordBefore, &[next_word, before, mark]);
        emit(T::MarkBeforeWord, &[mark, before_word]);
        emit(T::MarkNextWord, &[mark, next_word, next]);
        let quoted = Flag::from(self.within.quoted).part();
        emit(T::Quoted, &[mark, quoted, closer, self.next.wrap.part()]);
        emit(T::Round, &[mark, Flag::from(self.within.round > 0).part(), closer]);
        if self.sign.mark.is_terminator() {
            emit(T::ClassOpener, &[self.class.part(), self.opener.part(), next]);
            emit(T::BeforeLength, &[mark, letters(&self.before), next]);
        }
        emit(T::Bias, &[]);
    }

    /// The features of the words beyond the nearest ones, `earlier` being the one before them.
    #[inline]
    pub(super) fn far_features(&self, earlier: &Word, emit: &mut impl FnMut(Template, &[Part])) {
        use Template as T;
        let second = words::after(self.text, self.next.end.max(self.sign.next));
        let mark = self.sign.mark.part();
        let (before, next) = (self.before.shape.part(), self.next.shape.part());
        emit(T::NextSecond, &[mark, next, second.shape.part()]);
        emit(T::Earlier, &[mark, earlier.shape.part(), before, next]);
        emit(T::EarlierWord, &[mark, earlier.part()]);
    }
}

/// Lengths of words in bytes.
const LETTERS: &[&str] = &["0", "1", "2", "3", "4", "5"];

/// The length of a word in bytes, up to five.
fn letters(word: &Word) -> Part<'static> {
    let code = word.text.len().min(LETTERS.len() - 1);
    Part { name: LETTERS[code], code: code as u64, word: false }
}
