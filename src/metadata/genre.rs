//! What kind of text a document is, and in which language.
//!
//! In: a document's blocks and text. Out: a genre where cues tell it, and a language tag.

use super::rules::Where;
use super::{Genre, View};
use crate::layout::{Block, BlockKind};

/// The genre that the first cue gives; news and opinion by the words of the text where none does.
pub(super) fn genre(view: &View, title: Option<&str>, section: Option<&str>) -> Option<Genre> {
    let announced = announced(view, section);
    let opening = floor(view.content, 600);
    let has = |kind| view.of(kind).next().is_some();
    let words = Words::count(view);
    // Reports with a note on the reporter are no opinions.
    let kinds = if has(BlockKind::AuthorBio) && has(BlockKind::Byline) && !words.report(80) {
        "bio+byline"
    } else {
        ""
    };
    let lines: Vec<&str> = view.content.lines().collect();
    for rule in &view.rules.genres {
        let place = match rule.place {
            Where::Announced => announced.as_str(),
            Where::Title => title.unwrap_or(""),
            Where::Opening => opening,
            Where::Text => view.content,
            Where::Kind => kinds,
        };
        // What the page says around the text counts as its first lines do.
        let around = matches!(rule.place, Where::Opening | Where::Text)
            && rule.least == 1
            && announced.lines().any(|line| rule.pattern.is_match(line));
        let here = || match rule.place {
            // A line is given up at its first letters where all of a text would be searched.
            Where::Text => {
                let mut found = 0;
                lines.iter().any(|line| {
                    found += if rule.pattern.may_begin(line) {
                        rule.pattern.count(line, rule.least)
                    } else {
                        0
                    };
                    found >= rule.least
                })
            }
            _ => rule.pattern.count(place, rule.least) >= rule.least,
        };
        if around || here() {
            return Some(rule.genre);
        }
    }
    by_words(view, &words)
}

/// The lines around a text that may say what it is, and its section.
fn announced(view: &View, section: Option<&str>) -> String {
    let mut out = String::new();
    let head = view.head().len();
    let is_kicker = |b: &Block| {
        matches!(
            b.rule,
            "heading.head"
                | "nav.above-title"
                | "nav.letterhead"
                | "dateline.release"
                | "table.row"
                | "text.line"
        )
    };
    let names = |b: &&Block| is_kicker(b) && view.rules.is_section(&view.folded(b));
    // A section's name that stands first may pass for the title.
    let titled = view
        .blocks
        .first()
        .is_some_and(|b| b.kind == BlockKind::Title && view.rules.is_section(&view.folded(b)));
    // Several names of sections are a menu.
    let menu = view.head().iter().filter(names).count() > 1;
    for (at, block) in view.blocks.iter().enumerate() {
        let speaks = match block.kind {
            BlockKind::Byline | BlockKind::Dateline | BlockKind::SourceNote => true,
            // Before the text a copyright line is a picture's.
            BlockKind::Footer => at >= head || block.rule != "footer.copyright",
            _ => at < head && is_kicker(block) && !(menu && names(&block)) || titled && at == 0,
        };
        if !speaks || block.span.len() > 400 {
            continue;
        }
        let text = view.folded(block);
        if is_kicker(block) && text.len() > 60 {
            continue;
        }
        out.push_str(&text);
        out.push('\n');
    }
    out.push_str(section.unwrap_or(""));
    out
}

/// How many words of a text are of which tone.
struct Words {
    all: u32,
    pleading: u32,
    norms: u32,
    talk: u32,
    reporting: u32,
}

impl Words {
    /// Counts the words of the content, pleading and talk outside quotations only.
    fn count(view: &View) -> Self {
        let mut out = Self { all: 0, pleading: 0, norms: 0, talk: 0, reporting: 0 };
        let mut quoted = false;
        let mut lower = String::new();
        let text = floor(view.content, 60_000);
        let breaks = text.bytes().enumerate().filter(|(_, byte)| matches!(byte, b' ' | b'\n'));
        let mut from = 0;
        for to in breaks.map(|(at, _)| at).chain([text.len()]) {
            let start = std::mem::replace(&mut from, to + 1);
            let bytes = &text.as_bytes()[start..to];
            let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { continue };
            let plain = first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric();
            if plain && !view.rules.may_have_tone(bytes) {
                out.all += 1;
                continue;
            }
            let word = &text[start..to];
            quoted |= !plain && (word.starts_with(['"', '“', '«']) || word.starts_with("(\""));
            let bare = if plain { word } else { word.trim_matches(|c: char| !c.is_alphanumeric()) };
            if !bare.is_empty()
                && bare.len() <= LONGEST
                && (plain || view.rules.may_have_tone(bare.as_bytes()))
            {
                let tone = view.rules.tone(bare, &mut lower);
                if !quoted {
                    out.pleading += u32::from(tone.pleads);
                    out.norms += u32::from(tone.demands);
                    out.talk += u32::from(tone.talks);
                }
                out.reporting += u32::from(tone.reports);
            }
            out.all += u32::from(!bare.is_empty());
            let end = word.trim_end_matches(['.', ',', '?', '!', ';', ':', ')']);
            quoted &= plain || !end.ends_with(['"', '”', '»']);
        }
        out
    }

    /// Whether at least one word in `every` reports.
    fn report(&self, every: u32) -> bool {
        self.reporting * every >= self.all
    }
}

/// Longest word with a tone, in bytes.
const LONGEST: usize = 24;

/// Pleading in the writer's own voice is opinion; reporting is news; talk is neither.
fn by_words(view: &View, words: &Words) -> Option<Genre> {
    if view.of(BlockKind::Dateline).any(|b| {
        b.rule == "dateline.prefix"
            || b.rule == "dateline.place" && b.span.of(view.text).contains('(')
    }) {
        return Some(Genre::News);
    }
    // Conversations and mails say I and you all the time.
    if words.all < 40 || words.talk * 25 > words.all {
        return None;
    }
    let pleads = words.pleading >= 3 && words.norms >= 2 && words.pleading * 400 >= words.all;
    if pleads
        && (words.pleading > words.reporting
            || words.pleading >= 5 && words.pleading * 2 > words.reporting)
    {
        return Some(Genre::Opinion);
    }
    let byline = view.of(BlockKind::Byline).any(|b| b.rule != "byline.reporting");
    // A page or export of a paper is news if nothing says otherwise.
    let outlet =
        |b: &Block| matches!(b.rule, "source.outlet" | "footer.database" | "header.source");
    let paper = view.blocks.iter().any(outlet) && view.of(BlockKind::Dateline).next().is_some();
    (words.report(130) || byline && words.report(250) || paper).then_some(Genre::News)
}

fn floor(text: &str, mut at: usize) -> &str {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    &text[..at]
}

/// Words that English can't do without, in lower case.
const ENGLISH: [u32; 19] = packed([
    "a", "and", "are", "as", "at", "by", "for", "from", "in", "is", "it", "of", "on", "that",
    "the", "to", "was", "were", "with",
]);
/// Those of them that make English unmistakable when they are frequent and `the` is among them.
const ENGLISH_ONLY: [u32; 3] = packed(["and", "of", "the"]);

/// Words of four bytes at most as numbers.
const fn packed<const N: usize>(words: [&str; N]) -> [u32; N] {
    let mut out = [0; N];
    let mut i = 0;
    while i < N {
        out[i] = pack(words[i].as_bytes());
        i += 1;
    }
    out
}

/// The bytes of a word, in lower case, as one number.
const fn pack(word: &[u8]) -> u32 {
    let mut out = 0;
    let mut i = 0;
    while i < word.len() {
        out = out << 8 | word[i].to_ascii_lowercase() as u32;
        i += 1;
    }
    out
}

/// Bytes and words from which the language is told; more tell no more.
const SAMPLE_BYTES: usize = 4000;
const SAMPLE_WORDS: usize = 400;

/// The BCP 47 tag of the language that a text is in, `und` where it can't be told.
pub(super) fn language(content: &str) -> &'static str {
    let sample = floor(content, SAMPLE_BYTES);
    let (mut words, mut english, mut only, mut the) = (0, 0, 0, false);
    for word in sample.split_ascii_whitespace().take(SAMPLE_WORDS) {
        words += 1;
        let bare = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
        let word = if bare(word.bytes().next()) && bare(word.bytes().next_back()) {
            word
        } else {
            word.trim_matches(|c: char| !c.is_alphanumeric())
        };
        if word.len() <= 4 {
            let word = pack(word.as_bytes());
            english += u32::from(ENGLISH.contains(&word));
            only += u32::from(ENGLISH_ONLY.contains(&word));
            the |= word == ENGLISH_ONLY[2];
        }
    }
    // Plain English needs no statistics of letters, which cost more than all other metadata and which
    // a few letters of another language, or misread bytes, mislead.
    if words >= 8 && the && english * 5 >= words && only * 16 >= words {
        return "en";
    }
    // In short texts a few stray bytes or foreign names lead the statistics astray.
    if words >= 8 && english * 4 >= words && only * 12 >= words {
        return "en";
    }
    if let Some(info) = whatlang::detect(sample)
        && info.is_reliable()
    {
        return tag(info.lang());
    }
    if words >= 6 && english * 4 >= words { "en" } else { "und" }
}

/// ISO 639-3 to the tag of RFC 5646, which takes two letters where ISO 639-1 has them.
fn tag(lang: whatlang::Lang) -> &'static str {
    const TAGS: &[(&str, &str)] = &[
        ("afr", "af"),
        ("aka", "ak"),
        ("amh", "am"),
        ("ara", "ar"),
        ("aze", "az"),
        ("bel", "be"),
        ("ben", "bn"),
        ("bul", "bg"),
        ("cat", "ca"),
        ("ces", "cs"),
        ("cmn", "zh"),
        ("cym", "cy"),
        ("dan", "da"),
        ("deu", "de"),
        ("ell", "el"),
        ("eng", "en"),
        ("epo", "eo"),
        ("est", "et"),
        ("fin", "fi"),
        ("fra", "fr"),
        ("guj", "gu"),
        ("heb", "he"),
        ("hin", "hi"),
        ("hrv", "hr"),
        ("hun", "hu"),
        ("hye", "hy"),
        ("ind", "id"),
        ("ita", "it"),
        ("jav", "jv"),
        ("jpn", "ja"),
        ("kan", "kn"),
        ("kat", "ka"),
        ("khm", "km"),
        ("kor", "ko"),
        ("lat", "la"),
        ("lav", "lv"),
        ("lit", "lt"),
        ("mal", "ml"),
        ("mar", "mr"),
        ("mkd", "mk"),
        ("mya", "my"),
        ("nep", "ne"),
        ("nld", "nl"),
        ("nob", "nb"),
        ("ori", "or"),
        ("pan", "pa"),
        ("pes", "fa"),
        ("pol", "pl"),
        ("por", "pt"),
        ("ron", "ro"),
        ("rus", "ru"),
        ("sin", "si"),
        ("slk", "sk"),
        ("slv", "sl"),
        ("sna", "sn"),
        ("spa", "es"),
        ("srp", "sr"),
        ("swe", "sv"),
        ("tam", "ta"),
        ("tel", "te"),
        ("tgl", "tl"),
        ("tha", "th"),
        ("tuk", "tk"),
        ("tur", "tr"),
        ("ukr", "uk"),
        ("urd", "ur"),
        ("uzb", "uz"),
        ("vie", "vi"),
        ("yid", "yi"),
        ("zul", "zu"),
    ];
    TAGS.binary_search_by(|(code, _)| code.cmp(&lang.code())).map_or("und", |at| TAGS[at].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages() {
        assert_eq!(language("The envoys met in the town on Monday and spoke of the truce."), "en");
        assert_eq!(
            language(
                "Die Gesandten trafen sich am Montag in der Stadt und sprachen über den Waffenstillstand."
            ),
            "de"
        );
        for english in [
            "The caf\u{e9} of the h\u{f4}tel and the ch\u{e2}teau r\u{e9}opened, said the maire of Orl\u{e9}ans.",
            "Delegates of the c\u{f4}te \u{fffd}\u{fffd} \u{e9}\u{e8}\u{e0} met in the town, and the \u{e9}lys\u{e9}e was told of it.",
        ] {
            assert_eq!(language(english), "en", "{english}");
        }
        let dutch =
            "De minister zei dat het overleg in de stad is begonnen, of is het nog niet af?";
        assert_ne!(language(dutch), "en");
        assert_eq!(language("Ok 12"), "und");
        for text in [
            "The caf\u{c3}\u{a9} in the old town was hit at noon, and the \u{e9}l\u{e8}ves of the school fled.",
            "The envoys of the \u{c3}\u{a0}\u{c3}\u{a9}\u{c3}\u{a8} group met in the town, and were told to wait.",
            "Ren\u{fffd}e and Fran\u{fffd}ois of the caf\u{fffd} were told of it by the mayor.",
        ] {
            assert_eq!(language(text), "en", "{text}");
        }
        for (text, tag) in [
            ("Les envoyés se sont réunis lundi dans la ville pour parler de la trêve.", "fr"),
            ("Los enviados se reunieron el lunes en la ciudad y hablaron de la tregua.", "es"),
            (
                "Посланники встретились в понедельник в городе и говорили о перемирии, которое должно было начаться ещё в прошлом месяце, но было нарушено в первый же день.",
                "ru",
            ),
            ("اجتمع المبعوثون يوم الاثنين في المدينة وتحدثوا عن الهدنة بين الطرفين.", "ar"),
        ] {
            assert_eq!(language(text), tag, "{text}");
        }
        assert_ne!(language("De man of de vrouw is in het huis aan de rand van de stad."), "en");
        for lang in whatlang::Lang::all() {
            assert_ne!(tag(*lang), "und", "{lang:?}");
        }
    }
}
