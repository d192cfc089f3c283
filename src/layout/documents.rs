//! Finds where one article of a file ends and the next begins.
//!
//! In: the pieces of a file. Out: ranges of pieces that cover all of them, in order. Evidence is,
//! by falling weight: a split rule, the header of a mail, a headline with byline or dateline above
//! prose that occurs at least twice, a dateline of a listing page that does, and separators whose
//! sections all begin as articles do. A dateline inside an article, without a headline above it,
//! splits nothing.

use super::lines::Field;
use super::pieces::{
    BYLINE, DATE, FIELD, HEADER, LISTING, PAGE, PLACE_DATE, PROSE, Page, RULE, TITLE,
};
use super::rules::At;
use std::collections::HashSet;
use std::ops::Range;

/// The articles of a file as ranges of its pieces.
pub(super) fn articles(page: &Page) -> Vec<Range<usize>> {
    let count = page.pieces.len();
    if count == 0 {
        return Vec::new();
    }
    let mut starts = Vec::new();
    declared(page, &mut starts);
    mail(page, &mut starts);
    if starts.is_empty() {
        exports(page, &mut starts);
    }
    let heads = heads(page);
    if starts.len() < 2 {
        if heads.len() >= 2 {
            starts.extend(&heads);
        }
        listing(page, &mut starts);
        separators(page, &heads, &mut starts);
    }
    starts.sort_unstable();
    starts.dedup();
    merge(page, &starts)
}

/// Cuts at `starts`, leaving out cuts that would leave an article without prose or other content.
fn merge(page: &Page, starts: &[usize]) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    let mut from = 0;
    let mut content = false;
    let mut cuts = starts.iter().copied().filter(|s| *s > 0).peekable();
    for at in 0..page.pieces.len() {
        if cuts.peek() == Some(&at) {
            cuts.next();
            if content {
                out.push(from..at);
                from = at;
                content = false;
            }
        }
        let piece = &page.pieces[at];
        content |= piece.is(PROSE)
            || (!piece.is(TITLE | RULE | HEADER | DATE | LISTING | PLACE_DATE | BYLINE | FIELD)
                && page.hits(at).next().is_none()
                && page.splits(at).next().is_none()
                && piece.words > 3);
    }
    out.push(from..page.pieces.len());
    out
}

/// Starts that split rules declare.
fn declared(page: &Page, starts: &mut Vec<usize>) {
    for at in 0..page.pieces.len() {
        for split in page.splits(at) {
            starts.push(match split {
                At::Start => at,
                At::End => at + 1,
            });
        }
    }
    starts.retain(|s| *s < page.pieces.len());
}

/// Exports of newspaper databases: fields in capitals with a headline, prose, and such fields again.
/// An article begins at the copyright line above its fields, or at its date and the paper above that.
fn exports(page: &Page, starts: &mut Vec<usize>) {
    let pieces = &page.pieces;
    let is_headline = |at: usize| {
        pieces[at].is(HEADER)
            && page.field(at) == Field::Title
            && !page.raw(at).split(':').next().unwrap_or("").contains(char::is_lowercase)
    };
    let mut prose = false;
    // First piece behind the last prose or headline.
    let mut from = 0;
    for at in 0..pieces.len() {
        if is_headline(at) {
            if prose || starts.is_empty() {
                let right = |k: usize| page.hits(k).any(|(rule, _)| rule.id == "footer.copyright");
                let dated = |k: usize| pieces[k].is(DATE | PLACE_DATE) && !pieces[k].is(HEADER);
                let mut start = (from..at).rev().find(|&k| right(k));
                if start.is_none() {
                    start = (from..at).rev().find(|&k| dated(k)).map(|mut k| {
                        while k > from && pieces[k - 1].is(TITLE) {
                            k -= 1;
                        }
                        k
                    });
                }
                let field = (from..=at).find(|&k| pieces[k].is(HEADER)).unwrap_or(at);
                starts.push(start.unwrap_or(field));
            }
            prose = false;
            from = at + 1;
        } else if pieces[at].is(PROSE) && !pieces[at].is(HEADER) {
            prose = true;
            from = at + 1;
        }
    }
    if starts.len() < 2 {
        starts.clear();
    }
}

/// Mails in an archive: three fields or more, with a sender and a date or subject.
fn mail(page: &Page, starts: &mut Vec<usize>) {
    let mut at = 0;
    let mut found = Vec::new();
    while at < page.pieces.len() {
        if !page.pieces[at].is(HEADER) {
            at += 1;
            continue;
        }
        let first = at;
        let (mut fields, mut sender, mut subject) = (0, false, false);
        while at < page.pieces.len()
            && page.pieces[at].is(HEADER)
            && (at == first || page.pieces[at].gap == 0)
        {
            if page.pieces[at].is(FIELD) {
                fields += 1;
                sender |= page.field(at) == Field::Author;
                subject |= matches!(page.field(at), Field::Date | Field::Title);
            }
            at += 1;
        }
        if fields >= 3 && sender && subject || fields >= 2 && page.field(first) == Field::Title {
            found.push(first);
        }
    }
    // What is quoted or forwarded below a mail is no mail of its own.
    let is_quoted = |at: usize| {
        at > 0 && {
            let before = page.raw(at - 1).to_lowercase();
            before.len() < 200
                && (before.contains("original message")
                    || before.contains("forwarded")
                    || before.ends_with("wrote:"))
        }
    };
    found.retain(|&at| !is_quoted(at));
    if found.len() == 1 && page.pieces[..found[0]].iter().any(|p| p.is(PROSE)) {
        found.clear();
    }
    // A forwarded mail inside another has no line of its own in a folder that has such lines.
    if starts.is_empty() {
        starts.extend(found);
    }
}

/// Pieces where a headline with a byline or dateline begins an article.
fn heads(page: &Page) -> Vec<usize> {
    const ANNOUNCE: u16 = BYLINE | DATE | LISTING | PLACE_DATE;
    let pieces = &page.pieces;
    let mut heads = Vec::new();
    let mut run = 0;
    for at in 0..pieces.len() {
        if !pieces[at].is(PROSE) || pieces[at].is(HEADER) {
            continue;
        }
        let start = std::mem::replace(&mut run, at + 1);
        // No article begins in mid-sentence.
        if start == at || page.raw(at).starts_with(char::is_lowercase) {
            continue;
        }
        let mut announce = at;
        if pieces[at].dateline == 0 {
            // Between announcement and prose: a standfirst or two.
            let mut k = at;
            let mut between = 0;
            loop {
                if k == start || between > 3 {
                    announce = usize::MAX;
                    break;
                }
                k -= 1;
                if pieces[k].is(ANNOUNCE) {
                    announce = k;
                    break;
                }
                between += 1;
            }
            if announce == usize::MAX {
                continue;
            }
        }
        while announce > start && pieces[announce - 1].is(ANNOUNCE) {
            announce -= 1;
        }
        // An office may stand between byline and date.
        if announce >= start + 2
            && pieces[announce - 1].words <= 6
            && pieces[announce - 2].is(BYLINE)
        {
            announce -= 2;
            while announce > start && pieces[announce - 1].is(ANNOUNCE) {
                announce -= 1;
            }
        }
        if announce == start || !pieces[announce - 1].is(TITLE) || pieces[announce - 1].words < 2 {
            continue;
        }
        let mut title = announce - 1;
        if title > start
            && pieces[title].gap == 0
            && pieces[title - 1].is(TITLE)
            && pieces[title - 1].words > 2
        {
            title -= 1;
        }
        heads.push(title);
    }
    // The headline at the top of every page begins no article.
    let mut seen = HashSet::new();
    heads.retain(|&at| page.pieces[at].words <= 3 || seen.insert(page.folded(at).to_lowercase()));
    // Where a date stands above every headline it is the headline's, not the last line of the text above.
    let dated = |at: &usize| *at > 0 && pieces[*at - 1].is(DATE);
    if heads.len() >= 2 && heads.iter().all(dated) {
        for head in &mut heads {
            *head -= 1;
        }
    }
    heads
}

/// Listing pages: a line with date and section or author above every entry.
fn listing(page: &Page, starts: &mut Vec<usize>) {
    let pieces = &page.pieces;
    let entries: Vec<usize> = (0..pieces.len())
        .filter(|&at| pieces[at].is(LISTING))
        .filter(|&at| (at + 1..pieces.len().min(at + 4)).any(|k| pieces[k].is(PROSE)))
        .collect();
    if entries.len() < 2 {
        return;
    }
    for at in entries {
        let mut first = at;
        if at > 0
            && pieces[at - 1].is(TITLE)
            && !pieces[at - 1].is(PROSE)
            && !names_section(page, at - 1, at)
        {
            first = at - 1;
        }
        starts.push(first);
    }
}

/// Whether a line only names the section that the dateline under it names too.
pub(super) fn names_section(page: &Page, title: usize, dateline: usize) -> bool {
    let name = page.folded(title);
    name.len() > 2
        && page.pieces[dateline].is(LISTING)
        && page.folded(dateline).to_lowercase().ends_with(&name.to_lowercase())
}

/// Rules and form feeds, where the sections between them all begin as articles do.
fn separators(page: &Page, heads: &[usize], starts: &mut Vec<usize>) {
    const ANNOUNCE: u16 = BYLINE | DATE | LISTING | PLACE_DATE | HEADER;
    let pieces = &page.pieces;
    for kind in [RULE, PAGE] {
        let mut sections: Vec<Range<usize>> = Vec::new();
        let mut from = 0;
        let mut wide = kind == PAGE;
        for (at, piece) in pieces.iter().enumerate().filter(|(_, piece)| piece.is(kind)) {
            wide |= kind == RULE && piece.span.len() >= 20;
            sections.push(from..at);
            from = if kind == RULE { at + 1 } else { at };
        }
        sections.push(from..pieces.len());
        sections.retain(|s| s.clone().any(|at| pieces[at].is(PROSE)));
        if sections.len() < 2 {
            continue;
        }
        let begins = |s: &Range<usize>| {
            pieces[s.start].is(TITLE) && !pieces[s.start].is(PROSE)
                || heads.binary_search(&s.start).is_ok()
        };
        let announced = |s: &Range<usize>| {
            (s.start..s.end.min(s.start + 5))
                .any(|at| pieces[at].is(ANNOUNCE) || pieces[at].dateline > 0)
        };
        let long =
            |s: &Range<usize>| s.clone().map(|at| pieces[at].span.len()).sum::<usize>() >= 400;
        let all_begin = sections.iter().all(|s| begins(s) || announced(s));
        let many_announced = sections.iter().filter(|s| announced(s)).count() * 2 > sections.len();
        if all_begin && (many_announced || wide && sections.iter().all(long)) {
            starts.extend(sections.iter().map(|s| s.start));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{LayoutRules, layout};

    const PROSE: &str = "The envoys met again on Monday in the hall by the lake, and officials said that the talks would go on for another week.\n\nA spokesman said that both sides had agreed on the list of names, but that the order of speakers was still open.";

    fn documents(form: &str) -> u32 {
        layout(&form.replace("{B}", PROSE), &LayoutRules::embedded().unwrap()).documents
    }

    #[test]
    fn exports_of_databases() {
        let story = "Copyright 1988 Example Times\n\nExample Times\n\nMay 3, 1988, Tuesday\n\nSECTION: Foreign; Pg. 3\nLENGTH: 80 words\nHEADLINE: Envoys meet by the lake\nBYLINE: By Jane Roe\nBODY:\n{B}\n\n";
        assert_eq!(documents(story), 1);
        assert_eq!(documents(&story.repeat(3)), 3);
        // Fields of a mail that is quoted make no export.
        assert_eq!(documents("Envoys meet by the lake\n\n{B}\n\nSubject: names\n\n{B}\n"), 1);
    }

    #[test]
    fn the_headline_at_the_top_of_every_page() {
        let page = "Envoys Meet Again by the Lake\n3 May 2016\n\n{B}\n\n";
        assert_eq!(documents(&page.repeat(3)), 1);
        let other = "Another Day at the Lake Is Over\n4 May 2016\n\n{B}\n\n";
        assert_eq!(documents(&format!("{page}{other}")), 2);
    }

    #[test]
    fn a_mail_without_text_is_no_document() {
        // The subject is a heading that holds no more than its label.
        let head = "From: a@example.org\nDate: 3 May 2010\nSubject: \nDate: 3 June 2010\n";
        assert_eq!(documents(head), 0);
        assert_eq!(documents(&format!("{head}\n{{B}}\n")), 1);
    }
}
