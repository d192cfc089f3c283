//! Cuts a text into lines and measures what the later steps ask about them.
//!
//! In: clean text whose line ends are `\n` (a form feed ends a line too, and a page). Out: one
//! [`Line`] for every line that is not blank, with widths, indents and the kind of its edges, so
//! that no later step has to read the text again. One scan, no allocation for a line.

use super::rules::LayoutRules;
use std::borrow::Cow;

/// The line's first character, after opening quotes and brackets, is a lower-case letter.
pub(super) const LOWER: u16 = 1;
/// The line ends as a sentence does: `.`, `!`, `?`, `:` or `…`, quotes and brackets closed.
pub(super) const TERMINAL: u16 = 2;
/// The line begins with a bullet, a number or a letter that counts items.
pub(super) const ITEM: u16 = 4;
/// The line has columns: tabs, or runs of three blanks, between words.
pub(super) const TABLE: u16 = 8;
/// The line consists of rule characters only (`-----`, `* * *`).
pub(super) const RULE: u16 = 16;
/// A form feed stands before the line.
pub(super) const PAGE: u16 = 32;
/// The line's first letter belongs to a script without case.
pub(super) const CASELESS: u16 = 64;
/// The line ends in a comma or semicolon: whatever it is, it goes on.
pub(super) const COMMA: u16 = 128;

/// The line is a field of a header: `Subject: ...`.
pub(super) const FIELD: u16 = 256;
/// The line ends in a word that ends no sentence and no heading: `the`, `of`.
pub(super) const OPEN: u16 = 512;
/// A sentence ends inside the line and another begins, as in prose.
pub(super) const INNER: u16 = 1024;
/// The line is one word, however long: an address that no editor breaks.
pub(super) const WORD: u16 = 2048;
/// The line is of the page and not of its text: `Page 2 of 9`, `- 12 -`, `S/2018/35`, `/...`.
pub(super) const FURNITURE: u16 = 4096;

/// One line that is not blank.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    /// First byte that is not white space.
    pub start: u32,
    /// One past the last byte that is not white space.
    pub end: u32,
    /// Columns from the margin to the end, a tab counting as one.
    pub width: u32,
    /// Columns of white space in front.
    pub indent: u16,
    /// Columns of the first word.
    pub first_word: u16,
    /// Blank lines before it, at most 255.
    pub gap: u8,
    /// The flags above.
    pub flags: u16,
}

impl Line {
    pub fn is(&self, flags: u16) -> bool {
        self.flags & flags != 0
    }

    pub fn of<'t>(&self, text: &'t str) -> &'t str {
        &text[self.start as usize..self.end as usize]
    }
}

/// The lines of `text` that are not blank, in order.
pub(super) fn lines(text: &str, rules: &LayoutRules) -> Vec<Line> {
    let mut out = Vec::with_capacity(text.len() / 64 + 1);
    let (mut at, mut gap, mut page, mut quoted) = (0, 0_u8, false, false);
    while at < text.len() {
        let stop =
            memchr::memchr2(b'\n', 0x0c, &text.as_bytes()[at..]).map_or(text.len(), |n| at + n);
        if let Some(mut line) = measure(text, at, stop, rules) {
            quoted |= text.as_bytes()[line.start as usize] == b'>';
            line.gap = gap;
            if page {
                line.flags |= PAGE;
            }
            out.push(line);
            (gap, page) = (0, false);
        } else if text.as_bytes().get(stop) == Some(&b'\n') {
            gap = gap.saturating_add(1);
        }
        page |= text.as_bytes().get(stop) == Some(&0x0c);
        at = stop + 1;
    }
    if quoted { unquote(text, &out, rules) } else { out }
}

/// Takes the marks off lines that are quoted as mails quote (`> `, RFC 3676): two or more in a row.
///
/// A line with marks only is blank. Where the depth changes a blank line is counted, since nobody
/// goes on with another's paragraph.
fn unquote(text: &str, lines: &[Line], rules: &LayoutRules) -> Vec<Line> {
    let mut out = Vec::with_capacity(lines.len());
    let (mut at, mut gap) = (0, 0);
    while at < lines.len() {
        let mut end = at + 1;
        while end < lines.len() && lines[end].gap == 0 && quote_marks(lines[end].of(text)).0 > 0 {
            end += 1;
        }
        let marks = |line: &Line| quote_marks(line.of(text));
        let is_said = |line: &&Line| marks(line).1 < line.of(text).len();
        let quotes = marks(&lines[at]).0 > 0 && lines[at..end].iter().filter(is_said).count() > 1;
        if !quotes {
            end = at + 1;
            out.push(Line { gap: lines[at].gap.saturating_add(gap), ..lines[at] });
            (at, gap) = (end, 0);
            continue;
        }
        let mut depth = 0;
        for line in &lines[at..end] {
            let (deep, mark) = marks(line);
            gap = gap.saturating_add(line.gap).saturating_add(u8::from(deep != depth));
            depth = deep;
            match measure(text, line.start as usize + mark, line.end as usize, rules) {
                Some(bare) => {
                    out.push(Line { gap, flags: bare.flags | line.flags & PAGE, ..bare });
                    gap = 0;
                }
                None => gap = gap.saturating_add(1),
            }
        }
        (at, gap) = (end, gap.saturating_add(1));
    }
    out
}

/// How deep a line is quoted, and the length of the marks with one blank behind them.
fn quote_marks(body: &str) -> (u8, usize) {
    let (mut depth, mut at) = (0_u8, 0);
    for (n, byte) in body.bytes().enumerate().take(40) {
        match byte {
            b'>' => (depth, at) = (depth + 1, n + 1),
            b' ' if n == at => {}
            _ => break,
        }
    }
    let blank = body.as_bytes().get(at) == Some(&b' ');
    (depth, at + usize::from(blank && depth > 0))
}

fn measure(text: &str, from: usize, to: usize, rules: &LayoutRules) -> Option<Line> {
    let raw = &text[from..to];
    let body = raw.trim_start();
    let start = to - body.len();
    let body = body.trim_end();
    if body.is_empty() {
        return None;
    }
    let bytes = body.as_bytes();
    let indent = columns(&text.as_bytes()[from..start]);
    let first_word = columns(
        &bytes[..bytes.iter().position(|&b| b == b' ' || b == b'\t').unwrap_or(bytes.len())],
    );
    Some(Line {
        start: start as u32,
        end: (start + body.len()) as u32,
        width: (indent + columns(bytes)).min(u32::MAX as usize) as u32,
        indent: indent.min(usize::from(u16::MAX)) as u16,
        first_word: first_word.min(usize::from(u16::MAX)) as u16,
        gap: 0,
        flags: flags(body, rules),
    })
}

/// Characters of UTF-8 bytes.
fn columns(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&b| b & 0xc0 != 0x80).count()
}

fn flags(body: &str, rules: &LayoutRules) -> u16 {
    let mut flags = 0;
    if is_rule(body) {
        return RULE;
    }
    if let Some(first) = body.chars().take(8).find(|c| !is_opener(*c)) {
        if first.is_lowercase() {
            flags |= LOWER;
        } else if first.is_alphabetic() && !first.is_uppercase() {
            flags |= CASELESS;
        }
    }
    if ends_sentence(body) {
        flags |= TERMINAL;
    } else if body.ends_with([',', ';', '،', '、']) {
        flags |= COMMA;
    } else if memchr::memrchr(b' ', body.as_bytes())
        .is_some_and(|blank| rules.is_open_word(&body[blank + 1..]))
    {
        flags |= OPEN;
    }
    if is_furniture(body) {
        flags |= FURNITURE;
    }
    if has_inner_stop(body) {
        flags |= INNER;
    }
    if memchr::memchr2(b' ', b'\t', body.as_bytes()).is_none() {
        flags |= WORD;
    }
    if item_marker(body).is_some() {
        flags |= ITEM;
    }
    if has_columns(body[item_marker(body).unwrap_or_else(|| section_mark(body))..].trim_start()) {
        flags |= TABLE;
    }
    if field(body).is_some() {
        flags |= FIELD;
    }
    flags
}

/// Whether a line can't but be of the page: its number with a mark that says so, the symbol of a
/// document of the United Nations with or without number and job number, the sign that the text
/// goes on overleaf.
fn is_furniture(body: &str) -> bool {
    if body.len() > 160 || !body.bytes().any(|b| b.is_ascii_digit() || b == b'/') {
        return false;
    }
    if body == "/..." || body == "/…" {
        return true;
    }
    let (mut words, mut symbols, mut pages) = (0, 0, 0);
    for word in body.split_ascii_whitespace() {
        words += 1;
        symbols += usize::from(is_symbol(word) || is_job_number(word));
        let year = word.len() == 6 && word.starts_with('(') && word.ends_with(')');
        pages += usize::from(is_page_of(word) || word == "(E)" || year);
    }
    // `[12]` is a note and `12.` may end a sentence.
    let marked = !body.contains(['[', '|'])
        && !body.ends_with('.')
        && body.bytes().any(|b| !b.is_ascii_digit());
    let small = words <= 6 && words - symbols - pages <= 1;
    let edge = |word: Option<&str>| word.is_some_and(|w| is_symbol(w) || is_job_number(w));
    let mut ends = body.split_ascii_whitespace();
    // `S/PV.7922     The situation in the Middle East     12/04/2017`
    let header = has_columns(body) && (edge(ends.next()) || edge(ends.next_back()));
    header
        || symbols > 0 && (symbols + pages == words || small && ends_in_number(body))
        || marked && is_page_number(body)
}

/// `S/2018/35`, `A/HRC/34/64`, `S/RES/2254`: organ, then parts that hold a number.
fn is_symbol(word: &str) -> bool {
    let mut parts = word.split('/');
    let organ = parts.next().is_some_and(|o| {
        matches!(o, "A" | "S" | "E" | "T" | "ST" | "CAT" | "CCPR" | "CEDAW" | "CERD" | "CRC")
    });
    let mut number = false;
    organ
        && parts.all(|part| {
            number |= part.contains(|c: char| c.is_ascii_digit());
            !part.is_empty()
                && part.len() <= 12
                && part.bytes().all(|b| {
                    b.is_ascii_uppercase()
                        || b.is_ascii_digit()
                        || matches!(b, b'.' | b'-' | b'*')
                        || matches!(b, b'(' | b')' | b'd')
                })
        })
        && number
}

/// `18-00123`, `*1800123*`: the number under which the United Nations print a document.
fn is_job_number(word: &str) -> bool {
    let word = word.strip_prefix("GE.").unwrap_or(word);
    let bytes = word.as_bytes();
    let starred = word.strip_prefix('*').and_then(|w| w.strip_suffix('*'));
    if starred.is_some_and(|w| (6..=8).contains(&w.len()) && w.bytes().all(|b| b.is_ascii_digit()))
    {
        return true;
    }
    bytes.len() == 8
        && bytes[2] == b'-'
        && bytes.iter().enumerate().all(|(at, b)| at == 2 || b.is_ascii_digit())
}

/// `2/14`.
fn is_page_of(word: &str) -> bool {
    let number = |s: &str| (1..=3).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit());
    word.split_once('/').is_some_and(|(page, of)| number(page) && number(of))
}

/// Whether the last or first word of a line is a number of a page.
fn ends_in_number(body: &str) -> bool {
    let number = |s: &str| (1..=3).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit());
    body.split(' ').next_back().is_some_and(number) || body.split(' ').next().is_some_and(number)
}

/// Whether a line is a page number: `12`, `- 12 -`, `12/40`, `Page 12 of 40`.
pub(super) fn is_page_number(line: &str) -> bool {
    if line.len() > 20 {
        return false;
    }
    let inner = line.trim_matches(['-', '–', '—', ' ', '|', '[', ']', '.']);
    let inner = inner
        .strip_prefix("Page")
        .or(inner.strip_prefix("page"))
        .or(inner.strip_prefix("PAGE"))
        .unwrap_or(inner)
        .trim_start();
    let inner = inner.strip_prefix("p.").unwrap_or(inner).trim();
    let (number, total) = match inner.split_once("of").or(inner.split_once('/')) {
        Some((number, total)) => (number.trim(), total.trim()),
        None => (inner, "1"),
    };
    let is_number = |s: &str| (1..=4).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit());
    is_number(number) && is_number(total)
}

/// Whether a word in lower case, a full stop, a blank and a capital follow each other somewhere.
pub(super) fn has_inner_stop(body: &str) -> bool {
    let bytes = body.as_bytes();
    memchr::memchr3_iter(b'.', b'?', b'!', bytes).any(|at| {
        let follows = bytes.get(at + 1) == Some(&b' ')
            && bytes.get(at + 2).is_some_and(|b| b.is_ascii_uppercase() || *b == b'"');
        follows && {
            let letters = bytes[..at].iter().rev().take_while(|b| b.is_ascii_alphabetic()).count();
            letters > 1 && bytes[at - letters..at].iter().all(u8::is_ascii_lowercase)
        }
    })
}

fn is_opener(c: char) -> bool {
    matches!(c, '"' | '\'' | '“' | '‘' | '«' | '„' | '(' | '[' | '`' | '¿' | '¡' | '*' | '_')
}

/// Whether `body` ends as a sentence does, closing quotes and brackets aside.
pub(super) fn ends_sentence(body: &str) -> bool {
    // `They ended there.[1]`
    let mut bare = body;
    for _ in 0..3 {
        let inner = bare.strip_suffix(']').and_then(|b| b.rsplit_once('['));
        let Some((before, _)) = inner.filter(|(_, mark)| {
            mark.len() <= 3 && !mark.is_empty() && mark.bytes().all(|b| b.is_ascii_alphanumeric())
        }) else {
            break;
        };
        bare = before;
    }
    let body = bare;
    let mut end = body.trim_end_matches(['"', '\'', '”', '’', '»', ')', ']', '*', '_']);
    if end.is_empty() {
        end = body;
    }
    // `the contractor.2`: the mark of a note.
    let bare = end.trim_end_matches(|c: char| c.is_ascii_digit());
    let note = (1..=2).contains(&(end.len() - bare.len()))
        && bare.strip_suffix(['.', '”', '"']).is_some_and(|b| b.ends_with(char::is_lowercase));
    if note {
        return true;
    }
    matches!(
        end.chars().next_back(),
        Some('.' | '!' | '?' | '…' | ':' | '؟' | '۔' | '。' | '！' | '？')
    )
}

/// Whether a line is made of rule characters only, three or more, blanks between them or not.
pub(super) fn is_rule(body: &str) -> bool {
    let Some(first) = body.chars().next() else { return false };
    if !matches!(first, '-' | '=' | '*' | '_' | '~' | '#' | '—' | '–' | '+' | '•' | '─' | '━' | '═')
    {
        return false;
    }
    let mut count = 0;
    for c in body.chars() {
        if c == first {
            count += 1;
        } else if c != ' ' {
            return false;
        }
    }
    count >= 3
}

/// The length in bytes of an item marker at the start of `body`, the blank behind it included.
///
/// Bullets, `1.`, `1)`, `(1)`, `a)`, `(a)`, `iv.`, `1.2`, at most six characters before the blank.
pub(super) fn item_marker(body: &str) -> Option<usize> {
    let blank = body.as_bytes().iter().take(12).position(|&b| b == b' ' || b == b'\t')?;
    let marker = &body[..blank];
    let rest = body.len() > blank + 1;
    if matches!(
        marker,
        "•" | "·"
            | "●"
            | "○"
            | "■"
            | "▪"
            | "◦"
            | "-"
            | "–"
            | "—"
            | "*"
            | "+"
            | ">"
            | "►"
            | "→"
            | "‣"
            | "o"
    ) {
        return (rest && marker != ">").then_some(blank + 1);
    }
    let (open, inner) = marker.strip_prefix('(').map_or((false, marker), |m| (true, m));
    let (inner, closed) = match inner.strip_suffix([')', '.']) {
        Some(m) => (m, if inner.ends_with(')') { 2 } else { 1 }),
        None => (inner, 0),
    };
    if inner.is_empty() || inner.len() > 6 || (open && closed != 2) || closed == 0 {
        return None;
    }
    let digits = inner.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    // Four digits are a year, unless points stand between them.
    let longest = if closed == 1 && inner.contains('.') { 5 } else { 3 };
    let number = digits && inner.len() <= longest;
    let letter = inner.len() == 1
        && inner.bytes().all(|b| b.is_ascii_alphabetic())
        && (closed == 2 || inner.as_bytes()[0].is_ascii_lowercase());
    let roman = inner.bytes().all(|b| b"ivx".contains(&b))
        || (closed == 1 && inner.len() > 1 && inner.bytes().all(|b| b"IVX".contains(&b)));
    (rest && (number || letter || roman)).then_some(blank + 1)
}

/// The length of the capital or Roman number that counts a section, its stop included: `I.`, `B.`.
fn section_mark(body: &str) -> usize {
    let digits = body.bytes().take_while(u8::is_ascii_uppercase).count();
    let roman = body.as_bytes()[..digits].iter().all(|b| b"IVX".contains(b));
    let counts = digits == 1 || (2..=5).contains(&digits) && roman;
    if counts && body[digits..].starts_with(". ") { digits + 1 } else { 0 }
}

/// What a header's field says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Author,
    Date,
    Title,
    Source,
    Other,
}

/// The field that a line of a header holds, and the length of its label with the blanks behind it.
pub(super) fn field(body: &str) -> Option<(Field, usize)> {
    let colon = body.as_bytes().iter().take(24).position(|&b| b == b':')?;
    if colon < 2 || body.as_bytes().get(colon + 1).is_some_and(|&b| b != b' ' && b != b'\t') {
        return None;
    }
    let label = &body[..colon];
    if !label.starts_with(|c: char| c.is_ascii_uppercase()) {
        return None;
    }
    let at = FIELDS.binary_search_by(|(name, _)| compare_fold(name, label)).ok()?;
    let rest = &body[colon + 1..];
    Some((FIELDS[at].1, colon + 1 + (rest.len() - rest.trim_start().len())))
}

fn compare_fold(name: &str, label: &str) -> std::cmp::Ordering {
    name.bytes().cmp(label.bytes().map(|b| b.to_ascii_lowercase()))
}

/// Field names of mail (RFC 5322), news (RFC 5536) and of newspaper databases' exports, sorted.
const FIELDS: &[(&str, Field)] = &[
    ("author", Field::Author),
    ("authors", Field::Author),
    ("bcc", Field::Other),
    ("body", Field::Other),
    ("by", Field::Author),
    ("byline", Field::Author),
    ("cc", Field::Other),
    ("copyright", Field::Source),
    ("date", Field::Date),
    ("dateline", Field::Other),
    ("descriptors", Field::Other),
    ("document-type", Field::Other),
    ("edition", Field::Other),
    ("from", Field::Author),
    ("headline", Field::Title),
    ("in-reply-to", Field::Other),
    ("index terms", Field::Other),
    ("issn", Field::Other),
    ("journal-code", Field::Other),
    ("language", Field::Source),
    ("length", Field::Other),
    ("lines", Field::Other),
    ("link", Field::Source),
    ("list-id", Field::Other),
    ("load-date", Field::Other),
    ("message-id", Field::Other),
    ("newsgroups", Field::Other),
    ("newspaper", Field::Source),
    ("organization", Field::Other),
    ("page", Field::Other),
    ("pages", Field::Other),
    ("path", Field::Other),
    ("publication", Field::Source),
    ("publication date", Field::Date),
    ("publication-type", Field::Other),
    ("published", Field::Date),
    ("publisher", Field::Source),
    ("record number", Field::Other),
    ("references", Field::Other),
    ("reply-to", Field::Other),
    ("section", Field::Source),
    ("sent", Field::Date),
    ("source", Field::Source),
    ("subject", Field::Title),
    ("title", Field::Title),
    ("to", Field::Other),
    ("url", Field::Source),
    ("word count", Field::Other),
    ("x-mailer", Field::Other),
    ("x-newsreader", Field::Other),
];

fn has_columns(body: &str) -> bool {
    let bytes = body.as_bytes();
    memchr::memchr(b'\t', bytes).is_some()
        || memchr::memmem::find(body.trim_end_matches(' ').as_bytes(), b"   ").is_some()
        // A Markdown table, or one drawn with bars.
        || bytes.len() > 4 && bytes[0] == b'|' && bytes[bytes.len() - 1] == b'|'
}

/// `text` with every run of white space folded to one blank; borrowed where nothing changes.
pub(super) fn fold(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let plain = bytes.iter().all(|&b| b != b'\n' && b != b'\t' && b != 0x0c)
        && memchr::memmem::find(bytes, b"  ").is_none();
    if plain {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    Cow::Owned(out)
}
