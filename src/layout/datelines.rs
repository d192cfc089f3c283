//! The dateline at the start of an agency story, and the note at the end of one.
//!
//! In: a paragraph. Out: how many of its bytes are dateline (`GENEVA, 22 March (Reuters) -`) or
//! closing note (`(Source: ...)`). Only the first and last few hundred bytes are looked at.

use super::rules::LayoutRules;
use crate::announced;

/// Longest dateline, in bytes.
const LONGEST: usize = 140;

/// Bytes of `text` up to the end of its dateline, the dash included; 0 if it has none.
///
/// `first` says that the paragraph opens its article, where a bare place is enough.
pub(super) fn dateline(text: &str, rules: &LayoutRules) -> usize {
    let end = one_dateline(text, rules);
    // `(EXA) - ROMA, 30 NOV - `
    if end > 0 && text.starts_with('(') && !text[..end].contains(',') {
        let start = text.len() - text[end..].trim_start().len();
        let more = one_dateline(&text[start..], rules);
        return if more > 0 { start + more } else { end };
    }
    end
}

/// Bytes of `text` up to the colon behind a place in capitals, the colon included; 0 if it has none. The name
/// may be of one who speaks.
pub(super) fn place_before_colon(text: &str, rules: &LayoutRules) -> usize {
    /// Longest place, in bytes.
    const PLACE: usize = 40;
    let Some(colon) = text.bytes().take(PLACE).position(|b| b == b':') else { return 0 };
    let place = &text[..colon];
    let letters = place.chars().filter(|c| c.is_alphabetic()).count();
    let named = letters >= 4
        && is_name(place)
        && !place.contains(char::is_lowercase)
        && !place.contains(['.', '\''])
        && is_town(place, rules);
    let rest = &text[colon + 1..];
    let goes_on = rest.starts_with(' ') && rest.len() >= 60;
    let sentence = rest.trim_start().starts_with(|c: char| c.is_uppercase());
    if named && goes_on && sentence { colon + 1 } else { 0 }
}

fn one_dateline(text: &str, rules: &LayoutRules) -> usize {
    let begins = |c: char| {
        c.is_ascii_digit() || matches!(c, '(' | '[' | '*') || c.is_alphabetic() && !c.is_lowercase()
    };
    if !text.starts_with(begins) {
        return 0;
    }
    let mut to = text.len().min(LONGEST);
    while !text.is_char_boundary(to) {
        to -= 1;
    }
    let head = &text[..to];
    if let Some(end) = slashed(head, rules).or_else(|| telegram(head)) {
        return end;
    }
    let mut tried = 0;
    let third = head.char_indices().nth(2).map_or(head.len(), |(at, _)| at);
    // With the last of these bytes dashes begin, and quotation marks.
    let sign = |byte: &u8| {
        matches!(byte, b'?' | b'!' | b';' | b'"' | b'-' | b'_' | b':' | b'|' | b')' | 0xe2)
    };
    for at in (third..head.len()).filter(|&at| sign(&head.as_bytes()[at])) {
        let Some(c) = head[at..].chars().next() else { break };
        // A sentence that ends before any dash has no dateline.
        if matches!(c, '?' | '!' | ';' | '"' | '“') {
            return 0;
        }
        if !matches!(c, '–' | '—' | '―' | '-' | '_' | ':' | '|' | ')') {
            continue;
        }
        let end = at + c.len_utf8();
        let blank_before = text[..at].ends_with([' ', '\n', '\t', ')']);
        let blank_after = text[end..].starts_with([' ', '\n', '\t']);
        let dash = match c {
            '–' | '—' | '―' => blank_before || blank_after,
            '-' => {
                // `Madrid, 12 mar (EFE).- `
                let double = text[..at].ends_with('-');
                // `Damascus, SANA- `
                let last = || text[..at].rsplit([' ', '\n', ',']).next().unwrap_or("");
                let agency = blank_after
                    && text[..at].ends_with(char::is_uppercase)
                    && rules.is_agency(last());
                // `WASHINGTON--The`
                let glued = double && text[end..].starts_with(char::is_uppercase);
                (blank_before || double || agency || text[..at].ends_with(")."))
                    && (blank_after || glued || text[end..].starts_with('-'))
            }
            '_' => blank_before && blank_after,
            ':' | '|' => blank_after,
            // `(CNN)The`
            ')' => blank_after || text[end..].starts_with(char::is_uppercase),
            _ => false,
        };
        if !dash {
            continue;
        }
        tried += 1;
        if tried > 6 {
            return 0;
        }
        let (place, sign) = if c == ')' {
            (&head[..end], ')')
        } else {
            let place = head[..at].trim_end_matches(['-', ' ', '\n', '\t']);
            (if place.ends_with(").") { &place[..place.len() - 1] } else { place }, c)
        };
        let mut stop = end;
        if sign == '-' {
            stop += text[end..].len() - text[end..].trim_start_matches('-').len();
        }
        let rest = text[stop..].trim_start();
        if sign == ')' && rest.starts_with(['-', '–', '—', '_', ':', '―']) {
            continue;
        }
        if is_dateline(place, sign, rules) {
            let stop = past_agency(text, stop, rules);
            let rest = text[stop..].trim_start();
            return if rest.len() >= 12 && !rest.starts_with(char::is_lowercase) {
                stop
            } else {
                0
            };
        }
    }
    0
}

/// The end of an agency that follows the dash: `MOSCOW, 12 March - Interfax.`, `KUWAIT -- (KUNA) --`.
fn past_agency(text: &str, stop: usize, rules: &LayoutRules) -> usize {
    let blanks = text[stop..].len() - text[stop..].trim_start().len();
    let rest = &text[stop + blanks..];
    let Some((at, sign)) = rest
        .char_indices()
        .take(40)
        .skip(1)
        .find(|(_, c)| matches!(c, ')' | '.' | '-' | '–' | '—' | ':' | ','))
    else {
        return stop;
    };
    let name = rest[..at].trim_start_matches('(').trim();
    let after = at + sign.len_utf8();
    let bracket = rest.starts_with('(') == (sign == ')');
    if !bracket || sign == ',' || !is_agency(name, rules) {
        return stop;
    }
    let tail = rest[after..].trim_start_matches([' ', '-', '–', '—', '.', ':']);
    let dashes = rest[after..rest.len() - tail.len()].trim_end().len();
    stop + blanks + after + dashes
}

/// The end of `新华社大马士革3月12日电（记者王明）`, as Chinese agencies open their telegrams.
fn telegram(head: &str) -> Option<usize> {
    if head.is_ascii() {
        return None;
    }
    let (at, mark) = head
        .char_indices()
        .find(|(_, c)| matches!(c, '电' | '電' | '讯' | '。' | '，'))
        .filter(|(_, c)| matches!(c, '电' | '電' | '讯'))?;
    let date = announced::find(&head[..at]).pop()?;
    if date.month.is_none() || head[date.range.end..at].chars().count() > 2 {
        return None;
    }
    let end = at + mark.len_utf8();
    let rest = &head[end..];
    let note = rest.strip_prefix('（').and_then(|r| r.find('）')).map(|n| n + 2 * '（'.len_utf8());
    Some(end + note.unwrap_or(0))
}

/// The end of `MOSCOW, January 23. /TASS/.`, where the agency stands between slashes.
fn slashed(head: &str, rules: &LayoutRules) -> Option<usize> {
    let open = head.find(" /")?;
    let close = open + 2 + head[open + 2..].find('/')?;
    let agency = &head[open + 2..close];
    let place = head[..open].trim_end_matches(['.', ',', ' ']);
    let named = place.split([',', '.']).next().is_some_and(is_name);
    let end = close + 1 + head[close + 1..].len()
        - head[close + 1..].trim_start_matches(['.', ',', '-', '–', '—', ':']).len();
    (rules.is_agency(agency) && named && head[end..].starts_with([' ', '\n'])).then_some(end)
}

/// Whether a whole line is a dateline: `MANILA, Philippines (AP) _`, `Washington, 3 May (Xinhua)`.
pub(super) fn is_dateline_line(line: &str, rules: &LayoutRules) -> bool {
    if line.len() > LONGEST
        || !line
            .starts_with(|c: char| c.is_alphabetic() && !c.is_lowercase() || matches!(c, '(' | '['))
    {
        return false;
    }
    let place = line.trim_end_matches(['-', '–', '—', '―', '_', ':', ' ']);
    let dash = place.len() < line.len() && !line.ends_with(':');
    // `دمشق-سانا`
    if !place.is_ascii()
        && let Some((city, agency)) = place.split_once(['-', '–'])
        && is_name(city.trim())
        && is_agency(agency.trim(), rules)
    {
        return true;
    }
    if let Some((city, agency)) = place.split_once(" - ").or_else(|| place.split_once(" – "))
        && (rules.is_city(city) || !city.contains(char::is_lowercase) && is_name(city))
        && is_agency(agency, rules)
    {
        return true;
    }
    if dash {
        is_dateline(place, '-', rules)
    } else {
        place.ends_with(')') && is_dateline(place, ')', rules)
    }
}

/// Whether `head`, before the dash `sign`, reads as place, date and agency do.
fn is_dateline(head: &str, sign: char, rules: &LayoutRules) -> bool {
    let head = head.trim_matches(['*', '[', ']', ' ']);
    let mut agency = false;
    let mut date = false;
    let mut bracketed = false;
    let mut outlet = false;
    let mut plain = String::with_capacity(head.len());
    let mut rest = head;
    // Brackets hold the agency or the date.
    while let Some(open) = rest.find('(') {
        let Some(close) = rest[open..].find(')').map(|n| open + n) else { return false };
        let inner = rest[open + 1..close].trim();
        if is_agency(inner, rules) {
            agency = true;
        } else if is_date(inner) {
            date = true;
        } else if open == 0 && (inner.contains(',') || is_name(inner)) {
            bracketed = true;
            plain.push_str(inner);
        } else if rest[close + 1..].trim().is_empty()
            && inner.starts_with(char::is_uppercase)
            && inner.split(' ').count() <= 4
            && inner.split(' ').all(|w| w.starts_with(|c: char| !c.is_lowercase()))
        {
            // An outlet of which no list knows.
            outlet = true;
        } else {
            return false;
        }
        plain.push_str(&rest[..open]);
        plain.push(',');
        rest = &rest[close + 1..];
    }
    plain.push_str(rest);
    let mut place = None;
    let mut parts = 0;
    for part in plain.split([',', '/', '|', '–', '—']).map(str::trim).filter(|p| !p.is_empty())
    {
        let mut part = part.trim_end_matches([':', '-', '_']).trim();
        parts += 1;
        // `MOSCOW. Jan 23`
        if let Some((city, rest)) = part.split_once(". ")
            && is_date(rest)
            && !city.contains(char::is_lowercase)
        {
            date = true;
            part = city;
        }
        if part.is_empty() {
            continue;
        }
        if is_date(part) || (date && is_year(part)) {
            date = true;
        } else if place.is_some() && is_agency(part, rules) {
            agency = true;
        } else if is_name(part) {
            place.get_or_insert(part);
        } else {
            return false;
        }
    }
    let dash = matches!(sign, '–' | '—' | '―' | '-');
    let Some(place) = place else {
        // `(CNN) --`, `22 March 2018 –`
        let whole =
            announced::find(head).first().is_some_and(|d| d.day.is_some() && d.year.is_some());
        return (dash || sign == ')') && parts == 0 && agency
            || matches!(sign, '–' | '—') && date && whole;
    };
    if parts > 6 {
        return false;
    }
    // Two cities: `BEIRUT and GENEVA`.
    let place = &*place.replace(" and ", " ");
    let capitals = !place.contains(char::is_lowercase)
        && place.contains(char::is_uppercase)
        && place.chars().filter(|c| c.is_alphabetic()).count() > 2;
    let known = rules.is_city(place) || rules.is_city(&place.replace('.', ""));
    if outlet && !(dash || sign == '_') {
        return false;
    }
    match sign {
        ')' => agency && (capitals || known),
        ':' | '|' => (agency || date) && (capitals || known) || capitals && known,
        // `(Beirut) – `, as rights groups write.
        _ if bracketed => dash,
        _ => {
            agency
                || outlet && (capitals || known)
                || capitals && dash && is_town(place, rules)
                || (date && (capitals || known))
                || known && (capitals || matches!(sign, '–' | '—' | '―'))
        }
    }
}

/// Whether words in capitals before a dash are a place of which no list knows.
fn is_town(place: &str, rules: &LayoutRules) -> bool {
    place.len() <= 30
        && place.split(' ').count() <= 3
        && place.split([' ', '-', '/']).all(|w| !rules.is_label(w))
}

fn is_year(part: &str) -> bool {
    part.len() == 4 && part.bytes().all(|b| b.is_ascii_digit())
}

fn is_date(part: &str) -> bool {
    part.len() <= 40
        && (announced::date_line(part) == Some(announced::DateLine::Bare)
            || announced::is_weekday(part)
                && part.starts_with(char::is_uppercase)
                && part.len() > 5)
}

fn is_agency(name: &str, rules: &LayoutRules) -> bool {
    name.len() <= 60
        && name.split(['/', ',', '–', '—']).all(|part| {
            let part = part.trim().trim_end_matches('.');
            rules.is_agency(part) || is_date(part)
        })
        && name
            .split(['/', ',', '–', '—'])
            .any(|part| rules.is_agency(part.trim().trim_end_matches('.')))
}

/// One to five words that all begin with a capital, or join such.
fn is_name(part: &str) -> bool {
    let mut count = 0;
    for word in part.split([' ', '\n']).filter(|w| !w.is_empty()) {
        count += 1;
        let joins = matches!(word, "and" | "AND" | "of" | "de" | "al" | "el" | "the" | "&");
        let name = word.starts_with(|c: char| c.is_alphabetic() && !c.is_lowercase())
            && word.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | '’' | '.' | '`'));
        let name = name || word.starts_with("al-") || word.starts_with("el-");
        if !(joins || name) {
            return false;
        }
    }
    (1..=5).contains(&count)
}

/// Cues that open a closing note, in lower case.
const NOTES: &[&str] = &[
    "source:",
    "sources:",
    "source ",
    "reporting by",
    "additional reporting",
    "writing by",
    "editing by",
    "edited by",
    "compiled by",
    "with inputs from",
    "with input from",
    "with files from",
    "with additional reporting",
    "with agencies",
    "with agency inputs",
    "agencies",
    "translated by",
    "via ",
    "courtesy",
    "photo by",
];

/// Where the note that closes a paragraph begins; the paragraph's length if there is none.
///
/// Two notes in a row, such as reporters and editors each in brackets, count as one.
/// A bare agency in brackets counts only where `last` says that the paragraph closes its article.
pub(super) fn note_start(text: &str, last: bool, rules: &LayoutRules) -> usize {
    let mut end = text.len();
    loop {
        let start = one_note(text[..end].trim_end(), last, rules);
        match start {
            Some(start) if start > 0 => end = start,
            _ => break,
        }
    }
    if end == text.len() { end } else { text[..end].trim_end().len() }
}

fn one_note(text: &str, last: bool, rules: &LayoutRules) -> Option<usize> {
    for mark in ["Enditem", "ENDITEM", "Item ends", "ENDS", "Ends"] {
        if let Some(before) = text.strip_suffix(mark) {
            let ended =
                before.ends_with([' ', '\n']) && super::lines::ends_sentence(before.trim_end());
            return ended.then(|| before.trim_end().len());
        }
    }
    let open = match text.chars().next_back()? {
        ')' => '(',
        ']' => '[',
        _ => return None,
    };
    let mut from = text.len().saturating_sub(400);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let at = from + text[from..].rfind(open)?;
    // What comes before must be a finished sentence: a bracket inside one is part of it.
    let before = text[..at].trim_end();
    let doubled = before.strip_suffix(open).filter(|_| text.ends_with("))"));
    let (at, before) = doubled.map_or((at, before), |rest| (at - 1, rest.trim_end()));
    if !super::lines::ends_sentence(before) || before.ends_with(':') {
        return None;
    }
    let inner = text[at + 1..text.len() - 1].trim_start_matches(open).trim();
    let lower: String = inner.chars().take(40).flat_map(char::to_lowercase).collect();
    let cue = NOTES.iter().any(|cue| lower.starts_with(cue));
    let named = inner.split_whitespace().skip(1).any(|w| w.starts_with(char::is_uppercase))
        || lower.starts_with("agencies");
    (cue && named || last && is_agency(inner, rules)).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datelines() {
        let rules = LayoutRules::embedded().unwrap();
        let check = |text: &str, expected: &str| {
            assert_eq!(&text[..dateline(text, &rules)], expected, "{text}");
        };
        let rest = "The envoys met again on Monday.";
        for line in [
            "GENEVA, 22 March (Reuters) -",
            "GENEVA (Reuters) -",
            "DAMASCUS (SANA)",
            "WASHINGTON (AP) _",
            "DAMASCUS, Syria (AP) —",
            "Damascus, SANA –",
            "BEIRUT/GENEVA (Reuters) -",
            "LONDON —",
            "MOSCOW, January 23. /TASS/.",
            "MOSCOW. Jan 23 (Interfax) -",
            "(Beirut) –",
            "(CNN) --",
            "22 March 2018 –",
            "SPRINGFIELD, Ohio —",
            "CEDAR FALLS --",
            "NEW YORK, Jan. 23, 2018 (AFP) --",
            "Geneva, 22 March 2018 –",
            "(Beirut, March 3, 2016) –",
            "NAIROBI, Kenya (AP) _",
            "PARIS _",
            "BEIRUT and GENEVA —",
            "BEIRUT/GENEVA, 12 March (Reuters) -",
            "ERBIL (Example 24) –",
            "ERBIL, Iraq (Example News) -",
            "Berlin (dpa) -",
            "Genf/Damaskus (AFP) –",
            "GENF, 12. März (Reuters) -",
            "Damas (AFP) -",
            "Genève, le 12 mars 2016 (AFP) -",
            "Damasco, 12 mar (EFE).-",
            "ДАМАСК, 12 марта. /ТАСС/.",
            "МОСКВА, 12 мар — РИА Новости.",
            "МОСКВА, 12 марта - Интерфакс.",
            "دمشق (رويترز) -",
            "KUWAIT -- (KUNA) --",
            "WASHINGTON, Tuesday, March 1 —",
            "AMMAN, Jordan\t(AP)\t--",
        ] {
            check(&format!("{line} {rest}"), line);
        }
        for line in [
            "新华社大马士革3月12日电",
            "新华社北京2016年3月12日电（记者王明 李华）",
            "中新社北京3月12日电",
        ] {
            let text = format!("{line}和谈代表星期一再次举行会谈，没有达成协议。");
            assert_eq!(&text[..dateline(&text, &rules)], line);
        }
        assert_eq!(dateline("(CNN)The envoys met again on Monday.", &rules), 5);
        for text in [
            "WARNING - Do not open the door to them.",
            "The envoy – a Dane – spoke.",
            "NOTE: The rest follows below.",
            "BREAKING NEWS - The town has fallen.",
            "Q - Where were you?",
            "22 March – The town fell.",
            "Hama and Homs - both in ruins - were next.",
            "He (Reuters) - said",
            "Russia, Iran and Turkey - the guarantors - met.",
            "السلام - كما قالوا - بعيد جدا عن المدينة.",
            "Hamza (Abu Ali) - The man of the hour has gone.",
            "3月12日，电话会议再次举行，没有达成协议。",
        ] {
            check(text, "");
        }
    }

    #[test]
    fn lines_that_are_datelines() {
        let rules = LayoutRules::embedded().unwrap();
        for line in [
            "MANILA, Philippines (AP) _",
            "WASHINGTON (AP) --",
            "MIAMI _",
            "JOHANNESBURG, August 7 (Xinhua) --",
            "GENEVA (Reuters)",
            "ANKARA - Reuters",
            "دمشق-سانا",
        ] {
            assert!(is_dateline_line(line, &rules), "{line}");
        }
        for line in ["GENEVA", "Talks in GENEVA (AP)", "Geneva", "THE END -", "Syria (AP)"] {
            assert!(!is_dateline_line(line, &rules), "{line}");
        }
    }

    #[test]
    fn notes() {
        let rules = LayoutRules::embedded().unwrap();
        let check = |text: &str, last: bool, expected: &str| {
            assert_eq!(&text[note_start(text, last, &rules)..].trim(), &expected, "{text}");
        };
        check("It ended. (Source: Media Office)", false, "(Source: Media Office)");
        check(
            "It ended. (Reporting by Jane Roe; Editing by John Doe)",
            false,
            "(Reporting by Jane Roe; Editing by John Doe)",
        );
        check("It ended. (Reuters)", true, "(Reuters)");
        check("It ended. ((Writing by Jane Roe))", false, "((Writing by Jane Roe))");
        check("It ended. Enditem", false, "Enditem");
        check("That is where it Ends", false, "");
        check("It ended. (Reuters)", false, "");
        check("It ended (source: the ministry)", false, "");
        check("It ended. (He laughed.)", true, "");
        check("(Source: Media Office)", true, "");
    }
}
