//! Section, issue and address of a document.
//!
//! In: the blocks of a document. Out: names as the text prints them, without the words that
//! announce them.

use super::View;
use crate::announced;
use crate::layout::BlockKind;

/// What stands before the number of an issue.
pub(super) fn cut_at_issue(text: &str) -> &str {
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
    for block in before_prose.filter(|b| {
        b.kind == BlockKind::Heading
            || b.kind == BlockKind::Navigation
                && !matches!(b.rule, "nav.interface" | "nav.beside-links" | "nav.group")
    }) {
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
