//! What fuzzing feeds and what must hold: one function a target, for libFuzzer (`fuzz_targets/any.rs`)
//! and for the plain driver (`examples/fuzz_plain.rs`).
//!
//! In: any bytes. Out: nothing; a law that does not hold is a panic. The laws stand here in words of
//! their own and share no code with what they judge.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use jiff::civil::Date;
use rapporteur::check::check;
use rapporteur::clean::{NotText, clean, decode_part};
use rapporteur::config::Config;
use rapporteur::data::Data;
use rapporteur::error::Error;
use rapporteur::eval::{self, Request as Gold};
use rapporteur::explain::explain;
use rapporteur::layout::{Layout, LayoutRules, layout};
use rapporteur::listing::{Form, Listing, Value};
use rapporteur::mentions::codebook::{EMBEDDED, Lists};
use rapporteur::mentions::{Input, Mention, MentionKind, find};
use rapporteur::metadata::MetadataRules;
use rapporteur::pipeline::{Analysis, analyse};
use rapporteur::report::{MOST_BYTES, Settings, report};
use rapporteur::run::run;
use rapporteur::search::{Letters, Query, Search, search};
use rapporteur::select::{Condition, Partial, Selection};
use rapporteur::sentences::Splitter;
use rapporteur::source::{RawBytes, Sidecar, digest};
use rapporteur::stats::{Of, PairSort, Request, WordSort, stats};
use rapporteur::text::Span;
use regex::Regex;
use tempfile::TempDir;

/// A target: takes any bytes, panics where a law does not hold.
pub type Target = fn(&[u8]);

/// The targets by name.
pub const TARGETS: &[(&str, Target)] = &[
    ("check", damaged_dataset),
    ("codebook", codebook),
    ("config", config),
    ("dates", times_and_quantities),
    ("decode", decode),
    ("gold", gold),
    ("inputs", inputs),
    ("layout", blocks),
    ("listing", listing),
    ("mentions", mentions),
    ("pipeline", pipeline),
    ("query", query),
    ("readers", readers),
    ("rows", rows),
    ("sentences", sentences),
    ("sidecar", sidecar),
];

/// The target of this name.
pub fn of(name: &str) -> Option<Target> {
    TARGETS.iter().find(|(own, _)| *own == name).map(|(_, target)| *target)
}

/// The lists of the crate, with the tagger.
static DATA: LazyLock<Data> =
    LazyLock::new(|| Data::load(None).expect("the built-in data is sound"));

thread_local! {
    /// A folder for files that a target needs.
    static FOLDER: TempDir = tempfile::tempdir().expect("a temporary folder");
    /// A sound dataset, and the bytes of its files.
    static DATASET: RefCell<Option<Dataset>> = const { RefCell::new(None) };
}

fn folder() -> PathBuf {
    FOLDER.with(|folder| folder.path().to_owned())
}

fn write(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).expect("a file can be written");
}

/// An empty folder of this name.
fn fresh(name: &str) -> PathBuf {
    let path = folder().join(name);
    if path.exists() {
        fs::remove_dir_all(&path).expect("a folder can be removed");
    }
    fs::create_dir_all(&path).expect("a folder can be made");
    path
}

/// The first byte, or 0, and what follows.
fn split_first(data: &[u8]) -> (u8, &[u8]) {
    data.split_first().map_or((0, data), |(first, rest)| (*first, rest))
}

// Texts

/// Pieces that mean something to a stage; an input that begins with [`PIECES_MARK`] chooses among them.
const PIECES: &[&str] = &[
    " ",
    " ",
    " ",
    ". ",
    ", ",
    "\n",
    "\n\n",
    "\n\n\n",
    "; ",
    ": ",
    "-",
    "–",
    " - ",
    " — ",
    "/",
    "'s",
    "’s",
    "'",
    "\"",
    "“",
    "”",
    "‘",
    "(",
    ")",
    "[",
    "]",
    "?",
    "!",
    "...",
    "…",
    "&",
    "%",
    "$",
    "€",
    "#",
    "*",
    "|",
    "\t",
    "\u{c}",
    "\r\n",
    "\u{a0}",
    "\u{ad}",
    "\u{200b}",
    "\u{200d}",
    "\u{202e}",
    "\u{301}",
    "\u{feff}",
    "é",
    "İ",
    "ß",
    "ﬁ",
    "٣",
    "中",
    "دمشق",
    "😀",
    "Ã©",
    "â€™",
    "\u{85}",
    "\u{2028}",
    "0",
    "1",
    "2",
    "3",
    "12",
    "19",
    "20",
    "31",
    "45",
    "99",
    "100",
    "1,200",
    "3.5",
    "2011",
    "2016",
    "1999",
    "2254",
    "90s",
    "1st",
    "22nd",
    "third",
    "one",
    "two",
    "dozen",
    "dozens",
    "hundreds",
    "thousand",
    "million",
    "half",
    "quarter",
    "a",
    "A",
    "an",
    "the",
    "The",
    "of",
    "in",
    "on",
    "at",
    "by",
    "By",
    "to",
    "from",
    "From:",
    "between",
    "and",
    "or",
    "until",
    "since",
    "for",
    "before",
    "after",
    "about",
    "nearly",
    "more",
    "than",
    "less",
    "least",
    "over",
    "up",
    "some",
    "every",
    "each",
    "last",
    "next",
    "this",
    "ago",
    "earlier",
    "later",
    "early",
    "late",
    "mid",
    "end",
    "beginning",
    "January",
    "Feb.",
    "March",
    "May",
    "Sept",
    "December",
    "Monday",
    "Tues.",
    "Sunday",
    "weekend",
    "day",
    "days",
    "week",
    "weeks",
    "month",
    "months",
    "year",
    "years",
    "decade",
    "century",
    "hour",
    "hours",
    "minutes",
    "morning",
    "evening",
    "night",
    "today",
    "yesterday",
    "tomorrow",
    "now",
    "Ramadan",
    "Easter",
    "summer",
    "spring",
    "BC",
    "AD",
    "AH",
    "a.m.",
    "p.m.",
    "GMT",
    "UTC",
    "o'clock",
    "T",
    "Z",
    "H",
    "people",
    "civilians",
    "soldiers",
    "women",
    "children",
    "them",
    "whom",
    "which",
    "including",
    "were",
    "was",
    "killed",
    "wounded",
    "displaced",
    "kidnapped",
    "kilometres",
    "km",
    "percent",
    "US",
    "U.S.",
    "UN",
    "S/RES/",
    "resolution",
    "Security",
    "Council",
    "Ministry",
    "Minister",
    "Foreign",
    "Affairs",
    "President",
    "General",
    "Gen.",
    "Mr.",
    "Dr.",
    "al-",
    "Al",
    "abu",
    "Abu",
    "bin",
    "Assad",
    "Sergei",
    "Lavrov",
    "S.",
    "de",
    "Mistura",
    "Syria",
    "Syrian",
    "Syrians",
    "Damascus",
    "Geneva",
    "III",
    "Russia",
    "Army",
    "Free",
    "Brigade",
    "Front",
    "Party",
    "city",
    "province",
    "talks",
    "said",
    "he",
    "He",
    "It",
    "they",
    "GENEVA",
    "(Reuters)",
    "Reuters",
    "Source:",
    "Copyright",
    "All rights reserved.",
    "Page",
    "Read more",
    "Share",
    "comments",
    "Published",
    "Updated",
    "http://a.example/b",
    "a@b.example",
    "No.",
    "Art.",
    "Section",
    "e.g.",
    "etc.",
    "vs.",
    "St.",
    "Jr.",
    "x",
    "q",
    "W",
    "Whereas",
    "Having",
    "Recalling",
    "Decides",
    "(a)",
    "1.",
    "•",
    "Talks Resume in Old Town",
];

/// No UTF-8 text has this byte.
const PIECES_MARK: u8 = 0xff;

/// Most bytes of a text: what is longer is cut, since it shows nothing that a shorter one does not.
const MOST: usize = 20_000;

/// The input as text: pieces, or itself with every fault of UTF-8 replaced.
fn text_of(data: &[u8]) -> String {
    let (first, rest) = split_first(data);
    let mut text = if first == PIECES_MARK {
        rest.iter().map(|byte| PIECES[usize::from(*byte) % PIECES.len()]).collect()
    } else {
        String::from_utf8_lossy(data).into_owned()
    };
    let mut most = MOST.min(text.len());
    while !text.is_char_boundary(most) {
        most -= 1;
    }
    text.truncate(most);
    text
}

/// A text with a line to a paragraph, as the stages behind the layout get it, and what the last byte chooses: a language and a date.
fn paragraphs_of(data: &[u8]) -> (String, &'static str, Option<Date>) {
    const LANGUAGES: [&str; 8] = ["en", "und", "fr", "de", "ar", "ru", "tr", "en-GB"];
    let (last, rest) = data.split_last().map_or((0, data), |(last, rest)| (*last, rest));
    let text = text_of(rest);
    let text = clean(text.as_bytes()).map(|clean| clean.text.into_owned()).unwrap_or_default();
    let published = (last & 8 != 0).then(|| Date::constant(2016, 2, 29));
    (text, LANGUAGES[usize::from(last & 7)], published)
}

#[track_caller]
fn on_boundaries(text: &str, span: Span) {
    assert!(text.get(span.range()).is_some(), "{span:?} cuts a character of {text:?}");
}

/// The characters that a reader sees in running order.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn decode(data: &[u8]) {
    let made = clean(data);
    let again = clean(data);
    let Ok(made) = made else {
        assert_eq!(made.err(), again.err());
        return;
    };
    let again = again.expect("what was text is text again");
    assert_eq!(
        (&made.text, &made.origin, made.encoding),
        (&again.text, &again.origin, again.encoding)
    );
    let text: &str = &made.text;
    for c in text.chars() {
        assert!(
            !matches!(c, '\r' | '\u{b}' | '\u{85}' | '\u{a0}' | '\u{2028}' | '\u{2029}' | '\u{ad}'),
            "{c:?}"
        );
    }
    // Edits stand in order and apart on both sides, and between them both sides are the same bytes.
    let (mut clean_at, mut raw_at) = (0, 0);
    for edit in made.origin.edits() {
        let (before, raw_before) =
            (clean_at..edit.clean.start as usize, raw_at..edit.raw.start as usize);
        assert_eq!(&text.as_bytes()[before], &data[raw_before]);
        assert!(edit.units >= 1 && edit.clean.len() % edit.units as usize == 0);
        assert!(edit.raw.len() % edit.units as usize == 0);
        on_boundaries(text, edit.clean);
        (clean_at, raw_at) = (edit.clean.end as usize, edit.raw.end as usize);
    }
    assert_eq!(&text.as_bytes()[clean_at..], &data[raw_at..]);
    // Every character leads to bytes, in order, and they decode.
    let mut last = Span::default();
    for (at, c) in text.char_indices() {
        let raw = made.origin.to_raw(Span::new(at, at + c.len_utf8()));
        assert!(!raw.is_empty() && raw.end as usize <= data.len(), "{c:?} {raw:?}");
        assert!(raw.start >= last.start && raw.end >= last.end, "{last:?} before {raw:?}");
        let decoded = decode_part(&data[raw.range()], made.encoding);
        assert!(!decoded.expect("its encoding is known").is_empty());
        last = raw;
    }
    match clean(text.as_bytes()) {
        Ok(whole) if whole.encoding == "UTF-8" && whole.text != text => {
            // Each pass over misread text takes one of the letters that lead; five passes is the limit.
            let before = decode_part(data, made.encoding).expect("its encoding is known");
            let leads =
                |c: &char| matches!(c, '\u{c2}'..='\u{df}' | '\u{e2}' | '\u{ef}' | '\u{f0}');
            assert!(before.chars().filter(leads).count() > 5, "cleaned twice: {text:?}");
            assert!(whole.text.len() < text.len());
        }
        // Its mark may have stood behind something invisible.
        Ok(_) | Err(NotText::Binary(_)) => {}
        Err(other) => panic!("clean text is text: {other}"),
    }
}

fn blocks(data: &[u8]) {
    let text = text_of(data);
    let rules = &DATA.layout;
    let found = layout(&text, rules);
    blocks_hold(&text, &found);
    assert_eq!(found, layout(&text, rules));
    if let Ok(clean) = clean(text.as_bytes()) {
        blocks_hold(&clean.text, &layout(&clean.text, rules));
    }
}

/// Blocks cover every byte that is not white space exactly once; documents follow each other.
fn blocks_hold(text: &str, found: &Layout<'_>) {
    let mut at = 0;
    let mut document = 0;
    let mut kept = BTreeSet::new();
    for block in &found.blocks {
        on_boundaries(text, block.span);
        let range = block.span.range();
        assert!(at <= range.start && !range.is_empty(), "{block:?}");
        assert!(
            text[at..range.start].trim().is_empty(),
            "not covered: {:?}",
            &text[at..range.start]
        );
        assert_eq!(text[range.clone()].trim(), &text[range.clone()], "{block:?}");
        assert!(!block.rule.is_empty());
        let mut inside = range.start;
        for cut in &block.hyphens {
            on_boundaries(text, *cut);
            assert!(
                inside <= cut.range().start && !cut.is_empty() && cut.range().end <= range.end,
                "{block:?}"
            );
            inside = cut.range().end;
        }
        if let Some(number) = block.document {
            assert!(number >= document && number < found.documents, "{block:?}");
            document = number;
            if block.kind.is_kept() {
                kept.insert(number);
            }
        }
        at = range.end;
    }
    assert!(text[at..].trim().is_empty(), "not covered: {:?}", &text[at..]);
    assert_eq!(kept.len(), found.documents as usize, "a document without content");
}

fn sentences(data: &[u8]) {
    let (text, language, _) = paragraphs_of(data);
    for text in [text, text_of(data)] {
        let found = DATA.splitter.split(&text, language);
        sentences_hold(&text, &found);
        assert_eq!(found, DATA.splitter.split(&text, language));
    }
}

/// Sentences are trimmed, in order and apart, and hold all that is not white space; none goes over a line.
fn sentences_hold(text: &str, found: &[Span]) {
    let mut at = 0;
    for span in found {
        on_boundaries(text, *span);
        let range = span.range();
        assert!(at <= range.start && !range.is_empty());
        assert!(
            text[at..range.start].trim().is_empty(),
            "not covered: {:?}",
            &text[at..range.start]
        );
        let own = &text[range.clone()];
        assert_eq!(own.trim(), own);
        assert!(!own.contains('\n'), "{own:?}");
        at = range.end;
    }
    assert!(text[at..].trim().is_empty(), "not covered: {:?}", &text[at..]);
}

fn mentions(data: &[u8]) {
    let (text, language, published) = paragraphs_of(data);
    let sentences = DATA.splitter.split(&text, language);
    let input = Input { text: &text, sentences: &sentences, published, language };
    let found = find(&input, &DATA.mentions);
    mentions_hold(&text, &sentences, &found);
    assert_eq!(found, find(&input, &DATA.mentions));
}

/// Times and quantities alone, in texts that are nothing else.
fn times_and_quantities(data: &[u8]) {
    // The tagger takes most of the time of a text and finds no times.
    static NAMES: LazyLock<Data> =
        LazyLock::new(|| Data::load_without_tagger(None).expect("the built-in data is sound"));
    let (text, _, published) = if data.first() == Some(&PIECES_MARK) {
        paragraphs_of(data)
    } else {
        // Words of numbers and times stand in the first half of the pieces; any bytes choose among them.
        let mut marked = vec![PIECES_MARK];
        marked.extend_from_slice(data);
        paragraphs_of(&marked)
    };
    let sentences = NAMES.splitter.split(&text, "en");
    let input = Input { text: &text, sentences: &sentences, published, language: "en" };
    let found = find(&input, &NAMES.mentions);
    mentions_hold(&text, &sentences, &found);
    assert_eq!(found, find(&input, &NAMES.mentions));
}

/// Mentions are trimmed, in order and apart, each in one sentence; what they say is possible.
fn mentions_hold(text: &str, sentences: &[Span], found: &[Mention<'_>]) {
    let mut last = 0;
    for mention in found {
        let span = mention.span;
        on_boundaries(text, span);
        let own = span.of(text);
        assert!(!span.is_empty() && span.start >= last, "{mention:?} of {text:?}");
        assert_eq!(own.trim(), own);
        assert!(sentences.iter().any(|s| s.contains(span)), "{mention:?} of {text:?}");
        assert!(!mention.rule.is_empty());
        last = span.end;
        if let Some(role) = mention.role {
            on_boundaries(text, role);
            assert!(!role.is_empty() && !role.overlaps(span), "{mention:?}");
            assert_eq!(mention.kind, MentionKind::Person, "{mention:?}");
        }
        if let Some(entity) = &mention.entity {
            assert!(!entity.id().is_empty() && !entity.entity().name.is_empty());
        }
        figure_holds(text, mention, found);
    }
}

/// TIMEX3 values as `TimeML` 1.2.1 has them (annotation guidelines, 2.3.5), with years before Christ and
/// open positions.
static TIMEX3: LazyLock<Regex> = LazyLock::new(|| {
    const DAY: &str = r"(BC)?[0-9X]{2,4}(-(0[1-9]|1[0-2]|XX|Q[1-4X]|H[12X]|SP|SU|FA|WI|W[0-5][0-9]|WXX)(-(0[1-9]|[12][0-9]|3[01]|XX|WE|[1-7]))?)?";
    const CLOCK: &str = r"T(([01][0-9]|2[0-4]|XX)(:([0-5][0-9]|XX)){0,2}(Z|[+-][0-9]{2}(:?[0-9]{2})?)?|MO|MI|AF|EV|NI|DT|NO)";
    const LENGTH: &str = r"P(T?([0-9]+(\.[0-9]+)?|X+)(Y|M|W|D|H|S|Q|DE|CE|ML|WE|DT|MO|MI|AF|EV|NI|SP|SU|FA|WI|C|L|E))+";
    // Two days with a slash between are ISO 8601's interval: an Islamic month has no value of its own.
    let whole =
        format!("^({DAY}({CLOCK})?|{DAY}/{DAY}|{CLOCK}|{LENGTH}|PAST_REF|PRESENT_REF|FUTURE_REF)$");
    Regex::new(&whole).expect("a regular expression")
});

fn figure_holds(text: &str, mention: &Mention<'_>, all: &[Mention<'_>]) {
    use MentionKind::{Date as Day, Duration, Quantity, Set, Time};
    let Some(figure) = &mention.figure else { return };
    let shown = || format!("{mention:?} of {text:?}");
    assert!(!figure.value.is_empty(), "{}", shown());
    assert!(figure.date_start <= figure.date_end || figure.date_end.is_none(), "{}", shown());
    for number in [figure.number_low, figure.number_high].into_iter().flatten() {
        assert!(number.is_finite() && number >= 0.0, "{}", shown());
    }
    if let (Some(low), Some(high)) = (figure.number_low, figure.number_high) {
        assert!(low <= high, "{}", shown());
    }
    for span in [figure.counted, figure.part_of].into_iter().flatten() {
        on_boundaries(text, span);
        assert!(!span.is_empty(), "{}", shown());
    }
    if let Some(total) = figure.part_of.and_then(|total| all.iter().find(|m| m.span == total)) {
        let whole = total.figure.as_ref().is_some_and(|figure| figure.part_of.is_none());
        assert!(total.kind == Quantity && total != mention && whole, "{}", shown());
    }
    match mention.kind {
        Day | Time | Duration | Set => {
            assert!(TIMEX3.is_match(&figure.value), "{}", shown());
            assert!(figure.number_low.is_none() && figure.outcome.is_none(), "{}", shown());
            let day: Result<Date, _> = figure.value.parse();
            let is_day = figure.value.len() == 10
                && figure.value.bytes().all(|b| b.is_ascii_digit() || b == b'-');
            assert!(!is_day || day.is_ok(), "{}", shown());
            // A whole day, month or year has the days that it says.
            let plain =
                figure.value.split('-').all(|part| part.bytes().all(|b| b.is_ascii_digit()));
            for day in [figure.date_start, figure.date_end].into_iter().flatten() {
                let says = !plain
                    || !matches!(figure.value.len(), 4 | 7 | 10)
                    || day.to_string().starts_with(&figure.value);
                assert!(says || mention.kind != Day, "{}", shown());
            }
        }
        Quantity => {
            let parts: Vec<&str> = figure.value.splitn(2, '-').collect();
            assert!(parts.iter().all(|part| part.parse::<f64>().is_ok()), "{}", shown());
        }
        _ => panic!("{}", shown()),
    }
}

fn pipeline(data: &[u8]) {
    let pieces;
    let bytes = if data.first() == Some(&PIECES_MARK) && data.get(1) != Some(&0xfe) {
        pieces = text_of(data).into_bytes();
        &pieces
    } else {
        &data[..data.len().min(MOST)]
    };
    let raw = RawBytes { sha256: digest(bytes), bytes: bytes.to_vec() };
    let Ok(made) = analyse("a/b.txt", &raw, None, &DATA) else { return };
    analysis_holds(bytes, &made);
    let again = analyse("a/b.txt", &raw, None, &DATA).expect("what was text is text again");
    assert_eq!(format!("{made:?}"), format!("{again:?}"));
}

fn analysis_holds(bytes: &[u8], made: &Analysis<'_>) {
    let whole = clean(bytes).expect("it was read before");
    let mut end = 0;
    for (at, block) in made.blocks.iter().enumerate() {
        assert!(
            block.raw.start >= end
                && !block.raw.is_empty()
                && block.raw.end as usize <= bytes.len()
        );
        end = block.raw.end;
        let text = made.block_text(at);
        assert_eq!(text.trim(), text);
        assert!(!text.contains(['\n', '\t', '\u{c}']), "{text:?}");
    }
    let all = letters(&whole.text);
    let mut rest = all.as_str();
    for document in &made.documents {
        let text = document.text.as_str();
        assert!(!text.is_empty() && text.trim() == text);
        assert!(document.raw.end as usize <= bytes.len());
        let spans: Vec<Span> = document.sentences.iter().map(|s| s.span).collect();
        sentences_hold(text, &spans);
        mentions_hold(text, &spans, &document.mentions);
        // The way back is of this text alone, whatever else the file holds.
        let edits = document.origin.edits();
        assert!(edits.iter().all(|edit| edit.clean.end as usize <= text.len()), "{edits:?}");
        let counted: usize = document.sentences.iter().map(|s| s.mention_count).sum();
        assert_eq!(counted, document.mentions.len());
        for span in spans.iter().copied().chain(document.mentions.iter().map(|m| m.span)) {
            let raw = document.origin.to_raw(span);
            assert!(
                document.raw.contains(raw) && !raw.is_empty(),
                "{span:?} {raw:?} {:?}",
                document.raw
            );
            let edits = document.origin.edits_in(span);
            if edits.iter().all(|e| e.clean.end <= span.start || e.clean.start >= span.end) {
                assert_eq!(&bytes[raw.range()], span.of(text).as_bytes());
            }
            assert_eq!(
                document.char_at(span.start) as usize,
                text[..span.start as usize].chars().count()
            );
        }
        for sentence in &document.sentences {
            if let Some(heading) = sentence.heading {
                on_boundaries(text, heading);
                assert!(heading.end <= sentence.span.start);
            }
        }
        // Nothing in a document comes from nowhere: its letters stand in the text in this order.
        for c in letters(text).chars() {
            let at = rest.find(c).unwrap_or_else(|| panic!("{c:?} of {text:?} stands nowhere"));
            rest = &rest[at + c.len_utf8()..];
        }
    }
}

// Whole runs

/// A run over the folder `raw` into `out`, whose dataset must then pass its check.
fn run_and_check(config: &Config) {
    match run(config, &DATA, std::io::empty(), &|_| {}, &|| false) {
        Ok(summary) => {
            for reject in &summary.rejects {
                assert!(!reject.reason.contains("fault of rapporteur"), "{reject:?}");
            }
            let report = check(&config.out, Some(&config.raw)).expect("the dataset is there");
            let found: Vec<String> = report.violations.iter().map(ToString::to_string).collect();
            assert!(found.is_empty(), "{found:#?}");
        }
        Err(Error::BadInput(rejects)) => {
            assert!(!rejects.is_empty());
            assert!(!config.out.exists(), "a run that failed left something");
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            assert!(!config.out.exists(), "a run that failed left something: {error}");
        }
    }
}

/// A few texts as files, in a form of dataset that the first byte chooses.
fn rows(data: &[u8]) {
    let (choice, data) = split_first(data);
    let raw = fresh("raw");
    // Between two files stands a byte that no UTF-8 text has.
    for (number, text) in data.split(|byte| *byte == 0xfe).take(3).enumerate() {
        let text = &text[..text.len().min(MOST)];
        let text = if text.first() == Some(&PIECES_MARK) {
            text_of(text).into_bytes()
        } else {
            text.to_vec()
        };
        write(&raw.join(format!("{number}.txt")), &text);
    }
    let out = fresh("rows").join("out");
    let forms = ["parquet,csv", "csv", "jsonl", "parquet,jsonl,arrow"][usize::from(choice & 3)];
    let mut config = Config { raw, out, skip_bad: choice & 64 != 0, ..Config::default() };
    config.format = forms.parse().expect("forms");
    if choice & 4 != 0 {
        config.partition_by = Some("publisher".parse().expect("a column"));
    }
    if choice & 8 != 0 {
        config.max_rows_per_file = std::num::NonZeroUsize::new(3);
    }
    if choice & 16 != 0 {
        config.row_group_size = std::num::NonZeroUsize::new(2).expect("two");
    }
    run_and_check(&config);
}

/// A file of a form with rows, as it is; the first byte chooses the form.
fn inputs(data: &[u8]) {
    const NAMES: [&str; 10] = [
        "a.jsonl",
        "a.csv",
        "a.tsv",
        "a.parquet",
        "a.jsonl.gz",
        "a.csv.gz",
        "a.jsonl.zst",
        "a.txt.gz",
        "a.ndjson",
        "a.csv.zst",
    ];
    let (choice, data) = split_first(data);
    let raw = fresh("raw");
    write(&raw.join(NAMES[usize::from(choice) % NAMES.len()]), data);
    let out = fresh("inputs").join("out");
    let id_column = (choice & 128 != 0).then(|| "id".to_owned());
    run_and_check(&Config { raw, out, id_column, skip_bad: choice & 64 != 0, ..Config::default() });
}

/// Whoever reads a dataset takes what any text became: its rows are explained, counted, searched and shown.
fn readers(data: &[u8]) {
    let bytes =
        if data.first() == Some(&PIECES_MARK) { text_of(data).into_bytes() } else { data.to_vec() };
    let raw = fresh("raw");
    write(&raw.join("a.txt"), &bytes);
    write(&raw.join("b.txt"), b"GENEVA, 4 May 2017 - Envoys of Russia met 20 people of Syria.\n");
    let out = fresh("readers").join("out");
    let config = Config { raw: raw.clone(), out: out.clone(), skip_bad: true, ..Config::default() };
    run(&config, &DATA, std::io::empty(), &|_| {}, &|| false).expect("bad files are left out");
    for id in [
        "a-1",
        "a-1-s0001",
        "a-1-s0002",
        "a-1-m0001",
        "a-1-m0002",
        "a.txt 0",
        "a.txt 1",
        "b-1-m0001",
    ] {
        if let Ok(text) = explain(&out, id, &raw, &DATA) {
            assert!(text.contains("raw") && text.ends_with('\n'), "{text:?}");
        }
    }
    let by = |name: &str| vec![name.to_owned()];
    let target = vec!["genre=news".parse::<Condition>().expect("a condition")];
    let wanted = [
        Of::Documents { by: by("publisher") },
        Of::Mentions { by: by("text"), kinds: Vec::new(), least: 1 },
        Of::Timeline { by: "month".to_owned(), entities: Vec::new() },
        Of::Cooccurrence { entity: None, least: 1, sort: PairSort::Pmi },
        Of::Keyness {
            target,
            reference: Vec::new(),
            least: 1,
            least_ll: 0.0,
            sort: WordSort::LogRatio,
        },
        Of::Texts,
    ];
    for of in wanted {
        let request = Request { of, selection: Selection::default(), limit: 0 };
        let found = stats(&out, &request).expect("the dataset can be read");
        assert!(found.rows.iter().all(|row| row.len() == found.columns.len()));
        assert_eq!(Ok(found), stats(&out, &request).map_err(|error| error.to_string()));
    }
    let word =
        String::from_utf8_lossy(&bytes).split_whitespace().next().unwrap_or("talks").to_owned();
    for letters in [Letters::AnyCase, Letters::Folded] {
        let Ok(query) = Query::words(&word, letters) else { continue };
        let asked = Search { query, selection: Selection::default(), limit: 0 };
        let mut hits = 0;
        let found = search(&out, &asked, &mut |batch| {
            for hit in batch {
                assert!(
                    hit.text.get(hit.hit.clone()).is_some_and(|own| !own.is_empty()),
                    "{hit:?}"
                );
            }
            hits += batch.len();
            ControlFlow::Continue(())
        });
        assert_eq!(found.expect("the dataset can be read").hits, hits);
    }
    let file = folder().join("report.html");
    let settings =
        Settings { out_dir: out, raw: Some(raw), file: file.clone(), title: None, sample: None };
    report(&settings).expect("the dataset can be read");
    let page = fs::read_to_string(&file).expect("the page is UTF-8");
    assert!(page.len() <= MOST_BYTES && page.trim_end().ends_with("</html>"));
}

/// Annotation of a user's in one of its three forms, which the first byte chooses, held against a sound dataset.
fn gold(data: &[u8]) {
    let (choice, data) = split_first(data);
    let place = fresh("gold");
    write(&place.join(["one.json", "one.ann", "one.conllu"][usize::from(choice % 3)]), data);
    with_dataset(|dataset| {
        write(&place.join("one.txt"), SOUND.as_bytes());
        let raw = folder().join("sound");
        let request =
            Gold { gold: &place, dataset: &dataset.dir, raw: &raw, only_kept: choice & 128 != 0 };
        match eval::scores(&request) {
            Ok(found) => {
                for value in found.rows.iter().flatten() {
                    if let Value::Float(n) = value {
                        assert!((0.0..=100.0).contains(n), "{n} per cent");
                    }
                }
                assert_eq!(eval::scores(&request).map_err(|error| error.to_string()), Ok(found));
                let errors = eval::errors(&request).expect("what can be scored can be shown");
                assert!(errors.rows.iter().all(|row| row.len() == errors.columns.len()));
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    });
}

/// A text that gives rows in every table.
const SOUND: &str = "Talks resume\n\nGENEVA, 4 May 2017 - Envoys of Russia met the UN's Staffan de Mistura. They agreed on \
                     two days of calm.\n\nWhat next\n\nAt least 19 people, six of them children, were killed on Monday.\n";

struct Dataset {
    dir: PathBuf,
    files: Vec<(String, Vec<u8>)>,
}

/// The folder of a sound dataset, made once, and its files.
fn with_dataset(each: impl FnOnce(&Dataset)) {
    DATASET.with_borrow_mut(|dataset| {
        let dataset = dataset.get_or_insert_with(|| {
            let raw = fresh("sound");
            write(&raw.join("one.txt"), SOUND.as_bytes());
            write(
                &raw.join("two.txt"),
                "A second text stands here.\n\nRead more: other news\n".as_bytes(),
            );
            let dir = folder().join("dataset");
            let config = Config { raw, out: dir.clone(), ..Config::default() };
            run(&config, &DATA, std::io::empty(), &|_| {}, &|| false).expect("a sound run");
            let mut files: Vec<(String, Vec<u8>)> = fs::read_dir(&dir)
                .expect("the dataset")
                .map(|entry| {
                    let path = entry.expect("a file of it").path();
                    let name = path.file_name().expect("its name").to_string_lossy().into_owned();
                    (name, fs::read(&path).expect("its bytes"))
                })
                .collect();
            files.sort();
            Dataset { dir, files }
        });
        each(dataset);
    });
}

/// A dataset with a file damaged: the first byte chooses it, the second how. `check` finds every change
/// and falls over none.
fn damaged_dataset(data: &[u8]) {
    let (file, data) = split_first(data);
    let (how, data) = split_first(data);
    with_dataset(|dataset| {
        let (name, bytes) = &dataset.files[usize::from(file) % dataset.files.len()];
        let damaged: Vec<u8> = match how % 4 {
            0 => data.to_vec(),
            1 => bytes[..number(data) % (bytes.len() + 1)].to_vec(),
            _ => {
                // Edits: a place, and the bytes that stand there from now on.
                let mut damaged = bytes.clone();
                for edit in data.chunks(4) {
                    let at = number(edit) % damaged.len().max(1);
                    // The end of a Parquet file says where everything is.
                    let at =
                        if how % 4 == 3 { damaged.len().saturating_sub(1 + at % 2048) } else { at };
                    if let (Some(byte), Some(with)) = (damaged.get_mut(at), edit.get(3)) {
                        *byte ^= with;
                    }
                }
                damaged
            }
        };
        let path = dataset.dir.join(name);
        let is_same = damaged == *bytes;
        write(&path, &damaged);
        let report = check(&dataset.dir, None).expect("the folder is there");
        write(&path, bytes);
        assert!(
            is_same == report.violations.is_empty() || is_same_json(bytes, &damaged),
            "{name} was changed, and nobody saw it"
        );
    });
}

/// Whether both are JSON of the same content: what a descriptor's blanks are is nobody's loss.
fn is_same_json(one: &[u8], two: &[u8]) -> bool {
    let read = |bytes| serde_json::from_slice::<serde_json::Value>(bytes).ok();
    read(one).is_some_and(|one| Some(one) == read(two))
}

fn number(bytes: &[u8]) -> usize {
    bytes.iter().take(3).fold(0, |n, byte| n << 8 | usize::from(*byte))
}

// What users write

fn sidecar(data: &[u8]) {
    let dir = fresh("sidecar");
    write(&dir.join("metadata.csv"), data);
    let files = BTreeSet::from(["a.txt", "b.txt"]);
    let read = || Sidecar::read(&dir, &files);
    match (read(), read()) {
        (Ok(one), Ok(two)) => {
            assert_eq!(one.docvars, two.docvars);
            for file in files {
                assert_eq!(one.row(file), two.row(file));
                let Some(row) = one.row(file) else { continue };
                assert_eq!(row.docvars.len(), one.docvars.len());
                let facts =
                    [&row.title, &row.author, &row.publisher, &row.section, &row.issue, &row.url];
                assert!(facts.into_iter().flatten().all(|fact| !fact.is_empty()), "{row:?}");
            }
            // What it says of a text ends in a sound dataset.
            write(&dir.join("a.txt"), b"Talks resumed.\n");
            write(&dir.join("b.txt"), b"Nobody came.\n");
            let out = fresh("sidecar-out").join("out");
            run_and_check(&Config { raw: dir.clone(), out, ..Config::default() });
        }
        (Err(one), Err(two)) => {
            assert_eq!(one.to_string(), two.to_string());
            assert!(one.to_string().contains("metadata.csv"), "{one}");
        }
        _ => panic!("read in two ways"),
    }
}

/// A user's list; the first byte chooses its form.
fn codebook(data: &[u8]) {
    static LAYOUT: LazyLock<LayoutRules> =
        LazyLock::new(|| LayoutRules::embedded().expect("the built-in rules are sound"));
    static METADATA: LazyLock<MetadataRules> =
        LazyLock::new(|| MetadataRules::embedded().expect("the built-in rules are sound"));
    static LISTS: LazyLock<Lists> = LazyLock::new(|| {
        // A few of the lists will do: what is laid over them is what is looked at.
        let few = EMBEDDED.iter().copied().filter(|(name, _)| name.ends_with("states.csv"));
        Lists::read(few).unwrap_or_default()
    });
    const TEXT: &str =
        "Talks on Syria\n\nBy Lina Haddad\n\nThe Kdt. met the council. Prof. Blake came.";
    let (choice, data) = split_first(data);
    let list = String::from_utf8_lossy(data);
    match choice % 4 {
        0 => match LISTS.clone().overlay([("mine.csv", &*list)]) {
            Ok(lists) => {
                let data = rapporteur::mentions::Data::new(lists);
                for entity in
                    data.codebook.entities().iter().filter(|e| !e.name.is_empty()).take(50)
                {
                    assert!(data.codebook.entity(&entity.id).is_some());
                }
                let sentences = DATA.splitter.split(&list, "en");
                let input =
                    Input { text: &list, sentences: &sentences, published: None, language: "en" };
                mentions_hold(&list, &sentences, &find(&input, &data));
            }
            Err(faults) => {
                let lines = list.lines().count().max(1) as u64;
                assert!(!faults.is_empty());
                for fault in faults {
                    assert!(!fault.message.is_empty() && fault.file == "mine.csv", "{fault:?}");
                    assert!(fault.line <= lines + 1, "{fault:?} of {lines} lines");
                }
            }
        },
        1 => {
            if let Ok(rules) = LAYOUT.merge(&list) {
                blocks_hold(TEXT, &layout(TEXT, &rules));
                blocks_hold(&list, &layout(&list, &rules));
            }
        }
        2 => {
            if let Ok(rules) = METADATA.merge(&list) {
                let found = layout(TEXT, &DATA.layout);
                let _ = rapporteur::metadata::metadata(TEXT, &found, 0, TEXT, &rules);
            }
        }
        _ => {
            let splitter = Splitter::embedded().expect("the built-in lists are sound").clone();
            if let Ok(splitter) = splitter.with_abbreviations("en", &list) {
                sentences_hold(TEXT, &splitter.split(TEXT, "en"));
                let list = list.replace('\t', " ");
                sentences_hold(&list, &splitter.split(&list, "en"));
            }
        }
    }
}

fn config(data: &[u8]) {
    let path = folder().join("rapporteur.toml");
    write(&path, data);
    match (Config::read(&path), Config::read(&path)) {
        (Ok(one), Ok(two)) => {
            assert_eq!(one, two);
            let _ = one.settings();
        }
        (Err(one), Err(two)) => {
            assert_eq!(one.to_string(), two.to_string());
            assert!(one.to_string().contains("rapporteur.toml"), "{one}");
        }
        _ => panic!("read in two ways"),
    }
}

/// What is asked of a dataset: words, a regular expression, conditions and days; the first line is the question,
/// what follows the text.
fn query(data: &[u8]) {
    let (choice, data) = split_first(data);
    let text = text_of(data);
    let (question, text) = text.split_once('\n').unwrap_or((&text, ""));
    let letters = [Letters::AnyCase, Letters::Exact, Letters::Folded][usize::from(choice) % 3];
    let asked = if choice & 128 == 0 {
        Query::words(question, letters)
    } else {
        Query::regex(question, letters)
    };
    match asked {
        Ok(Query::Text(matcher)) => {
            let mut last = 0;
            matcher.each(text, &mut |hit| {
                assert!(
                    text.get(hit.clone()).is_some_and(|own| !own.is_empty()),
                    "{hit:?} of {text:?}"
                );
                assert!(hit.start >= last, "{hit:?} of {text:?}");
                last = hit.end;
            });
        }
        Ok(Query::Entity(_)) => panic!("a text was asked for"),
        Err(message) => assert!(!message.is_empty()),
    }
    if let Ok(condition) = question.parse::<Condition>() {
        assert_eq!(format!("{}={}", condition.column, condition.value), question);
    }
    if let Ok(days) = question.parse::<Partial>() {
        assert!(days.first <= days.last && days.first.to_string().starts_with(question));
    }
}

/// A table of results with any cells: CSV and JSON say what is in it, and the forms for people keep one line a row.
fn listing(data: &[u8]) {
    let (columns, data) = split_first(data);
    let columns = usize::from(columns % 4) + 1;
    let text = text_of(data);
    let cells: Vec<Value> = text
        .split('\u{1}')
        .map(|cell| match cell.parse::<i64>() {
            Ok(n) => Value::Int(n),
            Err(_) => cell.parse::<f64>().map_or_else(|_| Value::text(cell), Value::number),
        })
        .collect();
    let names: Vec<String> = (0..columns).map(|n| format!("c{n}")).collect();
    let rows: Vec<Vec<Value>> = cells
        .chunks(columns)
        .map(|row| {
            row.iter()
                .cloned()
                .chain(std::iter::repeat_n(Value::Null, columns - row.len()))
                .collect()
        })
        .collect();
    let table = Listing { columns: names.clone(), rows, notes: Vec::new() };
    for form in [Form::Table, Form::Markdown] {
        let shown = table.show(form);
        let head = if form == Form::Table { 1 } else { 2 };
        assert_eq!(shown.lines().count(), table.rows.len() + head, "{shown:?}");
        assert!(shown.chars().all(|c| c == '\n' || !c.is_control()), "{shown:?}");
    }
    let json: Vec<BTreeMap<String, serde_json::Value>> =
        serde_json::from_str(&table.show(Form::Json)).expect("JSON");
    assert_eq!(json.len(), table.rows.len());
    for (object, row) in json.iter().zip(&table.rows) {
        for (name, value) in names.iter().zip(row) {
            match value {
                Value::Null => assert!(object[name].is_null()),
                Value::Text(text) => assert_eq!(object[name], text.as_str()),
                Value::Int(n) => assert_eq!(object[name], *n),
                Value::Float(n) => assert_eq!(object[name].as_f64(), Some(*n)),
            }
        }
    }
    assert_eq!(csv_cells(&table.show(Form::Csv)).len(), (table.rows.len() + 1) * columns);
}

/// The cells of a CSV text as RFC 4180 reads them.
fn csv_cells(text: &str) -> Vec<String> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                cell.push('"');
                chars.next();
            }
            '"' => quoted = !quoted,
            ',' | '\n' if !quoted => cells.push(std::mem::take(&mut cell)),
            _ => cell.push(c),
        }
    }
    assert!(!quoted && cell.is_empty(), "an open cell");
    cells
}
