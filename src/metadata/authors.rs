//! The persons who signed a document.
//!
//! In: the blocks of a document. Out: names as the text prints them, without the words that announce
//! them, and without those who only edited, translated or added.

use super::View;
use crate::announced;
use crate::layout::{Block, BlockKind};
use std::borrow::Cow;

/// The persons who signed a document, `; ` between.
pub(super) fn author(view: &View) -> Option<String> {
    let names = [byline, labelled, alone, signed, reporters, bio]
        .iter()
        .map(|reader| reader(view))
        .find(|names| !names.is_empty())?;
    Some(names.join("; "))
}

/// Names in bylines, and in datelines that hold one; those who reported stand for those who signed
/// where nobody did.
fn byline(view: &View) -> Vec<String> {
    let mut reported = Vec::new();
    for block in view.of(BlockKind::Byline).chain(view.of(BlockKind::Dateline)) {
        if matches!(block.rule, "byline.contributed" | "byline.office" | "dateline.adopted") {
            continue;
        }
        let text = view.folded(block);
        if block.rule == "byline.staff" && text.to_lowercase().ends_with("agencies") {
            continue;
        }
        let names = if block.kind == BlockKind::Dateline {
            in_dateline(&text, view)
        } else {
            people(&text, block.rule == "header.author", view)
        };
        if names.is_empty() {
            continue;
        }
        if block.rule != "byline.reporting" {
            return names;
        }
        if reported.is_empty() {
            reported = names;
        }
    }
    reported
}

/// `Posted on 5 July 2017 by Jane Roe`, `Jane Roe | 5 July 2017`, `by jroe » 5 July 2017`
fn in_dateline(text: &str, view: &View) -> Vec<String> {
    let lower = text.to_ascii_lowercase();
    if ["by ", "post by ", "posted by "].iter().any(|by| lower.starts_with(by)) {
        return people(text, text.contains('»'), view);
    }
    if let Some(at) = text.find(" by ").or_else(|| text.find(" By ")) {
        return people(&text[at + 1..], false, view);
    }
    let Some((name, date)) = text.split_once('|') else { return Vec::new() };
    let dated = announced::find(date).first().is_some_and(|d| d.month.is_some());
    if !dated || name.split_whitespace().count() < 2 {
        return Vec::new();
    }
    people(name, false, view)
}

/// Lines in the head that a word announces where the layout knows no byline: `Von Jana Roe`.
fn labelled(view: &View) -> Vec<String> {
    let lines = view.head().iter().filter(|block| is_labelled(block, view));
    lines
        .map(|block| people(&view.folded(block), true, view))
        .find(|n| !n.is_empty())
        .unwrap_or_default()
}

/// Whether a block is such a line.
pub(super) fn is_labelled(block: &Block, view: &View) -> bool {
    let opens = view.head().first().is_none_or(|first| first.span == block.span);
    if block.span.len() > 160 || block.kind == BlockKind::Byline || opens {
        return false;
    }
    let text = view.folded(block);
    let first = text.split([' ', ':', '：']).next().unwrap_or("");
    let rest = text[first.len()..].trim_start_matches([' ', ':', '：']);
    // `By` begins headlines too, but not with an address, a date or an office behind it.
    let by = first.eq_ignore_ascii_case("by") && rest.contains([',', '@', '|'])
        || first.eq_ignore_ascii_case("by")
            && announced::find(rest).iter().any(|d| d.month.is_some());
    (by && block.kind != BlockKind::Title || view.rules.is_byline_label(first))
        && !rest.starts_with(char::is_lowercase)
        && (by || !rest.ends_with(['.', '?', '!']))
        && people(&text, true, view).iter().any(|n| n.contains(' ') || !n.is_ascii())
}

/// A name on a line of its own in the head that something beside it or below says to be a writer's:
/// a handle, a link to more of the writer's texts, a note on who the writer is.
fn alone(view: &View) -> Vec<String> {
    let head = view.head();
    let mut tried = 0;
    for (at, block) in head.iter().enumerate() {
        let text = view.folded(block);
        let control = matches!(block.rule, "nav.interface" | "nav.menu-row" | "nav.trail");
        if text.len() > 80 || block.kind == BlockKind::Dateline || control {
            continue;
        }
        let Some(names) = persons(&text, view) else { continue };
        tried += 1;
        if tried > 6 {
            break;
        }
        let handle = |b: &Block| {
            let text = b.span.of(view.text);
            text.len() <= 60 && text.split_whitespace().next().is_some_and(|w| w.contains('@'))
        };
        let next = head.get(at + 1);
        // Above the date under the title stands who wrote it, unless the text speaks of it.
        let over_date = next.is_some_and(|b| b.kind == BlockKind::Dateline)
            && head[..at].iter().any(|b| b.kind == BlockKind::Title)
            && names.iter().all(|name| view.content.matches(name.as_str()).nth(1).is_none());
        let beside = text.contains('@') || next.is_some_and(handle) || over_date;
        if beside || names.iter().all(|name| is_writer(name, view)) {
            return names;
        }
    }
    Vec::new()
}

/// Whether a block of the page speaks of a person as of the writer.
fn is_writer(name: &str, view: &View) -> bool {
    view.blocks.iter().any(|block| {
        let text = block.span.of(view.text);
        if text.len() > 600 {
            return false;
        }
        let Some(at) = text.find(name) else { return false };
        let (before, after) = (text[..at].trim_end(), &text[at + name.len()..]);
        let last = before.rsplit(' ').next().unwrap_or("").to_lowercase();
        let more = ["from", "by", "follow", "author", "author:"].contains(&last.as_str())
            && before.len() <= 60
            && after.len() <= 40;
        more || before.is_empty() && tells_who(after)
    })
}

/// Whether what follows a name tells who that is.
fn tells_who(after: &str) -> bool {
    const VERBS: &[&str] = &[
        "covers", "directs", "edits", "heads", "is", "leads", "lectures", "lives", "reports",
        "serves", "teaches", "was", "works", "writes",
    ];
    let word = after.trim_start_matches([',', ' ', '\n']).split([' ', '\n']).next().unwrap_or("");
    let apposition =
        after.starts_with(',') && ["a", "an", "the", "who", "formerly"].contains(&word);
    apposition || after.starts_with([' ', '\n']) && (VERBS.contains(&word) || word == "who")
}

/// `(Signed) Jane Roe`, as letters to the United Nations end.
fn signed(view: &View) -> Vec<String> {
    for block in view.blocks {
        let text = block.span.of(view.text);
        if let Some(name) = text.strip_prefix("(Signed)").or_else(|| text.strip_prefix("(signed)"))
        {
            let name = name.trim_start().lines().next().unwrap_or("");
            let names = people(name, false, view);
            if !names.is_empty() {
                return names;
            }
        }
    }
    Vec::new()
}

/// The reporters that Chinese agencies name in the dateline: `（记者王明 李华）`.
fn reporters(view: &View) -> Vec<String> {
    view.of(BlockKind::Dateline)
        .find_map(|block| {
            let names = block.span.of(view.text).split_once("记者")?.1;
            let names = names[..names.find(['）', ')'])?].split([' ', '、', '，']);
            Some(names.filter(|n| !n.is_empty()).map(str::to_owned).collect())
        })
        .unwrap_or_default()
}

/// The names with which notes on the authors begin.
fn bio(view: &View) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for block in view.of(BlockKind::AuthorBio) {
        let text = view.folded(block);
        let mut words = text.match_indices(' ').map(|(at, _)| at).take(5);
        let name = words
            .find(|&at| {
                tells_who(text[..at].strip_suffix(',').map_or(&text[at..], |n| &text[n.len()..]))
            })
            .map(|at| text[..at].trim_end_matches(','));
        if let Some(names) = name.and_then(|name| persons(name, view)) {
            out.extend(names);
        }
    }
    out.dedup();
    out
}

/// The names of a line that holds nothing else than names of persons, and perhaps where they are.
fn persons(line: &str, view: &View) -> Option<Vec<String>> {
    if line.split_whitespace().count() > 10 || line.ends_with(['.', '!', '?', ':']) {
        return None;
    }
    let names = people(line, false, view);
    let person = |name: &String| {
        (2..=4).contains(&name.split(' ').count())
            && name.split(' ').all(|w| {
                w.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '-' | '\'' | '’'))
                    && !view.rules.is_issuer_word(w)
                    && !view.rules.is_media_word(w)
            })
            && !view.rules.is_section(name)
    };
    let first = names.first()?;
    (line.starts_with(first.as_str()) && names.iter().all(person)).then_some(names)
}

/// Particles inside names, in lower case.
const PARTICLES: &[&str] = &[
    "abu", "al", "bin", "da", "de", "del", "della", "den", "der", "di", "do", "dos", "du", "el",
    "ibn", "la", "le", "ould", "ter", "van", "von", "y", "zu",
];
/// Words in capitals that end a name in capitals.
const STOPS: &[&str] = &["AT", "FOR", "FROM", "IN", "OF", "ON", "SPECIAL", "TO", "VIA", "WITH"];

/// The persons that a byline names; `labelled` says that a label such as `Author:` vouches for
/// names that do not look like one.
fn people(byline: &str, labelled: bool, view: &View) -> Vec<String> {
    let mut text = byline.trim_start_matches(['(', '[', '*', '_', ' ', '—', '–', '-', '|', '^']);
    text = text.trim_end_matches(['=', ' ']);
    let first = text.split([' ', ':', '：']).next().unwrap_or("");
    if view.rules.is_helper(first) {
        return Vec::new();
    }
    loop {
        let word = text.split([' ', ':', '：']).next().unwrap_or("");
        let is_lead = word.is_empty()
            || word.split('/').all(|w| view.rules.is_byline_lead(w.trim_end_matches(['.', ','])));
        if text.is_empty() {
            return Vec::new();
        }
        if !is_lead {
            break;
        }
        text = text[word.len()..].trim_start_matches([':', '：', ' ']);
    }
    // `jane at example.org (Jane Roe)`, `"Roe, Jane" <jane@example.org>`
    if let Some((address, name)) = text.split_once('(')
        && (address.contains('@') || address.contains(" at "))
        && !address.starts_with(char::is_uppercase)
    {
        text = name;
    }
    // `EX/RL's Example Service` is no person.
    let owner = text.split(' ').next().and_then(|w| w.strip_suffix("'s").or(w.strip_suffix("’s")));
    if owner.is_some_and(|name| view.rules.publisher(name).is_some()) {
        return Vec::new();
    }
    // `Example News – Jane Roe`
    if let Some((outlet, name)) =
        [" – ", " — ", " - ", " | "].iter().find_map(|m| text.split_once(m))
        && view.rules.publisher(outlet).is_some()
        && name.split(' ').count() >= 2
    {
        text = name;
    }
    // An address or handle says no more of the name.
    let address = text.split(' ').find(|w| w.contains('@') && !w.starts_with('<'));
    if let Some(at) = address.and_then(|w| text.find(w)).filter(|&at| at > 0) {
        text = text[..at].trim_end_matches([' ', ',', '(', '-', '–', '—', '|', ':']);
    }
    if labelled && text.contains(';') {
        let mut out = Vec::new();
        for part in text.split(';').filter(|part| !part.contains("contributed")) {
            out.extend(people(part.trim(), true, view));
        }
        return out;
    }
    // What follows the names: a place, an outlet, a date, an address, an editor.
    let mut end = text
        .find(['(', '|', '/', '<', ';', '@', '[', ')', ']', '–', '—', '•', '·', '»', '（'])
        .unwrap_or(text.len());
    if let Some(date) = announced::find(text).first() {
        end = end.min(date.range.start);
    }
    let text = text[..end].trim().trim_matches(['"', '“', '”']);
    let text = surname_last(text, labelled || end < byline.len());
    let mut out: Vec<String> = Vec::new();
    for part in text
        .split([',', '&', '、', '،'])
        .flat_map(|p| p.split(" and "))
        .flat_map(|p| p.split(" AND "))
        .flat_map(|p| p.split(" with "))
        .flat_map(|p| p.split(" und "))
        .flat_map(|p| p.split(" et "))
        .flat_map(|p| p.split(" y "))
        .flat_map(|p| p.split(" и "))
    {
        let name = once(bare_name(part.trim().trim_start_matches("and "), view));
        // `Jane Roe, John Doe, and Omar Poe`
        if name.is_empty() {
            continue;
        }
        let words: Vec<&str> = name.split_whitespace().collect();
        // `Jane Roe Staff Writer` is a person; `EX staff` and a later `Example City Bureau` are none.
        let cut = (words.len() < 2 || !out.is_empty())
            && part.split(' ').any(|w| view.rules.is_office(w));
        let office = cut
            || words.iter().any(|w| view.rules.is_office(w))
            || view.rules.publisher(name).is_some()
            || !words[0].contains(char::is_lowercase) && view.rules.publisher(words[0]).is_some();
        let nick = labelled
            && words.len() == 1
            && name.len() >= 3
            && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
        let named = !words.is_empty()
            && words.len() <= 6
            && (words[0].starts_with(|c: char| c.is_uppercase() || !c.is_ascii()) || nick);
        let enough = words.len() >= 2 || out.is_empty() && text.trim() == part.trim();
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

/// A name that a page prints twice in a line, once.
fn once(name: &str) -> &str {
    let half = name.len() / 2;
    match (name.get(..half), name.get(half + 1..)) {
        (Some(first), Some(second)) if first == second && name[half..].starts_with(' ') => first,
        _ => name,
    }
}

/// `Roe, Jane` as `Jane Roe`, where a label or an address says that it is one person.
fn surname_last(text: &str, one: bool) -> Cow<'_, str> {
    if one
        && let Some((last, first)) = text.split_once(',')
        && !first.contains(',')
        && !last.trim().contains(' ')
        && (1..=3).contains(&first.split_whitespace().count())
        && first.split_whitespace().all(|w| w.starts_with(char::is_uppercase))
        && last.starts_with(char::is_uppercase)
        && first.split_whitespace().next().is_some_and(|w| w.contains(char::is_lowercase))
    {
        return Cow::Owned(format!("{} {}", first.trim(), last.trim()));
    }
    Cow::Borrowed(text)
}

/// A name without what follows it: where, for whom, when, as what.
fn bare_name<'t>(part: &'t str, view: &View) -> &'t str {
    let mut end = part.len();
    for (count, word) in part.split(' ').filter(|w| !w.is_empty()).enumerate() {
        let at = word.as_ptr() as usize - part.as_ptr() as usize;
        let lower = word.starts_with(|c: char| c.is_lowercase() || !c.is_alphanumeric());
        let particle = PARTICLES.contains(&word)
            || ["al-", "el-", "d'", "d’", "ash-", "as-", "ad-", "an-", "ar-", "az-", "at-"]
                .iter()
                .any(|p| word.starts_with(p));
        let stops = lower && !particle && !word.starts_with(['"', '“', '\'', '‘'])
            || STOPS.contains(&word)
            || count >= 2 && view.rules.is_office(word)
            || count >= 2 && view.rules.publisher(&part[at..]).is_some();
        if count > 0 && stops {
            end = at;
            break;
        }
    }
    part[..end].trim().trim_end_matches(['.', ':', ' ', '-']).trim_matches('"')
}
