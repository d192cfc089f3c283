//! Who issued a document.
//!
//! In: the blocks of a document. Out: a name, as known agencies are called and else as the text
//! prints it. What says it outright comes first: a field, the agency in the dateline, a copyright
//! line. Then come the names of offices and papers in the head and foot of the page.

use super::View;
use crate::announced;
use crate::layout::{Block, BlockKind};

/// Who issued a document.
pub(super) fn publisher(view: &View) -> Option<String> {
    field(view)
        .or_else(|| outlet_line(view))
        .or_else(|| signed(view))
        .or_else(|| holder(view))
        .or_else(|| issue_line(view))
        .or_else(|| united_nations(view))
        .or_else(|| issuer(view))
        .or_else(|| masthead(view))
        .map(|name| as_printed(name, view))
}

/// A name in capitals as the text writes it elsewhere: `THE EXAMPLE TIMES`.
fn as_printed(name: String, view: &View) -> String {
    let letters = name.chars().filter(|c| c.is_alphabetic()).count();
    if letters < 5 || !name.contains(' ') || name.contains(char::is_lowercase) || !name.is_ascii() {
        return name;
    }
    let wanted = name.as_bytes();
    for block in view.blocks {
        let text = block.span.of(view.text);
        let same = text
            .as_bytes()
            .windows(wanted.len())
            .position(|w| w.eq_ignore_ascii_case(wanted) && w.iter().any(u8::is_ascii_lowercase));
        if let Some(found) = same.and_then(|at| text.get(at..at + wanted.len())) {
            return found.to_owned();
        }
    }
    name
}

/// An outlet's name on a line of its own that layout knows for one, without its place and day:
/// `Example Courier (EC) - Friday, May 3, 1993`, `Herald, The (Exampletown, TX)`.
fn outlet_line(view: &View) -> Option<String> {
    let outlet = |b: &Block| b.rule == "source.outlet" && !view.rules.is_section(&view.folded(b));
    let dated = |b: Option<&Block>| b.is_some_and(|b| b.kind == BlockKind::Dateline);
    // Beside the day stands the paper, elsewhere the database may.
    let beside = |at: &usize| {
        outlet(&view.blocks[*at])
            && (dated(view.blocks.get(at + 1))
                || at.checked_sub(1).is_some_and(|k| dated(view.blocks.get(k))))
    };
    let all = || 0..view.blocks.len();
    let at = all().find(beside).or_else(|| all().find(|&at| outlet(&view.blocks[at])))?;
    let text = view.folded(&view.blocks[at]);
    let marks = [" (", " - ", " – ", " | "];
    let end = marks.iter().filter_map(|mark| text.find(mark)).min().unwrap_or(text.len());
    let name = text[..end].trim();
    if let Some(known) = view.rules.publisher(name) {
        return Some(known.to_owned());
    }
    Some(name.strip_suffix(", The").map_or_else(|| name.to_owned(), |name| format!("The {name}")))
}

/// Fields of an export and notes say it outright: `Source: Example`.
fn field(view: &View) -> Option<String> {
    // The paper says more than the company that prints it.
    label(view, false).or_else(|| label(view, true))
}

/// What follows the label of a field; `company` asks for the label `Publisher` and no other.
fn label(view: &View, company: bool) -> Option<String> {
    for block in view.blocks {
        let line = block.rule == "text.line" || block.rule == "heading.head";
        let note = match block.kind {
            BlockKind::SourceNote => true,
            BlockKind::Dateline => block.rule == "dateline.listing",
            BlockKind::Navigation | BlockKind::Footer => block.rule == "header.other",
            _ => line && block.span.len() <= 120,
        };
        if !note {
            continue;
        }
        let text = view.folded(block);
        // Codes of a database: `SN Example Herald`
        if let Some(name) = text.strip_prefix("SN ").filter(|name| is_site_name(name)) {
            return Some(name.to_owned());
        }
        for (at, sign) in text.char_indices().filter(|(_, c)| matches!(c, ':' | '：')).take(4) {
            let label = text[..at].trim_end().trim_start_matches(|c: char| !c.is_alphabetic());
            // In a line of its own, or after the date of a page.
            let label = if block.kind == BlockKind::Dateline {
                label.rsplit([' ', '|']).next().unwrap_or(label)
            } else {
                label
            };
            // A line of text that begins so is a field only if no story begins so.
            let field = !line || label.to_lowercase().starts_with("publi");
            if field
                && view.rules.is_source_label(label)
                && label.eq_ignore_ascii_case("publisher") == company
                && let Some(name) = outlet(&text[at + sign.len_utf8()..], view)
            {
                return Some(name);
            }
        }
    }
    None
}

/// Agencies in datelines, closing notes and bylines, and outlets on lines of their own.
fn signed(view: &View) -> Option<String> {
    for block in view.of(BlockKind::Dateline) {
        let text = view.folded(block);
        if let Some(name) = agency(&text, view) {
            return Some(name);
        }
        // `ERBIL (Example 24) –`, an outlet that the page names elsewhere
        if block.rule == "dateline.prefix"
            && let Some((_, rest)) = text.split_once('(')
            && let Some((name, _)) = rest.split_once(')')
            && is_site_name(name)
            && announced::find(name).is_empty()
            && view.blocks.iter().any(|b| {
                let text = b.span.of(view.text);
                !b.kind.is_kept()
                    && b.span != block.span
                    && text.len() <= 400
                    && text.contains(name)
            })
        {
            return Some(name.to_owned());
        }
        // `新华社阿斯塔纳7月4日电`
        if block.rule == "dateline.prefix"
            && let Some(name) = view.rules.publisher_at_start(&text)
        {
            return Some(name.to_owned());
        }
    }
    for block in view.of(BlockKind::SourceNote) {
        let text = view.folded(block);
        if block.rule == "source.suffix"
            && let Some(name) = agency(&text, view)
        {
            return Some(name);
        }
    }
    view.of(BlockKind::Byline).find_map(|block| {
        let text = view.folded(block);
        // `By EX/RL's Example Service`
        let owner = text.split(' ').find_map(|word| {
            let name = word.strip_suffix("'s").or_else(|| word.strip_suffix("’s"))?;
            view.rules.publisher(name)
        });
        agency(&text, view).or_else(|| owner.map(str::to_owned))
    })
}

/// The holder of the copyright, by the name that the head of the page gives.
fn holder(view: &View) -> Option<String> {
    // Before the text such a line is a picture's.
    let head = view.head().len();
    let lines = view.blocks.iter().enumerate().filter(|(at, block)| {
        let text = block.span.of(view.text);
        let right = block.rule == "footer.copyright"
            || !block.kind.is_kept()
                && text.len() <= 200
                && ["©", "Copyright ", "copyright "].iter().any(|mark| text.contains(mark));
        right && (*at >= head || view.folded(block).contains(|c: char| c.is_ascii_digit()))
    });
    let name = lines.map(|(_, block)| block).find_map(|b| copyright(&view.folded(b), view))?;
    if let Some(known) = view.rules.publisher(&name) {
        return Some(known.to_owned());
    }
    // A blog's rights are its writer's.
    let signs = |b: &Block| view.folded(b).contains(name.as_str());
    if view.of(BlockKind::Byline).any(signs) {
        return None;
    }
    if let Some(short) = short(&name, view) {
        return Some(short);
    }
    // The page says more than the company that runs it.
    let company = name.split(' ').any(|word| view.rules.is_company_word(word));
    first_line(view).filter(|_| company).or(Some(name))
}

/// The name with which the first line of a page above its headline begins, other names or links behind it.
fn first_line(view: &View) -> Option<String> {
    let block = view.head().first().filter(|b| b.kind == BlockKind::Navigation)?;
    let text = view.folded(block);
    let name = segments(&text).next().unwrap_or("").trim();
    let named = is_site_name(name) && !view.rules.is_section(name) && name.split(' ').count() <= 4;
    let bars = block.rule.starts_with("nav.") && name.contains(' ');
    (named && text.len() <= 120 && (block.rule == "nav.above-title" || bars))
        .then(|| name.to_owned())
}

/// The name in the head of a page that its owner's name begins with, `The` aside.
fn short(owner: &str, view: &View) -> Option<String> {
    let strip =
        |s: &str| s.strip_prefix("The ").or_else(|| s.strip_prefix("THE ")).map_or(0, str::len);
    let bare = if strip(owner) > 0 { &owner[4..] } else { owner };
    for block in view.head() {
        let text = view.folded(block);
        if text.len() > 120 || block.kind == BlockKind::Title && text.split(' ').count() > 4 {
            continue;
        }
        let name = segments(&text).next().unwrap_or("").trim();
        let own = if strip(name) > 0 { &name[4..] } else { name };
        let begins = own.len() >= 2
            && bare.get(..own.len()).is_some_and(|s| s.to_lowercase() == own.to_lowercase())
            && !bare[own.len()..].starts_with(char::is_alphanumeric);
        if begins {
            // Capitals may be the page's, not the name's.
            let shown = if own.contains(char::is_lowercase) { name } else { &bare[..own.len()] };
            return Some(shown.to_owned());
        }
    }
    None
}

fn segments(text: &str) -> impl Iterator<Item = &str> {
    text.split(['|', '›', '»', '>', '•', '·', ':'])
        .flat_map(|part| part.split(" - "))
        .flat_map(|part| part.split(" – "))
        .flat_map(|part| part.split(" — "))
        .flat_map(|part| part.split(" / "))
}

/// `Example Weekly, Issue No 12`
fn issue_line(view: &View) -> Option<String> {
    let footers = view.of(BlockKind::Footer).filter(|b| b.rule == "footer.issue");
    // `Example’s Issue # 12` in the head
    let numbered = |b: &&Block| {
        let text = view.folded(b);
        let rest = &text[super::names::cut_at_issue(&text).len()..];
        b.kind == BlockKind::Heading
            && text.len() <= 80
            && ["issue #", "issue no", "issue: ", "issue "]
                .iter()
                .any(|c| rest.to_lowercase().starts_with(c))
            && rest.contains(|c: char| c.is_ascii_digit())
    };
    for block in footers.chain(view.head().iter().filter(numbered)) {
        let text = view.folded(block);
        let name = text.split(['|', '(', '–']).next().unwrap_or("");
        let name = super::names::cut_at_issue(name).trim().trim_end_matches([',', ';', '-', ' ']);
        let name = name
            .rsplit_once(' ')
            .filter(|(_, last)| view.rules.is_section(last))
            .map_or(name, |(first, _)| first);
        let name = name.strip_suffix("’s").or_else(|| name.strip_suffix("'s")).unwrap_or(name);
        if name.len() > 2 {
            return Some(name.to_owned());
        }
    }
    None
}

/// The United Nations name themselves, or a symbol of theirs, in the head of their documents.
fn united_nations(view: &View) -> Option<String> {
    let says = |block: &Block| {
        let text = view.folded(block);
        if text.len() > 120 || block.rule == "text.prose" {
            return false;
        }
        // `Highlights of the briefing by ..., Spokesperson for the Secretary-General`
        let lower = text.to_lowercase();
        if lower.contains("for the secretary-general") || lower.contains("for secretary-general") {
            return true;
        }
        let organ = text.trim_end_matches(',').to_lowercase();
        let organ = organ.strip_prefix("the ").unwrap_or(&organ);
        if ["security council", "general assembly"].contains(&organ) {
            return true;
        }
        let upper = text.starts_with("United Nations") || text.starts_with("UNITED NATIONS");
        let rest = text.get("United Nations".len()..).unwrap_or("").trim();
        upper && (rest.is_empty() || rest.split(' ').any(is_un_symbol))
            || block.rule == "footer.un-masthead" && text.split(' ').any(is_un_symbol)
            || text.split(' ').count() <= 3 && text.split(' ').any(is_un_symbol)
    };
    let near = view.blocks.iter().take(30).chain(view.of(BlockKind::Footer).take(30));
    near.into_iter().any(says).then(|| "United Nations".to_owned())
}

/// `S/RES/2254`, `A/HRC/31/68`, `S/PV.7588`
pub(super) fn is_un_symbol(word: &str) -> bool {
    let mut parts = word.split('/');
    let body = parts.next().unwrap_or("");
    ["A", "S", "E", "ST"].contains(&body)
        && word.len() > 5
        && word.contains(|c: char| c.is_ascii_digit())
        && parts.all(|p| {
            !p.is_empty()
                && p.bytes().all(|b| {
                    b.is_ascii_digit() || b.is_ascii_uppercase() || matches!(b, b'.' | b'-')
                })
        })
}

/// The name of an office or institute on a line of its own in the head, or in the foot if the text
/// or the name's own short form vouches for it.
fn issuer(view: &View) -> Option<String> {
    for block in view.head() {
        let Some(name) = issuer_line(&view.folded(block), view) else { continue };
        // A title names an office to say what it did, unless all of it is a name: `Council of ...`.
        let office = name.split(' ').take(2).any(|w| view.rules.is_issuer_word(w))
            && [" of ", " for ", " on "].iter().any(|j| name.contains(j));
        if block.rule != "nav.breadcrumb" && (block.kind != BlockKind::Title || office) {
            return Some(name);
        }
    }
    for block in view.tail() {
        let text = view.folded(block);
        let short = text.split_once('(').and_then(|(_, rest)| Some(rest.split_once(')')?.0));
        let Some(name) = issuer_line(&text, view) else { continue };
        let again = view.blocks.iter().filter(|b| b.span.of(view.text).contains(name.as_str()));
        if again.take(2).count() > 1
            || short.is_some_and(|s| s.len() > 2 && view.content.contains(s))
        {
            return Some(name);
        }
    }
    None
}

/// The name of an office that is all that a line says.
fn issuer_line(line: &str, view: &View) -> Option<String> {
    let line = segments(line).next().unwrap_or("").trim();
    let line = line.split_once(" (").map_or(line, |(name, _)| name).trim_end_matches(',');
    if !(4..=90).contains(&line.len())
        || line.ends_with(['.', '?', '!', ';'])
        || line.contains(|c: char| c.is_ascii_digit() || matches!(c, ',' | '"' | '“' | '’' | '\''))
    {
        return None;
    }
    let words: Vec<&str> = line.split(' ').collect();
    let joins = |w: &str| {
        [
            "of", "for", "on", "and", "in", "the", "to", "de", "des", "la", "für", "der", "del",
            "&", "OF", "FOR", "ON", "AND", "IN", "THE",
        ]
        .contains(&w)
    };
    if words.len() > 14
        || !words[0].starts_with(|c: char| c.is_uppercase() || !c.is_ascii())
        || !words.iter().all(|w| joins(w) || w.starts_with(|c: char| !c.is_lowercase()))
    {
        return None;
    }
    let known = view.rules.is_issuer_name(line)
        || words.len() > 1
            && words.iter().enumerate().any(|(at, word)| {
                view.rules.is_issuer_word(word)
                    && words.get(at + 1).is_none_or(|next| {
                        joins(next) && *next != "to" && *next != "and" && *next != "in"
                    })
            });
    known.then(|| view.rules.publisher(line).map_or_else(|| line.to_owned(), str::to_owned))
}

/// The name of a site or paper in the head, which the foot, the text or its own words vouch for.
fn masthead(view: &View) -> Option<String> {
    let own = view.blocks.iter().position(|b| b.kind == BlockKind::Title);
    let title = own.map(|at| view.folded(&view.blocks[at]));
    for (at, block) in view.head().iter().enumerate() {
        let text = view.folded(block);
        if text.len() > 200
            || Some(at) == own
            || matches!(block.kind, BlockKind::Byline | BlockKind::Dateline)
        {
            continue;
        }
        // `Title | Site`, `Title - Site`
        if let Some(title) = title.as_deref()
            && let Some(rest) = text.strip_prefix(title)
            && let Some(name) = segments(rest).map(str::trim).filter(|s| !s.is_empty()).last()
            && is_site_name(name)
        {
            return Some(name.to_owned());
        }
        let name = segments(&text).next().unwrap_or("").trim();
        if own.is_none_or(|own| at < own)
            && is_site_name(name)
            && !view.rules.is_section(name)
            && let Some(name) = vouched(name, view)
        {
            return Some(name);
        }
    }
    None
}

/// One to five words, all with a capital.
fn is_site_name(name: &str) -> bool {
    (3..=45).contains(&name.len())
        && name.split(' ').count() <= 5
        && name.starts_with(|c: char| c.is_uppercase())
        && !name.ends_with(['.', '?', '!', ':'])
        && name.split(' ').all(|w| {
            w.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit() || c == '&')
                || ["of", "the", "for", "and", "on", "in"].contains(&w)
        })
}

/// The site's name as its page writes it elsewhere, if anything says that it is the site's.
fn vouched(name: &str, view: &View) -> Option<String> {
    if let Some(known) = view.rules.publisher(name) {
        return Some(known.to_owned());
    }
    if name.contains(' ') && name.split(' ').any(|w| view.rules.is_media_word(w)) {
        return Some(name.to_owned());
    }
    let lower = name.to_lowercase();
    let squeezed: String = lower.chars().filter(|c| c.is_alphanumeric()).collect();
    // The foot of the page says it again.
    let again = |b: &Block| {
        let text = b.span.of(view.text);
        !b.kind.is_kept()
            && text.len() <= 300
            && text.len() > name.len()
            && b.rule != "nav.breadcrumb"
            && text.to_lowercase().split(|c: char| !c.is_alphanumeric()).any(|w| w == squeezed)
    };
    if squeezed.len() >= 5 && view.tail().iter().any(again) {
        return Some(name.to_owned());
    }
    for block in view.blocks {
        let text = block.span.of(view.text);
        if text.len() > 2000 {
            continue;
        }
        // `told Example by phone`
        for cue in ["told ", "About ", "Follow ", "Subscribe to ", "Support ", "to Example "] {
            for (at, _) in text.match_indices(cue) {
                let after = &text[at + cue.len()..];
                let after = after
                    .strip_prefix("the ")
                    .or_else(|| after.strip_prefix("The "))
                    .unwrap_or(after);
                let bare = lower.strip_prefix("the ").unwrap_or(&lower);
                if after.get(..bare.len()).is_some_and(|s| s.to_lowercase() == bare)
                    && !after[bare.len()..].starts_with(char::is_alphanumeric)
                {
                    let shown =
                        if name.contains(char::is_lowercase) { name } else { &after[..bare.len()] };
                    return Some(shown.to_owned());
                }
            }
        }
        // `www.example.org`
        if squeezed.len() >= 4
            && text
                .split(|c: char| {
                    c.is_whitespace() || matches!(c, '/' | '@' | '<' | '>' | '(' | ')')
                })
                .any(|w| {
                    w.contains('.')
                        && w.to_lowercase().trim_start_matches("www.").split('.').next()
                            == Some(&squeezed)
                })
        {
            return Some(name.to_owned());
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
        name = name[..date.range.start].trim_end_matches([',', ' ', '-', '–', '(', '|', ';']);
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
    name = name.split([';', '|']).next().unwrap_or(name).trim_end();
    for others in [" and news agencies", " and agencies", " with agencies", ", agencies"] {
        name = name.strip_suffix(others).unwrap_or(name);
    }
    let name = name.trim_end_matches([',', ';', ' ']);
    if name.is_empty() || view.rules.is_agencies(name) {
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
            .trim_end_matches('.')
            .trim_start_matches("By ")
            .trim_start_matches("by ")
            .trim_end_matches(" Staff");
        if part.len() >= 2
            && (part.starts_with(|c: char| c.is_alphabetic() && !c.is_lowercase())
                || text.contains(&format!("({part}")))
            && let Some(name) = view.rules.publisher(part)
        {
            return Some(name.to_owned());
        }
    }
    None
}

/// What ends the holder's name in a copyright line, in lower case.
const AFTER_HOLDER: &[&str] = &[
    ". ",
    " all rights",
    ", all rights",
    " | ",
    "; ",
    " – ",
    " - ",
    ", ltd",
    " ltd",
    " limited",
    " inc.",
    " inc,",
    ", inc",
    " llc",
    ", llc",
    " l.l.c",
    " gmbh",
    " plc",
    " s.a.",
    " s.l.",
    " pty",
    " co.",
    " corp.",
    " (",
    "©",
    " 19",
    " 20",
    ", 19",
    ", 20",
    " or its ",
    " and its ",
    " and/or ",
    " unless ",
    " terms ",
    " reproduced ",
    " tous droits",
    " alle rechte",
    " gazetecilik",
    " comunicação",
    " verlag",
    " @",
    " todos los",
    " все права",
];

/// The holder that a copyright line names.
fn copyright(text: &str, view: &View) -> Option<String> {
    let lower = text.to_lowercase();
    if lower.len() != text.len() {
        return None;
    }
    let at = ["©", "(c)", "copyright"]
        .iter()
        .filter_map(|m| lower.rfind(m).map(|at| at + m.len()))
        .max()?;
    let rest = text.get(at..)?;
    let rest = rest.trim_start_matches(|c: char| {
        c.is_ascii_digit() || matches!(c, ' ' | ',' | '-' | '–' | ':' | '©' | '.')
    });
    let rest = rest.strip_prefix("by ").unwrap_or(rest).trim_start_matches("(c) ");
    let owned = [" owned by ", " published by ", " maintained by ", " managed by "];
    let lower = rest.to_ascii_lowercase();
    let rest =
        owned.iter().find_map(|by| Some(&rest[lower.find(by)? + by.len()..])).unwrap_or(rest);
    // `© Example` and `Example © 2016`
    let rest = if rest.is_empty() || rest.to_lowercase().starts_with("all rights") {
        let before = text[..at].trim_end_matches(|c: char| !c.is_alphabetic());
        let before = ["Copyright", "copyright", "(c", "(C"]
            .iter()
            .find_map(|m| before.strip_suffix(m))
            .unwrap_or(before);
        before.rsplit(['.', '|']).next().unwrap_or("").trim()
    } else {
        rest
    };
    let lower = rest.to_lowercase();
    let mut end = rest.len();
    for cut in AFTER_HOLDER {
        if lower.len() == rest.len()
            && let Some(at) = lower.find(cut)
        {
            end = end.min(at);
        }
    }
    for form in [" inc", " limited", " ltd", " llc", " gmbh", " plc", " corporation"] {
        if lower[..end].ends_with(form) {
            end -= form.len();
        }
    }
    let name = rest[..end].trim().trim_end_matches(['.', ',']);
    let name = without_domain(name);
    let named = name.starts_with(|c: char| c.is_uppercase() || !c.is_ascii())
        && name.len() > 1
        && name.len() <= 80
        && !name.to_lowercase().starts_with("all rights");
    named.then(|| view.rules.publisher(name).map_or_else(|| name.to_owned(), str::to_owned))
}

/// `Example` of `Example.net`.
fn without_domain(name: &str) -> &str {
    if name.contains(' ') {
        return name;
    }
    let name = name.strip_prefix("www.").unwrap_or(name);
    [".com", ".net", ".org", ".info", ".co.uk", ".eu"]
        .iter()
        .find_map(|end| name.strip_suffix(end).or_else(|| name.strip_suffix(&end.to_uppercase())))
        .unwrap_or(name)
}
