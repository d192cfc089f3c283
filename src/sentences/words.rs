//! What stands around a place in a line: words with their shapes.
//!
//! In: a line's bytes and a place. Out: the words before and after it as borrowed slices with a
//! hash and a shape. Looks at most [`REACH`] bytes in either direction, so that the cost of a place
//! does not depend on the length of its line.

/// How far a word is followed, in bytes.
const REACH: usize = 64;

/// FNV-1a, 64 bits: offset basis and prime as given by Fowler, Noll and Vo.
const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0100_0000_01b3;

/// Hash of a name or of a word that is lower-case already.
pub(super) const fn hash(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let (mut hash, mut i) = (BASIS, 0);
    while i < bytes.len() {
        hash = (hash ^ bytes[i] as u64).wrapping_mul(PRIME);
        i += 1;
    }
    hash
}

/// Hash of `word` in lower case; the typographic apostrophe counts as the straight one.
pub(super) fn hash_lower(word: &str) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(PRIME);
    if word.is_ascii() {
        return word.bytes().fold(BASIS, |hash, b| step(hash, b.to_ascii_lowercase()));
    }
    let mut buffer = [0; 4];
    word.chars()
        .flat_map(|c| if c == '’' { '\''.to_lowercase() } else { c.to_lowercase() })
        .fold(BASIS, |hash, c| c.encode_utf8(&mut buffer).bytes().fold(hash, step))
}

/// Defines a plain enum whose members have a name and that name's hash.
macro_rules! codes {
    ($(#[$doc:meta])* $kind:ident { $($(#[$note:meta])* $member:ident = $name:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub(super) enum $kind { $($(#[$note])* $member,)+ }

        impl $kind {
            const NAMES: &[&str] = &[$($name),+];
            const HASHES: &[u64] = &[$(hash($name)),+];

            /// What the member is called in the file of weights.
            pub(super) const fn part(self) -> Part<'static> {
                Part { name: Self::NAMES[self as usize], hash: Self::HASHES[self as usize], word: false }
            }
        }
    };
}
pub(super) use codes;

/// One part of a feature: how it is written and its hash.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part<'a> {
    pub(super) name: &'a str,
    pub(super) hash: u64,
    /// Whether it is a word of the text, which is hashed in lower case.
    pub(super) word: bool,
}

impl Part<'_> {
    /// Appends the part as the file of weights writes it.
    pub(super) fn write(&self, out: &mut String) {
        if self.word {
            out.extend(
                self.name
                    .chars()
                    .flat_map(|c| if c == '’' { '\''.to_lowercase() } else { c.to_lowercase() }),
            );
        } else {
            out.push_str(self.name);
        }
    }
}

codes! {
    /// The look of a word.
    Shape {
        #[default]
        /// Nothing more on the line.
        Edge = "edge",
        /// Small letters only.
        Lower = "low",
        /// One small letter.
        Letter = "l",
        /// A capital, then at least one small letter.
        Capital = "Cap",
        /// Two capitals or more, no small letter.
        Upper = "UP",
        /// One capital.
        Initial = "I",
        /// Digits, with inner punctuation.
        Number = "num",
        /// Digits and letters.
        Mixed = "mix",
        /// Has an inner full stop between letters.
        Dotted = "dot",
        /// An address of the web or of mail, a path.
        Address = "url",
        /// Letters of a script without case.
        Caseless = "nocase",
        /// Anything else.
        Symbol = "sym",
    }
}

codes! {
    /// What a word is wrapped in at its front or followed by at its back.
    Wrap {
        #[default]
        /// Nothing.
        Bare = "-",
        /// A full stop.
        Stop = ".",
        /// An exclamation or question mark.
        Bang = "!",
        /// A comma.
        Comma = ",",
        /// A colon.
        Colon = ":",
        /// A semicolon.
        Semicolon = ";",
        /// A quotation mark.
        Quote = "q",
        /// A round bracket.
        Round = "(",
        /// Another bracket.
        Square = "[",
        /// A dash or hyphen.
        Dash = "--",
        /// A bullet or another sign.
        Sign = "*",
    }
}

/// A word beside a place, or nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Word<'a> {
    /// The word without what it is wrapped in.
    pub(super) text: &'a str,
    /// Hash of the word in lower case.
    pub(super) hash: u64,
    pub(super) shape: Shape,
    /// What stands right before (of a word that follows the place) or right after it.
    pub(super) wrap: Wrap,
    /// Where the word begins and ends in the text.
    pub(super) start: usize,
    pub(super) end: usize,
}

impl<'a> Word<'a> {
    /// The word as part of a feature; all numbers are one word.
    pub(super) fn part(&self) -> Part<'a> {
        if self.shape == Shape::Number {
            self.shape.part()
        } else if self.text.is_empty() {
            const NONE: u64 = hash("_");
            Part { name: "_", hash: NONE, word: false }
        } else {
            Part { name: self.text, hash: self.hash, word: true }
        }
    }

    fn new(text: &'a str, start: usize, end: usize, wrap: Wrap) -> Self {
        let text = &text[start..end];
        Self { text, hash: hash_lower(text), shape: shape(text), wrap, start, end }
    }

    /// Whether the word starts like a sentence or name in a script with case.
    pub(super) fn is_capital(&self) -> bool {
        match self.shape {
            Shape::Capital | Shape::Upper | Shape::Initial => true,
            Shape::Dotted | Shape::Mixed => {
                self.text.chars().next().is_some_and(char::is_uppercase)
            }
            _ => false,
        }
    }

    /// Whether the word starts with a small letter.
    pub(super) fn is_lower(&self) -> bool {
        match self.shape {
            Shape::Lower | Shape::Letter => true,
            Shape::Dotted | Shape::Mixed => {
                self.text.chars().next().is_some_and(char::is_lowercase)
            }
            _ => false,
        }
    }
}

/// The character that ends before byte `at`.
pub(super) fn char_before(text: &str, at: usize) -> Option<char> {
    match text.as_bytes()[..at].last() {
        Some(&b) if b.is_ascii() => Some(b as char),
        _ => text[..at].chars().next_back(),
    }
}

/// The character that begins at byte `at`.
pub(super) fn char_at(text: &str, at: usize) -> Option<char> {
    match text.as_bytes().get(at) {
        Some(&b) if b.is_ascii() => Some(b as char),
        _ => text[at..].chars().next(),
    }
}

fn wrap_of(c: char) -> Option<Wrap> {
    Some(match c {
        '"' | '“' | '”' | '„' | '«' | '»' | '‘' | '‚' | '‹' | '›' | '\'' | '’' | '`' | '「'
        | '『' => Wrap::Quote,
        '(' | ')' => Wrap::Round,
        '[' | ']' | '{' | '}' => Wrap::Square,
        '.' | '…' => Wrap::Stop,
        '!' | '?' | '¿' | '¡' | '؟' => Wrap::Bang,
        ',' | '،' => Wrap::Comma,
        ':' => Wrap::Colon,
        ';' | '؛' => Wrap::Semicolon,
        '-' | '–' | '—' | '―' | '‒' => Wrap::Dash,
        '*' | '•' | '#' | '>' | '<' | '=' | '|' | '~' | '·' | '▪' | '●' | '■' | '⁃' | '_' => {
            Wrap::Sign
        }
        _ => return None,
    })
}

/// Signs that part words even without white space.
fn parts_words(c: char) -> bool {
    matches!(
        c,
        '—' | '―'
            | '('
            | ')'
            | '['
            | ']'
            | '"'
            | '“'
            | '”'
            | '«'
            | '»'
            | '„'
            | '…'
            | '<'
            | '>'
    )
}

/// The word that ends before `at` and begins no earlier than `floor`, without the signs at its ends
/// (its inner full stops stay). Blanks before `at` are passed over.
pub(super) fn before(text: &str, floor: usize, at: usize) -> Word<'_> {
    let limit = at.saturating_sub(REACH).max(floor);
    let mut end = at;
    let mut wrap = Wrap::Bare;
    while end > limit {
        let Some(c) = char_before(text, end) else { break };
        if c.is_whitespace() {
            if wrap != Wrap::Bare {
                break;
            }
        } else if let Some(found) = wrap_of(c) {
            if wrap == Wrap::Bare {
                wrap = found;
            }
        } else {
            break;
        }
        end -= c.len_utf8();
    }
    let mut start = end;
    while start > limit {
        let Some(c) = char_before(text, start) else { break };
        if c.is_whitespace() || parts_words(c) {
            break;
        }
        start -= c.len_utf8();
    }
    while let Some(c) = text[start..end].chars().next() {
        if wrap_of(c).is_none() {
            break;
        }
        start += c.len_utf8();
    }
    if start == end {
        return Word {
            wrap,
            start,
            end,
            shape: if wrap == Wrap::Bare { Shape::Edge } else { Shape::Symbol },
            ..Word::default()
        };
    }
    Word::new(text, start, end, wrap)
}

/// The word that begins at or after `at` on the same line, and the sign that stands in front of it.
pub(super) fn after(text: &str, at: usize) -> Word<'_> {
    let (mut start, mut wrap) = (at, Wrap::Bare);
    let limit = at + REACH;
    while let Some(c) = char_at(text, start) {
        if start >= limit || is_newline(c) {
            break;
        }
        if let Some(found) = wrap_of(c) {
            if wrap == Wrap::Bare {
                wrap = found;
            }
        } else if !c.is_whitespace() || !matches!(wrap, Wrap::Bare | Wrap::Sign | Wrap::Dash) {
            break;
        }
        start += c.len_utf8();
    }
    let mut end = start;
    while let Some(c) = char_at(text, end) {
        if end >= limit || c.is_whitespace() || parts_words(c) {
            break;
        }
        end += c.len_utf8();
    }
    while let Some(c) = char_before(&text[start..], end - start) {
        if wrap_of(c).is_none() {
            break;
        }
        end -= c.len_utf8();
    }
    if start == end {
        return Word {
            wrap,
            start,
            end,
            shape: if wrap == Wrap::Bare { Shape::Edge } else { Shape::Symbol },
            ..Word::default()
        };
    }
    Word::new(text, start, end, wrap)
}

/// What stands right behind a word that [`after`] found.
pub(super) fn tail(text: &str, word: &Word) -> Wrap {
    char_at(text, word.end).and_then(wrap_of).unwrap_or_default()
}

/// Characters that end a line.
pub(super) fn is_newline(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn shape(word: &str) -> Shape {
    let (mut lower, mut upper, mut digit, mut caseless, mut other, mut dots) = (0, 0, 0, 0, 0, 0);
    let mut first_upper = false;
    for (i, c) in word.chars().enumerate() {
        match c {
            'a'..='z' => lower += 1,
            'A'..='Z' => upper += 1,
            '0'..='9' => digit += 1,
            '.' => dots += 1,
            '@' => return Shape::Address,
            '\'' | '-' | '&' | ',' | '’' => {}
            '/' | ':' | '\\' => other += 1,
            _ if c.is_ascii() => other += 1,
            _ if c.is_uppercase() => upper += 1,
            _ if c.is_lowercase() => lower += 1,
            _ if c.is_alphabetic() => caseless += 1,
            _ if c.is_numeric() => digit += 1,
            _ => other += 1,
        }
        if i == 0 {
            first_upper = upper > 0;
        }
    }
    let letters = lower + upper;
    if letters == 0 {
        return match (caseless, digit) {
            (0, 0) => Shape::Symbol,
            (0, _) => Shape::Number,
            _ => Shape::Caseless,
        };
    }
    if dots > 0 && (other > 0 || word.starts_with("www.")) {
        return Shape::Address;
    }
    if dots > 0 {
        return Shape::Dotted;
    }
    if digit > 0 {
        return Shape::Mixed;
    }
    match (lower, upper) {
        (1, 0) => Shape::Letter,
        (_, 0) => Shape::Lower,
        (0, 1) => Shape::Initial,
        (0, _) => Shape::Upper,
        _ if first_upper => Shape::Capital,
        _ => Shape::Mixed,
    }
}
