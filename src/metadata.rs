//! Stage 4: title, author, publisher, date and genre of a document, from what announces them.
//!
//! In: the clean text of a file, its [`Layout`], the number of a document in it and that document's
//! text. Out: its [`Metadata`]. A date of publication comes from a dateline, byline, footer or the
//! page around the text, never from what the text tells; what no block announces stays empty.

mod authors;
mod genre;
mod names;
mod past;
mod publishers;
mod rules;
#[cfg(test)]
mod tests;

pub use rules::{MetadataRules, RuleError};

use crate::announced::{self, Found};
use crate::layout::{Block, BlockKind, Layout};
use jiff::civil::Date;
use std::borrow::Cow;

/// How much of a date is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precision {
    /// Year, month and day.
    Day,
    /// Year and month; the date is the month's first day.
    Month,
    /// The year; the date is its first day.
    Year,
}

impl Precision {
    /// Every precision, the finest first.
    pub const ALL: &[Self] = &[Self::Day, Self::Month, Self::Year];

    /// The word that the dataset uses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Month => "month",
            Self::Year => "year",
        }
    }
}

/// Where a date of publication was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum PublishedSource {
    /// In the sidecar.
    Metadata,
    /// In a dateline.
    Dateline,
    /// In a byline.
    Byline,
    /// In a footer or source note.
    Footer,
    /// In the page around the text, or in its address.
    Navigation,
    /// Nowhere.
    #[default]
    None,
}

impl PublishedSource {
    /// Every source.
    pub const ALL: &[Self] =
        &[Self::Metadata, Self::Dateline, Self::Byline, Self::Footer, Self::Navigation, Self::None];

    /// The word that the dataset uses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Metadata => "metadata",
            Self::Dateline => "dateline",
            Self::Byline => "byline",
            Self::Footer => "footer",
            Self::Navigation => "navigation",
            Self::None => "none",
        }
    }
}

/// What kind of text a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Genre {
    /// A report of what happened.
    News,
    /// Published by the party it speaks of.
    PressRelease,
    /// The view of a paper.
    Editorial,
    /// The view of a writer.
    Opinion,
    /// An explanation of what happened.
    Analysis,
    /// Words spoken to an audience.
    Speech,
    /// Questions and answers.
    Interview,
    /// A resolution, treaty, law or verdict.
    Legal,
    /// A report of an institution.
    Report,
}

impl Genre {
    /// Every genre.
    pub const ALL: &[Self] = &[
        Self::News,
        Self::PressRelease,
        Self::Editorial,
        Self::Opinion,
        Self::Analysis,
        Self::Speech,
        Self::Interview,
        Self::Legal,
        Self::Report,
    ];

    /// The word that the dataset uses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::News => "news",
            Self::PressRelease => "press_release",
            Self::Editorial => "editorial",
            Self::Opinion => "opinion",
            Self::Analysis => "analysis",
            Self::Speech => "speech",
            Self::Interview => "interview",
            Self::Legal => "legal",
            Self::Report => "report",
        }
    }
}

/// A date of publication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Published {
    /// The day, or the first one of the month or year.
    pub date: Date,
    /// How much of it is known.
    pub precision: Precision,
}

/// What a document says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// Headline.
    pub title: Option<String>,
    /// Persons who signed it, `; ` between.
    pub author: Option<String>,
    /// Who issued it.
    pub publisher: Option<String>,
    /// Column, rubric or series.
    pub section: Option<String>,
    /// Number of a periodical's issue.
    pub issue: Option<String>,
    /// Where it was published.
    pub url: Option<String>,
    /// When it was published.
    pub published: Option<Published>,
    /// Where that was found.
    pub published_source: PublishedSource,
    /// Of a text without date of publication: the first day of the latest date, with a year, that
    /// it speaks of as past.
    pub published_not_before: Option<Date>,
    /// What kind of text it is.
    pub genre: Option<Genre>,
    /// BCP 47 tag; `und` where it can't be told.
    pub language: String,
}

/// Most blocks in the head of a text that has no running text to tell.
const HEAD: usize = 20;

/// A document's blocks as the readers of single fields want them.
struct View<'a> {
    text: &'a str,
    content: &'a str,
    rules: &'a MetadataRules,
    /// The document's blocks and those around it that belong to no document.
    blocks: &'a [Block<'a>],
    document: u32,
}

impl<'a> View<'a> {
    fn folded(&self, block: &Block) -> Cow<'a, str> {
        let text = block.span.of(self.text);
        if text.contains(['\n', '\t']) || text.contains("  ") {
            Cow::Owned(text.split_whitespace().collect::<Vec<_>>().join(" "))
        } else {
            Cow::Borrowed(text)
        }
    }

    /// The text of a block, the columns of a masthead apart: `BRIEF NO. 23      MARCH 2015`.
    fn in_columns(&self, block: &Block) -> String {
        block.span.of(self.text).replace("   ", " | ")
    }

    /// The document's own blocks of a kind, and blocks of the page of that kind.
    fn of(&self, kind: BlockKind) -> impl Iterator<Item = &'a Block<'a>> + '_ {
        self.blocks.iter().filter(move |b| b.kind == kind)
    }

    /// The blocks before the running text: up to the first paragraph that another one follows, so
    /// that a summary under the title counts to the head.
    fn head(&self) -> &'a [Block<'a>] {
        let content = self.blocks.iter().enumerate().filter(|(_, b)| b.kind.is_kept());
        let mut before = None;
        for (at, block) in content {
            let prose = block.rule == "text.prose";
            if let Some(first) = before.filter(|_| prose) {
                return &self.blocks[..first];
            }
            before = prose.then_some(at);
        }
        let first = self.blocks.iter().position(|b| b.rule == "text.prose");
        &self.blocks[..first.unwrap_or(self.blocks.len()).min(HEAD)]
    }

    /// The blocks after the last paragraph of running text.
    fn tail(&self) -> &'a [Block<'a>] {
        let last = self.blocks.iter().rposition(|b| b.rule == "text.prose");
        last.map_or(&[], |at| &self.blocks[at + 1..])
    }
}

/// Reads what document number `document` of a file says of itself.
///
/// `text` is the file's clean text, `layout` its layout, and `content` the document's text: its
/// kept blocks, each on one line.
#[must_use]
pub fn metadata(
    text: &str,
    layout: &Layout,
    document: u32,
    content: &str,
    rules: &MetadataRules,
) -> Metadata {
    let view = View { text, content, rules, blocks: layout.surroundings(document), document };
    let title = view.of(BlockKind::Title).next().map(|b| view.folded(b).into_owned());
    let url = names::url(&view);
    let language = genre::language(content);
    let (published, published_source) = published(&view, url.as_deref(), language);
    let published_not_before = if published.is_some() { None } else { past::latest(content) };
    let publisher = publishers::publisher(&view);
    // Who issued a text may stand where those who signed it do.
    let author = authors::author(&view)
        .filter(|a| publisher.as_ref().is_none_or(|p| p.to_lowercase() != a.to_lowercase()));
    let section = names::section(&view);
    let genre = genre::genre(&view, title.as_deref(), section.as_deref());
    Metadata {
        title,
        author,
        publisher,
        issue: names::issue(&view),
        section,
        url,
        published,
        published_source,
        published_not_before,
        genre,
        language: language.to_owned(),
    }
}

/// The date that the best announcement gives.
fn published(
    view: &View,
    url: Option<&str>,
    language: &str,
) -> (Option<Published>, PublishedSource) {
    // Only English leaves open whether the day stands first.
    let other = ["ar", "de", "es", "fr", "it", "nl", "pt", "ru", "tr", "uk"];
    let day_first = day_first(view).or_else(|| other.contains(&language).then_some(true));
    let sources = [
        (BlockKind::Dateline, PublishedSource::Dateline),
        (BlockKind::Byline, PublishedSource::Byline),
        (BlockKind::Footer, PublishedSource::Footer),
        (BlockKind::SourceNote, PublishedSource::Footer),
    ];
    // A date without its year counts where nothing announces a whole one, and when a text was
    // changed where nothing says when it was published.
    for (whole, revised) in [(true, false), (true, true), (false, false), (false, true)] {
        for (kind, source) in sources {
            let mut best: Option<Published> = None;
            let signed = view.head().iter().filter(|b| {
                kind == BlockKind::Byline && b.kind != kind && authors::is_labelled(b, view)
            });
            for block in view.of(kind).chain(signed) {
                let text = view.in_columns(block);
                if kind != BlockKind::Dateline && text.len() > 300 || is_load_date(&text) {
                    continue;
                }
                let mut from = 0;
                for found in announced::find(&text) {
                    let before = &text[from..found.range.start];
                    from = found.range.end;
                    if found.month.is_none()
                        || found.year.is_some() != whole
                        || announced::is_revision(before) != revised
                    {
                        continue;
                    }
                    let date = resolve(&found, day_first, || year_around(view));
                    if let Some(date) = date
                        && best.is_none_or(|b| date.precision < b.precision)
                    {
                        best = Some(date);
                    }
                }
            }
            if best.is_some() {
                return (best, source);
            }
        }
    }
    let page = navigation(view, day_first)
        .or_else(|| url.and_then(in_url))
        .or_else(|| in_masthead(view, day_first))
        .or_else(|| in_title(view, day_first))
        .or_else(|| symbol_year(view));
    match page {
        Some(date) => (Some(date), PublishedSource::Navigation),
        None => (None, PublishedSource::None),
    }
}

/// Whether a line says when a database, printer or reader took the text, not when it came out.
fn is_load_date(line: &str) -> bool {
    const CUES: &[&str] = &[
        "accessed",
        "downloaded",
        "load-date",
        "load date",
        "printed on",
        "retrieved",
        "saved on",
    ];
    let lower: String = line.chars().take(40).flat_map(char::to_lowercase).collect();
    CUES.iter().any(|cue| lower.contains(cue))
}

/// A date in a line of the head that names a series or place besides: `POLICY BRIEF NO. 23 MARCH 2015`.
fn in_masthead(view: &View, day_first: Option<bool>) -> Option<Published> {
    for block in view.head() {
        let line = (matches!(block.kind, BlockKind::Heading | BlockKind::Paragraph)
            || block.rule == "nav.above-title")
            && block.rule != "text.prose"
            && block.span.len() <= 100;
        if !line {
            continue;
        }
        let text = view.folded(block);
        let dates = announced::find(&text);
        let [found] = dates.as_slice() else { continue };
        if found.year.is_none() || found.month.is_none() || is_load_date(&text) {
            continue;
        }
        // In a sentence or a subtitle the date is the story's.
        let (before, after) = (&text[..found.range.start], &text[found.range.end..]);
        let joined = |w: &str| w.starts_with(char::is_lowercase) && w.len() > 1;
        let edge = before.trim().is_empty() || after.trim().is_empty();
        let told = before.split_whitespace().chain(after.split_whitespace()).any(joined);
        if edge && !told {
            return resolve(found, day_first, || None);
        }
    }
    None
}

/// The date with which the headline of a series ends, set apart: `Example Update, May 3, 2016`, `Briefing (May
/// 3, 2016)`.
fn in_title(view: &View, day_first: Option<bool>) -> Option<Published> {
    let text = view.folded(view.of(BlockKind::Title).next()?);
    let found = announced::find(&text).pop()?;
    let before = text[..found.range.start].trim_end();
    let ends = text[found.range.end..].trim_matches([')', ' ']).is_empty();
    let apart = before.ends_with([',', '(', '–', '—', ':', '|']) || before.ends_with(" -");
    let whole = found.year.is_some() && found.day.is_some();
    if ends && apart && whole { resolve(&found, day_first, || None) } else { None }
}

/// The year in the symbol of a document of the United Nations: `S/RES/2254 (2015)`, `S/2015/1021`.
fn symbol_year(view: &View) -> Option<Published> {
    let near = view.blocks.iter().take(30).filter(|b| b.rule != "text.prose" && b.span.len() <= 80);
    for block in near {
        let text = view.folded(block);
        let mut words = text.split(' ');
        let Some(symbol) = words.find(|w| publishers::is_un_symbol(w)) else { continue };
        let bracket = words.next().unwrap_or("").trim_matches(['(', ')']);
        let year = std::iter::once(bracket).chain(symbol.split('/')).find_map(|part| {
            let is_year = part.len() == 4 && (part.starts_with("19") || part.starts_with("20"));
            part.parse::<i16>().ok().filter(|_| is_year)
        });
        let date = year.and_then(|year| Date::new(year, 1, 1).ok());
        if let Some(date) = date {
            return Some(Published { date, precision: Precision::Year });
        }
    }
    None
}

/// A date from its parts; the year of one without may be found `around`.
fn resolve(
    found: &Found,
    day_first: Option<bool>,
    around: impl Fn() -> Option<i16>,
) -> Option<Published> {
    let year = match found.year {
        Some(year) => year,
        None => around()?,
    };
    let (mut day, mut month) = (found.day, found.month);
    if found.either_order && !day_first? {
        std::mem::swap(&mut day, &mut month);
    }
    let precision = if day.is_some() {
        Precision::Day
    } else if month.is_some() {
        Precision::Month
    } else {
        Precision::Year
    };
    let date = Date::new(year, month.unwrap_or(1), day.unwrap_or(1)).ok()?;
    Some(Published { date, precision })
}

/// Whether the file writes the day before the month: known if one of its dates in digits tells.
fn day_first(view: &View) -> Option<bool> {
    let mut seen = None;
    for block in view.blocks {
        let text = block.span.of(view.text);
        // A digit, a sign, and a digit of whatever script.
        let in_digits = |three: &[u8]| {
            three[0].is_ascii_digit()
                && matches!(three[1], b'/' | b'-')
                && (three[2].is_ascii_digit() || three[2] >= 128)
        };
        if text.len() > 4000 || !text.as_bytes().windows(3).any(in_digits) {
            continue;
        }
        for found in announced::find(text) {
            let form = &text[found.range.clone()];
            if found.either_order
                || !form.starts_with(|c: char| c.is_ascii_digit())
                || form.contains(char::is_alphabetic)
            {
                continue;
            }
            let Some((first, _)) = form.split_once(['/', '-']) else { continue };
            if first.len() > 2 || found.day == found.month {
                continue;
            }
            let is_day = first.parse::<i8>().ok() == found.day;
            if seen.is_some_and(|s| s != is_day) {
                return None;
            }
            seen = Some(is_day);
        }
    }
    seen
}

/// The one year that footers and the page around a text name.
fn year_around(view: &View) -> Option<i16> {
    let mut year = None;
    for block in view.blocks {
        if !matches!(
            block.kind,
            BlockKind::Footer | BlockKind::Navigation | BlockKind::SourceNote | BlockKind::Dateline
        ) || block.rule == "nav.comment"
        {
            continue;
        }
        for found in announced::find(block.span.of(view.text)) {
            match (year, found.year) {
                (_, None) => {}
                (None, found) => year = found,
                (Some(a), Some(b)) if a == b => {}
                _ => return None,
            }
        }
    }
    year
}

/// The day that all dated links and menus around a text agree on.
fn navigation(view: &View, day_first: Option<bool>) -> Option<Published> {
    let mut day: Option<Published> = None;
    for block in view.of(BlockKind::Navigation) {
        // What these say of dates is not about this text.
        let strange = ["nav.comment", "nav.link-list", "nav.url", "header.quoted"];
        if strange.contains(&block.rule) {
            continue;
        }
        let text = view.in_columns(block);
        if is_load_date(&text) {
            continue;
        }
        for found in announced::find(&text) {
            if found.day.is_none() || found.year.is_none() {
                continue;
            }
            let date = resolve(&found, day_first, || None)?;
            if day.is_some_and(|d| d != date) {
                return None;
            }
            day = Some(date);
        }
    }
    day
}

/// `/2018/01/23/` in an address.
fn in_url(url: &str) -> Option<Published> {
    let parts: Vec<&str> = url.split(['/', '-', '_']).collect();
    parts.windows(3).find_map(|three| {
        let [year, month, day] = three else { return None };
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if year.len() != 4
            || !(year.starts_with("19") || year.starts_with("20"))
            || !three.iter().all(|s| digits(s))
        {
            return None;
        }
        let date = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()?;
        Some(Published { date, precision: Precision::Day })
    })
}
