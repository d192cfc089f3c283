//! A place where a sentence may end, and what the classifier sees of it.

use super::lists::{Class, Language, Opener};
use super::words::{self, Part, Word, Wrap, codes, hash};

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
    /// The white space at the place.
    Gap {
        #[default]
        /// None.
        None = "0",
        /// One character.
        One = "1",
        /// More.
        More = "2",
    }
}

codes! {
    /// How often sentences of the text begin with a small letter.
    Style {
        #[default]
        /// Never.
        Edited = "never",
        /// In one of ten at most.
        Mostly = "rarely",
        /// In one of two at most.
        Mixed = "often",
        /// More often.
        Lower = "mostly",
    }
}

codes! {
    /// How far the place is from the beginning of its sentence, in words.
    Length {
        #[default]
        One = "1",
        Two = "2",
        Four = "3",
        Eight = "5",
        Sixteen = "9",
        Forty = "17",
        Long = "41",
    }
}

codes! {
    /// The kinds of features; each is followed in the file of weights by its parts.
    Template {
        #[default]
        Bias = "bias",
        MarkCloserGap = "mark+closer+gap",
        MarkNextLead = "mark+next+lead",
        ClassNext = "class+next",
        ClassOpener = "class+opener+next",
        BeforeWordNext = "beforeword+next+mark",
        NextWordBefore = "nextword+before+mark",
        MarkBeforeWord = "mark+beforeword",
        MarkNextWord = "mark+nextword+next",
        NextTail = "mark+next+tail",
        NextSecond = "mark+next+second",
        LengthNext = "mark+length+next",
        Quoted = "mark+quoted+closer+lead",
        Round = "mark+round+closer",
        StyleOpener = "mark+style+opener+next",
        Earlier = "mark+earlier+before+next",
        EarlierWord = "mark+earlierword",
        BeforeLength = "mark+letters+next",
        ClassEarlier = "class+earlier+opener+next",
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

/// What a pass knows of the sentence it is in.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Within {
    /// First byte.
    pub(super) sentence: usize,
    /// Whether a double quotation mark is open.
    pub(super) quoted: bool,
    /// Open round brackets.
    pub(super) round: u32,
    pub(super) style: Style,
}

/// A place where a sentence may end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'t> {
    pub(super) text: &'t str,
    pub(super) sign: Sign,
    pub(super) gap: Gap,
    pub(super) within: Within,
    /// Blanks in the sentence so far.
    pub(super) blanks: usize,
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
    ) -> Self {
        let next = words::after(text, sign.next);
        let tail = words::tail(text, &next);
        let class_if = |stop: bool, word: &Word| {
            if stop { language.abbreviations.class(word) } else { Class::None }
        };
        Self {
            text,
            sign,
            gap: match sign.next - sign.end {
                0 => Gap::None,
                1 => Gap::One,
                _ => Gap::More,
            },
            within,
            blanks: blanks(&text.as_bytes()[within.sentence.min(sign.end)..sign.end]),
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

    fn length(&self) -> Length {
        match self.blanks {
            0 => Length::One,
            1 => Length::Two,
            2..=3 => Length::Four,
            4..=7 => Length::Eight,
            8..=15 => Length::Sixteen,
            16..=39 => Length::Forty,
            _ => Length::Long,
        }
    }

    /// Gives every feature of the place to `emit`: its template and parts.
    #[inline]
    pub(super) fn features(&self, emit: &mut impl FnMut(Template, &[Part])) {
        use Template as T;
        let second = words::after(self.text, self.next.end.max(self.sign.next));
        let earlier = self.earlier();
        let mark = self.sign.mark.part();
        let closer = self.sign.closer.part();
        let (before, next) = (self.before.shape.part(), self.next.shape.part());
        let (before_word, next_word) = (self.before.part(), self.next.part());
        let class = self.class.part();
        let opener = self.opener.part();
        let length = self.length().part();
        let lead = self.next.wrap.part();
        let style = self.within.style.part();
        emit(T::MarkCloserGap, &[mark, closer, self.gap.part()]);
        emit(T::MarkNextLead, &[mark, next, lead]);
        emit(T::BeforeWordNext, &[before_word, next, mark]);
        emit(T::NextWordBefore, &[next_word, before, mark]);
        emit(T::MarkBeforeWord, &[mark, before_word]);
        emit(T::MarkNextWord, &[mark, next_word, next]);
        emit(T::NextTail, &[mark, next, self.tail.part()]);
        emit(T::NextSecond, &[mark, next, second.shape.part()]);
        emit(T::LengthNext, &[mark, length, next]);
        emit(T::Earlier, &[mark, earlier.shape.part(), before, next]);
        emit(T::EarlierWord, &[mark, earlier.part()]);
        emit(T::StyleOpener, &[mark, style, opener, next]);
        emit(T::Quoted, &[mark, Flag::from(self.within.quoted).part(), closer, lead]);
        emit(T::Round, &[mark, Flag::from(self.within.round > 0).part(), closer]);
        if self.sign.mark.is_terminator() {
            emit(T::ClassNext, &[class, next]);
            emit(T::ClassOpener, &[class, opener, next]);
            emit(T::BeforeLength, &[mark, letters(&self.before), next]);
            emit(T::ClassEarlier, &[class, earlier.shape.part(), opener, next]);
        }
        emit(T::Bias, &[]);
    }
}

/// Blanks in a sentence, or enough of them if it is long anyway.
fn blanks(sentence: &[u8]) -> usize {
    const FAR: usize = 400;
    if sentence.len() > FAR { FAR } else { memchr::memchr_iter(b' ', sentence).count() }
}

/// The length of a word in bytes, up to five.
fn letters(word: &Word) -> Part<'static> {
    const NAMES: [Part<'static>; 6] = [
        Part { name: "0", hash: hash("0"), word: false },
        Part { name: "1", hash: hash("1"), word: false },
        Part { name: "2", hash: hash("2"), word: false },
        Part { name: "3", hash: hash("3"), word: false },
        Part { name: "4", hash: hash("4"), word: false },
        Part { name: "5", hash: hash("5"), word: false },
    ];
    NAMES[word.text.len().min(5)]
}
