//! Author, publisher, section, issue and address of a document.
//!
//! In: the blocks of a document. Out: names as the text prints them, without the words that
//! announce them.

use super::View;
use crate::announced;
use crate::layout::BlockKind;

/// The persons who signed a document, `; ` between.
pub(super) fn author(view: &View) -> Option<String> {
    let mut best: Option<(bool, String)> = None;
    for block in view.of(BlockKind::Byline).chain(view.of(BlockKind::Dateline)) {
        if block.rule == "byline.contributed" || block.rule == "byline.office" {
            continue;
        }
        let text = view.folded(block);
        let text: &str = if block.kind == BlockKind::Dateline {
            // `Posted on 5 July 2017 by Jane Roe`
            let Some(at) = text.find(" by ").or_else(|| text.find(" By ")) else { continue };
            &text[at + 1..]
        } else {
            &text
        };
        let reporting = block.rule == "byline.reporting";
        let people = people(text, view);
        if !people.is_empty() && best.as_ref().is_none_or(|(from_end, _)| *from_end && !reporting) {
            best = Some((reporting, people.join("; ")));
        }
    }
    best.map(|(_, names)| names)
}

/// Words that stand before the names in a byline, in lower case.
const LEADS: &[&str] = &[
    "added",
    "additional",
    "analysis",
    "and",
    "article",
    "author",
    "authors",
    "by",
    "byline",
    "commentary",
    "comment",
    "compiled",
    "edited",
    "from",
    "guest",
    "interview",
    "interviewed",
    "opinion",
    "post",
    "posted",
    "prepared",
    "published",
    "report",
    "reported",
    "reporting",
    "story",
    "submitted",
    "text",
    "the",
    "translated",
    "translation",
    "uploaded",
    "words",
    "writing",
    "written",
];
/// Words that say that a byline names an office, not a person, in lower case.
const OFFICES: &[&str] = &[
    "afp",
    "agencies",
    "agency",
    "ap",
    "associated",
    "board",
    "bureau",
    "correspondent",
    "correspondents",
    "department",
    "desk",
    "editor",
    "editors",
    "editorial",
    "monitoring",
    "network",
    "news",
    "newsroom",
    "office",
    "our",
    "press",
    "report",
    "reporter",
    "reporters",
    "reuters",
    "sana",
    "service",
    "special",
    "staff",
    "team",
    "web",
    "writer",
    "writers",
    "xinhua",
];

fn people(byline: &str, view: &View) -> Vec<String> {
    let mut text = byline.trim_start_matches(['(', '[', '*', '_', ' ', '—', '–', '-']);
    loop {
        let word = text.split([' ', ':']).next().unwrap_or("");
        if word.is_empty() || LEADS.contains(&word.to_lowercase().as_str()) {
            if text.is_empty() {
                return Vec::new();
            }
            text = text[word.len()..].trim_start_matches([':', ' ']);
            if word.is_empty() && text.is_empty() {
                return Vec::new();
            }
        } else {
            break;
        }
    }
    // `jane at example.org (Jane Roe)`, `"Roe, Jane" <jane@example.org>`
    if let Some((address, name)) = text.split_once('(')
        && (address.contains('@') || address.contains(" at "))
        && !address.starts_with(char::is_uppercase)
    {
        text = name;
    }
    // What follows the names: a place, an outlet, a date, an address, an editor.
    let mut end = text
        .find(['(', '|', '/', '<', ';', '@', '[', ')', ']', '–', '—', '•'])
        .unwrap_or(text.len());
    if let Some(date) = announced::find(text).first() {
        end = end.min(date.range.start);
    }
    let mut out: Vec<String> = Vec::new();
    for part in text[..end]
        .split([',', '&'])
        .flat_map(|p| p.split(" and "))
        .flat_map(|p| p.split(" AND "))
        .flat_map(|p| p.split(" with "))
    {
        // What follows a name: where, for whom, when.
        let cuts = [" on ", " in ", " for ", " at ", " - ", " is ", " of ", " from ", " via "];
        let stop = cuts.iter().filter_map(|cut| part.find(cut)).min().unwrap_or(part.len());
        let name = part[..stop]
            .trim()
            .trim_end_matches(['.', ':', ' '])
            .trim_start_matches("and ")
            .trim_matches('"');
        let words: Vec<&str> = name.split_whitespace().collect();
        let office = words.iter().any(|w| OFFICES.contains(&w.to_lowercase().as_str()))
            || view.rules.publisher(name).is_some();
        let named = !words.is_empty()
            && words.len() <= 6
            && words[0].starts_with(|c: char| c.is_uppercase() || !c.is_ascii());
        let enough = words.len() >= 2 || out.is_empty() && text[..end].trim() == part.trim();
        if !named || office || !enough || !name.contains(char::is_alphabetic) {
            // After the first name, a part that is none is what he or she is.
            if out.is_empty() {
                continue;
            }
            break;
        }
        out.push(name.to_owned());
    }
    out
}

/// Who issued a document.
pub(super) fn publisher(view: &View) -> Option<String> {
    // Fields of an export say it outright.
    for block in view.of(BlockKind::SourceNote) {
        let text = view.folded(block);
        let lower = text.to_lowercase();
        for label in ["publisher:", "publication:", "newspaper:", "source:", "sources:"] {
            if let Some(at) = lower.find(label).filter(|at| *at <= 2)
                && lower.len() == text.len()
                && let Some(name) = outlet(&text[at + label.len()..], view)
            {
                return Some(name);
            }
        }
    }
    for block in view.of(BlockKind::Dateline) {
        if let Some(name) = agency(&view.folded(block), view) {
            return Some(name);
        }
    }
    for block in view.of(BlockKind::SourceNote) {
        let text = view.folded(block);
        if block.rule == "source.outlet" {
            let name = view.rules.publisher(&text).map(str::to_owned);
            return Some(name.unwrap_or_else(|| text.into_owned()));
        }
        if block.rule == "source.suffix"
            && let Some(name) = agency(&text, view)
        {
            return Some(name);
        }
    }
    for block in view.of(BlockKind::Byline) {
        if let Some(name) = agency(&view.folded(block), view) {
            return Some(name);
        }
    }
    for block in view.of(BlockKind::Footer) {
        let text = view.folded(block);
        if block.rule == "footer.copyright"
            && let Some(name) = copyright(&text, view)
        {
            return Some(name);
        }
        if block.rule == "footer.issue" {
            let name = text.split(['|', '(', '–']).next().unwrap_or("");
            let name = cut_at_issue(name).trim().trim_end_matches([',', ';', '-', ' ']);
            let name = name
                .rsplit_once(' ')
                .filter(|(_, last)| view.rules.is_section(last))
                .map_or(name, |(first, _)| first);
            if name.len() > 2 {
                return Some(name.to_owned());
            }
        }
    }
    None
}

/// A publisher's name from what follows `Source:`.
fn outlet(text: &str, view: &View) -> Option<String> {
    let mut name = text.trim().trim_end_matches([')', ']', '.', ' ', '*', '_']).trim();
    if name.starts_with("http") || name.starts_with("www.") || name.is_empty() || name.len() > 120 {
        return None;
    }
    if let Some(date) = announced::find(name).first().filter(|d| d.month.is_some()) {
        name = name[..date.range.start].trim_end_matches([',', ' ', '-', '–', '(', '|']);
    }
    // The office is not the publisher: `Example Coalition's Media Department`.
    for (at, _) in name.match_indices(['’', '\'']) {
        let rest = name[at..].trim_start_matches(['’', '\'']);
        if let Some(office) = rest.strip_prefix("s ")
            && office.split(' ').all(|w| w.starts_with(char::is_uppercase))
            && ["Media", "Press", "Information", "Communications"]
                .iter()
                .any(|w| office.starts_with(w))
        {
            name = &name[..at];
            break;
        }
    }
    let name = name.trim_end_matches([',', ';', ' ']);
    if name.is_empty() {
        return None;
    }
    Some(view.rules.publisher(name).map_or_else(|| name.to_owned(), str::to_owned))
}

/// A known agency anywhere in a dateline or closing note.
fn agency(text: &str, view: &View) -> Option<String> {
    let parts = text.split(['(', ')', '[', ']', ',', '/', '–', '—', '-', '|', ':', ';', '_']);
    for part in parts {
        let part = part
            .trim()
            .trim_start_matches("By ")
            .trim_start_matches("by ")
            .trim_end_matches(" Staff");
        if part.len() >= 2
            && part.starts_with(char::is_uppercase)
            && let Some(name) = view.rules.publisher(part)
        {
            return Some(name.to_owned());
        }
    }
    None
}

/// The holder that a copyright line names.
fn copyright(text: &str, view: &View) -> Option<String> {
    let lower = text.to_lowercase();
    let at = ["©", "(c)", "copyright"]
        .iter()
        .filter_map(|m| lower.rfind(m).map(|at| at + m.len()))
        .max()?;
    let rest = text.get(at..)?;
    let rest = rest.trim_start_matches(|c: char| {
        c.is_ascii_digit() || matches!(c, ' ' | ',' | '-' | '–' | ':' | '©' | '.')
    });
    let rest = rest.strip_prefix("by ").unwrap_or(rest).trim_start_matches("(c) ");
    let lower = rest.to_lowercase();
    let mut end = rest.len();
    for cut in [
        ". ",
        " all rights",
        ", all rights",
        " | ",
        "; ",
        " – ",
        ", ltd",
        " ltd",
        " inc",
        ", inc",
        " (",
        "©",
        " 19",
        " 20",
        ", 19",
        ", 20",
    ] {
        if lower.len() == rest.len()
            && let Some(at) = lower.find(cut)
        {
            end = end.min(at);
        }
    }
    let name = rest[..end].trim().trim_end_matches(['.', ',']);
    let named = name.starts_with(char::is_uppercase)
        && name.len() > 1
        && name.len() <= 80
        && !name.to_lowercase().starts_with("all rights");
    named.then(|| view.rules.publisher(name).map_or_else(|| name.to_owned(), str::to_owned))
}

fn cut_at_issue(text: &str) -> &str {
    let lower = text.to_lowercase();
    let at = ["issue", "vol", "no.", "no ", "number", "edition", "#"]
        .iter()
        .filter_map(|cue| {
            lower
                .match_indices(cue)
                .map(|(at, _)| at)
                .find(|&at| at == 0 || !lower.as_bytes()[at - 1].is_ascii_alphanumeric())
        })
        .min();
    at.and_then(|at| text.get(..at)).unwrap_or(text)
}

/// The column, rubric or series that a document stands in.
pub(super) fn section(view: &View) -> Option<String> {
    for block in view.of(BlockKind::SourceNote) {
        let text = view.folded(block);
        if let Some(name) = text.strip_prefix("SECTION:").or_else(|| text.strip_prefix("Section:"))
        {
            // `A; Foreign Desk; Pg. 8`
            let mut parts = name.split(';').map(str::trim);
            let name = parts.find(|p| p.len() > 2 && !p.starts_with("Pg")).unwrap_or("");
            return (!name.is_empty()).then(|| name.to_owned());
        }
    }
    for block in view.of(BlockKind::Dateline).filter(|b| b.rule == "dateline.listing") {
        let text = view.folded(block);
        let Some(date) = announced::find(&text).into_iter().next() else { continue };
        let rest = text[date.range.end..].trim();
        for cue in ["In ", "in ", "IN ", "| ", "• ", "· ", "/ ", "under ", "Under "] {
            if let Some(at) = rest.find(cue).filter(|&at| at == 0 || rest[..at].ends_with(' ')) {
                let name = rest[at + cue.len()..].split([',', '|']).next().unwrap_or("").trim();
                if !name.is_empty() {
                    return Some(name.to_owned());
                }
            }
        }
    }
    for block in view.of(BlockKind::Footer).filter(|b| b.rule == "footer.issue") {
        let text = view.folded(block);
        let name = cut_at_issue(&text).trim().trim_end_matches([',', ';', ' ']);
        if let Some((_, last)) =
            name.rsplit_once(' ').filter(|(_, last)| view.rules.is_section(last))
        {
            return Some(last.to_owned());
        }
    }
    // A kicker: a section's name on a line of its own in the head.
    let before_prose = view.blocks.iter().take_while(|b| b.rule != "text.prose").take(12);
    for block in
        before_prose.filter(|b| matches!(b.kind, BlockKind::Heading | BlockKind::Navigation))
    {
        let text = view.folded(block);
        if view.rules.is_section(text.trim_end_matches(':')) {
            return Some(text.trim_end_matches(':').to_owned());
        }
    }
    None
}

/// The number of the issue, from lines that name one.
pub(super) fn issue(view: &View) -> Option<String> {
    for block in view.blocks {
        if !matches!(
            block.kind,
            BlockKind::Footer
                | BlockKind::Dateline
                | BlockKind::SourceNote
                | BlockKind::Navigation
                | BlockKind::Byline
        ) {
            continue;
        }
        let text = view.folded(block);
        if text.len() > 200 || block.rule == "nav.comment" || block.rule == "footer.page" {
            continue;
        }
        let lower = text.to_lowercase();
        for cue in ["issue no", "issue number", "issue #", "issue", "no.", "№", "edition"] {
            let Some(at) = lower
                .find(cue)
                .filter(|&at| at == 0 || !lower.as_bytes()[at - 1].is_ascii_alphanumeric())
            else {
                continue;
            };
            let rest = lower[at + cue.len()..].trim_start_matches([' ', '.', ':', '#', ',']);
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            if (1..=6).contains(&digits.len()) {
                return Some(digits);
            }
        }
    }
    None
}

/// The address that a document names as its own.
pub(super) fn url(view: &View) -> Option<String> {
    let own = view.blocks.iter().position(|b| b.document == Some(view.document))?;
    for (at, block) in view.blocks.iter().enumerate() {
        let text = block.span.of(view.text);
        if text.len() > 600 {
            continue;
        }
        let alone = text.starts_with("http") && !text.contains([' ', '\n']);
        // Addresses at the end of an article lead elsewhere.
        let edge = at <= own + 3;
        let announced = block.kind == BlockKind::SourceNote
            || block.kind == BlockKind::Navigation
                && (block.rule.starts_with("header") || block.rule == "nav.read-also");
        if !(alone && edge || announced) {
            continue;
        }
        if let Some(from) = text.find("http://").or_else(|| text.find("https://")) {
            let address = text[from..]
                .split(|c: char| c.is_whitespace() || matches!(c, '>' | '"' | ')' | ']'))
                .next()
                .unwrap_or("");
            let address = address.trim_end_matches(['.', ',', ';']);
            if address.len() > 10 {
                return Some(address.to_owned());
            }
        }
    }
    None
}
